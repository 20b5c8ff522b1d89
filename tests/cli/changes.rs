//! Runs compared with each other: `diff`, `--baseline`, `--history` and `gate`.

use super::{code, exports, leakreach, text, with};
use serde_json::Value;
use std::fs;
use std::path::Path;

const CROWN: &str = "crown = [\"arn:aws:s3:::data\"]\n";
const KEY: &str = "aws:access-key:AKIAEXAMPLEADA222222";

/// The key lies in a repository, and what it reads is a crown jewel.
fn leak(folder: &Path) {
    fs::create_dir_all(folder.join("in/scanners/gitleaks")).unwrap();
    let found = serde_json::json!([{"RuleID": "aws-access-token", "StartLine": 3, "EndLine": 3, "StartColumn": 1,
        "EndColumn": 20, "Match": "REDACTED", "Secret": concat!("AKIA", "EXAMPLEADA222222"), "File": "deploy.env",
        "SymlinkFile": "", "Commit": "0123456789abcdef0123456789abcdef01234567", "Entropy": 3.5, "Author": "ada",
        "Email": "ada@example.com", "Date": "2025-12-01T00:00:00Z", "Message": "deploy", "Tags": [],
        "Fingerprint": "0123456789abcdef0123456789abcdef01234567:deploy.env:aws-access-token:3"}]);
    fs::write(
        folder.join("in/scanners/gitleaks/acme__shop.json"),
        found.to_string(),
    )
    .unwrap();
}

fn estate(folder: &Path) {
    exports(folder);
    fs::create_dir_all(folder.join("in/scanners/gitleaks")).unwrap();
    fs::write(folder.join("in/scanners/gitleaks/acme__shop.json"), "[]").unwrap();
    fs::write(folder.join("in/leakreach.toml"), CROWN).unwrap();
}

fn analyzed(folder: &Path, out: &str, more: &[&str]) -> Value {
    let mut arguments = with(&["--out", out, "--quiet"]);
    arguments.extend(more);
    let output = leakreach(folder, &arguments);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    read(folder, out)
}

fn read(folder: &Path, out: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(out).join("report.json")).unwrap()).unwrap()
}

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/changes-1.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

const POLICY: &str = "[paths]\nmost_new_critical = 0\n";

