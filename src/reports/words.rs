//! All wording of facts, steps, controls and fixes, so that two reports never say it differently.
//!
//! Text made here is safe to show: names come from exports, so every control and format character in them is spelled
//! out. It is not escaped for any format; that is the format's own work. Names are never cut here.

pub(crate) mod explain;
mod findings;
pub(crate) mod grants;
pub(crate) mod holders;
pub(crate) mod plan;
pub(crate) mod verify;

use crate::analysis::{
    Analysis, Edit, Element, LastUsed, Leak, Mode, Organisation, PricedFix, ScenarioReach,
    Unlabelled,
};
use crate::inventory::{
    Access, CredentialId, CredentialKind, EvidenceId, ExposureId, ExposureKind, Inventory,
    PrincipalId, PrincipalKind, ResourceId, ScopeId, Sensitivity, Statement, Table, TenantId,
    Terms,
};
use crate::pattern;
use crate::problem::{Problem, Severity};
use crate::risk::{Chance, Points, WHOLE};
use crate::steps::{Control, ControlId, Fact, FactId, Lowering, StepId, Steps};
use jiff::Timestamp;

/// `text` with every control and format character spelled out, `\u{1b}` for an escape: nothing in it can move a
/// cursor, end a line, hide, or turn the reading direction.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_format(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Unicode 17 general categories Cf, Zl and Zp, as far as they hide, join or reorder text.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` in at most `width` columns of a terminal, cut in the middle: the ends of names tell them apart.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let fits = |chars: &mut dyn Iterator<Item = char>, room: usize| -> Vec<char> {
        let mut used = 0;
        chars
            .take_while(|c| {
                used += c.width().unwrap_or(0);
                used <= room
            })
            .collect()
    };
    let head = fits(&mut text.chars(), room.div_ceil(2));
    let tail = fits(&mut text.chars().rev(), room / 2);
    head.into_iter()
        .chain(std::iter::once('\u{2026}'))
        .chain(tail.into_iter().rev())
        .collect()
}

/// A count with thousands set apart: `12,345`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A length as a count.
pub(crate) fn count_of(length: usize) -> String {
    count(u64::try_from(length).unwrap_or(u64::MAX))
}

/// `1 file`, `2 files`.
pub(crate) fn counted(number: usize, one: &str) -> String {
    let plural = match (number, one) {
        (1, _) => "",
        (_, one) if one.ends_with("fix") => "es",
        _ => "s",
    };
    format!("{} {one}{plural}", count_of(number))
}

/// Points with one decimal where they have a fraction and thousands set apart: `1,234.5`, `180`.
pub(crate) fn points(points: Points) -> String {
    let hundredths = points.in_hundredths();
    let whole = count(hundredths / 100);
    match hundredths % 100 {
        0 => whole,
        fraction if fraction.is_multiple_of(10) => format!("{whole}.{}", fraction / 10),
        fraction => format!("{whole}.{fraction:02}"),
    }
}

/// `1 point`, `2.5 points`.
pub(crate) fn counted_points(of: Points) -> String {
    let plural = if of.in_hundredths() == 100 { "" } else { "s" };
    format!("{} point{plural}", points(of))
}

/// A share as a percentage: `12 %`; what is there but small is `< 1 %`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 1.0 {
        "< 1 %".to_owned()
    } else {
        format!("{percent:.0} %")
    }
}

/// The day of a moment: `2026-01-31`.
pub(crate) fn day(moment: Timestamp) -> String {
    moment
        .to_string()
        .chars()
        .take_while(|&c| c != 'T')
        .collect()
}

/// How ranks are shown: `1`, `=2` where several share a rank.
pub(crate) fn rank_labels(ranks: impl IntoIterator<Item = u64>) -> Vec<String> {
    let ranks: Vec<u64> = ranks.into_iter().collect();
    let same = |a: Option<usize>, rank: u64| a.and_then(|at| ranks.get(at)) == Some(&rank);
    ranks
        .iter()
        .enumerate()
        .map(|(at, &rank)| {
            if same(at.checked_sub(1), rank) || same(at.checked_add(1), rank) {
                format!("={rank}")
            } else {
                rank.to_string()
            }
        })
        .collect()
}

/// A chance of two bounds: `0.9999`, `0.9995 to 0.9999`.
pub(crate) fn chance(chance: Chance) -> String {
    let decimal = |part: u64| format!("{}.{:04}", part / WHOLE, part % WHOLE);
    let (certain, possible) = (decimal(chance.certain), decimal(chance.possible));
    match certain == possible {
        true => certain,
        false => format!("{certain} to {possible}"),
    }
}

/// What was asked of credentials: `if every credential leaks now`.
pub(crate) fn asked(mode: Mode) -> &'static str {
    match mode {
        Mode::BlastRadius => "if every credential leaks now",
        Mode::Risk => "within a year",
    }
}

/// How many credentials are of each band, worst first: `18 critical, 3 high`.
pub(crate) fn bands(organisation: &Organisation) -> String {
    let bands = organisation.bands.iter().filter(|(_, number)| *number > 0);
    let bands = bands.map(|(band, number)| format!("{} {}", count_of(*number), band.name()));
    bands.collect::<Vec<_>>().join(", ")
}

/// What is lost on average of the value of all resources: `45.1 to 60 of 812 points (6 %)`.
pub(crate) fn lost(lost: (Points, Points), value: Points) -> String {
    let share = percent(lost.0.mean(lost.1).share_of(value));
    format!("{} ({share})", lost_of(lost, value))
}

/// The same without the share: `300 to 400 of 2,000 points`.
pub(crate) fn lost_of(lost: (Points, Points), value: Points) -> String {
    let (certain, possible) = (points(lost.0), points(lost.1));
    let both = match certain == possible {
        true => certain,
        false => format!("{certain} to {possible}"),
    };
    format!("{both} of {}", counted_points(value))
}

/// Certain reach, or that it is unknown.
pub(crate) fn certain(scenario: &ScenarioReach) -> String {
    bound(scenario, scenario.certain.points, "")
}

/// Possible reach, or that it is unknown. An unknown part has no upper bound.
pub(crate) fn possible(scenario: &ScenarioReach) -> String {
    bound(scenario, scenario.possible.points, "at least ")
}

/// A count that a scenario reaches, or that it is unknown.
pub(crate) fn reach_count(scenario: &ScenarioReach, number: u64) -> String {
    match scenario.unknown {
        Some(_) if scenario.possible.points == Points(0) => "?".to_owned(),
        _ => count(number),
    }
}

