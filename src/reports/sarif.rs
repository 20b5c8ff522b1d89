//! `report.sarif`: findings as SARIF 2.1.0, as GitHub code scanning takes it.
//!
//! Every result has a physical location, the line of the export; a path from what leaked to what is reached is a code
//! flow. Alerts are told apart by their fingerprint, so that neither a moved line nor a renamed export makes a new one.
//!
//! Source: GitHub Docs, "SARIF support for code scanning", and the limits on its page "SARIF results exceed one or more
//! limits" (read 2026-11); SARIF 2.1.0, sections 3.4 (artifact locations), 3.11 (messages), 3.14 (runs), 3.27 (results).

use super::Error;
use super::path::moves;
use super::words::{self, Words};
use crate::analysis::{Analysis, Proof};
use crate::findings::{CHECKS, Check, Finding, Severity, Thing};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use std::collections::BTreeMap;

/// More results than these are not shown.
const MAX_RESULTS: usize = 5_000;
/// More places of one path than these are not shown.
const MAX_FLOW: usize = 1_000;
/// More places of one result than these are not shown.
const MAX_PLACES: usize = 100;
/// More tags of one rule than these are not shown.
const MAX_TAGS: usize = 10;

/// What relative paths are relative to: by its name in SARIF 2.1.0, section 3.14.14, the root of the sources.
const ROOT: &str = "%SRCROOT%";

pub(super) fn render(analysis: &Analysis) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec_pretty(&Log::of(analysis, MAX_RESULTS))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Debug, Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: Automation,
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<Outcome>,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: String,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Debug, Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct RuleProperties {
    precision: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
    tags: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Automation {
    id: &'static str,
}

#[derive(Debug, Serialize)]
struct Base {
    description: Message,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

/// A result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<Flow>,
    rank: f64,
    properties: OutcomeProperties,
}

#[derive(Debug, Serialize)]
struct Fingerprints {
    #[serde(rename = "leakreach/v1")]
    own: String,
    /// The one that code scanning compares ("`result` object").
    #[serde(rename = "primaryLocationLineHash")]
    line: String,
}

#[derive(Debug, Serialize)]
struct OutcomeProperties {
    severity: &'static str,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Flow {
    thread_flows: [Thread; 1],
}

#[derive(Debug, Serialize)]
struct Thread {
    locations: Vec<Hop>,
}

#[derive(Debug, Serialize)]
struct Hop {
    location: Location,
    importance: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<Logical>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<MessageOf>,
}

#[derive(Debug, Clone, Serialize)]
struct MessageOf {
    text: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

/// The beginning of a line: of an object that begins there no end is known.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

impl Log {
    fn of(analysis: &Analysis, most: usize) -> Self {
        let writer = Writer {
            analysis,
            words: Words::of(analysis),
        };
        let findings = &analysis.findings;
        let results: Vec<Outcome> = findings
            .iter()
            .take(most)
            .filter_map(|finding| writer.result(finding))
            .collect();
        let mut notifications = Vec::new();
        let cut = findings.len().saturating_sub(most);
        if cut > 0 {
            notifications.push(Notification {
                level: "warning",
                message: Message::new(format!(
                    "{} of {} are left out, the least grave; report.json has all",
                    words::counted(cut, "result"),
                    words::count_of(findings.len())
                )),
            });
        }
        let root = Base {
            description: Message::new(
                "the folder that leakreach was run in: the root of the repository, if exports are to be shown in it",
            ),
        };
        Self {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "leakreach",
                        semantic_version: env!("CARGO_PKG_VERSION"),
                        rules: CHECKS.iter().map(rule).collect(),
                    },
                },
                automation_details: Automation { id: "leakreach/" },
                original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
                column_kind: "unicodeCodePoints",
                invocations: [Invocation {
                    execution_successful: true,
                    tool_execution_notifications: notifications,
                }],
                results,
            }],
        }
    }
}

