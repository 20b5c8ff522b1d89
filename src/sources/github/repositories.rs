//! Repositories, their branches, and what protects these: branch protection rules and rulesets.
//!
//! The REST API tells the protection of one branch at a time, and of none that does not exist yet: patterns that protect
//! branches to come (`*`, which may keep others from creating any) are told by GraphQL alone.
//!
//! Source: REST API reference, "Repositories", "Branches", "Protected branches", "Rules"; GraphQL reference,
//! `BranchProtectionRule` (read 2026-11).

use super::{
    Place, app_key, is_at, organization, organization_of, repository, repository_of, resource,
    rows, team_key, text, user_key,
};
use crate::inventory::{Chosen, Exempted, Exemption, Key, ListingRecord, Record, RefRuleRecord};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json::{self, null_as_default};
use serde::Deserialize;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "github/repositories",
    about: "repositories of GitHub, their branches, branch protection and rulesets",
    command: "gh api --paginate orgs/ORG/repos > github/orgs/ORG/repos.json; repos/ORG/REPO/branches, repos/ORG/REPO/branches/BRANCH/protection (> github/repos/ORG/REPO/branches/BRANCH/protection.json), repos/ORG/REPO/rulesets/ID, orgs/ORG/rulesets/ID; gh api graphql for branchProtectionRules (docs/github.md)",
    keys: &[
        "full_name",
        "default_branch",
        "enforce_admins",
        "enforcement",
        "branchProtectionRules",
    ],
    recognise,
    read,
};

fn is_repository(page: &Page<'_>) -> bool {
    page.has_keys(&["full_name", "default_branch", "private"])
}

fn is_branches(page: &Page<'_>) -> bool {
    page.is_array() && page.has_keys(&["name", "commit", "protected"])
}

fn is_ruleset(page: &Page<'_>) -> bool {
    page.is_object() && page.has_keys(&["enforcement", "source_type", "target", "rules"])
}

fn is_protection(page: &Page<'_>) -> bool {
    page.is_object() && page.has_keys(&["url", "enforce_admins"])
}

/// `data.repository` of a GraphQL answer.
fn graph<'d>(page: &Page<'d>) -> Option<Row<'d>> {
    page.member("data")?
        .member("repository")
        .filter(|row| row.member("branchProtectionRules").is_some())
}

fn recognise(page: &Page<'_>) -> bool {
    let is_empty = super::is_empty_list(page)
        && (is_at(page, false, &[&["repos"], &["rulesets"]])
            || is_at(page, true, &[&["branches"], &["rulesets"]]));
    // A list of rulesets has neither rules nor conditions: each must be asked for.
    let is_list = page.is_array() && page.has_keys(&["enforcement", "source_type", "target"]);
    is_empty
        || is_repository(page)
        || is_branches(page)
        || is_ruleset(page)
        || is_list
        || is_protection(page)
        || graph(page).is_some()
}

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: String,
    private: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    visibility: String,
    #[serde(default, deserialize_with = "null_as_default")]
    default_branch: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    allow_forking: Option<bool>,
    #[serde(default, deserialize_with = "null_as_default")]
    created_at: String,
    #[serde(default)]
    owner: Option<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    #[serde(default)]
    id: Option<u64>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    if let Some(of) = graph(page) {
        read_graph(page, &of, intake);
    } else if is_protection(page) {
        read_protection(page, intake);
    } else if is_ruleset(page) {
        read_ruleset(page, intake);
    } else if is_branches(page) || is_at(page, true, &[&["branches"]]) {
        read_branches(page, intake);
    } else if page.has_keys(&["enforcement"]) {
        let at = intake.page(page);
        intake.problem(
            crate::problem::Severity::Doubt,
            crate::problem::ProblemCode::NotModelled,
            &at,
            "a list of rulesets tells neither their rules nor their refs",
            "export each of them: `gh api repos/OWNER/REPO/rulesets/ID`",
        );
    } else if page.is_array() {
        for row in rows(page, "", intake) {
            read_repository(&row, intake);
        }
        if let Some(place) = Place::of(page).filter(|place| place.is(&["repos"])) {
            let evidence = intake.page(page);
            let tenant = organization(&place.owner, &evidence, intake);
            intake.emit(Record::Listing(ListingRecord {
                tenant,
                kind: "github:repository".to_owned(),
                of: None,
                is_complete: page.is_whole(),
                evidence,
            }));
        }
    } else if let Some(row) = page.whole() {
        read_repository(&row, intake);
    }
}

