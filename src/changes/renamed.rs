//! Files under another path: what has no id of its own is called after the file in which it lies, so a file that was
//! renamed would be *gone* and *new*.
//!
//! That is so of configurations outside `devices/HOST/USER/` and of access maps. No content tells that two such files are
//! one, and no value may: so one file of each run is taken for the other if all that is told of what lies in them is the
//! same (kinds, names, places in the file), if neither path is in the other run, and if no other file fits as well: of
//! several the one that shares more folders, from the file's name upwards. What is taken for the same so is told.

use super::report::{Finding, Report};
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A file that is taken for another one of the older run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Renamed {
    /// Its path in the older run.
    pub old: String,
    /// Its path in the newer run.
    pub new: String,
}

/// Stands for the path in an id.
const PATH: &str = "\u{0}";

/// What is called after a file: kind, id without the path, and name without it.
type Called = BTreeSet<(String, String, String)>;

/// All that is called after each file that the other run does not have.
fn called<'r>(report: &'r Report, other: &Report) -> BTreeMap<&'r str, Called> {
    let known: BTreeSet<&str> = other.inputs.files.iter().map(|f| f.path.as_str()).collect();
    let mut all: BTreeMap<&str, Called> = BTreeMap::new();
    let credentials = report.credentials.iter();
    let credentials = credentials.map(|one| (&one.kind, &one.id, &one.name, &one.evidence));
    let exposures = report.exposures.iter();
    let exposures = exposures.map(|one| (&one.kind, &one.id, &one.name, &one.evidence));
    for (kind, id, name, evidence) in credentials.chain(exposures) {
        for place in evidence {
            let path = place.path.as_str();
            let is_in_id = !path.is_empty() && id.contains(&format!(":{path}"));
            if is_in_id && !known.contains(path) {
                let plain = |text: &str| text.replace(path, PATH);
                let one = (kind.clone(), plain(id), plain(name));
                all.entry(path).or_default().insert(one);
                break;
            }
        }
    }
    all
}

/// How many parts two paths share at their ends.
fn shared(one: &str, other: &str) -> usize {
    let parts = one.rsplit('/').zip(other.rsplit('/'));
    parts.take_while(|(one, other)| one == other).count()
}

/// The one of `others` that is called the same and shares most with a path; none where two share as much.
fn best<'r>(path: &str, of: &Called, others: &BTreeMap<&'r str, Called>) -> Option<&'r str> {
    let fits = others.iter().filter(|(_, called)| *called == of);
    let mut fits: Vec<(Reverse<usize>, &str)> = fits
        .map(|(other, _)| (Reverse(shared(path, other)), *other))
        .collect();
    fits.sort_unstable();
    match fits.as_slice() {
        [(_, only)] => Some(only),
        [(most, first), (next, _), ..] if most < next => Some(first),
        _ => None,
    }
}

/// The files of the older run that are there under another path, in order of the older one.
pub(super) fn of(old: &Report, new: &Report) -> Vec<Renamed> {
    let (before, now) = (called(old, new), called(new, old));
    let pairs = before.iter().filter_map(|(path, called)| {
        let other = best(path, called, &now)?;
        let back = best(other, now.get(other)?, &before)?;
        (back == *path).then(|| Renamed {
            old: (*path).to_owned(),
            new: other.to_owned(),
        })
    });
    pairs.collect()
}

/// The older report with the ids that the newer run has for what is called after renamed files.
pub(super) fn applied(old: &Report, new: &Report, renamed: &[Renamed]) -> Report {
    let mut report = old.clone();
    let new_ids: BTreeSet<&str> = new
        .credentials
        .iter()
        .map(|one| one.id.as_str())
        .chain(new.exposures.iter().map(|one| one.id.as_str()))
        .chain(new.fixes.iter().map(|one| one.id.as_str()))
        .collect();
    // Only into what is there: a path may be a part of an id by chance.
    let rename = |id: &mut String| {
        for one in renamed.iter().filter(|one| id.contains(&one.old)) {
            let other = id.replace(&one.old, &one.new);
            if new_ids.contains(other.as_str()) {
                *id = other;
                return;
            }
        }
    };
    for credential in &mut report.credentials {
        rename(&mut credential.id);
        credential.exposures.iter_mut().for_each(rename);
    }
    for exposure in &mut report.exposures {
        rename(&mut exposure.id);
        exposure.credentials.iter_mut().for_each(rename);
    }
    for fix in &mut report.fixes {
        rename(&mut fix.id);
    }
    // A fingerprint is made of ids: that of the same rule about the same things is the same finding.
    let about = |one: &Finding| (one.rule.clone(), one.subject.clone(), one.object.clone());
    let in_new: BTreeMap<_, &str> = new
        .findings
        .iter()
        .flatten()
        .map(|one| (about(one), one.fingerprint.as_str()))
        .collect();
    for finding in report.findings.iter_mut().flatten() {
        rename(&mut finding.subject);
        if let Some(object) = &mut finding.object {
            rename(object);
        }
        if let Some(print) = in_new.get(&about(finding)) {
            finding.fingerprint = (*print).to_owned();
        }
    }
    report
}
