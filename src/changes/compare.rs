//! What changed between two reports.

use super::Amount;
use super::bands::{BandCounts, bands};
use super::causes::{self, Both, Cause, Moves, Parts, Runs, lists_all, points};
use super::observed::Observed;
use super::renamed::{self, Renamed};
use super::report::{Credential, Place, Reached, Report};
use crate::inventory::is_whole_tenant;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What became of something from the older run to the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was not there, and the older run looked.
    New,
    /// It is there, and the older run did not look.
    NewlyObserved,
    /// It is graver.
    Worse,
    /// It is less grave.
    Better,
    /// It is there no more, and the newer run looked.
    Gone,
    /// The newer run did not look: it may be there.
    NotObserved,
    /// The list of the newer run is too short to tell.
    NotListed,
}

impl State {
    /// Every state, the ones that matter most first.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::NewlyObserved,
        Self::Worse,
        Self::Better,
        Self::Gone,
        Self::NotObserved,
        Self::NotListed,
    ];

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::NewlyObserved => "newly observed",
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Gone => "gone",
            Self::NotObserved => "not observed",
            Self::NotListed => "not listed",
        }
    }
}

/// What changed from one run to another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "leakreach changes, version 1")]
pub struct Changes {
    /// The version of this shape: 1.
    pub version: u32,
    /// The moment that counted as now in the older run (RFC 3339).
    pub old: String,
    /// The same in the newer run.
    pub new: String,
    /// Files that are taken for others of the older run; what lies in them is compared.
    pub renamed: Vec<Renamed>,
    /// Sums over all credentials.
    pub totals: TotalsChange,
    /// Credentials, gravest first.
    pub credentials: Vec<CredentialChange>,
    /// Places where credentials lie.
    pub exposures: Vec<ExposureChange>,
    /// Paths from a credential to a resource, as far as the reports list them.
    pub paths: Vec<PathChange>,
    /// Fixes, as far as the reports list them.
    pub fixes: Vec<FixChange>,
    /// Findings; empty where a report has none.
    pub findings: Vec<FindingChange>,
    /// Of each credential of the older run that was exposed, how many critical ends it possibly reached.
    #[serde(skip)]
    pub(super) critical_before: BTreeMap<String, u64>,
}

/// How the sums changed, and why: the parts add up exactly to the change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TotalsChange {
    /// Over the credentials of the older run.
    pub old: Both,
    /// Over those of the newer run.
    pub new: Both,
    /// The difference.
    pub change: Both,
    /// In what each run measured, where that is not the same: then all of the difference is *data changed*.
    pub measures: Option<Measures>,
    /// Which figure between certain and possible is the score of each run, where that is not the same: then no scores are
    /// compared, and neither are bands and ranks. Sums, reach and gains are of both bounds, and are.
    pub bounds: Option<Measures>,
    /// The score of the organisation, where both reports have one of the same model, mode and bound; it is not a sum of parts.
    pub score: Option<Score>,
    /// How many credentials are of which band, where both reports tell and mean the same by it.
    pub bands: Option<BandCounts>,
    /// From which share of all value on a credential is of which band in each run, where that is not the same: then bands
    /// are not compared.
    pub thresholds: Option<Measures>,
    /// The parts, in the order in which they are taken.
    pub causes: Vec<Part>,
    /// Of *data changed*: what the newer run did not look at. It may be there.
    pub not_observed: Both,
    /// Of *data changed*: what the older run did not look at.
    pub newly_observed: Both,
}

/// In what two runs measured points: the model and its mode, or `reach` alone; or by which bound they scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Measures {
    /// The older run.
    pub old: String,
    /// The newer run.
    pub new: String,
}

/// The score of the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Score {
    /// In the older run.
    pub old: Amount,
    /// In the newer run.
    pub new: Amount,
}

/// A part of a change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Part {
    /// Why.
    pub cause: Cause,
    /// How much.
    #[serde(flatten)]
    pub points: Both,
}

