//! How grave findings are, what they name, and in which order they stand: of each what raises it and what does not.

use crate::account::{Account, allow, key_of, role, user, when};
use crate::findings::{
    KIND, NONE, analyzed, analyzed_showing, found, of, of_account, sight, with, workflow,
};
use leakreach::analysis::Analysis;
use leakreach::findings::{Finding, Part};
use serde_json::{Value, json};

fn status(word: &str) -> (&'static str, Value) {
    ("/credentials/0/status", json!(word))
}

fn kind(word: &str) -> (&'static str, Value) {
    ("/credentials/0/type", json!(word))
}

fn unknown() -> (&'static str, Value) {
    status("")
}

/// It was tried there, and did not work.
fn in_vain() -> (&'static str, Value) {
    sight(json!({"found": true, "worked": false}))
}

fn doubtful() -> (&'static str, Value) {
    sight(json!({"found": true, "doubt": "half of it"}))
}

fn step(needs: &[&str], gain: &str) -> (&'static str, Value) {
    ("/steps/-", json!({"needs": needs, "gain": gain}))
}

fn perhaps(needs: &[&str], gain: &str) -> (&'static str, Value) {
    let step = json!({"needs": needs, "gain": gain, "condition": "whether it is noon"});
    ("/steps/-", step)
}

/// The words of a finding, names by their keys.
fn words(analysis: &Analysis, finding: &Finding) -> String {
    let part = |part: &Part| match part {
        Part::Words(words) => words.to_string(),
        Part::Name(thing) => thing.key(&analysis.inventory, &analysis.steps),
        Part::Told(text) => text.clone(),
    };
    finding.text.iter().map(part).collect()
}

fn said(id: &str, changes: &[(&str, Value)]) -> Vec<String> {
    let analysis = analyzed(&[("r.json", &with(changes).to_string())]);
    let all = of(&analysis, id);
    all.iter().map(|one| words(&analysis, one)).collect()
}

#[test]
fn what_was_tried_in_vain_is_doubtful_whatever_its_issuer_says() {
    for (id, known, tried) in [
        ("BR-PTH-01", "critical t vault", "high t vault"),
        ("BR-EXP-02", "high t e", "medium t e"),
    ] {
        assert_eq!(found(id, &[in_vain()]), [tried]);
        assert_eq!(found(id, &[in_vain(), unknown()]), [tried]);
        assert_eq!(found(id, &[doubtful()]), [tried]);
        assert_eq!(found(id, &[unknown()]), [known]);
        let worked = sight(json!({"found": true, "worked": true}));
        assert_eq!(found(id, &[worked]), [known]);
    }
}

#[test]
fn of_several_places_that_without_doubt_is_named() {
    let place = |id: &str, lying: Value| {
        let place = json!({"id": id, "type": "repository-file", "lying": [lying]});
        ("/exposures/-", place)
    };
    let sure = || json!({"credential": "t", "found": true});
    let other = |id: &str| place(id, sure());
    let half = |id: &str| {
        let lying = json!({"credential": "t", "found": true, "doubt": "half of it"});
        place(id, lying)
    };
    let named = |changes: &[(&str, Value)]| {
        assert_eq!(found("BR-PTH-01", changes), ["critical t vault"]);
        said("BR-PTH-01", changes).remove(0)
    };
    let in_e = "t, leaked in e, reaches crown jewel vault";
    assert_eq!(named(&[]), in_e);
    // The first of those that leave none; before `e`, and after it.
    assert_eq!(named(&[other("f")]), in_e);
    assert_eq!(named(&[half("a"), half("f")]), in_e);
    assert_eq!(
        named(&[doubtful(), other("f"), other("g")]),
        in_e.replace(" e,", " f,")
    );
}

