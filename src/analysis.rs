//! The pipeline as one readable function: paths in, [`Analysis`] out. Reports present it and compute nothing.

mod breakdown;
mod cases;
mod counted;
mod explain;
mod findings;
mod judged;
mod key;
mod named;
mod organisation;
mod plan;
mod shard;
mod simulate;
mod split;
mod tighten;

use crate::changes::OverTime;
use crate::findings::Finding;
use crate::fixes;
pub use crate::fixes::{
    Bound, Edit, Element, Goal, LastUsed, Life, Limit as FixLimit, Limits, Measure, Narrowing,
    Operation, Share, Survivor,
};
pub use crate::inventory::CoverageGap;
use crate::inventory::{Access, CredentialId, ExposureId, Id, Inventory, ResourceId, Table};
pub use crate::memory::{Memory, TooLittle};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::reach::{self, Derivations, Layer, Tally};
pub use crate::risk::Mode;
use crate::risk::{self, Band, Chance, HomeNumber, Model, Points, Signs, Vector};
use crate::sources;
pub use crate::sources::ReadOptions;
use crate::steps::{Control, ControlId, Fact, FactId, StepId, Steps};
use crate::techniques;
pub use breakdown::{Breakdown, Share as BreakdownShare};
use camino::Utf8PathBuf;
use counted::{Counted, worth};
pub use counted::{Gained, Sums};
pub use explain::{
    Answer, Cut, Found, Place, Question, Reach, Reachers, Reaching, Uses, Way, Ways, answer,
};
use jiff::Timestamp;
pub use judged::Unaccepted;
pub use named::{Sort, Thing, Unnamed, named};
pub use organisation::{Organisation, Sensitivities, Unlabelled};
pub use plan::{Plan, PlannedFix, plan};
use rayon::prelude::*;
pub use shard::{Part, Shard, Unmerged, merge, part};
pub use simulate::{
    Changed, Held, Left, Lost, Simulation, Unplanned, Unsimulated, fixes_of_plan, simulate,
    simulated,
};
use std::cmp::Reverse;

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
    /// Points: weighted reach, times the chance that it leaks and is used.
    pub points: Points,
    /// Credentials gained.
    pub credentials: u64,
    /// Principals the attacker can act as.
    pub principals: u64,
    /// Resources with any access.
    pub resources: u64,
    /// Crown jewels among them, with read access or graver.
    pub crowns: u64,
    /// Whole tenants among them that are administered and no crown jewels: accounts, organisations, clusters.
    pub tenants: u64,
}

/// One resource that a scenario reaches, with the proof.
#[derive(Debug, Clone)]
pub struct ReachedResource {
    /// The resource.
    pub resource: ResourceId,
    /// The gravest access gained on it, in this layer.
    pub access: Access,
    /// What the scenario's reach of it weighs: X · V · A, without the chance that it comes about.
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
    /// The terms of its points.
    pub vector: Vector,
    /// How bad it is.
    pub band: Band,
    /// Why its reach is unknown rather than small (`no export says whose key this is`); `None` when it is known.
    pub unknown: Option<String>,
    /// The weightiest resources it reaches, heaviest first; only for the scenarios that are shown in full.
    pub top: Vec<ReachedResource>,
    /// Where its reach lies; only for the scenarios that are shown in full.
    pub breakdown: Breakdown,
}

impl ScenarioReach {
    /// The one number between certain and possible points.
    pub fn points(&self, measure: Measure) -> Points {
        Points::one((self.certain.points, self.possible.points), measure)
    }

    /// What is lost on average of the value of all resources, from 0 to 1, without borders.
    pub fn share(&self, measure: Measure, value: Points) -> f64 {
        Points::one(self.vector.lost(), measure).share_of(value)
    }
}

