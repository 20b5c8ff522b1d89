//! Tenants: the accounts, organisations and workspaces that own principals and resources.

use super::{Evidence, EvidenceList, Key, Label, Platform};

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
