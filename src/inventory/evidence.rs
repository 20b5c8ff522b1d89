//! Where something was read: file, line and JSON pointer. Every record has at least one.

use super::{EvidenceId, FileId, Key};
use camino::Utf8PathBuf;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path as shown to the user: the argument it was found under, and the rest below that.
    pub path: Utf8PathBuf,
    /// Size in bytes.
    pub bytes: u64,
    /// The sources that recognised something in it, in order of first use.
    pub sources: Vec<&'static str>,
    /// How many records were read from it.
    pub records: u64,
    /// What it tells of; of what could not be read, as far as its place says.
    pub covers: Vec<Covers>,
}

/// That a file tells of something: what the file is called does not matter, nor how many there are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Covers {
    /// The source that read it; `None` of a file that could not be read.
    pub source: Option<&'static str>,
    /// Key of the tenant, or of the machine or repository: `aws:account:111122223333`, `device:HOST/USER`,
    /// `repository:OWNER/NAME`; `None` where neither content nor layout says.
    pub of: Option<Key>,
    /// What is listed, where it is a list: `access-key`, `principal`, a resource type.
    pub list: Option<String>,
    /// The one object of it that is listed (a user whose access keys are listed), or the one region.
    pub object: Option<Key>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// The file.
    pub file: FileId,
    /// Line, from 1.
    pub line: u32,
    /// JSON pointer (RFC 6901) inside the file; for CSV `/ROW/COLUMN`, rows from 1 without the header.
    /// For a policy document kept as a string, the pointer goes on inside it.
    pub pointer: Box<str>,
    /// Whether the pointer goes on inside a string that holds a policy document.
    pub is_in_text: bool,
}

/// One or more places: what a record rests on. The first is the one that reports show.
pub type EvidenceList = Vec<EvidenceId>;
