//! IAM Roles Anywhere: who takes sessions of roles with certificates, and what the policies of a profile leave of them.

use crate::account::{
    ACCOUNT, Account, Answer, Answers, Organization, RCP, ROOT, SCP, UNIT, allow, deny, policy,
    role, user, when,
};
use leakreach::inventory::Access;
use leakreach::reach::{Layer, reached};
use leakreach::steps::Fact;
use serde_json::{Value, json};

const DATA: &str = "arn:aws:s3:::data";
const OBJECTS: &str = "arn:aws:s3:::data/*";
const CLIENT: &str = "arn:aws:acm-pca:::template/EndEntityClientAuthCertificate/V1";

pub fn anchor(id: &str) -> String {
    format!("arn:aws:rolesanywhere:eu-west-1:{ACCOUNT}:trust-anchor/{id}")
}

pub fn profile(id: &str) -> String {
    format!("arn:aws:rolesanywhere:eu-west-1:{ACCOUNT}:profile/{id}")
}

fn authority() -> String {
    format!("arn:aws:acm-pca:eu-west-1:{ACCOUNT}:certificate-authority/ca-1")
}

/// The principal that stands for the holders of certificates.
pub fn holder(id: &str) -> String {
    format!("certificate-of:{}", anchor(id))
}

/// The session of role `deploy` that profile `p` limits.
pub fn session() -> String {
    format!("{}#session/{}", role("deploy"), profile("p"))
}

/// A trust of the service, as the console writes it.
pub fn trust(condition: Value) -> Value {
    json!([{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition}])
}

pub fn bundle_anchor(id: &str) -> Value {
    json!({"trustAnchorId": id, "trustAnchorArn": anchor(id), "name": id, "enabled": true,
        "source": {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "EXAMPLE"}}})
}

fn private_anchor() -> Value {
    let mut one = bundle_anchor("a");
    one["source"] = json!({"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": authority()}});
    one
}

/// A profile with the role `deploy`; no policies limit it.
pub fn plain_profile() -> Value {
    json!({"profileId": "p", "profileArn": profile("p"), "name": "p", "enabled": true,
        "roleArns": [role("deploy")], "managedPolicyArns": [], "durationSeconds": 3600})
}

pub fn limited_profile(statements: &[Value]) -> Value {
    let mut one = plain_profile();
    one["sessionPolicy"] = json!(json!({"Statement": statements}).to_string());
    one
}

pub trait Anywhere {
    fn profiles(self, profiles: &[Value]) -> Self;
    fn anchors(self, anchors: &[Value]) -> Self;
}

impl Anywhere for Account {
    fn profiles(self, profiles: &[Value]) -> Self {
        let body = json!({"profiles": profiles}).to_string();
        self.file("rolesanywhere/list-profiles.json", &body)
    }

    fn anchors(self, anchors: &[Value]) -> Self {
        let body = json!({"trustAnchors": anchors}).to_string();
        self.file("rolesanywhere/list-trust-anchors.json", &body)
    }
}

/// A role that the service may assume, with these rights.
fn deploying(statements: &[Value]) -> Account {
    Account::default()
        .role("deploy", &json!({}), statements)
        .trust(|it| *it = trust(json!({})))
        .bucket("data")
}

fn enters(account: Account) -> Answer {
    let answers = account.analyze();
    answers.principal_becomes(Some(&holder("a")), &role("deploy"))
}

/// Whether whoever holds a certificate reads the bucket.
pub fn holder_reads(answers: &Answers) -> Answer {
    let (inventory, steps) = (&answers.analysis.inventory, &answers.analysis.steps);
    let from = inventory.principal_by_key(&holder("a")).unwrap();
    let data = inventory.resource_by_key(DATA).unwrap();
    let seed: Vec<_> = steps.fact_id(Fact::Principal(from)).into_iter().collect();
    let Some(goal) = steps.fact_id(Fact::Access(data, Access::Read)) else {
        return Answer::No;
    };
    let is_reached = |layer| reached(steps, layer, &seed, None)[goal.0 as usize];
    if is_reached(Layer::Certain) {
        Answer::Certain
    } else if is_reached(Layer::Possible) {
        Answer::Possible
    } else {
        Answer::No
    }
}

