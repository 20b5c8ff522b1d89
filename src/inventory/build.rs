//! From records to linked tables.
//!
//! Records of one key are one thing: the first value of a field wins (in order of file and place), all evidence is
//! kept. A reference that nothing answers makes a stub: it is there, its rights are unknown, and a problem says so.

use super::label::Labels;
use super::{
    Credential, CredentialId, CredentialRecord, CredentialStatus, DeployGateRecord, EffortRule,
    Ended, Evidence, EvidenceId, Exempted, Exemption, Exposure, ExposureId, ExposureRecord, File,
    FileId, Hierarchy, Inventory, JobRecord, Key, LabelRule, Lifetime, LinkedDeployGate,
    LinkedRefRule, Listing, ListingRecord, Lying, LyingRecord, Policy, PolicyId, PolicyRecord,
    Principal, PrincipalId, PrincipalKind, PrincipalRecord, PublicAccess, PublicAccessOf,
    PublicAccessRecord, Record, RefRuleRecord, Resource, ResourceId, ResourceRecord, ReviewRecord,
    Reviewed, RiskRule, Scope, ScopeId, ScopeRecord, StatedFact, StatedFactId, StatedFactKey,
    StatedStep, StatedStepRecord, Table, Tenant, TenantId, TenantRecord, Terms, Usage, UsageRecord,
    UsedBy,
};
use crate::problem::{Problem, ProblemCode, Severity};
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

impl Inventory {
    /// Links `records` into tables. What is wrong among them is added to `problems`.
    ///
    /// Tables are in order of key, so that ids do not depend on the order of files. Takes `O(n log n)` for `n` records.
    pub fn build(
        files: Table<FileId, File>,
        records: Vec<Record>,
        as_of: Timestamp,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut sorted = Sorted::default();
        for record in records {
            sorted.add(record);
        }
        sorted.join_unnamed_credentials(problems, &files);
        let mut linker = Linker {
            inventory: Self {
                as_of,
                files,
                ..Self::default()
            },
            problems,
            evidence_ids: FxHashMap::default(),
            policy_by_key: FxHashMap::default(),
            credential_by_key: FxHashMap::default(),
            exposure_by_key: FxHashMap::default(),
            scope_by_key: FxHashMap::default(),
        };
        linker.link(sorted);
        linker.inventory
    }
}

/// Why a place may not give what was found there.
const DID_NOT_WORK: &str = "who found it tried it, and it did not work";

/// Records by word and key.
#[derive(Default)]
struct Sorted {
    tenants: BTreeMap<Key, Vec<TenantRecord>>,
    principals: BTreeMap<Key, Vec<PrincipalRecord>>,
    credentials: BTreeMap<Key, Vec<CredentialRecord>>,
    exposures: BTreeMap<Key, Vec<ExposureRecord>>,
    resources: BTreeMap<Key, Vec<ResourceRecord>>,
    policies: BTreeMap<Key, Vec<PolicyRecord>>,
    scopes: BTreeMap<Key, Vec<ScopeRecord>>,
    steps: Vec<StatedStepRecord>,
    listings: Vec<ListingRecord>,
    public_access: Vec<PublicAccessRecord>,
    ref_rules: BTreeMap<Key, RefRuleRecord>,
    deploy_gates: Vec<DeployGateRecord>,
    usages: Vec<UsageRecord>,
    reviews: Vec<ReviewRecord>,
    rules: Vec<LabelRule>,
    efforts: Vec<EffortRule>,
    risk_rules: Vec<RiskRule>,
    jobs: Vec<JobRecord>,
}

impl Sorted {
    fn add(&mut self, record: Record) {
        fn file<R>(rows: &mut BTreeMap<Key, Vec<R>>, key: &Key, record: R) {
            rows.entry(key.clone()).or_default().push(record);
        }
        match record {
            Record::Tenant(r) => file(&mut self.tenants, &r.key.clone(), r),
            Record::Principal(r) => file(&mut self.principals, &r.key.clone(), r),
            Record::Credential(r) => file(&mut self.credentials, &r.key.clone(), r),
            Record::Exposure(r) => file(&mut self.exposures, &r.key.clone(), r),
            Record::Resource(r) => file(&mut self.resources, &r.key.clone(), r),
            Record::Policy(r) => file(&mut self.policies, &r.key.clone(), r),
            Record::Scope(r) => file(&mut self.scopes, &r.key.clone(), r),
            Record::Step(r) => self.steps.push(r),
            Record::Listing(r) => self.listings.push(r),
            Record::PublicAccess(r) => self.public_access.push(r),
            Record::RefRule(r) => {
                self.ref_rules.entry(r.key.clone()).or_insert(r);
            }
            Record::DeployGate(r) => self.deploy_gates.push(r),
            Record::Usage(r) => self.usages.push(r),
            Record::Review(r) => self.reviews.push(r),
            Record::Labels(r) => self.rules.push(r),
            Record::Effort(r) => self.efforts.push(r),
            Record::Risk(r) => self.risk_rules.push(r),
            Record::Job(r) => self.jobs.push(r),
        }
    }

