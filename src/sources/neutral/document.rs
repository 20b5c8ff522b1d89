//! Nodes and steps as one JSON document.

use super::node::{self, Node};
use super::reference;
use crate::inventory::{Key, LyingRecord, Record, ScopeRecord, Sight, StatedStepRecord, Terms};
use crate::problem::{ProblemCode, Severity};
use crate::sources::envelope::{Body, Page, Row};
use crate::sources::intake::Intake;
use crate::sources::moment::Moment;
use crate::sources::nearest;
use rustc_hash::FxHashSet;
use serde::Deserialize;

/// The lists, and the word that their members are.
const LISTS: [(&str, &str); 6] = [
    ("tenants", "tenant"),
    ("principals", "principal"),
    ("credentials", "credential"),
    ("exposures", "exposure"),
    ("resources", "resource"),
    ("scopes", "scope"),
];
const KEYS: [&str; 8] = [
    "leakreach",
    "tenants",
    "principals",
    "credentials",
    "exposures",
    "resources",
    "scopes",
    "steps",
];

#[derive(Deserialize)]
struct Lies {
    credential: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    doubt: Option<String>,
    #[serde(default)]
    since: Moment,
    #[serde(default)]
    worked: Option<bool>,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    found: bool,
}

#[derive(Deserialize)]
struct Step {
    needs: Vec<String>,
    gain: String,
    #[serde(default)]
    technique: String,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    condition: Option<String>,
}

pub(super) fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Body::Object(members) = page.body() else {
        return;
    };
    let version = page.member("leakreach");
    if version
        .as_ref()
        .is_none_or(|version| version.raw.get() != "1")
    {
        let at = version.map_or_else(|| intake.page(page), |version| intake.row(&version));
        intake.problem(
            Severity::Doubt,
            ProblemCode::NotModelled,
            &at,
            "a version of this format that is not known: read as version 1",
            "write `\"leakreach\": 1`",
        );
    }
    for (name, raw) in members.effective() {
        if !KEYS.contains(&name) {
            let at = intake.evidence(raw, &crate::sources::json::join(page.pointer(), name));
            intake.problem(
                Severity::Note,
                ProblemCode::NotModelled,
                &at,
                "a member that is not read: its name is not known",
                nearest::help(name, &KEYS),
            );
        }
    }
    for (list, word) in LISTS {
        for row in rows(page, list, intake) {
            read_node(word, &row, intake);
        }
    }
    let mut scopes: FxHashSet<Key> = FxHashSet::default();
    for row in rows(page, "steps", intake) {
        read_step(&row, &mut scopes, intake);
    }
}

fn rows<'d>(page: &Page<'d>, list: &str, intake: &mut Intake<'_>) -> Vec<Row<'d>> {
    let Some(member) = page.member(list) else {
        return Vec::new();
    };
    member.rows().unwrap_or_else(|| {
        let at = intake.row(&member);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            format!("`{list}` is no list"),
            "write it as […]",
        );
        Vec::new()
    })
}

fn read_node(word: &str, row: &Row<'_>, intake: &mut Intake<'_>) {
    let Some(node) = intake.parse::<Node<'_>>(row) else {
        return;
    };
    let mut lying = Vec::new();
    for place in row
        .member("lying")
        .and_then(|list| list.rows())
        .unwrap_or_default()
    {
        let Some(lies) = intake.parse::<Lies>(&place) else {
            continue;
        };
        let since = intake.moment(lies.since, &place, "since");
        lying.push(LyingRecord {
            credential: intake.key(&lies.credential),
            name: lies.name,
            doubt: lies.doubt,
            sight: Sight {
                since,
                worked: lies.worked,
                is_public: lies.public,
                is_found: lies.found,
            },
            evidence: intake.row(&place),
        });
    }
    let place = |intake: &Intake<'_>, field: Option<&str>| match field {
        Some(field) => intake.member(row, field),
        None => intake.row(row),
    };
    // A node that cannot be read has been reported there; the others are read all the same.
    let _ = node::emit(word, &node, lying, &place, intake);
}

fn read_step(row: &Row<'_>, scopes: &mut FxHashSet<Key>, intake: &mut Intake<'_>) {
    let Some(step) = intake.parse::<Step>(row) else {
        return;
    };
    let bad = |intake: &mut Intake<'_>, member: &str, wrong: reference::BadReference| {
        let at = intake.member(row, member);
        let message = format!("record skipped: {}", wrong.message);
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &at,
            message,
            wrong.help,
        );
    };
    let mut needs = Vec::with_capacity(step.needs.len());
    for need in &step.needs {
        match reference::parse(need, intake) {
            Ok(fact) => needs.push(fact),
            Err(wrong) => return bad(intake, "needs", wrong),
        }
    }
    if needs.is_empty() {
        let wrong = reference::BadReference {
            message: "a step needs something".to_owned(),
            help: "write what must be held, as `credential:KEY`".to_owned(),
        };
        return bad(intake, "needs", wrong);
    }
    let gain = match reference::parse(&step.gain, intake) {
        Ok(fact) => fact,
        Err(wrong) => return bad(intake, "gain", wrong),
    };
    let evidence = intake.row(row);
    let scope = step
        .scope
        .filter(|scope| !scope.is_empty())
        .map(|scope| intake.key(&scope));
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
        needs,
        gain,
        technique: step.technique,
        scope,
        condition: step.condition.filter(|condition| !condition.is_empty()),
        evidence,
    }));
}
