//! What already runs with a role: who may use it acts as that role, without passing one. Every path has a hit, and near
//! misses: without one of its rights, with it on something else, with it denied, and where the thing has no role.

use crate::account::Answer::{Certain, No, Possible};
use crate::account::{ACCOUNT, Account, Answer, Answers, allow, deny, key_of, role, user};
use leakreach::inventory::Access::Read;
use serde_json::{Value, json};

/// The narrowest rights: the action, on what, and what is left without it.
type Rights = &'static [(&'static str, &'static str, Answer)];

struct Path {
    /// In the catalogue of paths, and the technique.
    id: &'static str,
    /// Whom the role trusts.
    service: &'static str,
    /// Where its export is saved, and what that is for a thing that runs as somebody or as nobody.
    file: &'static str,
    export: fn(Option<&str>) -> Value,
    answer: Answer,
    rights: Rights,
}

fn arn(rest: &str) -> String {
    match rest.split_once(':') {
        Some((service, resource)) => format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}"),
        None => rest.to_owned(),
    }
}

fn profile(role: Option<&str>) -> Value {
    role.map_or(Value::Null, |arn| {
        json!(arn.replace(":role/", ":instance-profile/"))
    })
}

fn stack(role: Option<&str>) -> Value {
    json!({"Stacks": [{"StackId": arn("cloudformation:stack/net/0-1"), "StackName": "net", "StackStatus": "UPDATE_COMPLETE",
        "RoleARN": role}]})
}

fn project(role: Option<&str>) -> Value {
    json!({"projects": [{"name": "pay", "arn": arn("codebuild:project/pay"), "serviceRole": role,
        "buildBatchConfig": {"serviceRole": crate::account::role("batch")}}]})
}

fn notebook(role: Option<&str>) -> Value {
    json!({"NotebookInstanceArn": arn("sagemaker:notebook-instance/lab"), "NotebookInstanceName": "lab",
        "NotebookInstanceStatus": "InService", "RoleArn": role})
}

fn managed(role: Option<&str>) -> Value {
    json!({"InstanceInformationList": [{"InstanceId": "mi-1", "PingStatus": "Online", "ResourceType": "ManagedInstance",
        "IamRole": role.map(|arn| arn.rsplit('/').next().unwrap())}]})
}

const NOTEBOOK: &str = "sagemaker:notebook-instance/lab";
const DOCUMENT: &str = "ssm:document/AWS-RunShellScript";