/// A candidate fix with its exact gain: total reach over all credentials before, minus after it alone is applied.
#[derive(Debug, Clone)]
pub struct PricedFix {
    /// What it removes or narrows.
    pub control: ControlId,
    /// To what it is narrowed; `None` when it is removed.
    pub narrowing: Option<Narrowing>,
    /// Place in the ranking, from 1; equal gains (certain and possible) have equal rank.
    pub rank: u64,
    /// Loss of certain reach.
    pub certain: Points,
    /// Loss of possible reach.
    pub possible: Points,
    /// Credentials whose possible reach shrinks.
    pub credentials: u64,
    /// When what it takes away was last used; `None` where it takes nothing from those who use it.
    pub last_used: Option<LastUsed>,
    /// The edits of policy documents by which it is done; none where it is not done by any.
    pub edits: Vec<Edit>,
    /// One path that it cuts: the credential it shortens most, and a resource that one no longer reaches.
    pub example: Option<(CredentialId, ReachedResource)>,
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
    /// What scenarios and resources weigh.
    pub model: Model,
    /// How bad it is for the whole.
    pub organisation: Organisation,
    /// What to classify next, that first on which most points hang.
    pub unlabelled: Vec<Unlabelled>,
    /// The fixes by rank: all that gain anything, or the best of them.
    pub fixes: Vec<PricedFix>,
    /// How many candidates there were.
    pub candidates: u64,
    /// Candidates that were not priced exactly because none of them can gain more than the last fix of the list.
    pub bounded: u64,
    /// What somebody should look at, the gravest first.
    pub findings: Vec<Finding>,
    /// What other runs tell of this one; whoever has them adds it.
    pub over_time: OverTime,
}

/// What a run is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The moment that counts as now.
    pub as_of: Timestamp,
    /// How files are read.
    pub read: ReadOptions,
    /// What is asked of credentials: what if they leak, or how likely that is.
    pub mode: Mode,
    /// By which figure between certain and possible things are ranked and fixes chosen.
    pub measure: Measure,
    /// How many scenarios of a kind are shown in full.
    pub shown: usize,
    /// How many fixes are priced exactly.
    pub fixes: FixLimit,
    /// How much memory may be held.
    pub memory: Memory,
}

