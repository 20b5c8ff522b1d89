//! Whether `--max-memory` holds: `cargo bench --bench memory`.
//!
//! A made-up estate of a million steps (`STEPS`) and ten thousand scenarios (`SCENARIOS`), with conditional steps and
//! steps of two needs. Reach, and prices of a thousand fixes (`FIXES`), without a cap and then with ever lower ones: what
//! was held before, the most that was held meanwhile, and the time. A cap that is overrun fails.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    reason = "a benchmark fails by panicking and answers by printing, and uses a part of what others use"
)]

#[path = "../datasets/generate/estate/estate.rs"]
mod estate;
#[path = "engine/machine.rs"]
mod machine;

use estate::{Shape, Wanted, estate};
use leakreach::fixes::{Candidate, Limit, Ranking, Weights, rank_within};
use leakreach::inventory::Table;
use leakreach::memory::{Memory, TooLittle};
use leakreach::progress::Silent;
use leakreach::reach::{Classes, Tally, reach_within};
use std::env;
use std::time::Instant;

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

fn main() {
    let wanted = Wanted {
        steps: number("STEPS", 1_000_000),
        scenarios: number("SCENARIOS", 10_000),
        shape: Shape::Giant,
        seed: 1,
        ands: 20,
        conditional: 50,
        sets: 0,
    };
    let estate = estate(wanted);
    let steps = &estate.steps;
    let fixes = estate.fixes(usize::try_from(number("FIXES", 1_000) / 4).unwrap(), 1);
    let candidates: Vec<Candidate> = fixes.into_iter().map(Candidate::removing).collect();
    let weights = Weights::uniform(Table::filled(1, steps.facts.len()));
    let classes = Classes::new(Table::filled(0, steps.facts.len()), 1);
    let run = |memory: &Memory| -> Result<(Vec<(u32, u32)>, Ranking), TooLittle> {
        let scenarios = &estate.scenarios;
        let sum = |_, tally: Tally<'_>| (tally.certain[0], tally.possible[0]);
        let sums = reach_within(steps, scenarios, &classes, memory, sum, &Silent)?;
        let limit = Limit::All;
        let ranking = rank_within(
            steps,
            scenarios,
            &weights,
            &candidates,
            limit,
            memory,
            &Silent,
        )?;
        Ok((sums, ranking))
    };
    let mib = |bytes: u64| bytes >> 20;
    println!("{} steps, {} facts", steps.len(), steps.facts.len());
    let mut all = None;
    let mut cap = None;
    loop {
        machine::forget_most_memory();
        let held = machine::most_memory();
        let begun = Instant::now();
        let memory = cap.map_or(Memory::ALL, Memory::capped);
        match run(&memory) {
            Ok(found) => {
                let most = machine::most_memory();
                let cap = cap.map_or("no cap".to_owned(), |cap| format!("{} MiB", mib(cap)));
                let seconds = begun.elapsed().as_secs_f64();
                println!(
                    "{cap:>10}: {} MiB held, then {} at most, {seconds:.1} s",
                    mib(held),
                    mib(most)
                );
                assert_eq!(all.get_or_insert_with(|| found.clone()), &found);
            }
            Err(error) => {
                println!("{:>10}: {error}", format!("{} MiB", mib(cap.unwrap_or(0))));
                break;
            }
        }
        let most = machine::most_memory();
        assert!(
            cap.is_none_or(|cap| most <= cap),
            "{} MiB are held",
            mib(most)
        );
        cap = Some(cap.map_or(most * 2, |cap| cap - (cap - held) / 5));
    }
}
