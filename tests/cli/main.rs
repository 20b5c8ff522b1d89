//! The program as its users run it: through the binary, with a scrubbed environment.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bound;
mod changes;
mod ci;
mod collect;
mod gates;
mod questions;
mod reviews;
mod shards;
mod year;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;

fn leakreach(folder: &Path, arguments: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("leakreach")
        .unwrap()
        .env_clear()
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// One user with a key that reads one bucket.
fn exports(folder: &Path) {
    let below = folder.join("in/aws/111122223333");
    let put = |path: &str, body: &str| {
        let path = below.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, body).unwrap();
    };
    put(
        "iam/account-authorization-details.json",
        r#"{"UserDetailList": [{"Path": "/", "UserName": "ada", "UserId": "AIDAEXAMPLEADA",
            "Arn": "arn:aws:iam::111122223333:user/ada", "CreateDate": "2024-01-01T00:00:00Z", "GroupList": [],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}]}}],
            "AttachedManagedPolicies": []}],
            "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false}"#,
    );
    put(
        "iam/access-keys/ada.json",
        r#"{"AccessKeyMetadata": [{"UserName": "ada", "AccessKeyId": "AKIAEXAMPLEADA222222", "Status": "Active",
            "CreateDate": "2024-01-01T00:00:00Z"}]}"#,
    );
    put(
        "s3/list-buckets.json",
        r#"{"Buckets": [{"Name": "data", "CreationDate": "2024-01-01T00:00:00Z"}], "Owner": {"ID": "0"}}"#,
    );
}

const FIXED: [&str; 3] = ["analyze", "in", "--as-of=2026-01-01"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    FIXED.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn a_run_prints_the_ranking_and_writes_three_reports() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let output = leakreach(folder.path(), &with(&[]));
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("AKIAEXAMPLEADA222222"));
    for name in ["report.html", "graph.dot", "report.json"] {
        assert!(
            folder.path().join("leakreach-report").join(name).exists(),
            "{name}"
        );
    }
}

#[test]
fn a_pipe_gets_no_colour() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let output = leakreach(folder.path(), &with(&[]));
    assert!(!output.stdout.contains(&0x1b));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn json_goes_to_stdout_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let output = leakreach(folder.path(), &with(&["--json"]));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let file = fs::read(folder.path().join("leakreach-report/report.json")).unwrap();
    assert_eq!(output.stdout, file);
    assert_eq!(report["credentials"].as_array().unwrap().len(), 1);
}

#[test]
fn the_same_input_gives_the_same_bytes_at_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let formats = leakreach::reports::FORMATS;
    let ids: Vec<&str> = formats.iter().map(|format| format.id).collect();
    let ids = ids.join(",");
    for threads in ["1", "2"] {
        let output = leakreach(
            folder.path(),
            &with(&["--threads", threads, "--out", threads, "--format", &ids]),
        );
        assert_eq!(code(&output), 0);
    }
    for name in formats.iter().map(|format| format.file_name) {
        let [one, two] =
            ["1", "2"].map(|out| fs::read(folder.path().join(out).join(name)).unwrap());
        assert!(one == two, "{name} differs");
    }
}

#[test]
fn wrong_usage_is_two_and_unusable_input_is_three() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    assert_eq!(code(&leakreach(folder.path(), &[])), 2);
    assert_eq!(code(&leakreach(folder.path(), &["analyze"])), 2);
    assert_eq!(
        code(&leakreach(
            folder.path(),
            &["analyze", "in", "--as-of", "yesterday"]
        )),
        2
    );
    let missing = leakreach(folder.path(), &["analyze", "nowhere"]);
    assert_eq!(code(&missing), 3);
    assert!(
        text(&missing.stderr).contains("nowhere"),
        "{}",
        text(&missing.stderr)
    );
}

