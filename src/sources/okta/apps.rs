//! Apps of an Okta organisation, who is assigned to them, and the scopes of Okta's API that they were granted.
//!
//! An assignment to a group is told twice: once for the group, once for each of its members (`scope` is `GROUP`). What an
//! assignment carries for the app stands in its profile: of AWS Account Federation the names of roles.
//!
//! Source: OpenAPI description, operations `listApplications`, `listApplicationUsers`, `listApplicationGroupAssignments`,
//! `listScopeConsentGrants`, schemas `Application`, `AppUser`, `ApplicationGroupAssignment`, `OAuth2ScopeConsentGrant`;
//! Okta's guide "Amazon Web Services SAML 2.0" for `samlRoles`, `identityProviderArn`, `groupFilter`, `roleValuePattern`;
//! OktaHound (`Model/Okta/OktaApplication.cs`) for `githubOrg` (read 2026-11).

use super::{
    List, Place, app_key, client_key, group_key, is_at, is_empty_list, permit, place_of, principal,
    resource, rows, text, user_key,
};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Key, Lifetime, PrincipalKind, Record,
};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{OneOrMany, null_as_default};
use crate::sources::moment::Moment;
use serde::Deserialize;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "okta/apps",
    about: "apps of an Okta organisation, their assignments and the API scopes granted to them",
    command: "curl -H \"Authorization: SSWS $TOKEN\" 'https://ORG.okta.com/api/v1/apps?limit=200' > okta/ORG/apps.json; of each …/apps/ID/users?limit=500 > okta/ORG/apps/ID/users.json, …/apps/ID/groups?limit=200, …/apps/ID/grants",
    keys: &["signOnMode", "scopeId", "syncState", "priority"],
    recognise,
    read,
};

const LISTS: &[&[&str]] = &[
    &["apps"],
    &["apps", "*", "users"],
    &["apps", "*", "groups"],
    &["apps", "*", "grants"],
];

fn is_app(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "name", "label", "signOnMode"])
}

fn is_grant(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "issuer", "scopeId"])
}

fn is_assigned_user(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "scope", "credentials"]) || page.has_keys(&["id", "scope", "syncState"])
}

fn is_assigned_group(page: &Page<'_>) -> bool {
    is_at(page, &[&["apps", "*", "groups"]]) && page.has_keys(&["id"])
}

fn recognise(page: &Page<'_>) -> bool {
    let is_empty = is_empty_list(page) && is_at(page, LISTS);
    is_empty || is_app(page) || is_grant(page) || is_assigned_user(page) || is_assigned_group(page)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some((place, tenant)) = place_of(page, "okta/ORG/apps/ID/users.json", intake) else {
        return;
    };
    if is_app(page) || place.is(&["apps"]) {
        read_apps(page, &tenant, intake);
        return;
    }
    if place.part(0) != "apps" || place.tail.len() != 3 {
        let at = intake.page(page);
        let expected = "okta/ORG/apps/ID/users.json";
        intake.missing_parent(Severity::Skipped, &at, "of which app it is", expected);
        return;
    }
    let app = intake.key(&app_key(place.part(1)));
    match place.part(2) {
        "grants" => read_grants(page, &app, &tenant, intake),
        "groups" => read_groups(page, &app, &tenant, intake),
        _ => read_users(page, &place, &app, &tenant, intake),
    }
}

#[derive(Deserialize, Default)]
struct OauthClient {
    #[serde(default, deserialize_with = "null_as_default")]
    client_id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    client_secret: Zeroizing<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    token_endpoint_auth_method: String,
}

#[derive(Deserialize, Default)]
struct AppCredentials {
    #[serde(rename = "oauthClient", default, deserialize_with = "null_as_default")]
    client: OauthClient,
}

#[derive(Deserialize)]
struct App {
    id: String,
    name: String,
    label: String,
    #[serde(default, deserialize_with = "null_as_default")]
    status: String,
    #[serde(default)]
    created: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    features: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    credentials: AppCredentials,
}

/// The settings of an app that say where it leads, each with the tag that keeps it.
const SETTINGS: [(&str, &str); 5] = [
    ("identityProviderArn", "okta:aws-provider"),
    ("groupFilter", "okta:aws-group-filter"),
    ("roleValuePattern", "okta:aws-role-pattern"),
    ("awsEnvironmentType", "okta:aws-environment"),
    ("githubOrg", "okta:github-organization"),
];
/// The same, where they are switched on.
const SWITCHES: [(&str, &str); 2] = [
    ("useGroupMapping", "okta:aws-by-group-name"),
    ("joinAllRoles", "okta:aws-joins-roles"),
];
const METHODS: [&str; 5] = [
    "client_secret_basic",
    "client_secret_jwt",
    "client_secret_post",
    "none",
    "private_key_jwt",
];

fn tags_of(row: &Row<'_>, read: &App) -> Vec<(String, String)> {
    let mut tags = vec![("okta:app-name".to_owned(), read.name.clone())];
    let mut tag = |name: &str, value: &str| tags.push((name.to_owned(), value.to_owned()));
    if ["ACTIVE", "INACTIVE", "DELETED"].contains(&read.status.as_str()) {
        tag("okta:status", &read.status);
    }
    let method = read.credentials.client.token_endpoint_auth_method.as_str();
    if METHODS.contains(&method) {
        tag("okta:client-authentication", method);
    }
    if read.features.iter().any(|one| one == "PROFILE_MASTERING") {
        tag("okta:masters-profiles", "true");
    }
    let settings = row.member("settings");
    let kind = settings
        .as_ref()
        .and_then(|all| all.member("oauthClient"))
        .and_then(|client| text(&client, "application_type"));
    if let Some(kind) = kind.filter(|kind| kind == "service") {
        tag("okta:application-type", &kind);
    }
    let app = settings.and_then(|all| all.member("app"));
    if let Some(app) = app {
        for (name, kept) in SETTINGS {
            if let Some(value) = text(&app, name).filter(|value| !value.is_empty()) {
                tag(kept, &value);
            }
        }
        for (name, kept) in SWITCHES {
            if app.member(name).is_some_and(|one| one.raw.get() == "true") {
                tag(kept, "true");
            }
        }
    }
    tags
}

