//! What a fix would break: when what it takes away was last used, as far as exports tell.

use crate::account::{ACCOUNT, Account, Answers, allow, group, policy, role, user};
use leakreach::analysis::LastUsed;
use leakreach::steps::Control;
use serde_json::{Value, json};

const S3_USED: &str = "2025-12-24T10:00:00Z";

/// What `get-service-last-accessed-details` says of S3 (used, and listing buckets too) and KMS (not used).
fn details() -> Value {
    json!({
        "JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL",
        "JobCreationDate": "2026-01-01T00:00:00Z", "JobCompletionDate": "2026-01-01T00:01:00Z",
        "ServicesLastAccessed": [
            {"ServiceName": "Amazon S3", "ServiceNamespace": "s3", "LastAuthenticated": S3_USED,
             "LastAuthenticatedEntity": user("ada"), "TotalAuthenticatedEntities": 1,
             "TrackedActionsLastAccessed": [
                {"ActionName": "ListAllMyBuckets", "LastAccessedEntity": user("ada"), "LastAccessedTime": S3_USED},
                {"ActionName": "PutBucketPolicy"}]},
            {"ServiceName": "AWS KMS", "ServiceNamespace": "kms", "TotalAuthenticatedEntities": 0}],
        "IsTruncated": false
    })
}

/// A user that may do something on a bucket, by one statement.
fn ada(action: &str) -> Account {
    Account::default()
        .user("ada", &[allow(action, "*")])
        .bucket("ledger")
}

fn told(account: Account, kind: &str, name: &str) -> Account {
    account.file(
        &format!("iam/last-accessed/{kind}/{name}.json"),
        &details().to_string(),
    )
}

/// What is told of the fix that removes the scope of that key.
fn last_used(answers: &Answers, scope: &str) -> LastUsed {
    let problems = &answers.analysis.problems;
    assert!(problems.is_empty(), "{problems:#?}");
    told_of(answers, scope)
}

/// The same where something is wrong with an export.
fn told_of(answers: &Answers, scope: &str) -> LastUsed {
    let analysis = &answers.analysis;
    let fix = analysis
        .fixes
        .iter()
        .find(|fix| match analysis.steps.controls[fix.control] {
            Control::Scope(id) => *analysis.inventory.scopes[id].key == *scope,
            _ => false,
        });
    let fix = fix.unwrap_or_else(|| panic!("no fix of {scope}"));
    fix.last_used.clone().unwrap()
}

fn statement_of(name: &str) -> String {
    format!("{}#inline/own#0", user(name))
}

fn words(last: &LastUsed) -> String {
    match last {
        LastUsed::On { at, of, by, .. } => format!("on {at} {of:?} by {by:?}"),
        LastUsed::NotAfter { at, of, .. } => format!("not after {at} {of:?}"),
        LastUsed::Never { days, .. } => format!("never in {days:?}"),
        LastUsed::Unknown => "unknown".to_owned(),
    }
}

fn of_statement(account: Account) -> String {
    words(&last_used(&account.analyze(), &statement_of("ada")))
}

#[test]
fn a_statement_is_used_when_its_service_is() {
    let on = format!(
        "on {S3_USED} Some(\"s3:ListAllMyBuckets\") by Some({:?})",
        user("ada")
    );
    assert_eq!(of_statement(told(ada("s3:*"), "user", "ada")), on);
}

#[test]
fn of_single_actions_the_service_tells_only_when_they_surely_were_not_used_any_more() {
    let account = told(ada("s3:GetObject"), "user", "ada");
    assert_eq!(
        of_statement(account),
        format!("not after {S3_USED} Some(\"s3\")")
    );
}

#[test]
fn a_tracked_action_without_a_date_was_not_used() {
    let account = told(ada("s3:PutBucketPolicy"), "user", "ada");
    assert_eq!(of_statement(account), "never in Some(400)");
    let account = told(ada("s3:Put*"), "user", "ada");
    assert_eq!(
        of_statement(account),
        format!("not after {S3_USED} Some(\"s3\")"),
        "other actions of the pattern are not tracked"
    );
}

#[test]
fn without_an_export_of_uses_nothing_is_unused() {
    assert_eq!(of_statement(ada("s3:*")), "unknown");
    let another = told(ada("s3:*").user("ben", &[]), "user", "ben");
    assert_eq!(of_statement(another), "unknown");
}

#[test]
fn a_service_that_is_not_listed_was_not_used_where_the_list_is_whole() {
    let actions = json!(["s3:PutBucketPolicy", "sqs:*"]);
    let account = |details: &Value| {
        Account::default()
            .user(
                "ada",
                &[json!({"Effect": "Allow", "Action": actions, "Resource": "*"})],
            )
            .bucket("ledger")
            .file("iam/last-accessed/user/ada.json", &details.to_string())
            .analyze()
    };
    let whole = account(&details());
    assert_eq!(
        words(&told_of(&whole, &statement_of("ada"))),
        "never in Some(400)"
    );
    let mut part = details();
    part["IsTruncated"] = json!(true);
    assert_eq!(
        words(&told_of(&account(&part), &statement_of("ada"))),
        "unknown"
    );
}

