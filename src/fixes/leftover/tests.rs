//! Prices and plans of fixes that lower chances, against chances that are lowered.

use super::*;
use crate::fixes::{
    Bound, Candidate, Gain, Goal, Layers, Limit, Limits, Request, Share, plan, rank,
};
use crate::inventory::Id;
use crate::progress::Silent;
use crate::reach::tests::{Draft, drafts};
use crate::reach::{Layer, naive_without};
use crate::steps::StepId;
use proptest::collection::vec;
use proptest::prelude::*;

const FACTS: u32 = 9;
const CREDENTIALS: u32 = 3;
const SCOPES: u32 = 3;
const HOMES: usize = 2;
const PLACES: usize = 3;

/// The first facts are credentials.
fn fact(number: u32) -> Fact {
    match number < CREDENTIALS {
        true => Fact::Credential(CredentialId(number)),
        false => crate::reach::tests::fact(number),
    }
}

fn build(drafts: &[Draft]) -> Steps {
    let mut builder = StepsBuilder::new();
    builder.subject("test:Act", "all");
    for number in 0..FACTS {
        builder.fact(fact(number));
    }
    let technique = builder.technique(&Technique {
        id: "test/step".to_owned(),
        name: "steps".to_owned(),
        attack: Vec::new(),
        source: String::new(),
    });
    for (needs, gain, controls, is_conditional) in drafts {
        let scope = |&control: &u32| Control::Scope(crate::inventory::ScopeId(control));
        builder.add(NewStep {
            needs: &needs.iter().map(|&need| fact(need)).collect::<Vec<_>>(),
            gain: fact(*gain),
            technique,
            controls: &controls.iter().map(scope).collect::<Vec<_>>(),
            evidence: &[],
            condition: is_conditional.then_some("it rains"),
        });
    }
    builder.build()
}

/// What is told of an estate beside its steps.
#[derive(Debug, Clone)]
struct Told {
    /// By credential: chance and home.
    chances: Vec<(Layers, u32)>,
    lowered: Vec<Lowered>,
    /// By home and place.
    factors: Vec<Vec<u64>>,
}

/// One number for both layers, or one for each.
fn layers(most: u64) -> impl Strategy<Value = Layers> + Clone {
    let each = (0..=most, 0..=most);
    prop_oneof![
        (0..=most).prop_map(Layers::from),
        each.prop_map(|(certain, possible)| Layers { certain, possible }),
    ]
}

fn told() -> impl Strategy<Value = Told> {
    let lowerings = [
        Lowering::Shorten { hours: 24 },
        Lowering::Shorten { hours: 720 },
        Lowering::Federate,
        Lowering::Move,
    ];
    // At times no less than the chance is, or the same as by another fix.
    let left = prop_oneof![layers(12), layers(12_000)];
    let to = proptest::sample::subsequence(lowerings.to_vec(), 0..=2);
    let to = to.prop_flat_map(move |some| {
        let left = vec(left.clone(), some.len());
        left.prop_map(move |left| some.iter().copied().zip(left).collect::<Vec<_>>())
    });
    let chance = prop_oneof![layers(12), layers(10_000)];
    let chance = (chance, 0..u32::try_from(HOMES).unwrap(), to);
    let factors = vec(vec(4..=7u64, PLACES), HOMES);
    (vec(chance, CREDENTIALS as usize), factors).prop_map(|(all, factors)| Told {
        chances: all
            .iter()
            .map(|&(chance, home, _)| (chance, home))
            .collect(),
        lowered: (0..)
            .zip(&all)
            .map(|(number, (chance, _, to))| Lowered {
                credential: CredentialId(number),
                chance: *chance,
                to: to.clone(),
            })
            .collect(),
        factors,
    })
}

fn points(steps: &Steps) -> Table<FactId, u64> {
    let points = steps.facts.entries().map(|(id, fact)| match fact {
        Fact::Credential(_) | Fact::Leftover(..) => 0,
        _ => id.index() as u64 * 7 % 11,
    });
    points.collect::<Vec<_>>().into()
}

