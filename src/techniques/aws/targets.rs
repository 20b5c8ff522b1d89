//! What requests are made on: roles, users and resources, with their own policies and what rules them out.

use super::Aws;
use super::accounts::with_principals;
use super::catalogue::{On, Unless};
use super::encrypted::own_key;
use super::holders::Holder;
use super::providers::pools;
use super::settings;
use crate::inventory::{
    CredentialId, CredentialKind, CredentialStatus, Effect, EvidenceId, ExposureId, Inventory,
    PolicyId, PrincipalClause, PrincipalId, PrincipalKind, ResourceId, ScopeId, Statement,
    TenantId, Terms,
};
use crate::platforms::aws::{SEGMENT, Verdict};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What an instance's role needs so that a session can be opened on the instance.
///
/// Source: Systems Manager User Guide, "ssmmessages API operations".
pub(super) const SSM_CHANNEL: &str = "ssmmessages:CreateControlChannel";

/// The resource types that rights may speak of beyond what exports list, with the ARN of all of them.
const CLASSES: [(&str, &str, &str); 6] = [
    ("s3:bucket", "arn:{partition}:s3:::*", "buckets"),
    (
        "secretsmanager:secret",
        "arn:{partition}:secretsmanager:*:{account}:secret:*",
        "secrets",
    ),
    (
        "ssm:parameter",
        "arn:{partition}:ssm:*:{account}:parameter/*",
        "Systems Manager parameters",
    ),
    ("sqs:queue", "arn:{partition}:sqs:*:{account}:*", "queues"),
    ("sns:topic", "arn:{partition}:sns:*:{account}:*", "topics"),
    (
        "ecr:repository",
        "arn:{partition}:ecr:*:{account}:repository/*",
        "image repositories",
    ),
];

/// Adds, for every account whose export does not list them, a class that stands for all resources of a type.
pub(in crate::techniques) fn add_classes(inventory: &mut Inventory) {
    // A broken catalogue is said where techniques are derived.
    let catalogue = super::catalogue::catalogue().ok();
    let spoken = catalogue
        .as_ref()
        .map(|catalogue| super::spoken::spoken(inventory, catalogue))
        .unwrap_or_default();
    for (tenant, (evidence, partition)) in with_principals(inventory) {
        let account = inventory.tenants[tenant].identifier.clone();
        let spoken = spoken.get(&tenant).into_iter().flatten();
        let spoken = spoken.map(|class| (class.kind.as_str(), &*class.arn, &*class.plural));
        for (kind, arn, plural) in CLASSES.into_iter().chain(spoken) {
            if inventory.is_listed(tenant, kind) {
                continue;
            }
            let arn = arn
                .replace("{partition}", &partition)
                .replace("{account}", &account);
            inventory.add_class(
                &format!("class:{account}:{arn}"),
                format!("{plural} of account {account} that no export lists"),
                kind,
                Some(tenant),
                evidence,
            );
        }
    }
}

/// Something that a request is made on.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Its ARN; a pattern for a class.
    pub(super) arn: String,
    pub(super) account: TenantId,
    pub(super) who: Option<PrincipalId>,
    pub(super) what: Option<ResourceId>,
    pub(super) policy: Option<PolicyId>,
    pub(super) is_class: bool,
    pub(super) is_encrypted: bool,
    /// Where it was read.
    pub(super) evidence: Option<EvidenceId>,
}

