//! Admin roles of an Okta organisation: who is assigned which, over which groups and apps, and what custom roles hold.
//!
//! An assignment tells neither whose it is nor what it is limited to: the first is in the path, the second is told by its
//! targets (standard roles; an empty list is no limit) or by its resource set (custom roles). The id of an assignment of a
//! standard role is not unique: it counts for its holder.
//!
//! Source: OpenAPI description, operations `listAssignedRolesForUser`, `listGroupAssignedRoles`, `listRolesForClient`,
//! `listGroupTargetsForRole`, `listApplicationTargetsForApplicationAdministratorRoleForUser`, `listRoles`,
//! `listRolePermissions`, `listResourceSets`, `listResourceSetResources`, `listUsersWithRoleAssignments` (read 2026-11).

use super::{
    List, Place, client_key, group_key, is_at, is_empty_list, permit, place_of, principal, rows,
    text, user_key,
};
use crate::inventory::{Key, ListingRecord, PrincipalKind, Record};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "okta/roles",
    about: "admin roles of an Okta organisation, their targets, custom roles and resource sets",
    command: "curl -H \"Authorization: SSWS $TOKEN\" https://ORG.okta.com/api/v1/iam/assignees/users > okta/ORG/iam/assignees/users.json; of each of these …/users/ID/roles > okta/ORG/users/ID/roles.json, of each group …/groups/ID/roles, of each service app https://ORG.okta.com/oauth2/v1/clients/ID/roles > okta/ORG/clients/ID/roles.json; of each assignment …/roles/ID/targets/groups and …/targets/catalog/apps > okta/ORG/users/ID/roles/ID/targets/groups.json and …; …/iam/roles, …/iam/roles/ID/permissions, …/iam/resource-sets, …/iam/resource-sets/ID/resources",
    keys: &[
        "assignmentType",
        "permissions",
        "resource-sets",
        "resources",
        "value",
    ],
    recognise,
    read,
};

const ROLES: &[&[&str]] = &[
    &["users", "*", "roles"],
    &["groups", "*", "roles"],
    &["clients", "*", "roles"],
];
const GROUP_TARGETS: &[&[&str]] = &[
    &["users", "*", "roles", "*", "targets", "groups"],
    &["groups", "*", "roles", "*", "targets", "groups"],
    &["clients", "*", "roles", "*", "targets", "groups"],
];
const APP_TARGETS: &[&[&str]] = &[
    &["users", "*", "roles", "*", "targets", "catalog", "apps"],
    &["groups", "*", "roles", "*", "targets", "catalog", "apps"],
    &["clients", "*", "roles", "*", "targets", "catalog", "apps"],
];
/// The lists that stand under a name, by where they are.
const NAMED: [(&[&str], &str); 5] = [
    (&["iam", "roles"], "roles"),
    (&["iam", "roles", "*", "permissions"], "permissions"),
    (&["iam", "resource-sets"], "resource-sets"),
    (&["iam", "resource-sets", "*", "resources"], "resources"),
    (&["iam", "assignees", "users"], "value"),
];

/// Under which name the list of such a file stands.
fn named(page: &Page<'_>) -> Option<&'static str> {
    let place = Place::of(page)?;
    let found = NAMED.iter().find(|(tail, _)| place.is(tail));
    found.map(|&(_, name)| name)
}

fn is_assignment(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "type", "assignmentType"])
}

fn is_target(page: &Page<'_>) -> bool {
    is_at(page, GROUP_TARGETS) || is_at(page, APP_TARGETS)
}

fn recognise(page: &Page<'_>) -> bool {
    let is_empty = is_empty_list(page) && is_at(page, ROLES);
    let is_named = named(page).is_some_and(|name| page.member(name).is_some());
    let is_list_of_targets =
        is_target(page) && (is_empty_list(page) || page.has_keys(&["lastUpdated"]));
    is_empty || is_named || is_list_of_targets || is_assignment(page)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some((place, tenant)) = place_of(page, "okta/ORG/users/ID/roles.json", intake) else {
        return;
    };
    if is_target(page) {
        read_targets(page, &place, &tenant, intake);
    } else if let Some(name) = named(page) {
        match place.tail.as_slice() {
            [_, of] if of == "roles" => read_templates(page, (name, "role"), &tenant, intake),
            [_, of] if of == "resource-sets" => {
                read_templates(page, (name, "resource-set"), &tenant, intake);
            }
            [_, of, _] if of == "assignees" => read_assignees(page, name, &tenant, intake),
            [_, of, id, _] if of == "roles" => read_permissions(page, (name, id), &tenant, intake),
            [_, _, id, _] => read_resources(page, (name, id), &tenant, intake),
            _ => {}
        }
    } else {
        read_assignments(page, &place, &tenant, intake);
    }
}

