//! Scopes: revocable grants, as exported. A scope that says who may become whom is a trust.

use super::{
    Access, AccessRule, Evidence, EvidenceList, Key, PolicyId, PrincipalId, ResourceId, Statement,
    TenantId,
};

/// What sort of limit an organisation sets on its tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardrailKind {
    /// On what the principals of the tenant may do, wherever.
    Principals,
    /// On what anybody may do to the resources of the tenant.
    Resources,
}

impl GuardrailKind {
    /// The kind under which a tenant's guardrails are listed.
    pub fn listing(self) -> &'static str {
        match self {
            Self::Principals => "principal-guardrail",
            Self::Resources => "resource-guardrail",
        }
    }
}

/// A named bundle of statements, as one export states it.
#[derive(Debug, Clone)]
pub struct PolicyRecord {
    /// Stable key: the policy's ARN; for an inline policy `PRINCIPAL-KEY#inline/NAME`; for a version that is not the
    /// default `POLICY-KEY#version/ID`.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// Key of its tenant; `None` for one that the vendor ships.
    pub tenant: Option<Key>,
    /// How many versions of it are kept, where the platform keeps any.
    pub versions: Option<usize>,
    /// What it limits; `None` for a policy that may grant.
    pub guardrail: Option<GuardrailKind>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A named bundle of statements.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Stable key.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// Its tenant.
    pub tenant: Option<TenantId>,
    /// How many versions of it are kept, where the platform keeps any.
    pub versions: Option<usize>,
    /// What it limits; `None` for a policy that may grant.
    pub guardrail: Option<GuardrailKind>,
    /// Referred to, and in no export: what it grants is unknown.
    pub is_missing: bool,
    /// Where it was read.
    pub evidence: EvidenceList,
}

/// What a tag must be: of that key, of that value, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagTest {
    /// The key; `None`: any.
    pub key: Option<String>,
    /// The value; `None`: any.
    pub value: Option<String>,
}

impl TagTest {
    /// Whether one of `tags` fits.
    pub fn is_borne(&self, tags: &[(String, String)]) -> bool {
        tags.iter().any(|(key, value)| {
            self.key.as_ref().is_none_or(|own| own == key)
                && self.value.as_ref().is_none_or(|own| own == value)
        })
    }
}

