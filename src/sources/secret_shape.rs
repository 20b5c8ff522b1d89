//! What a literal value is, told by its form and its name: a secret of some kind, a reference to one, or neither.
//!
//! Used where an export holds settings among which secrets may lie (environments, MCP configurations). Errs towards
//! "no secret" for values that plainly are something else (numbers, paths, ARNs, plain addresses).

use crate::inventory::CredentialKind;

/// Whether a setting of that name is the external id that a role of somebody else's account asks for.
///
/// Source: IAM User Guide, "Access to AWS accounts owned by third parties": AWS does not treat it as a secret. It is
/// kept out of records all the same, unless a trust policy shows it (see `fingerprint::known_external_ids`).
pub(crate) fn is_external_id(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    letters.contains("externalid")
}

/// Beginnings that issuers give to their tokens. Longer ones stand before shorter ones that they begin with.
///
/// Source: the issuers' documentation, as collected in the rules of gitleaks 8.30 (`cmd/generate/config/rules`).
const PREFIXES: [(&str, CredentialKind); 39] = [
    ("-----BEGIN", CredentialKind::PrivateKey),
    ("https://hooks.slack.com/", CredentialKind::Webhook),
    ("github_pat_", CredentialKind::PersonalAccessToken),
    ("ghp_", CredentialKind::PersonalAccessToken),
    ("gho_", CredentialKind::BearerToken),
    ("ghu_", CredentialKind::BearerToken),
    ("ghs_", CredentialKind::BearerToken),
    ("ghr_", CredentialKind::RefreshToken),
    ("glpat-", CredentialKind::PersonalAccessToken),
    ("gldt-", CredentialKind::BearerToken),
    ("glrt-", CredentialKind::BearerToken),
    ("xoxb-", CredentialKind::BearerToken),
    ("xoxp-", CredentialKind::BearerToken),
    ("xoxe-", CredentialKind::RefreshToken),
    ("xapp-", CredentialKind::BearerToken),
    ("sk-ant-", CredentialKind::ApiKey),
    ("sk-proj-", CredentialKind::ApiKey),
    ("sk-or-", CredentialKind::ApiKey),
    ("sk_live_", CredentialKind::ApiKey),
    ("sk_test_", CredentialKind::ApiKey),
    ("rk_live_", CredentialKind::ApiKey),
    ("AIza", CredentialKind::ApiKey),
    ("ya29.", CredentialKind::BearerToken),
    ("GOCSPX-", CredentialKind::ClientSecret),
    ("npm_", CredentialKind::PersonalAccessToken),
    ("pypi-", CredentialKind::PersonalAccessToken),
    ("hf_", CredentialKind::PersonalAccessToken),
    ("hvs.", CredentialKind::BearerToken),
    ("SG.", CredentialKind::ApiKey),
    ("dop_v1_", CredentialKind::PersonalAccessToken),
    ("dapi", CredentialKind::PersonalAccessToken),
    ("shpat_", CredentialKind::BearerToken),
    ("lin_api_", CredentialKind::ApiKey),
    ("ATATT", CredentialKind::PersonalAccessToken),
    ("figd_", CredentialKind::PersonalAccessToken),
    ("ntn_", CredentialKind::ApiKey),
    ("tvly-", CredentialKind::ApiKey),
    ("pat-", CredentialKind::PersonalAccessToken),
    ("sk-", CredentialKind::ApiKey),
];

/// What of the beginning of a secret its issuer gives to all of the kind.
pub(crate) fn given(beginning: &str) -> &str {
    let known = PREFIXES.iter().map(|&(prefix, _)| prefix);
    let longest = known.filter(|prefix| beginning.starts_with(prefix));
    longest.max_by_key(|prefix| prefix.len()).unwrap_or("")
}

/// Words in a name that say what its value is. The first that occurs counts.
const NAME_WORDS: [(&str, CredentialKind); 18] = [
    ("PRIVATE_KEY", CredentialKind::PrivateKey),
    ("CLIENT_SECRET", CredentialKind::ClientSecret),
    ("REFRESH_TOKEN", CredentialKind::RefreshToken),
    ("PERSONAL_ACCESS_TOKEN", CredentialKind::PersonalAccessToken),
    ("WEBHOOK", CredentialKind::Webhook),
    ("PASSWORD", CredentialKind::Password),
    ("PASSWD", CredentialKind::Password),
    ("PASSPHRASE", CredentialKind::Password),
    ("API_KEY", CredentialKind::ApiKey),
    ("APIKEY", CredentialKind::ApiKey),
    ("ACCESS_KEY", CredentialKind::ApiKey),
    ("AUTH_KEY", CredentialKind::ApiKey),
    ("SIGNING_KEY", CredentialKind::Unknown),
    ("ENCRYPTION_KEY", CredentialKind::Unknown),
    ("AUTHORIZATION", CredentialKind::BearerToken),
    ("TOKEN", CredentialKind::BearerToken),
    ("SECRET", CredentialKind::Unknown),
    ("CREDENTIAL", CredentialKind::Unknown),
];

