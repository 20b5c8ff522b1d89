//! Words for findings: each report writes the parts in its own way, and all of them name things alike.

use super::{Words, visible};
use crate::findings::{Finding, Part, Thing};
use crate::inventory::{EvidenceId, FileId, Id as _};

impl Words<'_> {
    /// What a finding is about: `access key AKIA…`.
    pub(crate) fn thing(&self, thing: &Thing) -> String {
        match thing {
            Thing::Credential(id) => self.credential(*id),
            Thing::Exposure(id) => self.exposure(*id),
            Thing::Principal(id) => self.principal(*id),
            Thing::Resource(id) => self.resource(*id),
            Thing::Control(id) => self.control(*id),
            Thing::Unknown(subject) => visible(subject),
        }
    }

    /// Its stable key, as machines see it. Not made visible.
    pub(crate) fn thing_key(&self, thing: &Thing) -> String {
        thing.key(self.inventory, self.steps)
    }

    /// The text of a part that comes from an export; `None` for words of this program.
    pub(crate) fn named(&self, part: &Part) -> Option<String> {
        match part {
            Part::Words(_) => None,
            Part::Name(thing) => Some(self.thing(thing)),
            Part::Told(text) => Some(visible(text)),
        }
    }

    /// What a finding says, in one line.
    pub(crate) fn finding(&self, finding: &Finding) -> String {
        let part = |part: &Part| match part {
            Part::Words(words) => words.to_string(),
            _ => self.named(part).unwrap_or_default(),
        };
        finding.text.iter().map(part).collect()
    }

    /// Where to look first: `path:line`; empty where nothing was read that tells of it.
    pub(crate) fn finding_place(&self, finding: &Finding) -> String {
        let first = finding.evidence.first();
        first.map_or_else(String::new, |&place| self.place(place))
    }

    /// The path and line of a place, not made visible.
    pub(crate) fn line(&self, id: EvidenceId) -> (&str, u32) {
        let evidence = &self.inventory.evidence[id];
        let path = &self.inventory.files[evidence.file].path;
        (path.as_str(), evidence.line)
    }

    /// The first file that was read, for what has no place of its own.
    pub(crate) fn first_file(&self) -> Option<&str> {
        let files = &self.inventory.files;
        (!files.is_empty()).then(|| files[FileId::from_index(0)].path.as_str())
    }
}
