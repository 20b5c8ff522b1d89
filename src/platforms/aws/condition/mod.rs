//! Conditions, decided as far as they can be offline: met, not met, or open.
//!
//! A key of a request is known (or known to be absent), chosen by the caller, or open: see `keys`. On an Allow a chosen
//! key counts as met where a value satisfies the condition; a Deny does not fire where a value avoids it; both only if
//! one value does so in all statements that decide together, see `chosen`. What is open makes a right conditional,
//! never certain.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "AWS global condition context keys".

mod chosen;
mod expected;
mod keys;
mod operators;
mod outsider;
#[cfg(test)]
mod tests;

use super::place::Place;
use crate::inventory::{Condition, Effect, Principal, Statement};
use expected::{Expected, Variable, expected};
use jiff::Timestamp;
use keys::{Choice, KeyValue, key_value};
use operators::Operator;
use outsider::Foreign;
pub use outsider::Outsider;

/// With what credential a request is signed: it decides which keys the request has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Session {
    /// Not told: whatever depends on it is open.
    #[default]
    Unknown,
    /// A user's access key: nothing of MFA and of temporary credentials is in the request.
    LongTermKey,
    /// A console sign-in with a password, with MFA or without.
    ConsolePassword,
    /// Temporary credentials of a role, which may carry the MFA of who assumed it.
    RoleSession,
    /// Temporary credentials of a role, given to an instance.
    InstanceRole,
    /// Temporary credentials of a role, against a token of an identity provider.
    WebIdentity,
}

/// What is known of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Who makes it, where that is one principal.
    pub principal: Option<&'a Principal>,
    /// Who makes it, where that is somebody outside the estate.
    pub outsider: Option<Outsider>,
    /// The conditions of what lets somebody outside in: their request meets these.
    pub admitted_by: &'a [Condition],
    /// Where the account of who makes it stands, where that is one account of the estate.
    pub caller_place: Option<&'a Place>,
    /// Where the account of the resource that is asked for stands.
    pub resource_place: Option<&'a Place>,
    /// With what credential.
    pub session: Session,
    /// The action, where that is one.
    pub action: Option<&'a str>,
    /// The effect of the statement whose conditions are asked about; without it nothing is taken as chosen.
    pub effect: Option<Effect>,
    /// Every statement that may decide on the same request and restricts a key that callers choose (the asked one may
    /// be among them); `None` where they are not known, so that nothing is taken as chosen.
    pub together: Option<&'a [&'a Statement]>,
    /// For `iam:PassRole`: the service that the role is passed to.
    pub passed_to: Option<&'a str>,
    /// For `iam:PassRole`: the ARN of what the role will be used by.
    pub associated_resource: Option<&'a str>,
    /// For a service that acts for a resource: the account of that resource.
    pub source_account: Option<&'a str>,
    /// The account of the resource that is asked for.
    pub resource_account: Option<&'a str>,
    /// The tags of the resource that is asked for, where its service lets conditions ask for them.
    pub resource_tags: Option<&'a [(String, String)]>,
    /// The earliest time of the request.
    pub as_of: Option<Timestamp>,
    /// Keys with their values, before all else.
    pub known: &'a [(&'a str, &'a [&'a str])],
    /// Whether `known` is the whole request: every other key is absent.
    pub is_complete: bool,
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

/// The expected values of a condition, variables replaced.
fn expected_values(
    condition: &Condition,
    operator: Operator,
    context: &Context<'_>,
) -> Vec<Expected> {
    let lookup = |name: &str| match key_value(name, context) {
        KeyValue::Known(values) => match values.as_slice() {
            [value] => Variable::Value(value.to_string()),
            // Which of several values would be taken is not said.
            _ => Variable::Unknown,
        },
        KeyValue::Absent => Variable::Absent,
        KeyValue::Foreign(foreign) if foreign.choice().is_none() && !foreign.is_of_service() => {
            Variable::Value(foreign.value())
        }
        KeyValue::Chosen(_) | KeyValue::Foreign(_) | KeyValue::Since(_) | KeyValue::Open => {
            Variable::Unknown
        }
    };
    condition
        .values
        .iter()
        .map(|value| {
            if operator.has_variables() {
                expected(value, &lookup)
            } else {
                // `${…}` stays text, which has no number's, date's or address's form: open.
                expected::written(value)
            }
        })
        .collect()
}

/// What is known of one condition.
enum Finding {
    Decided(Outcome),
    Chosen(Choice),
}

