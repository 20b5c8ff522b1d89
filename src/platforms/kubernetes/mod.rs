//! Kubernetes: role-based access control, and what the manifest of a pod opens.
//!
//! RBAC only ever allows: a request is allowed if one rule of one role that is bound to the user, or to one of their
//! groups, allows it there. Other authorisers (webhooks, the node authoriser) and admission control may forbid and allow
//! more; no export tells of them.
//!
//! Source: kubernetes/kubernetes, `pkg/apis/rbac/v1/evaluation_helpers.go`, `plugin/pkg/auth/authorizer/rbac/rbac.go`,
//! `pkg/registry/rbac/validation/rule.go` (read 2026-11).

mod escape;
mod matching;

pub use escape::{Broken, Mounted, breaks_out, is_limited, mounts_token};
pub use matching::{Names, Request, allows, names};

use crate::inventory::{AccessRule, Inventory, PolicyId, PrincipalId, ScopeId, Terms};
use std::collections::BTreeMap;

/// Where a role is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site<'i> {
    /// The role.
    pub role: PolicyId,
    /// The only namespace in which it holds; `None`: the whole cluster.
    pub namespace: Option<&'i str>,
}

/// One rule that a principal holds, with the scopes that decide.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'i> {
    /// The binding.
    pub binding: ScopeId,
    /// Where it binds the role.
    pub site: Site<'i>,
    /// The rule's scope.
    pub scope: ScopeId,
    /// The rule.
    pub rule: &'i AccessRule,
}

impl Grant<'_> {
    /// Whether it counts for a request in that namespace; `None`: for one outside every namespace.
    pub fn holds_in(&self, namespace: Option<&str>) -> bool {
        match (self.site.namespace, namespace) {
            (None, _) => true,
            (Some(own), Some(asked)) => own == asked,
            (Some(_), None) => false,
        }
    }
}

