//! A case through leakreach: written as exports, read, made into steps; the answer is what the steps say.

use crate::case::{AWAY, Case, HOME, MANAGER, ORGANIZATION, ROOT, SESSION, Via, unit};
use crate::generate::arn;
use camino::Utf8PathBuf;
use leakreach::inventory::{Access, Inventory};
use leakreach::progress::Silent;
use leakreach::sources::{ReadOptions, read};
use leakreach::steps::{Fact, FactId, StepId, Steps};
use leakreach::techniques::derive;
use serde_json::{Value, json};
use std::fs;

/// How surely a request is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Certain,
    /// On what it hangs; one text for each way.
    Possible(Vec<String>),
    No,
}

/// What leakreach answers.
#[derive(Debug)]
pub struct Answer {
    /// May the caller, as that principal?
    pub caller: Found,
    /// May anyone?
    pub anyone: Found,
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The policies of one holder, as `(inline, attached)`; managed ones are added to `managed`.
fn held<'c>(
    policies: impl Iterator<Item = (usize, &'c [Value], bool)>,
    managed: &mut Vec<Value>,
) -> (Value, Value) {
    let mut inline = Vec::new();
    let mut attached = Vec::new();
    for (index, statements, is_managed) in policies {
        let name = format!("p{index}");
        if is_managed {
            managed.push(policy(&name, statements));
            attached.push(json!({"PolicyName": name, "PolicyArn": policy_arn(&name)}));
        } else {
            inline.push(json!({"PolicyName": name, "PolicyDocument": document(statements)}));
        }
    }
    (inline.into(), attached.into())
}

fn policy_arn(name: &str) -> String {
    format!("arn:aws:iam::{HOME}:policy/{name}")
}

fn policy(name: &str, statements: &[Value]) -> Value {
    json!({
        "PolicyName": name, "PolicyId": format!("ANPAEXAMPLE{name}"), "Arn": policy_arn(name), "Path": "/",
        "DefaultVersionId": "v1", "AttachmentCount": 1, "IsAttachable": true,
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(statements)}]
    })
}

fn user(account: &str, name: &str) -> Value {
    json!({
        "Path": "/", "UserName": name, "UserId": format!("AIDAEXAMPLE{account}{name}"),
        "Arn": format!("arn:aws:iam::{account}:user/{name}"), "CreateDate": "2024-01-01T00:00:00Z",
        "UserPolicyList": [], "GroupList": [], "AttachedManagedPolicies": [], "Tags": []
    })
}

fn role(account: &str, name: &str, trust: &[Value]) -> Value {
    json!({
        "Path": "/", "RoleName": name, "RoleId": format!("AROAEXAMPLE{account}{name}"),
        "Arn": format!("arn:aws:iam::{account}:role/{name}"), "CreateDate": "2024-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": document(trust), "InstanceProfileList": [],
        "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": []
    })
}

