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

/// Recorded cases with the answers of iam-simulate 0.1.173: seed, what occurs in them, and the text.
const RECORDED: [(u64, Features, &str); 2] = [
    (
        1,
        Features {
            conditions: false,
            organisation: false,
        },
        include_str!("recorded/iam-simulate.jsonl"),
    ),
    (
        2,
        Features {
            conditions: true,
            organisation: true,
        },
        include_str!("recorded/iam-simulate-organisation.jsonl"),
    ),
];

#[test]
fn recorded_cases_are_decided_as_the_oracle_decides_them() {
    for (seed, _, text) in RECORDED {
        let judged = read(text);
        let allowed = judged.iter().filter(|j| j.caller == Word::Allowed).count();
        assert!(
            allowed * 5 > judged.len() && allowed * 3 < judged.len() * 2,
            "seed {seed}: {allowed} of {} are allowed",
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
}

#[test]
fn what_is_recorded_is_what_the_generator_makes() {
    for (seed, features, text) in RECORDED {
        for (id, judged) in read(text).iter().enumerate() {
            let made = generate::case(seed, id as u32, features);
            let text = |case| serde_json::to_string(case).unwrap();
            assert_eq!(text(&made), text(&judged.case));
        }
    }
}

#[test]
fn conditions_and_both_kinds_of_control_policies_are_among_the_recorded_cases() {
    let (.., text) = RECORDED[1];
    let judged = read(text);
    let count = |is: &dyn Fn(&case::Case) -> bool| judged.iter().filter(|j| is(&j.case)).count();
    let has_denies = |levels: &[Vec<serde_json::Value>]| {
        levels
            .iter()
            .flatten()
            .any(|statement| statement["Effect"] == "Deny")
    };
    let text = |case: &case::Case| serde_json::to_string(case).unwrap();
    for (what, found) in [
        (
            "service control policies that deny",
            count(&|c| has_denies(&c.scps)),
        ),
        (
            "resource control policies that deny",
            count(&|c| has_denies(&c.rcps)),
        ),
        ("conditions", count(&|c| text(c).contains("\"Condition\""))),
        (
            "conditions on the organisation",
            count(&|c| text(c).contains("{\"aws:PrincipalOrg")),
        ),
    ] {
        assert!(found * 10 > judged.len(), "{what}: {found} cases");
    }
}