fn rule(check: &Check) -> Rule {
    // Tags that only GitHub's filters read: `security` makes a rule one of security.
    let tags = std::iter::once("security").chain(check.tags.iter().copied());
    Rule {
        id: check.id,
        name: check.title.to_owned(),
        short_description: Message::new(check.title),
        full_description: Message::new(check.about()),
        help: Help {
            text: check.page,
            markdown: check.page,
        },
        default_configuration: Configuration {
            level: level(check.severity),
        },
        properties: RuleProperties {
            precision: "high",
            security_severity: security_severity(check.severity),
            tags: tags.take(MAX_TAGS).collect(),
        },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The middle of what code scanning shows as that word: over 9.0 critical, from 7.0 high, from 4.0 medium, else low; what
/// is not known is no security problem.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}

/// From 0 to 100. (Section 3.27.25)
fn rank(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 95.0,
        Severity::High => 80.0,
        Severity::Medium => 55.0,
        Severity::Low => 20.0,
        Severity::Info => 0.0,
    }
}

/// Text that nothing in a message can be taken for but text: not a link, not a placeholder. (Sections 3.11.5, 3.11.6)
///
/// A backslash before a bracket of the text itself cannot undo ours: no closing bracket is ever followed by `(`.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut is_after_bracket = false;
    for c in text.chars() {
        match c {
            '[' => plain.push_str("\\["),
            ']' => plain.push_str("\\]"),
            '{' => plain.push_str("{{"),
            '}' => plain.push_str("}}"),
            '(' if is_after_bracket => plain.push_str(" ("),
            _ => plain.push(c),
        }
        is_after_bracket = c == ']';
    }
    plain
}

/// What need not be encoded in the path of a URI (RFC 3986, unreserved characters), and what parts it.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The URI of a file as the user named it: one below the working directory is relative to it, an absolute one is `file:`,
/// and one that leaves the working directory stays as it is, relative to nothing that is told.
fn artifact(path: &str) -> Artifact {
    let path = path.replace('\\', "/");
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if path.starts_with('/') || is_drive {
        let encoded = utf8_percent_encode(&path, IN_PATH);
        let root = if is_drive { "file:///" } else { "file://" };
        return Artifact {
            uri: format!("{root}{encoded}"),
            uri_base_id: None,
        };
    }
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let parts: Vec<String> = parts
        .map(|part| utf8_percent_encode(part, IN_PATH).to_string())
        .collect();
    let is_outside = parts.iter().any(|part| part == "..");
    let uri = match parts.join("/").as_str() {
        "" | "-" => "stdin".to_owned(),
        uri => uri.to_owned(),
    };
    Artifact {
        uri,
        uri_base_id: (!is_outside).then_some(ROOT),
    }
}

fn location(path: &str, line: u32) -> Location {
    let line = line.max(1);
    Location {
        id: None,
        physical_location: Physical {
            artifact_location: artifact(path),
            region: Region {
                start_line: line,
                start_column: 1,
                end_line: line,
                end_column: 1,
            },
        },
        logical_locations: Vec::new(),
        message: None,
    }
}

struct Writer<'a> {
    analysis: &'a Analysis,
    words: Words<'a>,
}

