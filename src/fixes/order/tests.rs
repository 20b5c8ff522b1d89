//! Orders replayed step by step, on random step sets, with the plainest fixpoint.

use super::*;
use crate::reach::tests::{build, drafts, fact};
use crate::steps::ControlId;
use proptest::collection::vec;
use proptest::prelude::*;

/// What follows from `held` without `removed`: every step again until nothing changes.
fn closure(steps: &Steps, held: &[FactId], removed: &[StepId]) -> Vec<bool> {
    let mut reached = vec![false; steps.facts.len()];
    reached[0] = true;
    for fact in held {
        reached[fact.index()] = true;
    }
    loop {
        let before = reached.clone();
        for id in steps.ids().filter(|id| !removed.contains(id)) {
            if steps.needs(id).iter().all(|need| reached[need.index()]) {
                reached[steps.gain(id).index()] = true;
            }
        }
        if reached == before {
            return reached;
        }
    }
}

/// What a thief keeps: every third fact.
fn is_kept(fact: FactId) -> bool {
    fact.index().is_multiple_of(3)
}

/// A change: which control it removes, what leaked because of it, whether that is renewed.
type Planned = (u32, Option<u32>, bool);

fn planned(facts: u32, controls: u32) -> impl Strategy<Value = Vec<Planned>> {
    let one = (
        0..controls,
        prop::option::weighted(0.7, 0..facts),
        prop::bool::weighted(0.7),
    );
    vec(one, 0..6).prop_map(|mut all| {
        // One change for each thing that leaked.
        let mut seen = Vec::new();
        all.retain(|(_, leaked, _)| {
            leaked.is_none()
                || !seen.contains(leaked) && {
                    seen.push(*leaked);
                    true
                }
        });
        all
    })
}

fn changes<'a>(steps: &'a Steps, planned: &[Planned]) -> Vec<Change<'a>> {
    let change = |&(control, leaked, is_renewed): &Planned| Change {
        removed: steps.controlled_by(ControlId(control)),
        leaked: leaked.and_then(|number| steps.fact_id(fact(number))),
        is_renewed: is_renewed && leaked.is_some(),
    };
    planned.iter().map(change).collect()
}

