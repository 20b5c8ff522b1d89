//! Secrets: names, types and the names of their entries. Values become fingerprints and are not kept.
//!
//! Source: Kubernetes documentation, "Secrets" (types and the entries that each must have); "Managing Service Accounts"
//! (tokens in secrets, which do not end, and the label that tells when one was used last) (read 2026-11).

use super::super::{Actor, Thing};
use super::Object;
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, ExposureKind, ExposureRecord, Key,
    Lifetime, LyingRecord, PrincipalKind, Record, Sight, Terms,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::envelope::Row;
use crate::sources::found::{self, Candidate};
use crate::sources::intake::Intake;
use crate::sources::json::{self, Members};
use crate::sources::moment;
use base64::Engine as _;
use zeroize::Zeroizing;

const TOKEN: &str = "kubernetes.io/service-account-token";
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const ACCOUNT: &str = "kubernetes.io/service-account.name";
const LAST_USED: &str = "kubernetes.io/legacy-token-last-used";
const INVALID_SINCE: &str = "kubernetes.io/legacy-token-invalid-since";
const BOOTSTRAP: &str = "bootstrap.kubernetes.io/token";

/// What lies in a secret of a type, whatever its entries are.
const OF_TYPE: [(&str, CredentialKind, &str); 5] = [
    (
        "kubernetes.io/dockerconfigjson",
        CredentialKind::Password,
        "logins of image registries",
    ),
    (
        "kubernetes.io/dockercfg",
        CredentialKind::Password,
        "logins of image registries",
    ),
    (
        "kubernetes.io/basic-auth",
        CredentialKind::Password,
        "login",
    ),
    (
        "kubernetes.io/ssh-auth",
        CredentialKind::PrivateKey,
        "SSH key",
    ),
    (
        "kubernetes.io/tls",
        CredentialKind::Certificate,
        "certificate with its key",
    ),
];

pub(super) fn secret(object: &Object<'_, '_>, intake: &mut Intake<'_>) -> Option<()> {
    let kind = match object.row.member("type") {
        None => "Opaque".to_owned(),
        Some(row) => match json::text_of(row.raw) {
            Some(kind) => kind,
            None => {
                super::super::skip(intake, object.row, "its `type` is no text");
                return None;
            }
        },
    };
    let key = object.own_key(intake);
    let evidence = intake.row(object.row);
    let name = format!("{}/{}", object.namespace(), object.name());
    let thing = Thing {
        key: key.clone(),
        name: name.clone(),
        kind: "kubernetes:secret",
        tags: object.labels(),
        aliases: Vec::new(),
    };
    object.cluster.resource(intake, thing, evidence.clone());
    warn_of_values(object, intake);
    let lying = match kind.as_str() {
        TOKEN => token(object, &key, intake).into_iter().collect(),
        BOOTSTRAP => bootstrap(object, &key, intake),
        other => of_entries(object, other, &key, &name, intake),
    };
    if !lying.is_empty() {
        let place = intake.key(&format!("{key}#data"));
        intake.emit(Record::Exposure(ExposureRecord {
            key: place,
            name: format!("secret {name}"),
            kind: ExposureKind::SecretStore,
            resource: Some(key),
            holder: None,
            lying,
            evidence,
        }));
    }
    Some(())
}

const HOLDS_VALUES: &str = "this export holds the values of secrets: none of them is kept";

/// Says that the export holds values, which are not needed.
fn warn_of_values(object: &Object<'_, '_>, intake: &mut Intake<'_>) {
    let applied = object.at(&["metadata", "annotations", LAST_APPLIED]);
    let data = object
        .row
        .member("data")
        .or(object.row.member("stringData"));
    let data = data.filter(|row| Members::of(row.raw).is_some_and(|members| !members.0.is_empty()));
    let is_said = intake
        .problems
        .iter()
        .any(|one| one.message == HOLDS_VALUES);
    if let Some(row) = applied.or(data).filter(|_| !is_said) {
        let at = intake.row(&row);
        intake.problem(
            Severity::Note,
            ProblemCode::NotModelled,
            &at,
            HOLDS_VALUES,
            "strip them as the export command does (`jq 'del(.items[].data, …)'`), and delete this file after use",
        );
    }
}

fn annotation(object: &Object<'_, '_>, name: &str) -> Option<String> {
    let row = object.at(&["metadata", "annotations", name])?;
    json::text_of(row.raw)
}

/// The static token of a service account.
fn token(object: &Object<'_, '_>, secret: &Key, intake: &mut Intake<'_>) -> Option<LyingRecord> {
    let evidence = intake.row(object.row);
    let Some(account) = annotation(object, ACCOUNT) else {
        intake.problem(
            Severity::Doubt,
            ProblemCode::BadRecord,
            &evidence,
            "a token of a service account that is not named: its reach is unknown",
            "export the annotations of secrets too",
        );
        return None;
    };
    let namespace = object.namespace().to_owned();
    let principal = object
        .cluster
        .key(intake, "serviceaccount", Some(&namespace), &account);
    let label = |name: &str| object.metadata.labels.get(name);
    let metadata = object.row.member("metadata")?;
    let created = intake.moment(object.metadata.created, &metadata, "creationTimestamp");
    let credential = intake.key(&format!("{secret}#token"));
    // A label says that nobody used it for so long that it is taken for invalid ("Legacy ServiceAccount token cleaner").
    let status = match label(INVALID_SINCE) {
        Some(_) => CredentialStatus::Inactive,
        None => CredentialStatus::Active,
    };
    intake.emit(Record::Credential(CredentialRecord {
        key: credential.clone(),
        name: format!("{namespace}/{}", object.name()),
        kind: CredentialKind::BearerToken,
        identifier: Some(secret.to_string()),
        principal: Some(principal),
        status,
        lifetime: Lifetime::Static,
        created,
        expires: None,
        last_used: label(LAST_USED).and_then(|day| moment::parse(day)),
        second_factor: None,
        evidence: evidence.clone(),
    }));
    if let Some(value) = entry(object, "token", intake) {
        intake.sighted(&value.value, &credential);
    }
    Some(LyingRecord {
        credential,
        name: "token".to_owned(),
        doubt: None,
        sight: Sight::default(),
        evidence,
    })
}

