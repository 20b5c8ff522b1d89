//! Jobs of workflow files: who gets into them from outside, and what they are given.

use super::table::{JOB_TOKEN, PWN_REQUEST, UNPINNED_ACTION, USE_RUNNER, USE_SECRET};
use super::{
    Access, EvidenceId, Fact, GitHub, ISSUER, Inventory, PrincipalId, Repository, Roles, Subjects,
    Terms, runs_key, runs_workflows, tag,
};
use crate::inventory::{Key, PolicyId, ResourceId, TenantId};
use crate::pattern::SEGMENT;
use crate::platforms::github::Visibility;
use std::collections::BTreeMap;

type Linked = Terms<PolicyId, ResourceId, PrincipalId, TenantId>;

const PREFIX: &str = "github:job:";

fn repository_of<'r>(
    inventory: &Inventory,
    all: &'r [Repository],
    job: PrincipalId,
) -> Option<&'r Repository> {
    let key = tag(&inventory.principals[job].tags, "github:repository")?;
    let id = inventory.resource_by_key(key)?;
    // They are in order of id.
    let at = all.binary_search_by_key(&id, |one| one.id).ok()?;
    all.get(at)
}

/// The subjects that the jobs of an inventory can present, as scopes to be added: key, name, terms, place.
///
/// A job with an environment has its subject alone; one that a pull request starts that of pull requests; one that a push
/// starts those of the branches; all others run on the default branch.
pub(super) fn bearing(
    inventory: &Inventory,
    all: &[Repository],
) -> Vec<(String, String, Linked, EvidenceId)> {
    let roles = Roles::new(inventory);
    let mut found = Vec::new();
    for (job, principal) in inventory.principals.entries() {
        if !principal.key.starts_with(PREFIX) {
            continue;
        }
        let asks = roles
            .of(job)
            .find(|(_, _, name, _)| *name == "token:id-token:write");
        let Some((by, ..)) = asks else { continue };
        let Some(repository) = repository_of(inventory, all, job) else {
            continue;
        };
        if runs_workflows(inventory, &roles, repository).is_none() {
            continue;
        }
        let Some(&evidence) = inventory.scopes[by].evidence.first() else {
            continue;
        };
        let all = Subjects::of(inventory, &roles, repository);
        let all = all.iter().flat_map(|subjects| {
            let own = subjects_of(&principal.tags, repository, subjects).into_iter();
            own.map(|(subject, condition)| (subject, super::and(subjects.condition, condition)))
        });
        for (subject, condition) in all {
            let terms = Terms::Bears {
                principal: job,
                issuer: ISSUER.to_owned(),
                subject: subject.clone(),
                audience: None,
                condition,
            };
            let key = format!("{}#bears/{subject}", principal.key);
            found.push((key, "id-token: write".to_owned(), terms, evidence));
        }
    }
    found
}

fn subjects_of(
    tags: &[(String, String)],
    repository: &Repository,
    subjects: &Subjects,
) -> Vec<(String, Option<&'static str>)> {
    if let Some(name) = tag(tags, "github:environment") {
        return match name.contains("${{") {
            true => vec![(
                subjects.of_environment(&SEGMENT.to_string()),
                Some("the environment, which an expression names, is the one that is trusted"),
            )],
            false => vec![(subjects.of_environment(name), None)],
        };
    }
    let mut found = Vec::new();
    for (_, event) in tags.iter().filter(|(key, _)| key == "github:on") {
        let (event, branches) = event.split_once(':').unwrap_or((event, ""));
        match (event, branches) {
            ("push", "tags") => found.push(subjects.of_ref(&format!("refs/tags/{SEGMENT}"))),
            ("push", "") => found.push(subjects.of_ref(&format!("refs/heads/{SEGMENT}"))),
            ("push", branches) => {
                let plain = branches.split(',').filter(|one| !one.starts_with('!'));
                let glob = |one: &str| one.replace("**", "*").replace('*', &SEGMENT.to_string());
                found
                    .extend(plain.map(|one| subjects.of_ref(&format!("refs/heads/{}", glob(one)))));
            }
            ("pull_request", _) => found.push(subjects.of_pull_request()),
            // Started by hand, on whatever branch holds the file.
            ("workflow_dispatch" | "release" | "create", _) => {
                found.push(subjects.of_ref(&format!("refs/{SEGMENT}")));
            }
            _ => {
                let branch = repository.default_branch.clone();
                let branch = branch.unwrap_or_else(|| SEGMENT.to_string());
                found.push(subjects.of_ref(&format!("refs/heads/{branch}")));
            }
        }
    }
    found.sort();
    found.dedup();
    found.into_iter().map(|subject| (subject, None)).collect()
}

