//! `leakreach merge`: join the parts of a run to its reports.

use super::input;
use super::output::Output;
use super::progress::Bars;
use super::work::Work;
use super::{Exit, message};
use crate::analysis::{self, Unmerged};
use crate::shards;
use camino::Utf8PathBuf;

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders with the parts that `analyze --shard` wrote; the exports are read again, under the same paths
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<Utf8PathBuf>,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    work: Work,
}

pub(super) fn run(args: &Args) -> Exit {
    if let Some(exit) = args.work.begin() {
        return exit;
    }
    let (run, parts) = match shards::read(&args.dirs) {
        Ok(both) => both,
        Err(error) => {
            message(&error.to_string());
            return Exit::Input;
        }
    };
    let Some(options) = run.options(args.work.memory()) else {
        message("the parts name no moment that counts as now\n  help: run all shards again");
        return Exit::Input;
    };
    let bars = Bars::new(args.output.quiet);
    let analysis = match analysis::merge(&run.paths, &options, &parts, &bars) {
        Ok(analysis) => analysis,
        Err(error) => {
            message(&error.to_string());
            return match error {
                Unmerged::Memory(_) => Exit::Internal,
                _ => Exit::Input,
            };
        }
    };
    if let Some(refusal) = input::refusal(&analysis, run.strict) {
        message(&refusal);
        return Exit::Input;
    }
    args.output.present(&analysis)
}
