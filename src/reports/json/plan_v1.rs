//! Version 1 of `leakreach plan --format json`. Fields are only added; what changes meaning makes version 2.

use super::v1::{Edit, Fix, Inputs, Points, Problem, Tool, Writer};
use crate::analysis::{Analysis, Bound as Proved, Goal as Asked, Life, Measure, Plan, PlannedFix};
use crate::inventory::{CredentialId, ExposureId};
use crate::reports::words::Words;
use crate::reports::words::plan as phrases;
use crate::risk;
use schemars::JsonSchema;
use serde::Serialize;

/// Where the schema of this version is told apart from others.
pub(super) const SCHEMA: &str = "https://leakreach.dev/schema/plan-1.json";

/// The set of fixes that gains most for a goal, in the order in which it holds, and what is proved of every other set.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "leakreach plan, version 1")]
pub(super) struct Planned {
    /// The address of this schema. It names the schema; nothing is fetched from it.
    schema: &'static str,
    /// The version of this shape: 1.
    version: u32,
    /// What made the plan.
    tool: Tool,
    /// The moment that counts as now (RFC 3339).
    as_of: String,
    /// What was read.
    inputs: Inputs,
    /// What is wrong with the input, in order of file and line.
    problems: Vec<Problem>,
    /// For what the set was chosen.
    goal: Goal,
    /// What all fixes take together, in effort points: about an hour of one person each.
    effort: u64,
    /// Reach before, summed over all credentials.
    total: Layers,
    /// What the fixes take away together, exactly: reach before minus after.
    gain: Layers,
    /// What is lost on average of the value of all resources, before and after.
    organisation: Organisation,
    /// What is proved of every set of candidates.
    bound: Bound,
    /// How many candidates there were.
    candidates: u64,
    /// Ids of splits that were stated and not weighed: what is proved is of sets without them.
    left_out: Vec<String>,
    /// The fixes, in the order in which they hold.
    fixes: Vec<Turn>,
    /// Ids of credentials that whoever has what the plan takes away may hold besides, and that it does not revoke.
    kept: Vec<String>,
    /// The edits of all fixes, one patch for each document as it was exported.
    edits: Vec<Edit>,
}

/// What is lost on average of the value of all resources; no resource counts twice.
#[derive(Debug, Serialize, JsonSchema)]
struct Organisation {
    /// The version of the model.
    model: &'static str,
    /// What was asked of credentials: `blast-radius` or `risk`.
    mode: &'static str,
    /// By which reach the set was chosen: `mean`, which is both layers together; `certain` or `possible`, which is that one alone.
    bound: &'static str,
    /// What all resources are worth.
    value: Points,
    /// Before.
    before: Layers,
    /// When all fixes are done.
    after: Layers,
}

/// For what a set is chosen; one of the three is given.
#[derive(Debug, Serialize, JsonSchema)]
struct Goal {
    /// In words.
    text: String,
    /// `budget`: the most gain for at most that effort.
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<u64>,
    /// `until`: the least effort that takes away that share of all reach, in ten-thousandths.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u32>,
    /// `top`: the most gain of at most so many fixes.
    #[serde(skip_serializing_if = "Option::is_none")]
    top: Option<usize>,
}

/// Reach of both layers.
#[derive(Debug, Serialize, JsonSchema)]
struct Layers {
    /// Without conditional steps.
    certain: Points,
    /// With them.
    possible: Points,
}

/// What is proved.
#[derive(Debug, Serialize, JsonSchema)]
struct Bound {
    /// In words.
    text: String,
    /// Whether no set does better.
    optimal: bool,
    /// `gain`: no set within the goal takes more points away, of both layers together or of the one that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    gain: Option<Points>,
    /// How much more than the plan that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    gain_gap: Option<Points>,
    /// `effort`: no set of less effort takes the share away.
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<u64>,
    /// How much less than the plan that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    effort_gap: Option<u64>,
    /// Whether no set at all takes the share away.
    unattainable: bool,
}

