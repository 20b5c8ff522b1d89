//! Reach: the least fixpoint of the steps from what a scenario begins with.
//!
//! [`reach`] answers for all scenarios at once, by counts of classes of facts; [`reached`] and [`Derivations`] answer for
//! one scenario, by fact and with the way there. [`naive`] says the same as its definition does, and judges the others.

pub(crate) mod components;
pub(crate) mod condensed;
mod entries;
pub(crate) mod lanes;
mod linear;
mod naive;
mod order;
mod proof;
mod sweep;
mod tally;
mod weighed;
#[cfg(test)]
pub(crate) mod tests;

pub use linear::{reached, reached_without};
pub use naive::{naive, naive_without};
pub use proof::Derivations;
pub use tally::Classes;
pub use weighed::{Scales, weigh_within};

use crate::inventory::Table;
use crate::memory::{Memory, TooLittle};
use crate::progress::Progress;
use crate::steps::{FactId, StepId, Steps};
use order::Order;
use rayon::prelude::*;
use sweep::Sweep;

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

/// How many facts of each class a scenario reaches, without what it begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally<'a> {
    /// Without conditional steps, by class.
    pub certain: &'a [u32],
    /// With them, by class.
    pub possible: &'a [u32],
}

/// What `sum` makes of the tally of each scenario, in order of scenario.
///
/// Takes O((steps + facts) · scenarios / 512) operations on rows of 512 lanes where no AND closes a loop, and memory for
/// two rows of 128 bytes a component and thread, at most: what is not kept by `sum` is forgotten batch by batch.
pub fn reach<T: Send>(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    classes: &Classes,
    sum: impl Fn(usize, Tally<'_>) -> T + Sync,
    progress: &dyn Progress,
) -> Vec<T> {
    let order = ordered(steps, scenarios, classes);
    let threads = rayon::current_num_threads();
    let is_wide = is_wide(&order, scenarios, threads);
    swept(&order, scenarios, classes, threads, is_wide, &sum, progress)
}

/// As [`reach`], with so much memory.
///
/// # Errors
/// When a batch does not fit.
pub fn reach_within<T: Send>(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    classes: &Classes,
    memory: &Memory,
    sum: impl Fn(usize, Tally<'_>) -> T + Sync,
    progress: &dyn Progress,
) -> Result<Vec<T>, TooLittle> {
    let order = ordered(steps, scenarios, classes);
    let most = rayon::current_num_threads();
    let narrow = Sweep::<NARROW>::bytes(&order, classes);
    let wide = Sweep::<WIDE>::bytes(&order, classes);
    let threads = memory.at_once("reach", narrow, most)?;
    let is_wide = is_wide(&order, scenarios, threads)
        && memory.at_once("reach", wide, threads).ok() == Some(threads);
    Ok(swept(
        &order, scenarios, classes, threads, is_wide, &sum, progress,
    ))
}

fn ordered(steps: &Steps, scenarios: &[Vec<FactId>], classes: &Classes) -> Order {
    let mut is_seed = Table::filled(false, steps.facts.len().max(1));
    for &seed in scenarios.iter().flatten() {
        is_seed[seed] = true;
    }
    Order::new(steps, &is_seed, classes)
}

/// Words of a row.
const NARROW: usize = 8;
const WIDE: usize = 16;

/// Wide rows read more at once; narrow ones let all threads have a part of few scenarios.
fn is_wide(order: &Order, scenarios: &[Vec<FactId>], threads: usize) -> bool {
    scenarios.len() > threads * Sweep::<NARROW>::width(order)
}

fn swept<T: Send>(
    order: &Order,
    scenarios: &[Vec<FactId>],
    classes: &Classes,
    threads: usize,
    is_wide: bool,
    sum: &(impl Fn(usize, Tally<'_>) -> T + Sync),
    progress: &dyn Progress,
) -> Vec<T> {
    progress.begin("reach", scenarios.len() as u64);
    let sums = match is_wide {
        true => sweep_all::<WIDE, T>(order, scenarios, classes, threads, sum, progress),
        false => sweep_all::<NARROW, T>(order, scenarios, classes, threads, sum, progress),
    };
    progress.end();
    sums
}

/// At most so many parts are swept at once.
fn sweep_all<const N: usize, T: Send>(
    order: &Order,
    scenarios: &[Vec<FactId>],
    classes: &Classes,
    threads: usize,
    sum: &(impl Fn(usize, Tally<'_>) -> T + Sync),
    progress: &dyn Progress,
) -> Vec<T> {
    let width = Sweep::<N>::width(order);
    let batches = scenarios.len().div_ceil(width);
    let share = batches.div_ceil(threads).max(1);
    let parts = scenarios.par_chunks(share * width).enumerate();
    let parts = parts.flat_map_iter(|(part, scenarios)| {
        let mut sweep = Sweep::<N>::new(order, classes);
        let mut sums = Vec::with_capacity(scenarios.len());
        for batch in scenarios.chunks(width) {
            let counted = sweep.count(batch);
            for lane in 0..batch.len() {
                let of_lane = lane * classes.len()..(lane + 1) * classes.len();
                let tally = Tally {
                    certain: counted.certain.get(of_lane.clone()).unwrap_or_default(),
                    possible: counted.possible.get(of_lane).unwrap_or_default(),
                };
                sums.push(sum(part * share * width + sums.len(), tally));
            }
            progress.advance(batch.len() as u64);
        }
        sums
    });
    parts.collect()
}

/// A length as a 32-bit count.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a step set stops at 2^32 needs: see Rows::push"
)]
fn count(length: usize) -> u32 {
    length as u32
}
