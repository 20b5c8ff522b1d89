//! What the model assumes: one table, which the estate file overrides.
//!
//! Only the delay at public code is measured. All else is a judgement, written down so that it can be judged, and every
//! row says why. `docs/risk.md` holds the same rows; a test compares them.

use crate::inventory::{
    BandLimit, CredentialKind, EnvironmentClass, Haunt, Inventory, RiskRule, Theft,
};
use std::collections::BTreeMap;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// A row of the table of delays: how long it takes from theft to use on average, in seconds.
///
/// Source of the one measured: Entro Security, "LLMjacking", as NHI Management Group sums it up (nhimg.org, "LLMjacking turns
/// exposed NHI secrets into rapid AI abuse", read 2026-11): keys of AWS that were published on purpose were tried after 17
/// minutes on average, after 9 at the fastest. Others saw 1 minute (Comparitech, "GitHub honeypot", read 2026-11).
pub const DELAYS: [(Haunt, u64, &str); 6] = [
    (
        Haunt::PublicCode,
        17 * MINUTE,
        "measured with keys published on purpose: the average in the field",
    ),
    (
        Haunt::Job,
        MINUTE,
        "the thief is in the job and acts from there",
    ),
    (
        Haunt::Endpoint,
        HOUR,
        "what steals from machines reports at once, and somebody looks through it",
    ),
    (
        Haunt::PublicWeb,
        DAY,
        "pages, packages and images are searched less often than code",
    ),
    (
        Haunt::Vendor,
        12 * HOUR,
        "who breaks into a vendor goes for what its customers gave it",
    ),
    (Haunt::Private, 30 * DAY, "taken in bulk, and used later"),
];

/// A row of the table of thefts: the chance within a year, in ten-thousandths.
pub const THEFTS: [(Theft, u64, &str); 6] = [
    (
        Theft::ConfirmedPublic,
        10_000,
        "anybody can read it, and it worked",
    ),
    (
        Theft::Public,
        9_000,
        "anybody can read it; it may be no credential, or one that never worked",
    ),
    (Theft::Shared, 3_000, "many can read it, on many machines"),
    (
        Theft::Own,
        1_000,
        "one person's machine, or what one job or workload is given",
    ),
    (
        Theft::Vendor,
        1_000,
        "one company more that can be broken into",
    ),
    (Theft::Vault, 100, "made to keep it, and says who read it"),
];

/// A row of the table of lives: the shortest and the longest that a credential of the kind usually has where no export
/// tells its end, in seconds; `None`: endless.
///
/// Read 2026-11. AWS: STS API Reference, `AssumeRole` (from 15 minutes) and `GetSessionToken` (up to 36 hours). GitHub:
/// "Managing your personal access tokens" (classic ones may have no expiration). Google: "Best practices for managing
/// service account keys" (they never expire by default). Let's Encrypt: "Certificate lifetimes" (90 days and less). The
/// rest is a judgement.
pub const LIVES: [(CredentialKind, Option<u64>, Option<u64>); 17] = [
    (CredentialKind::AccessKey, None, None),
    (
        CredentialKind::SessionKey,
        Some(15 * MINUTE),
        Some(36 * HOUR),
    ),
    (CredentialKind::Password, None, None),
    (CredentialKind::ClientSecret, Some(90 * DAY), None),
    (CredentialKind::PersonalAccessToken, Some(7 * DAY), None),
    (CredentialKind::ApiKey, Some(30 * DAY), None),
    (CredentialKind::ServiceAccountKey, Some(90 * DAY), None),
    (CredentialKind::RefreshToken, Some(DAY), None),
    (CredentialKind::BearerToken, Some(HOUR), None),
    (CredentialKind::Certificate, Some(7 * DAY), Some(10 * YEAR)),
    (CredentialKind::PrivateKey, None, None),
    (CredentialKind::Webhook, None, None),
    (CredentialKind::ConnectionString, Some(90 * DAY), None),
    (CredentialKind::ExternalId, None, None),
    (CredentialKind::PublishingRight, None, None),
    (CredentialKind::PublishableKey, None, None),
    (CredentialKind::Unknown, Some(HOUR), None),
];

/// Words for environments and their class; a word that is not here has none, and no border is counted.
pub const ENVIRONMENTS: [(&str, EnvironmentClass); 19] = [
    ("sandbox", EnvironmentClass::Development),
    ("playground", EnvironmentClass::Development),
    ("lab", EnvironmentClass::Development),
    ("local", EnvironmentClass::Development),
    ("dev", EnvironmentClass::Development),
    ("development", EnvironmentClass::Development),
    ("test", EnvironmentClass::Test),
    ("testing", EnvironmentClass::Test),
    ("qa", EnvironmentClass::Test),
    ("uat", EnvironmentClass::Test),
    ("stg", EnvironmentClass::Test),
    ("stage", EnvironmentClass::Test),
    ("staging", EnvironmentClass::Test),
    ("preprod", EnvironmentClass::Test),
    ("pre-production", EnvironmentClass::Test),
    ("live", EnvironmentClass::Production),
    ("prd", EnvironmentClass::Production),
    ("prod", EnvironmentClass::Production),
    ("production", EnvironmentClass::Production),
];

