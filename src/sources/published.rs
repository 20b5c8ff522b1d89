//! Keys that their issuers mean to be published: no secret, but a credential all the same. Each opens what the issuer lets
//! everybody do, so it is judged by that: a class that is named, public unless the estate file says otherwise.

use super::intake::Intake;
use super::secret_shape;
use crate::inventory::{
    Access, Evidence, Key, PrincipalKind, PrincipalRecord, Record, ResourceRecord, StatedFact,
    StatedStepRecord,
};
use base64::Engine as _;
use serde::Deserialize;
use zeroize::Zeroizing;

/// A kind of key that is published by design.
struct Design {
    /// The issuer.
    issuer: &'static str,
    /// As whom it acts there.
    role: &'static str,
    /// How it begins.
    prefixes: &'static [&'static str],
    /// What must stand in its name as well, in capitals; empty: nothing.
    named: &'static str,
    /// What it opens.
    opens: Access,
    /// That in words.
    about: &'static str,
}

/// Source, each read 2026-11: docs.stripe.com/keys (publishable keys only tokenise and confirm; Clerk's and Paystack's,
/// which are public as well, begin alike);
/// supabase.com/docs/guides/api/api-keys (a publishable key reaches what row level security allows);
/// docs.mapbox.com/help/dive-deeper/access-tokens (public tokens begin with `pk`, and only read);
/// docs.sentry.io, "Data Source Name" (DSNs only submit events); PostHog's documentation, "API overview" (a project key
/// is for the public endpoints, which take events and tell flags), and `phc_` in its `posthog/models/utils.py`;
/// firebase.google.com/docs/projects/api-keys ("public by design", as long as no other API is allowed to the
/// key: another key of Google that begins alike is a secret, so the name must say Firebase).
const DESIGNS: [Design; 6] = [
    Design {
        issuer: "stripe",
        role: "publishable",
        prefixes: &["pk_live_", "pk_test_"],
        named: "",
        opens: Access::Write,
        about: "what publishable keys may do (tokens, confirmations)",
    },
    Design {
        issuer: "supabase",
        role: "anon",
        prefixes: &["sb_publishable_"],
        named: "",
        opens: Access::Read,
        about: "what row level security lets anybody read",
    },
    Design {
        issuer: "mapbox",
        role: "public",
        prefixes: &["pk.eyJ"],
        named: "",
        opens: Access::Read,
        about: "what public tokens read (maps, styles)",
    },
    Design {
        issuer: "posthog",
        role: "project",
        prefixes: &["phc_"],
        named: "",
        opens: Access::Write,
        about: "sending of events",
    },
    Design {
        issuer: "firebase",
        role: "client",
        prefixes: &["AIza"],
        named: "FIREBASE",
        opens: Access::Read,
        about: "what security rules let anybody read",
    },
    Design {
        issuer: "sentry",
        role: "client",
        prefixes: &[],
        named: "",
        opens: Access::Write,
        about: "sending of events",
    },
];

/// A key that is published by design.
pub(crate) struct Published {
    design: &'static Design,
    /// Which project of the issuer, where the key tells.
    project: Option<String>,
}

/// What `value`, which stands under `name`, is as a published key; `None` if it is none.
pub(crate) fn of(name: &str, value: &str) -> Option<Published> {
    let value = secret_shape::bare(value);
    let of_issuer = |issuer: &str| DESIGNS.iter().find(|design| design.issuer == issuer);
    if let Some(project) = sentry_project(value) {
        let design = of_issuer("sentry")?;
        return Some(Published {
            design,
            project: Some(project),
        });
    }
    if let Some(claims) = claims(value)
        && claims.iss == "supabase"
        && claims.role == "anon"
    {
        let design = of_issuer("supabase")?;
        let project = Some(claims.project).filter(|project| is_plain(project));
        return Some(Published { design, project });
    }
    let name = name.to_ascii_uppercase();
    let begins = |design: &&Design| {
        let mut prefixes = design.prefixes.iter();
        prefixes.any(|prefix| value.starts_with(prefix) && value.len() >= prefix.len() + 8)
            && name.contains(design.named)
    };
    let design = DESIGNS.iter().find(begins)?;
    Some(Published {
        design,
        project: None,
    })
}

/// What a token of Supabase says of itself; nothing else of it is looked at.
///
/// Source: Supabase docs, "Understanding API keys" (read 2026-11): `iss`, `ref`, `role`, `iat`, `exp`.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    role: String,
    #[serde(default, rename = "ref")]
    project: String,
}

fn claims(value: &str) -> Option<Claims> {
    let mut parts = value.split('.');
    let (Some(header), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    if !header.starts_with("eyJ") {
        return None;
    }
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = Zeroizing::new(engine.decode(payload).ok()?);
    serde_json::from_slice(&payload).ok()
}

/// `https://KEY@oORGANISATION.ingest.sentry.io/PROJECT`: the organisation and the project, which are no secrets. An old
/// one with a private half (`KEY:SECRET@`) is no public key.
fn sentry_project(value: &str) -> Option<String> {
    let (key, rest) = value.strip_prefix("https://")?.split_once('@')?;
    let (host, project) = rest.split_once('/')?;
    let is_key = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let organisation = host.strip_suffix(".sentry.io")?.split('.').next()?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_key && organisation.strip_prefix('o').is_some_and(is_number) && is_number(project))
        .then(|| format!("{organisation}/{project}"))
}