#[test]
fn br_pth_02_from_a_fifth_on_and_for_two_keys_at_least() {
    // Two keys pass through `grant`; others, of one key each, weigh so much more.
    let second = json!({"id": "u", "type": "access-key", "principal": "robot", "status": "active",
        "created": "2026-01-01T00:00:00Z", "expires": "never"});
    let with_others = |count: usize| {
        let mut changes = vec![("/credentials/-", second.clone())];
        for other in 0..count {
            let (who, what) = (format!("p{other}"), format!("v{other}"));
            changes.push(("/principals/-", json!({"id": who})));
            let key = json!({"id": format!("k{other}"), "type": "access-key", "principal": who,
                "status": "active", "created": "2026-01-01T00:00:00Z", "expires": "never"});
            changes.push(("/credentials/-", key));
            changes.push(("/resources/-", json!({"id": what, "sensitivity": "crown"})));
            changes.push(step(
                &[&format!("principal:{who}")],
                &format!("admin:{what}"),
            ));
        }
        changes
    };
    // Two of ten, and two of eleven.
    assert_eq!(found("BR-PTH-02", &with_others(8)), ["high scope:grant -"]);
    assert_eq!(found("BR-PTH-02", &with_others(9)), NONE);
    let words = said("BR-PTH-02", &with_others(8));
    assert_eq!(
        words,
        ["scope:grant carries 20 % of all possible reach, from 2 credentials"]
    );
    let half = said("BR-PTH-02", &with_others(2));
    assert_eq!(
        half,
        ["scope:grant carries 50 % of all possible reach, from 2 credentials"]
    );
}

#[test]
fn br_pth_03_what_is_possible_or_doubtful_is_no_toxic_combination() {
    const ID: &str = "BR-PTH-03";
    let gain = |gain: &str| ("/steps/0/gain", json!(gain));
    let reads = || gain("read:vault");
    let robot = &["principal:robot"][..];
    assert_eq!(
        found(ID, &[reads(), step(robot, "admin:repo")]),
        ["critical t robot"]
    );
    for missing in [
        vec![reads(), perhaps(robot, "admin:repo")],
        vec![gain("admin:repo"), perhaps(robot, "read:vault")],
        vec![gain("admin:repo")],
        vec![doubtful()],
        vec![status("inactive")],
        vec![("/credentials/0/expires", json!(""))],
        vec![(
            "/credentials/0",
            json!({"id": "t", "type": "access-key", "status": "active", "expires": "never"}),
        )],
    ] {
        assert_eq!(found(ID, &missing), NONE, "{missing:?}");
    }
    // One that is meant to be published leaks nothing.
    let published = kind("publishable-key");
    for id in ["BR-PTH-01", ID] {
        assert_eq!(found(id, std::slice::from_ref(&published)), NONE);
    }
    let words = said(ID, &[]);
    assert_eq!(
        words,
        [
            "t of robot has leaked in e, never ends by itself, administers 1 resource and reaches 1 crown jewel"
        ]
    );
    let words = said(ID, &[step(robot, "admin:repo")]);
    assert!(
        words[0].contains("administers 2 resources and reaches 1 crown jewel"),
        "{words:?}"
    );
}

