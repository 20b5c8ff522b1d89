//! Laptops with assistants: configurations as the clients write them, see `agents_estate/README.md`, read whole and
//! broken; what they lead to; and an estate of fifty.

use crate::account::{Account, Answer, Answers, allow, analyzed, key_of, role, user};
use crate::scanners::spoilt;
use camino::Utf8PathBuf;
use leakreach::analysis::Leak;
use leakreach::inventory::{
    Access, Credential, ExposureKind, Inventory, PrincipalId, PrincipalKind, Terms,
};
use leakreach::progress::Silent;
use leakreach::sources::{ReadOptions, read};
use leakreach::steps::{Control, Fact};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

const AS_OF: &str = "2026-11-01T00:00:00Z";

/// Where each fixture lies in a collection, and what stands there.
fn fixtures() -> Vec<(&'static str, String)> {
    let whole = |text: &str| text.replace("%E%", "EXAMPLE");
    macro_rules! fixture {
        ($path:literal, $file:literal) => {
            ($path, whole(include_str!(concat!("agents_estate/", $file))))
        };
    }
    vec![
        fixture!("devices/mbp/ada/.claude.json", "claude.json"),
        fixture!("devices/mbp/ada/src/shop/.mcp.json", "mcp.json"),
        fixture!(
            "devices/mbp/ada/.claude/settings.json",
            "claude.settings.json"
        ),
        fixture!(
            "devices/mbp/ada/Library/Claude/claude_desktop_config.json",
            "claude_desktop_config.json"
        ),
        fixture!(
            "devices/mbp/ada/src/shop/.cursor/mcp.json",
            "cursor.mcp.json"
        ),
        fixture!(
            "devices/mbp/ada/src/shop/.vscode/mcp.json",
            "vscode.mcp.json"
        ),
        fixture!(
            "devices/mbp/ada/.codeium/windsurf/mcp_config.json",
            "windsurf.mcp_config.json"
        ),
        fixture!("devices/mbp/ada/.gemini/settings.json", "gemini.user.json"),
        fixture!(
            "devices/mbp/ada/src/shop/.gemini/settings.json",
            "gemini.project.json"
        ),
        fixture!("devices/mbp/ada/.codex/config.toml", "codex.toml"),
        fixture!(
            "devices/mbp/ada/src/shop/.codex/config.toml",
            "codex.project.toml"
        ),
        fixture!("devices/mbp/ada/src/shop/.env", "dotenv"),
        fixture!("openai/acme/projects.json", "openai.projects.json"),
        fixture!(
            "openai/acme/projects/proj_shop/api_keys.json",
            "openai.api_keys.json"
        ),
        fixture!(
            "openai/acme/projects/proj_shop/service_accounts.json",
            "openai.service_accounts.json"
        ),
        fixture!(
            "openai/acme/admin_api_keys.json",
            "openai.admin_api_keys.json"
        ),
        fixture!("anthropic/acme/api_keys.json", "anthropic.api_keys.json"),
        fixture!(
            "anthropic/acme/workspaces.json",
            "anthropic.workspaces.json"
        ),
        fixture!(
            "anthropic/acme/workspaces/wrkspc_01EXAMPLE/members.json",
            "anthropic.members.json"
        ),
        fixture!("anthropic/acme/users.json", "anthropic.users.json"),
    ]
}

fn written(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    (folder, root)
}

/// What is read of some files: the inventory, and what is said to be wrong, without the folder that they lie in.
fn inventory_of(files: &[(&str, &[u8])]) -> (Inventory, Vec<String>, String) {
    let (_folder, root) = written(files);
    let reading = read(
        std::slice::from_ref(&root),
        &ReadOptions::default(),
        &Silent,
    );
    let mut problems = reading.problems;
    let as_of = AS_OF.parse().unwrap();
    let inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
    let problems = problems.iter().map(|one| format!("{one:?}")).collect();
    (inventory, problems, format!("{root}/"))
}

fn texts<'t>(files: &'t [(&'static str, String)]) -> Vec<(&'static str, &'t [u8])> {
    let bytes = |(path, text): &'t (&'static str, String)| (*path, text.as_bytes());
    files.iter().map(bytes).collect()
}

