//! A batch of scenarios, swept: what prices begin from.

#![expect(
    clippy::indexing_slicing,
    reason = "facts and cells come from one condensed step set, and every array has one entry each"
)]

use super::cut::Cut;
use super::weights::{Lot, Part, Scale, Weights, join, scales};
use crate::inventory::Id;
use crate::reach::condensed::{Condensed, LANES, NONE, Row};
use crate::reach::lanes::{and, each, is_same, or, set};
use crate::steps::{FactId, Rows};
use rustc_hash::FxHashMap;

/// A batch of scenarios, swept.
pub(super) struct Solved<'a> {
    pub(super) condensed: &'a Condensed<'a>,
    pub(super) batch: &'a [Vec<FactId>],
    pub(super) points: &'a Points<'a>,
    /// What each scenario begins with, by fact, where any does.
    pub(super) seeds: FxHashMap<FactId, Row>,
    /// The facts with which any begins, by cell.
    pub(super) seeded: FxHashMap<u32, Vec<FactId>>,
    /// What it reaches, by cell.
    pub(super) rows: Vec<Row>,
    /// What reaches each cell of a block of several in rounds: in the first by forward entries alone, in each further one
    /// by the others as well, from what the round before it brought. None of it hangs on itself.
    rounds: Vec<Vec<Row>>,
    /// The lanes that two or more seeds or entries bring: in the first round by cell, in further ones for cells of blocks of
    /// several.
    twice: Vec<Vec<Row>>,
    /// What each lane weighs.
    pub(super) lots: Vec<Lot>,
    /// What lanes weigh together, by place.
    pub(super) scales: Vec<Scale>,
    /// What each lane reaches beyond what anyone reaches and what it begins with, as it weighs.
    pub(super) totals: Vec<u64>,
    /// What anyone reaches, as it weighs for each lane.
    pub(super) of_anyone: Vec<u64>,
    /// The lanes that are scenarios and weigh something: the last batch has others.
    pub(super) lanes: Row,
    /// Those that count where they lose something.
    pub(super) counted: Row,
}

/// How many rounds are kept at most. What comes later is little, and is deleted and derived again instead.
const ROUNDS: usize = 3;

/// Points by fact, and what follows from them for all batches of a layer.
pub(super) struct Points<'a> {
    pub(super) weights: &'a Weights,
    /// By cell, and by place within it.
    pub(super) by_cell: Rows<Part>,
    /// How many places of cells have points.
    pub(super) count: usize,
    /// What anyone reaches, by fact.
    pub(super) given: &'a [bool],
    /// What that is in points, by place.
    of_anyone: Vec<Part>,
}

impl<'a> Points<'a> {
    pub(super) fn new(condensed: &Condensed<'_>, weights: &'a Weights, given: &'a [bool]) -> Self {
        let part = |fact: FactId| Part {
            place: weights.place(fact),
            points: weights.points(fact),
        };
        let (mut by_cell, mut count) = (Rows::default(), 0);
        let mut of_cell: Vec<Part> = Vec::new();
        for cell in 0..condensed.blocks.len() {
            of_cell.clear();
            of_cell.extend(condensed.members.row(cell).iter().copied().map(part));
            join(&mut of_cell);
            count += of_cell.len();
            by_cell.push(of_cell.iter().copied());
        }
        let all = weights.facts().ids().zip(given);
        let all = all.filter(|(_, given)| **given);
        let mut of_anyone: Vec<Part> = all.map(|(fact, _)| part(fact)).collect();
        join(&mut of_anyone);
        Self {
            weights,
            by_cell,
            count,
            given,
            of_anyone,
        }
    }

    /// Whether anyone reaches a cell: all of it or nothing.
    pub(super) fn is_given(&self, condensed: &Condensed<'_>, cell: u32) -> bool {
        let fact = condensed.members.row(cell as usize).first();
        fact.is_some_and(|fact| self.given[fact.index()])
    }
}

impl<'a> Solved<'a> {
    /// The bytes of one.
    pub(super) fn bytes(condensed: &Condensed<'_>, weights: &Weights) -> u64 {
        let lanes = LANES * (size_of::<Lot>() + 2 * size_of::<u64>());
        let rows = 2 * condensed.blocks.len() + 2 * ROUNDS * condensed.tied_count;
        let seeds = 2 * LANES * (size_of::<Row>() + 64);
        let rows = rows * size_of::<Row>() + condensed.tied_count;
        (rows + seeds + lanes + weights.bytes_of_scales()) as u64
    }

