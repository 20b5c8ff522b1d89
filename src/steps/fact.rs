//! Facts: what an attacker can come to hold.

use super::SubjectId;
use crate::inventory::{
    Access, CredentialId, EvidenceId, ExposureId, Inventory, PrincipalId, ResourceId, ScopeId,
};

/// What an attacker can come to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// What everybody holds. Every scenario begins with it.
    Anyone,
    /// Reading a place where credentials lie.
    Exposure(ExposureId),
    /// Holding a credential.
    Credential(CredentialId),
    /// Acting as a principal.
    Principal(PrincipalId),
    /// A right of that principal: what one request needs must be held by one principal, so rights that are joined in
    /// one request are facts that name it.
    Right(PrincipalId, SubjectId),
    /// A whole request that some principal the attacker holds may make. It names no principal: acts done one after
    /// the other may be done by different hands.
    Act(SubjectId),
    /// Access to a resource.
    Access(ResourceId, Access),
    /// Access at least as grave as that: the rungs of the ladder on which weight lies, so that "the strongest access
    /// counts" is a sum. It grants nothing: writing is graver than reading and does not include it.
    AtLeast(ResourceId, Access),
    /// No gain of an attacker: a part of the chance that a credential leaks, by number, which fixes take away. The
    /// scenario that stands for it begins with it; see `fixes/leftover.rs`.
    Leftover(CredentialId, u32),
}

impl Fact {
    /// Whether gaining it is a move that can be pointed at, rather than a restatement of what is held.
    pub fn is_milestone(self) -> bool {
        matches!(
            self,
            Self::Credential(_) | Self::Principal(_) | Self::Access(..)
        )
    }
}

/// What a right or an act is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The action, in the platform's words: `s3:GetObject`.
    pub action: String,
    /// On what: one key, or a set in words.
    pub target: String,
}

/// What a fix can remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Control {
    /// A grant: it is revoked or narrowed.
    Scope(ScopeId),
    /// A credential: it is revoked or rotated.
    Credential(CredentialId),
    /// A place: what lies there is taken away from it.
    Exposure(ExposureId),
    /// How likely it is that a credential leaks, and is of use to who has it then: it is lowered.
    Chance(CredentialId, Lowering),
    /// A credential of several jobs: it becomes one each. No step says what that changes.
    Split(CredentialId),
}

impl Control {
    /// The stable key, as machines see it: `scope:…`, `credential:…`, `exposure:…`, `shorten:…h:…`, `federate:…`, `move:…`,
    /// `split:…`. Not made visible.
    pub fn key(self, inventory: &Inventory) -> String {
        match self {
            Self::Credential(id) => format!("credential:{}", inventory.credentials[id].key),
            Self::Split(id) => format!("split:{}", inventory.credentials[id].key),
            Self::Exposure(id) => format!("exposure:{}", inventory.exposures[id].key),
            Self::Scope(id) => format!("scope:{}", inventory.scopes[id].key),
            Self::Chance(id, lowering) => {
                let key = &inventory.credentials[id].key;
                match lowering {
                    Lowering::Shorten { hours } => format!("shorten:{hours}h:{key}"),
                    Lowering::Federate | Lowering::Move => format!("{}:{key}", lowering.name()),
                }
            }
        }
    }

    /// Where it was read.
    pub fn evidence(self, inventory: &Inventory) -> &[EvidenceId] {
        match self {
            Self::Credential(id) | Self::Chance(id, _) | Self::Split(id) => {
                &inventory.credentials[id].evidence
            }
            Self::Exposure(id) => &inventory.exposures[id].evidence,
            Self::Scope(id) => &inventory.scopes[id].evidence,
        }
    }
}

/// What makes it less likely that a credential leaks, or that it is of use to who has it then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lowering {
    /// It lives so many hours at most.
    Shorten {
        /// How many.
        hours: u32,
    },
    /// A static one is replaced by tokens that are issued for each use (OIDC, a role).
    Federate,
    /// It lies in a vault instead of where it lies.
    Move,
}

impl Lowering {
    /// The stable name of its kind.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shorten { .. } => "shorten",
            Self::Federate => "federate",
            Self::Move => "move",
        }
    }
}
