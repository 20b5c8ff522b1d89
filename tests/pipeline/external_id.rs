//! Roles that ask for an external id: sure where it lies in something that is reached, possible elsewhere.

use crate::account::{Account, Answer, allow, role, user};
use serde_json::json;

/// Functions whose environment a leaked key reads, one of which holds the value `shared`, under that name.
fn vendor_role(name: &str, shared: &str, operator: &str) -> Answer {
    let trust = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": user("ada")},
        "Condition": {operator: {"sts:ExternalId": SHARED}}});
    let functions = json!({"Functions": [{"FunctionName": "sync", "Runtime": "python3.13",
        "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:sync", "Environment": {"Variables": {name: shared}}}]});
    Account::default()
        .user("ada", &[allow("lambda:GetFunctionConfiguration", "*")])
        .role("vendor", &json!({"AWS": user("ada")}), &[])
        .trust(|statements| statements[0] = trust)
        .file("lambda/list-functions.json", &functions.to_string())
        .analyze()
        .becomes("ada", &role("vendor"))
}

const SHARED: &str = "example-shared-value";

#[test]
fn an_external_id_that_is_read_opens_the_role_surely() {
    let answer = |name, value| vendor_role(name, value, "StringEquals");
    assert_eq!(answer("VENDOR_EXTERNAL_ID", SHARED), Answer::Certain);
    assert_eq!(answer("externalId", SHARED), Answer::Certain);
    assert_eq!(
        answer("VENDOR_EXTERNAL_ID", "another-value"),
        Answer::Possible
    );
    assert_eq!(answer("STAGE", SHARED), Answer::Possible);
}

#[test]
fn an_external_id_that_the_trust_rules_out_opens_nothing_surely() {
    let answer = vendor_role("VENDOR_EXTERNAL_ID", SHARED, "StringNotEquals");
    assert_eq!(answer, Answer::Possible);
}

#[test]
fn who_cannot_read_the_external_id_reaches_the_role_possibly() {
    let trust = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": user("ada")},
        "Condition": {"StringEquals": {"sts:ExternalId": SHARED}}});
    let functions = json!({"Functions": [{"FunctionName": "sync", "Runtime": "python3.13",
        "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:sync",
        "Environment": {"Variables": {"EXTERNAL_ID": SHARED}}}]});
    let answers = Account::default()
        .user("ada", &[])
        .role("vendor", &json!({"AWS": user("ada")}), &[])
        .trust(|statements| statements[0] = trust)
        .file("lambda/list-functions.json", &functions.to_string())
        .analyze();
    assert_eq!(answers.becomes("ada", &role("vendor")), Answer::Possible);
}
