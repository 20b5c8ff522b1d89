//! A `report.json` as it is read back: its published schema, version 1, and of that what is compared.
//!
//! Fields that are not known are passed over, so that a report of a later version of the program is read; what is needed
//! must be there. Sums are added up again: a report whose parts do not make its totals is broken.

use super::Amount;
use crate::fixes::Measure;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file in a folder of reports.
const FILE_NAME: &str = "report.json";

/// Why a report cannot be compared. All are faults of the input.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such file.
    #[error(
        "`{0}` is not there\n  help: `leakreach analyze PATH… --out {0}` writes a report into a folder"
    )]
    Missing(Utf8PathBuf),
    /// The file system refused.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// What was to be read.
        path: Utf8PathBuf,
        /// What the file system said.
        reason: std::io::ErrorKind,
    },
    /// It is no report, or not all of one.
    #[error("`{path}:{line}:{column}` is no whole report{at}: {reason}\n  help: it is the report.json of a run that is needed; run `leakreach analyze` again for it", at = if .field.is_empty() { String::new() } else { format!(", at `{}`", .field) })]
    Broken {
        /// The file.
        path: Utf8PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// The member, as `credentials[3].certain.points`; empty for the whole.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Its parts do not make its whole.
    #[error(
        "`{path}` is no whole report: {reason}\n  help: something has changed it; run `leakreach analyze` again for it"
    )]
    Inconsistent {
        /// The file.
        path: Utf8PathBuf,
        /// What does not agree.
        reason: String,
    },
    /// Another shape.
    #[error(
        "`{path}` has version {version} of the shape of reports, and this program reads version 1"
    )]
    Version {
        /// The file.
        path: Utf8PathBuf,
        /// The version it says.
        version: u64,
    },
}

/// A report, as far as it is compared.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// The moment that counted as now.
    #[serde(deserialize_with = "moment")]
    pub as_of: Timestamp,
    /// What was read.
    pub inputs: Inputs,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
    /// What no export covers.
    pub coverage: Vec<Gap>,
    /// Sums over the estate.
    pub totals: Totals,
    /// All credentials, by rank.
    pub credentials: Vec<Credential>,
    /// All places where credentials lie.
    pub exposures: Vec<Exposure>,
    /// The fixes, by rank.
    pub fixes: Vec<Fix>,
    /// Findings; `None` of a program that makes none.
    #[serde(default)]
    pub findings: Option<Vec<Finding>>,
    /// The risk of the organisation; `None` of a program that does not score it.
    #[serde(default)]
    pub risk: Option<Risk>,
}

/// What was read.
#[derive(Debug, Clone, Deserialize)]
pub struct Inputs {
    /// The files.
    pub files: Vec<File>,
    /// Objects whose list is missing.
    #[serde(default)]
    pub unlisted: Vec<Unlisted>,
}

/// A file.
#[derive(Debug, Clone, Deserialize)]
pub struct File {
    /// Its path.
    pub path: String,
    /// The sources that recognised something in it.
    pub sources: Vec<String>,
    /// What it tells of.
    #[serde(default)]
    pub covers: Option<Vec<Covers>>,
}

/// That a file tells of something.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Covers {
    /// The source; `None` of a file that could not be read.
    pub source: Option<String>,
    /// The tenant, machine or repository.
    pub of: Option<String>,
    /// What is listed, where it is a list.
    pub list: Option<String>,
    /// The one object or region of it.
    pub object: Option<String>,
    /// The kind of that object.
    pub kind: Option<String>,
}

/// Objects whose list is missing.
#[derive(Debug, Clone, Deserialize)]
pub struct Unlisted {
    /// The source.
    pub source: String,
    /// The tenant.
    pub of: String,
    /// What is not listed of them.
    pub list: String,
    /// The objects.
    pub objects: Vec<String>,
}

/// Something that was wrong with an input.
#[derive(Debug, Clone, Deserialize)]
pub struct Problem {
    /// The file.
    pub path: String,
    /// `skipped`, `doubt` or `note`.
    pub severity: String,
    /// The stable code.
    pub code: String,
}

/// Something that no export covers.
#[derive(Debug, Clone, Deserialize)]
pub struct Gap {
    /// What it is about.
    pub subject: String,
}

/// Sums over the estate.
#[derive(Debug, Clone, Deserialize)]
pub struct Totals {
    /// Certain reach over all credentials.
    pub certain: Amount,
    /// Possible reach over all credentials.
    pub possible: Amount,
    /// Candidates that were not priced.
    pub fix_candidates_bounded: u64,
}

/// How far something travels.
#[derive(Debug, Clone, Deserialize)]
pub struct Reach {
    /// Weighted reach.
    pub points: Amount,
    /// Resources with any access.
    pub resources: u64,
    /// Crown jewels among them, with read access or graver.
    pub crown_jewels: u64,
    /// Whole tenants among them that are administered and no crown jewels; `None` of a program that does not count them.
    #[serde(default)]
    pub tenants: Option<u64>,
}

/// Who acts.
#[derive(Debug, Clone, Deserialize)]
pub struct Principal {
    /// Its environment.
    #[serde(default)]
    pub environment: Option<String>,
}

