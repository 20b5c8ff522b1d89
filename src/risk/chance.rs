//! P: the chance that a credential is stolen and used within a year.

use super::clock::{Life, Race, WHOLE, ten_thousandths};
use super::life::{self, Lives, days_between};
use super::lowering;
use super::places::{Place, Spots};
use super::settings::{OLDEST_YEARS, Settings};
use crate::fixes::Lowered;
use crate::inventory::{CredentialId, Exposure, ExposureId, Haunt, Inventory, Lying, Table};
use crate::steps::Lowering;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Mode {
    /// What if it leaks now: in public code, for sure. Only how long it lives decides its chance.
    #[default]
    BlastRadius,
    /// How likely it is that it is stolen within a year from the places where it lies, and used.
    Risk,
}

impl Mode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::BlastRadius, Self::Risk];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::BlastRadius => "blast-radius",
            Self::Risk => "risk",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// P in ten-thousandths, between two bounds. Where all terms are known, both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Chance {
    /// With the shortest life and the least age that it may have: goes with certain reach.
    pub certain: u64,
    /// With the longest life and the greatest age: goes with possible reach.
    pub possible: u64,
}

impl Chance {
    /// Sure.
    pub const SURE: Self = Self {
        certain: WHOLE,
        possible: WHOLE,
    };

    fn new((certain, possible): Bounds) -> Self {
        Self {
            certain: ten_thousandths(certain),
            possible: ten_thousandths(possible),
        }
    }
}

/// Two bounds of a chance, from 0 to 1.
pub(super) type Bounds = (f64, f64);

/// The chances of all that can leak.
#[derive(Debug, Clone)]
pub struct Chances {
    credentials: Table<CredentialId, Chance>,
    lives: Table<CredentialId, Lives>,
    exposures: Table<ExposureId, Chance>,
    lowered: Vec<Lowered>,
}

impl Chances {
    /// Linear in credentials and exposures, but for sorting.
    pub fn new(inventory: &Inventory, settings: &Settings, mode: Mode) -> Self {
        let lives = inventory.credentials.iter();
        let lives = lives.map(|credential| life::lives(inventory, credential, settings));
        let terms = Terms {
            inventory,
            settings,
            mode,
            spots: Spots::new(inventory),
            lives: lives.collect::<Vec<Lives>>().into(),
        };
        let credentials = inventory
            .credentials
            .ids()
            .map(|id| terms.of_credential(id));
        let exposures = inventory.exposures.iter().map(|one| terms.of_exposure(one));
        let lowered = inventory.credentials.ids();
        let lowered = lowered.map(|id| lowering::lowered(&terms, id));
        Self {
            lowered: lowered.filter(|one| !one.to.is_empty()).collect(),
            credentials: credentials.collect::<Vec<_>>().into(),
            exposures: exposures.collect::<Vec<_>>().into(),
            lives: terms.lives,
        }
    }

    /// That of a credential.
    pub fn credential(&self, id: CredentialId) -> Chance {
        self.credentials[id]
    }

    /// How long a credential lives.
    pub fn lives(&self, id: CredentialId) -> Lives {
        self.lives[id]
    }

    /// What fixes lower it of which credentials, in order of credential, and what each of them leaves.
    pub fn lowered(&self) -> &[Lowered] {
        &self.lowered
    }

    /// What is left of the chance of a credential by some fixes; of several that which leaves least counts, in each bound.
    pub fn left(&self, id: CredentialId, done: &[(CredentialId, Lowering)]) -> Chance {
        let known = self.lowered.binary_search_by_key(&id, |one| one.credential);
        let known = known.ok().and_then(|at| self.lowered.get(at));
        let to = known.map_or(&[][..], |one| &one.to);
        let to = to
            .iter()
            .filter(|(lowering, _)| done.contains(&(id, *lowering)));
        to.fold(self.credentials[id], |chance, (_, left)| Chance {
            certain: chance.certain.min(left.certain),
            possible: chance.possible.min(left.possible),
        })
    }

    /// The same with the chance of some credentials replaced.
    #[must_use]
    pub fn with(mut self, chances: impl IntoIterator<Item = (CredentialId, Chance)>) -> Self {
        for (id, chance) in chances {
            self.credentials[id] = chance;
        }
        self
    }

