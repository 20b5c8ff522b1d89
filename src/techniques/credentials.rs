//! Whoever holds a credential that works acts as its principal.

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::{CoverageGap, CredentialId, CredentialKind, Inventory, StatedFact};
use crate::steps::{Control, Fact, NewStep};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    id: "credentials",
    about: "a credential that works opens its principal",
    derive,
};

static USE: Listed = Listed {
    id: "credential/use",
    platform: "any",
    name: "use the credential",
    needs: "the credential",
    gains: "acting as its principal",
    attack: &["T1078"],
    fix: "revoke or rotate the credential",
    source: "https://attack.mitre.org/techniques/T1078/",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&USE];

fn derive(derivation: &mut Derivation<'_>) {
    let technique = derivation.listed(&USE);
    let inventory = derivation.inventory;
    for (id, credential) in inventory.credentials.entries() {
        let Some(principal) = credential.principal else {
            continue;
        };
        // What opens one service alone is left to the rule that knows the service.
        let is_dead = credential.why_dead(inventory.as_of).is_some();
        if is_dead || credential.only_service().is_some() {
            continue;
        }
        let gain = derivation.acting(principal, Some(credential.kind));
        // The right to publish another's package is nobody's here to revoke.
        let controls: &[Control] = match credential.kind {
            CredentialKind::PublishingRight => &[],
            _ => &[Control::Credential(id)],
        };
        derivation.steps.add(NewStep {
            needs: &[Fact::Credential(id)],
            gain,
            technique,
            controls,
            evidence: &credential.evidence,
            condition: credential.second_factor.as_deref(),
        });
    }
    let gaps = unowned(inventory);
    derivation.gaps.extend(gaps);
}

/// Whose keys and tokens a word in the name of one speaks of, and which export tells whose each is. The first that
/// occurs counts. A hint for people, on which nothing rests.
///
/// Source: the documentation or source of each vendor (read 2026-11), which says that there is such a list and what
/// of the owner is in it. Read for less: of `az ad app list` only what Get-AzADAppCredential says of the same lists; of
/// DigitalOcean where a token is made, not whose the page lists; of AWS `get-access-key-info` alone. What is said of SSH
/// is nobody's page.
const ISSUERS: [(&str, &str, &str); 22] = [
    (
        "github",
        "GitHub",
        "the organisation's personal-access-tokens (asked by a GitHub App) and credential-authorizations (SAML), and its audit log with `hashed_token` (REST API)",
    ),
    (
        "gitlab",
        "GitLab",
        "`GET /personal_access_tokens` and the access tokens of groups and projects (REST API, by an administrator)",
    ),
    (
        "slack",
        "Slack",
        "`team.integrationLogs` and, on Enterprise, `admin.apps.approved.list`: which apps there are and who added them, not which token is whose",
    ),
    ("okta", "Okta", "`GET /api/v1/api-tokens` with `userId`"),
    (
        "gcp",
        "Google Cloud",
        "`gcloud iam service-accounts keys list` of each account (ids of keys); for an API key `gcloud services api-keys lookup`, as the list holds no key",
    ),
    (
        "google",
        "Google Cloud",
        "`gcloud iam service-accounts keys list` of each account (ids of keys); for an API key `gcloud services api-keys lookup`, as the list holds no key",
    ),
    (
        "firebase",
        "Google Cloud",
        "`gcloud services api-keys lookup`, as the list holds no key",
    ),
    (
        "azure",
        "Entra",
        "`az ad app list` with `passwordCredentials` and `keyCredentials` (of applications, and ids alone)",
    ),
    (
        "stripe",
        "Stripe",
        "the API keys page of each account's dashboard",
    ),
    (
        "openai",
        "OpenAI",
        "`GET /v1/organization/projects/{project_id}/api_keys` and `/v1/organization/admin_api_keys`, with `owner` and `redacted_value`",
    ),
    (
        "anthropic",
        "Anthropic",
        "the Admin API's `GET /v1/organizations/api_keys`, with `principal` or `created_by`, and `partial_key_hint`",
    ),
    (
        "npm",
        "npm",
        "`npm token list` of each account (ids and beginnings)",
    ),
    ("pypi", "PyPI", "the tokens in each account's settings"),
    (
        "vault",
        "Vault",
        "`vault list auth/token/accessors`, and `vault token lookup -accessor` of each",
    ),
    (
        "hashicorp",
        "HashiCorp",
        "HCP Terraform's list of an organisation's team tokens (team tokens API)",
    ),
    (
        "databricks",
        "Databricks",
        "`databricks token-management list` of each workspace, by an administrator",
    ),
    (
        "sendgrid",
        "SendGrid",
        "`GET /v3/api_keys` of each user and subuser (names and ids)",
    ),
    (
        "huggingface",
        "Hugging Face",
        "the organisation's Tokens Management (Team and Enterprise), or the tokens in each account's settings",
    ),
    (
        "atlassian",
        "Atlassian",
        "`GET /admin/api-access/v1/orgs/{orgId}/api-tokens`, with `user`",
    ),
    (
        "digitalocean",
        "DigitalOcean",
        "the API page of each team's control panel",
    ),
    (
        "aws",
        "AWS",
        "`aws sts get-access-key-info` for the account, then get-account-authorization-details and list-access-keys there",
    ),
    (
        "ssh",
        "SSH",
        "deploy keys, and keys of users and machines, with their fingerprints",
    ),
];

