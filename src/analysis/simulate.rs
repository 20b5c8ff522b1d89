//! What fixes change together: reach before and after, of everything and of each credential, and the access that is lost.
//!
//! The changes are made to the steps and chances (a statement that is tightened is changed itself, and so is an estate in which a
//! credential is split, and everything derived anew), and all reach is computed again: nothing is added up from the gains of
//! single fixes, which do not add up.

use super::tighten::replaced;
use super::{
    Analysis, Leak, Options, PricedFix, ReachSummary, ScenarioReach, Sums, TooLittle, Weighing,
    lowered_by, reached, seeds_of, sums_of, worth,
};
use crate::analysis::key::fix_key;
use crate::fixes::{self, Measure, Narrowing};
use crate::inventory::{Access, CredentialId, Id, Inventory, ResourceId, ScopeId, Statement};
use crate::memory::Memory;
use crate::progress::Progress;
use crate::reach::{self, Layer};
use crate::risk::{Chance, Model, Points};
use crate::steps::{Control, ControlId, Fact, FactId, StepId, Steps};
use crate::techniques;
use camino::Utf8PathBuf;
use indexmap::IndexMap;
use rayon::prelude::*;

/// What some fixes change.
#[derive(Debug)]
pub struct Simulation {
    /// The fixes, in the order in which they were named; each once. They are not priced.
    pub fixes: Vec<PricedFix>,
    /// Certain and possible reach before, summed over all credentials.
    pub before: (Points, Points),
    /// The same after.
    pub after: (Points, Points),
    /// The credentials whose reach changes, those that lose most first; equal ones in order of rank before.
    pub credentials: Vec<Changed>,
    /// How many credentials there are in all.
    pub scenarios: usize,
}

impl Simulation {
    /// Certain and possible reach that the fixes take away together, exactly; nothing where more is reached after them, as by
    /// jobs of a split credential that share what they reach.
    pub fn gain(&self) -> (Points, Points) {
        (self.before.0 - self.after.0, self.before.1 - self.after.1)
    }
}

/// A credential whose reach changes. One that is split has, after it, the points of all that come in its place, and reaches what
/// these do together.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The credential.
    pub leak: Leak,
    /// Its reach before: certain and possible.
    pub before: (ReachSummary, ReachSummary),
    /// Its reach after.
    pub after: (ReachSummary, ReachSummary),
    /// What it no longer reaches, or reaches with less access or less surely: the weightiest first; only of the credentials
    /// that are shown in full.
    pub lost: Vec<Lost>,
    /// What it still reaches, the weightiest first; only of those shown in full.
    pub left: Vec<Left>,
}

/// Access that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The resource.
    pub resource: ResourceId,
    /// The gravest access before, and whether it was certain.
    pub before: Held,
    /// What is left of it.
    pub after: Option<Held>,
    /// What the possible reach of it weighed, less what it weighs after.
    pub points: Points,
}

/// An access that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The gravest one; a certain one before a graver one that is only possible.
    pub access: Access,
    /// Whether it hangs on nothing that cannot be decided offline.
    pub is_certain: bool,
    /// The gravest access that is possible.
    pub possible: Access,
}

/// Access that is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The resource.
    pub resource: ResourceId,
    /// The access.
    pub held: Held,
    /// What possible reach of it weighs.
    pub points: Points,
}

