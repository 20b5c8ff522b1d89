//! Acting as a principal, or changing what one may do.

use super::Given::Account as In;
use super::{Gains, Other, ROW, Right, Row};
use crate::account::Answer::{No, Possible};
use crate::account::{ACCOUNT, Account, Organization, allow, deny, key_of, policy, user};
use leakreach::inventory::Access::Read;
use serde_json::{Value, json};

const OTHER_ACCOUNT: &str = "222233334444";
const POOL: &str = "eu-west-1:00000000-0000-0000-0000-000000000000";

const OWN_USER: &str = "iam::A:user/SELF";
const BOB: &str = "iam::A:user/bob";
/// The role `target`, below whatever path.
const ROLE: &str = "iam::A:role/*target";
const READS_SAFE: Gains = Gains::Access(Read, "s3:::safe");
const READ_SAFE: Right = ("s3:GetObject", "s3:::safe/*");
const ASSUME: Right = ("sts:AssumeRole", ROLE);

/// The paths of the roles that AWS owns: IAM User Guide, "IAM identifiers" and "Service-linked roles".
const OWNED: &str = "/aws-reserved/sso.amazonaws.com/";

fn root() -> Value {
    json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")})
}

fn lambda() -> Value {
    json!({"Service": "lambda.amazonaws.com"})
}

fn safe() -> Account {
    Account::default().bucket("safe")
}

/// With a policy that denies what leads to the bucket.
fn banned() -> Account {
    safe().managed("ban", &[deny("s3:*", "*")])
}

fn bob() -> Account {
    Account::default().user("bob", &[])
}

/// The credential report of bob.
fn reported(account: Account, has_password: bool) -> Account {
    let report = format!(
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated\n\
        bob,{},2024-01-01T00:00:00+00:00,{has_password},N/A,2024-01-01T00:00:00+00:00,N/A,false,true,2024-02-01T00:00:00+00:00,N/A,false,N/A\n",
        user("bob")
    );
    account.file("iam/credential-report.csv", &report)
}

fn with_two_keys() -> Account {
    let key = |id: &str| json!({"UserName": "bob", "AccessKeyId": id, "Status": "Active", "CreateDate": "2024-03-01T00:00:00Z"});
    let keys = json!({"AccessKeyMetadata": [key(&key_of("bob")), key("AKIAEXAMPLEBOBSECOND")]});
    bob().file("iam/access-keys/bob.json", &keys.to_string())
}

/// A role that whoever may is let assume.
fn assumable(statements: &[Value]) -> Account {
    banned().role("target", &root(), statements)
}

fn in_devs(account: Account, name: &str, rights: &[Value]) -> Account {
    account.user(name, rights).in_group("devs")
}

fn with_ban(account: Account, name: &str, rights: &[Value]) -> Account {
    account.user(name, rights).attached(&policy("ban"))
}

fn with_app(account: Account, name: &str, rights: &[Value]) -> Account {
    account.user(name, rights).attached(&policy("app"))
}

fn bounded(account: Account, name: &str, rights: &[Value]) -> Account {
    account.user(name, rights).bounded_by_missing()
}

/// The rights come by a group of one's own: the inline policy denies.
fn denied_inline(account: Account, name: &str, rights: &[Value]) -> Account {
    let denying = [deny("s3:*", "*")];
    account
        .user(name, &denying)
        .in_group(name)
        .group(name, rights)
}

const fn row(technique: &'static str, requests: &'static [&'static [Right]]) -> Row {
    Row {
        technique,
        requests,
        gains: READS_SAFE,
        ..ROW
    }
}

/// For whoever may assume the role `target`; one that AWS owns is changed by nobody.
const fn of_role(row: Row, given: fn() -> Account, others: &'static [Other]) -> Row {
    Row {
        given: In(given),
        also: &[ASSUME],
        others,
        ..row
    }
}

fn role_denied_inline() -> Account {
    let read = [allow("s3:GetObject", "*")];
    assumable(&[deny("s3:*", "*")])
        .role_attached(&policy("grant"))
        .managed("grant", &read)
}

fn role_denied() -> Account {
    assumable(&[allow("s3:GetObject", "*")]).role_attached(&policy("ban"))
}

fn role_bounded() -> Account {
    assumable(&[allow("s3:GetObject", "*")]).role_bounded_by(&[allow("ec2:*", "*")])
}

fn group_denied_inline() -> Account {
    safe().group("devs", &[deny("s3:*", "*")])
}

/// A group that grants what it denies, so that who leaves it gains nothing: one of both is inline, the other is attached.
fn group_of(inline: &[Value], attached: &[Value]) -> Account {
    safe()
        .group("devs", inline)
        .group_attached(&policy("other"))
        .managed("other", attached)
}

fn reading() -> Vec<Value> {
    vec![allow("s3:GetObject", "*")]
}

fn pooled(pool: &str) -> Account {
    let condition = json!({
        "StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
        "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}
    });
    Account::default()
        .role("target", &json!({}), &[])
        .trust(|trust| {
            *trust = json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Condition": condition}]);
        })
}

fn federated(provider: &str) -> Account {
    let provider = format!("arn:aws:iam::{ACCOUNT}:saml-provider/{provider}");
    Account::default()
        .role("target", &json!({}), &[])
        .trust(|trust| {
            *trust = json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
            "Principal": {"Federated": provider},
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}]);
        })
}