fn read_repository(row: &Row<'_>, intake: &mut Intake<'_>) {
    let Some(read) = intake.parse::<Repository>(row) else {
        return;
    };
    let evidence = intake.row(row);
    let owner = read.full_name.split('/').next().unwrap_or("").to_owned();
    let tenant = organization(&owner, &evidence, intake);
    let key = intake.key(&super::repository_key(&read.full_name));
    let visibility = match (read.visibility.as_str(), read.private) {
        ("", true) => "private",
        ("", false) => "public",
        (told, _) => told,
    };
    let mut tags = vec![
        ("github:visibility".to_owned(), visibility.to_owned()),
        ("github:default-branch".to_owned(), read.default_branch),
        ("github:id".to_owned(), read.id.to_string()),
    ];
    let owner_id = read.owner.and_then(|owner| owner.id);
    tags.extend(owner_id.map(|id| ("github:owner-id".to_owned(), id.to_string())));
    if !read.created_at.is_empty() {
        tags.push(("github:created".to_owned(), read.created_at));
    }
    if read.archived {
        tags.push(("github:archived".to_owned(), "true".to_owned()));
    }
    if read.allow_forking == Some(false) {
        tags.push(("github:fork".to_owned(), "false".to_owned()));
    }
    resource(
        intake,
        &key,
        &read.full_name,
        "repository",
        &tenant,
        tags,
        &evidence,
    );
}

/// The key of a branch: a resource, so that it is known to exist.
fn branch(
    repository: &str,
    tenant: &Key,
    (name, is_protected): (&str, bool),
    row: &Row<'_>,
    intake: &mut Intake<'_>,
) {
    let evidence = intake.row(row);
    let full_name = repository.trim_start_matches("github:repository:");
    let key = intake.key(&format!("github:branch:{full_name}@{name}"));
    let tags = vec![
        ("github:repository".to_owned(), repository.to_owned()),
        ("github:protected".to_owned(), is_protected.to_string()),
    ];
    resource(intake, &key, name, "branch", tenant, tags, &evidence);
}

#[derive(Deserialize)]
struct Branch {
    name: String,
    #[serde(default)]
    protected: bool,
}

fn read_branches(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/repos/OWNER/REPO/branches.json";
    let Some((on, place)) = repository_of(page, expected, intake) else {
        return;
    };
    let evidence = intake.page(page);
    let tenant = organization(&place.owner, &evidence, intake);
    for row in rows(page, "", intake) {
        if let Some(read) = intake.parse::<Branch>(&row) {
            branch(&on, &tenant, (&read.name, read.protected), &row, intake);
        }
    }
    intake.emit(Record::Listing(ListingRecord {
        tenant,
        kind: "github:branch".to_owned(),
        of: Some(on),
        is_complete: page.is_whole(),
        evidence,
    }));
}

/// Whether a member is an object with `enabled` set, as the REST API tells switches.
fn is_enabled(row: &Row<'_>, name: &str) -> bool {
    row.member(name)
        .and_then(|one| one.member("enabled"))
        .is_some_and(|one| one.raw.get() == "true")
}

/// The users, teams and apps of a list of them.
fn actors(row: Option<Row<'_>>, owner: &str, intake: &mut Intake<'_>) -> Vec<Key> {
    let Some(row) = row else { return Vec::new() };
    let mut found = Vec::new();
    for (list, field) in [("users", "login"), ("teams", "slug"), ("apps", "slug")] {
        let rows = row.member(list).and_then(|one| one.rows());
        for name in rows
            .unwrap_or_default()
            .iter()
            .filter_map(|one| text(one, field))
        {
            let key = match list {
                "users" => user_key(&name),
                "teams" => team_key(owner, &name),
                _ => app_key(owner, &name),
            };
            found.push(intake.key(&key));
        }
    }
    found
}

fn exempt(of: &str, who: Vec<Key>) -> impl Iterator<Item = Exemption<Key>> + use<> {
    let of = of.to_owned();
    who.into_iter().map(move |key| Exemption {
        who: Exempted::Principal(key),
        of: Some(of.clone()),
    })
}

/// How many approvals a pull request needs, and whether that of an owner of the code is among them.
fn review(row: &Row<'_>, count: &str, by_owners: &str) -> String {
    let number = |name: &str| {
        row.member(name)
            .and_then(|one| one.raw.get().parse::<u32>().ok())
            .unwrap_or(0)
    };
    let is_by_owners = row
        .member(by_owners)
        .is_some_and(|one| one.raw.get() == "true");
    format!(
        "pull_request:{}",
        number(count).max(u32::from(is_by_owners))
    )
}

