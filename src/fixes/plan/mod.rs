//! Plans: the set of fixes that gains most within a goal, and how much better any set could be at all.

mod derive;
mod kernel;
mod master;
mod minimal;
mod model;
mod problem;
mod search;
mod sets;
mod sweep;

use super::evaluator::{Evaluator, Layers, total};
use super::{Candidate, Limit, Measure, Weights, rank};
use crate::progress::Progress;
use crate::reach::Layer;
use crate::steps::{FactId, Steps};
use master::Aim;
use problem::Problem;
use search::Search;
use sets::sorted;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// So many candidates are priced by themselves before a search whose time is limited.
const SINGLES: usize = 64;

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
    /// Minimal derivations of one thing that is reached. Where there are more, they are found one by one as far as they
    /// matter.
    pub family: usize,
    /// Time, if it is limited: then the plan may differ from run to run. It counts from when the choice is reduced and
    /// there is a set to return, that of the best single gains.
    pub time: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            derivations: 200,
            cases: 2_000,
            family: 48,
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
    /// What was taken away before, as the measure of the weights compares it: it counts for [`Goal::Until`], and is no part of the plan's gain.
    /// Less than nothing where more is reached since.
    pub gained: i128,
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
    /// What it gains together with all that are chosen before it, in the layers that decide.
    pub gain_so_far: Layers,
}

/// What is proved of all sets of candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// No set within the goal gains more: of both layers together, or of the one that decides.
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
    /// Whether nothing better exists; `measure` is that of the weights.
    pub fn is_optimal(&self, measure: Measure) -> bool {
        match self.bound {
            Bound::Gain(bound) => measure.key(self.gain.certain, self.gain.possible).0 >= bound,
            Bound::Effort(bound) => self.effort <= bound,
            Bound::Unattainable => true,
        }
    }
}

/// Chooses fixes for `request.goal`, by what all scenarios lose, as it weighs: before minus after, without what each
/// scenario begins with. The measure of the weights says whether that is in both layers together or in one of them.
///
/// The gain of a plan is exact, and so is what it is said to be bound by: whatever limits
/// are reached, nothing is better than that. Without a limit of time the same request has the same plan at any thread
/// count.
pub fn plan(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    weights: &Weights,
    request: &Request<'_>,
    progress: &dyn Progress,
) -> Plan {
    let singles = request.limits.time.map(|_| {
        let best = Limit::Best(SINGLES);
        rank(
            steps,
            scenarios,
            weights,
            request.candidates,
            best,
            progress,
        )
        .gains
    });
    progress.begin("plan", 0);
    let total = Layers {
        certain: total(steps, scenarios, weights, Layer::Certain),
        possible: total(steps, scenarios, weights, Layer::Possible),
    };
    let measure = weights.measure();
    let decisive = measure.key(total.certain, total.possible).0;
    let sought = weights.sought(scenarios.len());
    let unit = weights.unit();
    let candidates = request.candidates;
    let efforts: Vec<u64> = (0..candidates.len())
        .map(|at| request.efforts.get(at).copied().unwrap_or(1).max(1))
        .collect();
    let aim = match request.goal {
        Goal::Budget(budget) => Aim::Gain(budget),
        Goal::Top(top) => Aim::Gain(u64::try_from(top).unwrap_or(u64::MAX)),
        Goal::Until(share) => {
            let before = i128::from(decisive) + request.gained;
            let least = share.of(u64::try_from(before.max(0)).unwrap_or(u64::MAX));
            let least = (i128::from(least) - request.gained).max(0);
            Aim::Cost(u64::try_from(least).unwrap_or(u64::MAX).div_ceil(unit))
        }
    };
    let mut problem = Problem::new(
        steps,
        scenarios,
        &sought,
        candidates,
        &efforts,
        request.goal,
    );
    let until = request
        .limits
        .time
        .and_then(|time| Instant::now().checked_add(time));
    problem.know(request.limits.family, until);
    let outcome = Search::new(problem, aim, request.limits, until).run(singles.as_deref());
    let bound = match aim {
        // A sum that stopped proves nothing.
        _ if decisive == u64::MAX => match aim {
            Aim::Gain(_) => Bound::Gain(u64::MAX),
            Aim::Cost(_) => Bound::Effort(0),
        },
        Aim::Gain(_) => {
            let bound = u64::try_from(outcome.bound).unwrap_or(u64::MAX);
            Bound::Gain(bound.saturating_mul(unit))
        }
        Aim::Cost(_) if !outcome.is_attainable => Bound::Unattainable,
        Aim::Cost(_) => Bound::Effort(u64::try_from(outcome.bound.saturating_neg()).unwrap_or(0)),
    };
    let chosen = outcome.chosen.into_iter();
    let chosen: Vec<Chosen> = chosen
        .map(|(label, gain_so_far)| Chosen {
            candidate: label.candidate,
            alternatives: label.alternatives,
            effort: label.effort,
            gain_so_far: gain_so_far.times(unit),
        })
        .collect();
    // What was searched with is not what is told: the whole is priced as every single fix is.
    let removed = chosen
        .iter()
        .filter_map(|chosen| candidates.get(chosen.candidate));
    let removed = removed.flat_map(|candidate| candidate.steps(steps));
    let removed = sorted(removed.copied().collect());
    let gains = Evaluator::with(steps, scenarios, weights, |evaluator| {
        evaluator.gains(&[removed])
    });
    progress.end();
    Plan {
        effort: chosen.iter().map(|chosen| chosen.effort).sum(),
        gain: gains.first().copied().unwrap_or_default(),
        total,
        bound,
        chosen,
    }
}
