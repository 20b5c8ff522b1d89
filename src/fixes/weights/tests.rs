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
                for layer in [Layer::Certain, Layer::Possible] {
                    let expected = model.of(&steps, layer, scenario, fact);
                    prop_assert_eq!(weights.of(layer, scenario, fact), expected);
                }
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
    let scenarios = [(6u64, 0), (8, 1)];
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
    assert_eq!(
        alike.of(Layer::Certain, 0, FactId::from_index(1)),
        6 * 12 * 5
    );
    assert_eq!(
        alike.of(Layer::Certain, 1, FactId::from_index(0)),
        8 * 2 * 5
    );
    let some = of_factors(&[&[4, 8, 4], &[5, 10, 4]]);
    assert_eq!(some.factors().len(), 2, "the first two places are alike");
}

#[test]
fn what_all_chances_have_in_common_is_taken_out() {
    let weights = of_factors(&[&[4, 5], &[5, 4]]);
    assert_eq!(weights.unit(), 2);
    let chance = |scenario| weights.lot(Layer::Certain, scenario).chance;
    assert_eq!((chance(0), chance(1)), (3, 4));
    assert_eq!(
        weights.of(Layer::Possible, 1, FactId::from_index(0)),
        8 * 5 * 5
    );
}

#[test]
fn what_nothing_weighs_has_a_place_and_a_home_still() {
    let facts = || Table::filled(0, 3);
    let places = || Table::filled(9, 3);
    let of_nothing = Weights::new(facts(), places(), &[(7u64, 3)], |_, _| 4);
    assert_eq!(of_nothing.of(Layer::Possible, 0, FactId::from_index(0)), 0);
    let of_none = Weights::new(Table::filled(1, 3), places(), &[(0u64, 3)], |_, _| 4);
    assert_eq!(of_none.of(Layer::Possible, 0, FactId::from_index(0)), 0);
    assert_eq!(of_none.factors(), [[1]]);
}

#[test]
fn a_weight_that_does_not_fit_stops() {
    let facts = Table::filled(1 << 40, 1);
    let places = || Table::filled(0, 1);
    let weights = Weights::new(facts, places(), &[(1u64 << 20, 0), (1 << 30, 0)], |_, _| 4);
    let of = |scenario| weights.of(Layer::Certain, scenario, FactId::from_index(0));
    assert_eq!((of(0), of(1)), (1 << 62, u64::MAX));
    let heavy = Table::filled(u64::MAX, 1);
    let heavy = Weights::new(heavy, places(), &[(1u64, 0)], |_, _| 4);
    assert_eq!(heavy.of(Layer::Certain, 0, FactId::from_index(0)), u64::MAX);

    let scale = Scale::new([u64::MAX, u64::MAX, 1].into_iter());
    let mut row = NONE;
    for (lane, expected) in [(0, u64::MAX), (1, u64::MAX), (2, u64::MAX)] {
        set(&mut row, lane);
        assert_eq!(scale.of(row), expected);
    }
    let part = |place, points| Part { place, points };
    let mut parts = vec![
        part(1, 2),
        part(0, u64::MAX),
        part(1, 3),
        part(2, 0),
        part(0, 5),
    ];
    join(&mut parts);
    assert_eq!(parts, [part(0, u64::MAX), part(1, 5)]);
}

#[test]
fn weights_are_layered_where_a_chance_is() {
    let layered = |certain, possible| {
        let chance = Layers { certain, possible };
        let weights = Weights::new(
            Table::filled(1, 1),
            Table::filled(0, 1),
            &[(chance, 0)],
            |_, _| 4,
        );
        let of = |layer| weights.of(layer, 0, FactId::from_index(0));
        assert_eq!(
            (of(Layer::Certain), of(Layer::Possible)),
            (4 * certain, 4 * possible)
        );
        weights.are_layered()
    };
    assert!(layered(2, 3) && layered(0, 3) && layered(3, 0));
    assert!(!layered(3, 3) && !layered(0, 0));
}

#[test]
fn there_is_one_weight_for_each_scenario() {
    let weights = of_factors(&[&[4], &[4]]);
    assert!(weights.are_of(2) && !weights.are_of(1) && !weights.are_of(3));
    let uniform = Weights::uniform(Table::filled(1, 1));
    assert!(uniform.are_of(0) && uniform.are_of(9));
    assert_eq!(weights.lot(Layer::Certain, 2).chance, 0, "it is not named");
}

#[test]
fn scales_take_as_many_bytes_as_weights_have_bits() {
    // Chances of 3 and 4, and factors up to 5: weights up to 20, in five bits, at two places.
    let weights = of_factors(&[&[4, 5], &[5, 4]]);
    assert_eq!(weights.bytes_of_scales(), 2 * 5 * size_of::<(u64, Row)>());
    let uniform = Weights::uniform(Table::filled(1, 1));
    assert_eq!(uniform.bytes_of_scales(), size_of::<(u64, Row)>());
}

#[test]
fn what_lanes_weigh_by_place_stops_where_it_does_not_fit() {
    let lanes = [(u64::MAX, 0u32), (3, 1)];
    let scales = scales(&lanes.into_iter(), &[vec![2, 5], vec![1, 4]]);
    let of = |place: usize, lane| {
        let mut row = NONE;
        set(&mut row, lane);
        scales[place].of(row)
    };
    assert_eq!([of(0, 0), of(1, 0)], [u64::MAX; 2]);
    assert_eq!([of(0, 1), of(1, 1)], [15, 12]);
}