/// A role that IAM Identity Center keeps in another account, in an organisation that `manager` manages.
fn permission_sets(manager: Option<&str>) -> Account {
    let organization = Organization::default().with_account(OTHER_ACCOUNT);
    Account::default()
        .role("AWSReservedSSO_Dev_0000", &root(), &[])
        .role_path(OWNED)
        .in_account(OTHER_ACCOUNT)
        .organization(match manager {
            Some(account) => organization.managed_by(account),
            None => organization,
        })
}

const PERMISSION_SETS: Row = Row {
    given: In(|| permission_sets(Some(ACCOUNT))),
    // An analysis of the other account's bucket stands in `minting.rs`.
    gains: Gains::Further,
    answer: Possible,
    also: &[(
        "sts:AssumeRole",
        "iam::222233334444:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0000",
    )],
    others: &[("another account manages", || permission_sets(None), No)],
    ..ROW
};

fn with_key_of_bob(is_inactive: bool) -> Account {
    let key = json!({"AWS_KEY": key_of("bob"), "AWS_SECRET": "EXAMPLE".repeat(6).chars().take(40).collect::<String>()});
    let account = bob();
    let account = match is_inactive {
        true => account.with_inactive_key(),
        false => account,
    };
    account
        .role("worker", &lambda(), &[])
        .function("job", "worker", key)
}

