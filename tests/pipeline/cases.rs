//! The cases that decide whether an evaluator of AWS policies is right, one test each; the number is the case's. One is
//! elsewhere: 9 (credentials without MFA) in `sessions`.

use crate::account::{
    ACCOUNT, Account, Answer, Organization, RCP, ROOT, SCP, UNIT, allow, deny, function, group,
    key_of, role, secret, user, when,
};
use crate::roles_anywhere::{Anywhere, bundle_anchor, holder_reads, limited_profile, trust};
use leakreach::inventory::Access::Read;
use serde_json::{Value, json};

const DATA: &str = "arn:aws:s3:::data";
const OBJECTS: &str = "arn:aws:s3:::data/*";
const OTHER: &str = "444455556666";

fn root() -> Value {
    json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")})
}

fn by_ada() -> Value {
    json!({"AWS": user("ada")})
}

fn service(name: &str) -> Value {
    json!({"Service": format!("{name}.amazonaws.com")})
}

/// A statement of the bucket's policy on its objects.
fn objects(effect: &str, element: &str, principal: Value) -> Value {
    json!({"Effect": effect, element: principal, "Action": "s3:GetObject", "Resource": OBJECTS})
}

fn reads(account: Account) -> Answer {
    account.bucket("data").analyze().gets("ada", Read, DATA)
}

/// IAM User Guide, "Permissions boundaries for IAM entities": an implicit deny in a boundary limits what a resource
/// policy gives a role's ARN, and not what it gives a user's or a session's.
#[test]
fn case_01_a_boundary_limits_a_grant_to_the_role_and_not_to_its_session_or_a_user() {
    let s3_free = [allow("ec2:*", "*")];
    let by = |statement: Value| {
        reads(
            Account::default()
                .user("ada", &[])
                .role("helper", &by_ada(), &[])
                .role_bounded_by(&s3_free)
                .bucket_policy("data", &[statement]),
        )
    };
    let through = |principal: String| by(objects("Allow", "Principal", json!({"AWS": principal})));
    assert_eq!(through(role("helper")), Answer::No);
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/helper/x");
    assert_eq!(
        through(session),
        Answer::Possible,
        "whoever names the session so"
    );
    // "AWS JSON policy elements: Principal": a wildcard with the role as a condition grants to its sessions directly.
    let is_helper = json!({"ArnEquals": {"aws:PrincipalArn": role("helper")}});
    let everybody = objects("Allow", "Principal", json!("*"));
    assert_eq!(by(when(everybody, is_helper)), Answer::Certain);
    let of_user = Account::default()
        .user("ada", &[])
        .bounded_by(&s3_free)
        .bucket_policy("data", &[objects("Allow", "Principal", by_ada())]);
    assert_eq!(reads(of_user), Answer::Certain);
}

/// IAM User Guide, "Cross-account policy evaluation logic": both sides must allow.
#[test]
fn case_02_across_accounts_both_sides_must_allow() {
    let visitor = role("visitor").replace(ACCOUNT, OTHER);
    let with = |own: &[Value], principal: &str| {
        reads(
            Account::default()
                .user("ada", &[allow("sts:AssumeRole", "*")])
                .role("visitor", &by_ada(), own)
                .in_account(OTHER)
                .bucket_policy(
                    "data",
                    &[objects("Allow", "Principal", json!({"AWS": principal}))],
                ),
        )
    };
    let get = [allow("s3:GetObject", "*")];
    assert_eq!(with(&[], &visitor), Answer::No);
    assert_eq!(with(&get, &visitor), Answer::Certain);
    assert_eq!(with(&get, &user("eve")), Answer::No);
}

fn assumes(trusted: &Value, own: &[Value]) -> Answer {
    Account::default()
        .user("ada", own)
        .role("target", trusted, &[])
        .analyze()
        .becomes("ada", &role("target"))
}