fn reads(account: Account) -> Answer {
    holder_reads(&account.anchors(&[bundle_anchor("a")]).analyze())
}

fn reads_within(session: &[Value]) -> Answer {
    reads(deploying(&[allow("s3:GetObject", "*")]).profiles(&[limited_profile(session)]))
}

#[test]
fn whoever_holds_a_certificate_takes_a_role_of_a_profile_and_nobody_else_does() {
    let account = deploying(&[])
        .profiles(&[plain_profile()])
        .anchors(&[bundle_anchor("a")]);
    let answers = account.analyze();
    let deploy = role("deploy");
    assert_eq!(
        answers.principal_becomes(Some(&holder("a")), &deploy),
        Answer::Certain
    );
    assert_eq!(answers.principal_becomes(None, &deploy), Answer::No);
}

#[test]
fn what_is_switched_off_lets_nobody_in() {
    let off = |mut one: Value| {
        one["enabled"] = json!(false);
        one
    };
    let profile_off = deploying(&[])
        .profiles(&[off(plain_profile())])
        .anchors(&[bundle_anchor("a")]);
    assert_eq!(enters(profile_off), Answer::No);
    let account = deploying(&[])
        .profiles(&[plain_profile()])
        .anchors(&[off(bundle_anchor("a"))]);
    let inventory = account.analyze().analysis.inventory;
    assert_eq!(inventory.principal_by_key(&holder("a")), None);
}

#[test]
fn profile_anchor_and_role_must_fit() {
    let with = |profile: Value| {
        enters(
            deploying(&[])
                .role("other", &json!({}), &[])
                .profiles(&[profile])
                .anchors(&[bundle_anchor("a")]),
        )
    };
    assert_eq!(with(plain_profile()), Answer::Certain);
    let mut of_other_role = plain_profile();
    of_other_role["roleArns"] = json!([role("other")]);
    assert_eq!(with(of_other_role), Answer::No);
    for (from, to) in [("eu-west-1", "us-east-1"), (ACCOUNT, "444455556666")] {
        let mut elsewhere = plain_profile();
        elsewhere["profileArn"] = json!(profile("p").replace(from, to));
        assert_eq!(with(elsewhere), Answer::No, "{to}");
    }
}

#[test]
fn a_profile_gives_no_role_of_another_account() {
    let other = "444455556666";
    let away = role("away").replace(ACCOUNT, other);
    let mut one = plain_profile();
    one["roleArns"] = json!([away, role("deploy")]);
    let answers = deploying(&[])
        .role("away", &json!({}), &[])
        .trust(|it| *it = trust(json!({})))
        .in_account(other)
        .profiles(&[one])
        .anchors(&[bundle_anchor("a")])
        .analyze();
    let becomes = |who: &str| answers.principal_becomes(Some(&holder("a")), who);
    assert_eq!(becomes(&role("deploy")), Answer::Certain);
    assert_eq!(becomes(&away), Answer::No);
}

