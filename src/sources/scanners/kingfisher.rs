//! `kingfisher` reports in JSON and JSON lines.
//!
//! `snippet`, `dependent_captures` and the commands hold live values. A key id and its secret half are one finding.
//!
//! Source: what kingfisher 2.14.0 writes; its outcomes of validation are those of
//! `crates/kingfisher-core/src/validation_outcome.rs` there.

use super::access_map;
use super::finding::{Finding, Findings, Place, Value};
use super::kinds;
use super::repository::{self, Repositories};
use crate::inventory::{ExposureKind, Sight};
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use crate::sources::moment;
use serde::Deserialize;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/kingfisher",
    about: "secrets that kingfisher found",
    command: "kingfisher scan <repository> --format json --output scanners/kingfisher/<owner>__<repository>.json",
    keys: &["findings", "access_map", "audit"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    match page.is_array() {
        true => page.has_keys(&["rule", "finding"]),
        // A report without findings has its other parts.
        false => {
            page.lists("findings", &["rule", "finding"])
                && (page.has_keys(&["metadata"])
                    || page.rows("findings").is_some_and(|rows| !rows.is_empty()))
        }
    }
}

#[derive(Deserialize)]
struct Report {
    rule: Rule,
    finding: Found,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    fingerprint: String,
    snippet: Zeroizing<String>,
    #[serde(default)]
    dependent_captures: BTreeMap<String, Zeroizing<String>>,
    #[serde(default)]
    validation: Validation,
    #[serde(default)]
    line: u32,
    #[serde(default)]
    column_start: u32,
    path: String,
    #[serde(default, deserialize_with = "null_as_default")]
    git_metadata: Git,
}

#[derive(Deserialize, Default)]
struct Validation {
    #[serde(default)]
    status: String,
}

impl Validation {
    fn worked(&self) -> Option<bool> {
        match self.status.as_str() {
            "Active Credential" => Some(true),
            "Inactive Credential" => Some(false),
            _ => None,
        }
    }
}

#[derive(Deserialize, Default)]
struct Git {
    #[serde(default)]
    repository_url: String,
    #[serde(default)]
    commit: Commit,
}

#[derive(Deserialize, Default)]
struct Commit {
    #[serde(default)]
    id: String,
    #[serde(default)]
    date: String,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut repositories = Repositories::of("kingfisher", page);
    let mut findings = Findings::default();
    if let Some(list) = page.member("findings")
        && json::is_null(list.raw)
    {
        let at = intake.row(&list);
        intake.not_a_list(&at, "findings");
        return;
    }
    let list = if page.is_array() { "" } else { "findings" };
    for row in page.rows(list).unwrap_or_default() {
        // The last lines are a summary and not findings.
        if row.member("rule").is_none() {
            continue;
        }
        let Some(Report { rule, finding }) = intake.parse::<Report>(&row) else {
            continue;
        };
        let git = finding.git_metadata;
        let repository = repositories.name(repository::of_link(&git.repository_url));
        let place = place(&finding.path, &git.commit.id, &repository);
        // `betterleaks.github-pat`, `kingfisher.github.1`, `veles.secrets/sendgrid`
        let (_, name) = rule.id.split_once('.').unwrap_or(("", &rule.id));
        let name = name.strip_prefix("secrets/").unwrap_or(name);
        let mut captures = finding.dependent_captures;
        findings.add(
            place,
            Finding {
                kind: kinds::of(name, &finding.snippet),
                at: (finding.line, finding.column_start),
                value: Value::Whole {
                    secret: finding.snippet,
                    around: Zeroizing::default(),
                },
                half: captures.remove("AWS_SECRET_ACCESS_KEY"),
                owner: None,
                joined: access_map::joined(&finding.fingerprint),
                doubt: None,
                sight: Sight {
                    since: moment::parse(&git.commit.date),
                    worked: finding.validation.worked(),
                    ..Sight::default()
                },
                evidence: intake.row(&row),
                rule: rule.id,
            },
        );
    }
    repositories.finish(page, intake);
    findings.emit(intake);
    if let Some(map) = page.member("access_map") {
        match map.rows() {
            Some(rows) => access_map::read_list(&rows, intake),
            None => {
                let at = intake.row(&map);
                intake.not_a_list(&at, "access_map");
            }
        }
    }
}

