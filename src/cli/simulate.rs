//! `leakreach simulate`: what fixes change together.

use super::input::{Input, Ranked};
use super::progress::Bars;
use super::work::Work;
use super::{Exit, Format, complain, message, result, screen};
use crate::analysis::{self, FixLimit, Options, Unsimulated};
use crate::reports::{self, Words, terminal};
use camino::{Utf8Path, Utf8PathBuf};

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    ranked: Ranked,

    /// A fix that is done, by its id: `fixes[].id` of report.json, or of `leakreach list fixes`
    #[arg(long, value_name = "ID", group = "what", help_heading = "Change")]
    fix: Vec<String>,

    /// All fixes of a plan, as `leakreach plan --format json` writes it
    #[arg(long, value_name = "FILE", group = "what", help_heading = "Change")]
    plan: Option<Utf8PathBuf>,

    /// How the result is written
    #[arg(long, default_value = "text", help_heading = "Output")]
    format: Format,

    /// For how many credentials it is told what each loses and keeps
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Output")]
    shown: usize,

    /// Show no progress
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,

    #[command(flatten)]
    work: Work,
}

pub(super) fn run(args: &Args) -> Exit {
    let mut ids = args.fix.clone();
    if let Some(path) = &args.plan {
        match planned(path) {
            Ok(of_plan) => ids.extend(of_plan),
            Err(text) => {
                message(&text);
                return Exit::Input;
            }
        }
    }
    let options = Options {
        as_of: args.input.as_of(),
        read: args.input.reading(),
        mode: args.input.mode(),
        measure: args.ranked.by,
        shown: args.shown,
        fixes: FixLimit::Best(0),
        memory: args.work.memory(),
    };
    if let Some(exit) = args.work.begin() {
        return exit;
    }
    let bars = Bars::new(args.quiet);
    let reached = analysis::reached(
        &args.input.paths,
        &Options {
            shown: 0,
            ..options.clone()
        },
        &bars,
    );
    let mut analysis = match reached {
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
    let simulation = match analysis::simulated(&mut analysis, &options, &ids, &bars) {
        Ok(simulation) => simulation,
        Err(Unsimulated::Unknown { id, near }) => {
            message(&Words::no_such_fix(&id, &near));
            return Exit::Usage;
        }
        Err(error) => {
            message(&error.to_string());
            return match error {
                Unsimulated::Memory(_) => Exit::Internal,
                _ => Exit::Usage,
            };
        }
    };
    match args.format {
        Format::Text => {
            let (width, style) = screen();
            result(terminal::simulate(&analysis, &simulation, width, style).as_bytes())
        }
        Format::Json => match reports::simulation_json(&analysis, &simulation) {
            Ok(bytes) => result(&bytes),
            Err(error) => {
                complain(&error);
                Exit::Internal
            }
        },
        Format::Csv => super::table(&reports::simulation_rows(&analysis, &simulation)),
    }
}

/// The ids of the fixes of a plan; else what to tell the user.
fn planned(path: &Utf8Path) -> Result<Vec<String>, String> {
    let text =
        std::fs::read(path).map_err(|error| format!("`{path}` could not be read: {error}"))?;
    analysis::fixes_of_plan(&text).map_err(|error| {
        let cause = std::error::Error::source(&error);
        let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
        format!(
            "`{path}`: {error}{cause}\n  help: `leakreach plan --format json > {path}` writes one"
        )
    })
}
