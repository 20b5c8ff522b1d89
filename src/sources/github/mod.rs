//! GitHub: what its REST and GraphQL APIs say of an organisation and its repositories, and workflow files.
//!
//! No body of a repository's lists names the repository: the layout is the path of the call below `github/`, so that
//! `gh api --paginate orgs/acme/teams > github/orgs/acme/teams.json` is all there is to it. What the query of a call
//! chooses stands behind a hyphen: `members?role=admin` is `members-admin.json`.
//!
//! Logins, organisations and repositories are the same in any case: keys are lower case, names as GitHub writes them.
//!
//! Source of the shapes: GitHub's OpenAPI description (`@octokit/openapi`, `ghec`) and the REST API reference (read 2026-11).

pub(super) mod access;
pub(super) mod actions;
pub(super) mod repositories;
pub(super) mod tokens;
pub(super) mod workflows;

use super::envelope::{Body, Page, Row};
use super::intake::Intake;
use super::json;
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Evidence, Hierarchy, Key, Lifetime,
    PrincipalKind, PrincipalRecord, Record, ResourceRecord, ScopeRecord, TenantRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};

const PLATFORM: &str = "github";

/// What the layout says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// The organisation or user that owns what the file is about.
    owner: String,
    /// The repository, where it is about one.
    repository: Option<String>,
    /// The rest of the path, the last part without its ending.
    tail: Vec<String>,
}

impl Place {
    /// The place of a file, where the layout tells it.
    fn of(page: &Page<'_>) -> Option<Self> {
        let parts = page.layout().below(PLATFORM, &["orgs", "users", "repos"])?;
        let (kind, rest) = parts.split_first()?;
        let (owner, repository, rest) = match (kind.as_str(), rest) {
            ("orgs" | "users", [owner, rest @ ..]) => (owner, None, rest),
            ("repos", [owner, repository, rest @ ..]) => (owner, Some(repository), rest),
            _ => return None,
        };
        // A name in a call is written with `%2F` and the like; so is the file of its answer.
        let plain = |part: &String| {
            let part = part.strip_suffix(".json").unwrap_or(part);
            let decoded = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
            decoded.into_owned()
        };
        let (tail, mut owner, mut repository): (Vec<String>, _, _) = (
            rest.iter().map(plain).collect(),
            owner.clone(),
            repository.map(ToOwned::to_owned),
        );
        match &mut repository {
            Some(repository) if tail.is_empty() => *repository = plain(repository),
            None if tail.is_empty() => owner = plain(&owner),
            _ => {}
        }
        Some(Self {
            owner,
            repository,
            tail,
        })
    }

    /// Whether the rest of the path is this, where `*` stands for any one part.
    fn is(&self, tail: &[&str]) -> bool {
        self.tail.len() == tail.len()
            && tail
                .iter()
                .zip(&self.tail)
                .all(|(want, part)| *want == "*" || want == part)
    }

    /// One part of the rest of the path.
    fn part(&self, index: usize) -> Option<&str> {
        self.tail.get(index).map(String::as_str)
    }

    fn is_of_repository(&self) -> bool {
        self.repository.is_some()
    }
}

/// Whether the layout says that the file is the answer of one of these calls.
fn is_at(page: &Page<'_>, is_of_repository: bool, tails: &[&[&str]]) -> bool {
    Place::of(page).is_some_and(|place| {
        place.is_of_repository() == is_of_repository && tails.iter().any(|tail| place.is(tail))
    })
}

/// Whether a list is there that holds nothing: only the layout tells of what.
fn is_empty_list(page: &Page<'_>) -> bool {
    match page.body() {
        Body::Array(elements) => elements.is_empty(),
        _ => false,
    }
}

fn organization_key(owner: &str) -> String {
    format!("github:organization:{}", owner.to_lowercase())
}

fn repository_key(full_name: &str) -> String {
    format!("github:repository:{}", full_name.to_lowercase())
}

fn user_key(login: &str) -> String {
    format!("github:user:{}", login.to_lowercase())
}

fn team_key(owner: &str, slug: &str) -> String {
    format!("github:team:{owner}/{slug}").to_lowercase()
}

/// The installation of an app in an organisation.
fn app_key(owner: &str, slug: &str) -> String {
    format!("github:app:{owner}/{slug}").to_lowercase()
}

/// All members, all owners, all runs of an organisation.
fn group_key(what: &str, owner: &str) -> String {
    format!("github:{what}:{}", owner.to_lowercase())
}

/// Says that an organisation exists.
fn organization(owner: &str, evidence: &Evidence, intake: &mut Intake<'_>) -> Key {
    organization_with(owner, Vec::new(), evidence, intake)
}

