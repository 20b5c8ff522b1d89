//! GitHub: small organisations in the shapes of its API, run through the whole program; a hit and a near miss each.

use crate::account::{ACCOUNT, Answer, analyzed, role};
use crate::platforms::Exports;
use camino::Utf8PathBuf;
use leakreach::analysis::Analysis;
use leakreach::inventory::{Access, Inventory, Terms};
use leakreach::problem::ProblemCode;
use leakreach::progress::Silent;
use leakreach::reach::{Layer, reached};
use leakreach::sources::{ReadOptions, read};
use leakreach::steps::{Control, Fact};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

const AS_OF: &str = "2026-11-01T00:00:00Z";
pub const GITHUB: &str = "token.actions.githubusercontent.com";
pub const MAIN: &str = "repo:acme/shop:ref:refs/heads/main";

/// An organisation `acme`, as it is exported, and perhaps an AWS account beside it.
#[derive(Default, Clone)]
pub struct Estate {
    files: Vec<(String, String)>,
}

pub fn repository(name: &str, visibility: &str) -> Value {
    json!({"id": 34, "node_id": "R_x", "name": name, "full_name": format!("acme/{name}"),
        "owner": {"login": "acme", "id": 12, "type": "Organization"}, "private": visibility != "public",
        "visibility": visibility, "default_branch": "main", "archived": false, "allow_forking": true,
        "created_at": "2024-01-01T00:00:00Z"})
}

pub fn branch(name: &str, is_protected: bool) -> Value {
    json!({"name": name, "commit": {"sha": "a".repeat(40), "url": "https://api.github.com/x"}, "protected": is_protected})
}

pub fn person(login: &str, id: u32) -> Value {
    json!({"login": login, "id": id, "node_id": "U_x", "type": "User", "site_admin": false})
}

pub fn collaborator(login: &str, role_name: &str) -> Value {
    let mut person = person(login, 900);
    person["permissions"] =
        json!({"admin": false, "maintain": false, "push": false, "triage": false, "pull": true});
    person["role_name"] = json!(role_name);
    person
}

/// The protection of `main`, as `GET …/branches/main/protection` gives it.
pub fn protection(binds_admins: bool) -> Value {
    json!({"url": "https://api.github.com/repos/acme/shop/branches/main/protection",
        "required_pull_request_reviews": {"required_approving_review_count": 1, "dismiss_stale_reviews": false,
            "require_code_owner_reviews": false, "require_last_push_approval": false},
        "enforce_admins": {"enabled": binds_admins, "url": "https://api.github.com/x"},
        "allow_force_pushes": {"enabled": false}, "block_creations": {"enabled": false}, "lock_branch": {"enabled": false}})
}

impl Estate {
    /// A private repository `shop` with a branch `main` that nothing protects, and members without a role of their own.
    pub fn acme() -> Self {
        let organization = json!({"login": "acme", "id": 12, "default_repository_permission": "none",
            "members_can_fork_private_repositories": false, "two_factor_requirement_enabled": true});
        Self::default()
            .with("orgs/acme.json", organization)
            .with("orgs/acme/members-admin.json", json!([person("olga", 1)]))
            .with(
                "orgs/acme/members-member.json",
                json!([person("mia", 2), person("wim", 3)]),
            )
            .with(
                "orgs/acme/repos.json",
                json!([repository("shop", "private")]),
            )
            .with(
                "repos/acme/shop/branches.json",
                json!([branch("main", false)]),
            )
            .with(
                "repos/acme/shop/actions/oidc/customization/sub.json",
                json!({"use_default": true}),
            )
    }

    pub fn with(mut self, path: &str, body: Value) -> Self {
        self.files
            .retain(|(own, _)| *own != format!("github/{path}"));
        self.files
            .push((format!("github/{path}"), body.to_string()));
        self
    }

    pub fn text(mut self, path: &str, text: &str) -> Self {
        self.files.push((format!("github/{path}"), text.to_owned()));
        self
    }

    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    pub fn without(mut self, path: &str) -> Self {
        self.files
            .retain(|(own, _)| *own != format!("github/{path}"));
        self
    }

    /// Somebody with a role on `shop`.
    pub fn collaborator(self, login: &str, role: &str) -> Self {
        self.with(
            "repos/acme/shop/collaborators-direct.json",
            json!([collaborator(login, role)]),
        )
    }

    pub fn protected(self, protection: Value) -> Self {
        self.with("repos/acme/shop/branches/main/protection.json", protection)
            .with(
                "repos/acme/shop/branches.json",
                json!([branch("main", true)]),
            )
    }

    pub fn workflow(self, text: &str) -> Self {
        self.text("repos/acme/shop/contents/.github/workflows/ci.yml", text)
    }

