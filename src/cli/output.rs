//! Where reports go, and what is printed: the same for every command that makes them.

use super::{Exit, complain, result, screen};
use crate::analysis::Analysis;
use crate::reports::{self, Format, terminal};
use camino::Utf8PathBuf;

/// The arguments that say what is written.
#[derive(Debug, clap::Args)]
pub(super) struct Output {
    /// Where reports are written
    #[arg(
        long,
        value_name = "DIR",
        default_value = "leakreach-report",
        help_heading = "Output"
    )]
    pub(super) out: Utf8PathBuf,

    /// Which reports are written
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = format_names(), default_value = "html,dot,json", help_heading = "Output")]
    format: Vec<String>,

    /// Print report.json to stdout instead of the summary
    #[arg(long, help_heading = "Output", conflicts_with = "quiet")]
    json: bool,

    /// Print no summary and no progress
    #[arg(long, short, help_heading = "Output")]
    pub(super) quiet: bool,
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

impl Output {
    /// Whether the summary is printed.
    pub(super) fn prints_summary(&self) -> bool {
        !self.quiet && !self.json
    }

    /// Writes the reports and prints what was asked for.
    pub(super) fn present(&self, analysis: &Analysis) -> Exit {
        match self.try_present(analysis) {
            Ok(exit) => exit,
            Err(error) => {
                complain(&error);
                Exit::Internal
            }
        }
    }

    fn try_present(&self, analysis: &Analysis) -> Result<Exit, reports::Error> {
        let formats: Vec<&Format> = reports::FORMATS
            .iter()
            .filter(|format| self.format.iter().any(|id| id == format.id))
            .collect();
        let written = reports::write(analysis, &self.out, &formats)?;
        if self.quiet {
            return Ok(Exit::Done);
        }
        if self.json {
            let json = reports::FORMATS.iter().find(|format| format.id == "json");
            return json.map_or(Ok(Exit::Internal), |json| {
                Ok(result(&(json.render)(analysis)?))
            });
        }
        let (width, style) = screen();
        Ok(result(
            terminal::render(analysis, width, style, &written).as_bytes(),
        ))
    }
}