/// What a scope grants. `O`, `R`, `P` and `T` are how policies, resources, principals and tenants are named: keys in an
/// export, ids in the inventory.
#[derive(Debug, Clone)]
pub enum Terms<O, R, P, T> {
    /// One statement of a policy: whoever the policy is bound to may do (or is denied) that.
    Statement {
        /// The policy it is part of.
        policy: O,
        /// The statement.
        statement: Statement,
    },
    /// A policy is bound to a principal.
    Attachment {
        /// The policy.
        policy: O,
        /// The user, role or group.
        principal: P,
        /// Part of the principal itself: it cannot be detached, only deleted.
        is_inline: bool,
    },
    /// An older version of a policy is kept: it grants nothing until somebody makes it the default again.
    Version {
        /// The version, with statements of its own.
        version: O,
        /// The policy that it is a version of.
        policy: O,
    },
    /// A policy bounds what a principal may do.
    Boundary {
        /// The policy.
        policy: O,
        /// The user or role.
        principal: P,
    },
    /// An organisation attaches a policy to a tenant: it limits, and never grants.
    Guardrail {
        /// The policy.
        policy: O,
        /// The tenant; those below it are limited too.
        tenant: T,
        /// What it limits; `None` where no export says.
        kind: Option<GuardrailKind>,
    },
    /// A principal is a member of a group.
    Membership {
        /// The member.
        member: P,
        /// The group.
        group: P,
    },
    /// A statement of a principal's trust policy: who may become it.
    Trust {
        /// Who is become.
        principal: P,
        /// The statement.
        statement: Statement,
    },
    /// A statement of a resource's own policy.
    ResourcePolicy {
        /// The resource.
        resource: R,
        /// The statement.
        statement: Statement,
    },
    /// Software on a resource acts as a principal: a function's role, an instance's profile.
    RunsAs {
        /// The function, instance, container.
        resource: R,
        /// The principal it acts as; in an export it may be another such resource, as which it then acts.
        principal: P,
    },
    /// Software that is put on a resource goes onto all others of a type, in its tenant and region, that bear tags.
    Deploys {
        /// The deployment group.
        resource: R,
        /// The type of what it goes onto.
        onto: &'static str,
        /// Each of these must be borne; a tag that any of its tests fits.
        tags: Vec<Vec<TagTest>>,
    },
    /// Whom it lets in is given a session of a role, within policies of the session's own.
    Session {
        /// What gives it: a profile of IAM Roles Anywhere.
        giver: R,
        /// The session; the role itself where no policies limit it.
        session: P,
        /// The role.
        role: P,
        /// The policies: one must allow as well, and none may deny.
        policies: Vec<O>,
    },
    /// A trust anchor: whoever holds a certificate of its authority is taken for a principal.
    Anchor {
        /// The anchor.
        anchor: R,
        /// The authority, where it is a resource.
        authority: Option<R>,
        /// The principal.
        holder: P,
    },
    /// A principal starts or drives another one: an assistant its MCP server.
    Drives {
        /// Who drives.
        driver: P,
        /// Who is driven.
        driven: P,
    },
    /// What a server starts as: a package, an image, or something at an address.
    Software {
        /// The server; the assistant itself for a tool that is built into it.
        principal: P,
        /// Its name, with where it comes from: `npm:NAME`, `pypi:NAME`, `oci:NAME`, `url:HOST`, `tool:NAME`.
        software: String,
        /// Who decides what runs at the next start; `None` where an exact version is named, or nothing is fetched.
        publisher: Option<P>,
        /// On what it hangs that the next start takes what was published last; `None` where it surely does.
        condition: Option<String>,
        /// Whether it runs apart from the files of its user: in a container, or elsewhere.
        is_apart: bool,
    },
    /// An assistant, or one of its servers, is let act without a person's approval.
    Approval {
        /// The assistant or server.
        agent: P,
    },
    /// A principal has an access to a resource, as an export says outright.
    Grant {
        /// Who has it.
        principal: P,
        /// To what.
        resource: R,
        /// Which one.
        access: Access,
        /// On what it hangs that the export does not tell.
        condition: Option<String>,
    },
    /// One rule of a role: whoever the role is bound to may do that, where it is bound.
    Rule {
        /// The role.
        role: O,
        /// The rule.
        rule: AccessRule,
    },
    /// A role is bound to a principal.
    Binding {
        /// The role.
        role: O,
        /// The user, group or service account.
        subject: P,
        /// The only part of the tenant in which it holds (a namespace of a cluster); `None`: all of it.
        namespace: Option<String>,
    },
    /// A platform takes a principal, of its own or of another platform, for one of its own: an entry in its list of
    /// whom it lets in.
    Mapping {
        /// Who is taken.
        from: P,
        /// For whom.
        to: P,
    },
    /// A workload runs the code of something on a host: a pod of a deployment on a node.
    Runs {
        /// The running code.
        workload: P,
        /// Whose code it is; the workload's own resource where nothing else made it.
        of: R,
        /// Where it runs, if it does.
        host: Option<R>,
        /// What its manifest asks for beyond an ordinary container, in the platform's words: `privileged`,
        /// `hostPath:/var/run`.
        asks: Vec<String>,
    },
    /// A permission in the platform's own words: `contents:write`, `role:maintain`, `okta.users.manage`. Nothing is
    /// evaluated here.
    Permission {
        /// Who has it.
        holder: P,
        /// On what, with all that stands below it; `None`: on all of the holder's tenant.
        on: Option<R>,
        /// Its name.
        name: String,
        /// On what it hangs that the export does not tell.
        condition: Option<String>,
    },
    /// A principal can obtain tokens of an issuer: what is said by the side that is trusted, where
    /// [`Federation`](super::Federation) is said by the side that trusts.
    Bears {
        /// Who can.
        principal: P,
        /// The issuer without its scheme.
        issuer: String,
        /// Which subjects the tokens may have, each of them at the bearer's choice: a glob of `*`, `?` and
        /// [`SEGMENT`](crate::pattern::SEGMENT), exact in case.
        subject: String,
        /// For which audience, as a glob; `None`: at the bearer's choice.
        audience: Option<String>,
        /// On what it hangs that the export does not tell.
        condition: Option<String>,
    },
    /// A grant in the words of an export that has no reader of its own; its steps are stated beside it.
    Stated,
}

/// A scope as one export states it. Keys are unique: a second record of a key adds only its evidence.
#[derive(Debug, Clone)]
pub struct ScopeRecord {
    /// Stable key: for a statement `POLICY-KEY#SID-or-index`; for a trust `ROLE-ARN#trust/SID-or-index`.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// What it grants.
    pub terms: Terms<Key, Key, Key, Key>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A revocable grant.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Stable key.
    pub key: Key,
    /// The name shown to people.
    pub name: String,
    /// What it grants.
    pub terms: Terms<PolicyId, ResourceId, PrincipalId, TenantId>,
    /// Where it was read.
    pub evidence: EvidenceList,
}

impl Scope {
    /// The stable name of its kind.
    pub fn kind(&self) -> &'static str {
        match self.terms {
            Terms::Statement { .. } => "statement",
            Terms::Attachment { .. } => "attachment",
            Terms::Version { .. } => "version",
            Terms::Boundary { .. } => "boundary",
            Terms::Guardrail { .. } => "guardrail",
            Terms::Membership { .. } => "membership",
            Terms::Trust { .. } => "trust",
            Terms::ResourcePolicy { .. } => "resource-policy",
            Terms::RunsAs { .. } => "runs-as",
            Terms::Deploys { .. } => "deploys",
            Terms::Session { .. } => "session",
            Terms::Anchor { .. } => "anchor",
            Terms::Drives { .. } => "drives",
            Terms::Software { .. } => "software",
            Terms::Approval { .. } => "approval",
            Terms::Grant { .. } => "grant",
            Terms::Rule { .. } => "rule",
            Terms::Binding { .. } => "binding",
            Terms::Mapping { .. } => "mapping",
            Terms::Runs { .. } => "runs",
            Terms::Permission { .. } => "permission",
            Terms::Bears { .. } => "bears",
            Terms::Stated => "stated",
        }
    }
}
