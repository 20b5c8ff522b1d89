//! Questions, simulations and registers through the binary; completion and manual pages.

use crate::{code, exports, leakreach, text};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const ACME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme");
const AT: [&str; 2] = ["--as-of", "2026-11-01"];

fn of_acme(arguments: &[&str]) -> Output {
    leakreach(Path::new("."), &[arguments, &["--in", ACME], &AT].concat())
}

fn json(output: &Output) -> serde_json::Value {
    assert_eq!(code(output), 0, "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn records(output: &Output) -> Vec<csv::StringRecord> {
    assert_eq!(code(output), 0, "{}", text(&output.stderr));
    let mut reader = csv::Reader::from_reader(&*output.stdout);
    reader.records().map(Result::unwrap).collect()
}

#[test]
fn why_one_thing_reaches_another_is_told_move_by_move_with_places() {
    let asked = ["explain", "ci-release", "acme-customer-ledger"];
    let page = of_acme(&asked);
    assert_eq!(code(&page), 0, "{}", text(&page.stderr));
    let page = text(&page.stdout);
    for said in [
        "Yes: it certainly reads bucket acme-customer-ledger, in 3 moves.",
        "who acts as role prod-deployer (111122223333) AND acts as role prod-smoke-tester",
        "[aws/replace-function-code]",
        "/lambda/list-functions.json:475",
        "remove statement `AssumeProdRoles` from policy `ci-deploy`; then nothing of it is left",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let answer = json(&of_acme(&[&asked[..], &["--format", "json"]].concat()));
    assert_eq!(answer["answer"], "certain");
    let way = &answer["ways"]["ways"][0];
    let steps = way["proof"].as_array().unwrap().len();
    let rows = records(&of_acme(&[&asked[..], &["--format", "csv"]].concat()));
    assert_eq!(rows.len(), steps, "a row for each step");
}

#[test]
fn a_question_that_exports_deny_is_answered_no_and_one_that_they_do_not_tell_unknown() {
    let no = json(&of_acme(&[
        "explain",
        "AKIAEXAMPLECIDOCS222",
        "acme-customer-ledger",
        "--format",
        "json",
    ]));
    assert_eq!(no["answer"], "no");
    assert_eq!(no["ways"]["ways"].as_array().unwrap().len(), 0);
    assert!(
        !no["coverage"].as_array().unwrap().is_empty(),
        "what is not covered is told"
    );
    // A key that no export describes.
    let report = leakreach(
        Path::new("."),
        &[&["analyze", ACME, "--format=none", "--json"], &AT[..]].concat(),
    );
    let report = json(&report);
    let credentials = report["credentials"].as_array().unwrap();
    let unknown = credentials
        .iter()
        .find(|one| one["unknown"].is_string())
        .unwrap();
    let id = unknown["id"].as_str().unwrap();
    let told = json(&of_acme(&[
        "explain",
        id,
        "acme-customer-ledger",
        "--format",
        "json",
    ]));
    assert_eq!(told["answer"], "unknown");
    assert_eq!(told["unknown"][0]["reason"], unknown["unknown"]);
}

#[test]
fn who_reaches_something_and_where_something_could_go_agree() {
    let to = json(&of_acme(&[
        "explain",
        "--to",
        "acme-customer-ledger",
        "--all",
        "--format",
        "json",
    ]));
    let reaching = to["reachers"]["reaching"].as_array().unwrap();
    assert_eq!(to["reachers"]["count"], reaching.len());
    let first = reaching[0]["leak"]["id"].as_str().unwrap();
    let from = json(&of_acme(&["explain", first, "--all", "--format", "json"]));
    let top = from["reach"]["top"].as_array().unwrap();
    assert_eq!(from["reach"]["resources"], top.len());
    let ledger = "arn:aws:s3:::acme-customer-ledger";
    let found = top.iter().find(|one| one["resource"] == ledger).unwrap();
    assert_eq!(found["certain"], reaching[0]["certain"]);
    assert_eq!(found["hops"], reaching[0]["hops"]);
    // Without `--all` only the first are told, and that there are more.
    let page = of_acme(&["explain", "--to", "acme-customer-ledger"]);
    let more = format!("and {} more: `--all` tells of them", reaching.len() - 12);
    assert!(text(&page.stdout).contains(&more), "{}", text(&page.stdout));
}

#[test]
fn what_a_revocation_breaks_names_holders_and_whoever_drives_them() {
    let uses = json(&of_acme(&[
        "explain",
        "--breaks",
        "AKIAEXAMPLEMCPANALYT",
        "--format",
        "json",
    ]));
    let places = uses["uses"]["places"].as_array().unwrap();
    assert!(!places.is_empty());
    let holders = places
        .iter()
        .flat_map(|place| place["holders"].as_array().unwrap());
    let holders: Vec<_> = holders.collect();
    assert!(
        holders.iter().any(|one| one["sort"] == "MCP server"),
        "{holders:?}"
    );
    let drivers = holders
        .iter()
        .flat_map(|one| one["driven_by"].as_array().unwrap());
    assert!(drivers.count() > 0);
    assert_eq!(
        uses["uses"]["fix"],
        "credential:aws:access-key:AKIAEXAMPLEMCPANALYT"
    );
    let page = of_acme(&["explain", "--breaks", "AKIAEXAMPLEMCPANALYT"]);
    let page = text(&page.stdout);
    assert!(
        page.contains("runs with it (MCP server), driven by "),
        "{page}"
    );
    assert!(
        page.contains("Revoked: whatever uses it stops until it has a new one."),
        "{page}"
    );
}

#[test]
fn a_name_that_fits_several_things_or_none_is_wrong_usage() {
    let several = of_acme(&["explain", "prod-"]);
    assert_eq!(code(&several), 2);
    let said = text(&several.stderr);
    assert!(
        said.contains("may be any of") && said.contains("principal:arn:aws:iam::"),
        "{said}"
    );
    let slip = of_acme(&["explain", "ci-relaese"]);
    assert_eq!(code(&slip), 2);
    let said = text(&slip.stderr);
    assert!(
        said.contains("did you mean") && said.contains("user/ci-release"),
        "{said}"
    );
    for wrong in [
        &["explain"][..],
        &["explain", "a", "--to", "b"],
        &["explain", "--to", "a", "--breaks", "b"],
        &["explain", "--and", "a"],
    ] {
        assert_eq!(code(&of_acme(wrong)), 2, "{wrong:?}");
    }
}

#[test]
fn answers_are_the_same_bytes_at_any_number_of_threads() {
    for (question, format) in [
        (
            &["explain", "--to", "acme-customer-ledger", "--all"][..],
            "json",
        ),
        (&["explain", "ci-release", "acme-customer-ledger"], "text"),
        (&["list", "credentials"], "csv"),
    ] {
        let [one, two] = ["1", "2"].map(|threads| {
            let more = ["--format", format, "--threads", threads];
            let output = of_acme(&[question, &more].concat());
            assert_eq!(code(&output), 0, "{}", text(&output.stderr));
            output.stdout
        });
        assert!(one == two, "{question:?} as {format}");
    }
}

#[test]
fn every_format_of_a_real_estate_is_the_same_bytes_at_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let formats = leakreach::reports::FORMATS;
    let ids: Vec<&str> = formats.iter().map(|format| format.id).collect();
    let ids = ids.join(",");
    for threads in ["1", "2"] {
        let asked = ["analyze", ACME, "--mode", "risk", "--threads", threads];
        let more = ["--out", threads, "--format", &ids, "--quiet"];
        let output = leakreach(folder.path(), &[&asked[..], &more, &AT].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    }
    for name in formats.iter().map(|format| format.file_name) {
        let [one, two] =
            ["1", "2"].map(|out| fs::read(folder.path().join(out).join(name)).unwrap());
        assert!(!one.is_empty() && one == two, "{name} differs");
    }
}

const BEST: &str = "scope:arn:aws:iam::777788889999:policy/ci-deploy#AssumeProdRoles";

fn simulated(more: &[&str]) -> Output {
    leakreach(
        Path::new("."),
        &[&["simulate", ACME], &AT[..], more].concat(),
    )
}

#[test]
fn a_simulation_tells_before_and_after_and_what_is_lost() {
    let page = simulated(&["--fix", BEST]);
    let page = text(&page.stdout);
    for said in [
        "18 of 111 credentials reach less.",
        "loses read on bucket acme-customer-ledger: then none",
        "keeps read on bucket acme-staging-kyc-samples",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let fixes = json(&of_acme(&["list", "fixes", "--format", "json"]));
    let first = &fixes[0];
    assert_eq!(first["id"], BEST);
    let changed = json(&simulated(&["--fix", BEST, "--format", "json"]));
    assert_eq!(changed["gain"]["certain"], first["certain"]);
    assert_eq!(changed["gain"]["possible"], first["possible"]);
    assert_eq!(
        changed["credentials"].as_array().unwrap().len() as u64,
        first["credentials"].as_u64().unwrap()
    );
    let rows = records(&simulated(&["--fix", BEST, "--format", "csv"]));
    assert_eq!(rows.len(), 18);
}

#[test]
fn a_plan_is_simulated_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    let plan = leakreach(
        Path::new("."),
        &[&["plan", ACME, "--top", "3", "--format", "json"], &AT[..]].concat(),
    );
    let planned = json(&plan);
    fs::write(&path, &plan.stdout).unwrap();
    let path = path.to_str().unwrap();
    let changed = json(&simulated(&["--plan", path, "--format", "json"]));
    assert_eq!(changed["gain"], planned["gain"]);
    assert_eq!(changed["before"], planned["total"]);
    assert_eq!(changed["fixes"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_no_fix_is_wrong_usage_and_what_is_no_plan_is_no_input() {
    assert_eq!(code(&simulated(&[])), 2);
    let wrong = simulated(&["--fix", "AssumeProdRoles"]);
    assert_eq!(code(&wrong), 2);
    assert!(
        text(&wrong.stderr).contains(BEST),
        "{}",
        text(&wrong.stderr)
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    for (body, said) in [
        ("{", "no plan"),
        (r#"{"version": 1, "fixes": []}"#, "no plan"),
        (r#"{"version": 2, "goal": {}, "fixes": []}"#, "version 2"),
    ] {
        fs::write(&path, body).unwrap();
        let broken = simulated(&["--plan", path.to_str().unwrap()]);
        assert_eq!(code(&broken), 3, "{body}");
        assert!(
            text(&broken.stderr).contains(said),
            "{}",
            text(&broken.stderr)
        );
    }
    let missing = simulated(&["--plan", "nowhere.json"]);
    assert_eq!(code(&missing), 3);
    assert!(text(&missing.stderr).contains("nowhere.json"));
}

#[test]
fn registers_hold_what_reports_hold() {
    let report = leakreach(
        Path::new("."),
        &[&["analyze", ACME, "--format=none", "--json"], &AT[..]].concat(),
    );
    let report = json(&report);
    for what in ["credentials", "fixes"] {
        let listed = json(&of_acme(&["list", what, "--format", "json"]));
        let ids = |rows: &serde_json::Value| -> Vec<String> {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| row["id"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(ids(&listed), ids(&report[what]), "{what}");
    }
    for (what, total) in [("principals", "principals"), ("resources", "resources")] {
        let rows = records(&of_acme(&["list", what, "--format", "csv"]));
        assert_eq!(rows.len() as u64, report["totals"][total].as_u64().unwrap());
    }
    let listed = json(&of_acme(&["list", "credentials", "--format", "json"]));
    let planted = &listed[0];
    assert_eq!(planted["owner"], "developer-experience");
    assert_eq!(planted["created"], "2021-10-18");
    assert_eq!(planted["expires"], "never");
    assert_eq!(
        planted["last_review"],
        serde_json::Value::Null,
        "no export tells"
    );
    assert_eq!(
        planted["certain"],
        report["credentials"][0]["certain"]["points"]
    );
    let scopes = planted["scopes"].to_string();
    assert!(
        scopes.contains("policy `ci-deploy`: may `sts:AssumeRole` on"),
        "{scopes}"
    );
    assert!(scopes.contains("(by group ci)"), "{scopes}");
}

#[test]
fn lists_of_the_program_read_no_exports_and_lists_of_exports_need_some() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        code(&leakreach(folder.path(), &["list", "formats", "--in", "."])),
        2
    );
    let nothing = leakreach(folder.path(), &["list", "credentials"]);
    assert_eq!(
        code(&nothing),
        3,
        "the folder where it is started holds none"
    );
    exports(folder.path());
    let here = leakreach(folder.path(), &["list", "credentials", "--format", "csv"]);
    assert_eq!(records(&here).len(), 1);
}

/// The commands that help names.
fn commands() -> BTreeSet<String> {
    let help = leakreach(Path::new("."), &["--help"]);
    let help = text(&help.stdout);
    let listed = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let names = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn completion_of_every_shell_names_every_command() {
    let commands = commands();
    assert!(commands.len() >= 8, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = leakreach(Path::new("."), &["completions", shell]);
        assert_eq!(code(&script), 0);
        for command in &commands {
            assert!(
                text(&script.stdout).contains(command.as_str()),
                "{shell}: {command}"
            );
        }
        assert!(text(&script.stdout).contains("as-of"), "{shell}");
    }
    assert_eq!(code(&leakreach(Path::new("."), &["completions", "cmd"])), 2);
}

#[test]
fn bash_takes_its_completion() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leakreach.bash");
    let script = leakreach(folder.path(), &["completions", "bash"]);
    fs::write(&path, &script.stdout).unwrap();
    let check = |path: &Path| Command::new("bash").arg("-n").arg(path).output().unwrap();
    let checked = check(&path);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    // A shell that takes anything would be no judge.
    fs::write(&path, "if then").unwrap();
    assert!(!check(&path).status.success());
}

#[test]
fn a_manual_page_is_written_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(code(&leakreach(folder.path(), &["man", path])), 0);
    let written: BTreeSet<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = commands()
        .into_iter()
        .map(|name| format!("leakreach-{name}.1"));
    let expected: BTreeSet<String> = expected.chain(["leakreach.1".to_owned()]).collect();
    assert_eq!(written, expected);
    let page = fs::read_to_string(folder.path().join("leakreach-explain.1")).unwrap();
    assert!(page.contains(".TH") && page.contains("breaks"), "{page}");
    let printed = leakreach(folder.path(), &["man"]);
    assert!(
        text(&printed.stdout).contains("leakreach\\-simulate(1)"),
        "{}",
        text(&printed.stdout)
    );
    let nowhere = leakreach(folder.path(), &["man", "nowhere"]);
    assert_eq!(code(&nowhere), 4);
    assert!(text(&nowhere.stderr).contains("nowhere"));
}
