//! `aws bedrock-agentcore-control`: agent runtimes, code interpreters, browsers and gateways, and the roles they run as;
//! what agents remember.
//!
//! Read: `list-agent-runtimes`, `get-agent-runtime`, `list-code-interpreters`, `get-code-interpreter`, `list-browsers`,
//! `get-browser`, `get-gateway`, `list-memories`, `get-memory` and `get-resource-policy` of a runtime. Lists name things
//! and tell no role: only the `get-…` of each does. What AWS itself provides (`aws.codeinterpreter.v1`) runs as no role of the account and gives no
//! record, nor does what is being deleted. Values of environment variables are looked at and never kept.
//!
//! What of a runtime decides who may enter it stands beside its own policy, as a Deny: an authorizer for tokens lets in no
//! request that is signed with IAM credentials, and a version of before a command existed does not answer to it.
//!
//! Source: botocore 1.44 `bedrock-agentcore-control` (2023-06-05), and
//! <https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_GetAgentRuntime.html> (read 2026-11).

use super::arn::{Arn, partition_of_region};
use super::described::Described;
use super::own_policy::{self, Owned};
use super::policy::Use;
use super::{AWS, emit_listing, emit_tenant};
use crate::inventory::{
    Clause, Effect, Key, PrincipalClause, PrincipalKind, PrincipalRecord, Record, ResourceRecord,
    ScopeRecord, Statement, Terms,
};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::found;
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members};
use crate::sources::moment;
use std::collections::BTreeSet;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/agentcore",
    about: "Amazon Bedrock AgentCore runtimes, code interpreters, browsers and gateways",
    command: "aws bedrock-agentcore-control get-agent-runtime --agent-runtime-id <id> --output json > aws/<account>/bedrock-agentcore/agent-runtimes/<id>.json",
    keys: &[
        "agentRuntimes",
        "agentRuntimeArn",
        "codeInterpreterSummaries",
        "codeInterpreterArn",
        "browserSummaries",
        "browserArn",
        "gatewayArn",
        "memories",
        "memory",
        "policy",
    ],
    recognise,
    read,
};

/// A sort of thing that runs as a role.
struct Sort {
    /// What it is, as a resource.
    resource: &'static str,
    /// What it is, as a principal.
    principal: PrincipalKind,
    /// The member of a page that lists it, where a listing tells its ARN.
    list: Option<&'static str>,
    arn: &'static str,
    /// What stands beside the ARN in every answer about it.
    beside: &'static str,
    name: &'static str,
    role: &'static str,
}

const SORTS: [Sort; 4] = [
    Sort {
        resource: "bedrock-agentcore:runtime",
        principal: PrincipalKind::Agent,
        list: Some("agentRuntimes"),
        arn: "agentRuntimeArn",
        beside: "agentRuntimeId",
        name: "agentRuntimeName",
        role: "roleArn",
    },
    Sort {
        resource: "bedrock-agentcore:code-interpreter-custom",
        principal: PrincipalKind::Workload,
        list: Some("codeInterpreterSummaries"),
        arn: "codeInterpreterArn",
        beside: "codeInterpreterId",
        name: "name",
        role: "executionRoleArn",
    },
    Sort {
        resource: "bedrock-agentcore:browser-custom",
        principal: PrincipalKind::Workload,
        list: Some("browserSummaries"),
        arn: "browserArn",
        beside: "browserId",
        name: "name",
        role: "executionRoleArn",
    },
    Sort {
        resource: "bedrock-agentcore:gateway",
        principal: PrincipalKind::McpServer,
        list: None,
        arn: "gatewayArn",
        beside: "authorizerType",
        name: "name",
        role: "roleArn",
    },
];

/// Since when runtimes that are deployed answer to an action.
///
/// Source: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-execute-command.html> and
/// <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-get-started-command-shell.html> (read 2026-11):
/// what was deployed before that day must be deployed again.
const SINCE: [(&str, &str); 2] = [
    ("bedrock-agentcore:InvokeAgentRuntimeCommand", "2026-03-17"),
    (
        "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
        "2026-06-05",
    ),
];

fn recognise(page: &Page<'_>) -> bool {
    page.is_object()
        && (policy_place(page).is_some()
            || is_memories(page)
            || SORTS.iter().any(|sort| {
                page.has_keys(&[sort.arn, sort.beside])
                    || sort
                        .list
                        .is_some_and(|list| page.lists(list, &[sort.arn, sort.beside]))
            }))
}

