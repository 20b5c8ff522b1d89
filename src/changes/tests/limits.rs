//! Each limit of a policy: where it holds, where it fails, and whom it names.

use super::*;

/// What came of the one limit of a policy.
fn check(text: &str, old: Option<&Value>, new: &Value) -> super::super::Check {
    let new = parse(new);
    let changes = old.map(|old| compare(&parse(old), &new));
    let mut checks = judge(&policy(text), &new, changes.as_ref()).checks;
    assert_eq!(checks.len(), 1, "{text}");
    checks.remove(0)
}

/// Whether it holds, and what is told.
fn told(text: &str, old: Option<&Value>, new: &Value) -> (Outcome, String) {
    let check = check(text, old, new);
    (check.outcome, check.found)
}

fn outcome(text: &str, old: Option<&Value>, new: &Value) -> Outcome {
    check(text, old, new).outcome
}

/// A credential that reaches nothing, with something changed.
fn idle(id: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut one = credential(id, vec![], &[]);
    change(&mut one);
    one
}

fn accepted(text: &str, credential: &str) -> String {
    format!(
        "{text}\n[[accept]]\ncredential = \"{credential}\"\nowner = \"o\"\nreason = \"r\"\nexpires = 2030-01-01\n"
    )
}

#[test]
fn a_lifetime_is_of_one_kind_and_told_by_what_is_known() {
    let of = |change: &dyn Fn(&mut Value)| report(vec![idle("key", change)]);
    let limit = |days: u64| format!("[lifetime]\naccess-key = {days}");
    let lives = |change: &dyn Fn(&mut Value), days: u64| {
        let report = of(change);
        assert_eq!(
            outcome(&limit(days), None, &report),
            Outcome::Holds,
            "{days}"
        );
        let over = check(&limit(days - 1), None, &report);
        assert_eq!(over.outcome, Outcome::Fails, "{days}");
        over.names[0].clone()
    };
    // From January to June; to its end, where that is told; what has begun counts whole.
    assert_eq!(lives(&|_| {}, 151), "key (is as old as 151 days)");
    let ends = |one: &mut Value| one["expires"] = "2026-02-01T00:00:01Z".into();
    assert_eq!(lives(&ends, 32), "key (lives 32 days)");
    let unmade = |one: &mut Value| {
        one["created"] = Value::Null;
        one["expires"] = "2026-06-11T00:00:00Z".into();
    };
    assert_eq!(lives(&unmade, 10), "key (lives on for 10 days)");
    let untold = of(&|one| one["created"] = Value::Null);
    let (holds, found) = told(&limit(1), None, &untold);
    assert_eq!(holds, Outcome::Holds);
    assert!(
        found.ends_with("; of 1 no export says when they were made"),
        "{found}"
    );
    let (_, found) = told(&limit(1), None, &of(&|_| {}));
    assert!(!found.contains("no export"), "{found}");
    // Another kind, one that is off, and one that is accepted.
    let other = of(&|one| one["kind"] = "password".into());
    let off = of(&|one| one["status"] = "inactive".into());
    for report in [other, off] {
        assert_eq!(outcome(&limit(1), None, &report), Outcome::Holds);
    }
    let yes = accepted(&limit(1), "key");
    assert_eq!(outcome(&yes, None, &of(&|_| {})), Outcome::Holds);
    let another = accepted(&limit(1), "other");
    assert_eq!(outcome(&another, None, &of(&|_| {})), Outcome::Fails);
}

