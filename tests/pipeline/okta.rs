//! Okta: small organisations in the shapes of its API, run through the whole program; a hit and a near miss each.

use crate::account::{ACCOUNT, Answer, analyzed, role};
use crate::platforms::Exports;
use crate::scanners::spoilt;
use camino::Utf8PathBuf;
use leakreach::analysis::Analysis;
use leakreach::inventory::{Access, CredentialStatus};
use leakreach::problem::ProblemCode;
use leakreach::progress::Silent;
use leakreach::reach::{Layer, reached};
use leakreach::sources::{ReadOptions, read};
use leakreach::steps::{Control, Fact};
use serde_json::{Value, json};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

const AS_OF: &str = "2026-11-01T00:00:00Z";

/// An organisation `acme`, as it is exported, and perhaps an AWS account beside it.
#[derive(Default, Clone)]
pub struct Estate {
    files: Vec<(String, Value)>,
}

pub fn person(name: &str) -> Value {
    person_in(name, "ACTIVE")
}

pub fn person_in(name: &str, status: &str) -> Value {
    json!({"id": format!("00u{name}"), "status": status, "created": "2024-01-01T00:00:00.000Z",
        "activated": "2024-01-01T00:00:00.000Z", "statusChanged": null, "lastLogin": "2026-10-01T00:00:00.000Z",
        "lastUpdated": "2026-10-01T00:00:00.000Z", "passwordChanged": null, "type": {"id": "oty1"},
        "profile": {"firstName": name, "lastName": "x", "mobilePhone": null, "login": format!("{name}@acme.example"), "email": format!("{name}@acme.example")},
        "credentials": {"password": {}, "provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {"self": {"href": format!("https://acme.okta.example/api/v1/users/00u{name}")}}})
}

pub fn group(name: &str) -> Value {
    json!({"id": format!("00g{name}"), "created": "2024-01-01T00:00:00.000Z", "lastUpdated": "2024-01-01T00:00:00.000Z",
        "lastMembershipUpdated": "2024-01-01T00:00:00.000Z", "objectClass": ["okta:user_group"], "type": "OKTA_GROUP",
        "profile": {"name": name, "description": null}})
}

pub fn app(name: &str, kind: &str, settings: Value) -> Value {
    json!({"id": format!("0oa{name}"), "name": kind, "label": name, "status": "ACTIVE", "created": "2024-01-01T00:00:00.000Z",
        "signOnMode": "SAML_2_0", "features": [], "credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}},
        "settings": {"app": settings, "signOn": {}}})
}

pub fn service_app(name: &str) -> Value {
    json!({"id": format!("0oa{name}"), "name": "oidc_client", "label": name, "status": "ACTIVE", "created": "2024-01-01T00:00:00.000Z",
        "signOnMode": "OPENID_CONNECT", "features": [], "credentials": {"oauthClient": {"client_id": format!("0oa{name}"),
        "token_endpoint_auth_method": "client_secret_basic", "autoKeyRotation": true}},
        "settings": {"app": {}, "oauthClient": {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}}})
}

pub fn standard(kind: &str) -> Value {
    json!({"id": format!("ra{kind}"), "label": kind, "type": kind, "status": "ACTIVE", "assignmentType": "USER",
        "created": "2024-01-01T00:00:00.000Z", "lastUpdated": "2024-01-01T00:00:00.000Z"})
}

pub fn assigned(id: &str, scope: &str, profile: Value) -> Value {
    json!({"id": id, "scope": scope, "status": "ACTIVE", "syncState": "DISABLED", "created": "2024-01-01T00:00:00.000Z",
        "credentials": {"userName": "ada-acme"}, "profile": profile})
}

/// Users `ada` and `bob`, groups `ops` and `dev`, of whom an export says that nobody holds an admin role.
pub fn acme() -> Estate {
    Estate::default()
        .with("users.json", json!([person("ada"), person("bob")]))
        .with("groups.json", json!([group("dev"), group("ops")]))
        .with("groups/00gdev/users.json", json!([]))
        .with("groups/00gops/users.json", json!([]))
        .with("groups/00gdev/roles.json", json!([]))
        .with("groups/00gops/roles.json", json!([]))
        .with("apps.json", json!([]))
        .with("api-tokens.json", json!([]))
        .with(
            "iam/assignees/users.json",
            json!({"value": [], "_links": {}}),
        )
}

impl Estate {
    pub fn with(mut self, path: &str, body: Value) -> Self {
        let path = format!("okta/acme/{path}");
        self.files.retain(|(own, _)| *own != path);
        self.files.push((path, body));
        self
    }

    pub fn without(mut self, path: &str) -> Self {
        self.files
            .retain(|(own, _)| *own != format!("okta/acme/{path}"));
        self
    }

    /// A user with a standard role that is limited to nothing.
    pub fn administrator(self, name: &str, kind: &str) -> Self {
        let (roles, targets) = (
            format!("users/00u{name}/roles"),
            format!("ra{kind}/targets"),
        );
        let sort = if kind == "APP_ADMIN" {
            "catalog/apps"
        } else {
            "groups"
        };
        self.with(&format!("{roles}.json"), json!([standard(kind)]))
            .with(&format!("{roles}/{targets}/{sort}.json"), json!([]))
            .with(
                "iam/assignees/users.json",
                json!({"value": [{"id": format!("00u{name}")}], "_links": {}}),
            )
    }

    /// An AWS account with a role that takes the word of a SAML provider.
    pub fn aws(mut self, provider: &str) -> Self {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
            "Principal": {"Federated": provider}, "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}]});
        let body = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{
            "Path": "/", "RoleName": "Admin", "RoleId": "AROAEXAMPLE", "Arn": role("Admin"),
            "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust,
            "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": []}]});
        self.files.push((
            format!("aws/{ACCOUNT}/iam/account-authorization-details.json"),
            body,
        ));
        self
    }

    fn told(&self) -> Told {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for (path, body) in &self.files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, body.to_string()).unwrap();
        }
        Told {
            analysis: analyzed(&root, AS_OF),
        }
    }
}

