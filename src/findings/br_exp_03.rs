//! BR-EXP-03: what has leaked was never rotated.

use super::{Check, Found, Ground, Severity, lies, says};

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-03",
    title: "Leaked and never rotated",
    severity: Severity::Critical,
    page: include_str!("br_exp_03.md"),
    tags: &["NHI2:2025", "NHI7:2025"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let lies = lies(ground.inventory).into_iter();
    let lies = lies.filter(|lie| {
        let is_same = lie.is_older_than_its_leak() == Some(true);
        is_same && lie.exposure.has_leaked(lie.lying) && lie.may_work(ground) && !lie.is_doubtful()
    });
    let found = lies.map(|lie| Found {
        severity: match lie.is_known_to_work() {
            true => Severity::Critical,
            false => Severity::High,
        },
        subject: lie.subject(),
        object: Some(lie.object()),
        text: says![
            lie.subject(),
            " was not rotated since it leaked in ",
            lie.object(),
        ],
        evidence: vec![lie.lying.evidence],
        proof: Vec::new(),
        points: Some(ground.reach[lie.lying.credential].figure),
    });
    found.collect()
}
