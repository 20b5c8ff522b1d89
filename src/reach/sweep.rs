//! The sweep: 512 scenarios at a time, one bit lane each, in topological order.
//!
//! A *cell* is a component of the steps with one need: its facts are reached together. A *block* is a component of
//! all steps, an edge from each need: a block of one cell is evaluated once, in a larger one ANDs close a loop and its
//! cells are evaluated until nothing changes. Cells are numbered in topological order, block by block.

#![expect(
    clippy::indexing_slicing,
    reason = "facts come from the step set, cells and blocks from `Condensed::new`, and every array has one entry each"
)]

use super::components::components;
use super::{ANYONE, Layer, count};
use crate::inventory::{Id, Table};
use crate::steps::{FactId, Rows, StepId, Steps};

/// How many scenarios are swept at once.
pub(crate) const LANES: usize = 512;

/// One bit a scenario.
pub(crate) type Row = [u64; LANES / 64];

/// No scenario.
pub(crate) const NONE: Row = [0; LANES / 64];

/// The lanes of either.
pub(crate) fn or(a: Row, b: Row) -> Row {
    std::array::from_fn(|word| a[word] | b[word])
}

/// The lanes of `a` that are not of `b`.
pub(crate) fn minus(a: Row, b: Row) -> Row {
    std::array::from_fn(|word| a[word] & !b[word])
}

/// How many lanes are set.
pub(crate) fn lanes(row: Row) -> u64 {
    row.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// The set lanes.
pub(crate) fn each(row: Row) -> impl Iterator<Item = usize> {
    row.into_iter().enumerate().flat_map(|(at, mut word)| {
        std::iter::from_fn(move || {
            let lane = word.trailing_zeros() as usize;
            word &= word.wrapping_sub(1);
            (lane < 64).then_some(at * 64 + lane)
        })
    })
}

/// The steps of a layer, its cycles condensed.
pub(crate) struct Condensed<'a> {
    pub(crate) steps: &'a Steps,
    pub(crate) layer: Layer,
    /// The cell of a fact.
    pub(crate) cells: Table<FactId, u32>,
    /// The facts of a cell.
    pub(crate) members: Rows<FactId>,
    /// The block of a cell.
    pub(crate) blocks: Vec<u32>,
    /// The first cell of each block, and the number of cells.
    starts: Vec<usize>,
}

impl<'a> Condensed<'a> {
    /// Condenses. Linear in facts, steps and needs, but for sorting cells.
    pub(crate) fn new(steps: &'a Steps, layer: Layer) -> Self {
        let facts = steps.facts.len().max(1);
        let successors = |only_single: bool| {
            let on = (0..steps.len())
                .map(StepId::from_index)
                .filter(move |&id| is_used(steps, layer, id))
                .filter(move |&id| !only_single || steps.needs(id).len() == 1);
            let edges = on.flat_map(move |id| {
                let gain = steps.gain(id);
                steps.needs(id).iter().map(move |need| (need.index(), gain))
            });
            let rows = Rows::group(facts, edges);
            components(facts, |node, n| {
                rows.row(node).get(n).map(|fact| fact.index())
            })
        };
        let (cell_of, cell_count) = successors(true);
        let (block_of, block_count) = successors(false);
        let mut order: Vec<(u32, u32)> = vec![(0, 0); cell_count];
        for (&cell, &block) in cell_of.iter().zip(&block_of) {
            order[cell as usize] = (block, cell);
        }
        order.sort_unstable();
        let mut renumbered = vec![0; cell_count];
        let mut starts = vec![0; block_count + 1];
        for (new, &(block, cell)) in order.iter().enumerate() {
            renumbered[cell as usize] = count(new);
            starts[block as usize + 1] = new + 1;
        }
        let cells: Vec<u32> = cell_of
            .iter()
            .map(|&cell| renumbered[cell as usize])
            .collect();
        let ids = cells.iter().enumerate();
        let pairs = ids.map(|(fact, &cell)| (cell as usize, FactId::from_index(fact)));
        Self {
            steps,
            layer,
            members: Rows::group(cell_count, pairs),
            cells: cells.into(),
            blocks: order.iter().map(|&(block, _)| block).collect(),
            starts,
        }
    }

    /// The cells of a block.
    pub(crate) fn cells_of(&self, block: u32) -> std::ops::Range<usize> {
        self.starts[block as usize]..self.starts[block as usize + 1]
    }

    /// The block of a fact.
    pub(crate) fn block(&self, fact: FactId) -> u32 {
        self.blocks[self.cells[fact] as usize]
    }

    /// Whether a step counts at all.
    pub(crate) fn is_used(&self, id: StepId) -> bool {
        is_used(self.steps, self.layer, id)
    }

    /// Whether a step leads into the cell that it gains from outside of it alone: otherwise it gives the cell nothing.
    pub(crate) fn enters(&self, id: StepId, cell: u32) -> bool {
        self.steps
            .needs(id)
            .iter()
            .all(|&need| self.cells[need] != cell)
    }

    /// The lanes in which a step's needs are all held.
    pub(crate) fn held(&self, id: StepId, row: impl Fn(FactId) -> Row) -> Row {
        let mut all = [u64::MAX; LANES / 64];
        for &need in self.steps.needs(id) {
            let need = row(need);
            all = std::array::from_fn(|word| all[word] & need[word]);
        }
        all
    }

    /// What `seeds` reach, by cell. `seeds` are by cell too.
    pub(crate) fn solve(&self, seeds: &[Row]) -> Vec<Row> {
        let mut rows = seeds.to_vec();
        rows[self.cells[ANYONE] as usize] = [u64::MAX; LANES / 64];
        for block in 0..count(self.starts.len() - 1) {
            let cells = self.cells_of(block);
            loop {
                let mut has_changed = false;
                for cell in cells.clone() {
                    let mut row = rows[cell];
                    for &fact in self.members.row(cell) {
                        for &id in self.steps.gaining(fact) {
                            if self.is_used(id) && self.enters(id, count(cell)) {
                                let held = self.held(id, |need| rows[self.cells[need] as usize]);
                                row = or(row, held);
                            }
                        }
                    }
                    has_changed |= row != rows[cell];
                    rows[cell] = row;
                }
                if cells.len() == 1 || !has_changed {
                    break;
                }
            }
        }
        rows
    }

    /// The seeds of a batch of scenarios, by cell.
    pub(crate) fn seeds(&self, batch: &[Vec<FactId>]) -> Vec<Row> {
        let mut rows = vec![NONE; self.blocks.len()];
        for (lane, seeds) in batch.iter().enumerate() {
            for &seed in seeds {
                rows[self.cells[seed] as usize][lane / 64] |= 1 << (lane % 64);
            }
        }
        rows
    }
}

/// Whether a step counts: it is on, and gains something that not everybody holds.
fn is_used(steps: &Steps, layer: Layer, id: StepId) -> bool {
    steps.gain(id) != ANYONE && layer.has(steps, id)
}
