//! Anthropic's Admin API: API keys, workspaces and their members, users.
//!
//! A key belongs to a workspace, and acts as a user or service account, or as nobody but the workspace's own. Admin keys
//! are in no list.
//!
//! Source: the types of `@anthropic-ai/sdk` for Node (`resources/beta/organization`: `BetaAPIKey` with `scope` and
//! `principal`, `BetaWorkspace`, `BetaOrganizationUser`), <https://platform.claude.com/docs/en/api/admin/api_keys/list> (the older
//! form with `workspace_id`), <https://platform.claude.com/docs/en/api/admin-api/workspace_members/list-workspace-members>
//! (read 2026-11).

use super::{Actor, Organization};
use crate::inventory::{
    Access, CredentialKind, CredentialRecord, CredentialStatus, Evidence, Key, Lifetime,
    PrincipalKind, Record,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::moment::Moment;
use serde::Deserialize;

const PLATFORM: &str = "anthropic";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "providers/anthropic",
    about: "keys, workspaces, members and users of an Anthropic organisation",
    command: "curl -H \"x-api-key: $ANTHROPIC_ADMIN_KEY\" -H 'anthropic-version: 2023-06-01' 'https://api.anthropic.com/v1/organizations/api_keys?limit=1000' > anthropic/<organization>/api_keys.json; …/workspaces, …/users, …/workspaces/<id>/members",
    keys: &["data", "first_id", "last_id", "has_more"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let Some(kind) = super::word_of(page, "type") else {
        return page.layout().after(PLATFORM).is_some() && super::is_empty_list(page);
    };
    let begins = |name: &str, prefix: &str| {
        super::word_of(page, name).is_some_and(|id| id.starts_with(prefix))
    };
    match kind.as_str() {
        "api_key" => begins("id", "apikey_"),
        "workspace" => begins("id", "wrkspc_"),
        "workspace_member" => begins("workspace_id", "wrkspc_"),
        "user" => begins("id", "user_"),
        _ => false,
    }
}

#[derive(Deserialize)]
struct Scope {
    #[serde(default)]
    workspace_id: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Bearer {
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    service_account_id: Option<String>,
}

#[derive(Deserialize)]
struct ApiKey {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    workspace_id: Option<String>,
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    principal: Option<Bearer>,
    #[serde(default)]
    partial_key_hint: Option<String>,
    #[serde(default)]
    created_at: Moment,
    #[serde(default)]
    expires_at: Moment,
}

#[derive(Deserialize)]
struct Workspace {
    id: String,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    user_id: String,
    workspace_id: String,
    workspace_role: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    role: Option<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some((organization, rows)) = super::records(page, PLATFORM, intake) else {
        return;
    };
    for row in rows {
        let kind = super::text_in(&row, "type").unwrap_or_default();
        match kind.as_str() {
            "api_key" => read_key(&row, organization.as_ref(), intake),
            "workspace" => read_workspace(&row, organization.as_ref(), intake),
            "workspace_member" => read_member(&row, organization.as_ref(), intake),
            "user" => read_user(&row, organization.as_ref(), intake),
            _ => super::of_unknown_kind(&row, "type", intake),
        }
    }
}

fn read_workspace(row: &Row<'_>, organization: Option<&Organization>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<Workspace>(row) else {
        return;
    };
    let key = intake.key(&format!("anthropic:workspace:{}", read.id));
    let evidence = intake.row(row);
    let name = read.name.unwrap_or(read.id);
    let tenant = organization.map(|organization| &organization.tenant);
    super::emit_resource(
        intake,
        &key,
        &name,
        "anthropic:workspace",
        PLATFORM,
        tenant,
        &evidence,
    );
}

fn read_key(row: &Row<'_>, organization: Option<&Organization>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<ApiKey>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let is_of_organization = read
        .scope
        .as_ref()
        .is_some_and(|scope| scope.kind.as_deref() == Some("organization"));
    let workspace = read.scope.and_then(|scope| scope.workspace_id);
    let workspace = workspace.or(read.workspace_id);
    let bearer = read.principal.and_then(|bearer| match bearer {
        Bearer {
            user_id: Some(id), ..
        } => Some((format!("anthropic:user:{id}"), id, PrincipalKind::Human)),
        Bearer {
            service_account_id: Some(id),
            ..
        } => Some((
            format!("anthropic:service-account:{id}"),
            id,
            PrincipalKind::ServiceAccount,
        )),
        _ => None,
    });
    let key = intake.key(&format!("anthropic:api-key:{}", read.id));
    let principal = if is_of_organization {
        // It acts as its bearer, wherever that one may.
        bearer.map(|(key, name, kind)| {
            let actor = actor(intake, &key, name, kind, organization);
            super::emit_principal(intake, PLATFORM, actor, &evidence)
        })
    } else {
        workspace_of(workspace.as_deref(), organization, &evidence, intake).map(|resource| {
            // In a workspace it does no more than keys do there, whoever bears it.
            let (owner, kind) = match bearer {
                Some((_, id, kind)) => (Some(id), kind),
                None => (None, PrincipalKind::ServiceAccount),
            };
            let by = owner.as_deref().unwrap_or("keys");
            let actor = Actor {
                key: intake.key(&format!("{resource}/{by}")),
                name: format!("{by} in {}", resource.rsplit(':').next().unwrap_or("")),
                kind,
                owner: owner.clone(),
                tenant: organization.map(|organization| &organization.tenant),
            };
            let principal = super::emit_principal(intake, PLATFORM, actor, &evidence);
            let words = ("a key of the workspace", None);
            let accesses = [Access::Read, Access::Write];
            super::grant(intake, &principal, &resource, &accesses, words, &evidence);
            principal
        })
    };
    if let Some(hint) = &read.partial_key_hint {
        super::masked(row, "partial_key_hint", hint, &key, intake);
    }
    let created = intake.moment(read.created_at, row, "created_at");
    let expires = intake.moment(read.expires_at, row, "expires_at");
    intake.emit(Record::Credential(CredentialRecord {
        key,
        name: read.name.unwrap_or_else(|| read.id.clone()),
        kind: CredentialKind::ApiKey,
        identifier: Some(read.id),
        principal,
        status: match read.status.as_deref() {
            Some("active") => CredentialStatus::Active,
            Some("inactive" | "archived" | "expired") => CredentialStatus::Inactive,
            _ => CredentialStatus::Unknown,
        },
        lifetime: match expires {
            Some(_) => Lifetime::Expiring,
            None => Lifetime::Static,
        },
        created,
        expires,
        last_used: None,
        second_factor: None,
        evidence,
    }));
}

/// The workspace of a key; without an id it is the default one of its organisation, which is in no list.
fn workspace_of(
    id: Option<&str>,
    organization: Option<&Organization>,
    evidence: &Evidence,
    intake: &mut Intake<'_>,
) -> Option<Key> {
    if let Some(id) = id {
        return Some(intake.key(&format!("anthropic:workspace:{id}")));
    }
    let organization = organization?;
    let key = intake.key(&format!(
        "anthropic:workspace:{}/default",
        organization.name
    ));
    super::emit_resource(
        intake,
        &key,
        &format!("default workspace of {}", organization.name),
        "anthropic:workspace",
        PLATFORM,
        Some(&organization.tenant),
        evidence,
    );
    Some(key)
}

fn actor<'o>(
    intake: &mut Intake<'_>,
    key: &str,
    name: String,
    kind: PrincipalKind,
    organization: Option<&'o Organization>,
) -> Actor<'o> {
    Actor {
        key: intake.key(key),
        name,
        kind,
        owner: None,
        tenant: organization.map(|organization| &organization.tenant),
    }
}