/// A credential.
#[derive(Debug, Clone, Deserialize)]
pub struct Credential {
    /// Stable key.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The kind.
    pub kind: String,
    /// The principal that it authenticates.
    pub principal: Option<Principal>,
    /// `active`, `inactive` or `unknown`.
    pub status: String,
    /// `static`, `expiring` or `unknown`.
    pub lifetime: String,
    /// When it was made or last rotated.
    #[serde(deserialize_with = "maybe_moment")]
    pub created: Option<Timestamp>,
    /// When it ends.
    #[serde(deserialize_with = "maybe_moment")]
    pub expires: Option<Timestamp>,
    /// When somebody looked last at it; `None` where nothing tells, and of a program that does not.
    #[serde(default, deserialize_with = "maybe_moment")]
    pub last_review: Option<Timestamp>,
    /// Ids of the exposures where it lies.
    pub exposures: Vec<String>,
    /// Where it was read.
    pub evidence: Vec<Place>,
    /// Reach without conditional steps.
    pub certain: Reach,
    /// Reach with them.
    pub possible: Reach,
    /// Why the reach is unknown rather than small.
    pub unknown: Option<String>,
    /// The weightiest resources reached.
    pub top: Vec<Reached>,
    /// Where the reach lies; `None` where that is not shown, or nothing is reached.
    pub breakdown: Option<Breakdown>,
    /// Its risk; `None` of a program that does not score it.
    #[serde(default)]
    pub risk: Option<CredentialRisk>,
}

/// Where reach lies.
#[derive(Debug, Clone, Deserialize)]
pub struct Breakdown {
    /// By access: resources with that one or a graver one.
    pub accesses: Vec<Share>,
    /// By environment; an empty name: not known.
    pub environments: Vec<Share>,
}

/// What is reached of one sort.
#[derive(Debug, Clone, Deserialize)]
pub struct Share {
    /// The sort.
    pub name: String,
    /// Resources, for certain.
    pub certain: u64,
    /// Resources, possibly.
    pub possible: u64,
}

/// A place in a file.
#[derive(Debug, Clone, Deserialize)]
pub struct Place {
    /// The file.
    pub path: String,
}

/// A resource that is reached.
#[derive(Debug, Clone, Deserialize)]
pub struct Reached {
    /// The resource's stable key.
    pub resource: String,
    /// Its name for people.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Its environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// How much harm access to it does.
    pub sensitivity: String,
    /// The gravest access gained.
    pub access: String,
    /// What reaching it weighs.
    pub points: Amount,
    /// Whether it is reached without any conditional step.
    pub certain: bool,
    /// Length of the shortest chain of moves.
    pub hops: u32,
    /// The proof.
    pub proof: Vec<Step>,
}

/// A step of a proof.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// Where what it rests on was read.
    pub evidence: Vec<Place>,
}

/// A place where credentials lie.
#[derive(Debug, Clone, Deserialize)]
pub struct Exposure {
    /// Stable key.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The kind.
    pub kind: String,
    /// Ids of the credentials that lie here.
    pub credentials: Vec<String>,
    /// Where it was read.
    pub evidence: Vec<Place>,
}

/// A fix.
#[derive(Debug, Clone, Deserialize)]
pub struct Fix {
    /// Stable id.
    pub id: String,
    /// What to do.
    pub text: String,
    /// Loss of certain reach.
    pub certain: Amount,
    /// Loss of possible reach.
    pub possible: Amount,
    /// Where what it removes was read.
    pub evidence: Vec<Place>,
}

/// A finding.
#[derive(Debug, Clone, Deserialize)]
pub struct Finding {
    /// The stable id of the rule.
    pub rule: String,
    /// What stays the same from run to run.
    pub fingerprint: String,
    /// How grave.
    pub severity: String,
    /// Id of what it is about.
    pub subject: String,
    /// Id of what else it is about.
    #[serde(default)]
    pub object: Option<String>,
    /// In words.
    pub text: String,
    /// Where that was read.
    #[serde(default)]
    pub evidence: Vec<Place>,
}

/// The risk of the organisation.
#[derive(Debug, Clone, Deserialize)]
pub struct Risk {
    /// The model and its version.
    pub model: String,
    /// In which mode chances were taken.
    pub mode: String,
    /// Which figure between certain and possible is the one number: of a program that knows but one, their mean.
    #[serde(default = "mean")]
    pub bound: String,
    /// The scores.
    pub organisation: Organisation,
    /// How many credentials are in which band.
    #[serde(default)]
    pub bands: BTreeMap<String, u64>,
    /// From which share of all value on a credential is of which band; `None` of a program that does not tell.
    #[serde(default)]
    pub thresholds: Option<BTreeMap<String, Amount>>,
    /// The same without what is accepted; `None` where nothing is.
    #[serde(default)]
    pub unaccepted: Option<Organisation>,
}

fn mean() -> String {
    Measure::Mean.name().to_owned()
}

/// The scores of the organisation.
#[derive(Debug, Clone, Deserialize)]
pub struct Organisation {
    /// The one number.
    pub score: Amount,
}

