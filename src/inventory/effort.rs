//! What changes take, as the estate file says it: it knows who must be asked and what must not stop.

use globset::GlobMatcher;

/// One `[[effort]]` of the estate file. Every condition that is given must hold; later ones win.
#[derive(Debug, Clone)]
pub struct EffortRule {
    /// Kinds of what is changed: `trust`, `statement`, `access-key`, `repository-file`; empty: any.
    pub kinds: Vec<String>,
    /// Patterns on its name or key; empty: any.
    pub names: Vec<GlobMatcher>,
    /// Whether it is removed (`false`) or only narrowed (`true`); `None`: either.
    pub is_narrowing: Option<bool>,
    /// What it takes, in effort points: about an hour of one person each.
    pub points: u64,
}

impl EffortRule {
    /// Whether it speaks of something of these kinds and names.
    pub fn matches(&self, kinds: &[&str], names: &[&str], is_narrowing: bool) -> bool {
        let is_kind = |kind: &String| kinds.contains(&kind.as_str());
        let is_named = |glob: &GlobMatcher| names.iter().any(|name| glob.is_match(name));
        (self.kinds.is_empty() || self.kinds.iter().any(is_kind))
            && (self.names.is_empty() || self.names.iter().any(is_named))
            && self.is_narrowing.is_none_or(|own| own == is_narrowing)
    }
}