/// Everything of an inventory, in lines.
fn told(inventory: &Inventory, root: &str) -> String {
    let mut lines = Vec::new();
    let name = |id: PrincipalId| &inventory.principals[id].key;
    for principal in inventory.principals.iter() {
        let owner = principal.owner.as_deref().unwrap_or("-");
        lines.push(format!(
            "{} {} [{}] owner {owner}",
            principal.kind.name(),
            principal.key,
            principal.name
        ));
    }
    for credential in inventory.credentials.iter() {
        let of = credential.principal.map_or("-", |id| name(id));
        lines.push(format!(
            "{} {} of {of}, {}, {}",
            credential.kind.name(),
            credential.key,
            credential.status.name(),
            credential.lifetime.name()
        ));
    }
    for exposure in inventory.exposures.iter() {
        let holders: Vec<&str> = exposure.holders.iter().map(|&id| &**name(id)).collect();
        lines.push(format!(
            "{} {} held by {holders:?}",
            exposure.kind.name(),
            exposure.key
        ));
        for lying in &exposure.lying {
            let doubt = lying.doubt.as_deref().unwrap_or("sure");
            let credential = &inventory.credentials[lying.credential].key;
            lines.push(format!("    {} = {credential}: {doubt}", lying.name));
        }
    }
    for resource in inventory.resources.iter() {
        lines.push(format!(
            "{} {} [{}]",
            resource.kind, resource.key, resource.name
        ));
    }
    for scope in inventory.scopes.iter() {
        lines.push(match &scope.terms {
            Terms::Drives { driver, driven } => {
                format!("{} drives {}", name(*driver), name(*driven))
            }
            Terms::Software {
                principal,
                software,
                publisher,
                condition,
                is_apart,
            } => format!(
                "{} starts as {software}, decided by {:?} if {condition:?}, apart: {is_apart}",
                name(*principal),
                publisher.map(name)
            ),
            Terms::Approval { agent } => format!("{} asks nobody: {}", name(*agent), scope.name),
            Terms::Grant {
                principal,
                resource,
                access,
                condition,
            } => format!(
                "{} has {} on {} if {condition:?}",
                name(*principal),
                access.name(),
                inventory.resources[*resource].key
            ),
            other => format!("{other:?}"),
        });
    }
    lines.join("\n").replace(root, "")
}

#[test]
fn what_each_client_and_provider_writes_is_read() {
    let mut all = String::new();
    for (path, text) in fixtures() {
        let (inventory, problems, root) = inventory_of(&[(path, text.as_bytes())]);
        // A list alone names a project or workspace that another list describes.
        let unexpected: Vec<&String> = problems
            .iter()
            .filter(|problem| !problem.contains("MissingReference"))
            .collect();
        assert!(unexpected.is_empty(), "{path}: {unexpected:#?}");
        all += &format!("=== {path}\n{}\n\n", told(&inventory, &root));
    }
    insta::assert_snapshot!(all);
}

fn credential<'i>(inventory: &'i Inventory, key: &str) -> &'i Credential {
    let mut found = inventory.credentials.iter().filter(|one| *one.key == *key);
    found
        .next()
        .unwrap_or_else(|| panic!("no credential {key}"))
}

/// `PLACE: NAME, DOUBT` where a credential lies.
fn places(inventory: &Inventory, key: &str, root: &str) -> Vec<String> {
    let mut places: Vec<String> = inventory
        .exposures
        .iter()
        .flat_map(|exposure| {
            exposure
                .lying
                .iter()
                .filter(|lying| *inventory.credentials[lying.credential].key == *key)
                .map(|lying| {
                    let doubt = lying.doubt.as_deref().unwrap_or("sure");
                    format!("{}: {}, {doubt}", exposure.key, lying.name).replace(root, "")
                })
        })
        .collect();
    places.sort();
    places
}

#[test]
fn all_files_of_a_user_together_tell_one_estate() {
    let fixtures = fixtures();
    let (inventory, problems, root) = inventory_of(&texts(&fixtures));
    assert!(problems.is_empty(), "{problems:#?}");
    let people: Vec<&str> = inventory
        .principals
        .iter()
        .filter(|one| one.kind == PrincipalKind::Human && one.platform == "device")
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(people, ["ada on mbp"]);
    // The pair in the desktop client and the one in `.env` are one access key.
    let key = concat!("aws:access-key:AKIA", "EXAMPLEEXAMPLE22");
    let shop = "devices/mbp/ada/src/shop";
    assert_eq!(
        places(&inventory, key, &root),
        [
            "device:mbp/ada: AWS_ACCESS_KEY_ID, sure".to_owned(),
            format!("env-file:{shop}/.env: AWS_ACCESS_KEY_ID, sure"),
            "mcp-config:devices/mbp/ada/Library/Claude/claude_desktop_config.json#aws-api: AWS_ACCESS_KEY_ID, sure".to_owned(),
            "mcp-config:devices/mbp/ada/Library/Claude/claude_desktop_config.json: AWS_ACCESS_KEY_ID, sure".to_owned(),
            // Both load the file by name.
            format!("mcp-config:{shop}/.cursor/mcp.json#orders: AWS_ACCESS_KEY_ID, sure"),
            format!("mcp-config:{shop}/.vscode/mcp.json#orders: AWS_ACCESS_KEY_ID, sure"),
        ]
    );
    // What a server takes by the name of a variable it may hold.
    let set_in = |name: &str| {
        format!(
            "{name}, {name} is set in {shop}/.env, and no file tells whether it is started with that"
        )
    };
    let found = |name: &str| format!("found:env-file:{shop}/.env#{name}");
    for (name, server) in [
        ("JIRA_TOKEN", format!("{shop}/.cursor/mcp.json#jira")),
        ("WAREHOUSE_URL", format!("{shop}/.mcp.json#warehouse")),
        (
            "DOCS_TOKEN",
            "devices/mbp/ada/.codex/config.toml#docs".to_owned(),
        ),
    ] {
        let places = places(&inventory, &found(name), &root);
        let expected = format!("mcp-config:{server}: {}", set_in(name));
        assert!(places.contains(&expected), "{expected}: {places:#?}");
    }
    // A server that is switched off is driven by nobody.
    let is_driven = |server: &str| {
        inventory.scopes.iter().any(|scope| match scope.terms {
            Terms::Drives { driven, .. } => inventory.principals[driven].key.ends_with(server),
            _ => false,
        })
    };
    assert!(!is_driven("config.toml#old") && !is_driven("mcp_config.json#figma"));
    assert!(is_driven("mcp_config.json#deepwiki"));
}