/// Plays an order, and says what is wrong with it.
fn replay(steps: &Steps, changes: &[Change<'_>], order: &Order) -> Result<(), String> {
    let mut seen: Vec<usize> = order.turns.iter().map(|turn| turn.change).collect();
    seen.sort_unstable();
    if seen != (0..changes.len()).collect::<Vec<_>>() {
        return Err(format!("not each change once: {seen:?}"));
    }
    let leaked: Vec<FactId> = changes.iter().filter_map(|change| change.leaked).collect();
    let before = closure(steps, &leaked, &[]);
    let mut held = leaked;
    held.extend(
        (0..before.len())
            .map(FactId::from_index)
            .filter(|&f| is_kept(f) && before[f.index()]),
    );
    let mut removed: Vec<StepId> = Vec::new();
    for turn in &order.turns {
        let change = &changes[turn.change];
        let (true, Some(own)) = (change.is_renewed, change.leaked) else {
            removed.extend(change.removed);
            continue;
        };
        let ended: Vec<FactId> = match turn.together.as_slice() {
            [] => vec![own],
            group => group
                .iter()
                .filter_map(|&one| changes[one].leaked)
                .collect(),
        };
        let left: Vec<FactId> = held
            .iter()
            .copied()
            .filter(|f| !ended.contains(f))
            .collect();
        let is_read = closure(steps, &left, &removed)[own.index()];
        if is_read == turn.read_by.is_empty() {
            return Err(format!("{turn:?}: its new value is read: {is_read}"));
        }
        if is_read {
            // What is named is held, and enough.
            if !closure(steps, &turn.read_by, &removed)[own.index()]
                || turn
                    .read_by
                    .iter()
                    .any(|fact| fact.index() > 0 && !left.contains(fact))
            {
                return Err(format!("{turn:?}: that does not read it"));
            }
            continue;
        }
        held.retain(|&fact| fact != own);
    }
    Ok(())
}

/// Whether some order, however the old values end, lets no new value be read.
fn may_hold(steps: &Steps, changes: &[Change<'_>]) -> bool {
    let leaked: Vec<FactId> = changes.iter().filter_map(|change| change.leaked).collect();
    let before = closure(steps, &leaked, &[]);
    let renewed: Vec<FactId> = changes
        .iter()
        .filter_map(|change| change.leaked.filter(|_| change.is_renewed))
        .collect();
    let all = leaked.iter().copied().chain(
        (0..before.len())
            .map(FactId::from_index)
            .filter(|&f| is_kept(f) && before[f.index()]),
    );
    let left: Vec<FactId> = all.filter(|fact| !renewed.contains(fact)).collect();
    let cut = changes.iter().filter(|change| !change.is_renewed);
    let removed: Vec<StepId> = cut.flat_map(|change| change.removed).copied().collect();
    let reached = closure(steps, &left, &removed);
    renewed.iter().all(|fact| !reached[fact.index()])
}

/// The least number of changes whose old values end together, over all orders that let nothing be read: 1 if each can
/// go alone.
fn can_go_alone(steps: &Steps, changes: &[Change<'_>]) -> bool {
    // By brute force: every permutation of at most five.
    fn go(steps: &Steps, changes: &[Change<'_>], done: &mut Vec<usize>) -> bool {
        if done.len() == changes.len() {
            let turn = |&change: &usize| Turn {
                change,
                after: None,
                together: Vec::new(),
                read_by: Vec::new(),
            };
            let order = Order {
                turns: done.iter().map(turn).collect(),
                kept: Vec::new(),
            };
            return replay(steps, changes, &order).is_ok();
        }
        (0..changes.len()).any(|next| {
            if done.contains(&next) {
                return false;
            }
            done.push(next);
            let found = go(steps, changes, done);
            done.pop();
            found
        })
    }
    go(steps, changes, &mut Vec::new())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn no_new_value_is_read_in_its_turn_and_what_is_read_is_told(
        drafts in drafts(12, 0..25, 5),
        planned in planned(12, 5),
    ) {
        let steps = build(12, 5, &drafts);
        let changes = changes(&steps, &planned);
        let order = order(&steps, &changes, is_kept);
        prop_assert_eq!(replay(&steps, &changes, &order), Ok(()));
        let is_told = order.turns.iter().any(|turn| !turn.read_by.is_empty());
        prop_assert_eq!(!is_told, may_hold(&steps, &changes));
        let is_together = order.turns.iter().any(|turn| !turn.together.is_empty());
        if !is_told {
            prop_assert_eq!(!is_together, can_go_alone(&steps, &changes));
        }
    }
}

/// Steps of one need: from, to, control.
fn chain(facts: u32, controls: u32, links: &[(u32, u32, u32)]) -> Steps {
    let drafts: Vec<_> = links
        .iter()
        .map(|&(from, to, control)| (vec![from], to, vec![control], false))
        .collect();
    build(facts, controls, &drafts)
}

fn turns(order: &Order) -> Vec<(usize, Option<usize>, usize, usize)> {
    let turns = order.turns.iter();
    let turn = |turn: &Turn| {
        (
            turn.change,
            turn.after,
            turn.together.len(),
            turn.read_by.len(),
        )
    };
    turns.map(turn).collect()
}

#[test]
fn what_reads_the_place_is_cut_before_the_credential_that_lies_there_is_renewed() {
    // What 0 opens reads where 2 lies, through control 1.
    let steps = chain(3, 3, &[(0, 1, 0), (1, 2, 1)]);
    let planned = [(2, Some(2), true), (0, Some(0), true), (1, None, false)];
    let renewed_first = order(&steps, &changes(&steps, &planned), |_| false);
    // 0 ends first: then nothing reads where 2 lies.
    assert_eq!(
        turns(&renewed_first),
        [(1, None, 0, 0), (0, Some(0), 0, 0), (2, None, 0, 0)]
    );
    let kept = order(
        &steps,
        &changes(
            &steps,
            &[(2, Some(2), true), (1, None, false), (0, Some(0), false)],
        ),
        |_| false,
    );
    assert_eq!(
        turns(&kept),
        [(1, None, 0, 0), (0, Some(0), 0, 0), (2, None, 0, 0)]
    );
}

#[test]
fn two_that_read_each_other_end_together() {
    let steps = chain(2, 2, &[(0, 1, 0), (1, 0, 1)]);
    let both = [(0, Some(0), true), (1, Some(1), true)];
    let order = order(&steps, &changes(&steps, &both), |_| false);
    assert_eq!(turns(&order), [(0, None, 2, 0), (1, None, 2, 0)]);
}

#[test]
fn what_the_attacker_keeps_reads_the_new_value_in_any_order() {
    // From 0 the attacker has 2 (which he keeps), and 2 reads where 0 lies.
    let steps = chain(3, 2, &[(0, 2, 0), (2, 0, 1)]);
    let one = [(0, Some(0), true)];
    let keeps = |fact: FactId| steps.facts[fact] == crate::reach::tests::fact(2);
    let told = order(&steps, &changes(&steps, &one), keeps);
    assert_eq!(turns(&told), [(0, None, 0, 1)]);
    assert_eq!(told.kept.len(), 1);
    assert_eq!(
        turns(&order(&steps, &changes(&steps, &one), |_| false)),
        [(0, None, 0, 0)]
    );
}
