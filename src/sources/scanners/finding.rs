//! What scanners find, in one form, and the records that it becomes.
//!
//! A key id found beside a secret half is one credential, an AWS access key, known by its id. Everything else is known by
//! its place, until its value is seen elsewhere too (see `fingerprint`).

use crate::inventory::{
    CredentialKind, Evidence, ExposureKind, ExposureRecord, Key, LyingRecord, Record, Sight,
};
use crate::sources::found::{self, NO_SECRET_HALF};
use crate::sources::identity;
use crate::sources::intake::Intake;
use crate::sources::masked::Hint;
use crate::sources::matching::{Clues, Owner};
use crate::sources::secret_shape;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A secret half farther than this from a key id is taken for another secret. Lines.
const NEARBY: u32 = 20;

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The exposure's key.
    pub(super) key: String,
    /// Its name.
    pub(super) name: String,
    /// What of the name stands before a line's number.
    pub(super) file: String,
    /// What sort of place it is.
    pub(super) kind: ExposureKind,
}

impl Place {
    /// A file of a repository, at a commit where one is told; a file on a machine, where its path begins at the root of
    /// that.
    pub(super) fn in_repository(repository: &str, file: &str, commit: &str) -> Self {
        if commit.is_empty() && is_of_machine(file) {
            return Self {
                key: format!("device-file:{file}"),
                name: file.to_owned(),
                file: file.to_owned(),
                kind: ExposureKind::DeviceFile,
            };
        }
        let at_commit = match commit {
            "" => String::new(),
            commit => format!("@{commit}"),
        };
        let name = match commit.get(..8) {
            Some(commit) => format!("{file} at {commit}"),
            None => file.to_owned(),
        };
        Self {
            key: format!("repository-file:{repository}/{file}{at_commit}"),
            name,
            file: file.to_owned(),
            kind: ExposureKind::RepositoryFile,
        }
    }
}

/// `/home/ada/.env`, `C:\\Users\\ada\\.env`.
fn is_of_machine(file: &str) -> bool {
    let is_drive = || {
        let mut letters = file.chars();
        letters
            .next()
            .is_some_and(|letter| letter.is_ascii_alphabetic())
            && letters.next() == Some(':')
            && matches!(letters.next(), Some('\\' | '/'))
    };
    file.starts_with('/') || is_drive()
}

/// What a report holds of a secret's value.
pub(super) enum Value {
    /// All of it, and the text in which it stood.
    Whole {
        secret: Zeroizing<String>,
        around: Zeroizing<String>,
    },
    /// Its SHA-1, in hexadecimal digits.
    Sha1(Zeroizing<String>),
    /// Nothing, or only some of it: its masked form.
    Hidden {
        around: Zeroizing<String>,
        masked: Zeroizing<String>,
    },
}

/// One thing that a scanner found.
pub(super) struct Finding {
    /// What the scanner calls it.
    pub(super) rule: String,
    /// What sort of credential it is.
    pub(super) kind: CredentialKind,
    /// Line and column in the place; 0 where that is not told.
    pub(super) at: (u32, u32),
    /// The value.
    pub(super) value: Value,
    /// The secret half of an access key, where the scanner found both as one.
    pub(super) half: Option<Zeroizing<String>>,
    /// As whom it acts, where who found it asked its issuer.
    pub(super) owner: Option<Owner>,
    /// A name under which the report tells more of it elsewhere.
    pub(super) joined: Option<String>,
    /// Why it may not be enough to hold the place.
    pub(super) doubt: Option<&'static str>,
    /// When it was there, and whether it worked.
    pub(super) sight: Sight,
    /// Where the report says so.
    pub(super) evidence: Evidence,
}

impl Finding {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let (secret, around) = match &self.value {
            Value::Whole { secret, around } => (secret.as_str(), around.as_str()),
            Value::Hidden { around, .. } => ("", around.as_str()),
            Value::Sha1(_) => ("", ""),
        };
        [secret, around].into_iter()
    }

    fn access_key_id(&self) -> Option<&str> {
        self.texts().find_map(secret_shape::access_key_id)
    }

    fn secret(&self) -> &str {
        match &self.value {
            Value::Whole { secret, .. } => secret,
            Value::Hidden { .. } | Value::Sha1(_) => "",
        }
    }

    /// The name to which the value is given, where the text around it begins with one: `API_KEY` of `API_KEY=…`.
    fn name_before(&self) -> &str {
        let (name, _) = self.around().split_once(['=', ':']).unwrap_or_default();
        let name = name.trim_matches([' ', '\'', '"', '`']);
        let name = name.rsplit([' ', '.']).next().unwrap_or(name);
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let is_name = name.len() <= 64 && name.bytes().all(is_part);
        if is_name && name != self.secret() {
            name
        } else {
            ""
        }
    }

    /// The text in which the value stood.
    fn around(&self) -> &str {
        match &self.value {
            Value::Whole { around, .. } | Value::Hidden { around, .. } => around,
            Value::Sha1(_) => "",
        }
    }

    fn has_same_value(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Sha1(one), Value::Sha1(other)) => one == other,
            _ => self.secret() == other.secret(),
        }
    }
}

