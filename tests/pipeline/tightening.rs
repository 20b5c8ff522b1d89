//! Fixes that leave a statement fewer resources or give it a condition more: which are told, and that they are true.

use crate::account::{ACCOUNT, Account, Organization, allow, key_of, policy, role, user, when};
use crate::edits::Folder;
use leakreach::analysis::Element;
use serde_json::{Value, json};

const OTHER: &str = "444455556666";

/// What the fixes of an account make less of in its statements, but for actions: `Resource -x +y`, sorted. Each is applied
/// to the exports, which then reach less by its gain.
fn told(account: Account) -> Vec<String> {
    let folder = Folder::of(account);
    folder.true_fixes(&|_| true);
    let fixes = folder.analyzed().fixes;
    let narrowings = fixes.iter().filter_map(|fix| fix.narrowing.as_ref());
    let others = narrowings.filter(|narrowing| narrowing.element != Element::Action);
    let mut told: Vec<String> = others
        .map(|it| {
            let signed = |sign: &str, values: &[String]| {
                let values = values.iter().map(|value| format!(" {sign}{value}"));
                values.collect::<String>()
            };
            format!(
                "{:?}{}{}",
                it.element,
                signed("-", &it.dropped),
                signed("+", &it.added)
            )
        })
        .collect();
    told.sort();
    told
}

fn reader(resources: Value) -> Account {
    let read = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resources});
    Account::default()
        .user("ada", &[read])
        .bucket("ledger")
        .bucket("open")
}

