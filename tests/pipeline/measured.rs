//! The estates that the engine is measured on are what they claim to be.

#[path = "../../datasets/generate/estate/estate.rs"]
mod estate;

use estate::{Estate, Shape, Wanted, estate};
use leakreach::inventory::Id;
use leakreach::steps::{Fact, FactId, Steps};

const SHAPES: [Shape; 2] = [Shape::Giant, Shape::Segmented];

fn wanted(steps: usize, shape: Shape) -> Wanted {
    Wanted {
        steps: steps as u64,
        scenarios: 500,
        shape,
        seed: 1,
        ands: 20,
        conditional: 50,
        sets: 100,
    }
}

/// What a fact leads to, or what leads to it, each need alone being enough.
fn next(steps: &Steps, fact: FactId, is_back: bool) -> Vec<FactId> {
    if is_back {
        let gaining = steps.gaining(fact).iter();
        return gaining.flat_map(|&id| steps.needs(id)).copied().collect();
    }
    let needing = steps.needing(fact).iter();
    needing.map(|&id| steps.gain(id)).collect()
}

/// All that is led to and was not seen before, in the order in which searches are done with it.
fn search(steps: &Steps, from: FactId, is_back: bool, seen: &mut [bool]) -> Vec<FactId> {
    let mut done = Vec::new();
    let mut open = vec![(from, Vec::new())];
    if !std::mem::replace(&mut seen[from.index()], true) {
        open[0].1 = next(steps, from, is_back);
        while let Some((fact, left)) = open.last_mut() {
            match left.pop() {
                None => {
                    done.push(*fact);
                    open.pop();
                }
                Some(other) if !std::mem::replace(&mut seen[other.index()], true) => {
                    open.push((other, next(steps, other, is_back)));
                }
                Some(_) => {}
            }
        }
    }
    done
}

/// The largest component's share of the facts, in thousandths (Kosaraju and Sharir).
fn largest_component(steps: &Steps) -> usize {
    let mut seen = vec![false; steps.facts.len()];
    let facts = steps.facts.ids();
    let order: Vec<FactId> = facts
        .flat_map(|fact| search(steps, fact, false, &mut seen))
        .collect();
    seen.fill(false);
    let order = order.into_iter().rev();
    let sizes = order.map(|fact| search(steps, fact, true, &mut seen).len());
    sizes.max().unwrap_or(0) * 1000 / steps.facts.len()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn estates_have_the_steps_facts_and_scenarios_that_were_asked_for() {
    for shape in SHAPES {
        for steps in [10_000, 100_000] {
            let Estate {
                steps: made,
                scenarios,
            } = estate(wanted(steps, shape));
            let of = share(made.len(), steps);
            assert!(
                (0.95..1.05).contains(&of),
                "{shape:?} {steps}: {}",
                made.len()
            );
            let facts = share(made.facts.len(), made.len());
            assert!(
                (0.08..0.13).contains(&facts),
                "{shape:?} {steps}: {facts} facts a step"
            );
            assert_eq!(scenarios.len(), 500);
            let sets = scenarios.iter().filter(|set| set.len() > 1).count();
            assert!((20..100).contains(&sets), "{sets} sets");
            assert!(
                scenarios
                    .iter()
                    .flatten()
                    .all(|&fact| !made.needing(fact).is_empty())
            );
        }
    }
}

#[test]
fn as_many_steps_have_two_needs_or_a_condition_as_were_asked_for() {
    for shape in SHAPES {
        let made = estate(wanted(100_000, shape)).steps;
        let two = made.ids().filter(|&id| made.needs(id).len() == 2).count();
        let ands = share(two, made.len());
        assert!(
            (0.017..0.021).contains(&ands),
            "{shape:?}: {ands} have two needs"
        );
        let open = made.ids().filter(|&id| made.is_conditional(id)).count();
        let conditional = share(open, made.len());
        assert!(
            (0.04..0.055).contains(&conditional),
            "{shape:?}: {conditional} conditional"
        );
        let without = Wanted {
            ands: 0,
            conditional: 0,
            ..wanted(10_000, shape)
        };
        let made = estate(without).steps;
        assert!(
            made.ids()
                .all(|id| made.needs(id).len() == 1 && !made.is_conditional(id))
        );
    }
}

#[test]
fn a_giant_estate_hangs_together_and_a_segmented_one_does_not() {
    for ands in [0, 20] {
        let [giant, segmented] = SHAPES.map(|shape| {
            let wanted = Wanted {
                ands,
                ..wanted(100_000, shape)
            };
            largest_component(&estate(wanted).steps)
        });
        assert!(giant > 200, "{giant} thousandths of the giant estate");
        assert!(
            segmented < 50,
            "{segmented} thousandths of the segmented one"
        );
    }
}

#[test]
fn a_few_controls_remove_many_steps_and_most_remove_few() {
    for shape in SHAPES {
        let made = estate(wanted(100_000, shape)).steps;
        let sizes = made.controls.ids().map(|id| made.controlled_by(id).len());
        let mut sizes: Vec<usize> = sizes.collect();
        sizes.sort_unstable();
        let (median, largest) = (sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
        assert!(
            median <= 2,
            "{shape:?}: half of all controls remove {median} steps"
        );
        assert!(
            largest >= 50,
            "{shape:?}: none removes more than {largest} steps"
        );
    }
}

#[test]
fn fixes_are_of_every_kind_in_turn() {
    let made = estate(wanted(10_000, Shape::Giant));
    let fixes = made.fixes(3, 1);
    let names: Vec<String> = fixes
        .iter()
        .map(|&fix| format!("{:?}", made.steps.controls[fix]))
        .collect();
    assert_eq!(fixes.len(), 12);
    for four in names.chunks(4) {
        assert!(four[0].starts_with("Credential"), "{names:?}");
        assert!(four[1].starts_with("Exposure"), "{names:?}");
        assert!(
            four[2].starts_with("Scope") && four[3].starts_with("Scope"),
            "{names:?}"
        );
    }
    let gains = |fix| {
        let mut removed = made.steps.controlled_by(fix).iter();
        removed.any(|&id| matches!(made.steps.facts[made.steps.gain(id)], Fact::Principal(_)))
    };
    assert!(gains(fixes[2]) && !gains(fixes[3]));
}

#[test]
fn the_same_seed_gives_the_same_estate_and_another_gives_another() {
    let text = |seed| {
        let made = estate(Wanted {
            seed,
            ..wanted(10_000, Shape::Giant)
        });
        let steps: Vec<_> = made
            .steps
            .ids()
            .map(|id| format!("{:?}", made.steps.step(id)))
            .collect();
        (steps, made.scenarios)
    };
    assert!(text(1) == text(1));
    assert!(text(1) != text(2));
}
