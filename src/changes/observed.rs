//! Whether a run looked at what another run saw: *not observed is not resolved*.
//!
//! A file says by `covers` which source told of which tenant, machine or repository in it. What was read from some files
//! of one run was looked at by another run if that read something of every one of these pairs, whole. The names of files
//! do not matter, nor into how many files an export is split.

use super::report::{Covers, File, Place, Report};
use std::collections::{BTreeMap, BTreeSet};

/// Codes of problems after which a file told less than it should: what it does not tell may still be there.
const NOT_WHOLE: [&str; 9] = [
    "unreadable",
    "too-large",
    "empty",
    "not-utf8",
    "malformed",
    "saved-error",
    "bad-record",
    "truncated",
    "missing-parent",
];

/// What is collected of a machine is told apart by machine alone: a configuration that is there no more, on a machine of
/// which other files are there, was removed.
const MACHINE: &str = "device:";

/// What a run looked at.
pub(super) struct Observed<'r> {
    files: BTreeMap<&'r str, &'r File>,
    pairs: BTreeMap<Subject, Pair<'r>>,
    /// Files that could not be read, by whom they would tell of.
    unread: BTreeMap<String, &'r str>,
    /// Objects without a list: source, tenant, list, object.
    unlisted: BTreeSet<[&'r str; 4]>,
}

/// Source, tenant and list.
type Subject = (String, Option<String>, Option<String>);

fn subject(source: &str, covers: &Covers) -> Subject {
    match covers.of.as_deref() {
        Some(of) if of.starts_with(MACHINE) => ("files".to_owned(), covers.of.clone(), None),
        _ => (source.to_owned(), covers.of.clone(), covers.list.clone()),
    }
}

/// What one source told of one tenant.
#[derive(Default)]
struct Pair<'r> {
    files: BTreeSet<&'r str>,
    objects: BTreeSet<String>,
    /// The kinds of those objects.
    kinds: BTreeSet<String>,
    /// Some file tells of no single object or region alone.
    tells_of_all: bool,
    /// A file that did not tell all that it should.
    broken: Option<&'r str>,
}

/// What a file tells of; of a report that does not say, by its sources alone.
fn covers(file: &File) -> Vec<Covers> {
    match &file.covers {
        Some(covers) => covers.clone(),
        None => file
            .sources
            .iter()
            .map(|source| Covers {
                source: Some(source.clone()),
                of: None,
                list: None,
                object: None,
                kind: None,
            })
            .collect(),
    }
}

impl<'r> Observed<'r> {
    /// What the run of `report` looked at.
    pub(super) fn of(report: &'r Report) -> Self {
        let mut observed = Self {
            files: report
                .inputs
                .files
                .iter()
                .map(|file| (file.path.as_str(), file))
                .collect(),
            pairs: BTreeMap::new(),
            unread: BTreeMap::new(),
            unlisted: report
                .inputs
                .unlisted
                .iter()
                .flat_map(|one| {
                    let objects = one.objects.iter();
                    objects
                        .map(|object| [&one.source, &one.of, &one.list, object].map(String::as_str))
                })
                .collect(),
        };
        let broken: BTreeSet<&str> = report
            .problems
            .iter()
            .filter(|problem| {
                problem.severity != "note" && NOT_WHOLE.contains(&problem.code.as_str())
            })
            .map(|problem| problem.path.as_str())
            .collect();
        for file in &report.inputs.files {
            let is_broken = broken.contains(file.path.as_str());
            for one in covers(file) {
                match (&one.source, &one.of) {
                    (Some(source), _) => observed.add(source, &one, file, is_broken),
                    (None, Some(of)) if is_broken => {
                        observed.unread.entry(of.clone()).or_insert(&file.path);
                    }
                    (None, _) => {}
                }
            }
        }
        observed
    }

    fn add(&mut self, source: &str, one: &Covers, file: &'r File, is_broken: bool) {
        let pair = self.pairs.entry(subject(source, one)).or_default();
        pair.files.insert(&file.path);
        match &one.object {
            Some(object) => {
                pair.objects.insert(object.clone());
                pair.kinds.extend(one.kind.clone());
            }
            None => pair.tells_of_all = true,
        }
        if is_broken {
            pair.broken.get_or_insert(&file.path);
        }
    }

    /// Why `other` cannot tell whether what this run read at these places is still there; `None` if it can.
    pub(super) fn not_seen_by<'p>(
        &self,
        other: &Self,
        places: impl IntoIterator<Item = &'p Place>,
    ) -> Option<String> {
        let paths: BTreeSet<&str> = places
            .into_iter()
            .map(|place| place.path.as_str())
            .collect();
        paths
            .into_iter()
            .find_map(|path| match self.files.get(path) {
                Some(file) => covers(file)
                    .iter()
                    .find_map(|one| self.missing_from(other, one)),
                None => Some(format!("nothing says of whom `{path}` tells")),
            })
    }

    /// Why `other` cannot tell whether what this run read at these places was there at all: it looked at none of them.
    pub(super) fn never_seen_by<'p>(
        &self,
        other: &Self,
        places: impl IntoIterator<Item = &'p Place>,
    ) -> Option<String> {
        let mut first = None;
        for place in places {
            first = Some(self.not_seen_by(other, [place])?).or(first);
        }
        first
    }

    /// Whether some platform's export that this run read is missing from `other`: what no single place tells may be
    /// gone because of that.
    pub(super) fn lost(&self, other: &Self) -> bool {
        self.files.values().any(|file| {
            covers(file).iter().any(|one| {
                let is_of_a_platform = one.source.as_deref().is_some_and(|source| {
                    !["scanners/", "agents/", "estate"]
                        .iter()
                        .any(|other| source.starts_with(other))
                });
                is_of_a_platform && self.missing_from(other, one).is_some()
            })
        })
    }

    fn missing_from(&self, other: &Self, one: &Covers) -> Option<String> {
        let source = one.source.as_deref()?;
        let of = one.of.as_deref();
        let key = subject(source, one);
        let named = match of {
            Some(of) if of.starts_with(MACHINE) => format!("files of {of}"),
            Some(of) => match &one.list {
                Some(list) => format!("{source} ({list}) of {of}"),
                None => format!("{source} of {of}"),
            },
            None => source.to_owned(),
        };
        if let Some(path) = of.and_then(|of| other.unread.get(of)) {
            return Some(format!("`{path}` could not be read"));
        }
        let Some(pair) = other.pairs.get(&key) else {
            return Some(format!("no {named} is read"));
        };
        if let Some(path) = pair.broken {
            return Some(format!("{named} is not read whole: `{path}`"));
        }
        if of.is_none() {
            // Nothing says which of several files is missing.
            let own = self.pairs.get(&key).map_or(0, |pair| pair.files.len());
            let files = pair.files.len();
            if files < own {
                return Some(format!(
                    "fewer files of {named} are read: {files}, not {own}"
                ));
            }
        }
        let object = one.object.as_deref()?;
        let is_listed = pair.objects.contains(object);
        let is_seen = match object.starts_with("region:") {
            true => is_listed || pair.tells_of_all,
            // Where lists of others of its kind are there, and this one is not without one, it is gone itself.
            false => {
                let list = one.list.as_deref().unwrap_or_default();
                let key = [source, of.unwrap_or_default(), list, object];
                let kind = one.kind.as_ref();
                let has_others = kind.is_some_and(|kind| pair.kinds.contains(kind));
                is_listed || (has_others && !other.unlisted.contains(&key))
            }
        };
        (!is_seen).then(|| format!("no {named} is read for {object}"))
    }
}
