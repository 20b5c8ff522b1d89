//! Tokens, deploy keys and installations of apps: each does what its permissions and, of a person's token, its owner's
//! role both allow. That is one request: both are looked at here, for one principal.

use super::table::{ADD_MEMBER, APP, APP_DEVELOPER, DEPLOY_KEY, SCOPE, TOKEN};
use super::{Fact, GitHub, Power, PrincipalId, Repository, Role, ScopeId, Terms};
use crate::platforms::github::{Held, Visibility, level};
use crate::techniques::listed::Listed;
use std::collections::{BTreeMap, BTreeSet};

const UNLISTED: &str =
    "the token was given the repository: which ones were selected is in no export";

const AS_ADMIN: &str = "rules let a deploy key pass as they do an administrator";

/// What lets a token do one thing.
#[derive(Clone, Copy)]
struct Given<'i> {
    by: ScopeId,
    level: &'i str,
    condition: Option<&'i str>,
}

/// What sort of token a principal is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A person's, fine-grained.
    Fine,
    /// A person's, with scopes; or an SSH key.
    Classic,
    /// An installation of an app.
    App,
    /// A key of one repository.
    DeployKey,
}

impl<'i> GitHub<'_, 'i, '_> {
    pub(super) fn tokens(&mut self) {
        let inventory = self.inventory;
        self.developers();
        for (id, principal) in inventory.principals.entries() {
            let key: &str = &principal.key;
            let (kind, owner) = if let Some(rest) = key.strip_prefix("github:token:") {
                let login = rest.split('/').next().unwrap_or("");
                let owner = inventory.principal_by_key(&format!("github:user:{login}"));
                match rest.contains("/authorization-") {
                    true => (Kind::Classic, owner),
                    false => (Kind::Fine, owner),
                }
            } else if key.starts_with("github:app:") {
                (Kind::App, None)
            } else if key.starts_with("github:deploy-key:") {
                (Kind::DeployKey, None)
            } else {
                continue;
            };
            match (kind, owner) {
                (Kind::Fine, Some(owner)) => self.fine(id, Some(owner), &TOKEN),
                (Kind::App, _) => self.fine(id, None, &APP),
                (Kind::Classic, Some(owner)) => self.classic(id, owner),
                (Kind::DeployKey, _) => self.deploy_key(id),
                (Kind::Fine | Kind::Classic, None) => {}
            }
        }
    }

    /// Who develops an app makes tokens of all its installations.
    fn developers(&mut self) {
        let inventory = self.inventory;
        for (id, scope) in inventory.scopes.entries() {
            let Terms::Permission {
                holder,
                on: Some(on),
                name,
                ..
            } = &scope.terms
            else {
                continue;
            };
            let Some(slug) = name.strip_prefix("installation:") else {
                continue;
            };
            let owner = &inventory.resources[*on].name;
            let key = format!("github:app:{owner}/{slug}").to_lowercase();
            if let Some(installation) = inventory.principal_by_key(&key) {
                let needs = [Fact::Principal(*holder)];
                let gain = Fact::Principal(installation);
                self.step(&needs, gain, &APP_DEVELOPER, &[id], &[], None);
            }
        }
    }

    /// The scopes of which removing any one takes a role away from the owner: one, where it is held by one alone.
    fn only(held: &[Held], role: Role) -> Vec<ScopeId> {
        let mut by: Vec<ScopeId> = held
            .iter()
            .filter(|one| one.power.is(role))
            .map(|one| one.by)
            .collect();
        by.dedup();
        match by.as_slice() {
            [only] => vec![*only],
            _ => Vec::new(),
        }
    }

    /// The surest of what holds a role.
    fn surest(held: &[Held], role: Role) -> Option<&Held> {
        let mut all = held.iter().filter(|one| one.power.is(role));
        let first = all.clone().next();
        all.find(|one| one.condition.is_none()).or(first)
    }

