//! Findings and the credentials that exports describe: which is which, told without the value.

use crate::leaks::analysis;
use leakreach::analysis::Analysis;
use serde_json::{Value, json};

/// A secret that is plainly fake.
fn secret() -> String {
    format!("{}wxyz1234", "EXAMPLE".repeat(4))
}

fn report(rule: &str, around: &str, secret: &str) -> String {
    json!([{
        "RuleID": rule, "StartLine": 1, "Match": around, "Secret": secret, "File": "deploy/keys/app.env",
        "Commit": "aaaabbbbccccdddd", "Date": "2026-01-05T10:00:00Z", "Fingerprint": "f"
    }])
    .to_string()
}

const GITLEAKS: &str = "scanners/gitleaks/acme__shop.json";

/// Credentials `a`, `b`, … of principals of their own, each with those members.
fn register(marks: &[Value]) -> String {
    let named = |at: usize| char::from(b'a' + u8::try_from(at).unwrap()).to_string();
    let credentials: Vec<Value> = marks
        .iter()
        .enumerate()
        .map(|(at, marks)| {
            let mut one = json!({"id": named(at), "principal": format!("p-{}", named(at)), "type": "api-key"});
            for (name, value) in marks.as_object().unwrap() {
                one[name] = value.clone();
            }
            one
        })
        .collect();
    let principals: Vec<Value> = (0..marks.len())
        .map(|at| json!({"id": format!("p-{}", named(at))}))
        .collect();
    json!({"leakreach": 1, "principals": principals, "credentials": credentials}).to_string()
}

/// `CREDENTIAL` or `CREDENTIAL: DOUBT` of everything that lies in the only place, sorted; `found` for what stays unknown.
fn lying(analysis: &Analysis) -> Vec<String> {
    let inventory = &analysis.inventory;
    let exposures: Vec<_> = inventory.exposures.iter().collect();
    assert_eq!(exposures.len(), 1);
    let mut lying: Vec<String> = exposures[0]
        .lying
        .iter()
        .map(|one| {
            let key = &inventory.credentials[one.credential].key;
            let key = if key.starts_with("found:") {
                "found"
            } else {
                key
            };
            match &one.doubt {
                Some(doubt) => format!("{key}: {doubt}"),
                None => key.to_owned(),
            }
        })
        .collect();
    lying.sort();
    lying
}

fn matched(rule: &str, around: &str, secret: &str, marks: &[Value]) -> Vec<String> {
    let files = [
        (GITLEAKS, report(rule, around, secret)),
        ("r.json", register(marks)),
    ];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    lying(&analysis(&files))
}

/// The SHA-256 of a text: in hexadecimal digits, and in base64.
fn hashes(text: &str) -> [String; 2] {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(text.as_bytes());
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    use base64::Engine;
    [
        digits,
        base64::engine::general_purpose::STANDARD.encode(hash),
    ]
}

#[test]
fn the_hash_of_a_value_decides() {
    let token = format!("ghp_{}", secret());
    for hash in hashes(&token) {
        let other = json!({"sha256": hashes("another")[0], "masked": "ghp_****1234"});
        let lying = matched("github-pat", "", &token, &[json!({"sha256": hash}), other]);
        assert_eq!(lying, ["a"]);
    }
    // Another hash is another value, whatever else agrees, and however much shows of it.
    for masked in ["ghp_****1234", "****wxyz1234"] {
        let other = json!({"sha256": hashes("another")[0], "masked": masked});
        assert_eq!(matched("github-pat", "", &token, &[other]), ["found"]);
    }
}

#[test]
fn every_masked_form_that_fits_is_possible_and_the_found_one_stays() {
    let marks = [
        json!({"masked": "EXAM****1234"}),
        json!({"masked": "****wxyz1234"}),
        json!({"masked": "****1235"}),
        json!({"masked": "EX****"}),
        json!({"masked": "****1234", "type": "password"}),
    ];
    let why = "it may be this one, as what shows of both is the same (2 may be)";
    assert_eq!(
        matched("generic-api-key", "", &secret(), &marks),
        [format!("a: {why}"), format!("b: {why}"), "found".to_owned()]
    );
}

