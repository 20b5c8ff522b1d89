//! BR-EXP-01: a secret lies where anybody can read it.

use super::{Check, Found, Ground, Severity, lies, says};

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-01",
    title: "Secret leaked in public",
    severity: Severity::Critical,
    page: include_str!("br_exp_01.md"),
    tags: &["NHI2:2025", "T1552.001", "IA-5(7)"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let lies = lies(ground.inventory).into_iter();
    let lies = lies.filter(|lie| lie.lying.sight.is_public && lie.may_work(ground));
    let found = lies.map(|lie| Found {
        severity: match (lie.is_doubtful(), lie.is_known_to_work()) {
            (true, _) => Severity::Medium,
            (false, true) => Severity::Critical,
            (false, false) => Severity::High,
        },
        subject: lie.subject(),
        object: Some(lie.object()),
        text: says![
            lie.subject(),
            match lie.is_known_to_work() {
                true => ", which is known to work, lies where anybody can read it: ",
                false => " lies where anybody can read it: ",
            },
            lie.object(),
        ],
        evidence: vec![lie.lying.evidence],
        proof: Vec::new(),
        points: Some(ground.reach[lie.lying.credential].figure),
    });
    found.collect()
}
