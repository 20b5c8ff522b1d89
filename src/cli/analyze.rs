//! `leakreach analyze`: read exports, rank, write reports, or one part of that.

use super::input::Input;
use super::output::Output;
use super::progress::Bars;
use super::work::Work;
use super::{Exit, complain, message, result, verified};
use crate::analysis::{self, FixLimit, Options, Shard};
use crate::shards::{self, Run};

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    work: Work,

    /// How many of the best fixes are priced exactly, or `all`
    #[arg(long, value_name = "N|all", default_value = "50", value_parser = fix_limit, help_heading = "Work")]
    fixes: FixLimit,

    /// How many credentials are shown in full, with their paths
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = "Work")]
    shown: usize,

    /// Do only part I of N, from 0, and write it for `merge`: `--shard 0/4`
    #[arg(
        long,
        value_name = "I/N",
        requires = "as_of",
        conflicts_with_all = ["json", "format", "verify"],
        help_heading = "Work"
    )]
    shard: Option<Shard>,

    /// Derive figures again by their definitions, and fail where one is wrong; of a large estate some
    #[arg(long, help_heading = "Work")]
    verify: bool,
}

pub(super) fn fix_limit(text: &str) -> Result<FixLimit, String> {
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
        mode: args.input.mode(),
        shown: args.shown,
        fixes: args.fixes,
        memory: args.work.memory(),
    };
    if let Some(exit) = args.work.begin() {
        return exit;
    }
    let bars = Bars::new(args.output.quiet);
    if let Some(shard) = args.shard {
        return run_part(args, &options, shard, &bars);
    }
    let analysis = match analysis::analyze(&args.input.paths, &options, &bars) {
        Ok(analysis) => analysis,
        Err(error) => {
            message(&error.to_string());
            return Exit::Internal;
        }
    };
    if let Some(refusal) = args.input.refusal(&analysis) {
        message(&refusal);
        return Exit::Input;
    }
    if args.verify
        && let Some(exit) = verified(&analysis, None, &bars, args.output.quiet)
    {
        return exit;
    }
    args.output.present(&analysis)
}

/// One part of a run.
fn run_part(args: &Args, options: &Options, shard: Shard, bars: &Bars) -> Exit {
    let paths = &args.input.paths;
    if paths.iter().any(|path| path == "-") {
        message(
            "the shards and the merge all read the exports, and stdin can be read once\n  help: write them to a folder",
        );
        return Exit::Usage;
    }
    let (analysis, part) = match analysis::part(paths, options, shard, bars) {
        Ok(both) => both,
        Err(error) => {
            message(&error.to_string());
            return Exit::Internal;
        }
    };
    if let Some(refusal) = args.input.refusal(&analysis) {
        message(&refusal);
        return Exit::Input;
    }
    let run = Run::new(paths, options, args.input.is_strict());
    match shards::write(&args.output.out, &run, &part) {
        Ok(_) if args.output.quiet => Exit::Done,
        Ok(path) => result(format!("part {shard} of the run is written to {path}\n").as_bytes()),
        Err(error) => {
            complain(&error);
            Exit::Internal
        }
    }
}
