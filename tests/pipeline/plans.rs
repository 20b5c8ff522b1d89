//! The truth of plans: a plan applied, all read and analysed again, leaves exactly what it says.

use crate::edits::{Folder, account, acme, apply};
use leakreach::analysis::{
    Analysis, FixLimit, Goal, Limits, Options, Plan, PlannedFix, ReadOptions, Share, plan,
};
use leakreach::inventory::{CredentialStatus, Id, Inventory, Record, Terms};
use leakreach::progress::Silent;
use leakreach::reach::{Layer, reached};
use leakreach::steps::{Control, Fact, FactId};
use leakreach::{risk, sources, techniques};

fn options(as_of: &str) -> Options {
    Options {
        as_of: as_of.parse().unwrap(),
        read: ReadOptions::default(),
        shown: 0,
        fixes: FixLimit::Best(0),
    }
}

fn planned(folder: &Folder, goal: Goal) -> (Analysis, Plan) {
    let limits = Limits::default();
    let paths = [folder.root.clone()];
    plan(&paths, &options(folder.as_of), goal, limits, &Silent)
}

/// Does what a fix says to what was read.
fn do_it(analysis: &Analysis, planned: &PlannedFix, records: &mut Vec<Record>) {
    let inventory = &analysis.inventory;
    match analysis.steps.controls[planned.fix.control] {
        Control::Credential(id) => {
            let row = &inventory.credentials[id];
            for record in records {
                let Record::Credential(one) = record else {
                    continue;
                };
                // A credential report knows a key by its owner and time alone.
                let principal = one.principal.as_ref();
                let is_slot = one.identifier.is_none()
                    && one.kind == row.kind
                    && one.created == row.created
                    && principal.and_then(|key| inventory.principal_by_key(key)) == row.principal;
                if one.key == row.key || is_slot {
                    one.status = CredentialStatus::Inactive;
                }
            }
        }
        Control::Exposure(id) => {
            let key = &inventory.exposures[id].key;
            records.retain(|record| !matches!(record, Record::Exposure(one) if one.key == *key));
        }
        Control::Scope(id) => {
            let key = &inventory.scopes[id].key;
            let Some(narrowing) = &planned.fix.narrowing else {
                records.retain(|record| !matches!(record, Record::Scope(one) if one.key == *key));
                return;
            };
            for record in records {
                if let Record::Scope(one) = record
                    && one.key == *key
                    && let Terms::Statement { statement, .. }
                    | Terms::ResourcePolicy { statement, .. } = &mut one.terms
                {
                    let actions = &mut statement.actions.values;
                    actions.retain(|action| !narrowing.dropped.contains(action));
                    actions.extend(narrowing.added.iter().cloned());
                }
            }
        }
    }
}

/// Certain and possible reach that is left when a plan has been done: the edits in the exports, all else in what is
/// read of them.
fn left(folder: &Folder, analysis: &Analysis, plan: &Plan) -> (u64, u64) {
    for edit in &plan.edits {
        apply(analysis, edit);
    }
    let reading = sources::read(&[folder.root.clone()], &ReadOptions::default(), &Silent);
    let mut records = reading.records;
    for planned in plan
        .fixes
        .iter()
        .filter(|planned| planned.fix.edits.is_empty())
    {
        do_it(analysis, planned, &mut records);
    }
    let as_of = folder.as_of.parse().unwrap();
    let mut inventory = Inventory::build(reading.files, records, as_of, &mut Vec::new());
    let (steps, _) = techniques::derive(&mut inventory);
    let points = |fact: FactId| match steps.facts[fact] {
        Fact::AtLeast(resource, access) => {
            risk::weight(inventory.resources[resource].sensitivity, access).0
        }
        _ => 0,
    };
    let total = |layer| -> u64 {
        let seeds = inventory.credentials.ids();
        let seeds = seeds.filter_map(|id| steps.fact_id(Fact::Credential(id)));
        let sum = |seed| -> u64 {
            let held = reached(&steps, layer, &[seed], None);
            let facts = steps.facts.ids().filter(|fact| held[fact.index()]);
            facts.map(points).sum()
        };
        seeds.map(sum).sum()
    };
    (total(Layer::Certain), total(Layer::Possible))
}

fn words(analysis: &Analysis, plan: &Plan) -> String {
    let name = |planned: &PlannedFix| {
        let name = match analysis.steps.controls[planned.fix.control] {
            Control::Scope(id) => analysis.inventory.scopes[id].key.to_string(),
            Control::Credential(id) => analysis.inventory.credentials[id].key.to_string(),
            Control::Exposure(id) => analysis.inventory.exposures[id].key.to_string(),
        };
        let narrowing = planned.fix.narrowing.as_ref().map(|one| &one.dropped);
        format!(
            "\n  {name} {narrowing:?}, edits {}",
            planned.fix.edits.len()
        )
    };
    plan.fixes.iter().map(name).collect()
}

/// What is printed of a plan is true of it.
fn assert_true(make: &dyn Fn() -> Folder, goal: Goal) -> usize {
    let folder = make();
    let (analysis, plan) = planned(&folder, goal);
    assert_eq!(plan.total, analysis.total);
    let expected = (
        plan.total.0.0 - plan.gain.0.0,
        plan.total.1.0 - plan.gain.1.0,
    );
    if let Some(last) = plan.fixes.last() {
        assert_eq!(last.so_far, plan.gain, "{goal:?}");
    }
    let left = left(&folder, &analysis, &plan);
    assert_eq!(left, expected, "{goal:?}: {}", words(&analysis, &plan));
    plan.fixes.len()
}

/// On more accounts: `LEAKREACH_SEEDS=1000`.
#[test]
fn a_plan_that_is_done_leaves_what_it_says() {
    let seeds = std::env::var("LEAKREACH_SEEDS").map_or(12, |number| number.parse().unwrap());
    let mut fixes = 0;
    for seed in 0..seeds {
        let make = || Folder::of(account(seed));
        for goal in [Goal::Top(2), Goal::Budget(6), Goal::Until(Share(9_000))] {
            fixes += assert_true(&make, goal);
        }
    }
    assert!(fixes > 40, "{fixes}");
}

#[test]
fn plans_of_acme_leave_what_they_say() {
    assert!(assert_true(&acme, Goal::Budget(6)) > 2);
}
