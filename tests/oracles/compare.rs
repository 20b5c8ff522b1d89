//! How our answers stand to an oracle's.

use crate::case::{Judged, Word};
use crate::ours::{self, Answer, Found};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How an answer of ours stands to the oracle's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    Agree,
    /// They differ, and the documents say that ours is right.
    Known(&'static str),
    Differ(String),
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
    let of_anyone = one("anyone", &anyone, judged.anyone);
    if of_anyone != Comparison::Agree {
        return of_anyone;
    }
    let is_dropped = caller != Found::Certain && anyone == Found::Certain;
    match (is_dropped, judged.caller) {
        (true, Word::Allowed) => Comparison::Agree,
        // Whoever holds a caller's credentials need not use them: what anyone may, they may.
        (true, Word::Denied) => Comparison::Known("the attacker asks as nobody"),
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
