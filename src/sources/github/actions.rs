//! What GitHub Actions holds and waits for: secrets by name, environments and their gates, permissions, the form of
//! subjects, runners.
//!
//! No export tells a secret's value: it is a credential of unknown owner that lies in a place of its name. Variables are
//! no secrets, and their values are not read. Which repositories see a secret of the organisation is told in bounds: `all`
//! and `private` decide it; `selected` does where the list of repositories, or what a repository says it sees, was exported.
//!
//! Source: REST API reference, "GitHub Actions" (secrets, permissions, OIDC, self-hosted runners) and "Deployments"
//! (environments, branch policies) (read 2026-11).

use super::{
    Place, group, group_key, is_at, organization, organization_of, permit, principal, repository,
    repository_of, resource, rows, team_key, text, user_key, whole_rows,
};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, DeployGateRecord, DeployRefs, Evidence,
    ExposureKind, ExposureRecord, Key, Lifetime, ListingRecord, LyingRecord, PrincipalKind, Record,
    Sight,
};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::matching::Clues;
use crate::sources::moment::Moment;
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "github/actions",
    about: "Actions secrets by name, environments, workflow permissions, OIDC subjects and runners of GitHub",
    command: "gh api --paginate of orgs/ORG/actions/secrets, orgs/ORG/actions/secrets/NAME/repositories, orgs/ORG/actions/permissions/repositories, repos/ORG/REPO/actions/secrets, repos/ORG/REPO/actions/organization-secrets, repos/ORG/REPO/environments, repos/ORG/REPO/environments/NAME/secrets, …/deployment-branch-policies, …/actions/permissions, …/actions/permissions/workflow, …/actions/oidc/customization/sub, …/actions/runners; each to github/<path>.json",
    keys: &[
        "secrets",
        "environments",
        "branch_policies",
        "default_workflow_permissions",
        "include_claim_keys",
    ],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let lists = |name, keys: &[&str]| page.is_object() && page.lists(name, keys);
    let is_sub = page.is_object()
        && (page.has_keys(&["include_claim_keys"]) || page.has_keys(&["use_default"]));
    let is_settings = page.is_object()
        && (page.has_keys(&["default_workflow_permissions"])
            || page.has_keys(&["enabled_repositories"])
            || is_at(page, true, &[&["actions", "permissions"]]));
    lists("secrets", &["name", "created_at", "updated_at"])
        || lists("variables", &["name", "created_at", "updated_at"])
        || lists("environments", &["id", "name", "node_id"])
        || lists("branch_policies", &["id", "name"])
        || lists("runners", &["id", "name", "os", "status"])
        || (lists("repositories", &["full_name"])
            && is_at(
                page,
                false,
                &[
                    &["actions", "secrets", "*", "repositories"],
                    &["actions", "permissions", "repositories"],
                ],
            ))
        || is_sub
        || is_settings
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    if page.has_keys(&["secrets"]) {
        read_secrets(page, intake);
    } else if page.has_keys(&["repositories"]) {
        match is_at(page, false, &[&["actions", "permissions", "repositories"]]) {
            true => read_running(page, intake),
            false => read_selected(page, intake),
        }
    } else if page.has_keys(&["environments"]) {
        read_environments(page, intake);
    } else if page.has_keys(&["branch_policies"]) {
        read_branch_policies(page, intake);
    } else if page.has_keys(&["runners"]) {
        read_runners(page, intake);
    } else if page.has_keys(&["include_claim_keys"]) || page.has_keys(&["use_default"]) {
        read_subject(page, intake);
    } else if page.has_keys(&["default_workflow_permissions"]) {
        read_workflow_permissions(page, intake);
    } else if page.has_keys(&["enabled_repositories"]) {
        read_enabled_repositories(page, intake);
    } else if page.has_keys(&["enabled"]) {
        read_enabled(page, intake);
    }
    // Of variables, and of which actions may be used, nothing follows here.
}

#[derive(Deserialize)]
struct Secret {
    name: String,
    #[serde(default)]
    updated_at: Moment,
    #[serde(default, deserialize_with = "null_as_default")]
    visibility: String,
}

