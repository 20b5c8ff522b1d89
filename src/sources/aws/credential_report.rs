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
