//! Plans as one readable function: the set of fixes that gains most for its effort, in the order in which it holds.

use super::key::fix_key;
use super::{
    Analysis, Edit, Leak, Measure, Options, PricedFix, cases, example, organisation, ranked,
    reached,
};
use crate::fixes::{self, Bound, Candidate, Change, Gain, Goal, Life, Limits, Survivor};
use crate::inventory::{CredentialId, ExposureId};
use crate::memory::TooLittle;
use crate::progress::Progress;
use crate::risk::{Model, Points};
use crate::steps::{Control, ControlId, Fact, FactId, StepId, Steps};
use camino::Utf8PathBuf;
use rustc_hash::FxHashMap;

/// A set of fixes for a goal, and what is proved of every other set.
#[derive(Debug)]
pub struct Plan {
    /// For what it was chosen.
    pub goal: Goal,
    /// By which reach it was chosen.
    pub measure: Measure,
    /// The fixes, in the order in which they hold.
    pub fixes: Vec<PlannedFix>,
    /// What all of them take, in effort points.
    pub effort: u64,
    /// Certain and possible reach that they take away together, exactly.
    pub gain: (Points, Points),
    /// Certain and possible reach before.
    pub total: (Points, Points),
    /// What is still lost of the organisation's value when all of it is done, by certain and by possible reach; before, it is
    /// [`Analysis::organisation`].
    pub lost: (Points, Points),
    /// What no set of candidates can beat; points of both layers together, or of the one that decides.
    pub bound: Bound,
    /// Credentials that whoever has what the plan takes away may hold besides, and that it does not revoke.
    pub kept: Vec<CredentialId>,
    /// The edits of all fixes, one for each document.
    pub edits: Vec<Edit>,
    /// How many candidates there were.
    pub candidates: u64,
    /// Splits that the estate file states and that were not weighed: what is proved is of sets without them.
    pub left_out: Vec<ControlId>,
}

impl Plan {
    /// What it takes away, as [`Plan::bound`] counts it.
    pub fn decisive_gain(&self) -> Points {
        Points(self.measure.key(self.gain.0.0, self.gain.1.0).0)
    }
}

/// A fix in its place.
#[derive(Debug, Clone)]
pub struct PlannedFix {
    /// The fix, with what it gains alone; its rank is its place, from 1.
    pub fix: PricedFix,
    /// What it takes, in effort points.
    pub effort: u64,
    /// Certain and possible reach that it takes away together with all before it; nothing where jobs of a split credential
    /// reach more until what follows is done.
    pub so_far: (Points, Points),
    /// Fixes that cut the same or less, at no less effort.
    pub alternatives: Vec<(PricedFix, u64)>,
    /// The fix, by its place from 0, before which this one would not hold.
    pub after: Option<usize>,
    /// Fixes, by place, whose credentials must all be revoked before a new one of any is stored; empty where it stands
    /// alone.
    pub together: Vec<usize>,
    /// What reads the new value whatever the order is: then it does not hold. Empty where it holds.
    pub read_by: Vec<FactId>,
    /// Whether a new credential takes the place of the revoked one, because that one is in use or may be.
    pub is_renewed: bool,
    /// Places where a renewed credential lies and that the plan leaves as they are; of one that is split, where those of its
    /// jobs lie.
    pub places: Vec<ExposureId>,
    /// Credentials in a place that is cleared which nothing revokes: whoever took them still has them.
    pub left: Vec<CredentialId>,
    /// When the credential ends by itself; `None` where the fix is of no credential.
    pub life: Option<Life>,
    /// What works on after the fix, as far as that is documented.
    pub survivor: Option<Survivor>,
}

/// Paths in, the best set of fixes out, beside all that [`super::analyze`] tells but the single fixes.
///
/// # Errors
/// When there is too little memory.
pub fn plan(
    paths: &[Utf8PathBuf],
    options: &Options,
    goal: Goal,
    limits: Limits,
    progress: &dyn Progress,
) -> Result<(Analysis, Plan), TooLittle> {
    let analysis = reached(paths, options, progress)?;
    let plan = cases::best(&analysis, options, goal, limits, progress)?;
    Ok((analysis, plan))
}

