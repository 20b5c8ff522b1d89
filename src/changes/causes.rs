//! Why the risk of a credential changed, in parts that add up exactly.
//!
//! Parts are taken off one after the other, in a fixed order, each from what the one before left:
//!
//! 1. what one of the runs did not look at is *data changed*, whatever it is worth;
//! 2. a credential that is there in one run alone is, whole, a *new leak* or a *new grant*, *expired* or *fixed*;
//! 3. one that has ended since is *expired*, one that was revoked is *fixed*, whole;
//! 4. where chances are scored, the change of the chance, at the reach that was: *new leak*, *fixed* or *data changed*;
//! 5. the change of the reach, at the chance that is: resource by resource for those that are listed, by sign for the rest.

use super::Amount;
use super::report::{Credential, CredentialRisk, Reached, Report, Share};
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Why risk changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A credential was seen lying where it did not lie before.
    NewLeak,
    /// A credential came to be or to reach more.
    NewGrant,
    /// A credential reached its end.
    Expired,
    /// A credential is there no more, or reaches less.
    Fixed,
    /// What is told changed, not what is: an export that is missing or came back, another label, another chance by time.
    DataChanged,
}

impl Cause {
    /// Every cause, in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::NewLeak,
        Self::NewGrant,
        Self::Expired,
        Self::Fixed,
        Self::DataChanged,
    ];

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NewLeak => "new leak",
            Self::NewGrant => "new grant",
            Self::Expired => "expired",
            Self::Fixed => "fixed",
            Self::DataChanged => "data changed",
        }
    }
}

/// Certain and possible points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Both {
    /// Certain.
    pub certain: Amount,
    /// Possible.
    pub possible: Amount,
}

impl Both {
    /// Of neither anything.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// Certain and possible together.
    pub fn sum(self) -> Amount {
        self.certain + self.possible
    }
}

impl std::ops::Add for Both {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            certain: self.certain + other.certain,
            possible: self.possible + other.possible,
        }
    }
}

impl std::ops::AddAssign for Both {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::ops::Sub for Both {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            certain: self.certain - other.certain,
            possible: self.possible - other.possible,
        }
    }
}

/// A change in parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    by_cause: BTreeMap<Cause, Both>,
    /// Of *data changed*: what the newer run did not look at.
    pub(super) not_observed: Both,
    /// Of *data changed*: what the older run did not look at.
    pub(super) newly_observed: Both,
}

impl Parts {
    pub(super) fn of(&self, cause: Cause) -> Both {
        self.by_cause.get(&cause).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, cause: Cause, part: Both) {
        *self.by_cause.entry(cause).or_default() += part;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (&cause, &part) in &other.by_cause {
            self.add(cause, part);
        }
        self.not_observed += other.not_observed;
        self.newly_observed += other.newly_observed;
    }

    fn unseen(&mut self, part: Both, side: Side) {
        self.add(Cause::DataChanged, part);
        match side {
            Side::New => self.not_observed += part,
            Side::Old => self.newly_observed += part,
        }
    }
}

/// Which run did not look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

/// What is asked of the runs while a change is taken apart.
pub(super) struct Runs<'r> {
    pub(super) old: &'r Report,
    pub(super) new: &'r Report,
    /// Whether points of both are of one measure.
    pub(super) is_one_measure: bool,
    /// Whether an export of a platform that the older run read is missing from the newer, and the other way round.
    pub(super) lost: bool,
    pub(super) gained: bool,
}

/// Points of a credential in a report.
pub(super) fn points(credential: &Credential) -> Both {
    Both {
        certain: credential.certain.points,
        possible: credential.possible.points,
    }
}

/// A credential that only the newer run has: whole.
pub(super) fn appeared(new: &Credential, is_exposed: bool, is_unseen_before: bool) -> Parts {
    let mut parts = Parts::default();
    match (is_unseen_before, is_exposed) {
        (true, _) => parts.unseen(points(new), Side::Old),
        (_, true) => parts.add(Cause::NewLeak, points(new)),
        (_, false) => parts.add(Cause::NewGrant, points(new)),
    }
    parts
}

