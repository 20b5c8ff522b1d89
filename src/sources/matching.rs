//! Which of the credentials that exports describe is the one that was found somewhere, told without its value.
//!
//! An id that stands for one value, or the hash of the value, decides: both are one. So does a masked form that shows much,
//! where one value and one described credential fit each other and nothing else. What only may be the same (any other masked
//! form, the file in which it is kept, the name of the variable, in this order) makes every candidate *possible*; the
//! found one stays beside them, with its own reach unknown. What shows that they differ rules a candidate out.

use super::fingerprint::{Fingerprint, Fingerprinter};
use super::masked::{Ends, Hashed, Hint, Verdict};
use crate::inventory::{
    CredentialKind, CredentialRecord, Key, LyingRecord, PrincipalRecord, Record,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// By what a described credential is recognised.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    /// The SHA-256 of its value.
    Digest(Fingerprint),
    /// What shows of it.
    Masked(Hint, Hashed),
    /// The end of the path of the file in which it is kept.
    File(String),
    /// The name of the variable in which it is kept.
    Variable(String),
}

/// As whom a credential acts, by the name that its issuer gives; one name means nothing on another platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    /// The platforms on which that name is given.
    pub(crate) platforms: &'static [&'static str],
    /// The name.
    pub(crate) name: String,
}

impl Owner {
    /// An ARN.
    pub(crate) const ARN: &'static [&'static str] = &["aws"];
    /// The login of somebody at GitHub.
    pub(crate) const LOGIN: &'static [&'static str] = &["github"];

    /// A service account of Google Cloud, by its address.
    pub(crate) fn of_email(name: String) -> Self {
        Self {
            platforms: &["gcp", "google"],
            name,
        }
    }

    /// Whether a principal is it. One that is only stated is if its own id says so.
    fn is(&self, principal: &PrincipalRecord) -> bool {
        let is_key = *principal.key == *self.name;
        let is_alias = || principal.aliases.iter().any(|alias| **alias == *self.name);
        match self.platforms.contains(&principal.platform) {
            true => is_key || is_alias() || principal.name == self.name,
            false => is_key && principal.platform == "stated",
        }
    }
}

/// What is known of a credential that was found, beside its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clues {
    /// Ids that it tells itself.
    pub(crate) ids: Vec<String>,
    /// As whom it acts.
    pub(crate) owner: Option<Owner>,
    /// The SHA-256 of its value.
    pub(crate) digest: Option<Fingerprint>,
    /// Hashes of the ends of its value.
    pub(crate) ends: Option<Ends>,
    /// What shows of it, where a report hides the rest.
    pub(crate) hint: Option<Hint>,
    /// What shows of its id.
    pub(crate) id: Option<Hint>,
    /// The file in which it was found.
    pub(crate) file: String,
    /// The variable in which it stood.
    pub(crate) variable: String,
}

/// What a reader collects for matching.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    /// By what credentials are recognised.
    pub(crate) marks: Vec<(Key, Mark)>,
    /// What is known of those that were found.
    pub(crate) clues: Vec<(Key, Clues)>,
}

/// Access keys that somebody found, and of which no export of AWS tells, are the described credentials of the same id.
pub(crate) fn join_ids(records: &mut [Record]) {
    const FOUND_BY_ID: &str = "aws:access-key:";
    let mut owned: FxHashSet<Key> = FxHashSet::default();
    for record in records.iter() {
        if let Record::Credential(one) = record
            && one.principal.is_some()
        {
            owned.insert(one.key.clone());
        }
    }
    let mut renamed: FxHashMap<Key, Key> = FxHashMap::default();
    for keys in of_ids(records).into_values() {
        let mut described = keys.iter().filter(|key| owned.contains(**key));
        let (Some(one), None) = (described.next(), described.next()) else {
            continue;
        };
        let found = keys
            .iter()
            .filter(|key| key.starts_with(FOUND_BY_ID) && *key != one);
        renamed.extend(found.map(|key| ((*key).clone(), (*one).clone())));
    }
    super::fingerprint::rename(records, &renamed);
}

/// What may be the same, from the strongest to the weakest.
const STRENGTHS: [&str; 3] = [
    "what shows of both is the same",
    "it is kept in a file of that path",
    "it is kept under that name",
];

