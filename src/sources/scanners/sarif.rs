//! SARIF 2.1.0 logs of secret scanners.
//!
//! SARIF is every analyser's format: a run counts as a scanner's if the name of its tool says so, or if it lies in
//! `scanners/`. `snippet` and some properties hold live values.
//!
//! Source: SARIF 2.1.0 (OASIS), 3.27 (result), 3.29 (physicalLocation); where gitleaks 8.30 and kingfisher 2.14 keep a
//! commit and a validation, as they write it.

use super::finding::{Finding, Findings, Place, Value};
use super::kinds;
use super::repository::Repositories;
use crate::inventory::{ExposureKind, Sight};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;
use crate::sources::moment;
use crate::sources::secret_shape;
use serde::Deserialize;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/sarif",
    about: "secrets that a scanner reported in SARIF",
    command: "gitleaks git --report-format sarif --report-path scanners/sarif/<owner>__<repository>.sarif <repository>",
    keys: &["$schema", "version", "runs"],
    recognise,
    read,
};

/// Parts of the names of tools that look for secrets, in lower case.
const SCANNERS: [&str; 12] = [
    "gitleaks",
    "kingfisher",
    "trufflehog",
    "betterleaks",
    "detect-secrets",
    "ggshield",
    "noseyparker",
    "nosey parker",
    "secret",
    "leak",
    "whispers",
    "titus",
];

fn recognise(page: &Page<'_>) -> bool {
    let is_in_place = page.layout().scanner().is_some();
    let runs = page.is_object().then(|| page.rows("runs")).flatten();
    let mut runs = runs.unwrap_or_default().into_iter();
    page.has_keys(&["runs"]) && runs.any(|run| is_in_place || is_of_scanner(&run))
}

fn is_of_scanner(run: &Row<'_>) -> bool {
    let driver = run.member("tool").and_then(|tool| tool.member("driver"));
    let name = driver.and_then(|driver| driver.member("name"));
    let name = name.and_then(|name| json::text_of(name.raw));
    let name = name.unwrap_or_default().to_ascii_lowercase();
    SCANNERS.iter().any(|scanner| name.contains(scanner))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(default)]
    rule_id: String,
    #[serde(default)]
    locations: Vec<Location>,
    #[serde(default)]
    partial_fingerprints: Partial,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(default)]
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(default)]
    region: Region,
}

#[derive(Deserialize)]
struct Artifact {
    uri: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Region {
    #[serde(default)]
    start_line: u32,
    #[serde(default)]
    start_column: u32,
    #[serde(default)]
    snippet: Snippet,
}

#[derive(Deserialize, Default)]
struct Snippet {
    #[serde(default)]
    text: Zeroizing<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Partial {
    #[serde(default)]
    commit_sha: String,
    #[serde(default)]
    date: String,
}

#[derive(Deserialize, Default)]
struct Properties {
    #[serde(default)]
    validation_status: String,
    #[serde(default)]
    validate_command: Zeroizing<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut repositories = Repositories::of("sarif", page);
    let mut findings = Findings::default();
    let is_in_place = page.layout().scanner().is_some();
    let mut others = 0usize;
    for run in page.rows("runs").unwrap_or_default() {
        if !is_in_place && !is_of_scanner(&run) {
            continue;
        }
        let of_secrets = rules_of_secrets(&run);
        let image = run.member("properties");
        let image = image.and_then(|properties| properties.member("imageName"));
        let image = image.and_then(|image| json::text_of(image.raw));
        // "null" says that the tool found out nothing. (3.14.23)
        let results = run.member("results").and_then(|results| results.list());
        let Some(results) = results else {
            let at = intake.member(&run, "results");
            intake.not_a_list(&at, "results");
            continue;
        };
        for row in results {
            let Some(report) = intake.parse::<Report>(&row) else {
                continue;
            };
            if let Some(rules) = &of_secrets
                && !rules.contains(&report.rule_id)
            {
                others += 1;
                continue;
            }
            let partial = report.partial_fingerprints;
            for location in report.locations {
                let Physical {
                    artifact_location: file,
                    region,
                } = location.physical_location;
                let repository = repositories.name(None);
                let (commit, file) = place(&file.uri, &partial.commit_sha);
                let rule = report.rule_id.rsplit('.').next().unwrap_or_default();
                let text = region.snippet.text;
                // A snippet is the value, or the lines around it.
                let is_value = !text.contains(char::is_whitespace) && !text.is_empty();
                let command = &location.properties.validate_command;
                let place = match &image {
                    Some(image) => Place {
                        key: format!("image-layer:{image}/{file}"),
                        name: format!("{file} in {image}"),
                        file: file.to_owned(),
                        kind: ExposureKind::ImageLayer,
                    },
                    None => Place::in_repository(&repository, file, commit),
                };
                findings.add(
                    place,
                    Finding {
                        rule: report.rule_id.clone(),
                        kind: kinds::of(rule, &text),
                        at: (region.start_line, region.start_column),
                        half: half(command),
                        value: match is_value {
                            true => Value::Whole {
                                secret: text,
                                around: Zeroizing::default(),
                            },
                            false => Value::Hidden {
                                around: text,
                                masked: Zeroizing::default(),
                            },
                        },
                        owner: None,
                        joined: None,
                        doubt: None,
                        sight: Sight {
                            since: moment::parse(&partial.date),
                            worked: match location.properties.validation_status.as_str() {
                                "Active Credential" => Some(true),
                                "Inactive Credential" => Some(false),
                                _ => None,
                            },
                            ..Sight::default()
                        },
                        evidence: intake.row(&row),
                    },
                );
            }
        }
    }
    if others > 0 {
        let at = intake.page(page);
        intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &at,
            format!("{others} results of rules that look for no secrets are not read"),
            "what else an analyser finds is no leak",
        );
    }
    repositories.finish(page, intake);
    findings.emit(intake);
}

/// The commit and the file that an address leads to, as ggshield writes commits: `commit://SHA/PATH`.
///
/// Source: ggshield, `ggshield/core/scan/commit_utils.py`, read 2026-11.
fn place<'t>(uri: &'t str, commit: &'t str) -> (&'t str, &'t str) {
    if let Some((commit, file)) = uri
        .strip_prefix("commit://")
        .and_then(|rest| rest.split_once('/'))
    {
        return (commit, file);
    }
    (commit, uri.strip_prefix("file://").unwrap_or(uri))
}

