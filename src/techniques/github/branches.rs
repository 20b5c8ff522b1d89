//! Who may push to which branch: by role, by a name in a rule, by taking the rule off.

use super::table::{APPROVE_OWN, EDIT_PROTECTION, PUSH, PUSH_ALLOWED, RUN_PUSHED, RUN_WORKFLOW};
use super::{
    Access, EvidenceId, Fact, GitHub, Inventory, Power, PrincipalId, Ref, Repository, Role, Roles,
    Subjects, runs_key,
};
use crate::inventory::{Exempted, ResourceId, ScopeId};
use crate::pattern;
use crate::techniques::federation::Glob;
use std::collections::{BTreeMap, BTreeSet};

/// Names that a new branch could have, for rules that match some: a plain one, and one in folders.
const NEW: [&str; 3] = ["leakreach-new", "leakreach/new", "leakreach/new/branch"];

/// The refs of a repository that are looked at: those that exports name; new names that a trust or an environment takes; and
/// one of each form that a rule could match.
pub(super) fn refs(
    inventory: &Inventory,
    roles: &Roles<'_>,
    of: &Repository,
    trusted: &[(Glob<'_>, PrincipalId, EvidenceId)],
    patterns: &[&str],
) -> Vec<Ref> {
    let mut names: BTreeSet<String> = of.branches.iter().map(|(name, _)| name.clone()).collect();
    names.extend(of.default_branch.clone());
    let mut refs: BTreeSet<Ref> = names
        .iter()
        .map(|name| Ref {
            name: name.clone(),
            exists: true,
        })
        .collect();
    let mut wanted: BTreeSet<String> = NEW.iter().map(|name| (*name).to_owned()).collect();
    for subjects in Subjects::of(inventory, roles, of) {
        let any = subjects.of_ref(&format!("refs/heads/{}", pattern::SEGMENT));
        let any = Glob::new(&any);
        for (subject, ..) in trusted.iter().filter(|(subject, ..)| subject.meets(&any)) {
            let text = subject.text();
            let (_, after) = text.rsplit_once("refs/heads/").unwrap_or(("", ""));
            wanted.extend(named(after));
        }
    }
    wanted.extend(patterns.iter().filter_map(|pattern| named(pattern)));
    wanted.retain(|name| !names.contains(name));
    refs.extend(wanted.into_iter().map(|name| Ref {
        name,
        exists: false,
    }));
    refs.into_iter().collect()
}

/// The patterns of branches that environments take, by repository.
pub(super) fn environment_patterns(inventory: &Inventory) -> BTreeMap<ResourceId, Vec<&str>> {
    let mut found: BTreeMap<ResourceId, Vec<&str>> = BTreeMap::new();
    for gate in &inventory.deploy_gates {
        let key = super::tag(&inventory.resources[gate.on].tags, "github:repository");
        let repository = key.and_then(|key| inventory.resource_by_key(key));
        if let (Some(repository), Some((name, kind))) = (repository, &gate.pattern)
            && kind == "branch"
        {
            found.entry(repository).or_default().push(name);
        }
    }
    found
}

/// A name that a pattern matches, where one is easily told.
fn named(glob: &str) -> Option<String> {
    let name = glob
        .replace("**/", "")
        .replace('*', "leakreach")
        .replace('?', "x");
    let is_name = !name.is_empty() && !name.contains([':', '[', '\\', ' ']);
    is_name.then_some(name)
}

/// What a role that holders hold can do, with the act by which it is held.
struct Holding {
    need: Fact,
    power: Power,
}

impl GitHub<'_, '_, '_> {
    pub(super) fn branches(&mut self) {
        let names = self.role_names();
        let repositories = self.repositories;
        for (index, repository) in repositories.iter().enumerate() {
            if repository.is_archived {
                continue;
            }
            let refs = self.refs.get(index).cloned().unwrap_or_default();
            self.by_role(repository, &refs, &names);
            self.by_name(repository, &refs);
            self.what_pushing_gives(repository, &refs);
        }
    }

    /// The roles that push, weakest first.
    fn holdings(&mut self, repository: &Repository, names: &BTreeSet<String>) -> Vec<Holding> {
        let mut all: Vec<(String, Power)> = [Role::Write, Role::Maintain, Role::Admin]
            .into_iter()
            .map(|role| (role.name().to_owned(), Power::of(role)))
            .collect();
        for role in names.iter().filter(|name| Role::from_name(name).is_none()) {
            let power = self.roles.power(&format!("role:{role}"), repository.tenant);
            all.extend(
                power
                    .filter(|power| power.is(Role::Write))
                    .map(|power| (role.clone(), power)),
            );
        }
        let mut holdings: Vec<Holding> = all
            .into_iter()
            .map(|(role, power)| Holding {
                need: self.role_on(&role, &repository.name),
                power,
            })
            .collect();
        if let Some(tenant) = repository.tenant {
            let owner = self.owner_name(tenant);
            holdings.push(Holding {
                need: self.owner_of(&owner),
                power: Power {
                    is_owner: true,
                    ..Power::of(Role::Admin)
                },
            });
        }
        holdings
    }

    fn by_role(&mut self, repository: &Repository, refs: &[Ref], names: &BTreeSet<String>) {
        let nobody = BTreeSet::new();
        let evidence = self.evidence_of(repository);
        let holdings = self.holdings(repository, names);
        let code = self.code_on(&repository.name);
        let writing = self.role_on("write", &repository.name);
        self.step(&[writing], code, &PUSH, &[], &evidence, None);
        for of in refs {
            let (push, push_code) = (
                self.push(&repository.name, of),
                self.push_code(&repository.name, of),
            );
            let as_writer = repository.gate(self.inventory, of, &Power::of(Role::Write), &nobody);
            let is_written = as_writer.is_open() && as_writer.doubts.is_empty();
            if as_writer.is_open() {
                let condition = as_writer.condition();
                self.step(
                    &[code],
                    push_code,
                    &PUSH,
                    &[],
                    &evidence,
                    condition.as_deref(),
                );
            }
            for holding in &holdings {
                let gate = repository.gate(self.inventory, of, &holding.power, &nobody);
                let is_writer = holding.power == Power::of(Role::Write);
                // What the weakest may do, all may: they hold its role too.
                if gate.is_open() && (is_writer || !is_written) {
                    let mut places = evidence.clone();
                    places.extend(self.rules_of(repository, of));
                    let condition = gate.condition();
                    self.step(
                        &[holding.need],
                        push,
                        &PUSH,
                        &[],
                        &places,
                        condition.as_deref(),
                    );
                }
            }
            self.by_editing(repository, writing, push, &as_writer.closed_by);
            self.by_workflow(repository, writing, push, &as_writer.closed_by);
        }
    }

    fn rules_of(&self, repository: &Repository, of: &Ref) -> Vec<crate::inventory::EvidenceId> {
        let gate = repository.gate(self.inventory, of, &Power::of(Role::Read), &BTreeSet::new());
        let rules = gate
            .closed_by
            .iter()
            .filter_map(|&index| self.inventory.ref_rules.get(index));
        rules.map(|rule| rule.evidence).collect()
    }

    /// One takes off what keeps writers out, and another, or the same, writes.
    fn by_editing(
        &mut self,
        repository: &Repository,
        writing: Fact,
        push: Fact,
        closed_by: &[usize],
    ) {
        if closed_by.is_empty() {
            return;
        }
        let rules: Vec<_> = closed_by
            .iter()
            .filter_map(|&index| self.inventory.ref_rules.get(index))
            .collect();
        let places: Vec<_> = rules.iter().map(|rule| rule.evidence).collect();
        let is_own = rules.iter().all(|rule| rule.on == repository.id);
        let edit = match (is_own, repository.tenant) {
            (true, _) => self.act("github:edit protections", &repository.name),
            // A ruleset of the organisation only its owners change.
            (false, Some(tenant)) => {
                let owner = self.owner_name(tenant);
                self.owner_of(&owner)
            }
            (false, None) => return,
        };
        self.step(&[edit, writing], push, &EDIT_PROTECTION, &[], &places, None);
    }

    /// A workflow approves the pull request of whoever runs it, where the repository or its organisation lets it.
    fn by_workflow(
        &mut self,
        repository: &Repository,
        writing: Fact,
        push: Fact,
        closed_by: &[usize],
    ) {
        let rules: Vec<_> = closed_by
            .iter()
            .filter_map(|&index| self.inventory.ref_rules.get(index))
            .collect();
        let keeps_off = |ask: &String| {
            let kind = ask.split(':').next().unwrap_or("");
            matches!(
                kind,
                "pull_request" | "lock_branch" | "restrictions" | "update"
            )
        };
        let is_of_one = |ask: &String| ask == "pull_request:1" || !keeps_off(ask);
        if rules.is_empty() || !rules.iter().all(|rule| rule.asks.iter().all(is_of_one)) {
            return;
        }
        let owner = repository.name.split('/').next().unwrap_or("");
        let by = [repository.name.as_str(), owner]
            .into_iter()
            .find_map(|name| {
                let runs = self.inventory.principal_by_key(&runs_key(name))?;
                let mut all = self.roles.of(runs);
                all.find(|(_, _, name, _)| *name == "approve")
                    .map(|(by, ..)| by)
            });
        let runs = self.inventory.principal_by_key(&runs_key(&repository.name));
        if let (Some(by), Some(runs)) = (by, runs) {
            let needs = [Fact::Principal(runs), writing];
            let places: Vec<_> = rules.iter().map(|rule| rule.evidence).collect();
            let hangs = "an owner of the code need not approve";
            self.step(&needs, push, &APPROVE_OWN, &[by], &places, Some(hangs));
        }
    }

    /// Those whom a rule names: they must hold a role that pushes themselves.
    fn by_name(&mut self, repository: &Repository, refs: &[Ref]) {
        let inventory = self.inventory;
        let mut named: BTreeSet<PrincipalId> = BTreeSet::new();
        for &(index, _) in &repository.rules {
            let exempt = inventory
                .ref_rules
                .get(index)
                .and_then(|rule| rule.exempt.as_ref());
            for one in exempt.into_iter().flatten() {
                if let Exempted::Principal(id) = one.who {
                    named.insert(id);
                }
            }
        }
        for principal in named {
            // Apps and tokens have permissions, not roles: see `tokens`.
            let held = self.roles.holdings(principal).on(repository);
            let identities = self.roles.closure(principal);
            for of in refs {
                for one in held.iter().filter(|one| one.power.is(Role::Write)) {
                    let gate = repository.gate(inventory, of, &one.power, &identities);
                    let without = repository.gate(inventory, of, &one.power, &BTreeSet::new());
                    if !gate.is_open() || without.is_open() {
                        continue;
                    }
                    let places: Vec<_> = without
                        .closed_by
                        .iter()
                        .filter_map(|&index| inventory.ref_rules.get(index))
                        .map(|rule| rule.evidence)
                        .collect();
                    let push = self.push(&repository.name, of);
                    let condition =
                        super::and(one.condition.as_deref(), gate.condition().as_deref());
                    let needs = [Fact::Principal(principal)];
                    self.step(
                        &needs,
                        push,
                        &PUSH_ALLOWED,
                        &[one.by],
                        &places,
                        condition.as_deref(),
                    );
                }
            }
        }
    }

    /// Pushing writes the repository; a workflow that is pushed runs.
    fn what_pushing_gives(&mut self, repository: &Repository, refs: &[Ref]) {
        let evidence = self.evidence_of(repository);
        let Some(runs) = self.inventory.principal_by_key(&runs_key(&repository.name)) else {
            return;
        };
        let running = self.running(repository);
        let write = Fact::Access(repository.id, Access::Write);
        for of in refs {
            let (push, push_code) = (
                self.push(&repository.name, of),
                self.push_code(&repository.name, of),
            );
            self.step(&[push], push_code, &PUSH, &[], &evidence, None);
            self.step(&[push_code], write, &PUSH, &[], &evidence, None);
            let Some(condition) = running else { continue };
            let gain = Fact::Principal(runs);
            self.step(&[push], gain, &RUN_WORKFLOW, &[], &evidence, condition);
            let hangs = "a workflow of the branch runs a file that is pushed";
            let hangs = super::and(condition, Some(hangs));
            let hangs = hangs.as_deref();
            self.step(&[push_code], gain, &RUN_PUSHED, &[], &evidence, hangs);
        }
    }

    /// Where somebody with these powers and identities may push, what the role `write` alone may not: with one more control.
    pub(super) fn beyond_writing(
        &mut self,
        repository: &Repository,
        index: usize,
        (who, powers, identities): (PrincipalId, &[Power], &BTreeSet<PrincipalId>),
        is_with_workflows: bool,
        (technique, scopes, condition): (
            &'static crate::techniques::listed::Listed,
            &[ScopeId],
            Option<&str>,
        ),
    ) {
        if repository.is_archived {
            return;
        }
        let nobody = BTreeSet::new();
        for of in self.refs.get(index).cloned().unwrap_or_default() {
            let plain = repository.gate(self.inventory, &of, &Power::of(Role::Write), &nobody);
            if plain.is_open() && plain.doubts.is_empty() {
                continue;
            }
            for power in powers {
                let gate = repository.gate(self.inventory, &of, power, identities);
                if !gate.is_open() {
                    continue;
                }
                let gain = match is_with_workflows {
                    true => self.push(&repository.name, &of),
                    false => self.push_code(&repository.name, &of),
                };
                let condition = super::and(condition, gate.condition().as_deref());
                let needs = [Fact::Principal(who)];
                self.step(&needs, gain, technique, scopes, &[], condition.as_deref());
            }
        }
    }
}