/// Why fixes could not be simulated: all are faults of what was asked for, but the last.
#[derive(Debug, thiserror::Error)]
pub enum Unsimulated {
    /// No candidate has that id.
    #[error("no fix has the id `{id}`")]
    Unknown {
        /// The id.
        id: String,
        /// Ids that are near it, the nearest first.
        near: Vec<String>,
    },
    /// Two fixes change one statement in ways of which none is known to be both.
    #[error("`{one}` and `{other}` change the same statement: simulate one after the other")]
    Clash {
        /// The first.
        one: String,
        /// The second.
        other: String,
    },
    /// There is too little memory.
    #[error(transparent)]
    Memory(#[from] TooLittle),
}

/// How a fix is done.
#[derive(Debug, Clone)]
enum Change {
    /// Steps go.
    Removal,
    /// A statement is replaced, and everything derived anew.
    Tightening(Box<Statement>),
    /// A credential becomes several, and everything is derived anew.
    Split(CredentialId),
}

/// A fix that was named.
struct Named {
    id: String,
    fix: PricedFix,
    change: Change,
}

/// Paths in; what the fixes of those ids change out, beside all that [`super::analyze`] tells but the single fixes. So many
/// credentials as `options.shown` are told in full.
///
/// # Errors
/// When an id is of no fix, two fixes cannot be done together, or there is too little memory.
pub fn simulate(
    paths: &[Utf8PathBuf],
    options: &Options,
    ids: &[String],
    progress: &dyn Progress,
) -> Result<(Analysis, Simulation), Unsimulated> {
    let without_details = Options {
        shown: 0,
        ..options.clone()
    };
    let mut analysis = reached(paths, &without_details, progress)?;
    let simulation = simulated(&mut analysis, options, ids, progress)?;
    Ok((analysis, simulation))
}

/// The same for what was read before, with its reach: `analysis` is left as it was.
///
/// # Errors
/// As [`simulate`].
pub fn simulated(
    analysis: &mut Analysis,
    options: &Options,
    ids: &[String],
    progress: &dyn Progress,
) -> Result<Simulation, Unsimulated> {
    let named = named(analysis, ids)?;
    let changes = changed(analysis, &named)?;
    let after = after(analysis, &changes, &options.memory, progress)?;
    let measure = options.measure;
    let mut credentials = compared(&analysis.credentials, &after.credentials, measure);
    let at_once = super::at_once(&analysis.steps, options)?;
    let analysis = &*analysis;
    for some in credentials
        .iter_mut()
        .take(options.shown)
        .collect::<Vec<_>>()
        .chunks_mut(at_once)
    {
        some.par_iter_mut()
            .for_each(|one| detail(analysis, &changes, one));
    }
    Ok(Simulation {
        before: analysis.total,
        after: after.total,
        scenarios: analysis.credentials.len(),
        credentials,
        fixes: named.into_iter().map(|named| named.fix).collect(),
    })
}

/// The fixes of those ids, each once.
fn named(analysis: &Analysis, ids: &[String]) -> Result<Vec<Named>, Unsimulated> {
    let Analysis {
        inventory, steps, ..
    } = analysis;
    let usages = fixes::Usages::new(inventory);
    let edits = fixes::Edits::new(inventory);
    let mut all: IndexMap<String, (ControlId, Option<Narrowing>, Change)> = IndexMap::new();
    for candidate in fixes::candidates(inventory, steps, &usages, &edits) {
        let control = steps.controls[candidate.control];
        let id = fix_key(inventory, control, candidate.narrowing.as_ref());
        all.insert(
            id,
            (candidate.control, candidate.narrowing, Change::Removal),
        );
    }
    for (control, credential) in analysis.splits() {
        let id = fix_key(inventory, steps.controls[control], None);
        all.insert(id, (control, None, Change::Split(credential)));
    }
    // Tightenings are made for what is named alone: each is a statement of its own.
    let scopes = steps.controls.entries().filter_map(|(id, of)| match *of {
        Control::Scope(scope) => Some((id, *of, scope)),
        _ => None,
    });
    for (control, of, scope) in scopes {
        let key = of.key(inventory);
        if !ids.iter().any(|id| id.starts_with(&format!("{key}?in="))) {
            continue;
        }
        for one in fixes::tightenings(inventory, scope) {
            let id = fix_key(inventory, of, Some(&one.narrowing));
            let change = Change::Tightening(Box::new(one.statement));
            all.insert(id, (control, Some(one.narrowing), change));
        }
    }
    let mut named: Vec<Named> = Vec::new();
    for id in ids {
        if named.iter().any(|one| one.id == *id) {
            continue;
        }
        let Some((control, narrowing, change)) = all.get(id) else {
            return Err(Unsimulated::Unknown {
                near: near(id, all.keys().map(String::as_str)),
                id: id.clone(),
            });
        };
        let mut fix = PricedFix {
            control: *control,
            narrowing: narrowing.clone(),
            rank: u64::try_from(named.len() + 1).unwrap_or(u64::MAX),
            certain: Points(0),
            possible: Points(0),
            credentials: 0,
            last_used: None,
            edits: Vec::new(),
            example: None,
        };
        fix.describe(steps, &usages, &edits);
        named.push(Named {
            id: id.clone(),
            fix,
            change: change.clone(),
        });
    }
    Ok(named)
}

/// So many near ids are told.
const NEAR: usize = 3;

fn near<'a>(id: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let lower = id.to_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .filter_map(|known| {
            let other = known.to_lowercase();
            // A part of an id is what people copy of it.
            let distance = match !lower.is_empty() && other.contains(&lower) {
                true => 0,
                false => strsim::damerau_levenshtein(&lower, &other),
            };
            (distance <= 1 + other.chars().count() / 5).then_some((distance, known))
        })
        .collect();
    near.sort_unstable();
    near.truncate(NEAR);
    near.into_iter().map(|(_, id)| id.to_owned()).collect()
}

