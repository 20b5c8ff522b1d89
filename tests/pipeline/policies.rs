//! Resources with policies of their own: keys, queues, topics, image repositories, and what makes a public bucket
//! private. A hit and a near miss each.

use crate::account::{ACCOUNT, Account, Answer, allow, deny, secret, user, when};
use leakreach::inventory::Access::{Read, Write};
use serde_json::{Value, json};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k-1";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";
const DATA: &str = "arn:aws:s3:::data";

fn grant(principal: &str, action: &str, resource: &str) -> Value {
    let principal = match principal {
        "*" => json!("*"),
        arn => json!({"AWS": arn}),
    };
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource})
}

fn text(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn root() -> String {
    format!("arn:aws:iam::{ACCOUNT}:root")
}

/// The account with a key of that policy.
fn keyed(account: Account, statements: &[Value]) -> Account {
    let body = json!({"Policy": text(statements), "PolicyName": "default"});
    account.file("kms/key-policy/eu-west-1/k-1.json", &body.to_string())
}

fn reads_secret(key: &str, policy: &[Value], own: &[Value]) -> Answer {
    keyed(
        Account::default().user("ada", own).secret("db", Some(key)),
        policy,
    )
    .analyze()
    .gets("ada", Read, &secret("db"))
}

fn reader() -> Value {
    allow("secretsmanager:GetSecretValue", "*")
}

#[test]
fn a_secret_under_a_key_needs_the_key_and_identity_policies_count_only_where_the_key_lets_them() {
    let all = [reader(), allow("kms:Decrypt", "*")];
    let delegating = [grant(&root(), "kms:*", "*")];
    assert_eq!(reads_secret(KEY, &delegating, &all), Answer::Certain);
    assert_eq!(reads_secret(KEY, &delegating, &[reader()]), Answer::No);
    let closed = [grant(&user("eve"), "kms:*", "*")];
    assert_eq!(reads_secret(KEY, &closed, &all), Answer::No);
    let naming = [grant(&user("ada"), "kms:Decrypt", "*")];
    assert_eq!(reads_secret(KEY, &naming, &[reader()]), Answer::Certain);
    assert_eq!(
        reads_secret(KEY, &naming, &[reader(), deny("kms:*", "*")]),
        Answer::No
    );
}

#[test]
fn a_key_is_found_by_id_and_by_alias_and_stays_in_doubt_where_no_export_has_its_policy() {
    let delegating = [grant(&root(), "kms:*", "*")];
    assert_eq!(reads_secret("k-1", &delegating, &[reader()]), Answer::No);
    assert_eq!(
        reads_secret("k-2", &delegating, &[reader()]),
        Answer::Possible
    );
    let aliases = json!({"Aliases": [{"AliasName": "alias/db", "TargetKeyId": "k-1",
        "AliasArn": format!("arn:aws:kms:eu-west-1:{ACCOUNT}:alias/db")}]});
    let account = Account::default().user("ada", &[reader()]);
    let answers = keyed(account.secret("db", Some("alias/db")), &delegating)
        .file("kms/list-aliases.json", &aliases.to_string())
        .analyze();
    assert_eq!(answers.gets("ada", Read, &secret("db")), Answer::No);
}

#[test]
fn reading_and_decrypting_by_two_principals_is_reading_by_none() {
    let account = Account::default()
        .user(
            "ada",
            &[reader(), allow("iam:CreateAccessKey", &user("eve"))],
        )
        .user("eve", &[allow("kms:Decrypt", "*")])
        .secret("db", Some(KEY));
    let answers = keyed(account, &[grant(&root(), "kms:*", "*")]).analyze();
    assert_ne!(answers.becomes("ada", &user("eve")), Answer::No);
    assert_eq!(answers.gets("ada", Read, &secret("db")), Answer::No);
}

#[test]
fn a_bucket_under_a_key_may_hold_objects_that_are_not() {
    let encryption = json!({"ServerSideEncryptionConfiguration": {"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}]}});
    let reads = |own: &[Value]| {
        let account = Account::default().user("ada", own).bucket("data");
        keyed(account, &[grant(&root(), "kms:*", "*")])
            .file("s3/bucket-encryption/data.json", &encryption.to_string())
            .analyze()
            .gets("ada", Read, DATA)
    };
    let get = || allow("s3:GetObject", "*");
    assert_eq!(reads(&[get()]), Answer::Possible);
    assert_eq!(reads(&[get(), allow("kms:Decrypt", KEY)]), Answer::Certain);
    assert_eq!(reads(&[allow("kms:Decrypt", KEY)]), Answer::No);
}

fn queue(policy: &[Value], own: &[Value]) -> crate::account::Answers {
    let body = json!({"Attributes": {"QueueArn": QUEUE, "Policy": text(policy)}});
    Account::default()
        .user("ada", own)
        .file("sqs/attributes/jobs.json", &body.to_string())
        .analyze()
}

#[test]
fn a_queues_policy_lets_in_whom_it_names() {
    let named = queue(&[grant(&user("ada"), "sqs:ReceiveMessage", QUEUE)], &[]);
    assert_eq!(named.gets("ada", Read, QUEUE), Answer::Certain);
    assert_eq!(named.gets("ada", Write, QUEUE), Answer::No);
    let other = queue(&[grant(&user("eve"), "sqs:*", QUEUE)], &[]);
    assert_eq!(other.gets("ada", Read, QUEUE), Answer::No);
    let own = queue(&[], &[allow("sqs:SendMessage", QUEUE)]);
    assert_eq!(own.gets("ada", Write, QUEUE), Answer::Certain);
}

#[test]
fn a_queue_that_is_open_to_everybody_is_open_unless_a_condition_keeps_them_out() {
    let everybody = || grant("*", "sqs:*", QUEUE);
    assert_eq!(
        queue(&[everybody()], &[]).gets("ada", Read, QUEUE),
        Answer::Certain
    );
    let address = json!({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}});
    let from_office = when(everybody(), address);
    assert_eq!(
        queue(&[from_office], &[]).gets("ada", Read, QUEUE),
        Answer::Possible
    );
    // The key is in a request only if a service makes it: no thief of a key is one.
    let source = json!({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:news"}});
    let from_topic = when(everybody(), source);
    assert_eq!(
        queue(&[from_topic], &[]).gets("ada", Read, QUEUE),
        Answer::No
    );
}

#[test]
fn a_topic_and_a_repository_are_read_and_written_through_their_policies() {
    let topic = "arn:aws:sns:eu-west-1:111122223333:news";
    let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/app";
    let attributes = json!({"Attributes": {"TopicArn": topic,
        "Policy": text(&[grant(&user("ada"), "sns:Publish", topic)])}});
    let of_image = |actions: Value| {
        text(&[json!({"Effect": "Allow", "Principal": {"AWS": user("ada")}, "Action": actions})])
    };
    let answers = |actions: Value| {
        let body = json!({"registryId": ACCOUNT, "repositoryName": "app", "policyText": of_image(actions)});
        Account::default()
            .user("ada", &[])
            .file("sns/attributes/news.json", &attributes.to_string())
            .file(
                "ecr/repository-policy/eu-west-1/app.json",
                &body.to_string(),
            )
            .analyze()
    };
    let pull = answers(json!(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]));
    assert_eq!(pull.gets("ada", Write, topic), Answer::Certain);
    assert_eq!(pull.gets("ada", Read, topic), Answer::No);
    assert_eq!(pull.gets("ada", Read, repository), Answer::Certain);
    assert_eq!(pull.gets("ada", Write, repository), Answer::No);
    let half = answers(json!(["ecr:BatchGetImage"]));
    assert_eq!(half.gets("ada", Read, repository), Answer::No);
}

#[test]
fn a_list_of_policies_counts_like_those_of_the_services() {
    let list = json!([{"Resource": QUEUE, "Policy": text(&[grant(&user("ada"), "sqs:*", QUEUE)])}]);
    let answers = Account::default()
        .user("ada", &[])
        .file("resource-policies.json", &list.to_string())
        .analyze();
    assert_eq!(answers.gets("ada", Read, QUEUE), Answer::Certain);
}

#[test]
fn queues_that_no_export_lists_are_a_class() {
    let class = "class:111122223333:arn:aws:sqs:*:111122223333:*";
    let account = || Account::default().user("ada", &[allow("sqs:ReceiveMessage", "*")]);
    assert_eq!(
        account().analyze().gets("ada", Read, class),
        Answer::Possible
    );
    let listed = account().file(
        "sqs/list-queues.json",
        &json!({"QueueUrls": []}).to_string(),
    );
    let inventory = listed.analyze().analysis.inventory;
    assert!(inventory.resource_by_key(class).is_none());
}

fn setting(is_restricted: bool) -> String {
    json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "IgnorePublicAcls": true,
        "BlockPublicPolicy": true, "RestrictPublicBuckets": is_restricted}})
    .to_string()
}

fn public_bucket(account: Option<bool>, bucket: Option<bool>, statements: &[Value]) -> Answer {
    let mut exports = Account::default()
        .user("ada", &[])
        .bucket("data")
        .bucket_policy("data", statements);
    if let Some(account) = account {
        exports = exports.file("s3/public-access-block.json", &setting(account));
    }
    if let Some(bucket) = bucket {
        exports = exports.file("s3/public-access-block/data.json", &setting(bucket));
    }
    exports.analyze().gets("ada", Read, DATA)
}

#[test]
fn block_public_access_of_account_or_bucket_closes_a_public_bucket_and_only_both_leave_it_open() {
    let open = [grant("*", "s3:GetObject", "arn:aws:s3:::data/*")];
    for (account, bucket, expected) in [
        (Some(true), None, Answer::No),
        (None, Some(true), Answer::No),
        (Some(false), Some(true), Answer::No),
        (Some(false), Some(false), Answer::Certain),
        (Some(false), None, Answer::Possible),
        (None, None, Answer::Possible),
    ] {
        assert_eq!(
            public_bucket(account, bucket, &open),
            expected,
            "{account:?} {bucket:?}"
        );
    }
}

#[test]
fn block_public_access_leaves_what_is_not_public() {
    let objects = "arn:aws:s3:::data/*";
    let named = [grant(&user("ada"), "s3:GetObject", objects)];
    assert_eq!(
        public_bucket(Some(true), Some(true), &named),
        Answer::Certain
    );
    let network = json!({"StringEquals": {"aws:SourceVpce": "vpce-00000000"}});
    let fixed = [when(grant("*", "s3:GetObject", objects), network)];
    assert_eq!(
        public_bucket(Some(true), Some(true), &fixed),
        Answer::Possible
    );
}

#[test]
fn a_public_bucket_that_is_closed_is_closed_to_other_accounts() {
    let other = "444455556666";
    let visitor = format!("arn:aws:iam::{other}:role/visitor");
    let reads = |statements: &[Value]| {
        Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role(
                "visitor",
                &json!({"AWS": user("ada")}),
                &[allow("s3:*", "*")],
            )
            .in_account(other)
            .bucket("data")
            .bucket_policy("data", statements)
            .file("s3/public-access-block.json", &setting(true))
            .analyze()
            .gets("ada", Read, DATA)
    };
    let named = grant(&visitor, "s3:GetObject", "arn:aws:s3:::data/*");
    assert_eq!(reads(std::slice::from_ref(&named)), Answer::Certain);
    let public = grant("*", "s3:ListBucket", DATA);
    assert_eq!(reads(&[named, public]), Answer::No);
}

#[test]
fn the_root_of_another_account_stands_for_what_that_account_allows_and_a_canonical_user_for_nobody_known()
 {
    let other = "444455556666";
    let visits = |principal: Value, own: &[Value]| {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sqs:*", "Resource": QUEUE});
        let body = json!({"Attributes": {"QueueArn": QUEUE, "Policy": text(&[statement])}});
        Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role("visitor", &json!({"AWS": user("ada")}), own)
            .in_account(other)
            .file("sqs/attributes/jobs.json", &body.to_string())
            .analyze()
            .gets("ada", Read, QUEUE)
    };
    let root = json!({"AWS": format!("arn:aws:iam::{other}:root")});
    let own = [allow("sqs:ReceiveMessage", "*")];
    assert_eq!(visits(root.clone(), &own), Answer::Certain);
    assert_eq!(visits(root, &[]), Answer::No);
    let canonical = json!({"CanonicalUser": "0".repeat(64)});
    assert_eq!(visits(canonical, &own), Answer::No);
}

/// IAM User Guide, "Principal": each session that is named is one.
#[test]
fn a_deny_to_two_sessions_of_a_role_spares_every_other_one() {
    let session = |name: &str| format!("arn:aws:sts::{ACCOUNT}:assumed-role/app/{name}");
    let ban = json!({
        "Effect": "Deny", "Principal": {"AWS": [session("two"), session("one")]},
        "Action": "s3:*", "Resource": format!("{DATA}/*")
    });
    let answers = Account::default()
        .user("ada", &[])
        .role(
            "app",
            &json!({"AWS": user("ada")}),
            &[allow("s3:Get*", "*")],
        )
        .bucket("data")
        .bucket_policy("data", &[ban])
        .analyze();
    assert_eq!(answers.gets("ada", Read, DATA), Answer::Possible);
    let mut reasons = answers.analysis.steps.conditions.iter();
    let both = "the session is not named `one` or `two`";
    assert!(reasons.any(|reason| reason.contains(both)));
}