/// The exports of both accounts: `(path, text)`.
fn exports(case: &Case) -> Vec<(String, String)> {
    let service = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}});
    let mut managed = Vec::new();
    let mut own = Vec::new();
    let mut of_group = Vec::new();
    for (index, policy) in case.identity.iter().enumerate() {
        let statements = policy.statements.as_slice();
        match policy.via {
            Via::Inline => own.push((index, statements, false)),
            Via::Managed => own.push((index, statements, true)),
            Via::Group => of_group.push((index, statements, false)),
            Via::GroupManaged => of_group.push((index, statements, true)),
        }
    }
    let mut users = vec![user(HOME, "ada")];
    let mut roles = vec![role(HOME, "ci", std::slice::from_ref(&service))];
    let (inline, attached) = held(own.into_iter(), &mut managed);
    let (caller, list) = if case.is_role() {
        (&mut roles[0], "RolePolicyList")
    } else {
        (&mut users[0], "UserPolicyList")
    };
    caller[list] = inline;
    caller["AttachedManagedPolicies"] = attached;
    if let Some(statements) = &case.boundary {
        managed.push(policy("boundary", statements));
        caller["PermissionsBoundary"] = json!({
            "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy_arn("boundary")
        });
    }
    let mut groups = Vec::new();
    if !of_group.is_empty() {
        let (inline, attached) = held(of_group.into_iter(), &mut managed);
        users[0]["GroupList"] = json!(["team"]);
        groups.push(json!({
            "Path": "/", "GroupName": "team", "GroupId": "AGPAEXAMPLETEAM",
            "Arn": format!("arn:aws:iam::{HOME}:group/team"), "CreateDate": "2024-01-01T00:00:00Z",
            "GroupPolicyList": inline, "AttachedManagedPolicies": attached
        }));
    }
    let mut files = Vec::new();
    let mut away_roles = Vec::new();
    let is_home = case.owner == HOME;
    if case.resource == arn("role", &case.owner) {
        let trust = case.own.clone().unwrap_or_else(|| vec![service.clone()]);
        let ops = role(&case.owner, "ops", &trust);
        if is_home { &mut roles } else { &mut away_roles }.push(ops);
    }
    if case.resource == arn("function", &case.owner) {
        let runner = role(&case.owner, "runner", std::slice::from_ref(&service));
        if is_home { &mut roles } else { &mut away_roles }.push(runner);
    }
    let details = |users: &[Value], groups: &[Value], roles: &[Value], policies: &[Value]| {
        json!({"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles,
            "Policies": policies, "IsTruncated": false})
    };
    let at = |account: &str, path: &str| format!("aws/{account}/{path}");
    files.push((
        at(HOME, "iam/account-authorization-details.json"),
        details(&users, &groups, &roles, &managed),
    ));
    files.push((
        at(AWAY, "iam/account-authorization-details.json"),
        details(&[user(AWAY, "eve")], &[], &away_roles, &[]),
    ));
    let owned = |path: &str| at(&case.owner, path);
    match case.resource.split(':').nth(2).unwrap() {
        "s3" => {
            let name = case.resource.rsplit(':').next().unwrap();
            files.push((
                owned("s3/list-buckets.json"),
                json!({"Buckets": [{"Name": name, "CreationDate": "2024-01-01T00:00:00Z"}], "Owner": {"ID": "0"}}),
            ));
            if let Some(statements) = &case.own {
                files.push((
                    owned(&format!("s3/bucket-policy/{name}.json")),
                    json!({"Policy": document(statements).to_string()}),
                ));
            }
        }
        "secretsmanager" => files.push((
            owned("secretsmanager/list-secrets.json"),
            json!({"SecretList": [{"ARN": case.resource, "Name": "db"}]}),
        )),
        "lambda" => files.push((
            owned("lambda/list-functions.json"),
            json!({"Functions": [{"FunctionName": "job", "FunctionArn": case.resource,
                "Role": format!("arn:aws:iam::{}:role/runner", case.owner), "Environment": {"Variables": {}}}]}),
        )),
        "ec2" => files.push((
            owned("ec2/describe-instances.json"),
            json!({"Reservations": [{"ReservationId": "r-0", "OwnerId": case.owner, "Instances": [{
                "InstanceId": case.resource.rsplit('/').next().unwrap(),
                "State": {"Code": 16, "Name": "running"},
                "Placement": {"AvailabilityZone": "eu-west-1a"}}]}]}),
        )),
        _ => {}
    }
    if !case.scps.is_empty() || !case.rcps.is_empty() {
        files.extend(organization(case));
    }
    files
        .into_iter()
        .map(|(path, body)| (path, body.to_string()))
        .collect()
}

