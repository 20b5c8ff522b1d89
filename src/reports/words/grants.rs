//! What a principal holds, in plain words: its own grants and those of the groups that it is in.
//!
//! These are the grants as exported. What they come to when boundaries, guardrails and conditions are evaluated is told by
//! reach, not here.

use super::{Words, in_namespace, quoted, some_of, visible};
use crate::inventory::{
    Clause, Effect, Inventory, PolicyId, PrincipalId, ScopeId, Statement, Terms,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Who holds which grants, of a whole inventory.
pub(crate) struct Grants<'i> {
    inventory: &'i Inventory,
    by_holder: FxHashMap<PrincipalId, Vec<ScopeId>>,
    statements: FxHashMap<PolicyId, Vec<ScopeId>>,
}

impl<'i> Grants<'i> {
    /// Takes time linear in the inventory.
    pub(crate) fn of(inventory: &'i Inventory) -> Self {
        let mut by_holder: FxHashMap<PrincipalId, Vec<ScopeId>> = FxHashMap::default();
        let mut statements: FxHashMap<PolicyId, Vec<ScopeId>> = FxHashMap::default();
        for (id, scope) in inventory.scopes.entries() {
            match &scope.terms {
                Terms::Statement { policy, .. } | Terms::Rule { role: policy, .. } => {
                    statements.entry(*policy).or_default().push(id);
                }
                Terms::Attachment { principal, .. }
                | Terms::Boundary { principal, .. }
                | Terms::Grant { principal, .. }
                | Terms::Bears { principal, .. }
                | Terms::Permission {
                    holder: principal, ..
                }
                | Terms::Binding {
                    subject: principal, ..
                }
                | Terms::Mapping {
                    from: principal, ..
                }
                | Terms::Membership {
                    member: principal, ..
                }
                | Terms::Drives {
                    driver: principal, ..
                } => by_holder.entry(*principal).or_default().push(id),
                // What others are let do: trusts and policies of resources name whom they let in by patterns, and what
                // software runs as is no grant of it.
                _ => {}
            }
        }
        Self {
            inventory,
            by_holder,
            statements,
        }
    }

    /// The grants of a principal in plain words, in order of key: its own, then those of its groups, the nearest first.
    pub(crate) fn told(&self, words: &Words<'_>, principal: PrincipalId) -> Vec<String> {
        let mut told = Vec::new();
        let mut seen: FxHashSet<PrincipalId> = FxHashSet::default();
        seen.insert(principal);
        let mut open = vec![principal];
        let mut at = 0;
        while let Some(&holder) = open.get(at) {
            at += 1;
            let by = match holder == principal {
                true => String::new(),
                false => format!(" (by {})", words.principal(holder)),
            };
            for &id in self.by_holder.get(&holder).into_iter().flatten() {
                let terms = &self.inventory.scopes[id].terms;
                if let Some(text) = self.plain(words, terms) {
                    told.push(format!("{text}{by}"));
                }
                if let Terms::Membership { group, .. } = terms
                    && seen.insert(*group)
                {
                    open.push(*group);
                }
            }
        }
        told
    }

    fn plain(&self, words: &Words<'_>, terms: &TermsOf) -> Option<String> {
        let condition = |condition: &Option<String>| match condition {
            Some(text) => format!(", if {}", visible(text)),
            None => String::new(),
        };
        Some(match terms {
            Terms::Attachment { policy, .. } => {
                let row = &self.inventory.policies[*policy];
                let name = quoted(&row.name);
                match (row.is_missing, self.allowed(*policy)) {
                    (true, _) => format!("policy {name}, which no export describes"),
                    (false, rules) if rules.is_empty() => format!("policy {name}"),
                    (false, rules) => format!("policy {name}: {}", rules.join(", ")),
                }
            }
            Terms::Boundary { policy, .. } => format!(
                "at most what policy {} allows",
                quoted(&self.inventory.policies[*policy].name)
            ),
            Terms::Membership { group, .. } => format!("member of {}", words.principal(*group)),
            Terms::Grant {
                resource,
                access,
                condition: hangs,
                ..
            } => format!(
                "{} on {}{}",
                access.name(),
                words.resource(*resource),
                condition(hangs)
            ),
            Terms::Permission {
                holder,
                on,
                name,
                condition: hangs,
            } => format!(
                "{} on {}{}",
                visible(name),
                words.permitted(*holder, *on),
                condition(hangs)
            ),
            Terms::Binding {
                role, namespace, ..
            } => {
                let rules = self.allowed(*role);
                let rules = match rules.is_empty() {
                    true => String::new(),
                    false => format!(": {}", rules.join(", ")),
                };
                format!(
                    "role {}{}{rules}",
                    quoted(&self.inventory.policies[*role].name),
                    in_namespace(namespace.as_deref())
                )
            }
            Terms::Mapping { to, .. } => format!("is taken for {}", words.principal(*to)),
            Terms::Drives { driven, .. } => format!("drives {}", words.principal(*driven)),
            Terms::Bears {
                issuer, subject, ..
            } => format!(
                "gets tokens of {} with subject {}",
                quoted(issuer),
                quoted(&crate::pattern::shown(subject))
            ),
            _ => return None,
        })
    }

    /// What a policy or a role allows and denies, a few words for each statement or rule.
    fn allowed(&self, policy: PolicyId) -> Vec<String> {
        let of = self.statements.get(&policy).into_iter().flatten();
        let told = of.filter_map(|&id| match &self.inventory.scopes[id].terms {
            Terms::Statement { statement, .. } => Some(plain_statement(statement)),
            Terms::Rule { rule, .. } => {
                let on = match rule.urls.is_empty() {
                    true => &rule.resources,
                    false => &rule.urls,
                };
                let names = match rule.names.is_empty() {
                    true => String::new(),
                    false => format!(" named {}", some_of(&rule.names, 2)),
                };
                Some(format!(
                    "{} on {}{names}",
                    some_of(&rule.verbs, 3),
                    some_of(on, 3)
                ))
            }
            _ => None,
        });
        told.collect()
    }
}

type TermsOf =
    Terms<PolicyId, crate::inventory::ResourceId, PrincipalId, crate::inventory::TenantId>;

fn plain_statement(statement: &Statement) -> String {
    let verb = match statement.effect {
        Effect::Allow => "may",
        Effect::Deny => "must not",
    };
    let some = |clause: &Clause, most: usize| {
        let names = some_of(&clause.values, most);
        match clause.is_negated {
            true => format!("everything but {names}"),
            false => names,
        }
    };
    let on = match &statement.resources {
        Some(clause) if clause.is_negated || clause.values.iter().any(|value| value != "*") => {
            format!(" on {}", some(clause, 2))
        }
        Some(_) => " on everything".to_owned(),
        None => String::new(),
    };
    let conditions = match statement.conditions.len() {
        0 => String::new(),
        _ => {
            let keys: Vec<String> = statement
                .conditions
                .iter()
                .map(|condition| condition.key.clone())
                .collect();
            format!(", by {}", some_of(&keys, 2))
        }
    };
    format!("{verb} {}{on}{conditions}", some(&statement.actions, 3))
}