const PATHS: &[Path] = &[
    Path {
        id: "apprunner-002",
        service: "tasks.apprunner.amazonaws.com",
        file: "apprunner/services/web.json",
        export: |role| {
            json!({"Service": {"ServiceName": "web", "ServiceArn": arn("apprunner:service/web/0"), "Status": "RUNNING",
                "SourceConfiguration": {}, "InstanceConfiguration": {"InstanceRoleArn": role}}})
        },
        answer: Certain,
        rights: &[("apprunner:UpdateService", "apprunner:service/web/0", No)],
    },
    Path {
        id: "cloudformation-002",
        service: "cloudformation.amazonaws.com",
        file: "cloudformation/describe-stacks-eu-west-1.json",
        export: stack,
        answer: Certain,
        rights: &[(
            "cloudformation:UpdateStack",
            "cloudformation:stack/net/0-1",
            No,
        )],
    },
    Path {
        id: "cloudformation-005",
        service: "cloudformation.amazonaws.com",
        file: "cloudformation/describe-stacks-eu-west-1.json",
        export: stack,
        answer: Certain,
        rights: &[
            (
                "cloudformation:CreateChangeSet",
                "cloudformation:stack/net/0-1",
                No,
            ),
            (
                "cloudformation:ExecuteChangeSet",
                "cloudformation:stack/net/0-1",
                No,
            ),
        ],
    },
    Path {
        id: "codebuild-002",
        service: "codebuild.amazonaws.com",
        file: "codebuild/batch-get-projects-eu-west-1.json",
        export: project,
        answer: Certain,
        rights: &[("codebuild:StartBuild", "codebuild:project/pay", No)],
    },
    Path {
        id: "codebuild-003",
        service: "codebuild.amazonaws.com",
        file: "codebuild/batch-get-projects-eu-west-1.json",
        export: project,
        answer: Certain,
        rights: &[("codebuild:StartBuildBatch", "codebuild:project/pay", No)],
    },
    Path {
        id: "ec2-004",
        service: "ec2.amazonaws.com",
        file: "ec2/describe-launch-template-versions-eu-west-1.json",
        export: |role| {
            json!({"LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1", "VersionNumber": 1, "DefaultVersion": true,
                "LaunchTemplateData": {"IamInstanceProfile": {"Arn": profile(role)}}}]})
        },
        answer: Possible,
        rights: &[
            (
                "ec2:CreateLaunchTemplateVersion",
                "ec2:launch-template/lt-1",
                No,
            ),
            ("ec2:ModifyLaunchTemplate", "ec2:launch-template/lt-1", No),
        ],
    },
    Path {
        id: "ecs-006",
        service: "ecs-tasks.amazonaws.com",
        file: "ecs/tasks/shop.json",
        export: |role| {
            json!({"tasks": [{"taskArn": arn("ecs:task/shop/0a1b"), "clusterArn": arn("ecs:cluster/shop"),
                "enableExecuteCommand": true, "lastStatus": "RUNNING", "overrides": {"taskRoleArn": role}}]})
        },
        answer: Certain,
        rights: &[
            ("ecs:ExecuteCommand", "ecs:task/shop/*", No),
            ("ecs:ExecuteCommand", "ecs:cluster/shop", No),
        ],
    },
    Path {
        id: "glue-002",
        service: "glue.amazonaws.com",
        file: "glue/get-dev-endpoints-eu-west-1.json",
        export: |role| json!({"DevEndpoints": [{"EndpointName": "dev", "RoleArn": role, "Status": "READY"}]}),
        answer: Possible,
        rights: &[("glue:UpdateDevEndpoint", "glue:devEndpoint/dev", No)],
    },
    Path {
        id: "aws/start-glue-job",
        service: "glue.amazonaws.com",
        file: "glue/get-jobs-eu-west-1.json",
        export: |role| json!({"Jobs": [{"Name": "load", "Role": role, "Command": {}}]}),
        answer: Possible,
        rights: &[("glue:StartJobRun", "glue:job/load", No)],
    },
    Path {
        id: "sagemaker-004, of one that may be stopped",
        service: "sagemaker.amazonaws.com",
        file: "sagemaker/notebook-instances/lab.json",
        export: notebook,
        answer: Possible,
        rights: &[("sagemaker:CreatePresignedNotebookInstanceUrl", NOTEBOOK, No)],
    },
    Path {
        id: "sagemaker-004",
        service: "sagemaker.amazonaws.com",
        file: "sagemaker/notebook-instances/lab.json",
        export: notebook,
        answer: Certain,
        rights: &[
            ("sagemaker:CreatePresignedNotebookInstanceUrl", NOTEBOOK, No),
            ("sagemaker:StartNotebookInstance", NOTEBOOK, Possible),
        ],
    },
    Path {
        id: "sagemaker-005",
        service: "sagemaker.amazonaws.com",
        file: "sagemaker/notebook-instances/lab.json",
        export: notebook,
        answer: Certain,
        rights: &[
            (
                "sagemaker:CreateNotebookInstanceLifecycleConfig",
                "sagemaker:notebook-instance-lifecycle-config/new",
                No,
            ),
            ("sagemaker:StopNotebookInstance", NOTEBOOK, No),
            ("sagemaker:UpdateNotebookInstance", NOTEBOOK, No),
            ("sagemaker:StartNotebookInstance", NOTEBOOK, No),
        ],
    },
    Path {
        id: "batch-002",
        service: "ecs-tasks.amazonaws.com",
        file: "batch/describe-job-definitions-eu-west-1.json",
        export: |role| {
            json!({"jobDefinitions": [{"jobDefinitionArn": arn("batch:job-definition/load:1"), "revision": 1,
                "status": "ACTIVE", "containerProperties": {"jobRoleArn": role}}]})
        },
        answer: Possible,
        rights: &[
            ("batch:SubmitJob", "batch:job-definition/load:1", No),
            ("batch:SubmitJob", "batch:job-queue/new", No),
        ],
    },
    Path {
        id: "stepfunctions-002",
        service: "states.amazonaws.com",
        file: "stepfunctions/state-machines/pay.json",
        export: |role| {
            json!({"stateMachineArn": arn("states:stateMachine:pay"), "name": "pay", "status": "ACTIVE", "roleArn": role,
                "definition": "{}"})
        },
        answer: Certain,
        rights: &[
            ("states:UpdateStateMachine", "states:stateMachine:pay", No),
            ("states:StartExecution", "states:stateMachine:pay", No),
        ],
    },
    Path {
        id: "x-autoscaling-existing-lc",
        service: "ec2.amazonaws.com",
        file: "autoscaling/describe-launch-configurations-eu-west-1.json",
        export: |role| {
            json!({"LaunchConfigurations": [{"LaunchConfigurationName": "web",
                "LaunchConfigurationARN": arn("autoscaling:launchConfiguration:0-1:launchConfigurationName/web"),
                "IamInstanceProfile": role.map(|arn| arn.rsplit('/').next().unwrap())}]})
        },
        answer: Possible,
        rights: &[(
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:autoScalingGroup:*:autoScalingGroupName/new",
            No,
        )],
    },
    Path {
        id: "ssm-001, beyond EC2",
        service: "ssm.amazonaws.com",
        file: "ssm/describe-instance-information-eu-west-1.json",
        export: managed,
        answer: Possible,
        rights: &[("ssm:StartSession", "ssm:managed-instance/mi-1", No)],
    },
    Path {
        id: "ssm-002, beyond EC2",
        service: "ssm.amazonaws.com",
        file: "ssm/describe-instance-information-eu-west-1.json",
        export: managed,
        answer: Certain,
        rights: &[
            ("ssm:SendCommand", "ssm:managed-instance/mi-1", No),
            ("ssm:SendCommand", DOCUMENT, No),
        ],
    },
    Path {
        id: "x-ssm-association, beyond EC2",
        service: "ssm.amazonaws.com",
        file: "ssm/describe-instance-information-eu-west-1.json",
        export: managed,
        answer: Certain,
        rights: &[
            ("ssm:CreateAssociation", "ssm:association/new", No),
            ("ssm:CreateAssociation", DOCUMENT, No),
        ],
    },
];

