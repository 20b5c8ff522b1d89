//! BR-SCP-07: a trust, a policy of a resource or a binding lets anybody in.

use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::{Access, ScopeId, Sensitivity, Terms};
use crate::steps::{Control, ControlId, Fact, FactId, Steps};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const CHECK: Check = Check {
    id: "BR-SCP-07",
    title: "Anybody is trusted",
    severity: Severity::Critical,
    page: include_str!("br_scp_07.md"),
    tags: &["NHI6:2025", "AC-3"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let steps = ground.steps;
    let strangers = strangers(steps);
    let mut open: BTreeMap<ControlId, bool> = BTreeMap::new();
    for id in steps.ids() {
        let step = steps.step(id);
        let is_anyone = is_anyone(steps, step.needs);
        if !is_anyone && step.needs.iter().all(|need| strangers.contains(need)) {
            // A binding that leads to nothing is one to a role that opens nothing of anybody's.
            let leads_on = !steps.needing(step.gain).is_empty();
            let bindings = step.controls.iter().filter(|&&control| {
                let scope = scope_of(steps, control);
                let terms = scope.map(|scope| &ground.inventory.scopes[scope].terms);
                leads_on && matches!(terms, Some(Terms::Binding { .. }))
            });
            for &control in bindings {
                // Whether strangers may ask at all no export tells.
                open.entry(control).or_insert(false);
            }
            continue;
        }
        // What is meant for everybody may be read by everybody.
        let is_meant = match steps.facts[step.gain] {
            Fact::Access(resource, Access::List | Access::Read) => {
                ground.inventory.resources[resource].sensitivity == Sensitivity::Public
            }
            _ => false,
        };
        if !is_anyone || is_meant {
            continue;
        }
        for &control in step.controls {
            let is_certain = !steps.is_conditional(id);
            *open.entry(control).or_insert(false) |= is_certain;
        }
    }
    let found = open.into_iter().filter_map(|(control, is_certain)| {
        let scope = &ground.inventory.scopes[scope_of(steps, control)?];
        let of = match &scope.terms {
            Terms::Trust { principal, .. } => Thing::Principal(*principal),
            Terms::Binding { subject, .. } => Thing::Principal(*subject),
            Terms::ResourcePolicy { resource, .. } => Thing::Resource(*resource),
            _ => return None,
        };
        Some(Found {
            severity: match is_certain {
                true => Severity::Critical,
                false => Severity::High,
            },
            subject: Thing::Control(control),
            text: says![
                Thing::Control(control),
                match is_certain {
                    true => " lets anybody in, to ",
                    false => " possibly lets anybody in, to ",
                },
                of.clone(),
            ],
            object: Some(of),
            evidence: scope.evidence.clone(),
            proof: Vec::new(),
            points: None,
        })
    });
    found.collect()
}

fn scope_of(steps: &Steps, control: ControlId) -> Option<ScopeId> {
    match steps.controls[control] {
        Control::Scope(scope) => Some(scope),
        _ => None,
    }
}

fn is_anyone(steps: &Steps, needs: &[FactId]) -> bool {
    needs.iter().all(|&need| steps.facts[need] == Fact::Anyone)
}

/// Principals as which anybody acts without any grant: `system:unauthenticated` of a cluster. What is bound to these is
/// bound to anybody.
fn strangers(steps: &Steps) -> BTreeSet<FactId> {
    let all = steps.ids().map(|id| steps.step(id)).filter(|step| {
        let is_principal = matches!(steps.facts[step.gain], Fact::Principal(_));
        is_principal && step.controls.is_empty() && is_anyone(steps, step.needs)
    });
    all.map(|step| step.gain).collect()
}
