//! Techniques that pass a role to a service: the role and what is created are the caller's choice.

use super::catalogue::{Entry, Need, On};
use super::holders::Holder;
use super::{Aws, and, in_words, unless_denied};
use crate::inventory::{Effect, PrincipalId, ScopeId, TenantId, Terms};
use crate::platforms::aws::{ActionId, AreaId, Caller, Outcome, Verdict, callers};
use crate::steps::{Fact, TechniqueId};

/// One holder's ways to hold a need: the areas, and through which scopes.
type Ways = Vec<(AreaId, Vec<ScopeId>, Option<String>)>;

/// Areas in which somebody names what a request is on, each with the ARN template of that. Those of one template must
/// share a name: they are about the same thing.
type Named = Vec<(String, AreaId)>;

/// One way in which one holder holds all needs of a request.
#[derive(Debug, Clone, Default)]
struct Bundle {
    rights: Vec<Fact>,
    named: Named,
    condition: Option<String>,
}

/// The actions of some needs, each once, in words.
fn names(needs: &[&Need]) -> String {
    let mut names: Vec<&str> = needs.iter().map(|need| need.action.as_str()).collect();
    names.dedup();
    names.join(" + ")
}

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
        roles
    }

    /// On what it hangs that no Deny of a role's own trust policy keeps a service out; `None` when one does.
    fn unless_denied_by_trust(
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
        let names = names(&others);
        let identifier = self.inventory.tenants[account].identifier.clone();
        for holder in self.holders.holders_in(pass_action, account) {
            let bundles = self.bundles(&others, account, holder);
            if bundles.is_empty() {
                continue;
            }
            for (pass_area, pass_scopes, pass_condition) in self.ways(pass_action, account, holder)
            {
                let is_useful = roles.iter().any(|(role, ..)| {
                    let arn = &self.inventory.principals[*role].key;
                    self.rights.area(pass_area).admits(arn) != Verdict::Denied
                });
                if !is_useful {
                    continue;
                }
                let pass_right = self.named_right(
                    pass,
                    holder,
                    pass_area,
                    &pass_scopes,
                    pass_condition.as_deref(),
                );
                let pass_words = self.rights.area(pass_area).describe();
                for bundle in &bundles {
                    let made_words = self.words(&others, account, &bundle.named);
                    let made = self.subject(
                        &format!("{names} with a passed role"),
                        &format!(
                            "{made_words} with any of {pass_words}, for {service}, in {identifier}"
                        ),
                    );
                    let needs: Vec<Fact> =
                        bundle.rights.iter().copied().chain([pass_right]).collect();
                    self.step(&needs, made, self.request, &[], bundle.condition.as_deref());
                    let done = self.subject(
                        &entry.id,
                        &format!("with any of {pass_words}, for {service}, in {identifier}"),
                    );
                    if self.later(later, account, &bundle.named, made, done) {
                        self.roles_gained(entry, technique, pass_area, done, roles);
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
        created: &Named,
        made: Fact,
        done: Fact,
    ) -> bool {
        // Every choice of areas for the later requests, each with the acts needed so far.
        let mut choices: Vec<(Vec<Fact>, Named)> = vec![(vec![made], created.clone())];
        for request in later {
            let ways = self.request_ways(request, account);
            let mut next = Vec::new();
            for (act, named) in &ways {
                for (acts, so_far) in &choices {
                    let named: Named = so_far.iter().chain(named).cloned().collect();
                    if self.one_name(&named).is_none() {
                        continue;
                    }
                    let acts: Vec<Fact> = acts.iter().copied().chain([*act]).collect();
                    next.push((acts, named));
                }
            }
            choices = next;
        }
        for (acts, named) in &choices {
            let condition = self.one_name(named).flatten();
            self.step(acts, done, self.request, &[], condition.as_deref());
        }
        !choices.is_empty()
    }

    /// On what it hangs that areas share one name of each template; `None` where they do not.
    fn one_name(&mut self, named: &Named) -> Option<Option<String>> {
        let mut condition = None;
        let mut seen: Vec<&str> = Vec::new();
        for (template, _) in named {
            if seen.contains(&template.as_str()) {
                continue;
            }
            seen.push(template);
            let same = named.iter().filter(|(other, _)| other == template);
            let areas: Vec<AreaId> = same.map(|(_, area)| *area).collect();
            let reason = unless_denied(self.rights.share(&areas, template))?;
            condition = and(condition, reason.as_deref());
        }
        Some(condition)
    }

    /// The ways to make a later request, by whomever: what is named in it decides with what else it goes.
    fn request_ways(&mut self, request: &[Need], account: TenantId) -> Vec<(Fact, Named)> {
        let needs: Vec<&Need> = request.iter().collect();
        let identifier = self.inventory.tenants[account].identifier.clone();
        let mut ways: Vec<(Fact, Named)> = Vec::new();
        if let [need] = request {
            let action = self.action(need, None);
            let arn = self.arn(need, account, None);
            let target = format!(
                "{}, by any principal of {identifier}",
                self.words(&needs, account, &Named::new())
            );
            let any = self.subject(&need.action, &target);
            for area in self.holders.areas(action, account) {
                let Some(reason) = unless_denied(self.rights.area(area).admits(&arn)) else {
                    continue;
                };
                let act = self.act(action, account, area);
                if need.on == On::New {
                    ways.push((act, vec![(arn.clone(), area)]));
                } else {
                    // Any area will do, so that they need not be told apart.
                    self.step(&[act], any, self.request, &[], reason.as_deref());
                    ways = vec![(any, Named::new())];
                }
            }
            return ways;
        }
        let Some(lead) = request.first() else {
            return ways;
        };
        for holder in self.holders.holders_in(self.action(lead, None), account) {
            for bundle in self.bundles(&needs, account, holder) {
                let target = format!(
                    "{} by one principal of {identifier}",
                    self.words(&needs, account, &bundle.named)
                );
                let act = self.subject(&names(&needs), &target);
                let condition = bundle.condition.as_deref();
                self.step(&bundle.rights, act, self.request, &[], condition);
                let way = (act, bundle.named);
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        ways
    }

    /// The ways in which one holder holds all of some needs: one for each choice of areas for what it names itself.
    fn bundles(&mut self, needs: &[&Need], account: TenantId, holder: Holder) -> Vec<Bundle> {
        let mut bundles = vec![Bundle::default()];
        for need in needs {
            let arn = self.arn(need, account, None);
            let mut held: Vec<(Fact, Option<AreaId>)> = Vec::new();
            for (area, scopes, condition) in self.ways(self.action(need, None), account, holder) {
                let Some(reason) = unless_denied(self.rights.area(area).admits(&arn)) else {
                    continue;
                };
                let (right, named) = if need.on == On::New {
                    let condition = condition.as_deref();
                    let right = self.named_right(need, holder, area, &scopes, condition);
                    (right, Some(area))
                } else {
                    let words = in_words(&arn);
                    let right = self.right_of(holder, &need.action, &words);
                    let fact = self.fact_of(holder);
                    let condition = and(reason, condition.as_deref());
                    self.step(&[fact], right, self.hold, &scopes, condition.as_deref());
                    (right, None)
                };
                if !held.contains(&(right, named)) {
                    held.push((right, named));
                }
            }
            let mut next = Vec::new();
            for bundle in &bundles {
                for (right, area) in &held {
                    let mut bundle = bundle.clone();
                    bundle.rights.push(*right);
                    bundle.named.extend(area.map(|area| (arn.clone(), area)));
                    next.push(bundle);
                }
            }
            bundles = next;
        }
        let mut possible = Vec::new();
        for bundle in bundles {
            if let Some(condition) = self.one_name(&bundle.named) {
                possible.push(Bundle {
                    condition,
                    ..bundle
                });
            }
        }
        possible
    }

    /// What some needs are on, in words.
    fn words(&self, needs: &[&Need], account: TenantId, named: &Named) -> String {
        let fixed = needs.iter().filter(|need| need.on != On::New);
        let fixed = fixed.map(|need| in_words(&self.arn(need, account, None)));
        let named = named
            .iter()
            .map(|(_, area)| self.rights.area(*area).describe());
        let mut words: Vec<String> = named.chain(fixed).collect();
        words.dedup();
        words.join(" and ")
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