#[test]
fn a_statement_of_a_group_is_used_by_its_members() {
    let account = || {
        Account::default()
            .group("readers", &[allow("s3:*", "*")])
            .user("ada", &[])
            .in_group("readers")
            .bucket("ledger")
    };
    let statement = format!("{}#inline/own#0", group("readers"));
    let of = |account: Account| words(&last_used(&account.analyze(), &statement));
    assert!(of(told(account(), "user", "ada")).starts_with("on 2025-12-24"));
    assert_eq!(of(account()), "unknown");
    let with_ben = told(account(), "user", "ada")
        .user("ben", &[])
        .in_group("readers");
    assert!(of(with_ben).starts_with("on 2025-12-24"), "a use is a use");
    let unused = details().to_string().replace(S3_USED, "");
    let unused = unused.replace("\"LastAuthenticated\":\"\",", "");
    let unused = unused.replace(",\"LastAccessedTime\":\"\"", "");
    let with_ben = account()
        .file("iam/last-accessed/user/ada.json", &unused)
        .user("ben", &[])
        .in_group("readers");
    assert_eq!(of(with_ben), "unknown", "of ben nothing is known");
    let alone = account().file("iam/last-accessed/user/ada.json", &unused);
    assert_eq!(of(alone), "never in Some(400)");
}

#[test]
fn a_policy_tells_for_all_to_whom_it_is_bound() {
    let account = Account::default()
        .managed("store", &[allow("s3:*", "*")])
        .user("ada", &[])
        .attached(&policy("store"))
        .bucket("ledger");
    let answers = told(account, "policy", "store").analyze();
    let statement = format!("{}#0", policy("store"));
    assert!(words(&last_used(&answers, &statement)).starts_with("on 2025-12-24"));
}

#[test]
fn a_finding_of_an_unused_role_tells_of_its_trust_and_one_that_is_resolved_does_not() {
    let finding = |status: &str| {
        json!({"id": "EXAMPLE", "resource": role("deploy"), "resourceType": "AWS::IAM::Role",
            "resourceOwnerAccount": ACCOUNT, "status": status, "findingType": "UnusedIAMRole",
            "createdAt": "2025-12-01T00:00:00Z", "analyzedAt": "2025-12-01T00:00:00Z",
            "updatedAt": "2025-12-01T00:00:00Z", "findingDetails": [{"unusedIamRoleDetails": {}}]})
    };
    let answer = |status: &str| {
        let account = Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role(
                "deploy",
                &json!({"AWS": user("ada")}),
                &[allow("s3:GetObject", "*")],
            )
            .bucket("ledger")
            .file(
                "accessanalyzer/findings/a.json",
                &finding(status).to_string(),
            );
        let trust = format!("{}#trust/0", role("deploy"));
        words(&last_used(&account.analyze(), &trust))
    };
    assert_eq!(answer("ACTIVE"), "never in None");
    assert_eq!(answer("RESOLVED"), "unknown");
}

#[test]
fn a_role_was_used_no_later_than_it_says_itself() {
    let account = || {
        Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role(
                "deploy",
                &json!({"AWS": user("ada")}),
                &[allow("s3:GetObject", "*")],
            )
            .bucket("ledger")
    };
    let statement = format!("{}#inline/own#0", role("deploy"));
    let of = |account: Account| words(&last_used(&account.analyze(), &statement));
    let used = json!({"LastUsedDate": S3_USED, "Region": "eu-west-1"});
    assert_eq!(
        of(account().role_last_used(&used)),
        format!("not after {S3_USED} None")
    );
    assert_eq!(
        of(account().role_last_used(&json!({}))),
        "never in Some(400)"
    );
    assert_eq!(of(account()), "unknown", "old exports do not say");
    let both = told(account().role_last_used(&used), "role", "deploy");
    assert_eq!(of(both), format!("not after {S3_USED} Some(\"s3\")"));
    let contradicted = told(account().role_last_used(&json!({})), "role", "deploy");
    assert_eq!(
        of(contradicted),
        format!("not after {S3_USED} Some(\"s3\")"),
        "a use is a use"
    );
}

#[test]
fn that_a_role_is_passed_is_told_by_no_use_of_iam() {
    let account = |action: &str| {
        Account::default()
            .user("ada", &[allow("lambda:*", "*"), allow(action, "*")])
            .role(
                "deploy",
                &json!({"Service": "lambda.amazonaws.com"}),
                &[allow("s3:GetObject", "*")],
            )
            .bucket("ledger")
    };
    let statement = format!("{}#inline/own#1", user("ada"));
    let of = |account: Account| words(&last_used(&account.analyze(), &statement));
    assert_eq!(of(told(account("iam:PassRole"), "user", "ada")), "unknown");
    assert_eq!(of(told(account("iam:*"), "user", "ada")), "unknown");
    let attach = told(account("iam:AttachUserPolicy"), "user", "ada");
    assert_eq!(of(attach), "never in Some(400)");
    let nothing = details()
        .to_string()
        .replace("LastAuthenticated\":", "Other\":");
    let nothing = nothing.replace("LastAccessedTime", "Another");
    let unused = account("iam:PassRole").file("iam/last-accessed/user/ada.json", &nothing);
    assert_eq!(
        of(unused),
        "never in Some(400)",
        "who does nothing passes nothing"
    );
}
