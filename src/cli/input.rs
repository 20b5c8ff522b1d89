//! What is read, and how: the same for every command that reads exports.

use crate::analysis::{Analysis, Measure, Mode, ReadOptions};
use crate::problem::Severity;
use crate::reports;
use camino::Utf8PathBuf;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The arguments that say what is read.
#[derive(Debug, clap::Args)]
pub(super) struct Input {
    /// Files and folders with exports; `-` is stdin
    #[arg(value_name = "PATH", required = true)]
    pub(super) paths: Vec<Utf8PathBuf>,

    #[command(flatten)]
    reading: Reading,
}

/// The same for commands that take other names first.
#[derive(Debug, clap::Args)]
pub(super) struct Within {
    /// Files and folders with exports, one each time; `-` is stdin [default: .]
    #[arg(long = "in", value_name = "PATH", help_heading = "Input")]
    pub(super) paths: Vec<Utf8PathBuf>,

    #[command(flatten)]
    reading: Reading,
}

/// How exports are read.
#[derive(Debug, clap::Args)]
pub(super) struct Reading {
    /// The moment that counts as now: a date or an RFC 3339 timestamp [default: now]
    #[arg(long, value_name = "WHEN", value_parser = moment, help_heading = "Input")]
    as_of: Option<Timestamp>,

    /// What no export says: owners, environments, crown jewels
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    estate: Option<Utf8PathBuf>,

    /// What is asked of credentials: what if one leaks now, or how likely it is that it is stolen and used
    #[arg(long, value_name = "MODE", default_value = Mode::BlastRadius.name(), value_parser = mode(), help_heading = "Input")]
    mode: Mode,

    /// Refuse to answer when anything had to be skipped
    #[arg(long, help_heading = "Input")]
    strict: bool,

    /// Skip files that are larger, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..4096), help_heading = "Input")]
    max_file_size: u64,
}

/// By what is ranked and chosen.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Ranked {
    /// By which points things are ranked, banded and chosen: those of certain reach, of possible reach, or their mean
    #[arg(long = "bound", value_name = "BOUND", default_value = Measure::Mean.name(), value_parser = measure(), help_heading = "Input")]
    pub(super) by: Measure,
}

/// The measures by name.
fn measure() -> impl TypedValueParser<Value = Measure> {
    let names = Measure::ALL.map(Measure::name);
    PossibleValuesParser::new(names).map(|name| Measure::from_name(&name).unwrap_or_default())
}

/// The modes by name.
fn mode() -> impl TypedValueParser<Value = Mode> {
    let names = Mode::ALL.map(Mode::name);
    PossibleValuesParser::new(names).map(|name| Mode::from_name(&name).unwrap_or_default())
}

impl Input {
    /// The moment that counts as now.
    pub(super) fn as_of(&self) -> Timestamp {
        self.reading.as_of()
    }

    /// How files are read.
    pub(super) fn reading(&self) -> ReadOptions {
        self.reading.options()
    }

    /// What is asked of credentials.
    pub(super) fn mode(&self) -> Mode {
        self.reading.mode
    }

    /// Whether anything that is skipped ends the run.
    pub(super) fn is_strict(&self) -> bool {
        self.reading.strict
    }

    /// Why the input cannot be used, if it cannot.
    pub(super) fn refusal(&self, analysis: &Analysis) -> Option<String> {
        refusal(analysis, self.reading.strict)
    }
}

impl Within {
    /// What is read: the folder where the program is started, if nothing is named.
    pub(super) fn paths(&self) -> Vec<Utf8PathBuf> {
        match self.paths.is_empty() {
            true => vec![Utf8PathBuf::from(".")],
            false => self.paths.clone(),
        }
    }

    /// The moment that counts as now.
    pub(super) fn as_of(&self) -> Timestamp {
        self.reading.as_of()
    }

    /// How files are read.
    pub(super) fn reading(&self) -> ReadOptions {
        self.reading.options()
    }

    /// What is asked of credentials.
    pub(super) fn mode(&self) -> Mode {
        self.reading.mode
    }

    /// Why the input cannot be used, if it cannot.
    pub(super) fn refusal(&self, analysis: &Analysis) -> Option<String> {
        refusal(analysis, self.reading.strict)
    }
}

impl Reading {
    fn as_of(&self) -> Timestamp {
        self.as_of.unwrap_or_else(Timestamp::now)
    }

    fn options(&self) -> ReadOptions {
        ReadOptions {
            estate: self.estate.clone(),
            max_file_bytes: self.max_file_size << 20,
        }
    }
}

/// Why the input cannot be used: nothing was read, or under `--strict` something was skipped.
pub(super) fn refusal(analysis: &Analysis, is_strict: bool) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    fn input(strict: bool) -> Input {
        Input {
            paths: Vec::new(),
            reading: Reading {
                as_of: None,
                estate: None,
                mode: Mode::BlastRadius,
                strict,
                max_file_size: 1024,
            },
        }
    }

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
        assert_eq!(input(false).refusal(&analysis), None);
        let text = input(true).refusal(&analysis).unwrap();
        assert!(text.contains("exports/aws/broken.json:17"), "{text}");
        analysis.problems.clear();
        assert_eq!(input(true).refusal(&analysis), None);
    }

    #[test]
    fn an_input_without_a_record_is_refused() {
        let mut analysis = sample::analysis();
        for file in analysis.inventory.files.iter_mut() {
            file.records = 0;
        }
        assert!(input(false).refusal(&analysis).is_some());
    }
}