/// What became of a credential.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CredentialChange {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// What became of it.
    pub state: State,
    /// Its points in the older run; null where it was not there.
    pub old: Option<Both>,
    /// Its points in the newer run; null where it is not there.
    pub new: Option<Both>,
    /// Whether it lies where it should not.
    pub is_exposed: bool,
    /// Ids of places where it lies now and did not.
    pub new_places: Vec<String>,
    /// Ids of places where it lay and does not.
    pub left_places: Vec<String>,
    /// Why its points changed.
    pub causes: Vec<Part>,
    /// What else is to be said, as why it was not observed; may be empty.
    pub why: String,
}

/// What became of a place where credentials lie.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExposureChange {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// What became of it.
    pub state: State,
    /// What else is to be said; may be empty.
    pub why: String,
}

/// What became of a path.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PathChange {
    /// Its id: `CREDENTIAL => RESOURCE`.
    pub id: String,
    /// Id of the credential.
    pub credential: String,
    /// Its name.
    pub credential_name: String,
    /// Id of the resource.
    pub resource: String,
    /// Its name.
    pub resource_name: String,
    /// What became of it.
    pub state: State,
    /// Whether it leads from an exposed credential to a crown jewel (at least read) or to admin of a whole tenant.
    pub is_critical: bool,
    /// The access in the older run.
    pub old: Option<Way>,
    /// The access in the newer run.
    pub new: Option<Way>,
    /// What else is to be said; may be empty.
    pub why: String,
}

/// How far a path leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Way {
    /// The gravest access gained.
    pub access: String,
    /// Whether without any conditional step.
    pub is_certain: bool,
    /// How many moves.
    pub hops: u32,
}

/// What became of a fix.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FixChange {
    /// Its id.
    pub id: String,
    /// What to do.
    pub text: String,
    /// What became of it: one that gains more is *worse*, for there is more to fix.
    pub state: State,
    /// Its gain in the older run.
    pub old: Option<Both>,
    /// Its gain in the newer run.
    pub new: Option<Both>,
    /// What else is to be said; may be empty.
    pub why: String,
}

/// What became of a finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FindingChange {
    /// What stays the same from run to run.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// How grave; of one that is gone as it was.
    pub severity: String,
    /// In words.
    pub text: String,
    /// What became of it.
    pub state: State,
    /// What else is to be said; may be empty.
    pub why: String,
}

/// Kinds of places that are made for secrets: what lies there alone is not exposed.
const STORES: [&str; 2] = ["secret-store", "ci-variable"];

/// Accesses, weakest first.
const LADDER: [&str; 5] = ["list", "read", "write", "delete", "admin"];

fn rung(access: &str) -> usize {
    LADDER.iter().position(|&one| one == access).unwrap_or(0)
}

/// Whether a path ends where it must not.
pub(super) fn ends_critically(reached: &Reached) -> bool {
    let access = rung(&reached.access);
    (reached.sensitivity == "crown" && access >= rung("read")) || is_administered_tenant(reached)
}

fn is_administered_tenant(reached: &Reached) -> bool {
    is_whole_tenant(&reached.kind) && rung(&reached.access) >= rung("admin")
}

/// How many of the resources that a report lists for a credential end a critical path.
pub(super) fn critical_listed(credential: &Credential) -> u64 {
    let listed = credential.top.iter();
    listed.filter(|one| ends_critically(one)).count() as u64
}

/// How many there are, listed or not.
pub(super) fn critical_ends(credential: &Credential) -> u64 {
    let listed = || {
        let listed = credential.top.iter();
        let tenants =
            listed.filter(|one| is_administered_tenant(one) && one.sensitivity != "crown");
        tenants.count() as u64
    };
    let reach = &credential.possible;
    reach.crown_jewels + reach.tenants.unwrap_or_else(listed)
}

/// Of each credential of a report, the kinds of places where it lies.
pub(super) fn exposed(report: &Report) -> BTreeSet<&str> {
    let kinds: BTreeMap<&str, &str> = report
        .exposures
        .iter()
        .map(|one| (one.id.as_str(), one.kind.as_str()))
        .collect();
    let is_exposed = |credential: &&Credential| {
        credential.exposures.iter().any(|id| {
            let kind = kinds.get(id.as_str());
            kind.is_none_or(|kind| !STORES.contains(kind))
        })
    };
    let exposed = report.credentials.iter().filter(is_exposed);
    exposed.map(|credential| credential.id.as_str()).collect()
}

