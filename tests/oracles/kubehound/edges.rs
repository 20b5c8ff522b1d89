//! What is gained from a fact by some techniques alone: `kubehound-edges FOLDER < QUESTIONS`.
//!
//! A question is a line `FACT<tab>TECHNIQUE,TECHNIQUE…`; its answer a line of JSON, a list of `[FACT, "certain" or
//! "possible"]`. A fact is written `principal KEY`, `access KEY ACCESS` or `act ACTION on TARGET`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool for comparisons: it fails by panicking, and prints its answer"
)]

use leakreach::inventory::Inventory;
use leakreach::progress::Silent;
use leakreach::sources::{ReadOptions, read};
use leakreach::steps::{Fact, Steps};
use leakreach::techniques;
use std::io::BufRead;

fn in_words(inventory: &Inventory, steps: &Steps, fact: Fact) -> Option<String> {
    Some(match fact {
        Fact::Principal(id) => format!("principal {}", inventory.principals[id].key),
        Fact::Access(id, access) => {
            format!("access {} {}", inventory.resources[id].key, access.name())
        }
        Fact::Act(id) => {
            let subject = &steps.subjects[id];
            format!("act {} on {}", subject.action, subject.target)
        }
        _ => return None,
    })
}

/// The facts that a fact leads to by steps of these techniques, and those that it leads to for certain.
fn gained(steps: &Steps, from: usize, names: &[&str], with_conditional: bool) -> Vec<bool> {
    let mut held = vec![false; steps.facts.len()];
    held[from] = true;
    loop {
        let mut is_new = false;
        for id in steps.ids() {
            let step = steps.step(id);
            let technique = steps.techniques[step.technique].id.as_str();
            let counts = names.contains(&technique)
                && (with_conditional || step.condition.is_none())
                && !held[step.gain.0 as usize]
                && step.needs.iter().all(|need| held[need.0 as usize]);
            if counts {
                held[step.gain.0 as usize] = true;
                is_new = true;
            }
        }
        if !is_new {
            return held;
        }
    }
}

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let reading = read(&[folder.into()], &ReadOptions::default(), &Silent);
    let mut problems = reading.problems;
    let as_of = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
    let (steps, _) = techniques::derive(&mut inventory);
    let all: Vec<Option<String>> = steps
        .facts
        .iter()
        .map(|&fact| in_words(&inventory, &steps, fact))
        .collect();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (from, names) = line.split_once('\t').unwrap();
        let names: Vec<&str> = names.split(',').collect();
        let mut answers: Vec<(&str, &str)> = Vec::new();
        if let Some(from) = all.iter().position(|fact| fact.as_deref() == Some(from)) {
            let certain = gained(&steps, from, &names, false);
            let possible = gained(&steps, from, &names, true);
            for (at, fact) in all.iter().enumerate() {
                let Some(fact) = fact.as_deref().filter(|_| at != from && possible[at]) else {
                    continue;
                };
                answers.push((fact, if certain[at] { "certain" } else { "possible" }));
            }
        }
        answers.sort_unstable();
        println!("{}", serde_json::to_string(&answers).unwrap());
    }
}
