//! Who holds which action, in which area: every grant of every principal, by action, account and area.
//!
//! A principal may also act beyond its own policies: once the attacker has written it a policy that allows everything,
//! or has changed what binds it (see [`states`](super::states)). With a policy that allows everything, what is left is
//! set by its Denies and its boundary alone, so all principals of an account with equal limits are one *class*: 5,000
//! roles that somebody may edit are one holder, not 5,000.

use super::sessions::Signing;
use super::states::{Editing, StateId, States};
use crate::inventory::{Inventory, PrincipalId, PrincipalKind, ScopeId, TenantId};
use crate::platforms::aws::{ActionId, AreaId, AreaIndex, Change, Grant, Limits, Rights, Signer};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// Principals of one account that are limited alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ClassId(usize);

/// What is said of a class.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) account: TenantId,
    /// One of its principals, if anything limits them.
    pub(super) limited_like: Option<PrincipalId>,
    /// What has been changed of that one.
    pub(super) change: Change,
}

/// Who makes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Holder {
    /// A principal, by its policies as they are.
    Principal(PrincipalId),
    /// A user whose rights depend on what signs, by its policies as they are.
    Signed(PrincipalId, Signing),
    /// A principal, by its policies after a change.
    Changed(PrincipalId, StateId),
    /// Whoever is put into a group, by the policies of the group.
    Group(PrincipalId),
    /// Any principal of a class, by a policy that allows everything.
    Class(ClassId),
}

impl Holder {
    /// The one principal that it is.
    pub(super) fn principal(self) -> Option<PrincipalId> {
        match self {
            Self::Principal(principal)
            | Self::Signed(principal, _)
            | Self::Changed(principal, _) => Some(principal),
            Self::Group(_) | Self::Class(_) => None,
        }
    }
}

/// One holder's way of holding an act.
#[derive(Debug, Clone)]
pub(super) struct Holding {
    pub(super) holder: Holder,
    pub(super) scopes: Vec<ScopeId>,
    pub(super) condition: Option<String>,
}

type ActKey = (ActionId, TenantId, AreaId);

/// Every grant, in the order of principals.
pub(super) struct Holders {
    by_act: IndexMap<ActKey, Vec<Holding>, FxBuildHasher>,
    areas: FxHashMap<(ActionId, TenantId), AreaIndex>,
    /// The areas of each holder, and the place of its holding in each.
    by_holder: FxHashMap<(ActionId, TenantId, Holder), Vec<(AreaId, usize)>>,
    used: FxHashSet<(ActKey, Option<Signing>)>,
    classes: Vec<Class>,
    class_of: FxHashMap<PrincipalId, ClassId>,
    pub(super) states: States,
}

impl Holders {
    /// Only where somebody may do one of the `editing` actions are there classes and changes.
    pub(super) fn new(
        inventory: &Inventory,
        rights: &mut Rights<'_>,
        editing: &Editing,
        told_apart: &FxHashSet<PrincipalId>,
    ) -> Self {
        let mut holders = Self {
            by_act: IndexMap::default(),
            areas: FxHashMap::default(),
            by_holder: FxHashMap::default(),
            used: FxHashSet::default(),
            classes: Vec::new(),
            class_of: FxHashMap::default(),
            states: States::default(),
        };
        let mut edited: FxHashSet<TenantId> = FxHashSet::default();
        let mut is_everywhere = false;
        for (id, account) in members(inventory) {
            if inventory.principals[id].kind == PrincipalKind::Group {
                continue;
            }
            let grants = rights.grants(id);
            if grants
                .iter()
                .any(|(action, _)| editing.actions.contains(action))
            {
                edited.insert(account);
            }
            is_everywhere |= grants
                .iter()
                .any(|(action, _)| editing.everywhere.contains(action));
            holders.add_own(account, id, grants, rights, told_apart.contains(&id));
        }
        if is_everywhere {
            edited.extend(members(inventory).map(|(_, account)| account));
        }
        let mut ids: FxHashMap<(TenantId, Limits), ClassId> = FxHashMap::default();
        for (id, account) in members(inventory) {
            if !edited.contains(&account) {
                continue;
            }
            match inventory.principals[id].kind {
                PrincipalKind::User | PrincipalKind::Role => {}
                PrincipalKind::Group => {
                    holders.add_all(account, Holder::Group(id), rights.grants(id));
                    continue;
                }
                _ => continue,
            }
            let none = Change::default();
            let class = holders.join_class(id, account, none, rights, &mut ids);
            holders.class_of.insert(id, class);
        }
        holders.add_states(inventory, rights, editing, &edited, &mut ids);
        holders.index(rights);
        holders
    }

