//! Facts about leaks: what has leaked is not taken back, a rotation ends it, and a published key is no secret.

use leakreach::analysis::{
    Analysis, FixLimit, Leak, Measure, Memory, Mode, Options, ReadOptions, analyze,
};
use leakreach::inventory::{CredentialKind, Sensitivity};
use leakreach::problem::ProblemCode;
use leakreach::progress::Silent;
use leakreach::steps::Control;
use serde_json::{Value, json};
use std::fs;

/// What is made of some exports.
pub fn analysis(files: &[(&str, &str)]) -> Analysis {
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
    let root = camino::Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    analyze(&[root], &options, &Silent).unwrap()
}

/// The fixes that gain anything, best first: `credential KEY`, `exposure KEY`, `scope KEY`.
fn fixes(analysis: &Analysis) -> Vec<String> {
    let inventory = &analysis.inventory;
    let name = |control| match control {
        Control::Credential(id) => format!("credential {}", inventory.credentials[id].key),
        Control::Exposure(id) => format!("exposure {}", inventory.exposures[id].key),
        Control::Scope(id) => format!("scope {}", inventory.scopes[id].key),
        Control::Split(id) => format!("split {}", inventory.credentials[id].key),
        Control::Chance(id, lowering) => {
            format!("{} {}", lowering.name(), inventory.credentials[id].key)
        }
    };
    let controls = analysis.fixes.iter().map(|fix| fix.control);
    controls
        .map(|control| name(analysis.steps.controls[control]))
        .collect()
}

/// Whoever reads `place`, a thing of that kind, holds token `t`, which writes the vault; `k` reads the place.
fn register(place: &str, kind: &str, sight: Value) -> String {
    let mut lies = json!({"credential": "t", "name": "TOKEN"});
    for (name, value) in sight.as_object().unwrap() {
        lies[name] = value.clone();
    }
    json!({
        "leakreach": 1,
        "principals": [{"id": "reader"}, {"id": "robot"}],
        "credentials": [
            {"id": "k", "type": "password", "principal": "reader", "status": "active"},
            {"id": "t", "type": "client-secret", "principal": "robot", "status": "active", "created": "2026-02-01T00:00:00Z"}
        ],
        "resources": [{"id": "repo", "type": "repository"}, {"id": "vault", "sensitivity": "crown"}],
        "exposures": [{"id": place, "type": kind, "resource": "repo", "lying": [lies]}],
        "steps": [
            {"needs": ["principal:reader"], "gain": "read:repo", "scope": "grant"},
            {"needs": ["principal:robot"], "gain": "write:vault"}
        ]
    })
    .to_string()
}

#[test]
fn what_a_scanner_found_in_a_repository_is_not_taken_back_by_clearing_it() {
    let clearing = "exposure e".to_owned();
    let of = |kind: &str, sight: Value| {
        let fixes = fixes(&analysis(&[("r.json", &register("e", kind, sight))]));
        assert!(fixes.contains(&"credential t".to_owned()), "{fixes:?}");
        assert!(fixes.contains(&"scope grant".to_owned()), "{fixes:?}");
        fixes.contains(&clearing)
    };
    for kind in ["repository-file", "image-layer", "ci-log", "conversation"] {
        assert!(!of(kind, json!({"found": true})), "{kind}");
        assert!(of(kind, json!({})), "{kind}: nobody found it there");
    }
    for kind in ["mcp-config", "device-file", "stored-object", "secret-store"] {
        assert!(of(kind, json!({"found": true})), "{kind}");
        assert!(!of(kind, json!({"found": true, "public": true})), "{kind}");
    }
}

