//! Reports as real scanners write them, see `scanners/README.md`: what is read of them, whole and broken.

use leakreach::inventory::{CredentialKind, ExposureKind, Inventory};
use leakreach::progress::Silent;
use leakreach::sources::{ReadOptions, read};
use serde_json::Value;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A report by the folder of its tool, with what stands for its fillers put in place.
fn reports() -> [(&'static str, String); 15] {
    let whole = |text: &str| text.replace("%E%", "EXAMPLE").replace("%S%", "");
    [
        (
            "gitleaks/acme__leaky.json",
            whole(include_str!("scanners/gitleaks.git.json")),
        ),
        (
            "gitleaks/acme__folder.json",
            whole(include_str!("scanners/gitleaks.dir.json")),
        ),
        (
            "sarif/acme__leaky.sarif",
            whole(include_str!("scanners/gitleaks.git.sarif")),
        ),
        (
            "kingfisher/acme__leaky.json",
            whole(include_str!("scanners/kingfisher.json")),
        ),
        (
            "sarif/acme__found.sarif",
            whole(include_str!("scanners/kingfisher.sarif")),
        ),
        (
            "detect-secrets/acme__leaky.json",
            whole(include_str!("scanners/detect-secrets.baseline.json")),
        ),
        (
            "trufflehog/acme__leaky.jsonl",
            whole(include_str!("scanners/trufflehog.jsonl")),
        ),
        (
            "trufflehog/acme__docker.txt",
            whole(include_str!("scanners/trufflehog.docker.txt")),
        ),
        (
            "gitleaks/acme__leaky.csv",
            whole(include_str!("scanners/gitleaks.git.csv")),
        ),
        (
            "ggshield/acme__leaky.json",
            whole(include_str!("scanners/ggshield.repo.json")),
        ),
        (
            "ggshield/acme__path.json",
            whole(include_str!("scanners/ggshield.path.json")),
        ),
        (
            "sarif/acme__shield.sarif",
            whole(include_str!("scanners/ggshield.repo.sarif")),
        ),
        (
            "github/acme.json",
            whole(include_str!("scanners/github.alerts.json")),
        ),
        (
            "github-locations/acme__shop__42.json",
            whole(include_str!("scanners/github.locations.json")),
        ),
        (
            "sarif/acme__trivy.sarif",
            whole(include_str!("scanners/trivy.sarif")),
        ),
    ]
}

fn report(name: &str) -> String {
    let reports = reports();
    let found = reports.iter().find(|(path, _)| *path == name);
    found.unwrap().1.clone()
}

/// What is read of some reports: the inventory, and what is said to be wrong.
fn inventory(files: &[(&str, &str)]) -> (Inventory, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("scanners").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let root = camino::Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let reading = read(&[root], &ReadOptions::default(), &Silent);
    let as_of = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut problems = reading.problems;
    let inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
    let problems = problems.iter().map(|one| format!("{one:?}")).collect();
    (inventory, problems)
}

/// `PLACE | KIND CREDENTIAL | since, worked | doubt`, of everything that lies somewhere, sorted.
fn lying(inventory: &Inventory) -> Vec<String> {
    let mut lines = Vec::new();
    for exposure in inventory.exposures.iter() {
        for lying in &exposure.lying {
            let credential = &inventory.credentials[lying.credential];
            let since = lying
                .sight
                .since
                .map_or("-".to_owned(), |at| at.to_string());
            let doubt = lying.doubt.as_deref().unwrap_or("sure");
            lines.push(format!(
                "{} | {} {} | {since} {:?} | {doubt}",
                exposure.key,
                credential.kind.name(),
                credential.key,
                lying.sight.worked
            ));
        }
    }
    lines.sort();
    lines
}

#[test]
fn what_real_reports_say_is_read() {
    let mut told = String::new();
    for (path, text) in reports() {
        let (inventory, problems) = inventory(&[(path, &text)]);
        // What is beside the results is counted, and nothing else is amiss.
        let is_note = |one: &String| one.contains("Note") && one.contains("NotModelled");
        assert!(problems.iter().all(is_note), "{path}: {problems:#?}");
        told += &format!("{path}\n");
        for line in lying(&inventory) {
            told += &format!("  {line}\n");
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn one_secret_in_the_reports_of_several_tools_is_one_credential() {
    let reports = reports();
    let files: Vec<(&str, &str)> = reports
        .iter()
        .map(|(path, text)| (*path, &**text))
        .collect();
    let (inventory, _) = inventory(&files);
    let places_of = |kind: CredentialKind, of: &str| -> Vec<String> {
        let is_it = |key: &str| key.contains(of);
        let mut places: Vec<String> = inventory
            .exposures
            .iter()
            .filter(|exposure| {
                exposure.lying.iter().any(|lying| {
                    let credential = &inventory.credentials[lying.credential];
                    credential.kind == kind && is_it(&credential.key)
                })
            })
            .map(|exposure| exposure.key.to_string())
            .collect();
        places.sort();
        places
    };
    let keys = places_of(CredentialKind::AccessKey, "aws:access-key:");
    assert!(
        keys.iter()
            .any(|key| key.starts_with("image-layer:docker/acme/api")),
        "{keys:?}"
    );
    assert!(keys.len() >= 4, "{keys:?}");
    // The baseline tells its SHA-1 only, gitleaks and trufflehog the value.
    let tokens: Vec<_> = inventory
        .credentials
        .entries()
        .filter(|(_, one)| {
            one.kind == CredentialKind::PersonalAccessToken && one.name.contains("ithub")
        })
        .collect();
    assert_eq!(tokens.len(), 1, "{tokens:#?}");
    let lies = |kind: ExposureKind| {
        let mut exposures = inventory
            .exposures
            .iter()
            .filter(|exposure| exposure.kind == kind);
        exposures.any(|exposure| {
            exposure
                .lying
                .iter()
                .any(|one| one.credential == tokens[0].0)
        })
    };
    assert!(lies(ExposureKind::Conversation) && lies(ExposureKind::RepositoryFile));
}

/// A report with one value after the other made something else.
pub fn spoilt(report: &Value) -> Vec<Value> {
    fn places(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        match value {
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate().take(2) {
                    places(element, &format!("{at}/{index}"), all);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    places(member, &format!("{at}/{name}"), all);
                }
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    places(report, "", &mut all);
    let mut spoilt = Vec::new();
    for at in all {
        for bad in [
            Value::Null,
            serde_json::json!({"x": 1}),
            serde_json::json!(-1.5),
            "\u{0}é".into(),
        ] {
            let mut report = report.clone();
            *report.pointer_mut(&at).unwrap() = bad;
            spoilt.push(report);
        }
    }
    spoilt
}

#[test]
fn a_spoilt_report_costs_what_is_spoilt_and_never_the_run() {
    for name in [
        "gitleaks/acme__leaky.json",
        "sarif/acme__leaky.sarif",
        "kingfisher/acme__leaky.json",
        "detect-secrets/acme__leaky.json",
        "ggshield/acme__leaky.json",
        "ggshield/acme__path.json",
        "sarif/acme__shield.sarif",
        "sarif/acme__found.sarif",
        "sarif/acme__trivy.sarif",
        "github/acme.json",
        "github-locations/acme__shop__42.json",
    ] {
        let whole: Value = serde_json::from_str(&report(name)).unwrap();
        let count = |text: &str| {
            let read = catch_unwind(AssertUnwindSafe(|| inventory(&[(name, text)])));
            let (inventory, problems) = read.unwrap_or_else(|_| panic!("{name}: {text}"));
            (lying(&inventory).len(), problems.len())
        };
        let (all, _) = count(&whole.to_string());
        let spoilt = spoilt(&whole);
        assert!(spoilt.len() > 60, "{name}: {}", spoilt.len());
        let mut kept = 0;
        for report in &spoilt {
            let (read, problems) = count(&report.to_string());
            kept += usize::from(read + 1 >= all);
            assert!(
                read + 1 >= all || problems > 0,
                "{name}: {read} of {all}: {report}"
            );
        }
        assert!(
            kept * 4 > spoilt.len() * 3,
            "{name}: {kept} of {}",
            spoilt.len()
        );
    }
}

#[test]
fn what_stands_before_a_break_is_read_and_the_break_is_told() {
    for (name, text) in reports() {
        let half: String = text.chars().take(text.chars().count() / 2).collect();
        let (_, problems) = inventory(&[(name, &half)]);
        assert!(!problems.is_empty(), "{name}");
    }
    let text = report("gitleaks/acme__leaky.json");
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    let (inventory, problems) = inventory(&[("gitleaks/acme__leaky.json", &half)]);
    let whole = half.matches("\"Fingerprint\"").count();
    assert!(
        whole > 3 && lying(&inventory).len() == whole,
        "{problems:#?}"
    );
}

/// A text with one line after the other spoilt, in ways that lines are.
fn spoilt_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut all = Vec::new();
    for at in 0..lines.len() {
        let line = lines[at];
        let half: String = line.chars().take(line.chars().count() / 2).collect();
        let names = ["Commit", "SourceMetadata", "DetectorName", "Raw"];
        let another =
            |name: &str| line.replace(&format!("\"{name}\":"), &format!("\"{name}\":[7],\"x\":"));
        let mut bad = vec![
            String::new(),
            half,
            "\u{0}\u{1b}[0m,,\"".to_owned(),
            "{\"a\":1}".to_owned(),
        ];
        bad.extend(names.map(another));
        for bad in bad {
            let mut spoilt = lines.clone();
            spoilt[at] = &bad;
            all.push(spoilt.join("\n"));
        }
    }
    all
}

#[test]
fn spoilt_lines_and_rows_never_end_the_run() {
    for (name, least) in [
        ("trufflehog/acme__leaky.jsonl", 20),
        ("trufflehog/acme__docker.txt", 20),
        ("gitleaks/acme__leaky.csv", 100),
    ] {
        let whole = report(name);
        let count = |text: &str| {
            let read = catch_unwind(AssertUnwindSafe(|| inventory(&[(name, text)])));
            let (inventory, problems) = read.unwrap_or_else(|_| panic!("{name}: {text}"));
            (lying(&inventory).len(), problems.len())
        };
        let (all, _) = count(&whole);
        let spoilt = spoilt_lines(&whole);
        assert!(spoilt.len() > least, "{name}: {}", spoilt.len());
        for text in &spoilt {
            let (read, problems) = count(text);
            // A quote that is opened takes the rest of a table with it; what is left of that is no row.
            let is_told = problems > 0 || name.ends_with(".csv");
            assert!(
                read + 1 >= all || is_told,
                "{name}: {read} of {all}: {text}"
            );
        }
    }
}

#[test]
fn a_masked_key_id_is_possible_for_the_key_that_it_fits() {
    let text = report("ggshield/acme__leaky.json");
    let known = |id: &str| {
        let register = format!(
            r#"{{"leakreach": 1, "principals": [{{"id": "p"}}], "credentials": [{{"id": "k", "type": "access-key", "principal": "p", "identifier": "{id}"}}]}}"#
        );
        let (inventory, _) = inventory(&[
            ("ggshield/acme__leaky.json", &text),
            ("../r.json", &register),
        ]);
        lying(&inventory)
            .iter()
            .any(|line| line.contains(" access-key k "))
    };
    assert!(known(concat!("AKIA", "ODEXAMPLEEXAMPLE")));
    assert!(!known(concat!("AKIA", "ODEXAMPLEEXAMPLF")));
}

#[test]
fn an_alert_and_its_other_places_are_one_credential() {
    let (alerts, locations) = (
        report("github/acme.json"),
        report("github-locations/acme__shop__42.json"),
    );
    let (inventory, problems) = inventory(&[
        ("github/acme.json", &alerts),
        ("github-locations/acme__shop__42.json", &locations),
    ]);
    assert!(problems.is_empty(), "{problems:#?}");
    let tokens: Vec<_> = inventory
        .credentials
        .entries()
        .filter(|(_, one)| one.kind == CredentialKind::PersonalAccessToken)
        .collect();
    assert_eq!(tokens.len(), 1, "{tokens:#?}");
    let places = inventory.exposures.iter();
    let places = places.filter(|place| place.lying.iter().any(|one| one.credential == tokens[0].0));
    assert_eq!(places.count(), 3);
}
