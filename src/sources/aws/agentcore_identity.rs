//! `aws bedrock-agentcore-control`: workload identities, and the token vault with its credential providers.
//!
//! Read: `list-workload-identities`, `get-workload-identity`, `list-api-key-credential-providers`,
//! `get-api-key-credential-provider`, `list-oauth2-credential-providers`, `get-oauth2-credential-provider` and
//! `get-token-vault`. A provider holds a credential of some third party: an API key, or the client of an OAuth
//! application. Its value lies in a secret of Secrets Manager, which only the `get-…` of each provider names; whose
//! principal it is, no export says. `get-token-vault` names neither account nor region: they come from the layout.
//!
//! Source: botocore 1.44 `bedrock-agentcore-control` (2023-06-05); ARNs are those of the Service Authorization Reference,
//! while the service's own model also writes `acps` in the place of the service (read 2026-11).

use super::arn::{Arn, partition_of_region};
use super::described::Described;
use super::own_policy;
use super::{AWS, emit_listing, emit_tenant};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Evidence, ExposureKind, ExposureRecord,
    Key, Lifetime, LyingRecord, PrincipalKind, PrincipalRecord, Record, ResourceRecord, Sight,
};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members};
use crate::sources::moment;
use std::collections::BTreeSet;

const IDENTITY: &str = "bedrock-agentcore:workload-identity";
const VAULT: &str = "bedrock-agentcore:token-vault";
const OF_VAULT: &str = "aws/<account>/bedrock-agentcore/token-vault/<region>/<token vault id>.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/agentcore_identity",
    about: "Amazon Bedrock AgentCore workload identities, credential providers and token vaults",
    command: "aws bedrock-agentcore-control get-api-key-credential-provider --name <name> --output json > aws/<account>/bedrock-agentcore/api-key-credential-providers/<name>.json",
    keys: &[
        "workloadIdentities",
        "workloadIdentityArn",
        "credentialProviders",
        "credentialProviderArn",
        "tokenVaultId",
        "kmsConfiguration",
    ],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object()
        && (page.has_keys(&["tokenVaultId", "kmsConfiguration"])
            || page.has_keys(&["workloadIdentityArn", "name"])
            || page.has_keys(&["credentialProviderArn", "name"])
            || page.lists("workloadIdentities", &["workloadIdentityArn", "name"])
            || page.lists("credentialProviders", &["credentialProviderArn", "name"]))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    if page.has_keys(&["tokenVaultId", "kmsConfiguration"]) {
        read_vault(page, intake);
    } else if page.has_keys(&["workloadIdentityArn"]) {
        read_identity(&Described::Page(page), intake);
    } else if page.has_keys(&["credentialProviderArn"]) {
        read_provider(&Described::Page(page), intake);
    } else if let Some(rows) = page
        .member("workloadIdentities")
        .and_then(|list| list.rows())
    {
        let mut accounts: BTreeSet<String> = BTreeSet::new();
        for row in &rows {
            accounts.extend(read_identity(&Described::Row(row), intake));
        }
        accounts.extend(page.layout().aws().map(|place| place.account.to_owned()));
        let at = intake.page(page);
        for account in accounts {
            emit_tenant(intake, &account, at.clone());
            emit_listing(intake, &account, IDENTITY, page.is_whole(), at.clone());
        }
    } else if let Some(rows) = page
        .member("credentialProviders")
        .and_then(|list| list.rows())
    {
        for row in &rows {
            read_provider(&Described::Row(row), intake);
        }
    }
}