/// Who holds the roles of a file; `None` where the path does not tell.
fn holder(place: &Place, intake: &mut Intake<'_>) -> Option<Key> {
    let id = place.part(1);
    let key = match place.part(0) {
        "users" => user_key(id),
        "groups" => group_key(id),
        "clients" => client_key(id),
        _ => return None,
    };
    Some(intake.key(&key))
}

#[derive(Deserialize)]
struct Assignment {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "null_as_default")]
    status: String,
    #[serde(default, deserialize_with = "null_as_default")]
    role: String,
    #[serde(rename = "resource-set", default, deserialize_with = "null_as_default")]
    resource_set: String,
}

fn read_assignments(page: &Page<'_>, place: &Place, tenant: &Key, intake: &mut Intake<'_>) {
    let holder = holder(place, intake).filter(|_| place.is_any(ROLES));
    let Some(holder) = holder else {
        let at = intake.page(page);
        let expected = "okta/ORG/users/ID/roles.json";
        intake.missing_parent(Severity::Skipped, &at, "whose roles these are", expected);
        return;
    };
    let list = List {
        tenant,
        kind: "role",
        of: Some(holder.clone()),
        lengths: &[],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<Assignment>(&row) else {
            continue;
        };
        if !matches!(read.status.as_str(), "ACTIVE" | "") {
            continue;
        }
        let evidence = intake.row(&row);
        let name = match read.resource_set.as_str() {
            "" => format!("role:{}/{}", read.kind, read.id),
            set => format!("role:{}/{}/{}/{set}", read.kind, read.id, read.role),
        };
        permit(intake, &holder, None, (&name, None), &evidence);
        // With `?expand=targets/groups` or `targets/catalog/apps` they stand in the assignment itself.
        let embedded = row
            .member("_embedded")
            .and_then(|all| all.member("targets"));
        let Some(targets) = embedded else { continue };
        let groups = targets.member("groups");
        let apps = targets.member("catalog").and_then(|all| all.member("apps"));
        for (list, is_app) in [(groups, false), (apps, true)] {
            let Some(rows) = list.and_then(|list| list.list()) else {
                continue;
            };
            intake.emit(Record::Listing(ListingRecord {
                tenant: tenant.clone(),
                kind: "okta:role-target".to_owned(),
                of: Some(format!("{holder}#role/{}", read.id).into()),
                is_complete: true,
                evidence: evidence.clone(),
            }));
            for row in rows {
                target(&row, &holder, &read.id, is_app, intake);
            }
        }
    }
}

/// A group, an app, or all apps of one sort, to which an assignment is limited.
fn target(row: &Row<'_>, holder: &Key, assignment: &str, is_app: bool, intake: &mut Intake<'_>) {
    let evidence = intake.row(row);
    let (id, app) = (text(row, "id"), text(row, "name"));
    let name = match (is_app, id, app) {
        (false, Some(id), _) => format!("target:{assignment}/groups/{id}"),
        (true, Some(id), _) => format!("target:{assignment}/apps/{id}"),
        (true, None, Some(app)) => format!("target:{assignment}/apps-named/{app}"),
        _ => {
            let what = "what the role is limited to";
            let expected = "okta/ORG/users/ID/roles/ID/targets/groups.json";
            intake.missing_parent(Severity::Skipped, &evidence, what, expected);
            // It is limited all the same: to something unknown.
            format!("target:{assignment}/unknown")
        }
    };
    permit(intake, holder, None, (&name, None), &evidence);
}

fn read_targets(page: &Page<'_>, place: &Place, tenant: &Key, intake: &mut Intake<'_>) {
    let Some(holder) = holder(place, intake) else {
        return;
    };
    let assignment = place.part(3).to_owned();
    let list = List {
        tenant,
        kind: "role-target",
        of: Some(intake.key(&format!("{holder}#role/{assignment}"))),
        lengths: &[20, 200],
    };
    let is_app = place.is_any(APP_TARGETS);
    for row in rows(page, "", &list, intake) {
        target(&row, &holder, &assignment, is_app, intake);
    }
}

