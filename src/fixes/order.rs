//! In which order the fixes of a plan hold.
//!
//! A credential that is in use is revoked by putting a new value in its place, and a new value lies where the old one
//! lay. Whoever still reads that place has the new value as well. So nothing is renewed while something that the
//! attacker still holds could read it: what reads it is cut first. Where two credentials read each other, neither can
//! go first: then the old values of both end before a new one of either is stored.
//!
//! The attacker is taken to hold what the plan takes away (else why take it away), and, of all that follows from that,
//! what stays his once he has it: other credentials, until they are revoked too. Conditional steps count: what could be
//! read is taken for read.
//!
//! Cutting and revoking only ever take away from him, so what holds once holds from then on, and no order is better
//! than one that takes each fix as soon as it holds.

use crate::inventory::{Id, Table};
use crate::reach::{Layer, reached_without};
use crate::steps::{FactId, StepId, Steps};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// A fix, as far as its place in the order depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The steps that it removes, in order; those of a credential that is renewed stay, for its new value.
    pub removed: &'a [StepId],
    /// What the attacker is taken to hold because this is done: the credential, the place.
    pub leaked: Option<FactId>,
    /// Whether a new value takes the place of `leaked`.
    pub is_renewed: bool,
}

/// One fix in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Which change.
    pub change: usize,
    /// The turn, by its place in the order, before which this one would not hold.
    pub after: Option<usize>,
    /// The changes whose old values must all end before any of their new values is stored, this one among them; empty
    /// where it stands alone.
    pub together: Vec<usize>,
    /// What reads the new value whatever the order is, so that it does not hold: of one way to it the beginnings, which
    /// the attacker may hold and no change takes from him; `Fact::Anyone` alone where it needs none. Else empty.
    pub read_by: Vec<FactId>,
}

/// The order of some changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// Each change once.
    pub turns: Vec<Turn>,
    /// What the attacker may keep of what he reached before, although nothing of it leaked and no change takes it away.
    pub kept: Vec<FactId>,
}

/// The order of `changes` in which each holds, which stays near theirs; `is_kept` tells what stays an attacker's once he
/// has it.
///
/// Takes time linear in steps for each pair of changes that renew something, at most.
pub fn order(steps: &Steps, changes: &[Change<'_>], is_kept: impl Fn(FactId) -> bool) -> Order {
    let mut held: Vec<FactId> = changes.iter().filter_map(|change| change.leaked).collect();
    held.sort_unstable();
    held.dedup();
    let before = reached_without(steps, Layer::Possible, &held, &[]);
    let is_reached = |fact: &FactId| before.get(fact.index()) == Some(&true);
    let mut kept: Vec<FactId> = steps.facts.ids().filter(is_reached).collect();
    kept.retain(|fact| is_kept(*fact) && held.binary_search(fact).is_err());
    held.extend(&kept);
    let mut ordering = Ordering {
        steps,
        changes,
        held,
        removed: Vec::new(),
        turns: Vec::new(),
        waiting: vec![Waiting::Open; changes.len()],
    };
    ordering.look(None);
    while let Some(next) = ordering.next() {
        match next {
            Next::One(change) => ordering.take(change),
            Next::Group(group) => ordering.take_together(&group),
            Next::Read(change, read_by) => ordering.take_read(change, read_by),
        }
    }
    Order {
        turns: ordering.turns,
        kept,
    }
}

/// Whether a change has had its turn, and if not, whether it would hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// It holds from the beginning.
    Open,
    /// It would not hold.
    Shut,
    /// It holds since that turn.
    Since(usize),
    /// It is done.
    Done,
}

enum Next {
    One(usize),
    Group(Vec<usize>),
    Read(usize, Vec<FactId>),
}

struct Ordering<'a> {
    steps: &'a Steps,
    changes: &'a [Change<'a>],
    /// What the attacker may hold.
    held: Vec<FactId>,
    /// Steps that are removed, in order.
    removed: Vec<StepId>,
    turns: Vec<Turn>,
    waiting: Vec<Waiting>,
}

