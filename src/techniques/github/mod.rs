//! GitHub: from an account, a token, an app or a stranger to branches, from branches to workflow runs, and from these to
//! secrets and into whatever trusts their subjects.
//!
//! ```text
//! user, team ─ role ─┐
//! token, app, key ───┼─▶ push to a ref ─▶ workflow run ─▶ secrets of repository and organisation
//! admin ─ edits rule ┘         │ ├─▶ deploy to an environment ─▶ its secrets
//! stranger, publisher ─▶ job ──┘ └─▶ subject of the ref or environment ─▶ whoever trusts it
//! ```
//!
//! What is done by one request is joined in `platforms::github` (a role and the name in a rule must be one principal's);
//! steps with two needs are acts that two hands may do: one takes the protection off, another pushes. A role, a push and a
//! deployment are acts: they name no principal, so that a thousand writers do not become a thousand copies of what follows.

mod branches;
mod gaps;
mod jobs;
mod roles;
mod runs;
mod table;
mod tokens;

pub(super) use table::TECHNIQUES;

use super::federation::Glob;
use super::{Derivation, Rule};
use crate::inventory::{
    Access, EvidenceId, ExposureId, Inventory, PrincipalId, PrincipalKind, Scope, ScopeId,
    TenantId, Terms,
};
use crate::platforms::github::{
    ISSUER, Power, Ref, Repository, Role, Roles, Subjects, repositories, tag,
};
use crate::steps::{Control, Fact, NewStep};
use crate::techniques::listed::Listed;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    id: "github",
    about: "roles, branches, workflow runs, secrets, tokens, apps and jobs of GitHub",
    derive,
};

/// What the secrets of an inventory are places of.
#[derive(Default)]
struct Secrets<'i> {
    /// By organisation and name.
    of_organization: BTreeMap<(&'i str, &'i str), ExposureId>,
    /// By repository and name.
    of_repository: BTreeMap<(&'i str, &'i str), ExposureId>,
    /// By repository, environment and name.
    of_environment: BTreeMap<(&'i str, &'i str, &'i str), ExposureId>,
}

impl<'i> Secrets<'i> {
    fn of(inventory: &'i Inventory) -> Self {
        let mut secrets = Self::default();
        for (id, exposure) in inventory.exposures.entries() {
            let Some(place) = exposure.key.strip_prefix("github:secret:") else {
                continue;
            };
            let Some((of, name)) = place.rsplit_once('/') else {
                continue;
            };
            let slashes: Vec<usize> = of.match_indices('/').map(|(at, _)| at).collect();
            match slashes.as_slice() {
                [] => {
                    secrets.of_organization.insert((of, name), id);
                }
                [_] => {
                    secrets.of_repository.insert((of, name), id);
                }
                [_, second, ..] => {
                    let (repository, environment) = of.split_at(*second);
                    let environment = environment.trim_start_matches('/');
                    let key = (repository, environment, name);
                    secrets.of_environment.insert(key, id);
                }
            }
        }
        secrets
    }
}

/// What the rules of GitHub work on.
struct GitHub<'g, 'i, 'd> {
    derivation: &'d mut Derivation<'i>,
    inventory: &'i Inventory,
    roles: &'g Roles<'i>,
    repositories: &'g [Repository],
    secrets: &'g Secrets<'i>,
    /// Those whom tokens of GitHub's issuer make one elsewhere: the subjects that are trusted, and who stands for them.
    trusted: Vec<(Glob<'i>, PrincipalId, EvidenceId)>,
    /// Which lists are whole, by kind and by what they are of.
    listed: BTreeSet<(&'i str, &'i str)>,
    /// The refs of each repository that are looked at: those there are, and names that could be made.
    refs: Vec<Vec<Ref>>,
}

/// The principal that all workflow runs of a repository are.
fn runs_key(repository: &str) -> String {
    format!("github:runs:{}", repository.to_lowercase())
}