/// Paths in, analysis out. What is wrong with the input is in [`Analysis::problems`]; it does not end the run.
///
/// # Errors
/// When there is too little memory.
pub fn analyze(
    paths: &[Utf8PathBuf],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Analysis, TooLittle> {
    let mut analysis = reached(paths, options, progress)?;
    let fixes = Fixes::new(&analysis);
    let priced = analysis.priced();
    let ranking = fixes::rank_within(
        &analysis.steps,
        &priced.scenarios,
        &priced.weights,
        &fixes.candidates,
        options.fixes,
        &options.memory,
        progress,
    )?;
    let fixes = fixes.ranked(&analysis, &ranking, options)?;
    analysis.add_fixes(fixes, &ranking, options)?;
    analysis.add_findings(options, progress)?;
    Ok(analysis)
}

/// All but the fixes.
///
/// # Errors
/// When there is too little memory.
pub fn reached(
    paths: &[Utf8PathBuf],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Analysis, TooLittle> {
    let mut analysis = derived(paths, options, progress);
    let (credentials, exposures) = analysis.leaks();
    let leaks = [credentials, exposures].concat();
    let sums = analysis.sums(&leaks, &options.memory, progress)?;
    analysis.add_reach(sums, options)?;
    organisation::add(&mut analysis, &options.memory, progress)?;
    Ok(analysis)
}

/// What was read and the steps that it makes; nothing of reach yet.
pub fn derived(paths: &[Utf8PathBuf], options: &Options, progress: &dyn Progress) -> Analysis {
    let reading = sources::read(paths, &options.read, progress);
    let mut problems = reading.problems;
    let mut inventory =
        Inventory::build(reading.files, reading.records, options.as_of, &mut problems);
    let (steps, gaps) = techniques::derive(&mut inventory);
    let splits = fixes::splits(&inventory, &steps, &mut problems);
    problems.sort_unstable();
    problems.dedup();
    let mut analysis = Analysis {
        problems,
        ignored: reading.ignored,
        gaps,
        ..Analysis::of(inventory, steps, (options.mode, options.measure))
    };
    for credential in splits {
        analysis.steps.controls.push(Control::Split(credential));
    }
    analysis
}

impl Analysis {
    /// What an inventory and its steps are; nothing of reach yet.
    fn of(inventory: Inventory, steps: Steps, (mode, measure): (Mode, Measure)) -> Self {
        let model = Model::new(&inventory, mode).measured_by(measure);
        Self {
            steps: fixes::with_leftovers(steps, model.chances.lowered()),
            model,
            organisation: Organisation::default(),
            unlabelled: Vec::new(),
            inventory,
            problems: Vec::new(),
            ignored: Vec::new(),
            gaps: Vec::new(),
            credentials: Vec::new(),
            exposures: Vec::new(),
            total: (Points(0), Points(0)),
            fixes: Vec::new(),
            candidates: 0,
            bounded: 0,
            findings: Vec::new(),
            over_time: OverTime::default(),
        }
    }

    /// All credentials and all exposures, in order of id.
    fn leaks(&self) -> (Vec<Leak>, Vec<Leak>) {
        let credentials = self.inventory.credentials.ids().map(Leak::Credential);
        let exposures = self.inventory.exposures.ids().map(Leak::Exposure);
        (credentials.collect(), exposures.collect())
    }

    /// How far each of some leaks travels.
    fn sums(
        &self,
        leaks: &[Leak],
        memory: &Memory,
        progress: &dyn Progress,
    ) -> Result<Vec<Sums>, TooLittle> {
        let Self {
            inventory,
            steps,
            model,
            ..
        } = self;
        let begun = seeds(steps, leaks);
        sums_of(inventory, steps, model, (leaks, &begun), memory, progress)
    }

    /// Adds the scenarios: `sums` has one entry for each credential, then one for each exposure.
    fn add_reach(&mut self, sums: Vec<Sums>, options: &Options) -> Result<(), TooLittle> {
        let Self {
            inventory,
            steps,
            model,
            ..
        } = &*self;
        let (credentials, exposures) = self.leaks();
        let mut sums = sums.into_iter();
        let value = organisation::value(inventory);
        let [mut credentials, mut exposures] = [credentials, exposures].map(|leaks| {
            let scenarios = leaks.into_iter().zip(&mut sums);
            let scenarios = scenarios.map(|(leak, sums)| {
                let unknown = why_unknown(inventory, steps, leak);
                ScenarioReach {
                    leak,
                    rank: 0,
                    certain: sums.certain,
                    possible: sums.possible,
                    band: band(
                        (&sums.certain, &sums.possible),
                        &sums.vector,
                        unknown.is_some(),
                        value,
                        model,
                    ),
                    vector: sums.vector,
                    unknown,
                    top: Vec::new(),
                    breakdown: Breakdown::default(),
                }
            });
            scenarios.collect::<Vec<ScenarioReach>>()
        });
        rank_scenarios(&mut credentials, inventory, model.measure);
        rank_scenarios(&mut exposures, inventory, model.measure);
        let total = (
            credentials.iter().map(|one| one.certain.points).sum(),
            credentials.iter().map(|one| one.possible.points).sum(),
        );
        let (weights, _) = worth(inventory, steps, model);
        for shown in [&mut credentials, &mut exposures] {
            let count = shown.len().min(options.shown);
            let (shown, _) = shown.split_at_mut(count);
            for some in shown.chunks_mut(at_once(steps, options)?) {
                some.par_iter_mut().for_each(|scenario| {
                    let seeds = seeds_of(steps, scenario.leak);
                    let weighing = Weighing::of(model, inventory, &weights, scenario.leak);
                    scenario.top = top_resources(steps, &weighing, &seeds, TOP);
                });
            }
            breakdown::add(inventory, steps, model, shown, &options.memory)?;
        }
        self.credentials = credentials;
        self.exposures = exposures;
        self.total = total;
        Ok(())
    }

    /// Adds the fixes, and those that are priced by deriving everything again.
    fn add_fixes(
        &mut self,
        fixes: Vec<PricedFix>,
        ranking: &fixes::Ranking,
        options: &Options,
    ) -> Result<(), TooLittle> {
        self.fixes = fixes;
        self.candidates = ranking.candidates;
        self.bounded = ranking.bounded;
        tighten::add(self, options)?;
        split::add(self, options)
    }
}

/// How far each of some leaks, which begins with those facts, travels.
fn sums_of(
    inventory: &Inventory,
    steps: &Steps,
    model: &Model,
    (leaks, seeds): (&[Leak], &[Vec<FactId>]),
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Vec<Sums>, TooLittle> {
    let counted = Counted::new(inventory, steps, model);
    let sum = |scenario: usize, tally: Tally<'_>| match leaks.get(scenario) {
        Some(&leak) => counted.summed(leak, model, tally),
        None => Sums::default(),
    };
    reach::reach_within(steps, seeds, &counted.classes, memory, sum, progress)
}

/// How many scenarios are looked at in full at once: two derivations each.
fn at_once(steps: &Steps, options: &Options) -> Result<usize, TooLittle> {
    let each = 2 * Derivations::bytes(steps);
    options.memory.at_once("a path", each, usize::MAX)
}

/// What each of some leaks gives.
fn seeds(steps: &Steps, leaks: &[Leak]) -> Vec<Vec<FactId>> {
    leaks.iter().map(|&leak| seeds_of(steps, leak)).collect()
}

/// The candidates, and what describes them.
struct Fixes<'a> {
    usages: fixes::Usages<'a>,
    edits: fixes::Edits<'a>,
    candidates: Vec<fixes::Candidate>,
}

impl<'a> Fixes<'a> {
    fn new(analysis: &'a Analysis) -> Self {
        let mut all = Self::with(analysis, Vec::new());
        let Analysis {
            inventory, steps, ..
        } = analysis;
        all.candidates = fixes::candidates(inventory, steps, &all.usages, &all.edits);
        all
    }

    fn with(analysis: &'a Analysis, candidates: Vec<fixes::Candidate>) -> Self {
        Self {
            usages: fixes::Usages::new(&analysis.inventory),
            edits: fixes::Edits::new(&analysis.inventory),
            candidates,
        }
    }

    /// Those that gain anything, described.
    fn ranked(
        self,
        analysis: &Analysis,
        ranking: &fixes::Ranking,
        options: &Options,
    ) -> Result<Vec<PricedFix>, TooLittle> {
        let steps = &analysis.steps;
        let mut fixes = ranked(self.candidates, &ranking.gains);
        for fix in &mut fixes {
            fix.describe(steps, &self.usages, &self.edits);
        }
        let count = fixes.len().min(options.shown);
        let (shown, _) = fixes.split_at_mut(count);
        for some in shown.chunks_mut(at_once(steps, options)?) {
            some.par_iter_mut().for_each(|fix| {
                fix.example = example(steps, &analysis.credentials, fix.removed(steps));
            });
        }
        Ok(fixes)
    }
}

/// Scenarios as fixes are priced over them: as leaks, and the parts of their chances that fixes take away.
struct Priced {
    scenarios: Vec<Vec<FactId>>,
    weights: fixes::Weights,
}

impl Analysis {
    /// All credentials, in the order of [`Analysis::credentials`].
    fn priced(&self) -> Priced {
        let leaks: Vec<Leak> = self.credentials.iter().map(|one| one.leak).collect();
        self.priced_over(&leaks)
    }

    /// What these leaks give and weigh, and the parts of their chances that fixes take away.
    fn priced_over(&self, leaks: &[Leak]) -> Priced {
        let Self {
            inventory,
            steps,
            model,
            ..
        } = self;
        let told = leaks.iter().map(|leak| {
            let Chance { certain, possible } = leak.chance(model);
            (fixes::Layers { certain, possible }, leak.home(model))
        });
        let told: Vec<(fixes::Layers, u32)> = told.collect();
        let (facts, places) = worth(inventory, steps, model);
        let factor = |home, place| model.borders.factor(home, place);
        let lowered = model.chances.lowered();
        let parts = fixes::Parts::new(steps, seeds(steps, leaks), told, lowered);
        Priced {
            weights: parts
                .weights(facts, places, factor)
                .compared_by(model.measure),
            scenarios: parts.scenarios,
        }
    }
}

/// The model with the chances that some fixes lower.
fn lowered_by(model: &Model, fixes: impl Iterator<Item = Control>) -> Model {
    let lowered = fixes.filter_map(|control| match control {
        Control::Chance(credential, lowering) => Some((credential, lowering)),
        _ => None,
    });
    let lowered: Vec<_> = lowered.collect();
    let left = lowered
        .iter()
        .map(|&(id, _)| (id, model.chances.left(id, &lowered)));
    Model {
        chances: model.chances.clone().with(left),
        ..model.clone()
    }
}

/// How bad a scenario is.
fn band(
    (certain, possible): (&ReachSummary, &ReachSummary),
    vector: &Vector,
    is_unknown: bool,
    value: Points,
    model: &Model,
) -> Band {
    let lost = Points::one(vector.lost(), model.measure);
    let lost = u128::from(lost.0) * 10_000;
    let share = lost / u128::from(value.0.max(1));
    let signs = Signs {
        reaches_crown: certain.crowns > 0 && certain.points > Points(0),
        may_reach_crown: possible.crowns > 0 && possible.points > Points(0),
        share: u64::try_from(share).unwrap_or(u64::MAX),
        reaches_anything: possible.points > Points(0),
        is_unknown,
    };
    Band::of(signs, &model.settings)
}

/// The facts that a leak gives; none when no step speaks of them.
pub(crate) fn seeds_of(steps: &Steps, leak: Leak) -> Vec<FactId> {
    let fact = match leak {
        Leak::Credential(id) => Fact::Credential(id),
        Leak::Exposure(id) => Fact::Exposure(id),
    };
    steps.fact_id(fact).into_iter().collect()
}

/// Why reach is not known, rather than small.
fn why_unknown(inventory: &Inventory, steps: &Steps, leak: Leak) -> Option<String> {
    let Leak::Credential(id) = leak else {
        return None;
    };
    let leads_on = steps
        .fact_id(Fact::Credential(id))
        .is_some_and(|fact| !steps.needing(fact).is_empty());
    match inventory.credentials[id].principal {
        None if leads_on => None,
        None => Some("no export says whose it is".to_owned()),
        Some(principal) if inventory.principals[principal].is_stub => Some(format!(
            "no export describes `{}`",
            inventory.principals[principal].name
        )),
        Some(_) => None,
    }
}

/// By the one number, then by what it leaves out; equal reach has equal rank, in order of key.
fn rank_scenarios(scenarios: &mut [ScenarioReach], inventory: &Inventory, measure: Measure) {
    let key = |leak: Leak| match leak {
        Leak::Credential(id) => inventory.credentials[id].key.clone(),
        Leak::Exposure(id) => inventory.exposures[id].key.clone(),
    };
    let weight =
        |one: &ScenarioReach| Reverse(measure.key(one.certain.points.0, one.possible.points.0));
    scenarios.sort_by_cached_key(|one| (weight(one), key(one.leak)));
    let mut last = None;
    let mut rank = 0;
    for (place, scenario) in (1..).zip(scenarios.iter_mut()) {
        let weight = weight(scenario);
        if last != Some(weight) {
            rank = place;
        }
        last = Some(weight);
        scenario.rank = rank;
    }
}

/// How many resources are shown for a scenario.
const TOP: usize = 12;

/// What facts weigh for one scenario once it has come about: X · V · A.
struct Weighing<'a> {
    inventory: &'a Inventory,
    model: &'a Model,
    /// V · A by fact, in hundredths.
    weights: &'a Table<FactId, u64>,
    /// Where it begins; `None` where that is nowhere.
    home: Option<HomeNumber>,
}

