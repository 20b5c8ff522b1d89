//! What hangs on the credential that signs: a leaked access key has no MFA, a console sign-in may have.
//!
//! Rules: IAM User Guide, "AWS global condition context keys", `aws:MultiFactorAuthPresent`, and "Condition operators",
//! "...IfExists".

use crate::account::{ACCOUNT, Account, Answer, Answers, allow, deny, key_of, role, user, when};
use leakreach::inventory::Access::Read;
use serde_json::{Value, json};

const DATA: &str = "arn:aws:s3:::data";

fn mfa(operator: &str, value: &str) -> Value {
    json!({operator: {"aws:MultiFactorAuthPresent": value}})
}

/// Passwords without a second factor for these users.
fn with_passwords(account: Account, users: &[&str]) -> Account {
    let mut report = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated\n".to_owned();
    for name in users {
        let arn = user(name);
        report += &format!(
            "{name},{arn},2024-01-01T00:00:00+00:00,true,N/A,2024-01-01T00:00:00+00:00,N/A,false,true,2024-02-01T00:00:00+00:00,N/A,false,N/A\n"
        );
    }
    account.file("iam/credential-report.csv", &report)
}

fn by_password(answers: &Answers, principal: &str) -> Answer {
    answers.credential_becomes(&format!("aws:password:{}", user("ada")), principal)
}

fn reads(statements: &[Value]) -> (Answer, Answer) {
    let account = Account::default().user("ada", statements).bucket("data");
    let answers = with_passwords(account, &["ada"]).analyze();
    let key = answers.gets("ada", Read, DATA);
    let password = answers.credential_gets(&format!("aws:password:{}", user("ada")), Read, DATA);
    (key, password)
}

#[test]
fn a_deny_without_mfa_spares_an_access_key_unless_it_says_if_exists() {
    let read = allow("s3:Get*", "*");
    let without = |operator| when(deny("*", "*"), mfa(operator, "false"));
    assert_eq!(
        reads(&[read.clone(), without("Bool")]),
        (Answer::Certain, Answer::Possible)
    );
    assert_eq!(
        reads(&[read, without("BoolIfExists")]),
        (Answer::No, Answer::Possible)
    );
}

#[test]
fn what_is_allowed_with_mfa_only_is_closed_to_an_access_key() {
    let with = |operator| when(allow("s3:Get*", "*"), mfa(operator, "true"));
    assert_eq!(reads(&[with("Bool")]), (Answer::No, Answer::Possible));
    assert_eq!(
        reads(&[with("BoolIfExists")]),
        (Answer::Certain, Answer::Possible)
    );
}

#[test]
fn credentials_are_told_apart_through_groups_and_boundaries_too() {
    let ban = || when(deny("s3:*", "*"), mfa("BoolIfExists", "false"));
    let by_group = Account::default()
        .group("all", &[ban()])
        .user("ada", &[allow("s3:Get*", "*")])
        .in_group("all")
        .bucket("data");
    assert_eq!(by_group.analyze().gets("ada", Read, DATA), Answer::No);
    let by_boundary = Account::default()
        .user("ada", &[allow("s3:Get*", "*")])
        .bounded_by(&[when(allow("*", "*"), mfa("Bool", "true"))])
        .bucket("data");
    assert_eq!(by_boundary.analyze().gets("ada", Read, DATA), Answer::No);
}