/// Another thing of the type; where the attacker names it (`new`), a thing of another type.
fn other(arn: &str) -> String {
    if arn.ends_with("new") {
        let (before, resource) = arn.rsplit_once(&format!("{ACCOUNT}:")).unwrap();
        return format!("{before}{ACCOUNT}:other-{resource}");
    }
    let last = arn.rsplit([':', '/']).next().unwrap();
    format!("{}other-{last}", arn.strip_suffix(last).unwrap())
}

/// A user of each sort, in an account with one thing.
fn account(path: &Path, runs_as: Option<&str>, trusted: &str) -> Answers {
    let rights: Vec<Value> = path
        .rights
        .iter()
        .map(|(action, resource, _)| allow(action, &arn(resource)))
        .collect();
    let letter = |at: usize| char::from(b'a' + u8::try_from(at).unwrap());
    let mut account = Account::default()
        .role(
            "target",
            &json!({"Service": trusted}),
            &[allow("ssmmessages:*", "*")],
        )
        .with_instance_profile()
        .file(path.file, &(path.export)(runs_as).to_string())
        .user("right", &rights);
    for (at, (action, resource, _)) in path.rights.iter().enumerate() {
        let resource = arn(resource);
        let mut wrong = rights.clone();
        wrong[at] = allow(action, &other(&resource));
        let mut denied = rights.clone();
        denied.push(deny(action, &resource));
        let mut without = rights.clone();
        without.remove(at);
        for (name, statements) in [("wrong", wrong), ("denied", denied), ("without", without)] {
            account = account.user(&format!("{name}{}", letter(at)), &statements);
        }
    }
    account.analyze()
}

#[test]
fn who_may_use_what_runs_with_a_role_acts_as_that_role() {
    let mut mistakes = Vec::new();
    for path in PATHS {
        let id = path.id;
        let nobody = account(path, None, path.service).becomes("right", &role("target"));
        if nobody != No {
            mistakes.push(format!("{id}: {nobody:?} where the thing has no role"));
        }
        let untrusted = account(path, Some(&role("target")), "logs.amazonaws.com");
        let untrusted = untrusted.becomes("right", &role("target"));
        if untrusted != No {
            mistakes.push(format!(
                "{id}: {untrusted:?} where the role trusts another service"
            ));
        }
        let answers = account(path, Some(&role("target")), path.service);
        assert!(
            answers.analysis.problems.is_empty(),
            "{id}: {:?}",
            answers.analysis.problems
        );
        let answer = answers.becomes("right", &role("target"));
        if answer != path.answer {
            mistakes.push(format!("{id}: {answer:?} instead of {:?}", path.answer));
        }
        for (at, (action, resource, left)) in path.rights.iter().enumerate() {
            let letter = char::from(b'a' + u8::try_from(at).unwrap());
            for name in ["wrong", "denied", "without"] {
                let answer = answers.becomes(&format!("{name}{letter}"), &role("target"));
                if answer != *left {
                    mistakes.push(format!(
                        "{id}: {answer:?} with {name} {action} on {resource}"
                    ));
                }
            }
        }
    }
    assert_eq!(mistakes, Vec::<String>::new());
}

/// A secret that is one key of a user, as two settings.
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
    let pairs = key("n", "v");
    let lines = pairs.as_array().unwrap().iter();
    lines
        .map(|pair| {
            format!(
                "export {}={}\n",
                pair["n"].as_str().unwrap(),
                pair["v"].as_str().unwrap()
            )
        })
        .collect()
}

fn encoded() -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key_as_script())
}

/// Where a key lies, the thing, the rights that read it, and one that does not.
type Reading = (
    &'static str,
    fn() -> Value,
    &'static str,
    Rights,
    &'static [&'static str],
);

