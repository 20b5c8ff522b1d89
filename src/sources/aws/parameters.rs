//! `aws ssm describe-parameters` and `aws ssm get-parameters-by-path`: names of Parameter Store's parameters, never their
//! values.
//!
//! A value that an answer holds is not read. A `SecureString` without a key of its own is under the account's `aws/ssm`
//! key, which lets everybody in the account decrypt who may read the parameter: no key is needed besides ("The default
//! AWS KMS key has Decrypt permission for all IAM principals within the AWS account"). Only `describe-parameters` tells
//! the key; what the other answer lists as a `SecureString` is under one that is not known.
//!
//! Source: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html>,
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html> and
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html> (read 2026-11).

use super::arn::{Arn, partition_of_region};
use super::{AWS, emit_listing, emit_tenant, tenant_key};
use crate::inventory::{Record, ResourceRecord};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use serde::Deserialize;
use std::collections::BTreeSet;

const KIND: &str = "ssm:parameter";

/// The key of parameters that name no other.
const DEFAULT_KEY: &str = "alias/aws/ssm";

/// Stands for the key of a `SecureString` whose key the answer does not tell.
const UNTOLD_KEY: &str = "the parameter's key, which this answer does not tell";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/parameters",
    about: "AWS Systems Manager parameters of one account and region, by name",
    command: "aws ssm describe-parameters --output json > aws/<account>/ssm/describe-parameters-<region>.json",
    keys: &["Parameters"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object()
        && (page.lists("Parameters", &["Name", "Type"])
            && (page.layout().aws().is_some() || page.lists("Parameters", &["ARN"])))
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "ARN", default)]
    arn: Option<String>,
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Type", default)]
    kind: Option<String>,
    #[serde(rename = "KeyId", default)]
    key: Option<String>,
}

/// The key without which the parameter's value is not read.
fn encryption_key(parameter: &Parameter, is_description: bool) -> Option<String> {
    if parameter.kind.as_deref() != Some("SecureString") {
        return None;
    }
    match &parameter.key {
        Some(key) if key.ends_with(DEFAULT_KEY) => Some(DEFAULT_KEY.to_owned()),
        Some(key) => Some(key.clone()),
        None if is_description => Some(DEFAULT_KEY.to_owned()),
        None => Some(UNTOLD_KEY.to_owned()),
    }
}

