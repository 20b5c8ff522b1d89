//! Keyed hashes of secret values, by which one secret seen in two places becomes one credential.
//!
//! The key is random, of this run only, and never leaves memory: a fingerprint tells nothing to anybody and cannot be
//! compared with one of another run. It is used for joining and then forgotten; no record holds one.

use crate::inventory::{
    CredentialKind, Key, LyingRecord, Record, Reviewed, ScopeRecord, StatedFact, Terms,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustc_hash::{FxHashMap, FxHashSet};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::cmp::Ordering;
use std::fmt;
use zeroize::Zeroizing;

/// With what the keys of those credentials begin, behind `found:`, of which only an access map tells.
pub(crate) const MAPPED: &str = "access-map:";

/// Bytes of a SHA-1.
const SHA1_LENGTH: usize = 20;

/// Bytes of a SHA-256.
const SHA256_LENGTH: usize = 32;

/// A keyed hash of a secret value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(hidden)")
    }
}

/// A keyed hash of an end of a secret value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct End([u8; 8]);

impl fmt::Debug for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("End(hidden)")
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

    /// A keyed hash of one end of a secret value, for masked forms.
    pub(crate) fn end(&self, side: &str, text: &str) -> Option<End> {
        let mut hasher = blake3::Hasher::new_keyed(self.key.as_ref()?);
        hasher.update(side.as_bytes());
        hasher.update(b"\0");
        hasher.update(text.as_bytes());
        Some(End(*hasher.finalize().as_bytes().first_chunk()?))
    }

    /// The fingerprint of the SHA-256 of a secret value: another than that of the value.
    pub(crate) fn digest(&self, secret: &str) -> Option<Fingerprint> {
        let digest: [u8; SHA256_LENGTH] = Sha256::digest(secret.as_bytes()).into();
        self.of_sha256(&Zeroizing::new(digest))
    }

    fn of_sha256(&self, digest: &[u8; SHA256_LENGTH]) -> Option<Fingerprint> {
        let key = self.key.as_ref()?;
        Some(Fingerprint(*blake3::keyed_hash(key, digest).as_bytes()))
    }

    /// The same, of a value of which only the SHA-256 is told: in base64, as GitHub writes `hashed_token`, or in
    /// hexadecimal digits.
    pub(crate) fn told_digest(&self, text: &str) -> Option<Fingerprint> {
        let text = text.trim();
        let mut digest = Zeroizing::new([0; SHA256_LENGTH]);
        let is_digits = text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if text.len() == 2 * SHA256_LENGTH && is_digits {
            for (at, byte) in digest.iter_mut().enumerate() {
                *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
            }
        } else {
            let plain = text
                .trim_end_matches('=')
                .replace('-', "+")
                .replace('_', "/");
            let bytes = Zeroizing::new(STANDARD_NO_PAD.decode(plain).ok()?);
            *digest = *bytes
                .first_chunk()
                .filter(|_| bytes.len() == SHA256_LENGTH)?;
        }
        self.of_sha256(&digest)
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

/// Renames credentials in `records` so that those with equal fingerprints have one key, and those that are equal to one of
/// them by another fingerprint too: that of one which an export describes, else the smallest of them. Says what became of
/// which key.
pub(crate) fn join_equal(
    records: &mut [Record],
    sightings: &[(Fingerprint, Key)],
) -> FxHashMap<Key, Key> {
    let mut joined: Joined<'_> = Joined::default();
    let mut first: FxHashMap<Fingerprint, &Key> = FxHashMap::default();
    for (fingerprint, key) in sightings {
        let other = *first.entry(*fingerprint).or_insert(key);
        joined.join(other, key);
    }
    let found = sightings.iter().map(|(_, key)| key);
    let found = found.filter(|key| key.starts_with("found:"));
    let renamed: FxHashMap<Key, Key> = found
        .filter_map(|key| {
            let best = joined.best(key);
            (best != key).then(|| (key.clone(), best.clone()))
        })
        .collect();
    rename(records, &renamed);
    renamed
}

/// Keys that mean one thing, each with one that is better, up to the best.
#[derive(Default)]
struct Joined<'k> {
    better: FxHashMap<&'k Key, &'k Key>,
}