/// What is planned: what is left of an estate when some credentials are split.
pub(super) struct Case<'a> {
    /// The estate as it is.
    pub(super) analysis: &'a Analysis,
    /// The estate in this case: the same where nothing is split.
    pub(super) estate: &'a Analysis,
    /// What is split, in order.
    pub(super) splits: Vec<Taken>,
}

/// A fix of a plan that is no choice of its case any more.
pub(super) struct Taken {
    pub(super) fix: PricedFix,
    pub(super) effort: u64,
    /// Certain and possible reach that it takes away together with those before it: less than nothing where it adds some.
    pub(super) so_far: (i128, i128),
}

/// A fix that may be chosen in a case.
struct Offer {
    /// Which candidate of the estate as it is.
    at: usize,
    /// What it is in this case.
    here: Candidate,
}

impl<'a> Case<'a> {
    /// Where nothing is split.
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        Self {
            analysis,
            estate: analysis,
            splits: Vec::new(),
        }
    }

    /// What the splits gain.
    fn gain(&self) -> (i128, i128) {
        let last = self.splits.last();
        last.map_or((0, 0), |split| split.so_far)
    }

    /// What of a gain is compared: of both layers together, or of the one that decides.
    fn decisive(&self, (certain, possible): (i128, i128)) -> i128 {
        self.analysis.model.measure.key_of(certain, possible).0
    }

    /// The candidates that there are still.
    fn offers(&self, all: &[Candidate]) -> Vec<Offer> {
        let each = all.iter().enumerate();
        if self.splits.is_empty() {
            let offers = each.map(|(at, one)| Offer {
                at,
                here: one.clone(),
            });
            return offers.collect();
        }
        let key = |analysis: &Analysis, one: &Candidate| {
            let control = analysis.steps.controls[one.control];
            fix_key(&analysis.inventory, control, one.narrowing.as_ref())
        };
        let known: FxHashMap<String, usize> = each
            .map(|(at, one)| (key(self.analysis, one), at))
            .collect();
        let Analysis {
            inventory, steps, ..
        } = self.estate;
        let usages = fixes::Usages::new(inventory);
        let edits = fixes::Edits::new(inventory);
        let here = fixes::candidates(inventory, steps, &usages, &edits);
        let offers = here.into_iter().filter_map(|here| {
            let at = *known.get(&key(self.estate, &here))?;
            Some(Offer { at, here })
        });
        offers.collect()
    }

    /// The credentials of the case: those of the analysis in its order, then those of jobs.
    fn leaks(&self) -> Vec<Leak> {
        let known = self.analysis.credentials.iter().map(|one| one.leak);
        let made = self.estate.inventory.credentials.ids();
        let made = made.skip(self.analysis.inventory.credentials.len());
        known.chain(made.map(Leak::Credential)).collect()
    }

    /// What is left of the goal.
    fn goal(&self, goal: Goal) -> Goal {
        let effort: u64 = self.splits.iter().map(|split| split.effort).sum();
        match goal {
            Goal::Budget(budget) => Goal::Budget(budget.saturating_sub(effort)),
            Goal::Top(top) => Goal::Top(top.saturating_sub(self.splits.len())),
            Goal::Until(share) => Goal::Until(share),
        }
    }

    /// A bound of what is chosen in the case, as one of the whole plan.
    fn bound(&self, bound: Bound) -> Bound {
        match bound {
            Bound::Gain(gain) => {
                let whole = (i128::from(gain) + self.decisive(self.gain())).max(0);
                Bound::Gain(u64::try_from(whole).unwrap_or(u64::MAX))
            }
            Bound::Effort(effort) => {
                let splits: u64 = self.splits.iter().map(|split| split.effort).sum();
                Bound::Effort(effort + splits)
            }
            Bound::Unattainable => bound,
        }
    }
}

/// The best plan of a case.
pub(super) struct Solved {
    plan: Plan,
    /// The steps of the case that are removed, in order.
    removed: Vec<StepId>,
    /// Whether it is a plan: in neither layer more is reached when all of it is done.
    is_less: bool,
}

