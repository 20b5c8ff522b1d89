//! `leakreach analyze`: read exports, rank, write reports.

use super::input::Input;
use super::progress::Bars;
use super::{Exit, complain, message, result, screen, verified, work_on};
use crate::analysis::{self, Analysis, FixLimit, Options};
use crate::reports::{self, Format, terminal};
use camino::Utf8PathBuf;

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,

    /// Where reports are written
    #[arg(
        long,
        value_name = "DIR",
        default_value = "leakreach-report",
        help_heading = "Output"
    )]
    out: Utf8PathBuf,

    /// Which reports are written
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = format_names(), default_value = "html,dot,json", help_heading = "Output")]
    format: Vec<String>,

    /// Print report.json to stdout instead of the summary
    #[arg(long, help_heading = "Output", conflicts_with = "quiet")]
    json: bool,

    /// Print no summary and no progress
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,

    /// How many threads work; the answer does not depend on it [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Work")]
    threads: Option<u16>,

    /// How many of the best fixes are priced exactly, or `all`
    #[arg(long, value_name = "N|all", default_value = "50", value_parser = fix_limit, help_heading = "Work")]
    fixes: FixLimit,

    /// How many credentials are shown in full, with their paths
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = "Work")]
    shown: usize,

    /// Derive figures again by their definitions, and fail where one is wrong; of a large estate some
    #[arg(long, help_heading = "Work")]
    verify: bool,
}

/// The ids of the formats, and `none`.
fn format_names() -> clap::builder::PossibleValuesParser {
    reports::FORMATS
        .iter()
        .map(|format| format.id)
        .chain(["none"])
        .collect::<Vec<_>>()
        .into()
}

fn fix_limit(text: &str) -> Result<FixLimit, String> {
    match text {
        "all" => Ok(FixLimit::All),
        number => number
            .parse()
            .map(FixLimit::Best)
            .map_err(|_| "neither a number nor `all`".to_owned()),
    }
}

pub(super) fn run(args: &Args) -> Exit {
    let options = Options {
        as_of: args.input.as_of(),
        read: args.input.reading(),
        shown: args.shown,
        fixes: args.fixes,
    };
    if let Err(error) = work_on(args.threads) {
        complain(&error);
        return Exit::Internal;
    }
    let bars = Bars::new(args.quiet);
    let analysis = analysis::analyze(&args.input.paths, &options, &bars);
    if let Some(refusal) = args.input.refusal(&analysis) {
        message(&refusal);
        return Exit::Input;
    }
    if args.verify
        && let Some(exit) = verified(&analysis, None, &bars, args.quiet)
    {
        return exit;
    }
    match present(args, &analysis) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&error);
            Exit::Internal
        }
    }
}

fn present(args: &Args, analysis: &Analysis) -> Result<Exit, reports::Error> {
    let formats: Vec<&Format> = reports::FORMATS
        .iter()
        .filter(|format| args.format.iter().any(|id| id == format.id))
        .collect();
    let written = reports::write(analysis, &args.out, &formats)?;
    if args.quiet {
        return Ok(Exit::Done);
    }
    if args.json {
        let json = reports::FORMATS.iter().find(|format| format.id == "json");
        return json.map_or(Ok(Exit::Internal), |json| {
            Ok(result(&(json.render)(analysis)?))
        });
    }
    let (width, style) = screen();
    Ok(result(
        terminal::render(analysis, width, style, &written).as_bytes(),
    ))
}
