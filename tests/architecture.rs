//! The house: which module may use which, and that every list is complete.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn sources_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The modules of `lib.rs`, in order.
fn order() -> Vec<String> {
    fs::read_to_string(root().join("src/lib.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// The modules that a source text uses by `crate::NAME`, tests left out.
fn used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    code.split("crate::")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let order = order();
    let place: BTreeMap<&str, usize> = order
        .iter()
        .enumerate()
        .map(|(at, name)| (name.as_str(), at))
        .collect();
    assert!(place.len() >= 12, "lib.rs lists its modules: {order:?}");
    let mut wrong = Vec::new();
    for file in sources_below(&root().join("src")) {
        let name = file.strip_prefix(root().join("src")).unwrap();
        let room = name
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        let Some(&own) = place.get(room) else {
            continue;
        };
        for other in used(&fs::read_to_string(&file).unwrap()) {
            if place.get(other.as_str()).is_some_and(|&at| at > own) {
                wrong.push(format!("{} uses {other}", name.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn main_is_thin() {
    let text = fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(text.lines().count() <= 30);
}

#[test]
fn one_platform_never_imports_another() {
    let platforms = root().join("src/platforms");
    let names: Vec<String> = fs::read_dir(&platforms)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .filter(|name| name != "mod")
        .collect();
    assert!(!names.is_empty());
    for file in sources_below(&platforms) {
        let own = file
            .strip_prefix(&platforms)
            .unwrap()
            .iter()
            .next()
            .unwrap();
        let own = Path::new(own).file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        for other in names
            .iter()
            .filter(|other| own != "mod" && other.as_str() != own)
        {
            assert!(
                !text.contains(&format!("platforms::{other}")),
                "{}",
                file.display()
            );
        }
    }
}

#[test]
fn every_source_file_is_in_the_list() {
    let listed: Vec<&str> = leakreach::sources::SOURCES
        .iter()
        .map(|source| source.id)
        .collect();
    let folder = root().join("src/sources");
    let files: Vec<String> = sources_below(&folder)
        .into_iter()
        .filter(|file| {
            fs::read_to_string(file)
                .unwrap()
                .contains("SOURCE: Source = Source {")
        })
        .map(|file| {
            let name = file.strip_prefix(&folder).unwrap().with_extension("");
            name.to_str().unwrap().trim_end_matches("/mod").to_owned()
        })
        .collect();
    assert!(files.len() >= 10, "{files:?}");
    for file in &files {
        let is_listed = listed.iter().any(|id| {
            file == id || file.starts_with(&format!("{id}/")) || id.starts_with(&format!("{file}/"))
        });
        assert!(is_listed, "`{file}` is no source of SOURCES: {listed:?}");
    }
}

#[test]
fn every_rule_file_is_in_the_list() {
    let listed: Vec<&str> = leakreach::techniques::RULES
        .iter()
        .map(|rule| rule.id)
        .collect();
    for entry in fs::read_dir(root().join("src/techniques")).unwrap() {
        let name = entry
            .unwrap()
            .path()
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            // How techniques are declared is no rule.
            ["mod", "listed"].contains(&name.as_str()) || listed.contains(&name.as_str()),
            "`{name}` is not in RULES"
        );
    }
}

#[test]
fn every_check_file_is_in_the_list_has_its_page_and_a_hit_and_a_near_miss() {
    let folder = root().join("src/findings");
    let mut files: Vec<String> = sources_below(&folder)
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name.starts_with("br_"))
        .collect();
    files.sort();
    let of = |id: &str| id.to_lowercase().replace('-', "_");
    let mut listed: Vec<String> = leakreach::findings::CHECKS
        .iter()
        .map(|check| of(check.id))
        .collect();
    listed.sort();
    assert_eq!(files, listed);
    let tests = fs::read_to_string(root().join("tests/pipeline/findings.rs")).unwrap();
    for name in &files {
        let page = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        let code = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        let id = name.to_uppercase().replace('_', "-");
        assert!(page.starts_with(&format!("# {id}: ")), "{name}");
        assert!(code.starts_with(&format!("//! {id}: ")), "{name}");
        assert!(tests.contains(&format!("fn {name}_")), "{name} has no test");
    }
}