#[test]
fn variables_of_another_user_or_machine_are_not_taken() {
    let config = r#"{"mcpServers": {"a": {"command": "x", "env": {"A_TOKEN": "${A_TOKEN}"}}}}"#;
    let secret = format!("A_TOKEN=tok-{}\n", "EXAMPLE".repeat(3));
    for (path, is_taken) in [
        ("devices/h/u/p/.env", true),
        ("devices/h/u/.zshrc", false),
        ("devices/h/v/p/.env", false),
        ("devices/g/u/p/.env", false),
        ("repository/.env", false),
    ] {
        let files = [
            ("devices/h/u/q/.mcp.json", config.as_bytes()),
            (path, secret.as_bytes()),
        ];
        let (inventory, problems, _) = inventory_of(&files);
        assert!(problems.is_empty(), "{problems:#?}");
        let holds = inventory
            .exposures
            .iter()
            .any(|exposure| exposure.key.ends_with("#a") && !exposure.lying.is_empty());
        assert_eq!(holds, is_taken, "{path}");
    }
    // In a profile only what is exported reaches what is started from the shell.
    let exported = format!("export {secret}");
    let files = [
        ("devices/h/u/q/.mcp.json", config.as_bytes()),
        ("devices/h/u/.zshrc", exported.as_bytes()),
    ];
    let (inventory, ..) = inventory_of(&files);
    assert!(
        inventory
            .exposures
            .iter()
            .any(|exposure| exposure.key.ends_with("#a"))
    );
}

#[test]
fn a_masked_key_is_the_literal_that_it_alone_fits_and_only_may_be_one_of_several() {
    let fixtures = fixtures();
    let (inventory, ..) = inventory_of(&texts(&fixtures));
    for (key, file) in [
        ("openai:api-key:key_shop", "env-file:"),
        ("anthropic:api-key:apikey_01EXAMPLE", "agent-settings:"),
    ] {
        let sure = places(&inventory, key, "");
        let is_there = |place: &String| place.starts_with(file) && place.ends_with("sure");
        assert!(sure.iter().any(is_there), "{key}: {sure:?}");
        assert!(credential(&inventory, key).principal.is_some());
    }
    assert!(places(&inventory, "openai:api-key:key_laptop", "").is_empty());
    // A second key of the same mask, and a second literal.
    let keys = fixtures
        .iter()
        .find(|(path, _)| path.ends_with("proj_shop/api_keys.json"));
    let twice = keys
        .unwrap()
        .1
        .replace("sk-proj-xyz...0000", "sk-proj-abc...wxyz");
    let one = format!("OPENAI_API_KEY=sk-proj-abc{}wxyz\n", "EXAMPLE".repeat(3));
    let other = format!("OPENAI_API_KEY=sk-proj-abc{}9wxyz\n", "EXAMPLE".repeat(3));
    let export = "openai/acme/projects/proj_shop/api_keys.json";
    let only = keys.unwrap().1.clone();
    for (list, files) in [
        (&twice, vec![("devices/h/u/.env", one.as_bytes())]),
        (
            &only,
            vec![
                ("devices/h/u/.env", one.as_bytes()),
                ("devices/g/u/.env", other.as_bytes()),
            ],
        ),
    ] {
        let mut all = vec![(export, list.as_bytes())];
        all.extend(files);
        let (inventory, ..) = inventory_of(&all);
        let places = places(&inventory, "openai:api-key:key_shop", "");
        assert!(!places.is_empty());
        let is_possible = |place: &String| {
            place.contains("it may be this one, as what shows of both is the same")
        };
        assert!(places.iter().all(is_possible), "{places:#?}");
    }
}

fn fakes(inventory: &Inventory) -> usize {
    inventory.credentials.len()
}

/// Without the comments and trailing commas that the editors allow.
fn strict(text: &str) -> String {
    let mut plain = String::new();
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"))
    {
        if line.starts_with(['}', ']']) && plain.ends_with(',') {
            plain.pop();
        }
        plain += line;
    }
    plain
}

