//! `gitleaks` reports in JSON: where secrets lie, without the secrets.
//!
//! `Secret`, `Match` and `Fragment` hold live values: they are looked at, hashed for joining, and wiped. A key id found
//! by the AWS rules identifies its access key; a secret half nearby in the same file belongs to it.
//!
//! Source: <https://github.com/gitleaks/gitleaks/blob/v8.30.1/report/finding.go>.

use super::Source;
use super::envelope::{Page, Row};
use super::found::{self, NO_SECRET_HALF};
use super::intake::Intake;
use super::secret_shape;
use crate::inventory::{
    CredentialKind, Evidence, ExposureKind, ExposureRecord, Key, LyingRecord, Record,
};
use crate::problem::{ProblemCode, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A secret half farther than this from a key id is taken for another secret. Lines.
const NEARBY: u32 = 20;

const EXPECTED: &str = "scanners/gitleaks/<owner>__<repository>.json";

pub(super) const SOURCE: Source = Source {
    id: "gitleaks",
    about: "secrets that gitleaks found in a repository",
    command: "gitleaks git --report-format json --report-path scanners/gitleaks/<owner>__<repository>.json <repository>",
    keys: &["RuleID", "StartLine", "Fingerprint"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    // An empty report is `[]`, which only its place can tell from other empty lists.
    let is_empty_report = page.is_array()
        && page.rows("").is_some_and(|rows| rows.is_empty())
        && page
            .layout()
            .scanner()
            .is_some_and(|(tool, _)| tool == "gitleaks");
    let is_report =
        page.is_array() && page.has_keys(&["RuleID", "File", "StartLine", "Fingerprint"]);
    is_report || is_empty_report
}

#[derive(Deserialize)]
struct Finding {
    #[serde(rename = "RuleID")]
    rule: String,
    #[serde(rename = "File")]
    file: String,
    #[serde(rename = "Commit", default)]
    commit: String,
    #[serde(rename = "Link", default)]
    link: String,
    #[serde(rename = "StartLine")]
    line: u32,
    #[serde(rename = "StartColumn", default)]
    column: u32,
    #[serde(rename = "Secret", default)]
    secret: Zeroizing<String>,
    #[serde(rename = "Match", default)]
    matched: Zeroizing<String>,
}

impl Finding {
    fn access_key_id(&self) -> Option<&str> {
        secret_shape::access_key_id(&self.secret)
            .or_else(|| secret_shape::access_key_id(&self.matched))
    }

    /// Whether `--redact` took the value: then equal texts are not equal secrets.
    fn is_redacted(&self) -> bool {
        self.secret.is_empty() || self.secret.contains("REDACTED") || self.secret.ends_with("...")
    }
}

/// The kind of credential that a rule finds, by the beginning of the rule's id; the first that fits counts.
///
/// Source: rule ids of gitleaks 8.30 (`config/gitleaks.toml`).
const RULES: [(&str, CredentialKind); 38] = [
    ("private-key", CredentialKind::PrivateKey),
    ("pkcs12", CredentialKind::Certificate),
    ("aws-amazon-bedrock", CredentialKind::ApiKey),
    ("aws-", CredentialKind::AccessKey),
    ("jwt", CredentialKind::BearerToken),
    ("github-pat", CredentialKind::PersonalAccessToken),
    (
        "github-fine-grained-pat",
        CredentialKind::PersonalAccessToken,
    ),
    ("github-refresh", CredentialKind::RefreshToken),
    ("github-", CredentialKind::BearerToken),
    ("gitlab-pat", CredentialKind::PersonalAccessToken),
    ("gitlab-", CredentialKind::BearerToken),
    ("slack-webhook", CredentialKind::Webhook),
    ("microsoft-teams-webhook", CredentialKind::Webhook),
    ("slack-config-refresh", CredentialKind::RefreshToken),
    ("slack-", CredentialKind::BearerToken),
    ("npm-", CredentialKind::PersonalAccessToken),
    ("pypi-", CredentialKind::PersonalAccessToken),
    ("rubygems-", CredentialKind::ApiKey),
    ("huggingface-", CredentialKind::PersonalAccessToken),
    ("okta-", CredentialKind::ApiKey),
    ("vault-", CredentialKind::BearerToken),
    ("hashicorp-tf-password", CredentialKind::Password),
    ("hashicorp-", CredentialKind::ApiKey),
    ("azure-ad-client-secret", CredentialKind::ClientSecret),
    ("gcp-api-key", CredentialKind::ApiKey),
    ("databricks-", CredentialKind::PersonalAccessToken),
    ("atlassian-", CredentialKind::PersonalAccessToken),
    ("digitalocean-refresh", CredentialKind::RefreshToken),
    ("digitalocean-pat", CredentialKind::PersonalAccessToken),
    ("kubernetes-secret-yaml", CredentialKind::Unknown),
    ("curl-auth-user", CredentialKind::Password),
    ("curl-auth-header", CredentialKind::BearerToken),
    ("nuget-config-password", CredentialKind::Password),
    ("generic-api-key", CredentialKind::ApiKey),
    ("stripe-", CredentialKind::ApiKey),
    ("openai-", CredentialKind::ApiKey),
    ("anthropic-", CredentialKind::ApiKey),
    ("sendgrid-", CredentialKind::ApiKey),
];

fn kind_of(rule: &str) -> CredentialKind {
    let by_name = || match rule {
        rule if rule.contains("client-secret") => CredentialKind::ClientSecret,
        rule if rule.contains("refresh-token") => CredentialKind::RefreshToken,
        rule if rule.contains("password") => CredentialKind::Password,
        rule if rule.contains("webhook") => CredentialKind::Webhook,
        rule if rule.contains("api-key") || rule.contains("api-token") => CredentialKind::ApiKey,
        rule if rule.ends_with("-token") => CredentialKind::BearerToken,
        _ => CredentialKind::Unknown,
    };
    RULES
        .iter()
        .find(|(prefix, _)| rule.starts_with(prefix))
        .map_or_else(by_name, |&(_, kind)| kind)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let by_layout = page
        .layout()
        .scanner()
        .filter(|(tool, _)| *tool == "gitleaks")
        .map(|(_, repository)| repository);
    let fallback = by_layout
        .clone()
        .unwrap_or_else(|| page.layout().file_stem().to_owned());
    let mut has_guessed = false;
    let mut places: BTreeMap<String, Vec<(Finding, Evidence)>> = BTreeMap::new();
    for row in page.rows("").unwrap_or_default() {
        let Some(finding) = read_finding(&row, intake) else {
            continue;
        };
        let repository = repository_of(&finding.link);
        has_guessed |= repository.is_none() && by_layout.is_none();
        let repository = repository.unwrap_or_else(|| fallback.clone());
        let at_commit = match finding.commit.as_str() {
            "" => String::new(),
            commit => format!("@{commit}"),
        };
        let place = format!("repository-file:{repository}/{}{at_commit}", finding.file);
        let evidence = intake.row(&row);
        places.entry(place).or_default().push((finding, evidence));
    }
    if has_guessed {
        let at = intake.page(page);
        intake.problem(
            Severity::Note,
            ProblemCode::MissingParent,
            &at,
            format!("the report does not say which repository it is about: the file's name, `{fallback}`, stands for it"),
            format!("save it as `{EXPECTED}`, where `__` stands for `/`"),
        );
    }
    for (place, findings) in places {
        emit_place(&place, &findings, intake);
    }
}

fn read_finding(row: &Row<'_>, intake: &mut Intake<'_>) -> Option<Finding> {
    intake.parse(row)
}

fn emit_place(place: &str, findings: &[(Finding, Evidence)], intake: &mut Intake<'_>) {
    let Some((first, evidence)) = findings.first() else {
        return;
    };
    let name = match first.commit.get(..8) {
        Some(commit) => format!("{} at {commit}", first.file),
        None => first.file.clone(),
    };
    let halves = halves(findings);
    let mut lying: Vec<LyingRecord> = Vec::new();
    let mut taken: BTreeMap<String, &Finding> = BTreeMap::new();
    for (index, (finding, evidence)) in findings.iter().enumerate() {
        if halves.values().any(|&half| half == index) {
            continue;
        }
        let (credential, doubt) = match finding.access_key_id() {
            Some(id) => {
                let key = found::access_key(intake, id, evidence);
                let half = halves.get(&index).and_then(|&half| findings.get(half));
                if let Some((half, _)) = half {
                    intake.sighted(&half.secret, &key);
                }
                let doubt = half.is_none() && !secret_shape::is_secret_half(&finding.secret);
                (key, doubt.then(|| NO_SECRET_HALF.to_owned()))
            }
            None => (unnamed(place, finding, evidence, &mut taken, intake), None),
        };
        lying.push(LyingRecord {
            credential,
            name: finding.rule.clone(),
            doubt,
            evidence: evidence.clone(),
        });
    }
    let key = intake.key(place);
    intake.emit(Record::Exposure(ExposureRecord {
        key,
        name,
        kind: ExposureKind::RepositoryFile,
        resource: None,
        holder: None,
        lying,
        evidence: evidence.clone(),
    }));
}

/// For each finding of a key id, the nearest finding that is its secret half; no half serves two ids.
fn halves(findings: &[(Finding, Evidence)]) -> BTreeMap<usize, usize> {
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for (id, (key, _)) in findings.iter().enumerate() {
        if key.access_key_id().is_none() {
            continue;
        }
        for (half, (secret, _)) in findings.iter().enumerate() {
            let distance = key.line.abs_diff(secret.line);
            if secret.access_key_id().is_none()
                && secret_shape::is_secret_half(&secret.secret)
                && distance <= NEARBY
            {
                pairs.push((distance, id, half));
            }
        }
    }
    pairs.sort_unstable();
    let mut chosen: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, id, half) in pairs {
        if !chosen.contains_key(&id) && !chosen.values().any(|&taken| taken == half) {
            chosen.insert(id, half);
        }
    }
    chosen
}

fn unnamed<'f>(
    place: &str,
    finding: &'f Finding,
    evidence: &Evidence,
    taken: &mut BTreeMap<String, &'f Finding>,
    intake: &mut Intake<'_>,
) -> Key {
    let mut name = format!("found:{place}#{}:{}", finding.rule, finding.line);
    if taken
        .get(&name)
        .is_some_and(|earlier| earlier.secret != finding.secret)
    {
        name = format!("{name}:{}", finding.column);
    }
    taken.entry(name.clone()).or_insert(finding);
    let key = intake.key(&name);
    let shown = format!("{} in {}:{}", finding.rule, finding.file, finding.line);
    found::unnamed(intake, &key, &shown, kind_of(&finding.rule), evidence);
    if !finding.is_redacted() {
        intake.sighted(&finding.secret, &key);
    }
    key
}

