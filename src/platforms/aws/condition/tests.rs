use super::*;
use crate::inventory::{Clause, PrincipalKind};

fn condition(operator: &str, key: &str, value: &str) -> Condition {
    Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values: vec![value.to_owned()],
    }
}

#[test]
fn passed_to_service_is_decided_and_an_unknown_key_stays_open() {
    let context = Context {
        passed_to: Some("lambda.amazonaws.com"),
        ..Context::default()
    };
    let decide = |operator, key, value| outcome(&[condition(operator, key, value)], &context);
    let key = "iam:PassedToService";
    assert_eq!(
        decide("StringEquals", key, "lambda.amazonaws.com"),
        Outcome::Met
    );
    assert_eq!(
        decide("StringEquals", key, "ec2.amazonaws.com"),
        Outcome::NotMet
    );
    assert_eq!(
        decide("StringLikeIfExists", key, "*.amazonaws.com"),
        Outcome::Met
    );
    assert_eq!(
        decide("StringNotEquals", key, "ec2.amazonaws.com"),
        Outcome::Met
    );
    assert_eq!(
        decide("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        Outcome::Open
    );
}

#[test]
fn a_deny_of_plain_http_does_not_stop_a_caller_who_may_use_tls() {
    let context = Context::default();
    let http = condition("Bool", "aws:SecureTransport", "false");
    assert_eq!(outcome(&[http], &context), Outcome::NotMet);
}

#[test]
fn one_unmet_condition_decides_before_an_open_one() {
    let context = Context::default();
    let both = [
        condition("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        condition("Bool", "aws:SecureTransport", "false"),
    ];
    assert_eq!(outcome(&both, &context), Outcome::NotMet);
}

fn several(operator: &str, key: &str, values: &[&str]) -> Condition {
    Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        values: values.iter().map(ToString::to_string).collect(),
    }
}

fn principal(kind: PrincipalKind, key: &str, tags: &[(&str, &str)]) -> Principal {
    Principal {
        key: key.into(),
        aliases: vec!["AIDAEXAMPLE".into()],
        name: "ann".to_owned(),
        kind,
        platform: "aws",
        tenant: None,
        owner: None,
        created: None,
        last_used: None,
        last_review: None,
        tags: tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        is_stub: false,
        evidence: Vec::new(),
    }
}

fn ann() -> Principal {
    principal(
        PrincipalKind::User,
        "arn:aws:iam::111122223333:user/staff/ann",
        &[("Team", "red")],
    )
}

fn role() -> Principal {
    principal(
        PrincipalKind::Role,
        "arn:aws:iam::111122223333:role/app",
        &[("team", "red")],
    )
}

/// What a condition is for a caller.
fn asked(of: &Principal, operator: &str, key: &str, value: &str) -> Outcome {
    let context = Context {
        principal: Some(of),
        ..Context::default()
    };
    outcome(&[condition(operator, key, value)], &context)
}

#[test]
fn who_the_caller_is_is_known() {
    for (key, value) in [
        (
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333:user/staff/ann",
        ),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:PrincipalType", "User"),
        ("aws:username", "ann"),
        ("aws:userid", "AIDAEXAMPLE"),
        ("aws:PrincipalTag/team", "red"),
        ("AWS:principaltag/TEAM", "red"),
    ] {
        assert_eq!(
            asked(&ann(), "StringEquals", key, value),
            Outcome::Met,
            "{key}"
        );
        assert_eq!(
            asked(&ann(), "StringEquals", key, "other"),
            Outcome::NotMet,
            "{key}"
        );
    }
    assert_eq!(
        asked(&ann(), "Bool", "aws:PrincipalIsAWSService", "true"),
        Outcome::NotMet
    );
    assert_eq!(
        asked(&role(), "StringEquals", "aws:PrincipalType", "AssumedRole"),
        Outcome::Met
    );
}

#[test]
fn a_role_has_no_user_name_and_its_session_decides_its_user_id() {
    assert_eq!(asked(&role(), "Null", "aws:username", "true"), Outcome::Met);
    assert_eq!(
        asked(&role(), "StringLike", "aws:userid", "AROA*"),
        Outcome::Open
    );
}

#[test]
fn a_tag_that_a_user_lacks_is_absent_and_one_that_a_role_lacks_may_come_with_the_session() {
    let key = "aws:PrincipalTag/cost";
    assert_eq!(asked(&ann(), "Null", key, "true"), Outcome::Met);
    assert_eq!(asked(&role(), "Null", key, "true"), Outcome::Open);
    let untold = Principal {
        tags: Vec::new(),
        ..ann()
    };
    assert_eq!(asked(&untold, "Null", key, "true"), Outcome::Open);
}

#[test]
fn of_a_principal_that_no_export_describes_only_the_name_is_known() {
    let stub = Principal {
        is_stub: true,
        ..ann()
    };
    assert_eq!(
        asked(
            &stub,
            "StringEquals",
            "aws:PrincipalAccount",
            "111122223333"
        ),
        Outcome::Met
    );
    assert_eq!(
        asked(&stub, "StringEquals", "aws:username", "ann"),
        Outcome::Open
    );
}

#[test]
fn a_variable_takes_what_is_known_of_the_caller() {
    let expected = "${aws:PrincipalTag/team}/${aws:username}";
    let context = |principal| Context {
        principal,
        known: &[("aws:ResourceTag/owner", &["red/ann"])],
        ..Context::default()
    };
    let one = [condition("StringEquals", "aws:ResourceTag/owner", expected)];
    let (user, role) = (ann(), role());
    assert_eq!(outcome(&one, &context(Some(&user))), Outcome::Met);
    assert_eq!(outcome(&one, &context(Some(&role))), Outcome::NotMet);
    assert_eq!(outcome(&one, &context(None)), Outcome::Open);
}

#[test]
fn the_resource_that_is_asked_for_is_known_where_the_context_gives_it() {
    let tags = [("env".to_owned(), "dev".to_owned())];
    let context = Context {
        resource_account: Some("111122223333"),
        resource_tags: Some(&tags),
        associated_resource: Some("arn:aws:ec2:eu-west-1:111122223333:instance/i-1"),
        ..Context::default()
    };
    for (operator, key, value, answer) in [
        (
            "StringEquals",
            "aws:ResourceAccount",
            "111122223333",
            Outcome::Met,
        ),
        (
            "StringEquals",
            "s3:ResourceAccount",
            "444455556666",
            Outcome::NotMet,
        ),
        ("StringEquals", "aws:ResourceTag/Env", "dev", Outcome::Met),
        (
            "StringEquals",
            "secretsmanager:ResourceTag/env",
            "prod",
            Outcome::NotMet,
        ),
        ("Null", "aws:ResourceTag/team", "true", Outcome::Met),
        (
            "ArnLike",
            "iam:AssociatedResourceArn",
            "arn:aws:ec2:*:*:instance/*",
            Outcome::Met,
        ),
    ] {
        let one = [condition(operator, key, value)];
        assert_eq!(outcome(&one, &context), answer, "{key}");
        assert_eq!(outcome(&one, &Context::default()), Outcome::Open, "{key}");
    }
}

/// Source: repost.aws/knowledge-center/mfa-iam-user-aws-cli; "AWS global condition context keys",
/// `aws:MultiFactorAuthPresent`.
#[test]
fn a_deny_without_mfa_spares_a_leaked_access_key_unless_it_says_if_exists() {
    let context = |session| Context {
        session,
        effect: Some(Effect::Deny),
        ..Context::default()
    };
    let key = "aws:MultiFactorAuthPresent";
    let decide =
        |operator, session| outcome(&[condition(operator, key, "false")], &context(session));
    assert_eq!(decide("Bool", Session::LongTermKey), Outcome::NotMet);
    assert_eq!(decide("BoolIfExists", Session::LongTermKey), Outcome::Met);
    for session in [
        Session::Unknown,
        Session::ConsolePassword,
        Session::RoleSession,
        Session::InstanceRole,
        Session::WebIdentity,
    ] {
        assert_eq!(decide("Bool", session), Outcome::Open, "{session:?}");
        assert_eq!(
            decide("BoolIfExists", session),
            Outcome::Open,
            "{session:?}"
        );
    }
}

#[test]
fn a_long_term_key_has_no_issue_time_and_its_address_is_open() {
    let context = Context {
        session: Session::LongTermKey,
        ..Context::default()
    };
    let decide = |operator, key, value| outcome(&[condition(operator, key, value)], &context);
    assert_eq!(
        decide("Null", "ec2:SourceInstanceARN", "true"),
        Outcome::Met
    );
    // What "revoke active sessions" attaches to a role.
    assert_eq!(
        decide("DateLessThan", "aws:TokenIssueTime", "2026-01-02T00:00:00Z"),
        Outcome::NotMet
    );
    assert_eq!(
        decide("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
        Outcome::NotMet
    );
    assert_eq!(
        decide("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        Outcome::Open
    );
    assert_eq!(
        decide("StringEquals", "aws:SourceVpce", "vpce-1"),
        Outcome::Open
    );
}

#[test]
fn a_time_is_decided_only_where_all_later_times_agree() {
    let context = Context {
        as_of: Some("2026-06-01T00:00:00Z".parse().unwrap()),
        ..Context::default()
    };
    for (operator, value, answer) in [
        ("DateLessThan", "2026-05-01", Outcome::NotMet),
        ("DateLessThan", "2026-06-01", Outcome::NotMet),
        ("DateLessThanEquals", "2026-06-01", Outcome::Open),
        ("DateLessThan", "2026-07-01", Outcome::Open),
        ("DateGreaterThan", "2026-05-01", Outcome::Met),
        ("DateGreaterThan", "2026-06-01", Outcome::Open),
        ("DateGreaterThanEquals", "2026-06-01", Outcome::Met),
        ("DateGreaterThan", "2026-07-01", Outcome::Open),
        ("DateEquals", "2026-05-01", Outcome::NotMet),
        ("DateNotEquals", "2026-05-01", Outcome::Met),
        ("DateEquals", "2026-07-01", Outcome::Open),
        ("NumericLessThan", "5", Outcome::Open),
    ] {
        let one = [condition(operator, "aws:CurrentTime", value)];
        assert_eq!(outcome(&one, &context), answer, "{operator} {value}");
    }
}

/// AWS documents `ResourceOrgID` for every request on a resource of an organization; here no context tells it.
#[test]
fn if_exists_on_a_missing_key_lets_a_deny_fire() {
    let one = [condition(
        "StringNotEqualsIfExists",
        "aws:ResourceOrgID",
        "o-1",
    )];
    let complete = Context {
        is_complete: true,
        ..Context::default()
    };
    assert_eq!(outcome(&one, &complete), Outcome::Met);
    assert_eq!(outcome(&one, &Context::default()), Outcome::Open);
}

fn statement(effect: Effect, conditions: &[Condition]) -> Statement {
    Statement {
        sid: None,
        effect,
        principals: None,
        actions: crate::inventory::Clause::default(),
        resources: None,
        conditions: conditions.to_vec(),
    }
}

/// What a statement's conditions are, among others, for one action.
fn among(
    action: &str,
    effect: Effect,
    conditions: &[Condition],
    others: &[(Effect, &[Condition])],
) -> Outcome {
    let others: Vec<Statement> = others
        .iter()
        .map(|(effect, conditions)| statement(*effect, conditions))
        .collect();
    let together: Vec<&Statement> = others.iter().collect();
    let caller = ann();
    let context = Context {
        principal: Some(&caller),
        action: Some(action),
        effect: Some(effect),
        together: Some(&together),
        ..Context::default()
    };
    outcome(conditions, &context)
}

#[test]
fn an_allow_is_met_by_choice_and_a_deny_avoided() {
    for (action, operator, key, value) in [
        (
            "s3:ListBucket",
            "StringLike",
            "s3:prefix",
            "home/${aws:username}/*",
        ),
        ("s3:ListBucket", "StringEquals", "s3:delimiter", "/"),
        ("s3:ListBucket", "NumericLessThan", "s3:max-keys", "10"),
        ("s3:ListBucket", "NumericGreaterThan", "s3:max-keys", "10"),
        (
            "ec2:CreateTags",
            "StringEquals",
            "aws:RequestTag/team",
            "red",
        ),
        (
            "ec2:CreateTags",
            "ForAnyValue:StringEquals",
            "aws:TagKeys",
            "team",
        ),
        (
            "sts:AssumeRole",
            "StringLike",
            "sts:RoleSessionName",
            "${aws:username}-?",
        ),
        (
            "lambda:CreateFunction",
            "StringLike",
            "aws:RequestedRegion",
            "eu-*",
        ),
        ("s3:GetObject", "StringLike", "aws:UserAgent", "*Safari*"),
        (
            "s3:GetObject",
            "StringLike",
            "aws:Referer",
            "https://example.com/*",
        ),
    ] {
        let one = [condition(operator, key, value)];
        assert_eq!(
            among(action, Effect::Allow, &one, &[]),
            Outcome::Met,
            "{key}"
        );
        assert_eq!(
            among(action, Effect::Deny, &one, &[]),
            Outcome::NotMet,
            "{key}"
        );
    }
}

#[test]
fn a_choice_that_no_value_serves_is_open() {
    for (action, effect, operator, key, value) in [
        (
            "sts:AssumeRole",
            Effect::Allow,
            "StringEquals",
            "sts:RoleSessionName",
            "a b",
        ),
        (
            "sts:AssumeRole",
            Effect::Deny,
            "StringLike",
            "sts:RoleSessionName",
            "*",
        ),
        (
            "ec2:RunInstances",
            Effect::Allow,
            "StringEquals",
            "aws:RequestedRegion",
            "mars-1",
        ),
        (
            "ec2:RunInstances",
            Effect::Deny,
            "StringLike",
            "aws:RequestedRegion",
            "*-*",
        ),
        (
            "s3:ListBucket",
            Effect::Deny,
            "StringLikeIfExists",
            "s3:prefix",
            "*",
        ),
    ] {
        let one = [condition(operator, key, value)];
        assert_eq!(among(action, effect, &one, &[]), Outcome::Open, "{key}");
    }
    let both = [
        condition("StringLike", "s3:prefix", "a*"),
        condition("StringNotLike", "s3:prefix", "a*"),
    ];
    assert_eq!(
        among("s3:ListBucket", Effect::Allow, &both, &[]),
        Outcome::Open
    );
}

#[test]
fn a_key_is_chosen_only_for_actions_that_have_it() {
    for (action, key) in [
        ("s3:GetObject", "s3:prefix"),
        ("iam:PassRole", "aws:RequestedRegion"),
        ("lambda:UpdateFunctionCode", "aws:RequestedRegion"),
        ("s3:GetObject", "aws:RequestTag/team"),
        ("iam:CreateRole", "sts:RoleSessionName"),
        ("sts:AssumeRole", "sts:ExternalId"),
    ] {
        let one = [condition("StringEquals", key, "eu-west-1")];
        assert_eq!(
            among(action, Effect::Allow, &one, &[]),
            Outcome::Open,
            "{key}"
        );
    }
}

/// "Multivalued context key examples": `ForAllValues` returns true if there are no keys in the request.
#[test]
fn a_request_without_tags_satisfies_for_all_values_and_is_always_possible() {
    let one = [condition(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        "team",
    )];
    assert_eq!(
        among("ec2:RunInstances", Effect::Allow, &one, &[]),
        Outcome::Met
    );
    let tagged = [condition("StringEquals", "aws:RequestTag/team", "red")];
    assert_eq!(
        among("ec2:RunInstances", Effect::Deny, &tagged, &[]),
        Outcome::NotMet
    );
    let untagged = [condition("Null", "aws:RequestTag/team", "true")];
    assert_eq!(
        among("ec2:RunInstances", Effect::Deny, &untagged, &[]),
        Outcome::Open
    );
}

#[test]
fn a_key_that_several_statements_restrict_needs_one_value_for_all() {
    let ireland = [condition(
        "StringEquals",
        "aws:RequestedRegion",
        "eu-west-1",
    )];
    let outside_europe = [condition("StringNotLike", "aws:RequestedRegion", "eu-*")];
    let outside_us = [condition(
        "StringNotEquals",
        "aws:RequestedRegion",
        "us-east-1",
    )];
    let decide = |effect, own: &[Condition], others: &[(Effect, &[Condition])]| {
        among("ec2:RunInstances", effect, own, others)
    };
    // The value that the Allow asks for avoids the first Deny, and not the second.
    let fits = [
        (Effect::Allow, &ireland[..]),
        (Effect::Deny, &outside_europe[..]),
    ];
    assert_eq!(decide(Effect::Allow, &ireland, &fits), Outcome::Met);
    assert_eq!(
        decide(Effect::Deny, &outside_europe, &fits),
        Outcome::NotMet
    );
    let clashes = [
        (Effect::Allow, &ireland[..]),
        (Effect::Deny, &outside_us[..]),
    ];
    assert_eq!(decide(Effect::Allow, &ireland, &clashes), Outcome::Open);
    assert_eq!(decide(Effect::Deny, &outside_us, &clashes), Outcome::Open);
    // A Deny that is known not to apply does not count.
    let of_another = [
        several("StringNotEquals", "aws:RequestedRegion", &["us-east-1"]),
        condition("StringEquals", "aws:username", "bob"),
    ];
    let spared = [(Effect::Deny, &of_another[..])];
    assert_eq!(decide(Effect::Allow, &ireland, &spared), Outcome::Met);
}

#[test]
fn tags_and_their_keys_are_one_choice() {
    let keys = [condition(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        "cost",
    )];
    let tag = [condition("StringEquals", "aws:RequestTag/team", "red")];
    let all = [(Effect::Allow, &keys[..]), (Effect::Allow, &tag[..])];
    assert_eq!(
        among("ec2:CreateTags", Effect::Allow, &tag, &all),
        Outcome::Open
    );
    assert_eq!(
        among("ec2:CreateTags", Effect::Allow, &keys, &all),
        Outcome::Met
    );
}

#[test]
fn nothing_is_chosen_where_the_statements_are_not_known_or_a_service_calls() {
    let one = [condition("StringLike", "aws:UserAgent", "*")];
    let context = Context {
        effect: Some(Effect::Allow),
        ..Context::default()
    };
    assert_eq!(outcome(&one, &context), Outcome::Open);
    let together = Context {
        together: Some(&[]),
        ..context
    };
    assert_eq!(outcome(&one, &together), Outcome::Met);
    let service = Context {
        source_account: Some("111122223333"),
        ..together
    };
    assert_eq!(outcome(&one, &service), Outcome::Open);
}

#[test]
fn the_keys_shown_are_the_open_ones_each_once() {
    let all = [
        condition("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        condition("NotIpAddress", "aws:SourceIp", "10.1.0.0/16"),
        condition("Bool", "aws:SecureTransport", "true"),
        condition("StringEquals", "sts:ExternalId", "shared"),
    ];
    assert_eq!(
        open_keys(&all, &Context::default()),
        "`aws:SourceIp`, `sts:ExternalId`"
    );
}

#[test]
fn a_variable_about_the_caller_asks_who_calls() {
    let asks = |key, value| asks(&[condition("StringEquals", key, value)]);
    for (key, value) in [
        ("aws:PrincipalTag/team", "red"),
        ("sts:RoleSessionName", "x-${AWS:username}"),
        ("aws:ResourceTag/team", "${aws:PrincipalTag/team, 'none'}"),
        ("aws:PrincipalOrgID", "${aws:username}"),
    ] {
        assert_eq!(asks(key, value), Asks::Principal, "{key} {value}");
    }
    for (key, value) in [
        ("aws:PrincipalOrgID", "o-exampleorg1"),
        ("aws:principalorgpaths", "o-exampleorg1/*"),
        ("AWS:PrincipalAccount", "111122223333"),
        ("aws:ResourceOrgID", "${aws:PrincipalOrgID}"),
    ] {
        assert_eq!(asks(key, value), Asks::Account, "{key} {value}");
    }
    assert_eq!(asks("aws:ResourceTag/team", "aws:username"), Asks::Nothing);
    assert_eq!(asks("aws:SourceVpc", "${aws:SourceVpc}"), Asks::Nothing);
}

fn place() -> Place {
    Place {
        account: "111122223333".to_owned(),
        organization: Some("o-exampleorg1".to_owned()),
        path: Some("o-exampleorg1/r-exam/ou-exam-workload/".to_owned()),
    }
}

#[test]
fn the_organisation_of_caller_and_resource_is_known_from_where_their_accounts_stand() {
    let place = place();
    let elsewhere = Place {
        account: "444455556666".to_owned(),
        organization: None,
        path: None,
    };
    let at = |caller, resource| Context {
        caller_place: Some(caller),
        resource_place: Some(resource),
        ..Context::default()
    };
    let decide = |context: &Context<'_>, operator: &str, key: &str, value: &str| {
        outcome(&[condition(operator, key, value)], context)
    };
    let home = at(&place, &place);
    for (operator, key, value, answer) in [
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            "o-exampleorg1",
            Outcome::Met,
        ),
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            "o-exampleorg2",
            Outcome::NotMet,
        ),
        (
            "StringNotEquals",
            "aws:PrincipalOrgID",
            "o-exampleorg1",
            Outcome::NotMet,
        ),
        (
            "StringEquals",
            "aws:ResourceOrgID",
            "${aws:PrincipalOrgID}",
            Outcome::Met,
        ),
        (
            "StringNotEquals",
            "aws:ResourceOrgID",
            "o-exampleorg2",
            Outcome::Met,
        ),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            "o-exampleorg1/r-exam/ou-exam-workload/*",
            Outcome::Met,
        ),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            "o-exampleorg1/r-exam/ou-exam-sandbox/*",
            Outcome::NotMet,
        ),
        (
            "ForAnyValue:StringEquals",
            "aws:ResourceOrgPaths",
            "o-exampleorg1/r-exam/ou-exam-workload/",
            Outcome::Met,
        ),
        (
            "StringEquals",
            "aws:ResourceAccount",
            "111122223333",
            Outcome::Met,
        ),
        (
            "StringEquals",
            "aws:ResourceAccount",
            "444455556666",
            Outcome::NotMet,
        ),
        (
            "StringEquals",
            "aws:PrincipalAccount",
            "111122223333",
            Outcome::Met,
        ),
    ] {
        assert_eq!(
            decide(&home, operator, key, value),
            answer,
            "{operator} {key} {value}"
        );
    }
    let away = at(&elsewhere, &place);
    for key in ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"] {
        let answer = decide(&away, "StringEquals", key, "o-exampleorg1");
        assert_eq!(answer, Outcome::Open, "no export tells of {key}");
    }
}