fn find(condition: &Condition, context: &Context<'_>) -> Finding {
    // What an operator that is not known asks is not known either.
    let Some(operator) = Operator::parse(&condition.operator) else {
        return Finding::Decided(Outcome::Open);
    };
    let expected = || expected_values(condition, operator, context);
    Finding::Decided(match key_value(&condition.key, context) {
        KeyValue::Known(values) => operator.decide(&values, &expected()),
        KeyValue::Absent => operator.decide(&[], &expected()),
        KeyValue::Since(time) => operator.decide_since(time, &expected()),
        KeyValue::Open => Outcome::Open,
        KeyValue::Foreign(foreign) => {
            let outcome = of_foreign(foreign, operator, &expected());
            match foreign.choice() {
                Some(choice) if outcome == Outcome::Open => return Finding::Chosen(choice),
                _ => outcome,
            }
        }
        KeyValue::Chosen(choice) => return Finding::Chosen(choice),
    })
}

/// What an operator says of a value of somebody outside.
fn of_foreign(foreign: Foreign, operator: Operator, expected: &[Expected]) -> Outcome {
    let is_there = || {
        operator.decide_by(expected, |symbols| {
            foreign.matches(operator.comparison, symbols)
        })
    };
    if !foreign.is_of_service() {
        return is_there();
    }
    // They ask themselves, where that is enough.
    match operator.decide(&[], expected) {
        Outcome::NotMet if is_there() != Outcome::NotMet => Outcome::Open,
        outcome => outcome,
    }
}

/// One of a statement's `conditions`, the chosen ones together with all others on their key.
fn one(condition: &Condition, conditions: &[Condition], context: &Context<'_>) -> Outcome {
    match find(condition, context) {
        Finding::Decided(outcome) => outcome,
        Finding::Chosen(choice) => chosen::outcome(&condition.key, choice, conditions, context),
    }
}

/// Whether all conditions of a statement hold: operators, and keys of one operator, are joined by AND ("Creating a
/// condition with multiple keys or values").
pub fn outcome(conditions: &[Condition], context: &Context<'_>) -> Outcome {
    let mut all = Outcome::Met;
    for condition in conditions {
        match one(condition, conditions, context) {
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
        .filter(|condition| one(condition, conditions, context) == Outcome::Open)
        .map(|condition| format!("`{}`", condition.key))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys.join(", ")
}

/// What of a caller decides a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    /// Nothing: all callers are equal.
    Nothing,
    /// Its account: callers of one account are equal.
    Account,
    /// Itself.
    Principal,
}

/// What of a caller the conditions ask for.
pub(super) fn asks(conditions: &[Condition]) -> Asks {
    let of_name = |name: &str| {
        let is_any = |keys: &[&str]| keys.iter().any(|key| name.starts_with(key));
        if is_any(&[
            "aws:principalarn",
            "aws:principaltype",
            "aws:principaltag/",
            "aws:username",
            "aws:userid",
        ]) {
            Asks::Principal
        } else if is_any(&["aws:principalaccount", "aws:principalorg"]) {
            Asks::Account
        } else {
            Asks::Nothing
        }
    };
    let of_condition = |condition: &Condition| {
        let variables = condition.values.iter().flat_map(|value| {
            let lower = value.to_ascii_lowercase();
            lower.split("${").skip(1).map(of_name).collect::<Vec<_>>()
        });
        variables
            .chain([of_name(&condition.key.to_ascii_lowercase())])
            .max()
    };
    conditions
        .iter()
        .filter_map(of_condition)
        .max()
        .unwrap_or(Asks::Nothing)
}

/// Whether any condition asks with what credential the request is signed, so that a user's access key and its other
/// sessions must be told apart.
pub fn asks_for_session(conditions: &[Condition]) -> bool {
    let is_asked = |name: &str| {
        let mut keys = keys::OF_SESSION.iter();
        keys.any(|key| name.starts_with(key))
    };
    conditions.iter().any(|condition| {
        is_asked(&condition.key.to_ascii_lowercase())
            || condition.values.iter().any(|value| {
                let lower = value.to_ascii_lowercase();
                lower.split("${").skip(1).any(is_asked)
            })
    })
}

/// Whether any condition restricts a key that callers of some action choose.
pub fn restricts_choice(conditions: &[Condition]) -> bool {
    conditions
        .iter()
        .any(|condition| keys::is_chosen_by_some(&condition.key))
}
