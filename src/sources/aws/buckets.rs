//! `aws s3api list-buckets`: the buckets of one account, all regions.
//!
//! The body names the owner by a canonical id and not by account, which therefore comes from the layout.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html> (read 2026-11).

use super::arn::partition_of_region;
use super::{AWS, emit_listing, emit_tenant};
use crate::inventory::{Record, ResourceRecord};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use serde::Deserialize;

pub(super) const KIND: &str = "s3:bucket";
const EXPECTED: &str = "aws/<account>/s3/list-buckets.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/buckets",
    about: "AWS S3 buckets of one account",
    command: "aws s3api list-buckets --output json > aws/<account>/s3/list-buckets.json",
    keys: &["Buckets", "Owner"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object() && page.lists("Buckets", &["Name"])
}

#[derive(Deserialize)]
struct Bucket {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "BucketArn", default)]
    arn: Option<String>,
    #[serde(rename = "BucketRegion", default)]
    region: Option<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let at = intake.page(page);
    let account = page.layout().aws().map(|place| place.account.to_owned());
    let tenant = account
        .as_deref()
        .map(|account| emit_tenant(intake, account, at.clone()));
    if tenant.is_none() {
        intake.missing_parent(
            Severity::Doubt,
            &at,
            "which account owns the buckets",
            EXPECTED,
        );
    }
    for row in page.rows("Buckets").unwrap_or_default() {
        let Some(bucket) = intake.parse::<Bucket>(&row) else {
            continue;
        };
        let partition = partition_of_region(bucket.region.as_deref().unwrap_or(""));
        let arn = bucket
            .arn
            .unwrap_or_else(|| format!("arn:{partition}:s3:::{}", bucket.name));
        let key = intake.key(&arn);
        let evidence = intake.row(&row);
        intake.emit(Record::Resource(ResourceRecord {
            key,
            aliases: Vec::new(),
            name: bucket.name,
            kind: KIND.to_owned(),
            platform: AWS,
            tenant: tenant.clone(),
            tags: Vec::new(),
            encryption_key: None,
            environment: None,
            sensitivity: None,
            owner: None,
            evidence,
        }));
    }
    if let Some(account) = account {
        emit_listing(intake, &account, KIND, page.is_whole(), at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    const BODY: &str = r#"{"Buckets": [{"Name": "my.bucket", "CreationDate": "2020-01-01T00:00:00Z"}], "Owner": {"ID": "x"}}"#;

    #[test]
    fn the_account_comes_from_the_layout_and_is_never_guessed() {
        let tenant_of = |path: &str| {
            let reading = trial::read_one(path, BODY);
            let tenant = reading.records.iter().find_map(|record| match record {
                Record::Resource(it) => {
                    assert_eq!(&*it.key, "arn:aws:s3:::my.bucket");
                    Some(it.tenant.as_deref().map(str::to_owned))
                }
                _ => None,
            });
            (
                tenant.unwrap(),
                reading.problems.first().map(|problem| problem.code),
            )
        };
        assert_eq!(
            tenant_of("aws/111122223333/s3/list-buckets.json"),
            (Some("aws:account:111122223333".to_owned()), None)
        );
        assert_eq!(
            tenant_of("list-buckets.json"),
            (None, Some(ProblemCode::MissingParent))
        );
    }

    #[test]
    fn buckets_of_lightsail_are_not_recognised() {
        let reading = trial::read_one("b.json", r#"{"buckets": [{"name": "x"}]}"#);
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