/// Whether a target can be acted on.
pub(super) enum Ruling {
    In,
    Out,
    Open(&'static str),
}

/// The policies and facts of targets.
pub(super) struct Targets {
    trusts: FxHashMap<PrincipalId, Vec<ScopeId>>,
    policies: FxHashMap<ResourceId, Vec<ScopeId>>,
    runs_as: FxHashMap<ResourceId, (ScopeId, PrincipalId)>,
    deploys: FxHashMap<ResourceId, Vec<ScopeId>>,
    settings: FxHashMap<ResourceId, Vec<ExposureId>>,
    access_keys: FxHashMap<PrincipalId, usize>,
    inactive_keys: FxHashMap<PrincipalId, Vec<CredentialId>>,
    /// The members of groups, by membership.
    members: FxHashMap<PrincipalId, Vec<(PrincipalId, ScopeId)>>,
    passwords: FxHashMap<PrincipalId, Option<String>>,
    /// Users whose access keys and password some export tells.
    reported: FxHashSet<PrincipalId>,
    /// The accounts with principals: a place where they are read, and their partitions.
    accounts: BTreeMap<TenantId, (EvidenceId, String)>,
}

impl Targets {
    pub(super) fn new(inventory: &Inventory) -> Self {
        let mut targets = Self {
            trusts: FxHashMap::default(),
            policies: FxHashMap::default(),
            runs_as: FxHashMap::default(),
            deploys: FxHashMap::default(),
            settings: FxHashMap::default(),
            access_keys: FxHashMap::default(),
            inactive_keys: FxHashMap::default(),
            members: FxHashMap::default(),
            passwords: FxHashMap::default(),
            reported: FxHashSet::default(),
            accounts: with_principals(inventory),
        };
        for (id, scope) in inventory.scopes.entries() {
            match scope.terms {
                Terms::Trust { principal, .. } => {
                    targets.trusts.entry(principal).or_default().push(id);
                }
                Terms::ResourcePolicy { resource, .. } => {
                    targets.policies.entry(resource).or_default().push(id);
                }
                Terms::RunsAs {
                    resource,
                    principal,
                } => {
                    targets.runs_as.insert(resource, (id, principal));
                }
                Terms::Deploys { resource, .. } => {
                    targets.deploys.entry(resource).or_default().push(id);
                }
                Terms::Membership { member, group } => {
                    targets.members.entry(group).or_default().push((member, id));
                }
                _ => {}
            }
        }
        for (resource, place) in settings::places(inventory) {
            targets.settings.entry(resource).or_default().push(place);
        }
        for (id, credential) in inventory.credentials.entries() {
            let Some(owner) = credential.principal else {
                continue;
            };
            match credential.kind {
                CredentialKind::AccessKey => {
                    *targets.access_keys.entry(owner).or_default() += 1;
                    if credential.status == CredentialStatus::Inactive {
                        targets.inactive_keys.entry(owner).or_default().push(id);
                    }
                }
                CredentialKind::Password => {
                    targets
                        .passwords
                        .insert(owner, credential.second_factor.clone());
                }
                _ => {}
            }
        }
        for (id, principal) in inventory.principals.entries() {
            let is_reported = principal.evidence.iter().any(|&place| {
                let file = inventory.evidence[place].file;
                inventory.files[file]
                    .sources
                    .contains(&"aws/credential_report")
            });
            if is_reported {
                targets.reported.insert(id);
            }
        }
        targets
    }

    /// The AWS accounts with principals, in order.
    pub(super) fn accounts(&self) -> Vec<TenantId> {
        self.accounts.keys().copied().collect()
    }

    pub(super) fn partition(&self, account: TenantId) -> &str {
        let account = self.accounts.get(&account);
        account.map_or("aws", |(_, partition)| partition)
    }

    /// A place where principals of an account were read.
    pub(super) fn place(&self, account: TenantId) -> Option<EvidenceId> {
        self.accounts.get(&account).map(|&(place, _)| place)
    }

    pub(super) fn runs_as(&self, resource: ResourceId) -> Option<(ScopeId, PrincipalId)> {
        self.runs_as.get(&resource).copied()
    }

    /// The members of a group, in order of membership, and by which.
    pub(super) fn members(&self, group: PrincipalId) -> &[(PrincipalId, ScopeId)] {
        self.members.get(&group).map_or(&[], Vec::as_slice)
    }

    /// A user's access keys that are switched off.
    pub(super) fn inactive_keys(&self, user: PrincipalId) -> &[CredentialId] {
        self.inactive_keys.get(&user).map_or(&[], Vec::as_slice)
    }

    /// The places in the settings of a resource.
    pub(super) fn settings(&self, resource: ResourceId) -> &[ExposureId] {
        self.settings.get(&resource).map_or(&[], Vec::as_slice)
    }

    /// The scopes that say onto what a resource deploys.
    pub(super) fn deploys(&self, resource: ResourceId) -> &[ScopeId] {
        self.deploys.get(&resource).map_or(&[], Vec::as_slice)
    }

