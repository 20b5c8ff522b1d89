//! Properties of the engine, on random step sets.

use super::condensed::Condensed;
use super::*;
use crate::inventory::{Id, PrincipalId, ScopeId};
use crate::memory::tests::only;
use crate::progress::Silent;
use crate::steps::{Control, Fact, NewStep, StepsBuilder, Technique};
use proptest::collection::vec;
use proptest::prelude::*;

/// A step to be made: needs, gain, controls, whether it is conditional.
pub(crate) type Draft = (Vec<u32>, u32, Vec<u32>, bool);

/// Drafts over `facts` facts and `controls` controls. Even facts count as moves, odd ones only restate.
pub(crate) fn drafts(
    facts: u32,
    steps: std::ops::Range<usize>,
    controls: u32,
) -> impl Strategy<Value = Vec<Draft>> {
    let needs = prop_oneof![
        1 => vec(0..facts, 0..=0),
        12 => vec(0..facts, 1..=1),
        3 => vec(0..facts, 2..=4),
    ];
    let draft = (
        needs,
        0..facts,
        vec(0..controls, 0..=2),
        prop::bool::weighted(0.2),
    );
    vec(draft, steps)
}

/// The fact that a draft means by a number.
pub(crate) fn fact(number: u32) -> Fact {
    match number % 2 {
        0 => Fact::Principal(PrincipalId(number)),
        _ => Fact::Right(PrincipalId(number), crate::steps::SubjectId(0)),
    }
}

/// The step set of `drafts`, in which fact `n` has id `n + 1` and control `n` has id `n`.
pub(crate) fn build(facts: u32, controls: u32, drafts: &[Draft]) -> Steps {
    let mut builder = StepsBuilder::new();
    builder.subject("test:Act", "all");
    for number in 0..facts {
        builder.fact(fact(number));
    }
    for number in 0..controls {
        builder.control(Control::Scope(ScopeId(number)));
    }
    let technique = builder.technique(&Technique {
        id: "test/step".to_owned(),
        name: "steps".to_owned(),
        attack: Vec::new(),
        source: String::new(),
    });
    for (needs, gain, controls, is_conditional) in drafts {
        builder.add(NewStep {
            needs: &needs.iter().map(|&need| fact(need)).collect::<Vec<_>>(),
            gain: fact(*gain),
            technique,
            controls: &controls
                .iter()
                .map(|&control| Control::Scope(ScopeId(control)))
                .collect::<Vec<_>>(),
            evidence: &[],
            condition: is_conditional.then_some("test"),
        });
    }
    builder.build()
}

