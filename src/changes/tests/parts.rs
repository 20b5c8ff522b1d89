//! The parts of a change: which cause each is put down to, where several could be.

use super::*;

/// The key, which reaches the ledger and weighs so much for it.
fn weighing(sensitivity: &str, points: f64, change: impl FnOnce(&mut Value)) -> Value {
    let top = vec![reached(LEDGER, sensitivity, "read", points)];
    let mut one = credential(KEY, top, &["repo"]);
    change(&mut one);
    one
}

fn crown(change: impl FnOnce(&mut Value)) -> Value {
    weighing("crown", 18.0, change)
}

fn restricted(change: impl FnOnce(&mut Value)) -> Value {
    weighing("restricted", 6.0, change)
}

fn at(day: &str, one: Value) -> Value {
    let mut report = report(vec![one]);
    report["as_of"] = format!("{day}T00:00:00Z").into();
    report
}

/// All parts of a change that are not nothing, by cause: certain and possible.
fn parts(old: &Value, new: &Value) -> Vec<(Cause, f64, f64)> {
    let changes = between(old, new);
    let parts = changes.totals.causes.iter();
    let parts = parts.filter(|part| !part.points.is_zero());
    let number = |amount: Amount| amount.exact().parse::<f64>().unwrap();
    parts
        .map(|part| {
            let Both { certain, possible } = part.points;
            (part.cause, number(certain), number(possible))
        })
        .collect()
}

fn unseen(old: &Value, new: &Value) -> (Both, Both) {
    let totals = between(old, new).totals;
    (totals.not_observed, totals.newly_observed)
}

fn both(certain: f64, possible: f64) -> Both {
    Both {
        certain: points(certain),
        possible: points(possible),
    }
}

#[test]
fn what_ends_or_is_switched_off_does_so_once_and_never_adds_risk() {
    let ends = |one: &mut Value| one["expires"] = "2026-05-01T00:00:00Z".into();
    let off = |one: &mut Value| one["status"] = "inactive".into();
    let on = |_: &mut Value| {};
    let fell = |cause| vec![(cause, -12.0, -12.0)];
    let rose = vec![(Cause::DataChanged, 12.0, 12.0)];
    let of = |from: &str, old: Value, to: &str, new: Value| parts(&at(from, old), &at(to, new));
    let (before, day, after, later) = ("2026-04-30", "2026-05-01", "2026-05-02", "2026-06-01");
    assert_eq!(
        of(before, crown(ends), later, restricted(ends)),
        fell(Cause::Expired)
    );
    assert_eq!(
        of(before, crown(ends), day, restricted(ends)),
        fell(Cause::Expired)
    );
    for ended in [day, after] {
        let twice = of(ended, crown(ends), later, restricted(ends));
        assert_eq!(twice, fell(Cause::DataChanged), "{ended}");
    }
    assert_eq!(of(before, restricted(ends), later, crown(ends)), rose);
    assert_eq!(
        of(before, crown(on), later, restricted(off)),
        fell(Cause::Fixed)
    );
    assert_eq!(
        of(before, crown(off), later, restricted(off)),
        fell(Cause::DataChanged)
    );
    assert_eq!(of(before, restricted(on), later, crown(off)), rose);
    // Gone on the day on which it ends.
    let gone = |to: &str| {
        let mut none = report(vec![]);
        none["as_of"] = format!("{to}T00:00:00Z").into();
        parts(&at("2026-04-01", crown(ends)), &none)
    };
    assert_eq!(gone(before), [(Cause::Fixed, -18.0, -18.0)]);
    assert_eq!(gone(day), [(Cause::Expired, -18.0, -18.0)]);
}

/// The key with a chance in two bounds, and what it reaches: what for, whether for certain.
fn likely(chances: (f64, f64), reach: &[(&str, f64, bool)]) -> Value {
    let (certain, possible) = chances;
    let top = reach.iter().map(|&(resource, weight, is_certain)| {
        let chance = if is_certain { certain } else { possible };
        let mut one = reached(resource, "crown", "read", weight * chance);
        one["certain"] = is_certain.into();
        one
    });
    let mut one = credential(KEY, top.collect(), &["repo"]);
    let weight = |sure_alone: bool| -> f64 {
        let counted = reach.iter().filter(|(_, _, sure)| *sure || !sure_alone);
        counted.map(|(_, weight, _)| weight).sum()
    };
    let (sure, all) = (weight(true), weight(false));
    one["certain"]["points"] = (sure * certain).into();
    one["possible"]["points"] = (all * possible).into();
    one["risk"] = json!({"chance": certain, "chances": {"certain": certain, "possible": possible},
        "weight": {"certain": sure, "possible": all}, "points": 1});
    one
}

