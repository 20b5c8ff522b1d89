//! The settings of what exists, and the key of bob that lies in them.

use super::Given::Account as In;
use super::{Gains, ROW, Right, Row};
use crate::account::Answer::No;
use crate::account::{ACCOUNT, Account, allow, key_of};
use leakreach::inventory::Access::Read;
use serde_json::{Value, json};

fn arn(rest: &str) -> String {
    let (service, resource) = rest.split_once(':').unwrap();
    format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}")
}

/// The key of bob, as two settings.
fn key(name: &str, value: &str) -> Value {
    json!([
        {name: "AWS_ACCESS_KEY_ID", value: key_of("bob")},
        {name: "AWS_SECRET_ACCESS_KEY", value: "EXAMPLE".repeat(6).chars().take(40).collect::<String>()},
    ])
}

fn key_as_map() -> Value {
    let pairs = key("n", "v");
    let pairs = pairs.as_array().unwrap().iter();
    pairs
        .map(|pair| (pair["n"].as_str().unwrap().to_owned(), pair["v"].clone()))
        .collect()
}

fn key_as_script() -> String {
    let pairs = key_as_map();
    let pairs = pairs.as_object().unwrap().iter();
    pairs
        .map(|(name, value)| format!("export {name}={}\n", value.as_str().unwrap()))
        .collect()
}

fn encoded() -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key_as_script())
}

fn with(file: &str, export: Value) -> Account {
    Account::default()
        .user("bob", &[])
        .file(file, &export.to_string())
}

const fn row(
    technique: &'static str,
    account: fn() -> Account,
    request: &'static [&'static [Right]],
) -> Row {
    Row {
        technique,
        given: In(account),
        requests: request,
        gains: Gains::Acting("iam::A:user/bob"),
        ..ROW
    }
}

/// Beside actions that read something else of the same thing.
const fn near(row: Row, near: &'static [&'static str]) -> Row {
    Row { near, ..row }
}

fn endpoint() -> Account {
    with(
        "glue/get-dev-endpoints-eu-west-1.json",
        json!({"DevEndpoints": [{"EndpointName": "dev", "RoleArn": null, "Arguments": key_as_map()}]}),
    )
}

fn job() -> Account {
    with(
        "glue/get-jobs-eu-west-1.json",
        json!({"Jobs": [{"Name": "load", "Role": null, "Command": {}, "DefaultArguments": key_as_map()}]}),
    )
}

fn connection() -> Account {
    with(
        "glue/get-connections-eu-west-1.json",
        json!({"ConnectionList": [{"Name": "db", "ConnectionProperties": key_as_map()}]}),
    )
}

fn app() -> Account {
    with(
        "amplify/list-apps-eu-west-1.json",
        json!({"apps": [{"appId": "d1", "appArn": arn("amplify:apps/d1"), "environmentVariables": key_as_map()}]}),
    )
}

