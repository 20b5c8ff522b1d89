//! IAM Identity Center: permission sets, which it keeps as a role in every account where they are assigned.
//!
//! It is managed from the management account of its organisation, and from an account that it is delegated to, which no
//! export tells: only the management account is looked at; where no organisation was exported, an account is taken to
//! manage itself. Which role is of which permission set no export tells either, nor who signs in as which user: every
//! step hangs on that.
//!
//! Source: IAM Identity Center API reference, `AttachManagedPolicyToPermissionSet`: "If the permission set is already
//! referenced by one or more account assignments, you will need to call `ProvisionPermissionSet` after this operation";
//! IAM Identity Center User Guide, "Delegated administration" (read 2026-11).

use super::accounts::with_principals;
use super::catalogue::{Entry, Gain};
use super::targets::Target;
use super::{Aws, and};
use crate::inventory::{Inventory, PrincipalId, PrincipalKind, TenantId};
use crate::steps::{Fact, TechniqueId};
use std::collections::BTreeMap;

/// The path of the roles that IAM Identity Center keeps.
const KEPT: &str = ":role/aws-reserved/sso.amazonaws.com/";

/// The key of the role that a new permission set has in an account.
fn new_role(partition: &str, account: &str) -> String {
    format!("arn:{partition}:iam::{account}{KEPT}AWSReservedSSO_new_0000000000000000")
}

/// The organisation of an account.
fn organization(inventory: &Inventory, account: TenantId) -> Option<&str> {
    let hierarchy = &inventory.tenants[account].hierarchy;
    hierarchy.organization.as_deref()
}

/// The account from which IAM Identity Center is managed for another one.
fn manager(inventory: &Inventory, account: TenantId) -> TenantId {
    let Some(organization) = organization(inventory, account) else {
        return account;
    };
    let mut tenants = inventory.tenants.entries();
    let manager = tenants.find(|(_, tenant)| {
        tenant.hierarchy.is_management
            && tenant.hierarchy.organization.as_deref() == Some(organization)
    });
    manager.map_or(account, |(id, _)| id)
}

/// Adds the role of a new permission set to every account that another one manages.
pub(in crate::techniques) fn add_new_roles(inventory: &mut Inventory) {
    for (account, (evidence, partition)) in with_principals(inventory) {
        if manager(inventory, account) == account {
            continue;
        }
        let identifier = &inventory.tenants[account].identifier;
        let name = format!("new role of IAM Identity Center in {identifier}");
        let key = new_role(&partition, identifier).as_str().into();
        let kind = PrincipalKind::Role;
        inventory.add_stand_in(key, name, kind, "aws", Some(account), evidence);
    }
}

impl Aws<'_, '_, '_> {
    /// Permission sets that are changed or made.
    pub(super) fn permission_set(&mut self, entry: &Entry, technique: TechniqueId) {
        let kept = self.kept_roles();
        for (account, (place, partition)) in with_principals(self.inventory) {
            let manager = manager(self.inventory, account);
            let gaining: Vec<PrincipalId> = match &entry.gain {
                Gain::NewPermissionSet => {
                    let identifier = &self.inventory.tenants[account].identifier;
                    let key = new_role(&partition, identifier);
                    let role = self.inventory.principal_by_key(&key);
                    role.into_iter().collect()
                }
                _ => kept.get(&account).cloned().unwrap_or_default(),
            };
            if gaining.is_empty() {
                continue;
            }
            // The request is about the account whose role it is, and made from the one that manages.
            let target = Target {
                arn: self.inventory.tenants[account].identifier.clone(),
                account: manager,
                who: None,
                what: None,
                policy: None,
                is_class: false,
                is_encrypted: false,
                evidence: Some(place),
            };
            let acts: Vec<Fact> = entry
                .requests
                .iter()
                .filter_map(|request| self.request_on(request, &target))
                .collect();
            if acts.len() < entry.requests.len() {
                continue;
            }
            let untold = (manager == account).then_some("the account manages IAM Identity Center");
            let condition = and(entry.condition.clone(), untold);
            for role in gaining {
                let gained = self.any_policy(role);
                self.edited.any.insert(role);
                let mut needs = acts.clone();
                if matches!(entry.gain, Gain::PermissionSet) {
                    needs.push(Fact::Principal(role));
                }
                let place = self.inventory.principals[role].evidence.first().copied();
                let condition = condition.as_deref();
                self.step_at(place, &needs, gained, technique, &[], condition);
            }
        }
    }

    /// The roles that IAM Identity Center keeps, by account.
    fn kept_roles(&self) -> BTreeMap<TenantId, Vec<PrincipalId>> {
        let mut kept: BTreeMap<TenantId, Vec<PrincipalId>> = BTreeMap::new();
        for (id, principal) in self.inventory.principals.entries() {
            let is_kept = principal.key.contains(KEPT) && !principal.is_stub;
            if let Some(account) = principal.tenant.filter(|_| is_kept) {
                kept.entry(account).or_default().push(id);
            }
        }
        kept
    }
}