    /// Sweeps `batch`, which begins with the scenario `first` of all.
    pub(super) fn new(
        condensed: &'a Condensed<'a>,
        batch: &'a [Vec<FactId>],
        first: usize,
        points: &'a Points<'a>,
    ) -> Self {
        let lots = (first..).take(batch.len());
        let lots: Vec<Lot> = lots.map(|at| points.weights.lot(at)).collect();
        let rows = condensed.solve(condensed.seeds(batch));
        let mut seeds: FxHashMap<FactId, Row> = FxHashMap::default();
        let (mut all, mut counted) = (NONE, NONE);
        for (lane, (scenario, lot)) in batch.iter().zip(&lots).enumerate() {
            if lot.chance > 0 {
                set(&mut all, lane);
            }
            if lot.is_counted {
                set(&mut counted, lane);
            }
            for &seed in scenario {
                set(seeds.entry(seed).or_insert(NONE), lane);
            }
        }
        let mut seeded: FxHashMap<u32, Vec<FactId>> = FxHashMap::default();
        for &seed in seeds.keys() {
            seeded.entry(condensed.cells[seed]).or_default().push(seed);
        }
        let mut solved = Self {
            condensed,
            batch,
            points,
            seeds,
            seeded,
            rounds: vec![vec![NONE; condensed.tied_count]],
            twice: vec![vec![NONE; rows.len()]],
            totals: vec![0; LANES],
            of_anyone: vec![0; LANES],
            rows,
            lanes: all,
            counted,
            scales: scales(
                lots.iter().map(|lot| (lot.chance, lot.home)),
                points.weights.factors(),
            ),
            lots,
        };
        solved.go_forward();
        while solved.rounds.len() < ROUNDS && solved.go_on() {}
        solved.sum();
        solved
    }

    /// What forward entries bring into cells, and what more than one of them brings.
    fn go_forward(&mut self) {
        for cell in 0..self.rows.len() {
            let cell = number(cell);
            let mut brought = (NONE, NONE);
            for seed in self.seeded.get(&cell).into_iter().flatten() {
                count(&mut brought, self.seeds[seed]);
            }
            for entry in self.condensed.entries.of(cell) {
                if self.condensed.is_forward(entry) {
                    count(&mut brought, self.held_at(0, entry));
                }
            }
            self.twice[0][cell as usize] = brought.1;
            if let Some(tied) = self.condensed.tied(cell) {
                self.rounds[0][tied] = brought.0;
            }
        }
    }

    /// Finds what one more round brings, and says whether it is anything.
    fn go_on(&mut self) -> bool {
        let round = self.rounds.len();
        self.rounds.push(vec![NONE; self.condensed.tied_count]);
        let mut twice = vec![NONE; self.condensed.tied_count];
        let mut is_more = false;
        for cell in 0..self.rows.len() {
            let cell = number(cell);
            let Some(tied) = self.condensed.tied(cell) else {
                continue;
            };
            let all = self.rows[cell as usize];
            let mut brought = (NONE, NONE);
            for seed in self.seeded.get(&cell).into_iter().flatten() {
                count(&mut brought, self.seeds[seed]);
            }
            for entry in self.condensed.entries.of(cell) {
                if is_same(brought.1, all) {
                    break;
                }
                count(&mut brought, self.held_at(round, entry));
            }
            is_more |= !is_same(brought.0, self.rounds[round - 1][tied]);
            self.rounds[round][tied] = brought.0;
            twice[tied] = brought.1;
        }
        match is_more {
            true => self.twice.push(twice),
            false => {
                self.rounds.pop();
            }
        }
        is_more
    }

