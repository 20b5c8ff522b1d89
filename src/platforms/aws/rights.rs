//! What each principal may do: its own, its groups' and its attached policies, within its boundary.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "Permissions boundaries for IAM entities": an explicit Deny
//! beats every Allow; the boundary must allow as well; both are evaluated per action and resource.

use super::area::{Area, AreaId, Bound, Part, Verdict};
use super::condition::{Context, Outcome, asks_for_principal, open_keys, outcome};
use super::pattern::matches;
use super::together::Together;
use crate::inventory::{
    Clause, Effect, Inventory, PolicyId, PrincipalId, PrincipalKind, Scope, ScopeId, Statement,
    Table, Terms,
};
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

/// The rights of every principal of the inventory.
pub struct Rights<'i> {
    inventory: &'i Inventory,
    actions: &'i Actions,
    held: FxHashMap<PrincipalId, Vec<Held>>,
    boundary: FxHashMap<PrincipalId, PolicyId>,
    statements: FxHashMap<PolicyId, Vec<Compiled<'i>>>,
    areas: Table<AreaId, Area>,
    area_ids: FxHashMap<Area, AreaId>,
    together: Together<'i>,
}

/// Action names compare without case.
pub(super) fn action_matches(clause: &Clause, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let is_named = clause
        .values
        .iter()
        .any(|value| matches(&value.to_ascii_lowercase(), &action));
    is_named != clause.is_negated
}

impl<'i> Rights<'i> {
    /// Gathers who holds which policies.
    ///
    /// Takes time linear in scopes, and in statements times asked actions.
    pub fn new(inventory: &'i Inventory, actions: &'i Actions) -> Self {
        let mut attached: FxHashMap<PrincipalId, Vec<Held>> = FxHashMap::default();
        let mut memberships = Vec::new();
        let mut boundary = FxHashMap::default();
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
                    boundary.insert(*principal, *policy);
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
        Self {
            inventory,
            actions,
            held,
            boundary,
            statements,
            areas: Table::new(),
            area_ids: FxHashMap::default(),
            together: Together::new(inventory),
        }
    }

