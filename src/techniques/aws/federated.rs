//! Becoming a role with a token or an assertion of a provider outside AWS.

use super::super::listed::Listed;
use super::{Aws, and, unless_denied};
use crate::inventory::{Inventory, PrincipalId, ScopeId, Terms};
use crate::platforms::aws::{
    Entrance, Entrant, WITH_SAML, WITH_WEB_IDENTITY, bearer_kind, entrances,
};
use crate::steps::Fact;
use std::collections::BTreeMap;

/// The roles with the statements of their trusts, in order.
fn trusts(inventory: &Inventory) -> BTreeMap<PrincipalId, Vec<ScopeId>> {
    let mut trusts: BTreeMap<PrincipalId, Vec<ScopeId>> = BTreeMap::new();
    for (id, scope) in inventory.scopes.entries() {
        if let Terms::Trust { principal, .. } = scope.terms {
            trusts.entry(principal).or_default().push(id);
        }
    }
    trusts
}

/// Adds a principal for every identity outside AWS that a trust names.
pub(in crate::techniques) fn add_federations(inventory: &mut Inventory) {
    let all: Vec<Entrance> = trusts(inventory)
        .into_values()
        .flat_map(|trust| entrances(inventory, &trust))
        .collect();
    for entrance in all {
        let Some(&evidence) = inventory.scopes[entrance.scope].evidence.first() else {
            continue;
        };
        if let Entrant::Bearer {
            issuer,
            subject,
            audience,
        } = entrance.who
        {
            let kind = bearer_kind(&issuer);
            inventory.add_federation(&issuer, &subject, audience.as_deref(), kind, evidence);
        }
    }
}

static WITH_TOKEN: Listed = Listed {
    id: "aws/assume-role-with-web-identity",
    platform: "aws",
    name: "assume the role with a token of its identity provider",
    needs: "acting as who bears such a token (anyone, where the trust fixes no subject)",
    gains: "acting as the role",
    attack: &["T1078.004", "T1550.001"],
    fix: "narrow the subjects and audience of the trust",
    source: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
};

static WITH_ASSERTION: Listed = Listed {
    id: "aws/assume-role-with-saml",
    platform: "aws",
    name: "assume the role with an assertion of its identity provider",
    needs: "acting as whom the SAML provider vouches for",
    gains: "acting as the role",
    attack: &["T1078.004", "T1606.002"],
    fix: "narrow the trust",
    source: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&WITH_TOKEN, &WITH_ASSERTION];

impl Aws<'_, '_, '_> {
    /// Steps into every role from whom its trust lets in with a token or an assertion.
    pub(super) fn federated(&mut self) {
        let with_token = self.derivation.listed(&WITH_TOKEN);
        let with_assertion = self.derivation.listed(&WITH_ASSERTION);
        for (role, trust) in trusts(self.inventory) {
            let Some(account) = self.inventory.principals[role].tenant else {
                continue;
            };
            let arn = self.inventory.principals[role].key.to_string();
            for entrance in entrances(self.inventory, &trust) {
                let needs: Vec<Fact> = match &entrance.who {
                    Entrant::Anyone => vec![Fact::Anyone],
                    Entrant::Bearer {
                        issuer,
                        subject,
                        audience,
                    } => {
                        let key =
                            crate::inventory::Federation::key(issuer, subject, audience.as_deref());
                        let Some(bearer) = self.inventory.principal_by_key(&key) else {
                            continue;
                        };
                        vec![Fact::Principal(bearer)]
                    }
                };
                let action = self.actions.id(entrance.action, None);
                let limit = self.rights.resource_limit(account, action, None);
                let Some(reason) = unless_denied(limit.admits(&arn)) else {
                    continue;
                };
                let technique = if entrance.action == WITH_SAML {
                    with_assertion
                } else {
                    with_token
                };
                let condition = and(entrance.condition, reason.as_deref());
                self.step(
                    &needs,
                    Fact::Principal(role),
                    technique,
                    &[entrance.scope],
                    condition.as_deref(),
                );
            }
        }
    }
}

/// The actions that these steps are about.
pub(super) const ACTIONS: [&str; 2] = [WITH_WEB_IDENTITY, WITH_SAML];
