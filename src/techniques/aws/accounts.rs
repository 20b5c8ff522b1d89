//! AWS accounts: which of them exports describe, and who administers one.
//!
//! An account is administered by whoever may do every action on every resource of it, by their policies and within their
//! boundary, as long as what denies (a policy of theirs, the boundary, the organisation) leaves a way to give any principal
//! any policy: then they may take back the rest, by another hand if need be. So an organisation that denies some actions
//! leaves an administrator what they are, and whatever takes the administration of identities away does not. The root user
//! is one within the organisation's policies alone; whom the attacker writes a policy, within what binds them (see
//! [`editing`](super::editing)).
//!
//! Source: IAM User Guide, "AWS managed policies for job functions", section "Administrator", and "Permissions required to
//! access IAM resources" (root); Organizations User Guide, "Service control policies" (they limit administrators and the root
//! of a member account too). PMapper counts as administrator whoever may attach or write themselves a policy: that is
//! reached here by the steps which do so.

use super::super::listed::Listed;
use super::holders::Holder;
use super::{Aws, and, unless_denied};
use crate::inventory::{
    Access, EvidenceId, Inventory, PrincipalKind, ResourceId, ScopeId, TenantId,
};
use crate::platforms::aws::{Change, Signer, partition_of};
use crate::steps::{Fact, TechniqueId};
use std::collections::BTreeMap;

/// The type of the resource that stands for a whole account.
const ACCOUNT: &str = "aws:account";

/// Somebody of whom no policy speaks in particular: no name of IAM has parentheses.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas", section "IAM name requirements" (read 2026-11).
const ANYBODY: &str = "(anybody)";

/// The actions by which a principal of an account is given any policy, and what of it they are on.
const GIVING: [(&str, &str); 7] = [
    ("iam:PutUserPolicy", "user"),
    ("iam:AttachUserPolicy", "user"),
    ("iam:PutRolePolicy", "role"),
    ("iam:AttachRolePolicy", "role"),
    ("iam:PutGroupPolicy", "group"),
    ("iam:AttachGroupPolicy", "group"),
    ("iam:CreatePolicyVersion", "policy"),
];

static ADMINISTER: Listed = Listed {
    id: "aws/administer-account",
    platform: "aws",
    name: "do whatever one likes in the account",
    needs: "acting as a principal that may do every action on every resource",
    gains: "administration of the account",
    attack: &["T1078.004"],
    fix: "narrow the statements that allow everything",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html",
};

static ROOT: Listed = Listed {
    id: "aws/root-user",
    platform: "aws",
    name: "do whatever one likes as the root user",
    needs: "acting as the root user of the account",
    gains: "administration of the account",
    attack: &["T1078.004"],
    fix: "delete the root user's credentials, or deny root by a service control policy",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&ADMINISTER, &ROOT];

/// The actions that a technique asks for, where it is one of these.
pub(super) fn actions(technique: &str) -> super::super::Actions {
    if technique != ADMINISTER.id {
        return super::super::Actions::default();
    }
    super::super::Actions {
        always: GIVING.map(|(action, _)| action.to_owned()).to_vec(),
        of_key: None,
        is_everything: true,
    }
}

/// The accounts whose principals are known, each with the first place where one was read, and its partition.
pub(super) fn with_principals(inventory: &Inventory) -> BTreeMap<TenantId, (EvidenceId, String)> {
    let principals = inventory.principals.iter();
    let of_aws = principals.filter(|principal| principal.platform == "aws");
    first_places(of_aws.map(|one| (one.tenant, one.evidence.first(), &*one.key)))
}

/// The accounts that exports describe: something of each was read.
pub(super) fn described(inventory: &Inventory) -> BTreeMap<TenantId, EvidenceId> {
    let resources = inventory.resources.iter();
    let of_aws = resources.filter(|one| one.platform == "aws" && !one.is_class);
    let resources = first_places(of_aws.map(|one| (one.tenant, one.evidence.first(), &*one.key)));
    let all = resources.into_iter().chain(with_principals(inventory));
    all.map(|(account, (place, _))| (account, place)).collect()
}

fn first_places<'i>(
    things: impl Iterator<Item = (Option<TenantId>, Option<&'i EvidenceId>, &'i str)>,
) -> BTreeMap<TenantId, (EvidenceId, String)> {
    let mut first: BTreeMap<TenantId, (EvidenceId, String)> = BTreeMap::new();
    for (tenant, place, key) in things {
        let (Some(tenant), Some(&place)) = (tenant, place) else {
            continue;
        };
        if first.get(&tenant).is_none_or(|&(known, _)| place < known) {
            first.insert(tenant, (place, partition_of(key).to_owned()));
        }
    }
    first
}

/// Adds a resource for every account that exports describe.
pub(in crate::techniques) fn add_accounts(inventory: &mut Inventory) {
    for (account, place) in described(inventory) {
        let name = format!("account {}", inventory.tenants[account].display());
        inventory.add_whole_tenant(account, name, ACCOUNT, place);
    }
}

