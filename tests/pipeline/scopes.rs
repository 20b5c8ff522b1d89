//! On which resources rights must be: the ARN forms of the Service Authorization Reference, and no others.

use crate::account::{ACCOUNT, Account, Answer, allow, role, user, when};
use serde_json::{Value, json};

/// A path, the service that the role trusts, how surely the role is gained, and the narrowest rights that gain it, as
/// written from the reference: `R` and `A` stand for a region and the account.
type Path = (
    &'static str,
    &'static str,
    Answer,
    &'static [(&'static str, &'static str)],
);

const PATHS: &[Path] = &[
    (
        "lambda-001",
        "lambda.amazonaws.com",
        Answer::Certain,
        &[
            ("lambda:CreateFunction", "lambda:R:A:function:f"),
            ("lambda:InvokeFunction", "lambda:R:A:function:f"),
        ],
    ),
    (
        "bedrock-001",
        "bedrock-agentcore.amazonaws.com",
        Answer::Certain,
        &[
            ("bedrock-agentcore:CreateCodeInterpreter", "*"),
            (
                "bedrock-agentcore:StartCodeInterpreterSession",
                "bedrock-agentcore:R:A:code-interpreter-custom/c",
            ),
            (
                "bedrock-agentcore:InvokeCodeInterpreter",
                "bedrock-agentcore:R:A:code-interpreter-custom/c",
            ),
        ],
    ),
    (
        "bedrock-003",
        "bedrock-agentcore.amazonaws.com",
        Answer::Possible,
        &[
            ("bedrock-agentcore:CreateAgentRuntime", "*"),
            (
                "bedrock-agentcore:CreateAgentRuntimeEndpoint",
                "bedrock-agentcore:R:A:runtime/r",
            ),
            (
                "bedrock-agentcore:CreateWorkloadIdentity",
                "bedrock-agentcore:R:A:workload-identity-directory/default",
            ),
            (
                "bedrock-agentcore:CreateWorkloadIdentity",
                "bedrock-agentcore:R:A:workload-identity-directory/default/workload-identity/w",
            ),
            (
                "bedrock-agentcore:InvokeAgentRuntimeCommand",
                "bedrock-agentcore:R:A:runtime/r",
            ),
            (
                "bedrock-agentcore:InvokeAgentRuntimeCommand",
                "bedrock-agentcore:R:A:runtime/r/runtime-endpoint/e",
            ),
        ],
    ),
    (
        "x-agentcore-runtime-shell",
        "bedrock-agentcore.amazonaws.com",
        Answer::Possible,
        &[
            ("bedrock-agentcore:CreateAgentRuntime", "*"),
            (
                "bedrock-agentcore:CreateAgentRuntimeEndpoint",
                "bedrock-agentcore:R:A:runtime/r",
            ),
            (
                "bedrock-agentcore:CreateWorkloadIdentity",
                "bedrock-agentcore:R:A:workload-identity-directory/default",
            ),
            (
                "bedrock-agentcore:CreateWorkloadIdentity",
                "bedrock-agentcore:R:A:workload-identity-directory/default/workload-identity/w",
            ),
            (
                "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
                "bedrock-agentcore:R:A:runtime/r",
            ),
            (
                "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
                "bedrock-agentcore:R:A:runtime/r/runtime-endpoint/e",
            ),
        ],
    ),
    (
        "x-agentcore-runtime-update",
        "bedrock-agentcore.amazonaws.com",
        Answer::Possible,
        &[
            (
                "bedrock-agentcore:UpdateAgentRuntime",
                "bedrock-agentcore:R:A:runtime/r",
            ),
            (
                "bedrock-agentcore:InvokeAgentRuntimeCommand",
                "bedrock-agentcore:R:A:runtime/r",
            ),
            (
                "bedrock-agentcore:InvokeAgentRuntimeCommand",
                "bedrock-agentcore:R:A:runtime/r/runtime-endpoint/e",
            ),
        ],
    ),
    (
        "bedrock-agentcore-browser-new",
        "bedrock-agentcore.amazonaws.com",
        Answer::Certain,
        &[
            ("bedrock-agentcore:CreateBrowser", "*"),
            (
                "bedrock-agentcore:StartBrowserSession",
                "bedrock-agentcore:R:A:browser-custom/b",
            ),
            ("bedrock-agentcore:ConnectBrowserAutomationStream", "*"),
        ],
    ),
    (
        "apprunner-001",
        "tasks.apprunner.amazonaws.com",
        Answer::Possible,
        &[("apprunner:CreateService", "apprunner:R:A:service/s/0123")],
    ),
    (
        "cloudformation-001",
        "cloudformation.amazonaws.com",
        Answer::Certain,
        &[(
            "cloudformation:CreateStack",
            "cloudformation:R:A:stack/s/0123",
        )],
    ),
    (
        "codebuild-001",
        "codebuild.amazonaws.com",
        Answer::Certain,
        &[
            ("codebuild:CreateProject", "codebuild:R:A:project/p"),
            ("codebuild:StartBuild", "codebuild:R:A:project/p"),
        ],
    ),
    (
        "ec2-001",
        "ec2.amazonaws.com",
        Answer::Certain,
        &[
            ("ec2:RunInstances", "ec2:R:A:instance/x"),
            ("ec2:RunInstances", "ec2:R:A:subnet/x"),
            ("ec2:RunInstances", "ec2:R:A:network-interface/x"),
            ("ec2:RunInstances", "ec2:R:A:security-group/x"),
            ("ec2:RunInstances", "ec2:R:A:volume/x"),
            ("ec2:RunInstances", "ec2:R::image/ami"),
        ],
    ),
    (
        "ec2-003",
        "ec2.amazonaws.com",
        Answer::Possible,
        &[
            (
                "ec2:RequestSpotInstances",
                "ec2:R:A:spot-instances-request/s",
            ),
            ("ec2:RequestSpotInstances", "ec2:R::image/ami"),
        ],
    ),
    (
        "ecs-003",
        "ecs-tasks.amazonaws.com",
        Answer::Possible,
        &[
            ("ecs:RegisterTaskDefinition", "ecs:R:A:task-definition/t:1"),
            ("ecs:CreateService", "ecs:R:A:service/cluster/s"),
        ],
    ),
    (
        "ecs-004",
        "ecs-tasks.amazonaws.com",
        Answer::Possible,
        &[("ecs:RunTask", "ecs:R:A:task-definition/t:1")],
    ),
    (
        "ecs-007",
        "ecs-tasks.amazonaws.com",
        Answer::Possible,
        &[("ecs:StartTask", "ecs:R:A:task-definition/t:1")],
    ),
    (
        "glue-001",
        "glue.amazonaws.com",
        Answer::Certain,
        &[("glue:CreateDevEndpoint", "*")],
    ),
    (
        "glue-003",
        "glue.amazonaws.com",
        Answer::Possible,
        &[
            ("glue:CreateJob", "glue:R:A:job/j"),
            ("glue:StartJobRun", "glue:R:A:job/j"),
        ],
    ),
    (
        "glue-004",
        "glue.amazonaws.com",
        Answer::Possible,
        &[
            ("glue:CreateJob", "glue:R:A:job/j"),
            ("glue:CreateTrigger", "glue:R:A:trigger/t"),
        ],
    ),
    (
        "glue-007",
        "glue.amazonaws.com",
        Answer::Certain,
        &[
            ("glue:CreateSession", "glue:R:A:session/s"),
            ("glue:RunStatement", "glue:R:A:session/s"),
        ],
    ),
    (
        "sagemaker-002",
        "sagemaker.amazonaws.com",
        Answer::Possible,
        &[(
            "sagemaker:CreateTrainingJob",
            "sagemaker:R:A:training-job/t",
        )],
    ),
    (
        "batch-001",
        "ecs-tasks.amazonaws.com",
        Answer::Possible,
        &[
            ("batch:RegisterJobDefinition", "batch:R:A:job-definition/j"),
            ("batch:SubmitJob", "batch:R:A:job-definition/j"),
            ("batch:SubmitJob", "batch:R:A:job-queue/q"),
        ],
    ),
    (
        "braket-001",
        "braket.amazonaws.com",
        Answer::Possible,
        &[
            ("braket:CreateJob", "braket:R:A:job/j"),
            (
                "braket:CreateJob",
                "braket:::device/quantum-simulator/amazon/sv1",
            ),
        ],
    ),
    (
        "emrserverless-001",
        "emr-serverless.amazonaws.com",
        Answer::Possible,
        &[
            ("emr-serverless:CreateApplication", "*"),
            (
                "emr-serverless:StartJobRun",
                "emr-serverless:R:A:/applications/a",
            ),
        ],
    ),
    (
        "gamelift-001",
        "gamelift.amazonaws.com",
        Answer::Certain,
        &[
            ("gamelift:CreateFleet", "*"),
            ("gamelift:CreateBuild", "*"),
            ("gamelift:RequestUploadCredentials", "gamelift:R:A:build/b"),
        ],
    ),
    (
        "imagebuilder-001",
        "ec2.amazonaws.com",
        Answer::Possible,
        &[
            (
                "imagebuilder:CreateInfrastructureConfiguration",
                "imagebuilder:R:A:infrastructure-configuration/i",
            ),
            (
                "imagebuilder:CreateComponent",
                "imagebuilder:R:A:component/c/1.0.0/1",
            ),
            (
                "imagebuilder:CreateImageRecipe",
                "imagebuilder:R:A:image-recipe/r/1.0.0",
            ),
            (
                "imagebuilder:CreateImage",
                "imagebuilder:R:A:image/i/1.0.0/1",
            ),
        ],
    ),
    (
        "kinesisanalytics-001",
        "kinesisanalytics.amazonaws.com",
        Answer::Possible,
        &[
            ("kinesisanalytics:CreateApplication", "*"),
            (
                "kinesisanalytics:StartApplication",
                "kinesisanalytics:R:A:application/a",
            ),
        ],
    ),
    (
        "omics-001",
        "omics.amazonaws.com",
        Answer::Possible,
        &[
            ("omics:CreateWorkflow", "*"),
            ("omics:StartRun", "omics:R:A:run/r"),
            ("omics:StartRun", "omics:R:A:workflow/w"),
        ],
    ),
    (
        "scheduler-001",
        "scheduler.amazonaws.com",
        Answer::Certain,
        &[(
            "scheduler:CreateSchedule",
            "scheduler:R:A:schedule/default/s",
        )],
    ),
    (
        "ssm-003",
        "ssm.amazonaws.com",
        Answer::Certain,
        &[
            ("ssm:CreateDocument", "ssm:R:A:document/d"),
            ("ssm:StartAutomationExecution", "ssm:R:A:document/d"),
            (
                "ssm:StartAutomationExecution",
                "ssm:R:A:automation-execution/e",
            ),
        ],
    ),
    (
        "stepfunctions-001",
        "states.amazonaws.com",
        Answer::Certain,
        &[
            ("states:CreateStateMachine", "states:R:A:stateMachine:s"),
            ("states:StartExecution", "states:R:A:stateMachine:s"),
        ],
    ),
    (
        "amplify-001",
        "amplify.amazonaws.com",
        Answer::Certain,
        &[
            ("amplify:CreateApp", "*"),
            ("amplify:CreateBranch", "amplify:R:A:apps/a/branches/b"),
            ("amplify:StartJob", "amplify:R:A:apps/a/branches/b/jobs/j"),
        ],
    ),
];