/// A credential that only the older run has: whole.
pub(super) fn went(runs: &Runs<'_>, old: &Credential, is_unseen_now: bool) -> Parts {
    let mut parts = Parts::default();
    let loss = Both::default() - points(old);
    let has_ended = old.expires.is_some_and(|at| at <= runs.new.as_of);
    match (is_unseen_now, has_ended) {
        (true, _) => parts.unseen(loss, Side::New),
        (_, true) => parts.add(Cause::Expired, loss),
        (_, false) => parts.add(Cause::Fixed, loss),
    }
    parts
}

/// Where a credential lies now and did not, and where it lay.
#[derive(Default)]
pub(super) struct Moves {
    /// It came to lie somewhere.
    pub(super) has_new_places: bool,
    /// It lies somewhere that the older run did not look at.
    pub(super) has_found_places: bool,
    /// It has left a place.
    pub(super) has_left_places: bool,
    /// It lay somewhere that the newer run did not look at.
    pub(super) has_lost_places: bool,
}

/// A credential that both runs have.
///
/// `unseen` says that its reach is unknown in one run alone, because that did not look: in the newer, in the older.
/// `seen_now` says of a path of the older run whether the newer one could have seen it, `seen_before` the other way round.
pub(super) fn stayed(
    runs: &Runs<'_>,
    (old, new): (&Credential, &Credential),
    (is_unseen_now, is_unseen_before): (bool, bool),
    moves: &Moves,
    seen_now: &dyn Fn(&Reached) -> bool,
    seen_before: &dyn Fn(&Reached) -> bool,
) -> Parts {
    let mut parts = Parts::default();
    let all = points(new) - points(old);
    if all.is_zero() {
        return parts;
    }
    if !runs.is_one_measure {
        parts.add(Cause::DataChanged, all);
        return parts;
    }
    match (is_unseen_now, is_unseen_before) {
        (true, _) => {
            parts.unseen(all, Side::New);
            return parts;
        }
        (_, true) => {
            parts.unseen(all, Side::Old);
            return parts;
        }
        _ => {}
    }
    let has_ended = |credential: &Credential, report: &Report| {
        credential.expires.is_some_and(|at| at <= report.as_of)
    };
    if has_ended(new, runs.new) && !has_ended(old, runs.old) && all.sum() < Amount(0) {
        parts.add(Cause::Expired, all);
        return parts;
    }
    if new.status == "inactive" && old.status != "inactive" && all.sum() < Amount(0) {
        parts.add(Cause::Fixed, all);
        return parts;
    }
    let (chance, reach) = by_chance(old, new, all);
    match chance.sum() > Amount(0) {
        true if moves.has_new_places => parts.add(Cause::NewLeak, chance),
        true if moves.has_found_places => parts.unseen(chance, Side::Old),
        false if moves.has_left_places => parts.add(Cause::Fixed, chance),
        false if moves.has_lost_places => parts.unseen(chance, Side::New),
        _ => parts.add(Cause::DataChanged, chance),
    }
    by_reach(runs, old, new, reach, seen_now, seen_before, &mut parts);
    parts
}

/// The part of a change that is the chance's, at the reach that was, and the rest: `P₁W₁ − P₀W₀ = (P₁ − P₀)W₀ + P₁(W₁ − W₀)`.
fn by_chance(old: &Credential, new: &Credential, all: Both) -> (Both, Both) {
    let (Some(before), Some(after)) = (&old.risk, &new.risk) else {
        return (Both::default(), all);
    };
    // Chances are ten-thousandths and weights quarters of hundredths: the product is whole, and else what is cut off is
    // the reach's.
    let share =
        |was: Amount, is: Amount, weight: Amount| Amount((is.0 - was.0) * weight.0 / Amount::ONE.0);
    let (was, is) = (before.chances(), after.chances());
    let chance = Both {
        certain: share(was.0, is.0, before.weight.certain),
        possible: share(was.1, is.1, before.weight.possible),
    };
    (chance, all - chance)
}