fn read_protection(page: &Page<'_>, intake: &mut Intake<'_>) {
    let expected = "github/repos/OWNER/REPO/branches/BRANCH/protection.json";
    let Some((on, place)) = repository_of(page, expected, intake) else {
        return;
    };
    let Some(row) = page.whole() else { return };
    // `https://api.github.com/repos/OWNER/REPO/branches/BRANCH/protection`: a branch may have `/` in its name.
    let url = text(&row, "url").unwrap_or_default();
    let of_url = url
        .split_once("/branches/")
        .and_then(|(_, rest)| rest.strip_suffix("/protection"));
    let of_url = of_url.map(|name| {
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        decoded.into_owned()
    });
    let Some(name) = of_url else {
        let at = intake.member(&row, "url");
        intake.not_a_list(&at, "url");
        return;
    };
    let evidence = intake.row(&row);
    let tenant = organization(&place.owner, &evidence, intake);
    branch(&on, &tenant, (&name, true), &row, intake);
    let mut asks = Vec::new();
    let mut exempted = Vec::new();
    if let Some(reviews) = row
        .member("required_pull_request_reviews")
        .filter(is_object)
    {
        asks.push(review(
            &reviews,
            "required_approving_review_count",
            "require_code_owner_reviews",
        ));
        let allowed = reviews.member("bypass_pull_request_allowances");
        exempted.extend(exempt(
            "pull_request",
            actors(allowed, &place.owner, intake),
        ));
    }
    if let Some(checks) = row.member("required_status_checks").filter(is_object) {
        asks.push(checks_of(&checks).to_owned());
    }
    if is_enabled(&row, "lock_branch") {
        asks.push("lock_branch".to_owned());
    }
    if let Some(restrictions) = row.member("restrictions").filter(is_object) {
        asks.push("restrictions".to_owned());
        let listed = actors(Some(restrictions), &place.owner, intake);
        exempted.extend(exempt("restrictions", listed));
        if is_enabled(&row, "block_creations") {
            asks.push("creation".to_owned());
        }
    }
    let key = intake.key(&format!("{on}#protection/{name}"));
    intake.emit(Record::RefRule(RefRuleRecord {
        key,
        name: format!("protection of {name}"),
        on,
        repositories: None,
        refs: Chosen {
            include: vec![format!("refs/heads/{}", literal(&name))],
            exclude: Vec::new(),
        },
        asks,
        is_protection: true,
        binds_admins: is_enabled(&row, "enforce_admins"),
        exempt: Some(exempted),
        evidence,
    }));
}

fn is_object(row: &Row<'_>) -> bool {
    json::opening(row.raw) == '{'
}