impl From<Estate> for Exports {
    fn from(estate: Estate) -> Self {
        let files = estate.files.into_iter();
        Self::new(files.map(|(path, body)| (path, body.to_string())))
    }
}

struct Told {
    analysis: Analysis,
}

impl Told {
    fn principal(&self, key: &str) -> Fact {
        let id = self.analysis.inventory.principal_by_key(key);
        Fact::Principal(id.unwrap_or_else(|| panic!("no principal {key}")))
    }

    fn user(&self, name: &str) -> Fact {
        self.principal(&format!("okta:user:00u{name}"))
    }

    fn group(&self, name: &str) -> Fact {
        self.principal(&format!("okta:group:00g{name}"))
    }

    fn access(&self, key: &str, access: Access) -> Fact {
        let id = self.analysis.inventory.resource_by_key(key);
        Fact::Access(id.unwrap_or_else(|| panic!("no resource {key}")), access)
    }

    fn credential(&self, key: &str) -> Fact {
        let all = self.analysis.inventory.credentials.entries();
        let mut all = all.filter(|(_, one)| *one.key == *key);
        Fact::Credential(
            all.next()
                .unwrap_or_else(|| panic!("no credential {key}"))
                .0,
        )
    }

    fn is(&self, from: Fact, to: Fact) -> Answer {
        let steps = &self.analysis.steps;
        let seed: Vec<_> = steps.fact_id(from).into_iter().collect();
        let Some(goal) = steps.fact_id(to) else {
            return Answer::No;
        };
        let is_reached = |layer| reached(steps, layer, &seed, None)[goal.0 as usize];
        if is_reached(Layer::Certain) {
            Answer::Certain
        } else if is_reached(Layer::Possible) {
            Answer::Possible
        } else {
            Answer::No
        }
    }

    fn codes(&self) -> Vec<ProblemCode> {
        self.analysis.problems.iter().map(|one| one.code).collect()
    }

