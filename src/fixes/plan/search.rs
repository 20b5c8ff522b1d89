//! The search: moves that find good sets, and cases that prove that there is none better.
//!
//! Branch and cut with lazy cuts: a case says of some labels that they are chosen or left. Its master problem is solved
//! under the cuts so far; where that believes in more than the model does, the model gives another cut, and where the
//! model believes in more than is true, derivations that avoid the choice are learnt. Cuts hold for every choice, so
//! all cases share them. A case ends when its bound is no better than what was found.

#![expect(
    clippy::indexing_slicing,
    reason = "labels and cuts are numbered here, and every array has one entry each"
)]

mod greedy;

use super::Limits;
use super::derive::WHOLE;
use super::master::{Aim, Master, Relaxed, Said, float};
use super::model::{Cut, Model};
use super::problem::{Label, Problem};
use super::sets::{count, sorted};
use super::sweep::Sweeps;
use crate::fixes::Gain;
use crate::fixes::evaluator::Layers;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// The worst value: of what is not within the goal.
const WORST: i128 = i128::MIN;

/// What bounds may differ by, relatively, and still count as equal: more is sought by branching instead.
const CLOSE: f64 = 1e-5;

/// How many rounds of cuts a case has, and the first one.
const ROUNDS: [usize; 2] = [12, 300];

/// After so many rounds without much change it is given up.
const STALE: usize = 12;

/// How many sets are priced at once.
const SHARE: usize = 8;

/// How many labels are compared for the next place in a plan.
const COMPARED: usize = 24;

/// The most labels of a set of which each is tried to be swapped.
const SWAPPED: usize = 16;

/// What was found, and what is proved.
pub(super) struct Outcome {
    /// With what each gains together with those before it.
    pub(super) chosen: Vec<(Label, Layers)>,
    /// Whether any choice is within the goal.
    pub(super) is_attainable: bool,
    /// No choice has a greater value: gain, or negative cost.
    pub(super) bound: i128,
}

struct Found {
    value: i128,
    /// Those of it that are still told apart.
    labels: Vec<u32>,
    chosen: Vec<(Label, Layers)>,
}

struct Case {
    said: Vec<Said>,
    bound: i128,
    active: Vec<usize>,
    depth: usize,
    order: usize,
}

impl Case {
    fn key(&self) -> (i128, usize, Reverse<usize>) {
        (self.bound, self.depth, Reverse(self.order))
    }
}

impl PartialEq for Case {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Case {}

impl PartialOrd for Case {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Case {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// How a case ended.
enum Ended {
    /// None of its choices is better than this.
    Closed(i128),
    /// It is to be told apart by this label.
    Split(usize),
}

pub(super) struct Search {
    problem: Problem,
    costs: Vec<u64>,
    aim: Aim,
    sweeps: Sweeps,
    model: Model,
    cuts: Vec<Cut>,
    found: Option<Found>,
    priced: FxHashMap<Vec<u32>, u64>,
    limits: Limits,
    until: Option<Instant>,
    learnt: usize,
    cases: usize,
}

impl Search {
    pub(super) fn new(problem: Problem, aim: Aim, limits: Limits, until: Option<Instant>) -> Self {
        let sweeps = Sweeps::new(&problem);
        Self {
            model: Model::new(&problem, &sweeps, until),
            sweeps,
            costs: problem.labels.iter().map(|label| label.cost).collect(),
            problem,
            aim,
            cuts: Vec::new(),
            found: None,
            priced: FxHashMap::default(),
            limits,
            until,
            learnt: 0,
            cases: 0,
        }
    }