/// A name as the pattern that matches it alone.
fn literal(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for letter in name.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Whether the checks are such as anybody with write access may set, or must come from an app.
fn checks_of(row: &Row<'_>) -> &'static str {
    let all = row.member("checks").and_then(|one| one.rows());
    let is_of_app = |one: &Row<'_>| {
        one.member("app_id")
            .is_some_and(|id| !matches!(id.raw.get(), "null" | "-1"))
    };
    match all.unwrap_or_default().iter().any(is_of_app) {
        true => "required_status_checks:app",
        false => "required_status_checks",
    }
}

fn read_graph(page: &Page<'_>, of: &Row<'_>, intake: &mut Intake<'_>) {
    let at = intake.page(page);
    let full_name = text(of, "nameWithOwner").or_else(|| {
        let place = Place::of(page)?;
        Some(format!("{}/{}", place.owner, place.repository?))
    });
    let Some(full_name) = full_name else {
        let expected = "github/repos/OWNER/REPO/branch-protection-rules.json";
        let what = "which repository it is of";
        intake.missing_parent(crate::problem::Severity::Skipped, &at, what, expected);
        return;
    };
    let on = repository(&full_name, &at, intake);
    let owner = full_name.split('/').next().unwrap_or("").to_owned();
    let tenant = organization(&owner, &at, intake);
    intake.emit(Record::Listing(ListingRecord {
        tenant,
        kind: "github:branch-protection".to_owned(),
        of: Some(on.clone()),
        is_complete: true,
        evidence: at.clone(),
    }));
    let nodes = of
        .member("branchProtectionRules")
        .and_then(|one| one.member("nodes"))
        .and_then(|one| one.rows());
    for row in nodes.unwrap_or_default() {
        let Some(pattern) = text(&row, "pattern") else {
            let at = intake.row(&row);
            intake.not_a_list(&at, "pattern");
            continue;
        };
        let is = |name: &str| row.member(name).is_some_and(|one| one.raw.get() == "true");
        let mut asks = Vec::new();
        let mut exempted = Vec::new();
        if is("requiresApprovingReviews") {
            asks.push(review(
                &row,
                "requiredApprovingReviewCount",
                "requiresCodeOwnerReviews",
            ));
            let allowed = graph_actors(&row, "bypassPullRequestAllowances", &owner, intake);
            exempted.extend(exempt("pull_request", allowed));
        }
        if is("requiresStatusChecks") {
            let checks = row
                .member("requiredStatusChecks")
                .and_then(|one| one.rows());
            let is_of_app = |one: &Row<'_>| one.member("app").is_some_and(|app| is_object(&app));
            // Where they are not told, an app may have to set them.
            let is_plain = checks.is_some_and(|all| !all.iter().any(is_of_app));
            asks.push(match is_plain {
                true => "required_status_checks".to_owned(),
                false => "required_status_checks:app".to_owned(),
            });
        }
        if is("lockBranch") {
            asks.push("lock_branch".to_owned());
        }
        if is("restrictsPushes") {
            asks.push("restrictions".to_owned());
            let allowed = graph_actors(&row, "pushAllowances", &owner, intake);
            exempted.extend(exempt("restrictions", allowed));
            if is("blocksCreations") {
                asks.push("creation".to_owned());
            }
        }
        // The REST API tells the same rule by the name of a branch: one key makes them one.
        let key = intake.key(&format!("{on}#protection/{pattern}"));
        let evidence = intake.row(&row);
        intake.emit(Record::RefRule(RefRuleRecord {
            key,
            name: format!("protection of {pattern}"),
            on: on.clone(),
            repositories: None,
            refs: Chosen {
                include: vec![format!("refs/heads/{pattern}")],
                exclude: Vec::new(),
            },
            asks,
            is_protection: true,
            binds_admins: is("isAdminEnforced"),
            exempt: Some(exempted),
            evidence,
        }));
    }
}

fn graph_actors(row: &Row<'_>, name: &str, owner: &str, intake: &mut Intake<'_>) -> Vec<Key> {
    let nodes = row
        .member(name)
        .and_then(|one| one.member("nodes"))
        .and_then(|one| one.rows());
    let mut found = Vec::new();
    for actor in nodes
        .unwrap_or_default()
        .iter()
        .filter_map(|one| one.member("actor"))
    {
        let kind = text(&actor, "__typename").unwrap_or_default();
        let key = match (kind.as_str(), text(&actor, "login"), text(&actor, "slug")) {
            ("Team", _, Some(slug)) => team_key(owner, &slug),
            ("App", _, Some(slug)) => app_key(owner, &slug),
            (_, Some(login), _) => user_key(&login),
            _ => continue,
        };
        found.push(intake.key(&key));
    }
    found
}

#[derive(Deserialize)]
struct Ruleset {
    id: u64,
    name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    target: String,
    enforcement: String,
    source_type: String,
    #[serde(default)]
    bypass_actors: Option<Vec<Bypass>>,
    #[serde(default, deserialize_with = "null_as_default")]
    conditions: Conditions,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Bypass {
    #[serde(default)]
    actor_id: Option<u64>,
    actor_type: String,
    #[serde(default, deserialize_with = "null_as_default")]
    bypass_mode: String,
}

#[derive(Deserialize, Default)]
struct Conditions {
    #[serde(default)]
    ref_name: Option<Patterns>,
    #[serde(default)]
    repository_name: Option<Patterns>,
    #[serde(default)]
    repository_id: Option<ById>,
    #[serde(default)]
    repository_property: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Default)]
struct Patterns {
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
}

#[derive(Deserialize)]
struct ById {
    #[serde(default)]
    repository_ids: Vec<u64>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "null_as_default")]
    parameters: Parameters,
}

#[derive(Deserialize, Default)]
struct Parameters {
    #[serde(default)]
    required_approving_review_count: u32,
    #[serde(default)]
    require_code_owner_review: bool,
    #[serde(default)]
    required_status_checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    #[serde(default)]
    integration_id: Option<u64>,
}

/// Source: REST API reference, "Rules", `bypass_actors` (read 2026-11): roles are told by number; these are the built-in ones.
const ROLES: [(u64, &str); 3] = [(2, "maintain"), (4, "write"), (5, "admin")];