impl<'k> Joined<'k> {
    fn best(&mut self, key: &'k Key) -> &'k Key {
        let mut best = key;
        while let Some(better) = self.better.get(best) {
            best = better;
        }
        // What has been walked is short the next time.
        let mut at = key;
        while at != best {
            at = self.better.insert(at, best).unwrap_or(best);
        }
        best
    }

    /// Described ones are better than found ones, these than those of which only an access map tells, smaller keys than
    /// greater ones: so the best does not hang on the order, nor on what a file is called.
    fn join(&mut self, one: &'k Key, other: &'k Key) {
        let (one, other) = (self.best(one), self.best(other));
        let rank = |key: &Key| match key.strip_prefix("found:") {
            None => 0,
            Some(rest) if rest.starts_with(MAPPED) => 2,
            Some(_) => 1,
        };
        let (better, worse) = match (rank(one), one).cmp(&(rank(other), other)) {
            Ordering::Equal => return,
            Ordering::Less => (one, other),
            Ordering::Greater => (other, one),
        };
        self.better.insert(worse, better);
    }
}

/// Gives credentials other keys, in their own records and where they lie.
pub(crate) fn rename(records: &mut [Record], renamed: &FxHashMap<Key, Key>) {
    if renamed.is_empty() {
        return;
    }
    let rename = |key: &mut Key| {
        if let Some(best) = renamed.get(key) {
            *key = best.clone();
        }
    };
    for record in records {
        match record {
            Record::Credential(credential) => rename(&mut credential.key),
            Record::Review(review) => {
                if let Reviewed::Credential(key) = &mut review.of {
                    rename(key);
                }
            }
            Record::Step(step) => {
                for fact in step.needs.iter_mut().chain([&mut step.gain]) {
                    if let StatedFact::Credential(key) = fact {
                        rename(key);
                    }
                }
            }
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
    fn what_is_equal_by_one_fingerprint_or_another_has_one_key() {
        let fingerprinter = Fingerprinter::new();
        let seen = |pairs: &[(&str, &str)]| {
            let sightings: Vec<(Fingerprint, Key)> = pairs
                .iter()
                .map(|(secret, key)| (fingerprinter.of(secret).unwrap(), Key::from(*key)))
                .collect();
            let renamed = join_equal(&mut [], &sightings);
            let mut told: Vec<String> = renamed
                .iter()
                .map(|(key, best)| format!("{key} {best}"))
                .collect();
            told.sort();
            told
        };
        // `b` and `c` share no value: `a` has those of both.
        let chain = [
            ("1", "found:b"),
            ("1", "found:c"),
            ("2", "found:c"),
            ("2", "found:a"),
        ];
        assert_eq!(seen(&chain), ["found:b found:a", "found:c found:a"]);
        let mut described = chain.to_vec();
        described.push(("2", "z"));
        assert_eq!(seen(&described), ["found:a z", "found:b z", "found:c z"]);
        // Two described ones stay two, and the order of files changes nothing.
        let mut both = [("1", "y"), ("1", "z"), ("1", "found:a"), ("2", "found:a")];
        assert_eq!(seen(&both), ["found:a y"]);
        both.reverse();
        assert_eq!(seen(&both), ["found:a y"]);
        // What only an access map tells is named after its file: anything else names it better.
        let mapped = "found:access-map:a.json#/0";
        let renamed = format!("{mapped} found:b");
        assert_eq!(seen(&[("1", mapped), ("1", "found:b")]), [renamed]);
        let renamed = format!("{mapped} z");
        assert_eq!(seen(&[("1", "z"), ("1", mapped)]), [renamed]);
    }

    #[test]
    fn a_review_of_what_was_found_is_one_of_what_it_is() {
        let review = |of: fn(Key) -> Reviewed| {
            let evidence = crate::inventory::Evidence {
                file: crate::inventory::FileId(0),
                line: 1,
                pointer: "".into(),
                is_in_text: false,
            };
            let at = "2026-01-01T00:00:00Z".parse().unwrap();
            let mut records = [Record::Review(crate::inventory::ReviewRecord {
                of: of("found:a".into()),
                at,
                evidence,
            })];
            let renamed = FxHashMap::from_iter([("found:a".into(), "z".into())]);
            rename(&mut records, &renamed);
            match records {
                [Record::Review(review)] => review.of,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            review(Reviewed::Credential),
            Reviewed::Credential("z".into())
        );
        assert_eq!(
            review(Reviewed::Principal),
            Reviewed::Principal("found:a".into())
        );
    }

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
