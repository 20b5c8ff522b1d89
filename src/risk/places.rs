//! The places where a credential lies, as a thief sees them: how likely each is to be robbed, and how fast he is.

use crate::inventory::{
    CredentialId, Exposure, ExposureId, ExposureKind, Haunt, Id, Inventory, Lying, PrincipalKind,
    ResourceId, Sight, Table, Theft,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is robbed at once. Files of one machine, and all that lies on one resource, are one place: who takes one of them
/// takes the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Spot {
    /// All that lies on a resource.
    Resource(ResourceId),
    /// A machine, or any other exposure.
    Exposure(ExposureId),
    /// A file of a repository, whatever the commit.
    File(String),
}

/// A place where a credential lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) theft: Theft,
    pub(super) haunt: Haunt,
    /// Whether it is a file on a machine, or all files of one, which only its owner reads: what lies there can be read
    /// from a vault instead.
    pub(super) is_movable: bool,
    /// Whether it is what a job or a workload runs with.
    pub(super) runs: bool,
}

impl Place {
    /// The place of something that lies there, if anything does: what is only an input of an agent is used by who writes
    /// there.
    pub(super) fn new(inventory: &Inventory, exposure: &Exposure, lying: Option<&Lying>) -> Self {
        let sight = lying.map(|lying| lying.sight).unwrap_or_default();
        let is_vendor = exposure
            .holders
            .iter()
            .any(|&holder| inventory.principals[holder].kind == PrincipalKind::Vendor);
        let theft = theft_of(exposure.kind, sight, is_vendor);
        let is_own = theft == Theft::Own;
        let (is_movable, runs) = match exposure.kind {
            ExposureKind::Device | ExposureKind::DeviceFile | ExposureKind::McpConfig => {
                (is_own, false)
            }
            ExposureKind::CiVariable | ExposureKind::WorkloadEnvironment => (false, is_own),
            _ => (false, false),
        };
        Self {
            theft,
            haunt: haunt_of(exposure.kind, sight, is_vendor),
            is_movable,
            runs,
        }
    }
}

/// How likely a theft is, by the sort of place. Where anybody can read it, that counts whatever the place is.
fn theft_of(kind: ExposureKind, sight: Sight, is_vendor: bool) -> Theft {
    if sight.is_public {
        return match sight.worked {
            Some(true) => Theft::ConfirmedPublic,
            _ => Theft::Public,
        };
    }
    if is_vendor {
        return Theft::Vendor;
    }
    match kind {
        ExposureKind::RepositoryFile
        | ExposureKind::StoredObject
        | ExposureKind::ImageLayer
        | ExposureKind::CiLog
        | ExposureKind::Conversation
        | ExposureKind::AgentInput
        | ExposureKind::Other => Theft::Shared,
        ExposureKind::Device
        | ExposureKind::DeviceFile
        | ExposureKind::McpConfig
        | ExposureKind::CiVariable
        | ExposureKind::WorkloadEnvironment => Theft::Own,
        ExposureKind::SecretStore => Theft::Vault,
    }
}

/// How fast the thief is, by the sort of place.
fn haunt_of(kind: ExposureKind, sight: Sight, is_vendor: bool) -> Haunt {
    match kind {
        ExposureKind::RepositoryFile if sight.is_public => Haunt::PublicCode,
        _ if sight.is_public => Haunt::PublicWeb,
        _ if is_vendor => Haunt::Vendor,
        // Whoever writes there acts at once.
        ExposureKind::CiVariable | ExposureKind::AgentInput => Haunt::Job,
        ExposureKind::Device | ExposureKind::DeviceFile | ExposureKind::McpConfig => {
            Haunt::Endpoint
        }
        ExposureKind::RepositoryFile
        | ExposureKind::StoredObject
        | ExposureKind::ImageLayer
        | ExposureKind::CiLog
        | ExposureKind::Conversation
        | ExposureKind::WorkloadEnvironment
        | ExposureKind::SecretStore
        | ExposureKind::Other => Haunt::Private,
    }
}

/// Where each credential lies, by what is robbed at once.
pub(super) struct Spots {
    of: Table<CredentialId, Vec<(Spot, Place)>>,
    first_seen: Table<CredentialId, Option<Timestamp>>,
}

