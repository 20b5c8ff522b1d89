//! What limits changes of a repository's refs, and what a deployment waits for: as exported, unevaluated.

use super::{Evidence, EvidenceId, Key, PrincipalId, ResourceId};

/// Who need not do what a rule asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exempted<P> {
    /// A user, team or app.
    Principal(P),
    /// Whoever has that role on the repository, in the platform's words: `admin`, `maintain`.
    Role(String),
    /// Whoever owns the organisation.
    Owners,
    /// Any deploy key.
    DeployKeys,
}

/// That somebody need not do what a rule asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption<P> {
    /// Who.
    pub who: Exempted<P>,
    /// Of what the rule asks; `None`: of all of it.
    pub of: Option<String>,
}

/// Names by patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Those that one of these matches, in the platform's words.
    pub include: Vec<String>,
    /// Less those that one of these matches.
    pub exclude: Vec<String>,
}

/// A rule about the refs of repositories. `R` and `P` are how resources and principals are named.
#[derive(Debug, Clone)]
pub struct RefRule<R, P, E> {
    /// Stable key.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// The repository; or the organisation, whose repositories it is about.
    pub on: R,
    /// Which repositories of the organisation; `None` where it is of one repository.
    pub repositories: Option<Chosen>,
    /// Which refs.
    pub refs: Chosen,
    /// What it asks, in the platform's words: `pull_request`, `creation`, `update`; a number behind `:`.
    pub asks: Vec<String>,
    /// Whether it is a rule of which administrators are exempt unless it says otherwise, and of which one alone applies.
    pub is_protection: bool,
    /// Whether those are bound by it too that may usually pass by it.
    pub binds_admins: bool,
    /// Who is exempt; `None` where the export does not tell.
    pub exempt: Option<Vec<Exemption<P>>>,
    /// Where it was read.
    pub evidence: E,
}

/// A rule as an export states it.
pub type RefRuleRecord = RefRule<Key, Key, Evidence>;
/// A rule, linked.
pub type LinkedRefRule = RefRule<ResourceId, PrincipalId, EvidenceId>;

/// From which refs may be deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployRefs {
    /// From any.
    Any,
    /// From branches that a rule protects.
    Protected,
    /// From those that patterns name.
    Named,
}

/// What a deployment to an environment waits for. Several records of one environment count together.
#[derive(Debug, Clone)]
pub struct DeployGate<R, P, E> {
    /// The environment.
    pub on: R,
    /// Of whom one must approve.
    pub reviewers: Vec<P>,
    /// Whether who started a deployment may not approve it.
    pub is_self_review_prevented: bool,
    /// Whether administrators may pass; `None` where the export does not tell.
    pub may_admins_bypass: Option<bool>,
    /// From which refs; `None` where the record does not tell.
    pub refs: Option<DeployRefs>,
    /// One of the patterns, with what it is of: `branch` or `tag`.
    pub pattern: Option<(String, String)>,
    /// What else is asked, in the platform's words.
    pub others: Vec<String>,
    /// Where it was read.
    pub evidence: E,
}

/// A gate as an export states it.
pub type DeployGateRecord = DeployGate<Key, Key, Evidence>;
/// A gate, linked.
pub type LinkedDeployGate = DeployGate<ResourceId, PrincipalId, EvidenceId>;