/// Finds which are surely the same: their sightings become equal, so that they are joined.
///
/// Takes time linear in records and signs.
pub(crate) fn decide(
    records: &[Record],
    signs: &Signs,
    sightings: &mut Vec<(Fingerprint, Key)>,
    fingerprinter: &Fingerprinter,
) {
    let ids = of_ids(records);
    let digests = of_digests(signs);
    by_masks(signs, sightings);
    if ids.is_empty() && digests.is_empty() {
        return;
    }
    let mut own: FxHashMap<Key, Vec<Fingerprint>> = FxHashMap::default();
    for (fingerprint, key) in sightings.iter() {
        own.entry(key.clone()).or_default().push(*fingerprint);
    }
    for (found, clues) in &signs.clues {
        let by_id = clues.ids.iter().filter_map(|id| ids.get(id.as_str()));
        let by_digest = clues.digest.iter().filter_map(|one| digests.get(one));
        let known: BTreeSet<&Key> = by_id.chain(by_digest).flatten().copied().collect();
        // Several that are described as one and the same value: none of them is surely it.
        let (Some(one), 1) = (known.first(), known.len()) else {
            continue;
        };
        if !is_found(found) {
            continue;
        }
        let own = own.get(found).cloned().unwrap_or_default();
        if own.is_empty() {
            let Some(joint) = fingerprinter.of(&format!("joined: {found}")) else {
                continue;
            };
            sightings.push((joint, found.clone()));
            sightings.push((joint, (*one).clone()));
        }
        sightings.extend(own.into_iter().map(|own| (own, (*one).clone())));
    }
}

/// Values and masked forms that show much, each of which fits the other alone: one credential, unless it is described by
/// the hash of another value.
///
/// Takes time in what was found times such masked forms.
fn by_masks(signs: &Signs, sightings: &mut Vec<(Fingerprint, Key)>) {
    let hints: Vec<(&Key, &Hashed)> = signs
        .marks
        .iter()
        .filter_map(|(key, mark)| match mark {
            Mark::Masked(hint, hashed) if hint.is_telling() => Some((key, hashed)),
            _ => None,
        })
        .collect();
    if hints.is_empty() {
        return;
    }
    // One value has one fingerprint in all its places.
    let values: FxHashMap<&Key, Fingerprint> =
        sightings.iter().map(|(value, key)| (key, *value)).collect();
    let mut hashes: FxHashMap<&Key, Vec<Fingerprint>> = FxHashMap::default();
    for (key, mark) in &signs.marks {
        if let Mark::Digest(digest) = mark {
            hashes.entry(key).or_default().push(*digest);
        }
    }
    let is_another = |key: &Key, clues: &Clues| {
        let (hashes, digest) = (hashes.get(key), &clues.digest);
        hashes.is_some_and(|known| digest.is_some_and(|one| !known.contains(&one)))
    };
    let mut described: BTreeMap<Fingerprint, BTreeSet<&Key>> = BTreeMap::new();
    let mut fitting: BTreeMap<&Key, BTreeSet<Fingerprint>> = BTreeMap::new();
    for (found, clues) in signs.clues.iter().filter(|(found, _)| is_found(found)) {
        let (Some(ends), Some(&value)) = (&clues.ends, values.get(found)) else {
            continue;
        };
        if described.contains_key(&value) {
            continue;
        }
        for (key, hashed) in &hints {
            if hashed.fits(ends) == Verdict::MayBe && !is_another(key, clues) {
                described.entry(value).or_default().insert(key);
                fitting.entry(key).or_default().insert(value);
            }
        }
    }
    let mut same: Vec<(Fingerprint, Key)> = Vec::new();
    for (value, keys) in described {
        if let (Some(&key), 1) = (keys.first(), keys.len())
            && fitting.get(key).is_some_and(|values| values.len() == 1)
        {
            same.push((value, key.clone()));
        }
    }
    sightings.extend(same);
}

type Known<'r, T> = FxHashMap<T, BTreeSet<&'r Key>>;

/// Described credentials by the ids that stand for their values.
fn of_ids(records: &[Record]) -> Known<'_, String> {
    let mut ids: Known<'_, String> = FxHashMap::default();
    for record in records {
        if let Record::Credential(one) = record
            && !is_found(&one.key)
            && let Some(id) = &one.identifier
        {
            let id = super::identity::normal(id);
            ids.entry(id).or_default().insert(&one.key);
        }
    }
    ids
}

fn of_digests(signs: &Signs) -> Known<'_, Fingerprint> {
    let mut digests: Known<'_, Fingerprint> = FxHashMap::default();
    for (key, mark) in &signs.marks {
        if let Mark::Digest(digest) = mark {
            digests.entry(*digest).or_default().insert(key);
        }
    }
    digests
}

fn is_found(key: &str) -> bool {
    key.starts_with("found:")
}

/// A credential that an export describes, as far as matching asks.
struct Described<'r> {
    kind: CredentialKind,
    marks: Vec<&'r Mark>,
}