fn bound(scenario: &ScenarioReach, value: Points, prefix: &str) -> String {
    match scenario.unknown {
        Some(_) if scenario.possible.points == Points(0) => "unknown".to_owned(),
        Some(_) => format!("{prefix}{}", points(value)),
        None => points(value),
    }
}

/// What a problem is about: `path:line`, with the pointer where there is one.
pub(crate) fn problem_place(problem: &Problem) -> String {
    let mut place = visible(problem.path.as_str());
    if let Some(line) = problem.line {
        place.push_str(&format!(":{line}"));
    }
    place
}

/// How many problems of each severity there are, in words; `None` when there is none.
pub(crate) fn problem_counts(problems: &[Problem]) -> Option<String> {
    let parts: Vec<String> = [
        (Severity::Skipped, "skipped", "skipped"),
        (Severity::Doubt, "doubt", "doubts"),
        (Severity::Note, "note", "notes"),
    ]
    .into_iter()
    .filter_map(|(severity, one, many)| {
        let number = problems.iter().filter(|p| p.severity == severity).count();
        (number > 0).then(|| {
            format!(
                "{} {}",
                count_of(number),
                if number == 1 { one } else { many }
            )
        })
    })
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

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
fn resource_noun(kind: &str) -> String {
    visible(
        &kind
            .rsplit(':')
            .next()
            .unwrap_or(kind)
            .replace(['-', '_'], " "),
    )
}

/// What sort of thing a node of a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum NodeKind {
    /// A place where credentials lie.
    Exposure,
    /// A credential.
    Credential,
    /// Who acts.
    Principal,
    /// What is reached.
    Resource,
    /// A crown jewel.
    Crown,
    /// A right, or what everybody holds.
    Other,
}

/// How a fact is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// What sort of thing it is.
    pub(crate) kind: NodeKind,
    /// Its name, whole.
    pub(crate) name: String,
    /// What it is, in a few words: `role`, `bucket, read`.
    pub(crate) about: String,
    /// The whole fact as a sentence.
    pub(crate) sentence: String,
    /// The tenant it belongs to.
    pub(crate) tenant: Option<TenantId>,
}

/// Why a step is possible: a control, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Because {
    /// What it is.
    pub(crate) text: String,
    /// Where it was read: `path:line`.
    pub(crate) place: Option<String>,
}

/// The words for what an analysis speaks of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    inventory: &'a Inventory,
    steps: &'a Steps,
}

impl<'a> Words<'a> {
    /// The words for `analysis`.
    pub(crate) fn of(analysis: &'a Analysis) -> Self {
        Self {
            inventory: &analysis.inventory,
            steps: &analysis.steps,
        }
    }

    /// `production (111122223333)`.
    pub(crate) fn tenant(&self, id: TenantId) -> String {
        visible(&self.inventory.tenants[id].display())
    }

    /// `access key AKIA…`.
    pub(crate) fn credential(&self, id: CredentialId) -> String {
        let credential = &self.inventory.credentials[id];
        format!(
            "{} {}",
            credential_kind(credential.kind),
            visible(&credential.name)
        )
    }

    /// `role prod-deployer`.
    pub(crate) fn principal(&self, id: PrincipalId) -> String {
        let principal = &self.inventory.principals[id];
        format!(
            "{} {}",
            principal_kind(principal.kind),
            visible(&principal.name)
        )
    }

    /// `role prod-deployer (111122223333)`.
    fn principal_in_full(&self, id: PrincipalId) -> String {
        let name = self.principal(id);
        match self.inventory.principals[id].tenant {
            Some(tenant) => format!(
                "{name} ({})",
                visible(&self.inventory.tenants[tenant].identifier)
            ),
            None => name,
        }
    }

    /// `bucket customer-data`.
    pub(crate) fn resource(&self, id: ResourceId) -> String {
        let resource = &self.inventory.resources[id];
        format!(
            "{} {}",
            resource_noun(&resource.kind),
            visible(&resource.name)
        )
    }

    /// `repository file octo/site/.env`.
    pub(crate) fn exposure(&self, id: ExposureId) -> String {
        let exposure = &self.inventory.exposures[id];
        format!(
            "{} {}",
            exposure_kind(exposure.kind),
            visible(&exposure.name)
        )
    }

    /// What leaks.
    pub(crate) fn leak(&self, leak: Leak) -> String {
        match leak {
            Leak::Credential(id) => self.credential(id),
            Leak::Exposure(id) => self.exposure(id),
        }
    }

    /// Whether a resource is a crown jewel.
    pub(crate) fn is_crown(&self, id: ResourceId) -> bool {
        self.inventory.resources[id].sensitivity == Sensitivity::Crown
    }

    /// `path:line`.
    pub(crate) fn place(&self, id: EvidenceId) -> String {
        visible(&self.inventory.place(id))
    }

    /// The JSON pointer of a place; empty where the whole line is meant.
    pub(crate) fn pointer(&self, id: EvidenceId) -> String {
        visible(&self.inventory.evidence[id].pointer)
    }

    /// The principal that a credential authenticates, or that nobody knows.
    pub(crate) fn authenticates(&self, id: CredentialId) -> String {
        match self.inventory.credentials[id].principal {
            Some(principal) => self.principal(principal),
            None => "unknown".to_owned(),
        }
    }

    /// Who is responsible for a credential, where an export says so.
    pub(crate) fn owner(&self, id: CredentialId) -> Option<String> {
        let principal = self.inventory.credentials[id].principal?;
        self.inventory.principals[principal]
            .owner
            .as_deref()
            .map(visible)
    }

    /// Age, life and last use of a credential in one line: `made 2023-02-03, never ends, last used 2026-01-14`.
    pub(crate) fn dates(&self, id: CredentialId) -> String {
        use crate::inventory::Lifetime;
        let credential = &self.inventory.credentials[id];
        let mut parts = Vec::new();
        if let Some(created) = credential.created {
            parts.push(format!("made {}", day(created)));
        }
        parts.push(match (credential.lifetime, credential.expires) {
            (_, Some(expires)) => format!("ends {}", day(expires)),
            (Lifetime::Static, None) => "never ends by itself".to_owned(),
            (Lifetime::Expiring, None) => "ends by itself".to_owned(),
            (Lifetime::Unknown, None) => "end unknown".to_owned(),
        });
        parts.push(match credential.last_used {
            Some(used) => format!("last used {}", day(used)),
            None => "last use unknown".to_owned(),
        });
        parts.join(", ")
    }