/// IAM Roles Anywhere User Guide, "Role trusts": the trust must allow all three actions.
#[test]
fn the_trust_must_allow_the_service_all_that_it_does() {
    let with = |statements: Value| {
        enters(
            deploying(&[])
                .trust(|it| *it = statements)
                .profiles(&[plain_profile()])
                .anchors(&[bundle_anchor("a")]),
        )
    };
    let of = |actions: Value| {
        let mut one = trust(json!({}));
        one[0]["Action"] = actions;
        one
    };
    assert_eq!(with(trust(json!({}))), Answer::Certain);
    assert_eq!(with(of(json!("sts:*"))), Answer::Certain);
    assert_eq!(
        with(of(json!(["sts:AssumeRole", "sts:TagSession"]))),
        Answer::No
    );
    assert_eq!(
        with(of(json!(["sts:AssumeRole", "sts:SetSourceIdentity"]))),
        Answer::No
    );
    assert_eq!(
        with(of(json!(["sts:TagSession", "sts:SetSourceIdentity"]))),
        Answer::No
    );
    let mut of_another = trust(json!({}));
    of_another[0]["Principal"] = json!({"Service": "lambda.amazonaws.com"});
    assert_eq!(with(of_another), Answer::No);
    let mut split = trust(json!({}));
    let mut tagging = split[0].clone();
    split[0]["Action"] = json!("sts:AssumeRole");
    tagging["Action"] = json!(["sts:TagSession", "sts:SetSourceIdentity"]);
    split.as_array_mut().unwrap().push(tagging);
    assert_eq!(with(split.clone()), Answer::Certain, "in two statements");
    let mut denied = trust(json!({}));
    let ban = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"});
    denied.as_array_mut().unwrap().push(ban);
    assert_eq!(with(denied), Answer::No);
}

#[test]
fn the_anchor_that_a_trust_asks_for_is_known_and_the_certificate_is_not() {
    let entered = |statements: Value| {
        let account = deploying(&[])
            .trust(|it| *it = statements)
            .profiles(&[plain_profile()])
            .anchors(&[bundle_anchor("a"), bundle_anchor("b")]);
        let answers = account.analyze();
        ["a", "b"].map(|id| answers.principal_becomes(Some(&holder(id)), &role("deploy")))
    };
    let with = |condition: Value| entered(trust(condition));
    use Answer::{Certain, No, Possible};
    let of_a = json!({"ArnEquals": {"aws:SourceArn": anchor("a")}});
    assert_eq!(with(json!({})), [Certain, Certain]);
    assert_eq!(with(of_a.clone()), [Certain, No]);
    assert_eq!(
        with(json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}})),
        [Certain, Certain]
    );
    assert_eq!(
        with(json!({"StringEquals": {"aws:SourceAccount": "444455556666"}})),
        [No, No]
    );
    let mut unless_a = trust(json!({}));
    let ban = json!({"Effect": "Deny", "Action": "sts:AssumeRole",
        "Principal": {"Service": "rolesanywhere.amazonaws.com"},
        "Condition": {"ArnNotEquals": {"aws:SourceArn": anchor("a")}}});
    unless_a.as_array_mut().unwrap().push(ban);
    assert_eq!(entered(unless_a), [Certain, No]);
    let mut of_bob = of_a;
    of_bob["StringEquals"] = json!({"aws:PrincipalTag/x509Subject/CN": "Bob"});
    assert_eq!(with(of_bob), [Possible, No]);
    let source = json!({"StringLike": {"sts:SourceIdentity": "CN=*"}});
    assert_eq!(with(source), [Possible, Possible]);
}

#[test]
fn a_resource_control_policy_may_keep_the_service_out() {
    let with = |action: &str| {
        let mut ban = deny(action, "*");
        ban["Principal"] = json!("*");
        enters(
            deploying(&[])
                .profiles(&[plain_profile()])
                .anchors(&[bundle_anchor("a")])
                .organization(Organization::default().attach(RCP, ROOT, &[ban])),
        )
    };
    assert_eq!(with("sts:SetSourceIdentity"), Answer::No);
    assert_eq!(with("sts:GetCallerIdentity"), Answer::Certain);
}

