//! What is read back: reports, policies and histories, each whole or not at all.

use super::super::{Line, history_with};
use super::*;
use camino::Utf8PathBuf;

#[test]
fn parts_of_a_report_that_do_not_make_the_whole_are_told() {
    let error = |change: &dyn Fn(&mut Value)| {
        let mut broken = report(vec![key()]);
        change(&mut broken);
        let read = Report::parse(Utf8Path::new("r.json"), broken.to_string().as_bytes());
        read.unwrap_err().to_string()
    };
    for layer in ["certain", "possible"] {
        let told = error(&|report| report["totals"][layer] = json!(17));
        let says = format!("totals.{layer} says 17, and the credentials add up to 18");
        assert!(told.contains(&says), "{told}");
    }
    for (list, what) in [
        ("exposures", "exposure \"repo\""),
        ("credentials", "credential"),
    ] {
        let told = error(&|report| {
            let again = report[list][0].clone();
            report[list].as_array_mut().unwrap().push(again);
        });
        assert!(
            told.contains(what) && told.contains("is there twice"),
            "{told}"
        );
    }
    let told = error(&|report| {
        let again = report["inputs"]["files"][0].clone();
        report["inputs"]["files"]
            .as_array_mut()
            .unwrap()
            .push(again);
    });
    assert!(
        told.contains("file") && told.contains("is there twice"),
        "{told}"
    );
    // More than sums could be made of.
    let told = error(&|report| {
        report["fixes"] =
            json!([{"id": "a", "text": "", "certain": 1e30, "possible": 1, "evidence": []}])
    });
    assert!(
        told.contains("`fixes[0].certain`: no number of points"),
        "{told}"
    );
}

#[test]
fn every_fault_of_a_policy_is_told_in_order_of_line() {
    let error = |text: &str| {
        let read = Policy::parse(Utf8Path::new("p.toml"), text);
        read.unwrap_err().to_string()
    };
    let told = error("[lifetime]\naccess-key = \"x\"\n[organisation]\nmost = \"y\"\n[nothing]\n");
    let lines: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("p.toml:"))
        .collect();
    let at = |line: &str| {
        line.trim()
            .split(':')
            .nth(1)
            .unwrap()
            .parse::<usize>()
            .unwrap()
    };
    let lines: Vec<usize> = lines.into_iter().map(at).collect();
    assert_eq!(lines, [2, 4, 5]);
    for (text, says) in [
        (
            "[coverage]\nleast_known = \"0.00000025%\"",
            "`least_known` is no share",
        ),
        ("[coverage]\nleast_known = 1.1", "`least_known` is no share"),
        (
            "[coverage]\nleast_known = \"most\"",
            "`least_known` is no share",
        ),
        ("[organisation]\nmost = 1000000001", "no number of points"),
        ("[paths]\nmost_new_critical = 1000000001", "no whole number"),
        (
            "[[crossing]]\nfrom = \"a\"\nto = \"b\"\nmots = 1",
            "did you mean `most`?",
        ),
        (
            "[[crossing]]\nfrom = \"a\"\nto = \"b\"\npossible = 1",
            "neither true nor false",
        ),
        (
            "[[accept]]\npath = \"a\"\nowner = \"o\"\nreason = \"r\"\nexpires = \"20270331\"",
            "`expires` is no day",
        ),
        (
            "[[accept]]\npath = \"a\"\nowner = \"o\"\nreason = \"r\"\nexpires = 2027-03-31T12:00:00Z",
            "`expires` is no day",
        ),
        (
            "[[accept]]\npath = \"a\"\nowner = \"o\"\nreason = \"r\"\nexpires = \"2027-02-30\"",
            "`expires` is no day",
        ),
    ] {
        assert!(error(text).contains(says), "{text}: {}", error(text));
    }
    assert_eq!(
        policy("[coverage]\nleast_known = \"12.5%\"").least_known,
        Some(points(0.125))
    );
}