fn read_apps(page: &Page<'_>, tenant: &Key, intake: &mut Intake<'_>) {
    let list = List {
        tenant,
        kind: "app",
        of: None,
        lengths: &[20, 200],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<App>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let key = intake.key(&app_key(&read.id));
        let tags = tags_of(&row, &read);
        resource(
            intake,
            (&key, &read.label, "app"),
            tenant,
            tags.clone(),
            &evidence,
        );
        let client = &read.credentials.client;
        if client.client_id.is_empty() {
            continue;
        }
        // What signs in by itself acts by itself.
        let named = (key.clone(), read.label.clone(), PrincipalKind::OauthApp);
        let mut record = principal(named, tenant, &evidence);
        record.aliases = vec![intake.key(&client_key(&client.client_id))];
        record.created = intake.moment(read.created, &row, "created");
        record.tags = tags;
        intake.emit(Record::Principal(record));
        if !client.client_secret.is_empty() {
            let credential = intake.key(&format!("okta:client-secret-of:{}", read.id));
            intake.sighted(&client.client_secret, &credential);
            intake.emit(Record::Credential(CredentialRecord {
                key: credential,
                name: format!("client secret of {}", read.label),
                kind: CredentialKind::ClientSecret,
                identifier: None,
                principal: Some(key),
                status: CredentialStatus::Active,
                lifetime: Lifetime::Static,
                created: None,
                expires: None,
                last_used: None,
                second_factor: None,
                evidence,
            }));
        }
    }
}

#[derive(Deserialize)]
struct Grant {
    #[serde(rename = "scopeId")]
    scope: String,
    #[serde(default, deserialize_with = "null_as_default")]
    source: String,
    #[serde(default, deserialize_with = "null_as_default")]
    status: String,
}

fn read_grants(page: &Page<'_>, app: &Key, tenant: &Key, intake: &mut Intake<'_>) {
    let list = List {
        tenant,
        kind: "grant",
        of: Some(app.clone()),
        lengths: &[20, 200],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<Grant>(&row) else {
            continue;
        };
        // What an end user agreed to is for acting on that user's behalf.
        let is_live = matches!(read.status.as_str(), "ACTIVE" | "") && read.source != "END_USER";
        if is_live {
            let evidence = intake.row(&row);
            permit(intake, app, None, (&read.scope, None), &evidence);
        }
    }
}

#[derive(Deserialize, Default)]
struct Profile {
    #[serde(rename = "samlRoles", default, deserialize_with = "null_as_default")]
    saml_roles: OneOrMany,
    #[serde(default, deserialize_with = "null_as_default")]
    role: OneOrMany,
}

#[derive(Deserialize)]
struct AssignedGroup {
    id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    profile: Profile,
}

/// Says that somebody is assigned to an app, with the roles that the assignment carries.
fn assigned(
    intake: &mut Intake<'_>,
    (holder, app): (&Key, &Key),
    word: &str,
    profile: &Profile,
    evidence: &crate::inventory::Evidence,
) {
    permit(intake, holder, Some(app), (word, None), evidence);
    for role in profile.saml_roles.0.iter().chain(&profile.role.0) {
        let name = format!("{word}/role:{role}");
        permit(intake, holder, Some(app), (&name, None), evidence);
    }
}

fn read_groups(page: &Page<'_>, app: &Key, tenant: &Key, intake: &mut Intake<'_>) {
    let list = List {
        tenant,
        kind: "assigned-group",
        of: Some(app.clone()),
        lengths: &[20, 200],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<AssignedGroup>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let group = intake.key(&group_key(&read.id));
        assigned(intake, (&group, app), "assigned", &read.profile, &evidence);
    }
}

#[derive(Deserialize, Default)]
struct Named {
    #[serde(rename = "userName", default, deserialize_with = "null_as_default")]
    user_name: String,
}

#[derive(Deserialize)]
struct AssignedUser {
    id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    scope: String,
    #[serde(rename = "externalId", default, deserialize_with = "null_as_default")]
    external_id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    credentials: Named,
    #[serde(default, deserialize_with = "null_as_default")]
    profile: Profile,
}

fn read_users(page: &Page<'_>, place: &Place, app: &Key, tenant: &Key, intake: &mut Intake<'_>) {
    if !place.is(&["apps", "*", "users"]) {
        let at = intake.page(page);
        let expected = "okta/ORG/apps/ID/users.json";
        intake.missing_parent(Severity::Skipped, &at, "of which app it is", expected);
        return;
    }
    let list = List {
        tenant,
        kind: "assigned-user",
        of: Some(app.clone()),
        lengths: &[50, 200, 500],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<AssignedUser>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let user = intake.key(&user_key(&read.id));
        let word = match read.scope.as_str() {
            "GROUP" => "assigned-by-group",
            _ => "assigned",
        };
        assigned(intake, (&user, app), word, &read.profile, &evidence);
        for (word, name) in [
            ("user-name", &read.credentials.user_name),
            ("external-id", &read.external_id),
        ] {
            if !name.is_empty() {
                let name = format!("{word}:{name}");
                permit(intake, &user, Some(app), (&name, None), &evidence);
            }
        }
    }
}