const ROLE: Outsider = Outsider::Role {
    is_in_organization: false,
};
const USER: Outsider = Outsider::User {
    is_in_organization: false,
};
const MEMBER: Outsider = Outsider::Role {
    is_in_organization: true,
};

/// What one condition of an Allow, or of a Deny, is for somebody outside, nothing else deciding on it.
fn outside(outsider: Outsider, effect: Effect, conditions: &[Condition]) -> Outcome {
    let place = place();
    let context = Context {
        outsider: Some(outsider),
        resource_place: Some(&place),
        effect: Some(effect),
        together: Some(&[]),
        ..Context::default()
    };
    outcome(conditions, &context)
}

#[test]
fn what_names_an_account_or_organisation_is_never_met_by_somebody_outside() {
    for (operator, key, value) in [
        ("StringEquals", "aws:PrincipalOrgID", "o-exampleorg1"),
        ("StringLike", "aws:PrincipalOrgID", "o-exampleorg1"),
        ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
        ("StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            "o-exampleorg1/*",
        ),
        ("StringEquals", "aws:PrincipalAccount", "111122223333"),
        (
            "StringEquals",
            "aws:PrincipalAccount",
            "${aws:ResourceAccount}",
        ),
        (
            "ArnLike",
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333:role/*",
        ),
        (
            "StringLike",
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333:*",
        ),
        (
            "StringLike",
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333*",
        ),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:group/x"),
        ("StringEquals", "aws:PrincipalArn", "arn:aws:iam::*:role/x"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:111122223333:*"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::data"),
        ("StringEquals", "aws:SourceAccount", "111122223333"),
        ("Bool", "aws:PrincipalIsAWSService", "true"),
    ] {
        for outsider in [ROLE, USER, MEMBER, Outsider::Anonymous] {
            let conditions = [condition(operator, key, value)];
            let answer = outside(outsider, Effect::Allow, &conditions);
            assert_eq!(
                answer,
                Outcome::NotMet,
                "{outsider:?}: {operator} {key} {value}"
            );
        }
    }
}

#[test]
fn a_deny_of_all_but_the_organisation_holds_for_everybody_outside() {
    for operator in [
        "StringNotEquals",
        "StringNotEqualsIfExists",
        "StringNotLike",
    ] {
        for (key, value) in [
            ("aws:PrincipalOrgID", "o-exampleorg1"),
            ("aws:PrincipalAccount", "111122223333"),
            ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/app"),
        ] {
            for outsider in [ROLE, USER, MEMBER, Outsider::Anonymous] {
                let conditions = [condition(operator, key, value)];
                let answer = outside(outsider, Effect::Deny, &conditions);
                assert_eq!(answer, Outcome::Met, "{outsider:?}: {operator} {key}");
            }
        }
    }
}

#[test]
fn somebody_outside_names_and_tags_what_is_theirs() {
    for (operator, key, value) in [
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"),
        ("StringLike", "aws:PrincipalArn", "*:role/admin-?"),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"),
        ("StringEquals", "aws:PrincipalTag/team", "red"),
        ("StringLike", "aws:PrincipalAccount", "*"),
        ("StringNotEquals", "aws:PrincipalAccount", "444455556666"),
    ] {
        let conditions = [condition(operator, key, value)];
        let of = |outsider| outside(outsider, Effect::Allow, &conditions);
        assert_eq!(of(ROLE), Outcome::Met, "{operator} {key} {value}");
        let is_negated = operator.contains("Not");
        let anonymous = if is_negated {
            Outcome::Met
        } else {
            Outcome::NotMet
        };
        assert_eq!(of(Outsider::Anonymous), anonymous, "{operator} {key}");
    }
    let named = [condition("StringEquals", "aws:username", "ada")];
    assert_eq!(outside(USER, Effect::Allow, &named), Outcome::Met);
    assert_eq!(outside(ROLE, Effect::Allow, &named), Outcome::NotMet);
    let member = [condition("StringLike", "aws:PrincipalOrgID", "o-*")];
    assert_eq!(outside(MEMBER, Effect::Allow, &member), Outcome::Met);
    assert_eq!(outside(ROLE, Effect::Allow, &member), Outcome::NotMet);
    let role = [condition(
        "ArnLike",
        "aws:PrincipalArn",
        "arn:aws:iam::*:role/x",
    )];
    assert_eq!(outside(USER, Effect::Allow, &role), Outcome::NotMet);
}

#[test]
fn what_somebody_outside_may_come_to_have_is_open() {
    for (operator, key, value) in [
        ("StringLike", "aws:PrincipalAccount", "1111*"),
        ("StringLike", "aws:PrincipalOrgID", "o-a*"),
        (
            "ArnLike",
            "aws:PrincipalArn",
            "arn:aws:iam::11112222*:role/x",
        ),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*"),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        ("NumericEquals", "aws:PrincipalAccount", "111122223333"),
    ] {
        let conditions = [condition(operator, key, value)];
        let answer = outside(MEMBER, Effect::Allow, &conditions);
        assert_eq!(answer, Outcome::Open, "{operator} {key} {value}");
    }
}

#[test]
fn the_name_and_arn_of_a_user_are_one_choice() {
    let both = |arn, name| {
        let arn = condition("ArnLike", "aws:PrincipalArn", arn);
        let conditions = [arn, condition("StringLike", "aws:username", name)];
        outside(USER, Effect::Allow, &conditions)
    };
    assert_eq!(both("arn:aws:iam::*:user/x*", "*y"), Outcome::Met);
    let below = both("arn:aws:iam::*:user/x*", "y");
    assert_eq!(below, Outcome::Met, "`y` below the path `/x/`");
    assert_eq!(both("arn:aws:iam::*:user/x", "y"), Outcome::Open);
    let no_name = [condition("StringEquals", "aws:username", "a?a")];
    assert_eq!(outside(USER, Effect::Allow, &no_name), Outcome::NotMet);
}

#[test]
fn somebody_outside_takes_a_name_that_is_like_a_pattern_and_none_of_those_excluded() {
    let like = condition("StringLike", "aws:username", "a?a");
    let but = |operator| {
        let mut excluded = condition(operator, "aws:username", "ada");
        excluded.values.push("a?a".to_owned());
        outside(USER, Effect::Allow, &[like.clone(), excluded])
    };
    assert_eq!(but("StringNotEquals"), Outcome::Met);
    assert_ne!(but("StringNotLike"), Outcome::Met);
}

#[test]
fn one_allow_is_enough_for_somebody_outside_and_every_deny_must_be_avoided() {
    let statement = |effect, name: &str| Statement {
        sid: None,
        effect,
        principals: None,
        actions: Clause::default(),
        resources: None,
        conditions: vec![condition(
            "ArnLike",
            "aws:PrincipalArn",
            &format!("arn:aws:iam::*:role/{name}"),
        )],
    };
    let decide = |asked: &Statement, allow: &Statement, peers: &[&Statement]| {
        let context = Context {
            outsider: Some(ROLE),
            admitted_by: &allow.conditions,
            effect: Some(asked.effect),
            together: Some(peers),
            ..Context::default()
        };
        outcome(&asked.conditions, &context)
    };
    let (x, y) = (statement(Effect::Allow, "x"), statement(Effect::Allow, "y"));
    assert_eq!(decide(&x, &x, &[&y]), Outcome::Met);
    let (not_x, not_z) = (statement(Effect::Deny, "x"), statement(Effect::Deny, "z"));
    assert_eq!(decide(&x, &x, &[&y, &not_z]), Outcome::Met);
    assert_eq!(decide(&x, &x, &[&y, &not_x]), Outcome::Open);
    assert_eq!(decide(&not_z, &x, &[&x, &y]), Outcome::NotMet);
    assert_eq!(decide(&not_x, &y, &[&x, &y]), Outcome::NotMet);
    assert_eq!(decide(&not_x, &x, &[&x, &y]), Outcome::Open);
}

#[test]
fn anonymous_requests_have_no_principal_but_a_type() {
    let of = |operator, key, value| {
        outside(
            Outsider::Anonymous,
            Effect::Allow,
            &[condition(operator, key, value)],
        )
    };
    assert_eq!(
        of("StringEquals", "aws:PrincipalType", "Anonymous"),
        Outcome::Met
    );
    assert_eq!(of("Null", "aws:PrincipalArn", "true"), Outcome::Met);
    assert_eq!(
        of("Null", "aws:PrincipalTag/team", "false"),
        Outcome::NotMet
    );
    let sorts = |action| Outsider::all(action).count();
    assert_eq!((sorts("s3:GetObject"), sorts("sts:AssumeRole")), (5, 4));
}

#[test]
fn a_principal_that_asks_itself_is_no_service() {
    let lower = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"];
    for key in lower {
        assert_eq!(
            asked(&ann(), "StringLike", key, "*"),
            Outcome::NotMet,
            "{key}"
        );
        let nobody = outcome(&[condition("StringLike", key, "*")], &Context::default());
        assert_eq!(nobody, Outcome::Open, "{key}");
    }
}

/// What a Deny is for somebody outside whom an Allow lets in.
fn denied_to_the_admitted(outsider: Outsider, allow: &[Condition], deny: &[Condition]) -> Outcome {
    let place = place();
    let together = [
        &statement(Effect::Allow, allow),
        &statement(Effect::Deny, deny),
    ];
    let context = Context {
        outsider: Some(outsider),
        admitted_by: allow,
        resource_place: Some(&place),
        effect: Some(Effect::Deny),
        together: Some(&together),
        ..Context::default()
    };
    outcome(deny, &context)
}

#[test]
fn a_deny_of_all_names_but_one_denies_whoever_may_not_have_that_one() {
    let name = |operator, value| [condition(operator, "aws:username", value)];
    let all_but_ada = name("StringNotEquals", "ADA");
    let of = |allow: &[Condition]| denied_to_the_admitted(USER, allow, &all_but_ada);
    assert_eq!(of(&name("StringNotEqualsIgnoreCase", "ada")), Outcome::Met);
    assert_eq!(of(&name("StringEquals", "ada")), Outcome::Met);
    assert_eq!(of(&name("StringNotEquals", "ada")), Outcome::NotMet);
    assert_eq!(of(&name("StringEqualsIgnoreCase", "ada")), Outcome::NotMet);
    // What that is equal to is told by nobody.
    assert_ne!(
        of(&name("StringNotEquals", "${aws:PrincipalTag/team}")),
        Outcome::Met
    );
}

#[test]
fn tags_that_somebody_outside_may_send_with_their_keys_are_open() {
    let tagged = [
        condition("StringEquals", "aws:RequestTag/team", "red"),
        condition("ForAllValues:StringEquals", "aws:TagKeys", "team"),
    ];
    let of = |action, conditions: &[Condition]| {
        let context = Context {
            outsider: Some(ROLE),
            admitted_by: conditions,
            action: Some(action),
            effect: Some(Effect::Allow),
            together: Some(&[]),
            ..Context::default()
        };
        outcome(conditions, &context)
    };
    assert_eq!(of("sts:TagSession", &tagged), Outcome::Open);
    let [tag, _] = &tagged;
    let tag = std::slice::from_ref(tag);
    assert_eq!(of("sts:TagSession", tag), Outcome::Met);
    assert_eq!(of("sts:AssumeRole", tag), Outcome::Open);
}
