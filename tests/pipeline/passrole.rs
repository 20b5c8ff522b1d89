//! Paths that pass a role to a service: who holds all rights gains the role, who lacks one does not.

use crate::account::{Account, Answer, allow, role, user, when};
use serde_json::{Value, json};

/// A path, the service that the role trusts, actions without any of which nothing is gained, actions that a shorter
/// path does without.
type Path = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const PATHS: &[Path] = &[
    (
        "bedrock-001",
        "bedrock-agentcore.amazonaws.com",
        &[
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ],
        &[],
    ),
    (
        "bedrock-003",
        "bedrock-agentcore.amazonaws.com",
        &[
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:CreateAgentRuntimeEndpoint",
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
        ],
        &[],
    ),
    (
        "bedrock-agentcore-harness",
        "bedrock-agentcore.amazonaws.com",
        &[
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:CreateAgentRuntimeEndpoint",
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
        ],
        &[
            "bedrock-agentcore:CreateHarness",
            "bedrock-agentcore:GetAgentRuntime",
        ],
    ),
    (
        "x-agentcore-runtime-shell",
        "bedrock-agentcore.amazonaws.com",
        &[
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:CreateAgentRuntimeEndpoint",
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
        ],
        &[],
    ),
    (
        "x-agentcore-runtime-update",
        "bedrock-agentcore.amazonaws.com",
        &[
            "bedrock-agentcore:UpdateAgentRuntime",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
        ],
        &[],
    ),
    (
        "bedrock-agentcore-browser-new",
        "bedrock-agentcore.amazonaws.com",
        &[
            "bedrock-agentcore:CreateBrowser",
            "bedrock-agentcore:StartBrowserSession",
            "bedrock-agentcore:ConnectBrowserAutomationStream",
        ],
        &[],
    ),
    (
        "apprunner-001",
        "tasks.apprunner.amazonaws.com",
        &["apprunner:CreateService"],
        &[],
    ),
    (
        "cloudformation-001",
        "cloudformation.amazonaws.com",
        &["cloudformation:CreateStack"],
        &[],
    ),
    (
        "x-cloudformation-update-passrole",
        "cloudformation.amazonaws.com",
        &["cloudformation:UpdateStack"],
        &[],
    ),
    (
        "codebuild-001",
        "codebuild.amazonaws.com",
        &["codebuild:CreateProject", "codebuild:StartBuild"],
        &[],
    ),
    (
        "x-codebuild-update",
        "codebuild.amazonaws.com",
        &["codebuild:UpdateProject", "codebuild:StartBuild"],
        &[],
    ),
    (
        "codebuild-004",
        "codebuild.amazonaws.com",
        &["codebuild:CreateProject", "codebuild:StartBuildBatch"],
        &[],
    ),
    (
        "x-codebuild-update",
        "codebuild.amazonaws.com",
        &["codebuild:UpdateProject", "codebuild:StartBuildBatch"],
        &[],
    ),
    (
        "ec2-003",
        "ec2.amazonaws.com",
        &["ec2:RequestSpotInstances"],
        &[],
    ),
    (
        "x-ec2-replace-profile",
        "ec2.amazonaws.com",
        &["ec2:ReplaceIamInstanceProfileAssociation"],
        &[],
    ),
    (
        "x-autoscaling-launchconfig",
        "ec2.amazonaws.com",
        &[
            "autoscaling:CreateLaunchConfiguration",
            "autoscaling:CreateAutoScalingGroup",
        ],
        &[],
    ),
    (
        "ecs-001",
        "ecs-tasks.amazonaws.com",
        &["ecs:RegisterTaskDefinition", "ecs:CreateService"],
        &["ecs:CreateCluster"],
    ),
    (
        "ecs-002",
        "ecs-tasks.amazonaws.com",
        &["ecs:RunTask"],
        &["ecs:RegisterTaskDefinition", "ecs:CreateCluster"],
    ),
    (
        "ecs-003",
        "ecs-tasks.amazonaws.com",
        &["ecs:RegisterTaskDefinition", "ecs:CreateService"],
        &[],
    ),
    (
        "ecs-004",
        "ecs-tasks.amazonaws.com",
        &["ecs:RunTask"],
        &["ecs:RegisterTaskDefinition"],
    ),
    (
        "ecs-005",
        "ecs-tasks.amazonaws.com",
        &["ecs:StartTask"],
        &["ecs:RegisterTaskDefinition"],
    ),
    (
        "ecs-007",
        "ecs-tasks.amazonaws.com",
        &["ecs:StartTask"],
        &["ecs:RegisterContainerInstance"],
    ),
    ("ecs-008", "ecs-tasks.amazonaws.com", &["ecs:RunTask"], &[]),
    (
        "ecs-009",
        "ecs-tasks.amazonaws.com",
        &["ecs:StartTask"],
        &[],
    ),
    (
        "glue-001",
        "glue.amazonaws.com",
        &["glue:CreateDevEndpoint"],
        &[],
    ),
    (
        "glue-003",
        "glue.amazonaws.com",
        &["glue:CreateJob", "glue:StartJobRun"],
        &[],
    ),
    (
        "glue-004",
        "glue.amazonaws.com",
        &["glue:CreateJob", "glue:CreateTrigger"],
        &[],
    ),
    (
        "glue-005",
        "glue.amazonaws.com",
        &["glue:UpdateJob", "glue:StartJobRun"],
        &[],
    ),
    (
        "glue-006",
        "glue.amazonaws.com",
        &["glue:UpdateJob", "glue:CreateTrigger"],
        &[],
    ),
    (
        "glue-007",
        "glue.amazonaws.com",
        &["glue:CreateSession", "glue:RunStatement"],
        &[],
    ),
    (
        "sagemaker-001",
        "sagemaker.amazonaws.com",
        &["sagemaker:CreateNotebookInstance"],
        &[],
    ),
    (
        "sagemaker-002",
        "sagemaker.amazonaws.com",
        &["sagemaker:CreateTrainingJob"],
        &[],
    ),
    (
        "sagemaker-003",
        "sagemaker.amazonaws.com",
        &["sagemaker:CreateProcessingJob"],
        &[],
    ),
    (
        "x-lambda-config-passrole",
        "lambda.amazonaws.com",
        &[
            "lambda:UpdateFunctionConfiguration",
            "lambda:UpdateFunctionCode",
        ],
        &[],
    ),
    (
        "x-eks-pod-identity",
        "pods.eks.amazonaws.com",
        &["eks:CreatePodIdentityAssociation"],
        &[],
    ),
    (
        "x-rolesanywhere",
        "rolesanywhere.amazonaws.com",
        &[
            "rolesanywhere:CreateProfile",
            "rolesanywhere:CreateTrustAnchor",
        ],
        &[],
    ),
    (
        "batch-001",
        "ecs-tasks.amazonaws.com",
        &["batch:RegisterJobDefinition", "batch:SubmitJob"],
        &[],
    ),
    (
        "batch-003",
        "ecs-tasks.amazonaws.com",
        &["batch:RegisterJobDefinition", "batch:SubmitJob"],
        &["batch:CreateComputeEnvironment", "batch:CreateJobQueue"],
    ),
    (
        "braket-001",
        "braket.amazonaws.com",
        &["braket:CreateJob"],
        &[],
    ),
    (
        "emr-001",
        "ec2.amazonaws.com",
        &["elasticmapreduce:RunJobFlow"],
        &[],
    ),
    (
        "emrserverless-001",
        "emr-serverless.amazonaws.com",
        &[
            "emr-serverless:StartJobRun",
            "emr-serverless:CreateApplication",
        ],
        &[],
    ),
    (
        "gamelift-001",
        "gamelift.amazonaws.com",
        &[
            "gamelift:CreateFleet",
            "gamelift:CreateBuild",
            "gamelift:RequestUploadCredentials",
        ],
        &[],
    ),
    (
        "imagebuilder-001",
        "ec2.amazonaws.com",
        &[
            "imagebuilder:CreateInfrastructureConfiguration",
            "imagebuilder:CreateComponent",
            "imagebuilder:CreateImageRecipe",
            "imagebuilder:CreateImage",
        ],
        &[],
    ),
    (
        "kinesisanalytics-001",
        "kinesisanalytics.amazonaws.com",
        &[
            "kinesisanalytics:CreateApplication",
            "kinesisanalytics:StartApplication",
        ],
        &[],
    ),
    (
        "omics-001",
        "omics.amazonaws.com",
        &["omics:StartRun", "omics:CreateWorkflow"],
        &[],
    ),
    (
        "scheduler-001",
        "scheduler.amazonaws.com",
        &["scheduler:CreateSchedule"],
        &[],
    ),
    (
        "ssm-003",
        "ssm.amazonaws.com",
        &["ssm:StartAutomationExecution", "ssm:CreateDocument"],
        &[],
    ),
    (
        "stepfunctions-001",
        "states.amazonaws.com",
        &["states:CreateStateMachine", "states:StartExecution"],
        &[],
    ),
    (
        "amplify-001",
        "amplify.amazonaws.com",
        &[
            "amplify:CreateApp",
            "amplify:CreateBranch",
            "amplify:StartJob",
        ],
        &[],
    ),
];

