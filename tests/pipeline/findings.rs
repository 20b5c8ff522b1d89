//! Findings: of every check a hit and a near miss, through the whole program.

use crate::account::{Account, allow, analyzed as analyzed_account, deny, role, user, when};
use crate::kubernetes::{account, key, two_namespaces};
use crate::okta;
use crate::platforms::Exports;
use camino::Utf8PathBuf;
use leakreach::analysis::{
    Analysis, FixLimit, Measure, Memory, Mode, Options, ReadOptions, analyze,
};
use leakreach::findings::{CHECKS, Finding, Part, Thing};
use leakreach::progress::Silent;
use leakreach::reports;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// What is made of some exports, of which so many credentials are shown in full.
pub fn analyzed_showing(files: &[(&str, &str)], shown: usize) -> Analysis {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let options = Options {
        as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
        shown,
        fixes: FixLimit::All,
        memory: Memory::ALL,
    };
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    analyze(&[root], &options, &Silent).unwrap()
}

pub fn analyzed(files: &[(&str, &str)]) -> Analysis {
    analyzed_showing(files, 50)
}

pub fn of<'a>(analysis: &'a Analysis, id: &str) -> Vec<&'a Finding> {
    let all = analysis.findings.iter();
    all.filter(|finding| finding.check.id == id).collect()
}

/// What a check finds: `SEVERITY SUBJECT OBJECT`.
pub fn told(analysis: &Analysis, id: &str) -> Vec<String> {
    let key = |thing: &leakreach::findings::Thing| thing.key(&analysis.inventory, &analysis.steps);
    let line = |finding: &&Finding| {
        let object = finding.object.as_ref().map_or("-".to_owned(), key);
        let severity = finding.severity.name();
        format!("{severity} {} {object}", key(&finding.subject))
    };
    let mut all: Vec<String> = of(analysis, id).iter().map(line).collect();
    all.sort();
    all
}

pub const NONE: [&str; 0] = [];

/// Key `t` of a machine that administers a crown jewel lies in a repository, where a scanner found it.
fn register() -> Value {
    json!({
        "leakreach": 1,
        "principals": [{"id": "robot", "type": "service-account"}, {"id": "reader", "type": "role"}],
        "credentials": [{"id": "t", "type": "access-key", "principal": "robot", "status": "active",
            "created": "2026-01-01T00:00:00Z", "expires": "never"}],
        "resources": [{"id": "vault", "sensitivity": "crown"}, {"id": "repo", "type": "repository"}],
        "exposures": [{"id": "e", "type": "repository-file",
            "lying": [{"credential": "t", "name": "TOKEN", "found": true}]}],
        "steps": [{"needs": ["principal:robot"], "gain": "admin:vault", "scope": "grant"}]
    })
}

/// The register with a value put at a pointer; a member that is not there is added.
pub fn with(changes: &[(&str, Value)]) -> Value {
    let mut register = register();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = register.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(all) => match name.parse::<usize>() {
                Ok(at) => all[at] = value.clone(),
                Err(_) => all.push(value.clone()),
            },
            parent => parent[name] = value.clone(),
        }
    }
    register
}

pub fn found(id: &str, changes: &[(&str, Value)]) -> Vec<String> {
    told(&analyzed(&[("r.json", &with(changes).to_string())]), id)
}

pub const SIGHT: &str = "/exposures/0/lying/0";
pub const KIND: &str = "/exposures/0/type";

pub fn sight(more: Value) -> (&'static str, Value) {
    let mut lying = json!({"credential": "t", "name": "TOKEN"});
    for (name, value) in more.as_object().unwrap() {
        lying[name] = value.clone();
    }
    (SIGHT, lying)
}

#[test]
fn br_pth_01_a_leaked_key_that_reaches_a_crown_jewel_and_not_one_that_only_lies_there() {
    const ID: &str = "BR-PTH-01";
    assert_eq!(found(ID, &[]), ["critical t vault"]);
    let conditional = ("/steps/0/condition", json!("whether it is noon"));
    assert_eq!(found(ID, &[conditional]), ["high t vault"]);
    let doubtful = sight(json!({"found": true, "doubt": "half of it"}));
    assert_eq!(found(ID, &[doubtful]), ["high t vault"]);
    for near_miss in [
        sight(json!({})),
        (KIND, json!("secret-store")),
        ("/credentials/0/status", json!("inactive")),
        ("/resources/0/sensitivity", json!("restricted")),
        ("/steps/0/gain", json!("list:vault")),
    ] {
        assert_eq!(
            found(ID, std::slice::from_ref(&near_miss)),
            NONE,
            "{near_miss:?}"
        );
    }
}

