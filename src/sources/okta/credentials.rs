//! Credentials of an Okta organisation: API tokens of users, client secrets of apps.
//!
//! A token has all rights that its user has by the API, and is no sign-in: it is a principal of its own. It ends after 30 days without use, and lives on with every use,
//! a thief's too: it counts as static. A client secret has no end.
//!
//! Source: OpenAPI description, operations `listApiTokens` ("This token is NOT scoped any further"),
//! `listOAuth2ClientSecrets`; Okta help "Manage Okta API tokens" (30 days, renewed by each request) (read 2026-11).

use super::{List, app_key, is_at, is_empty_list, permit, place_of, principal, rows};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Key, Lifetime, PrincipalKind, Record,
};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::moment::Moment;
use serde::Deserialize;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "okta/credentials",
    about: "API tokens of an Okta organisation and client secrets of its apps",
    command: "curl -H \"Authorization: SSWS $TOKEN\" https://ORG.okta.com/api/v1/api-tokens > okta/ORG/api-tokens.json; of each app …/apps/ID/credentials/secrets > okta/ORG/apps/ID/credentials-secrets.json (the secrets in it are not kept)",
    keys: &["tokenWindow", "client_secret", "secret_hash"],
    recognise,
    read,
};

const SECRETS: &[&[&str]] = &[
    &["apps", "*", "credentials-secrets"],
    &["apps", "*", "credentials", "secrets"],
];

fn is_token(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "userId", "tokenWindow"])
}

fn is_secret(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "secret_hash"]) || page.has_keys(&["id", "client_secret", "status"])
}

fn recognise(page: &Page<'_>) -> bool {
    let is_empty = is_empty_list(page) && (is_at(page, &[&["api-tokens"]]) || is_at(page, SECRETS));
    is_empty || is_token(page) || is_secret(page)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "okta/ORG/apps/ID/credentials-secrets.json";
    let Some((place, tenant)) = place_of(page, expected, intake) else {
        return;
    };
    if is_token(page) || place.is(&["api-tokens"]) {
        let list = List {
            tenant: &tenant,
            kind: "api-token",
            of: None,
            lengths: &[],
        };
        for row in rows(page, "", &list, intake) {
            read_token(&row, (&place.organization, &tenant), intake);
        }
        return;
    }
    if !place.is_any(SECRETS) {
        let at = intake.page(page);
        intake.missing_parent(Severity::Skipped, &at, "of which app it is", expected);
        return;
    }
    let app = intake.key(&app_key(place.part(1)));
    let list = List {
        tenant: &tenant,
        kind: "client-secret",
        of: Some(app.clone()),
        lengths: &[],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<Secret>(&row) else {
            continue;
        };
        let key = intake.key(&format!("okta:client-secret:{}", read.id));
        if let Some(secret) = read.client_secret.filter(|secret| !secret.is_empty()) {
            intake.sighted(&secret, &key);
        }
        let created = intake.moment(read.created, &row, "created");
        let evidence = intake.row(&row);
        intake.emit(Record::Credential(CredentialRecord {
            key,
            name: read.id.clone(),
            kind: CredentialKind::ClientSecret,
            identifier: Some(read.id),
            principal: Some(app.clone()),
            status: match read.status.as_str() {
                "INACTIVE" => CredentialStatus::Inactive,
                _ => CredentialStatus::Active,
            },
            lifetime: Lifetime::Static,
            created,
            expires: None,
            last_used: None,
            second_factor: None,
            evidence,
        }));
    }
}

#[derive(Deserialize)]
struct Secret {
    id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    status: String,
    #[serde(default)]
    client_secret: Option<Zeroizing<String>>,
    #[serde(default)]
    created: Moment,
}

#[derive(Deserialize, Default)]
struct Network {
    #[serde(default, deserialize_with = "null_as_default")]
    connection: String,
}

#[derive(Deserialize)]
struct Token {
    id: String,
    name: String,
    #[serde(rename = "userId", default)]
    user: Option<String>,
    #[serde(default)]
    created: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    network: Network,
}

const ZONE: &str = "a call from the network zones that the token is bound to";

fn read_token(
    row: &crate::sources::envelope::Row<'_>,
    (organization, tenant): (&str, &Key),
    intake: &mut Intake<'_>,
) {
    let Some(read) = intake.parse::<Token>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let created = intake.moment(read.created, row, "created");
    let key = intake.key(&format!("okta:api-token:{organization}/{}", read.id));
    let name = format!("API token {}", read.name);
    let named = (key.clone(), name, PrincipalKind::ServiceAccount);
    let record = principal(named, tenant, &evidence);
    intake.emit(Record::Principal(record));
    if let Some(user) = &read.user {
        let word = format!("acts-as:{user}");
        permit(intake, &key, None, (&word, None), &evidence);
    }
    let is_bound = !matches!(read.network.connection.as_str(), "ANYWHERE" | "");
    intake.emit(Record::Credential(CredentialRecord {
        key: key.clone(),
        name: read.name,
        kind: CredentialKind::ApiKey,
        identifier: Some(read.id),
        principal: Some(key),
        status: CredentialStatus::Active,
        lifetime: Lifetime::Static,
        created,
        expires: None,
        last_used: None,
        second_factor: is_bound.then(|| ZONE.to_owned()),
        evidence,
    }));
}
