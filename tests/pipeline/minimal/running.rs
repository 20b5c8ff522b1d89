//! Acting as what something that exists already runs as.

use super::Given::{Account as In, Running};
use super::{ROW, Right, Row};
use crate::account::Answer::{self, Certain, No, Possible};
use crate::account::{ACCOUNT, Account, allow, role};
use serde_json::{Value, json};

const AGENTCORE: &str = "bedrock-agentcore.amazonaws.com";
const CODE_INTERPRETER: &str = "bedrock-agentcore:R:A:code-interpreter-custom/calc-EXAMPLE001";
const RUNTIME: &str = "bedrock-agentcore:R:A:runtime/triage-EXAMPLE001";
const ENDPOINT: &str = "bedrock-agentcore:R:A:runtime/triage-EXAMPLE001/runtime-endpoint/DEFAULT";
const FUNCTION: &str = "lambda:R:A:function:job";
const INSTANCE: &str = "ec2:R:A:instance/i-1";
const MACHINE: &str = "ssm:R:A:managed-instance/mi-1";
const NOTEBOOK: &str = "sagemaker:R:A:notebook-instance/lab";
/// AWS keeps it, in no account.
const SCRIPT: &str = "ssm:R::document/AWS-RunShellScript";
const STACK: &str = "cloudformation:R:A:stack/net/0-1";

fn arn(rest: &str) -> String {
    let (service, resource) = rest.split_once(':').unwrap();
    format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}")
}

fn profile(role: Option<&str>) -> Value {
    role.map_or(Value::Null, |arn| {
        json!(arn.replace(":role/", ":instance-profile/"))
    })
}

fn name(role: Option<&str>) -> Option<&str> {
    role.map(|arn| arn.rsplit('/').next().unwrap())
}

fn function(role: Option<&str>) -> Value {
    json!({"Functions": [{"FunctionName": "job", "FunctionArn": arn("lambda:function:job"), "Role": role}]})
}

