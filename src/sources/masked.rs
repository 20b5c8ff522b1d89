//! Masked forms of secrets: `sk-proj-…abcd`. Issuers list their keys so; a literal key of that beginning and end is one.
//!
//! A value is never kept: what is kept of a literal is the keyed hash of every beginning with every end that a mask may
//! show, and a mask is looked for among those. One literal and one mask that fit each other alone are the same
//! credential. Where several fit, each may be: possible, and said so.

use super::fingerprint::{Fingerprint, Fingerprinter};
use crate::inventory::{Key, LyingRecord, Record};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// Longest beginning that a mask shows. Anthropic shows 16 characters, OpenAI up to 12.
const LONGEST_HEAD: usize = 24;
/// Ends that a mask shows, in characters.
const TAILS: std::ops::RangeInclusive<usize> = 3..=6;
/// With less than this in all a mask tells nothing.
const LEAST: usize = 7;

/// A hash of a beginning and an end, and that of the whole secret.
pub(super) type Glimpse = (Fingerprint, Fingerprint);

fn form(head: &str, tail: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("masked\0{head}\0{tail}"))
}

/// What a mask shows of its secret: the beginning and the end.
fn parts(mask: &str) -> Option<(&str, &str)> {
    let is_hidden = |letter: char| matches!(letter, '.' | '*' | '…' | '•');
    let mask = mask.trim();
    let first = mask.find(is_hidden)?;
    let (head, rest) = mask.split_at_checked(first)?;
    let tail = rest.trim_start_matches(is_hidden);
    let hidden = rest.len() - tail.len();
    // One full stop is part of a name; an ellipsis or three of them are a mask.
    let is_mask = hidden >= 3 && !tail.contains(is_hidden);
    let is_enough = TAILS.contains(&tail.len()) && head.len() <= LONGEST_HEAD;
    (is_mask && is_enough && head.len() + tail.len() >= LEAST).then_some((head, tail))
}

/// The hash of what a mask shows; `None` for what is no mask, or shows too little.
pub(super) fn of_mask(mask: &str, fingerprinter: &Fingerprinter) -> Option<Fingerprint> {
    let (head, tail) = parts(mask)?;
    fingerprinter.of(&form(head, tail))
}

/// Everything that a mask may show of a secret; nothing for secrets whose issuers' exports are not read.
pub(super) fn glimpses(secret: &str, fingerprinter: &Fingerprinter) -> Vec<Glimpse> {
    if !secret.starts_with("sk-") || !secret.is_ascii() || secret.len() < 20 {
        return Vec::new();
    }
    let Some(whole) = fingerprinter.of(secret) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for head in 0..=LONGEST_HEAD.min(secret.len()) {
        for tail in TAILS {
            let start = secret.len().saturating_sub(tail);
            if let (Some(head), Some(tail)) = (secret.get(..head), secret.get(start..)) {
                all.extend(
                    fingerprinter
                        .of(&form(head, tail))
                        .map(|part| (part, whole)),
                );
            }
        }
    }
    all
}

/// Joins masked credentials with literals: where one fits one, as a further sighting of the literal under the masked key;
/// where several fit, as what may lie there as well.
///
/// Must stand before `fingerprint::join_equal`.
pub(super) fn join(
    records: &mut [Record],
    sightings: &mut Vec<(Fingerprint, Key)>,
    glimpses: &[Glimpse],
    masks: &[(Fingerprint, Key)],
) {
    let mut literals: BTreeMap<Fingerprint, BTreeSet<Fingerprint>> = BTreeMap::new();
    for &(part, whole) in glimpses {
        literals.entry(part).or_default().insert(whole);
    }
    let mut by_key: BTreeMap<&Key, BTreeSet<Fingerprint>> = BTreeMap::new();
    let mut by_literal: BTreeMap<Fingerprint, BTreeSet<&Key>> = BTreeMap::new();
    for (part, key) in masks {
        for &whole in literals.get(part).into_iter().flatten() {
            by_key.entry(key).or_default().insert(whole);
            by_literal.entry(whole).or_default().insert(key);
        }
    }
    let mut same = Vec::new();
    let mut may_be: BTreeMap<&Key, Vec<(Key, usize)>> = BTreeMap::new();
    for (whole, keys) in &by_literal {
        let alone = keys
            .iter()
            .all(|key| by_key.get(*key).is_some_and(|wholes| wholes.len() == 1));
        match (keys.len(), keys.first()) {
            (1, Some(&key)) if alone => same.push((*whole, key.clone())),
            _ => {
                let found = sightings.iter().filter(|(seen, _)| seen == whole);
                for (_, place) in found {
                    let others = keys.iter().map(|&key| {
                        let literals = by_key.get(key).map_or(0, BTreeSet::len);
                        (key.clone(), keys.len().max(literals))
                    });
                    may_be.entry(place).or_default().extend(others);
                }
            }
        }
    }
    for record in records {
        let Record::Exposure(exposure) = record else {
            continue;
        };
        let mut further = Vec::new();
        for lying in &exposure.lying {
            for (key, fitting) in may_be.get(&lying.credential).into_iter().flatten() {
                further.push(LyingRecord {
                    credential: key.clone(),
                    doubt: Some(format!(
                        "only beginning and end are told of it, and {fitting} fit each other"
                    )),
                    ..lying.clone()
                });
            }
        }
        exposure.lying.extend(further);
    }
    drop(may_be);
    sightings.extend(same);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_a_beginning_and_an_end() {
        for (mask, expected) in [
            ("sk-abc...def", Some(("sk-abc", "def"))),
            (
                "sk-ant-api03-R2D...igAA",
                Some(("sk-ant-api03-R2D", "igAA")),
            ),
            ("sk-proj-********abcd", Some(("sk-proj-", "abcd"))),
            ("sk-proj-…abcd", Some(("sk-proj-", "abcd"))),
            ("sk-...ab", None),
            ("...abcd", None),
            ("a.b", None),
            ("sk-abc...def...ghi", None),
            ("", None),
        ] {
            assert_eq!(parts(mask), expected, "{mask}");
        }
    }

    #[test]
    fn a_literal_is_found_by_each_of_its_masks_and_by_no_other() {
        let fingerprinter = Fingerprinter::new();
        let secret = format!("sk-proj-{}wxyz", "EXAMPLE".repeat(4));
        let seen = glimpses(&secret, &fingerprinter);
        let is_seen = |mask: &str| {
            let part = of_mask(mask, &fingerprinter).unwrap();
            seen.iter().any(|(other, _)| *other == part)
        };
        assert!(is_seen("sk-proj-EXA...wxyz") && is_seen("sk-p...Ewxyz"));
        assert!(!is_seen("sk-proj-EXB...wxyz") && !is_seen("sk-proj-EXA...wxyy"));
        assert!(glimpses("ghp_EXAMPLEEXAMPLEEXAMPLE", &fingerprinter).is_empty());
    }
}