/// The place that a path is: an address where messages, tickets or pages were scanned, an object of S3, else a file.
///
/// Source: kingfisher, `src/reporter.rs`, `origin_display_path` (read 2026-11).
fn place(path: &str, commit: &str, repository: &str) -> Place {
    let kind = match path.split_once("://") {
        Some(("http" | "https", _)) => ExposureKind::Conversation,
        Some(("s3" | "gs" | "gcs", _)) => ExposureKind::StoredObject,
        _ => return Place::in_repository(repository, path, commit),
    };
    Place {
        key: format!("{}:kingfisher/{path}", kind.name()),
        name: path.to_owned(),
        file: path.to_owned(),
        kind,
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::Record;
    use crate::sources::trial;

    const ID: &str = concat!("AKIA", "EXAMPLEEXAMPLE22");

    fn half() -> String {
        format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap())
    }

    fn report(rule: &str, snippet: &str, more: &str) -> String {
        format!(
            r#"{{"rule":{{"name":"n","id":"{rule}"}},"finding":{{"snippet":"{snippet}","line":2,"column_start":3,"path":".env"{more}}}}}"#
        )
    }

    #[test]
    fn an_id_with_its_half_is_one_access_key_at_its_commit() {
        let git = r#""git_metadata":{"repository_url":"https://github.com/acme/shop","commit":{"id":"aaaabbbbcc","date":"2026-01-05"}}"#;
        let more = format!(
            r#","dependent_captures":{{"AWS_SECRET_ACCESS_KEY":"{}"}},"validation":{{"outcome":"verified_active","status":"Active Credential"}},{git}"#,
            half()
        );
        let body = format!(
            r#"{{"findings":[{}],"metadata":{{}}}}"#,
            report("betterleaks.aws-access-token", ID, &more)
        );
        let reading = trial::read_one("x/kf.json", &body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let place = "repository-file:acme/shop/.env@aaaabbbbcc";
        assert_eq!(
            trial::lying(&reading),
            [format!("{place} aws:access-key:{ID} sure")]
        );
        let sights = trial::sights(&reading);
        assert_eq!(sights, ["2026-01-05T00:00:00Z worked"]);
    }

    #[test]
    fn what_was_scanned_beside_repositories_is_no_file_of_one() {
        for (path, key) in [
            (
                "https://acme.slack.example/archives/C1/p1",
                "conversation:kingfisher/",
            ),
            ("s3://bucket/dump.sql", "stored-object:kingfisher/"),
            ("/home/ada/.env", "device-file:/home/"),
            ("app/.env", "repository-file:acme/shop/"),
        ] {
            let one = report("kingfisher.x.1", &"EXAMPLE".repeat(4), "");
            let body = format!("[{}]", one.replace("\".env\"", &format!("\"{path}\"")));
            let reading = trial::read_one("scanners/kingfisher/acme__shop.json", &body);
            let lying = trial::lying(&reading);
            assert!(lying[0].starts_with(key), "{lying:?}");
        }
    }

    #[test]
    fn lines_are_findings_but_the_summary() {
        let body = format!(
            "{}\n{}\n",
            report(
                "betterleaks.github-pat",
                &format!("ghp_{}", "EXAMPLE".repeat(4)),
                ""
            ),
            r#"{"findings":1,"rules_applied":488}"#
        );
        let reading = trial::read_one("scanners/kingfisher/acme__shop.jsonl", &body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            trial::credentials(&reading),
            ["found:repository-file:acme/shop/.env#betterleaks.github-pat:2"]
        );
    }

    #[test]
    fn what_did_not_work_is_told() {
        let refused = r#","validation":{"status":"Inactive Credential"}"#;
        let body = format!(
            "[{}]",
            report("kingfisher.x.1", &"EXAMPLE".repeat(4), refused)
        );
        let reading = trial::read_one("scanners/kingfisher/r.json", &body);
        assert_eq!(trial::sights(&reading), ["- refused"]);
    }

    #[test]
    fn a_report_without_findings_is_read_and_another_tool_s_list_is_not() {
        let read = |body| trial::read_one("r.json", body);
        assert!(read(r#"{"findings":[],"metadata":{}}"#).problems.is_empty());
        assert_eq!(read(r#"{"findings":[]}"#).problems.len(), 1);
        let other = read(r#"{"findings":[{"id":"x"}],"metadata":{}}"#);
        assert!(
            !other
                .records
                .iter()
                .any(|r| matches!(r, Record::Exposure(_)))
        );
        assert_eq!(other.problems.len(), 1);
    }
}
