//! New credentials, secrets that are read, and paths between identities. A hit and a near miss each.

use crate::account::{
    ACCOUNT, Account, Answer, Answers, Organization, SCP, UNIT, allow, deny, group, policy, role,
    user, when,
};
use leakreach::inventory::Access::{self, Admin, Delete, Read, Write};
use serde_json::{Value, json};

const SAFE: &str = "arn:aws:s3:::safe";
const OBJECTS: &str = "arn:aws:s3:::safe/*";

/// An attacker with these statements, and a bucket.
fn attacker(statements: &[Value]) -> Account {
    Account::default().user("eve", statements).bucket("safe")
}

fn reads(account: Account) -> Answer {
    account.analyze().gets("eve", Read, SAFE)
}

fn set_default() -> Value {
    allow("iam:SetDefaultPolicyVersion", &policy("app"))
}

// Older versions of policies.

#[test]
fn an_older_version_that_is_brought_back_grants_what_it_says_and_no_more() {
    let account = |older: Value| {
        attacker(&[set_default()])
            .attached(&policy("app"))
            .managed("app", &[allow("s3:ListBucket", "*")])
            .older_version(&[older])
    };
    assert_eq!(
        reads(account(allow("s3:GetObject", OBJECTS))),
        Answer::Certain
    );
    assert_eq!(
        reads(account(allow("s3:GetObject", "arn:aws:s3:::other/*"))),
        Answer::No
    );
    // Nobody may bring it back.
    let kept = attacker(&[])
        .attached(&policy("app"))
        .managed("app", &[])
        .older_version(&[allow("s3:GetObject", OBJECTS)]);
    assert_eq!(reads(kept), Answer::No);
}

#[test]
fn deleting_an_older_version_is_the_fix_for_what_it_brings_back() {
    let answers = attacker(&[set_default()])
        .attached(&policy("app"))
        .managed("app", &[])
        .older_version(&[allow("s3:GetObject", OBJECTS)])
        .analyze();
    let version = format!("{}#version/v01", policy("app"));
    assert_eq!(
        answers.gain(&format!("{version}#kept")),
        answers.points("eve")
    );
    assert_ne!(answers.points("eve"), (0, 0));
    // It cannot be edited.
    assert_eq!(answers.gain(&format!("{version}#0")), (0, 0));
}

#[test]
fn an_older_version_serves_those_to_whom_its_policy_is_attached() {
    let account = |member: &str| {
        attacker(&[set_default()])
            .in_group(member)
            .group("devs", &[])
            .group_attached(&policy("app"))
            .group("others", &[])
            .managed("app", &[])
            .older_version(&[allow("s3:GetObject", OBJECTS)])
    };
    assert_eq!(reads(account("devs")), Answer::Certain);
    assert_eq!(reads(account("others")), Answer::No);
}

#[test]
fn an_older_version_without_the_deny_lifts_it() {
    let account = |older: Value| {
        attacker(&[set_default(), allow("s3:GetObject", "*")])
            .attached(&policy("app"))
            .managed("app", &[deny("s3:*", "*")])
            .older_version(&[older])
    };
    assert_eq!(reads(account(allow("ec2:*", "*"))), Answer::Certain);
    assert_eq!(reads(account(deny("s3:Get*", "*"))), Answer::No);
}

#[test]
fn an_older_version_of_a_boundary_bounds_as_it_says() {
    let account = |older: Value| {
        attacker(&[
            allow("iam:SetDefaultPolicyVersion", &policy("boundary")),
            allow("s3:GetObject", "*"),
        ])
        .bounded_by(&[allow("iam:*", "*")])
        .older_version(&[older])
    };
    assert_eq!(reads(account(allow("s3:*", "*"))), Answer::Certain);
    assert_eq!(reads(account(allow("ec2:*", "*"))), Answer::No);
}

#[test]
fn an_older_version_may_let_its_holder_write_itself_a_policy() {
    let account = |older: &str| {
        attacker(&[set_default()])
            .attached(&policy("app"))
            .managed("app", &[])
            .older_version(&[allow("iam:PutUserPolicy", older)])
            .user("bob", &[])
    };
    assert_eq!(reads(account(&user("eve"))), Answer::Certain);
    assert_eq!(reads(account(&user("bob"))), Answer::No);
}

