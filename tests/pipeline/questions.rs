//! Questions about acme, and what fixes change: judged by definitions, and by the gains that rankings and plans tell.

use crate::acme::{ACME, LEDGER};
use camino::Utf8PathBuf;
use leakreach::analysis::{
    Analysis, FixLimit, Found, Goal, Leak, Limits, Measure, Memory, Mode, Options, Question,
    ReadOptions, Thing, Unsimulated, answer, plan, reached, simulated,
};
use leakreach::inventory::{Access, CredentialId, Id as _};
use leakreach::progress::Silent;
use leakreach::reach::{self, Layer};
use leakreach::steps::{Fact, FactId};
use std::collections::BTreeSet;

const PLANTED: &str = "aws:access-key:AKIAEXAMPLECIRELEASE";
const BEST_FIX: &str = "scope:arn:aws:iam::777788889999:policy/ci-deploy#AssumeProdRoles";

fn options() -> Options {
    Options {
        as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
        shown: 3,
        fixes: FixLimit::All,
        memory: Memory::ALL,
    }
}

fn acme() -> Analysis {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme");
    reached(&[Utf8PathBuf::from(root)], &options(), &Silent).unwrap()
}

fn ask(question: Question) -> Found {
    answer(&ACME.analysis, question, usize::MAX, &Memory::ALL, &Silent)
        .unwrap()
        .found
}

fn ledger() -> Thing {
    Thing::Resource(ACME.analysis.inventory.resource_by_key(LEDGER).unwrap())
}

fn planted() -> CredentialId {
    let all = ACME.analysis.inventory.credentials.entries();
    let mut found = all.filter(|(_, row)| &*row.key == PLANTED);
    found.next().unwrap().0
}

/// Whether a fact is held by definition: forward from what leaks, without a control.
fn is_held(layer: Layer, seed: FactId, goal: FactId, without: Option<u32>) -> bool {
    let without = without.map(leakreach::steps::ControlId);
    reach::reached(&ACME.analysis.steps, layer, &[seed], without)[goal.index()]
}

#[test]
fn why_a_key_reaches_the_crown_jewel_is_the_proof_of_the_ranking_and_its_cuts_are_all_that_cut() {
    let analysis = &ACME.analysis;
    let from = vec![Thing::Credential(planted())];
    let Found::Ways(found) = ask(Question::Ways { from, to: ledger() }) else {
        panic!("a way is asked for")
    };
    let [way] = found.ways.as_slice() else {
        panic!("nothing graver is possible: {:?}", found.ways)
    };
    assert!(way.is_certain && way.conditions.is_empty() && !found.is_anyones);
    let ranked = &analysis.credentials[0].top[0];
    assert_eq!((way.access, way.hops), (Some(ranked.access), ranked.hops));
    assert_eq!(way.proof, ranked.proof);
    // By definition, of every control there is.
    let seed = analysis.steps.fact_id(Fact::Credential(planted())).unwrap();
    let cutting: BTreeSet<u32> = (0..u32::try_from(analysis.steps.controls.len()).unwrap())
        .filter(|&control| !is_held(Layer::Certain, seed, way.goal, Some(control)))
        .collect();
    assert_eq!(
        way.cuts
            .iter()
            .map(|cut| cut.control.0)
            .collect::<BTreeSet<_>>(),
        cutting
    );
    assert!(cutting.len() > 5);
    for cut in &way.cuts {
        let is_left = is_held(Layer::Possible, seed, way.goal, Some(cut.control.0));
        match cut.left {
            Some((fact, is_certain)) => assert!(!is_certain && (fact == way.goal) == is_left),
            None => assert!(!is_left),
        }
    }
    let keys = way.cuts.iter().map(|cut| analysis.control_key(cut.control));
    assert!(keys.collect::<Vec<_>>().contains(&BEST_FIX.to_owned()));
}

