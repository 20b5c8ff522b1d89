//! Nodes and steps as CSV. Made for a million rows: one reused record, no text copied that is not kept.

use super::node::{self, Node};
use super::reference;
use crate::inventory::{Key, Record, ScopeRecord, StatedStepRecord, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::intake::Intake;
use crate::sources::nearest;
use rustc_hash::FxHashSet;
use std::borrow::Cow;

const NODE_COLUMNS: [&str; 21] = [
    "word",
    "id",
    "name",
    "type",
    "platform",
    "tenant",
    "principal",
    "resource",
    "environment",
    "sensitivity",
    "owner",
    "created",
    "expires",
    "last_used",
    "last_review",
    "status",
    "identifier",
    "masked",
    "sha256",
    "file",
    "variable",
];
const STEP_COLUMNS: [&str; 5] = ["needs", "gain", "technique", "scope", "condition"];

pub(super) fn read(header: &[String], text: &str, intake: &mut Intake<'_>) {
    let has = |name: &str| header.iter().any(|column| column == name);
    if has("needs") && has("gain") {
        note_extra_columns(header, &STEP_COLUMNS, intake);
        let columns = STEP_COLUMNS.map(|name| header.iter().position(|column| column == name));
        let mut scopes: FxHashSet<Key> = FxHashSet::default();
        each_row(header.len(), text, intake, |row, intake| {
            read_step(row, &columns, &mut scopes, intake)
        });
    } else {
        note_extra_columns(header, &NODE_COLUMNS, intake);
        let columns = NODE_COLUMNS.map(|name| header.iter().position(|column| column == name));
        each_row(header.len(), text, intake, |row, intake| {
            read_node(row, &columns, intake)
        });
    }
}

fn note_extra_columns(header: &[String], known: &[&str], intake: &mut Intake<'_>) {
    for (index, column) in header.iter().enumerate() {
        if !known.contains(&column.as_str()) {
            let at = intake.at_line(1, "");
            intake.problem(
                Severity::Note,
                ProblemCode::NotModelled,
                &at,
                format!("column {} is not read: its name is not known", index + 1),
                nearest::help(column, known),
            );
        }
    }
}

/// A row with its place.
struct TableRow<'r> {
    record: &'r csv::StringRecord,
    line: u32,
    number: u64,
}

impl TableRow<'_> {
    fn cell(&self, column: Option<usize>) -> &str {
        column
            .and_then(|column| self.record.get(column))
            .unwrap_or("")
            .trim()
    }
}

fn each_row(
    width: usize,
    text: &str,
    intake: &mut Intake<'_>,
    mut read: impl FnMut(&TableRow<'_>, &mut Intake<'_>),
) {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut number = 0_u64;
    loop {
        number += 1;
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => {
                let line = u32::try_from(reader.position().line()).unwrap_or(u32::MAX);
                let at = intake.at_line(line, &format!("/{number}"));
                intake.problem(
                    Severity::Skipped,
                    ProblemCode::Malformed,
                    &at,
                    "the table cannot be read from here on",
                    "check the quotes of this row",
                );
                break;
            }
        }
        let line = record.position().map_or(0, |position| {
            u32::try_from(position.line()).unwrap_or(u32::MAX)
        });
        let row = TableRow {
            record: &record,
            line,
            number,
        };
        if record.len() == width {
            read(&row, intake);
        } else {
            let at = intake.at_line(line, &format!("/{number}"));
            intake.problem(
                Severity::Skipped,
                ProblemCode::BadRecord,
                &at,
                format!(
                    "row skipped: it has {} cells, the header has {width}",
                    record.len()
                ),
                "put a cell that holds a comma in quotes",
            );
        }
    }
}

fn read_node(row: &TableRow<'_>, columns: &[Option<usize>; 21], intake: &mut Intake<'_>) {
    let [
        word,
        id,
        name,
        kind,
        platform,
        tenant,
        principal,
        resource,
        environment,
        sensitivity,
        owner,
        created,
        expires,
        last_used,
        last_review,
        status,
        identifier,
        masked,
        sha256,
        file,
        variable,
    ] = columns.map(|column| row.cell(column));
    let node = Node {
        id: Cow::Borrowed(id),
        name: Cow::Borrowed(name),
        kind: Cow::Borrowed(kind),
        platform: Cow::Borrowed(platform),
        tenant: Cow::Borrowed(tenant),
        principal: Cow::Borrowed(principal),
        resource: Cow::Borrowed(resource),
        environment: Cow::Borrowed(environment),
        sensitivity: Cow::Borrowed(sensitivity),
        owner: Cow::Borrowed(owner),
        created: Cow::Borrowed(created),
        expires: Cow::Borrowed(expires),
        last_used: Cow::Borrowed(last_used),
        last_review: Cow::Borrowed(last_review),
        status: Cow::Borrowed(status),
        identifier: Cow::Borrowed(identifier),
        masked: Cow::Borrowed(masked),
        sha256: Cow::Borrowed(sha256),
        file: Cow::Borrowed(file),
        variable: Cow::Borrowed(variable),
    };
    let place = |intake: &Intake<'_>, field: Option<&str>| match field {
        Some(field) => intake.at_line(row.line, &format!("/{}/{field}", row.number)),
        None => intake.at_line(row.line, &format!("/{}", row.number)),
    };
    // A node that cannot be read has been reported there; the rows after it are read all the same.
    let _ = node::emit(word, &node, Vec::new(), &place, intake);
}

fn read_step(
    row: &TableRow<'_>,
    columns: &[Option<usize>; 5],
    scopes: &mut FxHashSet<Key>,
    intake: &mut Intake<'_>,
) {
    let [needs, gain, technique, scope, condition] = columns.map(|column| row.cell(column));
    let bad = |intake: &mut Intake<'_>, column: &str, wrong: reference::BadReference| {
        let at = intake.at_line(row.line, &format!("/{}/{column}", row.number));
        let message = format!("row skipped: {}", wrong.message);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            message,
            wrong.help,
        );
    };
    let mut needed = Vec::with_capacity(1);
    for need in needs
        .split(';')
        .map(str::trim)
        .filter(|need| !need.is_empty())
    {
        match reference::parse(need, intake) {
            Ok(fact) => needed.push(fact),
            Err(wrong) => return bad(intake, "needs", wrong),
        }
    }
    if needed.is_empty() {
        // A step without needs would be gained by everybody: that is surely not meant.
        let wrong = reference::BadReference {
            message: "a step needs something".to_owned(),
            help: "write what must be held, as `credential:KEY`".to_owned(),
        };
        return bad(intake, "needs", wrong);
    }
    let gain = match reference::parse(gain, intake) {
        Ok(fact) => fact,
        Err(wrong) => return bad(intake, "gain", wrong),
    };
    let evidence = intake.at_line(row.line, &format!("/{}", row.number));
    let scope = (!scope.is_empty()).then(|| intake.key(scope));
    if let Some(scope) = &scope
        && scopes.insert(scope.clone())
    {
        intake.emit(Record::Scope(ScopeRecord {
            key: scope.clone(),
            name: scope.to_string(),
            terms: Terms::Stated,
            evidence: evidence.clone(),
        }));
    }
    intake.emit(Record::Step(StatedStepRecord {
        needs: needed,
        gain,
        technique: technique.to_owned(),
        scope,
        condition: (!condition.is_empty()).then(|| condition.to_owned()),
        evidence,
    }));
}