#[test]
fn a_service_is_passed_a_role_by_the_rights_of_one_version_and_not_of_two() {
    let create = || allow("lambda:CreateFunction", "*");
    let invoke = || allow("lambda:InvokeFunction", "*");
    let pass = || allow("iam:PassRole", "*");
    let becomes = |own: &[Value], older: &[Value]| {
        let mut statements = vec![set_default(), invoke()];
        statements.extend_from_slice(own);
        attacker(&statements)
            .attached(&policy("app"))
            .managed("app", &[create()])
            .older_version(older)
            .role("runner", &json!({"Service": "lambda.amazonaws.com"}), &[])
            .analyze()
            .becomes("eve", &role("runner"))
    };
    assert_eq!(becomes(&[], &[create(), pass()]), Answer::Certain);
    // The default lets create and the older version lets pass: never both at once.
    assert_eq!(becomes(&[], &[pass()]), Answer::No);
    assert_eq!(becomes(&[create()], &[pass()]), Answer::Certain);
}

// Policies that deny.

#[test]
fn a_policy_that_denies_and_may_be_taken_off_denies_nothing() {
    for (action, inline) in [
        ("iam:DeleteUserPolicy", true),
        ("iam:DetachUserPolicy", false),
    ] {
        let account = |target: &str, is_inline: bool| {
            let own = [allow("s3:GetObject", "*"), allow(action, target)];
            let ban = [deny("s3:*", "*")];
            // The group grants, so that what is taken off may be all of a policy.
            let eve = if is_inline { ban.as_slice() } else { &[] };
            let account = attacker(eve).in_group("devs").group("devs", &own);
            match is_inline {
                true => account,
                false => account.attached(&policy("ban")).managed("ban", &ban),
            }
        };
        assert_eq!(
            reads(account(&user("eve"), inline)),
            Answer::Certain,
            "{action}"
        );
        assert_eq!(reads(account(&user("bob"), inline)), Answer::No, "{action}");
        // The one action is about inline policies, the other about managed ones.
        assert_eq!(
            reads(account(&user("eve"), !inline)),
            Answer::No,
            "{action}"
        );
    }
}

#[test]
fn what_a_policy_allows_goes_with_what_it_denies() {
    let own = [
        deny("s3:*", "*"),
        allow("s3:GetObject", "*"),
        allow("iam:DeleteUserPolicy", &user("eve")),
    ];
    assert_eq!(reads(attacker(&own)), Answer::No);
}

#[test]
fn a_policy_of_a_group_that_denies_is_taken_off_by_group() {
    let account = |action: &str, of: &str| {
        attacker(&[allow("s3:GetObject", "*"), allow(action, &group(of))])
            .in_group("banned")
            .group("banned", &[])
            .group_attached(&policy("ban"))
            .group("others", &[])
            .managed("ban", &[deny("s3:*", "*")])
    };
    for action in ["iam:DetachGroupPolicy", "iam:RemoveUserFromGroup"] {
        assert_eq!(
            reads(account(action, "banned")),
            Answer::Certain,
            "{action}"
        );
        assert_eq!(reads(account(action, "others")), Answer::No, "{action}");
    }
    // It is attached, not inline.
    assert_eq!(
        reads(account("iam:DeleteGroupPolicy", "banned")),
        Answer::No
    );
}

#[test]
fn who_leaves_a_group_loses_what_the_group_allows() {
    let banned = [deny("s3:*", "*"), allow("s3:GetObject", "*")];
    let account = attacker(&[allow("iam:RemoveUserFromGroup", &group("banned"))])
        .in_group("banned")
        .group("banned", &banned);
    assert_eq!(reads(account), Answer::No);
}

#[test]
fn who_leaves_a_group_loses_what_was_written_to_the_group() {
    let account = |rights: &[&str]| {
        let spared = json!({"Effect": "Deny", "NotAction": rights, "Resource": "*"});
        let own: Vec<Value> = rights.iter().map(|right| allow(right, "*")).collect();
        attacker(&own)
            .in_group("banned")
            .group("banned", &[])
            .group_attached(&policy("ban"))
            .managed("ban", &[spared])
    };
    let both = ["iam:PutGroupPolicy", "iam:RemoveUserFromGroup"];
    assert_eq!(reads(account(&both)), Answer::No);
    // A policy of her own stays.
    let own = ["iam:PutUserPolicy", "iam:RemoveUserFromGroup"];
    assert_eq!(reads(account(&own)), Answer::Certain);
}

