//! Labels that no export carries: environment, sensitivity, owner. Stated by the estate file or by tags, else assumed
//! from names, and then marked so.

use super::Sensitivity;
use globset::GlobMatcher;

/// A word that labels something, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The word; empty when nothing is known.
    pub value: String,
    /// From what it is assumed (`the word "prod" in its name`); `None` when it is stated.
    pub assumed: Option<String>,
}

impl Label {
    /// A label that something states.
    pub fn stated(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            assumed: None,
        }
    }

    /// A label guessed from `reason`.
    pub fn assumed(value: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            assumed: Some(reason.into()),
        }
    }
}

/// One rule of the estate file. Every condition that is given must hold; a rule without conditions matches all.
/// Later rules win over earlier ones, field by field.
#[derive(Debug, Clone)]
pub struct LabelRule {
    /// Ids of tenants (`111122223333`); empty: any.
    pub tenants: Vec<String>,
    /// Resource types (`s3:bucket`) or principal kinds; empty: any.
    pub kinds: Vec<String>,
    /// Patterns on the name or key; empty: any.
    pub names: Vec<GlobMatcher>,
    /// Patterns on the path of the file that it was read from; empty: any.
    pub paths: Vec<GlobMatcher>,
    /// Tags that must be there: key, and value or `*`.
    pub tags: Vec<(String, String)>,
    /// The environment to set.
    pub environment: Option<String>,
    /// The sensitivity to set.
    pub sensitivity: Option<Sensitivity>,
    /// The owner to set.
    pub owner: Option<String>,
}