/// Source: <https://platform.claude.com/docs/en/manage-claude/workspaces> (read 2026-11): administrators rule the workspace and its
/// keys, developers make keys and use them, users use the workbench, billing sees what it costs.
fn accesses(role: &str) -> Option<&'static [Access]> {
    match role {
        "workspace_admin" => Some(&[Access::Admin]),
        "workspace_developer" | "workspace_restricted_developer" | "workspace_user" => {
            Some(&[Access::Read, Access::Write])
        }
        "workspace_billing" => Some(&[Access::List]),
        _ => None,
    }
}

fn read_member(row: &Row<'_>, organization: Option<&Organization>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<Member>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let key = format!("anthropic:user:{}", read.user_id);
    let actor = actor(
        intake,
        &key,
        read.user_id,
        PrincipalKind::Human,
        organization,
    );
    let principal = super::emit_principal(intake, PLATFORM, actor, &evidence);
    let Some(accesses) = accesses(&read.workspace_role) else {
        let at = intake.member(row, "workspace_role");
        intake.problem(
            Severity::Doubt,
            ProblemCode::BadRecord,
            &at,
            "`workspace_role` is none that is known here: what it grants is unknown",
            "report this role",
        );
        return;
    };
    let resource = intake.key(&format!("anthropic:workspace:{}", read.workspace_id));
    let words = ("member of the workspace", None);
    super::grant(intake, &principal, &resource, accesses, words, &evidence);
}

fn read_user(row: &Row<'_>, organization: Option<&Organization>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<User>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let name = read.email.clone().or(read.name);
    let key = format!("anthropic:user:{}", read.id);
    let mut actor = actor(
        intake,
        &key,
        name.unwrap_or(read.id),
        PrincipalKind::Human,
        organization,
    );
    actor.owner = read.email;
    let principal = super::emit_principal(intake, PLATFORM, actor, &evidence);
    if let Some(organization) = organization
        && read.role.as_deref() == Some("admin")
    {
        super::grant(
            intake,
            &principal,
            &organization.resource,
            &[Access::Admin],
            ("administrator of the organisation", None),
            &evidence,
        );
    }
}