const MEMORY: &str = "bedrock-agentcore:memory";

/// Whether every memory, or the one, is of this service: others list memories too.
fn is_memories(page: &Page<'_>) -> bool {
    let is_own = |row: &Row<'_>| {
        Described::Row(row).text("arn").is_some_and(|arn| {
            Arn::parse(&arn).is_some_and(|arn| {
                arn.service == "bedrock-agentcore" && arn.resource.starts_with("memory/")
            })
        })
    };
    page.member("memory").is_some_and(|row| is_own(&row))
        || page
            .member("memories")
            .and_then(|list| list.rows())
            .is_some_and(|rows| !rows.is_empty() && rows.iter().all(is_own))
}

fn read_memory(row: &Row<'_>, intake: &mut Intake<'_>) -> Option<String> {
    let memory = Described::Row(row);
    let (arn, account) = memory.owned_arn("arn", intake)?;
    if is_gone(memory.text("status").as_deref()) {
        return Some(account);
    }
    let evidence = memory.place(intake);
    let tenant = emit_tenant(intake, &account, evidence.clone());
    let key = intake.key(&arn);
    let name = memory.text("name").or_else(|| memory.text("id"));
    intake.emit(Record::Resource(ResourceRecord {
        key,
        aliases: Vec::new(),
        name: name.unwrap_or(arn),
        kind: MEMORY.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags: Vec::new(),
        encryption_key: memory.text("encryptionKeyArn"),
        environment: None,
        sensitivity: None,
        owner: None,
        evidence,
    }));
    Some(account)
}

/// Account, region and runtime of a `get-resource-policy`, which names none of them.
fn policy_place<'p>(page: &'p Page<'_>) -> Option<(&'p str, &'p str, &'p str)> {
    // Without a policy there is no member.
    let is_policy = page.keys().iter().all(|key| key == "policy");
    own_policy::place(page, "bedrock-agentcore", "runtime-policy").filter(|_| is_policy)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    if let Some((account, region, of)) = policy_place(page) {
        read_policy(page, account, region, of, intake);
        return;
    }
    if let Some(row) = page.member("memory") {
        read_memory(&row, intake);
    }
    if let Some(rows) = page.member("memories").and_then(|list| list.rows()) {
        let accounts: BTreeSet<String> = rows
            .iter()
            .filter_map(|row| read_memory(row, intake))
            .collect();
        let at = intake.page(page);
        for account in accounts {
            emit_listing(intake, &account, MEMORY, page.is_whole(), at.clone());
        }
    }
    for sort in &SORTS {
        if page.has_keys(&[sort.arn, sort.beside]) {
            read_one(&Described::Page(page), sort, intake);
            continue;
        }
        let Some(rows) = sort.list.and_then(|list| page.member(list)?.rows()) else {
            continue;
        };
        for row in &rows {
            read_one(&Described::Row(row), sort, intake);
        }
        let at = intake.page(page);
        let own = rows.iter().find_map(|row| {
            let arn = Described::Row(row).text(sort.arn)?;
            Some(Arn::parse(&arn)?.account_id()?.to_owned())
        });
        let of_layout = || page.layout().aws().map(|place| place.account.to_owned());
        match own.or_else(of_layout) {
            Some(account) => {
                emit_tenant(intake, &account, at.clone());
                emit_listing(intake, &account, sort.resource, page.is_whole(), at);
            }
            None => intake.missing_parent(
                Severity::Doubt,
                &at,
                "of which account it is (it lists nothing of an account)",
                "aws/<account>/bedrock-agentcore/<command>.json",
            ),
        }
    }
}