#[test]
fn two_policies_that_deny_are_taken_off_by_two_rights() {
    let account = |second: &str| {
        let own = [
            allow("s3:GetObject", "*"),
            allow("iam:DetachUserPolicy", &user("eve")),
            allow(second, &user("eve")),
        ];
        attacker(&[deny("s3:*", "*")])
            .in_group("devs")
            .group("devs", &own)
            .attached(&policy("ban"))
            .managed("ban", &[deny("s3:Get*", "*")])
    };
    assert_eq!(reads(account("iam:DeleteUserPolicy")), Answer::Certain);
    assert_eq!(reads(account("iam:GetUser")), Answer::No);
}

#[test]
fn a_deny_that_is_taken_off_frees_a_role_that_is_assumed() {
    let account = |target: &str, trusted: &str| {
        attacker(&[allow("iam:DetachRolePolicy", target)])
            .user("bob", &[])
            .role(
                "worker",
                &json!({"AWS": user(trusted)}),
                &[allow("s3:GetObject", "*")],
            )
            .role_attached(&policy("ban"))
            .managed("ban", &[deny("s3:*", "*")])
    };
    assert_eq!(reads(account(&role("worker"), "eve")), Answer::Certain);
    assert_eq!(reads(account(&role("other"), "eve")), Answer::No);
    assert_eq!(reads(account(&role("worker"), "bob")), Answer::No);
}

#[test]
fn a_written_policy_replaces_the_inline_policy_that_denies() {
    let write = allow("iam:PutUserPolicy", &user("eve"));
    assert_eq!(
        reads(attacker(&[write.clone(), deny("s3:*", "*")])),
        Answer::Certain
    );
    // An attached one is detached by what was written, unless it denies that too.
    let attached = |also: &str| {
        let ban = [
            deny("s3:*", "*"),
            deny("iam:*Version", "*"),
            deny(also, "*"),
        ];
        attacker(std::slice::from_ref(&write))
            .attached(&policy("ban"))
            .managed("ban", &ban)
    };
    assert_eq!(reads(attached("sts:*")), Answer::Certain);
    assert_eq!(reads(attached("iam:Detach*")), Answer::No);
}

#[test]
fn a_rewritten_policy_neither_denies_nor_bounds() {
    let rewrite = |of: &str| allow("iam:CreatePolicyVersion", &policy(of));
    let denied = |of: &str| {
        attacker(&[rewrite(of)])
            .attached(&policy("ban"))
            .managed("ban", &[deny("s3:*", "*")])
    };
    assert_eq!(reads(denied("ban")), Answer::Certain);
    assert_eq!(reads(denied("other")), Answer::No);
    let bounded = |of: &str| {
        attacker(&[rewrite(of), allow("s3:GetObject", "*")])
            .bounded_by(&[allow("iam:CreatePolicyVersion", "*")])
    };
    assert_eq!(reads(bounded("boundary")), Answer::Certain);
    assert_eq!(reads(bounded("other")), Answer::No);
}

#[test]
fn a_condition_on_the_deny_is_kept_until_it_is_taken_off() {
    let account = |action: &str| {
        let ban = when(
            deny("s3:*", "*"),
            json!({"Bool": {"aws:ViaAWSService": "false"}}),
        );
        attacker(&[allow("s3:GetObject", "*"), allow(action, &user("eve"))])
            .attached(&policy("ban"))
            .managed("ban", &[ban])
    };
    assert_eq!(reads(account("iam:DetachUserPolicy")), Answer::Certain);
    assert_ne!(reads(account("iam:DeleteUserPolicy")), Answer::Certain);
}

// Paths between identities that are made of two steps.

#[test]
fn a_role_whose_trust_is_rewritten_needs_no_service_to_be_passed_to() {
    let becomes = |target: &str| {
        attacker(&[
            allow("iam:UpdateAssumeRolePolicy", target),
            allow("iam:PassRole", "*"),
        ])
        .role("idle", &json!({"Service": "ec2.amazonaws.com"}), &[])
        .analyze()
        .becomes("eve", &role("idle"))
    };
    assert_eq!(becomes(&role("idle")), Answer::Certain);
    // To pass a role without a service that the attacker drives opens nothing.
    assert_eq!(becomes(&role("other")), Answer::No);
}

#[test]
fn a_role_that_is_passed_and_written_a_policy_may_do_anything() {
    for action in ["iam:PutRolePolicy", "iam:AttachRolePolicy"] {
        let account = |drive: &str, write: &str| {
            attacker(&[
                allow("iam:PassRole", &role("runner")),
                allow(drive, "*"),
                allow(action, write),
            ])
            .role("runner", &json!({"Service": "lambda.amazonaws.com"}), &[])
        };
        let reads = |drive: &str, write: &str| reads(account(drive, write));
        assert_eq!(
            reads("lambda:*", &role("runner")),
            Answer::Certain,
            "{action}"
        );
        assert_eq!(reads("lambda:*", &role("other")), Answer::No, "{action}");
        assert_eq!(reads("ecs:*", &role("runner")), Answer::No, "{action}");
    }
}

