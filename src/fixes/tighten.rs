//! What a statement could become beside being removed or allowing fewer actions: one on fewer resources, or one under a
//! condition more.
//!
//! Steps do not tell by which resource of a statement they stand, and a condition changes steps instead of removing them.
//! So such a fix removes no set of steps: what it gains is known once all is derived again with the statement as it would
//! be. That is exact, and dear: it is done for few.
//!
//! Offered is what exports speak for: a single resource of a short list is dropped; `iam:PassRole` is kept for roles that
//! something runs as, and for the services that run it; who signs in with a password is asked for a second factor; what
//! lets anyone in is closed to all but the organisation or the account; a trust in GitHub without subject is closed to all
//! but the owners that other trusts name.

use super::candidates::{Element, Narrowing};
use crate::inventory::{
    Clause, Condition, CredentialKind, Effect, Inventory, PolicyId, PrincipalId, PrincipalKind,
    ScopeId, Statement, TenantId, Terms,
};
use crate::platforms::aws::matches;
use std::collections::BTreeSet;

/// Lists of more resources are not looked at entry by entry.
const SHORT: usize = 4;

/// The issuer of tokens of GitHub Actions.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// What says that a second factor was given. Of a request signed with an access key of a user it is absent, so that a
/// condition on it is not met.
const SECOND_FACTOR: &str = "aws:MultiFactorAuthPresent";

/// A statement with less in it.
#[derive(Debug, Clone)]
pub struct Tightening {
    /// The statement as it would be.
    pub statement: Statement,
    /// What of it is less; of steps it says none.
    pub narrowing: Narrowing,
}

/// What a statement could become.
pub fn tightenings(inventory: &Inventory, scope: ScopeId) -> Vec<Tightening> {
    let row = &inventory.scopes[scope];
    let (Terms::Statement { statement, .. }
    | Terms::Trust { statement, .. }
    | Terms::ResourcePolicy { statement, .. }) = &row.terms
    else {
        return Vec::new();
    };
    if statement.effect != Effect::Allow {
        return Vec::new();
    }
    let mut all = dropping_resources(statement);
    let mut conditions = Vec::new();
    match &row.terms {
        Terms::Statement { policy, .. } => {
            if let Some(account) = inventory.policies[*policy].tenant
                && is_passing_roles(statement)
            {
                let run = Run::new(inventory, account, statement);
                all.extend(run.on_roles(statement));
                conditions.extend(run.to_services());
            }
            if are_people(inventory, *policy) {
                conditions.push(condition("Bool", SECOND_FACTOR, vec!["true".to_owned()]));
            }
        }
        Terms::Trust { principal, .. } => {
            let account = inventory.principals[*principal].tenant;
            conditions.extend(of_own(inventory, account, statement));
            conditions.extend(of_known_owners(inventory, statement));
        }
        Terms::ResourcePolicy { resource, .. } => {
            let account = inventory.resources[*resource].tenant;
            conditions.extend(of_own(inventory, account, statement));
        }
        _ => {}
    }
    let asked = |condition: &Condition| !asks(statement, |key| key == condition.key.as_str());
    let conditions = conditions.into_iter().filter(asked);
    all.extend(conditions.map(|condition| under(statement, condition)));
    all
}

fn condition(operator: &str, key: &str, values: Vec<String>) -> Condition {
    Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values,
    }
}

/// Whether a condition of a statement is on a key, which is given in lower case.
fn asks(statement: &Statement, is_it: impl Fn(&str) -> bool) -> bool {
    let mut conditions = statement.conditions.iter();
    conditions.any(|one| is_it(&one.key) || is_it(&one.key.to_ascii_lowercase()))
}

fn narrowing(
    element: Element,
    dropped: Vec<String>,
    added: Vec<String>,
    kept: Vec<String>,
) -> Narrowing {
    Narrowing {
        element,
        dropped,
        added,
        kept,
        is_unused: false,
        last_used: None,
        steps: Vec::new(),
    }
}

