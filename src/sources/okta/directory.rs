//! Who is in an Okta organisation: users, groups and their members, and the rules that fill groups.
//!
//! The list of users leaves out those that are deactivated, unless it is asked for them; so a user whom a whole list leaves
//! out is deactivated, deleted, or newer than the list. Of a profile only the login is kept.
//!
//! Source: OpenAPI description, operations `listUsers`, `listGroups`, `listGroupUsers`, `listGroupRules`, schemas `User`,
//! `UserStatus`, `Group`, `GroupRule` (read 2026-11).

use super::{
    List, Place, group_key, is_at, is_empty_list, permit, place_of, principal, rows, user_key,
};
use crate::inventory::{Evidence, Key, PrincipalKind, Record, ScopeRecord, Terms};
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::moment::Moment;
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "okta/directory",
    about: "users, groups, members and group rules of an Okta organisation",
    command: "curl -H \"Authorization: SSWS $TOKEN\" 'https://ORG.okta.com/api/v1/users?limit=200' > okta/ORG/users.json, and with filter=status eq \"DEPROVISIONED\" > okta/ORG/users-deactivated.json; …/groups > okta/ORG/groups.json; …/groups/ID/users > okta/ORG/groups/ID/users.json; …/groups/rules > okta/ORG/group-rules.json (each page after the other, by the `Link` header)",
    keys: &["id", "status", "profile", "objectClass", "conditions"],
    recognise,
    read,
};

const LISTS: &[&[&str]] = &[
    &["users"],
    &["users-deactivated"],
    &["groups"],
    &["groups", "*", "users"],
    &["group-rules"],
    &["groups", "rules"],
];

fn is_user(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "status", "profile", "credentials"])
        && !page.has_keys(&["scope"])
        && !page.has_keys(&["signOnMode"])
}

fn is_group(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "objectClass", "profile"])
        && !is_at(page, &[&["*", "*", "roles", "*", "targets", "groups"]])
}

fn is_rule(page: &Page<'_>) -> bool {
    page.has_keys(&["id", "conditions", "actions", "status"])
        && (page.is_array() || is_at(page, LISTS))
}

fn recognise(page: &Page<'_>) -> bool {
    let is_empty = is_empty_list(page) && is_at(page, LISTS);
    is_empty || is_user(page) || is_group(page) || is_rule(page)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some((place, tenant)) = place_of(page, "okta/ORG/…", intake) else {
        return;
    };
    if place.is(&["groups", "*", "users"]) {
        read_members(page, &place, &tenant, intake);
    } else if is_user(page) || place.is_any(&[&["users"], &["users-deactivated"]]) {
        read_users(page, &place, &tenant, intake);
    } else if is_rule(page) || place.is_any(&[&["group-rules"], &["groups", "rules"]]) {
        read_rules(page, &tenant, intake);
    } else {
        read_groups(page, &tenant, intake);
    }
}

#[derive(Deserialize, Default)]
struct Provider {
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    kind: String,
}

#[derive(Deserialize, Default)]
struct Credentials {
    #[serde(default, deserialize_with = "null_as_default")]
    provider: Provider,
}

#[derive(Deserialize, Default)]
struct Profile {
    #[serde(default, deserialize_with = "null_as_default")]
    login: String,
    #[serde(default, deserialize_with = "null_as_default")]
    email: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    status: String,
    #[serde(default)]
    created: Moment,
    #[serde(rename = "lastLogin", default)]
    last_login: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    profile: Profile,
    #[serde(default, deserialize_with = "null_as_default")]
    credentials: Credentials,
}

/// The states of a user, and who checks the password. Other words are not taken over.
const STATUSES: [&str; 8] = [
    "ACTIVE",
    "DEPROVISIONED",
    "LOCKED_OUT",
    "PASSWORD_EXPIRED",
    "PROVISIONED",
    "RECOVERY",
    "STAGED",
    "SUSPENDED",
];
const PROVIDERS: [&str; 6] = [
    "ACTIVE_DIRECTORY",
    "FEDERATION",
    "IMPORT",
    "LDAP",
    "OKTA",
    "SOCIAL",
];

/// Reads the users of a page, each with its place.
fn users(page: &Page<'_>, list: &List<'_>, intake: &mut Intake<'_>) -> Vec<(Key, Evidence)> {
    let mut keys = Vec::new();
    for row in rows(page, "", list, intake) {
        let Some(read) = intake.parse::<User>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let key = intake.key(&user_key(&read.id));
        let name = [&read.profile.login, &read.profile.email, &read.id]
            .into_iter()
            .find(|name| !name.is_empty());
        let name = name.cloned().unwrap_or_default();
        let mut record = principal(
            (key.clone(), name.clone(), PrincipalKind::User),
            list.tenant,
            &evidence,
        );
        record.owner = Some(name);
        record.created = intake.moment(read.created, &row, "created");
        record.last_used = intake.moment(read.last_login, &row, "lastLogin");
        for (name, word, known) in [
            ("okta:status", &read.status, &STATUSES[..]),
            (
                "okta:provider",
                &read.credentials.provider.kind,
                &PROVIDERS[..],
            ),
        ] {
            if known.contains(&word.as_str()) {
                record.tags.push((name.to_owned(), word.clone()));
            }
        }
        intake.emit(Record::Principal(record));
        keys.push((key, evidence));
    }
    keys
}

