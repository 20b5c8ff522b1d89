//! Roles that a service assumes: which trust it, and for what it acts.

use super::catalogue::{Need, On};
use super::holders::Holder;
use super::naming::free_name;
use super::{Aws, and, unless_denied};
use crate::inventory::{Condition, Effect, PrincipalId, ScopeId, TenantId, Terms};
use crate::platforms::aws::{Caller, Outcome, Verdict, callers};
use crate::steps::Fact;

/// A role that may be passed, and whom that gains: the role itself, or one that it may assume.
#[derive(Debug, Clone)]
pub(super) struct Gained {
    pub(super) passed: PrincipalId,
    pub(super) gained: PrincipalId,
    pub(super) scopes: Vec<ScopeId>,
    pub(super) condition: Option<String>,
}

/// Whether a principal that a trust policy names is a service: by its name, as the China regions write it, or in one region.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal", sections "AWS service principals" and "AWS service
/// principals in opt-in Regions" (`SERVICE.REGION.amazonaws.com`).
fn is_service(named: &str, service: &str) -> bool {
    let named = named.strip_suffix(".cn").unwrap_or(named);
    let region = || {
        let own = service.strip_suffix(".amazonaws.com")?;
        let rest = named.strip_prefix(own)?.strip_prefix('.')?;
        rest.strip_suffix(".amazonaws.com")
    };
    named == service || region().is_some_and(|region| region.contains('-') && !region.contains('.'))
}

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

    /// The roles of an account that trust a service, in order of their names.
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
            let Terms::Trust { principal, .. } = &grant.terms else {
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
            let is_held = |condition: &Condition| {
                creating.is_some_and(|need| self.is_any_new_source(condition, need, account))
            };
            let Some(condition) = self.lets_service_in(*principal, scope, service, &is_held) else {
                continue;
            };
            roles.push(Gained {
                passed: *principal,
                gained: *principal,
                scopes: vec![scope],
                condition,
            });
        }
        let key = |role: &Gained| &self.inventory.principals[role.passed].key;
        roles.sort_by(|one, other| key(one).cmp(key(other)));
        roles
    }

    /// The roles that a passed role may assume, in any account.
    pub(super) fn assumed_by(&mut self, passed: &Gained) -> Vec<Gained> {
        let role = passed.passed;
        let need = Need {
            action: "sts:AssumeRole".to_owned(),
            on: On::Role,
            arn: "{target}".to_owned(),
            to: None,
        };
        let action = self.action(&need, None);
        let account = self.inventory.principals[role].tenant;
        let own = account.map_or_else(Vec::new, |account| {
            self.holders.ways(action, account, Holder::Principal(role))
        });
        let mut roles = Vec::new();
        for target in self.targets.of(self.inventory, &On::Role) {
            let Some(gained) = target.who.filter(|&gained| gained != role) else {
                continue;
            };
            // Looking at every caller of every role would cost too much.
            let may = own
                .iter()
                .any(|(area, ..)| self.rights.area(*area).admits(&target.arn) != Verdict::Denied);
            if !may && !self.trusts_by_name(gained, role) {
                continue;
            }
            let is_by_caller = std::mem::replace(&mut self.is_by_caller, true);
            let openings = self.openings(action, &need, &target);
            self.is_by_caller = is_by_caller;
            for opening in openings {
                if opening.need == Fact::Principal(role) {
                    let scopes = passed.scopes.iter().chain(&opening.scopes);
                    roles.push(Gained {
                        passed: role,
                        gained,
                        scopes: scopes.copied().collect(),
                        condition: and(passed.condition.clone(), opening.condition.as_deref()),
                    });
                }
            }
        }
        roles
    }

    /// Whether a statement of a role's trust policy names another role.
    fn trusts_by_name(&self, role: PrincipalId, other: PrincipalId) -> bool {
        self.targets.trust(role).iter().any(|&scope| {
            self.own_statement(scope).is_some_and(|(_, clause)| {
                callers(self.inventory, clause)
                    .iter()
                    .any(|caller| matches!(caller, Caller::Principal(id) | Caller::Session(id, _) if *id == other))
            })
        })
    }

    /// On what it hangs that a service can assume a role for `thing`, an ARN: `None` when it cannot.
    pub(super) fn is_trusting(
        &self,
        role: PrincipalId,
        service: &str,
        thing: &str,
    ) -> Option<Option<String>> {
        if self.inventory.principals[role].is_stub || self.targets.trust(role).is_empty() {
            let reason = "the role exists and trusts the service: no export tells";
            return Some(Some(reason.to_owned()));
        }
        let own = thing.split(':').nth(3);
        let is_held =
            |condition: &Condition| is_any_source(condition, thing, &|region| own == Some(region));
        let mut doubt = None;
        for &scope in self.targets.trust(role) {
            match self.lets_service_in(role, scope, service, &is_held) {
                Some(None) => return Some(None),
                Some(reason) => doubt = reason,
                None => {}
            }
        }
        doubt.map(Some)
    }

    /// On what it hangs that one statement of a role's trust policy lets a service in, where the conditions of which
    /// `is_held` says so hold; `None` when it does not.
    fn lets_service_in(
        &self,
        role: PrincipalId,
        scope: ScopeId,
        service: &str,
        is_held: &dyn Fn(&Condition) -> bool,
    ) -> Option<Option<String>> {
        let grant = &self.inventory.scopes[scope];
        let tenant = self.inventory.principals[role].tenant?;
        let (statement, clause) = self.own_statement(scope)?;
        let is_named = callers(self.inventory, clause)
            .iter()
            .any(|caller| matches!(caller, Caller::Service(name) if is_service(name, service)));
        let assume = self.actions.id("sts:AssumeRole", None);
        let is_assuming =
            statement.effect == Effect::Allow && self.rights.matches_action(grant, assume);
        if !is_named || clause.is_negated || !is_assuming {
            return None;
        }
        // AWS checks the service's own request: the source account of what the attacker creates or uses is this account.
        let account = &self.inventory.tenants[tenant].identifier;
        let mut asked = statement.clone();
        asked.conditions.retain(|condition| !is_held(condition));
        let (outcome, keys) = self.rights.service_outcome(&asked, account);
        let condition = match outcome {
            Outcome::NotMet => return None,
            Outcome::Met => None,
            Outcome::Open => Some(format!("{keys} in statement `{}`", grant.name)),
        };
        let doubt = self.unless_denied_by_trust(role, service, account)?;
        let condition = and(condition, doubt.as_deref());
        // Assuming the role is the service's request, on a resource of the role's account.
        let limit = self.rights.resource_limit_of_service(tenant, assume);
        let reason = unless_denied(limit.admits(&self.inventory.principals[role].key))?;
        Some(and(condition, reason.as_deref()))
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
                    Caller::Service(name) => is_service(name, service),
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

    #[test]
    fn a_service_is_named_plainly_by_region_and_in_china() {
        for (named, service, expected) in [
            ("states.amazonaws.com", "states.amazonaws.com", true),
            (
                "states.eu-west-1.amazonaws.com",
                "states.amazonaws.com",
                true,
            ),
            ("ec2.amazonaws.com.cn", "ec2.amazonaws.com", true),
            ("ecs.amazonaws.com", "ecs-tasks.amazonaws.com", false),
            (
                "tasks.apprunner.amazonaws.com",
                "tasks.amazonaws.com",
                false,
            ),
            ("ec2.evil.amazonaws.com", "ec2.amazonaws.com", false),
            ("ec2.eu-west-1.example.com", "ec2.amazonaws.com", false),
        ] {
            assert_eq!(is_service(named, service), expected, "{named} {service}");
        }
    }
}