impl Solved {
    /// What is proved of the case.
    pub(super) fn bound(&self) -> Bound {
        self.plan.bound
    }

    /// The plan, where it is one.
    pub(super) fn plan(&self) -> Option<&Plan> {
        self.is_less.then_some(&self.plan)
    }

    /// The plan, with what is still lost when all of it is done.
    pub(super) fn with_lost(
        self,
        case: &Case<'_>,
        options: &Options,
        progress: &dyn Progress,
    ) -> Result<Plan, TooLittle> {
        let Analysis {
            inventory,
            steps,
            model,
            ..
        } = case.estate;
        let mut plan = self.plan;
        let left = steps.without(&self.removed);
        let known = &case.analysis.steps.controls;
        let controls = plan.fixes.iter().map(|one| known[one.fix.control]);
        let model: Model = super::lowered_by(model, controls);
        let (leaks, memory) = (case.leaks(), &options.memory);
        plan.lost = organisation::lost(inventory, &left, &model, &leaks, memory, progress)?;
        Ok(plan)
    }
}

/// The best plan of a case: all that it tells is of the estate as it is, and what it gains is what is left in the case.
pub(super) fn solved(
    case: &Case<'_>,
    goal: Goal,
    limits: Limits,
    progress: &dyn Progress,
) -> Solved {
    let (analysis, estate) = (case.analysis, case.estate);
    let Analysis {
        inventory, steps, ..
    } = analysis;
    let usages = fixes::Usages::new(inventory);
    let edits = fixes::Edits::new(inventory);
    let efforts = fixes::Efforts::new(inventory, &usages);
    let candidates = fixes::candidates(inventory, steps, &usages, &edits);
    let effort_of = |candidate: &Candidate| {
        let control = steps.controls[candidate.control];
        efforts.of(control, candidate.narrowing.as_ref()).max(1)
    };
    let offers = case.offers(&candidates);
    let candidate = |offer: usize| candidates.get(offers.get(offer)?.at);
    let here: Vec<Candidate> = offers.iter().map(|offer| offer.here.clone()).collect();
    let effort_of_offer = |offer: usize| candidate(offer).map_or(1, effort_of);
    let super::Priced { scenarios, weights } = estate.priced_over(&case.leaks());
    let (certain, possible) = case.gain();
    let request = fixes::Request {
        candidates: &here,
        efforts: &(0..offers.len()).map(effort_of_offer).collect::<Vec<u64>>(),
        goal: case.goal(goal),
        gained: case.decisive((certain, possible)),
        limits,
    };
    let best = fixes::plan(&estate.steps, &scenarios, &weights, &request, progress);

    let picked: Vec<&Candidate> = best
        .chosen
        .iter()
        .filter_map(|c| candidate(c.candidate))
        .collect();
    let splits = case.splits.iter().filter_map(|split| {
        let Control::Split(id) = steps.controls[split.fix.control] else {
            return None;
        };
        // The old one ends, whatever is read later: what is made for the jobs is counted where it lies.
        let mut controls = steps.controls.entries();
        let revoking = controls.find(|(_, one)| **one == Control::Credential(id));
        Some(Change {
            removed: revoking.map_or(&[], |(control, _)| steps.controlled_by(control)),
            leaked: steps.fact_id(Fact::Credential(id)),
            is_renewed: false,
        })
    });
    let chosen = picked.iter().map(|candidate| {
        let control = steps.controls[candidate.control];
        Change {
            removed: candidate.steps(steps),
            leaked: match control {
                Control::Credential(id) => steps.fact_id(Fact::Credential(id)),
                Control::Exposure(id) => steps.fact_id(Fact::Exposure(id)),
                Control::Scope(_) | Control::Chance(..) | Control::Split(_) => None,
            },
            is_renewed: matches!(control, Control::Credential(_)) && efforts.is_in_use(control),
        }
    });
    // What is split comes first, and holds at once: nothing waits for it.
    let changes: Vec<Change<'_>> = splits.chain(chosen).collect();
    let first = case.splits.len();
    let is_credential = |fact: FactId| matches!(steps.facts[fact], Fact::Credential(_));
    let order = fixes::order(steps, &changes, is_credential);

    // What is left of each fix when those before it are done, and what each does alone.
    let mut removed: Vec<StepId> = Vec::new();
    let mut prefixes = Vec::new();
    for turn in &order.turns {
        let chosen = turn.change.checked_sub(first);
        let chosen = chosen.and_then(|at| best.chosen.get(at));
        let of_it = chosen.and_then(|chosen| here.get(chosen.candidate));
        removed.extend(of_it.map_or(&[][..], |one| one.steps(&estate.steps)));
        removed.sort_unstable();
        removed.dedup();
        prefixes.push(removed.clone());
    }
    let so_far = fixes::gains(&estate.steps, &scenarios, &weights, &prefixes);
    let all = best.chosen.iter();
    let named = all.flat_map(|one| [&[one.candidate], one.alternatives.as_slice()].concat());
    let named = named.filter_map(|offer| Some(offers.get(offer)?.at));
    let mut named: Vec<usize> = named.collect();
    named.sort_unstable();
    named.dedup();
    let of_named: Vec<Candidate> = named
        .iter()
        .filter_map(|&at| candidates.get(at).cloned())
        .collect();
    let alone = match case.splits.is_empty() {
        true => price_alone(steps, &scenarios, &weights, &of_named, progress),
        false => {
            let super::Priced { scenarios, weights } = analysis.priced();
            price_alone(steps, &scenarios, &weights, &of_named, progress)
        }
    };
    let priced = |offer: usize, rank: usize| -> Option<PricedFix> {
        let at = offers.get(offer)?.at;
        let place = named.binary_search(&at).ok()?;
        let gain = alone.iter().find(|gain| gain.candidate == place);
        let gain = gain.copied().unwrap_or(Gain {
            candidate: place,
            certain: 0,
            possible: 0,
            scenarios: 0,
        });
        let one = vec![candidates.get(at)?.clone()];
        let mut fix = ranked(
            one,
            &[Gain {
                candidate: 0,
                ..gain
            }],
        )
        .pop()?;
        fix.rank = u64::try_from(rank).unwrap_or(u64::MAX);
        fix.describe(steps, &usages, &edits);
        Some(fix)
    };
    let place_of = |change: usize| order.turns.iter().position(|turn| turn.change == change);
    let cleared = |id: ExposureId| {
        picked
            .iter()
            .any(|c| steps.controls[c.control] == Control::Exposure(id))
    };
    let revoked = |id: CredentialId| {
        let mut picked = picked.iter().map(|one| one.control);
        let mut splits = case.splits.iter().map(|one| one.fix.control);
        picked.any(|one| steps.controls[one] == Control::Credential(id))
            || splits.any(|one| steps.controls[one] == Control::Split(id))
    };
    let whole = |gain: fixes::Layers| {
        let of = |own: u64, before: i128| {
            Points(u64::try_from((i128::from(own) + before).max(0)).unwrap_or(u64::MAX))
        };
        (of(gain.certain, certain), of(gain.possible, possible))
    };
    let planned = order
        .turns
        .iter()
        .zip(&so_far)
        .enumerate()
        .filter_map(|(at, (turn, gain))| {
            let Some(chosen) = turn.change.checked_sub(first) else {
                return case.splits.get(turn.change).map(|split| {
                    let mut fix = split.fix.clone();
                    fix.rank = u64::try_from(at + 1).unwrap_or(u64::MAX);
                    split_planned(analysis, split, fix)
                });
            };
            let chosen = best.chosen.get(chosen)?;
            let mut fix = priced(chosen.candidate, at + 1)?;
            fix.example = example(steps, &analysis.credentials, fix.removed(steps));
            let control = steps.controls[fix.control];
            let is_renewed = changes.get(turn.change)?.is_renewed;
            let places = match control {
                Control::Credential(id) if is_renewed => {
                    let all = inventory.exposures.entries();
                    let of_it =
                        all.filter(|(_, row)| row.lying.iter().any(|one| one.credential == id));
                    of_it
                        .map(|(place, _)| place)
                        .filter(|&place| !cleared(place))
                        .collect()
                }
                _ => Vec::new(),
            };
            let mut left: Vec<CredentialId> = match control {
                Control::Exposure(id) => inventory.exposures[id]
                    .lying
                    .iter()
                    .map(|one| one.credential)
                    .collect(),
                _ => Vec::new(),
            };
            left.sort_unstable();
            left.dedup();
            left.retain(|&id| !revoked(id));
            Some(PlannedFix {
                effort: chosen.effort,
                so_far: whole(*gain),
                alternatives: chosen
                    .alternatives
                    .iter()
                    .filter_map(|&other| {
                        Some((priced(other, at + 1)?, candidate(other).map(effort_of)?))
                    })
                    .collect(),
                after: turn.after,
                together: turn
                    .together
                    .iter()
                    .filter_map(|&one| place_of(one))
                    .collect(),
                read_by: turn.read_by.clone(),
                is_renewed,
                places,
                left,
                life: fixes::life(inventory, control),
                survivor: fixes::survivor(inventory, control),
                fix,
            })
        });
    let mut planned: Vec<PlannedFix> = planned.collect();
    drop_clashing(analysis, &edits, &mut planned);
    let kept = order
        .kept
        .iter()
        .filter_map(|&fact| match steps.facts[fact] {
            Fact::Credential(id) => Some(id),
            _ => None,
        });
    let effort_of_splits: u64 = case.splits.iter().map(|split| split.effort).sum();
    let plan = Plan {
        goal,
        measure: analysis.model.measure,
        effort: best.effort + effort_of_splits,
        gain: whole(best.gain),
        total: analysis.total,
        lost: (Points(0), Points(0)),
        bound: case.bound(best.bound),
        kept: kept.collect(),
        edits: fixes::joined(inventory, planned.iter().flat_map(|one| &one.fix.edits)),
        candidates: u64::try_from(candidates.len()).unwrap_or(u64::MAX),
        left_out: Vec::new(),
        fixes: planned,
    };
    Solved {
        plan,
        removed,
        is_less: i128::from(best.gain.certain) + certain >= 0
            && i128::from(best.gain.possible) + possible >= 0,
    }
}