#[test]
fn a_crossing_counts_what_is_certain_or_possible_and_says_what_is_not_shown() {
    let reaching = |id: &str, certain: u64, possible: u64| {
        idle(id, |one| {
            let there = json!({"name": "production", "certain": certain, "possible": possible});
            let here = json!({"name": "staging", "certain": 9, "possible": 9});
            one["breakdown"]["environments"] = json!([here, there]);
        })
    };
    let hidden = |resources: u64| {
        idle("hidden", |one| {
            one["breakdown"] = Value::Null;
            one["possible"]["resources"] = resources.into();
        })
    };
    let limit = "[[crossing]]\nfrom = \"staging\"\nto = \"production\"\n";
    let possible = &format!("{limit}possible = true\n");
    let one = &format!("{limit}most = 1\n");
    let of = |text: &str, all: Vec<Value>| check(text, None, &report(all));
    let fails = of(limit, vec![reaching("a", 2, 3)]);
    assert_eq!(fails.outcome, Outcome::Fails);
    assert_eq!(fails.names, ["a (2 resources)"]);
    assert!(fails.found.contains("for certain"), "{}", fails.found);
    assert_eq!(of(limit, vec![reaching("a", 0, 3)]).outcome, Outcome::Holds);
    let maybe = of(possible, vec![reaching("a", 0, 3)]);
    assert_eq!((maybe.outcome, maybe.names.len()), (Outcome::Fails, 1));
    assert!(maybe.names[0].contains("3 resources") && maybe.found.contains("possibly"));
    let none = of(possible, vec![reaching("a", 0, 0)]);
    assert_eq!(none.outcome, Outcome::Holds);
    // So many may.
    let two = || vec![reaching("a", 1, 1), reaching("b", 1, 1)];
    assert_eq!(of(one, vec![reaching("a", 1, 1)]).outcome, Outcome::Holds);
    assert_eq!(of(one, two()).outcome, Outcome::Fails);
    assert_eq!(of(&accepted(one, "b"), two()).outcome, Outcome::Holds);
    // Of whom nothing is shown that reaches something, nothing is said to hold.
    let unknown = of(limit, vec![hidden(5)]);
    assert_eq!(unknown.outcome, Outcome::NotChecked);
    assert!(
        unknown.found.contains("1 are not shown in full"),
        "{}",
        unknown.found
    );
    assert_eq!(of(limit, vec![hidden(0)]).outcome, Outcome::Holds);
    assert_eq!(
        of(limit, vec![hidden(5), reaching("a", 1, 1)]).outcome,
        Outcome::Fails
    );
    // Of another environment, or of none.
    for home in [json!({"environment": "production"}), json!({}), Value::Null] {
        let mut other = reaching("a", 2, 3);
        other["principal"] = home;
        assert_eq!(of(limit, vec![other]).outcome, Outcome::Holds);
    }
}

#[test]
fn coverage_holds_at_its_share_and_names_who_is_unknown() {
    let all = |unknown: usize, known: usize| {
        let unknown = (0..unknown).map(|at| {
            idle(&format!("unknown-{at}"), |one| {
                one["unknown"] = "no export says".into()
            })
        });
        let known = (0..known).map(|at| idle(&format!("known-{at}"), |_| {}));
        report(unknown.chain(known).collect())
    };
    let least = |percent: &str| format!("[coverage]\nleast_known = \"{percent}\"");
    for (percent, unknown, known, expected) in [
        ("75%", 1, 3, Outcome::Holds),
        ("75.01%", 1, 3, Outcome::Fails),
        ("100%", 0, 1, Outcome::Holds),
        ("100%", 0, 0, Outcome::Holds),
        ("0%", 2, 0, Outcome::Holds),
        ("1%", 2, 0, Outcome::Fails),
    ] {
        let check = check(&least(percent), None, &all(unknown, known));
        assert_eq!(check.outcome, expected, "{percent} {unknown} {known}");
        let named = if expected == Outcome::Fails {
            unknown
        } else {
            0
        };
        assert_eq!(check.names.len(), named, "{percent}");
        assert!(check.names.iter().all(|name| name.starts_with("unknown-")));
    }
    let (_, found) = told(&least("75%"), None, &all(1, 3));
    assert!(
        found.contains("3 of 4") && found.contains("75.00 %"),
        "{found}"
    );

    let gaps = |count: usize| {
        let mut report = report(vec![]);
        let gaps = (0..count).map(|at| json!({"subject": format!("gap-{at}")}));
        report["coverage"] = gaps.collect();
        report
    };
    let most = "[coverage]\nmost_gaps = 2";
    assert_eq!(check(most, None, &gaps(2)).names, [""; 0]);
    let over = check(most, None, &gaps(3));
    assert_eq!((over.outcome, over.names.len()), (Outcome::Fails, 3));
    assert!(over.found.starts_with("3 gaps"), "{}", over.found);
    assert_eq!(outcome(most, None, &gaps(2)), Outcome::Holds);
}

#[test]
fn what_is_not_observed_any_more_is_counted_and_what_is_gone_is_not() {
    let two = || report(vec![key(), idle("other", |_| {})]);
    let unseen = without_file(report(vec![]), KEY_FILE);
    let most = |count: u64| format!("[coverage]\nmost_not_observed = {count}");
    assert_eq!(outcome(&most(2), Some(&two()), &unseen), Outcome::Holds);
    let over = check(&most(1), Some(&two()), &unseen);
    assert_eq!((over.outcome, over.names.len()), (Outcome::Fails, 2));
    assert_eq!(
        outcome(&most(0), Some(&two()), &report(vec![])),
        Outcome::Holds
    );
    assert_eq!(
        outcome(&most(0), Some(&report(vec![])), &two()),
        Outcome::Holds
    );
}

