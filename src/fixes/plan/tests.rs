//! Plans against brute force over all sets, on random step sets.

use super::*;
use crate::inventory::Id;
use crate::progress::Silent;
use crate::reach::naive;
use crate::reach::tests::{build, drafts, scenarios};
use proptest::prelude::*;

fn points(steps: &Steps) -> Table<FactId, u64> {
    let points = steps.facts.ids().map(|fact| fact.index() as u64 * 7 % 11);
    points.collect::<Vec<_>>().into()
}

fn candidates(steps: &Steps) -> Vec<Candidate> {
    steps.controls.ids().map(Candidate::removing).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_plan_is_within_its_goal(drafts in drafts(10, 0..30, 6), scenarios in scenarios(10, 0..6), top in 0..4usize) {
        let steps = build(10, 6, &drafts);
        let candidates = candidates(&steps);
        let request = Request { candidates: &candidates, efforts: &[], goal: Goal::Top(top), limits: Limits::default() };
        let plan = plan(&steps, &scenarios, &points(&steps), &request, &Silent);
        prop_assert!(plan.chosen.len() <= top);
        let before: u64 = scenarios.iter().map(|seeds| {
            let held = naive(&steps, Layer::Certain, seeds, None);
            let points = points(&steps);
            points.entries().filter(|(f, _)| f.index() > 0 && held[f.index()] && !seeds.contains(f)).map(|(_, p)| p).sum::<u64>()
        }).sum();
        prop_assert_eq!(plan.total.certain, before);
    }
}
