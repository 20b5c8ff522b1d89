//! How fast the engine is, by size and shape of the estate: `cargo bench --bench engine`.
//!
//! Made-up estates of 10,000 to 10,000,000 steps (`datasets/generate/estate`), in one giant component or many segmented
//! accounts; up to 10,000 scenarios. Three times each: with steps of one need alone, with one step in twenty conditional
//! (both bounds), and with one in fifty of two needs as well. Measured are condensing (with one sweep), reach, pricing of
//! a thousand fixes, the best five of a hundred fixes and the proof (a minute at most), and the most memory held meanwhile.
//!
//! The sweep is what reach takes beyond condensing. Its bytes are reckoned: rows that lead into components, counted
//! apart from the engine, times a bit for each scenario and bound. They stand beside what the machine reads in order, and
//! gathers in lines of 64 bytes in no order from as many lines as there are components, measured in the same run. What
//! the engine spares of them counts as done.
//!
//! `STEPS`, `SHAPE` (`giant`, `segmented`) and `KIND` (`plain`, `bounds`, `ands`) ask for one alone; `FIXES` (1000) says
//! how many are priced, `RUNS` (3) how often everything is run; the median is told. Rows are added to the CSV file that
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
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

const SIZES: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

/// Of so many fixes a plan is chosen, in so much time.
const PLANNED: usize = 100;
const PLANNING: Duration = Duration::from_secs(60);

const COLUMNS: &str = "machine,date,steps,scenarios,shape,ands,conditional,what,seconds,bytes";

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
            estate: ",,,,".to_owned(),
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
        conditional,
        ..
    } = wanted;
    let shape = format!("{:?}", wanted.shape).to_lowercase();
    results.estate = format!("{size},{scenarios},{shape},{ands},{conditional}");
    println!(
        "{size} steps, {scenarios} scenarios, {shape}, {ands} ‰ with two needs, {conditional} ‰ conditional"
    );
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
    let condense = || calls::condense(steps, scenarios);
    let (condensing, _) = results.time("condense", runs, condense);
    let (seconds, sums) = results.time("reach", runs, || calls::reach(steps, scenarios, 1));
    println!(
        "  facts: {} for certain, {} possibly",
        sums.iter().map(|sum| sum.0).sum::<u64>(),
        sums.iter().map(|sum| sum.1).sum::<u64>()
    );
    let in_classes = || calls::reach(steps, scenarios, 100);
    results.time("reach in 100 classes", runs, in_classes);
    // All may end within what condensing took once: then there is nothing to reckon.
    let sweeping = (seconds - condensing).max(1e-9);
    let bounds = if conditional > 0 { 2 } else { 1 };
    let bytes = (counted.gathered * scenarios.len() * bounds / 8) as u64;
    let (rate, gathering) = (bytes as f64 / sweeping, machine::gathering(counted.cells));
    println!(
        "  sweep                    {sweeping:>10.4} s: {:.1} GB/s, {:.0} % of reading in order ({:.1}), {:.0} % of gathering ({:.1})",
        gigabytes(rate),
        100.0 * rate / streaming,
        gigabytes(streaming),
        100.0 * rate / gathering,
        gigabytes(gathering)
    );
    results.row("sweep", sweeping, bytes);
    results.row("machine gathering", 1.0, gathering as u64);
    let fixes = estate.fixes(number("FIXES").unwrap_or(1000) as usize / 4, 1);
    for (is_every, what) in [(true, "price"), (false, "price best 100")] {
        let what = format!("{what} of {}", fixes.len());
        let runs = if size > 1_000_000 { 1 } else { runs };
        let price = || calls::price(steps, scenarios, &fixes, is_every);
        let (_, prices) = results.time(&what, runs, price);
        let worth = prices.iter().filter(|price| **price != (0, 0)).count();
        println!("  {worth} of {} take something away", prices.len());
    }
    let some = fixes.get(..PLANNED).unwrap_or(&fixes);
    let what = format!("plan best 5 of {}", some.len());
    let plan = || calls::plan(steps, scenarios, some, PLANNING);
    let (seconds, (gain, bound)) = results.time(&what, 1, plan);
    let gap = bound.saturating_sub(gain) as f64 / bound.max(1) as f64;
    println!(
        "  {gain} facts gained, {bound} at most: a gap of {:.3} %",
        100.0 * gap
    );
    results.row(
        &format!("{what} gap in millionths"),
        seconds,
        (1e6 * gap) as u64,
    );
}

fn main() {
    let path = env::var_os("RESULTS").map_or("target/engine.csv".into(), PathBuf::from);
    let mut results = Results::new(path);
    println!("{}", results.machine);
    let streaming = machine::streaming();
    results.row("machine streaming", 1.0, streaming as u64);
    let sizes = number("STEPS").map_or(SIZES.to_vec(), |steps| vec![steps]);
    let shape = env::var("SHAPE").ok();
    let kind = env::var("KIND").ok();
    let is_asked =
        |asked: &Option<String>, name| asked.as_deref().is_none_or(|asked| asked == name);
    for steps in sizes {
        for (name, shape_of) in [("giant", Shape::Giant), ("segmented", Shape::Segmented)] {
            for (kind_name, ands, conditional) in
                [("plain", 0, 0), ("bounds", 0, 50), ("ands", 20, 50)]
            {
                if !is_asked(&shape, name) || !is_asked(&kind, kind_name) {
                    continue;
                }
                let wanted = Wanted {
                    steps,
                    scenarios: (steps / 10).min(10_000),
                    shape: shape_of,
                    seed: 1,
                    ands,
                    conditional,
                    sets: 50,
                };
                measure(&mut results, wanted, streaming);
            }
        }
    }
}
