//! Techniques that pass a role to a service: the role and what is created are the caller's choice.

use super::catalogue::{Entry, Need, On};
use super::holders::Holder;
use super::{Aws, and, unless_denied};
use crate::inventory::{Effect, PrincipalId, ScopeId, TenantId, Terms};
use crate::platforms::aws::{ActionId, AreaId, Caller, Outcome, Verdict, callers};
use crate::steps::{Fact, TechniqueId};

/// One holder's ways to hold a need: the areas, and through which scopes.
type Ways = Vec<(AreaId, Vec<ScopeId>, Option<String>)>;

impl Aws<'_, '_, '_> {
    pub(super) fn passed(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        service: &str,
        needs_profile: bool,
    ) {
        for account in self.targets.accounts() {
            let roles = self.roles_trusting(service, account, needs_profile);
            if !roles.is_empty() {
                self.passed_in(entry, technique, service, account, &roles);
            }
        }
    }

    /// The roles of an account that trust a service: the trust's scope, and on what it hangs.
    fn roles_trusting(
        &self,
        service: &str,
        account: TenantId,
        needs_profile: bool,
    ) -> Vec<(PrincipalId, ScopeId, Option<String>)> {
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
            let (outcome, keys) = self.rights.service_outcome(statement, account);
            let condition = match outcome {
                Outcome::NotMet => continue,
                Outcome::Met => None,
                Outcome::Open => Some(format!("{keys} in statement `{}`", grant.name)),
            };
            // Assuming the role is the service's request, on a resource of the role's account.
            let assume = self.actions.id("sts:AssumeRole", None);
            let limit = self.rights.resource_limit_of_service(tenant, assume);
            let Some(reason) = unless_denied(limit.admits(&role.key)) else {
                continue;
            };
            let condition = and(condition, reason.as_deref());
            roles.push((*principal, scope, condition));
        }
        roles
    }

    fn passed_in(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        service: &str,
        account: TenantId,
        roles: &[(PrincipalId, ScopeId, Option<String>)],
    ) {
        let Some((first, later)) = entry.requests.split_first() else {
            return;
        };
        let Some(pass) = first.iter().find(|need| need.on == On::PassedRole) else {
            return;
        };
        let pass_action = self.action(pass, Some(service));
        let others: Vec<&Need> = first
            .iter()
            .filter(|need| need.on != On::PassedRole)
            .collect();
        let Some(lead) = others.first() else { return };
        for holder in self.holders.holders_in(pass_action, account) {
            let passing = self.ways(pass_action, account, holder);
            let creating = self.ways(self.action(lead, None), account, holder);
            if creating.is_empty() {
                continue;
            }
            // The needs beside the lead and the passing are on fixed things: any grant will do.
            let Some(fixed) = self.fixed_rights(&others, account, holder) else {
                continue;
            };
            let lead_arn = self.arn(lead, account, None);
            for (create_area, create_scopes, create_condition) in &creating {
                let Some(reason) = unless_denied(self.rights.area(*create_area).admits(&lead_arn))
                else {
                    continue;
                };
                let condition = and(reason, create_condition.as_deref());
                let create = self.named_right(
                    lead,
                    holder,
                    *create_area,
                    create_scopes,
                    condition.as_deref(),
                );
                for (pass_area, pass_scopes, pass_condition) in &passing {
                    let is_useful = roles.iter().any(|(role, ..)| {
                        let arn = &self.inventory.principals[*role].key;
                        self.rights.area(*pass_area).admits(arn) != Verdict::Denied
                    });
                    if !is_useful {
                        continue;
                    }
                    let pass_right = self.named_right(
                        pass,
                        holder,
                        *pass_area,
                        pass_scopes,
                        pass_condition.as_deref(),
                    );
                    let mut needs = vec![create, pass_right];
                    needs.extend(&fixed);
                    let create_words = self.rights.area(*create_area).describe();
                    let pass_words = self.rights.area(*pass_area).describe();
                    let identifier = self.inventory.tenants[account].identifier.clone();
                    let made = self.subject(
                        &format!("{} with a passed role", lead.action),
                        &format!("{create_words} with any of {pass_words}, for {service}, in {identifier}"),
                    );
                    self.step(&needs, made, self.request, &[], None);
                    let done = self.subject(
                        &entry.id,
                        &format!("with any of {pass_words}, for {service}, in {identifier}"),
                    );
                    if self.later(later, account, *create_area, made, done) {
                        self.roles_gained(entry, technique, *pass_area, done, roles);
                    }
                }
            }
        }
    }

    /// Joins the later requests to what was made; `false` when nobody can make one of them.
    fn later(
        &mut self,
        later: &[Vec<Need>],
        account: TenantId,
        created: AreaId,
        made: Fact,
        done: Fact,
    ) -> bool {
        // Every choice of areas for the later requests, each with the acts needed so far.
        let mut choices: Vec<(Vec<Fact>, Option<String>)> = vec![(vec![made], None)];
        for need in later.iter().flatten() {
            let action = self.action(need, None);
            let arn = self.arn(need, account, None);
            let mut next = Vec::new();
            for area in self.holders.areas(action, account) {
                let verdict = match need.on {
                    On::New => self.rights.meets(area, created, &arn),
                    _ => self.rights.area(area).admits(&arn),
                };
                let Some(reason) = unless_denied(verdict) else {
                    continue;
                };
                let act = self.act(action, account, area);
                for (acts, condition) in &choices {
                    let acts: Vec<Fact> = acts.iter().copied().chain([act]).collect();
                    next.push((acts, and(condition.clone(), reason.as_deref())));
                }
            }
            choices = next;
        }
        for (acts, condition) in &choices {
            self.step(acts, done, self.request, &[], condition.as_deref());
        }
        !choices.is_empty()
    }

    fn roles_gained(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        pass_area: AreaId,
        done: Fact,
        roles: &[(PrincipalId, ScopeId, Option<String>)],
    ) {
        for (role, trust, trust_condition) in roles {
            let arn = self.inventory.principals[*role].key.clone();
            let Some(reason) = unless_denied(self.rights.area(pass_area).admits(&arn)) else {
                continue;
            };
            let condition = and(
                and(reason, trust_condition.as_deref()),
                entry.condition.as_deref(),
            );
            self.step(
                &[done],
                Fact::Principal(*role),
                technique,
                &[*trust],
                condition.as_deref(),
            );
        }
    }

    /// The rights on fixed things, other than the lead; `None` when one is missing.
    fn fixed_rights(
        &mut self,
        others: &[&Need],
        account: TenantId,
        holder: Holder,
    ) -> Option<Vec<Fact>> {
        let mut rights = Vec::new();
        for need in others.iter().skip(1) {
            let arn = self.arn(need, account, None);
            let right = self.right_of(holder, &need.action, &arn);
            let fact = self.fact_of(holder);
            let mut is_held = false;
            for (area, scopes, condition) in self.ways(self.action(need, None), account, holder) {
                let Some(reason) = unless_denied(self.rights.area(area).admits(&arn)) else {
                    continue;
                };
                let condition = and(reason, condition.as_deref());
                self.step(&[fact], right, self.hold, &scopes, condition.as_deref());
                is_held = true;
            }
            if !is_held {
                return None;
            }
            rights.push(right);
        }
        Some(rights)
    }

    fn ways(&self, action: ActionId, account: TenantId, holder: Holder) -> Ways {
        let mut ways = Vec::new();
        for area in self.holders.areas(action, account) {
            for holding in self.holders.of(action, account, area) {
                if holding.holder == holder {
                    ways.push((area, holding.scopes.clone(), holding.condition.clone()));
                }
            }
        }
        ways
    }

    fn named_right(
        &mut self,
        need: &Need,
        holder: Holder,
        area: AreaId,
        scopes: &[ScopeId],
        condition: Option<&str>,
    ) -> Fact {
        let words = self.rights.area(area).describe();
        let right = self.right_of(holder, &need.action, &words);
        let fact = self.fact_of(holder);
        self.step(&[fact], right, self.hold, scopes, condition);
        right
    }

    fn subject(&mut self, action: &str, target: &str) -> Fact {
        Fact::Act(self.derivation.steps.subject(action, target))
    }
}
