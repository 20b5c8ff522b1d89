//! `datasets/acme`: the answers that its README promises, by id.

use crate::account::{Answer, Answers};
use camino::Utf8PathBuf;
use leakreach::analysis::{FixLimit, Leak, Memory, Options, ReadOptions, analyze};
use leakreach::inventory::Access::{List, Read};
use leakreach::progress::Silent;
use leakreach::risk::Points;
use leakreach::steps::Control;
use std::sync::LazyLock;

pub(crate) const LEDGER: &str = "arn:aws:s3:::acme-customer-ledger";
const PLANTED: &str = "aws:access-key:AKIAEXAMPLECIRELEASE";
const BEST_FIX: &str = "arn:aws:iam::777788889999:policy/ci-deploy#AssumeProdRoles";

pub(crate) static ACME: LazyLock<Answers> = LazyLock::new(|| {
    let root = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme"));
    let options = Options {
        as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
        read: ReadOptions::default(),
        shown: 1000,
        fixes: FixLimit::All,
        memory: Memory::ALL,
    };
    Answers {
        analysis: analyze(&[root], &options, &Silent).unwrap(),
    }
});

fn reads_ledger(key: &str) -> Answer {
    ACME.credential_gets(&format!("aws:access-key:{key}"), Read, LEDGER)
}

#[test]
fn every_export_is_read_without_a_problem() {
    let problems = &ACME.analysis.problems;
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(ACME.analysis.inventory.principals.len() >= 300);
    let tenants = ACME.analysis.inventory.tenants.iter();
    let accounts = tenants.filter(|tenant| tenant.platform == "aws");
    assert_eq!(accounts.count(), 3);
}

#[test]
fn the_planted_key_ranks_first_and_alone() {
    let first = &ACME.analysis.credentials[0];
    let Leak::Credential(id) = first.leak else {
        panic!("credentials are ranked")
    };
    assert_eq!(&*ACME.analysis.inventory.credentials[id].key, PLANTED);
    assert_eq!(first.rank, 1);
    assert!(ACME.analysis.credentials[1].certain.points < first.certain.points);
    assert_eq!(first.certain.crowns, 1);
}

#[test]
fn the_planted_key_reaches_the_ledger_in_four_hops_through_two_hands() {
    let analysis = &ACME.analysis;
    let top = &analysis.credentials[0].top[0];
    assert_eq!(&*analysis.inventory.resources[top.resource].key, LEDGER);
    assert!(top.is_certain);
    assert_eq!(top.hops, 4);
    let joined: Vec<_> = top
        .proof
        .steps
        .iter()
        .filter(|&&step| analysis.steps.needs(step).len() == 2)
        .map(|&step| {
            analysis.steps.techniques[analysis.steps.step(step).technique]
                .id
                .as_str()
        })
        .collect();
    assert_eq!(joined, ["aws/replace-function-code"]);
    let with_place =
        |step: &leakreach::steps::StepId| !analysis.steps.step(*step).evidence.is_empty();
    let moves = top
        .proof
        .steps
        .iter()
        .filter(|&&step| analysis.steps.hops(step) > 0);
    assert_eq!(
        moves.clone().count(),
        5,
        "two roles are assumed side by side"
    );
    assert!(moves.clone().all(with_place), "every hop has its evidence");
}

#[test]
fn the_documented_fix_is_the_best_and_alone() {
    let analysis = &ACME.analysis;
    let best = &analysis.fixes[0];
    let Control::Scope(scope) = analysis.steps.controls[best.control] else {
        panic!("the best fix removes a scope")
    };
    assert_eq!(&*analysis.inventory.scopes[scope].key, BEST_FIX);
    assert!(analysis.fixes[1].certain < best.certain);
    assert!(analysis.fixes[1].possible < best.possible);
    assert_eq!(best.credentials, 18);
}

#[test]
fn an_explicit_deny_keeps_the_docs_key_out() {
    assert_eq!(reads_ledger("AKIAEXAMPLECIDOCS222"), Answer::No);
}

#[test]
fn a_boundary_keeps_the_experiments_key_out() {
    assert_eq!(reads_ledger("AKIAEXAMPLEMLEXPERIM"), Answer::No);
}

