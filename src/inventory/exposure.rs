//! Exposures: the places where credentials lie.

use super::{CredentialId, Evidence, EvidenceId, EvidenceList, Key, PrincipalId, ResourceId};
use jiff::Timestamp;

/// What sort of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExposureKind {
    /// A file in a repository, at a commit.
    RepositoryFile,
    /// Somebody's machine: all that lies in the files of theirs that were collected.
    Device,
    /// A file on somebody's machine.
    DeviceFile,
    /// The configuration of an MCP client.
    McpConfig,
    /// A CI variable or secret.
    CiVariable,
    /// A function's, container's or build's environment.
    WorkloadEnvironment,
    /// A secret store's entry.
    SecretStore,
    /// An object or file in storage.
    StoredObject,
    /// A layer of a container image.
    ImageLayer,
    /// What a CI job wrote.
    CiLog,
    /// A chat message, ticket or wiki page.
    Conversation,
    /// What others write and an agent reads: nothing lies there, and whoever writes there speaks to the agent.
    AgentInput,
    /// Some other place.
    Other,
}

impl ExposureKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 13] = [
        Self::RepositoryFile,
        Self::Device,
        Self::DeviceFile,
        Self::McpConfig,
        Self::CiVariable,
        Self::WorkloadEnvironment,
        Self::SecretStore,
        Self::StoredObject,
        Self::ImageLayer,
        Self::CiLog,
        Self::Conversation,
        Self::AgentInput,
        Self::Other,
    ];

    /// The stable name, as written in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::RepositoryFile => "repository-file",
            Self::Device => "device",
            Self::DeviceFile => "device-file",
            Self::McpConfig => "mcp-config",
            Self::CiVariable => "ci-variable",
            Self::WorkloadEnvironment => "workload-environment",
            Self::SecretStore => "secret-store",
            Self::StoredObject => "stored-object",
            Self::ImageLayer => "image-layer",
            Self::CiLog => "ci-log",
            Self::Conversation => "conversation",
            Self::AgentInput => "agent-input",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What is told of a credential in a place beside that it lies there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sight {
    /// Since when it lies there, as far as is known: the date of the commit or message, or when it was found first.
    pub since: Option<Timestamp>,
    /// Whether it worked when who found it tried it; `None` where nobody tried, or nothing came of it.
    pub worked: Option<bool>,
    /// Whether whoever likes can read the place, as far as who found it says so.
    pub is_public: bool,
    /// Whether somebody found it there who looks for what should not be there: a scanner. What only its own
    /// configuration shows lies there on purpose.
    pub is_found: bool,
}

impl Sight {
    /// What two sights of the same credential in the same place tell: the earliest time, and that it worked if it did
    /// once.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            since: self.since.into_iter().chain(other.since).min(),
            worked: self.worked.into_iter().chain(other.worked).max(),
            is_public: self.is_public || other.is_public,
            is_found: self.is_found || other.is_found,
        }
    }
}

/// That a credential lies in a place, as one export shows it.
#[derive(Debug, Clone)]
pub struct LyingRecord {
    /// Key of the credential.
    pub credential: Key,
    /// The name it has there: the variable, the scanner's rule.
    pub name: String,
    /// Why holding the place may not mean holding the credential (`only the key id was seen here, not its secret half`);
    /// `None` when it surely does.
    pub doubt: Option<String>,
    /// Since when, and whether it worked.
    pub sight: Sight,
    /// Where that was read.
    pub evidence: Evidence,
}

/// An exposure as one export states it. Records of one key are merged.
#[derive(Debug, Clone)]
pub struct ExposureRecord {
    /// Stable key: `repository-file:REPO/PATH@COMMIT`, `aws:function-environment:ARN`.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// What sort of place it is.
    pub kind: ExposureKind,
    /// Key of the resource whose readers read this place; `None` for a place outside every inventory (a laptop).
    pub resource: Option<Key>,
    /// Key of the principal that holds what lies here because it runs with it (an MCP server).
    pub holder: Option<Key>,
    /// The credentials that lie here.
    pub lying: Vec<LyingRecord>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// That a credential lies in a place.
#[derive(Debug, Clone)]
pub struct Lying {
    /// The credential.
    pub credential: CredentialId,
    /// The name it has there.
    pub name: String,
    /// Why holding the place may not mean holding the credential.
    pub doubt: Option<String>,
    /// Since when, and whether it worked.
    pub sight: Sight,
    /// Where that was read.
    pub evidence: EvidenceId,
}

/// That a credential lay in a place, with a value that it does not have any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The credential.
    pub credential: CredentialId,
    /// When its old value was seen there.
    pub since: Timestamp,
    /// When it got another.
    pub rotated: Timestamp,
    /// Where the old value was seen.
    pub evidence: EvidenceId,
}

/// A place where credentials lie.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// Stable key.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// What sort of place it is.
    pub kind: ExposureKind,
    /// The resource whose readers read this place.
    pub resource: Option<ResourceId>,
    /// The principals that run with what lies here.
    pub holders: Vec<PrincipalId>,
    /// The credentials that lie here.
    pub lying: Vec<Lying>,
    /// Those that lay here and have another value since.
    pub ended: Vec<Ended>,
    /// Where it was read.
    pub evidence: EvidenceList,
}

impl Exposure {
    /// Whether what lies here has leaked for good: taking it away from here takes it from nobody. It has where anybody can
    /// read the place, and where a scanner found it in what is handed on: a repository is cloned with its history, an
    /// image pulled with its layers, a log and a message are read, mailed and archived. On a machine or in a store that
    /// its owner reads alone it may still be cleared away.
    ///
    /// Source: GitHub Docs, "Removing sensitive data from a repository" (read 2026-11): of a secret the first step is to
    /// revoke or rotate it; clones and forks keep what is removed.
    pub fn has_leaked(&self, lying: &Lying) -> bool {
        let is_handed_on = matches!(
            self.kind,
            ExposureKind::RepositoryFile
                | ExposureKind::ImageLayer
                | ExposureKind::CiLog
                | ExposureKind::Conversation
        );
        lying.sight.is_public || (lying.sight.is_found && is_handed_on)
    }
}
