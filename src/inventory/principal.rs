//! Principals: who acts.

use super::{Evidence, EvidenceList, Key, Platform, TenantId};
use jiff::Timestamp;

/// What sort of actor a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// A person.
    Human,
    /// An IAM user or account that may be a person's or a machine's: the export does not say.
    User,
    /// An account made for software.
    ServiceAccount,
    /// A role that others become.
    Role,
    /// A session of a role, within policies of the session's own.
    Session,
    /// A group: it never acts, its members hold what it holds.
    Group,
    /// The root of an account.
    Root,
    /// An OAuth client or application.
    OauthApp,
    /// Running software: a function, an instance, a pod.
    Workload,
    /// An AI agent.
    Agent,
    /// An MCP server.
    McpServer,
    /// A coding assistant.
    CodingAssistant,
    /// A CI workflow or job.
    CiWorkflow,
    /// A party outside the estate.
    Vendor,
    /// Something that an export names and does not describe.
    Unknown,
}

impl PrincipalKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 15] = [
        Self::Human,
        Self::User,
        Self::ServiceAccount,
        Self::Role,
        Self::Session,
        Self::Group,
        Self::Root,
        Self::OauthApp,
        Self::Workload,
        Self::Agent,
        Self::McpServer,
        Self::CodingAssistant,
        Self::CiWorkflow,
        Self::Vendor,
        Self::Unknown,
    ];

    /// The stable name, as written in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::User => "user",
            Self::ServiceAccount => "service-account",
            Self::Role => "role",
            Self::Session => "session",
            Self::Group => "group",
            Self::Root => "root",
            Self::OauthApp => "oauth-app",
            Self::Workload => "workload",
            Self::Agent => "agent",
            Self::McpServer => "mcp-server",
            Self::CodingAssistant => "coding-assistant",
            Self::CiWorkflow => "ci-workflow",
            Self::Vendor => "vendor",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A principal as one export states it. Records of one key (or alias) are merged: the first value of a field wins,
/// and all evidence is kept.
#[derive(Debug, Clone)]
pub struct PrincipalRecord {
    /// Stable key: the ARN, or another name that no second principal has.
    pub key: Key,
    /// Other names that references may use: `aws:user:ACCOUNT/NAME`, an instance profile's ARN, a unique id.
    pub aliases: Vec<Key>,
    /// The name shown to people.
    pub name: String,
    /// What sort of actor it is.
    pub kind: PrincipalKind,
    /// The platform it acts on.
    pub platform: Platform,
    /// Key of its tenant.
    pub tenant: Option<Key>,
    /// Who is responsible for it, where an export says so.
    pub owner: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// Tags, as exported.
    pub tags: Vec<(String, String)>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A principal.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Stable key.
    pub key: Key,
    /// Other names that references may use.
    pub aliases: Vec<Key>,
    /// The name shown to people.
    pub name: String,
    /// What sort of actor it is.
    pub kind: PrincipalKind,
    /// The platform it acts on.
    pub platform: Platform,
    /// Its tenant.
    pub tenant: Option<TenantId>,
    /// Who is responsible for it.
    pub owner: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// When somebody looked last at whether it is still needed.
    pub last_review: Option<Timestamp>,
    /// Tags.
    pub tags: Vec<(String, String)>,
    /// Named by an export that does not describe it: its rights are unknown.
    pub is_stub: bool,
    /// Where it was read.
    pub evidence: EvidenceList,
}
