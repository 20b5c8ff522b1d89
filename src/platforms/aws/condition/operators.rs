//! Condition operators: what they say of a key's values.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (Operators below), "Single-valued vs.
//! multivalued context keys" and "Set operators for multivalued context keys" (Sets below), all read 2026-11.
//! What those pages leave open (a malformed value, several values without a set operator) stays open here.

use super::Outcome;
use super::expected::{Expected, Symbol};
use base64::Engine as _;
use jiff::Timestamp;
use std::borrow::Cow;
use std::net::IpAddr;

/// Whether one, all or any of a key's values must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    One,
    All,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn holds<T: PartialOrd + Copy>(self, actual: T, expected: T) -> bool {
        match self {
            Self::Equal => actual == expected,
            Self::Less => actual < expected,
            Self::LessOrEqual => actual <= expected,
            Self::Greater => actual > expected,
            Self::GreaterOrEqual => actual >= expected,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Text,
    TextIgnoringCase,
    Glob,
    Number(Order),
    Date(Order),
    Truth,
    Binary,
    Address,
    Arn,
    Null,
}

/// An operator with its prefix and suffix: `ForAnyValue:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    set: Set,
    pub(super) comparison: Comparison,
    is_negated: bool,
    is_if_exists: bool,
}

impl Operator {
    /// The operator of that name, in any case; `None` for what is none.
    pub(super) fn parse(name: &str) -> Option<Self> {
        use Comparison as C;
        let lower = name.to_ascii_lowercase();
        let (set, rest) = match lower.split_once(':') {
            None => (Set::One, lower.as_str()),
            Some(("forallvalues", rest)) => (Set::All, rest),
            Some(("foranyvalue", rest)) => (Set::Any, rest),
            Some(_) => return None,
        };
        let (base, is_if_exists) = match rest.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (comparison, is_negated) = match base {
            "stringequals" => (C::Text, false),
            "stringnotequals" => (C::Text, true),
            "stringequalsignorecase" => (C::TextIgnoringCase, false),
            "stringnotequalsignorecase" => (C::TextIgnoringCase, true),
            "stringlike" => (C::Glob, false),
            "stringnotlike" => (C::Glob, true),
            "numericequals" => (C::Number(Order::Equal), false),
            "numericnotequals" => (C::Number(Order::Equal), true),
            "numericlessthan" => (C::Number(Order::Less), false),
            "numericlessthanequals" => (C::Number(Order::LessOrEqual), false),
            "numericgreaterthan" => (C::Number(Order::Greater), false),
            "numericgreaterthanequals" => (C::Number(Order::GreaterOrEqual), false),
            "dateequals" => (C::Date(Order::Equal), false),
            "datenotequals" => (C::Date(Order::Equal), true),
            "datelessthan" => (C::Date(Order::Less), false),
            "datelessthanequals" => (C::Date(Order::LessOrEqual), false),
            "dategreaterthan" => (C::Date(Order::Greater), false),
            "dategreaterthanequals" => (C::Date(Order::GreaterOrEqual), false),
            "bool" => (C::Truth, false),
            "binaryequals" => (C::Binary, false),
            "ipaddress" => (C::Address, false),
            "notipaddress" => (C::Address, true),
            // "ArnEquals and ArnLike behave identically." (Operators)
            "arnequals" | "arnlike" => (C::Arn, false),
            "arnnotequals" | "arnnotlike" => (C::Arn, true),
            // "You can add IfExists to the end of any condition operator name except the Null condition." (Operators)
            "null" if !is_if_exists && set == Set::One => (C::Null, false),
            _ => return None,
        };
        Some(Self {
            set,
            comparison,
            is_negated,
            is_if_exists,
        })
    }

    /// Whether the operator replaces policy variables in its expected values, as the table of each kind tells.
    pub(super) fn has_variables(self) -> bool {
        !matches!(
            self.comparison,
            Comparison::Number(_) | Comparison::Date(_) | Comparison::Address | Comparison::Null
        )
    }

