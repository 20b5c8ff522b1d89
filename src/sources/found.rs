//! Credentials that lie in a place: records for what scanners and settings show, without the values.

use super::envelope::Row;
use super::intake::Intake;
use super::json::{self, Members};
use super::matching::Clues;
use super::{published, secret_shape};
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Evidence, ExposureKind, ExposureRecord,
    Key, Lifetime, LyingRecord, Record, Sight,
};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// Why an access key may not be held by who reads a place.
pub(crate) const NO_SECRET_HALF: &str = "only the key id was seen here, not its secret half";

/// A setting that may be a secret.
pub(crate) struct Candidate {
    pub(crate) name: String,
    pub(crate) value: Zeroizing<String>,
    pub(crate) evidence: Evidence,
}

/// The settings of a map of variables.
fn variables_of(intake: &Intake<'_>, variables: &Row<'_>) -> Vec<Candidate> {
    let Some(members) = Members::of(variables.raw) else {
        return Vec::new();
    };
    let candidate = |(name, raw): (&str, &RawValue)| {
        Some(Candidate {
            name: name.to_owned(),
            value: json::text_of(raw)?.into(),
            evidence: intake.evidence(raw, &json::join(&variables.pointer, name)),
        })
    };
    members.effective().filter_map(candidate).collect()
}

/// The exposure of what lies in the environment of a workload, if anything does: `place` is its key, `holder` who runs
/// with it, where that is a principal.
pub(crate) fn environment(
    intake: &mut Intake<'_>,
    variables: &Row<'_>,
    place: &str,
    (resource, name): (&Key, &str),
    holder: Option<Key>,
) {
    let candidates = variables_of(intake, variables);
    let lying = lying(intake, &format!("{place}#"), &candidates);
    if lying.is_empty() {
        return;
    }
    let key = intake.key(place);
    let evidence = intake.row(variables);
    intake.emit(Record::Exposure(ExposureRecord {
        key,
        name: format!("environment of {name}"),
        kind: ExposureKind::WorkloadEnvironment,
        resource: Some(resource.clone()),
        holder,
        lying,
        evidence,
    }));
}

/// The credentials among `candidates`, which stand together in one place. Those without an id of their own get keys
/// that begin with `found:` and `prefix`.
///
/// An access key id and a secret half beside it are one credential.
pub(crate) fn lying(
    intake: &mut Intake<'_>,
    prefix: &str,
    candidates: &[Candidate],
) -> Vec<LyingRecord> {
    let ids: Vec<(&Candidate, &str)> = candidates
        .iter()
        .filter_map(|candidate| Some((candidate, secret_shape::access_key_id(&candidate.value)?)))
        .collect();
    let mut halves: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| secret_shape::is_secret_half(secret_shape::bare(&candidate.value)))
        .collect();
    halves.sort_by_key(|half| !half.name.to_ascii_uppercase().contains("SECRET"));
    halves.truncate(ids.len());
    let doubt = match (ids.len(), halves.len()) {
        (_, 0) => Some(NO_SECRET_HALF.to_owned()),
        (ids, halves) if halves < ids => Some(format!(
            "{ids} key ids lie here and only {halves} secret halves"
        )),
        _ => None,
    };
    let mut lying = Vec::new();
    for (candidate, id) in &ids {
        let key = access_key(intake, id, &candidate.evidence);
        if let ([half], [_]) = (halves.as_slice(), ids.as_slice()) {
            intake.sighted(secret_shape::bare(&half.value), &key);
        }
        lying.push(LyingRecord {
            credential: key,
            name: candidate.name.clone(),
            doubt: doubt.clone(),
            sight: Sight::default(),
            evidence: candidate.evidence.clone(),
        });
    }
    for candidate in candidates {
        let is_part_of_a_key = ids.iter().any(|(id, _)| std::ptr::eq(*id, candidate))
            || halves.iter().any(|half| std::ptr::eq(*half, candidate))
            || (!ids.is_empty() && candidate.name.eq_ignore_ascii_case("AWS_SESSION_TOKEN"));
        if is_part_of_a_key {
            continue;
        }
        let is_external_id = secret_shape::is_external_id(&candidate.name);
        let is_published = || published::of(&candidate.name, &candidate.value).is_some();
        let kind = match is_external_id {
            true => Some(CredentialKind::ExternalId),
            false if is_published() => Some(CredentialKind::PublishableKey),
            false => secret_shape::kind_of(&candidate.name, &candidate.value),
        };
        let Some(kind) = kind else {
            continue;
        };
        let key = intake.key(&format!("found:{prefix}{}", candidate.name));
        let Candidate {
            name,
            value,
            evidence,
        } = candidate;
        unnamed(intake, &key, (name, name), value, kind, evidence);
        intake.sighted(secret_shape::bare(&candidate.value), &key);
        let clues = Clues {
            variable: candidate.name.clone(),
            ..Clues::default()
        };
        intake.clued(&key, clues);
        lying.push(LyingRecord {
            credential: key,
            name: candidate.name.clone(),
            doubt: None,
            sight: Sight::default(),
            evidence: candidate.evidence.clone(),
        });
    }
    lying
}

/// Says that an access key of that id exists; returns its key.
pub(crate) fn access_key(intake: &mut Intake<'_>, id: &str, evidence: &Evidence) -> Key {
    let key = intake.key(&format!("aws:access-key:{id}"));
    let is_temporary = id.starts_with("ASIA");
    intake.emit(Record::Credential(CredentialRecord {
        key: key.clone(),
        name: id.to_owned(),
        kind: if is_temporary {
            CredentialKind::SessionKey
        } else {
            CredentialKind::AccessKey
        },
        identifier: Some(id.to_owned()),
        principal: None,
        status: CredentialStatus::Unknown,
        lifetime: if is_temporary {
            Lifetime::Expiring
        } else {
            Lifetime::Static
        },
        created: None,
        expires: None,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    key
}

/// Says that a credential without an id exists: by its name, the name under which its value stands and that value, which
/// is only looked at.
pub(crate) fn unnamed(
    intake: &mut Intake<'_>,
    key: &Key,
    (name, variable): (&str, &str),
    value: &str,
    kind: CredentialKind,
    evidence: &Evidence,
) {
    let published = published::of(variable, value);
    let kind = match published {
        Some(_) => CredentialKind::PublishableKey,
        None => kind,
    };
    let principal = published.map(|published| published::principal(intake, &published, evidence));
    intake.emit(Record::Credential(CredentialRecord {
        key: key.clone(),
        name: name.to_owned(),
        kind,
        identifier: None,
        principal,
        status: CredentialStatus::Unknown,
        lifetime: Lifetime::Unknown,
        created: None,
        expires: None,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
}
