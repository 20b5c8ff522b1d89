//! Where accounts stand in their organisation, as the condition keys about it have it.
//!
//! Source: IAM User Guide, "AWS global condition context keys": `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths` and
//! "Understand the AWS Organizations entity path" (read 2026-11).

use crate::inventory::{Inventory, TenantId};
use rustc_hash::FxHashMap;

/// Units nest five deep ("Quotas for AWS Organizations"); a chain that is longer than this is a circle.
const LONGEST_CHAIN: usize = 16;

/// Where an account stands. What no export tells is `None`, also that it is in no organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The id of the account.
    pub account: String,
    /// The id of its organisation: `o-…`.
    pub organization: Option<String>,
    /// The path to it: `o-…/r-…/ou-…/`.
    pub path: Option<String>,
}

/// Where every account stands.
pub(super) struct Places(FxHashMap<TenantId, Place>);

impl Places {
    /// Takes time linear in tenants times levels.
    pub(super) fn new(inventory: &Inventory) -> Self {
        let places = inventory
            .tenants
            .entries()
            .filter(|(_, tenant)| tenant.platform == "aws")
            .map(|(id, _)| (id, place(inventory, id)));
        Self(places.collect())
    }

    pub(super) fn of(&self, account: TenantId) -> Option<&Place> {
        self.0.get(&account)
    }
}

fn place(inventory: &Inventory, account: TenantId) -> Place {
    let own = &inventory.tenants[account];
    let mut organization = own.hierarchy.organization.clone();
    let mut above: Vec<&str> = Vec::new();
    let mut is_rooted = own.hierarchy.is_root;
    let mut next = own.hierarchy.parent;
    while let Some(id) = next.filter(|_| above.len() < LONGEST_CHAIN) {
        let tenant = &inventory.tenants[id];
        above.push(&tenant.identifier);
        organization = organization.or_else(|| tenant.hierarchy.organization.clone());
        is_rooted = tenant.hierarchy.is_root;
        next = tenant.hierarchy.parent;
    }
    let path = organization.as_ref().filter(|_| is_rooted).map(|id| {
        let mut path = format!("{id}/");
        for unit in above.iter().rev() {
            path += unit;
            path.push('/');
        }
        path
    });
    Place {
        account: own.identifier.clone(),
        organization,
        path,
    }
}
