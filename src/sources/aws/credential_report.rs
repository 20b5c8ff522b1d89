//! `aws iam get-credential-report`: passwords, second factors and key slots of every user, the root included.
//!
//! The report shows when keys were rotated and not their ids: each active slot is a credential without an identifier,
//! which `Inventory::build` joins with a key of the same user and time. Cells are `N/A`, `no_information` or
//! `not_supported` where there is nothing to say; older reports lack the `last_used` columns. The report is cached for
//! four hours by AWS.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html> (read 2026-11).

use super::arn::Arn;
use super::{AWS, emit_tenant, tenant_key};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Key, Lifetime, PrincipalKind,
    PrincipalRecord, Record,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Body, Page};
use crate::sources::intake::Intake;
use crate::sources::moment;
use jiff::Timestamp;
use std::collections::BTreeSet;

const COMMAND: &str = "aws iam get-credential-report --query Content --output text | base64 -d > aws/<account>/iam/credential-report.csv";

pub(in crate::sources) const SOURCE: Source = Source {
    id: "aws/credential_report",
    about: "AWS credential report of one account",
    command: COMMAND,
    keys: &[
        "user",
        "arn",
        "password_enabled",
        "mfa_active",
        "access_key_1_active",
    ],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_report = page.is_table() && page.has_keys(&["user", "arn", "password_enabled"]);
    is_report || is_encoded(page)
}

/// The answer as the command prints it, with the report still in base64.
fn is_encoded(page: &Page<'_>) -> bool {
    page.is_object() && page.has_keys(&["Content", "ReportFormat"])
}

/// One row, by column name.
struct Cells<'p> {
    header: &'p [String],
    record: &'p csv::StringRecord,
}

impl<'p> Cells<'p> {
    /// The cell of a column, unless it says that there is nothing to say.
    fn get(&self, column: &str) -> Option<&'p str> {
        let at = self.header.iter().position(|name| name == column)?;
        self.record
            .get(at)
            .map(str::trim)
            .filter(|cell| !matches!(*cell, "" | "N/A" | "no_information" | "not_supported"))
    }

    fn is_true(&self, column: &str) -> bool {
        self.get(column)
            .is_some_and(|cell| cell.eq_ignore_ascii_case("true"))
    }

    fn moment(&self, column: &str) -> Option<Timestamp> {
        self.get(column).and_then(moment::parse)
    }
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Body::Table(text) = page.body() else {
        let at = intake.page(page);
        intake.problem(
            Severity::Skipped,
            ProblemCode::NotModelled,
            &at,
            "the credential report is still encoded in `Content`",
            format!("decode it: `{COMMAND}`"),
        );
        return;
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    let mut record = csv::StringRecord::new();
    let mut number = 0_u64;
    loop {
        let line = line_of(reader.position());
        number += 1;
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => {
                let at = intake.at_line(line, &format!("/{number}"));
                intake.problem(
                    Severity::Skipped,
                    ProblemCode::Malformed,
                    &at,
                    "the table cannot be read from here on",
                    "export it again",
                );
                break;
            }
        }
        let line = record.position().map_or(line, line_of);
        if record.len() != page.keys().len() {
            let at = intake.at_line(line, &format!("/{number}"));
            intake.problem(
                Severity::Skipped,
                ProblemCode::BadRecord,
                &at,
                format!(
                    "row skipped: it has {} cells, the header has {}",
                    record.len(),
                    page.keys().len()
                ),
                "export it again",
            );
            continue;
        }
        let cells = Cells {
            header: page.keys(),
            record: &record,
        };
        let Some(arn) = cells.get("arn") else {
            bad_arn(intake, line, number);
            continue;
        };
        let Some(account) = Arn::parse(arn).and_then(|arn| arn.account_id()) else {
            bad_arn(intake, line, number);
            continue;
        };
        if accounts.insert(account.to_owned()) {
            let at = intake.at_line(line, &format!("/{number}/arn"));
            emit_tenant(intake, account, at);
        }
        read_user(&cells, arn, account, line, number, intake);
    }
}

fn bad_arn(intake: &mut Intake<'_>, line: u32, number: u64) {
    let at = intake.at_line(line, &format!("/{number}/arn"));
    intake.problem(
        Severity::Skipped,
        ProblemCode::BadRecord,
        &at,
        "row skipped: its `arn` names no account",
        "export it again",
    );
}

fn line_of(position: &csv::Position) -> u32 {
    u32::try_from(position.line()).unwrap_or(u32::MAX)
}

fn read_user(
    cells: &Cells<'_>,
    arn: &str,
    account: &str,
    line: u32,
    number: u64,
    intake: &mut Intake<'_>,
) {
    let user = cells.get("user").unwrap_or("");
    let is_root = user == "<root_account>" || arn.ends_with(":root");
    let key = intake.key(arn);
    let tenant = tenant_key(intake, account);
    let aliases = if is_root {
        Vec::new()
    } else {
        vec![intake.key(&format!("aws:user:{account}/{user}"))]
    };
    let evidence = intake.at_line(line, &format!("/{number}/arn"));
    intake.emit(Record::Principal(PrincipalRecord {
        key: key.clone(),
        aliases,
        name: if is_root {
            "root".to_owned()
        } else {
            user.to_owned()
        },
        kind: if is_root {
            PrincipalKind::Root
        } else {
            PrincipalKind::User
        },
        platform: AWS,
        tenant: Some(tenant),
        owner: None,
        created: cells.moment("user_creation_time"),
        last_used: cells.moment("password_last_used"),
        tags: Vec::new(),
        evidence,
    }));
    // The root row says `not_supported`: the root always has a password, and its state is not reported.
    if cells.is_true("password_enabled") {
        read_password(cells, &key, line, number, intake);
    }
    for slot in 1..=2_u8 {
        read_slot(cells, &key, slot, line, number, intake);
    }
}

