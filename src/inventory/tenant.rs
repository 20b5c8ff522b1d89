//! Tenants: the accounts, organisations and workspaces that own principals and resources, and the tree they form.

use super::{Evidence, EvidenceList, GuardrailKind, Key, Label, Platform, TenantId};

/// Where a tenant stands in the tree of its organisation. `T` is how tenants are named: keys in an export, ids in the
/// inventory. What no export says is `None`, which is never the same as "there is none".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy<T> {
    /// Some export says that it is part of an organisation.
    pub is_member: bool,
    /// The id of that organisation.
    pub organization: Option<String>,
    /// The tenant right above it.
    pub parent: Option<T>,
    /// It is the root of the organisation: nothing stands above it.
    pub is_root: bool,
    /// It manages the organisation, which therefore does not limit it.
    pub is_management: bool,
    /// Of a root: the kinds of guardrails that the organisation has switched on.
    pub enforced: Option<Vec<GuardrailKind>>,
}

impl<T> Default for Hierarchy<T> {
    fn default() -> Self {
        Self {
            is_member: false,
            organization: None,
            parent: None,
            is_root: false,
            is_management: false,
            enforced: None,
        }
    }
}

/// A tenant as an export states it.
#[derive(Debug, Clone)]
pub struct TenantRecord {
    /// Stable key: `aws:account:111122223333`.
    pub key: Key,
    /// The platform it is a tenant of.
    pub platform: Platform,
    /// The id as the platform writes it: `111122223333`.
    pub identifier: String,
    /// A name for people, where one is known.
    pub name: Option<String>,
    /// Its environment, where the export states it.
    pub environment: Option<String>,
    /// Who owns it, where the export states it.
    pub owner: Option<String>,
    /// Where it stands in its organisation.
    pub hierarchy: Hierarchy<Key>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A tenant.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Stable key.
    pub key: Key,
    /// The platform.
    pub platform: Platform,
    /// The id as the platform writes it.
    pub identifier: String,
    /// A name for people.
    pub name: Option<String>,
    /// Its environment.
    pub environment: Label,
    /// Who owns it.
    pub owner: Option<String>,
    /// Where it stands in its organisation.
    pub hierarchy: Hierarchy<TenantId>,
    /// Where it was read.
    pub evidence: EvidenceList,
}

impl Tenant {
    /// The name if there is one, with the id.
    pub fn display(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} ({})", self.identifier),
            None => self.identifier.clone(),
        }
    }
}
