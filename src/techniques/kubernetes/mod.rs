//! Kubernetes: what roles let their subjects do to each other, what code in a pod and on a node holds, and the ways
//! between a cluster and its cloud.
//!
//! What is stored stays factored: a subject leads to a role where it is bound, a rule of the role leads to an act in a
//! namespace or in every one, and an act leads to its targets. What needs several rights of one subject in one request
//! (bind, escalate, certificates, groups) is joined where rights are evaluated.
//!
//! Not followed: what only denies service, deleting and evicting pods, changes of endpoints and services, validating
//! webhooks, custom resources and their controllers.

mod acts;
mod clouds;
mod cluster;
mod complete;
mod declared;
mod joined;
mod pods;
mod rules;

pub(super) use complete::complete;
pub(super) use declared::TECHNIQUES;

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::{Access, EvidenceId, Inventory, PrincipalId, ResourceId, ScopeId, Terms};
use crate::platforms::kubernetes::{Rights, Site};
use crate::steps::{Control, Fact, NewStep};
use acts::{ACTS, Act, Where};
use cluster::Cluster;
use declared as by;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    id: "kubernetes",
    about: "what Kubernetes roles, pods and nodes let principals do, and the ways into and out of its cloud",
    derive,
};

/// The deriving of the steps of one cluster.
struct Kubernetes<'d, 'i> {
    derivation: &'d mut Derivation<'i>,
    inventory: &'i Inventory,
    rights: &'d Rights<'i>,
    cluster: &'d Cluster<'i>,
    /// The acts that somebody may come to do.
    gained: BTreeSet<(Act, Where<'i>)>,
    /// The roles that somebody may come to use, beside those that are bound.
    bound: BTreeSet<Site<'i>>,
    /// Where roles are bound now.
    sites: BTreeSet<Site<'i>>,
    /// The resources on which credentials lie.
    holding: &'d BTreeSet<ResourceId>,
    /// The secrets that pods name.
    used: &'d BTreeMap<PrincipalId, Vec<ResourceId>>,
}

fn derive(derivation: &mut Derivation<'_>) {
    let inventory = derivation.inventory;
    let rights = Rights::new(inventory);
    let exposures = inventory.exposures.iter();
    let exposures = exposures.filter(|one| !one.lying.is_empty());
    let holding: BTreeSet<ResourceId> = exposures.filter_map(|one| one.resource).collect();
    let mut used: BTreeMap<PrincipalId, Vec<ResourceId>> = BTreeMap::new();
    for scope in inventory.scopes.iter() {
        if let Terms::Grant {
            principal,
            resource,
            ..
        } = scope.terms
        {
            used.entry(principal).or_default().push(resource);
        }
    }
    for tenant in cluster::clusters(inventory) {
        let cluster = Cluster::new(inventory, tenant);
        let mut kubernetes = Kubernetes {
            derivation,
            inventory,
            rights: &rights,
            cluster: &cluster,
            gained: BTreeSet::new(),
            bound: BTreeSet::new(),
            sites: BTreeSet::new(),
            holding: &holding,
            used: &used,
        };
        kubernetes.subjects();
        kubernetes.joined();
        kubernetes.of_roles();
        kubernetes.administering();
        kubernetes.targets();
        kubernetes.pods();
        kubernetes.nodes();
        kubernetes.entries();
        kubernetes.cloud();
        kubernetes.gaps();
    }
}

impl<'i> Kubernetes<'_, 'i> {
    fn step(
        &mut self,
        needs: &[Fact],
        gain: Fact,
        technique: &'static Listed,
        scopes: &[ScopeId],
        condition: Option<&str>,
    ) {
        self.step_at(needs, gain, technique, scopes, &[], condition);
    }

