//! Changing what principals may do: policies, groups, boundaries, keys. A hit and a near miss each.

use crate::account::{
    Account, Answer, Organization, SCP, UNIT, allow, deny, group, key_of, policy, role, user,
};
use leakreach::inventory::Access::Read;
use serde_json::{Value, json};

const SAFE: &str = "arn:aws:s3:::safe";

/// Whoever holds this may not change what it holds, nor whom it acts as.
fn bound_to(account: Account, mut denied: Vec<Value>) -> Account {
    for action in [
        "iam:Detach*",
        "iam:*Version",
        "iam:*Key",
        "iam:*LoginProfile",
        "sts:*",
    ] {
        denied.push(deny(action, "*"));
    }
    account.attached(&policy("ban")).managed("ban", &denied)
}

/// An attacker with these statements, and a bucket that none of them opens.
fn attacker(statements: &[Value]) -> Account {
    Account::default().user("eve", statements).bucket("safe")
}

fn reads(account: Account) -> Answer {
    account.analyze().gets("eve", Read, SAFE)
}

#[test]
fn a_user_who_may_write_its_own_policy_may_do_anything() {
    for action in ["iam:PutUserPolicy", "iam:AttachUserPolicy"] {
        let own = attacker(&[allow(action, &user("eve"))]);
        assert_eq!(reads(own), Answer::Certain, "{action}");
        let of_another = attacker(&[allow(action, &user("bob"))]).user("bob", &[]);
        assert_eq!(reads(of_another), Answer::No, "{action}");
    }
}

#[test]
fn a_policy_for_another_helps_who_acts_as_the_other() {
    let account = |second: Value| {
        attacker(&[allow("iam:PutUserPolicy", &user("bob")), second]).user("bob", &[])
    };
    let with_key = account(allow("iam:CreateAccessKey", &user("bob")));
    // Whether bob has two keys already no credential report tells here.
    assert_eq!(reads(with_key), Answer::Possible);
    assert_eq!(reads(account(allow("iam:GetUser", "*"))), Answer::No);
}

#[test]
fn a_role_that_somebody_may_edit_and_assume_may_do_anything() {
    for action in ["iam:PutRolePolicy", "iam:AttachRolePolicy"] {
        let trusting = |who: &str| {
            attacker(&[
                allow(action, &role("worker")),
                allow("sts:AssumeRole", &role("worker")),
            ])
            .role("worker", &json!({"AWS": user(who)}), &[])
        };
        assert_eq!(reads(trusting("eve")), Answer::Certain, "{action}");
        let other = trusting("bob").user("bob", &[]);
        assert_eq!(reads(other), Answer::No, "{action}");
    }
}

#[test]
fn the_edit_and_the_assuming_may_be_of_different_hands() {
    let account = Account::default()
        .user("eve", &[allow("iam:PutRolePolicy", &role("worker"))])
        .user("bob", &[])
        .role("worker", &json!({"AWS": user("bob")}), &[])
        .bucket("safe")
        .file(
            "../../devices/laptop/.cursor/mcp.json",
            &json!({"mcpServers": {"s": {"command": "run", "env": {
                "AWS_ACCESS_KEY_ID": key_of("eve"), "OTHER_KEY_ID": key_of("bob")}}}})
            .to_string(),
        );
    let answers = account.analyze();
    assert_eq!(answers.gets("eve", Read, SAFE), Answer::No);
    assert_eq!(answers.gets("bob", Read, SAFE), Answer::No);
    // Both keys lie in one place.
    let best = answers.analysis.exposures.first().unwrap();
    assert!(best.possible.points.0 > 0);
}

#[test]
fn a_member_gains_by_the_policies_of_its_group() {
    for action in ["iam:PutGroupPolicy", "iam:AttachGroupPolicy"] {
        let account = |of: &str| {
            attacker(&[allow(action, &group("devs"))])
                .in_group(of)
                .group("devs", &[])
                .group("others", &[])
        };
        assert_eq!(reads(account("devs")), Answer::Certain, "{action}");
        assert_eq!(reads(account("others")), Answer::No, "{action}");
    }
}

