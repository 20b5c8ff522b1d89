//! Keyed hashes of secret values, by which one secret seen in two places becomes one credential.
//!
//! The key is random, of this run only, and never leaves memory: a fingerprint tells nothing to anybody and cannot be
//! compared with one of another run. It is used for joining and then forgotten; no record holds one.

use crate::inventory::{CredentialKind, Key, LyingRecord, Record, ScopeRecord, Terms};
use rustc_hash::{FxHashMap, FxHashSet};
use sha1::{Digest, Sha1};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of a SHA-1.
const SHA1_LENGTH: usize = 20;

/// A keyed hash of a secret value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(hidden)")
    }
}

/// Makes fingerprints with the key of this run.
pub(crate) struct Fingerprinter {
    key: Option<Zeroizing<[u8; 32]>>,
}

impl Fingerprinter {
    /// One with a fresh random key. Without a source of randomness nothing is joined, which is safe: the same secret in
    /// two places then counts as two.
    pub(crate) fn new() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        let key = getrandom::fill(key.as_mut_slice()).is_ok().then_some(key);
        Self { key }
    }

    /// The fingerprint of a secret value.
    pub(crate) fn of(&self, secret: &str) -> Option<Fingerprint> {
        let digest: [u8; SHA1_LENGTH] = Sha1::digest(secret.as_bytes()).into();
        self.of_digest(&Zeroizing::new(digest))
    }

    /// The same, of a value of which only the SHA-1 is told, in hexadecimal digits.
    pub(crate) fn of_sha1(&self, digits: &str) -> Option<Fingerprint> {
        if digits.len() != 2 * SHA1_LENGTH || !digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        {
            return None;
        }
        let mut digest = Zeroizing::new([0; SHA1_LENGTH]);
        for (at, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        self.of_digest(&digest)
    }

    /// Fingerprints are taken of SHA-1s, because some scanners tell no more of a value. Two values that differ and have
    /// the same one are made on purpose only.
    fn of_digest(&self, digest: &[u8; SHA1_LENGTH]) -> Option<Fingerprint> {
        let key = self.key.as_ref()?;
        Some(Fingerprint(*blake3::keyed_hash(key, digest).as_bytes()))
    }
}

/// Renames credentials in `records` so that those with equal fingerprints have one key: the smallest of those that an
/// issuer names, and else of those that were found.
///
/// An access key is recognised by its secret half too, and what an issuer lists by its masked form.
pub(crate) fn join_equal(records: &mut [Record], sightings: &[(Fingerprint, Key)]) {
    let mut smallest: FxHashMap<Fingerprint, &Key> = FxHashMap::default();
    for (fingerprint, key) in sightings {
        smallest
            .entry(*fingerprint)
            .and_modify(|best| {
                let rank = |key: &Key| (key.starts_with("found:"), key.clone());
                if rank(key) < rank(best) {
                    *best = key;
                }
            })
            .or_insert(key);
    }
    let renamed: FxHashMap<&Key, &Key> = sightings
        .iter()
        .filter(|(_, key)| key.starts_with("found:"))
        .filter_map(|(fingerprint, key)| {
            let best = *smallest.get(fingerprint)?;
            (best != key).then_some((key, best))
        })
        .collect();
    if renamed.is_empty() {
        return;
    }
    let rename = |key: &mut Key| {
        if let Some(&best) = renamed.get(key) {
            *key = best.clone();
        }
    };
    for record in records {
        match record {
            Record::Credential(credential) => rename(&mut credential.key),
            Record::Exposure(exposure) => {
                exposure
                    .lying
                    .iter_mut()
                    .for_each(|lying| rename(&mut lying.credential));
            }
            _ => {}
        }
    }
}

/// Keeps those settings found under the name of an external id that hold one which some role's trust asks for, and says
/// which; drops the others: alone they open nothing that any export shows.
///
/// Must stand after [`join_equal`].
pub(crate) fn known_external_ids(
    records: &mut Vec<Record>,
    sightings: &[(Fingerprint, Key)],
    fingerprinter: &Fingerprinter,
) {
    let is_external_id = |record: &Record| matches!(record, Record::Credential(credential) if credential.kind == CredentialKind::ExternalId);
    if !records.iter().any(is_external_id) {
        return;
    }
    let mut asked: FxHashMap<Fingerprint, String> = FxHashMap::default();
    for record in records.iter() {
        let Record::Scope(ScopeRecord {
            terms: Terms::Trust { statement, .. },
            ..
        }) = record
        else {
            continue;
        };
        for value in statement.external_ids() {
            if let Some(fingerprint) = fingerprinter.of(value) {
                asked.insert(fingerprint, value.to_owned());
            }
        }
    }
    let known: FxHashMap<&Key, &String> = sightings
        .iter()
        .filter_map(|(fingerprint, key)| Some((key, asked.get(fingerprint)?)))
        .collect();
    let mut dropped: FxHashSet<Key> = FxHashSet::default();
    for record in records.iter_mut() {
        let Record::Credential(credential) = record else {
            continue;
        };
        if credential.kind != CredentialKind::ExternalId {
            continue;
        }
        match known.get(&credential.key) {
            Some(value) => credential.identifier = Some((*value).clone()),
            None => {
                dropped.insert(credential.key.clone());
            }
        }
    }
    records.retain_mut(|record| match record {
        Record::Credential(credential) => !dropped.contains(&credential.key),
        Record::Exposure(exposure) => {
            let before = exposure.lying.len();
            let is_kept = |lying: &LyingRecord| !dropped.contains(&lying.credential);
            exposure.lying.retain(is_kept);
            before == 0 || !exposure.lying.is_empty()
        }
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_secrets_have_equal_fingerprints_in_one_run_only() {
        let (one, other) = (Fingerprinter::new(), Fingerprinter::new());
        assert!(one.of("a") == one.of("a"));
        assert!(one.of("a") != one.of("b"));
        // FIPS 180-2, appendix A.1: the SHA-1 of "abc".
        let told = "A9993e364706816aba3e25717850c26c9cd0d89d";
        assert!(one.of("abc") == one.of_sha1(told) && one.of_sha1(told).is_some());
        assert!(one.of_sha1("a9993e").is_none() && one.of_sha1(&"+1".repeat(20)).is_none());
        assert!(one.of("a") != other.of("a"));
        assert_eq!(format!("{:?}", one.of("a").unwrap()), "Fingerprint(hidden)");
    }
}