#[test]
fn a_bad_file_is_reported_and_the_rest_is_read_unless_strict() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    fs::write(
        folder.path().join("in/broken.json"),
        "{\"UserDetailList\": [",
    )
    .unwrap();
    let lenient = leakreach(folder.path(), &with(&[]));
    assert_eq!(code(&lenient), 0);
    assert!(text(&lenient.stdout).contains("broken.json"));
    assert!(text(&lenient.stdout).contains("AKIAEXAMPLEADA222222"));
    let strict = leakreach(folder.path(), &with(&["--strict"]));
    assert_eq!(code(&strict), 3);
    assert!(text(&strict.stderr).contains("broken.json"));
}

#[test]
fn a_run_that_fails_leaves_the_old_report_whole() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    assert_eq!(code(&leakreach(folder.path(), &with(&[]))), 0);
    let report = folder.path().join("leakreach-report/report.json");
    let before = fs::read(&report).unwrap();
    fs::write(folder.path().join("in/broken.json"), "[").unwrap();
    assert_eq!(code(&leakreach(folder.path(), &with(&["--strict"]))), 3);
    assert_eq!(fs::read(&report).unwrap(), before);
    // The DOT report cannot be replaced: a folder stands in its place.
    fs::remove_file(folder.path().join("leakreach-report/graph.dot")).unwrap();
    fs::create_dir_all(folder.path().join("leakreach-report/graph.dot/in-the-way")).unwrap();
    let failed = leakreach(folder.path(), &["analyze", "in", "--as-of=2027-01-01"]);
    assert_eq!(code(&failed), 4);
    assert!(text(&failed.stderr).contains("graph.dot"));
}

#[test]
fn hostile_files_neither_crash_nor_hide_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let put =
        |name: &str, body: &[u8]| fs::write(folder.path().join("in").join(name), body).unwrap();
    put("deep.json", "[".repeat(200_000).as_bytes());
    put("empty.json", b"");
    put("binary.json", &[0xff, 0xfe, 0x00, 0x9f]);
    put("wrong.json", br#"{"weather": "fine"}"#);
    put(
        "denied.json",
        br#"{"message": "Not Found", "status": "404"}"#,
    );
    put("keys.json", br#"{"AccessKeyMetadata": [{"UserName": 7}]}"#);
    put("huge-number.json", br#"{"IsTruncated": 1e999999}"#);
    let output = leakreach(folder.path(), &with(&["--json"]));
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["credentials"].as_array().unwrap().len(), 1);
    let problems = report["problems"].to_string();
    for name in [
        "deep",
        "empty",
        "binary",
        "wrong",
        "denied",
        "keys",
        "huge-number",
    ] {
        assert!(
            problems.contains(&format!("{name}.json")),
            "{name}: {problems}"
        );
    }
}

/// Graphviz is asked where it is there; in CI it must be.
#[test]
fn graphviz_draws_the_graph() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    assert_eq!(code(&leakreach(folder.path(), &with(&[]))), 0);
    let graph = folder.path().join("leakreach-report/graph.dot");
    match std::process::Command::new("dot")
        .arg("-Tsvg")
        .arg(&graph)
        .output()
    {
        Ok(drawn) => {
            assert!(drawn.status.success(), "{}", text(&drawn.stderr));
            assert!(text(&drawn.stdout).contains("AKIAEXAMPLEADA222222"));
        }
        Err(error) => assert!(std::env::var_os("CI").is_none(), "dot: {error}"),
    }
}

#[test]
fn list_names_every_source_with_its_command_and_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let sources = leakreach(folder.path(), &["list", "sources"]);
    assert_eq!(code(&sources), 0);
    for source in leakreach::sources::SOURCES {
        assert!(text(&sources.stdout).contains(source.id));
        assert!(text(&sources.stdout).contains(source.command));
    }
    let formats = leakreach(folder.path(), &["list", "formats"]);
    assert_eq!(
        text(&formats.stdout)
            .lines()
            .filter(|line| !line.starts_with(' '))
            .count(),
        leakreach::reports::FORMATS.len()
    );
}