impl Spots {
    /// Linear in the exposures, but for sorting.
    pub(super) fn new(inventory: &Inventory) -> Self {
        let machines = machines(inventory);
        let mut of = Table::filled(Vec::new(), inventory.credentials.len());
        let mut first_seen = Table::filled(None, inventory.credentials.len());
        for (id, exposure) in inventory.exposures.entries() {
            let spot = spot_of(inventory, id, exposure, &machines);
            for lying in &exposure.lying {
                let place = Place::new(inventory, exposure, Some(lying));
                of[lying.credential].push((spot.clone(), place));
                let seen: &mut Option<Timestamp> = &mut first_seen[lying.credential];
                *seen = seen.iter().copied().chain(lying.sight.since).min();
            }
        }
        Self { of, first_seen }
    }

    /// When a credential was first seen lying anywhere, as far as is told.
    pub(super) fn first_seen(&self, id: CredentialId) -> Option<Timestamp> {
        self.first_seen[id]
    }

    /// The places of a credential, in order; several of one spot stand together.
    pub(super) fn of(&self, id: CredentialId) -> BTreeMap<&Spot, Vec<Place>> {
        let mut spots: BTreeMap<&Spot, Vec<Place>> = BTreeMap::new();
        for (spot, place) in &self.of[id] {
            spots.entry(spot).or_default().push(*place);
        }
        spots
    }
}

/// The machine of each file that was read from one, by file: a machine has what was read of it as its evidence.
fn machines(inventory: &Inventory) -> BTreeMap<usize, ExposureId> {
    let mut machines = BTreeMap::new();
    for (id, exposure) in inventory.exposures.entries() {
        if exposure.kind == ExposureKind::Device {
            for &evidence in &exposure.evidence {
                let file = inventory.evidence[evidence].file;
                machines.entry(file.index()).or_insert(id);
            }
        }
    }
    machines
}

