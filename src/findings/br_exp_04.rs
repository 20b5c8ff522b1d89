//! BR-EXP-04: of what leaked in one place, some was rotated and some was not.

use super::{Check, Found, Ground, Lie, Severity, Thing, lies, says};
use crate::inventory::{CredentialStatus, EvidenceId, ExposureId};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-04",
    title: "Leak rotated in part",
    severity: Severity::Critical,
    page: include_str!("br_exp_04.md"),
    tags: &["NHI2:2025"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let inventory = ground.inventory;
    // Of each place what was replaced or switched off: the first is named.
    let mut replaced: BTreeMap<ExposureId, (Thing, EvidenceId)> = BTreeMap::new();
    for (id, exposure) in inventory.exposures.entries() {
        let ended = exposure
            .ended
            .iter()
            .map(|one| (one.credential, one.evidence));
        let leaked = exposure.lying.iter().filter(|one| exposure.has_leaked(one));
        let off = leaked
            .filter(|one| {
                inventory.credentials[one.credential].status == CredentialStatus::Inactive
            })
            .map(|one| (one.credential, one.evidence));
        if let Some((credential, evidence)) = ended.chain(off).next() {
            replaced.insert(id, (Thing::Credential(credential), evidence));
        }
    }
    let is_left = |lie: &Lie<'_>| {
        lie.exposure.has_leaked(lie.lying)
            && lie.is_older_than_its_leak() == Some(true)
            && lie.may_work(ground)
            && !lie.is_doubtful()
    };
    let mut found = Vec::new();
    for lie in lies(inventory).into_iter().filter(is_left) {
        let Some((other, evidence)) = replaced.get(&lie.place) else {
            continue;
        };
        found.push(Found {
            severity: Severity::Critical,
            subject: lie.object(),
            object: Some(lie.subject()),
            text: says![
                "of what leaked in ",
                lie.object(),
                ", ",
                other.clone(),
                " was replaced or switched off, and ",
                lie.subject(),
                " was not",
            ],
            evidence: vec![lie.lying.evidence, *evidence],
            proof: Vec::new(),
            points: Some(ground.reach[lie.lying.credential].figure),
        });
    }
    found
}
