//! What becomes of credentials, paths and fixes, and in which order that is told.

use super::*;

fn states(changes: &Changes) -> Vec<(&str, State)> {
    let all = changes.credentials.iter();
    all.map(|one| (one.id.as_str(), one.state)).collect()
}

fn state(old: &Value, new: &Value) -> Option<State> {
    let changes = between(old, new);
    assert!(changes.credentials.len() <= 1);
    changes.credentials.first().map(|one| one.state)
}

fn fix(id: &str, certain: f64, possible: f64) -> Value {
    json!({"id": id, "text": format!("remove {id}"), "certain": certain, "possible": possible,
        "evidence": place(ACCOUNT_FILE)})
}

fn with_fixes(fixes: &[(&str, f64, f64)], bounded: u64) -> Value {
    let mut report = report(vec![]);
    let all = fixes
        .iter()
        .map(|&(id, certain, possible)| fix(id, certain, possible));
    report["fixes"] = all.collect();
    report["totals"]["fix_candidates_bounded"] = bounded.into();
    report
}

#[test]
fn a_fix_is_new_gone_worse_or_better_by_what_it_gains() {
    let old = with_fixes(
        &[
            ("same", 1.0, 2.0),
            ("more", 1.0, 2.0),
            ("less", 1.0, 2.0),
            ("gone", 9.0, 9.0),
        ],
        0,
    );
    let new = with_fixes(
        &[
            ("same", 1.5, 1.5),
            ("more", 1.0, 3.0),
            ("less", 0.5, 2.0),
            ("new", 1.0, 1.0),
        ],
        0,
    );
    let told = |old: &Value, new: &Value| -> Vec<(String, State)> {
        let fixes = between(old, new).fixes;
        fixes.into_iter().map(|one| (one.id, one.state)).collect()
    };
    let all = |rows: &[(&str, State)]| -> Vec<(String, State)> {
        rows.iter()
            .map(|&(id, state)| (id.to_owned(), state))
            .collect()
    };
    assert_eq!(
        told(&old, &new),
        all(&[
            ("new", State::New),
            ("more", State::Worse),
            ("less", State::Better),
            ("gone", State::Gone)
        ])
    );
    let gains = between(&old, &new).fixes;
    assert_eq!(
        (gains[0].old, gains[0].new.unwrap().certain),
        (None, points(1.0))
    );
    assert_eq!(
        (gains[3].old.unwrap().certain, gains[3].new),
        (points(9.0), None)
    );
    assert_eq!(gains[1].text, "remove more");
    // The weightiest first.
    let many = with_fixes(&[("a", 1.0, 1.0), ("b", 4.0, 4.0), ("c", 4.0, 4.0)], 0);
    let none = with_fixes(&[], 0);
    assert_eq!(
        told(&none, &many),
        all(&[("b", State::New), ("c", State::New), ("a", State::New)])
    );
    assert_eq!(
        told(&many, &none),
        all(&[("b", State::Gone), ("c", State::Gone), ("a", State::Gone)])
    );
    // Of reports that list the best alone nothing is new or gone.
    let one = with_fixes(&[("a", 1.0, 1.0)], 0);
    let some = with_fixes(&[], 5);
    assert_eq!(told(&some, &one), all(&[("a", State::NewlyObserved)]));
    assert_eq!(told(&one, &some), all(&[("a", State::NotListed)]));
    let why = between(&one, &some).fixes[0].why.clone();
    assert!(why.contains("lists the best fixes only"), "{why}");
    // Nor is it where the run did not look.
    let dark = without_file(none, ACCOUNT_FILE);
    assert_eq!(told(&dark, &one), all(&[("a", State::NewlyObserved)]));
    assert_eq!(told(&one, &dark), all(&[("a", State::NotObserved)]));
}