#[test]
fn a_place_is_cleared_of_what_has_not_leaked_beside_what_has() {
    let mut register: Value =
        serde_json::from_str(&register("e", "device-file", json!({"public": true}))).unwrap();
    register["credentials"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "u", "type": "password", "principal": "other", "status": "active"}));
    register["principals"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "other"}));
    register["exposures"][0]["lying"]
        .as_array_mut()
        .unwrap()
        .push(json!({"credential": "u"}));
    register["steps"]
        .as_array_mut()
        .unwrap()
        .push(json!({"needs": ["principal:other"], "gain": "read:cellar"}));
    register["resources"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "cellar"}));
    let analysis = analysis(&[("r.json", &register.to_string())]);
    let gain = |name: &str| {
        let at = fixes(&analysis).iter().position(|fix| fix == name).unwrap();
        analysis.fixes[at].certain.0
    };
    // Clearing the place keeps `k` from the cellar and not from the vault; revoking `u` keeps `u` itself from it as well.
    assert_eq!(gain("exposure e") * 2, gain("credential u"));
    assert!(gain("exposure e") < gain("credential k"));
}

#[test]
fn a_scanner_s_report_makes_a_place_one_that_cannot_be_cleared() {
    let report = json!([{
        "RuleID": "generic-api-key", "StartLine": 1, "Match": "", "Secret": "EXAMPLE".repeat(4), "File": ".env",
        "Commit": "aaaabbbbccccdddd", "Date": "2026-01-05T10:00:00Z", "Fingerprint": "f"
    }])
    .to_string();
    let place = "repository-file:acme/shop/.env@aaaabbbbccccdddd";
    let register = register(place, "repository-file", json!({}));
    let path = "scanners/gitleaks/acme__shop.json";
    let analysis = analysis(&[("r.json", &register), (path, &report)]);
    let exposure = analysis.inventory.exposures.iter().next().unwrap();
    assert_eq!(exposure.lying.len(), 2);
    let leaked = exposure.lying.iter().filter(|one| exposure.has_leaked(one));
    assert_eq!(leaked.count(), 1);
}

fn places(analysis: &Analysis) -> (usize, usize, Vec<ProblemCode>) {
    let exposure = analysis.inventory.exposures.iter().next().unwrap();
    let codes = analysis.problems.iter().map(|one| one.code).collect();
    (exposure.lying.len(), exposure.ended.len(), codes)
}

/// The crown jewels that a credential certainly reaches.
fn crowns(analysis: &Analysis, key: &str) -> u64 {
    let is_it = |leak| match leak {
        Leak::Credential(id) => &*analysis.inventory.credentials[id].key == key,
        Leak::Exposure(_) => false,
    };
    let mut scenarios = analysis.credentials.iter();
    scenarios
        .find(|one| is_it(one.leak))
        .unwrap()
        .certain
        .crowns
}

/// `t` was rotated on 2026-02-01.
fn rotated(sight: Value) -> Analysis {
    analysis(&[("r.json", &register("e", "repository-file", sight))])
}

#[test]
fn a_rotation_after_the_leak_ends_it_and_one_before_does_not() {
    let before = rotated(json!({"found": true, "since": "2026-01-05"}));
    assert_eq!(places(&before), (0, 1, vec![ProblemCode::OldValue]));
    assert_eq!(crowns(&before, "k"), 0);
    assert_eq!(before.exposures[0].possible.credentials, 0);
    for since in [
        json!("2026-02-01T00:00:00Z"),
        json!("2026-03-01"),
        Value::Null,
    ] {
        let after = rotated(json!({"found": true, "since": since}));
        assert_eq!(places(&after), (1, 0, vec![]), "{since}");
        assert_eq!(crowns(&after, "k"), 1, "{since}");
    }
}

#[test]
fn what_worked_on_an_unknown_day_is_possible_after_a_rotation() {
    let analysis = rotated(json!({"found": true, "since": "2026-01-05", "worked": true}));
    let exposure = analysis.inventory.exposures.iter().next().unwrap();
    let doubt = exposure.lying[0].doubt.as_deref().unwrap();
    assert!(doubt.contains("rotated"), "{doubt}");
    let reach = &analysis.exposures[0];
    assert_eq!(
        (reach.certain.credentials, reach.possible.credentials),
        (0, 1)
    );
}

