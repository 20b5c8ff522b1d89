//! Makes random cases, and compares the answers of an oracle with ours: the two halves of `iam-simulate/run.sh`.
//!
//! `write` writes `ORACLE_CASES` cases to `ORACLE_FILE`; `compare` reads them there with the oracle's answers.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "it fails by panicking and answers by printing"
)]

mod case;
mod compare;
mod generate;
mod ours;

use case::Word;
use compare::{Comparison, compare_all, read};
use generate::Features;
use std::io::Write;
use std::{env, fs};

fn main() {
    match env::args().nth(1).as_deref() {
        Some("write") => write_cases(),
        Some("compare") => compare_answers(),
        _ => panic!("say `write` or `compare`"),
    }
}

fn number(name: &str, default: u32) -> u32 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Writes `ORACLE_CASES` cases to `ORACLE_FILE`.
fn write_cases() {
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
fn compare_answers() {
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