/// A token with which machines join the cluster: it acts as a user of its own, in a group of all such.
///
/// Source: Kubernetes documentation, "Authenticating with Bootstrap Tokens" (read 2026-11).
fn bootstrap(object: &Object<'_, '_>, secret: &Key, intake: &mut Intake<'_>) -> Vec<LyingRecord> {
    let Some(id) = object.name().strip_prefix("bootstrap-token-") else {
        return Vec::new();
    };
    let evidence = intake.row(object.row);
    let cluster = object.cluster;
    let name = format!("system:bootstrap:{id}");
    let user = cluster.key(intake, "user", None, &name);
    let actor = Actor::new(user.clone(), &name, PrincipalKind::User);
    cluster.principal(intake, actor, evidence.clone());
    let group = cluster.key(intake, "group", None, "system:bootstrappers");
    let actor = Actor::new(group.clone(), "system:bootstrappers", PrincipalKind::Group);
    cluster.principal(intake, actor, evidence.clone());
    super::super::emit_scope(
        intake,
        &format!("{user}#member"),
        &name,
        Terms::Membership {
            member: user.clone(),
            group,
        },
        evidence.clone(),
    );
    let expires = entry(object, "expiration", intake).and_then(|one| moment::parse(&one.value));
    let credential = intake.key(&format!("{secret}#token"));
    intake.emit(Record::Credential(CredentialRecord {
        key: credential.clone(),
        name: format!("bootstrap token {id}"),
        kind: CredentialKind::BearerToken,
        identifier: Some(secret.to_string()),
        principal: Some(user),
        status: CredentialStatus::Active,
        lifetime: match expires {
            Some(_) => Lifetime::Expiring,
            None => Lifetime::Unknown,
        },
        created: None,
        expires,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    vec![LyingRecord {
        credential,
        name: "token".to_owned(),
        doubt: None,
        sight: Sight::default(),
        evidence,
    }]
}

/// The value of an entry, which is looked at and not kept.
fn entry(object: &Object<'_, '_>, name: &str, intake: &Intake<'_>) -> Option<Candidate> {
    let mut entries = entries(object, intake);
    let at = entries.iter().position(|one| one.name == name)?;
    Some(entries.swap_remove(at))
}

/// The entries, in `data` (base64) and in `stringData` (as they are, in manifests).
fn entries(object: &Object<'_, '_>, intake: &Intake<'_>) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (field, is_encoded) in [("data", true), ("stringData", false)] {
        let Some(data) = object.row.member(field) else {
            continue;
        };
        let members = Members::of(data.raw).unwrap_or_default();
        for (name, raw) in members.effective() {
            let row = Row {
                raw,
                pointer: json::join(&data.pointer, name),
            };
            let Some(text) = json::text_of(raw).map(Zeroizing::new) else {
                continue;
            };
            let value = match is_encoded {
                true => decoded(&text),
                false => text,
            };
            all.push(Candidate {
                name: name.to_owned(),
                value,
                evidence: intake.row(&row),
            });
        }
    }
    all
}

/// What stands in base64; nothing for what is none, or no text.
fn decoded(text: &str) -> Zeroizing<String> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim());
    let bytes = Zeroizing::new(bytes.unwrap_or_default());
    let text = std::str::from_utf8(&bytes).map(str::to_owned);
    Zeroizing::new(text.unwrap_or_default())
}

/// What lies in a secret that is no token: what its entries are, where they were exported; else what its type says.
fn of_entries(
    object: &Object<'_, '_>,
    kind: &str,
    secret: &Key,
    name: &str,
    intake: &mut Intake<'_>,
) -> Vec<LyingRecord> {
    let known = OF_TYPE.iter().find(|(of, ..)| *of == kind);
    let entries = entries(object, intake);
    let Some((_, kind, what)) = known else {
        return found::lying(intake, &format!("{secret}#"), &entries);
    };
    let evidence = intake.row(object.row);
    let credential = intake.key(&format!("found:{secret}#content"));
    let shown = format!("{what} in {name}");
    intake.emit(Record::Credential(CredentialRecord {
        key: credential.clone(),
        name: shown.clone(),
        kind: *kind,
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
    for one in &entries {
        let is_secret = !matches!(one.name.as_str(), "tls.crt" | "username" | "ca.crt");
        if is_secret && one.value.len() >= 8 {
            intake.sighted(&one.value, &credential);
        }
    }
    vec![LyingRecord {
        credential,
        name: shown,
        doubt: None,
        sight: Sight::default(),
        evidence,
    }]
}