/// A fix in its place.
#[derive(Debug, Serialize, JsonSchema)]
struct Turn {
    /// Its place, from 1.
    place: usize,
    /// What to do: a credential that is in use is rotated, not only revoked.
    text: String,
    /// What it takes, in effort points.
    effort: u64,
    /// What it takes away together with all before it; nothing where jobs of a split credential reach more until what follows
    /// is done.
    so_far: Layers,
    /// Whether a new credential takes the place of the revoked one.
    renewed: bool,
    /// The place of the fix before which this one would not hold.
    after: Option<usize>,
    /// Places of fixes whose credentials must all be revoked before a new one of any is stored, this one among them.
    together: Vec<usize>,
    /// Whether it holds: else what `read_by` names reads the new value whatever the order is.
    holds: bool,
    /// What reads the new value even so.
    read_by: Vec<String>,
    /// Ids of the places where a renewed credential lies and that the plan leaves as they are.
    lies_in: Vec<String>,
    /// Ids of credentials in a cleared place that nothing revokes.
    left: Vec<String>,
    /// When the credential ends by itself: `never`, `job`, `expires`, `unknown`; null where the fix is of none.
    ends: Option<&'static str>,
    /// When it expires, where that is known (RFC 3339).
    expires: Option<String>,
    /// What works on after the fix, as far as that is documented.
    survivor: Option<Survivor>,
    /// All of that in sentences.
    remarks: Vec<String>,
    /// The fix, with what it gains alone; its rank is its place. Use the edits of the whole plan, not its own.
    fix: Fix,
    /// Fixes that cut the same or less, at no less effort.
    alternatives: Vec<Alternative>,
}

/// What works on after a fix.
#[derive(Debug, Serialize, JsonSchema)]
struct Survivor {
    /// What it is.
    what: &'static str,
    /// For how many hours at most, where that is documented.
    most_hours: Option<u32>,
    /// What ends it now.
    remedy: &'static str,
    /// Where that is documented.
    source: &'static str,
}

/// A fix that could be done instead.
#[derive(Debug, Serialize, JsonSchema)]
struct Alternative {
    /// What it takes, in effort points.
    effort: u64,
    /// The fix, with what it gains alone.
    fix: Fix,
}

impl From<(risk::Points, risk::Points)> for Layers {
    fn from((certain, possible): (risk::Points, risk::Points)) -> Self {
        Self {
            certain: Points(certain),
            possible: Points(possible),
        }
    }
}

impl Goal {
    fn of(goal: Asked, measure: Measure) -> Self {
        let mut of = Self {
            text: phrases::goal(goal, measure),
            budget: None,
            until: None,
            top: None,
        };
        match goal {
            Asked::Budget(budget) => of.budget = Some(budget),
            Asked::Until(share) => of.until = Some(share.0),
            Asked::Top(top) => of.top = Some(top),
        }
        of
    }
}

impl Bound {
    fn of(plan: &Plan) -> Self {
        let gap = phrases::gap(plan);
        let mut bound = Self {
            text: phrases::bound(plan),
            optimal: gap == Some(0),
            gain: None,
            gain_gap: None,
            effort: None,
            effort_gap: None,
            unattainable: false,
        };
        match plan.bound {
            Proved::Gain(gain) => {
                bound.gain = Some(Points(risk::Points(gain)));
                bound.gain_gap = gap.map(|gap| Points(risk::Points(gap)));
            }
            Proved::Effort(effort) => {
                bound.effort = Some(effort);
                bound.effort_gap = gap;
            }
            Proved::Unattainable => bound.unattainable = true,
        }
        bound
    }
}

