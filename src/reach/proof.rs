//! How a fact is reached, in the fewest moves: made only for what is shown.

use super::{ANYONE, Layer};
use crate::inventory::{Id, Table};
use crate::steps::{FactId, StepId, Steps};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How a fact came to be held.
#[derive(Debug, Clone, Copy)]
struct Origin {
    hops: u32,
    /// When it was settled: needs come before gains.
    order: u32,
    /// The step that gained it; `None` for what the scenario begins with.
    step: Option<StepId>,
}

/// One derivation of everything that a scenario reaches, each in the fewest hops.
///
/// The hops of a fact are the least, over the steps that gain it, of the most hops among its needs plus the step's own:
/// moves that do not wait for each other count once.
#[derive(Debug, Clone)]
pub struct Derivations<'a> {
    steps: &'a Steps,
    origins: Table<FactId, Option<Origin>>,
}

impl<'a> Derivations<'a> {
    /// Derives everything that `seeds` reach.
    ///
    /// Knuth's generalisation of Dijkstra's algorithm (1977, doi:10.1016/0020-0190(77)90002-3). Among steps that are
    /// equally near when a fact is settled the first one is taken. O((facts + needs) log steps).
    pub fn new(steps: &'a Steps, layer: Layer, seeds: &[FactId]) -> Self {
        let mut origins = Table::<FactId, _>::filled(None, steps.facts.len().max(1));
        let mut missing: Table<StepId, u32> = steps
            .ids()
            .map(|id| super::count(steps.needs(id).len()))
            .collect::<Vec<_>>()
            .into();
        // Smallest first: hops, then what the scenario begins with (`None`), then the step's id.
        let mut open: BinaryHeap<Reverse<(u32, Option<StepId>, FactId)>> = seeds
            .iter()
            .chain(&[ANYONE])
            .map(|&seed| Reverse((0, None, seed)))
            .collect();
        for id in steps.ids() {
            if missing[id] == 0 && layer.has(steps, id) {
                open.push(Reverse((steps.hops(id), Some(id), steps.gain(id))));
            }
        }
        let mut order = 0;
        while let Some(Reverse((hops, step, fact))) = open.pop() {
            if origins[fact].is_some() {
                continue;
            }
            origins[fact] = Some(Origin { hops, order, step });
            order += 1;
            for &id in steps.needing(fact) {
                missing[id] -= 1;
                if missing[id] == 0 && layer.has(steps, id) {
                    open.push(Reverse((hops + steps.hops(id), Some(id), steps.gain(id))));
                }
            }
        }
        Self { steps, origins }
    }

    /// The fewest hops to `fact`; `None` when it is not reached.
    pub fn hops(&self, fact: FactId) -> Option<u32> {
        self.origins[fact].map(|origin| origin.hops)
    }

    /// The steps to `fact`, in an order in which they can be done: the needs of each are what the scenario begins with
    /// or gained by an earlier one, the last one gains `fact`, and nothing is gained twice.
    ///
    /// `None` when it is not reached; empty for what the scenario begins with. O(n log n) in the steps of the proof.
    pub fn proof(&self, fact: FactId) -> Option<Vec<StepId>> {
        self.origins[fact]?;
        let mut chosen: Vec<(u32, StepId)> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut open = vec![fact];
        while let Some(fact) = open.pop() {
            if let Some(Origin {
                order,
                step: Some(step),
                ..
            }) = self.origins[fact]
                && seen.insert(fact.index())
            {
                chosen.push((order, step));
                open.extend_from_slice(self.steps.needs(step));
            }
        }
        chosen.sort_unstable();
        Some(chosen.into_iter().map(|(_, step)| step).collect())
    }
}
