//! `aws s3api get-bucket-policy`: one bucket's own policy.
//!
//! The body is `{"Policy": "<JSON as a string>"}` and does not say of which bucket: that, and the account, come from the
//! layout. The ARNs inside the policy are never taken for it: a policy may name other buckets too.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html> (read 2026-11).

use super::arn::Arn;
use super::buckets::KIND;
use super::policy::{self, Use};
use super::{AWS, emit_tenant};
use crate::inventory::{Clause, Record, ResourceRecord, ScopeRecord, Terms};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json;

const EXPECTED: &str = "aws/<account>/s3/bucket-policy/<bucket>.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/bucket_policy",
    about: "AWS S3 policy of one bucket",
    command: "aws s3api get-bucket-policy --bucket <bucket> --output json > aws/<account>/s3/bucket-policy/<bucket>.json",
    keys: &["Policy"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    // `lambda get-policy`, `kms get-key-policy` and others answer in the same shape: where the layout names another
    // service, it is theirs.
    let is_elsewhere = page
        .layout()
        .aws()
        .and_then(|place| place.tail.first())
        .is_some_and(|service| service != "s3");
    let is_string = page
        .member("Policy")
        .is_some_and(|policy| json::opening(policy.raw) == '"');
    page.is_object() && page.keys().len() == 1 && is_string && !is_elsewhere
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let at = intake.page(page);
    let Some(policy) = page.member("Policy") else {
        return;
    };
    let place = page.layout().aws();
    let parent =
        place.and_then(|place| Some((place.account, place.stem_in(&["s3", "bucket-policy"])?)));
    let Some((account, bucket)) = parent else {
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "which bucket's policy it is",
            EXPECTED,
        );
        return;
    };
    let statements = policy::statements(intake, &policy, Use::Resource);
    // A bucket's ARN names neither region nor account; the partition is that of the resources in its own policy.
    let partition = statements
        .iter()
        .filter_map(|placed| placed.statement.resources.as_ref())
        .flat_map(|Clause { values, .. }| values)
        .find_map(|value| Some(Arn::parse(value)?.partition.to_owned()))
        .unwrap_or_else(|| "aws".to_owned());
    let key = intake.key(&format!("arn:{partition}:s3:::{bucket}"));
    let tenant = emit_tenant(intake, account, at.clone());
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: bucket.to_owned(),
        kind: KIND.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: at,
    }));
    for placed in statements {
        let scope = intake.key(&format!("{key}#policy/{}", placed.name));
        intake.emit(Record::Scope(ScopeRecord {
            key: scope,
            name: format!("policy of bucket {bucket} / {}", placed.name),
            terms: Terms::ResourcePolicy {
                resource: key.clone(),
                statement: placed.statement,
            },
            evidence: placed.evidence,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    fn body() -> String {
        let policy = r#"{"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws-us-gov:iam::111122223333:root"}, "Action": "s3:*", "Resource": "arn:aws-us-gov:s3:::other/*"},
            {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}"#;
        serde_json::json!({ "Policy": policy }).to_string()
    }

    #[test]
    fn the_bucket_comes_from_the_layout_and_never_from_the_policy() {
        let reading = trial::read_one("aws/111122223333/s3/bucket-policy/mine.json", &body());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let bucket = "arn:aws-us-gov:s3:::mine";
        assert_eq!(
            trial::place_of(&reading, &format!("{bucket}#policy/Open")),
            "1 /Policy/Statement/1"
        );
        assert_eq!(
            trial::place_of(&reading, &format!("{bucket}#policy/0")),
            "1 /Policy/Statement/0"
        );
        let everybody = reading.records.iter().find_map(|record| match record {
            Record::Scope(scope) => match &scope.terms {
                Terms::ResourcePolicy { statement, .. } if scope.key.ends_with("Open") => {
                    statement.principals.clone()
                }
                _ => None,
            },
            _ => None,
        });
        assert_eq!(
            everybody.unwrap().entries,
            [("*".to_owned(), "*".to_owned())]
        );
    }

    #[test]
    fn without_its_bucket_a_policy_is_a_problem_and_no_guess() {
        let reading = trial::read_one("policy.json", &body());
        assert!(reading.records.is_empty());
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
    }

    #[test]
    fn the_policy_of_a_key_is_not_taken_for_a_buckets() {
        let reading = trial::read_one("aws/111122223333/kms/key-policy/k.json", &body());
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
