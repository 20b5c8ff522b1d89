//! Who holds permissions, who is in which group, and whether somebody is an administrator.

use crate::inventory::{Inventory, PrincipalId, ResourceId, ScopeId, TenantId, Terms};
use rustc_hash::{FxHashMap, FxHashSet};

/// A permission as it is held.
#[derive(Debug, Clone, Copy)]
pub struct Held<'i> {
    /// The scope that states it.
    pub by: ScopeId,
    /// On what.
    pub on: Option<ResourceId>,
    /// In Okta's words.
    pub name: &'i str,
    /// On what it hangs.
    pub condition: Option<&'i str>,
}

/// Permissions, memberships and listings of Okta, found by whom they are of.
#[derive(Debug)]
pub struct Holders<'i> {
    inventory: &'i Inventory,
    permissions: FxHashMap<PrincipalId, Vec<ScopeId>>,
    members: FxHashMap<PrincipalId, Vec<(PrincipalId, ScopeId)>>,
    groups: FxHashMap<PrincipalId, Vec<PrincipalId>>,
    /// What whole lists there are, by kind and by whom they are of.
    listed: FxHashSet<(&'i str, &'i str)>,
    /// The organisations in which a group holds a role of which no export lists the members: anybody may be one.
    open: FxHashSet<Option<TenantId>>,
}

impl<'i> Holders<'i> {
    /// Takes time linear in scopes and listings.
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut holders = Self {
            inventory,
            permissions: FxHashMap::default(),
            members: FxHashMap::default(),
            groups: FxHashMap::default(),
            listed: FxHashSet::default(),
            open: FxHashSet::default(),
        };
        let is_ours = |id: PrincipalId| inventory.principals[id].key.starts_with("okta:");
        for (id, scope) in inventory.scopes.entries() {
            match &scope.terms {
                Terms::Permission { holder, .. } if is_ours(*holder) => {
                    holders.permissions.entry(*holder).or_default().push(id);
                }
                Terms::Membership { member, group } if is_ours(*group) => {
                    let members = holders.members.entry(*group).or_default();
                    members.push((*member, id));
                    holders.groups.entry(*member).or_default().push(*group);
                }
                _ => {}
            }
        }
        let whole = inventory.listings.iter().filter(|one| one.is_complete);
        for listing in whole.filter(|one| one.kind.starts_with("okta:")) {
            let of = match &listing.of {
                Some(of) => of,
                None => &inventory.tenants[listing.tenant].key,
            };
            holders.listed.insert((listing.kind.as_str(), &**of));
        }
        for (id, principal) in inventory.principals.entries() {
            let is_group = principal.key.starts_with("okta:group:");
            if is_group && holders.has_role(id) && !holders.is_listed_of("okta:member", id) {
                holders.open.insert(principal.tenant);
            }
        }
        holders
    }

    /// The permissions of a principal itself, in order.
    pub fn of(&self, holder: PrincipalId) -> impl Iterator<Item = Held<'i>> + '_ {
        let scopes = self.permissions.get(&holder).into_iter().flatten();
        scopes.filter_map(|&by| match &self.inventory.scopes[by].terms {
            Terms::Permission {
                on,
                name,
                condition,
                ..
            } => Some(Held {
                by,
                on: *on,
                name: name.as_str(),
                condition: condition.as_deref(),
            }),
            _ => None,
        })
    }

    /// The members of a group, each with the membership.
    pub fn members(&self, group: PrincipalId) -> &[(PrincipalId, ScopeId)] {
        self.members.get(&group).map_or(&[], Vec::as_slice)
    }

    /// Whether an export lists all of a kind, of that one.
    pub fn is_listed(&self, kind: &str, of: &str) -> bool {
        self.listed.contains(&(kind, of))
    }

    /// Whether an export lists all of a kind, of that principal under one of its names.
    pub fn is_listed_of(&self, kind: &str, of: PrincipalId) -> bool {
        let principal = &self.inventory.principals[of];
        let mut names = std::iter::once(&principal.key).chain(&principal.aliases);
        names.any(|name| self.is_listed(kind, name))
    }

    /// Whether an export lists all of a kind in that organisation.
    pub fn is_listed_in(&self, kind: &str, tenant: Option<TenantId>) -> bool {
        tenant.is_some_and(|id| self.is_listed(kind, &self.inventory.tenants[id].key))
    }

    /// Whether a principal is assigned an admin role itself.
    fn has_role(&self, holder: PrincipalId) -> bool {
        self.of(holder).any(|held| held.name.starts_with("role:"))
    }

    /// Whether a principal holds an admin role, itself or by a group; `None`: no export tells.
    ///
    /// Takes time linear in its groups.
    pub fn is_administrator(&self, principal: PrincipalId) -> Option<bool> {
        let groups = || self.groups.get(&principal).into_iter().flatten().copied();
        if self.has_role(principal) || groups().any(|group| self.has_role(group)) {
            return Some(true);
        }
        let own = &self.inventory.principals[principal];
        let is_listed = |id: PrincipalId| self.is_listed_of("okta:role", id);
        // Whether the list of all users with a role holds those that have it by a group, its documentation does not say.
        let is_user = own.key.starts_with("okta:user:");
        let is_told = is_listed(principal)
            || (is_user && self.is_listed_in("okta:role-assignee", own.tenant));
        let is_open = is_user && (self.open.contains(&own.tenant) || self.open.contains(&None));
        let is_known = is_told && !is_open && groups().all(is_listed);
        is_known.then_some(false)
    }
}
