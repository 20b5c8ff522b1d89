//! What each principal may do: its own, its groups' and its attached policies, within its boundary and within the
//! service control policies of its account; and what resource control policies leave of a resource.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "Permissions boundaries for IAM entities": an explicit Deny
//! beats every Allow; the boundary must allow as well; both are evaluated per action and resource. The same page on
//! sessions: see `limited`.

use super::area::{Area, AreaId, Limit, LimitKind, Part, Verdict};
use super::condition::{Asks, Context, Outcome, asks, asks_for_session, open_keys, outcome};
use super::guardrails::{self, Guardrails};
use super::limited::Sessions;
use super::place::{Place, Places};
use super::requester::{Requester, Signer};
use super::together::Together;
use crate::inventory::{
    Clause, Condition, Effect, GuardrailKind, Inventory, PolicyId, PrincipalId, PrincipalKind,
    Scope, ScopeId, Statement, Table, TenantId, Terms,
};
use crate::pattern::matches;
use crate::typed_id;
use rustc_hash::FxHashMap;

typed_id!(/** An action that is asked for. */ ActionId);

/// The actions that techniques ask for, each once. `iam:PassRole` to one service is an action of its own.
#[derive(Debug, Clone, Default)]
pub struct Actions {
    rows: Table<ActionId, (String, Option<String>)>,
}

impl Actions {
    /// The id of an action, given on first use. `passed_to` is the service that a role is passed to.
    pub fn intern(&mut self, action: &str, passed_to: Option<&str>) -> ActionId {
        let is_same = |(name, service): &(String, Option<String>)| {
            name == action && service.as_deref() == passed_to
        };
        let known = self.rows.entries().find(|(_, row)| is_same(row));
        match known.map(|(id, _)| id) {
            Some(id) => id,
            None => self
                .rows
                .push((action.to_owned(), passed_to.map(str::to_owned))),
        }
    }

    /// The id of an action that was interned; a fresh id that nothing holds for another.
    pub fn id(&self, action: &str, passed_to: Option<&str>) -> ActionId {
        self.rows
            .entries()
            .find(|(_, (name, service))| name == action && service.as_deref() == passed_to)
            .map_or(ActionId(u32::MAX), |(id, _)| id)
    }

    /// The action's name: `s3:GetObject`.
    pub fn name(&self, id: ActionId) -> &str {
        &self.rows[id].0
    }

    fn passed_to(&self, id: ActionId) -> Option<&str> {
        self.rows[id].1.as_deref()
    }
}

/// One way in which a principal holds a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What the grant hangs on, any of which can be removed: membership, attachment, statement.
    pub scopes: Vec<ScopeId>,
    /// On which resources.
    pub area: AreaId,
    /// On what the Allow itself hangs; `None` when it surely applies.
    pub condition: Option<String>,
}

/// A policy that a principal holds, and through which scopes.
#[derive(Debug, Clone)]
struct Held {
    policy: PolicyId,
    through: Vec<ScopeId>,
}

/// A statement, with the asked actions that it matches.
struct Compiled<'i> {
    scope: ScopeId,
    statement: &'i Statement,
    actions: Vec<ActionId>,
}

/// What somebody has changed of what binds a principal. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// The attachments, memberships and boundaries that are gone, in order.
    pub gone: Vec<ScopeId>,
    /// A policy, and the version of it that is its default now.
    pub version: Option<(PolicyId, PolicyId)>,
}

impl Change {
    /// The policy that counts for one that is bound.
    fn now(&self, policy: PolicyId) -> PolicyId {
        self.version
            .filter(|(of, _)| *of == policy)
            .map_or(policy, |(_, version)| version)
    }

    fn keeps(&self, through: &[ScopeId]) -> bool {
        !through.iter().any(|scope| self.gone.contains(scope))
    }
}

/// What limits a principal whatever its policies allow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Its policies that deny something, or that no export describes.
    pub denying: Vec<PolicyId>,
    /// Its permissions boundary.
    pub boundary: Option<PolicyId>,
    /// The principal itself, where what limits it depends on who it is.
    pub personal: Option<PrincipalId>,
}

/// The rights of every principal of the inventory.
pub struct Rights<'i> {
    inventory: &'i Inventory,
    actions: &'i Actions,
    held: FxHashMap<PrincipalId, Vec<Held>>,
    /// Who holds each policy, in order.
    bound_to: FxHashMap<PolicyId, Vec<PrincipalId>>,
    boundary: FxHashMap<PrincipalId, (PolicyId, ScopeId)>,
    /// The older versions, each with the policy that it is of and the scope that says so.
    versions: FxHashMap<PolicyId, (PolicyId, ScopeId)>,
    /// The older versions of each policy, with the scope that says so.
    kept: FxHashMap<PolicyId, Vec<(PolicyId, ScopeId)>>,
    sessions: Sessions,
    guardrails: Guardrails,
    places: Places,
    statements: FxHashMap<PolicyId, Vec<Compiled<'i>>>,
    areas: Table<AreaId, Area>,
    area_ids: FxHashMap<Area, AreaId>,
    /// Which areas share a name of which template: asked again for every principal that holds them.
    common: FxHashMap<(Vec<AreaId>, String), Verdict>,
    together: Together<'i>,
    /// The external id that the caller is taken to know.
    external_id: Option<String>,
}

