//! The policy file of a gate, `leakreach-policy.toml`: what must not pass, and what is accepted until when.
//!
//! ```toml
//! [organisation]
//! most = 900                    # points: the score of the organisation, else the mean of certain and possible reach
//! most_growth = 20              # of that against the baseline
//!
//! [baseline]
//! newly_observed = "count"      # or "ignore": what the baseline did not look at, in growth and among paths
//!
//! [paths]
//! most_new_critical = 0         # from an exposed credential to a crown jewel, or to admin of a whole tenant
//!
//! [credentials]
//! most_points = 80              # of any one
//! most_growth = 20              # of all together against the baseline; what is not observed does not set it off
//!
//! [lifetime]                    # days, by kind of credential as in report.json
//! access-key = 90
//!
//! [[crossing]]                  # credentials of one environment that reach resources of another for certain
//! from = "staging"
//! to = "production"
//! most = 0
//! possible = false              # true: what is possible counts too
//!
//! [findings]                    # new ones, by severity
//! critical = 0
//!
//! [coverage]
//! least_known = "90%"           # credentials whose reach is known
//! most_gaps = 25                # entries of `coverage` in report.json
//! most_not_observed = 0         # credentials of the baseline that no export of this run could show
//!
//! [[accept]]                    # counts against no limit until then
//! credential = "aws:access-key:AKIA…"   # or fingerprint = "…" of a finding, or path = "CREDENTIAL => RESOURCE"
//! owner = "team-shop"
//! reason = "rotated with the release of March"
//! expires = 2027-03-31          # from that day on it counts again
//! ```
//!
//! What is not written is not checked. A key that is not known is an error: a limit with a slip in its name would pass all.

use super::Amount;
use crate::inventory::CredentialKind;
use crate::sources::did_you_mean;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What must not pass.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Most points of the organisation.
    pub most: Option<Amount>,
    /// Most growth of them against the baseline.
    pub most_growth: Option<Amount>,
    /// Most new critical paths.
    pub most_new_critical: Option<u64>,
    /// Whether paths and points that the baseline did not look at are passed over.
    pub ignores_newly_observed: bool,
    /// Most growth of all credentials together.
    pub most_growth_of_all: Option<Amount>,
    /// Most points of any one credential.
    pub most_points: Option<Amount>,
    /// Days, by kind of credential.
    pub lifetime: BTreeMap<String, u64>,
    /// Environments that must be apart.
    pub crossings: Vec<Crossing>,
    /// Most new findings, by severity.
    pub new_findings: BTreeMap<String, u64>,
    /// Least share of credentials whose reach is known, in 1/4,000,000.
    pub least_known: Option<Amount>,
    /// Most gaps in what exports cover.
    pub most_gaps: Option<u64>,
    /// Most credentials that are not observed any more.
    pub most_not_observed: Option<u64>,
    /// What is accepted.
    pub accepts: Vec<Accept>,
}

/// Environments that must be apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// The environment of the credential's principal.
    pub from: String,
    /// That of the resource.
    pub to: String,
    /// So many credentials may.
    pub most: u64,
    /// Whether what is possible counts too.
    pub counts_possible: bool,
}

/// What is accepted, by whom, why and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// What.
    pub of: Subject,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// From then on it counts again.
    pub expires: Timestamp,
    /// `FILE:LINE`.
    pub place: String,
}

/// What is accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The finding of that fingerprint.
    Finding(String),
    /// The credential of that id, with all its paths.
    Credential(String),
    /// The path of that id.
    Path(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding(id) => write!(f, "finding {id}"),
            Self::Credential(id) => write!(f, "credential {id}"),
            Self::Path(id) => write!(f, "path {id}"),
        }
    }
}

/// Something that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Why a policy cannot be used. All are faults of the input.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("the policy `{path}` cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: Utf8PathBuf,
        /// What the file system said.
        reason: std::io::ErrorKind,
    },
    /// It says something that cannot be applied: all of it is told, and nothing is applied.
    #[error("the policy cannot be used:{}", .wrong.iter().map(|one| format!("\n  {path}:{}: {}\n    help: {}", one.line, one.message, one.help)).collect::<String>())]
    Wrong {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong, in order of line.
        wrong: Vec<Wrong>,
    },
}