// Identity providers.

fn saml(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:saml-provider/{name}")
}

#[test]
fn who_replaces_the_metadata_of_a_saml_provider_becomes_whom_it_vouches_for() {
    let becomes = |trusted: &str, provider: &str| {
        let trust = json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
            "Principal": {"Federated": saml(trusted)},
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}]);
        attacker(&[allow("iam:UpdateSAMLProvider", &saml(provider))])
            .role("staff", &json!({}), &[])
            .trust(|statements| *statements = trust)
            .analyze()
            .becomes("eve", &role("staff"))
    };
    assert_eq!(becomes("corp", "corp"), Answer::Certain);
    assert_eq!(becomes("corp", "other"), Answer::No);
    let kept = "AWSSSO_0123456789abcdef_DO_NOT_DELETE";
    assert_eq!(becomes(kept, kept), Answer::Possible);
}

#[test]
fn a_thumbprint_or_an_audience_of_a_provider_takes_nothing_over() {
    let answers = attacker(&[
        allow("iam:UpdateOpenIDConnectProviderThumbprint", "*"),
        allow("iam:AddClientIDToOpenIDConnectProvider", "*"),
    ])
    .role("deploy", &json!({}), &[])
    .trust(|trust| {
        *trust = json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example.com")}}]);
    })
    .analyze();
    assert_eq!(answers.becomes("eve", &role("deploy")), Answer::No);
}

const POOL: &str = "eu-west-1:00000000-0000-0000-0000-000000000000";

/// An attacker, and a role that trusts an identity pool's signed-in users.
fn pool(statements: &[Value]) -> Answers {
    attacker(statements)
        .role("member", &json!({}), &[])
        .trust(|trust| {
            *trust = json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": POOL},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}
            }}]);
        })
        .role(
            "service",
            &json!({"Service": "cognito-identity.amazonaws.com"}),
            &[],
        )
        .role("stranger", &json!({}), &[])
        .trust(|trust| {
            *trust = json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:stranger"},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}
            }}]);
        })
        .analyze()
}

#[test]
fn a_token_for_a_developers_user_is_one_of_its_identity_pool() {
    let becomes = |pool_id: &str, target: &str| {
        let arn = format!("arn:aws:cognito-identity:eu-west-1:{ACCOUNT}:identitypool/{pool_id}");
        pool(&[allow(
            "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
            &arn,
        )])
        .becomes("eve", &role(target))
    };
    assert_eq!(becomes(POOL, "member"), Answer::Possible);
    assert_eq!(becomes(POOL, "stranger"), Answer::No);
    assert_eq!(becomes("eu-west-1:other", "member"), Answer::No);
}

#[test]
fn a_role_that_trusts_an_identity_pool_is_passed_to_it() {
    let becomes = |pass: Value, set: &str, target: &str| {
        pool(&[pass, allow("cognito-identity:SetIdentityPoolRoles", set)])
            .becomes("eve", &role(target))
    };
    let pass = |to: &str| {
        let passed = json!({"StringEquals": {"iam:PassedToService": to}});
        when(allow("iam:PassRole", "*"), passed)
    };
    let pools = "cognito-identity.amazonaws.com";
    assert_eq!(becomes(pass(pools), "*", "member"), Answer::Possible);
    assert_eq!(
        becomes(pass("lambda.amazonaws.com"), "*", "member"),
        Answer::No
    );
    // The role is federated: one that trusts the service does not do.
    assert_eq!(becomes(pass(pools), "*", "service"), Answer::No);
    // The action knows no resource.
    let only = format!("arn:aws:cognito-identity:eu-west-1:{ACCOUNT}:identitypool/{POOL}");
    assert_eq!(becomes(pass(pools), &only, "member"), Answer::No);
}

// IAM Identity Center.

const OTHER: &str = "222233334444";
const PATH: &str = "/aws-reserved/sso.amazonaws.com/";

/// What eve of the first account reads in the second one, whose role she may assume.
fn reads_elsewhere(statements: &[Value], organization: Organization) -> Answer {
    let mut own = statements.to_vec();
    own.push(allow("sts:AssumeRole", "*"));
    Account::default()
        .user("eve", &own)
        .role("AWSReservedSSO_Dev_0000", &json!({"AWS": user("eve")}), &[])
        .role_path(PATH)
        .in_account(OTHER)
        .organization(organization.with_account(OTHER))
        .analyze()
        .gets("eve", Read, &format!("class:{OTHER}:arn:aws:s3:::*"))
}

