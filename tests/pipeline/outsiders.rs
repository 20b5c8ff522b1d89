//! Whom a policy lets in that lets in anyone, if conditions hold: a hit and a near miss for each rule.

use crate::account::{
    ACCOUNT, Account, Answer, Answers, Organization, RCP, UNIT, allow, role, user, when,
};
use leakreach::inventory::Access::List;
use leakreach::reach::{Layer, reached};
use leakreach::steps::Fact;
use serde_json::{Value, json};

const DATA: &str = "arn:aws:s3:::data";
const OTHER: &str = "444455556666";
const ORGANIZATION: &str = "o-exampleorg1";

fn for_anyone(mut statement: Value) -> Value {
    statement["Principal"] = json!("*");
    statement
}

fn condition(operator: &str, key: &str, value: &str) -> Value {
    json!({operator: {key: value}})
}

/// Whether somebody who holds nothing reaches it.
fn anyone(answers: &Answers, goal: Fact) -> Answer {
    let steps = &answers.analysis.steps;
    let (Some(start), Some(goal)) = (steps.fact_id(Fact::Anyone), steps.fact_id(goal)) else {
        return Answer::No;
    };
    let is_reached = |layer| reached(steps, layer, &[start], None)[goal.0 as usize];
    if is_reached(Layer::Certain) {
        Answer::Certain
    } else if is_reached(Layer::Possible) {
        Answer::Possible
    } else {
        Answer::No
    }
}

fn anyone_becomes(answers: &Answers, principal: &str) -> Answer {
    let id = answers.analysis.inventory.principal_by_key(principal);
    anyone(answers, Fact::Principal(id.unwrap()))
}

fn anyone_lists(answers: &Answers) -> Answer {
    let id = answers.analysis.inventory.resource_by_key(DATA);
    anyone(answers, Fact::Access(id.unwrap(), List))
}

/// A role that anyone may assume under a condition: whether somebody outside does, and whether a user of its account
/// does, who has no other right to.
fn assumed_if(condition: Value) -> (Answer, Answer) {
    let answers = Account::default()
        .user("ada", &[])
        .role("app", &json!("*"), &[])
        .trust(|statements| statements[0]["Condition"] = condition)
        .organization(Organization::default())
        .analyze();
    (
        anyone_becomes(&answers, &role("app")),
        answers.becomes("ada", &role("app")),
    )
}

#[test]
fn nobody_outside_is_of_the_organisation() {
    for (operator, key, value) in [
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            ORGANIZATION.to_owned(),
        ),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            format!("{ORGANIZATION}/*"),
        ),
        ("StringEquals", "aws:PrincipalAccount", ACCOUNT.to_owned()),
        ("ArnLike", "aws:PrincipalArn", user("*")),
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            "${aws:ResourceOrgID}".to_owned(),
        ),
    ] {
        assert_eq!(
            assumed_if(condition(operator, key, &value)),
            (Answer::No, Answer::Certain),
            "{operator} {key} {value}"
        );
    }
}

#[test]
fn a_user_of_another_organisation_path_or_account_is_refused_too() {
    for (operator, key, value) in [
        ("StringEquals", "aws:PrincipalOrgID", "o-exampleorg2"),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            "o-exampleorg1/r-exam/ou-exam-sandbox/*",
        ),
        ("StringEquals", "aws:PrincipalAccount", OTHER),
        (
            "ArnLike",
            "aws:PrincipalArn",
            "arn:aws:iam::444455556666:user/ada",
        ),
    ] {
        assert_eq!(
            assumed_if(condition(operator, key, value)).1,
            Answer::No,
            "{operator} {key} {value}"
        );
    }
}

