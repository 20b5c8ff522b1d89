//! A made-up AWS account of any size: services and roles in trusts, chains of roles, one role in five that may pass and
//! assume any role, a few that may edit any, Denies of their own, boundaries on a third of the roles, groups.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

fn role(at: u64) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/team-{}/role-{at}", at % 40)
}

fn policy(at: u64) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/policy-{at}")
}

fn allow(actions: &Value, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn statement(chance: &mut Chance, roles: u64) -> Value {
    let team = chance.below(40);
    match chance.below(40) {
        0..14 => allow(
            &json!(["s3:GetObject", "s3:ListBucket"]),
            &format!("arn:aws:s3:::data-{team}*"),
        ),
        14..20 => allow(
            &json!("s3:PutObject"),
            &format!("arn:aws:s3:::data-{team}/*"),
        ),
        20..25 => allow(
            &json!("secretsmanager:GetSecretValue"),
            &format!("arn:aws:secretsmanager:*:{ACCOUNT}:secret:team-{team}/*"),
        ),
        25..33 => allow(&json!("sts:AssumeRole"), &role(chance.below(roles))),
        33..35 => allow(
            &json!(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]),
            &format!("arn:aws:lambda:*:{ACCOUNT}:function:team-{team}-*"),
        ),
        35..37 => {
            json!({"Effect": "Deny", "Action": "s3:*", "Resource": format!("arn:aws:s3:::data-{team}/*")})
        }
        37 => allow(
            &json!([
                "iam:PassRole",
                "lambda:CreateFunction",
                "lambda:InvokeFunction"
            ]),
            &format!("arn:aws:iam::{ACCOUNT}:role/team-{team}/*"),
        ),
        38 => json!({"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}),
        _ => allow(&json!("logs:*"), "*"),
    }
}

/// What `aws iam get-account-authorization-details` would write of an account of that many principals: 5 roles to 2 users
/// to 3 managed policies. The same number gives the same account.
pub(crate) fn account(principals: u64) -> Value {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(11));
    let (roles, users) = (principals * 5 / 7, principals * 2 / 7);
    let policies = principals * 3 / 7;
    let attached = |chance: &mut Chance| -> Vec<Value> {
        (0..1 + chance.below(3))
            .map(|_| {
                let at = chance.below(policies);
                json!({"PolicyName": format!("policy-{at}"), "PolicyArn": policy(at)})
            })
            .collect()
    };
    let role_rows: Vec<Value> = (0..roles)
        .map(|at| {
            let trusted = match chance.below(4) {
                0 => json!({"Service": "lambda.amazonaws.com"}),
                1 => json!({"Service": "ec2.amazonaws.com"}),
                2 => json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}),
                _ => json!({"AWS": role(chance.below(roles))}),
            };
            let trust = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted});
            let mut own = vec![statement(&mut chance, roles)];
            if chance.one_in(500) {
                own.push(allow(&json!("iam:*"), "*"));
            }
            if chance.one_in(300) {
                own.push(allow(&json!("iam:PassRole"), "*"));
                own.push(allow(&json!(["lambda:*", "ec2:*"]), "*"));
            }
            if chance.one_in(5) {
                own.push(allow(&json!(["iam:PassRole", "sts:AssumeRole"]), "*"));
                own.push(allow(&json!(["lambda:*", "codebuild:*", "glue:*"]), "*"));
            }
            if chance.one_in(50) {
                own.push(json!({"Effect": "Deny", "Action": "iam:PassRole", "Resource": role(chance.below(roles))}));
            }
            if chance.one_in(10) {
                own.push(json!({"Effect": "Deny", "Action": "lambda:*",
                    "Resource": format!("arn:aws:lambda:*:{ACCOUNT}:function:keep-{at}-*")}));
            }
            let mut row = json!({
                "Path": format!("/team-{}/", at % 40), "RoleName": format!("role-{at}"),
                "RoleId": format!("AROAEXAMPLE{at}"), "Arn": role(at), "CreateDate": "2024-01-01T00:00:00Z",
                "AssumeRolePolicyDocument": document(&[trust]), "InstanceProfileList": [],
                "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": document(&own)}],
                "AttachedManagedPolicies": attached(&mut chance), "Tags": []
            });
            if let (true, Some(row)) = (chance.one_in(3), row.as_object_mut()) {
                let boundary = json!({"PermissionsBoundaryType": "Policy",
                    "PermissionsBoundaryArn": policy(at % 3)});
                row.insert("PermissionsBoundary".to_owned(), boundary);
            }
            row
        })
        .collect();
    let user_rows: Vec<Value> = (0..users)
        .map(|at| {
            json!({
                "Path": "/", "UserName": format!("user-{at}"), "UserId": format!("AIDAEXAMPLE{at}"),
                "Arn": format!("arn:aws:iam::{ACCOUNT}:user/user-{at}"), "CreateDate": "2024-01-01T00:00:00Z",
                "UserPolicyList": [], "GroupList": [format!("group-{}", chance.below(50))],
                "AttachedManagedPolicies": attached(&mut chance), "Tags": []
            })
        })
        .collect();
    let group_rows: Vec<Value> = (0..50)
        .map(|at| {
            json!({
                "Path": "/", "GroupName": format!("group-{at}"), "GroupId": format!("AGPAEXAMPLE{at}"),
                "Arn": format!("arn:aws:iam::{ACCOUNT}:group/group-{at}"), "CreateDate": "2024-01-01T00:00:00Z",
                "GroupPolicyList": [], "AttachedManagedPolicies": attached(&mut chance)
            })
        })
        .collect();
    let policy_rows: Vec<Value> = (0..policies)
        .map(|at| {
            let count = 1 + chance.below(4);
            let mut statements: Vec<Value> = (0..count).map(|_| statement(&mut chance, roles)).collect();
            if at < 3 {
                statements.push(allow(&json!(["s3:*", "sts:*", "secretsmanager:*", "lambda:*"]), "*"));
            }
            json!({
                "PolicyName": format!("policy-{at}"), "PolicyId": format!("ANPAEXAMPLE{at}"), "Arn": policy(at),
                "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 1, "IsAttachable": true,
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(&statements)}]
            })
        })
        .collect();
    json!({"UserDetailList": user_rows, "GroupDetailList": group_rows, "RoleDetailList": role_rows,
        "Policies": policy_rows, "IsTruncated": false})
}
