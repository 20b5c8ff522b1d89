//! Rows for tests, as plain as they can be.

use crate::inventory::{
    Credential, CredentialId, CredentialKind, CredentialStatus, Evidence, EvidenceId, Exposure,
    ExposureKind, File, Hierarchy, Id, Inventory, Key, Label, Lifetime, Lying, Platform, Principal,
    PrincipalKind, Resource, Sight, Tenant, TenantId,
};
use jiff::{SignedDuration, Timestamp};

/// So many days after now, or before.
pub(super) fn day(days: i64) -> Timestamp {
    hour(24 * days)
}

/// So many hours after now, or before.
pub(super) fn hour(hours: i64) -> Timestamp {
    let now: Timestamp = "2026-07-01T00:00:00Z".parse().unwrap();
    now + SignedDuration::from_hours(hours)
}

pub(super) fn estate() -> Inventory {
    let mut inventory = Inventory::default();
    inventory.as_of = day(0);
    inventory
}

pub(super) fn credential(kind: CredentialKind) -> Credential {
    Credential {
        key: Key::from("a-credential"),
        name: "a credential".to_owned(),
        kind,
        identifier: None,
        principal: None,
        status: CredentialStatus::Active,
        lifetime: Lifetime::Unknown,
        created: None,
        expires: None,
        last_used: None,
        last_review: None,
        second_factor: None,
        evidence: Vec::new(),
    }
}

pub(super) fn principal(platform: Platform, tenant: Option<TenantId>) -> Principal {
    Principal {
        key: Key::from("a-principal"),
        aliases: Vec::new(),
        name: "a principal".to_owned(),
        kind: PrincipalKind::User,
        platform,
        tenant,
        owner: None,
        created: None,
        last_used: None,
        last_review: None,
        tags: Vec::new(),
        is_stub: false,
        evidence: Vec::new(),
    }
}

pub(super) fn tenant(platform: Platform, environment: &str) -> Tenant {
    Tenant {
        key: Key::from("a-tenant"),
        platform,
        identifier: "a tenant".to_owned(),
        name: None,
        environment: Label::stated(environment),
        owner: None,
        hierarchy: Hierarchy::default(),
        evidence: Vec::new(),
    }
}

pub(super) fn resource(platform: Platform, tenant: Option<TenantId>) -> Resource {
    Resource {
        tenant,
        ..Resource::new(Key::from("a-resource"), "s3:bucket".to_owned(), platform)
    }
}

pub(super) fn exposure(key: &str, kind: ExposureKind, lying: &[(CredentialId, Sight)]) -> Exposure {
    let lying = lying.iter().map(|&(credential, sight)| Lying {
        credential,
        name: "a name".to_owned(),
        doubt: None,
        sight,
        evidence: EvidenceId::from_index(0),
    });
    Exposure {
        key: Key::from(key),
        name: key.to_owned(),
        kind,
        resource: None,
        holders: Vec::new(),
        lying: lying.collect(),
        ended: Vec::new(),
        evidence: Vec::new(),
    }
}

/// A place in a file of its own.
pub(super) fn evidence(inventory: &mut Inventory) -> EvidenceId {
    let file = inventory.files.push(File {
        path: "a-file".into(),
        bytes: 0,
        sources: Vec::new(),
        records: 0,
        covers: Vec::new(),
    });
    inventory.evidence.push(Evidence {
        file,
        line: 1,
        pointer: "".into(),
        is_in_text: false,
    })
}
