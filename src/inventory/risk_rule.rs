//! What the estate file says of the model of risk, and the words in which it says it. What these mean, and what holds
//! where nothing is said, is told in `docs/risk.md`.

use super::CredentialKind;

/// To what sort of place a thief comes. It decides how long he takes to use what he finds there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Haunt {
    /// Public code: machines read all of it as it is published.
    PublicCode,
    /// A running job of CI, or the input of an agent: whoever is in it acts at once.
    Job,
    /// Somebody's machine.
    Endpoint,
    /// A public page, package or image.
    PublicWeb,
    /// A vendor who holds it.
    Vendor,
    /// Anything stored where few read: taken in bulk, used later.
    Private,
}

impl Haunt {
    /// Every sort, in the order of declaration.
    pub const ALL: [Self; 6] = [
        Self::PublicCode,
        Self::Job,
        Self::Endpoint,
        Self::PublicWeb,
        Self::Vendor,
        Self::Private,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::PublicCode => "public-code",
            Self::Job => "job",
            Self::Endpoint => "endpoint",
            Self::PublicWeb => "public-web",
            Self::Vendor => "vendor",
            Self::Private => "private",
        }
    }

    /// The sort of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|haunt| haunt.name() == name)
    }
}

/// What is known of a place from which a credential may be stolen. It decides how likely that is within a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Theft {
    /// Anybody can read the place, and what lies there worked when it was tried.
    ConfirmedPublic,
    /// Anybody can read the place.
    Public,
    /// Many of the organisation read the place.
    Shared,
    /// One person or one job reads it: a laptop, a CI variable.
    Own,
    /// Another company holds it.
    Vendor,
    /// It lies in a store made for secrets.
    Vault,
}

impl Theft {
    /// Every sort, in the order of declaration.
    pub const ALL: [Self; 6] = [
        Self::ConfirmedPublic,
        Self::Public,
        Self::Shared,
        Self::Own,
        Self::Vendor,
        Self::Vault,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConfirmedPublic => "confirmed-public",
            Self::Public => "public",
            Self::Shared => "shared",
            Self::Own => "own",
            Self::Vendor => "vendor",
            Self::Vault => "vault",
        }
    }

    /// The sort of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theft| theft.name() == name)
    }
}

/// How well an environment is guarded, as a class: from a lower one into a higher one is a border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvironmentClass {
    /// Sandboxes and development.
    Development,
    /// Test and staging.
    Test,
    /// Production.
    Production,
}

impl EnvironmentClass {
    /// Every class, lowest first.
    pub const ALL: [Self; 3] = [Self::Development, Self::Test, Self::Production];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        }
    }

    /// The class of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// From which share of all value on a credential is of which band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BandLimit {
    /// Of the highest band.
    Critical,
    /// Of the next.
    High,
    /// Of the next.
    Medium,
}

impl BandLimit {
    /// Every limit, highest first.
    pub const ALL: [Self; 3] = [Self::Critical, Self::High, Self::Medium];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
        }
    }

    /// The limit of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.name() == name)
    }
}

/// One thing that the table `[risk]` of the estate file says. Later ones win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskRule {
    /// How long it takes, in seconds, from theft to use.
    Delay(Haunt, u64),
    /// The chance of a theft within a year, in ten-thousandths.
    Theft(Theft, u64),
    /// The class of environments of that name, in lower case; `None`: no class, so no border.
    Environment(String, Option<EnvironmentClass>),
    /// The shortest and the longest life, in seconds, of credentials of a kind of whose end no export tells; `None`:
    /// endless.
    Life(CredentialKind, Option<u64>, Option<u64>),
    /// After how many seconds half of what leaked is revoked.
    Revocation(u64),
    /// Thefts a year from copies that nobody knows of, in ten-thousandths.
    Copies(u64),
    /// A share of all value, in ten-thousandths.
    Band(BandLimit, u64),
}
