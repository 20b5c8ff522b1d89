//! `leakreach list`: what the program knows.

use super::{Exit, result};
use crate::reports::FORMATS;
use crate::sources::SOURCES;

/// What to list.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    what: What,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// The exports that are understood, with the commands that make them
    Sources,
    /// The formats of reports
    Formats,
}

pub(super) fn run(args: &Args) -> Exit {
    let text: String = match args.what {
        What::Sources => SOURCES
            .iter()
            .map(|source| {
                format!(
                    "{}\n    {}\n    {}\n",
                    source.id, source.about, source.command
                )
            })
            .collect(),
        What::Formats => FORMATS
            .iter()
            .map(|format| format!("{}\n    {}\n", format.id, format.about))
            .collect(),
    };
    result(text.as_bytes())
}
