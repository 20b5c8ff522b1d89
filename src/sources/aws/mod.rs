//! Exports of the AWS command line, one file per command.
//!
//! Shapes, traps and the folder layout: every reader names its command. Accounts come from ARNs, else from the layout.

pub(super) mod access_keys;
pub(super) mod account_authorization_details;
pub(super) mod agentcore;
pub(super) mod agentcore_identity;
mod arn;
pub(super) mod attributes;
pub(super) mod bucket_encryption;
pub(super) mod bucket_policy;
pub(super) mod buckets;
pub(super) mod credential_report;
mod described;
pub(super) mod functions;
pub(super) mod instances;
pub(super) mod keys;
pub(super) mod named_policies;
pub(super) mod last_accessed;
pub(super) mod organization;
mod own_policy;
pub(super) mod parameters;
mod policy;
pub(super) mod public_access;
pub(super) mod resource_policies;
pub(super) mod roles_anywhere;
pub(super) mod running;
pub(super) mod secrets;
pub(super) mod service_credentials;
pub(super) mod unused_access;

use super::intake::Intake;
use super::json::null_as_default;
use crate::inventory::{Evidence, Hierarchy, Key, ListingRecord, Platform, Record, TenantRecord};
use serde::Deserialize;

const AWS: Platform = "aws";

/// A tag as AWS writes it.
#[derive(Debug, Deserialize)]
struct Tag {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Value", default, deserialize_with = "null_as_default")]
    value: String,
}

fn tags(tags: Option<Vec<Tag>>) -> Vec<(String, String)> {
    tags.unwrap_or_default()
        .into_iter()
        .map(|tag| (tag.key, tag.value))
        .collect()
}

/// The key of an account's tenant.
fn tenant_key(intake: &mut Intake<'_>, account: &str) -> Key {
    intake.key(&format!("aws:account:{account}"))
}

/// Says that an account exists, where it was seen.
fn emit_tenant(intake: &mut Intake<'_>, account: &str, evidence: Evidence) -> Key {
    let key = tenant_key(intake, account);
    intake.emit(Record::Tenant(TenantRecord {
        key: key.clone(),
        platform: AWS,
        identifier: account.to_owned(),
        name: None,
        environment: None,
        owner: None,
        hierarchy: Hierarchy::default(),
        evidence,
    }));
    key
}

/// Says that an account's objects of one kind were listed.
fn emit_listing(
    intake: &mut Intake<'_>,
    account: &str,
    kind: &str,
    is_complete: bool,
    evidence: Evidence,
) {
    let tenant = tenant_key(intake, account);
    intake.emit(Record::Listing(ListingRecord {
        tenant,
        kind: kind.to_owned(),
        of: None,
        is_complete,
        evidence,
    }));
}