fn place(fact: FactId) -> u32 {
    u32::try_from(fact.index() % PLACES).unwrap()
}

impl Told {
    /// The definition: what is left of a chance, times what is reached without the steps of what is removed. What anyone
    /// reaches needs no leak: of that nothing is taken away by leaks that are less likely.
    fn of_credential(&self, plain: &Steps, number: u32, layer: Layer, done: &[Control]) -> u64 {
        let (whole, home) = self.chances[number as usize];
        let of = |chance: &Layers| match layer {
            Layer::Certain => chance.certain,
            Layer::Possible => chance.possible,
        };
        let whole = of(&whole);
        let mut chance = whole;
        for (lowering, left) in &self.lowered[number as usize].to {
            if done.contains(&Control::Chance(CredentialId(number), *lowering)) {
                chance = chance.min(of(left));
            }
        }
        let is_removed = |id: &StepId| {
            let mut controls = plain.step(*id).controls.iter();
            controls.any(|&control| done.contains(&plain.controls[control]))
        };
        let removed: Vec<StepId> = plain.ids().filter(is_removed).collect();
        let seed = plain.fact_id(fact(number)).unwrap();
        let held = naive_without(plain, layer, &[seed], &removed);
        let given = naive_without(plain, layer, &[], &removed);
        let factors = &self.factors[home as usize];
        let points = points(plain);
        let held = plain.facts.ids().skip(1).filter(|fact| held[fact.index()]);
        let weights = held.map(|fact| {
            let chance = if given[fact.index()] { whole } else { chance };
            points[fact] * factors[place(fact) as usize] * chance
        });
        weights.sum()
    }

    fn left(&self, plain: &Steps, done: &[Control]) -> Layers {
        let all = |layer| {
            let all = (0..CREDENTIALS).map(|number| self.of_credential(plain, number, layer, done));
            all.sum()
        };
        Layers {
            certain: all(Layer::Certain),
            possible: all(Layer::Possible),
        }
    }

    /// The scenarios of all credentials as they are priced.
    fn parts(&self, plain: &Steps, steps: &Steps) -> (Parts, Weights) {
        let scenario = |number| vec![plain.fact_id(fact(number)).unwrap()];
        let scenarios = (0..CREDENTIALS).map(scenario).collect();
        let parts = Parts::new(steps, scenarios, self.chances.clone(), &self.lowered);
        let places: Vec<u32> = steps.facts.ids().map(place).collect();
        let weights = parts.weights(points(steps), places.into(), |home, place| {
            self.factors[home as usize][place as usize]
        });
        (parts, weights)
    }
}