/// IAM User Guide, "Session policies": the intersection of the role's policies and the session's.
#[test]
fn a_limited_session_does_what_role_and_session_both_allow() {
    assert_eq!(reads_within(&[allow("s3:GetObject", "*")]), Answer::Certain);
    assert_eq!(reads_within(&[allow("ec2:*", "*")]), Answer::No);
    assert_eq!(
        reads_within(&[allow("s3:GetObject", "arn:aws:s3:::other/*")]),
        Answer::No
    );
    let with_deny = [allow("*", "*"), deny("s3:GetObject", OBJECTS)];
    assert_eq!(reads_within(&with_deny), Answer::No);
    let from_home = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    assert_eq!(
        reads_within(&[when(allow("s3:*", "*"), from_home)]),
        Answer::Possible
    );
    let of_role = |statements: &[Value]| {
        reads(deploying(statements).profiles(&[limited_profile(&[allow("s3:*", "*")])]))
    };
    assert_eq!(of_role(&[]), Answer::No, "session policies grant nothing");
    assert_eq!(of_role(&[allow("s3:*", "*")]), Answer::Certain);
}

#[test]
fn a_limited_session_is_not_its_role() {
    let answers = deploying(&[])
        .profiles(&[limited_profile(&[allow("s3:*", "*")])])
        .anchors(&[bundle_anchor("a")])
        .analyze();
    let becomes = |who: &str| answers.principal_becomes(Some(&holder("a")), who);
    assert_eq!(becomes(&session()), Answer::Certain);
    assert_eq!(becomes(&role("deploy")), Answer::No);
}

#[test]
fn the_policies_of_a_session_add_up_and_one_that_is_nowhere_is_unknown() {
    let with = |managed: &[String], inline: &[Value]| {
        let mut one = limited_profile(inline);
        one["managedPolicyArns"] = json!(managed);
        reads(
            deploying(&[allow("s3:*", "*")])
                .managed("readers", &[allow("s3:GetObject", "*")])
                .managed("none", &[deny("s3:*", "*")])
                .profiles(&[one]),
        )
    };
    let ec2 = [allow("ec2:*", "*")];
    assert_eq!(with(&[], &ec2), Answer::No);
    assert_eq!(with(&[policy("readers")], &ec2), Answer::Certain);
    assert_eq!(
        with(&[policy("readers"), policy("none")], &ec2),
        Answer::No,
        "a Deny in any of them"
    );
    assert_eq!(with(&[policy("nowhere")], &ec2), Answer::Possible);
}

#[test]
fn what_limits_the_role_limits_its_sessions() {
    let all = [allow("*", "*")];
    let bounded = |statements: &[Value]| {
        reads(
            deploying(&all)
                .role_bounded_by(statements)
                .profiles(&[limited_profile(&all)]),
        )
    };
    assert_eq!(bounded(&[allow("s3:*", "*")]), Answer::Certain);
    assert_eq!(bounded(&[allow("ec2:*", "*")]), Answer::No);
    let with = |action: &str| {
        let organization = Organization::default().attach(SCP, UNIT, &[deny(action, "*")]);
        reads(
            deploying(&all)
                .profiles(&[limited_profile(&all)])
                .organization(organization),
        )
    };
    assert_eq!(with("ec2:*"), Answer::Certain);
    assert_eq!(with("s3:*"), Answer::No);
    let get = || allow("s3:GetObject", "*");
    let denied = |ban: &[Value]| {
        let own = [&[get()], ban].concat();
        reads(deploying(&own).profiles(&[limited_profile(&all)]))
    };
    assert_eq!(denied(&[]), Answer::Certain);
    assert_eq!(denied(&[deny("s3:*", "*")]), Answer::No);
}

/// IAM User Guide, "AWS global condition context keys", `aws:PrincipalArn`: for a session it is the role's.
#[test]
fn policies_that_name_the_role_mean_its_sessions() {
    let all = [allow("s3:GetObject", "*")];
    let with = |statement: Value| {
        reads(
            deploying(&all)
                .profiles(&[limited_profile(&all)])
                .bucket_policy("data", &[statement]),
        )
    };
    let ban = |element: &str, principal: Value| json!({"Effect": "Deny", element: principal, "Action": "s3:*", "Resource": OBJECTS});
    assert_eq!(
        with(ban("Principal", json!({"AWS": role("deploy")}))),
        Answer::No
    );
    assert_eq!(
        with(ban("Principal", json!({"AWS": role("other")}))),
        Answer::Certain
    );
    let but = |who: &str| {
        let condition = json!({"ArnNotEquals": {"aws:PrincipalArn": role(who)}});
        with(when(ban("Principal", json!("*")), condition))
    };
    assert_eq!(but("deploy"), Answer::Certain);
    assert_eq!(but("other"), Answer::No);
    assert_eq!(
        with(ban("NotPrincipal", json!({"AWS": role("deploy")}))),
        Answer::Certain
    );
}