#[test]
fn a_report_that_hides_values_is_compared_by_what_it_shows() {
    let marks = [
        json!({"masked": "EXAMPLEE****zzzz"}),
        json!({"masked": "EXBMP****"}),
    ];
    let why = "it may be this one, as what shows of both is the same";
    assert_eq!(
        matched("generic-api-key", "", "EXAMP...", &marks),
        [format!("a: {why}"), "found".to_owned()]
    );
    assert_eq!(
        matched("generic-api-key", "", "REDACTED", &marks),
        ["found"]
    );
}

#[test]
fn the_file_is_weaker_than_what_shows_and_the_variable_weaker_than_the_file() {
    let variable = json!({"variable": "payments-key"});
    let file = json!({"file": "keys/app.env"});
    let masked = json!({"masked": "****1234"});
    let around = format!("PAYMENTS_KEY={}", secret());
    let of = |marks: &[Value]| matched("generic-api-key", &around, &secret(), marks);
    let first = |marks: &[Value]| of(marks).swap_remove(0);
    assert!(
        first(std::slice::from_ref(&variable))
            .starts_with("a: it may be this one, as it is kept under that name")
    );
    assert!(
        first(&[variable.clone(), file.clone()])
            .starts_with("b: it may be this one, as it is kept in a file")
    );
    assert!(
        first(&[variable.clone(), file.clone(), masked])
            .starts_with("c: it may be this one, as what shows")
    );
    // What shows of it is another: then its name says nothing.
    let rotated = json!({"variable": "PAYMENTS_KEY", "masked": "****9999"});
    assert_eq!(of(&[rotated]), ["found"]);
    assert_eq!(
        of(&[
            json!({"variable": "OTHER_KEY"}),
            json!({"file": "old/app.env"})
        ]),
        ["found"]
    );
}

fn reach(analysis: &Analysis, key: &str) -> Option<String> {
    let mut credentials = analysis.inventory.credentials.iter();
    let one = credentials.find(|one| one.key.starts_with(key)).unwrap();
    one.principal
        .map(|id| analysis.inventory.principals[id].key.to_string())
}

fn hog(detector: &str, more: Value) -> String {
    let mut line = json!({
        "SourceMetadata": {"Data": {"Git": {"commit": "aaaabbbbcc", "file": "f", "repository": "https://h/acme/shop.git", "line": 1}}},
        "SourceName": "x", "DetectorName": detector, "Verified": true, "Raw": "", "RawV2": "", "Redacted": ""
    });
    for (name, value) in more.as_object().unwrap() {
        line[name] = value.clone();
    }
    line.to_string()
}

#[test]
fn a_key_file_of_a_service_account_is_known_by_its_id_and_by_its_account() {
    let file = json!({
        "type": "service_account", "private_key_id": "0123abcd4567", "client_email": "etl@acme.iam.gserviceaccount.com",
        "private_key": secret()
    })
    .to_string();
    let line = hog("GCP", json!({"Raw": secret(), "RawV2": file}));
    let known = register(&[json!({"identifier": "0123abcd4567", "type": "service-account-key"})]);
    let by_id = analysis(&[("t.jsonl", &line), ("r.json", &known)]);
    assert_eq!(lying(&by_id), ["a"]);
    for (platform, owner) in [("gcp", Some("sa-1")), ("okta", None)] {
        let accounts = json!({"leakreach": 1, "principals": [
            {"id": "sa-1", "name": "etl@acme.iam.gserviceaccount.com", "platform": platform}
        ]});
        let by_account = analysis(&[("t.jsonl", &line), ("r.json", &accounts.to_string())]);
        assert_eq!(reach(&by_account, "found:").as_deref(), owner, "{platform}");
    }
}

