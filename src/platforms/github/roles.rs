//! Roles on repositories, and by what each is held.

use super::Repository;
use crate::inventory::{Inventory, PrincipalId, ResourceId, ScopeId, TenantId, Terms};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A built-in role on a repository; each holds what those before it hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Read,
    /// Manages issues.
    Triage,
    /// Pushes.
    Write,
    /// Manages the repository without what could destroy it.
    Maintain,
    /// Everything.
    Admin,
}

impl Role {
    /// All, weakest first.
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::Triage,
        Self::Write,
        Self::Maintain,
        Self::Admin,
    ];

    /// The name that GitHub gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What one grant lets its holder do on a repository: what one principal must hold together is held in one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Power {
    /// The built-in role, or that on which a custom one stands.
    pub role: Option<Role>,
    /// What is given besides, in GitHub's words: `bypass_branch_protection`.
    pub fine: BTreeSet<String>,
    /// It is that of an owner of the organisation.
    pub is_owner: bool,
    /// It is that of a deploy key.
    pub is_deploy_key: bool,
}

impl Power {
    /// That of a built-in role.
    pub fn of(role: Role) -> Self {
        Self {
            role: Some(role),
            ..Self::default()
        }
    }

    /// Whether it holds at least that role.
    pub fn is(&self, role: Role) -> bool {
        self.role.is_some_and(|own| own >= role)
    }

    /// Whether it lets its holder do that. Source: "Repository roles for an organization" (read 2026-11): who maintains
    /// pushes to protected branches; administrators may do everything.
    pub fn may(&self, fine: &str) -> bool {
        self.is(Role::Admin)
            || self.fine.contains(fine)
            || (fine == "push_protected_branch" && self.is(Role::Maintain))
    }
}

/// A power, and what gives it.
#[derive(Debug, Clone)]
pub struct Held {
    /// What it lets its holder do.
    pub power: Power,
    /// The permission that gives it.
    pub by: ScopeId,
    /// On what that hangs.
    pub condition: Option<String>,
}

/// Who holds what, by holder.
#[derive(Debug)]
pub struct Roles<'i> {
    inventory: &'i Inventory,
    /// The permissions of each holder, in order.
    permissions: FxHashMap<PrincipalId, Vec<ScopeId>>,
    /// The groups that each principal is in, in order.
    groups: FxHashMap<PrincipalId, Vec<PrincipalId>>,
}

impl<'i> Roles<'i> {
    /// Takes time linear in scopes.
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut roles = Self {
            inventory,
            permissions: FxHashMap::default(),
            groups: FxHashMap::default(),
        };
        for (id, scope) in inventory.scopes.entries() {
            match &scope.terms {
                Terms::Permission { holder, .. } => {
                    roles.permissions.entry(*holder).or_default().push(id);
                }
                Terms::Membership { member, group } => {
                    roles.groups.entry(*member).or_default().push(*group);
                }
                _ => {}
            }
        }
        roles
    }

    /// The permissions of a principal itself: each with its scope, what it is on, its name and on what it hangs.
    pub fn of(
        &self,
        holder: PrincipalId,
    ) -> impl Iterator<Item = (ScopeId, Option<ResourceId>, &'i str, Option<&'i str>)> + '_ {
        let scopes = self.permissions.get(&holder).into_iter().flatten();
        scopes.filter_map(|&id| match &self.inventory.scopes[id].terms {
            Terms::Permission {
                on,
                name,
                condition,
                ..
            } => Some((id, *on, name.as_str(), condition.as_deref())),
            _ => None,
        })
    }

    /// A principal and all that it is a member of, through other groups too.
    pub fn closure(&self, principal: PrincipalId) -> BTreeSet<PrincipalId> {
        let mut all = BTreeSet::from([principal]);
        let mut open = vec![principal];
        while let Some(one) = open.pop() {
            for &group in self.groups.get(&one).into_iter().flatten() {
                if all.insert(group) {
                    open.push(group);
                }
            }
        }
        all
    }

    /// What the name of a permission means in an organisation; `None` where it is no role.
    pub fn power(&self, name: &str, tenant: Option<TenantId>) -> Option<Power> {
        if name == "owner" {
            return Some(Power {
                is_owner: true,
                ..Power::of(Role::Admin)
            });
        }
        let role = name.strip_prefix("role:")?;
        if let Some(known) = Role::from_name(role) {
            return Some(Power::of(known));
        }
        let owner = &self.inventory.tenants[tenant?].identifier;
        let key = format!("github:repository-role:{owner}/{role}").to_lowercase();
        let template = self.inventory.principal_by_key(&key)?;
        let mut power = Power::default();
        for (_, _, name, _) in self.of(template) {
            match name.strip_prefix("role:").and_then(Role::from_name) {
                Some(base) => power.role = power.role.max(Some(base)),
                None => {
                    power.fine.insert(name.to_owned());
                }
            }
        }
        Some(power)
    }

    /// What a principal holds, by itself and by all that it is a member of.
    ///
    /// Takes time linear in its groups and their permissions.
    pub fn holdings(&self, principal: PrincipalId) -> Holdings {
        let mut holdings = Holdings::default();
        for one in self.closure(principal) {
            let own = self.inventory.principals[one].tenant;
            for (by, place, name, condition) in self.of(one) {
                let tenant = match place {
                    Some(place) => self.inventory.resources[place].tenant,
                    None => own,
                };
                let Some(power) = self.power(name, tenant) else {
                    continue;
                };
                let held = Held {
                    power,
                    by,
                    condition: condition.map(str::to_owned),
                };
                match (place, own) {
                    (Some(place), _) => holdings.on.entry(place).or_default().push(held),
                    (None, Some(own)) => holdings.of_tenant.entry(own).or_default().push(held),
                    (None, None) => {}
                }
            }
        }
        holdings
    }
}

/// What a principal holds: on single repositories, and on all of an organisation.
#[derive(Debug, Default)]
pub struct Holdings {
    on: FxHashMap<ResourceId, Vec<Held>>,
    of_tenant: FxHashMap<TenantId, Vec<Held>>,
}

impl Holdings {
    /// What is held on a repository.
    pub fn on(&self, repository: &Repository) -> Vec<Held> {
        let own = self.on.get(&repository.id).into_iter().flatten();
        let of_tenant = repository
            .tenant
            .and_then(|tenant| self.of_tenant.get(&tenant));
        own.chain(of_tenant.into_iter().flatten())
            .cloned()
            .collect()
    }
}
