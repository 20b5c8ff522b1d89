//! Sessions of federated users, whom a resource's own policy names: a user makes one with its access key, by the right
//! to `sts:GetFederationToken` on that name.
//!
//! What the resource's policy grants such a session is the session's without any policy of the user; what is denied to
//! the user is denied to it. Sessions of other accounts than the resource's are not followed: these need a grant on both
//! sides. Such sessions may call neither IAM nor STS.
//!
//! Source: AWS STS API reference, "GetFederationToken"; IAM User Guide, "Permissions for GetFederationToken", "Compare AWS
//! STS credentials" and "Policy evaluation for requests within a single account" (read 2026-11).

use super::holders::Holder;
use super::sessions::Signing;
use super::targets::Target;
use super::{Aws, Opening, and, unless_denied};
use crate::inventory::{Effect, PrincipalKind, ScopeId, Statement, TenantId};
use crate::platforms::aws::{
    ActionId, Area, Caller, Outcome, Requester, Session, Signer, Verdict, callers,
};

/// The right to make such a session.
pub(super) const ACTION: &str = "sts:GetFederationToken";

impl Aws<'_, '_, '_> {
    /// The ways through a statement that names the session of a federated user.
    #[expect(
        clippy::too_many_arguments,
        reason = "one request has that many sides, and they are used once"
    )]
    pub(super) fn naming_federated_user(
        &mut self,
        action: ActionId,
        target: &Target,
        arn: &str,
        scope: ScopeId,
        statement: &Statement,
        (account, named): (TenantId, &str),
        openings: &mut Vec<Opening>,
    ) {
        let service = self.actions.name(action).split(':').next();
        if account != target.account || matches!(service, Some("sts" | "iam")) {
            return;
        }
        let requester = Requester::Account(account, Session::Unknown);
        let Some(condition) = self.condition(statement, scope, target, action, requester) else {
            return;
        };
        let (left, doubt) = self.left_to(action, target, None);
        let Some(reason) = unless_denied(left.admits(arn)) else {
            return;
        };
        if self.is_denied_by_name(action, target, arn, (account, named)) {
            return;
        }
        let condition = and(and(condition, reason.as_deref()), doubt);
        let making = self.actions.id(ACTION, None);
        for area in self.holders.areas_for(making, account, named) {
            for holding in self.holders.of(making, account, area).to_vec() {
                let user = match holding.holder {
                    Holder::Principal(user) | Holder::Signed(user, Signing::AccessKey) => user,
                    _ => continue,
                };
                let kind = self.inventory.principals[self.rights.actor(user)].kind;
                if !matches!(kind, PrincipalKind::User | PrincipalKind::Root) {
                    continue;
                }
                let signings = self.signings(user).into_iter();
                let by_key = signings.filter(|(_, session)| *session == Session::LongTermKey);
                for (fact, session) in by_key.collect::<Vec<_>>() {
                    let signer = Signer {
                        principal: user,
                        session,
                    };
                    let limit = self.rights.resource_limit(account, making, signer);
                    let made = self.rights.area(area).meets(&limit, named);
                    // The session is not the key: what depends on that is open.
                    let own = self.rights.admits_direct(user.into(), action, arn, true);
                    let (Some(made), Some(own)) = (unless_denied(made), unless_denied(own)) else {
                        continue;
                    };
                    let made = and(made, holding.condition.as_deref());
                    openings.push(Opening {
                        need: fact,
                        scopes: holding.scopes.iter().copied().chain([scope]).collect(),
                        condition: and(and(made, own.as_deref()), condition.as_deref()),
                    });
                }
            }
        }
    }

    /// Whether a Deny of the target's own policy surely means that session.
    fn is_denied_by_name(
        &self,
        action: ActionId,
        target: &Target,
        arn: &str,
        (account, named): (TenantId, &str),
    ) -> bool {
        self.targets.policy(target).into_iter().any(|scope| {
            let Some((statement, clause)) = self.own_statement(scope) else {
                return false;
            };
            if !self.is_about(scope, Effect::Deny, action) {
                return false;
            }
            let is_named = callers(self.inventory, clause)
                .iter()
                .any(|caller| match caller {
                    Caller::FederatedUser(of, name) => *of == account && name == named,
                    _ => false,
                });
            let requester = Requester::Account(account, Session::Unknown);
            let (outcome, _) =
                self.rights
                    .statement_outcome(statement, requester, target.account, action);
            let area = statement.resources.clone().map(|allow| Area {
                allow,
                ..Area::everything()
            });
            is_named != clause.is_negated
                && outcome == Outcome::Met
                && area.is_none_or(|area| area.admits(arn) == Verdict::Allowed)
        })
    }
}
