//! One line of JSON for each run, oldest first: what a trend is drawn from.
//!
//! A run replaces the line of its own moment, so that running again does not make a history longer. The file is replaced
//! in one move; one that holds anything else than such lines is left as it is, and the run says so.

use super::compare::exposed;
use super::{Amount, Report};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;

/// The version of the lines that this program writes and reads.
const VERSION: u32 = 1;

/// A run in a few numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The version of this shape: 1.
    pub version: u32,
    /// The moment that counted as now.
    #[serde(with = "moment")]
    pub as_of: Timestamp,
    /// Certain reach over all credentials, in points.
    pub certain: Amount,
    /// Possible reach over all credentials, in points.
    pub possible: Amount,
    /// The score of the organisation, where the program makes one.
    #[serde(default)]
    pub score: Option<Amount>,
    /// The same without what was accepted then; only where anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unaccepted: Option<Amount>,
    /// The model and mode of that score, and its bound, where it is not the mean.
    #[serde(default)]
    pub model: Option<String>,
    /// How many credentials are in which band.
    #[serde(default)]
    pub bands: BTreeMap<String, u64>,
    /// From which share of all value on a credential is of which band.
    #[serde(default)]
    pub thresholds: BTreeMap<String, Amount>,
    /// Credentials.
    pub credentials: u64,
    /// Those among them that lie where they should not.
    pub exposed: u64,
    /// Those whose reach is unknown.
    pub unknown: u64,
    /// Crown jewels that the worst of them possibly reaches.
    pub crown_jewels: u64,
    /// Places where credentials lie.
    pub exposures: u64,
    /// What no export covers.
    pub gaps: u64,
    /// Findings, by severity.
    #[serde(default)]
    pub findings: BTreeMap<String, u64>,
}

mod moment {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        at: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom("no moment (RFC 3339)"))
    }
}

/// Why a history cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A line of the file is none of a history: a fault of the input.
    #[error(
        "`{path}:{line}` is no line of a history: {reason}\n  help: name another file, or mend that line; nothing was written to it"
    )]
    Line {
        /// The file.
        path: Utf8PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The file cannot be read: a fault of the input.
    #[error("the history `{path}` cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: Utf8PathBuf,
        /// What the file system said.
        reason: std::io::ErrorKind,
    },
    /// The file system refused to write.
    #[error("the history `{path}` cannot be written: {reason}")]
    Unwritable {
        /// The file.
        path: Utf8PathBuf,
        /// What the file system said.
        reason: std::io::ErrorKind,
    },
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Line {
    /// The line of a run.
    pub fn of(report: &Report) -> Self {
        let all = &report.credentials;
        let mut findings: BTreeMap<String, u64> = BTreeMap::new();
        for finding in report.findings.iter().flatten() {
            *findings.entry(finding.severity.clone()).or_default() += 1;
        }
        let risk = report.risk.as_ref();
        Self {
            version: VERSION,
            as_of: report.as_of,
            certain: report.totals.certain,
            possible: report.totals.possible,
            score: risk.map(|risk| risk.organisation.score),
            unaccepted: risk.and_then(|risk| Some(risk.unaccepted.as_ref()?.score)),
            model: report.scored_by(),
            bands: risk.map(|risk| risk.bands.clone()).unwrap_or_default(),
            thresholds: risk
                .and_then(|risk| risk.thresholds.clone())
                .unwrap_or_default(),
            credentials: count(all.len()),
            exposed: count(exposed(report).len()),
            unknown: count(all.iter().filter(|one| one.unknown.is_some()).count()),
            crown_jewels: all
                .iter()
                .map(|one| one.possible.crown_jewels)
                .max()
                .unwrap_or(0),
            exposures: count(report.exposures.len()),
            gaps: count(report.coverage.len()),
            findings,
        }
    }
}

/// The lines of a history; none of a file that is not there.
fn read(path: &Utf8Path) -> Result<Vec<Line>, Error> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Error::Unreadable {
                path: path.to_owned(),
                reason: error.kind(),
            });
        }
    };
    let mut lines = Vec::new();
    for (number, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let wrong = |reason: String| Error::Line {
            path: path.to_owned(),
            line: number,
            reason,
        };
        let line: Line = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if line.version != VERSION {
            return Err(wrong(format!(
                "it has version {}, and this program reads {VERSION}",
                line.version
            )));
        }
        lines.push(line);
    }
    Ok(lines)
}

/// The history of a file with the line of this run, oldest first. Nothing is written.
///
/// # Errors
/// When the file is no history.
pub fn with(path: &Utf8Path, line: Line) -> Result<Vec<Line>, Error> {
    let mut lines = read(path)?;
    lines.retain(|other| other.as_of != line.as_of);
    lines.push(line);
    lines.sort_by_key(|line| line.as_of);
    Ok(lines)
}

/// Replaces the file by these lines, in one move.
///
/// # Errors
/// When it cannot be written; it is then as it was.
pub fn write(path: &Utf8Path, lines: &[Line]) -> Result<(), Error> {
    let unwritable = |reason: std::io::ErrorKind| Error::Unwritable {
        path: path.to_owned(),
        reason,
    };
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line).map_err(|error| {
            unwritable(error.io_error_kind().unwrap_or(std::io::ErrorKind::Other))
        })?;
        bytes.push(b'\n');
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_str().is_empty() => folder,
        _ => Utf8Path::new("."),
    };
    let replace = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .prefix(".leakreach-")
            .tempfile_in(folder)?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|refused| refused.error)?;
        Ok(())
    };
    replace().map_err(|error| unwritable(error.kind()))
}