/// Endings of names whose values are about a secret and are none.
const ABOUT: [&str; 14] = [
    "_ARN",
    "_NAME",
    "_ID",
    "_PATH",
    "_FILE",
    "_TTL",
    "_EXPIRY",
    "_EXPIRATION",
    "_LENGTH",
    "_TYPE",
    "_REGION",
    "_ENDPOINT",
    "_ENABLED",
    "_COUNT",
];

/// The kind of secret that `value`, which stands under `name`, is; `None` if it is none.
pub(crate) fn kind_of(name: &str, value: &str) -> Option<CredentialKind> {
    let value = bare(value);
    if is_reference(value) || is_placeholder(value) {
        return None;
    }
    if let Some((_, kind)) = PREFIXES
        .iter()
        .find(|(prefix, _)| value.starts_with(prefix) && value.len() >= prefix.len() + 8)
    {
        return Some(*kind);
    }
    if is_json_web_token(value) {
        return Some(CredentialKind::BearerToken);
    }
    if has_inner_password(value) {
        return Some(CredentialKind::ConnectionString);
    }
    let name = name.to_ascii_uppercase().replace(['-', '.', ' '], "_");
    if ABOUT.iter().any(|ending| name.ends_with(ending)) {
        return None;
    }
    let kind = NAME_WORDS
        .iter()
        .find(|(word, _)| name.contains(word))
        .map(|&(_, kind)| kind)?;
    is_secret_shaped(value, kind).then_some(kind)
}

/// The AWS access key id in `text`, standing alone: `AKIA` or `ASIA` and sixteen more.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids> (read 2026-11).
pub(crate) fn access_key_id(text: &str) -> Option<&str> {
    const LENGTH: usize = 20;
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    ["AKIA", "ASIA"]
        .iter()
        .flat_map(|prefix| text.match_indices(prefix))
        .map(|(at, _)| at)
        .filter_map(|at| {
            let id = text.get(at..at + LENGTH)?;
            let stands_alone =
                |byte: Option<u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
            let before = at
                .checked_sub(1)
                .and_then(|at| text.as_bytes().get(at).copied());
            let after = text.as_bytes().get(at + LENGTH).copied();
            (id.bytes().all(is_part) && stands_alone(before) && stands_alone(after))
                .then_some((at, id))
        })
        .min_by_key(|&(at, _)| at)
        .map(|(_, id)| id)
}

/// Whether `text` has the form of an AWS secret access key: forty characters of base64, not a hexadecimal hash.
pub(crate) fn is_secret_half(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'='))
        && !text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a value only says where the secret is: a variable, a prompt, an entry of a secret store.
pub(crate) fn is_reference(value: &str) -> bool {
    const SCHEMES: [&str; 12] = [
        "op://",
        "vault:",
        "vault://",
        "keychain:",
        "env:",
        "file:",
        "ssm:",
        "secret://",
        "secretsmanager:",
        "sops:",
        "doppler:",
        "{{resolve:",
    ];
    let value = value.trim();
    let is_variable = value
        .strip_prefix('$')
        .and_then(|rest| rest.chars().next())
        .is_some_and(|first| {
            first.is_ascii_alphabetic() || first == '_' || first == '{' || first == '('
        });
    let is_windows_variable = value.len() > 2
        && value.starts_with('%')
        && value.ends_with('%')
        && value
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_%".contains(character));
    is_variable
        || is_windows_variable
        || value.contains("${")
        || value.starts_with("{{")
        || value.starts_with("arn:")
        || SCHEMES.iter().any(|scheme| value.starts_with(scheme))
}

/// Without what may stand before a token in an `Authorization` header.
pub(crate) fn bare(value: &str) -> &str {
    let value = value.trim();
    for scheme in [
        "Bearer ", "bearer ", "Basic ", "Token ", "token ", "ApiKey ",
    ] {
        if let Some(rest) = value.strip_prefix(scheme) {
            return rest.trim();
        }
    }
    value
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    value.is_empty()
        || (value.starts_with('<') && value.ends_with('>'))
        || [
            "your_",
            "your-",
            "yourapikey",
            "changeme",
            "replace_me",
            "redacted",
            "todo",
        ]
        .iter()
        .any(|word| lower.starts_with(word))
        || lower
            .chars()
            .all(|character| matches!(character, 'x' | '*' | '.'))
}

fn is_json_web_token(value: &str) -> bool {
    value.starts_with("eyJ")
        && value.len() > 40
        && value.split('.').count() == 3
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.=".contains(&byte))
}