#[test]
fn every_check_is_listed_with_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let listed = leakreach(folder.path(), &["list", "findings", "--format", "json"]);
    assert_eq!(code(&listed), 0);
    let rows: Vec<BTreeMap<String, String>> = serde_json::from_slice(&listed.stdout).unwrap();
    let told: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["id"].as_str(), row["page"].as_str()))
        .collect();
    let checks = leakreach::findings::CHECKS.iter();
    let known: Vec<(&str, &str)> = checks.map(|check| (check.id, check.page)).collect();
    assert_eq!(told, known);
    let text_of_it = leakreach(folder.path(), &["list", "findings"]);
    assert!(text(&text_of_it.stdout).contains("## How to fix it"));
}

/// The ids of the techniques that are listed as JSON.
fn listed_techniques(folder: &Path) -> BTreeSet<String> {
    let listed = leakreach(folder, &["list", "techniques", "--format", "json"]);
    assert_eq!(code(&listed), 0);
    let rows: Vec<BTreeMap<String, String>> = serde_json::from_slice(&listed.stdout).unwrap();
    rows.into_iter()
        .map(|mut row| row.remove("id").unwrap())
        .collect()
}

#[test]
fn techniques_are_listed_as_text_as_json_and_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let ids = listed_techniques(folder.path());
    for id in [
        "aws/passrole-lambda",
        "github/push",
        "oidc/present-token",
        "exposure/take",
    ] {
        assert!(ids.contains(id), "{id}");
    }
    let shown = leakreach(folder.path(), &["list", "techniques"]);
    let heads = text(&shown.stdout)
        .lines()
        .filter(|line| !line.starts_with(' '));
    assert_eq!(heads.map(str::to_owned).collect::<BTreeSet<_>>(), ids);

    let table = leakreach(folder.path(), &["list", "techniques", "--format", "csv"]);
    let mut table = csv::Reader::from_reader(&*table.stdout);
    let columns = [
        "id", "platform", "name", "needs", "gains", "attack", "fix", "source",
    ];
    assert_eq!(
        table.headers().unwrap(),
        &csv::StringRecord::from(columns.to_vec())
    );
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), ids.len());
    let passing = rows
        .iter()
        .find(|row| &row[0] == "aws/passrole-lambda")
        .unwrap();
    assert_eq!(&passing[1], "aws");
    assert_eq!(
        &passing[3],
        "lambda:CreateFunction on something new and iam:PassRole on the role; then, by whomever, \
         lambda:InvokeFunction on something new"
    );
    assert_eq!(
        &passing[4],
        "acting as the role, which trusts lambda.amazonaws.com"
    );
    assert_eq!(&passing[5], "T1648 T1078.004 (v18)");
    assert_eq!(
        &passing[6],
        "narrow iam:PassRole to the roles and services that are used"
    );
}

/// All texts of members of that name, at any depth.
fn members(value: &serde_json::Value, name: &str, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                match value.as_str() {
                    Some(text) if key == name => {
                        found.insert(text.to_owned());
                    }
                    _ => members(value, name, found),
                }
            }
        }
        serde_json::Value::Array(values) => {
            values.iter().for_each(|value| members(value, name, found));
        }
        _ => {}
    }
}

#[test]
fn every_technique_of_a_report_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let acme = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme");
    let report = leakreach(
        folder.path(),
        &["analyze", acme, "--format", "none", "--json"],
    );
    assert_eq!(code(&report), 0);
    let mut used = BTreeSet::new();
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    members(&report, "technique", &mut used);
    used.retain(|id| !id.starts_with("stated/"));
    assert!(used.len() > 10, "{used:?}");
    let listed = listed_techniques(folder.path());
    let missing: Vec<&String> = used.difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn plan(folder: &Path, goal: &[&str]) -> Output {
    exports(folder);
    leakreach(
        folder,
        &[&["plan", "in", "--as-of", "2026-01-31"], goal].concat(),
    )
}

