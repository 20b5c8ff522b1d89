//! One node, from either form, to its record.

use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Evidence, ExposureKind, ExposureRecord,
    Hierarchy, Key, Lifetime, LyingRecord, Platform, PrincipalKind, PrincipalRecord, Record,
    ResourceRecord, ReviewRecord, Reviewed, ScopeRecord, Sensitivity, TenantRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use crate::sources::intake::Intake;
use crate::sources::matching::Mark;
use crate::sources::{moment, nearest, secret_shape};
use jiff::Timestamp;
use std::borrow::Cow;

/// The words that a node may be.
pub(super) const WORDS: [&str; 6] = [
    "tenant",
    "principal",
    "credential",
    "exposure",
    "resource",
    "scope",
];

/// The platform of what names none.
const STATED: Platform = "stated";

/// Platforms that a node may name: a node of another one is kept as `stated`.
const PLATFORMS: [Platform; 19] = [
    "aws",
    "azure",
    "entra",
    "gcp",
    "google",
    "github",
    "gitlab",
    "circleci",
    "kubernetes",
    "okta",
    "slack",
    "salesforce",
    "snowflake",
    "vault",
    "mcp",
    "openai",
    "anthropic",
    "scim",
    STATED,
];

/// The fields of a node; empty ones are absent.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Node<'n> {
    #[serde(borrow)]
    pub(super) id: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) name: Cow<'n, str>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) platform: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) tenant: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) principal: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) resource: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) environment: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) sensitivity: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) owner: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) created: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) expires: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) last_used: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) last_review: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) status: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) identifier: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) masked: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) sha256: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) file: Cow<'n, str>,
    #[serde(borrow)]
    pub(super) variable: Cow<'n, str>,
}

/// Reads one node. `place` tells the place of a field; of the whole node for `None`.
///
/// A word that is not known costs the node: taking it for another would be a guess.
pub(super) fn emit(
    word: &str,
    node: &Node<'_>,
    lying: Vec<LyingRecord>,
    place: &dyn Fn(&Intake<'_>, Option<&str>) -> Evidence,
    intake: &mut Intake<'_>,
) -> Option<()> {
    let evidence = place(intake, None);
    if node.id.is_empty() {
        bad(
            intake,
            &evidence,
            "record skipped: it has no `id`",
            "every node has a key of its own",
        );
        return None;
    }
    let key = intake.key(&node.id);
    let name = if node.name.is_empty() {
        node.id.to_string()
    } else {
        node.name.to_string()
    };
    let reader = Reader { node, place };
    let record = match word {
        "tenant" => Record::Tenant(TenantRecord {
            key,
            platform: reader.platform(intake),
            identifier: node.id.to_string(),
            name: optional(&node.name),
            environment: optional(&node.environment),
            owner: optional(&node.owner),
            hierarchy: Hierarchy::default(),
            evidence,
        }),
        "principal" => Record::Principal(PrincipalRecord {
            key,
            aliases: Vec::new(),
            name,
            kind: reader.kind(
                PrincipalKind::Unknown,
                PrincipalKind::from_name,
                &PrincipalKind::ALL.map(PrincipalKind::name),
                intake,
            )?,
            platform: reader.platform(intake),
            tenant: reference(&node.tenant, intake),
            owner: optional(&node.owner),
            created: reader.moment("created", &node.created, intake),
            last_used: reader.moment("last_used", &node.last_used, intake),
            tags: Vec::new(),
            evidence,
        }),
        "credential" => reader.credential(key, name, evidence, intake)?,
        "exposure" => Record::Exposure(ExposureRecord {
            key,
            name,
            kind: reader.kind(
                ExposureKind::Other,
                ExposureKind::from_name,
                &ExposureKind::ALL.map(ExposureKind::name),
                intake,
            )?,
            resource: reference(&node.resource, intake),
            holder: reference(&node.principal, intake),
            lying,
            evidence,
        }),
        "resource" => Record::Resource(ResourceRecord {
            key,
            aliases: Vec::new(),
            name,
            kind: if node.kind.is_empty() {
                "resource".to_owned()
            } else {
                node.kind.to_string()
            },
            platform: reader.platform(intake),
            tenant: reference(&node.tenant, intake),
            tags: Vec::new(),
            encryption_key: None,
            environment: optional(&node.environment),
            sensitivity: reader.sensitivity(intake)?,
            owner: optional(&node.owner),
            evidence,
        }),
        "scope" => Record::Scope(ScopeRecord {
            key,
            name,
            terms: Terms::Stated,
            evidence,
        }),
        _ => {
            let at = place(intake, Some("word"));
            bad(
                intake,
                &at,
                "record skipped: its `word` is not known",
                nearest::help(word, &WORDS),
            );
            return None;
        }
    };
    intake.emit(record);
    reader.review(word, intake);
    Some(())
}

struct Reader<'r, 'n> {
    node: &'r Node<'n>,
    place: &'r dyn Fn(&Intake<'_>, Option<&str>) -> Evidence,
}