fn instance(role: Option<&str>) -> Value {
    json!({"Reservations": [{"OwnerId": ACCOUNT, "Instances": [{
        "InstanceId": "i-1", "State": {"Name": "running"}, "Placement": {"AvailabilityZone": "eu-west-1a"},
        "IamInstanceProfile": role.map(|arn| json!({"Arn": profile(Some(arn))})),
        "Tags": [{"Key": "env", "Value": "live"}]
    }]}]})
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

fn machine(role: Option<&str>) -> Value {
    json!({"InstanceInformationList": [{"InstanceId": "mi-1", "PingStatus": "Online", "ResourceType": "ManagedInstance",
        "IamRole": name(role)}]})
}

fn task(role: Option<&str>) -> Value {
    json!({"tasks": [{"taskArn": arn("ecs:task/shop/0a1b"), "clusterArn": arn("ecs:cluster/shop"),
        "enableExecuteCommand": true, "lastStatus": "RUNNING", "overrides": {"taskRoleArn": role}}]})
}

fn service() -> Value {
    json!({"services": [{"serviceArn": arn("ecs:service/shop/web"), "clusterArn": arn("ecs:cluster/shop"), "status": "ACTIVE",
        "enableExecuteCommand": true, "taskDefinition": arn("ecs:task-definition/pay:3")}]})
}

/// A service, whose tasks run as its definition says.
fn with_service(trusted: &str, channel: &str) -> Account {
    let definition = json!({"taskDefinition": {"taskDefinitionArn": arn("ecs:task-definition/pay:3"),
        "taskRoleArn": role("target"), "containerDefinitions": []}});
    Account::default()
        .role(
            "target",
            &json!({"Service": trusted}),
            &[allow(channel, "*")],
        )
        .file("ecs/services/shop.json", &service().to_string())
        .file("ecs/task-definitions/pay-3.json", &definition.to_string())
}

/// Something with a role that may not open the channel of Systems Manager.
fn without_channel(service: &str, export: Value) -> Account {
    Account::default()
        .role("target", &json!({"Service": service}), &[])
        .with_instance_profile()
        .file("thing.json", &export.to_string())
}

/// An instance that CodeDeploy finds by a tag.
fn deployed(trusted: &str, tag: &str) -> Account {
    let group = json!({"deploymentGroupInfo": {"applicationName": "shop", "deploymentGroupName": "live",
        "computePlatform": "Server", "serviceRoleArn": role("deploy"),
        "ec2TagFilters": [{"Key": "env", "Value": tag, "Type": "KEY_AND_VALUE"}]}});
    let target = instance(Some(&role("target")));
    super::running(
        trusted,
        "codedeploy/deployment-groups/eu-west-1/shop.json",
        group,
    )
    .file("ec2/tagged/describe-instances.json", &target.to_string())
}

fn agentcore(service: &str, thing: Value) -> Account {
    super::running(service, "bedrock-agentcore/thing.json", thing)
}

fn code_interpreter(role: Option<&str>) -> Value {
    json!({"codeInterpreterArn": arn("bedrock-agentcore:code-interpreter-custom/calc-EXAMPLE001"),
        "codeInterpreterId": "calc-EXAMPLE001", "name": "calc", "status": "READY",
        "networkConfiguration": {"networkMode": "SANDBOX"}, "executionRoleArn": role})
}

fn browser(role: Option<&str>) -> Value {
    json!({"browserArn": arn("bedrock-agentcore:browser-custom/surf-EXAMPLE001"), "browserId": "surf-EXAMPLE001",
        "name": "surf", "status": "READY", "networkConfiguration": {"networkMode": "PUBLIC"},
        "executionRoleArn": role})
}

fn runtime(role: Option<&str>) -> Value {
    json!({"agentRuntimeArn": arn("bedrock-agentcore:runtime/triage-EXAMPLE001"), "agentRuntimeId": "triage-EXAMPLE001",
        "agentRuntimeName": "triage", "agentRuntimeVersion": "1", "status": "READY",
        "createdAt": "2026-07-01T00:00:00+00:00", "lastUpdatedAt": "2026-07-01T00:00:00+00:00",
        "roleArn": role, "networkConfiguration": {"networkMode": "PUBLIC"}})
}

/// A runtime whose own policy lets in somebody for something else.
fn with_own_policy() -> Account {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": crate::account::user("bob")},
        "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": arn("bedrock-agentcore:runtime/triage-EXAMPLE001")});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    agentcore(AGENTCORE, runtime(Some(&role("target")))).file(
        "bedrock-agentcore/runtime-policy/eu-west-1/triage-EXAMPLE001.json",
        &json!({"policy": policy}).to_string(),
    )
}

const fn row(
    technique: &'static str,
    service: &'static str,
    file: &'static str,
    export: fn(Option<&str>) -> Value,
    answer: Answer,
    requests: &'static [&'static [Right]],
) -> Row {
    Row {
        technique,
        given: Running(service, file, export),
        requests,
        answer,
        ..ROW
    }
}

const fn on_function(
    technique: &'static str,
    answer: Answer,
    requests: &'static [&'static [Right]],
) -> Row {
    let file = "lambda/more/list-functions.json";
    row(
        technique,
        "lambda.amazonaws.com",
        file,
        function,
        answer,
        requests,
    )
}

const fn on_instance(
    technique: &'static str,
    answer: Answer,
    requests: &'static [&'static [Right]],
) -> Row {
    let file = "ec2/more/describe-instances.json";
    row(
        technique,
        "ec2.amazonaws.com",
        file,
        instance,
        answer,
        requests,
    )
}

/// By Systems Manager, whose agent needs a channel.
const fn by_channel(row: Row) -> Row {
    Row {
        others: &[(
            "the role may not open a channel",
            || without_channel("ec2.amazonaws.com", instance(Some(&role("target")))),
            No,
        )],
        ..row
    }
}

const fn on_machine(
    technique: &'static str,
    answer: Answer,
    requests: &'static [&'static [Right]],
) -> Row {
    let file = "ssm/describe-instance-information-eu-west-1.json";
    row(
        technique,
        "ssm.amazonaws.com",
        file,
        machine,
        answer,
        requests,
    )
}

