//! The other way round: not what a scenario reaches, but what the scenarios weigh together that reach a fact.
//!
//! What each lane weighs is written upright, bit by bit, as counters are: plane `k` has the lanes in whose weight bit `k`
//! is set. A row of lanes then weighs the sum over planes of `2^k` times the lanes that it shares with plane `k`; no lane
//! is looked at for itself.

#![expect(
    clippy::indexing_slicing,
    reason = "classes and columns are below their number, lanes below the width of a row"
)]

use super::lanes::{Lanes, and, is_none, lanes, set};
use super::order::Order;
use super::sweep::Sweep;
use super::tally::{Classes, Count};
use super::{ANYONE, NARROW, ordered};
use crate::memory::{Memory, TooLittle};
use crate::progress::Progress;
use crate::steps::{FactId, Steps};
use rayon::prelude::*;

/// What scenarios weigh: several columns of weights, and which class of facts goes by which.
pub struct Scales<'a> {
    /// By class.
    pub column_of: &'a [u32],
    /// How many columns there are.
    pub columns: u32,
    /// What a scenario weighs in a column: for certain and for possible reach.
    pub weigh: &'a (dyn Fn(usize, u32) -> [u64; 2] + Sync),
}

/// For each class of facts what the scenarios weigh together, in the column of the class, that reach its facts; for certain
/// and possibly. A scenario that reaches several facts of a class counts for each, and not for those that it begins with.
///
/// Takes as long as [`super::reach`], and for each row of a class operations on as many rows of lanes as the weights of its
/// column have bits. Sums stop at 2^64 - 1.
///
/// # Errors
/// When a batch does not fit.
pub fn weigh_within(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    classes: &Classes,
    scales: &Scales<'_>,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Vec<[u64; 2]>, TooLittle> {
    let order = ordered(steps, scenarios, classes);
    let sums = classes.len() * size_of::<[u64; 2]>();
    let planes = scales.columns as usize * 2 * 64 * size_of::<Plane<NARROW>>();
    let each = Sweep::<NARROW>::bytes_of_rows(&order) + (sums + planes) as u64;
    let threads = memory.at_once("reach", each, rayon::current_num_threads())?;
    progress.begin("reach", scenarios.len() as u64);
    let sums = weighed(&order, scenarios, classes, scales, threads, progress);
    progress.end();
    Ok(sums)
}

/// At most so many parts are swept at once.
fn weighed(
    order: &Order,
    scenarios: &[Vec<FactId>],
    classes: &Classes,
    scales: &Scales<'_>,
    threads: usize,
    progress: &dyn Progress,
) -> Vec<[u64; 2]> {
    let width = Sweep::<NARROW>::width(order);
    let share = scenarios.len().div_ceil(width).div_ceil(threads).max(1) * width;
    let nothing = || vec![[0, 0]; classes.len()];
    let of_part = |(part, scenarios): (usize, &[Vec<FactId>])| {
        let none = Classes::new(crate::inventory::Table::default(), 0);
        let mut sweep = Sweep::<NARROW>::new(order, &none);
        let mut weigher = Weigher {
            column_of: scales.column_of,
            planes: Vec::new(),
            sums: nothing(),
        };
        for (number, batch) in scenarios.chunks(width).enumerate() {
            let first = part * share + number * width;
            let upper = if order.is_layered { width } else { 0 };
            weigher.planes = planes(batch.len(), first, upper, scales);
            sweep.sweep(batch, &mut weigher);
            weigher.take_away(batch, first, classes, scales);
            progress.advance(batch.len() as u64);
        }
        weigher.sums
    };
    let parts = scenarios.par_chunks(share).enumerate().map(of_part);
    parts.reduce(nothing, |mut all, part| {
        for (sum, part) in all.iter_mut().zip(part) {
            add(sum, part);
        }
        all
    })
}

fn add(sum: &mut [u64; 2], part: [u64; 2]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum = sum.saturating_add(part);
    }
}

/// The lanes in whose weight a bit is set: for certain (0) or for possible reach (1).
struct Plane<const N: usize> {
    layer: usize,
    bit: u32,
    lanes: Lanes<N>,
}

