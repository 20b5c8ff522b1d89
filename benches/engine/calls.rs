//! Every call that benches make into the engine: what changes when its interface does.

#![allow(dead_code, reason = "each bench uses a part")]

use leakreach::fixes::{self, Bound, Candidate, Goal, Limit, Limits, Request, Weights, rank};
use leakreach::inventory::{Id, Table};
use leakreach::progress::Silent;
use leakreach::reach::{self, Classes};
use leakreach::steps::{ControlId, FactId, Steps};
use std::time::Duration;

/// The facts that each scenario reaches, without those that it begins with: for certain, and possibly. They are counted
/// in so many classes, as a caller that weighs them does.
pub(crate) fn reach(steps: &Steps, scenarios: &[Vec<FactId>], classes: u32) -> Vec<(u64, u64)> {
    let class = |fact: FactId| u32::try_from(fact.index()).unwrap_or(0) % classes;
    let of: Vec<u32> = steps.facts.ids().map(class).collect();
    let classes = Classes::new(Table::from(of), classes as usize);
    let all = |counts: &[u32]| counts.iter().copied().map(u64::from).sum();
    let sum = |_, tally: reach::Tally<'_>| (all(tally.certain), all(tally.possible));
    reach::reach(steps, scenarios, &classes, sum, &Silent)
}

/// What comes before the sweep, and one sweep: reach of one scenario that begins with what any begins with.
pub(crate) fn condense(steps: &Steps, scenarios: &[Vec<FactId>]) -> u64 {
    let mut seeds = scenarios.concat();
    seeds.sort_unstable();
    seeds.dedup();
    reach(steps, &[seeds], 1).iter().map(|sum| sum.1).sum()
}

/// The facts that the removal of each control takes away, over all scenarios: for certain, and possibly.
pub(crate) fn price(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    fixes: &[ControlId],
    is_every: bool,
) -> Vec<(u64, u64)> {
    let weights = Weights::uniform(Table::filled(1, steps.facts.len()));
    let candidates: Vec<Candidate> = fixes.iter().copied().map(Candidate::removing).collect();
    let limit = match is_every {
        true => Limit::All,
        false => Limit::Best(100),
    };
    let ranking = rank(steps, scenarios, &weights, &candidates, limit, &Silent);
    let mut prices = vec![(0, 0); fixes.len()];
    for gain in ranking.gains {
        if let Some(price) = prices.get_mut(gain.candidate) {
            *price = (gain.certain, gain.possible);
        }
    }
    prices
}

/// Chooses the best five of some fixes: what they gain in both layers, and what none can gain more than.
pub(crate) fn plan(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    fixes: &[ControlId],
    time: Duration,
) -> (u64, u64) {
    let weights = Weights::uniform(Table::filled(1, steps.facts.len()));
    let candidates: Vec<Candidate> = fixes.iter().copied().map(Candidate::removing).collect();
    let request = Request {
        candidates: &candidates,
        efforts: &[],
        goal: Goal::Top(5),
        gained: 0,
        limits: Limits {
            time: Some(time),
            ..Limits::default()
        },
    };
    let plan = fixes::plan(steps, scenarios, &weights, &request, &Silent);
    let gain = plan.gain.sum();
    match plan.bound {
        Bound::Gain(bound) => (gain, bound),
        Bound::Effort(_) | Bound::Unattainable => (gain, u64::MAX),
    }
}
