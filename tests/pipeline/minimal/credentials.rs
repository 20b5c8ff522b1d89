//! New credentials for resources of other services: what such a service has is stated, since no export lists it.

use super::Given::Account as In;
use super::{Gains, ROW, Right, Row, arn};
use crate::account::Answer::{self, Certain, Possible};
use crate::account::{ACCOUNT, Account, allow};
use leakreach::inventory::Access::{self, Admin, Read, Write};
use serde_json::Value;

/// A resource of that type is stated.
fn stated(kind: &str, resource: &str) -> Account {
    let row = format!(
        "resource,{},{kind},aws,aws:account:{ACCOUNT}",
        arn(resource)
    );
    let nodes = format!("word,id,type,platform,tenant\n{row}\n");
    Account::default().file("stated.csv", &nodes)
}

const fn row(
    technique: &'static str,
    given: fn() -> Account,
    (access, gained): (Access, &'static str),
    answer: Answer,
    requests: &'static [&'static [Right]],
) -> Row {
    Row {
        technique,
        given: In(given),
        requests,
        gains: Gains::Access(access, gained),
        answer,
        ..ROW
    }
}

const BUILD: &str = "gamelift:R:A:build/b";
const CHANNEL: &str = "mediapackage:R:A:channels/c";
const CLUSTER: &str = "eks:R:A:cluster/c";
const FLEET: &str = "gamelift:R:A:fleet/f";
const REPOSITORY: &str = "codeartifact:R:A:repository/d/r";
const LIGHTSAIL: &str = "lightsail:R:A:Instance/i";
const LIGHTSAIL_BUCKET: &str = "lightsail:R:A:Bucket/b";
const WORKGROUP: &str = "redshift-serverless:R:A:workgroup/w";
const REDSHIFT: &str = "redshift:R:A:cluster:c";
const TOKEN: [Right; 2] = [
    (
        "codeartifact:GetAuthorizationToken",
        "codeartifact:R:A:domain/d",
    ),
    ("sts:GetServiceBearerToken", "*"),
];

fn fleet() -> Account {
    stated("gamelift:fleet", FLEET)
}

fn channel() -> Account {
    stated("mediapackage:channel", CHANNEL)
}

fn instance() -> Account {
    stated("lightsail:instance", LIGHTSAIL)
}

fn lightsail_bucket() -> Account {
    stated("lightsail:bucket", LIGHTSAIL_BUCKET)
}

fn redshift() -> Account {
    stated("redshift:cluster", REDSHIFT)
}

fn repository() -> Account {
    stated("codeartifact:repository", REPOSITORY)
}

/// A user bob who may do that with what is stated.
fn bob(kind: &str, resource: &str, actions: &[&str]) -> Account {
    let rights: Vec<Value> = actions.iter().map(|action| allow(action, "*")).collect();
    stated(kind, resource).user("bob", &rights)
}

const MODEL: &str = "bedrock:R::foundation-model/m";
const CODE: &str = "codecommit:R:A:code";
const TABLE: &str = "cassandra:R:A:/keyspace/k/table/t";

fn models() -> Account {
    let actions = ["bedrock:InvokeModel", "bedrock:CallWithBearerToken"];
    bob("bedrock:foundation-model", MODEL, &actions)
}

fn code() -> Account {
    bob("codecommit:repository", CODE, &["codecommit:GitPull"])
}

fn tables() -> Account {
    bob("cassandra:table", TABLE, &["cassandra:Select"])
}

/// A key of bob's for one service: no right of that service, no key.
const fn service_key(
    technique: &'static str,
    given: fn() -> Account,
    gained: &'static str,
    requests: &'static [&'static [Right]],
) -> Row {
    row(technique, given, (Read, gained), Possible, requests)
}

const CREATE_KEY: &[&[Right]] = &[&[("iam:CreateServiceSpecificCredential", "iam::A:user/bob")]];
const RESET_KEY: &[&[Right]] = &[&[("iam:ResetServiceSpecificCredential", "iam::A:user/bob")]];