#[test]
fn a_diff_tells_a_leak_in_words_in_json_and_in_markdown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    analyzed(folder, "old", &[]);
    leak(folder);
    analyzed(folder, "new", &[]);
    let output = leakreach(folder, &["diff", "old", "new"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(output.stderr.is_empty());
    let told = text(&output.stdout);
    assert!(told.contains("Exposures: 1 new"), "{told}");
    assert!(
        told.contains(&format!("new            {KEY} => arn:aws:s3:::data")),
        "{told}"
    );
    assert!(told.contains("critical"), "{told}");
    // A folder stands for the report in it.
    let json = leakreach(
        folder,
        &["diff", "old/report.json", "new", "--format", "json"],
    );
    let changes: Value = serde_json::from_slice(&json.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    if let Err(error) = validator.validate(&changes) {
        panic!("{error} at {}", error.instance_path());
    }
    assert_eq!(changes["paths"][0]["state"], "new");
    assert_eq!(changes["paths"][0]["is_critical"], true);
    let markdown = leakreach(folder, &["diff", "old", "new", "--format", "markdown"]);
    assert!(text(&markdown.stdout).starts_with("## leakreach: 2026-01-01T00:00:00Z since"));
    insta::assert_snapshot!("a_leak_as_text", told);
    insta::assert_snapshot!("a_leak_as_markdown", text(&markdown.stdout));
    let same = leakreach(folder, &["diff", "new", "new"]);
    assert!(
        !text(&same.stdout).contains("Credentials"),
        "{}",
        text(&same.stdout)
    );
}

/// A second user, with a key of his own.
fn bob(folder: &Path) {
    let account = folder.join("in/aws/111122223333/iam/account-authorization-details.json");
    let mut details: Value = serde_json::from_slice(&fs::read(&account).unwrap()).unwrap();
    let users = details["UserDetailList"].as_array_mut().unwrap();
    let mut bob: Value = serde_json::from_str(&users[0].to_string().replace("ada", "bob")).unwrap();
    bob["UserId"] = "AIDAEXAMPLEBOB".into();
    users.push(bob);
    fs::write(&account, details.to_string()).unwrap();
    let keys =
        fs::read_to_string(folder.join("in/aws/111122223333/iam/access-keys/ada.json")).unwrap();
    let keys = keys
        .replace("\"ada\"", "\"bob\"")
        .replace("EXAMPLEADA222222", "EXAMPLEBOB222222");
    fs::write(
        folder.join("in/aws/111122223333/iam/access-keys/bob.json"),
        keys,
    )
    .unwrap();
}

#[test]
fn a_list_of_keys_that_is_missing_is_told_from_a_user_who_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    let details = folder.join("in/aws/111122223333/iam/account-authorization-details.json");
    let without_bob = fs::read(&details).unwrap();
    bob(folder);
    let both = analyzed(folder, "old", &[]);
    assert_eq!(both["credentials"].as_array().unwrap().len(), 2);
    assert_eq!(both["inputs"]["unlisted"], serde_json::json!([]));
    let state = || {
        let diff = leakreach(folder, &["diff", "old", "new", "--format", "json"]);
        let changes: Value = serde_json::from_slice(&diff.stdout).unwrap();
        assert_eq!(
            changes["credentials"].as_array().unwrap().len(),
            1,
            "{changes}"
        );
        assert_eq!(
            changes["credentials"][0]["id"],
            "aws:access-key:AKIAEXAMPLEBOB222222"
        );
        changes["credentials"][0]["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let keys = folder.join("in/aws/111122223333/iam/access-keys/bob.json");
    fs::remove_file(&keys).unwrap();
    let unlisted = analyzed(folder, "new", &[]);
    let bob = "arn:aws:iam::111122223333:user/bob";
    assert_eq!(
        unlisted["inputs"]["unlisted"][0]["objects"],
        serde_json::json!([bob])
    );
    assert_eq!(state(), "not_observed");
    // An empty list says that there is none.
    fs::write(&keys, "{\"AccessKeyMetadata\": []}").unwrap();
    analyzed(folder, "new", &[]);
    assert_eq!(state(), "gone");
    // The answer that was saved is an error.
    fs::write(
        &keys,
        "An error occurred (AccessDenied) when calling the ListAccessKeys operation",
    )
    .unwrap();
    analyzed(folder, "new", &[]);
    assert_eq!(state(), "not_observed");
    fs::remove_file(&keys).unwrap();
    fs::write(&details, without_bob).unwrap();
    analyzed(folder, "new", &[]);
    assert_eq!(state(), "gone", "without a user there is nothing to list");
}

#[test]
fn a_report_that_is_missing_or_broken_is_input_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    analyzed(folder, "old", &[]);
    let none = leakreach(folder, &["diff", "old", "nowhere"]);
    assert_eq!(code(&none), 3);
    assert!(text(&none.stderr).contains("`nowhere` is not there"));
    fs::create_dir(folder.join("empty")).unwrap();
    assert_eq!(code(&leakreach(folder, &["diff", "empty", "old"])), 3);
    let whole = fs::read_to_string(folder.join("old/report.json")).unwrap();
    fs::write(
        folder.join("half.json"),
        whole.get(..whole.len() / 2).unwrap(),
    )
    .unwrap();
    let half = leakreach(folder, &["diff", "half.json", "old"]);
    assert_eq!(code(&half), 3);
    assert!(
        text(&half.stderr).contains("half.json:"),
        "{}",
        text(&half.stderr)
    );
    assert_eq!(code(&leakreach(folder, &["diff", "old"])), 2);
}

#[test]
fn a_run_tells_what_is_new_against_its_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    let first = analyzed(folder, "old", &[]);
    assert_eq!(first.get("changes"), None);
    leak(folder);
    let output = leakreach(folder, &with(&["--out", "new", "--baseline", "old"]));
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("Changes"),
        "{}",
        text(&output.stdout)
    );
    assert!(text(&output.stdout).contains("new critical paths:"));
    assert_eq!(
        read(folder, "new")["changes"]["exposures"][0]["state"],
        "new"
    );
    let twice = leakreach(folder, &["diff", "old", "new", "--format", "json"]);
    let diff: Value = serde_json::from_slice(&twice.stdout).unwrap();
    assert_eq!(read(folder, "new")["changes"], diff, "both tell the same");
}

