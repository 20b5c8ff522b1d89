//! Assuming a role whose trust asks for an external id, where that lies in something that can be held.
//!
//! Source: IAM User Guide, "Access to AWS accounts owned by third parties": the caller passes the external id with the
//! request. It is chosen by the caller, and must be known: by itself it opens nothing, and the right to assume the role
//! opens it surely only with it.

use super::openings::Guard;
use super::targets::Target;
use super::{Aws, Opening};
use crate::inventory::{CredentialId, CredentialKind, ScopeId, Terms};
use crate::platforms::aws::ActionId;
use crate::steps::Fact;

impl Aws<'_, '_, '_> {
    /// Adds the ways through one statement of a role's trust that are sure with an external id that lies somewhere.
    pub(super) fn knowing_external_id(
        &mut self,
        action: ActionId,
        target: &Target,
        arn: &str,
        scope: ScopeId,
        guard: &Guard,
        openings: &mut Vec<Opening>,
    ) {
        for (value, credential) in self.external_ids(scope) {
            let mut ways = Vec::new();
            self.rights.suppose_external_id(Some(&value));
            self.through_statement(action, target, arn, scope, true, guard, &mut ways);
            self.rights.suppose_external_id(None);
            ways.retain(|way| way.condition.is_none());
            if ways.is_empty() {
                continue;
            }
            let name = &self.inventory.credentials[credential].name;
            let asked = format!("{arn} with the external id that lies in `{name}`");
            let act = self.subject("sts:AssumeRole", &asked);
            for way in ways {
                let needs = [way.need, Fact::Credential(credential)];
                self.step(&needs, act, self.request, &way.scopes, None);
            }
            openings.push(Opening {
                need: act,
                scopes: Vec::new(),
                condition: None,
            });
        }
    }

    /// The external ids that a statement asks for and that lie somewhere.
    fn external_ids(&self, scope: ScopeId) -> Vec<(String, CredentialId)> {
        let Terms::Trust { statement, .. } = &self.inventory.scopes[scope].terms else {
            return Vec::new();
        };
        let mut known = Vec::new();
        for value in statement.external_ids() {
            let credentials = self.inventory.credentials.entries();
            let same = credentials.filter(|(_, credential)| {
                credential.kind == CredentialKind::ExternalId
                    && credential.identifier.as_deref() == Some(value)
            });
            known.extend(same.map(|(id, _)| (value.to_owned(), id)));
        }
        known
    }
}