    fn fine(&mut self, token: PrincipalId, owner: Option<PrincipalId>, technique: &'static Listed) {
        let inventory = self.inventory;
        let tenant = inventory.principals[token].tenant;
        let mut on_all: BTreeMap<&str, Given<'i>> = BTreeMap::new();
        let mut on_selected: BTreeMap<&str, Given<'i>> = BTreeMap::new();
        let mut of_organization: BTreeMap<&str, Given<'i>> = BTreeMap::new();
        let mut selected = BTreeMap::new();
        for (by, on, name, condition) in self.roles.of(token).collect::<Vec<_>>() {
            if let (Some(on), "selected") = (on, name) {
                selected.insert(on, by);
                continue;
            }
            let (into, name) = match name.split_once(':') {
                Some(("organization", rest)) => (&mut of_organization, rest),
                Some(("selected", rest)) => (&mut on_selected, rest),
                _ => (&mut on_all, name),
            };
            let (name, level) = level(name);
            into.insert(
                name,
                Given {
                    by,
                    level,
                    condition,
                },
            );
        }
        let holdings = owner
            .map(|owner| self.roles.holdings(owner))
            .unwrap_or_default();
        let repositories = self.repositories;
        for (index, repository) in repositories.iter().enumerate() {
            if repository.tenant != tenant || tenant.is_none() {
                continue;
            }
            let mut given = on_all.clone();
            let mut chosen = None;
            match selected.get(&repository.id) {
                Some(&by) => {
                    chosen = Some(by);
                    given.extend(on_selected.clone());
                }
                // No list of this token's repositories was exported: it may be any.
                None if selected.is_empty() => {
                    let perhaps = on_selected.iter().map(|(&name, one)| {
                        let one = Given {
                            condition: one.condition.or(Some(UNLISTED)),
                            ..*one
                        };
                        (name, one)
                    });
                    given.extend(perhaps);
                }
                None => {}
            }
            if !given.is_empty() {
                let held = holdings.on(repository);
                let of = (index, repository, held.as_slice());
                self.fine_on(token, owner, of, &given, chosen, technique);
            }
        }
        self.of_organization(token, owner, &of_organization, technique);
    }

    fn fine_on(
        &mut self,
        token: PrincipalId,
        owner: Option<PrincipalId>,
        (index, repository, held): (usize, &Repository, &[Held]),
        given: &BTreeMap<&str, Given<'i>>,
        chosen: Option<ScopeId>,
        technique: &'static Listed,
    ) {
        let needs = [Fact::Principal(token)];
        let at = |name: &str, least: &[&str]| {
            given
                .get(name)
                .copied()
                .filter(|one| least.contains(&one.level))
        };
        let may = |role: Role| owner.is_none() || held.iter().any(|one| one.power.is(role));
        let own_condition =
            |role: Role| Self::surest(held, role).and_then(|one| one.condition.clone());
        let scopes = |given: &[Given<'_>], role: Role| {
            let mut all: Vec<ScopeId> = given.iter().map(|one| one.by).collect();
            all.extend(chosen);
            all.extend(Self::only(held, role));
            all
        };
        let written = ["write", "admin"];
        let read = at("contents", &["read", "write", "admin"]);
        let is_public = repository.visibility == Visibility::Public;
        if let Some(contents) = read.filter(|_| may(Role::Read) || is_public) {
            let gain = self.act("github:read", &repository.name);
            let condition = super::and(contents.condition, own_condition(Role::Read).as_deref());
            let by = scopes(&[contents], Role::Read);
            self.step(&needs, gain, technique, &by, &[], condition.as_deref());
        }
        if let Some(contents) = at("contents", &written).filter(|_| may(Role::Write)) {
            let workflows = at("workflows", &written);
            let mut all = vec![contents];
            all.extend(workflows);
            let condition = all.iter().fold(own_condition(Role::Write), |so_far, one| {
                super::and(so_far.as_deref(), one.condition)
            });
            let by = scopes(&all, Role::Write);
            let gain = match workflows {
                Some(_) => self.role_on("write", &repository.name),
                None => self.code_on(&repository.name),
            };
            self.step(&needs, gain, technique, &by, &[], condition.as_deref());
            let (powers, identities) = self.as_whom(token, owner, held);
            let who = (token, powers.as_slice(), &identities);
            let how = (technique, by.as_slice(), condition.as_deref());
            self.beyond_writing(repository, index, who, workflows.is_some(), how);
        }
        if let Some(administration) = at("administration", &written).filter(|_| may(Role::Admin)) {
            let gain = self.role_on("admin", &repository.name);
            let condition = super::and(
                administration.condition,
                own_condition(Role::Admin).as_deref(),
            );
            let by = scopes(&[administration], Role::Admin);
            self.step(&needs, gain, technique, &by, &[], condition.as_deref());
        }
        if let Some(environments) = at("environments", &written).filter(|_| may(Role::Admin)) {
            let gain = self.act("github:edit environments", &repository.name);
            let condition = super::and(
                environments.condition,
                own_condition(Role::Admin).as_deref(),
            );
            let by = scopes(&[environments], Role::Admin);
            self.step(&needs, gain, technique, &by, &[], condition.as_deref());
        }
    }

