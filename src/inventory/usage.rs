//! Usage: what exports say about when something that is granted was last used.
//!
//! It decides no reach: who may do something may do it, used or not. It tells what a fix would break.

use super::{CredentialId, Evidence, EvidenceId, Key, PolicyId, PrincipalId};
use jiff::Timestamp;

/// Whose use is told. `P`, `O` and `C` are how principals, policies and credentials are named: keys in an export, ids
/// in the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UsedBy<P, O, C> {
    /// A principal's; of a group, its members' together.
    Principal(P),
    /// That of all to whom a policy is bound, together.
    Policy(O),
    /// A credential's.
    Credential(C),
}

/// Of what the use is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Used {
    /// Of anything at all.
    Anything,
    /// Of any service of which the same export tells nothing: it lists whole what was used.
    Rest,
    /// Of a service, by the prefix of its actions: `s3`.
    Service(String),
    /// Of an action: `s3:GetObject`.
    Action(String),
}

/// When something was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LastUse {
    /// Not as far back as the export looks: that many days before it was made, where it says.
    NotWithin(Option<u16>),
    /// Then.
    At(Timestamp),
}

/// What one export says of one use.
#[derive(Debug, Clone)]
pub struct UsageRecord {
    /// Whose.
    pub by: UsedBy<Key, Key, Key>,
    /// Of what.
    pub of: Used,
    /// When.
    pub last: LastUse,
    /// Key or alias of the principal that was last, where the export tells.
    pub user: Option<Key>,
    /// When the export was made: it says nothing of later uses.
    pub observed: Option<Timestamp>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A use, or that there was none.
#[derive(Debug, Clone)]
pub struct Usage {
    /// Whose.
    pub by: UsedBy<PrincipalId, PolicyId, CredentialId>,
    /// Of what.
    pub of: Used,
    /// When.
    pub last: LastUse,
    /// The key of the principal that was last, where the export tells; it need not be in any export itself.
    pub user: Option<Key>,
    /// When the export was made: it says nothing of later uses.
    pub observed: Option<Timestamp>,
    /// Where it was read.
    pub evidence: EvidenceId,
}