    /// Searches. `singles` are exact gains of candidates by themselves: with them there is a choice within the goal, if any
    /// is, however little time is left.
    pub(super) fn run(mut self, singles: Option<&[Gain]>) -> Outcome {
        let mut is_attainable = true;
        if let Aim::Cost(least) = self.aim {
            let most = self.gain(&(0..count(self.costs.len())).collect::<Vec<u32>>());
            is_attainable = most >= least;
            self.aim = Aim::Cost(least.min(most));
        }
        self.offer(Vec::new());
        if let Some(singles) = singles {
            self.offer_singles(singles);
        }
        let greedy = self.extend(Vec::new(), true);
        let greedy = self.pruned(greedy);
        self.offer(greedy);
        self.improve();
        let mut case = self.first();
        let mut restarts = 0;
        let bound = loop {
            match self.solve(&mut case, ROUNDS[1]) {
                Ended::Closed(bound) => break bound,
                Ended::Split(label) => {
                    let left = case.said.iter().filter(|&&said| said != Said::Left).count();
                    if restarts < 3 && left * 10 < case.said.len() * 7 {
                        restarts += 1;
                        self.restart(&case);
                        case = self.first();
                        continue;
                    }
                    self.improve();
                    break self.branch(case, label);
                }
            }
        };
        let value = self.found.as_ref().map_or(WORST, |found| found.value);
        let chosen = self
            .found
            .take()
            .map_or_else(Vec::new, |found| found.chosen);
        Outcome {
            chosen,
            is_attainable,
            bound: bound.max(value),
        }
    }

    fn first(&mut self) -> Case {
        let labels = self.problem.labels.len();
        if self.cuts.is_empty() {
            self.cuts.push(self.model.cut(&vec![0; labels]).0);
        }
        if let Some(found) = &self.found {
            let costs = whole_costs(labels, &found.labels);
            self.cuts.push(self.model.cut(&costs).0);
        }
        Case {
            said: vec![Said::Open; labels],
            bound: i128::MAX,
            active: (0..self.cuts.len()).collect(),
            depth: 0,
            order: 0,
        }
    }

    /// Begins again without the labels of which the first case says that they are left: no choice with one of them is
    /// better than what was found.
    fn restart(&mut self, case: &Case) {
        let old: Vec<usize> = self.problem.labels.iter().map(|l| l.candidate).collect();
        let is_left = |label: usize| case.said[label] == Said::Left;
        let chosen = self.found.as_ref().map_or(&[][..], |found| &found.labels);
        let is_found = |label: usize| chosen.contains(&count(label));
        if !self
            .problem
            .leave_out(|label| !is_left(label) || is_found(label))
        {
            return;
        }
        while self.problem.leave_out(|_| true) {}
        let place: FxHashMap<usize, usize> = old.iter().copied().zip(0..).collect();
        let labels = &self.problem.labels;
        let kept: Vec<Option<usize>> = labels
            .iter()
            .map(|label| place.get(&label.candidate).copied())
            .collect();
        for cut in &mut self.cuts {
            let slopes = kept
                .iter()
                .map(|old| old.map_or(u64::MAX, |old| cut.slopes[old]));
            cut.slopes = slopes.collect();
        }
        self.cuts.retain(|cut| !cut.slopes.contains(&u64::MAX));
        self.costs = labels.iter().map(|label| label.cost).collect();
        // What was found may have a label that another one replaces now: it stands nevertheless.
        let new: FxHashMap<usize, u32> = kept
            .iter()
            .zip(0..)
            .filter_map(|(old, new)| Some(((*old)?, new)))
            .collect();
        if let Some(found) = &mut self.found {
            let labels = found.labels.iter();
            let labels = labels.filter_map(|&label| new.get(&(label as usize)).copied());
            found.labels = sorted(labels.collect());
        }
        self.priced.clear();
        self.sweeps = Sweeps::new(&self.problem);
        self.model = Model::new(&self.problem, &self.sweeps, self.until);
    }

    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// The gains of sets of labels, exactly.
    fn gains(&mut self, sets: &[Vec<u32>]) -> Vec<u64> {
        let new: Vec<Vec<u32>> = sets
            .iter()
            .filter(|set| !self.priced.contains_key(*set))
            .cloned()
            .collect();
        let gains = self.sweeps.gains(&self.problem, &new);
        let gains: Vec<u64> = gains.iter().map(|gain| gain.sum()).collect();
        self.priced.extend(new.into_iter().zip(gains));
        let gains = sets.iter().map(|set| self.priced.get(set).copied());
        gains.map(Option::unwrap_or_default).collect()
    }

    fn gain(&mut self, set: &[u32]) -> u64 {
        let gains = self.gains(&[set.to_vec()]);
        gains.first().copied().unwrap_or(0)
    }

    fn cost(&self, set: &[u32]) -> u64 {
        let costs = set.iter().map(|&label| self.costs[label as usize]);
        costs.fold(0, u64::saturating_add)
    }

