//! Every call that benches make into the engine: what changes when its interface does.

#![allow(dead_code, reason = "each bench uses a part")]

use leakreach::fixes::{Candidate, Limit, rank};
use leakreach::inventory::Table;
use leakreach::progress::Silent;
use leakreach::reach::{self, Layer, Measure};
use leakreach::steps::{ControlId, FactId, Steps};

/// How many scenarios the engine sweeps at once.
pub(crate) const LANES: usize = 512;

/// The facts that each scenario reaches, without those that it begins with.
pub(crate) fn reach(steps: &Steps, layer: Layer, scenarios: &[Vec<FactId>]) -> Vec<u64> {
    let weights: Table<FactId, Measure> = Table::filled([1, 1, 1, 1, 1], steps.facts.len());
    let sums = reach::reach(steps, layer, scenarios, &weights, &Silent);
    sums.into_iter().map(|[facts, ..]| facts).collect()
}

/// What comes before the sweep: reach of no scenario.
pub(crate) fn condense(steps: &Steps, layer: Layer) {
    reach(steps, layer, &[]);
}

/// The facts that the removal of each control takes away, over all scenarios: for certain, and possibly.
pub(crate) fn price(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    fixes: &[ControlId],
    is_every: bool,
) -> Vec<(u64, u64)> {
    let points: Table<FactId, u64> = Table::filled(1, steps.facts.len());
    let candidates: Vec<Candidate> = fixes.iter().copied().map(Candidate::removing).collect();
    let limit = match is_every {
        true => Limit::All,
        false => Limit::Best(100),
    };
    let ranking = rank(steps, scenarios, &points, &candidates, limit, &Silent);
    let mut prices = vec![(0, 0); fixes.len()];
    for gain in ranking.gains {
        if let Some(price) = prices.get_mut(gain.candidate) {
            *price = (gain.certain, gain.possible);
        }
    }
    prices
}

/// Chooses the best five of the fixes and proves a bound; `None` as long as the engine has no plans.
pub(crate) fn plan(
    _steps: &Steps,
    _scenarios: &[Vec<FactId>],
    _fixes: &[ControlId],
) -> Option<u64> {
    None
}