impl<'a> Weighing<'a> {
    /// For what leaks.
    fn of(
        model: &'a Model,
        inventory: &'a Inventory,
        weights: &'a Table<FactId, u64>,
        leak: Leak,
    ) -> Self {
        Self {
            inventory,
            model,
            weights,
            home: Some(leak.home(model)),
        }
    }

    /// For what is held for sure, wherever that is.
    fn held(model: &'a Model, inventory: &'a Inventory, weights: &'a Table<FactId, u64>) -> Self {
        Self {
            inventory,
            model,
            weights,
            home: None,
        }
    }

    /// What reaching these rungs of a resource weighs.
    fn points(&self, resource: ResourceId, rungs: impl Iterator<Item = FactId>) -> Points {
        let borders = &self.model.borders;
        let factor = self.home.map_or(risk::NO_BORDER, |home| {
            borders.factor(home, borders.place_of(resource))
        });
        let worth: u64 = rungs.map(|fact| self.weights[fact]).sum();
        Points(risk::WHOLE * factor * worth)
    }
}

/// The weightiest resources that a scenario reaches, at most so many, each with its gravest access and the proof of that.
fn top_resources(
    steps: &Steps,
    weighing: &Weighing<'_>,
    seeds: &[FactId],
    most: usize,
) -> Vec<ReachedResource> {
    let layers = [Layer::Certain, Layer::Possible].map(|l| Derivations::new(steps, l, seeds));
    let [certain, possible] = &layers;
    let gravest = |derivations: &Derivations<'_>, resource: ResourceId| {
        Access::LADDER.into_iter().rev().find_map(|access| {
            let fact = steps.fact_id(Fact::Access(resource, access))?;
            derivations.hops(fact).map(|hops| (access, fact, hops))
        })
    };
    let mut top: Vec<ReachedResource> = weighing
        .inventory
        .resources
        .ids()
        .filter_map(|resource| {
            let (derivations, is_certain) = match gravest(certain, resource) {
                Some(_) => (certain, true),
                None => (possible, false),
            };
            let (access, goal, hops) = gravest(derivations, resource)?;
            let rungs = Access::LADDER
                .into_iter()
                .filter_map(|rung| steps.fact_id(Fact::AtLeast(resource, rung)))
                .filter(|&fact| derivations.hops(fact).is_some());
            let points = weighing.points(resource, rungs);
            Some(ReachedResource {
                resource,
                access,
                points,
                is_certain,
                hops,
                proof: Proof {
                    steps: Vec::new(),
                    goal: Some(goal),
                },
            })
        })
        .collect();
    // Certain before possible at equal weight, then the shorter way, then the key: ids are in order of key.
    top.sort_by_key(|one| (Reverse(one.points), !one.is_certain, one.hops, one.resource));
    top.truncate(most);
    for reached in &mut top {
        let derivations = if reached.is_certain {
            certain
        } else {
            possible
        };
        if let Some(steps) = reached.proof.goal.and_then(|goal| derivations.proof(goal)) {
            reached.proof.steps = steps;
        }
    }
    top
}