fn read_ruleset(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.whole() else { return };
    let Some(read) = intake.parse::<Ruleset>(&row) else {
        return;
    };
    // `evaluate` only counts what it would have kept out; rules for tags and pushes keep nobody off a branch.
    if read.enforcement != "active" || !matches!(read.target.as_str(), "" | "branch") {
        return;
    }
    let of_organization = read.source_type != "Repository";
    // Asked of a repository, one of its organisation tells that it is about this one.
    let of_repository = Place::of(page).and_then(|place| place.repository);
    let on = match (of_organization, &of_repository) {
        (true, None) => organization_of(page, "github/orgs/ORG/rulesets/ID.json", intake),
        (_, _) => repository_of(page, "github/repos/OWNER/REPO/rulesets/ID.json", intake),
    };
    let Some((mut on, place)) = on else { return };
    let of_repository = of_repository.filter(|_| of_organization);
    if of_repository.is_some() {
        let evidence = intake.row(&row);
        on = organization(&place.owner, &evidence, intake);
    }
    let conditions = read.conditions;
    let repositories = of_organization.then(|| {
        if let Some(name) = &of_repository {
            return Chosen {
                include: vec![literal(name)],
                exclude: Vec::new(),
            };
        }
        match (conditions.repository_name, conditions.repository_id) {
            (Some(names), _) => Chosen {
                include: names.include,
                exclude: names.exclude,
            },
            (None, Some(ids)) => Chosen {
                include: ids
                    .repository_ids
                    .iter()
                    .map(|id| format!("id:{id}"))
                    .collect(),
                exclude: Vec::new(),
            },
            // Custom properties are in no list that is read: it may be any.
            (None, None) => Chosen {
                include: vec![match conditions.repository_property {
                    Some(_) => "~PROPERTY".to_owned(),
                    None => "~ALL".to_owned(),
                }],
                exclude: Vec::new(),
            },
        }
    });
    let refs = conditions.ref_name.unwrap_or_default();
    let asks = read.rules.iter().map(|rule| match rule.kind.as_str() {
        "pull_request" => {
            let of = &rule.parameters;
            let count = of.required_approving_review_count;
            format!(
                "pull_request:{}",
                count.max(u32::from(of.require_code_owner_review))
            )
        }
        "required_status_checks" => {
            let checks = &rule.parameters.required_status_checks;
            match checks.iter().any(|check| check.integration_id.is_some()) {
                true => "required_status_checks:app".to_owned(),
                false => "required_status_checks".to_owned(),
            }
        }
        other => other.to_owned(),
    });
    let asks: Vec<String> = asks.collect();
    // "`pull_request` means that an actor can only bypass rules on pull requests" (REST API reference, "Rules", read
    // 2026-11): none makes a branch.
    let by_request: Vec<String> = asks
        .iter()
        .map(|ask| ask.split(':').next().unwrap_or(ask).to_owned())
        .filter(|kind| kind != "creation")
        .collect();
    // Whoever may not edit a ruleset is not told who passes by it.
    let exempt = read.bypass_actors.map(|actors| {
        let mut of = |one: Bypass| {
            let id = one.actor_id.unwrap_or(0);
            let is_by_request = one.bypass_mode == "pull_request";
            let who = match one.actor_type.as_str() {
                "OrganizationAdmin" => Exempted::Owners,
                "DeployKey" => Exempted::DeployKeys,
                "RepositoryRole" => {
                    let known = ROLES.iter().find(|(number, _)| *number == id);
                    Exempted::Role(
                        known.map_or_else(|| format!("id:{id}"), |(_, name)| (*name).to_owned()),
                    )
                }
                "User" => Exempted::Principal(intake.key(&format!("github:user-id:{id}"))),
                "Team" => Exempted::Principal(intake.key(&format!("github:team-id:{id}"))),
                "Integration" => Exempted::Principal(intake.key(&format!("github:app-id:{id}"))),
                kind => Exempted::Role(format!("{kind}:{id}")),
            };
            let of: Vec<Option<String>> = match is_by_request {
                true => by_request.iter().cloned().map(Some).collect(),
                false => vec![None],
            };
            let of = of.into_iter();
            of.map(|of| Exemption {
                who: who.clone(),
                of,
            })
            .collect::<Vec<_>>()
        };
        actors.into_iter().flat_map(&mut of).collect()
    });
    let evidence = intake.row(&row);
    let of = of_repository
        .map(|name| format!("@{name}"))
        .unwrap_or_default();
    let key = intake.key(&format!("{on}#ruleset/{}{of}", read.id));
    intake.emit(Record::RefRule(RefRuleRecord {
        key,
        name: format!("ruleset {}", read.name),
        on,
        repositories,
        refs: Chosen {
            include: refs.include,
            exclude: refs.exclude,
        },
        asks,
        is_protection: false,
        binds_admins: true,
        exempt,
        evidence,
    }));
}
