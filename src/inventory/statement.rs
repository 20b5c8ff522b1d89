//! The IAM policy language as exported: one statement, nothing evaluated.

/// What a statement does to the requests that it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It allows them.
    Allow,
    /// It denies them, whatever else allows them.
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`: values, and whether everything but them is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Clause {
    /// `true` for the `Not…` form.
    pub is_negated: bool,
    /// The values as written.
    pub values: Vec<String>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct PrincipalClause {
    /// `true` for `NotPrincipal`.
    pub is_negated: bool,
    /// Type (`AWS`, `Service`, `Federated`, `CanonicalUser`) and value, as written; `"*"` alone is `("*", "*")`.
    pub entries: Vec<(String, String)>,
}

/// One condition: all must hold; one of the values must match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Condition {
    /// As written: `StringEquals`, `ForAnyValue:StringLikeIfExists`.
    pub operator: String,
    /// As written: `aws:PrincipalTag/team`.
    pub key: String,
    /// As written; booleans and numbers as their text.
    pub values: Vec<String>,
}

/// One statement of a policy document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Statement {
    /// Its `Sid`, if it has one.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// `None` in identity policies.
    pub principals: Option<PrincipalClause>,
    /// The actions.
    pub actions: Clause,
    /// The resources; `None` in trust policies, where the role itself is meant.
    pub resources: Option<Clause>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// The external ids that its conditions name, without wildcards or variables; none of those that they rule out.
    pub fn external_ids(&self) -> impl Iterator<Item = &str> {
        let is_asked = |condition: &&Condition| {
            condition.key.eq_ignore_ascii_case("sts:ExternalId")
                && !condition.operator.to_ascii_lowercase().contains("not")
        };
        let asked = self.conditions.iter().filter(is_asked);
        let values = asked.flat_map(|condition| condition.values.iter());
        let literal = values.filter(|value| !value.contains(['*', '?', '$']));
        literal.map(String::as_str)
    }
}