/// What each of some candidates gains alone.
fn price_alone(
    steps: &Steps,
    scenarios: &[Vec<FactId>],
    weights: &fixes::Weights,
    candidates: &[Candidate],
    progress: &dyn Progress,
) -> Vec<Gain> {
    let limit = fixes::Limit::All;
    fixes::rank(steps, scenarios, weights, candidates, limit, progress).gains
}

/// What is split, in its place.
fn split_planned(analysis: &Analysis, split: &Taken, fix: PricedFix) -> PlannedFix {
    let inventory = &analysis.inventory;
    let control = analysis.steps.controls[fix.control];
    let mut places: Vec<ExposureId> = match control {
        Control::Split(id) => {
            let jobs = inventory.jobs_of(id);
            jobs.flat_map(|job| &job.places).copied().collect()
        }
        _ => Vec::new(),
    };
    places.sort_unstable();
    places.dedup();
    let points = |gain: i128| Points(u64::try_from(gain).unwrap_or(0));
    PlannedFix {
        fix,
        effort: split.effort,
        so_far: (points(split.so_far.0), points(split.so_far.1)),
        alternatives: Vec::new(),
        after: None,
        together: Vec::new(),
        read_by: Vec::new(),
        is_renewed: true,
        places,
        left: Vec::new(),
        life: fixes::life(inventory, control),
        survivor: fixes::survivor(inventory, control),
    }
}

/// Takes back the edits of fixes that cannot be promised together.
fn drop_clashing(analysis: &Analysis, edits: &fixes::Edits<'_>, planned: &mut [PlannedFix]) {
    let control = |fix: &PricedFix| analysis.steps.controls[fix.control];
    let made = planned.iter().map(|one| &one.fix);
    let clashing = edits.clashing(made.map(|fix| (control(fix), fix.narrowing.as_ref())));
    for one in planned {
        if let Control::Scope(scope) = control(&one.fix)
            && clashing.contains(&scope)
        {
            one.fix.edits.clear();
        }
    }
}