const READINGS: &[Reading] = &[
    (
        "ec2/user-data/eu-west-1/i-1.json",
        || json!({"InstanceId": "i-1", "UserData": {"Value": encoded()}}),
        "ec2:instance/i-1",
        &[("ec2:DescribeInstanceAttribute", "ec2:instance/i-1", No)],
        &["ec2:DescribeInstances"],
    ),
    (
        "ec2/describe-launch-template-versions-eu-west-1.json",
        || json!({"LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1", "VersionNumber": 1, "LaunchTemplateData": {"UserData": encoded()}}]}),
        "ec2:launch-template/lt-1",
        &[("ec2:DescribeLaunchTemplateVersions", "*", No)],
        &["ec2:DescribeLaunchTemplates"],
    ),
    (
        "autoscaling/describe-launch-configurations-eu-west-1.json",
        || json!({"LaunchConfigurations": [{"LaunchConfigurationARN": arn("autoscaling:launchConfiguration:0-1:launchConfigurationName/web"), "UserData": encoded()}]}),
        "autoscaling:launchConfiguration:0-1:launchConfigurationName/web",
        &[("autoscaling:DescribeLaunchConfigurations", "*", No)],
        &["autoscaling:DescribeAutoScalingGroups"],
    ),
    (
        "ecs/task-definitions/pay-3.json",
        || {
            json!({"taskDefinition": {"taskDefinitionArn": arn("ecs:task-definition/pay:3"),
            "containerDefinitions": [{"name": "web", "environment": key("name", "value")}]}})
        },
        "ecs:task-definition/pay:3",
        &[("ecs:DescribeTaskDefinition", "*", No)],
        &["ecs:ListTaskDefinitions", "ecs:DescribeTasks"],
    ),
    (
        "codebuild/batch-get-projects-eu-west-1.json",
        || json!({"projects": [{"arn": arn("codebuild:project/pay"), "serviceRole": null, "environment": {"environmentVariables": key("name", "value")}}]}),
        "codebuild:project/pay",
        &[("codebuild:BatchGetProjects", "codebuild:project/pay", No)],
        &["codebuild:ListProjects", "codebuild:BatchGetBuilds"],
    ),
    (
        "cloudformation/describe-stacks-eu-west-1.json",
        || {
            json!({"Stacks": [{"StackId": arn("cloudformation:stack/net/0-1"), "StackName": "net", "StackStatus": "CREATE_COMPLETE",
            "Outputs": key("OutputKey", "OutputValue")}]})
        },
        "cloudformation:stack/net/0-1",
        &[(
            "cloudformation:DescribeStacks",
            "cloudformation:stack/net/0-1",
            No,
        )],
        &["cloudformation:ListStacks", "cloudformation:GetTemplate"],
    ),
    (
        "cloudformation/stack-sets/base.json",
        || {
            json!({"StackSet": {"StackSetARN": arn("cloudformation:stackset/base:0-1"), "StackSetName": "base",
            "Parameters": key("ParameterKey", "ParameterValue")}})
        },
        "cloudformation:stackset/base:0-1",
        &[(
            "cloudformation:DescribeStackSet",
            "cloudformation:stackset/base:0-1",
            No,
        )],
        &["cloudformation:ListStackSets"],
    ),
    (
        "glue/get-dev-endpoints-eu-west-1.json",
        || json!({"DevEndpoints": [{"EndpointName": "dev", "RoleArn": null, "Arguments": key_as_map()}]}),
        "glue:devEndpoint/dev",
        &[("glue:GetDevEndpoint", "glue:devEndpoint/dev", No)],
        &["glue:ListDevEndpoints"],
    ),
    (
        "glue/get-dev-endpoints-eu-west-1.json",
        || json!({"DevEndpoints": [{"EndpointName": "dev", "RoleArn": null, "Arguments": key_as_map()}]}),
        "glue:devEndpoint/dev",
        &[("glue:GetDevEndpoints", "*", No)],
        &[],
    ),
    (
        "glue/get-jobs-eu-west-1.json",
        || json!({"Jobs": [{"Name": "load", "Role": null, "Command": {}, "DefaultArguments": key_as_map()}]}),
        "glue:job/load",
        &[("glue:GetJob", "glue:job/load", No)],
        &["glue:ListJobs"],
    ),
    (
        "glue/get-jobs-eu-west-1.json",
        || json!({"Jobs": [{"Name": "load", "Role": null, "Command": {}, "DefaultArguments": key_as_map()}]}),
        "glue:job/load",
        &[("glue:BatchGetJobs", "glue:job/load", No)],
        &[],
    ),
    (
        "glue/get-jobs-eu-west-1.json",
        || json!({"Jobs": [{"Name": "load", "Role": null, "Command": {}, "DefaultArguments": key_as_map()}]}),
        "glue:job/load",
        &[("glue:GetJobs", "*", No)],
        &[],
    ),
    (
        "glue/get-connections-eu-west-1.json",
        || json!({"ConnectionList": [{"Name": "db", "ConnectionProperties": key_as_map()}]}),
        "glue:connection/db",
        &[
            ("glue:GetConnection", "glue:connection/db", No),
            ("glue:GetConnection", "glue:catalog", No),
        ],
        &["glue:TestConnection"],
    ),
    (
        "glue/get-connections-eu-west-1.json",
        || json!({"ConnectionList": [{"Name": "db", "ConnectionProperties": key_as_map()}]}),
        "glue:connection/db",
        &[
            ("glue:GetConnections", "glue:connection/db", No),
            ("glue:GetConnections", "glue:catalog", No),
        ],
        &[],
    ),
    (
        "sagemaker/lifecycle-configs/start.json",
        || json!({"NotebookInstanceLifecycleConfigArn": arn("sagemaker:notebook-instance-lifecycle-config/start"), "OnStart": [{"Content": encoded()}]}),
        "sagemaker:notebook-instance-lifecycle-config/start",
        &[(
            "sagemaker:DescribeNotebookInstanceLifecycleConfig",
            "sagemaker:notebook-instance-lifecycle-config/start",
            No,
        )],
        &[
            "sagemaker:ListNotebookInstanceLifecycleConfigs",
            "sagemaker:DescribeNotebookInstance",
        ],
    ),
    (
        "apprunner/services/web.json",
        || {
            json!({"Service": {"ServiceArn": arn("apprunner:service/web/0"), "Status": "RUNNING", "SourceConfiguration": {
            "ImageRepository": {"ImageConfiguration": {"RuntimeEnvironmentVariables": key_as_map()}}}}})
        },
        "apprunner:service/web/0",
        &[("apprunner:DescribeService", "apprunner:service/web/0", No)],
        &["apprunner:ListServices"],
    ),
    (
        "batch/describe-job-definitions-eu-west-1.json",
        || {
            json!({"jobDefinitions": [{"jobDefinitionArn": arn("batch:job-definition/load:1"), "revision": 1, "status": "INACTIVE",
            "containerProperties": {"environment": key("name", "value")}}]})
        },
        "batch:job-definition/load:1",
        &[("batch:DescribeJobDefinitions", "*", No)],
        &["batch:ListJobs"],
    ),
    (
        "stepfunctions/state-machines/pay.json",
        || {
            json!({"stateMachineArn": arn("states:stateMachine:pay"), "name": "pay", "status": "ACTIVE", "roleArn": null,
            "definition": json!({"States": {"Call": {"Parameters": key_as_map()}}}).to_string()})
        },
        "states:stateMachine:pay",
        &[("states:DescribeStateMachine", "states:stateMachine:pay", No)],
        &["states:ListStateMachines"],
    ),
    (
        "ssm/documents/eu-west-1/install.json",
        || json!({"Name": "install", "DocumentVersion": "1", "DocumentFormat": "YAML", "Content": key_as_script()}),
        "ssm:document/install",
        &[("ssm:GetDocument", "ssm:document/install", No)],
        &["ssm:DescribeDocument"],
    ),
    (
        "amplify/list-apps-eu-west-1.json",
        || json!({"apps": [{"appId": "d1", "appArn": arn("amplify:apps/d1"), "environmentVariables": key_as_map()}]}),
        "amplify:apps/d1",
        &[("amplify:GetApp", "amplify:apps/d1", No)],
        &["amplify:ListBranches"],
    ),
    (
        "amplify/list-apps-eu-west-1.json",
        || json!({"apps": [{"appId": "d1", "appArn": arn("amplify:apps/d1"), "environmentVariables": key_as_map()}]}),
        "amplify:apps/d1",
        &[("amplify:ListApps", "*", No)],
        &[],
    ),
    (
        "elasticbeanstalk/configuration-settings/eu-west-1/shop.json",
        || json!({"ConfigurationSettings": [{"ApplicationName": "shop", "EnvironmentName": "live", "OptionSettings": key("OptionName", "Value")}]}),
        "elasticbeanstalk:environment/shop/live",
        &[(
            "elasticbeanstalk:DescribeConfigurationSettings",
            "elasticbeanstalk:environment/shop/live",
            No,
        )],
        &["elasticbeanstalk:DescribeEnvironments"],
    ),
];