    /// That of a place: the greatest of what lies there, stolen from there.
    pub fn exposure(&self, id: ExposureId) -> Chance {
        self.exposures[id]
    }
}

/// All that chances are made of.
pub(super) struct Terms<'i> {
    pub(super) inventory: &'i Inventory,
    settings: &'i Settings,
    mode: Mode,
    pub(super) spots: Spots,
    pub(super) lives: Table<CredentialId, Lives>,
}

impl Terms<'_> {
    pub(super) fn of_credential(&self, id: CredentialId) -> Chance {
        Chance::new(self.chance(id, &self.lives[id], Some))
    }

    /// What the chance of a credential would be if it lived otherwise, and each of its places were what `left` makes of
    /// it: another one, or none.
    pub(super) fn chance(
        &self,
        id: CredentialId,
        lives: &Lives,
        left: impl Fn(Place) -> Option<Place>,
    ) -> Bounds {
        match self.mode {
            Mode::BlastRadius => self.works(Haunt::PublicCode, lives),
            Mode::Risk => {
                let spots = self.spots.of(id);
                let robbed = |places: &Vec<Place>| {
                    let places = places.iter().filter_map(|&place| left(place));
                    let robbed = places.map(|place| self.robbed(place, lives));
                    robbed.fold((0.0, 0.0), greatest)
                };
                at_least_one(spots.values().map(robbed).chain([self.copies(id, lives)]))
            }
        }
    }

    fn of_exposure(&self, exposure: &Exposure) -> Chance {
        let of = |lying: Option<&Lying>| {
            // Where nothing lies: what the place opens is open as long as it is there.
            let lives = lying.map_or(&Lives::ENDLESS, |lying| &self.lives[lying.credential]);
            match self.mode {
                Mode::BlastRadius => self.works(Haunt::PublicCode, lives),
                Mode::Risk => self.robbed(Place::new(self.inventory, exposure, lying), lives),
            }
        };
        Chance::new(match exposure.lying.as_slice() {
            [] => of(None),
            all => all
                .iter()
                .map(|one| of(Some(one)))
                .fold((0.0, 0.0), greatest),
        })
    }

    /// t.
    fn works(&self, haunt: Haunt, lives: &Lives) -> Bounds {
        let race = Race::new(self.settings.delay(haunt), self.settings.revocation());
        (race.works(lives.shortest), race.works(lives.longest))
    }

    /// p · t.
    fn robbed(&self, place: Place, lives: &Lives) -> Bounds {
        let theft = self.settings.theft(place.theft);
        let (shortest, longest) = self.works(place.haunt, lives);
        (theft * shortest, theft * longest)
    }

    /// One more place: copies nobody knows of. `p = 1 − exp(−rate · years)` since it was made or rotated; kept privately.
    fn copies(&self, id: CredentialId, lives: &Lives) -> Bounds {
        let rate = self.settings.copies();
        let stolen = |years: f64| -libm::expm1(-rate * years);
        let (least, most) = self.age(id);
        let (shortest, longest) = self.works(Haunt::Private, lives);
        let least = at_most(least, lives.shortest);
        let most = at_most(most, lives.longest);
        (stolen(least) * shortest, stolen(most) * longest)
    }

    /// The years since it was made or rotated. Where no export tells that, it is at least as old as its first use or
    /// sight, and at most as old as its principal, or than [`OLDEST_YEARS`].
    fn age(&self, id: CredentialId) -> Bounds {
        let since = |at| days_between(at, self.inventory.as_of) / YEAR;
        let credential = &self.inventory.credentials[id];
        if let Some(created) = credential.created {
            return (since(created), since(created));
        }
        let seen = credential
            .last_used
            .into_iter()
            .chain(self.spots.first_seen(id));
        let least = seen.map(since).fold(0.0, f64::max);
        let principal = credential
            .principal
            .map(|id| &self.inventory.principals[id]);
        let most = principal.and_then(|principal| principal.created);
        (least, most.map_or(OLDEST_YEARS, since).max(least))
    }
}

/// Days in a year.
const YEAR: f64 = 365.0;

/// What is renewed is no older than it lives.
fn at_most(years: f64, life: Life) -> f64 {
    match life {
        Life::Renewed(days) => years.min(days / YEAR),
        _ => years,
    }
}