#[derive(Deserialize)]
struct Template {
    id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    label: String,
}

/// What is held by whoever is assigned it: a custom role; and what it is held over: a resource set.
fn template(
    intake: &mut Intake<'_>,
    (kind, id, label): (&str, &str, &str),
    tenant: &Key,
    evidence: &crate::inventory::Evidence,
) -> Key {
    let key = intake.key(&format!("okta:{kind}:{id}"));
    let name = if label.is_empty() { id } else { label };
    let named = (key.clone(), name.to_owned(), PrincipalKind::Role);
    let record = principal(named, tenant, evidence);
    intake.emit(Record::Principal(record));
    key
}

fn read_templates(
    page: &Page<'_>,
    (name, kind): (&str, &'static str),
    tenant: &Key,
    intake: &mut Intake<'_>,
) {
    let list = List {
        tenant,
        kind,
        of: None,
        lengths: &[],
    };
    for row in rows(page, name, &list, intake) {
        let Some(read) = intake.parse::<Template>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        template(intake, (kind, &read.id, &read.label), tenant, &evidence);
    }
}

#[derive(Deserialize)]
struct Permission {
    label: String,
}

const CONDITIONS: &str = "the conditions that the permission itself has are met";

/// Whether a record has conditions that are not empty.
fn has_conditions(row: &Row<'_>) -> bool {
    let is_none = |raw: &serde_json::value::RawValue| json::is_null(raw) || raw.get() == "{}";
    let conditions = row.member("conditions");
    conditions.is_some_and(|conditions| {
        !is_none(conditions.raw)
            && ["include", "exclude", "Exclude"].iter().any(|name| {
                let part = conditions.member(name);
                part.is_some_and(|part| !is_none(part.raw))
            })
    })
}

fn read_permissions(
    page: &Page<'_>,
    (name, id): (&str, &str),
    tenant: &Key,
    intake: &mut Intake<'_>,
) {
    let at = intake.page(page);
    let role = template(intake, ("role", id, ""), tenant, &at);
    let list = List {
        tenant,
        kind: "role-permission",
        of: Some(role.clone()),
        lengths: &[],
    };
    for row in rows(page, name, &list, intake) {
        let Some(read) = intake.parse::<Permission>(&row) else {
            continue;
        };
        let condition = has_conditions(&row).then_some(CONDITIONS);
        let evidence = intake.row(&row);
        permit(intake, &role, None, (&read.label, condition), &evidence);
    }
}

const EXCLUDED: &str = "the resource is not among those that the resource set leaves out";

fn read_resources(
    page: &Page<'_>,
    (name, id): (&str, &str),
    tenant: &Key,
    intake: &mut Intake<'_>,
) {
    let at = intake.page(page);
    let set = template(intake, ("resource-set", id, ""), tenant, &at);
    let list = List {
        tenant,
        kind: "resource",
        of: Some(set.clone()),
        lengths: &[],
    };
    for row in rows(page, name, &list, intake) {
        let evidence = intake.row(&row);
        let link = |name: &str| {
            let link = row.member("_links")?.member(name)?;
            let address = text(&link, "href")?;
            let (_, path) = address.split_once("/api/v1/")?;
            Some(format!("/api/v1/{path}"))
        };
        // The address tells members of a group from the group itself; not all that a set holds has one.
        let what = link("self")
            .or_else(|| link("resource"))
            .or_else(|| text(&row, "orn"));
        let Some(what) = what else {
            let what = "what is in the resource set";
            let expected = "okta/ORG/iam/resource-sets/ID/resources.json";
            intake.missing_parent(Severity::Skipped, &evidence, what, expected);
            continue;
        };
        let condition = has_conditions(&row).then_some(EXCLUDED);
        let name = format!("contains:{what}");
        permit(intake, &set, None, (&name, condition), &evidence);
    }
}

#[derive(Deserialize)]
struct Assignee {
    id: String,
}

/// The users that hold some role: whoever a whole list leaves out holds none.
fn read_assignees(page: &Page<'_>, name: &str, tenant: &Key, intake: &mut Intake<'_>) {
    let list = List {
        tenant,
        kind: "role-assignee",
        of: None,
        lengths: &[],
    };
    for row in rows(page, name, &list, intake) {
        let Some(read) = intake.parse::<Assignee>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let user = intake.key(&user_key(&read.id));
        permit(intake, &user, None, ("role:UNTOLD", None), &evidence);
    }
}
