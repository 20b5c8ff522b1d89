//! `aws s3control get-public-access-block`, `aws s3api get-public-access-block`: whether public policies of buckets count.
//!
//! Both answer alike and name neither account nor bucket: the layout does. Of the four settings only
//! `RestrictPublicBuckets` changes what a policy that exists does; `BlockPublicPolicy` refuses new ones, and the other
//! two are about access control lists, which no export that is read holds.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html> (read 2026-11).

use super::emit_tenant;
use crate::inventory::{PublicAccessOf, PublicAccessRecord, Record};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use serde::Deserialize;

const EXPECTED: &str = "aws/<account>/s3/public-access-block/<bucket>.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/public_access",
    about: "AWS S3 Block Public Access of an account or a bucket",
    command: "aws s3control get-public-access-block --account-id <account> --output json > aws/<account>/s3/public-access-block.json",
    keys: &["PublicAccessBlockConfiguration"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object() && page.has_keys(&["PublicAccessBlockConfiguration"])
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(rename = "RestrictPublicBuckets", default)]
    is_restricted: bool,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Some(row) = page.member("PublicAccessBlockConfiguration") else {
        return;
    };
    let Some(configuration) = intake.parse::<Configuration>(&row) else {
        return;
    };
    let at = intake.row(&row);
    let place = page.layout().aws();
    let of = place.and_then(|place| {
        if place.stem_in(&["s3"]) == Some("public-access-block") {
            return Some((place.account.to_owned(), None));
        }
        let bucket = place.stem_in(&["s3", "public-access-block"])?;
        Some((place.account.to_owned(), Some(bucket.to_owned())))
    });
    let Some((account, bucket)) = of else {
        intake.missing_parent(
            Severity::Skipped,
            &at,
            "of which account or bucket it is",
            EXPECTED,
        );
        return;
    };
    let tenant = emit_tenant(intake, &account, at.clone());
    let of = match bucket {
        None => PublicAccessOf::Tenant(tenant),
        // Its ARN has no account and the partition is not told: the bucket is asked for by its name.
        Some(bucket) => PublicAccessOf::Resource {
            tenant,
            name: bucket,
        },
    };
    intake.emit(Record::PublicAccess(PublicAccessRecord {
        of,
        is_closed: configuration.is_restricted,
        evidence: at,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    fn read_at(path: &str, restrict: &str) -> Vec<(bool, bool)> {
        let body = format!(
            r#"{{"PublicAccessBlockConfiguration": {{"BlockPublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": {restrict}}}}}"#
        );
        let reading = trial::read_one(path, &body);
        if reading.records.is_empty() {
            assert!(matches!(
                reading.problems[0].code,
                ProblemCode::MissingParent | ProblemCode::BadRecord
            ));
        }
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::PublicAccess(it) => {
                    Some((matches!(it.of, PublicAccessOf::Tenant(_)), it.is_closed))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn the_layout_tells_account_from_bucket() {
        let account = "aws/111122223333/s3/public-access-block.json";
        assert_eq!(read_at(account, "true"), [(true, true)]);
        assert_eq!(read_at(account, "false"), [(true, false)]);
        let bucket = "aws/111122223333/s3/public-access-block/data.json";
        assert_eq!(read_at(bucket, "true"), [(false, true)]);
        assert_eq!(read_at("p.json", "true"), []);
        assert_eq!(read_at(bucket, "\"yes\""), []);
    }
}