/// The rights of all principals.
#[derive(Debug)]
pub struct Rights<'i> {
    rules: BTreeMap<PolicyId, Vec<(ScopeId, &'i AccessRule)>>,
    bindings: BTreeMap<PrincipalId, Vec<(ScopeId, Site<'i>)>>,
}

impl<'i> Rights<'i> {
    /// Takes time linear in scopes.
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut rights = Self {
            rules: BTreeMap::new(),
            bindings: BTreeMap::new(),
        };
        for (id, scope) in inventory.scopes.entries() {
            match &scope.terms {
                Terms::Rule { role, rule } => {
                    rights.rules.entry(*role).or_default().push((id, rule));
                }
                Terms::Binding {
                    role,
                    subject,
                    namespace,
                } => {
                    let site = Site {
                        role: *role,
                        namespace: namespace.as_deref(),
                    };
                    rights
                        .bindings
                        .entry(*subject)
                        .or_default()
                        .push((id, site));
                }
                _ => {}
            }
        }
        rights
    }

    /// The rules of a role, in order.
    pub fn rules(&self, role: PolicyId) -> &[(ScopeId, &'i AccessRule)] {
        self.rules.get(&role).map_or(&[], Vec::as_slice)
    }

    /// Who is bound where, by principal.
    pub fn bindings(&self) -> impl Iterator<Item = (PrincipalId, ScopeId, Site<'i>)> + '_ {
        self.bindings.iter().flat_map(|(&subject, all)| {
            all.iter().map(move |&(scope, site)| (subject, scope, site))
        })
    }

    /// What is granted to a principal itself, without its groups.
    pub fn grants(&self, principal: PrincipalId) -> impl Iterator<Item = Grant<'i>> + '_ {
        let bindings = self.bindings.get(&principal).map_or(&[][..], Vec::as_slice);
        bindings.iter().flat_map(move |&(binding, site)| {
            self.rules(site.role)
                .iter()
                .map(move |&(scope, rule)| Grant {
                    binding,
                    site,
                    scope,
                    rule,
                })
        })
    }

    /// May somebody who acts as all of `who` (a user and their groups) do that in that namespace (`None`: outside every
    /// one)? The grants that allow it; none: it is not allowed.
    pub fn may(
        &self,
        who: &[PrincipalId],
        request: &Request<'_>,
        namespace: Option<&str>,
    ) -> Vec<Grant<'i>> {
        let all = who.iter().flat_map(|&one| self.grants(one));
        all.filter(|grant| grant.holds_in(namespace) && allows(grant.rule, request))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{
        Evidence, File, FileId, Key, PolicyRecord, PrincipalKind, PrincipalRecord, Record,
        ScopeRecord, Table,
    };

    /// An inventory with a role of one rule, bound to a group in the whole cluster and to a user in namespace `shop`.
    fn inventory() -> Inventory {
        let mut files: Table<FileId, File> = Table::new();
        let file = files.push(File {
            path: "x.json".into(),
            bytes: 0,
            sources: Vec::new(),
            records: 0,
            covers: Vec::new(),
        });
        let evidence = Evidence {
            file,
            line: 1,
            pointer: "".into(),
            is_in_text: false,
        };
        let key = |name: &str| Key::from(name);
        let principal = |name: &str| {
            Record::Principal(PrincipalRecord {
                key: key(name),
                aliases: Vec::new(),
                name: name.to_owned(),
                kind: PrincipalKind::User,
                platform: "kubernetes",
                tenant: None,
                owner: None,
                created: None,
                last_used: None,
                tags: Vec::new(),
                evidence: evidence.clone(),
            })
        };
        let scope = |name: &str, terms| {
            Record::Scope(ScopeRecord {
                key: key(name),
                name: name.to_owned(),
                terms,
                evidence: evidence.clone(),
            })
        };
        let rule = AccessRule {
            verbs: vec!["get".to_owned()],
            groups: vec![String::new()],
            resources: vec!["secrets".to_owned()],
            ..AccessRule::default()
        };
        let binding = |subject: &str, namespace: Option<&str>| Terms::Binding {
            role: key("role"),
            subject: key(subject),
            namespace: namespace.map(str::to_owned),
        };
        let records = vec![
            principal("group"),
            principal("user"),
            Record::Policy(PolicyRecord {
                key: key("role"),
                name: "role".to_owned(),
                tenant: None,
                versions: None,
                guardrail: None,
                evidence: evidence.clone(),
            }),
            scope(
                "rule",
                Terms::Rule {
                    role: key("role"),
                    rule,
                },
            ),
            scope("everywhere", binding("group", None)),
            scope("in shop", binding("user", Some("shop"))),
        ];
        Inventory::build(files, records, jiff::Timestamp::UNIX_EPOCH, &mut Vec::new())
    }

    #[test]
    fn a_binding_counts_in_its_namespace_and_the_scopes_that_decide_are_told() {
        let inventory = inventory();
        let rights = Rights::new(&inventory);
        let user = inventory.principal_by_key("user").unwrap();
        let group = inventory.principal_by_key("group").unwrap();
        let request = Request {
            verb: "get",
            group: "",
            resource: "secrets",
            name: Some("s"),
        };
        let deciding = |who: &[PrincipalId], namespace| -> Vec<Vec<&str>> {
            let grants = rights.may(who, &request, namespace);
            let name = |scope: ScopeId| inventory.scopes[scope].name.as_str();
            let names = grants
                .iter()
                .map(|one| vec![name(one.binding), name(one.scope)]);
            names.collect()
        };
        assert_eq!(deciding(&[user], Some("shop")), [["in shop", "rule"]]);
        assert!(deciding(&[user], Some("other")).is_empty());
        // What lies outside every namespace is granted by bindings of the cluster alone.
        assert!(deciding(&[user], None).is_empty());
        assert_eq!(deciding(&[group], None), [["everywhere", "rule"]]);
        assert_eq!(deciding(&[user, group], Some("shop")).len(), 2);
    }
}
