//! Passing a role to a service.

use super::Given::{self, Passed};
use super::{Gains, Other, PASS, ROW, Right, Row};
use crate::account::Answer::{self, Certain, No, Possible};
use crate::account::{ACCOUNT, Account, allow, role};
use serde_json::json;

const CODE_INTERPRETER: &str = "bedrock-agentcore:R:A:code-interpreter-custom/c";
const RUNTIME: &str = "bedrock-agentcore:R:A:runtime/r";
const ENDPOINT: &str = "bedrock-agentcore:R:A:runtime/r/runtime-endpoint/e";
const DIRECTORY: &str = "bedrock-agentcore:R:A:workload-identity-directory/default";
const IDENTITY: &str =
    "bedrock-agentcore:R:A:workload-identity-directory/default/workload-identity/w";
const DEFINITION: &str = "ecs:R:A:task-definition/t:1";
const FUNCTION: &str = "lambda:R:A:function:f";
const GROUP: &str = "autoscaling:R:A:autoScalingGroup:0-1:autoScalingGroupName/g";
const TEMPLATE: &str = "ec2:R:A:launch-template/t";

const LAUNCH: &str = "ec2:RunInstances";
const INSTANCE: Right = (LAUNCH, "ec2:R:A:instance/i");
const SUBNET: Right = (LAUNCH, "ec2:R:A:subnet/s");
const INTERFACE: Right = (LAUNCH, "ec2:R:A:network-interface/n");
const SECURITY_GROUP: Right = (LAUNCH, "ec2:R:A:security-group/g");
const VOLUME: Right = (LAUNCH, "ec2:R:A:volume/v");
const IMAGE: Right = (LAUNCH, "ec2:R::image/ami");
const FROM_TEMPLATE: Right = (LAUNCH, TEMPLATE);

const fn row(
    technique: &'static str,
    service: &'static str,
    answer: Answer,
    requests: &'static [&'static [Right]],
) -> Row {
    Row {
        technique,
        given: Passed(service),
        requests,
        answer,
        ..ROW
    }
}

/// Of a role that needs an instance profile.
const fn profiled(row: Row) -> Row {
    Row {
        others: &[("no instance profile has the role", unprofiled, No)],
        ..row
    }
}

/// Of which another row's rights are a part.
const fn beyond(row: Row) -> Row {
    Row {
        has_shorter: true,
        ..row
    }
}

fn unprofiled() -> Account {
    Account::default().role("target", &json!({"Service": "ec2.amazonaws.com"}), &[])
}

const FOR_ALL: &str = "the role is for all that the service does in the account";

/// The role that was added last trusts the service for whatever is in the account.
fn for_all(account: Account, service: &str) -> Account {
    account.trust(|statements| {
        statements[0]["Condition"] = json!({
            "ArnLike": {"aws:SourceArn": format!("arn:aws:{service}:*:{ACCOUNT}:*")},
            "StringEquals": {"aws:SourceAccount": ACCOUNT}
        });
    })
}

const STACKS: &str = "cloudformation.amazonaws.com";

/// What a stack set does it does as the roles that the passed one may assume.
fn stack_sets(service: &str, assumed: &str) -> Account {
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    let assume = allow("sts:AssumeRole", &role(assumed));
    Account::default()
        .role("execution", &json!({"AWS": root}), &[])
        .role("target", &json!({"Service": service}), &[assume])
}

const ASSUMES_ANOTHER: Other = (
    "the role may assume another role",
    || stack_sets(STACKS, "other"),
    No,
);

const TRUSTS_ANOTHER: Other = (
    "the role trusts another service",
    || stack_sets("other.amazonaws.com", "execution"),
    No,
);

const STACK_SETS: Row = Row {
    given: Given::Account(|| stack_sets(STACKS, "execution")),
    gains: Gains::Acting("iam::A:role/execution"),
    others: &[ASSUMES_ANOTHER, TRUSTS_ANOTHER],
    ..ROW
};

const AGENTCORE: &str = "bedrock-agentcore.amazonaws.com";
const BUILDS: &str = "codebuild.amazonaws.com";
const EC2: &str = "ec2.amazonaws.com";
const GLUE: &str = "glue.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";
const NOTEBOOKS: &str = "sagemaker.amazonaws.com";
const TASKS: &str = "ecs-tasks.amazonaws.com";

