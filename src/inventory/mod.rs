//! The neutral register: one file per word. It knows no platform's rules and reads no files.
//!
//! Sources write [`Record`]s, in which things name each other by key; [`Inventory::build`] links them into tables, in
//! which things name each other by id. The order of the records decides nothing: they are sorted by file and place.

mod access_rule;
mod added;
mod build;
mod coverage;
mod covers;
mod credential;
mod effort;
mod evidence;
mod exposure;
mod federation;
mod ids;
mod job;
mod label;
mod listing;
mod principal;
mod public_access;
mod ref_rule;
mod resource;
mod review;
mod risk_rule;
mod scope;
mod stated;
mod statement;
mod tenant;
mod usage;

pub use access_rule::AccessRule;
pub use coverage::CoverageGap;
pub use covers::Unlisted;
pub use credential::{
    Credential, CredentialKind, CredentialRecord, CredentialStatus, Lifetime,
    service_credential_key,
};
pub use effort::EffortRule;
pub use evidence::{Covers, Evidence, EvidenceList, File};
pub use exposure::{Ended, Exposure, ExposureKind, ExposureRecord, Lying, LyingRecord, Sight};
pub use federation::Federation;
pub use ids::{
    CredentialId, EvidenceId, ExposureId, FileId, Id, PolicyId, PrincipalId, ResourceId, ScopeId,
    Table, TenantId,
};
pub use job::{Job, JobRecord, Uses, Within};
pub use label::{Label, LabelRule};
pub use listing::{Listing, ListingRecord};
pub use principal::{Principal, PrincipalKind, PrincipalRecord};
pub use public_access::{PublicAccess, PublicAccessOf, PublicAccessRecord};
pub use ref_rule::{
    Chosen, DeployGate, DeployGateRecord, DeployRefs, Exempted, Exemption, LinkedDeployGate,
    LinkedRefRule, RefRule, RefRuleRecord,
};
pub use resource::{Access, Resource, ResourceRecord, Sensitivity, is_whole_tenant};
pub use review::{ReviewRecord, Reviewed};
pub use risk_rule::{BandLimit, EnvironmentClass, Haunt, RiskRule, Theft};
pub use scope::{GuardrailKind, Policy, PolicyRecord, Scope, ScopeRecord, TagTest, Terms};
pub use stated::{StatedFact, StatedFactId, StatedFactKey, StatedStep, StatedStepRecord};
pub use statement::{Clause, Condition, Effect, PrincipalClause, Statement};
pub use tenant::{Hierarchy, Tenant, TenantRecord};
pub use usage::{LastUse, Usage, UsageRecord, Used, UsedBy};

use jiff::Timestamp;
use rustc_hash::FxHashMap;

/// A stable name by which records of different exports mean the same thing.
pub type Key = std::sync::Arc<str>;

/// The platform that something belongs to. Open: a name in lower case, `aws`, `github`, `stated`.
pub type Platform = &'static str;

/// One thing that a source read.
#[derive(Debug, Clone)]
pub enum Record {
    /// A tenant.
    Tenant(TenantRecord),
    /// A principal.
    Principal(PrincipalRecord),
    /// A credential.
    Credential(CredentialRecord),
    /// A place where credentials lie.
    Exposure(ExposureRecord),
    /// A resource.
    Resource(ResourceRecord),
    /// A named bundle of statements.
    Policy(PolicyRecord),
    /// A grant.
    Scope(ScopeRecord),
    /// A step stated outright.
    Step(StatedStepRecord),
    /// That a set is listed whole.
    Listing(ListingRecord),
    /// Whether resources may be public.
    PublicAccess(PublicAccessRecord),
    /// A rule about refs of repositories.
    RefRule(RefRuleRecord),
    /// What a deployment waits for.
    DeployGate(DeployGateRecord),
    /// When something was last used.
    Usage(UsageRecord),
    /// When something was last reviewed.
    Review(ReviewRecord),
    /// Labels from the estate file.
    Labels(LabelRule),
    /// What changes take, from the estate file.
    Effort(EffortRule),
    /// What the model of risk assumes, from the estate file.
    Risk(RiskRule),
    /// A job of a credential, from the estate file.
    Job(JobRecord),
}

/// All that the exports say, linked.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// The moment that counts as now.
    pub as_of: Timestamp,
    /// The files.
    pub files: Table<FileId, File>,
    /// The places.
    pub evidence: Table<EvidenceId, Evidence>,
    /// The tenants, in order of key, as all tables below are.
    pub tenants: Table<TenantId, Tenant>,
    /// The principals.
    pub principals: Table<PrincipalId, Principal>,
    /// The credentials.
    pub credentials: Table<CredentialId, Credential>,
    /// The exposures.
    pub exposures: Table<ExposureId, Exposure>,
    /// The resources; techniques may add classes and whole tenants at the end.
    pub resources: Table<ResourceId, Resource>,
    /// The policies.
    pub policies: Table<PolicyId, Policy>,
    /// The scopes.
    pub scopes: Table<ScopeId, Scope>,
    /// The stated steps, in order of place.
    pub stated_steps: Vec<StatedStep>,
    /// The listings, in order of place.
    pub listings: Vec<Listing>,
    /// Whether resources may be public, in order of place.
    pub public_access: Vec<PublicAccess>,
    /// Rules about refs of repositories, in order of key.
    pub ref_rules: Vec<LinkedRefRule>,
    /// What deployments wait for, in order of place.
    pub deploy_gates: Vec<LinkedDeployGate>,
    /// Identities of other issuers that trusts name.
    pub federations: Vec<Federation>,
    /// What is told of uses, in order of whose, of what and of place.
    pub usages: Vec<Usage>,
    /// What changes take, as the estate file says it; later ones win.
    pub efforts: Vec<EffortRule>,
    /// What the model of risk assumes, as the estate file says it; later ones win.
    pub risk_rules: Vec<RiskRule>,
    /// What credentials are used for, as the estate file says it, in order of credential and name.
    pub jobs: Vec<Job>,
    /// What acts as another one in some uses alone: nothing, unless a fix is weighed.
    pub within: Vec<Within>,
    labels: label::Labels,
    principal_by_key: FxHashMap<Key, PrincipalId>,
    resource_by_key: FxHashMap<Key, ResourceId>,
    tenant_by_key: FxHashMap<Key, TenantId>,
}

impl Inventory {
    /// The principal of that key or alias.
    pub fn principal_by_key(&self, key: &str) -> Option<PrincipalId> {
        self.principal_by_key.get(key).copied()
    }

    /// The resource of that key or alias.
    pub fn resource_by_key(&self, key: &str) -> Option<ResourceId> {
        self.resource_by_key.get(key).copied()
    }

    /// The tenant of that key.
    pub fn tenant_by_key(&self, key: &str) -> Option<TenantId> {
        self.tenant_by_key.get(key).copied()
    }

    /// `path:line` of a place.
    pub fn place(&self, evidence: EvidenceId) -> String {
        let evidence = &self.evidence[evidence];
        format!("{}:{}", self.files[evidence.file].path, evidence.line)
    }

    /// Whether some export lists every object of `kind` in `tenant`.
    pub fn is_listed(&self, tenant: TenantId, kind: &str) -> bool {
        self.listings.iter().any(|listing| {
            listing.tenant == tenant
                && listing.kind == kind
                && listing.of.is_none()
                && listing.is_complete
        })
    }
}