/// On what a grant to a session's ARN hangs that the policies of the session do not allow.
const BEYOND_SESSION: &str =
    "a grant to the session's own ARN counts where its session policies do not allow";

/// Whether a clause means an action; names compare without case.
pub fn action_matches(clause: &Clause, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let is_named = clause
        .values
        .iter()
        .any(|value| matches(&value.to_ascii_lowercase(), &action));
    is_named != clause.is_negated
}

/// Whether a statement allows every action on every resource, but those actions that it leaves out, if it does.
fn is_unnamed(statement: &Statement) -> bool {
    let is_all = |value: &String| value == "*";
    let is_every = |value: &String| is_all(value) || value == "*:*";
    let everywhere = statement.resources.as_ref();
    let is_everywhere =
        everywhere.is_some_and(|clause| !clause.is_negated && clause.values.iter().any(is_all));
    let is_any = statement.actions.values.iter().any(is_every) != statement.actions.is_negated;
    statement.effect == Effect::Allow && is_everywhere && is_any
}

/// Sorts the parts, so that equal ones are equal, and drops the repeated.
fn sort(parts: &mut Vec<Part>) {
    parts.sort_unstable_by(|a, b| {
        (&a.resources.values, &a.condition).cmp(&(&b.resources.values, &b.condition))
    });
    parts.dedup();
}

/// Both reasons, in words.
fn both(one: Option<String>, other: Option<&str>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}; {other}")),
        (one, other) => one.or_else(|| other.map(str::to_owned)),
    }
}

/// Whether a condition on `aws:PrincipalIsAWSService` holds for a service; `None` for every other condition.
///
/// Source: IAM User Guide, "AWS global condition context keys": "true if the request is made by an AWS service principal".
fn is_service_asked(condition: &Condition) -> Option<bool> {
    let operator = condition.operator.to_ascii_lowercase();
    let is_bool = operator == "bool" || operator == "boolifexists";
    let is_asked = condition
        .key
        .eq_ignore_ascii_case("aws:PrincipalIsAWSService");
    (is_bool && is_asked).then(|| {
        condition
            .values
            .iter()
            .any(|value| value.eq_ignore_ascii_case("true"))
    })
}

impl<'i> Rights<'i> {
    /// Gathers who holds which policies.
    ///
    /// Takes time linear in scopes, and in statements times asked actions.
    pub fn new(inventory: &'i Inventory, actions: &'i Actions) -> Self {
        let mut attached: FxHashMap<PrincipalId, Vec<Held>> = FxHashMap::default();
        let mut memberships = Vec::new();
        let mut boundary = FxHashMap::default();
        let mut versions = FxHashMap::default();
        let mut kept: FxHashMap<PolicyId, Vec<(PolicyId, ScopeId)>> = FxHashMap::default();
        let mut statements: FxHashMap<PolicyId, Vec<Compiled<'i>>> = FxHashMap::default();
        for (id, scope) in inventory.scopes.entries() {
            match &scope.terms {
                Terms::Attachment {
                    policy, principal, ..
                } => attached.entry(*principal).or_default().push(Held {
                    policy: *policy,
                    through: vec![id],
                }),
                Terms::Membership { member, group } => memberships.push((*member, *group, id)),
                Terms::Boundary { policy, principal } => {
                    boundary.insert(*principal, (*policy, id));
                }
                Terms::Version { version, policy } => {
                    versions.insert(*version, (*policy, id));
                    kept.entry(*policy).or_default().push((*version, id));
                }
                Terms::Statement { policy, statement } => {
                    statements
                        .entry(*policy)
                        .or_default()
                        .push(Compiled::new(id, statement, actions));
                }
                _ => {}
            }
        }
        let mut held = attached.clone();
        for (member, group, membership) in memberships {
            let of_group = attached.get(&group).cloned().unwrap_or_default();
            let of_member = held.entry(member).or_default();
            of_member.extend(of_group.into_iter().map(|held| Held {
                through: std::iter::once(membership).chain(held.through).collect(),
                ..held
            }));
        }
        let mut bound_to: FxHashMap<PolicyId, Vec<PrincipalId>> = FxHashMap::default();
        for principal in inventory.principals.ids() {
            for held in held.get(&principal).into_iter().flatten() {
                let holders = bound_to.entry(held.policy).or_default();
                if holders.last() != Some(&principal) {
                    holders.push(principal);
                }
            }
        }
        // Policies are bound to the role: its sessions hold them through it.
        let sessions = Sessions::new(inventory);
        for (session, role) in sessions.all() {
            held.insert(session, held.get(&role).cloned().unwrap_or_default());
            if let Some(bounding) = boundary.get(&role).cloned() {
                boundary.insert(session, bounding);
            }
        }
        Self {
            inventory,
            actions,
            held,
            bound_to,
            boundary,
            versions,
            kept,
            sessions,
            guardrails: Guardrails::new(inventory),
            places: Places::new(inventory),
            statements,
            areas: Table::new(),
            area_ids: FxHashMap::default(),
            common: FxHashMap::default(),
            together: Together::new(inventory),
            external_id: None,
        }
    }

    /// An area.
    pub fn area(&self, id: AreaId) -> &Area {
        &self.areas[id]
    }

