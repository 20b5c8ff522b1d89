//! What AWS policies decide, held against another evaluator on random cases.
//!
//! Plain `cargo test` replays a recorded slice. `iam-simulate/run.sh` makes as many cases as one likes, has the oracle
//! answer them, and compares.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a test fails by panicking, and the comparison prints what it finds"
)]

mod case;
mod generate;
mod ours;

use case::{Judged, Word};
use generate::Features;
use ours::{Answer, Found};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Write;

/// How an answer of ours stands to the oracle's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Comparison {
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

fn read(text: &str) -> Vec<Judged> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn compare_all(all: &[Judged]) -> BTreeMap<Comparison, Vec<(&Judged, Answer)>> {
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

fn number(name: &str, default: u32) -> u32 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// The first cases of seed 1, with the answers of iam-simulate 0.1.173.
const RECORDED: &str = include_str!("recorded/iam-simulate.jsonl");

#[test]
fn recorded_cases_are_decided_as_the_oracle_decides_them() {
    let judged = read(RECORDED);
    let allowed = judged.iter().filter(|j| j.caller == Word::Allowed).count();
    assert!(
        allowed * 3 > judged.len() && allowed * 3 < judged.len() * 2,
        "{allowed} of {} are allowed",
        judged.len()
    );
    for (class, all) in compare_all(&judged) {
        if let Comparison::Differ(how) = class {
            let (judged, answer) = &all[0];
            let case = serde_json::to_string(judged).unwrap();
            panic!("{} cases: {how}, as {answer:?}: {case}", all.len());
        }
    }
}

#[test]
fn what_is_recorded_is_what_the_generator_makes() {
    for (id, judged) in read(RECORDED).iter().enumerate() {
        let made = generate::case(1, id as u32, Features::default());
        let text = |case| serde_json::to_string(case).unwrap();
        assert_eq!(text(&made), text(&judged.case));
    }
}

/// Writes `ORACLE_CASES` cases to `ORACLE_FILE`.
#[test]
#[ignore = "makes input for iam-simulate/run.sh"]
fn cases_are_written() {
    let features = Features {
        conditions: number("ORACLE_CONDITIONS", 0) == 1,
        organisation: number("ORACLE_ORGANISATION", 0) == 1,
    };
    let mut file = fs::File::create(env::var("ORACLE_FILE").unwrap()).unwrap();
    for id in 0..number("ORACLE_CASES", 20_000) {
        let case = generate::case(u64::from(number("ORACLE_SEED", 1)), id, features);
        writeln!(file, "{}", serde_json::to_string(&case).unwrap()).unwrap();
    }
}

/// Compares the answers in `ORACLE_FILE` and prints every class, with `ORACLE_SHOWN` examples of each.
#[test]
#[ignore = "the second half of iam-simulate/run.sh"]
fn answers_are_compared() {
    let judged = read(&fs::read_to_string(env::var("ORACLE_FILE").unwrap()).unwrap());
    let allowed = judged.iter().filter(|j| j.caller == Word::Allowed).count();
    println!("{} cases, {allowed} allowed by the oracle", judged.len());
    let classes = compare_all(&judged);
    for (class, all) in &classes {
        println!("{:6} {class:?}", all.len());
        if *class == Comparison::Agree {
            continue;
        }
        for (judged, answer) in all.iter().take(number("ORACLE_SHOWN", 3) as usize) {
            println!("       {answer:?}");
            println!("       {}", serde_json::to_string(judged).unwrap());
        }
    }
    let is_differing = |class: &&Comparison| matches!(class, Comparison::Differ(_));
    assert_eq!(classes.keys().find(is_differing), None);
}
