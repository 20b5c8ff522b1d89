//! What other catalogues list, and what becomes of it here: each path and action is a technique or has a reason to be
//! none. `docs/aws-paths.md` says so for people, and is written from the same data: `UPDATE_DOCS=1 cargo test`.

use crate::minimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Followed by rules rather than by data: `src/techniques/aws/federated.rs`.
const BY_RULE: [(&str, &str); 4] = [
    ("x-sts-web", "aws/assume-role-with-web-identity"),
    ("x-sts-saml", "aws/assume-role-with-saml"),
    (
        "sts:AssumeRoleWithWebIdentity",
        "aws/assume-role-with-web-identity",
    ),
    ("sts:AssumeRoleWithSAML", "aws/assume-role-with-saml"),
];

/// What the catalogue says: the techniques of each path and action, and why others are none.
#[derive(Default)]
struct Catalogue {
    techniques: BTreeMap<String, BTreeSet<String>>,
    reasons: BTreeMap<String, String>,
}

fn texts(value: &Value) -> Vec<String> {
    let all = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    all.iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The texts of all members of that name, at any depth.
fn all_named(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if key == name {
                    found.extend(texts(member));
                }
                all_named(member, name, found);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|one| all_named(one, name, found)),
        _ => {}
    }
}

/// Every entry of every file of the catalogue.
pub fn entries() -> Vec<Value> {
    let folder = format!("{ROOT}/src/techniques/aws/catalogue");
    let files = fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|ending| ending == "json"));
    let read =
        |file| -> Vec<Value> { serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap() };
    files.flat_map(read).collect()
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for entry in entries() {
        let mut named = texts(&entry["paths"]);
        all_named(&entry, "action", &mut named);
        match (entry["id"].as_str(), entry["why"].as_str()) {
            (Some(technique), _) => {
                for one in named {
                    let techniques = catalogue.techniques.entry(one).or_default();
                    techniques.insert(technique.to_owned());
                }
            }
            (None, Some(why)) => {
                named.extend(texts(&entry["ids"]));
                let why = |one| (one, why.to_owned());
                catalogue.reasons.extend(named.into_iter().map(why));
            }
            _ => {}
        }
    }
    for (one, technique) in BY_RULE {
        let techniques = catalogue.techniques.entry(one.to_owned()).or_default();
        techniques.insert(technique.to_owned());
    }
    catalogue
}

/// Paths, then actions.
fn listed() -> (Vec<&'static str>, Vec<&'static str>) {
    let lines = include_str!("aws_paths.txt").lines();
    let ids = lines.filter(|line| !line.starts_with('#'));
    ids.partition(|id| !id.contains(':'))
}

#[test]
fn every_path_that_others_list_is_a_technique_or_has_a_reason_to_be_none() {
    let catalogue = catalogue();
    let (paths, actions) = listed();
    assert_eq!((paths.len(), actions.len()), (123, 65));
    for one in paths.iter().chain(&actions) {
        let is_technique = catalogue.techniques.contains_key(*one);
        let is_none = catalogue.reasons.contains_key(*one);
        assert_eq!(u8::from(is_technique) + u8::from(is_none), 1, "{one}");
    }
}

/// The actions of each request, in an order of their own.
fn sorted(mut requests: Vec<Vec<&str>>) -> Vec<Vec<&str>> {
    requests
        .iter_mut()
        .for_each(|request| request.sort_unstable());
    requests.sort_unstable();
    requests
}

/// What of a technique narrows it beside its rights, so that a row must show an account in which it is not used.
fn narrowing(technique: &Value) -> Vec<&'static str> {
    let gain = &technique["gain"];
    let named = ["unless", "key_action", "condition_if_encrypted"];
    let of_gain = ["needs_instance_profile", "assumes"];
    let named = named.into_iter().filter(|name| !technique[*name].is_null());
    let of_gain = of_gain.into_iter().filter(|name| !gain[*name].is_null());
    named.chain(of_gain).collect()
}