    /// Whether areas share a name of `template`: what one creates there, the others may act on.
    pub fn share(&mut self, areas: &[AreaId], template: &str) -> Verdict {
        let mut ids = areas.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let key = (ids, template.to_owned());
        if let Some(verdict) = self.common.get(&key) {
            return verdict.clone();
        }
        let areas: Vec<&Area> = key.0.iter().map(|&id| &self.areas[id]).collect();
        let verdict = Area::share(&areas, template);
        self.common.insert(key, verdict.clone());
        verdict
    }

    fn intern(&mut self, area: Area) -> AreaId {
        if let Some(&id) = self.area_ids.get(&area) {
            return id;
        }
        let id = self.areas.push(area.clone());
        self.area_ids.insert(area, id);
        id
    }

    /// The area that holds `clause` for a principal: what its Denies and its boundary leave of it, for one action.
    fn area_for(
        &mut self,
        signer: Signer,
        action: ActionId,
        allow: Clause,
        change: &Change,
    ) -> AreaId {
        let principal = signer.principal;
        let mut denies = self.denies(signer, action, change);
        let bounding = self.boundary_of(signer, action, change);
        let mut limits: Vec<Limit> = bounding.into_iter().collect();
        limits.extend(self.session_limit(signer, action));
        limits.extend(self.job_limit(signer, action));
        self.limit(signer, action, &mut denies, &mut limits);
        sort(&mut denies);
        let missing_policy = self
            .held_after(principal, change)
            .map(|(policy, _)| &self.inventory.policies[policy])
            .find(|policy| policy.is_missing)
            .map(|policy| policy.name.clone());
        self.intern(Area {
            allow,
            denies,
            limits,
            is_service_linked: self.is_service_linked(principal),
            missing_policy,
        })
    }

