//! IAM Roles Anywhere: sessions of roles with a certificate of a trust anchor, and who can come by such a certificate.
//!
//! Whoever holds a certificate that an anchor trusts names a profile and a role of it, and is given a session of the role
//! within the profile's policies. An authority of AWS Private CA issues such certificates to whoever may ask it; whoever
//! replaces the bundle of another anchor, or makes an anchor, issues their own.
//!
//! Source: IAM Roles Anywhere User Guide, "IAM Roles Anywhere CreateSession API", "The IAM Roles Anywhere trust model" and
//! "Getting started" (only the validity of an anchor of AWS Private CA can be changed); read 2026-11. That anchor and
//! profile are of one Region is what AWS's own credential helper demands.

use super::super::listed::Listed;
use super::{Aws, and, unless_denied};
use crate::inventory::{
    Access, CoverageGap, PrincipalId, PrincipalKind, ResourceId, ScopeId, TenantId, Terms,
};
use crate::platforms::aws::{
    ANYWHERE_ACTIONS, AnchoredTrust, NO_RESOURCE, Requester, Session, anchored, trusts_anywhere,
};
use crate::steps::{Fact, TechniqueId};
use std::collections::{BTreeMap, BTreeSet};

/// The right to make a trust anchor.
const MAKE_ANCHOR: &str = "rolesanywhere:CreateTrustAnchor";

/// The id of a trust anchor that is not yet made: none that a policy names.
const NEW_ANCHOR: &str = "00000000-0000-0000-0000-000000000000";

/// A trust anchor that is switched on.
struct Anchor {
    scope: ScopeId,
    anchor: ResourceId,
    authority: Option<ResourceId>,
    holder: PrincipalId,
}

/// A role in a profile that is switched on.
struct Offer {
    scope: ScopeId,
    giver: ResourceId,
    session: PrincipalId,
    role: PrincipalId,
}

/// Region and account of an ARN.
fn place(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.split(':').skip(3);
    Some((parts.next()?, parts.next()?))
}

static ENTER: Listed = Listed {
    id: "aws/roles-anywhere",
    platform: "aws",
    name: "take a session of the role with a certificate of the trust anchor",
    needs: "a certificate of the anchor, and the right to a session by the profile",
    gains: "acting as the role, within what the profile lets it do",
    attack: &["T1078.004"],
    fix: "narrow the trust of the role to subjects; switch the profile off",
    source: "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html",
};