#[test]
fn a_baseline_that_is_missing_is_said_and_one_that_is_broken_ends_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    let missing = leakreach(folder, &with(&["--baseline", "before"]));
    assert_eq!(code(&missing), 0);
    assert!(text(&missing.stderr).contains("warning: there is no baseline"));
    assert!(folder.join("leakreach-report/report.json").exists());
    fs::write(folder.join("broken.json"), "{\"version\": 1}").unwrap();
    let broken = leakreach(
        folder,
        &with(&["--baseline", "broken.json", "--out", "other"]),
    );
    assert_eq!(code(&broken), 3);
    assert!(
        text(&broken.stderr).contains("broken.json:1:"),
        "{}",
        text(&broken.stderr)
    );
    assert!(!folder.join("other").exists());
}

#[test]
fn a_gate_fails_after_the_reports_are_written_and_names_who_broke_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    fs::write(folder.join("policy.toml"), POLICY).unwrap();
    let gate = |more: &[&str]| {
        let mut arguments = vec![
            "gate",
            "in",
            "--as-of=2026-01-01",
            "--policy",
            "policy.toml",
        ];
        arguments.extend(more);
        leakreach(folder, &arguments)
    };
    let first = gate(&["--out", "old"]);
    assert_eq!(code(&first), 0, "{}", text(&first.stderr));
    assert!(
        text(&first.stdout).contains("not checked  paths.most_new_critical: there is no baseline")
    );
    leak(folder);
    let broken = gate(&["--out", "new", "--baseline", "old"]);
    assert_eq!(code(&broken), 1, "{}", text(&broken.stderr));
    let told = text(&broken.stdout);
    assert!(told.contains("Gate failed: 1 of 1 limit broken"), "{told}");
    assert!(
        told.contains(
            "fails        paths.most_new_critical: 1 new critical paths, and 0 are allowed"
        )
    );
    assert!(
        told.contains(&format!("{KEY} => arn:aws:s3:::data (read, for certain)")),
        "{told}"
    );
    let (_, verdict) = told.split_once("\nGate ").unwrap();
    insta::assert_snapshot!("a_gate_that_fails", verdict);
    for name in ["report.html", "graph.dot", "report.json"] {
        assert!(folder.join("new").join(name).exists(), "{name}");
    }
    // Standard output is the report where that is asked for; the verdict goes to the messages.
    let json = gate(&["--out", "new", "--baseline", "old", "--json"]);
    assert_eq!(code(&json), 1);
    assert!(serde_json::from_slice::<Value>(&json.stdout).is_ok());
    assert!(text(&json.stderr).contains("Gate failed"));
    let quiet = gate(&["--out", "new", "--baseline", "old", "--quiet"]);
    assert_eq!((code(&quiet), text(&quiet.stdout)), (1, ""));
    // What is there since the baseline passes.
    assert_eq!(code(&gate(&["--out", "newer", "--baseline", "new"])), 0);
}

