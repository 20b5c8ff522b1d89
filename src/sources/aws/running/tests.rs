//! Every answer that the command line gives about a running thing: what it is read as, and what it is not taken for.

use super::formats::{COMMANDS, FORMATS, KEYS, Stands};
use crate::inventory::{Record, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::reading::Reading;
use crate::sources::trial;
use base64::Engine as _;
use serde_json::{Value, json};

/// The value of every setting that is no secret.
const PLAIN: &str = "prod";

fn arn(rest: &str) -> String {
    let (service, resource) = rest.split_once(':').unwrap();
    format!("arn:aws:{service}:eu-west-1:111122223333:{resource}")
}

fn role(name: &str) -> String {
    format!("arn:aws:iam::111122223333:role/{name}")
}

fn encoded(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// One answer of every command, as its service model has it, with `secret` wherever a secret may lie.
fn answers(secret: &str) -> Vec<(&'static str, Value)> {
    let pairs = json!([{"name": "API_TOKEN", "value": secret}, {"name": "STAGE", "value": PLAIN}]);
    let map = json!({"API_TOKEN": secret, "STAGE": PLAIN});
    let script = encoded(&format!(
        "#!/bin/sh\nexport API_TOKEN={secret} STAGE={PLAIN}\n"
    ));
    vec![
        (
            "codebuild/batch-get-projects-eu-west-1.json",
            json!({"projects": [{"name": "pay", "arn": arn("codebuild:project/pay"), "serviceRole": role("build"),
                "source": {"type": "NO_SOURCE", "buildspec": format!("env:\n  variables:\n    BUILD_TOKEN: {secret}\n")},
                "environment": {"type": "LINUX_CONTAINER", "environmentVariables": [
                    {"name": "API_TOKEN", "value": secret, "type": "PLAINTEXT"},
                    {"name": "OTHER_TOKEN", "value": "not-a-real-one-either", "type": "SECRETS_MANAGER"},
                    {"name": "THIRD_TOKEN", "value": secret}]},
                "tags": [{"key": "team", "value": "pay"}]}], "projectsNotFound": []}),
        ),
        (
            "ecs/task-definitions/pay-3.json",
            json!({"taskDefinition": {"taskDefinitionArn": arn("ecs:task-definition/pay:3"), "family": "pay", "revision": 3,
                "taskRoleArn": role("pay"), "executionRoleArn": role("pull"), "status": "INACTIVE",
                "containerDefinitions": [{"name": "web", "environment": pairs}, {"name": "side"}]}, "tags": []}),
        ),
        (
            "ecs/tasks/shop.json",
            json!({"tasks": [{"taskArn": arn("ecs:task/shop/0a1b"), "clusterArn": arn("ecs:cluster/shop"),
                "taskDefinitionArn": arn("ecs:task-definition/pay:3"), "enableExecuteCommand": true, "lastStatus": "RUNNING",
                "overrides": {"containerOverrides": [], "taskRoleArn": role("once")}}], "failures": []}),
        ),
        (
            "ecs/services/shop.json",
            json!({"services": [{"serviceArn": arn("ecs:service/shop/web"), "clusterArn": arn("ecs:cluster/shop"),
                "serviceName": "web", "status": "ACTIVE", "enableExecuteCommand": true, "runningCount": 1,
                "taskDefinition": role("stands-for-a-definition")}], "failures": []}),
        ),
        (
            "cloudformation/describe-stacks-eu-west-1.json",
            json!({"Stacks": [{"StackId": arn("cloudformation:stack/net/0-1"), "StackName": "net",
                "StackStatus": "UPDATE_COMPLETE", "RoleARN": role("deploy"), "Tags": [{"Key": "team", "Value": "net"}],
                "Parameters": [{"ParameterKey": "DbPassword", "ParameterValue": "****"}, {"ParameterKey": "ApiToken", "ParameterValue": secret}],
                "Outputs": [{"OutputKey": "AdminPassword", "OutputValue": secret}]}]}),
        ),
        (
            "cloudformation/stack-sets/base.json",
            json!({"StackSet": {"StackSetARN": arn("cloudformation:stackset/base:0-1"), "StackSetName": "base",
                "Status": "ACTIVE", "AdministrationRoleARN": role("stack-set-admin"), "ExecutionRoleName": "execute",
                "Parameters": [{"ParameterKey": "ApiToken", "ParameterValue": secret}], "Tags": []}}),
        ),
        (
            "ec2/describe-launch-template-versions-eu-west-1.json",
            json!({"LaunchTemplateVersions": [
                {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "VersionNumber": 1, "DefaultVersion": false,
                    "LaunchTemplateData": {"IamInstanceProfile": {"Name": "old"}, "UserData": script}},
                {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "VersionNumber": 2, "DefaultVersion": true,
                    "LaunchTemplateData": {"IamInstanceProfile": {"Name": "web"}}}]}),
        ),
        (
            "ec2/describe-launch-templates-eu-west-1.json",
            json!({"LaunchTemplates": [{"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "DefaultVersionNumber": 2,
                "LatestVersionNumber": 2, "Tags": [{"Key": "team", "Value": "web"}]}]}),
        ),
        (
            "ec2/user-data/eu-west-1/i-1.json",
            json!({"InstanceId": "i-1", "UserData": {"Value": script}}),
        ),
        (
            "autoscaling/describe-launch-configurations-eu-west-1.json",
            json!({"LaunchConfigurations": [{"LaunchConfigurationName": "web", "IamInstanceProfile": "web", "UserData": script,
                "LaunchConfigurationARN": arn("autoscaling:launchConfiguration:0-1:launchConfigurationName/web")}]}),
        ),
        (
            "glue/get-dev-endpoints-eu-west-1.json",
            json!({"DevEndpoints": [{"EndpointName": "dev", "RoleArn": role("glue"), "Status": "READY",
                "Arguments": {"--api-token": secret}}]}),
        ),
        (
            "glue/get-jobs-eu-west-1.json",
            json!({"Jobs": [{"Name": "load", "Role": "service-role/glue", "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/k"},
                "DefaultArguments": {"--api-token": secret}, "NonOverridableArguments": {"--db-password": secret},
                "SourceControlDetails": {"Provider": "GITHUB", "AuthToken": secret}}]}),
        ),
        (
            "glue/get-connections-eu-west-1.json",
            json!({"ConnectionList": [{"Name": "db", "ConnectionType": "JDBC",
                "ConnectionProperties": {"USERNAME": "load", "PASSWORD": secret, "ENCRYPTED_PASSWORD": "AQICAEXAMPLEciphertext"}}]}),
        ),
        (
            "sagemaker/notebook-instances/lab.json",
            json!({"NotebookInstanceArn": arn("sagemaker:notebook-instance/lab"), "NotebookInstanceName": "lab",
                "NotebookInstanceStatus": "InService", "RoleArn": role("lab")}),
        ),
        (
            "sagemaker/lifecycle-configs/start.json",
            json!({"NotebookInstanceLifecycleConfigArn": arn("sagemaker:notebook-instance-lifecycle-config/start"),
                "NotebookInstanceLifecycleConfigName": "start", "OnCreate": [{"Content": script}], "OnStart": [{"Content": script}]}),
        ),
        (
            "apprunner/services/web.json",
            json!({"Service": {"ServiceName": "web", "ServiceId": "0", "ServiceArn": arn("apprunner:service/web/0"), "Status": "RUNNING",
                "SourceConfiguration": {"ImageRepository": {"ImageConfiguration": {"RuntimeEnvironmentVariables": map}},
                    "AuthenticationConfiguration": {"AccessRoleArn": role("pull")}},
                "InstanceConfiguration": {"InstanceRoleArn": role("web")}}}),
        ),
        (
            "batch/describe-job-definitions-eu-west-1.json",
            json!({"jobDefinitions": [{"jobDefinitionName": "load", "jobDefinitionArn": arn("batch:job-definition/load:1"),
                "revision": 1, "status": "ACTIVE", "type": "container", "tags": {"team": "load"},
                "containerProperties": {"jobRoleArn": role("load"), "executionRoleArn": role("pull"), "environment": pairs}},
                {"jobDefinitionName": "pod", "jobDefinitionArn": arn("batch:job-definition/pod:1"), "revision": 1, "status": "ACTIVE",
                "eksProperties": {"podProperties": {"containers": [{"name": "c", "env": pairs}]}}}]}),
        ),
        (
            "stepfunctions/state-machines/pay.json",
            json!({"stateMachineArn": arn("states:stateMachine:pay"), "name": "pay", "status": "ACTIVE", "roleArn": role("flow"),
                "type": "STANDARD", "definition": json!({"StartAt": "Call", "States": {"Call": {"Type": "Task",
                    "Parameters": {"Headers": {"Authorization": secret}}, "End": true}}}).to_string()}),
        ),
        (
            "codedeploy/deployment-groups/eu-west-1/shop.json",
            json!({"deploymentGroupsInfo": [
                {"applicationName": "shop", "deploymentGroupName": "live", "computePlatform": "Server", "serviceRoleArn": role("deploy"),
                    "ec2TagFilters": [{"Key": "env", "Value": "live", "Type": "KEY_AND_VALUE"}, {"Key": "web", "Value": "", "Type": "KEY_ONLY"},
                        {"Value": "all", "Type": "VALUE_ONLY"}], "autoScalingGroups": [{"name": "web", "hook": "h"}]},
                {"applicationName": "shop", "deploymentGroupName": "sets", "computePlatform": "Server", "ec2TagFilters": [],
                    "ec2TagSet": {"ec2TagSetList": [[{"Key": "env", "Value": "live", "Type": "KEY_AND_VALUE"}], [{"Key": "tier", "Value": "web", "Type": "KEY_AND_VALUE"}]]}},
                {"applicationName": "shop", "deploymentGroupName": "function", "computePlatform": "Lambda",
                    "ec2TagFilters": [{"Key": "env", "Value": "live", "Type": "KEY_AND_VALUE"}]}]}),
        ),
        (
            "ssm/describe-instance-information-eu-west-1.json",
            json!({"InstanceInformationList": [
                {"InstanceId": "i-1", "PingStatus": "Online", "ResourceType": "EC2Instance", "ComputerName": "web"},
                {"InstanceId": "mi-1", "PingStatus": "Online", "ResourceType": "ManagedInstance", "ComputerName": "desk", "IamRole": "service-role/hybrid"},
                {"InstanceId": "mi-2", "PingStatus": "ConnectionLost", "ResourceType": "ManagedInstance", "IamRole": "hybrid"}]}),
        ),
        (
            "ssm/documents/eu-west-1/install.json",
            json!({"Name": "install", "DocumentVersion": "1", "DocumentFormat": "YAML", "DocumentType": "Command",
                "Content": format!("mainSteps:\n  - run: login --api-token={secret}\n")}),
        ),
        (
            "amplify/list-apps-eu-west-1.json",
            json!({"apps": [{"appId": "d1", "appArn": arn("amplify:apps/d1"), "name": "shop", "environmentVariables": map, "tags": {}}]}),
        ),
        (
            "elasticbeanstalk/configuration-settings/eu-west-1/shop.json",
            json!({"ConfigurationSettings": [{"ApplicationName": "shop", "EnvironmentName": "live", "OptionSettings": [
                {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "API_TOKEN", "Value": secret}]}]}),
        ),
    ]
}

fn reading(path: &str, body: &Value) -> Reading {
    trial::read_one(&format!("aws/111122223333/{path}"), &body.to_string())
}

fn runs_as(reading: &Reading) -> Vec<String> {
    let scopes = reading.records.iter().filter_map(|record| match record {
        Record::Scope(scope) => Some(scope),
        _ => None,
    });
    scopes
        .filter_map(|scope| match &scope.terms {
            Terms::RunsAs {
                resource,
                principal,
            } => Some(format!(
                "{resource} runs as {principal} {}",
                scope.evidence.pointer
            )),
            _ => None,
        })
        .collect()
}

/// Onto what a thing deploys: of the tags in a bracket any, of the brackets all.
fn deploys(reading: &Reading) -> Vec<String> {
    let scopes = reading.records.iter().filter_map(|record| match record {
        Record::Scope(scope) => Some(scope),
        _ => None,
    });
    let word = |word: &Option<String>| word.clone().unwrap_or("*".to_owned());
    scopes
        .filter_map(|scope| match &scope.terms {
            Terms::Deploys {
                resource,
                onto,
                tags,
            } => {
                let tags: Vec<String> = tags
                    .iter()
                    .map(|any| {
                        let any: Vec<String> = any
                            .iter()
                            .map(|test| format!("{}={}", word(&test.key), word(&test.value)))
                            .collect();
                        format!("[{}]", any.join(" "))
                    })
                    .collect();
                let pointer = &scope.evidence.pointer;
                Some(format!(
                    "{resource} deploys onto {onto} {} {pointer}",
                    tags.concat()
                ))
            }
            _ => None,
        })
        .collect()
}

/// What an answer is read as, in words.
fn read(path: &str, body: &Value) -> Vec<String> {
    let reading = reading(path, body);
    assert!(
        reading.problems.is_empty(),
        "{path}: {:?}",
        reading.problems
    );
    let mut lines: Vec<String> = Vec::new();
    for record in &reading.records {
        match record {
            Record::Resource(it) => {
                let aliases: String = it
                    .aliases
                    .iter()
                    .map(|alias| format!(" = {alias}"))
                    .collect();
                let tags: String = it
                    .tags
                    .iter()
                    .map(|(key, value)| format!(" {key}={value}"))
                    .collect();
                lines.push(format!(
                    "{} {} `{}`{aliases}{tags}",
                    it.kind, it.key, it.name
                ));
            }
            Record::Tenant(it) => assert_eq!(it.identifier, "111122223333"),
            _ => {}
        }
    }
    lines.extend(runs_as(&reading));
    lines.extend(deploys(&reading));
    lines.extend(trial::lying(&reading));
    let short = |line: &String| {
        line.replace("arn:aws:", "")
            .replace(":eu-west-1:111122223333:", ":")
            .replace("iam::111122223333:", "")
    };
    lines.iter().map(short).collect()
}

#[test]
fn every_answer_gives_its_things_their_roles_and_the_places_of_secrets() {
    let secret = "not-a-real-one";
    let all: Vec<String> = answers(secret)
        .iter()
        .flat_map(|(path, body)| {
            let mut lines = vec![format!("# {path}")];
            lines.extend(read(path, body));
            lines
        })
        .collect();
    let expected = include_str!("expected.txt");
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(all, expected, "{}", all.join("\n"));
}

#[test]
fn no_secret_of_any_answer_is_kept() {
    let secret = format!("canary-{}", "EXAMPLE".repeat(3));
    for (path, body) in answers(&secret) {
        let shown = format!("{:?}", reading(path, &body));
        assert!(!shown.contains(&secret), "{path}: {shown}");
        assert!(!shown.contains(&encoded(&secret)), "{path}: {shown}");
    }
}

#[test]
fn every_format_is_tried_and_every_command_told() {
    let answers = answers("x");
    for format in FORMATS {
        let (folder, file) = format
            .path
            .trim_start_matches("aws/<account>/")
            .rsplit_once('/')
            .unwrap();
        let folder = folder.replace("<region>", "eu-west-1");
        let begin = file.split('<').next().unwrap();
        let path = format!("{folder}/{begin}");
        assert!(
            answers.iter().any(|(tried, _)| tried.starts_with(&path)),
            "{path}"
        );
        assert!(COMMANDS.contains(format.path), "{}", format.path);
        let key = match format.stands {
            Stands::Rows(key) | Stands::One(key) => key,
            Stands::Page => format
                .known_by
                .iter()
                .find(|key| KEYS.contains(key))
                .unwrap(),
        };
        assert!(KEYS.contains(&key), "{key}");
    }
}

#[test]
fn answers_of_other_tools_with_the_same_lists_are_not_recognised() {
    let others = [
        json!({"projects": [{"name": "a", "id": 1}]}),
        json!({"tasks": [{"taskId": "1", "state": "done"}]}),
        json!({"services": [{"serviceName": "web", "image": "nginx"}]}),
        json!({"Stacks": [{"StackName": "a"}]}),
        json!({"taskDefinition": {"family": "a"}}),
        json!({"Jobs": [{"JobId": "1", "Status": "Ready"}]}),
        json!({"Service": {"Id": "srv-1", "Arn": arn("servicediscovery:service/srv-1"), "Name": "web"}}),
        json!({"jobDefinitions": [{"name": "a"}]}),
        json!({"stateMachineArn": arn("states:stateMachine:pay"), "status": "RUNNING"}),
        json!({"apps": [{"id": "1", "name": "a"}]}),
        json!({"InstanceId": "i-1", "InstanceType": {"Value": "t3.micro"}}),
        json!({"Name": "a", "Content": "b"}),
    ];
    for other in others {
        let reading = reading("other.json", &other);
        assert_eq!(
            reading.problems[0].code,
            ProblemCode::Unrecognised,
            "{other}"
        );
    }
}

/// The answer of that path, changed.
fn changed(path: &str, change: impl FnOnce(&mut Value)) -> (String, Value) {
    let (path, mut body) = answers("x")
        .into_iter()
        .find(|(own, _)| own.starts_with(path))
        .unwrap();
    change(&mut body);
    (path.to_owned(), body)
}

#[test]
fn what_cannot_be_used_acts_as_nobody() {
    type Change = (&'static str, fn(&mut Value));
    let changes: [Change; 14] = [
        ("codebuild", |body| {
            _ = body["projects"][0]
                .as_object_mut()
                .unwrap()
                .insert("serviceRole".to_owned(), json!(""))
        }),
        ("ecs/task-definitions", |body| {
            _ = body["taskDefinition"]
                .as_object_mut()
                .unwrap()
                .remove("taskRoleArn")
        }),
        ("ecs/tasks", |body| {
            body["tasks"][0]["enableExecuteCommand"] = json!(false)
        }),
        ("ecs/tasks", |body| {
            body["tasks"][0]["lastStatus"] = json!("STOPPED")
        }),
        ("ecs/services", |body| {
            body["services"][0]["enableExecuteCommand"] = json!(false)
        }),
        ("cloudformation/describe", |body| {
            body["Stacks"][0]["StackStatus"] = json!("ROLLBACK_COMPLETE")
        }),
        ("cloudformation/describe", |body| {
            body["Stacks"][0]["RoleARN"] = json!(null)
        }),
        ("ec2/describe-launch-template-v", |body| {
            body["LaunchTemplateVersions"][1]["DefaultVersion"] = json!(false)
        }),
        ("glue/get-dev", |body| {
            body["DevEndpoints"][0]["Status"] = json!("TERMINATING")
        }),
        ("sagemaker/notebook", |body| {
            body["NotebookInstanceStatus"] = json!("Failed")
        }),
        ("apprunner", |body| {
            body["Service"]["Status"] = json!("PAUSED")
        }),
        ("batch", |body| {
            body["jobDefinitions"][0]["status"] = json!("INACTIVE")
        }),
        ("stepfunctions", |body| body["status"] = json!("DELETING")),
        ("ssm/describe", |body| {
            body["InstanceInformationList"][1]["PingStatus"] = json!("Inactive")
        }),
    ];
    for (path, change) in changes {
        let (same, body) = changed(path, |_| {});
        assert_eq!(runs_as(&reading(&same, &body)).len(), 1, "{path}");
        let (path, body) = changed(path, change);
        assert_eq!(
            runs_as(&reading(&path, &body)),
            Vec::<String>::new(),
            "{path}"
        );
    }
}

#[test]
fn a_task_without_an_override_acts_as_its_definition() {
    let (path, body) = changed("ecs/tasks", |body| {
        body["tasks"][0]["overrides"] = json!({})
    });
    let definition = arn("ecs:task-definition/pay:3");
    let runs = runs_as(&reading(&path, &body));
    assert!(
        runs[0].contains(&format!(" runs as {definition} ")),
        "{runs:?}"
    );
}

#[test]
fn what_has_no_arn_needs_account_and_region_of_its_path() {
    let (_, body) = changed("glue/get-jobs", |_| {});
    for path in [
        "glue/get-jobs-eu-west-1.json",
        "glue/eu-west-1/us-east-1/get-jobs.json",
    ] {
        let runs = runs_as(&reading(path, &body));
        assert!(runs[0].starts_with(&arn("glue:job/load ")), "{runs:?}");
    }
    let nowhere = reading("glue/get-jobs.json", &body);
    assert_eq!(nowhere.problems[0].code, ProblemCode::MissingParent);
    assert_eq!(nowhere.problems[0].severity, Severity::Skipped);
    assert!(runs_as(&nowhere).is_empty());
    let china = reading("glue/get-jobs-cn-north-1.json", &body);
    assert!(runs_as(&china)[0].starts_with("arn:aws-cn:glue:cn-north-1:111122223333:job/load "));
}

#[test]
fn a_thing_whose_arn_is_missing_or_of_the_old_form_is_skipped_alone() {
    let (path, body) = changed("ecs/tasks", |body| {
        let good = body["tasks"][0].clone();
        let mut short = good.clone();
        short["taskArn"] = json!(arn("ecs:task/0a1b"));
        let mut none = good.clone();
        none["taskArn"] = json!(null);
        body["tasks"] = json!([good, short, none, "x"]);
    });
    let reading = reading(&path, &body);
    let codes: Vec<ProblemCode> = reading
        .problems
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, [ProblemCode::BadRecord; 3]);
    assert_eq!(runs_as(&reading).len(), 1);
}
