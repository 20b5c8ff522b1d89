//! Amazon Bedrock AgentCore: who enters what runs there with a role, and who takes what its token vault keeps.

use crate::account::{
    ACCOUNT, Account, Answer, Answers, allow, deny, key_of, role, secret, user, when,
};
use leakreach::inventory::Access::{self, Read};
use leakreach::reach::{Layer, reached};
use leakreach::steps::Fact;
use serde_json::{Value, json};

const SERVICE: &str = "bedrock-agentcore.amazonaws.com";

fn arn(resource: &str) -> String {
    format!("arn:aws:bedrock-agentcore:eu-west-1:{ACCOUNT}:{resource}")
}

fn action(name: &str) -> String {
    format!("bedrock-agentcore:{name}")
}

fn trusted() -> Value {
    json!({"Service": SERVICE})
}

/// Adds members to an object.
fn with(mut body: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn runtime_arn() -> String {
    arn("runtime/triage-EXAMPLE001")
}

fn runtime(more: &Value) -> String {
    let body = json!({
        "agentRuntimeArn": runtime_arn(), "agentRuntimeId": "triage-EXAMPLE001",
        "agentRuntimeName": "triage", "agentRuntimeVersion": "1", "status": "READY",
        "createdAt": "2026-07-01T00:00:00+00:00", "lastUpdatedAt": "2026-07-01T00:00:00+00:00",
        "roleArn": role("target"), "networkConfiguration": {"networkMode": "PUBLIC"}
    });
    with(body, more).to_string()
}

fn interpreter(more: &Value) -> String {
    let body = json!({
        "codeInterpreterArn": arn("code-interpreter-custom/calc-EXAMPLE001"),
        "codeInterpreterId": "calc-EXAMPLE001", "name": "calc", "status": "READY",
        "networkConfiguration": {"networkMode": "SANDBOX"}, "executionRoleArn": role("target")
    });
    with(body, more).to_string()
}

fn browser(more: &Value) -> String {
    let body = json!({
        "browserArn": arn("browser-custom/surf-EXAMPLE001"), "browserId": "surf-EXAMPLE001",
        "name": "surf", "status": "READY", "networkConfiguration": {"networkMode": "PUBLIC"},
        "executionRoleArn": role("target")
    });
    with(body, more).to_string()
}

/// A path, what it is on, and the narrowest rights that open it, written from the Service Authorization Reference.
type Path = (
    &'static str,
    fn(&Value) -> String,
    &'static [(&'static str, &'static str)],
);

const PATHS: &[Path] = &[
    (
        "bedrock-002",
        interpreter,
        &[
            (
                "StartCodeInterpreterSession",
                "code-interpreter-custom/calc-EXAMPLE001",
            ),
            (
                "InvokeCodeInterpreter",
                "code-interpreter-custom/calc-EXAMPLE001",
            ),
        ],
    ),
    (
        "bedrock-agentcore-invoke-existing",
        runtime,
        &[
            ("InvokeAgentRuntimeCommand", "runtime/triage-EXAMPLE001"),
            (
                "InvokeAgentRuntimeCommand",
                "runtime/triage-EXAMPLE001/runtime-endpoint/DEFAULT",
            ),
        ],
    ),
    (
        "x-agentcore-runtime-shell",
        runtime,
        &[
            (
                "InvokeAgentRuntimeCommandShell",
                "runtime/triage-EXAMPLE001",
            ),
            (
                "InvokeAgentRuntimeCommandShell",
                "runtime/triage-EXAMPLE001/runtime-endpoint/DEFAULT",
            ),
        ],
    ),
    (
        "bedrock-agentcore-browser-existing",
        browser,
        &[
            ("StartBrowserSession", "browser-custom/surf-EXAMPLE001"),
            ("ConnectBrowserAutomationStream", "*"),
        ],
    ),
];

fn on(resource: &str) -> String {
    match resource {
        "*" => "*".to_owned(),
        _ => arn(resource),
    }
}

fn rights(grants: &[(&str, &str)]) -> Vec<Value> {
    grants
        .iter()
        .map(|(name, resource)| allow(&action(name), &on(resource)))
        .collect()
}

/// What is asked of an account that has the thing of a path: whether who holds `statements` becomes its role.
fn becomes(thing: String, statements: &[Value]) -> Answer {
    Account::default()
        .user("ada", statements)
        .role("target", &trusted(), &[])
        .file("bedrock-agentcore/thing.json", &thing)
        .analyze()
        .becomes("ada", &role("target"))
}

#[test]
fn what_runs_with_a_role_gives_it_to_who_holds_every_right_of_a_path_and_to_no_other() {
    for (path, thing, grants) in PATHS {
        let all = rights(grants);
        let asked = |statements: &[Value]| becomes(thing(&json!({})), statements);
        assert_eq!(asked(&all), Answer::Certain, "{path}");
        for at in 0..grants.len() {
            let mut lacking = all.clone();
            lacking.remove(at);
            assert_eq!(asked(&lacking), Answer::No, "{path} without {at}");
            let mut elsewhere = all.clone();
            elsewhere[at] = allow(&action(grants[at].0), &arn("other/x"));
            assert_eq!(asked(&elsewhere), Answer::No, "{path}, {at} elsewhere");
            let mut denied = all.clone();
            denied.push(deny(&action(grants[at].0), "*"));
            assert_eq!(asked(&denied), Answer::No, "{path}, {at} denied");
        }
    }
}

#[test]
fn what_runs_without_a_role_or_is_gone_gives_none() {
    for (path, thing, grants) in PATHS {
        let none = json!({"roleArn": null, "executionRoleArn": null});
        assert_eq!(becomes(thing(&none), &rights(grants)), Answer::No, "{path}");
        let gone = json!({"status": "DELETING"});
        assert_eq!(becomes(thing(&gone), &rights(grants)), Answer::No, "{path}");
    }
}

#[test]
fn only_a_role_that_the_service_may_assume_for_the_thing_is_gained() {
    let asked = |change: &dyn Fn(&mut Value)| {
        Account::default()
            .user("ada", &[allow("bedrock-agentcore:*", "*")])
            .role("target", &trusted(), &[])
            .trust(change)
            .file("bedrock-agentcore/thing.json", &interpreter(&json!({})))
            .analyze()
            .becomes("ada", &role("target"))
    };
    assert_eq!(asked(&|_| {}), Answer::Certain);
    let other = json!({"Service": "lambda.amazonaws.com"});
    assert_eq!(
        asked(&|trust| trust[0]["Principal"] = other.clone()),
        Answer::No
    );
    let source = |value: &str| {
        let condition = json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": value}});
        asked(&|trust| trust[0]["Condition"] = condition.clone())
    };
    assert_eq!(source(&arn("*")), Answer::Certain);
    assert_eq!(
        source(&arn("runtime/*")),
        Answer::Possible,
        "what the service names is in no export"
    );
    let foreign = json!({"StringEquals": {"aws:SourceAccount": "999900001111"}});
    assert_eq!(
        asked(&|trust| trust[0]["Condition"] = foreign.clone()),
        Answer::No
    );
    let out = json!({"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": trusted()});
    assert_eq!(
        asked(&|trust| trust.as_array_mut().unwrap().push(out.clone())),
        Answer::No
    );
}

#[test]
fn a_session_may_be_started_by_one_hand_and_used_by_another_but_one_request_is_one_principals() {
    let by_two = |thing: String, grants: &[(&str, &str)]| {
        let trusted_user = json!({"AWS": user("ada")});
        Account::default()
            .user("ada", &[])
            .role("first", &trusted_user, &rights(&grants[..1]))
            .role("second", &trusted_user, &rights(&grants[1..]))
            .role("target", &trusted(), &[])
            .file("bedrock-agentcore/thing.json", &thing)
            .analyze()
            .becomes("ada", &role("target"))
    };
    for (path, thing, grants) in PATHS {
        let is_one_request = grants[0].0 == grants[1].0;
        let expected = match is_one_request {
            true => Answer::No,
            false => Answer::Certain,
        };
        assert_eq!(by_two(thing(&json!({})), grants), expected, "{path}");
    }
}

#[test]
fn a_runtime_that_takes_tokens_takes_no_signed_command() {
    let command = rights(PATHS[1].2);
    let authorizer = json!({"authorizerConfiguration": {"customJWTAuthorizer": {
        "discoveryUrl": "https://idp.example/.well-known/openid-configuration", "allowedClients": ["EXAMPLE"]}}});
    assert_eq!(becomes(runtime(&authorizer), &command), Answer::No);
    let none = json!({"authorizerConfiguration": null});
    assert_eq!(becomes(runtime(&none), &command), Answer::Certain);
}

#[test]
fn a_runtime_that_was_deployed_before_commands_existed_takes_none() {
    let (command, shell) = (rights(PATHS[1].2), rights(PATHS[2].2));
    let deployed = |day: &str| json!({"lastUpdatedAt": day});
    let before = deployed("2026-03-01T00:00:00Z");
    assert_eq!(becomes(runtime(&before), &command), Answer::No);
    let between = deployed("2026-05-01T00:00:00Z");
    assert_eq!(becomes(runtime(&between), &command), Answer::Certain);
    assert_eq!(becomes(runtime(&between), &shell), Answer::No);
}

#[test]
fn the_policies_of_a_runtime_and_of_its_endpoint_deny_and_leave_a_doubt_where_they_do_not() {
    let asked = |file: &str, denied: &str, resource: &str| {
        let statement = json!({"Effect": "Deny", "Principal": {"AWS": user("ada")}, "Action": action(denied), "Resource": resource});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        Account::default()
            .user("ada", &rights(PATHS[1].2))
            .role("target", &trusted(), &[])
            .file("bedrock-agentcore/thing.json", &runtime(&json!({})))
            .file(
                &format!("bedrock-agentcore/runtime-policy/eu-west-1/{file}.json"),
                &json!({"policy": policy}).to_string(),
            )
            .analyze()
            .becomes("ada", &role("target"))
    };
    let (own, endpoint) = ("triage-EXAMPLE001", "triage-EXAMPLE001__DEFAULT");
    let command = "InvokeAgentRuntimeCommand";
    let default = format!("{}/runtime-endpoint/DEFAULT", runtime_arn());
    assert_eq!(asked(own, command, &runtime_arn()), Answer::No);
    assert_eq!(asked(endpoint, command, &default), Answer::No);
    assert_eq!(
        asked(own, "InvokeAgentRuntime", &runtime_arn()),
        Answer::Possible,
        "whether a policy may be silent, AWS does not say in one voice"
    );
    let other = "triage-EXAMPLE001__canary";
    assert_eq!(asked(other, command, "*"), Answer::Certain);
}

/// Whether the holder of that user's key comes to hold a credential.
fn takes(answers: &Answers, holder: &str, credential: &str) -> Answer {
    let inventory = &answers.analysis.inventory;
    let id = |key: &str| {
        let mut all = inventory.credentials.entries();
        let found = all.find(|(_, one)| *one.key == *key);
        found.unwrap_or_else(|| panic!("no credential {key}")).0
    };
    let steps = &answers.analysis.steps;
    let start = Fact::Credential(id(&format!("aws:access-key:{}", key_of(holder))));
    let seed: Vec<_> = steps.fact_id(start).into_iter().collect();
    let Some(goal) = steps.fact_id(Fact::Credential(id(credential))) else {
        return Answer::No;
    };
    let is_reached = |layer| reached(steps, layer, &seed, None)[goal.0 as usize];
    match (is_reached(Layer::Certain), is_reached(Layer::Possible)) {
        (true, _) => Answer::Certain,
        (_, true) => Answer::Possible,
        _ => Answer::No,
    }
}

#[test]
fn a_secret_in_an_agents_environment_is_taken_by_who_reads_its_configuration_or_runs_in_it() {
    let asked = |statements: &[Value], more: &Value| {
        let answers = Account::default()
            .user("ada", statements)
            .role("target", &trusted(), &[])
            .file("bedrock-agentcore/thing.json", &runtime(more))
            .analyze();
        let place = format!("found:aws:agent-environment:{}#DB_PASSWORD", runtime_arn());
        takes(&answers, "ada", &place)
    };
    let variables = json!({"environmentVariables": {"DB_PASSWORD": "not-a-real-one"}});
    let get = [allow(&action("GetAgentRuntime"), &runtime_arn())];
    assert_eq!(asked(&get, &variables), Answer::Certain);
    assert_eq!(asked(&rights(PATHS[1].2), &variables), Answer::Certain);
    let list = [allow(&action("ListAgentRuntimes"), "*")];
    assert_eq!(asked(&list, &variables), Answer::No);
}

#[test]
fn what_agents_remember_is_read_by_who_may_list_it_all_the_way_down() {
    let memory = arn("memory/chats-EXAMPLE001");
    let asked = |names: &[&str], key: Option<&str>| {
        let statements: Vec<Value> = names
            .iter()
            .map(|name| allow(&action(name), &memory))
            .collect();
        let body = json!({"memory": {"arn": memory, "id": "chats-EXAMPLE001", "name": "chats", "status": "ACTIVE", "encryptionKeyArn": key}});
        Account::default()
            .user("ada", &statements)
            .file("bedrock-agentcore/memory.json", &body.to_string())
            .analyze()
            .gets("ada", Read, &memory)
    };
    let all = ["ListActors", "ListSessions", "ListEvents"];
    assert_eq!(asked(&all, None), Answer::Certain);
    let key = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/EXAMPLE");
    assert_eq!(asked(&all, Some(&key)), Answer::Possible);
    for at in 0..all.len() {
        let mut lacking = all.to_vec();
        let missing = lacking.remove(at);
        assert_eq!(asked(&lacking, None), Answer::No, "without {missing}");
    }
}

const IDENTITY: &str = "workload-identity-directory/default/workload-identity/cron";
const DIRECTORY: &str = "workload-identity-directory/default";
const VAULT: &str = "token-vault/default";
const SEARCH: &str = "token-vault/default/apikeycredentialprovider/search";
const HUB: &str = "token-vault/default/oauth2credentialprovider/hub";

fn secret_of(provider: &str) -> String {
    secret(&format!("bedrock-agentcore-identity!default/{provider}"))
}

/// An account with an identity, an API key and an OAuth client.
fn vaulted(account: Account) -> Account {
    let identity = json!({"name": "cron", "workloadIdentityArn": arn(IDENTITY)});
    let search = json!({
        "name": "search", "credentialProviderArn": arn(SEARCH), "apiKeySecretSource": "MANAGED",
        "apiKeySecretArn": {"secretArn": secret_of("apikey/search")}
    });
    let hub = json!({
        "name": "hub", "credentialProviderArn": arn(HUB), "credentialProviderVendor": "GithubOauth2",
        "clientSecretSource": "MANAGED", "clientSecretArn": {"secretArn": secret_of("oauth2/hub")},
        "oauth2ProviderConfigOutput": {"githubOauth2ProviderConfig": {"oauthDiscovery": {}, "clientId": "EXAMPLE"}}
    });
    account
        .file("bedrock-agentcore/identity.json", &identity.to_string())
        .file("bedrock-agentcore/search.json", &search.to_string())
        .file("bedrock-agentcore/hub.json", &hub.to_string())
}

fn credential(provider: &str) -> String {
    format!("aws:agentcore:{}", arn(provider))
}

#[test]
fn who_reads_the_secret_of_a_provider_holds_its_credential() {
    let read = |resource: &str| {
        let statement = allow("secretsmanager:GetSecretValue", resource);
        vaulted(Account::default().user("ada", &[statement])).analyze()
    };
    let all = read("arn:aws:secretsmanager:*:*:secret:bedrock-agentcore-identity!*");
    assert_eq!(takes(&all, "ada", &credential(SEARCH)), Answer::Certain);
    assert_eq!(takes(&all, "ada", &credential(HUB)), Answer::Certain);
    let one = read(&secret_of("apikey/search"));
    assert_eq!(takes(&one, "ada", &credential(SEARCH)), Answer::Certain);
    assert_eq!(takes(&one, "ada", &credential(HUB)), Answer::No);
    let other = read(&secret("other"));
    assert_eq!(takes(&other, "ada", &credential(SEARCH)), Answer::No);
}

#[test]
fn a_secret_of_ones_own_is_read_under_its_own_key() {
    let key = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/EXAMPLE");
    let body = json!({
        "name": "search", "credentialProviderArn": arn(SEARCH), "apiKeySecretSource": "EXTERNAL",
        "apiKeySecretArn": {"secretArn": secret("own")}, "apiKeySecretJsonKey": "key"
    });
    let asked = |account: Account| {
        let statement = allow("secretsmanager:GetSecretValue", "*");
        let account = account
            .user("ada", &[statement])
            .file("bedrock-agentcore/search.json", &body.to_string());
        takes(&account.analyze(), "ada", &credential(SEARCH))
    };
    assert_eq!(
        asked(Account::default().secret("own", None)),
        Answer::Certain
    );
    assert_eq!(
        asked(Account::default().secret("own", Some(&key))),
        Answer::Possible
    );
}

/// The narrowest rights by which a user's token is taken, as the reference and the guide have them.
fn token_rights() -> Vec<Value> {
    let mut all = rights(&[
        ("GetWorkloadAccessTokenForUserId", IDENTITY),
        ("GetWorkloadAccessTokenForUserId", DIRECTORY),
        ("GetResourceOauth2Token", IDENTITY),
        ("GetResourceOauth2Token", DIRECTORY),
        ("GetResourceOauth2Token", VAULT),
        ("GetResourceOauth2Token", HUB),
    ]);
    all.push(allow(
        "secretsmanager:GetSecretValue",
        &secret_of("oauth2/hub"),
    ));
    all
}

fn gets_tokens(account: Account) -> Answer {
    vaulted(account).analyze().gets("ada", Read, &arn(VAULT))
}

#[test]
fn users_tokens_are_taken_with_every_right_of_both_requests_and_with_none_missing() {
    let asked = |statements: &[Value]| gets_tokens(Account::default().user("ada", statements));
    let all = token_rights();
    assert_eq!(
        asked(&all),
        Answer::Possible,
        "whether a user has consented is in no export"
    );
    for at in 0..all.len() {
        let mut lacking = all.clone();
        lacking.remove(at);
        assert_eq!(asked(&lacking), Answer::No, "without {}", all[at]);
        let mut elsewhere = all.clone();
        elsewhere[at]["Resource"] = json!(arn("other/x"));
        assert_eq!(asked(&elsewhere), Answer::No, "elsewhere: {}", all[at]);
        let mut denied = all.clone();
        denied.push(deny(
            all[at]["Action"].as_str().unwrap(),
            all[at]["Resource"].as_str().unwrap(),
        ));
        assert_eq!(asked(&denied), Answer::No, "denied: {}", all[at]);
    }
    let mut of_no_user = all.clone();
    of_no_user[0]["Action"] = json!("bedrock-agentcore:GetWorkloadAccessToken");
    of_no_user[1]["Action"] = json!("bedrock-agentcore:GetWorkloadAccessToken");
    assert_eq!(asked(&of_no_user), Answer::No, "a token without a user");
}

#[test]
fn a_workloads_token_is_a_bearers_but_what_one_request_needs_is_one_principals() {
    let all = token_rights();
    let by_two = |cut: usize| {
        let trusted_user = json!({"AWS": user("ada")});
        gets_tokens(
            Account::default()
                .user("ada", &[])
                .role("first", &trusted_user, &all[..cut])
                .role("second", &trusted_user, &all[cut..]),
        )
    };
    assert_eq!(by_two(2), Answer::Possible, "each makes one request");
    for cut in [1, 3, 4, 5, 6] {
        assert_eq!(by_two(cut), Answer::No, "cut at {cut}");
    }
}

#[test]
fn a_token_of_another_region_opens_no_vault() {
    let moved = |account: Account| {
        let identity = arn(IDENTITY).replace("eu-west-1", "us-east-1");
        let body = json!({"name": "cron", "workloadIdentityArn": identity});
        account.file("bedrock-agentcore/identity.json", &body.to_string())
    };
    let account = Account::default().user(
        "ada",
        &[
            allow("bedrock-agentcore:*", "*"),
            allow("secretsmanager:*", "*"),
        ],
    );
    assert_eq!(
        moved(vaulted(account))
            .analyze()
            .gets("ada", Read, &arn(VAULT)),
        Answer::No
    );
}

#[test]
fn aws_gives_tokens_of_an_agents_identity_to_the_agent_only() {
    let asked = |statements: &[Value]| {
        let agent =
            runtime(&json!({"workloadIdentityDetails": {"workloadIdentityArn": arn(IDENTITY)}}));
        let account = Account::default()
            .user("ada", statements)
            .role("target", &trusted(), &token_rights()[2..])
            .file("bedrock-agentcore/thing.json", &agent);
        gets_tokens(account)
    };
    assert_eq!(asked(&token_rights()), Answer::No);
    assert_eq!(
        asked(&rights(PATHS[1].2)),
        Answer::Possible,
        "who runs in the agent has its tokens and its role"
    );
}

/// Whether some step is made by a technique.
fn is_made(answers: &Answers, technique: &str) -> bool {
    let steps = &answers.analysis.steps;
    let mut all = steps.techniques.entries();
    let Some((id, _)) = all.find(|(_, one)| one.id == technique) else {
        return false;
    };
    steps.ids().any(|step| steps.step(step).technique == id)
}

#[test]
fn an_api_key_is_asked_of_the_vault_in_one_request_that_reads_its_secret() {
    let asked = |statements: &[Value]| {
        let account = Account::default().user("ada", statements);
        is_made(&vaulted(account).analyze(), "aws/agentcore-vault-api-key")
    };
    let mut all = rights(&[
        ("GetWorkloadAccessToken", IDENTITY),
        ("GetWorkloadAccessToken", DIRECTORY),
        ("GetResourceApiKey", IDENTITY),
        ("GetResourceApiKey", DIRECTORY),
        ("GetResourceApiKey", VAULT),
        ("GetResourceApiKey", SEARCH),
    ]);
    all.push(allow(
        "secretsmanager:GetSecretValue",
        &secret_of("apikey/search"),
    ));
    assert!(asked(&all));
    for at in 0..all.len() {
        let mut lacking = all.clone();
        let missing = lacking.remove(at);
        assert!(!asked(&lacking), "without {missing}");
    }
}

#[test]
fn a_right_on_the_vault_alone_is_no_access_to_what_others_keep_there() {
    let statements = [
        allow("bedrock-agentcore:GetResource*", "*"),
        allow("bedrock-agentcore:GetWorkloadAccessToken*", "*"),
    ];
    let answers = vaulted(Account::default().user("ada", &statements)).analyze();
    assert_eq!(takes(&answers, "ada", &credential(SEARCH)), Answer::No);
    assert_eq!(answers.gets("ada", Access::Read, &arn(VAULT)), Answer::No);
    let narrowed = when(
        allow("bedrock-agentcore:GetWorkloadAccessTokenForUserId", "*"),
        json!({"StringEquals": {"bedrock-agentcore:userid": "EXAMPLE"}}),
    );
    let mut all = token_rights();
    all.splice(0..2, [narrowed]);
    assert_eq!(
        gets_tokens(Account::default().user("ada", &all)),
        Answer::Possible
    );
}