    /// The places where each credential lies, in order of id: one row a credential.
    pub(crate) fn lying_places(&self) -> Table<CredentialId, Vec<ExposureId>> {
        let mut places = Table::filled(Vec::new(), self.inventory.credentials.len());
        for (exposure, of) in self.inventory.exposures.entries() {
            for lying in &of.lying {
                let places: &mut Vec<ExposureId> = &mut places[lying.credential];
                if places.last() != Some(&exposure) {
                    places.push(exposure);
                }
            }
        }
        places
    }

    /// What has leaked for good in a place, each with what is told of it; see [`crate::inventory::Exposure::has_leaked`].
    pub(crate) fn leaked(&self, id: ExposureId) -> Vec<String> {
        let exposure = &self.inventory.exposures[id];
        let leaked = exposure.lying.iter().filter(|one| exposure.has_leaked(one));
        let told = leaked.map(|one| {
            let sight = one.sight;
            let mut told = vec![self.credential(one.credential)];
            told.extend(sight.since.map(|at| format!("since {}", day(at))));
            told.extend(sight.is_public.then(|| "anybody can read it".to_owned()));
            told.extend(sight.worked.map(|worked| match worked {
                true => "it worked when tried".to_owned(),
                false => "it did not work when tried".to_owned(),
            }));
            told.join(", ")
        });
        told.collect()
    }

    /// What to classify next: resources of one type in one tenant, what is assumed, and what hangs on it.
    pub(crate) fn unlabelled(&self, group: &Unlabelled) -> String {
        let inventory = self.inventory;
        let tenant = group
            .tenant
            .map(|id| visible(&inventory.tenants[id].display()));
        let of = tenant.map_or(String::new(), |tenant| format!(" in {tenant}"));
        let levels = Sensitivity::ALL.into_iter().zip(group.at);
        let levels = levels.map(|(level, at)| format!("{} {}", level.name(), points(at)));
        format!(
            "{} of type {}{of}, assumed to be {}; points that hang on them, by what they are: {}",
            counted(group.resources.len(), "resource"),
            visible(&group.kind),
            group.assumed.name(),
            levels.collect::<Vec<_>>().join(", "),
        )
    }

    /// The leaks of a place that a rotation has ended.
    pub(crate) fn ended(&self, id: ExposureId) -> Vec<String> {
        let ended = self.inventory.exposures[id].ended.iter();
        let told = ended.map(|one| {
            let name = self.credential(one.credential);
            let (since, rotated) = (day(one.since), day(one.rotated));
            format!("{name}, seen {since}, rotated {rotated}")
        });
        told.collect()
    }

    /// A fact as a sentence about the attacker, without subject: `acts as role prod-deployer (111122223333)`.
    pub(crate) fn fact(&self, id: FactId) -> String {
        match self.steps.facts[id] {
            Fact::Anyone => "is anyone at all".to_owned(),
            Fact::Exposure(exposure) => {
                let verb = match self.inventory.exposures[exposure].kind {
                    ExposureKind::AgentInput => "writes",
                    _ => "reads",
                };
                format!("{verb} {}", self.exposure(exposure))
            }
            Fact::Credential(credential) => format!("holds {}", self.credential(credential)),
            Fact::Leftover(credential, _) => {
                format!("may come to hold {}", self.credential(credential))
            }
            Fact::Principal(principal) => format!("acts as {}", self.principal_in_full(principal)),
            Fact::Right(principal, subject) => {
                let subject = &self.steps.subjects[subject];
                format!(
                    "as {} may call {} on {}",
                    self.principal_in_full(principal),
                    visible(&subject.action),
                    visible(&subject.target)
                )
            }
            Fact::Act(subject) => {
                let subject = &self.steps.subjects[subject];
                format!(
                    "may call {} on {}",
                    visible(&subject.action),
                    visible(&subject.target)
                )
            }
            Fact::Access(resource, access) => {
                format!("{} {}", access_verb(access), self.resource(resource))
            }
            Fact::AtLeast(resource, access) => {
                format!(
                    "has at least {} access to {}",
                    access.name(),
                    self.resource(resource)
                )
            }
        }
    }

    /// A fact as a node of a picture.
    pub(crate) fn node(&self, id: FactId) -> Node {
        let sentence = self.fact(id);
        let (kind, name, about, tenant) = match self.steps.facts[id] {
            Fact::Anyone => (
                NodeKind::Other,
                "anyone".to_owned(),
                "no need at all".to_owned(),
                None,
            ),
            Fact::Exposure(exposure) => {
                let exposure = &self.inventory.exposures[exposure];
                let tenant = exposure
                    .resource
                    .and_then(|resource| self.inventory.resources[resource].tenant);
                (
                    NodeKind::Exposure,
                    visible(&exposure.name),
                    exposure_kind(exposure.kind).to_owned(),
                    tenant,
                )
            }
            Fact::Credential(credential) | Fact::Leftover(credential, _) => {
                let credential = &self.inventory.credentials[credential];
                let tenant = credential
                    .principal
                    .and_then(|principal| self.inventory.principals[principal].tenant);
                (
                    NodeKind::Credential,
                    visible(&credential.name),
                    credential_kind(credential.kind).to_owned(),
                    tenant,
                )
            }
            Fact::Principal(principal) => {
                let principal = &self.inventory.principals[principal];
                (
                    NodeKind::Principal,
                    visible(&principal.name),
                    principal_kind(principal.kind).to_owned(),
                    principal.tenant,
                )
            }
            Fact::Right(principal, subject) => (
                NodeKind::Other,
                visible(&self.steps.subjects[subject].action),
                format!("right of {}", self.principal(principal)),
                self.inventory.principals[principal].tenant,
            ),
            Fact::Act(subject) => (
                NodeKind::Other,
                visible(&self.steps.subjects[subject].action),
                "request".to_owned(),
                None,
            ),
            Fact::Access(id, access) | Fact::AtLeast(id, access) => {
                let resource = &self.inventory.resources[id];
                let kind = if self.is_crown(id) {
                    NodeKind::Crown
                } else {
                    NodeKind::Resource
                };
                let about = format!("{}, {}", resource_noun(&resource.kind), access.name());
                (kind, visible(&resource.name), about, resource.tenant)
            }
        };
        Node {
            kind,
            name,
            about,
            sentence,
            tenant,
        }
    }

    /// What the attacker does in a step.
    pub(crate) fn technique(&self, id: StepId) -> String {
        visible(&self.steps.techniques[self.steps.step(id).technique].name)
    }

