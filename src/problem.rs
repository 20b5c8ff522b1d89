//! What is wrong with an input: positioned, with a code and a remedy, collected while the run goes on.
//!
//! A problem never ends a run. What ends a run is an error, one enum per module that can fail.

use camino::Utf8PathBuf;

/// How much an input problem costs the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something was left out: the file, the record or the field.
    Skipped,
    /// Everything was read, but what was read is known to be incomplete or doubtful.
    Doubt,
    /// Worth knowing; nothing is missing.
    Note,
}

impl Severity {
    /// The word that reports print.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Doubt => "doubt",
            Self::Note => "note",
        }
    }
}

/// The kinds of problem. Each has a stable code, so that a script can count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemCode {
    /// The file could not be opened or read.
    Unreadable,
    /// The file is larger than the limit.
    TooLarge,
    /// The file holds nothing.
    Empty,
    /// The text is not UTF-8.
    NotUtf8,
    /// The text breaks its own format (JSON, CSV, TOML) at some place.
    Malformed,
    /// No source recognises this content.
    Unrecognised,
    /// A saved error answer (403, 404, `AccessDenied`): unreadable, which is not the same as empty.
    SavedError,
    /// One record of a recognised export does not have the shape it must have.
    BadRecord,
    /// The export says itself, or shows, that it is only a part.
    Truncated,
    /// The body does not say which parent it belongs to, and neither does the folder layout.
    MissingParent,
    /// A JSON object holds one key twice; the last one counts.
    DuplicateKey,
    /// Something is referred to that no export holds.
    MissingReference,
    /// Two exports contradict each other.
    Contradiction,
    /// What was seen somewhere is a value that its credential does not have any more.
    OldValue,
    /// Something was recognised but is not modelled.
    NotModelled,
    /// The estate file says something that cannot be applied.
    BadEstate,
}

impl ProblemCode {
    /// The stable name, as printed and as written in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too-large",
            Self::Empty => "empty",
            Self::NotUtf8 => "not-utf8",
            Self::Malformed => "malformed",
            Self::Unrecognised => "unrecognised",
            Self::SavedError => "saved-error",
            Self::BadRecord => "bad-record",
            Self::Truncated => "truncated",
            Self::MissingParent => "missing-parent",
            Self::DuplicateKey => "duplicate-key",
            Self::MissingReference => "missing-reference",
            Self::Contradiction => "contradiction",
            Self::OldValue => "old-value",
            Self::NotModelled => "not-modelled",
            Self::BadEstate => "bad-estate",
        }
    }
}

/// One thing that is wrong with an input, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// The file, as it is shown to the user. Empty where a problem belongs to no single file.
    pub path: Utf8PathBuf,
    /// Line in the file, from 1; `None` when it concerns the whole file.
    pub line: Option<u32>,
    /// JSON pointer inside the file (RFC 6901); empty when there is none.
    pub pointer: String,
    /// What it costs.
    pub severity: Severity,
    /// What kind it is.
    pub code: ProblemCode,
    /// What is wrong: lower case, no full stop, user text in backticks, never a secret value.
    pub message: String,
    /// What to do about it; empty when there is nothing to say.
    pub help: String,
}