    /// The scopes of a target's own policy.
    pub(super) fn policy(&self, target: &Target) -> Vec<ScopeId> {
        let of_role = target.who.and_then(|id| self.trusts.get(&id));
        let of_resource = target.what.and_then(|id| self.policies.get(&id));
        of_role.or(of_resource).cloned().unwrap_or_default()
    }

    /// The scopes of a role's trust policy.
    pub(super) fn trust(&self, role: PrincipalId) -> &[ScopeId] {
        self.trusts.get(&role).map_or(&[], Vec::as_slice)
    }

    /// Everything that a right can be on, in order of id.
    pub(super) fn of(&self, inventory: &Inventory, on: &On) -> Vec<Target> {
        let principals = |kind: PrincipalKind| {
            inventory
                .principals
                .entries()
                .filter(|(_, p)| p.kind == kind && p.platform == "aws" && !p.is_stub)
                .filter_map(|(id, principal)| {
                    Some(Target {
                        arn: principal.key.to_string(),
                        account: principal.tenant?,
                        who: Some(id),
                        what: None,
                        policy: None,
                        is_class: false,
                        is_encrypted: false,
                        evidence: principal.evidence.first().copied(),
                    })
                })
                .collect()
        };
        match on {
            On::Role => principals(PrincipalKind::Role),
            On::User => principals(PrincipalKind::User),
            On::Group => principals(PrincipalKind::Group),
            // Those that AWS ships have no account; inline policies are no targets of their own.
            On::Policy => inventory
                .policies
                .entries()
                .filter(|(_, policy)| policy.key.starts_with("arn:") && !policy.key.contains('#'))
                .filter_map(|(id, policy)| {
                    Some(Target {
                        arn: policy.key.to_string(),
                        account: policy.tenant?,
                        who: None,
                        what: None,
                        policy: Some(id),
                        is_class: false,
                        is_encrypted: false,
                        evidence: policy.evidence.first().copied(),
                    })
                })
                .collect(),
            On::Resource(kind) => inventory
                .resources
                .entries()
                .filter(|(_, resource)| resource.kind == *kind && !resource.is_stub)
                .filter_map(|(id, resource)| {
                    let account = resource.tenant?;
                    let class = format!("class:{}:", inventory.tenants[account].identifier);
                    Some(Target {
                        arn: match resource.key.strip_prefix(&class) {
                            Some(pattern) => pattern.replace('*', SEGMENT.encode_utf8(&mut [0; 4])),
                            None => resource.key.to_string(),
                        },
                        account,
                        who: None,
                        what: Some(id),
                        policy: None,
                        is_class: resource.is_class,
                        is_encrypted: own_key(resource).is_some(),
                        evidence: resource.evidence.first().copied(),
                    })
                })
                .collect(),
            On::SamlProvider => self.saml_providers(inventory),
            On::IdentityPool => self.identity_pools(inventory),
            On::IdentityPoolRole => {
                let is_trusting = |target: &Target| {
                    let trust = target.who.map(|role| self.trust(role)).unwrap_or_default();
                    pools(inventory, trust).next().is_some()
                };
                let mut roles = principals(PrincipalKind::Role);
                roles.retain(is_trusting);
                roles
            }
            On::New | On::Fixed | On::PassedRole => Vec::new(),
        }
    }
}

impl Aws<'_, '_, '_> {
    pub(super) fn ruling(&self, unless: Unless, target: &Target) -> Ruling {
        if unless == Unless::OwnPolicy {
            // What keeps out whatever the policy says stands beside it, and is no part of it.
            let is_own = |scope: &ScopeId| self.inventory.scopes[*scope].key.contains("#policy/");
            return match self.targets.policy(target).iter().any(is_own) {
                true => Ruling::Open("the target's own policy allows it too"),
                false => Ruling::In,
            };
        }
        if let (Unless::FiveVersions, Some(policy)) = (unless, target.policy) {
            return match self.inventory.policies[policy].versions {
                Some(5..) => Ruling::Open("one of the policy's five versions is deleted first"),
                _ => Ruling::In,
            };
        }
        let Some(who) = target
            .who
            .or_else(|| self.targets.runs_as(target.what?).map(|r| r.1))
        else {
            return Ruling::Out;
        };
        let password = self.targets.passwords.get(&who);
        let is_reported = self.targets.reported.contains(&who);
        match unless {
            // AWS owns service-linked roles and those of IAM Identity Center: their trust cannot be changed.
            Unless::Immutable => {
                let is_immutable = target.arn.contains(":role/aws-service-role/")
                    || target.arn.contains(":role/aws-reserved/");
                if is_immutable {
                    Ruling::Out
                } else {
                    Ruling::In
                }
            }
            Unless::TwoAccessKeys => match self.targets.access_keys.get(&who) {
                Some(2..) => Ruling::Out,
                _ if is_reported => Ruling::In,
                _ => Ruling::Open(
                    "the user has fewer than two access keys: no credential report tells",
                ),
            },
            Unless::FiveVersions | Unless::OwnPolicy => Ruling::In,
            Unless::Password => match password {
                Some(_) => Ruling::Out,
                None if is_reported => Ruling::In,
                None => Ruling::Open("the user has no password: no credential report tells"),
            },
            Unless::NoPassword => match password {
                Some(None) => Ruling::In,
                Some(Some(_)) => Ruling::Open("the user's MFA device"),
                None if is_reported => Ruling::Out,
                None => Ruling::Open("the user has a password: no credential report tells"),
            },
            Unless::NoSsmChannel => self.channel(who, target),
            Unless::NoBatchBuilds => match self.is_known_as(target, "aws:build-batch:") {
                true => Ruling::In,
                false => Ruling::Out,
            },
        }
    }