/// The risk of a credential.
#[derive(Debug, Clone, Deserialize)]
pub struct CredentialRisk {
    /// The chance that it leaks and is used within a year, from 0 to 1.
    pub chance: Amount,
    /// The same in both bounds, where they differ.
    #[serde(default)]
    pub chances: Option<Bounds>,
    /// Weighted reach, before chances.
    pub weight: Bounds,
    /// The one number between its certain and possible risk.
    #[serde(default)]
    pub points: Option<Amount>,
}

impl CredentialRisk {
    /// The chance of certain and of possible reach.
    pub fn chances(&self) -> (Amount, Amount) {
        match &self.chances {
            Some(both) => (both.certain, both.possible),
            None => (self.chance, self.chance),
        }
    }
}

/// A figure of certain and of possible reach.
#[derive(Debug, Clone, Deserialize)]
pub struct Bounds {
    /// Of certain reach.
    pub certain: Amount,
    /// Of possible reach.
    pub possible: Amount,
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| serde::de::Error::custom("no moment (RFC 3339)"))
}

fn maybe_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse())
        .transpose()
        .map_err(|_| serde::de::Error::custom("no moment (RFC 3339)"))
}

/// What every version has.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

/// The file of a report: `path` itself, or `report.json` in the folder `path`.
pub fn file_of(path: &Utf8Path) -> Utf8PathBuf {
    match path.is_dir() {
        true => path.join(FILE_NAME),
        false => path.to_owned(),
    }
}

impl Report {
    /// Reads a report, or the one in a folder.
    ///
    /// # Errors
    /// When there is none, or it is broken.
    pub fn read(path: &Utf8Path) -> Result<Self, Error> {
        let path = file_of(path);
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::Missing(path.clone()),
            reason => Error::Unreadable {
                path: path.clone(),
                reason,
            },
        })?;
        Self::parse(&path, &bytes)
    }

    /// The report that a text holds; `path` is for messages.
    ///
    /// # Errors
    /// When it is broken.
    pub fn parse(path: &Utf8Path, bytes: &[u8]) -> Result<Self, Error> {
        let broken = |error: &serde_json::Error, field: String| Error::Broken {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
            field,
            reason: reason(error),
        };
        let head: Head =
            serde_json::from_slice(bytes).map_err(|error| broken(&error, String::new()))?;
        if head.version != 1 {
            return Err(Error::Version {
                path: path.to_owned(),
                version: head.version,
            });
        }
        let report: Self = match serde_json::from_slice(bytes) {
            Ok(report) => report,
            Err(error) => {
                let deserializer = &mut serde_json::Deserializer::from_slice(bytes);
                let field = match serde_path_to_error::deserialize::<_, Self>(deserializer) {
                    Err(traced) => traced.path().to_string(),
                    Ok(_) => String::new(),
                };
                let field = if field == "." { String::new() } else { field };
                return Err(broken(&error, field));
            }
        };
        match report.contradiction() {
            None => Ok(report),
            Some(reason) => Err(Error::Inconsistent {
                path: path.to_owned(),
                reason,
            }),
        }
    }

    /// In what scores are measured: the model, its mode, and the bound, where that is not their mean.
    pub fn scored_by(&self) -> Option<String> {
        let risk = self.risk.as_ref()?;
        let measure = self.measure();
        Some(match risk.bound == Measure::Mean.name() {
            true => measure,
            false => format!("{measure} {}", risk.bound),
        })
    }

    /// In what the points of credentials are measured: figures of two reports can be compared where it is the same.
    pub fn measure(&self) -> String {
        match &self.risk {
            Some(risk) => format!("{} {}", risk.model, risk.mode),
            None => "reach".to_owned(),
        }
    }

    /// What in it does not agree, if anything.
    fn contradiction(&self) -> Option<String> {
        let twice = |ids: Vec<&String>| {
            let mut seen = BTreeSet::new();
            ids.into_iter().find(|&id| !seen.insert(id)).cloned()
        };
        for (what, id) in [
            (
                "credential",
                twice(self.credentials.iter().map(|one| &one.id).collect()),
            ),
            (
                "exposure",
                twice(self.exposures.iter().map(|one| &one.id).collect()),
            ),
            (
                "file",
                twice(self.inputs.files.iter().map(|one| &one.path).collect()),
            ),
        ] {
            if let Some(id) = id {
                return Some(format!("{what} {id:?} is there twice"));
            }
        }
        let all = self.credentials.iter();
        for (name, told, sum) in [
            (
                "certain",
                self.totals.certain,
                all.clone().map(|one| one.certain.points).sum::<Amount>(),
            ),
            (
                "possible",
                self.totals.possible,
                all.map(|one| one.possible.points).sum(),
            ),
        ] {
            if told != sum {
                let (told, sum) = (told.exact(), sum.exact());
                return Some(format!(
                    "totals.{name} says {told}, and the credentials add up to {sum}"
                ));
            }
        }
        None
    }
}

/// What serde says, without the place that it adds.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text.get(..at).unwrap_or(&text).to_owned(),
        None => text,
    }
}
