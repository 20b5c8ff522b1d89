//! The price of one control in one batch: delete its steps, re-derive only what stands downstream of them.
//!
//! Three traps, each of which gives wrong numbers without a sound: a removed step inside a cell may split the cell, so
//! its block is re-derived fact by fact; a block that supports itself must be re-derived from zero; and what stands
//! downstream of a split cell must see rows of facts, so rows are pulled by fact, never by cell.
//!
//! Most removals change nothing, and that is seen cheaply: a lane that two steps bring into a cell survives the loss of
//! one of them, and a step inside a cell that a way around replaces leaves the cell whole.

#![expect(
    clippy::indexing_slicing,
    reason = "facts, steps and cells come from one condensed step set, and every array has one entry each"
)]

use crate::inventory::{Id, Table};
use crate::reach::sweep::{Condensed, NONE, Row, each, lanes, minus, or};
use crate::steps::{ControlId, FactId, StepId};
use rustc_hash::FxHashSet;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A batch of scenarios, swept.
pub(super) struct Solved<'a> {
    pub(super) condensed: &'a Condensed<'a>,
    /// What each scenario begins with, by fact.
    pub(super) seeds: &'a Table<FactId, Row>,
    /// What it reaches, by cell.
    pub(super) rows: &'a [Row],
    /// The lanes that two or more seeds or entering steps bring, by cell; only where the cell is its own block.
    pub(super) twice: Vec<Row>,
    pub(super) points: &'a Table<FactId, u64>,
    /// What each lane reaches beyond what anyone reaches, in points.
    pub(super) totals: Vec<u64>,
    /// What anyone reaches, by fact.
    pub(super) given: &'a [bool],
    /// The lanes that begin with one fact.
    pub(super) single: Row,
    /// The lanes that are scenarios: the last batch has others.
    pub(super) lanes: Row,
}

impl Solved<'_> {
    /// What reached the fact before anything was removed.
    pub(super) fn row(&self, fact: FactId) -> Row {
        self.rows[self.condensed.cells[fact] as usize]
    }
}

/// The lanes that two or more supports bring, by cell of the batch.
pub(super) fn twice(
    condensed: &Condensed<'_>,
    seeds: &Table<FactId, Row>,
    rows: &[Row],
) -> Vec<Row> {
    let mut twice = vec![NONE; rows.len()];
    for (cell, twice) in twice.iter_mut().enumerate() {
        if condensed.cells_of(condensed.blocks[cell]).len() > 1 {
            continue;
        }
        let mut once = NONE;
        let mut count = |lanes: Row| {
            *twice = or(*twice, and(once, lanes));
            once = or(once, lanes);
        };
        for &fact in condensed.members.row(cell) {
            count(seeds[fact]);
            for &id in condensed.steps.gaining(fact) {
                if condensed.is_used(id) && condensed.enters(id, condensed.cells[fact]) {
                    count(condensed.held(id, |need| rows[condensed.cells[need] as usize]));
                }
            }
        }
    }
    twice
}

fn and(a: Row, b: Row) -> Row {
    std::array::from_fn(|word| a[word] & b[word])
}

/// What is known of a block that waits to be derived anew.
#[derive(Clone, Copy)]
struct Waiting {
    /// The control for which it waits.
    at: u32,
    /// It must be derived fact by fact, from zero.
    is_by_fact: bool,
    /// Lanes that lost one of their supports, and those that may have lost several.
    once: Row,
    several: Row,
}

/// Rows that differ from those of the batch, and which steps are removed: kept from one control to the next.
pub(super) struct Scratch {
    changed: Table<FactId, (u32, Row)>,
    removed: Table<StepId, u32>,
    waiting: Vec<Waiting>,
    now: u32,
}

impl Scratch {
    pub(super) fn new(condensed: &Condensed<'_>) -> Self {
        let waiting = Waiting {
            at: 0,
            is_by_fact: false,
            once: NONE,
            several: NONE,
        };
        Self {
            changed: Table::filled((0, NONE), condensed.cells.len()),
            removed: Table::filled(0, condensed.steps.len()),
            waiting: vec![waiting; condensed.blocks.len()],
            now: 0,
        }
    }

    /// Lets a block wait, because a support of it lost `lanes`.
    fn suspect(
        &mut self,
        block: u32,
        lanes: Row,
        is_by_fact: bool,
        open: &mut BinaryHeap<Reverse<u32>>,
    ) {
        let waiting = &mut self.waiting[block as usize];
        if waiting.at != self.now {
            *waiting = Waiting {
                at: self.now,
                is_by_fact: false,
                once: NONE,
                several: NONE,
            };
            open.push(Reverse(block));
        }
        waiting.several = or(waiting.several, and(waiting.once, lanes));
        waiting.once = or(waiting.once, lanes);
        waiting.is_by_fact |= is_by_fact;
    }