#[test]
fn a_spoilt_configuration_costs_what_is_spoilt_and_never_the_run() {
    for (path, text) in fixtures() {
        if !path.ends_with(".json") {
            continue;
        }
        let plain = strict(&text);
        let whole: Value =
            serde_json::from_str(&plain).unwrap_or_else(|error| panic!("{path}: {error}"));
        let count = |text: &str| {
            let read = catch_unwind(AssertUnwindSafe(|| {
                inventory_of(&[(path, text.as_bytes())])
            }));
            let (inventory, problems, _) = read.unwrap_or_else(|_| panic!("{path}: {text}"));
            let others = problems
                .iter()
                .filter(|problem| !problem.contains("MissingReference"));
            (fakes(&inventory), others.count())
        };
        let (all, before) = count(&whole.to_string());
        let mut spoilt = spoilt(&whole);
        // What is another document altogether is no spoilt one.
        spoilt.retain(|report| {
            report
                .as_object()
                .is_some_and(|members| !members.contains_key("x"))
        });
        let mut kept = 0;
        for report in &spoilt {
            let (read, problems) = count(&report.to_string());
            kept += usize::from(read + 2 >= all);
            // `null` is as good as nothing: what is not there is not wrong.
            let has_null = report.to_string().matches("null").count()
                > whole.to_string().matches("null").count();
            assert!(
                read + 1 >= all || problems > before || has_null,
                "{path}: {read} of {all}: {report}"
            );
        }
        assert!(
            kept * 3 > spoilt.len() * 2,
            "{path}: {kept} of {}",
            spoilt.len()
        );
    }
}

