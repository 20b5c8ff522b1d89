//! What is written of a small estate, row by row: CSV, SARIF.

use crate::findings::{analyzed, sight, with};
use leakreach::analysis::Analysis;
use leakreach::reports;
use serde_json::{Value, json};

fn rendered(analysis: &Analysis, format: &str) -> String {
    let bytes = (reports::format(format).unwrap().render)(analysis).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn estate() -> Analysis {
    let mut text = with(&[
        ("/principals/0/owner", json!("team-shop")),
        ("/credentials/0/expires", json!("2027-01-01T00:00:00Z")),
        ("/credentials/0/last_used", json!("2026-10-01T00:00:00Z")),
        (
            "/credentials/-",
            json!({"id": "nobodys", "type": "api-key"}),
        ),
        (
            "/exposures/-",
            json!({"id": "f", "type": "device-file", "lying": [{"credential": "t", "name": "TOKEN"}]}),
        ),
        (
            "/resources/-",
            json!({"id": "mint", "sensitivity": "crown"}),
        ),
        (
            "/steps/-",
            json!({"needs": ["principal:robot"], "gain": "read:mint", "scope": "perhaps", "condition": "at noon"}),
        ),
    ]);
    text["steps"][0]["gain"] = json!("read:vault");
    analyzed(&[("r.json", &text.to_string())])
}

#[test]
fn a_row_of_csv_tells_all_of_its_columns() {
    let analysis = estate();
    let text = rendered(&analysis, "csv");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let row = |kind: &str, id: &str| -> Vec<(&str, &str)> {
        let mut all = rows.iter().filter(|row| {
            &row[0] == kind && (&row[4] == id || (kind == "finding" && &row[3] == id))
        });
        let found = all.next().unwrap_or_else(|| panic!("no {kind} {id}"));
        let cells = head.iter().map(String::as_str).zip(found);
        cells
            .filter(|(name, cell)| !cell.is_empty() && *name != "line")
            .collect()
    };
    let tail = |cells: &[(&str, &str)], name: &str| -> String {
        let (_, cell) = cells.iter().find(|one| one.0 == name).unwrap();
        cell.rsplit('/').next().unwrap().to_owned()
    };
    let t = row("credential", "t");
    let cell = |name: &str| t.iter().find(|one| one.0 == name).map(|one| one.1);
    assert_eq!(cell("rank"), Some("1"));
    assert_eq!(cell("owner"), Some("team-shop"));
    assert_eq!(cell("created"), Some("2026-01-01T00:00:00Z"));
    assert_eq!(cell("expires"), Some("2027-01-01T00:00:00Z"));
    assert_eq!(cell("last_used"), Some("2026-10-01T00:00:00Z"));
    // One crown jewel for certain, another possibly.
    assert_eq!(cell("crown_jewels"), Some("2"));
    let points = |name: &str| cell(name).unwrap().parse::<f64>().unwrap();
    assert!(points("certain") > 17.9 && points("possible") > 35.9 && points("certain") < 18.1);
    let lies = cell("lies_in").unwrap();
    assert!(
        lies.contains('e') && lies.contains('f') && lies.contains("; "),
        "{lies}"
    );
    assert_eq!(tail(&t, "file"), "r.json");
    let nobodys = row("credential", "nobodys");
    let why = nobodys.iter().find(|one| one.0 == "text").map(|one| one.1);
    assert!(why.is_some_and(|why| why.len() > 10), "{nobodys:?}");
    let e = row("exposure", "e");
    assert_eq!(tail(&e, "file"), "r.json");
    // What is possible alone is taken away possibly alone.
    let fix = row("fix", "scope:perhaps");
    let cell = |name: &str| fix.iter().find(|one| one.0 == name).map(|one| one.1);
    let (certain, possible) = (cell("certain").unwrap(), cell("possible").unwrap());
    assert_eq!(certain.parse::<f64>().unwrap(), 0.0);
    assert!(possible.parse::<f64>().unwrap() > 17.0, "{possible}");
    let finding = row("finding", "BR-PTH-01");
    let cell = |name: &str| finding.iter().find(|one| one.0 == name).map(|one| one.1);
    assert_eq!(cell("severity"), Some("critical"));
    assert!(cell("name").is_some_and(|name| name.contains('t')));
    assert!(cell("text").is_some_and(|text| text.contains("reaches crown jewel")));
    assert_eq!(tail(&finding, "file"), "r.json");
}

fn results(analysis: &Analysis) -> Vec<Value> {
    let log: Value = serde_json::from_str(&rendered(analysis, "sarif")).unwrap();
    log["runs"][0]["results"].as_array().unwrap().clone()
}

#[test]
fn a_hop_that_hangs_on_something_says_so_and_stands_at_its_own_line() {
    let text = serde_json::to_string_pretty(&with(&[(
        "/steps/0/condition",
        json!("whether it is noon"),
    )]))
    .unwrap();
    let analysis = analyzed(&[("r.json", &text)]);
    let all = results(&analysis);
    let path = all.iter().find(|one| one["ruleId"] == "BR-PTH-01").unwrap();
    let hops = path["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .unwrap();
    let told: Vec<&str> = hops
        .iter()
        .map(|hop| hop["location"]["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(told.len(), 3);
    assert!(
        told[2].ends_with(", only if whether it is noon"),
        "{told:?}"
    );
    assert!(!told[1].contains("only if"), "{told:?}");
    let line = |at: usize| {
        let region = &hops[at]["location"]["physicalLocation"]["region"];
        usize::try_from(region["startLine"].as_u64().unwrap()).unwrap()
    };
    let lines: Vec<&str> = text.lines().collect();
    // The grant stands in the list of steps.
    let steps = lines
        .iter()
        .position(|line| line.contains("\"steps\""))
        .unwrap();
    assert!(line(2) > steps, "{} is before {steps}", line(2));
    assert_ne!(line(0), line(2));
}

#[test]
fn what_has_no_place_is_shown_at_the_first_file_and_says_so() {
    let nobody = ("/credentials/0", json!({"id": "t", "type": "api-key"}));
    let text = with(&[nobody, sight(json!({}))]).to_string();
    let analysis = analyzed(&[("r.json", &text)]);
    let aside = "(it has no place of its own, and is shown at the first file that was read)";
    let all = results(&analysis);
    assert!(!all.is_empty());
    for (result, finding) in all.iter().zip(&analysis.findings) {
        let told = result["message"]["text"].as_str().unwrap();
        assert_eq!(told.contains(aside), finding.evidence.is_empty(), "{told}");
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(uri.as_str().unwrap().ends_with("r.json"));
    }
    assert!(analysis.findings.iter().any(|one| one.evidence.is_empty()));
}
