//! Access to resources.

use super::Given::Account as In;
use super::{Gains, Other, ROW, Right, Row, arn};
use crate::account::Answer::{No, Possible};
use crate::account::{ACCOUNT, Account};
use leakreach::inventory::Access::{self, Admin, Delete, List, Read, Write};
use serde_json::{Value, json};

const AUTHORITY: &str = "acm-pca:R:A:certificate-authority/ca-1";
const ANCHOR: &str = "rolesanywhere:R:A:trust-anchor/a";
const BUCKET: &str = "s3:::safe";
const OBJECTS: &str = "s3:::safe/*";
const FUNCTION: &str = "lambda:R:A:function:job";
const INSTANCE: &str = "ec2:R:A:instance/i-1";
const MEMORY: &str = "bedrock-agentcore:R:A:memory/chats-EXAMPLE001";
const PARAMETER: &str = "ssm:R:A:parameter/app/db";
const QUEUE: &str = "sqs:R:A:jobs";
const REPOSITORY: &str = "ecr:R:A:repository/app";
const RUNTIME: &str = "bedrock-agentcore:R:A:runtime/triage-EXAMPLE001";
const SECRET: &str = "secretsmanager:R:A:secret:db-AbCdEf";
const TOPIC: &str = "sns:R:A:news";
const KEY: &str = "kms:R:A:key/k";

/// The key, whose policy lets in whom policies of the account let in.
fn keyed(account: Account) -> Account {
    let statement = json!({"Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let body = json!({"Policy": policy, "PolicyName": "default"});
    account.file("kms/key-policy/eu-west-1/k.json", &body.to_string())
}

fn secret(key: Option<&str>) -> Account {
    Account::default().secret("db", key.map(arn).as_deref())
}

const SECRETS: &[Other] = &[
    (
        "whom the secret's key lets in no export tells",
        || secret(Some(KEY)),
        Possible,
    ),
    (
        "the secret's key does not let in",
        || keyed(secret(Some(KEY))),
        No,
    ),
];

fn parameter(key: Option<&str>) -> Account {
    let mut row = json!({"Name": "/app/db", "Type": "SecureString", "ARN": arn(PARAMETER)});
    row["KeyId"] = key.map_or(json!("alias/aws/ssm"), |key| json!(arn(key)));
    Account::default().file(
        "ssm/describe-parameters-eu-west-1.json",
        &json!({"Parameters": [row]}).to_string(),
    )
}

const PARAMETERS: &[Other] = &[
    (
        "whom the parameter's key lets in no export tells",
        || parameter(Some(KEY)),
        Possible,
    ),
    (
        "the parameter's key does not let in",
        || keyed(parameter(Some(KEY))),
        No,
    ),
];

fn bucket() -> Account {
    Account::default().bucket("safe")
}

fn encrypted() -> Account {
    let rule = json!({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn(KEY)}});
    let body = json!({"ServerSideEncryptionConfiguration": {"Rules": [rule]}});
    bucket().file("s3/bucket-encryption/safe.json", &body.to_string())
}

/// Amazon S3 User Guide, "Setting default server-side encryption behavior": what lay there before stays as it was, and
/// who writes may name another key.
const BUCKETS: &[Other] = &[
    (
        "whom the bucket's key lets in no export tells",
        encrypted,
        Possible,
    ),
    (
        "the bucket's key does not let in",
        || keyed(encrypted()),
        Possible,
    ),
];

fn function() -> Account {
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    Account::default()
        .role("worker", &lambda, &[])
        .function("job", "worker", json!({}))
}

fn instance() -> Account {
    let ec2 = json!({"Service": "ec2.amazonaws.com"});
    Account::default()
        .role("worker", &ec2, &[])
        .with_instance_profile()
        .instance("i-1", "worker")
}

fn queue() -> Account {
    let body = json!({"Attributes": {"QueueArn": arn(QUEUE)}});
    Account::default().file("sqs/attributes/jobs.json", &body.to_string())
}

fn topic() -> Account {
    let body = json!({"Attributes": {"TopicArn": arn(TOPIC)}});
    Account::default().file("sns/attributes/news.json", &body.to_string())
}

fn repository() -> Account {
    let row =
        json!({"repositoryArn": arn(REPOSITORY), "repositoryName": "app", "registryId": ACCOUNT});
    Account::default().file(
        "ecr/describe-repositories.json",
        &json!({"repositories": [row]}).to_string(),
    )
}

fn agentcore(thing: Value) -> Account {
    Account::default().file("bedrock-agentcore/thing.json", &thing.to_string())
}

fn runtime() -> Account {
    agentcore(json!({
        "agentRuntimeArn": arn(RUNTIME), "agentRuntimeId": "triage-EXAMPLE001", "agentRuntimeName": "triage",
        "agentRuntimeVersion": "1", "status": "READY", "createdAt": "2026-07-01T00:00:00+00:00",
        "lastUpdatedAt": "2026-07-01T00:00:00+00:00", "roleArn": null, "networkConfiguration": {"networkMode": "PUBLIC"}
    }))
}

fn memory(key: Option<&str>) -> Account {
    agentcore(
        json!({"memory": {"arn": arn(MEMORY), "id": "chats-EXAMPLE001", "name": "chats", "status": "ACTIVE",
        "encryptionKeyArn": key.map(arn)}}),
    )
}

fn anchor(source: Value) -> Account {
    let one = json!({"trustAnchorId": "a", "trustAnchorArn": arn(ANCHOR), "name": "a", "enabled": true, "source": source});
    Account::default().file(
        "rolesanywhere/list-trust-anchors.json",
        &json!({"trustAnchors": [one]}).to_string(),
    )
}

fn private_anchor() -> Account {
    anchor(json!({"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": arn(AUTHORITY)}}))
}

