//! Gains against brute force, on random step sets.

use super::*;
use crate::inventory::{Id, Table};
use crate::memory::tests::only;
use crate::progress::Silent;
use crate::reach::naive;
use crate::reach::tests::{build, drafts, scenarios};
use proptest::collection::vec;
use proptest::prelude::*;

/// Chances, homes, places and factors as they are told; lists begin anew where they end.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// Chance, home, and whether it counts, by scenario.
    scenarios: Vec<(Layers, u32, bool)>,
    places: Vec<u32>,
    /// By home and place.
    factors: Vec<Vec<u64>>,
    /// By what gains are compared.
    pub(crate) measure: Measure,
}

/// Homes and places are numbered up to here.
const SIDES: u32 = 4;

impl Model {
    /// No chances and no borders.
    pub(crate) fn plain() -> Self {
        Self {
            scenarios: vec![(1.into(), 0, true)],
            places: vec![0],
            factors: vec![vec![1]],
            measure: Measure::Mean,
        }
    }

    fn facts(steps: &Steps) -> Table<FactId, u64> {
        let points = steps.facts.ids().map(|fact| fact.index() as u64 * 7 % 11);
        points.collect::<Vec<_>>().into()
    }

    fn scenario(&self, scenario: usize) -> (Layers, u32, bool) {
        self.scenarios[scenario % self.scenarios.len()]
    }

    fn place(&self, fact: FactId) -> u32 {
        self.places[fact.index() % self.places.len()]
    }

    /// The definition.
    pub(crate) fn of(&self, steps: &Steps, layer: Layer, scenario: usize, fact: FactId) -> u64 {
        let (chance, home, _) = self.scenario(scenario);
        let factor = self.factors[home as usize][self.place(fact) as usize];
        let chance = match layer {
            Layer::Certain => chance.certain,
            Layer::Possible => chance.possible,
        };
        chance * factor * Self::facts(steps)[fact]
    }

    pub(crate) fn weights(&self, steps: &Steps, scenarios: usize) -> Weights {
        let places: Vec<u32> = steps.facts.ids().map(|fact| self.place(fact)).collect();
        let told: Vec<(Layers, u32)> = (0..scenarios)
            .map(|at| (self.scenario(at).0, self.scenario(at).1))
            .collect();
        let factor = |home: u32, place: u32| self.factors[home as usize][place as usize];
        let weights = Weights::new(Self::facts(steps), places.into(), &told, factor);
        let weights = weights.counting(|at| self.scenario(at).2);
        weights.compared_by(self.measure)
    }
}

pub(crate) fn models() -> impl Strategy<Value = Model> {
    let chance = prop_oneof![1 => Just(0u64), 2 => 1..4u64, 2 => 9_990..=10_000u64];
    // Of some it is not known exactly.
    let chance = prop_oneof![
        chance.clone().prop_map(Layers::from),
        (chance.clone(), chance).prop_map(|(certain, possible)| Layers { certain, possible }),
    ];
    let scenario = (chance, 0..SIDES, prop::bool::weighted(0.8));
    let factor = prop_oneof![1 => Just(0u64), 12 => 4..=7u64, 3 => 20..=21u64];
    let any = (
        vec(scenario, 1..40),
        vec(0..SIDES, 1..12),
        vec(vec(factor, SIDES as usize), SIDES as usize),
        prop::sample::select(&Measure::ALL[..]),
    );
    let any = any.prop_map(|(scenarios, places, factors, measure)| Model {
        scenarios,
        places,
        factors,
        measure,
    });
    prop_oneof![1 => Just(Model::plain()), 4 => any]
}

/// The definition: everything again without the control.
fn brute_force(steps: &Steps, scenarios: &[Vec<FactId>], model: &Model) -> Vec<Gain> {
    let total = |layer, scenario: usize, without| -> u64 {
        let seeds = &scenarios[scenario];
        let held = naive(steps, layer, seeds, without);
        let facts = steps.facts.ids();
        facts
            .filter(|fact| held[fact.index()] && fact.index() > 0 && !seeds.contains(fact))
            .map(|fact| model.of(steps, layer, scenario, fact))
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
        for scenario in 0..scenarios.len() {
            let lost = |layer| total(layer, scenario, None) - total(layer, scenario, Some(control));
            gain.certain += lost(Layer::Certain);
            gain.possible += lost(Layer::Possible);
            let is_counted = model.scenario(scenario).2;
            gain.scenarios += u64::from(lost(Layer::Possible) > 0 && is_counted);
        }
        if gain.certain + gain.possible > 0 {
            gains.push(gain);
        }
    }
    gains.sort_by_key(|gain| {
        let (first, second) = match model.measure {
            Measure::Mean => (gain.certain + gain.possible, gain.certain),
            Measure::Certain => (gain.certain, gain.possible),
            Measure::Possible => (gain.possible, gain.certain),
        };
        (u64::MAX - first, u64::MAX - second, gain.candidate)
    });
    gains
}