/// The principal that all workflow runs of a repository are.
fn runs(full_name: &str, tenant: &Key, evidence: &Evidence, intake: &mut Intake<'_>) -> Key {
    let key = format!("github:runs:{full_name}").to_lowercase();
    let name = format!("workflow runs of {full_name}");
    let of = (&*key, &*name, PrincipalKind::CiWorkflow);
    principal(intake, of, Some(tenant), None, evidence)
}

/// A secret: a place of its own, and what lies there.
fn secret(place: &str, read: &Secret, row: &Row<'_>, intake: &mut Intake<'_>) -> Key {
    let evidence = intake.row(row);
    let key = intake.key(&format!("github:secret:{}", place.to_lowercase()));
    let credential = intake.key(&format!("found:github:{}", place.to_lowercase()));
    let created = intake.moment(read.updated_at, row, "updated_at");
    intake.emit(Record::Credential(CredentialRecord {
        key: credential.clone(),
        name: read.name.clone(),
        kind: CredentialKind::Unknown,
        identifier: None,
        principal: None,
        status: CredentialStatus::Unknown,
        lifetime: Lifetime::Unknown,
        created,
        expires: None,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    // A register may say what is kept under that name.
    let clues = Clues {
        variable: read.name.clone(),
        ..Clues::default()
    };
    intake.clued(&credential, clues);
    intake.emit(Record::Exposure(ExposureRecord {
        key: key.clone(),
        name: format!("secret {place}"),
        kind: ExposureKind::CiVariable,
        resource: None,
        holder: None,
        lying: vec![LyingRecord {
            credential,
            name: read.name.clone(),
            doubt: None,
            sight: Sight::default(),
            evidence: evidence.clone(),
        }],
        evidence,
    }));
    key
}

fn read_secrets(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(place) = Place::of(page) else {
        repository_of(page, "github/repos/OWNER/REPO/actions/secrets.json", intake);
        return;
    };
    let evidence = intake.page(page);
    let owner = place.owner.clone();
    let tenant = organization(&owner, &evidence, intake);
    let Some(name) = &place.repository else {
        // Those of Dependabot and Codespaces are given to neither workflows of branches nor their jobs.
        if !place.is(&["actions", "secrets"]) {
            return;
        }
        let all = group("runs", &owner, &tenant, &evidence, intake);
        for row in rows(page, "secrets", intake) {
            let Some(read) = intake.parse::<Secret>(&row) else {
                continue;
            };
            secret(&format!("{owner}/{}", read.name), &read, &row, intake);
            let evidence = intake.row(&row);
            let permission = format!("secret:{}:{}", read.visibility, read.name);
            permit(intake, &all, None, &permission, None, &evidence);
        }
        return;
    };
    let full_name = format!("{owner}/{name}");
    let on = repository(&full_name, &evidence, intake);
    let runs = runs(&full_name, &tenant, &evidence, intake);
    let of_environment = match place.tail.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["environments", environment, "secrets"] => Some(environment.to_owned()),
        ["actions", "secrets"] => None,
        ["actions", "organization-secrets"] => {
            let (all, is_complete) = whole_rows(page, "secrets", intake);
            for row in all {
                let Some(read) = intake.parse::<Secret>(&row) else {
                    continue;
                };
                secret(&format!("{owner}/{}", read.name), &read, &row, intake);
                let evidence = intake.row(&row);
                let permission = format!("secret:seen:{}", read.name);
                permit(intake, &runs, Some(&on), &permission, None, &evidence);
            }
            intake.emit(Record::Listing(ListingRecord {
                tenant,
                kind: "github:organization-secrets".to_owned(),
                of: Some(on),
                is_complete,
                evidence,
            }));
            return;
        }
        _ => return,
    };
    match &of_environment {
        // It is there, whatever its rules are.
        Some(name) => {
            environment(&full_name, name, &tenant, &evidence, intake);
        }
        None => intake.emit(Record::Listing(ListingRecord {
            tenant,
            kind: "github:actions-secrets".to_owned(),
            of: Some(on),
            is_complete: page.is_whole(),
            evidence,
        })),
    }
    for row in rows(page, "secrets", intake) {
        let Some(read) = intake.parse::<Secret>(&row) else {
            continue;
        };
        match &of_environment {
            Some(environment) => {
                secret(
                    &format!("{full_name}/{environment}/{}", read.name),
                    &read,
                    &row,
                    intake,
                );
            }
            None => {
                secret(&format!("{full_name}/{}", read.name), &read, &row, intake);
            }
        }
    }
}

/// The repositories that see one secret of the organisation.
fn read_selected(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/actions/secrets/NAME/repositories.json";
    let Some((tenant, place)) = organization_of(page, expected, intake) else {
        return;
    };
    let name = place.part(2).unwrap_or("").to_owned();
    let at = intake.page(page);
    let (all, is_complete) = whole_rows(page, "repositories", intake);
    for row in all {
        let Some(full_name) = text(&row, "full_name") else {
            let at = intake.row(&row);
            intake.not_a_list(&at, "full_name");
            continue;
        };
        let evidence = intake.row(&row);
        let on = repository(&full_name, &evidence, intake);
        let runs = runs(&full_name, &tenant, &evidence, intake);
        let permission = format!("secret:seen:{name}");
        permit(intake, &runs, Some(&on), &permission, None, &evidence);
    }
    let of = intake.key(&format!("github:secret:{}/{name}", place.owner).to_lowercase());
    intake.emit(Record::Listing(ListingRecord {
        tenant,
        kind: "github:secret-repositories".to_owned(),
        of: Some(of),
        is_complete,
        evidence: at,
    }));
}

/// The key of an environment: a resource of its repository.
fn environment(
    full_name: &str,
    name: &str,
    tenant: &Key,
    evidence: &Evidence,
    intake: &mut Intake<'_>,
) -> Key {
    let key = format!("github:environment:{full_name}/{name}").to_lowercase();
    let key = intake.key(&key);
    let tags = vec![(
        "github:repository".to_owned(),
        super::repository_key(full_name),
    )];
    resource(intake, &key, name, "environment", tenant, tags, evidence);
    key
}

#[derive(Deserialize)]
struct Environment {
    name: String,
    #[serde(default)]
    can_admins_bypass: Option<bool>,
    #[serde(default, deserialize_with = "null_as_default")]
    protection_rules: Vec<ProtectionRule>,
    #[serde(default)]
    deployment_branch_policy: Option<BranchPolicy>,
}

#[derive(Deserialize)]
struct ProtectionRule {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    prevent_self_review: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    reviewers: Vec<Reviewer>,
}

#[derive(Deserialize)]
struct Reviewer {
    #[serde(rename = "type")]
    kind: String,
    reviewer: Named,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    login: Option<String>,
    #[serde(default)]
    slug: Option<String>,
}

#[derive(Deserialize)]
struct BranchPolicy {
    #[serde(default)]
    protected_branches: bool,
}

fn read_environments(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/repos/OWNER/REPO/environments.json";
    let Some((repository, place)) = repository_of(page, expected, intake) else {
        return;
    };
    let at = intake.page(page);
    let tenant = organization(&place.owner, &at, intake);
    let full_name = format!(
        "{}/{}",
        place.owner,
        place.repository.as_deref().unwrap_or("")
    );
    intake.emit(Record::Listing(ListingRecord {
        tenant: tenant.clone(),
        kind: "github:environment".to_owned(),
        of: Some(repository),
        is_complete: page.is_whole(),
        evidence: at.clone(),
    }));
    for row in rows(page, "environments", intake) {
        let Some(read) = intake.parse::<Environment>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let on = environment(&full_name, &read.name, &tenant, &evidence, intake);
        let mut gate = DeployGateRecord {
            on,
            reviewers: Vec::new(),
            is_self_review_prevented: false,
            may_admins_bypass: read.can_admins_bypass,
            refs: Some(match &read.deployment_branch_policy {
                None => DeployRefs::Any,
                Some(policy) if policy.protected_branches => DeployRefs::Protected,
                Some(_) => DeployRefs::Named,
            }),
            pattern: None,
            others: Vec::new(),
            evidence,
        };
        for rule in read.protection_rules {
            match rule.kind.as_str() {
                "required_reviewers" => {
                    gate.is_self_review_prevented |= rule.prevent_self_review;
                    for one in rule.reviewers {
                        let key = match (one.kind.as_str(), one.reviewer) {
                            (
                                "Team",
                                Named {
                                    slug: Some(slug), ..
                                },
                            ) => team_key(&place.owner, &slug),
                            (
                                _,
                                Named {
                                    login: Some(login), ..
                                },
                            ) => user_key(&login),
                            _ => continue,
                        };
                        gate.reviewers.push(intake.key(&key));
                    }
                }
                // It only waits; the branch policy stands by itself.
                "wait_timer" | "branch_policy" => {}
                other => gate.others.push(other.to_owned()),
            }
        }
        intake.emit(Record::DeployGate(gate));
    }
}

#[derive(Deserialize)]
struct Pattern {
    name: String,
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    kind: String,
}

fn read_branch_policies(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/repos/OWNER/REPO/environments/NAME/deployment-branch-policies.json";
    let Some((_, place)) = repository_of(page, expected, intake) else {
        return;
    };
    let at = intake.page(page);
    let tenant = organization(&place.owner, &at, intake);
    let full_name = format!(
        "{}/{}",
        place.owner,
        place.repository.as_deref().unwrap_or("")
    );
    let Some(name) = place
        .part(1)
        .filter(|_| place.part(0) == Some("environments"))
    else {
        let what = "of which environment it is";
        intake.missing_parent(crate::problem::Severity::Skipped, &at, what, expected);
        return;
    };
    let on = environment(&full_name, name, &tenant, &at, intake);
    for row in rows(page, "branch_policies", intake) {
        let Some(read) = intake.parse::<Pattern>(&row) else {
            continue;
        };
        let kind = match read.kind.as_str() {
            "tag" => "tag",
            _ => "branch",
        };
        let evidence = intake.row(&row);
        intake.emit(Record::DeployGate(DeployGateRecord {
            on: on.clone(),
            reviewers: Vec::new(),
            is_self_review_prevented: false,
            may_admins_bypass: None,
            refs: None,
            pattern: Some((read.name, kind.to_owned())),
            others: Vec::new(),
            evidence,
        }));
    }
}

/// Whose settings a page tells: those of a repository's runs, or of all runs of the organisation.
fn settings_of(page: &Page<'_>, tail: &str, intake: &mut Intake<'_>) -> Option<Key> {
    let evidence = intake.page(page);
    match Place::of(page).is_some_and(|place| place.is_of_repository()) {
        true => {
            let expected = format!("github/repos/OWNER/REPO/{tail}");
            let (_, place) = repository_of(page, &expected, intake)?;
            let tenant = organization(&place.owner, &evidence, intake);
            let full_name = format!("{}/{}", place.owner, place.repository?);
            Some(runs(&full_name, &tenant, &evidence, intake))
        }
        false => {
            let expected = format!("github/orgs/ORG/{tail}");
            let (tenant, place) = organization_of(page, &expected, intake)?;
            Some(group("runs", &place.owner, &tenant, &evidence, intake))
        }
    }
}

#[derive(Deserialize)]
struct WorkflowPermissions {
    default_workflow_permissions: String,
    #[serde(default)]
    can_approve_pull_request_reviews: bool,
}

fn read_workflow_permissions(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.whole() else { return };
    let Some(read) = intake.parse::<WorkflowPermissions>(&row) else {
        return;
    };
    let Some(runs) = settings_of(page, "actions/permissions/workflow.json", intake) else {
        return;
    };
    let evidence = intake.row(&row);
    let name = format!("default:{}", read.default_workflow_permissions);
    permit(intake, &runs, None, &name, None, &evidence);
    if read.can_approve_pull_request_reviews {
        permit(intake, &runs, None, "approve", None, &evidence);
    }
}

/// Whether workflows of a repository run.
fn read_enabled(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.whole() else { return };
    let enabled = row.member("enabled");
    let told = match enabled.as_ref().map(|one| one.raw.get()) {
        Some("false") => "disabled",
        Some("true") => "enabled",
        _ => return,
    };
    if let Some(runs) = settings_of(page, "actions/permissions.json", intake) {
        let evidence = intake.row(&row);
        permit(intake, &runs, None, told, None, &evidence);
    }
}

/// In which repositories of an organisation workflows run: `all`, `none`, or `selected` ones, of which a list of its own
/// tells.
///
/// Source: GitHub Docs, "Disabling or limiting GitHub Actions for your organization" ("When you disable GitHub Actions, no
/// workflows run in your repository"); REST API reference, "Get GitHub Actions permissions for an organization" (read
/// 2026-11).
fn read_enabled_repositories(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.whole() else { return };
    let told = match text(&row, "enabled_repositories").as_deref() {
        Some("none") => "disabled",
        Some("selected") => "enabled:selected",
        Some("all") => "enabled:all",
        _ => return,
    };
    if let Some(runs) = settings_of(page, "actions/permissions.json", intake) {
        let evidence = intake.row(&row);
        permit(intake, &runs, None, told, None, &evidence);
    }
}

/// The repositories in which workflows run, of an organisation where they run in selected ones: there is such a list only
/// there.
///
/// Source: REST API reference, "List selected repositories enabled for GitHub Actions in an organization" (read 2026-11).
fn read_running(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/orgs/ORG/actions/permissions/repositories.json";
    let Some((tenant, place)) = organization_of(page, expected, intake) else {
        return;
    };
    let at = intake.page(page);
    let all = group("runs", &place.owner, &tenant, &at, intake);
    permit(intake, &all, None, "enabled:selected", None, &at);
    let (all, is_complete) = whole_rows(page, "repositories", intake);
    for row in all {
        let Some(full_name) = text(&row, "full_name") else {
            let at = intake.row(&row);
            intake.not_a_list(&at, "full_name");
            continue;
        };
        let evidence = intake.row(&row);
        repository(&full_name, &evidence, intake);
        let runs = runs(&full_name, &tenant, &evidence, intake);
        permit(intake, &runs, None, "enabled:listed", None, &evidence);
    }
    intake.emit(Record::Listing(ListingRecord {
        tenant,
        kind: "github:running-repositories".to_owned(),
        of: None,
        is_complete,
        evidence: at,
    }));
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    use_default: Option<bool>,
    #[serde(default)]
    include_claim_keys: Option<Vec<String>>,
    #[serde(default)]
    use_immutable_subject: Option<bool>,
    #[serde(default)]
    sub_claim_prefix: Option<String>,
}

fn read_subject(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.whole() else { return };
    let Some(read) = intake.parse::<Subject>(&row) else {
        return;
    };
    let Some(runs) = settings_of(page, "actions/oidc/customization/sub.json", intake) else {
        return;
    };
    let evidence = intake.row(&row);
    // "If `use_default` is true, the GitHub API ignores any `include_claim_keys`."
    let keys = match (read.use_default, read.include_claim_keys) {
        (Some(true), _) => Some("default".to_owned()),
        (_, Some(keys)) => Some(keys.join(",")),
        // It uses that of its organisation.
        (Some(false), None) => Some(String::new()),
        (None, None) => None,
    };
    if let Some(keys) = keys {
        permit(
            intake,
            &runs,
            None,
            &format!("subject:{keys}"),
            None,
            &evidence,
        );
    }
    if let Some(is_immutable) = read.use_immutable_subject {
        let name = format!("immutable-subject:{is_immutable}");
        permit(intake, &runs, None, &name, None, &evidence);
    }
    if let Some(prefix) = read.sub_claim_prefix {
        permit(
            intake,
            &runs,
            None,
            &format!("subject-prefix:{prefix}"),
            None,
            &evidence,
        );
    }
}

#[derive(Deserialize)]
struct Runner {
    id: u64,
    name: String,
    #[serde(default)]
    ephemeral: Option<bool>,
}

/// A runner of one's own: a machine on which jobs of others run as well.
fn read_runners(page: &Page<'_>, intake: &mut Intake<'_>) {
    let evidence = intake.page(page);
    let Some(place) = Place::of(page) else {
        organization_of(page, "github/orgs/ORG/actions/runners.json", intake);
        return;
    };
    let tenant = organization(&place.owner, &evidence, intake);
    let of = match &place.repository {
        Some(name) => super::repository_key(&format!("{}/{name}", place.owner)),
        None => group_key("runs", &place.owner),
    };
    for row in rows(page, "runners", intake) {
        let Some(read) = intake.parse::<Runner>(&row) else {
            continue;
        };
        let evidence = intake.row(&row);
        let key = intake.key(&format!("github:runner:{}/{}", place.owner, read.id).to_lowercase());
        let mut tags = vec![("github:runs-for".to_owned(), of.clone())];
        if read.ephemeral == Some(true) {
            tags.push(("github:ephemeral".to_owned(), "true".to_owned()));
        }
        resource(intake, &key, &read.name, "runner", &tenant, tags, &evidence);
    }
}
