//! Keys of users for one service alone: whoever may make one has what the user may do in that service, and no more.
//!
//! Rules: IAM API reference, "CreateServiceSpecificCredential"; Amazon Bedrock User Guide, "Control permissions for
//! generating and using Amazon Bedrock API keys".

use crate::account::{
    ACCOUNT, Account, Answer, Answers, Organization, SCP, UNIT, allow, deny, user, when,
};
use leakreach::inventory::Access::{self, Read, Write};
use serde_json::{Value, json};

const CREATE: &str = "iam:CreateServiceSpecificCredential";
const RESET: &str = "iam:ResetServiceSpecificCredential";
const MODELS: &str = "arn:aws:bedrock:*::foundation-model/*";
const SAFE: &str = "arn:aws:s3:::safe";

/// What a user of each service may do there, and the class of what that is on.
const SERVICES: [(&str, &[&str], &str, Access); 5] = [
    (
        "bedrock.amazonaws.com",
        &["bedrock:InvokeModel", "bedrock:CallWithBearerToken"],
        "arn:aws:bedrock:*::foundation-model/*",
        Read,
    ),
    (
        "codecommit.amazonaws.com",
        &["codecommit:GitPull"],
        "arn:aws:codecommit:*:111122223333:*",
        Read,
    ),
    (
        "codecommit.amazonaws.com",
        &["codecommit:GitPush"],
        "arn:aws:codecommit:*:111122223333:*",
        Write,
    ),
    (
        "cassandra.amazonaws.com",
        &["cassandra:Select"],
        "arn:aws:cassandra:*:111122223333:/keyspace/*/table/*",
        Read,
    ),
    (
        "cassandra.amazonaws.com",
        &["cassandra:Modify"],
        "arn:aws:cassandra:*:111122223333:/keyspace/*/table/*",
        Write,
    ),
];

/// An attacker with these statements, and a user with those.
fn account(eve: &[Value], bob: &[Value]) -> Account {
    Account::default()
        .user("eve", eve)
        .user("bob", bob)
        .bucket("safe")
}

fn gets(answers: &Answers, access: Access, class: &str) -> Answer {
    answers.gets("eve", access, &format!("class:{ACCOUNT}:{class}"))
}

/// Whether the attacker runs models, who may make keys for a user with these statements.
fn runs_models(statements: &[Value]) -> Answer {
    let make = allow(CREATE, &user("bob"));
    gets(&account(&[make], statements).analyze(), Read, MODELS)
}

fn models() -> [Value; 2] {
    [
        allow("bedrock:InvokeModel", "*"),
        allow("bedrock:CallWithBearerToken", "*"),
    ]
}

#[test]
fn a_key_of_a_user_for_a_service_opens_what_the_user_may_do_there_and_nothing_else() {
    for (service, actions, class, access) in SERVICES {
        for make in [CREATE, RESET] {
            let mut own: Vec<Value> = actions.iter().map(|action| allow(action, "*")).collect();
            own.push(allow("s3:*", "*"));
            let through = |statement: Value| account(&[statement], &own).analyze();
            let whom = user("bob");
            let answers = through(allow(make, &whom));
            assert_eq!(
                gets(&answers, access, class),
                Answer::Possible,
                "{make} {actions:?}"
            );
            assert_eq!(
                answers.becomes("eve", &whom),
                Answer::No,
                "{make} {actions:?}"
            );
            assert_eq!(
                answers.gets("eve", Read, SAFE),
                Answer::No,
                "{make} {actions:?}"
            );
            let for_service = |name: &str| {
                let only =
                    json!({"StringEquals": {"iam:ServiceSpecificCredentialServiceName": name}});
                gets(&through(when(allow(make, &whom), only)), access, class)
            };
            assert_eq!(for_service(service), Answer::Possible, "{make} {actions:?}");
            assert_eq!(
                for_service("logs.amazonaws.com"),
                Answer::No,
                "{make} {actions:?}"
            );
            let of_another = through(allow(make, &user("ann")));
            assert_eq!(
                gets(&of_another, access, class),
                Answer::No,
                "{make} {actions:?}"
            );
        }
    }
}

#[test]
fn an_api_key_is_of_use_only_to_a_user_who_may_call_with_it() {
    let [invoke, bearer] = models();
    assert_eq!(
        runs_models(&[invoke.clone(), bearer.clone()]),
        Answer::Possible
    );
    assert_eq!(runs_models(std::slice::from_ref(&invoke)), Answer::No);
    let elsewhere = allow(
        "bedrock:InvokeModel",
        "arn:aws:bedrock:*:*:provisioned-model/*",
    );
    assert_eq!(runs_models(&[elsewhere, bearer.clone()]), Answer::No);
    let of_type = |kind: &str| json!({"StringEquals": {"bedrock:BearerTokenType": kind}});
    let banned = |condition: Value| {
        let ban = when(deny("bedrock:CallWithBearerToken", "*"), condition);
        runs_models(&[invoke.clone(), bearer.clone(), ban])
    };
    assert_eq!(banned(json!({})), Answer::No);
    assert_eq!(banned(of_type("LONG_TERM")), Answer::No);
    assert_eq!(banned(of_type("SHORT_TERM")), Answer::Possible);
}