#[test]
fn a_value_seen_again_after_the_rotation_counts() {
    let mut register: Value = serde_json::from_str(&register(
        "e",
        "repository-file",
        json!({"since": "2026-01-05"}),
    ))
    .unwrap();
    let again = json!({"credential": "t", "since": "2026-03-05"});
    register["exposures"][0]["lying"]
        .as_array_mut()
        .unwrap()
        .push(again);
    let analysis = analysis(&[("r.json", &register.to_string())]);
    assert_eq!(places(&analysis), (1, 0, vec![]));
}

#[test]
fn an_access_key_made_after_its_leak_is_a_contradiction_and_no_end() {
    let register = register("e", "repository-file", json!({"since": "2026-01-05"}))
        .replace("client-secret", "access-key");
    let analysis = analysis(&[("r.json", &register)]);
    assert_eq!(places(&analysis), (1, 0, vec![ProblemCode::Contradiction]));
    assert_eq!(crowns(&analysis, "k"), 1);
}

/// `NAME=VALUE` in a repository, found.
fn found(name: &str, value: &str) -> Analysis {
    let report = json!([{
        "RuleID": "generic-api-key", "StartLine": 1, "Match": format!("{name}={value}"), "Secret": value, "File": ".env",
        "Commit": "aaaabbbbccccdddd", "Fingerprint": "f"
    }]);
    analysis(&[("scanners/gitleaks/acme__shop.json", &report.to_string())])
}

#[test]
fn a_published_key_is_judged_by_what_everybody_may_do() {
    let fake = "EXAMPLE".repeat(4);
    let public = found("STRIPE_KEY", &format!("pk_live_{fake}"));
    let credential = public.inventory.credentials.iter().next().unwrap();
    assert_eq!(credential.kind, CredentialKind::PublishableKey);
    let scenario = &public.credentials[0];
    assert!(matches!(scenario.leak, Leak::Credential(_)));
    assert_eq!(
        (scenario.unknown.as_deref(), scenario.certain.resources),
        (None, 1)
    );
    let resource = public.inventory.resources.iter().next().unwrap();
    assert_eq!(resource.sensitivity, Sensitivity::Public);
    assert!(resource.sensitivity_assumed.is_some());
    let secret = found("STRIPE_KEY", &format!("sk_live_{fake}"));
    assert!(secret.credentials[0].unknown.is_some());
    assert!(secret.inventory.resources.is_empty());
}

#[test]
fn the_estate_file_may_say_that_what_is_published_is_no_public_matter() {
    let rule = "[[rule]]\nname = \"published:stripe/*\"\nsensitivity = \"confidential\"\n";
    let report = json!([{
        "RuleID": "x", "StartLine": 1, "Match": "", "Secret": format!("pk_live_{}", "EXAMPLE".repeat(4)), "File": "f",
        "Commit": "", "Fingerprint": "f"
    }]);
    let analysis = analysis(&[
        ("leakreach.toml", rule),
        ("scanners/gitleaks/acme__shop.json", &report.to_string()),
    ]);
    let resource = analysis.inventory.resources.iter().next().unwrap();
    assert_eq!(resource.sensitivity, Sensitivity::Confidential);
}

#[test]
fn a_key_of_google_is_published_only_under_a_name_of_firebase() {
    let value = format!("AIza{}", "EXAMPLE".repeat(5));
    let kind = |name: &str| {
        found(name, &value)
            .inventory
            .credentials
            .iter()
            .next()
            .unwrap()
            .kind
    };
    assert_eq!(kind("FIREBASE_API_KEY"), CredentialKind::PublishableKey);
    assert_eq!(kind("GEMINI_API_KEY"), CredentialKind::ApiKey);
}