fn goals() -> impl Strategy<Value = Goal> {
    prop_oneof![
        (0..14u64).prop_map(Goal::Budget),
        (0..=10_000u32).prop_map(|share| Goal::Until(Share(share))),
        (0..5usize).prop_map(Goal::Top),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_lowered_chance_is_priced_as_what_is_left_of_it(
        drafts in drafts(FACTS, 0..25, SCOPES),
        told in told(),
    ) {
        let plain = build(&drafts);
        let steps = with_leftovers(plain.clone(), &told.lowered);
        let (parts, weights) = told.parts(&plain, &steps);
        let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
        let ranking = rank(&steps, &parts.scenarios, &weights, &candidates, Limit::All, &Silent);
        let before = told.left(&plain, &[]);
        for (candidate, &control) in steps.controls.entries() {
            let after = told.left(&plain, &[control]);
            let of = |number, done: &[Control]| told.of_credential(&plain, number, Layer::Possible, done);
            let losing = (0..CREDENTIALS)
                .filter(|&number| of(number, &[]) > of(number, &[control]));
            let expected = Gain {
                candidate: candidate.index(),
                certain: before.certain - after.certain,
                possible: before.possible - after.possible,
                scenarios: losing.count() as u64,
            };
            let mut gains = ranking.gains.iter();
            let gain = gains.find(|gain| gain.candidate == candidate.index()).copied();
            let is_any = expected.certain + expected.possible > 0;
            prop_assert_eq!(gain, is_any.then_some(expected), "{:?}", control);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_set_that_lowers_chances_too_beats_a_plan(
        drafts in drafts(FACTS, 0..25, SCOPES),
        told in told(),
        efforts in vec(1..6u64, 9),
        goal in goals(),
    ) {
        let plain = build(&drafts);
        let steps = with_leftovers(plain.clone(), &told.lowered);
        let (parts, weights) = told.parts(&plain, &steps);
        let controls: Vec<Control> = steps.controls.iter().copied().collect();
        let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
        let limits = Limits::default();
        let request = Request { candidates: &candidates, efforts: &efforts, goal, gained: 0, limits };
        let plan = plan(&steps, &parts.scenarios, &weights, &request, &Silent);
        let before = told.left(&plain, &[]);
        prop_assert_eq!(plan.total, before);
        let gain = |chosen: &[usize]| {
            let done: Vec<Control> = chosen.iter().map(|&at| controls[at]).collect();
            let left = told.left(&plain, &done);
            before.sum() - left.sum()
        };
        let chosen: Vec<usize> = plan.chosen.iter().map(|one| one.candidate).collect();
        prop_assert_eq!(plan.gain.sum(), gain(&chosen));
        let effort = |set: &[usize]| set.iter().map(|&at| efforts[at]).sum::<u64>();
        let sets = (0..1u32 << controls.len()).map(|mask| {
            let set = (0..controls.len()).filter(move |at| mask >> at & 1 == 1);
            set.collect::<Vec<usize>>()
        });
        match (goal, plan.bound) {
            (Goal::Budget(_) | Goal::Top(_), Bound::Gain(bound)) => {
                let is_within = |set: &Vec<usize>| match goal {
                    Goal::Budget(budget) => effort(set) <= budget,
                    Goal::Top(top) => set.len() <= top,
                    Goal::Until(_) => false,
                };
                prop_assert!(is_within(&chosen));
                let best = sets.filter(is_within).map(|set| gain(&set)).max();
                prop_assert_eq!((Some(plan.gain.sum()), bound), (best, plan.gain.sum()));
            }
            (Goal::Until(share), bound) => {
                let least = share.of(before.sum());
                let best = sets.filter(|set| gain(set) >= least).map(|set| effort(&set)).min();
                let expected = best.map_or(Bound::Unattainable, Bound::Effort);
                prop_assert_eq!(bound, expected);
                prop_assert!(best.is_none_or(|best| best == plan.effort));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn leftovers_come_after_the_steps_that_are_there(
        drafts in drafts(FACTS, 0..25, SCOPES),
        told in told(),
    ) {
        let plain = build(&drafts);
        let steps = with_leftovers(plain.clone(), &told.lowered);
        for id in plain.ids() {
            prop_assert!(!steps.is_leftover(id));
            prop_assert_eq!(format!("{:?}", plain.step(id)), format!("{:?}", steps.step(id)));
        }
        let mut added = steps.ids().skip(plain.len());
        prop_assert!(added.all(|id| steps.is_leftover(id)));
        prop_assert_eq!(plain.facts.as_slice(), &steps.facts.as_slice()[..plain.facts.len()]);
    }
}

#[test]
fn of_what_lowers_a_chance_the_least_that_is_left_counts() {
    let lowered = Lowered {
        credential: CredentialId(0),
        chance: 900.into(),
        to: vec![
            (Lowering::Federate, 100.into()),
            (Lowering::Shorten { hours: 24 }, 300.into()),
            (Lowering::Move, 900.into()),
        ],
    };
    let parts = lowered.leftovers().into_iter();
    let parts: Vec<(Layers, usize)> = parts.map(|part| (part.chance, part.by.len())).collect();
    assert_eq!(parts, [(600.into(), 2), (200.into(), 1)]);
    // Nothing leads from it: nobody loses by it.
    let alone = with_leftovers(build(&[]), &[lowered]);
    assert_eq!(alone.len(), 0);
}
