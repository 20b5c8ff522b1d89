//! Plans against brute force over all sets, on random step sets.

use super::*;
use crate::fixes::Narrowing;
use crate::fixes::tests::{Model, models};
use crate::inventory::{Id, Table};
use crate::progress::Silent;
use crate::reach::tests::{build, drafts, scenarios};
use proptest::collection::vec;
use proptest::prelude::*;

const FACTS: u32 = 10;

/// The removal of every control, and a narrowing of every second one, which removes some of its steps.
fn candidates(steps: &Steps) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
    for control in steps
        .controls
        .ids()
        .filter(|control| control.index() % 2 == 0)
    {
        let some = steps.controlled_by(control).iter().copied();
        all.push(Candidate {
            control,
            narrowing: Some(Narrowing {
                element: crate::fixes::Element::Action,
                dropped: Vec::new(),
                added: Vec::new(),
                kept: Vec::new(),
                is_unused: false,
                last_used: None,
                steps: some.filter(|id| id.index() % 3 > 0).collect(),
            }),
        });
    }
    all
}

/// Scenarios, and what they weigh.
type Weighed<'a> = (&'a [Vec<FactId>], &'a Model);

/// What all scenarios reach without these steps, by the definition.
fn naive_total(
    steps: &Steps,
    layer: Layer,
    (scenarios, model): Weighed<'_>,
    is_removed: &[bool],
) -> u64 {
    let mut total = 0;
    for (scenario, seeds) in scenarios.iter().enumerate() {
        let mut held = vec![false; steps.facts.len()];
        held[0] = true;
        for seed in seeds {
            held[seed.index()] = true;
        }
        loop {
            let mut has_changed = false;
            for id in steps.ids().filter(|id| !is_removed[id.index()]) {
                let step = steps.step(id);
                let is_on = layer == Layer::Possible || step.condition.is_none();
                if is_on
                    && !held[step.gain.index()]
                    && step.needs.iter().all(|need| held[need.index()])
                {
                    held[step.gain.index()] = true;
                    has_changed = true;
                }
            }
            if !has_changed {
                break;
            }
        }
        let facts = steps.facts.ids().filter(|fact| fact.index() > 0);
        let facts = facts.filter(|fact| held[fact.index()] && !seeds.contains(fact));
        total += facts
            .map(|fact| model.of(steps, layer, scenario, fact))
            .sum::<u64>();
    }
    total
}

/// What is left of each layer without the candidates.
fn naive_without(
    steps: &Steps,
    scenarios: Weighed<'_>,
    candidates: &[Candidate],
    chosen: impl Iterator<Item = usize>,
) -> Layers {
    let mut is_removed = vec![false; steps.len()];
    for candidate in chosen {
        for id in candidates[candidate].steps(steps) {
            is_removed[id.index()] = true;
        }
    }
    Layers {
        certain: naive_total(steps, Layer::Certain, scenarios, &is_removed),
        possible: naive_total(steps, Layer::Possible, scenarios, &is_removed),
    }
}

/// What decides of both layers.
fn decisive(model: &Model, layers: Layers) -> u64 {
    match model.measure {
        Measure::Mean => layers.sum(),
        Measure::Certain => layers.certain,
        Measure::Possible => layers.possible,
    }
}

struct Set {
    number: usize,
    effort: u64,
    gain: u64,
}

/// Every set of candidates.
fn all_sets(
    steps: &Steps,
    scenarios: Weighed<'_>,
    candidates: &[Candidate],
    efforts: &[u64],
) -> Vec<Set> {
    let left = |chosen| {
        decisive(
            scenarios.1,
            naive_without(steps, scenarios, candidates, chosen),
        )
    };
    let before = left(Vec::new().into_iter());
    (0..1u32 << candidates.len())
        .map(|mask| {
            let chosen = || (0..candidates.len()).filter(move |at| mask >> at & 1 == 1);
            Set {
                number: chosen().count(),
                effort: chosen().map(|at| efforts[at]).sum(),
                gain: before - left(chosen().collect::<Vec<_>>().into_iter()),
            }
        })
        .collect()
}

fn goals() -> impl Strategy<Value = Goal> {
    prop_oneof![
        (0..14u64).prop_map(Goal::Budget),
        (0..=10_000u32).prop_map(|share| Goal::Until(Share(share))),
        (0..5usize).prop_map(Goal::Top),
    ]
}

/// Families of any size, and of none, so that all or some classes are priced otherwise.
fn family() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(48usize), 2 => 0..4usize]
}

