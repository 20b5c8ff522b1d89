//! Writes a made-up estate as plain numbers, for programs that know nodes and edges only:
//! `cargo run --release --example generate-estate -- STEPS SCENARIOS SHAPE SEED FOLDER`.
//!
//! SHAPE is `giant` or `segmented`. The estate has no steps with two needs, nothing conditional and no scenario of
//! several facts. All numbers are 32 bits wide, lowest byte first:
//!
//! | file | what |
//! | --- | --- |
//! | `edges.u32` | need and gain of each step |
//! | `scenarios.u32` | rows: what each scenario begins with |
//! | `fixes.u32` | rows: the edges, by their place in `edges.u32`, that each fix removes |
//! | `estate.json` | how many facts, edges, scenarios and fixes; facts are numbered from 0, of which 0 is not used |
//!
//! Rows are: their number, the place where each begins and where the last ends, and all of them one after the other.

mod estate;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use estate::{Estate, Shape, Wanted};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::{env, fs};

/// How many fixes of each kind are drawn.
const FIXES: usize = 25;

fn write_numbers(path: &Utf8Path, numbers: impl Iterator<Item = u32>) -> Result<()> {
    let mut file =
        BufWriter::new(File::create(path).with_context(|| format!("cannot write {path}"))?);
    for number in numbers {
        file.write_all(&number.to_le_bytes())?;
    }
    file.flush().with_context(|| format!("cannot write {path}"))
}

fn write_rows(path: &Utf8Path, rows: &[Vec<u32>]) -> Result<()> {
    let mut starts = vec![u32::try_from(rows.len())?, 0];
    let mut end = 0;
    for row in rows {
        end += u32::try_from(row.len())?;
        starts.push(end);
    }
    let rows = rows.iter().flatten().copied();
    write_numbers(path, starts.into_iter().chain(rows))
}

fn write(folder: &Utf8Path, wanted: Wanted, estate: &Estate) -> Result<()> {
    let steps = &estate.steps;
    let edges = steps.ids().flat_map(|id| {
        let need = steps.needs(id).first().copied();
        [need.map_or(0, |need| need.0), steps.gain(id).0]
    });
    write_numbers(&folder.join("edges.u32"), edges)?;
    let scenarios = estate.scenarios.iter();
    let scenarios: Vec<Vec<u32>> = scenarios
        .map(|seeds| seeds.iter().map(|seed| seed.0).collect())
        .collect();
    write_rows(&folder.join("scenarios.u32"), &scenarios)?;
    let fixes = estate.fixes(FIXES, wanted.seed).into_iter();
    let fixes: Vec<Vec<u32>> = fixes
        .map(|control| steps.controlled_by(control).iter().map(|id| id.0).collect())
        .collect();
    write_rows(&folder.join("fixes.u32"), &fixes)?;
    let about = serde_json::json!({
        "facts": steps.facts.len(),
        "edges": steps.len(),
        "scenarios": scenarios.len(),
        "fixes": fixes.len(),
        "shape": format!("{:?}", wanted.shape).to_lowercase(),
        "seed": wanted.seed,
    });
    let path = folder.join("estate.json");
    fs::write(&path, format!("{about}\n")).with_context(|| format!("cannot write {path}"))
}

fn number(text: &str) -> Result<u64> {
    text.parse()
        .with_context(|| format!("`{text}` is no number"))
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [steps, scenarios, shape, seed, folder] = arguments.as_slice() else {
        bail!("usage: generate-estate STEPS SCENARIOS giant|segmented SEED FOLDER");
    };
    let wanted = Wanted {
        steps: number(steps)?,
        scenarios: number(scenarios)?,
        shape: match shape.as_str() {
            "giant" => Shape::Giant,
            "segmented" => Shape::Segmented,
            other => bail!("`{other}` is no shape: giant or segmented"),
        },
        seed: number(seed)?,
        ands: 0,
        conditional: 0,
        sets: 0,
    };
    let folder = Utf8PathBuf::from(folder);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {folder}"))?;
    write(&folder, wanted, &estate::estate(wanted))
}
