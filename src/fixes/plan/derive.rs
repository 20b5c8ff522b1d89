//! One derivation of everything that a class of scenarios reaches, by labels that cost little.
//!
//! Any derivation gives a true bound; which one decides only how tight it is. Knuth's generalisation of Dijkstra's
//! algorithm (1977, doi:10.1016/0020-0190(77)90002-3) settles nodes in order of the cost of the labels that their
//! derivation uses anywhere, each label counted once: a union is no sum, so the cheapest is not always found.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes and ways are those of one kernel, and every array has one entry each"
)]

use super::kernel::{Class, Kernel};
use super::sets::{EMPTY, Sets, count};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// What a label costs that is chosen wholly.
pub(super) const WHOLE: u32 = 1 << 16;

/// Classes that share memory. Fixed, so that sets are numbered alike at any thread count.
const SHARE: usize = 32;

/// The nodes with weight that a class reaches by some label at less than [`WHOLE`], in order, and the labels of their
/// derivations.
pub(super) type Derived = Vec<(u32, u32)>;

/// Derives all that some classes of a kernel reach, at these costs by label; nothing when there is no time for it. The
/// sets are new ones of `sets`.
pub(super) fn derive(
    kernel: &Kernel,
    classes: &[Class],
    labels: &Sets,
    costs: &[u32],
    sets: &mut Sets,
    until: Option<Instant>,
) -> Option<Vec<Derived>> {
    let is_over = || until.is_some_and(|until| Instant::now() >= until);
    let parts: Option<Vec<(Vec<Derived>, Sets)>> = classes
        .par_chunks(SHARE)
        .map(|classes| {
            let mut walk = Walk::new(kernel, labels, costs);
            let derived = classes
                .iter()
                .map(|class| (!is_over()).then(|| walk.derive(class)))
                .collect::<Option<Vec<Derived>>>();
            Some((derived?, walk.sets))
        })
        .collect();
    let parts = parts?;
    let mut all = Vec::with_capacity(classes.len());
    for (derived, own) in parts {
        let mut numbers: Vec<Option<u32>> = vec![None; own.len()];
        for mut one in derived {
            for (_, set) in &mut one {
                let number = &mut numbers[*set as usize];
                *set = *number.get_or_insert_with(|| sets.number(own.of(*set).into()));
            }
            all.push(one);
        }
    }
    Some(all)
}

/// The sum of the costs of labels.
pub(super) fn cost(labels: &[u32], costs: &[u32]) -> u32 {
    let costs = labels.iter().map(|&label| costs[label as usize]);
    costs.fold(0, u32::saturating_add)
}

/// A node to be settled: by cost, then by number of labels.
type Open = Reverse<(u32, u32, u32, u32)>;

struct Walk<'a> {
    kernel: &'a Kernel,
    labels: &'a Sets,
    costs: &'a [u32],
    sets: Sets,
    /// By set of `sets`.
    set_costs: Vec<u32>,
    /// By set of labels of the kernel: its number here.
    own: Vec<Option<u32>>,
    now: u32,
    /// By node: when it was settled last, and by which set.
    settled: Vec<(u32, u32)>,
    /// By way: when it was last come to, and how many needs it still misses.
    missing: Vec<(u32, u32)>,
    open: BinaryHeap<Open>,
}

impl<'a> Walk<'a> {
    fn new(kernel: &'a Kernel, labels: &'a Sets, costs: &'a [u32]) -> Self {
        Self {
            kernel,
            labels,
            costs,
            sets: Sets::default(),
            set_costs: vec![0],
            own: vec![None; labels.len()],
            now: 0,
            settled: vec![(0, EMPTY); kernel.worth.len()],
            missing: vec![(0, 0); kernel.ways.len()],
            open: BinaryHeap::new(),
        }
    }

    fn derive(&mut self, class: &Class) -> Derived {
        self.now += 1;
        self.open.clear();
        let kernel = self.kernel;
        for &seed in &class.seeds {
            self.open.push(Reverse((0, 0, seed, EMPTY)));
        }
        for &way in &kernel.needless {
            self.take(way);
        }
        let mut derived = Derived::new();
        while let Some(Reverse((_, _, node, set))) = self.open.pop() {
            let settled = &mut self.settled[node as usize];
            if settled.0 == self.now {
                continue;
            }
            *settled = (self.now, set);
            if !kernel.worth[node as usize].is_empty() && set != EMPTY {
                derived.push((node, set));
            }
            for &way in kernel.needing.row(node as usize) {
                let of = &kernel.ways[way as usize];
                if self.settled[of.gain as usize].0 == self.now {
                    continue;
                }
                let missing = &mut self.missing[way as usize];
                if missing.0 != self.now {
                    *missing = (self.now, count(of.needs.len()));
                }
                missing.1 -= 1;
                if missing.1 == 0 {
                    self.take(way);
                }
            }
        }
        derived.sort_unstable();
        derived
    }

    /// Opens the gain of a way all needs of which are settled.
    fn take(&mut self, way: u32) {
        let way = &self.kernel.ways[way as usize];
        let own = &mut self.own[way.labels as usize];
        let mut set = match *own {
            Some(own) => own,
            None => {
                let number = self.sets.number(self.labels.of(way.labels).into());
                *own = Some(number);
                number
            }
        };
        for &need in &way.needs {
            set = self.sets.join(set, self.settled[need as usize].1);
        }
        for number in self.set_costs.len()..self.sets.len() {
            let of = self.sets.of(count(number));
            self.set_costs.push(cost(of, self.costs));
        }
        let cost = self.set_costs[set as usize];
        if cost < WHOLE {
            let labels = count(self.sets.of(set).len());
            self.open.push(Reverse((cost, labels, way.gain, set)));
        }
    }
}