pub const ROWS: &[Row] = &[
    near(
        row(
            "aws/read-user-data",
            || {
                with(
                    "ec2/user-data/eu-west-1/i-1.json",
                    json!({"InstanceId": "i-1", "UserData": {"Value": encoded()}}),
                )
            },
            &[&[("ec2:DescribeInstanceAttribute", "ec2:R:A:instance/i-1")]],
        ),
        &["ec2:DescribeInstances"],
    ),
    near(
        row(
            "aws/read-launch-templates",
            || {
                with(
                    "ec2/describe-launch-template-versions-eu-west-1.json",
                    json!({"LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1", "VersionNumber": 1,
                    "LaunchTemplateData": {"UserData": encoded()}}]}),
                )
            },
            &[&[("ec2:DescribeLaunchTemplateVersions", "*")]],
        ),
        &["ec2:DescribeLaunchTemplates"],
    ),
    near(
        row(
            "aws/read-launch-configurations",
            || {
                with(
                    "autoscaling/describe-launch-configurations-eu-west-1.json",
                    json!({"LaunchConfigurations": [{
                    "LaunchConfigurationARN": arn("autoscaling:launchConfiguration:0-1:launchConfigurationName/web"),
                    "UserData": encoded()}]}),
                )
            },
            &[&[("autoscaling:DescribeLaunchConfigurations", "*")]],
        ),
        &["autoscaling:DescribeAutoScalingGroups"],
    ),
    near(
        row(
            "aws/read-task-definitions",
            || {
                with(
                    "ecs/task-definitions/pay-3.json",
                    json!({"taskDefinition": {"taskDefinitionArn": arn("ecs:task-definition/pay:3"),
                    "containerDefinitions": [{"name": "web", "environment": key("name", "value")}]}}),
                )
            },
            &[&[("ecs:DescribeTaskDefinition", "*")]],
        ),
        &["ecs:ListTaskDefinitions", "ecs:DescribeTasks"],
    ),
    near(
        row(
            "aws/read-build-project",
            || {
                with(
                    "codebuild/batch-get-projects-eu-west-1.json",
                    json!({"projects": [{"arn": arn("codebuild:project/pay"), "serviceRole": null,
                    "environment": {"environmentVariables": key("name", "value")}}]}),
                )
            },
            &[&[("codebuild:BatchGetProjects", "codebuild:R:A:project/pay")]],
        ),
        &["codebuild:ListProjects", "codebuild:BatchGetBuilds"],
    ),
    near(
        row(
            "aws/read-stack",
            || {
                with(
                    "cloudformation/describe-stacks-eu-west-1.json",
                    json!({"Stacks": [{"StackId": arn("cloudformation:stack/net/0-1"), "StackName": "net",
                    "StackStatus": "CREATE_COMPLETE", "Outputs": key("OutputKey", "OutputValue")}]}),
                )
            },
            &[&[(
                "cloudformation:DescribeStacks",
                "cloudformation:R:A:stack/net/0-1",
            )]],
        ),
        &["cloudformation:ListStacks", "cloudformation:GetTemplate"],
    ),
    near(
        row(
            "aws/read-stack-set",
            || {
                with(
                    "cloudformation/stack-sets/base.json",
                    json!({"StackSet": {"StackSetARN": arn("cloudformation:stackset/base:0-1"), "StackSetName": "base",
                    "Parameters": key("ParameterKey", "ParameterValue")}}),
                )
            },
            &[&[(
                "cloudformation:DescribeStackSet",
                "cloudformation:R:A:stackset/base:0-1",
            )]],
        ),
        &["cloudformation:ListStackSets"],
    ),
    near(
        row(
            "aws/read-development-endpoint",
            endpoint,
            &[&[("glue:GetDevEndpoint", "glue:R:A:devEndpoint/dev")]],
        ),
        &["glue:ListDevEndpoints"],
    ),
    row(
        "aws/list-development-endpoints",
        endpoint,
        &[&[("glue:GetDevEndpoints", "*")]],
    ),
    near(
        row(
            "aws/read-glue-job",
            job,
            &[&[("glue:GetJob", "glue:R:A:job/load")]],
        ),
        &["glue:ListJobs"],
    ),
    row(
        "aws/read-glue-jobs",
        job,
        &[&[("glue:BatchGetJobs", "glue:R:A:job/load")]],
    ),
    row("aws/list-glue-jobs", job, &[&[("glue:GetJobs", "*")]]),
    near(
        row(
            "aws/read-glue-connection",
            connection,
            &[&[
                ("glue:GetConnection", "glue:R:A:connection/db"),
                ("glue:GetConnection", "glue:R:A:catalog"),
            ]],
        ),
        &["glue:TestConnection"],
    ),
    row(
        "aws/list-glue-connection",
        connection,
        &[&[
            ("glue:GetConnections", "glue:R:A:connection/db"),
            ("glue:GetConnections", "glue:R:A:catalog"),
        ]],
    ),
    near(
        row(
            "aws/read-lifecycle-configuration",
            || {
                with(
                    "sagemaker/lifecycle-configs/start.json",
                    json!({"NotebookInstanceLifecycleConfigArn": arn("sagemaker:notebook-instance-lifecycle-config/start"),
                    "OnStart": [{"Content": encoded()}]}),
                )
            },
            &[&[(
                "sagemaker:DescribeNotebookInstanceLifecycleConfig",
                "sagemaker:R:A:notebook-instance-lifecycle-config/start",
            )]],
        ),
        &[
            "sagemaker:ListNotebookInstanceLifecycleConfigs",
            "sagemaker:DescribeNotebookInstance",
        ],
    ),
    near(
        row(
            "aws/read-apprunner-service",
            || {
                with(
                    "apprunner/services/web.json",
                    json!({"Service": {"ServiceArn": arn("apprunner:service/web/0"), "Status": "RUNNING", "SourceConfiguration": {
                    "ImageRepository": {"ImageConfiguration": {"RuntimeEnvironmentVariables": key_as_map()}}}}}),
                )
            },
            &[&[("apprunner:DescribeService", "apprunner:R:A:service/web/0")]],
        ),
        &["apprunner:ListServices"],
    ),
    near(
        row(
            "aws/read-job-definitions",
            || {
                with(
                    "batch/describe-job-definitions-eu-west-1.json",
                    json!({"jobDefinitions": [{"jobDefinitionArn": arn("batch:job-definition/load:1"), "revision": 1,
                    "status": "INACTIVE", "containerProperties": {"environment": key("name", "value")}}]}),
                )
            },
            &[&[("batch:DescribeJobDefinitions", "*")]],
        ),
        &["batch:ListJobs"],
    ),
    near(
        row(
            "aws/read-state-machine",
            || {
                with(
                    "stepfunctions/state-machines/pay.json",
                    json!({"stateMachineArn": arn("states:stateMachine:pay"), "name": "pay", "status": "ACTIVE", "roleArn": null,
                    "definition": json!({"States": {"Call": {"Parameters": key_as_map()}}}).to_string()}),
                )
            },
            &[&[("states:DescribeStateMachine", "states:R:A:stateMachine:pay")]],
        ),
        &["states:ListStateMachines"],
    ),
    near(
        row(
            "aws/read-document",
            || {
                with(
                    "ssm/documents/eu-west-1/install.json",
                    json!({"Name": "install", "DocumentVersion": "1", "DocumentFormat": "YAML", "Content": key_as_script()}),
                )
            },
            &[&[("ssm:GetDocument", "ssm:R:A:document/install")]],
        ),
        &["ssm:DescribeDocument"],
    ),
    near(
        row(
            "aws/read-app",
            app,
            &[&[("amplify:GetApp", "amplify:R:A:apps/d1")]],
        ),
        &["amplify:ListBranches"],
    ),
    row("aws/list-apps", app, &[&[("amplify:ListApps", "*")]]),
    near(
        row(
            "aws/read-environment-properties",
            || {
                with(
                    "elasticbeanstalk/configuration-settings/eu-west-1/shop.json",
                    json!({"ConfigurationSettings": [{"ApplicationName": "shop", "EnvironmentName": "live",
                    "OptionSettings": key("OptionName", "Value")}]}),
                )
            },
            &[&[(
                "elasticbeanstalk:DescribeConfigurationSettings",
                "elasticbeanstalk:R:A:environment/shop/live",
            )]],
        ),
        &["elasticbeanstalk:DescribeEnvironments"],
    ),
];

#[test]
fn the_settings_of_a_thing_are_not_its_content() {
    for Row {
        given, requests, ..
    } in ROWS
    {
        let (action, on) = requests[0][0];
        if let (In(account), true) = (given, on != "*") {
            let answers = account()
                .user("right", &[allow(action, &super::arn(on))])
                .analyze();
            assert_eq!(answers.gets("right", Read, &super::arn(on)), No, "{action}");
        }
    }
}
