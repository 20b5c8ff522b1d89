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
//! longest_since_review = 180    # days since somebody looked at it, or at whom it authenticates
//! never_reviewed = "ignore"     # or "count": of which nothing tells when that was
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
//! [band]                        # from which share of all value on: wins over `[risk.band]` of the estate file
//! critical = 0.05
//!
//! [[accept]]                    # counts against no limit until then
//! credential = "aws:access-key:AKIA…"   # or fingerprint = "…" of a finding, or path = "CREDENTIAL => RESOURCE"
//! owner = "team-shop"
//! reason = "rotated with the release of March"
//! expires = 2027-03-31          # from that day on it counts again
//! ```
//!
//! What is not written is not checked. A key that is not known is an error: a limit with a slip in its name would pass all.

mod reader;

use super::Amount;
use crate::inventory::{BandLimit, CredentialKind};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use reader::Reader;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use toml::de::DeTable;

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
    /// Days since the last review of any credential.
    pub longest_since_review: Option<u64>,
    /// Whether a credential of which nothing tells when it was reviewed breaks that limit.
    pub counts_never_reviewed: bool,
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
    /// From which share of all value on a credential is of a band, in ten-thousandths; what is not said is as the estate
    /// file has it.
    pub bands: Vec<(BandLimit, u64)>,
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

const TOP: [&str; 10] = [
    "organisation",
    "baseline",
    "paths",
    "credentials",
    "lifetime",
    "crossing",
    "findings",
    "coverage",
    "band",
    "accept",
];
const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "info"];
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

    /// Ids of the credentials that are accepted at that moment.
    pub fn accepted_credentials(&self, at: Timestamp) -> BTreeSet<&str> {
        let valid = self.accepts.iter().filter(|accept| at < accept.expires);
        valid
            .filter_map(|accept| match &accept.of {
                Subject::Credential(id) => Some(id.as_str()),
                Subject::Finding(_) | Subject::Path(_) => None,
            })
            .collect()
    }

    /// Whether it says anything but what is accepted.
    pub fn says_more_than_accepted(&self) -> bool {
        self.sets() || !self.bands.is_empty()
    }

    /// Whether it sets any limit.
    pub fn sets(&self) -> bool {
        let limits = [
            self.most.is_some(),
            self.most_growth.is_some(),
            self.most_new_critical.is_some(),
            self.most_points.is_some(),
            self.most_growth_of_all.is_some(),
            self.longest_since_review.is_some(),
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

impl Reader<'_> {
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
            let word = self.word(table, "newly_observed", ["count", "ignore"]);
            policy.ignores_newly_observed = word == Some("ignore");
        }
        let credentials = [
            "most_points",
            "most_growth",
            "longest_since_review",
            "never_reviewed",
        ];
        if let Some(table) = self.table(table, "credentials", &credentials) {
            policy.most_points = self.points(table, "most_points");
            policy.most_growth_of_all = self.points(table, "most_growth");
            policy.longest_since_review = self.count(table, "longest_since_review");
            let word = self.word(table, "never_reviewed", ["ignore", "count"]);
            policy.counts_never_reviewed = word == Some("count");
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
        if let Some(table) = self.table(table, "band", &BandLimit::ALL.map(BandLimit::name)) {
            policy.bands = self.bands(table);
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
}