#[test]
fn br_pth_01_tells_of_each_crown_jewel_with_a_proof_where_the_key_is_shown() {
    let second = (
        "/resources/-",
        json!({"id": "mint", "sensitivity": "crown"}),
    );
    let step = (
        "/steps/-",
        json!({"needs": ["principal:robot"], "gain": "read:mint"}),
    );
    let text = with(&[second, step]).to_string();
    for (shown, length) in [(50, 2), (0, 0)] {
        let analysis = analyzed_showing(&[("r.json", &text)], shown);
        let all = told(&analysis, "BR-PTH-01");
        assert_eq!(all, ["critical t mint", "critical t vault"]);
        for finding in of(&analysis, "BR-PTH-01") {
            assert_eq!(finding.proof.len(), length);
        }
    }
}

#[test]
fn br_pth_01_names_the_place_where_it_leaked_and_not_another_where_it_lies() {
    let beside = json!({"id": "a", "type": "device-file", "lying": [{"credential": "t"}]});
    let text = with(&[("/exposures/-", beside)]).to_string();
    let analysis = analyzed(&[("r.json", &text)]);
    let places = analysis.inventory.exposures.entries();
    let named: Vec<&str> = places
        .filter(|(id, _)| {
            let name = Part::Name(Thing::Exposure(*id));
            of(&analysis, "BR-PTH-01")[0].text.contains(&name)
        })
        .map(|(_, place)| &*place.key)
        .collect();
    assert_eq!(named, ["e"]);
}

#[test]
fn br_pth_02_what_two_keys_pass_through_and_not_what_one_does() {
    const ID: &str = "BR-PTH-02";
    let second = || {
        let key =
            json!({"id": "u", "type": "access-key", "principal": "robot", "status": "active"});
        ("/credentials/-", key)
    };
    assert_eq!(found(ID, &[second()]), ["high scope:grant -"]);
    assert_eq!(found(ID, &[]), NONE);
    // A crown jewel for each of nine others: two keys in eleven are less than a fifth.
    let mut changes = vec![second()];
    for other in 0..9 {
        let (who, what) = (format!("p{other}"), format!("v{other}"));
        changes.push(("/principals/-", json!({"id": who})));
        changes.push((
            "/credentials/-",
            json!({"id": format!("k{other}"), "type": "password", "principal": who, "status": "active"}),
        ));
        changes.push(("/resources/-", json!({"id": what, "sensitivity": "crown"})));
        let needs = [format!("principal:{who}")];
        changes.push((
            "/steps/-",
            json!({"needs": needs, "gain": format!("admin:{what}")}),
        ));
    }
    assert_eq!(found(ID, &changes), NONE);
}

#[test]
fn br_pth_03_all_four_weaknesses_and_not_three() {
    const ID: &str = "BR-PTH-03";
    assert_eq!(found(ID, &[]), ["critical t robot"]);
    for missing in [
        sight(json!({})),
        ("/credentials/0/expires", json!("2027-01-01T00:00:00Z")),
        ("/steps/0/gain", json!("read:vault")),
        ("/resources/0/sensitivity", json!("restricted")),
        ("/principals/0/type", json!("human")),
        ("/steps/0/condition", json!("whether it is noon")),
    ] {
        assert_eq!(
            found(ID, std::slice::from_ref(&missing)),
            NONE,
            "{missing:?}"
        );
    }
}

#[test]
fn br_pth_04_a_key_in_data_that_another_machine_reads_and_not_one_that_only_its_own_does() {
    const ID: &str = "BR-PTH-04";
    let on_repo = || ("/exposures/0/resource", json!("repo"));
    let reads = |who: &str| {
        let step = json!({"needs": [format!("principal:{who}")], "gain": "read:repo"});
        ("/steps/-", step)
    };
    assert_eq!(found(ID, &[on_repo(), reads("reader")]), ["high t e"]);
    let noon = json!({"needs": ["principal:reader"], "gain": "read:repo", "condition": "at noon"});
    assert_eq!(found(ID, &[on_repo(), ("/steps/-", noon)]), ["medium t e"]);
    assert_eq!(found(ID, &[on_repo()]), NONE);
    assert_eq!(found(ID, &[on_repo(), reads("robot")]), NONE);
    for kind in ["human", "user"] {
        let person = ("/principals/1/type", json!(kind));
        assert_eq!(found(ID, &[on_repo(), reads("reader"), person]), NONE);
    }
    let store = (KIND, json!("secret-store"));
    assert_eq!(found(ID, &[on_repo(), reads("reader"), store]), NONE);
    // Two must come together.
    let both = json!({"needs": ["principal:reader", "principal:robot"], "gain": "read:repo"});
    assert_eq!(found(ID, &[on_repo(), ("/steps/-", both)]), NONE);
}