/// An ARN in full; `*` stays.
fn full(short: &str) -> String {
    if short == "*" {
        return short.to_owned();
    }
    let parts: Vec<&str> = short.splitn(4, ':').collect();
    let region = parts[1].replace('R', "eu-west-1");
    let account = parts[2].replace('A', ACCOUNT);
    format!("arn:aws:{}:{region}:{account}:{}", parts[0], parts[3])
}

/// The ARN of another type in the same place; for an action that knows no resource, of any.
fn wrong(action: &str, short: &str) -> String {
    let service = action.split(':').next().unwrap();
    if short == "*" {
        return full(&format!("{service}:R:A:thing/x"));
    }
    let parts: Vec<&str> = short.splitn(4, ':').collect();
    full(&format!(
        "{}:{}:{}:other-{}",
        parts[0], parts[1], parts[2], parts[3]
    ))
}

fn check(path: &Path) -> Vec<String> {
    let (id, service, expected, grants) = path;
    let pass = || allow("iam:PassRole", &role("target"));
    let name = |at: usize| format!("wrong{}", char::from(b'a' + u8::try_from(at).unwrap()));
    let mut right: Vec<Value> = grants.iter().map(|(a, arn)| allow(a, &full(arn))).collect();
    right.push(pass());
    let mut account = Account::default()
        .role("target", &json!({"Service": service}), &[])
        .with_instance_profile()
        .user("right", &right);
    for (at, (action, arn)) in grants.iter().enumerate() {
        let mut rights = right.clone();
        rights[at] = allow(action, &wrong(action, arn));
        account = account.user(&name(at), &rights);
    }
    let answers = account.analyze();
    let mut mistakes = Vec::new();
    let answer = answers.becomes("right", &role("target"));
    if answer != *expected {
        mistakes.push(format!("{id}: {answer:?} instead of {expected:?}"));
    }
    for (at, (action, arn)) in grants.iter().enumerate() {
        let answer = answers.becomes(&name(at), &role("target"));
        if answer != Answer::No {
            mistakes.push(format!("{id}: {answer:?} without {action} on {arn}"));
        }
    }
    mistakes
}