#[test]
fn both_bounds_of_a_chance_are_taken_off_at_the_reach_that_was() {
    let of = |chances, reach: &[(&str, f64, bool)]| report(vec![likely(chances, reach)]);
    let was = [("a", 16.0, true), ("b", 8.0, false)];
    let old = of((0.25, 0.5), &was);
    let grown = (Cause::DataChanged, 4.0, 3.0);
    assert_eq!(parts(&old, &of((0.5, 0.625), &was)), [grown]);
    // Something more for certain, which is possible too; something more possibly.
    let more = [("a", 16.0, true), ("b", 8.0, false), ("c", 4.0, true)];
    assert_eq!(
        parts(&old, &of((0.5, 0.625), &more)),
        [(Cause::NewGrant, 2.0, 2.5), grown]
    );
    let more = [("a", 16.0, true), ("b", 8.0, false), ("c", 4.0, false)];
    assert_eq!(
        parts(&old, &of((0.5, 0.625), &more)),
        [(Cause::NewGrant, 0.0, 2.5), grown]
    );
    // Less.
    let less = [("a", 16.0, true)];
    assert_eq!(
        parts(&old, &of((0.5, 0.625), &less)),
        [(Cause::Fixed, 0.0, -5.0), grown]
    );
    let less = [("b", 8.0, false)];
    assert_eq!(
        parts(&old, &of((0.25, 0.5), &less)),
        [(Cause::Fixed, -4.0, -8.0)]
    );
    // At no chance nothing tells what a path weighs: rungs decide.
    let idle = of((0.0, 0.0), &was);
    assert_eq!(
        parts(&idle, &of((0.5, 0.625), &was)),
        [(Cause::DataChanged, 8.0, 15.0)]
    );
    let less = of((0.5, 0.625), &[("b", 8.0, false)]);
    assert_eq!(
        parts(&idle, &less),
        [(Cause::Fixed, -8.0, -10.0), (Cause::DataChanged, 8.0, 15.0)]
    );
    // What comes out the same is no change.
    let (once, twice) = (
        of((0.5, 0.5), &[("a", 16.0, true)]),
        of((0.25, 0.25), &[("a", 16.0, true), ("c", 16.0, true)]),
    );
    assert_eq!(parts(&once, &twice), []);
    assert!(between(&once, &twice).credentials.is_empty());
}

#[test]
fn what_a_list_leaves_out_is_no_grant_and_no_fix() {
    let short = |top: Vec<Value>, points: f64| {
        let mut one = credential(KEY, top, &["repo"]);
        for layer in ["certain", "possible"] {
            one[layer] = reach(points, 20, 1);
        }
        one["breakdown"]["accesses"] = json!([{"name": "list", "certain": 20, "possible": 20}]);
        report(vec![one])
    };
    let ledger = || reached(LEDGER, "crown", "read", 18.0);
    let other = || reached("arn:b", "internal", "admin", 1.0);
    let (one, two) = (
        short(vec![ledger()], 30.0),
        short(vec![ledger(), other()], 31.0),
    );
    assert_eq!(parts(&one, &two), [(Cause::DataChanged, 1.0, 1.0)]);
    assert_eq!(parts(&two, &one), [(Cause::DataChanged, -1.0, -1.0)]);
    // What both list is told apart all the same.
    let graver = short(vec![reached(LEDGER, "crown", "admin", 30.0)], 42.0);
    assert_eq!(parts(&one, &graver), [(Cause::NewGrant, 12.0, 12.0)]);
}

