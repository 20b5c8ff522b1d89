//! `aws s3api get-bucket-encryption`: under which key a bucket's new objects are encrypted.
//!
//! The body does not say of which bucket: the layout does. A bucket under the account's `aws/s3` key, or without a key of
//! its own (`AES256`), needs no key besides the right to read.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html> (read 2026-11).

use super::{AWS, emit_tenant};
use crate::inventory::{Record, ResourceRecord};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use serde::Deserialize;

const EXPECTED: &str = "aws/<account>/s3/bucket-encryption/<bucket>.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/bucket_encryption",
    about: "AWS S3 default encryption of one bucket",
    command: "aws s3api get-bucket-encryption --bucket <bucket> --output json > aws/<account>/s3/bucket-encryption/<bucket>.json",
    keys: &["ServerSideEncryptionConfiguration"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object() && page.has_keys(&["ServerSideEncryptionConfiguration"])
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(rename = "Rules", default, deserialize_with = "null_as_default")]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "ApplyServerSideEncryptionByDefault", default)]
    default: Option<Default>,
}

#[derive(Deserialize)]
struct Default {
    #[serde(rename = "KMSMasterKeyID", default)]
    key: Option<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.member("ServerSideEncryptionConfiguration") else {
        return;
    };
    let Some(configuration) = intake.parse::<Configuration>(&row) else {
        return;
    };
    let at = intake.row(&row);
    let place = page.layout().aws();
    let of =
        place.and_then(|place| Some((place.account, place.stem_in(&["s3", "bucket-encryption"])?)));
    let Some((account, bucket)) = of else {
        intake.missing_parent(Severity::Skipped, &at, "which bucket it is of", EXPECTED);
        return;
    };
    let tenant = emit_tenant(intake, account, at.clone());
    let key = configuration
        .rules
        .into_iter()
        .find_map(|rule| rule.default?.key)
        .filter(|key| !key.ends_with("alias/aws/s3"));
    let Some(encryption_key) = key else {
        return;
    };
    let partition = super::arn::Arn::parse(&encryption_key)
        .map_or("aws", |arn| arn.partition)
        .to_owned();
    let key = intake.key(&format!("arn:{partition}:s3:::{bucket}"));
    intake.emit(Record::Resource(ResourceRecord {
        key,
        aliases: Vec::new(),
        name: bucket.to_owned(),
        kind: super::buckets::KIND.to_owned(),
        platform: AWS,
        tenant: Some(tenant),
        tags: Vec::new(),
        encryption_key: Some(encryption_key),
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: at,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    fn key_at(path: &str, key: &str) -> Option<String> {
        let body = format!(
            r#"{{"ServerSideEncryptionConfiguration": {{"Rules": [{{"ApplyServerSideEncryptionByDefault": {{"SSEAlgorithm": "aws:kms"{key}}}}}]}}}}"#
        );
        let reading = trial::read_one(path, &body);
        reading.records.iter().find_map(|record| match record {
            Record::Resource(it) => it.encryption_key.clone(),
            _ => None,
        })
    }

    #[test]
    fn only_a_customers_own_key_counts() {
        let path = "aws/111122223333/s3/bucket-encryption/data.json";
        let own = "arn:aws:kms:eu-west-1:111122223333:key/k";
        assert_eq!(
            key_at(path, &format!(r#", "KMSMasterKeyID": "{own}""#)).as_deref(),
            Some(own)
        );
        let aws = r#", "KMSMasterKeyID": "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3""#;
        assert_eq!(key_at(path, aws), None);
        assert_eq!(key_at(path, ""), None);
    }

    #[test]
    fn without_its_bucket_it_is_a_problem_and_no_guess() {
        let reading = trial::read_one(
            "e.json",
            r#"{"ServerSideEncryptionConfiguration": {"Rules": []}}"#,
        );
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
    }
}
