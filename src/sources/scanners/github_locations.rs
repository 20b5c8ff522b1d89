//! Where a secret of a secret-scanning alert of GitHub stands besides where it was found first, as the REST API lists it.
//!
//! No value is in it. The body tells neither its alert nor, of a comment, its repository: both are in the file's name.
//!
//! Source: GitHub REST API, "List locations for a secret scanning alert" (read 2026-11).

use super::finding::{Finding, Findings, Place, Value};
use super::github_alerts::Location;
use crate::inventory::{CredentialKind, Sight};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use serde::Deserialize;
use zeroize::Zeroizing;

const FOLDER: &str = "github-locations";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/github_locations",
    about: "the other places of a secret-scanning alert of GitHub",
    command: "gh api --paginate '/repos/<owner>/<repository>/secret-scanning/alerts/<number>/locations' > scanners/github-locations/<owner>__<repository>__<number>.json",
    keys: &["type", "details"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_in_place = || {
        page.layout()
            .scanner()
            .is_some_and(|(tool, _)| tool == FOLDER)
    };
    let is_empty = || page.rows("").is_some_and(|rows| rows.is_empty());
    page.is_array() && (page.has_keys(&["type", "details"]) || is_empty() && is_in_place())
}

/// By what an alert and its locations are one.
pub(super) fn alert(repository: &str, number: &str) -> String {
    format!("alert {number} of {repository}")
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "type")]
    sort: String,
    details: Location,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let scanner = page.layout().scanner();
    let named = scanner.filter(|(tool, _)| *tool == FOLDER);
    let named = named.and_then(|(_, name)| {
        let (repository, number) = name.rsplit_once('/')?;
        Some((repository.to_owned(), number.to_owned()))
    });
    let Some((repository, number)) = named else {
        let at = intake.page(page);
        let expected = format!("scanners/{FOLDER}/<owner>__<repository>__<number>.json");
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "of which alert these are",
            &expected,
        );
        return;
    };
    let mut findings = Findings::default();
    for row in page.rows("").unwrap_or_default() {
        let Some(listed) = intake.parse::<Listed>(&row) else {
            continue;
        };
        let place = listed.details.place(&repository).unwrap_or_else(|| {
            let name = format!("{repository}, {} of alert {number}", listed.sort);
            Place {
                key: format!(
                    "conversation:github/{repository}#alert-{number}/{}",
                    listed.sort
                ),
                file: name.clone(),
                name,
                kind: crate::inventory::ExposureKind::Conversation,
            }
        });
        findings.add(
            place,
            Finding {
                rule: format!("alert {number}"),
                kind: CredentialKind::Unknown,
                at: listed.details.at(),
                value: Value::Hidden {
                    around: Zeroizing::default(),
                    masked: Zeroizing::default(),
                },
                half: None,
                owner: None,
                joined: Some(alert(&repository, &number)),
                doubt: None,
                sight: Sight::default(),
                evidence: intake.row(&row),
            },
        );
    }
    findings.emit(intake);
}

#[cfg(test)]
mod tests {
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    const LISTED: &str = r#"[
        {"type": "commit", "details": {"path": "/app/.env", "start_line": 3, "start_column": 1, "commit_sha": "aaaabbbbcc"}},
        {"type": "issue_comment", "details": {"issue_comment_url": "https://api.github.example/repos/acme/shop/issues/comments/9"}},
        {"type": "wiki_commit", "details": {"page_url": "https://github.example/acme/shop/wiki/Home"}},
        {"type": "commit", "details": 7}]"#;

    #[test]
    fn every_place_of_an_alert_is_one_and_an_unknown_sort_is_a_place_too() {
        let reading = trial::read_one("scanners/github-locations/acme__shop__42.json", LISTED);
        let places: Vec<String> = trial::lying(&reading)
            .iter()
            .map(|one| one.split(' ').next().unwrap().to_owned())
            .collect();
        assert_eq!(
            places,
            [
                "conversation:github/acme/shop#alert-42/wiki_commit",
                "conversation:github/https://api.github.example/repos/acme/shop/issues/comments/9",
                "repository-file:acme/shop/app/.env@aaaabbbbcc",
            ]
        );
        assert_eq!(trial::credentials(&reading).len(), 1);
        assert_eq!(reading.problems.len(), 1);
    }

    #[test]
    fn without_its_name_nobody_knows_of_which_alert_it_is() {
        let reading = trial::read_one("locations.json", LISTED);
        assert!(reading.records.is_empty());
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
    }
}