    /// The names of the scopes that stop the steps of a technique.
    fn stopped_by(&self, technique: &str) -> Vec<String> {
        let steps = &self.analysis.steps;
        let mut names: Vec<String> = Vec::new();
        for id in steps.ids() {
            let step = steps.step(id);
            if steps.techniques[step.technique].id != technique {
                continue;
            }
            for &control in step.controls {
                if let Control::Scope(scope) = steps.controls[control] {
                    names.push(self.analysis.inventory.scopes[scope].name.clone());
                }
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

const ORGANIZATION: &str = "okta:organization:acme";

pub fn token(id: &str, user: &str, connection: &str) -> Value {
    json!({"id": id, "name": "terraform", "userId": format!("00u{user}"), "clientName": "Okta API", "created": "2025-01-01T00:00:00.000Z",
        "lastUpdated": "2026-10-01T00:00:00.000Z", "expiresAt": "2026-10-31T00:00:00.000Z", "tokenWindow": "P30D",
        "network": {"connection": connection, "include": [], "exclude": []}, "_link": {"self": {"href": "x"}}})
}

#[test]
fn every_answer_of_this_organisation_is_read_without_complaint() {
    let told = acme().administrator("ada", "HELP_DESK_ADMIN").told();
    assert_eq!(told.codes(), []);
}

#[test]
fn an_api_token_has_the_roles_of_its_user_also_after_its_date_since_every_use_moves_it() {
    let told = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .with("groups/00gops/users.json", json!([person("ada")]))
        .with("apps.json", json!([app("crm", "salesforce", json!({}))]))
        .with(
            "apps/0oacrm/users.json",
            json!([assigned("00uada", "USER", json!({}))]),
        )
        .with(
            "api-tokens.json",
            json!([
                token("00T1", "ada", "ANYWHERE"),
                token("00T2", "ada", "ZONE"),
                token("00T3", "bob", "ANYWHERE")
            ]),
        )
        .told();
    let of = |id: &str| told.credential(&format!("okta:api-token:acme/{id}"));
    assert_eq!(told.is(of("00T1"), told.user("bob")), Answer::Certain);
    assert_eq!(told.is(of("00T2"), told.user("bob")), Answer::Possible);
    assert_eq!(told.is(of("00T3"), told.user("ada")), Answer::No);
    // It is no sign-in: neither its user's groups nor apps.
    let crm = told.access("okta:app:0oacrm", Access::Read);
    assert_eq!(told.is(told.user("ada"), crm), Answer::Certain);
    assert_eq!(told.is(of("00T1"), crm), Answer::No);
    assert_eq!(told.is(of("00T1"), told.group("ops")), Answer::No);
}

#[test]
fn an_api_token_has_the_roles_of_its_users_groups() {
    let with = |members: Value| {
        let told = acme()
            .with("groups/00gops/users.json", members)
            .with("groups/00gops/roles.json", json!([standard("SUPER_ADMIN")]))
            .with("api-tokens.json", json!([token("00T1", "ada", "ANYWHERE")]))
            .told();
        told.is(
            told.credential("okta:api-token:acme/00T1"),
            told.access(ORGANIZATION, Access::Admin),
        )
    };
    assert_eq!(with(json!([person("ada")])), Answer::Certain);
    assert_eq!(with(json!([person("bob")])), Answer::No);
}

#[test]
fn the_token_of_a_deactivated_user_is_dead_and_of_one_whom_the_list_leaves_out_perhaps() {
    let told = acme()
        .with(
            "api-tokens.json",
            json!([
                token("00T1", "old", "ANYWHERE"),
                token("00T2", "gone", "ANYWHERE"),
                token("00T3", "ada", "ANYWHERE")
            ]),
        )
        .with(
            "users-deactivated.json",
            json!([person_in("old", "DEPROVISIONED")]),
        )
        .told();
    let works = |id: &str| {
        let key = format!("okta:api-token:acme/{id}");
        told.is(told.credential(&key), told.principal(&key))
    };
    assert_eq!(works("00T1"), Answer::No);
    assert_eq!(works("00T2"), Answer::Possible);
    assert_eq!(works("00T3"), Answer::Certain);
    let all = told.analysis.inventory.credentials.iter();
    let states: Vec<_> = all.map(|one| one.status).collect();
    let active = CredentialStatus::Active;
    assert_eq!(states, [CredentialStatus::Inactive, active, active]);
}

#[test]
fn a_help_desk_resets_whom_it_is_over_and_no_administrator() {
    let told = acme().administrator("ada", "HELP_DESK_ADMIN").told();
    assert_eq!(told.is(told.user("ada"), told.user("bob")), Answer::Certain);
    assert_eq!(told.is(told.user("bob"), told.user("ada")), Answer::No);
    // Both hold a role.
    let both = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .with(
            "users/00ubob/roles.json",
            json!([standard("READ_ONLY_ADMIN")]),
        )
        .with(
            "iam/assignees/users.json",
            json!({"value": [{"id": "00uada"}, {"id": "00ubob"}]}),
        )
        .told();
    assert_eq!(both.is(both.user("ada"), both.user("bob")), Answer::No);
    // By a group.
    let by_group = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .with("groups/00gops/users.json", json!([person("bob")]))
        .with("groups/00gops/roles.json", json!([standard("ORG_ADMIN")]))
        .told();
    assert_eq!(
        by_group.is(by_group.user("ada"), by_group.user("bob")),
        Answer::No
    );
    // Nothing tells whether he holds one.
    let untold = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .without("iam/assignees/users.json")
        .told();
    assert_eq!(
        untold.is(untold.user("ada"), untold.user("bob")),
        Answer::Possible
    );
}

#[test]
fn whoever_may_be_in_a_group_with_a_role_is_perhaps_an_administrator() {
    let answer = |path: &str| {
        let told = acme()
            .administrator("ada", "HELP_DESK_ADMIN")
            .with("groups/00gops/roles.json", json!([standard("SUPER_ADMIN")]))
            .with("groups/00gdev/users.json", json!([person("bob")]))
            .without(path)
            .told();
        told.is(told.user("ada"), told.user("bob"))
    };
    assert_eq!(answer("nothing"), Answer::Certain);
    assert_eq!(answer("groups/00gops/users.json"), Answer::Possible);
    assert_eq!(answer("groups/00gdev/roles.json"), Answer::Possible);
}

#[test]
fn a_role_with_targets_is_over_their_members_alone_and_untold_targets_make_it_possible() {
    let limited = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .with(
            "users.json",
            json!([person("ada"), person("bob"), person("cleo")]),
        )
        .with("groups/00gops/users.json", json!([person("bob")]))
        .with(
            "users/00uada/roles/raHELP_DESK_ADMIN/targets/groups.json",
            json!([group("ops")]),
        )
        .told();
    assert_eq!(
        limited.is(limited.user("ada"), limited.user("bob")),
        Answer::Certain
    );
    assert_eq!(
        limited.is(limited.user("ada"), limited.user("cleo")),
        Answer::No
    );
    let stopped = limited.stopped_by("okta/role");
    assert!(
        stopped.contains(&"role:HELP_DESK_ADMIN/raHELP_DESK_ADMIN".to_owned()),
        "{stopped:?}"
    );
    assert!(
        stopped.contains(&"okta:user:00ubob in okta:group:00gops".to_owned()),
        "{stopped:?}"
    );
    let untold = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .without("users/00uada/roles/raHELP_DESK_ADMIN/targets/groups.json")
        .told();
    assert_eq!(
        untold.is(untold.user("ada"), untold.user("bob")),
        Answer::Possible
    );
}

#[test]
fn targets_that_stand_in_the_assignment_limit_it_too() {
    let mut embedded = standard("HELP_DESK_ADMIN");
    embedded["_embedded"] = json!({"targets": {"groups": [group("ops")]}});
    let told = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .without("users/00uada/roles/raHELP_DESK_ADMIN/targets/groups.json")
        .with(
            "users.json",
            json!([person("ada"), person("bob"), person("cleo")]),
        )
        .with("groups/00gops/users.json", json!([person("bob")]))
        .with("users/00uada/roles.json", json!([embedded]))
        .told();
    assert_eq!(told.is(told.user("ada"), told.user("bob")), Answer::Certain);
    assert_eq!(told.is(told.user("ada"), told.user("cleo")), Answer::No);
}

#[test]
fn a_user_whose_password_a_directory_checks_is_perhaps_reset_and_a_suspended_one_too() {
    let mut directory = person("bob");
    directory["credentials"]["provider"] =
        json!({"type": "ACTIVE_DIRECTORY", "name": "acme.example"});
    for other in [directory, person_in("bob", "SUSPENDED")] {
        let told = acme()
            .administrator("ada", "HELP_DESK_ADMIN")
            .with("users.json", json!([person("ada"), other]))
            .told();
        assert_eq!(
            told.is(told.user("ada"), told.user("bob")),
            Answer::Possible
        );
    }
    let dead = acme()
        .administrator("ada", "HELP_DESK_ADMIN")
        .with(
            "users.json",
            json!([person("ada"), person_in("bob", "DEPROVISIONED")]),
        )
        .told();
    assert_eq!(dead.is(dead.user("ada"), dead.user("bob")), Answer::No);
}

#[test]
fn a_super_administrator_takes_all_administrators_too_and_an_inactive_assignment_takes_nothing() {
    let told = acme()
        .administrator("ada", "SUPER_ADMIN")
        .with("users/00ubob/roles.json", json!([standard("ORG_ADMIN")]))
        .with(
            "iam/assignees/users.json",
            json!({"value": [{"id": "00uada"}, {"id": "00ubob"}]}),
        )
        .with("groups/00gops/roles.json", json!([standard("SUPER_ADMIN")]))
        .told();
    let admin = told.access(ORGANIZATION, Access::Admin);
    assert_eq!(told.is(told.user("ada"), admin), Answer::Certain);
    assert_eq!(told.is(told.user("ada"), told.user("bob")), Answer::Certain);
    assert_eq!(
        told.is(told.user("ada"), told.group("ops")),
        Answer::Certain
    );
    assert_eq!(told.is(told.user("bob"), admin), Answer::No);
    let mut role = standard("SUPER_ADMIN");
    role["status"] = json!("INACTIVE");
    let off = acme().with("users/00uada/roles.json", json!([role])).told();
    let admin = off.access(ORGANIZATION, Access::Admin);
    assert_eq!(off.is(off.user("ada"), admin), Answer::No);
}

#[test]
fn a_membership_administrator_joins_groups_except_those_with_a_role() {
    let told = acme()
        .administrator("ada", "GROUP_MEMBERSHIP_ADMIN")
        .with("groups/00gops/roles.json", json!([standard("SUPER_ADMIN")]))
        .told();
    assert_eq!(
        told.is(told.user("ada"), told.group("dev")),
        Answer::Certain
    );
    assert_eq!(told.is(told.user("ada"), told.group("ops")), Answer::No);
    assert_eq!(told.is(told.user("bob"), told.group("dev")), Answer::No);
    let untold = acme()
        .administrator("ada", "GROUP_MEMBERSHIP_ADMIN")
        .without("groups/00gdev/roles.json")
        .told();
    assert_eq!(
        untold.is(untold.user("ada"), untold.group("dev")),
        Answer::Possible
    );
}

#[test]
fn a_member_acts_as_the_group_and_uses_its_apps_and_a_deactivated_one_does_not() {
    let told = acme()
        .with(
            "users-deactivated.json",
            json!([person_in("old", "DEPROVISIONED")]),
        )
        .with(
            "groups/00gops/users.json",
            json!([person("ada"), person_in("old", "DEPROVISIONED")]),
        )
        .with("apps.json", json!([app("crm", "salesforce", json!({}))]))
        .with(
            "apps/0oacrm/groups.json",
            json!([{"id": "00gops", "priority": 0, "profile": {}}]),
        )
        .with(
            "apps/0oacrm/users.json",
            json!([assigned("00uada", "GROUP", json!({}))]),
        )
        .told();
    let crm = told.access("okta:app:0oacrm", Access::Read);
    assert_eq!(told.is(told.user("ada"), crm), Answer::Certain);
    assert_eq!(told.is(told.user("bob"), crm), Answer::No);
    assert_eq!(told.is(told.user("old"), told.group("ops")), Answer::No);
    // What a member has by the group is stopped at the group: it is no assignment of its own.
    assert_eq!(told.stopped_by("okta/sign-in-to-app"), ["assigned"]);
}

pub fn custom(permissions: &[&str], resource: &str) -> Estate {
    let permissions: Vec<Value> = permissions
        .iter()
        .map(|label| json!({"label": label, "created": "2024-01-01T00:00:00.000Z", "conditions": null, "_links": {}}))
        .collect();
    let assignment = json!({"id": "irb1", "label": "desk", "type": "CUSTOM", "status": "ACTIVE", "assignmentType": "USER",
        "role": "cr0desk", "resource-set": "iam1"});
    acme()
        .with("users/00uada/roles.json", json!([assignment]))
        .with("iam/assignees/users.json", json!({"value": [{"id": "00uada"}]}))
        .with("iam/roles.json", json!({"roles": [{"id": "cr0desk", "label": "desk", "description": "d"}], "_links": {}}))
        .with("iam/roles/cr0desk/permissions.json", json!({"permissions": permissions}))
        .with("iam/resource-sets.json", json!({"resource-sets": [{"id": "iam1", "label": "set", "description": "d"}]}))
        .with("iam/resource-sets/iam1/resources.json", json!({"resources": [{"id": "ire1", "orn": "orn:okta:directory:00o1:x",
            "_links": {"self": {"href": format!("https://acme.okta.example{resource}")}}}], "_links": {}}))
}

#[test]
fn a_custom_role_resets_by_its_permissions_over_its_resource_set() {
    let reset = "okta.users.credentials.resetPassword";
    let factors = "okta.users.credentials.resetFactors";
    let answer = |permissions: &[&str], resource: &str| {
        let told = custom(permissions, resource).told();
        told.is(told.user("ada"), told.user("bob"))
    };
    assert_eq!(answer(&[reset, factors], "/api/v1/users"), Answer::Certain);
    assert_eq!(answer(&[reset], "/api/v1/users"), Answer::Possible);
    assert_eq!(answer(&[factors], "/api/v1/users"), Answer::No);
    assert_eq!(answer(&["okta.users.read"], "/api/v1/users"), Answer::No);
    assert_eq!(
        answer(&[reset, factors], "/api/v1/users/00ubob"),
        Answer::Certain
    );
    assert_eq!(answer(&[reset, factors], "/api/v1/groups"), Answer::No);
    // Members of the group, of which he is none.
    assert_eq!(
        answer(&[reset, factors], "/api/v1/groups/00gops/users"),
        Answer::No
    );
}

#[test]
fn a_custom_role_joins_the_groups_of_its_set() {
    let told = custom(&["okta.groups.members.manage"], "/api/v1/groups/00gops").told();
    assert_eq!(
        told.is(told.user("ada"), told.group("ops")),
        Answer::Certain
    );
    assert_eq!(told.is(told.user("ada"), told.group("dev")), Answer::No);
    let untold = custom(&[], "/api/v1/groups/00gops")
        .without("iam/roles/cr0desk/permissions.json")
        .told();
    assert_eq!(
        untold.is(untold.user("ada"), untold.group("ops")),
        Answer::Possible
    );
}

#[test]
fn who_assigns_to_an_app_perhaps_uses_it() {
    let estate = custom(&["okta.apps.assignment.manage"], "/api/v1/apps/0oacrm").with(
        "apps.json",
        json!([
            app("crm", "salesforce", json!({})),
            app("hr", "workday", json!({}))
        ]),
    );
    let told = estate.told();
    let of = |key: &str| told.access(key, Access::Read);
    assert_eq!(
        told.is(told.user("ada"), of("okta:app:0oacrm")),
        Answer::Possible
    );
    assert_eq!(told.is(told.user("ada"), of("okta:app:0oahr")), Answer::No);
}

pub fn rule(status: &str, expression: &str) -> Value {
    json!([{"id": "0pr1", "type": "group_rule", "name": "ops", "status": status, "created": "2024-01-01T00:00:00.000Z",
        "conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": expression}, "people": {"users": {"exclude": []}, "groups": {"exclude": []}}},
        "actions": {"assignUserToGroups": {"groupIds": ["00gops"]}}}])
}

#[test]
fn who_writes_the_attribute_that_a_rule_reads_joins_its_group() {
    let edit = || custom(&["okta.users.userprofile.manage"], "/api/v1/users");
    let answer = |estate: Estate, name: &str| {
        let told = estate.told();
        told.is(told.user(name), told.group("ops"))
    };
    let active = rule("ACTIVE", "user.department==\"Ops\"");
    assert_eq!(
        answer(edit().with("group-rules.json", active.clone()), "ada"),
        Answer::Certain
    );
    // Perhaps everybody may change it in his own profile.
    assert_eq!(
        answer(edit().with("group-rules.json", active.clone()), "bob"),
        Answer::Possible
    );
    // A directory writes it.
    let mut directory = app("ad", "active_directory", json!({}));
    directory["features"] = json!(["PROFILE_MASTERING"]);
    let mastered = edit()
        .with("group-rules.json", active)
        .with("apps.json", json!([directory]));
    assert_eq!(answer(mastered, "ada"), Answer::Possible);
    let off = rule("INACTIVE", "user.department==\"Ops\"");
    assert_eq!(
        answer(edit().with("group-rules.json", off), "ada"),
        Answer::No
    );
    let member = rule("ACTIVE", "user.isMemberOf({\"group.id\": \"00gdev\"})");
    assert_eq!(
        answer(edit().with("group-rules.json", member), "ada"),
        Answer::No
    );
}

pub fn secret(id: &str) -> Value {
    json!({"id": id, "status": "ACTIVE", "client_secret": format!("{}-{id}", "EXAMPLE".repeat(4)), "secret_hash": "yk4SVx4sUWVJVbHtEXAMPLE",
        "created": "2025-01-01T00:00:00.000Z", "lastUpdated": "2025-01-01T00:00:00.000Z"})
}

#[test]
fn an_app_administrator_manages_apps_except_those_with_a_role_and_reads_the_secrets_of_all() {
    let told = acme()
        .administrator("ada", "APP_ADMIN")
        .with(
            "apps.json",
            json!([service_app("sync"), service_app("root")]),
        )
        .with("clients/0oasync/roles.json", json!([]))
        .with(
            "clients/0oaroot/roles.json",
            json!([standard("SUPER_ADMIN")]),
        )
        .with("apps/0oaroot/grants.json", json!([]))
        .with(
            "apps/0oaroot/credentials-secrets.json",
            json!([secret("ocs1")]),
        )
        .told();
    let app = |name: &str| told.principal(&format!("okta:app:0oa{name}"));
    assert_eq!(told.is(told.user("ada"), app("sync")), Answer::Certain);
    assert_eq!(
        told.is(
            told.user("ada"),
            told.access("okta:app:0oaroot", Access::Admin)
        ),
        Answer::No
    );
    assert_eq!(
        told.is(told.user("ada"), told.credential("okta:client-secret:ocs1")),
        Answer::Certain
    );
    // Okta's guide knows only keys for its own API.
    assert_eq!(told.is(told.user("ada"), app("root")), Answer::Possible);
    assert_eq!(told.is(told.user("bob"), app("sync")), Answer::No);
}

#[test]
fn a_read_only_administrator_perhaps_reads_a_secret_and_a_help_desk_does_not() {
    for (kind, expected) in [
        ("READ_ONLY_ADMIN", Answer::Possible),
        ("HELP_DESK_ADMIN", Answer::No),
    ] {
        let told = acme()
            .administrator("ada", kind)
            .with("apps.json", json!([service_app("root")]))
            .with(
                "clients/0oaroot/roles.json",
                json!([standard("SUPER_ADMIN")]),
            )
            .with(
                "apps/0oaroot/credentials-secrets.json",
                json!([secret("ocs1")]),
            )
            .told();
        let answer = told.is(told.user("ada"), told.credential("okta:client-secret:ocs1"));
        assert_eq!(answer, expected, "{kind}");
    }
}

#[test]
fn a_service_app_does_what_both_its_roles_and_its_scopes_reach() {
    let with = |role: &str, scopes: Option<&[&str]>| {
        let mut estate = acme()
            .with("apps.json", json!([service_app("sync")]))
            .with("clients/0oasync/roles.json", json!([standard(role)]))
            .with(
                &format!("clients/0oasync/roles/ra{role}/targets/groups.json"),
                json!([]),
            );
        if let Some(scopes) = scopes {
            let grants: Vec<Value> = scopes
                .iter()
                .map(|scope| json!({"id": "oag1", "issuer": "https://acme.okta.example", "scopeId": scope, "source": "ADMIN", "status": "ACTIVE"}))
                .collect();
            estate = estate.with("apps/0oasync/grants.json", json!(grants));
        }
        let told = estate.told();
        let app = told.principal("okta:app:0oasync");
        let admin = told.access(ORGANIZATION, Access::Admin);
        (told.is(app, told.user("bob")), told.is(app, admin))
    };
    assert_eq!(
        with("HELP_DESK_ADMIN", Some(&["okta.users.manage"])),
        (Answer::Certain, Answer::No)
    );
    assert_eq!(
        with("HELP_DESK_ADMIN", Some(&["okta.users.read"])),
        (Answer::No, Answer::No)
    );
    assert_eq!(
        with("HELP_DESK_ADMIN", None),
        (Answer::Possible, Answer::No)
    );
    assert_eq!(
        with("SUPER_ADMIN", Some(&["okta.users.manage"])),
        (Answer::Certain, Answer::No)
    );
    assert_eq!(
        with("SUPER_ADMIN", Some(&["okta.roles.manage"])),
        (Answer::Certain, Answer::Certain)
    );
    assert_eq!(
        with("REPORT_ADMIN", Some(&["okta.users.manage"])),
        (Answer::No, Answer::No)
    );
}

pub fn provider() -> String {
    format!("arn:aws:iam::{ACCOUNT}:saml-provider/Okta")
}

/// An app of AWS Account Federation.
pub fn federation(settings: Value) -> Value {
    app("aws", "amazon_aws", settings)
}

#[test]
fn an_assignment_with_a_role_signs_in_to_aws_where_the_role_takes_the_providers_word() {
    let with = |trusted: &str, roles: Value| {
        let told = acme()
            .with(
                "apps.json",
                json!([federation(
                    json!({"identityProviderArn": provider(), "awsEnvironmentType": "aws.amazon"})
                )]),
            )
            .with(
                "apps/0oaaws/users.json",
                json!([assigned("00uada", "USER", json!({"samlRoles": roles}))]),
            )
            .aws(trusted)
            .told();
        told.is(told.user("ada"), told.principal(&role("Admin")))
    };
    assert_eq!(with(&provider(), json!(["Admin"])), Answer::Certain);
    assert_eq!(with(&provider(), json!(["Reader"])), Answer::No);
    let other = format!("arn:aws:iam::{ACCOUNT}:saml-provider/Other");
    assert_eq!(with(&other, json!(["Admin"])), Answer::No);
}

#[test]
fn a_group_opens_aws_by_what_is_assigned_to_it_and_a_membership_administrator_takes_it() {
    let settings = json!({"identityProviderArn": provider()});
    let told = acme()
        .administrator("bob", "GROUP_MEMBERSHIP_ADMIN")
        .with("apps.json", json!([federation(settings)]))
        .with(
            "apps/0oaaws/groups.json",
            json!([{"id": "00gops", "priority": 0, "profile": {"samlRoles": ["Admin"]}}]),
        )
        .aws(&provider())
        .told();
    let admin = told.principal(&role("Admin"));
    assert_eq!(told.is(told.group("ops"), admin), Answer::Certain);
    assert_eq!(told.is(told.user("bob"), admin), Answer::Certain);
    assert_eq!(told.is(told.user("ada"), admin), Answer::No);
}

#[test]
fn the_name_of_a_group_is_a_role_of_aws_where_the_app_maps_it_so() {
    let name = format!("aws_{ACCOUNT}_Admin");
    let pattern =
        "arn:aws:iam::${accountid}:saml-provider/Okta,arn:aws:iam::${accountid}:role/${role}";
    let with = |mapped: bool, is_assigned: bool| {
        let settings = json!({"useGroupMapping": mapped, "roleValuePattern": pattern,
            "groupFilter": r"aws_(?{{accountid}}\d+)_(?{{role}}[a-zA-Z0-9+=,.@\-_]+)"});
        let mut named = group("ops");
        named["profile"]["name"] = json!(name);
        let assigned = match is_assigned {
            true => json!([{"id": "00gops", "priority": 0, "profile": {}}]),
            false => json!([]),
        };
        let told = acme()
            .with("groups.json", json!([named, group("dev")]))
            .with("apps.json", json!([federation(settings)]))
            .with("apps/0oaaws/groups.json", assigned)
            .aws(&provider())
            .told();
        let admin = told.principal(&role("Admin"));
        (
            told.is(told.group("ops"), admin),
            told.is(told.group("dev"), admin),
        )
    };
    assert_eq!(with(true, true), (Answer::Certain, Answer::No));
    assert_eq!(with(true, false), (Answer::Possible, Answer::No));
    assert_eq!(with(false, true), (Answer::No, Answer::No));
}

#[test]
fn who_manages_the_aws_app_becomes_whoever_takes_its_word() {
    let estate = |kind: &str| {
        acme()
            .administrator("ada", kind)
            .with(
                "apps.json",
                json!([federation(json!({"identityProviderArn": provider()}))]),
            )
            .aws(&provider())
            .told()
    };
    for (kind, expected) in [
        ("APP_ADMIN", Answer::Certain),
        ("GROUP_MEMBERSHIP_ADMIN", Answer::No),
    ] {
        let told = estate(kind);
        let answer = told.is(told.user("ada"), told.principal(&role("Admin")));
        assert_eq!(answer, expected, "{kind}");
    }
}

#[test]
fn an_assignment_to_github_perhaps_is_the_login_of_the_same_name() {
    let register = json!({"leakreach": 1, "principals": [{"id": "github:user:ada-acme", "name": "ada-acme", "type": "human", "platform": "github"}]});
    let with = |settings: Value| {
        let mut estate = acme()
            .with("apps.json", json!([app("hub", "githubcloud", settings)]))
            .with(
                "apps/0oahub/users.json",
                json!([assigned("00uada", "USER", json!({}))]),
            );
        estate
            .files
            .push(("register.json".to_owned(), register.clone()));
        let told = estate.told();
        told.is(told.user("ada"), told.principal("github:user:ada-acme"))
    };
    assert_eq!(with(json!({"githubOrg": "acme"})), Answer::Possible);
    assert_eq!(with(json!({})), Answer::No);
}

#[test]
fn what_no_export_lists_is_told_as_unknown() {
    let subjects = |told: &Told| -> Vec<String> {
        let gaps = told.analysis.gaps.iter();
        gaps.map(|gap| gap.subject.clone())
            .filter(|one| one.contains("Okta"))
            .collect()
    };
    assert_eq!(subjects(&acme().told()), Vec::<String>::new());
    let told = acme().without("api-tokens.json").told();
    assert_eq!(subjects(&told), ["API tokens of Okta organisation acme"]);
    let told = acme()
        .with(
            "apps.json",
            json!([app("sso", "amazon_aws_sso", json!({}))]),
        )
        .told();
    assert_eq!(
        subjects(&told),
        ["who has which permission set through Okta app sso"]
    );
}

/// One of each format, whole.
fn formats() -> Vec<(&'static str, Value)> {
    let mut embedded = standard("USER_ADMIN");
    embedded["_embedded"] = json!({"targets": {"groups": [group("ops")], "catalog": {"apps": [{"name": "salesforce", "id": "0oacrm"}]}}});
    vec![
        ("users.json", json!([person("ada"), person("bob")])),
        ("groups.json", json!([group("ops")])),
        ("groups/00gops/users.json", json!([person("ada")])),
        (
            "group-rules.json",
            rule("ACTIVE", "user.department==\"Ops\""),
        ),
        (
            "apps.json",
            json!([
                service_app("sync"),
                federation(json!({"identityProviderArn": provider()}))
            ]),
        ),
        (
            "apps/0oaaws/users.json",
            json!([assigned("00uada", "USER", json!({"samlRoles": ["Admin"]}))]),
        ),
        (
            "apps/0oaaws/groups.json",
            json!([{"id": "00gops", "priority": 0, "profile": {"samlRoles": ["Admin"]}}]),
        ),
        (
            "apps/0oasync/grants.json",
            json!([{"id": "oag1", "issuer": "https://acme.okta.example", "scopeId": "okta.users.manage", "source": "ADMIN", "status": "ACTIVE"}]),
        ),
        (
            "apps/0oasync/credentials-secrets.json",
            json!([secret("ocs1")]),
        ),
        ("api-tokens.json", json!([token("00T1", "ada", "ANYWHERE")])),
        ("users/00uada/roles.json", json!([embedded])),
        (
            "users/00uada/roles/raUSER_ADMIN/targets/groups.json",
            json!([group("ops")]),
        ),
        (
            "iam/roles.json",
            json!({"roles": [{"id": "cr0desk", "label": "desk"}]}),
        ),
        (
            "iam/roles/cr0desk/permissions.json",
            json!({"permissions": [{"label": "okta.users.manage", "conditions": {"include": {"x": ["y"]}}}]}),
        ),
        (
            "iam/resource-sets.json",
            json!({"resource-sets": [{"id": "iam1", "label": "set"}]}),
        ),
        (
            "iam/resource-sets/iam1/resources.json",
            json!({"resources": [{"id": "ire1", "orn": "orn:okta:directory:00o1:users"}]}),
        ),
        (
            "iam/assignees/users.json",
            json!({"value": [{"id": "00uada"}]}),
        ),
    ]
}

fn read_text(path: &str, text: &str) -> leakreach::sources::Reading {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let file = root.join("okta/acme").join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
    read(&[root], &ReadOptions::default(), &Silent)
}

#[test]
fn each_format_is_read_whole_and_as_pages_one_after_the_other() {
    for (path, body) in formats() {
        let once = read_text(path, &body.to_string());
        assert_eq!(once.problems, [], "{path}");
        assert!(once.records.len() > 2, "{path}");
        let twice = read_text(path, &format!("{body}\n{body}"));
        assert_eq!(twice.problems, [], "{path}");
    }
}

#[test]
fn a_spoilt_answer_costs_what_is_spoilt_and_never_the_run() {
    for (path, body) in formats() {
        for one in spoilt(&body) {
            let text = one.to_string();
            let reading = catch_unwind(AssertUnwindSafe(|| read_text(path, &text)));
            assert!(reading.is_ok(), "{path}: {text}");
        }
        // Broken off in the middle, it says so.
        let text = body.to_string();
        let cut: String = text.chars().take(text.chars().count() / 2).collect();
        assert!(!read_text(path, &cut).problems.is_empty(), "{path}");
    }
}