#[test]
fn br_pth_04_the_surest_reader_is_named_and_the_others_counted() {
    const ID: &str = "BR-PTH-04";
    let on_repo = || ("/exposures/0/resource", json!("repo"));
    let reader = |id: &str| ("/principals/-", json!({"id": id, "type": "role"}));
    let reads = |id: &str| step(&[&format!("principal:{id}")], "read:repo");
    let maybe = |id: &str| perhaps(&[&format!("principal:{id}")], "read:repo");
    let base = || vec![on_repo()];
    let of = |more: Vec<(&'static str, Value)>| {
        let changes: Vec<_> = base().into_iter().chain(more).collect();
        (found(ID, &changes), said(ID, &changes))
    };
    let (told, words) = of(vec![reads("reader")]);
    assert_eq!(told, ["high t e"]);
    assert_eq!(words, ["t lies in e, which can be read by reader"]);
    let (told, words) = of(vec![maybe("reader"), reader("z"), reads("z")]);
    assert_eq!(told, ["high t e"]);
    assert_eq!(words, ["t lies in e, which can be read by z and 1 other"]);
    let three = vec![
        maybe("reader"),
        reader("y"),
        maybe("y"),
        reader("z"),
        maybe("z"),
    ];
    let (told, words) = of(three);
    assert_eq!(told, ["medium t e"]);
    assert_eq!(
        words,
        ["t lies in e, which can possibly be read by reader and 2 others"]
    );
    let (told, _) = of(vec![reads("reader"), doubtful()]);
    assert_eq!(told, ["medium t e"]);
    // One way is possible and another certain, whichever is found first.
    for ways in [
        vec![maybe("reader"), reads("reader")],
        vec![reads("reader"), maybe("reader")],
    ] {
        assert_eq!(of(ways).0, ["high t e"]);
    }
    // By way of a group that is joined perhaps, and of one that is joined for sure.
    let group = |id: &str| ("/principals/-", json!({"id": id, "type": "group"}));
    let joined = |is_sure: bool| {
        let join = |id: &str| format!("principal:{id}");
        let into = match is_sure {
            true => step(&["principal:reader"], &join("inner")),
            false => perhaps(&["principal:reader"], &join("inner")),
        };
        let outer = perhaps(&[&join("inner")], &join("outer"));
        let through = step(&[&join("inner")], &join("other"));
        let all = vec![
            group("inner"),
            group("outer"),
            group("other"),
            outer,
            through,
            into,
            reads("outer"),
            reads("other"),
        ];
        of(all).0
    };
    assert_eq!(joined(true), ["high t e"]);
    assert_eq!(joined(false), ["medium t e"]);
    // Who has a key that reads is no reader by itself.
    let other = json!({"id": "k", "type": "access-key", "status": "active"});
    let by_key = vec![
        ("/credentials/-", other),
        step(&["credential:k"], "read:repo"),
        step(&["principal:reader"], "credential:k"),
    ];
    assert_eq!(of(by_key).0, NONE);
    assert_eq!(of(vec![reads("reader"), status("inactive")]).0, NONE);
}

#[test]
fn br_pth_05_who_renews_itself_for_sure_and_has_leaked_is_high() {
    const ID: &str = "BR-PTH-05";
    let leaked = |account: Account, who: &str| {
        let lying = json!({"credential": format!("aws:access-key:{}", key_of(who)), "found": true});
        let register = json!({"leakreach": 1, "exposures": [
            {"id": "e", "type": "repository-file", "lying": [lying]}]});
        account.file("../../register.json", &register.to_string())
    };
    // Whoever has one key may have another, and a password is set where there is none.
    let reported = |has_password: bool| {
        let head = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated";
        let row = format!(
            "ci,{},2024-01-01T00:00:00+00:00,{has_password},N/A,2024-01-01T00:00:00+00:00,N/A,false,true,2024-02-01T00:00:00+00:00,N/A,false,N/A",
            user("ci")
        );
        format!("{head}\n{row}\n")
    };
    let with = |statements: &[Value], has_password: bool| {
        let account = Account::default().user("ci", statements).user("other", &[]);
        account.file("iam/credential-report.csv", &reported(has_password))
    };
    let of = |statements: &[Value]| with(statements, false);
    let told = |severity: &str| vec![format!("{severity} {} -", user("ci"))];
    let own = || allow("iam:CreateAccessKey", &user("ci"));
    let office = || json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let maybe = || when(own(), office());
    assert_eq!(of_account(ID, of(&[own()])), told("medium"));
    assert_eq!(of_account(ID, leaked(of(&[own()]), "ci")), told("high"));
    assert_eq!(
        of_account(ID, leaked(of(&[own()]), "other")),
        told("medium")
    );
    assert_eq!(of_account(ID, leaked(of(&[maybe()]), "ci")), told("medium"));
    assert_eq!(of_account(ID, of(&[maybe()])), told("medium"));
    // Passwords, set anew or changed; a certain way besides a possible one.
    for (action, has_password) in [
        ("iam:CreateLoginProfile", false),
        ("iam:UpdateLoginProfile", true),
    ] {
        let sure = allow(action, &user("ci"));
        let both = leaked(with(&[maybe(), sure.clone()], has_password), "ci");
        assert_eq!(of_account(ID, both), told("high"), "{action}");
        let alone = leaked(with(&[sure], has_password), "ci");
        assert_eq!(of_account(ID, alone), told("high"), "{action}");
    }
    // By way of a role is not by itself.
    let assume = allow("sts:AssumeRole", &role("maker"));
    let by_role = of(&[assume]).role("maker", &json!({"AWS": user("ci")}), &[own()]);
    assert_eq!(of_account(ID, by_role), NONE);
}