/// Adds to every place in which something was found the credentials that it may be, and says as whom it acts where that
/// is told. `renamed` says what became of the keys of what was found.
///
/// Takes time in what was found times what bears marks.
pub(crate) fn suggest(records: &mut [Record], signs: &Signs, renamed: &FxHashMap<Key, Key>) {
    let is_open = |key: &Key| is_found(key) && !renamed.contains_key(key);
    let mut described: FxHashMap<&Key, Described<'_>> = FxHashMap::default();
    for (key, mark) in &signs.marks {
        let fresh = || Described {
            kind: CredentialKind::Unknown,
            marks: Vec::new(),
        };
        described.entry(key).or_insert_with(fresh).marks.push(mark);
    }
    let mut kinds: FxHashMap<Key, CredentialKind> = FxHashMap::default();
    for record in records.iter() {
        if let Record::Credential(CredentialRecord { key, kind, .. }) = record {
            if let Some(one) = described.get_mut(key) {
                one.kind = *kind;
            }
            kinds.entry(key.clone()).or_insert(*kind);
        }
    }
    let ids = of_ids(records);
    let mut key_ids: Vec<(String, Key)> = Vec::new();
    for record in records.iter() {
        if let Record::Credential(one) = record
            && matches!(
                one.kind,
                CredentialKind::AccessKey | CredentialKind::SessionKey
            )
            && let Some(id) = &one.identifier
        {
            key_ids.push((id.clone(), one.key.clone()));
        }
    }
    let mut suggested: FxHashMap<&Key, BTreeSet<(Key, &str)>> = FxHashMap::default();
    for (found, clues) in signs.clues.iter().filter(|(key, _)| is_open(key)) {
        let kind = kinds.get(found).copied();
        let kind = kind.unwrap_or(CredentialKind::Unknown);
        let into = suggested.entry(found).or_default();
        // One id in two descriptions: either may be meant.
        for id in &clues.ids {
            let keys = ids.get(id.as_str()).into_iter().flatten();
            into.extend(keys.map(|&key| (key.clone(), "it has that id")));
        }
        if let Some(hint) = &clues.id {
            let keys = key_ids.iter().filter(|(id, _)| hint.shows(id));
            into.extend(keys.map(|(_, key)| (key.clone(), "what shows of both ids is the same")));
        }
        let mut strongest = STRENGTHS.len();
        let mut candidates: Vec<(usize, &Key)> = Vec::new();
        for (&key, one) in &described {
            if may_be_one_kind(kind, one.kind)
                && let Some(strength) = strength(clues, &one.marks)
            {
                strongest = strongest.min(strength);
                candidates.push((strength, key));
            }
        }
        let best = candidates.into_iter().filter(|(one, _)| *one == strongest);
        let why = STRENGTHS.get(strongest).copied().unwrap_or_default();
        into.extend(best.map(|(_, key)| (key.clone(), why)));
    }
    suggested.retain(|_, candidates| !candidates.is_empty());
    let suggested: FxHashMap<Key, Vec<(Key, String)>> = suggested
        .into_iter()
        .map(|(found, candidates)| {
            let of = match candidates.len() {
                1 => String::new(),
                count => format!(" ({count} may be)"),
            };
            let doubt = |why: &str| format!("it may be this one, as {why}{of}");
            let all = candidates.into_iter().map(|(key, why)| (key, doubt(why)));
            (found.clone(), all.collect())
        })
        .collect();
    let owners = owners(records, signs, renamed);
    for record in records {
        match record {
            Record::Exposure(exposure) => {
                let more = exposure.lying.iter().filter_map(|lying| {
                    let candidates = suggested.get(&lying.credential)?;
                    Some(candidates.iter().map(|(key, doubt)| LyingRecord {
                        credential: key.clone(),
                        doubt: Some(doubt.clone()),
                        ..lying.clone()
                    }))
                });
                let more: Vec<LyingRecord> = more.flatten().collect();
                exposure.lying.extend(more);
            }
            Record::Credential(credential) => {
                if credential.principal.is_none()
                    && let Some(owner) = owners.get(&credential.key)
                {
                    credential.principal = Some(owner.clone());
                }
            }
            _ => {}
        }
    }
}

/// The principals as whom found credentials act, where one that exports describe bears the name that they tell.
fn owners(records: &[Record], signs: &Signs, renamed: &FxHashMap<Key, Key>) -> FxHashMap<Key, Key> {
    let mut told: FxHashMap<&Owner, Vec<&Key>> = FxHashMap::default();
    for (key, clues) in &signs.clues {
        if let Some(owner) = &clues.owner {
            let key = renamed.get(key).unwrap_or(key);
            told.entry(owner).or_default().push(key);
        }
    }
    let mut owners: FxHashMap<Key, Key> = FxHashMap::default();
    for (owner, keys) in told {
        let principals = records.iter().filter_map(|record| match record {
            Record::Principal(one) if owner.is(one) => Some(&one.key),
            _ => None,
        });
        let candidates: BTreeSet<&Key> = principals.collect();
        if let (Some(one), 1) = (candidates.first(), candidates.len()) {
            owners.extend(keys.into_iter().map(|key| (key.clone(), (*one).clone())));
        }
    }
    owners
}

