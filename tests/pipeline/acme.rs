//! `datasets/acme`: the answers that its README promises, by id.

use crate::account::{Answer, Answers, without_place};
use camino::Utf8PathBuf;
use leakreach::analysis::{
    FixLimit, Leak, Measure, Memory, Mode, Options, ReadOptions, ScenarioReach, analyze,
};
use leakreach::inventory::Access::{List, Read};
use leakreach::inventory::CredentialKind;
use leakreach::progress::Silent;
use leakreach::risk::Points;
use leakreach::steps::{Control, Fact, StepId};
use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(crate) const LEDGER: &str = "arn:aws:s3:::acme-customer-ledger";
const PLANTED: &str = "aws:access-key:AKIAEXAMPLECIRELEASE";
const BEST_FIX: &str = "arn:aws:iam::777788889999:policy/ci-deploy#AssumeProdRoles";

const ORDERS: &str = "arn:aws:rds:eu-west-1:111122223333:db:prod-orders";
const ORDERS_DEPLOY: &str = "arn:aws:iam::111122223333:role/orders-deploy";
const PAUL: &str = "github:token:paul-meyer/authorization-9104";

pub(crate) static ACME: LazyLock<Answers> = LazyLock::new(|| {
    let root = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme"));
    let options = Options {
        as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
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
    let platforms = tenants.map(|tenant| tenant.platform);
    assert_eq!(
        platforms.collect::<Vec<_>>(),
        ["aws", "aws", "aws", "github", "kubernetes", "okta"]
    );
}

#[test]
fn every_step_tells_where_it_was_read_and_every_doubt_its_reason() {
    assert_eq!(without_place(&ACME.analysis), BTreeSet::new());
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
    let payments = "/devices/mbp-4470/amara.okafor/src/payments-api/.mcp.json";
    let mut exposures = analysis.inventory.exposures.iter();
    let place = exposures
        .find(|one| analysis.inventory.place(one.evidence[0]).contains(payments))
        .unwrap();
    let tokens = analysis.credentials.iter().filter(|scenario| {
        let Leak::Credential(id) = scenario.leak else {
            return false;
        };
        place.lying.iter().any(|lying| lying.credential == id)
            && analysis.inventory.credentials[id].kind == CredentialKind::PersonalAccessToken
    });
    let unknown: Vec<bool> = tokens.map(|token| token.unknown.is_some()).collect();
    assert_eq!(unknown, [true]);
}

/// The shortest way from a place or credential to reading a resource: of each hop the technique, what is gained and the
/// places that say so.
pub(crate) fn hops(scenario: &ScenarioReach, resource: &str) -> Vec<String> {
    let (inventory, steps) = (&ACME.analysis.inventory, &ACME.analysis.steps);
    let goal = inventory.resource_by_key(resource).unwrap();
    let top = scenario.top.iter().find(|one| one.resource == goal);
    let top = top.unwrap_or_else(|| panic!("{resource} is not reached"));
    let of = |&step: &StepId| {
        let technique = &steps.techniques[steps.step(step).technique].id;
        let gain = match steps.facts[steps.gain(step)] {
            Fact::Principal(id) => inventory.principals[id].key.to_string(),
            Fact::Credential(id) => inventory.credentials[id].key.to_string(),
            Fact::Exposure(id) => inventory.exposures[id].key.to_string(),
            Fact::Access(id, access) => {
                format!("{} {}", access.name(), inventory.resources[id].key)
            }
            Fact::Act(id) | Fact::Right(_, id) => {
                format!(
                    "{} {}",
                    steps.subjects[id].action, steps.subjects[id].target
                )
            }
            other => format!("{other:?}"),
        };
        let places = steps.step(step).evidence.iter().map(|&id| {
            let place = inventory.place(id);
            place.split("/datasets/acme/").last().unwrap().to_owned()
        });
        format!(
            "{technique}: {gain} ({})",
            places.collect::<Vec<_>>().join(", ")
        )
    };
    top.proof.steps.iter().map(of).collect()
}

fn scenario(is_it: impl Fn(Leak) -> bool) -> &'static ScenarioReach {
    let analysis = &ACME.analysis;
    let mut all = analysis.credentials.iter().chain(&analysis.exposures);
    all.find(|one| is_it(one.leak)).unwrap()
}

pub(crate) fn of_key(key: &str) -> &'static ScenarioReach {
    scenario(|leak| match leak {
        Leak::Credential(id) => &*ACME.analysis.inventory.credentials[id].key == key,
        Leak::Exposure(_) => false,
    })
}

/// Whether the way that is shown to the resource is certain at every hop.
pub(crate) fn is_certainly_read(scenario: &ScenarioReach, resource: &str) -> bool {
    let goal = ACME.analysis.inventory.resource_by_key(resource);
    let mut top = scenario.top.iter();
    top.any(|one| Some(one.resource) == goal && one.is_certain)
}