/// AWS STS API reference, "GetFederationToken": it takes the long-term credentials of a user.
#[test]
fn only_an_access_key_makes_the_session_of_a_federated_user() {
    let named = format!("arn:aws:sts::{ACCOUNT}:federated-user/reports");
    let grant = json!({"Effect": "Allow", "Principal": {"AWS": named}, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::data/*"});
    let account = Account::default()
        .user("ada", &[allow("sts:GetFederationToken", &named)])
        .bucket("data")
        .bucket_policy("data", &[grant]);
    let answers = with_passwords(account, &["ada"]).analyze();
    assert_eq!(answers.gets("ada", Read, DATA), Answer::Certain);
    let password = format!("aws:password:{}", user("ada"));
    assert_eq!(answers.credential_gets(&password, Read, DATA), Answer::No);
}

/// A role that is trusted so, and a user who may assume roles: by key, by password.
fn assumes(trusted: &Value, condition: &Value) -> (Answer, Answer) {
    let account = Account::default()
        .user("ada", &[allow("sts:AssumeRole", "*")])
        .role("admin", trusted, &[])
        .trust(|statement| statement[0]["Condition"] = condition.clone());
    let answers = with_passwords(account, &["ada"]).analyze();
    (
        answers.becomes("ada", &role("admin")),
        by_password(&answers, &role("admin")),
    )
}

#[test]
fn a_role_that_asks_for_mfa_is_closed_to_an_access_key() {
    let root = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    let ada = json!({"AWS": user("ada")});
    for trusted in [&root, &ada] {
        let open = assumes(trusted, &json!({}));
        assert_eq!(open, (Answer::Certain, Answer::Certain));
        let closed = assumes(trusted, &mfa("Bool", "true"));
        assert_eq!(closed, (Answer::No, Answer::Possible));
        let lax = assumes(trusted, &mfa("BoolIfExists", "true"));
        assert_eq!(lax, (Answer::Certain, Answer::Possible));
    }
}

#[test]
fn a_role_that_asks_for_mfa_may_be_assumed_from_a_role() {
    let answers = Account::default()
        .user("ada", &[])
        .role(
            "first",
            &json!({"AWS": user("ada")}),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(
            "second",
            &json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}),
            &[],
        )
        .trust(|statement| statement[0]["Condition"] = mfa("Bool", "true"))
        .analyze();
    assert_eq!(answers.becomes("ada", &role("first")), Answer::Certain);
    assert_eq!(answers.becomes("ada", &role("second")), Answer::Possible);
}

#[test]
fn a_bucket_that_denies_without_mfa_tells_credentials_apart() {
    let public = |statement: Value| {
        let mut statement = statement;
        statement["Principal"] = json!("*");
        statement
    };
    let reads = |operator| {
        let ban = when(
            deny("s3:GetObject", "arn:aws:s3:::data/*"),
            mfa(operator, "false"),
        );
        Account::default()
            .user("ada", &[allow("s3:GetObject", "*")])
            .bucket("data")
            .bucket_policy("data", &[public(ban)])
            .analyze()
            .gets("ada", Read, DATA)
    };
    assert_eq!(reads("Bool"), Answer::Certain);
    assert_eq!(reads("BoolIfExists"), Answer::No);
}

#[test]
fn a_key_that_an_attacker_makes_is_an_access_key_and_a_password_is_none() {
    let victim = [when(allow("s3:Get*", "*"), mfa("BoolIfExists", "true"))];
    let through = |actions: &[&str], has_password: bool, keys: &[&str]| {
        let rights: Vec<Value> = actions.iter().map(|action| allow(action, "*")).collect();
        let keys: Vec<Value> = keys
            .iter()
            .map(|id| {
                json!({"UserName": "ada", "AccessKeyId": id, "Status": "Active",
                    "CreateDate": "2024-02-01T00:00:00+00:00"})
            })
            .collect();
        let account = Account::default()
            .user("eve", &rights)
            .user("ada", &victim)
            .file(
                "iam/access-keys/ada.json",
                &json!({"AccessKeyMetadata": keys}).to_string(),
            )
            .bucket("data");
        let report = account.file(
            "iam/credential-report.csv",
            &format!("user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated\nada,{},2024-01-01T00:00:00+00:00,{has_password},N/A,N/A,N/A,false,true,2024-02-01T00:00:00+00:00,N/A,false,N/A\n", user("ada")),
        );
        let answers = report.analyze();
        (
            answers.becomes("eve", &user("ada")),
            answers.gets("eve", Read, DATA),
        )
    };
    let one = [&*key_of("ada")];
    let two = [&*key_of("ada"), "AKIAEXAMPLEADASECOND"];
    let replace = ["iam:DeleteAccessKey", "iam:CreateAccessKey"];
    let by_key = (Answer::Certain, Answer::Certain);
    let by_password = (Answer::Certain, Answer::Possible);
    assert_eq!(through(&["iam:CreateAccessKey"], false, &one), by_key);
    assert_eq!(through(&replace, false, &two), by_key);
    assert_eq!(
        through(&["iam:CreateLoginProfile"], false, &one),
        by_password
    );
    assert_eq!(
        through(&["iam:UpdateLoginProfile"], true, &one),
        by_password
    );
    assert_eq!(
        through(&["iam:ListUsers"], false, &one),
        (Answer::No, Answer::No)
    );
}

#[test]
fn rights_that_an_access_key_has_join_in_one_request() {
    let both = |operator| {
        let pass = when(allow("iam:PassRole", "*"), mfa(operator, "true"));
        Account::default()
            .user("ada", &[pass, allow("lambda:*", "*")])
            .role("runner", &json!({"Service": "lambda.amazonaws.com"}), &[])
            .analyze()
            .becomes("ada", &role("runner"))
    };
    assert_eq!(both("BoolIfExists"), Answer::Certain);
    assert_eq!(both("Bool"), Answer::No);
}