    /// On what a step hangs.
    pub(crate) fn condition(&self, id: StepId) -> Option<String> {
        let condition = self.steps.step(id).condition?;
        Some(visible(&self.steps.conditions[condition]))
    }

    /// What a control is, and where it was first read.
    pub(crate) fn because(&self, id: ControlId) -> Because {
        Because {
            text: self.control(id),
            place: self.control_evidence(id).map(|place| self.place(place)),
        }
    }

    /// What a control is: `statement ``Sid`` of policy ``x```.
    pub(crate) fn control(&self, id: ControlId) -> String {
        match self.steps.controls[id] {
            Control::Credential(credential)
            | Control::Chance(credential, _)
            | Control::Split(credential) => self.credential(credential),
            Control::Exposure(exposure) => self.exposure(exposure),
            Control::Scope(scope) => self.scope(scope),
        }
    }

    fn scope(&self, id: ScopeId) -> String {
        let scope = &self.inventory.scopes[id];
        let policy = |policy| quoted(&self.inventory.policies[policy].name);
        match &scope.terms {
            Terms::Statement {
                policy: of,
                statement,
            } => {
                format!(
                    "statement {} of policy {}",
                    statement_name(statement, &scope.name),
                    policy(*of)
                )
            }
            Terms::Attachment {
                policy: of,
                principal,
                is_inline,
            } => {
                let kind = if *is_inline {
                    "inline policy"
                } else {
                    "policy"
                };
                format!("{kind} {} on {}", policy(*of), self.principal(*principal))
            }
            Terms::Version {
                version,
                policy: of,
            } => format!("version {} of policy {}", policy(*version), policy(*of)),
            Terms::Boundary {
                policy: of,
                principal,
            } => {
                format!("boundary {} of {}", policy(*of), self.principal(*principal))
            }
            Terms::Guardrail {
                policy: of, tenant, ..
            } => format!(
                "guardrail {} on {}",
                policy(*of),
                visible(&self.inventory.tenants[*tenant].display())
            ),
            Terms::Membership { member, group } => {
                format!(
                    "membership of {} in {}",
                    self.principal(*member),
                    self.principal(*group)
                )
            }
            Terms::Trust {
                principal,
                statement,
            } => {
                format!(
                    "trust {} of {}",
                    statement_name(statement, &scope.name),
                    self.principal(*principal)
                )
            }
            Terms::ResourcePolicy {
                resource,
                statement,
            } => format!(
                "statement {} of the policy of {}",
                statement_name(statement, &scope.name),
                self.resource(*resource)
            ),
            Terms::RunsAs {
                resource,
                principal,
            } => {
                format!(
                    "{} runs as {}",
                    self.resource(*resource),
                    self.principal(*principal)
                )
            }
            Terms::Deploys { resource, .. } => {
                format!("the targets of {}", self.resource(*resource))
            }
            Terms::Session { giver, role, .. } => {
                format!("{} in {}", self.principal(*role), self.resource(*giver))
            }
            Terms::Anchor { anchor, .. } => self.resource(*anchor),
            Terms::Drives { driver, driven } => {
                format!(
                    "{} drives {}",
                    self.principal(*driver),
                    self.principal(*driven)
                )
            }
            Terms::Software {
                principal,
                software,
                ..
            } => format!(
                "{} starts as {}",
                self.principal(*principal),
                quoted(software)
            ),
            Terms::Approval { agent } => format!(
                "{} acts without approval ({})",
                self.principal(*agent),
                visible(&scope.name)
            ),
            Terms::Grant {
                principal,
                resource,
                access,
                ..
            } => format!(
                "{} access of {} to {}",
                access.name(),
                self.principal(*principal),
                self.resource(*resource)
            ),
            Terms::Rule { role, .. } => {
                format!("rule {} of role {}", quoted(&scope.name), policy(*role))
            }
            Terms::Binding {
                role,
                subject,
                namespace,
            } => format!(
                "binding {} of role {} to {}{}",
                quoted(&scope.name),
                policy(*role),
                self.principal(*subject),
                in_namespace(namespace.as_deref())
            ),
            Terms::Mapping { from, to } => format!(
                "{} is taken for {}",
                self.principal(*from),
                self.principal(*to)
            ),
            Terms::Runs { workload, .. } => format!("manifest of {}", self.principal(*workload)),
            Terms::Permission {
                holder, on, name, ..
            } => format!(
                "permission {} of {} on {}",
                quoted(name),
                self.principal(*holder),
                self.permitted(*holder, *on)
            ),
            Terms::Bears {
                principal,
                issuer,
                subject,
                ..
            } => format!(
                "tokens of {} with subject {} for {}",
                quoted(issuer),
                quoted(&pattern::shown(subject)),
                self.principal(*principal)
            ),
            Terms::Stated => format!("grant {}", quoted(&scope.name)),
        }
    }

    /// What a permission is on: one resource, or all of the tenant of who holds it.
    pub(crate) fn permitted(&self, holder: PrincipalId, on: Option<ResourceId>) -> String {
        match (on, self.inventory.principals[holder].tenant) {
            (Some(resource), _) => self.resource(resource),
            (None, Some(tenant)) => {
                let name = self.inventory.tenants[tenant].display();
                format!("all of {}", visible(&name))
            }
            (None, None) => "all that it can see".to_owned(),
        }
    }

    /// What to do to make a leak less likely, as an order.
    fn lowering(&self, credential: CredentialId, lowering: Lowering) -> String {
        let credential = self.credential(credential);
        match lowering {
            Lowering::Shorten { hours } => {
                let life = match hours % 24 {
                    0 if hours > 0 => counted((hours / 24) as usize, "day"),
                    _ => counted(hours as usize, "hour"),
                };
                format!("let {credential} live {life} at most")
            }
            Lowering::Federate => {
                format!("replace {credential} by tokens that are issued for each use")
            }
            Lowering::Move => format!("move {credential} into a vault"),
        }
    }

    /// The jobs of a credential: `` `backup`, `deploy` ``.
    fn jobs(&self, credential: CredentialId) -> String {
        let jobs = self.inventory.jobs_of(credential);
        let names: Vec<String> = jobs.map(|job| job.name.clone()).collect();
        some_of(&names, 8)
    }

