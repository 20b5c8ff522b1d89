//! Ids are the same whatever files are called and however an export is split: of every source.

use crate::samples::sample;
use camino::Utf8PathBuf;
use leakreach::analysis::{
    Analysis, FixLimit, Measure, Memory, Mode, Options, ReadOptions, analyze,
};
use leakreach::changes::{Report, compare};
use leakreach::progress::Silent;
use leakreach::reports;
use leakreach::sources::SOURCES;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// Plainly fake, and of the form that readers take for a secret.
fn secret() -> String {
    format!("{}{}X", "ghp_", "EXAMPLE".repeat(5))
}

/// What is made of some files, of which every path begins at the same root.
fn analyzed(files: &[(String, String)]) -> (Analysis, String) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let options = Options {
        as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
        shown: 50,
        fixes: FixLimit::All,
        memory: Memory::ALL,
    };
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let analysis = analyze(std::slice::from_ref(&root), &options, &Silent).unwrap();
    (analysis, root.to_string())
}

/// Every id of a run, without the folder that all of it lies in.
fn ids(files: &[(String, String)]) -> BTreeSet<String> {
    let (analysis, root) = analyzed(files);
    let inventory = &analysis.inventory;
    let credentials = inventory.credentials.iter().map(|one| &one.key);
    let exposures = inventory.exposures.iter().map(|one| &one.key);
    let principals = inventory.principals.iter().map(|one| &one.key);
    let resources = inventory.resources.iter().map(|one| &one.key);
    let scopes = inventory.scopes.iter().map(|one| &one.key);
    let all = credentials.chain(exposures).chain(principals);
    let all = all.chain(resources).chain(scopes).map(ToString::to_string);
    let fixes = analysis.fixes.iter().map(|one| analysis.fix_key(one));
    let findings = analysis.findings.iter();
    let findings = findings.map(|one| format!("{} {}", one.check.id, one.fingerprint));
    let all = all.chain(fixes).chain(findings);
    all.map(|id| id.replace(&format!("{root}/"), "")).collect()
}

/// A text as the body of a logged call: what the path of the file would say, the wrapper does.
fn wrapped(path: &str, body: &Value) -> String {
    json!({"path": path, "body": body}).to_string()
}

/// The parts of an export: each list in it is cut in two.
fn halves(body: &Value) -> Option<[Value; 2]> {
    match body {
        Value::Array(all) if all.len() > 1 => {
            let (one, other) = all.split_at(all.len() / 2);
            Some([json!(one), json!(other)])
        }
        Value::Object(members) => {
            let (name, list) = members
                .iter()
                .find(|(_, list)| list.as_array().is_some_and(|list| list.len() > 1))?;
            let [one, other] = halves(list)?;
            let with = |half: Value| {
                let mut part = body.clone();
                part[name] = half;
                part
            };
            Some([with(one), with(other)])
        }
        _ => None,
    }
}

fn file(path: impl Into<String>, text: impl Into<String>) -> (String, String) {
    (path.into(), text.into())
}

/// Configurations that name what they hold after the file in which it lies.
const NAMED_AFTER_A_FILE: &str = "agents/mcp_servers";

/// An access map that joins no finding is named after its file too: nothing else tells it from another one of the same
/// identity.
fn unmapped(ids: BTreeSet<String>) -> BTreeSet<String> {
    let is_mapped = |id: &String| id.contains("found:access-map:");
    ids.into_iter().filter(|id| !is_mapped(id)).collect()
}

#[test]
fn ids_of_every_source_are_the_same_when_its_export_is_renamed_or_split() {
    let (mut checked, mut renamed, mut split, mut wrong) = (0, 0, 0, Vec::new());
    for source in SOURCES {
        let (path, text) = sample(source.id, &secret());
        let of = |files: &[(String, String)]| unmapped(ids(files));
        let before = of(&[file(path, &text)]);
        let mut compare = |what: &str, files: &[(String, String)]| {
            let after = of(files);
            checked += 1;
            if before != after {
                let differ: Vec<&String> = before.symmetric_difference(&after).collect();
                wrong.push(format!("{}, {what}: {differ:?}", source.id));
            }
        };
        // Folders are a part of the layout; above them is what one likes.
        if source.id != NAMED_AFTER_A_FILE {
            compare("moved", &[file(format!("other/place/{path}"), &text)]);
        }
        // What a folder of the layout, a scanner's repository and the estate file are told by is no name of one's choice.
        let is_told = ["scanners/", "estate", NAMED_AFTER_A_FILE];
        if !path.contains('/') && !is_told.iter().any(|told| source.id.starts_with(told)) {
            compare("renamed", &[file(format!("renamed-{path}"), &text)]);
            renamed += 1;
        }
        let Ok(body) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        compare("logged", &[file("calls.json", wrapped(path, &body))]);
        if let Some([one, other]) = halves(&body) {
            split += 1;
            let parts = [
                file("a.json", wrapped(path, &one)),
                file("b.json", wrapped(path, &other)),
            ];
            compare("split", &parts);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > SOURCES.len(), "{checked}");
    assert!(renamed > 10 && split > 20, "{renamed} {split}");
}

fn told(files: &[(String, String)]) -> Report {
    let (analysis, root) = analyzed(files);
    let json = reports::format("json").unwrap();
    let bytes = (json.render)(&analysis).unwrap();
    let text = String::from_utf8(bytes)
        .unwrap()
        .replace(&format!("{root}/"), "");
    Report::parse("report.json".into(), text.as_bytes()).unwrap()
}

#[test]
fn a_configuration_whose_id_is_its_path_is_taken_for_the_renamed_one() {
    let (_, text) = sample(NAMED_AFTER_A_FILE, &secret());
    let old = told(&[file("shop/m.json", &text)]);
    assert!(
        old.credentials
            .iter()
            .any(|one| one.id.contains("shop/m.json"))
    );
    let new = told(&[file("shop/servers.json", &text)]);
    let changes = compare(&old, &new);
    assert_eq!(changes.renamed.len(), 1);
    assert!(changes.credentials.is_empty() && changes.exposures.is_empty());
    assert!(changes.findings.is_empty() && changes.fixes.is_empty());
    // With another variable in it, it is another one.
    let other = text.replace("API_TOKEN", "OTHER_TOKEN");
    assert_ne!(text, other);
    let changes = compare(&old, &told(&[file("shop/servers.json", other)]));
    assert!(changes.renamed.is_empty() && !changes.exposures.is_empty());
}
