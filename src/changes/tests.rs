//! Reports that differ in one thing, and any two reports.

#![expect(
    clippy::needless_pass_by_value,
    reason = "reports are put together from parts that nothing else needs"
)]

mod bands;
mod renamed;

use super::compare::{State, compare};
use super::policy::Policy;
use super::report::Report;
use super::{Amount, Both, Cause, Changes, Outcome, judge};
use crate::inventory::BandLimit;
use camino::Utf8Path;
use proptest::prelude::*;
use serde_json::{Value, json};

const KEY: &str = "aws:access-key:AKIAEXAMPLEADA222222";
const LEDGER: &str = "arn:aws:s3:::ledger";
const PROD: &str = "aws:account:111122223333";
const ACCOUNT_FILE: &str = "x/aws/111122223333/iam/account-authorization-details.json";
const KEY_FILE: &str = "x/aws/111122223333/iam/access-keys/ada.json";
const SCAN: &str = "x/scanners/gitleaks/acme__shop.json";

pub(super) fn parse(report: &Value) -> Report {
    Report::parse(Utf8Path::new("report.json"), report.to_string().as_bytes()).unwrap()
}

fn place(path: &str) -> Value {
    json!([{"path": path, "line": 1, "pointer": ""}])
}

fn file(path: &str, source: &str, of: Option<&str>, object: Option<&str>) -> Value {
    json!({"path": path, "bytes": 1, "records": 1, "sources": [source],
        "covers": [{"source": source, "of": of, "list": null, "object": object, "kind": object.map(|_| "user")}]})
}

pub(super) fn reached(resource: &str, sensitivity: &str, access: &str, points: f64) -> Value {
    json!({"resource": resource, "name": resource, "kind": "s3:bucket", "tenant": PROD, "environment": "production",
        "sensitivity": sensitivity, "sensitivity_assumed": null, "access": access, "points": points, "certain": true,
        "hops": 2, "proof": [{"evidence": place(ACCOUNT_FILE)}]})
}

fn reach(points: f64, resources: usize, crowns: usize) -> Value {
    json!({"points": points, "credentials": 0, "principals": 1, "resources": resources, "crown_jewels": crowns})
}

/// A credential that reaches what is listed.
pub(super) fn credential(id: &str, top: Vec<Value>, exposures: &[&str]) -> Value {
    let points: f64 = top.iter().map(|one| one["points"].as_f64().unwrap()).sum();
    let is_crown = |one: &&Value| one["sensitivity"] == "crown" && one["access"] != "list";
    let crowns = top.iter().filter(is_crown).count();
    let all = reach(points, top.len(), crowns);
    json!({"id": id, "name": id, "kind": "access-key",
        "principal": {"id": "arn:aws:iam::111122223333:user/ada", "name": "ada", "environment": "staging"},
        "status": "active", "lifetime": "static", "created": "2026-01-01T00:00:00Z", "expires": null,
        "exposures": exposures, "evidence": place(KEY_FILE), "rank": 1, "certain": all, "possible": all,
        "unknown": null, "breakdown": {"accesses": [{"name": "list", "certain": top.len(), "possible": top.len()}],
        "environments": [{"name": "production", "certain": top.len(),
        "possible": top.len()}]}, "top": top})
}

