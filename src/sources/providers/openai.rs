//! OpenAI's organisation API: admin keys, projects, their keys and service accounts, users.
//!
//! A project's key acts as its owner within that project; the list does not tell whether it is restricted to some
//! permissions. An admin key makes service accounts in any project, and is given their keys.
//!
//! Source: the types of `openai` 6 for Node (`resources/admin/organization`: `AdminAPIKey`, `Project`, `ProjectAPIKey`,
//! `ProjectServiceAccount`), <https://platform.openai.com/docs/api-reference/administration> (read 2026-11).

use super::{Actor, Organization};
use crate::inventory::{
    Access, CredentialKind, CredentialRecord, CredentialStatus, Key, Lifetime, PrincipalKind,
    Record,
};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::moment::Moment;
use serde::Deserialize;

const PLATFORM: &str = "openai";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "providers/openai",
    about: "keys, projects, service accounts and users of an OpenAI organisation",
    command: "curl -H \"Authorization: Bearer $OPENAI_ADMIN_KEY\" 'https://api.openai.com/v1/organization/projects?limit=100' > openai/<organization>/projects.json; …/admin_api_keys, …/users; …/projects/<id>/api_keys > openai/<organization>/projects/<id>/api_keys.json; …/service_accounts",
    keys: &["object", "data", "has_more"],
    recognise,
    read,
};

const OBJECTS: [&str; 6] = [
    "organization.admin_api_key",
    "organization.project",
    "organization.project.api_key",
    "organization.project.service_account",
    "organization.project.user",
    "organization.user",
];

fn recognise(page: &Page<'_>) -> bool {
    super::word_of(page, "object").is_some_and(|word| OBJECTS.contains(&word.as_str()))
        || page.layout().after(PLATFORM).is_some() && super::is_empty_list(page)
}

#[derive(Deserialize)]
struct Owner {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Deserialize)]
struct KeyOwner {
    #[serde(default)]
    user: Option<Owner>,
    #[serde(default)]
    service_account: Option<Owner>,
}

#[derive(Deserialize)]
struct ApiKey {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    redacted_value: Option<String>,
    #[serde(default)]
    created_at: Moment,
    #[serde(default)]
    last_used_at: Moment,
    #[serde(default)]
    expires_at: Moment,
    #[serde(default)]
    owner_project_access: Option<String>,
}

#[derive(Deserialize)]
struct Named {
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
    let project = project(page);
    for row in rows {
        let object = super::text_in(&row, "object").unwrap_or_default();
        match object.as_str() {
            "organization.project" => read_project(&row, organization.as_ref(), intake),
            "organization.project.api_key" => {
                read_key(&row, organization.as_ref(), project.as_deref(), intake);
            }
            "organization.admin_api_key" => read_admin_key(&row, organization.as_ref(), intake),
            "organization.project.service_account" | "organization.project.user" => {
                read_member(
                    &row,
                    &object,
                    organization.as_ref(),
                    project.as_deref(),
                    intake,
                );
            }
            "organization.user" => read_user(&row, organization.as_ref(), intake),
            _ => super::of_unknown_kind(&row, "object", intake),
        }
    }
}

/// `openai/<organization>/projects/<project>/api_keys.json`.
fn project(page: &Page<'_>) -> Option<String> {
    match page.layout().after(PLATFORM)? {
        [_, projects, project, _] if projects == "projects" => Some(project.clone()),
        _ => None,
    }
}

fn project_key(project: &str, intake: &mut Intake<'_>) -> Key {
    intake.key(&format!("openai:project:{project}"))
}

fn read_project(row: &Row<'_>, organization: Option<&Organization>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<Named>(row) else {
        return;
    };
    let key = project_key(&read.id, intake);
    let evidence = intake.row(row);
    let name = read.name.unwrap_or(read.id);
    let tenant = organization.map(|organization| &organization.tenant);
    super::emit_resource(
        intake,
        &key,
        &name,
        "openai:project",
        PLATFORM,
        tenant,
        &evidence,
    );
}

/// On what it hangs that a key does all that its owner may do in the project.
const RESTRICTED: &str =
    "the key is not restricted to fewer permissions, which the list does not tell";
const NO_ACCESS: &str =
    "its owner has access to the project again, which the list says it does not have now";

fn read_key(
    row: &Row<'_>,
    organization: Option<&Organization>,
    project: Option<&str>,
    intake: &mut Intake<'_>,
) {
    let Some(read) = intake.parse::<ApiKey>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let owner = row
        .member("owner")
        .and_then(|owner| intake.parse::<KeyOwner>(&owner));
    if project.is_none() {
        intake.missing_parent(
            Severity::Doubt,
            &evidence,
            "which project the key is of",
            "openai/<organization>/projects/<project>/api_keys.json",
        );
    }
    let owner = owner.and_then(|owner| match (owner.user, owner.service_account) {
        (Some(user), _) => Some((user, PrincipalKind::Human)),
        (None, Some(account)) => Some((account, PrincipalKind::ServiceAccount)),
        (None, None) => None,
    });
    let condition = match read.owner_project_access.as_deref() {
        Some("inactive") => NO_ACCESS,
        _ => RESTRICTED,
    };
    let principal = match (project, owner) {
        (Some(project), Some((owner, kind))) => in_project(
            intake,
            owner,
            kind,
            project,
            organization,
            condition,
            &evidence,
        ),
        _ => None,
    };
    emit_key(row, read, "openai:api-key", principal, intake);
}

