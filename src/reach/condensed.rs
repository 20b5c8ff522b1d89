//! One layer, its cycles condensed, with all ways into every cell: what prices of fixes stand on.
//!
//! A *cell* is a component of the steps with one need: its facts are reached together. A *block* is a component of
//! all steps, an edge from each need: a block of one cell is evaluated once, in a larger one ANDs close a loop and a
//! cell is evaluated again when what it needs has changed. Cells are numbered in topological order, block by block.

#![expect(
    clippy::indexing_slicing,
    reason = "facts come from the step set, cells and blocks from `Condensed::new`, and every array has one entry each"
)]

use super::components::components;
use super::entries::Entries;
use super::lanes::{Lanes, and, is_same, or, set};
use super::{ANYONE, Layer, count};
use crate::inventory::{Id, Table};
use crate::steps::{FactId, Rows, Steps};

/// How many scenarios are priced at once.
pub(crate) const LANES: usize = 512;

/// One bit a scenario.
pub(crate) type Row = Lanes<{ LANES / 64 }>;

/// Every scenario.
pub(crate) const ALL: Row = [u64::MAX; LANES / 64];

/// No scenario.
pub(crate) const NONE: Row = [0; LANES / 64];

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
    starts: Vec<u32>,
    /// The ways into cells.
    pub(crate) entries: Entries,
    /// By cell, for those of blocks of several: their number among these.
    tied: Vec<u32>,
    /// How many cells stand in blocks of several.
    pub(crate) tied_count: usize,
}

impl<'a> Condensed<'a> {
    /// Condenses. Linear in facts, steps and needs, but for sorting.
    pub(crate) fn new(steps: &'a Steps, layer: Layer) -> Self {
        let facts = steps.facts.len().max(1);
        let successors = |only_single: bool| {
            let on = steps.ids().filter(|&id| layer.is_used(steps, id));
            let on = on.filter(move |&id| !only_single || steps.needs(id).len() == 1);
            let edges = on.flat_map(move |id| {
                let gain = steps.gain(id);
                steps
                    .needs(id)
                    .iter()
                    .map(move |need| (need.index(), gain.0))
            });
            components(&[&Rows::group(facts, edges)])
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
            starts[block as usize + 1] = count(new + 1);
        }
        let cells: Vec<u32> = cell_of
            .iter()
            .map(|&cell| renumbered[cell as usize])
            .collect();
        let ids = cells.iter().enumerate();
        let pairs = ids.map(|(fact, &cell)| (cell as usize, FactId::from_index(fact)));
        let members = Rows::group(cell_count, pairs);
        let cells = cells.into();
        let mut tied = vec![u32::MAX; cell_count];
        let mut tied_count = 0;
        for block in starts.windows(2).filter(|block| block[1] - block[0] > 1) {
            for cell in block[0]..block[1] {
                tied[cell as usize] = count(tied_count);
                tied_count += 1;
            }
        }
        Self {
            steps,
            layer,
            members,
            entries: Entries::new(steps, layer, &cells, cell_count),
            cells,
            blocks: order.iter().map(|&(block, _)| block).collect(),
            starts,
            tied,
            tied_count,
        }
    }

    /// The number of a cell among those of blocks of several.
    pub(crate) fn tied(&self, cell: u32) -> Option<usize> {
        let tied = self.tied[cell as usize];
        (tied != u32::MAX).then_some(tied as usize)
    }

    /// The cells of a block.
    pub(crate) fn cells_of(&self, block: u32) -> std::ops::Range<u32> {
        self.starts[block as usize]..self.starts[block as usize + 1]
    }

    /// The block of a fact.
    pub(crate) fn block(&self, fact: FactId) -> u32 {
        self.blocks[self.cells[fact] as usize]
    }

    /// Whether all that an entry needs stands before what it gains: then no loop runs through such entries alone.
    pub(crate) fn is_forward(&self, entry: u32) -> bool {
        let last = self.entries.needs(entry).last();
        last.is_none_or(|&last| last < self.entries.gain(entry))
    }

    /// The round in which the needs of an entry within its block must be held to bring something in `round`: a forward one
    /// takes what the same round brought, another one what the round before it did.
    pub(crate) fn round_of_needs(&self, entry: u32, round: usize) -> Option<usize> {
        match self.is_forward(entry) {
            true => Some(round),
            false => round.checked_sub(1),
        }
    }

    /// The lanes in which all cells that an entry needs are held.
    pub(crate) fn held(&self, entry: u32, row: impl Fn(u32) -> Row) -> Row {
        match *self.entries.needs(entry) {
            [only] => row(only),
            ref needs => needs.iter().fold(ALL, |all, &cell| and(all, row(cell))),
        }
    }

    /// What `seeds` reach, by cell. `seeds` are by cell too.
    pub(crate) fn solve(&self, mut rows: Vec<Row>) -> Vec<Row> {
        rows[self.cells[ANYONE] as usize] = ALL;
        // Cells of the current block, where it has several, that are to be evaluated.
        let mut is_open: Vec<bool> = Vec::new();
        for block in 0..count(self.starts.len() - 1) {
            let cells = self.cells_of(block);
            if cells.len() == 1 {
                self.evaluate(&mut rows, cells.start);
                continue;
            }
            is_open.clear();
            is_open.resize(cells.len(), true);
            let place = |cell: u32| (cell - cells.start) as usize;
            while is_open.contains(&true) {
                for cell in cells.clone() {
                    let is_to_do = std::mem::take(&mut is_open[place(cell)]);
                    if !is_to_do || !self.evaluate(&mut rows, cell) {
                        continue;
                    }
                    for &entry in self.entries.needing(cell) {
                        let next = self.entries.gain(entry);
                        if self.blocks[next as usize] == block {
                            is_open[place(next)] = true;
                        }
                    }
                }
            }
        }
        rows
    }

    /// Adds what enters a cell to its row, and says whether that changed it.
    fn evaluate(&self, rows: &mut [Row], cell: u32) -> bool {
        let before = rows[cell as usize];
        let mut row = before;
        for entry in self.entries.of(cell) {
            row = or(row, self.held(entry, |need| rows[need as usize]));
        }
        rows[cell as usize] = row;
        !is_same(row, before)
    }

    /// The seeds of a batch of scenarios, by cell.
    pub(crate) fn seeds(&self, batch: &[Vec<FactId>]) -> Vec<Row> {
        let mut rows = vec![NONE; self.blocks.len()];
        for (lane, seeds) in batch.iter().enumerate() {
            for &seed in seeds {
                set(&mut rows[self.cells[seed] as usize], lane);
            }
        }
        rows
    }
}
