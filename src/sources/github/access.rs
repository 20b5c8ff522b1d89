//! Who is in an organisation, and what roles they have on its repositories.
//!
//! A list of members does not tell roles: it is asked for twice, by role. A role on a repository is read where it is given
//! (to a user directly, to a team, to all members), so that a fix can name what to take away; `collaborators` without
//! `affiliation=direct` tells what is effective, and stands only where nothing else is known.
//!
//! Source: REST API reference, "Organizations", "Organization members", "Teams", "Collaborators", "Organization roles",
//! "Custom repository roles" (read 2026-11).

use super::{
    Place, group, is_at, membership, numbered, organization, organization_of, organization_with,
    permit, principal, repository, repository_of, rows, team_key, text, user,
};
use crate::inventory::{Key, PrincipalKind};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "github/access",
    about: "members, teams, collaborators and roles of a GitHub organisation",
    command: "gh api orgs/ORG > github/orgs/ORG.json; gh api --paginate 'orgs/ORG/members?role=admin' > github/orgs/ORG/members-admin.json (and role=member); orgs/ORG/teams, orgs/ORG/teams/SLUG/members, orgs/ORG/teams/SLUG/repos, repos/ORG/REPO/collaborators?affiliation=direct, orgs/ORG/custom-repository-roles, orgs/ORG/organization-roles",
    keys: &[
        "default_repository_permission",
        "role_name",
        "slug",
        "custom_roles",
    ],
    recognise,
    read,
};

fn is_person(page: &Page<'_>) -> bool {
    page.is_array() && page.has_keys(&["login", "id", "type"])
}

fn is_team(page: &Page<'_>) -> bool {
    page.is_array() && page.has_keys(&["slug", "privacy", "permission"])
}

const LISTS_OF_ORGANIZATION: &[&[&str]] = &[
    &["members"],
    &["members-admin"],
    &["members-member"],
    &["outside_collaborators"],
    &["teams"],
    &["teams", "*", "members"],
    &["teams", "*", "repos"],
    &["organization-roles", "*", "users"],
    &["organization-roles", "*", "teams"],
];

const LISTS_OF_REPOSITORY: &[&[&str]] = &[
    &["collaborators"],
    &["collaborators-direct"],
    &["collaborators-outside"],
    &["teams"],
];

fn recognise(page: &Page<'_>) -> bool {
    let is_organization =
        page.is_object() && page.has_keys(&["login", "default_repository_permission"]);
    let is_custom = page.lists("custom_roles", &["id", "name", "base_role"]) && page.is_object();
    let is_role = page.is_object() && page.lists("roles", &["id", "name", "permissions"]);
    let is_empty = super::is_empty_list(page)
        && (is_at(page, false, LISTS_OF_ORGANIZATION) || is_at(page, true, LISTS_OF_REPOSITORY));
    // What a team may do on repositories is a list of these.
    let is_of_team =
        is_at(page, false, &[&["teams", "*", "repos"]]) && page.has_keys(&["full_name"]);
    is_organization
        || is_custom
        || is_role
        || is_empty
        || is_of_team
        || is_person(page)
        || is_team(page)
}

#[derive(Deserialize)]
struct Organization {
    login: String,
    #[serde(default, deserialize_with = "null_as_default")]
    default_repository_permission: String,
    #[serde(default)]
    members_can_fork_private_repositories: Option<bool>,
}

#[derive(Deserialize)]
struct Person {
    login: String,
    #[serde(default)]
    id: Option<u64>,
    #[serde(default, deserialize_with = "null_as_default")]
    role_name: String,
}

#[derive(Deserialize)]
struct Team {
    name: String,
    #[serde(default)]
    id: Option<u64>,
    slug: String,
    #[serde(default)]
    parent: Option<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    slug: String,
}

#[derive(Deserialize)]
struct OfTeam {
    full_name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    role_name: String,
}

#[derive(Deserialize)]
struct Role {
    id: u64,
    name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    base_role: String,
    #[serde(default, deserialize_with = "null_as_default")]
    permissions: Vec<String>,
}

