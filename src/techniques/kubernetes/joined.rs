//! What needs several rights of one subject: bindings, roles, groups, certificates.
//!
//! Each right is a fact that names its subject; what allows it are steps to that fact, so that each grant can be taken
//! away by itself.

use super::Kubernetes;
use super::acts::{Act, Where};
use super::declared as by;
use crate::inventory::{AccessRule, PolicyId, PrincipalId, ScopeId, Terms};
use crate::platforms::kubernetes::{Grant, Request, Site, allows};
use crate::steps::Fact;
use std::collections::{BTreeMap, BTreeSet};

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const CHANGING: &[&str] = &["update", "patch"];

/// Source: Kubernetes documentation, "Certificates and Certificate Signing Requests", "Kubernetes signers",
/// "Authorization" (the name of the signer, or its domain and a star), and of the admission plugin
/// CertificateSubjectRestriction, which refuses system:masters (read 2026-11).
const SIGNERS: [&str; 2] = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];
const SIGNED: &str = "the cluster signs certificates of clients (managed ones may not)";

const ADMIN_THERE: &str = "the role cluster-admin is there, as it is by default: no export lists the roles of the cluster";

/// A subject with all that it acts as in one request, and the grants that may count, with the memberships they come by.
struct Subject<'i> {
    principal: PrincipalId,
    grants: Vec<(Grant<'i>, Vec<ScopeId>)>,
}

/// Something that is asked for: one of these verbs.
#[derive(Clone, Copy)]
struct Asked<'a> {
    verbs: &'a [&'a str],
    group: &'a str,
    resource: &'a str,
    name: Option<&'a str>,
    namespace: Option<&'a str>,
}

/// Everything is allowed: what else such a rule gives is followed by itself.
fn is_all(rule: &AccessRule) -> bool {
    let has = |values: &[String]| values.iter().any(|value| value == "*");
    has(&rule.verbs) && has(&rule.groups) && has(&rule.resources) && rule.names.is_empty()
}

fn has_verb(rule: &AccessRule, verbs: &[&str]) -> bool {
    rule.verbs
        .iter()
        .any(|own| own == "*" || verbs.contains(&own.as_str()))
}

