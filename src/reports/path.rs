//! A proof as moves: what a reader can point at, with the restatements between folded in.
//!
//! Every picture and every chain is drawn from these, so that no two reports tell a different path.

use crate::analysis::{Proof, ScenarioReach};
use crate::inventory::{Access, ResourceId};
use crate::steps::{Fact, FactId, StepId, Steps};
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

/// The scenarios whose paths are shown, in order, and how many others each stands for: those that reach the same resources by
/// the same access, as surely and in as many moves. A picture of all of them would show one path many times.
pub(crate) fn distinct(scenarios: &[ScenarioReach]) -> Vec<(&ScenarioReach, usize)> {
    type Reached = (ResourceId, Access, bool, u32);
    let mut all: IndexMap<Vec<Reached>, (&ScenarioReach, usize)> = IndexMap::new();
    for scenario in scenarios.iter().filter(|one| !one.top.is_empty()) {
        let reached = scenario.top.iter();
        let reached = reached.map(|one| (one.resource, one.access, one.is_certain, one.hops));
        all.entry(reached.collect())
            .and_modify(|(_, others)| *others += 1)
            .or_insert((scenario, 0));
    }
    all.into_values().collect()
}

/// From one or more things held to one thing gained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    /// What is used: more than one is an AND. In order of the proof, the one that took longest to gain last.
    pub(crate) sources: Vec<FactId>,
    /// What is gained.
    pub(crate) gain: FactId,
    /// The steps that the move consists of, in order; the last one gains.
    pub(crate) steps: Vec<StepId>,
    /// Whether any of them hangs on something that cannot be decided offline.
    pub(crate) is_conditional: bool,
}

/// The moves of a proof, in its order.
///
/// Quadratic in the length of the proof, which is a shortest path.
pub(crate) fn moves(steps: &Steps, proof: &Proof) -> Vec<Move> {
    let mut made_at: FxHashMap<FactId, usize> = FxHashMap::default();
    for (position, &step) in proof.steps.iter().enumerate() {
        made_at.entry(steps.gain(step)).or_insert(position);
    }
    let is_end = |fact: FactId| steps.facts[fact].is_milestone();
    let mut moves: Vec<Move> = proof
        .steps
        .iter()
        .enumerate()
        .filter(|&(_, &step)| is_end(steps.gain(step)))
        .map(|(position, _)| fold(steps, proof, &made_at, position))
        .collect();
    // A proof whose goal is a restatement (a right) still ends in it, unless nothing leads there but one milestone.
    if let (true, Some(last)) = (moves.is_empty(), proof.steps.len().checked_sub(1)) {
        moves.push(fold(steps, proof, &made_at, last));
    }
    moves
}

fn fold(steps: &Steps, proof: &Proof, made_at: &FxHashMap<FactId, usize>, position: usize) -> Move {
    let mut wanted: FxHashSet<FactId> = FxHashSet::default();
    let mut used = Vec::new();
    let mut gain = None;
    for (at, &step) in proof.steps.iter().enumerate().take(position + 1).rev() {
        let made = steps.gain(step);
        let is_last = at == position;
        let is_restatement = wanted.contains(&made)
            && !steps.facts[made].is_milestone()
            && made_at.get(&made) == Some(&at);
        if is_last || is_restatement {
            if is_last {
                gain = Some(made);
            } else {
                wanted.remove(&made);
            }
            wanted.extend(steps.needs(step));
            used.push(step);
        }
    }
    used.reverse();
    let mut sources: Vec<FactId> = wanted.into_iter().collect();
    if sources.len() > 1 {
        sources.retain(|&fact| steps.facts[fact] != Fact::Anyone);
    }
    sources.sort_unstable_by_key(|fact| (made_at.get(fact).copied(), *fact));
    Move {
        sources,
        gain: gain.unwrap_or(FactId(0)),
        is_conditional: used.iter().any(|&step| steps.is_conditional(step)),
        steps: used,
    }
}