impl Ordering<'_> {
    fn renewed(&self, change: usize) -> Option<FactId> {
        let change = self.changes.get(change)?;
        change.leaked.filter(|_| change.is_renewed)
    }

    fn without(&self, ended: &[FactId]) -> Vec<FactId> {
        let held = self.held.iter().copied();
        held.filter(|fact| !ended.contains(fact)).collect()
    }

    /// Whether the attacker reads the new value of one of these, when the old ones of all have ended.
    fn is_read(&self, ended: &[FactId]) -> bool {
        let held = self.without(ended);
        let reached = reached_without(self.steps, Layer::Possible, &held, &self.removed);
        ended
            .iter()
            .any(|fact| reached.get(fact.index()) == Some(&true))
    }

    /// Looks which of those that wait would hold now, after that turn.
    fn look(&mut self, turn: Option<usize>) {
        for change in 0..self.changes.len() {
            let Some(fact) = self.renewed(change) else {
                continue;
            };
            let is_waiting = match self.waiting.get(change) {
                Some(Waiting::Shut) => true,
                Some(Waiting::Open) => turn.is_none(),
                _ => false,
            };
            if !is_waiting {
                continue;
            }
            let now = match (self.is_read(&[fact]), turn) {
                (true, _) => Waiting::Shut,
                (false, Some(turn)) => Waiting::Since(turn),
                (false, None) => Waiting::Open,
            };
            self.set(change, now);
        }
    }

    fn set(&mut self, change: usize, to: Waiting) {
        if let Some(waiting) = self.waiting.get_mut(change) {
            *waiting = to;
        }
    }

    fn shut(&self) -> impl Iterator<Item = usize> + '_ {
        let all = self.waiting.iter().enumerate();
        all.filter_map(|(change, waiting)| (*waiting == Waiting::Shut).then_some(change))
    }

    /// The first change that holds; where none does, the smallest group that holds together; where there is none, the
    /// first change at all.
    fn next(&self) -> Option<Next> {
        let holds = |waiting: &Waiting| matches!(waiting, Waiting::Open | Waiting::Since(_));
        if let Some(change) = self.waiting.iter().position(holds) {
            return Some(Next::One(change));
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut read = None;
        for change in self.shut() {
            match self.group(change) {
                Ok(group) => groups.push(group),
                Err(read_by) => read = read.or(Some(Next::Read(change, read_by))),
            }
        }
        let smallest = groups.into_iter().min_by_key(Vec::len);
        smallest.map(Next::Group).or(read)
    }

    /// The changes that hold when the old values of all of them end first, a given one among them; else what reads its
    /// new value even so.
    fn group(&self, change: usize) -> Result<Vec<usize>, Vec<FactId>> {
        let mut group = vec![change];
        loop {
            let ended: Vec<FactId> = group.iter().filter_map(|&one| self.renewed(one)).collect();
            let held = self.without(&ended);
            let Some(begun) = beginnings(self.steps, &held, &self.removed, &ended) else {
                group.sort_unstable();
                return Ok(group);
            };
            let of_plan = |fact: &FactId| self.shut().find(|&one| self.renewed(one) == Some(*fact));
            let more: Vec<usize> = begun.iter().filter_map(of_plan).collect();
            if more.is_empty() {
                return Err(begun);
            }
            group.extend(more);
        }
    }

    fn turn(&mut self, turn: Turn) {
        self.set(turn.change, Waiting::Done);
        self.turns.push(turn);
    }

    fn take(&mut self, change: usize) {
        let after = match self.waiting.get(change) {
            Some(Waiting::Since(turn)) => Some(*turn),
            _ => None,
        };
        match (self.renewed(change), self.changes.get(change)) {
            (Some(fact), _) => self.held.retain(|&held| held != fact),
            (None, Some(change)) => {
                self.removed.extend(change.removed);
                self.removed.sort_unstable();
                self.removed.dedup();
            }
            (None, None) => {}
        }
        self.turn(Turn {
            change,
            after,
            together: Vec::new(),
            read_by: Vec::new(),
        });
        self.look(Some(self.turns.len() - 1));
    }

    fn take_together(&mut self, group: &[usize]) {
        let ended: Vec<FactId> = group.iter().filter_map(|&one| self.renewed(one)).collect();
        self.held.retain(|held| !ended.contains(held));
        for &change in group {
            self.turn(Turn {
                change,
                after: None,
                together: group.to_vec(),
                read_by: Vec::new(),
            });
        }
        self.look(Some(self.turns.len() - 1));
    }

    /// The attacker holds the new value as he held the old one.
    fn take_read(&mut self, change: usize, read_by: Vec<FactId>) {
        self.turn(Turn {
            change,
            after: None,
            together: Vec::new(),
            read_by,
        });
    }
}

/// From which of `held` one way to one of `goals` begins; `None` where there is no way.
///
/// Linear in facts and in the needs of what is reached.
fn beginnings(
    steps: &Steps,
    held: &[FactId],
    removed: &[StepId],
    goals: &[FactId],
) -> Option<Vec<FactId>> {
    /// How a fact came to be held.
    #[derive(Clone, Copy, PartialEq)]
    enum From {
        Nothing,
        Held,
        Step(StepId),
    }
    let mut from = Table::<FactId, From>::filled(From::Nothing, steps.facts.len().max(1));
    let mut queue: VecDeque<(FactId, From)> = held.iter().map(|&fact| (fact, From::Held)).collect();
    queue.extend(steps.facts.ids().take(1).map(|anyone| (anyone, From::Held)));
    let is_on = |id: StepId| removed.binary_search(&id).is_err();
    let given = steps.needless().iter().filter(|&&id| is_on(id));
    queue.extend(given.map(|&id| (steps.gain(id), From::Step(id))));
    let mut missing: FxHashMap<StepId, usize> = FxHashMap::default();
    while let Some((fact, how)) = queue.pop_front() {
        if from[fact] != From::Nothing {
            continue;
        }
        from[fact] = how;
        for &id in steps.needing(fact) {
            let missing = missing.entry(id).or_insert(steps.needs(id).len());
            *missing -= 1;
            if *missing == 0 && is_on(id) {
                queue.push_back((steps.gain(id), From::Step(id)));
            }
        }
    }
    let goal = goals.iter().find(|&&goal| from[goal] != From::Nothing)?;
    let mut begun = Vec::new();
    let mut open = vec![*goal];
    while let Some(fact) = open.pop() {
        // Each fact once: what has been walked has no way any more.
        match std::mem::replace(&mut from[fact], From::Nothing) {
            From::Nothing => {}
            From::Held => begun.push(fact),
            From::Step(id) => open.extend(steps.needs(id)),
        }
    }
    begun.retain(|fact| held.contains(fact));
    begun.sort_unstable();
    if begun.is_empty() {
        begun.extend(steps.facts.ids().next());
    }
    Some(begun)
}

#[cfg(test)]
mod tests;
