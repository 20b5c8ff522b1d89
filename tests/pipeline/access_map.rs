//! kingfisher's access map: the identity for sure, what it may do as possible.

use crate::leaks::analysis;
use leakreach::analysis::{Analysis, Leak};
use leakreach::inventory::Access;
use leakreach::problem::ProblemCode;
use serde_json::{Value, json};

const ARN: &str = "arn:aws:iam::111122223333:user/ci";

fn finding(fingerprint: &str) -> Value {
    json!({
        "rule": {"name": "n", "id": "betterleaks.slack-bot-token"},
        "finding": {"snippet": "EXAMPLE".repeat(4), "fingerprint": fingerprint, "line": 2, "path": ".env",
            "validation": {"outcome": "verified_active", "status": "Active Credential", "response": ""}}
    })
}

/// `access_map[]` of a scan, as `AccessMapEntry` is written.
fn scan(fingerprint: &str, entry: Value) -> String {
    let mut map = json!({
        "provider": "aws", "account": "111122223333", "fingerprint": fingerprint, "token_details": null, "provider_metadata": null,
        "context": {"identity_id": ARN, "access_type": "user", "account_id": "111122223333"},
        "groups": [{"resources": ["s3_bucket:arn:aws:s3:::ledger", "dynamodb_table:orders"]}],
        "permissions_by_severity": {"admin": [], "privilege_escalation": [], "risky": ["s3.putobject"], "read_only": ["s3.getobject"]}
    });
    for (name, value) in entry.as_object().unwrap() {
        map[name] = value.clone();
    }
    json!({"findings": [finding("42")], "access_map": [map], "metadata": {}}).to_string()
}

/// `AccessMapResult`, as `blast-radius` writes it.
fn alone(fingerprint: Value) -> Value {
    json!({
        "cloud": "aws", "fingerprint": fingerprint,
        "identity": {"id": ARN, "access_type": "user", "project": null, "tenant": null, "account_id": "111122223333"},
        "roles": [{"name": "user", "source": "sts", "permissions": []}],
        "permissions": {"admin": [], "privilege_escalation": [], "risky": ["s3.putobject"], "read_only": ["s3.getobject"]},
        "resources": [
            {"resource_type": "s3_bucket", "name": "arn:aws:s3:::ledger", "permissions": ["s3.getobject", "s3.putobject"], "risk": "medium", "reason": "x"},
            {"resource_type": "iam_role", "name": "arn:aws:iam::111122223333:role/r", "permissions": ["iam.*"], "risk": "high", "reason": "x"}
        ],
        "severity": "High", "recommendations": [], "risk_notes": []
    })
}

const KINGFISHER: &str = "scanners/kingfisher/acme__shop.json";

/// `certain possible` reach of each credential, and its key, `ACCESS RESOURCE` of what is shown.
fn told(analysis: &Analysis) -> Vec<String> {
    let inventory = &analysis.inventory;
    let mut told: Vec<String> = analysis
        .credentials
        .iter()
        .map(|scenario| {
            let Leak::Credential(id) = scenario.leak else {
                panic!()
            };
            let mut top: Vec<String> = scenario
                .top
                .iter()
                .map(|one| {
                    let sure = if one.is_certain { "surely" } else { "perhaps" };
                    format!(
                        "{sure} {} {}",
                        one.access.name(),
                        inventory.resources[one.resource].key
                    )
                })
                .collect();
            top.sort();
            let kind = inventory.credentials[id].kind.name();
            format!("{kind} {:?} {}", scenario.unknown, top.join(", "))
        })
        .collect();
    told.sort();
    told
}

#[test]
fn a_mapped_finding_acts_for_sure_as_the_identity_and_reaches_what_it_sees_perhaps() {
    let analysis = analysis(&[(KINGFISHER, &scan("42", json!({})))]);
    assert!(analysis.problems.is_empty(), "{:?}", analysis.problems);
    assert_eq!(
        told(&analysis),
        [
            "bearer-token None perhaps list arn:aws:s3:::ledger, perhaps list mapped:aws/dynamodb_table/orders"
        ]
    );
    assert_eq!(analysis.credentials[0].certain.principals, 1);
}