#[test]
fn the_policies_of_a_group_or_of_others_do_not_help_who_is_none_of_them() {
    let of_group = attacker(&[allow("iam:PutGroupPolicy", &group("devs"))])
        .user("bob", &[])
        .in_group("devs")
        .group("devs", &[]);
    assert_eq!(reads(of_group), Answer::No);
    let of_policy = attacker(&[allow("iam:CreatePolicyVersion", &policy("app"))])
        .user("bob", &[])
        .attached(&policy("app"))
        .managed("app", &[]);
    assert_eq!(reads(of_policy), Answer::No);
}

#[test]
fn a_role_of_another_account_that_names_the_editor_is_reached() {
    let other = "222233334444";
    let far = format!("arn:aws:iam::{other}:role/far");
    let account = |statements: &[Value]| {
        let trust = json!({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": user("eve")}}]});
        let details = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [],
            "IsTruncated": false, "RoleDetailList": [{
                "Path": "/", "RoleName": "far", "RoleId": "AROAEXAMPLEFAR", "Arn": far,
                "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust,
                "InstanceProfileList": [], "RolePolicyList": [],
                "AttachedManagedPolicies": [], "Tags": []}]});
        attacker(statements).file(
            &format!("../{other}/iam/account-authorization-details.json"),
            &details.to_string(),
        )
    };
    let editor = account(&[allow("iam:PutUserPolicy", &user("eve"))]).analyze();
    assert_eq!(editor.becomes("eve", &far), Answer::Certain);
    // Across accounts being named is not enough.
    assert_eq!(account(&[]).analyze().becomes("eve", &far), Answer::No);
    // What bounds the one who is named counts, not what bounds others.
    let bounded = account(&[allow("iam:PutUserPolicy", &user("eve"))])
        .bounded_by(&[allow("iam:PutUserPolicy", "*")])
        .user("bob", &[allow("iam:PutUserPolicy", &user("bob"))])
        .analyze();
    assert_eq!(bounded.becomes("eve", &far), Answer::No);
    // An editor whom the role does not name, and who cannot become the one whom it names.
    let bob = [allow("iam:PutUserPolicy", &user("bob"))];
    let another = bound_to(account(&[]).user("bob", &bob), Vec::new()).analyze();
    assert_eq!(another.becomes("bob", &far), Answer::No);
}

#[test]
fn rewriting_a_policy_helps_those_to_whom_it_is_attached() {
    let account = |attached: &str| {
        attacker(&[allow("iam:CreatePolicyVersion", &policy("app"))])
            .attached(&policy(attached))
            .managed("app", &[])
            .managed("other", &[])
    };
    assert_eq!(reads(account("app")), Answer::Certain);
    assert_eq!(reads(account("other")), Answer::No);
}

#[test]
fn a_policy_with_five_versions_takes_no_sixth() {
    let account = |versions: usize| {
        attacker(&[allow("iam:CreatePolicyVersion", &policy("app"))])
            .attached(&policy("app"))
            .managed("app", &[])
            .with_versions(versions)
    };
    assert_eq!(reads(account(4)), Answer::Certain);
    assert_eq!(reads(account(5)), Answer::Possible);
}

#[test]
fn policies_of_aws_are_rewritten_by_nobody() {
    let account = attacker(&[allow("iam:CreatePolicyVersion", "*")])
        .attached("arn:aws:iam::aws:policy/ReadOnlyAccess");
    // The document is missing: it may allow more, but nobody writes it.
    assert_eq!(reads(account), Answer::No);
}

#[test]
fn a_user_who_is_put_into_a_group_gains_its_rights() {
    let account = |resource: &str| {
        attacker(&[allow("iam:AddUserToGroup", resource)]).group("admins", &[allow("s3:*", "*")])
    };
    assert_eq!(reads(account(&group("admins"))), Answer::Certain);
    // The action is about the group, not about the user.
    assert_eq!(reads(account(&user("eve"))), Answer::No);
}

