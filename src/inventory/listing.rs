//! Listings: which sets an export lists whole. What no listing covers is unknown, never empty.

use super::{Evidence, EvidenceId, Key, TenantId};

/// That one export lists every object of a kind in a tenant.
#[derive(Debug, Clone)]
pub struct ListingRecord {
    /// Key of the tenant.
    pub tenant: Key,
    /// The resource type, or `principal`, or `access-key`.
    pub kind: String,
    /// Key of the one object that the listing is about (a user whose access keys are listed); `None`: the whole tenant.
    pub of: Option<Key>,
    /// Whether nothing is missing from it.
    pub is_complete: bool,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A listing.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The tenant.
    pub tenant: TenantId,
    /// The resource type, or `principal`, or `access-key`.
    pub kind: String,
    /// Key of the one object that the listing is about.
    pub of: Option<Key>,
    /// Whether nothing is missing from it.
    pub is_complete: bool,
    /// Where it was read.
    pub evidence: EvidenceId,
}