#[test]
fn who_reads_the_settings_of_a_thing_gains_what_lies_there() {
    let mut mistakes = Vec::new();
    for (file, export, thing, rights, others) in READINGS {
        let wide: Vec<Value> = others.iter().map(|action| allow(action, "*")).collect();
        let narrow: Vec<Value> = rights
            .iter()
            .map(|(action, resource, _)| allow(action, &arn(resource)))
            .collect();
        let mut account = Account::default()
            .user("bob", &[])
            .user("right", &narrow)
            .user("other", &wide)
            .file(file, &export().to_string());
        for (at, (action, resource, _)) in rights.iter().enumerate() {
            let mut wrong = narrow.clone();
            wrong[at] = match *resource {
                "*" => allow(action, &arn(thing)),
                _ => allow(action, &other(&arn(resource))),
            };
            account = account.user(&format!("wrong{}", ["a", "b"][at]), &wrong);
        }
        let answers = account.analyze();
        assert!(
            answers.analysis.problems.is_empty(),
            "{file}: {:?}",
            answers.analysis.problems
        );
        let mut expect = |name: &str, expected: Answer| {
            let answer = answers.becomes(name, &user("bob"));
            if answer != expected {
                mistakes.push(format!("{file}: {answer:?} for {name} {}", rights[0].0));
            }
        };
        expect("right", Certain);
        expect("other", No);
        for at in 0..rights.len() {
            expect(&format!("wrong{}", ["a", "b"][at]), No);
        }
        let read = answers.gets("right", Read, &arn(thing));
        assert_eq!(read, No, "{thing}: its settings are not its content");
    }
    assert_eq!(mistakes, Vec::<String>::new());
}

/// An EC2 instance, as Systems Manager sees it.
fn reached(status: &str) -> String {
    json!({"InstanceInformationList": [{"InstanceId": "i-1", "PingStatus": status, "ResourceType": "EC2Instance"}]})
        .to_string()
}