#[test]
fn a_plan_is_printed_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = plan(folder.path(), &["--budget", "3", "--verify"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let page = text(&output.stdout);
    assert!(
        page.contains("Plan  the most for 3 effort points"),
        "{page}"
    );
    assert!(page.contains("Proved best"), "{page}");
    let checked = text(&output.stderr);
    assert!(checked.contains("1 of 1 scenarios"), "{checked}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_plan_needs_one_goal() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&plan(folder.path(), &[])), 2);
    assert_eq!(
        code(&plan(folder.path(), &["--budget", "3", "--top", "1"])),
        2
    );
    assert_eq!(code(&plan(folder.path(), &["--until", "80"])), 2);
    assert_eq!(code(&plan(folder.path(), &["--until", "80%"])), 0);
}

#[test]
fn a_plan_is_json_too_and_the_same_at_any_thread_count() {
    let folder = tempfile::tempdir().unwrap();
    let json = |threads: &str| {
        let goal = ["--top", "1", "--format", "json", "--threads", threads];
        plan(folder.path(), &goal).stdout
    };
    let one = json("1");
    assert_eq!(one, json("3"));
    let value: serde_json::Value = serde_json::from_slice(&one).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["fixes"].as_array().unwrap().len(), 1);
    assert_eq!(value["gain"], value["total"]);
}

#[test]
fn a_plan_is_written_as_a_page_to_hand_on_the_same_at_any_thread_count() {
    let folder = tempfile::tempdir().unwrap();
    for threads in ["1", "3"] {
        let goal = ["--top", "1", "--threads", threads, "--out", threads];
        let output = plan(folder.path(), &goal);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(&format!("{threads}/plan.html")));
    }
    for name in ["plan.html", "plan.json"] {
        let [one, three] =
            ["1", "3"].map(|out| fs::read(folder.path().join(out).join(name)).unwrap());
        assert!(one == three, "{name} differs");
    }
    let json = plan(folder.path(), &["--top", "1", "--format", "json"]).stdout;
    assert_eq!(fs::read(folder.path().join("1/plan.json")).unwrap(), json);
    let page = fs::read_to_string(folder.path().join("1/plan.html")).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let order = value["fixes"][0]["text"].as_str().unwrap();
    // Names stand between backticks in JSON, and in quotes on the page.
    let words = order.split('`').next().unwrap().trim_end();
    assert!(page.contains(&format!("<b>{words}")), "{words}");
    assert!(
        page.contains("AKIAEXAMPLEADA222222"),
        "the way that it cuts"
    );
    // A folder that cannot be made is said, and nothing is half written.
    fs::write(folder.path().join("file"), "").unwrap();
    let failed = plan(folder.path(), &["--top", "1", "--out", "file"]);
    assert_eq!(code(&failed), 4);
    assert!(text(&failed.stderr).contains("`file` could not be written"));
}

#[test]
fn an_effort_of_the_estate_file_changes_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let chosen = |estate: &str| {
        fs::write(folder.path().join("in/leakreach.toml"), estate).unwrap();
        let output = plan(folder.path(), &["--budget", "3", "--format", "json"]);
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let fixes = value["fixes"].as_array().unwrap().clone();
        fixes
            .iter()
            .map(|fix| fix["fix"]["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let dear = "[[effort]]\npoints = 9\n";
    assert_eq!(chosen(dear), [""; 0]);
    for kind in ["credential", "attachment", "statement"] {
        let cheap = format!("{dear}[[effort]]\nkind = \"{kind}\"\npoints = 2\n");
        assert_eq!(chosen(&cheap), [kind]);
    }
}

#[test]
fn an_analysis_can_be_verified() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path());
    let output = leakreach(
        folder.path(),
        &["analyze", "in", "--as-of", "2026-01-31", "--verify"],
    );
    assert_eq!(code(&output), 0);
    let checked = text(&output.stderr);
    assert!(
        checked.starts_with("verified: 1 of 1 scenarios, 3 of 3 fixes"),
        "{checked}"
    );
}