/// Reads the policy of a runtime, or of one of its endpoints (`RUNTIME__ENDPOINT`).
///
/// Source: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html> (read 2026-11):
/// a request is on a runtime and on an endpoint of it, and the policies of both decide. The endpoint that every runtime
/// has is `DEFAULT`: its policy stands with the runtime's.
fn read_policy(page: &Page<'_>, account: &str, region: &str, of: &str, intake: &mut Intake<'_>) {
    let partition = partition_of_region(region);
    let (id, endpoint) = of.split_once("__").unwrap_or((of, ""));
    let runtime = format!("arn:{partition}:bedrock-agentcore:{region}:{account}:runtime/{id}");
    let part = match endpoint {
        "" => String::new(),
        endpoint => format!("/runtime-endpoint/{endpoint}"),
    };
    if matches!(endpoint, "" | "DEFAULT") {
        let key = intake.key(&runtime);
        own_policy::read_part(&key, &part, page.member("policy"), Use::Resource, intake);
        return;
    }
    let at = intake.page(page);
    let owned = Owned {
        arn: &format!("{runtime}{part}"),
        kind: "bedrock-agentcore:runtime-endpoint",
        aliases: Vec::new(),
        account: None,
    };
    if let Some(key) = own_policy::emit(owned, &at, intake) {
        own_policy::read(&key, page.member("policy"), Use::Resource, intake);
    }
}

/// Whether nothing runs there any more, or never did.
fn is_gone(status: Option<&str>) -> bool {
    matches!(
        status,
        Some("DELETING" | "DELETED" | "CREATE_FAILED" | "FAILED")
    )
}

fn read_one(thing: &Described<'_, '_>, sort: &Sort, intake: &mut Intake<'_>) {
    let Some((arn, account)) = thing.owned_arn(sort.arn, intake) else {
        return;
    };
    if is_gone(thing.text("status").as_deref()) {
        return;
    }
    let name = thing.text(sort.name).unwrap_or_else(|| arn.clone());
    let evidence = thing.place(intake);
    let tenant = emit_tenant(intake, &account, evidence.clone());
    let key = intake.key(&arn);
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.clone(),
        kind: sort.resource.to_owned(),
        platform: AWS,
        tenant: Some(tenant.clone()),
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: evidence.clone(),
    }));
    intake.emit(Record::Principal(PrincipalRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.clone(),
        kind: sort.principal,
        platform: AWS,
        tenant: Some(tenant),
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence,
    }));
    if let Some(role) = thing.text(sort.role).filter(|role| !role.is_empty()) {
        let scope = intake.key(&format!("{key}#runs-as"));
        let principal = intake.key(&role);
        let evidence = thing.place_of(sort.role, intake);
        intake.emit(Record::Scope(ScopeRecord {
            key: scope,
            name: format!("role of {name}"),
            terms: Terms::RunsAs {
                resource: key.clone(),
                principal,
            },
            evidence,
        }));
    }
    read_identity(thing, &key, &name, intake);
    if sort.principal == PrincipalKind::Agent {
        read_entrance(thing, &key, &name, intake);
        read_environment(thing, &key, &name, intake);
    }
}

/// The workload identity that the service keeps for a runtime or gateway: it acts as that one, and nobody else can.
fn read_identity(thing: &Described<'_, '_>, key: &Key, name: &str, intake: &mut Intake<'_>) {
    let identity = thing
        .member("workloadIdentityDetails")
        .and_then(|details| details.member("workloadIdentityArn"));
    let Some(row) = identity else {
        return;
    };
    let Some(arn) = json::text_of(row.raw).filter(|arn| Arn::parse(arn).is_some()) else {
        return;
    };
    let evidence = intake.row(&row);
    let scope = intake.key(&format!("{key}#identity"));
    let driven = intake.key(&arn);
    super::agentcore_identity::emit_identity(&arn, &evidence, intake);
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("workload identity of {name}"),
        terms: Terms::Drives {
            driver: key.clone(),
            driven,
        },
        evidence,
    }));
}

/// What keeps signed requests out of a runtime.
///
/// Source: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-oauth.html> (read 2026-11): a version
/// takes requests that are signed with IAM credentials, or tokens of its authorizer, and not both.
fn read_entrance(thing: &Described<'_, '_>, key: &Key, name: &str, intake: &mut Intake<'_>) {
    let authorizer = thing
        .member("authorizerConfiguration")
        .and_then(|row| row.member("customJWTAuthorizer"))
        .filter(|row| Members::of(row.raw).is_some());
    if let Some(row) = authorizer {
        let evidence = intake.row(&row);
        let actions = ["bedrock-agentcore:InvokeAgentRuntime*"];
        emit_deny(key, "authorizer", name, &actions, evidence, intake);
    }
    // Only the answer about one runtime tells its version's role, and so which version was deployed when.
    let deployed = thing
        .text("lastUpdatedAt")
        .and_then(|text| moment::parse(&text));
    for (action, day) in SINCE {
        let (Some(deployed), Some(since)) = (deployed, moment::parse(day)) else {
            continue;
        };
        if deployed < since && thing.member("roleArn").is_some() {
            let evidence = thing.place_of("lastUpdatedAt", intake);
            let of = format!("deployed-before-{day}");
            emit_deny(key, &of, name, &[action], evidence, intake);
        }
    }
}