/// The role that a word of the API means: `push` and `pull` are older names.
fn role(word: &str) -> Option<String> {
    let role = match word {
        "" | "none" => return None,
        "pull" => "read",
        "push" => "write",
        other => other,
    };
    Some(format!("role:{role}"))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    if page.has_keys(&["default_repository_permission"]) {
        read_organization(page, intake);
    } else if page.has_keys(&["custom_roles"]) {
        read_custom_roles(page, intake);
    } else if page.has_keys(&["roles"]) {
        read_organization_roles(page, intake);
    } else {
        let place = Place::of(page);
        let is_of_repository = place.as_ref().is_some_and(Place::is_of_repository);
        match (is_team(page), is_of_repository) {
            (true, true) => teams_of_repository(page, intake),
            (false, true) => read_collaborators(page, intake),
            (_, false) => read_list(page, intake),
        }
    }
}

fn read_organization(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.whole() else { return };
    let Some(read) = intake.parse::<Organization>(&row) else {
        return;
    };
    let evidence = intake.row(&row);
    let forks = read.members_can_fork_private_repositories;
    let tags = forks.map(|may| ("github:fork-private".to_owned(), may.to_string()));
    let tenant = organization_with(&read.login, tags.into_iter().collect(), &evidence, intake);
    let members = group("members", &read.login, &tenant, &evidence, intake);
    if let Some(role) = role(&read.default_repository_permission) {
        let at = intake.member(&row, "default_repository_permission");
        permit(intake, &members, None, &role, None, &at);
    }
    let owners = group("owners", &read.login, &tenant, &evidence, intake);
    permit(intake, &owners, None, "owner", None, &evidence);
    membership(intake, &owners, &members, &evidence);
}

fn read_custom_roles(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/custom-repository-roles.json";
    let Some((tenant, place)) = organization_of(page, expected, intake) else {
        return;
    };
    for row in rows(page, "custom_roles", intake) {
        let Some(read) = intake.parse::<Role>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let key = format!("github:repository-role:{}/{}", place.owner, read.name).to_lowercase();
        let holder = principal(
            intake,
            (&key, &read.name, PrincipalKind::Role),
            Some(&tenant),
            None,
            &evidence,
        );
        let base = role(&read.base_role);
        for name in base.into_iter().chain(read.permissions) {
            permit(intake, &holder, None, &name, None, &evidence);
        }
    }
}

fn organization_role_key(owner: &str, id: &str) -> String {
    format!("github:organization-role:{owner}/{id}").to_lowercase()
}

fn read_organization_roles(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/organization-roles.json";
    let Some((tenant, place)) = organization_of(page, expected, intake) else {
        return;
    };
    for row in rows(page, "roles", intake) {
        let Some(read) = intake.parse::<Role>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let key = organization_role_key(&place.owner, &read.id.to_string());
        let holder = principal(
            intake,
            (&key, &read.name, PrincipalKind::Role),
            Some(&tenant),
            None,
            &evidence,
        );
        let base = role(&read.base_role);
        for name in base.into_iter().chain(read.permissions) {
            permit(intake, &holder, None, &name, None, &evidence);
        }
    }
}