    /// Whether a service knows a target under a name of its own, which begins so.
    fn is_known_as(&self, target: &Target, beginning: &str) -> bool {
        target.what.is_some_and(|id| {
            let mut aliases = self.inventory.resources[id].aliases.iter();
            aliases.any(|alias| alias.starts_with(beginning))
        })
    }

    /// Whether Systems Manager has a channel into software that acts as `who`.
    ///
    /// Source: Systems Manager User Guide, "ssmmessages API operations", and Amazon ECS Developer Guide, "Monitor Amazon
    /// ECS containers with ECS Exec": ECS puts the agent into every task that can be entered.
    fn channel(&self, who: PrincipalId, target: &Target) -> Ruling {
        if self.is_known_as(target, "aws:managed-instance:") {
            return Ruling::In;
        }
        let has_agent = target
            .what
            .is_some_and(|id| self.inventory.resources[id].kind.starts_with("ecs:"));
        let action = self.actions.id(SSM_CHANNEL, None);
        let mut ruling = Ruling::Out;
        let Some(account) = self.inventory.principals[who].tenant else {
            return ruling;
        };
        for (area, _) in self.holders.ways(action, account, Holder::Principal(who)) {
            match (self.rights.area(area).admits("*"), has_agent) {
                (Verdict::Allowed, true) => return Ruling::In,
                (Verdict::Allowed, false) => {
                    return Ruling::Open("the SSM agent runs on the instance");
                }
                (Verdict::Conditional(_), true) => {
                    ruling = Ruling::Open("the task's role may open a Systems Manager channel");
                }
                (Verdict::Conditional(_), false) => {
                    ruling = Ruling::Open(
                        "the SSM agent runs on the instance and its role may open a Systems Manager channel",
                    );
                }
                (Verdict::Denied, _) => {}
            }
        }
        ruling
    }

    /// The statement of a scope, with the principals that it names.
    pub(super) fn own_statement(&self, scope: ScopeId) -> Option<(&Statement, &PrincipalClause)> {
        match &self.inventory.scopes[scope].terms {
            Terms::Trust { statement, .. } | Terms::ResourcePolicy { statement, .. } => statement
                .principals
                .as_ref()
                .map(|clause| (statement, clause)),
            _ => None,
        }
    }

    /// Whether a scope of a target's own policy allows or denies `effect` for an action.
    pub(super) fn is_about(
        &self,
        scope: ScopeId,
        effect: Effect,
        action: crate::platforms::aws::ActionId,
    ) -> bool {
        let of_effect = self
            .own_statement(scope)
            .is_some_and(|(statement, _)| statement.effect == effect);
        of_effect
            && self
                .rights
                .matches_action(&self.inventory.scopes[scope], action)
    }
}
