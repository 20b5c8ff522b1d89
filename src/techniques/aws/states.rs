//! What principals may do after somebody has changed what binds them: a policy that denies is taken off, a boundary is,
//! a policy goes back to an older version.
//!
//! Each change that somebody of the account may make gives its principal a *state*, in which its rights are evaluated
//! again. Looked at are all sets of policies that deny and of the boundary (beyond [`MOST_TOGETHER`] of them, each alone
//! and all at once), and every older version alone; a version together with another change is not. A state is left out
//! where whoever makes the change may, by the same statement, write the principal any policy: that reaches further.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "Versioning IAM policies": "you can roll back your changes by
//! setting an earlier version as the default"; API reference, `PutUserPolicy`: an inline policy of the same name is
//! replaced, and `DeletePolicy`: a policy is detached from everybody first, so that deleting it is no way of its own.

use super::holders::{ClassId, Holder, Holders};
use crate::inventory::{Inventory, PolicyId, PrincipalId, PrincipalKind, ScopeId, TenantId, Terms};
use crate::platforms::aws::{ActionId, Actions, AreaId, Change, Rights, Verdict};
use rustc_hash::{FxHashMap, FxHashSet};

/// So many changes of one principal are looked at in every combination.
const MOST_TOGETHER: usize = 3;

/// IAM keeps so many versions of a policy.
const MOST_VERSIONS: usize = 5;

const CREATE_VERSION: &str = "iam:CreatePolicyVersion";
const SET_DEFAULT: &str = "iam:SetDefaultPolicyVersion";
const LEAVE_GROUP: &str = "iam:RemoveUserFromGroup";

/// By which actions the policies of a principal or group are taken off, and by which ones it is given any.
struct Means {
    /// An inline policy is deleted or overwritten.
    inline: [&'static str; 2],
    /// A managed policy is detached.
    attached: [&'static str; 1],
    /// Any policy is written or attached.
    any: [&'static str; 2],
}

const OF_USER: Means = Means {
    inline: ["iam:DeleteUserPolicy", "iam:PutUserPolicy"],
    attached: ["iam:DetachUserPolicy"],
    any: ["iam:PutUserPolicy", "iam:AttachUserPolicy"],
};
const OF_ROLE: Means = Means {
    inline: ["iam:DeleteRolePolicy", "iam:PutRolePolicy"],
    attached: ["iam:DetachRolePolicy"],
    any: ["iam:PutRolePolicy", "iam:AttachRolePolicy"],
};
const OF_GROUP: Means = Means {
    inline: ["iam:DeleteGroupPolicy", "iam:PutGroupPolicy"],
    attached: ["iam:DetachGroupPolicy"],
    any: ["iam:PutGroupPolicy", "iam:AttachGroupPolicy"],
};

fn means(kind: PrincipalKind) -> Option<&'static Means> {
    match kind {
        PrincipalKind::User => Some(&OF_USER),
        PrincipalKind::Role => Some(&OF_ROLE),
        PrincipalKind::Group => Some(&OF_GROUP),
        _ => None,
    }
}

/// Pairs of actions: what the first opens is left out where the same statement allows the second.
pub(super) fn outreached() -> Vec<(&'static str, &'static str)> {
    let mut pairs = vec![(SET_DEFAULT, CREATE_VERSION)];
    for means in [&OF_USER, &OF_ROLE, &OF_GROUP] {
        for &action in means.inline.iter().chain(&means.attached) {
            pairs.extend(means.any.map(|further| (action, further)));
        }
    }
    pairs
}

/// A state of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StateId(usize);

/// A state that somebody may bring about.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) principal: PrincipalId,
    pub(super) change: Change,
    /// Whether it is looked at with the principal's own policies.
    pub(super) by_own_policies: bool,
    /// Whether it is looked at with a policy that allows everything.
    pub(super) with_any_policy: bool,
    /// Whether a group is left in it: a policy that was written to the group is lost.
    pub(super) is_leaving: bool,
    /// The class of the principal with such a policy.
    pub(super) class: Option<ClassId>,
}

/// All states, in the order of principals.
#[derive(Debug, Default)]
pub(super) struct States {
    rows: Vec<State>,
    /// Those with an older version, by policy.
    by_policy: FxHashMap<PolicyId, Vec<StateId>>,
    /// What is gone in some state.
    gone: FxHashSet<ScopeId>,
    /// Users who leave a group in some state.
    leaving: FxHashSet<PrincipalId>,
}

impl States {
    pub(super) fn add(&mut self, state: State, class: Option<ClassId>) -> StateId {
        let id = StateId(self.rows.len());
        if let Some((policy, _)) = state.change.version {
            self.by_policy.entry(policy).or_default().push(id);
        }
        self.gone.extend(&state.change.gone);
        if state.is_leaving {
            self.leaving.insert(state.principal);
        }
        self.rows.push(State { class, ..state });
        id
    }

