//! The exact gain of sets of steps, one after the other: what is swept is swept once.

use super::batch::{Points, Solved};
use super::cut::Cutter;
use super::price::Pricer;
use crate::inventory::Table;
use crate::progress::Silent;
use crate::reach::condensed::{Condensed, LANES};
use crate::reach::{Classes, Layer, Tally, reach, reached};
use crate::steps::{FactId, StepId, Steps};
use indexmap::IndexSet;
use rayon::prelude::*;

/// Points by layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layers {
    /// Of what is reached for certain.
    pub certain: u64,
    /// Of what is possibly reached.
    pub possible: u64,
}

impl Layers {
    /// Both layers together: what sets of fixes are measured by, as rankings are.
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
        points: &Table<FactId, u64>,
        then: impl FnOnce(&Evaluator<'_>) -> R,
    ) -> R {
        let both = [Layer::Certain, Layer::Possible];
        let [certain, possible] = both.map(|layer| Condensed::new(steps, layer));
        let [certain_given, possible_given] = both.map(|layer| reached(steps, layer, &[], None));
        let certain_points = Points::new(&certain, points, &certain_given);
        let possible_points = Points::new(&possible, points, &possible_given);
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
                .map(|batch| Solved::new(condensed, batch, points))
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
            return gains;
        }
        for batch in self.scenarios.chunks(LANES) {
            let solved = Solved::new(self.condensed, batch, self.points);
            self.add(&solved, sets, &mut gains);
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
                    *gain += pricer.price(solved, &cut).0;
                }
            }
        });
    }
}

/// What all scenarios reach, in points, without what they begin with.
pub(super) fn total(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    points: &Table<FactId, u64>,
    layer: Layer,
) -> u64 {
    // Facts of equal points are one class.
    let mut worth: IndexSet<u64> = IndexSet::new();
    let of = points.iter().map(|&points| match points {
        0 => Classes::UNCOUNTED,
        points => u32::try_from(worth.insert_full(points).0).unwrap_or(Classes::UNCOUNTED),
    });
    let of: Vec<u32> = of.collect();
    let classes = Classes::new(of.into(), worth.len());
    let sum = |_, tally: Tally<'_>| -> u64 {
        let counts = match layer {
            Layer::Certain => tally.certain,
            Layer::Possible => tally.possible,
        };
        let worth = counts.iter().zip(&worth);
        worth
            .map(|(&count, points)| u64::from(count) * points)
            .sum()
    };
    let sums = reach(steps, scenarios, &classes, sum, &Silent);
    sums.into_iter().sum()
}
