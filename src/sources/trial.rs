//! What the tests of readers share: one text in, records out, through the whole reader.

use super::reading::{self, Reading};
use crate::inventory::{FileId, Record, Sight};

/// Reads one text as if it were saved at `path`.
pub(crate) fn read_one(path: &str, text: &str) -> Reading {
    reading::read_texts(&[(path, text)])
}

/// The keys of all credential records, each once, in order of record.
pub(crate) fn credentials(reading: &Reading) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for record in &reading.records {
        if let Record::Credential(credential) = record
            && !keys.iter().any(|key| **key == *credential.key)
        {
            keys.push(credential.key.to_string());
        }
    }
    keys
}

/// `PLACE CREDENTIAL DOUBT` of everything that lies somewhere.
pub(crate) fn lying(reading: &Reading) -> Vec<String> {
    reading
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Exposure(exposure) => Some(exposure),
            _ => None,
        })
        .flat_map(|exposure| {
            exposure.lying.iter().map(move |lying| {
                let doubt = lying.doubt.as_deref().unwrap_or("sure");
                format!("{} {} {doubt}", exposure.key, lying.credential)
            })
        })
        .collect()
}

/// `SINCE WORKED` of everything that lies somewhere.
pub(crate) fn sights(reading: &Reading) -> Vec<String> {
    let exposures = reading.records.iter().filter_map(|record| match record {
        Record::Exposure(exposure) => Some(exposure),
        _ => None,
    });
    let sights = exposures.flat_map(|exposure| exposure.lying.iter().map(|one| one.sight));
    let in_words = |sight: Sight| {
        let since = sight
            .since
            .map_or_else(|| "-".to_owned(), |at| at.to_string());
        let worked = match sight.worked {
            Some(true) => "worked",
            Some(false) => "refused",
            None => "untried",
        };
        format!("{since} {worked}")
    };
    sights.map(in_words).collect()
}

/// Whether whoever likes can read a place where something lies.
pub(crate) fn is_any_public(reading: &Reading) -> bool {
    reading.records.iter().any(|record| match record {
        Record::Exposure(exposure) => exposure.lying.iter().any(|one| one.sight.is_public),
        _ => false,
    })
}

/// The place of the first record of that key, as `LINE POINTER`.
pub(crate) fn place_of(reading: &Reading, wanted: &str) -> String {
    reading
        .records
        .iter()
        .find_map(|record| {
            let (key, evidence) = match record {
                Record::Principal(it) => (&it.key, &it.evidence),
                Record::Credential(it) => (&it.key, &it.evidence),
                Record::Exposure(it) => (&it.key, &it.evidence),
                Record::Resource(it) => (&it.key, &it.evidence),
                Record::Policy(it) => (&it.key, &it.evidence),
                Record::Scope(it) => (&it.key, &it.evidence),
                Record::Tenant(it) => (&it.key, &it.evidence),
                _ => return None,
            };
            assert_eq!(evidence.file, FileId(0));
            (**key == *wanted).then(|| format!("{} {}", evidence.line, evidence.pointer))
        })
        .unwrap_or_else(|| panic!("no record of key {wanted}"))
}