/// A row is checked by `minimal.rs`: all of its rights use the technique, and without any one of them nobody does.
#[test]
fn every_technique_has_a_minimal_account_that_takes_each_of_its_rights_away() {
    let entries = entries();
    let mut rows: BTreeMap<&str, &minimal::Row> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for row in minimal::rows() {
        if rows.insert(row.technique, row).is_some() {
            mistakes.push(format!("{}: has two rows", row.technique));
        }
    }
    let techniques = entries.iter().filter(|entry| entry["requests"].is_array());
    for technique in techniques {
        let id = technique["id"].as_str().unwrap();
        let Some(row) = rows.remove(id) else {
            mistakes.push(format!("{id}: has no row in tests/pipeline/minimal"));
            continue;
        };
        let requests = technique["requests"].as_array().unwrap().iter();
        let needed = requests.map(|request| {
            let needs = request.as_array().unwrap().iter();
            needs.map(|need| need["action"].as_str().unwrap()).collect()
        });
        let taken = row.requests.iter();
        let taken = taken.map(|rights| rights.iter().map(|(action, _)| *action).collect());
        let (needed, taken) = (sorted(needed.collect()), sorted(taken.collect()));
        if needed != taken {
            mistakes.push(format!(
                "{id}: needs {needed:?}, its row takes away {taken:?}"
            ));
        }
        let narrowing = narrowing(technique);
        if !narrowing.is_empty() && !row.has_others() {
            mistakes.push(format!(
                "{id}: no account of its row is without {narrowing:?}"
            ));
        }
    }
    let unknown = rows.keys();
    mistakes.extend(unknown.map(|id| format!("{id}: is no technique of the catalogue")));
    assert_eq!(mistakes, Vec::<String>::new());
}

fn table(catalogue: &Catalogue, title: &str, ids: &[&str]) -> String {
    let mut text = format!("| {title} | here |\n| --- | --- |\n");
    for id in ids {
        let here = match catalogue.techniques.get(*id) {
            Some(techniques) => {
                let quoted: Vec<String> = techniques.iter().map(|one| format!("`{one}`")).collect();
                quoted.join(", ")
            }
            None => {
                let why = catalogue.reasons.get(*id);
                format!("not followed: {}", why.map_or("", String::as_str))
            }
        };
        writeln!(text, "| `{id}` | {here} |").unwrap();
    }
    text
}

#[test]
fn the_page_of_paths_says_what_the_catalogue_says() {
    let catalogue = catalogue();
    let (paths, actions) = listed();
    let page = format!(
        "# AWS: what is followed\n\n\
        Every path of [pathfinding.cloud](https://pathfinding.cloud) (Apache-2.0, ids of 2026-11), and paths (`x-…`) and\n\
        actions that it lacks, with the techniques here. Needs, gains and sources of each technique stand in\n\
        [the catalogue](../src/techniques/aws/catalogue). This page is written by a test: `UPDATE_DOCS=1 cargo test --test\n\
        pipeline coverage`.\n\n\
        ## Paths\n\n{}\n## Actions that give or show secrets\n\n{}",
        table(&catalogue, "path", &paths),
        table(&catalogue, "action", &actions)
    );
    let file = format!("{ROOT}/docs/aws-paths.md");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &page).unwrap();
    }
    assert!(
        fs::read_to_string(&file).is_ok_and(|now| now == page),
        "docs/aws-paths.md is not what the catalogue says: run with UPDATE_DOCS=1"
    );
}

/// The row of that name in the README's table: how many are followed, of how many.
fn readme_row(name: &str) -> (usize, usize) {
    let readme = fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    let line = readme
        .lines()
        .find(|line| line.starts_with(&format!("| {name} |")));
    let cells: Vec<&str> = line
        .unwrap_or_else(|| panic!("no row `{name}`"))
        .split('|')
        .collect();
    let numbers = cells[2]
        .trim()
        .split(" of ")
        .map(|text| text.parse().unwrap());
    let numbers: Vec<usize> = numbers.collect();
    (numbers[0], numbers[1])
}

#[test]
fn the_readme_counts_what_is_followed() {
    let catalogue = catalogue();
    let (paths, actions) = listed();
    let count = |ids: &[&str]| {
        let is_followed = |id: &&&str| catalogue.techniques.contains_key(**id);
        (ids.iter().filter(is_followed).count(), ids.len())
    };
    assert_eq!(readme_row("escalation paths"), count(&paths));
    assert_eq!(
        readme_row("actions that give or show secrets"),
        count(&actions)
    );
}
