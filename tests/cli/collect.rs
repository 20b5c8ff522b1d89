//! The collecting script, run against tools that are none: they write down what was called, and answer from fixtures.

use crate::{code, leakreach, text};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What each tool answers: bash that sees the arguments.
const STUBS: [(&str, &str); 4] = [
    ("aws", include_str!("stubs/aws.sh")),
    ("gh", include_str!("stubs/gh.sh")),
    ("kubectl", include_str!("stubs/kubectl.sh")),
    ("curl", include_str!("stubs/curl.sh")),
];

const ALL: &str = "aws,github,kubernetes,okta,openai,anthropic";
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme");
const TOKEN: &str = concat!("EXAMPLE", "-token-of-nobody");

/// Whether a tool is there; in CI it must be.
fn has(tool: &str) -> bool {
    let is_there = Command::new(tool).arg("--version").output().is_ok();
    assert!(
        is_there || std::env::var_os("CI").is_none(),
        "{tool} is missing"
    );
    is_there
}

struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    fn new(platforms: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        for (name, text) in STUBS {
            // One line a call, with tabs between.
            let log = "{ printf '%s' \"${0##*/}\"; printf '\\t%s' \"${@//$'\\n'/ }\"; printf '\\n'; } >> \"$CALLS\"\n";
            let path = folder.path().join("bin").join(name);
            fs::write(&path, format!("#!/usr/bin/env bash\n{log}{text}")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let script = leakreach(folder.path(), &["list", "sources", "--script", platforms]);
        assert_eq!(code(&script), 0, "{}", text(&script.stderr));
        fs::write(folder.path().join("collect.sh"), &script.stdout).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str], broken: &str) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        Command::new("bash")
            .arg("collect.sh")
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path("home"))
            .env("CALLS", self.path("calls"))
            .env("BROKEN", broken)
            .env("FIXTURES", FIXTURES)
            .env("OKTA_TOKEN", TOKEN)
            .env("OPENAI_ADMIN_KEY", TOKEN)
            .env("ANTHROPIC_ADMIN_KEY", TOKEN)
            .output()
            .unwrap()
    }

    /// Every call: the tool, then its arguments.
    fn calls(&self) -> Vec<Vec<String>> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let calls = calls
            .lines()
            .map(|line| line.split('\t').map(str::to_owned).collect());
        calls.collect()
    }

    /// The files that were collected, below `exports`.
    fn collected(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![self.path("exports")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => open.push(path),
                    false => {
                        let path = path.strip_prefix(self.path("exports")).unwrap();
                        found.insert(path.to_str().unwrap().to_owned());
                    }
                }
            }
        }
        found
    }
}

const ASKED: [&str; 8] = [
    "--regions",
    "eu-west-1",
    "--github",
    "acme",
    "--okta",
    "acme",
    "--openai",
    "acme",
];

/// Whether a call only reads.
///
/// Source of the two that generate: AWS Service Authorization Reference, "Actions, resources, and condition keys for AWS
/// Identity and Access Management": `GenerateCredentialReport` and `GenerateServiceLastAccessedDetails` are of access level
/// Read (read 2026-11).
fn is_read(call: &[String]) -> bool {
    let has = |flags: &[&str]| {
        let mut arguments = call.iter().skip(1);
        arguments.any(|one| {
            flags
                .iter()
                .any(|flag| one == flag || one.starts_with(&format!("{flag}=")))
        })
    };
    match call[0].as_str() {
        "aws" => {
            let verbs = ["get-", "list-", "describe-", "batch-get-"];
            let generates = [
                "generate-credential-report",
                "generate-service-last-accessed-details",
            ];
            let operation = call[2].as_str();
            verbs.iter().any(|verb| operation.starts_with(verb)) || generates.contains(&operation)
        }
        "kubectl" => call[1] == "get" || call[1..3] == ["config", "current-context"],
        "gh" if call[2] == "graphql" => {
            let query = call.iter().find_map(|one| one.strip_prefix("query="));
            query.is_some_and(|query| query.trim_start().starts_with("query("))
                && !has(&["-X", "--method", "--input"])
        }
        "gh" => {
            call[1] == "api"
                && !has(&[
                    "-X",
                    "--method",
                    "-f",
                    "-F",
                    "--field",
                    "--raw-field",
                    "--input",
                ])
        }
        "curl" => !has(&[
            "-X",
            "--request",
            "-d",
            "--data",
            "-T",
            "--upload-file",
            "-F",
            "--form",
            "--json",
        ]),
        other => panic!("{other} is no stub"),
    }
}

