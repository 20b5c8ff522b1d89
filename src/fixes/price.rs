//! The price of one cut in one batch: delete what it may have supported, derive again what still stands.
//!
//! Three traps, each of which gives wrong numbers without a sound: a removed step inside a cell may split the cell, so
//! the pieces that fall off have rows of their own; a block that supports itself must not keep itself alive, so what
//! may hang on the deleted is deleted first; and what stands downstream of a split cell must see rows of its pieces,
//! so there entries are read step by step.
//!
//! Work is saved in three ways. A lane that two entries bring into a cell survives the loss of one of them. In a block of
//! several cells a lane is deleted only when nothing brings it any more from what it was derived from: what reached
//! cells in an earlier round, or in the same one and stands before them. No loop runs through that, so what is left of it
//! stands whatever becomes of the rest, and only what came after the last round kept is deleted on suspicion. And where a
//! lane loses very much, what little is left to it is found instead, forwards from its seeds.

#![expect(
    clippy::indexing_slicing,
    reason = "facts, steps and cells come from one condensed step set, and every array has one entry each"
)]

use super::batch::{Points, Solved, count, number};
use super::cut::Cut;
use crate::inventory::Id;
use crate::reach::condensed::{ALL, Condensed, NONE, Row};
use crate::reach::lanes::{and, each, is_none, is_same, lanes, minus, or, set};
use crate::steps::{FactId, StepId};
use rustc_hash::FxHashSet;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What happens to a cell, or to what is left of it.
#[derive(Clone, Copy)]
struct State {
    cell: u32,
    /// Lanes that lost an entry or a seed that brought them: once, and more than once.
    lost: (Row, Row),
    /// Lanes that are not taken for granted any more.
    failed: Row,
    /// What still reaches it.
    row: Row,
}

/// Points that lanes lost in a place.
struct Loss {
    points: u64,
    place: u32,
    lanes: Row,
}

/// Which rows are looked at.
#[derive(Clone, Copy)]
enum View {
    /// What still reaches cells.
    Now,
    /// Within this block, what is still granted of what reached them in this round or before; pieces are reached in none.
    Round(u32, usize),
}

/// A part of a block that is to be evaluated.
#[derive(Clone, Copy)]
enum Part {
    Cell(u32),
    Piece(usize),
}

/// Prices one cut after the other, in the same memory.
pub(super) struct Pricer {
    /// By cell: for which cut it has a state, and which.
    places: Vec<(u32, u32)>,
    now: u32,
    states: Vec<State>,
    /// What still reaches each piece.
    pieces: Vec<Row>,
    losses: Vec<Loss>,
    blocks: BinaryHeap<Reverse<u32>>,
    /// Which cells and pieces wait to be evaluated; between blocks none does.
    cells_waiting: Vec<bool>,
    pieces_waiting: Vec<bool>,
}

impl Pricer {
    pub(super) fn new(solved: &Solved<'_>) -> Self {
        Self {
            places: vec![(0, 0); solved.rows.len()],
            now: 0,
            states: Vec::new(),
            pieces: Vec::new(),
            losses: Vec::new(),
            blocks: BinaryHeap::new(),
            cells_waiting: vec![false; solved.rows.len()],
            pieces_waiting: Vec::new(),
        }
    }

    /// The most bytes that one takes: states of all cells, and losses of all that has points in them, in vectors that grow
    /// by doubling.
    pub(super) fn bytes(points: &Points<'_>) -> u64 {
        let cells = points.by_cell.len();
        let states = cells * (size_of::<(u32, u32)>() + 2 * size_of::<State>());
        (states + cells.max(points.count) * 2 * size_of::<Loss>()) as u64
    }

    fn state(&self, cell: u32) -> Option<&State> {
        match self.places[cell as usize] {
            (at, place) if at == self.now => self.states.get(place as usize),
            _ => None,
        }
    }