/// Sorts fixes by what they gain, and ranks them again.
fn rank_fixes(fixes: &mut [PricedFix], measure: Measure) {
    let value = |fix: &PricedFix| measure.key(fix.certain.0, fix.possible.0);
    // Stable: what removes more comes first at equal gain, as it was.
    fixes.sort_by_key(|fix| Reverse(value(fix)));
    let mut last = None;
    let mut rank = 0;
    for (place, fix) in (1..).zip(fixes.iter_mut()) {
        if last != Some(value(fix)) {
            rank = place;
        }
        last = Some(value(fix));
        fix.rank = rank;
    }
}

/// The candidates that gain anything, with their ranks; equal gains have equal rank.
fn ranked(candidates: Vec<fixes::Candidate>, gains: &[fixes::Gain]) -> Vec<PricedFix> {
    let mut candidates: Vec<Option<fixes::Candidate>> = candidates.into_iter().map(Some).collect();
    let mut last = None;
    let mut rank = 0;
    let mut priced: Vec<PricedFix> = Vec::with_capacity(gains.len());
    for (place, gain) in (1..).zip(gains) {
        let value = (gain.certain, gain.possible);
        if last != Some(value) {
            rank = place;
        }
        last = Some(value);
        let candidate = candidates.get_mut(gain.candidate).and_then(Option::take);
        let Some(candidate) = candidate else { continue };
        priced.push(PricedFix {
            control: candidate.control,
            narrowing: candidate.narrowing,
            rank,
            certain: Points(gain.certain),
            possible: Points(gain.possible),
            credentials: gain.scenarios,
            last_used: None,
            edits: Vec::new(),
            example: None,
        });
    }
    priced
}