    /// The policies that a principal holds after a change, with the scopes by which it does.
    fn held_after<'s>(
        &'s self,
        principal: PrincipalId,
        change: &'s Change,
    ) -> impl Iterator<Item = (PolicyId, &'s [ScopeId])> {
        let held = self.held.get(&principal).into_iter().flatten();
        held.filter(|held| change.keeps(&held.through))
            .map(|held| (change.now(held.policy), held.through.as_slice()))
    }

    fn boundary_of(&self, signer: Signer, action: ActionId, change: &Change) -> Option<Limit> {
        let &(policy, scope) = self.boundary.get(&signer.principal)?;
        if !change.keeps(&[scope]) {
            return None;
        }
        let policy = change.now(policy);
        let of = &self.inventory.policies[policy];
        let mut limit = Limit {
            kind: LimitKind::Boundary,
            parts: Vec::new(),
            open: None,
        };
        if of.is_missing {
            limit.open = Some(format!("the boundary `{}`, which is in no export", of.name));
        } else {
            self.policy_parts(policy, signer, action, &mut limit.parts);
        }
        Some(limit)
    }

    /// What the policies of a limited session allow: one of them must, and none may deny.
    fn session_limit(&self, signer: Signer, action: ActionId) -> Option<Limit> {
        let policies = self.sessions.policies(signer.principal)?;
        let mut limit = Limit {
            kind: LimitKind::Session,
            parts: Vec::new(),
            open: None,
        };
        for &policy in policies {
            let of = &self.inventory.policies[policy];
            if of.is_missing {
                let missing = format!("the session policy `{}`, which is in no export", of.name);
                limit.open = both(limit.open.take(), Some(&missing));
            } else {
                self.policy_parts(policy, signer, action, &mut limit.parts);
            }
        }
        Some(limit)
    }

    /// What a job uses: all that it may do.
    fn job_limit(&self, signer: Signer, action: ActionId) -> Option<Limit> {
        let name = self.actions.name(action);
        let uses = self.sessions.uses(signer.principal)?.iter();
        let uses = uses.filter(|one| action_matches(&one.actions, name));
        let parts = uses.map(|one| Part {
            effect: Effect::Allow,
            resources: one.on.clone(),
            condition: None,
        });
        Some(Limit {
            kind: LimitKind::Job,
            parts: parts.collect(),
            open: None,
        })
    }

    /// Who a principal is to conditions and to policies that name principals: for a limited session its role, for a job as
    /// whom it acts.
    pub fn actor(&self, principal: PrincipalId) -> PrincipalId {
        self.sessions.actor(principal)
    }

    /// The limited sessions of a role, and the jobs of a principal.
    pub fn sessions_of(&self, role: PrincipalId) -> &[PrincipalId] {
        self.sessions.of(role)
    }

    fn is_service_linked(&self, principal: PrincipalId) -> bool {
        guardrails::is_service_linked(&self.inventory.principals[principal].key)
    }

    /// Adds what the service control policies of a principal's own account leave: their Denies, and for each level that
    /// does not allow everything a limit. They bind the root of the account too, and no service-linked role.
    fn limit(
        &self,
        signer: Signer,
        action: ActionId,
        denies: &mut Vec<Part>,
        limits: &mut Vec<Limit>,
    ) {
        let principal = signer.principal;
        let Some(account) = self.inventory.principals[principal].tenant else {
            return;
        };
        if self.is_service_linked(principal) {
            return;
        }
        let doubt = self.guardrails.doubt(account);
        for level in self.guardrails.levels(account, GuardrailKind::Principals) {
            let mut parts = Vec::new();
            for &policy in &level.policies {
                self.policy_parts(policy, signer, action, &mut parts);
            }
            let (mut denied, mut allowed): (Vec<Part>, Vec<Part>) = parts
                .into_iter()
                .partition(|part| part.effect == Effect::Deny);
            for part in &mut denied {
                part.condition = both(part.condition.take(), doubt);
            }
            denies.append(&mut denied);
            sort(&mut allowed);
            let is_everything = |part: &Part| {
                part.condition.is_none()
                    && !part.resources.is_negated
                    && part.resources.values.iter().any(|value| value == "*")
            };
            let whole = allowed.iter().position(is_everything);
            if let Some(at) = whole {
                allowed = allowed.drain(at..=at).collect();
            }
            let open = level
                .open
                .iter()
                .cloned()
                .reduce(|a, b| format!("{a}; {b}"));
            let open = match whole {
                Some(_) => open,
                None => both(open, doubt),
            };
            let limit = Limit {
                kind: LimitKind::Organization,
                parts: allowed,
                open,
            };
            // A level that allows everything limits nothing: without it, accounts of different units share their areas.
            if (whole.is_none() || limit.open.is_some()) && !limits.contains(&limit) {
                limits.push(limit);
            }
        }
    }

    /// The Denies that a principal holds for an action.
    fn denies(&self, signer: Signer, action: ActionId, change: &Change) -> Vec<Part> {
        let mut parts = Vec::new();
        for (policy, _) in self.held_after(signer.principal, change) {
            self.policy_parts(policy, signer, action, &mut parts);
        }
        parts.retain(|part| part.effect == Effect::Deny);
        parts
    }

    /// What resource control policies leave of the resources of an account. They hold for callers of every account and for anonymous ones, and for no service-linked role.
    pub fn resource_limit<'r>(
        &self,
        account: TenantId,
        action: ActionId,
        requester: impl Into<Requester<'r>>,
    ) -> Area {
        let requester = requester.into();
        if requester
            .principal()
            .is_some_and(|id| self.is_service_linked(id))
        {
            return Area::everything();
        }
        self.resource_area(account, action, |compiled| {
            self.applied(compiled, requester, action, Some(account))
        })
    }

    /// The same for a service that acts for something in `account`.
    pub fn resource_limit_of_service(&self, account: TenantId, action: ActionId) -> Area {
        let identifier = self.inventory.tenants[account].identifier.as_str();
        self.resource_area(account, action, |compiled| {
            let statement = compiled.statement;
            let mut left = Vec::new();
            for condition in &statement.conditions {
                match is_service_asked(condition) {
                    Some(true) => {}
                    Some(false) => return None,
                    None => left.push(condition.clone()),
                }
            }
            let context = Context {
                source_account: Some(identifier),
                ..Context::default()
            };
            let condition = match outcome(&left, &context) {
                Outcome::NotMet => return None,
                Outcome::Met => None,
                Outcome::Open => Some(self.open_reason(compiled, &open_keys(&left, &context))),
            };
            Some((statement.resources.clone().unwrap_or_default(), condition))
        })
    }

    fn resource_area(
        &self,
        account: TenantId,
        action: ActionId,
        applied: impl Fn(&Compiled<'_>) -> Option<(Clause, Option<String>)>,
    ) -> Area {
        let mut area = Area::everything();
        if !guardrails::is_limited(self.actions.name(action)) {
            return area;
        }
        let doubt = self.guardrails.doubt(account);
        for level in self.guardrails.levels(account, GuardrailKind::Resources) {
            for compiled in self.resource_denies(level, action) {
                if let Some((resources, condition)) = applied(compiled) {
                    area.denies.push(Part {
                        effect: Effect::Deny,
                        resources,
                        condition: both(condition, doubt),
                    });
                }
            }
            if let Some(open) = level
                .open
                .iter()
                .cloned()
                .reduce(|a, b| format!("{a}; {b}"))
            {
                area.limits.push(Limit {
                    kind: LimitKind::Organization,
                    parts: vec![Part {
                        effect: Effect::Allow,
                        resources: area.allow.clone(),
                        condition: None,
                    }],
                    open: Some(open),
                });
            }
        }
        sort(&mut area.denies);
        area
    }

    fn resource_denies(
        &self,
        level: &guardrails::Level,
        action: ActionId,
    ) -> impl Iterator<Item = &Compiled<'i>> {
        level
            .policies
            .iter()
            .filter_map(|policy| self.statements.get(policy))
            .flatten()
            .filter(move |compiled| {
                compiled.statement.effect == Effect::Deny
                    && compiled.actions.binary_search(&action).is_ok()
            })
    }

    /// What of who calls the resource control policies of an account ask for; a credential is of a principal.
    pub fn limit_asks(&self, account: TenantId, action: ActionId) -> Asks {
        if !guardrails::is_limited(self.actions.name(action)) {
            return Asks::Nothing;
        }
        let of_statement = |statement: &Statement| {
            let mut resources = statement.resources.iter().flat_map(|clause| &clause.values);
            let has_variable = resources.any(|value| value.contains("${"));
            if has_variable || asks_for_session(&statement.conditions) {
                Asks::Principal
            } else {
                asks(&statement.conditions)
            }
        };
        self.guardrails
            .levels(account, GuardrailKind::Resources)
            .iter()
            .flat_map(|level| self.resource_denies(level, action))
            .map(|compiled| of_statement(compiled.statement))
            .max()
            .unwrap_or(Asks::Nothing)
    }

    fn policy_parts(
        &self,
        policy: PolicyId,
        signer: Signer,
        action: ActionId,
        parts: &mut Vec<Part>,
    ) {
        for compiled in self.statements.get(&policy).into_iter().flatten() {
            if compiled.actions.binary_search(&action).is_err() {
                continue;
            }
            let Some((resources, condition)) = self.applied(compiled, signer.into(), action, None)
            else {
                continue;
            };
            parts.push(Part {
                effect: compiled.statement.effect,
                resources,
                condition,
            });
        }
    }

    fn open_reason(&self, compiled: &Compiled<'_>, keys: &str) -> String {
        let name = &self.inventory.scopes[compiled.scope].name;
        format!("{keys} in statement `{name}`")
    }

    /// An older version of a policy that is held may be held in its place.
    fn is_held(&self, principal: PrincipalId, policy: PolicyId) -> bool {
        let policy = self.versions.get(&policy).map_or(policy, |(of, _)| *of);
        let held = self.held.get(&principal);
        let of_session = self.sessions.policies(principal);
        of_session.is_some_and(|policies| policies.contains(&policy))
            || self.boundary.get(&principal).map(|of| of.0) == Some(policy)
            || held.is_some_and(|held| held.iter().any(|held| held.policy == policy))
    }

    /// What is known of a request from who makes it and whose the resource is.
    fn context<'c>(&'c self, requester: Requester<'c>, owner: Option<TenantId>) -> Context<'c> {
        let place = |account: Option<TenantId>| account.and_then(|id| self.places.of(id));
        let caller_place: Option<&Place> = match requester {
            Requester::Whoever(_) | Requester::Outsider(..) => None,
            Requester::Account(account, _) => place(Some(account)),
            Requester::Signer(signer) => place(self.inventory.principals[signer.principal].tenant),
        };
        Context {
            principal: requester
                .principal()
                .map(|id| &self.inventory.principals[self.actor(id)]),
            session: requester.session(),
            outsider: requester.outsider(),
            admitted_by: requester.admitted_by(),
            caller_place,
            resource_place: place(owner),
            as_of: Some(self.inventory.as_of),
            ..Context::default()
        }
    }

    /// A statement's resources for who asks (and whose the resource is, where that is known), and on what it hangs;
    /// `None` when its conditions rule it out.
    fn applied(
        &self,
        compiled: &Compiled<'_>,
        requester: Requester<'_>,
        action: ActionId,
        owner: Option<TenantId>,
    ) -> Option<(Clause, Option<String>)> {
        let statement = compiled.statement;
        let name = self.actions.name(action);
        let principal = requester.principal().map(|id| self.actor(id));
        let together = self
            .together
            .with_identity(statement, name, |policy| match requester {
                Requester::Signer(signer) => self.is_held(signer.principal, policy),
                Requester::Outsider(..) => self.is_guarding_resources(policy),
                Requester::Whoever(_) | Requester::Account(..) => true,
            });
        let context = Context {
            passed_to: self.actions.passed_to(action),
            action: Some(name),
            effect: Some(statement.effect),
            together: Some(&together),
            ..self.context(requester, owner)
        };
        let mut reasons = Vec::new();
        match outcome(&statement.conditions, &context) {
            Outcome::NotMet => return None,
            Outcome::Met => {}
            Outcome::Open => {
                let keys = open_keys(&statement.conditions, &context);
                reasons.push(self.open_reason(compiled, &keys));
            }
        }
        let mut resources = statement.resources.clone().unwrap_or_default();
        if resources.values.iter().any(|value| value.contains("${")) {
            let mut is_open = false;
            for value in &mut resources.values {
                *value = self.substitute(value, principal, &mut is_open);
            }
            if is_open {
                reasons.push(format!(
                    "a policy variable in statement `{}`",
                    self.inventory.scopes[compiled.scope].name
                ));
            }
        }
        let condition = (!reasons.is_empty()).then(|| reasons.join("; "));
        Some((resources, condition))
    }

    fn is_guarding_resources(&self, policy: PolicyId) -> bool {
        self.inventory.policies[policy].guardrail == Some(GuardrailKind::Resources)
    }

    /// Policy variables: `${aws:username}` and `${aws:PrincipalAccount}` are known, `${*}`, `${?}` and `${$}` stand for
    /// the characters, all others may be anything.
    ///
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags". The escapes stay wildcards here, which is
    /// wider than meant, and so the right is then marked as open.
    fn substitute(
        &self,
        value: &str,
        principal: Option<PrincipalId>,
        is_open: &mut bool,
    ) -> String {
        let who = principal.map(|id| &self.inventory.principals[id]);
        let mut text = String::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once("${") {
            text += before;
            let Some((name, tail)) = after.split_once('}') else {
                text += "${";
                rest = after;
                continue;
            };
            match (name.to_ascii_lowercase().as_str(), who) {
                ("aws:username", Some(who)) if who.kind == PrincipalKind::User => text += &who.name,
                ("aws:principalaccount", Some(who)) => {
                    text += super::account_of(&who.key).unwrap_or_default();
                }
                ("$", _) => text.push('$'),
                _ => {
                    text.push('*');
                    *is_open = true;
                }
            }
            rest = tail;
        }
        text + rest
    }

    /// Every way in which a principal holds any of the asked actions. The root of an account holds all of them: no
    /// identity policy or boundary limits it ("AWS account root user"), only service control policies do.
    pub fn grants(&mut self, signer: impl Into<Signer>) -> Vec<(ActionId, Grant)> {
        self.grants_after(signer, &Change::default())
    }

    /// The same after a change.
    pub fn grants_after(
        &mut self,
        signer: impl Into<Signer>,
        change: &Change,
    ) -> Vec<(ActionId, Grant)> {
        let signer = signer.into();
        let principal = signer.principal;
        if self.inventory.principals[principal].kind == PrincipalKind::Root {
            let grants = self.actions.rows.ids().map(|action| {
                let everything = Area::everything().allow;
                let area = self.area_for(signer, action, everything, change);
                let grant = Grant {
                    scopes: Vec::new(),
                    area,
                    condition: None,
                };
                (action, grant)
            });
            return grants.collect();
        }
        let mut allows = Vec::new();
        for (policy, through) in self.held_after(principal, change) {
            // A version is not edited, only deleted.
            let kept = self.versions.get(&policy).map(|(_, scope)| *scope);
            for compiled in self.statements.get(&policy).into_iter().flatten() {
                if compiled.statement.effect != Effect::Allow {
                    continue;
                }
                for &action in &compiled.actions {
                    if let Some((resources, condition)) =
                        self.applied(compiled, signer.into(), action, None)
                    {
                        let scopes: Vec<ScopeId> = through
                            .iter()
                            .copied()
                            .chain(std::iter::once(kept.unwrap_or(compiled.scope)))
                            .collect();
                        allows.push((action, scopes, resources, condition));
                    }
                }
            }
        }
        let mut bounds: FxHashMap<(ActionId, Clause), AreaId> = FxHashMap::default();
        allows
            .into_iter()
            .map(|(action, scopes, resources, condition)| {
                let area = match bounds.get(&(action, resources.clone())) {
                    Some(&area) => area,
                    None => {
                        let area = self.area_for(signer, action, resources.clone(), change);
                        bounds.insert((action, resources), area);
                        area
                    }
                };
                (
                    action,
                    Grant {
                        scopes,
                        area,
                        condition,
                    },
                )
            })
            .collect()
    }

    /// What a principal may do after a change once one of its policies allows everything: what its Denies and its
    /// boundary leave.
    pub fn areas_of_everything(
        &mut self,
        principal: PrincipalId,
        change: &Change,
    ) -> Vec<(ActionId, AreaId)> {
        let actions: Vec<ActionId> = self.actions.rows.ids().collect();
        let everything = Area::everything().allow;
        let area = |action| {
            let area = self.area_for(principal.into(), action, everything.clone(), change);
            (action, area)
        };
        actions.into_iter().map(area).collect()
    }

    /// The Allows of a principal after a change that name no action and no resource: all of them but, at most, those that
    /// one leaves out; each with what it hangs on, `action` being asked for.
    pub fn unnamed_allows(
        &self,
        signer: impl Into<Signer>,
        change: &Change,
        action: ActionId,
    ) -> Vec<(Vec<ScopeId>, Option<String>)> {
        let signer = signer.into();
        let held = self.held_after(signer.principal, change);
        held.flat_map(|(policy, through)| {
            // A version is not edited, only deleted.
            let kept = self.versions.get(&policy).map(|(_, scope)| *scope);
            let unnamed = self.unnamed_in(policy, signer, action);
            unnamed.map(move |(scope, condition)| {
                let scopes = through.iter().copied().chain([kept.unwrap_or(scope)]);
                (scopes.collect(), condition)
            })
        })
        .collect()
    }

    /// On what it hangs that the boundary of a principal after a change, and the policies of a limited session, have such an
    /// Allow too; `None` where one of them has none. What is in no export is left to the areas, which tell that it is open.
    pub fn unnamed_bounds(
        &self,
        signer: impl Into<Signer>,
        change: &Change,
        action: ActionId,
    ) -> Option<Option<String>> {
        let signer = signer.into();
        let bounding = self.boundary.get(&signer.principal);
        let bounding = bounding.filter(|(_, scope)| change.keeps(&[*scope]));
        let bounding = bounding.map(|&(policy, _)| vec![change.now(policy)]);
        let of_session = self.sessions.policies(signer.principal);
        let bounds = bounding.into_iter().chain(of_session.map(<[_]>::to_vec));
        let mut condition = None;
        for policies in bounds {
            let is_missing = |policy: &PolicyId| self.inventory.policies[*policy].is_missing;
            if policies.iter().any(is_missing) {
                continue;
            }
            let unnamed = policies.iter();
            let unnamed = unnamed.flat_map(|&policy| self.unnamed_in(policy, signer, action));
            let (_, surest) = unnamed.min_by_key(|(_, condition)| condition.is_some())?;
            condition = both(condition, surest.as_deref());
        }
        Some(condition)
    }

    /// The statements of a policy that are such Allows, each with what it hangs on.
    fn unnamed_in(
        &self,
        policy: PolicyId,
        signer: Signer,
        action: ActionId,
    ) -> impl Iterator<Item = (ScopeId, Option<String>)> {
        let statements = self.statements.get(&policy).into_iter().flatten();
        let unnamed = statements.filter(|compiled| is_unnamed(compiled.statement));
        unnamed.filter_map(move |compiled| {
            let (_, condition) = self.applied(compiled, signer.into(), action, None)?;
            Some((compiled.scope, condition))
        })
    }

    /// What limits a principal after a change whatever its policies allow. Principals of one account with equal limits
    /// may do the same once a policy of theirs allows everything.
    pub fn limits(&self, principal: PrincipalId, change: &Change) -> Limits {
        let mut denying: Vec<PolicyId> = Vec::new();
        let mut is_personal = false;
        for (policy, _) in self.held_after(principal, change) {
            let denies = self.policy_denies(policy);
            if denies.is_some() || self.inventory.policies[policy].is_missing {
                denying.push(policy);
            }
            is_personal |= denies == Some(true);
        }
        denying.sort_unstable();
        denying.dedup();
        let bounding = self.boundary.get(&principal);
        let bounding = bounding.filter(|(_, scope)| change.keeps(&[*scope]));
        let boundary = bounding.map(|&(policy, _)| change.now(policy));
        is_personal |= boundary.is_some_and(|policy| self.is_personal(policy));
        if let Some(account) = self.inventory.principals[principal].tenant {
            let levels = self.guardrails.levels(account, GuardrailKind::Principals);
            let mut policies = levels.iter().flat_map(|level| &level.policies);
            is_personal |= policies.any(|&policy| self.is_personal(policy));
        }
        is_personal |= self.is_service_linked(principal);
        Limits {
            denying,
            boundary,
            personal: is_personal.then_some(principal),
        }
    }

    /// The boundary of a principal, with the scope by which it has it.
    pub fn boundary(&self, principal: PrincipalId) -> Option<(PolicyId, ScopeId)> {
        self.boundary.get(&principal).copied()
    }

    /// Whether a policy denies anything that is asked for.
    pub fn is_denying(&self, policy: PolicyId) -> bool {
        let mut statements = self.statements.get(&policy).into_iter().flatten();
        statements.any(|compiled| {
            compiled.statement.effect == Effect::Deny && !compiled.actions.is_empty()
        })
    }

    /// The older versions of a policy, each with the scope that says that it is kept.
    pub fn versions_of(&self, policy: PolicyId) -> &[(PolicyId, ScopeId)] {
        self.kept.get(&policy).map_or(&[], Vec::as_slice)
    }

    /// Whether a version of a policy allows anything that the policy does not, or leaves out a Deny of it, in what is
    /// asked for.
    pub fn adds(&self, version: PolicyId, policy: PolicyId) -> bool {
        let of = |policy: PolicyId, effect: Effect| {
            let statements = self.statements.get(&policy).into_iter().flatten();
            statements.filter(move |compiled| {
                compiled.statement.effect == effect && !compiled.actions.is_empty()
            })
        };
        // Beside its name all of a statement counts.
        let is_same = |one: &Compiled<'_>, other: &Compiled<'_>| {
            let (one, other) = (one.statement, other.statement);
            one.actions == other.actions
                && one.resources == other.resources
                && one.conditions == other.conditions
        };
        let is_without = |one: &Compiled<'_>, policy: PolicyId| {
            !of(policy, one.statement.effect).any(|other| is_same(one, other))
        };
        of(version, Effect::Allow).any(|one| is_without(one, policy))
            || of(policy, Effect::Deny).any(|one| is_without(one, version))
    }

    /// Whether a policy denies anything (`None`: nothing), and whether what it says depends on who holds it.
    fn policy_denies(&self, policy: PolicyId) -> Option<bool> {
        let mut statements = self.statements.get(&policy).into_iter().flatten();
        statements
            .any(|compiled| compiled.statement.effect == Effect::Deny)
            .then(|| self.is_personal(policy))
    }

    fn is_personal(&self, policy: PolicyId) -> bool {
        let mut statements = self.statements.get(&policy).into_iter().flatten();
        statements.any(|compiled| {
            let resources = compiled.statement.resources.iter().flat_map(|r| &r.values);
            let has_variable = resources.into_iter().any(|value| value.contains("${"));
            let mut values = compiled.statement.conditions.iter().flat_map(|c| &c.values);
            has_variable
                || values.any(|value| value.contains("${"))
                || asks(&compiled.statement.conditions) == Asks::Principal
        })
    }

    /// The policies that bind a principal, with the scopes by which they do.
    pub fn policies_of(
        &self,
        principal: PrincipalId,
    ) -> impl Iterator<Item = (PolicyId, &[ScopeId])> {
        let held = self.held.get(&principal).into_iter().flatten();
        held.map(|held| (held.policy, held.through.as_slice()))
    }

    /// Those that a policy binds, in order, and the scopes by which it does: each way by itself.
    pub fn bound_to(&self, policy: PolicyId) -> impl Iterator<Item = (PrincipalId, &[ScopeId])> {
        let holders = self.bound_to.get(&policy).into_iter().flatten();
        holders.flat_map(move |&principal| {
            let held = self.held.get(&principal).into_iter().flatten();
            let of_policy = held.filter(move |held| held.policy == policy);
            of_policy.map(move |held| (principal, held.through.as_slice()))
        })
    }

    /// Whether a principal's identity policies (with boundary) let it do `action` on `target`, an ARN or a pattern of
    /// which one name is enough; with the scopes of the grant that decided.
    pub fn decide(
        &mut self,
        principal: PrincipalId,
        action: ActionId,
        target: &str,
    ) -> (Verdict, Vec<ScopeId>) {
        let mut best = (Verdict::Denied, Vec::new());
        for (_, grant) in self
            .grants(principal)
            .into_iter()
            .filter(|(a, _)| *a == action)
        {
            let verdict = match (self.area(grant.area).admits(target), &grant.condition) {
                (Verdict::Allowed, Some(reason)) => Verdict::Conditional(reason.clone()),
                (verdict, _) => verdict,
            };
            match verdict {
                Verdict::Allowed => return (verdict, grant.scopes),
                Verdict::Conditional(_) if best.0 == Verdict::Denied => {
                    best = (verdict, grant.scopes);
                }
                _ => {}
            }
        }
        best
    }

    /// What a grant by a resource's own policy, to this very principal or to a session of it, is subject to: its Denies
    /// and those of its boundary; the service control policies of its account; and where the boundary limits such
    /// grants, what that allows.
    ///
    /// Source: "Permissions boundaries for IAM entities": within one account a boundary limits what a resource policy
    /// grants to a role's ARN, and not what it grants to a user's ARN or a role session's ARN; "an explicit deny in the
    /// boundary" always counts. "Session policies" says the same of the policies of a session; of those of a role's
    /// session other evaluators find that they limit its ARN too, so that what only its ARN is granted is open.
    pub fn admits_direct(
        &mut self,
        signer: Signer,
        action: ActionId,
        target: &str,
        is_session_named: bool,
    ) -> Verdict {
        let principal = signer.principal;
        let area = self.area_for(signer, action, Area::everything().allow, &Change::default());
        let mut area = self.area(area).clone();
        let actor = self.actor(principal);
        let is_user = self.inventory.principals[actor].kind == PrincipalKind::User;
        if is_user || is_session_named {
            let denies = &mut area.denies;
            area.limits.retain_mut(|limit| {
                if limit.kind == LimitKind::Session {
                    limit.parts.push(Part {
                        effect: Effect::Allow,
                        resources: Area::everything().allow,
                        condition: Some(BEYOND_SESSION.to_owned()),
                    });
                    return true;
                }
                // Of a boundary that is in no export nobody knows what it denies.
                if limit.kind != LimitKind::Boundary || limit.open.is_some() {
                    return true;
                }
                let parts = std::mem::take(&mut limit.parts).into_iter();
                denies.extend(parts.filter(|part| part.effect == Effect::Deny));
                false
            });
        }
        area.admits(target)
    }

    /// Whether a principal has a permissions boundary.
    pub fn is_bounded(&self, principal: PrincipalId) -> bool {
        self.boundary.contains_key(&principal)
    }

    /// Whether a statement of a resource's or a role's own policy matches an asked action.
    pub fn matches_action(&self, scope: &Scope, action: ActionId) -> bool {
        match &scope.terms {
            Terms::Trust { statement, .. } | Terms::ResourcePolicy { statement, .. } => {
                action_matches(&statement.actions, self.actions.name(action))
            }
            _ => false,
        }
    }

    /// Whether the conditions of a statement of the own policy of something in account `owner` hold; the text names what
    /// is open.
    pub fn statement_outcome<'r>(
        &self,
        statement: &Statement,
        requester: impl Into<Requester<'r>>,
        owner: TenantId,
        action: ActionId,
    ) -> (Outcome, String) {
        let requester = requester.into();
        let name = self.actions.name(action);
        let together = match requester.outsider() {
            None => self.together.with_own(statement),
            Some(_) => self
                .together
                .with_own_outside(statement, name, |policy| self.is_guarding_resources(policy)),
        };
        let external_id = self.external_id.as_deref().into_iter().collect::<Vec<_>>();
        let known = [("sts:ExternalId", external_id.as_slice())];
        let context = Context {
            action: Some(name),
            effect: Some(statement.effect),
            together: Some(&together),
            known: match external_id.as_slice() {
                [] => &[],
                _ => &known,
            },
            ..self.context(requester, Some(owner))
        };
        (
            outcome(&statement.conditions, &context),
            open_keys(&statement.conditions, &context),
        )
    }

    /// Takes callers to know an external id (or none, as before) in what is asked of own policies from now on.
    pub fn suppose_external_id(&mut self, value: Option<&str>) {
        self.external_id = value.map(str::to_owned);
    }

    /// The same for a service that acts for something in `account`.
    pub fn service_outcome(&self, statement: &Statement, account: &str) -> (Outcome, String) {
        let mut left = Vec::new();
        for condition in &statement.conditions {
            match is_service_asked(condition) {
                Some(true) => {}
                Some(false) => return (Outcome::NotMet, String::new()),
                None => left.push(condition.clone()),
            }
        }
        let context = Context {
            source_account: Some(account),
            as_of: Some(self.inventory.as_of),
            ..Context::default()
        };
        (outcome(&left, &context), open_keys(&left, &context))
    }

    /// What of who calls a statement's conditions ask for.
    pub fn asks(statement: &Statement) -> Asks {
        asks(&statement.conditions)
    }
}

impl<'i> Compiled<'i> {
    fn new(scope: ScopeId, statement: &'i Statement, actions: &Actions) -> Self {
        let matching = actions
            .rows
            .entries()
            .filter(|(_, (name, _))| action_matches(&statement.actions, name))
            .map(|(id, _)| id)
            .collect();
        Self {
            scope,
            statement,
            actions: matching,
        }
    }
}