#[test]
fn a_bucket_that_lets_in_everybody_who_is_the_role_lets_in_its_sessions() {
    let with = |who: &str, session: &[Value]| {
        let is_role = json!({"ArnEquals": {"aws:PrincipalArn": role(who)}});
        let open = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS});
        reads(
            deploying(&[])
                .profiles(&[limited_profile(session)])
                .bucket_policy("data", &[when(open, is_role)]),
        )
    };
    assert_eq!(with("deploy", &[allow("s3:*", "*")]), Answer::Certain);
    // A wildcard grants to sessions directly, which their policies may not limit.
    assert_eq!(with("deploy", &[allow("ec2:*", "*")]), Answer::Possible);
    assert_eq!(with("other", &[allow("s3:*", "*")]), Answer::No);
}

#[test]
fn a_session_assumes_other_roles_within_its_policies() {
    let next = |session: &[Value]| {
        let answers = deploying(&[])
            .role("next", &json!({"AWS": role("deploy")}), &[])
            .profiles(&[limited_profile(session)])
            .anchors(&[bundle_anchor("a")])
            .analyze();
        answers.principal_becomes(Some(&holder("a")), &role("next"))
    };
    assert_eq!(next(&[allow("sts:AssumeRole", "*")]), Answer::Certain);
    assert_eq!(next(&[allow("s3:*", "*")]), Answer::No);
}

fn by_authority(statements: &[Value], one: Value) -> Answer {
    deploying(&[])
        .user("ada", statements)
        .profiles(&[plain_profile()])
        .anchors(&[one])
        .analyze()
        .becomes("ada", &role("deploy"))
}

/// AWS Private CA API reference, "IssueCertificate": it answers with an ARN, and `GetCertificate` with the certificate.
#[test]
fn whoever_has_the_authority_issue_a_certificate_takes_the_role() {
    let issue = || allow("acm-pca:IssueCertificate", &authority());
    let get = || allow("acm-pca:GetCertificate", &authority());
    assert_eq!(
        by_authority(&[issue(), get()], private_anchor()),
        Answer::Certain
    );
    assert_eq!(by_authority(&[issue()], private_anchor()), Answer::No);
    let elsewhere = authority().replace("ca-1", "ca-2");
    assert_eq!(
        by_authority(
            &[allow("acm-pca:IssueCertificate", &elsewhere), get()],
            private_anchor()
        ),
        Answer::No
    );
    assert_eq!(
        by_authority(&[issue(), get()], bundle_anchor("a")),
        Answer::No
    );
    let under = |template: &str| {
        let asked = json!({"ArnLike": {"acm-pca:TemplateArn": template}});
        by_authority(&[when(issue(), asked), get()], private_anchor())
    };
    assert_eq!(
        under("arn:aws:acm-pca:*:*:template/EndEntityCertificate/V*"),
        Answer::Certain
    );
    assert_eq!(under(CLIENT), Answer::Certain);
    // As in AWSPrivateCAUser, which AWS ships.
    let but = |template: &str| {
        let other = json!({"ArnNotLike": {"acm-pca:TemplateArn": template}});
        let ban = when(deny("acm-pca:IssueCertificate", "*"), other);
        by_authority(&[issue(), ban, get()], private_anchor())
    };
    assert_eq!(
        but("arn:aws:acm-pca:*:*:template/EndEntityCertificate/V*"),
        Answer::Certain
    );
    assert_eq!(
        but("arn:aws:acm-pca:*:*:template/RootCACertificate/V*"),
        Answer::Possible
    );
    assert_eq!(
        under("arn:aws:acm-pca:::template/OCSPSigningCertificate/V1"),
        Answer::Possible
    );
}

