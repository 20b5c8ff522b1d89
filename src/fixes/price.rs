//! The price of one cut in one batch: delete what it may have supported, derive again what still stands.
//!
//! Three traps, each of which gives wrong numbers without a sound: a removed step inside a cell may split the cell, so
//! the pieces that fall off have rows of their own; a block that supports itself must not keep itself alive, so what
//! may hang on the deleted is deleted first; and what stands downstream of a split cell must see rows of its pieces,
//! so there entries are read step by step.
//!
//! Work is saved in two ways. A lane that two entries bring into a cell survives the loss of one of them. And where a
//! lane loses very much, what little is left to it is found instead, forwards from its seeds.

#![expect(
    clippy::indexing_slicing,
    reason = "facts, steps and cells come from one condensed step set, and every array has one entry each"
)]

use super::cut::Cut;
use crate::inventory::{Id, Table};
use crate::reach::sweep::{ALL, Condensed, LANES, NONE, Row, and, each, lanes, minus, or, set};
use crate::steps::{FactId, StepId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A batch of scenarios, swept.
pub(super) struct Solved<'a> {
    condensed: &'a Condensed<'a>,
    batch: &'a [Vec<FactId>],
    points: &'a Points<'a>,
    /// What each scenario begins with, by fact, where any does.
    seeds: FxHashMap<FactId, Row>,
    /// The facts with which any begins, by cell.
    seeded: FxHashMap<u32, Vec<FactId>>,
    /// What it reaches, by cell.
    rows: Vec<Row>,
    /// The lanes that something from outside of its block brings into a cell, where the block has other cells: in a
    /// block of its own all of them are.
    firm: FxHashMap<u32, Row>,
    /// The lanes that two or more seeds or entries from outside of its block bring, by cell.
    twice: Vec<Row>,
    /// What each lane reaches beyond what anyone reaches and what it begins with, in points.
    totals: Vec<u64>,
    /// The lanes that are scenarios: the last batch has others.
    lanes: Row,
}

/// Points by fact, and what follows from them for all batches of a layer.
pub(super) struct Points<'a> {
    by_fact: &'a Table<FactId, u64>,
    by_cell: Vec<u64>,
    /// What anyone reaches, by fact.
    given: &'a [bool],
}

impl<'a> Points<'a> {
    pub(super) fn new(
        condensed: &Condensed<'_>,
        by_fact: &'a Table<FactId, u64>,
        given: &'a [bool],
    ) -> Self {
        let mut by_cell = vec![0; condensed.blocks.len()];
        for (points, &cell) in by_fact.iter().zip(condensed.cells.iter()) {
            by_cell[cell as usize] += points;
        }
        Self {
            by_fact,
            by_cell,
            given,
        }
    }
}

impl<'a> Solved<'a> {
    pub(super) fn new(
        condensed: &'a Condensed<'a>,
        batch: &'a [Vec<FactId>],
        points: &'a Points<'a>,
    ) -> Self {
        let rows = condensed.solve(condensed.seeds(batch));
        let mut seeds: FxHashMap<FactId, Row> = FxHashMap::default();
        let mut all = NONE;
        for (lane, scenario) in batch.iter().enumerate() {
            set(&mut all, lane);
            for &seed in scenario {
                set(seeds.entry(seed).or_insert(NONE), lane);
            }
        }
        let mut seeded: FxHashMap<u32, Vec<FactId>> = FxHashMap::default();
        for &seed in seeds.keys() {
            seeded.entry(condensed.cells[seed]).or_default().push(seed);
        }
        let mut twice = vec![NONE; rows.len()];
        let mut firm = FxHashMap::default();
        for (cell, twice) in (0..).zip(&mut twice) {
            let mut brought = (NONE, NONE);
            for seed in seeded.get(&cell).into_iter().flatten() {
                count(&mut brought, seeds[seed]);
            }
            for entry in condensed.entries.of(cell) {
                if condensed.is_firm(entry) {
                    let held = condensed.held(entry, |need| rows[need as usize]);
                    count(&mut brought, held);
                }
            }
            *twice = brought.1;
            if condensed.cells_of(condensed.blocks[cell as usize]).len() > 1 {
                firm.insert(cell, brought.0);
            }
        }
        let mut totals = vec![0; LANES];
        // What anyone holds by cell: a cell is given as a whole.
        for (cell, &row) in rows.iter().enumerate() {
            let is_given = condensed.members.row(cell).first();
            let is_given = is_given.is_some_and(|fact| points.given[fact.index()]);
            if points.by_cell[cell] > 0 && !is_given {
                for lane in each(row) {
                    totals[lane] += points.by_cell[cell];
                }
            }
        }
        for (&seed, &row) in &seeds {
            if !points.given[seed.index()] {
                for lane in each(row) {
                    totals[lane] -= points.by_fact[seed];
                }
            }
        }
        Self {
            condensed,
            batch,
            points,
            seeds,
            seeded,
            rows,
            firm,
            twice,
            totals,
            lanes: all,
        }
    }

