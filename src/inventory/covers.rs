//! Of which objects a list is missing, though others of their sort have one.

use super::{Inventory, Key, PrincipalId, PrincipalKind, ResourceId, TenantId};
use std::collections::{BTreeMap, BTreeSet};

/// Objects of a tenant of which one source lists nothing, though it lists something of others of their sort: users of
/// an account whose access keys no file lists. What lies with them is not observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// The source.
    pub source: &'static str,
    /// Key of the tenant.
    pub of: Key,
    /// What is not listed of them.
    pub list: String,
    /// Keys of the objects, in order.
    pub objects: Vec<Key>,
}

/// Things that are listed alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sort<'i> {
    Principals(Option<TenantId>, PrincipalKind),
    Resources(Option<TenantId>, &'i str),
}

impl Inventory {
    /// The key under which a principal or resource stands in its table; other keys as they are.
    pub fn main_key(&self, key: &Key) -> Key {
        let principal = || Some(self.principals[self.principal_by_key(key)?].key.clone());
        let resource = || Some(self.resources[self.resource_by_key(key)?].key.clone());
        principal().or_else(resource).unwrap_or_else(|| key.clone())
    }

    /// Objects without a list, by source and tenant.
    ///
    /// Complexity: n log n in principals, resources and what files cover.
    pub fn unlisted(&self) -> Vec<Unlisted> {
        type List<'i> = (&'static str, &'i Key, &'i str);
        let mut listed: BTreeMap<(List<'_>, Sort<'_>), BTreeSet<Key>> = BTreeMap::new();
        for covers in self.files.iter().flat_map(|file| &file.covers) {
            let (Some(source), Some(of), Some(object)) =
                (covers.source, &covers.of, &covers.object)
            else {
                continue;
            };
            let Some(sort) = self.sort(object) else {
                continue;
            };
            let list = covers.list.as_deref().unwrap_or_default();
            let all = listed.entry(((source, of, list), sort)).or_default();
            all.insert(self.main_key(object));
        }
        let mut principals: BTreeMap<Sort<'_>, Vec<PrincipalId>> = BTreeMap::new();
        let mut resources: BTreeMap<Sort<'_>, Vec<ResourceId>> = BTreeMap::new();
        if !listed.is_empty() {
            for (id, principal) in self.principals.ids().zip(self.principals.iter()) {
                if !principal.is_stub {
                    let sort = Sort::Principals(principal.tenant, principal.kind);
                    principals.entry(sort).or_default().push(id);
                }
            }
            for (id, resource) in self.resources.ids().zip(self.resources.iter()) {
                if !resource.is_stub && !resource.is_class {
                    let sort = Sort::Resources(resource.tenant, &resource.kind);
                    resources.entry(sort).or_default().push(id);
                }
            }
        }
        let mut missing: BTreeMap<List<'_>, BTreeSet<Key>> = BTreeMap::new();
        for ((list, sort), own) in &listed {
            let principals = principals.get(sort).into_iter().flatten();
            let resources = resources.get(sort).into_iter().flatten();
            let all = principals
                .map(|&id| &self.principals[id].key)
                .chain(resources.map(|&id| &self.resources[id].key));
            let without: Vec<Key> = all.filter(|&key| !own.contains(key)).cloned().collect();
            if !without.is_empty() {
                missing.entry(*list).or_default().extend(without);
            }
        }
        missing
            .into_iter()
            .map(|((source, of, list), objects)| Unlisted {
                source,
                of: of.clone(),
                list: list.to_owned(),
                objects: objects.into_iter().collect(),
            })
            .collect()
    }

    /// What sort of object a key names; `None` of what no export describes.
    pub fn kind_of(&self, key: &Key) -> Option<&str> {
        Some(match self.sort(key)? {
            Sort::Principals(_, kind) => kind.name(),
            Sort::Resources(_, kind) => kind,
        })
    }

    /// With what an object is listed alike; `None` of what no export describes.
    fn sort(&self, key: &Key) -> Option<Sort<'_>> {
        if let Some(id) = self.principal_by_key(key) {
            let principal = &self.principals[id];
            return (!principal.is_stub)
                .then_some(Sort::Principals(principal.tenant, principal.kind));
        }
        let resource = &self.resources[self.resource_by_key(key)?];
        let is_described = !resource.is_stub && !resource.is_class;
        is_described.then_some(Sort::Resources(resource.tenant, &resource.kind))
    }
}