impl Writer<'_> {
    /// `None` only where not one file was read.
    fn result(&self, finding: &Finding) -> Option<Outcome> {
        let rule_index = CHECKS.iter().position(|one| one.id == finding.check.id)?;
        let mut places = finding
            .evidence
            .iter()
            .map(|&place| self.words.line(place))
            .map(|(path, line)| location(path, line));
        let (mut first, is_own) = match places.next() {
            Some(first) => (first, true),
            None => (location(self.words.first_file()?, 1), false),
        };
        let things = std::iter::once(&finding.subject).chain(&finding.object);
        first.logical_locations = things.map(|thing| self.logical(thing)).collect();
        let related = (1..)
            .zip(places.take(MAX_PLACES - 1))
            .map(|(id, place)| Location {
                id: Some(id),
                ..place
            });
        let mut text = plain(&self.words.finding(finding));
        if !is_own {
            text.push_str(
                " (it has no place of its own, and is shown at the first file that was read)",
            );
        }
        let flow = self.flow(finding, &first);
        Some(Outcome {
            rule_id: finding.check.id,
            rule_index,
            level: level(finding.severity),
            message: Message::new(text),
            related_locations: related.collect(),
            locations: vec![first],
            partial_fingerprints: Fingerprints {
                own: finding.fingerprint.clone(),
                line: format!("{}:1", finding.fingerprint),
            },
            code_flows: flow.into_iter().collect(),
            rank: rank(finding.severity),
            properties: OutcomeProperties {
                severity: finding.severity.name(),
                subject: self.words.thing_key(&finding.subject),
                object: finding.object.as_ref().map(|one| self.words.thing_key(one)),
            },
        })
    }

    fn logical(&self, thing: &Thing) -> Logical {
        Logical {
            name: self.words.thing(thing),
            fully_qualified_name: words::visible(&self.words.thing_key(thing)),
            kind: thing.kind(),
        }
    }

    /// The hops of the path, in order, from what leaked on.
    fn flow(&self, finding: &Finding, first: &Location) -> Option<Flow> {
        let steps = &self.analysis.steps;
        let proof = Proof {
            steps: finding.proof.clone(),
            goal: finding.proof.last().map(|&step| steps.gain(step)),
        };
        let moves = moves(steps, &proof);
        if moves.is_empty() {
            return None;
        }
        let hop = |location: &Location, text: String| Hop {
            location: Location {
                message: Some(MessageOf { text: plain(&text) }),
                logical_locations: Vec::new(),
                ..location.clone()
            },
            importance: "essential",
        };
        let leaked = format!("{} leaks", self.words.thing(&finding.subject));
        let mut hops = vec![hop(first, leaked)];
        for one in &moves {
            let evidence = one.steps.iter().rev();
            let place = evidence
                .flat_map(|&step| steps.step(step).evidence)
                .next()
                .map(|&place| self.words.line(place));
            let at = place.map_or_else(|| first.clone(), |(path, line)| location(path, line));
            let how = one.steps.last().map(|&step| self.words.technique(step));
            let condition = one
                .steps
                .iter()
                .find_map(|&step| self.words.condition(step));
            let mut text = format!("{}: {}", self.words.fact(one.gain), how.unwrap_or_default());
            if let Some(condition) = condition {
                text.push_str(&format!(", only if {condition}"));
            }
            hops.push(hop(&at, text));
        }
        hops.truncate(MAX_FLOW);
        Some(Flow {
            thread_flows: [Thread { locations: hops }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;
    use serde_json::Value;

    fn log(most: usize) -> Value {
        serde_json::to_value(Log::of(&sample::analysis(), most)).unwrap()
    }

    /// The schema of the standard; see `tests/schemas/README.md`.
    fn validator() -> jsonschema::Validator {
        let schema = include_str!("../../tests/schemas/sarif-2.1.0.json");
        let schema: Value = serde_json::from_str(schema).unwrap();
        jsonschema::options()
            // It is written for draft 4, which has no format for URI references; of what it uses draft 7 changes nothing.
            .with_draft(jsonschema::Draft::Draft7)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap()
    }

    #[test]
    fn a_log_is_valid_by_the_standard_and_a_wrong_one_is_not() {
        let validator = validator();
        let mut log = log(MAX_RESULTS);
        if let Err(error) = validator.validate(&log) {
            panic!("{error} at {}", error.instance_path());
        }
        let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
        for (pointer, wrong) in [
            (uri, "has spaces.json"),
            ("/runs/0/results/0/level", "fatal"),
            ("/version", "2.2"),
        ] {
            let right = std::mem::replace(log.pointer_mut(pointer).unwrap(), wrong.into());
            assert!(!validator.is_valid(&log), "{pointer}");
            *log.pointer_mut(pointer).unwrap() = right;
        }
    }

    #[test]
    fn every_result_has_what_code_scanning_asks_for() {
        let log = log(MAX_RESULTS);
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), sample::analysis().findings.len());
        for result in results {
            let physical = &result["locations"][0]["physicalLocation"];
            assert!(physical["artifactLocation"]["uri"].as_str().is_some());
            assert!(physical["region"]["startLine"].as_u64() >= Some(1));
            let own = result["partialFingerprints"]["leakreach/v1"]
                .as_str()
                .unwrap();
            let line = &result["partialFingerprints"]["primaryLocationLineHash"];
            assert_eq!(line, &format!("{own}:1"));
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(
                run["tool"]["driver"]["rules"][index]["id"],
                result["ruleId"]
            );
        }
        for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= MAX_TAGS);
            let severity = &rule["properties"]["security-severity"];
            let is_info = rule["id"] == "BR-COV-01";
            assert_eq!(severity.as_str().is_none(), is_info, "{rule}");
        }
    }

    #[test]
    fn the_path_is_told_hop_by_hop_with_the_file_of_each() {
        let log = log(MAX_RESULTS);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let path = results
            .iter()
            .find(|one| one["ruleId"] == "BR-PTH-01")
            .unwrap();
        let hops = path["codeFlows"][0]["threadFlows"][0]["locations"]
            .as_array()
            .unwrap();
        let told: Vec<&str> = hops
            .iter()
            .map(|hop| hop["location"]["message"]["text"].as_str().unwrap())
            .collect();
        assert_eq!(
            told,
            [
                "access key AKIAEXAMPLEEXAMPLE01 leaks",
                "acts as user ci-bot (111122223333): uses the credential",
                "acts as role prod-deployer (111122223333): assumes the role",
                "reads bucket customer-data: reads what the policy allows",
            ]
        );
        let files = hops.iter().map(|hop| {
            let physical = &hop["location"]["physicalLocation"];
            physical["artifactLocation"]["uri"].as_str().unwrap()
        });
        assert!(files.collect::<std::collections::BTreeSet<_>>().len() > 1);
    }

    #[test]
    fn what_is_cut_is_said_and_is_the_least_grave() {
        let all = log(MAX_RESULTS);
        let cut = log(1);
        let run = &cut["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), 1);
        assert_eq!(run["results"][0], all["runs"][0]["results"][0]);
        let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        let number = sample::analysis().findings.len() - 1;
        assert!(
            said.as_str()
                .unwrap()
                .starts_with(&format!("{number} results of")),
            "{said}"
        );
        let none = &all["runs"][0]["invocations"][0]["toolExecutionNotifications"];
        assert_eq!(none, &serde_json::json!([]));
    }

    #[test]
    fn how_grave_it_is_is_told_in_the_words_of_each_reader() {
        let told = Severity::ALL.map(|one| (one.name(), level(one)));
        assert_eq!(
            told,
            [
                ("critical", "error"),
                ("high", "error"),
                ("medium", "warning"),
                ("low", "note"),
                ("info", "note")
            ]
        );
        // Code scanning: over 9.0 critical, from 7.0 high, from 4.0 medium, else low.
        let shown = |score: f64| match score {
            score if score > 9.0 => "critical",
            score if score >= 7.0 => "high",
            score if score >= 4.0 => "medium",
            _ => "low",
        };
        for severity in Severity::ALL {
            match security_severity(severity) {
                Some(score) => assert_eq!(shown(score.parse().unwrap()), severity.name()),
                None => assert_eq!(severity, Severity::Info),
            }
        }
        assert!(Severity::ALL.map(rank).is_sorted_by(|a, b| a > b));
        let analysis = sample::analysis();
        let log = log(MAX_RESULTS);
        let results = log["runs"][0]["results"].as_array().unwrap();
        for (result, finding) in results.iter().zip(&analysis.findings) {
            assert_eq!(result["level"], level(finding.severity));
            assert_eq!(result["rank"].as_f64(), Some(rank(finding.severity)));
        }
        let rules = log["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        for (rule, check) in rules.iter().zip(CHECKS) {
            let tags = rule["properties"]["tags"].as_array().unwrap();
            assert_eq!(tags[0], "security");
            assert_eq!(tags.len(), 1 + check.tags.len());
        }
    }

    #[test]
    fn of_many_places_the_first_is_the_result_s_and_so_many_are_related() {
        use crate::inventory::{EvidenceId, Id};
        let mut analysis = sample::analysis();
        let known = analysis.inventory.evidence.len();
        assert!(known > 2);
        let places = (0..MAX_PLACES + 7).map(|at| EvidenceId::from_index(at % known));
        analysis.findings[0].evidence = places.collect();
        let log = serde_json::to_value(Log::of(&analysis, 1)).unwrap();
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        assert!(result["locations"][0]["id"].is_null());
        let related = result["relatedLocations"].as_array().unwrap();
        let ids: Vec<u64> = related
            .iter()
            .map(|one| one["id"].as_u64().unwrap())
            .collect();
        assert_eq!(ids, (1..MAX_PLACES as u64).collect::<Vec<_>>());
        let region = |place: &Value| place["physicalLocation"].clone();
        assert_eq!(region(&related[known - 1]), region(&result["locations"][0]));
        // A line of nothing is the first.
        let first = location("a.json", 0).physical_location.region;
        assert_eq!((first.start_line, first.end_line), (1, 1));
    }

    #[test]
    fn paths_become_uris_that_show_where_they_are() {
        let of = |path: &str| artifact(path);
        let below = |uri: &str| Artifact {
            uri: uri.to_owned(),
            uri_base_id: Some(ROOT),
        };
        let free = |uri: &str| Artifact {
            uri: uri.to_owned(),
            uri_base_id: None,
        };
        assert_eq!(
            of("exports/a b/\u{e9}#1.json"),
            below("exports/a%20b/%C3%A9%231.json")
        );
        assert_eq!(of("./x//a.json"), below("x/a.json"));
        // Not a scheme, and not a host.
        assert_eq!(
            of("javascript:alert(1)"),
            below("javascript%3Aalert%281%29")
        );
        assert_eq!(of("//evil.example/x"), free("file:////evil.example/x"));
        assert_eq!(of("/tmp/x/a.json"), free("file:///tmp/x/a.json"));
        assert_eq!(of("../x/a.json"), free("../x/a.json"));
        assert_eq!(of("C:\\x\\a.json"), free("file:///C%3A/x/a.json"));
        assert_eq!(of("-"), below("stdin"));
    }

    #[test]
    fn no_name_makes_a_link_or_a_placeholder() {
        assert_eq!(
            plain("[click](https://evil.example) {0}"),
            "\\[click\\] (https://evil.example) {{0}}"
        );
        // A backslash of one's own before the bracket.
        let tricked = plain("\\[click\\](https://evil.example)");
        assert!(
            !tricked.contains("](") && !tricked.contains(")["),
            "{tricked}"
        );
    }
}