#[test]
fn a_right_counts_on_the_resources_that_its_action_is_asked_about_and_on_no_others() {
    let mistakes: Vec<String> = PATHS.iter().flat_map(check).collect();
    assert_eq!(mistakes, Vec::<String>::new());
}

fn interpreter(name: &str) -> String {
    full(&format!(
        "bedrock-agentcore:R:A:code-interpreter-custom/{name}"
    ))
}

#[test]
fn later_requests_are_about_one_new_thing() {
    let agentcore = |action: &str| format!("bedrock-agentcore:{action}");
    let rights = |started: &str, invoked: &str| {
        [
            allow(&agentcore("CreateCodeInterpreter"), "*"),
            allow("iam:PassRole", "*"),
            allow(
                &agentcore("StartCodeInterpreterSession"),
                &interpreter(started),
            ),
            allow(&agentcore("InvokeCodeInterpreter"), &interpreter(invoked)),
        ]
    };
    let answers = Account::default()
        .role(
            "target",
            &json!({"Service": "bedrock-agentcore.amazonaws.com"}),
            &[],
        )
        .user("same", &rights("one-*", "*-two"))
        .user("apart", &rights("one-*", "two-*"))
        .analyze();
    assert_eq!(answers.becomes("same", &role("target")), Answer::Certain);
    assert_eq!(answers.becomes("apart", &role("target")), Answer::No);
}