/// What is on a way and has another way round it cuts nothing: of two keys that leak at once each goes its own way.
#[test]
fn what_leaves_another_way_is_no_cut() {
    let analysis = &ACME.analysis;
    let mut keys = analysis.inventory.credentials.entries();
    let web = keys.find(|(_, row)| &*row.key == "aws:access-key:AKIAEXAMPLECIWEB2222");
    let both = [planted(), web.unwrap().0];
    let Found::Ways(found) = ask(Question::Ways {
        from: both.map(Thing::Credential).to_vec(),
        to: ledger(),
    }) else {
        panic!("a way is asked for")
    };
    let way = &found.ways[0];
    let cuts: BTreeSet<u32> = way.cuts.iter().map(|cut| cut.control.0).collect();
    let seeds = both.map(|id| analysis.steps.fact_id(Fact::Credential(id)).unwrap());
    let steps = way.proof.steps.iter();
    let on_it = steps.flat_map(|&step| analysis.steps.step(step).controls);
    let on_it: BTreeSet<u32> = on_it.map(|control| control.0).collect();
    let held = |control: &u32| {
        let without = Some(leakreach::steps::ControlId(*control));
        reach::reached(&analysis.steps, Layer::Certain, &seeds, without)[way.goal.index()]
    };
    let expected: BTreeSet<u32> = on_it.iter().copied().filter(|one| !held(one)).collect();
    assert_eq!(cuts, expected);
    assert!(
        !cuts.is_empty() && cuts.len() < on_it.len(),
        "{cuts:?}, {on_it:?}"
    );
}

#[test]
fn who_reaches_the_crown_jewel_is_who_holds_it_by_definition() {
    let analysis = &ACME.analysis;
    let Found::Reachers(found) = ask(Question::Reachers { to: ledger() }) else {
        panic!("all that reach are asked for")
    };
    assert_eq!(found.anyone, None);
    let Thing::Resource(id) = ledger() else {
        panic!("it is a bucket")
    };
    let mut expected = BTreeSet::new();
    let facts = analysis.steps.facts.entries();
    for (seed, fact) in facts {
        let leak = match *fact {
            Fact::Credential(id) => Leak::Credential(id),
            Fact::Exposure(id) => Leak::Exposure(id),
            _ => continue,
        };
        let gravest = |layer| {
            let held = reach::reached(&analysis.steps, layer, &[seed], None);
            Access::LADDER.into_iter().rev().find(|&access| {
                let fact = analysis.steps.fact_id(Fact::Access(id, access));
                fact.is_some_and(|fact| held[fact.index()])
            })
        };
        match (gravest(Layer::Certain), gravest(Layer::Possible)) {
            (Some(access), _) => expected.insert((leak, access, true)),
            (None, Some(access)) => expected.insert((leak, access, false)),
            (None, None) => false,
        };
    }
    let told = found.reaching.iter();
    let told: BTreeSet<_> = told
        .map(|one| (one.leak, one.access.unwrap(), one.is_certain))
        .collect();
    assert_eq!(told, expected);
    assert!(
        expected.len() >= 18 && expected.iter().any(|one| !one.2),
        "{expected:?}"
    );
    // Certain before possible, near before far.
    let order: Vec<_> = found
        .reaching
        .iter()
        .map(|one| (!one.is_certain, std::cmp::Reverse(one.access), one.hops))
        .collect();
    assert!(order.is_sorted());
    for one in &found.reaching {
        assert_eq!(
            analysis.steps.gain(*one.proof.steps.last().unwrap()),
            one.proof.goal.unwrap()
        );
    }
}

#[test]
fn what_leaks_together_reaches_what_needs_both() {
    let analysis = &ACME.analysis;
    let role = |name: &str| {
        let key = format!("arn:aws:iam::111122223333:role/{name}");
        Thing::Principal(analysis.inventory.principal_by_key(&key).unwrap())
    };
    let worker = role("ledger-export-role");
    let is_reached = |from: &[&str]| {
        let from = from.iter().map(|name| role(name)).collect();
        let found = ask(Question::Ways { from, to: worker });
        matches!(found, Found::Ways(found) if found.ways.iter().any(|way| way.is_certain))
    };
    assert!(!is_reached(&["prod-deployer"]));
    assert!(!is_reached(&["prod-smoke-tester"]));
    assert!(is_reached(&["prod-deployer", "prod-smoke-tester"]));
}

