//! Identity providers that somebody takes over, or makes vouch for whom they like: SAML providers and identity pools.
//!
//! A provider is known by the roles that trust it. Whoever may replace a SAML provider's metadata puts a signing key of
//! their own there, and with it signs any assertion. Whoever may ask an identity pool for a token of a developer's user
//! holds a token of the pool.
//!
//! Source: IAM API reference, `UpdateSAMLProvider`: "The document includes the issuer's name, expiration information, and
//! keys that can be used to validate the SAML authentication response (assertions)"; Amazon Cognito Federated Identities
//! API reference, `GetOpenIdTokenForDeveloperIdentity` and `SetIdentityPoolRoles` (read 2026-11). Neither a thumbprint nor
//! an audience of an OpenID Connect provider gives its issuer's key: changing them takes nothing over.

use super::catalogue::Entry;
use super::targets::{Target, Targets};
use super::{Aws, and};
use crate::inventory::{EvidenceId, Federation, Inventory, PrincipalId, ScopeId, TenantId};
use crate::platforms::aws::{Entrance, Entrant, account_of, entrances, is_literal, partition_of};
use crate::steps::{Fact, TechniqueId};
use std::collections::BTreeMap;

/// The issuer of identity pools' tokens.
const POOLS: &str = "cognito-identity.amazonaws.com";

/// How the provider is named that IAM Identity Center keeps in an account. Whether IAM protects it as it protects the
/// roles that trust it, no page says that was read.
const KEPT_PROVIDER: &str = ":saml-provider/AWSSSO_";
const KEPT_DOUBT: &str = "IAM lets the SAML provider of IAM Identity Center be changed";

/// The ways into a role through identity pools, each with the pool, where the trust names one.
pub(super) fn pools<'i>(
    inventory: &'i Inventory,
    trust: &[ScopeId],
) -> impl Iterator<Item = (Entrance, Option<String>)> + use<'i> {
    let entrances = entrances(inventory, trust).into_iter();
    entrances.filter_map(|entrance| match &entrance.who {
        Entrant::Bearer {
            issuer, audience, ..
        } if issuer == POOLS => {
            let pool = audience.clone().filter(|pool| is_literal(pool));
            Some((entrance, pool))
        }
        _ => None,
    })
}

impl Targets {
    /// The SAML providers that roles trust, where the account is known.
    pub(super) fn saml_providers(&self, inventory: &Inventory) -> Vec<Target> {
        let mut providers: BTreeMap<&str, EvidenceId> = BTreeMap::new();
        for trusted in &inventory.federations {
            if trusted.issuer.contains(":saml-provider/") {
                providers.entry(&trusted.issuer).or_insert(trusted.evidence);
            }
        }
        let target = |(provider, trust): (&str, EvidenceId)| {
            let account =
                inventory.tenant_by_key(&format!("aws:account:{}", account_of(provider)?))?;
            Some(named(provider.to_owned(), account, Some(trust)))
        };
        providers.into_iter().filter_map(target).collect()
    }

    /// The identity pools that roles trust, taken for pools of the roles' accounts.
    pub(super) fn identity_pools(&self, inventory: &Inventory) -> Vec<Target> {
        let mut found: BTreeMap<(TenantId, String), Option<EvidenceId>> = BTreeMap::new();
        for (role, principal) in inventory.principals.entries() {
            let Some(account) = principal.tenant else {
                continue;
            };
            let partition = partition_of(&principal.key);
            let identifier = &inventory.tenants[account].identifier;
            for (entrance, pool) in pools(inventory, self.trust(role)) {
                let Some(pool) = pool else { continue };
                let Some((region, _)) = pool.split_once(':') else {
                    continue;
                };
                let arn = format!(
                    "arn:{partition}:cognito-identity:{region}:{identifier}:identitypool/{pool}"
                );
                let trust = inventory.scopes[entrance.scope].evidence.first().copied();
                found.entry((account, arn)).or_insert(trust);
            }
        }
        found
            .into_iter()
            .map(|((account, arn), trust)| named(arn, account, trust))
            .collect()
    }
}

/// Something that only its name is known of, from a trust that names it.
fn named(arn: String, account: TenantId, trust: Option<EvidenceId>) -> Target {
    Target {
        arn,
        account,
        who: None,
        what: None,
        policy: None,
        is_class: false,
        is_encrypted: false,
        evidence: trust,
    }
}

impl Aws<'_, '_, '_> {
    /// The trust by which an identity pool opens a role, and on what it hangs.
    pub(super) fn pool_trust(&self, role: PrincipalId) -> Option<(ScopeId, Option<String>)> {
        let mut ways: Vec<Entrance> = pools(self.inventory, self.targets.trust(role))
            .map(|(entrance, _)| entrance)
            .collect();
        // The surest first.
        ways.sort_by_key(|entrance| entrance.condition.is_some());
        let way = ways.into_iter().next()?;
        Some((way.scope, way.condition))
    }

    /// Whoever may make a provider vouch for them bears whatever roles trust it for.
    pub(super) fn vouching(&mut self, entry: &Entry, technique: TechniqueId) {
        let Some(need) = entry.requests.first().and_then(|request| request.first()) else {
            return;
        };
        let action = self.action(need, None);
        for target in self.targets.of(self.inventory, &need.on) {
            let bearers: Vec<PrincipalId> = self
                .inventory
                .federations
                .iter()
                .filter(|federation| is_of(federation, &target.arn))
                .map(|federation| federation.principal)
                .collect();
            for opening in self.openings(action, need, &target) {
                let kept = target.arn.contains(KEPT_PROVIDER).then_some(KEPT_DOUBT);
                let condition = and(opening.condition, entry.condition.as_deref());
                let condition = and(condition, kept);
                for &bearer in &bearers {
                    self.step_on(
                        Some(&target),
                        &[opening.need],
                        Fact::Principal(bearer),
                        technique,
                        &opening.scopes,
                        condition.as_deref(),
                    );
                }
            }
        }
    }
}

/// Whether a federation is of the provider or pool of that ARN.
fn is_of(federation: &Federation, arn: &str) -> bool {
    let is_pool = |audience: &String| arn.ends_with(&format!(":identitypool/{audience}"));
    federation.issuer == arn
        || (federation.issuer == POOLS && federation.audience.as_ref().is_some_and(is_pool))
}
