//! The price of one control in one batch: delete its steps, re-derive only what stands downstream of them.
//!
//! Three traps, each of which gives wrong numbers without a sound: a removed step inside a cell may split the cell, so
//! its block is re-derived fact by fact; a block that supports itself must be re-derived from zero; and what stands
//! downstream of a split cell must see rows of facts, so rows are pulled by fact, never by cell.

#![expect(
    clippy::indexing_slicing,
    reason = "facts, steps and cells come from one condensed step set, and every array has one entry each"
)]

use crate::inventory::Table;
use crate::reach::sweep::{Condensed, NONE, Row, lanes, minus, or};
use crate::steps::{ControlId, FactId, StepId};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A batch of scenarios, swept.
pub(super) struct Solved<'a> {
    pub(super) condensed: &'a Condensed<'a>,
    /// What each scenario begins with, by fact.
    pub(super) seeds: &'a Table<FactId, Row>,
    /// What it reaches, by cell.
    pub(super) rows: &'a [Row],
    pub(super) points: &'a Table<FactId, u64>,
    /// The lanes that are scenarios: the last batch has others.
    pub(super) lanes: Row,
}

impl Solved<'_> {
    /// What reached the fact before anything was removed.
    pub(super) fn row(&self, fact: FactId) -> Row {
        self.rows[self.condensed.cells[fact] as usize]
    }
}

/// Rows that differ from those of the batch, and which steps are removed: kept from one control to the next.
pub(super) struct Scratch {
    changed: Table<FactId, (u32, Row)>,
    removed: Table<StepId, u32>,
    /// Blocks that wait, and how far they have been asked for: bit 0 is waiting, bit 1 is by fact.
    waiting: Vec<(u32, bool)>,
    now: u32,
}

impl Scratch {
    pub(super) fn new(condensed: &Condensed<'_>) -> Self {
        Self {
            changed: Table::filled((0, NONE), condensed.cells.len()),
            removed: Table::filled(0, condensed.steps.len()),
            waiting: vec![(0, false); condensed.blocks.len()],
            now: 0,
        }
    }

    fn row(&self, solved: &Solved<'_>, fact: FactId) -> Row {
        let (at, row) = &self.changed[fact];
        if *at == self.now {
            *row
        } else {
            solved.row(fact)
        }
    }

    /// Points lost over all lanes, and the lanes that lose any.
    pub(super) fn price(&mut self, solved: &Solved<'_>, control: ControlId) -> (u64, Row) {
        let condensed = solved.condensed;
        self.now += 1;
        let mut open = BinaryHeap::new();
        for &id in condensed.steps.controlled_by(control) {
            if !condensed.is_used(id) {
                continue;
            }
            self.removed[id] = self.now;
            let held = condensed.held(id, |need| solved.row(need));
            if held
                .iter()
                .zip(&solved.lanes)
                .all(|(held, lanes)| held & lanes == 0)
            {
                continue;
            }
            let gain = condensed.steps.gain(id);
            let needs = condensed.steps.needs(id);
            let splits = matches!(needs, [need] if condensed.cells[*need] == condensed.cells[gain]);
            let block = condensed.block(gain);
            let (at, by_fact) = &mut self.waiting[block as usize];
            if *at != self.now {
                (*at, *by_fact) = (self.now, false);
                open.push(Reverse(block));
            }
            *by_fact |= splits;
        }
        let (mut lost_points, mut lost_lanes) = (0, NONE);
        while let Some(Reverse(block)) = open.pop() {
            self.derive(solved, block);
            for cell in condensed.cells_of(block) {
                for &fact in condensed.members.row(cell) {
                    let lost = minus(solved.rows[cell], self.row(solved, fact));
                    let lost: Row = std::array::from_fn(|word| lost[word] & solved.lanes[word]);
                    if lost == NONE {
                        continue;
                    }
                    let points = solved.points[fact];
                    if points > 0 {
                        lost_points += points * lanes(lost);
                        lost_lanes = or(lost_lanes, lost);
                    }
                    for &id in condensed.steps.needing(fact) {
                        let next = condensed.block(condensed.steps.gain(id));
                        if next == block || !condensed.is_used(id) {
                            continue;
                        }
                        let (at, by_fact) = &mut self.waiting[next as usize];
                        if *at != self.now {
                            (*at, *by_fact) = (self.now, false);
                            open.push(Reverse(next));
                        }
                    }
                }
            }
        }
        (lost_points, lost_lanes)
    }

    /// Derives a block anew.
    fn derive(&mut self, solved: &Solved<'_>, block: u32) {
        let condensed = solved.condensed;
        let cells = condensed.cells_of(block);
        let by_fact = self.waiting[block as usize].1;
        if cells.len() == 1 && !by_fact {
            let facts = condensed.members.row(cells.start);
            let before = solved.rows[cells.start];
            let mut row = NONE;
            'all: for &fact in facts {
                row = or(row, solved.seeds[fact]);
                for &id in condensed.steps.gaining(fact) {
                    let needs = condensed.steps.needs(id);
                    let enters = needs.iter().all(|&need| condensed.block(need) != block);
                    if enters && condensed.is_used(id) && self.removed[id] != self.now {
                        row = or(row, condensed.held(id, |need| self.row(solved, need)));
                        if row == before {
                            break 'all;
                        }
                    }
                }
            }
            if row != before {
                for &fact in facts {
                    self.changed[fact] = (self.now, row);
                }
            }
            return;
        }
        // From zero, fact by fact: a loop must not keep itself alive.
        let mut open: Vec<FactId> = Vec::new();
        for cell in cells {
            for &fact in condensed.members.row(cell) {
                self.changed[fact] = (self.now, solved.seeds[fact]);
                open.push(fact);
            }
        }
        while !open.is_empty() {
            let mut next = Vec::new();
            for fact in open {
                let (_, old) = self.changed[fact];
                let before = solved.row(fact);
                let mut row = old;
                for &id in condensed.steps.gaining(fact) {
                    if row == before {
                        break;
                    }
                    if condensed.is_used(id) && self.removed[id] != self.now {
                        row = or(row, condensed.held(id, |need| self.row(solved, need)));
                    }
                }
                if row != old {
                    self.changed[fact] = (self.now, row);
                    for &id in condensed.steps.needing(fact) {
                        let gain = condensed.steps.gain(id);
                        if condensed.block(gain) == block
                            && self.changed[gain].1 != solved.row(gain)
                        {
                            next.push(gain);
                        }
                    }
                }
            }
            next.sort_unstable();
            next.dedup();
            open = next;
        }
    }
}
