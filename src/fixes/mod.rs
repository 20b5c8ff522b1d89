//! Fixes: what removing a control would gain, exactly.

mod batch;
mod candidates;
mod cut;
mod edit;
mod effort;
mod joined;
mod order;
mod evaluator;
mod plan;
mod price;
mod survival;
mod ties;
mod usage;

#[cfg(test)]
mod tests;

pub use candidates::{Candidate, Narrowing, candidates};
pub use edit::{Edit, Edits, Operation};
pub use effort::{DEFAULT_EFFORTS, DefaultEffort, Efforts};
pub use evaluator::Layers;
pub use joined::joined;
pub use order::{Change, Order, Turn, order};
pub use plan::{Bound, Chosen, Goal, Limits, Plan, Request, Share, plan};
pub use survival::{Life, Survivor, life, survivor};
pub use usage::{LastUsed, Usages};

use crate::inventory::Table;
use crate::progress::Progress;
use crate::reach::sweep::{Condensed, LANES};
use crate::reach::{Layer, reached};
use crate::steps::{FactId, StepId, Steps};
use batch::{Points, Solved};
use cut::{Cut, Cutter};
use price::Pricer;
use rayon::prelude::*;

/// How many candidates are priced exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Every one.
    All,
    /// As many as it takes to be sure of the best so many.
    Best(usize),
}

/// What a candidate takes away from attackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gain {
    /// Which candidate.
    pub candidate: usize,
    /// Points that no longer are reached for certain, over all scenarios.
    pub certain: u64,
    /// Points that no longer are possibly reached, over all scenarios.
    pub possible: u64,
    /// Scenarios that possibly reach fewer points than before.
    pub scenarios: u64,
}

/// Candidates by what they gain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranking {
    /// What gains something in either layer, best first: by the sum of both layers, then by the certain one, then in the
    /// order of candidates.
    pub gains: Vec<Gain>,
    /// How many candidates there were.
    pub candidates: u64,
    /// How many of them were not priced, because a bound shows that they are not among the best.
    pub bounded: u64,
}

/// Prices `candidates`: the points of all scenarios before minus after, without what each scenario begins with.
///
/// `points` has one entry a fact.
pub fn rank(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    points: &Table<FactId, u64>,
    candidates: &[Candidate],
    limit: Limit,
    progress: &dyn Progress,
) -> Ranking {
    progress.begin("fixes", 2 * scenarios.len() as u64);
    let mut gains: Vec<Gain> = (0..candidates.len())
        .map(|candidate| Gain {
            candidate,
            certain: 0,
            possible: 0,
            scenarios: 0,
        })
        .collect();
    for layer in [Layer::Certain, Layer::Possible] {
        let condensed = Condensed::new(steps, layer);
        let given = reached(steps, layer, &[], None);
        let points = Points::new(&condensed, points, &given);
        let cutter = Cutter::new(&condensed);
        let cuts: Vec<(usize, Cut)> = candidates
            .par_iter()
            .enumerate()
            .filter_map(|(at, candidate)| Some((at, cutter.cut(candidate.steps(steps))?)))
            .collect();
        let sums = scenarios
            .par_chunks(LANES)
            .map(|batch| {
                let prices = price_batch(&Solved::new(&condensed, batch, &points), &cuts);
                progress.advance(batch.len() as u64);
                prices
            })
            .reduce(|| vec![(0, 0); cuts.len()], add);
        for ((at, _), (lost, lanes)) in cuts.iter().zip(sums) {
            let Some(gain) = gains.get_mut(*at) else {
                continue;
            };
            match layer {
                Layer::Certain => gain.certain += lost,
                Layer::Possible => {
                    gain.possible += lost;
                    gain.scenarios += lanes;
                }
            }
        }
    }
    progress.end();
    gains.retain(|gain| gain.certain > 0 || gain.possible > 0);
    gains.sort_unstable_by_key(|gain| {
        (
            std::cmp::Reverse((gain.certain + gain.possible, gain.certain)),
            gain.candidate,
        )
    });
    if let Limit::Best(best) = limit {
        gains.truncate(best);
    }
    Ranking {
        gains,
        candidates: candidates.len() as u64,
        bounded: 0,
    }
}

/// What removing each of some sets of steps, which are in order, takes away from all scenarios.
///
/// `points` has one entry a fact.
pub fn gains(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    points: &Table<FactId, u64>,
    sets: &[Vec<StepId>],
) -> Vec<Layers> {
    evaluator::Evaluator::with(steps, scenarios, points, |evaluator| evaluator.gains(sets))
}

/// Points lost and scenarios that lose any, by cut, in one batch.
fn price_batch(solved: &Solved<'_>, cuts: &[(usize, Cut)]) -> Vec<(u64, u64)> {
    // Cuts that share working memory: enough of them to be worth its making, few enough to keep all threads busy.
    let share = (cuts.len() / rayon::current_num_threads() / 8).max(64);
    cuts.par_chunks(share)
        .flat_map_iter(|part| {
            let mut pricer = Pricer::new(solved);
            let prices = part.iter().map(move |(_, cut)| pricer.price(solved, cut));
            prices.collect::<Vec<_>>()
        })
        .collect()
}

/// Sums by cut.
fn add(mut sums: Vec<(u64, u64)>, parts: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    for (sum, part) in sums.iter_mut().zip(parts) {
        sum.0 += part.0;
        sum.1 += part.1;
    }
    sums
}