fn instance(rights: &[Value], role_rights: &[Value], status: Option<&str>) -> Answer {
    let mut account = Account::default()
        .user("ada", rights)
        .role(
            "target",
            &json!({"Service": "ec2.amazonaws.com"}),
            role_rights,
        )
        .with_instance_profile()
        .instance("i-1", "target");
    if let Some(status) = status {
        account = account.file(
            "ssm/describe-instance-information-eu-west-1.json",
            &reached(status),
        );
    }
    account.analyze().becomes("ada", &role("target"))
}

#[test]
fn an_instance_that_systems_manager_reaches_has_its_agent_and_its_channel() {
    let session = [allow("ssm:StartSession", "*")];
    let channel = [allow("ssmmessages:*", "*")];
    assert_eq!(instance(&session, &channel, None), Possible);
    assert_eq!(instance(&session, &channel, Some("Online")), Certain);
    assert_eq!(
        instance(&session, &channel, Some("ConnectionLost")),
        Possible
    );
    assert_eq!(instance(&session, &[], None), No);
    assert_eq!(
        instance(&session, &[], Some("Online")),
        Certain,
        "another role than its own opens the channel"
    );
}

/// "A request is only validated against policy resources if the request parameter contains the specified policy
/// resources": who targets instances by `Targets` needs no right on them, and no Deny on them holds. (Systems Manager
/// User Guide, "Working with associations using IAM")
#[test]
fn an_association_needs_no_right_on_the_instance() {
    let create = |resource: &str| allow("ssm:CreateAssociation", &arn(resource));
    let document = || create(DOCUMENT);
    let association = || create("ssm:association/*");
    let answer = |rights: &[Value]| instance(rights, &[], Some("Online"));
    assert_eq!(answer(&[document(), association()]), Certain);
    assert_eq!(
        answer(&[
            document(),
            association(),
            deny("ssm:CreateAssociation", &arn("ec2:instance/i-1"))
        ]),
        Certain
    );
    assert_eq!(answer(&[create("ec2:instance/i-1"), association()]), No);
    assert_eq!(answer(&[document(), create("ec2:instance/i-1")]), No);
    let elsewhere = arn("ssm:association/*").replace("eu-west-1", "us-east-1");
    assert_eq!(
        answer(&[document(), allow("ssm:CreateAssociation", &elsewhere)]),
        No
    );
}

#[test]
fn the_rights_of_one_request_are_one_principals() {
    let task = json!({"tasks": [{"taskArn": arn("ecs:task/shop/0a1b"), "clusterArn": arn("ecs:cluster/shop"),
        "enableExecuteCommand": true, "lastStatus": "RUNNING", "overrides": {"taskRoleArn": role("target")}}]});
    let on_task = allow("ecs:ExecuteCommand", &arn("ecs:task/shop/*"));
    let on_cluster = allow("ecs:ExecuteCommand", &arn("ecs:cluster/shop"));
    let becomes = |one: &[Value], other: &[Value]| {
        let trusted = json!({"AWS": user("ada")});
        Account::default()
            .user("ada", &[])
            .role("one", &trusted, one)
            .role("other", &trusted, other)
            .role(
                "target",
                &json!({"Service": "ecs-tasks.amazonaws.com"}),
                &[allow("ssmmessages:*", "*")],
            )
            .file("ecs/tasks/shop.json", &task.to_string())
            .analyze()
            .becomes("ada", &role("target"))
    };
    assert_eq!(
        becomes(&[on_task.clone(), on_cluster.clone()], &[]),
        Certain
    );
    assert_eq!(becomes(&[on_task], &[on_cluster]), No);
}

#[test]
fn a_task_acts_as_its_definition_and_can_be_entered_only_by_its_roles_channel() {
    let task = |exec: bool| {
        json!({"tasks": [{"taskArn": arn("ecs:task/shop/0a1b"), "clusterArn": arn("ecs:cluster/shop"), "lastStatus": "RUNNING",
            "enableExecuteCommand": exec, "taskDefinitionArn": arn("ecs:task-definition/pay:3")}]})
    };
    let service = |exec: bool| {
        json!({"services": [{"serviceArn": arn("ecs:service/shop/web"), "clusterArn": arn("ecs:cluster/shop"), "status": "ACTIVE",
            "enableExecuteCommand": exec, "taskDefinition": arn("ecs:task-definition/pay:3")}]})
    };
    let definition = |role: Option<String>| {
        json!({"taskDefinition": {"taskDefinitionArn": arn("ecs:task-definition/pay:3"), "taskRoleArn": role,
            "executionRoleArn": crate::account::role("pull"), "containerDefinitions": []}})
    };
    let becomes = |running: Value, definition: Value, channel: &str| {
        let trusted = json!({"Service": "ecs-tasks.amazonaws.com"});
        let answers = Account::default()
            .user("ada", &[allow("ecs:ExecuteCommand", "*")])
            .role("target", &trusted, &[allow(channel, "*")])
            .role("pull", &trusted, &[allow("ssmmessages:*", "*")])
            .file("ecs/running/shop.json", &running.to_string())
            .file("ecs/task-definitions/pay-3.json", &definition.to_string())
            .analyze();
        assert!(
            answers.analysis.problems.is_empty(),
            "{:?}",
            answers.analysis.problems
        );
        assert_eq!(
            answers.becomes("ada", &role("pull")),
            No,
            "the execution role is the agent's"
        );
        answers.becomes("ada", &role("target"))
    };
    let with_role = || definition(Some(role("target")));
    assert_eq!(becomes(task(true), with_role(), "ssmmessages:*"), Certain);
    assert_eq!(becomes(task(false), with_role(), "ssmmessages:*"), No);
    assert_eq!(becomes(task(true), with_role(), "logs:*"), No);
    assert_eq!(becomes(task(true), definition(None), "ssmmessages:*"), No);
    assert_eq!(
        becomes(service(true), with_role(), "ssmmessages:*"),
        Possible
    );
    assert_eq!(becomes(service(false), with_role(), "ssmmessages:*"), No);
}

