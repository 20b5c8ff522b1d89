//! What the inventory lacks before rights can be followed: names of what bindings alone name, the group that is above
//! all, classes of what no export lists, and who bears which tokens of the cluster's issuer.

use super::cluster::{Cluster, clusters, parts};
use crate::inventory::{EvidenceId, Inventory, Key, PrincipalKind, Scope, TenantId, Terms};
use crate::pattern;

const PLATFORM: &str = "kubernetes";

/// The key of the class of the secrets of a namespace that no export lists.
pub(super) fn class_of_secrets(cluster: &str, namespace: &str) -> String {
    format!("kubernetes:{cluster}:secret:{namespace}/*")
}

/// The key of the class of the nodes that no export lists.
pub(super) fn class_of_nodes(cluster: &str) -> String {
    format!("kubernetes:{cluster}:node:*")
}

/// The key of the principal that stands for whoever can have tokens of a service account for any audience.
///
/// Acting as the service account is less: the token that lies in a pod is for the API server.
pub(super) fn bearer_key(account: &str) -> Key {
    format!("{account}#tokens").into()
}

/// Completes the inventory of every cluster. Who bears tokens is looked for where some trust asks for them, so that what
/// others trust must be there already.
pub(in crate::techniques) fn complete(inventory: &mut Inventory) {
    for tenant in clusters(inventory) {
        name_stubs(inventory, tenant);
        let Some(&place) = inventory.tenants[tenant].evidence.first() else {
            continue;
        };
        let cluster = inventory.tenants[tenant].identifier.clone();
        let masters = "system:masters";
        let key: Key = format!("kubernetes:{cluster}:group:{masters}").into();
        let group = PrincipalKind::Group;
        let id = inventory.add_stand_in(
            key,
            masters.to_owned(),
            group,
            PLATFORM,
            Some(tenant),
            place,
        );
        inventory.principals[id].is_stub = false;
        add_classes(inventory, tenant, &cluster, place);
        add_bearers(inventory, tenant);
    }
}

/// Gives what an export names and does not describe the cluster, kind and name that its key tells.
fn name_stubs(inventory: &mut Inventory, tenant: TenantId) {
    let cluster = inventory.tenants[tenant].identifier.clone();
    for principal in inventory.principals.iter_mut().filter(|one| one.is_stub) {
        if let Some((kind, name)) = parts(&principal.key, &cluster) {
            let (kind, name) = (kind.to_owned(), name.to_owned());
            principal.platform = PLATFORM;
            principal.tenant = Some(tenant);
            principal.name = name;
            principal.kind = match kind.as_str() {
                "serviceaccount" => PrincipalKind::ServiceAccount,
                "group" => PrincipalKind::Group,
                "pod" => PrincipalKind::Workload,
                _ => PrincipalKind::User,
            };
        }
    }
    for resource in inventory.resources.iter_mut().filter(|one| one.is_stub) {
        if let Some((kind, name)) = parts(&resource.key, &cluster) {
            let (kind, name) = (format!("kubernetes:{kind}"), name.to_owned());
            resource.platform = PLATFORM;
            resource.tenant = Some(tenant);
            (resource.kind, resource.name) = (kind, name);
        }
    }
}

fn add_classes(inventory: &mut Inventory, tenant: TenantId, cluster: &str, place: EvidenceId) {
    let mut classes: Vec<(String, String, &str)> = Vec::new();
    let known = Cluster::new(inventory, tenant);
    for name in known.namespaces.keys() {
        if !known.lists(inventory, "secret", name) {
            let about = format!(
                "every secret of namespace {name} of cluster {cluster} that no export lists"
            );
            classes.push((class_of_secrets(cluster, name), about, "kubernetes:secret"));
        }
    }
    if !inventory.is_listed(tenant, "kubernetes:node") {
        let about = format!("every node of cluster {cluster} that no export lists");
        classes.push((class_of_nodes(cluster), about, "kubernetes:node"));
    }
    for (key, about, kind) in classes {
        inventory.add_class(&key, about, kind, Some(tenant), place);
    }
}

/// Who can present tokens of service accounts, where some trust takes such: whoever can have tokens for any audience,
/// and the code in pods that are given one for an audience.
///
/// Source: "Managing Service Accounts" (subjects `system:serviceaccount:NAMESPACE:NAME`); "Configure Service Accounts for
/// Pods" (projected tokens and their audiences) (read 2026-11).
fn add_bearers(inventory: &mut Inventory, tenant: TenantId) {
    struct Bearing {
        key: Key,
        name: String,
        subject: String,
        audience: Option<String>,
        evidence: Vec<EvidenceId>,
        is_new: bool,
    }
    let known = Cluster::new(inventory, tenant);
    let Some(issuer) = known.issuer else { return };
    let (issuer, place) = (
        &inventory.resources[issuer].name,
        &inventory.resources[issuer].evidence,
    );
    let is_trusted = |subject: &str| {
        inventory
            .federations
            .iter()
            .any(|one| one.issuer == *issuer && pattern::matches(&one.subject, subject))
    };
    let mut all: Vec<Bearing> = Vec::new();
    for (namespace, of) in &known.namespaces {
        for (name, &account) in &of.accounts {
            let subject = format!("system:serviceaccount:{namespace}:{name}");
            if !is_trusted(&subject) {
                continue;
            }
            let row = &inventory.principals[account];
            let evidence = row.evidence.iter().chain(place).copied().collect();
            all.push(Bearing {
                key: bearer_key(&row.key),
                name: format!("whoever has tokens of {namespace}/{name} for any audience"),
                subject,
                audience: None,
                evidence,
                is_new: true,
            });
        }
    }
    for pod in known.all_pods() {
        let Some((_, account)) = pod.account else {
            continue;
        };
        let Some(("serviceaccount", name)) = parts(&inventory.principals[account].key, known.name)
        else {
            continue;
        };
        let subject = format!("system:serviceaccount:{}", name.replacen('/', ":", 1));
        if !is_trusted(&subject) {
            continue;
        }
        let audiences = pod.asks.iter().filter_map(|ask| ask.strip_prefix("token:"));
        for audience in audiences.filter(|audience| !audience.is_empty()) {
            let row = &inventory.principals[pod.principal];
            let evidence = row.evidence.iter().chain(place).copied().collect();
            all.push(Bearing {
                key: row.key.clone(),
                name: row.name.clone(),
                subject: subject.clone(),
                audience: Some(audience.to_owned()),
                evidence,
                is_new: false,
            });
        }
    }
    let issuer = issuer.clone();
    for one in all {
        let Some(&place) = one.evidence.first() else {
            continue;
        };
        let kind = PrincipalKind::ServiceAccount;
        let key = one.key.clone();
        let id = inventory.add_stand_in(key, one.name.clone(), kind, PLATFORM, Some(tenant), place);
        if one.is_new {
            inventory.principals[id].is_stub = false;
        }
        let audience = one.audience.as_deref().unwrap_or("*");
        inventory.scopes.push(Scope {
            key: format!("{}#bears/{audience}", one.key).into(),
            name: one.name,
            terms: Terms::Bears {
                principal: id,
                issuer: issuer.clone(),
                subject: one.subject,
                audience: one.audience,
                condition: None,
            },
            evidence: one.evidence,
        });
    }
}
