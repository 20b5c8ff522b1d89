//! Questions about one thing: why can it reach another, where could it go, who reaches it, what breaks without it.
//!
//! Everything here is derived for what is asked, from the same steps as the rankings. A way that is certain is told first;
//! where a graver access is possible, the way to that is told too.

use super::named::Thing;
use super::{
    Analysis, Leak, Proof, ReachedResource, TooLittle, Weighing, top_resources, why_unknown, worth,
};
use crate::inventory::{
    Access, CredentialId, ExposureId, Inventory, PrincipalId, ResourceId, Terms,
};
use crate::memory::Memory;
use crate::progress::Progress;
use crate::reach::{self, Classes, Derivations, Layer, Tally};
use crate::steps::{ConditionId, Control, ControlId, Fact, FactId, Steps};
use rayon::prelude::*;
use std::cmp::Reverse;

/// Something that leads to a fact in the fewest moves.
#[derive(Debug, Clone)]
pub struct Way {
    /// What is gained in the end.
    pub goal: FactId,
    /// The access, where a resource is gained.
    pub access: Option<Access>,
    /// Whether it hangs on nothing that cannot be decided offline.
    pub is_certain: bool,
    /// Its length in moves; for an AND the longest of its branches counts.
    pub hops: u32,
    /// The proof: the shortest one.
    pub proof: Proof,
    /// On what the steps of that proof hang; empty for a certain way.
    pub conditions: Vec<ConditionId>,
    /// What cuts every way to the goal that is as sure as this one, each alone, in order of the proof.
    pub cuts: Vec<Cut>,
}

/// A control whose removal ends a way and all others like it.
#[derive(Debug, Clone)]
pub struct Cut {
    /// The control.
    pub control: ControlId,
    /// What is left of the target then: the fact, and whether it is certain. `None`: nothing, not even possibly.
    pub left: Option<(FactId, bool)>,
}

/// What a leak of some things makes of a target.
#[derive(Debug, Clone)]
pub struct Ways {
    /// The surest way to the gravest access; after it the way to a graver access that is only possible. Empty: there is
    /// none.
    pub ways: Vec<Way>,
    /// Whether anybody has all of that without any leak.
    pub is_anyones: bool,
}

/// Who reaches a target.
#[derive(Debug, Clone)]
pub struct Reaching {
    /// What leaks.
    pub leak: Leak,
    /// The gravest access, where a resource is gained.
    pub access: Option<Access>,
    /// Whether it is reached without any conditional step.
    pub is_certain: bool,
    /// Length of the shortest way.
    pub hops: u32,
    /// The shortest proof.
    pub proof: Proof,
}

/// All that reach a target.
#[derive(Debug, Clone)]
pub struct Reachers {
    /// What anybody has without any leak: the fact and whether it is certain.
    pub anyone: Option<(FactId, bool)>,
    /// The credentials and exposures that reach more of it than anybody does: certain before possible, graver before
    /// lesser access, near before far, then credentials before exposures in order of key.
    pub reaching: Vec<Reaching>,
}

/// What uses a credential, as far as exports tell.
#[derive(Debug, Clone)]
pub struct Uses {
    /// The credential.
    pub credential: CredentialId,
    /// What revokes it; `None` where no step needs it.
    pub control: Option<ControlId>,
    /// Where it lies: whoever takes it from there stops.
    pub places: Vec<Place>,
    /// Other credentials of the same principal that may work: these go on.
    pub others: Vec<CredentialId>,
}

/// A place where a credential lies, with those that run with what lies there.
#[derive(Debug, Clone)]
pub struct Place {
    /// The place.
    pub exposure: ExposureId,
    /// The names that the credential has there.
    pub names: Vec<String>,
    /// Why it may not lie there at all.
    pub doubt: Option<String>,
    /// Who holds what lies there because it runs with it.
    pub holders: Vec<PrincipalId>,
    /// As whom software on the place's resource acts: the workloads that the place configures.
    pub workloads: Vec<PrincipalId>,
}

