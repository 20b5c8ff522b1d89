//! Labels that no export carries: environment, sensitivity, owner. Stated by the estate file or by tags, else assumed
//! from names, and then marked so.

use super::{Credential, Principal, Resource, Sensitivity, Tenant};
use globset::GlobMatcher;
use jiff::Timestamp;

/// A word that labels something, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The word; empty when nothing is known.
    pub value: String,
    /// From what it is assumed (`the word "prod" in its name`); `None` when it is stated.
    pub assumed: Option<String>,
}

impl Label {
    /// A label that something states.
    pub fn stated(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            assumed: None,
        }
    }

    /// A label guessed from `reason`.
    pub fn assumed(value: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            assumed: Some(reason.into()),
        }
    }
}

/// One rule of the estate file. Every condition that is given must hold; a rule without conditions matches all.
/// Later rules win over earlier ones, field by field.
#[derive(Debug, Clone)]
pub struct LabelRule {
    /// Ids of tenants (`111122223333`); empty: any.
    pub tenants: Vec<String>,
    /// Resource types (`s3:bucket`), kinds of principals or of credentials; empty: any.
    pub kinds: Vec<String>,
    /// Patterns on the name or key; empty: any.
    pub names: Vec<GlobMatcher>,
    /// Patterns on the path of the file that it was read from; empty: any.
    pub paths: Vec<GlobMatcher>,
    /// Tags that must be there: key, and value or `*`.
    pub tags: Vec<(String, String)>,
    /// The environment to set.
    pub environment: Option<String>,
    /// The sensitivity to set.
    pub sensitivity: Option<Sensitivity>,
    /// The owner to set.
    pub owner: Option<String>,
    /// When principals and credentials of it were reviewed. Of all rules that match the latest counts.
    pub reviewed: Option<Timestamp>,
}

/// Tag keys that state an environment, compared without case.
const ENVIRONMENT_TAGS: [&str; 4] = ["environment", "env", "stage", "deployment-environment"];
/// Tag keys that state a sensitivity, compared without case, `-` and `_`.
const SENSITIVITY_TAGS: [&str; 5] = [
    "sensitivity",
    "dataclassification",
    "classification",
    "datasensitivity",
    "confidentiality",
];
/// Tag keys that state an owner, compared without case.
const OWNER_TAGS: [&str; 4] = ["owner", "team", "contact", "maintainer"];

/// Words in names from which an environment is assumed.
const ENVIRONMENT_WORDS: [(&str, &str); 9] = [
    ("prod", "production"),
    ("production", "production"),
    ("prd", "production"),
    ("staging", "staging"),
    ("stage", "staging"),
    ("stg", "staging"),
    ("dev", "development"),
    ("development", "development"),
    ("test", "test"),
];

/// Sensitivity by type of resource, where nothing else says: what holds secrets is restricted, what holds data is
/// confidential, what runs is internal. A whole tenant is restricted: not the sum of what is in it, which counts by itself,
/// but what an administrator holds besides (identities, logs, bills). All of that is a judgement.
const SENSITIVITY_BY_KIND: [(&str, Sensitivity); 17] = [
    // What keys open that are meant to be published.
    ("published:class", Sensitivity::Public),
    ("secretsmanager:secret", Sensitivity::Restricted),
    ("bedrock-agentcore:token-vault", Sensitivity::Restricted),
    ("ssm:parameter", Sensitivity::Confidential),
    ("s3:bucket", Sensitivity::Confidential),
    ("bedrock-agentcore:memory", Sensitivity::Confidential),
    ("aws:account", Sensitivity::Restricted),
    ("github:organization", Sensitivity::Restricted),
    ("github:repository", Sensitivity::Confidential),
    ("kubernetes:secret", Sensitivity::Restricted),
    ("kubernetes:cluster", Sensitivity::Restricted),
    ("okta:organization", Sensitivity::Restricted),
    ("okta:app", Sensitivity::Confidential),
    ("openai:organization", Sensitivity::Restricted),
    ("openai:project", Sensitivity::Confidential),
    ("anthropic:organization", Sensitivity::Restricted),
    ("anthropic:workspace", Sensitivity::Confidential),
];

