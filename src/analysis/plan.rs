//! Plans as one readable function: the set of fixes that gains most for its effort, in the order in which it holds.

use super::{
    Analysis, Edit, Leak, Measure, Options, PricedFix, example, organisation, ranked, reached,
};
use crate::fixes::{self, Bound, Candidate, Change, Gain, Goal, Life, Limits, Survivor};
use crate::inventory::{CredentialId, ExposureId};
use crate::memory::TooLittle;
use crate::progress::Progress;
use crate::risk::Points;
use crate::steps::{Control, Fact, FactId, StepId};
use camino::Utf8PathBuf;

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
    /// Certain and possible reach that it takes away together with all before it.
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
    /// Places where a renewed credential lies and that the plan leaves as they are.
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
    let mut plan = chosen(&analysis, goal, limits, progress);
    let Analysis {
        inventory,
        steps,
        model,
        ..
    } = &analysis;
    let removed = plan.fixes.iter().flat_map(|one| one.fix.removed(steps));
    let mut removed: Vec<StepId> = removed.copied().collect();
    removed.sort_unstable();
    removed.dedup();
    let left = steps.without(&removed);
    let leaks: Vec<Leak> = analysis.credentials.iter().map(|one| one.leak).collect();
    let controls = plan.fixes.iter().map(|one| steps.controls[one.fix.control]);
    let model = super::lowered_by(model, controls);
    plan.lost = organisation::lost(inventory, &left, &model, &leaks, &options.memory, progress)?;
    Ok((analysis, plan))
}

fn chosen(analysis: &Analysis, goal: Goal, limits: Limits, progress: &dyn Progress) -> Plan {
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
    let super::Priced { scenarios, weights } = analysis.priced();
    let request = fixes::Request {
        candidates: &candidates,
        efforts: &candidates.iter().map(effort_of).collect::<Vec<u64>>(),
        goal,
        limits,
    };
    let best = fixes::plan(steps, &scenarios, &weights, &request, progress);

    let candidate = |at: usize| candidates.get(at);
    let picked: Vec<&Candidate> = best
        .chosen
        .iter()
        .filter_map(|c| candidate(c.candidate))
        .collect();
    let changes: Vec<Change<'_>> = picked
        .iter()
        .map(|candidate| {
            let control = steps.controls[candidate.control];
            Change {
                removed: candidate.steps(steps),
                leaked: match control {
                    Control::Credential(id) => steps.fact_id(Fact::Credential(id)),
                    Control::Exposure(id) => steps.fact_id(Fact::Exposure(id)),
                    Control::Scope(_) | Control::Chance(..) => None,
                },
                is_renewed: matches!(control, Control::Credential(_)) && efforts.is_in_use(control),
            }
        })
        .collect();
    let is_credential = |fact: FactId| matches!(steps.facts[fact], Fact::Credential(_));
    let order = fixes::order(steps, &changes, is_credential);

    // What is left of each fix when those before it are done, and what each does alone.
    let mut removed: Vec<StepId> = Vec::new();
    let mut prefixes = Vec::new();
    for turn in &order.turns {
        removed.extend(
            picked
                .get(turn.change)
                .map_or(&[][..], |one| one.steps(steps)),
        );
        removed.sort_unstable();
        removed.dedup();
        prefixes.push(removed.clone());
    }
    let so_far = fixes::gains(steps, &scenarios, &weights, &prefixes);
    let all = best.chosen.iter();
    let mut named: Vec<usize> = all
        .flat_map(|one| [&[one.candidate], one.alternatives.as_slice()].concat())
        .collect();
    named.sort_unstable();
    named.dedup();
    let of_named: Vec<Candidate> = named
        .iter()
        .filter_map(|&at| candidate(at).cloned())
        .collect();
    let alone = fixes::rank(
        steps,
        &scenarios,
        &weights,
        &of_named,
        fixes::Limit::All,
        progress,
    );
    let priced = |at: usize, rank: usize| -> Option<PricedFix> {
        let place = named.binary_search(&at).ok()?;
        let gain = alone.gains.iter().find(|gain| gain.candidate == place);
        let gain = gain.copied().unwrap_or(Gain {
            candidate: place,
            certain: 0,
            possible: 0,
            scenarios: 0,
        });
        let one = vec![candidate(at)?.clone()];
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
        picked
            .iter()
            .any(|c| steps.controls[c.control] == Control::Credential(id))
    };
    let planned = order
        .turns
        .iter()
        .zip(&so_far)
        .enumerate()
        .filter_map(|(at, (turn, gain))| {
            let chosen = best.chosen.get(turn.change)?;
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
                so_far: (Points(gain.certain), Points(gain.possible)),
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
    Plan {
        goal,
        measure: analysis.model.measure,
        effort: best.effort,
        gain: (Points(best.gain.certain), Points(best.gain.possible)),
        total: (Points(best.total.certain), Points(best.total.possible)),
        lost: (Points(0), Points(0)),
        bound: best.bound,
        kept: kept.collect(),
        edits: fixes::joined(inventory, planned.iter().flat_map(|one| &one.fix.edits)),
        candidates: u64::try_from(candidates.len()).unwrap_or(u64::MAX),
        fixes: planned,
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
