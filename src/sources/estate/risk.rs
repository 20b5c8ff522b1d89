//! `[risk]`: what the model of risk assumes in this estate.

use super::{Reader, Value};
use crate::inventory::{
    BandLimit, CredentialKind, EnvironmentClass, Haunt, Record, RiskRule, Theft,
};
use crate::sources::nearest;
use jiff::{Span, SpanTotal, Unit};
use toml::de::{DeTable, DeValue};

const TOP: [&str; 7] = [
    "revocation",
    "copies",
    "delay",
    "theft",
    "environment",
    "life",
    "band",
];

/// What stands for a life without end.
const NEVER: &str = "never";
/// What stands for no class of environments.
const NONE: &str = "none";

pub(super) fn read(reader: &mut Reader<'_, '_>, risk: &Value<'_>) {
    let Some(table) = reader.table(risk, "/risk", "write `[risk]`") else {
        return;
    };
    reader.check_keys(table, &TOP, "/risk");
    if let Some(value) = table.get("revocation") {
        let rule = reader.duration(value, "/risk/revocation");
        reader.state(rule.map(RiskRule::Revocation));
    }
    if let Some(value) = table.get("copies") {
        let rule = reader.share(value, "/risk/copies");
        reader.state(rule.map(RiskRule::Copies));
    }
    reader.rows(
        table,
        "delay",
        &Haunt::ALL.map(Haunt::name),
        |reader, name, value, pointer| {
            Some(RiskRule::Delay(
                Haunt::from_name(name)?,
                reader.duration(value, pointer)?,
            ))
        },
    );
    reader.rows(
        table,
        "theft",
        &Theft::ALL.map(Theft::name),
        |reader, name, value, pointer| {
            Some(RiskRule::Theft(
                Theft::from_name(name)?,
                reader.share(value, pointer)?,
            ))
        },
    );
    reader.rows(
        table,
        "band",
        &BandLimit::ALL.map(BandLimit::name),
        |reader, name, value, pointer| {
            Some(RiskRule::Band(
                BandLimit::from_name(name)?,
                reader.share(value, pointer)?,
            ))
        },
    );
    let kinds = CredentialKind::ALL.map(CredentialKind::name);
    reader.rows(table, "life", &kinds, |reader, name, value, pointer| {
        let kind = CredentialKind::from_name(name)?;
        let (shortest, longest) = reader.lives(value, pointer)?;
        Some(RiskRule::Life(kind, shortest, longest))
    });
    // Any word may be an environment.
    reader.rows(table, "environment", &[], |reader, name, value, pointer| {
        let word = reader.text(value, pointer)?;
        let class = EnvironmentClass::from_name(&word);
        if class.is_none() && word != NONE {
            let mut known = EnvironmentClass::ALL.map(EnvironmentClass::name).to_vec();
            known.push(NONE);
            let help = nearest::help(&word, &known);
            reader.bad(
                value,
                pointer,
                format!("`{word}` is no class of environments"),
                help,
            );
            return None;
        }
        Some(RiskRule::Environment(name.to_lowercase(), class))
    });
}