/// An account in which ada has a policy with these statements, within that boundary if there is one.
fn account(folder: &Path, statements: &Value, boundary: Option<&Value>) {
    let document =
        |statements| serde_json::json!({"Version": "2012-10-17", "Statement": statements});
    let arn = "arn:aws:iam::111122223333:policy/boundary";
    let mut ada = serde_json::json!({"Path": "/", "UserName": "ada", "UserId": "AIDAEXAMPLEADA",
        "Arn": "arn:aws:iam::111122223333:user/ada", "CreateDate": "2024-01-01T00:00:00Z", "GroupList": [],
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": document(statements)}],
        "AttachedManagedPolicies": []});
    let mut policies = Vec::new();
    if let Some(bounding) = boundary {
        ada["PermissionsBoundary"] =
            serde_json::json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn});
        policies.push(serde_json::json!({"PolicyName": "boundary", "PolicyId": "ANPAEXAMPLE", "Arn": arn,
            "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 0, "IsAttachable": true,
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(bounding)}]}));
    }
    let details = serde_json::json!({"UserDetailList": [ada], "GroupDetailList": [], "RoleDetailList": [],
        "Policies": policies, "IsTruncated": false});
    let path = "in/aws/111122223333/iam/account-authorization-details.json";
    fs::write(folder.join(path), details.to_string()).unwrap();
}

#[test]
fn a_leaked_key_that_becomes_an_administrator_breaks_the_gate() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    leak(folder);
    // Without a crown jewel: the account alone is what matters.
    fs::write(folder.join("in/leakreach.toml"), "").unwrap();
    fs::write(folder.join("policy.toml"), POLICY).unwrap();
    analyzed(folder, "old", &[]);
    let gate = || {
        let fixed = ["gate", "in", "--as-of=2026-01-01", "--policy=policy.toml"];
        let more = ["--out=new", "--baseline=old"];
        leakreach(folder, &[&fixed[..], &more[..]].concat())
    };
    let allow =
        |action: &str| serde_json::json!({"Effect": "Allow", "Action": action, "Resource": "*"});
    let no_identities = serde_json::json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"});
    let everything = serde_json::json!([allow("*")]);
    for (statements, boundary) in [
        (serde_json::json!([allow("*:Get*")]), None),
        (serde_json::json!([allow("*"), no_identities]), None),
        (everything.clone(), Some(serde_json::json!([allow("s3:*")]))),
    ] {
        account(folder, &statements, boundary.as_ref());
        let passed = gate();
        assert_eq!(code(&passed), 0, "{statements}: {}", text(&passed.stdout));
    }
    account(folder, &everything, None);
    let broken = gate();
    assert_eq!(code(&broken), 1, "{}", text(&broken.stderr));
    let path = format!("{KEY} => aws:account:111122223333 (admin, for certain)");
    assert!(
        text(&broken.stdout).contains(&path),
        "{}",
        text(&broken.stdout)
    );
    let diff = leakreach(folder, &["diff", "old", "new", "--format=json"]);
    let changes: Value = serde_json::from_slice(&diff.stdout).unwrap();
    let paths = changes["paths"].as_array().unwrap();
    let critical: Vec<&Value> = paths
        .iter()
        .filter(|one| one["is_critical"] == true)
        .collect();
    assert_eq!(critical.len(), 1);
    assert_eq!(critical[0]["state"], "new");
    assert_eq!(critical[0]["resource"], "aws:account:111122223333");
}