/// The members of something, or the teams of an organisation.
fn read_list(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = match is_team(page) {
        true => "github/orgs/ORG/teams.json",
        false => "github/orgs/ORG/members-admin.json",
    };
    let Some((tenant, place)) = organization_of(page, expected, intake) else {
        return;
    };
    let owner = place.owner.clone();
    let at = intake.page(page);
    if is_team(page) && place.is(&["teams"]) {
        for row in rows(page, "", intake) {
            read_team(&row, &owner, &tenant, intake);
        }
        return;
    }
    let team_at = |place: &Place, intake: &mut Intake<'_>, at| {
        let slug = place.part(1).unwrap_or("");
        let of = (&*team_key(&owner, slug), slug, PrincipalKind::Group);
        principal(intake, of, Some(&tenant), None, at)
    };
    if place.is(&["teams", "*", "repos"]) {
        let team = team_at(&place, intake, &at);
        for row in rows(page, "", intake) {
            let Some(read) = intake.parse::<OfTeam>(&row) else {
                continue;
            };
            let evidence = intake.row(&row);
            let on = repository(&read.full_name, &evidence, intake);
            match role(&read.role_name).or_else(|| strongest(&row)) {
                Some(role) => permit(intake, &team, Some(&on), &role, None, &evidence),
                None => untold(&row, "which role the team has", intake),
            }
        }
        return;
    }
    let into: Vec<Key> = match place.tail.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["members-admin"] => vec![group("owners", &owner, &tenant, &at, intake)],
        ["members" | "members-member"] => vec![group("members", &owner, &tenant, &at, intake)],
        ["teams", _, "members"] => vec![team_at(&place, intake, &at)],
        ["organization-roles", id, "users" | "teams"] => {
            vec![intake.key(&organization_role_key(&owner, id))]
        }
        ["outside_collaborators"] => Vec::new(),
        // An organisation that has none.
        ["teams"] if super::is_empty_list(page) => Vec::new(),
        _ => {
            let what = "of what these are the members";
            intake.missing_parent(Severity::Doubt, &at, what, expected);
            Vec::new()
        }
    };
    let are_teams = is_team(page);
    for row in rows(page, "", intake) {
        let evidence = intake.row(&row);
        let member = if are_teams {
            let Some(team) = read_team(&row, &owner, &tenant, intake) else {
                continue;
            };
            team
        } else {
            let Some(read) = intake.parse::<Person>(&row) else {
                continue;
            };
            let user = user(&read.login, &evidence, intake);
            numbered("user", read.id, intake);
            user
        };
        for group in &into {
            membership(intake, &member, group, &evidence);
        }
    }
}

fn read_team(row: &Row<'_>, owner: &str, tenant: &Key, intake: &mut Intake<'_>) -> Option<Key> {
    let read = intake.parse::<Team>(row)?;
    let evidence = intake.row(row);
    let of = (
        &*team_key(owner, &read.slug),
        &*read.name,
        PrincipalKind::Group,
    );
    let team = principal(intake, of, Some(tenant), None, &evidence);
    numbered("team", read.id, intake);
    if let Some(parent) = read.parent {
        let parent = intake.key(&team_key(owner, &parent.slug));
        // "Child teams inherit the access permissions of the parent" ("About teams").
        membership(intake, &team, &parent, &evidence);
    }
    Some(team)
}

fn untold(row: &Row<'_>, what: &str, intake: &mut Intake<'_>) {
    let at = intake.row(row);
    intake.problem(
        Severity::Doubt,
        ProblemCode::BadRecord,
        &at,
        format!("the record does not say {what}: it is kept without it"),
        "export it again, or report this shape if the export is as the API gives it",
    );
}

/// The strongest of the five booleans.
fn strongest(row: &Row<'_>) -> Option<String> {
    let permissions = row.member("permissions")?;
    let has = |name: &str| {
        permissions
            .member(name)
            .is_some_and(|one| one.raw.get() == "true")
    };
    ["admin", "maintain", "push", "triage", "pull"]
        .into_iter()
        .find(|name| has(name))
        .and_then(role)
}

fn teams_of_repository(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/repos/OWNER/REPO/teams.json";
    let Some((on, place)) = repository_of(page, expected, intake) else {
        return;
    };
    let evidence = intake.page(page);
    let tenant = organization(&place.owner, &evidence, intake);
    for row in rows(page, "", intake) {
        let Some(team) = read_team(&row, &place.owner, &tenant, intake) else {
            continue;
        };
        let evidence = intake.row(&row);
        let word = text(&row, "permission").unwrap_or_default();
        match role(&word).or_else(|| strongest(&row)) {
            Some(role) => permit(intake, &team, Some(&on), &role, None, &evidence),
            None => untold(&row, "which role the team has", intake),
        }
    }
}

fn read_collaborators(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/repos/OWNER/REPO/collaborators-direct.json";
    let Some((on, _)) = repository_of(page, expected, intake) else {
        return;
    };
    for row in rows(page, "", intake) {
        let Some(read) = intake.parse::<Person>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let user = user(&read.login, &evidence, intake);
        numbered("user", read.id, intake);
        match role(&read.role_name).or_else(|| strongest(&row)) {
            Some(role) => permit(intake, &user, Some(&on), &role, None, &evidence),
            None => untold(&row, "which role the collaborator has", intake),
        }
    }
}