/// The rules of the estate file, and the defaults behind them.
#[derive(Debug, Clone, Default)]
pub(super) struct Labels {
    rules: Vec<LabelRule>,
}

/// What a rule is asked about.
struct Subject<'a> {
    tenant: Option<&'a Tenant>,
    kind: &'a str,
    name: &'a str,
    key: &'a str,
    path: &'a str,
    tags: &'a [(String, String)],
}

impl LabelRule {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        let tenant = subject
            .tenant
            .map_or("", |tenant| tenant.identifier.as_str());
        let any = |empty: bool, found: bool| empty || found;
        any(
            self.tenants.is_empty(),
            self.tenants.iter().any(|id| id == tenant),
        ) && any(
            self.kinds.is_empty(),
            self.kinds.iter().any(|kind| kind == subject.kind),
        ) && any(
            self.names.is_empty(),
            self.names
                .iter()
                .any(|name| name.is_match(subject.name) || name.is_match(subject.key)),
        ) && any(
            self.paths.is_empty(),
            self.paths.iter().any(|path| path.is_match(subject.path)),
        ) && self.tags.iter().all(|(key, value)| {
            subject
                .tags
                .iter()
                .any(|(k, v)| k == key && (value == "*" || v == value))
        })
    }
}

fn tag<'a>(tags: &'a [(String, String)], names: &[&str]) -> Option<&'a str> {
    let plain = |key: &str| key.to_lowercase().replace(['-', '_'], "");
    names.iter().find_map(|name| {
        tags.iter()
            .find(|(key, value)| plain(key) == plain(name) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    })
}

/// The sensitivity that a tag's value means, in the words companies use.
fn sensitivity_of_tag(value: &str) -> Option<Sensitivity> {
    match value.to_lowercase().as_str() {
        "public" | "open" => Some(Sensitivity::Public),
        "internal" | "private" | "general" | "low" => Some(Sensitivity::Internal),
        "confidential" | "sensitive" | "pii" | "medium" => Some(Sensitivity::Confidential),
        "restricted" | "secret" | "highly-confidential" | "phi" | "pci" | "high" => {
            Some(Sensitivity::Restricted)
        }
        "crown" | "crown-jewel" | "critical" => Some(Sensitivity::Crown),
        _ => None,
    }
}

fn environment_of_name(name: &str) -> Option<(&'static str, &'static str)> {
    let lower = name.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .find_map(|part| {
            ENVIRONMENT_WORDS
                .iter()
                .find(|(word, _)| *word == part)
                .copied()
        })
}

impl Labels {
    pub(super) fn new(rules: Vec<LabelRule>) -> Self {
        Self { rules }
    }

    fn last<T>(&self, subject: &Subject<'_>, field: impl Fn(&LabelRule) -> Option<T>) -> Option<T> {
        self.rules
            .iter()
            .rev()
            .find_map(|rule| field(rule).filter(|_| rule.matches(subject)))
    }

    /// Rules that name a tenant and nothing else label the tenant; else its name is looked at.
    pub(super) fn label_tenant(&self, tenant: &mut Tenant, stated: Option<String>) {
        let by_rule = self.rules.iter().rev().find_map(|rule| {
            let is_of_tenant = rule.tenants.contains(&tenant.identifier)
                && rule.kinds.is_empty()
                && rule.names.is_empty()
                && rule.paths.is_empty()
                && rule.tags.is_empty();
            rule.environment.clone().filter(|_| is_of_tenant)
        });
        tenant.environment = match by_rule.or(stated) {
            Some(environment) => Label::stated(environment),
            None => match tenant.name.as_deref().and_then(environment_of_name) {
                Some((word, environment)) => Label::assumed(
                    environment,
                    format!("the word `{word}` in the tenant's name"),
                ),
                None => Label::default(),
            },
        };
    }

