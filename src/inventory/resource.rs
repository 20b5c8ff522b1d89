//! Resources: what is reached, with the access gained.

use super::{Evidence, EvidenceList, Key, Label, Platform, TenantId};

/// The access gained on a resource. Each is a fact of its own; only [`Access::Admin`] implies the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Its existence and names are seen.
    List,
    /// Its content is read.
    Read,
    /// Its content is changed.
    Write,
    /// It is destroyed.
    Delete,
    /// Everything, the rights on it included.
    Admin,
}

impl Access {
    /// The ladder, weakest first.
    pub const LADDER: [Self; 5] = [
        Self::List,
        Self::Read,
        Self::Write,
        Self::Delete,
        Self::Admin,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Admin => "admin",
        }
    }

    /// The access of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::LADDER
            .into_iter()
            .find(|access| access.name() == name)
    }
}

/// How much harm access to a resource does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensitivity {
    /// Meant for everybody.
    Public,
    /// Meant for the company.
    Internal,
    /// Meant for few.
    Confidential,
    /// Regulated, or keys to other things.
    Restricted,
    /// A crown jewel.
    Crown,
}

impl Sensitivity {
    /// All levels, weakest first.
    pub const ALL: [Self; 5] = [
        Self::Public,
        Self::Internal,
        Self::Confidential,
        Self::Restricted,
        Self::Crown,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
            Self::Crown => "crown",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// A resource as one export states it. Records of one key are merged.
#[derive(Debug, Clone)]
pub struct ResourceRecord {
    /// Stable key: the ARN, or another name that no second resource has.
    pub key: Key,
    /// Other names that references may use: a secret's ARN without its suffix.
    pub aliases: Vec<Key>,
    /// The name shown to people.
    pub name: String,
    /// Its type in the platform's own words: `s3:bucket`, `lambda:function`, `secretsmanager:secret`.
    pub kind: String,
    /// The platform it belongs to.
    pub platform: Platform,
    /// Key of its tenant; `None` where no export says who owns it.
    pub tenant: Option<Key>,
    /// Tags, as exported.
    pub tags: Vec<(String, String)>,
    /// An encryption key without which access to the resource opens nothing.
    pub encryption_key: Option<String>,
    /// Its environment, where the export states it.
    pub environment: Option<String>,
    /// Its sensitivity, where the export states it.
    pub sensitivity: Option<Sensitivity>,
    /// Who is responsible for it, where the export states it.
    pub owner: Option<String>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A resource.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Stable key.
    pub key: Key,
    /// Other names that references may use.
    pub aliases: Vec<Key>,
    /// The name shown to people.
    pub name: String,
    /// Its type in the platform's own words.
    pub kind: String,
    /// The platform it belongs to.
    pub platform: Platform,
    /// Its tenant; `None`: no export says who owns it.
    pub tenant: Option<TenantId>,
    /// Tags.
    pub tags: Vec<(String, String)>,
    /// An encryption key without which access to the resource opens nothing.
    pub encryption_key: Option<String>,
    /// Its environment.
    pub environment: Label,
    /// How much harm access to it does.
    pub sensitivity: Sensitivity,
    /// Whether the sensitivity is assumed, and from what; `None` when the estate file or a tag states it.
    pub sensitivity_assumed: Option<String>,
    /// Who is responsible for it.
    pub owner: Option<String>,
    /// Named by a policy or a reference, listed by no export.
    pub is_stub: bool,
    /// Stands for every resource of its type that no export lists and a pattern covers.
    pub is_class: bool,
    /// Where it was read.
    pub evidence: EvidenceList,
}

/// Whether a type of resource stands for a whole tenant: an account, an organisation, a cluster of Kubernetes.
pub fn is_whole_tenant(kind: &str) -> bool {
    kind.ends_with(":organization")
        || kind.ends_with(":account")
        || matches!(kind, "kubernetes:cluster" | "eks:cluster")
}

impl Resource {
    /// A resource of which nothing but its name and type is known.
    pub fn new(key: Key, kind: String, platform: Platform) -> Self {
        Self {
            name: key.to_string(),
            key,
            aliases: Vec::new(),
            kind,
            platform,
            tenant: None,
            tags: Vec::new(),
            encryption_key: None,
            environment: Label::default(),
            sensitivity: Sensitivity::Internal,
            sensitivity_assumed: Some("nothing is known of it".to_owned()),
            owner: None,
            is_stub: false,
            is_class: false,
            evidence: Vec::new(),
        }
    }
}