    /// A role of an AWS account that trusts a subject of GitHub, and reads a bucket.
    pub fn aws(mut self, operator: &str, subject: &str) -> Self {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {operator: {format!("{GITHUB}:sub"): subject}, "StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"}},
            "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}")}}]});
        let trust = match operator {
            "StringEquals" => {
                let mut trust = trust;
                trust["Statement"][0]["Condition"] = json!({"StringEquals": {
                    format!("{GITHUB}:sub"): subject, format!("{GITHUB}:aud"): "sts.amazonaws.com"}});
                trust
            }
            _ => trust,
        };
        let body = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "IsTruncated": false,
            "RoleDetailList": [{"Path": "/", "RoleName": "deploy", "RoleId": "AROAEXAMPLE", "Arn": role("deploy"),
                "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [],
                "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement":
                    [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ledger/*"}]}}],
                "AttachedManagedPolicies": []}]});
        let path = format!("aws/{ACCOUNT}/iam/account-authorization-details.json");
        self.files.push((path, body.to_string()));
        let buckets =
            json!({"Buckets": [{"Name": "ledger", "CreationDate": "2024-01-01T00:00:00Z"}]});
        self.files.push((
            format!("aws/{ACCOUNT}/s3/list-buckets.json"),
            buckets.to_string(),
        ));
        self
    }

    fn written(&self) -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for (path, body) in &self.files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, body).unwrap();
        }
        (folder, root)
    }

    pub fn analyze(&self) -> Told {
        let (_folder, root) = self.written();
        Told {
            analysis: analyzed(&root, AS_OF),
        }
    }

    /// What is read of it, with the steps made and thrown away.
    fn read(&self) -> Inventory {
        let (_folder, root) = self.written();
        let reading = read(&[root], &ReadOptions::default(), &Silent);
        let mut problems = reading.problems;
        let as_of = AS_OF.parse().unwrap();
        let mut inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
        leakreach::techniques::derive(&mut inventory);
        inventory
    }
}

impl From<Estate> for Exports {
    fn from(estate: Estate) -> Self {
        Self::new(estate.files)
    }
}

/// What can be asked.
pub struct Told {
    pub analysis: Analysis,
}

impl Told {
    pub fn is(&self, from: &[Fact], to: Fact) -> Answer {
        let steps = &self.analysis.steps;
        let seed: Vec<_> = from
            .iter()
            .filter_map(|&fact| steps.fact_id(fact))
            .collect();
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

    pub fn principal(&self, key: &str) -> Fact {
        let id = self.analysis.inventory.principal_by_key(key);
        Fact::Principal(id.unwrap_or_else(|| panic!("no principal {key}")))
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

    fn exposure(&self, key: &str) -> Fact {
        let all = self.analysis.inventory.exposures.entries();
        let mut all = all.filter(|(_, one)| *one.key == *key);
        Fact::Exposure(all.next().unwrap_or_else(|| panic!("no exposure {key}")).0)
    }

    fn access(&self, key: &str, access: Access) -> Fact {
        let id = self.analysis.inventory.resource_by_key(key);
        Fact::Access(id.unwrap_or_else(|| panic!("no resource {key}")), access)
    }

    /// An act; `None` where no step speaks of it.
    pub fn act(&self, action: &str, target: &str) -> Option<Fact> {
        let subjects = self.analysis.steps.subjects.entries();
        let mut subjects = subjects.filter(|(_, one)| one.action == action && one.target == target);
        subjects.next().map(|(id, _)| Fact::Act(id))
    }

    fn user(&self, login: &str) -> Fact {
        self.principal(&format!("github:user:{login}"))
    }

    /// May somebody push to a branch of `shop`?
    fn pushes(&self, login: &str, branch: &str) -> Answer {
        self.can(
            self.user(login),
            "github:push",
            &format!("acme/shop refs/heads/{branch}"),
        )
    }

    fn makes_branches(&self, login: &str) -> Answer {
        let targets = ["leakreach-new", "leakreach/new", "leakreach/new/branch"];
        let answers = targets.map(|name| {
            let target = format!("acme/shop refs/heads/{name} (a new branch)");
            self.can(self.user(login), "github:push", &target)
        });
        let found = answers.into_iter().find(|one| *one == Answer::Certain);
        found.unwrap_or(Answer::No)
    }

    pub fn can(&self, from: Fact, action: &str, target: &str) -> Answer {
        match self.act(action, target) {
            Some(act) => self.is(&[from], act),
            None => Answer::No,
        }
    }

    fn codes(&self) -> Vec<ProblemCode> {
        self.analysis.problems.iter().map(|one| one.code).collect()
    }

    /// The techniques of the steps that gain a fact.
    fn techniques_to(&self, goal: Fact) -> BTreeSet<String> {
        let steps = &self.analysis.steps;
        let goal = steps.fact_id(goal).unwrap();
        let gaining = steps.gaining(goal).iter();
        gaining
            .map(|&step| steps.techniques[steps.step(step).technique].id.clone())
            .collect()
    }
}

#[test]
fn every_answer_of_this_organisation_is_read_without_complaint() {
    let told = Estate::acme().collaborator("wim", "write").analyze();
    assert_eq!(told.codes(), []);
}

/// One of everything that is read.
fn everything() -> Estate {
    let mut of_repository = team("core", None);
    of_repository["permission"] = json!("maintain");
    let policy = json!({"protected_branches": false, "custom_branch_policies": true});
    let mut rule = protection(false);
    rule["restrictions"] = json!({"users": [person("wim", 3)], "teams": [{"id": 8, "slug": "core"}], "apps": [{"id": 52, "slug": "shipper"}]});
    rule["block_creations"] = json!({"enabled": true});
    rule["required_status_checks"] =
        json!({"strict": true, "contexts": ["ci"], "checks": [{"context": "ci", "app_id": 15368}]});
    let graph = json!({"data": {"repository": {"nameWithOwner": "acme/shop", "branchProtectionRules": {"nodes": [
        {"pattern": "release/*", "isAdminEnforced": true, "requiresApprovingReviews": true, "requiredApprovingReviewCount": 2,
         "requiresCodeOwnerReviews": false, "requiresStatusChecks": true, "lockBranch": false, "restrictsPushes": true, "blocksCreations": true,
         "pushAllowances": {"nodes": [{"actor": {"__typename": "Team", "slug": "core"}}, {"actor": {"__typename": "App", "slug": "shipper"}}]},
         "bypassPullRequestAllowances": {"nodes": [{"actor": {"__typename": "User", "login": "wim"}}]}}]}}}});
    let exempt = json!([{"actor_id": null, "actor_type": "OrganizationAdmin", "bypass_mode": "always"},
        {"actor_id": null, "actor_type": "DeployKey", "bypass_mode": "always"}, {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "pull_request"},
        {"actor_id": 8, "actor_type": "Team", "bypass_mode": "always"}, {"actor_id": 52, "actor_type": "Integration", "bypass_mode": "exempt"}]);
    let runners = json!({"total_count": 1, "runners": [{"id": 31, "name": "build-1", "os": "linux", "status": "online", "busy": false, "labels": []}]});
    let role = json!({"id": 9, "name": "Releaser", "description": "", "base_role": "write", "permissions": ["bypass_branch_protection"]});
    let of_all = json!({"id": 138, "name": "all_repo_read", "base_role": "read", "source": "Predefined", "permissions": []});
    let app = json!({"id": 52, "slug": "shipper", "client_id": "Iv1.x", "node_id": "A_x", "owner": {"login": "shipperinc"}, "name": "Shipper", "permissions": {}});
    let key = json!([{"id": 61, "key": "ssh-ed25519 AAAAEXAMPLE", "url": "https://api.github.com/x", "title": "ci", "verified": true,
        "created_at": "2024-01-01T00:00:00Z", "read_only": false, "added_by": "wim", "last_used": null, "enabled": true}]);
    Estate::acme()
        .collaborator("wim", "Releaser")
        .protected(rule)
        .with("orgs/acme/outside_collaborators.json", json!([person("otto", 5)]))
        .with("orgs/acme/teams.json", json!([team("core", None), team("inner", Some("core"))]))
        .with("orgs/acme/teams/inner/members.json", json!([person("mia", 2)]))
        .with("repos/acme/shop/teams.json", json!([of_repository]))
        .with("orgs/acme/custom-repository-roles.json", json!({"total_count": 1, "custom_roles": [role]}))
        .with("orgs/acme/organization-roles.json", json!({"total_count": 1, "roles": [of_all]}))
        .with("orgs/acme/organization-roles/138/users.json", json!([person("mia", 2)]))
        .with("repos/acme/shop/branch-protection-rules.json", graph)
        .with("repos/acme/shop/rulesets/42.json", ruleset("active", json!([{"type": "creation"}, {"type": "update"}]), exempt))
        .with("orgs/acme/actions/secrets.json", of_organization("NPM", "private"))
        .with("repos/acme/shop/actions/secrets.json", secrets(&["DEPLOY_KEY"]))
        .with("repos/acme/shop/environments.json", environment(reviewers(&["mia"], true), policy))
        .with("repos/acme/shop/environments/prod/secrets.json", secrets(&["PROD"]))
        .with("repos/acme/shop/environments/prod/deployment-branch-policies.json",
            json!({"total_count": 1, "branch_policies": [{"id": 1, "node_id": "x", "name": "main", "type": "branch"}]}))
        .with("repos/acme/shop/actions/permissions/workflow.json",
            json!({"default_workflow_permissions": "write", "can_approve_pull_request_reviews": true}))
        .with("orgs/acme/actions/runners.json", runners)
        .with("orgs/acme/personal-access-tokens.json", granted("subset", json!({"contents": "write"})))
        .with("orgs/acme/personal-access-tokens/71/repositories.json", json!([repository("shop", "private")]))
        .with("orgs/acme/credential-authorizations.json", authorized("personal access token", json!(["repo"])))
        .with("repos/acme/shop/keys.json", key)
        .with("orgs/acme/installations.json", installed("selected", json!({"contents": "write", "members": "read"}), Value::Null))
        .with("apps/shipper.json", app)
        .workflow(&DEPLOYING.replace("ACTION", "v4"))
        .aws("StringEquals", MAIN)
}

/// Everything of GitHub in an inventory, in lines.
fn told(inventory: &Inventory) -> String {
    let mut lines = Vec::new();
    let name = |id| inventory.principals[id].key.clone();
    for one in inventory
        .principals
        .iter()
        .filter(|one| one.platform == "github")
    {
        lines.push(format!(
            "{} {} [{}] {:?} {:?}",
            one.kind.name(),
            one.key,
            one.name,
            one.aliases,
            one.tags
        ));
    }
    for one in inventory
        .resources
        .iter()
        .filter(|one| one.platform == "github")
    {
        lines.push(format!(
            "{} {} [{}] {:?}",
            one.kind, one.key, one.name, one.tags
        ));
    }
    for one in inventory.credentials.iter() {
        let of = one.principal.map(name);
        lines.push(format!(
            "{} {} of {of:?}, {}, {}",
            one.kind.name(),
            one.key,
            one.status.name(),
            one.lifetime.name()
        ));
    }
    for one in inventory.exposures.iter() {
        lines.push(format!(
            "{} {}: {}",
            one.kind.name(),
            one.key,
            one.lying.len()
        ));
    }
    for one in inventory.scopes.iter() {
        let place = inventory.place(one.evidence[0]);
        let file = place.split("/github/").nth(1).unwrap_or("");
        match &one.terms {
            Terms::Permission {
                holder,
                on,
                name: what,
                condition,
            } => {
                let on = on.map(|id| inventory.resources[id].key.clone());
                lines.push(format!(
                    "{} may {what} on {on:?} if {condition:?} ({file})",
                    name(*holder)
                ));
            }
            Terms::Bears {
                principal,
                subject,
                condition,
                ..
            } => {
                lines.push(format!(
                    "{} bears {subject} if {condition:?} ({file})",
                    name(*principal)
                ));
            }
            Terms::Membership { member, group } => {
                lines.push(format!("{} in {} ({file})", name(*member), name(*group)))
            }
            Terms::Software {
                principal,
                software,
                publisher,
                ..
            } => {
                lines.push(format!(
                    "{} runs {software} of {:?} ({file})",
                    name(*principal),
                    publisher.map(name)
                ));
            }
            _ => {}
        }
    }
    for one in &inventory.ref_rules {
        lines.push(format!(
            "{} on {:?}: {:?} {:?} asks {:?}, binds {}, exempt {:?}",
            one.key,
            one.repositories,
            one.refs.include,
            one.refs.exclude,
            one.asks,
            one.binds_admins,
            one.exempt
        ));
    }
    for one in &inventory.deploy_gates {
        lines.push(format!(
            "{} {:?} {} {:?} {:?} {:?} {:?}",
            inventory.resources[one.on].key,
            one.reviewers,
            one.is_self_review_prevented,
            one.may_admins_bypass,
            one.refs,
            one.pattern,
            one.others
        ));
    }
    lines.join("\n")
}

#[test]
fn what_each_call_answers_is_read() {
    let told_ = everything().analyze();
    assert_eq!(told_.codes(), []);
    insta::assert_snapshot!(told(&told_.analysis.inventory));
}

/// A file that is broken costs what stands in it, and nothing else: no crash, and what is lost is said.
#[test]
fn every_answer_may_be_broken() {
    let whole = everything();
    for index in 0..whole.files.len() {
        let (path, body) = whole.files[index].clone();
        if !path.starts_with("github/") || !path.ends_with(".json") {
            continue;
        }
        let half = body.get(..body.len() / 2).unwrap().to_owned();
        let wrong = body
            .replace("\"acme", "7,\"x\":\"acme")
            .replace(":true", ":\"yes\"")
            .replace(":[", ":{},\"y\":[");
        let doubled = body.replacen('{', "{\"id\":[],\"name\":{},\"login\":1,", 1);
        for spoilt in [
            half,
            wrong,
            doubled,
            "[]".to_owned(),
            "{}".to_owned(),
            "null".to_owned(),
        ] {
            let mut estate = whole.clone();
            estate.files[index].1 = spoilt.clone();
            let inventory = estate.read();
            let is_whole = inventory
                .tenants
                .iter()
                .any(|one| &*one.key == "github:organization:acme");
            assert!(is_whole, "{path}: {spoilt}");
        }
    }
}

// Roles

#[test]
fn who_writes_pushes_and_who_reads_does_not() {
    let of = |role: &str| Estate::acme().collaborator("wim", role).analyze();
    assert_eq!(of("write").pushes("wim", "main"), Answer::Certain);
    assert_eq!(of("triage").pushes("wim", "main"), Answer::No);
    let told = of("read");
    let read = told.access("github:repository:acme/shop", Access::Read);
    assert_eq!(told.is(&[told.user("wim")], read), Answer::Certain);
    assert_eq!(told.is(&[told.user("mia")], read), Answer::No);
}

#[test]
fn what_all_members_hold_every_member_holds_and_owners_administer() {
    let members = |role: &str| {
        Estate::acme().with(
            "orgs/acme.json",
            json!({"login": "acme", "default_repository_permission": role}),
        )
    };
    let told = members("write").analyze();
    assert_eq!(told.pushes("mia", "main"), Answer::Certain);
    let told = members("read").analyze();
    assert_eq!(told.pushes("mia", "main"), Answer::No);
    let admin = told.access("github:repository:acme/shop", Access::Admin);
    assert_eq!(told.is(&[told.user("olga")], admin), Answer::Certain);
    assert_eq!(told.is(&[told.user("mia")], admin), Answer::No);
}

pub fn team(slug: &str, parent: Option<&str>) -> Value {
    let parent = parent.map(|slug| json!({"id": 7, "slug": slug, "name": slug}));
    json!({"id": 8, "node_id": "T_x", "name": slug, "slug": slug, "privacy": "closed", "permission": "push", "parent": parent})
}

#[test]
fn a_team_and_the_teams_below_it_hold_its_role() {
    let mut of_repository = team("core", None);
    of_repository["permissions"] =
        json!({"admin": false, "maintain": false, "push": true, "triage": true, "pull": true});
    let told = Estate::acme()
        .with(
            "orgs/acme/teams.json",
            json!([
                team("core", None),
                team("inner", Some("core")),
                team("other", None)
            ]),
        )
        .with(
            "orgs/acme/teams/inner/members.json",
            json!([person("wim", 3)]),
        )
        .with(
            "orgs/acme/teams/other/members.json",
            json!([person("mia", 2)]),
        )
        .with("repos/acme/shop/teams.json", json!([of_repository]))
        .analyze();
    assert_eq!(told.codes(), []);
    assert_eq!(told.pushes("wim", "main"), Answer::Certain);
    assert_eq!(told.pushes("mia", "main"), Answer::No);
}

#[test]
fn a_custom_role_holds_its_base_and_what_is_added() {
    let custom = |permissions: Value| {
        let role = json!({"id": 9, "name": "Releaser", "description": "", "base_role": "write", "permissions": permissions});
        let told = Estate::acme()
            .with(
                "orgs/acme/custom-repository-roles.json",
                json!({"total_count": 1, "custom_roles": [role]}),
            )
            .collaborator("wim", "Releaser")
            .protected(protection(false))
            .analyze();
        assert_eq!(told.codes(), []);
        told.pushes("wim", "main")
    };
    assert_eq!(custom(json!(["bypass_branch_protection"])), Answer::Certain);
    assert_eq!(
        custom(json!(["edit_repo_protections"])),
        Answer::Certain,
        "he takes it off"
    );
    assert_eq!(custom(json!(["manage_webhooks"])), Answer::No);
}

// Protected branches

#[test]
fn reviews_keep_writers_off_and_administrators_only_where_they_are_bound() {
    let of = |role: &str, binds| {
        let told = Estate::acme()
            .collaborator("wim", role)
            .protected(protection(binds))
            .analyze();
        assert_eq!(told.codes(), []);
        let push = told
            .act("github:push", "acme/shop refs/heads/main")
            .unwrap();
        (
            told.is(&[told.user("wim")], push),
            told.techniques_to(push).contains("github/push"),
        )
    };
    assert_eq!(of("write", false).0, Answer::No);
    assert_eq!(of("maintain", false).0, Answer::No);
    assert_eq!(of("admin", false), (Answer::Certain, true));
    // Bound, he takes the protection off instead.
    assert_eq!(of("admin", true), (Answer::Certain, false));
}

#[test]
fn no_approvals_needed_keeps_nobody_off() {
    let mut open = protection(true);
    open["required_pull_request_reviews"]["required_approving_review_count"] = json!(0);
    let told = Estate::acme()
        .collaborator("wim", "write")
        .protected(open.clone())
        .analyze();
    assert_eq!(told.pushes("wim", "main"), Answer::Certain);
    open["required_pull_request_reviews"]["require_code_owner_reviews"] = json!(true);
    let told = Estate::acme()
        .collaborator("wim", "write")
        .protected(open)
        .analyze();
    assert_eq!(told.pushes("wim", "main"), Answer::No);
}

#[test]
fn restricted_pushes_let_those_named_pass_and_whoever_maintains() {
    let restricted = |login: &str| {
        let mut of = protection(true);
        of["required_pull_request_reviews"] = Value::Null;
        of["restrictions"] = json!({"users": [person(login, 3)], "teams": [], "apps": []});
        of
    };
    let pushes = |role: &str, named: &str| {
        let told = Estate::acme()
            .collaborator("wim", role)
            .protected(restricted(named))
            .analyze();
        told.pushes("wim", "main")
    };
    assert_eq!(pushes("write", "wim"), Answer::Certain);
    assert_eq!(pushes("write", "mia"), Answer::No);
    assert_eq!(
        pushes("read", "wim"),
        Answer::No,
        "a name without a role pushes nothing"
    );
    assert_eq!(pushes("maintain", "mia"), Answer::Certain);
}

#[test]
fn who_may_pass_by_reviews_passes_unless_the_rule_binds_all() {
    let allowing = |binds| {
        let mut of = protection(binds);
        of["required_pull_request_reviews"]["bypass_pull_request_allowances"] =
            json!({"users": [person("wim", 3)], "teams": [], "apps": []});
        let told = Estate::acme()
            .collaborator("wim", "write")
            .protected(of)
            .analyze();
        told.pushes("wim", "main")
    };
    assert_eq!(allowing(false), Answer::Certain);
    assert_eq!(allowing(true), Answer::No);
}

#[test]
fn a_locked_branch_is_not_passed_by_whom_reviews_let_pass() {
    let mut locked = protection(false);
    locked["lock_branch"] = json!({"enabled": true});
    locked["required_pull_request_reviews"]["bypass_pull_request_allowances"] =
        json!({"users": [person("wim", 3)], "teams": [], "apps": []});
    let told = Estate::acme()
        .collaborator("wim", "write")
        .protected(locked)
        .analyze();
    assert_eq!(told.pushes("wim", "main"), Answer::No);
}

#[test]
fn a_branch_that_is_protected_by_an_unread_rule_is_reached_only_perhaps() {
    let told = Estate::acme()
        .collaborator("wim", "write")
        .with(
            "repos/acme/shop/branches.json",
            json!([branch("main", true)]),
        )
        .analyze();
    assert_eq!(told.pushes("wim", "main"), Answer::Possible);
}

pub fn ruleset(enforcement: &str, rules: Value, bypass: Value) -> Value {
    json!({"id": 42, "name": "main is ours", "target": "branch", "source_type": "Repository", "source": "acme/shop",
        "enforcement": enforcement, "bypass_actors": bypass,
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}, "rules": rules})
}

#[test]
fn an_active_ruleset_binds_all_whom_it_does_not_exempt() {
    let reviews =
        json!([{"type": "pull_request", "parameters": {"required_approving_review_count": 1}}]);
    let pushes = |enforcement: &str, bypass: Value| {
        let told = Estate::acme()
            .collaborator("wim", "write")
            .with(
                "repos/acme/shop/rulesets/42.json",
                ruleset(enforcement, reviews.clone(), bypass),
            )
            .analyze();
        assert_eq!(told.codes(), []);
        told.pushes("wim", "main")
    };
    let nobody = || json!([]);
    assert_eq!(pushes("active", nobody()), Answer::No);
    assert_eq!(pushes("evaluate", nobody()), Answer::Certain);
    let user = json!([{"actor_id": 900, "actor_type": "User", "bypass_mode": "always"}]);
    assert_eq!(pushes("active", user), Answer::Certain);
    let role = json!([{"actor_id": 4, "actor_type": "RepositoryRole", "bypass_mode": "always"}]);
    assert_eq!(pushes("active", role), Answer::Certain);
    let maintainers =
        json!([{"actor_id": 2, "actor_type": "RepositoryRole", "bypass_mode": "always"}]);
    assert_eq!(pushes("active", maintainers), Answer::No);
}

#[test]
fn a_ruleset_of_the_organisation_binds_administrators_of_the_repository() {
    let of = |login: &str| {
        let mut ruleset = ruleset(
            "active",
            json!([{"type": "pull_request", "parameters": {"required_approving_review_count": 2}}]),
            json!([]),
        );
        ruleset["source_type"] = json!("Organization");
        ruleset["conditions"]["repository_name"] = json!({"include": ["sh*"], "exclude": []});
        let told = Estate::acme()
            .collaborator("wim", "admin")
            .with("orgs/acme/rulesets/42.json", ruleset)
            .analyze();
        assert_eq!(told.codes(), []);
        told.pushes(login, "main")
    };
    assert_eq!(of("wim"), Answer::No);
    assert_eq!(of("olga"), Answer::Certain);
}

#[test]
fn a_ruleset_of_the_organisation_that_a_repository_tells_is_its_organisations() {
    let of = |login: &str, source: &str| {
        let mut ruleset = ruleset(
            "active",
            json!([{"type": "pull_request", "parameters": {"required_approving_review_count": 2}}]),
            json!([]),
        );
        ruleset["source_type"] = json!(source);
        let told = Estate::acme()
            .collaborator("wim", "admin")
            .with("repos/acme/shop/rulesets/42.json", ruleset)
            .analyze();
        assert_eq!(told.codes(), []);
        told.pushes(login, "main")
    };
    assert_eq!(of("wim", "Organization"), Answer::No);
    assert_eq!(of("wim", "Repository"), Answer::Certain);
    assert_eq!(of("olga", "Organization"), Answer::Certain);
}

#[test]
fn an_environment_may_have_any_name() {
    let mut all = environment(json!([]), Value::Null);
    all["environments"][0]["name"] = json!("prod/eu west");
    let told = Estate::acme()
        .collaborator("wim", "write")
        .with("repos/acme/shop/environments.json", all)
        .with(
            "repos/acme/shop/environments/prod%2Feu%20west/secrets.json",
            secrets(&["PROD"]),
        )
        .analyze();
    let secret = told.exposure("github:secret:acme/shop/prod/eu west/prod");
    assert_eq!(told.is(&[told.user("wim")], secret), Answer::Certain);
}

#[test]
fn branches_are_made_unless_a_rule_of_all_names_keeps_them_from_it() {
    let rule = |pattern: &str, blocks: bool| {
        json!({"data": {"repository": {"nameWithOwner": "acme/shop", "branchProtectionRules": {"nodes": [
            {"pattern": pattern, "isAdminEnforced": false, "requiresApprovingReviews": false, "lockBranch": false,
             "restrictsPushes": true, "blocksCreations": blocks, "pushAllowances": {"nodes": []}}]}}}})
    };
    let makes = |pattern: &str, blocks: bool, role: &str| {
        let told = Estate::acme()
            .collaborator("wim", role)
            .with(
                "repos/acme/shop/branch-protection-rules.json",
                rule(pattern, blocks),
            )
            .analyze();
        assert_eq!(told.codes(), []);
        told.makes_branches("wim")
    };
    assert_eq!(makes("**/*", true, "write"), Answer::No);
    assert_eq!(makes("**/*", false, "write"), Answer::Certain);
    assert_eq!(makes("**/*", true, "maintain"), Answer::Certain);
    // `*` stops at a slash: a branch in a folder may be made.
    assert_eq!(makes("*", true, "write"), Answer::Certain);
}

// Secrets

pub fn secrets(names: &[&str]) -> Value {
    let of = |name: &&str| json!({"name": name, "created_at": "2025-01-02T03:04:05Z", "updated_at": "2025-01-02T03:04:05Z"});
    json!({"total_count": names.len(), "secrets": names.iter().map(of).collect::<Vec<_>>()})
}

pub fn of_organization(name: &str, visibility: &str) -> Value {
    let mut all = secrets(&[name]);
    all["secrets"][0]["visibility"] = json!(visibility);
    all
}

#[test]
fn whoever_may_make_a_branch_reads_the_secrets_though_main_is_protected() {
    let of = |role: &str| {
        let told = Estate::acme()
            .collaborator("wim", role)
            .protected(protection(true))
            .with(
                "repos/acme/shop/actions/secrets.json",
                secrets(&["DEPLOY_KEY"]),
            )
            .analyze();
        let secret = told.exposure("github:secret:acme/shop/deploy_key");
        let value = told.credential("found:github:acme/shop/deploy_key");
        (
            told.is(&[told.user("wim")], secret),
            told.is(&[told.user("wim")], value),
        )
    };
    assert_eq!(of("write"), (Answer::Certain, Answer::Certain));
    assert_eq!(of("read"), (Answer::No, Answer::No));
}

#[test]
fn a_secret_of_the_organisation_is_seen_as_its_visibility_says() {
    let sees = |visibility: &str, of_repository: &str, more: fn(Estate) -> Estate| {
        let estate = Estate::acme()
            .collaborator("wim", "write")
            .with(
                "orgs/acme/repos.json",
                json!([repository("shop", of_repository)]),
            )
            .with(
                "orgs/acme/actions/secrets.json",
                of_organization("NPM", visibility),
            );
        let told = more(estate).analyze();
        assert_eq!(told.codes(), []);
        told.is(&[told.user("wim")], told.exposure("github:secret:acme/npm"))
    };
    let same = |estate: Estate| estate;
    assert_eq!(sees("all", "public", same), Answer::Certain);
    assert_eq!(sees("private", "private", same), Answer::Certain);
    assert_eq!(sees("private", "internal", same), Answer::Certain);
    assert_eq!(sees("private", "public", same), Answer::No);
    assert_eq!(sees("selected", "private", same), Answer::Possible);
    let listed = |estate: Estate| {
        let chosen = json!({"total_count": 1, "repositories": [repository("shop", "private")]});
        estate.with("orgs/acme/actions/secrets/NPM/repositories.json", chosen)
    };
    assert_eq!(sees("selected", "private", listed), Answer::Certain);
    let of_others = |estate: Estate| {
        let chosen = json!({"total_count": 1, "repositories": [repository("other", "private")]});
        estate.with("orgs/acme/actions/secrets/NPM/repositories.json", chosen)
    };
    assert_eq!(sees("selected", "private", of_others), Answer::No);
    let of_none = |estate: Estate| {
        let chosen = json!({"total_count": 0, "repositories": []});
        estate.with("orgs/acme/actions/secrets/NPM/repositories.json", chosen)
    };
    assert_eq!(sees("selected", "private", of_none), Answer::No);
    let seen = |estate: Estate| {
        estate.with(
            "repos/acme/shop/actions/organization-secrets.json",
            secrets(&[]),
        )
    };
    assert_eq!(
        sees("all", "private", seen),
        Answer::No,
        "the repository itself says what it sees"
    );
}

pub fn environment(rules: Value, branches: Value) -> Value {
    json!({"total_count": 1, "environments": [{"id": 5, "node_id": "EN_x", "name": "prod", "created_at": "2025-01-02T03:04:05Z",
        "updated_at": "2025-01-02T03:04:05Z", "can_admins_bypass": false, "protection_rules": rules, "deployment_branch_policy": branches}]})
}

pub fn reviewers(logins: &[&str], is_prevented: bool) -> Value {
    let of = |login: &&str| json!({"type": "User", "reviewer": person(login, 2)});
    json!([{"id": 1, "node_id": "GA_x", "type": "required_reviewers", "prevent_self_review": is_prevented,
        "reviewers": logins.iter().map(of).collect::<Vec<_>>()}])
}

fn with_environment(role: &str, environment: Value) -> Estate {
    Estate::acme()
        .collaborator("wim", role)
        .with("repos/acme/shop/environments.json", environment)
        .with(
            "repos/acme/shop/environments/prod/secrets.json",
            secrets(&["PROD"]),
        )
}

fn deploys(estate: &Estate, who: &[&str]) -> Answer {
    let told = estate.analyze();
    assert_eq!(told.codes(), []);
    let who: Vec<Fact> = who.iter().map(|login| told.user(login)).collect();
    told.is(&who, told.exposure("github:secret:acme/shop/prod/prod"))
}

#[test]
fn secrets_of_an_environment_wait_for_its_reviewers() {
    let open = with_environment("write", environment(json!([]), Value::Null));
    assert_eq!(deploys(&open, &["wim"]), Answer::Certain);
    let reviewed = with_environment(
        "write",
        environment(reviewers(&["mia"], false), Value::Null),
    );
    assert_eq!(deploys(&reviewed, &["wim"]), Answer::Possible);
    assert_eq!(deploys(&reviewed, &["wim", "mia"]), Answer::Certain);
    let own = with_environment(
        "write",
        environment(reviewers(&["wim"], false), Value::Null),
    );
    assert_eq!(deploys(&own, &["wim"]), Answer::Certain);
    let prevented = with_environment("write", environment(reviewers(&["wim"], true), Value::Null));
    assert_eq!(deploys(&prevented, &["wim"]), Answer::Possible);
    let admin = with_environment("admin", environment(reviewers(&["mia"], true), Value::Null));
    assert_eq!(
        deploys(&admin, &["wim"]),
        Answer::Certain,
        "he takes the rule off"
    );
}

#[test]
fn an_environment_takes_the_branches_that_it_names() {
    let policy = json!({"protected_branches": false, "custom_branch_policies": true});
    let named = |pattern: &str, role: &str| {
        let estate = with_environment(role, environment(json!([]), policy.clone()))
            .protected(protection(true))
            .with("repos/acme/shop/environments/prod/deployment-branch-policies.json",
                json!({"total_count": 1, "branch_policies": [{"id": 1, "node_id": "x", "name": pattern, "type": "branch"}]}));
        deploys(&estate, &["wim"])
    };
    assert_eq!(named("main", "write"), Answer::No);
    assert_eq!(named("release/*", "write"), Answer::Certain);
    let protected = json!({"protected_branches": true, "custom_branch_policies": false});
    let estate =
        with_environment("write", environment(json!([]), protected)).protected(protection(true));
    assert_eq!(deploys(&estate, &["wim"]), Answer::No);
}

#[test]
fn where_actions_are_off_nothing_runs() {
    let estate = Estate::acme()
        .collaborator("wim", "write")
        .with("repos/acme/shop/actions/secrets.json", secrets(&["A"]))
        .with(
            "repos/acme/shop/actions/permissions.json",
            json!({"enabled": false}),
        );
    let told = estate.analyze();
    assert_eq!(told.codes(), []);
    assert_eq!(
        told.is(
            &[told.user("wim")],
            told.exposure("github:secret:acme/shop/a")
        ),
        Answer::No
    );
}

#[test]
fn where_selected_repositories_run_workflows_the_list_decides() {
    let secret = |change: &dyn Fn(Estate) -> Estate| {
        let estate = Estate::acme()
            .collaborator("wim", "write")
            .with("repos/acme/shop/actions/secrets.json", secrets(&["A"]));
        let told = change(estate).analyze();
        assert_eq!(told.codes(), []);
        let secret = told.exposure("github:secret:acme/shop/a");
        told.is(&[told.user("wim")], secret)
    };
    let settings = |of: &str| json!({"enabled_repositories": of, "allowed_actions": "all"});
    let policy =
        |estate: Estate, of: &str| estate.with("orgs/acme/actions/permissions.json", settings(of));
    let listed = |estate: Estate, names: &[&str]| {
        let all: Vec<Value> = names.iter().map(|one| repository(one, "private")).collect();
        let list = json!({"total_count": all.len(), "repositories": all});
        estate.with("orgs/acme/actions/permissions/repositories.json", list)
    };
    let own = |estate: Estate, is_on: bool| {
        let settings = json!({"enabled": is_on, "allowed_actions": "all"});
        estate.with("repos/acme/shop/actions/permissions.json", settings)
    };
    assert_eq!(secret(&|e| policy(e, "selected")), Answer::Possible);
    let of_some = |e, names: &[&str]| listed(policy(e, "selected"), names);
    assert_eq!(secret(&|e| of_some(e, &["other", "shop"])), Answer::Certain);
    assert_eq!(secret(&|e| of_some(e, &["other"])), Answer::No);
    assert_eq!(secret(&|e| of_some(e, &[])), Answer::No);
    // There is such a list only where some are selected.
    assert_eq!(secret(&|e| listed(e, &["other"])), Answer::No);
    assert_eq!(secret(&|e| listed(e, &["shop"])), Answer::Certain);
    // What the repository says itself goes before it.
    assert_eq!(secret(&|e| own(of_some(e, &["shop"]), false)), Answer::No);
    // Exports of two moments do not agree.
    let told_both = |e| own(of_some(e, &["other"]), true);
    assert_eq!(secret(&told_both), Answer::Possible);
    // Of a list that is not whole nothing follows for those that it leaves out.
    let part = |estate: Estate| {
        let list = json!({"total_count": 2, "repositories": [repository("other", "private")]});
        let told = estate
            .collaborator("wim", "write")
            .with("repos/acme/shop/actions/secrets.json", secrets(&["A"]))
            .with("orgs/acme/actions/permissions/repositories.json", list)
            .analyze();
        assert_eq!(told.codes(), [ProblemCode::Truncated]);
        let secret = told.exposure("github:secret:acme/shop/a");
        told.is(&[told.user("wim")], secret)
    };
    assert_eq!(part(Estate::acme()), Answer::Possible);
    let told_all = |e| listed(policy(e, "all"), &["other"]);
    assert_eq!(secret(&told_all), Answer::Possible);
    assert_eq!(secret(&|e| policy(e, "all")), Answer::Certain);
}

#[test]
fn an_organisation_without_teams_is_no_doubt() {
    let none = Estate::acme().with("orgs/acme/teams.json", json!([]));
    assert_eq!(none.analyze().codes(), []);
    // Of people in its place nothing says what they are members of.
    let people = Estate::acme().with("orgs/acme/teams.json", json!([person("mia", 2)]));
    assert_eq!(people.analyze().codes(), [ProblemCode::MissingParent]);
}

// Subjects

fn becomes(estate: &Estate, from: &str) -> Answer {
    let told = estate.analyze();
    told.is(&[told.principal(from)], told.principal(&role("deploy")))
}

#[test]
fn whoever_pushes_to_the_trusted_branch_becomes_the_role_down_to_the_bucket() {
    let open = Estate::acme()
        .collaborator("wim", "write")
        .aws("StringEquals", MAIN);
    let told = open.analyze();
    assert_eq!(told.codes(), []);
    let bucket = told.access("arn:aws:s3:::ledger", Access::Read);
    assert_eq!(told.is(&[told.user("wim")], bucket), Answer::Certain);
    assert_eq!(told.is(&[told.user("mia")], bucket), Answer::No);
    let bound = Estate::acme()
        .collaborator("wim", "write")
        .protected(protection(true))
        .aws("StringEquals", MAIN);
    assert_eq!(becomes(&bound, "github:user:wim"), Answer::No);
}

#[test]
fn a_trust_in_any_ref_is_met_by_a_new_branch_though_main_is_protected() {
    let of = |subject: &str| {
        let estate = Estate::acme()
            .collaborator("wim", "write")
            .protected(protection(true))
            .aws("StringLike", subject);
        becomes(&estate, "github:user:wim")
    };
    assert_eq!(of("repo:acme/shop:*"), Answer::Certain);
    assert_eq!(
        of("repo:acme/shop:ref:refs/heads/release/*"),
        Answer::Certain
    );
    assert_eq!(
        of("repo:acme/shop:ref:refs/heads/main*"),
        Answer::Certain,
        "`mainleakreach` is new"
    );
    assert_eq!(of("repo:acme/other:*"), Answer::No);
    assert_eq!(of("repo:acme/shop:environment:prod"), Answer::No);
}

#[test]
fn a_branch_that_is_trusted_and_gone_can_be_made_again() {
    let estate = Estate::acme()
        .collaborator("wim", "write")
        .protected(protection(true))
        .aws("StringEquals", "repo:acme/shop:ref:refs/heads/hotfix");
    assert_eq!(becomes(&estate, "github:user:wim"), Answer::Certain);
}

#[test]
fn the_subject_of_an_environment_waits_for_its_reviewers() {
    let of = |rules: Value| {
        let estate = with_environment("write", environment(rules, Value::Null))
            .aws("StringEquals", "repo:acme/shop:environment:prod");
        becomes(&estate, "github:user:wim")
    };
    assert_eq!(of(json!([])), Answer::Certain);
    assert_eq!(of(reviewers(&["mia"], true)), Answer::Possible);
}

#[test]
fn numbers_in_subjects_meet_trusts_with_numbers_only() {
    let of = |sub: Value, created: &str, trusted: &str| {
        let mut shop = repository("shop", "private");
        shop["created_at"] = json!(created);
        let estate = Estate::acme()
            .collaborator("wim", "write")
            .with("orgs/acme/repos.json", json!([shop]))
            .with("repos/acme/shop/actions/oidc/customization/sub.json", sub)
            .aws("StringLike", trusted);
        becomes(&estate, "github:user:wim")
    };
    let (numbered, plain) = ("repo:acme@12/shop@34:*", "repo:acme/shop:*");
    let opted = json!({"use_default": true, "use_immutable_subject": true});
    assert_eq!(
        of(opted.clone(), "2024-01-01T00:00:00Z", numbered),
        Answer::Certain
    );
    assert_eq!(of(opted, "2024-01-01T00:00:00Z", plain), Answer::No);
    let usual = json!({"use_default": true});
    assert_eq!(
        of(usual.clone(), "2024-01-01T00:00:00Z", plain),
        Answer::Certain
    );
    assert_eq!(of(usual.clone(), "2026-09-01T00:00:00Z", plain), Answer::No);
    assert_eq!(of(usual, "2026-09-01T00:00:00Z", numbered), Answer::Certain);
    let told = json!({"use_default": true, "use_immutable_subject": true, "sub_claim_prefix": "repo:acme@12/shop@99"});
    assert_eq!(
        of(told, "2024-01-01T00:00:00Z", numbered),
        Answer::No,
        "the prefix that is told counts"
    );
}

#[test]
fn a_subject_that_is_composed_anew_meets_a_trust_of_its_own_form() {
    let of = |keys: Value, trusted: &str| {
        let estate = Estate::acme()
            .collaborator("wim", "write")
            .with(
                "repos/acme/shop/actions/oidc/customization/sub.json",
                json!({"use_default": false, "include_claim_keys": keys}),
            )
            .aws("StringLike", trusted);
        becomes(&estate, "github:user:wim")
    };
    let keys = json!(["repo", "context", "job_workflow_ref"]);
    let trusted =
        format!("{MAIN}:job_workflow_ref:acme/shop/.github/workflows/deploy.yml@refs/heads/main");
    assert_eq!(of(keys.clone(), &trusted), Answer::Certain);
    assert_eq!(of(keys, MAIN), Answer::No);
    assert_eq!(
        of(json!(["repository_owner"]), "repository_owner:acme"),
        Answer::Certain
    );
}

#[test]
fn a_repository_that_composes_nothing_itself_has_the_form_of_its_organisation() {
    let of = |own: Option<Value>, trusted: &str| {
        let mut estate = Estate::acme()
            .collaborator("wim", "write")
            .with(
                "orgs/acme/actions/oidc/customization/sub.json",
                json!({"include_claim_keys": ["repository_owner", "context"]}),
            )
            .without("repos/acme/shop/actions/oidc/customization/sub.json")
            .aws("StringEquals", trusted);
        if let Some(own) = own {
            estate = estate.with("repos/acme/shop/actions/oidc/customization/sub.json", own);
        }
        becomes(&estate, "github:user:wim")
    };
    let composed = "repository_owner:acme:ref:refs/heads/main";
    let opted = || Some(json!({"use_default": false}));
    assert_eq!(of(opted(), composed), Answer::Certain);
    assert_eq!(of(opted(), MAIN), Answer::No);
    let usual = || Some(json!({"use_default": true}));
    assert_eq!(of(usual(), composed), Answer::No);
    assert_eq!(of(usual(), MAIN), Answer::Certain);
    // Which of both no export tells.
    assert_eq!(of(None, composed), Answer::Possible);
    assert_eq!(of(None, MAIN), Answer::Possible);
}

#[test]
fn subjects_of_which_no_export_tells_the_form_are_usual_perhaps() {
    let estate = Estate::acme()
        .collaborator("wim", "write")
        .without("repos/acme/shop/actions/oidc/customization/sub.json")
        .aws("StringEquals", MAIN);
    assert_eq!(becomes(&estate, "github:user:wim"), Answer::Possible);
}

#[test]
fn whoever_pushes_a_branch_presents_the_subject_of_pull_requests() {
    let of = |role: &str| {
        let estate = Estate::acme()
            .collaborator("wim", role)
            .protected(protection(true))
            .aws("StringEquals", "repo:acme/shop:pull_request");
        becomes(&estate, "github:user:wim")
    };
    assert_eq!(of("write"), Answer::Certain);
    assert_eq!(of("read"), Answer::No);
}

#[test]
fn whoever_writes_makes_a_tag_unless_a_ruleset_that_is_not_looked_at_keeps_him_from_it() {
    let of = |role: &str| {
        let estate = Estate::acme()
            .collaborator("wim", role)
            .aws("StringLike", "repo:acme/shop:ref:refs/tags/v*");
        becomes(&estate, "github:user:wim")
    };
    assert_eq!(of("write"), Answer::Possible);
    assert_eq!(of("read"), Answer::No);
}

#[test]
fn one_approval_is_a_workflows_where_workflows_may_approve() {
    let of = |may_approve: bool, approvals: u32| {
        let mut rule = protection(true);
        rule["required_pull_request_reviews"]["required_approving_review_count"] = json!(approvals);
        let settings = json!({"default_workflow_permissions": "read", "can_approve_pull_request_reviews": may_approve});
        let told = Estate::acme()
            .collaborator("wim", "write")
            .protected(rule)
            .with(
                "repos/acme/shop/actions/permissions/workflow.json",
                settings,
            )
            .analyze();
        assert_eq!(told.codes(), []);
        told.pushes("wim", "main")
    };
    assert_eq!(of(true, 1), Answer::Possible);
    assert_eq!(of(false, 1), Answer::No);
    assert_eq!(of(true, 2), Answer::No);
}

#[test]
fn an_environment_of_which_only_the_secrets_are_exported_is_reached_perhaps() {
    let estate = Estate::acme().collaborator("wim", "write").with(
        "repos/acme/shop/environments/prod/secrets.json",
        secrets(&["PROD"]),
    );
    assert_eq!(deploys(&estate, &["wim"]), Answer::Possible);
    assert_eq!(deploys(&estate, &["mia"]), Answer::No);
}

#[test]
fn what_was_not_exported_is_said() {
    let gaps = |estate: Estate| {
        let told = estate.analyze();
        let gaps = told.analysis.gaps.iter().map(|gap| gap.subject.clone());
        gaps.filter(|subject| subject.ends_with("on GitHub"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        gaps(Estate::acme()),
        [
            "actions-secrets of acme on GitHub",
            "environment of acme on GitHub"
        ]
    );
    let whole = Estate::acme()
        .with("repos/acme/shop/actions/secrets.json", secrets(&[]))
        .with(
            "repos/acme/shop/environments.json",
            json!({"total_count": 0, "environments": []}),
        );
    assert_eq!(gaps(whole), Vec::<String>::new());
    let without = Estate::acme()
        .without("repos/acme/shop/actions/oidc/customization/sub.json")
        .aws("StringEquals", MAIN);
    assert!(gaps(without).contains(&"OIDC subjects of acme on GitHub".to_owned()));
}

#[test]
fn that_nobody_is_known_who_stands_behind_github_is_said_only_without_its_export() {
    let others = |estate: Estate| {
        let told = estate.analyze();
        let mut gaps = told.analysis.gaps.iter();
        let gap = gaps.find(|gap| gap.subject.starts_with("federated sign-in through"));
        gap.unwrap()
            .subject
            .ends_with("by others than those whose exports are read")
    };
    assert!(others(Estate::acme().aws("StringEquals", MAIN)));
    assert!(!others(Estate::default().aws("StringEquals", MAIN)));
}

// Tokens

pub fn granted(selection: &str, permissions: Value) -> Value {
    json!([{"id": 71, "owner": person("wim", 3), "repository_selection": selection, "repositories_url": "https://api.github.com/x",
        "permissions": {"repository": permissions}, "access_granted_at": "2026-01-01T00:00:00Z", "token_id": 81, "token_name": "laptop",
        "token_expired": false, "token_expires_at": null, "token_last_used_at": null}])
}

const TOKEN: &str = "github:token:wim/81";

fn token_pushes(told: &Told, what: &str) -> Answer {
    told.can(told.credential(TOKEN), what, "acme/shop refs/heads/main")
}

#[test]
fn a_fine_grained_token_does_what_it_and_its_owner_both_may() {
    let of = |role: &str, permissions: Value| {
        let told = Estate::acme()
            .collaborator("wim", role)
            .with(
                "orgs/acme/personal-access-tokens.json",
                granted("all", permissions),
            )
            .analyze();
        assert_eq!(told.codes(), []);
        (
            token_pushes(&told, "github:push code"),
            token_pushes(&told, "github:push"),
        )
    };
    let code = json!({"contents": "write"});
    let all = json!({"contents": "write", "workflows": "write"});
    assert_eq!(of("write", code.clone()), (Answer::Certain, Answer::No));
    assert_eq!(of("write", all.clone()), (Answer::Certain, Answer::Certain));
    assert_eq!(of("read", all), (Answer::No, Answer::No));
    assert_eq!(
        of("write", json!({"contents": "read"})),
        (Answer::No, Answer::No)
    );
    assert_eq!(
        of("admin", json!({"administration": "write"})),
        (Answer::Certain, Answer::Certain)
    );
    assert_eq!(
        of("write", json!({"administration": "write"})),
        (Answer::No, Answer::No)
    );
}

#[test]
fn a_token_without_workflows_runs_what_it_pushes_only_perhaps() {
    let told = Estate::acme()
        .collaborator("wim", "write")
        .with("repos/acme/shop/actions/secrets.json", secrets(&["A"]))
        .with(
            "orgs/acme/personal-access-tokens.json",
            granted("all", json!({"contents": "write"})),
        )
        .analyze();
    let secret = told.exposure("github:secret:acme/shop/a");
    assert_eq!(told.is(&[told.credential(TOKEN)], secret), Answer::Possible);
}

#[test]
fn selected_repositories_are_those_listed_and_any_where_none_are() {
    let of = |listed: Option<&str>| {
        let mut estate = Estate::acme().collaborator("wim", "write").with(
            "orgs/acme/personal-access-tokens.json",
            granted("subset", json!({"contents": "write"})),
        );
        if let Some(name) = listed {
            let repositories = json!([repository(name, "private")]);
            estate = estate.with(
                "orgs/acme/personal-access-tokens/71/repositories.json",
                repositories,
            );
        }
        token_pushes(&estate.analyze(), "github:push code")
    };
    assert_eq!(of(Some("shop")), Answer::Certain);
    assert_eq!(of(Some("other")), Answer::No);
    assert_eq!(of(None), Answer::Possible);
}

#[test]
fn a_token_that_waits_for_approval_is_only_perhaps_one() {
    let mut asked = granted("all", json!({"contents": "write"}));
    asked[0]["created_at"] = asked[0]["access_granted_at"].take();
    let told = Estate::acme()
        .collaborator("wim", "write")
        .with("orgs/acme/personal-access-token-requests.json", asked)
        .analyze();
    assert_eq!(token_pushes(&told, "github:push code"), Answer::Possible);
}

#[test]
fn an_expired_token_opens_nothing() {
    let mut over = granted("all", json!({"contents": "write"}));
    over[0]["token_expired"] = json!(true);
    let told = Estate::acme()
        .collaborator("wim", "write")
        .with("orgs/acme/personal-access-tokens.json", over)
        .analyze();
    assert_eq!(token_pushes(&told, "github:push code"), Answer::No);
}

pub fn authorized(kind: &str, scopes: Value) -> Value {
    json!([{"login": "wim", "credential_id": 91, "credential_type": kind, "token_last_eight": "EXAMPLE8",
        "credential_authorized_at": "2026-01-01T00:00:00Z", "scopes": scopes, "fingerprint": null, "credential_accessed_at": null,
        "authorized_credential_id": 17, "authorized_credential_title": null, "authorized_credential_note": "ci", "authorized_credential_expires_at": null}])
}

#[test]
fn a_classic_token_does_what_its_scopes_and_its_owner_both_may() {
    let of = |role: &str, kind: &str, scopes: Value| {
        let told = Estate::acme()
            .collaborator("wim", role)
            .with(
                "orgs/acme/credential-authorizations.json",
                authorized(kind, scopes),
            )
            .analyze();
        assert_eq!(told.codes(), []);
        let token = told.credential("github:token:wim/authorization-91");
        ["github:push code", "github:push"]
            .map(|what| told.can(token, what, "acme/shop refs/heads/main"))
    };
    let classic = "personal access token";
    assert_eq!(
        of("write", classic, json!(["repo"])),
        [Answer::Certain, Answer::No]
    );
    assert_eq!(
        of("write", classic, json!(["repo", "workflow"])),
        [Answer::Certain, Answer::Certain]
    );
    assert_eq!(
        of("read", classic, json!(["repo", "workflow"])),
        [Answer::No, Answer::No]
    );
    assert_eq!(
        of("write", classic, json!(["read:org"])),
        [Answer::No, Answer::No]
    );
    assert_eq!(
        of("write", classic, json!(["public_repo"])),
        [Answer::No, Answer::No]
    );
    // An administrator adds a deploy key with it, to which no scopes apply.
    assert_eq!(
        of("admin", classic, json!(["repo"])),
        [Answer::Certain, Answer::Certain]
    );
    assert_eq!(
        of("write", "SSH key", json!([])),
        [Answer::Certain, Answer::Certain]
    );
}

#[test]
fn a_classic_token_of_an_owner_owns_the_organisation_with_the_scope_for_it() {
    let of = |scope: &str| {
        let mut all = authorized("personal access token", json!([scope]));
        all[0]["login"] = json!("olga");
        let told = Estate::acme()
            .with("orgs/acme/credential-authorizations.json", all)
            .analyze();
        let admin = told.access("github:organization:acme", Access::Admin);
        told.is(
            &[told.credential("github:token:olga/authorization-91")],
            admin,
        )
    };
    assert_eq!(of("admin:org"), Answer::Certain);
    assert_eq!(of("read:org"), Answer::No);
}

#[test]
fn a_token_that_was_found_is_the_one_whose_last_eight_it_has() {
    let found = |secret: &str| {
        let finding = json!([{"RuleID": "github-pat", "Description": "", "StartLine": 1, "EndLine": 1, "StartColumn": 1, "EndColumn": 9,
            "Match": "", "Secret": secret, "File": "ci.sh", "SymlinkFile": "", "Commit": "", "Entropy": 4.0, "Author": "", "Email": "",
            "Date": "", "Message": "", "Tags": [], "Fingerprint": "ci.sh:github-pat:1"}]);
        let told = Estate::acme()
            .collaborator("wim", "write")
            .with(
                "orgs/acme/credential-authorizations.json",
                authorized("personal access token", json!(["repo"])),
            )
            .file("scanners/gitleaks/acme__old.json", &finding.to_string())
            .analyze();
        let place = told.exposure("repository-file:acme/old/ci.sh");
        told.is(
            &[place],
            told.principal("github:token:wim/authorization-91"),
        )
    };
    let whole = |end: &str| format!("{}{}{end}", concat!("gh", "p_"), "EXAMPLE".repeat(4));
    assert_ne!(found(&whole("EXAMPLE8")), Answer::No);
    assert_eq!(found(&whole("EXAMPLE9")), Answer::No);
}

#[test]
fn a_deploy_key_that_may_write_pushes_workflows_too() {
    let of = |is_read_only: bool| {
        let key = json!([{"id": 61, "key": "ssh-ed25519 AAAAEXAMPLE", "url": "https://api.github.com/x", "title": "ci", "verified": true,
            "created_at": "2024-01-01T00:00:00Z", "read_only": is_read_only, "added_by": "wim", "last_used": null, "enabled": true}]);
        let told = Estate::acme()
            .with("repos/acme/shop/keys.json", key)
            .analyze();
        assert_eq!(told.codes(), []);
        told.can(
            told.credential("github:deploy-key:acme/shop/61"),
            "github:push",
            "acme/shop refs/heads/main",
        )
    };
    assert_eq!(of(false), Answer::Certain);
    assert_eq!(of(true), Answer::No);
}

#[test]
fn a_deploy_key_passes_a_rule_as_an_administrator_only_perhaps() {
    let of = |binds| {
        let key = json!([{"id": 61, "key": "ssh-ed25519 AAAAEXAMPLE", "title": "ci", "read_only": false, "created_at": "2024-01-01T00:00:00Z"}]);
        let told = Estate::acme()
            .protected(protection(binds))
            .with("repos/acme/shop/keys.json", key)
            .analyze();
        let key = told.credential("github:deploy-key:acme/shop/61");
        told.can(key, "github:push", "acme/shop refs/heads/main")
    };
    assert_eq!(of(false), Answer::Possible);
    assert_eq!(of(true), Answer::No);
}

#[test]
fn a_register_says_perhaps_what_is_kept_under_the_name_of_a_secret() {
    let of = |variable: &str| {
        let register = json!({"leakreach": 1, "principals": [{"id": "payments", "type": "service-account"}],
            "credentials": [{"id": "key", "type": "api-key", "principal": "payments", "variable": variable}]});
        let told = Estate::acme()
            .collaborator("wim", "write")
            .with(
                "repos/acme/shop/actions/secrets.json",
                secrets(&["PAYMENTS_KEY"]),
            )
            .file("register.json", &register.to_string())
            .analyze();
        told.is(&[told.user("wim")], told.principal("payments"))
    };
    assert_eq!(of("PAYMENTS_KEY"), Answer::Possible);
    assert_eq!(of("OTHER_KEY"), Answer::No);
}

#[test]
fn every_member_reads_what_is_internal() {
    let of = |visibility: &str| {
        let told = Estate::acme()
            .with(
                "orgs/acme/repos.json",
                json!([repository("shop", visibility)]),
            )
            .analyze();
        let read = told.access("github:repository:acme/shop", Access::Read);
        told.is(&[told.user("mia")], read)
    };
    assert_eq!(of("internal"), Answer::Certain);
    assert_eq!(of("private"), Answer::No);
}

pub fn installed(selection: &str, permissions: Value, suspended: Value) -> Value {
    json!({"total_count": 1, "installations": [{"id": 51, "account": {"login": "acme"}, "repository_selection": selection,
        "app_id": 52, "target_type": "Organization", "permissions": permissions, "events": [], "app_slug": "shipper",
        "suspended_by": null, "suspended_at": suspended, "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}]})
}

#[test]
fn who_develops_an_app_does_what_its_installation_may() {
    let of = |selection: &str, permissions: Value, suspended: Value| {
        let told = Estate::acme()
            .with(
                "orgs/acme/installations.json",
                installed(selection, permissions, suspended),
            )
            .analyze();
        assert_eq!(told.codes(), []);
        let developer = told
            .analysis
            .inventory
            .principal_by_key("github:app-developer:shipper");
        developer.map(|id| {
            told.can(
                Fact::Principal(id),
                "github:push code",
                "acme/shop refs/heads/main",
            )
        })
    };
    let write = || json!({"contents": "write", "metadata": "read"});
    assert_eq!(of("all", write(), Value::Null), Some(Answer::Certain));
    assert_eq!(of("selected", write(), Value::Null), Some(Answer::Possible));
    assert_eq!(
        of("all", json!({"contents": "read"}), Value::Null),
        Some(Answer::No)
    );
    assert_eq!(
        of("all", write(), json!("2026-01-01T00:00:00Z")),
        None,
        "a suspended one opens nothing"
    );
}

#[test]
fn an_app_that_manages_members_joins_any_team() {
    let of = |level: &str| {
        let told = Estate::acme()
            .with("orgs/acme/teams.json", json!([team("core", None)]))
            .with(
                "orgs/acme/installations.json",
                installed("all", json!({"members": level}), Value::Null),
            )
            .analyze();
        told.is(
            &[told.principal("github:app:acme/shipper")],
            told.principal("github:team:acme/core"),
        )
    };
    assert_eq!(of("write"), Answer::Certain);
    assert_eq!(of("read"), Answer::No);
}

#[test]
fn an_app_passes_a_rule_that_names_it() {
    let of = |slug: &str| {
        let mut rule = protection(true);
        rule["required_pull_request_reviews"] = Value::Null;
        rule["restrictions"] =
            json!({"users": [], "teams": [], "apps": [{"id": 52, "slug": slug, "name": slug}]});
        let told = Estate::acme()
            .protected(rule)
            .with(
                "orgs/acme/installations.json",
                installed("all", json!({"contents": "write"}), Value::Null),
            )
            .analyze();
        told.can(
            told.principal("github:app:acme/shipper"),
            "github:push code",
            "acme/shop refs/heads/main",
        )
    };
    assert_eq!(of("shipper"), Answer::Certain);
    assert_eq!(of("other"), Answer::No);
}

// Jobs

pub const DEPLOYING: &str = "on:\n  push:\n    branches: [main]\npermissions:\n  id-token: write\n  contents: read\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@ACTION\n      - uses: octo/login@ACTION\n        with:\n          key: ${{ secrets.DEPLOY_KEY }}\n      - run: ./deploy.sh\n";

pub fn deploying(action: &str) -> Estate {
    Estate::acme()
        .with(
            "repos/acme/shop/actions/secrets.json",
            secrets(&["DEPLOY_KEY", "OTHER"]),
        )
        .workflow(&DEPLOYING.replace("ACTION", action))
}

#[test]
fn the_publisher_of_an_action_that_is_not_pinned_is_given_what_the_job_is() {
    let told = deploying("v4").aws("StringEquals", MAIN).analyze();
    assert_eq!(told.codes(), []);
    let publisher = told.principal("github:publisher:octo");
    let secret = |name: &str| told.exposure(&format!("github:secret:acme/shop/{name}"));
    assert_eq!(told.is(&[publisher], secret("deploy_key")), Answer::Certain);
    assert_eq!(told.is(&[publisher], secret("other")), Answer::No);
    assert_eq!(
        told.is(&[publisher], told.principal(&role("deploy"))),
        Answer::Certain
    );
    let right = told.credential("publishing-right:github:octo");
    assert_eq!(told.is(&[right], secret("deploy_key")), Answer::Certain);
    let pinned = deploying(&"a".repeat(40)).analyze();
    assert!(
        pinned
            .analysis
            .inventory
            .principal_by_key("github:publisher:octo")
            .is_none()
    );
}

#[test]
fn a_job_presents_the_subject_of_what_starts_it() {
    let of = |text: String, subject: &str| {
        let estate = Estate::acme().workflow(&text).aws("StringEquals", subject);
        becomes(&estate, "github:job:acme/shop/ci.yml/deploy")
    };
    let text = || DEPLOYING.replace("ACTION", "v4");
    assert_eq!(of(text(), MAIN), Answer::Certain);
    assert_eq!(of(text(), "repo:acme/shop:ref:refs/heads/dev"), Answer::No);
    let without = text().replace("id-token: write", "id-token: none");
    assert_eq!(of(without, MAIN), Answer::No);
    let requests = text().replace("push:\n    branches: [main]", "pull_request:");
    assert_eq!(
        of(requests.clone(), "repo:acme/shop:pull_request"),
        Answer::Certain
    );
    assert_eq!(of(requests, MAIN), Answer::No);
    let deploying = text().replace("runs-on:", "environment: prod\n    runs-on:");
    assert_eq!(
        of(deploying.clone(), "repo:acme/shop:environment:prod"),
        Answer::Certain
    );
    assert_eq!(of(deploying, MAIN), Answer::No);
}

#[test]
fn a_secret_of_the_environment_stands_before_that_of_the_repository() {
    let text = DEPLOYING
        .replace("ACTION", "v4")
        .replace("runs-on:", "environment: prod\n    runs-on:");
    let told = Estate::acme()
        .with(
            "repos/acme/shop/actions/secrets.json",
            secrets(&["DEPLOY_KEY"]),
        )
        .with(
            "repos/acme/shop/environments.json",
            environment(json!([]), Value::Null),
        )
        .with(
            "repos/acme/shop/environments/prod/secrets.json",
            secrets(&["DEPLOY_KEY"]),
        )
        .workflow(&text)
        .analyze();
    let job = told.principal("github:job:acme/shop/ci.yml/deploy");
    assert_eq!(
        told.is(
            &[job],
            told.exposure("github:secret:acme/shop/prod/deploy_key")
        ),
        Answer::Certain
    );
    assert_eq!(
        told.is(&[job], told.exposure("github:secret:acme/shop/deploy_key")),
        Answer::No
    );
}

#[test]
fn the_token_of_a_job_writes_where_the_workflow_or_the_default_lets_it() {
    let of = |permissions: &str, default: Option<&str>| {
        let text = format!(
            "on: push\n{permissions}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
        );
        let mut estate = Estate::acme().workflow(&text);
        if let Some(default) = default {
            let body = json!({"default_workflow_permissions": default, "can_approve_pull_request_reviews": false});
            estate = estate.with("repos/acme/shop/actions/permissions/workflow.json", body);
        }
        let told = estate.analyze();
        assert_eq!(told.codes(), []);
        let job = told.principal("github:job:acme/shop/ci.yml/a");
        told.can(job, "github:push code", "acme/shop refs/heads/main")
    };
    assert_eq!(
        of("permissions:\n  contents: write\n", None),
        Answer::Certain
    );
    assert_eq!(
        of("permissions:\n  issues: write\n", Some("write")),
        Answer::No,
        "what is not named is none"
    );
    assert_eq!(of("permissions: read-all\n", Some("write")), Answer::No);
    assert_eq!(of("", Some("write")), Answer::Certain);
    assert_eq!(of("", Some("read")), Answer::No);
    assert_eq!(of("", None), Answer::Possible);
}

pub fn requested(on: &str, reference: &str, run: &str) -> String {
    format!(
        "on: {on}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: {reference}\n      - run: {run}\n        env:\n          K: ${{{{ secrets.A }}}}\n"
    )
}

fn stranger(visibility: &str, text: &str) -> Answer {
    let told = Estate::acme()
        .with(
            "orgs/acme/repos.json",
            json!([repository("shop", visibility)]),
        )
        .with("repos/acme/shop/actions/secrets.json", secrets(&["A"]))
        .workflow(text)
        .analyze();
    assert_eq!(told.codes(), []);
    told.is(&[], told.exposure("github:secret:acme/shop/a"))
}

#[test]
fn a_stranger_runs_code_where_a_job_with_secrets_builds_his_pull_request() {
    let head = "${{ github.event.pull_request.head.sha }}";
    assert_eq!(
        stranger("public", &requested("pull_request_target", head, "npm ci")),
        Answer::Certain
    );
    assert_eq!(
        stranger("public", &requested("pull_request", head, "npm ci")),
        Answer::No
    );
    assert_eq!(
        stranger(
            "public",
            &requested("pull_request_target", "main", "npm ci")
        ),
        Answer::No
    );
    assert_eq!(
        stranger("public", &requested("pull_request_target", head, "cat x")),
        Answer::Possible
    );
    assert_eq!(
        stranger("private", &requested("pull_request_target", head, "npm ci")),
        Answer::No
    );
}

#[test]
fn a_stranger_runs_code_where_a_script_expands_what_he_wrote() {
    let of = |on: &str, expression: &str| {
        let text = format!(
            "on: {on}\njobs:\n  greet:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"${{{{ {expression} }}}}\"\n        env:\n          K: ${{{{ secrets.A }}}}\n"
        );
        stranger("public", &text)
    };
    assert_eq!(
        of("issue_comment", "github.event.comment.body"),
        Answer::Certain
    );
    assert_eq!(of("issue_comment", "github.event.comment.id"), Answer::No);
    assert_eq!(of("push", "github.event.comment.body"), Answer::No);
}

#[test]
fn a_guard_makes_it_a_perhaps() {
    let head = "${{ github.event.pull_request.head.sha }}";
    let text = requested("pull_request_target", head, "npm ci").replace(
        "    runs-on:",
        "    if: github.event.pull_request.head.repo.fork != true\n    runs-on:",
    );
    assert_eq!(stranger("public", &text), Answer::Possible);
}

#[test]
fn who_reads_a_private_repository_sends_the_pull_request() {
    let head = "${{ github.event.pull_request.head.sha }}";
    let of = |may_fork: bool, organization: Value| {
        let mut shop = repository("shop", "private");
        shop["allow_forking"] = json!(may_fork);
        let told = Estate::acme()
            .with("orgs/acme.json", json!({"login": "acme", "default_repository_permission": "none", "members_can_fork_private_repositories": organization}))
            .collaborator("wim", "read")
            .with("orgs/acme/repos.json", json!([shop]))
            .with("repos/acme/shop/actions/secrets.json", secrets(&["A"]))
            .workflow(&requested("pull_request_target", head, "npm ci"))
            .analyze();
        told.is(
            &[told.user("wim")],
            told.exposure("github:secret:acme/shop/a"),
        )
    };
    assert_eq!(of(true, json!(true)), Answer::Certain);
    assert_eq!(of(true, Value::Null), Answer::Possible);
    assert_eq!(of(true, json!(false)), Answer::No);
    assert_eq!(of(false, json!(true)), Answer::No);
}

#[test]
fn a_runner_that_is_kept_is_shared_with_other_jobs() {
    let of = |is_ephemeral: bool| {
        let runners = json!({"total_count": 1, "runners": [{"id": 31, "name": "build-1", "os": "linux", "status": "online", "busy": false,
            "ephemeral": is_ephemeral, "labels": [{"id": 1, "name": "self-hosted", "type": "read-only"}]}]});
        let told = Estate::acme()
            .collaborator("wim", "write")
            .with("repos/acme/shop/actions/runners.json", runners)
            .analyze();
        assert_eq!(told.codes(), []);
        told.is(
            &[told.user("wim")],
            told.access("github:runner:acme/31", Access::Admin),
        )
    };
    assert_eq!(of(false), Answer::Certain);
    assert_eq!(of(true), Answer::No);
}

// The whole, and what is broken

#[test]
fn a_token_left_in_a_file_leads_through_actions_into_the_bucket_with_evidence_at_each_hop() {
    let told = Estate::acme()
        .collaborator("wim", "write")
        .with(
            "orgs/acme/personal-access-tokens.json",
            granted("all", json!({"contents": "write", "workflows": "write"})),
        )
        .aws("StringEquals", MAIN)
        .analyze();
    let bucket = told.access("arn:aws:s3:::ledger", Access::Read);
    assert_eq!(told.is(&[told.credential(TOKEN)], bucket), Answer::Certain);
    let steps = &told.analysis.steps;
    for step in steps.ids().filter(|&step| !steps.is_leftover(step)) {
        let id = &steps.techniques[steps.step(step).technique].id;
        let has_place = !steps.step(step).evidence.is_empty();
        assert!(
            has_place || id.starts_with("ladder/"),
            "{id} has no evidence"
        );
    }
}

#[test]
fn taking_the_permission_away_takes_the_reach_away() {
    let told = Estate::acme()
        .collaborator("wim", "write")
        .with(
            "orgs/acme/personal-access-tokens.json",
            granted("all", json!({"contents": "write", "workflows": "write"})),
        )
        .aws("StringEquals", MAIN)
        .analyze();
    let steps = &told.analysis.steps;
    let order = |name: &str| {
        told.analysis
            .fixes
            .iter()
            .find(|fix| match steps.controls[fix.control] {
                Control::Scope(id) => told.analysis.inventory.scopes[id].name == name,
                _ => false,
            })
    };
    let fix = order("workflows:write").unwrap();
    assert!(fix.possible.0 > 0);
    assert!(order("contents:write").unwrap().possible.0 > 0);
}

#[test]
fn repositories_that_no_export_lists_are_a_class_of_their_own() {
    let of = |estate: Estate| {
        let told = estate.analyze();
        let class = told
            .analysis
            .inventory
            .resource_by_key("github:repository:acme/*");
        class.map(|id| told.is(&[told.user("olga")], Fact::Access(id, Access::Admin)))
    };
    assert_eq!(
        of(Estate::acme().without("orgs/acme/repos.json")),
        Some(Answer::Certain)
    );
    assert_eq!(of(Estate::acme()), None);
}

#[test]
fn a_bad_record_costs_itself_alone() {
    let told = Estate::acme()
        .with(
            "orgs/acme/members-member.json",
            json!([person("mia", 2), {"login": 5, "id": "x", "type": []}, person("wim", 3)]),
        )
        .collaborator("wim", "write")
        .analyze();
    assert_eq!(told.codes(), [ProblemCode::BadRecord]);
    assert_eq!(told.pushes("wim", "main"), Answer::Certain);
}

#[test]
fn a_workflow_that_multiplies_itself_or_is_none_costs_itself_alone() {
    let bomb = {
        let mut text = "on: push\njobs:\n  a0: &a0 {x: y}\n".to_owned();
        for n in 1..40 {
            let before = format!("*a{}", n - 1);
            let line = format!("  a{n}: &a{n} [{}]\n", vec![before; 9].join(", "));
            text.push_str(&line);
        }
        text
    };
    for text in [
        bomb.as_str(),
        "jobs:\n  a: [unclosed\n",
        "jobs: {a: b, a: c}\n",
    ] {
        let told = Estate::acme()
            .collaborator("wim", "write")
            .workflow(text)
            .analyze();
        assert_eq!(told.codes(), [ProblemCode::Malformed]);
        assert_eq!(told.pushes("wim", "main"), Answer::Certain);
    }
}
