//! Fixes: what removing a control would gain, exactly.

mod batch;
mod bound;
mod candidates;
mod cut;
mod edit;
mod effort;
mod joined;
mod leftover;
mod measure;
mod order;
mod evaluator;
mod plan;
mod price;
mod shard;
mod split;
mod survival;
mod ties;
mod tighten;
mod usage;
mod weights;

#[cfg(test)]
mod tests;

pub use candidates::{Candidate, Element, Narrowing, candidates};
pub use edit::{Edit, Edits, Operation};
pub use effort::{DEFAULT_EFFORTS, DefaultEffort, Efforts};
pub use evaluator::Layers;
pub use joined::joined;
pub use leftover::{Lowered, Parts, with_leftovers};
pub use measure::Measure;
pub use order::{Change, Order, Turn, order};
pub use plan::{Bound, Chosen, Goal, Limits, Plan, Request, Share, plan};
pub use shard::{Price, joined_ranking, prices_within};
pub use split::{Divided, split, splits};
pub use survival::{Life, Survivor, life, survivor};
pub use tighten::{Tightening, tightenings};
pub use usage::{LastUsed, Usages};
pub use weights::Weights;

use crate::memory::{Memory, TooLittle};
use crate::progress::Progress;
use crate::reach::condensed::{Condensed, LANES};
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
    /// What all scenarios no longer reach for certain, as it weighs.
    pub certain: u64,
    /// What all scenarios no longer possibly reach, as it weighs.
    pub possible: u64,
    /// Scenarios that possibly reach less than before, as it weighs, of those that count.
    pub scenarios: u64,
}

impl Gain {
    /// By what it is compared.
    fn key(&self, measure: Measure) -> (u64, u64) {
        measure.key(self.certain, self.possible)
    }
}

/// Candidates by what they gain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranking {
    /// What gains something in either layer, best first: by the measure of the weights, then in the order of candidates.
    pub gains: Vec<Gain>,
    /// How many candidates there were.
    pub candidates: u64,
    /// How many of them were not priced, because a bound shows that they are not among the best.
    pub bounded: u64,
}

/// Prices `candidates`: what the reach of all scenarios weighs, before minus after, without what each begins with.
///
/// Where only the best are asked for, a bound of every candidate is worked out first, and
/// those whose bound is below the gain of the last of the best are not priced.
pub fn rank(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    weights: &Weights,
    candidates: &[Candidate],
    limit: Limit,
    progress: &dyn Progress,
) -> Ranking {
    with_layers(steps, scenarios.len(), weights, candidates, |layers| {
        let work = Work::new(layers, scenarios, progress);
        ranking(&work, candidates.len(), limit, weights.measure())
    })
}

