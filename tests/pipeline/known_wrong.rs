//! Rules that evaluators of policies are known to have got wrong: each with the document that says it, a hit and a near
//! miss.

use crate::account::{
    ACCOUNT, Account, Answer, Organization, SCP, UNIT, allow, deny, policy, role, user, when,
};
use leakreach::inventory::Access::{List, Read};
use leakreach::platforms::aws::{Actions, Rights, Verdict};
use serde_json::{Value, json};

const DATA: &str = "arn:aws:s3:::data";
const OBJECTS: &str = "arn:aws:s3:::data/*";
const OTHER: &str = "444455556666";

fn reads(account: Account) -> Answer {
    account.bucket("data").analyze().gets("ada", Read, DATA)
}

fn reader() -> Account {
    Account::default().user("ada", &[allow("s3:GetObject", "*")])
}

/// "SCPs affect only IAM users and roles that are managed by accounts that are part of the organization" and that the
/// policy is attached above: those of the caller's account, not of the resource's. (Organizations User Guide, "Service
/// control policies")
#[test]
fn service_control_policies_are_those_of_the_callers_account() {
    let becomes = |limited: &str| {
        let organization =
            Organization::default()
                .with_account(OTHER)
                .attach(SCP, limited, &[deny("sts:*", "*")]);
        Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role("target", &json!({"AWS": user("ada")}), &[])
            .in_account(OTHER)
            .organization(organization)
            .analyze()
            .becomes("ada", &role("target").replace(ACCOUNT, OTHER))
    };
    assert_eq!(becomes(OTHER), Answer::Certain);
    assert_eq!(becomes(ACCOUNT), Answer::No);
}

/// `NotResource` "matches every resource except those specified": none of several. (IAM User Guide, "IAM JSON policy
/// elements: NotResource")
#[test]
fn not_resource_of_two_entries_matches_neither_of_them() {
    let with = |effect: &str, listed: [&str; 2]| {
        let statement = json!({"Effect": effect, "Action": "s3:GetObject", "NotResource": listed});
        let mut statements = vec![statement];
        if effect == "Deny" {
            statements.push(allow("s3:GetObject", "*"));
        }
        reads(Account::default().user("ada", &statements))
    };
    let other = "arn:aws:s3:::other/*";
    for listed in [[OBJECTS, other], [other, OBJECTS]] {
        assert_eq!(with("Deny", listed), Answer::Certain, "{listed:?}");
        assert_eq!(with("Allow", listed), Answer::No, "{listed:?}");
    }
    let others = [other, "arn:aws:s3:::third/*"];
    assert_eq!(with("Deny", others), Answer::No);
    assert_eq!(with("Allow", others), Answer::Certain);
}

/// `ForAllValues` "returns true if there are no context keys in the request", `ForAnyValue` needs one that matches. (IAM
/// User Guide, "Set operators for multivalued context keys")
#[test]
fn set_operators_decide() {
    let with = |operator: &str, key: &str, value: &str| {
        let condition = json!({operator: {key: [value, "unlike"]}});
        let statement = when(allow("s3:GetObject", OBJECTS), condition);
        reads(Account::default().user("ada", &[statement]))
    };
    for set in ["ForAllValues", "ForAnyValue"] {
        let operator = format!("{set}:StringEquals");
        let of = |value| with(&operator, "aws:username", value);
        assert_eq!(of("ada"), Answer::Certain, "{set}");
        assert_eq!(of("bob"), Answer::No, "{set}");
    }
    let of_tags = |set: &str| with(&format!("{set}:StringEquals"), "aws:TagKeys", "cost");
    assert_eq!(of_tags("ForAllValues"), Answer::Certain);
    assert_ne!(of_tags("ForAnyValue"), Answer::Certain);
}

/// What one `Action` names is compared with what is asked, in every service. (IAM User Guide, "IAM JSON policy elements:
/// Action")
#[test]
fn actions_of_topics_and_queues_are_compared_with_what_is_asked() {
    let queue = format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs");
    let topic = format!("arn:aws:sns:eu-west-1:{ACCOUNT}:news");
    let analysis = Account::default()
        .user(
            "ada",
            &[
                allow("sqs:GetQueueAttributes", &queue),
                allow("sns:Get*", &topic),
            ],
        )
        .analyze()
        .analysis;
    let ada = analysis.inventory.principal_by_key(&user("ada")).unwrap();
    let mut actions = Actions::default();
    let asked = [
        ("sqs:GetQueueAttributes", &queue, Verdict::Allowed),
        ("sqs:ReceiveMessage", &queue, Verdict::Denied),
        ("sqs:GetQueueAttributes", &topic, Verdict::Denied),
        ("sns:GetTopicAttributes", &topic, Verdict::Allowed),
        ("sns:Publish", &topic, Verdict::Denied),
    ];
    for (action, ..) in &asked {
        actions.intern(action, None);
    }
    let mut rights = Rights::new(&analysis.inventory, &actions);
    for (action, target, verdict) in asked {
        let (found, _) = rights.decide(ada, actions.id(action, None), target);
        assert_eq!(found, verdict, "{action} on {target}");
    }
}