    /// An area.
    pub fn area(&self, id: AreaId) -> &Area {
        &self.areas[id]
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
    fn area_for(&mut self, principal: PrincipalId, action: ActionId, allow: Clause) -> AreaId {
        let denies = self.parts(principal, action, Effect::Deny);
        let bound = match self.boundary.get(&principal) {
            None => Bound::Unbounded,
            Some(&policy) if self.inventory.policies[policy].is_missing => {
                Bound::Missing(self.inventory.policies[policy].name.clone())
            }
            Some(&policy) => {
                let mut parts = Vec::new();
                self.policy_parts(policy, principal, action, &mut parts);
                Bound::Parts(parts)
            }
        };
        let missing_policy = self
            .held
            .get(&principal)
            .into_iter()
            .flatten()
            .map(|held| &self.inventory.policies[held.policy])
            .find(|policy| policy.is_missing)
            .map(|policy| policy.name.clone());
        self.intern(Area {
            allow,
            denies,
            bound,
            missing_policy,
        })
    }

    /// The statements of one effect that match the action, as parts of an area; sorted, so that equal ones are equal.
    fn parts(&self, principal: PrincipalId, action: ActionId, effect: Effect) -> Vec<Part> {
        let mut parts = Vec::new();
        for held in self.held.get(&principal).into_iter().flatten() {
            self.policy_parts(held.policy, principal, action, &mut parts);
        }
        parts.retain(|part| part.effect == effect);
        parts.sort_unstable_by(|a, b| {
            (&a.resources.values, &a.condition).cmp(&(&b.resources.values, &b.condition))
        });
        parts.dedup();
        parts
    }

    fn policy_parts(
        &self,
        policy: PolicyId,
        principal: PrincipalId,
        action: ActionId,
        parts: &mut Vec<Part>,
    ) {
        for compiled in self.statements.get(&policy).into_iter().flatten() {
            if compiled.actions.binary_search(&action).is_err() {
                continue;
            }
            let Some((resources, condition)) = self.applied(compiled, principal, action) else {
                continue;
            };
            parts.push(Part {
                effect: compiled.statement.effect,
                resources,
                condition,
            });
        }
    }

    fn is_held(&self, principal: PrincipalId, policy: PolicyId) -> bool {
        let held = self.held.get(&principal);
        self.boundary.get(&principal) == Some(&policy)
            || held.is_some_and(|held| held.iter().any(|held| held.policy == policy))
    }

    /// A statement's resources for one principal, and on what it hangs; `None` when its conditions rule it out.
    fn applied(
        &self,
        compiled: &Compiled<'_>,
        principal: PrincipalId,
        action: ActionId,
    ) -> Option<(Clause, Option<String>)> {
        let statement = compiled.statement;
        let name = self.actions.name(action);
        let together = self
            .together
            .with_identity(statement, name, |policy| self.is_held(principal, policy));
        let context = Context {
            principal: Some(&self.inventory.principals[principal]),
            passed_to: self.actions.passed_to(action),
            action: Some(name),
            effect: Some(statement.effect),
            together: Some(&together),
            as_of: Some(self.inventory.as_of),
            ..Context::default()
        };
        let mut reasons = Vec::new();
        match outcome(&statement.conditions, &context) {
            Outcome::NotMet => return None,
            Outcome::Met => {}
            Outcome::Open => reasons.push(format!(
                "{} in statement `{}`",
                open_keys(&statement.conditions, &context),
                self.inventory.scopes[compiled.scope].name
            )),
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

    /// Policy variables: `${aws:username}` and `${aws:PrincipalAccount}` are known, `${*}`, `${?}` and `${$}` stand for
    /// the characters, all others may be anything.
    ///
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags". The escapes stay wildcards here, which is
    /// wider than meant, and so the right is then marked as open.
    fn substitute(&self, value: &str, principal: PrincipalId, is_open: &mut bool) -> String {
        let who = &self.inventory.principals[principal];
        let mut text = String::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once("${") {
            text += before;
            let Some((name, tail)) = after.split_once('}') else {
                text += "${";
                rest = after;
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "aws:username" if who.kind == PrincipalKind::User => text += &who.name,
                "aws:principalaccount" => {
                    text += super::account_of(&who.key).unwrap_or_default();
                }
                "$" => text.push('$'),
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
    /// identity policy or boundary limits it ("AWS account root user").
    pub fn grants(&mut self, principal: PrincipalId) -> Vec<(ActionId, Grant)> {
        if self.inventory.principals[principal].kind == PrincipalKind::Root {
            let area = self.intern(Area::everything());
            let grant = Grant {
                scopes: Vec::new(),
                area,
                condition: None,
            };
            return self
                .actions
                .rows
                .ids()
                .map(|action| (action, grant.clone()))
                .collect();
        }
        let mut allows = Vec::new();
        for held in self.held.get(&principal).into_iter().flatten() {
            for compiled in self.statements.get(&held.policy).into_iter().flatten() {
                if compiled.statement.effect != Effect::Allow {
                    continue;
                }
                for &action in &compiled.actions {
                    if let Some((resources, condition)) = self.applied(compiled, principal, action)
                    {
                        let scopes: Vec<ScopeId> = held
                            .through
                            .iter()
                            .copied()
                            .chain(std::iter::once(compiled.scope))
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
                        let area = self.area_for(principal, action, resources.clone());
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

    /// What a grant by a resource's own policy, to this very principal, is subject to: its Denies, and its boundary
    /// where the boundary limits such grants.
    ///
    /// Source: "Permissions boundaries for IAM entities": within one account a boundary limits what a resource policy
    /// grants to a role's ARN, and not what it grants to a user's ARN.
    pub fn admits_direct(
        &mut self,
        principal: PrincipalId,
        action: ActionId,
        target: &str,
    ) -> Verdict {
        let area = self.area_for(principal, action, Area::everything().allow);
        let mut area = self.area(area).clone();
        if self.inventory.principals[principal].kind == PrincipalKind::User {
            area.bound = Bound::Unbounded;
        }
        area.admits(target)
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

    /// Whether a statement's conditions hold, for one caller or (`None`) for whoever calls; the text names what is open.
    pub fn statement_outcome(
        &self,
        statement: &Statement,
        caller: Option<PrincipalId>,
    ) -> (Outcome, String) {
        let together = self.together.with_own(statement);
        let context = Context {
            principal: caller.map(|id| &self.inventory.principals[id]),
            // Only a role's trust has no resources, and only assuming the role is asked of it.
            action: statement.resources.is_none().then_some("sts:AssumeRole"),
            effect: Some(statement.effect),
            together: Some(&together),
            as_of: Some(self.inventory.as_of),
            ..Context::default()
        };
        (
            outcome(&statement.conditions, &context),
            open_keys(&statement.conditions, &context),
        )
    }

    /// The same for a service that acts for something in `account`.
    pub fn service_outcome(&self, statement: &Statement, account: &str) -> (Outcome, String) {
        let context = Context {
            source_account: Some(account),
            as_of: Some(self.inventory.as_of),
            ..Context::default()
        };
        (
            outcome(&statement.conditions, &context),
            open_keys(&statement.conditions, &context),
        )
    }

    /// Whether a statement's conditions ask who the caller is, so that callers must be looked at one by one.
    pub fn asks_for_principal(statement: &Statement) -> bool {
        asks_for_principal(&statement.conditions)
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