/// The organisation: a root, a unit for each account, and the control policies on all of them.
fn organization(case: &Case) -> Vec<(String, Value)> {
    const SCP: &str = "SERVICE_CONTROL_POLICY";
    const RCP: &str = "RESOURCE_CONTROL_POLICY";
    let arn = |kind: &str, id: &str| {
        format!("arn:aws:organizations::{MANAGER}:{kind}/{ORGANIZATION}/{id}")
    };
    let account = |id: &str| {
        json!({"Id": id, "Arn": arn("account", id), "Email": "x@example.com", "Name": id, "Status": "ACTIVE",
            "JoinedMethod": "CREATED", "JoinedTimestamp": "2024-01-01T00:00:00Z"})
    };
    let kinds = [
        (SCP, HOME, &case.scps),
        (RCP, case.owner.as_str(), &case.rcps),
    ];
    let types: Vec<Value> = kinds
        .iter()
        .filter(|(.., levels)| !levels.is_empty())
        .map(|(kind, ..)| json!({"Type": kind, "Status": "ENABLED"}))
        .collect();
    let accounts = [HOME, AWAY];
    let units: Vec<Value> = accounts
        .iter()
        .map(|id| unit(id))
        .map(|id| json!({"Id": id, "Arn": arn("ou", &id), "Name": id}))
        .collect();
    let mut files = vec![
        (
            "list-roots.json".to_owned(),
            json!({"Roots": [{"Id": ROOT, "Arn": arn("root", ROOT), "Name": "Root", "PolicyTypes": types}]}),
        ),
        (
            format!("organizational-units-for-parent/{ROOT}.json"),
            json!({"OrganizationalUnits": units}),
        ),
        (
            format!("accounts-for-parent/{ROOT}.json"),
            json!({"Accounts": [account(MANAGER)]}),
        ),
    ];
    for id in accounts {
        let path = format!("accounts-for-parent/{}.json", unit(id));
        files.push((path, json!({"Accounts": [account(id)]})));
    }
    for (kind, limited, levels) in kinds.iter().filter(|(.., levels)| !levels.is_empty()) {
        let own = [ROOT.to_owned(), unit(limited), (*limited).to_owned()];
        let other = accounts.into_iter().find(|id| id != limited).unwrap();
        let full = if *kind == SCP {
            "p-FullAWSAccess"
        } else {
            "p-RCPFullAWSAccess"
        };
        let summary = |id: &str| {
            json!({"Id": id, "Arn": arn("policy", id), "Name": id, "Description": "", "Type": kind,
                "AwsManaged": id == full})
        };
        for (target, statements) in own.iter().zip(levels.iter()) {
            let mut attached = Vec::new();
            for (at, statement) in statements.iter().enumerate() {
                let id = format!(
                    "p-{}{at}{}",
                    &kind[..3].to_lowercase(),
                    target.replace('-', "")
                );
                let content = document(std::slice::from_ref(statement)).to_string();
                files.push((
                    format!("policies/{id}.json"),
                    json!({"Policy": {"PolicySummary": summary(&id), "Content": content}}),
                ));
                attached.push(summary(&id));
            }
            // This one is always attached to everything, and cannot be detached.
            if *kind == RCP {
                attached.push(summary(full));
            }
            files.push((
                format!("policies-for-target/{kind}/{target}.json"),
                json!({"Policies": attached}),
            ));
        }
        for target in [unit(other), other.to_owned()] {
            files.push((
                format!("policies-for-target/{kind}/{target}.json"),
                json!({"Policies": [summary(full)]}),
            ));
        }
    }
    for (kind, ..) in kinds.iter().filter(|(.., levels)| levels.is_empty()) {
        for target in [
            ROOT.to_owned(),
            unit(HOME),
            unit(AWAY),
            HOME.to_owned(),
            AWAY.to_owned(),
        ] {
            files.push((
                format!("policies-for-target/{kind}/{target}.json"),
                json!({"Policies": []}),
            ));
        }
    }
    files
        .into_iter()
        .map(|(path, body)| (format!("aws/{MANAGER}/organizations/{path}"), body))
        .collect()
}

/// The technique that needs the action alone.
fn technique(action: &str) -> &'static str {
    match action {
        "s3:ListBucket" => "aws/list-bucket",
        "s3:PutBucketPolicy" => "aws/rewrite-bucket-policy",
        "sts:AssumeRole" => "aws/assume-role",
        "iam:UpdateAssumeRolePolicy" => "aws/update-trust",
        "secretsmanager:GetSecretValue" => "aws/read-secret",
        "secretsmanager:PutSecretValue" => "aws/write-secret",
        "secretsmanager:DeleteSecret" => "aws/delete-secret",
        "lambda:GetFunction" => "aws/read-function",
        "lambda:UpdateFunctionCode" => "aws/change-function",
        "lambda:DeleteFunction" => "aws/delete-function",
        "ec2:TerminateInstances" => "aws/terminate-instance",
        _ => panic!("no technique needs {action} alone"),
    }
}