/// "If a permission is blocked at any level above the account […] a user or role in the affected account does not have
/// that permission, even if the account administrator attaches the AdministratorAccess IAM policy". (Organizations User
/// Guide, "Service control policies")
#[test]
fn an_administrator_may_not_what_a_service_control_policy_denies() {
    let answers = |organization: Organization| {
        Account::default()
            .user("ada", &[allow("*", "*")])
            .role("app", &json!({"Service": "ec2.amazonaws.com"}), &[])
            .bucket("data")
            .organization(organization)
            .analyze()
    };
    let free = answers(Organization::default());
    assert_eq!(free.gets("ada", Read, DATA), Answer::Certain);
    assert_eq!(free.becomes("ada", &role("app")), Answer::Certain);
    let denied = [deny("s3:*", "*")];
    let limited = answers(Organization::default().attach(SCP, UNIT, &denied));
    assert_eq!(limited.gets("ada", Read, DATA), Answer::No);
    assert_eq!(limited.becomes("ada", &role("app")), Answer::Certain);
}

/// A policy that is only a boundary may be missing from an export; what it allows is then open, and nothing else changes.
#[test]
fn a_boundary_in_no_export_leaves_open_what_it_bounds() {
    let account = || reader().user("bob", &[]).bounded_by_missing();
    assert_eq!(reads(account()), Answer::Certain, "the boundary is bob's");
    assert_eq!(reads(reader().bounded_by_missing()), Answer::Possible);
    let bounded = |statement| reads(reader().bounded_by(&[statement]));
    assert_eq!(bounded(allow("s3:*", "*")), Answer::Certain);
    assert_eq!(bounded(allow("ec2:*", "*")), Answer::No);
}

/// A Deny counts where its conditions are met ("Policy evaluation logic"): where nobody can tell, the path stays, as one
/// that may be blocked.
#[test]
fn a_deny_on_an_open_condition_leaves_the_path_possible() {
    let denied_if = |condition: Value| {
        let statements = [
            allow("s3:GetObject", "*"),
            when(deny("s3:GetObject", "*"), condition),
        ];
        reads(Account::default().user("ada", &statements))
    };
    assert_eq!(
        denied_if(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
        Answer::Possible
    );
    assert_eq!(
        denied_if(json!({"StringEquals": {"aws:username": "bob"}})),
        Answer::Certain
    );
    assert_eq!(
        denied_if(json!({"StringEquals": {"aws:username": "ada"}})),
        Answer::No
    );
}

/// "An explicit deny in any of these policies overrides the allow." (IAM User Guide, "Policy evaluation logic")
#[test]
fn a_deny_counts_in_whichever_document_it_stands() {
    let ban = || [deny("s3:*", "*")];
    assert_eq!(reads(reader()), Answer::Certain);
    let grouped =
        |statements: &[Value]| reads(reader().in_group("staff").group("staff", statements));
    assert_eq!(grouped(&ban()), Answer::No);
    assert_eq!(grouped(&[deny("ec2:*", "*")]), Answer::Certain);
    let attached = |is_attached: bool| {
        let account = reader().managed("ban", &ban());
        reads(if is_attached {
            account.attached(&policy("ban"))
        } else {
            account
        })
    };
    assert_eq!(attached(true), Answer::No);
    assert_eq!(attached(false), Answer::Certain, "it is attached to nobody");
    let bounded = reader().bounded_by(&[allow("*", "*"), deny("s3:*", "*")]);
    assert_eq!(reads(bounded), Answer::No);
    let limited = Organization::default().attach(SCP, UNIT, &ban());
    assert_eq!(reads(reader().organization(limited)), Answer::No);
    let by_bucket = |who: &str| {
        let mut statement = deny("s3:GetObject", OBJECTS);
        statement["Principal"] = json!({"AWS": user(who)});
        reads(
            reader()
                .user("bob", &[])
                .bucket_policy("data", &[statement]),
        )
    };
    assert_eq!(by_bucket("ada"), Answer::No);
    assert_eq!(by_bucket("bob"), Answer::Certain);
    let lists = Account::default()
        .user("ada", &[allow("s3:ListBucket", DATA), deny("s3:Get*", "*")])
        .bucket("data")
        .analyze();
    assert_eq!(lists.gets("ada", List, DATA), Answer::Certain);
}
