//! `gitleaks` reports in JSON and in CSV.
//!
//! `Secret`, `Match` and `Fragment` hold live values. A key id found by the AWS rules identifies its access key; a secret
//! half nearby in the same file belongs to it.
//!
//! Source: <https://github.com/gitleaks/gitleaks/blob/v8.30.1/report/finding.go>.

use super::finding::{Finding, Findings, Place, Value};
use super::kinds;
use super::repository::{self, Repositories};
use crate::inventory::{Evidence, Sight};
use crate::problem::{ProblemCode, Severity as ProblemSeverity};
use crate::sources::Source;
use crate::sources::envelope::{Body, Page};
use crate::sources::intake::Intake;
use crate::sources::moment::{self, Moment};
use serde::Deserialize;
use zeroize::Zeroizing;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/gitleaks",
    about: "secrets that gitleaks found in a repository",
    command: "gitleaks git --report-format json --report-path scanners/gitleaks/<owner>__<repository>.json <repository>",
    keys: &["RuleID", "StartLine", "Fingerprint"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    // An empty report is `[]`, which only its place can tell from other empty lists.
    let is_empty_report = page.is_array()
        && page.rows("").is_some_and(|rows| rows.is_empty())
        && page
            .layout()
            .scanner()
            .is_some_and(|(tool, _)| tool == "gitleaks");
    let is_report = (page.is_array() || page.is_table())
        && page.has_keys(&["RuleID", "File", "StartLine", "Fingerprint"]);
    is_report || is_empty_report
}

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "RuleID")]
    rule: String,
    #[serde(rename = "File")]
    file: String,
    #[serde(rename = "Commit", default)]
    commit: String,
    #[serde(rename = "Link", default)]
    link: String,
    #[serde(rename = "StartLine")]
    line: u32,
    #[serde(rename = "StartColumn", default)]
    column: u32,
    #[serde(rename = "Date", default)]
    date: Moment,
    #[serde(rename = "Secret", default)]
    secret: Zeroizing<String>,
    #[serde(rename = "Match", default)]
    matched: Zeroizing<String>,
}

impl Report {
    /// Whether `--redact` took the value: then equal texts are not equal secrets.
    fn is_redacted(&self) -> bool {
        self.secret.is_empty() || self.secret.contains("REDACTED") || self.secret.ends_with("...")
    }
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut repositories = Repositories::of("gitleaks", page);
    let mut findings = Findings::default();
    let mut reports: Vec<(Report, Evidence)> = Vec::new();
    match page.body() {
        Body::Table(text) => reports = table(page.keys(), text, intake),
        _ => {
            for row in page.rows("").unwrap_or_default() {
                let report = intake.parse::<Report>(&row);
                reports.extend(report.map(|report| (report, intake.row(&row))));
            }
        }
    }
    for (report, evidence) in reports {
        let repository = repositories.name(repository::of_link(&report.link));
        let place = Place::in_repository(&repository, &report.file, &report.commit);
        let kind = kinds::of(&report.rule, &report.secret);
        // A scan of a folder writes no date, or an empty one.
        let since = match report.date {
            Moment::At(moment) => Some(moment),
            Moment::Absent | Moment::Wrong => None,
        };
        let is_redacted = report.is_redacted();
        let around = report.matched;
        let finding = Finding {
            kind,
            at: (report.line, report.column),
            value: match is_redacted {
                true => Value::Hidden {
                    around,
                    masked: report.secret,
                },
                false => Value::Whole {
                    secret: report.secret,
                    around,
                },
            },
            half: None,
            owner: None,
            joined: None,
            doubt: None,
            sight: Sight {
                since,
                worked: None,
                ..Sight::default()
            },
            evidence,
            rule: report.rule,
        };
        findings.add(place, finding);
    }
    repositories.finish(page, intake);
    findings.emit(intake);
}

/// The rows of a report in CSV. Cells are read into a buffer that is wiped.
///
/// Source: gitleaks 8.30, `report/csv.go`: the header, then a row for each finding; a value may span lines.
fn table(header: &[String], text: &str, intake: &mut Intake<'_>) -> Vec<(Report, Evidence)> {
    use csv_core::ReadRecordResult::{End, InputEmpty, OutputEndsFull, OutputFull, Record};
    const COLUMNS: [&str; 8] = [
        "RuleID",
        "File",
        "Commit",
        "StartLine",
        "StartColumn",
        "Date",
        "Secret",
        "Match",
    ];
    let columns = COLUMNS.map(|name| header.iter().position(|column| column == name));
    let mut reader = csv_core::Reader::new();
    let mut input = text.as_bytes();
    // No cell is longer than the text, and no row has more cells than that has bytes.
    let mut cells = Zeroizing::new(vec![0u8; text.len() + 1]);
    let mut ends = vec![0usize; text.len().min(4096) + 1];
    let (mut length, mut count, mut number) = (0, 0, 0u64);
    let mut reports = Vec::new();
    let mut begin = reader.line();
    while let (Some(out), Some(of_ends)) = (cells.get_mut(length..), ends.get_mut(count..)) {
        let (result, read, written, ended) = reader.read_record(input, out, of_ends);
        input = input.get(read..).unwrap_or_default();
        (length, count) = (length + written, count + ended);
        match result {
            // Once more with nothing ends the last row.
            InputEmpty => continue,
            End | OutputFull | OutputEndsFull => break,
            Record => {}
        }
        let cell = |column: Option<usize>| {
            let at = column.filter(|&column| column < count)?;
            let start = match at.checked_sub(1) {
                Some(before) => ends.get(before).copied()?,
                None => 0,
            };
            std::str::from_utf8(cells.get(start..ends.get(at).copied()?)?).ok()
        };
        let line = u32::try_from(begin).unwrap_or(u32::MAX);
        let at = intake.at_line(line, &format!("/{number}"));
        let [rule, file, commit, line, column, date, secret, matched] =
            columns.map(|column| cell(column).unwrap_or_default());
        let is_row = number > 0 && count > 1;
        match (is_row, line.parse::<u32>()) {
            (false, _) => {}
            (true, Ok(line)) => reports.push((
                Report {
                    rule: rule.to_owned(),
                    file: file.to_owned(),
                    commit: commit.to_owned(),
                    link: String::new(),
                    line,
                    column: column.parse().unwrap_or_default(),
                    date: moment::parse(date).map_or(Moment::Absent, Moment::At),
                    secret: Zeroizing::new(secret.to_owned()),
                    matched: Zeroizing::new(matched.to_owned()),
                },
                at,
            )),
            (true, Err(_)) => intake.problem(
                ProblemSeverity::Skipped,
                ProblemCode::BadRecord,
                &at,
                "record skipped: `StartLine` is no number",
                "export it again: a row has a cell for each column",
            ),
        }
        (length, count) = (0, 0);
        number += 1;
        begin = reader.line();
    }
    reports
}

