//! Where a reader puts what it reads: records, problems and sightings of equal secrets, for one file.

use super::envelope::{Page, Row};
use super::fingerprint::{Fingerprint, Fingerprinter};
use super::identity;
use super::json;
use super::masked::{Ends, Hint};
use super::matching::{Clues, Mark, Owner, Signs};
use super::moment::Moment;
use super::variables::{Variable, Wanted};
use crate::document::Document;
use crate::inventory::{Evidence, FileId, Key, Record};
use crate::problem::{Problem, ProblemCode, Severity};
use jiff::Timestamp;
use rustc_hash::FxHashSet;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What one file gives.
pub struct Intake<'r> {
    document: &'r Document,
    file: FileId,
    fingerprinter: &'r Fingerprinter,
    keys: FxHashSet<Key>,
    pub(super) records: Vec<Record>,
    pub(super) problems: Vec<Problem>,
    pub(super) sightings: Vec<(Fingerprint, Key)>,
    pub(super) signs: Signs,
    pub(super) sources: Vec<&'static str>,
    pub(super) variables: Vec<Variable>,
    pub(super) wanted: Vec<Wanted>,
    /// How much of each list was read, over all pages of the file.
    listed: Vec<(String, usize, usize)>,
}

impl<'r> Intake<'r> {
    pub(super) fn new(
        document: &'r Document,
        file: FileId,
        fingerprinter: &'r Fingerprinter,
    ) -> Self {
        Self {
            document,
            file,
            fingerprinter,
            keys: FxHashSet::default(),
            records: Vec::new(),
            problems: Vec::new(),
            sightings: Vec::new(),
            signs: Signs::default(),
            sources: Vec::new(),
            variables: Vec::new(),
            wanted: Vec::new(),
            listed: Vec::new(),
        }
    }

    /// Notes that a page brings so much of a list; how much all pages of the file brought so far.
    pub(crate) fn listed(&mut self, name: &str, count: usize) -> usize {
        match self.listed.iter_mut().find(|(own, ..)| own == name) {
            Some((_, total, pages)) => {
                *total += count;
                *pages += 1;
                *total
            }
            None => {
                self.listed.push((name.to_owned(), count, 1));
                count
            }
        }
    }

    /// Whether one page alone brought that list so far.
    pub(crate) fn is_first_list(&self, name: &str) -> bool {
        let mut lists = self.listed.iter();
        lists.any(|(own, _, pages)| own == name && *pages == 1)
    }

    /// Adds a record.
    pub(crate) fn emit(&mut self, record: Record) {
        self.records.push(record);
    }

    /// Says that the file sets a variable to a credential.
    pub(crate) fn set(&mut self, variable: Variable) {
        self.variables.push(variable);
    }

    /// Asks for what another file sets.
    pub(crate) fn want(&mut self, wanted: Wanted) {
        self.wanted.push(wanted);
    }

    /// The key of that name; repeated names share one allocation.
    pub(crate) fn key(&mut self, name: &str) -> Key {
        if let Some(key) = self.keys.get(name) {
            return key.clone();
        }
        let key = Key::from(name);
        self.keys.insert(key.clone());
        key
    }

    /// The place of `raw`, a part of this document, with its pointer.
    pub(crate) fn evidence(&self, raw: &RawValue, pointer: &str) -> Evidence {
        self.at_line(self.document.line_of(raw.get()), pointer)
    }

    /// The place of a row.
    pub(crate) fn row(&self, row: &Row<'_>) -> Evidence {
        self.evidence(row.raw, &row.pointer)
    }

    /// The place of a member of a row; of the row itself where it has no such member.
    pub(crate) fn member(&self, row: &Row<'_>, name: &str) -> Evidence {
        row.member(name)
            .map_or_else(|| self.row(row), |member| self.row(&member))
    }

    /// A place by line.
    pub(crate) fn at_line(&self, line: u32, pointer: &str) -> Evidence {
        Evidence {
            file: self.file,
            line,
            pointer: pointer.into(),
            is_in_text: false,
        }
    }

    /// The line of a byte offset.
    pub(crate) fn line_at(&self, offset: usize) -> u32 {
        self.document.line_at(offset)
    }

