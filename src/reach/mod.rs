//! Reach: the least fixpoint of the steps from what a scenario begins with.
//!
//! [`reach`] answers for all scenarios at once, by sums of weights; [`reached`] and [`Derivations`] answer for one
//! scenario, by fact and with the way there. [`naive`] says the same as its definition does, and judges the others.

pub(crate) mod components;
mod entries;
mod linear;
mod naive;
mod proof;
pub(crate) mod sweep;
#[cfg(test)]
pub(crate) mod tests;

pub use linear::{reached, reached_without};
pub use naive::{naive, naive_without};
pub use proof::Derivations;

use crate::inventory::Table;
use crate::progress::Progress;
use crate::steps::{FactId, StepId, Steps};
use rayon::prelude::*;
use sweep::{Condensed, LANES};

/// What everybody holds: `Fact::Anyone`, the first fact of every step set.
const ANYONE: FactId = FactId(0);

/// The two bounds between which the truth lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Steps that hang on something that cannot be decided offline are off.
    Certain,
    /// They are on.
    Possible,
}

impl Layer {
    /// Whether the step is on in this layer.
    pub fn has(self, steps: &Steps, id: StepId) -> bool {
        self == Self::Possible || !steps.is_conditional(id)
    }
}

/// A few sums that are taken together: what they measure is the caller's.
pub type Measure = [u64; 5];

/// The sum of `weights` over what each scenario reaches, without what it begins with.
///
/// `weights` has one entry a fact. Sums must fit 64 bits.
///
/// O(steps · scenarios / 512) rows of 512 bits where ANDs close no loop.
pub fn reach(
    steps: &Steps,
    layer: Layer,
    scenarios: &[Vec<FactId>],
    weights: &Table<FactId, Measure>,
    progress: &dyn Progress,
) -> Vec<Measure> {
    progress.begin("reach", scenarios.len() as u64);
    let condensed = Condensed::new(steps, layer);
    let mut cell_weights = vec![Measure::default(); condensed.blocks.len()];
    for ((fact, weight), cell) in weights.entries().zip(condensed.cells.iter()) {
        if fact != ANYONE
            && let Some(sum) = cell_weights.get_mut(*cell as usize)
        {
            add(sum, weight);
        }
    }
    let sums = scenarios
        .par_chunks(LANES)
        .flat_map_iter(|batch| {
            let mut sums = vec![Measure::default(); LANES];
            let rows = condensed.solve(condensed.seeds(batch));
            for (row, weight) in rows.into_iter().zip(&cell_weights) {
                if *weight == Measure::default() {
                    continue;
                }
                for lane in sweep::each(row) {
                    if let Some(sum) = sums.get_mut(lane) {
                        add(sum, weight);
                    }
                }
            }
            for (sum, seeds) in sums.iter_mut().zip(batch) {
                let mut seeds = seeds.clone();
                seeds.sort_unstable();
                seeds.dedup();
                for seed in seeds.into_iter().filter(|&seed| seed != ANYONE) {
                    for (total, part) in sum.iter_mut().zip(weights[seed]) {
                        *total = total.wrapping_sub(part);
                    }
                }
            }
            progress.advance(batch.len() as u64);
            sums.truncate(batch.len());
            sums
        })
        .collect();
    progress.end();
    sums
}

/// Adds what must fit; wrapping, so that what is taken off again cannot have overflowed for good.
fn add(sum: &mut Measure, part: &Measure) {
    for (total, part) in sum.iter_mut().zip(part) {
        *total = total.wrapping_add(*part);
    }
}

/// A length as a 32-bit count.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a step set stops at 2^32 needs: see Rows::push"
)]
fn count(length: usize) -> u32 {
    length as u32
}
