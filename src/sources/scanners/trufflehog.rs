//! `trufflehog` v3 results: one JSON object a line.
//!
//! `Raw`, `RawV2`, `SecretParts` and sometimes `Redacted` hold live values; `RawV2` of an access key is its id and its
//! secret half in one. Lines of the log may stand among the results.
//!
//! Source: trufflehog v3, `pkg/output/json.go` and `proto/source_metadata.proto` (places), read 2026-11.

use super::finding::{Finding, Findings, Place, Value};
use super::kinds;
use super::repository::{self, Repositories};
use crate::inventory::{ExposureKind, Sight};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::matching::Owner;
use crate::sources::moment;
use crate::sources::secret_shape;
use serde::Deserialize;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/trufflehog",
    about: "secrets that trufflehog found",
    command: "trufflehog git <repository> --json > scanners/trufflehog/<owner>__<repository>.jsonl",
    keys: &["SourceMetadata", "DetectorName", "Verified"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_result = |has: &dyn Fn(&str) -> bool| has("SourceMetadata") && has("DetectorName");
    // The first line may be one of the log.
    rows(page)
        .iter()
        .any(|row| is_result(&|name| row.member(name).is_some()))
}

fn rows<'d>(page: &Page<'d>) -> Vec<Row<'d>> {
    match page.is_array() {
        true => page.rows("").unwrap_or_default(),
        false => page.whole().into_iter().collect(),
    }
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(
        rename = "SourceMetadata",
        default,
        deserialize_with = "null_as_default"
    )]
    metadata: Metadata,
    #[serde(rename = "SourceName", default)]
    source_name: String,
    #[serde(rename = "DetectorName")]
    detector: String,
    #[serde(rename = "Verified", default)]
    is_verified: bool,
    #[serde(rename = "Raw", default)]
    raw: Zeroizing<String>,
    #[serde(rename = "RawV2", default)]
    raw_two: Zeroizing<String>,
    #[serde(rename = "Redacted", default)]
    redacted: Zeroizing<String>,
    #[serde(rename = "ExtraData", default, deserialize_with = "null_as_default")]
    extra: Extra,
}

/// What detectors tell of the credential; of the many members those by which it is recognised.
///
/// Source: trufflehog 3, `pkg/detectors/aws/access_keys/accesskey.go` (`arn` as AWS answers it, `is_canary`),
/// `pkg/detectors/github` (`username`), `pkg/detectors/gcp/gcp.go` (`private_key_id`), read 2026-11.
#[derive(Deserialize, Default)]
struct Extra {
    #[serde(default, deserialize_with = "null_as_default")]
    arn: String,
    #[serde(default, deserialize_with = "null_as_default")]
    username: String,
    #[serde(default, deserialize_with = "null_as_default")]
    is_canary: String,
}

impl Extra {
    /// As whom it acts.
    fn owner(&self, detector: &str) -> Option<Owner> {
        let is_name = |text: &&String| {
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b":/.@_+=,-".contains(&byte);
            !text.is_empty() && text.len() <= 256 && text.bytes().all(is_part)
        };
        let login = Some(&self.username).filter(|_| detector.starts_with("Github"));
        let arn = Some(&self.arn).filter(|arn| arn.starts_with("arn:"));
        let owner = |(name, platforms): (&String, _)| Owner {
            platforms,
            name: name.clone(),
        };
        let arn = arn.filter(is_name).map(|arn| (arn, Owner::ARN));
        let login = login.filter(is_name).map(|login| (login, Owner::LOGIN));
        arn.or(login).map(owner)
    }
}

/// Why a canary token opens nothing.
const CANARY: &str = "trufflehog knows it for a canary token, made to be found";

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(rename = "Data", default, deserialize_with = "null_as_default")]
    data: BTreeMap<String, Whereabouts>,
}