    /// The value of a set: its gain, or its negative cost; the worst when it is not within the goal.
    fn value(&mut self, set: &[u32]) -> i128 {
        let (gain, cost) = (self.gain(set), self.cost(set));
        match self.aim {
            Aim::Gain(budget) if cost <= budget => gain.into(),
            Aim::Cost(least) if gain >= least => -i128::from(cost),
            _ => WORST,
        }
    }

    /// Keeps a set if it is better than what was found.
    fn offer(&mut self, set: Vec<u32>) -> bool {
        let set = sorted(set);
        let value = self.value(&set);
        let best = self.best();
        let is_better = value > best;
        if is_better {
            let needed = self.needed(set.clone());
            self.found = Some(Found {
                value,
                chosen: self.in_order(needed),
                labels: set,
            });
        }
        is_better
    }

    fn best(&self) -> i128 {
        self.found.as_ref().map_or(WORST, |found| found.value)
    }

    fn learn(&mut self, costs: &[u32]) {
        if self.learnt < self.limits.derivations {
            self.learnt += 1;
            self.model.learn(&self.problem, costs, self.until);
        }
    }

    /// Adds labels, one or two at a time, as long as they gain and fit: what gains most for its cost.
    ///
    /// In order of what the model believes they gain, which is never less than they do: so what is priced ends when the
    /// best so far is better than all that follow can be.
    fn extend(&mut self, mut set: Vec<u32>, learns: bool) -> Vec<u32> {
        loop {
            let gain = self.gain(&set);
            let left = match self.aim {
                Aim::Gain(budget) => budget.saturating_sub(self.cost(&set)),
                Aim::Cost(least) if gain >= least => return set,
                Aim::Cost(_) => u64::MAX,
            };
            if self.is_over() {
                return set;
            }
            let mut is_chosen = vec![false; self.costs.len()];
            for &label in &set {
                is_chosen[label as usize] = true;
            }
            // Over all sets of the model, what it believes of this one is what it knows to be lost at most.
            let marginals = self.model.marginals(&is_chosen);
            let mut options: Vec<(u64, Vec<u32>)> = Vec::new();
            for (label, &most) in marginals.iter().enumerate() {
                if most > 0 && self.costs[label] <= left {
                    options.push((most, vec![count(label)]));
                }
            }
            options.sort_by(|a, b| self.is_worth(b, a).then_with(|| a.1.cmp(&b.1)));
            let mut best: Option<(u64, Vec<u32>)> = None;
            for (at, chunk) in options.chunks(SHARE).take(SHARE).enumerate() {
                if self.is_over() {
                    break;
                }
                if let (Some(best), Some(next)) = (&best, chunk.first())
                    && at > 0
                    && self.is_worth(best, next).is_ge()
                {
                    break;
                }
                let labels: Vec<Vec<u32>> =
                    chunk.iter().map(|(_, labels)| labels.clone()).collect();
                self.consider(&set, gain, labels, &mut best);
            }
            let most = if self.is_over() { 0 } else { SHARE };
            let mut pairs = self.model.pairs(&is_chosen, most);
            pairs.retain(|&(a, b)| self.cost(&[a, b]) <= left);
            let pairs = pairs.into_iter().map(|(a, b)| vec![a, b]).collect();
            self.consider(&set, gain, pairs, &mut best);
            let more = match best {
                Some((_, labels)) => labels,
                // What gains nothing by itself may be needed still: what the model believes in most.
                None if matches!(self.aim, Aim::Cost(_)) => {
                    let is_new = |label: &u32| !is_chosen[*label as usize];
                    let all = (0..count(self.costs.len())).filter(is_new);
                    match options.into_iter().next() {
                        Some((_, labels)) => labels,
                        None => all.take(1).collect(),
                    }
                }
                None => return set,
            };
            if more.is_empty() {
                return set;
            }
            set.extend(more);
            set = sorted(set);
            if learns && self.learnt * 4 < self.limits.derivations {
                self.learn(&whole_costs(self.costs.len(), &set));
            }
        }
    }

    /// Compares what is gained for the cost of labels.
    fn is_worth(&self, a: &(u64, Vec<u32>), b: &(u64, Vec<u32>)) -> std::cmp::Ordering {
        let by = |gain: u64, other: &[u32]| u128::from(gain) * u128::from(self.cost(other));
        by(a.0, &b.1).cmp(&by(b.0, &a.1))
    }

