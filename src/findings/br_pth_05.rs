//! BR-PTH-05: a principal makes new credentials for itself.

use super::br_pth_01::leaks;
use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::{Inventory, PrincipalId, PrincipalKind};
use crate::reach::Layer;
use crate::steps::{Fact, FactId, StepId, Steps, TechniqueId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "BR-PTH-05",
    title: "Renews itself",
    severity: Severity::High,
    page: include_str!("br_pth_05.md"),
    tags: &["T1098.001"],
    find,
};

/// What gives somebody a new credential that lasts, or that is made anew before it ends; and what it may do, where the
/// technique's own name says it of others. ("Account Manipulation: Additional Cloud Credentials")
const MAKING: [(&str, Option<&str>); 8] = [
    ("aws/create-access-key", None),
    ("aws/replace-access-key", None),
    ("aws/create-login-profile", None),
    ("aws/update-login-profile", None),
    (
        "kubernetes/token-request",
        Some("have tokens of its own issued"),
    ),
    (
        "kubernetes/use-token",
        Some("have tokens of its own issued"),
    ),
    (
        "kubernetes/client-certificate",
        Some("have client certificates issued in its own name"),
    ),
    ("okta/add-app-key", Some("give itself keys")),
];

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let steps = ground.steps;
    let making: FxHashMap<TechniqueId, Option<&str>> = steps
        .techniques
        .entries()
        .filter_map(|(id, technique)| {
            let known = MAKING.iter().find(|(known, _)| *known == technique.id)?;
            Some((id, known.1))
        })
        .collect();
    // The first way of each, a certain one before a possible one.
    let mut renewing: BTreeMap<PrincipalId, (bool, StepId)> = BTreeMap::new();
    for id in steps.ids() {
        let step = steps.step(id);
        let Fact::Principal(principal) = steps.facts[step.gain] else {
            continue;
        };
        if !making.contains_key(&step.technique) {
            continue;
        }
        let is_own = |layer| layer_holds(ground.inventory, steps, layer, step.gain, id);
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
        let technique = steps.step(step).technique;
        text.push(match making.get(&technique).copied().flatten() {
            Some(words) => words.into(),
            None => steps.techniques[technique].name.clone().into(),
        });
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

/// Whether whoever acts as `own`, and as nobody else, may do `step`: through what he holds, the groups that he is in, and
/// what he has access to.
fn layer_holds(
    inventory: &Inventory,
    steps: &Steps,
    layer: Layer,
    own: FactId,
    step: StepId,
) -> bool {
    // A group never acts: what its members hold by it is their own.
    let is_of_others = |fact: FactId| match steps.facts[fact] {
        Fact::Principal(id) => inventory.principals[id].kind != PrincipalKind::Group,
        Fact::Credential(_) => true,
        _ => false,
    };
    let holds = |fact: FactId, held: &FxHashSet<FactId>| {
        fact == own || steps.facts[fact] == Fact::Anyone || held.contains(&fact)
    };
    // What is on the way, found backwards; then held forwards until nothing is added.
    let mut way: Vec<FactId> = steps.needs(step).to_vec();
    let mut seen: FxHashSet<FactId> = way.iter().copied().collect();
    let mut at = 0;
    while let Some(&fact) = way.get(at) {
        at += 1;
        if is_of_others(fact) {
            continue;
        }
        let before = steps.gaining(fact).iter().flat_map(|&id| steps.needs(id));
        way.extend(before.copied().filter(|&need| seen.insert(need)));
    }
    let mut held = FxHashSet::default();
    loop {
        let before = held.len();
        for &fact in way.iter().filter(|&&fact| !is_of_others(fact)) {
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