static FORGE: Listed = Listed {
    id: "aws/forge-certificate",
    platform: "aws",
    name: "hold a certificate that the trust anchor trusts",
    needs: "issuing certificates of the authority, or the anchor in one's hands",
    gains: "a certificate of the anchor",
    attack: &["T1649"],
    fix: "take the right to issue certificates or to change anchors away",
    source: "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&ENTER, &FORGE];

impl Aws<'_, '_, '_> {
    /// Steps to sessions of roles from certificates, and to certificates.
    pub(super) fn anywhere(&mut self) {
        let mut anchors = Vec::new();
        let mut offers = Vec::new();
        for (scope, row) in self.inventory.scopes.entries() {
            match row.terms {
                Terms::Anchor {
                    anchor,
                    authority,
                    holder,
                } => anchors.push(Anchor {
                    scope,
                    anchor,
                    authority,
                    holder,
                }),
                Terms::Session {
                    giver,
                    session,
                    role,
                    ..
                } => offers.push(Offer {
                    scope,
                    giver,
                    session,
                    role,
                }),
                _ => {}
            }
        }
        let entering = self.derivation.listed(&ENTER);
        let holding = self.derivation.listed(&FORGE);
        for anchor in &anchors {
            let arn = self.inventory.resources[anchor.anchor].key.to_string();
            let holder = Fact::Principal(anchor.holder);
            for offer in &offers {
                self.sessions(holder, &arn, &[anchor.scope], offer, entering);
            }
            // Whoever may ask the authority, or replace the bundle.
            let source = anchor.authority.unwrap_or(anchor.anchor);
            self.step(
                &[Fact::Access(source, Access::Write)],
                holder,
                holding,
                &[anchor.scope],
                None,
            );
        }
        self.by_own_anchors(&offers, entering);
        self.untold_anchors();
    }

    /// Steps to sessions from anchors that somebody makes.
    fn by_own_anchors(&mut self, offers: &[Offer], technique: TechniqueId) {
        let mut regions: BTreeMap<TenantId, BTreeSet<String>> = BTreeMap::new();
        for offer in offers {
            let giver = &self.inventory.resources[offer.giver];
            if let (Some(account), Some((region, _))) = (giver.tenant, place(&giver.key)) {
                let of_account = regions.entry(account).or_default();
                of_account.insert(region.to_owned());
            }
        }
        for (account, regions) in regions {
            let Some(own) = self.own_anchor(account) else {
                continue;
            };
            let partition = self.targets.partition(account).to_owned();
            let identifier = self.inventory.tenants[account].identifier.as_str();
            for region in regions {
                let arn = format!(
                    "arn:{partition}:rolesanywhere:{region}:{identifier}:trust-anchor/{NEW_ANCHOR}"
                );
                for offer in offers {
                    self.sessions(own, &arn, &[], offer, technique);
                }
            }
        }
    }

    /// Having made a trust anchor of one's own in an account, which trusts what one's own authority signs; `None` where
    /// nobody can.
    fn own_anchor(&mut self, account: TenantId) -> Option<Fact> {
        let action = self.actions.id(MAKE_ANCHOR, None);
        let whoever = Requester::Account(account, Session::Unknown);
        let limit = self.rights.resource_limit(account, action, whoever);
        let identifier = &self.inventory.tenants[account].identifier;
        let words = format!("a trust anchor of their own in {identifier}");
        let mut own = None;
        for area in self.holders.areas_for(action, account, NO_RESOURCE) {
            let verdict = self.rights.area(area).meets(&limit, NO_RESOURCE);
            let Some(reason) = unless_denied(verdict) else {
                continue;
            };
            let act = self.act(action, account, area);
            let made = self.subject(MAKE_ANCHOR, &words);
            self.step(&[act], made, self.request, &[], reason.as_deref());
            own = Some(made);
        }
        own
    }

    /// Steps from holding a certificate of an anchor to the session that is offered.
    fn sessions(
        &mut self,
        holder: Fact,
        arn: &str,
        own: &[ScopeId],
        offer: &Offer,
        technique: TechniqueId,
    ) {
        let profile = &self.inventory.resources[offer.giver].key;
        let (Some((region, account)), at_profile) = (place(arn), place(profile)) else {
            return;
        };
        let role = &self.inventory.principals[offer.role];
        let Some(tenant) = role.tenant.filter(|_| role.kind == PrincipalKind::Role) else {
            return;
        };
        let is_here = self.inventory.tenants[tenant].identifier == account;
        if at_profile != Some((region, account)) || !is_here {
            return;
        }
        let trust = self.targets.trust(offer.role);
        let Some(reason) = self.unless_controlled(tenant, &role.key) else {
            return;
        };
        for AnchoredTrust { scopes, condition } in anchored(self.inventory, trust, arn, account) {
            let bound = own.iter().copied().chain([offer.scope]);
            let scopes: Vec<ScopeId> = bound.chain(scopes).collect();
            let condition = and(condition, reason.as_deref());
            self.step(
                &[holder],
                Fact::Principal(offer.session),
                technique,
                &scopes,
                condition.as_deref(),
            );
        }
    }

    /// On what it hangs that no resource control policy keeps the service from a role; `None` when one does.
    fn unless_controlled(&self, account: TenantId, role: &str) -> Option<Option<String>> {
        let mut condition = None;
        for action in ANYWHERE_ACTIONS {
            let action = self.actions.id(action, None);
            let limit = self.rights.resource_limit_of_service(account, action);
            let reason = unless_denied(limit.admits(role))?;
            condition = and(condition, reason.as_deref());
        }
        Some(condition)
    }

    /// Accounts whose roles let the service in, and of which no export tells profiles or anchors.
    fn untold_anchors(&mut self) {
        let mut roles: BTreeMap<TenantId, Vec<PrincipalId>> = BTreeMap::new();
        for scope in self.inventory.scopes.iter() {
            let Terms::Trust {
                principal,
                statement,
            } = &scope.terms
            else {
                continue;
            };
            let tenant = self.inventory.principals[*principal].tenant;
            if let (Some(tenant), true) = (tenant, trusts_anywhere(statement)) {
                let of_account = roles.entry(tenant).or_default();
                if !of_account.contains(principal) {
                    of_account.push(*principal);
                }
            }
        }
        for (tenant, roles) in roles {
            for (kind, plural) in [
                ("rolesanywhere:profile", "profiles"),
                ("rolesanywhere:trust-anchor", "trust anchors"),
            ] {
                let mut told = self.inventory.resources.iter();
                let is_told = self.inventory.is_listed(tenant, kind)
                    || told.any(|it| it.kind == kind && it.tenant == Some(tenant));
                if !is_told {
                    let count = roles.len();
                    self.derivation.gaps.push(CoverageGap {
                        subject: self.inventory.tenants[tenant].display(),
                        text: format!(
                            "{count} roles let IAM Roles Anywhere in; which certificates open them is unknown: no export lists its {plural}"
                        ),
                        remedy: "add the answers of aws rolesanywhere list-profiles and list-trust-anchors of every region"
                            .to_owned(),
                    });
                }
            }
        }
    }
}
