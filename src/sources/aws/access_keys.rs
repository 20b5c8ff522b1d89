//! `aws iam list-access-keys`: the only link from a leaked key id to its user.
//!
//! The body names the user and not the account, which comes from the layout; an empty list names neither.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html> (read 2026-11).

use super::{emit_tenant, tenant_key};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Lifetime, ListingRecord, Record,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::moment::Moment;
use serde::Deserialize;
use std::collections::BTreeSet;

const EXPECTED: &str = "aws/<account>/iam/access-keys/<user>.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/access_keys",
    about: "AWS access keys of one IAM user",
    command: "aws iam list-access-keys --user-name <user> --output json > aws/<account>/iam/access-keys/<user>.json",
    keys: &["AccessKeyMetadata"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    if page.is_object() {
        page.lists("AccessKeyMetadata", &["AccessKeyId"])
    } else {
        page.is_array() && page.has_keys(&["AccessKeyId", "UserName", "Status"])
    }
}

#[derive(Deserialize)]
struct AccessKey {
    #[serde(rename = "UserName", default)]
    user: Option<String>,
    #[serde(rename = "AccessKeyId")]
    id: String,
    #[serde(rename = "Status", default)]
    status: Option<String>,
    #[serde(rename = "CreateDate", default)]
    created: Moment,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let at = intake.page(page);
    let place = page.layout().aws();
    let account = place.map(|place| place.account);
    let user_of_path = place.and_then(|place| place.stem_in(&["iam", "access-keys"]));
    match account {
        Some(account) => drop(emit_tenant(intake, account, at.clone())),
        None => intake.missing_parent(
            Severity::Doubt,
            &at,
            "which account the user is in",
            EXPECTED,
        ),
    }
    let mut users: BTreeSet<String> = BTreeSet::new();
    for row in page.rows("AccessKeyMetadata").unwrap_or_default() {
        let Some(read) = intake.parse::<AccessKey>(&row) else {
            continue;
        };
        let user = read.user.as_deref().or(user_of_path);
        let principal = match (account, user) {
            (Some(account), Some(user)) => {
                users.insert(user.to_owned());
                Some(intake.key(&format!("aws:user:{account}/{user}")))
            }
            _ => None,
        };
        let status = match read.status.as_deref() {
            Some("Active") => CredentialStatus::Active,
            Some("Inactive" | "Expired") => CredentialStatus::Inactive,
            _ => CredentialStatus::Unknown,
        };
        let created = intake.moment(read.created, &row, "CreateDate");
        let evidence = intake.row(&row);
        let key = intake.key(&format!("aws:access-key:{}", read.id));
        intake.emit(Record::Credential(CredentialRecord {
            key,
            name: read.id.clone(),
            kind: CredentialKind::AccessKey,
            identifier: Some(read.id),
            principal,
            status,
            lifetime: Lifetime::Static,
            created,
            expires: None,
            last_used: None,
            second_factor: None,
            evidence,
        }));
    }
    if users.is_empty() {
        match user_of_path {
            Some(user) => drop(users.insert(user.to_owned())),
            None if account.is_some() => {
                intake.missing_parent(Severity::Doubt, &at, "whose keys it lists", EXPECTED);
            }
            None => {}
        }
    }
    let Some(account) = account else { return };
    if let Some(user) = user_of_path.filter(|user| !users.contains(*user)) {
        intake.problem(
            Severity::Doubt,
            ProblemCode::Contradiction,
            &at,
            format!("the file is named after user `{user}` and lists the keys of another: the body counts"),
            "name the file after its user",
        );
    }
    for user in users {
        let tenant = tenant_key(intake, account);
        let of = intake.key(&format!("aws:user:{account}/{user}"));
        intake.emit(Record::Listing(ListingRecord {
            tenant,
            kind: "access-key".to_owned(),
            of: Some(of),
            is_complete: page.is_whole(),
            evidence: at.clone(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::trial;

    const ID: &str = concat!("AKIA", "EXAMPLEEXAMPLE22");

    fn body() -> String {
        format!(
            r#"{{"AccessKeyMetadata": [{{"UserName": "ada", "AccessKeyId": "{ID}", "Status": "Inactive", "CreateDate": "2020-01-01T00:00:00Z"}}]}}"#
        )
    }

    #[test]
    fn a_key_leads_to_its_user() {
        let reading = trial::read_one("x/aws/111122223333/iam/access-keys/ada.json", &body());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let Some(Record::Credential(key)) = reading
            .records
            .iter()
            .find(|record| matches!(record, Record::Credential(_)))
        else {
            panic!("no credential")
        };
        assert_eq!(&*key.key, format!("aws:access-key:{ID}"));
        assert_eq!(key.principal.as_deref(), Some("aws:user:111122223333/ada"));
        assert_eq!(
            (key.status, key.created.is_some()),
            (CredentialStatus::Inactive, true)
        );
        assert!(reading.records.iter().any(|record| matches!(record, Record::Listing(it) if it.is_complete && it.of.as_deref() == Some("aws:user:111122223333/ada"))));
    }

    #[test]
    fn the_wrapper_stands_for_the_layout() {
        let wrapped = format!(
            r#"{{"path": "aws/111122223333/iam/access-keys/ada.json", "body": {}}}"#,
            body()
        );
        let reading = trial::read_one(
            "log.ndjson",
            &format!("{}\n{}\n", wrapped.replace('\n', ""), wrapped),
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            trial::place_of(&reading, &format!("aws:access-key:{ID}")),
            "1 /0/body/AccessKeyMetadata/0"
        );
    }

    #[test]
    fn without_the_account_the_key_has_no_user_and_says_so() {
        let reading = trial::read_one("keys.json", &body());
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
        assert!(
            reading.problems[0]
                .help
                .contains("aws/<account>/iam/access-keys/<user>.json")
        );
        assert!(
            reading
                .records
                .iter()
                .all(|record| matches!(record, Record::Credential(key) if key.principal.is_none()))
        );
    }

    #[test]
    fn the_last_use_of_a_key_is_no_list_of_keys() {
        let reading = trial::read_one(
            "x.json",
            r#"{"UserName": "ada", "AccessKeyLastUsed": {"Region": "N/A"}}"#,
        );
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