    /// What the operator says of a key's values; of none, that the key is absent.
    pub(super) fn decide(self, values: &[Cow<'_, str>], expected: &[Expected]) -> Outcome {
        if self.comparison == Comparison::Null {
            return outcome(is_null(values.is_empty(), expected));
        }
        // "… or if the key values resolve to a null data set, such as an empty string." (Sets)
        let is_nothing = values.is_empty()
            || (self.set != Set::One && values.iter().all(|value| value.is_empty()));
        if is_nothing {
            return self.of_absent();
        }
        let each = values.iter().map(|value| self.of_one(value, expected));
        outcome(match (self.set, values.len()) {
            (Set::All, _) => all(each),
            (Set::Any, _) => any(each),
            (Set::One, 1) => all(each),
            // "Multivalued context keys require a condition set operator": without one, nothing is promised.
            (Set::One, _) => None,
        })
    }

    /// What a date operator says of a time that is `since` or later: only what it says of all of them.
    pub(super) fn decide_since(self, since: Timestamp, expected: &[Expected]) -> Outcome {
        let Comparison::Date(order) = self.comparison else {
            return Outcome::Open;
        };
        let is_matched = any(expected.iter().map(|expected| {
            let Expected::Value(symbols) = expected else {
                return None;
            };
            let expected = date(&plain(symbols))?;
            match order {
                Order::Greater => (expected < since).then_some(true),
                Order::GreaterOrEqual => (expected <= since).then_some(true),
                Order::Less => (expected <= since).then_some(false),
                Order::LessOrEqual | Order::Equal => (expected < since).then_some(false),
            }
        }));
        outcome(is_matched.map(|is_matched| is_matched != self.is_negated))
    }

    /// "If the key that you specify in a policy condition is not present in the request context, the values do not
    /// match and the condition is false. If the policy condition requires that the key is not matched […] the
    /// condition is true." `…IfExists`: "if the key is not present, evaluate the condition element as true." (Operators)
    /// `ForAllValues` is true without the key, `ForAnyValue` is false. (Sets)
    fn of_absent(self) -> Outcome {
        let is_met = self.is_if_exists
            || match self.set {
                Set::All => true,
                Set::Any => false,
                Set::One => self.is_negated,
            };
        outcome(Some(is_met))
    }

    /// Several expected values: OR for a positive operator, NOR for a negated one ("Conditions with multiple context
    /// keys or values").
    fn of_one(self, actual: &str, expected: &[Expected]) -> Option<bool> {
        let is_matched = any(expected.iter().map(|expected| match expected {
            Expected::Value(symbols) => self.comparison.holds(actual, symbols),
            // Nothing equals a variable without value. Whether its negation then holds, or the whole statement is
            // void ("this might cause the entire statement to be invalid"), the guide leaves open.
            Expected::Nothing if !self.is_negated => Some(false),
            Expected::Nothing | Expected::Unknown => None,
        }));
        is_matched.map(|is_matched| is_matched != self.is_negated)
    }
}

fn outcome(is_met: Option<bool>) -> Outcome {
    match is_met {
        Some(true) => Outcome::Met,
        Some(false) => Outcome::NotMet,
        None => Outcome::Open,
    }
}

/// OR of three values.
fn any(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut answer = Some(false);
    for one in all {
        match one {
            Some(true) => return one,
            None => answer = None,
            Some(false) => {}
        }
    }
    answer
}

/// AND of three values.
fn all(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(all.map(|one| one.map(|one| !one))).map(|one| !one)
}

/// "Use either true (the key doesn't exist — it is null) or false (the key exists and its value is not null)."
/// (Operators)
fn is_null(is_absent: bool, expected: &[Expected]) -> Option<bool> {
    any(expected.iter().map(|expected| match expected {
        Expected::Value(symbols) => truth(&plain(symbols)).map(|asked| asked == is_absent),
        _ => None,
    }))
}

fn plain(symbols: &[Symbol]) -> String {
    symbols.iter().map(|symbol| symbol.character()).collect()
}

impl Comparison {
    /// Whether a value matches an expected one; `None` where either has not the operator's form.
    fn holds(self, actual: &str, expected: &[Symbol]) -> Option<bool> {
        match self {
            Self::Text => Some(plain(expected) == actual),
            Self::TextIgnoringCase => Some(plain(expected).to_lowercase() == actual.to_lowercase()),
            Self::Glob => Some(is_like(expected, actual)),
            Self::Number(order) => number(actual, &plain(expected), order),
            Self::Date(order) => Some(order.holds(date(actual)?, date(&plain(expected))?)),
            Self::Truth => Some(truth(actual)? == truth(&plain(expected))?),
            Self::Binary => Some(bytes(actual)? == bytes(&plain(expected))?),
            Self::Address => is_in_range(actual, &plain(expected)),
            Self::Arn => is_arn_like(expected, actual),
            Self::Null => None,
        }
    }
}

/// Whether `text` matches: `*` any characters, `?` one, case-sensitive.
fn is_like(glob: &[Symbol], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut g, mut t) = (0, 0);
    // Where to resume when a later mismatch shows that the last `*` must swallow one character more.
    let mut resume = None;
    while let Some(&character) = text.get(t) {
        match glob.get(g) {
            Some(Symbol::Written('*')) => {
                resume = Some((g + 1, t));
                g += 1;
            }
            Some(Symbol::Written('?')) => {
                g += 1;
                t += 1;
            }
            Some(symbol) if symbol.character() == character => {
                g += 1;
                t += 1;
            }
            _ => match resume {
                Some((after_star, swallowed)) => {
                    g = after_star;
                    t = swallowed + 1;
                    resume = Some((after_star, t));
                }
                None => return false,
            },
        }
    }
    glob.iter()
        .skip(g)
        .all(|&symbol| symbol == Symbol::Written('*'))
}