#[test]
fn a_trust_that_names_another_keeps_the_contractor_out() {
    assert_eq!(reads_ledger("AKIAEXAMPLECONTRBUIL"), Answer::No);
}

#[test]
fn passing_and_creating_by_two_principals_opens_nothing() {
    let worker = "arn:aws:iam::111122223333:role/ledger-export-role";
    for key in ["AKIAEXAMPLEDATAPASSR", "AKIAEXAMPLEFNAUTHOR2"] {
        assert_eq!(reads_ledger(key), Answer::No, "{key}");
        let key = format!("aws:access-key:{key}");
        assert_eq!(ACME.credential_becomes(&key, worker), Answer::No, "{key}");
    }
}

#[test]
fn changing_code_that_nobody_surely_runs_is_only_possible() {
    assert_eq!(reads_ledger("AKIAEXAMPLEHOTFIXBOT"), Answer::Possible);
}

#[test]
fn a_cycle_of_roles_is_walked_once_around() {
    for role in ["pipeline-a", "pipeline-b", "pipeline-c"] {
        let role = format!("arn:aws:iam::444455556666:role/{role}");
        let key = "aws:access-key:AKIAEXAMPLECIPIPELIN";
        assert_eq!(
            ACME.credential_becomes(key, &role),
            Answer::Certain,
            "{role}"
        );
    }
}

#[test]
fn a_key_in_a_secret_is_gained_by_who_reads_the_secret() {
    let key = "aws:access-key:AKIAEXAMPLENIGHTBCKP";
    let migrator = "aws:user:111122223333/db-migrator";
    assert_eq!(ACME.credential_becomes(key, migrator), Answer::Certain);
    assert_eq!(
        ACME.credential_gets(key, Read, "arn:aws:s3:::acme-orders-history"),
        Answer::Certain
    );
}

#[test]
fn one_key_on_two_laptops_is_one_credential_with_two_places() {
    let inventory = &ACME.analysis.inventory;
    let (id, _) = inventory
        .credentials
        .entries()
        .find(|(_, one)| &*one.key == "aws:access-key:AKIAEXAMPLEMCPANALYT")
        .unwrap();
    let mut files: Vec<String> = inventory
        .exposures
        .iter()
        .filter(|exposure| exposure.lying.iter().any(|lying| lying.credential == id))
        .map(|exposure| inventory.place(exposure.evidence[0]))
        .map(|place| place.split(':').next().unwrap().to_owned())
        .collect();
    files.sort();
    files.dedup();
    assert_eq!(files.len(), 2, "{files:?}");
}

#[test]
fn a_token_of_no_known_owner_has_unknown_reach() {
    let analysis = &ACME.analysis;
    let token = analysis
        .credentials
        .iter()
        .find(|scenario| match scenario.leak {
            Leak::Credential(id) => {
                let credential = &analysis.inventory.credentials[id];
                credential.kind == leakreach::inventory::CredentialKind::PersonalAccessToken
            }
            Leak::Exposure(_) => false,
        });
    assert!(token.unwrap().unknown.is_some());
}

#[test]
fn every_part_of_a_breakdown_adds_up_to_the_reach() {
    let analysis = &ACME.analysis;
    let mut tenants = 0;
    for scenario in analysis.credentials.iter().chain(&analysis.exposures) {
        let parts = &scenario.breakdown;
        let sums = [
            parts.kinds.values().copied().collect::<Vec<_>>(),
            parts.accesses.values().copied().collect(),
            parts.environments.values().copied().collect(),
            parts.tenants.values().copied().collect(),
        ];
        for (number, shares) in sums.iter().enumerate() {
            let certain: Points = shares.iter().map(|share| share.certain_points).sum();
            let possible: Points = shares.iter().map(|share| share.possible_points).sum();
            assert_eq!(
                (certain, possible),
                (scenario.certain.points, scenario.possible.points)
            );
            let resources: u64 = shares.iter().map(|share| share.possible).sum();
            // By access a resource stands on every rung that is reached.
            if number != 1 {
                assert_eq!(resources, scenario.possible.resources);
            }
        }
        let listed = parts.accesses.get(&List).map_or(0, |share| share.possible);
        assert_eq!(listed, scenario.possible.resources);
        tenants = tenants.max(parts.tenants.len());
    }
    assert!(tenants > 1, "some credential reaches two accounts");
}
