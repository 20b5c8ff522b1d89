//! Reports of gitleaks 8, one for each repository.

use crate::chance::{Chance, filler_secret};
use crate::object;
use crate::ordered::Json;
use crate::parts::{Leak, Repository};
use crate::tree::Tree;
use anyhow::Result;

/// Writes `scanners/gitleaks/OWNER__NAME.json`.
pub(crate) fn write(tree: &mut Tree, repository: &Repository) -> Result<()> {
    let findings = repository
        .leaks
        .iter()
        .flat_map(|leak| findings(repository, leak));
    let path = format!(
        "scanners/gitleaks/{}.json",
        repository.name.replace('/', "__")
    );
    // gitleaks indents by one space.
    tree.text(&path, &Json::list(findings).pretty(" ")?)
}

/// The id and the secret half of an AWS key are two findings; everything else is one.
fn findings(repository: &Repository, leak: &Leak) -> Vec<Json> {
    if leak.rule != "aws-access-token" {
        let secret = secret_of(leak);
        let matched = match leak.rule.as_str() {
            // The rule matches the token alone, wherever it stands.
            "jwt" => secret.clone(),
            "okta-access-token" => format!("OKTA_API_TOKEN=\"{secret}\""),
            _ => format!("{}=\"{secret}\"", leak.what),
        };
        return vec![finding(
            repository, leak, &leak.rule, leak.line, &matched, &secret,
        )];
    }
    let secret = filler_secret(40);
    let matched = format!("AWS_SECRET_ACCESS_KEY={secret}");
    vec![
        finding(
            repository,
            leak,
            "aws-access-token",
            leak.line,
            &leak.what,
            &leak.what,
        ),
        finding(
            repository,
            leak,
            "generic-api-key",
            leak.line + 1,
            &matched,
            &secret,
        ),
    ]
}

fn secret_of(leak: &Leak) -> String {
    match leak.rule.as_str() {
        // Tokens of different holders differ; the register knows them by their hashes.
        "jwt" => format!(
            "ey{}.ey{}_{}.{}",
            filler_secret(35),
            filler_secret(70),
            leak.what,
            filler_secret(84)
        ),
        "okta-access-token" => {
            let filler = filler_secret(39_usize.saturating_sub(leak.what.len()));
            format!("00{filler}_{}", leak.what)
        }
        "github-pat" => format!("ghp_{}", filler_secret(36)),
        "slack-bot-token" => format!("xoxb-{}", filler_secret(40)),
        "slack-webhook-url" => format!("https://hooks.slack.com/services/{}", filler_secret(44)),
        "private-key" => format!("-----BEGIN RSA PRIVATE EXAMPLE-----\n{}", filler_secret(64)),
        _ => filler_secret(32),
    }
}

fn description(rule: &str) -> &'static str {
    match rule {
        "aws-access-token" => {
            "Identified a pattern that may indicate AWS credentials, risking unauthorized cloud resource access and data \
             breaches on AWS platforms."
        }
        "github-pat" => {
            "Uncovered a GitHub Personal Access Token, potentially leading to unauthorized repository access and \
             sensitive content exposure."
        }
        "slack-bot-token" => {
            "Identified a Slack Bot token, which may compromise bot integrations and communication channel security."
        }
        "slack-webhook-url" => {
            "Discovered a Slack Webhook, which could lead to unauthorized message posting and data leakage in Slack channels."
        }
        "jwt" => {
            "Uncovered a JSON Web Token, which may lead to unauthorized access to web applications and sensitive user data."
        }
        "okta-access-token" => {
            "Identified an Okta Access Token, which may compromise identity management services and user authentication data."
        }
        "private-key" => {
            "Identified a Private Key, which may compromise cryptographic security and sensitive data encryption."
        }
        _ => {
            "Detected a Generic API Key, potentially exposing access to various services and sensitive operations."
        }
    }
}

fn finding(
    repository: &Repository,
    leak: &Leak,
    rule: &str,
    line: i64,
    matched: &str,
    secret: &str,
) -> Json {
    let commit = Chance::of(
        "commit",
        &format!("{}{}{}", repository.name, leak.message, leak.date),
    )
    .hex(40);
    let width = i64::try_from(matched.chars().count()).unwrap_or(1);
    let start = if rule == "aws-access-token" { 19 } else { 1 };
    object! {
        "RuleID" => rule,
        "Description" => description(rule),
        "StartLine" => line,
        "EndLine" => line,
        "StartColumn" => start,
        "EndColumn" => start + width - 1,
        "Match" => matched,
        "Secret" => secret,
        "File" => &leak.file,
        "SymlinkFile" => "",
        "Commit" => &commit,
        "Entropy" => Json::Float(if rule == "aws-access-token" { 3.446_439 } else { 2.521_640_6 }),
        "Author" => &leak.author,
        "Email" => format!("{}@acme.example", leak.author),
        "Date" => &leak.date,
        "Message" => &leak.message,
        "Tags" => Json::List(Vec::new()),
        "Fingerprint" => format!("{commit}:{}:{rule}:{line}", leak.file),
    }
}