const IN_SOME: &str =
    "Actions are switched on in the repository: which ones were selected is in no export";
const TOLD_BOTH: &str =
    "Actions are switched on in the repository: exports say so, and say that it was not selected";

/// Whether workflows of a repository run: `None` if not, else on what it hangs.
///
/// Nothing starts a workflow of an archived repository, which takes no push, issue or comment. Source: GitHub Docs,
/// "Archiving repositories"; "Disabling or limiting GitHub Actions for your organization" (read 2026-11). Where selected
/// ones run them, a whole list of these tells that others do not.
fn runs_workflows(
    inventory: &Inventory,
    roles: &Roles<'_>,
    repository: &Repository,
) -> Option<Option<&'static str>> {
    let owner = repository.name.split('/').next().unwrap_or("");
    let is_told = |of: &str, told: &str| {
        let runs = inventory.principal_by_key(&runs_key(of));
        runs.is_some_and(|runs| roles.of(runs).any(|(_, _, name, _)| name == told))
    };
    if repository.is_archived || is_told(&repository.name, "disabled") || is_told(owner, "disabled")
    {
        return None;
    }
    if !is_told(owner, "enabled:selected") || is_told(&repository.name, "enabled:listed") {
        return Some(None);
    }
    let is_on = is_told(&repository.name, "enabled");
    let is_on_by_all = is_told(owner, "enabled:all");
    let mut tenants = repository.tenant.iter();
    match tenants.any(|&tenant| inventory.is_listed(tenant, "github:running-repositories")) {
        true => (is_on || is_on_by_all).then_some(Some(TOLD_BOTH)),
        false => Some((!is_on).then_some(IN_SOME)),
    }
}

/// Completes an inventory: with who runs the workflows of each repository, with the repositories that no export lists, and
/// with the subjects that jobs can present.
pub(super) fn complete(inventory: &mut Inventory) {
    let all = repositories(inventory);
    let mut missing: Vec<(TenantId, String, EvidenceId)> = Vec::new();
    for (tenant, row) in inventory.tenants.entries() {
        let is_github = row.platform == "github";
        if is_github
            && !inventory.is_listed(tenant, "github:repository")
            && let Some(&evidence) = row.evidence.first()
        {
            missing.push((tenant, row.identifier.clone(), evidence));
        }
    }
    for (tenant, owner, evidence) in missing {
        let name = format!("every repository of {owner} that no export lists");
        let key = class_key(&owner);
        inventory.add_class(&key, name, "github:repository", Some(tenant), evidence);
    }
    for repository in &all {
        let Some(&evidence) = inventory.resources[repository.id].evidence.first() else {
            continue;
        };
        let name = format!("workflow runs of {}", repository.name);
        let key = runs_key(&repository.name).into();
        let kind = PrincipalKind::CiWorkflow;
        inventory.add_stand_in(key, name, kind, "github", repository.tenant, evidence);
    }
    let bearing = jobs::bearing(inventory, &all);
    for (key, name, terms, evidence) in bearing {
        inventory.scopes.push(Scope {
            key: key.into(),
            name,
            terms,
            evidence: vec![evidence],
        });
    }
}

fn class_key(owner: &str) -> String {
    format!("github:repository:{}/*", owner.to_lowercase())
}

