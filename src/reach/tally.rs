//! Counting what lanes hold, class by class, without looking at a single lane.
//!
//! A counter is a number for every lane, written upright: plane `k` has bit `k` of all of them. Adding a row of lanes to
//! it carries from plane to plane, two operations a row on average, as binary counters do.

#![expect(
    clippy::indexing_slicing,
    reason = "classes are below their number, lanes below the width of a row, and every array has one entry each"
)]

use super::lanes::{Lanes, and, each, is_none};
use crate::inventory::Table;
use crate::steps::FactId;

/// Which facts are counted together.
#[derive(Debug, Clone)]
pub struct Classes {
    /// The class of each fact; facts of class [`Classes::UNCOUNTED`] are not counted.
    of: Table<FactId, u32>,
    count: usize,
}

impl Classes {
    /// The class of what is not counted.
    pub const UNCOUNTED: u32 = u32::MAX;

    /// Classes `0..count`, by fact.
    pub fn new(of: Table<FactId, u32>, count: usize) -> Self {
        debug_assert!(
            of.iter()
                .all(|&class| class == Self::UNCOUNTED || (class as usize) < count)
        );
        Self { of, count }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The class of a fact, if it is counted.
    pub fn of(&self, fact: FactId) -> Option<u32> {
        Some(self.of[fact]).filter(|&class| class != Self::UNCOUNTED)
    }
}

/// Takes what lanes hold, row by row.
pub(super) trait Count<const N: usize> {
    /// The lanes of `row` hold `times` facts of a class.
    fn add(&mut self, class: u32, times: u32, row: Lanes<N>);
}

/// One number a lane and class.
pub(super) struct Counters<const N: usize> {
    planes: Vec<Vec<Lanes<N>>>,
}

impl<const N: usize> Count<N> for Counters<N> {
    fn add(&mut self, class: u32, times: u32, row: Lanes<N>) {
        let planes = &mut self.planes[class as usize];
        let mut times_left = times;
        let mut low = 0;
        while times_left != 0 {
            let skip = times_left.trailing_zeros() as usize;
            low += skip;
            let (mut at, mut carry) = (low, row);
            while !is_none(carry) {
                match planes.get_mut(at) {
                    Some(plane) => {
                        let over = and(*plane, carry);
                        for (word, carry) in plane.iter_mut().zip(carry) {
                            *word ^= carry;
                        }
                        carry = over;
                    }
                    None => {
                        planes.resize(at, [0; N]);
                        planes.push(carry);
                        break;
                    }
                }
                at += 1;
            }
            times_left = (times_left >> skip) - 1;
        }
    }
}

impl<const N: usize> Counters<N> {
    pub(super) fn new(classes: usize) -> Self {
        Self {
            planes: vec![Vec::new(); classes],
        }
    }

    /// The counts of the first `lanes` lanes, lane by lane, and a fresh start.
    pub(super) fn take(&mut self, lanes: usize) -> Vec<u32> {
        let classes = self.planes.len();
        let mut counts = vec![0; lanes * classes];
        for (class, planes) in self.planes.iter_mut().enumerate() {
            for (bit, plane) in planes.drain(..).enumerate() {
                for lane in each(plane).take_while(|&lane| lane < lanes) {
                    counts[lane * classes + class] += 1 << bit;
                }
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::lanes::set;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counters_count(added in vec((0..3u32, 0..70u32, vec(0..128usize, 0..20)), 0..60)) {
            let mut counters = Counters::<2>::new(3);
            let mut expected = vec![0u32; 128 * 3];
            for (class, times, lanes) in &added {
                let mut row = [0; 2];
                for &lane in lanes {
                    set(&mut row, lane);
                }
                for lane in each(row) {
                    expected[lane * 3 + *class as usize] += times;
                }
                counters.add(*class, *times, row);
            }
            prop_assert_eq!(counters.take(128), expected);
            prop_assert_eq!(counters.take(128), vec![0; 128 * 3]);
        }
    }
}