fn spot_of(
    inventory: &Inventory,
    id: ExposureId,
    exposure: &Exposure,
    machines: &BTreeMap<usize, ExposureId>,
) -> Spot {
    if let Some(resource) = exposure.resource {
        return Spot::Resource(resource);
    }
    match exposure.kind {
        ExposureKind::DeviceFile | ExposureKind::McpConfig => {
            let mut files = exposure.evidence.iter();
            let machine = files.find_map(|&one| {
                let file = inventory.evidence[one].file;
                machines.get(&file.index()).copied()
            });
            Spot::Exposure(machine.unwrap_or(id))
        }
        ExposureKind::RepositoryFile => {
            let key: &str = &exposure.key;
            let file = key.rsplit_once('@').map_or(key, |(file, _)| file);
            Spot::File(file.to_owned())
        }
        _ => Spot::Exposure(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{CredentialKind, EvidenceId, Principal, PrincipalId};
    use crate::risk::trial;

    const PUBLIC: Sight = Sight {
        since: None,
        worked: None,
        is_public: true,
        is_found: true,
    };

    #[test]
    fn every_sort_of_place_has_a_theft_and_a_haunt() {
        let rows: Vec<String> = ExposureKind::ALL
            .into_iter()
            .map(|kind| {
                let name = |sight, is_vendor| {
                    let theft = theft_of(kind, sight, is_vendor).name();
                    let haunt = haunt_of(kind, sight, is_vendor).name();
                    format!("{theft} {haunt}")
                };
                let private = Sight::default();
                format!(
                    "{}: {}, {}, {}",
                    kind.name(),
                    name(private, false),
                    name(PUBLIC, false),
                    name(private, true)
                )
            })
            .collect();
        insta::assert_snapshot!(rows.join("\n"), @"
        repository-file: shared private, public public-code, vendor vendor
        device: own endpoint, public public-web, vendor vendor
        device-file: own endpoint, public public-web, vendor vendor
        mcp-config: own endpoint, public public-web, vendor vendor
        ci-variable: own job, public public-web, vendor vendor
        workload-environment: own private, public public-web, vendor vendor
        secret-store: vault private, public public-web, vendor vendor
        stored-object: shared private, public public-web, vendor vendor
        image-layer: shared private, public public-web, vendor vendor
        ci-log: shared private, public public-web, vendor vendor
        conversation: shared private, public public-web, vendor vendor
        agent-input: shared job, public public-web, vendor vendor
        other: shared private, public public-web, vendor vendor
        ");
    }

    #[test]
    fn a_public_leak_is_confirmed_by_a_trial_that_worked_alone() {
        let of = |worked| {
            theft_of(
                ExposureKind::RepositoryFile,
                Sight { worked, ..PUBLIC },
                false,
            )
        };
        assert_eq!(of(Some(true)), Theft::ConfirmedPublic);
        assert_eq!(of(Some(false)), Theft::Public);
        assert_eq!(of(None), Theft::Public);
        let found = Sight {
            worked: Some(true),
            is_public: false,
            ..PUBLIC
        };
        assert_eq!(
            theft_of(ExposureKind::RepositoryFile, found, false),
            Theft::Shared
        );
    }

    #[test]
    fn what_one_person_or_job_has_can_be_moved_or_is_run_with() {
        let rows: Vec<String> = ExposureKind::ALL
            .into_iter()
            .filter_map(|kind| {
                let mut inventory = trial::estate();
                let mut credential = trial::credential(CredentialKind::AccessKey);
                credential.name = "key".to_owned();
                let id = inventory.credentials.push(credential);
                let person = inventory.principals.push(trial::principal("aws", None));
                let vendor = inventory.principals.push(Principal {
                    kind: PrincipalKind::Vendor,
                    ..trial::principal("aws", None)
                });
                let place = |sight, holders: &[PrincipalId]| {
                    let mut place = trial::exposure("place", kind, &[(id, sight)]);
                    place.holders = holders.to_vec();
                    Place::new(&inventory, &place, place.lying.first())
                };
                for other in [
                    place(PUBLIC, &[]),
                    place(Sight::default(), &[person, vendor]),
                ] {
                    assert!(!other.is_movable && !other.runs, "{kind:?}");
                }
                let held = place(Sight::default(), &[vendor]);
                assert_eq!((held.theft, held.haunt), (Theft::Vendor, Haunt::Vendor));
                let own = place(Sight::default(), &[person]);
                match (own.is_movable, own.runs) {
                    (false, false) => None,
                    (is_movable, _) => Some(format!(
                        "{} {}",
                        kind.name(),
                        if is_movable { "moves" } else { "runs" }
                    )),
                }
            })
            .collect();
        assert_eq!(
            rows,
            [
                "device moves",
                "device-file moves",
                "mcp-config moves",
                "ci-variable runs",
                "workload-environment runs",
            ]
        );
    }

    #[test]
    fn what_is_robbed_at_once_is_one_spot() {
        let mut inventory = trial::estate();
        let id = inventory
            .credentials
            .push(trial::credential(CredentialKind::AccessKey));
        let [here, there] =
            [(); 2].map(|()| inventory.resources.push(trial::resource("aws", None)));
        let evidence = [(); 3].map(|()| trial::evidence(&mut inventory));
        let mut put = |key: &str, kind, resource: Option<ResourceId>, read: &[EvidenceId]| {
            let mut place = trial::exposure(key, kind, &[(id, Sight::default())]);
            place.resource = resource;
            place.evidence = read.to_vec();
            inventory.exposures.push(place);
        };
        let (file, store) = (ExposureKind::DeviceFile, ExposureKind::SecretStore);
        let [laptop, other, alone] = evidence;
        put("device-1", ExposureKind::Device, None, &[laptop, other]);
        put("a", file, None, &[laptop]);
        put("b", ExposureKind::McpConfig, None, &[other]);
        put("before-c", ExposureKind::CiVariable, None, &[alone]);
        put("c", file, None, &[alone]);
        // What else is read from a file of the machine does not lie on it.
        put("d", ExposureKind::CiVariable, None, &[laptop]);
        put("e", store, Some(here), &[]);
        put("f", ExposureKind::StoredObject, Some(here), &[]);
        put("g", store, Some(there), &[]);
        put("h", store, None, &[]);
        put("i", store, None, &[]);
        put(
            "repository-file:a/b/c@1",
            ExposureKind::RepositoryFile,
            None,
            &[],
        );
        put(
            "repository-file:a/b/c@2",
            ExposureKind::RepositoryFile,
            None,
            &[],
        );
        put(
            "repository-file:a/b/d@1",
            ExposureKind::RepositoryFile,
            None,
            &[],
        );
        let spots = Spots::new(&inventory);
        let mut sizes: Vec<usize> = spots.of(id).values().map(Vec::len).collect();
        sizes.sort_unstable();
        // The laptop with its two files; what lies here, and a file at two commits; each other by itself.
        assert_eq!(sizes, [1, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
    }
}