/// What the fixes leave.
pub(crate) struct Changes {
    /// The inventory, where it is another: what was there keeps its id.
    inventory: Option<Inventory>,
    /// The credentials that are split, each with those that come in its place.
    jobs: Vec<(CredentialId, Vec<CredentialId>)>,
    /// The steps that are left.
    pub(crate) steps: Steps,
    /// The model, before chances are lowered.
    pub(crate) plain: Model,
    /// What is left of chances.
    pub(crate) model: Model,
}

impl Changes {
    /// The estate that is left of `analysis`.
    pub(crate) fn inventory<'a>(&'a self, analysis: &'a Analysis) -> &'a Inventory {
        self.inventory.as_ref().unwrap_or(&analysis.inventory)
    }

    /// What comes in the place of a leak: more than one where a credential is split.
    pub(crate) fn in_place_of(&self, leak: Leak) -> Vec<Leak> {
        let mut jobs = self.jobs.iter();
        match jobs.find(|(old, _)| leak == Leak::Credential(*old)) {
            Some((_, made)) => made.iter().copied().map(Leak::Credential).collect(),
            None => vec![leak],
        }
    }

    /// What all that come in the place of a leak give together.
    fn seeds_of(&self, leak: Leak) -> Vec<FactId> {
        let leaks = self.in_place_of(leak).into_iter();
        leaks.flat_map(|leak| seeds_of(&self.steps, leak)).collect()
    }
}

impl Analysis {
    /// What splits, removals and lowered chances leave.
    pub(crate) fn after(&self, fixes: &[&PricedFix]) -> Changes {
        let control = |fix: &&PricedFix| self.steps.controls[fix.control];
        let splits = fixes.iter().filter_map(|fix| match control(fix) {
            Control::Split(credential) => Some(credential),
            _ => None,
        });
        let splits: Vec<CredentialId> = splits.collect();
        let controls = fixes.iter().map(control);
        if splits.is_empty() {
            let removed = fixes.iter().flat_map(|fix| fix.removed(&self.steps));
            let removed = in_order(removed.copied().collect());
            return Changes {
                inventory: None,
                jobs: Vec::new(),
                steps: self.steps.without(&removed),
                plain: self.model.clone(),
                model: lowered_by(&self.model, controls),
            };
        }
        let made = self.after_splits(&splits);
        let Analysis {
            inventory,
            steps,
            model,
            ..
        } = made.estate;
        let ids = fixes.iter().map(|fix| self.fix_key(fix));
        let anew = anew(&inventory, &steps);
        let removed = ids.filter_map(|id| anew.get(&id).cloned()).flatten();
        Changes {
            steps: steps.without(&in_order(removed.collect())),
            model: lowered_by(&model, controls),
            plain: model,
            inventory: Some(inventory),
            jobs: made.jobs,
        }
    }
}