/// The ARN of a parameter that the answer states none of: a name that begins with a slash is a path of its own.
fn arn_in(account: &str, stem: &str, name: &str) -> Option<String> {
    let region = ["describe-parameters-", "get-parameters-by-path-"]
        .iter()
        .find_map(|prefix| stem.strip_prefix(prefix))?;
    let partition = partition_of_region(region);
    let name = name.strip_prefix('/').unwrap_or(name);
    Some(format!(
        "arn:{partition}:ssm:{region}:{account}:parameter/{name}"
    ))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let layout = page.layout().aws();
    let stem = layout.and_then(|place| place.stem_in(&["ssm"]));
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    accounts.extend(layout.map(|place| place.account.to_owned()));
    let rows = page.rows("Parameters").unwrap_or_default();
    // What holds values is an answer to a path: it lists a part, and tells no key.
    let is_description = !rows.iter().any(|row| row.member("Value").is_some());
    for row in rows {
        let Some(parameter) = intake.parse::<Parameter>(&row) else {
            continue;
        };
        let told = parameter.arn.clone();
        let Some(arn) = told.or_else(|| arn_in(layout?.account, stem?, &parameter.name)) else {
            let at = intake.row(&row);
            intake.missing_parent(
                Severity::Skipped,
                &at,
                "of which account and region it is",
                "aws/<account>/ssm/describe-parameters-<region>.json",
            );
            continue;
        };
        let Some(account) = Arn::parse(&arn).and_then(|arn| arn.account_id()) else {
            let at = intake.member(&row, "ARN");
            intake.problem(
                Severity::Skipped,
                ProblemCode::BadRecord,
                &at,
                "record skipped: its ARN names no account",
                "export it again",
            );
            continue;
        };
        accounts.insert(account.to_owned());
        let key = intake.key(&arn);
        let tenant = tenant_key(intake, account);
        let evidence = intake.row(&row);
        intake.emit(Record::Resource(ResourceRecord {
            key,
            aliases: Vec::new(),
            encryption_key: encryption_key(&parameter, is_description),
            name: parameter.name,
            kind: KIND.to_owned(),
            platform: AWS,
            tenant: Some(tenant),
            tags: Vec::new(),
            environment: None,
            sensitivity: None,
            owner: None,
            evidence,
        }));
    }
    let at = intake.page(page);
    if accounts.is_empty() {
        intake.missing_parent(
            Severity::Doubt,
            &at,
            "of which account it is (it lists no parameter)",
            "aws/<account>/ssm/describe-parameters-<region>.json",
        );
    }
    for account in accounts {
        emit_tenant(intake, &account, at.clone());
        let is_complete = is_description && page.is_whole();
        emit_listing(intake, &account, KIND, is_complete, at.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{Reading, trial};

    fn keys(reading: &Reading) -> Vec<(String, Option<String>)> {
        let records = reading.records.iter();
        let told = records.filter_map(|record| match record {
            Record::Resource(it) => Some((it.key.to_string(), it.encryption_key.clone())),
            _ => None,
        });
        told.collect()
    }

    fn is_complete(reading: &Reading) -> bool {
        let is_it = |record: &Record| matches!(record, Record::Listing(it) if it.is_complete);
        reading.records.iter().any(is_it)
    }

    #[test]
    fn names_and_keys_are_read_and_the_folder_tells_the_arn() {
        let body = r#"{"Parameters": [
            {"Name": "/app/db", "Type": "SecureString", "KeyId": "alias/aws/ssm", "Version": 1},
            {"Name": "own", "Type": "SecureString", "KeyId": "alias/own"},
            {"Name": "/plain", "Type": "String", "ARN": "arn:aws:ssm:us-east-1:111122223333:parameter/plain"}]}"#;
        let reading = trial::read_one(
            "aws/111122223333/ssm/describe-parameters-eu-west-1.json",
            body,
        );
        let arn = |rest: &str| format!("arn:aws:ssm:{rest}");
        let default = Some("alias/aws/ssm".to_owned());
        assert_eq!(
            keys(&reading),
            [
                (arn("eu-west-1:111122223333:parameter/app/db"), default),
                (
                    arn("eu-west-1:111122223333:parameter/own"),
                    Some("alias/own".to_owned())
                ),
                (arn("us-east-1:111122223333:parameter/plain"), None),
            ]
        );
        assert!(is_complete(&reading));
    }

    #[test]
    fn an_answer_with_values_lists_a_part_and_tells_no_key() {
        let body = r#"{"Parameters": [{"Name": "/a", "Type": "SecureString", "Value": "EXAMPLE",
            "ARN": "arn:aws:ssm:us-east-1:111122223333:parameter/a"}]}"#;
        let reading = trial::read_one("p.json", body);
        let told = keys(&reading);
        assert_eq!(told[0].1.as_deref(), Some(UNTOLD_KEY));
        assert!(!is_complete(&reading));
        assert!(!format!("{reading:?}").contains("EXAMPLE"));
    }

    #[test]
    fn without_arn_or_region_a_parameter_is_of_nowhere() {
        let body = r#"{"Parameters": [{"Name": "/a", "Type": "String"}]}"#;
        let reading = trial::read_one("aws/111122223333/ssm/parameters.json", body);
        assert!(keys(&reading).is_empty());
        let stranger = trial::read_one("p.json", body);
        assert_eq!(stranger.problems[0].code, ProblemCode::Unrecognised);
    }
}