fn permission_sets(actions: &[&str]) -> Vec<Value> {
    actions.iter().map(|action| allow(action, "*")).collect()
}

#[test]
fn who_changes_a_permission_set_may_do_anything_in_its_role() {
    let managed = || Organization::default().managed_by(ACCOUNT);
    for change in [
        "sso:AttachManagedPolicyToPermissionSet",
        "sso:PutInlinePolicyToPermissionSet",
    ] {
        let both = permission_sets(&[change, "sso:ProvisionPermissionSet"]);
        assert_eq!(
            reads_elsewhere(&both, managed()),
            Answer::Possible,
            "{change}"
        );
        // Another account manages.
        assert_eq!(
            reads_elsewhere(&both, Organization::default()),
            Answer::No,
            "{change}"
        );
        let alone = permission_sets(&[change]);
        assert_eq!(reads_elsewhere(&alone, managed()), Answer::No, "{change}");
        // Both the instance and the permission set are asked about.
        let set = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
        let half = [allow(change, set), allow("sso:ProvisionPermissionSet", "*")];
        assert_eq!(reads_elsewhere(&half, managed()), Answer::No, "{change}");
    }
}

#[test]
fn who_assigns_a_new_permission_set_may_do_anything_in_the_account() {
    let all = [
        "sso:CreatePermissionSet",
        "sso:AttachManagedPolicyToPermissionSet",
        "sso:CreateAccountAssignment",
    ];
    let managed = || Organization::default().managed_by(ACCOUNT);
    assert_eq!(
        reads_elsewhere(&permission_sets(&all), managed()),
        Answer::Possible
    );
    assert_eq!(
        reads_elsewhere(&permission_sets(&all), Organization::default()),
        Answer::No
    );
    assert_eq!(
        reads_elsewhere(&permission_sets(&all[..2]), managed()),
        Answer::No
    );
    let assigned = |account: &str| {
        let mut statements = permission_sets(&all[..2]);
        for resource in [
            "instance/*",
            "permissionSet/*",
            &format!("account/{account}"),
        ] {
            statements.push(allow(all[2], &format!("arn:aws:sso:::{resource}")));
        }
        reads_elsewhere(&statements, managed())
    };
    assert_eq!(assigned(OTHER), Answer::Possible);
    assert_eq!(assigned("333344445555"), Answer::No);
    // What limits the account limits the new role.
    let closed = managed().attach(SCP, UNIT, &[deny("s3:*", "*")]);
    assert_eq!(reads_elsewhere(&permission_sets(&all), closed), Answer::No);
}

// Parameters.

const PARAMETER: &str = "arn:aws:ssm:eu-west-1:111122223333:parameter/app/prod/db";

fn parameters(kind: &str, key: Option<&str>) -> String {
    let mut row = json!({"Name": "/app/prod/db", "Type": kind, "ARN": PARAMETER});
    if let Some(key) = key {
        row["KeyId"] = json!(key);
    }
    json!({"Parameters": [row]}).to_string()
}

fn gets_parameter(statements: &[Value], kind: &str, key: Option<&str>, access: Access) -> Answer {
    Account::default()
        .user("eve", statements)
        .file(
            "ssm/describe-parameters-eu-west-1.json",
            &parameters(kind, key),
        )
        .analyze()
        .gets("eve", access, PARAMETER)
}

#[test]
fn each_of_four_actions_reads_a_parameter() {
    let reads = |action: &str, resource: &str| {
        gets_parameter(&[allow(action, resource)], "String", None, Read)
    };
    for action in [
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParameterHistory",
    ] {
        assert_eq!(reads(action, PARAMETER), Answer::Certain, "{action}");
        let other = PARAMETER.replace("prod", "test");
        assert_eq!(reads(action, &other), Answer::No, "{action}");
    }
    assert_eq!(reads("ssm:DescribeParameters", "*"), Answer::No);
    // A Deny of one action leaves the others.
    let denied = [allow("ssm:Get*", "*"), deny("ssm:GetParameter", PARAMETER)];
    assert_eq!(
        gets_parameter(&denied, "String", None, Read),
        Answer::Certain
    );
    let all = [allow("ssm:Get*", "*"), deny("ssm:GetParameter*", "*")];
    assert_eq!(gets_parameter(&all, "String", None, Read), Answer::No);
}