/// The statement with one condition more.
fn under(statement: &Statement, condition: Condition) -> Tightening {
    let words = |one: &Condition| format!("{} {} {}", one.operator, one.key, one.values.join(", "));
    let added = vec![words(&condition)];
    let mut statement = statement.clone();
    statement.conditions.push(condition);
    let kept = statement.conditions.iter().map(words).collect();
    Tightening {
        statement,
        narrowing: narrowing(Element::Condition, Vec::new(), added, kept),
    }
}

/// The statement on other resources.
fn on(statement: &Statement, kept: Vec<String>) -> Tightening {
    let before = statement.resources.iter().flat_map(|clause| &clause.values);
    let before: Vec<&String> = before.collect();
    let mut dropped: Vec<String> = Vec::new();
    for value in &before {
        if !kept.contains(value) && !dropped.contains(value) {
            dropped.push((*value).clone());
        }
    }
    let added = kept.iter().filter(|value| !before.contains(value));
    let added = added.cloned().collect();
    let narrowing = narrowing(Element::Resource, dropped, added, kept.clone());
    let mut statement = statement.clone();
    statement.resources = Some(Clause {
        is_negated: false,
        values: kept,
    });
    Tightening {
        statement,
        narrowing,
    }
}

/// Without each of its resources.
fn dropping_resources(statement: &Statement) -> Vec<Tightening> {
    let clause = statement.resources.as_ref().filter(|one| !one.is_negated);
    let mut values: Vec<&String> = Vec::new();
    for value in clause.into_iter().flat_map(|clause| &clause.values) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if !(2..=SHORT).contains(&values.len()) {
        return Vec::new();
    }
    let without = |dropped: &&String| {
        let kept = values.iter().filter(|value| *value != dropped);
        on(statement, kept.map(|&value| value.clone()).collect())
    };
    values.iter().map(without).collect()
}

/// Whether a statement allows passing roles and nothing else.
fn is_passing_roles(statement: &Statement) -> bool {
    let actions = &statement.actions;
    let mut values = actions.values.iter();
    !actions.is_negated && values.all(|value| value.eq_ignore_ascii_case("iam:PassRole"))
}

/// Roles that a statement lets be passed and that something runs as, and the services that run it.
struct Run {
    roles: BTreeSet<String>,
    services: BTreeSet<String>,
}

impl Run {
    fn new(inventory: &Inventory, account: TenantId, statement: &Statement) -> Self {
        let mut run = Self {
            roles: BTreeSet::new(),
            services: BTreeSet::new(),
        };
        let clause = statement.resources.as_ref().filter(|one| !one.is_negated);
        let may_pass = |arn: &str| {
            let mut values = clause.into_iter().flat_map(|clause| &clause.values);
            values.any(|value| matches(value, arn))
        };
        let mut running: BTreeSet<(PrincipalId, &str)> = BTreeSet::new();
        for scope in inventory.scopes.iter() {
            if let Terms::RunsAs {
                resource,
                principal,
            } = scope.terms
            {
                let role = &inventory.principals[principal];
                let is_role = role.kind == PrincipalKind::Role && role.tenant == Some(account);
                if is_role && may_pass(&role.key) {
                    run.roles.insert(role.key.to_string());
                    let kind = inventory.resources[resource].kind.as_str();
                    let service = kind.split_once(':').map_or(kind, |(service, _)| service);
                    running.insert((principal, service));
                }
            }
        }
        for scope in inventory.scopes.iter() {
            let Terms::Trust {
                principal,
                statement,
            } = &scope.terms
            else {
                continue;
            };
            let entries = statement.principals.iter().flat_map(|one| &one.entries);
            for (_, name) in entries.filter(|(kind, _)| kind == "Service") {
                // `ecs-tasks.amazonaws.com` runs what is of `ecs`.
                let is_it = |service: &str| name.starts_with(service);
                let mut of_role = running.iter().filter(|(role, _)| role == principal);
                if of_role.any(|(_, service)| is_it(service)) {
                    run.services.insert(name.clone());
                }
            }
        }
        run
    }

