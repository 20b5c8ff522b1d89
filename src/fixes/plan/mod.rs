//! Plans: the set of fixes that gains most within a goal, and how much better any set could be at all.

mod derive;
mod kernel;
mod master;
mod model;
mod problem;
mod search;
mod sets;

use super::Candidate;
use super::evaluator::{Evaluator, Layers, total};
use crate::inventory::Table;
use crate::progress::Progress;
use crate::reach::Layer;
use crate::steps::{FactId, StepId, Steps};
use master::Aim;
use problem::{Label, Problem};
use search::Search;
use sets::sorted;
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
/// `points` has one entry a fact. The gain of a plan is exact, and so is what it is said to be bound by: whatever limits
/// are reached, nothing is better than that. Without a limit of time the same request has the same plan at any thread
/// count.
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
        let planner = Planner {
            steps,
            request,
            evaluator,
            total,
        };
        planner.plan(scenarios, points)
    });
    progress.end();
    plan
}

struct Planner<'a> {
    steps: &'a Steps,
    request: &'a Request<'a>,
    evaluator: &'a Evaluator<'a>,
    total: Layers,
}

impl Planner<'_> {
    fn plan(&self, scenarios: &[Vec<FactId>], points: &Table<FactId, u64>) -> Plan {
        let candidates = self.request.candidates;
        let efforts: Vec<u64> = (0..candidates.len())
            .map(|at| self.request.efforts.get(at).copied().unwrap_or(1).max(1))
            .collect();
        let mut is_attainable = true;
        let aim = match self.request.goal {
            Goal::Budget(budget) => Aim::Gain(budget),
            Goal::Top(top) => Aim::Gain(u64::try_from(top).unwrap_or(u64::MAX)),
            Goal::Until(share) => {
                let least = share.of(self.total.sum());
                let all: Vec<usize> = (0..candidates.len()).collect();
                let most = self.gains(&[all]).first().map_or(0, |gain| gain.sum());
                is_attainable = most >= least;
                Aim::Cost(least.min(most))
            }
        };
        let goal = self.request.goal;
        let problem = Problem::new(self.steps, scenarios, points, candidates, &efforts, goal);
        let price = |sets: &[Vec<usize>]| self.gains(sets).iter().map(|gain| gain.sum()).collect();
        let outcome = Search::new(problem, aim, &price, self.request.limits).run();
        let bound = match aim {
            Aim::Gain(_) => Bound::Gain(u64::try_from(outcome.bound).unwrap_or(u64::MAX)),
            Aim::Cost(_) if !is_attainable => Bound::Unattainable,
            Aim::Cost(_) => {
                Bound::Effort(u64::try_from(outcome.bound.saturating_neg()).unwrap_or(0))
            }
        };
        let chosen = self.in_order(outcome.chosen);
        Plan {
            effort: chosen.iter().map(|chosen| chosen.effort).sum(),
            gain: chosen
                .last()
                .map_or_else(Layers::default, |last| last.gain_so_far),
            total: self.total,
            bound,
            chosen,
        }
    }

    /// The gains of sets of candidates, exactly.
    fn gains(&self, sets: &[Vec<usize>]) -> Vec<Layers> {
        let steps = |&at: &usize| {
            let candidate = self.request.candidates.get(at);
            candidate.map_or(&[][..], |candidate| candidate.steps(self.steps))
        };
        let removed = sets.iter().map(|set| {
            let steps: Vec<StepId> = set.iter().flat_map(steps).copied().collect();
            sorted(steps)
        });
        self.evaluator.gains(&removed.collect::<Vec<_>>())
    }

    /// First what gains most for its effort, then what gains most together with it, and so on.
    fn in_order(&self, mut open: Vec<Label>) -> Vec<Chosen> {
        let mut chosen: Vec<Chosen> = Vec::new();
        let mut before: Vec<usize> = Vec::new();
        let mut so_far = Layers::default();
        while !open.is_empty() {
            // In a long plan the first few are compared only: each comparison prices all that are compared.
            let sets = open.iter().take(COMPARED).map(|label| {
                let mut set = before.clone();
                set.push(label.candidate);
                set
            });
            let gains = self.gains(&sets.collect::<Vec<_>>());
            let best = open.iter().zip(gains).enumerate();
            let best = best.max_by(|(_, (a, a_gain)), (_, (b, b_gain))| {
                let worth = |gain: &Layers, other: &Label| {
                    u128::from(gain.sum() - so_far.sum()) * u128::from(other.effort)
                };
                let worths = worth(a_gain, b).cmp(&worth(b_gain, a));
                worths.then(b.candidate.cmp(&a.candidate))
            });
            let Some((at, (_, gain))) = best else { break };
            let label = open.remove(at);
            so_far = gain;
            before.push(label.candidate);
            chosen.push(Chosen {
                candidate: label.candidate,
                alternatives: label.alternatives,
                effort: label.effort,
                gain_so_far: gain,
            });
        }
        chosen
    }
}

/// How many fixes are compared for the next place in a plan.
const COMPARED: usize = 24;
