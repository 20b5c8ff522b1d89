//! Gains against brute force, on random step sets.

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

/// The definition: everything again without the control.
fn brute_force(steps: &Steps, scenarios: &[Vec<FactId>]) -> Vec<Gain> {
    let points = points(steps);
    let total = |layer, seeds: &Vec<FactId>, without| -> u64 {
        let held = naive(steps, layer, seeds, without);
        let facts = points.entries();
        facts
            .filter(|(fact, _)| held[fact.index()] && fact.index() > 0 && !seeds.contains(fact))
            .map(|(_, points)| points)
            .sum()
    };
    let mut gains = Vec::new();
    for (candidate, control) in steps.controls.ids().enumerate() {
        let mut gain = Gain {
            candidate,
            certain: 0,
            possible: 0,
            scenarios: 0,
        };
        for seeds in scenarios {
            let lost = |layer| total(layer, seeds, None) - total(layer, seeds, Some(control));
            gain.certain += lost(Layer::Certain);
            gain.possible += lost(Layer::Possible);
            gain.scenarios += u64::from(lost(Layer::Possible) > 0);
        }
        if gain.certain + gain.possible > 0 {
            gains.push(gain);
        }
    }
    gains.sort_by_key(|gain| {
        let both = gain.certain + gain.possible;
        (u64::MAX - both, u64::MAX - gain.certain, gain.candidate)
    });
    gains
}

fn assert_rank_is_brute_force(steps: &Steps, scenarios: &[Vec<FactId>]) {
    let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
    let rank = |limit| {
        rank(
            steps,
            scenarios,
            &points(steps),
            &candidates,
            limit,
            &Silent,
        )
    };
    let all = rank(Limit::All);
    assert_eq!(all.gains, brute_force(steps, scenarios));
    assert_eq!((all.candidates, all.bounded), (candidates.len() as u64, 0));
    for best in 0..4 {
        let ranking = rank(Limit::Best(best));
        assert_eq!(ranking.gains, all.gains[..best.min(all.gains.len())]);
        assert_eq!(ranking.candidates, all.candidates);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_gain_is_before_minus_after(drafts in drafts(10, 0..30, 4), scenarios in scenarios(10, 0..6)) {
        assert_rank_is_brute_force(&build(10, 4, &drafts), &scenarios);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_gain_is_before_minus_after_in_larger_sets(
        drafts in drafts(40, 20..110, 12),
        scenarios in scenarios(40, 1..12),
    ) {
        assert_rank_is_brute_force(&build(40, 12, &drafts), &scenarios);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn a_gain_is_before_minus_after_across_batches(
        drafts in drafts(30, 20..80, 5),
        scenarios in scenarios(30, 600..700),
    ) {
        assert_rank_is_brute_force(&build(30, 5, &drafts), &scenarios);
    }

    #[test]
    fn a_ranking_is_the_same_at_any_thread_count(
        drafts in drafts(60, 40..160, 20),
        scenarios in scenarios(60, 1000..1100),
    ) {
        let steps = build(60, 20, &drafts);
        let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
        let [one, two] = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                rank(&steps, &scenarios, &points(&steps), &candidates, Limit::Best(3), &Silent)
            })
        });
        prop_assert_eq!(one, two);
    }
}
