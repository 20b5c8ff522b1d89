//! Every technique has a hit and a near miss.

use crate::account::{ACCOUNT, Account, Answer, allow, function, key_of, role, secret, user, when};
use leakreach::inventory::Access::{Delete, List, Read, Write};
use serde_json::json;

fn lambda() -> serde_json::Value {
    json!({"Service": "lambda.amazonaws.com"})
}

fn ec2() -> serde_json::Value {
    json!({"Service": "ec2.amazonaws.com"})
}

#[test]
fn minting_a_key_for_another_user_becomes_that_user() {
    let account = |statement| {
        Account::default()
            .user("ada", &[statement])
            .user("bob", &[])
            .analyze()
    };
    assert_eq!(
        account(allow("iam:CreateAccessKey", &user("bob"))).becomes("ada", &user("bob")),
        Answer::Possible
    );
    assert_eq!(
        account(allow("iam:CreateAccessKey", &user("ada"))).becomes("ada", &user("bob")),
        Answer::No
    );
    assert_eq!(
        account(allow("iam:ListAccessKeys", "*")).becomes("ada", &user("bob")),
        Answer::No
    );
}

#[test]
fn a_third_access_key_needs_a_deletion_first() {
    let second = json!({"AccessKeyMetadata": [
        {"UserName": "bob", "AccessKeyId": "AKIAEXAMPLEBOBSECOND", "Status": "Inactive", "CreateDate": "2024-03-01T00:00:00Z"}
    ]});
    let account = |statements: &[serde_json::Value]| {
        Account::default()
            .user("ada", statements)
            .user("bob", &[])
            .file("iam/access-keys-second/bob.json", "[]")
            .file("iam/access-keys/bob-second.json", &second.to_string())
            .analyze()
    };
    let create = allow("iam:CreateAccessKey", "*");
    assert_eq!(
        account(std::slice::from_ref(&create)).becomes("ada", &user("bob")),
        Answer::No
    );
    let delete = allow("iam:DeleteAccessKey", "*");
    assert_eq!(
        account(&[create, delete]).becomes("ada", &user("bob")),
        Answer::Certain
    );
}

#[test]
fn rewriting_a_trust_becomes_the_role_but_aws_keeps_its_own() {
    let account = Account::default()
        .user("ada", &[allow("iam:UpdateAssumeRolePolicy", "*")])
        .role("target", &lambda(), &[])
        .role(
            "AWSServiceRoleForSupport",
            &json!({"Service": "support.amazonaws.com"}),
            &[],
        )
        .analyze();
    assert_eq!(account.becomes("ada", &role("target")), Answer::Certain);
}

fn passing(create: &str, pass: &str, invoke: &str) -> Answer {
    Account::default()
        .user(
            "ada",
            &[
                allow("lambda:CreateFunction", create),
                allow("iam:PassRole", pass),
                allow("lambda:InvokeFunction", invoke),
            ],
        )
        .role("target", &lambda(), &[])
        .role("other", &ec2(), &[])
        .analyze()
        .becomes("ada", &role("target"))
}

#[test]
fn a_role_passed_to_a_function_is_gained_by_who_may_create_pass_and_invoke() {
    assert_eq!(passing("*", "*", "*"), Answer::Certain);
    assert_eq!(
        passing(&function("dev-*"), &role("target"), &function("*-x")),
        Answer::Certain
    );
    assert_eq!(
        passing("*", &role("other"), "*"),
        Answer::No,
        "the role that may be passed does not trust Lambda"
    );
    assert_eq!(
        passing(&function("dev-*"), "*", &function("prod-*")),
        Answer::No,
        "no function can be both created and invoked"
    );
}