fn derive(derivation: &mut Derivation<'_>) {
    let inventory = derivation.inventory;
    if !inventory.tenants.iter().any(|one| one.platform == "github") {
        return;
    }
    let roles = Roles::new(inventory);
    let all = repositories(inventory);
    let secrets = Secrets::of(inventory);
    let federations = inventory.federations.iter();
    let trusted: Vec<(Glob<'_>, PrincipalId, EvidenceId)> = federations
        .filter(|one| one.issuer == ISSUER)
        .map(|one| (Glob::new(&one.subject), one.principal, one.evidence))
        .collect();
    let patterns = branches::environment_patterns(inventory);
    let refs = all.iter().map(|one| {
        let of = patterns.get(&one.id).map_or(&[][..], Vec::as_slice);
        branches::refs(inventory, &roles, one, &trusted, of)
    });
    let refs = refs.collect();
    let listed = inventory.listings.iter().filter(|one| one.is_complete);
    let listed = listed.filter_map(|one| Some((one.kind.as_str(), one.of.as_deref()?)));
    let listed = listed.collect();
    let mut github = GitHub {
        derivation,
        inventory,
        roles: &roles,
        repositories: &all,
        secrets: &secrets,
        trusted,
        listed,
        refs,
    };
    github.memberships();
    github.roles();
    github.branches();
    github.tokens();
    github.runs();
    github.jobs();
    let gaps = gaps::gaps(inventory, &roles, &all);
    derivation.gaps.extend(gaps);
}

impl GitHub<'_, '_, '_> {
    /// Whether workflows of a repository run: `None` if not, else on what it hangs.
    fn running(&self, repository: &Repository) -> Option<Option<&'static str>> {
        runs_workflows(self.inventory, self.roles, repository)
    }

    fn act(&mut self, action: &str, target: &str) -> Fact {
        Fact::Act(self.derivation.steps.subject(action, target))
    }

    /// Holding a role on a repository.
    fn role_on(&mut self, role: &str, repository: &str) -> Fact {
        self.act(&format!("github:role/{role}"), repository)
    }

    /// Holding a role on all repositories of an organisation.
    fn role_in(&mut self, role: &str, owner: &str) -> Fact {
        let target = format!("every repository of {owner}");
        self.act(&format!("github:role/{role}"), &target)
    }

    /// Writing code to a repository, workflow files excepted.
    fn code_on(&mut self, repository: &str) -> Fact {
        self.act("github:write code", repository)
    }

    fn push(&mut self, repository: &str, of: &Ref) -> Fact {
        self.act("github:push", &format!("{repository} {}", shown(of)))
    }

    fn push_code(&mut self, repository: &str, of: &Ref) -> Fact {
        self.act("github:push code", &format!("{repository} {}", shown(of)))
    }

    fn deploy_to(&mut self, repository: &str, environment: &str) -> Fact {
        self.act("github:deploy", &format!("{repository} {environment}"))
    }

    fn owner_of(&mut self, owner: &str) -> Fact {
        self.act("github:owner", owner)
    }

    fn step(
        &mut self,
        needs: &[Fact],
        gain: Fact,
        technique: &'static Listed,
        scopes: &[ScopeId],
        evidence: &[EvidenceId],
        condition: Option<&str>,
    ) {
        let controls: Vec<Control> = scopes.iter().map(|&id| Control::Scope(id)).collect();
        let mut places: Vec<EvidenceId> = Vec::new();
        let of_scopes = scopes
            .iter()
            .flat_map(|&id| self.inventory.scopes[id].evidence.iter().copied());
        for place in of_scopes.chain(evidence.iter().copied()) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let technique = self.derivation.listed(technique);
        self.derivation.steps.add(NewStep {
            needs,
            gain,
            technique,
            controls: &controls,
            evidence: &places,
            condition,
        });
    }

    fn evidence_of(&self, repository: &Repository) -> Vec<EvidenceId> {
        let evidence = &self.inventory.resources[repository.id].evidence;
        evidence.first().copied().into_iter().collect()
    }

    fn owner_name(&self, tenant: TenantId) -> String {
        self.inventory.tenants[tenant].identifier.clone()
    }
}

/// A ref as an act names it.
fn shown(of: &Ref) -> String {
    match of.exists {
        true => format!("refs/heads/{}", of.name),
        false => format!("refs/heads/{} (a new branch)", of.name),
    }
}

/// Both conditions, where there are two.
fn and(one: Option<&str>, other: Option<&str>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(format!("{one}; {other}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}