    /// The path of the file, as it is shown.
    pub(crate) fn path(&self) -> &'r str {
        self.document.path().as_str()
    }

    /// The place of a whole page.
    pub(crate) fn page(&self, page: &Page<'_>) -> Evidence {
        let line = match page.body() {
            super::envelope::Body::Object(members) => members
                .0
                .first()
                .map_or(1, |(_, raw)| self.document.line_of(raw.get())),
            super::envelope::Body::Array(elements) => elements
                .first()
                .map_or(1, |raw| self.document.line_of(raw.get())),
            _ => 1,
        };
        self.at_line(line, page.pointer())
    }

    /// Reports a problem at a place.
    pub(crate) fn problem(
        &mut self,
        severity: Severity,
        code: ProblemCode,
        at: &Evidence,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem {
            path: self.document.path().to_owned(),
            line: Some(at.line),
            pointer: at.pointer.to_string(),
            severity,
            code,
            message: message.into(),
            help: help.into(),
        });
    }

    /// Reads a record; one that has not the shape it must have is reported and costs only itself.
    pub(crate) fn parse<'d, T: Deserialize<'d>>(&mut self, row: &Row<'d>) -> Option<T> {
        // Serde would take the elements of a list for the fields, by place.
        if json::opening(row.raw) == '[' {
            let at = self.row(row);
            self.problem(
                Severity::Skipped,
                ProblemCode::BadRecord,
                &at,
                "record skipped: it is a list, not an object",
                "export it again, or report this shape if the export is as the tool writes it",
            );
            return None;
        }
        let error = match serde_json::from_str(row.raw.get()) {
            Ok(record) => return Some(record),
            Err(error) => error,
        };
        let mut pointer = row.pointer.clone();
        let deserializer = &mut serde_json::Deserializer::from_str(row.raw.get());
        if let Err(traced) = serde_path_to_error::deserialize::<_, T>(deserializer) {
            use serde_path_to_error::Segment;
            for segment in traced.path() {
                match segment {
                    Segment::Seq { index } => pointer = json::join(&pointer, &index.to_string()),
                    Segment::Map { key } => pointer = json::join(&pointer, key),
                    Segment::Enum { .. } | Segment::Unknown => {}
                }
            }
        }
        let first = self.document.line_of(row.raw.get());
        let within = u32::try_from(error.line().saturating_sub(1)).unwrap_or(0);
        let at = self.at_line(first.saturating_add(within), &pointer);
        let message = json::safe_message(&error);
        let message = if message.starts_with("missing") {
            format!("record skipped: {message}")
        } else {
            let name = pointer.rsplit('/').next().unwrap_or("");
            format!("record skipped: `{name}` {message}")
        };
        self.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            message,
            "export it again, or report this shape if the export is as the tool writes it",
        );
        None
    }

    /// The moment of a date field; one that is no date is reported.
    pub(crate) fn moment(
        &mut self,
        moment: Moment,
        row: &Row<'_>,
        name: &str,
    ) -> Option<Timestamp> {
        match moment {
            Moment::At(timestamp) => Some(timestamp),
            Moment::Absent => None,
            Moment::Wrong => {
                let at = self.member(row, name);
                self.problem(
                    Severity::Doubt,
                    ProblemCode::BadRecord,
                    &at,
                    format!(
                        "`{name}` is no date that is known here: the record is kept without it"
                    ),
                    "dates are written as 2026-01-31T00:00:00Z, or in seconds since 1970",
                );
                None
            }
        }
    }

    /// Reports that a page says itself that it is only a part.
    pub(crate) fn check_truncation(&mut self, page: &Page<'_>) {
        if let Some(sign) = page.truncation() {
            let at = page
                .member(sign)
                .map_or_else(|| self.page(page), |member| self.row(&member));
            self.problem(
                Severity::Doubt,
                ProblemCode::Truncated,
                &at,
                format!("`{sign}` says that more follows: this export is only a part"),
                "export again without `--max-items` and `--no-paginate`",
            );
        }
    }

    /// Reports that a list that holds what is to be read is none, or is missing.
    pub(crate) fn not_a_list(&mut self, at: &Evidence, name: &str) {
        self.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            at,
            format!("`{name}` is no list: nothing of it is read"),
            "export it again, or report this shape if the export is as the tool writes it",
        );
    }

    /// Reports that the body does not name its parent, and the layout does not either.
    pub(crate) fn missing_parent(
        &mut self,
        severity: Severity,
        at: &Evidence,
        what: &str,
        expected: &str,
    ) {
        self.problem(
            severity,
            ProblemCode::MissingParent,
            at,
            format!("the export does not say {what}"),
            format!(
                "save it as `{expected}`, or wrap it: {{\"path\": \"{expected}\", \"body\": …}}"
            ),
        );
    }

    /// Notes that `secret` is the credential `key`, so that the same secret elsewhere becomes the same credential, and
    /// what a described credential can be matched with when the value is gone.
    pub(crate) fn sighted(&mut self, secret: &str, key: &Key) {
        if let Some(fingerprint) = self.fingerprinter.of(secret) {
            self.sightings.push((fingerprint, key.clone()));
        }
        let identity = identity::of(secret);
        let clues = Clues {
            ids: identity.ids.iter().map(|id| identity::normal(id)).collect(),
            owner: identity.owner.map(Owner::of_email),
            digest: self.fingerprinter.digest(secret),
            ends: Some(Ends::of(secret, self.fingerprinter)),
            ..Clues::default()
        };
        self.clued(key, clues);
    }

    /// Notes what is known of a credential that was found; of one that has an id of its own nothing more is asked than as
    /// whom it acts.
    pub(crate) fn clued(&mut self, key: &Key, clues: Clues) {
        if !key.starts_with("found:") && clues.owner.is_none() {
            return;
        }
        let last = self.signs.clues.last_mut();
        let Some((_, known)) = last.filter(|(other, _)| other == key) else {
            self.signs.clues.push((key.clone(), clues));
            return;
        };
        known.ids.extend(clues.ids);
        known.owner = known.owner.take().or(clues.owner);
        known.digest = known.digest.or(clues.digest);
        known.ends = known.ends.take().or(clues.ends);
        known.hint = known.hint.take().or(clues.hint);
        known.id = known.id.take().or(clues.id);
        if known.file.is_empty() {
            known.file = clues.file;
        }
        if known.variable.is_empty() {
            known.variable = clues.variable;
        }
    }

    /// Notes by what a described credential is recognised.
    pub(crate) fn marked(&mut self, key: &Key, mark: Mark) {
        self.signs.marks.push((key.clone(), mark));
    }

    /// Notes the SHA-256 of a described credential, in base64 or hexadecimal digits; `false` if it is none.
    pub(crate) fn marked_digest(&mut self, key: &Key, text: &str) -> bool {
        let digest = self.fingerprinter.told_digest(text);
        self.signs
            .marks
            .extend(digest.map(|digest| (key.clone(), Mark::Digest(digest))));
        digest.is_some()
    }

    /// Notes what shows of a described credential; `false` if nothing is hidden in `text`, so that it may be a secret.
    pub(crate) fn marked_hint(&mut self, key: &Key, text: &str) -> bool {
        let hint = Hint::of(text);
        let is_one = hint.is_some();
        if let Some(hint) = hint {
            let hashed = hint.hashed(self.fingerprinter);
            self.signs
                .marks
                .push((key.clone(), Mark::Masked(hint, hashed)));
        }
        is_one
    }

    /// Notes that all that is joined under that name is one credential.
    pub(crate) fn joined(&mut self, name: &str, key: &Key) {
        // Beside the fingerprints of secrets: a name cannot be taken for one.
        if let Some(fingerprint) = self.fingerprinter.of(&format!("joined\0{name}")) {
            self.sightings.push((fingerprint, key.clone()));
        }
    }

    /// The same, where only the SHA-1 of the secret is told, in hexadecimal digits.
    pub(crate) fn sighted_sha1(&mut self, digits: &str, key: &Key) {
        if let Some(fingerprint) = self.fingerprinter.of_sha1(digits) {
            self.sightings.push((fingerprint, key.clone()));
        }
    }
}