    /// The statement on those roles in place of its patterns.
    fn on_roles(&self, statement: &Statement) -> Option<Tightening> {
        let values = &statement.resources.as_ref()?.values;
        let is_pattern = |value: &&String| value.contains(['*', '?']);
        if self.roles.is_empty() || !values.iter().any(|value| is_pattern(&value)) {
            return None;
        }
        let named = values.iter().filter(|value| !is_pattern(value));
        let mut kept: Vec<String> = named.cloned().collect();
        let roles = self.roles.iter().filter(|role| !values.contains(role));
        kept.extend(roles.cloned());
        Some(on(statement, kept))
    }

    /// Only to those services.
    fn to_services(&self) -> Option<Condition> {
        let services: Vec<String> = self.services.iter().cloned().collect();
        (!services.is_empty()).then(|| condition("StringEquals", "iam:PassedToService", services))
    }
}

/// Whether a policy is bound to users who sign in with a password, and to nobody else.
fn are_people(inventory: &Inventory, policy: PolicyId) -> bool {
    let mut bound: BTreeSet<PrincipalId> = BTreeSet::new();
    for scope in inventory.scopes.iter() {
        match &scope.terms {
            Terms::Attachment {
                policy: of,
                principal,
                ..
            } if *of == policy => {
                bound.insert(*principal);
            }
            Terms::Boundary { policy: of, .. } if *of == policy => return false,
            _ => {}
        }
    }
    let mut members: BTreeSet<PrincipalId> = BTreeSet::new();
    for scope in inventory.scopes.iter() {
        if let Terms::Membership { member, group } = scope.terms
            && bound.contains(&group)
        {
            members.insert(member);
        }
    }
    bound.retain(|&id| inventory.principals[id].kind != PrincipalKind::Group);
    bound.extend(members);
    let of_passwords = inventory
        .credentials
        .iter()
        .filter(|credential| credential.kind == CredentialKind::Password)
        .filter_map(|credential| credential.principal);
    let people: BTreeSet<PrincipalId> = of_passwords.collect();
    let is_user = |id: &PrincipalId| inventory.principals[*id].kind == PrincipalKind::User;
    !bound.is_empty() && bound.iter().all(|id| is_user(id) && people.contains(id))
}

/// For a statement that lets anyone in: only those of the organisation, and only those of the account.
fn of_own(
    inventory: &Inventory,
    account: Option<TenantId>,
    statement: &Statement,
) -> Vec<Condition> {
    let clause = statement.principals.as_ref().filter(|one| !one.is_negated);
    let mut entries = clause.into_iter().flat_map(|clause| &clause.entries);
    let is_anyone = entries.any(|(kind, value)| value == "*" && matches!(&**kind, "*" | "AWS"));
    let is_told_apart = asks(statement, |key| key.starts_with("aws:principal"));
    let Some(account) = account.filter(|_| is_anyone && !is_told_apart) else {
        return Vec::new();
    };
    let account = &inventory.tenants[account];
    let equals = |key: &str, value: &str| condition("StringEquals", key, vec![value.to_owned()]);
    let organization = account.hierarchy.organization.iter();
    organization
        .map(|id| equals("aws:PrincipalOrgID", id))
        .chain([equals("aws:PrincipalAccount", &account.identifier)])
        .collect()
}

/// For a trust in GitHub that asks no subject: only repositories of the owners that other trusts name.
fn of_known_owners(inventory: &Inventory, statement: &Statement) -> Option<Condition> {
    let entries = statement.principals.iter().flat_map(|one| &one.entries);
    let mut providers = entries.filter(|(kind, _)| kind == "Federated");
    let is_github = providers.any(|(_, arn)| arn.ends_with(&format!("oidc-provider/{GITHUB}")));
    let key = format!("{GITHUB}:sub");
    if !is_github || asks(statement, |asked| asked == key) {
        return None;
    }
    let owner = |subject: &str| {
        let (owner, _) = subject.strip_prefix("repo:")?.split_once('/')?;
        (!owner.contains(['*', '?', '@'])).then(|| format!("repo:{owner}/*"))
    };
    let of_github = inventory
        .federations
        .iter()
        .filter(|it| it.issuer == GITHUB);
    let owners: BTreeSet<String> = of_github.filter_map(|it| owner(&it.subject)).collect();
    let values: Vec<String> = owners.into_iter().collect();
    (!values.is_empty()).then(|| condition("StringLike", &key, values))
}
