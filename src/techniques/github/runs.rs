//! What a workflow run holds: secrets of its repository and organisation, those of environments that it may deploy to, and
//! the subjects of its ref and environment.

use super::table::{
    APPROVE, DEPLOY, MINT_SUBJECT, OPEN_ENVIRONMENT, READ_ENVIRONMENT, READ_SECRET,
};
use super::{
    EvidenceId, Fact, GitHub, PrincipalId, Ref, Repository, ScopeId, Subjects, runs_key, tag,
};
use crate::inventory::{DeployRefs, LinkedDeployGate, ResourceId};
use crate::pattern::SEGMENT;
use crate::platforms::github::{Visibility, fnmatch};
use crate::techniques::federation::Glob;
use std::collections::{BTreeMap, BTreeSet};

const SELECTED: &str =
    "the repository is one of those that see the secret: which ones were selected is in no export";
const UNSEEN: &str = "the repository is private: its visibility is in no export";

const NO_TAGS: &str = "no ruleset keeps the tag from being made: those of tags are not looked at";
const CLAIM: &str = "the trust asks for that claim, and not for a subject of that text";

/// What deployments to one environment wait for, of all records together.
#[derive(Default)]
pub(super) struct Gates<'i> {
    pub(super) reviewers: BTreeSet<PrincipalId>,
    pub(super) is_self_review_prevented: bool,
    refs: Option<DeployRefs>,
    patterns: Vec<&'i str>,
    others: BTreeSet<&'i str>,
    evidence: Vec<EvidenceId>,
    /// Whether an export tells its gates at all.
    is_told: bool,
}

impl<'i> Gates<'i> {
    fn add(&mut self, gate: &'i LinkedDeployGate) {
        self.reviewers.extend(&gate.reviewers);
        self.is_self_review_prevented |= gate.is_self_review_prevented;
        self.is_told |= gate.refs.is_some();
        self.refs = self.refs.or(gate.refs);
        if let Some((name, kind)) = &gate.pattern
            && kind == "branch"
        {
            self.patterns.push(name);
        }
        self.others.extend(gate.others.iter().map(String::as_str));
        self.evidence.push(gate.evidence);
    }
}

