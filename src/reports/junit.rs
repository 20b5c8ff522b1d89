//! `junit.xml`: findings as failing tests, for what shows test results: a suite for each check, a case for each finding.
//!
//! A check that finds nothing is a case that passes. What is only unknown is a case that is skipped: nobody can mend it in
//! the estate.

use super::Error;
use super::words::Words;
use crate::analysis::Analysis;
use crate::findings::{CHECKS, Check, Finding, Severity};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

pub(super) fn render(analysis: &Analysis) -> Result<Vec<u8>, Error> {
    let words = Words::of(analysis);
    let mut report = Report::new("leakreach");
    for check in CHECKS {
        let findings = analysis.findings.iter();
        let of_check = findings.filter(|finding| finding.check.id == check.id);
        report.add_test_suite(suite(check, of_check, &words));
    }
    let mut bytes = Vec::new();
    report.serialize(&mut bytes)?;
    Ok(bytes)
}

/// Text without the characters that XML 1.0 has none of and that are no control characters ("Characters", section 2.2).
fn text(text: &str) -> String {
    text.replace('\u{fffe}', "\\u{fffe}")
        .replace('\u{ffff}', "\\u{ffff}")
}

fn suite<'f>(
    check: &Check,
    findings: impl Iterator<Item = &'f Finding>,
    words: &Words<'_>,
) -> TestSuite {
    let mut suite = TestSuite::new(format!("{}: {}", check.id, check.title));
    for finding in findings {
        suite.add_test_case(case(finding, words));
    }
    if suite.test_cases.is_empty() {
        let mut none = TestCase::new("nothing found", TestCaseStatus::success());
        none.set_classname(check.id);
        suite.add_test_case(none);
    }
    suite
}

fn case(finding: &Finding, words: &Words<'_>) -> TestCase {
    let told = text(&words.finding(finding));
    let mut status = match finding.severity {
        Severity::Info => TestCaseStatus::skipped(),
        _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    status.set_message(told.as_str());
    status.set_type(finding.severity.name());
    let places = finding.evidence.iter().map(|&place| words.place(place));
    let places: Vec<String> = places.collect();
    status.set_description(text(&format!(
        "{told}\n\n{}\n\n{}",
        places.join("\n"),
        finding.check.page
    )));
    let mut case = TestCase::new(told.as_str(), status);
    case.set_classname(finding.check.id);
    case.add_property(Property::new("fingerprint", finding.fingerprint.as_str()));
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn every_finding_is_a_case_of_its_check_and_every_other_check_passes() {
        let analysis = sample::analysis();
        let bytes = render(&analysis).unwrap();
        let xml = roxmltree::Document::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let suites: Vec<_> = xml
            .descendants()
            .filter(|n| n.has_tag_name("testsuite"))
            .collect();
        assert_eq!(suites.len(), CHECKS.len());
        for (suite, check) in suites.iter().zip(CHECKS) {
            let name = suite.attribute("name").unwrap();
            assert!(name.starts_with(check.id), "{name}");
            let count = |tag: &str| suite.descendants().filter(|n| n.has_tag_name(tag)).count();
            let found = analysis
                .findings
                .iter()
                .filter(|f| f.check.id == check.id)
                .count();
            assert_eq!(count("failure") + count("skipped"), found, "{name}");
            assert_eq!(count("testcase"), found.max(1), "{name}");
        }
        let failures = xml.root_element().attribute("failures").unwrap();
        let graver = analysis
            .findings
            .iter()
            .filter(|f| f.severity > Severity::Info)
            .count();
        assert_eq!(failures, graver.to_string());
        assert!(graver > 1);
    }

    #[test]
    fn a_case_tells_how_grave_it_is_where_it_was_read_and_what_to_do() {
        let analysis = sample::analysis();
        let bytes = render(&analysis).unwrap();
        let xml = roxmltree::Document::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let words = Words::of(&analysis);
        for finding in &analysis.findings {
            let mut cases = xml.descendants().filter(|n| n.has_tag_name("testcase"));
            let print = |case: &roxmltree::Node<'_, '_>| {
                let mut properties = case.descendants().filter(|n| n.has_tag_name("property"));
                properties.any(|one| one.attribute("value") == Some(&finding.fingerprint))
            };
            let case = cases.find(print).unwrap();
            assert_eq!(case.attribute("classname"), Some(finding.check.id));
            let status = case
                .children()
                .find(|n| n.has_tag_name("failure") || n.has_tag_name("skipped"));
            let status = status.unwrap();
            assert_eq!(status.attribute("type"), Some(finding.severity.name()));
            let is_unknown = finding.severity == Severity::Info;
            assert_eq!(status.has_tag_name("skipped"), is_unknown);
            let told = status.text().unwrap();
            for &place in &finding.evidence {
                assert!(told.contains(&words.place(place)), "{told}");
            }
            assert!(told.contains("## How to fix it"), "{told}");
        }
    }

    #[test]
    fn a_name_that_xml_cannot_hold_is_spelled_out() {
        let mut analysis = sample::analysis();
        for credential in analysis.inventory.credentials.iter_mut() {
            credential.name = "a\u{ffff}b\u{0}<c attr='\"'>]]>".to_owned();
        }
        let bytes = render(&analysis).unwrap();
        let xml = roxmltree::Document::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let mut names = xml.descendants().filter_map(|n| n.attribute("name"));
        let name = names.find(|name| name.contains("access key")).unwrap();
        assert!(name.contains("a\\u{ffff}b\\u{0}<c attr='\"'>]]>"), "{name}");
    }
}
