//! Jobs: what a credential is used for, one by one, as the estate file says it. No export tells which job uses which rights.

use super::build::problem_at;
use super::{
    Clause, CredentialId, Evidence, EvidenceList, Exposure, ExposureId, Inventory, PrincipalId,
};
use crate::problem::{Problem, ProblemCode, Severity};
use globset::GlobMatcher;
use std::collections::BTreeMap;

/// Actions on resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uses {
    /// The actions, with wildcards.
    pub actions: Clause,
    /// On what, with wildcards.
    pub on: Clause,
}

/// One `[[job]]` of the estate file. Several of one name and credential are one job.
#[derive(Debug, Clone)]
pub struct JobRecord {
    /// Its name.
    pub name: String,
    /// Id, name or key of the credential.
    pub credential: String,
    /// Patterns on names or keys of the places where the credential lies for it; empty: everywhere where it lies.
    pub places: Vec<GlobMatcher>,
    /// What it does.
    pub uses: Uses,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A job of a credential.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// The credential that it is one job of.
    pub credential: CredentialId,
    /// The places where the credential lies for it, in order.
    pub places: Vec<ExposureId>,
    /// What it does, each of it.
    pub uses: Vec<Uses>,
    /// Where it was read.
    pub evidence: EvidenceList,
}

/// A principal that acts as another one, in some uses alone: as what a job would act if it had a credential of its own. No
/// export says so; it is in inventories only that a fix is weighed by.
#[derive(Debug, Clone)]
pub struct Within {
    /// The principal.
    pub principal: PrincipalId,
    /// As whom it acts.
    pub of: PrincipalId,
    /// In what.
    pub uses: Vec<Uses>,
}

impl Inventory {
    /// The jobs of a credential, in order of name.
    pub fn jobs_of(&self, credential: CredentialId) -> impl Iterator<Item = &Job> {
        self.jobs
            .iter()
            .filter(move |job| job.credential == credential)
    }

    /// Links jobs to credentials and places. What names no credential, or several, or a place where it does not lie, is a
    /// problem and no job.
    pub(super) fn link_jobs(&mut self, records: Vec<JobRecord>, problems: &mut Vec<Problem>) {
        let mut jobs: BTreeMap<(CredentialId, String), Job> = BTreeMap::new();
        for record in records {
            let bad = |message: String, help: &str| {
                let (severity, code) = (Severity::Skipped, ProblemCode::BadEstate);
                problem_at(&self.files, &record.evidence, severity, code, message, help)
            };
            let named = self.credentials_named(&record.credential);
            let &[credential] = named.as_slice() else {
                problems.push(match named.len() {
                    0 => bad(
                        format!(
                            "no credential has the id, name or key `{}`",
                            record.credential
                        ),
                        "`leakreach list credentials` shows all; without it the job is left out",
                    ),
                    several => bad(
                        format!("`{}` names {several} credentials", record.credential),
                        "write the key of the one that is meant, as `leakreach list credentials --format json` shows it",
                    ),
                });
                continue;
            };
            let places = self.places_of(credential, &record.places);
            if places.is_empty() && !record.places.is_empty() {
                problems.push(bad(
                    format!(
                        "`{}` lies in no place that `place` names",
                        self.credentials[credential].name
                    ),
                    "`leakreach explain --breaks` shows where it lies; without a place the job is left out",
                ));
                continue;
            }
            let evidence = self.evidence.push(record.evidence);
            let job = jobs
                .entry((credential, record.name.clone()))
                .or_insert_with(|| Job {
                    name: record.name,
                    credential,
                    places: Vec::new(),
                    uses: Vec::new(),
                    evidence: Vec::new(),
                });
            job.places.extend(places);
            job.places.sort_unstable();
            job.places.dedup();
            job.uses.push(record.uses);
            job.evidence.push(evidence);
        }
        self.jobs = jobs.into_values().collect();
    }

    fn credentials_named(&self, name: &str) -> Vec<CredentialId> {
        let all = self.credentials.entries();
        let named = all.filter(|(_, row)| {
            &*row.key == name || row.name == name || row.identifier.as_deref() == Some(name)
        });
        named.map(|(id, _)| id).collect()
    }

    /// Where a credential lies, as far as one of the patterns names the place; everywhere, where there is none.
    fn places_of(&self, credential: CredentialId, patterns: &[GlobMatcher]) -> Vec<ExposureId> {
        let is_named = |place: &Exposure| {
            let mut patterns = patterns.iter();
            patterns.any(|glob| glob.is_match(&place.name) || glob.is_match(&*place.key))
        };
        let places = self.exposures.entries();
        let places =
            places.filter(|(_, row)| row.lying.iter().any(|one| one.credential == credential));
        let places = places.filter(|(_, row)| patterns.is_empty() || is_named(row));
        places.map(|(id, _)| id).collect()
    }
}
