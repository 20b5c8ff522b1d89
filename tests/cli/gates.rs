//! What a policy says of a run beside its limits: bands, and what is left without what is accepted.

use super::{code, exports, leakreach, text};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Robots `one` and `two` that read a crown jewel, of which `two` administers an internal thing too; each has a key that
/// never ends. Something of great value lies beside it, so that shares are small.
fn register(folder: &Path) {
    let key = |name: &str| {
        json!({"id": format!("key-{name}"), "type": "access-key", "principal": name, "status": "active",
            "created": "2025-01-01T00:00:00Z", "expires": "never"})
    };
    let mut resources: Vec<Value> = (0..9)
        .map(|number| json!({"id": format!("other-{number}"), "sensitivity": "crown"}))
        .collect();
    resources.push(json!({"id": "vault", "sensitivity": "crown"}));
    resources.push(json!({"id": "wiki", "sensitivity": "internal"}));
    let register = json!({
        "leakreach": 1,
        "principals": [{"id": "one", "type": "service-account"}, {"id": "two", "type": "service-account"},
            {"id": "three", "type": "service-account"}],
        "credentials": [key("one"), key("two"), key("three")],
        "resources": resources,
        "steps": [
            {"needs": ["principal:one"], "gain": "read:vault", "scope": "grant-1"},
            {"needs": ["principal:two"], "gain": "read:vault", "scope": "grant-2"},
            {"needs": ["principal:two"], "gain": "admin:wiki", "scope": "grant-2"},
            {"needs": ["principal:three"], "gain": "admin:wiki", "scope": "grant-3"}]
    });
    fs::create_dir_all(folder.join("in")).unwrap();
    fs::write(folder.join("in/register.json"), register.to_string()).unwrap();
}

/// A gate of that policy, and the report that it wrote.
fn gated(folder: &Path, policy: &str, more: &[&str]) -> (i32, String, Value) {
    fs::write(folder.join("policy.toml"), policy).unwrap();
    let mut arguments = vec!["gate", "in", "--as-of=2026-01-01", "--policy=policy.toml"];
    arguments.extend(["--out=out", "--format=json,markdown"]);
    arguments.extend(more);
    let output = leakreach(folder, &arguments);
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    let report = fs::read(folder.join("out/report.json")).unwrap_or_default();
    let report = serde_json::from_slice(&report).unwrap_or(Value::Null);
    (code(&output), told, report)
}

const LIMIT: &str = "[credentials]\nmost_points = 1000\n";

fn band<'r>(report: &'r Value, id: &str) -> &'r str {
    let all = report["credentials"].as_array().unwrap();
    let one = all.iter().find(|one| one["id"] == id).unwrap();
    one["risk"]["band"].as_str().unwrap()
}

#[test]
fn bands_of_the_policy_win_over_those_of_the_estate_file_for_that_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    register(folder);
    // The third key loses about one point of 301: 0.0033 of all value.
    let (status, told, report) = gated(folder, LIMIT, &[]);
    assert_eq!(status, 0, "{told}");
    assert_eq!(band(&report, "key-three"), "medium");
    let thresholds = json!({"critical": 0.1, "high": 0.01, "medium": 0.001});
    assert_eq!(report["risk"]["thresholds"], thresholds);
    let estate = "[risk.band]\nhigh = 0.002\nmedium = 0.0001\n";
    fs::write(folder.join("in/leakreach.toml"), estate).unwrap();
    let (_, _, report) = gated(folder, LIMIT, &[]);
    assert_eq!(band(&report, "key-three"), "high");
    let before = report["risk"]["bands"].clone();
    let of_policy = format!("{LIMIT}[band]\nhigh = 0.004\n");
    let (_, _, report) = gated(folder, &of_policy, &[]);
    assert_eq!(band(&report, "key-three"), "medium");
    let thresholds = json!({"critical": 0.1, "high": 0.004, "medium": 0.0001});
    assert_eq!(
        report["risk"]["thresholds"], thresholds,
        "the rest is the estate's"
    );
    assert_ne!(report["risk"]["bands"], before);
    // What a crown jewel decides no threshold does.
    assert_eq!(band(&report, "key-one"), "critical");
    // Outside the gate the estate file holds.
    let output = leakreach(
        folder,
        &[
            "analyze",
            "in",
            "--as-of=2026-01-01",
            "--out=plain",
            "--quiet",
        ],
    );
    assert_eq!(code(&output), 0);
    let diff = leakreach(folder, &["diff", "plain", "out"]);
    let told = text(&diff.stdout);
    assert!(
        told.contains("critical 0.1, high 0.004, medium 0.0001; was critical 0.1, high 0.002"),
        "{told}"
    );
    assert!(!told.contains("worse"), "{told}");
    assert!(told.contains("they are not compared"), "{told}");
    // Between runs that mean the same by them bands are counted.
    let register = fs::read_to_string(folder.join("in/register.json")).unwrap();
    fs::write(
        folder.join("in/register.json"),
        register.replace("principal:three", "principal:two"),
    )
    .unwrap();
    let output = leakreach(
        folder,
        &[
            "analyze",
            "in",
            "--as-of=2026-01-01",
            "--out=less",
            "--quiet",
        ],
    );
    assert_eq!(code(&output), 0);
    let diff = leakreach(folder, &["diff", "plain", "less"]);
    let told = text(&diff.stdout);
    assert!(
        told.contains("  bands: 2 critical, 1 none, was 2 critical, 1 high\n"),
        "{told}"
    );
    let same = leakreach(folder, &["diff", "less", "less"]);
    assert!(!text(&same.stdout).contains("bands"));
}

