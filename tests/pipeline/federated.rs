//! Roles that trust an identity provider outside AWS: whom the subject lets in, a hit and a near miss each.

use crate::account::{ACCOUNT, Account, Answer, Answers, Organization, RCP, ROOT, role};
use serde_json::{Value, json};

const GITHUB: &str = "token.actions.githubusercontent.com";

pub fn provider(issuer: &str) -> Value {
    json!({"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}")})
}

fn statement(effect: &str, issuer: &str, condition: Value) -> Value {
    json!({"Effect": effect, "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": provider(issuer), "Condition": condition})
}

pub fn trusting(statements: Value) -> Account {
    Account::default()
        .role("deploy", &json!({}), &[])
        .trust(|trust| *trust = statements)
}

/// The claim of an issuer under an operator.
fn on(operator: &str, issuer: &str, claim: &str, value: Value) -> Value {
    json!({operator: {format!("{issuer}:{claim}"): value}})
}

pub fn anyone(answers: &Answers) -> Answer {
    answers.principal_becomes(None, &role("deploy"))
}

fn github(condition: Value) -> Answers {
    trusting(json!([statement("Allow", GITHUB, condition)])).analyze()
}

fn subject(operator: &str, value: &str) -> Answers {
    github(on(operator, GITHUB, "sub", json!(value)))
}

/// The bearers that stand in the inventory.
fn bearers(answers: &Answers) -> Vec<String> {
    let federations = &answers.analysis.inventory.federations;
    federations.iter().map(|one| one.subject.clone()).collect()
}

fn bearer(answers: &Answers, issuer: &str, subject: &str) -> Answer {
    answers.principal_becomes(
        Some(&format!("federated:{issuer}:{subject}")),
        &role("deploy"),
    )
}

#[test]
fn a_trust_in_github_without_a_subject_lets_anyone_in() {
    let audience = on("StringEquals", GITHUB, "aud", json!("sts.amazonaws.com"));
    assert_eq!(anyone(&github(audience)), Answer::Certain);
    assert_eq!(anyone(&github(json!({}))), Answer::Certain);
    assert_eq!(anyone(&subject("StringLike", "repo:*")), Answer::Certain);
    assert_eq!(
        anyone(&subject("StringLike", "repo:org*/repo*")),
        Answer::Certain
    );
    assert_eq!(anyone(&subject("StringLike", "repo:org/*")), Answer::No);
}

#[test]
fn a_trust_that_fixes_the_owner_lets_in_who_bears_such_a_subject() {
    let answers = subject("StringLike", "repo:org/repo:*");
    assert_eq!(bearer(&answers, GITHUB, "repo:org/repo:*"), Answer::Certain);
    assert_eq!(anyone(&answers), Answer::No);
    let federation = &answers.analysis.inventory.federations[0];
    assert_eq!(
        (federation.issuer.as_str(), federation.audience.as_deref()),
        (GITHUB, None)
    );
}

#[test]
fn an_equals_takes_a_star_as_itself_and_lets_nobody_in() {
    let answers = subject("StringEquals", "repo:org/*");
    assert_eq!(bearers(&answers), Vec::<String>::new());
    assert_eq!(anyone(&answers), Answer::No);
    let answers = subject("StringEquals", "repo:org/repo:ref:refs/heads/main");
    assert_eq!(bearers(&answers), ["repo:org/repo:ref:refs/heads/main"]);
}

#[test]
fn a_set_operator_on_a_claim_that_may_be_missing_may_ask_for_nothing() {
    let of_subject = subject("ForAllValues:StringLike", "repo:org/*");
    assert_eq!(anyone(&of_subject), Answer::No, "every token has a subject");
    let of_owner = |operator: &str| {
        anyone(&github(on(
            operator,
            GITHUB,
            "repository_owner",
            json!("org"),
        )))
    };
    assert_eq!(of_owner("ForAllValues:StringEquals"), Answer::Possible);
    assert_eq!(of_owner("StringEqualsIfExists"), Answer::Possible);
    assert_eq!(of_owner("StringEquals"), Answer::No);
}

#[test]
fn a_claim_beside_the_subject_is_asked_too() {
    let with = |subject: &str, claim: &str, value: &str| {
        let mut condition = on("StringLike", GITHUB, "sub", json!(subject));
        condition["StringEquals"] = json!({format!("{GITHUB}:{claim}"): value});
        let answers = github(condition);
        match bearers(&answers).as_slice() {
            [] => Answer::No,
            _ => bearer(&answers, GITHUB, subject),
        }
    };
    let (of_repository, of_owner) = ("repo:org/repo:*", "repo:org/*");
    assert_eq!(
        with(of_repository, "repository", "org/repo"),
        Answer::Certain
    );
    assert_eq!(with(of_repository, "repository", "org/other"), Answer::No);
    assert_eq!(
        with(of_repository, "repository_owner", "org"),
        Answer::Certain
    );
    assert_eq!(with(of_owner, "repository", "org/repo"), Answer::Possible);
    assert_eq!(with(of_repository, "repository_id", "12"), Answer::Possible);
}

#[test]
fn what_a_statement_excludes_is_not_all_that_it_lets_in() {
    assert_eq!(
        anyone(&subject("StringNotLike", "repo:org/*")),
        Answer::Certain
    );
    assert_eq!(anyone(&subject("StringNotLike", "repo:*")), Answer::No);
}

