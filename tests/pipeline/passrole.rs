//! Paths that pass a role to a service: which of them there are, and where the role's trust tells what it trusts for.
//! That each needs every one of its rights stands in `minimal/passing.rs`.

use crate::account::{ACCOUNT, Account, Answer, allow, role};
use serde_json::{Value, json};

/// Paths by the number of their variants in the catalogue.
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

/// AWS Batch User Guide, "Resource: Restrict to job definition prefix on job submission", "Accounting for job definition
/// revisions": the ARN of the request includes the revision, which the registering does not know.
#[test]
fn a_job_is_submitted_on_a_revision_of_its_definition() {
    let batch = |resource: &str| format!("arn:aws:batch:eu-west-1:{ACCOUNT}:{resource}");
    let becomes = |definition: &str| {
        let rights = [
            allow("iam:PassRole", "*"),
            allow("batch:RegisterJobDefinition", &batch("job-definition/load")),
            allow("batch:SubmitJob", &batch("job-queue/*")),
            allow("batch:SubmitJob", &batch(definition)),
        ];
        Account::default()
            .user("ada", &rights)
            .role(
                "worker",
                &json!({"Service": "ecs-tasks.amazonaws.com"}),
                &[],
            )
            .analyze()
            .becomes("ada", &role("worker"))
    };
    for any_revision in [
        "job-definition/load:*",
        "job-definition/load:1",
        "job-definition/l*",
    ] {
        assert_eq!(becomes(any_revision), Answer::Possible, "{any_revision}");
    }
    assert_eq!(becomes("job-definition/load"), Answer::No);
    assert_eq!(becomes("job-queue/load:1"), Answer::No);
}