#[test]
fn hostile_files_are_problems_and_never_a_crash() {
    let deep = 100_000;
    let long = "x".repeat(3_000_000);
    let settings = |inner: &str| {
        format!(r#"{{"mcpServers": {{"a": {{"command": "npx", "args": {inner}}}}}}}"#)
    };
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("devices/h/a/.codex/config.toml", format!("mcp_servers = {}", "[".repeat(deep)).into_bytes()),
        ("devices/h/b/.codex/config.toml", format!("mcp_servers.{} = 1", "a.".repeat(deep) + "b").into_bytes()),
        ("devices/h/c/.codex/config.toml", b"[mcp_servers.a]\ncommand = \"x\"\n[mcp_servers.a]\ncommand = \"y\"\n".to_vec()),
        ("devices/h/d/.codex/config.toml", b"[mcp_servers.a]\ncommand = \"x\"\nenv = { A_TOKEN = \xff }\n".to_vec()),
        ("devices/h/e/.codex/config.toml", format!("[mcp_servers.a]\ncommand = \"npx\"\nargs = [\"{long}\"]\n").into_bytes()),
        ("devices/h/f/.codex/config.toml", b"mcp_servers = 3\nprofiles = [1]\nmodel_providers = \"x\"\n".to_vec()),
        ("devices/h/a/.cursor/mcp.json", settings(&format!("{}{}", "[".repeat(deep), "]".repeat(deep))).into_bytes()),
        ("devices/h/b/.cursor/mcp.json", settings(&format!("[\"{long}\"]")).into_bytes()),
        ("devices/h/c/.cursor/mcp.json", br#"{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}, "mcpServers": {"b": 1}}"#.to_vec()),
        ("devices/h/a/.env", format!("A_TOKEN=\"{long}").into_bytes()),
        ("devices/h/b/.env", "\u{0}=\u{0}\n=\n===\nA\n\"\n'".repeat(1000).into_bytes()),
        ("devices/h/c/.env", b"A_TOKEN=\xff\xfe\n".to_vec()),
        ("devices/h/d/.env", format!("A_TOKEN=${{{}", "${".repeat(deep)).into_bytes()),
    ];
    for (path, bytes) in &files {
        let read = catch_unwind(AssertUnwindSafe(|| inventory_of(&[(path, bytes)])));
        let (inventory, problems, _) = read.unwrap_or_else(|_| panic!("{path}"));
        let is_told = !problems.is_empty() || path.ends_with("e/.codex/config.toml");
        let is_quiet = [
            "devices/h/b/.cursor/mcp.json",
            "devices/h/a/.env",
            "devices/h/d/.env",
        ];
        assert!(
            is_told || is_quiet.contains(path),
            "{path}: {:?}",
            inventory.principals.len()
        );
        assert!(problems.iter().all(|one| one.len() < 2000), "{path}");
    }
    // What stands beside a mistake is read.
    let text = "[mcp_servers.a]\ncommand = \"x\"\nenv = { A_TOKEN = \"tok-EXAMPLEEXAMPLE\" }\n[mcp_servers.b]\nbroken =\n[mcp_servers.c]\ncommand = \"y\"\n";
    let (inventory, problems, _) =
        inventory_of(&[("devices/h/u/.codex/config.toml", text.as_bytes())]);
    assert!(!problems.is_empty());
    let servers = inventory
        .principals
        .iter()
        .filter(|one| one.kind == PrincipalKind::McpServer);
    assert!(servers.count() >= 2);
    assert_eq!(inventory.credentials.len(), 1);
}

/// An analysed folder of configurations.
fn estate(files: &[(&str, &str)]) -> Answers {
    let bytes: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    let (_folder, root) = written(&bytes);
    Answers {
        analysis: analyzed(&root, AS_OF),
    }
}

fn server(command: &str, args: &[&str]) -> String {
    let token = format!("ghp_{}", "EXAMPLE".repeat(4));
    json!({"mcpServers": {"s": {"command": command, "args": args, "env": {"GH_TOKEN": token}}}})
        .to_string()
}

const CONFIG: &str = "devices/h/u/.cursor/mcp.json";

/// The key of the server `s` of [`server`], wherever its folder lies.
fn server_key(answers: &Answers) -> String {
    let mut principals = answers.analysis.inventory.principals.iter();
    let server =
        principals.find(|one| one.key.starts_with("mcp-server:") && one.key.ends_with("#s"));
    server.unwrap().key.to_string()
}

#[test]
fn who_controls_a_package_acts_as_the_servers_that_start_it_unpinned() {
    for (command, args, software, expected) in [
        ("npx", &["-y", "p@latest"][..], "npm:p", Answer::Certain),
        ("npx", &["-y", "p"], "npm:p", Answer::Possible),
        ("uvx", &["p"], "pypi:p", Answer::Possible),
        ("docker", &["run", "i:latest"], "oci:i", Answer::Possible),
    ] {
        let answers = estate(&[(CONFIG, &server(command, args))]);
        let right = format!("publishing-right:{software}");
        assert_eq!(
            answers.credential_becomes(&right, &server_key(&answers)),
            expected,
            "{software}"
        );
        // Code that is not kept apart runs in the session of the user.
        let session = answers.credential_becomes(&right, "person:h/u");
        let is_apart = command == "docker";
        assert_eq!(
            session,
            if is_apart { Answer::No } else { expected },
            "{software}"
        );
        let publisher = format!("publisher:{software}");
        assert_ne!(
            answers.principal_becomes(Some(&publisher), &server_key(&answers)),
            Answer::No
        );
    }
    for args in [&["-y", "p@1.2.3"][..], &["./local.js"]] {
        let answers = estate(&[(CONFIG, &server("npx", args))]);
        let inventory = &answers.analysis.inventory;
        assert!(
            inventory
                .principals
                .iter()
                .all(|one| one.kind != PrincipalKind::Vendor)
        );
        assert_eq!(inventory.credentials.len(), 1);
    }
}

#[test]
fn one_party_controls_a_package_on_all_machines_and_each_pin_takes_one_away() {
    let config = server("npx", &["-y", "p@latest"]);
    let grant = |host: &str| format!("devices/{host}/u/.cursor/mcp.json");
    let (one, two) = (grant("h"), grant("g"));
    let account = Account::default().user("bot", &[allow("s3:GetObject", "arn:aws:s3:::ledger/*")]);
    let id = key_of("bot");
    let half = format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap());
    let config: Value = serde_json::from_str(&config).unwrap();
    let mut with_key = config.clone();
    with_key["mcpServers"]["s"]["env"] =
        json!({"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": half});
    let answers = account
        .bucket("ledger")
        .around(&one, &with_key)
        .around(&two, &with_key)
        .analyze();
    let analysis = &answers.analysis;
    let parties = analysis
        .inventory
        .principals
        .iter()
        .filter(|one| one.kind == PrincipalKind::Vendor);
    assert_eq!(parties.count(), 1);
    assert_eq!(
        answers.credential_gets(
            "publishing-right:npm:p",
            Access::Read,
            "arn:aws:s3:::ledger"
        ),
        Answer::Certain
    );
    // Nobody here can revoke another's right to publish.
    let is_revoking = |control: &Control| matches!(control, Control::Credential(id) if analysis.inventory.credentials[*id].key.starts_with("publishing-right:"));
    assert!(!analysis.steps.controls.iter().any(is_revoking));
    let pins: Vec<Control> = analysis
        .inventory
        .scopes
        .entries()
        .filter(|(_, scope)| scope.kind() == "software")
        .map(|(id, _)| Control::Scope(id))
        .collect();
    assert_eq!(pins.len(), 2);
    let without = |gone: &[Control]| {
        let removed: Vec<_> = analysis
            .steps
            .controls
            .entries()
            .filter(|(_, control)| gone.contains(control))
            .flat_map(|(id, _)| analysis.steps.controlled_by(id).to_vec())
            .collect();
        let seed = |key: &str| {
            let mut all = analysis.inventory.credentials.entries();
            let (id, _) = all.find(|(_, one)| *one.key == *key).unwrap();
            analysis.steps.fact_id(Fact::Credential(id)).unwrap()
        };
        let reached = leakreach::reach::reached_without(
            &analysis.steps,
            leakreach::reach::Layer::Possible,
            &[seed("publishing-right:npm:p")],
            &removed,
        );
        let ledger = analysis
            .inventory
            .resource_by_key("arn:aws:s3:::ledger")
            .unwrap();
        let goal = analysis
            .steps
            .fact_id(Fact::Access(ledger, Access::Read))
            .unwrap();
        reached[goal.0 as usize]
    };
    assert!(without(&pins[..1]), "the other machine starts it still");
    assert!(!without(&pins), "both are pinned");
}

