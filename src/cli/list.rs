//! `leakreach list`: what the program knows.

use super::{Exit, result};
use crate::reports::FORMATS;

/// What to list.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    what: What,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// The formats of reports
    Formats,
}

pub(super) fn run(args: &Args) -> Exit {
    let rows: Vec<(&str, &str)> = match args.what {
        What::Formats => FORMATS
            .iter()
            .map(|format| (format.id, format.about))
            .collect(),
    };
    let width = rows.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    let lines: String = rows
        .iter()
        .map(|(id, about)| format!("{id:width$}  {about}\n"))
        .collect();
    result(lines.as_bytes())
}