fn assert_rank_is_brute_force(steps: &Steps, scenarios: &[Vec<FactId>], model: &Model) {
    let weights = model.weights(steps, scenarios.len());
    let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
    let rank = |limit| rank(steps, scenarios, &weights, &candidates, limit, &Silent);
    let all = rank(Limit::All);
    assert_eq!(all.gains, brute_force(steps, scenarios, model));
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
    fn a_gain_is_before_minus_after(
        drafts in drafts(10, 0..30, 4),
        scenarios in scenarios(10, 0..6),
        model in models(),
    ) {
        assert_rank_is_brute_force(&build(10, 4, &drafts), &scenarios, &model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_gain_is_before_minus_after_in_larger_sets(
        drafts in drafts(40, 20..110, 12),
        scenarios in scenarios(40, 1..12),
        model in models(),
    ) {
        assert_rank_is_brute_force(&build(40, 12, &drafts), &scenarios, &model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn a_gain_is_before_minus_after_across_batches(
        drafts in drafts(30, 20..80, 5),
        scenarios in scenarios(30, 600..700),
        model in models(),
    ) {
        assert_rank_is_brute_force(&build(30, 5, &drafts), &scenarios, &model);
    }

    #[test]
    fn a_ranking_is_the_same_at_any_thread_count(
        drafts in drafts(60, 40..160, 20),
        scenarios in scenarios(60, 1000..1100),
        model in models(),
    ) {
        let weights = model.weights(&build(60, 20, &drafts), scenarios.len());
        let steps = build(60, 20, &drafts);
        let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
        let [one, two] = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                rank(&steps, &scenarios, &weights, &candidates, Limit::Best(3), &Silent)
            })
        });
        prop_assert_eq!(one, two);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn less_memory_prices_fewer_batches_at_once_and_changes_nothing(
        drafts in drafts(60, 40..160, 20),
        scenarios in scenarios(60, 2100..2200),
        model in models(),
    ) {
        let steps = build(60, 20, &drafts);
        let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
        let weights = model.weights(&steps, scenarios.len());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        let [batch, pricer] = with_layers(&steps, scenarios.len(), &weights, &candidates, |layers| {
            let most = |of: fn(&Priced<'_>) -> u64| layers.iter().map(of).max().unwrap();
            let cuts = most(|layer| (layer.cuts.len() * 2 * size_of::<(u64, u64)>()) as u64);
            [most(|layer| Solved::bytes(layer.condensed, layer.points.weights)) + cuts,
                most(|layer| Pricer::bytes(&layer.points))]
        });
        // How many batches and parts of each are done at once, and what comes of it.
        let ranked = |memory: &Memory, limit| pool.install(|| {
            let at_once = with_layers(&steps, scenarios.len(), &weights, &candidates, |layers| {
                Work::within(layers, &scenarios, memory, &Silent).map(|work| (work.batches, work.parts))
            })?;
            let rank = rank_within(&steps, &scenarios, &weights, &candidates, limit, memory, &Silent)?;
            Ok::<_, TooLittle>((at_once, rank))
        });
        for limit in [Limit::All, Limit::Best(3)] {
            let (_, all) = ranked(&Memory::ALL, limit).unwrap();
            for (bytes, at_once) in [
                (batch + pricer, (1, 1)),
                (batch + 2 * pricer, (1, 2)),
                (2 * batch + 3 * pricer, (2, 1)),
                (3 * (batch + pricer), (3, 1)),
                (4 * (batch + pricer), (4, usize::MAX)),
            ] {
                let (capped_at, capped) = ranked(&only(bytes), limit).unwrap();
                prop_assert_eq!(capped_at, at_once);
                prop_assert_eq!(&capped, &all);
            }
            prop_assert!(ranked(&only(batch + pricer - 1), limit).is_err());
        }
    }

    #[test]
    fn shards_price_what_one_run_prices(
        drafts in drafts(60, 40..160, 30),
        scenarios in scenarios(60, 500..600),
        best in 1..5usize,
        of in 1..6usize,
        model in models(),
    ) {
        let steps = build(60, 30, &drafts);
        let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
        let weights = model.weights(&steps, scenarios.len());
        for limit in [Limit::All, Limit::Best(best)] {
            let one = rank(&steps, &scenarios, &weights, &candidates, limit, &Silent);
            let shard = |number| {
                let is_own = |place| place % of == number;
                let memory = &Memory::ALL;
                prices_within(&steps, &scenarios, &weights, &candidates, limit, is_own, memory, &Silent)
            };
            let shards: Vec<Vec<Price>> = (0..of).map(|number| shard(number).unwrap()).collect();
            prop_assert_eq!(joined_ranking(candidates.len(), limit, model.measure, &shards), Some(one));
        }
    }
}