/// What a stack set does it does as the execution roles: the administration role may do no more than assume them.
#[test]
fn a_stack_set_gains_the_roles_that_its_administration_role_may_assume_and_not_that_role() {
    const OTHER: &str = "444455556666";
    let execution = role("execution").replace(ACCOUNT, OTHER);
    let trusted = json!({"AWS": role("administration")});
    let answers = |rights: &[Value], assumed: &str, trusted: &Value| {
        Account::default()
            .user("ada", rights)
            .role(
                "administration",
                &json!({"Service": "cloudformation.amazonaws.com"}),
                &[allow("sts:AssumeRole", assumed), allow("s3:GetObject", "*")],
            )
            .role("execution", trusted, &[])
            .in_account(OTHER)
            .role(
                "bystander",
                &json!({"AWS": user("nobody")}),
                &[allow("sts:AssumeRole", "*")],
            )
            .bucket("data")
            .analyze()
    };
    let pass = allow("iam:PassRole", &role("administration"));
    let create = allow("cloudformation:CreateStackSet", "*");
    let instances = allow(
        "cloudformation:CreateStackInstances",
        &arn("cloudformation:stackset/*"),
    );
    let update = allow(
        "cloudformation:UpdateStackSet",
        &arn("cloudformation:stackset/base:*"),
    );
    let becomes = |rights: &[Value]| answers(rights, "*", &trusted).becomes("ada", &execution);
    assert_eq!(
        becomes(&[pass.clone(), create.clone(), instances.clone()]),
        Certain
    );
    assert_eq!(becomes(&[create.clone(), instances.clone()]), No);
    assert_eq!(becomes(&[pass.clone(), instances.clone()]), No);
    assert_eq!(becomes(&[pass.clone(), create.clone()]), No);
    assert_eq!(becomes(&[pass.clone(), update.clone()]), Possible);
    assert_eq!(becomes(&[update]), No);
    let all = [pass, create, instances];
    let hit = answers(&all, &execution, &trusted);
    assert_eq!(hit.becomes("ada", &execution), Certain);
    assert_eq!(hit.becomes("ada", &role("administration")), No);
    assert_eq!(hit.becomes("ada", &role("bystander")), No);
    assert_eq!(hit.gets("ada", Read, "arn:aws:s3:::data"), No);
    assert_eq!(
        answers(&all, &role("other"), &trusted).becomes("ada", &execution),
        No
    );
    let others = json!({"AWS": role("bystander")});
    assert_eq!(answers(&all, "*", &others).becomes("ada", &execution), No);
}

