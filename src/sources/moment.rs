//! Timestamps in the forms in which exports write them.

use jiff::Timestamp;
use serde::de::{Deserializer, Visitor};
use std::fmt;

/// The moment that `text` states, if it is one of the forms that exports use: `2023-03-09T10:41:45Z`, `…+00:00`, a space
/// in place of the `T`, no offset at all (taken as UTC), as git writes them (`2023-03-09 10:41:45 +0100`, `Thu Mar 9 10:41:45
/// 2023 +0100`), a day alone, or seconds since 1970.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return from_epoch(seconds);
    }
    for of_git in ["%Y-%m-%d %H:%M:%S %z", "%a %b %d %H:%M:%S %Y %z"] {
        if let Ok(moment) = Timestamp::strptime(of_git, text) {
            return Some(moment);
        }
    }
    let civil = text
        .parse::<jiff::civil::DateTime>()
        .ok()
        .or_else(|| Some(text.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0)))?;
    jiff::tz::Offset::UTC.to_timestamp(civil).ok()
}

/// The beginning of the day, in UTC, that a value of TOML states: a date without a time, or a text of one.
pub(crate) fn of_toml(value: &toml::de::DeValue<'_>) -> Option<Timestamp> {
    let text = match value {
        toml::de::DeValue::Datetime(day) => day.to_string(),
        toml::de::DeValue::String(text) => text.to_string(),
        _ => return None,
    };
    let is_day = text.len() == "2027-03-31".len();
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| is_day)?;
    jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// Seconds since 1970; numbers too large for seconds are milliseconds (some exports count so).
#[expect(
    clippy::cast_possible_truncation,
    reason = "the ranges are checked just before, and `as` saturates"
)]
fn from_epoch(seconds: f64) -> Option<Timestamp> {
    const LARGEST_SECOND: f64 = 253_402_207_200.0; // jiff's last second, in the year 9999
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    if seconds <= LARGEST_SECOND {
        Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
    } else {
        Timestamp::from_millisecond(seconds as i64).ok()
    }
}

/// A date field: absent, a moment, or something that is none and is reported by whoever reads the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Moment {
    /// Absent or null.
    #[default]
    Absent,
    /// A moment.
    At(Timestamp),
    /// Something that is no moment.
    Wrong,
}

impl<'de> serde::Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Moment;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date")
            }
            fn visit_str<E>(self, text: &str) -> Result<Moment, E> {
                Ok(match text {
                    "" => Moment::Absent,
                    text => parse(text).map_or(Moment::Wrong, Moment::At),
                })
            }
            fn visit_unit<E>(self) -> Result<Moment, E> {
                Ok(Moment::Absent)
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "seconds and milliseconds since 1970 stay below 2^53"
            )]
            fn visit_u64<E>(self, seconds: u64) -> Result<Moment, E> {
                Ok(from_epoch(seconds as f64).map_or(Moment::Wrong, Moment::At))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Moment, E> {
                Ok(Moment::Wrong)
            }
            fn visit_f64<E>(self, seconds: f64) -> Result<Moment, E> {
                Ok(from_epoch(seconds).map_or(Moment::Wrong, Moment::At))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_one_moment_is_the_same_moment() {
        let expected: Timestamp = "2023-03-09T10:41:45Z".parse().unwrap();
        for form in [
            "2023-03-09T10:41:45Z",
            "2023-03-09T10:41:45+00:00",
            "2023-03-09 10:41:45+00:00",
            "2023-03-09 11:41:45 +0100",
            "2023-03-09T12:41:45+02:00",
            "2023-03-09T10:41:45",
            "1678358505",
            "1678358505000",
        ] {
            assert_eq!(parse(form), Some(expected), "{form}");
        }
        assert_eq!(
            serde_json::from_str::<Moment>("1678358505.0").unwrap(),
            Moment::At(expected)
        );
        assert_eq!(
            parse("2023-03-09"),
            Some("2023-03-09T00:00:00Z".parse().unwrap())
        );
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in ["N/A", "no_information", "-5", "NaN", "2023-13-40T00:00:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(
            serde_json::from_str::<Moment>("null").unwrap(),
            Moment::Absent
        );
        assert_eq!(
            serde_json::from_str::<Moment>("\"soon\"").unwrap(),
            Moment::Wrong
        );
    }
}
