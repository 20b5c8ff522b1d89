//! Variables across files: a setting that only names a variable leads to the file of the same user that sets it.
//!
//! A server that takes a token from `${env:TOKEN}` holds what a settings file of that user sets `TOKEN` to, if it was
//! started with it: no file tells that, so it is possible and no more. What a server is told to load by name
//! (`envFile`) it surely holds. Users of different machines share nothing. Values are never here: only names and keys.

use crate::inventory::{ExposureRecord, LyingRecord, Record};
use std::collections::BTreeMap;

/// That a file sets a variable to a credential.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// `HOST/USER`; `None` for a file outside every device.
    pub(crate) device: Option<String>,
    /// The path of the file, as it is shown.
    pub(crate) path: String,
    /// What it sets, under the name of the variable.
    pub(crate) lying: LyingRecord,
}

/// What a server takes from elsewhere.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The variable of that name.
    Variable(String),
    /// All variables of a file: where it would lie, and the end of its path.
    File { expected: String, end: String },
}

/// That a place holds what another file sets.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// `HOST/USER`; `None` for a configuration outside every device.
    pub(crate) device: Option<String>,
    /// From where.
    pub(crate) source: Source,
    /// The place, with nothing lying in it.
    pub(crate) place: ExposureRecord,
}

/// The places that hold what other files set.
pub(super) fn resolve(variables: &[Variable], wanted: Vec<Wanted>) -> Vec<Record> {
    let mut by_device: BTreeMap<&Option<String>, Vec<&Variable>> = BTreeMap::new();
    for variable in variables {
        by_device
            .entry(&variable.device)
            .or_default()
            .push(variable);
    }
    let mut records = Vec::new();
    for one in wanted {
        let of_device = by_device.get(&one.device).map_or(&[][..], Vec::as_slice);
        let lying = match &one.source {
            Source::Variable(name) => match one.device {
                Some(_) => named(of_device, name),
                None => Vec::new(),
            },
            Source::File { expected, end } => of_file(of_device, expected, end),
        };
        if !lying.is_empty() {
            records.push(Record::Exposure(ExposureRecord { lying, ..one.place }));
        }
    }
    records
}

fn named(variables: &[&Variable], name: &str) -> Vec<LyingRecord> {
    let is_named = |variable: &&&Variable| variable.lying.name == name;
    let lying = |variable: &&Variable| {
        let doubt = format!(
            "{name} is set in {}, and no file tells whether it is started with that",
            variable.path
        );
        LyingRecord {
            doubt: Some(doubt),
            ..variable.lying.clone()
        }
    };
    variables.iter().filter(is_named).map(lying).collect()
}

fn of_file(variables: &[&Variable], expected: &str, end: &str) -> Vec<LyingRecord> {
    let of = |is_it: &dyn Fn(&str) -> bool| -> Vec<&Variable> {
        let mut found: Vec<&Variable> = variables.to_vec();
        found.retain(|variable| is_it(&variable.path));
        found
    };
    let exactly = of(&|path| path == expected);
    if !exactly.is_empty() {
        return exactly.iter().map(|one| one.lying.clone()).collect();
    }
    let ending = format!("/{end}");
    let similar = of(&|path| path == end || path.ends_with(&ending));
    let lying = |variable: &&Variable| {
        let doubt = format!("{} may not be the file that is loaded", variable.path);
        LyingRecord {
            doubt: Some(doubt),
            ..variable.lying.clone()
        }
    };
    similar.iter().map(lying).collect()
}

/// The variables that a value names: `${env:X}`, `${X}`, `${X:-default}`, `$X`, `%X%`; and the defaults beside them.
pub(crate) fn references(value: &str) -> (Vec<String>, Vec<String>) {
    let (mut names, mut defaults) = (Vec::new(), Vec::new());
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && !name.starts_with(|first: char| first.is_ascii_digit())
    };
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('$') {
        rest = after;
        if let Some(inner) = after.strip_prefix('{') {
            let (inner, following) = inner.split_once('}').unwrap_or((inner, ""));
            rest = following;
            let inner = inner.strip_prefix("env:").unwrap_or(inner);
            let (name, default) = match inner.split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (inner, None),
            };
            if is_name(name) {
                names.push(name.to_owned());
            }
            defaults.extend(default.filter(|text| !text.is_empty()).map(str::to_owned));
        } else {
            let end = after
                .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(after.len());
            let name = after.get(..end).unwrap_or("");
            if is_name(name) {
                names.push(name.to_owned());
            }
        }
    }
    let inner = value
        .strip_prefix('%')
        .and_then(|rest| rest.strip_suffix('%'));
    names.extend(inner.filter(|name| is_name(name)).map(str::to_owned));
    (names, defaults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_tells_the_variables_that_it_names() {
        for (value, expected) in [
            ("${env:A_TOKEN}", vec!["A_TOKEN"]),
            ("Bearer ${A}", vec!["A"]),
            ("$A/$B.x", vec!["A", "B"]),
            ("%A_B%", vec!["A_B"]),
            ("${input:token}", vec![]),
            ("${workspaceFolder}/x", vec!["workspaceFolder"]),
            ("op://v/i/f", vec![]),
            ("$(pass x)", vec![]),
            ("${", vec![]),
            ("$", vec![]),
            ("$1", vec![]),
        ] {
            assert_eq!(references(value).0, expected, "{value}");
        }
        assert_eq!(references("${A:-b}").1, ["b"]);
        assert!(references("${A:-}").1.is_empty());
    }
}