/// IAM User Guide, "Policy evaluation logic": naming a principal of the account is a grant, naming its root delegates.
#[test]
fn case_03_a_trust_that_names_the_caller_is_enough_and_one_that_names_the_root_is_not() {
    assert_eq!(assumes(&by_ada(), &[]), Answer::Certain);
    assert_eq!(assumes(&root(), &[]), Answer::No);
}

/// IAM User Guide, "IAM roles terms and concepts": a role's trust policy is required.
#[test]
fn case_04_a_role_that_trusts_a_service_is_passed_and_not_assumed() {
    let trusted = service("lambda");
    assert_eq!(
        assumes(&trusted, &[allow("sts:AssumeRole", "*")]),
        Answer::No
    );
    let passing = [allow("iam:PassRole", "*"), allow("lambda:*", "*")];
    assert_eq!(assumes(&trusted, &passing), Answer::Certain);
}

/// KMS Developer Guide, "Key policies in AWS KMS": without its permission, IAM policies that allow have no effect.
#[test]
fn case_05_without_the_key_policy_identity_policies_decrypt_nothing() {
    let with = |principal: Value| {
        let statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"});
        let policy = json!({"Statement": [statement]}).to_string();
        Account::default()
            .user(
                "ada",
                &[allow("secretsmanager:*", "*"), allow("kms:Decrypt", "*")],
            )
            .secret("db", Some("k"))
            .file(
                "kms/key-policy/eu-west-1/k.json",
                &json!({"Policy": policy, "PolicyName": "default"}).to_string(),
            )
            .analyze()
            .gets("ada", Read, &secret("db"))
    };
    assert_eq!(with(json!({"AWS": user("eve")})), Answer::No);
    assert_eq!(with(root()), Answer::Certain);
    assert_eq!(with(by_ada()), Answer::Certain);
}

fn reader(organization: Organization) -> Answer {
    reads(
        Account::default()
            .user("ada", &[allow("*", "*")])
            .organization(organization),
    )
}

/// Organizations User Guide, "SCP evaluation": an Allow is needed at every level.
#[test]
fn case_06_a_unit_without_an_allow_allows_nothing() {
    let only_deny = [deny("ec2:*", "*")];
    assert_eq!(
        reader(Organization::default().replace(UNIT, &only_deny)),
        Answer::No
    );
    assert_eq!(
        reader(Organization::default().attach(SCP, UNIT, &only_deny)),
        Answer::Certain
    );
}

/// Organizations User Guide, "Service control policies": they do not affect the management account.
#[test]
fn case_07_the_management_account_is_not_limited() {
    let banned = || Organization::default().attach(SCP, ROOT, &[deny("s3:*", "*")]);
    assert_eq!(reader(banned().managed_by(ACCOUNT)), Answer::Certain);
    assert_eq!(reader(banned()), Answer::No);
}

/// IAM User Guide, "Difference between explicit and implicit denies": a service control policy follows the principal, a
/// resource control policy the resource.
#[test]
fn case_08_a_control_policy_of_the_roles_account_binds_its_resources_and_not_its_callers() {
    let across = |kind, mut statement: Value| {
        if kind == RCP {
            statement["Principal"] = json!("*");
        }
        let organization =
            Organization::default()
                .with_account(OTHER)
                .attach(kind, OTHER, &[statement]);
        Account::default()
            .user("ada", &[allow("sts:AssumeRole", "*")])
            .role("target", &by_ada(), &[])
            .in_account(OTHER)
            .organization(organization)
            .analyze()
            .becomes("ada", &role("target").replace(ACCOUNT, OTHER))
    };
    assert_eq!(across(SCP, deny("sts:AssumeRole", "*")), Answer::Certain);
    assert_eq!(across(RCP, deny("sts:AssumeRole", "*")), Answer::No);
}

/// IAM User Guide, "Set operators for multivalued context keys": `ForAllValues` is true where the key is missing.
#[test]
fn case_10_for_all_values_holds_where_the_request_has_none() {
    let with = |operator: &str| {
        let tagged = json!({operator: {"aws:TagKeys": ["team"]}});
        reads(Account::default().user("ada", &[when(allow("s3:GetObject", "*"), tagged)]))
    };
    assert_eq!(with("ForAllValues:StringEquals"), Answer::Certain);
    assert_ne!(with("ForAnyValue:StringEquals"), Answer::Certain);
}