#[test]
fn each_resource_of_a_short_list_is_dropped_where_that_gains_something() {
    let (ledger, open) = ("arn:aws:s3:::ledger/*", "arn:aws:s3:::open/*");
    let both = told(reader(json!([ledger, open])));
    assert_eq!(
        both,
        [format!("Resource -{ledger}"), format!("Resource -{open}")]
    );
    assert_eq!(
        told(reader(json!([ledger, "arn:aws:s3:::led*"]))),
        [""; 0],
        "what is kept still matches"
    );
    assert_eq!(told(reader(json!([ledger]))), [""; 0]);
    let many = json!([
        ledger,
        open,
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::c/*"
    ]);
    assert_eq!(told(reader(many)), [""; 0]);
    let but = json!({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": [open, "arn:aws:s3:::a/*"]});
    let account = Account::default().user("ada", &[but]).bucket("ledger");
    assert_eq!(told(account), [""; 0]);
}

/// Ada passes any role to a function or an instance; the role `worker` runs a function.
fn passing(pass: Value) -> Account {
    let service =
        |name: &str| json!({"Service": [format!("{name}.amazonaws.com"), "other.amazonaws.com"]});
    let read = |bucket: &str| allow("s3:GetObject", &format!("arn:aws:s3:::{bucket}/*"));
    Account::default()
        .user(
            "ada",
            &[
                pass,
                allow("lambda:CreateFunction", "*"),
                allow("lambda:InvokeFunction", "*"),
                allow("ec2:RunInstances", "*"),
            ],
        )
        .role("worker", &service("lambda"), &[read("work")])
        .role("payer", &service("lambda"), &[read("ledger")])
        .role("host", &service("ec2"), &[read("open")])
        .with_instance_profile()
        .bucket("work")
        .bucket("ledger")
        .bucket("open")
}

#[test]
fn passing_roles_is_kept_for_roles_that_something_runs_as_and_for_what_runs_them() {
    let pass = allow("iam:PassRole", "*");
    let with = |pass: &Value| told(passing(pass.clone()).function("job", "worker", json!({})));
    let narrowed = [
        "Condition +StringEquals iam:PassedToService lambda.amazonaws.com".to_owned(),
        format!("Resource -* +{}", role("worker")),
    ];
    assert_eq!(with(&pass), narrowed);
    assert_eq!(told(passing(pass.clone())), [""; 0], "nothing runs");
    let more =
        json!({"Effect": "Allow", "Action": ["iam:PassRole", "iam:GetRole"], "Resource": "*"});
    assert_eq!(with(&more), [""; 0], "other actions have no such key");
    let asked = when(
        pass,
        json!({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
    );
    assert_eq!(with(&asked), &narrowed[1..], "it asks already");
    let others = allow("iam:PassRole", &role("p*"));
    assert_eq!(with(&others), [""; 0], "it passes none of them");
}

#[test]
fn who_signs_in_with_a_password_is_asked_for_a_second_factor() {
    let report = |name: &str| {
        format!(
            "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated\n\
            {name},{},2024-01-01T00:00:00+00:00,true,N/A,2024-01-01T00:00:00+00:00,N/A,true,true,2024-02-01T00:00:00+00:00,N/A,false,N/A\n",
            user(name)
        )
    };
    let account = || {
        Account::default()
            .user("ada", &[allow("s3:GetObject", "*")])
            .bucket("ledger")
    };
    let asked = "Condition +Bool aws:MultiFactorAuthPresent true";
    let of_ada = report("ada");
    assert_eq!(
        told(account().file("iam/credential-report.csv", &of_ada)),
        [asked]
    );
    assert_eq!(told(account()), [""; 0], "she has no password");
    let shared = |account: Account| {
        account
            .managed("read", &[allow("s3:GetObject", "*")])
            .user("ada", &[])
            .attached(&policy("read"))
            .bucket("ledger")
            .file("iam/credential-report.csv", &of_ada)
    };
    assert_eq!(told(shared(Account::default())), [asked]);
    let with_bot = shared(Account::default())
        .user("bot", &[])
        .attached(&policy("read"));
    assert_eq!(told(with_bot), [""; 0], "not everybody has one");
    let beside = when(
        allow("s3:GetObject", "*"),
        json!({"Bool": {"aws:SecureTransport": "true"}}),
    );
    let account = Account::default().user("ada", &[beside]).bucket("ledger");
    assert_eq!(
        told(account.file("iam/credential-report.csv", &of_ada)),
        [asked]
    );
}

#[test]
fn what_lets_anyone_in_is_closed_to_all_but_the_organisation_or_the_account() {
    let own = format!("Condition +StringEquals aws:PrincipalAccount {ACCOUNT}");
    let of_organization = "Condition +StringEquals aws:PrincipalOrgID o-exampleorg1".to_owned();
    let arn = format!("arn:aws:iam::{OTHER}:user/eve");
    let details = json!({
        "UserDetailList": [{"Path": "/", "UserName": "eve", "UserId": "AIDAEXAMPLEEVE", "Arn": arn,
            "CreateDate": "2024-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": []}],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false
    });
    let key = json!({"AccessKeyMetadata": [{"UserName": "eve", "AccessKeyId": key_of("eve"),
        "Status": "Active", "CreateDate": "2024-02-01T00:00:00+00:00"}]});
    let trusting = |who: Value| {
        Account::default()
            .user("ada", &[])
            .role("app", &who, &[allow("s3:GetObject", "*")])
            .bucket("ledger")
            .around(
                &format!("{OTHER}/iam/account-authorization-details.json"),
                &details,
            )
            .around(&format!("{OTHER}/iam/access-keys/eve.json"), &key)
    };
    // Whoever is of the account keeps the role, so that only what leaks elsewhere gains less.
    assert_eq!(told(trusting(json!("*"))), [own.as_str()]);
    assert_eq!(told(trusting(json!({"AWS": "*"}))), [own.as_str()]);
    assert_eq!(told(trusting(json!({"AWS": user("ada")}))), [""; 0]);
    let organized = trusting(json!("*")).organization(Organization::default());
    assert_eq!(told(organized), [own, of_organization]);
}

#[test]
fn a_trust_in_github_without_subject_is_closed_to_all_but_the_owners_that_others_name() {
    let github = "token.actions.githubusercontent.com";
    let provider = json!({"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{github}")});
    let account = |conditions: [Value; 2]| {
        let [open, named] = conditions.map(|condition| {
            json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": provider,
                "Condition": condition}])
        });
        Account::default()
            .user("ada", &[])
            .role("open", &json!({}), &[allow("s3:GetObject", "*")])
            .trust(|trust| *trust = open)
            .role("named", &json!({}), &[])
            .trust(|trust| *trust = named)
            .bucket("ledger")
    };
    let audience = json!({"StringEquals": {format!("{github}:aud"): "sts.amazonaws.com"}});
    let subject = |value: &str| json!({"StringLike": {format!("{github}:sub"): value}});
    let closed = [format!(
        "Condition +StringLike {github}:sub repo:exampleorg/*"
    )];
    for open in [json!({}), audience] {
        let of = |value: &str| told(account([open.clone(), subject(value)]));
        assert_eq!(of("repo:exampleorg/app:*"), closed);
        assert_eq!(of("repo:*"), [""; 0], "no owner is named");
    }
    let both = ["repo:exampleorg/app:*"; 2].map(subject);
    assert_eq!(told(account(both)), [""; 0], "it asks already");
}
