//! Condition operators: what they say of a key's values.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (Operators below), "Single-valued vs.
//! multivalued context keys" and "Creating a condition with multiple keys or values" (Sets below), read 2026-11
//! in the copy at <https://github.com/awsdocs/iam-user-guide>.
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
            // "The ArnEquals and ArnLike condition operators behave identically." (Operators)
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

    /// Whether the operator replaces policy variables in its expected values.
    ///
    /// String and ARN operators do; number, date, binary, address and `Null` operators do not. For `Bool` one page says
    /// yes ("Condition operators") and one no ("Variables and tags"): it is left open.
    pub(super) fn has_variables(self) -> bool {
        use Comparison as C;
        matches!(
            self.comparison,
            C::Text | C::TextIgnoringCase | C::Glob | C::Arn
        )
    }

    /// Whether the operator compares whole texts, or asks only whether there is one.
    pub(super) fn is_of_whole_texts(self) -> bool {
        matches!(
            self.comparison,
            Comparison::Text | Comparison::TextIgnoringCase | Comparison::Null
        )
    }

    /// What the operator says of a key's values; of none, that the key is absent.
    pub(super) fn decide(self, values: &[Cow<'_, str>], expected: &[Expected]) -> Outcome {
        if self.comparison == Comparison::Null {
            return outcome(is_null(values.is_empty(), expected));
        }
        // "If the key values in the request resolve to an empty data set (for example, an empty string), a condition
        // operator modified by ForAllValues returns true, and […] by ForAnyValue returns false." (Sets)
        let is_nothing = values.is_empty()
            || (self.set != Set::One && values.iter().all(|value| value.is_empty()));
        if is_nothing {
            return self.of_absent();
        }
        let each = values
            .iter()
            .map(|value| self.of_one(expected, |symbols| self.comparison.holds(value, symbols)));
        outcome(match (self.set, values.len()) {
            (Set::All, _) => all(each),
            (Set::Any, _) => any(each),
            (Set::One, 1) => all(each),
            // "Multivalued context keys require a condition set operator": without one, nothing is promised.
            (Set::One, _) => None,
        })
    }

    /// What the operator says of one value that is not known, of which `is_match` tells whether it matches.
    pub(super) fn decide_by(
        self,
        expected: &[Expected],
        is_match: impl Fn(&[Symbol]) -> Option<bool>,
    ) -> Outcome {
        if self.comparison == Comparison::Null {
            return outcome(is_null(false, expected));
        }
        outcome(self.of_one(expected, is_match))
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
    /// `ForAllValues` is true without the key, `ForAnyValue` is false. (Sets) Which of the two rules holds for
    /// `ForAnyValue:…IfExists` is not said, and who tried it with an Allow found the second, against the first
    /// (AWS re:Post, "ForAnyValue:StringEqualsIfExists behaving unexpectedly", read 2026-11): open.
    fn of_absent(self) -> Outcome {
        outcome(match (self.set, self.is_if_exists) {
            (Set::Any, true) => None,
            (_, true) | (Set::All, false) => Some(true),
            (Set::Any, false) => Some(false),
            (Set::One, false) => Some(self.is_negated),
        })
    }

    /// Several expected values: OR for a positive operator, NOR for a negated one. (Sets)
    fn of_one(
        self,
        expected: &[Expected],
        is_match: impl Fn(&[Symbol]) -> Option<bool>,
    ) -> Option<bool> {
        let is_matched = any(expected.iter().map(|expected| match expected {
            Expected::Value(symbols) => is_match(symbols),
            // Nothing equals a variable without value: "any attempt to match it fails and causes the statement to be
            // invalid" ("Variables and tags"). Whether a negated condition fails too is not said.
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
pub(super) fn all(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
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
pub(super) fn is_like(glob: &[Symbol], text: &str) -> bool {
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

/// "If you specify an IP address without the associated routing prefix, IAM uses the default prefix value of /32."
/// (Operators) Whether that is meant for IPv6 too is not said: what `/32` and `/128` differ on is open.
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
    let is_in = |length: u32| {
        let ignored = width.checked_sub(length)?;
        // A shift by all 128 bits has no result: the range is everything.
        let prefix = |bits: u128| bits.checked_shr(ignored).unwrap_or(0);
        Some(prefix(actual) == prefix(base))
    };
    match length {
        Some(length) => is_in(length),
        None => is_in(32).filter(|&is_in_32| is_in(width) == Some(is_in_32)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Outcome, outcome};
    use crate::inventory::Condition;
    use Outcome::{Met, NotMet, Open};

    /// What the operator says of a request that has the key with `actual` values, and no other key.
    fn decide_all(operator: &str, actual: &[&str], expected: &[&str]) -> Outcome {
        let condition = Condition {
            operator: operator.to_owned(),
            key: "test:Key".to_owned(),
            values: expected.iter().map(ToString::to_string).collect(),
        };
        let known = [("TEST:key", actual)];
        let context = Context {
            known: if actual.is_empty() { &[] } else { &known },
            is_complete: true,
            ..Context::default()
        };
        outcome(&[condition], &context)
    }

    fn decide(operator: &str, actual: &str, expected: &str) -> Outcome {
        decide_all(operator, &[actual], &[expected])
    }

    /// Every operator, whether it is negated, and an expected value with one that matches and one that does not.
    const OPERATORS: [(&str, bool, &str, &str, &str); 26] = [
        ("StringEquals", false, "a*", "a*", "ab"),
        ("StringNotEquals", true, "a*", "a*", "ab"),
        ("StringEqualsIgnoreCase", false, "Ann", "aNN", "Anna"),
        ("StringNotEqualsIgnoreCase", true, "Ann", "aNN", "Anna"),
        ("StringLike", false, "a*/?", "a/b/c", "A/b"),
        ("StringNotLike", true, "a*/?", "a/b/c", "A/b"),
        ("NumericEquals", false, "10", "10.0", "10.5"),
        ("NumericNotEquals", true, "10", "10.0", "10.5"),
        ("NumericLessThan", false, "10", "9", "10"),
        ("NumericLessThanEquals", false, "10", "10", "11"),
        ("NumericGreaterThan", false, "10", "11", "10"),
        ("NumericGreaterThanEquals", false, "10", "10", "9"),
        (
            "DateEquals",
            false,
            "2026-01-02",
            "2026-01-02T00:00:00Z",
            "2026-01-02T00:00:01Z",
        ),
        (
            "DateNotEquals",
            true,
            "1767312000",
            "2026-01-02T01:00:00+01:00",
            "2026-01-02T01:00:00Z",
        ),
        (
            "DateLessThan",
            false,
            "2026-01-02T00:00Z",
            "1767311999",
            "1767312000",
        ),
        (
            "DateLessThanEquals",
            false,
            "2026-01-02T00:00:00Z",
            "1767312000",
            "1767312001",
        ),
        (
            "DateGreaterThan",
            false,
            "2026-01-02T00:00:00.5Z",
            "2026-01-03",
            "2026-01-02",
        ),
        (
            "DateGreaterThanEquals",
            false,
            "2026-01",
            "2026-01-01",
            "2025-12-31",
        ),
        ("Bool", false, "true", "TRUE", "false"),
        ("BinaryEquals", false, "QmluYXJ5", "QmluYXJ5", "Qmluc3J5"),
        (
            "IpAddress",
            false,
            "203.0.113.0/24",
            "203.0.113.255",
            "203.0.114.0",
        ),
        (
            "NotIpAddress",
            true,
            "203.0.113.7",
            "203.0.113.7",
            "203.0.113.8",
        ),
        (
            "ArnEquals",
            false,
            "arn:aws:iam::*:role/a*",
            "arn:aws:iam::111122223333:role/a:b",
            "arn:aws:iam::111122223333:user/a",
        ),
        (
            "ArnLike",
            false,
            "arn:aws:iam::*:role/a*",
            "arn:aws:iam::111122223333:role/a:b",
            "arn:aws:iam::111122223333:user/a",
        ),
        (
            "ArnNotEquals",
            true,
            "arn:aws:iam::*:role/a*",
            "arn:aws:iam::111122223333:role/a:b",
            "arn:aws:iam::111122223333:user/a",
        ),
        (
            "ArnNotLike",
            true,
            "arn:aws:iam::*:role/a*",
            "arn:aws:iam::111122223333:role/a:b",
            "arn:aws:iam::111122223333:user/a",
        ),
    ];

    fn when(is_met: bool) -> Outcome {
        if is_met { Met } else { NotMet }
    }

    #[test]
    fn every_operator_tells_a_value_that_matches_from_one_that_does_not() {
        for (operator, is_negated, expected, hit, miss) in OPERATORS {
            for form in ["", "IfExists"] {
                let name = format!("{operator}{form}");
                assert_eq!(decide(&name, hit, expected), when(!is_negated), "{name}");
                assert_eq!(decide(&name, miss, expected), when(is_negated), "{name}");
            }
        }
    }

    #[test]
    fn without_the_key_a_positive_operator_is_not_met_and_a_negated_one_is() {
        for (operator, is_negated, expected, ..) in OPERATORS {
            assert_eq!(
                decide_all(operator, &[], &[expected]),
                when(is_negated),
                "{operator}"
            );
        }
    }

    #[test]
    fn without_the_key_if_exists_and_for_all_values_are_met_for_any_value_is_not_and_both_are_open()
    {
        for (operator, _, expected, ..) in OPERATORS {
            for (name, answer) in [
                (format!("{operator}IfExists"), Met),
                (format!("ForAllValues:{operator}"), Met),
                (format!("ForAnyValue:{operator}"), NotMet),
                (format!("ForAllValues:{operator}IfExists"), Met),
                (format!("ForAnyValue:{operator}IfExists"), Open),
            ] {
                assert_eq!(decide_all(&name, &[], &[expected]), answer, "{name}");
            }
        }
    }

    #[test]
    fn for_all_values_needs_every_value_and_for_any_value_one() {
        for (operator, is_negated, expected, hit, miss) in OPERATORS {
            let all = format!("ForAllValues:{operator}");
            let any = format!("ForAnyValue:{operator}");
            let decide = |name: &str, actual: &[&str]| decide_all(name, actual, &[expected]);
            assert_eq!(decide(&all, &[hit, hit]), when(!is_negated), "{all}");
            assert_eq!(decide(&all, &[miss, miss]), when(is_negated), "{all}");
            assert_eq!(decide(&all, &[hit, miss]), NotMet, "{all}");
            assert_eq!(decide(&any, &[hit, hit]), when(!is_negated), "{any}");
            assert_eq!(decide(&any, &[miss, miss]), when(is_negated), "{any}");
            assert_eq!(decide(&any, &[hit, miss]), Met, "{any}");
        }
    }

    #[test]
    fn an_empty_string_is_no_value_for_set_operators_only() {
        assert_eq!(decide("ForAllValues:StringEquals", "", "a"), Met);
        assert_eq!(decide("ForAnyValue:StringNotEquals", "", "a"), NotMet);
        assert_eq!(decide("StringEquals", "", ""), Met);
    }

    #[test]
    fn several_values_without_a_set_operator_are_open() {
        assert_eq!(decide_all("StringEquals", &["a", "a"], &["a"]), Open);
    }

    #[test]
    fn several_expected_values_are_or_and_for_a_negated_operator_nor() {
        assert_eq!(decide_all("StringEquals", &["b"], &["a", "b"]), Met);
        assert_eq!(decide_all("StringNotEquals", &["b"], &["a", "b"]), NotMet);
        assert_eq!(decide_all("StringNotEquals", &["c"], &["a", "b"]), Met);
        assert_eq!(decide_all("StringEquals", &["b"], &[]), NotMet);
    }

    #[test]
    fn null_asks_whether_the_key_is_there() {
        assert_eq!(decide_all("Null", &[], &["true"]), Met);
        assert_eq!(decide_all("Null", &[], &["false"]), NotMet);
        assert_eq!(decide_all("Null", &["x"], &["True"]), NotMet);
        assert_eq!(decide_all("null", &["x"], &["false"]), Met);
        assert_eq!(decide_all("Null", &["x"], &["perhaps"]), Open);
        // "You can add IfExists to the end of any condition operator name except the Null condition."
        assert_eq!(decide_all("NullIfExists", &["x"], &["false"]), Open);
    }

    #[test]
    fn an_unknown_operator_is_open_with_the_key_and_without() {
        for operator in ["StringMatches", "ForSomeValue:StringEquals", "IfExists", ""] {
            assert_eq!(decide(operator, "a", "a"), Open, "{operator}");
            assert_eq!(decide_all(operator, &[], &["a"]), Open, "{operator}");
        }
    }

    #[test]
    fn operator_names_compare_without_case() {
        assert_eq!(decide("STRINGEQUALSifexists", "a", "a"), Met);
        assert_eq!(decide("forallvalues:stringlike", "ab", "a*"), Met);
    }

    #[test]
    fn a_malformed_value_is_open_unless_another_decides() {
        for (operator, good, bad) in [
            ("NumericEquals", "1", "one"),
            ("NumericNotEquals", "1", "NaN"),
            ("DateLessThan", "2026-01-02", "2026"),
            ("DateLessThan", "2026-01-02", "soon"),
            ("Bool", "true", "yes"),
            ("BinaryEquals", "QQ==", "!"),
            ("IpAddress", "10.0.0.1", "10.0.0.0/33"),
            ("NotIpAddress", "10.0.0.1", "10.*"),
        ] {
            assert_eq!(decide(operator, good, bad), Open, "{operator} {bad}");
            assert_eq!(decide(operator, bad, good), Open, "{operator} {bad}");
        }
        assert_eq!(decide_all("NumericEquals", &["1"], &["one", "1"]), Met);
        assert_eq!(
            decide_all("NumericNotEquals", &["1"], &["one", "1"]),
            NotMet
        );
    }

    #[test]
    fn integers_compare_exactly_beyond_floating_point() {
        assert_eq!(
            decide("NumericEquals", "9007199254740993", "9007199254740992"),
            NotMet
        );
    }

    #[test]
    fn ranges_of_either_family_match_their_own_only() {
        assert_eq!(decide("IpAddress", "2001:db8::1", "2001:DB8::/32"), Met);
        assert_eq!(decide("IpAddress", "2001:db9::1", "2001:DB8::/32"), NotMet);
        assert_eq!(decide("IpAddress", "2001:db8::1", "0.0.0.0/0"), NotMet);
        assert_eq!(decide("IpAddress", "198.51.100.1", "0.0.0.0/0"), Met);
        assert_eq!(decide("IpAddress", "2001:db8::1", "::/0"), Met);
        assert_eq!(decide("NotIpAddress", "2001:db8::1", "0.0.0.0/0"), Met);
        assert_eq!(decide("IpAddress", "2001:db8::1", "2001:db8::1"), Met);
        assert_eq!(decide("IpAddress", "2001:db9::1", "2001:db8::1"), NotMet);
        assert_eq!(decide("IpAddress", "2001:db8::2", "2001:db8::1"), Open);
    }

    #[test]
    fn each_component_of_an_arn_matches_by_itself() {
        let topic = "arn:aws:sns:eu-west-1:111122223333:topic";
        assert_eq!(decide("ArnLike", topic, "arn:aws:sns:*:*:topic"), Met);
        assert_eq!(decide("ArnEquals", topic, "arn:aws:sns:*:*:t?pic"), Met);
        // The example of the guide.
        let pattern = "arn:aws:someservice:*:111122223333:finance/*";
        let value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
        assert_eq!(decide("StringLike", value, pattern), Met);
        assert_eq!(decide("ArnLike", value, pattern), NotMet);
        assert_eq!(decide("ArnLike", "no-arn", "arn:aws:sns:*:*:*"), NotMet);
        assert_eq!(decide("ArnLike", topic, "arn:aws:sns:*"), Open);
    }

    #[test]
    fn a_wildcard_from_an_escape_is_a_character() {
        assert_eq!(decide("StringLike", "a*c", "a${*}c"), Met);
        assert_eq!(decide("StringLike", "abc", "a${*}c"), NotMet);
        assert_eq!(decide("StringLike", "$b?", "${$}?${?}"), Met);
    }

    #[test]
    fn only_strings_and_arns_have_variables() {
        for (operator, actual) in [
            ("NumericEquals", "1"),
            ("DateEquals", "2026-01-02"),
            ("IpAddress", "10.0.0.1"),
            ("Null", "1"),
            ("Bool", "true"),
            ("BinaryEquals", "QQ=="),
        ] {
            assert_eq!(decide(operator, actual, "${test:Key}"), Open, "{operator}");
        }
        assert_eq!(decide("StringEquals", "1", "${test:Key}"), Met);
        let arn = "arn:aws:s3:::a";
        assert_eq!(decide("ArnEquals", arn, "${test:Key}"), Met);
    }

    #[test]
    fn nothing_equals_a_variable_without_value_and_its_negation_is_open() {
        assert_eq!(decide("StringEquals", "a", "${aws:username}"), NotMet);
        assert_eq!(decide("StringNotEquals", "a", "${aws:username}"), Open);
        assert_eq!(decide("StringEquals", "a", "${aws:username, 'a'}"), Met);
    }
}