fn emit_deny(
    key: &Key,
    of: &str,
    name: &str,
    actions: &[&str],
    evidence: crate::inventory::Evidence,
    intake: &mut Intake<'_>,
) {
    let clause = |values: &[&str]| Clause {
        is_negated: false,
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let scope = intake.key(&format!("{key}#{of}"));
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("{of} of {name}"),
        terms: Terms::ResourcePolicy {
            resource: key.clone(),
            statement: Statement {
                sid: None,
                effect: Effect::Deny,
                principals: Some(PrincipalClause {
                    is_negated: false,
                    entries: vec![("*".to_owned(), "*".to_owned())],
                }),
                actions: clause(actions),
                resources: Some(clause(&["*"])),
                conditions: Vec::new(),
            },
        },
        evidence,
    }));
}

/// The secrets in an agent's environment: whoever reads the runtime's configuration holds them, and so does the agent.
fn read_environment(thing: &Described<'_, '_>, key: &Key, name: &str, intake: &mut Intake<'_>) {
    let Some(variables) = thing.member("environmentVariables") else {
        return;
    };
    let place = format!("aws:agent-environment:{key}");
    found::environment(intake, &variables, &place, (key, name), Some(key.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::reading::Reading;
    use crate::sources::trial;
    use serde_json::{Value, json};

    const RUNTIME: &str =
        "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/triage-EXAMPLE001";
    const IDENTITY: &str = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:workload-identity-directory/default/workload-identity/triage-EXAMPLE001";

    fn runtime(more: &Value) -> Value {
        let mut body = json!({
            "agentRuntimeArn": RUNTIME, "agentRuntimeId": "triage-EXAMPLE001",
            "agentRuntimeName": "triage", "agentRuntimeVersion": "1", "status": "READY",
            "createdAt": "2026-07-01T00:00:00+00:00", "lastUpdatedAt": "2026-07-01T00:00:00+00:00",
            "roleArn": "arn:aws:iam::111122223333:role/triage",
            "networkConfiguration": {"networkMode": "PUBLIC"},
            "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800}
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    fn reading(body: &Value) -> Reading {
        let reading = trial::read_one("r.json", &body.to_string());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        reading
    }

    /// The actions that are denied to everybody beside a runtime's own policy.
    fn denied(body: &Value) -> Vec<String> {
        reading(body)
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Scope(scope) => match &scope.terms {
                    Terms::ResourcePolicy { statement, .. } if statement.effect == Effect::Deny => {
                        Some(statement.actions.values.join(" "))
                    }
                    _ => None,
                },
                _ => None,
            })
            .collect()
    }

    fn kinds(reading: &Reading) -> Vec<(&str, Option<PrincipalKind>)> {
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Resource(it) => Some((it.kind.as_str(), None)),
                Record::Principal(it) => Some(("", Some(it.kind))),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_runtime_is_an_agent_that_runs_as_its_role_and_acts_as_its_identity() {
        let body = runtime(&json!({"workloadIdentityDetails": {"workloadIdentityArn": IDENTITY}}));
        let reading = reading(&body);
        assert_eq!(
            trial::place_of(&reading, &format!("{RUNTIME}#runs-as")),
            "1 /roleArn"
        );
        assert_eq!(
            trial::place_of(&reading, &format!("{RUNTIME}#identity")),
            "1 /workloadIdentityDetails/workloadIdentityArn"
        );
        assert_eq!(
            kinds(&reading),
            [
                ("bedrock-agentcore:runtime", None),
                ("", Some(PrincipalKind::Agent)),
                ("bedrock-agentcore:workload-identity", None),
                ("", Some(PrincipalKind::Workload)),
            ]
        );
    }

    #[test]
    fn secrets_in_an_agents_environment_lie_there_and_no_others() {
        let body = runtime(
            &json!({"environmentVariables": {"DB_PASSWORD": "not-a-real-one", "STAGE": "prod"}}),
        );
        let place = format!("aws:agent-environment:{RUNTIME}");
        assert_eq!(
            trial::lying(&reading(&body)),
            [format!("{place} found:{place}#DB_PASSWORD sure")]
        );
        let body = runtime(&json!({"environmentVariables": {"STAGE": "prod"}}));
        assert!(trial::lying(&reading(&body)).is_empty());
    }

    #[test]
    fn an_authorizer_for_tokens_lets_no_signed_request_in() {
        assert!(denied(&runtime(&json!({}))).is_empty());
        assert!(denied(&runtime(&json!({"authorizerConfiguration": null}))).is_empty());
        let body = runtime(
            &json!({"authorizerConfiguration": {"customJWTAuthorizer": {"discoveryUrl": "https://idp.example/.well-known/openid-configuration"}}}),
        );
        assert_eq!(denied(&body), ["bedrock-agentcore:InvokeAgentRuntime*"]);
    }

    #[test]
    fn what_was_deployed_before_commands_existed_answers_to_none() {
        let deployed = |day: &str| denied(&runtime(&json!({"lastUpdatedAt": day})));
        assert_eq!(deployed("2026-03-16T23:00:00Z").len(), 2);
        assert_eq!(
            deployed("2026-03-17T01:00:00Z"),
            ["bedrock-agentcore:InvokeAgentRuntimeCommandShell"]
        );
        assert!(deployed("2026-06-05T01:00:00Z").is_empty());
    }

    #[test]
    fn tools_of_the_account_run_as_their_roles_and_those_of_aws_give_no_record() {
        let own = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:code-interpreter-custom/calc-EXAMPLE001";
        let aws = "arn:aws:bedrock-agentcore:eu-west-1:aws:code-interpreter/aws.codeinterpreter.v1";
        let list = json!({"codeInterpreterSummaries": [
            {"codeInterpreterId": "aws.codeinterpreter.v1", "codeInterpreterArn": aws, "status": "READY", "createdAt": "2026-01-01T00:00:00Z"},
            {"codeInterpreterId": "calc-EXAMPLE001", "codeInterpreterArn": own, "name": "calc", "status": "READY", "createdAt": "2026-01-01T00:00:00Z"}]});
        let read = reading(&list);
        assert_eq!(
            kinds(&read),
            [
                ("bedrock-agentcore:code-interpreter-custom", None),
                ("", Some(PrincipalKind::Workload))
            ]
        );
        let is_listed = |reading: &Reading| {
            reading.records.iter().any(|record| {
                matches!(record, Record::Listing(listing) if listing.is_complete
                    && listing.kind == "bedrock-agentcore:code-interpreter-custom")
            })
        };
        assert!(is_listed(&read));
        let one = json!({"codeInterpreterId": "calc-EXAMPLE001", "codeInterpreterArn": own, "name": "calc", "status": "READY",
            "networkConfiguration": {"networkMode": "SANDBOX"}, "executionRoleArn": "arn:aws:iam::111122223333:role/calc"});
        let read = reading(&one);
        assert!(!is_listed(&read));
        assert_eq!(
            trial::place_of(&read, &format!("{own}#runs-as")),
            "1 /executionRoleArn"
        );
    }

    #[test]
    fn a_browser_and_a_gateway_are_known_by_their_answers() {
        let browser =
            "arn:aws:bedrock-agentcore:eu-west-1:111122223333:browser-custom/b-EXAMPLE001";
        let gateway = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/g-example001";
        let bodies = json!([
            {"browserArn": browser, "browserId": "b-EXAMPLE001", "name": "b", "status": "READY", "executionRoleArn": "arn:aws:iam::111122223333:role/b"},
            {"gatewayArn": gateway, "gatewayId": "g-example001", "name": "g", "status": "READY", "authorizerType": "NONE", "roleArn": "arn:aws:iam::111122223333:role/g"},
            {"gatewayArn": gateway.replace("g-e", "h-e"), "gatewayId": "h-example001", "name": "h", "status": "DELETING", "authorizerType": "NONE"}]);
        let read = reading(&bodies);
        assert_eq!(
            kinds(&read),
            [
                ("bedrock-agentcore:browser-custom", None),
                ("", Some(PrincipalKind::Workload)),
                ("bedrock-agentcore:gateway", None),
                ("", Some(PrincipalKind::McpServer)),
            ]
        );
    }

    #[test]
    fn a_runtimes_policy_is_of_the_runtime_in_the_layout() {
        let policy = r#"{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "bedrock-agentcore:*", "Resource": "*"}]}"#;
        let body = json!({"policy": policy}).to_string();
        let path =
            "aws/111122223333/bedrock-agentcore/runtime-policy/eu-west-1/triage-EXAMPLE001.json";
        let reading = trial::read_one(path, &body);
        assert_eq!(
            trial::place_of(&reading, &format!("{RUNTIME}#policy/0")),
            "1 /policy/Statement/0"
        );
        let reading = trial::read_one("p.json", &body);
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
        let reading = trial::read_one(path, "{}");
        assert!(reading.problems.is_empty() && reading.records.is_empty());
    }

    #[test]
    fn the_policy_of_the_endpoint_that_every_runtime_has_stands_with_the_runtimes_own() {
        let policy = r#"{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "bedrock-agentcore:*", "Resource": "*"}]}"#;
        let body = json!({"policy": policy}).to_string();
        let resource_of = |endpoint: &str| {
            let folder = "aws/111122223333/bedrock-agentcore/runtime-policy/eu-west-1";
            let path = format!("{folder}/triage-EXAMPLE001__{endpoint}.json");
            let key = format!("{RUNTIME}/runtime-endpoint/{endpoint}#policy/0");
            let reading = trial::read_one(&path, &body);
            reading
                .records
                .iter()
                .find_map(|record| match record {
                    Record::Scope(scope) if *scope.key == *key => match &scope.terms {
                        Terms::ResourcePolicy { resource, .. } => Some(resource.to_string()),
                        _ => None,
                    },
                    _ => None,
                })
                .unwrap()
        };
        assert_eq!(resource_of("DEFAULT"), RUNTIME);
        assert_eq!(
            resource_of("canary"),
            format!("{RUNTIME}/runtime-endpoint/canary")
        );
    }

    #[test]
    fn a_memory_is_listed_or_described_and_may_be_under_a_key() {
        let arn = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:memory/chats-EXAMPLE001";
        let key = "arn:aws:kms:eu-west-1:111122223333:key/EXAMPLE";
        let one = json!({"memory": {"arn": arn, "id": "chats-EXAMPLE001", "name": "chats", "status": "ACTIVE", "encryptionKeyArn": key}});
        let list =
            json!({"memories": [{"arn": arn, "id": "chats-EXAMPLE001", "status": "ACTIVE"}]});
        for (body, expected) in [(one, ("chats", true)), (list, ("chats-EXAMPLE001", false))] {
            let read = reading(&body);
            let memories: Vec<(&str, bool)> = read
                .records
                .iter()
                .filter_map(|record| match record {
                    Record::Resource(it) => Some((it.name.as_str(), it.encryption_key.is_some())),
                    _ => None,
                })
                .collect();
            assert_eq!(memories, [expected]);
        }
    }

    #[test]
    fn things_of_other_services_are_not_recognised() {
        for body in [
            json!({"memory": {"arn": "arn:aws:other:eu-west-1:111122223333:memory/x"}}),
            json!({"memories": [{"arn": "arn:aws:other:eu-west-1:111122223333:memory/x"}]}),
            json!({"GatewayARN": "arn:aws:storagegateway:eu-west-1:111122223333:gateway/sgw-1", "GatewayId": "sgw-1"}),
            json!({"agentRuntimeName": "triage"}),
            json!({"browserSummaries": [{"browser": "x"}]}),
        ] {
            let reading = trial::read_one("x.json", &body.to_string());
            assert_eq!(
                reading.problems[0].code,
                ProblemCode::Unrecognised,
                "{body}"
            );
        }
        let foreign = json!({"browserArn": "../../etc", "browserId": "b", "status": "READY"});
        let reading = trial::read_one("x.json", &foreign.to_string());
        assert_eq!(reading.problems[0].code, ProblemCode::BadRecord);
        assert!(reading.records.is_empty());
    }
}