/// Whether a name of a project can be shown: it is one word.
fn is_plain(project: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !project.is_empty() && project.len() <= 32 && project.bytes().all(is_part)
}

/// The type of what published keys open; it is public unless the estate file says otherwise.
const OPENED: &str = "published:class";

/// Says as whom a published key acts and what it opens; returns the key of that principal.
///
/// Keys that do not tell their project stand for whichever the estate has: one class for each issuer.
pub(crate) fn principal(
    intake: &mut Intake<'_>,
    published: &Published,
    evidence: &Evidence,
) -> Key {
    let Design {
        issuer,
        role,
        opens,
        about,
        ..
    } = published.design;
    let project = published.project.as_deref().unwrap_or("any");
    let principal = intake.key(&format!("published:{issuer}/{project}/{role}"));
    let resource = intake.key(&format!("published:{issuer}/{project}"));
    let of_project = match &published.project {
        Some(project) => format!("`{project}`"),
        None => "a project".to_owned(),
    };
    intake.emit(Record::Principal(PrincipalRecord {
        key: principal.clone(),
        aliases: Vec::new(),
        name: format!("{role} of {of_project} at {issuer}"),
        kind: PrincipalKind::Role,
        platform: issuer,
        tenant: None,
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }));
    intake.emit(Record::Resource(ResourceRecord {
        key: resource.clone(),
        aliases: Vec::new(),
        name: format!("{about} in {of_project} at {issuer}"),
        kind: OPENED.to_owned(),
        platform: issuer,
        tenant: None,
        tags: Vec::new(),
        encryption_key: None,
        environment: None,
        sensitivity: None,
        owner: None,
        evidence: evidence.clone(),
    }));
    intake.emit(Record::Step(StatedStepRecord {
        needs: vec![StatedFact::Principal(principal.clone())],
        gain: StatedFact::Access(resource, *opens),
        technique: "published key".to_owned(),
        scope: None,
        condition: None,
        evidence: evidence.clone(),
    }));
    principal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, value: &str) -> Option<String> {
        of(name, value).map(|one| {
            let project = one.project.unwrap_or_default();
            format!("{} {project}", one.design.issuer)
        })
    }

    fn token(claims: &str) -> String {
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        format!("eyJhbGciOiJIUzI1NiJ9.{}.EXAMPLE", engine.encode(claims))
    }

    #[test]
    fn keys_that_are_published_by_design_are_told_from_secrets_beside_them() {
        let fake = "EXAMPLE".repeat(4);
        let of = |prefix: &str| told("X", &format!("{prefix}{fake}"));
        for (prefix, issuer) in [
            ("pk_live_", "stripe "),
            ("sb_publishable_", "supabase "),
            ("pk.eyJ", "mapbox "),
            ("phc_", "posthog "),
        ] {
            assert_eq!(of(prefix).as_deref(), Some(issuer), "{prefix}");
        }
        for secret in ["sk_live_", "sb_secret_", "sk.eyJ", "phx_", "rk_live_"] {
            assert_eq!(of(secret), None, "{secret}");
        }
    }

    #[test]
    fn a_token_of_supabase_is_judged_by_its_role() {
        let of = |role: &str, issuer: &str| {
            told(
                "X",
                &token(&format!(
                    r#"{{"iss":"{issuer}","ref":"abcd","role":"{role}"}}"#
                )),
            )
        };
        assert_eq!(of("anon", "supabase").as_deref(), Some("supabase abcd"));
        assert_eq!(of("service_role", "supabase"), None);
        assert_eq!(of("anon", "acme"), None);
        assert_eq!(told("X", "eyJ.%.x"), None);
    }

    #[test]
    fn a_key_of_google_is_public_only_where_its_name_says_firebase() {
        let value = format!("AIza{}", "EXAMPLE".repeat(5));
        let of = |name: &str| told(name, &value);
        assert_eq!(
            of("NEXT_PUBLIC_FIREBASE_API_KEY").as_deref(),
            Some("firebase ")
        );
        assert_eq!(of("GEMINI_API_KEY"), None);
    }

    #[test]
    fn a_dsn_of_sentry_is_public_unless_it_holds_its_private_half() {
        let key = "0123456789abcdef".repeat(2);
        let of = |begin: &str| told("X", &format!("https://{begin}@o1.ingest.us.sentry.io/42"));
        assert_eq!(of(&key).as_deref(), Some("sentry o1/42"));
        assert_eq!(of(&format!("{key}:{key}")), None);
        assert_eq!(told("X", &format!("https://{key}@sentry.example/42")), None);
    }
}