#[test]
fn a_deny_of_all_but_one_owner_leaves_that_owner() {
    let open = || statement("Allow", GITHUB, json!({}));
    let but_org = on("StringNotLike", GITHUB, "sub", json!("repo:org/*"));
    let answers = trusting(json!([open(), statement("Deny", GITHUB, but_org)])).analyze();
    assert_eq!(anyone(&answers), Answer::No);
    assert_eq!(bearer(&answers, GITHUB, "repo:org/*"), Answer::Certain);
    let org = on("StringLike", GITHUB, "sub", json!("repo:org/*"));
    let answers = trusting(json!([open(), statement("Deny", GITHUB, org.clone())])).analyze();
    assert_eq!(anyone(&answers), Answer::Certain);
    let repo = on("StringLike", GITHUB, "sub", json!("repo:org/repo:*"));
    let denied = json!([
        statement("Allow", GITHUB, repo),
        statement("Deny", GITHUB, org)
    ]);
    assert_eq!(bearers(&trusting(denied).analyze()), Vec::<String>::new());
    let all = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:*"});
    assert_eq!(
        anyone(&trusting(json!([open(), all])).analyze()),
        Answer::No
    );
}

#[test]
fn each_statement_opens_by_itself() {
    let org = on("StringLike", GITHUB, "sub", json!("repo:org/*"));
    let answers = trusting(json!([
        statement("Allow", GITHUB, org),
        statement("Allow", GITHUB, json!({}))
    ]))
    .analyze();
    assert_eq!(anyone(&answers), Answer::Certain);
    assert_eq!(bearers(&answers), ["repo:org/*"]);
}

#[test]
fn the_action_must_be_the_one_for_tokens() {
    let mut wrong = statement("Allow", GITHUB, json!({}));
    wrong["Action"] = json!("sts:AssumeRole");
    assert_eq!(anyone(&trusting(json!([wrong])).analyze()), Answer::No);
}

#[test]
fn a_resource_control_policy_denies_tokens_too() {
    let ban = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*"});
    let answers = trusting(json!([statement("Allow", GITHUB, json!({}))]))
        .organization(Organization::default().attach(RCP, ROOT, &[ban]))
        .analyze();
    assert_eq!(anyone(&answers), Answer::No);
}

#[test]
fn a_provider_of_one_organisation_lets_in_its_own_only() {
    for issuer in [
        "gitlab.example.com",
        "oidc.circleci.com/org/00000000-0000-0000-0000-000000000000",
    ] {
        let answers = trusting(json!([statement("Allow", issuer, json!({}))])).analyze();
        assert_eq!(anyone(&answers), Answer::No, "{issuer}");
        assert_eq!(bearer(&answers, issuer, "*"), Answer::Certain, "{issuer}");
    }
}

#[test]
fn other_issuers_that_serve_everybody_are_as_open_as_github() {
    for (issuer, named) in [
        ("gitlab.com", "project_path:group/project:*"),
        (
            "app.terraform.io",
            "organization:acme:project:*:workspace:*:run_phase:*",
        ),
        ("agent.buildkite.com", "organization:acme:*"),
    ] {
        let of =
            |condition: Value| trusting(json!([statement("Allow", issuer, condition)])).analyze();
        assert_eq!(anyone(&of(json!({}))), Answer::Certain, "{issuer}");
        let fixed = of(on("StringLike", issuer, "sub", json!(named)));
        assert_eq!(anyone(&fixed), Answer::No, "{issuer}");
        assert_eq!(bearer(&fixed, issuer, named), Answer::Certain, "{issuer}");
    }
}

fn plain(issuer: &str, condition: Value) -> Answers {
    let mut statement = statement("Allow", issuer, condition);
    statement["Principal"] = json!({"Federated": issuer});
    trusting(json!([statement])).analyze()
}

#[test]
fn google_without_a_client_lets_anyone_in() {
    let google = "accounts.google.com";
    assert_eq!(anyone(&plain(google, json!({}))), Answer::Certain);
    let client = on("StringEquals", google, "aud", json!("EXAMPLE.apps"));
    assert_eq!(anyone(&plain(google, client)), Answer::No);
}

#[test]
fn an_identity_pool_lets_guests_in_unless_they_must_have_signed_in() {
    let cognito = "cognito-identity.amazonaws.com";
    let of = |method: &str| {
        let mut condition = on("StringEquals", cognito, "aud", json!("eu-west-1:EXAMPLE"));
        condition["ForAnyValue:StringLike"] = json!({format!("{cognito}:amr"): method});
        anyone(&plain(cognito, condition))
    };
    assert_eq!(of("unauthenticated"), Answer::Possible);
    assert_eq!(of("authenticated"), Answer::No);
}

#[test]
fn a_saml_provider_lets_in_who_controls_it_and_never_anyone() {
    let saml = format!("arn:aws:iam::{ACCOUNT}:saml-provider/okta");
    let of = |action: &str| {
        let audience = json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}});
        trusting(json!([{"Effect": "Allow", "Action": action,
            "Principal": {"Federated": saml}, "Condition": audience}]))
        .analyze()
    };
    let answers = of("sts:AssumeRoleWithSAML");
    assert_eq!(bearer(&answers, &saml, "*"), Answer::Certain);
    assert_eq!(anyone(&answers), Answer::No);
    assert_eq!(
        bearers(&of("sts:AssumeRoleWithWebIdentity")),
        Vec::<String>::new()
    );
}
