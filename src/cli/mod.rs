//! The command line: the only place that knows clap, colours, progress bars and exit codes.

mod analyze;
mod diff;
mod explain;
mod gate;
mod generate;
mod input;
mod list;
mod merge;
mod output;
mod over_time;
mod plan;
mod progress;
mod simulate;
mod work;

use crate::analysis::{Analysis, Plan};
use crate::reports::{self, terminal};
use crate::verify::{self, Verification};
use clap::{ColorChoice, Parser, Subcommand};
use progress::Bars;
use std::io::Write;
use std::process::ExitCode;

/// How a run ended, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All was done.
    Done = 0,
    /// All was done, and what a policy forbids was found.
    Gate = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The input could not be used.
    Input = 3,
    /// A fault of this program or of the machine.
    Internal = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// How far could each leaked secret travel, and which fix shrinks that most?
///
/// Reads exported IAM and SaaS data, offline: nothing is fetched, no secret value is kept.
#[derive(Debug, Parser)]
#[command(name = "leakreach", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 the policy of a gate is broken, 2 wrong usage, 3 input that could not be used, 4 internal error, or --verify found one";

#[derive(Debug, Subcommand)]
enum Command {
    /// Read exports, rank credentials by reach and fixes by gain, write reports
    Analyze(Box<analyze::Args>),
    /// Choose the set of fixes that gains most for its effort, with a proven bound and in the order in which it holds
    Plan(Box<plan::Args>),
    /// Join the parts that `analyze --shard` wrote to the reports of one run
    Merge(Box<merge::Args>),
    /// Answer one question: why A can reach B, where A could go, who reaches something, what a revocation breaks
    Explain(Box<explain::Args>),
    /// Show what fixes change together: reach before and after, and what is lost
    Simulate(Box<simulate::Args>),
    /// Tell what changed from one run to another, and why
    Diff(diff::Args),
    /// As `analyze`, and fail where a policy does not hold
    Gate(Box<gate::Args>),
    /// List what the program knows, or what exports hold: credentials, principals, resources, fixes
    List(Box<list::Args>),
    /// Print the completion of a shell
    Completions(generate::CompletionsArgs),
    /// Print the manual page, or write one for every command
    Man(generate::ManArgs),
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may hold values of the input, so only the place is told.
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        message(&format!(
            "this is a bug in leakreach {}: it stopped at {place}\n  help: please report it with that place; the reports of earlier runs are untouched",
            env!("CARGO_PKG_VERSION"),
        ));
    }));
    match std::panic::catch_unwind(dispatch) {
        Ok(exit) => exit.into(),
        Err(_) => Exit::Internal.into(),
    }
}

fn dispatch() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, and go to stdout.
            let is_error = error.use_stderr();
            let _ = error.print();
            return if is_error { Exit::Usage } else { Exit::Done };
        }
    };
    match cli.color {
        ColorChoice::Auto => {}
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
    match cli.command {
        Command::Analyze(args) => analyze::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Gate(args) => gate::run(&args),
        Command::List(args) => list::run(&args),
        Command::Completions(args) => generate::completions(&args),
        Command::Man(args) => generate::man(&args),
    }
}

/// How a list or an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For other programs
    Json,
    /// A table with a header
    Csv,
}

/// Prints a register as CSV.
fn table(register: &reports::Register) -> Exit {
    printed(register.csv())
}

/// Prints a register as an array of JSON objects.
fn array(register: &reports::Register) -> Exit {
    printed(register.json())
}

fn printed(bytes: Result<Vec<u8>, reports::RegisterError>) -> Exit {
    match bytes {
        Ok(bytes) => result(&bytes),
        Err(error) => {
            complain(&error);
            Exit::Internal
        }
    }
}

/// How wide a summary may be, and whether it is coloured.
fn screen() -> (usize, terminal::Style) {
    let style = match anstream::AutoStream::choice(&std::io::stdout()) {
        anstream::ColorChoice::Never => terminal::Style::Plain,
        _ => terminal::Style::Coloured,
    };
    // Without a terminal there is no width to fit; 100 columns fit a page.
    let width = comfy_table::Table::new().width().map_or(100, usize::from);
    (width, style)
}

