//! Bands of two runs, and what is left of a score without what is accepted.

use super::{between, key, parse, policy, report, with_risk};
use crate::changes::{Line, judge};
use serde_json::{Value, json};

fn scored(critical: u64, high: u64, threshold: f64) -> Value {
    let mut report = report(vec![with_risk(key(), 0.5)]);
    report["risk"] = json!({"model": "br-1", "mode": "blast-radius", "organisation": {"score": 9},
        "bands": {"critical": critical, "high": high, "low": 0},
        "thresholds": {"critical": threshold, "high": 0.01, "medium": 0.001}});
    report
}

#[test]
fn bands_are_compared_where_they_begin_at_the_same_shares() {
    let changes = between(&scored(1, 0, 0.1), &scored(0, 1, 0.1));
    let bands = changes.totals.bands.clone().unwrap();
    assert_eq!((bands.old["critical"], bands.new["critical"]), (1, 0));
    assert_eq!(changes.totals.thresholds, None);
}

#[test]
fn other_thresholds_are_told_and_make_nothing_worse() {
    let changes = between(&scored(0, 1, 0.1), &scored(1, 0, 0.05));
    assert_eq!(changes.totals.bands, None);
    let measures = changes.totals.thresholds.clone().unwrap();
    assert_eq!(measures.old, "critical 0.1, high 0.01, medium 0.001");
    assert_eq!(measures.new, "critical 0.05, high 0.01, medium 0.001");
    assert!(changes.credentials.is_empty(), "nothing got worse by that");
    // Of two measures nothing is told either, nor of a report that does not say where its bands begin.
    let mut other = scored(1, 0, 0.1);
    other["risk"]["mode"] = "risk".into();
    assert_eq!(between(&scored(0, 1, 0.1), &other).totals.bands, None);
    let mut silent = scored(1, 0, 0.1);
    silent["risk"].as_object_mut().unwrap().remove("thresholds");
    let changes = between(&silent, &scored(0, 1, 0.1));
    assert_eq!(
        (changes.totals.bands, changes.totals.thresholds),
        (None, None)
    );
}

#[test]
fn the_score_without_what_is_accepted_is_the_reports() {
    let mut report = scored(1, 0, 0.1);
    let limit = policy("[organisation]\nmost = 10");
    let points = super::points;
    let verdict = judge(&limit, &parse(&report), None);
    assert_eq!(verdict.score, Some((points(9.0), points(9.0))));
    assert_eq!(Line::of(&parse(&report)).unaccepted, None);
    report["risk"]["unaccepted"] = json!({"accepted": 1, "score": 2.5});
    let verdict = judge(&limit, &parse(&report), None);
    assert_eq!(verdict.score, Some((points(9.0), points(2.5))));
    let line = Line::of(&parse(&report));
    assert_eq!(line.unaccepted, Some(points(2.5)));
    assert_eq!(line.thresholds["critical"], points(0.1));
    report.as_object_mut().unwrap().remove("risk");
    assert_eq!(judge(&limit, &parse(&report), None).score, None);
}

#[test]
fn a_review_that_is_too_long_ago_breaks_its_limit_and_one_that_nothing_tells_only_where_it_counts()
{
    // As of 2026-06-01.
    let reviewed = |at: Value| {
        let mut report = report(vec![key()]);
        report["credentials"][0]["last_review"] = at;
        report
    };
    let fails = |text: &str, new: &Value| super::fails(text, None, new);
    let limit = "[credentials]\nlongest_since_review = 31\n";
    let on_the_day = reviewed(json!("2026-05-01T00:00:00Z"));
    assert_eq!(fails(limit, &on_the_day), [""; 0]);
    let before = reviewed(json!("2026-04-30T23:00:00Z"));
    assert_eq!(
        fails(limit, &before),
        [
            "credentials.longest_since_review".to_owned(),
            format!("{} (32 days ago)", super::KEY)
        ]
    );
    let never = reviewed(Value::Null);
    assert_eq!(fails(limit, &never), [""; 0]);
    let verdict = judge(&policy(limit), &parse(&never), None);
    assert!(
        verdict.checks[0]
            .found
            .ends_with("; of 1 nothing tells when")
    );
    let counting = format!("{limit}never_reviewed = \"count\"\n");
    assert_eq!(fails(&counting, &never).len(), 2);
    assert_eq!(fails(&counting, &on_the_day), [""; 0]);
    let mut inactive = before;
    inactive["credentials"][0]["status"] = "inactive".into();
    assert_eq!(fails(limit, &inactive), [""; 0]);
}