    fn seeds(&self, fact: FactId) -> Row {
        self.seeds.get(&fact).copied().unwrap_or(NONE)
    }

    /// The lanes that begin within what is left of a cell.
    fn seeds_of_rest(&self, cell: u32, cut: &Cut) -> Row {
        let seeds = self.seeded.get(&cell).into_iter().flatten();
        let of_rest = seeds.filter(|&&seed| cut.piece(seed).is_none());
        of_rest.fold(NONE, |row, &seed| or(row, self.seeds(seed)))
    }

    fn held(&self, entry: u32) -> Row {
        self.condensed.held(entry, |cell| self.rows[cell as usize])
    }
}

/// Counts lanes as brought once, or once more.
fn count(brought: &mut (Row, Row), lanes: Row) {
    brought.1 = or(brought.1, and(brought.0, lanes));
    brought.0 = or(brought.0, lanes);
}

/// What happens to a cell, or to what is left of it.
#[derive(Clone, Copy)]
struct State {
    /// Lanes that lost something that brought them from outside of the block: once, and more than once.
    lost: (Row, Row),
    /// Lanes that lost something that brought them from within the block.
    lost_within: Row,
    /// Lanes that are not taken for granted any more.
    deleted: Row,
    /// What still reaches it.
    row: Row,
}

/// What two scenarios in the same place share: what lost points, and in which lanes.
struct Loss {
    points: u64,
    lanes: Row,
}

/// A part of a block that is to be evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Cell(u32),
    Piece(usize),
}

/// The price of one cut; its memory is kept for the next.
#[derive(Default)]
pub(super) struct Pricer {
    states: FxHashMap<u32, State>,
    /// What still reaches each piece.
    pieces: Vec<Row>,
    losses: Vec<Loss>,
    blocks: BinaryHeap<Reverse<u32>>,
}

impl Pricer {
    /// Points lost over all lanes, and how many lanes lose any.
    pub(super) fn price(&mut self, solved: &Solved<'_>, cut: &Cut) -> (u64, u64) {
        self.states.clear();
        self.losses.clear();
        self.blocks.clear();
        let mut pricing = Pricing {
            solved,
            condensed: solved.condensed,
            cut,
            removed: solved.condensed.steps.controlled_by(cut.control),
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
            lost_points += loss.points * lanes(lost);
            losing = or(losing, lost);
        }
        lost_lanes += lanes(losing);
        (lost_points, lost_lanes)
    }
}

/// Entries that are read before lanes that lose much are derived forwards instead.
const FIRST_BUDGET: usize = 512;

/// The most lanes that are derived forwards at once.
const FEW: u64 = 32;

struct Pricing<'a> {
    solved: &'a Solved<'a>,
    condensed: &'a Condensed<'a>,
    cut: &'a Cut,
    removed: &'a [StepId],
    /// The lanes of which losses are recorded.
    live: Row,
    /// Points and lanes lost by those that were derived forwards.
    ended: (u64, u64),
    budget: usize,
    work: usize,
    memory: &'a mut Pricer,
}

