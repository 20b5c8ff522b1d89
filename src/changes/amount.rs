//! Figures of reports, exact: integers of 1/4,000,000 point, the unit in which the program adds.

use crate::risk::two_decimals;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// Points or a difference of points, in 1/4,000,000 of a point.
///
/// A chance (10⁻⁴) times a factor of borders (¼) times a weight (10⁻²) is a whole number of these, so sums and differences
/// are exact, and parts add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(pub i128);

impl Amount {
    /// One point.
    pub const ONE: Self = Self(4_000_000);

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Half of it, as exactly as the unit allows: half a unit is dropped.
    pub fn halved(self) -> Self {
        Self(self.0 / 2)
    }

    /// The amount that a decimal number says, as JSON writes it; `None` where it is no whole number of units.
    pub fn parse(text: &str) -> Option<Self> {
        let (text, sign) = match text.strip_prefix('-') {
            Some(rest) => (rest, -1),
            None => (text, 1),
        };
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let significant: i128 = format!("{whole}{fraction}").parse().ok()?;
        if significant == 0 {
            return Some(Self(0));
        }
        // The value is `significant` times ten to that power; times 4 · 10⁶ it must be whole.
        let power = exponent
            .checked_sub(i32::try_from(fraction.len()).ok()?)?
            .checked_add(6)?;
        let scaled = significant.checked_mul(4)?;
        let ten = |power: u32| 10_i128.checked_pow(power);
        let units = match u32::try_from(power) {
            Ok(power) => scaled.checked_mul(ten(power)?)?,
            Err(_) => {
                let divisor = ten(power.unsigned_abs())?;
                (scaled % divisor == 0).then_some(scaled / divisor)?
            }
        };
        Some(Self(sign * units))
    }

    /// The exact decimal: `0.00000025` is the smallest step.
    pub fn exact(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let (whole, rest) = (units / 4_000_000, units % 4_000_000);
        let fraction = format!("{:08}", rest * 25);
        match fraction.trim_end_matches('0') {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        }
    }
}

impl fmt::Display for Amount {
    /// For people: two decimals, halves away from zero: `1,234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = (self.0.unsigned_abs() + 20_000) / 40_000;
        let sign = if self.0 < 0 && hundredths > 0 {
            "-"
        } else {
            ""
        };
        f.pad(&format!("{sign}{}", two_decimals(hundredths)))
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Written from the integer: a float would bring errors of its own into the last digit.
        RawValue::from_string(self.exact())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        // Far below what 128 bits hold, so that sums of many stay below it too.
        let most = Self::ONE.0 * 1_000_000_000_000_000;
        Self::parse(raw.get())
            .filter(|amount| amount.0.abs() <= most)
            .ok_or_else(|| serde::de::Error::custom("no number of points"))
    }
}

impl JsonSchema for Amount {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_decimal_is_read_exactly_or_not_at_all() {
        for (text, units) in [
            ("0", 0),
            ("0.0", 0),
            ("0e9", 0),
            ("1", 4_000_000),
            ("106.20", 424_800_000),
            ("106.2", 424_800_000),
            ("-0.5", -2_000_000),
            ("0.00000025", 1),
            ("2.5e-7", 1),
            ("2.5E-07", 1),
            ("1e3", 4_000_000_000),
            ("1.5e+1", 60_000_000),
        ] {
            assert_eq!(Amount::parse(text), Some(Amount(units)), "{text}");
        }
        for text in [
            "",
            "-",
            ".5",
            "0.0000001",
            "0.000000251",
            "1e",
            "1e99",
            "1e-99",
            "null",
            "\"1\"",
            "99999999999999999999999999999999999999999",
        ] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
    }

    #[test]
    fn two_decimals_are_shown_and_all_are_written() {
        for (units, shown, exact) in [
            (424_800_000, "106.20", "106.2"),
            (1, "0.00", "0.00000025"),
            (-1, "0.00", "-0.00000025"),
            (20_000, "0.01", "0.005"),
            (-20_000, "-0.01", "-0.005"),
            (19_999, "0.00", "0.00499975"),
            (-6_000_000, "-1.50", "-1.5"),
            (-8_190_400_000, "-2,047.60", "-2047.6"),
        ] {
            assert_eq!(Amount(units).to_string(), shown);
            assert_eq!(Amount(units).exact(), exact);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(units in -1_000_000_000_000_000_i128..1_000_000_000_000_000) {
            let written = serde_json::to_string(&Amount(units)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Amount>(&written).unwrap(), Amount(units));
        }
    }
}
