//! Techniques that put software onto what a deployment group deploys to.

use super::catalogue::Entry;
use super::targets::Target;
use super::{Aws, and};
use crate::inventory::{Key, PrincipalId, ResourceId, ScopeId, Terms};
use crate::steps::{Fact, TechniqueId};

impl Aws<'_, '_, '_> {
    pub(super) fn deployed(&mut self, entry: &Entry, technique: TechniqueId, service: &str) {
        let Some(need) = entry.requests.first().and_then(|request| request.first()) else {
            return;
        };
        for target in self.targets.of(self.inventory, &need.on) {
            let reached = self.deployed_onto(&target);
            if reached.is_empty() {
                continue;
            }
            let Some(acts) = self.requests_on(entry, &target) else {
                continue;
            };
            for (instance, principal, scopes) in reached {
                let Some(doubt) = self.is_trusting(principal, service, &instance) else {
                    continue;
                };
                let condition = and(doubt, entry.condition.as_deref());
                self.step_on(
                    Some(&target),
                    &acts,
                    Fact::Principal(principal),
                    technique,
                    &scopes,
                    condition.as_deref(),
                );
            }
        }
    }

    /// As whom that acts onto which a target deploys, each with the scopes that make it so.
    fn deployed_onto(&self, target: &Target) -> Vec<(Key, PrincipalId, Vec<ScopeId>)> {
        let mut reached = Vec::new();
        let scopes = target.what.map_or(&[][..], |id| self.targets.deploys(id));
        for &scope in scopes {
            let Terms::Deploys { onto, tags, .. } = &self.inventory.scopes[scope].terms else {
                continue;
            };
            for (id, instance) in self.inventory.resources.entries() {
                let is_there = instance.kind == *onto
                    && instance.tenant == Some(target.account)
                    && region(&instance.key) == region(&target.arn);
                let is_meant = || {
                    let mut all = tags.iter();
                    all.all(|any| any.iter().any(|test| test.is_borne(&instance.tags)))
                };
                if is_there && is_meant() {
                    reached.extend(self.acting_with(id, scope));
                }
            }
        }
        reached
    }

    fn acting_with(
        &self,
        resource: ResourceId,
        scope: ScopeId,
    ) -> Option<(Key, PrincipalId, Vec<ScopeId>)> {
        let (own, principal) = self.targets.runs_as(resource)?;
        let thing = self.inventory.resources[resource].key.clone();
        Some((thing, principal, vec![own, scope]))
    }
}

/// The region of an ARN.
fn region(arn: &str) -> Option<&str> {
    arn.split(':').nth(3)
}
