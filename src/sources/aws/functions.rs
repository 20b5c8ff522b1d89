//! `aws lambda list-functions`: functions, the roles they run as, and secrets in their environments.
//!
//! The values of environment variables are looked at and never kept. The listing covers one region, and which regions
//! an account uses is in no export: a complete list means complete for the regions exported.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html> (read 2026-11).

use super::arn::Arn;
use super::{AWS, emit_listing, emit_tenant, tenant_key};
use crate::inventory::{Key, Record, ResourceRecord, ScopeRecord, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::found;
use crate::sources::intake::Intake;
use crate::sources::json;
use serde::Deserialize;
use std::collections::BTreeSet;

const KIND: &str = "lambda:function";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/functions",
    about: "AWS Lambda functions of one account and region",
    command: "aws lambda list-functions --output json > aws/<account>/lambda/list-functions.json",
    keys: &["Functions"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.lists("Functions", &["FunctionArn", "FunctionName"])
}

#[derive(Deserialize)]
struct Function {
    #[serde(rename = "FunctionArn")]
    arn: String,
    #[serde(rename = "FunctionName")]
    name: String,
    #[serde(rename = "Role", default)]
    role: Option<String>,
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    intake.check_truncation(page);
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    accounts.extend(page.layout().aws().map(|place| place.account.to_owned()));
    for row in page.rows("Functions").unwrap_or_default() {
        let Some(function) = intake.parse::<Function>(&row) else {
            continue;
        };
        let Some(account) = Arn::parse(&function.arn).and_then(|arn| arn.account_id()) else {
            let at = intake.member(&row, "FunctionArn");
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
        let key = intake.key(&function.arn);
        let tenant = tenant_key(intake, account);
        let evidence = intake.row(&row);
        intake.emit(Record::Resource(ResourceRecord {
            key: key.clone(),
            aliases: Vec::new(),
            name: function.name.clone(),
            kind: KIND.to_owned(),
            platform: AWS,
            tenant: Some(tenant),
            tags: Vec::new(),
            encryption_key: None,
            environment: None,
            sensitivity: None,
            owner: None,
            evidence,
        }));
        if let Some(role) = function.role.filter(|role| !role.is_empty()) {
            let evidence = intake.member(&row, "Role");
            let scope = intake.key(&format!("{key}#runs-as"));
            let principal = intake.key(&role);
            intake.emit(Record::Scope(ScopeRecord {
                key: scope,
                name: format!("role of {}", function.name),
                terms: Terms::RunsAs {
                    resource: key.clone(),
                    principal,
                },
                evidence,
            }));
        }
        read_environment(&row, &key, &function.name, intake);
    }
    let at = intake.page(page);
    if accounts.is_empty() {
        intake.missing_parent(
            Severity::Doubt,
            &at,
            "of which account it is (it lists no function)",
            "aws/<account>/lambda/list-functions.json",
        );
    }
    for account in accounts {
        emit_tenant(intake, &account, at.clone());
        emit_listing(intake, &account, KIND, page.is_whole(), at.clone());
    }
}

fn read_environment(row: &Row<'_>, function: &Key, name: &str, intake: &mut Intake<'_>) {
    let Some(environment) = row.member("Environment") else {
        return;
    };
    if let Some(error) = environment
        .member("Error")
        .filter(|error| !json::is_null(error.raw))
    {
        let at = intake.row(&error);
        intake.problem(
            Severity::Doubt,
            ProblemCode::SavedError,
            &at,
            format!("the environment of function `{name}` was refused to the exporter: it is unknown, not empty"),
            "export again with an identity that may decrypt it",
        );
        return;
    }
    let Some(variables) = environment.member("Variables") else {
        return;
    };
    let place = format!("aws:function-environment:{function}");
    found::environment(intake, &variables, &place, (function, name), None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::trial;

    const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:pay";

    fn with_variables(variables: &str) -> String {
        format!(
            r#"{{"Functions": [{{"FunctionName": "pay", "FunctionArn": "{ARN}", "Role": "arn:aws:iam::111122223333:role/pay", "Environment": {{"Variables": {variables}}}}}]}}"#
        )
    }

    #[test]
    fn a_function_runs_as_its_role_and_its_secrets_lie_in_its_environment() {
        let reading = trial::read_one(
            "f.json",
            &with_variables(r#"{"DB_PASSWORD": "not-a-real-one", "STAGE": "prod"}"#),
        );
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let place = format!("aws:function-environment:{ARN}");
        assert_eq!(
            trial::lying(&reading),
            [format!("{place} found:{place}#DB_PASSWORD sure")]
        );
        assert!(reading.records.iter().any(|record| matches!(record,
            Record::Scope(scope) if *scope.key == format!("{ARN}#runs-as")
                && matches!(&scope.terms, Terms::RunsAs { principal, .. } if &**principal == "arn:aws:iam::111122223333:role/pay"))));
        assert_eq!(
            trial::place_of(&reading, &format!("{ARN}#runs-as")),
            "1 /Functions/0/Role"
        );
    }

    #[test]
    fn a_key_id_alone_is_doubtful_and_no_secret_is_no_exposure() {
        let id = concat!("AKIA", "EXAMPLEEXAMPLE22");
        let reading = trial::read_one("f.json", &with_variables(&format!(r#"{{"KEY": "{id}"}}"#)));
        assert!(trial::lying(&reading)[0].ends_with(found::NO_SECRET_HALF));
        assert!(
            trial::lying(&trial::read_one(
                "f.json",
                &with_variables(r#"{"STAGE": "prod"}"#)
            ))
            .is_empty()
        );
    }

    #[test]
    fn the_same_secret_in_two_functions_is_one_credential() {
        let one = with_variables(r#"{"DB_PASSWORD": "not-a-real-one"}"#);
        let other = one.replace("pay", "aid");
        let reading = crate::sources::reading::read_texts(&[("1.json", &one), ("2.json", &other)]);
        let smallest = format!(
            "found:aws:function-environment:{}#DB_PASSWORD",
            ARN.replace("pay", "aid")
        );
        assert_eq!(
            trial::credentials(&reading),
            std::slice::from_ref(&smallest)
        );
        assert!(
            trial::lying(&reading)
                .iter()
                .all(|lying| lying.contains(&smallest))
        );
    }

    #[test]
    fn only_the_last_of_several_pages_makes_the_listing_complete() {
        let page = with_variables("{}");
        let truncated = page.replacen('{', r#"{"Functions": [], "NextToken": "t", "#, 1);
        let listings = |text: &str| -> Vec<bool> {
            trial::read_one("f.json", text)
                .records
                .iter()
                .filter_map(|record| match record {
                    Record::Listing(listing) => Some(listing.is_complete),
                    _ => None,
                })
                .collect()
        };
        assert_eq!(listings(&format!("{truncated}{page}")), [false, true]);
        assert_eq!(
            listings(&format!("[{truncated},{truncated}]")),
            [false, false]
        );
        assert_eq!(listings(&truncated), [false]);
    }

    #[test]
    fn functions_of_another_service_are_not_recognised() {
        let reading = trial::read_one(
            "f.json",
            r#"{"Functions": [{"Name": "edge", "Status": "DEPLOYED"}]}"#,
        );
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