#[test]
fn a_map_of_another_finding_is_a_credential_of_its_own() {
    let analysis = analysis(&[(KINGFISHER, &scan("43", json!({})))]);
    let told = told(&analysis);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("bearer-token Some"), "{told:?}");
}

#[test]
fn the_map_of_one_credential_in_a_file_of_its_own_is_joined_by_its_fingerprint() {
    let report = scan(
        "0",
        json!({"groups": [], "context": {"identity_id": "x", "access_type": "unknown"}}),
    );
    let files = |fingerprint: Value| {
        let map = alone(fingerprint).to_string();
        analysis(&[(KINGFISHER, &report), ("scanners/access-map/ci.json", &map)])
    };
    let one = files(json!("42"));
    assert_eq!(
        told(&one),
        [
            "bearer-token None perhaps list arn:aws:iam::111122223333:role/r, perhaps write arn:aws:s3:::ledger"
        ]
    );
    assert_eq!(told(&files(Value::Null)).len(), 2);
    let codes: Vec<ProblemCode> = one.problems.iter().map(|one| one.code).collect();
    assert_eq!(codes, [ProblemCode::NotModelled], "the map that failed");
}

#[test]
fn what_exports_say_of_the_identity_counts_beside_the_map() {
    let register = json!({"leakreach": 1, "principals": [{"id": ARN, "platform": "aws"}],
        "resources": [{"id": "arn:aws:s3:::ledger", "type": "s3:bucket", "sensitivity": "crown"}],
        "steps": [{"needs": [format!("principal:{ARN}")], "gain": "admin:arn:aws:s3:::ledger"}]})
    .to_string();
    let analysis = analysis(&[(KINGFISHER, &scan("42", json!({}))), ("a.json", &register)]);
    let scenario = &analysis.credentials[0];
    assert_eq!(
        (scenario.certain.crowns, scenario.top[0].access),
        (1, Access::Admin)
    );
    assert_eq!(scenario.certain.resources, 1);
}

#[test]
fn rights_that_one_role_gives_are_taken_away_with_it() {
    let mut map = alone(json!("42"));
    map["roles"] =
        json!([{"name": "editor", "source": "x", "permissions": ["s3.putobject", "s3.getobject"]}]);
    let report = scan(
        "0",
        json!({"context": {"identity_id": "x", "access_type": "unknown"}}),
    );
    let analysis = analysis(&[(KINGFISHER, &report), ("m.json", &map.to_string())]);
    let scopes = analysis.inventory.scopes.iter();
    let names: Vec<&str> = scopes.map(|scope| scope.name.as_str()).collect();
    assert_eq!(names, [format!("role editor of {ARN}")]);
    assert!(!analysis.fixes.is_empty());
}

#[test]
fn rights_told_by_resource_are_graded() {
    let groups = json!([
        {"resources": ["repository:acme/shop"], "permissions": ["admin", "pull", "push"]},
        {"resources": ["repository:acme/docs"], "permissions": ["pull"]},
        {"resources": ["repository:acme/site"], "permissions": ["pull", "push"]}
    ]);
    let report = scan(
        "42",
        json!({
            "provider": "github", "groups": groups, "permissions_by_severity": null,
            "context": {"identity_id": "ci-bot", "access_type": "user"}
        }),
    );
    assert_eq!(
        told(&analysis(&[(KINGFISHER, &report)])),
        [
            "bearer-token None perhaps admin mapped:github/repository/acme/shop, perhaps read mapped:github/repository/acme/docs, perhaps write mapped:github/repository/acme/site"
        ]
    );
}

#[test]
fn a_spoilt_map_costs_itself() {
    for entry in [
        json!({"groups": 7}),
        json!({"context": [1]}),
        json!({"provider": null}),
    ] {
        let analysis = analysis(&[(KINGFISHER, &scan("42", entry.clone()))]);
        let codes: Vec<ProblemCode> = analysis.problems.iter().map(|one| one.code).collect();
        assert_eq!(codes, [ProblemCode::BadRecord], "{entry}");
        assert_eq!(analysis.credentials.len(), 1);
    }
    let none = scan("42", json!({})).replace("\"access_map\":[", "\"access_map\":7,\"x\":[");
    let analysis = analysis(&[(KINGFISHER, &none)]);
    assert_eq!(analysis.problems[0].code, ProblemCode::BadRecord);
}