#[test]
fn where_a_tenant_could_go_is_where_any_of_its_credentials_could_and_no_less() {
    let analysis = &ACME.analysis;
    let tenant = analysis
        .inventory
        .tenant_by_key("aws:account:777788889999")
        .unwrap();
    let Found::Reach(all) = ask(Question::Reach {
        from: vec![Thing::Tenant(tenant)],
    }) else {
        panic!("a reach is asked for")
    };
    let all: BTreeSet<_> = all.resources.iter().map(|one| one.resource).collect();
    assert!(all.len() > 20);
    let mut credentials = 0;
    for scenario in &analysis.credentials {
        let Leak::Credential(id) = scenario.leak else {
            panic!("credentials are ranked")
        };
        let principal = analysis.inventory.credentials[id].principal;
        if principal.is_some_and(|id| analysis.inventory.principals[id].tenant == Some(tenant)) {
            credentials += 1;
            let of_one = ask(Question::Reach {
                from: vec![Thing::Credential(id)],
            });
            let Found::Reach(of_one) = of_one else {
                panic!("a reach is asked for")
            };
            assert_eq!(of_one.all as u64, scenario.possible.resources);
            assert!(
                of_one
                    .resources
                    .iter()
                    .all(|one| all.contains(&one.resource))
            );
        }
    }
    assert!(credentials > 20);
}

#[test]
fn what_breaks_names_every_place_and_whoever_runs_with_it() {
    let analysis = &ACME.analysis;
    let mut with_holders = 0;
    for (credential, _) in analysis.inventory.credentials.entries() {
        let Found::Uses(uses) = ask(Question::Uses { credential }) else {
            panic!("uses are asked for")
        };
        let exposures = analysis.inventory.exposures.entries();
        let expected: BTreeSet<_> = exposures
            .filter(|(_, place)| place.lying.iter().any(|one| one.credential == credential))
            .flat_map(|(id, place)| match place.holders.as_slice() {
                [] => vec![(id, None)],
                holders => holders.iter().map(|&holder| (id, Some(holder))).collect(),
            })
            .collect();
        let told = uses
            .places
            .iter()
            .flat_map(|place| match place.holders.as_slice() {
                [] => vec![(place.exposure, None)],
                holders => holders
                    .iter()
                    .map(|&one| (place.exposure, Some(one)))
                    .collect(),
            });
        assert_eq!(told.collect::<BTreeSet<_>>(), expected);
        with_holders += usize::from(expected.iter().any(|(_, holder)| holder.is_some()));
    }
    assert!(with_holders > 0);
}