#[test]
fn each_limit_alone_makes_a_policy_and_what_is_accepted_makes_none() {
    for limit in [
        "[organisation]\nmost = 0",
        "[organisation]\nmost_growth = 0",
        "[paths]\nmost_new_critical = 0",
        "[credentials]\nmost_points = 0",
        "[credentials]\nmost_growth = 0",
        "[lifetime]\npassword = 1",
        "[[crossing]]\nfrom = \"a\"\nto = \"b\"",
        "[findings]\nlow = 0",
        "[coverage]\nleast_known = 0",
        "[coverage]\nmost_gaps = 0",
        "[coverage]\nmost_not_observed = 0",
    ] {
        assert!(policy(limit).sets(), "{limit}");
    }
    let accept = "[[accept]]\npath = \"a\"\nowner = \"o\"\nreason = \"r\"\nexpires = 2030-01-01";
    for nothing in [
        "",
        "[baseline]\nnewly_observed = \"ignore\"",
        "[organisation]",
        accept,
    ] {
        assert!(!policy(nothing).sets(), "{nothing}");
    }
}

/// A report of a day with something of all that a line tells.
fn told(day: &str) -> Line {
    let mut unknown = credential("unknown", vec![], &["repo"]);
    unknown["unknown"] = "no export says whose it is".into();
    let mut maybe = key();
    maybe["id"] = "maybe".into();
    maybe["certain"] = reach(0.0, 0, 0);
    maybe["possible"]["crown_jewels"] = 3.into();
    let mut report = report(vec![key(), unknown, maybe, credential("kept", vec![], &[])]);
    report["as_of"] = format!("{day}T00:00:00Z").into();
    report["coverage"] = json!([{"subject": "a"}, {"subject": "b"}]);
    let finding = |print: &str, severity: &str| {
        json!({"rule": "BR-EXP-01", "fingerprint": print, "severity": severity, "subject": KEY, "object": null,
            "text": "it lies there", "evidence": [], "points": null})
    };
    report["findings"] = json!([
        finding("a", "high"),
        finding("b", "high"),
        finding("c", "info")
    ]);
    report["risk"] = json!({"model": "br-1", "mode": "risk", "organisation": {"score": 2.5},
        "bands": {"critical": 1, "unknown": 1}});
    Line::of(&parse(&report))
}

#[test]
fn a_line_of_a_history_counts_what_the_report_holds() {
    let line = told("2026-06-01");
    assert_eq!((line.certain, line.possible), (points(18.0), points(36.0)));
    assert_eq!(line.score, Some(points(2.5)));
    assert_eq!(line.model.as_deref(), Some("br-1 risk"));
    assert_eq!(
        (
            line.bands["critical"],
            line.bands["unknown"],
            line.bands.len()
        ),
        (1, 1, 2)
    );
    assert_eq!((line.credentials, line.exposed, line.unknown), (4, 3, 1));
    assert_eq!((line.crown_jewels, line.exposures, line.gaps), (3, 1, 2));
    assert_eq!((line.findings["high"], line.findings["info"]), (2, 1));
    let plain = Line::of(&parse(&report(vec![])));
    assert_eq!(
        (plain.score, plain.model, plain.crown_jewels),
        (None, None, 0)
    );
}

#[test]
fn a_history_is_in_order_and_holds_each_moment_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().join("h.jsonl")).unwrap();
    let with = |line: Line| history_with(&path, line);
    let days = |lines: Vec<Line>| -> Vec<String> {
        lines
            .iter()
            .map(|line| line.as_of.to_string().chars().take(10).collect())
            .collect()
    };
    assert_eq!(days(with(told("2026-06-01")).unwrap()), ["2026-06-01"]);
    let text = |line: &Line| serde_json::to_string(line).unwrap();
    let (may, july) = (told("2026-05-01"), told("2026-07-01"));
    // Blank lines are none; later ones may stand first.
    std::fs::write(&path, format!("{}\n\n{}\n", text(&july), text(&may))).unwrap();
    let three = with(told("2026-06-01")).unwrap();
    assert_eq!(days(three), ["2026-05-01", "2026-06-01", "2026-07-01"]);
    let mut again = told("2026-05-01");
    again.credentials = 99;
    let two = with(again).unwrap();
    assert_eq!(
        (two[0].credentials, two[1].credentials, two.len()),
        (99, 4, 2)
    );
    // A line of a later version, or of something else, is told with its place.
    for (line, says) in [
        (
            text(&may).replace("\"version\":1", "\"version\":2"),
            "it has version 2, and this program reads 1",
        ),
        (
            text(&may).replace("2026-05-01T00:00:00Z", "soon"),
            "no moment",
        ),
        ("{}".to_owned(), "missing field"),
    ] {
        std::fs::write(&path, format!("{}\n{line}\n", text(&july))).unwrap();
        let told = with(told("2026-06-01")).unwrap_err().to_string();
        assert!(told.contains("h.jsonl:2`") && told.contains(says), "{told}");
    }
}