#[test]
fn who_deploys_acts_as_the_instances_that_bear_the_tags() {
    const GROUP: &str = "codedeploy:deploymentgroup:shop/live";
    let group = |fields: Value| {
        let mut group = json!({"applicationName": "shop", "deploymentGroupName": "live", "computePlatform": "Server",
            "serviceRoleArn": role("deploy")});
        group
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        json!({"deploymentGroupInfo": group})
    };
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value, "Type": "KEY_AND_VALUE"});
    let live = || group(json!({"ec2TagFilters": [tag("env", "test"), tag("env", "live")]}));
    let instance = |zone: &str| {
        json!({"Reservations": [{"OwnerId": ACCOUNT, "Instances": [{"InstanceId": "i-1", "State": {"Name": "running"},
            "Placement": {"AvailabilityZone": zone}, "IamInstanceProfile": {"Arn": profile(Some(&role("target")))},
            "Tags": [{"Key": "env", "Value": "live"}, {"Key": "tier", "Value": "web"}, {"Key": "aws:autoscaling:groupName", "Value": "web"}]}]}]})
    };
    let rights = || {
        vec![
            allow("codedeploy:CreateDeployment", &arn(GROUP)),
            allow(
                "codedeploy:RegisterApplicationRevision",
                &arn("codedeploy:application:shop"),
            ),
            allow(
                "codedeploy:GetDeploymentConfig",
                &arn("codedeploy:deploymentconfig:CodeDeployDefault.OneAtATime"),
            ),
        ]
    };
    let answers = |rights: &[Value], group: &Value, zone: &str, trusted: &str| {
        Account::default()
            .user("ada", rights)
            .role("target", &json!({"Service": trusted}), &[])
            .with_instance_profile()
            .role(
                "deploy",
                &json!({"Service": "codedeploy.amazonaws.com"}),
                &[],
            )
            .file(
                "ec2/tagged/describe-instances.json",
                &instance(zone).to_string(),
            )
            .file(
                "codedeploy/deployment-groups/eu-west-1/shop.json",
                &group.to_string(),
            )
            .analyze()
    };
    let becomes = |rights: &[Value], group: Value| {
        let answers = answers(rights, &group, "eu-west-1a", "ec2.amazonaws.com");
        assert_eq!(
            answers.becomes("ada", &role("deploy")),
            No,
            "the service role is CodeDeploy's own"
        );
        answers.becomes("ada", &role("target"))
    };
    assert_eq!(becomes(&rights(), live()), Possible);
    let all = rights();
    for at in 0..all.len() {
        let mut without = rights();
        without.remove(at);
        assert_eq!(becomes(&without, live()), No, "{}", all[at]);
        let mut denied = rights();
        denied.push(deny(all[at]["Action"].as_str().unwrap(), "*"));
        assert_eq!(becomes(&denied, live()), No, "{}", all[at]);
        let mut wrong = rights();
        wrong[at]["Resource"] = json!(
            all[at]["Resource"]
                .as_str()
                .unwrap()
                .replace(":shop", ":other")
                .replace("deploymentconfig", "application")
        );
        assert_eq!(becomes(&wrong, live()), No, "{}", all[at]);
    }
    let with = |fields: Value| becomes(&rights(), group(fields));
    assert_eq!(with(json!({"ec2TagFilters": [tag("env", "test")]})), No);
    assert_eq!(with(json!({"ec2TagFilters": []})), No);
    assert_eq!(
        with(json!({"ec2TagFilters": [{"Key": "env", "Type": "KEY_ONLY"}]})),
        Possible
    );
    assert_eq!(
        with(json!({"autoScalingGroups": [{"name": "web"}]})),
        Possible
    );
    assert_eq!(with(json!({"autoScalingGroups": [{"name": "other"}]})), No);
    let sets = |tier: &str| {
        with(json!({"ec2TagSet": {"ec2TagSetList": [[tag("env", "live")], [tag("tier", tier)]]}}))
    };
    assert_eq!(sets("web"), Possible);
    assert_eq!(sets("db"), No);
    let target = |zone: &str, trusted: &str| {
        answers(&rights(), &live(), zone, trusted).becomes("ada", &role("target"))
    };
    assert_eq!(
        target("us-east-1a", "ec2.amazonaws.com"),
        No,
        "another region"
    );
    assert_eq!(target("eu-west-1a", "lambda.amazonaws.com"), No);
}

#[test]
fn a_role_that_no_export_describes_may_be_gained() {
    let answers = Account::default()
        .user("ada", &[allow("codebuild:StartBuild", "*")])
        .file(
            "codebuild/batch-get-projects-eu-west-1.json",
            &project(Some(&role("elsewhere"))).to_string(),
        )
        .analyze();
    assert_eq!(answers.becomes("ada", &role("elsewhere")), Possible);
}

#[test]
fn a_project_that_is_not_set_up_for_batch_builds_has_none() {
    let becomes = |batch: Value| {
        let project = json!({"projects": [{"name": "pay", "arn": arn("codebuild:project/pay"), "serviceRole": role("target"),
            "buildBatchConfig": batch}]});
        Account::default()
            .user("ada", &[allow("codebuild:StartBuildBatch", "*")])
            .role(
                "target",
                &json!({"Service": "codebuild.amazonaws.com"}),
                &[],
            )
            .file(
                "codebuild/batch-get-projects-eu-west-1.json",
                &project.to_string(),
            )
            .analyze()
            .becomes("ada", &role("target"))
    };
    assert_eq!(becomes(json!({"serviceRole": role("batch")})), Certain);
    assert_eq!(becomes(json!(null)), No);
    assert_eq!(becomes(json!({"combineArtifacts": false})), No);
}

/// A role may trust a service for all that this does in a place; what it trusts it for elsewhere leads nowhere surely.
#[test]
fn a_trust_for_all_of_a_place_is_a_trust_for_what_is_there() {
    let becomes = |source: &str| {
        let source = json!({"ArnLike": {"aws:SourceArn": source}});
        Account::default()
            .user("ada", &[allow("codebuild:StartBuild", "*")])
            .role(
                "target",
                &json!({"Service": "codebuild.amazonaws.com"}),
                &[],
            )
            .trust(|statements| statements[0]["Condition"] = source)
            .file(
                "codebuild/batch-get-projects-eu-west-1.json",
                &project(Some(&role("target"))).to_string(),
            )
            .analyze()
            .becomes("ada", &role("target"))
    };
    assert_eq!(becomes(&arn("codebuild:*")), Certain);
    assert_eq!(becomes(&arn("codebuild:project/other")), Possible);
    let elsewhere = arn("codebuild:*").replace("eu-west-1", "us-east-1");
    assert_eq!(becomes(&elsewhere), Possible);
}