#[test]
fn parameters_are_read_by_the_path_above_them_and_not_by_their_own_name() {
    let by = |statements: &[Value]| gets_parameter(statements, "String", None, Read);
    let path = |rest: &str| {
        let arn = format!("arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/{rest}");
        by(&[allow("ssm:GetParametersByPath", &arn)])
    };
    for above in ["", "app", "app/", "app/prod", "app/prod/", "*"] {
        assert_eq!(path(above), Answer::Certain, "{above}");
    }
    for other in ["app/prod/db", "app/prod/db/*", "app/test/"] {
        assert_eq!(path(other), Answer::No, "{other}");
    }
    // "Even if a user has explicitly been denied access for parameter /a/b, they can still … view /a/b."
    let read = allow("ssm:GetParametersByPath", "*");
    let denied = deny("ssm:GetParametersByPath", PARAMETER);
    assert_eq!(by(&[read.clone(), denied]), Answer::Certain);
    assert_eq!(
        by(&[read, deny("ssm:GetParametersByPath", "*")]),
        Answer::No
    );
}

#[test]
fn a_secure_string_is_under_its_key() {
    let reads = |key: Option<&str>, also: &str| {
        let statements = [allow("ssm:GetParameter", "*"), allow(also, "*")];
        gets_parameter(&statements, "SecureString", key, Read)
    };
    assert_eq!(reads(Some("alias/aws/ssm"), "ssm:Get*"), Answer::Certain);
    assert_eq!(reads(None, "ssm:Get*"), Answer::Certain);
    // Of this key no policy is exported.
    assert_eq!(reads(Some("alias/own"), "kms:Decrypt"), Answer::Possible);
}

#[test]
fn the_policy_of_a_parameters_key_decides_for_one_principal() {
    let key = format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/k");
    let reads = |also: &str| {
        let statement = json!({"Effect": "Allow", "Action": "kms:*", "Resource": "*",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}});
        let of_key = json!({"Policy": json!({"Statement": [statement]}).to_string(), "PolicyName": "default"});
        Account::default()
            .user("eve", &[allow("ssm:GetParameter", "*"), allow(also, "*")])
            .file(
                "ssm/describe-parameters-eu-west-1.json",
                &parameters("SecureString", Some(&key)),
            )
            .file("kms/key-policy/eu-west-1/k.json", &of_key.to_string())
            .analyze()
            .gets("eve", Read, PARAMETER)
    };
    assert_eq!(reads("kms:Decrypt"), Answer::Certain);
    assert_eq!(reads("kms:Encrypt"), Answer::No);
}

#[test]
fn parameters_are_written_and_deleted() {
    for (action, access) in [("ssm:PutParameter", Write), ("ssm:DeleteParameter", Delete)] {
        let gets =
            |resource: &str| gets_parameter(&[allow(action, resource)], "String", None, access);
        assert_eq!(gets(PARAMETER), Answer::Certain, "{action}");
        assert_eq!(
            gets("arn:aws:ssm:*:*:parameter/other"),
            Answer::No,
            "{action}"
        );
    }
}

#[test]
fn parameters_that_no_export_lists_are_reached_as_one() {
    let gets = |action: &str, resource: &str| {
        Account::default()
            .user("eve", &[allow(action, resource)])
            .analyze()
            .gets("eve", Read, &class("ssm:parameter/*"))
    };
    assert_eq!(gets("ssm:GetParameter", PARAMETER), Answer::Possible);
    let path = "arn:aws:ssm:*:*:parameter/app/*";
    assert_eq!(gets("ssm:GetParametersByPath", path), Answer::Possible);
    assert_eq!(
        gets("ssm:GetParameter", "arn:aws:ssm:*:*:document/*"),
        Answer::No
    );
}

#[test]
fn values_that_an_answer_holds_are_dropped() {
    let value = format!("{}-EXAMPLE", "fake".repeat(4));
    let answers = Account::default()
        .user("eve", &[allow("ssm:GetParameter", "*")])
        .file(
            "ssm/get-parameters-by-path-eu-west-1.json",
            &json!({"Parameters": [{"Name": "/app/prod/db", "Type": "SecureString",
                "Value": value, "ARN": PARAMETER}]})
            .to_string(),
        )
        .analyze();
    // The answer tells no key, so that it may be any.
    assert_eq!(answers.gets("eve", Read, PARAMETER), Answer::Possible);
    assert!(!format!("{:?}", answers.analysis.inventory).contains(&value));
}

// New credentials for what no export lists.

