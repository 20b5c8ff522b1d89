//! Resources that rules speak of and no export lists one by one: they are added once all exports are linked.

use super::{EvidenceId, Id, Inventory, Key, Platform, Resource, ResourceId, TenantId};

impl Inventory {
    /// Adds a resource that stands for all those that a pattern covers and no export lists, unless it is there.
    pub fn add_class(
        &mut self,
        key: &str,
        name: String,
        kind: &str,
        tenant: Option<TenantId>,
        evidence: EvidenceId,
    ) -> ResourceId {
        if let Some(id) = self.resource_by_key(key) {
            return id;
        }
        let class = Resource {
            name,
            tenant,
            is_class: true,
            evidence: vec![evidence],
            ..Resource::new(key.into(), kind.to_owned(), self.platform_of(tenant))
        };
        self.add_resource(class)
    }

    /// Adds the resource that stands for a whole tenant and bears its key, unless it is there: it is what an administrator
    /// of the tenant gains beside all that lies in it.
    pub fn add_whole_tenant(
        &mut self,
        tenant: TenantId,
        name: String,
        kind: &str,
        evidence: EvidenceId,
    ) -> ResourceId {
        let of = &self.tenants[tenant];
        if let Some(id) = self.resource_by_key(&of.key) {
            return id;
        }
        let whole = Resource {
            name,
            tenant: Some(tenant),
            evidence: vec![evidence],
            ..Resource::new(of.key.clone(), kind.to_owned(), of.platform)
        };
        self.add_resource(whole)
    }

    fn platform_of(&self, tenant: Option<TenantId>) -> Platform {
        tenant.map_or("unknown", |id| self.tenants[id].platform)
    }

    fn add_resource(&mut self, mut resource: Resource) -> ResourceId {
        let labels = std::mem::take(&mut self.labels);
        let tenant = resource.tenant.map(|id| &self.tenants[id]);
        labels.label_resource(&mut resource, tenant, (None, None), "");
        self.labels = labels;
        let id = ResourceId::from_index(self.resources.len());
        let key: Key = resource.key.clone();
        self.resources.push(resource);
        self.resource_by_key.insert(key, id);
        id
    }
}