fn organization_with(
    owner: &str,
    tags: Vec<(String, String)>,
    evidence: &Evidence,
    intake: &mut Intake<'_>,
) -> Key {
    let key = intake.key(&organization_key(owner));
    intake.emit(Record::Tenant(TenantRecord {
        key: key.clone(),
        platform: PLATFORM,
        identifier: owner.to_owned(),
        name: None,
        environment: None,
        owner: None,
        hierarchy: Hierarchy::default(),
        evidence: evidence.clone(),
    }));
    resource(intake, &key, owner, "organization", &key, tags, evidence);
    key
}

fn resource(
    intake: &mut Intake<'_>,
    key: &Key,
    name: &str,
    kind: &str,
    tenant: &Key,
    tags: Vec<(String, String)>,
    evidence: &Evidence,
) {
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.to_owned(),
        kind: format!("github:{kind}"),
        platform: PLATFORM,
        tenant: Some(tenant.clone()),
        tags,
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: evidence.clone(),
    }));
}

/// Says that a repository exists, whatever else is known of it.
fn repository(full_name: &str, evidence: &Evidence, intake: &mut Intake<'_>) -> Key {
    let owner = full_name.split('/').next().unwrap_or(full_name);
    let tenant = organization(owner, evidence, intake);
    let key = intake.key(&repository_key(full_name));
    resource(
        intake,
        &key,
        full_name,
        "repository",
        &tenant,
        Vec::new(),
        evidence,
    );
    key
}

/// The repository that the layout names; without it, a problem.
fn repository_of(page: &Page<'_>, expected: &str, intake: &mut Intake<'_>) -> Option<(Key, Place)> {
    let evidence = intake.page(page);
    let place = Place::of(page);
    let full_name = place
        .as_ref()
        .and_then(|place| Some(format!("{}/{}", place.owner, place.repository.as_ref()?)));
    let (Some(place), Some(full_name)) = (place, full_name) else {
        let what = "which repository it is of";
        intake.missing_parent(Severity::Skipped, &evidence, what, expected);
        return None;
    };
    Some((repository(&full_name, &evidence, intake), place))
}

/// The organisation that the layout names; without it, a problem.
fn organization_of(
    page: &Page<'_>,
    expected: &str,
    intake: &mut Intake<'_>,
) -> Option<(Key, Place)> {
    let evidence = intake.page(page);
    let Some(place) = Place::of(page).filter(|place| !place.is_of_repository()) else {
        let what = "which organisation it is of";
        intake.missing_parent(Severity::Skipped, &evidence, what, expected);
        return None;
    };
    Some((organization(&place.owner, &evidence, intake), place))
}

/// Who acts.
fn principal(
    intake: &mut Intake<'_>,
    (key, name, kind): (&str, &str, PrincipalKind),
    tenant: Option<&Key>,
    owner: Option<&str>,
    evidence: &Evidence,
) -> Key {
    let key = intake.key(key);
    intake.emit(Record::Principal(PrincipalRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.to_owned(),
        kind,
        platform: PLATFORM,
        tenant: tenant.cloned(),
        owner: owner.map(str::to_owned),
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }));
    key
}

/// Gives the principal that was added last its number as another name: rulesets name people, teams and apps by it.
fn numbered(of: &str, number: Option<u64>, intake: &mut Intake<'_>) {
    let alias = number.map(|number| intake.key(&format!("github:{of}-id:{number}")));
    if let Some(Record::Principal(last)) = intake.records.last_mut() {
        last.aliases.extend(alias);
    }
}

/// A user, as far as a login tells.
fn user(login: &str, evidence: &Evidence, intake: &mut Intake<'_>) -> Key {
    let kind = match login.ends_with("[bot]") {
        true => PrincipalKind::OauthApp,
        false => PrincipalKind::User,
    };
    principal(
        intake,
        (&user_key(login), login, kind),
        None,
        None,
        evidence,
    )
}

/// The group of all members or owners of an organisation, or of all its workflow runs.
fn group(
    what: &str,
    owner: &str,
    tenant: &Key,
    evidence: &Evidence,
    intake: &mut Intake<'_>,
) -> Key {
    let (name, kind) = match what {
        "owners" => (format!("owners of {owner}"), PrincipalKind::Group),
        "members" => (format!("members of {owner}"), PrincipalKind::Group),
        _ => (
            format!("workflow runs of {owner}"),
            PrincipalKind::CiWorkflow,
        ),
    };
    let key = group_key(what, owner);
    principal(intake, (&key, &name, kind), Some(tenant), None, evidence)
}