/// On what it hangs that an agent does what it reads.
fn input_conditions(answers: &Answers) -> BTreeSet<String> {
    let steps = &answers.analysis.steps;
    steps
        .ids()
        .map(|id| steps.step(id))
        .filter(|step| steps.techniques[step.technique].id == "agent/untrusted-input")
        .map(|step| steps.conditions[step.condition.unwrap()].clone())
        .collect()
}

#[test]
fn an_agent_that_reads_holds_and_acts_is_open_to_what_it_reads_and_one_that_lacks_one_is_not() {
    let token = format!("ghp_{}", "EXAMPLE".repeat(4));
    let config = |servers: Value| json!({ "mcpServers": servers }).to_string();
    let fetch = json!({"command": "uvx", "args": ["mcp-server-fetch==2025.4.7"]});
    let search = json!({"command": "npx", "args": ["-y", "exa-mcp-server@3.0.0"]});
    let holder = json!({"command": "x", "env": {"GH_TOKEN": token}});
    let trusted = json!({"command": "uvx", "args": ["mcp-server-fetch==2025.4.7"], "trust": true});
    let approved = "it does what it reads, and a person approves";
    let unasked = "it does what it reads";
    for (servers, expected) in [
        (json!({"f": fetch, "h": holder}), vec![approved]),
        (json!({"f": trusted, "h": holder}), vec![unasked, approved]),
        // It reads, and cannot carry anything out.
        (json!({"f": search, "h": holder}), vec![]),
        // It holds nothing.
        (json!({"f": fetch}), vec![]),
        // It reads nothing of others.
        (json!({"h": holder}), vec![]),
    ] {
        let answers = estate(&[(CONFIG, &config(servers.clone()))]);
        let conditions = input_conditions(&answers);
        let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(conditions, expected, "{servers}");
        let inputs: Vec<&str> = answers
            .analysis
            .inventory
            .exposures
            .iter()
            .filter(|exposure| exposure.kind == ExposureKind::AgentInput)
            .map(|exposure| exposure.name.as_str())
            .collect();
        match expected.is_empty() {
            true => assert!(inputs.is_empty()),
            false => assert_eq!(inputs, ["what Cursor of h/u reads: web pages"]),
        }
    }
    // A scenario of its own, never certain.
    let answers = estate(&[(CONFIG, &config(json!({"f": fetch, "h": holder})))]);
    let inventory = &answers.analysis.inventory;
    let scenario = answers
        .analysis
        .exposures
        .iter()
        .find(|scenario| match scenario.leak {
            Leak::Exposure(id) => inventory.exposures[id].kind == ExposureKind::AgentInput,
            Leak::Credential(_) => false,
        });
    let scenario = scenario.unwrap();
    assert_eq!(
        (scenario.certain.credentials, scenario.possible.credentials),
        (0, 1)
    );
}