    pub(super) fn get(&self, id: StateId) -> Option<&State> {
        self.rows.get(id.0)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (StateId, &State)> {
        self.rows
            .iter()
            .enumerate()
            .map(|(at, row)| (StateId(at), row))
    }

    /// The attachments, memberships and boundaries whose absence opens something, in order.
    pub(super) fn gone(&self) -> Vec<ScopeId> {
        let mut gone: Vec<ScopeId> = self.gone.iter().copied().collect();
        gone.sort_unstable();
        gone
    }

    /// Whether a principal leaves a group in some state.
    pub(super) fn is_leaving(&self, principal: PrincipalId) -> bool {
        self.leaving.contains(&principal)
    }

    /// The states in which an older version of a policy is its default.
    pub(super) fn with_version_of(&self, policy: PolicyId) -> Vec<(StateId, State)> {
        let ids = self.by_policy.get(&policy).into_iter().flatten();
        let rows = ids.filter_map(|&id| Some((id, self.get(id)?.clone())));
        rows.collect()
    }
}

/// The actions by which policies, groups and boundaries are changed.
pub(super) struct Editing<'a> {
    pub(super) actions: FxHashSet<ActionId>,
    /// Those by which policies of other accounts are.
    pub(super) everywhere: FxHashSet<ActionId>,
    names: &'a Actions,
}

/// Where somebody of an account may make changes: by action, the areas; and those in which somebody may who may not, by
/// the same statement, do one of the actions that reach further.
#[derive(Debug, Default)]
pub(super) struct Reach(FxHashMap<&'static str, (Vec<AreaId>, Vec<AreaId>)>);

impl Reach {
    /// Whether somebody may change what has that ARN, and whether without reaching further.
    fn admits(&self, rights: &Rights<'_>, action: &str, arn: &str) -> (bool, bool) {
        let Some((all, alone)) = self.0.get(action) else {
            return (false, false);
        };
        let is_in = |areas: &[AreaId]| {
            let mut areas = areas.iter();
            areas.any(|&area| rights.area(area).admits(arn) != Verdict::Denied)
        };
        (is_in(all), is_in(alone))
    }
}

/// What may be taken from a principal.
struct Binding {
    scope: ScopeId,
    /// Whether that reaches further than nothing where nobody writes the principal a policy.
    is_alone: bool,
    is_membership: bool,
    /// The membership through which it comes.
    through: Option<ScopeId>,
}

impl<'a> Editing<'a> {
    pub(super) fn new(
        actions: FxHashSet<ActionId>,
        everywhere: FxHashSet<ActionId>,
        names: &'a Actions,
    ) -> Self {
        Self {
            actions,
            everywhere,
            names,
        }
    }

    /// Takes time linear in the holdings of the actions.
    pub(super) fn reach(
        &self,
        holders: &Holders,
        areas: &FxHashMap<(ActionId, TenantId), Vec<AreaId>>,
        account: TenantId,
    ) -> Reach {
        let mut reach = Reach::default();
        for means in [&OF_USER, &OF_ROLE, &OF_GROUP] {
            for action in means.inline.iter().chain(&means.attached) {
                let all = areas.get(&(self.names.id(action, None), account));
                let found = self.areas(holders, account, all, action, &means.any);
                reach.0.insert(action, found);
            }
        }
        for (action, further) in [
            (LEAVE_GROUP, [].as_slice()),
            (CREATE_VERSION, &[CREATE_VERSION]),
            (SET_DEFAULT, &[CREATE_VERSION]),
        ] {
            let all = areas.get(&(self.names.id(action, None), account));
            let found = self.areas(holders, account, all, action, further);
            reach.0.insert(action, found);
        }
        reach
    }

    fn areas(
        &self,
        holders: &Holders,
        account: TenantId,
        all: Option<&Vec<AreaId>>,
        action: &str,
        further: &[&str],
    ) -> (Vec<AreaId>, Vec<AreaId>) {
        let action = self.names.id(action, None);
        let further: Vec<ActionId> = further
            .iter()
            .map(|name| self.names.id(name, None))
            .collect();
        let all: Vec<AreaId> = all.cloned().unwrap_or_default();
        let is_alone = |&area: &AreaId| {
            let stronger: FxHashSet<(Holder, &[ScopeId], Option<&str>)> = further
                .iter()
                .flat_map(|&action| holders.of(action, account, area))
                .map(|h| (h.holder, h.scopes.as_slice(), h.condition.as_deref()))
                .collect();
            holders.of(action, account, area).iter().any(|h| {
                !stronger.contains(&(h.holder, h.scopes.as_slice(), h.condition.as_deref()))
            })
        };
        let alone = all.iter().copied().filter(is_alone).collect();
        (all, alone)
    }

    /// What may be taken from a principal that holds it back.
    fn bindings(
        &self,
        inventory: &Inventory,
        rights: &Rights<'_>,
        reach: &Reach,
        principal: PrincipalId,
    ) -> Vec<Binding> {
        let mut bindings = Vec::new();
        if let Some((_, scope)) = rights.boundary(principal) {
            bindings.push(Binding {
                scope,
                is_alone: true,
                is_membership: false,
                through: None,
            });
        }
        for (policy, through) in rights.policies_of(principal) {
            if !rights.is_denying(policy) {
                continue;
            }
            let (Some(&attachment), membership) = (through.last(), through.first()) else {
                continue;
            };
            let Terms::Attachment {
                principal: owner,
                is_inline,
                ..
            } = inventory.scopes[attachment].terms
            else {
                continue;
            };
            let membership = membership.copied().filter(|&scope| scope != attachment);
            let of_owner = &inventory.principals[owner];
            let Some(means) = means(of_owner.kind) else {
                continue;
            };
            let actions: &[&str] = if is_inline {
                &means.inline
            } else {
                &means.attached
            };
            let key = &inventory.policies[policy].key;
            let ways = actions.iter().map(|action| (*action, &of_owner.key));
            let ways = ways.chain((!is_inline).then_some((CREATE_VERSION, key)));
            let ways: Vec<(bool, bool)> = ways
                .map(|(action, arn)| reach.admits(rights, action, arn))
                .collect();
            if ways.iter().any(|(is_possible, _)| *is_possible) {
                bindings.push(Binding {
                    scope: attachment,
                    is_alone: ways.iter().any(|(_, is_alone)| *is_alone),
                    is_membership: false,
                    through: membership,
                });
            }
            if let Some(membership) = membership
                && reach.admits(rights, LEAVE_GROUP, &of_owner.key).0
                && bindings.iter().all(|known| known.scope != membership)
            {
                bindings.push(Binding {
                    scope: membership,
                    is_alone: true,
                    is_membership: true,
                    through: None,
                });
            }
        }
        bindings
    }

    /// The states that somebody may bring a principal into.
    pub(super) fn changes(
        &self,
        inventory: &Inventory,
        rights: &Rights<'_>,
        reach: &Reach,
        principal: PrincipalId,
    ) -> Vec<State> {
        let mut states = Vec::new();
        let bindings = self.bindings(inventory, rights, reach, principal);
        for set in sets(&bindings) {
            let leaves = |binding: &&Binding| binding.is_membership;
            let is_leaving = set.iter().any(leaves);
            // What comes through a membership goes with it.
            let is_twice = set.iter().any(|binding| {
                binding
                    .through
                    .is_some_and(|through| set.iter().any(|other| other.scope == through))
            });
            if is_twice {
                continue;
            }
            let by_own_policies = set.iter().all(|binding| binding.is_alone);
            let mut gone: Vec<ScopeId> = set.iter().map(|binding| binding.scope).collect();
            gone.sort_unstable();
            states.push(State {
                principal,
                change: Change {
                    gone,
                    version: None,
                },
                by_own_policies,
                with_any_policy: true,
                is_leaving,
                class: None,
            });
        }
        states.extend(self.versions(inventory, rights, reach, principal));
        states
    }

    /// The states in which an older version of a policy is its default.
    fn versions(
        &self,
        inventory: &Inventory,
        rights: &Rights<'_>,
        reach: &Reach,
        principal: PrincipalId,
    ) -> Vec<State> {
        let held = rights.policies_of(principal).map(|(policy, _)| policy);
        let bounding = rights.boundary(principal).map(|(policy, _)| policy);
        let mut policies: Vec<PolicyId> = held.chain(bounding).collect();
        policies.sort_unstable();
        policies.dedup();
        let mut states = Vec::new();
        for policy in policies {
            let useful: Vec<PolicyId> = rights
                .versions_of(policy)
                .iter()
                .map(|&(version, _)| version)
                .filter(|&version| rights.adds(version, policy))
                .collect();
            if useful.is_empty() {
                continue;
            }
            let row = &inventory.policies[policy];
            let (is_possible, is_alone) = reach.admits(rights, SET_DEFAULT, &row.key);
            let is_full = row.versions.is_some_and(|count| count >= MOST_VERSIONS);
            let is_reached = is_alone || (is_possible && is_full);
            if !is_reached {
                continue;
            }
            states.extend(useful.into_iter().map(|version| State {
                principal,
                change: Change {
                    gone: Vec::new(),
                    version: Some((policy, version)),
                },
                by_own_policies: true,
                with_any_policy: false,
                is_leaving: false,
                class: None,
            }));
        }
        states
    }
}

/// The sets of bindings that are looked at.
fn sets(bindings: &[Binding]) -> Vec<Vec<&Binding>> {
    if bindings.len() > MOST_TOGETHER {
        let each = bindings.iter().map(|one| vec![one]);
        // Without the memberships: what comes through them is in the set already, where it may be taken off.
        let all = bindings.iter().filter(|one| !one.is_membership).collect();
        return each.chain([all]).collect();
    }
    let mut sets: Vec<Vec<&Binding>> = vec![Vec::new()];
    for binding in bindings {
        for at in 0..sets.len() {
            let mut with = sets.get(at).cloned().unwrap_or_default();
            with.push(binding);
            sets.push(with);
        }
    }
    sets.retain(|set| !set.is_empty());
    sets
}