impl GitHub<'_, '_, '_> {
    pub(super) fn jobs(&mut self) {
        let inventory = self.inventory;
        self.actions();
        let environments = self.environments();
        let mut reviewed: BTreeMap<(ResourceId, &str), bool> = BTreeMap::new();
        for (repository, all) in &environments {
            for (id, gates) in all {
                let name = inventory.resources[*id].name.as_str();
                reviewed.insert((*repository, name), !gates.reviewers.is_empty());
            }
        }
        let repositories = self.repositories;
        for (job, principal) in inventory.principals.entries() {
            if !principal.key.starts_with(PREFIX) {
                continue;
            }
            let Some(repository) = repository_of(inventory, repositories, job) else {
                continue;
            };
            let Some(running) = self.running(repository) else {
                continue;
            };
            let environment = tag(&principal.tags, "github:environment");
            let is_reviewed = environment
                .and_then(|name| reviewed.get(&(repository.id, name)).copied())
                .unwrap_or(false);
            self.given(job, repository, environment);
            self.entrances(job, repository, (is_reviewed, running));
        }
        self.runners();
    }

    /// Whoever publishes an action that is not pinned runs as the job.
    fn actions(&mut self) {
        let inventory = self.inventory;
        let repositories = self.repositories;
        for (id, scope) in inventory.scopes.entries() {
            if let Terms::Software {
                principal,
                publisher: Some(publisher),
                software,
                condition,
                ..
            } = &scope.terms
                && software.starts_with("action:")
            {
                let of = repository_of(inventory, repositories, *principal);
                let Some(running) = of.map_or(Some(None), |of| self.running(of)) else {
                    continue;
                };
                let needs = [Fact::Principal(*publisher)];
                let gain = Fact::Principal(*principal);
                let hangs = super::and(condition.as_deref(), running);
                let hangs = hangs.as_deref();
                self.step(&needs, gain, &UNPINNED_ACTION, &[id], &[], hangs);
            }
        }
    }

    fn given(&mut self, job: PrincipalId, repository: &Repository, environment: Option<&str>) {
        let inventory = self.inventory;
        let needs = [Fact::Principal(job)];
        let of = repository.name.to_lowercase();
        let environment = environment.map(str::to_lowercase);
        let runs = inventory.principal_by_key(&runs_key(&repository.name));
        let seen = runs
            .map(|runs| self.seen(repository, runs))
            .unwrap_or_default();
        let secrets = self.secrets;
        for (by, _, name, _) in self.roles.of(job).collect::<Vec<_>>() {
            if let Some(name) = name.strip_prefix("secret:use:") {
                let wanted = name.to_lowercase();
                let is_wanted = |own: &str| wanted == "*" || own == wanted;
                // Of one name that of the environment counts, then the repository's.
                let mut places: BTreeMap<&str, (crate::inventory::ExposureId, Option<&str>)> =
                    BTreeMap::new();
                for &(id, _, condition) in &seen {
                    let key = &inventory.exposures[id].key;
                    let own = key.rsplit('/').next().unwrap_or("");
                    if is_wanted(own) {
                        places.insert(own, (id, condition));
                    }
                }
                let own = secrets
                    .of_repository
                    .iter()
                    .filter(|((one, _), _)| *one == of);
                for ((_, name), &id) in own.filter(|((_, own), _)| is_wanted(own)) {
                    places.insert(name, (id, None));
                }
                let own = secrets.of_environment.iter();
                let own = own.filter(|((one, place, _), _)| {
                    *one == of && environment.as_deref() == Some(*place)
                });
                for ((_, _, name), &id) in own.filter(|((_, _, own), _)| is_wanted(own)) {
                    places.insert(name, (id, None));
                }
                for (id, condition) in places.into_values() {
                    self.step(
                        &needs,
                        Fact::Exposure(id),
                        &USE_SECRET,
                        &[by],
                        &[],
                        condition,
                    );
                }
                continue;
            }
            let (scopes, condition) = match name {
                "token:contents:write" => (vec![by], None),
                "token:default" => match self.default_of(repository) {
                    Some((scope, true)) => (vec![scope], None),
                    Some((_, false)) => continue,
                    None => (
                        vec![by],
                        Some(
                            "tokens of workflows may write where the workflow does not say: the setting is in no export",
                        ),
                    ),
                },
                _ => continue,
            };
            let gain = self.code_on(&repository.name);
            self.step(&needs, gain, &JOB_TOKEN, &scopes, &[], condition);
        }
    }

    /// Whether tokens may write where the workflow does not say; that of the repository before that of its organisation.
    fn default_of(&self, repository: &Repository) -> Option<(crate::inventory::ScopeId, bool)> {
        let owner = repository.name.split('/').next().unwrap_or("");
        let of = |name: &str| {
            let runs = self.inventory.principal_by_key(&runs_key(name))?;
            let mut all = self.roles.of(runs);
            all.find_map(|(by, _, name, _)| Some((by, name.strip_prefix("default:")? == "write")))
        };
        of(&repository.name).or_else(|| of(owner))
    }

    /// How a stranger gets into a job.
    fn entrances(
        &mut self,
        job: PrincipalId,
        repository: &Repository,
        (is_reviewed, running): (bool, Option<&str>),
    ) {
        let inventory = self.inventory;
        for (by, _, name, condition) in self.roles.of(job).collect::<Vec<_>>() {
            let Some(event) = name.strip_prefix("pwn:") else {
                continue;
            };
            let needs = match repository.visibility {
                Visibility::Public => [Fact::Anyone],
                _ => [self.act("github:read", &repository.name)],
            };
            let is_open = repository.visibility == Visibility::Public;
            let is_of_fork = matches!(event, "pull_request_target" | "workflow_run" | "fork");
            let resource = &inventory.resources[repository.id];
            let is_kept = tag(&resource.tags, "github:fork") == Some("false");
            let owner = format!(
                "github:organization:{}",
                repository.name.split('/').next().unwrap_or("")
            );
            let owner = inventory.resource_by_key(&owner.to_lowercase());
            let let_by_owner =
                owner.and_then(|id| tag(&inventory.resources[id].tags, "github:fork-private"));
            let forking = match (is_open || !is_of_fork, let_by_owner) {
                (true, _) => None,
                (false, Some("false")) => continue,
                (false, _) if is_kept => continue,
                (false, Some(_)) => None,
                (false, None) => Some("the organisation lets its private repositories be forked"),
            };
            let reviewed = is_reviewed.then_some("a reviewer approves the deployment");
            let hangs = super::and(condition, forking);
            let hangs = super::and(hangs.as_deref(), reviewed);
            let hangs = super::and(hangs.as_deref(), running);
            let gain = Fact::Principal(job);
            self.step(&needs, gain, &PWN_REQUEST, &[by], &[], hangs.as_deref());
        }
    }

    /// A runner that is kept between jobs: whoever runs there stays, and waits for the others.
    fn runners(&mut self) {
        let inventory = self.inventory;
        let hosted: Vec<(PrincipalId, &Key)> = inventory
            .principals
            .entries()
            .filter(|(_, one)| {
                one.key.starts_with(PREFIX) && tag(&one.tags, "github:runner").is_some()
            })
            .map(|(id, one)| (id, &one.key))
            .collect();
        let repositories = self.repositories;
        for (id, runner) in inventory.resources.entries() {
            let of = tag(&runner.tags, "github:runs-for");
            let Some(of) = of.filter(|_| tag(&runner.tags, "github:ephemeral").is_none()) else {
                continue;
            };
            let is_own = of.starts_with("github:repository:");
            let own = inventory.resource_by_key(of);
            let is_of = |repository: &Repository| match is_own {
                true => own == Some(repository.id),
                false => repository.tenant == runner.tenant,
            };
            let shared = (!is_own).then_some("the runner's group takes jobs of the repository");
            let evidence = runner.evidence.clone();
            let admin = Fact::Access(id, Access::Admin);
            for repository in repositories.iter().filter(|one| is_of(one)) {
                let Some(runs) = inventory.principal_by_key(&runs_key(&repository.name)) else {
                    continue;
                };
                let Some(running) = self.running(repository) else {
                    continue;
                };
                let needs = [Fact::Principal(runs)];
                self.step(&needs, admin, &USE_RUNNER, &[], &evidence, shared);
                let key = format!("{PREFIX}{}/", repository.name.to_lowercase());
                for &(job, _) in hosted.iter().filter(|(_, own)| own.starts_with(&key)) {
                    let hangs = "the job is given to that runner while somebody stays on it";
                    let hangs = super::and(Some(hangs), running);
                    let gain = Fact::Principal(job);
                    let hangs = hangs.as_deref();
                    self.step(&[admin], gain, &USE_RUNNER, &[], &evidence, hangs);
                }
            }
        }
    }
}