pub fn answer(case: &Case) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    for (path, body) in exports(case) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, body).unwrap();
    }
    let reading = read(&[root], &ReadOptions::default(), &Silent);
    let mut problems = reading.problems;
    let as_of = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
    assert!(problems.is_empty(), "case {}: {problems:#?}", case.id);
    let (steps, _) = derive(&mut inventory);
    let caller = inventory.principal_by_key(&case.caller).unwrap();
    let gains = gains(case, &inventory, &steps);
    Answer {
        caller: found(case, &steps, Fact::Principal(caller), &gains),
        anyone: found(case, &steps, Fact::Anyone, &gains),
    }
}

/// What the request gains.
fn gains(case: &Case, inventory: &Inventory, steps: &Steps) -> Vec<FactId> {
    let facts: Vec<Fact> = match inventory.resource_by_key(&case.resource) {
        Some(id) => [
            Access::List,
            Access::Read,
            Access::Write,
            Access::Delete,
            Access::Admin,
        ]
        .map(|access| Fact::Access(id, access))
        .to_vec(),
        None => vec![Fact::Principal(
            inventory.principal_by_key(&case.resource).unwrap(),
        )],
    };
    facts.into_iter().filter_map(|f| steps.fact_id(f)).collect()
}

/// How `start` alone makes the request: rights that it holds, then the technique.
fn found(case: &Case, steps: &Steps, start: Fact, gains: &[FactId]) -> Found {
    let Some(start) = steps.fact_id(start) else {
        return Found::No;
    };
    let is_of = |step: StepId, id: &str| steps.techniques[steps.step(step).technique].id == id;
    let reason = |step: StepId| {
        let condition = steps.step(step).condition;
        condition.map(|id| steps.conditions[id].clone())
    };
    let mut ways: Vec<(FactId, Option<String>)> = vec![(start, None)];
    let mut at = 0;
    while let Some((held, why)) = ways.get(at).cloned() {
        at += 1;
        for &step in steps.needing(held) {
            if is_of(step, "aws/right") && steps.needs(step) == [held] {
                let reasons: Vec<String> = why.iter().cloned().chain(reason(step)).collect();
                ways.push((
                    steps.gain(step),
                    (!reasons.is_empty()).then(|| reasons.join("; ")),
                ));
            }
        }
    }
    let mut reasons = Vec::new();
    for step in steps.ids() {
        if !is_of(step, technique(&case.action)) || !gains.contains(&steps.gain(step)) {
            continue;
        }
        for (_, held) in ways.iter().filter(|(way, _)| steps.needs(step) == [*way]) {
            match (held, reason(step)) {
                (None, None) => return Found::Certain,
                (held, own) => reasons.push(
                    held.iter()
                        .cloned()
                        .chain(own)
                        .collect::<Vec<_>>()
                        .join("; "),
                ),
            }
        }
    }
    if reasons.is_empty() {
        Found::No
    } else {
        Found::Possible(reasons)
    }
}

/// Whether a doubt about the name of the session is so for sessions named [`SESSION`]; `None` for every other doubt.
fn is_so(reason: &str) -> Option<bool> {
    if let Some(names) = reason.strip_prefix("the session is not named ") {
        return Some(!names.contains(&format!("`{SESSION}`")));
    }
    let names = reason.strip_prefix("the session is named ")?;
    Some(names.contains(&format!("`{SESSION}`")))
}

/// The answer in which what no export tells is as the oracle takes it: no Block Public Access, sessions named
/// [`SESSION`].
pub fn settled(found: Found) -> Found {
    let Found::Possible(ways) = found else {
        return found;
    };
    let mut left = Vec::new();
    for way in ways {
        let reasons: Vec<&str> = way
            .split("; ")
            .filter(|reason| *reason != "S3 Block Public Access lets the bucket be public")
            .filter(|reason| is_so(reason) != Some(true))
            .collect();
        if reasons.iter().any(|reason| is_so(reason) == Some(false)) {
            continue;
        }
        if reasons.is_empty() {
            return Found::Certain;
        }
        left.push(reasons.join("; "));
    }
    if left.is_empty() {
        Found::No
    } else {
        Found::Possible(left)
    }
}
