//! Fixes: what removing a control would gain, exactly.

#![expect(
    clippy::indexing_slicing,
    reason = "rows have one entry a cell and totals one a lane"
)]

mod price;
#[cfg(test)]
mod tests;

use crate::inventory::Table;
use crate::progress::Progress;
use crate::reach::sweep::{Condensed, LANES, NONE, Row, each, lanes, minus};
use crate::reach::{Layer, reached};
use crate::steps::{ControlId, FactId, Steps};
use price::{Scratch, Solved};
use rayon::prelude::*;

/// How many candidates are priced exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Every one.
    All,
    /// As many as it takes to be sure of the best so many.
    Best(usize),
}

/// What removing all steps of one control takes away from attackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gain {
    /// What is removed.
    pub control: ControlId,
    /// Points that no longer are reached for certain, over all scenarios.
    pub certain: u64,
    /// Points that no longer are possibly reached, over all scenarios.
    pub possible: u64,
    /// Scenarios that possibly reach fewer points than before.
    pub scenarios: u64,
}

/// Controls by what removing them gains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranking {
    /// What gains something in either layer, best first: by the sum of both layers, then by the certain one, then by
    /// control.
    pub gains: Vec<Gain>,
    /// How many controls were considered.
    pub candidates: u64,
    /// How many of them were not priced, because a bound shows that they are not among the best.
    pub bounded: u64,
}

/// Prices `candidates`: the points of all scenarios before minus after, without what each scenario begins with.
///
/// `points` has one entry a fact.
pub fn rank(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    points: &Table<FactId, u64>,
    candidates: &[ControlId],
    limit: Limit,
    progress: &dyn Progress,
) -> Ranking {
    progress.begin("fixes", 2 * scenarios.len() as u64);
    let mut gains: Vec<Gain> = candidates
        .iter()
        .map(|&control| Gain {
            control,
            certain: 0,
            possible: 0,
            scenarios: 0,
        })
        .collect();
    for layer in [Layer::Certain, Layer::Possible] {
        let condensed = Condensed::new(steps, layer);
        let given = reached(steps, layer, &[], None);
        for batch in scenarios.chunks(LANES) {
            let parts = price_batch(&condensed, &given, batch, points, candidates);
            for (gain, (lost, lanes)) in gains.iter_mut().zip(parts) {
                match layer {
                    Layer::Certain => gain.certain += lost,
                    Layer::Possible => {
                        gain.possible += lost;
                        gain.scenarios += lanes;
                    }
                }
            }
            progress.advance(batch.len() as u64);
        }
    }
    progress.end();
    gains.retain(|gain| gain.certain > 0 || gain.possible > 0);
    gains.sort_unstable_by_key(|gain| {
        (
            std::cmp::Reverse((gain.certain + gain.possible, gain.certain)),
            gain.control,
        )
    });
    if let Limit::Best(best) = limit {
        gains.truncate(best);
    }
    Ranking {
        gains,
        candidates: candidates.len() as u64,
        bounded: 0,
    }
}

/// Points lost and scenarios that lose any, by candidate, in one batch.
fn price_batch(
    condensed: &Condensed<'_>,
    given: &[bool],
    batch: &[Vec<FactId>],
    points: &Table<FactId, u64>,
    candidates: &[ControlId],
) -> Vec<(u64, u64)> {
    /// Candidates that share working memory: enough of them to be worth its making.
    const SHARE: usize = 256;
    let mut seeds = Table::<FactId, Row>::filled(NONE, condensed.cells.len());
    let mut real = NONE;
    let mut single = NONE;
    for (lane, scenario) in batch.iter().enumerate() {
        set(&mut real, lane);
        if scenario.len() == 1 {
            set(&mut single, lane);
        }
        for &seed in scenario {
            set(&mut seeds[seed], lane);
        }
    }
    let rows = condensed.solve(&condensed.seeds(batch));
    let mut totals = vec![0; LANES];
    for ((fact, &points), _) in points.entries().zip(given).filter(|(_, given)| !**given) {
        if points > 0 {
            let held = minus(rows[condensed.cells[fact] as usize], seeds[fact]);
            for lane in each(held) {
                totals[lane] += points;
            }
        }
    }
    let solved = Solved {
        condensed,
        seeds: &seeds,
        rows: &rows,
        twice: price::twice(condensed, &seeds, &rows),
        points,
        totals,
        given,
        single,
        lanes: real,
    };
    candidates
        .par_chunks(SHARE)
        .flat_map_iter(|part| {
            let mut scratch = Scratch::new(condensed);
            let price = |&control| {
                let (lost, lost_lanes) = scratch.price(&solved, control);
                (lost, lanes(lost_lanes))
            };
            part.iter().map(price).collect::<Vec<_>>()
        })
        .collect()
}

fn set(row: &mut Row, lane: usize) {
    if let Some(word) = row.get_mut(lane / 64) {
        *word |= 1 << (lane % 64);
    }
}