#[test]
fn br_pth_04_a_group_is_no_reader_but_its_members_are() {
    let on_repo = ("/exposures/0/resource", json!("repo"));
    let group = ("/principals/-", json!({"id": "all", "type": "group"}));
    let reads = (
        "/steps/-",
        json!({"needs": ["principal:all"], "gain": "read:repo"}),
    );
    let changes = [on_repo, group, reads];
    assert_eq!(found("BR-PTH-04", &changes), NONE);
    let member = json!({"needs": ["principal:reader"], "gain": "principal:all"});
    let changes: Vec<_> = changes.into_iter().chain([("/steps/-", member)]).collect();
    assert_eq!(found("BR-PTH-04", &changes), ["high t e"]);
}

pub fn of_account(id: &str, account: Account) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    account.write(&root);
    told(&analyzed_account(&root, "2026-01-01T00:00:00Z"), id)
}

#[test]
fn br_pth_05_who_makes_keys_for_itself_and_not_who_makes_them_for_others() {
    const ID: &str = "BR-PTH-05";
    let of = |statements: &[Value]| {
        let account = Account::default().user("ci", statements).user("other", &[]);
        of_account(ID, account)
    };
    let medium = format!("medium {} -", user("ci"));
    assert_eq!(
        of(&[allow("iam:CreateAccessKey", &user("ci"))]),
        std::slice::from_ref(&medium)
    );
    assert_eq!(of(&[allow("iam:*", "*")]), [medium]);
    assert_eq!(of(&[allow("iam:CreateAccessKey", &user("other"))]), NONE);
    let own = allow("iam:CreateAccessKey", "*");
    assert_eq!(of(&[own, deny("iam:*", &user("ci"))]), NONE);
}

#[test]
fn br_pth_05_a_service_account_that_has_tokens_of_its_own_issued_and_not_of_others() {
    let with = |subject: &str, rules: &[&str]| {
        let exports = Exports::from(two_namespaces().bound(subject, "shop", rules));
        told(&exports.analyzed(), "BR-PTH-05")
    };
    let medium = format!("medium {} -", account("shop/api"));
    let issue = "create serviceaccounts/token";
    assert_eq!(with("shop/api", &[issue]), std::slice::from_ref(&medium));
    let named = "create serviceaccounts/token - api";
    assert_eq!(with("shop/api", &[named]), std::slice::from_ref(&medium));
    // A group of all accounts never acts: what it holds is theirs.
    let group = "group:system:serviceaccounts:shop";
    assert_eq!(with(group, &[issue]), [medium]);
    assert_eq!(
        with("shop/api", &["create serviceaccounts/token - other"]),
        NONE
    );
    assert_eq!(with("shop/api", &["get serviceaccounts/token"]), NONE);
    assert_eq!(with("bank/teller", &[issue]), NONE, "tokens of others");
    assert_eq!(with("user:ada", &[issue]), NONE);
}

#[test]
fn br_pth_05_an_app_of_okta_that_administers_itself_and_not_one_whose_role_is_over_others() {
    let with = |kind: &str| {
        let estate = okta::acme()
            .with("apps.json", json!([okta::service_app("sync")]))
            .with("clients/0oasync/roles.json", json!([okta::standard(kind)]));
        told(&Exports::from(estate).analyzed(), "BR-PTH-05")
    };
    let all = with("SUPER_ADMIN");
    let [only] = &all[..] else { panic!("{all:?}") };
    assert!(
        only.starts_with("medium ") && only.ends_with(" okta:app:0oasync -"),
        "{only}"
    );
    assert_eq!(with("HELP_DESK_ADMIN"), NONE);
    assert_eq!(with("READ_ONLY_ADMIN"), NONE);
}