/// The paths above that hang on nothing but rights.
const CERTAIN: &[&str] = &[
    "amplify-001",
    "bedrock-001",
    "bedrock-agentcore-browser-new",
    "cloudformation-001",
    "codebuild-001",
    "codebuild-004",
    "gamelift-001",
    "glue-001",
    "glue-007",
    "scheduler-001",
    "ssm-003",
    "stepfunctions-001",
];

fn check(path: &Path) -> Vec<String> {
    let (id, service, needed, spare) = *path;
    let actions: Vec<&str> = needed.iter().chain(spare).copied().collect();
    let rights = |without: &str| -> Vec<Value> {
        let kept = actions.iter().filter(|action| **action != without);
        kept.map(|action| allow(action, "*")).collect()
    };
    let pass = || allow("iam:PassRole", "*");
    let trusted = json!({"Service": service});
    let with_pass = |mut statements: Vec<Value>, pass: Value| {
        statements.push(pass);
        statements
    };
    let both = json!({"AWS": user("both")});
    let mut account = Account::default()
        .user("full", &with_pass(rights(""), pass()))
        .user("unpassing", &rights(""))
        .user(
            "elsewhere",
            &with_pass(
                rights(""),
                when(
                    pass(),
                    json!({"StringEquals": {"iam:PassedToService": "other.amazonaws.com"}}),
                ),
            ),
        )
        .user("both", &[])
        .role("passer", &both, &[pass()])
        .role("creator", &both, &rights(""))
        .role("target", &trusted, &[])
        .with_instance_profile()
        .role("other", &json!({"Service": "other.amazonaws.com"}), &[])
        .with_instance_profile();
    for (at, action) in needed.iter().enumerate() {
        let name = format!("lacks{}", char::from(b'a' + u8::try_from(at).unwrap()));
        account = account.user(&name, &with_pass(rights(action), pass()));
    }
    let answers = account.analyze();
    let target = role("target");
    let mut wrong = Vec::new();
    let mut expect = |who: &str, becomes: &str, expected: Answer, why: &str| {
        let answer = answers.becomes(who, becomes);
        if answer != expected {
            wrong.push(format!("{id}, {why}: {answer:?} instead of {expected:?}"));
        }
    };
    let full = match CERTAIN.contains(&id) {
        true => Answer::Certain,
        false => Answer::Possible,
    };
    expect("full", &target, full, "all rights");
    expect("full", &role("other"), Answer::No, "another trust");
    expect("unpassing", &target, Answer::No, "nothing passed");
    expect(
        "elsewhere",
        &target,
        Answer::No,
        "passed to another service",
    );
    expect("both", &target, Answer::No, "two principals");
    for (at, action) in needed.iter().enumerate() {
        let name = format!("lacks{}", char::from(b'a' + u8::try_from(at).unwrap()));
        expect(&name, &target, Answer::No, action);
    }
    wrong
}

