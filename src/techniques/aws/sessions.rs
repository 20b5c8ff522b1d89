//! Users whose rights depend on the credential that signs: an access key has no MFA at all, a console sign-in may.
//!
//! Where any policy that counts for a user asks for that, acting as the user splits in two: by a long-term access key,
//! and in a session of another kind. Either way one acts as the user.
//!
//! Source: IAM User Guide, "AWS global condition context keys", `aws:MultiFactorAuthPresent`: "not present in requests
//! that are made with long-term credentials".

use super::Aws;
use super::holders::Holder;
use crate::inventory::{Inventory, PolicyId, PrincipalId, PrincipalKind, Statement, Terms};
use crate::platforms::aws::{Session, Signer, asks_for_session};
use crate::steps::{Fact, StepsBuilder};
use rustc_hash::{FxHashMap, FxHashSet};

/// With what a user signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::techniques) enum Signing {
    /// A long-term access key.
    AccessKey,
    /// Anything else: a console sign-in, temporary credentials.
    Otherwise,
}

impl Signing {
    pub(super) const BOTH: [Self; 2] = [Self::AccessKey, Self::Otherwise];

    pub(super) fn session(self) -> Session {
        match self {
            Self::AccessKey => Session::LongTermKey,
            Self::Otherwise => Session::Unknown,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AccessKey => "signed with an access key",
            Self::Otherwise => "in a session that is not an access key's",
        }
    }
}

/// The users whose credentials must be told apart.
pub(in crate::techniques) fn told_apart(inventory: &Inventory) -> FxHashSet<PrincipalId> {
    let mut asking: FxHashSet<PolicyId> = FxHashSet::default();
    let mut is_everybody_asked = false;
    let mut bound: FxHashMap<PrincipalId, Vec<PolicyId>> = FxHashMap::default();
    let mut memberships = Vec::new();
    for scope in inventory.scopes.iter() {
        match &scope.terms {
            Terms::Statement { policy, statement } if asks_for_session(&statement.conditions) => {
                asking.insert(*policy);
                is_everybody_asked |= inventory.policies[*policy].guardrail.is_some();
            }
            Terms::Trust { statement, .. } | Terms::ResourcePolicy { statement, .. } => {
                is_everybody_asked |=
                    asks_for_session(&statement.conditions) || names_federated_user(statement);
            }
            Terms::Attachment {
                policy, principal, ..
            }
            | Terms::Boundary { policy, principal } => {
                bound.entry(*principal).or_default().push(*policy);
            }
            Terms::Membership { member, group } => memberships.push((*member, *group)),
            _ => {}
        }
    }
    let is_asked = |principal: PrincipalId| {
        let mut policies = bound.get(&principal).into_iter().flatten();
        policies.any(|policy| asking.contains(policy))
    };
    let in_groups: FxHashSet<PrincipalId> = memberships
        .into_iter()
        .filter(|&(_, group)| is_asked(group))
        .map(|(member, _)| member)
        .collect();
    let mut told_apart: FxHashSet<PrincipalId> = inventory
        .principals
        .entries()
        .filter(|(_, p)| p.platform == "aws" && !p.is_stub)
        .filter(|(_, p)| matches!(p.kind, PrincipalKind::User | PrincipalKind::Root))
        .map(|(id, _)| id)
        .filter(|&id| is_everybody_asked || is_asked(id) || in_groups.contains(&id))
        .collect();
    // A job of a user signs as the user does.
    let jobs = inventory.within.iter();
    let jobs = jobs.filter(|job| told_apart.contains(&job.of));
    let jobs: Vec<PrincipalId> = jobs.map(|job| job.principal).collect();
    told_apart.extend(jobs);
    told_apart
}

/// Whether a statement names the session of a federated user: only an access key makes one.
fn names_federated_user(statement: &Statement) -> bool {
    let mut named = statement
        .principals
        .iter()
        .flat_map(|clause| &clause.entries);
    named.any(|(_, value)| value.contains(":federated-user/"))
}

/// Acting as a user whose credentials are told apart.
pub(in crate::techniques) fn signed(
    steps: &mut StepsBuilder,
    user: PrincipalId,
    signing: Signing,
) -> Fact {
    let target = format!("whatever its policies allow, {}", signing.words());
    Fact::Right(user, steps.subject("any action", &target))
}

impl Aws<'_, '_, '_> {
    /// Acting as a principal with each sort of credential that its rights may depend on, and the session that it means.
    pub(super) fn signings(&mut self, principal: PrincipalId) -> Vec<(Fact, Session)> {
        if !self.derivation.told_apart.contains(&principal) {
            return vec![(Fact::Principal(principal), Session::Unknown)];
        }
        let steps = &mut self.derivation.steps;
        let fact = |signing: Signing| (signed(steps, principal, signing), signing.session());
        Signing::BOTH.map(fact).to_vec()
    }

    /// Who a holder is when it makes a request, with each sort of credential on which its rights may depend; nobody in
    /// particular for a class or a group.
    pub(super) fn signers(&mut self, holder: Holder) -> Vec<(Fact, Option<Signer>)> {
        if let Holder::Principal(principal) = holder {
            let signer = |(fact, session)| (fact, Some(Signer { principal, session }));
            return self.signings(principal).into_iter().map(signer).collect();
        }
        let signer = holder.principal().map(|principal| match holder {
            Holder::Signed(_, signing) => Signer {
                principal,
                session: signing.session(),
            },
            _ => principal.into(),
        });
        vec![(self.fact_of(holder), signer)]
    }

    /// The same, only those that sign so; `None`: all.
    pub(super) fn signers_with(
        &mut self,
        holder: Holder,
        signing: Option<Signing>,
    ) -> Vec<(Fact, Option<Signer>)> {
        let mut signers = self.signers(holder);
        let session = |signer: &Option<Signer>| signer.map_or(Session::Unknown, |s| s.session);
        signers.retain(|(_, signer)| signing.is_none_or(|s| s.session() == session(signer)));
        signers
    }

    /// Whoever acts as a user with some credential acts as the user.
    pub(super) fn settle_sessions(&mut self) {
        let mut users: Vec<PrincipalId> = self.derivation.told_apart.iter().copied().collect();
        users.sort_unstable();
        for user in users {
            for (fact, _) in self.signings(user) {
                self.step(&[fact], Fact::Principal(user), self.hold, &[], None);
            }
        }
    }
}