/// The action, a resource on which it must be allowed and one on which it does not do, as `SERVICE:REST` (or `*`),
/// what is gained: all of a type, as `SERVICE:REST`, and the access.
type Minting = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Access,
);

const MINTING: &[Minting] = &[
    (
        "airflow:CreateCliToken",
        "airflow:environment/e",
        "airflow:role/e/Admin",
        "airflow:environment/*",
        Write,
    ),
    (
        "airflow:CreateWebLoginToken",
        "airflow:role/e/Admin",
        "airflow:role/e/Viewer",
        "airflow:environment/*",
        Admin,
    ),
    (
        "appsync:CreateApiKey",
        "*",
        "appsync:apis/a",
        "appsync:apis/*",
        Read,
    ),
    (
        "cloud9:CreateEnvironmentToken",
        "cloud9:environment:e",
        "cloud9:other:e",
        "cloud9:environment:*",
        Admin,
    ),
    (
        "codepipeline:PollForJobs",
        "codepipeline:actiontype:Custom/Build/x/1",
        "codepipeline:other",
        "codepipeline:*",
        Write,
    ),
    (
        "connect:GetFederationToken",
        "connect:instance/i",
        "connect:queue/i",
        "connect:instance/*",
        Read,
    ),
    (
        "emr-containers:GetManagedEndpointSessionCredentials",
        "emr-containers:/virtualclusters/v/endpoints/e",
        "emr-containers:/virtualclusters/v",
        "emr-containers:/virtualclusters/*/endpoints/*",
        Admin,
    ),
    (
        "gamelift:RequestUploadCredentials",
        "gamelift:build/b",
        "gamelift:fleet/b",
        "gamelift:build/*",
        Write,
    ),
    (
        "gamelift:GetInstanceAccess",
        "gamelift:fleet/f",
        "gamelift:build/f",
        "gamelift:fleet/*",
        Admin,
    ),
    (
        "gamelift:GetComputeAccess",
        "gamelift:fleet/f",
        "gamelift:build/f",
        "gamelift:fleet/*",
        Admin,
    ),
    (
        "gamelift:GetComputeAuthToken",
        "gamelift:fleet/f",
        "gamelift:build/f",
        "gamelift:fleet/*",
        Write,
    ),
    (
        "grafana:CreateWorkspaceApiKey",
        "grafana:/workspaces/w",
        "grafana:/other/w",
        "grafana:/workspaces/*",
        Admin,
    ),
    (
        "lightsail:GetInstanceAccessDetails",
        "lightsail:Instance/i",
        "lightsail:Bucket/i",
        "lightsail:Instance/*",
        Admin,
    ),
    (
        "lightsail:DownloadDefaultKeyPair",
        "*",
        "lightsail:KeyPair/k",
        "lightsail:Instance/*",
        Admin,
    ),
    (
        "lightsail:CreateBucketAccessKey",
        "lightsail:Bucket/b",
        "lightsail:Instance/b",
        "lightsail:Bucket/*",
        Read,
    ),
    (
        "lightsail:CreateBucketAccessKey",
        "lightsail:Bucket/b",
        "lightsail:Instance/b",
        "lightsail:Bucket/*",
        Write,
    ),
    (
        "lightsail:GetRelationalDatabaseMasterUserPassword",
        "lightsail:RelationalDatabase/d",
        "lightsail:Instance/d",
        "lightsail:RelationalDatabase/*",
        Admin,
    ),
    (
        "mediapackage:RotateChannelCredentials",
        "mediapackage:channels/c",
        "mediapackage:other/c",
        "mediapackage:channels/*",
        Write,
    ),
    (
        "mediapackage:RotateIngestEndpointCredentials",
        "mediapackage:channels/c",
        "mediapackage:other/c",
        "mediapackage:channels/*",
        Write,
    ),
    (
        "rds-db:connect",
        "rds-db:dbuser:db-X/app",
        "rds-db:db:x",
        "rds:db:*",
        Read,
    ),
    (
        "redshift:GetClusterCredentials",
        "redshift:dbuser:c/admin",
        "redshift:dbname:c/d",
        "redshift:cluster:*",
        Admin,
    ),
    (
        "redshift:GetClusterCredentialsWithIAM",
        "redshift:dbname:c/d",
        "redshift:dbuser:c/d",
        "redshift:cluster:*",
        Read,
    ),
    (
        "redshift-serverless:GetCredentials",
        "redshift-serverless:workgroup/w",
        "redshift-serverless:namespace/w",
        "redshift-serverless:workgroup/*",
        Read,
    ),
];

