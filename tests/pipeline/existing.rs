//! What already runs with a role: who may use it acts as that role, without passing one. That each technique needs every
//! one of its rights stands in `minimal/running.rs`; here stands what else decides.

use crate::account::Answer::{Certain, No, Possible};
use crate::account::{ACCOUNT, Account, Answer, allow, deny, role, user};
use leakreach::inventory::Access::Read;
use serde_json::{Value, json};

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

fn project(role: Option<&str>) -> Value {
    json!({"projects": [{"name": "pay", "arn": arn("codebuild:project/pay"), "serviceRole": role,
        "buildBatchConfig": {"serviceRole": crate::account::role("batch")}}]})
}

const DOCUMENT: &str = "ssm:document/AWS-RunShellScript";

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