    /// As whom a token passes rules: its owner, with what the owner holds; an app as itself.
    fn as_whom(
        &self,
        token: PrincipalId,
        owner: Option<PrincipalId>,
        held: &[Held],
    ) -> (Vec<Power>, BTreeSet<PrincipalId>) {
        match owner {
            Some(owner) => {
                let powers = held.iter().map(|one| one.power.clone());
                let powers: BTreeSet<Power> =
                    powers.filter(|power| power.is(Role::Write)).collect();
                (powers.into_iter().collect(), self.roles.closure(owner))
            }
            None => (vec![Power::of(Role::Write)], BTreeSet::from([token])),
        }
    }

    /// What a token may do to the organisation itself. A person's does it only if the person owns the organisation.
    fn of_organization(
        &mut self,
        token: PrincipalId,
        owner: Option<PrincipalId>,
        given: &BTreeMap<&str, Given<'i>>,
        technique: &'static Listed,
    ) {
        let inventory = self.inventory;
        let Some(tenant) = inventory.principals[token].tenant else {
            return;
        };
        let by_owner = owner.map(|owner| self.owning(owner, tenant));
        if by_owner == Some(None) {
            return;
        }
        let of_owner: Vec<ScopeId> = by_owner.flatten().into_iter().collect();
        let needs = [Fact::Principal(token)];
        let name = self.owner_name(tenant);
        for (what, one) in given {
            if one.level == "read" {
                continue;
            }
            let mut by = vec![one.by];
            by.extend(&of_owner);
            let gain = match *what {
                "organization_administration" => self.owner_of(&name),
                // Whoever writes roles gives himself one over all repositories.
                "organization_custom_org_roles" => self.role_in("admin", &name),
                "members" => {
                    for (team, row) in inventory.principals.entries() {
                        if row.key.starts_with("github:team:") && row.tenant == Some(tenant) {
                            let gain = Fact::Principal(team);
                            self.step(&needs, gain, &ADD_MEMBER, &by, &[], one.condition);
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            self.step(&needs, gain, technique, &by, &[], one.condition);
        }
    }

    /// By what somebody owns an organisation.
    fn owning(&self, who: PrincipalId, tenant: super::TenantId) -> Option<ScopeId> {
        let groups = self.roles.closure(who);
        let mut owning = groups.into_iter().flat_map(|one| {
            let is_of_tenant = self.inventory.principals[one].tenant == Some(tenant);
            self.roles
                .of(one)
                .filter(move |(_, _, name, _)| is_of_tenant && *name == "owner")
        });
        owning.next().map(|(by, ..)| by)
    }

    /// Source: "Scopes for OAuth apps" (read 2026-11): `repo` is full control of repositories, settings too; workflow files
    /// need `workflow` besides; no scope gives more than its user has.
    fn classic(&mut self, token: PrincipalId, owner: PrincipalId) {
        let tenant = self.inventory.principals[token].tenant;
        let scopes: BTreeMap<&str, ScopeId> = self
            .roles
            .of(token)
            .filter_map(|(by, _, name, _)| Some((name.strip_prefix("scope:")?, by)))
            .collect();
        let needs = [Fact::Principal(token)];
        let holdings = self.roles.holdings(owner);
        let repositories = self.repositories;
        for (index, repository) in repositories.iter().enumerate() {
            if repository.tenant != tenant || tenant.is_none() {
                continue;
            }
            let is_public = repository.visibility == Visibility::Public;
            let (by, is_git) = match (
                scopes.get("repo"),
                scopes.get("git"),
                scopes.get("public_repo"),
            ) {
                (Some(&by), ..) => (by, false),
                (None, Some(&by), _) => (by, true),
                (None, None, Some(&by)) if is_public => (by, false),
                _ => continue,
            };
            let held = holdings.on(repository);
            let condition =
                |role: Role| Self::surest(&held, role).and_then(|one| one.condition.clone());
            let may = |role: Role| held.iter().any(|one| one.power.is(role));
            if may(Role::Read) {
                let gain = self.act("github:read", &repository.name);
                let mut all = vec![by];
                all.extend(Self::only(&held, Role::Read));
                self.step(
                    &needs,
                    gain,
                    &SCOPE,
                    &all,
                    &[],
                    condition(Role::Read).as_deref(),
                );
            }
            if may(Role::Write) {
                let workflow = scopes.get("workflow").copied();
                let is_with_workflows = is_git || workflow.is_some();
                let mut all = vec![by];
                all.extend(workflow.filter(|_| !is_git));
                all.extend(Self::only(&held, Role::Write));
                let gain = match is_with_workflows {
                    true => self.role_on("write", &repository.name),
                    false => self.code_on(&repository.name),
                };
                let condition = condition(Role::Write);
                self.step(&needs, gain, &SCOPE, &all, &[], condition.as_deref());
                let (powers, identities) = self.as_whom(token, Some(owner), &held);
                let who = (token, powers.as_slice(), &identities);
                let how = (&SCOPE, all.as_slice(), condition.as_deref());
                self.beyond_writing(repository, index, who, is_with_workflows, how);
            }
            // An administrator with `repo` adds a deploy key, or lifts his own protection.
            if may(Role::Admin) && !is_git {
                let gain = self.role_on("admin", &repository.name);
                let mut all = vec![by];
                all.extend(Self::only(&held, Role::Admin));
                self.step(
                    &needs,
                    gain,
                    &SCOPE,
                    &all,
                    &[],
                    condition(Role::Admin).as_deref(),
                );
            }
        }
        if let (Some(&by), Some(tenant)) = (scopes.get("admin:org"), tenant)
            && let Some(owning) = self.owning(owner, tenant)
        {
            let name = self.owner_name(tenant);
            let gain = self.owner_of(&name);
            self.step(&needs, gain, &SCOPE, &[by, owning], &[], None);
        }
    }

    fn deploy_key(&mut self, key: PrincipalId) {
        let needs = [Fact::Principal(key)];
        let repositories = self.repositories;
        for (by, on, name, _) in self.roles.of(key).collect::<Vec<_>>() {
            let Some((index, repository)) = repositories
                .iter()
                .enumerate()
                .find(|(_, one)| Some(one.id) == on)
            else {
                continue;
            };
            let read = self.act("github:read", &repository.name);
            self.step(&needs, read, &DEPLOY_KEY, &[by], &[], None);
            if name != "deploy-key:write" {
                continue;
            }
            let write = self.role_on("write", &repository.name);
            self.step(&needs, write, &DEPLOY_KEY, &[by], &[], None);
            let power = Power {
                is_deploy_key: true,
                ..Power::of(Role::Write)
            };
            let nobody = BTreeSet::new();
            let who = (key, std::slice::from_ref(&power), &nobody);
            let how = (&DEPLOY_KEY, &[by][..], None);
            self.beyond_writing(repository, index, who, true, how);
            // "Deploy keys with write access can perform the same actions as an organization member with admin access"
            // ("Managing deploy keys", read 2026-11); no page on rules says so.
            let as_admin = Power {
                is_deploy_key: true,
                ..Power::of(Role::Admin)
            };
            let who = (key, std::slice::from_ref(&as_admin), &nobody);
            let how = (&DEPLOY_KEY, &[by][..], Some(AS_ADMIN));
            self.beyond_writing(repository, index, who, true, how);
        }
    }
}
