//! Types of resources that no export lists: one resource stands for all of an account, where a policy that binds somebody
//! of the account names an action on them. A policy that allows everything names none, so that an account without any
//! trace of a service is not shown as if it used it.

use super::catalogue::{Catalogue, ClassKind, On};
use crate::inventory::{Effect, Inventory, PolicyId, TenantId, Terms};
use crate::platforms::aws::matches;
use rustc_hash::{FxHashMap, FxHashSet};

/// The types that policies speak of, by account.
pub(super) fn spoken<'c>(
    inventory: &Inventory,
    catalogue: &'c Catalogue,
) -> FxHashMap<TenantId, Vec<&'c ClassKind>> {
    // By service: a value that leaves the service open names none.
    let mut actions: FxHashMap<&str, Vec<(&str, &str)>> = FxHashMap::default();
    for need in catalogue
        .techniques
        .iter()
        .flat_map(|entry| entry.requests.iter().flatten())
    {
        if let (On::Resource(kind), Some((service, _))) = (&need.on, need.action.split_once(':'))
            && catalogue.classes.iter().any(|class| class.kind == *kind)
        {
            let of_service = actions.entry(service).or_default();
            of_service.push((kind, &need.action));
        }
    }
    let mut speaking: FxHashMap<&str, FxHashSet<PolicyId>> = FxHashMap::default();
    let mut bound: FxHashMap<TenantId, Vec<PolicyId>> = FxHashMap::default();
    for scope in inventory.scopes.iter() {
        match &scope.terms {
            Terms::Statement { policy, statement } if statement.effect == Effect::Allow => {
                if statement.actions.is_negated {
                    continue;
                }
                for value in &statement.actions.values {
                    let service = value.split_once(':').map(|(of, _)| of.to_ascii_lowercase());
                    let of_service = service.and_then(|service| actions.get(service.as_str()));
                    for (kind, action) in of_service.into_iter().flatten() {
                        if matches(&value.to_ascii_lowercase(), &action.to_ascii_lowercase()) {
                            speaking.entry(kind).or_default().insert(*policy);
                        }
                    }
                }
            }
            Terms::Attachment {
                policy, principal, ..
            } => {
                if let Some(account) = inventory.principals[*principal].tenant {
                    bound.entry(account).or_default().push(*policy);
                }
            }
            _ => {}
        }
    }
    let spoken_in = |policies: Vec<PolicyId>| {
        let is_spoken = |class: &&ClassKind| {
            let of_kind = speaking.get(class.kind.as_str());
            of_kind.is_some_and(|speaking| policies.iter().any(|one| speaking.contains(one)))
        };
        catalogue.classes.iter().filter(is_spoken).collect()
    };
    bound
        .into_iter()
        .map(|(account, policies)| (account, spoken_in(policies)))
        .collect()
}
