//! Memberships, and what roles give: on one repository, and on all of an organisation.

use super::table::{ADMINISTER, MEMBER, READ, ROLE};
use super::{Access, Fact, GitHub, Power, Role, Terms, class_key};
use crate::inventory::{ExposureKind, ResourceId};
use crate::platforms::github::Visibility;
use std::collections::BTreeSet;

impl GitHub<'_, '_, '_> {
    pub(super) fn memberships(&mut self) {
        let inventory = self.inventory;
        for (id, scope) in inventory.scopes.entries() {
            if let Terms::Membership { member, group } = scope.terms
                && inventory.principals[group].key.starts_with("github:")
            {
                let needs = [Fact::Principal(member)];
                self.step(&needs, Fact::Principal(group), &MEMBER, &[id], &[], None);
            }
        }
    }

    /// The names of roles that somebody holds in this inventory, custom ones too.
    pub(super) fn role_names(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = Role::ALL
            .iter()
            .map(|role| role.name().to_owned())
            .collect();
        for scope in self.inventory.scopes.iter() {
            if let Terms::Permission { name, holder, .. } = &scope.terms
                && self.inventory.principals[*holder]
                    .key
                    .starts_with("github:")
                && let Some(role) = name.strip_prefix("role:")
            {
                names.insert(role.to_owned());
            }
        }
        names
    }

    pub(super) fn roles(&mut self) {
        let inventory = self.inventory;
        for (id, scope) in inventory.scopes.entries() {
            let Terms::Permission {
                holder,
                on,
                name,
                condition,
            } = &scope.terms
            else {
                continue;
            };
            let tenant = inventory.principals[*holder].tenant;
            if !inventory.principals[*holder].key.starts_with("github:") {
                continue;
            }
            let is_template = inventory.principals[*holder]
                .key
                .starts_with("github:repository-role:");
            if is_template {
                continue;
            }
            let gain = match (name.strip_prefix("role:"), on, tenant) {
                (Some(role), Some(on), _) => {
                    let repository = inventory.resources[*on].name.clone();
                    self.role_on(role, &repository)
                }
                (Some(role), None, Some(tenant)) => {
                    let owner = self.owner_name(tenant);
                    self.role_in(role, &owner)
                }
                (None, None, Some(tenant)) if name == "owner" => {
                    let owner = self.owner_name(tenant);
                    self.owner_of(&owner)
                }
                _ => continue,
            };
            let needs = [Fact::Principal(*holder)];
            self.step(&needs, gain, &ROLE, &[id], &[], condition.as_deref());
        }
        self.owners();
        let names = self.role_names();
        for repository in self.repositories {
            self.roles_of(repository, &names);
        }
        self.files();
    }

    /// Owners administer every repository, and whatever the organisation sets.
    fn owners(&mut self) {
        let inventory = self.inventory;
        for (id, resource) in inventory.resources.entries() {
            let Some(tenant) = resource
                .tenant
                .filter(|_| resource.kind == "github:organization")
            else {
                continue;
            };
            let owner = self.owner_name(tenant);
            let evidence = resource.evidence.clone();
            let evidence = evidence.get(..1).unwrap_or_default();
            let (owning, all) = (self.owner_of(&owner), self.role_in("admin", &owner));
            self.step(&[owning], all, &ADMINISTER, &[], evidence, None);
            let gain = Fact::Access(id, Access::Admin);
            self.step(&[owning], gain, &ADMINISTER, &[], evidence, None);
            let Some(class) = inventory.resource_by_key(&class_key(&owner)) else {
                continue;
            };
            for (role, access) in [
                ("read", Access::Read),
                ("triage", Access::Read),
                ("write", Access::Write),
                ("write", Access::Read),
                ("maintain", Access::Write),
                ("maintain", Access::Read),
                ("admin", Access::Admin),
            ] {
                let all = self.role_in(role, &owner);
                let gain = Fact::Access(class, access);
                self.step(&[all], gain, &ROLE, &[], evidence, None);
            }
        }
    }

    fn roles_of(
        &mut self,
        repository: &crate::platforms::github::Repository,
        names: &BTreeSet<String>,
    ) {
        let name = repository.name.clone();
        let evidence = self.evidence_of(repository);
        if let Some(tenant) = repository.tenant {
            let owner = self.owner_name(tenant);
            for role in names {
                let (all, one) = (self.role_in(role, &owner), self.role_on(role, &name));
                self.step(&[all], one, &ROLE, &[], &evidence, None);
            }
        }
        // What a role holds, all below it hold.
        for pair in Role::ALL.windows(2) {
            if let [lower, higher] = pair {
                let (higher, lower) = (
                    self.role_on(higher.name(), &name),
                    self.role_on(lower.name(), &name),
                );
                self.step(&[higher], lower, &ROLE, &[], &evidence, None);
            }
        }
        for role in names.iter().filter(|role| Role::from_name(role).is_none()) {
            let custom = self.role_on(role, &name);
            let Some(power) = self.roles.power(&format!("role:{role}"), repository.tenant) else {
                // A role of which no export tells what it holds: its holder reads, and no more is known.
                let reading = self.role_on("read", &name);
                self.step(&[custom], reading, &ROLE, &[], &evidence, None);
                continue;
            };
            self.custom(custom, &power, &name, &evidence);
        }
        let read = self.act("github:read", &name);
        let reading = self.role_on("read", &name);
        self.step(&[reading], read, &READ, &[], &evidence, None);
        // "Internal repositories": members of the enterprise read them, and so do all of the organisation.
        let owner = name.split('/').next().unwrap_or("").to_lowercase();
        let members = format!("github:members:{owner}");
        if repository.visibility == Visibility::Internal
            && let Some(members) = self.inventory.principal_by_key(&members)
        {
            self.step(
                &[Fact::Principal(members)],
                read,
                &READ,
                &[],
                &evidence,
                None,
            );
        }
        if repository.visibility == Visibility::Public {
            self.step(&[Fact::Anyone], read, &READ, &[], &evidence, None);
        } else {
            let gain = Fact::Access(repository.id, Access::Read);
            self.step(&[read], gain, &READ, &[], &evidence, None);
        }
        let admin = self.role_on("admin", &name);
        let gain = Fact::Access(repository.id, Access::Admin);
        self.step(&[admin], gain, &ADMINISTER, &[], &evidence, None);
        for what in ["github:edit protections", "github:edit environments"] {
            let gain = self.act(what, &name);
            self.step(&[admin], gain, &ADMINISTER, &[], &evidence, None);
        }
    }

    fn custom(
        &mut self,
        custom: Fact,
        power: &Power,
        name: &str,
        evidence: &[crate::inventory::EvidenceId],
    ) {
        if let Some(base) = power.role {
            let base = self.role_on(base.name(), name);
            self.step(&[custom], base, &ROLE, &[], evidence, None);
        }
        // Editing protections is not enough by itself: somebody must push.
        if power.fine.contains("edit_repo_protections") {
            let edit = self.act("github:edit protections", name);
            self.step(&[custom], edit, &ROLE, &[], evidence, None);
        }
    }

    /// Whoever reads a repository reads what scanners found in its files.
    fn files(&mut self) {
        let inventory = self.inventory;
        let names: std::collections::BTreeMap<String, (ResourceId, String)> = self
            .repositories
            .iter()
            .map(|one| (one.name.to_lowercase(), (one.id, one.name.clone())))
            .collect();
        for (id, exposure) in inventory.exposures.entries() {
            if exposure.kind != ExposureKind::RepositoryFile {
                continue;
            }
            let Some(path) = exposure.key.strip_prefix("repository-file:") else {
                continue;
            };
            // `owner/name/path` or, of an alert without a place, `owner/name#…`.
            let mut ends = path.match_indices(['/', '#']).map(|(at, _)| at);
            let Some(end) = ends.nth(1) else { continue };
            let repository = path.get(..end).unwrap_or("").to_lowercase();
            let Some((_, name)) = names.get(&repository) else {
                continue;
            };
            let read = self.act("github:read", name);
            let gain = Fact::Exposure(id);
            self.step(&[read], gain, &READ, &[], &exposure.evidence, None);
        }
    }
}