#[test]
fn access_that_changed_is_granted_or_fixed_and_another_label_of_it_is_neither() {
    let with = |sensitivity: &str, access: &str, points: f64, is_certain: bool| {
        let mut end = reached(LEDGER, sensitivity, access, points);
        end["certain"] = is_certain.into();
        let mut one = credential(KEY, vec![end], &["repo"]);
        if !is_certain {
            one["certain"] = reach(0.0, 0, 0);
        }
        report(vec![one])
    };
    let read = with("crown", "read", 18.0, true);
    for (other, more) in [
        (with("crown", "admin", 30.0, true), (12.0, 12.0)),
        (with("crown", "list", 6.0, true), (-12.0, -12.0)),
        (with("crown", "read", 18.0, false), (-18.0, 0.0)),
    ] {
        let (there, back) = match more.1 + more.0 > 0.0 {
            true => (Cause::NewGrant, Cause::Fixed),
            false => (Cause::Fixed, Cause::NewGrant),
        };
        assert_eq!(parts(&read, &other), [(there, more.0, more.1)]);
        assert_eq!(parts(&other, &read), [(back, -more.0, -more.1)]);
        // The export on which the path rests is missing from one of the runs.
        let blind = without_file(other.clone(), ACCOUNT_FILE);
        let data = |sign: f64| vec![(Cause::DataChanged, sign * more.0, sign * more.1)];
        if more.0 < 0.0 {
            assert_eq!(parts(&read, &blind), data(1.0));
            assert_eq!(
                unseen(&read, &blind),
                (both(more.0, more.1), Both::default())
            );
            assert_eq!(parts(&blind, &read), data(-1.0));
            assert_eq!(
                unseen(&blind, &read),
                (Both::default(), both(-more.0, -more.1))
            );
        } else {
            // What the newer run does not see less of is granted.
            let dark = without_file(read.clone(), ACCOUNT_FILE);
            assert_eq!(
                unseen(&dark, &other),
                (Both::default(), both(more.0, more.1))
            );
            assert_eq!(
                unseen(&other, &dark),
                (both(-more.0, -more.1), Both::default())
            );
        }
    }
    let label = with("restricted", "read", 6.0, true);
    assert_eq!(parts(&read, &label), [(Cause::DataChanged, -12.0, -12.0)]);
}

#[test]
fn a_resource_that_came_into_sight_is_no_grant() {
    let one = || reached(LEDGER, "crown", "read", 18.0);
    let two = report(vec![credential(
        KEY,
        vec![one(), reached("arn:b", "internal", "admin", 1.0)],
        &["repo"],
    )]);
    let old = report(vec![credential(KEY, vec![one()], &["repo"])]);
    assert_eq!(parts(&old, &two), [(Cause::NewGrant, 1.0, 1.0)]);
    let blind = without_file(old, ACCOUNT_FILE);
    assert_eq!(unseen(&blind, &two), (Both::default(), both(1.0, 1.0)));
    assert_eq!(unseen(&two, &blind), (both(-1.0, -1.0), Both::default()));
}

#[test]
fn what_no_list_names_is_told_by_each_layer_for_itself() {
    let of = |points: (f64, f64), rungs: (u64, u64)| {
        let mut one = key();
        one["certain"] = reach(points.0, 20, 1);
        one["possible"] = reach(points.1, 20, 1);
        one["breakdown"]["accesses"] =
            json!([{"name": "list", "certain": rungs.0, "possible": rungs.1}]);
        report(vec![one])
    };
    let old = of((30.0, 40.0), (20, 25));
    assert_eq!(
        parts(&old, &of((35.0, 40.0), (21, 25))),
        [(Cause::NewGrant, 5.0, 0.0)]
    );
    assert_eq!(
        parts(&old, &of((30.0, 45.0), (20, 26))),
        [(Cause::NewGrant, 0.0, 5.0)]
    );
    assert_eq!(
        parts(&old, &of((25.0, 45.0), (19, 26))),
        [(Cause::NewGrant, 0.0, 5.0), (Cause::Fixed, -5.0, 0.0)]
    );
    // Where an export came back or is missing, that explains it.
    let dark = without_file(old.clone(), ACCOUNT_FILE);
    let more = of((35.0, 45.0), (21, 26));
    assert_eq!(unseen(&dark, &more), (Both::default(), both(5.0, 5.0)));
    assert_eq!(unseen(&more, &dark), (both(-5.0, -5.0), Both::default()));
    // A scan tells nothing of what is reached.
    let unscanned = without_file(old.clone(), SCAN);
    assert_eq!(unseen(&more, &unscanned), Default::default());
    assert_eq!(parts(&more, &unscanned), [(Cause::Fixed, -5.0, -5.0)]);
}
