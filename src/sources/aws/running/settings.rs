//! The settings of a thing, whatever their form: pairs, objects, scripts, definitions.

use super::formats::Form;
use crate::inventory::Evidence;
use crate::sources::envelope::Row;
use crate::sources::found::Candidate;
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members};
use base64::Engine as _;
use serde_json::Value;
use zeroize::Zeroizing;

/// What may be a secret among the settings that stand in `row`.
pub(super) fn candidates(form: Form, intake: &Intake<'_>, row: &Row<'_>) -> Vec<Candidate> {
    match form {
        Form::Map => of_map(intake, row),
        Form::Pairs(name, value) => of_pairs(intake, row, name, value, None),
        Form::PairsIf(name, value, kind, plain) => {
            of_pairs(intake, row, name, value, Some((kind, plain)))
        }
        Form::Encoded => encoded(intake, row),
        Form::Text => json::text_of(row.raw)
            .map(|text| of_text(&Zeroizing::new(text), &intake.row(row)))
            .unwrap_or_default(),
    }
}

/// An object of names and values.
fn of_map(intake: &Intake<'_>, map: &Row<'_>) -> Vec<Candidate> {
    let Some(members) = Members::of(map.raw) else {
        return Vec::new();
    };
    members
        .effective()
        // Glue Data Catalog: with a catalogue key, connections hold `ENCRYPTED_PASSWORD` in place of `PASSWORD`.
        .filter(|(name, _)| !name.starts_with("ENCRYPTED_"))
        .filter_map(|(name, raw)| {
            Some(Candidate {
                // Arguments of jobs are named `--like-this`.
                name: name.trim_start_matches('-').to_owned(),
                value: json::text_of(raw)?.into(),
                evidence: intake.evidence(raw, &json::join(&map.pointer, name)),
            })
        })
        .collect()
}

/// A list of pairs, by the names of the two members. With `kind`, only those count whose member of that name is missing or
/// says so: the others name a secret and do not hold it.
fn of_pairs(
    intake: &Intake<'_>,
    list: &Row<'_>,
    name: &str,
    value: &str,
    kind: Option<(&str, &str)>,
) -> Vec<Candidate> {
    let pairs = list.rows().unwrap_or_default();
    pairs
        .iter()
        .filter(|pair| {
            kind.is_none_or(|(kind, plain)| {
                let said = pair.member(kind).and_then(|said| json::text_of(said.raw));
                said.is_none_or(|said| said == plain)
            })
        })
        .filter_map(|pair| {
            let member = pair.member(value)?;
            Some(Candidate {
                name: json::text_of(pair.member(name)?.raw)?,
                value: json::text_of(member.raw)?.into(),
                evidence: intake.row(&member),
            })
        })
        .collect()
}

/// A text in base64. Compressed or binary ones give nothing.
fn encoded(intake: &Intake<'_>, member: &Row<'_>) -> Vec<Candidate> {
    let Some(encoded) = json::text_of(member.raw).map(Zeroizing::new) else {
        return Vec::new();
    };
    let bytes: Zeroizing<Vec<u8>> = base64::engine::general_purpose::STANDARD
        .decode(encoded.trim())
        .unwrap_or_default()
        .into();
    match std::str::from_utf8(&bytes) {
        Ok(text) => of_text(text, &intake.row(member)),
        Err(_) => Vec::new(),
    }
}

/// Candidates of one text, which all stand in one place. A name that is set again is numbered.
struct Collected<'e> {
    all: Vec<Candidate>,
    evidence: &'e Evidence,
}

impl Collected<'_> {
    fn add(&mut self, name: &str, value: Zeroizing<String>) {
        let name = name.trim_start_matches('-');
        if name.is_empty() || value.is_empty() {
            return;
        }
        let numbered = format!("{name} (");
        let is_same = |c: &&Candidate| c.name == name || c.name.starts_with(&numbered);
        let mut same = self.all.iter().filter(is_same);
        let is_known = same.clone().any(|c| *c.value == *value);
        let again = same.by_ref().count();
        if is_known {
            return;
        }
        self.all.push(Candidate {
            name: match again {
                0 => name.to_owned(),
                _ => format!("{numbered}{})", again + 1),
            },
            value,
            evidence: self.evidence.clone(),
        });
    }

    /// The texts of a JSON value, each by the name of the member that it stands in.
    fn walk(&mut self, name: &str, value: Value) {
        match value {
            Value::String(text) => self.add(name, text.into()),
            Value::Array(elements) => {
                for element in elements {
                    self.walk(name, element);
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    self.walk(&name, value);
                }
            }
            _ => {}
        }
    }
}

/// What a JSON definition, a script or a cloud-init document sets.
fn of_text(text: &str, evidence: &Evidence) -> Vec<Candidate> {
    let mut collected = Collected {
        all: Vec::new(),
        evidence,
    };
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => collected.walk("", value),
        _ => of_script(text, &mut collected),
    }
    collected.all
}

/// `NAME=value`, as often as it stands in a line; in lines without it `name: value`.
fn of_script(text: &str, collected: &mut Collected<'_>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    for line in text.lines().filter(|line| !line.trim().starts_with('#')) {
        let mut is_assigning = false;
        for (at, _) in line.match_indices('=') {
            let (Some(before), Some(after)) = (line.get(..at), line.get(at + 1..)) else {
                continue;
            };
            let name = before.rsplit(|c| !is_name(c)).next().unwrap_or("");
            let value = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after
                    .get(1..)
                    .and_then(|rest| rest.split(quote).next())
                    .unwrap_or(""),
                _ => after
                    .split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '"' | '\''))
                    .next()
                    .unwrap_or(""),
            };
            is_assigning |= !name.is_empty();
            collected.add(name, value.to_owned().into());
        }
        if !is_assigning && let Some((name, value)) = line.split_once(": ") {
            let name = name.trim().trim_start_matches("- ");
            if name.chars().all(is_name) {
                let value = value.trim().trim_matches(['"', '\'']);
                collected.add(name, value.to_owned().into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::FileId;

    fn read(text: &str) -> Vec<String> {
        let evidence = Evidence {
            file: FileId(0),
            line: 1,
            pointer: "".into(),
            is_in_text: false,
        };
        of_text(text, &evidence)
            .iter()
            .map(|setting| format!("{}={}", setting.name, setting.value.as_str()))
            .collect()
    }

    #[test]
    fn a_script_sets_by_assignment_and_cloud_init_by_colon() {
        let text = "#!/bin/sh\n# OLD=gone\nexport A='one two' B=three; C=\"four\"\n  - d: five\nrun --token=six && A=seven\nA=seven\ncurl https://h/x: y\n";
        assert_eq!(
            read(text),
            [
                "A=one two",
                "B=three",
                "C=four",
                "d=five",
                "token=six",
                "A (2)=seven"
            ]
        );
    }

    #[test]
    fn a_definition_sets_by_the_names_of_its_members() {
        let text = r#"{"States": {"Call": {"Parameters": {"Headers": {"Authorization": ["one", "two"]}, "Retries": 3}}}}"#;
        assert_eq!(read(text), ["Authorization=one", "Authorization (2)=two"]);
    }
}