const TOP: [&str; 9] = [
    "organisation",
    "baseline",
    "paths",
    "credentials",
    "lifetime",
    "crossing",
    "findings",
    "coverage",
    "accept",
];
const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "info"];
/// More than anybody means: so that days and counts stay far from overflow.
const MOST: i64 = 1_000_000_000;

type Value<'v> = Spanned<DeValue<'v>>;

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it cannot be read, or says anything that cannot be applied.
    pub fn read(path: &Utf8Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::Unreadable {
            path: path.to_owned(),
            reason: error.kind(),
        })?;
        Self::parse(path, &text)
    }

    /// The policy that a text says; `path` is for messages.
    ///
    /// # Errors
    /// When it says anything that cannot be applied.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Self, Error> {
        let mut reader = Reader {
            path,
            text,
            wrong: Vec::new(),
        };
        let mut policy = Self::default();
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            reader.say(
                at,
                "this is not TOML",
                "a name, `=`, a value; texts stand in quotes",
            );
        }
        if reader.wrong.is_empty() {
            reader.policy(table.get_ref(), &mut policy);
        }
        reader.wrong.sort_by_key(|one| one.line);
        match reader.wrong.is_empty() {
            true => Ok(policy),
            false => Err(Error::Wrong {
                path: path.to_owned(),
                wrong: reader.wrong,
            }),
        }
    }

    /// Takes what another file accepts.
    pub fn accept(&mut self, other: Self) {
        self.accepts.extend(other.accepts);
    }

    /// Whether it sets any limit.
    pub fn sets(&self) -> bool {
        let limits = [
            self.most.is_some(),
            self.most_growth.is_some(),
            self.most_new_critical.is_some(),
            self.most_points.is_some(),
            self.most_growth_of_all.is_some(),
            !self.lifetime.is_empty(),
            !self.crossings.is_empty(),
            !self.new_findings.is_empty(),
            self.least_known.is_some(),
            self.most_gaps.is_some(),
            self.most_not_observed.is_some(),
        ];
        limits.contains(&true)
    }
}

