//! One scenario in linear time: what is shown in detail, not what is swept.

use super::{ANYONE, Layer};
use crate::inventory::Table;
use crate::steps::{ControlId, FactId, StepId, Steps};
use rustc_hash::FxHashMap;

/// The facts reached from `seeds` without the steps that `without` controls, by fact.
pub fn reached(
    steps: &Steps,
    layer: Layer,
    seeds: &[FactId],
    without: Option<ControlId>,
) -> Vec<bool> {
    let removed = without.map_or(&[][..], |control| steps.controlled_by(control));
    reached_without(steps, layer, seeds, removed)
}

/// The facts reached from `seeds` without the `removed` steps, which are in order, by fact.
///
/// Every step counts the needs it still misses and fires when none is left (Dowling and Gallier 1984,
/// doi:10.1016/0743-1066(84)90014-1). Linear in facts and in the needs of what is reached.
pub fn reached_without(
    steps: &Steps,
    layer: Layer,
    seeds: &[FactId],
    removed: &[StepId],
) -> Vec<bool> {
    let is_on = |id: StepId| layer.has(steps, id) && removed.binary_search(&id).is_err();
    let mut held = Table::<FactId, bool>::filled(false, steps.facts.len().max(1));
    let mut missing: FxHashMap<StepId, usize> = FxHashMap::default();
    let given = steps.needless().iter().filter(|&&id| is_on(id));
    let given = given.map(|&id| steps.gain(id));
    let mut queue: Vec<FactId> = given.chain(seeds.iter().copied()).chain([ANYONE]).collect();
    while let Some(fact) = queue.pop() {
        if std::mem::replace(&mut held[fact], true) {
            continue;
        }
        for &id in steps.needing(fact) {
            let needs = steps.needs(id).len();
            let is_ready = needs == 1 || {
                let missing = missing.entry(id).or_insert(needs);
                *missing -= 1;
                *missing == 0
            };
            if is_ready && !held[steps.gain(id)] && is_on(id) {
                queue.push(steps.gain(id));
            }
        }
    }
    held.as_slice().to_vec()
}