/// As [`rank`], with so much memory.
///
/// # Errors
/// When a batch does not fit.
pub fn rank_within(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    weights: &Weights,
    candidates: &[Candidate],
    limit: Limit,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Ranking, TooLittle> {
    with_layers(steps, scenarios.len(), weights, candidates, |layers| {
        let work = Work::within(layers, scenarios, memory, progress)?;
        Ok(ranking(&work, candidates.len(), limit, weights.measure()))
    })
}

/// Makes the layers ready and hands them on.
fn with_layers<R>(
    steps: &Steps,
    scenarios: usize,
    weights: &Weights,
    candidates: &[Candidate],
    then: impl FnOnce(&[Priced<'_>]) -> R,
) -> R {
    debug_assert!(weights.are_of(scenarios));
    // Where nothing is conditional, and weighs the same for certain as possibly, the layers are the same, and are priced once.
    let is_layered = weights.are_layered() || steps.ids().any(|id| steps.is_conditional(id));
    let layers = match is_layered {
        true => &[Layer::Certain, Layer::Possible][..],
        false => &[Layer::Possible],
    };
    let condensed: Vec<Condensed<'_>> = layers
        .iter()
        .map(|&layer| Condensed::new(steps, layer))
        .collect();
    let given: Vec<Vec<bool>> = layers
        .iter()
        .map(|&layer| reached(steps, layer, &[], None))
        .collect();
    let layers: Vec<Priced<'_>> = condensed
        .iter()
        .zip(&given)
        .map(|(condensed, given)| Priced::new(condensed, weights, given, candidates))
        .collect();
    then(&layers)
}

impl Limit {
    /// How many are looked for by bounds; `None` where all are priced.
    fn bounded(self, candidates: usize, measure: Measure) -> Option<usize> {
        match self {
            // Bounds are of both layers together.
            _ if measure != Measure::Mean => None,
            // A look for bounds costs about as much as some prices.
            Self::Best(best) if candidates > best.saturating_mul(FEW) => Some(best),
            _ => None,
        }
    }

    /// Keeps the best.
    fn keep(self, gains: &mut Vec<Gain>) {
        if let Self::Best(best) = self {
            gains.truncate(best);
        }
    }
}

fn ranking(work: &Work<'_>, candidates: usize, limit: Limit, measure: Measure) -> Ranking {
    let (gains, bounded) = match limit.bounded(candidates, measure) {
        None => {
            let every: Vec<usize> = (0..candidates).collect();
            let mut gains = work.price(&every);
            limit.keep(&mut gains);
            (gains, 0)
        }
        Some(best) => best_of(&work.bounds(candidates), best, |some| work.price(some)),
    };
    Ranking {
        gains,
        candidates: candidates as u64,
        bounded,
    }
}

/// A layer, ready for prices.
struct Priced<'a> {
    condensed: &'a Condensed<'a>,
    points: Points<'a>,
    /// What cuts anything, in order of candidate.
    cuts: Vec<(usize, Cut)>,
}

impl<'a> Priced<'a> {
    fn new(
        condensed: &'a Condensed<'a>,
        weights: &'a Weights,
        given: &'a [bool],
        candidates: &[Candidate],
    ) -> Self {
        let cutter = Cutter::new(condensed);
        let cuts = candidates
            .par_iter()
            .enumerate()
            .filter_map(|(at, candidate)| Some((at, cutter.cut(candidate.steps(condensed.steps))?)))
            .collect();
        Self {
            condensed,
            points: Points::new(condensed, weights, given),
            cuts,
        }
    }
}

impl Priced<'_> {
    /// What sums are multiplied by.
    fn unit(&self) -> u64 {
        self.points.weights.unit()
    }
}

/// Layers and the scenarios over which candidates are priced, and how much of that is done at once.
struct Work<'a> {
    layers: &'a [Priced<'a>],
    scenarios: &'a [Vec<FactId>],
    /// Batches that are held at once.
    batches: usize,
    /// In how many parts at most the candidates of a batch are priced at once.
    parts: usize,
    progress: &'a dyn Progress,
}