/// The members that the messages of the places share.
#[derive(Deserialize, Default)]
struct Whereabouts {
    #[serde(default)]
    repository: String,
    #[serde(default)]
    commit: String,
    #[serde(default, alias = "filename", alias = "path")]
    file: String,
    #[serde(default)]
    line: u32,
    #[serde(
        default,
        alias = "created_at",
        alias = "date_created",
        alias = "uploaded"
    )]
    timestamp: String,
    #[serde(default, alias = "container", alias = "repo")]
    bucket: String,
    #[serde(default)]
    image: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    layer: String,
    #[serde(default)]
    channel_name: String,
    #[serde(default)]
    channel_id: String,
    #[serde(default, alias = "page", alias = "issue_id", alias = "docid")]
    issue: String,
    #[serde(
        default,
        alias = "package",
        alias = "pipeline",
        alias = "workspace_name"
    )]
    project_name: String,
    #[serde(default)]
    link: String,
    /// Of a build of Travis.
    #[serde(default, rename = "public")]
    is_public: bool,
}

impl Whereabouts {
    /// The place, and whether its line is one of a file.
    fn place(&self, source: &str, source_name: &str, repositories: &mut Repositories) -> Place {
        let kind = kind(source);
        if kind == ExposureKind::RepositoryFile {
            let told = repository::of_link(&self.repository)
                .or_else(|| repository::of_link(&self.link))
                .or_else(|| (!self.repository.is_empty()).then(|| self.repository.clone()));
            return Place::in_repository(&repositories.name(told), &self.file, &self.commit);
        }
        // What names it best comes first, the least part last.
        let parts = [
            &self.bucket,
            &self.image,
            &self.tag,
            &self.layer,
            match self.channel_name.is_empty() {
                true => &self.channel_id,
                false => &self.channel_name,
            },
            &self.project_name,
            &self.issue,
            &self.file,
        ];
        let parts: Vec<&str> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let named = match (parts.as_slice(), self.link.as_str()) {
            ([], "") => source_name.to_owned(),
            ([], link) => link.to_owned(),
            (parts, _) => parts.join("/"),
        };
        let source = source.to_ascii_lowercase();
        Place {
            key: format!("{}:{source}/{named}", kind.name()),
            name: format!("{named} ({source})"),
            file: named,
            kind,
        }
    }
}

/// What sort of place a source scans.
fn kind(source: &str) -> ExposureKind {
    match source {
        "Git" | "Github" | "Gitlab" | "Bitbucket" | "AzureRepos" | "Gerrit" | "Huggingface" => {
            ExposureKind::RepositoryFile
        }
        "S3" | "GCS" | "Azure" | "Artifactory" | "NPM" | "PyPi" => ExposureKind::StoredObject,
        "Docker" | "ECR" => ExposureKind::ImageLayer,
        "CircleCI" | "TravisCI" | "Buildkite" | "Jenkins" => ExposureKind::CiLog,
        "Slack" | "SlackContinuous" | "Teams" | "Jira" | "Confluence" | "SharePoint" => {
            ExposureKind::Conversation
        }
        "Filesystem" | "Stdin" => ExposureKind::DeviceFile,
        _ => ExposureKind::Other,
    }
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut repositories = Repositories::of("trufflehog", page);
    let mut findings = Findings::default();
    let mut of_log = 0usize;
    for row in rows(page) {
        // A line of the log has no detector.
        if row.member("DetectorName").is_none() {
            of_log += 1;
            continue;
        }
        let Some(outcome) = intake.parse::<Outcome>(&row) else {
            continue;
        };
        let nowhere = Whereabouts::default();
        let first = outcome.metadata.data.iter().next();
        let (source, at) = first.map_or(("", &nowhere), |(source, at)| (source, at));
        let place = at.place(source, &outcome.source_name, &mut repositories);
        let half = half(&outcome.raw_two);
        // Of a service account's key this is the whole file, with its id.
        let around = match outcome.raw_two.trim_start().starts_with('{') {
            true => outcome.raw_two,
            false => outcome.redacted,
        };
        findings.add(
            place,
            Finding {
                kind: kinds::of(&outcome.detector, &outcome.raw),
                at: (at.line, 0),
                value: Value::Whole {
                    secret: outcome.raw,
                    around,
                },
                half,
                owner: outcome.extra.owner(&outcome.detector),
                joined: None,
                doubt: (outcome.extra.is_canary == "true").then_some(CANARY),
                sight: Sight {
                    since: moment::parse(&at.timestamp),
                    worked: outcome.is_verified.then_some(true),
                    // Of a repository of GitHub `visibility` tells nothing: 0, which is public, is left out of what is written.
                    is_public: at.is_public,
                    ..Sight::default()
                },
                evidence: intake.row(&row),
                rule: outcome.detector,
            },
        );
    }
    if of_log > 0 {
        let at = intake.page(page);
        intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &at,
            format!("{of_log} entries are of the log, and no results"),
            "send the log elsewhere: `2> trufflehog.log`",
        );
    }
    repositories.finish(page, intake);
    findings.emit(intake);
}

