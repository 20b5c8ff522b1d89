//! With which other runs a run is compared: the same for every command that makes reports.

use super::{Exit, complain, message, warning};
use crate::analysis::Analysis;
use crate::changes::{self, Changes, Line, Report, ReportError};
use crate::reports;
use camino::{Utf8Path, Utf8PathBuf};

/// The arguments that say with what a run is compared.
#[derive(Debug, clap::Args)]
pub(super) struct OverTime {
    /// The report of an earlier run, or its folder: what changed since is told; one that is not there is only said
    #[arg(long, value_name = "FILE", help_heading = "Over time")]
    baseline: Option<Utf8PathBuf>,

    /// A file that keeps one line a run, for the trend; this run's is added, or replaces that of the same moment
    #[arg(long, value_name = "FILE", help_heading = "Over time")]
    history: Option<Utf8PathBuf>,
}

/// What is known before a run.
pub(super) struct Before {
    baseline: Option<Report>,
}

/// A run as its own report tells it, and what changed since the baseline.
pub(super) struct Told {
    pub(super) report: Report,
    pub(super) changes: Option<Changes>,
}

impl OverTime {
    /// Whether anything is asked.
    pub(super) fn is_asked(&self) -> bool {
        self.baseline.is_some() || self.history.is_some()
    }

    /// Reads the baseline, before a long run that could not use it; how the run ends where it is broken.
    pub(super) fn read(&self) -> Result<Before, Exit> {
        let Some(path) = &self.baseline else {
            return Ok(Before { baseline: None });
        };
        match Report::read(path) {
            Ok(report) => Ok(Before {
                baseline: Some(report),
            }),
            Err(error @ ReportError::Missing(_)) => {
                warning(&format!(
                    "there is no baseline, so nothing is compared with it: {error}"
                ));
                Ok(Before { baseline: None })
            }
            Err(error) => {
                message(&error.to_string());
                Err(Exit::Input)
            }
        }
    }

    /// Adds to an analysis what other runs tell of it.
    pub(super) fn add(&self, before: &Before, analysis: &mut Analysis) -> Result<Told, Exit> {
        let report = told(analysis)?;
        let baseline = before.baseline.as_ref();
        let changes = baseline.map(|old| changes::compare(old, &report));
        analysis.over_time.changes.clone_from(&changes);
        if let Some(path) = &self.history {
            match changes::history_with(path, Line::of(&report)) {
                Ok(lines) => analysis.over_time.history = lines,
                Err(error) => {
                    message(&error.to_string());
                    return Err(Exit::Input);
                }
            }
        }
        Ok(Told { report, changes })
    }

    /// Keeps the history, after the reports are written.
    pub(super) fn keep(&self, analysis: &Analysis) -> Exit {
        let Some(path) = &self.history else {
            return Exit::Done;
        };
        match changes::write_history(path, &analysis.over_time.history) {
            Ok(()) => Exit::Done,
            Err(error) => {
                complain(&error);
                Exit::Internal
            }
        }
    }
}

/// What the report of an analysis says: other runs are compared with what others can read too.
fn told(analysis: &Analysis) -> Result<Report, Exit> {
    let json = reports::format("json").map(|json| (json.render)(analysis));
    match json {
        Some(Ok(bytes)) => Report::parse(Utf8Path::new("report.json"), &bytes).map_err(|error| {
            complain(&error);
            Exit::Internal
        }),
        Some(Err(error)) => {
            complain(&error);
            Err(Exit::Internal)
        }
        None => Err(Exit::Internal),
    }
}
