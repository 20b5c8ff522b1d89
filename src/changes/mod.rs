//! What changed over time: two reports compared, a policy that stops what must not pass, and the line of a history.
//!
//! ```text
//! report.json ─ report ─▶ Report ┬ compare ─▶ Changes ┬ gate (policy) ─▶ Verdict
//! report.json ─ report ─▶ Report ┘                    └ reports
//! Report ─ history ─▶ one line a run
//! ```
//!
//! Everything is taken from published reports, never from the analysis: what a gate decides can be checked by whoever has
//! the two files. Figures are integers; parts add up exactly. *Not observed is not resolved*: what an export does not cover
//! any more is never gone. Reports present what is found here; nothing here prints.

mod amount;
mod bands;
mod causes;
mod compare;
mod gate;
mod history;
mod observed;
mod policy;
mod renamed;
mod report;
#[cfg(test)]
mod tests;

pub use amount::Amount;
pub use bands::BandCounts;
pub use causes::{Both, Cause};
pub use compare::{
    Changes, CredentialChange, ExposureChange, FindingChange, FixChange, Measures, Part,
    PathChange, Score, State, TotalsChange, Way, compare,
};
pub use gate::{Accepted, Check, Outcome, Verdict, judge};
pub use history::{Error as HistoryError, Line, with as history_with, write as write_history};
pub use policy::{Accept, Crossing, Error as PolicyError, Policy, Subject, Wrong};
pub use renamed::Renamed;
pub use report::{Error as ReportError, Report, file_of};

/// What a run is told of other runs. Reports present it beside the analysis.
#[derive(Debug, Clone, Default)]
pub struct OverTime {
    /// What changed since the run that is the baseline.
    pub changes: Option<Changes>,
    /// The runs of the history, this one among them, oldest first.
    pub history: Vec<Line>,
}
