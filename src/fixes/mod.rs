//! Fixes: what removing a control would gain, exactly.

#[cfg(test)]
mod tests;

use crate::inventory::{Id, Table};
use crate::progress::Progress;
use crate::reach::{Layer, reached};
use crate::steps::{ControlId, FactId, Steps};
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
    let total = |layer, seeds: &[FactId], without| -> u64 {
        let held = reached(steps, layer, seeds, without);
        let facts = points.entries().zip(held);
        facts
            .filter(|((fact, _), is_held)| *is_held && fact.index() != 0 && !seeds.contains(fact))
            .map(|((_, points), _)| points)
            .sum()
    };
    progress.begin("fixes", candidates.len() as u64);
    let mut gains: Vec<Gain> = candidates
        .par_iter()
        .map(|&control| {
            let mut gain = Gain {
                control,
                certain: 0,
                possible: 0,
                scenarios: 0,
            };
            for seeds in scenarios {
                let lost = |layer| total(layer, seeds, None) - total(layer, seeds, Some(control));
                let possible = lost(Layer::Possible);
                gain.certain += lost(Layer::Certain);
                gain.possible += possible;
                gain.scenarios += u64::from(possible > 0);
            }
            progress.advance(1);
            gain
        })
        .filter(|gain| gain.certain > 0 || gain.possible > 0)
        .collect();
    progress.end();
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
