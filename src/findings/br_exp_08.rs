//! BR-EXP-08: a key that is meant to be published opens what is not public.

use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::CredentialKind;

pub(super) const CHECK: Check = Check {
    id: "BR-EXP-08",
    title: "Published key opens what is not public",
    severity: Severity::Critical,
    page: include_str!("br_exp_08.md"),
    tags: &["NHI5:2025"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let credentials = ground.inventory.credentials.entries();
    let published = credentials.filter(|(_, one)| one.kind == CredentialKind::PublishableKey);
    let found = published.filter_map(|(id, credential)| {
        let reach = &ground.reach[id];
        let (severity, opens) = match reach.guarded {
            (0, 0) => return None,
            (0, _) => (
                Severity::High,
                " is meant to be published, and possibly opens ",
            ),
            _ => (Severity::Critical, " is meant to be published, and opens "),
        };
        let number = match reach.guarded {
            (0, possible) => possible,
            (certain, _) => certain,
        };
        let plural = match number {
            1 => " resource that is not public",
            _ => " resources that are not public",
        };
        Some(Found {
            severity,
            subject: Thing::Credential(id),
            object: None,
            text: says![Thing::Credential(id), opens, number.to_string(), plural,],
            evidence: credential.evidence.clone(),
            proof: Vec::new(),
            points: Some(reach.figure),
        })
    });
    found.collect()
}
