//! One rule of a role of Kubernetes RBAC, as exported: nothing evaluated.

/// What a rule lets its holders do: each list holds the values as written, `*` included.
///
/// Source: Kubernetes API, `rbac.authorization.k8s.io/v1`, `PolicyRule` (read 2026-11).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AccessRule {
    /// `get`, `create`, `impersonate`, …
    pub verbs: Vec<String>,
    /// The API groups of the resources; `""` is the core group.
    pub groups: Vec<String>,
    /// Resources, with a subresource behind a slash: `pods`, `pods/exec`, `*/scale`.
    pub resources: Vec<String>,
    /// The only names that are meant; empty: every one.
    pub names: Vec<String>,
    /// Paths that are no resources: `/metrics`, `/healthz/*`.
    pub urls: Vec<String>,
}