/// Derives the figures of an analysis, and of a plan, again; how the run ends where one is wrong.
fn verified(analysis: &Analysis, plan: Option<&Plan>, bars: &Bars, is_quiet: bool) -> Option<Exit> {
    let found = verify::verify(analysis, plan, bars);
    match judged(&found, analysis, plan) {
        Ok(checked) => {
            if !is_quiet {
                let _ = writeln!(anstream::stderr(), "{checked}");
            }
            None
        }
        Err(wrong) => {
            message(&wrong);
            Some(Exit::Internal)
        }
    }
}

/// What was checked, or what is wrong.
fn judged(
    found: &Verification,
    analysis: &Analysis,
    plan: Option<&Plan>,
) -> Result<String, String> {
    let checked = reports::checked(found);
    if found.is_right() {
        return Ok(format!("verified: {checked}, each derived again and right"));
    }
    let lines: String = found
        .wrong
        .iter()
        .take(SHOWN_WRONG)
        .map(|wrong| format!("\n  {}", reports::wrong(analysis, plan, wrong)))
        .collect();
    let rest = found.wrong.len().saturating_sub(SHOWN_WRONG);
    let more = match rest {
        0 => String::new(),
        rest => format!("\n  and {}", reports::counted(rest, "more wrong figure")),
    };
    Err(format!(
        "this is a bug in leakreach {}: figures are wrong ({checked} derived again){lines}{more}\n  help: please \
         report it; nothing was written",
        env!("CARGO_PKG_VERSION"),
    ))
}

/// More wrong figures than these are only counted.
const SHOWN_WRONG: usize = 10;

/// Says something on stderr.
fn message(text: &str) {
    let red = anstyle::Style::new()
        .bold()
        .fg_color(Some(anstyle::AnsiColor::Red.into()));
    let _ = writeln!(anstream::stderr(), "{red}error{red:#}: {text}");
}

/// Says what is to be known on stderr; the run goes on.
fn warning(text: &str) {
    let yellow = anstyle::Style::new()
        .bold()
        .fg_color(Some(anstyle::AnsiColor::Yellow.into()));
    let _ = writeln!(anstream::stderr(), "{yellow}warning{yellow:#}: {text}");
}

/// Says why the run ended, with all its causes.
fn complain(error: &dyn std::error::Error) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    message(&text);
}

/// Writes the result to stdout. That the reader has gone is no error.
fn result(bytes: &[u8]) -> Exit {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&error);
            Exit::Internal
        }
        _ => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    fn help(name: &str) -> String {
        let mut command = Cli::command().term_width(100);
        let command = command.find_subcommand_mut(name).unwrap().clone();
        command.term_width(100).render_help().to_string()
    }

    #[test]
    fn a_wrong_figure_is_named_and_ends_the_run() {
        use crate::risk::Points;
        let analysis = crate::reports::sample::analysis();
        let mut found = Verification::default();
        assert!(judged(&found, &analysis, None).is_ok());
        let wrong = verify::Wrong {
            of: verify::Subject::Fix(0),
            figure: "certain points",
            told: Points::hundredths(18_000).0,
            is: Points::hundredths(17_900).0,
        };
        found.wrong = vec![wrong; SHOWN_WRONG + 2];
        let told = judged(&found, &analysis, None).unwrap_err();
        let order = "remove statement `AnyUser` from the trust of role prod-deployer";
        let line = format!("\n  {order}: certain points said to be 180.00, derived again 179.00\n");
        assert!(told.contains(&line), "{told}");
        assert!(told.contains("\n  and 2 more wrong figures\n"), "{told}");
    }

    #[test]
    fn help_of_analyze() {
        insta::assert_snapshot!(help("analyze"));
    }

    #[test]
    fn help_of_diff() {
        insta::assert_snapshot!(help("diff"));
    }

    #[test]
    fn help_of_gate() {
        insta::assert_snapshot!(help("gate"));
    }

    #[test]
    fn help_of_merge() {
        insta::assert_snapshot!(help("merge"));
    }

    #[test]
    fn help_of_explain() {
        insta::assert_snapshot!(help("explain"));
    }

    #[test]
    fn help_of_simulate() {
        insta::assert_snapshot!(help("simulate"));
    }

    #[test]
    fn help_of_list() {
        insta::assert_snapshot!(help("list"));
    }

    #[test]
    fn help_of_plan() {
        insta::assert_snapshot!(help("plan"));
    }
}