/// Findings by place.
#[derive(Default)]
pub(super) struct Findings {
    places: BTreeMap<Place, Vec<Finding>>,
}

impl Findings {
    /// Adds one.
    pub(super) fn add(&mut self, place: Place, finding: Finding) {
        self.places.entry(place).or_default().push(finding);
    }

    /// Makes records of all of them.
    pub(super) fn emit(self, intake: &mut Intake<'_>) {
        for (place, findings) in self.places {
            emit_place(&place, &findings, intake);
        }
    }
}

fn emit_place(place: &Place, findings: &[Finding], intake: &mut Intake<'_>) {
    let Some(first) = findings.first() else {
        return;
    };
    let halves = halves(findings);
    let mut lying: Vec<LyingRecord> = Vec::new();
    let mut taken: BTreeMap<String, &Finding> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if halves.values().any(|&half| half == index) {
            continue;
        }
        let (credential, doubt) = match finding.access_key_id() {
            Some(id) => {
                let key = found::access_key(intake, id, &finding.evidence);
                let beside = halves.get(&index).and_then(|&half| findings.get(half));
                let half = finding.half.as_ref().map(|half| half.as_str());
                let half = half.or(beside.map(Finding::secret));
                let clues = Clues {
                    owner: finding.owner.clone(),
                    ..Clues::default()
                };
                intake.clued(&key, clues);
                if let Some(half) = half {
                    intake.sighted(half, &key);
                }
                let is_half = half.is_some() || secret_shape::is_secret_half(finding.secret());
                let doubt = finding.doubt.or((!is_half).then_some(NO_SECRET_HALF));
                (key, doubt.map(str::to_owned))
            }
            None => {
                let doubt = finding.doubt.map(str::to_owned);
                (unnamed(place, finding, &mut taken, intake), doubt)
            }
        };
        if let Some(joined) = &finding.joined {
            intake.joined(joined, &credential);
        }
        lying.push(LyingRecord {
            credential,
            name: finding.rule.clone(),
            doubt,
            sight: Sight {
                is_found: true,
                ..finding.sight
            },
            evidence: finding.evidence.clone(),
        });
    }
    let key = intake.key(&place.key);
    intake.emit(Record::Exposure(ExposureRecord {
        key,
        name: place.name.clone(),
        kind: place.kind,
        resource: None,
        holder: None,
        lying,
        evidence: first.evidence.clone(),
    }));
}

/// For each finding of a key id alone, the nearest finding that is its secret half; no half serves two ids.
fn halves(findings: &[Finding]) -> BTreeMap<usize, usize> {
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for (id, key) in findings.iter().enumerate() {
        if key.access_key_id().is_none() || key.half.is_some() {
            continue;
        }
        for (half, secret) in findings.iter().enumerate() {
            let distance = key.at.0.abs_diff(secret.at.0);
            if secret.access_key_id().is_none()
                && secret_shape::is_secret_half(secret.secret())
                && distance <= NEARBY
            {
                pairs.push((distance, id, half));
            }
        }
    }
    pairs.sort_unstable();
    let mut chosen: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, id, half) in pairs {
        if !chosen.contains_key(&id) && !chosen.values().any(|&taken| taken == half) {
            chosen.insert(id, half);
        }
    }
    chosen
}

fn unnamed<'f>(
    place: &Place,
    finding: &'f Finding,
    taken: &mut BTreeMap<String, &'f Finding>,
    intake: &mut Intake<'_>,
) -> Key {
    let (line, column) = finding.at;
    let mut name = format!("found:{}#{}:{line}", place.key, finding.rule);
    if taken
        .get(&name)
        .is_some_and(|earlier| !earlier.has_same_value(finding))
    {
        name = format!("{name}:{column}");
    }
    taken.entry(name.clone()).or_insert(finding);
    let key = intake.key(&name);
    let shown = match line {
        0 => format!("{} in {}", finding.rule, place.file),
        line => format!("{} in {}:{line}", finding.rule, place.file),
    };
    // Around the value its variable may be named.
    let variable = format!("{} {}", finding.rule, finding.name_before());
    let value = finding.secret();
    found::unnamed(
        intake,
        &key,
        (&shown, &variable),
        value,
        finding.kind,
        &finding.evidence,
    );
    let told = identity::of(finding.around());
    let mut clues = Clues {
        ids: told.ids.iter().map(|id| identity::normal(id)).collect(),
        file: place.file.clone(),
        variable: finding.name_before().to_owned(),
        owner: finding.owner.clone().or(told.owner.map(Owner::of_email)),
        ..Clues::default()
    };
    match &finding.value {
        Value::Whole { secret, .. } => intake.sighted(secret, &key),
        Value::Sha1(digits) => intake.sighted_sha1(digits, &key),
        Value::Hidden { masked, around } => {
            clues.hint = Hint::of(masked);
            let of_id = |word: &&str| word.starts_with("AKIA") || word.starts_with("ASIA");
            clues.id = around.split_whitespace().find(of_id).and_then(Hint::of);
        }
    }
    intake.clued(&key, clues);
    key
}
