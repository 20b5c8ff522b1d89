//! `leakreach analyze`: read exports, rank, write reports, or one part of that.

use super::input::{Input, Ranked};
use super::output::Output;
use super::over_time::{OverTime, Told};
use super::progress::Bars;
use super::work::Work;
use super::{Exit, complain, message, result, verified};
use crate::analysis::{self, Analysis, FixLimit, Options, Shard};
use crate::changes::Policy;
use crate::shards;

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    run: Run,

    /// Do only part I of N, from 0, and write it for `merge`: `--shard 0/4`
    #[arg(
        long,
        value_name = "I/N",
        requires = "as_of",
        conflicts_with_all = ["json", "format", "verify", "baseline", "history"],
        help_heading = "Work"
    )]
    shard: Option<Shard>,
}

/// The arguments of a whole run.
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    ranked: Ranked,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    over_time: OverTime,

    #[command(flatten)]
    work: Work,

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

pub(super) fn fix_limit(text: &str) -> Result<FixLimit, String> {
    match text {
        "all" => Ok(FixLimit::All),
        number => number
            .parse()
            .map(FixLimit::Best)
            .map_err(|_| "neither a number nor `all`".to_owned()),
    }
}

impl Run {
    fn options(&self) -> Options {
        Options {
            as_of: self.input.as_of(),
            read: self.input.reading(),
            mode: self.input.mode(),
            measure: self.ranked.by,
            shown: self.shown,
            fixes: self.fixes,
            memory: self.work.memory(),
        }
    }

    /// Reads, computes and checks; how the run ends where that fails.
    fn analysis(&self, options: &Options) -> Result<Analysis, Exit> {
        let bars = Bars::new(self.output.quiet);
        let analysis = analysis::analyze(&self.input.paths, options, &bars).map_err(|error| {
            message(&error.to_string());
            Exit::Internal
        })?;
        if let Some(refusal) = self.input.refusal(&analysis) {
            message(&refusal);
            return Err(Exit::Input);
        }
        if self.verify
            && let Some(exit) = verified(&analysis, None, &bars, self.output.quiet)
        {
            return Err(exit);
        }
        Ok(analysis)
    }

    /// The same, as a policy takes it, compared with the runs that are asked for, as its report tells it.
    pub(super) fn told(&self, policy: Option<&Policy>) -> Result<(Analysis, Told), Exit> {
        if let Some(exit) = self.work.begin() {
            return Err(exit);
        }
        let before = self.over_time.read()?;
        let options = self.options();
        let mut analysis = self.analysis(&options)?;
        if let Some(policy) = policy {
            analysis.set_bands(&policy.bands);
            let accepted = policy.accepted_credentials(options.as_of);
            let bars = Bars::new(self.output.quiet);
            let left = analysis.leave_out(&accepted, &options.memory, &bars);
            left.map_err(|error| {
                message(&error.to_string());
                Exit::Internal
            })?;
        }
        let told = self.over_time.add(&before, &mut analysis)?;
        Ok((analysis, told))
    }

    /// Writes the reports, then the history.
    pub(super) fn present(&self, analysis: &Analysis) -> Exit {
        match self.output.present(analysis) {
            Exit::Done => self.over_time.keep(analysis),
            exit => exit,
        }
    }

    /// Whether the summary is printed.
    pub(super) fn prints_summary(&self) -> bool {
        self.output.prints_summary()
    }
}

pub(super) fn run(args: &Args) -> Exit {
    let run = &args.run;
    if let Some(shard) = args.shard {
        return match run.work.begin() {
            Some(exit) => exit,
            None => run_part(run, shard),
        };
    }
    if run.over_time.is_asked() {
        return match run.told(None) {
            Ok((analysis, _)) => run.present(&analysis),
            Err(exit) => exit,
        };
    }
    if let Some(exit) = run.work.begin() {
        return exit;
    }
    match run.analysis(&run.options()) {
        Ok(analysis) => run.present(&analysis),
        Err(exit) => exit,
    }
}

/// One part of a run.
fn run_part(args: &Run, shard: Shard) -> Exit {
    let options = args.options();
    let bars = Bars::new(args.output.quiet);
    let paths = &args.input.paths;
    if paths.iter().any(|path| path == "-") {
        message(
            "the shards and the merge all read the exports, and stdin can be read once\n  help: write them to a folder",
        );
        return Exit::Usage;
    }
    let (analysis, part) = match analysis::part(paths, &options, shard, &bars) {
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
    let run = shards::Run::new(paths, &options, args.input.is_strict());
    match shards::write(&args.output.out, &run, &part) {
        Ok(_) if args.output.quiet => Exit::Done,
        Ok(path) => result(format!("part {shard} of the run is written to {path}\n").as_bytes()),
        Err(error) => {
            complain(&error);
            Exit::Internal
        }
    }
}
