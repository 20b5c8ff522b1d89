//! What the inventory holds of one cluster, by namespace.

use crate::inventory::{Inventory, PrincipalId, ResourceId, ScopeId, TenantId, Terms};
use std::collections::{BTreeMap, BTreeSet};

/// A pod in which code runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pod<'i> {
    pub(super) principal: PrincipalId,
    /// The scope that says where and how it runs.
    pub(super) runs: ScopeId,
    pub(super) namespace: &'i str,
    pub(super) of: ResourceId,
    pub(super) host: Option<ResourceId>,
    pub(super) asks: &'i [String],
    /// As whom, and by which scope.
    pub(super) account: Option<(ScopeId, PrincipalId)>,
}

/// One namespace.
#[derive(Debug, Default)]
pub(super) struct Namespace<'i> {
    /// Its own object.
    pub(super) object: Option<ResourceId>,
    pub(super) accounts: BTreeMap<&'i str, PrincipalId>,
    pub(super) secrets: BTreeMap<&'i str, ResourceId>,
    /// By name.
    pub(super) pods: BTreeMap<&'i str, Pod<'i>>,
    /// What makes pods: kind in lower case, and name.
    pub(super) workloads: BTreeMap<(&'i str, &'i str), ResourceId>,
    /// The manifests of pods.
    pub(super) manifests: BTreeMap<&'i str, ResourceId>,
}

/// One cluster.
#[derive(Debug)]
pub(super) struct Cluster<'i> {
    pub(super) tenant: TenantId,
    pub(super) name: &'i str,
    /// The cluster as something that can be administered.
    pub(super) resource: Option<ResourceId>,
    pub(super) namespaces: BTreeMap<&'i str, Namespace<'i>>,
    pub(super) nodes: BTreeMap<&'i str, ResourceId>,
    pub(super) users: BTreeMap<&'i str, PrincipalId>,
    pub(super) groups: BTreeMap<&'i str, PrincipalId>,
    /// Whom AWS principals are taken for, by the list and the principal's ARN.
    pub(super) entries: BTreeMap<(&'i str, &'i str), PrincipalId>,
    /// Under which name it issues tokens.
    pub(super) issuer: Option<ResourceId>,
    pub(super) has_aws_auth: bool,
}

/// The tenants that are clusters, in order.
pub(super) fn clusters(inventory: &Inventory) -> Vec<TenantId> {
    let of = |tenant: &TenantId| inventory.tenants[*tenant].platform == "kubernetes";
    inventory.tenants.ids().filter(of).collect()
}

/// The kind and the name of an object, by its key.
pub(super) fn parts<'k>(key: &'k str, cluster: &str) -> Option<(&'k str, &'k str)> {
    key.strip_prefix("kubernetes:")?
        .strip_prefix(cluster)?
        .strip_prefix(':')?
        .split_once(':')
}