#[test]
fn br_exp_01_what_anybody_reads_and_not_what_is_private_or_dead() {
    const ID: &str = "BR-EXP-01";
    let public = || sight(json!({"found": true, "public": true}));
    assert_eq!(found(ID, &[public()]), ["critical t e"]);
    let unknown = || ("/credentials/0/status", json!(""));
    assert_eq!(found(ID, &[public(), unknown()]), ["high t e"]);
    let tried = sight(json!({"found": true, "public": true, "worked": true}));
    assert_eq!(found(ID, &[tried, unknown()]), ["critical t e"]);
    let in_vain = sight(json!({"found": true, "public": true, "worked": false}));
    assert_eq!(found(ID, &[in_vain, unknown()]), ["medium t e"]);
    assert_eq!(found(ID, &[]), NONE);
    for dead in [
        ("/credentials/0/status", json!("inactive")),
        ("/credentials/0/expires", json!("2026-10-01T00:00:00Z")),
        ("/credentials/0/type", json!("publishable-key")),
    ] {
        assert_eq!(found(ID, &[public(), dead]), NONE);
    }
}

#[test]
fn br_exp_02_what_a_scanner_found_in_a_store_and_not_what_lies_there_on_purpose() {
    const ID: &str = "BR-EXP-02";
    for kind in ["repository-file", "conversation", "stored-object", "other"] {
        assert_eq!(found(ID, &[(KIND, json!(kind))]), ["high t e"], "{kind}");
    }
    let in_vain = sight(json!({"found": true, "worked": false}));
    let unknown = ("/credentials/0/status", json!(""));
    assert_eq!(found(ID, &[in_vain, unknown]), ["medium t e"]);
    assert_eq!(found(ID, &[sight(json!({}))]), NONE);
    assert_eq!(
        found(ID, &[sight(json!({"found": true, "public": true}))]),
        NONE
    );
    for kind in ["secret-store", "device-file", "image-layer"] {
        assert_eq!(found(ID, &[(KIND, json!(kind))]), NONE, "{kind}");
    }
}

#[test]
fn br_exp_03_what_is_older_than_its_leak_and_not_what_is_younger_or_unknown() {
    const ID: &str = "BR-EXP-03";
    let since = |day: &str| sight(json!({"found": true, "since": day}));
    assert_eq!(found(ID, &[since("2026-02-01")]), ["critical t e"]);
    let unknown = ("/credentials/0/status", json!(""));
    assert_eq!(found(ID, &[since("2026-02-01"), unknown]), ["high t e"]);
    assert_eq!(found(ID, &[]), NONE);
    assert_eq!(found(ID, &[since("2025-02-01")]), NONE);
    let rotated = ("/credentials/0/type", json!("client-secret"));
    assert_eq!(found(ID, &[since("2025-02-01"), rotated]), NONE);
    let kept = (KIND, json!("secret-store"));
    assert_eq!(found(ID, &[since("2026-02-01"), kept]), NONE);
}

#[test]
fn br_exp_04_one_replaced_and_one_forgotten_and_not_all_or_none() {
    const ID: &str = "BR-EXP-04";
    let place = |day: &str| {
        let since = json!({"found": true, "since": day});
        let lies = |id: &str| {
            let mut lies = since.clone();
            lies["credential"] = json!(id);
            lies
        };
        ("/exposures/0/lying", json!([lies("t"), lies("u")]))
    };
    let other = |kind: &str, status: &str, created: &str| {
        let key = json!({"id": "u", "type": kind, "principal": "robot", "status": status, "created": created});
        ("/credentials/-", key)
    };
    let rotated = || other("client-secret", "active", "2026-03-01T00:00:00Z");
    let off = || other("access-key", "inactive", "2025-01-01T00:00:00Z");
    let left = || other("access-key", "active", "2025-01-01T00:00:00Z");
    assert_eq!(
        found(ID, &[place("2026-02-01"), rotated()]),
        ["critical e t"]
    );
    assert_eq!(found(ID, &[place("2026-02-01"), off()]), ["critical e t"]);
    assert_eq!(found(ID, &[place("2026-02-01"), left()]), NONE);
    let also_off = ("/credentials/0/status", json!("inactive"));
    assert_eq!(found(ID, &[place("2026-02-01"), off(), also_off]), NONE);
}