impl Reader<'_, '_> {
    fn credential(
        &self,
        key: Key,
        name: String,
        evidence: Evidence,
        intake: &mut Intake<'_>,
    ) -> Option<Record> {
        const STATES: [CredentialStatus; 3] = [
            CredentialStatus::Active,
            CredentialStatus::Inactive,
            CredentialStatus::Unknown,
        ];
        let node = self.node;
        let status = match STATES
            .into_iter()
            .find(|status| status.name() == node.status)
        {
            Some(status) => status,
            None if node.status.is_empty() => CredentialStatus::Unknown,
            None => {
                self.unknown_word(
                    "status",
                    &node.status,
                    &STATES.map(CredentialStatus::name),
                    intake,
                );
                return None;
            }
        };
        self.marks(&key, intake);
        let expires = self.moment("expires", &node.expires, intake);
        let is_static = node.expires == "never" || node.expires == "static";
        Some(Record::Credential(CredentialRecord {
            key,
            name,
            kind: self.kind(
                CredentialKind::Unknown,
                CredentialKind::from_name,
                &CredentialKind::ALL.map(CredentialKind::name),
                intake,
            )?,
            identifier: self.identifier(intake),
            principal: reference(&node.principal, intake),
            status,
            lifetime: match (expires, is_static) {
                (Some(_), _) => Lifetime::Expiring,
                (None, true) => Lifetime::Static,
                (None, false) => Lifetime::Unknown,
            },
            created: self.moment("created", &node.created, intake),
            expires,
            last_used: self.moment("last_used", &node.last_used, intake),
            second_factor: None,
            evidence,
        }))
    }

    /// When somebody looked at it last; nothing of what is neither a principal nor a credential.
    fn review(&self, word: &str, intake: &mut Intake<'_>) {
        let key = intake.key(&self.node.id);
        let of = match word {
            "principal" => Reviewed::Principal(key),
            "credential" => Reviewed::Credential(key),
            _ => return,
        };
        if let Some(at) = self.moment("last_review", &self.node.last_review, intake) {
            let evidence = (self.place)(intake, Some("last_review"));
            intake.emit(Record::Review(ReviewRecord { of, at, evidence }));
        }
    }

    /// By what a scanner's finding of it is recognised.
    fn marks(&self, key: &Key, intake: &mut Intake<'_>) {
        let node = self.node;
        if !node.sha256.is_empty() && !intake.marked_digest(key, &node.sha256) {
            self.refuse(
                "sha256",
                "is no SHA-256 in base64 or hexadecimal digits",
                intake,
            );
        }
        if !node.masked.is_empty() && !intake.marked_hint(key, &node.masked) {
            // It may be the secret itself.
            self.refuse("masked", "hides nothing: write `ab****yz`", intake);
        }
        if !node.file.is_empty() {
            intake.marked(key, Mark::File(node.file.to_string()));
        }
        if !node.variable.is_empty() {
            intake.marked(key, Mark::Variable(node.variable.to_string()));
        }
    }

    /// The issuer's id; none if it has the form of a secret.
    fn identifier(&self, intake: &mut Intake<'_>) -> Option<String> {
        let id = &self.node.identifier;
        if secret_shape::kind_of("", id).is_some() {
            self.refuse("identifier", "has the form of a secret", intake);
            return None;
        }
        optional(id)
    }

    fn refuse(&self, field: &str, why: &str, intake: &mut Intake<'_>) {
        let at = (self.place)(intake, Some(field));
        intake.problem(
            Severity::Doubt,
            ProblemCode::BadRecord,
            &at,
            format!("`{field}` {why}: the record is kept without it"),
            "never write the secret itself",
        );
    }

    fn kind<T>(
        &self,
        default: T,
        from_name: impl Fn(&str) -> Option<T>,
        known: &[&str],
        intake: &mut Intake<'_>,
    ) -> Option<T> {
        if self.node.kind.is_empty() {
            return Some(default);
        }
        let kind = from_name(&self.node.kind);
        if kind.is_none() {
            self.unknown_word("type", &self.node.kind, known, intake);
        }
        kind
    }

    /// `Some(None)`: absent. `None`: a word that is not known.
    fn sensitivity(&self, intake: &mut Intake<'_>) -> Option<Option<Sensitivity>> {
        if self.node.sensitivity.is_empty() {
            return Some(None);
        }
        let level = Sensitivity::from_name(&self.node.sensitivity);
        if level.is_none() {
            self.unknown_word(
                "sensitivity",
                &self.node.sensitivity,
                &Sensitivity::ALL.map(Sensitivity::name),
                intake,
            );
        }
        level.map(Some)
    }

    fn platform(&self, intake: &mut Intake<'_>) -> Platform {
        let word: &str = &self.node.platform;
        if word.is_empty() {
            return STATED;
        }
        PLATFORMS
            .into_iter()
            .find(|platform| *platform == word)
            .unwrap_or_else(|| {
                let at = (self.place)(intake, Some("platform"));
                intake.problem(
                    Severity::Note,
                    ProblemCode::NotModelled,
                    &at,
                    "a platform that is not known: the record is kept as `stated`",
                    nearest::help(word, &PLATFORMS),
                );
                STATED
            })
    }

    fn moment(&self, field: &str, text: &str, intake: &mut Intake<'_>) -> Option<Timestamp> {
        if text.is_empty() || (field == "expires" && matches!(text, "never" | "static")) {
            return None;
        }
        let moment = moment::parse(text);
        if moment.is_none() {
            let at = (self.place)(intake, Some(field));
            intake.problem(
                Severity::Doubt,
                ProblemCode::BadRecord,
                &at,
                format!("`{field}` is no date that is known here: the record is kept without it"),
                "dates are written as 2026-01-31T00:00:00Z",
            );
        }
        moment
    }

    fn unknown_word(&self, field: &str, word: &str, known: &[&str], intake: &mut Intake<'_>) {
        let at = (self.place)(intake, Some(field));
        bad(
            intake,
            &at,
            format!("record skipped: its `{field}` is not known"),
            nearest::help(word, known),
        );
    }
}

fn bad(
    intake: &mut Intake<'_>,
    at: &Evidence,
    message: impl Into<String>,
    help: impl Into<String>,
) {
    intake.problem(Severity::Skipped, ProblemCode::BadRecord, at, message, help);
}

fn optional(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn reference(text: &str, intake: &mut Intake<'_>) -> Option<Key> {
    (!text.is_empty()).then(|| intake.key(text))
}