#[test]
fn what_the_issuer_answered_when_it_was_tried_tells_whose_it_is() {
    let id = concat!("AKIA", "EXAMPLEEXAMPLE22");
    let arn = "arn:aws:iam::111122223333:user/ci";
    let line = hog(
        "AWS",
        json!({"Raw": id, "Redacted": id, "ExtraData": {"arn": arn, "account": "111122223333"}}),
    );
    let users = |platform: &str| {
        json!({"leakreach": 1, "principals": [{"id": arn, "platform": platform}, {"id": "u", "name": "alice", "platform": "aws"}]})
            .to_string()
    };
    let known = analysis(&[("t.jsonl", &line), ("r.json", &users("aws"))]);
    assert_eq!(reach(&known, "aws:access-key:").as_deref(), Some(arn));
    // A login of GitHub is nobody of that name elsewhere.
    let token = hog(
        "Github",
        json!({"Raw": secret(), "ExtraData": {"username": "alice"}}),
    );
    let other = analysis(&[("t.jsonl", &token), ("r.json", &users("aws"))]);
    assert_eq!(reach(&other, "found:"), None);
    let login = json!({"leakreach": 1, "principals": [{"id": "gh-7", "name": "alice", "platform": "github"}]});
    let same = analysis(&[("t.jsonl", &token), ("r.json", &login.to_string())]);
    assert_eq!(reach(&same, "found:").as_deref(), Some("gh-7"));
}

#[test]
fn a_canary_token_is_doubted() {
    let id = concat!("AKIA", "EXAMPLEEXAMPLE22");
    let line = hog(
        "AWS",
        json!({"Raw": id, "ExtraData": {"is_canary": "true"}}),
    );
    let lying = lying(&analysis(&[("t.jsonl", &line)]));
    assert!(lying[0].contains("canary token"), "{lying:?}");
}

#[test]
fn an_access_key_of_the_register_is_the_found_one_of_its_id() {
    let id = concat!("AKIA", "EXAMPLEEXAMPLE22");
    let half = "EXAMPLE+".repeat(5);
    let line = hog("AWS", json!({"Raw": id, "RawV2": format!("{id}:{half}")}));
    let known = register(&[json!({"identifier": id, "type": "access-key"})]);
    assert_eq!(
        lying(&analysis(&[("t.jsonl", &line), ("r.json", &known)])),
        ["a"]
    );
}

#[test]
fn two_descriptions_of_one_id_are_both_possible() {
    let file = json!({"type": "service_account", "private_key_id": "0123abcd4567", "private_key": secret()}).to_string();
    let line = hog("GCP", json!({"Raw": secret(), "RawV2": file}));
    let mark = json!({"identifier": "0123abcd4567", "type": "service-account-key"});
    let known = register(&[mark.clone(), mark]);
    let why = "it may be this one, as it has that id (2 may be)";
    assert_eq!(
        lying(&analysis(&[("t.jsonl", &line), ("r.json", &known)])),
        [format!("a: {why}"), format!("b: {why}"), "found".to_owned()]
    );
}

#[test]
fn what_matches_nothing_is_unknown_and_the_report_says_which_export_would_tell() {
    let analysis = analysis(&[(
        GITLEAKS,
        &report("github-pat", "", &format!("ghp_{}", secret())),
    )]);
    assert!(analysis.credentials[0].unknown.is_some());
    let gap = analysis
        .gaps
        .iter()
        .find(|gap| gap.subject.contains("GitHub"))
        .unwrap();
    assert!(gap.text.contains("unknown, not zero"), "{gap:?}");
    assert!(gap.remedy.contains("personal-access-tokens"), "{gap:?}");
    assert!(gap.remedy.contains("neutral register"), "{gap:?}");
}

#[test]
fn a_register_that_holds_secrets_in_place_of_marks_is_told_and_they_are_dropped() {
    let value = secret();
    let known = register(&[
        json!({"masked": value, "sha256": value, "identifier": format!("ghp_{value}")}),
    ]);
    let analysis = analysis(&[("r.json", &known)]);
    assert_eq!(analysis.problems.len(), 3, "{:?}", analysis.problems);
    assert!(!format!("{analysis:?}").contains(&value));
}