impl<'i> Cluster<'i> {
    /// Takes time linear in the inventory.
    pub(super) fn new(inventory: &'i Inventory, tenant: TenantId) -> Self {
        let name = inventory.tenants[tenant].identifier.as_str();
        let mut cluster = Self {
            tenant,
            name,
            resource: inventory.resource_by_key(&inventory.tenants[tenant].key),
            namespaces: BTreeMap::new(),
            nodes: BTreeMap::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            entries: BTreeMap::new(),
            issuer: None,
            has_aws_auth: false,
        };
        for (id, principal) in inventory.principals.entries() {
            match parts(&principal.key, name) {
                Some(("serviceaccount", rest)) => {
                    // Behind `#` stands who bears its tokens.
                    if let Some((namespace, account)) = rest.split_once('/')
                        && !account.contains('#')
                    {
                        cluster.at(namespace).accounts.insert(account, id);
                    }
                }
                Some(("user", user)) => drop(cluster.users.insert(user, id)),
                Some(("group", group)) => drop(cluster.groups.insert(group, id)),
                Some((list @ ("access-entry" | "aws-auth"), arn)) => {
                    cluster.entries.insert((list, arn), id);
                }
                _ => {}
            }
        }
        for (id, resource) in inventory.resources.entries() {
            if resource.is_class {
                continue;
            }
            let Some((kind, rest)) = parts(&resource.key, name) else {
                continue;
            };
            match (kind, rest.split_once('/')) {
                ("namespace", _) => cluster.at(rest).object = Some(id),
                ("node", _) => drop(cluster.nodes.insert(rest, id)),
                ("token-issuer", _) => cluster.issuer = cluster.issuer.or(Some(id)),
                ("configmap", _) => cluster.has_aws_auth = true,
                ("secret", Some((namespace, secret))) => {
                    cluster.at(namespace).secrets.insert(secret, id);
                }
                ("pod", Some((namespace, pod))) => {
                    cluster.at(namespace).manifests.insert(pod, id);
                }
                (kind, Some((namespace, workload))) => {
                    let workloads = &mut cluster.at(namespace).workloads;
                    workloads.insert((kind, workload), id);
                }
                _ => {}
            }
        }
        cluster.pods(inventory);
        for scope in inventory.scopes.iter() {
            if let Terms::Binding {
                role,
                namespace: Some(namespace),
                ..
            } = &scope.terms
                && inventory.policies[*role]
                    .key
                    .starts_with(&format!("kubernetes:{name}:"))
                && !namespace.contains('*')
            {
                cluster.at(namespace);
            }
        }
        cluster
    }

    fn at(&mut self, namespace: &'i str) -> &mut Namespace<'i> {
        self.namespaces.entry(namespace).or_default()
    }

    fn pods(&mut self, inventory: &'i Inventory) {
        let mut accounts: BTreeMap<ResourceId, (ScopeId, PrincipalId)> = BTreeMap::new();
        for (id, scope) in inventory.scopes.entries() {
            if let Terms::RunsAs {
                resource,
                principal,
            } = scope.terms
            {
                accounts.insert(resource, (id, principal));
            }
        }
        for (id, scope) in inventory.scopes.entries() {
            let Terms::Runs {
                workload,
                of,
                host,
                asks,
            } = &scope.terms
            else {
                continue;
            };
            let key = &inventory.principals[*workload].key;
            let Some(("pod", rest)) = parts(key, self.name) else {
                continue;
            };
            let Some((namespace, name)) = rest.split_once('/') else {
                continue;
            };
            let resource = inventory.resource_by_key(key);
            let pod = Pod {
                principal: *workload,
                runs: id,
                namespace,
                of: *of,
                host: *host,
                asks,
                account: resource.and_then(|resource| accounts.get(&resource).copied()),
            };
            self.at(namespace).pods.insert(name, pod);
        }
    }

    /// All pods, in order of namespace and name.
    pub(super) fn all_pods(&self) -> impl Iterator<Item = &Pod<'i>> {
        self.namespaces.values().flat_map(|one| one.pods.values())
    }

    /// Whether some export lists all objects of a kind in a namespace.
    pub(super) fn lists(&self, inventory: &Inventory, kind: &str, namespace: &str) -> bool {
        let kind = format!("kubernetes:{kind}");
        if inventory.is_listed(self.tenant, &kind) {
            return true;
        }
        let own = format!("kubernetes:{}:namespace:{namespace}", self.name);
        inventory.listings.iter().any(|listing| {
            listing.tenant == self.tenant
                && listing.kind == kind
                && listing.is_complete
                && listing.of.as_deref() == Some(own.as_str())
        })
    }

    /// The namespaces that a binding names: one, or those that a pattern of an access policy fits.
    pub(super) fn named(&self, namespace: &'i str) -> BTreeSet<&'i str> {
        if !namespace.contains('*') {
            return std::iter::once(namespace).collect();
        }
        let names = self.namespaces.keys().copied();
        names
            .filter(|name| crate::pattern::matches(namespace, name))
            .collect()
    }
}