/// After how many seconds half of what leaked is revoked: 94 days.
///
/// Source: Verizon, "2025 Data Breach Investigations Report": the median time until a secret that leaked on GitHub is
/// remediated; read in Hive Security, "GitHub secrets management crisis 2026" (hivesecurity.gitlab.io, 2026-11).
pub const REVOCATION: u64 = 94 * DAY;

/// Thefts a year from copies that nobody knows of, in ten-thousandths: a judgement.
pub const COPIES: u64 = 500;

/// How old a credential may be of which nothing tells, in years: a judgement.
pub const OLDEST_YEARS: f64 = 10.0;

/// From which share of all value on, in ten-thousandths.
pub const BANDS: [(BandLimit, u64); 3] = [
    (BandLimit::Critical, 1_000),
    (BandLimit::High, 100),
    (BandLimit::Medium, 10),
];

/// The defaults, with what the estate file says instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    delays: BTreeMap<Haunt, u64>,
    thefts: BTreeMap<Theft, u64>,
    lives: BTreeMap<CredentialKind, (Option<u64>, Option<u64>)>,
    environments: BTreeMap<String, Option<EnvironmentClass>>,
    bands: BTreeMap<BandLimit, u64>,
    revocation: u64,
    copies: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let environment = |&(word, class): &(&str, _)| (word.to_owned(), Some(class));
        Self {
            delays: DELAYS
                .iter()
                .map(|&(haunt, delay, _)| (haunt, delay))
                .collect(),
            thefts: THEFTS
                .iter()
                .map(|&(theft, chance, _)| (theft, chance))
                .collect(),
            lives: LIVES
                .iter()
                .map(|&(kind, shortest, longest)| (kind, (shortest, longest)))
                .collect(),
            environments: ENVIRONMENTS.iter().map(environment).collect(),
            bands: BANDS.into_iter().collect(),
            revocation: REVOCATION,
            copies: COPIES,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of a few hundred years, and ten-thousandths"
)]
impl Settings {
    /// What holds in an estate.
    pub fn new(inventory: &Inventory) -> Self {
        let rules = inventory.risk_rules.iter();
        rules.fold(Self::default(), |settings, rule| settings.with(rule))
    }

    /// The same, but for one thing.
    pub fn with(mut self, rule: &RiskRule) -> Self {
        match rule.clone() {
            RiskRule::Delay(haunt, seconds) => {
                self.delays.insert(haunt, seconds);
            }
            RiskRule::Theft(theft, chance) => {
                self.thefts.insert(theft, chance);
            }
            RiskRule::Environment(word, class) => {
                self.environments.insert(word, class);
            }
            RiskRule::Life(kind, shortest, longest) => {
                self.lives.insert(kind, (shortest, longest));
            }
            RiskRule::Band(limit, share) => {
                self.bands.insert(limit, share);
            }
            RiskRule::Revocation(seconds) => self.revocation = seconds,
            RiskRule::Copies(rate) => self.copies = rate,
        }
        self
    }

    /// How long it takes from theft to use on average, in days.
    pub fn delay(&self, haunt: Haunt) -> f64 {
        // Every sort has a row; a delay of nothing would be no rate.
        let seconds = self.delays.get(&haunt).copied().unwrap_or(DAY);
        seconds.max(1) as f64 / DAY as f64
    }

    /// After how many days half of what leaked is revoked.
    pub fn revocation(&self) -> f64 {
        self.revocation.max(1) as f64 / DAY as f64
    }

    /// The chance of a theft within a year, from 0 to 1.
    pub fn theft(&self, theft: Theft) -> f64 {
        let chance = self.thefts.get(&theft).copied().unwrap_or(10_000);
        chance.min(10_000) as f64 / 10_000.0
    }

    /// Thefts a year from copies that nobody knows of.
    pub fn copies(&self) -> f64 {
        self.copies as f64 / 10_000.0
    }

    /// The shortest and the longest life of a kind, in days; `None`: endless.
    pub fn lives(&self, kind: CredentialKind) -> (Option<f64>, Option<f64>) {
        let (shortest, longest) = self.lives.get(&kind).copied().unwrap_or((Some(HOUR), None));
        let days = |seconds: u64| seconds as f64 / DAY as f64;
        (shortest.map(days), longest.map(days))
    }

    /// The class of an environment, compared without case; `None` where it has none, or nothing is known.
    pub fn class_of(&self, environment: &str) -> Option<EnvironmentClass> {
        let word = environment.to_lowercase();
        self.environments.get(&word).copied().flatten()
    }

