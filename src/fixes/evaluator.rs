//! The exact gain of sets of steps, one after the other: what is swept is swept once.

use super::batch::{Points, Solved};
use super::cut::Cutter;
use super::price::Pricer;
use super::weights::Weights;
use crate::progress::Silent;
use crate::reach::condensed::{Condensed, LANES};
use crate::reach::{Classes, Layer, Tally, reach, reached};
use crate::steps::{FactId, StepId, Steps};
use indexmap::IndexSet;
use rayon::prelude::*;

/// A number for what is reached for certain, and one for what is possibly reached: what it weighs, or by what it is weighed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Layers {
    /// Of what is reached for certain.
    pub certain: u64,
    /// Of what is possibly reached.
    pub possible: u64,
}

impl From<u64> for Layers {
    /// The same in both.
    fn from(both: u64) -> Self {
        Self {
            certain: both,
            possible: both,
        }
    }
}

impl Layers {
    /// Without the other, which is no more.
    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            certain: self.certain.saturating_sub(other.certain),
            possible: self.possible.saturating_sub(other.possible),
        }
    }

    /// So many times as much.
    pub(super) fn times(self, times: u64) -> Self {
        Self {
            certain: self.certain.saturating_mul(times),
            possible: self.possible.saturating_mul(times),
        }
    }

    /// Both layers together.
    pub fn sum(self) -> u64 {
        self.certain.saturating_add(self.possible)
    }
}

/// The most bytes of rows that are kept between calls; what needs more is swept again in each call.
const KEPT_BYTES: usize = 1 << 30;

/// One layer, prepared.
struct Prepared<'a> {
    condensed: &'a Condensed<'a>,
    cutter: Cutter<'a>,
    points: &'a Points<'a>,
    scenarios: &'a [Vec<FactId>],
    /// By batch; empty when they are not kept.
    solved: Vec<Solved<'a>>,
}

/// Prices any set of steps exactly.
pub(super) struct Evaluator<'a> {
    layers: [Prepared<'a>; 2],
}

impl Evaluator<'_> {
    /// Prepares both layers and hands the evaluator to `then`.
    pub(super) fn with<R>(
        steps: &Steps,
        scenarios: &[Vec<FactId>],
        weights: &Weights,
        then: impl FnOnce(&Evaluator<'_>) -> R,
    ) -> R {
        debug_assert!(weights.are_of(scenarios.len()));
        let both = [Layer::Certain, Layer::Possible];
        let [certain, possible] = both.map(|layer| Condensed::new(steps, layer));
        let [certain_given, possible_given] = both.map(|layer| reached(steps, layer, &[], None));
        let certain_points = Points::new(&certain, weights, &certain_given);
        let possible_points = Points::new(&possible, weights, &possible_given);
        then(&Evaluator {
            layers: [
                Prepared::new(&certain, &certain_points, scenarios),
                Prepared::new(&possible, &possible_points, scenarios),
            ],
        })
    }

    /// What removing each of the sets gains, by itself. The steps of each are in order.
    pub(super) fn gains(&self, sets: &[Vec<StepId>]) -> Vec<Layers> {
        let [certain, possible] = &self.layers;
        let gains = certain.gains(sets).into_iter().zip(possible.gains(sets));
        let gains = gains.map(|(certain, possible)| Layers { certain, possible });
        gains.collect()
    }
}

impl<'a> Prepared<'a> {
    fn new(
        condensed: &'a Condensed<'a>,
        points: &'a Points<'a>,
        scenarios: &'a [Vec<FactId>],
    ) -> Self {
        let batches = scenarios.len().div_ceil(LANES);
        let bytes = batches * condensed.blocks.len() * 2 * LANES / 8;
        let solved = match bytes <= KEPT_BYTES {
            true => scenarios
                .par_chunks(LANES)
                .enumerate()
                .map(|(at, batch)| Solved::new(condensed, batch, at * LANES, points))
                .collect(),
            false => Vec::new(),
        };
        Self {
            condensed,
            cutter: Cutter::new(condensed),
            points,
            scenarios,
            solved,
        }
    }

    fn gains(&self, sets: &[Vec<StepId>]) -> Vec<u64> {
        let mut gains = vec![0; sets.len()];
        if !self.solved.is_empty() {
            for solved in &self.solved {
                self.add(solved, sets, &mut gains);
            }
        } else {
            for (at, batch) in self.scenarios.chunks(LANES).enumerate() {
                let solved = Solved::new(self.condensed, batch, at * LANES, self.points);
                self.add(&solved, sets, &mut gains);
            }
        }
        for gain in &mut gains {
            *gain = gain.saturating_mul(self.points.weights.unit());
        }
        gains
    }

    /// Adds what each of the sets gains in one batch.
    fn add(&self, solved: &Solved<'_>, sets: &[Vec<StepId>], gains: &mut [u64]) {
        let share = sets.len().div_ceil(4 * rayon::current_num_threads()).max(1);
        let parts = gains.par_chunks_mut(share).zip(sets.par_chunks(share));
        parts.for_each(|(gains, sets)| {
            let mut pricer = Pricer::new(solved);
            for (gain, set) in gains.iter_mut().zip(sets) {
                if let Some(cut) = self.cutter.cut(set) {
                    *gain = gain.saturating_add(pricer.price(solved, &cut).0);
                }
            }
        });
    }
}

/// What all scenarios reach, as it weighs, without what they begin with.
pub(super) fn total(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    weights: &Weights,
    layer: Layer,
) -> u64 {
    // Facts of equal points in one place are one class.
    let mut worth: IndexSet<(u64, u32)> = IndexSet::new();
    let of = weights.facts().ids().map(|fact| {
        let class = match weights.points(fact) {
            0 => return Classes::UNCOUNTED,
            points => (points, weights.place(fact)),
        };
        u32::try_from(worth.insert_full(class).0).unwrap_or(Classes::UNCOUNTED)
    });
    let of: Vec<u32> = of.collect();
    let classes = Classes::new(of.into(), worth.len());
    let sum = |scenario, tally: Tally<'_>| -> u64 {
        let counts = match layer {
            Layer::Certain => tally.certain,
            Layer::Possible => tally.possible,
        };
        let lot = weights.lot(layer, scenario);
        let counts = counts.iter().zip(&worth);
        let counts = counts.map(|(&count, &(points, place))| {
            let points = points.saturating_mul(weights.factor(place, lot.home));
            points.saturating_mul(count.into())
        });
        counts
            .fold(0, u64::saturating_add)
            .saturating_mul(lot.chance)
    };
    let sums = reach(steps, scenarios, &classes, sum, &Silent);
    let sum = sums.into_iter().fold(0, u64::saturating_add);
    sum.saturating_mul(weights.unit())
}