/// Limits that are seldom reached in such small sets, or often.
fn limits() -> impl Strategy<Value = Limits> {
    prop_oneof![
        3 => family().prop_map(|family| Limits { family, ..Limits::default() }),
        1 => family().prop_map(|family| Limits { family, time: Some(Duration::ZERO), ..Limits::default() }),
        1 => (0..4usize, 0..4usize, family()).prop_map(|(derivations, cases, family)| Limits { derivations, cases, family, time: None }),
    ]
}

/// Holds a plan against every set, and says whether it is optimal.
fn assert_plan_is_true(
    steps: &Steps,
    scenarios: Weighed<'_>,
    candidates: &[Candidate],
    efforts: &[u64],
    goal: Goal,
    limits: Limits,
) -> bool {
    let request = Request {
        candidates,
        efforts,
        goal,
        gained: 0,
        limits,
    };
    let model = scenarios.1;
    let weights = model.weights(steps, scenarios.0.len());
    let plan = plan(steps, scenarios.0, &weights, &request, &Silent);
    let before = naive_without(steps, scenarios, candidates, std::iter::empty());
    assert_eq!(plan.total, before);
    let chosen: Vec<usize> = plan.chosen.iter().map(|c| c.candidate).collect();
    assert_eq!(
        plan.effort,
        chosen.iter().map(|&at| efforts[at]).sum::<u64>()
    );
    for few in 0..=chosen.len() {
        let left = naive_without(steps, scenarios, candidates, chosen[..few].iter().copied());
        let gain = match few {
            0 => Layers::default(),
            _ => plan.chosen[few - 1].gain_so_far,
        };
        let lost = before.minus(left);
        assert_eq!(decisive(model, gain), decisive(model, lost));
        if few == chosen.len() {
            assert_eq!(lost, plan.gain);
        }
    }
    for (at, chosen_one) in plan.chosen.iter().enumerate() {
        for &other in &chosen_one.alternatives {
            let mut swapped = chosen.clone();
            swapped[at] = other;
            let left = naive_without(steps, scenarios, candidates, swapped.into_iter());
            assert_eq!(
                decisive(model, before) - decisive(model, left),
                decisive(model, plan.gain),
                "{other} does not cut the same"
            );
        }
    }
    let sets = all_sets(steps, scenarios, candidates, efforts);
    let gain = decisive(model, plan.gain);
    match goal {
        Goal::Budget(_) | Goal::Top(_) => {
            let is_within = |set: &&Set| match goal {
                Goal::Budget(budget) => set.effort <= budget,
                _ => {
                    set.number
                        <= match goal {
                            Goal::Top(top) => top,
                            _ => 0,
                        }
                }
            };
            match goal {
                Goal::Budget(budget) => assert!(plan.effort <= budget),
                Goal::Top(top) => assert!(plan.chosen.len() <= top),
                Goal::Until(_) => {}
            }
            let best = sets
                .iter()
                .filter(is_within)
                .map(|set| set.gain)
                .max()
                .unwrap_or(0);
            let Bound::Gain(bound) = plan.bound else {
                panic!("{:?}", plan.bound);
            };
            assert!(gain <= best && best <= bound, "{gain} <= {best} <= {bound}");
            if limits.time.is_some() {
                let alone = sets.iter().filter(is_within).filter(|set| set.number == 1);
                let alone = alone.map(|set| set.gain).max().unwrap_or(0);
                assert!(gain >= alone, "one alone gains {alone}, and this {gain}");
            }
            assert_eq!(plan.is_optimal(model.measure), gain == bound);
        }
        Goal::Until(share) => {
            let least = share.of(decisive(model, before));
            let enough = sets.iter().filter(|set| set.gain >= least);
            let best = enough.map(|set| set.effort).min();
            match (best, plan.bound) {
                (None, Bound::Unattainable) => {
                    assert_eq!(gain, sets.iter().map(|set| set.gain).max().unwrap_or(0));
                }
                (Some(best), Bound::Effort(bound)) => {
                    assert!(gain >= least);
                    assert!(
                        bound <= best && best <= plan.effort,
                        "{bound} <= {best} <= {}",
                        plan.effort
                    );
                    assert_eq!(plan.is_optimal(model.measure), plan.effort == bound);
                }
                other => panic!("{other:?}"),
            }
        }
    }
    plan.is_optimal(model.measure)
}

fn assert_plan_is_best(
    drafts: &[crate::reach::tests::Draft],
    scenarios: Weighed<'_>,
    controls: u32,
    efforts: &[u64],
    goal: Goal,
    limits: Limits,
) {
    let steps = build(FACTS, controls, drafts);
    let candidates = candidates(&steps);
    let is_optimal = assert_plan_is_true(&steps, scenarios, &candidates, efforts, goal, limits);
    if limits.cases == Limits::default().cases && limits.time.is_none() {
        assert!(is_optimal, "so small a choice is decided");
    }
}