#[test]
fn every_call_only_reads_and_none_shows_a_secret() {
    if !has("jq") {
        return;
    }
    let ground = Ground::new(ALL);
    let run = ground.run(&ASKED, "");
    assert!(run.status.success(), "{}", text(&run.stderr));
    let calls = ground.calls();
    assert!(calls.len() > 100, "{}", calls.len());
    for call in &calls {
        assert!(is_read(call), "{call:?}");
        assert!(
            !call.iter().any(|one| one.contains(TOKEN)),
            "a list of processes shows it: {call:?}"
        );
    }
    for tool in STUBS {
        assert!(calls.iter().any(|call| call[0] == tool.0), "{}", tool.0);
    }
    assert!(!text(&run.stderr).contains(TOKEN) && !text(&run.stdout).contains(TOKEN));
    // The judge refuses what writes.
    for wrong in [
        &["aws", "iam", "delete-user"][..],
        &["kubectl", "apply", "-f"],
        &["gh", "api", "orgs/octo", "-X", "DELETE"],
        &["gh", "api", "graphql", "-f", "query=mutation { x }"],
        &["curl", "-d", "x"],
    ] {
        let wrong: Vec<String> = wrong.iter().map(|one| (*one).to_owned()).collect();
        assert!(!is_read(&wrong), "{wrong:?}");
    }
}

#[test]
fn what_is_collected_lies_where_it_is_read_from_and_is_read() {
    if !has("jq") {
        return;
    }
    let ground = Ground::new(ALL);
    let run = ground.run(&ASKED, "");
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert_eq!(
        text(&run.stderr).lines().count(),
        1,
        "nothing fails: {}",
        text(&run.stderr)
    );
    let layout: Vec<String> = ground.collected().into_iter().collect();
    insta::assert_snapshot!(layout.join("\n"));
    let report = leakreach(
        ground.folder.path(),
        &[
            "analyze",
            "exports",
            "--strict",
            "--as-of",
            "2026-11-01",
            "--format",
            "none",
            "--json",
        ],
    );
    assert_eq!(code(&report), 0, "{}", text(&report.stderr));
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    let read = report["inputs"]["files"].as_array().unwrap();
    let read: BTreeSet<String> = read
        .iter()
        .filter(|file| !file["sources"].as_array().unwrap().is_empty())
        .map(|file| {
            file["path"]
                .as_str()
                .unwrap()
                .trim_start_matches("exports/")
                .to_owned()
        })
        .collect();
    // A list of alerts that is empty says nothing, not even of what.
    let mut collected = ground.collected();
    assert!(collected.remove("scanners/github/acme.json"));
    let unread: Vec<&String> = collected.difference(&read).collect();
    assert!(unread.is_empty(), "{unread:?}");
    let ids = report["credentials"].to_string();
    assert!(ids.contains("AKIAEXAMPLECIRELEASE"), "{ids}");
}

#[test]
fn what_fails_is_told_and_the_rest_goes_on_and_nothing_is_overwritten_by_it() {
    let ground = Ground::new("aws");
    let buckets = "aws/777788889999/s3/list-buckets.json";
    assert!(ground.run(&["--regions", "eu-west-1"], "").status.success());
    let before = fs::read(ground.path("exports").join(buckets)).unwrap();
    let all = ground.collected();
    for broken in ["s3api list-buckets", "s3api list-buckets empty"] {
        let run = ground.run(&["--regions", "eu-west-1"], broken);
        assert!(run.status.success(), "{}", text(&run.stderr));
        let said = text(&run.stderr);
        assert!(
            said.contains(&format!("not collected: exports/{buckets}: ")),
            "{said}"
        );
        assert!(said.contains("; 1 could not be"), "{said}");
        assert_eq!(
            fs::read(ground.path("exports").join(buckets)).unwrap(),
            before
        );
        assert_eq!(ground.collected(), all);
    }
    // Without a login nothing is collected, and that is a failure.
    let ground = Ground::new("aws,okta");
    let run = ground.run(&[], "sts get-caller-identity");
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    assert!(
        text(&run.stderr).contains("say --okta ORG"),
        "{}",
        text(&run.stderr)
    );
    assert!(ground.collected().is_empty());
}