/// The repository that a link to a line leads to: what stands before `/blob/`, `/-/`, `/src/` or `/commit/`.
fn repository_of(link: &str) -> Option<String> {
    let (_, rest) = link.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    ["/-/", "/blob/", "/tree/", "/commit/", "/src/"]
        .iter()
        .filter_map(|mark| path.split_once(mark))
        .map(|(repository, _)| repository)
        .min_by_key(|repository| repository.len())
        .filter(|repository| !repository.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::trial;
    use super::*;

    fn finding(rule: &str, line: u32, secret: &str, more: &str) -> String {
        format!(
            r#"{{"RuleID":"{rule}","StartLine":{line},"StartColumn":1,"Match":"","Secret":"{secret}","File":"app/.env","Commit":"aaaabbbbccccdddd","Fingerprint":"f"{more}}}"#
        )
    }

    fn half() -> String {
        format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap())
    }

    const ID: &str = concat!("AKIA", "EXAMPLEEXAMPLE22");

    #[test]
    fn a_key_id_with_a_near_secret_half_is_one_credential_without_doubt() {
        let body = format!(
            "[{},{}]",
            finding("aws-access-token", 2, ID, ""),
            finding("generic-api-key", 3, &half(), "")
        );
        let reading = trial::read_one("scanners/gitleaks/acme__shop.json", &body);
        assert_eq!(
            trial::credentials(&reading),
            [format!("aws:access-key:{ID}")]
        );
        assert_eq!(
            trial::lying(&reading),
            [format!(
                "repository-file:acme/shop/app/.env@aaaabbbbccccdddd aws:access-key:{ID} sure"
            )]
        );
    }

    #[test]
    fn a_secret_half_far_away_is_another_credential() {
        let body = format!(
            "[{},{}]",
            finding("aws-access-token", 2, ID, ""),
            finding("generic-api-key", 23, &half(), "")
        );
        let reading = trial::read_one("scanners/gitleaks/acme__shop.json", &body);
        assert_eq!(trial::credentials(&reading).len(), 2);
        assert!(trial::lying(&reading)[0].ends_with(NO_SECRET_HALF));
    }

    #[test]
    fn the_link_names_the_repository_before_the_layout_does() {
        let link = r#","Link":"https://github.com/acme/real/blob/aaaabbbb/app/.env#L1""#;
        let body = format!(
            "[{}]",
            finding(
                "github-pat",
                1,
                &format!("ghp_{}", "EXAMPLE".repeat(4)),
                link
            )
        );
        let reading = trial::read_one("scanners/gitleaks/acme__other.json", &body);
        assert_eq!(
            trial::credentials(&reading),
            ["found:repository-file:acme/real/app/.env@aaaabbbbccccdddd#github-pat:1"]
        );
        assert!(reading.problems.is_empty());
    }

    #[test]
    fn without_link_and_layout_the_file_name_stands_in_and_says_so() {
        let body = format!("[{}]", finding("github-pat", 1, "REDACTED", ""));
        let reading = trial::read_one("leaks.json", &body);
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
        assert!(trial::credentials(&reading)[0].starts_with("found:repository-file:leaks/"));
    }

    #[test]
    fn redacted_values_are_never_taken_for_equal_secrets() {
        let body = format!(
            "[{},{}]",
            finding("github-pat", 1, "REDACTED", ""),
            finding("gitlab-pat", 2, "REDACTED", "")
        );
        assert_eq!(
            trial::credentials(&trial::read_one("scanners/gitleaks/r.json", &body)).len(),
            2
        );
    }

    #[test]
    fn an_empty_report_is_known_by_its_place_only() {
        assert!(
            trial::read_one("scanners/gitleaks/r.json", "[]")
                .problems
                .is_empty()
        );
        assert_eq!(
            trial::read_one("elsewhere/r.json", "[]").problems[0].code,
            ProblemCode::Unrecognised
        );
    }

    #[test]
    fn a_list_of_another_scanner_is_not_recognised() {
        let reading = trial::read_one(
            "scanners/gitleaks/r.json",
            r#"[{"DetectorName":"AWS","Raw":"x"}]"#,
        );
        assert!(reading.records.is_empty());
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
