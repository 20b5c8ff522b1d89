//! What the machine can do, measured beside what is measured on it.

#![allow(dead_code, reason = "each bench uses a part")]

use rayon::prelude::*;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

/// A row of 512 lanes: one line of a cache.
type Line = [u64; 8];

/// Bytes a second.
pub(crate) type Rate = f64;

/// Processor, cores and memory in a few words (Linux; elsewhere the cores alone).
pub(crate) fn description() -> String {
    let line = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key));
        let value = line.and_then(|line| line.split(':').nth(1));
        value.unwrap_or("unknown").trim().to_owned()
    };
    let memory = line("/proc/meminfo", "MemTotal");
    let kib: u64 = memory.trim_end_matches(" kB").parse().unwrap_or(0);
    format!(
        "{}; {} threads; {} GiB",
        line("/proc/cpuinfo", "model name"),
        rayon::current_num_threads(),
        (kib >> 20) + 1
    )
}

/// Forgets the most memory that was held so far, where the system can.
pub(crate) fn forget_most_memory() {
    // Source: Linux, Documentation/filesystems/proc.rst, clear_refs: 5 resets VmHWM to what is held now.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most bytes that this process has held; 0 where the system does not tell.
pub(crate) fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// The best of three runs: what the machine can do, not what others left of it.
fn best(bytes: usize, run: impl Fn()) -> Rate {
    let rate = || {
        let begun = Instant::now();
        run();
        bytes as f64 / begun.elapsed().as_secs_f64()
    };
    (0..3).map(|_| rate()).fold(0.0, f64::max)
}

fn or(a: Line, b: &Line) -> Line {
    std::array::from_fn(|word| a[word] | b[word])
}

/// Reading 1 GiB from its beginning to its end, all threads.
pub(crate) fn streaming() -> Rate {
    let lines: Vec<Line> = vec![[1; 8]; 1 << 24];
    best(lines.len() * 64, || {
        let parts = lines.par_chunks(1 << 16);
        let all = parts.map(|part| part.iter().fold([0; 8], or));
        black_box(all.reduce(|| [0; 8], |a, b| or(a, &b)));
    })
}

/// Reading lines of 64 bytes in no order, each thread from a table of its own of so many lines, as batches are swept.
pub(crate) fn gathering(lines: usize) -> Rate {
    let threads = rayon::current_num_threads();
    let reads: usize = 1 << 24;
    let tables: Vec<(Vec<Line>, Vec<u32>)> = (1..=threads as u64)
        .map(|thread| {
            let mut state = thread;
            let order = (0..reads).map(|_| {
                // Marsaglia, "Xorshift RNGs", 2003: fast, and random enough for addresses.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let place = (u128::from(state) * lines as u128) >> 64;
                u32::try_from(place).unwrap_or(0)
            });
            (vec![[1; 8]; lines], order.collect())
        })
        .collect();
    best(threads * reads * 64, || {
        tables.par_iter().for_each(|(table, order)| {
            let read = order.iter().map(|&at| &table[at as usize]);
            black_box(read.fold([0; 8], or));
        });
    })
}
