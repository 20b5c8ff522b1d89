//! Plans: the set of fixes that gains most within a goal, and how much better any set could be at all.

use super::Candidate;
use super::evaluator::{Evaluator, Layers, total};
use crate::inventory::Table;
use crate::progress::Progress;
use crate::reach::Layer;
use crate::steps::{FactId, StepId, Steps};
use std::time::Duration;

#[cfg(test)]
mod tests;

/// A share in parts per 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(pub u32);

impl Share {
    /// The whole.
    pub const WHOLE: Self = Self(10_000);

    /// The least points that are this share of `total`.
    pub fn of(self, total: u64) -> u64 {
        let part = u128::from(total) * u128::from(self.0.min(Self::WHOLE.0));
        u64::try_from(part.div_ceil(u128::from(Self::WHOLE.0))).unwrap_or(u64::MAX)
    }
}

/// What a set of fixes is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The most gain for at most so much effort.
    Budget(u64),
    /// The least effort that takes away at least so much of what is reached.
    Until(Share),
    /// The most gain of at most so many fixes, whatever their effort.
    Top(usize),
}

/// When the search for something better, and for a proof that there is nothing, is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Derivations of all that scenarios reach, each of which gives a cut.
    pub derivations: usize,
    /// Cases that are told apart: with one fix or without.
    pub cases: usize,
    /// Time, if it is limited: then the plan may differ from run to run.
    pub time: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            derivations: 200,
            cases: 2_000,
            time: None,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What may be chosen.
    pub candidates: &'a [Candidate],
    /// The effort of each candidate, at least 1: what lacks one has effort 1.
    pub efforts: &'a [u64],
    /// For what it is chosen.
    pub goal: Goal,
    /// How long is searched.
    pub limits: Limits,
}

/// A fix of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Which candidate.
    pub candidate: usize,
    /// Other candidates that cut the same or less, at no less effort, in order.
    pub alternatives: Vec<usize>,
    /// Its effort.
    pub effort: u64,
    /// What it gains together with all that are chosen before it.
    pub gain_so_far: Layers,
}

/// What is proved of all sets of candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// No set within the goal gains more points, both layers together.
    Gain(u64),
    /// No set of less effort takes the share away.
    Effort(u64),
    /// No set takes the share away: all candidates together gain less.
    Unattainable,
}

/// A set of fixes, and what is proved of all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The fixes: first what gains most for its effort, then what gains most together with it, and so on.
    pub chosen: Vec<Chosen>,
    /// Their effort.
    pub effort: u64,
    /// What they gain together, exactly.
    pub gain: Layers,
    /// What is reached before.
    pub total: Layers,
    /// What no set of candidates can beat.
    pub bound: Bound,
}

impl Plan {
    /// Whether nothing better exists.
    pub fn is_optimal(&self) -> bool {
        match self.bound {
            Bound::Gain(bound) => self.gain.sum() >= bound,
            Bound::Effort(bound) => self.effort <= bound,
            Bound::Unattainable => true,
        }
    }
}

/// Chooses fixes for `request.goal`, by the points that all scenarios lose in both layers: before minus after, without
/// what each scenario begins with.
///
/// `points` has one entry a fact.
pub fn plan(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    points: &Table<FactId, u64>,
    request: &Request<'_>,
    progress: &dyn Progress,
) -> Plan {
    progress.begin("plan", 0);
    let total = Layers {
        certain: total(steps, scenarios, points, Layer::Certain),
        possible: total(steps, scenarios, points, Layer::Possible),
    };
    let plan = Evaluator::with(steps, scenarios, points, |evaluator| {
        greedy(steps, request, total, evaluator)
    });
    progress.end();
    plan
}

/// Takes what gains most for its effort, again and again.
fn greedy(steps: &Steps, request: &Request<'_>, total: Layers, evaluator: &Evaluator<'_>) -> Plan {
    let effort_of = |candidate: usize| request.efforts.get(candidate).copied().unwrap_or(1).max(1);
    let mut plan = Plan {
        chosen: Vec::new(),
        effort: 0,
        gain: Layers::default(),
        total,
        bound: Bound::Gain(0),
    };
    let everything = request.candidates.iter();
    let everything = everything.flat_map(|candidate| candidate.steps(steps));
    let most = evaluator.gains(&[union(everything.copied())]);
    let most = most.first().map_or(0, |gain| gain.sum());
    plan.bound = match request.goal {
        Goal::Budget(_) | Goal::Top(_) => Bound::Gain(most),
        Goal::Until(share) if share.of(total.sum()) > most => Bound::Unattainable,
        Goal::Until(share) => Bound::Effort(u64::from(share.of(total.sum()) > 0)),
    };
    let mut removed: Vec<StepId> = Vec::new();
    loop {
        let is_open = |candidate: &usize| {
            let is_new = plan.chosen.iter().all(|c| c.candidate != *candidate);
            is_new
                && match request.goal {
                    Goal::Budget(budget) => plan.effort + effort_of(*candidate) <= budget,
                    Goal::Top(top) => plan.chosen.len() < top,
                    Goal::Until(share) => plan.gain.sum() < share.of(total.sum()),
                }
        };
        let open: Vec<usize> = (0..request.candidates.len()).filter(is_open).collect();
        let sets: Vec<Vec<StepId>> = open
            .iter()
            .filter_map(|&candidate| request.candidates.get(candidate))
            .map(|candidate| union(removed.iter().chain(candidate.steps(steps)).copied()))
            .collect();
        let gains = evaluator.gains(&sets);
        let best = open
            .iter()
            .zip(sets)
            .zip(gains)
            .filter(|(_, gain)| gain.sum() > plan.gain.sum())
            .max_by(|((a, _), a_gain), ((b, _), b_gain)| {
                let worth = |gain: &Layers, other: usize| {
                    u128::from(gain.sum() - plan.gain.sum()) * u128::from(effort_of(other))
                };
                let worths = worth(a_gain, **b).cmp(&worth(b_gain, **a));
                worths.then(b.cmp(a))
            });
        let Some(((&candidate, set), gain)) = best else {
            break;
        };
        plan.chosen.push(Chosen {
            candidate,
            alternatives: Vec::new(),
            effort: effort_of(candidate),
            gain_so_far: gain,
        });
        plan.effort += effort_of(candidate);
        plan.gain = gain;
        removed = set;
    }
    plan
}

/// Steps in order, each once.
fn union(steps: impl Iterator<Item = StepId>) -> Vec<StepId> {
    let mut all: Vec<StepId> = steps.collect();
    all.sort_unstable();
    all.dedup();
    all
}