impl Pricing<'_> {
    fn run(&mut self) {
        self.memory.pieces.clear();
        self.memory.pieces.resize(self.cut.pieces.len(), NONE);
        for &entry in &self.cut.lost {
            self.lose(entry, self.solved.held(entry));
        }
        for &piece in &self.cut.pieces {
            let cell = self.condensed.cells[piece];
            let block = self.condensed.blocks[cell as usize];
            let seeds = and(self.solved.seeds(piece), self.live);
            count(&mut self.state(cell).lost, seeds);
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
        let row = self.solved.rows[cell as usize];
        self.memory.states.entry(cell).or_insert(State {
            lost: (NONE, NONE),
            lost_within: NONE,
            deleted: NONE,
            row,
        })
    }

    /// What still reaches a cell, or what is left of it.
    fn row(&self, cell: u32) -> Row {
        let state = self.memory.states.get(&cell);
        state.map_or_else(|| self.solved.rows[cell as usize], |state| state.row)
    }

    fn fact_row(&self, fact: FactId) -> Row {
        match self.cut.piece(fact) {
            Some(piece) => self.memory.pieces[piece],
            None => self.row(self.condensed.cells[fact]),
        }
    }

    fn is_removed(&self, id: StepId) -> bool {
        self.removed.binary_search(&id).is_ok()
    }

    /// What an entry brought, it may not bring any more.
    fn lose(&mut self, entry: u32, lanes: Row) {
        let lanes = and(lanes, self.live);
        if lanes == NONE {
            return;
        }
        let cell = self.condensed.entries.gain(entry);
        let block = self.condensed.blocks[cell as usize];
        let is_firm = self.condensed.is_firm(entry);
        let state = self.state(cell);
        if state.lost.0 == NONE && state.lost_within == NONE {
            self.memory.blocks.push(Reverse(block));
        }
        let state = self.state(cell);
        if is_firm {
            count(&mut state.lost, lanes);
        } else {
            state.lost_within = or(state.lost_within, lanes);
        }
    }

    /// The lanes of a cell that nothing surely brings any more, among those that lost anything.
    fn suspects(&self, cell: u32) -> Row {
        let Some(state) = self.memory.states.get(&cell) else {
            return NONE;
        };
        let before = self.solved.rows[cell as usize];
        let firm = self.solved.firm.get(&cell).copied().unwrap_or(before);
        let (once, several) = state.lost;
        let kept = or(
            minus(firm, once),
            minus(self.solved.twice[cell as usize], several),
        );
        and(
            and(before, self.live),
            minus(or(once, state.lost_within), kept),
        )
    }

    /// Derives the cell of a block that has no other, and that is whole.
    fn derive_one(&mut self, block: u32) {
        let cell = self.condensed.cells_of(block).start;
        let mut suspects = self.suspects(cell);
        if suspects == NONE {
            return;
        }
        let entries = self.condensed.entries.of(cell);
        self.spend(entries.len(), suspects);
        suspects = and(suspects, self.live);
        let before = self.solved.rows[cell as usize];
        let seeds = self.solved.seeds_of_rest(cell, self.cut);
        let mut row = or(minus(before, suspects), and(seeds, suspects));
        for entry in entries {
            if row == before {
                return;
            }
            row = or(row, and(self.held(entry), suspects));
        }
        if row != before {
            self.state(cell).row = row;
            self.settle(cell);
        }
    }

    /// What an entry brings now.
    fn held(&self, entry: u32) -> Row {
        let is_lost = self.cut.has_lost(entry);
        let row = match is_lost {
            true => NONE,
            false => self.condensed.held(entry, |cell| self.row(cell)),
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
                true => or(row, self.step_held(id)),
                false => row,
            }
        })
    }

    /// The lanes in which all needs of a step are held now.
    fn step_held(&self, id: StepId) -> Row {
        let needs = self.condensed.steps.needs(id).iter();
        needs.fold(ALL, |all, &need| and(all, self.fact_row(need)))
    }

    /// Records what a cell lost, and tells the blocks downstream of it.
    fn settle(&mut self, cell: u32) {
        let before = self.solved.rows[cell as usize];
        let lost = and(minus(before, self.row(cell)), self.live);
        if lost == NONE {
            return;
        }
        let mut points = self.solved.points.by_cell[cell as usize];
        if self.cut.has_split(cell) {
            for &piece in &self.cut.pieces {
                if self.condensed.cells[piece] == cell {
                    points -= self.solved.points.by_fact[piece];
                }
            }
        }
        self.record(points, lost);
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

    fn record(&mut self, points: u64, lanes: Row) {
        if points > 0 && lanes != NONE {
            self.memory.losses.push(Loss { points, lanes });
        }
    }

    /// Derives a block of several cells, or one with pieces.
    fn derive_block(&mut self, block: u32) {
        let cells = self.condensed.cells_of(block);
        let pieces: Vec<usize> = (0..self.cut.pieces.len())
            .filter(|&piece| self.condensed.block(self.cut.pieces[piece]) == block)
            .collect();
        let states = &self.memory.states;
        let mut open: Vec<u32> = match cells.len() < states.len() {
            true => cells.filter(|cell| states.contains_key(cell)).collect(),
            false => states
                .keys()
                .copied()
                .filter(|cell| cells.contains(cell))
                .collect(),
        };
        open.sort_unstable();
        let mut cost = 0;
        let mut suspects = NONE;
        for &cell in &open {
            let of_cell = self.suspects(cell);
            if of_cell != NONE {
                cost += self.condensed.entries.of(cell).len();
                suspects = or(suspects, of_cell);
            }
        }
        self.spend(cost, suspects);

        // Delete what may hang on the lost, and what may hang on that.
        let mut deleted: Vec<u32> = Vec::new();
        while let Some(cell) = open.pop() {
            let suspects = self.suspects(cell);
            let state = self.state(cell);
            let new = minus(suspects, state.deleted);
            if new == NONE {
                continue;
            }
            if state.deleted == NONE {
                deleted.push(cell);
            }
            state.deleted = or(state.deleted, new);
            state.row = minus(state.row, new);
            for &entry in self.condensed.entries.needing(cell) {
                let next = self.condensed.entries.gain(entry);
                if self.condensed.blocks[next as usize] != block {
                    continue;
                }
                let lanes = and(self.solved.held(entry), new);
                if lanes != NONE {
                    let state = self.state(next);
                    state.lost_within = or(state.lost_within, lanes);
                    open.push(next);
                }
            }
        }

        // Derive again: what seeds and entries bring, until nothing more comes.
        deleted.sort_unstable();
        let cells_to_do = deleted.iter().map(|&cell| Part::Cell(cell));
        let pieces_to_do = pieces.iter().map(|&piece| Part::Piece(piece));
        let mut queue: VecDeque<Part> = cells_to_do.chain(pieces_to_do).collect();
        let mut waiting: FxHashSet<Part> = queue.iter().copied().collect();
        while let Some(part) = queue.pop_front() {
            waiting.remove(&part);
            if !self.evaluate(part, &pieces) {
                continue;
            }
            for next in self.depending(part, block, &pieces) {
                if waiting.insert(next) {
                    queue.push_back(next);
                }
            }
        }
        for cell in deleted {
            self.settle(cell);
        }
        for piece in pieces {
            let fact = self.cut.pieces[piece];
            let before = self.solved.rows[self.condensed.cells[fact] as usize];
            let lost = and(minus(before, self.memory.pieces[piece]), self.live);
            self.record(self.solved.points.by_fact[fact], lost);
        }
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
                    if row == most {
                        break;
                    }
                    if self.is_used(id) {
                        row = or(row, self.step_held(id));
                    }
                }
                self.memory.pieces[piece] = row;
                row != old
            }
            Part::Cell(cell) => {
                let old = self.row(cell);
                let most = self.solved.rows[cell as usize];
                let mut row = or(old, self.solved.seeds_of_rest(cell, self.cut));
                for entry in self.condensed.entries.of(cell) {
                    if row == most {
                        break;
                    }
                    row = or(row, self.held(entry));
                }
                if self.cut.has_split(cell) {
                    for &piece in pieces {
                        row = or(row, self.returned(piece, cell));
                    }
                }
                self.state(cell).row = row;
                row != old
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
                true => or(row, self.step_held(id)),
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
            let state = self.memory.states.get(&cell);
            state.is_some_and(|state| state.deleted != NONE)
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
                // A step that needs a piece and gains what is left of its cell is no entry.
                parts.extend(pieces.iter().map(|&piece| Part::Piece(piece)));
                let split = self.cut.split.iter().copied();
                parts.extend(split.filter(|&cell| to_do(cell)).map(Part::Cell));
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
        if lanes(losing) > FEW || self.shrinks_given() {
            return;
        }
        for lane in each(losing) {
            let Some(left) = self.left(lane, budget) else {
                continue;
            };
            let lost = self.solved.totals[lane] - left;
            self.ended.0 += lost;
            self.ended.1 += u64::from(lost > 0);
            let mut ended = NONE;
            set(&mut ended, lane);
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
                && needs.map(|need| given[need.index()]).all(|given| given)
        })
    }

    /// What is left to a lane beyond what anyone reaches, in points; `None` when that is not found by looking at
    /// `budget` steps.
    fn left(&self, lane: usize, budget: usize) -> Option<u64> {
        let steps = self.condensed.steps;
        let given = self.solved.points.given;
        let seeds = &self.solved.batch[lane];
        let mut held: FxHashSet<FactId> = seeds.iter().copied().collect();
        let mut open: Vec<FactId> = held.iter().copied().collect();
        let (mut points, mut work) = (0, 0);
        while let Some(fact) = open.pop() {
            let needing = steps.needing(fact);
            work += needing.len();
            if work > budget {
                return None;
            }
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
                points += self.solved.points.by_fact[gain];
                open.push(gain);
            }
        }
        Some(points)
    }
}
