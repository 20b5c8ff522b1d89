//! X: what lies behind a border counts for more, because nobody expects to be reached from there.
//!
//! `X = 1 + ¼` for each sort of border between the home of what leaked and what is reached: into an environment that is
//! guarded better, into another tenant, onto another platform. Where one side of a border is not known, none is counted.

use super::settings::Settings;
use crate::inventory::{
    CredentialId, EnvironmentClass, Exposure, ExposureId, Id, Inventory, Platform, ResourceId,
    Table, TenantId,
};
use indexmap::IndexSet;

/// Quarters in a factor of one.
pub const NO_BORDER: u64 = 4;
/// The most that a factor can be, in quarters.
pub const MOST: u64 = 7;

/// Where something belongs, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Home {
    /// How well its environment is guarded.
    pub environment: Option<EnvironmentClass>,
    /// The account or organisation.
    pub tenant: Option<TenantId>,
    /// The platform; `None` also where an export names none.
    pub platform: Option<Platform>,
}

impl Home {
    /// X from here to `there`, in quarters: 4 to 7.
    pub fn factor_to(self, there: Self) -> u64 {
        let is_known = |a: Option<bool>| u64::from(a == Some(true));
        let upward = self.environment.zip(there.environment).map(|(a, b)| a < b);
        let tenant = self.tenant.zip(there.tenant).map(|(a, b)| a != b);
        let platform = self.platform.zip(there.platform).map(|(a, b)| a != b);
        NO_BORDER + is_known(upward) + is_known(tenant) + is_known(platform)
    }

    /// What all have in common; what is not known of one does not count against the others.
    fn common(homes: &[Self]) -> Self {
        fn agreed<T: PartialEq + Copy>(mut known: impl Iterator<Item = T>) -> Option<T> {
            let first = known.next()?;
            known.all(|other| other == first).then_some(first)
        }
        Self {
            environment: agreed(homes.iter().filter_map(|home| home.environment)),
            tenant: agreed(homes.iter().filter_map(|home| home.tenant)),
            platform: agreed(homes.iter().filter_map(|home| home.platform)),
        }
    }
}

/// The home of what leaks, as a number below [`Borders::homes`].
pub type HomeNumber = u32;
/// Where resources belong, as a number below [`Borders::places`].
pub type PlaceNumber = u32;

/// All homes and places, and the factors between them.
///
/// Places to which every home has the same factor are one: so there are few, however many tenants there are.
#[derive(Debug, Clone)]
pub struct Borders {
    credentials: Table<CredentialId, HomeNumber>,
    exposures: Table<ExposureId, HomeNumber>,
    resources: Table<ResourceId, PlaceNumber>,
    factors: Vec<Vec<u64>>,
}

impl Borders {
    /// Linear in the inventory, and in homes times different places.
    pub fn new(inventory: &Inventory, settings: &Settings) -> Self {
        let finder = Finder {
            inventory,
            settings,
        };
        let mut homes: IndexSet<Home> = IndexSet::new();
        let mut number = |home: Home| number_of(homes.insert_full(home).0);
        let credentials = inventory.credentials.ids();
        let credentials: Vec<HomeNumber> = credentials
            .map(|id| number(finder.of_credential(id)))
            .collect();
        let exposures = inventory.exposures.iter();
        let exposures: Vec<HomeNumber> = exposures
            .map(|exposure| number(finder.of_exposure(exposure)))
            .collect();

        let mut theres: IndexSet<Home> = IndexSet::new();
        let resources = inventory.resources.ids();
        let resources: Vec<usize> = resources
            .map(|id| theres.insert_full(finder.of_resource(id)).0)
            .collect();
        let mut columns: IndexSet<Vec<u64>> = IndexSet::new();
        let column_of: Vec<PlaceNumber> = theres
            .iter()
            .map(|&there| {
                let column = homes.iter().map(|home| home.factor_to(there)).collect();
                number_of(columns.insert_full(column).0)
            })
            .collect();
        let place = |there: usize| column_of.get(there).copied().unwrap_or_default();
        let rows = (0..homes.len()).map(|home| {
            let of_home = |column: &Vec<u64>| column.get(home).copied().unwrap_or(NO_BORDER);
            columns.iter().map(of_home).collect()
        });
        Self {
            credentials: credentials.into(),
            exposures: exposures.into(),
            resources: resources.into_iter().map(place).collect::<Vec<_>>().into(),
            factors: rows.collect(),
        }
    }