    /// Prices a set with each of some labels.
    fn consider(
        &mut self,
        set: &[u32],
        before: u64,
        more: Vec<Vec<u32>>,
        best: &mut Option<(u64, Vec<u32>)>,
    ) {
        let both = more.iter().map(|more| sorted([set, &more[..]].concat()));
        let both: Vec<Vec<u32>> = both.collect();
        let gains = self.gains(&both);
        for (labels, gain) in more.into_iter().zip(gains) {
            let new = (gain - before, labels);
            let is_better = best
                .as_ref()
                .is_none_or(|best| self.is_worth(&new, best).is_gt());
            if new.0 > 0 && is_better {
                *best = Some(new);
            }
        }
    }

    /// For the least cost: leaves out what is not needed, the dearest first.
    fn pruned(&mut self, mut set: Vec<u32>) -> Vec<u32> {
        let Aim::Cost(least) = self.aim else {
            return set;
        };
        let mut order = set.clone();
        order.sort_by_key(|&label| (Reverse(self.costs[label as usize]), label));
        for label in order {
            let without: Vec<u32> = set
                .iter()
                .copied()
                .filter(|&other| other != label)
                .collect();
            if self.is_over() {
                break;
            }
            if self.gain(&without) >= least {
                set = without;
            }
        }
        set
    }

    /// The labels of a set without those that gain nothing in it.
    fn needed(&mut self, mut set: Vec<u32>) -> Vec<u32> {
        if let Aim::Gain(_) = self.aim
            && !self.is_over()
        {
            let gain = self.gain(&set);
            for label in set.clone() {
                let rest = set.iter().copied().filter(|&other| other != label);
                let rest: Vec<u32> = rest.collect();
                if self.gain(&rest) == gain {
                    set = rest;
                }
            }
        }
        set
    }

    /// First what gains most for its effort, then what gains most together with it, and so on; with what all so far
    /// gain.
    fn in_order(&self, mut open: Vec<u32>) -> Vec<(Label, Layers)> {
        let mut chosen: Vec<(Label, Layers)> = Vec::new();
        let mut before: Vec<u32> = Vec::new();
        let mut so_far = Layers::default();
        while !open.is_empty() {
            // When time is up the order counts for less.
            let compared = if self.is_over() { 1 } else { COMPARED };
            let sets = open.iter().take(compared);
            let sets = sets.map(|&label| sorted([&before[..], &[label]].concat()));
            let gains = self.sweeps.gains(&self.problem, &sets.collect::<Vec<_>>());
            let effort = |label: u32| self.problem.labels[label as usize].effort;
            let worth = |gain: &Layers, other: u32| {
                u128::from(gain.sum() - so_far.sum()) * u128::from(effort(other))
            };
            let best = open.iter().zip(gains).enumerate();
            let best = best.max_by(|(_, (a, a_gain)), (_, (b, b_gain))| {
                let worths = worth(a_gain, **b).cmp(&worth(b_gain, **a));
                worths.then(b.cmp(a))
            });
            let Some((at, (&label, gain))) = best else {
                break;
            };
            open.remove(at);
            before.push(label);
            so_far = gain;
            chosen.push((self.problem.labels[label as usize].clone(), gain));
        }
        chosen
    }

    /// Swaps one label for what is better, again and again.
    fn improve(&mut self) {
        for _ in 0..4 {
            let Some(found) = &self.found else { return };
            let labels = found.labels.clone();
            if labels.len() > SWAPPED {
                return;
            }
            let mut is_better = false;
            for &label in &labels {
                if self.is_over() {
                    return;
                }
                let rest = labels.iter().copied().filter(|&other| other != label);
                let set = self.extend(rest.collect(), false);
                let set = self.pruned(set);
                is_better |= self.offer(set);
            }
            if !is_better {
                return;
            }
        }
    }