impl<'i> Kubernetes<'_, 'i> {
    pub(super) fn joined(&mut self) {
        let subjects = self.joining();
        for subject in &subjects {
            self.certifying(subject);
            self.impersonating_groups(subject);
            self.binding(subject);
            self.escalating(subject);
        }
    }

    /// The subjects that hold one of the verbs that count together with others.
    fn joining(&self) -> Vec<Subject<'i>> {
        const DECIDING: &[&str] = &["bind", "escalate", "approve", "impersonate"];
        let in_groups = self.in_groups();
        let mut all: BTreeSet<PrincipalId> = self.rights.bindings().map(|(who, ..)| who).collect();
        all.extend(self.cluster.entries.values().copied());
        let of_cluster = format!("kubernetes:{}:", self.cluster.name);
        all.retain(|&who| self.inventory.principals[who].key.starts_with(&of_cluster));
        let mut subjects = Vec::new();
        for principal in all {
            let mut grants = Vec::new();
            for (who, through) in Self::acting_as(principal, &in_groups) {
                let own = self.rights.grants(who).filter(|grant| !is_all(grant.rule));
                grants.extend(own.map(|grant| (grant, through.clone())));
            }
            if grants
                .iter()
                .any(|(grant, _)| has_verb(grant.rule, DECIDING))
            {
                subjects.push(Subject { principal, grants });
            }
        }
        subjects
    }

    /// As whom else each principal acts in one request, and by which scope.
    fn in_groups(&self) -> BTreeMap<PrincipalId, Vec<(PrincipalId, Option<ScopeId>)>> {
        let mut of: BTreeMap<PrincipalId, Vec<(PrincipalId, Option<ScopeId>)>> = BTreeMap::new();
        let prefix = format!("kubernetes:{}:", self.cluster.name);
        let is_own = |id: PrincipalId| self.inventory.principals[id].key.starts_with(&prefix);
        for (id, scope) in self.inventory.scopes.entries() {
            let pair = match scope.terms {
                Terms::Membership { member, group } => (member, group),
                Terms::Mapping { from, to } => (from, to),
                _ => continue,
            };
            if is_own(pair.0) && is_own(pair.1) {
                of.entry(pair.0).or_default().push((pair.1, Some(id)));
            }
        }
        for (member, group) in self.memberships() {
            of.entry(member).or_default().push((group, None));
        }
        of
    }

    fn acting_as(
        principal: PrincipalId,
        of: &BTreeMap<PrincipalId, Vec<(PrincipalId, Option<ScopeId>)>>,
    ) -> Vec<(PrincipalId, Vec<ScopeId>)> {
        let mut all: Vec<(PrincipalId, Vec<ScopeId>)> = vec![(principal, Vec::new())];
        let mut at = 0;
        while let Some((one, through)) = all.get(at).cloned() {
            for &(next, scope) in of.get(&one).map_or(&[][..], Vec::as_slice) {
                if !all.iter().any(|(known, _)| *known == next) {
                    let through = through.iter().copied().chain(scope).collect();
                    all.push((next, through));
                }
            }
            at += 1;
        }
        all
    }

    /// The grants that allow what is asked for.
    fn allowing<'s>(
        subject: &'s Subject<'i>,
        asked: Asked<'s>,
    ) -> impl Iterator<Item = &'s (Grant<'i>, Vec<ScopeId>)> {
        subject.grants.iter().filter(move |(grant, _)| {
            grant.holds_in(asked.namespace)
                && asked.verbs.iter().any(|verb| {
                    let request = Request {
                        verb,
                        group: asked.group,
                        resource: asked.resource,
                        name: asked.name,
                    };
                    allows(grant.rule, &request)
                })
        })
    }

    /// The fact that a subject may do what is asked for, with the steps to it; `None` if it may not.
    fn right(&mut self, subject: &Subject<'i>, asked: Asked<'_>) -> Option<Fact> {
        Self::allowing(subject, asked).next()?;
        let place = match asked.namespace {
            Some(name) => Where::In(name).in_words(self.cluster.name),
            None => Where::Everywhere.in_words(self.cluster.name),
        };
        let target = match asked.name {
            Some(name) => format!("{name} in {place}"),
            None => place,
        };
        let action = format!("{} {}", asked.verbs.join(" or "), asked.resource);
        Some(self.right_of(subject, &action, &target, |grant| {
            Self::allowing(subject, asked)
                .any(|(own, _)| own.scope == grant.scope && own.binding == grant.binding)
        }))
    }

    fn right_of(
        &mut self,
        subject: &Subject<'i>,
        action: &str,
        target: &str,
        counts: impl Fn(&Grant<'i>) -> bool,
    ) -> Fact {
        let words = self.derivation.steps.subject(action, target);
        let right = Fact::Right(subject.principal, words);
        for (grant, through) in subject.grants.iter().filter(|(grant, _)| counts(grant)) {
            let scopes: Vec<ScopeId> = [grant.binding, grant.scope]
                .into_iter()
                .chain(through.iter().copied())
                .collect();
            let need = [Fact::Principal(subject.principal)];
            self.step(&need, right, &by::BINDING, &scopes, None);
        }
        right
    }

    /// Requests for certificates of clients, approved by who made them.
    fn certifying(&mut self, subject: &Subject<'i>) {
        let of_cluster = |verbs, resource, name| Asked {
            verbs,
            group: CERTIFICATES,
            resource,
            name,
            namespace: None,
        };
        let requests = "certificatesigningrequests";
        // Whoever makes a request gives it its name, so that a rule with names does not keep one from approving it.
        let approving = subject
            .grants
            .iter()
            .any(|(grant, _)| grant.holds_in(None) && is_approving(grant.rule));
        let signer = SIGNERS.into_iter().find(|signer| {
            let asked = of_cluster(&["approve"], "signers", Some(signer));
            Self::allowing(subject, asked).next().is_some()
        });
        let (true, Some(signer)) = (approving, signer) else {
            return;
        };
        let Some(make) = self.right(subject, of_cluster(&["create"], requests, None)) else {
            return;
        };
        let Some(sign) = self.right(subject, of_cluster(&["approve"], "signers", Some(signer)))
        else {
            return;
        };
        let target = Where::Everywhere.in_words(self.cluster.name);
        let approve = self.right_of(
            subject,
            "update or patch certificatesigningrequests/approval",
            &target,
            |grant| grant.holds_in(None) && is_approving(grant.rule),
        );
        let gain = self.act(Act::Certify, Where::Everywhere);
        let needs = [make, approve, sign];
        self.step(&needs, gain, &by::CERTIFICATE, &[], Some(SIGNED));
    }

    /// Whoever impersonates a group must impersonate somebody in the same request.
    ///
    /// Source: kubernetes/apiserver, `pkg/endpoints/filters/impersonation.go` (read 2026-11).
    fn impersonating_groups(&mut self, subject: &Subject<'i>) {
        let is_of_somebody = |grant: &Grant<'i>| {
            let request = |resource| Request {
                verb: "impersonate",
                group: "",
                resource,
                name: grant.rule.names.first().map(String::as_str),
            };
            allows(grant.rule, &request("serviceaccounts"))
                || (grant.holds_in(None) && allows(grant.rule, &request("users")))
        };
        if !subject
            .grants
            .iter()
            .any(|(grant, _)| is_of_somebody(grant))
        {
            return;
        }
        let groups: Vec<(&'i str, PrincipalId)> = self
            .cluster
            .groups
            .iter()
            .map(|(&name, &id)| (name, id))
            .collect();
        for (name, group) in groups {
            let asked = Asked {
                verbs: &["impersonate"],
                group: "",
                resource: "groups",
                name: Some(name),
                namespace: None,
            };
            let Some(right) = self.right(subject, asked) else {
                continue;
            };
            let target = Where::Everywhere.in_words(self.cluster.name);
            let somebody = self.right_of(subject, "impersonate somebody", &target, is_of_somebody);
            let gain = Fact::Principal(group);
            self.step(&[right, somebody], gain, &by::IMPERSONATE_GROUP, &[], None);
        }
    }

    /// The roles of the cluster by name, and those of a namespace.
    fn roles(&self, namespace: Option<&str>) -> Vec<(&'i str, PolicyId)> {
        let prefix = match namespace {
            Some(name) => format!("kubernetes:{}:role:{name}/", self.cluster.name),
            None => format!("kubernetes:{}:clusterrole:", self.cluster.name),
        };
        let policies = self.inventory.policies.entries();
        policies
            .filter_map(|(id, policy)| Some((policy.key.strip_prefix(&prefix)?, id)))
            .collect()
    }

    /// Whoever may bind a role, and make or change a binding, is bound.
    ///
    /// Source: "Using RBAC Authorization", "Restrictions on role binding creation or update";
    /// kubernetes/kubernetes, `pkg/registry/rbac/escalation_check.go` (`BindingAuthorized`, read 2026-11): the role is
    /// asked for in the namespace of the binding.
    fn binding(&mut self, subject: &Subject<'i>) {
        let holds = |grant: &Grant<'i>| has_verb(grant.rule, &["bind"]);
        if !subject.grants.iter().any(|(grant, _)| holds(grant)) {
            return;
        }
        self.binding_in(subject, None);
        let names: Vec<&'i str> = self.cluster.namespaces.keys().copied().collect();
        for name in names {
            self.binding_in(subject, Some(name));
        }
    }

    fn binding_in(&mut self, subject: &Subject<'i>, namespace: Option<&'i str>) {
        let bindings = match namespace {
            Some(_) => "rolebindings",
            None => "clusterrolebindings",
        };
        let asked = |verbs, resource, name| Asked {
            verbs,
            group: RBAC,
            resource,
            name,
            namespace,
        };
        let make = self.right(subject, asked(&["create"], bindings, None));
        let any = self.right(subject, asked(&["bind"], "clusterroles", None));
        if let (Some(make), Some(any), Some(condition)) = (make, any, self.all_powerful()) {
            let gain = match namespace {
                Some(name) => Some(self.act(Act::All, Where::In(name))),
                None => self.admin(),
            };
            if let Some(gain) = gain {
                self.step(&[make, any], gain, &by::BIND, &[], condition);
            }
        }
        let of_namespace = namespace
            .map(|name| self.roles(Some(name)))
            .unwrap_or_default();
        let of_cluster = self.roles(None).into_iter();
        let roles = of_cluster
            .map(|role| ("clusterroles", role))
            .chain(of_namespace.into_iter().map(|role| ("roles", role)));
        for (resource, (name, role)) in roles {
            let Some(bind) = self.right(subject, asked(&["bind"], resource, Some(name))) else {
                continue;
            };
            let mut ways: Vec<Fact> = make.into_iter().collect();
            // One that is there can only be given further subjects: which role it binds does not change.
            for binding in self.bindings_of(role, namespace) {
                ways.extend(self.right(subject, asked(CHANGING, bindings, Some(binding))));
            }
            ways.sort_unstable();
            ways.dedup();
            for way in ways {
                let gain = self.site(Site { role, namespace });
                self.step(&[way, bind], gain, &by::BIND, &[], None);
            }
        }
    }

    /// Whether there is a role of the cluster that allows everything: `None` if not, else on what that hangs.
    fn all_powerful(&self) -> Option<Option<&'static str>> {
        let roles = self.roles(None).into_iter();
        let mut rules = roles.flat_map(|(_, role)| self.rights.rules(role));
        if rules.any(|(_, rule)| is_all(rule)) {
            return Some(None);
        }
        let (tenant, kind) = (self.cluster.tenant, "kubernetes:clusterrole");
        let is_listed = self.inventory.is_listed(tenant, kind);
        (!is_listed).then_some(Some(ADMIN_THERE))
    }

    /// The names of the bindings of a role in one place, each once.
    fn bindings_of(&self, role: PolicyId, namespace: Option<&str>) -> Vec<&'i str> {
        let mut names: BTreeSet<&'i str> = BTreeSet::new();
        for (_, scope, site) in self.rights.bindings() {
            if site.role == role && site.namespace == namespace {
                let name = self.inventory.scopes[scope].name.as_str();
                names.insert(name.rsplit('/').next().unwrap_or(name));
            }
        }
        names.into_iter().collect()
    }

    /// Whoever may change a role, and escalate it, writes everything into it; who is bound to it then has that.
    fn escalating(&mut self, subject: &Subject<'i>) {
        let holds = |grant: &Grant<'i>| has_verb(grant.rule, &["escalate"]);
        if !subject.grants.iter().any(|(grant, _)| holds(grant)) {
            return;
        }
        let names = self.cluster.namespaces.keys().copied().map(Some);
        let places: Vec<Option<&'i str>> = std::iter::once(None).chain(names).collect();
        for namespace in places {
            let resource = match namespace {
                Some(_) => "roles",
                None => "clusterroles",
            };
            for (name, role) in self.roles(namespace) {
                let asked = |verbs| Asked {
                    verbs,
                    group: RBAC,
                    resource,
                    name: Some(name),
                    namespace,
                };
                let change = self.right(subject, asked(CHANGING));
                let escalate = self.right(subject, asked(&["escalate"]));
                if let (Some(change), Some(escalate)) = (change, escalate) {
                    self.changed(role, &[change, escalate]);
                }
            }
        }
    }

    fn changed(&mut self, role: PolicyId, rights: &[Fact]) {
        let name = &self.inventory.policies[role].name;
        let target = format!("role {name} of cluster {}", self.cluster.name);
        let words = self.derivation.steps.subject("escalate", &target);
        let change = Fact::Act(words);
        self.step(rights, change, &by::ESCALATE, &[], None);
        let sites: Vec<Site<'i>> = self.sites.iter().copied().collect();
        for site in sites.into_iter().filter(|site| site.role == role) {
            let gain = match site.namespace {
                Some(name) => Some(self.act(Act::All, Where::In(name))),
                None => self.admin(),
            };
            let held = self.site(site);
            if let Some(gain) = gain {
                self.step(&[change, held], gain, &by::USE_CHANGED, &[], None);
            }
        }
    }
}

fn is_approving(rule: &AccessRule) -> bool {
    CHANGING.iter().any(|verb| {
        let request = Request {
            verb,
            group: CERTIFICATES,
            resource: "certificatesigningrequests/approval",
            name: rule.names.first().map(String::as_str),
        };
        allows(rule, &request)
    })
}
