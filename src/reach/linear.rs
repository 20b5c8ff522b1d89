//! One scenario in linear time: what is shown in detail, not what is swept.

use super::{ANYONE, Layer};
use crate::inventory::Table;
use crate::steps::{ControlId, FactId, StepId, Steps};

/// The facts reached from `seeds` without the steps that `without` controls, by fact.
///
/// Every step counts the needs it still misses and fires when none is left (Dowling and Gallier 1984,
/// doi:10.1016/0743-1066(84)90014-1). Linear in facts, steps and needs.
pub fn reached(
    steps: &Steps,
    layer: Layer,
    seeds: &[FactId],
    without: Option<ControlId>,
) -> Vec<bool> {
    /// A step that never fires.
    const OFF: u32 = u32::MAX;
    let mut missing: Table<StepId, u32> = steps
        .ids()
        .map(|id| match layer.has(steps, id) {
            true => super::count(steps.needs(id).len()),
            false => OFF,
        })
        .collect::<Vec<_>>()
        .into();
    for &id in without.map_or(&[][..], |control| steps.controlled_by(control)) {
        missing[id] = OFF;
    }
    let mut held = Table::<FactId, bool>::filled(false, steps.facts.len().max(1));
    let mut queue = Vec::new();
    let needless = steps.ids().filter(|&id| missing[id] == 0);
    let given = needless.map(|id| steps.gain(id));
    for fact in given.chain(seeds.iter().copied()).chain([ANYONE]) {
        if !held[fact] {
            held[fact] = true;
            queue.push(fact);
        }
    }
    while let Some(fact) = queue.pop() {
        for &id in steps.needing(fact) {
            if missing[id] == OFF {
                continue;
            }
            missing[id] -= 1;
            let gain = steps.gain(id);
            if missing[id] == 0 && !held[gain] {
                held[gain] = true;
                queue.push(gain);
            }
        }
    }
    held.as_slice().to_vec()
}
