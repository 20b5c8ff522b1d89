//! From exports to facts: small accounts in real export shapes, run through the whole pipeline.

#![allow(
    unreachable_pub,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod access_map;
mod account;
mod acme;
mod acme_cluster;
mod acme_directory;
mod administration;
mod agents;
mod agents_estate;
mod canary;
mod cases;
mod chances;
mod coverage;
mod editing;
mod edits;
mod existing;
mod external_id;
mod federated;
mod known_wrong;
mod kubernetes;
mod kubernetes_formats;
mod leaks;
mod factored;
mod findings;
mod formats;
mod github;
mod matching;
mod measured;
mod minimal;
mod minting;
mod okta;
mod organization;
mod outsiders;
mod passrole;
mod plans;
mod platforms;
mod policies;
mod questions;
mod renames;
mod rights;
mod roles_anywhere;
#[path = "../../src/sources/samples.rs"]
mod samples;
mod scanners;
mod scopes;
mod service_keys;
mod sessions;
mod severities;
mod splits;
mod techniques;
mod tightening;
mod totals;
mod usage;