/// How many cases: more are asked for by the environment, once in a while.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PLAN_CASES").ok();
    ProptestConfig::with_cases(asked.and_then(|n| n.parse().ok()).unwrap_or(usual))
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn no_set_beats_the_bound_and_the_best_is_found(
        drafts in drafts(FACTS, 0..30, 6),
        scenarios in scenarios(FACTS, 0..6),
        efforts in vec(1..6u64, 9),
        goal in goals(),
        limits in limits(),
        model in models(),
    ) {
        assert_plan_is_best(&drafts, (&scenarios, &model), 6, &efforts, goal, limits);
    }
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn no_set_of_fourteen_beats_the_bound(
        drafts in drafts(FACTS, 10..40, 9),
        scenarios in scenarios(FACTS, 1..5),
        efforts in vec(1..6u64, 14),
        goal in goals(),
        family in family(),
        model in models(),
    ) {
        let limits = Limits { family, ..Limits::default() };
        assert_plan_is_best(&drafts, (&scenarios, &model), 9, &efforts, goal, limits);
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn plans_of_larger_choices_are_priced_truly_and_no_drawn_set_beats_the_bound(
        drafts in drafts(40, 60..140, 30),
        scenarios in scenarios(40, 1..30),
        efforts in vec(1..6u64, 45),
        drawn in vec(vec(0..45usize, 0..6), 40),
        budget in 3..20u64,
        family in family(),
        model in models(),
    ) {
        let steps = build(40, 30, &drafts);
        let candidates = candidates(&steps);
        let weights = model.weights(&steps, scenarios.len());
        let request = Request {
            candidates: &candidates,
            efforts: &efforts,
            goal: Goal::Budget(budget),
            gained: 0,
            limits: Limits { derivations: 40, cases: 40, family, time: None },
        };
        let [one, two] = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| plan(&steps, &scenarios, &weights, &request, &Silent))
        });
        prop_assert_eq!(&one, &two, "the same at any thread count");
        let gain = |chosen: &[usize]| {
            let without = |chosen: &[usize]| {
                let chosen = chosen.iter().copied();
                decisive(&model, naive_without(&steps, (&scenarios, &model), &candidates, chosen))
            };
            without(&[]) - without(chosen)
        };
        let chosen: Vec<usize> = one.chosen.iter().map(|chosen| chosen.candidate).collect();
        let own = decisive(&model, one.gain);
        prop_assert_eq!(own, gain(&chosen));
        let Bound::Gain(bound) = one.bound else { panic!("{:?}", one.bound) };
        prop_assert!(own <= bound);
        for mut set in drawn {
            set.sort_unstable();
            set.dedup();
            if set.iter().map(|&at| efforts[at]).sum::<u64>() <= budget {
                prop_assert!(gain(&set) <= bound);
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn no_cut_of_the_model_is_below_a_gain(
        drafts in drafts(FACTS, 5..30, 5),
        scenarios in scenarios(FACTS, 1..6),
        costs in vec(0..=derive::WHOLE, 8),
        model in models(),
    ) {
        let steps = build(FACTS, 5, &drafts);
        let candidates = candidates(&steps);
        let weights = model.weights(&steps, scenarios.len());
        let efforts = vec![1; candidates.len()];
        let goal = Goal::Top(candidates.len());
        let mut problem = Problem::new(&steps, &scenarios, &weights, &candidates, &efforts, goal);
        // Nothing is known entirely: all of it is the model's.
        problem.know(0, None);
        let sweeps = sweep::Sweeps::new(&problem);
        let mut known = model::Model::new(&problem, &sweeps, None);
        let labels = problem.labels.len();
        let without = |chosen: &[usize]| {
            naive_without(&steps, (&scenarios, &model), &candidates, chosen.iter().copied()).sum()
        };
        for is_learnt in [false, true] {
            if is_learnt {
                known.learn(&problem, &costs[..labels], None);
            }
            let (cut, _) = known.cut(&costs[..labels]);
            for mask in 0..1u32 << labels {
                let chosen = (0..labels).filter(|label| mask >> label & 1 == 1);
                let chosen: Vec<usize> = chosen.collect();
                let bound = cut.constant + chosen.iter().map(|&at| cut.slopes[at]).sum::<u64>();
                let chosen = chosen.iter().map(|&at| problem.labels[at].candidate);
                let gain = without(&[]) - without(&chosen.collect::<Vec<_>>());
                prop_assert!(gain <= bound.saturating_mul(weights.unit()));
            }
        }
    }
}

/// Steps from a scenario's fact 0 to fact 9, which alone weighs, by one control each.
fn to_the_end(ways: &[(&[u32], u32, u32)]) -> Steps {
    let drafts: Vec<crate::reach::tests::Draft> = ways
        .iter()
        .map(|&(needs, gain, control)| (needs.to_vec(), gain, vec![control], false))
        .collect();
    build(FACTS, 8, &drafts)
}

fn plan_to_the_end(steps: &Steps, efforts: &[u64], goal: Goal) -> Plan {
    let weigh = |fact: FactId| 5 * u64::from(fact.index() == 10);
    let points: Vec<u64> = steps.facts.ids().map(weigh).collect();
    let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
    let request = Request {
        candidates: &candidates,
        efforts,
        goal,
        gained: 0,
        limits: Limits::default(),
    };
    let weights = Weights::uniform(points.into());
    plan(steps, &[vec![FactId(1)]], &weights, &request, &Silent)
}

#[test]
fn four_keys_to_one_role_go_together_or_not_at_all() {
    let keys: [(&[u32], u32, u32); 4] = [(&[0], 9, 0), (&[0], 9, 1), (&[0], 9, 2), (&[0], 9, 3)];
    let steps = to_the_end(&keys);
    let three = plan_to_the_end(&steps, &[], Goal::Budget(3));
    assert_eq!((three.chosen.len(), three.bound), (0, Bound::Gain(0)));
    let four = plan_to_the_end(&steps, &[], Goal::Budget(4));
    assert_eq!((four.chosen.len(), four.bound), (4, Bound::Gain(10)));
    let until = plan_to_the_end(&steps, &[], Goal::Until(Share(1)));
    assert_eq!((until.effort, until.bound), (4, Bound::Effort(4)));
}

#[test]
fn equal_cuts_are_alternatives_and_the_cheaper_is_chosen() {
    let hops: [(&[u32], u32, u32); 3] = [(&[0], 1, 0), (&[1], 2, 1), (&[2], 9, 2)];
    let plan = plan_to_the_end(&to_the_end(&hops), &[4, 2, 3, 1, 1, 1, 1, 1], Goal::Top(1));
    let [only] = &plan.chosen[..] else {
        panic!("{plan:?}")
    };
    assert_eq!((only.candidate, only.effort), (1, 2));
    assert_eq!(only.alternatives, [0, 2]);
    assert!(plan.is_optimal(Measure::Mean));
}

#[test]
fn both_needs_of_an_and_are_worth_the_same() {
    let steps = to_the_end(&[(&[0], 1, 0), (&[0], 2, 1), (&[1, 2], 9, 2)]);
    for (efforts, cheapest) in [([1, 2, 3], 0), ([2, 1, 3], 1), ([3, 2, 1], 2)] {
        let efforts = [&efforts[..], &[1; 5]].concat();
        let plan = plan_to_the_end(&steps, &efforts, Goal::Until(Share::WHOLE));
        assert_eq!((plan.effort, plan.bound), (1, Bound::Effort(1)));
        assert_eq!(plan.chosen[0].candidate, cheapest);
    }
}

#[test]
fn a_derivation_with_an_and_hangs_on_the_labels_of_both_needs() {
    // Two ways to each need: the dear ones are in place of the cheap ones once, and the other way round.
    let ways: [(&[u32], u32, u32); 5] = [
        (&[0], 1, 0),
        (&[0], 1, 1),
        (&[0], 2, 2),
        (&[0], 2, 3),
        (&[1, 2], 9, 4),
    ];
    let steps = to_the_end(&ways);
    for efforts in [[2, 2, 1, 1, 9, 9, 9, 9], [1, 1, 2, 2, 9, 9, 9, 9]] {
        let plan = plan_to_the_end(&steps, &efforts, Goal::Until(Share::WHOLE));
        assert_eq!((plan.effort, plan.bound), (2, Bound::Effort(2)));
    }
}

#[test]
fn what_cuts_more_at_more_effort_does_not_stand_for_what_cuts_less() {
    let ways = [
        (vec![0], 9, vec![0, 1], false),
        (vec![0], 9, vec![0, 2], false),
    ];
    let steps = build(FACTS, 8, &ways);
    for (efforts, least) in [([5, 1, 1, 1, 1, 1, 1, 1], 2), ([2, 2, 1, 1, 1, 1, 1, 1], 2)] {
        let plan = plan_to_the_end(&steps, &efforts, Goal::Until(Share::WHOLE));
        assert_eq!((plan.effort, plan.bound), (least, Bound::Effort(least)));
    }
}

#[test]
fn a_cheaper_fix_is_left_to_choose_beside_a_dearer_one_that_cuts_more() {
    let ways = [
        (vec![0], 9, vec![0, 1], false),
        (vec![0], 8, vec![0], false),
        (vec![0], 7, vec![2], false),
        (vec![0], 6, vec![2], false),
    ];
    let steps = build(FACTS, 3, &ways);
    let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
    // All reached facts weigh the same: both layers of three of them, or of two.
    for (efforts, chosen, gain) in [([5, 1, 4], vec![2, 1], 6), ([1, 1, 4], vec![0, 2], 8)] {
        for family in [0, 48] {
            let request = Request {
                candidates: &candidates,
                efforts: &efforts,
                goal: Goal::Budget(5),
                gained: 0,
                limits: Limits {
                    family,
                    ..Limits::default()
                },
            };
            let weights = Weights::uniform(Table::filled(1, steps.facts.len()));
            let plan = plan(&steps, &[vec![FactId(1)]], &weights, &request, &Silent);
            let mut all: Vec<usize> = plan.chosen.iter().map(|one| one.candidate).collect();
            all.sort_unstable();
            let mut chosen = chosen.clone();
            chosen.sort_unstable();
            assert_eq!((all, plan.gain.sum()), (chosen, gain), "{family}");
            assert_eq!(plan.bound, Bound::Gain(gain));
        }
    }
}

#[test]
fn without_any_time_the_best_single_gains_make_a_set_with_its_exact_gain_and_a_true_bound() {
    let ways = [
        (vec![0], 1, vec![0], false),
        (vec![1], 2, vec![], false),
        (vec![0], 3, vec![1], false),
        (vec![0], 4, vec![2], false),
        // The third and the fourth cut this one together only.
        (vec![0], 5, vec![2], false),
        (vec![0], 5, vec![3], false),
    ];
    let steps = build(FACTS, 4, &ways);
    let candidates: Vec<Candidate> = steps.controls.ids().map(Candidate::removing).collect();
    let weights = Weights::uniform(Table::filled(1, steps.facts.len()));
    let planned = |efforts: &[u64], goal| {
        let request = Request {
            candidates: &candidates,
            efforts,
            goal,
            gained: 0,
            limits: Limits {
                time: Some(Duration::ZERO),
                ..Limits::default()
            },
        };
        plan(&steps, &[vec![FactId(1)]], &weights, &request, &Silent)
    };
    let gain_of = |plan: &Plan| {
        let mut chosen: Vec<usize> = plan.chosen.iter().map(|one| one.candidate).collect();
        chosen.sort_unstable();
        (chosen, plan.gain.sum())
    };
    let within = |bound: Bound, least: u64| matches!(bound, Bound::Gain(most) if most >= least);
    // Both layers: four points of the first, two of each other by itself.
    let two = planned(&[1; 4], Goal::Budget(2));
    assert_eq!(gain_of(&two), (vec![0, 1], 6));
    assert!(within(two.bound, 6), "{:?}", two.bound);
    // By gain for effort the second comes first, and beside it there is no room for the first, which gains more.
    let dear = planned(&[3, 1, 4, 4], Goal::Budget(3));
    assert_eq!(gain_of(&dear), (vec![0], 4));
    let none = planned(&[9; 4], Goal::Budget(2));
    assert_eq!(gain_of(&none), (vec![], 0));
    assert!(within(none.bound, 0));
    // The fourth gains nothing by itself, and all of it cannot be done without.
    let all = planned(&[1; 4], Goal::Until(Share::WHOLE));
    assert_eq!(gain_of(&all), (vec![0, 1, 2, 3], 10));
    assert!(
        matches!(all.bound, Bound::Effort(effort) if effort <= 4),
        "{:?}",
        all.bound
    );
}

#[test]
fn what_cannot_be_taken_away_is_said() {
    let steps = build(
        FACTS,
        8,
        &[(vec![0], 9, vec![], false), (vec![0], 8, vec![0], false)],
    );
    let plan = plan_to_the_end(&steps, &[], Goal::Until(Share(1)));
    assert_eq!((plan.chosen.len(), plan.bound), (0, Bound::Unattainable));
}

#[test]
fn a_share_is_rounded_up() {
    assert_eq!(Share(5_000).of(3), 2);
    assert_eq!(Share(0).of(3), 0);
    assert_eq!(Share(20_000).of(3), 3);
    assert_eq!(Share::WHOLE.of(u64::MAX), u64::MAX);
}
