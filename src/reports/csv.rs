//! `report.csv`: findings, credentials, exposures and fixes in one table, told apart by its first column.
//!
//! Spreadsheets read some texts as formulas, so a cell never begins with what begins one: a quote is put before it. That is
//! done behind a separator inside a cell as well, for programs that part lines at another one.
//!
//! Source: OWASP, "CSV Injection" (read 2026-11).

use super::Error;
use super::words::{self, Words};
use crate::analysis::{Analysis, Leak, ScenarioReach};
use crate::inventory::EvidenceId;
use crate::risk::Points;
use ::csv::{QuoteStyle, WriterBuilder};
use jiff::Timestamp;

const COLUMNS: [&str; 18] = [
    "kind",
    "rank",
    "severity",
    "rule",
    "id",
    "name",
    "text",
    "certain",
    "possible",
    "crown_jewels",
    "owner",
    "created",
    "expires",
    "last_used",
    "last_review",
    "lies_in",
    "file",
    "line",
];

/// A row; what it does not have is empty.
#[derive(Default)]
struct Row {
    kind: &'static str,
    rank: String,
    severity: &'static str,
    rule: &'static str,
    id: String,
    name: String,
    text: String,
    reach: (String, String),
    crowns: String,
    owner: String,
    dates: [String; 4],
    lies_in: String,
    file: String,
    line: String,
}

pub(super) fn render(analysis: &Analysis) -> Result<Vec<u8>, Error> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows(analysis) {
        let [created, expires, last_used, last_review] = row.dates;
        let cells = [
            row.kind.to_owned(),
            row.rank,
            row.severity.to_owned(),
            row.rule.to_owned(),
            row.id,
            row.name,
            row.text,
            row.reach.0,
            row.reach.1,
            row.crowns,
            row.owner,
            created,
            expires,
            last_used,
            last_review,
            row.lies_in,
            row.file,
            row.line,
        ];
        writer.write_record(cells.iter().map(|cell| guarded(cell)))?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::Csv(error.into_error().into()))
}

/// A cell that no spreadsheet takes for a formula.
///
/// Source: OWASP Application Security Verification Standard 5.0, requirement 1.2.10 (read 2026-11).
pub(super) fn guarded(cell: &str) -> String {
    let cell = words::visible(cell);
    let mut guarded = String::with_capacity(cell.len() + 1);
    // At the beginning, or behind what some program takes for one.
    let mut is_begin = true;
    for c in cell.chars() {
        let is_formula = matches!(
            c,
            '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
        );
        if is_begin && is_formula {
            guarded.push('\'');
        }
        is_begin = match c {
            ',' | ';' | '"' => true,
            ' ' => is_begin,
            _ => false,
        };
        guarded.push(c);
    }
    guarded
}

fn rows(analysis: &Analysis) -> Vec<Row> {
    let words = Words::of(analysis);
    let inventory = &analysis.inventory;
    let lying_places = words.lying_places();
    let place = |evidence: &[EvidenceId]| {
        let first = evidence.first().map(|&id| words.line(id));
        let first = first.map(|(path, line)| (path.to_owned(), line.to_string()));
        first.unwrap_or_default()
    };
    let points = Points::exact;
    let reach = |one: &ScenarioReach| (points(one.certain.points), points(one.possible.points));
    let moment = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let mut rows = Vec::new();
    for finding in &analysis.findings {
        let (file, line) = place(&finding.evidence);
        rows.push(Row {
            kind: "finding",
            severity: finding.severity.name(),
            rule: finding.check.id,
            id: finding.fingerprint.clone(),
            name: words.thing(&finding.subject),
            text: words.finding(finding),
            file,
            line,
            ..Row::default()
        });
    }
    for one in analysis.credentials.iter().chain(&analysis.exposures) {
        let mut row = Row {
            rank: one.rank.to_string(),
            name: words.leak(one.leak),
            text: one.unknown.clone().unwrap_or_default(),
            reach: reach(one),
            crowns: one.possible.crowns.to_string(),
            ..Row::default()
        };
        match one.leak {
            Leak::Credential(id) => {
                let credential = &inventory.credentials[id];
                let places = lying_places[id].iter().map(|&place| words.exposure(place));
                row.kind = "credential";
                row.id = credential.key.to_string();
                row.owner = words.owner(id).unwrap_or_default();
                row.dates = [
                    credential.created,
                    credential.expires,
                    credential.last_used,
                    inventory.last_review(id),
                ]
                .map(moment);
                row.lies_in = places.collect::<Vec<_>>().join("; ");
                (row.file, row.line) = place(&credential.evidence);
            }
            Leak::Exposure(id) => {
                let exposure = &inventory.exposures[id];
                row.kind = "exposure";
                row.id = exposure.key.to_string();
                (row.file, row.line) = place(&exposure.evidence);
            }
        }
        rows.push(row);
    }
    for fix in &analysis.fixes {
        let evidence: Vec<EvidenceId> = words.control_evidence(fix.control).into_iter().collect();
        let (file, line) = place(&evidence);
        rows.push(Row {
            kind: "fix",
            rank: fix.rank.to_string(),
            id: analysis.fix_key(fix),
            name: words.control(fix.control),
            text: words.order(fix),
            reach: (points(fix.certain), points(fix.possible)),
            file,
            line,
            ..Row::default()
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn no_cell_begins_a_formula() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\\u{9}=1"),
            ("\r\n=1", "\\u{d}\\u{a}=1"),
            ("a\";=1", "a\";'=1"),
            ("a, -1", "a, '-1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a-b=c", "a-b=c"),
        ] {
            assert_eq!(guarded(cell), safe);
        }
    }

    #[test]
    fn the_table_has_a_row_for_everything_that_is_ranked() {
        let analysis = sample::analysis();
        let bytes = render(&analysis).unwrap();
        let mut table = ::csv::Reader::from_reader(&*bytes);
        assert_eq!(table.headers().unwrap().len(), COLUMNS.len());
        let rows: Vec<::csv::StringRecord> = table.records().map(Result::unwrap).collect();
        let count = |kind: &str| rows.iter().filter(|row| &row[0] == kind).count();
        assert_eq!(count("finding"), analysis.findings.len());
        assert_eq!(count("credential"), analysis.credentials.len());
        assert_eq!(count("exposure"), analysis.exposures.len());
        assert_eq!(count("fix"), analysis.fixes.len());
        let first = rows.iter().find(|row| &row[0] == "credential").unwrap();
        assert_eq!(
            (&first[4], &first[8]),
            ("aws:access-key:AKIAEXAMPLEEXAMPLE01", "240")
        );
    }
}