    /// The same, resting on further places.
    fn step_at(
        &mut self,
        needs: &[Fact],
        gain: Fact,
        technique: &'static Listed,
        scopes: &[ScopeId],
        places: &[EvidenceId],
        condition: Option<&str>,
    ) {
        let technique = self.derivation.listed(technique);
        let controls: Vec<Control> = scopes.iter().map(|&scope| Control::Scope(scope)).collect();
        let of_scopes = scopes
            .iter()
            .flat_map(|&scope| &self.inventory.scopes[scope].evidence);
        let mut evidence: Vec<EvidenceId> = of_scopes.chain(places).copied().collect();
        if evidence.is_empty() {
            // What follows of what is held alone rests on what is gained being there.
            let of_gain = match gain {
                Fact::Principal(id) => self.inventory.principals[id].evidence.first(),
                Fact::Access(id, _) => self.inventory.resources[id].evidence.first(),
                _ => None,
            };
            evidence.extend(of_gain);
        }
        if evidence.is_empty() {
            // An act is in no export; the cluster in which it is done is.
            let of_cluster = &self.inventory.tenants[self.cluster.tenant].evidence;
            evidence.extend(of_cluster.first());
        }
        self.derivation.steps.add(NewStep {
            needs,
            gain,
            technique,
            controls: &controls,
            evidence: &evidence,
            condition,
        });
    }

    fn act(&mut self, act: Act, place: Where<'i>) -> Fact {
        self.gained.insert((act, place));
        let target = place.in_words(self.cluster.name);
        Fact::Act(self.derivation.steps.subject(act.in_words(), &target))
    }

    /// The fact of using a role where it is bound.
    fn site(&mut self, site: Site<'i>) -> Fact {
        self.bound.insert(site);
        let role = &self.inventory.policies[site.role].name;
        let place = match site.namespace {
            Some(name) => Where::In(name),
            None => Where::Everywhere,
        };
        let target = place.in_words(self.cluster.name);
        let action = format!("role {role}");
        Fact::Act(self.derivation.steps.subject(&action, &target))
    }

    fn evidence_of(&self, resource: ResourceId) -> Vec<EvidenceId> {
        self.inventory.resources[resource].evidence.clone()
    }

    /// Full control of the cluster.
    fn admin(&self) -> Option<Fact> {
        Some(Fact::Access(self.cluster.resource?, Access::Admin))
    }