impl PricedFix {
    /// Adds what is known of it beside its gain.
    fn describe(&mut self, steps: &Steps, usages: &fixes::Usages<'_>, edits: &fixes::Edits<'_>) {
        let control = steps.controls[self.control];
        self.edits = edits.of(control, self.narrowing.as_ref());
        self.last_used = match &self.narrowing {
            Some(narrowing) => narrowing.last_used.clone(),
            None => usages.of(control),
        };
    }

    /// The steps that it removes, in order.
    pub fn removed<'a>(&'a self, steps: &'a Steps) -> &'a [StepId] {
        match &self.narrowing {
            Some(narrowing) => &narrowing.steps,
            None => steps.controlled_by(self.control),
        }
    }
}

/// The first credential, and the weightiest of its resources, that a fix cuts off from each other.
fn example(
    steps: &Steps,
    credentials: &[ScenarioReach],
    removed: &[StepId],
) -> Option<(CredentialId, ReachedResource)> {
    credentials.iter().find_map(|scenario| {
        let Leak::Credential(id) = scenario.leak else {
            return None;
        };
        scenario.top.iter().find_map(|reached| {
            let is_used = reached
                .proof
                .steps
                .iter()
                .any(|step| removed.contains(step));
            if !is_used {
                return None;
            }
            let layer = if reached.is_certain {
                Layer::Certain
            } else {
                Layer::Possible
            };
            let seeds = seeds_of(steps, scenario.leak);
            let left = reach::reached_without(steps, layer, &seeds, removed);
            let goal = reached.proof.goal?;
            (left.get(goal.index()) == Some(&false)).then(|| (id, reached.clone()))
        })
    })
}
