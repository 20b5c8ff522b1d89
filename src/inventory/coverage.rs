//! Coverage: what no export tells. Unknown, never zero.

/// Something that no export covers, or that is not followed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CoverageGap {
    /// What it is about: a tenant, a policy, a technique.
    pub subject: String,
    /// What is not known, and what that does to the answer.
    pub text: String,
    /// Which export would settle it; empty when none can.
    pub remedy: String,
}