/// "Each of the six colon-delimited components of the ARN is checked separately and each can include multi-character
/// match wildcards (*) or single-character match wildcards (?)." (Operators)
///
/// What a pattern of fewer components (`*`, `arn:aws:iam::*`) matches is not said: open.
fn is_arn_like(pattern: &[Symbol], actual: &str) -> Option<bool> {
    let wanted: Vec<&[Symbol]> = pattern
        .splitn(6, |symbol| symbol.character() == ':')
        .collect();
    let found: Vec<&str> = actual.splitn(6, ':').collect();
    if wanted.len() < 6 {
        return None;
    }
    let is_same = found.len() == 6
        && wanted
            .iter()
            .zip(found)
            .all(|(glob, text)| is_like(glob, text));
    Some(is_same)
}

/// Integers exactly, all else as floating point.
fn number(actual: &str, expected: &str, order: Order) -> Option<bool> {
    if let (Ok(actual), Ok(expected)) = (actual.parse::<i128>(), expected.parse::<i128>()) {
        return Some(order.holds(actual, expected));
    }
    let finite = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    Some(order.holds(finite(actual)?, finite(expected)?))
}

/// "You must specify date/time values with one of the W3C implementations of the ISO 8601 date formats or in epoch
/// (UNIX) time." (Operators) A year alone is not told from epoch seconds: open.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        let seconds = text.parse().ok().filter(|_| text.len() != 4)?;
        return Timestamp::from_second(seconds).ok();
    }
    if text.contains(['T', 't']) {
        return text.parse().ok();
    }
    let day = if text.len() == 7 {
        format!("{text}-01")
    } else {
        text.to_owned()
    };
    format!("{day}T00:00:00Z").parse().ok()
}

fn truth(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// "It compares the value of the specified key byte for byte against a base-64 encoded representation." (Operators)
fn bytes(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// A range (RFC 4632 for IPv4, RFC 4291 for IPv6); without a prefix length, one address.
fn is_in_range(actual: &str, range: &str) -> Option<bool> {
    let actual: IpAddr = actual.parse().ok()?;
    let (address, length) = match range.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
        None => (range, None),
    };
    let (actual, base, width) = match (actual, address.parse::<IpAddr>().ok()?) {
        (IpAddr::V4(actual), IpAddr::V4(base)) => (
            u128::from(actual.to_bits()),
            u128::from(base.to_bits()),
            32_u32,
        ),
        (IpAddr::V6(actual), IpAddr::V6(base)) => (actual.to_bits(), base.to_bits(), 128),
        _ => return Some(false),
    };
    let ignored = width.checked_sub(length.unwrap_or(width))?;
    // A shift by all 128 bits has no result: the range is everything.
    let prefix = |bits: u128| bits.checked_shr(ignored).unwrap_or(0);
    Some(prefix(actual) == prefix(base))
}
