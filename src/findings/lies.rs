//! What lies where, each once: a file on a device is shown by the device, by itself, and by the server that it starts.

use super::{Ground, Thing};
use crate::inventory::{
    Credential, CredentialId, CredentialKind, CredentialStatus, Evidence, Exposure, ExposureId,
    ExposureKind, Inventory, Lying,
};
use rustc_hash::FxHashMap;

/// A credential in a place.
#[derive(Debug, Clone, Copy)]
pub struct Lie<'i> {
    /// The place.
    pub place: ExposureId,
    /// The place itself.
    pub exposure: &'i Exposure,
    /// That it lies there.
    pub lying: &'i Lying,
    /// What lies there.
    pub credential: &'i Credential,
}

/// Every credential in every place: of places that show the same line of the same file only the one that says most.
pub fn lies(inventory: &Inventory) -> Vec<Lie<'_>> {
    // The more it says, the higher.
    let says = |exposure: &Exposure| match (exposure.kind, exposure.holders.is_empty()) {
        (ExposureKind::Device, _) => 0,
        (ExposureKind::McpConfig, false) => 3,
        (ExposureKind::McpConfig, true) => 2,
        _ => 1,
    };
    let all = inventory.exposures.entries().flat_map(|(place, exposure)| {
        exposure.lying.iter().map(move |lying| Lie {
            place,
            exposure,
            lying,
            credential: &inventory.credentials[lying.credential],
        })
    });
    let all: Vec<Lie<'_>> = all.collect();
    let line = |lie: &Lie<'_>| -> (CredentialId, &Evidence) {
        (
            lie.lying.credential,
            &inventory.evidence[lie.lying.evidence],
        )
    };
    let mut most: FxHashMap<(CredentialId, &Evidence), u8> = FxHashMap::default();
    for lie in &all {
        let known = most.entry(line(lie)).or_default();
        *known = (*known).max(says(lie.exposure));
    }
    let is_told = |lie: &Lie<'_>| most.get(&line(lie)) == Some(&says(lie.exposure));
    all.iter().filter(|lie| is_told(lie)).copied().collect()
}

impl Lie<'_> {
    /// What lies there.
    pub(super) fn subject(&self) -> Thing {
        Thing::Credential(self.lying.credential)
    }

    /// Where.
    pub(super) fn object(&self) -> Thing {
        Thing::Exposure(self.place)
    }

    /// Whether it is a secret that may still work: not one that is meant to be published, nor one of which it is known that
    /// it opens nothing any more.
    pub(super) fn may_work(&self, ground: &Ground<'_>) -> bool {
        let is_secret = !matches!(
            self.credential.kind,
            CredentialKind::PublishableKey | CredentialKind::PublishingRight
        );
        is_secret && self.credential.why_dead(ground.inventory.as_of).is_none()
    }

    /// Whether it is known to work: its issuer says so, or it worked when it was tried.
    pub(super) fn is_known_to_work(&self) -> bool {
        self.lying.sight.worked == Some(true) || self.credential.status == CredentialStatus::Active
    }

    /// Whether it is doubtful that it lies there with all that it takes, or that it works: of what was tried in vain it is.
    pub(super) fn is_doubtful(&self) -> bool {
        self.lying.doubt.is_some()
    }

    /// Whether it was made, or last rotated, no later than it was seen here; `None` where that is not known.
    pub(super) fn is_older_than_its_leak(&self) -> Option<bool> {
        Some(self.credential.created? <= self.lying.sight.since?)
    }
}
