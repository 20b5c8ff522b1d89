//! S3 Block Public Access: what makes a public bucket policy void for whoever is outside.
//!
//! Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", sections "Block public access settings" and
//! "The meaning of public" (read 2026-11).

use super::Aws;
use super::targets::Target;
use crate::inventory::{Effect, Statement};
use crate::platforms::aws::{Caller, callers};

/// Block Public Access may make a public bucket policy void, and no export tells.
const UNTOLD: &str = "S3 Block Public Access lets the bucket be public";

/// A statement that fixes one of these is not public. ("The meaning of public")
const FIXING: [&str; 11] = [
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "aws:principalorgid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
];

/// Whether a statement that names everybody is public in the sense of S3.
fn is_public(statement: &Statement) -> bool {
    !statement.conditions.iter().any(|condition| {
        let operator = condition.operator.to_ascii_lowercase();
        let is_positive = !operator.contains("not") && operator != "null";
        let is_fixed = |value: &String| !value.contains('*') && !value.contains("${");
        is_positive
            && FIXING.contains(&condition.key.to_ascii_lowercase().as_str())
            && condition.values.iter().all(is_fixed)
    })
}

impl Aws<'_, '_, '_> {
    fn is_closed(&self, target: &Target) -> Option<Option<bool>> {
        let resource = target.what?;
        let is_bucket = self.inventory.resources[resource].kind == "s3:bucket";
        is_bucket.then(|| self.inventory.is_public_access_closed(resource))
    }

    /// On what else it hangs that a statement for everybody lets in whoever is outside; `None`: it does not.
    pub(super) fn public_access(
        &self,
        target: &Target,
        statement: &Statement,
    ) -> Option<Option<&'static str>> {
        match self.is_closed(target) {
            None => Some(None),
            Some(_) if !is_public(statement) => Some(None),
            Some(Some(true)) => None,
            Some(Some(false)) => Some(None),
            Some(None) => Some(Some(UNTOLD)),
        }
    }

    /// Whether other accounts are kept out of a bucket for its policy's being public: "blocks cross-account access".
    pub(super) fn keeps_others_out(&self, target: &Target) -> bool {
        self.is_closed(target) == Some(Some(true))
            && self.targets.policy(target).into_iter().any(|scope| {
                self.own_statement(scope)
                    .is_some_and(|(statement, clause)| {
                        let names_all = callers(self.inventory, clause).contains(&Caller::Anyone);
                        statement.effect == Effect::Allow
                            && (names_all || clause.is_negated)
                            && is_public(statement)
                    })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Clause, Condition};

    fn with(operator: &str, key: &str, value: &str) -> bool {
        is_public(&Statement {
            sid: None,
            effect: Effect::Allow,
            principals: None,
            actions: Clause::default(),
            resources: None,
            conditions: vec![Condition {
                operator: operator.to_owned(),
                key: key.to_owned(),
                values: vec![value.to_owned()],
            }],
        })
    }

    #[test]
    fn only_a_fixed_value_makes_a_statement_not_public() {
        assert!(!with("StringEquals", "aws:SourceVpce", "vpce-1"));
        assert!(with("StringLike", "aws:SourceVpce", "vpce-*"));
        assert!(with("StringNotEquals", "aws:SourceVpce", "vpce-1"));
        assert!(with("StringEquals", "aws:UserAgent", "x"));
    }
}
