//! BR-PTH-01: a secret that has leaked reaches a crown jewel.

use super::{Check, Found, Ground, Lie, Severity, Thing, lies, says};
use crate::inventory::CredentialId;
use rustc_hash::FxHashMap;

pub(super) const CHECK: Check = Check {
    id: "BR-PTH-01",
    title: "Leaked secret reaches a crown jewel",
    severity: Severity::Critical,
    page: include_str!("br_pth_01.md"),
    tags: &["T1078.004", "ID.RA-05"],
    find,
};

fn find(ground: &Ground<'_>) -> Vec<Found> {
    // Of several places the first that leaves no doubt.
    let mut leaked: FxHashMap<CredentialId, Lie<'_>> = FxHashMap::default();
    for lie in leaks(ground) {
        let known = leaked.entry(lie.lying.credential).or_insert(lie);
        if known.is_doubtful() && !lie.is_doubtful() {
            *known = lie;
        }
    }
    let mut found = Vec::new();
    for credential in ground.inventory.credentials.ids() {
        let Some(lie) = leaked.get(&credential) else {
            continue;
        };
        let reach = &ground.reach[credential];
        for crown in &reach.named_crowns {
            let is_certain = crown.is_certain && !lie.is_doubtful();
            let reaches = match is_certain {
                true => ", reaches crown jewel ",
                false => ", possibly reaches crown jewel ",
            };
            let resource = Thing::Resource(crown.resource);
            let places = &ground.inventory.resources[crown.resource].evidence;
            found.push(Found {
                severity: match is_certain {
                    true => Severity::Critical,
                    false => Severity::High,
                },
                subject: lie.subject(),
                object: Some(resource.clone()),
                text: says![
                    lie.subject(),
                    ", leaked in ",
                    lie.object(),
                    reaches,
                    resource
                ],
                evidence: std::iter::once(lie.lying.evidence)
                    .chain(places.iter().copied())
                    .collect(),
                proof: crown.proof.clone(),
                points: Some(reach.figure),
            });
        }
    }
    found
}

/// What has leaked and may still work.
pub(super) fn leaks<'g>(ground: &'g Ground<'_>) -> impl Iterator<Item = Lie<'g>> + 'g {
    let all = lies(ground.inventory).into_iter();
    all.filter(|lie| lie.exposure.has_leaked(lie.lying) && lie.may_work(ground))
}
