//! BR-EXP-06: a secret lies in an image layer or a log.

use super::{Check, Found, Ground, Severity, lies, says};
use crate::inventory::ExposureKind;

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-06",
    title: "Secret in an image layer or a log",
    severity: Severity::High,
    page: include_str!("br_exp_06.md"),
    tags: &["NHI2:2025", "T1552.001"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let lies = lies(ground.inventory).into_iter();
    let lies = lies.filter(|lie| {
        let is_there = matches!(
            lie.exposure.kind,
            ExposureKind::ImageLayer | ExposureKind::CiLog
        );
        is_there && !lie.lying.sight.is_public && lie.may_work(ground)
    });
    let found = lies.map(|lie| Found {
        severity: match lie.is_doubtful() {
            true => Severity::Medium,
            false => Severity::High,
        },
        subject: lie.subject(),
        object: Some(lie.object()),
        text: says![lie.subject(), " lies in ", lie.object()],
        evidence: vec![lie.lying.evidence],
        proof: Vec::new(),
        points: Some(ground.reach[lie.lying.credential].figure),
    });
    found.collect()
}
