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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{
        CredentialStatus, ExposureKind, Inventory, Lifetime, Principal, RiskRule, Sight,
    };
    use crate::risk::settings::Settings;
    use crate::risk::{Chances, Mode, trial};

    const PRIVATE: Sight = Sight {
        since: None,
        worked: None,
        is_public: false,
        is_found: true,
    };

    /// What lowers the chance of a static credential of today that a platform issued and that lies so.
    fn proposed(
        mode: Mode,
        (platform, kind): (Platform, CredentialKind),
        change: impl FnOnce(&mut Inventory, CredentialId),
        places: &[ExposureKind],
    ) -> Vec<(Lowering, u64)> {
        let mut inventory = trial::estate();
        let mut credential = trial::credential(kind);
        credential.lifetime = Lifetime::Static;
        credential.created = Some(trial::day(0));
        credential.principal = Some(inventory.principals.push(trial::principal(platform, None)));
        let id = inventory.credentials.push(credential);
        for (number, &kind) in places.iter().enumerate() {
            let place = trial::exposure(&format!("place-{number}"), kind, &[(id, PRIVATE)]);
            inventory.exposures.push(place);
        }
        change(&mut inventory, id);
        let chances = Chances::new(&inventory, &Settings::default(), mode);
        let lowered = chances.lowered().iter().flat_map(|one| &one.to);
        lowered
            .map(|&(lowering, left)| {
                assert_eq!(left.certain, left.possible);
                (lowering, left.certain)
            })
            .collect()
    }

    fn nothing(_: &mut Inventory, _: CredentialId) {}

    const KEY: (Platform, CredentialKind) = ("aws", CredentialKind::AccessKey);
    const VARIABLE: ExposureKind = ExposureKind::CiVariable;

    #[test]
    fn a_life_is_shortened_where_its_issuer_sets_lives() {
        let of = |issued| proposed(Mode::BlastRadius, issued, nothing, &[]);
        for (platform, kind, hours) in SHORTENED {
            let shorten = |(lowering, _): &(Lowering, u64)| *lowering;
            let found: Vec<Lowering> = of((platform, kind)).iter().map(shorten).collect();
            assert_eq!(found, [Lowering::Shorten { hours }], "{platform} {kind:?}");
        }
        // Of a week 0.9982 is left, of an hour 0.7249.
        assert_eq!(
            of(("github", CredentialKind::PersonalAccessToken))[0].1,
            9_982
        );
        assert_eq!(of(("kubernetes", CredentialKind::BearerToken))[0].1, 7_249);
        assert_eq!(of(("aws", CredentialKind::SessionKey))[0].1, 7_249);
        for other in [
            ("gitlab", CredentialKind::PersonalAccessToken),
            ("okta", CredentialKind::BearerToken),
            ("github", CredentialKind::BearerToken),
            ("kubernetes", CredentialKind::SessionKey),
        ] {
            assert_eq!(of(other), [], "{other:?}");
        }
        // Nobody's, dead, or over sooner.
        let token = ("github", CredentialKind::PersonalAccessToken);
        let with = |change: fn(&mut Inventory, CredentialId)| {
            proposed(Mode::BlastRadius, token, change, &[])
        };
        assert_eq!(with(|all, id| all.credentials[id].principal = None), []);
        let dead = |all: &mut Inventory, id| {
            all.credentials[id].status = CredentialStatus::Inactive;
        };
        assert_eq!(with(dead), []);
        assert_eq!(
            with(|all, id| all.credentials[id].expires = Some(trial::day(7))),
            []
        );
        assert_eq!(
            with(|all, id| all.credentials[id].expires = Some(trial::day(8))).len(),
            1
        );
    }

    #[test]
    fn sessions_come_where_a_static_key_runs_something_and_its_issuer_lets_others_log_in() {
        let of = |issued, places: &[ExposureKind]| {
            let found = proposed(Mode::Risk, issued, nothing, places);
            let mut found = found.into_iter();
            found.find_map(|(one, left)| (one == Lowering::Federate).then_some(left))
        };
        // Renewed every hour in a CI variable: 0.1 · 0.98333.
        for issued in FEDERATED {
            assert_eq!(of(issued, &[VARIABLE]), Some(983), "{issued:?}");
        }
        assert_eq!(of(KEY, &[ExposureKind::WorkloadEnvironment]), Some(1));
        // The key is gone from where it was only seen, and not from machines that use it too: 1 − (1 − 0.0983)(1 − 0.0368).
        let seen = [VARIABLE, ExposureKind::RepositoryFile, ExposureKind::CiLog];
        assert_eq!(of(KEY, &seen), Some(983));
        assert_eq!(of(KEY, &[VARIABLE, ExposureKind::DeviceFile]), Some(1_315));
        // Nothing runs with it.
        for place in [ExposureKind::DeviceFile, ExposureKind::SecretStore] {
            assert_eq!(of(KEY, &[place]), None, "{place:?}");
        }
        for other in [
            ("okta", CredentialKind::AccessKey),
            ("gcp", CredentialKind::AccessKey),
            ("aws", CredentialKind::ServiceAccountKey),
            ("aws", CredentialKind::Password),
        ] {
            assert_eq!(of(other, &[VARIABLE]), None, "{other:?}");
        }
        let with = |change: fn(&mut Inventory, CredentialId)| {
            let found = proposed(Mode::Risk, KEY, change, &[VARIABLE]);
            found.iter().any(|(one, _)| *one == Lowering::Federate)
        };
        assert!(with(nothing));
        assert!(!with(
            |all, id| all.credentials[id].expires = Some(trial::day(90))
        ));
        assert!(!with(|all, id| all.credentials[id].principal = None));
        assert!(!with(|all, id| {
            all.credentials[id].principal = Some(all.principals.push(Principal {
                kind: PrincipalKind::Root,
                ..trial::principal("aws", None)
            }));
        }));
        // What a vendor holds and runs with becomes sessions too: 1 − (1 − 0.0983)(1 − 0.00405).
        let held = proposed(
            Mode::Risk,
            KEY,
            |all, id| {
                let vendor = all.principals.push(Principal {
                    kind: PrincipalKind::Vendor,
                    ..trial::principal("aws", None)
                });
                let mut place = trial::exposure("held", ExposureKind::Other, &[(id, PRIVATE)]);
                place.holders = vec![vendor];
                all.exposures.push(place);
            },
            &[VARIABLE],
        );
        assert_eq!(held, [(Lowering::Federate, 1_020)]);
    }

    #[test]
    fn what_people_put_into_files_is_moved_and_nothing_else() {
        let file = ExposureKind::DeviceFile;
        let of = |kind, places: &[ExposureKind]| {
            let found = proposed(Mode::Risk, ("stated", kind), nothing, places);
            let mut found = found.into_iter();
            found.find_map(|(one, left)| (one == Lowering::Move).then_some(left))
        };
        for kind in CredentialKind::ALL {
            // In a vault 0.01 · 0.8189 is left.
            let expected = MOVED.contains(&kind).then_some(82);
            assert_eq!(of(kind, &[file]), expected, "{kind:?}");
        }
        assert_eq!(MOVED.len(), 6);
        for place in [
            VARIABLE,
            ExposureKind::RepositoryFile,
            ExposureKind::SecretStore,
        ] {
            assert_eq!(of(CredentialKind::ApiKey, &[place]), None, "{place:?}");
        }
        // Only what lies in files is moved: 1 − (1 − 0.0082)(1 − 0.1).
        let both = of(CredentialKind::ApiKey, &[file, VARIABLE]);
        assert_eq!(both, Some(1_074));
        // Where vaults are robbed more often than machines, nothing is moved there.
        let (mut inventory, key) = (trial::estate(), CredentialKind::ApiKey);
        let mut credential = trial::credential(key);
        credential.lifetime = Lifetime::Unknown;
        credential.created = Some(trial::day(0));
        let id = inventory.credentials.push(credential);
        let place = trial::exposure("place", file, &[(id, PRIVATE)]);
        inventory.exposures.push(place);
        let robbed = RiskRule::Theft(Theft::Vault, 9_000);
        let settings = Settings::default().with(&robbed);
        let chances = Chances::new(&inventory, &settings, Mode::Risk);
        assert_eq!(chances.lowered(), []);
        // In public code all is lost at once, wherever it lay.
        let leaked = proposed(Mode::BlastRadius, KEY, nothing, &[file]);
        assert_eq!(leaked, []);
    }
}