pub(super) fn report(credentials: Vec<Value>) -> Value {
    let sum = |layer: &str| -> f64 {
        let all = credentials.iter();
        all.map(|one| one[layer]["points"].as_f64().unwrap()).sum()
    };
    let mut places: Vec<&str> = credentials
        .iter()
        .flat_map(|one| one["exposures"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    places.sort_unstable();
    places.dedup();
    let exposures: Vec<Value> = places
        .iter()
        .map(|id| {
            json!({"id": id, "name": id, "kind": "repository-file", "credentials": [], "evidence": place(SCAN)})
        })
        .collect();
    json!({"schema": "", "version": 1, "as_of": "2026-06-01T00:00:00Z",
        "inputs": {"files": [
            file(ACCOUNT_FILE, "aws/account_authorization_details", Some(PROD), None),
            file(KEY_FILE, "aws/access_keys", Some(PROD), Some("arn:aws:iam::111122223333:user/ada")),
            file(SCAN, "scanners/gitleaks", Some("repository:acme/shop"), None),
        ], "unlisted": []},
        "problems": [], "coverage": [],
        "totals": {"certain": sum("certain"), "possible": sum("possible"), "fix_candidates_bounded": 0},
        "credentials": credentials, "exposures": exposures, "fixes": []})
}

fn key() -> Value {
    credential(KEY, vec![reached(LEDGER, "crown", "read", 18.0)], &["repo"])
}

fn between(old: &Value, new: &Value) -> Changes {
    compare(&parse(old), &parse(new))
}

fn points(amount: f64) -> Amount {
    #[expect(clippy::cast_possible_truncation, reason = "small figures of a test")]
    Amount((amount * 4_000_000.0).round() as i128)
}

fn cause(changes: &Changes, cause: Cause) -> f64 {
    let part = changes
        .totals
        .causes
        .iter()
        .find(|part| part.cause == cause);
    let certain = part.unwrap().points.certain;
    #[expect(clippy::cast_precision_loss, reason = "small figures of a test")]
    let amount = certain.0 as f64 / 4_000_000.0;
    amount
}

fn without_file(mut report: Value, path: &str) -> Value {
    let files = report["inputs"]["files"].as_array_mut().unwrap();
    files.retain(|file| file["path"] != path);
    report
}

#[test]
fn two_reports_of_the_same_are_no_change() {
    let changes = between(&report(vec![key()]), &report(vec![key()]));
    assert!(changes.credentials.is_empty() && changes.paths.is_empty());
    assert!(changes.exposures.is_empty() && changes.totals.change.is_zero());
}

#[test]
fn a_credential_that_came_to_lie_somewhere_is_a_new_leak_and_one_that_lies_nowhere_a_new_grant() {
    let none = report(vec![]);
    let changes = between(&none, &report(vec![key()]));
    assert_eq!(changes.credentials[0].state, State::New);
    assert_eq!(cause(&changes, Cause::NewLeak), 18.0);
    let stored = credential(KEY, vec![reached(LEDGER, "crown", "read", 18.0)], &[]);
    let changes = between(&none, &report(vec![stored]));
    assert_eq!(cause(&changes, Cause::NewGrant), 18.0);
    assert_eq!(cause(&changes, Cause::NewLeak), 0.0);
}

#[test]
fn more_reach_is_a_new_grant_and_less_is_fixed() {
    let more = credential(
        KEY,
        vec![
            reached(LEDGER, "crown", "read", 18.0),
            reached("arn:b", "internal", "admin", 1.0),
        ],
        &["repo"],
    );
    let changes = between(&report(vec![key()]), &report(vec![more.clone()]));
    assert_eq!(changes.credentials[0].state, State::Worse);
    assert_eq!(cause(&changes, Cause::NewGrant), 1.0);
    assert_eq!(
        (changes.paths.len(), changes.paths[0].state),
        (1, State::New)
    );
    let back = between(&report(vec![more]), &report(vec![key()]));
    assert_eq!(back.credentials[0].state, State::Better);
    assert_eq!(cause(&back, Cause::Fixed), -1.0);
    assert_eq!(back.paths[0].state, State::Gone);
}

#[test]
fn another_label_is_no_grant() {
    let other = credential(
        KEY,
        vec![reached(LEDGER, "restricted", "read", 6.0)],
        &["repo"],
    );
    let changes = between(&report(vec![key()]), &report(vec![other]));
    assert_eq!(cause(&changes, Cause::DataChanged), -12.0);
    assert_eq!(changes.totals.not_observed, Both::default());
}

#[test]
fn what_no_list_tells_of_is_a_grant_or_a_fix_only_if_more_or_less_is_reached() {
    // Of twenty resources one is listed; the sum moves by what the others weigh.
    let of = |points: f64, rungs: usize| {
        let mut one = key();
        for layer in ["certain", "possible"] {
            one[layer] = reach(points, 20, 1);
        }
        one["breakdown"]["accesses"] =
            json!([{"name": "list", "certain": rungs, "possible": rungs}]);
        report(vec![one])
    };
    for (rungs, sum, named) in [
        (20, 25.0, Cause::DataChanged),
        (20, 35.0, Cause::DataChanged),
        (21, 35.0, Cause::NewGrant),
        (19, 25.0, Cause::Fixed),
        (21, 25.0, Cause::DataChanged),
    ] {
        let changes = between(&of(30.0, 20), &of(sum, rungs));
        assert_eq!(cause(&changes, named), sum - 30.0, "{rungs} {sum}");
    }
    let lost = between(&of(30.0, 20), &without_file(of(25.0, 19), ACCOUNT_FILE));
    assert_eq!(lost.totals.not_observed.certain, points(-5.0));
}

#[test]
fn what_is_gone_is_fixed_unless_it_has_reached_its_end() {
    let mut expiring = key();
    expiring["expires"] = json!("2026-05-01T00:00:00Z");
    let gone = between(&report(vec![key()]), &report(vec![]));
    assert_eq!(gone.credentials[0].state, State::Gone);
    assert_eq!(cause(&gone, Cause::Fixed), -18.0);
    let ended = between(&report(vec![expiring.clone()]), &report(vec![]));
    assert_eq!(cause(&ended, Cause::Expired), -18.0);
    // It is there still, and counts for nothing.
    let mut over = expiring.clone();
    over["top"] = json!([]);
    over["certain"] = reach(0.0, 0, 0);
    over["possible"] = reach(0.0, 0, 0);
    let mut before = report(vec![expiring]);
    before["as_of"] = json!("2026-04-01T00:00:00Z");
    let over = between(&before, &report(vec![over]));
    assert_eq!(cause(&over, Cause::Expired), -18.0);
}

#[test]
fn what_an_export_stopped_telling_is_not_observed_and_never_gone() {
    let old = report(vec![key()]);
    for path in [KEY_FILE, ACCOUNT_FILE] {
        let mut nothing = key();
        nothing["top"] = json!([]);
        nothing["certain"] = reach(0.0, 0, 0);
        nothing["possible"] = reach(0.0, 0, 0);
        let left = if path == KEY_FILE {
            vec![]
        } else {
            vec![nothing]
        };
        let changes = between(&old, &without_file(report(left), path));
        assert_eq!(changes.credentials[0].state, State::NotObserved, "{path}");
        assert_eq!(changes.paths[0].state, State::NotObserved, "{path}");
        assert_eq!(cause(&changes, Cause::DataChanged), -18.0);
        assert_eq!(changes.totals.not_observed.certain, points(-18.0));
        assert_eq!(cause(&changes, Cause::Fixed), 0.0);
    }
    // The scan of the repository is missing: the key does not lie there any more, as far as is known.
    let mut clean = key();
    clean["exposures"] = json!([]);
    let changes = between(&old, &without_file(report(vec![clean.clone()]), SCAN));
    assert_eq!(changes.exposures[0].state, State::NotObserved);
    assert_eq!(changes.credentials[0].state, State::NotObserved);
    let changes = between(&old, &report(vec![clean]));
    assert_eq!(changes.exposures[0].state, State::Gone);
    assert_eq!(changes.credentials[0].state, State::Better);
}

#[test]
fn what_comes_back_with_its_export_is_no_new_leak() {
    let new = report(vec![key()]);
    let changes = between(&without_file(report(vec![]), KEY_FILE), &new);
    assert_eq!(changes.credentials[0].state, State::NewlyObserved);
    assert_eq!(cause(&changes, Cause::NewLeak), 0.0);
    assert_eq!(changes.totals.newly_observed.certain, points(18.0));
}

#[test]
fn what_one_covered_source_did_not_tell_before_is_new_though_another_was_not_asked() {
    let mut new = report(vec![key()]);
    new["credentials"][0]["evidence"] = json!([
        place(KEY_FILE)[0],
        place("x/devices/mbp/ada/.cursor/mcp.json")[0]
    ]);
    let laptop = file(
        "x/devices/mbp/ada/.cursor/mcp.json",
        "agents/mcp_servers",
        Some("device:mbp/ada"),
        None,
    );
    new["inputs"]["files"].as_array_mut().unwrap().push(laptop);
    assert_eq!(
        between(&report(vec![]), &new).credentials[0].state,
        State::New
    );
    let blind = without_file(report(vec![]), KEY_FILE);
    assert_eq!(
        between(&blind, &new).credentials[0].state,
        State::NewlyObserved
    );
}

#[test]
fn an_export_with_other_names_or_in_more_files_is_the_same_export() {
    let mut split = report(vec![]);
    let files = split["inputs"]["files"].as_array_mut().unwrap();
    for file in files.iter_mut() {
        let path = file["path"].as_str().unwrap().replace("x/", "y/");
        file["path"] = path.into();
    }
    let mut second = files[0].clone();
    second["path"] = "y/second.json".into();
    files.push(second);
    let changes = between(&report(vec![key()]), &split);
    assert_eq!(changes.credentials[0].state, State::Gone);
    assert_eq!(changes.exposures[0].state, State::Gone);
    // Where the export says of whom it tells, fewer files of it are all of it.
    let mut before = split;
    before["credentials"] = json!([key()]);
    before["totals"] = report(vec![key()])["totals"].clone();
    before["credentials"][0]["evidence"] = place("y/second.json");
    let changes = between(&before, &report(vec![]));
    assert_eq!(changes.credentials[0].state, State::Gone);
}

#[test]
fn what_a_file_failed_to_tell_is_not_observed() {
    for (severity, code, state) in [
        ("skipped", "malformed", State::NotObserved),
        ("doubt", "truncated", State::NotObserved),
        ("note", "truncated", State::Gone),
        ("doubt", "contradiction", State::Gone),
    ] {
        let mut new = report(vec![]);
        new["problems"] = json!([{"path": KEY_FILE, "severity": severity, "code": code}]);
        let changes = between(&report(vec![key()]), &new);
        assert_eq!(changes.credentials[0].state, state, "{severity} {code}");
    }
    // Of what could not be read nothing but the place says of whom it would tell.
    let mut new = report(vec![]);
    new["inputs"]["files"].as_array_mut().unwrap().push(
        json!({"path": "x/aws/111122223333/more.json", "sources": [],
        "covers": [{"source": null, "of": PROD, "list": null, "object": null, "kind": null}]}),
    );
    let whole = between(&report(vec![key()]), &new);
    assert_eq!(whole.credentials[0].state, State::Gone);
    new["problems"] = json!([{"path": "x/aws/111122223333/more.json", "severity": "skipped", "code": "malformed"}]);
    let broken = between(&report(vec![key()]), &new);
    assert_eq!(broken.credentials[0].state, State::NotObserved);
}

#[test]
fn a_user_whose_list_is_missing_is_told_from_one_who_is_gone() {
    let ada = "arn:aws:iam::111122223333:user/ada";
    let mut new = report(vec![]);
    new["inputs"]["files"][1] = file(
        "x/bob.json",
        "aws/access_keys",
        Some(PROD),
        Some("arn:aws:iam::111122223333:user/bob"),
    );
    let gone = between(&report(vec![key()]), &new);
    assert_eq!(
        gone.credentials[0].state,
        State::Gone,
        "there is no such user"
    );
    new["inputs"]["unlisted"] =
        json!([{"source": "aws/access_keys", "of": PROD, "list": "", "objects": [ada]}]);
    let unseen = between(&report(vec![key()]), &new);
    assert_eq!(unseen.credentials[0].state, State::NotObserved);
    // Lists of groups tell nothing of users.
    let mut new = report(vec![]);
    new["inputs"]["files"][1] = file(
        "x/bob.json",
        "aws/access_keys",
        Some(PROD),
        Some("arn:aws:iam::111122223333:group/g"),
    );
    new["inputs"]["files"][1]["covers"][0]["kind"] = "group".into();
    let unseen = between(&report(vec![key()]), &new);
    assert_eq!(unseen.credentials[0].state, State::NotObserved);
}

#[test]
fn one_list_of_a_source_tells_nothing_of_another() {
    let list = |path: &str, list: &str| {
        let mut file = file(
            path,
            "kubernetes/objects",
            Some("kubernetes:cluster:a"),
            None,
        );
        file["covers"][0]["list"] = list.into();
        file
    };
    let mut old = report(vec![key()]);
    old["inputs"]["files"][1] = list(KEY_FILE, "secret");
    let mut new = report(vec![]);
    new["inputs"]["files"][1] = list("pods.json", "pod");
    assert_eq!(between(&old, &new).credentials[0].state, State::NotObserved);
    new["inputs"]["files"][1] = list("pods.json", "secret");
    assert_eq!(between(&old, &new).credentials[0].state, State::Gone);
}

#[test]
fn a_region_that_is_not_exported_is_not_observed() {
    let mut old = report(vec![key()]);
    old["inputs"]["files"][1] = file(
        KEY_FILE,
        "aws/functions",
        Some(PROD),
        Some("region:eu-west-1"),
    );
    let mut new = report(vec![]);
    new["inputs"]["files"][1] = file(
        "b.json",
        "aws/functions",
        Some(PROD),
        Some("region:us-east-1"),
    );
    assert_eq!(between(&old, &new).credentials[0].state, State::NotObserved);
    new["inputs"]["files"][1] = file("b.json", "aws/functions", Some(PROD), None);
    assert_eq!(
        between(&old, &new).credentials[0].state,
        State::Gone,
        "the file may be of any region"
    );
}

#[test]
fn a_machine_that_is_collected_tells_of_all_its_files() {
    let machine = Some("device:mbp/ada");
    let mut old = report(vec![key()]);
    old["inputs"]["files"][1] = file(KEY_FILE, "agents/mcp_servers", machine, None);
    let mut new = report(vec![]);
    new["inputs"]["files"][1] = file("b.json", "agents/dotenv", machine, None);
    assert_eq!(between(&old, &new).credentials[0].state, State::Gone);
    new["inputs"]["files"][1] = file("b.json", "agents/dotenv", Some("device:mbp/bob"), None);
    assert_eq!(between(&old, &new).credentials[0].state, State::NotObserved);
}

#[test]
fn of_files_that_say_of_nobody_fewer_are_not_all() {
    let register = |path: &str| file(path, "neutral", None, None);
    let mut old = report(vec![key()]);
    old["inputs"]["files"][1] = register(KEY_FILE);
    old["inputs"]["files"]
        .as_array_mut()
        .unwrap()
        .push(register("second.csv"));
    let mut new = report(vec![]);
    new["inputs"]["files"][1] = register("renamed.csv");
    assert_eq!(between(&old, &new).credentials[0].state, State::NotObserved);
    new["inputs"]["files"]
        .as_array_mut()
        .unwrap()
        .push(register("second.csv"));
    assert_eq!(between(&old, &new).credentials[0].state, State::Gone);
}

#[test]
fn a_reach_that_became_unknown_is_not_observed_unless_its_issuer_was_asked() {
    let mut unknown = key();
    unknown["top"] = json!([]);
    unknown["certain"] = reach(0.0, 0, 0);
    unknown["possible"] = reach(0.0, 0, 0);
    unknown["unknown"] = json!("no export says whose it is");
    let (known, unknown) = (report(vec![key()]), report(vec![unknown]));
    // A scanner sees it still, and its account lists it no more.
    let deleted = between(&known, &unknown);
    assert_eq!(deleted.credentials[0].state, State::Better);
    assert_eq!(cause(&deleted, Cause::Fixed), -18.0);
    assert_eq!(deleted.paths[0].state, State::Gone);
    let unknown = without_file(unknown, KEY_FILE);
    let changes = between(&known, &unknown);
    assert_eq!(changes.credentials[0].state, State::NotObserved);
    assert_eq!(changes.totals.not_observed.certain, points(-18.0));
    let back = between(&unknown, &known);
    assert_eq!(back.credentials[0].state, State::NewlyObserved);
    assert_eq!(back.totals.newly_observed.certain, points(18.0));
}

#[test]
fn a_path_of_a_credential_whose_list_is_short_is_not_gone_because_its_reach_became_unknown() {
    let mut short = report(vec![key()]);
    short["credentials"][0]["top"] = json!([]);
    short["credentials"][0]["unknown"] = "no export says whose it is".into();
    let changes = between(&report(vec![key()]), &short);
    assert_eq!(changes.paths[0].state, State::NotListed);
}

#[test]
fn a_path_beyond_what_a_report_lists_is_neither_new_nor_gone() {
    let mut short = key();
    short["possible"]["resources"] = 20.into();
    short["certain"]["resources"] = 20.into();
    let mut other = short.clone();
    other["top"] = json!([reached("arn:b", "internal", "admin", 18.0)]);
    let changes = between(&report(vec![short.clone()]), &report(vec![other.clone()]));
    let states: Vec<_> = changes
        .paths
        .iter()
        .map(|path| (path.resource.as_str(), path.state))
        .collect();
    assert_eq!(
        states,
        [("arn:b", State::NewlyObserved), (LEDGER, State::NotListed)]
    );
    // All crown jewels are listed where their count says so.
    other["possible"]["crown_jewels"] = 0.into();
    let changes = between(&report(vec![short.clone()]), &report(vec![other.clone()]));
    let ledger = changes
        .paths
        .iter()
        .find(|path| path.resource == LEDGER)
        .unwrap();
    assert_eq!(ledger.state, State::Gone);
    let changes = between(&report(vec![other]), &report(vec![short]));
    let ledger = changes
        .paths
        .iter()
        .find(|path| path.resource == LEDGER)
        .unwrap();
    assert_eq!((ledger.state, ledger.is_critical), (State::New, true));
}

fn with_risk(mut credential: Value, chance: f64) -> Value {
    let weight = credential["certain"]["points"].as_f64().unwrap();
    let points = weight * chance;
    credential["risk"] = json!({"chance": chance, "weight": {"certain": weight, "possible": weight}, "points": points});
    for reached in credential["top"].as_array_mut().unwrap() {
        reached["points"] = (reached["points"].as_f64().unwrap() * chance).into();
    }
    credential["certain"]["points"] = points.into();
    credential["possible"]["points"] = points.into();
    credential
}

#[test]
fn a_chance_is_taken_off_before_reach_and_named_after_the_places() {
    let reaching = |more: bool, places: &[&str], chance: f64| {
        let mut top = vec![reached(LEDGER, "crown", "read", 18.0)];
        if more {
            top.push(reached("arn:b", "internal", "admin", 1.0));
        }
        report(vec![with_risk(credential(KEY, top, places), chance)])
    };
    let changes = between(
        &reaching(false, &["a"], 0.25),
        &reaching(true, &["a", "b"], 0.5),
    );
    assert_eq!(cause(&changes, Cause::NewLeak), 4.5);
    assert_eq!(cause(&changes, Cause::NewGrant), 0.5);
    let changes = between(&reaching(false, &["a"], 0.5), &reaching(false, &[], 0.25));
    assert_eq!(cause(&changes, Cause::Fixed), -4.5);
    let unscanned = without_file(reaching(false, &[], 0.25), SCAN);
    let changes = between(&reaching(false, &["a"], 0.5), &unscanned);
    assert_eq!(changes.totals.not_observed.certain, points(-4.5));
    let back = between(&unscanned, &reaching(false, &["a"], 0.5));
    assert_eq!(back.totals.newly_observed.certain, points(4.5));
    let changes = between(
        &reaching(false, &["a"], 0.25),
        &reaching(false, &["a"], 0.5),
    );
    assert_eq!(cause(&changes, Cause::DataChanged), 4.5, "it grew older");
}

#[test]
fn runs_of_two_measures_are_not_held_against_each_other() {
    let scored = |mode: &str| {
        let mut report = report(vec![with_risk(key(), 0.5)]);
        report["risk"] =
            json!({"model": "br-1", "mode": mode, "organisation": {"score": 9}, "bands": {}});
        report
    };
    let old = report(vec![key()]);
    let changes = between(&old, &scored("blast-radius"));
    let measures = changes.totals.measures.clone().unwrap();
    assert_eq!(
        (measures.old.as_str(), measures.new.as_str()),
        ("reach", "br-1 blast-radius")
    );
    assert!(changes.credentials.is_empty());
    assert_eq!(cause(&changes, Cause::DataChanged), -9.0);
    let verdict = judge(
        &policy("[organisation]\nmost_growth = 0"),
        &parse(&scored("risk")),
        Some(&changes),
    );
    assert_eq!(verdict.checks[0].outcome, Outcome::NotChecked);
    let changes = between(&scored("risk"), &scored("risk"));
    assert_eq!(
        (changes.totals.measures, changes.totals.score.unwrap().new),
        (None, points(9.0))
    );
}

#[test]
fn a_broken_report_is_told_by_file_place_and_member() {
    let error = |text: &str| {
        Report::parse(Utf8Path::new("a/report.json"), text.as_bytes())
            .unwrap_err()
            .to_string()
    };
    let of = |change: &dyn Fn(&mut Value)| {
        let mut broken = report(vec![key()]);
        change(&mut broken);
        error(&serde_json::to_string_pretty(&broken).unwrap())
    };
    assert!(error("").starts_with("`a/report.json:1:0` is no whole report"));
    assert!(error("{\"version\": 1").contains("a/report.json:1:"));
    assert!(error("{\"version\": 2}").contains("has version 2"));
    let text = of(&|report| report["credentials"][0]["certain"]["points"] = "much".into());
    assert!(
        text.contains("`credentials[0].certain.points`: no number of points"),
        "{text}"
    );
    let text = of(&|report| {
        report["credentials"][0]
            .as_object_mut()
            .unwrap()
            .remove("id");
    });
    assert!(text.contains("missing field `id`"), "{text}");
    let text = of(&|report| report["totals"]["certain"] = json!(17));
    assert!(
        text.contains("totals.certain says 17, and the credentials add up to 18"),
        "{text}"
    );
    let text = of(&|report| {
        let again = report["credentials"][0].clone();
        report["credentials"].as_array_mut().unwrap().push(again);
    });
    assert!(text.contains("is there twice"), "{text}");
    let text = of(&|report| report["as_of"] = "yesterday".into());
    assert!(text.contains("no moment"), "{text}");
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let mut later = report(vec![key()]);
    later["weather"] = json!({"fine": true});
    later["credentials"][0]["mood"] = json!([1]);
    assert_eq!(parse(&later).credentials.len(), 1);
}

mod limits;
mod parts;
mod reading;
mod states;

fn policy(text: &str) -> Policy {
    Policy::parse(Utf8Path::new("policy.toml"), text).unwrap()
}

fn fails(text: &str, old: Option<&Value>, new: &Value) -> Vec<String> {
    let new = parse(new);
    let changes = old.map(|old| compare(&parse(old), &new));
    let verdict = judge(&policy(text), &new, changes.as_ref());
    let failed = verdict
        .checks
        .into_iter()
        .filter(|check| check.outcome == Outcome::Fails);
    failed
        .flat_map(|check| std::iter::once(check.limit).chain(check.names))
        .collect()
}

#[test]
fn everything_that_the_policy_documents_is_read() {
    let text: String = include_str!("policy.rs")
        .lines()
        .skip_while(|line| *line != "//! ```toml")
        .skip(1)
        .take_while(|line| *line != "//! ```")
        .map(|line| format!("{}\n", line.trim_start_matches("//!").trim_start()))
        .collect();
    let page = include_str!("../../docs/changes.md");
    assert!(
        page.contains(&format!("```toml\n{text}```")),
        "the page shows the same policy"
    );
    let policy = policy(&text);
    assert_eq!(policy.most, Some(points(900.0)));
    assert_eq!(policy.most_growth, Some(points(20.0)));
    assert_eq!(policy.most_new_critical, Some(0));
    assert_eq!(policy.most_points, Some(points(80.0)));
    assert_eq!(
        (policy.longest_since_review, policy.counts_never_reviewed),
        (Some(180), false)
    );
    assert_eq!(policy.lifetime["access-key"], 90);
    assert_eq!(policy.bands, [(BandLimit::Critical, 500)]);
    assert_eq!(policy.crossings[0].to, "production");
    assert_eq!(policy.new_findings["critical"], 0);
    assert_eq!(policy.least_known, Some(points(0.9)));
    assert_eq!(
        (policy.most_gaps, policy.most_not_observed),
        (Some(25), Some(0))
    );
    assert_eq!(
        policy.accepts[0].expires.to_string(),
        "2027-03-31T00:00:00Z"
    );
}

#[test]
fn a_policy_that_cannot_be_applied_whole_is_refused_with_every_line() {
    let error = |text: &str| {
        Policy::parse(Utf8Path::new("p.toml"), text)
            .unwrap_err()
            .to_string()
    };
    let text = error(
        "[organisation]\nmost = 5\nmost_grwoth = 1\n\n[path]\nx = 1\n[lifetime]\naccess_key = 3\n",
    );
    for line in [
        "p.toml:3: `most_grwoth` is not known here\n    help: did you mean `most_growth`?",
        "p.toml:5: `path` is not known here\n    help: did you mean `paths`?",
        "p.toml:8: `access_key` is not known here\n    help: did you mean `access-key`?",
    ] {
        assert!(text.contains(line), "{text}");
    }
    for (text, says) in [
        ("[organisation", "this is not TOML"),
        ("organisation = 1", "`organisation` is no table"),
        (
            "[organisation]\nmost = \"5\"",
            "p.toml:2: `most` is no number of points",
        ),
        ("[organisation]\nmost = -5", "no number of points"),
        ("[paths]\nmost_new_critical = 0.5", "no whole number"),
        ("[paths]\nmost_new_critical = -1", "no whole number"),
        (
            "[baseline]\nnewly_observed = \"cuont\"",
            "did you mean `count`?",
        ),
        (
            "[coverage]\nleast_known = \"120%\"",
            "`least_known` is no share",
        ),
        ("[band]\ncritical = 2", "p.toml:2: `critical` is no share"),
        (
            "[band]\ncritical = 0.1\nhihg = 0.1",
            "p.toml:3: `hihg` is not known here",
        ),
        (
            "[band]\nmedium = 0.00001",
            "p.toml:2: `medium` is finer than bands are",
        ),
        ("band = 0.1", "`band` is no table"),
        (
            "[credentials]\nnever_reviewed = \"cuont\"",
            "p.toml:2: `cuont` is neither `ignore` nor `count`\n    help: did you mean `count`?",
        ),
        ("crossing = 1", "write `[[crossing]]`"),
        ("[[crossing]]\nfrom = \"a\"", "`to` is missing"),
        (
            "[[accept]]\ncredential = \"a\"\nowner = \"o\"\nreason = \"r\"",
            "`expires` is missing",
        ),
        (
            "[[accept]]\ncredential = \"a\"\nowner = \"o\"\nexpires = 2027-01-01",
            "`reason` is missing",
        ),
        (
            "[[accept]]\ncredential = \"a\"\nreason = \"o\"\nexpires = 2027-01-01",
            "`owner` is missing",
        ),
        (
            "[[accept]]\ncredential = \"a\"\nreason = \" \"\nowner = \"o\"\nexpires = 2027-01-01",
            "`reason` is no text",
        ),
        (
            "[[accept]]\nowner = \"o\"\nreason = \"r\"\nexpires = 2027-01-01",
            "what is accepted is not said",
        ),
        (
            "[[accept]]\npath = \"a\"\ncredential = \"a\"\nowner = \"o\"\nreason = \"r\"\nexpires = 2027-01-01",
            "said twice",
        ),
        (
            "[[accept]]\npath = \"a\"\nowner = \"o\"\nreason = \"r\"\nexpires = \"soon\"",
            "`expires` is no day",
        ),
    ] {
        assert!(error(text).contains(says), "{text}: {}", error(text));
    }
}

#[test]
fn each_limit_holds_at_its_value_and_fails_beyond_it() {
    let new = report(vec![key()]);
    let none = report(vec![]);
    for (holds, breaks) in [
        ("[organisation]\nmost = 18", "[organisation]\nmost = 17.99"),
        (
            "[organisation]\nmost_growth = 18",
            "[organisation]\nmost_growth = 17",
        ),
        (
            "[paths]\nmost_new_critical = 1",
            "[paths]\nmost_new_critical = 0",
        ),
        (
            "[credentials]\nmost_growth = 18",
            "[credentials]\nmost_growth = 17",
        ),
        (
            "[credentials]\nmost_points = 18",
            "[credentials]\nmost_points = 17",
        ),
        (
            "[lifetime]\naccess-key = 151",
            "[lifetime]\naccess-key = 150",
        ),
        (
            "[[crossing]]\nfrom = \"staging\"\nto = \"production\"\nmost = 1",
            "[[crossing]]\nfrom = \"staging\"\nto = \"production\"",
        ),
        (
            "[[crossing]]\nfrom = \"production\"\nto = \"staging\"",
            "[[crossing]]\nfrom = \"staging\"\nto = \"production\"",
        ),
        ("[coverage]\nleast_known = 1.0", ""),
        ("[coverage]\nmost_gaps = 0", ""),
        ("[coverage]\nmost_not_observed = 0", ""),
    ] {
        assert!(fails(holds, Some(&none), &new).is_empty(), "{holds}");
        assert!(
            breaks.is_empty() || !fails(breaks, Some(&none), &new).is_empty(),
            "{breaks}"
        );
    }
    let mut less = new.clone();
    less["coverage"] = json!([{"subject": "teams"}]);
    less["credentials"][0]["unknown"] = "no export says whose it is".into();
    assert_eq!(
        fails("[coverage]\nmost_gaps = 0", None, &less),
        ["coverage.most_gaps", "teams"]
    );
    assert_eq!(
        fails("[coverage]\nleast_known = \"0.01%\"", None, &less),
        ["coverage.least_known", KEY]
    );
    let unseen = without_file(report(vec![]), KEY_FILE);
    let names = fails("[coverage]\nmost_not_observed = 0", Some(&new), &unseen);
    assert!(
        names[1].contains(KEY) && names[1].contains("aws/access_keys"),
        "{names:?}"
    );
}

#[test]
fn a_limit_that_needs_a_baseline_is_not_checked_without_one() {
    let text = "[organisation]\nmost_growth = 0\n[paths]\nmost_new_critical = 0\n[coverage]\nmost_not_observed = 0";
    let verdict = judge(&policy(text), &parse(&report(vec![key()])), None);
    assert!(
        verdict
            .checks
            .iter()
            .all(|check| check.outcome == Outcome::NotChecked)
    );
    assert!(verdict.passes());
}

#[test]
fn what_is_not_observed_does_not_set_off_what_grew() {
    let small = credential(
        "small",
        vec![reached("arn:b", "internal", "admin", 1.0)],
        &["repo"],
    );
    let mut small = small;
    small["evidence"] = place(SCAN);
    let old = report(vec![key()]);
    let new = without_file(report(vec![small]), KEY_FILE);
    let limit = "[credentials]\nmost_growth = 0";
    assert_eq!(fails(limit, Some(&old), &new)[0], "credentials.most_growth");
    // A sum that fell may hide what grew: nothing is said to hold.
    let verdict = judge(
        &policy("[organisation]\nmost_growth = 0"),
        &parse(&new),
        Some(&between(&old, &new)),
    );
    assert_eq!(verdict.checks[0].outcome, Outcome::NotChecked);
}

#[test]
fn a_critical_path_begins_at_an_exposed_credential_and_ends_at_a_crown_or_as_admin_of_a_tenant() {
    let limit = "[paths]\nmost_new_critical = 0";
    let with = |resource: Value, exposures: &[&str]| {
        report(vec![credential(KEY, vec![resource], exposures)])
    };
    let none = report(vec![]);
    let mut tenant = reached("okta:organization:acme", "internal", "admin", 1.0);
    tenant["kind"] = "okta:organization".into();
    let mut reads = tenant.clone();
    reads["access"] = "read".into();
    let mut account = reached("aws:account:111122223333", "restricted", "admin", 10.0);
    account["kind"] = "aws:account".into();
    let mut database = account.clone();
    database["kind"] = "redshift:cluster".into();
    for (resource, exposures, is_critical) in [
        (reached(LEDGER, "crown", "read", 18.0), &["repo"][..], true),
        (reached(LEDGER, "crown", "list", 6.0), &["repo"], false),
        (
            reached(LEDGER, "restricted", "admin", 10.0),
            &["repo"],
            false,
        ),
        (reached(LEDGER, "crown", "read", 18.0), &[], false),
        (tenant, &["repo"], true),
        (reads, &["repo"], false),
        (account, &["repo"], true),
        (database, &["repo"], false),
    ] {
        let new = with(resource.clone(), exposures);
        assert_eq!(
            !fails(limit, Some(&none), &new).is_empty(),
            is_critical,
            "{resource}"
        );
    }
    // A path that was there is new to thieves when its credential leaks.
    let stored = with(reached(LEDGER, "crown", "read", 18.0), &[]);
    let leaked = with(reached(LEDGER, "crown", "read", 18.0), &["repo"]);
    assert_eq!(fails(limit, Some(&stored), &leaked).len(), 2);
    assert!(fails(limit, Some(&leaked), &leaked).is_empty());
    // What lies in a store for secrets alone is not exposed.
    let mut in_store = leaked;
    in_store["exposures"][0]["kind"] = "secret-store".into();
    assert!(fails(limit, Some(&none), &in_store).is_empty());
}

#[test]
fn crown_jewels_that_a_report_does_not_list_are_counted() {
    let limit = "[paths]\nmost_new_critical = 0";
    let unlisted = |crowns: usize| {
        let mut one = key();
        one["top"] = json!([]);
        one["possible"]["crown_jewels"] = crowns.into();
        one["possible"]["resources"] = (crowns + 1).into();
        report(vec![one])
    };
    assert_eq!(fails(limit, Some(&unlisted(1)), &unlisted(2)).len(), 2);
    assert!(fails(limit, Some(&unlisted(2)), &unlisted(2)).is_empty());
    assert_eq!(fails(limit, Some(&report(vec![])), &unlisted(1)).len(), 2);
}

#[test]
fn whole_tenants_that_a_report_does_not_list_are_counted() {
    let limit = "[paths]\nmost_new_critical = 0";
    let unlisted = |tenants: usize| {
        let mut one = key();
        one["top"] = json!([]);
        one["possible"]["crown_jewels"] = 0.into();
        one["possible"]["tenants"] = tenants.into();
        one["possible"]["resources"] = (tenants + 1).into();
        report(vec![one])
    };
    assert_eq!(fails(limit, Some(&unlisted(1)), &unlisted(2)).len(), 2);
    assert!(fails(limit, Some(&unlisted(2)), &unlisted(2)).is_empty());
    // A report that counts none has those that it lists.
    let mut account = reached("aws:account:111122223333", "restricted", "admin", 10.0);
    account["kind"] = "aws:account".into();
    let listed = report(vec![credential(KEY, vec![account], &["repo"])]);
    assert!(fails(limit, Some(&listed), &unlisted(1)).is_empty());
    assert_eq!(fails(limit, Some(&listed), &unlisted(2)).len(), 2);
}

#[test]
fn what_the_baseline_did_not_look_at_counts_unless_the_policy_says_otherwise() {
    let old = without_file(report(vec![]), KEY_FILE);
    let new = report(vec![key()]);
    let limit = "[paths]\nmost_new_critical = 0\n";
    assert!(!fails(limit, Some(&old), &new).is_empty());
    let ignored = format!(
        "{limit}[organisation]\nmost_growth = 0\n[credentials]\nmost_growth = 0\n[baseline]\nnewly_observed = \"ignore\""
    );
    assert!(fails(&ignored, Some(&old), &new).is_empty());
    assert!(!fails(&ignored, Some(&report(vec![])), &new).is_empty());
}

#[test]
fn what_is_accepted_counts_against_no_limit_until_its_day() {
    let new = report(vec![key()]);
    let none = report(vec![]);
    let limits = "[paths]\nmost_new_critical = 0\n[credentials]\nmost_points = 1\n[lifetime]\naccess-key = 1\n\
        [[crossing]]\nfrom = \"staging\"\nto = \"production\"\n";
    let accept = |day: &str, what: &str| {
        format!(
            "{limits}[[accept]]\n{what}\nowner = \"shop\"\nreason = \"until the release\"\nexpires = {day}\n"
        )
    };
    let of_key = format!("credential = \"{KEY}\"");
    let of_path = format!("path = \"{KEY} => {LEDGER}\"");
    assert_eq!(fails(limits, Some(&none), &new).len(), 8);
    assert!(fails(&accept("2026-06-02", &of_key), Some(&none), &new).is_empty());
    assert_eq!(
        fails(&accept("2026-06-01", &of_key), Some(&none), &new).len(),
        8,
        "it ends with the day before"
    );
    assert_eq!(
        fails(&accept("2026-06-02", &of_path), Some(&none), &new).len(),
        6
    );
    let new = parse(&new);
    let verdict = |text: &str| judge(&policy(text), &new, None);
    let told = verdict(&accept("2026-06-02", &of_key));
    assert_eq!(
        (told.with.certain, told.without.certain),
        (points(18.0), points(0.0))
    );
    assert!(told.accepted[0].is_used && !told.accepted[0].has_expired);
    let told = verdict(&accept("2026-06-01", &of_key));
    assert_eq!(told.without.certain, points(18.0));
    assert!(told.accepted[0].has_expired);
    let told = verdict(&accept("2026-06-02", "credential = \"another\""));
    assert!(!told.accepted[0].is_used);
    let told = verdict(&accept("2026-06-02", &of_path));
    assert!(told.accepted[0].is_used);
}

#[test]
fn a_finding_is_new_by_its_fingerprint_and_may_be_accepted() {
    let with = |prints: &[&str]| {
        let mut report = report(vec![key()]);
        let finding = |print: &&str| {
            json!({"rule": "BR-PTH-01", "fingerprint": print, "severity": "critical",
            "subject": KEY, "object": LEDGER, "text": "reaches the ledger", "evidence": place(KEY_FILE), "points": 18})
        };
        report["findings"] = prints.iter().map(finding).collect();
        report
    };
    let limit = "[findings]\ncritical = 0\n";
    assert!(fails(limit, Some(&with(&["a"])), &with(&["a"])).is_empty());
    assert_eq!(
        fails(limit, Some(&with(&["a"])), &with(&["a", "b"])).len(),
        2
    );
    let accepted = format!(
        "{limit}[[accept]]\nfingerprint = \"b\"\nowner = \"o\"\nreason = \"r\"\nexpires = 2030-01-01\n"
    );
    assert!(fails(&accepted, Some(&with(&["a"])), &with(&["a", "b"])).is_empty());
    let changes = between(&with(&["a"]), &with(&["b"]));
    let states: Vec<_> = changes
        .findings
        .iter()
        .map(|one| (one.fingerprint.as_str(), one.state))
        .collect();
    assert_eq!(states, [("b", State::New), ("a", State::Gone)]);
    let changes = between(&with(&["a"]), &without_file(with(&[]), KEY_FILE));
    assert_eq!(changes.findings[0].state, State::NotObserved);
}

/// Reports of up to six credentials that reach some of five resources, with or without chances, labels that differ, lists
/// that are cut, files that are missing, ends and statuses.
fn any_report() -> impl Strategy<Value = Value> {
    let one = (
        0_usize..6,
        proptest::collection::vec((0_usize..5, 0_usize..3, 0_usize..3, any::<bool>()), 0..5),
        0_usize..4,
        proptest::option::of(0_u32..=4),
        0_usize..4,
        0_usize..3,
        any::<bool>(),
    );
    (proptest::collection::vec(one, 0..6), 0_usize..4).prop_map(|(all, missing)| {
        let mut credentials: Vec<Value> = Vec::new();
        for (number, ends, places, chance, end, status, is_unknown) in all {
            let id = format!("key-{number}");
            if credentials.iter().any(|one| one["id"] == id) {
                continue;
            }
            let mut top: Vec<Value> = Vec::new();
            for (resource, sensitivity, access, is_certain) in ends {
                let name = format!("arn:{resource}");
                if top.iter().any(|one| one["resource"] == name) {
                    continue;
                }
                let sensitivity = ["internal", "restricted", "crown"][sensitivity];
                let access = ["list", "read", "admin"][access];
                let mut one = reached(
                    &name,
                    sensitivity,
                    access,
                    0.25 * (resource + access.len()) as f64,
                );
                one["certain"] = is_certain.into();
                top.push(one);
            }
            let places = ["a", "b", "c"].get(..places).unwrap_or_default().to_vec();
            let mut one = credential(&id, top, &places);
            one["possible"]["points"] = (one["certain"]["points"].as_f64().unwrap() + 0.5).into();
            one["possible"]["resources"] = 3.into();
            if let Some(chance) = chance {
                one = with_risk(one, 0.25 * f64::from(chance));
            }
            one["expires"] = [
                json!(null),
                json!("2026-01-01T00:00:00Z"),
                json!("2026-05-01T00:00:00Z"),
                json!("2030-01-01T00:00:00Z"),
            ][end]
                .clone();
            one["status"] = ["active", "inactive", "unknown"][status].into();
            if is_unknown {
                one["unknown"] = "no export says whose it is".into();
            }
            credentials.push(one);
        }
        let report = report(credentials);
        match [KEY_FILE, ACCOUNT_FILE, SCAN].get(missing) {
            Some(path) => without_file(report, path),
            None => report,
        }
    })
}

proptest! {
    #[test]
    fn the_parts_of_a_change_add_up_exactly(old in any_report(), new in any_report(), later in any::<bool>()) {
        let (mut old, new) = (old, new);
        if later {
            old["as_of"] = json!("2026-03-01T00:00:00Z");
        }
        let changes = between(&old, &new);
        let parts = changes.totals.causes.iter().fold(Both::default(), |sum, part| sum + part.points);
        prop_assert_eq!(parts, changes.totals.new - changes.totals.old);
        for one in &changes.credentials {
            let parts = one.causes.iter().fold(Both::default(), |sum, part| sum + part.points);
            prop_assert_eq!(parts, one.new.unwrap_or_default() - one.old.unwrap_or_default(), "{}", one.id);
        }
    }

    #[test]
    fn nothing_that_a_run_could_not_see_is_gone_or_fixed(old in any_report()) {
        let mut blind = report(vec![]);
        blind["inputs"]["files"] = json!([]);
        let changes = between(&old, &blind);
        prop_assert!(changes.credentials.iter().all(|one| one.state == State::NotObserved));
        prop_assert!(changes.paths.iter().all(|one| one.state == State::NotObserved));
        prop_assert!(changes.exposures.iter().all(|one| one.state == State::NotObserved));
        prop_assert_eq!(changes.totals.not_observed, changes.totals.change);
    }
}

#[test]
fn the_committed_schema_is_current() {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let mut schema = generator.root_schema_for::<Changes>();
    schema.insert(
        "$id".to_owned(),
        "https://leakreach.dev/schema/changes-1.json".into(),
    );
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/changes-1.json");
    if std::env::var_os("LEAKREACH_BLESS").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == schema,
        "run the test with LEAKREACH_BLESS=1 and commit {path}"
    );
}