type Row = fn(&mut Reader<'_, '_>, &str, &Value<'_>, &str) -> Option<RiskRule>;

impl Reader<'_, '_> {
    fn state(&mut self, rule: Option<RiskRule>) {
        if let Some(rule) = rule {
            self.intake.emit(Record::Risk(rule));
        }
    }

    fn table<'v, 't>(
        &mut self,
        value: &'v Value<'t>,
        pointer: &str,
        help: &str,
    ) -> Option<&'v DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                self.bad(value, pointer, format!("`{name}` is no table"), help);
                None
            }
        }
    }

    /// States every row of a table of `[risk]`; where `known` names some, only those may be there.
    fn rows(&mut self, risk: &DeTable<'_>, name: &str, known: &[&str], row: Row) {
        let Some(value) = risk.get(name) else {
            return;
        };
        let pointer = format!("/risk/{name}");
        let Some(table) = self.table(value, &pointer, &format!("write `[risk.{name}]`")) else {
            return;
        };
        if !known.is_empty() {
            self.check_keys(table, known, &pointer);
        }
        let mut rows: Vec<_> = table.iter().collect();
        rows.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in rows {
            let key = key.get_ref();
            let rule = row(self, key, value, &format!("{pointer}/{key}"));
            self.state(rule);
        }
    }

    /// A time above nothing, in seconds: `17 minutes`, `1 hour 30 minutes`, `94 days`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 1 second to 1,000 years"
    )]
    fn duration(&mut self, value: &Value<'_>, pointer: &str) -> Option<u64> {
        const LONGEST: f64 = 1_000.0 * 365.0 * 86_400.0;
        let text = self.text(value, pointer)?;
        let seconds = text
            .parse::<Span>()
            .and_then(|span| span.total(SpanTotal::from(Unit::Second).days_are_24_hours()));
        match seconds {
            Ok(seconds) if (1.0..=LONGEST).contains(&seconds) => Some(seconds as u64),
            _ => {
                self.bad(
                    value,
                    pointer,
                    format!("`{text}` is no time that can be"),
                    "write `17 minutes`, `12 hours` or `94 days`; months and years have no fixed length",
                );
                None
            }
        }
    }

    /// A life in seconds; `None` inside: endless.
    fn life(&mut self, value: &Value<'_>, pointer: &str) -> Option<Option<u64>> {
        match value.get_ref() {
            DeValue::String(text) if text == NEVER => Some(None),
            _ => self.duration(value, pointer).map(Some),
        }
    }

    /// The shortest and the longest.
    fn lives(&mut self, value: &Value<'_>, pointer: &str) -> Option<(Option<u64>, Option<u64>)> {
        const HELP: &str = "write `[\"90 days\", \"never\"]`: the shortest, then the longest";
        let DeValue::Array(both) = value.get_ref() else {
            self.bad(value, pointer, "two lives belong here", HELP);
            return None;
        };
        let mut both = both.iter();
        let (Some(shortest), Some(longest), None) = (both.next(), both.next(), both.next()) else {
            self.bad(value, pointer, "two lives belong here", HELP);
            return None;
        };
        let (shortest, longest) = (self.life(shortest, pointer)?, self.life(longest, pointer)?);
        let length = |life: Option<u64>| life.unwrap_or(u64::MAX);
        if length(shortest) > length(longest) {
            self.bad(
                value,
                pointer,
                "the shortest life is longer than the longest",
                HELP,
            );
            return None;
        }
        Some((shortest, longest))
    }

    /// A number from 0 to 1, in ten-thousandths.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 10,000"
    )]
    fn share(&mut self, value: &Value<'_>, pointer: &str) -> Option<u64> {
        let number: Option<f64> = match value.get_ref() {
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        match number.filter(|number| (0.0..=1.0).contains(number)) {
            Some(number) => Some((number * 10_000.0).round() as u64),
            None => {
                self.bad(
                    value,
                    pointer,
                    "this is no share",
                    "write a number from 0 to 1, of four decimals at most",
                );
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::{Reading, trial};

    fn rules(reading: &Reading) -> Vec<&RiskRule> {
        let records = reading.records.iter();
        records
            .filter_map(|record| match record {
                Record::Risk(rule) => Some(rule),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn every_term_is_read() {
        let text = "[risk]\nrevocation = \"2 weeks\"\ncopies = 0.25\ndelay.private = \"1 hour 30 minutes\"\n\
            theft.vault = 0\nenvironment.Tooling = \"test\"\nenvironment.lab = \"none\"\n\
            life.api-key = [\"1d\", \"never\"]\nband.high = 0.0005\n";
        let reading = trial::read_one("leakreach.toml", text);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let expected = [
            RiskRule::Revocation(14 * 86_400),
            RiskRule::Copies(2_500),
            RiskRule::Delay(Haunt::Private, 5_400),
            RiskRule::Theft(Theft::Vault, 0),
            RiskRule::Band(BandLimit::High, 5),
            RiskRule::Life(CredentialKind::ApiKey, Some(86_400), None),
            RiskRule::Environment("tooling".to_owned(), Some(EnvironmentClass::Test)),
            RiskRule::Environment("lab".to_owned(), None),
        ];
        assert_eq!(rules(&reading), expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_term_that_cannot_be_read_changes_nothing_and_is_told_with_its_line() {
        for (wrong, said, help) in [
            (
                "revoction = \"1 day\"",
                "`revoction` is not known here",
                "did you mean `revocation`?",
            ),
            (
                "revocation = \"1 month\"",
                "`1 month` is no time that can be",
                "write `17 minutes`",
            ),
            (
                "revocation = \"0 days\"",
                "`0 days` is no time that can be",
                "write `17 minutes`",
            ),
            ("revocation = 94", "a text belongs here", "put it in quotes"),
            (
                "copies = 2",
                "this is no share",
                "write a number from 0 to 1",
            ),
            (
                "copies = nan",
                "this is no share",
                "write a number from 0 to 1",
            ),
            (
                "delay.private = \"-1 day\"",
                "`-1 day` is no time that can be",
                "write `17 minutes`",
            ),
            ("delay.vualt = \"1 day\"", "`vualt` is not known here", ""),
            (
                "theft.vualt = 0.1",
                "`vualt` is not known here",
                "did you mean `vault`?",
            ),
            ("theft = 0.1", "`theft` is no table", "write `[risk.theft]`"),
            (
                "life.api-key = [\"1 day\"]",
                "two lives belong here",
                "write `[",
            ),
            (
                "life.api-key = [\"never\", \"1 day\"]",
                "the shortest life is longer than the longest",
                "write `[",
            ),
            (
                "environment.a = \"prodution\"",
                "`prodution` is no class of environments",
                "did you mean `production`?",
            ),
            (
                "band.high = -0.1",
                "this is no share",
                "write a number from 0 to 1",
            ),
        ] {
            let reading = trial::read_one("leakreach.toml", &format!("[risk]\n{wrong}\n"));
            assert!(rules(&reading).is_empty(), "{wrong}");
            let problem = reading
                .problems
                .iter()
                .find(|problem| problem.message == said);
            let problem = problem.unwrap_or_else(|| panic!("{wrong}: {:?}", reading.problems));
            assert_eq!(
                (problem.line, problem.code),
                (Some(2), ProblemCode::BadEstate),
                "{wrong}"
            );
            assert!(problem.help.starts_with(help), "{wrong}: {}", problem.help);
        }
    }

    #[test]
    fn what_the_documentation_shows_is_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/risk.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (_, rest) = text.split_once("## Knowing better").unwrap();
        let (_, rest) = rest.split_once("```toml\n").unwrap();
        let (shown, _) = rest.split_once("```").unwrap();
        let reading = trial::read_one("leakreach.toml", shown);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(rules(&reading).len(), 7);
    }

    #[test]
    fn what_is_no_table_is_told() {
        let reading = trial::read_one("leakreach.toml", "risk = 1\ncrown = [\"a\"]\n");
        let said = &reading.problems[0];
        assert_eq!(
            (said.message.as_str(), said.help.as_str()),
            ("`risk` is no table", "write `[risk]`")
        );
    }
}
