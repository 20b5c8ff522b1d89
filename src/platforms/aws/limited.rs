//! Sessions of roles that policies of their own limit.
//!
//! Such a session holds what its role holds, within the role's boundary and within its own policies: one of them must
//! allow as well, and none may deny. To conditions and to policies that name the role, it is the role.
//!
//! Source: IAM User Guide, "Policies and permissions in IAM", section "Session policies" (read 2026-11).

use crate::inventory::{Inventory, PolicyId, PrincipalId, Terms};
use rustc_hash::FxHashMap;

/// What a session is limited to.
#[derive(Debug)]
struct Limited {
    role: PrincipalId,
    policies: Vec<PolicyId>,
}

/// The limited sessions of an inventory.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    limited: FxHashMap<PrincipalId, Limited>,
    of_role: FxHashMap<PrincipalId, Vec<PrincipalId>>,
}

impl Sessions {
    /// Takes time linear in scopes.
    pub(super) fn new(inventory: &Inventory) -> Self {
        let mut sessions = Self::default();
        for scope in inventory.scopes.iter() {
            let Terms::Session {
                session,
                role,
                policies,
                ..
            } = &scope.terms
            else {
                continue;
            };
            // A session without policies is the role itself.
            if session == role || sessions.limited.contains_key(session) {
                continue;
            }
            let limited = Limited {
                role: *role,
                policies: policies.clone(),
            };
            sessions.limited.insert(*session, limited);
            sessions.of_role.entry(*role).or_default().push(*session);
        }
        sessions
    }

    /// Every session with its role, in order.
    pub(super) fn all(&self) -> Vec<(PrincipalId, PrincipalId)> {
        let pairs = self.limited.iter();
        let mut pairs: Vec<_> = pairs.map(|(id, limited)| (*id, limited.role)).collect();
        pairs.sort_unstable();
        pairs
    }

    /// The role of a session; every other principal is itself.
    pub(super) fn actor(&self, principal: PrincipalId) -> PrincipalId {
        self.limited
            .get(&principal)
            .map_or(principal, |limited| limited.role)
    }

    /// The limited sessions of a role.
    pub(super) fn of(&self, role: PrincipalId) -> &[PrincipalId] {
        self.of_role.get(&role).map_or(&[], Vec::as_slice)
    }

    /// The policies of a session; `None` for every other principal.
    pub(super) fn policies(&self, principal: PrincipalId) -> Option<&[PolicyId]> {
        let limited = self.limited.get(&principal)?;
        Some(limited.policies.as_slice())
    }
}