#[test]
fn a_later_request_is_made_by_one_principal_and_another_one_by_others() {
    let run = |resource: &str| allow("ec2:RunInstances", &full(resource));
    let launching = [
        run("ec2:R:A:instance/*"),
        run("ec2:R:A:subnet/*"),
        run("ec2:R:A:network-interface/*"),
        run("ec2:R:A:security-group/*"),
        run("ec2:R:A:volume/*"),
    ];
    let image = run("ec2:R::image/*");
    let associating = [
        allow("ec2:AssociateIamInstanceProfile", "*"),
        allow("iam:PassRole", "*"),
    ];
    let everything: Vec<Value> = launching.iter().chain([&image]).cloned().collect();
    let becomes = |first: &[Value], second: &[Value]| {
        let trusted = json!({"AWS": user("all")});
        Account::default()
            .user("all", &[])
            .role("target", &json!({"Service": "ec2.amazonaws.com"}), &[])
            .with_instance_profile()
            .role("associating", &trusted, &associating)
            .role("first", &trusted, first)
            .role("second", &trusted, second)
            .analyze()
            .becomes("all", &role("target"))
    };
    assert_eq!(becomes(&everything, &[]), Answer::Certain);
    assert_eq!(
        becomes(&launching, std::slice::from_ref(&image)),
        Answer::No
    );
}

#[test]
fn a_deny_in_the_trust_policy_keeps_the_service_out() {
    let becomes = |deny: Value| {
        let rights = [
            allow("scheduler:CreateSchedule", "*"),
            allow("iam:PassRole", "*"),
        ];
        Account::default()
            .user("passer", &rights)
            .role(
                "target",
                &json!({"Service": "scheduler.amazonaws.com"}),
                &[],
            )
            .trust(|statements| statements.as_array_mut().unwrap().push(deny))
            .analyze()
            .becomes("passer", &role("target"))
    };
    let to = |principal: Value| json!({"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": principal});
    let all_but = |principal: Value| json!({"Effect": "Deny", "Action": "sts:AssumeRole", "NotPrincipal": principal});
    let scheduler = || json!({"Service": "scheduler.amazonaws.com"});
    let lambda = || json!({"Service": "lambda.amazonaws.com"});
    let is_service = |value: &str| json!({"Bool": {"aws:PrincipalIsAWSService": value}});
    assert_eq!(becomes(to(scheduler())), Answer::No);
    assert_eq!(becomes(to(json!("*"))), Answer::No);
    assert_eq!(becomes(to(lambda())), Answer::Certain);
    assert_eq!(becomes(to(json!({"AWS": user("passer")}))), Answer::Certain);
    assert_eq!(becomes(all_but(lambda())), Answer::No);
    assert_eq!(becomes(all_but(scheduler())), Answer::Certain);
    assert_eq!(
        becomes(when(to(json!("*")), is_service("true"))),
        Answer::No
    );
    assert_eq!(
        becomes(when(to(json!("*")), is_service("false"))),
        Answer::Certain
    );
    let from_there = json!({"StringEquals": {"aws:SourceArn": "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/g"}});
    assert_eq!(becomes(when(to(scheduler()), from_there)), Answer::Possible);
}