/// The secret half in what is both halves of an access key.
fn half(both: &str) -> Option<Zeroizing<String>> {
    let id = secret_shape::access_key_id(both)?;
    let (before, after) = both.split_once(id)?;
    let separators: &[char] = &[':', ' '];
    [after, before]
        .map(|part| part.trim_matches(separators))
        .into_iter()
        .find(|part| secret_shape::is_secret_half(part))
        .map(|part| Zeroizing::new(part.to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::sources::trial;

    const ID: &str = concat!("AKIA", "EXAMPLEEXAMPLE22");

    fn secret() -> String {
        format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap())
    }

    fn line(detector: &str, data: &str, more: &str) -> String {
        format!(
            r#"{{"SourceMetadata":{{"Data":{data}}},"SourceName":"trufflehog - git","DetectorName":"{detector}","Verified":true,{more}}}"#
        )
    }

    const GIT: &str = r#"{"Git":{"commit":"aaaabbbbcc","file":"app/.env","repository":"https://github.com/acme/shop.git","timestamp":"2026-01-05 10:00:00 +0000","line":2}}"#;

    #[test]
    fn an_access_key_is_known_by_its_id_with_its_half() {
        let more = format!(
            r#""Raw":"{ID}","RawV2":"{ID}:{}","Redacted":"{ID}""#,
            secret()
        );
        let body = format!(
            "{}\n{}\n",
            r#"{"level":"info-0","msg":"running source"}"#,
            line("AWS", GIT, &more)
        );
        let reading = trial::read_one("out.jsonl", &body);
        // A line of the log is counted.
        assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
        assert!(reading.problems[0].message.starts_with("1 entries"));
        let place = "repository-file:acme/shop/app/.env@aaaabbbbcc";
        assert_eq!(
            trial::lying(&reading),
            [format!("{place} aws:access-key:{ID} sure")]
        );
        assert_eq!(trial::sights(&reading), ["2026-01-05T10:00:00Z worked"]);
    }

    #[test]
    fn places_of_every_sort_have_keys_of_their_own() {
        for (data, key) in [
            (
                r#"{"Slack":{"channel_id":"C1","channel_name":"ops","timestamp":"1"}}"#,
                "conversation:slack/ops",
            ),
            (
                r#"{"Docker":{"file":"/app/.env","image":"acme/api","layer":"sha256:aa","tag":"1"}}"#,
                "image-layer:docker/acme/api/1/sha256:aa//app/.env",
            ),
            (
                r#"{"S3":{"bucket":"data","file":"dump.sql"}}"#,
                "stored-object:s3/data/dump.sql",
            ),
            (
                r#"{"Jenkins":{"project_name":"deploy","build_number":7}}"#,
                "ci-log:jenkins/deploy",
            ),
            (
                r#"{"Novel":{"link":"https://x/1"}}"#,
                "other:novel/https://x/1",
            ),
            ("null", "other:/trufflehog - git"),
        ] {
            let body = line("Github", data, r#""Raw":"x""#);
            let reading = trial::read_one("out.json", &body);
            let lying = trial::lying(&reading);
            assert!(lying[0].starts_with(&format!("{key} ")), "{lying:?}");
        }
    }
}
