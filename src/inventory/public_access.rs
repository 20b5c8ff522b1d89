//! Whether resources may be public at all, whatever their own policies say.

use super::{Evidence, EvidenceId, Inventory, Key, ResourceId, TenantId};

/// What a setting is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicAccessOf {
    /// Everything in a tenant.
    Tenant(Key),
    /// One resource of a tenant.
    Resource {
        /// The tenant.
        tenant: Key,
        /// The name of the resource.
        name: String,
    },
}

/// A setting as one export states it.
#[derive(Debug, Clone)]
pub struct PublicAccessRecord {
    /// What it is about.
    pub of: PublicAccessOf,
    /// Whether nobody outside gets in by a policy that is public.
    pub is_closed: bool,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A setting.
#[derive(Debug, Clone)]
pub struct PublicAccess {
    /// The tenant.
    pub tenant: TenantId,
    /// The name of the one resource that it is about; `None`: all of the tenant.
    pub resource: Option<String>,
    /// Whether nobody outside gets in by a policy that is public.
    pub is_closed: bool,
    /// Where it was read.
    pub evidence: EvidenceId,
}

impl Inventory {
    /// Whether public policies of a resource count for nobody outside: `None` where that is not known.
    ///
    /// Either setting closes; only both together leave open.
    pub fn is_public_access_closed(&self, resource: ResourceId) -> Option<bool> {
        let resource = &self.resources[resource];
        let tenant = resource.tenant?;
        let of = |name: Option<&str>| {
            let mut settings = self
                .public_access
                .iter()
                .filter(|setting| setting.tenant == tenant && setting.resource.as_deref() == name)
                .peekable();
            settings.peek()?;
            Some(settings.any(|setting| setting.is_closed))
        };
        match (of(None), of(Some(&resource.name))) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }
    }
}
