//! A batch of scenarios, swept: what prices begin from.

#![expect(
    clippy::indexing_slicing,
    reason = "facts and cells come from one condensed step set, and every array has one entry each"
)]

use super::cut::Cut;
use crate::inventory::{Id, Table};
use crate::reach::condensed::{Condensed, LANES, NONE, Row};
use crate::reach::lanes::{and, each, or, set};
use crate::steps::FactId;
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
    /// The lanes that something from outside of its block brings into a cell, where the block has other cells: in a
    /// block of its own all of them are.
    pub(super) firm: FxHashMap<u32, Row>,
    /// The lanes that two or more seeds or entries from outside of its block bring, by cell.
    pub(super) twice: Vec<Row>,
    /// What each lane reaches beyond what anyone reaches and what it begins with, in points.
    pub(super) totals: Vec<u64>,
    /// The lanes that are scenarios: the last batch has others.
    pub(super) lanes: Row,
}

/// Points by fact, and what follows from them for all batches of a layer.
pub(super) struct Points<'a> {
    pub(super) by_fact: &'a Table<FactId, u64>,
    pub(super) by_cell: Vec<u64>,
    /// What anyone reaches, by fact.
    pub(super) given: &'a [bool],
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