/// How strongly clues point to what bears those marks; `None` where they do not, or speak against it.
fn strength(clues: &Clues, marks: &[&Mark]) -> Option<usize> {
    let mut best = None;
    let mut take =
        |strength: usize| best = Some(best.map_or(strength, |one: usize| one.min(strength)));
    for mark in marks {
        match mark {
            // What had the same one is joined already.
            Mark::Digest(_) if clues.digest.is_some() => return None,
            Mark::Digest(_) => {}
            Mark::Masked(hint, hashed) => {
                let by_value = clues.ends.as_ref().map(|ends| hashed.fits(ends));
                let by_hint = || clues.hint.as_ref().map(|other| hint.agrees(other));
                match by_value.or_else(by_hint) {
                    Some(Verdict::MayBe) => take(0),
                    Some(Verdict::Differs) => return None,
                    Some(Verdict::Unknown) | None => {}
                }
            }
            Mark::File(path) if is_path_end(&clues.file, path) => take(1),
            Mark::Variable(name) if is_same_name(&clues.variable, name) => take(2),
            Mark::File(_) | Mark::Variable(_) => {}
        }
    }
    best
}

/// Whether one path ends with the other, by whole parts.
fn is_path_end(one: &str, other: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split(['/', '\\']).rev();
        let parts = parts.filter(|part| !part.is_empty() && *part != ".");
        parts.map(str::to_owned).collect()
    };
    let (one, other) = (parts(one), parts(other));
    let shorter = one.len().min(other.len());
    shorter > 0 && one.iter().zip(&other).all(|(one, other)| one == other)
}

fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_ascii_uppercase().replace(['-', '.'], "_");
    !one.is_empty() && plain(one) == plain(other)
}

/// Whether what a scanner's rule calls one kind may be what an export calls the other: tokens and keys of interfaces have
/// many names.
fn may_be_one_kind(one: CredentialKind, other: CredentialKind) -> bool {
    use CredentialKind::{
        ApiKey, BearerToken, Certificate, ClientSecret, ConnectionString, Password,
        PersonalAccessToken, PrivateKey, RefreshToken, ServiceAccountKey, Unknown, Webhook,
    };
    const FAMILIES: [&[CredentialKind]; 3] = [
        &[
            ApiKey,
            BearerToken,
            PersonalAccessToken,
            RefreshToken,
            ClientSecret,
            Webhook,
        ],
        &[PrivateKey, ServiceAccountKey, Certificate],
        &[Password, ConnectionString, ClientSecret],
    ];
    let are_of = |family: &&[CredentialKind]| family.contains(&one) && family.contains(&other);
    one == other || one == Unknown || other == Unknown || FAMILIES.iter().any(are_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_agree_by_whole_parts_from_the_end() {
        assert!(is_path_end("deploy/keys/gcp.json", "keys/gcp.json"));
        assert!(is_path_end("gcp.json", "/srv/keys/gcp.json"));
        assert!(!is_path_end("keys/gcp.json", "old/gcp.json"));
        assert!(!is_path_end("xgcp.json", "gcp.json"));
        assert!(!is_path_end("", "gcp.json"));
    }

    #[test]
    fn kinds_that_differ_in_name_only_may_be_one() {
        use CredentialKind::{AccessKey, ApiKey, BearerToken, Password, Unknown};
        assert!(may_be_one_kind(ApiKey, BearerToken));
        assert!(may_be_one_kind(Unknown, Password));
        assert!(!may_be_one_kind(AccessKey, Password));
    }

    #[test]
    fn what_speaks_against_a_candidate_outweighs_what_speaks_for_it() {
        let fingerprinter = Fingerprinter::new();
        let value = format!("EXAMPLE{}wxyz", "EXAMPLE".repeat(3));
        let clues = Clues {
            ends: Some(Ends::of(&value, &fingerprinter)),
            variable: "TOKEN".to_owned(),
            ..Clues::default()
        };
        let name = Mark::Variable("token".to_owned());
        let of = |marks: &[&Mark]| strength(&clues, marks);
        let masked = |text: &str| {
            let hint = Hint::of(text).unwrap();
            let hashed = hint.hashed(&fingerprinter);
            Mark::Masked(hint, hashed)
        };
        assert_eq!(of(&[&name]), Some(2));
        assert_eq!(of(&[&name, &masked("****wxyz")]), Some(0));
        assert_eq!(of(&[&name, &masked("****abcd")]), None);
    }
}