/// The facts that some things give when they leak, and the things of which no step speaks: nothing follows of them.
///
/// A tenant gives every credential of its principals.
fn seeds_of_things(analysis: &Analysis, things: &[Thing]) -> (Vec<FactId>, Vec<Thing>) {
    let Analysis {
        inventory, steps, ..
    } = analysis;
    let (mut seeds, mut idle) = (Vec::new(), Vec::new());
    for &thing in things {
        let facts: Vec<Fact> = match thing {
            Thing::Credential(id) => vec![Fact::Credential(id)],
            Thing::Exposure(id) => vec![Fact::Exposure(id)],
            Thing::Principal(id) => vec![Fact::Principal(id)],
            Thing::Resource(id) => Access::LADDER
                .map(|access| Fact::Access(id, access))
                .to_vec(),
            Thing::Tenant(tenant) => credentials_of(inventory, |id| {
                inventory.principals[id].tenant == Some(tenant)
            })
            .map(Fact::Credential)
            .collect(),
        };
        let before = seeds.len();
        seeds.extend(facts.into_iter().filter_map(|fact| steps.fact_id(fact)));
        if seeds.len() == before {
            idle.push(thing);
        }
    }
    seeds.sort_unstable();
    seeds.dedup();
    (seeds, idle)
}

/// The credentials whose principal is one of those.
fn credentials_of(
    inventory: &Inventory,
    is_one: impl Fn(PrincipalId) -> bool,
) -> impl Iterator<Item = CredentialId> {
    let all = inventory.credentials.entries();
    all.filter(move |(_, row)| row.principal.is_some_and(&is_one))
        .map(|(id, _)| id)
}

/// Why a credential among some things leads nowhere known; `None` where what it reaches is known.
fn unknown_of(analysis: &Analysis, thing: Thing) -> Option<String> {
    match thing {
        Thing::Credential(id) => {
            why_unknown(&analysis.inventory, &analysis.steps, Leak::Credential(id))
        }
        Thing::Principal(id) if analysis.inventory.principals[id].is_stub => {
            Some("no export describes it".to_owned())
        }
        _ => None,
    }
}

/// What reaching a target means, the gravest first; none where no step speaks of it.
fn goals(steps: &Steps, target: Thing) -> Vec<(FactId, Option<Access>)> {
    let facts: Vec<(Fact, Option<Access>)> = match target {
        Thing::Credential(id) => vec![(Fact::Credential(id), None)],
        Thing::Exposure(id) => vec![(Fact::Exposure(id), None)],
        Thing::Principal(id) => vec![(Fact::Principal(id), None)],
        Thing::Resource(id) => {
            let ladder = Access::LADDER.into_iter().rev();
            ladder
                .map(|access| (Fact::Access(id, access), Some(access)))
                .collect()
        }
        Thing::Tenant(_) => Vec::new(),
    };
    let known = facts
        .into_iter()
        .filter_map(|(fact, access)| Some((steps.fact_id(fact)?, access)));
    known.collect()
}

type Goals = [(FactId, Option<Access>)];

/// The gravest goal that is held.
fn gravest(goals: &Goals, is_held: impl Fn(FactId) -> bool) -> Option<usize> {
    goals.iter().position(|&(fact, _)| is_held(fact))
}

/// The gravest goal that is certain, else the gravest that is possible; and whether it is certain.
fn surest(
    goals: &Goals,
    certain: impl Fn(FactId) -> bool,
    possible: impl Fn(FactId) -> bool,
) -> Option<(usize, bool)> {
    match gravest(goals, certain) {
        Some(at) => Some((at, true)),
        None => gravest(goals, possible).map(|at| (at, false)),
    }
}

