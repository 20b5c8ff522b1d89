//! `datasets/acme`, its cluster: the path from a leaked kubeconfig to AWS, hop by hop, and what only looks like one.

use crate::account::Answer;
use crate::acme::{ACME, LEDGER};
use leakreach::analysis::Leak;
use leakreach::inventory::Access::{Admin, Read};

const DEPLOYER: &str = "kubernetes:agents:secret:ci/agent-deployer-token#token";
const STATUS: &str = "kubernetes:agents:secret:agents/status-agent-token#token";
const BATCH: &str = "kubernetes:agents:secret:ci/batch-runner-token#token";
const AGENT: &str = "kubernetes:agents:pod:agents/partner-agent-6d5f8c7b9d-x2x4x";
const HOLDER: &str = "kubernetes:agents:secret:agents/partner-feed-aws";
const FEED: &str = "arn:aws:s3:::acme-partner-feed";
const FEED_USER: &str = "arn:aws:iam::111122223333:user/services/svc-partner-feed";
const NODE: &str = "kubernetes:agents:node:ip-10-20-44-117.eu-west-1.compute.internal";

/// The steps of the path, each with a place where it is written; without one where it follows from the step before.
const PATH: [(&str, &str); 13] = [
    (
        "credential/use",
        "scanners/gitleaks/acme__agent-platform.json:2",
    ),
    ("kubernetes/binding", "kubernetes/agents/roles.json:195"),
    ("kubernetes/exec", "kubernetes/agents/roles.json:28"),
    ("kubernetes/in-pod", "kubernetes/agents/pods.json:4"),
    ("kubernetes/pod-token", "kubernetes/agents/pods.json:72"),
    ("kubernetes/binding", "kubernetes/agents/roles.json:218"),
    ("kubernetes/read-secrets", "kubernetes/agents/roles.json:52"),
    (
        "kubernetes/read-secrets",
        "kubernetes/agents/secrets.json:4",
    ),
    ("exposure/read", "register/agents-nodes.csv:2"),
    (
        "stated/secret-store/holds-access-key",
        "register/agents-steps.csv:2",
    ),
    (
        "credential/use",
        "aws/111122223333/iam/access-keys/svc-partner-feed.json:3",
    ),
    (
        "aws/right",
        "aws/111122223333/iam/account-authorization-details.json:",
    ),
    ("aws/read-objects", "aws/111122223333/s3/list-buckets.json:"),
];

#[test]
fn a_leaked_kubeconfig_reads_a_bucket_by_way_of_an_agent_s_pod_and_its_secret() {
    let analysis = &ACME.analysis;
    let inventory = &analysis.inventory;
    let scenario = analysis
        .credentials
        .iter()
        .find(|scenario| match scenario.leak {
            Leak::Credential(id) => &*inventory.credentials[id].key == DEPLOYER,
            Leak::Exposure(_) => false,
        })
        .unwrap();
    let feed = scenario
        .top
        .iter()
        .find(|top| &*inventory.resources[top.resource].key == FEED)
        .unwrap();
    assert!(feed.is_certain);
    assert_eq!(feed.hops, 7);
    let steps: Vec<_> = feed
        .proof
        .steps
        .iter()
        .map(|&id| analysis.steps.step(id))
        .collect();
    let techniques: Vec<_> = steps
        .iter()
        .map(|step| analysis.steps.techniques[step.technique].id.as_str())
        .collect();
    assert_eq!(techniques, PATH.map(|(technique, _)| technique));
    for (step, (technique, place)) in steps.iter().zip(PATH) {
        let places: Vec<_> = step
            .evidence
            .iter()
            .map(|&id| inventory.place(id))
            .collect();
        // A place without a line is a line of a file that other parts of the story write to as well.
        let is_there = |one: &String| match place.ends_with(':') {
            true => one.contains(place),
            false => one.ends_with(place),
        };
        assert!(places.iter().any(is_there), "{technique}: {places:?}");
    }
}

#[test]
fn the_agent_s_pod_opens_aws_by_the_secrets_that_its_service_account_lists() {
    assert_eq!(
        ACME.principal_becomes(Some(AGENT), FEED_USER),
        Answer::Certain
    );
    assert_eq!(ACME.credential_becomes(DEPLOYER, AGENT), Answer::Certain);
    assert_eq!(
        ACME.credential_gets(DEPLOYER, Read, HOLDER),
        Answer::Certain
    );
}

#[test]
fn a_role_that_names_another_secret_keeps_the_status_agent_out() {
    let own = "kubernetes:agents:secret:agents/status-agent-settings";
    assert_eq!(ACME.credential_gets(STATUS, Read, own), Answer::Certain);
    assert_eq!(ACME.credential_gets(STATUS, Read, HOLDER), Answer::No);
    assert_eq!(ACME.credential_gets(STATUS, Read, FEED), Answer::No);
}

#[test]
fn a_namespace_that_enforces_restricted_keeps_the_batch_runner_off_the_node() {
    let account = "kubernetes:agents:serviceaccount:batch/default";
    assert_eq!(ACME.credential_becomes(BATCH, account), Answer::Certain);
    assert_eq!(ACME.credential_gets(BATCH, Admin, NODE), Answer::No);
    assert_eq!(ACME.credential_gets(BATCH, Read, HOLDER), Answer::No);
}

#[test]
fn nothing_in_the_cluster_leads_to_the_ledger() {
    for token in [DEPLOYER, STATUS, BATCH] {
        assert_eq!(
            ACME.credential_gets(token, Read, LEDGER),
            Answer::No,
            "{token}"
        );
    }
}