/// The planes of a batch, by column. The lanes of the possible layer begin with `upper`; where that is 0 both layers are
/// in the same lanes.
fn planes<const N: usize>(
    batch: usize,
    first: usize,
    upper: usize,
    scales: &Scales<'_>,
) -> Vec<Vec<Plane<N>>> {
    let of_column = |column: u32| {
        let mut planes: Vec<Plane<N>> = Vec::new();
        for layer in 0..2 {
            let mut by_bit = [[0; N]; 64];
            for lane in 0..batch {
                let mut weight = (scales.weigh)(first + lane, column)[layer];
                while weight != 0 {
                    let bit = weight.trailing_zeros() as usize;
                    set(&mut by_bit[bit], lane + layer * upper);
                    weight &= weight - 1;
                }
            }
            let of_layer = (0..).zip(by_bit).filter(|(_, lanes)| !is_none(*lanes));
            planes.extend(of_layer.map(|(bit, lanes)| Plane { layer, bit, lanes }));
        }
        planes
    };
    (0..scales.columns).map(of_column).collect()
}

/// Adds up what rows weigh, by class.
struct Weigher<'a, const N: usize> {
    column_of: &'a [u32],
    planes: Vec<Vec<Plane<N>>>,
    sums: Vec<[u64; 2]>,
}

impl<const N: usize> Count<N> for Weigher<'_, N> {
    fn add(&mut self, class: u32, times: u32, row: Lanes<N>) {
        if is_none(row) {
            return;
        }
        let column = self.column_of[class as usize];
        let mut weight = [0u64; 2];
        for plane in &self.planes[column as usize] {
            let shared = u128::from(lanes(and(row, plane.lanes))) << plane.bit;
            let shared = u64::try_from(shared).unwrap_or(u64::MAX);
            weight[plane.layer] = weight[plane.layer].saturating_add(shared);
        }
        let weight = weight.map(|weight| weight.saturating_mul(times.into()));
        add(&mut self.sums[class as usize], weight);
    }
}