    /// A set from a choice in parts: the largest parts first.
    fn round(&mut self, parts: &[f64]) {
        let mut order: Vec<u32> = (0..count(parts.len())).collect();
        order.retain(|&label| parts[label as usize] > 1e-3);
        order.sort_by(|&a, &b| {
            let parts = parts[b as usize].total_cmp(&parts[a as usize]);
            parts.then(a.cmp(&b))
        });
        match self.aim {
            Aim::Gain(budget) => {
                let mut set = Vec::new();
                let mut left = budget;
                for label in order {
                    if let Some(rest) = left.checked_sub(self.costs[label as usize]) {
                        set.push(label);
                        left = rest;
                    }
                }
                self.offer(set);
            }
            Aim::Cost(least) => {
                let set = self.enough(&order, least);
                if self.gain(&set) >= least && self.cost(&set) < self.most_cost() {
                    let set = self.pruned(set);
                    self.offer(set);
                }
            }
        }
    }

    /// Twice the cost of what was found: of what is dearer nothing is expected.
    fn most_cost(&self) -> u64 {
        let cost = self.found.as_ref().map(|found| self.cost(&found.labels));
        cost.map_or(u64::MAX, |cost| cost.saturating_mul(2))
    }

    /// Tells cases apart until none is open that could be better than what was found, or limits are reached. Says what
    /// none is better than.
    fn branch(&mut self, first: Case, label: usize) -> i128 {
        let mut open = BinaryHeap::new();
        let mut order = 0;
        let mut split = |open: &mut BinaryHeap<Case>, case: Case, label: usize| {
            for said in [Said::Chosen, Said::Left] {
                let mut of = case.said.clone();
                of[label] = said;
                order += 1;
                open.push(Case {
                    said: of,
                    bound: case.bound,
                    active: case.active.clone(),
                    depth: case.depth + 1,
                    order,
                });
            }
        };
        let mut bound = WORST;
        split(&mut open, first, label);
        while let Some(mut case) = open.pop() {
            if case.bound <= self.best() {
                break;
            }
            if self.cases >= self.limits.cases || self.is_over() {
                return bound.max(case.bound);
            }
            self.cases += 1;
            match self.solve(&mut case, ROUNDS[0]) {
                Ended::Closed(closed) => bound = bound.max(closed),
                Ended::Split(label) => split(&mut open, case, label),
            }
        }
        bound
    }

    /// Bounds a case, as tightly as so many rounds of cuts can.
    fn solve(&mut self, case: &mut Case, rounds: usize) -> Ended {
        let is_first = rounds == ROUNDS[1];
        let mut relaxed: Option<Relaxed> = None;
        let mut inner: Option<Vec<f64>> = None;
        let mut stale = (0, f64::MAX);
        for _ in 0..rounds {
            if self.is_over() {
                break;
            }
            let Some(new) = self.master(case).relax() else {
                break;
            };
            let progress = match self.aim {
                Aim::Gain(_) => new.gain,
                Aim::Cost(_) => {
                    let costs = self.costs.iter().zip(&new.parts);
                    -costs
                        .map(|(&cost, part)| float(cost.into()) * part)
                        .sum::<f64>()
                }
            };
            stale = match progress < stale.1 - stale.1.abs() * 1e-4 {
                true => (0, progress),
                false => (stale.0 + 1, stale.1),
            };
            if self.add_known(case, &new) {
                relaxed = Some(new);
                continue;
            }
            if stale.0 > STALE {
                relaxed = Some(new);
                break;
            }
            // Half way towards where it was before: cuts are deeper there (Ben-Ameur and Neto 2007,
            // doi:10.1002/net.20137).
            if is_first {
                let before = inner.get_or_insert_with(|| new.parts.clone());
                for (before, part) in before.iter_mut().zip(&new.parts) {
                    *before = (*before + part) / 2.0;
                }
                let costs = part_costs(before);
                let cut = self.model.cut(&costs).0;
                if self.add(case, &new, cut) {
                    relaxed = Some(new);
                    continue;
                }
            }
            let costs = part_costs(&new.parts);
            let cut = self.model.cut(&costs).0;
            if self.add(case, &new, cut) {
                relaxed = Some(new);
                continue;
            }
            self.round(&new.parts);
            let learnt = self.learnt;
            self.learn(&costs);
            let cut = self.model.cut(&costs).0;
            let is_tighter = self.learnt > learnt && self.add(case, &new, cut);
            relaxed = Some(new);
            if !is_tighter {
                break;
            }
        }
        let Some(proof) = self.master(case).prove(relaxed.as_ref()) else {
            return Ended::Closed(WORST);
        };
        case.bound = case.bound.min(proof.bound);
        let best = self.best();
        if case.bound <= best {
            return Ended::Closed(case.bound);
        }
        proof.settle(&mut case.said, best);
        if let Aim::Gain(budget) = self.aim {
            let left = budget.saturating_sub(self.cost(&labels_of(&case.said, Said::Chosen)));
            for (said, &cost) in case.said.iter_mut().zip(&self.costs) {
                if *said == Said::Open && cost > left {
                    *said = Said::Left;
                }
            }
        }
        // Cuts that are slack are looked at again when they are not any more.
        if let Some(relaxed) = &relaxed {
            let mut active = std::mem::take(&mut case.active);
            let master = self.master(case);
            let most = relaxed.gain * 1.05;
            active.retain(|&cut| master.value(cut, &relaxed.parts) <= most);
            if active.is_empty() {
                active.push(0);
            }
            case.active = active;
        }
        match self.to_split(case, relaxed.as_ref()) {
            Some(label) => Ended::Split(label),
            None => {
                let set = labels_of(&case.said, Said::Chosen);
                let value = self.value(&set);
                self.offer(set);
                Ended::Closed(value)
            }
        }
    }