    /// The lanes that can do nothing any more: they begin with one fact, and every step that needs it is removed.
    fn ended(&self, solved: &Solved<'_>, removed: impl Iterator<Item = StepId>) -> Row {
        let condensed = solved.condensed;
        let mut ended = NONE;
        for need in removed.flat_map(|id| condensed.steps.needs(id)) {
            let lanes = and(solved.seeds[*need], solved.single);
            let is_cut_off = lanes != NONE
                && minus(lanes, ended) != NONE
                && condensed
                    .steps
                    .needing(*need)
                    .iter()
                    .all(|&id| self.removed[id] == self.now || !condensed.is_used(id));
            if is_cut_off {
                ended = or(ended, lanes);
            }
        }
        and(ended, solved.lanes)
    }

    /// Whether the cell of a removed step is held together by another way from its need to its gain: searched from both
    /// ends at once, the smaller front first.
    fn is_replaced(&self, condensed: &Condensed<'_>, from: FactId, to: FactId) -> bool {
        let cell = condensed.cells[from];
        let mut sides: [FxHashSet<FactId>; 2] = [FxHashSet::default(), FxHashSet::default()];
        let mut fronts = [vec![from], vec![to]];
        sides[0].insert(from);
        sides[1].insert(to);
        loop {
            let side = usize::from(fronts[1].len() < fronts[0].len());
            if fronts[side].is_empty() {
                return false;
            }
            for fact in std::mem::take(&mut fronts[side]) {
                let steps = match side {
                    0 => condensed.steps.needing(fact),
                    _ => condensed.steps.gaining(fact),
                };
                for &id in steps {
                    let [need] = condensed.steps.needs(id) else {
                        continue;
                    };
                    let other = if side == 0 {
                        condensed.steps.gain(id)
                    } else {
                        *need
                    };
                    let is_way = condensed.cells[other] == cell
                        && condensed.is_used(id)
                        && self.removed[id] != self.now;
                    if !is_way {
                        continue;
                    }
                    if sides[1 - side].contains(&other) {
                        return true;
                    }
                    if sides[side].insert(other) {
                        fronts[side].push(other);
                    }
                }
            }
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
        let mut inside = Vec::new();
        let removed = || {
            let of_control = condensed.steps.controlled_by(control).iter();
            of_control.copied().filter(|&id| condensed.is_used(id))
        };
        for id in removed() {
            self.removed[id] = self.now;
        }
        // What anyone reaches may shrink as well: then no lane keeps exactly that, and all are derived.
        let is_given = |fact: &FactId| solved.given[fact.index()];
        let shrinks_given = removed().any(|id| condensed.steps.needs(id).iter().all(is_given));
        let ended = match shrinks_given {
            true => NONE,
            false => self.ended(solved, removed()),
        };
        let live = minus(solved.lanes, ended);
        for id in removed() {
            let held = and(condensed.held(id, |need| solved.row(need)), live);
            if held == NONE {
                continue;
            }
            let gain = condensed.steps.gain(id);
            let block = condensed.block(gain);
            let cell = condensed.cells[gain];
            match condensed.steps.needs(id) {
                &[need] if condensed.cells[need] == cell => inside.push((need, gain)),
                // What needs its own cell gives that cell nothing.
                _ if condensed.enters(id, cell) || condensed.cells_of(block).len() > 1 => {
                    self.suspect(block, held, false, &mut open);
                }
                _ => {}
            }
        }
        for (need, gain) in inside {
            if !self.is_replaced(condensed, need, gain) {
                self.suspect(condensed.block(gain), NONE, true, &mut open);
            }
        }
        let mut lost_points: u64 = each(ended).map(|lane| solved.totals[lane]).sum();
        let mut lost_lanes = NONE;
        for lane in each(ended).filter(|&lane| solved.totals[lane] > 0) {
            lost_lanes[lane / 64] |= 1 << (lane % 64);
        }
        while let Some(Reverse(block)) = open.pop() {
            self.derive(solved, block);
            for cell in condensed.cells_of(block) {
                for &fact in condensed.members.row(cell) {
                    let lost = minus(solved.rows[cell], self.row(solved, fact));
                    let lost = and(lost, live);
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
                        let is_removed = self.removed[id] == self.now;
                        if next == block || is_removed || !condensed.is_used(id) {
                            continue;
                        }
                        let held = condensed.held(id, |need| solved.row(need));
                        self.suspect(next, and(held, lost), false, &mut open);
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
        let waiting = self.waiting[block as usize];
        if cells.len() == 1 && !waiting.is_by_fact {
            let facts = condensed.members.row(cells.start);
            let before = solved.rows[cells.start];
            // One support less leaves a lane that had two; what lost no support is not in question.
            let alone = minus(waiting.once, solved.twice[cells.start]);
            let suspects = and(before, or(alone, waiting.several));
            if suspects == NONE {
                return;
            }
            let mut row = minus(before, suspects);
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
