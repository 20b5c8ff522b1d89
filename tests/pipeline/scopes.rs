//! On which resources rights must be: the ARN forms of the Service Authorization Reference, and no others. That a right
//! on anything else opens nothing stands, for every technique, in `minimal.rs`.

use crate::account::{Account, Answer, allow, role, user, when};
use crate::coverage::entries;
use crate::minimal::arn;
use serde_json::{Value, json};

fn interpreter(name: &str) -> String {
    arn(&format!(
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
    let run = |resource: &str| allow("ec2:RunInstances", &arn(resource));
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

/// Every request of the catalogue, with the technique.
fn requests() -> Vec<(String, Vec<Value>)> {
    let entries = entries().into_iter();
    let entries = entries.filter(|entry| entry["requests"].is_array());
    let requests = entries.flat_map(|entry| {
        let id = entry["id"].as_str().unwrap().to_owned();
        let requests = entry["requests"].as_array().unwrap().clone();
        requests
            .into_iter()
            .map(move |request| (id.clone(), request.as_array().unwrap().clone()))
    });
    requests.collect()
}

/// By action, the forms of ARNs that it is asked about, and whether each is required.
fn reference() -> Value {
    let facts: Value = serde_json::from_str(include_str!("service_authorization.json")).unwrap();
    facts["actions"].clone()
}

/// The ARN of a need; `None` where it is that of an existing thing, which that thing's own export states.
fn form_of(need: &Value) -> Option<&str> {
    let arn = need["arn"].as_str()?;
    let is_of_target = arn.starts_with("{target}") || arn == "{path}";
    (!is_of_target).then_some(arn)
}

#[test]
fn every_right_of_the_catalogue_is_on_a_resource_type_of_its_action() {
    let reference = reference();
    let mut mistakes = Vec::new();
    for (_, request) in requests() {
        for need in &request {
            let action = need["action"].as_str().unwrap();
            let Some(forms) = reference[action].as_object() else {
                mistakes.push(format!("{action} is not in service_authorization.json"));
                continue;
            };
            let on = need["on"].as_str().unwrap();
            let service = match on.split_once(':') {
                Some((service, _)) => service,
                None if on == "identity-pool" => "cognito-identity",
                None => "iam",
            };
            let is_fitting = match form_of(need) {
                Some("*") => forms.is_empty(),
                Some(arn) => forms.keys().any(|form| fits(arn, form)),
                None => forms
                    .keys()
                    .any(|form| form.split(':').nth(2) == Some(service)),
            };
            if !is_fitting {
                mistakes.push(format!("{action} on {on} {:?}", need["arn"]));
            }
        }
    }
    assert_eq!(mistakes, Vec::<String>::new());
}

/// Actions that the reference gives several required types, of which one request names one: what the account made, or
/// what AWS has for all; any kind of model. Of `batch:SubmitJob` it requires a job, which the policies of the AWS Batch
/// User Guide ("Resource: Restrict to a job queue", read 2026-11) do without.
const ONE_OF: [&str; 5] = [
    "batch:SubmitJob",
    "bedrock-agentcore:InvokeCodeInterpreter",
    "bedrock-agentcore:StartBrowserSession",
    "bedrock-agentcore:StartCodeInterpreterSession",
    "bedrock:InvokeModel",
];

#[test]
fn every_resource_type_that_an_action_requires_is_a_right_of_the_catalogue() {
    let reference = reference();
    let mut mistakes = Vec::new();
    for (technique, request) in requests() {
        for action in request.iter().map(|need| need["action"].as_str().unwrap()) {
            let needs: Vec<Option<&str>> = request
                .iter()
                .filter(|need| need["action"] == action)
                .map(form_of)
                .collect();
            let required = reference[action].as_object().unwrap().iter();
            let required = required.filter(|(_, is_required)| **is_required == true);
            let missing: Vec<&String> = required
                .map(|(form, _)| form)
                .filter(|form| !needs.iter().flatten().any(|arn| fits(arn, form)))
                .collect();
            let of_targets = needs.iter().filter(|arn| arn.is_none()).count();
            if missing.len() > of_targets && !ONE_OF.contains(&action) {
                mistakes.push(format!("{technique}: {action} on {missing:?}"));
            }
        }
    }
    assert_eq!(mistakes, Vec::<String>::new());
}
