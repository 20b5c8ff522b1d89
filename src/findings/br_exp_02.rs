//! BR-EXP-02: a scanner found a secret in a store that many read.

use super::{Check, Found, Ground, Severity, lies, says};
use crate::inventory::ExposureKind;

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-02",
    title: "Secret leaked in an internal store",
    severity: Severity::High,
    page: include_str!("br_exp_02.md"),
    tags: &["NHI2:2025", "T1552.008", "T1213"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let lies = lies(ground.inventory).into_iter();
    let is_store = |kind| {
        matches!(
            kind,
            ExposureKind::RepositoryFile
                | ExposureKind::Conversation
                | ExposureKind::StoredObject
                | ExposureKind::Other
        )
    };
    let lies = lies.filter(|lie| {
        let sight = lie.lying.sight;
        let is_internal = sight.is_found && !sight.is_public;
        is_internal && is_store(lie.exposure.kind) && lie.may_work(ground)
    });
    let found = lies.map(|lie| Found {
        severity: match lie.is_doubtful() {
            true => Severity::Medium,
            false => Severity::High,
        },
        subject: lie.subject(),
        object: Some(lie.object()),
        text: says![lie.subject(), " was found in ", lie.object()],
        evidence: vec![lie.lying.evidence],
        proof: Vec::new(),
        points: Some(ground.reach[lie.lying.credential].figure),
    });
    found.collect()
}