#[test]
fn a_new_finding_breaks_its_limit_and_is_accepted_by_its_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    analyzed(folder, "old", &[]);
    leak(folder);
    let limit = "[findings]\nhigh = 0\n";
    let gate = |policy: &str| {
        fs::write(folder.join("policy.toml"), policy).unwrap();
        let arguments = [
            "gate",
            "in",
            "--as-of=2026-01-01",
            "--policy",
            "policy.toml",
            "--baseline",
            "old",
        ];
        leakreach(folder, &arguments)
    };
    let broken = gate(limit);
    assert_eq!(code(&broken), 1, "{}", text(&broken.stdout));
    let report = read(folder, "leakreach-report");
    let findings = report["changes"]["findings"].as_array().unwrap();
    let high: Vec<&Value> = findings
        .iter()
        .filter(|one| one["severity"] == "high")
        .collect();
    assert_eq!(
        (high.len(), &high[0]["state"], &high[0]["rule"]),
        (1, &"new".into(), &"BR-PTH-01".into())
    );
    let print = high[0]["fingerprint"].as_str().unwrap();
    assert!(
        text(&broken.stdout).contains(print),
        "{}",
        text(&broken.stdout)
    );
    let accepted = format!(
        "{limit}[[accept]]\nfingerprint = \"{print}\"\nowner = \"shop\"\nreason = \"known\"\nexpires = 2026-02-01\n"
    );
    assert_eq!(code(&gate(&accepted)), 0);
}

#[test]
fn every_exit_code_of_a_gate_has_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    fs::write(folder.join("policy.toml"), POLICY).unwrap();
    fs::write(
        folder.join("strict.toml"),
        "[credentials]\nmost_points = 0\n",
    )
    .unwrap();
    fs::write(folder.join("slip.toml"), "[paths]\nmost_new_crtical = 0\n").unwrap();
    fs::write(folder.join("nothing.toml"), "").unwrap();
    fs::write(folder.join("broken.json"), "{").unwrap();
    let gate = |policy: &str, more: &[&str]| {
        let mut arguments = vec!["gate", "in", "--as-of=2026-01-01", "--policy", policy];
        arguments.extend(more);
        leakreach(folder, &arguments)
    };
    assert_eq!(code(&gate("policy.toml", &[])), 0);
    assert_eq!(code(&gate("strict.toml", &[])), 1);
    assert_eq!(code(&gate("policy.toml", &["--limit", "3"])), 2);
    let slip = gate("slip.toml", &["--out", "slip"]);
    assert_eq!(code(&slip), 3);
    assert!(text(&slip.stderr).contains("slip.toml:2: `most_new_crtical` is not known here"));
    assert!(text(&slip.stderr).contains("did you mean `most_new_critical`?"));
    assert!(!folder.join("slip").exists(), "nothing is written");
    assert_eq!(code(&gate("missing.toml", &[])), 3);
    assert_eq!(
        code(&gate("nothing.toml", &[])),
        3,
        "a policy without a limit would pass all"
    );
    assert_eq!(
        code(&gate("policy.toml", &["--baseline", "broken.json"])),
        3
    );
    assert_eq!(
        code(&leakreach(
            folder,
            &["gate", "nowhere", "--policy", "policy.toml"]
        )),
        3
    );
    fs::create_dir_all(folder.join("blocked/report.html/in-the-way")).unwrap();
    // What cannot be written is a fault of the machine, whatever the policy says.
    assert_eq!(code(&gate("strict.toml", &["--out", "blocked"])), 4);
}