#[test]
fn points_are_those_of_risk_and_the_heaviest_is_named_first() {
    let of =
        |id: &str, points: f64| credential(id, vec![reached(id, "crown", "read", points)], &[]);
    let all = report(vec![
        of("light", 5.0),
        of("b", 7.0),
        of("a", 7.0),
        of("heavy", 9.0),
    ]);
    let limit = "[credentials]\nmost_points = 5";
    let over = check(limit, None, &all);
    assert_eq!(over.names, ["heavy (9.00)", "a (7.00)", "b (7.00)"]);
    assert!(over.found.starts_with("3 credentials"), "{}", over.found);
    let without = check(&accepted(limit, "heavy"), None, &all);
    assert_eq!(without.names, ["a (7.00)", "b (7.00)"]);
    // The mean of certain and possible, where no program says more; else the risk.
    let mut apart = of("apart", 4.0);
    apart["possible"]["points"] = 8.0.into();
    assert_eq!(
        outcome(
            "[credentials]\nmost_points = 6",
            None,
            &report(vec![apart.clone()])
        ),
        Outcome::Holds
    );
    assert_eq!(
        outcome(
            "[credentials]\nmost_points = 5.99",
            None,
            &report(vec![apart])
        ),
        Outcome::Fails
    );
    let scored = with_risk(of("scored", 8.0), 0.5);
    assert_eq!(
        check(
            "[credentials]\nmost_points = 3",
            None,
            &report(vec![scored.clone()])
        )
        .names,
        ["scored (4.00)"]
    );
    let mut other = scored;
    other["risk"]["points"] = 2.into();
    assert_eq!(
        outcome("[credentials]\nmost_points = 3", None, &report(vec![other])),
        Outcome::Holds
    );
}

/// The score of an organisation.
fn scored(mut report: Value, score: f64) -> Value {
    report["risk"] =
        json!({"model": "br-1", "mode": "risk", "organisation": {"score": score}, "bands": {}});
    report
}

#[test]
fn the_organisation_is_held_by_its_score_and_else_by_the_mean() {
    let of = |points: f64| {
        let mut one = key();
        one["possible"]["points"] = points.into();
        report(vec![one])
    };
    // 18 for certain, 20 possibly: 19.
    assert_eq!(
        outcome("[organisation]\nmost = 19", None, &of(20.0)),
        Outcome::Holds
    );
    assert_eq!(
        outcome("[organisation]\nmost = 18.99", None, &of(20.0)),
        Outcome::Fails
    );
    let score = scored(of(20.0), 5.0);
    let (holds, found) = told("[organisation]\nmost = 5", None, &score);
    assert_eq!(holds, Outcome::Holds);
    assert_eq!(
        found,
        "the organisation's score is 5.00, and 5.00 are allowed"
    );
    assert_eq!(
        outcome("[organisation]\nmost = 4.99", None, &score),
        Outcome::Fails
    );
    // What is accepted counts in it all the same.
    let all = accepted("[organisation]\nmost = 4.99", KEY);
    assert_eq!(outcome(&all, None, &score), Outcome::Fails);
}

#[test]
fn growth_is_the_difference_of_scores_and_shown_with_its_sign() {
    let limit = |most: &str| format!("[organisation]\nmost_growth = {most}");
    let (old, new) = (
        scored(report(vec![key()]), 5.0),
        scored(report(vec![key()]), 8.0),
    );
    let (holds, found) = told(&limit("3"), Some(&old), &new);
    assert_eq!(holds, Outcome::Holds);
    assert!(found.contains("grew by +3.00"), "{found}");
    assert_eq!(outcome(&limit("2.99"), Some(&old), &new), Outcome::Fails);
    let (holds, found) = told(&limit("0"), Some(&new), &old);
    assert_eq!(holds, Outcome::Holds);
    assert!(found.contains("grew by -3.00"), "{found}");
    let (_, found) = told(&limit("0"), Some(&new), &new);
    assert!(found.contains("grew by 0.00"), "{found}");
    // Without scores the mean of both sums: 18 more for certain, 20 more possibly.
    let mut one = key();
    one["possible"]["points"] = 20.0.into();
    let (old, new) = (report(vec![]), report(vec![one]));
    assert_eq!(outcome(&limit("19"), Some(&old), &new), Outcome::Holds);
    assert_eq!(outcome(&limit("18.99"), Some(&old), &new), Outcome::Fails);
}