/// Why what `seeds` are can reach `target`.
///
/// Linear in steps for every control of the proofs.
fn ways(analysis: &Analysis, seeds: &[FactId], target: Thing) -> Ways {
    let steps = &analysis.steps;
    let goals = goals(steps, target);
    let [certain, possible] =
        [Layer::Certain, Layer::Possible].map(|layer| Derivations::new(steps, layer, seeds));
    let at_certain = gravest(&goals, |fact| certain.hops(fact).is_some());
    let at_possible = gravest(&goals, |fact| possible.hops(fact).is_some());
    let mut found = Vec::new();
    found.extend(at_certain.map(|at| (at, Layer::Certain)));
    // What is certain is possible: only a graver access is another answer.
    if at_possible != at_certain {
        found.extend(at_possible.map(|at| (at, Layer::Possible)));
    }
    let way = |(at, layer): (usize, Layer)| {
        let &(goal, access) = goals.get(at)?;
        let derivations = match layer {
            Layer::Certain => &certain,
            Layer::Possible => &possible,
        };
        let proof = Proof {
            steps: derivations.proof(goal)?,
            goal: Some(goal),
        };
        let mut conditions: Vec<ConditionId> = Vec::new();
        for condition in proof
            .steps
            .iter()
            .filter_map(|&id| steps.step(id).condition)
        {
            if !conditions.contains(&condition) {
                conditions.push(condition);
            }
        }
        Some(Way {
            goal,
            access,
            is_certain: layer == Layer::Certain,
            hops: derivations.hops(goal)?,
            cuts: cuts(steps, seeds, &goals, goal, layer, &proof),
            proof,
            conditions,
        })
    };
    let ways: Vec<Way> = found.into_iter().filter_map(way).collect();
    let is_anyones = !ways.is_empty() && {
        let open = |layer| reach::reached(steps, layer, &[], None);
        let [certain, possible] = [Layer::Certain, Layer::Possible].map(open);
        ways.iter().all(|way| {
            let held = if way.is_certain { &certain } else { &possible };
            holds(held, way.goal)
        })
    };
    Ways { ways, is_anyones }
}

fn holds(held: &[bool], fact: FactId) -> bool {
    use crate::inventory::Id as _;
    held.get(fact.index()) == Some(&true)
}

/// The controls whose removal ends all ways to a goal: each of them is on every proof, so on this one.
fn cuts(
    steps: &Steps,
    seeds: &[FactId],
    goals: &Goals,
    goal: FactId,
    layer: Layer,
    proof: &Proof,
) -> Vec<Cut> {
    let mut on_it: Vec<ControlId> = Vec::new();
    for &step in &proof.steps {
        for &control in steps.step(step).controls {
            if !on_it.contains(&control) {
                on_it.push(control);
            }
        }
    }
    let cut = |control: ControlId| {
        let without = |layer| reach::reached(steps, layer, seeds, Some(control));
        if holds(&without(layer), goal) {
            return None;
        }
        let (certain, possible) = (without(Layer::Certain), without(Layer::Possible));
        let left = surest(
            goals,
            |fact| holds(&certain, fact),
            |fact| holds(&possible, fact),
        );
        let left = left.and_then(|(at, is_certain)| Some((goals.get(at)?.0, is_certain)));
        Some(Cut { control, left })
    };
    on_it.into_par_iter().filter_map(cut).collect()
}

/// Who reaches `target`.
///
/// One sweep of all scenarios, then linear in steps for every one that reaches it.
///
/// # Errors
/// When there is too little memory.
fn reachers(
    analysis: &Analysis,
    target: Thing,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Reachers, TooLittle> {
    let steps = &analysis.steps;
    let goals = goals(steps, target);
    let open = |layer| reach::reached(steps, layer, &[], None);
    let (certain, possible) = (open(Layer::Certain), open(Layer::Possible));
    let anyone = surest(
        &goals,
        |fact| holds(&certain, fact),
        |fact| holds(&possible, fact),
    );

    let (credentials, exposures) = analysis.leaks();
    let leaks = [credentials, exposures].concat();
    // What is the target itself does not travel to it.
    let leaks: Vec<Leak> = leaks
        .into_iter()
        .filter(|&leak| !is_same(leak, target))
        .collect();
    let classes = classes_of(steps, &goals);
    let sum = |_, tally: Tally<'_>| {
        let has = |counts: &[u32], at: usize| counts.get(at).is_some_and(|&count| count > 0);
        let all = 0..goals.len();
        let gravest = |counts: &[u32]| all.clone().find(|&at| has(counts, at));
        match gravest(tally.certain) {
            Some(at) => Some((at, true)),
            None => gravest(tally.possible).map(|at| (at, false)),
        }
    };
    let seeds = super::seeds(steps, &leaks);
    let found = reach::reach_within(steps, &seeds, &classes, memory, sum, progress)?;
    let more_than_anyone = |&(at, is_certain): &(usize, bool)| match anyone {
        None => true,
        // Certain access is more than possible access, and a graver one more than a lesser one.
        Some((of_all, is_all_certain)) => {
            (is_certain && !is_all_certain) || (is_certain >= is_all_certain && at < of_all)
        }
    };
    let reaching: Vec<(Leak, Vec<FactId>, usize, bool)> = leaks
        .into_iter()
        .zip(seeds)
        .zip(found)
        .filter_map(|((leak, seeds), found)| {
            let (at, is_certain) = found.filter(more_than_anyone)?;
            Some((leak, seeds, at, is_certain))
        })
        .collect();
    let each = Derivations::bytes(steps);
    let at_once = memory.at_once("a path", each, usize::MAX)?;
    let mut all: Vec<(usize, Reaching)> = Vec::with_capacity(reaching.len());
    for some in reaching.chunks(at_once.max(1)) {
        let told = some.par_iter().filter_map(|(leak, seeds, at, is_certain)| {
            let &(goal, access) = goals.get(*at)?;
            let layer = if *is_certain {
                Layer::Certain
            } else {
                Layer::Possible
            };
            let derivations = Derivations::new(steps, layer, seeds);
            let one = Reaching {
                leak: *leak,
                access,
                is_certain: *is_certain,
                hops: derivations.hops(goal)?,
                proof: Proof {
                    steps: derivations.proof(goal)?,
                    goal: Some(goal),
                },
            };
            Some((*at, one))
        });
        all.extend(told.collect::<Vec<_>>());
    }
    // Stable: then in order of kind and key.
    all.sort_by_key(|(at, one)| (Reverse(one.is_certain), *at, one.hops));
    Ok(Reachers {
        anyone: anyone.and_then(|(at, is_certain)| Some((goals.get(at)?.0, is_certain))),
        reaching: all.into_iter().map(|(_, one)| one).collect(),
    })
}

