//! What kinds of things are called in a sentence: a new kind of credential, principal or place gets its noun here.

use super::visible;
use crate::inventory::{CredentialKind, ExposureKind, PrincipalKind};

/// What a credential kind is called in a sentence.
pub(crate) fn credential_kind(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::AccessKey => "access key",
        CredentialKind::SessionKey => "session key",
        CredentialKind::Password => "password",
        CredentialKind::ClientSecret => "client secret",
        CredentialKind::PersonalAccessToken => "personal access token",
        CredentialKind::ApiKey => "API key",
        CredentialKind::ServiceAccountKey => "service account key",
        CredentialKind::RefreshToken => "refresh token",
        CredentialKind::BearerToken => "bearer token",
        CredentialKind::Certificate => "certificate",
        CredentialKind::PrivateKey => "private key",
        CredentialKind::Webhook => "webhook",
        CredentialKind::ExternalId => "external id",
        CredentialKind::PublishingRight => "right to publish",
        CredentialKind::PublishableKey => "publishable key",
        CredentialKind::ConnectionString => "connection string",
        CredentialKind::Unknown => "credential",
    }
}

/// What a principal kind is called in a sentence.
pub(crate) fn principal_kind(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Human => "person",
        PrincipalKind::User => "user",
        PrincipalKind::ServiceAccount => "service account",
        PrincipalKind::Role => "role",
        PrincipalKind::Session => "session",
        PrincipalKind::Group => "group",
        PrincipalKind::Root => "root user",
        PrincipalKind::OauthApp => "OAuth app",
        PrincipalKind::Workload => "workload",
        PrincipalKind::Agent => "agent",
        PrincipalKind::McpServer => "MCP server",
        PrincipalKind::CodingAssistant => "coding assistant",
        PrincipalKind::CiWorkflow => "CI workflow",
        PrincipalKind::Vendor => "vendor",
        PrincipalKind::Unknown => "principal",
    }
}

/// What an exposure kind is called in a sentence.
pub(crate) fn exposure_kind(kind: ExposureKind) -> &'static str {
    match kind {
        ExposureKind::RepositoryFile => "repository file",
        ExposureKind::Device => "device",
        ExposureKind::DeviceFile => "file on a device",
        ExposureKind::McpConfig => "MCP configuration",
        ExposureKind::CiVariable => "CI variable",
        ExposureKind::WorkloadEnvironment => "workload environment",
        ExposureKind::SecretStore => "secret store",
        ExposureKind::StoredObject => "stored object",
        ExposureKind::ImageLayer => "image layer",
        ExposureKind::CiLog => "CI log",
        ExposureKind::Conversation => "conversation",
        ExposureKind::AgentInput => "input of an agent",
        ExposureKind::Other => "place",
    }
}

/// The noun of a resource type in the platform's own words: `bucket` for `s3:bucket`.
pub(super) fn resource_noun(kind: &str) -> String {
    visible(
        &kind
            .rsplit(':')
            .next()
            .unwrap_or(kind)
            .replace(['-', '_'], " "),
    )
}