    pub(super) fn label_principal(
        &self,
        principal: &mut Principal,
        tenant: Option<&Tenant>,
        path: &str,
        as_of: Timestamp,
    ) {
        let subject = Subject {
            tenant,
            kind: principal.kind.name(),
            name: &principal.name,
            key: &principal.key,
            path,
            tags: &principal.tags,
        };
        let owner = self
            .last(&subject, |rule| rule.owner.clone())
            .or_else(|| principal.owner.clone())
            .or_else(|| tag(&principal.tags, &OWNER_TAGS).map(str::to_owned));
        principal.owner = owner;
        principal.last_review = self.last_review(&subject, as_of);
    }

    /// Rules tell of a credential when it was reviewed, and nothing else: all else is its principal's. Its account is that
    /// of its principal too, and it has no tags.
    pub(super) fn label_credential(
        &self,
        credential: &mut Credential,
        tenant: Option<&Tenant>,
        path: &str,
        as_of: Timestamp,
    ) {
        let subject = Subject {
            tenant,
            kind: credential.kind.name(),
            name: &credential.name,
            key: &credential.key,
            path,
            tags: &[],
        };
        credential.last_review = self.last_review(&subject, as_of);
    }

    /// The latest review by `as_of` that a rule tells of: what is yet to come in this run has not been.
    fn last_review(&self, subject: &Subject<'_>, as_of: Timestamp) -> Option<Timestamp> {
        let reviews = self.rules.iter().filter_map(|rule| {
            let at = rule.reviewed.filter(|at| *at <= as_of)?;
            rule.matches(subject).then_some(at)
        });
        reviews.max()
    }

    /// The estate file first, then the export's own words, then tags, then the tenant, then names and types (assumed).
    pub(super) fn label_resource(
        &self,
        resource: &mut Resource,
        tenant: Option<&Tenant>,
        stated: (Option<String>, Option<Sensitivity>),
        path: &str,
    ) {
        let subject = Subject {
            tenant,
            kind: &resource.kind,
            name: &resource.name,
            key: &resource.key,
            path,
            tags: &resource.tags,
        };
        let environment = self
            .last(&subject, |rule| rule.environment.clone())
            .or(stated.0)
            .or_else(|| tag(&resource.tags, &ENVIRONMENT_TAGS).map(str::to_owned));
        let sensitivity = self
            .last(&subject, |rule| rule.sensitivity)
            .or(stated.1)
            .or_else(|| tag(&resource.tags, &SENSITIVITY_TAGS).and_then(sensitivity_of_tag));
        let owner = self
            .last(&subject, |rule| rule.owner.clone())
            .or_else(|| resource.owner.clone())
            .or_else(|| tag(&resource.tags, &OWNER_TAGS).map(str::to_owned))
            .or_else(|| tenant.and_then(|tenant| tenant.owner.clone()));
        resource.owner = owner;
        resource.environment = match environment {
            Some(environment) => Label::stated(environment),
            None => match tenant.map(|tenant| &tenant.environment) {
                Some(of_tenant) if !of_tenant.value.is_empty() => of_tenant.clone(),
                _ => match environment_of_name(&resource.name) {
                    Some((word, environment)) => {
                        Label::assumed(environment, format!("the word `{word}` in its name"))
                    }
                    None => Label::default(),
                },
            },
        };
        (resource.sensitivity, resource.sensitivity_assumed) = match sensitivity {
            Some(sensitivity) => (sensitivity, None),
            None => {
                let by_kind = SENSITIVITY_BY_KIND
                    .iter()
                    .find(|(kind, _)| *kind == resource.kind)
                    .map_or(Sensitivity::Internal, |&(_, sensitivity)| sensitivity);
                (by_kind, Some(format!("its type `{}`", resource.kind)))
            }
        };
    }
}