#[test]
fn br_exp_01_a_public_place_is_as_grave_as_it_is_sure() {
    const ID: &str = "BR-EXP-01";
    let public = |more: Value| {
        let mut all = json!({"found": true, "public": true});
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        sight(all)
    };
    let doubt = || public(json!({"doubt": "half of it"}));
    assert_eq!(found(ID, &[doubt()]), ["medium t e"]);
    let worked = public(json!({"worked": true, "doubt": "half of it"}));
    assert_eq!(found(ID, &[worked]), ["medium t e"]);
    assert_eq!(found(ID, &[public(json!({}))]), ["critical t e"]);
    assert_eq!(found(ID, &[public(json!({})), unknown()]), ["high t e"]);
    let words = said(ID, &[public(json!({}))]);
    assert_eq!(
        words,
        ["t, which is known to work, lies where anybody can read it: e"]
    );
    let words = said(ID, &[public(json!({})), unknown()]);
    assert_eq!(words, ["t lies where anybody can read it: e"]);
}

#[test]
fn br_exp_03_what_was_made_at_the_moment_of_the_leak_has_leaked() {
    const ID: &str = "BR-EXP-03";
    let since = |more: Value| {
        let mut all = json!({"found": true, "since": "2026-01-01"});
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        sight(all)
    };
    assert_eq!(found(ID, &[since(json!({}))]), ["critical t e"]);
    assert_eq!(
        found(ID, &[since(json!({"worked": true})), unknown()]),
        ["critical t e"]
    );
    for near_miss in [
        vec![since(json!({"doubt": "half of it"}))],
        vec![since(json!({"worked": false})), unknown()],
        vec![since(json!({})), status("inactive")],
        vec![since(json!({})), kind("publishable-key")],
        vec![
            since(json!({})),
            ("/credentials/0/created", json!("2026-01-02T00:00:00Z")),
        ],
        vec![since(json!({})), ("/credentials/0/created", json!(""))],
    ] {
        assert_eq!(found(ID, &near_miss), NONE, "{near_miss:?}");
    }
}

#[test]
fn br_exp_04_names_what_is_left_and_what_was_replaced() {
    const ID: &str = "BR-EXP-04";
    let lying = |of_t: Value, of_u: Value| {
        let one = |id: &str, more: Value| {
            let mut all = json!({"credential": id, "found": true, "since": "2026-02-01"});
            for (name, value) in more.as_object().unwrap() {
                all[name] = value.clone();
            }
            all
        };
        (
            "/exposures/0/lying",
            json!([one("t", of_t), one("u", of_u)]),
        )
    };
    let off = || {
        let key = json!({"id": "u", "type": "access-key", "principal": "robot", "status": "inactive",
            "created": "2025-01-01T00:00:00Z"});
        ("/credentials/-", key)
    };
    let plain = || lying(json!({}), json!({}));
    let words = said(ID, &[plain(), off()]);
    assert_eq!(
        words,
        ["of what leaked in e, u was replaced or switched off, and t was not"]
    );
    for near_miss in [
        vec![lying(json!({"doubt": "half of it"}), json!({})), off()],
        // Made after the leak.
        vec![
            plain(),
            off(),
            ("/credentials/0/created", json!("2026-03-01T00:00:00Z")),
        ],
        // What was switched off only lies there.
        vec![lying(json!({}), json!({"found": false})), off()],
        // So does what is left.
        vec![lying(json!({"found": false}), json!({})), off()],
    ] {
        assert_eq!(found(ID, &near_miss), NONE, "{near_miss:?}");
    }
}