    /// From each principal to the roles that are bound to it, and to the groups that it is in.
    fn subjects(&mut self) {
        let of_cluster = format!("kubernetes:{}:", self.cluster.name);
        let bindings: Vec<(PrincipalId, ScopeId, Site<'i>)> = self
            .rights
            .bindings()
            .filter(|(_, _, site)| {
                let role = &self.inventory.policies[site.role];
                role.key.starts_with(&of_cluster)
            })
            .collect();
        for (subject, scope, site) in bindings {
            let places = match site.namespace {
                None => vec![site],
                Some(name) => {
                    let named = self.cluster.named(name).into_iter();
                    let at = |name| Site {
                        namespace: Some(name),
                        ..site
                    };
                    named.map(at).collect()
                }
            };
            for site in places {
                let gain = self.site(site);
                self.sites.insert(site);
                let need = [Fact::Principal(subject)];
                self.step(&need, gain, &by::BINDING, &[scope], None);
            }
        }
        self.groups();
    }

    /// Every service account is in three groups, every user in one; bindings may name these.
    ///
    /// Source: kubernetes/apiserver, `pkg/authentication/serviceaccount/util.go` (`MakeGroupNames`), `pkg/authentication/
    /// user/user.go` (read 2026-11).
    fn memberships(&self) -> Vec<(PrincipalId, PrincipalId)> {
        let group = |name: &str| self.cluster.groups.get(name).copied();
        let authenticated = group("system:authenticated");
        let accounts = group("system:serviceaccounts");
        let mut memberships: Vec<(PrincipalId, PrincipalId)> = Vec::new();
        for (name, namespace) in &self.cluster.namespaces {
            let of_namespace = group(&format!("system:serviceaccounts:{name}"));
            for &account in namespace.accounts.values() {
                let all = [of_namespace, accounts, authenticated];
                memberships.extend(all.into_iter().flatten().map(|group| (account, group)));
            }
        }
        let users = self.cluster.users.iter();
        let users = users.filter(|(name, _)| **name != "system:anonymous");
        let entries = self.cluster.entries.values();
        for &user in users.map(|(_, id)| id).chain(entries) {
            memberships.extend(authenticated.map(|group| (user, group)));
        }
        for (name, &user) in &self.cluster.users {
            let nodes = group("system:nodes").filter(|_| name.starts_with("system:node:"));
            memberships.extend(nodes.map(|group| (user, group)));
        }
        memberships
    }

    fn groups(&mut self) {
        for (member, group) in self.memberships() {
            let gain = Fact::Principal(group);
            self.step(&[Fact::Principal(member)], gain, &by::GROUP, &[], None);
        }
        let everybody = [
            self.cluster.groups.get("system:unauthenticated").copied(),
            self.cluster.users.get("system:anonymous").copied(),
        ];
        for one in everybody.into_iter().flatten() {
            // What is bound to nobody opens nothing: no need to say that everybody is in it.
            if self.rights.grants(one).next().is_some() {
                let condition =
                    Some("the API server can be reached, and answers requests without an identity");
                self.step(&[], Fact::Principal(one), &by::ANONYMOUS, &[], condition);
            }
        }
    }

    /// What the rules of the roles that are bound, or may be, allow.
    fn of_roles(&mut self) {
        for site in std::mem::take(&mut self.bound) {
            let need = self.site(site);
            for &(scope, rule) in self.rights.rules(site.role) {
                self.of_rule(need, site, scope, rule);
            }
        }
    }

    /// Who administers the cluster may do everything in it; who has every right in a namespace may do everything there.
    fn administering(&mut self) {
        let masters = self.cluster.groups.get("system:masters").copied();
        let Some(admin) = self.admin() else { return };
        if let Some(masters) = masters {
            self.step(&[Fact::Principal(masters)], admin, &by::MASTERS, &[], None);
        }
        let place = self.cluster.resource.map(|id| self.evidence_of(id));
        let place: Vec<EvidenceId> = place.unwrap_or_default().into_iter().take(1).collect();
        for act in ACTS {
            let gain = self.act(act, Where::Everywhere);
            self.step_at(&[admin], gain, &by::ADMINISTER, &[], &place, None);
        }
        let full: Vec<Where<'i>> = self.gained_where(Act::All);
        for place in full {
            let need = self.act(Act::All, place);
            for act in ACTS.into_iter().filter(|act| act.is_in_namespaces()) {
                let gain = self.act(act, place);
                self.step(&[need], gain, &by::ADMINISTER, &[], None);
            }
        }
    }

    fn gained_where(&self, act: Act) -> Vec<Where<'i>> {
        let of_act = self.gained.iter().filter(|(own, _)| *own == act);
        of_act.map(|&(_, place)| place).collect()
    }

    /// From what is done in every namespace to each of them.
    fn spread(&mut self, act: Act) {
        if !self.gained.contains(&(act, Where::Everywhere)) {
            return;
        }
        let names: Vec<&'i str> = self.cluster.namespaces.keys().copied().collect();
        for name in names {
            let need = self.act(act, Where::Everywhere);
            let gain = self.act(act, Where::In(name));
            let place = self.cluster.namespaces.get(name).and_then(|of| of.object);
            let place = place.map(|id| self.evidence_of(id)).unwrap_or_default();
            self.step_at(&[need], gain, &by::EACH_NAMESPACE, &[], &place, None);
        }
    }

    /// The namespaces in which an act may come to be done.
    fn namespaces_of(&self, act: Act) -> Vec<&'i str> {
        let all = self.gained_where(act).into_iter();
        let name = |place| match place {
            Where::In(name) => Some(name),
            Where::Everywhere => None,
        };
        all.filter_map(name).collect()
    }
}

/// The fact of asking for a session of a role as a service account does that is associated with it.
pub(super) fn pod_identity(
    derivation: &mut Derivation<'_>,
    account: PrincipalId,
    role: PrincipalId,
) -> Fact {
    let inventory = derivation.inventory;
    let (account, role) = (&inventory.principals[account], &inventory.principals[role]);
    let target = format!("{} as {}", role.key, account.key);
    let action = "eks-auth:AssumeRoleForPodIdentity";
    Fact::Act(derivation.steps.subject(action, &target))
}