#[test]
fn a_passed_role_is_gained_with_all_rights_of_its_path_and_not_with_one_missing() {
    let wrong: Vec<String> = PATHS.iter().flat_map(check).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// Paths by the number of their variants in the catalogue. Two rest on `ec2:RunInstances` and so open nothing that
/// launching does not: `x-autoscaling-launchtemplate` and `x-ec2-associate-profile` have no row above.
const VARIANTS: &[(&str, usize)] = &[
    ("apprunner-001", 1),
    ("bedrock-001", 1),
    ("x-agentcore-runtime-shell", 1),
    ("x-agentcore-runtime-update", 1),
    ("cloudformation-001", 1),
    ("codebuild-001", 1),
    ("codebuild-004", 1),
    ("ec2-001", 1),
    ("ec2-003", 1),
    ("ecs-001", 1),
    ("ecs-002", 1),
    ("ecs-003", 1),
    ("ecs-004", 1),
    ("ecs-005", 1),
    ("ecs-007", 1),
    ("ecs-008", 1),
    ("ecs-009", 1),
    ("glue-001", 1),
    ("glue-003", 1),
    ("glue-004", 1),
    ("glue-005", 1),
    ("glue-006", 1),
    ("glue-007", 1),
    ("lambda-001", 1),
    ("lambda-002", 1),
    ("lambda-006", 1),
    ("sagemaker-001", 1),
    ("sagemaker-002", 1),
    ("sagemaker-003", 1),
    ("x-ec2-associate-profile", 1),
    ("x-ec2-new-profile", 1),
    ("x-autoscaling-launchconfig", 1),
    ("x-codebuild-update", 2),
    ("x-cloudformation-update-passrole", 1),
    ("x-lambda-config-passrole", 1),
    ("x-eks-pod-identity", 1),
    ("x-rolesanywhere", 1),
    ("batch-001", 1),
    ("batch-003", 1),
    ("bedrock-003", 1),
    ("bedrock-agentcore-harness", 1),
    ("bedrock-agentcore-browser-new", 1),
    ("braket-001", 1),
    ("emr-001", 1),
    ("emrserverless-001", 1),
    ("gamelift-001", 1),
    ("imagebuilder-001", 1),
    ("kinesisanalytics-001", 1),
    ("omics-001", 1),
    ("scheduler-001", 1),
    ("ssm-003", 1),
    ("stepfunctions-001", 1),
    ("amplify-001", 1),
    ("x-ec2-replace-profile", 1),
    ("x-autoscaling-launchtemplate", 4),
];

#[test]
fn each_path_is_in_the_catalogue_as_often_as_it_has_variants() {
    let text = include_str!("../../src/techniques/aws/catalogue/passing.json");
    let catalogue: Value = serde_json::from_str(text).unwrap();
    for (path, variants) in VARIANTS {
        let entries = catalogue.as_array().unwrap().iter();
        let count = entries
            .flat_map(|entry| entry["paths"].as_array().unwrap())
            .filter(|one| *one == path)
            .count();
        assert_eq!(count, *variants, "{path}");
    }
}

/// A function is created in `where_made` with a role that trusts Lambda for `source` only.
fn for_source(source: &str, where_made: &str) -> Answer {
    let asks = json!({"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": "111122223333"}});
    Account::default()
        .user(
            "ada",
            &[
                allow("iam:PassRole", "*"),
                allow("lambda:InvokeFunction", "*"),
                allow("lambda:CreateFunction", where_made),
            ],
        )
        .role("worker", &json!({"Service": "lambda.amazonaws.com"}), &[])
        .trust(|statements| statements[0]["Condition"] = asks)
        .analyze()
        .becomes("ada", &role("worker"))
}

#[test]
fn a_role_for_all_that_a_service_does_in_a_region_is_passed_to_what_is_made_there() {
    let all = "arn:aws:lambda:*:111122223333:*";
    let european = "arn:aws:lambda:eu-west-1:111122223333:*";
    let american = "arn:aws:lambda:us-east-1:111122223333:function:*";
    assert_eq!(for_source(all, "*"), Answer::Certain);
    assert_eq!(for_source(european, "*"), Answer::Certain);
    assert_eq!(for_source(european, american), Answer::Possible);
    assert_eq!(for_source(all, american), Answer::Certain);
    let single = "arn:aws:lambda:eu-west-1:111122223333:function:pay";
    assert_eq!(for_source(single, "*"), Answer::Possible);
    let foreign = "arn:aws:lambda:*:444455556666:*";
    assert_eq!(for_source(foreign, "*"), Answer::Possible);
}