/// One of so many fixes, and so many of those that tighten, are as the ranking says.
fn assert_simulated(one_of: usize, most_tightened: usize) {
    let mut analysis = acme();
    let fixes = &ACME.analysis.fixes;
    assert!(fixes.len() > 100);
    // Those that tighten are derived anew.
    let is_tightened = |at: usize| {
        let narrowing = fixes[at].narrowing.as_ref();
        narrowing.is_some_and(|one| one.element != leakreach::analysis::Element::Action)
    };
    let tightened: Vec<usize> = (0..fixes.len()).filter(|&at| is_tightened(at)).collect();
    assert!(!tightened.is_empty());
    let others = (0..fixes.len()).filter(|&at| !is_tightened(at));
    let tried = others.step_by(one_of);
    let tried = tried.chain(tightened.into_iter().take(most_tightened));
    for at in tried {
        let fix = &fixes[at];
        let id = ACME.analysis.fix_key(fix);
        let simulation = simulated(
            &mut analysis,
            &options(),
            std::slice::from_ref(&id),
            &Silent,
        );
        let simulation = simulation.unwrap();
        assert_eq!(simulation.gain(), (fix.certain, fix.possible), "{id}");
        let fewer = simulation.credentials.iter();
        let fewer = fewer.filter(|one| one.after.1.points < one.before.1.points);
        assert_eq!(fewer.count() as u64, fix.credentials, "{id}");
        // Where a leak is less likely, the same is reached as before.
        if id.starts_with("shorten:") || id.starts_with("federate:") || id.starts_with("move:") {
            assert!(simulation.credentials.iter().all(|one| one.lost.is_empty()));
            continue;
        }
        // What several jobs reach is counted for each.
        if id.starts_with("split:") {
            continue;
        }
        // What is lost adds up, of the credentials that are told in full.
        for one in simulation.credentials.iter().take(3) {
            // What each resource weighs is told without the chance that the credential is used.
            let chance = one.leak.chance(&ACME.analysis.model).possible;
            let lost = one.lost.iter().map(|lost| lost.points.0).sum::<u64>();
            let lost = lost / leakreach::risk::WHOLE * chance;
            assert_eq!(one.before.1.points.0 - one.after.1.points.0, lost, "{id}");
        }
    }
    // Nothing of that stays.
    assert_eq!(analysis.total, ACME.analysis.total);
    assert_eq!(analysis.steps.len(), ACME.analysis.steps.len());
}

/// Every fix, in some minutes: `LEAKREACH_ALL_FIXES=1`.
#[test]
fn a_simulation_takes_away_what_the_ranking_says_of_a_fix() {
    match std::env::var_os("LEAKREACH_ALL_FIXES") {
        Some(_) => assert_simulated(1, usize::MAX),
        None => assert_simulated(23, 2),
    }
}

#[test]
fn a_simulation_takes_away_what_a_plan_says_of_all_its_fixes() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme");
    let (analysis, plan) = plan(
        &[Utf8PathBuf::from(root)],
        &options(),
        Goal::Budget(20),
        Limits::default(),
        &Silent,
    )
    .unwrap();
    assert!(plan.fixes.len() > 2);
    let ids: Vec<String> = plan
        .fixes
        .iter()
        .map(|one| analysis.fix_key(&one.fix))
        .collect();
    let mut analysis = analysis;
    let simulation = simulated(&mut analysis, &options(), &ids, &Silent).unwrap();
    assert_eq!(simulation.gain(), plan.gain);
    assert_eq!(simulation.before, plan.total);
    // In any order, and named twice.
    let backwards: Vec<String> = ids.iter().rev().chain(&ids).cloned().collect();
    let again = simulated(&mut analysis, &options(), &backwards, &Silent).unwrap();
    assert_eq!(again.gain(), plan.gain);
    assert_eq!(again.fixes.len(), plan.fixes.len());
}

#[test]
fn an_id_that_no_fix_has_is_told_with_what_is_near() {
    let mut analysis = acme();
    let wrong = BEST_FIX.replace("AssumeProdRoles", "AssumeProdRole");
    let error = simulated(&mut analysis, &options(), &[wrong], &Silent).unwrap_err();
    let Unsimulated::Unknown { near, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(near[0], BEST_FIX);
}

#[test]
fn steps_without_some_are_those_steps_and_no_others() {
    let steps = &ACME.analysis.steps;
    let seed = steps.fact_id(Fact::Credential(planted())).unwrap();
    for control in steps.controls.ids().step_by(37) {
        let less = steps.without(steps.controlled_by(control));
        assert_eq!(less.len() + steps.controlled_by(control).len(), steps.len());
        for layer in [Layer::Certain, Layer::Possible] {
            assert_eq!(
                reach::reached(&less, layer, &[seed], None),
                reach::reached(steps, layer, &[seed], Some(control)),
            );
        }
        assert!(less.controlled_by(control).is_empty());
    }
}
