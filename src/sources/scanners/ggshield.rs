//! `ggshield` results in JSON.
//!
//! A scan holds files with incidents, and scans of its own (of a range of commits, one for each). `match` holds a live
//! value with `--show-secrets`, and a censored one without.
//!
//! Source: ggshield, `ggshield/verticals/secret/output/schemas.py` and `secret_json_output_handler.py`; pygitguardian,
//! `MatchSchema` (read 2026-11).

use super::finding::{Finding, Findings, Place, Value};
use super::kinds;
use super::repository::Repositories;
use crate::inventory::Sight;
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;
use crate::sources::moment;
use crate::sources::secret_shape;
use serde::Deserialize;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/ggshield",
    about: "secrets that ggshield found",
    command: "ggshield secret scan --json --output scanners/ggshield/<owner>__<repository>.json repo <repository>",
    keys: &["entities_with_incidents", "total_incidents", "scans"],
    recognise,
    read,
};

/// A scan of commits holds one scan for each, and that holds none.
const DEEPEST: usize = 4;

fn recognise(page: &Page<'_>) -> bool {
    page.is_object() && page.has_keys(&["total_incidents", "total_occurrences"])
}

#[derive(Deserialize)]
struct Incident {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    policy: String,
    validity: Option<String>,
    occurrences: Vec<Match>,
}

#[derive(Deserialize)]
struct Match {
    #[serde(rename = "match")]
    text: Zeroizing<String>,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    line_start: Option<u32>,
    #[serde(default)]
    index_start: Option<u32>,
}

impl Match {
    fn is_censored(&self) -> bool {
        self.text.contains("**")
    }

    /// Whether it is beside a secret, and none.
    fn is_beside(&self) -> bool {
        [
            "client_id",
            "host",
            "username",
            "port",
            "database",
            "scheme",
        ]
        .contains(&&*self.kind)
    }
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut repositories = Repositories::of("ggshield", page);
    let mut findings = Findings::default();
    if let Some(whole) = page.whole() {
        let count = read_scan(&whole, "", 0, &mut repositories, &mut findings, intake);
        let said = whole.member("total_incidents");
        let said = said.and_then(|said| said.raw.get().parse::<u64>().ok());
        if said.is_some_and(|said| said > count) {
            let at = intake.row(&whole);
            intake.problem(
                Severity::Doubt,
                ProblemCode::Truncated,
                &at,
                format!("`total_incidents` tells of more than the {count} that are in it"),
                "export it again",
            );
        }
    }
    repositories.finish(page, intake);
    findings.emit(intake);
}

/// Reads a scan and those within; says how many incidents there are in them.
fn read_scan(
    scan: &Row<'_>,
    since: &str,
    depth: usize,
    repositories: &mut Repositories,
    findings: &mut Findings,
    intake: &mut Intake<'_>,
) -> u64 {
    let mut count = 0;
    let text = |row: &Row<'_>, name: &str| {
        let member = row.member(name);
        member.and_then(|member| json::text_of(member.raw))
    };
    let date = scan
        .member("extra_info")
        .and_then(|info| text(&info, "date"));
    let since = date.as_deref().unwrap_or(since);
    let commit = match text(scan, "type").as_deref() {
        Some("commit") => text(scan, "id").unwrap_or_default(),
        _ => String::new(),
    };
    for file in list(scan, "entities_with_incidents", intake).unwrap_or_default() {
        let name = text(&file, "filename").unwrap_or_default();
        for row in list(&file, "incidents", intake).unwrap_or_default() {
            count += 1;
            let Some(incident) = intake.parse::<Incident>(&row) else {
                continue;
            };
            // Other policies look for files that should not be there.
            if incident.policy != "Secrets detection" && !incident.policy.is_empty() {
                continue;
            }
            let repository = repositories.name(None);
            let place = Place::in_repository(&repository, &name, &commit);
            findings.add(place, finding(incident, since, intake, &row));
        }
    }
    if depth < DEEPEST {
        for inner in list(scan, "scans", intake).unwrap_or_default() {
            count += read_scan(&inner, since, depth + 1, repositories, findings, intake);
        }
    }
    count
}

/// The elements of a list that may be missing.
fn list<'d>(of: &Row<'d>, name: &str, intake: &mut Intake<'_>) -> Option<Vec<Row<'d>>> {
    let member = of.member(name)?;
    // ggshield leaves out what it has none of, and never writes `null`.
    let rows = member.list();
    if rows.is_none() {
        let at = intake.row(&member);
        intake.not_a_list(&at, name);
    }
    rows
}

