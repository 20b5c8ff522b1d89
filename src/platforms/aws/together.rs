//! Which statements decide together: those that restrict what a caller chooses, gathered once.
//!
//! Too many is safe and too few is not: what is asked of one choice by statements that never meet only leaves a
//! condition open.

use super::condition::restricts_choice;
use super::rights::action_matches;
use crate::inventory::{Inventory, PolicyId, PrincipalId, ResourceId, Statement, Terms};
use rustc_hash::FxHashSet;

/// Whose policy a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Policy(PolicyId),
    Role(PrincipalId),
    Resource(ResourceId),
}

/// The statements of an inventory that restrict a key that callers choose.
pub(super) struct Together<'i> {
    rows: Vec<(Owner, &'i Statement)>,
    /// Policies that are bound to principals. Others may be bound in ways that are not known here.
    bound: FxHashSet<PolicyId>,
}

impl<'i> Together<'i> {
    /// Takes time linear in scopes.
    pub(super) fn new(inventory: &'i Inventory) -> Self {
        let mut together = Self {
            rows: Vec::new(),
            bound: FxHashSet::default(),
        };
        for scope in inventory.scopes.iter() {
            // No `_`: a new sort of scope that holds a statement must be added here, or choices are judged without it.
            let (owner, statement) = match &scope.terms {
                Terms::Statement { policy, statement } => (Owner::Policy(*policy), statement),
                Terms::Trust {
                    principal,
                    statement,
                } => (Owner::Role(*principal), statement),
                Terms::ResourcePolicy {
                    resource,
                    statement,
                } => (Owner::Resource(*resource), statement),
                // A version counts where its policy is held, see `is_held` of rights.
                Terms::Attachment { policy, .. }
                | Terms::Boundary { policy, .. }
                | Terms::Version {
                    version: policy, ..
                } => {
                    together.bound.insert(*policy);
                    continue;
                }
                Terms::Session { policies, .. } => {
                    together.bound.extend(policies);
                    continue;
                }
                Terms::Membership { .. }
                | Terms::RunsAs { .. }
                | Terms::Deploys { .. }
                | Terms::Anchor { .. }
                | Terms::Drives { .. }
                | Terms::Software { .. }
                | Terms::Approval { .. }
                | Terms::Grant { .. }
                | Terms::Guardrail { .. }
                | Terms::Rule { .. }
                | Terms::Binding { .. }
                | Terms::Mapping { .. }
                | Terms::Runs { .. }
                | Terms::Permission { .. }
                | Terms::Bears { .. }
                | Terms::Stated => continue,
            };
            if restricts_choice(&statement.conditions) {
                together.rows.push((owner, statement));
            }
        }
        together
    }

    /// The statements that may decide with an identity policy's `statement` on `action`: those of the policies that
    /// `is_held` names, and those bound to nobody known.
    ///
    /// A resource's or role's own statement that clashes with one of these is open itself, see `with_own`.
    pub(super) fn with_identity(
        &self,
        statement: &Statement,
        action: &str,
        is_held: impl Fn(PolicyId) -> bool,
    ) -> Vec<&'i Statement> {
        if !restricts_choice(&statement.conditions) {
            return Vec::new();
        }
        let may_meet = |owner: Owner| match owner {
            Owner::Policy(policy) => is_held(policy) || !self.bound.contains(&policy),
            Owner::Role(_) | Owner::Resource(_) => false,
        };
        self.rows
            .iter()
            .filter(|(owner, one)| may_meet(*owner) && action_matches(&one.actions, action))
            .map(|(_, one)| *one)
            .collect()
    }

    /// The statements that may decide with a `statement` of a resource's or role's own policy: those of its owners
    /// (several may have equal statements), and every identity policy's.
    pub(super) fn with_own(&self, statement: &Statement) -> Vec<&'i Statement> {
        self.with(statement, |_| true, |_| true)
    }

    /// The same for callers from outside: no identity policy binds them, but those that `is_guarding` names, and no
    /// statement that cannot mean them.
    pub(super) fn with_own_outside(
        &self,
        statement: &Statement,
        action: &str,
        is_guarding: impl Fn(PolicyId) -> bool,
    ) -> Vec<&'i Statement> {
        self.with(statement, is_guarding, |one| {
            let may_mean_them = one.principals.as_ref().is_none_or(|clause| {
                clause.is_negated || clause.entries.iter().any(|(_, value)| value == "*")
            });
            may_mean_them && action_matches(&one.actions, action)
        })
    }

    fn with(
        &self,
        statement: &Statement,
        is_binding: impl Fn(PolicyId) -> bool,
        may_meet: impl Fn(&Statement) -> bool,
    ) -> Vec<&'i Statement> {
        if !restricts_choice(&statement.conditions) {
            return Vec::new();
        }
        let owners: Vec<Owner> = self
            .rows
            .iter()
            .filter(|(_, one)| *one == statement)
            .map(|(owner, _)| *owner)
            .collect();
        self.rows
            .iter()
            .filter(|(owner, one)| {
                let is_bound = match owner {
                    Owner::Policy(policy) => is_binding(*policy),
                    Owner::Role(_) | Owner::Resource(_) => owners.contains(owner),
                };
                is_bound && may_meet(one)
            })
            .map(|(_, one)| *one)
            .collect()
    }
}
