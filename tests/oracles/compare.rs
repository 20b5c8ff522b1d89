//! How our answers stand to an oracle's.
//!
//! They must agree but for the classes of [`Class`], each with the documented rule by which ours is right.

use crate::case::{Judged, Word};
use crate::ours::{self, Answer, Found};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How an answer of ours stands to the oracle's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    Agree,
    /// They differ, and the documents say that ours is right.
    Known(Class),
    Differ(String),
}

/// Where ours is right; how often is of the 10,000 cases of seed 11, with conditions and organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 188 cases. The oracle asks as the caller only. Whoever holds a caller's credentials need not use them: what anyone may, they
    /// may.
    AsksAsNobody,
    /// 77 cases. The oracle applies resource control policies to every action. "RCPs apply to actions for the following AWS
    /// services" (Organizations User Guide, "Resource control policies"), and these are not among them.
    NotLimited,
    /// 5 cases. The oracle's outsider has one account. AWS gives accounts their ids, so that whether somebody outside has one that
    /// begins as a pattern does is open ("AWS account identifiers").
    AccountMayMatch,
    /// Two cases of 20,000 of seed 77. The oracle takes `ForAnyValue:…IfExists` as false without the key. "If the key is
    /// not present, evaluate the condition element as true" (IAM User Guide, "…IfExists condition operators"), and
    /// `ForAnyValue` "returns false": ours leaves the answer open.
    AnyValueIfExists,
    /// One case of 20,000 of seed 31. A Deny compares with `${aws:PrincipalOrgID}` or its like. The oracle's outsider is of no
    /// organisation; another one is of a foreign one, of which the variable has a value ("IAM policy elements: Variables and
    /// tags"). Ours leaves the answer for anyone open.
    VariableOfOutsider,
}

/// The services of the cases that resource control policies do not apply to.
const NOT_LIMITED: [&str; 3] = ["ec2", "iam", "lambda"];

/// Whether a resource control policy has a Deny, and the action is one that they do not apply to.
fn is_not_limited(judged: &Judged) -> bool {
    let service = judged.case.action.split(':').next().unwrap();
    judged.case.rcps.iter().any(|level| !level.is_empty()) && NOT_LIMITED.contains(&service)
}

/// Whether a way hangs on nothing but the account of somebody outside.
fn is_of_account(way: &str) -> bool {
    way.split("; ")
        .all(|reason| reason.starts_with("`aws:PrincipalAccount` in "))
}

/// Whether an operator of some policy has both the prefix and the suffix.
fn asks_any_value_if_exists(judged: &Judged) -> bool {
    let case = &judged.case;
    let identity = case.identity.iter().map(|policy| &policy.statements);
    let all = identity
        .chain(&case.boundary)
        .chain(&case.own)
        .chain(&case.scps)
        .chain(&case.rcps);
    let statements = all.flatten();
    let mut operators = statements
        .filter_map(|statement| statement["Condition"].as_object())
        .flat_map(|conditions| conditions.keys());
    operators.any(|operator| operator.starts_with("ForAnyValue:") && operator.ends_with("IfExists"))
}

/// Whether a Deny of a resource control policy or of the resource compares with what the caller brings.
fn denies_by_variable(judged: &Judged) -> bool {
    let statements = judged.case.own.iter().chain(&judged.case.rcps).flatten();
    statements
        .filter(|statement| statement["Effect"] == "Deny")
        .any(|statement| {
            statement["Condition"]
                .to_string()
                .contains("${aws:Principal")
        })
}

fn one(who: &str, ours: &Found, word: Word) -> Comparison {
    match (ours, word) {
        (Found::Certain, Word::Allowed) | (Found::No, Word::Denied) => Comparison::Agree,
        (Found::Certain, _) => Comparison::Differ(format!("{who}: ours certain")),
        (Found::No, _) => Comparison::Differ(format!("{who}: ours no")),
        (Found::Possible(_), word) => {
            Comparison::Differ(format!("{who}: ours possible, theirs {word:?}"))
        }
    }
}

fn compare(judged: &Judged, answer: &Answer) -> Comparison {
    let anyone = ours::settled(answer.anyone.clone());
    let caller = ours::settled(answer.caller.clone());
    if caller == Found::Certain && judged.caller == Word::Denied && is_not_limited(judged) {
        return Comparison::Known(Class::NotLimited);
    }
    if let Found::Possible(ways) = &anyone
        && ways.iter().all(|way| is_of_account(way))
    {
        return Comparison::Known(Class::AccountMayMatch);
    }
    if matches!(anyone, Found::Possible(_))
        && judged.anyone == Word::Allowed
        && denies_by_variable(judged)
    {
        return Comparison::Known(Class::VariableOfOutsider);
    }
    let is_open = [&anyone, &caller].map(|one| matches!(one, Found::Possible(_)));
    if is_open.contains(&true) && asks_any_value_if_exists(judged) {
        return Comparison::Known(Class::AnyValueIfExists);
    }
    let of_anyone = one("anyone", &anyone, judged.anyone);
    if of_anyone != Comparison::Agree {
        return of_anyone;
    }
    let is_dropped = caller != Found::Certain && anyone == Found::Certain;
    match (is_dropped, judged.caller) {
        (true, Word::Allowed) => Comparison::Agree,
        (true, Word::Denied) => Comparison::Known(Class::AsksAsNobody),
        (false, word) => one("caller", &caller, word),
    }
}

/// Cases with their answers, one a line.
pub fn read(text: &str) -> Vec<Judged> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every case by how it compares.
pub fn compare_all(all: &[Judged]) -> BTreeMap<Comparison, Vec<(&Judged, Answer)>> {
    let compared: Vec<_> = all
        .par_iter()
        .map(|judged| {
            let answer = ours::answer(&judged.case);
            (compare(judged, &answer), (judged, answer))
        })
        .collect();
    let mut classes: BTreeMap<Comparison, Vec<_>> = BTreeMap::new();
    for (comparison, one) in compared {
        classes.entry(comparison).or_default().push(one);
    }
    classes
}