/// A party outside that decides what its software does here, with the right by which it does as its credential: what the
/// party holds altogether is a scenario.
fn vendor(
    intake: &mut Intake<'_>,
    (key, name, what): (&str, &str, &str),
    owner: Option<&str>,
    evidence: &Evidence,
) -> Key {
    let holder = principal(
        intake,
        (key, name, PrincipalKind::Vendor),
        None,
        owner,
        evidence,
    );
    let key = intake.key(&format!("publishing-right:{what}"));
    intake.emit(Record::Credential(CredentialRecord {
        key,
        name: what.to_owned(),
        kind: CredentialKind::PublishingRight,
        identifier: Some(what.to_owned()),
        principal: Some(holder.clone()),
        status: CredentialStatus::Unknown,
        lifetime: Lifetime::Unknown,
        created: None,
        expires: None,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    holder
}

/// Says that a holder has a permission on a resource, or on all of its tenant.
fn permit(
    intake: &mut Intake<'_>,
    holder: &Key,
    on: Option<&Key>,
    name: &str,
    condition: Option<&str>,
    evidence: &Evidence,
) {
    let place = on.map_or("", |on| &**on);
    let key = intake.key(&format!("{holder}#permission/{place}/{name}"));
    intake.emit(Record::Scope(ScopeRecord {
        key,
        name: name.to_owned(),
        terms: Terms::Permission {
            holder: holder.clone(),
            on: on.cloned(),
            name: name.to_owned(),
            condition: condition.map(str::to_owned),
        },
        evidence: evidence.clone(),
    }));
}

fn membership(intake: &mut Intake<'_>, member: &Key, group: &Key, evidence: &Evidence) {
    let key = intake.key(&format!("{member}#member/{group}"));
    intake.emit(Record::Scope(ScopeRecord {
        key,
        name: format!("{member} in {group}"),
        terms: Terms::Membership {
            member: member.clone(),
            group: group.clone(),
        },
        evidence: evidence.clone(),
    }));
}

/// The rows of a list: of a bare array, or of an envelope with a total. Says so where it is not whole.
fn rows<'d>(page: &Page<'d>, name: &str, intake: &mut Intake<'_>) -> Vec<Row<'d>> {
    whole_rows(page, name, intake).0
}

/// The same, and whether these are all, as far as the page tells.
fn whole_rows<'d>(page: &Page<'d>, name: &str, intake: &mut Intake<'_>) -> (Vec<Row<'d>>, bool) {
    let at = intake.page(page);
    let Some(rows) = page.rows(name) else {
        intake.not_a_list(&at, name);
        return (Vec::new(), false);
    };
    let mut is_whole = page.is_whole();
    let told = page
        .member("total_count")
        .and_then(|row| row.raw.get().parse::<usize>().ok());
    let read = intake.listed(name, rows.len());
    if let Some(total) = told {
        if read < total && !page.is_continued() {
            is_whole = false;
            intake.problem(
                Severity::Doubt,
                ProblemCode::Truncated,
                &at,
                format!(
                    "`total_count` says {total}, and {read} are here: this export is only a part"
                ),
                "export again with `gh api --paginate`",
            );
        }
    } else if page.is_array() && matches!(rows.len(), 30 | 100) && intake.is_first_list(name) {
        intake.problem(
            Severity::Note,
            ProblemCode::Truncated,
            &at,
            format!(
                "exactly {} are here, which is the length of a page: there may be more",
                rows.len()
            ),
            "export again with `gh api --paginate`",
        );
    }
    (rows, is_whole)
}

/// The word under a name in an object.
fn text(row: &Row<'_>, name: &str) -> Option<String> {
    row.member(name).and_then(|row| json::text_of(row.raw))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::trial;

    #[test]
    fn an_export_that_holds_less_than_its_total_says_so_and_pages_count_together() {
        let page = |total: u32, name: &str| {
            format!(
                r#"{{"total_count":{total},"secrets":[{{"name":"{name}","created_at":"2025-01-02T03:04:05Z","updated_at":"2025-01-02T03:04:05Z"}}]}}"#
            )
        };
        let codes = |text: &str| {
            let reading = trial::read_one("github/repos/acme/shop/actions/secrets.json", text);
            let codes = reading.problems.iter().map(|one| one.code);
            codes.collect::<Vec<_>>()
        };
        assert_eq!(codes(&page(2, "A")), [ProblemCode::Truncated]);
        assert_eq!(codes(&format!("{}{}", page(2, "A"), page(2, "B"))), []);
        assert_eq!(codes(&page(1, "A")), []);
    }

    #[test]
    fn a_list_of_a_repository_without_its_place_is_skipped_and_told() {
        let text = r#"{"total_count":1,"secrets":[{"name":"A","created_at":"2025-01-02T03:04:05Z","updated_at":"2025-01-02T03:04:05Z"}]}"#;
        let reading = trial::read_one("secrets.json", text);
        assert_eq!(reading.records.len(), 0);
        let codes: Vec<_> = reading.problems.iter().map(|one| one.code).collect();
        assert_eq!(codes, [ProblemCode::MissingParent]);
    }

    #[test]
    fn an_error_that_was_saved_is_no_empty_list() {
        let text =
            r#"{"message":"Not Found","documentation_url":"https://docs.example","status":"404"}"#;
        let reading = trial::read_one("github/repos/acme/shop/keys.json", text);
        let codes: Vec<_> = reading.problems.iter().map(|one| one.code).collect();
        assert_eq!(codes, [ProblemCode::SavedError]);
    }
}
