//! The oracle: reach as its definition says it, in the plainest possible loop.

use super::{ANYONE, Layer};
use crate::inventory::Table;
use crate::steps::{ControlId, FactId, StepId, Steps};

/// The facts reached from `seeds`, by fact: every step is tried again until nothing changes.
///
/// Steps that `without` controls are left out. Quadratic in steps at worst; it shares no code with the engine, so that
/// it can be trusted to judge it.
pub fn naive(
    steps: &Steps,
    layer: Layer,
    seeds: &[FactId],
    without: Option<ControlId>,
) -> Vec<bool> {
    let is_left_out =
        |id| without.is_some_and(|control| steps.step(id).controls.contains(&control));
    fixpoint(steps, layer, seeds, is_left_out)
}

/// The same, with the `removed` steps, which are in order, left out.
pub fn naive_without(
    steps: &Steps,
    layer: Layer,
    seeds: &[FactId],
    removed: &[StepId],
) -> Vec<bool> {
    fixpoint(steps, layer, seeds, |id| removed.binary_search(&id).is_ok())
}

fn fixpoint(
    steps: &Steps,
    layer: Layer,
    seeds: &[FactId],
    is_left_out: impl Fn(StepId) -> bool,
) -> Vec<bool> {
    let mut held = Table::<FactId, bool>::filled(false, steps.facts.len().max(1));
    held[ANYONE] = true;
    for &seed in seeds {
        held[seed] = true;
    }
    loop {
        let mut has_changed = false;
        for id in steps.ids() {
            let step = steps.step(id);
            let is_off = layer == Layer::Certain && step.condition.is_some();
            let is_new = !held[step.gain] && step.needs.iter().all(|&need| held[need]);
            if is_new && !is_off && !is_left_out(id) {
                held[step.gain] = true;
                has_changed = true;
            }
        }
        if !has_changed {
            return held.ids().map(|fact: FactId| held[fact]).collect();
        }
    }
}