fn is_same(leak: Leak, target: Thing) -> bool {
    match (leak, target) {
        (Leak::Credential(own), Thing::Credential(other)) => own == other,
        (Leak::Exposure(own), Thing::Exposure(other)) => own == other,
        _ => false,
    }
}

/// Every goal in a class of its own; nothing else counts.
fn classes_of(steps: &Steps, goals: &Goals) -> Classes {
    let of = steps.facts.ids().map(|id| {
        let at = goals.iter().position(|&(fact, _)| fact == id);
        at.and_then(|at| u32::try_from(at).ok())
            .unwrap_or(Classes::UNCOUNTED)
    });
    Classes::new(of.collect::<Vec<u32>>().into(), goals.len())
}

/// What uses a credential, as far as exports tell.
fn uses(analysis: &Analysis, credential: CredentialId) -> Uses {
    use crate::inventory::CredentialStatus;
    let Analysis {
        inventory, steps, ..
    } = analysis;
    let lies = inventory.exposures.entries().filter_map(|(id, exposure)| {
        let lying: Vec<_> = exposure
            .lying
            .iter()
            .filter(|lying| lying.credential == credential)
            .collect();
        let mut names: Vec<String> = lying.iter().map(|lying| lying.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let first = lying.first()?;
        // One sight without doubt is enough.
        let is_sure = lying.iter().any(|lying| lying.doubt.is_none());
        Some(Place {
            exposure: id,
            names,
            doubt: first.doubt.clone().filter(|_| !is_sure),
            holders: exposure.holders.clone(),
            workloads: exposure
                .resource
                .map(|resource| workloads(inventory, resource))
                .unwrap_or_default(),
        })
    });
    let row = &inventory.credentials[credential];
    let others = row.principal.into_iter().flat_map(|principal| {
        credentials_of(inventory, move |id| id == principal)
            .filter(move |&id| id != credential)
            .filter(|&id| inventory.credentials[id].status != CredentialStatus::Inactive)
    });
    Uses {
        credential,
        control: steps
            .controls
            .entries()
            .find(|&(_, &control)| control == Control::Credential(credential))
            .map(|(id, _)| id),
        places: lies.collect(),
        others: others.collect(),
    }
}

/// As whom software on a resource acts.
fn workloads(inventory: &Inventory, on: ResourceId) -> Vec<PrincipalId> {
    let mut all: Vec<PrincipalId> = inventory
        .scopes
        .iter()
        .filter_map(|scope| match scope.terms {
            Terms::RunsAs {
                resource,
                principal,
            } if resource == on => Some(principal),
            Terms::Runs { workload, of, .. } if of == on => Some(workload),
            _ => None,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Why can these, leaked at once, reach that?
    Ways {
        /// What leaks.
        from: Vec<Thing>,
        /// What is reached.
        to: Thing,
    },
    /// Where could these go, leaked at once?
    Reach {
        /// What leaks.
        from: Vec<Thing>,
    },
    /// Who reaches that?
    Reachers {
        /// What is reached.
        to: Thing,
    },
    /// Who uses a credential, and what breaks without it?
    Uses {
        /// The credential.
        credential: CredentialId,
    },
}

/// What is found.
#[derive(Debug, Clone)]
pub enum Found {
    /// How a target is reached.
    Ways(Ways),
    /// What is reached.
    Reach(Reach),
    /// Who reaches a target.
    Reachers(Reachers),
    /// What uses a credential.
    Uses(Uses),
}

/// What a leak gives, beside what leaked.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The weightiest resources, at most as many as were asked for.
    pub resources: Vec<ReachedResource>,
    /// How many resources are reached in all, possibly.
    pub all: usize,
    /// The credentials gained, with whether it is certain, in order of key.
    pub credentials: Vec<(CredentialId, bool)>,
    /// The principals that the attacker can act as.
    pub principals: Vec<(PrincipalId, bool)>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// Of what leaks, that of which no step speaks: nothing follows of it, as far as exports tell.
    pub idle: Vec<Thing>,
    /// Of what leaks, that whose reach is unknown rather than small, with the reason.
    pub unknown: Vec<(Thing, String)>,
    /// What is found.
    pub found: Found,
}

/// Answers a question of what was derived; at most `most` resources are told of a reach.
///
/// # Errors
/// When there is too little memory.
pub fn answer(
    analysis: &Analysis,
    question: Question,
    most: usize,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Answer, TooLittle> {
    let from: &[Thing] = match &question {
        Question::Ways { from, .. } | Question::Reach { from } => from,
        Question::Reachers { .. } | Question::Uses { .. } => &[],
    };
    let (seeds, idle) = seeds_of_things(analysis, from);
    let unknown = from.iter();
    let unknown = unknown.filter_map(|&thing| Some((thing, unknown_of(analysis, thing)?)));
    let unknown = unknown.collect();
    let found = match question {
        Question::Ways { to, .. } => Found::Ways(ways(analysis, &seeds, to)),
        Question::Reach { .. } => Found::Reach(reach_of(analysis, &seeds, most)),
        Question::Reachers { to } => Found::Reachers(reachers(analysis, to, memory, progress)?),
        Question::Uses { credential } => Found::Uses(uses(analysis, credential)),
    };
    Ok(Answer {
        question,
        idle,
        unknown,
        found,
    })
}

/// Where what `seeds` are could go.
fn reach_of(analysis: &Analysis, seeds: &[FactId], most: usize) -> Reach {
    let Analysis {
        inventory,
        steps,
        model,
        ..
    } = analysis;
    let [certain, possible] =
        [Layer::Certain, Layer::Possible].map(|layer| reach::reached(steps, layer, seeds, None));
    let mut all = 0;
    let (mut credentials, mut principals) = (Vec::new(), Vec::new());
    for (id, fact) in steps.facts.entries() {
        if !holds(&possible, id) || seeds.contains(&id) {
            continue;
        }
        let is_certain = holds(&certain, id);
        match *fact {
            Fact::Credential(id) => credentials.push((id, is_certain)),
            Fact::Principal(id) => principals.push((id, is_certain)),
            Fact::AtLeast(_, Access::List) => all += 1,
            _ => {}
        }
    }
    credentials.sort_unstable();
    principals.sort_unstable();
    let (weights, _) = worth(inventory, steps, model);
    let leak = match seeds {
        [only] => match steps.facts[*only] {
            Fact::Credential(id) => Some(Leak::Credential(id)),
            Fact::Exposure(id) => Some(Leak::Exposure(id)),
            _ => None,
        },
        _ => None,
    };
    let weighing = match leak {
        Some(leak) => Weighing::of(model, inventory, &weights, leak),
        None => Weighing::held(model, inventory, &weights),
    };
    Reach {
        resources: top_resources(steps, &weighing, seeds, most),
        all,
        credentials,
        principals,
    }
}
