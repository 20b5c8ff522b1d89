//! Reports of secret scanners: where secrets lie, without the secrets.
//!
//! Each reader turns a tool's own form into [`finding::Finding`]s; from there on all are alike. Most reports hold the
//! values themselves: they are looked at, hashed for joining, and wiped.

pub(super) mod access_map;
pub(super) mod detect_secrets;
mod finding;
pub(super) mod ggshield;
pub(super) mod github_alerts;
pub(super) mod github_locations;
pub(super) mod gitleaks;
mod kinds;
pub(super) mod kingfisher;
mod repository;
pub(super) mod sarif;
pub(super) mod trufflehog;