    fn master<'b>(&'b self, case: &'b Case) -> Master<'b> {
        Master {
            aim: self.aim,
            costs: &self.costs,
            said: &case.said,
            cuts: &self.cuts,
            active: &case.active,
        }
    }

    /// Adds known cuts that the choice does not keep to.
    fn add_known(&self, case: &mut Case, relaxed: &Relaxed) -> bool {
        let master = self.master(case);
        let least = relaxed.gain * (1.0 - CLOSE);
        let known = (0..self.cuts.len()).filter(|cut| !case.active.contains(cut));
        let mut broken: Vec<(f64, usize)> = known
            .map(|cut| (master.value(cut, &relaxed.parts), cut))
            .filter(|(value, _)| *value < least)
            .collect();
        broken.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        broken.truncate(2);
        case.active.extend(broken.iter().map(|&(_, cut)| cut));
        !broken.is_empty()
    }

    /// Adds a cut if the choice does not keep to it.
    fn add(&mut self, case: &mut Case, relaxed: &Relaxed, mut cut: Cut) -> bool {
        if let Aim::Cost(least) = self.aim {
            // More than what is needed is no use.
            let most = least.saturating_sub(cut.constant);
            for slope in &mut cut.slopes {
                *slope = (*slope).min(most);
            }
        }
        self.cuts.push(cut);
        let at = self.cuts.len() - 1;
        let value = self.master(case).value(at, &relaxed.parts);
        let is_broken = value < relaxed.gain * (1.0 - CLOSE);
        match is_broken {
            true => case.active.push(at),
            false => {
                self.cuts.pop();
            }
        }
        is_broken
    }

    /// The open label by which a case is told apart: the one that is chosen most by halves.
    fn to_split(&self, case: &Case, relaxed: Option<&Relaxed>) -> Option<usize> {
        let open = (0..case.said.len()).filter(|&label| case.said[label] == Said::Open);
        let slopes = case.active.last().map(|&cut| &self.cuts[cut].slopes);
        let key = |label: usize| {
            let part = relaxed.map_or(0.5, |relaxed| relaxed.parts[label]);
            let half = part_cost(part.min(1.0 - part));
            let slope = slopes.map_or(0, |slopes| slopes[label]);
            (half, part_cost(part), slope, Reverse(label))
        };
        open.max_by_key(|&label| key(label))
    }
}

fn labels_of(said: &[Said], wanted: Said) -> Vec<u32> {
    let labels = (0..).zip(said).filter(|(_, said)| **said == wanted);
    labels.map(|(label, _)| label).collect()
}

/// What labels cost when these are chosen.
fn whole_costs(labels: usize, chosen: &[u32]) -> Vec<u32> {
    let mut costs = vec![0; labels];
    for &label in chosen {
        costs[label as usize] = WHOLE;
    }
    costs
}

fn part_costs(parts: &[f64]) -> Vec<u32> {
    parts.iter().map(|&part| part_cost(part)).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "parts lie between 0 and 1"
)]
fn part_cost(part: f64) -> u32 {
    (part.clamp(0.0, 1.0) * f64::from(WHOLE)).round() as u32
}