impl<const N: usize> Weigher<'_, N> {
    /// Takes away what scenarios begin with.
    fn take_away(
        &mut self,
        batch: &[Vec<FactId>],
        first: usize,
        classes: &Classes,
        scales: &Scales<'_>,
    ) {
        for (scenario, seeds) in (first..).zip(batch) {
            let mut seeds = seeds.clone();
            seeds.sort_unstable();
            seeds.dedup();
            for seed in seeds.into_iter().filter(|&seed| seed != ANYONE) {
                if let Some(class) = classes.of(seed) {
                    let weight = (scales.weigh)(scenario, self.column_of[class as usize]);
                    let sum = &mut self.sums[class as usize];
                    for (sum, weight) in sum.iter_mut().zip(weight) {
                        *sum = sum.saturating_sub(weight);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{build, drafts, scenarios};
    use super::super::{Layer, naive};
    use super::*;
    use crate::progress::Silent;
    use proptest::prelude::*;

    const FACTS: u32 = 40;

    /// Weights that differ by scenario, column and layer; some are nothing.
    fn weight(scenario: usize, column: u32) -> [u64; 2] {
        let scenario = scenario as u64;
        [
            scenario % 7 * u64::from(column + 1),
            (scenario * scenario) % 11 + u64::from(column),
        ]
    }

    /// By its definition.
    fn naively(
        steps: &Steps,
        scenarios: &[Vec<FactId>],
        classes: &Classes,
        column_of: &[u32],
    ) -> Vec<[u64; 2]> {
        let mut sums = vec![[0, 0]; classes.len()];
        for (scenario, seeds) in scenarios.iter().enumerate() {
            for (at, layer) in [Layer::Certain, Layer::Possible].into_iter().enumerate() {
                let held = naive(steps, layer, seeds, None);
                for fact in steps.facts.ids().filter(|fact| held[fact.0 as usize]) {
                    if let Some(class) = classes
                        .of(fact)
                        .filter(|_| fact != ANYONE && !seeds.contains(&fact))
                    {
                        sums[class as usize][at] += weight(scenario, column_of[class as usize])[at];
                    }
                }
            }
        }
        sums
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn it_is_what_the_definition_says(
            drafts in drafts(FACTS, 0..120, 4), scenarios in scenarios(FACTS, 0..700), of in 1..60u32, columns in 1..4u32,
            is_unconditional in any::<bool>(),
        ) {
            let mut drafts = drafts;
            for draft in &mut drafts {
                draft.3 &= !is_unconditional;
            }
            let steps = build(FACTS, 4, &drafts);
            let class = |fact: FactId| match fact.0 % (of + 1) {
                class if class == of => Classes::UNCOUNTED,
                class => class,
            };
            let classes: Vec<u32> = steps.facts.ids().map(class).collect();
            let classes = Classes::new(classes.into(), of as usize);
            let column_of: Vec<u32> = (0..of).map(|class| class % columns).collect();
            let scales = Scales { column_of: &column_of, columns, weigh: &weight };
            let sums = weigh_within(&steps, &scenarios, &classes, &scales, &Memory::ALL, &Silent).unwrap();
            prop_assert_eq!(&sums, &naively(&steps, &scenarios, &classes, &column_of));
            // However it is cut into parts.
            let order = ordered(&steps, &scenarios, &classes);
            for threads in [1, 3] {
                let again = super::weighed(&order, &scenarios, &classes, &scales, threads, &Silent);
                prop_assert_eq!(&again, &sums);
            }
        }
    }

    #[test]
    fn a_sum_that_does_not_fit_stops() {
        let steps = build(2, 1, &[(vec![0], 1, vec![], false)]);
        let classes = Classes::new(vec![Classes::UNCOUNTED, Classes::UNCOUNTED, 0].into(), 1);
        let scales = Scales {
            column_of: &[0],
            columns: 1,
            weigh: &|_, _| [u64::MAX, 3],
        };
        let scenarios = vec![vec![FactId(1)]; 3];
        let sums = weigh_within(&steps, &scenarios, &classes, &scales, &Memory::ALL, &Silent);
        assert_eq!(sums.unwrap(), [[u64::MAX, 9]]);
        // One scenario alone, which reaches two facts of the class.
        let both = [(vec![0], 1, vec![], false), (vec![0], 2, vec![], false)];
        let steps = build(3, 1, &both);
        let classes = vec![Classes::UNCOUNTED, Classes::UNCOUNTED, 0, 0];
        let classes = Classes::new(classes.into(), 1);
        let one = &scenarios[..1];
        let sums = weigh_within(&steps, one, &classes, &scales, &Memory::ALL, &Silent);
        assert_eq!(sums.unwrap(), [[u64::MAX, 6]]);
        // In several batches.
        let many = vec![vec![FactId(1)]; 3_000];
        let sums = weigh_within(&steps, &many, &classes, &scales, &Memory::ALL, &Silent);
        assert_eq!(sums.unwrap(), [[u64::MAX, 18_000]]);
        // Twice the highest bit.
        let half = Scales {
            weigh: &|_, _| [1 << 63, 1],
            ..scales
        };
        let steps = build(2, 1, &[(vec![0], 1, vec![], false)]);
        let classes = Classes::new(vec![Classes::UNCOUNTED, Classes::UNCOUNTED, 0].into(), 1);
        let two = &scenarios[..2];
        let sums = weigh_within(&steps, two, &classes, &half, &Memory::ALL, &Silent);
        assert_eq!(sums.unwrap(), [[u64::MAX, 2]]);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_so_are_columns_that_do_not() {
        let steps = build(2, 1, &[(vec![0], 1, vec![], false)]);
        let classes = Classes::new(vec![Classes::UNCOUNTED, Classes::UNCOUNTED, 0].into(), 1);
        let scenarios = vec![vec![FactId(1)]];
        let fits = |columns, memory: &Memory| {
            let scales = Scales {
                column_of: &[0],
                columns,
                weigh: &|_, _| [1, 1],
            };
            weigh_within(&steps, &scenarios, &classes, &scales, memory, &Silent).is_ok()
        };
        assert!(fits(1, &Memory::ALL));
        let little = crate::memory::tests::only(1_000_000);
        assert!(fits(1, &little));
        assert!(!fits(1_000_000, &little));
    }
}