/// IAM User Guide, "IAM JSON policy elements: NotResource": everything but what is listed.
#[test]
fn case_11_not_resource_is_none_of_its_values() {
    let denied = json!({"Effect": "Deny", "Action": "s3:*",
        "NotResource": ["arn:aws:s3:::data/*", "arn:aws:s3:::other/*"]});
    let answers = Account::default()
        .user("ada", &[allow("s3:GetObject", "*"), denied])
        .bucket("data")
        .bucket("other")
        .bucket("third")
        .analyze();
    let read = |bucket: &str| answers.gets("ada", Read, &format!("arn:aws:s3:::{bucket}"));
    assert_eq!(
        (read("data"), read("other")),
        (Answer::Certain, Answer::Certain)
    );
    assert_eq!(read("third"), Answer::No);
}

/// IAM User Guide, "IAM JSON policy elements: NotAction": policies add up.
#[test]
fn case_12_two_policies_that_leave_each_other_out_are_an_administrators() {
    let but_iam = || json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"});
    let with = |statements: &[Value]| {
        let answers = Account::default()
            .user("ada", statements)
            .role("target", &service("lambda"), &[])
            .bucket("data")
            .analyze();
        (
            answers.gets("ada", Read, DATA),
            answers.becomes("ada", &role("target")),
        )
    };
    let both = [allow("iam:*", "*"), but_iam()];
    assert_eq!(with(&both), (Answer::Certain, Answer::Certain));
    assert_eq!(
        with(&[but_iam()]),
        (Answer::Certain, Answer::No),
        "no role is passed"
    );
}

/// IAM User Guide, "IAM JSON policy elements: NotAction": nothing is left of everything.
#[test]
fn case_13_a_boundary_that_allows_all_but_everything_allows_nothing() {
    let bounded = |element: &str| {
        let bound = json!({"Effect": "Allow", element: ["*"], "Resource": "*"});
        reads(
            Account::default()
                .user("ada", &[allow("*", "*")])
                .bounded_by(&[bound]),
        )
    };
    assert_eq!(bounded("NotAction"), Answer::No);
    assert_eq!(bounded("Action"), Answer::Certain);
}

/// IAM User Guide, "Permissions boundaries for IAM entities": a Deny with `NotPrincipal` meets every principal that has a
/// boundary.
#[test]
fn case_14_not_principal_does_not_spare_a_role_with_a_boundary() {
    let helper = || {
        Account::default()
            .user("ada", &[])
            .role("helper", &by_ada(), &[allow("s3:*", OBJECTS)])
    };
    let ban = [objects(
        "Deny",
        "NotPrincipal",
        json!({"AWS": role("helper")}),
    )];
    assert_eq!(reads(helper().bucket_policy("data", &ban)), Answer::Certain);
    let bounded = helper().role_bounded_by(&[allow("*", "*")]);
    assert_eq!(reads(bounded.bucket_policy("data", &ban)), Answer::No);
}

/// IAM User Guide, "Grant a user permissions to pass a role to an AWS service", and "Use instance profiles".
#[test]
fn case_15_a_role_that_may_be_passed_to_instances_needs_a_profile() {
    let to_ec2 = json!({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}});
    let with = |more: &[&str]| {
        let mut own = vec![
            when(allow("iam:PassRole", "*"), to_ec2.clone()),
            allow("lambda:CreateFunction", "*"),
            allow("lambda:InvokeFunction", "*"),
            allow("ec2:RunInstances", "*"),
        ];
        own.extend(more.iter().map(|action| allow(action, "*")));
        let both = json!({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]});
        assumes(&both, &own)
    };
    assert_eq!(with(&[]), Answer::No);
    assert_eq!(with(&["iam:CreateInstanceProfile"]), Answer::No);
    assert_ne!(
        with(&["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"]),
        Answer::No
    );
}