#[test]
fn a_band_that_cannot_be_is_told_by_file_and_line_and_ends_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    exports(folder);
    for (band, says) in [
        ("high = 1.5", "policy.toml:4: `high` is no share"),
        (
            "hihg = 0.1",
            "policy.toml:4: `hihg` is not known here\n    help: did you mean `high`?",
        ),
    ] {
        let (status, told, report) = gated(folder, &format!("{LIMIT}[band]\n{band}\n"), &[]);
        assert_eq!((status, report), (3, Value::Null), "{told}");
        assert!(told.contains(says), "{told}");
    }
    // Bands are no limit, and belong into no file of what is accepted.
    let (status, told, _) = gated(folder, "[band]\nhigh = 0.1\n", &[]);
    assert_eq!(status, 3);
    assert!(told.contains("sets no limit"), "{told}");
    fs::write(folder.join("accepted.toml"), "[band]\nhigh = 0.1\n").unwrap();
    let (status, told, _) = gated(folder, LIMIT, &["--accepted=accepted.toml"]);
    assert_eq!(status, 3);
    assert!(
        told.contains("`accepted.toml` sets limits or bands"),
        "{told}"
    );
}

fn accept(id: &str, expires: &str) -> String {
    format!(
        "{LIMIT}[[accept]]\ncredential = \"{id}\"\nowner = \"shop\"\nreason = \"known\"\nexpires = {expires}\n"
    )
}

#[test]
fn the_score_without_what_is_accepted_is_that_of_the_other_credentials_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    register(folder);
    let (_, told, report) = gated(
        folder,
        &accept("key-two", "2026-03-31"),
        &["--history=runs.jsonl"],
    );
    let number = |value: &Value| value.as_f64().unwrap();
    let chance = number(&report["credentials"][0]["risk"]["chance"]);
    assert!(chance > 0.9 && chance < 1.0, "{chance}");
    // By hand: V · (1 − Π (1 − P · A)), the vault (30) read (0.6) by two keys, the wiki (1) administered (1) by two.
    let (read, admin) = (1.0 - 0.6 * chance, 1.0 - chance);
    let all = 30.0 * (1.0 - read * read) + (1.0 - admin * admin);
    let others = 30.0 * (1.0 - read) + (1.0 - admin);
    let near = |value: &Value, expected: f64| {
        assert!(
            (number(value) - expected).abs() < 1e-4,
            "{value} {expected}"
        );
    };
    near(&report["risk"]["organisation"]["score"], all);
    let left = &report["risk"]["unaccepted"];
    near(&left["score"], others);
    assert_eq!(left["accepted"], 1);
    // No sum: what the accepted key weighs cannot be taken off.
    let points = |id: &str| {
        let all = report["credentials"].as_array().unwrap();
        let one = all.iter().find(|one| one["id"] == id).unwrap();
        number(&one["possible"]["points"])
    };
    near(
        &left["points"]["possible"],
        points("key-one") + points("key-three"),
    );
    assert!((all - points("key-two") - others).abs() > 1.0);
    let shown = format!("score of the organisation: {all:.2} with; {others:.2} without");
    assert!(told.contains(&shown), "{told}");
    let summary = fs::read_to_string(folder.join("out/summary.md")).unwrap();
    let row = summary
        .lines()
        .find_map(|line| line.strip_prefix("| Score of the organisation | "));
    let row = row
        .unwrap()
        .strip_suffix(" without what is accepted |")
        .unwrap();
    let shown: Vec<f64> = row.split(", ").map(|one| one.parse().unwrap()).collect();
    assert!(
        (shown[0] - all).abs() < 0.01 && (shown[1] - others).abs() < 0.01,
        "{row}"
    );
    let history = fs::read_to_string(folder.join("runs.jsonl")).unwrap();
    let line: Value = serde_json::from_str(&history).unwrap();
    near(&line["unaccepted"], others);
    near(&line["score"], all);
    near(&line["thresholds"]["critical"], 0.1);
}

#[test]
fn what_expired_or_names_nothing_leaves_nothing_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    register(folder);
    for policy in [
        accept("key-two", "2026-01-01"),
        accept("key-four", "2026-03-31"),
        accept("key-two", "2026-03-31")
            .replace("credential = \"key-two\"", "path = \"key-two => vault\""),
    ] {
        let (status, told, report) = gated(folder, &policy, &[]);
        assert_eq!(status, 0, "{told}");
        assert_eq!(report["risk"].get("unaccepted"), None, "{policy}");
        let score = report["risk"]["organisation"]["score"].as_f64().unwrap();
        let shown = format!("{score:.2} with; {score:.2} without");
        assert!(told.contains(&shown), "{told}");
        let summary = fs::read_to_string(folder.join("out/summary.md")).unwrap();
        assert!(!summary.contains("without what is accepted"), "{summary}");
    }
}