/// Words of rules that look for secrets, in lower case.
const WORDS: [&str; 7] = [
    "secret",
    "credential",
    "password",
    "token",
    "api-key",
    "apikey",
    "private-key",
];

/// The rules of a run of an analyser of many things that look for secrets; `None` where all do.
///
/// Source: trivy, `pkg/report/sarif.go` (a rule's `properties.tags` say `secret`, `vulnerability` or `misconfiguration`; of
/// an image the run's `properties` hold `imageName`), read 2026-11. Of others the name of the rule is all that there is.
fn rules_of_secrets(run: &Row<'_>) -> Option<BTreeSet<String>> {
    if is_of_scanner(run) {
        return None;
    }
    let driver = run.member("tool").and_then(|tool| tool.member("driver"));
    let rules = driver.and_then(|driver| driver.member("rules"));
    let rules = rules.and_then(|rules| rules.list())?;
    let of_secrets = rules.into_iter().filter_map(|rule| {
        let rule: Rule = serde_json::from_str(rule.raw.get()).ok()?;
        let tags = rule.properties.tags.join(" ").to_ascii_lowercase();
        let id = rule.id.to_ascii_lowercase().replace('_', "-");
        let speaks = |text: &str| WORDS.iter().any(|word| text.contains(word));
        let is_it = match tags.is_empty() {
            true => speaks(&id),
            false => tags.split(' ').any(|tag| tag == "secret") || speaks(&id),
        };
        is_it.then_some(rule.id)
    });
    Some(of_secrets.collect())
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    #[serde(default)]
    properties: RuleProperties,
}

#[derive(Deserialize, Default)]
struct RuleProperties {
    #[serde(default)]
    tags: Vec<String>,
}

/// The secret half of an access key in the command by which kingfisher would try it.
fn half(command: &str) -> Option<Zeroizing<String>> {
    let (_, rest) = command.split_once("AWS_SECRET_ACCESS_KEY='")?;
    let (half, _) = rest.split_once('\'')?;
    secret_shape::is_secret_half(half).then(|| Zeroizing::new(half.to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::sources::trial;

    fn log(tool: &str, snippet: &str) -> String {
        format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"{tool}"}}}},"results":[{{"ruleId":"github-pat","locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"app.js"}},"region":{{"startLine":2,"snippet":{{"text":"{snippet}"}}}}}}}}],"partialFingerprints":{{"commitSha":"aaaabbbbcc","date":"2026-01-05T10:00:00Z"}}}}]}}]}}"#
        )
    }

    #[test]
    fn a_scanner_s_log_is_read_and_a_linter_s_only_where_it_is_put_as_one() {
        let token = format!("ghp_{}", "EXAMPLE".repeat(4));
        let key = "found:repository-file:acme/shop/app.js@aaaabbbbcc#github-pat:2";
        let place = "scanners/sarif/acme__shop.sarif";
        let of = |path, tool| trial::credentials(&trial::read_one(path, &log(tool, &token)));
        assert_eq!(of(place, "gitleaks"), [key]);
        assert_eq!(of(place, "acme"), [key]);
        assert!(of("lint.json", "eslint").is_empty());
        assert_eq!(of("leaks.json", "Gitleaks").len(), 1);
    }

    #[test]
    fn lines_around_a_value_are_not_taken_for_it() {
        let path = "scanners/sarif/r.json";
        let of = |snippet: &str| trial::read_one(path, &log("gitleaks", snippet));
        let reading = of("a = 1; b = 2");
        let twice = [of("x").records.len(), reading.records.len()];
        assert_eq!(twice, [2, 2]);
    }
}
