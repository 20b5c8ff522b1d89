//! `aws iam list-service-specific-credentials`: keys and passwords of users for one service alone, such as API keys for
//! Amazon Bedrock.
//!
//! The body names users and not the account, which comes from the layout. What a credential opens is its user's rights in
//! its service and nothing else, so that its key says the service.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html> (read 2026-11).

use super::emit_tenant;
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Lifetime, Record, service_credential_key,
};
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::moment::Moment;
use serde::Deserialize;

const LIST: &str = "ServiceSpecificCredentials";

const EXPECTED: &str = "aws/<account>/iam/service-specific-credentials.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/service_credentials",
    about: "keys of AWS IAM users for one service: Bedrock API keys, Git credentials",
    command: "aws iam list-service-specific-credentials --all-users --output json > aws/<account>/iam/service-specific-credentials.json",
    keys: &[LIST],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.is_object() && page.lists(LIST, &["ServiceSpecificCredentialId"])
}

#[derive(Deserialize)]
struct ServiceCredential {
    #[serde(rename = "UserName", default)]
    user: Option<String>,
    #[serde(rename = "ServiceSpecificCredentialId")]
    id: String,
    #[serde(rename = "ServiceName")]
    service: String,
    /// The public part of an API key.
    #[serde(rename = "ServiceCredentialAlias", default)]
    alias: Option<String>,
    #[serde(rename = "Status", default)]
    status: Option<String>,
    #[serde(rename = "CreateDate", default)]
    created: Moment,
    #[serde(rename = "ExpirationDate", default)]
    expires: Moment,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let at = intake.page(page);
    let account = page.layout().aws().map(|place| place.account);
    match account {
        Some(account) => drop(emit_tenant(intake, account, at.clone())),
        None => intake.missing_parent(
            Severity::Doubt,
            &at,
            "which account the users are in",
            EXPECTED,
        ),
    }
    for row in page.rows(LIST).unwrap_or_default() {
        let Some(read) = intake.parse::<ServiceCredential>(&row) else {
            continue;
        };
        let principal = match (account, &read.user) {
            (Some(account), Some(user)) => Some(intake.key(&format!("aws:user:{account}/{user}"))),
            _ => None,
        };
        let status = match read.status.as_deref() {
            Some("Active") => CredentialStatus::Active,
            Some("Inactive" | "Expired") => CredentialStatus::Inactive,
            _ => CredentialStatus::Unknown,
        };
        let created = intake.moment(read.created, &row, "CreateDate");
        let expires = intake.moment(read.expires, &row, "ExpirationDate");
        let evidence = intake.row(&row);
        let key = intake.key(&service_credential_key(&read.service, &read.id));
        intake.emit(Record::Credential(CredentialRecord {
            key,
            name: read.alias.unwrap_or_else(|| read.id.clone()),
            kind: CredentialKind::ApiKey,
            identifier: Some(read.id),
            principal,
            status,
            lifetime: match expires {
                Some(_) => Lifetime::Expiring,
                None => Lifetime::Static,
            },
            created,
            expires,
            last_used: None,
            second_factor: None,
            evidence,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::trial;

    const BODY: &str = r#"{"ServiceSpecificCredentials": [
        {"UserName": "ada", "Status": "Active", "ServiceName": "bedrock.amazonaws.com",
            "ServiceSpecificCredentialId": "ACCAEXAMPLEBEDROCK01", "CreateDate": "2025-01-01T00:00:00Z",
            "ServiceCredentialAlias": "BedrockAPIKey-example-at-111122223333", "ExpirationDate": "2027-01-01T00:00:00Z"},
        {"UserName": "bob", "Status": "Expired", "ServiceName": "codecommit.amazonaws.com",
            "ServiceSpecificCredentialId": "ACCAEXAMPLEGIT000001", "ServiceUserName": "bob-at-111122223333"}],
        "IsTruncated": false}"#;

    #[test]
    fn a_key_for_a_service_says_whose_it_is_and_for_which_service() {
        let reading = trial::read_one(
            "x/aws/111122223333/iam/service-specific-credentials.json",
            BODY,
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let of = |record: &Record| match record {
            Record::Credential(it) => Some((
                it.key.to_string(),
                it.principal.as_deref().map(str::to_owned),
                it.status,
                it.lifetime,
            )),
            _ => None,
        };
        let found: Vec<_> = reading.records.iter().filter_map(of).collect();
        let user = |name: &str| Some(format!("aws:user:111122223333/{name}"));
        assert_eq!(
            found,
            [
                (
                    "aws:service-credential:bedrock.amazonaws.com:ACCAEXAMPLEBEDROCK01".to_owned(),
                    user("ada"),
                    CredentialStatus::Active,
                    Lifetime::Expiring,
                ),
                (
                    "aws:service-credential:codecommit.amazonaws.com:ACCAEXAMPLEGIT000001"
                        .to_owned(),
                    user("bob"),
                    CredentialStatus::Inactive,
                    Lifetime::Static,
                ),
            ]
        );
    }

    #[test]
    fn without_the_account_it_has_no_user_and_says_so() {
        let reading = trial::read_one("keys.json", BODY);
        assert!(reading.problems[0].help.contains(EXPECTED));
        let is_open =
            |record: &Record| matches!(record, Record::Credential(it) if it.principal.is_none());
        assert!(reading.records.iter().all(is_open));
    }
}
