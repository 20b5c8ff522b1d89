//! What sets of labels gain, exactly: the nodes of a kernel swept for 512 classes at a time, beside what is known of
//! families.
//!
//! As the sweep of all scenarios, but over what fixes decide, which is little: so it is done anew for every set.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes, ways and labels are those of one problem, and every array has one entry each"
)]

use super::kernel::{Class, Kernel};
use super::problem::Problem;
use super::sets::count;
use crate::fixes::evaluator::Layers;
use crate::fixes::weights::{Part, Scale, scales};
use crate::reach::components::components;
use crate::reach::condensed::{ALL, LANES, NONE, Row};
use crate::reach::lanes::{and, is_same, or, set};
use crate::steps::Rows;
use rayon::prelude::*;

/// Both layers of a problem, ready to be swept.
pub(super) struct Sweeps {
    layers: [Sweep; 2],
    /// What is reached when nothing is chosen.
    before: [u64; 2],
}

/// A layer, ready to be swept.
pub(super) struct Sweep {
    /// Nodes in an order in which what they need comes first, but for cycles.
    pub(super) order: Vec<u32>,
    /// The parts of `order` that hang together in cycles: where each begins, and the end.
    pub(super) starts: Vec<usize>,
    /// By node: its place in `order`.
    pub(super) places: Vec<u32>,
    /// By node: the ways into it.
    pub(super) into: Rows<u32>,
    /// By node: the nodes that ways from it lead to.
    pub(super) onward: Rows<u32>,
    pub(super) batches: Vec<Batch>,
}

/// As many classes as there are lanes.
pub(super) struct Batch {
    /// The nodes that classes begin with.
    pub(super) seeds: Vec<(u32, Row)>,
    /// What lanes weigh together, by place.
    scales: Vec<Scale>,
}

impl Sweeps {
    pub(super) fn new(problem: &Problem) -> Self {
        let [certain, possible] = &problem.kernels;
        let mut sweeps = Self {
            layers: [Sweep::new(certain), Sweep::new(possible)],
            before: [0; 2],
        };
        let before = sweeps.totals(problem, &[]);
        sweeps.before = before;
        sweeps
    }

    /// What each of the sets gains.
    pub(super) fn gains(&self, problem: &Problem, sets: &[Vec<u32>]) -> Vec<Layers> {
        sets.par_iter()
            .map(|set| {
                let [certain, possible] = self.totals(problem, set);
                let known = problem.known.gains(set);
                Layers {
                    certain: known[0].saturating_add(self.before[0].saturating_sub(certain)),
                    possible: known[1].saturating_add(self.before[1].saturating_sub(possible)),
                }
            })
            .collect()
    }

    /// What is reached in each layer when a set is chosen.
    fn totals(&self, problem: &Problem, chosen: &[u32]) -> [u64; 2] {
        if self.layers.iter().all(|layer| layer.batches.is_empty()) {
            return [0, 0];
        }
        let is_cut = problem.sets.iter();
        let is_cut = is_cut.map(|set| chosen.iter().any(|label| set.binary_search(label).is_ok()));
        let is_cut: Vec<bool> = is_cut.collect();
        [0, 1].map(|layer| {
            let kernel = &problem.kernels[layer];
            let sweep = &self.layers[layer];
            let totals = sweep.batches.par_iter();
            totals
                .map(|batch| sweep.total(kernel, batch, &is_cut))
                .reduce(|| 0, u64::saturating_add)
        })
    }
}