#[test]
fn what_is_accepted_passes_until_its_day_and_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    leak(folder);
    fs::write(
        folder.join("policy.toml"),
        "[credentials]\nmost_points = 1\n",
    )
    .unwrap();
    let accept = |what: &str| {
        format!(
            "[[accept]]\ncredential = \"{what}\"\nowner = \"shop\"\nreason = \"rotated in March\"\nexpires = 2026-03-31\n"
        )
    };
    fs::write(
        folder.join("accepted.toml"),
        accept(KEY) + &accept("aws:access-key:another"),
    )
    .unwrap();
    let gate = |day: &str, more: &[&str]| {
        let mut arguments = vec!["gate", "in", "--as-of", day, "--policy", "policy.toml"];
        arguments.extend(more);
        leakreach(folder, &arguments)
    };
    assert_eq!(code(&gate("2026-01-01", &[])), 1);
    let passed = gate("2026-01-01", &["--accepted", "accepted.toml"]);
    let told = text(&passed.stdout);
    assert_eq!(code(&passed), 0, "{told}");
    assert!(
        told.contains("with what is accepted; 0.00 certain, 0.00 possible without"),
        "{told}"
    );
    assert!(told.contains(&format!("accepted     credential {KEY}, until 2026-03-31, by shop: rotated in March (accepted.toml:1)")), "{told}");
    assert!(
        told.contains("unused       credential aws:access-key:another"),
        "{told}"
    );
    let expired = gate("2026-03-31", &["--accepted", "accepted.toml"]);
    assert_eq!(code(&expired), 1);
    assert!(text(&expired.stdout).contains(&format!("expired      credential {KEY}")));
    // Limits are no exceptions.
    fs::write(
        folder.join("accepted.toml"),
        "[credentials]\nmost_points = 100\n",
    )
    .unwrap();
    assert_eq!(
        code(&gate("2026-01-01", &["--accepted", "accepted.toml"])),
        3
    );
}

#[test]
fn a_history_has_one_line_a_moment_and_makes_the_trend() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    let run = |day: &str| {
        let output = leakreach(
            folder,
            &[
                "analyze",
                "in",
                "--as-of",
                day,
                "--history",
                "runs/history.jsonl",
            ],
        );
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        fs::read_to_string(folder.join("runs/history.jsonl")).unwrap()
    };
    let html = || fs::read_to_string(folder.join("leakreach-report/report.html")).unwrap();
    let first = run("2026-02-01");
    assert_eq!(first.lines().count(), 1);
    assert!(!html().contains("<h2>Trend</h2>"), "one run is no trend");
    assert_eq!(run("2026-02-01"), first, "a rerun is the same run");
    leak(folder);
    let second = run("2026-03-01");
    assert_eq!(second.lines().count(), 2);
    assert!(second.starts_with(&first), "{second}");
    assert!(
        html().contains("<h2>Trend</h2>")
            && html().contains("2 runs from 2026-02-01 to 2026-03-01")
    );
    // An earlier run comes before, and a run of the same moment is replaced.
    let third = run("2026-01-01");
    let days: Vec<String> = third
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["as_of"]
                .as_str()
                .unwrap()
                .chars()
                .take(10)
                .collect()
        })
        .collect();
    assert_eq!(days, ["2026-01-01", "2026-02-01", "2026-03-01"]);
    let again = run("2026-02-01");
    assert_eq!(again.lines().count(), 3);
    assert_ne!(again, third, "the key has leaked by now");
}

#[test]
fn a_file_that_is_no_history_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    fs::write(folder.join("notes.txt"), "\ndo not lose this\n").unwrap();
    let output = leakreach(folder, &with(&["--history", "notes.txt"]));
    assert_eq!(code(&output), 3);
    assert!(
        text(&output.stderr).contains("notes.txt:2` is no line of a history"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(
        fs::read_to_string(folder.join("notes.txt")).unwrap(),
        "\ndo not lose this\n"
    );
    assert!(!folder.join("leakreach-report").exists());
}

#[test]
fn the_same_runs_give_the_same_bytes_at_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    estate(folder);
    analyzed(folder, "old", &[]);
    leak(folder);
    let made = ["1", "2"].map(|threads| {
        let history = format!("{threads}.jsonl");
        analyzed(
            folder,
            threads,
            &[
                "--threads",
                threads,
                "--baseline",
                "old",
                "--history",
                &history,
            ],
        );
        let diff = leakreach(folder, &["diff", "old", threads, "--format", "json"]).stdout;
        let read = |path: &Path| fs::read(folder.join(path)).unwrap();
        let out = Path::new(threads);
        (
            diff,
            read(&out.join("report.json")),
            read(&out.join("report.html")),
            read(Path::new(&history)),
        )
    });
    assert!(made[0] == made[1]);
}
