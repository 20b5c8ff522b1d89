//! How a fact is reached, in the fewest moves: made only for what is shown.

use super::{ANYONE, Layer};
use crate::inventory::{Id, Table};
use crate::steps::{FactId, StepId, Steps};
use rustc_hash::{FxHashMap, FxHashSet};

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
    /// The most bytes that one takes while it is made. Linear in steps.
    pub fn bytes(steps: &Steps) -> u64 {
        let joins = steps.ids().filter(|&id| steps.needs(id).len() > 1).count();
        // What is open, and needs that are missed, in vectors and maps that grow by doubling.
        let of_fact = size_of::<Option<Origin>>() + 6 * size_of::<FactId>();
        let of_join = 4 * size_of::<(StepId, usize)>();
        (steps.facts.len() * of_fact + joins * of_join) as u64
    }

    /// Derives everything that `seeds` reach.
    ///
    /// Knuth's generalisation of Dijkstra's algorithm (1977, doi:10.1016/0020-0190(77)90002-3), level by level: whether
    /// a step counts as a hop depends on its gain alone, so the first step that can be done is one of the nearest.
    /// Linear in facts and in the needs of what is reached.
    pub fn new(steps: &'a Steps, layer: Layer, seeds: &[FactId]) -> Self {
        let facts = steps.facts.len().max(1);
        let mut all = Self {
            steps,
            origins: Table::<FactId, _>::filled(None, facts),
        };
        // Facts of the level that is walked, in the order in which they were settled, and of the next one.
        let (mut level, mut next) = (Vec::new(), Vec::new());
        let mut order = 0;
        let mut settle = |all: &mut Self, fact: FactId, hops: u32, step| {
            let origin = &mut all.origins[fact];
            let is_new = origin.is_none();
            if is_new {
                *origin = Some(Origin { hops, order, step });
                order += 1;
            }
            is_new
        };
        for &seed in [ANYONE].iter().chain(seeds) {
            if settle(&mut all, seed, 0, None) {
                level.push(seed);
            }
        }
        let mut doable = steps.needless().to_vec();
        let mut missing: FxHashMap<StepId, usize> = FxHashMap::default();
        let mut hops = 0;
        loop {
            let mut at = 0;
            loop {
                for id in doable.drain(..) {
                    let gain = steps.gain(id);
                    if layer.has(steps, id)
                        && settle(&mut all, gain, hops + steps.hops(id), Some(id))
                    {
                        match steps.hops(id) {
                            0 => level.push(gain),
                            _ => next.push(gain),
                        }
                    }
                }
                let Some(&fact) = level.get(at) else {
                    break;
                };
                at += 1;
                doable.extend(steps.needing(fact).iter().copied().filter(|&id| {
                    let needs = steps.needs(id).len();
                    needs == 1 || {
                        let missing = missing.entry(id).or_insert(needs);
                        *missing -= 1;
                        *missing == 0
                    }
                }));
            }
            if next.is_empty() {
                break;
            }
            level = std::mem::take(&mut next);
            hops += 1;
        }
        all
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
        let mut seen = FxHashSet::default();
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