    /// What all lanes lose, as it weighs, and how many lanes lose anything.
    pub(super) fn price(&mut self, solved: &Solved<'_>, cut: &Cut) -> (u64, u64) {
        self.now += 1;
        self.states.clear();
        self.losses.clear();
        self.blocks.clear();
        let mut pricing = Pricing {
            solved,
            condensed: solved.condensed,
            cut,
            removed: &cut.removed,
            live: solved.lanes,
            ended: (0, 0),
            budget: FIRST_BUDGET,
            work: 0,
            memory: self,
        };
        pricing.run();
        let (live, (mut lost_points, mut lost_lanes)) = (pricing.live, pricing.ended);
        let mut losing = NONE;
        for loss in &self.losses {
            let lost = and(loss.lanes, live);
            let scale = &solved.scales[loss.place as usize];
            let all = loss.points.saturating_mul(scale.of(lost));
            lost_points = lost_points.saturating_add(all);
            losing = or(losing, and(lost, scale.lanes));
        }
        lost_lanes += lanes(and(losing, solved.counted));
        (lost_points, lost_lanes)
    }
}

/// Entries that are read before lanes that lose much are derived forwards instead: so few in tests that small sets take
/// that way too.
const FIRST_BUDGET: usize = if cfg!(test) { 4 } else { 512 };

/// The most lanes that are derived forwards at once.
const FEW: usize = 32;

struct Pricing<'a> {
    solved: &'a Solved<'a>,
    condensed: &'a Condensed<'a>,
    cut: &'a Cut,
    removed: &'a [StepId],
    /// The lanes of which losses are recorded.
    live: Row,
    /// What those lost that were derived forwards, and how many of them did.
    ended: (u64, u64),
    budget: usize,
    work: usize,
    memory: &'a mut Pricer,
}

