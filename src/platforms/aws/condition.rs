//! Conditions, decided as far as they can be offline: met, not met, or open.
//!
//! Sources: IAM User Guide, "IAM JSON policy elements: Condition operators" and "AWS global condition context keys".
//! Known here: which service a role is passed to, who the caller is, and `aws:SecureTransport`, which the caller
//! chooses. Everything else is open: it makes a right conditional, never certain.

use super::pattern::matches;
use crate::inventory::{Condition, Principal, PrincipalKind};

/// What is known of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Who makes it, where that is one principal.
    pub principal: Option<&'a Principal>,
    /// For `iam:PassRole`: the service that the role is passed to.
    pub passed_to: Option<&'a str>,
    /// For a service that acts for a resource: the account of that resource.
    pub source_account: Option<&'a str>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Met,
    /// It does not.
    NotMet,
    /// It cannot be decided offline.
    Open,
}

/// What is known of one key of the request's context.
enum KeyValue<'a> {
    Known(&'a str),
    Open,
}

fn key_value<'a>(key: &str, context: &Context<'a>) -> KeyValue<'a> {
    let lower = key.to_ascii_lowercase();
    let of_principal = |value: fn(&'a Principal) -> Option<&'a str>| {
        context
            .principal
            .and_then(value)
            .map_or(KeyValue::Open, KeyValue::Known)
    };
    match lower.as_str() {
        "iam:passedtoservice" => context.passed_to.map_or(KeyValue::Open, KeyValue::Known),
        "aws:sourceaccount" => context
            .source_account
            .map_or(KeyValue::Open, KeyValue::Known),
        // The attacker sends the request over TLS: nothing keeps them from it.
        "aws:securetransport" => KeyValue::Known("true"),
        "aws:principalarn" => of_principal(|principal| Some(&principal.key)),
        "aws:principalaccount" => of_principal(|principal| super::account_of(&principal.key)),
        // Only users have one: "the friendly name of the current user".
        "aws:username" => of_principal(|principal| {
            (principal.kind == PrincipalKind::User).then_some(principal.name.as_str())
        }),
        _ => KeyValue::Open,
    }
}

fn test(operator: &str, value: &str, expected: &[String]) -> Outcome {
    let any = |test: &dyn Fn(&str) -> bool| expected.iter().any(|pattern| test(pattern));
    let (is_met, is_negated) = match operator {
        "stringequals" => (any(&|e| e == value), false),
        "stringnotequals" => (any(&|e| e == value), true),
        "stringequalsignorecase" => (any(&|e| e.eq_ignore_ascii_case(value)), false),
        "stringnotequalsignorecase" => (any(&|e| e.eq_ignore_ascii_case(value)), true),
        // "ArnEquals and ArnLike behave identically", wildcards included.
        "stringlike" | "arnlike" | "arnequals" => (any(&|e| matches(e, value)), false),
        "stringnotlike" | "arnnotlike" | "arnnotequals" => (any(&|e| matches(e, value)), true),
        "bool" => (any(&|e| e.eq_ignore_ascii_case(value)), false),
        _ => return Outcome::Open,
    };
    if is_met == is_negated {
        Outcome::NotMet
    } else {
        Outcome::Met
    }
}

fn one(condition: &Condition, context: &Context<'_>) -> Outcome {
    let operator = condition.operator.to_ascii_lowercase();
    let operator = operator
        .strip_prefix("forallvalues:")
        .or_else(|| operator.strip_prefix("foranyvalue:"))
        .unwrap_or(&operator);
    let operator = operator.strip_suffix("ifexists").unwrap_or(operator);
    // A policy variable in an expected value is replaced at request time.
    if condition.values.iter().any(|value| value.contains("${")) {
        return Outcome::Open;
    }
    match key_value(&condition.key, context) {
        KeyValue::Known(_) if operator == "null" => {
            // `Null: true` asks that the key be absent; it is there.
            let asks_absence = condition
                .values
                .iter()
                .any(|v| v.eq_ignore_ascii_case("true"));
            if asks_absence {
                Outcome::NotMet
            } else {
                Outcome::Met
            }
        }
        KeyValue::Known(value) => test(operator, value, &condition.values),
        KeyValue::Open => Outcome::Open,
    }
}

/// Whether all conditions hold.
pub fn outcome(conditions: &[Condition], context: &Context<'_>) -> Outcome {
    let mut all = Outcome::Met;
    for condition in conditions {
        match one(condition, context) {
            Outcome::NotMet => return Outcome::NotMet,
            Outcome::Open => all = Outcome::Open,
            Outcome::Met => {}
        }
    }
    all
}

/// The keys of the conditions that are open, in words.
pub(super) fn open_keys(conditions: &[Condition], context: &Context<'_>) -> String {
    let mut keys: Vec<String> = conditions
        .iter()
        .filter(|condition| one(condition, context) == Outcome::Open)
        .map(|condition| format!("`{}`", condition.key))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys.join(", ")
}

/// Whether any condition asks who the caller is.
pub(super) fn asks_for_principal(conditions: &[Condition]) -> bool {
    conditions.iter().any(|condition| {
        let key = condition.key.to_ascii_lowercase();
        matches!(
            key.as_str(),
            "aws:principalarn" | "aws:principalaccount" | "aws:username"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(operator: &str, key: &str, value: &str) -> Condition {
        Condition {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values: vec![value.to_owned()],
        }
    }

    #[test]
    fn passed_to_service_is_decided_and_an_unknown_key_stays_open() {
        let context = Context {
            passed_to: Some("lambda.amazonaws.com"),
            ..Context::default()
        };
        let decide = |operator, key, value| outcome(&[condition(operator, key, value)], &context);
        let key = "iam:PassedToService";
        assert_eq!(
            decide("StringEquals", key, "lambda.amazonaws.com"),
            Outcome::Met
        );
        assert_eq!(
            decide("StringEquals", key, "ec2.amazonaws.com"),
            Outcome::NotMet
        );
        assert_eq!(
            decide("StringLikeIfExists", key, "*.amazonaws.com"),
            Outcome::Met
        );
        assert_eq!(
            decide("StringNotEquals", key, "ec2.amazonaws.com"),
            Outcome::Met
        );
        assert_eq!(
            decide("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            Outcome::Open
        );
    }

    #[test]
    fn a_deny_of_plain_http_does_not_stop_a_caller_who_may_use_tls() {
        let context = Context::default();
        let http = condition("Bool", "aws:SecureTransport", "false");
        assert_eq!(outcome(&[http], &context), Outcome::NotMet);
    }

    #[test]
    fn one_unmet_condition_decides_before_an_open_one() {
        let context = Context::default();
        let both = [
            condition("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            condition("Bool", "aws:SecureTransport", "false"),
        ];
        assert_eq!(outcome(&both, &context), Outcome::NotMet);
    }
}