/// IAM User Guide, "AWS managed policies" and "Create a service-linked role": neither can be changed by a customer.
#[test]
fn case_16_policies_and_roles_of_aws_are_changed_by_nobody() {
    let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let rewriting = |attached: &str| {
        Account::default()
            .user("ada", &[allow("iam:CreatePolicyVersion", "*")])
            .managed("own", &[])
            .attached(attached)
    };
    assert_eq!(reads(rewriting(aws)), Answer::No);
    assert_eq!(
        reads(rewriting(&crate::account::policy("own"))),
        Answer::Certain
    );
    let through = |path: &str| {
        reads(
            Account::default()
                .user("ada", &[allow("iam:AttachRolePolicy", "*")])
                .role("helper", &by_ada(), &[])
                .role_path(path),
        )
    };
    assert_eq!(through("/"), Answer::Certain);
    assert_eq!(
        through("/aws-service-role/example.amazonaws.com/"),
        Answer::No
    );
    assert_eq!(through("/aws-reserved/sso.amazonaws.com/"), Answer::No);
}

/// IAM User Guide, "...IfExists condition operators" with `StringNotEquals`: met where the key is missing.
#[test]
fn case_17_a_deny_if_not_equal_meets_a_request_without_the_key_but_not_what_it_leaves_out() {
    let banned = |key: &str, spared: &str| {
        let outside = json!({"StringNotEqualsIfExists": {key: "o-exampleorg1"}});
        let ban = json!({"Effect": "Deny", "Action": "s3:*", "NotResource": [spared]});
        let organization = Organization::default().attach(SCP, ROOT, &[when(ban, outside)]);
        reads(
            Account::default()
                .user("ada", &[])
                .role("helper", &by_ada(), &[allow("s3:*", OBJECTS)])
                .organization(organization),
        )
    };
    // A role's session has no `aws:username`; whether a bucket has an organisation is in no export of it.
    assert_eq!(banned("aws:username", "arn:aws:s3:::other/*"), Answer::No);
    assert_ne!(
        banned("aws:ResourceOrgID", "arn:aws:s3:::other/*"),
        Answer::Certain
    );
    assert_eq!(banned("aws:username", OBJECTS), Answer::Certain);
    assert_eq!(banned("aws:ResourceOrgID", OBJECTS), Answer::Certain);
}

/// GitHub Docs, "Configuring OpenID Connect in Amazon Web Services"; IAM User Guide, string operators.
#[test]
fn case_18_a_trust_in_github_is_as_narrow_as_its_subject() {
    let issuer = "token.actions.githubusercontent.com";
    let answers = |operator: &str, claim: &str, value: &str| {
        let condition = json!({operator: {format!("{issuer}:{claim}"): value}});
        Account::default()
            .role("deploy", &json!({}), &[])
            .trust(|trust| {
                *trust = json!([{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                    "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}")},
                    "Condition": condition}]);
            })
            .analyze()
    };
    let anyone = |operator: &str, claim: &str, value: &str| {
        answers(operator, claim, value).principal_becomes(None, &role("deploy"))
    };
    assert_eq!(
        anyone("StringEquals", "aud", "sts.amazonaws.com"),
        Answer::Certain
    );
    assert_eq!(anyone("StringLike", "sub", "repo:org/*"), Answer::No);
    assert_eq!(
        anyone("StringLike", "sub", "repo:org*/repo*"),
        Answer::Certain
    );
    let subjects = |operator: &str| {
        let federations = answers(operator, "sub", "repo:org/*")
            .analysis
            .inventory
            .federations;
        federations
            .into_iter()
            .map(|one| one.subject)
            .collect::<Vec<_>>()
    };
    assert_eq!(subjects("StringLike"), ["repo:org/*"]);
    assert_eq!(
        subjects("StringEquals"),
        Vec::<String>::new(),
        "no subject has a star"
    );
    let numbered = "repo:org@12/repo@34:ref:refs/heads/main";
    let matches = leakreach::platforms::aws::matches;
    assert!(!matches("repo:org/repo:*", numbered), "the old pattern");
    assert!(matches("repo:org@12/repo@34:*", numbered));
}