#[test]
fn a_token_on_a_laptop_leads_through_a_workflow_run_to_the_orders_database() {
    let inventory = &ACME.analysis.inventory;
    let laptop = scenario(|leak| match leak {
        Leak::Exposure(id) => {
            let mut places = inventory.exposures[id].evidence.iter();
            places.any(|&id| inventory.place(id).contains("/paul.meyer/.cursor/mcp.json"))
        }
        Leak::Credential(_) => false,
    });
    assert!(is_certainly_read(laptop, ORDERS));
    let subject =
        "federated:token.actions.githubusercontent.com:repo:acme/orders-api:ref:refs/heads/main";
    let password = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/orders-db/master-password-Jt5Yc3";
    let iam = "aws/111122223333/iam/account-authorization-details.json";
    let token = "devices/mbp-4833/paul.meyer/.cursor/mcp.json:10";
    let known = "github/orgs/acme/credential-authorizations.json:2";
    let expected = [
        format!("exposure/take: {PAUL} ({token})"),
        format!("credential/use: {PAUL} ({token}, {known})"),
        format!(
            "github/scope: github:role/write acme/orders-api ({known}, github/repos/acme/orders-api/collaborators-direct.json:2)"
        ),
        "github/push: github:push acme/orders-api refs/heads/main (github/orgs/acme/repos.json:233)".to_owned(),
        format!("github/mint-subject: {subject} ({iam}:3238)"),
        format!("aws/assume-role-with-web-identity: {ORDERS_DEPLOY} ({iam}:3238)"),
        format!(
            "aws/right: secretsmanager:GetSecretValue {password} as a principal of 111122223333 ({iam}:5648, {iam}:3257)"
        ),
        format!(
            "aws/read-secret: read {password} (aws/111122223333/secretsmanager/list-secrets.json:406)"
        ),
        format!(
            "stated/secret-store/holds-database-password: read {ORDERS} (register/register.json:16)"
        ),
    ];
    assert_eq!(hops(laptop, ORDERS), expected);
}

#[test]
fn the_publisher_of_an_unpinned_action_reads_what_the_secret_of_its_job_opens() {
    let settlements = "arn:aws:s3:::acme-payment-settlements";
    let publisher = of_key("publishing-right:github:example-warehouse");
    assert!(is_certainly_read(publisher, settlements));
    let flow = "github/repos/acme/data-warehouse/contents/.github/workflows/nightly.yml";
    let iam = "aws/111122223333/iam/account-authorization-details.json";
    let expected = [
        format!("credential/use: github:publisher:example-warehouse ({flow}:12)"),
        format!("github/unpinned-action: github:job:acme/data-warehouse/nightly.yml/sync ({flow}:12)"),
        format!("github/use-secret: github:secret:acme/data-warehouse/warehouse_aws_key ({flow}:9)"),
        "stated/secret-store/holds-access-key: aws:access-key:AKIAEXAMPLEWAREHOUS2 (register/register.json:23)".to_owned(),
        "credential/use: arn:aws:iam::111122223333:user/services/warehouse-loader (aws/111122223333/iam/access-keys/warehouse-loader.json:3, aws/111122223333/iam/credential-report.csv:36)".to_owned(),
        format!("aws/right: s3:GetObject {settlements}/* as a principal of 111122223333 ({iam}:859, {iam}:854)"),
        format!("aws/read-objects: read {settlements} (aws/111122223333/s3/bucket-policy/acme-payment-settlements.json:2)"),
    ];
    assert_eq!(hops(publisher, settlements), expected);
}

#[test]
fn an_action_pinned_to_a_commit_gives_its_publisher_nothing() {
    let publisher = |name: &str| {
        let key = format!("github:publisher:{name}");
        ACME.analysis.inventory.principal_by_key(&key).is_some()
    };
    assert!(publisher("example-warehouse"));
    assert!(!publisher("example-checks"));
}

#[test]
fn reviewers_of_an_environment_keep_its_subject_back_but_for_a_perhaps() {
    let lena = "github:token:lena-fischer/7201";
    let role = "arn:aws:iam::111122223333:role/billing-deploy";
    assert_eq!(ACME.credential_becomes(lena, role), Answer::Possible);
    assert_eq!(ACME.credential_gets(lena, Read, ORDERS), Answer::Possible);
}

#[test]
fn a_ruleset_keeps_the_trusted_branch_from_who_writes() {
    let jonas = "github:token:jonas-weber/7202";
    let role = "arn:aws:iam::111122223333:role/schema-migrator";
    assert_eq!(ACME.credential_becomes(jonas, role), Answer::No);
    assert_eq!(ACME.credential_gets(jonas, Read, ORDERS), Answer::No);
}

#[test]
fn an_expired_token_of_who_writes_opens_nothing() {
    let mei = "github:token:mei-ramos/7203";
    assert_eq!(
        ACME.credential_becomes(PAUL, ORDERS_DEPLOY),
        Answer::Certain
    );
    assert_eq!(ACME.credential_becomes(mei, ORDERS_DEPLOY), Answer::No);
    assert_eq!(ACME.credential_gets(mei, Read, ORDERS), Answer::No);
    // She still may what it could.
    let herself = ACME.principal_becomes(Some("github:user:mei-ramos"), ORDERS_DEPLOY);
    assert_eq!(herself, Answer::Certain);
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
