//! The same steps without some: what is left when fixes are done.

use super::StepId;
use super::{Steps, StepsBuilder};

impl Steps {
    /// All steps but the `removed`, which are in order. Facts, techniques and controls keep their ids; steps do not.
    ///
    /// Linear in steps and their needs.
    pub fn without(&self, removed: &[StepId]) -> Self {
        let mut left = Self {
            facts: self.facts.clone(),
            fact_ids: self.fact_ids.clone(),
            subjects: self.subjects.clone(),
            techniques: self.techniques.clone(),
            controls: self.controls.clone(),
            conditions: self.conditions.clone(),
            ..Self::default()
        };
        for id in self.ids().filter(|id| removed.binary_search(id).is_err()) {
            let step = self.step(id);
            left.needs.push(step.needs.iter().copied());
            left.gains.push(step.gain);
            left.step_techniques.push(step.technique);
            left.step_controls.push(step.controls.iter().copied());
            left.step_evidence.push(step.evidence.iter().copied());
            left.step_conditions.push(step.condition);
        }
        StepsBuilder::from(left).build()
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::Id;
    use crate::reach::tests::{build, drafts};
    use crate::reach::{Layer, naive, naive_without};
    use crate::steps::{FactId, StepId};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_left_reaches_what_is_reached_without_the_rest(
            drafts in drafts(12, 0..40, 4), removed in prop::collection::btree_set(0..40usize, 0..10), seed in 1..=12u32,
        ) {
            let steps = build(12, 4, &drafts);
            let removed = removed.into_iter().filter(|&id| id < steps.len());
            let removed: Vec<StepId> = removed.map(StepId::from_index).collect();
            let left = steps.without(&removed);
            prop_assert_eq!(left.len(), steps.len() - removed.len());
            prop_assert_eq!(left.facts.as_slice(), steps.facts.as_slice());
            for layer in [Layer::Certain, Layer::Possible] {
                let seeds = [FactId(seed)];
                prop_assert_eq!(
                    naive(&left, layer, &seeds, None),
                    naive_without(&steps, layer, &seeds, &removed)
                );
            }
        }
    }
}
