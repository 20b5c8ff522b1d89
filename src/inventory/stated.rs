//! Steps that an export states outright: the neutral format, for what has no reader yet.

use super::{
    Access, CredentialId, Evidence, EvidenceId, ExposureId, Key, PrincipalId, ResourceId, ScopeId,
};

/// A fact as an export names it (`C`, `E`, `P`, `R` are keys there and ids in the inventory).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatedFact<E, C, P, R> {
    /// Reading a place.
    Exposure(E),
    /// Holding a credential.
    Credential(C),
    /// Acting as a principal.
    Principal(P),
    /// Access to a resource.
    Access(R, Access),
}

/// A fact by key.
pub type StatedFactKey = StatedFact<Key, Key, Key, Key>;
/// A fact by id.
pub type StatedFactId = StatedFact<ExposureId, CredentialId, PrincipalId, ResourceId>;

/// A step as an export states it.
#[derive(Debug, Clone)]
pub struct StatedStepRecord {
    /// What must be held, all of it.
    pub needs: Vec<StatedFactKey>,
    /// What is gained.
    pub gain: StatedFactKey,
    /// The technique, in the exporter's words.
    pub technique: String,
    /// Key of the scope whose removal stops the step.
    pub scope: Option<Key>,
    /// On what it hangs that no export tells; `None` for a certain step.
    pub condition: Option<String>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A stated step.
#[derive(Debug, Clone)]
pub struct StatedStep {
    /// What must be held, all of it.
    pub needs: Vec<StatedFactId>,
    /// What is gained.
    pub gain: StatedFactId,
    /// The technique, in the exporter's words.
    pub technique: String,
    /// The scope whose removal stops the step.
    pub scope: Option<ScopeId>,
    /// On what it hangs that no export tells.
    pub condition: Option<String>,
    /// Where it was read.
    pub evidence: EvidenceId,
}
