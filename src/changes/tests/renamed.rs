//! Files that are there under another path.

use super::{between, credential, file, place, reached, report};
use crate::changes::{Changes, Renamed, State};
use serde_json::{Value, json};

const KEY: &str = "found:mcp-config:PATH#github/TOKEN";

/// A configuration at a path with a token of such a name, in a report.
fn configured(report: &mut Value, path: &str, name: &str) {
    let id = KEY.replace("PATH", path).replace("TOKEN", name);
    let place_id = format!("mcp-config:{path}#github");
    let mut one = credential(
        &id,
        vec![reached("arn:b", "internal", "admin", 1.0)],
        &[&place_id],
    );
    one["kind"] = "personal-access-token".into();
    one["name"] = name.into();
    one["evidence"] = place(path);
    report["credentials"].as_array_mut().unwrap().push(one);
    report["exposures"].as_array_mut().unwrap().push(json!({
        "id": place_id, "name": format!("server github in {path}"), "kind": "mcp-config",
        "credentials": [id], "evidence": place(path)}));
    report["fixes"].as_array_mut().unwrap().push(json!({
        "id": format!("credential:{id}"), "text": "revoke it", "certain": 1, "possible": 1, "evidence": place(path)}));
    let files = report["inputs"]["files"].as_array_mut().unwrap();
    files.push(file(path, "agents/mcp_servers", None, None));
    for layer in ["certain", "possible"] {
        let sum = report["totals"][layer].as_f64().unwrap();
        report["totals"][layer] = (sum + 1.0).into();
    }
}

fn with(files: &[(&str, &str)]) -> Value {
    let mut report = report(vec![]);
    report["findings"] = json!([]);
    for (path, name) in files {
        configured(&mut report, path, name);
    }
    report
}

fn states(changes: &Changes) -> Vec<State> {
    let credentials = changes.credentials.iter().map(|one| one.state);
    credentials
        .chain(changes.exposures.iter().map(|one| one.state))
        .chain(changes.fixes.iter().map(|one| one.state))
        .chain(changes.paths.iter().map(|one| one.state))
        .collect()
}

fn pair(old: &str, new: &str) -> Renamed {
    Renamed {
        old: old.to_owned(),
        new: new.to_owned(),
    }
}

#[test]
fn what_lies_in_a_renamed_configuration_is_neither_new_nor_gone() {
    let (old, new) = (
        with(&[("shop/.mcp.json", "TOKEN")]),
        with(&[("shop/.cursor/mcp.json", "TOKEN")]),
    );
    let changes = between(&old, &new);
    assert_eq!(
        changes.renamed,
        [pair("shop/.mcp.json", "shop/.cursor/mcp.json")]
    );
    assert_eq!(states(&changes), []);
    assert!(changes.totals.change.is_zero());
    let data = changes.totals.causes.iter();
    assert!(data.clone().all(|part| part.points.is_zero()));
}

#[test]
fn another_name_or_kind_in_it_makes_it_another_file() {
    let old = with(&[("shop/.mcp.json", "TOKEN")]);
    let other = with(&[("shop/mcp.json", "OTHER")]);
    let changes = between(&old, &other);
    assert_eq!(changes.renamed, []);
    assert!(states(&changes).contains(&State::New) && states(&changes).contains(&State::Gone));
    let mut other = with(&[("shop/mcp.json", "TOKEN")]);
    other["credentials"][0]["kind"] = "password".into();
    assert_eq!(between(&old, &other).renamed, []);
}

#[test]
fn a_file_that_stays_is_not_taken_for_another_one() {
    let old = with(&[("shop/.mcp.json", "TOKEN")]);
    let both = with(&[("shop/.mcp.json", "TOKEN"), ("bank/.mcp.json", "TOKEN")]);
    let changes = between(&old, &both);
    assert_eq!(changes.renamed, []);
    // Of files that say of nobody fewer were read before.
    let all = states(&changes);
    assert!(
        all.iter().all(|state| *state == State::NewlyObserved),
        "{all:?}"
    );
}

#[test]
fn of_several_that_fit_the_one_in_the_same_folders_is_it_and_none_where_two_are_as_near() {
    let old = with(&[
        ("jan/shop/.mcp.json", "TOKEN"),
        ("jan/bank/.mcp.json", "TOKEN"),
    ]);
    let new = with(&[
        ("feb/bank/.mcp.json", "TOKEN"),
        ("feb/shop/.mcp.json", "TOKEN"),
    ]);
    let changes = between(&old, &new);
    assert_eq!(
        changes.renamed,
        [
            pair("jan/bank/.mcp.json", "feb/bank/.mcp.json"),
            pair("jan/shop/.mcp.json", "feb/shop/.mcp.json")
        ]
    );
    assert_eq!(states(&changes), []);
    let one = with(&[("jan/shop/.mcp.json", "TOKEN")]);
    let new = with(&[("a/.mcp.json", "TOKEN"), ("b/.mcp.json", "TOKEN")]);
    assert_eq!(between(&one, &new).renamed, []);
}

#[test]
fn a_finding_about_what_was_renamed_is_the_same_finding() {
    let finding = |path: &str, print: &str| {
        json!([{"rule": "BR-CRD-01", "fingerprint": print, "severity": "high", "text": "no end",
            "subject": KEY.replace("PATH", path), "object": null, "evidence": place(path)}])
    };
    let (mut old, mut new) = (
        with(&[("shop/.mcp.json", "TOKEN")]),
        with(&[("shop/mcp.json", "TOKEN")]),
    );
    old["findings"] = finding("shop/.mcp.json", "1");
    new["findings"] = finding("shop/mcp.json", "2");
    assert_eq!(between(&old, &new).findings.len(), 0);
    // Another rule about it is another finding.
    new["findings"][0]["rule"] = "BR-EXP-01".into();
    assert_eq!(between(&old, &new).findings.len(), 2);
}