/// Whether a need's ARN is of the form of the reference, part by part; `{any}` may be any text of the form.
fn fits(arn: &str, form: &str) -> bool {
    let variables = |text: &str| {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            plain += before;
            plain.push('*');
            rest = after.split_once('}').unwrap().1;
        }
        plain + rest
    };
    let form = variables(form);
    let parts_of_target = (0..9).map(|place| format!("{{{place}}}"));
    let arn = ["{partition}", "{account}", "{any}", "{target}"]
        .map(str::to_owned)
        .into_iter()
        .chain(parts_of_target)
        .fold(arn.to_owned(), |arn, variable| arn.replace(&variable, "*"));
    let parts = |text: &str| {
        text.split([':', '/'])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (arn, form) = (parts(&arn), parts(&form));
    arn.len() == form.len() && arn.iter().zip(&form).all(|(a, f)| a == f || f == "*")
}

#[test]
fn a_form_fits_itself_and_nothing_of_another_type_or_depth() {
    let form = "arn:${Partition}:ecs:${Region}:${Account}:service/${ClusterName}/${ServiceName}";
    let need = |rest: &str| format!("arn:{{partition}}:ecs:{{any}}:{{account}}:{rest}");
    assert!(fits(&need("service/{any}/{any}"), form));
    assert!(fits(&need("service/default/{any}"), form));
    assert!(!fits(&need("service/{any}"), form));
    assert!(!fits(&need("cluster/{any}/{any}"), form));
    assert!(!fits("*", form));
}

#[test]
fn every_right_of_the_catalogue_is_on_a_resource_type_of_its_action() {
    let facts: Value = serde_json::from_str(include_str!("service_authorization.json")).unwrap();
    let files = [
        include_str!("../../src/techniques/aws/catalogue/identities.json"),
        include_str!("../../src/techniques/aws/catalogue/passing.json"),
        include_str!("../../src/techniques/aws/catalogue/running.json"),
        include_str!("../../src/techniques/aws/catalogue/resources.json"),
        include_str!("../../src/techniques/aws/catalogue/credentials.json"),
        include_str!("../../src/techniques/aws/catalogue/settings.json"),
    ];
    let mut mistakes = Vec::new();
    for file in files {
        let entries: Vec<Value> = serde_json::from_str(file).unwrap();
        let requests = entries
            .iter()
            .flat_map(|entry| entry["requests"].as_array().unwrap());
        for need in requests.flat_map(|request| request.as_array().unwrap()) {
            let action = need["action"].as_str().unwrap();
            let Some(forms) = facts["actions"][action].as_object() else {
                mistakes.push(format!("{action} is not in service_authorization.json"));
                continue;
            };
            let on = need["on"].as_str().unwrap();
            let service = match on.split_once(':') {
                Some((service, _)) => service,
                None if on == "identity-pool" => "cognito-identity",
                None => "iam",
            };
            let arn = need["arn"].as_str().unwrap_or("{target}");
            let is_fitting = match arn {
                "*" => forms.is_empty(),
                // Existing things have the ARN that their own export states.
                _ if arn.starts_with("{target}") || arn == "{path}" => forms
                    .keys()
                    .any(|form| form.split(':').nth(2) == Some(service)),
                _ => forms.keys().any(|form| fits(arn, form)),
            };
            if !is_fitting {
                mistakes.push(format!("{action} on {on} {arn}"));
            }
        }
    }
    assert_eq!(mistakes, Vec::<String>::new());
}