fn resource(
    key: Key,
    name: &str,
    kind: &str,
    tenant: Key,
    encryption_key: Option<String>,
    evidence: Evidence,
) -> Record {
    Record::Resource(ResourceRecord {
        key,
        aliases: Vec::new(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags: Vec::new(),
        encryption_key,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence,
    })
}

/// Says that a workload identity exists: something that acts, and that rights are on.
pub(super) fn emit_identity(arn: &str, evidence: &Evidence, intake: &mut Intake<'_>) {
    let Some(account) = Arn::parse(arn).and_then(|arn| arn.account_id()) else {
        return;
    };
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let tenant = emit_tenant(intake, account, evidence.clone());
    let key = intake.key(arn);
    intake.emit(resource(
        key.clone(),
        name,
        IDENTITY,
        tenant.clone(),
        None,
        evidence.clone(),
    ));
    intake.emit(Record::Principal(PrincipalRecord {
        key,
        aliases: Vec::new(),
        name: name.to_owned(),
        kind: PrincipalKind::Workload,
        platform: AWS,
        tenant: Some(tenant),
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }));
}

/// Reads an identity; its account.
fn read_identity(identity: &Described<'_, '_>, intake: &mut Intake<'_>) -> Option<String> {
    let (arn, account) = identity.owned_arn("workloadIdentityArn", intake)?;
    let evidence = identity.place(intake);
    emit_identity(&arn, &evidence, intake);
    Some(account)
}

/// What sort of credential a provider holds, by its type in the ARN, with the members that tell its secret.
struct Held {
    resource: &'static str,
    kind: CredentialKind,
    secret: &'static str,
    source: &'static str,
}

fn held(arn: &str) -> Option<Held> {
    if arn.contains("/apikeycredentialprovider/") {
        Some(Held {
            resource: "bedrock-agentcore:apikeycredentialprovider",
            kind: CredentialKind::ApiKey,
            secret: "apiKeySecretArn",
            source: "apiKeySecretSource",
        })
    } else if arn.contains("/oauth2credentialprovider/") {
        Some(Held {
            resource: "bedrock-agentcore:oauth2credentialprovider",
            kind: CredentialKind::ClientSecret,
            secret: "clientSecretArn",
            source: "clientSecretSource",
        })
    } else {
        // Providers for payments hold keys of another sort, which nothing here follows.
        None
    }
}

fn read_provider(provider: &Described<'_, '_>, intake: &mut Intake<'_>) {
    let Some((arn, account)) = provider.owned_arn("credentialProviderArn", intake) else {
        return;
    };
    let Some(held) = held(&arn) else {
        return;
    };
    let arn = arn.replacen(":acps:", ":bedrock-agentcore:", 1);
    let name = provider.text("name").unwrap_or_else(|| arn.clone());
    let evidence = provider.place(intake);
    let tenant = emit_tenant(intake, &account, evidence.clone());
    let key = intake.key(&arn);
    intake.emit(resource(
        key.clone(),
        &name,
        held.resource,
        tenant.clone(),
        None,
        evidence.clone(),
    ));
    // The vault is part of its ARN: ….:token-vault/default/apikeycredentialprovider/NAME
    let mut parts = arn.splitn(3, '/');
    if let (Some(head), Some(id)) = (parts.next(), parts.next()) {
        let vault = intake.key(&format!("{head}/{id}"));
        intake.emit(resource(
            vault,
            &format!("token vault {id}"),
            VAULT,
            tenant.clone(),
            None,
            evidence.clone(),
        ));
    }
    let credential = intake.key(&format!("aws:agentcore:{arn}"));
    let moment = |name: &str| provider.text(name).and_then(|text| moment::parse(&text));
    intake.emit(Record::Credential(CredentialRecord {
        key: credential.clone(),
        name: name.clone(),
        kind: held.kind,
        identifier: client(provider),
        principal: None,
        status: CredentialStatus::Unknown,
        lifetime: Lifetime::Unknown,
        created: moment("lastUpdatedTime").or_else(|| moment("createdTime")),
        expires: None,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    let secret = provider
        .member(held.secret)
        .and_then(|row| row.member("secretArn"));
    let Some(row) = secret else {
        return;
    };
    let Some(secret) = json::text_of(row.raw).filter(|arn| Arn::parse(arn).is_some()) else {
        return;
    };
    let evidence = intake.row(&row);
    let secret_key = intake.key(&secret);
    // A secret that AgentCore makes is under the account's own key. Of another's, only its own listing tells the key.
    if provider.text(held.source).is_none_or(|of| of == "MANAGED") {
        intake.emit(resource(
            secret_key.clone(),
            secret.rsplit(":secret:").next().unwrap_or(&secret),
            "secretsmanager:secret",
            tenant,
            None,
            evidence.clone(),
        ));
    }
    let exposure = intake.key(&format!("aws:agentcore-secret:{arn}"));
    intake.emit(Record::Exposure(ExposureRecord {
        key: exposure,
        name: format!("secret of credential provider {name}"),
        kind: ExposureKind::SecretStore,
        resource: Some(secret_key),
        holder: None,
        lying: vec![LyingRecord {
            credential,
            name,
            doubt: None,
            sight: Sight::default(),
            evidence: evidence.clone(),
        }],
        evidence,
    }));
}

/// The id of an OAuth application, which is no secret, wherever its vendor's settings have it.
fn client(provider: &Described<'_, '_>) -> Option<String> {
    let settings = provider.member("oauth2ProviderConfigOutput")?;
    let members = Members::of(settings.raw)?;
    members
        .effective()
        .find_map(|(_, of_vendor)| Members::of(of_vendor)?.text("clientId"))
}

fn read_vault(page: &Page<'_>, intake: &mut Intake<'_>) {
    let at = intake.page(page);
    let Some((account, region, _)) = own_policy::place(page, "bedrock-agentcore", "token-vault")
    else {
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "of which account and region the token vault is",
            OF_VAULT,
        );
        return;
    };
    let Some(id) = page
        .member("tokenVaultId")
        .and_then(|row| json::text_of(row.raw))
    else {
        return;
    };
    let partition = partition_of_region(region);
    let key = intake.key(&format!(
        "arn:{partition}:bedrock-agentcore:{region}:{account}:token-vault/{id}"
    ));
    let encryption_key = page
        .member("kmsConfiguration")
        .and_then(|row| row.member("kmsKeyArn"))
        .and_then(|row| json::text_of(row.raw));
    let tenant = emit_tenant(intake, account, at.clone());
    let name = format!("token vault {id}");
    intake.emit(resource(key, &name, VAULT, tenant, encryption_key, at));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::trial;
    use serde_json::json;

    const VAULT_ARN: &str = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default";
    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:bedrock-agentcore-identity!default/apikey/search-AbCdEf";

    fn provider() -> String {
        format!("{VAULT_ARN}/apikeycredentialprovider/search")
    }

    fn resources(reading: &crate::sources::reading::Reading) -> Vec<(&str, Option<&str>)> {
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Resource(it) => Some((&*it.key, it.encryption_key.as_deref())),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn an_api_key_lies_in_the_secret_of_its_provider() {
        let body = json!({
            "name": "search", "credentialProviderArn": provider().replace("bedrock-agentcore:", "acps:"),
            "apiKeySecretArn": {"secretArn": SECRET}, "apiKeySecretSource": "MANAGED",
            "createdTime": "2026-01-01T00:00:00Z", "lastUpdatedTime": "2026-02-01T00:00:00Z"
        });
        let reading = trial::read_one("p.json", &body.to_string());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let own = provider();
        assert_eq!(
            trial::lying(&reading),
            [format!(
                "aws:agentcore-secret:{own} aws:agentcore:{own} sure"
            )]
        );
        let read = resources(&reading);
        assert_eq!(
            read,
            [(own.as_str(), None), (VAULT_ARN, None), (SECRET, None)]
        );
        assert!(reading.records.iter().any(|record| matches!(record,
            Record::Credential(it) if it.kind == CredentialKind::ApiKey && it.principal.is_none()
                && it.created.is_some_and(|moment| moment.to_string() == "2026-02-01T00:00:00Z"))));
    }

    #[test]
    fn a_secret_of_ones_own_is_described_by_its_own_listing_only() {
        let body = json!({
            "name": "search", "credentialProviderArn": provider(),
            "apiKeySecretArn": {"secretArn": SECRET}, "apiKeySecretSource": "EXTERNAL", "apiKeySecretJsonKey": "key"
        });
        let reading = trial::read_one("p.json", &body.to_string());
        assert_eq!(trial::lying(&reading).len(), 1);
        assert!(!resources(&reading).iter().any(|(key, _)| *key == SECRET));
    }

    #[test]
    fn an_oauth_client_is_known_by_its_id_and_a_list_tells_no_secret() {
        let arn = format!("{VAULT_ARN}/oauth2credentialprovider/hub");
        let body = json!({
            "name": "hub", "credentialProviderArn": arn, "credentialProviderVendor": "GithubOauth2",
            "clientSecretArn": {"secretArn": SECRET.replace("apikey/search", "oauth2/hub")},
            "oauth2ProviderConfigOutput": {"githubOauth2ProviderConfig": {"oauthDiscovery": {}, "clientId": "EXAMPLE-client"}}
        });
        let reading = trial::read_one("p.json", &body.to_string());
        assert!(reading.records.iter().any(|record| matches!(record,
            Record::Credential(it) if it.kind == CredentialKind::ClientSecret
                && it.identifier.as_deref() == Some("EXAMPLE-client"))));
        let list = json!({"credentialProviders": [{"name": "hub", "credentialProviderArn": arn, "credentialProviderVendor": "GithubOauth2"},
            {"name": "pay", "credentialProviderArn": format!("{VAULT_ARN}/paymentcredentialprovider/pay")}]});
        let reading = trial::read_one("l.json", &list.to_string());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            trial::credentials(&reading),
            [format!("aws:agentcore:{arn}")]
        );
        assert!(trial::lying(&reading).is_empty());
    }

    #[test]
    fn a_vault_is_where_its_path_says_and_may_be_under_a_key() {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/EXAMPLE";
        let body = json!({"tokenVaultId": "default", "lastModifiedDate": "2026-01-01T00:00:00Z",
            "kmsConfiguration": {"keyType": "CustomerManagedKey", "kmsKeyArn": key}});
        let path = "aws/111122223333/bedrock-agentcore/token-vault/eu-west-1/default.json";
        let reading = trial::read_one(path, &body.to_string());
        assert_eq!(resources(&reading), [(VAULT_ARN, Some(key))]);
        let reading = trial::read_one("v.json", &body.to_string());
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
        assert!(reading.records.is_empty());
    }

    #[test]
    fn identities_are_listed_or_described_alike() {
        let arn = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:workload-identity-directory/default/workload-identity/cron";
        let one = json!({"name": "cron", "workloadIdentityArn": arn});
        let list = json!({"workloadIdentities": [one]});
        for (body, place) in [(&one, "1 "), (&list, "1 /workloadIdentities/0")] {
            let reading = trial::read_one("i.json", &body.to_string());
            assert!(reading.problems.is_empty(), "{:?}", reading.problems);
            assert_eq!(trial::place_of(&reading, arn), place);
        }
    }

    #[test]
    fn identities_and_providers_of_others_are_not_recognised() {
        for body in [
            json!({"workloadIdentities": [{"name": "x"}]}),
            json!({"credentialProviders": [{"name": "x"}]}),
            json!({"name": "x"}),
            json!({"tokenVaultId": "default"}),
        ] {
            let reading = trial::read_one("x.json", &body.to_string());
            assert_eq!(
                reading.problems[0].code,
                ProblemCode::Unrecognised,
                "{body}"
            );
        }
    }
}