fn by_reach(
    runs: &Runs<'_>,
    old: &Credential,
    new: &Credential,
    reach: Both,
    seen_now: &dyn Fn(&Reached) -> bool,
    seen_before: &dyn Fn(&Reached) -> bool,
    parts: &mut Parts,
) {
    let chances = |credential: &Credential| {
        let risk = credential.risk.as_ref();
        risk.map_or((Amount::ONE, Amount::ONE), CredentialRisk::chances)
    };
    let (was_likely, is_likely) = (chances(old), chances(new));
    // A path counts by the chance of its run: both are taken at that of the newer. At none nothing tells what it weighs.
    let is_weighed = ![was_likely.0, was_likely.1, is_likely.0, is_likely.1].contains(&Amount(0));
    let worth = |reached: &Reached, likely: (Amount, Amount)| {
        let own = match reached.certain {
            true => likely.0,
            false => likely.1,
        };
        let at = |chance: Amount| Amount(reached.points.0 * chance.0 / own.0.max(1));
        Both {
            certain: match reached.certain {
                true => at(is_likely.0),
                false => Amount(0),
            },
            possible: at(is_likely.1),
        }
    };
    let by_resource = |credential: &'_ Credential| -> BTreeMap<String, Reached> {
        let top = credential.top.iter().filter(|_| is_weighed);
        top.map(|one| (one.resource.clone(), one.clone())).collect()
    };
    let (before, after) = (by_resource(old), by_resource(new));
    let mut rest = reach;
    for (resource, now) in &after {
        let Some(was) = before.get(resource) else {
            // What the older run left out of its list is no news.
            if !lists_all(old) {
                continue;
            }
            let part = worth(now, is_likely);
            match seen_before(now) {
                true => parts.add(Cause::NewGrant, part),
                false => parts.unseen(part, Side::Old),
            }
            rest = rest - part;
            continue;
        };
        let part = worth(now, is_likely) - worth(was, was_likely);
        if part.is_zero() {
            continue;
        }
        let is_relabelled = (&now.access, now.certain) == (&was.access, was.certain);
        match (is_relabelled, part.sum() > Amount(0)) {
            (true, _) => parts.add(Cause::DataChanged, part),
            (_, true) if seen_before(now) => parts.add(Cause::NewGrant, part),
            (_, true) => parts.unseen(part, Side::Old),
            (_, false) if seen_now(was) => parts.add(Cause::Fixed, part),
            (_, false) => parts.unseen(part, Side::New),
        }
        rest = rest - part;
    }
    for (resource, was) in &before {
        if after.contains_key(resource) || !lists_all(new) {
            continue;
        }
        let part = Both::default() - worth(was, was_likely);
        match seen_now(was) {
            true => parts.add(Cause::Fixed, part),
            false => parts.unseen(part, Side::New),
        }
        rest = rest - part;
    }
    let rungs = |of: fn(&Share) -> u64| Some(rungs(new, of)?.cmp(&rungs(old, of)?));
    let only = |certain: Amount, possible: Amount| Both { certain, possible };
    // Certain and possible may go apart: each by itself.
    for (part, rungs) in [
        (only(rest.certain, Amount(0)), rungs(|share| share.certain)),
        (
            only(Amount(0), rest.possible),
            rungs(|share| share.possible),
        ),
    ] {
        match (part.sum().cmp(&Amount(0)), rungs) {
            (Ordering::Equal, _) => {}
            (Ordering::Greater, _) if runs.gained => parts.unseen(part, Side::Old),
            (Ordering::Less, _) if runs.lost => parts.unseen(part, Side::New),
            (Ordering::Greater, Some(Ordering::Greater) | None) => {
                parts.add(Cause::NewGrant, part);
            }
            (Ordering::Less, Some(Ordering::Less) | None) => parts.add(Cause::Fixed, part),
            // It reaches as much as before, and that weighs something else.
            _ => parts.add(Cause::DataChanged, part),
        }
    }
}

/// How much a credential reaches before anything is weighed: the rungs of access on all resources. `None` where its report
/// does not tell.
fn rungs(credential: &Credential, of: fn(&Share) -> u64) -> Option<u64> {
    if credential.possible.resources == 0 {
        return Some(0);
    }
    let accesses = &credential.breakdown.as_ref()?.accesses;
    Some(accesses.iter().map(of).sum())
}

/// Whether every resource that a credential reaches is listed.
pub(super) fn lists_all(credential: &Credential) -> bool {
    credential.top.len() as u64 >= credential.possible.resources
}
