//! What the removal of steps cuts, whatever leaked: worked out once, used in every batch of scenarios.
//!
//! Most removals cut nothing: other steps lead the same way, or around. Those are priced without looking at a single
//! scenario.

use super::batch::number;
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
    /// The pieces that a step leads to from what is left of a cell, by that cell; sorted.
    to_pieces: Vec<(u32, u32)>,
    /// The cells to whose rest a step leads from one of their pieces that needs another cell too, by that one; sorted.
    to_rest: Vec<(u32, u32)>,
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
            to_pieces: Vec::new(),
            to_rest: Vec::new(),
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
        self.link(&mut cut);
        Some(cut)
    }

    /// Finds what may hold more when a cell does, beside what its entries lead to.
    fn link(&self, cut: &mut Cut) {
        let (steps, cells) = (self.condensed.steps, &self.condensed.cells);
        let is_on = |id: &StepId| {
            self.condensed.layer.is_used(steps, *id) && cut.removed.binary_search(id).is_err()
        };
        let of_rest = |id: StepId| {
            let needs = steps.needs(id).iter();
            needs.filter(|&&need| cut.piece(need).is_none())
        };
        let mut to_pieces = Vec::new();
        let mut to_rest = Vec::new();
        for (place, &piece) in cut.pieces.iter().enumerate() {
            let place = number(place);
            for &id in steps.gaining(piece).iter().filter(|id| is_on(id)) {
                to_pieces.extend(of_rest(id).map(|&need| (cells[need], place)));
            }
            let own = cells[piece];
            for &id in steps.needing(piece).iter().filter(|id| is_on(id)) {
                let gain = steps.gain(id);
                if cells[gain] == own && cut.piece(gain).is_none() {
                    to_rest.extend(of_rest(id).map(|&need| (cells[need], own)));
                }
            }
        }
        for links in [&mut to_pieces, &mut to_rest] {
            links.sort_unstable();
            links.dedup();
            links.shrink_to_fit();
        }
        (cut.to_pieces, cut.to_rest) = (to_pieces, to_rest);
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

    /// The pieces, by place, that may hold more when what is left of a cell does.
    pub(super) fn pieces_after(&self, cell: u32) -> impl Iterator<Item = usize> + '_ {
        after(&self.to_pieces, cell).map(|place| place as usize)
    }

    /// The cells whose rest may hold more when another cell does, though no entry leads there.
    pub(super) fn rests_after(&self, cell: u32) -> impl Iterator<Item = u32> + '_ {
        after(&self.to_rest, cell)
    }

    /// Whether no step is left of an entry that leads from what is left of cells to what is left of a cell.
    pub(super) fn has_lost(&self, entry: u32) -> bool {
        self.lost.binary_search(&entry).is_ok()
    }
}

/// What follows a cell in sorted links.
fn after(links: &[(u32, u32)], cell: u32) -> impl Iterator<Item = u32> + '_ {
    let start = links.partition_point(|&(from, _)| from < cell);
    let links = links.iter().skip(start);
    links
        .take_while(move |&&(from, _)| from == cell)
        .map(|&(_, to)| to)
}