/// Does the fixes.
fn changed(analysis: &mut Analysis, named: &[Named]) -> Result<Changes, Unsimulated> {
    let clash = |one: &Named, other: &Named| Unsimulated::Clash {
        one: one.id.clone(),
        other: other.id.clone(),
    };
    // One statement is tightened once, and neither narrowed nor removed beside that.
    for (at, one) in named.iter().enumerate() {
        for other in named.iter().skip(at + 1) {
            let is_tightened = |one: &Named| matches!(one.change, Change::Tightening(_));
            if one.fix.control == other.fix.control && (is_tightened(one) || is_tightened(other)) {
                return Err(clash(one, other));
            }
        }
    }
    let mut old: Vec<(ScopeId, Statement)> = Vec::new();
    for one in named {
        if let (Change::Tightening(statement), Control::Scope(scope)) =
            (&one.change, analysis.steps.controls[one.fix.control])
        {
            let replaced = replaced(&mut analysis.inventory, scope, (**statement).clone());
            old.extend(replaced.map(|old| (scope, old)));
        }
    }
    let splits = named.iter().filter_map(|one| match one.change {
        Change::Split(credential) => Some(credential),
        _ => None,
    });
    let splits: Vec<CredentialId> = splits.collect();
    if old.is_empty() && splits.is_empty() {
        let fixes: Vec<&PricedFix> = named.iter().map(|one| &one.fix).collect();
        return Ok(analysis.after(&fixes));
    }
    let mut tightened = None;
    if !old.is_empty() {
        tightened = Some(techniques::derive(&mut analysis.inventory).0);
        // Deriving may have added classes of things: where they are is found anew.
        let Model { mode, measure, .. } = analysis.model;
        analysis.model = Model::new(&analysis.inventory, mode).measured_by(measure);
    }
    let made = (!splits.is_empty()).then(|| analysis.after_splits(&splits));
    let (inventory, steps, plain, jobs) = match (made, tightened) {
        (None, Some(steps)) => (None, steps, analysis.model.clone(), Vec::new()),
        (made, _) => {
            let made = made.unwrap_or_else(|| analysis.after_splits(&[]));
            let Analysis {
                inventory,
                steps,
                model,
                ..
            } = made.estate;
            (Some(inventory), steps, model, made.jobs)
        }
    };
    let removed = {
        let inventory = inventory.as_ref().unwrap_or(&analysis.inventory);
        removed_anew(inventory, &steps, named)
    };
    for (scope, statement) in old {
        replaced_back(analysis, scope, statement);
    }
    let controls = named
        .iter()
        .map(|one| analysis.steps.controls[one.fix.control]);
    Ok(Changes {
        steps: steps.without(&removed?),
        model: lowered_by(&plain, controls),
        plain,
        inventory,
        jobs,
    })
}

fn replaced_back(analysis: &mut Analysis, scope: ScopeId, statement: Statement) {
    // What it replaces is the tightened one, which is done with.
    let _ = replaced(&mut analysis.inventory, scope, statement);
}

