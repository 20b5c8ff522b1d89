//! BR-PTH-02: much of all reach passes through one thing.

use super::{Check, Found, Ground, Severity, Thing, says};
use crate::risk::Points;

pub(super) const CHECK: Check = Check {
    id: "BR-PTH-02",
    title: "Choke point",
    severity: Severity::High,
    page: include_str!("br_pth_02.md"),
    tags: &["PR.AA-05", "NHI5:2025"],
    find,
};

/// What takes one part in so many of the possible reach away is a choke point.
const ONE_IN: u64 = 5;

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let total = ground.total.1.0;
    let is_choke = |possible: Points, credentials: u64| {
        credentials > 1
            && possible.0 > 0
            && u128::from(possible.0) * u128::from(ONE_IN) >= u128::from(total)
    };
    let gains = ground.gains.iter();
    let chokes = gains.filter(|gain| is_choke(gain.possible, gain.credentials));
    let found = chokes.map(|gain| {
        let subject = Thing::Control(gain.control);
        // Whole parts in a hundred, rounded down: a figure for people.
        let share = u128::from(gain.possible.0) * 100 / u128::from(total.max(1));
        Found {
            severity: Severity::High,
            object: None,
            text: says![
                subject.clone(),
                format!(
                    " carries {share} % of all possible reach, from {} credentials",
                    gain.credentials
                ),
            ],
            evidence: subject.evidence(ground.inventory, ground.steps).to_vec(),
            proof: Vec::new(),
            points: Some(Points(gain.certain.0.saturating_add(gain.possible.0) / 2)),
            subject,
        }
    });
    found.collect()
}