    /// What to do to remove a control, as an order.
    pub(crate) fn fix(&self, id: ControlId) -> String {
        let scope_id = match self.steps.controls[id] {
            Control::Credential(credential) => {
                return format!("revoke {}", self.credential(credential));
            }
            Control::Chance(credential, lowering) => return self.lowering(credential, lowering),
            Control::Split(credential) => {
                return format!(
                    "split {} into one each for {}",
                    self.credential(credential),
                    self.jobs(credential)
                );
            }
            Control::Exposure(exposure) => {
                return format!("take the credentials out of {}", self.exposure(exposure));
            }
            Control::Scope(scope) => scope,
        };
        let scope = &self.inventory.scopes[scope_id];
        let policy = |policy| quoted(&self.inventory.policies[policy].name);
        match &scope.terms {
            Terms::Statement {
                policy: of,
                statement,
            } => {
                format!(
                    "remove statement {} from policy {}",
                    statement_name(statement, &scope.name),
                    policy(*of)
                )
            }
            Terms::Attachment {
                policy: of,
                principal,
                is_inline: false,
            } => {
                format!(
                    "detach policy {} from {}",
                    policy(*of),
                    self.principal(*principal)
                )
            }
            Terms::Attachment {
                policy: of,
                principal,
                is_inline: true,
            } => {
                format!(
                    "delete inline policy {} of {}",
                    policy(*of),
                    self.principal(*principal)
                )
            }
            Terms::Version {
                version,
                policy: of,
            } => format!(
                "delete version {} of policy {}",
                policy(*version),
                policy(*of)
            ),
            Terms::Boundary {
                policy: of,
                principal,
            } => {
                format!(
                    "narrow boundary {} of {}",
                    policy(*of),
                    self.principal(*principal)
                )
            }
            // No step has a guardrail for its control: to remove one would widen what is allowed.
            Terms::Guardrail {
                policy: of, tenant, ..
            } => format!(
                "tighten guardrail {} on {}",
                policy(*of),
                visible(&self.inventory.tenants[*tenant].display())
            ),
            Terms::Membership { member, group } => {
                format!(
                    "take {} out of {}",
                    self.principal(*member),
                    self.principal(*group)
                )
            }
            Terms::Trust {
                principal,
                statement,
            } => {
                format!(
                    "remove statement {} from the trust of {}",
                    statement_name(statement, &scope.name),
                    self.principal(*principal)
                )
            }
            Terms::ResourcePolicy {
                resource,
                statement,
            } => format!(
                "remove statement {} from the policy of {}",
                statement_name(statement, &scope.name),
                self.resource(*resource)
            ),
            Terms::RunsAs {
                resource,
                principal,
            } => {
                format!(
                    "let {} run as something less than {}",
                    self.resource(*resource),
                    self.principal(*principal)
                )
            }
            Terms::Deploys { resource, .. } => {
                format!("let {} deploy onto less", self.resource(*resource))
            }
            Terms::Session { giver, role, .. } => {
                format!(
                    "take {} out of {}",
                    self.principal(*role),
                    self.resource(*giver)
                )
            }
            Terms::Anchor { anchor, .. } => format!("disable {}", self.resource(*anchor)),
            Terms::Drives { driver, driven } => {
                format!(
                    "stop {} from driving {}",
                    self.principal(*driver),
                    self.principal(*driven)
                )
            }
            Terms::Software {
                principal,
                software,
                ..
            } => format!(
                "pin {} to an exact version for {}",
                quoted(software),
                self.principal(*principal)
            ),
            Terms::Approval { agent } => format!(
                "have {} ask before it acts: take out {}",
                self.principal(*agent),
                visible(&scope.name)
            ),
            Terms::Grant {
                principal,
                resource,
                access,
                ..
            } => format!(
                "take {} access to {} from {}",
                access.name(),
                self.resource(*resource),
                self.principal(*principal)
            ),
            Terms::Rule { role, .. } => format!(
                "take rule {} out of role {}",
                quoted(&scope.name),
                policy(*role)
            ),
            Terms::Binding {
                role,
                subject,
                namespace,
            } => format!(
                "take {} out of binding {} of role {}{}",
                self.principal(*subject),
                quoted(&scope.name),
                policy(*role),
                in_namespace(namespace.as_deref())
            ),
            Terms::Mapping { from, to } => format!(
                "no longer take {} for {}",
                self.principal(*from),
                self.principal(*to)
            ),
            Terms::Runs { workload, .. } => format!(
                "run {} as an ordinary container, without what its manifest asks for",
                self.principal(*workload)
            ),
            Terms::Permission {
                holder, on, name, ..
            } => format!(
                "take permission {} on {} from {}",
                quoted(name),
                self.permitted(*holder, *on),
                self.principal(*holder)
            ),
            Terms::Bears {
                principal,
                issuer,
                subject,
                ..
            } => format!(
                "keep {} from tokens of {} with subject {}",
                self.principal(*principal),
                quoted(issuer),
                quoted(&pattern::shown(subject))
            ),
            Terms::Stated => format!("revoke grant {}", quoted(&scope.name)),
        }
    }

    /// What to do, as an order.
    pub(crate) fn order(&self, fix: &PricedFix) -> String {
        let (Some(narrowing), Control::Scope(scope)) =
            (&fix.narrowing, self.steps.controls[fix.control])
        else {
            return self.fix(fix.control);
        };
        let row = &self.inventory.scopes[scope];
        let place = match &row.terms {
            Terms::Statement { policy, statement } => format!(
                "statement {} of policy {}",
                statement_name(statement, &row.name),
                quoted(&self.inventory.policies[*policy].name)
            ),
            Terms::ResourcePolicy {
                resource,
                statement,
            } => format!(
                "statement {} of the policy of {}",
                statement_name(statement, &row.name),
                self.resource(*resource)
            ),
            Terms::Trust {
                principal,
                statement,
            } => format!(
                "statement {} of the trust of {}",
                statement_name(statement, &row.name),
                self.principal(*principal)
            ),
            _ => quoted(&row.name),
        };
        if narrowing.element == Element::Condition {
            return format!(
                "add the condition {} to {place}",
                some_of(&narrowing.added, 3)
            );
        }
        if !narrowing.added.is_empty() {
            return format!(
                "replace {} by what is used ({}) in {place}",
                some_of(&narrowing.dropped, 3),
                some_of(&narrowing.added, 3)
            );
        }
        let unused = if narrowing.is_unused { "unused " } else { "" };
        format!(
            "drop {unused}{} from {place}",
            some_of(&narrowing.dropped, 3)
        )
    }