/// What anything can be stated by.
const STATED: &str = "a neutral register with its `principal` and one of `identifier`, `sha256`, `masked`, `file`, `variable`";

/// Credentials of which no export says whose they are, by issuer: unknown, and never zero.
fn unowned(inventory: &Inventory) -> Vec<CoverageGap> {
    let mut leads_on: BTreeSet<CredentialId> = BTreeSet::new();
    for step in &inventory.stated_steps {
        leads_on.extend(step.needs.iter().filter_map(|need| match need {
            StatedFact::Credential(id) => Some(*id),
            _ => None,
        }));
    }
    // The name that a scanner's rule or a variable has tells the issuer.
    let mut names: BTreeMap<CredentialId, String> = BTreeMap::new();
    for lying in inventory.exposures.iter().flat_map(|one| &one.lying) {
        let known = names.entry(lying.credential).or_default();
        known.push(' ');
        known.push_str(&lying.name.to_ascii_lowercase());
    }
    let mut by_issuer: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (id, credential) in inventory.credentials.entries() {
        let is_known = credential.principal.is_some() || leads_on.contains(&id);
        if is_known || credential.kind == CredentialKind::ExternalId {
            continue;
        }
        let is_of_aws = matches!(
            credential.kind,
            CredentialKind::AccessKey | CredentialKind::SessionKey
        );
        let said = names.get(&id).map_or("", String::as_str);
        let speaks = |&&(word, ..): &&(&str, &str, &str)| match is_of_aws {
            true => word == "aws",
            false => said.contains(word),
        };
        let issuer = ISSUERS.iter().find(speaks);
        let issuer = issuer.map_or(("", ""), |&(_, issuer, remedy)| (issuer, remedy));
        by_issuer.entry(issuer).or_default().push(&credential.name);
    }
    let gap = |((issuer, remedy), names): ((&str, &str), Vec<&str>)| {
        const SHOWN: usize = 3;
        let mut shown = names
            .iter()
            .take(SHOWN)
            .copied()
            .collect::<Vec<_>>()
            .join("`, `");
        if names.len() > SHOWN {
            shown = format!("{shown}` and {} more", names.len() - SHOWN);
        } else {
            shown.push('`');
        }
        let credentials = match names.len() {
            1 => "1 credential".to_owned(),
            count => format!("{count} credentials"),
        };
        CoverageGap {
            subject: match issuer {
                "" => format!("owners of {credentials}"),
                issuer => format!("owners of {credentials} of {issuer}"),
            },
            text: format!(
                "no export says whose they are, so their reach is unknown, not zero: `{shown}"
            ),
            remedy: match remedy {
                "" => STATED.to_owned(),
                remedy => format!("{remedy}; else {STATED}"),
            },
        }
    };
    by_issuer.into_iter().map(gap).collect()
}
