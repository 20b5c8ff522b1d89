//! leakreach reads exported IAM and SaaS data and answers, offline: how far could each leaked secret travel, and which
//! change shrinks that most?
//!
//! ```text
//! files ─ sources ─▶ inventory ─ platforms, techniques ─▶ steps ─ reach ─▶ facts per scenario ─ fixes ─▶ gains
//!                                                                                     └─ analysis ─▶ reports
//! ```
//!
//! Modules stand in the order in which data flows: each may use only those above it.

pub mod document;
pub mod problem;
pub mod progress;
pub mod memory;
pub mod pattern;
pub mod inventory;
pub mod sources;
pub mod platforms;
pub mod steps;
pub mod techniques;
pub mod reach;
pub mod fixes;
pub mod risk;
pub mod findings;
pub mod changes;
pub mod analysis;
pub mod verify;
pub mod reports;
pub mod shards;
pub mod cli;
