//! BR-PTH-05: a principal makes new credentials for itself.

use super::br_pth_01::leaks;
use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::PrincipalId;
use crate::reach::Layer;
use crate::steps::{Fact, FactId, StepId, Steps};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "BR-PTH-05",
    title: "Renews itself",
    severity: Severity::High,
    page: include_str!("br_pth_05.md"),
    tags: &["T1098.001"],
    find,
};

/// What gives a user a new credential that lasts. ("Account Manipulation: Additional Cloud Credentials")
const MAKING: [&str; 3] = [
    "aws/create-access-key",
    "aws/create-login-profile",
    "aws/update-login-profile",
];

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let steps = ground.steps;
    let making: FxHashSet<_> = steps
        .techniques
        .entries()
        .filter(|(_, technique)| MAKING.contains(&technique.id.as_str()))
        .map(|(id, _)| id)
        .collect();
    // The first way of each, a certain one before a possible one.
    let mut renewing: BTreeMap<PrincipalId, (bool, StepId)> = BTreeMap::new();
    for id in steps.ids() {
        let step = steps.step(id);
        let Fact::Principal(principal) = steps.facts[step.gain] else {
            continue;
        };
        if !making.contains(&step.technique) {
            continue;
        }
        let is_own = |layer| layer_holds(steps, layer, step.gain, id);
        let is_certain = is_own(Layer::Certain);
        if is_certain || is_own(Layer::Possible) {
            let known = renewing.entry(principal).or_insert((is_certain, id));
            if is_certain && !known.0 {
                *known = (true, id);
            }
        }
    }
    let leaked: FxHashSet<Option<PrincipalId>> =
        leaks(ground).map(|lie| lie.credential.principal).collect();
    let found = renewing.into_iter().map(|(id, (is_certain, step))| {
        let subject = Thing::Principal(id);
        let evidence = &ground.inventory.principals[id].evidence;
        let of_step = steps.step(step).evidence.iter();
        let mut text = says![
            subject.clone(),
            match is_certain {
                true => " makes new credentials for itself: it may ",
                false => " possibly makes new credentials for itself: it may ",
            },
        ];
        let technique = &steps.techniques[steps.step(step).technique];
        text.push(technique.name.clone().into());
        Found {
            severity: match is_certain && leaked.contains(&Some(id)) {
                true => Severity::High,
                false => Severity::Medium,
            },
            subject,
            object: None,
            text,
            evidence: of_step.chain(evidence).copied().collect(),
            proof: Vec::new(),
            points: None,
        }
    });
    found.collect()
}

/// Whether whoever acts as `own`, and holds nothing else, may do `step`: through what only restates what he holds.
fn layer_holds(steps: &Steps, layer: Layer, own: FactId, step: StepId) -> bool {
    let holds = |fact: FactId, held: &FxHashSet<FactId>| {
        fact == own || steps.facts[fact] == Fact::Anyone || held.contains(&fact)
    };
    // The restatements on the way, found backwards; then held forwards until nothing is added.
    let mut way: Vec<FactId> = steps.needs(step).to_vec();
    let mut seen: FxHashSet<FactId> = way.iter().copied().collect();
    let mut at = 0;
    while let Some(&fact) = way.get(at) {
        at += 1;
        if steps.facts[fact].is_milestone() {
            continue;
        }
        let before = steps.gaining(fact).iter().flat_map(|&id| steps.needs(id));
        way.extend(before.copied().filter(|&need| seen.insert(need)));
    }
    let mut held = FxHashSet::default();
    loop {
        let before = held.len();
        for &fact in way
            .iter()
            .filter(|&&fact| !steps.facts[fact].is_milestone())
        {
            let is_held = steps.gaining(fact).iter().any(|&id| {
                layer.has(steps, id) && steps.needs(id).iter().all(|&need| holds(need, &held))
            });
            if is_held {
                held.insert(fact);
            }
        }
        if held.len() == before {
            break;
        }
    }
    layer.has(steps, step) && steps.needs(step).iter().all(|&need| holds(need, &held))
}
