//! Which kind of credential a scanner's rule finds.

use crate::inventory::CredentialKind;
use crate::sources::secret_shape;

/// By the beginning of a rule's id, as scanners that share gitleaks' rules write it; the first that fits counts.
///
/// Source: rule ids of gitleaks 8.30 (`config/gitleaks.toml`), which kingfisher's `betterleaks.` rules have too; types of
/// detect-secrets 1.5 (`detect_secrets/plugins`) and detectors of trufflehog 3 (`proto/detectors.proto`), written alike.
const RULES: [(&str, CredentialKind); 55] = [
    ("private-key", CredentialKind::PrivateKey),
    ("privatekey", CredentialKind::PrivateKey),
    ("pkcs12", CredentialKind::Certificate),
    ("aws-amazon-bedrock", CredentialKind::ApiKey),
    ("aws-bedrock", CredentialKind::ApiKey),
    ("awsbedrock", CredentialKind::ApiKey),
    ("awssessionkey", CredentialKind::SessionKey),
    ("aws", CredentialKind::AccessKey),
    ("jwt", CredentialKind::BearerToken),
    ("json-web-token", CredentialKind::BearerToken),
    ("github-pat", CredentialKind::PersonalAccessToken),
    (
        "github-fine-grained-pat",
        CredentialKind::PersonalAccessToken,
    ),
    (
        "github-personal-access-token",
        CredentialKind::PersonalAccessToken,
    ),
    ("github-refresh", CredentialKind::RefreshToken),
    ("githuboauth2", CredentialKind::ClientSecret),
    ("githubapp", CredentialKind::PrivateKey),
    ("github", CredentialKind::BearerToken),
    ("gitlab-pat", CredentialKind::PersonalAccessToken),
    ("gitlab", CredentialKind::BearerToken),
    ("slack-webhook", CredentialKind::Webhook),
    ("slack-incoming-webhook", CredentialKind::Webhook),
    ("slackwebhook", CredentialKind::Webhook),
    ("microsoft-teams-webhook", CredentialKind::Webhook),
    ("slack-config-refresh", CredentialKind::RefreshToken),
    ("slack", CredentialKind::BearerToken),
    ("npm", CredentialKind::PersonalAccessToken),
    ("pypi", CredentialKind::PersonalAccessToken),
    ("rubygems", CredentialKind::ApiKey),
    ("huggingface", CredentialKind::PersonalAccessToken),
    ("okta", CredentialKind::ApiKey),
    ("vault", CredentialKind::BearerToken),
    ("hashicorp-tf-password", CredentialKind::Password),
    ("hashicorp", CredentialKind::ApiKey),
    ("azure-ad-client-secret", CredentialKind::ClientSecret),
    ("gcp-api-key", CredentialKind::ApiKey),
    (
        "google-cloud-service-account",
        CredentialKind::ServiceAccountKey,
    ),
    ("gcp", CredentialKind::ServiceAccountKey),
    ("databricks", CredentialKind::PersonalAccessToken),
    ("atlassian", CredentialKind::PersonalAccessToken),
    ("digitalocean-refresh", CredentialKind::RefreshToken),
    ("digitalocean", CredentialKind::PersonalAccessToken),
    ("kubernetes-secret-yaml", CredentialKind::Unknown),
    ("curl-auth-user", CredentialKind::Password),
    ("curl-auth-header", CredentialKind::BearerToken),
    ("nuget-config-password", CredentialKind::Password),
    ("generic-api-key", CredentialKind::ApiKey),
    ("basic-auth", CredentialKind::Password),
    ("stripe", CredentialKind::ApiKey),
    ("openai", CredentialKind::ApiKey),
    ("anthropic", CredentialKind::ApiKey),
    ("sendgrid", CredentialKind::ApiKey),
    ("postgres", CredentialKind::ConnectionString),
    ("mongodb", CredentialKind::ConnectionString),
    ("jdbc", CredentialKind::ConnectionString),
    ("uri", CredentialKind::ConnectionString),
];

/// Words of rules that are not in the table.
const WORDS: [(&str, CredentialKind); 10] = [
    ("client-secret", CredentialKind::ClientSecret),
    ("refresh-token", CredentialKind::RefreshToken),
    ("password", CredentialKind::Password),
    ("webhook", CredentialKind::Webhook),
    ("private-key", CredentialKind::PrivateKey),
    ("connection-string", CredentialKind::ConnectionString),
    ("api-key", CredentialKind::ApiKey),
    ("apikey", CredentialKind::ApiKey),
    ("api-token", CredentialKind::ApiKey),
    ("access-key", CredentialKind::ApiKey),
];

/// The kind of credential that `rule` finds; where the rule does not tell, what the value itself looks like.
pub(super) fn of(rule: &str, value: &str) -> CredentialKind {
    let rule = rule.to_ascii_lowercase().replace([' ', '_', '.'], "-");
    let by_table = RULES.iter().find(|(prefix, _)| rule.starts_with(prefix));
    let by_word = || WORDS.iter().find(|(word, _)| rule.contains(word));
    let by_end = || {
        rule.ends_with("-token")
            .then_some(CredentialKind::BearerToken)
    };
    by_table
        .or_else(by_word)
        .map(|&(_, kind)| kind)
        .or_else(by_end)
        .or_else(|| secret_shape::kind_of("", value))
        .unwrap_or(CredentialKind::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_every_scanner_tell_a_kind() {
        for (rule, kind) in [
            (
                "github-fine-grained-pat",
                CredentialKind::PersonalAccessToken,
            ),
            ("AWS Access Key", CredentialKind::AccessKey),
            ("AWSSessionKey", CredentialKind::SessionKey),
            ("JSON Web Token", CredentialKind::BearerToken),
            ("SlackWebhook", CredentialKind::Webhook),
            ("gcp-service-account", CredentialKind::ServiceAccountKey),
            ("acme.client_secret", CredentialKind::ClientSecret),
            ("acme-token", CredentialKind::BearerToken),
            ("Base64 High Entropy String", CredentialKind::Unknown),
        ] {
            assert_eq!(of(rule, ""), kind, "{rule}");
        }
    }

    #[test]
    fn a_rule_that_tells_nothing_leaves_it_to_the_value() {
        let value = format!("ghp_{}", "EXAMPLE".repeat(5));
        let found = of("Base64 High Entropy String", &value);
        assert_eq!(found, CredentialKind::PersonalAccessToken);
    }
}