/// An incident is one secret, however often it stands in the file.
fn finding(incident: Incident, since: &str, intake: &Intake<'_>, row: &Row<'_>) -> Finding {
    let matches = incident.occurrences;
    let is_secret = |one: &&Match| !one.is_beside();
    let secret = matches.iter().find(is_secret).or(matches.first());
    let at = secret.map_or((0, 0), |one| {
        (
            one.line_start.unwrap_or_default(),
            one.index_start.unwrap_or_default(),
        )
    });
    let around: Vec<&str> = matches.iter().map(|one| one.text.as_str()).collect();
    let around = Zeroizing::new(around.join(" "));
    let is_half = |one: &&Match| secret_shape::is_secret_half(&one.text);
    let half = matches.iter().find(is_half).map(|one| one.text.clone());
    let value = match secret {
        Some(secret) if !secret.is_censored() => Value::Whole {
            secret: secret.text.clone(),
            around,
        },
        secret => Value::Hidden {
            around,
            masked: secret.map(|one| one.text.clone()).unwrap_or_default(),
        },
    };
    Finding {
        kind: kinds::of(&incident.kind, ""),
        rule: incident.kind,
        at,
        value,
        half,
        owner: None,
        joined: None,
        doubt: None,
        sight: Sight {
            since: moment::parse(since),
            worked: match incident.validity.as_deref() {
                Some("valid") => Some(true),
                Some("invalid") => Some(false),
                _ => None,
            },
            ..Sight::default()
        },
        evidence: intake.row(row),
    }
}

#[cfg(test)]
mod tests {
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    const ID: &str = concat!("AKIA", "EXAMPLEEXAMPLE22");

    fn half() -> String {
        format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap())
    }

    fn scan(incident: &str) -> String {
        format!(
            r#"{{"id":"range","type":"commit-range","total_incidents":1,"total_occurrences":1,"scans":[
            {{"id":"aaaabbbbcc","type":"commit","extra_info":{{"author":"a","date":"2026-01-05T10:00:00+00:00"}},"total_incidents":1,"total_occurrences":1,
            "entities_with_incidents":[{{"mode":"MODIFY","filename":".env","incidents":[{incident}]}}]}}]}}"#
        )
    }

    fn incident(kind: &str, policy: &str, validity: &str, occurrences: &str) -> String {
        format!(
            r#"{{"policy":"{policy}","type":"{kind}","validity":"{validity}","ignore_sha":"x","occurrences":[{occurrences}]}}"#
        )
    }

    fn matched(kind: &str, text: &str, line: u32) -> String {
        format!(r#"{{"match":"{text}","type":"{kind}","line_start":{line},"index_start":1}}"#)
    }

    const PATH: &str = "scanners/ggshield/acme__shop.json";
    const PLACE: &str = "repository-file:acme/shop/.env@aaaabbbbcc";

    #[test]
    fn both_halves_of_a_key_in_a_commit_are_one_credential() {
        let both = [
            matched("client_id", ID, 1),
            matched("client_secret", &half(), 2),
        ]
        .join(",");
        let body = scan(&incident("AWS Keys", "Secrets detection", "valid", &both));
        let reading = trial::read_one(PATH, &body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            trial::lying(&reading),
            [format!("{PLACE} aws:access-key:{ID} sure")]
        );
        assert_eq!(trial::sights(&reading), ["2026-01-05T10:00:00Z worked"]);
    }

    #[test]
    fn censored_values_are_never_taken_for_equal_secrets() {
        let one = |kind| {
            incident(
                kind,
                "Secrets detection",
                "invalid",
                &matched("apikey", "ghp_****", 1),
            )
        };
        let body = scan(&format!("{},{}", one("GitHub Token"), one("GitLab Token")));
        let reading = trial::read_one(PATH, &body);
        assert_eq!(trial::credentials(&reading).len(), 2);
        assert!(trial::sights(&reading)[0].ends_with("refused"));
    }

    #[test]
    fn what_other_policies_find_is_no_secret_and_a_list_that_is_none_is_told() {
        let body = scan(&incident(
            "x",
            "File extensions",
            "",
            &matched("f", "x.pem", 1),
        ));
        assert!(trial::lying(&trial::read_one(PATH, &body)).is_empty());
        let body = r#"{"total_incidents":1,"total_occurrences":1,"scans":7}"#;
        let problems = trial::read_one(PATH, body).problems;
        let codes: Vec<ProblemCode> = problems.iter().map(|one| one.code).collect();
        assert_eq!(codes, [ProblemCode::Truncated, ProblemCode::BadRecord]);
    }
}