impl Pricing<'_> {
    fn run(&mut self) {
        self.memory.pieces.clear();
        self.memory.pieces.resize(self.cut.pieces.len(), NONE);
        self.memory.pieces_waiting.clear();
        let pieces = self.cut.pieces.len();
        self.memory.pieces_waiting.resize(pieces, false);
        for &entry in &self.cut.lost {
            self.lose(entry, self.solved.held(entry));
        }
        for &piece in &self.cut.pieces {
            let cell = self.condensed.cells[piece];
            let block = self.condensed.blocks[cell as usize];
            let seeds = and(self.solved.seeds(piece), self.live);
            let state = self.state(cell);
            count(&mut state.lost, seeds);
            self.memory.blocks.push(Reverse(block));
        }
        let mut last = None;
        while let Some(Reverse(block)) = self.memory.blocks.pop() {
            if last.replace(block) == Some(block) {
                continue;
            }
            let cells = self.condensed.cells_of(block);
            if cells.len() == 1 && !self.cut.has_split(cells.start) {
                self.derive_one(block);
            } else {
                self.derive_block(block);
            }
        }
    }

    fn state(&mut self, cell: u32) -> &mut State {
        let memory = &mut *self.memory;
        let place = &mut memory.places[cell as usize];
        if place.0 != memory.now {
            *place = (memory.now, number(memory.states.len()));
            memory.states.push(State {
                cell,
                lost: (NONE, NONE),
                failed: NONE,
                row: self.solved.rows[cell as usize],
            });
        }
        &mut memory.states[place.1 as usize]
    }

    /// What still reaches a cell, or what is left of it.
    fn row(&self, cell: u32) -> Row {
        let state = self.memory.state(cell);
        state.map_or_else(|| self.solved.rows[cell as usize], |state| state.row)
    }

    /// What reaches a cell in a view.
    fn row_in(&self, view: View, cell: u32) -> Row {
        match view {
            View::Round(block, round) if self.condensed.blocks[cell as usize] == block => {
                let row = self.solved.at(round, cell);
                let state = self.memory.state(cell);
                state.map_or(row, |state| minus(row, state.failed))
            }
            _ => self.row(cell),
        }
    }

    fn fact_row(&self, view: View, fact: FactId) -> Row {
        match (self.cut.piece(fact), view) {
            (Some(_), View::Round(block, _)) if self.condensed.block(fact) == block => NONE,
            (Some(piece), _) => self.memory.pieces[piece],
            (None, _) => self.row_in(view, self.condensed.cells[fact]),
        }
    }

    fn is_removed(&self, id: StepId) -> bool {
        self.removed.binary_search(&id).is_ok()
    }

    /// What an entry brought, it may not bring any more.
    fn lose(&mut self, entry: u32, lanes: Row) {
        let lanes = and(lanes, self.live);
        if is_none(lanes) {
            return;
        }
        let cell = self.condensed.entries.gain(entry);
        let block = self.condensed.blocks[cell as usize];
        let state = self.state(cell);
        let is_first = is_none(state.lost.0);
        count(&mut state.lost, lanes);
        if is_first {
            self.memory.blocks.push(Reverse(block));
        }
    }

    /// The lanes that reached a cell first in a round, and of which entries of that round may not bring all any more.
    fn suspects(&self, cell: u32, round: usize) -> Row {
        let Some(state) = self.memory.state(cell) else {
            return NONE;
        };
        let (once, several) = state.lost;
        let brought = self.solved.at(round, cell);
        let twice = self.solved.twice(round, cell);
        let kept = or(minus(brought, once), minus(twice, several));
        let first = match round.checked_sub(1) {
            Some(before) => minus(brought, self.solved.at(before, cell)),
            None => brought,
        };
        minus(and(and(first, self.live), minus(once, kept)), state.failed)
    }

    /// Derives the cell of a block that has no other, and that is whole.
    fn derive_one(&mut self, block: u32) {
        let cell = self.condensed.cells_of(block).start;
        let mut suspects = self.suspects(cell, 0);
        if is_none(suspects) {
            return;
        }
        let entries = self.condensed.entries.of(cell);
        self.spend(entries.len(), suspects);
        suspects = and(suspects, self.live);
        let before = self.solved.rows[cell as usize];
        let seeds = self.solved.seeds_of_rest(cell, self.cut);
        let mut row = or(minus(before, suspects), and(seeds, suspects));
        for entry in entries {
            if is_same(row, before) {
                return;
            }
            row = or(row, and(self.held(View::Now, entry), suspects));
        }
        if !is_same(row, before) {
            self.state(cell).row = row;
            self.settle(cell);
        }
    }

    /// What an entry brings in a view.
    fn held(&self, view: View, entry: u32) -> Row {
        let is_lost = self.cut.has_lost(entry);
        let row = match is_lost {
            true => NONE,
            false => self.condensed.held(entry, |cell| self.row_in(view, cell)),
        };
        let needs = self.condensed.entries.needs(entry);
        let is_split =
            !self.cut.split.is_empty() && needs.iter().any(|&cell| self.cut.has_split(cell));
        if !is_lost && !is_split {
            return row;
        }
        let steps = self.condensed.entries.steps(entry).iter();
        steps.fold(row, |row, &id| {
            let is_to_rest = self.cut.piece(self.condensed.steps.gain(id)).is_none();
            match is_to_rest && !self.is_removed(id) {
                true => or(row, self.step_held(view, id)),
                false => row,
            }
        })
    }

    /// The lanes in which all needs of a step are held in a view.
    fn step_held(&self, view: View, id: StepId) -> Row {
        let needs = self.condensed.steps.needs(id).iter();
        needs.fold(ALL, |all, &need| and(all, self.fact_row(view, need)))
    }

    /// Records what a cell lost, and tells the blocks downstream of it.
    fn settle(&mut self, cell: u32) {
        let before = self.solved.rows[cell as usize];
        let lost = and(minus(before, self.row(cell)), self.live);
        if is_none(lost) {
            return;
        }
        let weights = self.solved.points.weights;
        let is_split = self.cut.has_split(cell);
        for part in self.solved.points.by_cell.row(cell as usize) {
            let mut points = part.points;
            for &piece in self.cut.pieces.iter().filter(|_| is_split) {
                if self.condensed.cells[piece] == cell && weights.place(piece) == part.place {
                    points = points.saturating_sub(weights.points(piece));
                }
            }
            self.record(part.place, points, lost);
        }
        let block = self.condensed.blocks[cell as usize];
        let needing = self.condensed.entries.needing(cell);
        self.work += needing.len();
        for &entry in needing {
            let next = self.condensed.entries.gain(entry);
            if self.condensed.blocks[next as usize] != block {
                self.lose(entry, and(self.solved.held(entry), lost));
            }
        }
    }

    fn record(&mut self, place: u32, points: u64, lanes: Row) {
        if points > 0 && !is_none(lanes) {
            self.memory.losses.push(Loss {
                points,
                place,
                lanes,
            });
        }
    }

    /// Finds what reached cells of a block first in a round and is brought by none of its entries any more. No loop runs
    /// through these, so in order of cell each is looked at once.
    fn go_round(&mut self, block: u32, round: usize) {
        let open = self.touched(block).into_iter();
        let mut open: BinaryHeap<Reverse<u32>> = open.map(Reverse).collect();
        let (mut last, mut losing) = (None, NONE);
        while let Some(Reverse(cell)) = open.pop() {
            if last.replace(cell) == Some(cell) {
                continue;
            }
            self.spend(0, losing);
            let suspects = self.suspects(cell, round);
            if is_none(suspects) {
                continue;
            }
            let seeds = self.solved.seeds_of_rest(cell, self.cut);
            let mut failed = minus(suspects, seeds);
            let entries = self.condensed.entries.of(cell);
            self.work += entries.len();
            for entry in entries {
                if is_none(failed) {
                    break;
                }
                if let Some(round) = self.condensed.round_of_needs(entry, round) {
                    failed = minus(failed, self.held(View::Round(block, round), entry));
                }
            }
            losing = or(losing, failed);
            // What stands before it hangs on what it had in earlier rounds.
            self.fail(block, cell, failed, |next| {
                if next > cell {
                    open.push(Reverse(next));
                }
            });
        }
    }

    /// Takes lanes of a cell for granted no more, and tells the cells of its block that they brought them to.
    fn fail(&mut self, block: u32, cell: u32, lanes: Row, mut tell: impl FnMut(u32)) {
        if is_none(lanes) {
            return;
        }
        let state = self.state(cell);
        state.failed = or(state.failed, lanes);
        for &entry in self.condensed.entries.needing(cell) {
            let next = self.condensed.entries.gain(entry);
            if self.condensed.blocks[next as usize] == block {
                let lanes = and(self.solved.held(entry), lanes);
                if !is_none(lanes) {
                    count(&mut self.state(next).lost, lanes);
                    tell(next);
                }
            }
        }
    }

    /// The cells of a block that have a state, in order.
    fn touched(&self, block: u32) -> Vec<u32> {
        let cells = self.condensed.cells_of(block);
        let states = &self.memory.states;
        if cells.len() < states.len() {
            let has_state = |&cell: &u32| self.memory.state(cell).is_some();
            return cells.filter(has_state).collect();
        }
        let with_state = states.iter().map(|state| state.cell);
        let mut touched: Vec<u32> = with_state.filter(|cell| cells.contains(cell)).collect();
        touched.sort_unstable();
        touched
    }

    /// The lanes that reached a cell after the last round and lost anything that brought them.
    fn unsupported(&self, cell: u32, rounds: usize) -> Row {
        let Some(state) = self.memory.state(cell) else {
            return NONE;
        };
        let all = and(self.solved.rows[cell as usize], self.live);
        let late = minus(all, self.solved.at(rounds - 1, cell));
        minus(and(late, state.lost.0), state.failed)
    }

    /// Derives a block of several cells, or one with pieces.
    fn derive_block(&mut self, block: u32) {
        let pieces: Vec<usize> = (0..self.cut.pieces.len())
            .filter(|&piece| self.condensed.block(self.cut.pieces[piece]) == block)
            .collect();
        let rounds = match self.condensed.cells_of(block).len() {
            1 => 1,
            _ => self.solved.rounds(),
        };
        for round in 0..rounds {
            self.go_round(block, round);
        }
        // What came later fails with anything that brought it.
        let mut open = self.touched(block);
        while let Some(cell) = open.pop() {
            let lanes = self.unsupported(cell, rounds);
            self.fail(block, cell, lanes, |next| open.push(next));
        }

        let mut failed = self.touched(block);
        failed.retain(|&cell| {
            self.memory
                .state(cell)
                .is_some_and(|state| !is_none(state.failed))
        });
        let (mut cost, mut suspects) = (0, NONE);
        for &cell in &failed {
            let state = self.state(cell);
            state.row = minus(state.row, state.failed);
            suspects = or(suspects, state.failed);
            cost += self.condensed.entries.of(cell).len();
        }
        self.spend(cost, suspects);

        // Derive again: what seeds and entries bring, until nothing more comes.
        let cells_to_do = failed.iter().map(|&cell| Part::Cell(cell));
        let pieces_to_do = pieces.iter().map(|&piece| Part::Piece(piece));
        let mut queue: VecDeque<Part> = cells_to_do.chain(pieces_to_do).collect();
        for &part in &queue {
            self.set_waiting(part, true);
        }
        while let Some(part) = queue.pop_front() {
            self.set_waiting(part, false);
            if !self.evaluate(part, &pieces) {
                continue;
            }
            for next in self.depending(part, block, &pieces) {
                if !self.set_waiting(next, true) {
                    queue.push_back(next);
                }
            }
        }
        for cell in failed {
            self.settle(cell);
        }
        for piece in pieces {
            let fact = self.cut.pieces[piece];
            let before = self.solved.rows[self.condensed.cells[fact] as usize];
            let lost = and(minus(before, self.memory.pieces[piece]), self.live);
            let weights = self.solved.points.weights;
            self.record(weights.place(fact), weights.points(fact), lost);
        }
    }

    /// Notes whether a part waits to be evaluated, and says whether it did.
    fn set_waiting(&mut self, part: Part, waits: bool) -> bool {
        let waiting = match part {
            Part::Cell(cell) => self.memory.cells_waiting.get_mut(cell as usize),
            Part::Piece(piece) => self.memory.pieces_waiting.get_mut(piece),
        };
        waiting.is_some_and(|waiting| std::mem::replace(waiting, waits))
    }

    /// Adds what still comes to a part of a block, and says whether anything did.
    fn evaluate(&mut self, part: Part, pieces: &[usize]) -> bool {
        match part {
            Part::Piece(piece) => {
                let fact = self.cut.pieces[piece];
                let old = self.memory.pieces[piece];
                let most = self.solved.rows[self.condensed.cells[fact] as usize];
                let mut row = or(old, self.solved.seeds(fact));
                let gaining = self.condensed.steps.gaining(fact);
                self.work += gaining.len();
                for &id in gaining {
                    if is_same(row, most) {
                        break;
                    }
                    if self.is_used(id) {
                        row = or(row, self.step_held(View::Now, id));
                    }
                }
                self.memory.pieces[piece] = row;
                !is_same(row, old)
            }
            Part::Cell(cell) => {
                let old = self.row(cell);
                let most = self.solved.rows[cell as usize];
                let mut row = or(old, self.solved.seeds_of_rest(cell, self.cut));
                for entry in self.condensed.entries.of(cell) {
                    if is_same(row, most) {
                        break;
                    }
                    row = or(row, self.held(View::Now, entry));
                }
                if self.cut.has_split(cell) {
                    for &piece in pieces {
                        row = or(row, self.returned(piece, cell));
                    }
                }
                self.state(cell).row = row;
                !is_same(row, old)
            }
        }
    }

    /// What a piece leads back to what is left of a cell, by steps that were none of its entries.
    fn returned(&self, piece: usize, cell: u32) -> Row {
        let steps = self.condensed.steps;
        let needing = steps.needing(self.cut.pieces[piece]).iter();
        needing.fold(NONE, |row, &id| {
            let gain = steps.gain(id);
            let is_back = self.condensed.cells[gain] == cell
                && self.cut.piece(gain).is_none()
                && self.is_used(id);
            match is_back {
                true => or(row, self.step_held(View::Now, id)),
                false => row,
            }
        })
    }

    fn is_used(&self, id: StepId) -> bool {
        self.condensed.layer.is_used(self.condensed.steps, id) && !self.is_removed(id)
    }

    /// The parts of a block that may hold more when one of them does.
    fn depending(&self, part: Part, block: u32, pieces: &[usize]) -> Vec<Part> {
        let steps = self.condensed.steps;
        let to_do = |cell: u32| {
            let state = self.memory.state(cell);
            state.is_some_and(|state| !is_none(state.failed))
        };
        let mut parts = Vec::new();
        match part {
            Part::Piece(piece) => {
                for &id in steps.needing(self.cut.pieces[piece]) {
                    let gain = steps.gain(id);
                    let cell = self.condensed.cells[gain];
                    if self.condensed.blocks[cell as usize] != block {
                        continue;
                    }
                    match self.cut.piece(gain) {
                        Some(piece) => parts.push(Part::Piece(piece)),
                        None if to_do(cell) => parts.push(Part::Cell(cell)),
                        None => {}
                    }
                }
            }
            Part::Cell(cell) => {
                for &entry in self.condensed.entries.needing(cell) {
                    let next = self.condensed.entries.gain(entry);
                    if self.condensed.blocks[next as usize] == block && to_do(next) {
                        parts.push(Part::Cell(next));
                    }
                }
                let is_here = |&piece: &usize| pieces.binary_search(&piece).is_ok();
                let after = self.cut.pieces_after(cell);
                parts.extend(after.filter(is_here).map(Part::Piece));
                // A step that needs a piece and gains what is left of its cell is no entry.
                let rests = self.cut.rests_after(cell);
                parts.extend(rests.filter(|&cell| to_do(cell)).map(Part::Cell));
            }
        }
        parts
    }

    /// Before much work for few lanes: tries to find what is left to them instead.
    fn spend(&mut self, work: usize, suspects: Row) {
        self.work += work;
        if self.work < self.budget {
            return;
        }
        let budget = self.budget;
        self.budget *= 8;
        let losses = self.memory.losses.iter();
        let losing = losses.fold(suspects, |all, loss| or(all, loss.lanes));
        let losing = and(losing, self.live);
        let losing_lanes = each(losing).count();
        if !(1..=FEW).contains(&losing_lanes) || self.shrinks_given() {
            return;
        }
        let share = budget / losing_lanes;
        for lane in each(losing) {
            let Some(left) = self.left(lane, share) else {
                continue;
            };
            let lost = self.solved.totals[lane].saturating_sub(left);
            let mut ended = NONE;
            set(&mut ended, lane);
            let is_counted = !is_none(and(ended, self.solved.counted));
            self.ended.0 = self.ended.0.saturating_add(lost);
            self.ended.1 += u64::from(lost > 0 && is_counted);
            self.live = minus(self.live, ended);
        }
    }

    /// Whether what anyone reaches may shrink as well.
    fn shrinks_given(&self) -> bool {
        let steps = self.condensed.steps;
        let given = self.solved.points.given;
        self.removed.iter().any(|&id| {
            let needs = steps.needs(id).iter();
            self.condensed.layer.is_used(steps, id)
                && needs.into_iter().all(|need| given[need.index()])
        })
    }

    /// What is left to a lane beyond what anyone reaches, as it weighs; `None` when that is not found by looking at
    /// `budget` steps.
    fn left(&self, lane: usize, mut budget: usize) -> Option<u64> {
        let steps = self.condensed.steps;
        let given = self.solved.points.given;
        let seeds = &self.solved.batch[lane];
        let mut held: FxHashSet<FactId> = seeds.iter().copied().collect();
        let mut open: Vec<FactId> = held.iter().copied().collect();
        let weights = self.solved.points.weights;
        let lot = self.solved.lots[lane];
        let mut points: u64 = 0;
        while let Some(fact) = open.pop() {
            let needing = steps.needing(fact);
            budget = budget.checked_sub(needing.len())?;
            for &id in needing {
                let gain = steps.gain(id);
                let needs = steps.needs(id);
                if given[gain.index()]
                    || held.contains(&gain)
                    || !self.is_used(id)
                    || !needs
                        .iter()
                        .all(|need| given[need.index()] || held.contains(need))
                {
                    continue;
                }
                held.insert(gain);
                let factor = weights.factor(weights.place(gain), lot.home);
                points = points.saturating_add(weights.points(gain).saturating_mul(factor));
                open.push(gain);
            }
        }
        Some(points.saturating_mul(lot.chance))
    }
}