/// Scenarios over `facts` facts: one to three seeds each.
pub(crate) fn scenarios(
    facts: u32,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Vec<FactId>>> {
    vec(vec((1..=facts).prop_map(FactId), 0..=3), count)
}

/// Classes that tell facts apart by the remainder of their number; those of the last class are not counted.
fn classes(steps: &Steps, of: u32) -> Classes {
    let class = |fact: FactId| match fact.0 % (of + 1) {
        class if class == of => Classes::UNCOUNTED,
        class => class,
    };
    let classes: Vec<u32> = steps.facts.ids().map(class).collect();
    Classes::new(classes.into(), of as usize)
}

fn naive_counts(steps: &Steps, layer: Layer, seeds: &[FactId], classes: &Classes) -> Vec<u32> {
    let mut counts = vec![0; classes.len()];
    let held = naive(steps, layer, seeds, None);
    for fact in steps.facts.ids() {
        if held[fact.index()]
            && fact != ANYONE
            && !seeds.contains(&fact)
            && let Some(class) = classes.of(fact)
        {
            counts[class as usize] += 1;
        }
    }
    counts
}

/// The counts of all scenarios, in both layers.
fn counts(steps: &Steps, scenarios: &[Vec<FactId>], classes: &Classes) -> Vec<[Vec<u32>; 2]> {
    let both = |_, tally: Tally<'_>| [tally.certain.to_vec(), tally.possible.to_vec()];
    reach(steps, scenarios, classes, both, &Silent)
}

fn assert_reach_is_naive(steps: &Steps, scenarios: &[Vec<FactId>]) {
    for of in [5, 100] {
        let classes = classes(steps, of);
        let all = counts(steps, scenarios, &classes);
        assert_eq!(all.len(), scenarios.len());
        for (seeds, found) in scenarios.iter().zip(all) {
            let expected = [Layer::Certain, Layer::Possible]
                .map(|layer| naive_counts(steps, layer, seeds, &classes));
            assert_eq!(found, expected, "from {seeds:?}");
        }
    }
}

/// The least hops of every fact, by trying every step until nothing changes.
fn naive_hops(steps: &Steps, layer: Layer, seeds: &[FactId]) -> Vec<Option<u32>> {
    let mut hops: Vec<Option<u32>> = vec![None; steps.facts.len()];
    for seed in seeds.iter().chain(&[ANYONE]) {
        hops[seed.index()] = Some(0);
    }
    loop {
        let before = hops.clone();
        for id in steps.ids().filter(|&id| layer.has(steps, id)) {
            let needs = steps.needs(id).iter().map(|need| hops[need.index()]);
            let Some(most) = needs.collect::<Option<Vec<u32>>>() else {
                continue;
            };
            let new = most.into_iter().max().unwrap_or(0) + steps.hops(id);
            let gain = &mut hops[steps.gain(id).index()];
            *gain = Some(gain.map_or(new, |old| old.min(new)));
        }
        if hops == before {
            return hops;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn reach_is_the_naive_fixpoint(drafts in drafts(12, 0..40, 4), scenarios in scenarios(12, 0..8)) {
        assert_reach_is_naive(&build(12, 4, &drafts), &scenarios);
    }

    #[test]
    fn one_scenario_is_the_naive_fixpoint(
        drafts in drafts(12, 0..40, 4),
        scenarios in scenarios(12, 1..2),
        control in proptest::option::of((0u32..4).prop_map(crate::steps::ControlId)),
    ) {
        let steps = build(12, 4, &drafts);
        for layer in [Layer::Certain, Layer::Possible] {
            prop_assert_eq!(
                reached(&steps, layer, &scenarios[0], control),
                naive(&steps, layer, &scenarios[0], control)
            );
        }
    }

    #[test]
    fn more_steps_never_shrink_reach(
        drafts in drafts(12, 1..40, 4),
        scenarios in scenarios(12, 1..8),
        percent in 0..100usize,
    ) {
        let few = &drafts[..drafts.len() * percent / 100];
        let (few, all) = (build(12, 4, few), build(12, 4, &drafts));
        let classes = classes(&all, 100);
        let less = counts(&few, &scenarios, &classes);
        let more = counts(&all, &scenarios, &classes);
        for (less, more) in less.iter().flatten().zip(more.iter().flatten()) {
            prop_assert!(less.iter().zip(more).all(|(less, more)| less <= more));
        }
    }

    #[test]
    fn proofs_can_be_done_in_order_and_take_the_fewest_hops(
        drafts in drafts(12, 0..40, 4),
        scenarios in scenarios(12, 1..2),
    ) {
        let steps = build(12, 4, &drafts);
        let seeds = &scenarios[0];
        for layer in [Layer::Certain, Layer::Possible] {
            let derivations = Derivations::new(&steps, layer, seeds);
            let hops = naive_hops(&steps, layer, seeds);
            for goal in steps.facts.ids() {
                prop_assert_eq!(derivations.hops(goal), hops[goal.index()]);
                let Some(proof) = derivations.proof(goal) else {
                    prop_assert_eq!(hops[goal.index()], None);
                    continue;
                };
                let mut held: Vec<Option<u32>> = vec![None; steps.facts.len()];
                for seed in seeds.iter().chain(&[ANYONE]) {
                    held[seed.index()] = Some(0);
                }
                for &id in &proof {
                    prop_assert!(layer.has(&steps, id));
                    let needs = steps.needs(id).iter().map(|need| held[need.index()]);
                    let needs: Option<Vec<u32>> = needs.collect();
                    prop_assert!(needs.is_some(), "a need comes later");
                    let gain = &mut held[steps.gain(id).index()];
                    prop_assert!(gain.is_none(), "gained twice");
                    *gain = Some(needs.into_iter().flatten().max().unwrap_or(0) + steps.hops(id));
                }
                prop_assert_eq!(held[goal.index()], hops[goal.index()]);
                if let Some(&last) = proof.last() {
                    prop_assert_eq!(steps.gain(last), goal);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn reach_is_the_naive_fixpoint_across_batches(
        drafts in drafts(60, 40..160, 8),
        scenarios in scenarios(60, 1000..1100),
    ) {
        assert_reach_is_naive(&build(60, 8, &drafts), &scenarios);
    }

    #[test]
    fn reach_is_the_same_at_any_thread_count(
        drafts in drafts(60, 40..160, 8),
        scenarios in scenarios(60, 1000..1100),
    ) {
        let steps = build(60, 8, &drafts);
        let [one, two] = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| counts(&steps, &scenarios, &classes(&steps, 3)))
        });
        prop_assert_eq!(one, two);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn cells_are_the_components_that_petgraph_finds(drafts in drafts(30, 10..90, 4)) {
        let steps = build(30, 4, &drafts);
        for layer in [Layer::Certain, Layer::Possible] {
            let condensed = Condensed::new(&steps, layer);
            let mut ours: Vec<Vec<FactId>> = (0..condensed.blocks.len())
                .map(|cell| condensed.members.row(cell).to_vec())
                .collect();
            let mut theirs =
                petgraph::algo::tarjan_scc(steps.single_need(layer == Layer::Possible));
            for component in ours.iter_mut().chain(&mut theirs) {
                component.sort_unstable();
            }
            ours.sort_unstable();
            theirs.sort_unstable();
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn one_need_steps_reach_what_petgraph_visits(drafts in drafts(30, 10..90, 4), seed in 1..=30u32) {
        let single: Vec<Draft> = drafts.into_iter().filter(|(needs, ..)| needs.len() == 1).collect();
        let steps = build(30, 4, &single);
        let mut visited = vec![false; steps.facts.len()];
        visited[ANYONE.index()] = true;
        let graph = steps.single_need(true);
        let mut walk = petgraph::visit::Dfs::new(graph, FactId(seed));
        while let Some(fact) = walk.next(graph) {
            visited[fact.index()] = true;
        }
        prop_assert_eq!(reached(&steps, Layer::Possible, &[FactId(seed)], None), visited);
    }
}

#[test]
fn nothing_reaches_nothing() {
    let steps = StepsBuilder::new().build();
    let counts = counts(&steps, &[vec![]], &classes(&steps, 1));
    assert_eq!(counts, [[[0], [0]]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn less_memory_takes_fewer_threads_and_changes_nothing(
        drafts in drafts(60, 40..160, 8),
        scenarios in scenarios(60, 4200..4300),
    ) {
        let steps = build(60, 8, &drafts);
        let classes = classes(&steps, 3);
        let order = ordered(&steps, &scenarios, &classes);
        let narrow = Sweep::<NARROW>::bytes(&order, &classes);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        // What comes of it, and which threads it was swept by.
        let swept = |memory: &Memory| {
            let threads = std::sync::Mutex::new(std::collections::BTreeSet::new());
            let sum = |_, tally: Tally<'_>| {
                threads.lock().unwrap().insert(rayon::current_thread_index());
                (tally.certain.to_vec(), tally.possible.to_vec())
            };
            let sums = pool.install(|| {
                reach_within(&steps, &scenarios, &classes, memory, sum, &Silent)
            });
            sums.map(|sums| (sums, threads.into_inner().unwrap().len()))
        };
        let (all, _) = swept(&Memory::ALL).unwrap();
        for most in 1..4 {
            let (capped, threads) = swept(&only(most as u64 * narrow)).unwrap();
            prop_assert!(threads <= most, "{threads} threads where {most} fit");
            prop_assert_eq!(&capped, &all);
        }
        prop_assert!(swept(&only(narrow - 1)).is_err());
    }
}