#[test]
fn what_binds_the_user_binds_its_keys() {
    let make = || allow(CREATE, &user("bob"));
    let bounded = |statement: Value| {
        let account = account(&[make()], &models()).bounded_by(&[statement]);
        gets(&account.analyze(), Read, MODELS)
    };
    assert_eq!(bounded(allow("bedrock:*", "*")), Answer::Possible);
    assert_eq!(
        bounded(allow("bedrock:CallWithBearerToken", "*")),
        Answer::No
    );
    assert_eq!(bounded(allow("bedrock:InvokeModel", "*")), Answer::No);
    let under = |action: &str| {
        let organization = Organization::default().attach(SCP, UNIT, &[deny(action, "*")]);
        let account = account(&[make()], &models()).organization(organization);
        gets(&account.analyze(), Read, MODELS)
    };
    assert_eq!(under("s3:*"), Answer::Possible);
    assert_eq!(under("bedrock:CallWithBearerToken"), Answer::No);
    // A key is no access key, which has no second factor; nor is a second factor told of it.
    let with = |operator: &str, value: &str| {
        let [invoke, bearer] = models();
        let mfa = json!({operator: {"aws:MultiFactorAuthPresent": value}});
        runs_models(&[when(invoke, mfa), bearer])
    };
    assert_eq!(with("Bool", "true"), Answer::Possible);
}

#[test]
fn the_user_itself_runs_models_without_a_key_for_them() {
    let answers = |own: &[Value]| account(own, &[]).analyze();
    let invoke = allow("bedrock:InvokeModel", MODELS);
    assert_eq!(gets(&answers(&[invoke]), Read, MODELS), Answer::Possible);
    let else_where = allow(
        "bedrock:InvokeModel",
        "arn:aws:bedrock:*:*:provisioned-model/*",
    );
    assert_eq!(gets(&answers(&[else_where]), Read, MODELS), Answer::No);
}

#[test]
fn the_age_of_a_key_is_chosen_by_who_makes_it() {
    let young = json!({"NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "30"}});
    let answers = account(&[when(allow(CREATE, "*"), young)], &models()).analyze();
    assert_eq!(gets(&answers, Read, MODELS), Answer::Possible);
    let mut reasons = answers.analysis.steps.conditions.iter();
    assert!(!reasons.any(|reason| reason.contains("AgeDays")));
}

#[test]
fn removing_the_right_to_use_keys_is_a_fix() {
    let answers = account(&[allow(CREATE, &user("bob"))], &models()).analyze();
    let bearer = format!("{}#inline/own#1", user("bob"));
    assert_ne!(answers.gain(&bearer).1, 0);
}

/// The key of a user that exports list.
fn listed(service: &str, status: &str, bob: &[Value]) -> Answers {
    let key = json!({"ServiceSpecificCredentials": [{
        "UserName": "bob", "Status": status, "ServiceName": service, "CreateDate": "2025-01-01T00:00:00Z",
        "ServiceSpecificCredentialId": "ACCAEXAMPLEBEDROCK01"}]});
    let path = "iam/service-specific-credentials.json";
    let answers = account(&[], bob).file(path, &key.to_string()).analyze();
    assert!(answers.analysis.problems.is_empty());
    answers
}

#[test]
fn a_key_for_a_service_that_is_listed_opens_that_service_and_not_its_user() {
    let bedrock = "bedrock.amazonaws.com";
    let class = format!("class:{ACCOUNT}:{MODELS}");
    let mut own = models().to_vec();
    own.push(allow("s3:*", "*"));
    let key = |service: &str| format!("aws:service-credential:{service}:ACCAEXAMPLEBEDROCK01");
    let answers = listed(bedrock, "Active", &own);
    let runs =
        |answers: &Answers, service: &str| answers.credential_gets(&key(service), Read, &class);
    assert_eq!(
        runs(&answers, bedrock),
        Answer::Possible,
        "some model exists"
    );
    assert_eq!(
        answers.credential_gets(&key(bedrock), Read, SAFE),
        Answer::No
    );
    assert_eq!(
        answers.credential_becomes(&key(bedrock), &user("bob")),
        Answer::No
    );
    let other = "codecommit.amazonaws.com";
    assert_eq!(runs(&listed(other, "Active", &own), other), Answer::No);
    assert_eq!(
        runs(&listed(bedrock, "Inactive", &own), bedrock),
        Answer::No
    );
    let [invoke, _] = models();
    assert_eq!(
        runs(&listed(bedrock, "Active", &[invoke]), bedrock),
        Answer::No
    );
}
