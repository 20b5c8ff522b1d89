//! `detect-secrets` baselines: findings with the SHA-1 of each value.
//!
//! A hash joins equal secrets, here and in other reports, and is itself never kept: that of a weak secret is guessed.
//!
//! Source: what detect-secrets 1.5.0 writes (`detect_secrets/core/potential_secret.py`, `baseline.py`).

use super::finding::{Finding, Findings, Place, Value};
use super::kinds;
use super::repository::Repositories;
use crate::inventory::{CredentialKind, Sight};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members};
use crate::sources::moment;
use serde::Deserialize;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/detect_secrets",
    about: "a baseline of detect-secrets",
    command: "detect-secrets scan > scanners/detect-secrets/<owner>__<repository>.json",
    keys: &["plugins_used", "filters_used", "results"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object() && page.has_keys(&["plugins_used", "results"])
}

#[derive(Deserialize)]
struct Potential {
    #[serde(rename = "type")]
    kind: String,
    hashed_secret: Zeroizing<String>,
    #[serde(default)]
    is_verified: bool,
    /// What somebody said who looked at it.
    is_secret: Option<bool>,
    #[serde(default)]
    line_number: u32,
}

/// Finds the id and the secret half of access keys, each by itself; which of them it is the hash does not tell.
const ACCESS_KEY: &str = "AWS Access Key";

/// Why an access key may not be held by who reads a place.
const ONE_HALF: &str = "only one half of an access key was seen here";

/// Detectors that find what is no secret.
const NO_SECRETS: [&str; 1] = ["Public IP (ipv4)"];

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut repositories = Repositories::of("detect-secrets", page);
    let mut findings = Findings::default();
    let found_first = page.member("generated_at");
    let since = found_first
        .and_then(|row| json::text_of(row.raw))
        .and_then(|text| moment::parse(&text));
    let Some(results) = page.member("results") else {
        return;
    };
    let Some(files) = Members::of(results.raw) else {
        let at = intake.row(&results);
        intake.not_a_list(&at, "results");
        return;
    };
    for (file, _) in files.effective() {
        let Some(rows) = results.member(file).and_then(|row| row.list()) else {
            let at = intake.member(&results, file);
            intake.not_a_list(&at, file);
            continue;
        };
        let found: Vec<(Row<'_>, Potential)> = rows
            .into_iter()
            .filter_map(|row| intake.parse(&row).map(|potential| (row, potential)))
            .collect();
        let of_keys = found.iter().filter(|(_, one)| one.kind == ACCESS_KEY);
        let halves: BTreeSet<&str> = of_keys.map(|(_, one)| &**one.hashed_secret).collect();
        let halves = halves.len();
        for (row, potential) in found {
            let is_none = potential.is_secret == Some(false);
            if is_none || NO_SECRETS.contains(&potential.kind.as_str()) {
                continue;
            }
            let repository = repositories.name(None);
            let is_half = potential.kind == ACCESS_KEY;
            let kind = match is_half {
                true => CredentialKind::Unknown,
                false => kinds::of(&potential.kind, ""),
            };
            findings.add(
                Place::in_repository(&repository, file, ""),
                Finding {
                    rule: potential.kind,
                    kind,
                    at: (potential.line_number, 0),
                    value: Value::Sha1(potential.hashed_secret),
                    half: None,
                    owner: None,
                    joined: None,
                    doubt: (is_half && halves < 2).then_some(ONE_HALF),
                    sight: Sight {
                        since,
                        worked: potential.is_verified.then_some(true),
                        ..Sight::default()
                    },
                    evidence: intake.row(&row),
                },
            );
        }
    }
    repositories.finish(page, intake);
    findings.emit(intake);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::trial;

    fn found(kind: &str, hash: &str, more: &str) -> String {
        format!(
            r#"{{"type":"{kind}","filename":"f","hashed_secret":"{hash}","is_verified":false,"line_number":1{more}}}"#
        )
    }

    fn lying(found: &[String]) -> Vec<String> {
        let body = format!(
            r#"{{"version":"1.5.0","plugins_used":[],"results":{{"f":[{}]}}}}"#,
            found.join(",")
        );
        let reading = trial::read_one("scanners/detect-secrets/acme__shop.json", &body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        trial::lying(&reading)
    }

    #[test]
    fn half_of_an_access_key_is_in_doubt_and_both_are_not() {
        let (one, other) = ("a".repeat(40), "b".repeat(40));
        let alone = lying(&[found(ACCESS_KEY, &one, "")]);
        assert!(alone[0].ends_with(ONE_HALF), "{alone:?}");
        let both = lying(&[found(ACCESS_KEY, &one, ""), found(ACCESS_KEY, &other, "")]);
        assert!(both.iter().all(|one| one.ends_with(" sure")), "{both:?}");
    }

    #[test]
    fn what_somebody_called_no_secret_and_addresses_are_dropped() {
        let hash = "a".repeat(40);
        let none = r#","is_secret":false"#;
        assert!(lying(&[found("Secret Keyword", &hash, none)]).is_empty());
        assert!(lying(&[found("Public IP (ipv4)", &hash, "")]).is_empty());
        let real = r#","is_secret":true"#;
        assert_eq!(lying(&[found("Secret Keyword", &hash, real)]).len(), 1);
    }
}
