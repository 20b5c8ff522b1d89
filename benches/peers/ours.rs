//! leakreach on plain edges, timed as its peers are: `ours FOLDER reach|fixes [SCENARIOS [FIXES [RUNS]]]`.
//!
//! Reads what `generate-estate` wrote. Prints a line of JSON for each run: the seconds (without reading), the most
//! memory held, and the facts reached by each scenario, with what it begins with; for fixes the facts reached by all
//! scenarios together after each fix.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking and answers by printing"
)]

#[path = "../engine/calls.rs"]
mod calls;
#[path = "../engine/machine.rs"]
mod machine;

use anyhow::{Context, Result, bail};
use leakreach::inventory::{PrincipalId, ScopeId};
use leakreach::steps::{Control, ControlId, Fact, FactId, NewStep, Steps, StepsBuilder, Technique};
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

fn numbers(path: &Path) -> Result<Vec<u32>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let words = bytes.as_chunks::<4>().0;
    Ok(words.iter().map(|&word| u32::from_le_bytes(word)).collect())
}

fn rows(path: &Path) -> Result<Vec<Vec<u32>>> {
    let numbers = numbers(path)?;
    let count = *numbers
        .first()
        .context("a file of rows begins with their number")? as usize;
    let (starts, rows) = numbers[1..].split_at(count + 1);
    let row = |ends: &[u32]| rows[ends[0] as usize..ends[1] as usize].to_vec();
    Ok(starts.windows(2).map(row).collect())
}

/// The fact of a node; node 0 is what everybody holds.
fn fact(node: u32) -> Fact {
    match node {
        0 => Fact::Anyone,
        _ => Fact::Principal(PrincipalId(node)),
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, what, rest @ ..] = arguments.as_slice() else {
        bail!("usage: ours FOLDER reach|fixes [SCENARIOS [FIXES [RUNS]]]");
    };
    let asked = |at: usize, otherwise| match rest.get(at) {
        Some(text) => text
            .parse()
            .with_context(|| format!("`{text}` is no number")),
        None => Ok(otherwise),
    };
    let folder = Path::new(folder);
    let mut scenarios = rows(&folder.join("scenarios.u32"))?;
    scenarios.truncate(asked(0, usize::MAX)?);
    let mut fixes = rows(&folder.join("fixes.u32"))?;
    fixes.truncate(asked(1, usize::MAX)?);
    let (steps, controls) = steps(&numbers(&folder.join("edges.u32"))?, &fixes);
    let id = |node: u32| steps.fact_id(fact(node)).context("a scenario of no fact");
    let scenarios: Vec<Vec<FactId>> = scenarios
        .iter()
        .map(|seeds| seeds.iter().map(|&seed| id(seed)).collect())
        .collect::<Result<_>>()?;
    let reach = || -> Vec<u64> {
        let counts = calls::reach(&steps, &scenarios, 1).into_iter();
        let begins = scenarios.iter().map(|seeds| seeds.len() as u64);
        counts
            .zip(begins)
            .map(|((_, count), begins)| count + begins)
            .collect()
    };
    for _ in 0..asked(2, 1)? {
        let begun = Instant::now();
        let numbers: Vec<u64> = match what.as_str() {
            "reach" => reach(),
            "fixes" => {
                let before: u64 = reach().iter().sum();
                let prices = calls::price(&steps, &scenarios, &controls, true);
                prices
                    .iter()
                    .map(|(_, possible)| before - possible)
                    .collect()
            }
            other => bail!("`{other}` is nothing to time: reach or fixes"),
        };
        let seconds = begun.elapsed().as_secs_f64();
        let bytes = machine::most_memory();
        println!(
            "{}",
            serde_json::json!({"seconds": seconds, "numbers": numbers, "bytes": bytes})
        );
    }
    Ok(())
}

/// The edges as steps, and the control that each fix removes. An edge of no fix has no control.
fn steps(edges: &[u32], fixes: &[Vec<u32>]) -> (Steps, Vec<ControlId>) {
    let mut builder = StepsBuilder::new();
    let technique = builder.technique(&Technique {
        id: "peers/edge".to_owned(),
        name: "follow an edge".to_owned(),
        attack: Vec::new(),
        source: String::new(),
    });
    let mut controls_of: Vec<Vec<Control>> = vec![Vec::new(); edges.len() / 2];
    let mut ids = Vec::new();
    for (scope, fix) in (0..).zip(fixes) {
        let control = Control::Scope(ScopeId(scope));
        ids.push(builder.control(control));
        for &edge in fix {
            controls_of[edge as usize].push(control);
        }
    }
    for (edge, controls) in edges.as_chunks::<2>().0.iter().zip(&controls_of) {
        builder.add(NewStep {
            needs: &[fact(edge[0])],
            gain: fact(edge[1]),
            technique,
            controls,
            evidence: &[],
            condition: None,
        });
    }
    (builder.build(), ids)
}