    fn index(&mut self, rights: &Rights<'_>) {
        for (&(action, account, area), holdings) in &self.by_act {
            let areas = self.areas.entry((action, account)).or_default();
            areas.add(area, rights.area(area));
            for (place, holding) in holdings.iter().enumerate() {
                let key = (action, account, holding.holder);
                self.by_holder.entry(key).or_default().push((area, place));
            }
        }
    }

    /// Adds what principals may do after changes that somebody may make.
    fn add_states(
        &mut self,
        inventory: &Inventory,
        rights: &mut Rights<'_>,
        editing: &Editing,
        edited: &FxHashSet<TenantId>,
        ids: &mut FxHashMap<(TenantId, Limits), ClassId>,
    ) {
        // They are indexed only when all are there.
        let mut areas: FxHashMap<(ActionId, TenantId), Vec<AreaId>> = FxHashMap::default();
        for &(action, account, area) in self.by_act.keys() {
            if editing.actions.contains(&action) && edited.contains(&account) {
                areas.entry((action, account)).or_default().push(area);
            }
        }
        let mut possible = Vec::new();
        for &account in edited {
            let reach = editing.reach(self, &areas, account);
            for (id, of) in members(inventory) {
                let kind = inventory.principals[id].kind;
                let is_acting = matches!(kind, PrincipalKind::User | PrincipalKind::Role);
                if of == account && is_acting {
                    possible.extend(editing.changes(inventory, rights, &reach, id));
                }
            }
        }
        possible.sort_unstable_by(|a, b| (a.principal, &a.change).cmp(&(b.principal, &b.change)));
        for one in possible {
            let id = one.principal;
            let Some(account) = inventory.principals[id].tenant else {
                continue;
            };
            let class = one
                .with_any_policy
                .then(|| self.join_class(id, account, one.change.clone(), rights, ids));
            let grants = one
                .by_own_policies
                .then(|| rights.grants_after(id, &one.change));
            let state = self.states.add(one, class);
            if let Some(grants) = grants {
                self.add_all(account, Holder::Changed(id, state), grants);
            }
        }
    }

    fn add(&mut self, action: ActionId, account: TenantId, area: AreaId, holding: Holding) {
        let holdings = self.by_act.entry((action, account, area)).or_default();
        holdings.push(holding);
    }

    fn add_all(&mut self, account: TenantId, holder: Holder, grants: Vec<(ActionId, Grant)>) {
        for (action, grant) in grants {
            let holding = Holding {
                holder,
                scopes: grant.scopes,
                condition: grant.condition,
            };
            self.add(action, account, grant.area, holding);
        }
    }

    /// What a principal may do by its own policies: where that depends on what signs, each for itself.
    fn add_own(
        &mut self,
        account: TenantId,
        principal: PrincipalId,
        grants: Vec<(ActionId, Grant)>,
        rights: &mut Rights<'_>,
        is_told_apart: bool,
    ) {
        if is_told_apart {
            let session = Signing::AccessKey.session();
            let by_key = rights.grants(Signer { principal, session });
            if by_key != grants {
                let of_key = Holder::Signed(principal, Signing::AccessKey);
                self.add_all(account, of_key, by_key);
                let of_others = Holder::Signed(principal, Signing::Otherwise);
                self.add_all(account, of_others, grants);
                return;
            }
        }
        self.add_all(account, Holder::Principal(principal), grants);
    }

