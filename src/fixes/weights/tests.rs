//! Weights by their definition, and what lanes weigh together against adding them one by one.

use super::*;
use crate::fixes::tests::models;
use crate::inventory::Id;
use crate::reach::lanes::each;
use crate::reach::tests::build;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_weight_is_chance_times_factor_times_points(model in models(), scenarios in 0..30usize) {
        let steps = build(30, 0, &[]);
        let weights = model.weights(&steps, scenarios);
        for scenario in 0..scenarios {
            for fact in steps.facts.ids() {
                prop_assert_eq!(weights.of(scenario, fact), model.of(&steps, scenario, fact));
            }
        }
    }

    #[test]
    fn a_row_weighs_what_its_lanes_do(
        few in vec(0..4u64, 0..=LANES),
        many in vec(0..100_000u64, 0..=LANES),
        lanes in vec(0..LANES, 0..200),
    ) {
        for weights in [few, many] {
            let scale = Scale::new(weights.iter().copied());
            let mut row = NONE;
            for &lane in &lanes {
                set(&mut row, lane);
            }
            let weight = |lane: usize| weights.get(lane).copied().unwrap_or(0);
            prop_assert_eq!(scale.of(row), each(row).map(weight).sum::<u64>());
            let weighing: Vec<usize> = each(scale.lanes).collect();
            let expected = (0..LANES).filter(|&lane| weight(lane) > 0);
            prop_assert_eq!(weighing, expected.collect::<Vec<_>>());
        }
    }
}

/// Weights of scenarios at two homes, one of each, over facts in so many places.
fn of_factors(factors: &[&[u64]]) -> Weights {
    let places = factors[0].len();
    let facts = Table::filled(5, places);
    let numbers: Vec<u32> = (0..places).map(number).collect();
    let scenarios = [(6, 0), (8, 1)];
    Weights::new(facts, numbers.into(), &scenarios, |home, place| {
        factors[home as usize][place as usize]
    })
}

#[test]
fn places_and_homes_that_differ_by_a_number_only_are_one() {
    let apart = of_factors(&[&[4, 5], &[5, 4]]);
    assert_eq!((apart.factors().len(), apart.factors()[0].len()), (2, 2));
    // Twice as near, and a place three times as far: the borders are the same.
    let alike = of_factors(&[&[4, 12], &[2, 6]]);
    assert_eq!(alike.factors(), [[1]]);
    assert_eq!(alike.of(0, FactId::from_index(1)), 6 * 12 * 5);
    assert_eq!(alike.of(1, FactId::from_index(0)), 8 * 2 * 5);
    let some = of_factors(&[&[4, 8, 4], &[5, 10, 4]]);
    assert_eq!(some.factors().len(), 2, "the first two places are alike");
}

#[test]
fn what_all_chances_have_in_common_is_taken_out() {
    let weights = of_factors(&[&[4, 5], &[5, 4]]);
    assert_eq!(weights.unit(), 2);
    assert_eq!((weights.lot(0).chance, weights.lot(1).chance), (3, 4));
    assert_eq!(weights.of(1, FactId::from_index(0)), 8 * 5 * 5);
}

#[test]
fn what_nothing_weighs_has_a_place_and_a_home_still() {
    let facts = || Table::filled(0, 3);
    let places = || Table::filled(9, 3);
    let of_nothing = Weights::new(facts(), places(), &[(7, 3)], |_, _| 4);
    assert_eq!(of_nothing.of(0, FactId::from_index(0)), 0);
    let of_none = Weights::new(Table::filled(1, 3), places(), &[(0, 3)], |_, _| 4);
    assert_eq!(of_none.of(0, FactId::from_index(0)), 0);
    assert_eq!(of_none.factors(), [[1]]);
}