/// The id of a path.
pub(super) fn path_id(credential: &str, resource: &str) -> String {
    format!("{credential} => {resource}")
}

/// Whether a report lists a resource for a credential if that reaches it.
fn would_list(credential: &Credential, reached: &Reached) -> bool {
    let are_listed = critical_listed(credential) >= critical_ends(credential);
    lists_all(credential) || (ends_critically(reached) && are_listed)
}

/// Compares two reports.
///
/// Complexity: n log n in what they list.
pub fn compare(old: &Report, new: &Report) -> Changes {
    let renamed = renamed::of(old, new);
    match renamed.is_empty() {
        true => compared(old, new, renamed),
        false => compared(&renamed::applied(old, new, &renamed), new, renamed),
    }
}

/// The same, of reports in which the same things have the same ids.
fn compared(old: &Report, new: &Report, renamed: Vec<Renamed>) -> Changes {
    let comparison = Comparison::of(old, new);
    let (credentials, parts) = comparison.credentials();
    let totals = |report: &Report| Both {
        certain: report.totals.certain,
        possible: report.totals.possible,
    };
    let measures = Some(Measures {
        old: old.measure(),
        new: new.measure(),
    })
    .filter(|measures| measures.old != measures.new);
    let bounds = match (&old.risk, &new.risk) {
        (Some(was), Some(is)) if was.bound != is.bound => Some(Measures {
            old: was.bound.clone(),
            new: is.bound.clone(),
        }),
        _ => None,
    };
    let score = match (&old.risk, &new.risk) {
        (Some(was), Some(is)) if measures.is_none() && bounds.is_none() => Some(Score {
            old: was.organisation.score,
            new: is.organisation.score,
        }),
        _ => None,
    };
    let (bands, thresholds) = bands(old, new);
    Changes {
        version: 1,
        old: old.as_of.to_string(),
        new: new.as_of.to_string(),
        renamed,
        totals: TotalsChange {
            old: totals(old),
            new: totals(new),
            change: totals(new) - totals(old),
            measures,
            bounds,
            score,
            bands,
            thresholds,
            causes: listed(&parts, true),
            not_observed: parts.not_observed,
            newly_observed: parts.newly_observed,
        },
        credentials,
        exposures: comparison.exposures(),
        paths: comparison.paths(),
        fixes: comparison.fixes(),
        findings: comparison.findings(),
        critical_before: old
            .credentials
            .iter()
            .filter(|one| comparison.was_exposed.contains(one.id.as_str()))
            .map(|one| (one.id.clone(), critical_ends(one)))
            .collect(),
    }
}

/// The parts in order: all, or those that are not nothing.
fn listed(parts: &Parts, all: bool) -> Vec<Part> {
    Cause::ALL
        .into_iter()
        .map(|cause| Part {
            cause,
            points: parts.of(cause),
        })
        .filter(|part| all || !part.points.is_zero())
        .collect()
}

struct Comparison<'r> {
    old: &'r Report,
    new: &'r Report,
    before: Observed<'r>,
    after: Observed<'r>,
    old_credentials: BTreeMap<&'r str, &'r Credential>,
    new_credentials: BTreeMap<&'r str, &'r Credential>,
    was_exposed: BTreeSet<&'r str>,
    is_exposed: BTreeSet<&'r str>,
}

/// The places on which a path rests.
fn places(reached: &Reached) -> impl Iterator<Item = &Place> {
    reached.proof.iter().flat_map(|step| &step.evidence)
}

