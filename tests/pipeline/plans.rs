//! The truth of plans: a plan applied, all read and analysed again, leaves exactly what it says.

use crate::account::{Account, allow, function, key_of, user};
use crate::edits::{Folder, account, acme, apply};
use leakreach::analysis::{
    Analysis, FixLimit, Goal, Limits, Measure, Memory, Mode, Options, Plan, PlannedFix,
    ReadOptions, Share, plan,
};
use leakreach::inventory::{CredentialId, CredentialStatus, Id, Inventory, Record, Terms};
use leakreach::progress::Silent;
use leakreach::reach::{Layer, reached};
use leakreach::steps::{Control, Fact, FactId};
use leakreach::{risk, sources, techniques};
use serde_json::json;

fn options(as_of: &str) -> Options {
    Options {
        as_of: as_of.parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
        shown: 0,
        fixes: FixLimit::Best(0),
        memory: Memory::ALL,
    }
}

fn planned(folder: &Folder, goal: Goal) -> (Analysis, Plan) {
    let limits = Limits::default();
    let paths = [folder.root.clone()];
    plan(&paths, &options(folder.as_of), goal, limits, &Silent).unwrap()
}

/// Does what a fix says to what was read.
fn do_it(analysis: &Analysis, planned: &PlannedFix, records: &mut Vec<Record>) {
    let inventory = &analysis.inventory;
    match analysis.steps.controls[planned.fix.control] {
        // Nothing that was read says how likely a leak is: this changes no step, but what is left of the chance.
        Control::Chance(..) => {}
        // That changes the estate itself: see `splits`.
        Control::Split(_) => panic!("nothing is split here"),
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
    let reading = sources::read(
        std::slice::from_ref(&folder.root),
        &ReadOptions::default(),
        &Silent,
    );
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
    // How likely each leaks, and where it is at home, is as before: what is revoked opens nothing, which is why it counts
    // nothing.
    let model = &analysis.model;
    assert_eq!(
        inventory.credentials.len(),
        analysis.inventory.credentials.len()
    );
    let points = |id: CredentialId, fact: FactId| match steps.facts[fact] {
        Fact::AtLeast(resource, access) => {
            let (home, place) = (
                model.borders.home_of_credential(id),
                model.borders.place_of(resource),
            );
            let sensitivity = inventory.resources[resource].sensitivity;
            model.borders.factor(home, place) * risk::weight(sensitivity, access)
        }
        _ => 0,
    };
    let done = plan
        .fixes
        .iter()
        .filter_map(|one| match analysis.steps.controls[one.fix.control] {
            Control::Chance(id, lowering) => Some((id, lowering)),
            _ => None,
        });
    let done: Vec<_> = done.collect();
    let total = |layer| -> u64 {
        let given = reached(&steps, layer, &[], None);
        let sum = |id: CredentialId| -> u64 {
            let of = |chance: risk::Chance| match layer {
                Layer::Certain => chance.certain,
                Layer::Possible => chance.possible,
            };
            let whole = of(model.chances.credential(id));
            let left = of(model.chances.left(id, &done));
            // One that no step speaks of, such as a token that has expired, leaves what everybody may.
            let seed = Vec::from_iter(steps.fact_id(Fact::Credential(id)));
            let held = reached(&steps, layer, &seed, None);
            let facts = steps.facts.ids().filter(|fact| held[fact.index()]);
            // What anyone reaches needs no leak: a lower chance takes nothing of it away.
            let chance = |fact: FactId| if given[fact.index()] { whole } else { left };
            facts.map(|fact| chance(fact) * points(id, fact)).sum()
        };
        inventory.credentials.ids().map(sum).sum()
    };
    (total(Layer::Certain), total(Layer::Possible))
}

fn words(analysis: &Analysis, plan: &Plan) -> String {
    let name = |planned: &PlannedFix| {
        let name = match analysis.steps.controls[planned.fix.control] {
            Control::Scope(id) => analysis.inventory.scopes[id].key.to_string(),
            Control::Credential(id) | Control::Chance(id, _) | Control::Split(id) => {
                analysis.inventory.credentials[id].key.to_string()
            }
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

/// A key in the environment of a function: its id, and something for the value.
fn lying(of: &str) -> serde_json::Value {
    json!({"AWS_ACCESS_KEY_ID": key_of(of), "AWS_SECRET_ACCESS_KEY": "EXAMPLE-not-a-secret"})
}

/// Ada reads the environment of `worker`, in which ben's key lies; nothing but keys and places is cheap.
fn ada_reads_what_ben_runs() -> Account {
    let estate =
        "[[effort]]\npoints = 90\n[[effort]]\nkind = [\"credential\", \"exposure\"]\npoints = 2\n";
    Account::default()
        .user(
            "ada",
            &[
                allow("lambda:GetFunctionConfiguration", &function("worker")),
                allow("s3:GetObject", "arn:aws:s3:::ledger/*"),
            ],
        )
        .user("ben", &[allow("s3:GetObject", "arn:aws:s3:::payroll/*")])
        .role("runner", &json!({"Service": "lambda.amazonaws.com"}), &[])
        .function("worker", "runner", lying("ben"))
        .bucket("ledger")
        .bucket("payroll")
        .estate(estate)
}

/// What is done, after what, together with what, and whether it holds.
fn turns(analysis: &Analysis, plan: &Plan) -> Vec<(String, Option<usize>, Vec<usize>, bool)> {
    let turn = |planned: &PlannedFix| {
        let name = match analysis.steps.controls[planned.fix.control] {
            Control::Credential(id) | Control::Chance(id, _) | Control::Split(id) => {
                analysis.inventory.credentials[id].name.clone()
            }
            Control::Exposure(id) => analysis.inventory.exposures[id].kind.name().to_owned(),
            Control::Scope(id) => analysis.inventory.scopes[id].key.to_string(),
        };
        (
            name,
            planned.after,
            planned.together.clone(),
            planned.read_by.is_empty(),
        )
    };
    plan.fixes.iter().map(turn).collect()
}

fn planned_turns(account: Account, goal: Goal) -> Vec<(String, Option<usize>, Vec<usize>, bool)> {
    let (analysis, plan) = planned(&Folder::of(account), goal);
    turns(&analysis, &plan)
}

#[test]
fn a_key_is_rotated_after_the_key_that_reads_where_it_lies() {
    let told = planned_turns(ada_reads_what_ben_runs(), Goal::Until(Share::WHOLE));
    let expected = [
        (key_of("ada"), None, vec![], true),
        (key_of("ben"), Some(0), vec![], true),
    ];
    assert_eq!(told, expected);
}

/// Ada reads where the key of ben lies, and ben where hers does.
fn ada_and_ben_read_each_other() -> Account {
    ada_reads_what_ben_runs()
        .function("maker", "runner", lying("ada"))
        .group(
            "readers",
            &[allow("lambda:GetFunctionConfiguration", &function("maker"))],
        )
        .in_group("readers")
}

#[test]
fn keys_that_read_each_other_are_revoked_together() {
    let told = planned_turns(ada_and_ben_read_each_other(), Goal::Until(Share::WHOLE));
    let together: Vec<_> = told
        .iter()
        .map(|(_, after, together, holds)| (*after, together.clone(), *holds))
        .collect();
    assert_eq!(
        together,
        [(None, vec![0, 1], true), (None, vec![0, 1], true)],
        "{told:?}"
    );
}

#[test]
fn a_key_does_not_hold_that_a_key_which_stays_reads() {
    // Whoever has ben's key has had ada's, which stays, and reads where ben's lies.
    let account = ada_and_ben_read_each_other();
    let estate = format!(
        "[[effort]]\npoints = 90\n[[effort]]\nname = \"{}\"\npoints = 1\n",
        key_of("ben")
    );
    let (analysis, plan) = planned(&Folder::of(account.estate(&estate)), Goal::Budget(1));
    assert_eq!(
        turns(&analysis, &plan),
        [(key_of("ben"), None, vec![], false)]
    );
    let kept: Vec<&str> = plan
        .kept
        .iter()
        .map(|&id| analysis.inventory.credentials[id].name.as_str())
        .collect();
    // Beside it the value in the variable, of which no export says whose it is.
    assert_eq!(kept, [key_of("ada").as_str(), "AWS_SECRET_ACCESS_KEY"]);
    assert_eq!(plan.fixes[0].places.len(), 1);
}

#[test]
fn a_key_that_was_never_used_is_only_revoked() {
    let report = |last: &str| {
        // The columns of a credential report that matter here; the others are not known.
        format!(
            "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
             password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
             access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
             access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
             access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,\
             cert_2_active,cert_2_last_rotated\n\
             ada,{},2024-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,2024-02-01T00:00:00+00:00,{last},N/A,N/A,\
             false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n",
            user("ada")
        )
    };
    let of = |last: &str| {
        let estate = "[[effort]]\npoints = 90\n[[effort]]\nkind = \"credential\"\npoints = 2\n";
        let account = Account::default()
            .user("ada", &[allow("s3:GetObject", "*")])
            .bucket("ledger")
            .file("iam/credential-report.csv", &report(last))
            .estate(estate);
        let (_, plan) = planned(&Folder::of(account), Goal::Budget(2));
        assert_eq!(plan.fixes.len(), 1);
        plan.fixes[0].is_renewed
    };
    assert!(of("2025-12-30T00:00:00+00:00"));
    assert!(!of("2025-08-01T00:00:00+00:00"));
}
