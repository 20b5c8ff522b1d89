//! `leakreach plan`: read exports, choose a set of fixes, print it in order.

use super::input::{Input, Ranked};
use super::progress::Bars;
use super::work::Threads;
use super::{Exit, complain, message, result, screen, verified};
use crate::analysis::{self, FixLimit, Goal, Limits, Memory, Options, Share};
use crate::reports;
use camino::Utf8PathBuf;
use std::time::Duration;

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("goal").required(true)))]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,

    #[command(flatten)]
    ranked: Ranked,

    /// The most gain for at most so many effort points: about an hour of one person each
    #[arg(long, value_name = "EFFORT", group = "goal", help_heading = "Goal")]
    budget: Option<u64>,

    /// The least effort that takes away at least that share of all reach: `80%` or `0.8`
    #[arg(long, value_name = "SHARE", group = "goal", value_parser = share, help_heading = "Goal")]
    until: Option<Share>,

    /// The most gain of at most so many fixes, whatever they take
    #[arg(long, value_name = "K", group = "goal", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Goal")]
    top: Option<u16>,

    /// What is printed: a page for a terminal, or JSON for other programs
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "terminal",
        help_heading = "Output"
    )]
    format: Format,

    /// Also write the plan as a page to hand on, plan.html, and as plan.json, which `simulate --plan` takes
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<Utf8PathBuf>,

    /// Show no progress
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,

    #[command(flatten)]
    threads: Threads,

    /// Search no longer than that; then the answer may differ from run to run [default: until work is done]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Work")]
    max_time: Option<u64>,

    /// Derive figures again by their definitions, and fail where one is wrong; of a large estate some
    #[arg(long, help_heading = "Work")]
    verify: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A page for people
    Terminal,
    /// Versioned, with a schema
    Json,
}

/// `80%`, `80 %`, `0.8`: a share with two decimals of a percent.
fn share(text: &str) -> Result<Share, String> {
    let wrong = || "no share: write `80%` or `0.8`".to_owned();
    let (number, whole) = match text.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 100),
        None => (text, 1),
    };
    let (integer, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (integer.is_empty() && fraction.is_empty()) || !is_digits(integer) || !is_digits(fraction) {
        return Err(wrong());
    }
    // In ten-thousandths of the whole: two decimals of a percentage, four of a share.
    let decimals = if whole == 100 { 2 } else { 4 };
    let padded: String = fraction
        .chars()
        .chain("0000".chars())
        .take(decimals)
        .collect();
    let parts: u32 = format!("{integer}{padded}").parse().map_err(|_| wrong())?;
    match parts {
        0..=10_000 => Ok(Share(parts)),
        _ => Err("more than everything".to_owned()),
    }
}

impl Args {
    /// For what the set is chosen.
    fn goal(&self) -> Goal {
        match (self.budget, self.until, self.top) {
            (Some(budget), ..) => Goal::Budget(budget),
            (_, Some(share), _) => Goal::Until(share),
            // One of the three is given: clap sees to that.
            (.., top) => Goal::Top(usize::from(top.unwrap_or(1))),
        }
    }
}

pub(super) fn run(args: &Args) -> Exit {
    let options = Options {
        as_of: args.input.as_of(),
        read: args.input.reading(),
        mode: args.input.mode(),
        measure: args.ranked.by,
        shown: 0,
        fixes: FixLimit::Best(0),
        memory: Memory::ALL,
    };
    if let Some(exit) = args.threads.begin() {
        return exit;
    }
    let limits = Limits {
        time: args.max_time.map(Duration::from_secs),
        ..Limits::default()
    };
    let bars = Bars::new(args.quiet);
    let planned = analysis::plan(&args.input.paths, &options, args.goal(), limits, &bars);
    let (analysis, plan) = match planned {
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
    if args.verify
        && let Some(exit) = verified(&analysis, Some(&plan), &bars, args.quiet)
    {
        return exit;
    }
    let written = args
        .out
        .as_ref()
        .map(|dir| reports::write_plan(&analysis, &plan, dir));
    let written = match written.transpose() {
        Ok(written) => written.unwrap_or_default(),
        Err(error) => {
            complain(&error);
            return Exit::Internal;
        }
    };
    match args.format {
        Format::Terminal => {
            let (width, style) = screen();
            result(reports::terminal::plan(&analysis, &plan, width, style, &written).as_bytes())
        }
        Format::Json => match reports::plan_json(&analysis, &plan) {
            Ok(bytes) => result(&bytes),
            Err(error) => {
                complain(&error);
                Exit::Internal
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage_or_a_fraction() {
        let of = |text: &str| share(text).map(|Share(parts)| parts);
        for (text, parts) in [
            ("80%", 8_000),
            ("80 %", 8_000),
            ("0.8", 8_000),
            ("1", 10_000),
            ("100%", 10_000),
            ("12.345%", 1_234),
            (".5", 5_000),
            ("0.00019", 1),
        ] {
            assert_eq!(of(text), Ok(parts), "{text}");
        }
        for text in [
            "",
            "%",
            ".",
            "80",
            "101%",
            "1.1",
            "-1%",
            "a",
            "1e-1",
            "99999999999",
        ] {
            assert!(of(text).is_err(), "{text}");
        }
    }
}