fn read_users(page: &Page<'_>, place: &Place, tenant: &Key, intake: &mut Intake<'_>) {
    let list = List {
        tenant,
        kind: match place.is(&["users-deactivated"]) {
            true => "deactivated-user",
            false => "user",
        },
        of: None,
        lengths: &[200],
    };
    users(page, &list, intake);
}

fn read_members(page: &Page<'_>, place: &Place, tenant: &Key, intake: &mut Intake<'_>) {
    let group = intake.key(&group_key(place.part(1)));
    let list = List {
        tenant,
        kind: "member",
        of: Some(group.clone()),
        lengths: &[200, 1000],
    };
    for (member, evidence) in users(page, &list, intake) {
        let key = intake.key(&format!("{member}#member/{group}"));
        intake.emit(Record::Scope(ScopeRecord {
            key,
            name: format!("{member} in {group}"),
            terms: Terms::Membership {
                member,
                group: group.clone(),
            },
            evidence,
        }));
    }
}

#[derive(Deserialize, Default)]
struct GroupProfile {
    #[serde(default, deserialize_with = "null_as_default")]
    name: String,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    kind: String,
    #[serde(default)]
    created: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    profile: GroupProfile,
}

const GROUP_TYPES: [&str; 3] = ["APP_GROUP", "BUILT_IN", "OKTA_GROUP"];

fn read_groups(page: &Page<'_>, tenant: &Key, intake: &mut Intake<'_>) {
    let list = List {
        tenant,
        kind: "group",
        of: None,
        lengths: &[200, 10_000],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<Group>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let key = intake.key(&group_key(&read.id));
        let name = match read.profile.name.as_str() {
            "" => read.id,
            name => name.to_owned(),
        };
        let mut record = principal((key, name, PrincipalKind::Group), tenant, &evidence);
        record.created = intake.moment(read.created, &row, "created");
        if GROUP_TYPES.contains(&read.kind.as_str()) {
            record.tags.push(("okta:type".to_owned(), read.kind));
        }
        intake.emit(Record::Principal(record));
    }
}

#[derive(Deserialize, Default)]
struct Expression {
    #[serde(default, deserialize_with = "null_as_default")]
    value: String,
}

#[derive(Deserialize, Default)]
struct Conditions {
    #[serde(default, deserialize_with = "null_as_default")]
    expression: Expression,
}

#[derive(Deserialize, Default)]
struct Assigned {
    #[serde(rename = "groupIds", default, deserialize_with = "null_as_default")]
    group_ids: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Actions {
    #[serde(
        rename = "assignUserToGroups",
        default,
        deserialize_with = "null_as_default"
    )]
    assigned: Assigned,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    status: String,
    #[serde(default, deserialize_with = "null_as_default")]
    conditions: Conditions,
    #[serde(default, deserialize_with = "null_as_default")]
    actions: Actions,
}

/// The attributes of a user's profile that an expression reads: what follows `user.` and is no call.
fn attributes(expression: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (at, _) in expression.match_indices("user.") {
        let before = expression.get(..at).and_then(|text| text.chars().last());
        if before.is_some_and(|c| is_part(c) || c == '.') {
            continue;
        }
        let rest = expression.get(at + "user.".len()..).unwrap_or("");
        let name: String = rest.chars().take_while(|&c| is_part(c)).collect();
        let after = rest.get(name.len()..).unwrap_or("");
        let is_call = after.trim_start().starts_with('(');
        if !name.is_empty() && !is_call && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A rule is a principal that is in the groups which it fills: whoever makes it match is in them too.
fn read_rules(page: &Page<'_>, tenant: &Key, intake: &mut Intake<'_>) {
    let list = List {
        tenant,
        kind: "group-rule",
        of: None,
        lengths: &[50, 200],
    };
    for row in rows(page, "", &list, intake) {
        let Some(read) = intake.parse::<Rule>(&row) else {
            continue;
        };
        // A rule that is switched off puts nobody anywhere, and only who manages rules switches it on.
        if read.status != "ACTIVE" {
            continue;
        }
        let evidence = intake.row(&row);
        let key = intake.key(&format!("okta:group-rule:{}", read.id));
        let name = match read.name.as_str() {
            "" => read.id,
            name => name.to_owned(),
        };
        let record = principal(
            (key.clone(), format!("rule {name}"), PrincipalKind::Role),
            tenant,
            &evidence,
        );
        intake.emit(Record::Principal(record));
        for attribute in attributes(&read.conditions.expression.value) {
            let name = format!("reads:{attribute}");
            permit(intake, &key, None, (&name, None), &evidence);
        }
        for group in read.actions.assigned.group_ids {
            let name = format!("fills:{group}");
            permit(intake, &key, None, (&name, None), &evidence);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::attributes;

    #[test]
    fn attributes_are_what_follows_user_and_is_no_call() {
        let of = |text: &str| attributes(text);
        assert_eq!(
            of(r#"user.department=="Ops" and user.title != "x""#),
            ["department", "title"]
        );
        assert_eq!(
            of(r#"String.startsWith(user.firstName,"a")"#),
            ["firstName"]
        );
        assert!(of(r#"user.isMemberOf({"group.id": "00g1"})"#).is_empty());
        assert!(of("appuser.x or myuser.y").is_empty());
    }
}