#[test]
fn growth_that_no_run_saw_whole_is_not_checked_where_it_matters() {
    let limit = "[organisation]\nmost_growth = 0";
    let ignoring = &format!("{limit}\n[baseline]\nnewly_observed = \"ignore\"");
    let blind = || without_file(report(vec![]), KEY_FILE);
    let seen = report(vec![key()]);
    // What came into sight grew, and may have been there.
    assert_eq!(outcome(limit, Some(&blind()), &seen), Outcome::Fails);
    assert_eq!(
        outcome(ignoring, Some(&blind()), &seen),
        Outcome::NotChecked
    );
    // What went out of sight shrank, and may be there.
    for text in [limit, ignoring] {
        assert_eq!(outcome(text, Some(&seen), &blind()), Outcome::NotChecked);
        assert_eq!(outcome(text, Some(&seen), &report(vec![])), Outcome::Holds);
        assert_eq!(outcome(text, Some(&report(vec![])), &seen), Outcome::Fails);
    }
    // It grew beyond what is allowed, whatever may be there besides.
    let heavy = |points: f64| {
        let mut one = credential(
            "heavy",
            vec![reached("arn:b", "crown", "read", points)],
            &[],
        );
        one["evidence"] = place(SCAN);
        one
    };
    let both = report(vec![key(), heavy(1.0)]);
    let hidden = without_file(report(vec![heavy(30.0)]), KEY_FILE);
    assert_eq!(outcome(limit, Some(&both), &hidden), Outcome::Fails);
}

#[test]
fn growth_of_all_leaves_out_what_one_run_did_not_look_at_and_says_why_it_grew() {
    let limit = "[credentials]\nmost_growth = 0";
    let ignoring = &format!("{limit}\n[baseline]\nnewly_observed = \"ignore\"");
    let mut other = credential(
        "other",
        vec![reached("arn:b", "internal", "admin", 1.0)],
        &[],
    );
    other["evidence"] = place(SCAN);
    let both = || report(vec![key(), other.clone()]);
    let blind = || without_file(report(vec![]), KEY_FILE);
    let grown = check(limit, Some(&report(vec![])), &both());
    assert_eq!(grown.names, ["new leak +18.00", "new grant +1.00"]);
    assert!(!grown.found.contains("left out"), "{}", grown.found);
    // The key came into sight; the other is new.
    let all = check(limit, Some(&blind()), &both());
    assert!(all.found.contains("grew by +19.00"), "{}", all.found);
    let rest = check(ignoring, Some(&blind()), &both());
    assert!(rest.found.contains("grew by +1.00"), "{}", rest.found);
    assert!(
        rest.found.contains("(+18.00) is left out"),
        "{}",
        rest.found
    );
    assert_eq!(rest.outcome, Outcome::Fails);
    // The key went out of sight; nothing of that sets off what is new.
    let hidden = without_file(report(vec![other.clone()]), KEY_FILE);
    let masked = check(limit, Some(&report(vec![key()])), &hidden);
    assert_eq!(masked.outcome, Outcome::Fails);
    assert!(masked.found.contains("grew by +1.00"), "{}", masked.found);
    assert!(
        masked.found.contains("(-18.00) is left out"),
        "{}",
        masked.found
    );
    assert_eq!(
        outcome(limit, Some(&both()), &report(vec![key()])),
        Outcome::Holds
    );
    assert_eq!(check(limit, Some(&both()), &both()).names, [""; 0]);
}

#[test]
fn a_path_that_was_critical_is_not_new_when_it_gets_worse() {
    let limit = "[paths]\nmost_new_critical = 0";
    let with = |access: &str, is_certain: bool| {
        let mut end = reached(LEDGER, "crown", access, 18.0);
        end["certain"] = is_certain.into();
        report(vec![credential(KEY, vec![end], &["repo"])])
    };
    assert_eq!(
        outcome(limit, Some(&with("read", true)), &with("admin", true)),
        Outcome::Holds
    );
    assert_eq!(
        outcome(limit, Some(&with("read", false)), &with("read", true)),
        Outcome::Holds
    );
    // What was only listed leads there now.
    let over = check(limit, Some(&with("list", true)), &with("read", false));
    assert_eq!(over.names, [format!("{KEY} => {LEDGER} (read, possibly)")]);
    assert_eq!(
        check(limit, Some(&with("list", true)), &with("read", true)).names,
        [format!("{KEY} => {LEDGER} (read, for certain)")]
    );
}

