//! Secret-scanning alerts of GitHub, as its REST API lists them.
//!
//! `secret` holds the live value, unless `hide_secret` was asked for.
//!
//! Source: GitHub REST API, "List secret scanning alerts for an organization" (read 2026-11).

use super::finding::{Finding, Findings, Place, Value};
use super::github_locations;
use super::kinds;
use super::repository::Repositories;
use crate::inventory::{ExposureKind, Sight};
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::moment::Moment;
use serde::Deserialize;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/github_alerts",
    about: "secret-scanning alerts of GitHub",
    command: "gh api --paginate '/orgs/<organization>/secret-scanning/alerts?per_page=100' > scanners/github/<organization>.json",
    keys: &["number", "secret_type", "resolution"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_array() && page.has_keys(&["number", "secret_type", "state"])
}

#[derive(Deserialize)]
struct Alert {
    number: u64,
    #[serde(default)]
    created_at: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    resolution: String,
    secret_type: String,
    #[serde(default, deserialize_with = "null_as_default")]
    secret: Zeroizing<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    validity: String,
    #[serde(default, deserialize_with = "null_as_default")]
    publicly_leaked: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    repository: Repository,
    #[serde(default, deserialize_with = "null_as_default")]
    first_location_detected: Location,
}

#[derive(Deserialize, Default)]
struct Repository {
    #[serde(default)]
    full_name: String,
    private: Option<bool>,
}

/// A file at a commit; or the address of an issue, a discussion or a review.
#[derive(Deserialize, Default)]
pub(super) struct Location {
    #[serde(default)]
    path: String,
    #[serde(default)]
    commit_sha: String,
    #[serde(default)]
    start_line: u32,
    #[serde(default)]
    start_column: u32,
    #[serde(
        default,
        alias = "issue_title_url",
        alias = "issue_body_url",
        alias = "issue_comment_url",
        alias = "discussion_title_url",
        alias = "discussion_body_url",
        alias = "discussion_comment_url",
        alias = "pull_request_title_url",
        alias = "pull_request_body_url",
        alias = "pull_request_comment_url",
        alias = "pull_request_review_url",
        alias = "pull_request_review_comment_url"
    )]
    talk_url: String,
}

impl Location {
    /// The place, where it tells one.
    pub(super) fn place(&self, repository: &str) -> Option<Place> {
        match (self.path.as_str(), self.talk_url.as_str()) {
            ("", "") => None,
            ("", talk) => Some(Place {
                key: format!("conversation:github/{talk}"),
                name: talk.to_owned(),
                file: talk.to_owned(),
                kind: ExposureKind::Conversation,
            }),
            (path, _) => Some(Place::in_repository(
                repository,
                path.trim_start_matches('/'),
                &self.commit_sha,
            )),
        }
    }

    /// Line and column.
    pub(super) fn at(&self) -> (u32, u32) {
        (self.start_line, self.start_column)
    }
}

/// Resolutions that say that it is no secret.
const NO_SECRETS: [&str; 3] = ["false_positive", "pattern_deleted", "pattern_edited"];

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut repositories = Repositories::of("github", page);
    let mut findings = Findings::default();
    for row in page.rows("").unwrap_or_default() {
        let Some(alert) = intake.parse::<Alert>(&row) else {
            continue;
        };
        if NO_SECRETS.contains(&alert.resolution.as_str()) {
            continue;
        }
        let since = intake.moment(alert.created_at, &row, "created_at");
        let told = Some(alert.repository.full_name).filter(|name| !name.is_empty());
        let repository = repositories.name(told);
        let location = alert.first_location_detected;
        let place = location.place(&repository).unwrap_or_else(|| {
            let name = format!("{repository}, alert {}", alert.number);
            Place {
                key: format!("repository-file:{repository}#alert-{}", alert.number),
                file: name.clone(),
                name,
                kind: ExposureKind::RepositoryFile,
            }
        });
        let worked = match (alert.resolution.as_str(), alert.validity.as_str()) {
            ("revoked", _) | (_, "inactive") => Some(false),
            (_, "active") => Some(true),
            _ => None,
        };
        findings.add(
            place,
            Finding {
                kind: kinds::of(&alert.secret_type, &alert.secret),
                rule: alert.secret_type,
                at: location.at(),
                value: match alert.secret.is_empty() {
                    true => Value::Hidden {
                        around: Zeroizing::default(),
                        masked: Zeroizing::default(),
                    },
                    false => Value::Whole {
                        secret: alert.secret,
                        around: Zeroizing::default(),
                    },
                },
                half: None,
                owner: None,
                joined: Some(github_locations::alert(
                    &repository,
                    &alert.number.to_string(),
                )),
                doubt: None,
                sight: Sight {
                    since,
                    worked,
                    is_public: alert.publicly_leaked || alert.repository.private == Some(false),
                    ..Sight::default()
                },
                evidence: intake.row(&row),
            },
        );
    }
    repositories.finish(page, intake);
    findings.emit(intake);
}

#[cfg(test)]
mod tests {
    use crate::sources::trial;

    fn alert(number: u32, more: &str) -> String {
        let secret = format!("ghp_{}{number}", "EXAMPLE".repeat(4));
        format!(
            r#"{{"number":{number},"created_at":"2026-01-05T10:00:00Z","state":"open","secret_type":"github_personal_access_token","secret":"{secret}",
            "repository":{{"full_name":"acme/shop","private":true}}{more}}}"#
        )
    }

    #[test]
    fn an_alert_lies_where_it_was_found_first() {
        let at = r#","resolution":null,"validity":"active","first_location_detected":{"path":"/app/.env","start_line":3,"commit_sha":"aaaabbbbcc"}"#;
        let talk = r#","validity":"unknown","publicly_leaked":null,"first_location_detected":{"issue_comment_url":"https://api.github.example/repos/acme/shop/issues/comments/1"}"#;
        let body = format!("[{},{},{}]", alert(1, at), alert(2, talk), alert(3, ""));
        let reading = trial::read_one("scanners/github/acme.json", &body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let lying = trial::lying(&reading);
        let places: Vec<&str> = lying
            .iter()
            .filter_map(|one| one.split(' ').next())
            .collect();
        assert_eq!(
            places,
            [
                "conversation:github/https://api.github.example/repos/acme/shop/issues/comments/1",
                "repository-file:acme/shop#alert-3",
                "repository-file:acme/shop/app/.env@aaaabbbbcc",
            ]
        );
        let sights = trial::sights(&reading);
        assert_eq!(sights[2], "2026-01-05T10:00:00Z worked");
        assert_eq!(sights[0], "2026-01-05T10:00:00Z untried");
    }

    #[test]
    fn a_false_alarm_is_dropped_and_a_revoked_secret_refused() {
        let body = format!(
            "[{},{}]",
            alert(1, r#","resolution":"false_positive""#),
            alert(2, r#","resolution":"revoked","validity":"active""#)
        );
        let reading = trial::read_one("scanners/github/acme.json", &body);
        assert_eq!(trial::sights(&reading), ["2026-01-05T10:00:00Z refused"]);
    }

    #[test]
    fn what_lies_in_an_open_repository_is_public() {
        let of = |private: &str| {
            let body = alert(1, "").replace("true", private);
            trial::is_any_public(&trial::read_one("a.json", &format!("[{body}]")))
        };
        assert_eq!([of("true"), of("false")], [false, true]);
    }
}