#[test]
fn settings_that_let_an_assistant_act_unasked_are_told() {
    let project = "devices/h/u/src/p/.mcp.json";
    let holder = server("uvx", &["mcp-server-fetch==2025.4.7"]);
    let settings = "devices/h/u/.claude/settings.json";
    let approved = "it does what it reads, and a person approves";
    for (text, is_unasked) in [
        (
            r#"{"permissions": {"defaultMode": "bypassPermissions"}}"#,
            true,
        ),
        (r#"{"permissions": {"allow": ["WebFetch"]}}"#, true),
        (r#"{"enableAllProjectMcpServers": true}"#, true),
        (r#"{"permissions": {"defaultMode": "plan"}}"#, false),
        (r#"{"permissions": {"defaultMode": "dontAsk"}}"#, false),
        (
            r#"{"permissions": {"allow": ["WebFetch"], "deny": ["WebFetch"]}}"#,
            false,
        ),
        (r#"{"enableAllProjectMcpServers": false}"#, false),
    ] {
        let answers = estate(&[(project, &holder), (settings, text)]);
        let conditions = input_conditions(&answers);
        assert!(conditions.contains(approved), "{text}");
        assert_eq!(conditions.len() == 2, is_unasked, "{text}: {conditions:?}");
    }
}

#[test]
fn an_admin_key_rules_the_projects_and_a_key_of_one_only_that_one() {
    let fixtures = fixtures();
    let files: Vec<(&str, &str)> = fixtures
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let answers = estate(&files);
    let admin = "openai:admin-api-key:key_admin";
    for (key, access, resource, expected) in [
        (
            admin,
            Access::Admin,
            "openai:organization:acme",
            Answer::Certain,
        ),
        (
            admin,
            Access::Admin,
            "openai:project:proj_shop",
            Answer::Certain,
        ),
        (
            "openai:api-key:key_shop",
            Access::Read,
            "openai:project:proj_shop",
            Answer::Possible,
        ),
        (
            "openai:api-key:key_shop",
            Access::Admin,
            "openai:project:proj_shop",
            Answer::No,
        ),
        (
            "openai:api-key:key_shop",
            Access::Read,
            "openai:organization:acme",
            Answer::No,
        ),
        (
            "anthropic:api-key:apikey_01EXAMPLE",
            Access::Write,
            "anthropic:workspace:wrkspc_01EXAMPLE",
            Answer::Certain,
        ),
        (
            "anthropic:api-key:apikey_02EXAMPLE",
            Access::Read,
            "anthropic:workspace:acme/default",
            Answer::No,
        ),
    ] {
        assert_eq!(
            answers.credential_gets(key, access, resource),
            expected,
            "{key} {resource}"
        );
    }
}

/// A series of numbers that is the same each time.
struct Series(u64);

impl Series {
    fn below(&mut self, limit: usize) -> usize {
        // Numerical Recipes' constants, the upper half.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

const LEDGER: &str = "arn:aws:s3:::customer-ledger";

/// Fifty laptops beside an account and a scanner's report. Returns on which ones the planted key lies, by the name of
/// the server that holds it.
fn fifty(root: &Utf8PathBuf) -> BTreeMap<String, BTreeSet<String>> {
    let mut account = Account::default()
        .user(
            "deploy",
            &[
                allow("sts:AssumeRole", &role("release")),
                allow("s3:GetObject", "arn:aws:s3:::metrics/*"),
            ],
        )
        .user(
            "metrics",
            &[allow("s3:GetObject", "arn:aws:s3:::metrics/*")],
        )
        .role(
            "release",
            &json!({"AWS": user("deploy")}),
            &[allow("s3:*", "arn:aws:s3:::customer-ledger*")],
        )
        .bucket("customer-ledger")
        .bucket("metrics")
        .estate("crown = [\"arn:aws:s3:::customer-ledger\"]\n");
    let half = |name: &str| format!("{name:x<8}{}+/", "EXAMPLE8".repeat(4).get(..30).unwrap());
    let pair = |name: &str| json!({"AWS_ACCESS_KEY_ID": key_of(name), "AWS_SECRET_ACCESS_KEY": half(name)});
    let finding = |name: &str, file: &str| {
        json!({"RuleID": "aws-access-token", "Description": "", "StartLine": 3, "EndLine": 3, "StartColumn": 1, "EndColumn": 20,
            "Match": key_of(name), "Secret": key_of(name), "File": file, "SymlinkFile": "", "Commit": "0123456789abcdef",
            "Entropy": 3.0, "Author": "dev", "Email": "dev@acme.example", "Date": "2026-10-01T00:00:00Z", "Message": "config",
            "Tags": [], "Fingerprint": format!("0123456789abcdef:{file}:aws-access-token:3")})
    };
    let report = json!([finding("deploy", ".env"), finding("metrics", "jobs.yaml")]);
    account = account.around("scanners/gitleaks/acme__shop.json", &report);
    account.write(root);
    let mut series = Series(20_261_101);
    let mut planted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for number in 0..50 {
        let place = format!("lap-{number:02}/user{number:02}");
        let home = format!("devices/{place}");
        let token = format!("ghp_{}{number:08}", "EXAMPLE".repeat(4));
        let holds_key = number % 10 == 3;
        // Decoys: a reference, a placeholder, a redacted value, a pinned package.
        let decoys = json!({
            "jira": {"url": "https://mcp.jira.example/v1", "headers": {"Authorization": "Bearer ${JIRA_TOKEN}"}},
            "notes": {"command": "npx", "args": ["-y", "notes-mcp@1.2.3"], "env": {"NOTES_TOKEN": "your-token-here", "OTHER_TOKEN": "op://dev/notes/token"}},
            "old": {"command": "uvx", "args": ["old-mcp==2.0"], "env": {"API_KEY": "REDACTED"}}
        });
        let mut servers = decoys.clone();
        if series.below(2) == 0 {
            servers["github"] = json!({"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"], "env": {"GITHUB_TOKEN": token}});
        }
        let mut hold = |server: &str| {
            planted
                .entry(server.to_owned())
                .or_default()
                .insert(place.clone());
        };
        match number % 5 {
            0 => write(
                &format!("{home}/Library/Claude/claude_desktop_config.json"),
                &json!({"mcpServers": servers}).to_string(),
            ),
            1 => write(
                &format!("{home}/.claude.json"),
                &json!({"numStartups": 3, "mcpServers": servers, "projects": {}}).to_string(),
            ),
            2 => write(
                &format!("{home}/.gemini/settings.json"),
                &json!({"mcpServers": servers, "security": {}}).to_string(),
            ),
            3 => {
                if holds_key {
                    servers["aws-api"] = json!({"command": "uvx", "args": ["aws-api-mcp@latest"], "env": pair("deploy")});
                    hold("aws-api");
                }
                write(
                    &format!("{home}/.cursor/mcp.json"),
                    &json!({"mcpServers": servers}).to_string(),
                );
            }
            _ => {
                let mut toml = "approval_policy = \"on-request\"\n[mcp_servers.jira]\nurl = \"https://mcp.jira.example/v1\"\nbearer_token_env_var = \"JIRA_TOKEN\"\n".to_owned();
                if number == 24 || number == 44 {
                    // By reference, set in a file of the same user.
                    toml += "[mcp_servers.cloud]\ncommand = \"uvx\"\nargs = [\"cloud-mcp==1.0\"]\nenv_vars = [\"AWS_ACCESS_KEY_ID\", \"AWS_SECRET_ACCESS_KEY\"]\n";
                    write(
                        &format!("{home}/src/shop/.env"),
                        &format!(
                            "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n",
                            key_of("deploy"),
                            half("deploy")
                        ),
                    );
                    hold("cloud");
                }
                write(&format!("{home}/.codex/config.toml"), &toml);
            }
        }
        write(
            &format!("{home}/src/shop/.env.example"),
            &format!("AWS_ACCESS_KEY_ID={}\nTOKEN={token}\n", key_of("deploy")),
        );
    }
    planted
}

#[test]
fn fifty_laptops_tell_which_key_travels_farthest_where_it_lies_who_holds_it_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().join("exports")).unwrap();
    let planted = fifty(&root);
    let all: BTreeSet<&String> = planted.values().flatten().collect();
    assert_eq!(
        (planted["aws-api"].len(), planted["cloud"].len(), all.len()),
        (5, 2, 7)
    );
    let out = folder.path().join("report");
    let status = Command::new(env!("CARGO_BIN_EXE_leakreach"))
        .args(["analyze", root.as_str(), "--as-of", AS_OF, "--out"])
        .arg(&out)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(
        status.status.success(),
        "{}",
        String::from_utf8_lossy(&status.stderr)
    );
    let text = fs::read_to_string(out.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        report["problems"].as_array().unwrap().len(),
        0,
        "{:#}",
        report["problems"]
    );

    // Which leaked key travels farthest: of those that lie somewhere, one stands alone at the top.
    let key = format!("aws:access-key:{}", key_of("deploy"));
    let mut leaked = report["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| !one["exposures"].as_array().unwrap().is_empty());
    let (first, second) = (leaked.next().unwrap(), leaked.next().unwrap());
    assert_eq!(first["id"], key.as_str());
    let points = |one: &Value| one["certain"]["points"].as_f64().unwrap();
    assert!(points(first) > points(second));
    assert_eq!(first["top"][0]["resource"], LEDGER);

    // Where else it lies: in the repository, and on seven machines.
    let exposures: BTreeMap<&str, &Value> = report["exposures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one))
        .collect();
    let places: Vec<&Value> = first["exposures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| exposures[id.as_str().unwrap()])
        .collect();
    let of_kind = |kind: &str| -> BTreeSet<String> {
        let of = places.iter().filter(|place| place["kind"] == kind);
        of.map(|place| place["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let machines: BTreeSet<String> = all
        .iter()
        .map(|place| format!("files of {place}"))
        .collect();
    assert_eq!(of_kind("device"), machines);
    assert_eq!(of_kind("repository-file").len(), 1);
    assert_eq!(of_kind("device-file").len(), 2);

    // Which server, agent and person hold it: servers by name, on how many machines.
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut agents = BTreeSet::new();
    for holder in places
        .iter()
        .flat_map(|place| place["holders"].as_array().unwrap())
    {
        if holder["kind"] != "mcp-server" {
            continue;
        }
        let drivers: Vec<&str> = holder["driven_by"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap())
            .collect();
        let [agent, person] = drivers[..] else {
            panic!("{holder:#}")
        };
        agents.insert(agent.rsplit('/').next().unwrap());
        held.entry(holder["name"].as_str().unwrap().to_owned())
            .or_default()
            .insert(person.strip_prefix("person:").unwrap().to_owned());
    }
    assert_eq!(held, planted);
    assert_eq!(agents, BTreeSet::from(["Cursor", "Codex"]));
    let html = fs::read_to_string(out.join("report.html")).unwrap();
    for server in [
        "MCP server aws-api on 5 devices",
        "MCP server cloud on 2 devices",
    ] {
        assert!(html.contains(server), "{server}");
    }

    // What to do: no other single change takes as much away.
    let fixes = report["fixes"].as_array().unwrap();
    assert_eq!(fixes[0]["id"], format!("credential:{key}"));
    assert_eq!(
        fixes[0]["text"],
        format!("revoke access key {}", key_of("deploy"))
    );
    let gain = |fix: &Value| fix["certain"].as_f64().unwrap() + fix["possible"].as_f64().unwrap();
    assert!(gain(&fixes[0]) > gain(&fixes[1]), "{:#}", fixes[1]);

    // Decoys: nothing of them is a credential, and a pinned package is nobody's to change.
    for decoy in [
        "NOTES_TOKEN",
        "OTHER_TOKEN",
        "API_KEY",
        "Authorization",
        "JIRA_TOKEN",
    ] {
        let is_there = report["credentials"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == decoy);
        assert!(!is_there, "{decoy}");
    }
    let rights: BTreeSet<&str> = report["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "publishing-right")
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        rights,
        BTreeSet::from([
            "npm:@modelcontextprotocol/server-github",
            "pypi:aws-api-mcp"
        ])
    );
    assert!(
        !text.contains("EXAMPLEEXAMPLEEXAMPLE"),
        "no value is in the report"
    );
}
