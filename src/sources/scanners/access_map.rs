//! kingfisher's access map: as whom a credential that it found acts, and what that one sees, asked of the issuer with the
//! credential itself.
//!
//! Two shapes: what `blast-radius` writes for one credential, and `access_map[]` of a scan (read by `kingfisher`). Both
//! tell the identity for sure. What it may do to what is not told: every resource is listed with all the rights that the
//! identity has somewhere on things of its sort. So all access is *possible*, and exports of the platform itself know
//! better.
//!
//! Source: kingfisher, `src/access_map.rs` (`AccessMapResult`, `build_failed_result`), `src/access_map/aws.rs`
//! (`permissions_for_prefix`), `src/reporter.rs` (`AccessMapEntry`, `format_resource`), read 2026-11. Read by these: a
//! run needs a live credential.

use crate::inventory::{
    Access, CredentialKind, CredentialRecord, CredentialStatus, Evidence, Key, Lifetime,
    PrincipalKind, PrincipalRecord, Record, ResourceRecord, ScopeRecord, StatedFact,
    StatedStepRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::Source;
use crate::sources::envelope::{Page, Row};
use crate::sources::fingerprint::MAPPED;
use crate::sources::intake::Intake;
use crate::sources::json::null_as_default;
use crate::sources::matching::{Clues, Owner};
use crate::sources::secret_shape;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "scanners/access_map",
    about: "what kingfisher saw with a credential: as whom it acts, and on what",
    command: "kingfisher blast-radius --rule <rule> --format json … > scanners/access-map/<name>.json   (or scan --access-map, in its report)",
    keys: &["cloud", "identity", "permissions", "severity"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    page.has_keys(&["cloud", "identity", "permissions", "resources"])
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let rows = match page.is_array() {
        true => page.rows("").unwrap_or_default(),
        false => page.whole().into_iter().collect(),
    };
    for row in rows {
        if let Some(alone) = intake.parse::<Alone>(&row) {
            let mapped = alone.mapped();
            emit(&mapped, &row, intake);
        }
    }
}

/// Reads `access_map[]` of a scan.
pub(super) fn read_list(rows: &[Row<'_>], intake: &mut Intake<'_>) {
    for row in rows {
        if let Some(entry) = intake.parse::<Entry>(row) {
            emit(&entry.mapped(), row, intake);
        }
    }
}

/// By what a finding of kingfisher and the map of its credential are one.
pub(super) fn joined(fingerprint: &str) -> Option<String> {
    (!fingerprint.is_empty()).then(|| format!("kingfisher's finding {fingerprint}"))
}

/// Rights by their gravity.
#[derive(Deserialize, Default)]
struct Rights {
    #[serde(default, deserialize_with = "null_as_default")]
    admin: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    privilege_escalation: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    risky: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Identity {
    #[serde(default, alias = "identity_id", deserialize_with = "null_as_default")]
    id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    access_type: String,
}

#[derive(Deserialize)]
struct Role {
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    permissions: Vec<String>,
}

#[derive(Deserialize)]
struct Alone {
    cloud: String,
    #[serde(default, deserialize_with = "null_as_default")]
    fingerprint: String,
    identity: Identity,
    #[serde(default, deserialize_with = "null_as_default")]
    roles: Vec<Role>,
    #[serde(default, deserialize_with = "null_as_default")]
    permissions: Rights,
    resources: Vec<Exposed>,
}

#[derive(Deserialize)]
struct Exposed {
    #[serde(default)]
    resource_type: String,
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    permissions: Vec<String>,
}

#[derive(Deserialize)]
struct Entry {
    provider: String,
    #[serde(default, deserialize_with = "null_as_default")]
    fingerprint: String,
    #[serde(default, deserialize_with = "null_as_default")]
    fingerprints: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    context: Identity,
    #[serde(default, deserialize_with = "null_as_default")]
    roles: Vec<Role>,
    #[serde(default, deserialize_with = "null_as_default")]
    permissions_by_severity: Rights,
    #[serde(default, deserialize_with = "null_as_default")]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    permissions: Vec<String>,
}

/// One credential's map, from either shape.
struct Mapped {
    platform: String,
    fingerprints: Vec<String>,
    identity: Identity,
    roles: Vec<Role>,
    rights: Rights,
    /// Types and names, with the rights told for each.
    resources: Vec<(String, String, Vec<String>)>,
}

impl Alone {
    fn mapped(self) -> Mapped {
        let resources = self.resources.into_iter();
        let resources = resources.map(|one| (one.resource_type, one.name, one.permissions));
        Mapped {
            platform: self.cloud,
            fingerprints: vec![self.fingerprint],
            identity: self.identity,
            roles: self.roles,
            rights: self.permissions,
            resources: resources.collect(),
        }
    }
}

impl Entry {
    fn mapped(self) -> Mapped {
        let identity = &self.context.id;
        let mut resources = Vec::new();
        for group in &self.groups {
            for name in &group.resources {
                // Where nothing was listed, the identity itself stands there.
                if name == identity {
                    continue;
                }
                let (sort, name) = match name.split_once(':') {
                    Some((sort, name)) if sort != "arn" => (sort, name),
                    _ => ("", name.as_str()),
                };
                resources.push((sort.to_owned(), name.to_owned(), group.permissions.clone()));
            }
        }
        let mut fingerprints = self.fingerprints;
        fingerprints.push(self.fingerprint);
        Mapped {
            platform: self.provider,
            fingerprints,
            identity: self.context,
            roles: self.roles,
            rights: self.permissions_by_severity,
            resources,
        }
    }
}

/// Why access is possible and no more.
const EVERYWHERE: &str = "the access map lists what the identity may do somewhere, not on what";

/// Platforms by the names that kingfisher gives them, where others here name them so too.
const PLATFORMS: [&str; 9] = [
    "aws",
    "gcp",
    "azure",
    "github",
    "gitlab",
    "slack",
    "salesforce",
    "openai",
    "anthropic",
];

fn emit(mapped: &Mapped, row: &Row<'_>, intake: &mut Intake<'_>) {
    let evidence = intake.row(row);
    let identity = mapped.identity.id.trim();
    // A map that failed names a label, not an identity: `build_failed_result`.
    let is_told = !matches!(mapped.identity.access_type.as_str(), "" | "unknown");
    if identity.is_empty() || !is_told {
        intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &evidence,
            "a map that failed: as whom this credential acts is not told",
            "run it again with a credential that works, or export the platform itself",
        );
        return;
    }
    if !is_name(identity) || !is_name(&mapped.platform) {
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &evidence,
            "record skipped: its identity has not the form of a name",
            "export the platform itself",
        );
        return;
    }
    let named = PLATFORMS.iter().find(|name| **name == mapped.platform);
    let platform = named.copied().unwrap_or("stated");
    let principal = intake.key(&format!("mapped:{}/{identity}", mapped.platform));
    intake.emit(Record::Principal(PrincipalRecord {
        key: principal.clone(),
        aliases: Vec::new(),
        name: format!("{identity}, as kingfisher saw it"),
        kind: kind(&mapped.identity.access_type),
        platform,
        tenant: None,
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }));
    credential(mapped, &principal, &evidence, intake);
    let roles: Vec<(Key, &Role)> = mapped
        .roles
        .iter()
        .filter(|role| is_name(&role.name))
        .map(|role| (intake.key(&format!("{principal}#{}", role.name)), role))
        .collect();
    for (key, role) in &roles {
        intake.emit(Record::Scope(ScopeRecord {
            key: key.clone(),
            name: format!("role {} of {identity}", role.name),
            terms: Terms::Stated,
            evidence: evidence.clone(),
        }));
    }
    let mut seen: BTreeMap<Key, (Access, Option<Key>)> = BTreeMap::new();
    for (sort, name, permissions) in &mapped.resources {
        if !is_name(name) {
            continue;
        }
        let access = access(sort, permissions, &mapped.rights);
        // Of several roles that give a right here none alone is the one to take away.
        let gives = |role: &Role| permissions.iter().any(|one| role.permissions.contains(one));
        let mut giving = roles.iter().filter(|(_, role)| gives(role));
        let scope = match (giving.next(), giving.next()) {
            (Some((key, _)), None) => Some(key.clone()),
            _ => None,
        };
        let key = resource(&mapped.platform, platform, (sort, name), &evidence, intake);
        let entry = seen.entry(key).or_insert((access, scope.clone()));
        if entry.0 < access {
            *entry = (access, scope);
        }
    }
    for (resource, (access, scope)) in seen {
        intake.emit(Record::Step(StatedStepRecord {
            needs: vec![StatedFact::Principal(principal.clone())],
            gain: StatedFact::Access(resource, access),
            technique: "access map of kingfisher".to_owned(),
            scope,
            condition: Some(EVERYWHERE.to_owned()),
            evidence: evidence.clone(),
        }));
    }
}

/// The credential that was mapped: that of the finding with the same fingerprint, where one is read.
fn credential(mapped: &Mapped, principal: &Key, evidence: &Evidence, intake: &mut Intake<'_>) {
    let key = intake.key(&format!(
        "found:{MAPPED}{}#{}",
        intake.path(),
        evidence.pointer
    ));
    intake.emit(Record::Credential(CredentialRecord {
        key: key.clone(),
        name: format!("what kingfisher mapped at {}", mapped.platform),
        kind: CredentialKind::Unknown,
        identifier: None,
        principal: None,
        status: CredentialStatus::Unknown,
        lifetime: Lifetime::Unknown,
        created: None,
        expires: None,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    for fingerprint in &mapped.fingerprints {
        if let Some(joined) = joined(fingerprint) {
            intake.joined(&joined, &key);
        }
    }
    // What exports say of that identity decides, where they describe it.
    let platforms = match mapped.platform.as_str() {
        "aws" => Owner::ARN,
        "github" => Owner::LOGIN,
        _ => &[],
    };
    let owner = match mapped.platform.as_str() {
        "gcp" => Owner::of_email(mapped.identity.id.clone()),
        _ => Owner {
            platforms,
            name: mapped.identity.id.clone(),
        },
    };
    let clues = Clues {
        owner: Some(owner),
        ..Clues::default()
    };
    intake.clued(&key, clues);
    intake.emit(Record::Step(StatedStepRecord {
        needs: vec![StatedFact::Credential(key)],
        gain: StatedFact::Principal(principal.clone()),
        technique: "access map of kingfisher".to_owned(),
        scope: None,
        condition: None,
        evidence: evidence.clone(),
    }));
}

/// A thing that was listed: that of an export, where its name is an ARN.
fn resource(
    provider: &str,
    platform: &'static str,
    (sort, name): (&str, &str),
    evidence: &Evidence,
    intake: &mut Intake<'_>,
) -> Key {
    let is_arn = name.starts_with("arn:");
    let key = match is_arn {
        true => intake.key(name),
        false => intake.key(&format!("mapped:{provider}/{sort}/{name}")),
    };
    let kind = match (is_arn, name.split(':').nth(2)) {
        (true, Some("s3")) => "s3:bucket".to_owned(),
        (true, Some(service)) => {
            let thing = sort.rsplit('_').next().unwrap_or(sort);
            format!("{service}:{thing}")
        }
        _ => format!("{provider}:{sort}"),
    };
    intake.emit(Record::Resource(ResourceRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name: name.to_owned(),
        kind,
        platform,
        tenant: None,
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: evidence.clone(),
    }));
    key
}

/// The gravest that rights tell.
fn access(sort: &str, permissions: &[String], rights: &Rights) -> Access {
    // Roles are seen, not held.
    if permissions.is_empty() || sort == "iam_role" {
        return Access::List;
    }
    let has = |list: &[String]| permissions.iter().any(|one| list.contains(one));
    let says = |words: &[&str]| {
        let any = |one: &String| {
            let one = one.to_ascii_lowercase();
            words.iter().any(|word| one.contains(word))
        };
        permissions.iter().any(any)
    };
    if has(&rights.admin) || permissions.iter().any(|one| one == "*") || says(&["admin", "owner"]) {
        Access::Admin
    } else if has(&rights.privilege_escalation)
        || has(&rights.risky)
        || says(&["write", "push", "maintain", "put", "update", "create"])
    {
        Access::Write
    } else {
        Access::Read
    }
}

fn kind(access_type: &str) -> PrincipalKind {
    match access_type {
        "user" => PrincipalKind::User,
        "role" | "assumed_role" => PrincipalKind::Role,
        "root" => PrincipalKind::Root,
        "service_account" => PrincipalKind::ServiceAccount,
        _ => PrincipalKind::Unknown,
    }
}

/// Whether it can be a name, and is no secret.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 512
        && !text.chars().any(char::is_control)
        && secret_shape::kind_of("", text).is_none()
}