/// `scheme://user:password@host`, `…;Password=…;…`, `…;AccountKey=…`.
fn has_inner_password(value: &str) -> bool {
    if let Some((scheme, rest)) = value.split_once("://") {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
        let password = authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .map(|(_, password)| password);
        return !scheme.contains(' ')
            && password.is_some_and(|password| {
                !password.is_empty() && !is_reference(password) && !is_placeholder(password)
            });
    }
    let lower = value.to_ascii_lowercase();
    value.contains(';')
        && ["password=", "pwd=", "accountkey=", "sharedaccesskey="]
            .iter()
            .any(|word| {
                lower.split_once(word).is_some_and(|(_, rest)| {
                    let inner = rest.split(';').next().unwrap_or("").trim();
                    !inner.is_empty() && !is_reference(inner) && !is_placeholder(inner)
                })
            })
}

fn is_secret_shaped(value: &str, kind: CredentialKind) -> bool {
    let is_plain_word = [
        "true", "false", "none", "null", "yes", "no", "enabled", "disabled",
    ]
    .iter()
    .any(|word| value.eq_ignore_ascii_case(word));
    if is_plain_word {
        return false;
    }
    match kind {
        CredentialKind::Password => value.chars().count() >= 4,
        CredentialKind::Webhook => value.starts_with("https://") && value.len() >= 24,
        _ => {
            value.len() >= 8
                && !value.contains(char::is_whitespace)
                && !value.contains("://")
                && !value.starts_with(['/', '~', '.'])
                && !value.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that has the form of a token and is plainly none.
    fn fake(prefix: &str) -> String {
        format!("{prefix}{}", "EXAMPLE".repeat(4))
    }

    #[test]
    fn a_prefix_tells_the_kind_whatever_the_name() {
        for (prefix, kind) in [
            ("ghp_", CredentialKind::PersonalAccessToken),
            ("sk-ant-", CredentialKind::ApiKey),
            ("xoxb-", CredentialKind::BearerToken),
        ] {
            assert_eq!(kind_of("X", &fake(prefix)), Some(kind), "{prefix}");
        }
        assert_eq!(
            kind_of("X", &format!("Bearer {}", fake("ghp_"))),
            Some(CredentialKind::PersonalAccessToken)
        );
    }

    #[test]
    fn a_name_tells_the_kind_where_the_value_may_be_a_secret() {
        assert_eq!(
            kind_of("DB_PASSWORD", "not-a-real-one"),
            Some(CredentialKind::Password)
        );
        assert_eq!(
            kind_of("x-api-key", &fake("")),
            Some(CredentialKind::ApiKey)
        );
        assert_eq!(kind_of("API_SECRET_NAME", &fake("")), None);
        assert_eq!(kind_of("TOKEN_TTL", "3600000000"), None);
        assert_eq!(kind_of("SECRET_FLAG", "enabled"), None);
        assert_eq!(kind_of("TOKEN", "https://issuer.example/token"), None);
        assert_eq!(kind_of("STAGE", &fake("")), None);
    }

    #[test]
    fn a_reference_is_no_secret() {
        for value in [
            "${env:TOKEN}",
            "$TOKEN",
            "${TOKEN}",
            "${input:token}",
            "op://vault/item/field",
            "vault:kv/x",
            "keychain:x",
            "Bearer ${TOKEN}",
            "%TOKEN%",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
            "<your token here>",
        ] {
            assert_eq!(kind_of("API_TOKEN", value), None, "{value}");
        }
    }

    #[test]
    fn a_connection_string_needs_its_password() {
        assert_eq!(
            kind_of("U", "postgres://app:example-pw@db/x"),
            Some(CredentialKind::ConnectionString)
        );
        assert_eq!(
            kind_of("U", "Server=db;User=a;Password=example-pw;"),
            Some(CredentialKind::ConnectionString)
        );
        assert_eq!(kind_of("U", "postgres://app@db/x"), None);
        assert_eq!(kind_of("U", "postgres://app:${PW}@db/x"), None);
        assert_eq!(kind_of("U", "Server=db;Password=;User=a"), None);
    }

    #[test]
    fn an_access_key_id_stands_alone() {
        let id = concat!("AKIA", "EXAMPLEEXAMPLE22");
        assert_eq!(access_key_id(&format!("key = \"{id}\"")), Some(id));
        assert_eq!(access_key_id(&format!("X{id}")), None);
        assert_eq!(access_key_id(&format!("{id}9")), None);
        assert_eq!(access_key_id("AKIA"), None);
    }

    #[test]
    fn a_hash_is_no_secret_half() {
        assert!(is_secret_half(&"EXAMPLE+".repeat(5)));
        assert!(!is_secret_half(&"0123456789".repeat(4)));
    }
}