fn in_order(mut steps: Vec<StepId>) -> Vec<StepId> {
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// The steps that each fix removes, by its id, among steps that were derived anew: their numbers are others.
fn anew(inventory: &Inventory, steps: &Steps) -> IndexMap<String, Vec<StepId>> {
    let usages = fixes::Usages::new(inventory);
    let edits = fixes::Edits::new(inventory);
    let candidates = fixes::candidates(inventory, steps, &usages, &edits);
    let by_id = candidates.iter().map(|candidate| {
        let control = steps.controls[candidate.control];
        let id = fix_key(inventory, control, candidate.narrowing.as_ref());
        (id, candidate.steps(steps).to_vec())
    });
    by_id.collect()
}

/// The steps that the fixes remove, in order, among steps that were derived anew.
fn removed_anew(
    inventory: &Inventory,
    steps: &Steps,
    named: &[Named],
) -> Result<Vec<StepId>, Unsimulated> {
    let by_id = anew(inventory, steps);
    let mut all = Vec::new();
    for one in named {
        if !matches!(one.change, Change::Removal) {
            continue;
        }
        match by_id.get(&one.id) {
            Some(removed) => all.extend_from_slice(removed),
            // Without the other change nothing stands on it any more.
            None if one.fix.narrowing.is_none() => {}
            None => {
                let other = named
                    .iter()
                    .find(|other| !matches!(other.change, Change::Removal));
                return Err(Unsimulated::Clash {
                    one: one.id.clone(),
                    other: other.map(|other| other.id.clone()).unwrap_or_default(),
                });
            }
        }
    }
    Ok(in_order(all))
}

/// Certain and possible reach of one leak.
type Summaries = (ReachSummary, ReachSummary);

/// Reach after, of every credential.
struct After {
    credentials: IndexMap<Leak, Summaries>,
    total: (Points, Points),
}

/// The same computation as before, of what is left.
fn after(
    analysis: &Analysis,
    changes: &Changes,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<After, TooLittle> {
    let inventory = changes.inventory(analysis);
    let leaks: Vec<Leak> = inventory.credentials.ids().map(Leak::Credential).collect();
    let seeds: Vec<Vec<FactId>> = leaks.iter().map(|&leak| changes.seeds_of(leak)).collect();
    let model = &changes.model;
    let steps = &changes.steps;
    let sums = sums_of(inventory, steps, model, (&leaks, &seeds), memory, progress)?;
    let given = given(analysis, changes, memory, progress)?;
    let mut all: IndexMap<Leak, Summaries> = leaks
        .into_iter()
        .zip(sums)
        .map(|(leak, sums)| (leak, (sums.certain, sums.possible)))
        .collect();
    for (leak, given) in given {
        if let Some(of) = all.get_mut(&leak) {
            of.0.points += given.certain.points;
            of.1.points += given.possible.points;
        }
    }
    let points = |leaks: &[Leak]| {
        let of = leaks.iter().filter_map(|leak| all.get(leak));
        let certain = of.clone().map(|of| of.0.points).sum::<Points>();
        (certain, of.map(|of| of.1.points).sum::<Points>())
    };
    let split: Vec<(Leak, (Points, Points))> = changes
        .jobs
        .iter()
        .map(|(old, _)| Leak::Credential(*old))
        .map(|leak| (leak, points(&changes.in_place_of(leak))))
        .collect();
    for (leak, (certain, possible)) in split {
        if let Some(of) = all.get_mut(&leak) {
            (of.0.points, of.1.points) = (certain, possible);
        }
    }
    // What comes in the place of another is told as that one.
    all.truncate(analysis.inventory.credentials.len());
    let total = (
        all.values().map(|of| of.0.points).sum(),
        all.values().map(|of| of.1.points).sum(),
    );
    Ok(After {
        credentials: all,
        total,
    })
}

/// What anyone reaches afterwards, weighed by what a chance is lowered by: that needs no leak, so nothing of it is taken
/// away by a leak that is less likely.
fn given(
    analysis: &Analysis,
    changes: &Changes,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Vec<(Leak, Sums)>, TooLittle> {
    let inventory = changes.inventory(analysis);
    let (before, after) = (&changes.plain.chances, &changes.model.chances);
    let parts = inventory.credentials.ids().filter_map(|id| {
        let (before, after) = (before.credential(id), after.credential(id));
        let part = Chance {
            certain: before.certain - after.certain,
            possible: before.possible - after.possible,
        };
        (before != after).then_some((id, part))
    });
    let parts: Vec<(CredentialId, Chance)> = parts.collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let leaks: Vec<Leak> = parts.iter().map(|&(id, _)| Leak::Credential(id)).collect();
    let model = Model {
        chances: before.clone().with(parts),
        ..changes.plain.clone()
    };
    let nothing = vec![Vec::new(); leaks.len()];
    let told = (leaks.as_slice(), nothing.as_slice());
    let sums = sums_of(inventory, &changes.steps, &model, told, memory, progress)?;
    Ok(leaks.into_iter().zip(sums).collect())
}

/// The credentials whose reach differs.
fn compared(
    before: &[ScenarioReach],
    after: &IndexMap<Leak, Summaries>,
    measure: Measure,
) -> Vec<Changed> {
    let mut changed: Vec<Changed> = before
        .iter()
        .filter_map(|one| {
            let changed = Changed {
                leak: one.leak,
                before: (one.certain, one.possible),
                after: *after.get(&one.leak)?,
                lost: Vec::new(),
                left: Vec::new(),
            };
            (changed.before != changed.after).then_some(changed)
        })
        .collect();
    // Stable: then by rank.
    changed.sort_by_key(|one| {
        let of = |(certain, possible): &(ReachSummary, ReachSummary)| {
            measure.key(certain.points.0, possible.points.0)
        };
        let (before, after) = (of(&one.before), of(&one.after));
        std::cmp::Reverse((
            before.0.saturating_sub(after.0),
            before.1.saturating_sub(after.1),
        ))
    });
    changed
}

/// Tells what one credential loses and keeps.
fn detail(analysis: &Analysis, changes: &Changes, one: &mut Changed) {
    let seeds = seeds_of(&analysis.steps, one.leak);
    let before = held(analysis, None, one.leak, &seeds);
    let after = held(
        analysis,
        Some(changes),
        one.leak,
        &changes.seeds_of(one.leak),
    );
    for (resource, &(held, points)) in &before {
        let left = after.get(resource);
        if left.map(|&(held, _)| held) != Some(held) {
            one.lost.push(Lost {
                resource: *resource,
                before: held,
                after: left.map(|&(held, _)| held),
                points: points - left.map(|&(_, points)| points).unwrap_or_default(),
            });
        }
    }
    one.left = after
        .into_iter()
        .map(|(resource, (held, points))| Left {
            resource,
            held,
            points,
        })
        .collect();
    // Stable: then in order of key.
    one.lost.sort_by_key(|lost| std::cmp::Reverse(lost.points));
    one.left.sort_by_key(|left| std::cmp::Reverse(left.points));
}

/// The access to every resource that a leak reaches from some facts, with what possible reach of it weighs, in order of
/// resource; after changes, if there are any.
fn held(
    analysis: &Analysis,
    changes: Option<&Changes>,
    leak: Leak,
    seeds: &[FactId],
) -> IndexMap<ResourceId, (Held, Points)> {
    let model = &analysis.model;
    let (inventory, steps) = match changes {
        Some(changes) => (changes.inventory(analysis), &changes.steps),
        None => (&analysis.inventory, &analysis.steps),
    };
    let (weights, _) = worth(inventory, steps, model);
    let weighing = Weighing::of(model, inventory, &weights, leak);
    let [certain, possible] =
        [Layer::Certain, Layer::Possible].map(|layer| reach::reached(steps, layer, seeds, None));
    let is_held = |held: &[bool], fact: FactId| held.get(fact.index()) == Some(&true);
    let gravest = |held: &[bool], resource: ResourceId| {
        Access::LADDER.into_iter().rev().find(|&access| {
            let fact = steps.fact_id(Fact::Access(resource, access));
            fact.is_some_and(|fact| is_held(held, fact))
        })
    };
    analysis
        .inventory
        .resources
        .ids()
        .filter_map(|resource| {
            let most = gravest(&possible, resource)?;
            let sure = gravest(&certain, resource);
            let held = Held {
                access: sure.unwrap_or(most),
                is_certain: sure.is_some(),
                possible: most,
            };
            let rungs = Access::LADDER
                .into_iter()
                .filter_map(|rung| steps.fact_id(Fact::AtLeast(resource, rung)))
                .filter(|&fact| is_held(&possible, fact));
            let points = weighing.points(resource, rungs);
            Some((resource, (held, points)))
        })
        .collect()
}

/// A plan that was written as JSON could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unplanned {
    /// It is no JSON, or no plan.
    #[error("it is no plan, as `leakreach plan --format json` writes it")]
    Form(#[from] serde_json::Error),
    /// It has another version.
    #[error("it is a plan of version {0}; this program reads version 1")]
    Version(u64),
}

/// The ids of the fixes of a plan that was written as JSON, in its order.
///
/// # Errors
/// When it is no plan of a version that is known.
pub fn fixes_of_plan(text: &[u8]) -> Result<Vec<String>, Unplanned> {
    #[derive(serde::Deserialize)]
    struct Planned {
        version: u64,
        // Only its presence tells a plan from a report.
        #[serde(rename = "goal")]
        _goal: serde::de::IgnoredAny,
        fixes: Vec<Turn>,
    }
    #[derive(serde::Deserialize)]
    struct Turn {
        fix: Fix,
    }
    #[derive(serde::Deserialize)]
    struct Fix {
        id: String,
    }
    let planned: Planned = serde_json::from_slice(text)?;
    match planned.version {
        1 => Ok(planned.fixes.into_iter().map(|turn| turn.fix.id).collect()),
        other => Err(Unplanned::Version(other)),
    }
}
