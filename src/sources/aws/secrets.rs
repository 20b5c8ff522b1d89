//! `aws secretsmanager list-secrets`: names of secrets, never their values.
//!
//! A secret without `KmsKeyId` is encrypted with the account's `aws/secretsmanager` key, which everybody who may read
//! the secret may use: no key is needed besides. Policies may name a secret without the six characters that AWS adds.
//!
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html> (read 2026-11).

use super::arn::Arn;
use super::{AWS, Tag, emit_listing, emit_tenant, tags, tenant_key};
use crate::inventory::{Record, ResourceRecord};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use serde::Deserialize;
use std::collections::BTreeSet;

const KIND: &str = "secretsmanager:secret";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/secrets",
    about: "AWS Secrets Manager secrets of one account and region, by name",
    command: "aws secretsmanager list-secrets --output json > aws/<account>/secretsmanager/list-secrets.json",
    keys: &["SecretList"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object() && page.lists("SecretList", &["ARN", "Name"])
}

#[derive(Deserialize)]
struct Secret {
    #[serde(rename = "ARN")]
    arn: String,
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "KmsKeyId", default)]
    kms_key: Option<String>,
    #[serde(rename = "Tags", default)]
    tags: Option<Vec<Tag>>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    accounts.extend(page.layout().aws().map(|place| place.account.to_owned()));
    for row in page.rows("SecretList").unwrap_or_default() {
        let Some(secret) = intake.parse::<Secret>(&row) else {
            continue;
        };
        let Some(account) = Arn::parse(&secret.arn).and_then(|arn| arn.account_id()) else {
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
        let key = intake.key(&secret.arn);
        let aliases = without_suffix(&secret.arn)
            .map(|arn| intake.key(arn))
            .into_iter()
            .collect();
        let tenant = tenant_key(intake, account);
        let evidence = intake.row(&row);
        intake.emit(Record::Resource(ResourceRecord {
            key,
            aliases,
            name: secret.name,
            kind: KIND.to_owned(),
            platform: AWS,
            tenant: Some(tenant),
            tags: tags(secret.tags),
            encryption_key: secret
                .kms_key
                .filter(|key| !key.ends_with("alias/aws/secretsmanager")),
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
            "of which account it is (it lists no secret)",
            "aws/<account>/secretsmanager/list-secrets.json",
        );
    }
    for account in accounts {
        emit_tenant(intake, &account, at.clone());
        emit_listing(intake, &account, KIND, page.is_whole(), at.clone());
    }
}

/// The ARN without the hyphen and six characters that AWS adds to the name.
fn without_suffix(arn: &str) -> Option<&str> {
    let (head, suffix) = arn.rsplit_once('-')?;
    (suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    #[test]
    fn the_default_key_is_no_extra_key_and_the_short_arn_is_an_alias() {
        let body = r#"{"SecretList": [
            {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-prod-AbCdEf", "Name": "db-prod", "KmsKeyId": "alias/aws/secretsmanager"},
            {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:own-AbCdEf", "Name": "own", "KmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/k"}]}"#;
        let reading = trial::read_one("s.json", body);
        let read: Vec<_> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Resource(it) => {
                    Some((it.aliases[0].to_string(), it.encryption_key.is_some()))
                }
                _ => None,
            })
            .collect();
        assert_eq!(
            read,
            [
                (
                    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-prod".to_owned(),
                    false
                ),
                (
                    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:own".to_owned(),
                    true
                ),
            ]
        );
    }

    #[test]
    fn a_list_of_other_secrets_is_not_recognised() {
        let reading = trial::read_one("s.json", r#"{"SecretList": [{"name": "x"}]}"#);
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
