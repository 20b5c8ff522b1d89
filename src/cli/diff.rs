//! `leakreach diff`: what changed from one run to another.

use super::{Exit, complain, message, result};
use crate::changes::{self, Report};
use crate::reports;
use camino::Utf8PathBuf;

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The report.json of the older run, or its folder
    #[arg(value_name = "OLD")]
    old: Utf8PathBuf,

    /// That of the newer run
    #[arg(value_name = "NEW")]
    new: Utf8PathBuf,

    /// What is printed
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Output"
    )]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// All of it, versioned, with a schema
    Json,
    /// For comments on pull requests
    Markdown,
}

pub(super) fn run(args: &Args) -> Exit {
    let read = |path| {
        Report::read(path).map_err(|error| {
            message(&error.to_string());
            Exit::Input
        })
    };
    let (old, new) = match (read(&args.old), read(&args.new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let changes = changes::compare(&old, &new);
    match args.format {
        Format::Text => result(reports::changes_text(&changes).as_bytes()),
        Format::Markdown => result(reports::changes_markdown(&changes).as_bytes()),
        Format::Json => match reports::changes_json(&changes) {
            Ok(bytes) => result(&bytes),
            Err(error) => {
                complain(&error);
                Exit::Internal
            }
        },
    }
}
