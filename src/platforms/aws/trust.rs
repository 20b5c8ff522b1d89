//! Who a `Principal` element means.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal".

use crate::inventory::{Inventory, PrincipalClause, PrincipalId, TenantId};

/// Whom one entry of a `Principal` element means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Everybody, outside the estate too.
    Anyone,
    /// An account, which delegates to its own identity policies.
    Account(String),
    /// One principal of the inventory.
    Principal(PrincipalId),
    /// Sessions of a role that bear one name.
    Session(PrincipalId, String),
    /// The session of a federated user, of an account of the estate: its ARN.
    FederatedUser(TenantId, String),
    /// An AWS service.
    Service(String),
    /// An identity provider outside AWS.
    Federated(String),
    /// A principal that no export describes: another account's, or one that was deleted (`AIDA…`, `AROA…`).
    Unresolved(String),
}

/// Whom the entries mean. `NotPrincipal` is not looked at: that is for the caller of this function to do.
pub fn callers(inventory: &Inventory, clause: &PrincipalClause) -> Vec<Caller> {
    clause
        .entries
        .iter()
        .map(|(kind, value)| match kind.as_str() {
            "*" => Caller::Anyone,
            "AWS" if value == "*" => Caller::Anyone,
            "AWS" => aws_caller(inventory, value),
            "Service" => Caller::Service(value.clone()),
            "Federated" => Caller::Federated(value.clone()),
            _ => Caller::Unresolved(value.clone()),
        })
        .collect()
}

fn aws_caller(inventory: &Inventory, value: &str) -> Caller {
    let is_account = value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit());
    if is_account {
        return Caller::Account(value.to_owned());
    }
    if let Some(account) = super::account_of(value) {
        if value.ends_with(":root") {
            return Caller::Account(account.to_owned());
        }
        if value.contains(":federated-user/") {
            return inventory
                .tenant_by_key(&format!("aws:account:{account}"))
                .map_or_else(
                    || Caller::Unresolved(value.to_owned()),
                    |id| Caller::FederatedUser(id, value.to_owned()),
                );
        }
        // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, where ROLE lacks the path.
        if let Some((_, session)) = value.split_once(":assumed-role/") {
            let (role, name) = session.split_once('/').unwrap_or((session, ""));
            return inventory
                .principal_by_key(&format!("aws:role:{account}/{role}"))
                .map_or_else(
                    || Caller::Unresolved(value.to_owned()),
                    |id| Caller::Session(id, name.to_owned()),
                );
        }
    }
    // Saved policies name a deleted principal by its unique id, which no living one has.
    inventory
        .principal_by_key(value)
        .filter(|&id| !inventory.principals[id].is_stub)
        .map_or_else(|| Caller::Unresolved(value.to_owned()), Caller::Principal)
}
