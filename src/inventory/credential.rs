//! Credentials: what a thief can hold. Never the secret itself: only ids, masked forms and dates.

use super::{Evidence, EvidenceList, Key, PrincipalId};
use jiff::Timestamp;

/// What sort of credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialKind {
    /// A cloud access key (AWS `AKIA…`).
    AccessKey,
    /// Temporary cloud keys with a session token (AWS `ASIA…`).
    SessionKey,
    /// A console or login password.
    Password,
    /// An OAuth client's secret.
    ClientSecret,
    /// A personal access token.
    PersonalAccessToken,
    /// An API key of some service.
    ApiKey,
    /// A key file of a service account.
    ServiceAccountKey,
    /// An OAuth refresh token.
    RefreshToken,
    /// A bearer or access token.
    BearerToken,
    /// A certificate with its private key.
    Certificate,
    /// A private key: SSH or other.
    PrivateKey,
    /// A webhook address that is its own credential.
    Webhook,
    /// A connection string with a password in it.
    ConnectionString,
    /// A shared value that some trust asks for beside a right (AWS `sts:ExternalId`).
    ExternalId,
    /// The right to publish a package: whoever holds it decides what runs wherever the package is not pinned.
    PublishingRight,
    /// A key that its issuer means to be published: it opens what everybody may do.
    PublishableKey,
    /// Something a scanner calls a secret and no rule here can place.
    Unknown,
}

impl CredentialKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 17] = [
        Self::AccessKey,
        Self::SessionKey,
        Self::Password,
        Self::ClientSecret,
        Self::PersonalAccessToken,
        Self::ApiKey,
        Self::ServiceAccountKey,
        Self::RefreshToken,
        Self::BearerToken,
        Self::Certificate,
        Self::PrivateKey,
        Self::Webhook,
        Self::ConnectionString,
        Self::ExternalId,
        Self::PublishingRight,
        Self::PublishableKey,
        Self::Unknown,
    ];

    /// The stable name, as written in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessKey => "access-key",
            Self::SessionKey => "session-key",
            Self::Password => "password",
            Self::ClientSecret => "client-secret",
            Self::PersonalAccessToken => "personal-access-token",
            Self::ApiKey => "api-key",
            Self::ServiceAccountKey => "service-account-key",
            Self::RefreshToken => "refresh-token",
            Self::BearerToken => "bearer-token",
            Self::Certificate => "certificate",
            Self::PrivateKey => "private-key",
            Self::Webhook => "webhook",
            Self::ConnectionString => "connection-string",
            Self::ExternalId => "external-id",
            Self::PublishingRight => "publishing-right",
            Self::PublishableKey => "publishable-key",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How long a credential works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lifetime {
    /// It never ends by itself.
    Static,
    /// It ends by itself, at [`Credential::expires`] where that is known.
    Expiring,
    /// No export says.
    Unknown,
}

impl Lifetime {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Expiring => "expiring",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a credential works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialStatus {
    /// An export of the issuer says that it works.
    Active,
    /// An export of the issuer says that it does not.
    Inactive,
    /// No export of the issuer holds it.
    Unknown,
}

impl CredentialStatus {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Unknown => "unknown",
        }
    }
}

/// A credential as one export states it. Records of one key are merged; a known value beats an unknown one.
#[derive(Debug, Clone)]
pub struct CredentialRecord {
    /// Stable key: `aws:access-key:AKIA…`; for one that has no id of its own, its place:
    /// `found:FILE#NAME`. Never derived from the secret value.
    pub key: Key,
    /// The name shown to people: the key id, the variable's name.
    pub name: String,
    /// What sort it is.
    pub kind: CredentialKind,
    /// The issuer's id for it (an access key id, a token id). `None` where the export has none: a record with the same
    /// principal, kind and creation time that has one is then the same credential (see `Inventory::build`).
    pub identifier: Option<String>,
    /// Key or alias of the principal that it authenticates.
    pub principal: Option<Key>,
    /// Whether it works.
    pub status: CredentialStatus,
    /// How long it works.
    pub lifetime: Lifetime,
    /// When it was made or last rotated.
    pub created: Option<Timestamp>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// A second factor that its use needs, in words (`MFA device`); `None` when it works alone.
    pub second_factor: Option<String>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A credential.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Stable key.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// What sort it is.
    pub kind: CredentialKind,
    /// The issuer's id for it.
    pub identifier: Option<String>,
    /// The principal that it authenticates; `None`: unknown, so its reach is unknown, never zero.
    pub principal: Option<PrincipalId>,
    /// Whether it works.
    pub status: CredentialStatus,
    /// How long it works.
    pub lifetime: Lifetime,
    /// When it was made or last rotated.
    pub created: Option<Timestamp>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// When somebody looked last at whether it is still needed; see [`super::Inventory::last_review`].
    pub last_review: Option<Timestamp>,
    /// A second factor that its use needs.
    pub second_factor: Option<String>,
    /// Where it was read.
    pub evidence: EvidenceList,
}

impl Credential {
    /// Whether it stays the same credential when its value is replaced by another: a password is renewed under its user's
    /// name, and so is what is known by a name alone. An id of the issuer stands for one value in all other kinds.
    ///
    /// Source: IAM User Guide, "Update access keys" (read 2026-11): a new key has a new id, the secret of an old one is
    /// never replaced.
    pub fn outlives_its_value(&self) -> bool {
        match self.kind {
            CredentialKind::AccessKey | CredentialKind::SessionKey => false,
            CredentialKind::Password
            | CredentialKind::ClientSecret
            | CredentialKind::ConnectionString
            | CredentialKind::Webhook
            | CredentialKind::ExternalId => true,
            _ => self.identifier.is_none(),
        }
    }
}

impl Credential {
    /// Why it opens nothing any more; `None` when it works as far as is known.
    pub fn why_dead(&self, as_of: Timestamp) -> Option<&'static str> {
        if self.status == CredentialStatus::Inactive {
            return Some("inactive");
        }
        let is_over = self.expires.is_some_and(|end| end <= as_of);
        // A password that is past its rotation date still logs in, to be changed.
        (is_over && self.kind != CredentialKind::Password).then_some("expired")
    }
}

/// What the keys of credentials begin with that open one service alone.
const OF_SERVICE: &str = "aws:service-credential:";

/// The key of a credential of an AWS user for one service alone.
pub fn service_credential_key(service: &str, id: &str) -> String {
    format!("{OF_SERVICE}{service}:{id}")
}

impl Credential {
    /// The service that it opens alone, as its principal; `None` where it opens all that its principal may do.
    pub fn only_service(&self) -> Option<&str> {
        let (service, _) = self.key.strip_prefix(OF_SERVICE)?.split_once(':')?;
        Some(service)
    }
}
