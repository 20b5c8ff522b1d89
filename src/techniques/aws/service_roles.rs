//! Roles that a service assumes: which trust it, and for what it acts.

use super::catalogue::Need;
use super::naming::free_name;
use super::{Aws, and, unless_denied};
use crate::inventory::{Condition, Effect, PrincipalId, ScopeId, TenantId, Terms};
use crate::platforms::aws::{Caller, Outcome, Verdict, callers};

/// A role that may be passed, the scope of its trust, and on what it hangs.
pub(super) type Gained = (PrincipalId, ScopeId, Option<String>);

/// Whether a condition on the source holds for everything of the same service and account as `thing`, in the regions
/// that `is_region` allows.
///
/// Source: IAM User Guide, "The confused deputy problem": a service names what it acts for, and where that is not known
/// beforehand a role is to trust `arn:aws:SERVICE:REGION:ACCOUNT:*`; so also AgentCore Developer Guide, "Resource and
/// session management". What names single things is left open.
pub(super) fn is_any_source(
    condition: &Condition,
    thing: &str,
    is_region: &dyn Fn(&str) -> bool,
) -> bool {
    let is_like = ["arnlike", "arnequals", "stringlike"]
        .contains(&condition.operator.to_ascii_lowercase().as_str());
    let is_source = condition.key.eq_ignore_ascii_case("aws:SourceArn");
    let is_all = |value: &String| {
        let parts: Vec<&str> = value.splitn(6, ':').collect();
        let own: Vec<&str> = thing.splitn(6, ':').collect();
        let is_same = |at: usize| {
            let part = parts.get(at);
            part == Some(&"*") || part == own.get(at)
        };
        let is_of_region = parts
            .get(3)
            .is_some_and(|part| *part == "*" || is_region(part));
        parts.get(5) == Some(&"*") && [0, 1, 2, 4].into_iter().all(is_same) && is_of_region
    };
    is_like && is_source && condition.values.iter().any(is_all)
}

impl Aws<'_, '_, '_> {
    /// Whether a condition on the source holds whatever is created: in a region, only where whoever may create may do
    /// so there.
    fn is_any_new_source(&self, condition: &Condition, need: &Need, account: TenantId) -> bool {
        let template = self.arn(need, account, None);
        let areas = self.holders.areas(self.action(need, None), account);
        let is_region = |region: &str| {
            let name = free_name(&template, region);
            areas
                .iter()
                .map(|&area| self.rights.area(area))
                .all(|area| {
                    area.admits(&name) == Verdict::Allowed
                        || area.admits(&template) == Verdict::Denied
                })
        };
        is_any_source(condition, &template, &is_region)
    }

    /// The roles of an account that trust a service: the trust's scope, and on what it hangs.
    ///
    /// `creating` is what is asked of whoever makes what the role is passed to.
    pub(super) fn roles_trusting(
        &self,
        service: &str,
        account: TenantId,
        needs_profile: bool,
        creating: Option<&Need>,
    ) -> Vec<Gained> {
        let mut roles = Vec::new();
        for (scope, grant) in self.inventory.scopes.entries() {
            let Terms::Trust {
                principal,
                statement,
            } = &grant.terms
            else {
                continue;
            };
            let role = &self.inventory.principals[*principal];
            let has_profile = role
                .aliases
                .iter()
                .any(|alias| alias.contains(":instance-profile/"));
            if role.tenant != Some(account) || (needs_profile && !has_profile) {
                continue;
            }
            let Some(clause) = &statement.principals else {
                continue;
            };
            let is_named = callers(self.inventory, clause)
                .iter()
                .any(|caller| matches!(caller, Caller::Service(name) if name == service));
            // AWS checks the service's own request: the source account of what the attacker creates is this account.
            let is_assuming = statement.effect == Effect::Allow
                && self
                    .rights
                    .matches_action(grant, self.actions.id("sts:AssumeRole", None));
            if !is_named || clause.is_negated || !is_assuming {
                continue;
            }
            let tenant = account;
            let account = &self.inventory.tenants[account].identifier;
            let mut asked = statement.clone();
            asked.conditions.retain(|condition| {
                !creating.is_some_and(|need| self.is_any_new_source(condition, need, tenant))
            });
            let (outcome, keys) = self.rights.service_outcome(&asked, account);
            let condition = match outcome {
                Outcome::NotMet => continue,
                Outcome::Met => None,
                Outcome::Open => Some(format!("{keys} in statement `{}`", grant.name)),
            };
            let Some(doubt) = self.unless_denied_by_trust(*principal, service, account) else {
                continue;
            };
            let condition = and(condition, doubt.as_deref());
            // Assuming the role is the service's request, on a resource of the role's account.
            let assume = self.actions.id("sts:AssumeRole", None);
            let limit = self.rights.resource_limit_of_service(tenant, assume);
            let Some(reason) = unless_denied(limit.admits(&role.key)) else {
                continue;
            };
            let condition = and(condition, reason.as_deref());
            roles.push((*principal, scope, condition));
        }
        roles.sort_by(|(one, ..), (other, ..)| {
            let key = |role: PrincipalId| &self.inventory.principals[role].key;
            key(*one).cmp(key(*other))
        });
        roles
    }

    /// On what it hangs that no Deny of a role's own trust policy keeps a service out; `None` when one does.
    pub(super) fn unless_denied_by_trust(
        &self,
        role: PrincipalId,
        service: &str,
        account: &str,
    ) -> Option<Option<String>> {
        let assume = self.actions.id("sts:AssumeRole", None);
        let mut doubt = None;
        for &scope in self.targets.trust(role) {
            let grant = &self.inventory.scopes[scope];
            let Terms::Trust { statement, .. } = &grant.terms else {
                continue;
            };
            let Some(clause) = &statement.principals else {
                continue;
            };
            let is_deny = statement.effect == Effect::Deny;
            if !is_deny || !self.rights.matches_action(grant, assume) {
                continue;
            }
            let is_named = callers(self.inventory, clause)
                .iter()
                .any(|caller| match caller {
                    Caller::Anyone => true,
                    Caller::Service(name) => name == service,
                    _ => false,
                });
            if is_named == clause.is_negated {
                continue;
            }
            let (outcome, keys) = self.rights.service_outcome(statement, account);
            match outcome {
                Outcome::NotMet => {}
                Outcome::Met => return None,
                Outcome::Open => {
                    let reason = format!("{keys} in the Deny `{}`", grant.name);
                    doubt = and(doubt, Some(&reason));
                }
            }
        }
        Some(doubt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THING: &str = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/r-EXAMPLE001";

    #[test]
    fn a_source_condition_holds_for_all_of_the_place_or_is_left_open() {
        let asks = |operator: &str, value: &str| {
            let condition = Condition {
                operator: operator.to_owned(),
                key: "AWS:SourceArn".to_owned(),
                values: vec![value.to_owned()],
            };
            is_any_source(&condition, THING, &|region| region == "eu-west-1")
        };
        let all = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:*";
        assert!(asks("ArnLike", all));
        assert!(asks(
            "StringLike",
            "arn:aws:bedrock-agentcore:*:111122223333:*"
        ));
        assert!(!asks("ArnNotLike", all));
        assert!(!asks("ArnLike", &all.replace("eu-west-1", "us-east-1")));
        assert!(!asks("ArnLike", &all.replace('*', "runtime/*")));
    }
}