#[test]
fn br_exp_05_is_certain_where_the_way_in_and_the_secret_are() {
    let text = |uses: &str| {
        format!(
            "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: octo/{uses}\n        with:\n          key: ${{{{ secrets.A }}}}\n"
        )
    };
    let told = |severity: &str| {
        format!("{severity} github:secret:acme/shop/a github:job:acme/shop/ci.yml/build")
    };
    assert_eq!(workflow(&text("login@v4")), [told("high")]);
    let pinned = format!("login@{}", "a".repeat(40));
    assert_eq!(workflow(&text(&pinned)), NONE);
    // A secret of the organisation that some repositories see.
    let secrets = json!({"total_count": 1, "secrets": [{"name": "A", "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z", "visibility": "selected"}]});
    let repository = json!([{"id": 34, "node_id": "R_x", "name": "shop", "full_name": "acme/shop",
        "owner": {"login": "acme", "id": 12, "type": "Organization"}, "private": true, "visibility": "private",
        "default_branch": "main", "archived": false, "created_at": "2024-01-01T00:00:00Z"}]);
    let analysis = analyzed(&[
        ("github/orgs/acme/repos.json", &repository.to_string()),
        (
            "github/orgs/acme/actions/secrets.json",
            &secrets.to_string(),
        ),
        (
            "github/repos/acme/shop/contents/.github/workflows/ci.yml",
            &text("login@v4"),
        ),
    ]);
    let possibly = "medium github:secret:acme/a github:job:acme/shop/ci.yml/build";
    assert_eq!(crate::findings::told(&analysis, "BR-EXP-05"), [possibly]);
}

#[test]
fn a_finding_of_a_place_is_as_grave_as_what_lies_there_is_sure_to_work() {
    let public = || sight(json!({"found": true, "public": true}));
    let plain = || sight(json!({}));
    let dead = || status("inactive");
    let variable = (KIND, json!("workload-environment"));
    assert_eq!(
        found("BR-EXP-09", &[variable.clone(), plain()]),
        ["medium t e"]
    );
    assert_eq!(found("BR-EXP-09", &[variable, plain(), dead()]), NONE);
    for word in ["image-layer", "ci-log"] {
        let place = || (KIND, json!(word));
        assert_eq!(found("BR-EXP-06", &[place(), plain()]), ["high t e"]);
        assert_eq!(found("BR-EXP-06", &[place(), doubtful()]), ["medium t e"]);
        assert_eq!(found("BR-EXP-06", &[place(), dead()]), NONE);
        assert_eq!(found("BR-EXP-06", &[place(), public()]), NONE);
    }
    for word in ["device-file", "device"] {
        let place = || (KIND, json!(word));
        assert_eq!(found("BR-EXP-07", &[place(), plain()]), ["high t e"]);
        assert_eq!(found("BR-EXP-07", &[place(), public()]), NONE);
        assert_eq!(found("BR-EXP-07", &[place(), dead()]), NONE);
    }
    let config = || (KIND, json!("mcp-config"));
    assert_eq!(found("BR-AGT-02", &[config(), plain()]), ["high t e"]);
    assert_eq!(found("BR-AGT-02", &[config(), doubtful()]), ["medium t e"]);
    assert_eq!(found("BR-AGT-02", &[config(), dead()]), NONE);
    assert_eq!(
        found("BR-AGT-02", &[(KIND, json!("device-file")), plain()]),
        NONE
    );
}