#[test]
fn crown_jewels_that_no_list_names_are_counted_each_once() {
    let limit = "[paths]\nmost_new_critical = 0";
    // So many are reached, and these are listed.
    let of = |crowns: usize, listed: &[&str], exposures: &[&str]| {
        let top = listed.iter().map(|id| reached(id, "crown", "read", 18.0));
        let mut one = credential(KEY, top.collect(), exposures);
        one["possible"]["crown_jewels"] = crowns.into();
        one["possible"]["resources"] = (crowns + 1).into();
        report(vec![one])
    };
    let found = |old: &Value, new: &Value| {
        let check = check(limit, Some(old), new);
        (
            check.found.split(' ').next().unwrap().to_owned(),
            check.names.len(),
        )
    };
    let told = |count: u64, names: usize| (count.to_string(), names);
    let repo = &["repo"][..];
    assert_eq!(
        found(&of(1, &["a"], repo), &of(4, &["a"], repo)),
        told(3, 1)
    );
    // One of those more is listed as a new path.
    let short = without_paths(of(1, &["a"], repo));
    assert_eq!(found(&short, &of(3, &["a", "b"], repo)), told(2, 2));
    // All are listed; nobody robs it; as many as before.
    assert_eq!(
        found(&of(1, &["a"], repo), &of(1, &["a"], repo)),
        told(0, 0)
    );
    assert_eq!(found(&of(1, &["a"], &[]), &of(4, &["a"], &[])), told(0, 0));
    assert_eq!(
        found(&of(4, &["a"], repo), &of(4, &["a"], repo)),
        told(0, 0)
    );
    // What was reached while nobody could rob it is new to thieves.
    assert_eq!(found(&of(4, &["a"], &[]), &of(4, &["a"], repo)), told(4, 2));
    // Accepted with its credential.
    let more = accepted(limit, KEY);
    assert_eq!(
        outcome(&more, Some(&of(1, &["a"], repo)), &of(4, &["a"], repo)),
        Outcome::Holds
    );
    // What the baseline did not look at counts, unless the policy says otherwise; what is new counts all the same.
    let ignoring = &format!("{limit}\n[baseline]\nnewly_observed = \"ignore\"");
    let (none, blind) = (report(vec![]), without_file(report(vec![]), KEY_FILE));
    let new = of(2, &[], repo);
    assert_eq!(found(&blind, &new), told(2, 1));
    assert_eq!(outcome(ignoring, Some(&blind), &new), Outcome::Holds);
    assert_eq!(outcome(ignoring, Some(&none), &new), Outcome::Fails);
}

/// The same as a report that lists all that its credentials reach.
fn without_paths(mut report: Value) -> Value {
    for one in report["credentials"].as_array_mut().unwrap() {
        one["possible"]["resources"] = one["top"].as_array().unwrap().len().into();
    }
    report
}

#[test]
fn a_new_finding_counts_by_its_severity_and_an_old_one_never() {
    let with = |all: &[(&str, &str)]| {
        let mut report = report(vec![key()]);
        let finding = |(print, severity): &(&str, &str)| {
            json!({"rule": "BR-EXP-01", "fingerprint": print, "severity": severity,
            "subject": KEY, "object": null, "text": "lies in public", "evidence": place(KEY_FILE), "points": 18})
        };
        report["findings"] = all.iter().map(finding).collect();
        report
    };
    let limit = "[findings]\nhigh = 1\n";
    let (a, b, c) = (("a", "high"), ("b", "high"), ("c", "critical"));
    let none = with(&[]);
    assert_eq!(outcome(limit, Some(&none), &with(&[a, c])), Outcome::Holds);
    let over = check(limit, Some(&none), &with(&[a, b, c]));
    assert_eq!((over.outcome, over.names.len()), (Outcome::Fails, 2));
    assert_eq!(over.names[0], "BR-EXP-01 lies in public (a)");
    assert_eq!(
        outcome(limit, Some(&with(&[a])), &with(&[a, b])),
        Outcome::Holds
    );
    assert_eq!(outcome(limit, Some(&with(&[a, b])), &none), Outcome::Holds);
    // What the baseline did not look at is no news.
    let blind = without_file(none, KEY_FILE);
    assert_eq!(outcome(limit, Some(&blind), &with(&[a, b])), Outcome::Holds);
    // A program that makes no findings has not found none.
    let without = report(vec![key()]);
    assert_eq!(
        outcome(limit, Some(&with(&[])), &without),
        Outcome::NotChecked
    );
}

#[test]
fn what_is_accepted_is_taken_out_of_the_sums_alone() {
    let all = report(vec![
        key(),
        credential(
            "other",
            vec![reached("arn:b", "internal", "admin", 1.0)],
            &[],
        ),
    ]);
    let verdict = judge(&policy(&accepted("", "other")), &parse(&all), None);
    assert_eq!(verdict.with.certain, points(19.0));
    assert_eq!(verdict.without.certain, points(18.0));
    let nobody = judge(&policy(&accepted("", "nobody")), &parse(&all), None);
    assert_eq!(nobody.without, nobody.with);
}