    fn join_class(
        &mut self,
        principal: PrincipalId,
        account: TenantId,
        change: Change,
        rights: &mut Rights<'_>,
        ids: &mut FxHashMap<(TenantId, Limits), ClassId>,
    ) -> ClassId {
        let limits = rights.limits(principal, &change);
        let is_limited =
            !limits.denying.is_empty() || limits.boundary.is_some() || limits.personal.is_some();
        let key = (account, limits);
        if let Some(&class) = ids.get(&key) {
            return class;
        }
        let class = ClassId(self.classes.len());
        ids.insert(key, class);
        for (action, area) in rights.areas_of_everything(principal, &change) {
            let holding = Holding {
                holder: Holder::Class(class),
                scopes: Vec::new(),
                condition: None,
            };
            self.add(action, account, area, holding);
        }
        self.classes.push(Class {
            account,
            limited_like: is_limited.then_some(principal),
            change,
        });
        class
    }

    /// The class of a principal that a policy may allow everything; `None` where nobody can write it one.
    pub(super) fn class_of(&self, principal: PrincipalId) -> Option<ClassId> {
        self.class_of.get(&principal).copied()
    }

    pub(super) fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.get(id.0)
    }

    /// The areas in which principals of an account may do an action.
    pub(super) fn areas(&self, action: ActionId, account: TenantId) -> Vec<AreaId> {
        self.areas
            .get(&(action, account))
            .map_or_else(Vec::new, |areas| areas.all().to_vec())
    }

    /// Those of them that may hold a name of `arn`; the area itself decides.
    pub(super) fn areas_for(&self, action: ActionId, account: TenantId, arn: &str) -> Vec<AreaId> {
        self.areas
            .get(&(action, account))
            .map_or_else(Vec::new, |areas| areas.that_may_hold(arn))
    }

    /// One holder's ways to do an action, each in its area.
    pub(super) fn ways(
        &self,
        action: ActionId,
        account: TenantId,
        holder: Holder,
    ) -> Vec<(AreaId, Holding)> {
        let ways = self.by_holder.get(&(action, account, holder));
        let way = |&(area, place): &(AreaId, usize)| {
            let holding = self.of(action, account, area).get(place)?;
            Some((area, holding.clone()))
        };
        ways.into_iter().flatten().filter_map(way).collect()
    }

    pub(super) fn of(&self, action: ActionId, account: TenantId, area: AreaId) -> &[Holding] {
        self.by_act
            .get(&(action, account, area))
            .map_or(&[], Vec::as_slice)
    }

    /// Those of an account that may do an action somewhere, in order.
    pub(super) fn holders_in(&self, action: ActionId, account: TenantId) -> Vec<Holder> {
        let mut holders: Vec<Holder> = self
            .areas(action, account)
            .into_iter()
            .flat_map(|area| self.of(action, account, area).iter().map(|h| h.holder))
            .collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// Whether this act is asked for the first time.
    pub(super) fn is_first_use(
        &mut self,
        action: ActionId,
        account: TenantId,
        area: AreaId,
        signing: Option<Signing>,
    ) -> bool {
        self.used.insert(((action, account, area), signing))
    }

    /// How many principals may do an action anywhere, by their policies as they are.
    pub(super) fn count(&self, action: ActionId) -> usize {
        let mut principals: Vec<PrincipalId> = self
            .by_act
            .iter()
            .filter(|((other, ..), _)| *other == action)
            .flat_map(|(_, holdings)| holdings.iter().map(|holding| holding.holder))
            .filter_map(|holder| match holder {
                Holder::Principal(id) | Holder::Signed(id, _) => Some(id),
                _ => None,
            })
            .collect();
        principals.sort_unstable();
        principals.dedup();
        principals.len()
    }
}

/// The AWS principals that have an account, with it.
fn members(inventory: &Inventory) -> impl Iterator<Item = (PrincipalId, TenantId)> {
    let principals = inventory.principals.entries();
    let of_aws = principals.filter(|(_, principal)| principal.platform == "aws");
    of_aws.filter_map(|(id, principal)| Some((id, principal.tenant?)))
}