pub const ROWS: &[Row] = &[
    row(
        "aws/passrole-lambda",
        LAMBDA,
        Certain,
        &[
            &[("lambda:CreateFunction", FUNCTION), PASS],
            &[("lambda:InvokeFunction", FUNCTION)],
        ],
    ),
    row(
        "aws/passrole-lambda-permission",
        LAMBDA,
        Certain,
        &[
            &[("lambda:CreateFunction", FUNCTION), PASS],
            &[("lambda:AddPermission", FUNCTION)],
        ],
    ),
    row(
        "aws/passrole-lambda-event",
        LAMBDA,
        Possible,
        &[
            &[("lambda:CreateFunction", FUNCTION), PASS],
            &[("lambda:CreateEventSourceMapping", "*")],
        ],
    ),
    profiled(row(
        "aws/passrole-ec2",
        EC2,
        Certain,
        &[&[
            INSTANCE,
            SUBNET,
            INTERFACE,
            SECURITY_GROUP,
            VOLUME,
            IMAGE,
            PASS,
        ]],
    )),
    Row {
        technique: "aws/passrole-ec2-new-profile",
        given: Given::Account(unprofiled),
        requests: &[
            &[
                (
                    "iam:AddRoleToInstanceProfile",
                    "iam::A:instance-profile/new",
                ),
                PASS,
                INSTANCE,
                SUBNET,
                INTERFACE,
                SECURITY_GROUP,
                VOLUME,
                IMAGE,
            ],
            &[("iam:CreateInstanceProfile", "iam::A:instance-profile/new")],
        ],
        others: &[(
            "the role trusts another service",
            || super::passed("other.amazonaws.com"),
            No,
        )],
        ..ROW
    },
    row(
        "aws/passrole-agentcore-code-interpreter",
        AGENTCORE,
        Certain,
        &[
            &[("bedrock-agentcore:CreateCodeInterpreter", "*"), PASS],
            &[(
                "bedrock-agentcore:StartCodeInterpreterSession",
                CODE_INTERPRETER,
            )],
            &[("bedrock-agentcore:InvokeCodeInterpreter", CODE_INTERPRETER)],
        ],
    ),
    row(
        "aws/passrole-agentcore-runtime",
        AGENTCORE,
        Possible,
        &[
            &[
                ("bedrock-agentcore:CreateAgentRuntime", "*"),
                ("bedrock-agentcore:CreateAgentRuntimeEndpoint", RUNTIME),
                ("bedrock-agentcore:CreateWorkloadIdentity", DIRECTORY),
                ("bedrock-agentcore:CreateWorkloadIdentity", IDENTITY),
                PASS,
            ],
            &[
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", RUNTIME),
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", ENDPOINT),
            ],
        ],
    ),
    row(
        "aws/passrole-agentcore-runtime-shell",
        AGENTCORE,
        Possible,
        &[
            &[
                ("bedrock-agentcore:CreateAgentRuntime", "*"),
                ("bedrock-agentcore:CreateAgentRuntimeEndpoint", RUNTIME),
                ("bedrock-agentcore:CreateWorkloadIdentity", DIRECTORY),
                ("bedrock-agentcore:CreateWorkloadIdentity", IDENTITY),
                PASS,
            ],
            &[
                ("bedrock-agentcore:InvokeAgentRuntimeCommandShell", RUNTIME),
                ("bedrock-agentcore:InvokeAgentRuntimeCommandShell", ENDPOINT),
            ],
        ],
    ),
    row(
        "aws/passrole-agentcore-runtime-update",
        AGENTCORE,
        Possible,
        &[
            &[("bedrock-agentcore:UpdateAgentRuntime", RUNTIME), PASS],
            &[
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", RUNTIME),
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", ENDPOINT),
            ],
        ],
    ),
    beyond(row(
        "aws/passrole-agentcore-harness",
        AGENTCORE,
        Possible,
        &[
            &[
                ("bedrock-agentcore:CreateHarness", "*"),
                ("bedrock-agentcore:CreateAgentRuntime", "*"),
                ("bedrock-agentcore:CreateAgentRuntimeEndpoint", RUNTIME),
                ("bedrock-agentcore:CreateWorkloadIdentity", DIRECTORY),
                ("bedrock-agentcore:CreateWorkloadIdentity", IDENTITY),
                PASS,
            ],
            &[("bedrock-agentcore:GetAgentRuntime", RUNTIME)],
            &[
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", RUNTIME),
                ("bedrock-agentcore:InvokeAgentRuntimeCommand", ENDPOINT),
            ],
        ],
    )),
    Row {
        others: &[(
            FOR_ALL,
            || for_all(super::passed(AGENTCORE), "bedrock-agentcore"),
            Certain,
        )],
        ..row(
            "aws/passrole-agentcore-browser",
            AGENTCORE,
            Certain,
            &[
                &[("bedrock-agentcore:CreateBrowser", "*"), PASS],
                &[(
                    "bedrock-agentcore:StartBrowserSession",
                    "bedrock-agentcore:R:A:browser-custom/b",
                )],
                &[("bedrock-agentcore:ConnectBrowserAutomationStream", "*")],
            ],
        )
    },
    row(
        "aws/passrole-apprunner",
        "tasks.apprunner.amazonaws.com",
        Possible,
        &[&[
            ("apprunner:CreateService", "apprunner:R:A:service/s/0123"),
            PASS,
        ]],
    ),
    row(
        "aws/passrole-cloudformation",
        STACKS,
        Certain,
        &[&[
            (
                "cloudformation:CreateStack",
                "cloudformation:R:A:stack/s/0123",
            ),
            PASS,
        ]],
    ),
    row(
        "aws/passrole-cloudformation-update",
        STACKS,
        Possible,
        &[&[
            (
                "cloudformation:UpdateStack",
                "cloudformation:R:A:stack/s/0123",
            ),
            PASS,
        ]],
    ),
    Row {
        technique: "aws/passrole-stack-set",
        requests: &[
            &[("cloudformation:CreateStackSet", "*"), PASS],
            &[(
                "cloudformation:CreateStackInstances",
                "cloudformation:R:A:stackset/s:0123",
            )],
        ],
        others: &[
            ASSUMES_ANOTHER,
            TRUSTS_ANOTHER,
            (
                FOR_ALL,
                || for_all(stack_sets(STACKS, "execution"), "cloudformation"),
                Certain,
            ),
        ],
        ..STACK_SETS
    },
    Row {
        technique: "aws/passrole-stack-set-update",
        requests: &[&[
            (
                "cloudformation:UpdateStackSet",
                "cloudformation:R:A:stackset/s:0123",
            ),
            PASS,
        ]],
        answer: Possible,
        ..STACK_SETS
    },
    row(
        "aws/passrole-codebuild",
        BUILDS,
        Certain,
        &[
            &[("codebuild:CreateProject", "codebuild:R:A:project/p"), PASS],
            &[("codebuild:StartBuild", "codebuild:R:A:project/p")],
        ],
    ),
    row(
        "aws/passrole-codebuild-update",
        BUILDS,
        Possible,
        &[
            &[("codebuild:UpdateProject", "codebuild:R:A:project/p"), PASS],
            &[("codebuild:StartBuild", "codebuild:R:A:project/p")],
        ],
    ),
    row(
        "aws/passrole-codebuild-batch",
        BUILDS,
        Certain,
        &[
            &[("codebuild:CreateProject", "codebuild:R:A:project/p"), PASS],
            &[("codebuild:StartBuildBatch", "codebuild:R:A:project/p")],
        ],
    ),
    row(
        "aws/passrole-codebuild-update-batch",
        BUILDS,
        Possible,
        &[
            &[("codebuild:UpdateProject", "codebuild:R:A:project/p"), PASS],
            &[("codebuild:StartBuildBatch", "codebuild:R:A:project/p")],
        ],
    ),
    profiled(row(
        "aws/passrole-ec2-spot",
        EC2,
        Possible,
        &[&[
            (
                "ec2:RequestSpotInstances",
                "ec2:R:A:spot-instances-request/s",
            ),
            ("ec2:RequestSpotInstances", "ec2:R::image/ami"),
            PASS,
        ]],
    )),
    beyond(profiled(row(
        "aws/passrole-ec2-associate-profile",
        EC2,
        Certain,
        &[
            &[
                ("ec2:AssociateIamInstanceProfile", "ec2:R:A:instance/i"),
                PASS,
            ],
            &[INSTANCE, SUBNET, INTERFACE, SECURITY_GROUP, VOLUME, IMAGE],
        ],
    ))),
    profiled(row(
        "aws/passrole-ec2-replace-profile",
        EC2,
        Possible,
        &[&[
            (
                "ec2:ReplaceIamInstanceProfileAssociation",
                "ec2:R:A:instance/i",
            ),
            PASS,
        ]],
    )),
    profiled(row(
        "aws/passrole-autoscaling",
        EC2,
        Possible,
        &[
            &[
                (
                    "autoscaling:CreateLaunchConfiguration",
                    "autoscaling:R:A:launchConfiguration:0-2:launchConfigurationName/c",
                ),
                PASS,
            ],
            &[("autoscaling:CreateAutoScalingGroup", GROUP)],
        ],
    )),
    beyond(row(
        "aws/passrole-ecs-service-new-cluster",
        TASKS,
        Possible,
        &[
            &[
                ("ecs:RegisterTaskDefinition", DEFINITION),
                ("ecs:CreateService", "ecs:R:A:service/c/s"),
                PASS,
            ],
            &[("ecs:CreateCluster", "ecs:R:A:cluster/c")],
        ],
    )),
    beyond(row(
        "aws/passrole-ecs-task-new-cluster",
        TASKS,
        Possible,
        &[
            &[
                ("ecs:RegisterTaskDefinition", DEFINITION),
                ("ecs:RunTask", DEFINITION),
                PASS,
            ],
            &[("ecs:CreateCluster", "ecs:R:A:cluster/c")],
        ],
    )),
    row(
        "aws/passrole-ecs-service",
        TASKS,
        Possible,
        &[&[
            ("ecs:RegisterTaskDefinition", DEFINITION),
            ("ecs:CreateService", "ecs:R:A:service/c/s"),
            PASS,
        ]],
    ),
    beyond(row(
        "aws/passrole-ecs-task",
        TASKS,
        Possible,
        &[&[
            ("ecs:RegisterTaskDefinition", DEFINITION),
            ("ecs:RunTask", DEFINITION),
            PASS,
        ]],
    )),
    beyond(row(
        "aws/passrole-ecs-start-task",
        TASKS,
        Possible,
        &[&[
            ("ecs:RegisterTaskDefinition", DEFINITION),
            ("ecs:StartTask", DEFINITION),
            PASS,
        ]],
    )),
    beyond(row(
        "aws/passrole-ecs-register-instance",
        TASKS,
        Possible,
        &[
            &[("ecs:StartTask", DEFINITION), PASS],
            &[("ecs:RegisterContainerInstance", "ecs:R:A:cluster/c")],
        ],
    )),
    row(
        "aws/passrole-ecs-run-override",
        TASKS,
        Possible,
        &[&[("ecs:RunTask", DEFINITION), PASS]],
    ),
    row(
        "aws/passrole-ecs-start-override",
        TASKS,
        Possible,
        &[&[("ecs:StartTask", DEFINITION), PASS]],
    ),
    row(
        "aws/passrole-glue-endpoint",
        GLUE,
        Certain,
        &[&[("glue:CreateDevEndpoint", "*"), PASS]],
    ),
    row(
        "aws/passrole-glue-job",
        GLUE,
        Possible,
        &[
            &[("glue:CreateJob", "glue:R:A:job/j"), PASS],
            &[("glue:StartJobRun", "glue:R:A:job/j")],
        ],
    ),
    row(
        "aws/passrole-glue-job-trigger",
        GLUE,
        Possible,
        &[
            &[("glue:CreateJob", "glue:R:A:job/j"), PASS],
            &[("glue:CreateTrigger", "glue:R:A:trigger/t")],
        ],
    ),
    row(
        "aws/passrole-glue-update-job",
        GLUE,
        Possible,
        &[
            &[("glue:UpdateJob", "glue:R:A:job/j"), PASS],
            &[("glue:StartJobRun", "glue:R:A:job/j")],
        ],
    ),
    row(
        "aws/passrole-glue-update-job-trigger",
        GLUE,
        Possible,
        &[
            &[("glue:UpdateJob", "glue:R:A:job/j"), PASS],
            &[("glue:CreateTrigger", "glue:R:A:trigger/t")],
        ],
    ),
    row(
        "aws/passrole-glue-session",
        GLUE,
        Certain,
        &[
            &[("glue:CreateSession", "glue:R:A:session/s"), PASS],
            &[("glue:RunStatement", "glue:R:A:session/s")],
        ],
    ),
    row(
        "aws/passrole-sagemaker-notebook",
        NOTEBOOKS,
        Possible,
        &[&[
            (
                "sagemaker:CreateNotebookInstance",
                "sagemaker:R:A:notebook-instance/n",
            ),
            PASS,
        ]],
    ),
    row(
        "aws/passrole-sagemaker-training",
        NOTEBOOKS,
        Possible,
        &[&[
            (
                "sagemaker:CreateTrainingJob",
                "sagemaker:R:A:training-job/t",
            ),
            PASS,
        ]],
    ),
    row(
        "aws/passrole-sagemaker-processing",
        NOTEBOOKS,
        Possible,
        &[&[
            (
                "sagemaker:CreateProcessingJob",
                "sagemaker:R:A:processing-job/p",
            ),
            PASS,
        ]],
    ),
    row(
        "aws/passrole-lambda-update",
        LAMBDA,
        Possible,
        &[
            &[("lambda:UpdateFunctionConfiguration", FUNCTION), PASS],
            &[("lambda:UpdateFunctionCode", FUNCTION)],
        ],
    ),
    row(
        "aws/passrole-eks-pod-identity",
        "pods.eks.amazonaws.com",
        Possible,
        &[&[
            ("eks:CreatePodIdentityAssociation", "eks:R:A:cluster/c"),
            PASS,
        ]],
    ),
    row(
        "aws/passrole-rolesanywhere",
        "rolesanywhere.amazonaws.com",
        Possible,
        &[
            &[("rolesanywhere:CreateProfile", "*"), PASS],
            &[("rolesanywhere:CreateTrustAnchor", "*")],
        ],
    ),
    row(
        "aws/passrole-batch",
        TASKS,
        Possible,
        &[
            &[
                ("batch:RegisterJobDefinition", "batch:R:A:job-definition/d"),
                PASS,
            ],
            &[
                ("batch:SubmitJob", "batch:R:A:job-definition/d:1"),
                ("batch:SubmitJob", "batch:R:A:job-queue/q"),
            ],
        ],
    ),
    beyond(row(
        "aws/passrole-batch-new-queue",
        TASKS,
        Possible,
        &[
            &[
                ("batch:RegisterJobDefinition", "batch:R:A:job-definition/d"),
                PASS,
            ],
            &[(
                "batch:CreateComputeEnvironment",
                "batch:R:A:compute-environment/e",
            )],
            &[
                ("batch:CreateJobQueue", "batch:R:A:job-queue/q"),
                ("batch:CreateJobQueue", "batch:R:A:compute-environment/e"),
            ],
            &[
                ("batch:SubmitJob", "batch:R:A:job-definition/d:1"),
                ("batch:SubmitJob", "batch:R:A:job-queue/q"),
            ],
        ],
    )),
    row(
        "aws/passrole-braket",
        "braket.amazonaws.com",
        Possible,
        &[&[
            ("braket:CreateJob", "braket:R:A:job/j"),
            (
                "braket:CreateJob",
                "braket:::device/quantum-simulator/amazon/sv1",
            ),
            PASS,
        ]],
    ),
    profiled(row(
        "aws/passrole-emr",
        EC2,
        Possible,
        &[&[("elasticmapreduce:RunJobFlow", "*"), PASS]],
    )),
    row(
        "aws/passrole-emr-serverless",
        "emr-serverless.amazonaws.com",
        Possible,
        &[
            &[
                (
                    "emr-serverless:StartJobRun",
                    "emr-serverless:R:A:/applications/a",
                ),
                PASS,
            ],
            &[("emr-serverless:CreateApplication", "*")],
        ],
    ),
    row(
        "aws/passrole-gamelift",
        "gamelift.amazonaws.com",
        Certain,
        &[
            &[("gamelift:CreateFleet", "*"), PASS],
            &[("gamelift:CreateBuild", "*")],
            &[("gamelift:RequestUploadCredentials", "gamelift:R:A:build/b")],
        ],
    ),
    profiled(row(
        "aws/passrole-imagebuilder",
        EC2,
        Possible,
        &[
            &[
                (
                    "imagebuilder:CreateInfrastructureConfiguration",
                    "imagebuilder:R:A:infrastructure-configuration/i",
                ),
                PASS,
            ],
            &[(
                "imagebuilder:CreateComponent",
                "imagebuilder:R:A:component/c/1.0.0/1",
            )],
            &[(
                "imagebuilder:CreateImageRecipe",
                "imagebuilder:R:A:image-recipe/r/1.0.0",
            )],
            &[(
                "imagebuilder:CreateImage",
                "imagebuilder:R:A:image/i/1.0.0/1",
            )],
        ],
    )),
    row(
        "aws/passrole-kinesisanalytics",
        "kinesisanalytics.amazonaws.com",
        Possible,
        &[
            &[("kinesisanalytics:CreateApplication", "*"), PASS],
            &[(
                "kinesisanalytics:StartApplication",
                "kinesisanalytics:R:A:application/a",
            )],
        ],
    ),
    row(
        "aws/passrole-omics",
        "omics.amazonaws.com",
        Possible,
        &[
            &[
                ("omics:StartRun", "omics:R:A:run/r"),
                ("omics:StartRun", "omics:R:A:workflow/w"),
                PASS,
            ],
            &[("omics:CreateWorkflow", "*")],
        ],
    ),
    row(
        "aws/passrole-scheduler",
        "scheduler.amazonaws.com",
        Certain,
        &[&[
            (
                "scheduler:CreateSchedule",
                "scheduler:R:A:schedule/default/s",
            ),
            PASS,
        ]],
    ),
    row(
        "aws/passrole-ssm-automation",
        "ssm.amazonaws.com",
        Certain,
        &[
            &[
                ("ssm:StartAutomationExecution", "ssm:R:A:document/d"),
                (
                    "ssm:StartAutomationExecution",
                    "ssm:R:A:automation-execution/e",
                ),
                PASS,
            ],
            &[("ssm:CreateDocument", "ssm:R:A:document/d")],
        ],
    ),
    row(
        "aws/passrole-stepfunctions",
        "states.amazonaws.com",
        Certain,
        &[
            &[
                ("states:CreateStateMachine", "states:R:A:stateMachine:s"),
                PASS,
            ],
            &[("states:StartExecution", "states:R:A:stateMachine:s")],
        ],
    ),
    row(
        "aws/passrole-amplify",
        "amplify.amazonaws.com",
        Certain,
        &[
            &[("amplify:CreateApp", "*"), PASS],
            &[("amplify:CreateBranch", "amplify:R:A:apps/a/branches/b")],
            &[("amplify:StartJob", "amplify:R:A:apps/a/branches/b/jobs/j")],
        ],
    ),
    template(
        "aws/passrole-autoscaling-template",
        &[
            &[
                ("autoscaling:CreateAutoScalingGroup", GROUP),
                INSTANCE,
                SUBNET,
                INTERFACE,
                SECURITY_GROUP,
                VOLUME,
                IMAGE,
                FROM_TEMPLATE,
                PASS,
            ],
            &[("ec2:CreateLaunchTemplate", TEMPLATE)],
        ],
    ),
    template(
        "aws/passrole-autoscaling-template-update",
        &[
            &[
                ("autoscaling:UpdateAutoScalingGroup", GROUP),
                INSTANCE,
                SUBNET,
                INTERFACE,
                SECURITY_GROUP,
                VOLUME,
                IMAGE,
                FROM_TEMPLATE,
                PASS,
            ],
            &[("ec2:CreateLaunchTemplate", TEMPLATE)],
        ],
    ),
    template(
        "aws/passrole-autoscaling-template-version",
        &[
            &[
                ("autoscaling:CreateAutoScalingGroup", GROUP),
                INSTANCE,
                SUBNET,
                INTERFACE,
                SECURITY_GROUP,
                VOLUME,
                IMAGE,
                FROM_TEMPLATE,
                PASS,
            ],
            &[("ec2:CreateLaunchTemplateVersion", TEMPLATE)],
        ],
    ),
    template(
        "aws/passrole-autoscaling-template-version-update",
        &[
            &[
                ("autoscaling:UpdateAutoScalingGroup", GROUP),
                INSTANCE,
                SUBNET,
                INTERFACE,
                SECURITY_GROUP,
                VOLUME,
                IMAGE,
                FROM_TEMPLATE,
                PASS,
            ],
            &[("ec2:CreateLaunchTemplateVersion", TEMPLATE)],
        ],
    ),
];

/// Launching by a template: who may launch at all needs none.
const fn template(technique: &'static str, requests: &'static [&'static [Right]]) -> Row {
    beyond(profiled(row(technique, EC2, Possible, requests)))
}