#[test]
fn pass_role_and_create_function_of_two_principals_make_nothing() {
    let trusted = |name: &str| json!({"AWS": user(name)});
    let account = |both: bool| {
        let mut passer = vec![allow("iam:PassRole", "*")];
        if both {
            passer.push(allow("lambda:CreateFunction", "*"));
        }
        Account::default()
            .user("ada", &[])
            .role("passer", &trusted("ada"), &passer)
            .role(
                "creator",
                &trusted("ada"),
                &[
                    allow("lambda:CreateFunction", "*"),
                    allow("lambda:InvokeFunction", "*"),
                ],
            )
            .role("target", &lambda(), &[])
            .analyze()
    };
    assert_eq!(
        account(false).becomes("ada", &role("passer")),
        Answer::Certain
    );
    assert_eq!(
        account(false).becomes("ada", &role("creator")),
        Answer::Certain
    );
    assert_eq!(account(false).becomes("ada", &role("target")), Answer::No);
    assert_eq!(
        account(true).becomes("ada", &role("target")),
        Answer::Certain,
        "invoking is a request of its own, which another hand may make"
    );
}

#[test]
fn passing_to_a_named_service_does_not_pass_to_another() {
    let account = |service: &str| {
        let pass = when(
            allow("iam:PassRole", "*"),
            json!({"StringEquals": {"iam:PassedToService": service}}),
        );
        Account::default()
            .user("ada", &[pass, allow("lambda:*", "*")])
            .role("target", &lambda(), &[])
            .analyze()
            .becomes("ada", &role("target"))
    };
    assert_eq!(account("lambda.amazonaws.com"), Answer::Certain);
    assert_eq!(account("ec2.amazonaws.com"), Answer::No);
}

#[test]
fn an_instance_needs_a_profile_that_exists_or_can_be_made() {
    let launch = || vec![allow("iam:PassRole", "*"), allow("ec2:RunInstances", "*")];
    let plain = |statements: &[serde_json::Value]| {
        Account::default()
            .user("ada", statements)
            .role("target", &ec2(), &[])
    };
    assert_eq!(
        plain(&launch())
            .with_instance_profile()
            .analyze()
            .becomes("ada", &role("target")),
        Answer::Certain
    );
    assert_eq!(
        plain(&launch()).analyze().becomes("ada", &role("target")),
        Answer::No
    );
    let mut making = launch();
    making.push(allow("iam:AddRoleToInstanceProfile", "*"));
    making.push(allow("iam:CreateInstanceProfile", "*"));
    assert_eq!(
        plain(&making).analyze().becomes("ada", &role("target")),
        Answer::Certain
    );
    let only_instances = [
        allow("iam:PassRole", "*"),
        allow(
            "ec2:RunInstances",
            &format!("arn:aws:ec2:*:{ACCOUNT}:instance/*"),
        ),
    ];
    assert_eq!(
        plain(&only_instances)
            .with_instance_profile()
            .analyze()
            .becomes("ada", &role("target")),
        Answer::No,
        "launching needs the image and the network as well"
    );
}

#[test]
fn two_requests_on_one_function_may_come_from_two_hands() {
    let trusted = json!({"AWS": user("ada")});
    let account = |invoked: &str| {
        Account::default()
            .user("ada", &[])
            .role(
                "deployer",
                &trusted,
                &[allow("lambda:UpdateFunctionCode", &function("job"))],
            )
            .role(
                "tester",
                &trusted,
                &[allow("lambda:InvokeFunction", &function(invoked))],
            )
            .role("worker", &lambda(), &[])
            .function("job", "worker", json!({}))
            .function("other", "worker", json!({}))
            .analyze()
            .becomes("ada", &role("worker"))
    };
    assert_eq!(account("job"), Answer::Certain);
    assert_eq!(
        account("other"),
        Answer::Possible,
        "something else may still invoke the changed function"
    );
}

#[test]
fn a_session_on_an_instance_becomes_its_role_where_that_may_open_the_channel() {
    let account = |channel: &str, allowed: &str| {
        Account::default()
            .user("ada", &[allow("ssm:StartSession", allowed)])
            .role("worker", &ec2(), &[allow(channel, "*")])
            .with_instance_profile()
            .instance("i-0123456789abcdef0", "worker")
            .analyze()
            .becomes("ada", &role("worker"))
    };
    assert_eq!(account("ssmmessages:*", "*"), Answer::Possible);
    assert_eq!(account("logs:*", "*"), Answer::No);
    assert_eq!(
        account("ssmmessages:*", "arn:aws:ec2:*:*:instance/i-0other"),
        Answer::No
    );
}

