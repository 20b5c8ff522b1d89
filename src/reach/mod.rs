//! Reach: the least fixpoint of the steps from what a scenario begins with.
//!
//! [`reach`] answers for all scenarios at once, by sums of weights; [`reached`] and [`Derivations`] answer for one
//! scenario, by fact and with the way there. [`naive`] says the same as its definition does, and judges the others.

mod linear;
mod naive;
mod proof;
#[cfg(test)]
pub(crate) mod tests;

pub use linear::reached;
pub use naive::naive;
pub use proof::Derivations;

use crate::inventory::{Id, Table};
use crate::progress::Progress;
use crate::steps::{FactId, StepId, Steps};
use rayon::prelude::*;

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
/// `weights` has one entry a fact. Sums that do not fit 64 bits stop at the largest number.
pub fn reach(
    steps: &Steps,
    layer: Layer,
    scenarios: &[Vec<FactId>],
    weights: &Table<FactId, Measure>,
    progress: &dyn Progress,
) -> Vec<Measure> {
    progress.begin("reach", scenarios.len() as u64);
    let sums = scenarios
        .par_iter()
        .map(|seeds| {
            let mut held = reached(steps, layer, seeds, None);
            for seed in seeds.iter().chain(&[ANYONE]) {
                if let Some(is_held) = held.get_mut(seed.index()) {
                    *is_held = false;
                }
            }
            let mut sum = Measure::default();
            for (weight, _) in weights.iter().zip(held).filter(|(_, is_held)| *is_held) {
                for (total, part) in sum.iter_mut().zip(weight) {
                    *total = total.saturating_add(*part);
                }
            }
            progress.advance(1);
            sum
        })
        .collect();
    progress.end();
    sums
}

/// A length as a 32-bit count.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a step set stops at 2^32 needs: see Rows::push"
)]
fn count(length: usize) -> u32 {
    length as u32
}