#[test]
fn a_deny_and_a_boundary_hold_against_any_written_policy() {
    let write = || allow("iam:PutUserPolicy", &user("eve"));
    assert_eq!(reads(attacker(&[write()])), Answer::Certain);
    let denied = bound_to(attacker(&[write()]), vec![deny("s3:*", "*")]);
    assert_eq!(reads(denied), Answer::No);
    let spared = bound_to(attacker(&[write()]), vec![deny("ec2:*", "*")]);
    assert_eq!(reads(spared), Answer::Certain);
    let bounded = attacker(&[write()]).bounded_by(&[allow("iam:PutUserPolicy", "*")]);
    assert_eq!(reads(bounded), Answer::No);
    let wide = attacker(&[write()]).bounded_by(&[allow("*", "*")]);
    assert_eq!(reads(wide), Answer::Certain);
}

#[test]
fn a_service_control_policy_holds_against_any_written_policy() {
    let editor = |denied: &str| {
        let organization = Organization::default().attach(SCP, UNIT, &[deny(denied, "*")]);
        attacker(&[allow("iam:PutUserPolicy", &user("eve"))]).organization(organization)
    };
    assert_eq!(reads(editor("ec2:*")), Answer::Certain);
    assert_eq!(reads(editor("s3:*")), Answer::No);
    assert_eq!(reads(editor("iam:Put*")), Answer::No);
}

#[test]
fn a_boundary_that_its_bearer_may_take_off_bounds_nothing() {
    for action in [
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
    ] {
        let bounded = |boundary: &[Value]| {
            attacker(&[allow(action, &user("eve")), allow("s3:*", "*")]).bounded_by(boundary)
        };
        assert_eq!(
            reads(bounded(&[allow("iam:*", "*")])),
            Answer::Certain,
            "{action}"
        );
        // The boundary itself must allow the call.
        assert_eq!(
            reads(bounded(&[allow("ec2:*", "*")])),
            Answer::No,
            "{action}"
        );
    }
}

#[test]
fn a_policy_and_a_lifted_boundary_together_open_everything() {
    let account = |second: &str| {
        attacker(&[
            allow("iam:PutUserPolicy", &user("eve")),
            allow(second, &user("eve")),
        ])
        .bounded_by(&[allow("iam:*", "*")])
    };
    assert_eq!(
        reads(account("iam:DeleteUserPermissionsBoundary")),
        Answer::Certain
    );
    // Within iam:* the written policy itself allows taking the boundary off.
    assert_eq!(reads(account("iam:GetUser")), Answer::Certain);
    let narrow = attacker(&[allow("iam:PutUserPolicy", &user("eve"))])
        .bounded_by(&[allow("iam:PutUserPolicy", "*"), allow("iam:Get*", "*")]);
    assert_eq!(reads(narrow), Answer::No);
}

#[test]
fn an_inactive_key_comes_back_to_life() {
    let account = |resource: &str| {
        let dead = key_of("bob");
        Account::default()
            .user("eve", &[allow("iam:UpdateAccessKey", resource)])
            .user("bob", &[allow("s3:*", "*")])
            .with_inactive_key()
            .bucket("safe")
            .file(
                "../../devices/laptop/.cursor/mcp.json",
                &json!({"mcpServers": {"s": {"command": "run", "env": {
                    "AWS_ACCESS_KEY_ID": key_of("eve"), "OTHER_KEY_ID": dead}}}})
                .to_string(),
            )
    };
    let reaches = |account: Account| {
        let answers = account.analyze();
        answers.analysis.exposures[0].possible.points.0
    };
    assert!(reaches(account(&user("bob"))) > 0);
    assert_eq!(reaches(account(&user("carol"))), 0);
}