const fn on_project(technique: &'static str, requests: &'static [&'static [Right]]) -> Row {
    let file = "codebuild/batch-get-projects-eu-west-1.json";
    row(
        technique,
        "codebuild.amazonaws.com",
        file,
        project,
        Certain,
        requests,
    )
}

const fn on_stack(technique: &'static str, requests: &'static [&'static [Right]]) -> Row {
    let file = "cloudformation/describe-stacks-eu-west-1.json";
    row(
        technique,
        "cloudformation.amazonaws.com",
        file,
        stack,
        Certain,
        requests,
    )
}

const fn on_notebook(
    technique: &'static str,
    answer: Answer,
    requests: &'static [&'static [Right]],
) -> Row {
    let file = "sagemaker/notebook-instances/lab.json";
    row(
        technique,
        "sagemaker.amazonaws.com",
        file,
        notebook,
        answer,
        requests,
    )
}

const fn on_agent(
    technique: &'static str,
    export: fn(Option<&str>) -> Value,
    requests: &'static [&'static [Right]],
) -> Row {
    row(
        technique,
        AGENTCORE,
        "bedrock-agentcore/thing.json",
        export,
        Certain,
        requests,
    )
}

pub const ROWS: &[Row] = &[
    Row {
        has_shorter: true,
        ..on_function(
            "aws/replace-function-code",
            Certain,
            &[
                &[("lambda:UpdateFunctionCode", FUNCTION)],
                &[("lambda:InvokeFunction", FUNCTION)],
            ],
        )
    },
    Row {
        has_shorter: true,
        ..on_function(
            "aws/replace-function-code-permission",
            Certain,
            &[
                &[("lambda:UpdateFunctionCode", FUNCTION)],
                &[("lambda:AddPermission", FUNCTION)],
            ],
        )
    },
    on_function(
        "aws/replace-function-code-wait",
        Possible,
        &[&[("lambda:UpdateFunctionCode", FUNCTION)]],
    ),
    on_function(
        "aws/replace-function-layer",
        Possible,
        &[&[("lambda:UpdateFunctionConfiguration", FUNCTION)]],
    ),
    on_instance(
        "aws/instance-user-data",
        Certain,
        &[
            &[("ec2:StopInstances", INSTANCE)],
            &[("ec2:ModifyInstanceAttribute", INSTANCE)],
            &[("ec2:StartInstances", INSTANCE)],
        ],
    ),
    by_channel(on_instance(
        "aws/ssm-session",
        Possible,
        &[&[("ssm:StartSession", INSTANCE)]],
    )),
    by_channel(on_instance(
        "aws/ssm-command",
        Possible,
        &[&[("ssm:SendCommand", INSTANCE), ("ssm:SendCommand", SCRIPT)]],
    )),
    on_instance(
        "aws/instance-connect",
        Possible,
        &[&[("ec2-instance-connect:SendSSHPublicKey", INSTANCE)]],
    ),
    // "A request is only validated against policy resources if the request parameter contains the specified policy
    // resources": no right on the instance. (Systems Manager User Guide, "Working with associations using IAM")
    by_channel(on_instance(
        "aws/ssm-association",
        Possible,
        &[&[
            ("ssm:CreateAssociation", "ssm:R:A:association/new"),
            ("ssm:CreateAssociation", SCRIPT),
        ]],
    )),
    on_machine(
        "aws/ssm-session-managed",
        Possible,
        &[&[("ssm:StartSession", MACHINE)]],
    ),
    on_machine(
        "aws/ssm-command-managed",
        Certain,
        &[&[("ssm:SendCommand", MACHINE), ("ssm:SendCommand", SCRIPT)]],
    ),
    on_machine(
        "aws/ssm-association-managed",
        Certain,
        &[&[
            ("ssm:CreateAssociation", "ssm:R:A:association/new"),
            ("ssm:CreateAssociation", SCRIPT),
        ]],
    ),
    Row {
        others: &[(
            "the role may not open a channel",
            || without_channel("ecs-tasks.amazonaws.com", task(Some(&role("target")))),
            No,
        )],
        ..row(
            "aws/ecs-exec",
            "ecs-tasks.amazonaws.com",
            "ecs/tasks/shop.json",
            task,
            Certain,
            &[&[
                ("ecs:ExecuteCommand", "ecs:R:A:task/shop/0a1b"),
                ("ecs:ExecuteCommand", "ecs:R:A:cluster/shop"),
            ]],
        )
    },
    Row {
        technique: "aws/ecs-exec-service",
        given: In(|| {
            with_service(
                "ecs-tasks.amazonaws.com",
                "ssmmessages:CreateControlChannel",
            )
        }),
        requests: &[&[
            ("ecs:ExecuteCommand", "ecs:R:A:task/shop/any"),
            ("ecs:ExecuteCommand", "ecs:R:A:cluster/shop"),
        ]],
        answer: Possible,
        others: &[
            (
                "the role may not open a channel",
                || with_service("ecs-tasks.amazonaws.com", "logs:CreateLogGroup"),
                No,
            ),
            (
                "the role trusts another service",
                || with_service("other.amazonaws.com", "ssmmessages:CreateControlChannel"),
                No,
            ),
        ],
        ..ROW
    },
    on_project(
        "aws/start-build",
        &[&[("codebuild:StartBuild", "codebuild:R:A:project/pay")]],
    ),
    Row {
        others: &[(
            "the project is not set up for batches",
            || {
                let mut export = project(Some(&role("target")));
                export["projects"][0]["buildBatchConfig"] = Value::Null;
                super::running("codebuild.amazonaws.com", "codebuild/projects.json", export)
            },
            No,
        )],
        ..on_project(
            "aws/start-build-batch",
            &[&[("codebuild:StartBuildBatch", "codebuild:R:A:project/pay")]],
        )
    },
    on_stack(
        "aws/update-stack",
        &[&[("cloudformation:UpdateStack", STACK)]],
    ),
    on_stack(
        "aws/execute-change-set",
        &[
            &[("cloudformation:CreateChangeSet", STACK)],
            &[("cloudformation:ExecuteChangeSet", STACK)],
        ],
    ),
    row(
        "aws/change-launch-template",
        "ec2.amazonaws.com",
        "ec2/describe-launch-template-versions-eu-west-1.json",
        |role| {
            json!({"LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1", "VersionNumber": 1, "DefaultVersion": true,
                "LaunchTemplateData": {"IamInstanceProfile": {"Arn": profile(role)}}}]})
        },
        Possible,
        &[
            &[(
                "ec2:CreateLaunchTemplateVersion",
                "ec2:R:A:launch-template/lt-1",
            )],
            &[("ec2:ModifyLaunchTemplate", "ec2:R:A:launch-template/lt-1")],
        ],
    ),
    row(
        "aws/launch-configuration",
        "ec2.amazonaws.com",
        "autoscaling/describe-launch-configurations-eu-west-1.json",
        |role| {
            json!({"LaunchConfigurations": [{"LaunchConfigurationName": "web",
                "LaunchConfigurationARN": arn("autoscaling:launchConfiguration:0-1:launchConfigurationName/web"),
                "IamInstanceProfile": name(role)}]})
        },
        Possible,
        &[&[(
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:R:A:autoScalingGroup:0-2:autoScalingGroupName/new",
        )]],
    ),
    row(
        "aws/development-endpoint",
        "glue.amazonaws.com",
        "glue/get-dev-endpoints-eu-west-1.json",
        |role| json!({"DevEndpoints": [{"EndpointName": "dev", "RoleArn": role, "Status": "READY"}]}),
        Possible,
        &[&[("glue:UpdateDevEndpoint", "glue:R:A:devEndpoint/dev")]],
    ),
    row(
        "aws/start-glue-job",
        "glue.amazonaws.com",
        "glue/get-jobs-eu-west-1.json",
        |role| json!({"Jobs": [{"Name": "load", "Role": role, "Command": {}}]}),
        Possible,
        &[&[("glue:StartJobRun", "glue:R:A:job/load")]],
    ),
    on_notebook(
        "aws/open-notebook",
        Possible,
        &[&[("sagemaker:CreatePresignedNotebookInstanceUrl", NOTEBOOK)]],
    ),
    Row {
        has_shorter: true,
        ..on_notebook(
            "aws/start-and-open-notebook",
            Certain,
            &[
                &[("sagemaker:CreatePresignedNotebookInstanceUrl", NOTEBOOK)],
                &[("sagemaker:StartNotebookInstance", NOTEBOOK)],
            ],
        )
    },
    on_notebook(
        "aws/notebook-start-script",
        Certain,
        &[
            &[("sagemaker:UpdateNotebookInstance", NOTEBOOK)],
            &[("sagemaker:StopNotebookInstance", NOTEBOOK)],
            &[("sagemaker:StartNotebookInstance", NOTEBOOK)],
            &[(
                "sagemaker:CreateNotebookInstanceLifecycleConfig",
                "sagemaker:R:A:notebook-instance-lifecycle-config/new",
            )],
        ],
    ),
    row(
        "aws/update-apprunner-service",
        "tasks.apprunner.amazonaws.com",
        "apprunner/services/web.json",
        |role| {
            json!({"Service": {"ServiceName": "web", "ServiceArn": arn("apprunner:service/web/0"), "Status": "RUNNING",
                "SourceConfiguration": {}, "InstanceConfiguration": {"InstanceRoleArn": role}}})
        },
        Certain,
        &[&[("apprunner:UpdateService", "apprunner:R:A:service/web/0")]],
    ),
    row(
        "aws/submit-batch-job",
        "ecs-tasks.amazonaws.com",
        "batch/describe-job-definitions-eu-west-1.json",
        |role| {
            json!({"jobDefinitions": [{"jobDefinitionArn": arn("batch:job-definition/load:1"), "revision": 1,
                "status": "ACTIVE", "containerProperties": {"jobRoleArn": role}}]})
        },
        Possible,
        &[&[
            ("batch:SubmitJob", "batch:R:A:job-definition/load:1"),
            ("batch:SubmitJob", "batch:R:A:job-queue/any"),
        ]],
    ),
    row(
        "aws/update-state-machine",
        "states.amazonaws.com",
        "stepfunctions/state-machines/pay.json",
        |role| {
            json!({"stateMachineArn": arn("states:stateMachine:pay"), "name": "pay", "status": "ACTIVE", "roleArn": role,
                "definition": "{}"})
        },
        Certain,
        &[
            &[("states:UpdateStateMachine", "states:R:A:stateMachine:pay")],
            &[("states:StartExecution", "states:R:A:stateMachine:pay")],
        ],
    ),
    Row {
        technique: "aws/deploy",
        given: In(|| deployed("ec2.amazonaws.com", "live")),
        requests: &[&[
            (
                "codedeploy:CreateDeployment",
                "codedeploy:R:A:deploymentgroup:shop/live",
            ),
            (
                "codedeploy:RegisterApplicationRevision",
                "codedeploy:R:A:application:shop",
            ),
            (
                "codedeploy:GetDeploymentConfig",
                "codedeploy:R:A:deploymentconfig:CodeDeployDefault.OneAtATime",
            ),
        ]],
        answer: Possible,
        others: &[
            (
                "the role trusts another service",
                || deployed("other.amazonaws.com", "live"),
                No,
            ),
            (
                "the instance has another tag",
                || deployed("ec2.amazonaws.com", "test"),
                No,
            ),
        ],
        ..ROW
    },
    on_agent(
        "aws/agentcore-code-interpreter",
        code_interpreter,
        &[
            &[(
                "bedrock-agentcore:StartCodeInterpreterSession",
                CODE_INTERPRETER,
            )],
            &[("bedrock-agentcore:InvokeCodeInterpreter", CODE_INTERPRETER)],
        ],
    ),
    Row {
        others: &[(
            "the runtime has a policy of its own",
            with_own_policy,
            Possible,
        )],
        ..on_agent(
            "aws/agentcore-runtime-command",
            runtime,
            &[&[
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", RUNTIME),
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", ENDPOINT),
            ]],
        )
    },
    Row {
        others: &[(
            "the runtime has a policy of its own",
            with_own_policy,
            Possible,
        )],
        ..on_agent(
            "aws/agentcore-runtime-shell",
            runtime,
            &[&[
                ("bedrock-agentcore:InvokeAgentRuntimeCommandShell", RUNTIME),
                ("bedrock-agentcore:InvokeAgentRuntimeCommandShell", ENDPOINT),
            ]],
        )
    },
    on_agent(
        "aws/agentcore-browser",
        browser,
        &[
            &[(
                "bedrock-agentcore:StartBrowserSession",
                "bedrock-agentcore:R:A:browser-custom/surf-EXAMPLE001",
            )],
            &[("bedrock-agentcore:ConnectBrowserAutomationStream", "*")],
        ],
    ),
];
