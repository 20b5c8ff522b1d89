//! The action and the GitLab template: valid by their published schemas, and their shell steps do what they say, with a
//! leakreach that only writes down how it was called.

use crate::text;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn of_file(name: &str) -> Value {
    yaml(&fs::read_to_string(format!("{ROOT}/{name}")).unwrap())
}

fn schema(name: &str) -> jsonschema::Validator {
    let path = format!("{ROOT}/tests/cli/schemas/{name}.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, instance: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The workflow that the documentation shows.
fn shown_workflow() -> Value {
    let page = fs::read_to_string(format!("{ROOT}/docs/ci.md")).unwrap();
    let block = page.split("```yaml\n").nth(1).unwrap();
    yaml(block.split("```").next().unwrap())
}

#[test]
fn the_action_is_valid_by_the_published_schema() {
    let validator = schema("github-action");
    let mut action = of_file("action.yml");
    assert_valid(&validator, &action);
    action["runs"]["using"] = "composit".into();
    assert!(!validator.is_valid(&action));
    let mut without_shell = of_file("action.yml");
    without_shell["runs"]["steps"][0]
        .as_object_mut()
        .unwrap()
        .remove("shell");
    assert!(!validator.is_valid(&without_shell));
}

#[test]
fn the_shown_workflow_is_valid_and_gives_the_action_only_inputs_that_it_has() {
    let validator = schema("github-workflow");
    let mut workflow = shown_workflow();
    assert_valid(&validator, &workflow);
    let action = of_file("action.yml");
    let mut used = 0;
    for job in workflow["jobs"].as_object().unwrap().values() {
        for step in job["steps"].as_array().unwrap() {
            if step["uses"]
                .as_str()
                .is_some_and(|uses| uses.starts_with("OWNER/leakreach@"))
            {
                used += 1;
                for name in step["with"].as_object().unwrap().keys() {
                    assert!(action["inputs"][name].is_object(), "{name}");
                }
            }
        }
    }
    assert_eq!(used, 2);
    workflow["jobs"]["gate"]
        .as_object_mut()
        .unwrap()
        .remove("runs-on");
    assert!(!validator.is_valid(&workflow));
}

#[test]
fn the_gitlab_template_is_valid_by_the_published_schema() {
    let validator = schema("gitlab-ci");
    let mut template = of_file("templates/gitlab-ci.yml");
    assert_valid(&validator, &template);
    // The schema looks into no job that is only extended: so what the jobs have of it is put into one.
    let mut whole = template["leakreach-gate"].as_object().unwrap().clone();
    whole.remove("extends");
    whole.extend(template[".leakreach"].as_object().unwrap().clone());
    template["leakreach-gate"] = whole.into();
    assert_valid(&validator, &template);
    template["leakreach-gate"]["artifacts"]["when"] = "sometimes".into();
    assert!(!validator.is_valid(&template));
}

/// Whatever is used of others is pinned to a commit.
#[test]
fn other_actions_are_pinned_to_a_commit() {
    let action = of_file("action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let uses: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["uses"].as_str())
        .collect();
    assert_eq!(uses.len(), 1);
    for uses in uses {
        let revision = uses.split('@').nth(1).unwrap();
        assert!(
            revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{uses}"
        );
    }
}

/// A leakreach that writes down its arguments, writes the reports that it is asked for and ends as it is told.
const STUB: &str = r#"#!/usr/bin/env bash
printf '%s\n' "$@" > "$CALLED"
while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; shift; done
if [ "${CODE:-0}" -lt 2 ]; then
    mkdir -p "$out"
    for name in report.json report.sarif junit.xml summary.md; do echo "$name" > "$out/$name"; done
fi
exit "${CODE:-0}"
"#;

struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bin/leakreach");
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(&path, STUB).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn run(&self, script: &str, flags: &[&str], variables: &[(&str, &str)]) -> Output {
        let path = self.folder.path();
        fs::write(path.join("step.sh"), script).unwrap();
        let at = |name: &str| path.join(name).to_str().unwrap().to_owned();
        Command::new("bash")
            .args(flags)
            .arg(at("step.sh"))
            .current_dir(path)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", at("bin")))
            .env("CALLED", at("called"))
            .env("GITHUB_OUTPUT", at("output"))
            .env("GITHUB_STEP_SUMMARY", at("summary"))
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// How leakreach was called.
    fn called(&self) -> Vec<String> {
        self.file("called").lines().map(str::to_owned).collect()
    }
}

/// The shell of a step of the action, as GitHub runs `shell: bash`.
const BASH: [&str; 5] = ["--noprofile", "--norc", "-eo", "pipefail", "--"];

fn step(name: &str) -> (String, BTreeMap<String, String>) {
    let action = of_file("action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == name).unwrap();
    let variables = step["env"].as_object().into_iter().flatten();
    let variables =
        variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
    (
        step["run"].as_str().unwrap().to_owned(),
        variables.collect(),
    )
}

fn scored(ground: &Ground, given: &[(&str, &str)]) -> Output {
    let (script, variables) = step("Score");
    let defaults = [
        ("PATHS", "exports"),
        ("POLICY", ""),
        ("BASELINE", ""),
        ("HISTORY", ""),
        ("AS_OF", ""),
        ("OUT", "report"),
    ];
    assert!(
        defaults
            .iter()
            .all(|(name, _)| variables.contains_key(*name))
            && variables.len() == defaults.len()
    );
    let all: Vec<(&str, &str)> = defaults.iter().chain(given).copied().collect();
    ground.run(&script, &BASH, &all)
}

#[test]
fn the_action_scores_without_a_policy_and_gates_with_one() {
    let ground = Ground::new();
    let run = scored(&ground, &[]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let formats = "html,dot,json,sarif,junit,markdown";
    assert_eq!(
        ground.called(),
        [
            "analyze", "--out", "report", "--format", formats, "--", "exports"
        ]
    );
    assert_eq!(
        ground.file("output"),
        "exit-code=0\nreport=report/report.json\nsarif=report/report.sarif\n"
    );
    assert_eq!(ground.file("summary"), "summary.md\n");

    let ground = Ground::new();
    let given = [
        ("PATHS", "one\nsome two\n\n"),
        ("POLICY", "policy.toml"),
        ("BASELINE", "old.json"),
        ("HISTORY", "history.jsonl"),
        ("AS_OF", "2026-11-01"),
    ];
    assert!(scored(&ground, &given).status.success());
    assert_eq!(
        ground.called(),
        [
            "gate",
            "--out",
            "report",
            "--format",
            formats,
            "--baseline",
            "old.json",
            "--history",
            "history.jsonl",
            "--as-of",
            "2026-11-01",
            "--policy",
            "policy.toml",
            "--",
            "one",
            "some two"
        ]
    );
}

#[test]
fn what_the_policy_stops_is_told_after_all_is_written_and_what_fails_at_once() {
    let ground = Ground::new();
    let stopped = scored(&ground, &[("POLICY", "policy.toml"), ("CODE", "1")]);
    assert!(
        stopped.status.success(),
        "the upload comes first: {}",
        text(&stopped.stderr)
    );
    assert!(ground.file("output").starts_with("exit-code=1\n"));
    assert_eq!(ground.file("summary"), "summary.md\n");
    let (judge, _) = step("Judge");
    let judged = |code: &str| ground.run(&judge, &BASH, &[("EXIT_CODE", code)]);
    assert_eq!(judged("1").status.code(), Some(1));
    assert!(text(&judged("1").stdout).contains("::error"));
    assert_eq!(judged("0").status.code(), Some(0));
    for code in ["2", "3", "4"] {
        let ground = Ground::new();
        let failed = scored(&ground, &[("CODE", code)]);
        assert_eq!(failed.status.code().unwrap().to_string(), code);
        assert_eq!(ground.file("summary"), "");
    }
}

#[test]
fn what_is_given_to_the_action_is_never_run() {
    let ground = Ground::new();
    let hostile = "$(touch owned)`touch owned`; touch owned\n-x";
    let given = [("PATHS", hostile), ("BASELINE", hostile), ("OUT", "report")];
    assert!(scored(&ground, &given).status.success());
    assert!(!ground.folder.path().join("owned").exists());
    let called = ground.called();
    let end = called.iter().position(|one| one == "--").unwrap();
    assert_eq!(
        called[end + 1..],
        ["$(touch owned)`touch owned`; touch owned", "-x"]
    );
    // No expression stands inside of a script.
    for name in ["Build leakreach", "Score", "Judge"] {
        assert!(!step(name).0.contains("${{"), "{name}");
    }
}

#[test]
fn the_action_builds_only_what_is_not_there() {
    let ground = Ground::new();
    let (script, _) = step("Build leakreach");
    let cargo = ground.folder.path().join("bin/cargo");
    fs::write(&cargo, "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$CALLED\"\n").unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let variables = [
        ("ACTION_PATH", "/action"),
        ("RUNNER_TEMP", "/temp"),
        ("GITHUB_PATH", "paths"),
    ];
    assert!(ground.run(&script, &BASH, &variables).status.success());
    assert_eq!(ground.file("called"), "", "one is installed");
    fs::remove_file(ground.folder.path().join("bin/leakreach")).unwrap();
    assert!(ground.run(&script, &BASH, &variables).status.success());
    assert_eq!(
        ground.called(),
        [
            "install",
            "--quiet",
            "--locked",
            "--path",
            "/action",
            "--root",
            "/temp/leakreach"
        ]
    );
    assert_eq!(ground.file("paths"), "/temp/leakreach/bin\n");
}

#[test]
fn the_gitlab_job_gates_where_there_is_a_policy_and_keeps_history_at_night() {
    let template = of_file("templates/gitlab-ci.yml");
    let script = template[".leakreach"]["script"][0].as_str().unwrap();
    let defaults = template["variables"].as_object().unwrap();
    let defaults: Vec<(&str, &str)> = defaults
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let run = |ground: &Ground, source: &str, code: &str| {
        let more = [("CI_PIPELINE_SOURCE", source), ("CODE", code)];
        let all: Vec<(&str, &str)> = defaults.iter().chain(&more).copied().collect();
        // As the runner does: the first command that fails ends the job.
        ground.run(script, &["-eo", "pipefail"], &all)
    };
    let ground = Ground::new();
    assert!(run(&ground, "schedule", "0").status.success());
    let formats = "html,dot,json,sarif,junit,markdown";
    let base = ["--out", "leakreach-report", "--format", formats];
    assert_eq!(
        ground.called(),
        [
            &["analyze"][..],
            &base,
            &["--history", "leakreach-history.jsonl", "--", "exports"]
        ]
        .concat()
    );
    fs::write(ground.folder.path().join("leakreach-policy.toml"), "").unwrap();
    fs::create_dir(ground.folder.path().join("baseline")).unwrap();
    fs::write(ground.folder.path().join("baseline/report.json"), "").unwrap();
    let stopped = run(&ground, "merge_request_event", "1");
    assert_eq!(stopped.status.code(), Some(1));
    assert_eq!(
        ground.called(),
        [
            &["gate"][..],
            &base,
            &[
                "--baseline",
                "baseline/report.json",
                "--policy",
                "leakreach-policy.toml",
                "--",
                "exports"
            ]
        ]
        .concat()
    );
}

/// What the templates ask of leakreach it has; those of its commands that are there.
#[test]
fn every_flag_of_the_templates_is_one_that_leakreach_has() {
    let help = crate::leakreach(Path::new("."), &["--help"]);
    if !text(&help.stdout).contains("\n  gate ") {
        return;
    }
    let help = crate::leakreach(Path::new("."), &["gate", "--help"]);
    for flag in [
        "--out",
        "--format",
        "--baseline",
        "--history",
        "--as-of",
        "--policy",
    ] {
        assert!(text(&help.stdout).contains(flag), "{flag}");
    }
    for format in ["html", "dot", "json", "sarif", "junit", "markdown"] {
        assert!(text(&help.stdout).contains(format), "{format}");
    }
}
