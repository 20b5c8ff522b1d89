//! BR-EXP-05: a job that is given a secret runs code that nobody reviewed.

use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::{ExposureId, PrincipalId};
use crate::steps::{Fact, StepId};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-05",
    title: "CI secret in the hands of code that nobody reviewed",
    severity: Severity::High,
    page: include_str!("br_exp_05.md"),
    tags: &["CICD-SEC-4", "CICD-SEC-6", "T1677"],
    find,
};

/// How foreign code gets into a job.
const ENTERING: [(&str, &str); 2] = [
    (
        "github/pwn-request",
        "what anybody writes who can open a pull request",
    ),
    (
        "github/unpinned-action",
        "an action that its publisher may replace",
    ),
];
/// How a job gets a secret.
const GIVEN: &str = "github/use-secret";

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let steps = ground.steps;
    let technique = |id: StepId| steps.techniques[steps.step(id).technique].id.as_str();
    // The ways into each job, a certain one before a possible one.
    let mut entered: BTreeMap<PrincipalId, (bool, usize, StepId)> = BTreeMap::new();
    let mut given: Vec<(PrincipalId, ExposureId, StepId)> = Vec::new();
    for id in steps.ids() {
        let step = steps.step(id);
        let name = technique(id);
        let way = ENTERING.iter().position(|(entering, _)| *entering == name);
        if let (Some(way), Fact::Principal(job)) = (way, steps.facts[step.gain]) {
            let entrance = (steps.is_conditional(id), way, id);
            let known = entered.entry(job).or_insert(entrance);
            *known = (*known).min(entrance);
        }
        if name == GIVEN
            && let (Fact::Exposure(place), [need]) = (steps.facts[step.gain], step.needs)
            && let Fact::Principal(job) = steps.facts[*need]
        {
            given.push((job, place, id));
        }
    }
    let mut found = Vec::new();
    for (job, place, by) in given {
        let Some(&(hangs, way, entrance)) = entered.get(&job) else {
            continue;
        };
        let what = ENTERING.get(way).map_or("", |(_, what)| *what);
        let is_certain = !hangs && !steps.is_conditional(by);
        let exposure = &ground.inventory.exposures[place];
        let lying = exposure.lying.iter();
        let weights = lying.map(|one| ground.reach[one.credential].figure);
        found.push(Found {
            severity: match is_certain {
                true => Severity::High,
                false => Severity::Medium,
            },
            subject: Thing::Exposure(place),
            object: Some(Thing::Principal(job)),
            text: says![
                Thing::Exposure(place),
                " is given to ",
                Thing::Principal(job),
                match is_certain {
                    true => ", which runs ",
                    false => ", which possibly runs ",
                },
                what,
            ],
            evidence: [entrance, by]
                .iter()
                .flat_map(|&id| steps.step(id).evidence)
                .chain(&ground.inventory.principals[job].evidence)
                .chain(&exposure.evidence)
                .copied()
                .collect(),
            proof: Vec::new(),
            points: weights.max(),
        });
    }
    found
}