#[cfg(test)]
mod tests {
    use crate::problem::ProblemCode;
    use crate::sources::found::NO_SECRET_HALF;
    use crate::sources::trial;

    fn finding(rule: &str, line: u32, secret: &str, more: &str) -> String {
        format!(
            r#"{{"RuleID":"{rule}","StartLine":{line},"StartColumn":1,"Match":"","Secret":"{secret}","File":"app/.env","Commit":"aaaabbbbccccdddd","Fingerprint":"f"{more}}}"#
        )
    }

    fn half() -> String {
        format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap())
    }

    const ID: &str = concat!("AKIA", "EXAMPLEEXAMPLE22");

    #[test]
    fn a_key_id_with_a_near_secret_half_is_one_credential_without_doubt() {
        let body = format!(
            "[{},{}]",
            finding("aws-access-token", 2, ID, ""),
            finding("generic-api-key", 3, &half(), "")
        );
        let reading = trial::read_one("scanners/gitleaks/acme__shop.json", &body);
        assert_eq!(
            trial::credentials(&reading),
            [format!("aws:access-key:{ID}")]
        );
        assert_eq!(
            trial::lying(&reading),
            [format!(
                "repository-file:acme/shop/app/.env@aaaabbbbccccdddd aws:access-key:{ID} sure"
            )]
        );
    }

    #[test]
    fn a_secret_half_far_away_is_another_credential() {
        let body = format!(
            "[{},{}]",
            finding("aws-access-token", 2, ID, ""),
            finding("generic-api-key", 23, &half(), "")
        );
        let reading = trial::read_one("scanners/gitleaks/acme__shop.json", &body);
        assert_eq!(trial::credentials(&reading).len(), 2);
        assert!(trial::lying(&reading)[0].ends_with(NO_SECRET_HALF));
    }

    #[test]
    fn the_link_names_the_repository_before_the_layout_does() {
        let link = r#","Link":"https://github.com/acme/real/blob/aaaabbbb/app/.env#L1""#;
        let body = format!(
            "[{}]",
            finding(
                "github-pat",
                1,
                &format!("ghp_{}", "EXAMPLE".repeat(4)),
                link
            )
        );
        let reading = trial::read_one("scanners/gitleaks/acme__other.json", &body);
        assert_eq!(
            trial::credentials(&reading),
            ["found:repository-file:acme/real/app/.env@aaaabbbbccccdddd#github-pat:1"]
        );
        assert!(reading.problems.is_empty());
    }

    #[test]
    fn without_link_and_layout_the_file_name_stands_in_and_says_so() {
        let body = format!("[{}]", finding("github-pat", 1, "REDACTED", ""));
        let reading = trial::read_one("leaks.json", &body);
        assert_eq!(reading.problems[0].code, ProblemCode::MissingParent);
        assert!(trial::credentials(&reading)[0].starts_with("found:repository-file:leaks/"));
    }

    #[test]
    fn redacted_values_are_never_taken_for_equal_secrets() {
        let body = format!(
            "[{},{}]",
            finding("github-pat", 1, "REDACTED", ""),
            finding("gitlab-pat", 2, "REDACTED", "")
        );
        assert_eq!(
            trial::credentials(&trial::read_one("scanners/gitleaks/r.json", &body)).len(),
            2
        );
    }

    #[test]
    fn an_empty_report_is_known_by_its_place_only() {
        assert!(
            trial::read_one("scanners/gitleaks/r.json", "[]")
                .problems
                .is_empty()
        );
        assert_eq!(
            trial::read_one("elsewhere/r.json", "[]").problems[0].code,
            ProblemCode::Unrecognised
        );
    }

    #[test]
    fn a_list_of_another_scanner_is_not_recognised() {
        let reading = trial::read_one(
            "scanners/gitleaks/r.json",
            r#"[{"DetectorName":"AWS","Raw":"x"}]"#,
        );
        assert!(reading.records.is_empty());
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