    /// What a fix may break, where the inventory tells.
    pub(crate) fn breaks(&self, fix: &PricedFix) -> Option<String> {
        let Some(narrowing) = &fix.narrowing else {
            return self.may_break(fix.control, None);
        };
        if narrowing.element == Element::Condition {
            let added = some_of(&narrowing.added, 8);
            return Some(format!("requests without {added} are refused then"));
        }
        let dropped = some_of(&narrowing.dropped, 8);
        if !narrowing.added.is_empty() {
            let others = format!(
                "what {dropped} allows beyond {}",
                some_of(&narrowing.kept, 8)
            );
            return self.may_break(fix.control, Some(&others));
        }
        let broken = self.may_break(fix.control, Some(&dropped))?;
        let kept = some_of(&narrowing.kept, 8);
        Some(format!("{broken}; {kept} stays"))
    }

    /// Which document an edit is of: `the document at /UserDetailList/0/…`.
    pub(crate) fn document(&self, edit: &Edit) -> String {
        let place = match edit.document.as_str() {
            "" => "the document is the whole file".to_owned(),
            pointer => format!("the document at {}", visible(pointer)),
        };
        match edit.is_in_text {
            true => format!("{place}, which is a string: the patch is of what it decodes to"),
            false => place,
        }
    }

    /// The JSON Patch of an edit, in one line.
    pub(crate) fn patch(&self, edit: &Edit) -> String {
        let json = serde_json::to_string(&edit.operations).unwrap_or_default();
        let mut shown = String::with_capacity(json.len());
        // Such characters stand inside of strings only, where JSON has its own way to spell them out.
        for c in json.chars() {
            if c.is_control() || is_format(c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    shown.push_str(&format!("\\u{unit:04x}"));
                }
            } else {
                shown.push(c);
            }
        }
        shown
    }

    /// Who can apply a fix, where the inventory tells.
    pub(crate) fn fixed_by(&self, id: ControlId) -> Option<String> {
        let of_tenant = |tenant: Option<TenantId>| {
            tenant.map(|tenant| {
                let tenant = &self.inventory.tenants[tenant];
                match &tenant.owner {
                    Some(owner) => visible(owner),
                    None => format!("an administrator of {}", visible(&tenant.display())),
                }
            })
        };
        let of_principal = |id: PrincipalId| {
            let principal = &self.inventory.principals[id];
            principal
                .owner
                .as_deref()
                .map(visible)
                .or_else(|| of_tenant(principal.tenant))
        };
        let of_resource = |id: ResourceId| {
            let resource = &self.inventory.resources[id];
            resource
                .owner
                .as_deref()
                .map(visible)
                .or_else(|| of_tenant(resource.tenant))
        };
        match self.steps.controls[id] {
            Control::Credential(credential)
            | Control::Chance(credential, _)
            | Control::Split(credential) => self.inventory.credentials[credential]
                .principal
                .and_then(of_principal),
            Control::Exposure(exposure) => self.inventory.exposures[exposure]
                .resource
                .and_then(of_resource),
            Control::Scope(scope) => match &self.inventory.scopes[scope].terms {
                Terms::Statement { policy, .. } | Terms::Version { policy, .. } => {
                    of_tenant(self.inventory.policies[*policy].tenant)
                }
                Terms::Attachment { principal, .. }
                | Terms::Boundary { principal, .. }
                | Terms::Trust { principal, .. } => of_principal(*principal),
                Terms::Guardrail { tenant, .. } => of_tenant(Some(*tenant)),
                Terms::Membership { group, .. } => of_principal(*group),
                Terms::ResourcePolicy { resource, .. }
                | Terms::RunsAs { resource, .. }
                | Terms::Deploys { resource, .. } => of_resource(*resource),
                Terms::Session { giver, .. } => of_resource(*giver),
                Terms::Anchor { anchor, .. } => of_resource(*anchor),
                Terms::Drives { driver, .. } => of_principal(*driver),
                Terms::Software { principal, .. } | Terms::Approval { agent: principal } => {
                    of_principal(*principal)
                }
                Terms::Rule { role, .. } | Terms::Binding { role, .. } => {
                    of_tenant(self.inventory.policies[*role].tenant)
                }
                Terms::Mapping { to, .. } => of_principal(*to),
                Terms::Runs { workload, .. } => of_principal(*workload),
                Terms::Grant { resource, .. }
                | Terms::Permission {
                    on: Some(resource), ..
                } => of_resource(*resource),
                Terms::Permission {
                    holder: principal,
                    on: None,
                    ..
                }
                | Terms::Bears { principal, .. } => of_principal(*principal),
                Terms::Stated => None,
            },
        }
    }

    /// What the removal of a control may break, or of some actions that it allows.
    pub(crate) fn may_break(&self, id: ControlId, actions: Option<&str>) -> Option<String> {
        let scope = match self.steps.controls[id] {
            Control::Credential(_) => {
                return Some("whatever uses it stops until it has a new one".to_owned());
            }
            Control::Chance(_, lowering) => {
                let what = match lowering {
                    Lowering::Shorten { .. } => {
                        "whatever uses it stops when it has ended, unless it takes a new one in time"
                    }
                    Lowering::Federate => "whatever uses it stops until it asks for tokens",
                    Lowering::Move => "what reads it where it lies needs another way to get it",
                };
                return Some(what.to_owned());
            }
            Control::Split(credential) => {
                return Some(format!(
                    "whatever uses it for more than is stated of {} stops",
                    self.jobs(credential)
                ));
            }
            Control::Exposure(_) => {
                return Some("what reads them there needs another way to get them".to_owned());
            }
            Control::Scope(scope) => &self.inventory.scopes[scope],
        };
        match &scope.terms {
            Terms::Statement { policy, .. } => {
                let bound = self
                    .inventory
                    .scopes
                    .iter()
                    .filter(|scope| matches!(&scope.terms, Terms::Attachment { policy: of, .. } if of == policy))
                    .count();
                Some(format!(
                    "all that the policy is bound to ({}) lose {}",
                    counted(bound, "principal"),
                    actions.unwrap_or("what it allows")
                ))
            }
            Terms::Attachment { principal, .. } => Some(format!(
                "{} loses all that the policy grants",
                self.principal(*principal)
            )),
            Terms::Membership { member, group } => Some(format!(
                "{} loses all that {} holds",
                self.principal(*member),
                self.principal(*group)
            )),
            Terms::Trust { principal, .. } => Some(format!(
                "those it lets in can no longer become {}",
                self.principal(*principal)
            )),
            Terms::ResourcePolicy { resource, .. } => Some(format!(
                "those it lets in lose {} on {}",
                actions.unwrap_or("that access"),
                self.resource(*resource)
            )),
            Terms::RunsAs { resource, .. } => Some(format!(
                "{} must keep what it needs to work",
                self.resource(*resource)
            )),
            Terms::Deploys { resource, .. } => Some(format!(
                "what it leaves out gets no more deployments of {}",
                self.resource(*resource)
            )),
            Terms::Session { giver, role, .. } => Some(format!(
                "certificates no longer open {} through {}",
                self.principal(*role),
                self.resource(*giver)
            )),
            Terms::Anchor { .. } => Some("its certificates no longer open any role".to_owned()),
            Terms::Drives { driver, .. } => {
                Some(format!("{} can no longer use it", self.principal(*driver)))
            }
            Terms::Software { .. } => Some("it no longer gets newer versions by itself".to_owned()),
            Terms::Approval { .. } => Some("a person is asked before it acts".to_owned()),
            Terms::Grant {
                principal,
                resource,
                ..
            } => Some(format!(
                "{} loses that access to {}",
                self.principal(*principal),
                self.resource(*resource)
            )),
            Terms::Rule { .. } => {
                Some("all that the role is bound to lose what the rule allows".to_owned())
            }
            Terms::Binding { subject, .. } => Some(format!(
                "{} loses all that the role grants there",
                self.principal(*subject)
            )),
            Terms::Mapping { from, .. } => {
                Some(format!("{} is let in no longer", self.principal(*from)))
            }
            Terms::Runs { workload, .. } => Some(format!(
                "{} must keep what it needs to work",
                self.principal(*workload)
            )),
            Terms::Permission { holder, on, .. } => Some(format!(
                "{} loses that permission on {}",
                self.principal(*holder),
                self.permitted(*holder, *on)
            )),
            Terms::Bears { principal, .. } => Some(format!(
                "{} can no longer log in where such a token is trusted",
                self.principal(*principal)
            )),
            Terms::Version { .. } => Some("the policy cannot go back to it".to_owned()),
            Terms::Boundary { .. } | Terms::Guardrail { .. } | Terms::Stated => None,
        }
    }

    /// When what a fix takes away was last used; `None` where that is no question.
    pub(crate) fn last_used(&self, fix: &PricedFix) -> Option<String> {
        let ago = |at: Timestamp| {
            let seconds = self.inventory.as_of.as_second() - at.as_second();
            match u64::try_from(seconds / 86_400) {
                Ok(days) if days > 1 => format!(" ({} days ago)", count(days)),
                _ => String::new(),
            }
        };
        let by = |by: &Option<crate::inventory::Key>| {
            let name = |key: &str| match self.inventory.principal_by_key(key) {
                Some(id) => self.principal(id),
                None => visible(key),
            };
            by.as_deref()
                .map_or_else(String::new, |key| format!(" by {}", name(key)))
        };
        Some(match fix.last_used.as_ref()? {
            LastUsed::On {
                at,
                of: what,
                by: who,
                ..
            } => {
                let what = what.as_deref().map(|what| format!(": {}", quoted(what)));
                let what = what.unwrap_or_default();
                format!("used on {}{}{}{what}", day(*at), by(who), ago(*at))
            }
            LastUsed::NotAfter {
                at,
                of: what,
                by: who,
                ..
            } => {
                let what = what.as_deref();
                format!(
                    "not after {}{}, when {} was last used{}: no export tells more closely",
                    day(*at),
                    ago(*at),
                    what.map_or_else(|| "anything".to_owned(), quoted),
                    by(who)
                )
            }
            LastUsed::Never { days, observed, .. } => {
                let days = match days {
                    Some(days) => format!("the last {} days as tracked", count((*days).into())),
                    None => "the time that the export looks back on".to_owned(),
                };
                let until = observed.map(|at| format!(", until {}", day(at)));
                format!("not used in {days}{}", until.unwrap_or_default())
            }
            LastUsed::Unknown => "no usage data".to_owned(),
        })
    }

    /// The same in one or two words, for a column.
    pub(crate) fn last_used_briefly(&self, fix: &PricedFix) -> String {
        match &fix.last_used {
            Some(LastUsed::On { at, .. }) => day(*at),
            Some(LastUsed::NotAfter { at, .. }) => format!("not after {}", day(*at)),
            Some(LastUsed::Never { .. }) => "not used".to_owned(),
            Some(LastUsed::Unknown) => "no data".to_owned(),
            None => String::new(),
        }
    }

    /// The place where the last use was read.
    pub(crate) fn last_used_place(&self, fix: &PricedFix) -> Option<EvidenceId> {
        match fix.last_used.as_ref()? {
            LastUsed::On { evidence, .. }
            | LastUsed::NotAfter { evidence, .. }
            | LastUsed::Never { evidence, .. } => Some(*evidence),
            LastUsed::Unknown => None,
        }
    }

    /// The first place where a control was read.
    pub(crate) fn control_evidence(&self, id: ControlId) -> Option<EvidenceId> {
        self.steps.controls[id]
            .evidence(self.inventory)
            .first()
            .copied()
    }

    /// The stable key of a control, as machines see it: `scope:…`, `credential:…`, `exposure:…`, `shorten:…h:…`,
    /// `federate:…`, `move:…`, `split:…`. Not made visible.
    pub(crate) fn control_key(&self, id: ControlId) -> String {
        self.steps.controls[id].key(self.inventory)
    }

    /// The stable name of a control's kind.
    pub(crate) fn control_kind(&self, id: ControlId) -> &'static str {
        match self.steps.controls[id] {
            Control::Credential(_) => "credential",
            Control::Exposure(_) => "exposure",
            Control::Chance(_, lowering) => lowering.name(),
            Control::Split(_) => "split",
            Control::Scope(scope) => self.inventory.scopes[scope].kind(),
        }
    }

    /// What a fix gains of the whole, as a share of possible reach.
    pub(crate) fn share(&self, fix: &PricedFix, total: (Points, Points)) -> f64 {
        fix.possible.share_of(total.1)
    }

    /// A path in one line's words: each element is one node, with AND where several are used together.
    pub(crate) fn chain(&self, moves: &[super::path::Move]) -> Vec<String> {
        let Some(last) = moves.last() else {
            return Vec::new();
        };
        let mut chain = vec![self.chain_name(last.gain)];
        let mut at = last;
        // Every move is made of what earlier moves gain, so the walk back ends within their number.
        for _ in moves {
            let names: Vec<String> = at
                .sources
                .iter()
                .rev()
                .map(|&fact| self.chain_name(fact))
                .collect();
            chain.push(names.join(" AND "));
            let before = at
                .sources
                .iter()
                .rev()
                .find_map(|source| moves.iter().find(|step| step.gain == *source));
            match before {
                Some(step) => at = step,
                None => break,
            }
        }
        chain.reverse();
        chain
    }

    fn chain_name(&self, id: FactId) -> String {
        match self.steps.facts[id] {
            Fact::Anyone => "anyone".to_owned(),
            Fact::Exposure(exposure) => self.exposure(exposure),
            Fact::Credential(credential) | Fact::Leftover(credential, _) => {
                self.credential(credential)
            }
            Fact::Principal(principal) => self.principal(principal),
            Fact::Access(resource, _) | Fact::AtLeast(resource, _) => self.resource(resource),
            Fact::Right(_, subject) | Fact::Act(subject) => {
                visible(&self.steps.subjects[subject].action)
            }
        }
    }
}