impl Sweep {
    pub(super) fn new(kernel: &Kernel) -> Self {
        let nodes = kernel.worth.len();
        let ways = || (0..).zip(&kernel.ways);
        let into = Rows::group(nodes, ways().map(|(at, way)| (way.gain as usize, at)));
        let edges = ways().flat_map(|(_, way)| {
            let needs = way.needs.iter();
            needs.map(move |&need| (need as usize, way.gain))
        });
        let onward = Rows::group(nodes, edges);
        let (parts, _) = components(&[&onward]);
        let part = |node: u32| parts[node as usize];
        let mut order: Vec<u32> = (0..count(nodes)).collect();
        order.sort_unstable_by_key(|&node| (part(node), node));
        let mut places = vec![0; nodes];
        for (place, &node) in order.iter().enumerate() {
            places[node as usize] = count(place);
        }
        let mut starts = vec![0];
        for part in order.chunk_by(|&a, &b| part(a) == part(b)) {
            starts.push(starts.last().copied().unwrap_or(0) + part.len());
        }
        Self {
            order,
            starts,
            places,
            into,
            onward,
            batches: kernel
                .classes
                .chunks(LANES)
                .map(|classes| Batch::new(classes, &kernel.factors))
                .collect(),
        }
    }

    /// What the classes of a batch reach, as it weighs.
    fn total(&self, kernel: &Kernel, batch: &Batch, is_cut: &[bool]) -> u64 {
        let mut rows = vec![NONE; self.order.len()];
        for &(node, seeds) in &batch.seeds {
            rows[node as usize] = seeds;
        }
        let mut is_open: Vec<bool> = Vec::new();
        for part in self.starts.windows(2) {
            let nodes = &self.order[part[0]..part[1]];
            if let [node] = *nodes {
                self.evaluate(kernel, node, &mut rows, is_cut);
                continue;
            }
            is_open.clear();
            is_open.resize(nodes.len(), true);
            while is_open.contains(&true) {
                for (at, &node) in nodes.iter().enumerate() {
                    let is_to_do = std::mem::take(&mut is_open[at]);
                    if !is_to_do || !self.evaluate(kernel, node, &mut rows, is_cut) {
                        continue;
                    }
                    for &next in self.onward.row(node as usize) {
                        let place = self.places[next as usize] as usize;
                        if (part[0]..part[1]).contains(&place) {
                            is_open[place - part[0]] = true;
                        }
                    }
                }
            }
        }
        let weights = rows.iter().zip(&kernel.worth);
        let weights = weights.map(|(&row, worth)| batch.weight(worth, row));
        weights.fold(0, u64::saturating_add)
    }

    /// Adds what comes to a node, and says whether anything did.
    fn evaluate(&self, kernel: &Kernel, node: u32, rows: &mut [Row], is_cut: &[bool]) -> bool {
        let before = rows[node as usize];
        let mut row = before;
        for &way in self.into.row(node as usize) {
            let way = &kernel.ways[way as usize];
            if !is_cut[way.labels as usize] {
                let needs = way.needs.iter();
                row = or(
                    row,
                    needs.fold(ALL, |all, &need| and(all, rows[need as usize])),
                );
            }
        }
        rows[node as usize] = row;
        !is_same(row, before)
    }
}

impl Batch {
    /// `factors` are by place and home.
    fn new(classes: &[Class], factors: &[Vec<u64>]) -> Self {
        let mut seeds = Vec::new();
        for (lane, class) in classes.iter().enumerate() {
            let mut only = NONE;
            set(&mut only, lane);
            seeds.extend(class.seeds.iter().map(|&seed| (seed, only)));
        }
        seeds.sort_unstable();
        let same = seeds.chunk_by(|a, b| a.0 == b.0).filter_map(|same| {
            let row = same.iter().fold(NONE, |row, &(_, lane)| or(row, lane));
            same.first().map(|&(node, _)| (node, row))
        });
        Self {
            seeds: same.collect(),
            scales: scales(
                classes.iter().map(|class| (class.chance, class.home)),
                factors,
            ),
        }
    }

    /// What it weighs that the lanes of a row reach a node of such worth.
    pub(super) fn weight(&self, worth: &[Part], row: Row) -> u64 {
        let parts = worth.iter().map(|part| {
            let all = self.scales[part.place as usize].of(row);
            part.points.saturating_mul(all)
        });
        parts.fold(0, u64::saturating_add)
    }
}
