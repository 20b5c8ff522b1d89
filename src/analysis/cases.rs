//! Plans by cases: what is split, and what is best then.
//!
//! A split is a change of the estate itself, so a plan cannot weigh it beside what removes steps. Instead every set of splits
//! is a case: the estate is made as it would be, and what is left of the goal is planned in it. No set of fixes is better
//! than the best of the bounds of all cases.

use super::plan::{Case, Solved, Taken, solved};
use super::split::{self, Weighed, more, summed};
use super::{Analysis, Options, Plan, TooLittle};
use crate::fixes::{self, Bound, Goal, Limits};
use crate::inventory::CredentialId;
use crate::progress::Progress;
use crate::risk::Points;
use crate::steps::{Control, ControlId};
use std::cmp::Reverse;
use std::time::{Duration, Instant};

/// So many splits at most are weighed together: those that gain most alone.
const MOST_SPLITS: usize = 3;

/// The best plan of all cases; where nothing can be split there is one.
pub(super) fn best(
    analysis: &Analysis,
    options: &Options,
    goal: Goal,
    limits: Limits,
    progress: &dyn Progress,
) -> Result<Plan, TooLittle> {
    let stated = analysis.splits();
    if stated.is_empty() {
        let case = Case::of(analysis);
        let solved = solved(&case, goal, limits, progress);
        return solved.with_lost(&case, options, progress);
    }
    let mut splits = split::weighed(analysis, &options.memory, progress)?;
    // Stable: then in order of credential.
    let measure = analysis.model.measure;
    splits.sort_by_key(|one| Reverse(measure.key_of(one.gain.0, one.gain.1)));
    let cases = split::most(analysis).saturating_add(1);
    let fit = (0..=MOST_SPLITS).rev().find(|&splits| 1 << splits <= cases);
    splits.truncate(fit.unwrap_or(0));
    let left_out = stated.iter().map(|&(control, _)| control);
    let is_left_out = |control: &ControlId| splits.iter().all(|one| one.fix.control != *control);
    let left_out: Vec<ControlId> = left_out.filter(is_left_out).collect();

    let usages = fixes::Usages::new(&analysis.inventory);
    let efforts = fixes::Efforts::new(&analysis.inventory, &usages);
    let effort_of = |one: &Weighed| efforts.of(Control::Split(one.credential), None).max(1);
    let count = 1usize << splits.len();
    let until = limits
        .time
        .and_then(|time| Instant::now().checked_add(time));
    let limits_of = |number: usize| {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let parts = u32::try_from(count - number).unwrap_or(u32::MAX);
        Limits {
            time: left.map(|left| left.checked_div(parts).unwrap_or(Duration::ZERO)),
            ..limits
        }
    };
    let nothing = Case::of(analysis);
    let first = solved(&nothing, goal, limits_of(0), progress);
    let first = first.with_lost(&nothing, options, progress)?;
    let mut cases = Cases {
        goal,
        bound: first.bound,
        best: first,
        gains: vec![(0, 0)],
    };
    for number in 1..count {
        let of_case = splits.iter().enumerate();
        let of_case = of_case.filter(|(at, _)| number >> at & 1 == 1);
        let of_case: Vec<(usize, &Weighed)> = of_case.collect();
        let effort = of_case.iter().map(|(_, one)| effort_of(one)).sum::<u64>();
        let is_within = match goal {
            Goal::Budget(budget) => effort <= budget,
            Goal::Top(top) => of_case.len() <= top,
            Goal::Until(_) => true,
        };
        if !is_within {
            cases.gains.push((0, 0));
            continue;
        }
        let ids: Vec<CredentialId> = of_case.iter().map(|(_, one)| one.credential).collect();
        let made = analysis.after_splits(&ids);
        let after = made.points(analysis, &options.memory)?;
        cases.gains.push(more(analysis.total, summed(&after)));
        let mut case = Case {
            estate: &made.estate,
            ..Case::of(analysis)
        };
        let mut before = 0;
        for (at, one) in of_case {
            before |= 1 << at;
            case.splits.push(Taken {
                fix: one.fix.clone(),
                effort: effort_of(one),
                so_far: cases.gains.get(before).copied().unwrap_or_default(),
            });
        }
        let solved = solved(&case, goal, limits_of(number), progress);
        if cases.offer(&solved) {
            cases.best = solved.with_lost(&case, options, progress)?;
        }
    }
    let mut plan = cases.best;
    plan.bound = cases.bound;
    plan.candidates += splits.len() as u64;
    plan.left_out = left_out;
    Ok(plan)
}

/// What is found and proved so far.
struct Cases {
    goal: Goal,
    best: Plan,
    bound: Bound,
    /// What the splits of each case gain, by its number; a case is told by the bits of its number.
    gains: Vec<(i128, i128)>,
}

impl Cases {
    /// Takes what is proved in a case; whether its plan is the best so far.
    fn offer(&mut self, solved: &Solved) -> bool {
        self.bound = match (self.bound, solved.bound()) {
            (Bound::Gain(a), Bound::Gain(b)) => Bound::Gain(a.max(b)),
            (Bound::Effort(a), Bound::Effort(b)) => Bound::Effort(a.min(b)),
            (Bound::Unattainable, other) => other,
            (known, _) => known,
        };
        // Where more is reached after it, it is no plan.
        let plan = solved.plan();
        plan.is_some_and(|plan| self.key(plan) > self.key(&self.best))
    }

    /// The greater the better; of equal plans the first stays.
    fn key(&self, plan: &Plan) -> (bool, Reverse<u64>, Points, Reverse<u64>) {
        let reaches = plan.bound != Bound::Unattainable;
        // Of those that reach the share the cheapest is best; of others that which gains most.
        let cost = match self.goal {
            Goal::Until(_) if reaches => plan.effort,
            _ => 0,
        };
        (
            reaches,
            Reverse(cost),
            plan.decisive_gain(),
            Reverse(plan.effort),
        )
    }
}