#[test]
fn of_a_machine_its_file_and_the_server_in_it_the_server_is_told() {
    let token = format!("{}{}X", "ghp_", "EXAMPLE".repeat(5));
    let variables = json!({"GITHUB_PERSONAL_ACCESS_TOKEN": token});
    let server = json!({"mcpServers": {"github": {"command": "npx", "args": ["-y", "server"], "env": variables}}});
    let of = |path: &str, text: &str| {
        let analysis = analyzed(&[(path, text)]);
        ["BR-AGT-02", "BR-EXP-07"].map(|id| of(&analysis, id).len())
    };
    let config = "devices/mbp-1/ada/.cursor/mcp.json";
    assert_eq!(of(config, &server.to_string()), [1, 0]);
    let variables = format!("GITHUB_TOKEN={token}\n");
    assert_eq!(of("devices/mbp-1/ada/.env", &variables), [0, 1]);
}

#[test]
fn br_exp_08_counts_what_a_published_key_opens() {
    const ID: &str = "BR-EXP-08";
    let published = || kind("publishable-key");
    let robot = &["principal:robot"][..];
    let words = said(ID, &[published()]);
    assert_eq!(
        words,
        ["t is meant to be published, and opens 1 resource that is not public"]
    );
    let two = said(
        ID,
        &[
            published(),
            step(robot, "read:repo"),
            perhaps(robot, "read:repo"),
        ],
    );
    assert_eq!(
        two,
        ["t is meant to be published, and opens 2 resources that are not public"]
    );
    let maybe = ("/steps/0/condition", json!("whether it is noon"));
    let possibly = said(
        ID,
        &[published(), maybe.clone(), perhaps(robot, "read:repo")],
    );
    assert_eq!(
        possibly,
        ["t is meant to be published, and possibly opens 2 resources that are not public"]
    );
    // Of which one for certain: those count.
    let one = said(ID, &[published(), maybe, step(robot, "read:repo")]);
    assert_eq!(
        one,
        ["t is meant to be published, and opens 1 resource that is not public"]
    );
    let lists = ("/steps/0/gain", json!("list:vault"));
    assert_eq!(found(ID, &[published(), lists]), NONE);
}

#[test]
fn br_scp_07_is_critical_where_anybody_surely_comes_in() {
    let of = |trusted: Value, condition: Option<Value>| {
        let account = Account::default().role("open", &trusted, &[allow("s3:*", "*")]);
        let account = match condition {
            None => account,
            Some(condition) => account.trust(|trust| {
                let statement = trust[0].clone();
                trust[0] = when(statement, condition);
            }),
        };
        of_account("BR-SCP-07", account)
    };
    let office = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let severity = |told: &[String]| told[0].split(' ').next().unwrap().to_owned();
    assert_eq!(severity(&of(json!({"AWS": "*"}), None)), "critical");
    assert_eq!(severity(&of(json!({"AWS": "*"}), Some(office))), "high");
    assert_eq!(of(json!({"AWS": [user("ada")]}), None), NONE);
    // Somebody who is there and comes in by it is not anybody.
    let known = Account::default()
        .user("ada", &[allow("sts:AssumeRole", "*")])
        .role("open", &json!({"AWS": user("ada")}), &[allow("s3:*", "*")]);
    assert_eq!(of_account("BR-SCP-07", known), NONE);
}

#[test]
fn br_crd_01_a_kind_that_may_have_an_end_by_its_issuer() {
    const ID: &str = "BR-CRD-01";
    let platform = |name: &str| ("/principals/0/platform", json!(name));
    for (word, issuer, is_told) in [
        ("service-account-key", "gcp", true),
        ("personal-access-token", "github", true),
        ("client-secret", "entra", true),
        ("client-secret", "azure", true),
        ("client-secret", "okta", false),
        ("bearer-token", "kubernetes", true),
        ("bearer-token", "okta", false),
        ("access-key", "aws", false),
        ("password", "okta", false),
    ] {
        let changes = [kind(word), platform(issuer)];
        assert_eq!(
            !found(ID, &changes).is_empty(),
            is_told,
            "{word} of {issuer}"
        );
        let [of_kind, by] = changes;
        assert_eq!(
            found(ID, &[of_kind, by, status("inactive")]),
            NONE,
            "{word}"
        );
    }
}