/// A public repository with a secret `A`, and a workflow.
pub fn workflow(text: &str) -> Vec<String> {
    let repository = json!([{"id": 34, "node_id": "R_x", "name": "shop", "full_name": "acme/shop",
        "owner": {"login": "acme", "id": 12, "type": "Organization"}, "private": false, "visibility": "public",
        "default_branch": "main", "archived": false, "allow_forking": true, "created_at": "2024-01-01T00:00:00Z"}]);
    let secrets = json!({"total_count": 1, "secrets": [
        {"name": "A", "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}]});
    let analysis = analyzed(&[
        ("github/orgs/acme/repos.json", &repository.to_string()),
        (
            "github/repos/acme/shop/actions/secrets.json",
            &secrets.to_string(),
        ),
        (
            "github/repos/acme/shop/contents/.github/workflows/ci.yml",
            text,
        ),
    ]);
    told(&analysis, "BR-EXP-05")
}

#[test]
fn br_exp_05_a_job_with_a_secret_that_runs_what_a_stranger_writes_and_not_one_that_does_not() {
    let requested = |on: &str, run: &str| {
        format!(
            "on: {on}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@{}\n        with:\n          ref: ${{{{ github.event.pull_request.head.sha }}}}\n      - run: {run}\n        env:\n          K: ${{{{ secrets.A }}}}\n",
            "a".repeat(40)
        )
    };
    let told = |severity: &str| {
        format!("{severity} github:secret:acme/shop/a github:job:acme/shop/ci.yml/build")
    };
    assert_eq!(
        workflow(&requested("pull_request_target", "npm ci")),
        [told("high")]
    );
    assert_eq!(
        workflow(&requested("pull_request_target", "cat x")),
        [told("medium")]
    );
    assert_eq!(workflow(&requested("push", "npm ci")), NONE);
    let without = requested("pull_request_target", "npm ci").replace("secrets.A", "github.sha");
    assert_eq!(workflow(&without), NONE);
}

#[test]
fn br_exp_05_an_action_that_its_publisher_may_replace_and_not_a_pinned_one() {
    let used = |version: &str| {
        format!(
            "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: octo/login@{version}\n        with:\n          key: ${{{{ secrets.A }}}}\n"
        )
    };
    let told = "high github:secret:acme/shop/a github:job:acme/shop/ci.yml/build";
    assert_eq!(workflow(&used("v4")), [told]);
    assert_eq!(workflow(&used(&"a".repeat(40))), NONE);
}

#[test]
fn br_exp_06_a_layer_or_a_log_and_not_a_file() {
    const ID: &str = "BR-EXP-06";
    for kind in ["image-layer", "ci-log"] {
        assert_eq!(found(ID, &[(KIND, json!(kind))]), ["high t e"], "{kind}");
    }
    let public = sight(json!({"found": true, "public": true}));
    assert_eq!(found(ID, &[(KIND, json!("ci-log")), public]), NONE);
    assert_eq!(found(ID, &[]), NONE);
}

#[test]
fn br_exp_07_a_file_on_a_machine_and_not_a_store() {
    const ID: &str = "BR-EXP-07";
    let file = || (KIND, json!("device-file"));
    assert_eq!(found(ID, &[file()]), ["high t e"]);
    let doubtful = sight(json!({"doubt": "half of it"}));
    assert_eq!(found(ID, &[file(), doubtful]), ["medium t e"]);
    let off = ("/credentials/0/status", json!("inactive"));
    assert_eq!(found(ID, &[file(), off]), NONE);
    assert_eq!(found(ID, &[(KIND, json!("secret-store"))]), NONE);
}

#[test]
fn br_exp_08_a_published_key_that_opens_more_than_public_matters() {
    const ID: &str = "BR-EXP-08";
    let published = || ("/credentials/0/type", json!("publishable-key"));
    assert_eq!(found(ID, &[published()]), ["critical t -"]);
    let maybe = ("/steps/0/condition", json!("whether it is noon"));
    assert_eq!(found(ID, &[published(), maybe]), ["high t -"]);
    for level in ["internal", "restricted"] {
        let level = ("/resources/0/sensitivity", json!(level));
        assert_eq!(found(ID, &[published(), level]), ["critical t -"]);
    }
    let open = ("/resources/0/sensitivity", json!("public"));
    assert_eq!(found(ID, &[published(), open]), NONE);
    assert_eq!(found(ID, &[]), NONE);
}

#[test]
fn br_exp_09_the_environment_of_a_workload_and_not_a_file() {
    const ID: &str = "BR-EXP-09";
    assert_eq!(
        found(ID, &[(KIND, json!("workload-environment"))]),
        ["medium t e"]
    );
    assert_eq!(found(ID, &[(KIND, json!("device-file"))]), NONE);
    let variables = |value: &str| {
        let account = Account::default()
            .role("worker", &json!({"Service": "lambda.amazonaws.com"}), &[])
            .function("relay", "worker", json!({"SLACK_TOKEN": value}));
        of_account(ID, account).len()
    };
    assert_eq!(variables(&format!("xoxb-{}", "EXAMPLE".repeat(4))), 1);
    assert_eq!(
        variables("arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack"),
        0
    );
}

#[test]
fn br_scp_07_a_trust_in_anybody_and_not_in_one_organisation() {
    const ID: &str = "BR-SCP-07";
    let of = |trusted: Value, condition: Option<Value>| {
        let account = Account::default().role("open", &trusted, &[allow("s3:*", "*")]);
        let account = match condition {
            None => account,
            Some(condition) => account.trust(|trust| {
                let statement = trust[0].clone();
                trust[0] = when(statement, condition);
            }),
        };
        of_account(ID, account)
    };
    let told =
        |severity: &str| format!("{severity} scope:{}#trust/0 {}", role("open"), role("open"));
    assert_eq!(of(json!({"AWS": "*"}), None), [told("critical")]);
    let office = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    assert_eq!(of(json!({"AWS": "*"}), Some(office)), [told("high")]);
    assert_eq!(of(json!({"AWS": "999900001111"}), None), NONE);
    assert_eq!(of(json!({"Service": "lambda.amazonaws.com"}), None), NONE);
}

#[test]
fn br_scp_07_a_policy_that_lets_anybody_write_and_not_one_that_shows_what_is_public() {
    let of = |action: &str, sensitivity: &str| {
        let mut statement = allow(action, "arn:aws:s3:::site/*");
        statement["Principal"] = json!("*");
        let estate = format!("[[rule]]\nname = \"site\"\nsensitivity = \"{sensitivity}\"\n");
        let account = Account::default()
            .user("ada", &[])
            .bucket("site")
            .bucket_policy("site", &[statement])
            .estate(&estate);
        of_account("BR-SCP-07", account).len()
    };
    assert_eq!(of("s3:GetObject", "confidential"), 1);
    assert_eq!(of("s3:GetObject", "public"), 0);
    assert_eq!(of("s3:PutObject", "public"), 1);
}

#[test]
fn br_scp_07_a_role_bound_to_whoever_asks_and_not_one_that_opens_nothing() {
    let of = |subject: &str, rules: &[&str]| {
        let exports = Exports::from(two_namespaces().bound(subject, "bank", rules));
        told(&exports.analyzed(), "BR-SCP-07")
    };
    for (subject, group) in [
        (
            "group:system:unauthenticated",
            key("group", "system:unauthenticated"),
        ),
        ("user:system:anonymous", key("user", "system:anonymous")),
    ] {
        let all = of(subject, &["list secrets"]);
        let [only] = &all[..] else { panic!("{all:?}") };
        assert!(
            only.starts_with("high scope:") && only.ends_with(&format!(" {group}")),
            "{only}"
        );
        // As the roles that every cluster binds to them.
        assert_eq!(of(subject, &["get version"]), NONE);
    }
    assert_eq!(of("group:system:authenticated", &["list secrets"]), NONE);
    assert_eq!(of("group:system:serviceaccounts", &["list secrets"]), NONE);
    assert_eq!(of("user:ada", &["list secrets"]), NONE);
}

#[test]
fn br_crd_01_a_token_without_an_end_and_not_a_kind_that_has_none() {
    const ID: &str = "BR-CRD-01";
    let token = || ("/credentials/0/type", json!("personal-access-token"));
    assert_eq!(found(ID, &[token()]), ["high t -"]);
    let harmless = ("/resources/0/sensitivity", json!("internal"));
    assert_eq!(found(ID, &[token(), harmless]), ["medium t -"]);
    assert_eq!(found(ID, &[]), NONE);
    for ending in [json!("2027-01-01T00:00:00Z"), json!("")] {
        assert_eq!(
            found(ID, &[token(), ("/credentials/0/expires", ending)]),
            NONE
        );
    }
    // A client secret has an end where its issuer gives it one.
    let secret = || ("/credentials/0/type", json!("client-secret"));
    let platform = |name: &str| ("/principals/0/platform", json!(name));
    assert_eq!(found(ID, &[secret(), platform("entra")]), ["high t -"]);
    assert_eq!(found(ID, &[secret(), platform("okta")]), NONE);
}

/// The configuration of a client with a server that starts so, below some folder.
fn configured(
    id: &str,
    folder: &str,
    package: &str,
    variables: &Value,
) -> (Vec<String>, Vec<String>) {
    let body = json!({"mcpServers": {"github": {"command": "npx", "args": ["-y", package], "env": variables}}});
    let path = format!("{folder}devices/mbp-1/ada/.cursor/mcp.json");
    let analysis = analyzed(&[(&path, &body.to_string())]);
    let prints = of(&analysis, id)
        .into_iter()
        .map(|one| one.fingerprint.clone());
    let prints = prints.collect();
    // The folder of the run stands in keys: what is on the device is told.
    let told = told(&analysis, id);
    let tail = |line: String| line.rsplit("devices/").next().unwrap().to_owned();
    (told.into_iter().map(tail).collect(), prints)
}

fn token() -> Value {
    let token = format!("{}{}X", "ghp_", "EXAMPLE".repeat(5));
    json!({"GITHUB_PERSONAL_ACCESS_TOKEN": token})
}

pub const PACKAGE: &str = "@modelcontextprotocol/server-github";

#[test]
fn br_agt_02_a_secret_in_the_configuration_and_not_a_reference() {
    let of = |variables: &Value| configured("BR-AGT-02", "", PACKAGE, variables).0;
    assert_eq!(of(&token()), ["mbp-1/ada/.cursor/mcp.json#github"]);
    assert_eq!(
        of(&json!({"GITHUB_PERSONAL_ACCESS_TOKEN": "${env:TOKEN}"})),
        NONE
    );
    assert_eq!(of(&json!({"LOG_LEVEL": "debug"})), NONE);
}

#[test]
fn br_agt_04_an_unpinned_server_with_a_secret_and_not_a_pinned_one_or_one_without() {
    let of =
        |package: &str, variables: &Value| configured("BR-AGT-04", "", package, variables).0.len();
    assert_eq!(of(PACKAGE, &token()), 1);
    assert_eq!(of(&format!("{PACKAGE}@2025.4.8"), &token()), 0);
    assert_eq!(of(PACKAGE, &json!({"LOG_LEVEL": "debug"})), 0);
}

#[test]
fn br_cov_01_what_no_export_tells_and_nothing_where_all_is_told() {
    const ID: &str = "BR-COV-01";
    assert_eq!(found(ID, &[]), NONE);
    let nobody = ("/credentials/0", json!({"id": "t", "type": "api-key"}));
    let told = found(ID, &[nobody]);
    assert_eq!(told, ["info owners of 1 credential -"]);
}

#[test]
fn a_fingerprint_outlives_names_of_files_places_in_them_splits_and_figures() {
    let prints = |files: &[(&str, &str)]| -> BTreeSet<String> {
        let analysis = analyzed(files);
        let prints = analysis.findings.iter().map(|one| one.fingerprint.clone());
        prints.collect()
    };
    let whole = with(&[sight(
        json!({"found": true, "public": true, "since": "2026-02-01"}),
    )]);
    let before = prints(&[("r.json", &whole.to_string())]);
    assert!(before.len() >= 4, "{before:?}");
    let elsewhere = serde_json::to_string_pretty(&whole).unwrap();
    assert_eq!(
        prints(&[("deep/below/other.json", &format!("\n\n{elsewhere}"))]),
        before
    );
    let part = |keep: &[&str]| {
        let mut part = whole.clone();
        let object = part.as_object_mut().unwrap();
        object.retain(|name, _| name == "leakreach" || keep.contains(&name.as_str()));
        part.to_string()
    };
    let split = [
        ("a.json", part(&["principals", "resources", "steps"])),
        ("b.json", part(&["credentials"])),
        ("c.json", part(&["exposures"])),
    ];
    let split: Vec<(&str, &str)> = split
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    assert_eq!(prints(&split), before);
    // More of the same: other figures, the same findings and one more each.
    let mut more = whole.clone();
    more["resources"][1]["sensitivity"] = json!("restricted");
    let step = json!({"needs": ["principal:robot"], "gain": "write:repo"});
    more["steps"].as_array_mut().unwrap().push(step);
    assert_eq!(prints(&[("r.json", &more.to_string())]), before);
    // Another credential is another thing.
    let other = whole.to_string().replace("\"t\"", "\"u\"");
    assert!(prints(&[("r.json", &other)]).is_disjoint(&before));
}

#[test]
fn a_fingerprint_outlives_that_a_collection_of_devices_is_moved() {
    let of = |folder: &str| configured("BR-AGT-02", folder, PACKAGE, &token()).1;
    assert_eq!(of(""), of("collected/in-november/"));
    assert_eq!(of("").len(), 1);
}

#[test]
fn findings_come_gravest_first_each_once_and_all_with_a_place() {
    let changes = [
        sight(json!({"found": true, "public": true, "since": "2026-02-01"})),
        (
            "/exposures/-",
            json!({"id": "f", "type": "image-layer", "lying": [
            {"credential": "t", "found": true}, {"credential": "t", "name": "again", "found": true}]}),
        ),
    ];
    let analysis = analyzed(&[("r.json", &with(&changes).to_string())]);
    let order: Vec<_> = analysis.findings.iter().map(|one| one.severity).collect();
    assert!(order.is_sorted_by(|one, next| one >= next) && order.len() > 4);
    assert_eq!(told(&analysis, "BR-EXP-06"), ["high t f"]);
    let prints: BTreeSet<&str> = analysis
        .findings
        .iter()
        .map(|one| one.fingerprint.as_str())
        .collect();
    assert_eq!(prints.len(), analysis.findings.len());
    assert!(analysis.findings.iter().all(|one| !one.evidence.is_empty()));
}

/// Names that mean something to whatever reads a format.
const HOSTILE: [&str; 8] = [
    "=HYPERLINK(\"https://evil.example\")",
    "[click](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example>",
    "</failure><script>alert(1)</script>]]>&amp;",
    "a|b\\|c`d``e @octo #1 https://evil.example www.evil.example",
    "two\nlines\r\nand\ttabs",
    "\u{202e}gpj.exe\u{200b}\u{feff}",
    "\u{1b}[31mred\u{0}\u{ffff}",
    "{0} ${{ secrets.A }} %SRCROOT%/../x",
];

#[test]
fn hostile_names_stay_names_in_every_format() {
    for name in HOSTILE {
        let changes = [
            ("/credentials/0/name", json!(name)),
            ("/resources/0/name", json!(name)),
            ("/exposures/0/name", json!(name)),
            ("/exposures/0/resource", json!("repo")),
            ("/principals/1/name", json!(name)),
            (
                "/steps/-",
                json!({"needs": ["principal:reader"], "gain": "read:repo"}),
            ),
        ];
        let analysis = analyzed(&[("r.json", &with(&changes).to_string())]);
        assert!(analysis.findings.len() >= 3, "{name:?}");
        let rendered = |id: &str| {
            let bytes = (reports::format(id).unwrap().render)(&analysis).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let sarif: Value = serde_json::from_str(&rendered("sarif")).unwrap();
        let message = sarif["runs"][0]["results"][0]["message"]["text"]
            .as_str()
            .unwrap();
        assert!(
            !message.contains("](") && !message.contains('\n'),
            "{message}"
        );

        let junit = rendered("junit");
        let xml = roxmltree::Document::parse(&junit).unwrap();
        let known = [
            "testsuites",
            "testsuite",
            "testcase",
            "failure",
            "skipped",
            "properties",
            "property",
        ];
        let mut tags = xml.descendants().filter(|node| node.is_element());
        assert!(
            tags.all(|node| known.contains(&node.tag_name().name())),
            "{name:?}"
        );

        let mut table = csv::Reader::from_reader(rendered("csv").leak().as_bytes());
        for row in table.records() {
            for cell in &row.unwrap() {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
                    "{cell}"
                );
            }
        }
        markdown_holds_only_its_own_markup(&rendered("markdown"));
    }
}

/// No link, image or HTML, and every table as wide as its head.
fn markdown_holds_only_its_own_markup(text: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let mut cells = 0;
    let mut head = 0;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
            | Event::Html(_)
            | Event::InlineHtml(_) => panic!("{event:?} in {text}"),
            Event::Text(words) => {
                assert!(
                    !words.contains('@') && !words.contains("://"),
                    "{words} in {text}"
                );
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => cells = 0,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(pulldown_cmark::TagEnd::TableHead) => head = cells,
            Event::End(pulldown_cmark::TagEnd::TableRow) => assert_eq!(cells, head, "{text}"),
            _ => {}
        }
    }
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let bars = line.matches('|').count();
        assert!((3..=6).contains(&bars), "{line}");
    }
}

#[test]
fn every_check_is_met_by_one_of_these() {
    let text = include_str!("findings.rs");
    for check in CHECKS {
        let name = check.id.to_lowercase().replace('-', "_");
        assert!(text.contains(&format!("fn {name}_")), "{}", check.id);
    }
}
