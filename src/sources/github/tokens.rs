//! Tokens and keys of a GitHub organisation: fine-grained and classic personal access tokens, deploy keys, installations
//! of apps.
//!
//! Each is a principal of its own, within its permissions: what of them its owner may do is decided elsewhere. The key of
//! a personal token's principal names its owner: `github:token:LOGIN/ID`. Which repositories a token or an installation
//! was given by selection is told for fine-grained tokens alone, one call each; else it may be any.
//!
//! Source: REST API reference, "Personal access tokens", "Organizations" (SAML SSO authorizations, app installations),
//! "Deploy keys" (read 2026-11).

use super::{
    app_key, organization, organization_of, permit, principal, repository, repository_of, rows,
    text, user,
};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Evidence, Key, Lifetime, PrincipalKind,
    Record,
};
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::moment::Moment;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "github/tokens",
    about: "personal access tokens, authorised credentials, deploy keys and app installations of GitHub",
    command: "gh api --paginate orgs/ORG/installations > github/orgs/ORG/installations.json; orgs/ORG/credential-authorizations, orgs/ORG/personal-access-tokens, orgs/ORG/personal-access-tokens/ID/repositories, orgs/ORG/personal-access-token-requests (the last three as a GitHub App), repos/ORG/REPO/keys",
    keys: &[
        "token_id",
        "credential_type",
        "app_slug",
        "read_only",
        "installations",
    ],
    recognise,
    read,
};

const SELECTED: &[&[&str]] = &[&["personal-access-tokens", "*", "repositories"]];

fn is_granted(page: &Page<'_>) -> bool {
    page.is_array() && page.has_keys(&["token_id", "permissions", "owner"])
}