#[test]
fn the_one_that_weighs_more_stands_first_and_then_the_fingerprint_decides() {
    let lying = |id: &str| json!([{"credential": id, "found": true}]);
    let key = |id: &str, principal: &str| {
        let key = json!({"id": id, "type": "access-key", "principal": principal, "status": "active",
            "created": "2026-01-01T00:00:00Z", "expires": "never"});
        ("/credentials/-", key)
    };
    let place = |id: &str, of: &str| {
        let place = json!({"id": id, "type": "repository-file", "lying": lying(of)});
        ("/exposures/-", place)
    };
    let changes = [
        key("less", "reader"),
        key("same", "robot"),
        place("f", "less"),
        place("g", "same"),
        step(&["principal:reader"], "read:repo"),
    ];
    let analysis = analyzed(&[("r.json", &with(&changes).to_string())]);
    let all: Vec<_> = of(&analysis, "BR-EXP-02");
    let subjects: Vec<String> = all
        .iter()
        .map(|one| one.subject.key(&analysis.inventory, &analysis.steps))
        .collect();
    assert_eq!(subjects[2], "less", "{subjects:?}");
    assert_eq!(all[0].points, all[1].points);
    assert!(all[0].fingerprint < all[1].fingerprint);
    let order = analysis.findings.iter();
    let order: Vec<_> = order
        .map(|one| {
            (
                std::cmp::Reverse((one.severity, one.points.unwrap_or_default())),
                &one.fingerprint,
            )
        })
        .collect();
    assert!(order.is_sorted());
}

#[test]
fn one_machine_that_was_collected_twice_makes_one_finding() {
    let token = format!("{}{}X", "ghp_", "EXAMPLE".repeat(5));
    let text = format!("GITHUB_TOKEN={token}\n");
    let of = |folders: &[&str]| {
        let paths = folders
            .iter()
            .map(|folder| format!("{folder}/devices/mbp-1/ada/.env"));
        let paths: Vec<String> = paths.collect();
        let files: Vec<(&str, &str)> = paths
            .iter()
            .map(|path| (path.as_str(), text.as_str()))
            .collect();
        let analysis = analyzed(&files);
        of(&analysis, "BR-EXP-07").len()
    };
    assert_eq!(of(&["in-may"]), 1);
    assert_eq!(of(&["in-may", "in-june"]), 1);
}

#[test]
fn a_proof_is_of_the_shortest_way_that_reads_and_in_the_layer_that_is_told() {
    let robot = &["principal:robot"][..];
    let reads = ("/steps/0/gain", json!("read:vault"));
    let long = [
        ("/principals/-", json!({"id": "far", "type": "role"})),
        step(robot, "principal:far"),
        step(&["principal:far"], "admin:vault"),
    ];
    let lists = step(robot, "list:vault");
    let text = |changes: &[(&str, Value)]| with(changes).to_string();
    let proof = |text: &str, shown: usize| {
        let analysis = analyzed_showing(&[("r.json", text)], shown);
        let all = of(&analysis, "BR-PTH-01");
        assert_eq!(all.len(), 1);
        let gains = all[0].proof.iter().map(|&id| analysis.steps.step(id).gain);
        let gains: Vec<_> = gains.map(|fact| analysis.steps.facts[fact]).collect();
        (all[0].severity.name(), gains.len())
    };
    let [a, b, c] = long.clone();
    assert_eq!(
        proof(&text(&[reads.clone(), a, b, c, lists.clone()]), 50),
        ("critical", 2)
    );
    // The short way is only possible, and the long one certain.
    let [a, b, c] = long;
    let maybe = ("/steps/0/condition", json!("whether it is noon"));
    assert_eq!(
        proof(&text(&[reads.clone(), a, b, c, lists, maybe.clone()]), 50),
        ("critical", 3)
    );
    assert_eq!(proof(&text(&[reads, maybe]), 50), ("high", 2));
}