fn greatest(a: Bounds, b: Bounds) -> Bounds {
    (a.0.max(b.0), a.1.max(b.1))
}

/// `1 − Π (1 − p · t)`: some place at least, as if each were robbed for itself.
fn at_least_one(places: impl Iterator<Item = Bounds>) -> Bounds {
    let none = places.fold((1.0, 1.0), |none, one| {
        (none.0 * (1.0 - one.0), none.1 * (1.0 - one.1))
    });
    (1.0 - none.0, 1.0 - none.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{
        Credential, CredentialKind, CredentialStatus, Ended, EvidenceId, ExposureKind, Id,
        Lifetime, Sight,
    };
    use crate::risk::trial;
    use proptest::prelude::*;

    const PUBLIC: Sight = Sight {
        since: None,
        worked: None,
        is_public: true,
        is_found: true,
    };

    /// A credential, made today, in some places.
    fn estate(
        change: impl FnOnce(&mut Credential),
        places: &[(ExposureKind, Sight)],
    ) -> (Inventory, CredentialId) {
        let mut inventory = trial::estate();
        let mut credential = trial::credential(CredentialKind::AccessKey);
        credential.lifetime = Lifetime::Static;
        credential.created = Some(trial::day(0));
        change(&mut credential);
        let id = inventory.credentials.push(credential);
        for (number, &(kind, sight)) in places.iter().enumerate() {
            let exposure = trial::exposure(&format!("place-{number}"), kind, &[(id, sight)]);
            inventory.exposures.push(exposure);
        }
        (inventory, id)
    }

    fn risk(change: impl FnOnce(&mut Credential), places: &[(ExposureKind, Sight)]) -> Chance {
        let (inventory, id) = estate(change, places);
        Chances::new(&inventory, &Settings::default(), Mode::Risk).credential(id)
    }

    fn sure(chance: Chance) -> u64 {
        assert_eq!(chance.certain, chance.possible);
        chance.certain
    }

    #[test]
    fn the_blast_radius_asks_what_if_it_leaks_now() {
        let of = |change: fn(&mut Credential), places| {
            let (inventory, id) = estate(change, places);
            Chances::new(&inventory, &Settings::default(), Mode::BlastRadius).credential(id)
        };
        // Where it lies does not matter, and neither does its age.
        assert_eq!(sure(of(|_| {}, &[])), 9_999);
        let old = of(
            |c| c.created = Some(trial::day(-4_000)),
            &[(ExposureKind::RepositoryFile, PUBLIC)],
        );
        assert_eq!(sure(old), 9_999);
        // How long it lives does: 1 − exp(−60/17).
        let hour = of(|c| c.expires = Some(trial::hour(1)), &[]);
        assert_eq!(sure(hour), 9_706);
        assert_eq!(sure(of(|c| c.status = CredentialStatus::Inactive, &[])), 0);
    }

    #[test]
    fn a_life_that_no_export_tells_makes_two_bounds() {
        let (inventory, id) = estate(
            |c| {
                c.kind = CredentialKind::BearerToken;
                c.lifetime = Lifetime::Unknown;
            },
            &[],
        );
        let of = |mode| Chances::new(&inventory, &Settings::default(), mode).credential(id);
        // Renewed every hour, or endless.
        let Chance { certain, possible } = of(Mode::BlastRadius);
        assert_eq!((certain, possible), (7_249, 9_999));
    }

    #[test]
    fn what_is_renewed_is_as_old_as_it_lives_in_each_bound() {
        let certificate = risk(
            |c| {
                c.kind = CredentialKind::Certificate;
                c.lifetime = Lifetime::Unknown;
                c.created = Some(trial::day(-730));
            },
            &[],
        );
        // Renewed every week: (1 − exp(−0.05 · 7/365)) · 0.1064; every ten years, made two years ago: 0.0952 · 0.8134.
        assert_eq!((certificate.certain, certificate.possible), (1, 774));
    }

    #[test]
    fn every_place_adds_to_the_risk() {
        let own = (ExposureKind::DeviceFile, Sight::default());
        let vault = (ExposureKind::SecretStore, Sight::default());
        // 0.1 · t at an hour: 24 / (24 + 0.00737).
        assert_eq!(sure(risk(|_| {}, &[own])), 1_000);
        // 0.01 · 0.81886.
        assert_eq!(sure(risk(|_| {}, &[vault])), 82);
        // 1 − (1 − 0.099969)(1 − 0.008189).
        assert_eq!(sure(risk(|_| {}, &[own, vault])), 1_073);
        // 1 − (1 − 0.099969)².
        assert_eq!(sure(risk(|_| {}, &[own, own])), 1_899);
        assert_eq!(sure(risk(|_| {}, &[])), 0);
    }

    #[test]
    fn a_confirmed_public_leak_is_as_good_as_used() {
        let worked = Sight {
            worked: Some(true),
            ..PUBLIC
        };
        assert_eq!(
            sure(risk(|_| {}, &[(ExposureKind::RepositoryFile, worked)])),
            9_999
        );
        assert_eq!(
            sure(risk(|_| {}, &[(ExposureKind::RepositoryFile, PUBLIC)])),
            8_999
        );
    }

    #[test]
    fn a_leak_that_a_rotation_has_ended_counts_nothing() {
        let (mut inventory, id) = estate(|_| {}, &[]);
        let mut place = trial::exposure("old", ExposureKind::RepositoryFile, &[]);
        place.ended.push(Ended {
            credential: id,
            since: trial::day(-20),
            rotated: trial::day(0),
            evidence: EvidenceId::from_index(0),
        });
        inventory.exposures.push(place);
        let chances = Chances::new(&inventory, &Settings::default(), Mode::Risk);
        assert_eq!(sure(chances.credential(id)), 0);
    }

    #[test]
    fn copies_that_nobody_knows_of_add_up_over_the_years() {
        // (1 − exp(−0.05 · 2)) · 0.81886.
        let years = |c: &mut Credential| c.created = Some(trial::day(-730));
        assert_eq!(sure(risk(years, &[])), 779);
        // What is not known is between what is known and what may be: first used a year ago, principal unknown.
        let unknown = risk(
            |c| {
                c.created = None;
                c.last_used = Some(trial::day(-365));
            },
            &[],
        );
        assert_eq!((unknown.certain, unknown.possible), (399, 3_222));
    }

    #[test]
    fn an_age_that_no_export_tells_is_between_the_first_sight_and_the_age_of_its_principal() {
        let of = |used: i64, seen: i64, principal: Option<i64>| {
            let sight = Sight {
                since: Some(trial::day(seen)),
                ..Sight::default()
            };
            let later = Sight {
                since: Some(trial::day(-1)),
                ..Sight::default()
            };
            let change = |c: &mut Credential| {
                c.created = None;
                c.last_used = Some(trial::day(used));
            };
            let (mut inventory, id) = estate(change, &[]);
            // All in one vault, which is robbed once.
            let vault = inventory.resources.push(trial::resource("aws", None));
            for (key, sight) in [("a", later), ("b", sight)] {
                let mut place = trial::exposure(key, ExposureKind::SecretStore, &[(id, sight)]);
                place.resource = Some(vault);
                inventory.exposures.push(place);
            }
            if let Some(created) = principal {
                let mut principal = trial::principal("aws", None);
                principal.created = Some(trial::day(created));
                inventory.credentials[id].principal = Some(inventory.principals.push(principal));
            }
            let chances = Chances::new(&inventory, &Settings::default(), Mode::Risk);
            let Chance { certain, possible } = chances.credential(id);
            (certain, possible)
        };
        // 1 − (1 − 0.0081886) · (1 − (1 − exp(−0.05 · years)) · 0.81886): of 2, 3, 10 and 1 years.
        assert_eq!(of(-365, -730, Some(-1_095)), (855, 1_213));
        assert_eq!(of(-730, -365, Some(-1_095)), (855, 1_213));
        assert_eq!(of(-365, -730, None), (855, 3_277));
        // It is older than its principal is said to be.
        assert_eq!(of(-730, -365, Some(-365)), (855, 855));
        assert_eq!(of(-365, -365, Some(-365)), (478, 478));
    }

    #[test]
    fn of_several_fixes_that_lower_a_chance_the_least_that_is_left_counts() {
        let (mut inventory, id) = estate(
            |c| c.kind = CredentialKind::PersonalAccessToken,
            &[(ExposureKind::DeviceFile, Sight::default())],
        );
        let octo = inventory.principals.push(trial::principal("github", None));
        inventory.credentials[id].principal = Some(octo);
        let other = inventory
            .credentials
            .push(inventory.credentials[id].clone());
        let chances = Chances::new(&inventory, &Settings::default(), Mode::Risk);
        let of = |done: &[(CredentialId, Lowering)]| sure(chances.left(id, done));
        let (shorten, vault) = (Lowering::Shorten { hours: 168 }, Lowering::Move);
        assert_eq!(of(&[]), 1_000);
        assert_eq!(of(&[(id, shorten)]), 994);
        assert_eq!(of(&[(id, vault)]), 82);
        for both in [[(id, shorten), (id, vault)], [(id, vault), (id, shorten)]] {
            assert_eq!(of(&both), 82);
        }
        assert_eq!(of(&[(id, Lowering::Federate), (other, vault)]), 1_000);
        // The one that comes first leaves least: what runs with sessions has no key left in the repository.
        let none = Sight::default();
        let (mut inventory, id) = estate(
            |_| {},
            &[
                (ExposureKind::CiVariable, none),
                (ExposureKind::RepositoryFile, none),
                (ExposureKind::DeviceFile, none),
            ],
        );
        let robot = inventory.principals.push(trial::principal("aws", None));
        inventory.credentials[id].principal = Some(robot);
        let chances = Chances::new(&inventory, &Settings::default(), Mode::Risk);
        let of = |done: &[(CredentialId, Lowering)]| sure(chances.left(id, done));
        let federate = (id, Lowering::Federate);
        assert!(of(&[federate]) < of(&[(id, vault)]));
        assert_eq!(of(&[federate, (id, vault)]), of(&[federate]));
    }

    #[test]
    fn the_age_of_what_is_renewed_is_no_more_than_it_lives() {
        let session = |c: &mut Credential| {
            c.kind = CredentialKind::SessionKey;
            c.lifetime = Lifetime::Expiring;
            c.created = Some(trial::day(-730));
        };
        let chance = risk(session, &[]);
        assert_eq!((chance.certain, chance.possible), (1, 1));
    }

    #[test]
    fn what_is_met_on_the_way_has_no_clock_of_its_own() {
        // A key that ends tomorrow lies where another one opens: the chance of the other is its own.
        let (mut inventory, id) = estate(|_| {}, &[]);
        let before =
            Chances::new(&inventory, &Settings::default(), Mode::BlastRadius).credential(id);
        let mut short = trial::credential(CredentialKind::SessionKey);
        short.expires = Some(trial::hour(1));
        let short = inventory.credentials.push(short);
        let place = trial::exposure(
            "on-the-way",
            ExposureKind::SecretStore,
            &[(short, Sight::default())],
        );
        inventory.exposures.push(place);
        let after = Chances::new(&inventory, &Settings::default(), Mode::BlastRadius);
        assert_eq!(after.credential(id), before);
        assert!(after.credential(short) < before);
    }

    #[test]
    fn a_place_has_the_greatest_chance_of_what_lies_there() {
        let (mut inventory, long) = estate(|_| {}, &[]);
        let mut short = trial::credential(CredentialKind::BearerToken);
        short.expires = Some(trial::hour(1));
        let short = inventory.credentials.push(short);
        let none = Sight::default();
        let mut place = |name: &str, kind, lying: &[CredentialId]| {
            let lying: Vec<_> = lying.iter().map(|&id| (id, none)).collect();
            inventory
                .exposures
                .push(trial::exposure(name, kind, &lying))
        };
        let both = place("both", ExposureKind::DeviceFile, &[short, long]);
        let turned = place("turned", ExposureKind::DeviceFile, &[long, short]);
        let one = place("one", ExposureKind::DeviceFile, &[short]);
        let input = place("input", ExposureKind::AgentInput, &[]);
        let of = |mode| {
            let chances = Chances::new(&inventory, &Settings::default(), mode);
            assert_eq!(chances.exposure(turned), chances.exposure(both));
            [both, one, input].map(|id| sure(chances.exposure(id)))
        };
        assert_eq!(of(Mode::BlastRadius), [9_999, 9_706, 9_999]);
        // On a laptop: 0.1 · 24/(24 + λr), and 0.1 · (1 − 1/e); an input of an agent is used at once, 0.3.
        assert_eq!(of(Mode::Risk), [1_000, 632, 3_000]);
    }

    #[test]
    fn files_of_one_machine_are_robbed_at_once() {
        let (mut inventory, id) = estate(|_| {}, &[]);
        let (one, two) = (
            trial::evidence(&mut inventory),
            trial::evidence(&mut inventory),
        );
        for (name, kind, evidence) in [
            ("device", ExposureKind::Device, vec![one, two]),
            ("config", ExposureKind::McpConfig, vec![one]),
            ("file", ExposureKind::DeviceFile, vec![two]),
        ] {
            let mut place = trial::exposure(name, kind, &[(id, Sight::default())]);
            place.evidence = evidence;
            inventory.exposures.push(place);
        }
        let of = |inventory: &Inventory| {
            let chances = Chances::new(inventory, &Settings::default(), Mode::Risk);
            sure(chances.credential(id))
        };
        assert_eq!(of(&inventory), 1_000);
        let elsewhere = trial::evidence(&mut inventory);
        let mut place =
            trial::exposure("other", ExposureKind::DeviceFile, &[(id, Sight::default())]);
        place.evidence = vec![elsewhere];
        inventory.exposures.push(place);
        assert_eq!(of(&inventory), 1_899);
    }

    #[test]
    fn one_file_at_several_commits_is_one_place() {
        let (mut inventory, id) = estate(|_| {}, &[]);
        for key in ["repository-file:a/b/c@1", "repository-file:a/b/c@2"] {
            let sight = (id, Sight::default());
            inventory
                .exposures
                .push(trial::exposure(key, ExposureKind::RepositoryFile, &[sight]));
        }
        let chances = Chances::new(&inventory, &Settings::default(), Mode::Risk);
        // 0.3 · 0.81886.
        assert_eq!(sure(chances.credential(id)), 2_457);
    }

    fn sights() -> impl Strategy<Value = Vec<(ExposureKind, Sight)>> {
        let kind = (0..ExposureKind::ALL.len()).prop_map(|at| ExposureKind::ALL[at]);
        let sight = (any::<bool>(), any::<Option<bool>>()).prop_map(|(is_public, worked)| Sight {
            since: None,
            worked,
            is_public,
            is_found: true,
        });
        prop::collection::vec((kind, sight), 0..6)
    }

    proptest! {
        #[test]
        fn more_places_more_years_and_longer_lives_never_lower_it(
            places in sights(), more in sights(), age in 0..4_000i64, older in 0..4_000i64,
            life in proptest::option::of(0..100_000i64), longer in 0..100_000i64, mode in 0..2usize,
        ) {
            let of = |places: &[(ExposureKind, Sight)], age: i64, life: Option<i64>| {
                let change = |c: &mut Credential| {
                    c.created = Some(trial::day(-age));
                    c.expires = life.map(|hours| trial::hour(hours + 1));
                };
                let (inventory, id) = estate(change, places);
                Chances::new(&inventory, &Settings::default(), Mode::ALL[mode]).credential(id)
            };
            let chance = of(&places, age, life);
            prop_assert!(chance.certain <= WHOLE && chance.certain == chance.possible);
            let all = [places.as_slice(), more.as_slice()].concat();
            prop_assert!(of(&all, age, life) >= chance);
            prop_assert!(of(&places, age + older, life) >= chance);
            prop_assert!(of(&places, age, life.map(|hours| hours + longer)) >= chance);
            prop_assert!(of(&places, age, None) >= chance);
        }

        #[test]
        fn the_bounds_are_in_order(
            places in sights(), kind in 0..CredentialKind::ALL.len(), lifetime in 0..3usize, age in proptest::option::of(0..4_000i64),
        ) {
            let change = |c: &mut Credential| {
                c.kind = CredentialKind::ALL[kind];
                c.lifetime = [Lifetime::Static, Lifetime::Expiring, Lifetime::Unknown][lifetime];
                c.created = age.map(|days| trial::day(-days));
            };
            let (inventory, id) = estate(change, &places);
            for mode in Mode::ALL {
                let chance = Chances::new(&inventory, &Settings::default(), mode).credential(id);
                prop_assert!(chance.certain <= chance.possible && chance.possible <= WHOLE);
            }
        }
    }
}