    /// The home of a credential.
    pub fn home_of_credential(&self, id: CredentialId) -> HomeNumber {
        self.credentials[id]
    }

    /// The home of a place where credentials lie: what all that lies there have in common.
    pub fn home_of_exposure(&self, id: ExposureId) -> HomeNumber {
        self.exposures[id]
    }

    /// Where a resource belongs.
    pub fn place_of(&self, id: ResourceId) -> PlaceNumber {
        // Behind no border: a class that a technique has added since.
        let place = self.resources.as_slice().get(id.index());
        place.copied().unwrap_or(PlaceNumber::MAX)
    }

    /// X in quarters: by home, then by place.
    pub fn factors(&self) -> &[Vec<u64>] {
        &self.factors
    }

    /// X in quarters.
    pub fn factor(&self, home: HomeNumber, place: PlaceNumber) -> u64 {
        let row = self.factors.get(home as usize);
        let factor = row.and_then(|row| row.get(place as usize));
        factor.copied().unwrap_or(NO_BORDER)
    }
}

fn number_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Finds where things belong.
struct Finder<'i> {
    inventory: &'i Inventory,
    settings: &'i Settings,
}

/// What the neutral register calls a platform that it does not name.
const STATED: Platform = "stated";

impl Finder<'_> {
    fn home(&self, environment: &str, tenant: Option<TenantId>, platform: Platform) -> Home {
        Home {
            environment: self.settings.class_of(environment),
            tenant,
            platform: (platform != STATED).then_some(platform),
        }
    }

    /// That of its principal, whose environment is its tenant's.
    fn of_credential(&self, id: CredentialId) -> Home {
        let Some(principal) = self.inventory.credentials[id].principal else {
            return Home::default();
        };
        let principal = &self.inventory.principals[principal];
        let tenant = principal.tenant.map(|id| &self.inventory.tenants[id]);
        let environment = tenant.map_or("", |tenant| tenant.environment.value.as_str());
        self.home(environment, principal.tenant, principal.platform)
    }

    fn of_exposure(&self, exposure: &Exposure) -> Home {
        let lying = exposure.lying.iter();
        let homes: Vec<Home> = lying
            .map(|one| self.of_credential(one.credential))
            .collect();
        Home::common(&homes)
    }

    fn of_resource(&self, id: ResourceId) -> Home {
        let resource = &self.inventory.resources[id];
        self.home(
            &resource.environment.value,
            resource.tenant,
            resource.platform,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{CredentialKind, ExposureKind, Label, Sight};
    use crate::risk::trial;
    use proptest::prelude::*;

    fn home(environment: usize, tenant: usize, platform: usize) -> Home {
        Home {
            environment: EnvironmentClass::ALL.get(environment).copied(),
            tenant: (tenant < 3).then(|| TenantId::from_index(tenant)),
            platform: ["aws", "github"].get(platform).copied(),
        }
    }

    const UNKNOWN: usize = 9;

    #[test]
    fn each_sort_of_border_adds_a_quarter() {
        let here = home(1, 1, 0);
        assert_eq!(here.factor_to(here), 4);
        assert_eq!(here.factor_to(home(2, 1, 0)), 5);
        assert_eq!(here.factor_to(home(1, 2, 0)), 5);
        assert_eq!(here.factor_to(home(1, 1, 1)), 5);
        assert_eq!(here.factor_to(home(2, 2, 1)), 7);
    }

    #[test]
    fn an_environment_is_a_border_upward_alone() {
        assert_eq!(home(2, 1, 0).factor_to(home(0, 1, 0)), 4);
        assert_eq!(home(0, 1, 0).factor_to(home(1, 1, 0)), 5);
        assert_eq!(home(0, 1, 0).factor_to(home(2, 1, 0)), 5);
    }

    #[test]
    fn what_is_not_known_is_no_border() {
        let unknown = home(UNKNOWN, UNKNOWN, UNKNOWN);
        assert_eq!(unknown.factor_to(home(2, 1, 0)), 4);
        assert_eq!(home(0, 1, 0).factor_to(unknown), 4);
    }

    #[test]
    fn homes_and_places_are_read_from_the_inventory() {
        let mut inventory = trial::estate();
        let staging = inventory.tenants.push(trial::tenant("aws", "staging"));
        let production = inventory.tenants.push(trial::tenant("aws", "production"));
        let tooling = inventory.tenants.push(trial::tenant("aws", "tooling"));
        let mut key_of = |platform, tenant| {
            let principal = inventory
                .principals
                .push(trial::principal(platform, tenant));
            let mut credential = trial::credential(CredentialKind::AccessKey);
            credential.principal = Some(principal);
            inventory.credentials.push(credential)
        };
        let in_staging = key_of("aws", Some(staging));
        let in_tooling = key_of("aws", Some(tooling));
        let stated = key_of("stated", None);
        let mut bucket = |tenant, environment: &str| {
            let mut bucket = trial::resource("aws", tenant);
            bucket.environment = Label::stated(environment);
            inventory.resources.push(bucket)
        };
        let own = bucket(Some(staging), "staging");
        let upward = bucket(Some(staging), "Production");
        let beyond = bucket(Some(production), "production");
        let nobodys = bucket(None, "");
        let all = trial::exposure(
            "all",
            ExposureKind::DeviceFile,
            &[in_staging, in_tooling, stated].map(|id| (id, Sight::default())),
        );
        let all = inventory.exposures.push(all);
        let borders = Borders::new(&inventory, &Settings::default());
        let factors = |home| {
            [own, upward, beyond, nobodys].map(|id| borders.factor(home, borders.place_of(id)))
        };
        assert_eq!(
            factors(borders.home_of_credential(in_staging)),
            [4, 5, 6, 4]
        );
        // `tooling` is of no class.
        assert_eq!(
            factors(borders.home_of_credential(in_tooling)),
            [5, 5, 5, 4]
        );
        assert_eq!(factors(borders.home_of_credential(stated)), [4, 4, 4, 4]);
        // What the keys have in common is the platform, and the class that is known of one of them.
        assert_eq!(factors(borders.home_of_exposure(all)), [4, 5, 5, 4]);
        let rule = crate::inventory::RiskRule::Environment(
            "tooling".to_owned(),
            Some(EnvironmentClass::Development),
        );
        let borders = Borders::new(&inventory, &Settings::default().with(&rule));
        let home = borders.home_of_credential(in_tooling);
        assert_eq!(borders.factor(home, borders.place_of(own)), 6);
    }

    #[test]
    fn places_that_no_home_tells_apart_are_one() {
        let mut inventory = trial::estate();
        let tenants: Vec<TenantId> = (0..50)
            .map(|_| inventory.tenants.push(trial::tenant("aws", "")))
            .collect();
        let principal = inventory
            .principals
            .push(trial::principal("aws", tenants.first().copied()));
        let mut credential = trial::credential(CredentialKind::AccessKey);
        credential.principal = Some(principal);
        inventory.credentials.push(credential);
        for &tenant in &tenants {
            inventory
                .resources
                .push(trial::resource("aws", Some(tenant)));
        }
        let mut borders = Borders::new(&inventory, &Settings::default());
        assert_eq!(borders.factors(), [vec![4, 5]]);
        // What is added afterwards is behind no border.
        borders.factors[0][0] = 7;
        let later = inventory.resources.push(trial::resource("aws", None));
        assert_eq!(borders.factor(0, borders.place_of(later)), NO_BORDER);
    }

    proptest! {
        #[test]
        fn a_factor_is_from_one_to_seven_quarters(
            a in (0..4usize, 0..4usize, 0..3usize), b in (0..4usize, 0..4usize, 0..3usize),
        ) {
            let (a, b) = (home(a.0, a.1, a.2), home(b.0, b.1, b.2));
            prop_assert!((NO_BORDER..=MOST).contains(&a.factor_to(b)));
            prop_assert_eq!(a.factor_to(a), NO_BORDER);
        }
    }
}
