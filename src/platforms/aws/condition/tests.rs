use super::*;
use crate::inventory::PrincipalKind;

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
    let asks = |key, value| asks_for_principal(&[condition("StringEquals", key, value)]);
    assert!(asks("aws:PrincipalTag/team", "red"));
    assert!(asks("sts:RoleSessionName", "x-${AWS:username}"));
    assert!(asks(
        "aws:ResourceTag/team",
        "${aws:PrincipalTag/team, 'none'}"
    ));
    assert!(!asks("aws:ResourceTag/team", "aws:username"));
    assert!(!asks("aws:SourceVpc", "${aws:SourceVpc}"));
}