pub const ROWS: &[Row] = &[
    Row {
        given: In(|| Account::default().role("target", &root(), &[])),
        gains: Gains::Target,
        others: &[(
            "the role trusts somebody else",
            || bob().role("target", &json!({"AWS": user("bob")}), &[]),
            No,
        )],
        ..row(
            "aws/assume-role",
            &[&[("sts:AssumeRole", "iam::A:role/target")]],
        )
    },
    Row {
        given: In(|| Account::default().role("target", &lambda(), &[])),
        gains: Gains::Target,
        others: &[(
            "AWS owns the role",
            || {
                Account::default()
                    .role("target", &lambda(), &[])
                    .role_path(OWNED)
            },
            No,
        )],
        ..row(
            "aws/update-trust",
            &[&[("iam:UpdateAssumeRolePolicy", ROLE)]],
        )
    },
    Row {
        given: In(|| reported(bob(), false)),
        gains: Gains::Acting(BOB),
        others: &[
            ("bob has two keys", || reported(with_two_keys(), false), No),
            ("no report tells", bob, Possible),
        ],
        ..row("aws/create-access-key", &[&[("iam:CreateAccessKey", BOB)]])
    },
    Row {
        given: In(with_two_keys),
        gains: Gains::Acting(BOB),
        ..row(
            "aws/replace-access-key",
            &[
                &[("iam:DeleteAccessKey", BOB)],
                &[("iam:CreateAccessKey", BOB)],
            ],
        )
    },
    Row {
        given: In(|| reported(bob(), false)),
        gains: Gains::Acting(BOB),
        others: &[
            ("bob has a password", || reported(bob(), true), No),
            ("no report tells", bob, Possible),
        ],
        ..row(
            "aws/create-login-profile",
            &[&[("iam:CreateLoginProfile", BOB)]],
        )
    },
    Row {
        given: In(|| reported(bob(), true)),
        gains: Gains::Acting(BOB),
        others: &[
            ("bob has no password", || reported(bob(), false), No),
            ("no report tells", bob, Possible),
        ],
        ..row(
            "aws/update-login-profile",
            &[&[("iam:UpdateLoginProfile", BOB)]],
        )
    },
    Row {
        given: In(safe),
        ..row("aws/put-user-policy", &[&[("iam:PutUserPolicy", OWN_USER)]])
    },
    of_role(
        row("aws/put-role-policy", &[&[("iam:PutRolePolicy", ROLE)]]),
        || assumable(&[]),
        &[("AWS owns the role", || assumable(&[]).role_path(OWNED), No)],
    ),
    Row {
        given: In(|| safe().group("devs", &[])),
        attacker: in_devs,
        ..row(
            "aws/put-group-policy",
            &[&[("iam:PutGroupPolicy", "iam::A:group/devs")]],
        )
    },
    Row {
        given: In(safe),
        ..row(
            "aws/attach-user-policy",
            &[&[("iam:AttachUserPolicy", OWN_USER)]],
        )
    },
    of_role(
        row(
            "aws/attach-role-policy",
            &[&[("iam:AttachRolePolicy", ROLE)]],
        ),
        || assumable(&[]),
        &[("AWS owns the role", || assumable(&[]).role_path(OWNED), No)],
    ),
    Row {
        given: In(|| safe().group("devs", &[])),
        attacker: in_devs,
        ..row(
            "aws/attach-group-policy",
            &[&[("iam:AttachGroupPolicy", "iam::A:group/devs")]],
        )
    },
    Row {
        given: In(|| safe().managed("app", &[])),
        attacker: with_app,
        others: &[(
            "the policy has five versions",
            || safe().managed("app", &[]).with_versions(5),
            Possible,
        )],
        ..row(
            "aws/create-policy-version",
            &[&[("iam:CreatePolicyVersion", "iam::A:policy/app")]],
        )
    },
    Row {
        given: In(|| safe().group("admins", &[allow("s3:*", "*")])),
        ..row(
            "aws/add-user-to-group",
            &[&[("iam:AddUserToGroup", "iam::A:group/admins")]],
        )
    },
    Row {
        given: In(|| safe().managed("boundary", &[allow("iam:*", "*")])),
        attacker: bounded,
        also: &[READ_SAFE],
        ..row(
            "aws/delete-user-boundary",
            &[&[("iam:DeleteUserPermissionsBoundary", OWN_USER)]],
        )
    },
    Row {
        given: In(|| safe().managed("boundary", &[allow("iam:*", "*")])),
        attacker: bounded,
        also: &[READ_SAFE],
        ..row(
            "aws/replace-user-boundary",
            &[&[("iam:PutUserPermissionsBoundary", OWN_USER)]],
        )
    },
    of_role(
        row(
            "aws/delete-role-boundary",
            &[&[("iam:DeleteRolePermissionsBoundary", ROLE)]],
        ),
        role_bounded,
        &[("AWS owns the role", || role_bounded().role_path(OWNED), No)],
    ),
    of_role(
        row(
            "aws/replace-role-boundary",
            &[&[("iam:PutRolePermissionsBoundary", ROLE)]],
        ),
        role_bounded,
        &[("AWS owns the role", || role_bounded().role_path(OWNED), No)],
    ),
    Row {
        given: In(safe),
        attacker: denied_inline,
        also: &[READ_SAFE],
        ..row(
            "aws/delete-user-policy",
            &[&[("iam:DeleteUserPolicy", OWN_USER)]],
        )
    },
    Row {
        given: In(safe),
        attacker: denied_inline,
        also: &[READ_SAFE],
        ..row(
            "aws/overwrite-user-policy",
            &[&[("iam:PutUserPolicy", OWN_USER)]],
        )
    },
    Row {
        given: In(banned),
        attacker: with_ban,
        also: &[READ_SAFE],
        ..row(
            "aws/detach-user-policy",
            &[&[("iam:DetachUserPolicy", OWN_USER)]],
        )
    },
    of_role(
        row(
            "aws/delete-role-policy",
            &[&[("iam:DeleteRolePolicy", ROLE)]],
        ),
        role_denied_inline,
        &[(
            "AWS owns the role",
            || role_denied_inline().role_path(OWNED),
            No,
        )],
    ),
    of_role(
        row(
            "aws/overwrite-role-policy",
            &[&[("iam:PutRolePolicy", ROLE)]],
        ),
        role_denied_inline,
        &[(
            "AWS owns the role",
            || role_denied_inline().role_path(OWNED),
            No,
        )],
    ),
    of_role(
        row(
            "aws/detach-role-policy",
            &[&[("iam:DetachRolePolicy", ROLE)]],
        ),
        role_denied,
        &[("AWS owns the role", || role_denied().role_path(OWNED), No)],
    ),
    Row {
        given: In(|| group_of(&[deny("s3:*", "*")], &reading())),
        attacker: in_devs,
        ..row(
            "aws/delete-group-policy",
            &[&[("iam:DeleteGroupPolicy", "iam::A:group/devs")]],
        )
    },
    Row {
        // Whatever else is written for the group is denied as long as the policy stands.
        given: In(|| {
            let ban = json!({"Effect": "Deny", "NotAction": ["iam:PutGroupPolicy", "sts:AssumeRole"], "Resource": "*"});
            group_of(&[ban], &reading())
        }),
        attacker: in_devs,
        ..row(
            "aws/overwrite-group-policy",
            &[&[("iam:PutGroupPolicy", "iam::A:group/devs")]],
        )
    },
    Row {
        given: In(|| group_of(&reading(), &[deny("s3:*", "*")])),
        attacker: in_devs,
        ..row(
            "aws/detach-group-policy",
            &[&[("iam:DetachGroupPolicy", "iam::A:group/devs")]],
        )
    },
    Row {
        given: In(group_denied_inline),
        attacker: in_devs,
        also: &[READ_SAFE],
        ..row(
            "aws/remove-user-from-group",
            &[&[("iam:RemoveUserFromGroup", "iam::A:group/devs")]],
        )
    },
    Row {
        given: In(banned),
        attacker: with_ban,
        also: &[READ_SAFE],
        others: &[(
            "the policy has five versions",
            || banned().with_versions(5),
            Possible,
        )],
        ..row(
            "aws/rewrite-denying-policy",
            &[&[("iam:CreatePolicyVersion", "iam::A:policy/ban")]],
        )
    },
    Row {
        given: In(|| {
            let older = [allow("s3:GetObject", "*")];
            safe().managed("app", &[]).older_version(&older)
        }),
        attacker: with_app,
        ..row(
            "aws/set-default-policy-version",
            &[&[("iam:SetDefaultPolicyVersion", "iam::A:policy/app")]],
        )
    },
    Row {
        given: In(|| federated("corp")),
        gains: Gains::Target,
        others: &[(
            "the role trusts another provider",
            || federated("other"),
            No,
        )],
        ..row(
            "aws/update-saml-provider",
            &[&[("iam:UpdateSAMLProvider", "iam::A:saml-provider/corp")]],
        )
    },
    Row {
        given: In(|| pooled(POOL)),
        gains: Gains::Target,
        answer: Possible,
        others: &[(
            "the role trusts another pool",
            || pooled("eu-west-1:other"),
            No,
        )],
        ..row(
            "aws/developer-identity",
            &[&[(
                "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
                "cognito-identity:R:A:identitypool/eu-west-1:00000000-0000-0000-0000-000000000000",
            )]],
        )
    },
    Row {
        given: In(|| pooled(POOL)),
        gains: Gains::Target,
        answer: Possible,
        others: &[(
            "the role trusts the service and no pool",
            || super::passed("cognito-identity.amazonaws.com"),
            No,
        )],
        ..row(
            "aws/set-identity-pool-roles",
            &[&[super::PASS, ("cognito-identity:SetIdentityPoolRoles", "*")]],
        )
    },
    // One name is one thing, but an organisation has one instance: that rights are on two is not looked at.
    Row {
        technique: "aws/create-permission-set",
        requests: &[
            &[
                ("sso:CreatePermissionSet", "sso:::instance/a"),
                ("sso:CreatePermissionSet", "sso:::permissionSet/a/p"),
            ],
            &[
                ("sso:AttachManagedPolicyToPermissionSet", "sso:::instance/b"),
                (
                    "sso:AttachManagedPolicyToPermissionSet",
                    "sso:::permissionSet/b/p",
                ),
            ],
            &[
                ("sso:CreateAccountAssignment", "sso:::account/222233334444"),
                ("sso:CreateAccountAssignment", "sso:::instance/c"),
                ("sso:CreateAccountAssignment", "sso:::permissionSet/c/p"),
            ],
        ],
        ..PERMISSION_SETS
    },
    Row {
        technique: "aws/attach-permission-set-policy",
        requests: &[
            &[
                ("sso:AttachManagedPolicyToPermissionSet", "sso:::instance/a"),
                (
                    "sso:AttachManagedPolicyToPermissionSet",
                    "sso:::permissionSet/a/p",
                ),
            ],
            &[
                ("sso:ProvisionPermissionSet", "sso:::account/222233334444"),
                ("sso:ProvisionPermissionSet", "sso:::instance/b"),
                ("sso:ProvisionPermissionSet", "sso:::permissionSet/b/p"),
            ],
        ],
        ..PERMISSION_SETS
    },
    Row {
        technique: "aws/put-permission-set-policy",
        requests: &[
            &[
                ("sso:PutInlinePolicyToPermissionSet", "sso:::instance/a"),
                (
                    "sso:PutInlinePolicyToPermissionSet",
                    "sso:::permissionSet/a/p",
                ),
            ],
            &[
                ("sso:ProvisionPermissionSet", "sso:::account/222233334444"),
                ("sso:ProvisionPermissionSet", "sso:::instance/b"),
                ("sso:ProvisionPermissionSet", "sso:::permissionSet/b/p"),
            ],
        ],
        ..PERMISSION_SETS
    },
    Row {
        given: In(|| with_key_of_bob(true)),
        gains: Gains::Acting(BOB),
        also: &[("lambda:GetFunctionConfiguration", "lambda:R:A:function:job")],
        others: &[("the key is active", || with_key_of_bob(false), No)],
        ..row("aws/activate-key", &[&[("iam:UpdateAccessKey", BOB)]])
    },
];