pub const ROWS: &[Row] = &[
    row(
        "aws/airflow-cli-token",
        || stated("airflow:environment", "airflow:R:A:environment/e"),
        (Write, "airflow:R:A:environment/e"),
        Possible,
        &[&[("airflow:CreateCliToken", "airflow:R:A:environment/e")]],
    ),
    row(
        "aws/airflow-web-token",
        || stated("airflow:environment", "airflow:R:A:environment/e"),
        (Admin, "airflow:R:A:environment/e"),
        Possible,
        &[&[("airflow:CreateWebLoginToken", "airflow:R:A:role/e/Admin")]],
    ),
    row(
        "aws/appsync-api-key",
        || stated("appsync:graphqlapi", "appsync:R:A:apis/a"),
        (Read, "appsync:R:A:apis/a"),
        Possible,
        &[&[("appsync:CreateApiKey", "*")]],
    ),
    row(
        "aws/cloud9-token",
        || stated("cloud9:environment", "cloud9:R:A:environment:e"),
        (Admin, "cloud9:R:A:environment:e"),
        Possible,
        &[&[("cloud9:CreateEnvironmentToken", "cloud9:R:A:environment:e")]],
    ),
    row(
        "aws/codeartifact-token",
        repository,
        (Read, REPOSITORY),
        Certain,
        &[&[
            ("codeartifact:ReadFromRepository", REPOSITORY),
            TOKEN[0],
            TOKEN[1],
        ]],
    ),
    row(
        "aws/codeartifact-publish",
        repository,
        (Write, REPOSITORY),
        Certain,
        &[&[
            (
                "codeartifact:PublishPackageVersion",
                "codeartifact:R:A:package/d/r/npm/n/p",
            ),
            TOKEN[0],
            TOKEN[1],
        ]],
    ),
    row(
        "aws/codepipeline-job",
        || stated("codepipeline:pipeline", "codepipeline:R:A:p"),
        (Write, "codepipeline:R:A:p"),
        Possible,
        &[&[(
            "codepipeline:PollForJobs",
            "codepipeline:R:A:actiontype:Custom/Build/x/1",
        )]],
    ),
    row(
        "aws/connect-token",
        || stated("connect:instance", "connect:R:A:instance/i"),
        (Read, "connect:R:A:instance/i"),
        Possible,
        &[&[("connect:GetFederationToken", "connect:R:A:instance/i")]],
    ),
    row(
        "aws/emr-endpoint-credentials",
        || {
            stated(
                "emr-containers:managed-endpoint",
                "emr-containers:R:A:/virtualclusters/v/endpoints/e",
            )
        },
        (Admin, "emr-containers:R:A:/virtualclusters/v/endpoints/e"),
        Possible,
        &[&[(
            "emr-containers:GetManagedEndpointSessionCredentials",
            "emr-containers:R:A:/virtualclusters/v/endpoints/e",
        )]],
    ),
    row(
        "aws/gamelift-upload-credentials",
        || stated("gamelift:build", BUILD),
        (Write, BUILD),
        Possible,
        &[&[("gamelift:RequestUploadCredentials", BUILD)]],
    ),
    row(
        "aws/gamelift-instance-access",
        fleet,
        (Admin, FLEET),
        Possible,
        &[&[("gamelift:GetInstanceAccess", FLEET)]],
    ),
    row(
        "aws/gamelift-compute-access",
        fleet,
        (Admin, FLEET),
        Certain,
        &[&[("gamelift:GetComputeAccess", FLEET)]],
    ),
    row(
        "aws/gamelift-compute-token",
        fleet,
        (Write, FLEET),
        Certain,
        &[&[("gamelift:GetComputeAuthToken", FLEET)]],
    ),
    row(
        "aws/grafana-api-key",
        || stated("grafana:workspace", "grafana:R:A:/workspaces/w"),
        (Admin, "grafana:R:A:/workspaces/w"),
        Certain,
        &[&[("grafana:CreateWorkspaceApiKey", "grafana:R:A:/workspaces/w")]],
    ),
    row(
        "aws/lightsail-instance-access",
        instance,
        (Admin, LIGHTSAIL),
        Possible,
        &[&[("lightsail:GetInstanceAccessDetails", LIGHTSAIL)]],
    ),
    row(
        "aws/lightsail-default-key",
        instance,
        (Admin, LIGHTSAIL),
        Possible,
        &[&[("lightsail:DownloadDefaultKeyPair", "*")]],
    ),
    row(
        "aws/lightsail-bucket-key-read",
        lightsail_bucket,
        (Read, LIGHTSAIL_BUCKET),
        Possible,
        &[&[("lightsail:CreateBucketAccessKey", LIGHTSAIL_BUCKET)]],
    ),
    row(
        "aws/lightsail-bucket-key-write",
        lightsail_bucket,
        (Write, LIGHTSAIL_BUCKET),
        Possible,
        &[&[("lightsail:CreateBucketAccessKey", LIGHTSAIL_BUCKET)]],
    ),
    row(
        "aws/lightsail-database-password",
        || {
            stated(
                "lightsail:relational-database",
                "lightsail:R:A:RelationalDatabase/d",
            )
        },
        (Admin, "lightsail:R:A:RelationalDatabase/d"),
        Possible,
        &[&[(
            "lightsail:GetRelationalDatabaseMasterUserPassword",
            "lightsail:R:A:RelationalDatabase/d",
        )]],
    ),
    row(
        "aws/mediapackage-channel-credentials",
        channel,
        (Write, CHANNEL),
        Certain,
        &[&[("mediapackage:RotateChannelCredentials", CHANNEL)]],
    ),
    row(
        "aws/mediapackage-endpoint-credentials",
        channel,
        (Write, CHANNEL),
        Certain,
        &[&[("mediapackage:RotateIngestEndpointCredentials", CHANNEL)]],
    ),
    row(
        "aws/rds-connect",
        || stated("rds:db", "rds:R:A:db:d"),
        (Read, "rds:R:A:db:d"),
        Possible,
        &[&[("rds-db:connect", "rds-db:R:A:dbuser:db-X/app")]],
    ),
    row(
        "aws/redshift-credentials",
        redshift,
        (Admin, REDSHIFT),
        Possible,
        &[&[(
            "redshift:GetClusterCredentials",
            "redshift:R:A:dbuser:c/admin",
        )]],
    ),
    row(
        "aws/redshift-iam-credentials",
        redshift,
        (Read, REDSHIFT),
        Possible,
        &[&[(
            "redshift:GetClusterCredentialsWithIAM",
            "redshift:R:A:dbname:c/d",
        )]],
    ),
    row(
        "aws/redshift-serverless-credentials",
        || stated("redshift-serverless:workgroup", WORKGROUP),
        (Read, WORKGROUP),
        Possible,
        &[&[("redshift-serverless:GetCredentials", WORKGROUP)]],
    ),
    row(
        "aws/eks-access-entry",
        || stated("eks:cluster", CLUSTER),
        (Admin, CLUSTER),
        Possible,
        &[
            &[("eks:CreateAccessEntry", CLUSTER)],
            &[(
                "eks:AssociateAccessPolicy",
                "eks:R:A:access-entry/c/user/111122223333/eve/0",
            )],
        ],
    ),
    service_key("aws/create-bedrock-key", models, MODEL, CREATE_KEY),
    service_key("aws/reset-bedrock-key", models, MODEL, RESET_KEY),
    service_key("aws/create-codecommit-key", code, CODE, CREATE_KEY),
    service_key("aws/reset-codecommit-key", code, CODE, RESET_KEY),
    service_key("aws/create-keyspaces-key", tables, TABLE, CREATE_KEY),
    service_key("aws/reset-keyspaces-key", tables, TABLE, RESET_KEY),
];
