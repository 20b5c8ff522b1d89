//! BR-EXP-09: a secret stands in the plain environment of a workload.

use super::{Check, Found, Ground, Severity, lies, says};
use crate::inventory::ExposureKind;

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-09",
    title: "Secret in the plain environment of a workload",
    severity: Severity::Medium,
    page: include_str!("br_exp_09.md"),
    tags: &["NHI2:2025"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let lies = lies(ground.inventory).into_iter();
    let lies = lies.filter(|lie| {
        lie.exposure.kind == ExposureKind::WorkloadEnvironment && lie.may_work(ground)
    });
    let found = lies.map(|lie| Found {
        severity: Severity::Medium,
        subject: lie.subject(),
        object: Some(lie.object()),
        text: says![lie.subject(), " stands in plain text in ", lie.object()],
        evidence: vec![lie.lying.evidence],
        proof: Vec::new(),
        points: Some(ground.reach[lie.lying.credential].figure),
    });
    found.collect()
}
