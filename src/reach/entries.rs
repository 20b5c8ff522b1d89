//! The ways into cells, each once.
//!
//! An *entry* of a cell is a set of other cells that are needed together, by one step or by several: what holds those
//! cells holds this one. Thousands of grants between two groups of principals are one entry.

#![expect(
    clippy::indexing_slicing,
    reason = "entries, cells and steps come from one condensed step set, and every array has one entry each"
)]

use super::{ANYONE, Layer, count};
use crate::inventory::Table;
use crate::steps::{FactId, Rows, StepId, Steps};

/// The entries of all cells, in order of cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries {
    /// The first entry of each cell, and the number of entries.
    starts: Vec<u32>,
    gains: Vec<u32>,
    needs: Rows<u32>,
    steps: Rows<StepId>,
    by_need: Rows<u32>,
}

impl Entries {
    /// The entries between `cells` (the cell of each fact), of which there are `count_of_cells`.
    ///
    /// A step that needs a fact of the cell that it gains gives that cell nothing and is no entry. Linear but for
    /// sorting the steps into each cell.
    pub(crate) fn new(
        steps: &Steps,
        layer: Layer,
        cells: &Table<FactId, u32>,
        cell_count: usize,
    ) -> Self {
        let used = steps.ids().filter(|&id| layer.is_used(steps, id));
        let by_cell = Rows::group(
            cell_count,
            used.map(|id| (cells[steps.gain(id)] as usize, id)),
        );
        let mut entries = Self::default();
        entries.starts.push(0);
        // Needed cells of the steps into one cell, end to end, and which step has which part.
        let mut needed: Vec<u32> = Vec::new();
        let mut ways: Vec<(std::ops::Range<usize>, StepId)> = Vec::new();
        for cell in 0..cell_count {
            needed.clear();
            ways.clear();
            for &id in by_cell.row(cell) {
                let start = needed.len();
                needed.extend(steps.needs(id).iter().map(|&need| cells[need]));
                needed[start..].sort_unstable();
                let mut end = start;
                for at in start..needed.len() {
                    if at == start || needed[at] != needed[end - 1] {
                        needed[end] = needed[at];
                        end += 1;
                    }
                }
                needed.truncate(end);
                if needed[start..].contains(&count(cell)) {
                    needed.truncate(start);
                } else {
                    ways.push((start..end, id));
                }
            }
            ways.sort_unstable_by(|(a, a_id), (b, b_id)| {
                (&needed[a.clone()], a_id).cmp(&(&needed[b.clone()], b_id))
            });
            for same in ways.chunk_by(|(a, _), (b, _)| needed[a.clone()] == needed[b.clone()]) {
                if let [(first, _), ..] = same {
                    entries.gains.push(count(cell));
                    entries.needs.push(needed[first.clone()].iter().copied());
                    entries.steps.push(same.iter().map(|&(_, id)| id));
                }
            }
            entries.starts.push(count(entries.gains.len()));
        }
        let needs = &entries.needs;
        let ids = 0..entries.gains.len();
        let pairs = ids.flat_map(|entry| {
            let cells = needs.row(entry).iter();
            cells.map(move |&cell| (cell as usize, count(entry)))
        });
        entries.by_need = Rows::group(cell_count, pairs);
        entries
    }

    /// The entries of a cell.
    pub(crate) fn of(&self, cell: u32) -> std::ops::Range<u32> {
        self.starts[cell as usize]..self.starts[cell as usize + 1]
    }

    /// The cell that an entry leads into.
    pub(crate) fn gain(&self, entry: u32) -> u32 {
        self.gains[entry as usize]
    }

    /// The cells that an entry needs: sorted, without repetition.
    pub(crate) fn needs(&self, entry: u32) -> &[u32] {
        self.needs.row(entry as usize)
    }

    /// The steps that an entry stands for.
    pub(crate) fn steps(&self, entry: u32) -> &[StepId] {
        self.steps.row(entry as usize)
    }

    /// The entry that each of `steps` steps is part of, if any.
    pub(crate) fn of_steps(&self, steps: usize) -> Table<StepId, Option<u32>> {
        let mut of = Table::filled(None, steps);
        for entry in 0..count(self.gains.len()) {
            for &id in self.steps(entry) {
                of[id] = Some(entry);
            }
        }
        of
    }

    /// The entries that need a cell, alone or with others.
    pub(crate) fn needing(&self, cell: u32) -> &[u32] {
        self.by_need.row(cell as usize)
    }
}

impl Layer {
    /// Whether a step counts: it is on, and gains something that not everybody holds.
    pub(crate) fn is_used(self, steps: &Steps, id: StepId) -> bool {
        steps.gain(id) != ANYONE && self.has(steps, id)
    }
}
