//! Every technique of GitHub, Kubernetes and Okta, and the federation that joins platforms: minimal exports in which an
//! attacker uses it, and near misses, exports that differ in one thing and in which nobody does.
//!
//! A row names a technique, exports, what the attacker holds, and what the technique gives him from there. Its near misses
//! are written from the vendor's rule, each condition of it taken away by itself. `coverage` at the end compares the rows
//! with the table of techniques. The next row goes into the file of its platform, in the order of that table; a technique
//! has as many rows as its rule has ways.

mod federation;
mod github;
mod kubernetes;
mod okta;

use crate::account::Answer::{self, Certain, No, Possible};
use crate::account::analyzed;
use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::Analysis;
use leakreach::inventory::{Access, Inventory};
use leakreach::problem::ProblemCode;
use leakreach::progress::Silent;
use leakreach::reach::{Layer, reached};
use leakreach::sources::{ReadOptions, read};
use leakreach::steps::{Fact, Steps};
use leakreach::techniques::{derive, table};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The platforms whose every technique has a row; techniques of `any` platform have one where they are named in `ALSO`.
const PLATFORMS: [&str; 3] = ["github", "kubernetes", "okta"];
const ALSO: [&str; 1] = ["oidc/present-token"];

/// Exports: path and text of each file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exports {
    files: BTreeMap<String, String>,
}

