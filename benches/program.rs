//! The whole program, from CSV to reports: 10,000 principals, 1,000,000 steps, 10,000 credentials.
//!
//! `cargo bench --bench program` writes a made-up estate in the neutral format, runs the binary on it, and prints wall
//! time by run. `STEPS`, `PRINCIPALS` and `RUNS` change the size, `FOLDER` keeps the estate there. The estate: heavy-tailed groups of principals,
//! chains and cycles between them, 2 % steps with two needs, 5 % conditional, credentials that lie on resources.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking and answers by printing"
)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;
use std::{env, fs, process};

fn size(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// A number below `end`, small ones likelier: the square of an even chance.
fn skewed(chance: &mut ChaCha8Rng, end: u64) -> u64 {
    let one = chance.next_u64() % end;
    let other = chance.next_u64() % end;
    one * other / end
}

fn write_estate(folder: &Path, principals: u64, steps: u64) {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let resources = principals * 2;
    let mut nodes =
        String::from("word,id,name,type,platform,principal,resource,sensitivity,created,status\n");
    for at in 0..principals {
        writeln!(nodes, "principal,p{at},p{at},role,stated,,,,,").unwrap();
        writeln!(
            nodes,
            "credential,c{at},c{at},access-key,stated,p{at},,,2025-01-01,active"
        )
        .unwrap();
    }
    for at in 0..resources {
        let sensitivity =
            ["internal", "confidential", "restricted", "crown"][usize::from(at % 97 == 0) * 3];
        writeln!(
            nodes,
            "resource,r{at},r{at},s3:bucket,stated,,,{sensitivity},,"
        )
        .unwrap();
    }
    let mut rows = String::from("needs,gain,technique,scope,condition\n");
    for at in 0..steps {
        let from = chance.next_u64() % principals;
        let scope = chance.next_u64() % (steps / 20 + 1);
        let condition = if chance.next_u64() % 20 == 0 {
            "an open condition"
        } else {
            ""
        };
        let mut needs = format!("principal:p{from}");
        if chance.next_u64() % 50 == 0 {
            write!(needs, " ; principal:p{}", chance.next_u64() % principals).unwrap();
        }
        let gain = match chance.next_u64() % 100 {
            // Roles assume roles: mostly nearby, in chains; a few jump.
            0 => format!("principal:p{}", skewed(&mut chance, principals)),
            1..4 => format!(
                "principal:p{}",
                (from + 1 + chance.next_u64() % 5) % principals
            ),
            4 => format!("credential:c{}", skewed(&mut chance, principals)),
            5..60 => format!("read:r{}", skewed(&mut chance, resources)),
            60..80 => format!("list:r{}", skewed(&mut chance, resources)),
            _ => format!("write:r{}", skewed(&mut chance, resources)),
        };
        writeln!(rows, "{needs},{gain},t{},scope{scope},{condition}", at % 30).unwrap();
    }
    fs::write(folder.join("nodes.csv"), nodes).unwrap();
    fs::write(folder.join("steps.csv"), rows).unwrap();
}

fn main() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = env::var_os("FOLDER").map_or(temporary.path().to_owned(), Into::into);
    let (principals, steps) = (size("PRINCIPALS", 10_000), size("STEPS", 1_000_000));
    write_estate(&folder, principals, steps);
    for run in 1..=size("RUNS", 3) {
        let start = Instant::now();
        let status = process::Command::new(env!("CARGO_BIN_EXE_leakreach"))
            .current_dir(&folder)
            .args(["analyze", ".", "--as-of=2026-01-01", "--quiet"])
            .status()
            .unwrap();
        assert!(status.success());
        println!(
            "run {run}: {principals} principals, {steps} steps: {:.2} s",
            start.elapsed().as_secs_f64()
        );
    }
}