#[test]
fn somebody_outside_names_and_tags_their_own_principals() {
    for (operator, key, value) in [
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deploy"),
        ("StringEquals", "aws:PrincipalTag/team", "red"),
        ("StringEquals", "aws:username", "bob"),
        ("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION),
    ] {
        let (outside, _) = assumed_if(condition(operator, key, value));
        assert_eq!(outside, Answer::Certain, "{operator} {key} {value}");
    }
    let of_account = condition(
        "ArnLike",
        "aws:PrincipalArn",
        &format!("arn:aws:iam::{ACCOUNT}:role/deploy"),
    );
    assert_eq!(assumed_if(of_account), (Answer::No, Answer::No));
}

#[test]
fn what_a_condition_asks_besides_stays_open() {
    let both = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"},
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    assert_eq!(assumed_if(both).0, Answer::Possible);
    let both = json!({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    assert_eq!(assumed_if(both), (Answer::No, Answer::Possible));
}

#[test]
fn one_caller_must_meet_all_conditions() {
    let user_and_role = json!({"StringEquals": {"aws:username": "bob"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}});
    assert_eq!(assumed_if(user_and_role).0, Answer::No);
    let role_without_name = json!({"Null": {"aws:username": "true"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}});
    assert_eq!(assumed_if(role_without_name).0, Answer::Certain);
}

/// A bucket that anyone may list, unless `deny` holds.
fn listed_unless(deny: Value, organization: Organization) -> (Answer, Answer) {
    let answers = Account::default()
        .user("ada", &[allow("s3:ListBucket", DATA)])
        .bucket("data")
        .bucket_policy(
            "data",
            &[for_anyone(allow("s3:ListBucket", DATA)), for_anyone(deny)],
        )
        .organization(organization)
        .analyze();
    (anyone_lists(&answers), answers.gets("ada", List, DATA))
}

fn deny_if(condition: Value) -> Value {
    when(
        json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
        condition,
    )
}

#[test]
fn a_deny_of_all_but_the_organisation_keeps_outsiders_out_and_members_in() {
    for operator in ["StringNotEquals", "StringNotEqualsIfExists"] {
        let deny = deny_if(condition(operator, "aws:PrincipalOrgID", ORGANIZATION));
        assert_eq!(
            listed_unless(deny, Organization::default()),
            (Answer::No, Answer::Certain),
            "{operator}"
        );
    }
    let deny = deny_if(condition(
        "StringNotEquals",
        "aws:PrincipalOrgID",
        "o-exampleorg2",
    ));
    assert_eq!(
        listed_unless(deny, Organization::default()),
        (Answer::No, Answer::No),
        "another organisation's"
    );
}

#[test]
fn a_deny_of_what_an_outsider_need_not_be_lets_them_in() {
    // Whether Block Public Access stops them is in no export.
    let deny = deny_if(condition(
        "StringEquals",
        "aws:PrincipalOrgID",
        ORGANIZATION,
    ));
    assert_eq!(
        listed_unless(deny, Organization::default()).0,
        Answer::Possible
    );
    let deny = deny_if(condition("StringLike", "aws:PrincipalArn", "*:role/*"));
    assert_eq!(
        listed_unless(deny, Organization::default()).0,
        Answer::Possible
    );
    let deny = deny_if(condition(
        "StringNotEquals",
        "aws:PrincipalAccount",
        ACCOUNT,
    ));
    assert_eq!(listed_unless(deny, Organization::default()).0, Answer::No);
}

#[test]
fn a_resource_control_policy_keeps_outsiders_out_and_members_in() {
    let guarded = |value: &str| {
        let deny = for_anyone(deny_if(condition(
            "StringNotEqualsIfExists",
            "aws:PrincipalOrgID",
            value,
        )));
        let nothing = deny_if(condition("Bool", "aws:SecureTransport", "false"));
        listed_unless(nothing, Organization::default().attach(RCP, UNIT, &[deny]))
    };
    assert_eq!(guarded(ORGANIZATION), (Answer::No, Answer::Certain));
    assert_eq!(guarded("o-exampleorg2"), (Answer::No, Answer::No));
}

/// A role of another account of the organisation that lets in anyone of it.
fn across(identity: &[Value], organization: Organization) -> Answer {
    let there = role("target").replace(ACCOUNT, OTHER);
    Account::default()
        .user("ada", identity)
        .role("target", &json!({"AWS": "*"}), &[])
        .trust(|statements| {
            statements[0]["Condition"] =
                condition("StringEquals", "aws:PrincipalOrgID", ORGANIZATION);
        })
        .in_account(OTHER)
        .organization(organization)
        .analyze()
        .becomes("ada", &there)
}

#[test]
fn across_accounts_the_callers_own_side_must_allow_too() {
    let both = || Organization::default().with_account(OTHER);
    let assume = [allow("sts:AssumeRole", "*")];
    assert_eq!(across(&assume, both()), Answer::Certain);
    assert_eq!(across(&[], both()), Answer::No);
}

#[test]
fn an_account_of_which_no_export_tells_the_organisation_is_open() {
    let (outside, ada) = {
        let answers = Account::default()
            .user("ada", &[])
            .role("app", &json!("*"), &[])
            .trust(|statements| {
                statements[0]["Condition"] =
                    condition("StringEquals", "aws:PrincipalOrgID", ORGANIZATION);
            })
            .analyze();
        (
            anyone_becomes(&answers, &role("app")),
            answers.becomes("ada", &role("app")),
        )
    };
    assert_eq!((outside, ada), (Answer::No, Answer::Possible));
}

#[test]
fn a_topic_or_bucket_as_source_is_no_way_in_for_who_asks_directly() {
    let of = |arn: &str| assumed_if(condition("ArnLike", "aws:SourceArn", arn));
    let own = format!("arn:aws:sns:*:{ACCOUNT}:*");
    assert_eq!(of(&own), (Answer::No, Answer::No));
    assert_eq!(of("arn:aws:sns:*:*:*").0, Answer::Possible);
}

#[test]
fn what_lets_an_outsider_in_and_a_deny_of_all_but_one_name_are_one_request() {
    let listed = |value: &str| {
        let grant = when(
            allow("s3:ListBucket", DATA),
            condition("StringNotEqualsIgnoreCase", "aws:username", "ada"),
        );
        let deny = deny_if(condition("StringNotEquals", "aws:username", value));
        let answers = Account::default()
            .user("ada", &[])
            .bucket("data")
            .bucket_policy("data", &[for_anyone(grant)])
            .organization(Organization::default().attach(RCP, UNIT, &[for_anyone(deny)]))
            .analyze();
        anyone_lists(&answers)
    };
    assert_eq!(listed("ADA"), Answer::No);
    // Whether Block Public Access stops them is in no export.
    assert_eq!(listed("eve"), Answer::Possible);
}

#[test]
fn a_bucket_of_an_account_without_users_and_roles_is_public_too() {
    let lists = |named: Value| {
        let mut statement = allow("s3:ListBucket", DATA);
        statement["Principal"] = named;
        let open = json!({"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": false}});
        let answers = Account::default()
            .bucket("data")
            .bucket_policy("data", &[statement])
            .file("s3/public-access-block.json", &open.to_string())
            .file("s3/public-access-block/data.json", &open.to_string())
            .analyze();
        assert!(
            answers
                .analysis
                .inventory
                .principals
                .iter()
                .all(|one| one.is_stub)
        );
        anyone_lists(&answers)
    };
    assert_eq!(lists(json!("*")), Answer::Certain);
    assert_eq!(
        lists(json!({"AWS": format!("arn:aws:iam::{OTHER}:root")})),
        Answer::No
    );
}
