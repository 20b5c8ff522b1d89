//! Targets under an encryption key whose policy is known: one principal must hold the right and may use the key.
//!
//! Source: KMS Developer Guide, "Key policies in AWS KMS" (a key policy decides first: identity policies count only where
//! it lets its account use them) and "How AWS Secrets Manager uses AWS KMS" (the service decrypts as the caller). Grants
//! of a key (`aws kms list-grants`) may let in more, and no export of them is read.

use super::catalogue::{Entry, Need, On};
use super::targets::Target;
use super::{Aws, Opening, and};
use crate::inventory::{Resource, ResourceId, ScopeId};
use crate::platforms::aws::{account_of, partition_of};
use crate::steps::{Fact, TechniqueId};

/// The type of an encryption key.
pub(super) const KEY: &str = "kms:key";

/// The key of Parameter Store's parameters that name no other: whoever may read a parameter of its account may use it.
///
/// Source: Systems Manager User Guide, "Restricting access to Parameter Store parameters using IAM policies".
const OPEN_KEY: &str = "alias/aws/ssm";

/// The key that a resource is under, unless that key is open to whoever may read the resource.
pub(super) fn own_key(resource: &Resource) -> Option<&str> {
    let named = resource.encryption_key.as_deref();
    named.filter(|key| !key.ends_with(OPEN_KEY))
}

impl Aws<'_, '_, '_> {
    /// The key that a target is under, where its policy is known.
    pub(super) fn known_key(&self, target: &Target) -> Option<Target> {
        let resource = &self.inventory.resources[target.what?];
        let named = own_key(resource)?;
        let id: ResourceId = if named.starts_with("arn:") {
            self.inventory.resource_by_key(named)?
        } else {
            // A bare id or alias is of the account and the Region of what is encrypted.
            let mut parts = resource.key.split(':').skip(3);
            let (region, account) = (parts.next()?, parts.next()?);
            let kind = if named.starts_with("alias/") {
                ""
            } else {
                "key/"
            };
            let partition = partition_of(&resource.key);
            let arn = format!("arn:{partition}:kms:{region}:{account}:{kind}{named}");
            self.inventory.resource_by_key(&arn)?
        };
        let key = &self.inventory.resources[id];
        let account = key.tenant?;
        let is_of_account =
            account_of(&key.key) == Some(self.inventory.tenants[account].identifier.as_str());
        let target = Target {
            arn: key.key.to_string(),
            account,
            who: None,
            what: Some(id),
            policy: None,
            is_class: false,
            is_encrypted: false,
            evidence: key.evidence.first().copied(),
        };
        let is_known = is_of_account && key.kind == KEY && !self.targets.policy(&target).is_empty();
        is_known.then_some(target)
    }

    /// The steps of a technique on a target under `key`, by `action` on which it is opened.
    pub(super) fn under_key(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        need: &Need,
        target: &Target,
        key: &Target,
        action: &str,
    ) {
        let plain = Target {
            is_encrypted: false,
            ..target.clone()
        };
        let Some((gain, extra, condition)) = self.gain(entry, &plain) else {
            return;
        };
        let of_key = Need {
            action: action.to_owned(),
            on: On::Resource(KEY.to_owned()),
            arn: key.arn.clone(),
            to: None,
        };
        let is_by_caller = std::mem::replace(&mut self.is_by_caller, true);
        let needs = self.alternatives(need, target);
        let action = self.action(need, None);
        let rights = needs
            .iter()
            .flat_map(|need| self.openings(action, need, target))
            .collect::<Vec<Opening>>();
        let uses = self.openings(self.action(&of_key, None), &of_key, key);
        self.is_by_caller = is_by_caller;
        for right in rights {
            // Whom the key lets in as anybody needs nothing besides.
            for used in &uses {
                let joined = match (right.need, used.need) {
                    (need, Fact::Anyone) | (Fact::Anyone, need) => need,
                    (one, other) if one == other => one,
                    _ => continue,
                };
                let scopes: Vec<ScopeId> = right
                    .scopes
                    .iter()
                    .chain(&used.scopes)
                    .chain(&extra)
                    .copied()
                    .collect();
                let own = and(right.condition.clone(), used.condition.as_deref());
                let own = and(own, condition.as_deref());
                self.step_on(
                    Some(target),
                    &[joined],
                    gain,
                    technique,
                    &scopes,
                    own.as_deref(),
                );
            }
            // What lies there may be older than its key. That is said beside a way through the key too: it is what is left
            // when a fix closes that way.
            if let Some(older) = &entry.condition_without_key {
                let Opening {
                    need,
                    scopes,
                    condition: own,
                } = right;
                let scopes: Vec<ScopeId> = scopes.iter().chain(&extra).copied().collect();
                let condition = and(and(own, condition.as_deref()), Some(older));
                self.step_on(
                    Some(target),
                    &[need],
                    gain,
                    technique,
                    &scopes,
                    condition.as_deref(),
                );
            }
        }
    }
}
