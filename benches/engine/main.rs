//! How fast the engine is, by size and shape of the estate: `cargo bench --bench engine`.
//!
//! Made-up estates of 10,000 to 10,000,000 steps (`datasets/generate/estate`), in one giant component or many segmented
//! accounts, with and without steps of two needs; up to 10,000 scenarios, one in twenty steps conditional. Of each:
//! condensing, reach in both layers, pricing of a thousand fixes, planning, and the most memory held meanwhile; and the
//! bytes that the sweep gathers (rows of 64 bytes times batches of scenarios) beside what the machine reads in order
//! and gathers in no order, measured in the same run.
//!
//! `STEPS`, `SHAPE` (`giant`, `segmented`) and `ANDS` (in a thousand) ask for one alone; `FIXES` (1000) says how many
//! are priced, `RUNS` (3) how often everything is run; the median is told. Rows are added to the CSV file that
//! `RESULTS` names (`target/engine.csv`).

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a benchmark fails by panicking and answers by printing"
)]

mod calls;
mod cells;
#[path = "../../datasets/generate/estate/estate.rs"]
mod estate;
mod machine;

use estate::{Shape, Wanted};
use leakreach::reach::Layer;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

const COLUMNS: &str = "machine,date,steps,scenarios,shape,ands,what,seconds,bytes";

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Where rows go.
struct Results {
    path: PathBuf,
    machine: String,
    date: String,
    estate: String,
}

impl Results {
    fn new(path: PathBuf) -> Self {
        if !Path::new(&path).exists() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("{COLUMNS}\n")).unwrap();
        }
        Self {
            path,
            machine: machine::description(),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            estate: ",,,".to_owned(),
        }
    }

    fn row(&self, what: &str, seconds: f64, bytes: u64) {
        let mut file = OpenOptions::new().append(true).open(&self.path).unwrap();
        let (machine, date, estate) = (&self.machine, &self.date, &self.estate);
        writeln!(
            file,
            "{machine},{date},{estate},{what},{seconds:.6},{bytes}"
        )
        .unwrap();
    }

    /// Runs something so often, and tells and keeps the median of its times and the most memory held.
    fn time<T>(&self, what: &str, runs: u64, mut run: impl FnMut() -> T) -> (f64, T) {
        machine::forget_most_memory();
        let mut times = Vec::new();
        let result = loop {
            let begun = Instant::now();
            let result = run();
            times.push(begun.elapsed().as_secs_f64());
            // What takes minutes is run once.
            if times.len() as u64 >= runs || times[0] > 60.0 {
                break result;
            }
        };
        times.sort_unstable_by(f64::total_cmp);
        let (median, most) = (times[times.len() / 2], machine::most_memory());
        println!(
            "  {what:<24} {median:>10.4} s {:>7} MiB at most",
            most >> 20
        );
        self.row(what, median, most);
        (median, result)
    }
}

fn gigabytes(bytes: f64) -> f64 {
    bytes / 1e9
}

fn measure(results: &mut Results, wanted: Wanted, streaming: f64) {
    let Wanted {
        steps: size,
        scenarios,
        ands,
        ..
    } = wanted;
    let shape = format!("{:?}", wanted.shape).to_lowercase();
    results.estate = format!("{size},{scenarios},{shape},{ands}");
    println!("{size} steps, {scenarios} scenarios, {shape}, {ands} ‰ with two needs");
    let (_, estate) = results.time("generate", 1, || estate::estate(wanted));
    let (steps, scenarios) = (&estate.steps, &estate.scenarios);
    let counted = cells::cells(steps);
    println!(
        "  {} facts, {} components, {} rows gathered a sweep",
        steps.facts.len(),
        counted.cells,
        counted.gathered
    );
    let runs = number("RUNS").unwrap_or(3);
    let condensing = results
        .time("condense", runs, || calls::condense(steps, Layer::Possible))
        .0;
    let mut facts = [0, 0];
    let mut both = 0.0;
    for (layer, facts) in [Layer::Certain, Layer::Possible]
        .into_iter()
        .zip(&mut facts)
    {
        let what = format!("reach {layer:?}").to_lowercase();
        let (seconds, sums) = results.time(&what, runs, || calls::reach(steps, layer, scenarios));
        *facts = sums.iter().sum::<u64>();
        both += seconds;
        if layer == Layer::Possible {
            // A sweep may end within what condensing took once: then there is nothing to reckon.
            let sweeping = (seconds - condensing).max(1e-9);
            let batches = scenarios.len().div_ceil(calls::LANES);
            let bytes = (counted.gathered * 64 * batches) as u64;
            let gathering = machine::gathering(counted.cells);
            let rate = bytes as f64 / sweeping;
            println!(
                "  sweep: {sweeping:.4} s, {:.1} GB/s; {:.0} % of reading in order ({:.1} GB/s), {:.0} % of gathering ({:.1} GB/s)",
                gigabytes(rate),
                100.0 * rate / streaming,
                gigabytes(streaming),
                100.0 * rate / gathering,
                gigabytes(gathering)
            );
            results.row("sweep", sweeping, bytes);
            results.row("machine gathering", 1.0, gathering as u64);
        }
    }
    println!(
        "  both bounds              {both:>10.4} s: {} and {} facts",
        facts[0], facts[1]
    );
    let fixes = estate.fixes(number("FIXES").unwrap_or(1000) as usize / 4, 1);
    for (is_every, what) in [(true, "price"), (false, "price best 100")] {
        let what = format!("{what} of {}", fixes.len());
        let runs = if size > 1_000_000 { 1 } else { runs };
        let price = || calls::price(steps, scenarios, &fixes, is_every);
        let (_, prices) = results.time(&what, runs, price);
        let worth = prices.iter().filter(|(_, possible)| *possible > 0).count();
        println!("  {worth} of {} take something away", prices.len());
    }
    let begun = Instant::now();
    if let Some(gain) = calls::plan(steps, scenarios, &fixes) {
        let seconds = begun.elapsed().as_secs_f64();
        println!("  plan                     {seconds:>10.4} s: {gain} facts");
        results.row("plan", seconds, machine::most_memory());
    }
}

fn main() {
    let path = env::var_os("RESULTS").map_or("target/engine.csv".into(), PathBuf::from);
    let mut results = Results::new(path);
    println!("{}", results.machine);
    let streaming = machine::streaming();
    results.row("machine streaming", 1.0, streaming as u64);
    let sizes = number("STEPS").map_or(vec![10_000, 100_000, 1_000_000, 10_000_000], |steps| {
        vec![steps]
    });
    let shape = env::var("SHAPE").ok();
    let all_ands = number("ANDS").map_or(vec![0, 20], |ands| vec![ands]);
    for steps in sizes {
        for (name, shape_of) in [("giant", Shape::Giant), ("segmented", Shape::Segmented)] {
            if shape.as_deref().is_some_and(|asked| asked != name) {
                continue;
            }
            for &ands in &all_ands {
                let wanted = Wanted {
                    steps,
                    scenarios: (steps / 10).min(10_000),
                    shape: shape_of,
                    seed: 1,
                    ands,
                    conditional: 50,
                    sets: 50,
                };
                measure(&mut results, wanted, streaming);
            }
        }
    }
}