/// The ARN of something in the account, in a Region or in all of them.
fn placed(short: &str, region: &str) -> String {
    match short.split_once(':') {
        Some((service, rest)) => format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}"),
        None => short.to_owned(),
    }
}

/// All of a type.
fn class(short: &str) -> String {
    format!("class:{ACCOUNT}:{}", placed(short, "*"))
}

#[test]
fn a_new_credential_opens_a_resource_that_no_export_lists() {
    let mut mistakes = Vec::new();
    for (action, on, not_on, gained, access) in MINTING {
        let answers = Account::default()
            .user("eve", &[allow(action, &placed(on, "eu-west-1"))])
            .user("mal", &[allow(action, &placed(not_on, "eu-west-1"))])
            .analyze();
        let got = ["eve", "mal"].map(|user| answers.gets(user, *access, &class(gained)));
        // Whether there is any such resource nobody tells.
        if got != [Answer::Possible, Answer::No] {
            mistakes.push(format!("{action}: {got:?}"));
        }
    }
    assert_eq!(mistakes, Vec::<String>::new());
}

#[test]
fn a_token_for_packages_opens_what_its_taker_may_read() {
    let repository = placed("codeartifact:repository/d/r", "eu-west-1");
    let package = placed("codeartifact:package/d/r/npm//p", "eu-west-1");
    let domain = || {
        allow(
            "codeartifact:GetAuthorizationToken",
            &placed("codeartifact:domain/d", "eu-west-1"),
        )
    };
    let bearer = || allow("sts:GetServiceBearerToken", "*");
    let gets = |statements: &[Value], access: Access| {
        let named = allow(
            "codeartifact:ReadFromRepository",
            "arn:aws:codeartifact:::none",
        );
        Account::default()
            .user("eve", statements)
            .user("bob", &[named])
            .analyze()
            .gets("eve", access, &class("codeartifact:repository/*"))
    };
    let read = || allow("codeartifact:ReadFromRepository", &repository);
    let publish = allow("codeartifact:PublishPackageVersion", &package);
    assert_eq!(gets(&[domain(), bearer(), read()], Read), Answer::Possible);
    assert_eq!(
        gets(&[domain(), bearer(), publish], Write),
        Answer::Possible
    );
    // The token alone opens nothing, and none is had without the other two.
    assert_eq!(gets(&[domain(), bearer()], Read), Answer::No);
    assert_eq!(gets(&[domain(), read()], Read), Answer::No);
    assert_eq!(gets(&[bearer(), read()], Read), Answer::No);
}

#[test]
fn an_access_entry_with_a_policy_makes_an_administrator_of_the_cluster() {
    let create = || {
        allow(
            "eks:CreateAccessEntry",
            &placed("eks:cluster/c", "eu-west-1"),
        )
    };
    let gets = |statements: &[Value]| {
        Account::default().user("eve", statements).analyze().gets(
            "eve",
            Admin,
            &class("eks:cluster/*"),
        )
    };
    let associate = |rest: &str| allow("eks:AssociateAccessPolicy", &placed(rest, "eu-west-1"));
    let entry = "eks:access-entry/c/user/111122223333/eve/0";
    assert_eq!(gets(&[create(), associate(entry)]), Answer::Possible);
    assert_eq!(gets(&[create(), associate("eks:cluster/c")]), Answer::No);
    assert_eq!(gets(&[create()]), Answer::No);
}

#[test]
fn a_service_that_no_policy_names_is_not_shown_as_used() {
    let has_class = |statements: &[Value]| {
        let answers = Account::default().user("eve", statements).analyze();
        let inventory = answers.analysis.inventory;
        inventory
            .resource_by_key(&class("redshift:cluster:*"))
            .is_some()
    };
    assert!(has_class(&[allow("redshift:*", "*")]));
    assert!(has_class(&[allow("Redshift:getclustercred*", "*")]));
    assert!(!has_class(&[allow("*", "*")]));
    assert!(!has_class(&[allow("*:*", "*")]));
    assert!(!has_class(&[allow("redshift:Describe*", "*")]));
    assert!(!has_class(&[deny("redshift:*", "*")]));
}

#[test]
fn a_session_of_ones_own_gives_no_more_than_one_has() {
    let answers = attacker(&[
        allow("sts:GetFederationToken", "*"),
        allow("sts:GetSessionToken", "*"),
        allow("ecr:GetAuthorizationToken", "*"),
    ])
    .role("worker", &json!({"AWS": user("bob")}), &[])
    .user("bob", &[])
    .analyze();
    assert_eq!(answers.points("eve"), (0, 0));
}
