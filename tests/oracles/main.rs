//! What AWS policies decide, held against another evaluator on random cases.
//!
//! Here a recorded slice is replayed. `iam-simulate/run.sh` makes as many cases as one likes, has the oracle answer them,
//! and compares (`random.rs`).

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

mod case;
mod compare;
mod generate;
mod ours;

use case::Word;
use compare::{Comparison, compare_all, read};
use generate::Features;

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
