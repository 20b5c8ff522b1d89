//! What the removal of steps cuts, whatever leaked: worked out once, used in every batch of scenarios.
//!
//! Most removals cut nothing: other steps lead the same way, or around. Those are priced without looking at a single
//! scenario.

use super::ties::Ties;
use crate::inventory::Table;
use crate::reach::condensed::Condensed;
use crate::steps::{FactId, StepId};

/// What finds cuts.
pub(super) struct Cutter<'a> {
    condensed: &'a Condensed<'a>,
    ties: Ties,
    entry_of: Table<StepId, Option<u32>>,
}

/// What the removal of some steps cuts.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    /// The steps that are removed, in order.
    pub(super) removed: Vec<StepId>,
    /// Facts that do not hang together with the rest of their cell any more, sorted.
    pub(super) pieces: Vec<FactId>,
    /// Their cells, sorted.
    pub(super) split: Vec<u32>,
    /// The entries of which no step is left that leads from what is left of cells to what is left of a cell; sorted.
    pub(super) lost: Vec<u32>,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(condensed: &'a Condensed<'a>) -> Self {
        Self {
            condensed,
            ties: Ties::new(condensed),
            entry_of: condensed.entries.of_steps(condensed.steps.len()),
        }
    }

    /// What removing these steps, which are in order, cuts; `None` when nobody can lose anything by it.
    pub(super) fn cut(&self, removed: &[StepId]) -> Option<Cut> {
        let steps = self.condensed.steps;
        let mut cut = Cut {
            removed: Vec::new(),
            pieces: Vec::new(),
            split: Vec::new(),
            lost: Vec::new(),
        };
        let is_removed = |id: StepId| removed.binary_search(&id).is_ok();
        cut.pieces = self.ties.fallen(self.condensed, removed, is_removed);
        cut.split = cut
            .pieces
            .iter()
            .map(|&p| self.condensed.cells[p])
            .collect();
        cut.split.sort_unstable();
        cut.split.dedup();
        let around = cut.pieces.iter().flat_map(|&piece| {
            let ways = [steps.needing(piece), steps.gaining(piece)];
            ways.into_iter().flatten()
        });
        let mut touched: Vec<u32> = removed
            .iter()
            .chain(around)
            .filter_map(|&id| self.entry_of[id])
            .collect();
        touched.sort_unstable();
        touched.dedup();
        touched.retain(|&entry| {
            let left = self.condensed.entries.steps(entry).iter();
            !left.copied().any(|id| {
                !is_removed(id)
                    && cut.piece(steps.gain(id)).is_none()
                    && steps
                        .needs(id)
                        .iter()
                        .all(|&need| cut.piece(need).is_none())
            })
        });
        cut.lost = touched;
        if cut.pieces.is_empty() && cut.lost.is_empty() {
            return None;
        }
        cut.removed = removed.to_vec();
        Some(cut)
    }
}

impl Cut {
    /// The place of a fact among the pieces.
    pub(super) fn piece(&self, fact: FactId) -> Option<usize> {
        if self.pieces.is_empty() {
            return None;
        }
        self.pieces.binary_search(&fact).ok()
    }

    /// Whether a cell lost pieces.
    pub(super) fn has_split(&self, cell: u32) -> bool {
        self.split.binary_search(&cell).is_ok()
    }

    /// Whether no step is left of an entry that leads from what is left of cells to what is left of a cell.
    pub(super) fn has_lost(&self, entry: u32) -> bool {
        self.lost.binary_search(&entry).is_ok()
    }
}