/// Service Authorization Reference: an action without resource types is allowed on `*` only.
#[test]
fn case_19_an_action_that_knows_no_resource_is_not_allowed_on_one() {
    let with = |resource: &str| {
        Account::default()
            .user("ada", &[allow("lambda:ListFunctions", resource)])
            .role("worker", &service("lambda"), &[])
            .function("pay", "worker", json!({}))
            .analyze()
            .gets("ada", Read, &function("pay"))
    };
    assert_eq!(with(&function("pay")), Answer::No);
    assert_eq!(with("*"), Answer::Certain);
}

/// IAM User Guide, "Session policies": what names the role is limited by the session's policies. What names the session's
/// ARN is said not to be; other evaluators find that it is, so that it is open.
#[test]
fn case_20_session_policies_limit_a_grant_to_the_role_and_perhaps_one_to_its_session() {
    let is_doubted = std::cell::Cell::new(false);
    let through = |principal: &str, session: &[Value]| {
        let answers = Account::default()
            .role("deploy", &json!({}), &[])
            .trust(|it| *it = trust(json!({})))
            .bucket("data")
            .bucket_policy(
                "data",
                &[objects("Allow", "Principal", json!({"AWS": principal}))],
            )
            .profiles(&[limited_profile(session)])
            .anchors(&[bundle_anchor("a")])
            .analyze();
        let doubt = "counts where its session policies do not allow";
        let mut reasons = answers.analysis.steps.conditions.iter();
        is_doubted.set(reasons.any(|reason| reason.contains(doubt)));
        holder_reads(&answers)
    };
    let (without, with) = ([allow("ec2:*", "*")], [allow("s3:*", "*")]);
    assert_eq!(through(&role("deploy"), &without), Answer::No);
    assert_eq!(through(&role("deploy"), &with), Answer::Certain);
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/x");
    assert_eq!(through(&session, &without), Answer::Possible);
    assert!(is_doubted.get());
    assert_eq!(through(&session, &with), Answer::Possible);
    assert!(!is_doubted.get(), "only the session's name is open");
    assert_eq!(
        through(&session, &[deny("s3:*", "*")]),
        Answer::No,
        "a Deny counts always"
    );
    let of_another = session.replace("deploy", "other");
    assert_eq!(through(&of_another, &with), Answer::No);
}

fn federated_user(name: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:federated-user/{name}")
}

/// AWS STS API reference, "GetFederationToken": what a resource policy grants the session of a federated user is in
/// addition to what session policies leave.
#[test]
fn case_20_a_grant_to_a_federated_user_is_of_whoever_can_make_its_session() {
    let grant = || {
        objects(
            "Allow",
            "Principal",
            json!({"AWS": federated_user("reports")}),
        )
    };
    let with = |own: &[Value]| {
        Account::default()
            .user("ada", own)
            .bucket_policy("data", &[grant()])
    };
    let make = || allow("sts:GetFederationToken", &federated_user("reports"));
    assert_eq!(reads(with(&[make()])), Answer::Certain);
    assert_eq!(reads(with(&[])), Answer::No);
    let other = allow("sts:GetFederationToken", &federated_user("other"));
    assert_eq!(reads(with(&[other])), Answer::No);
    let banned = [make(), deny("s3:*", "*")];
    assert_eq!(reads(with(&banned)), Answer::No, "a Deny of the user's");
    let bounded = with(&[make()]).bounded_by(&[allow("sts:*", "*")]);
    assert_eq!(reads(bounded), Answer::Certain, "no Deny");
    let limited = |action: &str| {
        let organization = Organization::default().attach(SCP, UNIT, &[deny(action, "*")]);
        reads(with(&[make()]).organization(organization))
    };
    assert_eq!(limited("s3:*"), Answer::No);
    assert_eq!(limited("sts:GetFederationToken"), Answer::No);
    let denying = |principal: Value| {
        let ban = objects("Deny", "Principal", principal);
        reads(
            Account::default()
                .user("ada", &[make()])
                .bucket_policy("data", &[grant(), ban]),
        )
    };
    assert_eq!(
        denying(json!({"AWS": federated_user("reports")})),
        Answer::No
    );
    assert_eq!(denying(json!("*")), Answer::No);
    assert_eq!(
        denying(json!({"AWS": federated_user("other")})),
        Answer::Possible,
        "what a policy says of other callers is not told apart"
    );
    // Only a user's own key makes such a session: a role's does not.
    let of_role = Account::default()
        .user("ada", &[])
        .role("helper", &by_ada(), &[make()])
        .bucket_policy("data", &[grant()]);
    assert_eq!(reads(of_role), Answer::No);
    // Such a session calls neither IAM nor STS.
    let assumes = Account::default().user("ada", &[make()]).role(
        "target",
        &json!({"AWS": federated_user("reports")}),
        &[],
    );
    assert_eq!(
        assumes.analyze().becomes("ada", &role("target")),
        Answer::No
    );
}

