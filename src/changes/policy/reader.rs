//! Values of a policy: each read as what it must be, or told with its line.

use super::Wrong;
use crate::changes::Amount;
use crate::inventory::BandLimit;
use crate::sources::{day_of_toml, did_you_mean};
use camino::Utf8Path;
use jiff::Timestamp;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// More than anybody means: so that days and counts stay far from overflow.
const MOST: i64 = 1_000_000_000;
/// A ten-thousandth.
const PART: i128 = Amount::ONE.0 / 10_000;

type Value<'v> = Spanned<DeValue<'v>>;

/// A policy while it is read, with what is wrong with it.
pub(super) struct Reader<'r> {
    pub(super) path: &'r Utf8Path,
    pub(super) text: &'r str,
    pub(super) wrong: Vec<Wrong>,
}

impl Reader<'_> {
    pub(super) fn line(&self, at: usize) -> usize {
        let before = self.text.bytes().take(at);
        1 + before.filter(|&byte| byte == b'\n').count()
    }

    pub(super) fn say(&mut self, at: usize, message: impl Into<String>, help: impl Into<String>) {
        let line = self.line(at);
        self.wrong.push(Wrong {
            line,
            message: message.into(),
            help: help.into(),
        });
    }

    pub(super) fn known(&mut self, table: &DeTable<'_>, known: &[&str]) {
        let unknown: Vec<(usize, String)> = table
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()))
            .map(|key| (key.span().start, key.get_ref().to_string()))
            .collect();
        for (at, name) in unknown {
            self.say(
                at,
                format!("`{name}` is not known here"),
                did_you_mean(&name, known),
            );
        }
    }

    pub(super) fn table<'t, 'v>(
        &mut self,
        table: &'t DeTable<'v>,
        name: &str,
        known: &[&str],
    ) -> Option<&'t DeTable<'v>> {
        let value = table.get(name)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                self.known(table, known);
                Some(table)
            }
            _ => {
                let help = format!("write `[{name}]`");
                self.say(value.span().start, format!("`{name}` is no table"), help);
                None
            }
        }
    }

    pub(super) fn tables<'t, 'v>(
        &mut self,
        table: &'t DeTable<'v>,
        name: &str,
    ) -> Vec<(usize, &'t DeTable<'v>)> {
        let Some(value) = table.get(name) else {
            return Vec::new();
        };
        let all = match value.get_ref() {
            DeValue::Array(all) => all
                .iter()
                .map(|one| match one.get_ref() {
                    DeValue::Table(table) => Some((one.span().start, table)),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        all.unwrap_or_else(|| {
            let help = format!("write `[[{name}]]`, with two brackets");
            self.say(
                value.span().start,
                format!("`{name}` is no list of tables"),
                help,
            );
            Vec::new()
        })
    }

    pub(super) fn text(&mut self, table: &DeTable<'_>, name: &str) -> Option<(usize, String)> {
        let value = table.get(name)?;
        let at = value.span().start;
        if let DeValue::String(text) = value.get_ref()
            && !text.trim().is_empty()
        {
            return Some((at, text.to_string()));
        }
        self.say(at, format!("`{name}` is no text"), "put it in quotes");
        None
    }

    /// One of two words.
    pub(super) fn word(
        &mut self,
        table: &DeTable<'_>,
        name: &str,
        words: [&'static str; 2],
    ) -> Option<&'static str> {
        let (at, text) = self.text(table, name)?;
        let word = words.into_iter().find(|word| *word == text);
        if word.is_none() {
            let [one, other] = words;
            let message = format!("`{text}` is neither `{one}` nor `{other}`");
            self.say(at, message, did_you_mean(&text, &words));
        }
        word
    }

    pub(super) fn needed(
        &mut self,
        table: &DeTable<'_>,
        at: usize,
        name: &str,
        like: &str,
    ) -> Option<String> {
        if !table.contains_key(name) {
            self.say(
                at,
                format!("`{name}` is missing"),
                format!("`{name} = \"{like}\"`"),
            );
            return None;
        }
        self.text(table, name).map(|(_, text)| text)
    }

    pub(super) fn flag(&mut self, table: &DeTable<'_>, name: &str) -> bool {
        let Some(value) = table.get(name) else {
            return false;
        };
        if let DeValue::Boolean(flag) = value.get_ref() {
            return *flag;
        }
        self.say(
            value.span().start,
            format!("`{name}` is neither true nor false"),
            "without quotes",
        );
        false
    }

    pub(super) fn counts(&mut self, table: &DeTable<'_>) -> BTreeMap<String, u64> {
        let names: Vec<String> = table.keys().map(|key| key.get_ref().to_string()).collect();
        names
            .into_iter()
            .filter_map(|name| Some((name.clone(), self.count(table, &name)?)))
            .collect()
    }

    pub(super) fn count(&mut self, table: &DeTable<'_>, name: &str) -> Option<u64> {
        let value = table.get(name)?;
        let count = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let count = count.filter(|count| (0..=MOST).contains(count));
        if count.is_none() {
            let message = format!("`{name}` is no whole number from 0 on");
            self.say(
                value.span().start,
                message,
                "without quotes and without a point",
            );
        }
        count.and_then(|count| u64::try_from(count).ok())
    }

    pub(super) fn points(&mut self, table: &DeTable<'_>, name: &str) -> Option<Amount> {
        let value = table.get(name)?;
        let amount = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => Amount::parse(number.as_str()),
            DeValue::Float(number) => Amount::parse(number.as_str()),
            _ => None,
        };
        let most = Amount::ONE.0 * i128::from(MOST);
        let amount = amount.filter(|amount| (0..=most).contains(&amount.0));
        if amount.is_none() {
            let message = format!("`{name}` is no number of points");
            self.say(
                value.span().start,
                message,
                "`12` or `12.5`, without quotes",
            );
        }
        amount
    }

    pub(super) fn share(&mut self, table: &DeTable<'_>, name: &str) -> Option<Amount> {
        let value = table.get(name)?;
        let share = match value.get_ref() {
            DeValue::String(text) => text
                .strip_suffix('%')
                .and_then(|percent| Amount::parse(percent.trim_end()))
                .filter(|percent| percent.0 % 100 == 0)
                .map(|percent| Amount(percent.0 / 100)),
            DeValue::Integer(number) if number.radix() == 10 => Amount::parse(number.as_str()),
            DeValue::Float(number) => Amount::parse(number.as_str()),
            _ => None,
        };
        let share = share.filter(|share| (0..=Amount::ONE.0).contains(&share.0));
        if share.is_none() {
            let message = format!("`{name}` is no share");
            self.say(value.span().start, message, "`\"80%\"` or `0.8`");
        }
        share
    }

    pub(super) fn day(&mut self, value: &Value<'_>) -> Option<Timestamp> {
        let moment = day_of_toml(value.get_ref());
        if moment.is_none() {
            self.say(
                value.span().start,
                "`expires` is no day",
                "`expires = 2027-03-31`",
            );
        }
        moment
    }

    /// The thresholds of bands that a table sets, in ten-thousandths: the rules of `[risk.band]` in the estate file.
    pub(super) fn bands(&mut self, table: &DeTable<'_>) -> Vec<(BandLimit, u64)> {
        let mut bands = Vec::new();
        for limit in BandLimit::ALL {
            let Some(value) = table.get(limit.name()) else {
                continue;
            };
            let Some(share) = self.share(table, limit.name()) else {
                continue;
            };
            match u64::try_from(share.0 / PART) {
                Ok(parts) if share.0 % PART == 0 => bands.push((limit, parts)),
                _ => self.say(
                    value.span().start,
                    format!("`{}` is finer than bands are", limit.name()),
                    "a number from 0 to 1, of four decimals at most",
                ),
            }
        }
        bands
    }
}
