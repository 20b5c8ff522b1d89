//! `leakreach analyze`: read exports, rank, write reports.

use super::progress::Bars;
use super::{Exit, complain, message, result};
use crate::analysis::{self, Analysis, FixLimit, Options, ReadOptions};
use crate::problem::Severity;
use crate::reports::{self, Format, terminal};
use camino::Utf8PathBuf;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders with exports; `-` is stdin
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<Utf8PathBuf>,

    /// The moment that counts as now: a date or an RFC 3339 timestamp [default: now]
    #[arg(long, value_name = "WHEN", value_parser = moment, help_heading = "Input")]
    as_of: Option<Timestamp>,

    /// What no export says: owners, environments, crown jewels
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    estate: Option<Utf8PathBuf>,

    /// Refuse to answer when anything had to be skipped
    #[arg(long, help_heading = "Input")]
    strict: bool,

    /// Skip files that are larger, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..4096), help_heading = "Input")]
    max_file_size: u64,

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

fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() <= "2026-01-31".len()
    {
        return TimeZone::UTC
            .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
            .map_err(|error| error.to_string());
    }
    text.parse().map_err(|_| {
        "neither a date (2026-01-31) nor a timestamp (2026-01-31T12:00:00Z)".to_owned()
    })
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
        as_of: args.as_of.unwrap_or_else(Timestamp::now),
        read: ReadOptions {
            estate: args.estate.clone(),
            max_file_bytes: args.max_file_size << 20,
        },
        shown: args.shown,
        fixes: args.fixes,
    };
    if let Some(threads) = args.threads {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(threads))
            .build_global();
        if let Err(error) = pool {
            complain(&error);
            return Exit::Internal;
        }
    }
    let analysis = analysis::analyze(&args.paths, &options, &Bars::new(args.quiet));
    if let Some(refusal) = refusal(&analysis, args.strict) {
        message(&refusal);
        return Exit::Input;
    }
    match present(args, &analysis) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&error);
            Exit::Internal
        }
    }
}

/// Why the input cannot be used: nothing was read, or under `--strict` something was skipped.
fn refusal(analysis: &Analysis, is_strict: bool) -> Option<String> {
    let records: u64 = analysis
        .inventory
        .files
        .iter()
        .map(|file| file.records)
        .sum();
    let skipped: Vec<_> = analysis
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Skipped)
        .collect();
    let reason = if records == 0 {
        "nothing in the input could be read as an export".to_owned()
    } else if is_strict && !skipped.is_empty() {
        format!(
            "{} skipped, which --strict forbids",
            reports::counted(skipped.len(), "input")
        )
    } else {
        return None;
    };
    let lines: String = skipped
        .iter()
        .map(|problem| format!("\n  {}", reports::problem_line(problem)))
        .collect();
    let help = if records == 0 {
        "\n  help: `leakreach list sources` names the exports that are understood"
    } else {
        ""
    };
    Some(format!("{reason}{lines}{help}"))
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
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    let style = match choice {
        anstream::ColorChoice::Never => terminal::Style::Plain,
        _ => terminal::Style::Coloured,
    };
    // Without a terminal there is no width to fit; 100 columns fit a page.
    let width = comfy_table::Table::new().width().map_or(100, usize::from);
    Ok(result(
        terminal::render(analysis, width, style, &written).as_bytes(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn a_date_is_its_first_moment_in_utc() {
        assert_eq!(
            moment("2026-01-31").unwrap().to_string(),
            "2026-01-31T00:00:00Z"
        );
        assert_eq!(
            moment("2026-01-31T12:00:00+02:00").unwrap().to_string(),
            "2026-01-31T10:00:00Z"
        );
        assert!(moment("yesterday").is_err());
    }

    #[test]
    fn strict_refuses_what_was_skipped_and_names_it() {
        let mut analysis = sample::analysis();
        assert_eq!(refusal(&analysis, false), None);
        let text = refusal(&analysis, true).unwrap();
        assert!(text.contains("exports/aws/broken.json:17"), "{text}");
        analysis.problems.clear();
        assert_eq!(refusal(&analysis, true), None);
    }

    #[test]
    fn an_input_without_a_record_is_refused() {
        let mut analysis = sample::analysis();
        for file in analysis.inventory.files.iter_mut() {
            file.records = 0;
        }
        assert!(refusal(&analysis, false).is_some());
    }
}