/// IAM User Guide, "AWS JSON policy elements: Principal": a saved trust holds the unique id, which a new role of the same
/// name has not.
#[test]
fn case_21_the_id_of_a_deleted_role_is_not_the_new_role_of_its_name() {
    let through = |named: &str| {
        Account::default()
            .user("ada", &[])
            .role("caller", &by_ada(), &[allow("sts:AssumeRole", "*")])
            .role("target", &json!({"AWS": named}), &[])
            .analyze()
            .becomes("ada", &role("target"))
    };
    assert_eq!(through("AROAEXAMPLEGONE"), Answer::No);
    assert_eq!(
        through("AROAEXAMPLECALLER"),
        Answer::Certain,
        "the id of the living one"
    );
    assert_eq!(through(&role("caller")), Answer::Certain);
}

/// Service Authorization Reference: `iam:AddUserToGroup` is on the group.
#[test]
fn case_22_joining_a_group_is_allowed_on_the_group_and_not_on_the_user() {
    let joins = |resource: &str| {
        reads(
            Account::default()
                .user("ada", &[allow("iam:AddUserToGroup", resource)])
                .group("readers", &[allow("s3:GetObject", OBJECTS)]),
        )
    };
    assert_eq!(joins(&user("ada")), Answer::No);
    assert_eq!(joins(&group("readers")), Answer::Certain);
}

/// Organizations User Guide, "Resource control policies"; S3 User Guide, "Blocking public access": who is nobody's
/// principal is bound by what guards the resource only.
#[test]
fn case_23_an_anonymous_request_meets_what_guards_the_bucket_only() {
    let open =
        json!({"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": false}}).to_string();
    let with = |organization: Organization, is_closed: bool| {
        let of_bucket =
            json!({"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": is_closed}});
        // Some credential that has no right of its own: what it reads, everybody reads.
        let answers = Account::default()
            .user("ada", &[])
            .bucket("data")
            .bucket_policy("data", &[objects("Allow", "Principal", json!("*"))])
            .file("s3/public-access-block.json", &open)
            .file("s3/public-access-block/data.json", &of_bucket.to_string())
            .organization(organization)
            .analyze();
        let key = format!("aws:access-key:{}", key_of("ada"));
        answers.credential_gets(&key, Read, DATA)
    };
    let ban = || deny("s3:*", "*");
    let mut of_resources = ban();
    of_resources["Principal"] = json!("*");
    let scp = Organization::default().attach(SCP, ROOT, &[ban()]);
    assert_eq!(with(scp, false), Answer::Certain);
    let rcp = Organization::default().attach(RCP, ROOT, &[of_resources]);
    assert_eq!(with(rcp, false), Answer::No);
    assert_eq!(with(Organization::default(), true), Answer::No);
}