impl<'i> GitHub<'_, 'i, '_> {
    /// The environments of each repository, with what they wait for.
    pub(super) fn environments(&self) -> BTreeMap<ResourceId, Vec<(ResourceId, Gates<'i>)>> {
        let inventory = self.inventory;
        let mut gates: BTreeMap<ResourceId, Gates<'i>> = BTreeMap::new();
        for gate in &inventory.deploy_gates {
            gates.entry(gate.on).or_default().add(gate);
        }
        let mut all: BTreeMap<ResourceId, Vec<(ResourceId, Gates<'i>)>> = BTreeMap::new();
        for (id, resource) in inventory.resources.entries() {
            if resource.kind != "github:environment" {
                continue;
            }
            let of = tag(&resource.tags, "github:repository");
            let Some(repository) = of.and_then(|key| inventory.resource_by_key(key)) else {
                continue;
            };
            let own = gates.remove(&id).unwrap_or_default();
            all.entry(repository).or_default().push((id, own));
        }
        all
    }

    /// Whom an issuer's token with such a subject makes one elsewhere.
    fn trusting(&self, subject: &str) -> Vec<(PrincipalId, EvidenceId)> {
        let own = Glob::new(subject);
        let meeting = self.trusted.iter().filter(|(glob, ..)| glob.meets(&own));
        meeting.map(|&(_, who, evidence)| (who, evidence)).collect()
    }

    pub(super) fn runs(&mut self) {
        let mut environments = self.environments();
        let repositories = self.repositories;
        for (index, repository) in repositories.iter().enumerate() {
            let Some(runs) = self.inventory.principal_by_key(&runs_key(&repository.name)) else {
                continue;
            };
            let Some(running) = self.running(repository) else {
                continue;
            };
            self.secrets_of(repository, runs);
            let subjects = Subjects::of(self.inventory, self.roles, repository);
            let refs = self.refs.get(index).cloned().unwrap_or_default();
            for subjects in &subjects {
                for of in &refs {
                    self.mint(repository, of, subjects, running);
                }
                self.mint_any(repository, runs, subjects, running);
            }
            for (id, gates) in environments.remove(&repository.id).unwrap_or_default() {
                let of = (id, &gates, running);
                self.environment(repository, runs, of, &refs, &subjects);
            }
        }
    }

    fn secrets_of(&mut self, repository: &Repository, runs: PrincipalId) {
        let name = repository.name.to_lowercase();
        let secrets = self.secrets;
        let needs = [Fact::Principal(runs)];
        let own = secrets.of_repository.range((name.as_str(), "")..);
        for (_, &id) in own.take_while(|((of, _), _)| *of == name) {
            let evidence = self.inventory.exposures[id].evidence.clone();
            self.step(
                &needs,
                Fact::Exposure(id),
                &READ_SECRET,
                &[],
                &evidence,
                None,
            );
        }
        for (id, by, condition) in self.seen(repository, runs) {
            let evidence = self.inventory.exposures[id].evidence.clone();
            let gain = Fact::Exposure(id);
            self.step(&needs, gain, &READ_SECRET, &[by], &evidence, condition);
        }
    }

    /// The secrets of the organisation that a repository sees, each with what lets it and on what that hangs.
    pub(super) fn seen(
        &self,
        repository: &Repository,
        runs: PrincipalId,
    ) -> Vec<(crate::inventory::ExposureId, ScopeId, Option<&'static str>)> {
        let inventory = self.inventory;
        let owner = repository
            .name
            .split('/')
            .next()
            .unwrap_or("")
            .to_lowercase();
        let key = &inventory.resources[repository.id].key;
        let is_complete = |kind: &str, of: &str| self.listed.contains(&(kind, of));
        let own: BTreeMap<&str, ScopeId> = self
            .roles
            .of(runs)
            .filter_map(|(by, _, name, _)| Some((name.strip_prefix("secret:seen:")?, by)))
            .collect();
        let is_told = is_complete("github:organization-secrets", key);
        let mut found = Vec::new();
        let mut decided: BTreeSet<String> = BTreeSet::new();
        let at = |name: &str| {
            let name = name.to_lowercase();
            self.secrets
                .of_organization
                .get(&(owner.as_str(), name.as_str()))
                .copied()
        };
        for (name, &by) in &own {
            decided.insert(name.to_lowercase());
            found.extend(at(name).map(|id| (id, by, None)));
        }
        if is_told {
            return found;
        }
        let organization = inventory.principal_by_key(&runs_key(&owner));
        let all = organization.into_iter().flat_map(|id| self.roles.of(id));
        for (by, _, name, _) in all {
            let Some((visibility, name)) = name
                .strip_prefix("secret:")
                .and_then(|rest| rest.split_once(':'))
            else {
                continue;
            };
            if decided.contains(&name.to_lowercase()) {
                continue;
            }
            let condition = match (visibility, repository.visibility) {
                ("private", Visibility::Public) => continue,
                ("private", Visibility::Unknown) => Some(UNSEEN),
                ("selected", _) => {
                    let of = format!("github:secret:{owner}/{}", name.to_lowercase());
                    if is_complete("github:secret-repositories", &of) {
                        continue;
                    }
                    Some(SELECTED)
                }
                _ => None,
            };
            found.extend(at(name).map(|id| (id, by, condition)));
        }
        found
    }

    /// A run of a ref presents the subject of the ref.
    fn mint(
        &mut self,
        repository: &Repository,
        of: &Ref,
        subjects: &Subjects,
        running: Option<&str>,
    ) {
        let subject = subjects.of_ref(&format!("refs/heads/{}", of.name));
        let push = self.push(&repository.name, of);
        let condition = super::and(subjects.condition, running);
        self.mint_by(push, &subject, condition.as_deref());
        // Whoever pushes a branch opens a pull request of it.
        self.mint_by(push, &subjects.of_pull_request(), condition.as_deref());
    }

    /// What a run holds whatever its ref is called: subjects of tags, and claims beside the subject.
    fn mint_any(
        &mut self,
        repository: &Repository,
        runs: PrincipalId,
        subjects: &Subjects,
        running: Option<&str>,
    ) {
        let writing = self.role_on("write", &repository.name);
        let tags = subjects.of_ref(&format!("refs/tags/{SEGMENT}"));
        let condition = super::and(subjects.condition, Some(NO_TAGS));
        let condition = super::and(condition.as_deref(), running);
        self.mint_by(writing, &tags, condition.as_deref());
        for claim in subjects.claims() {
            self.mint_by(Fact::Principal(runs), &claim, Some(CLAIM));
        }
    }

    fn mint_by(&mut self, need: Fact, subject: &str, condition: Option<&str>) {
        for (who, evidence) in self.trusting(subject) {
            let gain = Fact::Principal(who);
            self.step(&[need], gain, &MINT_SUBJECT, &[], &[evidence], condition);
        }
    }

    fn environment(
        &mut self,
        repository: &Repository,
        runs: PrincipalId,
        (id, gates, running): (ResourceId, &Gates<'i>, Option<&str>),
        refs: &[Ref],
        subjects: &[Subjects],
    ) {
        let inventory = self.inventory;
        let name = inventory.resources[id].name.clone();
        let deploy = self.deploy_to(&repository.name, &name);
        // Without its rules, the environment itself is what was read.
        let evidence = match gates.evidence.is_empty() {
            true => inventory.resources[id].evidence.clone(),
            false => gates.evidence.clone(),
        };
        let others: Vec<String> = gates
            .others
            .iter()
            .map(|other| format!("the rule `{other}` of the environment lets it through"))
            .collect();
        let condition = (!others.is_empty()).then(|| others.join("; "));
        let mut condition = super::and(running, condition.as_deref());
        if !gates.is_told {
            let untold = "nothing keeps it out: the rules of the environment are in no export";
            condition = super::and(condition.as_deref(), Some(untold));
        }
        for of in refs {
            let is_taken = match gates.refs {
                None | Some(DeployRefs::Any) => true,
                Some(DeployRefs::Protected) => repository.is_protected(inventory, &of.name),
                Some(DeployRefs::Named) => gates
                    .patterns
                    .iter()
                    .any(|pattern| fnmatch(pattern, &of.name)),
            };
            if !is_taken {
                continue;
            }
            let push = self.push(&repository.name, of);
            if gates.reviewers.is_empty() {
                self.step(
                    &[push],
                    deploy,
                    &DEPLOY,
                    &[],
                    &evidence,
                    condition.as_deref(),
                );
                continue;
            }
            let approved = "a reviewer approves the deployment";
            let approved = super::and(condition.as_deref(), Some(approved));
            self.step(
                &[push],
                deploy,
                &DEPLOY,
                &[],
                &evidence,
                approved.as_deref(),
            );
            for &reviewer in &gates.reviewers {
                let needs = [push, Fact::Principal(reviewer)];
                let another = gates
                    .is_self_review_prevented
                    .then_some("who approves is another one than who started the run");
                let condition = super::and(condition.as_deref(), another);
                self.step(
                    &needs,
                    deploy,
                    &APPROVE,
                    &[],
                    &evidence,
                    condition.as_deref(),
                );
            }
        }
        // Whoever administers the repository takes the rules off, or passes by them.
        let edit = self.act("github:edit environments", &repository.name);
        let needs = [Fact::Principal(runs), edit];
        self.step(&needs, deploy, &OPEN_ENVIRONMENT, &[], &evidence, None);
        let (of_repository, of_environment) = (repository.name.to_lowercase(), name.to_lowercase());
        let secrets = self.secrets;
        for ((of, environment, _), &id) in &secrets.of_environment {
            if *of == of_repository && *environment == of_environment {
                let evidence = inventory.exposures[id].evidence.clone();
                let gain = Fact::Exposure(id);
                self.step(&[deploy], gain, &READ_ENVIRONMENT, &[], &evidence, None);
            }
        }
        for subjects in subjects {
            self.mint_by(deploy, &subjects.of_environment(&name), subjects.condition);
        }
    }
}
