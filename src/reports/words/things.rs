//! Names of things, and what is known of each: whose it is, how old it is, where it lies.

use super::{
    Words, counted, credential_kind, day, exposure_kind, points, principal_kind, resource_noun,
    visible,
};
use crate::analysis::{Leak, Unlabelled};
use crate::inventory::{
    CredentialId, EvidenceId, ExposureId, PrincipalId, ResourceId, Sensitivity, Table, TenantId,
};

impl Words<'_> {
    /// `production (111122223333)`.
    pub(crate) fn tenant(&self, id: TenantId) -> String {
        visible(&self.inventory.tenants[id].display())
    }

    /// `access key AKIA…`.
    pub(crate) fn credential(&self, id: CredentialId) -> String {
        let credential = &self.inventory.credentials[id];
        format!(
            "{} {}",
            credential_kind(credential.kind),
            visible(&credential.name)
        )
    }

    /// `role prod-deployer`.
    pub(crate) fn principal(&self, id: PrincipalId) -> String {
        let principal = &self.inventory.principals[id];
        format!(
            "{} {}",
            principal_kind(principal.kind),
            visible(&principal.name)
        )
    }

    /// `role prod-deployer (111122223333)`.
    pub(super) fn principal_in_full(&self, id: PrincipalId) -> String {
        let name = self.principal(id);
        match self.inventory.principals[id].tenant {
            Some(tenant) => format!(
                "{name} ({})",
                visible(&self.inventory.tenants[tenant].identifier)
            ),
            None => name,
        }
    }

    /// `bucket customer-data`.
    pub(crate) fn resource(&self, id: ResourceId) -> String {
        let resource = &self.inventory.resources[id];
        format!(
            "{} {}",
            resource_noun(&resource.kind),
            visible(&resource.name)
        )
    }

    /// `repository file octo/site/.env`.
    pub(crate) fn exposure(&self, id: ExposureId) -> String {
        let exposure = &self.inventory.exposures[id];
        format!(
            "{} {}",
            exposure_kind(exposure.kind),
            visible(&exposure.name)
        )
    }

    /// What leaks.
    pub(crate) fn leak(&self, leak: Leak) -> String {
        match leak {
            Leak::Credential(id) => self.credential(id),
            Leak::Exposure(id) => self.exposure(id),
        }
    }

    /// Whether a resource is a crown jewel.
    pub(crate) fn is_crown(&self, id: ResourceId) -> bool {
        self.inventory.resources[id].sensitivity == Sensitivity::Crown
    }

    /// `path:line`.
    pub(crate) fn place(&self, id: EvidenceId) -> String {
        visible(&self.inventory.place(id))
    }

    /// The JSON pointer of a place; empty where the whole line is meant.
    pub(crate) fn pointer(&self, id: EvidenceId) -> String {
        visible(&self.inventory.evidence[id].pointer)
    }

    /// The principal that a credential authenticates, or that nobody knows.
    pub(crate) fn authenticates(&self, id: CredentialId) -> String {
        match self.inventory.credentials[id].principal {
            Some(principal) => self.principal(principal),
            None => "unknown".to_owned(),
        }
    }

    /// Who is responsible for a credential, where an export says so.
    pub(crate) fn owner(&self, id: CredentialId) -> Option<String> {
        let principal = self.inventory.credentials[id].principal?;
        self.inventory.principals[principal]
            .owner
            .as_deref()
            .map(visible)
    }

    /// Age, life and last use of a credential in one line: `made 2023-02-03, never ends, last used 2026-01-14`.
    pub(crate) fn dates(&self, id: CredentialId) -> String {
        use crate::inventory::Lifetime;
        let credential = &self.inventory.credentials[id];
        let mut parts = Vec::new();
        if let Some(created) = credential.created {
            parts.push(format!("made {}", day(created)));
        }
        parts.push(match (credential.lifetime, credential.expires) {
            (_, Some(expires)) => format!("ends {}", day(expires)),
            (Lifetime::Static, None) => "never ends by itself".to_owned(),
            (Lifetime::Expiring, None) => "ends by itself".to_owned(),
            (Lifetime::Unknown, None) => "end unknown".to_owned(),
        });
        parts.push(match credential.last_used {
            Some(used) => format!("last used {}", day(used)),
            None => "last use unknown".to_owned(),
        });
        if let Some(reviewed) = self.inventory.last_review(id) {
            parts.push(format!("last reviewed {}", day(reviewed)));
        }
        parts.join(", ")
    }

    /// The places where each credential lies, in order of id: one row a credential.
    pub(crate) fn lying_places(&self) -> Table<CredentialId, Vec<ExposureId>> {
        let mut places = Table::filled(Vec::new(), self.inventory.credentials.len());
        for (exposure, of) in self.inventory.exposures.entries() {
            for lying in &of.lying {
                let places: &mut Vec<ExposureId> = &mut places[lying.credential];
                if places.last() != Some(&exposure) {
                    places.push(exposure);
                }
            }
        }
        places
    }

    /// What has leaked for good in a place, each with what is told of it; see [`crate::inventory::Exposure::has_leaked`].
    pub(crate) fn leaked(&self, id: ExposureId) -> Vec<String> {
        let exposure = &self.inventory.exposures[id];
        let leaked = exposure.lying.iter().filter(|one| exposure.has_leaked(one));
        let told = leaked.map(|one| {
            let sight = one.sight;
            let mut told = vec![self.credential(one.credential)];
            told.extend(sight.since.map(|at| format!("since {}", day(at))));
            told.extend(sight.is_public.then(|| "anybody can read it".to_owned()));
            told.extend(sight.worked.map(|worked| match worked {
                true => "it worked when tried".to_owned(),
                false => "it did not work when tried".to_owned(),
            }));
            told.join(", ")
        });
        told.collect()
    }

    /// The leaks of a place that a rotation has ended.
    pub(crate) fn ended(&self, id: ExposureId) -> Vec<String> {
        let ended = self.inventory.exposures[id].ended.iter();
        let told = ended.map(|one| {
            let name = self.credential(one.credential);
            let (since, rotated) = (day(one.since), day(one.rotated));
            format!("{name}, seen {since}, rotated {rotated}")
        });
        told.collect()
    }

    /// What to classify next: resources of one type in one tenant, what is assumed, and what hangs on it.
    pub(crate) fn unlabelled(&self, group: &Unlabelled) -> String {
        let inventory = self.inventory;
        let tenant = group
            .tenant
            .map(|id| visible(&inventory.tenants[id].display()));
        let of = tenant.map_or(String::new(), |tenant| format!(" in {tenant}"));
        let levels = Sensitivity::ALL.into_iter().zip(group.at);
        let levels = levels.map(|(level, at)| format!("{} {}", level.name(), points(at)));
        format!(
            "{} of type {}{of}, assumed to be {}; points that hang on them, by what they are: {}",
            counted(group.resources.len(), "resource"),
            visible(&group.kind),
            group.assumed.name(),
            levels.collect::<Vec<_>>().join(", "),
        )
    }
}
