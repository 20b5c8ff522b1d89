use super::*;

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