fn recognise(page: &Page<'_>) -> bool {
    let is_empty = super::is_empty_list(page)
        && (super::is_at(
            page,
            false,
            &[
                &["personal-access-tokens"],
                &["personal-access-token-requests"],
                &["credential-authorizations"],
            ],
        ) || super::is_at(page, true, &[&["keys"]]));
    is_empty
        || is_granted(page)
        || (page.is_array() && page.has_keys(&["credential_id", "credential_type", "login"]))
        || (page.is_array() && page.has_keys(&["id", "key", "read_only"]))
        || (page.is_object() && page.lists("installations", &["app_slug", "permissions"]))
        || (page.is_object() && page.has_keys(&["slug", "client_id", "owner", "permissions"]))
        || (page.has_keys(&["full_name"]) && super::is_at(page, false, SELECTED))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    if page.has_keys(&["full_name"]) {
        read_selected(page, intake);
    } else if is_granted(page) {
        read_granted(page, intake);
    } else if page.has_keys(&["credential_type"]) {
        read_authorized(page, intake);
    } else if page.has_keys(&["read_only"]) {
        read_keys(page, intake);
    } else if page.has_keys(&["installations"]) {
        read_installations(page, intake);
    } else if page.has_keys(&["slug"]) {
        read_app(page, intake);
    }
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

/// Names and levels, by what they are about.
type Levels = BTreeMap<String, String>;

#[derive(Deserialize, Default)]
struct Permissions {
    #[serde(default)]
    organization: Levels,
    #[serde(default)]
    repository: Levels,
}

#[derive(Deserialize)]
struct Granted {
    id: u64,
    owner: Login,
    #[serde(default, deserialize_with = "null_as_default")]
    repository_selection: String,
    #[serde(default, deserialize_with = "null_as_default")]
    permissions: Permissions,
    token_id: u64,
    #[serde(default, deserialize_with = "null_as_default")]
    token_name: String,
    #[serde(default)]
    token_expired: bool,
    #[serde(default)]
    token_expires_at: Moment,
    #[serde(default)]
    token_last_used_at: Moment,
    #[serde(default)]
    access_granted_at: Moment,
}

/// What a token was granted on repositories that only its own list tells.
fn selection_key(owner: &str, grant: &str) -> String {
    format!("github:selection:{owner}/{grant}").to_lowercase()
}

const UNTOLD: &str = "the token was given the repository: which ones were selected is in no export";
const PENDING: &str = "the request for the token is approved";

fn read_granted(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/personal-access-tokens.json";
    let Some((tenant, place)) = organization_of(page, expected, intake) else {
        return;
    };
    // Only what was granted has the date of it.
    let is_request = place.is(&["personal-access-token-requests"]);
    for row in rows(page, "", intake) {
        let Some(read) = intake.parse::<Granted>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        user(&read.owner.login, &evidence, intake);
        let login = &read.owner.login;
        let name = match read.token_name.as_str() {
            "" => format!("{} of {login}", read.token_id),
            told => format!("{told} of {login}"),
        };
        let key = format!("github:token:{login}/{}", read.token_id).to_lowercase();
        let of_holder = format!("token {name}");
        let of = (&*key, &*of_holder, PrincipalKind::ServiceAccount);
        let holder = principal(intake, of, Some(&tenant), Some(login), &evidence);
        if !is_request {
            // How the list of the repositories of this grant names it.
            let alias = intake.key(&selection_key(&place.owner, &read.id.to_string()));
            if let Some(Record::Principal(last)) = intake.records.last_mut() {
                last.aliases.push(alias);
            }
        }
        let pending = is_request.then_some(PENDING);
        for (name, level) in &read.permissions.organization {
            let name = format!("organization:{name}:{level}");
            permit(intake, &holder, None, &name, pending, &evidence);
        }
        for (name, level) in &read.permissions.repository {
            let name = match read.repository_selection.as_str() {
                "all" => format!("{name}:{level}"),
                // They count on what the list of the grant names.
                "subset" => format!("selected:{name}:{level}"),
                _ => continue,
            };
            permit(intake, &holder, None, &name, pending, &evidence);
        }
        let moments = [
            intake.moment(read.access_granted_at, &row, "access_granted_at"),
            intake.moment(read.token_expires_at, &row, "token_expires_at"),
            intake.moment(read.token_last_used_at, &row, "token_last_used_at"),
        ];
        credential(
            intake,
            (&key, &name, CredentialKind::PersonalAccessToken),
            Some(read.token_id.to_string()),
            &holder,
            read.token_expired,
            moments,
            &evidence,
        );
    }
}

/// The repositories of one fine-grained token.
fn read_selected(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/personal-access-tokens/ID/repositories.json";
    let Some((_, place)) = organization_of(page, expected, intake) else {
        return;
    };
    let grant = place.part(1).unwrap_or("").to_owned();
    let holder = intake.key(&selection_key(&place.owner, &grant));
    for row in rows(page, "", intake) {
        let Some(full_name) = text(&row, "full_name") else {
            let at = intake.row(&row);
            intake.not_a_list(&at, "full_name");
            continue;
        };
        let evidence = intake.row(&row);
        let on = repository(&full_name, &evidence, intake);
        permit(intake, &holder, Some(&on), "selected", None, &evidence);
    }
}

fn credential(
    intake: &mut Intake<'_>,
    (key, name, kind): (&str, &str, CredentialKind),
    identifier: Option<String>,
    principal: &Key,
    is_over: bool,
    [created, expires, last_used]: [Option<jiff::Timestamp>; 3],
    evidence: &Evidence,
) -> Key {
    let key = intake.key(key);
    intake.emit(Record::Credential(CredentialRecord {
        key: key.clone(),
        name: name.to_owned(),
        kind,
        identifier,
        principal: Some(principal.clone()),
        status: match is_over {
            true => CredentialStatus::Inactive,
            false => CredentialStatus::Active,
        },
        lifetime: match expires {
            Some(_) => Lifetime::Expiring,
            None => Lifetime::Static,
        },
        created,
        expires,
        last_used,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    key
}

#[derive(Deserialize)]
struct Authorized {
    login: String,
    credential_id: u64,
    credential_type: String,
    #[serde(default, deserialize_with = "null_as_default")]
    token_last_eight: String,
    #[serde(default, deserialize_with = "null_as_default")]
    scopes: Vec<String>,
    #[serde(default)]
    credential_accessed_at: Moment,
    #[serde(default)]
    credential_authorized_at: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    authorized_credential_note: String,
    #[serde(default, deserialize_with = "null_as_default")]
    authorized_credential_title: String,
    #[serde(default)]
    authorized_credential_expires_at: Moment,
}

fn read_authorized(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/credential-authorizations.json";
    let Some((tenant, _)) = organization_of(page, expected, intake) else {
        return;
    };
    for row in rows(page, "", intake) {
        let Some(read) = intake.parse::<Authorized>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let login = read.login.clone();
        user(&login, &evidence, intake);
        let note = match read.authorized_credential_note.as_str() {
            "" => read.authorized_credential_title,
            note => note.to_owned(),
        };
        let is_key = read.credential_type == "SSH key";
        let what = if is_key { "SSH key" } else { "token" };
        let name = match note.as_str() {
            "" => format!("{} of {login}", read.credential_id),
            note => format!("{note} of {login}"),
        };
        let key = format!("github:token:{login}/authorization-{}", read.credential_id);
        let key = key.to_lowercase();
        let of_holder = format!("{what} {name}");
        let of = (&*key, &*of_holder, PrincipalKind::ServiceAccount);
        let holder = principal(intake, of, Some(&tenant), Some(&login), &evidence);
        let scopes = match is_key {
            // It pushes as its user, workflow files too: scopes are of tokens.
            true => vec!["git".to_owned()],
            false => read.scopes,
        };
        for scope in scopes {
            permit(
                intake,
                &holder,
                None,
                &format!("scope:{scope}"),
                None,
                &evidence,
            );
        }
        let moments = [
            intake.moment(
                read.credential_authorized_at,
                &row,
                "credential_authorized_at",
            ),
            intake.moment(
                read.authorized_credential_expires_at,
                &row,
                "authorized_credential_expires_at",
            ),
            intake.moment(read.credential_accessed_at, &row, "credential_accessed_at"),
        ];
        let kind = match is_key {
            true => CredentialKind::PrivateKey,
            false => CredentialKind::PersonalAccessToken,
        };
        let identifier = Some(read.credential_id.to_string());
        let of = (&*key, &*name, kind);
        let key = credential(intake, of, identifier, &holder, false, moments, &evidence);
        if read.token_last_eight.chars().count() == 8 {
            intake.marked_hint(&key, &format!("****{}", read.token_last_eight));
        }
    }
}

#[derive(Deserialize)]
struct DeployKey {
    id: u64,
    #[serde(default, deserialize_with = "null_as_default")]
    title: String,
    #[serde(default)]
    read_only: bool,
    #[serde(default)]
    created_at: Moment,
    #[serde(default)]
    last_used: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    added_by: String,
    #[serde(default)]
    enabled: Option<bool>,
}

fn read_keys(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/repos/OWNER/REPO/keys.json";
    let Some((on, place)) = repository_of(page, expected, intake) else {
        return;
    };
    let at = intake.page(page);
    let tenant = organization(&place.owner, &at, intake);
    let full_name = format!(
        "{}/{}",
        place.owner,
        place.repository.as_deref().unwrap_or("")
    );
    for row in rows(page, "", intake) {
        let Some(read) = intake.parse::<DeployKey>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let key = format!("github:deploy-key:{full_name}/{}", read.id).to_lowercase();
        let name = format!("deploy key {} of {full_name}", read.title);
        let by = Some(read.added_by.as_str()).filter(|by| !by.is_empty());
        let of = (&*key, &*name, PrincipalKind::ServiceAccount);
        let holder = principal(intake, of, Some(&tenant), by, &evidence);
        let name_of = if read.read_only {
            "deploy-key:read"
        } else {
            "deploy-key:write"
        };
        permit(intake, &holder, Some(&on), name_of, None, &evidence);
        let moments = [
            intake.moment(read.created_at, &row, "created_at"),
            None,
            intake.moment(read.last_used, &row, "last_used"),
        ];
        let identifier = Some(read.id.to_string());
        let of = (&*key, &*name, CredentialKind::PrivateKey);
        let is_off = read.enabled == Some(false);
        credential(intake, of, identifier, &holder, is_off, moments, &evidence);
    }
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
    app_slug: String,
    #[serde(default)]
    app_id: Option<u64>,
    #[serde(default, deserialize_with = "null_as_default")]
    repository_selection: String,
    #[serde(default)]
    permissions: Levels,
    #[serde(default, deserialize_with = "null_as_default")]
    suspended_at: String,
}

/// The app itself, held by who develops it.
fn vendor_key(slug: &str) -> String {
    format!("github:app-developer:{}", slug.to_lowercase())
}

fn read_installations(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/installations.json";
    let Some((tenant, place)) = organization_of(page, expected, intake) else {
        return;
    };
    for row in rows(page, "installations", intake) {
        let Some(read) = intake.parse::<Installation>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let slug = &read.app_slug;
        let key = app_key(&place.owner, slug);
        let name = format!("app {slug} in {}", place.owner);
        let of = (&*key, &*name, PrincipalKind::OauthApp);
        let holder = principal(intake, of, Some(&tenant), None, &evidence);
        super::numbered("app", read.app_id, intake);
        // A suspended installation opens nothing until somebody lifts it.
        if !read.suspended_at.is_empty() {
            continue;
        }
        let key = vendor_key(slug);
        let name = format!("developer of {slug}");
        let what = format!("github-app:{}", slug.to_lowercase());
        let vendor = super::vendor(intake, (&key, &name, &what), None, &evidence);
        let organization = intake.key(&super::organization_key(&place.owner));
        let installed = format!("installation:{slug}");
        permit(
            intake,
            &vendor,
            Some(&organization),
            &installed,
            None,
            &evidence,
        );
        let is_selected = read.repository_selection == "selected";
        for (name, level) in &read.permissions {
            let name = match (name.strip_prefix("organization_"), name.as_str()) {
                (Some(rest), _) => format!("organization:organization_{rest}:{level}"),
                (None, "members") => format!("organization:members:{level}"),
                (None, name) => format!("{name}:{level}"),
            };
            let is_of_repository = !name.starts_with("organization:");
            let condition = (is_selected && is_of_repository).then_some(UNTOLD);
            permit(intake, &holder, None, &name, condition, &evidence);
        }
        let _ = read.id;
    }
}

#[derive(Deserialize)]
struct App {
    slug: String,
    #[serde(default, deserialize_with = "null_as_default")]
    name: String,
    owner: Option<Login>,
}

/// Who develops an app: `apps/SLUG`.
fn read_app(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.whole() else { return };
    let Some(read) = intake.parse::<App>(&row) else {
        return;
    };
    let evidence = intake.row(&row);
    let owner = read.owner.map(|owner| owner.login);
    let name = match &owner {
        Some(owner) => format!("{owner}, developer of {}", read.name),
        None => format!("developer of {}", read.name),
    };
    let what = format!("github-app:{}", read.slug.to_lowercase());
    let key = vendor_key(&read.slug);
    super::vendor(intake, (&key, &name, &what), owner.as_deref(), &evidence);
}