/// IAM Roles Anywhere User Guide, "Getting started": of an anchor of AWS Private CA only the validity can be changed.
#[test]
fn whoever_replaces_the_bundle_of_an_anchor_takes_the_role() {
    let update = |id: &str| [allow("rolesanywhere:UpdateTrustAnchor", &anchor(id))];
    assert_eq!(
        by_authority(&update("a"), bundle_anchor("a")),
        Answer::Certain
    );
    assert_eq!(by_authority(&update("b"), bundle_anchor("a")), Answer::No);
    assert_eq!(by_authority(&update("a"), private_anchor()), Answer::No);
}

#[test]
fn whoever_makes_an_anchor_takes_roles_that_name_none() {
    let with = |own: &[Value], condition: Value, profiles: &[Value]| {
        deploying(&[])
            .trust(|it| *it = trust(condition))
            .user("ada", own)
            .profiles(profiles)
            .anchors(&[])
            .analyze()
            .becomes("ada", &role("deploy"))
    };
    let make = [allow("rolesanywhere:CreateTrustAnchor", "*")];
    let some = [plain_profile()];
    assert_eq!(with(&make, json!({}), &some), Answer::Certain);
    assert_eq!(with(&make, json!({}), &[]), Answer::No, "no profile");
    assert_eq!(with(&[], json!({}), &some), Answer::No);
    let of = |id: &str| json!({"ArnLike": {"aws:SourceArn": anchor(id)}});
    assert_eq!(with(&make, of("a"), &some), Answer::No);
    assert_eq!(with(&make, of("*"), &some), Answer::Certain);
    // The action knows no resource.
    let on_one = [allow("rolesanywhere:CreateTrustAnchor", &anchor("a"))];
    assert_eq!(with(&on_one, json!({}), &some), Answer::No);
}

#[test]
fn a_certificate_that_leaks_can_be_stated() {
    let nodes = format!(
        "word,id,type,principal,status\ncredential,machine,certificate,{},active\ncredential,stray,certificate,,active\n",
        holder("a")
    );
    let answers = deploying(&[])
        .profiles(&[plain_profile()])
        .anchors(&[bundle_anchor("a")])
        .file("certificates.csv", &nodes)
        .analyze();
    let deploy = role("deploy");
    assert_eq!(
        answers.credential_becomes("machine", &deploy),
        Answer::Certain
    );
    assert_eq!(answers.credential_becomes("stray", &deploy), Answer::No);
}

#[test]
fn roles_that_trust_the_service_are_told_where_no_export_has_its_profiles() {
    let gaps = |account: Account| {
        let gaps = account.analyze().analysis.gaps;
        gaps.iter()
            .filter(|gap| gap.text.contains("1 roles let IAM Roles Anywhere in"))
            .count()
    };
    assert_eq!(gaps(deploying(&[])), 2);
    assert_eq!(gaps(deploying(&[]).profiles(&[]).anchors(&[])), 0);
    assert_eq!(gaps(Account::default().user("ada", &[])), 0);
}

#[test]
fn taking_the_role_out_of_the_profile_is_a_fix() {
    let account = deploying(&[allow("s3:*", "*")])
        .user("ada", &[allow("rolesanywhere:UpdateTrustAnchor", "*")])
        .profiles(&[plain_profile()])
        .anchors(&[bundle_anchor("a")]);
    let answers = account.analyze();
    assert_eq!(answers.becomes("ada", &role("deploy")), Answer::Certain);
    for scope in [
        format!("{}#role/{}", profile("p"), role("deploy")),
        format!("{}#anchor", anchor("a")),
        format!("{}#trust/0", role("deploy")),
    ] {
        assert!(answers.gain(&scope).0 > 0, "{scope}");
    }
    assert_eq!(answers.becomes("ada", &user("ada")), Answer::Certain);
}
