//! BR-CRD-01: a credential has no end, and its kind may have one.

use super::{Check, Found, Ground, Severity, Thing, says};
use crate::inventory::{Credential, CredentialKind, Lifetime};

pub(super) const CHECK: Check = Check {
    id: "BR-CRD-01",
    title: "Never expires, though it could",
    severity: Severity::High,
    page: include_str!("br_crd_01.md"),
    tags: &["NHI7:2025", "PR.AA-01"],
    find,
};

/// Whether a credential of that kind may be given an end.
fn may_end(ground: &Ground<'_>, credential: &Credential) -> bool {
    let principal = credential.principal;
    let platform = principal.map_or("", |id| ground.inventory.principals[id].platform);
    match credential.kind {
        CredentialKind::PersonalAccessToken | CredentialKind::ServiceAccountKey => true,
        // Those of Okta and of most other issuers have none.
        CredentialKind::ClientSecret => matches!(platform, "entra" | "azure"),
        // Those that are asked for end; those that lie in a secret do not.
        CredentialKind::BearerToken => platform == "kubernetes",
        _ => false,
    }
}

fn find(ground: &Ground<'_>) -> Vec<Found> {
    let credentials = ground.inventory.credentials.entries();
    let endless = credentials.filter(|(_, credential)| {
        credential.lifetime == Lifetime::Static
            && credential.why_dead(ground.inventory.as_of).is_none()
            && may_end(ground, credential)
    });
    let found = endless.map(|(id, credential)| {
        let reach = &ground.reach[id];
        Found {
            severity: match reach.crowns.1 {
                0 => Severity::Medium,
                _ => Severity::High,
            },
            subject: Thing::Credential(id),
            object: None,
            text: says![Thing::Credential(id), " never ends by itself"],
            evidence: credential.evidence.clone(),
            proof: Vec::new(),
            points: Some(reach.figure),
        }
    });
    found.collect()
}
