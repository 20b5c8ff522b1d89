//! What there is to choose from: candidates that cut the same are one label, and what another label makes needless is
//! left out.

use super::Goal;
use super::kernel::Kernel;
use super::minimal::Known;
use super::sets::{Sets, sorted};
use crate::fixes::Candidate;
use crate::fixes::Weights;
use crate::inventory::Id;
use crate::reach::Layer;
use crate::steps::{FactId, Rows, StepId, Steps};
use rustc_hash::FxHashMap;
use std::time::Instant;

/// A candidate that stands for all that cut the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) candidate: usize,
    /// The others, in order.
    pub(super) alternatives: Vec<usize>,
    pub(super) effort: u64,
    /// What it costs towards the goal.
    pub(super) cost: u64,
}

/// The choice, reduced.
pub(super) struct Problem {
    pub(super) labels: Vec<Label>,
    pub(super) sets: Sets,
    /// Certain and possible, with the classes that are not wholly known.
    pub(super) kernels: [Kernel; 2],
    /// What is known of the others.
    pub(super) known: Known,
}

impl Problem {
    /// Reduces the choice. `efforts` has one entry a candidate.
    pub(super) fn new(
        steps: &Steps,
        scenarios: &[Vec<FactId>],
        weights: &Weights,
        candidates: &[Candidate],
        efforts: &[u64],
        goal: Goal,
    ) -> Self {
        let mut by_steps: FxHashMap<&[StepId], usize> = FxHashMap::default();
        let mut labels: Vec<Label> = Vec::new();
        let mut cuts: Vec<&[StepId]> = Vec::new();
        for (candidate, (of, &effort)) in candidates.iter().zip(efforts).enumerate() {
            let cost = match goal {
                Goal::Top(_) => 1,
                Goal::Budget(_) | Goal::Until(_) => effort,
            };
            let removed = of.steps(steps);
            if removed.is_empty() || matches!(goal, Goal::Budget(budget) if cost > budget) {
                continue;
            }
            let new = Label {
                candidate,
                alternatives: Vec::new(),
                effort,
                cost,
            };
            let at = *by_steps.entry(removed).or_insert(labels.len());
            match labels.get_mut(at) {
                Some(label) => label.join(new),
                None => {
                    labels.push(new);
                    cuts.push(removed);
                }
            }
        }
        let pairs = (0..).zip(&cuts);
        let pairs = pairs.flat_map(|(at, cut)| cut.iter().map(move |id| (id.index(), at)));
        let by_step = Rows::group(steps.len(), pairs);
        let mut sets = Sets::default();
        let kernels = [Layer::Certain, Layer::Possible]
            .map(|layer| Kernel::new(steps, layer, scenarios, weights, &by_step, &mut sets));
        let mut problem = Self {
            labels,
            sets,
            kernels,
            known: Known::default(),
        };
        while problem.leave_out(|_| true) {}
        problem
    }

    /// Finds all minimal derivations where one thing that is reached has no more than `most`.
    pub(super) fn know(&mut self, most: usize, until: Option<Instant>) {
        self.known = Known::of(self, most, until);
        for kernel in &mut self.kernels {
            if kernel.classes.is_empty() {
                kernel.clear();
            }
        }
        while self.leave_out(|_| true) {}
    }

    /// Leaves out the labels that `is_wanted` does not want, those that decide nothing, and those beside which another
    /// decides as much at no more cost. Says whether any was.
    pub(super) fn leave_out(&mut self, is_wanted: impl Fn(usize) -> bool) -> bool {
        let used = self.kernels.iter().flat_map(|kernel| &kernel.ways);
        let used: Vec<u32> = sorted(used.map(|way| way.labels).collect());
        let used = used.iter().map(|&set| self.sets.of(set));
        // By label: the labels that are in every set in which it is.
        let mut beside: Vec<Option<Vec<u32>>> = vec![None; self.labels.len()];
        for set in used.chain(self.known.sets.iter()) {
            for &label in set {
                match beside.get_mut(label as usize) {
                    Some(Some(beside)) => beside.retain(|other| set.binary_search(other).is_ok()),
                    Some(beside) => *beside = Some(set.to_vec()),
                    None => {}
                }
            }
        }
        let has = |of: usize, other: usize| {
            let beside = beside.get(of).and_then(Option::as_ref);
            beside.is_some_and(|all| all.iter().any(|&one| one as usize == other))
        };
        let mut keep: Vec<Option<u32>> = Vec::with_capacity(self.labels.len());
        let mut kept: Vec<Label> = Vec::new();
        let mut same: Vec<(usize, usize)> = Vec::new();
        for (at, label) in self.labels.iter().enumerate() {
            let others = beside.get(at).and_then(Option::as_ref);
            let mut others = others.into_iter().flatten().map(|&other| other as usize);
            let better = others.find(|&other| {
                other != at
                    && is_wanted(other)
                    && self.labels.get(other).is_some_and(|better| {
                        better.cost < label.cost
                            || better.cost == label.cost
                                && (!has(other, at) || better.key() < label.key())
                    })
            });
            let decides = beside.get(at).is_some_and(Option::is_some);
            if decides && is_wanted(at) && better.is_none() {
                keep.push(Some(super::sets::count(kept.len())));
                kept.push(label.clone());
            } else {
                keep.push(None);
            }
            if let Some(better) = better
                && has(better, at)
            {
                same.push((at, better));
            }
        }
        // What cuts the same stays known as another way to do it; the better one may have a better one in turn.
        let better: FxHashMap<usize, usize> = same.iter().copied().collect();
        for (at, mut into) in same {
            while let Some(&next) = better.get(&into) {
                into = next;
            }
            let into = keep.get(into).copied().flatten();
            if let Some(into) = into.and_then(|into| kept.get_mut(into as usize))
                && let Some(label) = self.labels.get(at)
            {
                into.join(label.clone());
            }
        }
        if kept.len() == self.labels.len() {
            return false;
        }
        self.labels = kept;
        let old = std::mem::take(&mut self.sets);
        for kernel in &mut self.kernels {
            kernel.relabel(&keep, &old, &mut self.sets);
        }
        self.known.relabel(&keep);
        true
    }
}

impl Label {
    fn key(&self) -> (u64, u64, usize) {
        (self.cost, self.effort, self.candidate)
    }

    /// Takes up one that cuts the same.
    fn join(&mut self, mut other: Self) {
        if other.key() < self.key() {
            std::mem::swap(self, &mut other);
        }
        self.alternatives.push(other.candidate);
        self.alternatives.append(&mut other.alternatives);
        self.alternatives.sort_unstable();
    }
}