    /// From which share of all value on, in ten-thousandths.
    pub fn band(&self, limit: BandLimit) -> u64 {
        self.bands.get(&limit).copied().unwrap_or(10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_has_a_row() {
        assert_eq!(DELAYS.map(|row| row.0), Haunt::ALL);
        assert_eq!(THEFTS.map(|row| row.0), Theft::ALL);
        assert_eq!(LIVES.map(|row| row.0), CredentialKind::ALL);
        assert_eq!(BANDS.map(|row| row.0), BandLimit::ALL);
    }

    #[test]
    fn better_kept_is_less_likely_to_be_stolen() {
        assert!(THEFTS.map(|row| row.1).is_sorted_by(|a, b| a >= b));
        assert!(BANDS.map(|row| row.1).is_sorted_by(|a, b| a > b));
        for (kind, shortest, longest) in LIVES {
            let most = |life: Option<u64>| life.unwrap_or(u64::MAX);
            assert!(most(shortest) <= most(longest), "{kind:?}");
        }
    }

    #[test]
    fn the_estate_file_overrides_every_term() {
        let rules = [
            RiskRule::Delay(Haunt::Private, DAY),
            RiskRule::Theft(Theft::Vault, 1),
            RiskRule::Environment("tooling".to_owned(), Some(EnvironmentClass::Test)),
            RiskRule::Environment("prod".to_owned(), None),
            RiskRule::Life(CredentialKind::ApiKey, Some(2 * DAY), Some(3 * DAY)),
            RiskRule::Revocation(10 * DAY),
            RiskRule::Copies(0),
            RiskRule::Band(BandLimit::High, 5),
            // Later ones win.
            RiskRule::Theft(Theft::Vault, 2),
        ];
        let mut inventory = Inventory::default();
        inventory.risk_rules = rules.to_vec();
        let settings = Settings::new(&inventory);
        assert_eq!(settings.delay(Haunt::Private), 1.0);
        assert_eq!(settings.delay(Haunt::Vendor), 0.5);
        assert_eq!(settings.theft(Theft::Vault), 0.0002);
        assert_eq!(settings.class_of("Tooling"), Some(EnvironmentClass::Test));
        assert_eq!(settings.class_of("prod"), None);
        assert_eq!(
            settings.lives(CredentialKind::ApiKey),
            (Some(2.0), Some(3.0))
        );
        assert_eq!(settings.revocation(), 10.0);
        assert_eq!(settings.copies(), 0.0);
        assert_eq!(settings.band(BandLimit::High), 5);
    }

    #[test]
    fn each_row_is_overridden_by_itself() {
        let bands = |settings: &Settings| BandLimit::ALL.map(|limit| settings.band(limit));
        let defaults = Settings::default();
        for (at, limit) in BandLimit::ALL.into_iter().enumerate() {
            let mut expected = bands(&defaults);
            expected[at] = 7;
            let settings = defaults.clone().with(&RiskRule::Band(limit, 7));
            assert_eq!(bands(&settings), expected);
        }
        for haunt in Haunt::ALL {
            let settings = defaults.clone().with(&RiskRule::Delay(haunt, 3 * DAY));
            for other in Haunt::ALL {
                let expected = if other == haunt {
                    3.0
                } else {
                    defaults.delay(other)
                };
                assert_eq!(settings.delay(other), expected);
            }
        }
        for theft in Theft::ALL {
            let settings = defaults.clone().with(&RiskRule::Theft(theft, 4_200));
            for other in Theft::ALL {
                let expected = if other == theft {
                    0.42
                } else {
                    defaults.theft(other)
                };
                assert_eq!(settings.theft(other), expected);
            }
        }
        for kind in CredentialKind::ALL {
            let settings = defaults
                .clone()
                .with(&RiskRule::Life(kind, Some(DAY), None));
            for other in CredentialKind::ALL {
                let expected = if other == kind {
                    (Some(1.0), None)
                } else {
                    defaults.lives(other)
                };
                assert_eq!(settings.lives(other), expected);
            }
        }
    }

    #[test]
    fn no_time_is_nothing_and_no_chance_more_than_sure() {
        let settings = Settings::default()
            .with(&RiskRule::Delay(Haunt::Private, 0))
            .with(&RiskRule::Revocation(0))
            .with(&RiskRule::Theft(Theft::Own, 20_000));
        let second = 1.0 / 86_400.0;
        assert_eq!(settings.delay(Haunt::Private), second);
        assert_eq!(settings.revocation(), second);
        assert_eq!(settings.theft(Theft::Own), 1.0);
        assert_eq!(Settings::default().copies(), 0.05);
    }

    #[test]
    fn an_environment_that_no_row_names_has_no_class() {
        let settings = Settings::default();
        assert_eq!(
            settings.class_of("Production"),
            Some(EnvironmentClass::Production)
        );
        assert_eq!(settings.class_of("endpoints"), None);
        assert_eq!(settings.class_of(""), None);
    }
}
