//! How long AWS rights take to become steps, by size of the account: `cargo bench --bench rights`.
//!
//! Writes made-up accounts of 500 to 50,000 principals (`datasets/generate/account`), reads each, and prints the time of
//! every stage, the number of steps, and the most memory that the process has held so far. `PRINCIPALS` asks for one
//! size alone. What should be seen: time and steps in proportion to the account.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking and answers by printing"
)]

#[path = "../datasets/generate/account/estate.rs"]
mod estate;

use camino::Utf8PathBuf;
use leakreach::inventory::Inventory;
use leakreach::progress::Silent;
use leakreach::{sources, techniques};
use std::time::Instant;
use std::{env, fs};

/// The most memory that this process has held, in MiB (Linux; elsewhere unknown).
fn most_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.map_or("unknown".to_owned(), |kib| format!("{} MiB", kib / 1024))
}

fn main() {
    let sizes: Vec<u64> = match env::var("PRINCIPALS") {
        Ok(size) => vec![size.parse().unwrap()],
        Err(_) => vec![500, 1_500, 5_000, 7_000, 15_000, 50_000],
    };
    for principals in sizes {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        fs::write(
            root.join("details.json"),
            serde_json::to_vec(&estate::account(principals)).unwrap(),
        )
        .unwrap();
        let start = Instant::now();
        let reading = sources::read(&[root], &sources::ReadOptions::default(), &Silent);
        let mut problems = reading.problems;
        let as_of = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
        let read = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let (steps, _) = techniques::derive(&mut inventory);
        println!(
            "{principals} principals: read {read:.2} s, rights to {} steps {:.2} s, {} so far",
            steps.len(),
            start.elapsed().as_secs_f64(),
            most_memory()
        );
    }
}
