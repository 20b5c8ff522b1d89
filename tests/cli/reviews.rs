//! When somebody looked last at a credential.

use super::{code, exports, leakreach, text};
use serde_json::Value;
use std::fs;
use std::path::Path;

const KEY: &str = "aws:access-key:AKIAEXAMPLEADA222222";

/// What the register says of a credential.
fn register(folder: &Path, id: &str, as_of: &str) -> Value {
    let as_of = format!("--as-of={as_of}");
    let listed = leakreach(
        folder,
        &[
            "list",
            "credentials",
            "--in",
            "in",
            &as_of,
            "--format",
            "json",
        ],
    );
    assert_eq!(code(&listed), 0, "{}", text(&listed.stderr));
    let rows: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let rows = rows.as_array().unwrap().iter();
    let mut named = rows.filter(|row| row["id"] == id);
    let row = named.next().unwrap().clone();
    row["last_review"].clone()
}

fn estate(folder: &Path, rules: &str) {
    fs::write(folder.join("in/leakreach.toml"), rules).unwrap();
}

#[test]
fn the_estate_file_tells_of_users_and_of_keys_and_the_latest_day_counts() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    exports(folder);
    let last_review = |rules: &str| {
        estate(folder, rules);
        register(folder, KEY, "2026-01-01")
    };
    assert_eq!(last_review(""), Value::Null);
    let key =
        "[[rule]]\nkind = \"access-key\"\naccount = \"111122223333\"\nreviewed = 2025-09-01\n";
    assert_eq!(last_review(key), "2025-09-01");
    let user = "[[rule]]\nkind = \"user\"\nname = \"ada\"\nreviewed = 2025-10-01\n";
    assert_eq!(
        last_review(user),
        "2025-10-01",
        "that of whom it authenticates"
    );
    assert_eq!(last_review(&format!("{user}{key}")), "2025-10-01");
    let earlier = key.replace("09-01", "02-01");
    assert_eq!(last_review(&format!("{key}{earlier}")), "2025-09-01");
    // Others are not meant, and what is yet to come in this run has not been.
    for other in [
        key.replace("111122223333", "999900001111"),
        key.replace("access-key", "password"),
        user.replace("ada", "bob"),
        key.replace("2025-09-01", "2026-01-02"),
    ] {
        assert_eq!(last_review(&other), Value::Null, "{other}");
    }
    estate(folder, &key.replace("2025-09-01", "2026-01-02"));
    assert_eq!(register(folder, KEY, "2026-01-02"), "2026-01-02");
}

#[test]
fn a_review_that_is_no_day_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    exports(folder);
    for wrong in ["\"soon\"", "2025-09-01T10:00:00Z", "20250901", "true"] {
        estate(
            folder,
            &format!("[[rule]]\nkind = \"access-key\"\nreviewed = {wrong}\n"),
        );
        let output = leakreach(folder, &["analyze", "in", "--as-of=2026-01-01", "--json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let problems = report["problems"].as_array().unwrap();
        let told = problems.iter().any(|one| {
            one["message"] == "this is no day"
                && one["line"] == 3
                && one["pointer"] == "/rule/0/reviewed"
        });
        assert!(told, "{wrong}: {problems:?}");
        assert_eq!(report["credentials"][0]["last_review"], Value::Null);
    }
}

#[test]
fn a_review_of_a_key_that_has_no_id_is_one_of_the_key_that_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir_all(folder.join("in")).unwrap();
    let nodes = |made: &str| {
        let text = format!(
            "word,id,type,principal,created,identifier,last_review\n\
             principal,robot,service-account,,,,\n\
             credential,named,access-key,robot,2025-01-01,17,\n\
             credential,slot,access-key,robot,{made},,2025-06-01\n"
        );
        fs::write(folder.join("in/nodes.csv"), text).unwrap();
        register(folder, "named", "2026-01-01")
    };
    assert_eq!(nodes("2025-01-01"), "2025-06-01");
    assert_eq!(nodes("2025-01-02"), Value::Null, "another key");
}

#[test]
fn our_own_format_tells_of_principals_and_credentials_in_every_report() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir_all(folder.join("in")).unwrap();
    fs::write(
        folder.join("in/nodes.csv"),
        "word,id,type,principal,last_review\n\
         principal,robot,service-account,,2025-03-01\n\
         credential,key-1,api-key,robot,2025-02-01\n\
         credential,key-2,api-key,robot,2025-04-01\n\
         credential,key-3,api-key,,2025-05-01T08:00:00Z\n\
         credential,key-4,api-key,,\n\
         credential,key-5,api-key,,someday\n",
    )
    .unwrap();
    let of = |id: &str| register(folder, id, "2026-01-01");
    assert_eq!(of("key-1"), "2025-03-01", "the later one of both");
    assert_eq!(of("key-2"), "2025-04-01");
    assert_eq!(of("key-3"), "2025-05-01");
    assert_eq!([of("key-4"), of("key-5")], [Value::Null, Value::Null]);
    let output = leakreach(
        folder,
        &[
            "analyze",
            "in",
            "--as-of=2026-01-01",
            "--out=out",
            "--format=json,csv,html",
        ],
    );
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = fs::read(folder.join("out/report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let all = report["credentials"].as_array().unwrap();
    let third = all.iter().find(|one| one["id"] == "key-3").unwrap();
    assert_eq!(third["last_review"], "2025-05-01T08:00:00Z");
    let problems = report["problems"].as_array().unwrap();
    assert!(
        problems
            .iter()
            .any(|one| one["pointer"] == "/6/last_review"),
        "{problems:?}"
    );
    let csv = fs::read_to_string(folder.join("out/report.csv")).unwrap();
    assert!(csv.contains("\"2025-05-01T08:00:00Z\""), "{csv}");
    let html = fs::read_to_string(folder.join("out/report.html")).unwrap();
    assert!(html.contains("last reviewed 2025-05-01"));
    let listed = leakreach(
        folder,
        &[
            "list",
            "principals",
            "--in",
            "in",
            "--as-of=2026-01-01",
            "--format=csv",
        ],
    );
    let text = text(&listed.stdout);
    assert!(
        text.contains("last_review") && text.contains("2025-03-01"),
        "{text}"
    );
}