struct Reader<'r> {
    path: &'r Utf8Path,
    text: &'r str,
    wrong: Vec<Wrong>,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        let before = self.text.bytes().take(at);
        1 + before.filter(|&byte| byte == b'\n').count()
    }

    fn say(&mut self, at: usize, message: impl Into<String>, help: impl Into<String>) {
        let line = self.line(at);
        self.wrong.push(Wrong {
            line,
            message: message.into(),
            help: help.into(),
        });
    }

    fn policy(&mut self, table: &DeTable<'_>, policy: &mut Policy) {
        self.known(table, &TOP);
        if let Some(table) = self.table(table, "organisation", &["most", "most_growth"]) {
            policy.most = self.points(table, "most");
            policy.most_growth = self.points(table, "most_growth");
        }
        if let Some(table) = self.table(table, "paths", &["most_new_critical"]) {
            policy.most_new_critical = self.count(table, "most_new_critical");
        }
        if let Some(table) = self.table(table, "baseline", &["newly_observed"]) {
            policy.ignores_newly_observed = match self.text(table, "newly_observed") {
                None => false,
                Some((_, word)) if word == "count" => false,
                Some((_, word)) if word == "ignore" => true,
                Some((at, word)) => {
                    let help = did_you_mean(&word, &["count", "ignore"]);
                    self.say(
                        at,
                        format!("`{word}` is neither `count` nor `ignore`"),
                        help,
                    );
                    false
                }
            };
        }
        if let Some(table) = self.table(table, "credentials", &["most_points", "most_growth"]) {
            policy.most_points = self.points(table, "most_points");
            policy.most_growth_of_all = self.points(table, "most_growth");
        }
        let kinds = CredentialKind::ALL.map(CredentialKind::name);
        if let Some(table) = self.table(table, "lifetime", &kinds) {
            policy.lifetime = self.counts(table);
        }
        if let Some(table) = self.table(table, "findings", &SEVERITIES) {
            policy.new_findings = self.counts(table);
        }
        let coverage = ["least_known", "most_gaps", "most_not_observed"];
        if let Some(table) = self.table(table, "coverage", &coverage) {
            policy.least_known = self.share(table, "least_known");
            policy.most_gaps = self.count(table, "most_gaps");
            policy.most_not_observed = self.count(table, "most_not_observed");
        }
        for (at, table) in self.tables(table, "crossing") {
            self.known(table, &["from", "to", "most", "possible"]);
            let from = self.needed(table, at, "from", "staging");
            let to = self.needed(table, at, "to", "production");
            let most = self.count(table, "most").unwrap_or(0);
            let counts_possible = self.flag(table, "possible");
            if let (Some(from), Some(to)) = (from, to) {
                policy.crossings.push(Crossing {
                    from,
                    to,
                    most,
                    counts_possible,
                });
            }
        }
        for (at, table) in self.tables(table, "accept") {
            policy.accepts.extend(self.accept(at, table));
        }
    }

    fn accept(&mut self, at: usize, table: &DeTable<'_>) -> Option<Accept> {
        self.known(
            table,
            &[
                "credential",
                "fingerprint",
                "path",
                "owner",
                "reason",
                "expires",
            ],
        );
        let subjects = [
            ("credential", Subject::Credential as fn(String) -> Subject),
            ("fingerprint", Subject::Finding),
            ("path", Subject::Path),
        ];
        let mut given = Vec::new();
        for (name, subject) in subjects {
            if let Some((_, id)) = self.text(table, name) {
                given.push(subject(id));
            }
        }
        let of = match (given.len(), given.pop()) {
            (1, of) => of,
            _ => {
                self.say(
                    at,
                    "what is accepted is not said, or said twice",
                    "one of `credential`, `fingerprint` and `path`",
                );
                None
            }
        };
        let owner = self.needed(table, at, "owner", "team-shop");
        let reason = self.needed(table, at, "reason", "rotated with the release of March");
        let expires = match table.get("expires") {
            Some(value) => self.day(value),
            None => {
                self.say(
                    at,
                    "`expires` is missing: nothing is accepted for ever",
                    "`expires = 2027-03-31`",
                );
                None
            }
        };
        Some(Accept {
            of: of?,
            owner: owner?,
            reason: reason?,
            expires: expires?,
            place: format!("{}:{}", self.path, self.line(at)),
        })
    }

    fn known(&mut self, table: &DeTable<'_>, known: &[&str]) {
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

    fn table<'t, 'v>(
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

    fn tables<'t, 'v>(
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

    fn text(&mut self, table: &DeTable<'_>, name: &str) -> Option<(usize, String)> {
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

    fn needed(&mut self, table: &DeTable<'_>, at: usize, name: &str, like: &str) -> Option<String> {
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

    fn flag(&mut self, table: &DeTable<'_>, name: &str) -> bool {
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

    fn counts(&mut self, table: &DeTable<'_>) -> BTreeMap<String, u64> {
        let names: Vec<String> = table.keys().map(|key| key.get_ref().to_string()).collect();
        names
            .into_iter()
            .filter_map(|name| Some((name.clone(), self.count(table, &name)?)))
            .collect()
    }

    fn count(&mut self, table: &DeTable<'_>, name: &str) -> Option<u64> {
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

    fn points(&mut self, table: &DeTable<'_>, name: &str) -> Option<Amount> {
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

    fn share(&mut self, table: &DeTable<'_>, name: &str) -> Option<Amount> {
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

    fn day(&mut self, value: &Value<'_>) -> Option<Timestamp> {
        let text = match value.get_ref() {
            DeValue::Datetime(day) => day.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let day = text
            .parse::<Date>()
            .ok()
            .filter(|_| text.len() == "2027-03-31".len());
        let moment = day.and_then(|day| {
            let midnight = day.to_datetime(jiff::civil::Time::midnight());
            TimeZone::UTC.to_timestamp(midnight).ok()
        });
        if moment.is_none() {
            self.say(
                value.span().start,
                "`expires` is no day",
                "`expires = 2027-03-31`",
            );
        }
        moment
    }
}
