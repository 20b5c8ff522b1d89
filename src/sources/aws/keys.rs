//! `aws kms list-keys`, `list-aliases`, `describe-key` and `get-key-policy`: encryption keys and who may use them.
//!
//! The body of `get-key-policy` does not say of which key it is: that, its region and account come from the layout. Keys
//! that AWS manages are listed too; nobody can change their policies.
//!
//! Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html> and its neighbours (read 2026-11).

use super::arn::{Arn, partition_of_region};
use super::own_policy::{self, Owned};
use super::policy::Use;
use crate::problem::Severity;
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::intake::Intake;
use crate::sources::json;
use serde::Deserialize;

const KIND: &str = "kms:key";
const EXPECTED: &str = "aws/<account>/kms/key-policy/<region>/<key id>.json";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/keys",
    about: "AWS KMS keys, aliases and key policies",
    command: "aws kms get-key-policy --key-id <key id> --policy-name default --region <region> --output json > aws/<account>/kms/key-policy/<region>/<key id>.json",
    keys: &["KeyMetadata", "Keys", "Aliases", "PolicyName"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_policy = page.has_keys(&["Policy"])
        && page
            .member("Policy")
            .is_some_and(|policy| json::opening(policy.raw) == '"')
        && (page.has_keys(&["PolicyName"])
            || own_policy::place(page, "kms", "key-policy").is_some());
    page.is_object()
        && (is_policy
            || page.has_keys(&["KeyMetadata"])
            || page.lists("Keys", &["KeyId", "KeyArn"])
            || page.lists("Aliases", &["AliasName", "AliasArn"]))
}

#[derive(Deserialize)]
struct ListedKey {
    #[serde(rename = "KeyArn", alias = "Arn")]
    arn: String,
}

#[derive(Deserialize)]
struct Alias {
    #[serde(rename = "AliasArn")]
    arn: String,
    #[serde(rename = "TargetKeyId", default)]
    target: Option<String>,
}

fn emit_key(arn: &str, alias: Option<&str>, row: &Row<'_>, intake: &mut Intake<'_>) {
    let evidence = intake.row(row);
    let aliases = alias.map(|alias| intake.key(alias)).into_iter().collect();
    let owned = Owned {
        arn,
        kind: KIND,
        aliases,
        account: None,
    };
    own_policy::emit(owned, &evidence, intake);
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    for row in page.rows("Keys").into_iter().flatten() {
        if let Some(key) = intake.parse::<ListedKey>(&row) {
            emit_key(&key.arn, None, &row, intake);
        }
    }
    if let Some(row) = page.member("KeyMetadata")
        && let Some(key) = intake.parse::<ListedKey>(&row)
    {
        emit_key(&key.arn, None, &row, intake);
    }
    for row in page.rows("Aliases").into_iter().flatten() {
        let Some(alias) = intake.parse::<Alias>(&row) else {
            continue;
        };
        // An alias that AWS keeps for itself may have no key yet.
        let (Some(arn), Some(target)) = (Arn::parse(&alias.arn), alias.target) else {
            continue;
        };
        let key = format!(
            "arn:{}:kms:{}:{}:key/{target}",
            arn.partition, arn.region, arn.account
        );
        emit_key(&key, Some(&alias.arn), &row, intake);
    }
    if let Some(policy) = page.member("Policy") {
        let at = intake.page(page);
        let Some((account, region, id)) = own_policy::place(page, "kms", "key-policy") else {
            intake.missing_parent(Severity::Skipped, &at, "which key's policy it is", EXPECTED);
            return;
        };
        let partition = partition_of_region(region);
        let arn = format!("arn:{partition}:kms:{region}:{account}:key/{id}");
        let owned = Owned {
            arn: &arn,
            kind: KIND,
            aliases: Vec::new(),
            account: None,
        };
        if let Some(key) = own_policy::emit(owned, &at, intake) {
            own_policy::read(&key, Some(policy), Use::Resource, intake);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::Record;
    use crate::problem::ProblemCode;
    use crate::sources::trial;

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/k-1";

    fn policy() -> String {
        let policy = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]}"#;
        serde_json::json!({"Policy": policy, "PolicyName": "default"}).to_string()
    }

    #[test]
    fn a_key_policy_is_of_the_key_in_the_layout() {
        let path = "aws/111122223333/kms/key-policy/eu-west-1/k-1.json";
        let reading = trial::read_one(path, &policy());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            trial::place_of(&reading, &format!("{ARN}#policy/0")),
            "1 /Policy/Statement/0"
        );
    }

    #[test]
    fn a_key_policy_without_its_key_is_a_problem_and_no_guess() {
        let reading = trial::read_one("p.json", &policy());
        assert!(reading.records.is_empty());
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
    }

    #[test]
    fn an_alias_is_another_name_of_its_key() {
        let body = r#"{"Aliases": [
            {"AliasName": "alias/db", "AliasArn": "arn:aws:kms:eu-west-1:111122223333:alias/db", "TargetKeyId": "k-1"},
            {"AliasName": "alias/aws/s3", "AliasArn": "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3"}]}"#;
        let reading = trial::read_one("a.json", body);
        let named: Vec<(&str, &str)> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Resource(it) => Some((&*it.key, &*it.aliases[0])),
                _ => None,
            })
            .collect();
        assert_eq!(
            named,
            [(ARN, "arn:aws:kms:eu-west-1:111122223333:alias/db")]
        );
    }

    #[test]
    fn a_key_with_a_foreign_arn_is_skipped_and_told() {
        let reading = trial::read_one(
            "k.json",
            r#"{"Keys": [{"KeyId": "k", "KeyArn": "../../etc"}]}"#,
        );
        assert_eq!(reading.problems[0].code, ProblemCode::BadRecord);
        assert!(reading.records.is_empty());
    }
}