fn read_password(
    cells: &Cells<'_>,
    principal: &Key,
    line: u32,
    number: u64,
    intake: &mut Intake<'_>,
) {
    let key = intake.key(&format!("aws:password:{principal}"));
    let expires = cells.moment("password_next_rotation");
    let evidence = intake.at_line(line, &format!("/{number}/password_enabled"));
    intake.emit(Record::Credential(CredentialRecord {
        key,
        name: format!(
            "console password of {}",
            cells.get("user").unwrap_or("root")
        ),
        kind: CredentialKind::Password,
        identifier: None,
        principal: Some(principal.clone()),
        status: CredentialStatus::Active,
        lifetime: if expires.is_some() {
            Lifetime::Expiring
        } else {
            Lifetime::Static
        },
        created: cells.moment("password_last_changed"),
        expires,
        last_used: cells.moment("password_last_used"),
        second_factor: cells.is_true("mfa_active").then(|| "MFA device".to_owned()),
        evidence,
    }));
}

fn read_slot(
    cells: &Cells<'_>,
    principal: &Key,
    slot: u8,
    line: u32,
    number: u64,
    intake: &mut Intake<'_>,
) {
    let column = format!("access_key_{slot}_active");
    if !cells.is_true(&column) {
        return;
    }
    let key = intake.key(&format!("aws:access-key-slot:{principal}/{slot}"));
    let evidence = intake.at_line(line, &format!("/{number}/{column}"));
    intake.emit(Record::Credential(CredentialRecord {
        key,
        name: format!(
            "access key {slot} of {}",
            cells.get("user").unwrap_or("root")
        ),
        kind: CredentialKind::AccessKey,
        identifier: None,
        principal: Some(principal.clone()),
        status: CredentialStatus::Active,
        lifetime: Lifetime::Static,
        created: cells.moment(&format!("access_key_{slot}_last_rotated")),
        expires: None,
        last_used: cells.moment(&format!("access_key_{slot}_last_used_date")),
        second_factor: None,
        evidence,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{Reading, trial};

    const NEW: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated,additional_credentials_info\n\
        <root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,true,2020-01-02T00:00:00+00:00,N/A,false,N/A,N/A\n\
        ada,arn:aws:iam::111122223333:user/ada,2020-01-01T00:00:00+00:00,true,no_information,2020-02-01T00:00:00+00:00,N/A,true,false,2020-01-02T00:00:00+00:00,N/A,true,2020-03-02T00:00:00+00:00,N/A\n\
        bob,arn:aws:iam::111122223333:user/bob,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,false,N/A,N/A,false,N/A,N/A\n";

    fn found(reading: &Reading) -> Vec<(String, Lifetime, bool)> {
        reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Credential(it) => {
                    assert_eq!(it.identifier, None);
                    Some((it.key.to_string(), it.lifetime, it.second_factor.is_some()))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn only_enabled_passwords_and_active_slots_are_credentials() {
        let reading = trial::read_one("report.csv", NEW);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(
            found(&reading),
            [
                (
                    "aws:access-key-slot:arn:aws:iam::111122223333:root/1".to_owned(),
                    Lifetime::Static,
                    false
                ),
                (
                    "aws:password:arn:aws:iam::111122223333:user/ada".to_owned(),
                    Lifetime::Static,
                    true
                ),
                (
                    "aws:access-key-slot:arn:aws:iam::111122223333:user/ada/2".to_owned(),
                    Lifetime::Static,
                    false
                ),
            ]
        );
        assert_eq!(
            trial::place_of(&reading, "aws:password:arn:aws:iam::111122223333:user/ada"),
            "3 /2/password_enabled"
        );
        assert!(reading.records.iter().any(
            |record| matches!(record, Record::Principal(it) if it.kind == PrincipalKind::Root)
        ));
    }

    #[test]
    fn an_old_report_without_later_columns_is_read_and_rotation_makes_it_expire() {
        let reading = trial::read_one(
            "x",
            "user,arn,password_enabled,password_next_rotation\nada,arn:aws-cn:iam::111122223333:user/ada,TRUE,2021-02-01T00:00:00+00:00\n",
        );
        assert_eq!(found(&reading)[0].1, Lifetime::Expiring);
    }

    #[test]
    fn a_short_row_costs_itself_only() {
        let reading = trial::read_one("x.csv", &format!("{NEW}broken,row\n"));
        assert_eq!(
            (reading.problems.len(), reading.problems[0].line),
            (1, Some(5))
        );
        assert_eq!(found(&reading).len(), 3);
    }

    #[test]
    fn a_report_still_in_base64_is_answered_with_the_command() {
        let reading = trial::read_one(
            "x.json",
            r#"{"Content": "dXNlcg==", "ReportFormat": "text/csv"}"#,
        );
        assert_eq!(reading.problems[0].code, ProblemCode::NotModelled);
        assert!(reading.problems[0].help.contains("base64 -d"));
    }

    #[test]
    fn a_table_of_users_is_no_credential_report() {
        assert_eq!(
            trial::read_one("x.csv", "user,arn\na,b\n").problems[0].code,
            ProblemCode::Unrecognised
        );
    }
}