fn access_verb(access: Access) -> &'static str {
    match access {
        Access::List => "lists",
        Access::Read => "reads",
        Access::Write => "writes to",
        Access::Delete => "deletes",
        Access::Admin => "controls",
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", visible(name))
}

/// The first of some names: `a`, `b` and 2 more.
fn some_of(names: &[String], most: usize) -> String {
    let mut text = names
        .iter()
        .take(most)
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > most {
        text.push_str(&format!(" and {} more", count_of(names.len() - most)));
    }
    text
}

/// Where a role is bound, to be appended.
fn in_namespace(namespace: Option<&str>) -> String {
    namespace.map_or_else(String::new, |name| {
        format!(" in namespace {}", quoted(name))
    })
}

fn statement_name(statement: &Statement, scope_name: &str) -> String {
    quoted(statement.sid.as_deref().unwrap_or(scope_name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Id;
    use crate::reports::sample;

    #[test]
    fn no_text_of_words_holds_a_control_or_format_character() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let facts = analysis.steps.facts.ids().map(|id| words.fact(id));
        let nodes = analysis.steps.facts.ids().map(|id| words.node(id).name);
        let fixes = analysis.steps.controls.ids().map(|id| words.fix(id));
        let orders = analysis.fixes.iter().flat_map(|fix| {
            let patches = fix.edits.iter().map(|edit| words.patch(edit));
            patches
                .chain([words.order(fix)])
                .chain(words.breaks(fix))
                .collect::<Vec<_>>()
        });
        for text in facts.chain(nodes).chain(fixes).chain(orders) {
            assert!(
                !text.chars().any(|c| c.is_control() || is_format(c)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_makes_a_leak_less_likely_is_said_and_has_its_own_key() {
        let mut analysis = sample::analysis();
        let id = CredentialId::from_index(0);
        let lowerings = [
            Lowering::Shorten { hours: 1 },
            Lowering::Shorten { hours: 720 },
            Lowering::Federate,
            Lowering::Move,
        ];
        let controls = lowerings.map(|lowering| {
            let control = Control::Chance(id, lowering);
            analysis.steps.controls.push(control)
        });
        let words = Words::of(&analysis);
        let name = words.credential(id);
        let key = &analysis.inventory.credentials[id].key;
        assert_eq!(
            controls.map(|id| words.fix(id)),
            [
                format!("let {name} live 1 hour at most"),
                format!("let {name} live 30 days at most"),
                format!("replace {name} by tokens that are issued for each use"),
                format!("move {name} into a vault"),
            ]
        );
        assert_eq!(
            controls.map(|id| words.control_key(id)),
            [
                format!("shorten:1h:{key}"),
                format!("shorten:720h:{key}"),
                format!("federate:{key}"),
                format!("move:{key}"),
            ]
        );
    }

    #[test]
    fn every_control_has_its_own_order() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let fixes: Vec<String> = analysis
            .steps
            .controls
            .ids()
            .map(|id| words.fix(id))
            .collect();
        insta::assert_snapshot!(fixes.join("\n"));
    }

    #[test]
    fn permissions_and_tokens_are_taken_away_in_plain_words() {
        let mut analysis = sample::analysis();
        let permission = |on| Terms::Permission {
            holder: PrincipalId(0),
            on,
            name: "contents:write".to_owned(),
            condition: None,
        };
        let bears = Terms::Bears {
            principal: PrincipalId(0),
            issuer: "issuer.example".to_owned(),
            subject: "repo:acme/shop:ref:refs/heads/\u{1}".to_owned(),
            audience: None,
            condition: None,
        };
        let scopes = [permission(Some(ResourceId(0))), permission(None), bears];
        let controls: Vec<ControlId> = scopes
            .into_iter()
            .map(|terms| {
                let scope = analysis.inventory.scopes.push(crate::inventory::Scope {
                    key: "x".into(),
                    name: "x".to_owned(),
                    terms,
                    evidence: Vec::new(),
                });
                analysis.steps.controls.push(Control::Scope(scope))
            })
            .collect();
        let words = Words::of(&analysis);
        let orders: Vec<String> = controls
            .iter()
            .flat_map(|&id| [words.control(id), words.fix(id)])
            .collect();
        insta::assert_snapshot!(orders.join("\n"));
    }

    #[test]
    fn a_patch_is_shown_as_json_that_says_the_same() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let edits: Vec<&Edit> = analysis.fixes.iter().flat_map(|fix| &fix.edits).collect();
        assert_eq!(edits.len(), 4);
        for edit in edits {
            let shown: serde_json::Value = serde_json::from_str(&words.patch(edit)).unwrap();
            assert_eq!(shown, serde_json::to_value(&edit.operations).unwrap());
        }
    }

    #[test]
    fn shared_ranks_are_marked() {
        assert_eq!(rank_labels([1, 2, 2, 4]), ["1", "=2", "=2", "4"]);
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [100, 150, 5].map(|number| points(Points::hundredths(number))),
            ["1", "1.5", "0.05"]
        );
    }

    #[test]
    fn an_and_names_all_that_it_needs() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let reached = analysis.exposures[0].top[0].clone();
        let moves = super::super::path::moves(&analysis.steps, &reached.proof);
        let chain = words.chain(&moves);
        assert!(chain.iter().any(|link| link.contains(" AND ")), "{chain:?}");
        assert_eq!(chain.first().unwrap(), "repository file octo/site/.env");
        assert_eq!(
            moves.len(),
            6,
            "a right is no move: {:?}",
            StepId::from_index(0)
        );
    }
}
