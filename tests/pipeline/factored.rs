//! Many principals and many targets: stored once, and exact for each.

use crate::account::{Account, Answer, allow, deny, role, when};
use serde_json::{Value, json};

const ROLES: usize = 600;
const USERS: usize = 26;

fn name(at: usize) -> String {
    format!("role-{at:04}")
}

/// A user; the names differ in letters, because keys are named after them.
fn user(at: usize) -> String {
    ('a'..='z').skip(at).take(1).collect()
}

/// The two ways to a role here: to pass it to a function of one's own, and to let oneself in.
const WAYS: [&str; 2] = ["iam:PassRole", "iam:UpdateAssumeRolePolicy"];

/// Users who may pass any role, and let themselves into any; but not those that `own` says.
fn account(roles: usize, own: impl Fn(usize) -> Vec<Value>) -> Account {
    let mut account = Account::default();
    let service = json!({"Service": "lambda.amazonaws.com"});
    for at in 0..roles {
        account = account.role(&name(at), &service, &[]);
    }
    for at in 0..USERS {
        let mut statements = vec![
            allow("lambda:CreateFunction", "*"),
            allow("lambda:InvokeFunction", "*"),
        ];
        statements.extend(WAYS.map(|action| allow(action, "*")));
        statements.extend(own(at));
        account = account.user(&user(at), &statements);
    }
    account
}

/// What each user is denied: two roles, at places of its own.
fn carved(at: usize) -> Value {
    json!([
        role(&name(at * 17)),
        format!("{}*", role(&name(at * 19 + 3)))
    ])
}

#[test]
fn what_is_carved_out_for_one_principal_is_private_to_it() {
    let answers = account(ROLES, |at| {
        let ban = json!({"Effect": "Deny", "Action": WAYS, "Resource": carved(at)});
        vec![ban]
    })
    .analyze();
    for holder in [0, 1, 7, USERS - 1] {
        for at in [0, 1, 3, 15, 16, 17, 22, 119, 255, 256, 493, 554, ROLES - 1] {
            let is_carved = at == holder * 17 || at == holder * 19 + 3;
            let expected = if is_carved {
                Answer::No
            } else {
                Answer::Certain
            };
            let found = answers.becomes(&user(holder), &role(&name(at)));
            assert_eq!(found, expected, "user {holder}, role {at}");
        }
    }
}

#[test]
fn an_open_condition_counts_on_all_that_it_is_about_and_on_nothing_else() {
    let vpn = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    let answers = account(ROLES, |at| {
        let area = match at {
            0 => "*".to_owned(),
            _ => format!("{}*", role("role-00")),
        };
        let denied = WAYS.map(|action| when(deny(action, &area), vpn.clone()));
        denied.to_vec()
    })
    .analyze();
    let becomes = |holder: usize, at: usize| answers.becomes(&user(holder), &role(&name(at)));
    assert_eq!(becomes(0, 5), Answer::Possible);
    assert_eq!(becomes(0, 500), Answer::Possible);
    assert_eq!(becomes(1, 5), Answer::Possible);
    assert_eq!(becomes(1, 500), Answer::Certain);
}

#[test]
fn steps_grow_with_principals_plus_roles_and_not_with_their_product() {
    let count = |roles| {
        let account = account(roles, |at| {
            let ban = json!({"Effect": "Deny", "Action": WAYS, "Resource": carved(at)});
            vec![ban]
        });
        account.analyze().analysis.steps.len()
    };
    let (some, more) = (count(ROLES), count(2 * ROLES));
    // Told one by one, each of the 600 more roles would add a step for each user and each technique.
    let added = more - some;
    assert!(
        added < ROLES * USERS,
        "{added} steps more for {ROLES} roles more"
    );
}

/// Whether `a`, who may create functions so named that run as a role, becomes that role: a second role, which `a` may
/// assume, is all that may invoke functions, those so named and not denied.
fn together(created: &str, invoked: &str, denied: Value) -> Answer {
    let service = json!({"Service": "lambda.amazonaws.com"});
    let function = |name: &str| format!("arn:aws:lambda:*:111122223333:function:{name}");
    let denied: Vec<Value> = denied
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| deny("lambda:InvokeFunction", &function(name.as_str().unwrap())))
        .collect();
    let invoke = [
        vec![allow("lambda:InvokeFunction", &function(invoked))],
        denied,
    ]
    .concat();
    let answers = Account::default()
        .role("worker", &service, &[])
        .user(
            "a",
            &[
                allow("iam:PassRole", &role("worker")),
                allow("lambda:CreateFunction", &function(created)),
                allow("sts:AssumeRole", &role("invoker")),
            ],
        )
        .role(
            "invoker",
            &json!({"AWS": crate::account::user("a")}),
            &invoke,
        )
        .analyze();
    answers.becomes("a", &role("worker"))
}

#[test]
fn who_creates_and_who_acts_later_need_one_name() {
    let nothing = || json!([]);
    assert_eq!(together("*", "*", nothing()), Answer::Certain);
    assert_eq!(together("team-a-*", "*", nothing()), Answer::Certain);
    assert_eq!(together("*", "team-a-*", nothing()), Answer::Certain);
    assert_eq!(together("team-a-*", "*-x", nothing()), Answer::Certain);
    assert_eq!(together("team-a-*", "team-b-*", nothing()), Answer::No);
    assert_eq!(
        together("*", "*", json!(["team-a-*", "*free*"])),
        Answer::Certain
    );
    assert_eq!(together("team-a-*", "*", json!(["team-*"])), Answer::No);
    assert_eq!(
        together("team-a-?", "team-*", json!(["team-a-x"])),
        Answer::Certain
    );
}