impl Planned {
    /// `plan` of `analysis`.
    pub(super) fn of(analysis: &Analysis, plan: &Plan) -> Self {
        let writer = Writer::of(analysis);
        let words = Words::of(analysis);
        let inventory = &analysis.inventory;
        let credential = |&id: &CredentialId| inventory.credentials[id].key.to_string();
        let place = |&id: &ExposureId| inventory.exposures[id].key.to_string();
        let turn = |(at, planned): (usize, &PlannedFix)| Turn {
            place: at + 1,
            text: words.planned(planned),
            effort: planned.effort,
            so_far: planned.so_far.into(),
            renewed: planned.is_renewed,
            after: planned.after.map(|after| after + 1),
            together: planned.together.iter().map(|one| one + 1).collect(),
            holds: planned.read_by.is_empty(),
            read_by: planned
                .read_by
                .iter()
                .map(|&fact| words.held(fact))
                .collect(),
            lies_in: planned.places.iter().map(place).collect(),
            left: planned.left.iter().map(credential).collect(),
            ends: planned.life.map(|life| match life {
                Life::Endless => "never",
                Life::Job => "job",
                Life::Expires(_) => "expires",
                Life::Unknown => "unknown",
            }),
            expires: match planned.life {
                Some(Life::Expires(at)) => at.map(|at| at.to_string()),
                _ => None,
            },
            survivor: planned.survivor.map(|survivor| Survivor {
                what: survivor.what,
                most_hours: survivor.most_hours,
                remedy: survivor.remedy,
                source: survivor.source,
            }),
            remarks: words.remarks(at, planned),
            fix: writer.fix(&planned.fix),
            alternatives: planned
                .alternatives
                .iter()
                .map(|(fix, effort)| Alternative {
                    effort: *effort,
                    fix: writer.fix(fix),
                })
                .collect(),
        };
        Self {
            schema: SCHEMA,
            version: 1,
            tool: Tool::THIS,
            as_of: inventory.as_of.to_string(),
            inputs: Inputs::of(analysis),
            problems: analysis.problems.iter().map(Problem::of).collect(),
            goal: Goal::of(plan.goal, plan.measure),
            effort: plan.effort,
            total: plan.total.into(),
            gain: plan.gain.into(),
            organisation: Organisation {
                model: risk::MODEL,
                mode: analysis.model.mode.name(),
                bound: plan.measure.name(),
                value: Points(analysis.organisation.value),
                before: (
                    analysis.organisation.certain,
                    analysis.organisation.possible,
                )
                    .into(),
                after: plan.lost.into(),
            },
            bound: Bound::of(plan),
            candidates: plan.candidates,
            left_out: plan
                .left_out
                .iter()
                .map(|&id| words.control_key(id))
                .collect(),
            fixes: plan.fixes.iter().enumerate().map(turn).collect(),
            kept: plan.kept.iter().map(credential).collect(),
            edits: plan.edits.iter().map(|edit| writer.edit(edit)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;
    use crate::reports::sample;
    use serde_json::Value;

    fn sample() -> Value {
        let analysis = sample::analysis();
        let plan = sample::plan(&analysis);
        serde_json::from_slice(&super::super::render_plan(&analysis, &plan).unwrap()).unwrap()
    }

    #[test]
    fn the_committed_schema_is_current() {
        schema::assert_committed::<Planned>(SCHEMA);
    }

    #[test]
    fn the_sample_is_valid_and_a_wrong_one_is_not() {
        let validator = schema::validator::<Planned>(SCHEMA);
        let mut plan = sample();
        if let Err(error) = validator.validate(&plan) {
            panic!("{error} at {}", error.instance_path());
        }
        plan["fixes"][0]["effort"] = "much".into();
        assert!(!validator.is_valid(&plan));
    }

    #[test]
    fn places_are_counted_from_one_and_the_gap_is_bound_minus_gain() {
        let plan = sample();
        assert_eq!(plan["fixes"][2]["after"], 1);
        assert_eq!(plan["fixes"][2]["together"], serde_json::json!([3, 4]));
        assert_eq!(plan["fixes"][3]["holds"], false);
        assert_eq!(plan["bound"]["gain"], 469.0);
        assert_eq!(plan["bound"]["gain_gap"], 1.0);
        assert_eq!(plan["bound"]["optimal"], false);
        assert_eq!(plan["goal"]["budget"], 1234);
    }
}