fn bundle_anchor() -> Account {
    anchor(
        json!({"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "EXAMPLE"}}),
    )
}

const fn row(
    technique: &'static str,
    given: fn() -> Account,
    access: Access,
    resource: &'static str,
    requests: &'static [&'static [Right]],
) -> Row {
    Row {
        technique,
        given: In(given),
        requests,
        gains: Gains::Access(access, resource),
        ..ROW
    }
}

const fn keyed_row(row: Row, others: &'static [Other]) -> Row {
    Row { others, ..row }
}

/// Of what no export lists: whether there is any nobody tells.
const fn of_class(
    technique: &'static str,
    access: Access,
    class: &'static str,
    requests: &'static [&'static [Right]],
) -> Row {
    Row {
        answer: Possible,
        ..row(technique, Account::default, access, class, requests)
    }
}

pub const ROWS: &[Row] = &[
    keyed_row(
        row(
            "aws/read-secret",
            || secret(None),
            Read,
            SECRET,
            &[&[("secretsmanager:GetSecretValue", SECRET)]],
        ),
        SECRETS,
    ),
    keyed_row(
        row(
            "aws/write-secret",
            || secret(None),
            Write,
            SECRET,
            &[&[("secretsmanager:PutSecretValue", SECRET)]],
        ),
        SECRETS,
    ),
    row(
        "aws/delete-secret",
        || secret(None),
        Delete,
        SECRET,
        &[&[("secretsmanager:DeleteSecret", SECRET)]],
    ),
    keyed_row(
        row(
            "aws/read-parameter",
            || parameter(None),
            Read,
            PARAMETER,
            &[&[("ssm:GetParameter", PARAMETER)]],
        ),
        PARAMETERS,
    ),
    keyed_row(
        row(
            "aws/read-parameters",
            || parameter(None),
            Read,
            PARAMETER,
            &[&[("ssm:GetParameters", PARAMETER)]],
        ),
        PARAMETERS,
    ),
    keyed_row(
        row(
            "aws/read-parameter-history",
            || parameter(None),
            Read,
            PARAMETER,
            &[&[("ssm:GetParameterHistory", PARAMETER)]],
        ),
        PARAMETERS,
    ),
    keyed_row(
        row(
            "aws/read-parameters-by-path",
            || parameter(None),
            Read,
            PARAMETER,
            &[&[("ssm:GetParametersByPath", "ssm:R:A:parameter/app")]],
        ),
        PARAMETERS,
    ),
    row(
        "aws/write-parameter",
        || parameter(None),
        Write,
        PARAMETER,
        &[&[("ssm:PutParameter", PARAMETER)]],
    ),
    row(
        "aws/delete-parameter",
        || parameter(None),
        Delete,
        PARAMETER,
        &[&[("ssm:DeleteParameter", PARAMETER)]],
    ),
    row(
        "aws/list-bucket",
        bucket,
        List,
        BUCKET,
        &[&[("s3:ListBucket", BUCKET)]],
    ),
    keyed_row(
        row(
            "aws/read-objects",
            bucket,
            Read,
            BUCKET,
            &[&[("s3:GetObject", OBJECTS)]],
        ),
        BUCKETS,
    ),
    keyed_row(
        row(
            "aws/write-objects",
            bucket,
            Write,
            BUCKET,
            &[&[("s3:PutObject", OBJECTS)]],
        ),
        BUCKETS,
    ),
    row(
        "aws/delete-objects",
        bucket,
        Delete,
        BUCKET,
        &[&[("s3:DeleteObject", OBJECTS)]],
    ),
    row(
        "aws/rewrite-bucket-policy",
        bucket,
        Admin,
        BUCKET,
        &[&[("s3:PutBucketPolicy", BUCKET)]],
    ),
    row(
        "aws/read-function",
        function,
        Read,
        FUNCTION,
        &[&[("lambda:GetFunction", FUNCTION)]],
    ),
    row(
        "aws/read-function-configuration",
        function,
        Read,
        FUNCTION,
        &[&[("lambda:GetFunctionConfiguration", FUNCTION)]],
    ),
    row(
        "aws/list-functions",
        function,
        Read,
        FUNCTION,
        &[&[("lambda:ListFunctions", "*")]],
    ),
    row(
        "aws/read-agent-runtime",
        runtime,
        Read,
        RUNTIME,
        &[&[("bedrock-agentcore:GetAgentRuntime", RUNTIME)]],
    ),
    keyed_row(
        row(
            "aws/read-agent-memory",
            || memory(None),
            Read,
            MEMORY,
            &[
                &[("bedrock-agentcore:ListActors", MEMORY)],
                &[("bedrock-agentcore:ListSessions", MEMORY)],
                &[("bedrock-agentcore:ListEvents", MEMORY)],
            ],
        ),
        &[("the memory is under a key", || memory(Some(KEY)), Possible)],
    ),
    row(
        "aws/change-function",
        function,
        Write,
        FUNCTION,
        &[&[("lambda:UpdateFunctionCode", FUNCTION)]],
    ),
    row(
        "aws/delete-function",
        function,
        Delete,
        FUNCTION,
        &[&[("lambda:DeleteFunction", FUNCTION)]],
    ),
    row(
        "aws/terminate-instance",
        instance,
        Delete,
        INSTANCE,
        &[&[("ec2:TerminateInstances", INSTANCE)]],
    ),
    row(
        "aws/receive-messages",
        queue,
        Read,
        QUEUE,
        &[&[("sqs:ReceiveMessage", QUEUE)]],
    ),
    row(
        "aws/send-message",
        queue,
        Write,
        QUEUE,
        &[&[("sqs:SendMessage", QUEUE)]],
    ),
    row(
        "aws/rewrite-queue-policy",
        queue,
        Admin,
        QUEUE,
        &[&[("sqs:SetQueueAttributes", QUEUE)]],
    ),
    row(
        "aws/subscribe-topic",
        topic,
        Read,
        TOPIC,
        &[&[("sns:Subscribe", TOPIC)]],
    ),
    row(
        "aws/publish-topic",
        topic,
        Write,
        TOPIC,
        &[&[("sns:Publish", TOPIC)]],
    ),
    row(
        "aws/rewrite-topic-policy",
        topic,
        Admin,
        TOPIC,
        &[&[("sns:SetTopicAttributes", TOPIC)]],
    ),
    row(
        "aws/pull-image",
        repository,
        Read,
        REPOSITORY,
        &[
            &[("ecr:BatchGetImage", REPOSITORY)],
            &[("ecr:GetDownloadUrlForLayer", REPOSITORY)],
        ],
    ),
    row(
        "aws/push-image",
        repository,
        Write,
        REPOSITORY,
        &[
            &[("ecr:InitiateLayerUpload", REPOSITORY)],
            &[("ecr:UploadLayerPart", REPOSITORY)],
            &[("ecr:CompleteLayerUpload", REPOSITORY)],
            &[("ecr:PutImage", REPOSITORY)],
        ],
    ),
    row(
        "aws/rewrite-repository-policy",
        repository,
        Admin,
        REPOSITORY,
        &[&[("ecr:SetRepositoryPolicy", REPOSITORY)]],
    ),
    row(
        "aws/issue-certificate",
        private_anchor,
        Write,
        AUTHORITY,
        &[
            &[("acm-pca:IssueCertificate", AUTHORITY)],
            &[("acm-pca:GetCertificate", AUTHORITY)],
        ],
    ),
    row(
        "aws/update-trust-anchor",
        bundle_anchor,
        Write,
        ANCHOR,
        &[&[("rolesanywhere:UpdateTrustAnchor", ANCHOR)]],
    ),
    of_class(
        "aws/invoke-model",
        Read,
        "class:bedrock:*::foundation-model/*",
        &[&[("bedrock:InvokeModel", "bedrock:R::foundation-model/m")]],
    ),
    of_class(
        "aws/pull-code",
        Read,
        "class:codecommit:*:A:*",
        &[&[("codecommit:GitPull", "codecommit:R:A:code")]],
    ),
    of_class(
        "aws/push-code",
        Write,
        "class:codecommit:*:A:*",
        &[&[("codecommit:GitPush", "codecommit:R:A:code")]],
    ),
    of_class(
        "aws/read-keyspace",
        Read,
        "class:cassandra:*:A:/keyspace/*/table/*",
        &[&[("cassandra:Select", "cassandra:R:A:/keyspace/k/table/t")]],
    ),
    of_class(
        "aws/write-keyspace",
        Write,
        "class:cassandra:*:A:/keyspace/*/table/*",
        &[&[("cassandra:Modify", "cassandra:R:A:/keyspace/k/table/t")]],
    ),
];