impl Exports {
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let files = files.into_iter().collect();
        Self { files }
    }

    /// Those that are written into a folder.
    pub fn written(write: impl FnOnce(&Utf8Path)) -> Self {
        fn add(root: &Utf8Path, folder: &Utf8Path, files: &mut BTreeMap<String, String>) {
            for entry in folder.read_dir_utf8().unwrap() {
                let path = entry.unwrap().into_path();
                if path.is_dir() {
                    add(root, &path, files);
                } else {
                    let name = path.strip_prefix(root).unwrap().to_string();
                    files.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        write(root);
        let mut files = BTreeMap::new();
        add(root, root, &mut files);
        Self { files }
    }

    /// With another file.
    pub fn with(mut self, path: &str, body: impl ToString) -> Self {
        self.files.insert(path.to_owned(), body.to_string());
        self
    }

    /// With another value at a JSON pointer that is there.
    pub fn set(mut self, path: &str, pointer: &str, value: impl Into<Value>) -> Self {
        let text = self
            .files
            .get_mut(path)
            .unwrap_or_else(|| panic!("no file {path}"));
        let mut body: Value = serde_json::from_str(text).unwrap();
        *body
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("nothing at {pointer} of {path}")) = value.into();
        *text = body.to_string();
        self
    }

    /// With another value in an object of a cluster.
    pub fn object(self, kind: &str, name: &str, pointer: &str, value: impl Into<Value>) -> Self {
        const OBJECTS: &str = "kubernetes/c/objects.json";
        let body: Value = serde_json::from_str(&self.files[OBJECTS]).unwrap();
        let full = |metadata: &Value| match metadata["namespace"].as_str() {
            Some(namespace) => format!("{namespace}/{}", metadata["name"].as_str().unwrap()),
            None => metadata["name"].as_str().unwrap().to_owned(),
        };
        let is_it = |one: &Value| one["kind"] == kind && full(&one["metadata"]) == name;
        let mut all = body["items"].as_array().unwrap().iter();
        let at = all.position(is_it);
        let at = at.unwrap_or_else(|| panic!("no {kind} {name}"));
        self.set(OBJECTS, &format!("/items/{at}{pointer}"), value)
    }

    /// With another text in place of one that is there.
    pub fn replace(mut self, path: &str, from: &str, to: &str) -> Self {
        let text = self
            .files
            .get_mut(path)
            .unwrap_or_else(|| panic!("no file {path}"));
        assert!(text.contains(from), "no `{from}` in {path}: {text}");
        *text = text.replace(from, to);
        self
    }

    /// With a file under another path.
    pub fn moved(self, from: &str, to: &str) -> Self {
        let text = self.files[from].clone();
        self.without(from).with(to, text)
    }

    pub fn without(mut self, path: &str) -> Self {
        let gone = self.files.remove(path);
        assert!(gone.is_some(), "no file {path}");
        self
    }

    /// What is made of them.
    pub fn analyzed(&self) -> Analysis {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for (path, text) in &self.files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        analyzed(&root, "2026-11-01T00:00:00Z")
    }

    /// What is read and derived of them.
    fn told(&self, what: &str) -> Told {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for (path, text) in &self.files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let reading = read(&[root], &ReadOptions::default(), &Silent);
        let mut problems = reading.problems;
        let as_of = "2026-11-01T00:00:00Z".parse().unwrap();
        let mut inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
        // A near miss may name what its exports do not describe; all of them must be read.
        problems.retain(|one| one.code != ProblemCode::MissingReference);
        assert!(problems.is_empty(), "{what}: {problems:?}");
        let (steps, _) = derive(&mut inventory);
        Told { inventory, steps }
    }
}

/// Something that can be held, by the names of its export.
#[derive(Debug, Clone)]
pub enum Held {
    /// Acting as a principal.
    As(String),
    Credential(String),
    Exposure(String),
    Access(String, Access),
    /// An act, and on what.
    Act(String, String),
}

pub fn acting(key: impl Into<String>) -> Held {
    Held::As(key.into())
}

pub fn access(key: impl Into<String>, access: Access) -> Held {
    Held::Access(key.into(), access)
}

pub fn act(action: &str, on: &str) -> Held {
    Held::Act(action.to_owned(), on.to_owned())
}

struct Told {
    inventory: Inventory,
    steps: Steps,
}

impl Told {
    /// `None` where nothing of that name is there.
    fn fact(&self, held: &Held) -> Option<Fact> {
        let inventory = &self.inventory;
        let subject = |action: &str, target: &str| {
            let mut all = self.steps.subjects.entries();
            all.find(|(_, one)| one.action == action && one.target == target)
                .map(|(id, _)| id)
        };
        match held {
            Held::As(key) => inventory.principal_by_key(key).map(Fact::Principal),
            Held::Access(key, access) => {
                let id = inventory.resource_by_key(key)?;
                Some(Fact::Access(id, *access))
            }
            Held::Credential(key) => {
                let mut all = inventory.credentials.entries();
                let (id, _) = all.find(|(_, one)| *one.key == **key)?;
                Some(Fact::Credential(id))
            }
            Held::Exposure(key) => {
                let mut all = inventory.exposures.entries();
                let (id, _) = all.find(|(_, one)| *one.key == **key)?;
                Some(Fact::Exposure(id))
            }
            Held::Act(action, target) => subject(action, target).map(Fact::Act),
        }
    }

    /// How surely a technique gives something to whoever holds these: by a step whose every need is reached.
    fn uses(&self, technique: &str, from: &[Held], gain: &Held) -> Answer {
        let steps = &self.steps;
        let seed: Vec<_> = from
            .iter()
            .filter_map(|held| steps.fact_id(self.fact(held)?))
            .collect();
        let Some(goal) = self.fact(gain).and_then(|fact| steps.fact_id(fact)) else {
            return No;
        };
        let own = steps.gaining(goal).iter();
        let own: Vec<_> = own
            .map(|&id| steps.step(id))
            .filter(|step| steps.techniques[step.technique].id == technique)
            .collect();
        let is_used = |layer: Layer| {
            let reached = reached(steps, layer, &seed, None);
            own.iter().any(|step| {
                let is_on = layer == Layer::Possible || step.condition.is_none();
                is_on && step.needs.iter().all(|need| reached[need.0 as usize])
            })
        };
        if is_used(Layer::Certain) {
            Certain
        } else if is_used(Layer::Possible) {
            Possible
        } else {
            No
        }
    }
}

impl Told {
    /// The techniques of these platforms of which some step does not tell where it was read, or a doubt has no reason.
    fn without_place(&self) -> BTreeSet<&str> {
        let steps = &self.steps;
        let mut bare = BTreeSet::new();
        for step in steps.ids().map(|id| steps.step(id)) {
            let id = steps.techniques[step.technique].id.as_str();
            let platform = id.split('/').next().unwrap_or("");
            let is_ours = PLATFORMS.contains(&platform) || ALSO.contains(&id);
            let reason = step.condition.map(|one| steps.conditions[one].trim());
            if is_ours && (step.evidence.is_empty() || reason.is_some_and(str::is_empty)) {
                bare.insert(id);
            }
        }
        bare
    }

    /// The steps of a technique, in words.
    fn steps_of(&self, technique: &str) -> Vec<String> {
        let (inventory, steps) = (&self.inventory, &self.steps);
        let words = |fact: Fact| match fact {
            Fact::Principal(id) => inventory.principals[id].key.to_string(),
            Fact::Access(id, access) => format!("{access:?} {}", inventory.resources[id].key),
            Fact::Credential(id) => inventory.credentials[id].key.to_string(),
            Fact::Exposure(id) => inventory.exposures[id].key.to_string(),
            Fact::Act(id) => {
                let subject = &steps.subjects[id];
                format!("{} on {}", subject.action, subject.target)
            }
            Fact::Right(holder, id) => {
                let (holder, subject) = (&inventory.principals[holder].key, &steps.subjects[id]);
                format!("{holder}: {} on {}", subject.action, subject.target)
            }
            other => format!("{other:?}"),
        };
        let all = steps.ids().map(|id| steps.step(id));
        let own = all.filter(|step| steps.techniques[step.technique].id == technique);
        own.map(|step| {
            let needs = step.needs.iter().map(|&need| words(steps.facts[need]));
            let needs: Vec<String> = needs.collect();
            let is_sure = step.condition.is_none();
            format!(
                "{} -> {} ({is_sure})",
                needs.join(" + "),
                words(steps.facts[step.gain])
            )
        })
        .collect()
    }
}

/// What differs, in which exports or what is held, and how surely the technique is used there.
struct Near {
    what: &'static str,
    exports: Exports,
    from: Vec<Held>,
    answer: Answer,
}

/// A technique, exports in which it is used, and near misses.
pub struct Row {
    technique: &'static str,
    exports: Exports,
    from: Vec<Held>,
    gain: Held,
    answer: Answer,
    near: Vec<Near>,
}

/// Whoever holds `from` gains that for sure.
pub fn row(
    technique: &'static str,
    exports: impl Into<Exports>,
    from: impl IntoIterator<Item = Held>,
    gain: Held,
) -> Row {
    Row {
        technique,
        exports: exports.into(),
        from: from.into_iter().collect(),
        gain,
        answer: Certain,
        near: Vec::new(),
    }
}

impl Row {
    /// Only perhaps: it hangs on what no export tells.
    pub fn perhaps(mut self) -> Self {
        self.answer = Possible;
        self
    }

    fn differing(mut self, what: &'static str, exports: Exports, answer: Answer) -> Self {
        assert_ne!(
            exports, self.exports,
            "{}: `{what}` changes nothing",
            self.technique
        );
        self.near.push(Near {
            what,
            exports,
            from: self.from.clone(),
            answer,
        });
        self
    }

    /// By whoever holds these it is used so surely, or not at all.
    fn by(mut self, what: &'static str, from: Vec<Held>, answer: Answer) -> Self {
        self.near.push(Near {
            what,
            exports: self.exports.clone(),
            from,
            answer,
        });
        self
    }

    /// Whoever holds these alone does not use it: another hand is missing.
    pub fn not_by(self, what: &'static str, from: impl IntoIterator<Item = Held>) -> Self {
        self.by(what, from.into_iter().collect(), No)
    }

    /// Whoever holds these alone uses it only perhaps.
    pub fn maybe_by(self, what: &'static str, from: impl IntoIterator<Item = Held>) -> Self {
        assert_eq!(self.answer, Certain, "{}", self.technique);
        self.by(what, from.into_iter().collect(), Possible)
    }

    /// After this change nobody uses it.
    pub fn not(self, what: &'static str, change: impl FnOnce(Exports) -> Exports) -> Self {
        let exports = change(self.exports.clone());
        self.differing(what, exports, No)
    }

    /// In these exports nobody uses it.
    pub fn not_in(self, what: &'static str, exports: impl Into<Exports>) -> Self {
        self.differing(what, exports.into(), No)
    }

    /// After this change it is used only perhaps.
    pub fn maybe(self, what: &'static str, change: impl FnOnce(Exports) -> Exports) -> Self {
        assert_eq!(self.answer, Certain, "{}", self.technique);
        let exports = change(self.exports.clone());
        self.differing(what, exports, Possible)
    }

    /// In these exports it is used only perhaps.
    pub fn maybe_in(self, what: &'static str, exports: impl Into<Exports>) -> Self {
        assert_eq!(self.answer, Certain, "{}", self.technique);
        self.differing(what, exports.into(), Possible)
    }

    /// What differs from what the row says.
    fn check(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut compare = |what: &str, exports: &Exports, from: &[Held], expected: Answer| {
            let technique = self.technique;
            let told = exports.told(&format!("{technique}: {what}"));
            let found = told.uses(technique, from, &self.gain);
            let bare = told.without_place();
            if !bare.is_empty() {
                mistakes.push(format!(
                    "{technique}: {what}: steps without a place: {bare:?}"
                ));
            }
            if found != expected {
                let gain = &self.gain;
                let steps = told.steps_of(technique).join("\n    ");
                mistakes.push(format!(
                    "{technique} to {gain:?}: {what}: {found:?}, not {expected:?}; its steps:\n    {steps}"
                ));
            }
        };
        compare("as the row says", &self.exports, &self.from, self.answer);
        for near in &self.near {
            compare(near.what, &near.exports, &near.from, near.answer);
        }
        mistakes
    }
}

fn check(rows: &[Row]) {
    let mistakes: Vec<String> = rows.iter().flat_map(Row::check).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn each_technique_of_github_is_used_as_its_row_says_and_missed_by_each_near_miss() {
    check(&github::rows());
}

#[test]
fn each_technique_of_kubernetes_is_used_as_its_row_says_and_missed_by_each_near_miss() {
    check(&kubernetes::rows());
}

#[test]
fn each_technique_of_okta_is_used_as_its_row_says_and_missed_by_each_near_miss() {
    check(&okta::rows());
}

#[test]
fn a_federation_is_used_as_its_row_says_and_missed_by_each_near_miss() {
    check(&federation::rows());
}

#[test]
fn every_technique_of_these_platforms_has_a_row_and_every_row_a_near_miss() {
    let rows = [
        github::rows(),
        kubernetes::rows(),
        okta::rows(),
        federation::rows(),
    ];
    let mut mistakes = Vec::new();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for row in rows.iter().flatten() {
        named.insert(row.technique);
        if !row.near.iter().any(|near| near.answer == No) {
            mistakes.push(format!("{}: a row has no near miss", row.technique));
        }
    }
    let known = table();
    let is_ours = |id: &str, platform: &str| PLATFORMS.contains(&platform) || ALSO.contains(&id);
    let known: BTreeSet<&str> = known
        .iter()
        .filter(|one| is_ours(&one.id, &one.platform))
        .map(|one| one.id.as_str())
        .collect();
    for id in known.difference(&named) {
        mistakes.push(format!("{id}: has no row in tests/pipeline/platforms"));
    }
    for id in named.difference(&known) {
        mistakes.push(format!("{id}: is no technique of these platforms"));
    }
    assert_eq!(mistakes, Vec::<String>::new());
}