    /// What the reach of each lane weighs.
    fn sum(&mut self) {
        let (condensed, points) = (self.condensed, self.points);
        let weights = points.weights;
        let totals = &mut self.totals;
        let factors = |place: u32| {
            let column = &weights.factors()[place as usize];
            self.lots.iter().map(|lot| column[lot.home as usize])
        };
        // By place: one lookup less a lane where there is one, as all its factors are 1 then.
        let one_place = weights.factors().len() == 1;
        let columns = if one_place {
            0
        } else {
            number(weights.factors().len())
        };
        let columns: Vec<Vec<u64>> = (0..columns).map(|place| factors(place).collect()).collect();
        for (cell, &row) in self.rows.iter().enumerate() {
            let parts = points.by_cell.row(cell);
            if parts.is_empty() || points.is_given(condensed, number(cell)) {
                continue;
            }
            let row = and(row, self.lanes);
            for part in parts {
                match columns.get(part.place as usize) {
                    None => each(row).for_each(|lane| {
                        totals[lane] = totals[lane].saturating_add(part.points);
                    }),
                    Some(column) => each(row).for_each(|lane| {
                        let points = part.points.saturating_mul(column[lane]);
                        totals[lane] = totals[lane].saturating_add(points);
                    }),
                }
            }
        }
        for (&seed, &row) in &self.seeds {
            if !points.given[seed.index()] {
                for lane in each(and(row, self.lanes)) {
                    let factor = weights.factor(weights.place(seed), self.lots[lane].home);
                    let points = weights.points(seed).saturating_mul(factor);
                    totals[lane] = totals[lane].saturating_sub(points);
                }
            }
        }
        for (lane, lot) in self.lots.iter().enumerate() {
            totals[lane] = totals[lane].saturating_mul(lot.chance);
            let of_anyone = points.of_anyone.iter();
            let of_anyone = of_anyone.map(|part| {
                let factor = weights.factor(part.place, lot.home);
                part.points
                    .saturating_mul(factor)
                    .saturating_mul(lot.chance)
            });
            self.of_anyone[lane] = of_anyone.fold(0, u64::saturating_add);
        }
    }

    /// The lanes that begin with a fact.
    pub(super) fn seeds(&self, fact: FactId) -> Row {
        self.seeds.get(&fact).copied().unwrap_or(NONE)
    }

    /// The lanes that begin within what is left of a cell.
    pub(super) fn seeds_of_rest(&self, cell: u32, cut: &Cut) -> Row {
        let seeds = self.seeded.get(&cell).into_iter().flatten();
        let of_rest = seeds.filter(|&&seed| cut.piece(seed).is_none());
        of_rest.fold(NONE, |row, &seed| or(row, self.seeds(seed)))
    }

    /// How many rounds are kept.
    pub(super) fn rounds(&self) -> usize {
        self.rounds.len()
    }

    /// What reaches a cell in so many rounds; with 0, by forward entries alone within its block.
    pub(super) fn at(&self, round: usize, cell: u32) -> Row {
        match self.condensed.tied(cell) {
            Some(tied) => self.rounds[round][tied],
            None => self.rows[cell as usize],
        }
    }

    /// The lanes that two or more seeds or entries bring to a cell in a round.
    pub(super) fn twice(&self, round: usize, cell: u32) -> Row {
        match (round, self.condensed.tied(cell)) {
            (1.., Some(tied)) => self.twice[round][tied],
            _ => self.twice[0][cell as usize],
        }
    }

    /// What an entry brings in a round.
    fn held_at(&self, round: usize, entry: u32) -> Row {
        let block = self.condensed.blocks[self.condensed.entries.gain(entry) as usize];
        let round = self.condensed.round_of_needs(entry, round);
        self.condensed.held(entry, |cell| {
            match (self.condensed.blocks[cell as usize] == block, round) {
                (false, _) => self.rows[cell as usize],
                (true, Some(round)) => self.at(round, cell),
                (true, None) => NONE,
            }
        })
    }

    /// What an entry brings.
    pub(super) fn held(&self, entry: u32) -> Row {
        self.condensed.held(entry, |cell| self.rows[cell as usize])
    }
}

/// Counts lanes as brought once, or once more.
pub(super) fn count(brought: &mut (Row, Row), lanes: Row) {
    brought.1 = or(brought.1, and(brought.0, lanes));
    brought.0 = or(brought.0, lanes);
}

/// A place as a 32-bit number: there are no more states than cells.
#[expect(
    clippy::cast_possible_truncation,
    reason = "cells are numbered with 32 bits"
)]
pub(super) fn number(place: usize) -> u32 {
    place as u32
}
