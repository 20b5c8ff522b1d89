//! Sessions of roles that policies of their own limit; and jobs, which act as a user or role in their uses alone.
//!
//! Such a session holds what its role holds, within the role's boundary and within its own policies: one of them must
//! allow as well, and none may deny. To conditions and to policies that name the role, it is the role. A job is the same,
//! but that nothing reaches beyond its uses: it stands for a user or role of its own, which is given no more.
//!
//! Source: IAM User Guide, "Policies and permissions in IAM", section "Session policies" (read 2026-11).

use crate::inventory::{Inventory, PolicyId, PrincipalId, Terms, Uses};
use rustc_hash::FxHashMap;

/// What a session is limited to.
#[derive(Debug)]
struct Limited {
    role: PrincipalId,
    to: To,
}

#[derive(Debug)]
enum To {
    Policies(Vec<PolicyId>),
    Uses(Vec<Uses>),
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
                to: To::Policies(policies.clone()),
            };
            sessions.add(*session, limited);
        }
        for job in &inventory.within {
            let limited = Limited {
                role: job.of,
                to: To::Uses(job.uses.clone()),
            };
            sessions.add(job.principal, limited);
        }
        sessions
    }

    fn add(&mut self, session: PrincipalId, limited: Limited) {
        self.of_role.entry(limited.role).or_default().push(session);
        self.limited.insert(session, limited);
    }

    /// Every session with its role, in order.
    pub(super) fn all(&self) -> Vec<(PrincipalId, PrincipalId)> {
        let pairs = self.limited.iter();
        let mut pairs: Vec<_> = pairs.map(|(id, limited)| (*id, limited.role)).collect();
        pairs.sort_unstable();
        pairs
    }

    /// The role of a session, as whom a job acts; every other principal is itself.
    pub(super) fn actor(&self, principal: PrincipalId) -> PrincipalId {
        self.limited
            .get(&principal)
            .map_or(principal, |limited| limited.role)
    }

    /// The limited sessions of a role, and the jobs of a principal.
    pub(super) fn of(&self, role: PrincipalId) -> &[PrincipalId] {
        self.of_role.get(&role).map_or(&[], Vec::as_slice)
    }

    /// The policies of a session; `None` for every other principal.
    pub(super) fn policies(&self, principal: PrincipalId) -> Option<&[PolicyId]> {
        match &self.limited.get(&principal)?.to {
            To::Policies(policies) => Some(policies),
            To::Uses(_) => None,
        }
    }

    /// The uses of a job; `None` for every other principal.
    pub(super) fn uses(&self, principal: PrincipalId) -> Option<&[Uses]> {
        match &self.limited.get(&principal)?.to {
            To::Uses(uses) => Some(uses),
            To::Policies(_) => None,
        }
    }
}