impl<'a> Work<'a> {
    /// As much at once as there are threads for.
    fn new(
        layers: &'a [Priced<'a>],
        scenarios: &'a [Vec<FactId>],
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            layers,
            scenarios,
            batches: usize::MAX,
            parts: usize::MAX,
            progress,
        }
    }

    /// As much at once as fits.
    fn within(
        layers: &'a [Priced<'a>],
        scenarios: &'a [Vec<FactId>],
        memory: &Memory,
        progress: &'a dyn Progress,
    ) -> Result<Self, TooLittle> {
        let most = |of: fn(&Priced<'_>) -> u64| layers.iter().map(of).max().unwrap_or(0);
        let solved = most(|layer| Solved::bytes(layer.condensed, layer.points.weights));
        let pricer = most(|layer| Pricer::bytes(&layer.points));
        let sums = most(|layer| (layer.cuts.len() * 2 * size_of::<(u64, u64)>()) as u64);
        let batch = solved + sums;
        let threads = rayon::current_num_threads();
        let Some(room) = memory.room("a price", batch + pricer)? else {
            return Ok(Self::new(layers, scenarios, progress));
        };
        let fit = |room: u64, each: u64| usize::try_from(room / each.max(1)).unwrap_or(usize::MAX);
        // A thread that waits for parts of its batch may begin another batch: so batches are counted, not threads.
        let batches = fit(room, batch + pricer).clamp(1, threads);
        let pricers = fit(room.saturating_sub(batches as u64 * batch), pricer);
        let parts = match pricers >= threads {
            true => usize::MAX,
            false => (pricers / batches).max(1),
        };
        Ok(Self {
            layers,
            scenarios,
            batches,
            parts,
            progress,
        })
    }

    /// What `of_batch` makes of every batch of scenarios in a layer, summed up.
    fn sum<T: Clone + Send + Sync>(
        &self,
        layer: &Priced<'_>,
        zero: &[T],
        of_batch: impl Fn(&Solved<'_>) -> Vec<T> + Sync,
        add: impl Fn(&mut T, T) + Sync,
    ) -> Vec<T> {
        let mut all = zero.to_vec();
        let add_all = |mut sums: Vec<T>, parts: Vec<T>| {
            for (sum, part) in sums.iter_mut().zip(parts) {
                add(sum, part);
            }
            sums
        };
        let at_once = LANES.saturating_mul(self.batches);
        for (part, held) in self.scenarios.chunks(at_once).enumerate() {
            let sums = held
                .par_chunks(LANES)
                .enumerate()
                .map(|(number, batch)| {
                    let first = part.saturating_mul(at_once) + number * LANES;
                    let solved = Solved::new(layer.condensed, batch, first, &layer.points);
                    let sums = of_batch(&solved);
                    self.progress.advance(batch.len() as u64);
                    sums
                })
                .reduce(|| zero.to_vec(), add_all);
            all = add_all(all, sums);
        }
        all
    }

    /// The most that each candidate can gain.
    fn bounds(&self, candidates: usize) -> Vec<u64> {
        let units = self.layers.len() * self.scenarios.len();
        self.progress.begin("bounds of fixes", units as u64);
        let mut bounds = vec![0u64; candidates];
        for layer in self.layers {
            let below = bound::below(layer.condensed, &layer.points);
            let of_batch = |solved: &Solved<'_>| bound::bounds(solved, &below, &layer.cuts);
            let add = |sum: &mut u64, part: u64| *sum = sum.saturating_add(part);
            let sums = self.sum(layer, &vec![0; layer.cuts.len()], of_batch, add);
            // A layer that stands for both counts twice.
            let times = if self.layers.len() == 1 { 2 } else { 1 };
            for (&(at, _), sum) in layer.cuts.iter().zip(sums) {
                let sum = sum.saturating_mul(times).saturating_mul(layer.unit());
                if let Some(bound) = bounds.get_mut(at) {
                    *bound = bound.saturating_add(sum);
                }
            }
        }
        self.progress.end();
        bounds
    }

    /// The gains of some candidates, which are in order, the best first; without those that gain nothing.
    fn price(&self, candidates: &[usize]) -> Vec<Gain> {
        let units = self.layers.len() * self.scenarios.len();
        self.progress.begin("fixes", units as u64);
        let mut gains: Vec<Gain> = candidates
            .iter()
            .map(|&candidate| Gain {
                candidate,
                certain: 0,
                possible: 0,
                scenarios: 0,
            })
            .collect();
        for (number, layer) in self.layers.iter().enumerate() {
            let cuts: Vec<&(usize, Cut)> = layer
                .cuts
                .iter()
                .filter(|(at, _)| candidates.binary_search(at).is_ok())
                .collect();
            let of_batch = |solved: &Solved<'_>| price_batch(solved, &cuts, self.parts);
            let add = |sum: &mut (u64, u64), part: (u64, u64)| {
                sum.0 = sum.0.saturating_add(part.0);
                sum.1 += part.1;
            };
            let sums = self.sum(layer, &vec![(0, 0); cuts.len()], of_batch, add);
            for ((at, _), (lost, lanes)) in cuts.iter().zip(sums) {
                let gain = candidates.binary_search(at).ok();
                let Some(gain) = gain.and_then(|place| gains.get_mut(place)) else {
                    continue;
                };
                let lost = lost.saturating_mul(layer.unit());
                // The last layer is the possible one; where it is alone it is both.
                if number == 0 {
                    gain.certain = lost;
                }
                if number + 1 == self.layers.len() {
                    gain.possible = lost;
                    gain.scenarios = lanes;
                }
            }
        }
        self.progress.end();
        gains.retain(|gain| gain.certain > 0 || gain.possible > 0);
        sort(&mut gains, self.measure());
        gains
    }

    /// By what gains are compared.
    fn measure(&self) -> Measure {
        let first = self.layers.first();
        first.map_or(Measure::Mean, |layer| layer.points.weights.measure())
    }
}

/// Candidates that are priced before it is looked which others may be among the best: these times as many as are asked
/// for, and each time these times as many as the time before, as every look sweeps all scenarios.
const MORE: usize = 4;

/// Up to these times as many candidates as are asked for are all priced: none in tests, so that small sets are bounded.
const FEW: usize = if cfg!(test) { 0 } else { 16 };

/// The best candidates by both layers together, without pricing those that cannot be among them; and how many were not.
///
/// `price` gives the gains of candidates that are in order, as far as they gain anything.
fn best_of(
    bounds: &[u64],
    best: usize,
    mut price: impl FnMut(&[usize]) -> Vec<Gain>,
) -> (Vec<Gain>, u64) {
    let mut open = bound::in_order(bounds);
    open.retain(|&at| bounds.get(at).is_some_and(|&bound| bound > 0));
    let mut gains: Vec<Gain> = Vec::new();
    let (mut bounded, mut at_once) = (0, best);
    loop {
        // What is as good as the last of the best may stand before it.
        let least = match best.checked_sub(1) {
            None => u64::MAX,
            Some(last) => gains.get(last).map_or(0, |gain| gain.key(Measure::Mean).0),
        };
        let before = open.len();
        open.retain(|&at| bounds.get(at).is_some_and(|&bound| bound >= least));
        bounded += before - open.len();
        if open.is_empty() {
            break;
        }
        at_once = at_once.saturating_mul(MORE);
        let first = open.len().min(at_once);
        let mut priced: Vec<usize> = open.drain(..first).collect();
        priced.sort_unstable();
        gains.extend(price(&priced));
        sort(&mut gains, Measure::Mean);
        gains.truncate(best);
    }
    (gains, bounded as u64)
}

/// The best first.
fn sort(gains: &mut [Gain], measure: Measure) {
    gains.sort_unstable_by_key(|gain| (std::cmp::Reverse(gain.key(measure)), gain.candidate));
}

/// What removing each of some sets of steps, which are in order, takes away from all scenarios.
pub fn gains(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    weights: &Weights,
    sets: &[Vec<StepId>],
) -> Vec<Layers> {
    evaluator::Evaluator::with(steps, scenarios, weights, |evaluator| evaluator.gains(sets))
}

/// What is lost, as it weighs, and scenarios that lose any, by cut, in one batch; in so many parts at once at most.
fn price_batch(solved: &Solved<'_>, cuts: &[&(usize, Cut)], parts: usize) -> Vec<(u64, u64)> {
    // Cuts that share working memory: enough of them to be worth its making, few enough to keep all threads busy.
    let share = (cuts.len() / rayon::current_num_threads() / 8).max(64);
    // Where memory is capped, parts are few instead.
    let share = match parts {
        usize::MAX => share,
        parts => cuts.len().div_ceil(parts).max(1),
    };
    cuts.par_chunks(share)
        .flat_map_iter(|part| {
            let mut pricer = Pricer::new(solved);
            let prices = part.iter().map(move |(_, cut)| pricer.price(solved, cut));
            prices.collect::<Vec<_>>()
        })
        .collect()
}