/// Somebody in a project, with what a key of theirs opens there.
fn in_project(
    intake: &mut Intake<'_>,
    owner: Owner,
    kind: PrincipalKind,
    project: &str,
    organization: Option<&Organization>,
    condition: &str,
    evidence: &crate::inventory::Evidence,
) -> Option<Key> {
    let id = owner.id?;
    let key = intake.key(&format!("openai:project:{project}/{id}"));
    let name = owner.email.clone().or(owner.name).unwrap_or(id);
    let actor = Actor {
        key,
        name: format!("{name} in {project}"),
        kind,
        owner: owner.email,
        tenant: organization.map(|organization| &organization.tenant),
    };
    let principal = super::emit_principal(intake, PLATFORM, actor, evidence);
    let resource = project_key(project, intake);
    super::grant(
        intake,
        &principal,
        &resource,
        &[Access::Read, Access::Write],
        ("owner of a key of the project", Some(condition)),
        evidence,
    );
    Some(principal)
}

fn read_admin_key(row: &Row<'_>, organization: Option<&Organization>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<ApiKey>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let owner = row
        .member("owner")
        .and_then(|owner| intake.parse::<Owner>(&owner));
    let principal = organization.map(|organization| {
        let id = owner.as_ref().and_then(|owner| owner.id.clone());
        let name = owner.as_ref().and_then(|owner| owner.name.clone());
        let id = id.unwrap_or_else(|| read.id.clone());
        let key = intake.key(&format!("{}/admin/{id}", organization.tenant));
        let actor = Actor {
            key,
            name: format!("admin key of {}", name.unwrap_or(id)),
            kind: PrincipalKind::ServiceAccount,
            owner: owner.and_then(|owner| owner.email.or(owner.name)),
            tenant: Some(&organization.tenant),
        };
        let principal = super::emit_principal(intake, PLATFORM, actor, &evidence);
        let words = format!("admin key of {}", organization.name);
        super::grant(
            intake,
            &principal,
            &organization.resource,
            &[Access::Admin],
            (&words, None),
            &evidence,
        );
        principal
    });
    emit_key(row, read, "openai:admin-api-key", principal, intake);
}

fn emit_key(
    row: &Row<'_>,
    read: ApiKey,
    prefix: &str,
    principal: Option<Key>,
    intake: &mut Intake<'_>,
) {
    let created = intake.moment(read.created_at, row, "created_at");
    let last_used = intake.moment(read.last_used_at, row, "last_used_at");
    let expires = intake.moment(read.expires_at, row, "expires_at");
    let key = intake.key(&format!("{prefix}:{}", read.id));
    if let Some(mask) = &read.redacted_value {
        super::masked(row, "redacted_value", mask, &key, intake);
    }
    let evidence = intake.row(row);
    intake.emit(Record::Credential(CredentialRecord {
        key,
        name: read.name.unwrap_or_else(|| read.id.clone()),
        kind: CredentialKind::ApiKey,
        identifier: Some(read.id),
        principal,
        status: CredentialStatus::Active,
        lifetime: match expires {
            Some(_) => Lifetime::Expiring,
            None => Lifetime::Static,
        },
        created,
        expires,
        last_used,
        second_factor: None,
        evidence,
    }));
}

fn read_member(
    row: &Row<'_>,
    object: &str,
    organization: Option<&Organization>,
    project: Option<&str>,
    intake: &mut Intake<'_>,
) {
    let Some(read) = intake.parse::<Named>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let Some(project) = project else {
        intake.missing_parent(
            Severity::Skipped,
            &evidence,
            "of which project it is",
            "openai/<organization>/projects/<project>/service_accounts.json",
        );
        return;
    };
    let kind = match object {
        "organization.project.user" => PrincipalKind::Human,
        _ => PrincipalKind::ServiceAccount,
    };
    let key = intake.key(&format!("openai:project:{project}/{}", read.id));
    let name = read.email.clone().or(read.name).unwrap_or(read.id);
    let actor = Actor {
        key,
        name: format!("{name} in {project}"),
        kind,
        owner: read.email,
        tenant: organization.map(|organization| &organization.tenant),
    };
    let principal = super::emit_principal(intake, PLATFORM, actor, &evidence);
    if read.role.as_deref() == Some("owner") {
        let resource = project_key(project, intake);
        super::grant(
            intake,
            &principal,
            &resource,
            &[Access::Admin],
            ("owner of the project", Some(RESTRICTED)),
            &evidence,
        );
    }
}

fn read_user(row: &Row<'_>, organization: Option<&Organization>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<Named>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let key = intake.key(&format!("openai:user:{}", read.id));
    let actor = Actor {
        key,
        name: read.email.clone().or(read.name).unwrap_or(read.id),
        kind: PrincipalKind::Human,
        owner: read.email,
        tenant: organization.map(|organization| &organization.tenant),
    };
    let principal = super::emit_principal(intake, PLATFORM, actor, &evidence);
    if let Some(organization) = organization
        && read.role.as_deref() == Some("owner")
    {
        super::grant(
            intake,
            &principal,
            &organization.resource,
            &[Access::Admin],
            ("owner of the organisation", None),
            &evidence,
        );
    }
}
