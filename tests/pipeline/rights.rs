//! Policies decide as the IAM User Guide says: a hit and a near miss for each rule.

use crate::account::{ACCOUNT, Account, Answer, allow, deny, role, user, when};
use leakreach::inventory::Access::Read;
use serde_json::json;

const DATA: &str = "arn:aws:s3:::data";
const OBJECTS: &str = "arn:aws:s3:::data/*";

fn reads(account: Account) -> Answer {
    account
        .bucket("data")
        .bucket("other")
        .analyze()
        .gets("ada", Read, DATA)
}

#[test]
fn an_allow_on_the_bucket_reads_and_one_on_another_does_not() {
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:GetObject", OBJECTS)])),
        Answer::Certain
    );
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:GetObject", "arn:aws:s3:::other/*")])),
        Answer::No
    );
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:GetObject", DATA)])),
        Answer::No,
        "objects are not the bucket"
    );
}

#[test]
fn actions_compare_without_case_and_wildcards_stand_on_both_sides() {
    assert_eq!(
        reads(Account::default().user("ada", &[allow("S3:getobject", OBJECTS)])),
        Answer::Certain
    );
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:Get*", "*")])),
        Answer::Certain
    );
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:PutO*", "*")])),
        Answer::No
    );
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:*", "arn:aws:s3:::DATA*")])),
        Answer::No,
        "resources compare with case"
    );
}

#[test]
fn not_action_and_not_resource_mean_everything_else() {
    let statement = json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"});
    assert_eq!(
        reads(Account::default().user("ada", &[statement])),
        Answer::Certain
    );
    let statement = json!({"Effect": "Allow", "NotAction": ["s3:*", "iam:*"], "Resource": "*"});
    assert_eq!(
        reads(Account::default().user("ada", &[statement])),
        Answer::No
    );
    let statement = json!({"Effect": "Allow", "Action": "s3:Get*", "NotResource": ["arn:aws:s3:::other/*", OBJECTS]});
    assert_eq!(
        reads(Account::default().user("ada", &[statement])),
        Answer::No,
        "NotResource is none of its values"
    );
    let statement =
        json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"});
    assert_eq!(
        reads(Account::default().user("ada", &[statement])),
        Answer::Certain
    );
}

#[test]
fn an_explicit_deny_beats_every_allow_unless_it_leaves_an_object() {
    let everything = || allow("s3:GetObject", "*");
    assert_eq!(
        reads(Account::default().user("ada", &[everything(), deny("s3:GetObject", OBJECTS)])),
        Answer::No
    );
    assert_eq!(
        reads(Account::default().user(
            "ada",
            &[
                everything(),
                deny("s3:GetObject", "arn:aws:s3:::data/private/*")
            ]
        )),
        Answer::Certain
    );
    let but_other =
        json!({"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"});
    assert_eq!(
        reads(Account::default().user("ada", &[everything(), but_other])),
        Answer::No
    );
}

#[test]
fn a_deny_in_a_group_beats_an_allow_of_the_user() {
    let account = |deny_on: &str| {
        Account::default()
            .user("ada", &[allow("s3:Get*", "*")])
            .in_group("staff")
            .group("staff", &[deny("s3:*", deny_on)])
    };
    assert_eq!(reads(account(OBJECTS)), Answer::No);
    assert_eq!(reads(account("arn:aws:s3:::other/*")), Answer::Certain);
}

#[test]
fn a_condition_that_cannot_be_decided_makes_an_allow_possible_and_a_deny_doubtful() {
    let address = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    let allowed = when(allow("s3:GetObject", OBJECTS), address.clone());
    assert_eq!(
        reads(Account::default().user("ada", &[allowed])),
        Answer::Possible
    );
    let denied = when(deny("s3:GetObject", OBJECTS), address);
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:Get*", "*"), denied])),
        Answer::Possible
    );
    let plain_http = json!({"Bool": {"aws:SecureTransport": "false"}});
    let denied = when(deny("s3:*", "*"), plain_http);
    assert_eq!(
        reads(Account::default().user("ada", &[allow("s3:Get*", "*"), denied])),
        Answer::Certain
    );
}

#[test]
fn a_boundary_limits_what_policies_allow_and_an_unknown_one_leaves_doubt() {
    let everything = || Account::default().user("ada", &[allow("s3:Get*", "*")]);
    assert_eq!(
        reads(everything().bounded_by(&[allow("s3:*", "arn:aws:s3:::other/*")])),
        Answer::No
    );
    assert_eq!(
        reads(everything().bounded_by(&[allow("*", "*")])),
        Answer::Certain
    );
    assert_eq!(
        reads(everything().bounded_by(&[allow("*", "*"), deny("s3:*", OBJECTS)])),
        Answer::No
    );
    assert_eq!(reads(everything().bounded_by_missing()), Answer::Possible);
}

#[test]
fn a_policy_variable_becomes_the_users_name() {
    let own = |path: &str| Account::default().user("ada", &[allow("s3:GetObject", path)]);
    assert_eq!(
        reads(own("arn:aws:s3:::data/${aws:username}/*")),
        Answer::Certain
    );
    let account = own("arn:aws:s3:::${aws:username}/*")
        .bucket("ada")
        .bucket("bob")
        .analyze();
    assert_eq!(
        account.gets("ada", Read, "arn:aws:s3:::ada"),
        Answer::Certain
    );
    assert_eq!(account.gets("ada", Read, "arn:aws:s3:::bob"), Answer::No);
}

fn assumes(trusted: &serde_json::Value, statements: &[serde_json::Value]) -> Answer {
    Account::default()
        .user("ada", statements)
        .user("bob", &[])
        .role("target", trusted, &[])
        .analyze()
        .becomes("ada", &role("target"))
}

#[test]
fn a_trust_in_the_account_needs_an_allow_and_a_trust_in_the_caller_does_not() {
    let grant = || [allow("sts:AssumeRole", &role("target"))];
    let root = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    assert_eq!(assumes(&root, &grant()), Answer::Certain);
    assert_eq!(assumes(&json!({"AWS": ACCOUNT}), &grant()), Answer::Certain);
    assert_eq!(assumes(&root, &[]), Answer::No);
    assert_eq!(assumes(&json!({"AWS": user("ada")}), &[]), Answer::Certain);
    assert_eq!(
        assumes(&json!({"AWS": user("ada")}), &[deny("sts:*", "*")]),
        Answer::No
    );
    assert_eq!(
        assumes(&json!({"AWS": user("bob")}), &grant()),
        Answer::No,
        "the trust names another"
    );
    assert_eq!(
        assumes(&json!({"Service": "lambda.amazonaws.com"}), &grant()),
        Answer::No
    );
    assert_eq!(
        assumes(&json!({"AWS": "AIDAEXAMPLEGONE"}), &grant()),
        Answer::No,
        "a deleted principal's id names nobody"
    );
}

#[test]
fn a_trust_on_a_condition_is_only_possible_and_one_on_the_caller_is_decided() {
    let account = |condition: serde_json::Value| {
        Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role("target", &json!({"AWS": ACCOUNT}), &[])
            .trust(|statements| statements[0]["Condition"] = condition)
            .analyze()
            .becomes("ada", &role("target"))
    };
    assert_eq!(
        account(json!({"StringEquals": {"sts:ExternalId": "x"}})),
        Answer::Possible
    );
    assert_eq!(
        account(json!({"ArnLike": {"aws:PrincipalArn": user("a*")}})),
        Answer::Certain
    );
    assert_eq!(
        account(json!({"ArnLike": {"aws:PrincipalArn": user("b*")}})),
        Answer::No
    );
}

#[test]
fn what_the_caller_chooses_is_certain_until_another_statement_restricts_it_too() {
    let from = |operator: &str, agent: &str| json!({operator: {"aws:UserAgent": agent}});
    let allowed = || {
        when(
            allow("s3:GetObject", OBJECTS),
            from("StringEquals", "backup"),
        )
    };
    let denied = |agent: &str| when(deny("s3:*", "*"), from("StringNotEquals", agent));
    let ada = |statements: &[serde_json::Value]| Account::default().user("ada", statements);
    assert_eq!(reads(ada(&[allowed()])), Answer::Certain);
    assert_eq!(reads(ada(&[allowed(), denied("backup")])), Answer::Certain);
    assert_eq!(reads(ada(&[allowed(), denied("other")])), Answer::Possible);
    // A statement about another action, or of somebody else, is never asked together with this one.
    let elsewhere = when(deny("s3:PutObject", "*"), from("StringNotEquals", "other"));
    assert_eq!(reads(ada(&[allowed(), elsewhere])), Answer::Certain);
    let bob = ada(&[allowed()]).user("bob", &[denied("other")]);
    assert_eq!(reads(bob), Answer::Certain);
    // A boundary, a group and the bucket's own policy are.
    let within = when(allow("*", "*"), from("StringEquals", "other"));
    assert_eq!(
        reads(ada(&[allowed()]).bounded_by(&[within])),
        Answer::Possible
    );
    let grouped = ada(&[allowed()])
        .in_group("staff")
        .group("staff", &[denied("other")]);
    assert_eq!(reads(grouped), Answer::Possible);
    let mut ban = denied("other");
    ban["Principal"] = json!("*");
    ban["Resource"] = json!(OBJECTS);
    assert_eq!(
        reads(ada(&[allowed()]).bucket_policy("data", &[ban.clone()])),
        Answer::Possible
    );
    ban["Resource"] = json!("arn:aws:s3:::other/*");
    assert_eq!(
        reads(ada(&[allowed()]).bucket_policy("other", &[ban])),
        Answer::Certain
    );
}

#[test]
fn each_role_may_ask_for_a_session_name_of_its_own() {
    let named = |name: &str| json!({"StringEquals": {"sts:RoleSessionName": name}});
    let answers = Account::default()
        .user("ada", &[allow("sts:AssumeRole", "*")])
        .role("one", &json!({"AWS": ACCOUNT}), &[])
        .trust(|statements| statements[0]["Condition"] = named("${aws:username}"))
        .role("other", &json!({"AWS": ACCOUNT}), &[])
        .trust(|statements| statements[0]["Condition"] = named("deploy"))
        .role("neither", &json!({"AWS": ACCOUNT}), &[])
        .trust(|statements| statements[0]["Condition"] = named("a b"))
        .analyze();
    assert_eq!(answers.becomes("ada", &role("one")), Answer::Certain);
    assert_eq!(answers.becomes("ada", &role("other")), Answer::Certain);
    assert_eq!(answers.becomes("ada", &role("neither")), Answer::Possible);
}

fn with_bucket_policy(statements: &[serde_json::Value], own: &[serde_json::Value]) -> Answer {
    let account = Account::default().user("ada", own).user("bob", &[]);
    reads(account.bucket_policy("data", statements))
}

#[test]
fn a_bucket_policy_grants_to_the_user_it_names_and_denies_whom_it_names() {
    let for_principal = |mut statement: serde_json::Value, who: &str| {
        statement["Principal"] = json!({"AWS": who});
        statement
    };
    let grant = |who: &str| for_principal(allow("s3:GetObject", OBJECTS), who);
    let ban = |who: &str| for_principal(deny("s3:*", OBJECTS), who);
    assert_eq!(
        with_bucket_policy(&[grant(&user("ada"))], &[]),
        Answer::Certain
    );
    assert_eq!(with_bucket_policy(&[grant(&user("bob"))], &[]), Answer::No);
    assert_eq!(
        with_bucket_policy(&[ban(&user("ada"))], &[allow("s3:Get*", "*")]),
        Answer::No
    );
    assert_eq!(
        with_bucket_policy(&[ban(&user("bob"))], &[allow("s3:Get*", "*")]),
        Answer::Certain
    );
    assert_eq!(
        with_bucket_policy(&[ban("*")], &[allow("s3:Get*", "*")]),
        Answer::No
    );
    let only_bob = json!({"Effect": "Deny", "NotPrincipal": {"AWS": user("bob")}, "Action": "s3:*", "Resource": OBJECTS});
    assert_eq!(
        with_bucket_policy(&[only_bob], &[allow("s3:Get*", "*")]),
        Answer::No
    );
}

#[test]
fn a_public_bucket_is_reached_unless_public_access_is_blocked() {
    let public =
        json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS});
    assert_eq!(with_bucket_policy(&[public], &[]), Answer::Possible);
}

#[test]
fn who_may_rewrite_the_bucket_policy_reads_whatever_their_own_policies_deny() {
    let statements = [allow("s3:*", "*"), deny("s3:GetObject", OBJECTS)];
    assert_eq!(
        reads(Account::default().user("ada", &statements)),
        Answer::Certain
    );
    let statements = [allow("s3:*", "*"), deny("s3:*", "arn:aws:s3:::data*")];
    assert_eq!(
        reads(Account::default().user("ada", &statements)),
        Answer::No
    );
}

/// A bucket policy statement on the whole bucket `data`.
fn on_data(effect: &str, name: &str, principal: &str) -> serde_json::Value {
    json!({"Effect": effect, "Action": "s3:GetObject", "Resource": OBJECTS, name: {"AWS": principal}})
}

#[test]
fn a_boundary_that_denies_beats_a_resource_policy_that_names_the_user() {
    let bounded = |statement| {
        Account::default()
            .user("ada", &[])
            .bounded_by(&[statement])
            .bucket_policy("data", &[on_data("Allow", "Principal", &user("ada"))])
    };
    assert_eq!(reads(bounded(deny("s3:*", "*"))), Answer::No);
    assert_eq!(
        reads(bounded(allow("ec2:*", "*"))),
        Answer::Certain,
        "what a boundary merely does not allow, the policy of the resource may still give a user"
    );
}

#[test]
fn a_deny_with_not_principal_spares_those_it_lists_unless_they_have_a_boundary() {
    let account = |listed: &str| {
        Account::default()
            .user("ada", &[allow("s3:Get*", "*")])
            .user("bob", &[])
            .bucket_policy("data", &[on_data("Deny", "NotPrincipal", &user(listed))])
    };
    assert_eq!(reads(account("ada")), Answer::Certain);
    assert_eq!(reads(account("bob")), Answer::No);
    let bounded = Account::default()
        .user("ada", &[allow("s3:Get*", "*")])
        .bounded_by(&[allow("*", "*")])
        .bucket_policy("data", &[on_data("Deny", "NotPrincipal", &user("ada"))]);
    assert_eq!(reads(bounded), Answer::No);
}

#[test]
fn a_deny_with_not_principal_keeps_outsiders_from_a_public_bucket() {
    let statements = |listed: &str| {
        [
            on_data("Allow", "Principal", "*"),
            on_data("Deny", "NotPrincipal", &user(listed)),
        ]
    };
    let account = |listed| {
        Account::default()
            .user("ada", &[])
            .user("bob", &[])
            .bucket_policy("data", &statements(listed))
    };
    assert_eq!(reads(account("bob")), Answer::No);
    assert_eq!(reads(account("ada")), Answer::Certain);
}

#[test]
fn an_allow_with_not_principal_lets_everybody_else_in() {
    let account = |name| {
        Account::default()
            .user("ada", &[])
            .user("bob", &[])
            .bucket_policy("data", &[on_data("Allow", name, &user("bob"))])
    };
    assert_eq!(reads(account("NotPrincipal")), Answer::Possible);
    assert_eq!(reads(account("Principal")), Answer::No);
}