#[test]
fn the_list_of_repositories_that_run_workflows_is_asked_for_where_there_is_one() {
    if !has("jq") {
        return;
    }
    let list = "github/orgs/acme/actions/permissions/repositories.json";
    for (policy, is_asked) in [("selected", true), ("", false)] {
        let ground = Ground::new("github");
        let run = ground.run(&["--github", "acme"], policy);
        assert!(run.status.success(), "{}", text(&run.stderr));
        assert_eq!(ground.collected().contains(list), is_asked, "{policy}");
    }
}

#[test]
fn a_name_that_leads_elsewhere_is_not_followed() {
    let ground = Ground::new("aws");
    let run = ground.run(&["--regions", "eu-west-1"], "hostile");
    assert!(
        text(&run.stderr).contains("its name leads elsewhere"),
        "{}",
        text(&run.stderr)
    );
    assert!(!ground.path("escaped.json").exists() && !ground.path("exports/escaped.json").exists());
}

#[test]
fn help_names_every_option_and_an_unknown_one_is_wrong_usage() {
    let ground = Ground::new("github");
    let help = ground.run(&["--help"], "");
    assert!(help.status.success());
    for option in [
        "--out",
        "--regions",
        "--github",
        "--cluster",
        "--okta",
        "--openai",
        "--anthropic",
    ] {
        assert!(text(&help.stdout).contains(option), "{option}");
    }
    assert_eq!(ground.run(&["--gihtub", "octo"], "").status.code(), Some(2));
    assert_eq!(ground.run(&["--github"], "").status.code(), Some(2));
    assert!(ground.calls().is_empty());
    let unknown = leakreach(Path::new("."), &["list", "sources", "--script", "asw"]);
    assert_eq!(code(&unknown), 2);
    let other = leakreach(Path::new("."), &["list", "techniques", "--script", "aws"]);
    assert_eq!(code(&other), 2);
}

#[test]
fn shellcheck_finds_nothing_in_any_script() {
    if !has("shellcheck") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let each = leakreach::sources::COLLECTORS.iter().map(|one| one.id);
    let path = folder.path().join("collect.sh");
    let check = |path: &Path| Command::new("shellcheck").arg(path).output().unwrap();
    for platforms in each.chain([ALL]) {
        let script = leakreach(folder.path(), &["list", "sources", "--script", platforms]);
        fs::write(&path, &script.stdout).unwrap();
        let found = check(&path);
        assert!(
            found.status.success(),
            "{platforms}: {}",
            text(&found.stdout)
        );
    }
    fs::write(&path, "#!/bin/sh\nrm $1\n").unwrap();
    assert!(
        !check(&path).status.success(),
        "it finds what there is to find"
    );
}

/// The exact commands that sources name are in the script: one list does not know of more than the other.
#[test]
fn the_script_makes_every_aws_call_that_a_source_names() {
    let script = leakreach::sources::script(&["aws", "kubernetes"]);
    let mut named = 0;
    for source in leakreach::sources::SOURCES {
        for command in source.command.split("aws ").skip(1) {
            let mut words = command.split_whitespace();
            let (Some(service), Some(operation)) = (words.next(), words.next()) else {
                continue;
            };
            let is_call = |word: &str| {
                word.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            };
            if !operation.contains('-') || !is_call(service) || !is_call(operation) {
                continue;
            }
            named += 1;
            // What is asked of one may be asked of many, and the other way round.
            let single = operation
                .replace("batch-get-", "get-")
                .trim_end_matches('s')
                .to_owned();
            assert!(
                script.contains(operation) || script.contains(&single),
                "{}: {operation}",
                source.id
            );
        }
    }
    assert!(named > 40, "{named}");
}
