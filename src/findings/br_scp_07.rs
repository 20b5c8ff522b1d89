//! BR-SCP-07: a trust or a policy of a resource lets anybody in.

use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::{Access, Sensitivity, Terms};
use crate::steps::{Control, ControlId, Fact};
use std::collections::BTreeMap;

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
    let mut open: BTreeMap<ControlId, bool> = BTreeMap::new();
    for id in steps.ids() {
        let step = steps.step(id);
        let is_anyone = step
            .needs
            .iter()
            .all(|&need| steps.facts[need] == Fact::Anyone);
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
        let Control::Scope(scope) = steps.controls[control] else {
            return None;
        };
        let scope = &ground.inventory.scopes[scope];
        let of = match &scope.terms {
            Terms::Trust { principal, .. } => Thing::Principal(*principal),
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
