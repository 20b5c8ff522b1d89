//! What makes it less likely that a credential is stolen and used, and what is left of its chance then.
//!
//! Only what its platform surely can do is proposed: a life is shortened where the issuer sets lives, a static key becomes
//! sessions where the issuer lets others log in for it and an export shows what runs with it, and what lies on a machine
//! is moved where the clients of its kind read it from elsewhere too. Where no export tells whose it is, nothing is.

use super::chance::{Bounds, Chance, Terms};
use super::clock::{Life, ten_thousandths};
use super::life::Lives;
use super::places::Place;
use crate::fixes::{Layers, Lowered};
use crate::inventory::{
    Credential, CredentialId, CredentialKind, Haunt, Platform, PrincipalKind, Theft,
};
use crate::steps::Lowering;

/// To how many hours lives are shortened, by who issues the credential and its kind.
///
/// That each can be is documented (read 2026-11): GitHub Docs, "Setting a personal access token policy for your
/// organization" (owners set a maximum lifetime for both sorts of tokens, and those that live longer are kept out).
/// Kubernetes, `kubectl create token` (`--duration`; the token of a pod has an hour by default). AWS STS API Reference,
/// `AssumeRole` (an hour by default). That a token lives a week is a judgement.
pub const SHORTENED: [(Platform, CredentialKind, u32); 3] = [
    ("github", CredentialKind::PersonalAccessToken, 168),
    ("kubernetes", CredentialKind::BearerToken, 1),
    ("aws", CredentialKind::SessionKey, 1),
];

/// Static keys in whose place sessions can come, by who issues them and kind.
///
/// Source (read 2026-11): `aws-actions/configure-aws-credentials`, README (a job logs in by OIDC, and stores no key); IAM
/// User Guide, "Security best practices in IAM" (workloads use roles); Google Cloud, "Workload Identity Federation".
pub const FEDERATED: [(Platform, CredentialKind); 3] = [
    ("aws", CredentialKind::AccessKey),
    ("gcp", CredentialKind::ServiceAccountKey),
    ("google", CredentialKind::ServiceAccountKey),
];

/// Kinds that are moved: people and their tools put these into files themselves. What clients write and renew there
/// themselves (sessions, tokens of a login) is not. A judgement.
pub const MOVED: [CredentialKind; 6] = [
    CredentialKind::AccessKey,
    CredentialKind::ClientSecret,
    CredentialKind::PersonalAccessToken,
    CredentialKind::ApiKey,
    CredentialKind::ServiceAccountKey,
    CredentialKind::ConnectionString,
];

/// How long a session lives that takes the place of a static key, in days: an hour, the default of AWS and of Google.
const SESSION: f64 = 1.0 / 24.0;

/// What can be done about a credential, with the chance that is left: what lowers one of its bounds.
pub(super) fn lowered(terms: &Terms<'_>, id: CredentialId) -> Lowered {
    let credential = &terms.inventory.credentials[id];
    let now = terms.of_credential(id);
    let lives = terms.lives[id];
    let mut to: Vec<(Lowering, Bounds)> = Vec::new();
    if let Some(hours) = shortened(terms, credential) {
        let shorter = lives.at_most(f64::from(hours) / 24.0);
        let left = terms.chance(id, &shorter, Some);
        to.push((Lowering::Shorten { hours }, left));
    }
    let spots = terms.spots.of(id);
    let places = || spots.values().flatten();
    if may_federate(terms, credential, lives) && places().any(|place| place.runs) {
        // What used it has sessions there; the key is gone wherever else it was seen, and from all copies.
        let is_used = |place: &Place| matches!(place.theft, Theft::Own | Theft::Vendor);
        let session = Lives::renewed(SESSION);
        let left = terms.chance(id, &session, |place| Some(place).filter(is_used));
        to.push((Lowering::Federate, left));
    }
    if MOVED.contains(&credential.kind) && places().any(|place| place.is_movable) {
        let left = terms.chance(id, &lives, |place| {
            Some(if place.is_movable { IN_VAULT } else { place })
        });
        to.push((Lowering::Move, left));
    }
    let layers = |Chance { certain, possible }| Layers { certain, possible };
    // Where one bound would rise, it stays.
    let left = |(certain, possible): Bounds| Layers {
        certain: ten_thousandths(certain).min(now.certain),
        possible: ten_thousandths(possible).min(now.possible),
    };
    let to = to
        .into_iter()
        .map(|(lowering, bounds)| (lowering, left(bounds)));
    Lowered {
        credential: id,
        chance: layers(now),
        to: to.filter(|(_, left)| *left != layers(now)).collect(),
    }
}

/// Where it lies that was moved.
const IN_VAULT: Place = Place {
    theft: Theft::Vault,
    haunt: Haunt::Private,
    is_movable: false,
    runs: false,
};

fn issuer(terms: &Terms<'_>, credential: &Credential) -> Option<Platform> {
    Some(terms.inventory.principals[credential.principal?].platform)
}

fn shortened(terms: &Terms<'_>, credential: &Credential) -> Option<u32> {
    let issuer = issuer(terms, credential)?;
    let mut rows = SHORTENED.iter();
    let row = rows.find(|&&(platform, kind, _)| (platform, kind) == (issuer, credential.kind));
    row.map(|&(_, _, hours)| hours)
}

fn may_federate(terms: &Terms<'_>, credential: &Credential, lives: Lives) -> bool {
    // Nothing takes the place of the root of an account.
    let is_root = credential
        .principal
        .is_some_and(|id| terms.inventory.principals[id].kind == PrincipalKind::Root);
    let issuer = issuer(terms, credential);
    lives.longest == Life::Endless
        && !is_root
        && issuer.is_some_and(|issuer| FEDERATED.contains(&(issuer, credential.kind)))
}