    fn principal_aliases(&self) -> FxHashMap<Key, Key> {
        let mut aliases = FxHashMap::default();
        for (key, records) in &self.principals {
            for alias in records.iter().flat_map(|record| &record.aliases) {
                aliases.entry(alias.clone()).or_insert_with(|| key.clone());
            }
        }
        aliases
    }

    /// A credential that an export knows by owner, kind and creation time only (a credential report's key slot) is the
    /// named one with the same three, when another export has that. Where all keys of the owner are listed and none
    /// fits, the slot is older or younger than the listing: it is dropped and reported, not counted twice.
    fn join_unnamed_credentials(
        &mut self,
        problems: &mut Vec<Problem>,
        files: &Table<FileId, File>,
    ) {
        let aliases = self.principal_aliases();
        let resolve = |key: &Key| aliases.get(key).unwrap_or(key).clone();
        let mut named = FxHashMap::default();
        let mut unnamed = Vec::new();
        for (key, records) in &self.credentials {
            let owner = records
                .iter()
                .find_map(|r| r.principal.as_ref())
                .map(resolve);
            let created = records.iter().find_map(|r| r.created);
            let (Some(owner), Some(first)) = (owner, records.first()) else {
                continue;
            };
            let is_named = records.iter().any(|r| r.identifier.is_some());
            // Reports give whole seconds, other exports may give fractions.
            let identity = (owner, first.kind, created.map(Timestamp::as_second));
            if is_named {
                named.entry(identity).or_insert_with(|| key.clone());
            } else if first.kind != super::CredentialKind::Password {
                unnamed.push((key.clone(), identity));
            }
        }
        for (key, identity) in unnamed {
            if let Some(same) = identity.2.and_then(|_| named.get(&identity)) {
                let moved = self.credentials.remove(&key).unwrap_or_default();
                for review in &mut self.reviews {
                    if review.of == Reviewed::Credential(key.clone()) {
                        review.of = Reviewed::Credential(same.clone());
                    }
                }
                self.credentials
                    .entry(same.clone())
                    .or_default()
                    .extend(moved);
                continue;
            }
            let is_listed = self.listings.iter().any(|listing| {
                listing.is_complete
                    && listing.kind == identity.1.name()
                    && listing.of.as_ref().map(resolve).as_ref() == Some(&identity.0)
            });
            if is_listed
                && let Some(record) = self.credentials.remove(&key).and_then(|mut r| r.pop())
            {
                problems.push(problem_at(
                    files,
                    &record.evidence,
                    Severity::Doubt,
                    ProblemCode::Contradiction,
                    format!(
                        "`{}` is in no listing of the keys of `{}`",
                        record.name, identity.0
                    ),
                    "export both at the same time",
                ));
            }
        }
    }
}

/// A problem about something that was read at `evidence`.
pub(super) fn problem_at(
    files: &Table<FileId, File>,
    evidence: &Evidence,
    severity: Severity,
    code: ProblemCode,
    message: String,
    help: &str,
) -> Problem {
    Problem {
        path: files[evidence.file].path.clone(),
        line: Some(evidence.line),
        pointer: evidence.pointer.to_string(),
        severity,
        code,
        message,
        help: help.to_owned(),
    }
}

/// The first value that any record has.
fn first<R, T>(records: &[R], field: impl Fn(&R) -> Option<T>) -> Option<T> {
    records.iter().find_map(field)
}

struct Linker<'p> {
    inventory: Inventory,
    problems: &'p mut Vec<Problem>,
    evidence_ids: FxHashMap<Evidence, EvidenceId>,
    policy_by_key: FxHashMap<Key, PolicyId>,
    credential_by_key: FxHashMap<Key, CredentialId>,
    exposure_by_key: FxHashMap<Key, ExposureId>,
    scope_by_key: FxHashMap<Key, ScopeId>,
}