#[test]
fn what_lies_in_a_store_for_secrets_alone_is_not_exposed() {
    let none = report(vec![]);
    let exposed = |kinds: &[&str]| {
        let places: Vec<String> = (0..kinds.len()).map(|at| format!("place-{at}")).collect();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        let mut report = report(vec![credential(KEY, vec![], &places)]);
        for (place, kind) in report["exposures"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(kinds)
        {
            place["kind"] = (*kind).into();
        }
        between(&none, &report).credentials[0].is_exposed
    };
    for (kinds, expected) in [
        (&[][..], false),
        (&["secret-store"], false),
        (&["ci-variable"], false),
        (&["secret-store", "ci-variable"], false),
        (&["device-file"], true),
        (&["ci-variable", "repository-file"], true),
    ] {
        assert_eq!(exposed(kinds), expected, "{kinds:?}");
    }
    // A place that the report does not describe may be any.
    let mut unknown = report(vec![key()]);
    unknown["exposures"] = json!([]);
    assert!(between(&none, &unknown).credentials[0].is_exposed);
    // One that is gone is told as it was.
    let gone = between(&report(vec![key()]), &none);
    assert!(gone.credentials[0].is_exposed && gone.paths[0].is_critical);
}

#[test]
fn a_path_is_worse_or_better_by_access_first_and_then_by_certainty() {
    let with = |access: &str, is_certain: bool| {
        let mut end = reached(LEDGER, "restricted", access, 6.0);
        end["certain"] = is_certain.into();
        report(vec![credential(KEY, vec![end], &["repo"])])
    };
    let told = |old: &Value, new: &Value| between(old, new).paths.first().map(|one| one.state);
    let read = with("read", true);
    for (other, expected) in [
        (with("write", true), Some(State::Worse)),
        (with("write", false), Some(State::Worse)),
        (with("list", true), Some(State::Better)),
        (with("read", false), Some(State::Better)),
        (with("read", true), None),
    ] {
        assert_eq!(told(&read, &other), expected);
    }
    assert_eq!(told(&with("read", false), &read), Some(State::Worse));
    // Less is seen, where the export on which the path rested is missing.
    let dark = without_file(with("list", true), ACCOUNT_FILE);
    assert_eq!(told(&read, &dark), Some(State::NotObserved));
    let way = between(&read, &with("write", false)).paths.remove(0);
    let (old, new) = (way.old.unwrap(), way.new.unwrap());
    assert_eq!(
        (old.access.as_str(), old.is_certain, old.hops),
        ("read", true, 2)
    );
    assert_eq!((new.access.as_str(), new.is_certain), ("write", false));
}

#[test]
fn a_path_is_new_when_it_comes_to_be_critical() {
    let with = |sensitivity: &str, access: &str, exposures: &[&str]| {
        let end = reached(LEDGER, sensitivity, access, 6.0);
        report(vec![credential(KEY, vec![end], exposures)])
    };
    let told = |old: &Value, new: &Value| {
        let paths = between(old, new).paths;
        paths.first().map(|one| (one.state, one.is_critical))
    };
    let repo = &["repo"][..];
    for (old, new, expected) in [
        (
            with("crown", "list", repo),
            with("crown", "read", repo),
            Some((State::New, true)),
        ),
        (
            with("crown", "read", repo),
            with("crown", "write", repo),
            Some((State::Worse, true)),
        ),
        (
            with("crown", "read", &[]),
            with("crown", "write", repo),
            Some((State::New, true)),
        ),
        (
            with("crown", "read", &[]),
            with("crown", "read", repo),
            Some((State::New, true)),
        ),
        (
            with("restricted", "read", &[]),
            with("restricted", "read", repo),
            None,
        ),
        (
            with("restricted", "read", &[]),
            with("restricted", "write", repo),
            Some((State::Worse, false)),
        ),
        (
            with("crown", "list", &[]),
            with("crown", "read", &[]),
            Some((State::New, false)),
        ),
        (
            with("crown", "read", repo),
            with("crown", "read", &[]),
            None,
        ),
    ] {
        let (from, to) = (&old["credentials"][0], &new["credentials"][0]);
        assert_eq!(told(&old, &new), expected, "{from} {to}");
    }
}

#[test]
fn paths_that_matter_most_are_told_first() {
    let top = |ids: &[(&str, &str)]| {
        let ends = ids
            .iter()
            .map(|&(id, sensitivity)| reached(id, sensitivity, "read", 1.0));
        report(vec![credential(KEY, ends.collect(), &["repo"])])
    };
    let old = top(&[("z", "crown"), ("y", "internal")]);
    let new = top(&[("a", "internal"), ("b", "crown"), ("c", "crown")]);
    let paths = between(&old, &new).paths;
    let told: Vec<(&str, State)> = paths
        .iter()
        .map(|one| (one.resource.as_str(), one.state))
        .collect();
    assert_eq!(
        told,
        [
            ("b", State::New),
            ("c", State::New),
            ("a", State::New),
            ("z", State::Gone),
            ("y", State::Gone)
        ]
    );
}

#[test]
fn paths_of_a_credential_that_came_or_went_follow_it() {
    let (none, all) = (report(vec![]), report(vec![key()]));
    let dark = without_file(report(vec![]), KEY_FILE);
    let path = |old: &Value, new: &Value| between(old, new).paths[0].state;
    assert_eq!(path(&none, &all), State::New);
    assert_eq!(path(&dark, &all), State::NewlyObserved);
    assert_eq!(path(&all, &none), State::Gone);
    assert_eq!(path(&all, &dark), State::NotObserved);
    // A path that is there alone is told by what it rests on.
    let nothing = report(vec![credential(KEY, vec![], &["repo"])]);
    assert_eq!(path(&nothing, &all), State::New);
    assert_eq!(
        path(&without_file(nothing.clone(), ACCOUNT_FILE), &all),
        State::NewlyObserved
    );
    assert_eq!(
        path(&all, &without_file(nothing, ACCOUNT_FILE)),
        State::NotObserved
    );
}

#[test]
fn crown_jewels_of_a_list_that_is_short_are_not_gone_where_it_lists_none() {
    // Of twenty resources that are reached one crown jewel is listed, and there are two.
    let short = |resource: &str, sensitivity: &str, crowns: u64| {
        let mut one = credential(
            KEY,
            vec![reached(resource, sensitivity, "read", 18.0)],
            &["repo"],
        );
        one["possible"]["resources"] = 20.into();
        one["possible"]["crown_jewels"] = crowns.into();
        report(vec![one])
    };
    let told = |old: &Value, new: &Value, resource: &str| {
        let paths = between(old, new).paths;
        paths
            .iter()
            .find(|one| one.resource == resource)
            .unwrap()
            .state
    };
    let old = short(LEDGER, "crown", 1);
    assert_eq!(
        told(&old, &short("b", "crown", 2), LEDGER),
        State::NotListed
    );
    assert_eq!(told(&old, &short("b", "crown", 1), LEDGER), State::Gone);
    // Of others than crown jewels a short list tells nothing.
    let plain = short("a", "restricted", 0);
    assert_eq!(
        told(&plain, &short("b", "restricted", 0), "a"),
        State::NotListed
    );
    assert_eq!(
        told(&plain, &short("b", "restricted", 0), "b"),
        State::NewlyObserved
    );
}

#[test]
fn a_credential_that_only_moved_is_worse_or_better_by_its_places() {
    let at = |places: &[&str]| {
        report(vec![credential(
            KEY,
            vec![reached(LEDGER, "crown", "read", 18.0)],
            places,
        )])
    };
    assert_eq!(state(&at(&["a"]), &at(&["a", "b"])), Some(State::Worse));
    assert_eq!(state(&at(&["a", "b"]), &at(&["a"])), Some(State::Better));
    assert_eq!(state(&at(&["a"]), &at(&["b"])), Some(State::Worse));
    assert_eq!(state(&at(&["a"]), &at(&["a"])), None);
    let moved = between(&at(&["a"]), &at(&["b"])).credentials.remove(0);
    assert_eq!(
        (moved.new_places, moved.left_places),
        (vec!["b".to_owned()], vec!["a".to_owned()])
    );
    // Where the scan is missing from one of the runs, nothing says that it moved.
    let dark = |report| without_file(report, SCAN);
    assert_eq!(
        state(&dark(at(&[])), &at(&["a"])),
        Some(State::NewlyObserved)
    );
    assert_eq!(state(&at(&["a"]), &dark(at(&[]))), Some(State::NotObserved));
}

#[test]
fn what_certain_reach_loses_and_possible_reach_gains_is_told() {
    let of = |certain: f64, possible: f64| {
        let mut one = key();
        one["certain"]["points"] = certain.into();
        one["possible"]["points"] = possible.into();
        report(vec![one])
    };
    let old = of(18.0, 20.0);
    assert_eq!(state(&old, &of(19.0, 19.0)), Some(State::Worse));
    assert_eq!(state(&old, &of(17.0, 21.0)), Some(State::Better));
    assert_eq!(state(&old, &of(18.0, 20.0)), None);
    assert_eq!(state(&old, &of(18.0, 21.0)), Some(State::Worse));
    assert_eq!(state(&old, &of(18.0, 19.0)), Some(State::Better));
}

#[test]
fn a_change_of_which_a_part_is_real_is_no_matter_of_sight() {
    let one = |access: &str, points: f64| reached(LEDGER, "crown", access, points);
    let other = |points: f64| {
        let mut end = reached("arn:b", "internal", "admin", points);
        end["proof"] = json!([{"evidence": place(SCAN)}]);
        end
    };
    let of = |top: Vec<Value>| report(vec![credential(KEY, top, &[])]);
    let both = of(vec![one("read", 18.0), other(1.0)]);
    let neither = without_file(of(vec![]), ACCOUNT_FILE);
    // The ledger is out of sight, and the other is gone.
    assert_eq!(state(&both, &neither), Some(State::Better));
    assert_eq!(state(&neither, &both), Some(State::Worse));
    let hidden = without_file(of(vec![other(1.0)]), ACCOUNT_FILE);
    assert_eq!(state(&both, &hidden), Some(State::NotObserved));
    assert_eq!(state(&hidden, &both), Some(State::NewlyObserved));
}

#[test]
fn a_reach_that_became_unknown_where_an_export_is_missing_is_not_observed_though_it_weighed_nothing()
 {
    let of = |is_unknown: bool| {
        let mut one = credential(KEY, vec![], &[]);
        if is_unknown {
            one["unknown"] = "no export says whose it is".into();
        }
        report(vec![one])
    };
    let (known, unknown) = (of(false), of(true));
    assert_eq!(state(&known, &unknown), None);
    for missing in [KEY_FILE, ACCOUNT_FILE] {
        let dark = without_file(of(true), missing);
        assert_eq!(state(&known, &dark), Some(State::NotObserved), "{missing}");
        assert_eq!(
            state(&dark, &known),
            Some(State::NewlyObserved),
            "{missing}"
        );
    }
    assert_eq!(states(&between(&unknown, &unknown)), []);
}

#[test]
fn figures_of_another_measure_say_nothing_of_a_credential() {
    let scored = |points: f64| {
        let mut one = key();
        one["certain"]["points"] = points.into();
        one["possible"]["points"] = points.into();
        let mut report = report(vec![one]);
        report["risk"] =
            json!({"model": "br-1", "mode": "risk", "organisation": {"score": 3}, "bands": {}});
        report
    };
    let plain = report(vec![key()]);
    let changes = between(&plain, &scored(9.0));
    assert!(changes.credentials.is_empty());
    assert_eq!(changes.totals.score, None);
    assert_eq!(cause(&changes, Cause::DataChanged), -9.0);
    // One that is off by now, and weighs less in another measure.
    let mut off = scored(9.0);
    off["credentials"][0]["status"] = "inactive".into();
    assert_eq!(cause(&between(&plain, &off), Cause::DataChanged), -9.0);
    let mut other = scored(9.0);
    other["risk"]["mode"] = "blast-radius".into();
    let modes = between(&other, &scored(9.5));
    assert_eq!((modes.totals.score, modes.credentials.len()), (None, 0));
    let same = between(&scored(9.0), &scored(9.5));
    assert_eq!(same.totals.measures, None);
    assert_eq!(same.credentials[0].state, State::Worse);
    assert_eq!(same.totals.score.map(|score| score.old), Some(points(3.0)));
}
