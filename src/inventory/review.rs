//! Reviews: when somebody looked last at whether something is still needed, and kept it.
//!
//! They decide no reach. Only what is said outright counts, in the estate file or in our own format: an approval is none
//! where nobody may have been asked (GitHub grants a fine-grained token by itself where the organisation asks for no
//! approval, and to owners: "Setting a personal access token policy for your organization", read 2026-11), and an item of
//! an access certification of Okta is of one grant, not of who holds it ("Search reviews" of the connector Okta Identity
//! Governance: principal and resource, read 2026-11).

use super::{Evidence, Inventory, Key};
use crate::inventory::CredentialId;
use jiff::Timestamp;

/// What was reviewed, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reviewed {
    /// A principal, by key or alias, with all that it may do.
    Principal(Key),
    /// A credential.
    Credential(Key),
}

/// What one export says of one review. Of several the latest wins.
#[derive(Debug, Clone)]
pub struct ReviewRecord {
    /// Of what.
    pub of: Reviewed,
    /// When.
    pub at: Timestamp,
    /// Where it was read.
    pub evidence: Evidence,
}

impl Inventory {
    /// When somebody looked last at a credential, or at the principal that it authenticates, whichever was later; `None`
    /// where nothing tells.
    pub fn last_review(&self, credential: CredentialId) -> Option<Timestamp> {
        let credential = &self.credentials[credential];
        let of_principal = credential.principal.map(|id| &self.principals[id]);
        let of_principal = of_principal.and_then(|principal| principal.last_review);
        credential.last_review.max(of_principal)
    }
}
