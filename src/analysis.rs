//! The pipeline as one readable function: paths in, [`Analysis`] out. Reports present it and compute nothing.

use crate::inventory::{
    Access, CredentialId, ExposureId, Inventory, ResourceId,
};
use crate::problem::Problem;
use crate::risk::Points;
use crate::steps::{ControlId, FactId, StepId, Steps};
use camino::Utf8PathBuf;

/// What is leaked at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leak {
    /// One credential.
    Credential(CredentialId),
    /// All that lies in one place.
    Exposure(ExposureId),
}

/// How far a scenario travels, summed up. All counts are of distinct things, what leaked itself not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReachSummary {
    /// Weighted reach: the blast radius.
    pub points: Points,
    /// Credentials gained.
    pub credentials: u64,
    /// Principals the attacker can act as.
    pub principals: u64,
    /// Resources with any access.
    pub resources: u64,
    /// Crown jewels among them, with read access or graver.
    pub crowns: u64,
}

/// One resource that a scenario reaches, with the proof.
#[derive(Debug, Clone)]
pub struct ReachedResource {
    /// The resource.
    pub resource: ResourceId,
    /// The gravest access gained on it, in this layer.
    pub access: Access,
    /// What the scenario's reach of it weighs.
    pub points: Points,
    /// Reached without any conditional step.
    pub is_certain: bool,
    /// Length of the shortest chain of moves; for an AND the longest of its branches counts.
    pub hops: u32,
    /// The shortest proof of that access (certain if there is a certain one).
    pub proof: Proof,
}

/// Why a fact is reached: a step for every fact used that did not leak itself. For ANDs it is a tree, written in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    /// Each step's needs leaked, or are gained by a step before it. The last one gains what is proved.
    pub steps: Vec<StepId>,
    /// The fact that is proved.
    pub goal: Option<FactId>,
}

/// The reach of one scenario.
#[derive(Debug, Clone)]
pub struct ScenarioReach {
    /// What leaks.
    pub leak: Leak,
    /// Place in the ranking of its kind (credentials, exposures), from 1; equal reach has equal rank.
    pub rank: u64,
    /// Reach without conditional steps: a lower bound.
    pub certain: ReachSummary,
    /// Reach with them: an upper bound.
    pub possible: ReachSummary,
    /// Why its reach is unknown rather than small (`no export says whose key this is`); `None` when it is known.
    pub unknown: Option<String>,
    /// The weightiest resources it reaches, heaviest first; only for the scenarios that are shown in full.
    pub top: Vec<ReachedResource>,
}

/// A candidate fix with its exact gain: total reach over all credentials before, minus after it alone is applied.
#[derive(Debug, Clone)]
pub struct PricedFix {
    /// What it removes.
    pub control: ControlId,
    /// Place in the ranking, from 1; equal gains (certain and possible) have equal rank.
    pub rank: u64,
    /// Loss of certain reach.
    pub certain: Points,
    /// Loss of possible reach.
    pub possible: Points,
    /// Credentials whose possible reach shrinks.
    pub credentials: u64,
    /// One path that it cuts: the credential it shortens most, and a resource that one no longer reaches.
    pub example: Option<(CredentialId, ReachedResource)>,
}

/// Something that no export covers: unknown, never zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CoverageGap {
    /// What it is about: a tenant, a policy, a technique.
    pub subject: String,
    /// What is not known, and what that does to the answer.
    pub text: String,
    /// Which export would settle it; empty when none can.
    pub remedy: String,
}

/// Everything a report needs.
#[derive(Debug)]
pub struct Analysis {
    /// All that the exports say.
    pub inventory: Inventory,
    /// All that an attacker can do.
    pub steps: Steps,
    /// What is wrong with the input, in order of file and line.
    pub problems: Vec<Problem>,
    /// Files that are no exports by their kind.
    pub ignored: Vec<Utf8PathBuf>,
    /// What is unknown.
    pub gaps: Vec<CoverageGap>,
    /// All credentials, by rank.
    pub credentials: Vec<ScenarioReach>,
    /// All exposures, by rank.
    pub exposures: Vec<ScenarioReach>,
    /// Certain and possible reach summed over all credentials.
    pub total: (Points, Points),
    /// The fixes by rank: all that gain anything, or the best of them.
    pub fixes: Vec<PricedFix>,
    /// How many candidates there were.
    pub candidates: u64,
    /// Candidates that were not priced exactly because none of them can gain more than the last fix of the list.
    pub bounded: u64,
}

/// How files are read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The estate file.
    pub estate: Option<Utf8PathBuf>,
    /// Larger files are skipped.
    pub max_file_bytes: u64,
}

/// How many fixes are priced exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixLimit {
    /// All of them.
    All,
    /// That many of the best.
    Best(usize),
}

/// What a run is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The moment that counts as now.
    pub as_of: jiff::Timestamp,
    /// How files are read.
    pub read: ReadOptions,
    /// How many scenarios are shown in full.
    pub shown: usize,
    /// How many fixes are priced exactly.
    pub fixes: FixLimit,
}

/// What ends a run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no pipeline yet.
    #[error("nothing can be analysed yet")]
    NotBuilt,
}

/// Paths in, analysis out.
///
/// # Errors
/// Always, until there is a pipeline.
pub fn analyze(
    _paths: &[Utf8PathBuf],
    _options: &Options,
    _progress: &dyn crate::progress::Progress,
) -> Result<Analysis, Error> {
    Err(Error::NotBuilt)
}