impl Linker<'_> {
    fn link(&mut self, sorted: Sorted) {
        let labels = Labels::new(sorted.rules);
        self.inventory.efforts = sorted.efforts;
        self.inventory.risk_rules = sorted.risk_rules;
        self.tenants(sorted.tenants, &labels);
        self.principals(sorted.principals, &labels);
        self.resources(sorted.resources, &labels);
        self.policies(sorted.policies);
        self.credentials(sorted.credentials, &labels);
        self.exposures(sorted.exposures);
        self.scopes(sorted.scopes);
        self.inventory.link_jobs(sorted.jobs, self.problems);
        for step in sorted.steps {
            let step = self.stated_step(step);
            self.inventory.stated_steps.push(step);
        }
        for listing in sorted.listings {
            let listing = Listing {
                tenant: self.tenant(&listing.tenant),
                kind: listing.kind,
                of: listing.of,
                is_complete: listing.is_complete,
                evidence: self.evidence(&listing.evidence),
            };
            self.inventory.listings.push(listing);
        }
        for record in sorted.public_access {
            let (tenant, resource) = match record.of {
                PublicAccessOf::Tenant(tenant) => (tenant, None),
                PublicAccessOf::Resource { tenant, name } => (tenant, Some(name)),
            };
            let setting = PublicAccess {
                tenant: self.tenant(&tenant),
                resource,
                is_closed: record.is_closed,
                evidence: self.evidence(&record.evidence),
            };
            self.inventory.public_access.push(setting);
        }
        for rule in sorted.ref_rules.into_values() {
            let rule = self.ref_rule(rule);
            self.inventory.ref_rules.push(rule);
        }
        for gate in sorted.deploy_gates {
            let evidence = self.evidence(&gate.evidence);
            let gate = LinkedDeployGate {
                on: self.resource(&gate.on, evidence),
                reviewers: gate
                    .reviewers
                    .iter()
                    .map(|key| self.principal(key, evidence))
                    .collect(),
                is_self_review_prevented: gate.is_self_review_prevented,
                may_admins_bypass: gate.may_admins_bypass,
                refs: gate.refs,
                pattern: gate.pattern,
                others: gate.others,
                evidence,
            };
            self.inventory.deploy_gates.push(gate);
        }
        for usage in sorted.usages {
            self.usage(usage);
        }
        for review in sorted.reviews {
            self.review(&review);
        }
        // Stable: what is told twice stays in order of place.
        let usages = &mut self.inventory.usages;
        usages.sort_by(|a, b| (a.by, &a.of).cmp(&(b.by, &b.of)));
        self.inventory.labels = labels;
    }

    fn ref_rule(&mut self, rule: RefRuleRecord) -> LinkedRefRule {
        let evidence = self.evidence(&rule.evidence);
        let exempt = rule.exempt.map(|all| {
            all.into_iter()
                .map(|one| Exemption {
                    who: match one.who {
                        Exempted::Principal(key) => {
                            Exempted::Principal(self.principal(&key, evidence))
                        }
                        Exempted::Role(role) => Exempted::Role(role),
                        Exempted::Owners => Exempted::Owners,
                        Exempted::DeployKeys => Exempted::DeployKeys,
                    },
                    of: one.of,
                })
                .collect()
        });
        LinkedRefRule {
            on: self.resource(&rule.on, evidence),
            key: rule.key,
            name: rule.name,
            repositories: rule.repositories,
            refs: rule.refs,
            asks: rule.asks,
            is_protection: rule.is_protection,
            binds_admins: rule.binds_admins,
            exempt,
            evidence,
        }
    }

    /// What is told of something that no other export describes is no reason to think that it is there: it is said, and
    /// left out.
    fn usage(&mut self, record: UsageRecord) {
        let inventory = &self.inventory;
        let (by, word, key) = match &record.by {
            UsedBy::Principal(key) => {
                let id = inventory.principal_by_key(key).map(UsedBy::Principal);
                (id, "principal", key)
            }
            UsedBy::Policy(key) => {
                let id = self.policy_by_key.get(key).copied();
                (id.map(UsedBy::Policy), "policy", key)
            }
            UsedBy::Credential(key) => {
                let id = self.credential_by_key.get(key).copied();
                (id.map(UsedBy::Credential), "credential", key)
            }
        };
        let Some(by) = by else {
            self.problems.push(problem_at(
                &self.inventory.files,
                &record.evidence,
                Severity::Note,
                ProblemCode::MissingReference,
                format!("the use of {word} `{key}` is told, and no export describes it"),
                "it is gone since, or the export that describes it is missing",
            ));
            return;
        };
        let evidence = self.evidence(&record.evidence);
        self.inventory.usages.push(Usage {
            by,
            of: record.of,
            last: record.last,
            user: record.user,
            observed: record.observed,
            evidence,
        });
    }

    /// The latest review counts; one that is yet to come in this run does not.
    fn review(&mut self, record: &ReviewRecord) {
        let inventory = &mut self.inventory;
        if record.at > inventory.as_of {
            return;
        }
        let (last_review, word, key) = match &record.of {
            Reviewed::Principal(key) => {
                let id = inventory.principal_by_key(key);
                let row = id.map(|id| &mut inventory.principals[id].last_review);
                (row, "principal", key)
            }
            Reviewed::Credential(key) => {
                let id = self.credential_by_key.get(key).copied();
                let row = id.map(|id| &mut inventory.credentials[id].last_review);
                (row, "credential", key)
            }
        };
        match last_review {
            Some(last_review) => *last_review = (*last_review).max(Some(record.at)),
            None => self.problems.push(problem_at(
                &self.inventory.files,
                &record.evidence,
                Severity::Note,
                ProblemCode::MissingReference,
                format!("a review of {word} `{key}` is told, and no export describes it"),
                "it is gone since, or the export that describes it is missing",
            )),
        }
    }

    fn evidence(&mut self, evidence: &Evidence) -> EvidenceId {
        if let Some(&id) = self.evidence_ids.get(evidence) {
            return id;
        }
        let id = self.inventory.evidence.push(evidence.clone());
        self.evidence_ids.insert(evidence.clone(), id);
        id
    }

    fn evidence_of<R>(
        &mut self,
        records: &[R],
        place: impl Fn(&R) -> &Evidence,
    ) -> Vec<EvidenceId> {
        let mut list = Vec::with_capacity(records.len());
        for record in records {
            let id = self.evidence(place(record));
            if !list.contains(&id) {
                list.push(id);
            }
        }
        list
    }

    /// The first file that `evidence` names, for path rules.
    fn path_of(&self, evidence: &[EvidenceId]) -> String {
        evidence.first().map_or_else(String::new, |&id| {
            let file = self.inventory.evidence[id].file;
            self.inventory.files[file].path.to_string()
        })
    }

    fn tenants(&mut self, records: BTreeMap<Key, Vec<TenantRecord>>, labels: &Labels) {
        let mut parents: Vec<(Key, Key)> = Vec::new();
        for (key, records) in records {
            if let Some(parent) = self.parent(&records) {
                parents.push((key.clone(), parent));
            }
            let evidence = self.evidence_of(&records, |r| &r.evidence);
            let Some(one) = records.first() else { continue };
            let mut tenant = Tenant {
                key: key.clone(),
                platform: one.platform,
                identifier: one.identifier.clone(),
                name: first(&records, |r| r.name.clone()),
                environment: super::Label::default(),
                owner: first(&records, |r| r.owner.clone()),
                hierarchy: Hierarchy {
                    is_member: records.iter().any(|r| r.hierarchy.is_member),
                    organization: first(&records, |r| r.hierarchy.organization.clone()),
                    parent: None,
                    is_root: records.iter().any(|r| r.hierarchy.is_root),
                    is_management: records.iter().any(|r| r.hierarchy.is_management),
                    enforced: first(&records, |r| r.hierarchy.enforced.clone()),
                },
                evidence,
            };
            let stated = first(&records, |r| r.environment.clone());
            labels.label_tenant(&mut tenant, stated);
            let id = self.inventory.tenants.push(tenant);
            self.inventory.tenant_by_key.insert(key, id);
        }
        for (key, parent) in parents {
            let (id, parent) = (self.tenant(&key), self.tenant(&parent));
            self.inventory.tenants[id].hierarchy.parent = Some(parent);
        }
    }

    /// The one parent that all records name. Two are an organisation that changed between the exports: it is then not
    /// known where the tenant stands, and a problem says so.
    fn parent(&mut self, records: &[TenantRecord]) -> Option<Key> {
        let mut named = records
            .iter()
            .filter_map(|record| Some((record, record.hierarchy.parent.as_ref()?)));
        let (_, parent) = named.next()?;
        let Some((record, other)) = named.find(|(_, other)| *other != parent) else {
            return Some(parent.clone());
        };
        let problem = problem_at(
            &self.inventory.files,
            &record.evidence,
            Severity::Doubt,
            ProblemCode::Contradiction,
            format!(
                "`{}` stands below `{parent}` and below `{other}`",
                record.key
            ),
            "export the organisation again, all of it at the same time",
        );
        self.problems.push(problem);
        None
    }

    /// The tenant of that key; one that no record describes is made from the key's last part.
    fn tenant(&mut self, key: &Key) -> TenantId {
        if let Some(&id) = self.inventory.tenant_by_key.get(key) {
            return id;
        }
        let identifier = key.rsplit(':').next().unwrap_or(key).to_owned();
        let id = self.inventory.tenants.push(Tenant {
            key: key.clone(),
            platform: "unknown",
            identifier,
            name: None,
            environment: super::Label::default(),
            owner: None,
            hierarchy: Hierarchy::default(),
            evidence: Vec::new(),
        });
        self.inventory.tenant_by_key.insert(key.clone(), id);
        id
    }

    fn principals(&mut self, records: BTreeMap<Key, Vec<PrincipalRecord>>, labels: &Labels) {
        for (key, records) in records {
            let evidence = self.evidence_of(&records, |r| &r.evidence);
            let Some(one) = records.first() else { continue };
            let mut aliases: Vec<Key> = records.iter().flat_map(|r| r.aliases.clone()).collect();
            aliases.sort_unstable();
            aliases.dedup();
            let tenant = first(&records, |r| r.tenant.clone()).map(|key| self.tenant(&key));
            let mut principal = Principal {
                key: key.clone(),
                aliases: aliases.clone(),
                name: one.name.clone(),
                kind: records
                    .iter()
                    .map(|r| r.kind)
                    .find(|&kind| kind != PrincipalKind::Unknown)
                    .unwrap_or(PrincipalKind::Unknown),
                platform: one.platform,
                tenant,
                owner: first(&records, |r| r.owner.clone()),
                created: first(&records, |r| r.created),
                last_used: records.iter().filter_map(|r| r.last_used).max(),
                last_review: None,
                tags: records
                    .iter()
                    .map(|r| &r.tags)
                    .find(|tags| !tags.is_empty())
                    .cloned()
                    .unwrap_or_default(),
                is_stub: false,
                evidence,
            };
            let path = self.path_of(&principal.evidence);
            labels.label_principal(
                &mut principal,
                tenant.map(|id| &self.inventory.tenants[id]),
                &path,
                self.inventory.as_of,
            );
            let id = self.inventory.principals.push(principal);
            for name in std::iter::once(key).chain(aliases) {
                self.inventory.principal_by_key.entry(name).or_insert(id);
            }
        }
    }

    /// The principal of that key or alias; one that no export describes becomes a stub.
    fn principal(&mut self, key: &Key, evidence: EvidenceId) -> PrincipalId {
        if let Some(&id) = self.inventory.principal_by_key.get(key) {
            return id;
        }
        let id = self.inventory.principals.push(Principal {
            key: key.clone(),
            aliases: Vec::new(),
            name: key.to_string(),
            kind: PrincipalKind::Unknown,
            platform: "unknown",
            tenant: None,
            owner: None,
            created: None,
            last_used: None,
            last_review: None,
            tags: Vec::new(),
            is_stub: true,
            evidence: vec![evidence],
        });
        self.inventory.principal_by_key.insert(key.clone(), id);
        self.missing(evidence, "principal", key);
        id
    }

    fn missing(&mut self, evidence: EvidenceId, word: &str, key: &str) {
        let place = self.inventory.evidence[evidence].clone();
        self.problems.push(problem_at(
            &self.inventory.files,
            &place,
            Severity::Doubt,
            ProblemCode::MissingReference,
            format!("{word} `{key}` is named here and described by no export"),
            "add the export that describes it: until then its rights are unknown",
        ));
    }

    fn resources(&mut self, records: BTreeMap<Key, Vec<ResourceRecord>>, labels: &Labels) {
        for (key, records) in records {
            let evidence = self.evidence_of(&records, |r| &r.evidence);
            let Some(one) = records.first() else { continue };
            let mut aliases: Vec<Key> = records.iter().flat_map(|r| r.aliases.clone()).collect();
            aliases.sort_unstable();
            aliases.dedup();
            let tenant = first(&records, |r| r.tenant.clone()).map(|key| self.tenant(&key));
            let mut resource = Resource {
                name: one.name.clone(),
                aliases: aliases.clone(),
                tenant,
                owner: first(&records, |r| r.owner.clone()),
                tags: records
                    .iter()
                    .map(|r| &r.tags)
                    .find(|tags| !tags.is_empty())
                    .cloned()
                    .unwrap_or_default(),
                encryption_key: first(&records, |r| r.encryption_key.clone()),
                evidence,
                ..Resource::new(key.clone(), one.kind.clone(), one.platform)
            };
            let stated = (
                first(&records, |r| r.environment.clone()),
                first(&records, |r| r.sensitivity),
            );
            let path = self.path_of(&resource.evidence);
            labels.label_resource(
                &mut resource,
                tenant.map(|id| &self.inventory.tenants[id]),
                stated,
                &path,
            );
            let id = self.inventory.resources.push(resource);
            for name in std::iter::once(key).chain(aliases) {
                self.inventory.resource_by_key.entry(name).or_insert(id);
            }
        }
    }

    /// The resource of that key or alias; one that no export describes becomes a stub.
    fn resource(&mut self, key: &Key, evidence: EvidenceId) -> ResourceId {
        if let Some(&id) = self.inventory.resource_by_key.get(key) {
            return id;
        }
        let id = self.inventory.resources.push(Resource {
            is_stub: true,
            evidence: vec![evidence],
            ..Resource::new(key.clone(), "unknown".to_owned(), "unknown")
        });
        self.inventory.resource_by_key.insert(key.clone(), id);
        self.missing(evidence, "resource", key);
        id
    }

    fn policies(&mut self, records: BTreeMap<Key, Vec<PolicyRecord>>) {
        for (key, records) in records {
            let evidence = self.evidence_of(&records, |r| &r.evidence);
            let Some(one) = records.first() else { continue };
            let tenant = first(&records, |r| r.tenant.clone()).map(|key| self.tenant(&key));
            let id = self.inventory.policies.push(Policy {
                key: key.clone(),
                name: one.name.clone(),
                tenant,
                versions: first(&records, |r| r.versions),
                guardrail: first(&records, |r| r.guardrail),
                is_missing: false,
                evidence,
            });
            self.policy_by_key.insert(key, id);
        }
    }

    /// The policy of that key; one that no export holds is missing, and what it grants is unknown.
    fn policy(&mut self, key: &Key, evidence: EvidenceId) -> PolicyId {
        if let Some(&id) = self.policy_by_key.get(key) {
            return id;
        }
        let id = self.inventory.policies.push(Policy {
            key: key.clone(),
            name: key.rsplit('/').next().unwrap_or(key).to_owned(),
            tenant: None,
            versions: None,
            guardrail: None,
            is_missing: true,
            evidence: vec![evidence],
        });
        self.policy_by_key.insert(key.clone(), id);
        self.missing(evidence, "policy", key);
        id
    }

    fn credentials(&mut self, records: BTreeMap<Key, Vec<CredentialRecord>>, labels: &Labels) {
        for (key, records) in records {
            let evidence = self.evidence_of(&records, |r| &r.evidence);
            let (Some(one), Some(&place)) = (records.first(), evidence.first()) else {
                continue;
            };
            let principal =
                first(&records, |r| r.principal.clone()).map(|key| self.principal(&key, place));
            let is_known = |r: &&CredentialRecord| r.kind != super::CredentialKind::Unknown;
            let statuses = || records.iter().map(|r| r.status);
            let status = if statuses().any(|s| s == CredentialStatus::Active) {
                CredentialStatus::Active
            } else if statuses().any(|s| s == CredentialStatus::Inactive) {
                CredentialStatus::Inactive
            } else {
                CredentialStatus::Unknown
            };
            let mut credential = Credential {
                key: key.clone(),
                name: records
                    .iter()
                    .find(|r| r.identifier.is_some())
                    .or_else(|| records.iter().find(is_known))
                    .unwrap_or(one)
                    .name
                    .clone(),
                kind: records.iter().find(is_known).unwrap_or(one).kind,
                identifier: first(&records, |r| r.identifier.clone()),
                principal,
                status,
                lifetime: records
                    .iter()
                    .map(|r| r.lifetime)
                    .find(|&lifetime| lifetime != Lifetime::Unknown)
                    .unwrap_or(Lifetime::Unknown),
                created: first(&records, |r| r.created),
                expires: first(&records, |r| r.expires),
                last_used: records.iter().filter_map(|r| r.last_used).max(),
                last_review: None,
                second_factor: first(&records, |r| r.second_factor.clone()),
                evidence,
            };
            let path = self.path_of(&credential.evidence);
            let tenant = principal.and_then(|id| self.inventory.principals[id].tenant);
            labels.label_credential(
                &mut credential,
                tenant.map(|id| &self.inventory.tenants[id]),
                &path,
                self.inventory.as_of,
            );
            let id = self.inventory.credentials.push(credential);
            self.credential_by_key.insert(key, id);
        }
    }

    /// The credential of that key; one that only a reference names is made from it.
    fn credential(&mut self, key: &Key, evidence: EvidenceId) -> CredentialId {
        if let Some(&id) = self.credential_by_key.get(key) {
            return id;
        }
        let id = self.inventory.credentials.push(Credential {
            key: key.clone(),
            name: key.rsplit([':', '#']).next().unwrap_or(key).to_owned(),
            kind: super::CredentialKind::Unknown,
            identifier: None,
            principal: None,
            status: CredentialStatus::Unknown,
            lifetime: Lifetime::Unknown,
            created: None,
            expires: None,
            last_used: None,
            last_review: None,
            second_factor: None,
            evidence: vec![evidence],
        });
        self.credential_by_key.insert(key.clone(), id);
        self.missing(evidence, "credential", key);
        id
    }

    fn exposures(&mut self, records: BTreeMap<Key, Vec<ExposureRecord>>) {
        for (key, records) in records {
            let evidence = self.evidence_of(&records, |r| &r.evidence);
            let (Some(one), Some(&place)) = (records.first(), evidence.first()) else {
                continue;
            };
            let resource =
                first(&records, |r| r.resource.clone()).map(|key| self.resource(&key, place));
            let mut holders: Vec<PrincipalId> = records
                .iter()
                .filter_map(|r| r.holder.clone())
                .map(|key| self.principal(&key, place))
                .collect();
            holders.sort_unstable();
            holders.dedup();
            let mut lying: Vec<Lying> = Vec::new();
            let mut ended: Vec<Ended> = Vec::new();
            for record in records.iter().flat_map(|r| &r.lying) {
                let evidence = self.evidence(&record.evidence);
                let credential = self.credential(&record.credential, evidence);
                let mut record = record.clone();
                if let Some(rotated) = self.rotated_since(credential, &mut record) {
                    ended.extend(record.sight.since.map(|since| Ended {
                        credential,
                        since,
                        rotated,
                        evidence,
                    }));
                    continue;
                }
                match lying
                    .iter_mut()
                    .find(|other| other.credential == credential)
                {
                    // Seen twice in one place: the surer sight counts.
                    Some(other) => {
                        if record.doubt.is_none() {
                            other.doubt = None;
                        }
                        other.sight = other.sight.and(record.sight);
                    }
                    None => lying.push(Lying {
                        credential,
                        name: record.name.clone(),
                        doubt: record.doubt.clone(),
                        sight: record.sight,
                        evidence,
                    }),
                }
            }
            for one in &mut lying {
                if one.sight.worked == Some(false) && one.doubt.is_none() {
                    one.doubt = Some(DID_NOT_WORK.to_owned());
                }
            }
            // A value that was seen here later still works.
            ended.retain(|old| !lying.iter().any(|one| one.credential == old.credential));
            for old in &ended {
                self.note_ended(&key, old);
            }
            let id = self.inventory.exposures.push(Exposure {
                key: key.clone(),
                name: one.name.clone(),
                kind: one.kind,
                resource,
                holders,
                lying,
                ended,
                evidence,
            });
            self.exposure_by_key.insert(key, id);
        }
    }

    /// When a credential got another value than the one that lies somewhere, if that is sure: it was rotated after that
    /// one was seen. Where the dates contradict each other, or what was found worked on a day that nobody tells, it stays
    /// and is doubted or reported.
    fn rotated_since(
        &mut self,
        credential: CredentialId,
        record: &mut LyingRecord,
    ) -> Option<Timestamp> {
        let one = &self.inventory.credentials[credential];
        let (since, rotated) = (record.sight.since?, one.created?);
        if rotated <= since {
            return None;
        }
        if !one.outlives_its_value() {
            let problem = problem_at(
                &self.inventory.files,
                &record.evidence,
                Severity::Doubt,
                ProblemCode::Contradiction,
                format!(
                    "`{}` was seen here on {since}, and was made on {rotated}: a new one has another id",
                    one.name
                ),
                "one of the dates is wrong (that of a commit is whatever its author says): it is taken to have leaked",
            );
            self.problems.push(problem);
            return None;
        }
        if record.sight.worked == Some(true) {
            let doubt = "it was rotated after it was seen here, and worked on a day that who tried it does not tell";
            record.doubt.get_or_insert_with(|| doubt.to_owned());
            return None;
        }
        Some(rotated)
    }

    /// Says that what was seen in a place is an old value.
    fn note_ended(&mut self, place: &Key, old: &Ended) {
        let evidence = self.inventory.evidence[old.evidence].clone();
        let name = &self.inventory.credentials[old.credential].name;
        let problem = problem_at(
            &self.inventory.files,
            &evidence,
            Severity::Note,
            ProblemCode::OldValue,
            format!(
                "`{name}` was seen in `{place}` on {}, and was rotated on {}: that leak has ended",
                old.since, old.rotated
            ),
            "if the new value was put there as well, scan again: a later finding counts",
        );
        self.problems.push(problem);
    }

    /// The exposure of that key; one that only a reference names is made from it.
    fn exposure(&mut self, key: &Key, evidence: EvidenceId) -> ExposureId {
        if let Some(&id) = self.exposure_by_key.get(key) {
            return id;
        }
        let id = self.inventory.exposures.push(Exposure {
            key: key.clone(),
            name: key.to_string(),
            kind: super::ExposureKind::Other,
            resource: None,
            holders: Vec::new(),
            lying: Vec::new(),
            ended: Vec::new(),
            evidence: vec![evidence],
        });
        self.exposure_by_key.insert(key.clone(), id);
        self.missing(evidence, "exposure", key);
        id
    }

    /// The principal as which a thing acts that is said to act as `named`: `named` itself, or as whom the thing of that
    /// name acts; `None` where that one acts as nobody.
    fn followed(&self, named: &Key, acting: &FxHashMap<Key, Key>) -> Option<Key> {
        let mut named = named;
        // Longer chains are none that any platform makes; the bound keeps a circle from turning for ever.
        for _ in 0..4 {
            if self.inventory.principal_by_key.contains_key(named) {
                return Some(named.clone());
            }
            match acting.get(named) {
                Some(next) => named = next,
                None => {
                    let is_thing = self.inventory.resource_by_key.contains_key(named);
                    return (!is_thing).then(|| named.clone());
                }
            }
        }
        None
    }

    fn scopes(&mut self, records: BTreeMap<Key, Vec<ScopeRecord>>) {
        let acting: FxHashMap<Key, Key> = records
            .values()
            .filter_map(|records| match &records.first()?.terms {
                Terms::RunsAs {
                    resource,
                    principal,
                } => Some((resource.clone(), principal.clone())),
                _ => None,
            })
            .collect();
        for (key, mut records) in records {
            let evidence = self.evidence_of(&records, |r| &r.evidence);
            let Some(&place) = evidence.first() else {
                continue;
            };
            let one = records.swap_remove(0);
            let terms = match one.terms {
                Terms::Statement { policy, statement } => Terms::Statement {
                    policy: self.policy(&policy, place),
                    statement,
                },
                Terms::Attachment {
                    policy,
                    principal,
                    is_inline,
                } => Terms::Attachment {
                    policy: self.policy(&policy, place),
                    principal: self.principal(&principal, place),
                    is_inline,
                },
                Terms::Version { version, policy } => Terms::Version {
                    version: self.policy(&version, place),
                    policy: self.policy(&policy, place),
                },
                Terms::Boundary { policy, principal } => Terms::Boundary {
                    policy: self.policy(&policy, place),
                    principal: self.principal(&principal, place),
                },
                Terms::Guardrail {
                    policy,
                    tenant,
                    kind,
                } => {
                    let policy = self.policy(&policy, place);
                    Terms::Guardrail {
                        policy,
                        tenant: self.tenant(&tenant),
                        kind: kind.or(self.inventory.policies[policy].guardrail),
                    }
                }
                Terms::Membership { member, group } => Terms::Membership {
                    member: self.principal(&member, place),
                    group: self.principal(&group, place),
                },
                Terms::Trust {
                    principal,
                    statement,
                } => Terms::Trust {
                    principal: self.principal(&principal, place),
                    statement,
                },
                Terms::ResourcePolicy {
                    resource,
                    statement,
                } => Terms::ResourcePolicy {
                    resource: self.resource(&resource, place),
                    statement,
                },
                Terms::RunsAs {
                    resource,
                    principal,
                } => {
                    let Some(principal) = self.followed(&principal, &acting) else {
                        continue;
                    };
                    Terms::RunsAs {
                        resource: self.resource(&resource, place),
                        principal: self.principal(&principal, place),
                    }
                }
                Terms::Deploys {
                    resource,
                    onto,
                    tags,
                } => Terms::Deploys {
                    resource: self.resource(&resource, place),
                    onto,
                    tags,
                },
                Terms::Session {
                    giver,
                    session,
                    role,
                    policies,
                } => Terms::Session {
                    giver: self.resource(&giver, place),
                    session: self.principal(&session, place),
                    role: self.principal(&role, place),
                    policies: policies
                        .iter()
                        .map(|policy| self.policy(policy, place))
                        .collect(),
                },
                Terms::Anchor {
                    anchor,
                    authority,
                    holder,
                } => Terms::Anchor {
                    anchor: self.resource(&anchor, place),
                    authority: authority.map(|key| self.resource(&key, place)),
                    holder: self.principal(&holder, place),
                },
                Terms::Drives { driver, driven } => Terms::Drives {
                    driver: self.principal(&driver, place),
                    driven: self.principal(&driven, place),
                },
                Terms::Software {
                    principal,
                    software,
                    publisher,
                    condition,
                    is_apart,
                } => Terms::Software {
                    principal: self.principal(&principal, place),
                    software,
                    publisher: publisher.map(|key| self.principal(&key, place)),
                    condition,
                    is_apart,
                },
                Terms::Approval { agent } => Terms::Approval {
                    agent: self.principal(&agent, place),
                },
                Terms::Grant {
                    principal,
                    resource,
                    access,
                    condition,
                } => Terms::Grant {
                    principal: self.principal(&principal, place),
                    resource: self.resource(&resource, place),
                    access,
                    condition,
                },
                Terms::Rule { role, rule } => Terms::Rule {
                    role: self.policy(&role, place),
                    rule,
                },
                Terms::Binding {
                    role,
                    subject,
                    namespace,
                } => Terms::Binding {
                    role: self.policy(&role, place),
                    subject: self.principal(&subject, place),
                    namespace,
                },
                Terms::Mapping { from, to } => Terms::Mapping {
                    from: self.principal(&from, place),
                    to: self.principal(&to, place),
                },
                Terms::Runs {
                    workload,
                    of,
                    host,
                    asks,
                } => Terms::Runs {
                    workload: self.principal(&workload, place),
                    of: self.resource(&of, place),
                    host: host.map(|key| self.resource(&key, place)),
                    asks,
                },
                Terms::Permission {
                    holder,
                    on,
                    name,
                    condition,
                } => Terms::Permission {
                    holder: self.principal(&holder, place),
                    on: on.map(|key| self.resource(&key, place)),
                    name,
                    condition,
                },
                Terms::Bears {
                    principal,
                    issuer,
                    subject,
                    audience,
                    condition,
                } => Terms::Bears {
                    principal: self.principal(&principal, place),
                    issuer,
                    subject,
                    audience,
                    condition,
                },
                Terms::Stated => Terms::Stated,
            };
            let id = self.inventory.scopes.push(Scope {
                key: key.clone(),
                name: one.name,
                terms,
                evidence,
            });
            self.scope_by_key.insert(key, id);
        }
    }

    fn stated_fact(&mut self, fact: &StatedFactKey, evidence: EvidenceId) -> StatedFactId {
        match fact {
            StatedFact::Exposure(key) => StatedFact::Exposure(self.exposure(key, evidence)),
            StatedFact::Credential(key) => StatedFact::Credential(self.credential(key, evidence)),
            StatedFact::Principal(key) => StatedFact::Principal(self.principal(key, evidence)),
            StatedFact::Access(key, access) => {
                StatedFact::Access(self.resource(key, evidence), *access)
            }
        }
    }

    fn stated_step(&mut self, step: StatedStepRecord) -> StatedStep {
        // Stated steps are many and each has a place of its own: no look-up for equal places.
        let evidence = self.inventory.evidence.push(step.evidence);
        let scope = step.scope.map(|key| match self.scope_by_key.get(&key) {
            Some(&id) => id,
            None => {
                let id = self.inventory.scopes.push(Scope {
                    name: key.to_string(),
                    key: key.clone(),
                    terms: Terms::Stated,
                    evidence: vec![evidence],
                });
                self.scope_by_key.insert(key, id);
                id
            }
        });
        StatedStep {
            needs: step
                .needs
                .iter()
                .map(|need| self.stated_fact(need, evidence))
                .collect(),
            gain: self.stated_fact(&step.gain, evidence),
            technique: step.technique,
            scope,
            condition: step.condition,
            evidence,
        }
    }
}