#[test]
fn a_command_needs_the_document_too() {
    let account = |statements: &[serde_json::Value]| {
        Account::default()
            .user("ada", statements)
            .role("worker", &ec2(), &[allow("ssmmessages:*", "*")])
            .with_instance_profile()
            .instance("i-0123456789abcdef0", "worker")
            .analyze()
            .becomes("ada", &role("worker"))
    };
    assert_eq!(account(&[allow("ssm:SendCommand", "*")]), Answer::Possible);
    assert_eq!(
        account(&[allow("ssm:SendCommand", "arn:aws:ec2:*:*:instance/*")]),
        Answer::No
    );
}

#[test]
fn each_access_is_its_own_and_only_admin_is_all_of_them() {
    let bucket = "arn:aws:s3:::data";
    let account = |action: &str| {
        Account::default()
            .user("ada", &[allow(action, "*")])
            .bucket("data")
            .analyze()
    };
    let writes = account("s3:PutObject");
    assert_eq!(writes.gets("ada", Write, bucket), Answer::Certain);
    assert_eq!(
        writes.gets("ada", Read, bucket),
        Answer::No,
        "writing does not read"
    );
    // Confidential (assumed for a bucket): 3 points x 0.8.
    assert_eq!(writes.points("ada"), (240, 240));
    assert_eq!(
        account("s3:ListBucket").gets("ada", List, bucket),
        Answer::Certain
    );
    assert_eq!(
        account("s3:DeleteObject").gets("ada", Delete, bucket),
        Answer::Certain
    );
    let admin = account("s3:PutBucketPolicy");
    assert_eq!(admin.gets("ada", Read, bucket), Answer::Certain);
    assert_eq!(admin.points("ada"), (300, 300));
}

#[test]
fn a_secret_under_a_customer_key_is_only_possible() {
    let account = |key| {
        Account::default()
            .user("ada", &[allow("secretsmanager:GetSecretValue", "*")])
            .secret("db", key)
            .analyze()
            .gets("ada", Read, &secret("db"))
    };
    assert_eq!(account(None), Answer::Certain);
    assert_eq!(account(Some("alias/aws/secretsmanager")), Answer::Certain);
    assert_eq!(
        account(Some("arn:aws:kms:eu-west-1:111122223333:key/0")),
        Answer::Possible
    );
}

#[test]
fn a_key_in_a_functions_environment_is_gained_by_who_reads_the_function() {
    let account = |action: &str| {
        Account::default()
            .user("ada", &[allow(action, "*")])
            .user("bob", &[])
            .role("worker", &lambda(), &[])
            .function(
                "job",
                "worker",
                json!({
                    "AWS_KEY": key_of("bob"),
                    "AWS_SECRET": "EXAMPLE".repeat(6).chars().take(40).collect::<String>(),
                }),
            )
            .analyze()
            .becomes("ada", &user("bob"))
    };
    assert_eq!(account("lambda:GetFunctionConfiguration"), Answer::Certain);
    assert_eq!(account("lambda:ListFunctions"), Answer::Certain);
    assert_eq!(account("lambda:InvokeFunction"), Answer::No);
}

#[test]
fn the_gain_of_a_fix_is_what_its_removal_takes_away() {
    let account = Account::default()
        .user(
            "ada",
            &[
                allow("s3:GetObject", "arn:aws:s3:::data/*"),
                allow("s3:*", "arn:aws:s3:::data/*"),
            ],
        )
        .bucket("data")
        .analyze();
    let own = format!("{}#inline/own", user("ada"));
    assert_eq!(
        account.points("ada"),
        (270, 270),
        "delete is the gravest: 3 points x 0.9"
    );
    assert_eq!(
        account.gain(&format!("{own}#0")),
        (0, 0),
        "the other statement still reads"
    );
    assert_eq!(
        account.gain(&format!("{own}#1")),
        (90, 90),
        "reading is left: 3 points x 0.6"
    );
    assert_eq!(account.gain(&format!("{own}#attached")), (270, 270));
}