impl<'r> Comparison<'r> {
    fn of(old: &'r Report, new: &'r Report) -> Self {
        let by_id = |report: &'r Report| {
            let all = report.credentials.iter();
            all.map(|one| (one.id.as_str(), one)).collect()
        };
        Self {
            old,
            new,
            before: Observed::of(old),
            after: Observed::of(new),
            old_credentials: by_id(old),
            new_credentials: by_id(new),
            was_exposed: exposed(old),
            is_exposed: exposed(new),
        }
    }

    /// Why the newer run cannot tell whether something of the older one is still there.
    fn unseen_now<'p>(&self, places: impl IntoIterator<Item = &'p Place>) -> Option<String> {
        self.before.not_seen_by(&self.after, places)
    }

    /// Why the older run cannot tell whether something of the newer one was there.
    fn unseen_before<'p>(&self, places: impl IntoIterator<Item = &'p Place>) -> Option<String> {
        self.after.not_seen_by(&self.before, places)
    }

    /// Something that only the newer run has.
    fn appeared(&self, places: &[Place]) -> (State, String) {
        match self.after.never_seen_by(&self.before, places) {
            Some(why) => (State::NewlyObserved, format!("in the older run {why}")),
            None => (State::New, String::new()),
        }
    }

    /// Something that only the older run has.
    fn went(&self, places: &[Place]) -> (State, String) {
        match self.unseen_now(places) {
            Some(why) => (State::NotObserved, why),
            None => (State::Gone, String::new()),
        }
    }

    fn credentials(&self) -> (Vec<CredentialChange>, Parts) {
        let runs = Runs {
            old: self.old,
            new: self.new,
            is_one_measure: self.old.measure() == self.new.measure(),
            lost: self.before.lost(&self.after),
            gained: self.after.lost(&self.before),
        };
        let mut all = Parts::default();
        let mut changes = Vec::new();
        for new in &self.new.credentials {
            let (change, parts) = match self.old_credentials.get(new.id.as_str()) {
                Some(old) => self.stayed(&runs, old, new),
                None => {
                    let (state, why) = self.appeared(&new.evidence);
                    let is_exposed = self.is_exposed.contains(new.id.as_str());
                    let parts = causes::appeared(new, is_exposed, state == State::NewlyObserved);
                    let change = self.change(None, Some(new), state, &parts, why);
                    (Some(change), parts)
                }
            };
            all.merge(&parts);
            changes.extend(change);
        }
        for old in &self.old.credentials {
            if self.new_credentials.contains_key(old.id.as_str()) {
                continue;
            }
            let (state, why) = self.went(&old.evidence);
            let parts = causes::went(&runs, old, state == State::NotObserved);
            all.merge(&parts);
            changes.push(CredentialChange {
                is_exposed: self.was_exposed.contains(old.id.as_str()),
                ..self.change(Some(old), None, state, &parts, why)
            });
        }
        let weight = |change: &CredentialChange| {
            let figures = [change.old, change.new].into_iter().flatten();
            figures.map(Both::sum).max()
        };
        changes.sort_by(|a, b| (a.state, weight(b), &a.id).cmp(&(b.state, weight(a), &b.id)));
        (changes, all)
    }

    fn change(
        &self,
        old: Option<&Credential>,
        new: Option<&Credential>,
        state: State,
        parts: &Parts,
        why: String,
    ) -> CredentialChange {
        let places = |one: Option<&'_ Credential>| -> BTreeSet<String> {
            one.map_or_else(BTreeSet::new, |one| one.exposures.iter().cloned().collect())
        };
        let (was, is) = (places(old), places(new));
        let one = new.or(old);
        CredentialChange {
            id: one.map(|one| one.id.clone()).unwrap_or_default(),
            name: one.map(|one| one.name.clone()).unwrap_or_default(),
            kind: one.map(|one| one.kind.clone()).unwrap_or_default(),
            state,
            old: old.map(points),
            new: new.map(points),
            is_exposed: one.is_some_and(|one| self.is_exposed.contains(one.id.as_str())),
            new_places: is.difference(&was).cloned().collect(),
            left_places: was.difference(&is).cloned().collect(),
            causes: listed(parts, false),
            why,
        }
    }

    /// A credential that both runs have; no change where nothing of it changed.
    fn stayed(
        &self,
        runs: &Runs<'_>,
        old: &Credential,
        new: &Credential,
    ) -> (Option<CredentialChange>, Parts) {
        let was: BTreeSet<&str> = old.exposures.iter().map(String::as_str).collect();
        let is: BTreeSet<&str> = new.exposures.iter().map(String::as_str).collect();
        let in_old = self.old.exposures.iter();
        let left: Vec<Option<String>> = in_old
            .filter(|one| was.contains(one.id.as_str()) && !is.contains(one.id.as_str()))
            .map(|one| self.unseen_now(&one.evidence))
            .collect();
        let in_new = self.new.exposures.iter();
        let came: Vec<Option<String>> = in_new
            .filter(|one| is.contains(one.id.as_str()) && !was.contains(one.id.as_str()))
            .map(|one| self.after.never_seen_by(&self.before, &one.evidence))
            .collect();
        let moves = Moves {
            has_new_places: came.iter().any(Option::is_none),
            has_found_places: came.iter().any(Option::is_some),
            has_left_places: left.iter().any(Option::is_none),
            has_lost_places: left.iter().any(Option::is_some),
        };
        // An issuer that lists its keys whole, and this one no more, has told enough: its reach is unknown since because
        // it is gone.
        let is_unseen_now = old.unknown.is_none()
            && new.unknown.is_some()
            && (runs.lost || self.unseen_now(&old.evidence).is_some());
        let is_unseen_before = old.unknown.is_some()
            && new.unknown.is_none()
            && (runs.gained || self.unseen_before(&new.evidence).is_some());
        let seen_now = |reached: &Reached| self.unseen_now(places(reached)).is_none();
        let seen_before = |reached: &Reached| self.unseen_before(places(reached)).is_none();
        let unseen = (is_unseen_now, is_unseen_before);
        let parts = causes::stayed(runs, (old, new), unseen, &moves, &seen_now, &seen_before);
        // Figures of two measures say nothing of each other.
        let change = match runs.is_one_measure {
            true => points(new) - points(old),
            false => Both::default(),
        };
        let real = [
            Cause::NewLeak,
            Cause::NewGrant,
            Cause::Expired,
            Cause::Fixed,
        ]
        .map(|cause| parts.of(cause))
        .iter()
        .any(|part| !part.is_zero());
        let lost = left.into_iter().flatten().next();
        let found = came.into_iter().flatten().next();
        let before = |why: &str| format!("in the older run {why}");
        let (state, why) = match change.sum().cmp(&Amount(0)) {
            std::cmp::Ordering::Less if !real && !parts.not_observed.is_zero() => {
                let first = || old.top.iter().find_map(|one| self.unseen_now(places(one)));
                let why = new.unknown.clone().or_else(first).or(lost);
                (
                    State::NotObserved,
                    why.unwrap_or_else(|| "an export is missing".to_owned()),
                )
            }
            std::cmp::Ordering::Greater if !real && !parts.newly_observed.is_zero() => {
                let first = || {
                    new.top
                        .iter()
                        .find_map(|one| self.unseen_before(places(one)))
                };
                let why = old.unknown.clone().or_else(first).or(found);
                let why = why.unwrap_or_else(|| "an export was missing".to_owned());
                (State::NewlyObserved, before(&why))
            }
            std::cmp::Ordering::Less => (State::Better, String::new()),
            std::cmp::Ordering::Greater => (State::Worse, String::new()),
            std::cmp::Ordering::Equal if moves.has_new_places => (State::Worse, String::new()),
            std::cmp::Ordering::Equal if moves.has_left_places => (State::Better, String::new()),
            std::cmp::Ordering::Equal => match (lost, found) {
                _ if is_unseen_now => (State::NotObserved, new.unknown.clone().unwrap_or_default()),
                _ if is_unseen_before => {
                    let why = old.unknown.clone().unwrap_or_default();
                    (State::NewlyObserved, before(&why))
                }
                (_, Some(why)) => (State::NewlyObserved, before(&why)),
                (Some(why), _) => (State::NotObserved, why),
                _ if change.is_zero() => return (None, parts),
                // What certain reach lost, possible reach gained, or the other way round.
                _ if change.certain > Amount(0) => (State::Worse, String::new()),
                _ => (State::Better, String::new()),
            },
        };
        let change = self.change(Some(old), Some(new), state, &parts, why);
        (Some(change), parts)
    }

    fn exposures(&self) -> Vec<ExposureChange> {
        let in_old: BTreeSet<&str> = self
            .old
            .exposures
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        let in_new: BTreeSet<&str> = self
            .new
            .exposures
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        let appeared = self
            .new
            .exposures
            .iter()
            .filter(|one| !in_old.contains(one.id.as_str()));
        let went = self
            .old
            .exposures
            .iter()
            .filter(|one| !in_new.contains(one.id.as_str()));
        let mut changes: Vec<ExposureChange> = appeared
            .map(|one| (one, self.appeared(&one.evidence)))
            .chain(went.map(|one| (one, self.went(&one.evidence))))
            .map(|(one, (state, why))| ExposureChange {
                id: one.id.clone(),
                name: one.name.clone(),
                kind: one.kind.clone(),
                state,
                why,
            })
            .collect();
        changes.sort_by(|a, b| (a.state, &a.id).cmp(&(b.state, &b.id)));
        changes
    }

    fn paths(&self) -> Vec<PathChange> {
        let mut changes = Vec::new();
        for new in &self.new.credentials {
            let old = self.old_credentials.get(new.id.as_str()).copied();
            let before: BTreeMap<&str, &Reached> = old
                .into_iter()
                .flat_map(|one| &one.top)
                .map(|one| (one.resource.as_str(), one))
                .collect();
            let became_exposed = !self.was_exposed.contains(new.id.as_str())
                && self.is_exposed.contains(new.id.as_str());
            for now in &new.top {
                let was = before.get(now.resource.as_str()).copied();
                let (state, why) = match (old, was) {
                    (Some(_), Some(was)) => match self.moved(was, now) {
                        // The way was there; that a thief may set out on it is new.
                        None if became_exposed && ends_critically(now) => {
                            (State::New, "its credential is exposed now".to_owned())
                        }
                        Some(State::Worse) if self.newly_critical(was, now, became_exposed) => {
                            (State::New, "it leads there now".to_owned())
                        }
                        Some(state) => (state, String::new()),
                        None => continue,
                    },
                    (Some(old), None) if !would_list(old, now) => (
                        State::NewlyObserved,
                        "the older report does not list every resource of this credential"
                            .to_owned(),
                    ),
                    (None, _) => self.appeared(&new.evidence),
                    _ => match self.unseen_before(places(now)) {
                        Some(why) => (State::NewlyObserved, format!("in the older run {why}")),
                        None => (State::New, String::new()),
                    },
                };
                changes.push(self.path(new, was, Some(now), state, why));
            }
        }
        for old in &self.old.credentials {
            let new = self.new_credentials.get(old.id.as_str()).copied();
            for was in &old.top {
                if new.is_some_and(|new| new.top.iter().any(|now| now.resource == was.resource)) {
                    continue;
                }
                let (state, why) = match new {
                    None => self.went(&old.evidence),
                    Some(new) => {
                        let all: Vec<Place> = places(was).cloned().collect();
                        match self.went(&all) {
                            (State::Gone, _) if !would_list(new, was) => (
                                State::NotListed,
                                "the newer report does not list every resource of this credential"
                                    .to_owned(),
                            ),
                            told => told,
                        }
                    }
                };
                changes.push(self.path(old, Some(was), None, state, why));
            }
        }
        changes.sort_by(|a, b| {
            (a.state, !a.is_critical, &a.id).cmp(&(b.state, !b.is_critical, &b.id))
        });
        changes
    }

    /// Whether a path that was there leads only now where it must not.
    fn newly_critical(&self, was: &Reached, now: &Reached, became_exposed: bool) -> bool {
        ends_critically(now) && (became_exposed || !ends_critically(was))
    }

    /// Whether a path got worse or better.
    fn moved(&self, was: &Reached, now: &Reached) -> Option<State> {
        let gravity = |one: &Reached| (rung(&one.access), one.certain);
        match gravity(now).cmp(&gravity(was)) {
            std::cmp::Ordering::Greater => Some(State::Worse),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less => match self.unseen_now(places(was)) {
                Some(_) => Some(State::NotObserved),
                None => Some(State::Better),
            },
        }
    }

    fn path(
        &self,
        credential: &Credential,
        was: Option<&Reached>,
        now: Option<&Reached>,
        state: State,
        why: String,
    ) -> PathChange {
        let way = |one: &Reached| Way {
            access: one.access.clone(),
            is_certain: one.certain,
            hops: one.hops,
        };
        let end = now.or(was);
        let exposed = match now {
            Some(_) => &self.is_exposed,
            None => &self.was_exposed,
        };
        PathChange {
            id: path_id(&credential.id, end.map_or("", |one| &one.resource)),
            credential: credential.id.clone(),
            credential_name: credential.name.clone(),
            resource: end.map(|one| one.resource.clone()).unwrap_or_default(),
            resource_name: end.map(|one| one.name.clone()).unwrap_or_default(),
            state,
            is_critical: exposed.contains(credential.id.as_str())
                && end.is_some_and(ends_critically),
            old: was.map(way),
            new: now.map(way),
            why,
        }
    }

    fn fixes(&self) -> Vec<FixChange> {
        let gain = |one: &super::report::Fix| Both {
            certain: one.certain,
            possible: one.possible,
        };
        let by_id = |report: &'r Report| -> BTreeMap<&'r str, &'r super::report::Fix> {
            report
                .fixes
                .iter()
                .map(|one| (one.id.as_str(), one))
                .collect()
        };
        let (in_old, in_new) = (by_id(self.old), by_id(self.new));
        let is_whole = |report: &Report| report.totals.fix_candidates_bounded == 0;
        let mut changes = Vec::new();
        for new in &self.new.fixes {
            let old = in_old.get(new.id.as_str()).copied();
            let (state, why) = match old.map(|old| gain(new).sum().cmp(&gain(old).sum())) {
                Some(std::cmp::Ordering::Greater) => (State::Worse, String::new()),
                Some(std::cmp::Ordering::Less) => (State::Better, String::new()),
                Some(std::cmp::Ordering::Equal) => continue,
                None if !is_whole(self.old) => (
                    State::NewlyObserved,
                    "the older report lists the best fixes only".to_owned(),
                ),
                None => self.appeared(&new.evidence),
            };
            changes.push(FixChange {
                id: new.id.clone(),
                text: new.text.clone(),
                state,
                old: old.map(gain),
                new: Some(gain(new)),
                why,
            });
        }
        for old in &self.old.fixes {
            if in_new.contains_key(old.id.as_str()) {
                continue;
            }
            let (state, why) = match is_whole(self.new) {
                true => self.went(&old.evidence),
                false => (
                    State::NotListed,
                    "the newer report lists the best fixes only".to_owned(),
                ),
            };
            changes.push(FixChange {
                id: old.id.clone(),
                text: old.text.clone(),
                state,
                old: Some(gain(old)),
                new: None,
                why,
            });
        }
        let weight = |change: &FixChange| {
            let figures = [change.old, change.new].into_iter().flatten();
            figures.map(Both::sum).max()
        };
        changes.sort_by(|a, b| (a.state, weight(b), &a.id).cmp(&(b.state, weight(a), &b.id)));
        changes
    }

    fn findings(&self) -> Vec<FindingChange> {
        let (Some(in_old), Some(in_new)) = (&self.old.findings, &self.new.findings) else {
            return Vec::new();
        };
        let prints = |all: &'r [super::report::Finding]| -> BTreeSet<&'r str> {
            all.iter().map(|one| one.fingerprint.as_str()).collect()
        };
        let (was, is) = (prints(in_old), prints(in_new));
        let appeared = in_new
            .iter()
            .filter(|one| !was.contains(one.fingerprint.as_str()));
        let went = in_old
            .iter()
            .filter(|one| !is.contains(one.fingerprint.as_str()));
        let mut changes: Vec<FindingChange> = appeared
            .map(|one| (one, self.appeared(&one.evidence)))
            .chain(went.map(|one| (one, self.went(&one.evidence))))
            .map(|(one, (state, why))| FindingChange {
                fingerprint: one.fingerprint.clone(),
                rule: one.rule.clone(),
                severity: one.severity.clone(),
                text: one.text.clone(),
                state,
                why,
            })
            .collect();
        changes.sort_by(|a, b| {
            (a.state, &a.rule, &a.fingerprint).cmp(&(b.state, &b.rule, &b.fingerprint))
        });
        changes
    }
}
