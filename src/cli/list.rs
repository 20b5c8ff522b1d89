//! `leakreach list`: what the program knows.

use super::{Exit, complain, result};
use crate::findings::{CHECKS, Check};
use crate::reports::FORMATS;
use crate::sources::SOURCES;
use crate::techniques;
use std::fmt::Write as _;

/// What to list.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    what: What,

    /// How it is written
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// The exports that are understood, with the commands that make them
    Sources,
    /// The techniques that lead from one thing to another: what each needs and gains, and what stops it
    Techniques,
    /// The checks that findings come from, each with its page: what it means, when it is raised, how to fix it
    Findings,
    /// The formats of reports
    Formats,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people: a paragraph each
    Text,
    /// An array of objects
    Json,
    /// A table with a header
    Csv,
}

/// Rows of a few columns, the first of which names the row.
struct List {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

pub(super) fn run(args: &Args) -> Exit {
    let list = match args.what {
        What::Sources => sources(),
        What::Techniques => of_techniques(),
        What::Findings => findings(),
        What::Formats => formats(),
    };
    let bytes = match args.format {
        Format::Text => Ok(list.text().into_bytes()),
        Format::Json => list.json(),
        Format::Csv => list.csv(),
    };
    match bytes {
        Ok(bytes) => result(&bytes),
        Err(error) => {
            complain(&*error);
            Exit::Internal
        }
    }
}

fn sources() -> List {
    let row = |id: &str, about: &str, command: &str| vec![id.into(), about.into(), command.into()];
    let rows = SOURCES.iter();
    List {
        columns: &["id", "about", "command"],
        rows: rows.map(|of| row(of.id, of.about, of.command)).collect(),
    }
}

fn findings() -> List {
    let row = |check: &Check| {
        let severity = check.severity.name();
        vec![
            check.id.into(),
            check.title.into(),
            severity.into(),
            check.page.into(),
        ]
    };
    List {
        columns: &["id", "title", "severity", "page"],
        rows: CHECKS.iter().map(row).collect(),
    }
}

fn formats() -> List {
    let rows = FORMATS.iter();
    List {
        columns: &["id", "about"],
        rows: rows
            .map(|format| vec![format.id.into(), format.about.into()])
            .collect(),
    }
}

fn of_techniques() -> List {
    let row = |row: techniques::Row| {
        let attack = match row.attack.is_empty() {
            true => String::new(),
            false => format!("{} ({})", row.attack.join(" "), row.attack_version),
        };
        vec![
            row.id,
            row.platform,
            row.name,
            row.needs,
            row.gains,
            attack,
            row.fix,
            row.source,
        ]
    };
    List {
        columns: &[
            "id", "platform", "name", "needs", "gains", "attack", "fix", "source",
        ],
        rows: techniques::table().into_iter().map(row).collect(),
    }
}

impl List {
    /// A paragraph for each row: its name, then a line for each other cell that says something; with the column's name
    /// where there are many.
    fn text(&self) -> String {
        let is_wide = self.columns.len() > 3;
        let width = self.columns.iter().map(|column| column.len()).max();
        let mut text = String::new();
        for row in &self.rows {
            for (at, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                let written = match (at, is_wide) {
                    (0, _) => writeln!(text, "{cell}"),
                    _ if cell.is_empty() => Ok(()),
                    (_, true) => {
                        writeln!(text, "    {column:<0$}  {cell}", width.unwrap_or_default())
                    }
                    (_, false) => writeln!(text, "    {cell}"),
                };
                // Writing to a string does not fail.
                if written.is_err() {
                    break;
                }
            }
        }
        text
    }

    fn json(&self) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let object = |row: &Vec<String>| -> serde_json::Map<String, serde_json::Value> {
            let cells = self.columns.iter().zip(row);
            cells
                .map(|(&column, cell)| (column.to_owned(), cell.as_str().into()))
                .collect()
        };
        let objects: Vec<_> = self.rows.iter().map(object).collect();
        let mut bytes = serde_json::to_vec_pretty(&objects)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn csv(&self) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns)?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        Ok(writer.into_inner()?)
    }
}