/// One way in which a holder administers an account: what could be revoked, and on what it hangs.
type Way = (Vec<ScopeId>, Option<String>);

/// Without the ways that end wherever another one does that is as sure.
fn fewest(mut ways: Vec<Way>) -> Vec<Way> {
    ways.sort_by(|(a, on), (b, by)| (a.len(), on, a).cmp(&(b.len(), by, b)));
    let mut fewest: Vec<Way> = Vec::new();
    for (scopes, condition) in ways {
        let is_told = fewest.iter().any(|(fewer, on)| {
            let is_part = fewer.iter().all(|scope| scopes.contains(scope));
            is_part && (on.is_none() || condition.is_some())
        });
        if !is_told {
            fewest.push((scopes, condition));
        }
    }
    fewest
}

impl Aws<'_, '_, '_> {
    /// Steps to administration of every account from those who administer it.
    pub(super) fn administered_accounts(&mut self) {
        let administer = self.derivation.listed(&ADMINISTER);
        let root = self.derivation.listed(&ROOT);
        for account in self.targets.accounts() {
            let key = self.inventory.tenants[account].key.clone();
            let Some(resource) = self.inventory.resource_by_key(&key) else {
                continue;
            };
            for (holder, giving) in self.giving(account) {
                let is_root = holder
                    .principal()
                    .is_some_and(|id| self.inventory.principals[id].kind == PrincipalKind::Root);
                let technique = if is_root { root } else { administer };
                self.administered(resource, holder, &giving, technique);
            }
        }
    }

    /// Who may give a principal of an account any policy, by the places of the actions in [`GIVING`].
    fn giving(&self, account: TenantId) -> BTreeMap<Holder, Vec<(usize, Way)>> {
        let partition = self.targets.partition(account);
        let identifier = &self.inventory.tenants[account].identifier;
        let mut giving: BTreeMap<Holder, Vec<(usize, Way)>> = BTreeMap::new();
        for (at, (action, on)) in GIVING.into_iter().enumerate() {
            let action = self.actions.id(action, None);
            let anybody = format!("arn:{partition}:iam::{identifier}:{on}/{ANYBODY}");
            for area in self.holders.areas_for(action, account, &anybody) {
                let Some(reason) = unless_denied(self.rights.area(area).admits(&anybody)) else {
                    continue;
                };
                for holding in self.holders.of(action, account, area) {
                    let condition = and(reason.clone(), holding.condition.as_deref());
                    let ways = giving.entry(holding.holder).or_default();
                    ways.push((at, (holding.scopes.clone(), condition)));
                }
            }
        }
        giving
    }

    /// The Allows of everything that a holder has within what bounds it, where `action` is asked for.
    fn allowing_everything(&self, holder: Holder, action: &str) -> Vec<Way> {
        let action = self.actions.id(action, None);
        let none = Change::default();
        let everything = || vec![(Vec::new(), None)];
        let (signer, change): (Signer, &Change) = match holder {
            Holder::Principal(id) | Holder::Group(id) => (id.into(), &none),
            Holder::Signed(principal, signing) => {
                let session = signing.session();
                (Signer { principal, session }, &none)
            }
            Holder::Changed(id, state) => match self.holders.states.get(state) {
                Some(state) => (id.into(), &state.change),
                None => return Vec::new(),
            },
            Holder::Class(class) => match self.holders.class(class) {
                Some(class) => match class.limited_like {
                    Some(like) => (like.into(), &class.change),
                    None => return everything(),
                },
                None => return Vec::new(),
            },
        };
        let Some(bound) = self.rights.unnamed_bounds(signer, change, action) else {
            return Vec::new();
        };
        let is_root = self.inventory.principals[signer.principal].kind == PrincipalKind::Root;
        let allows = match holder {
            Holder::Class(_) => everything(),
            _ if is_root => everything(),
            _ => self.rights.unnamed_allows(signer, change, action),
        };
        let allows = allows.into_iter();
        allows
            .map(|(scopes, own)| (scopes, and(own, bound.as_deref())))
            .collect()
    }

    fn administered(
        &mut self,
        account: ResourceId,
        holder: Holder,
        giving: &[(usize, Way)],
        technique: TechniqueId,
    ) {
        let mut ways = Vec::new();
        for (at, (scopes, condition)) in giving {
            let Some((action, _)) = GIVING.get(*at) else {
                continue;
            };
            for (all, own) in self.allowing_everything(holder, action) {
                // What allows everything stands last, where the most telling stands.
                let others = scopes.iter().filter(|scope| !all.contains(scope));
                let scopes = others.chain(&all).copied().collect();
                ways.push((scopes, and(own, condition.as_deref())));
            }
        }
        let need = self.fact_of(holder);
        let gain = Fact::Access(account, Access::Admin);
        for (scopes, condition) in fewest(ways) {
            self.step(&[need], gain, technique, &scopes, condition.as_deref());
        }
    }
}
