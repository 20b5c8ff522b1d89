//! Who holds which action, in which area: every grant of every principal, by action, account and area.

use crate::inventory::{Inventory, PrincipalId, PrincipalKind, ScopeId, TenantId};
use crate::platforms::aws::{ActionId, AreaId, Rights};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// One principal's way of holding an act.
#[derive(Debug, Clone)]
pub(super) struct Holding {
    pub(super) principal: PrincipalId,
    pub(super) scopes: Vec<ScopeId>,
    pub(super) condition: Option<String>,
}

type ActKey = (ActionId, TenantId, AreaId);

/// Every grant, in the order of principals.
pub(super) struct Holders {
    by_act: IndexMap<ActKey, Vec<Holding>, FxBuildHasher>,
    areas: FxHashMap<(ActionId, TenantId), Vec<AreaId>>,
    used: FxHashSet<ActKey>,
}

impl Holders {
    pub(super) fn new(inventory: &Inventory, rights: &mut Rights<'_>) -> Self {
        let mut by_act: IndexMap<ActKey, Vec<Holding>, FxBuildHasher> = IndexMap::default();
        for (id, principal) in inventory.principals.entries() {
            let Some(account) = principal.tenant else {
                continue;
            };
            // Groups never act: their members hold what they hold.
            if principal.platform != "aws" || principal.kind == PrincipalKind::Group {
                continue;
            }
            for (action, grant) in rights.grants(id) {
                by_act
                    .entry((action, account, grant.area))
                    .or_default()
                    .push(Holding {
                        principal: id,
                        scopes: grant.scopes,
                        condition: grant.condition,
                    });
            }
        }
        let mut areas: FxHashMap<(ActionId, TenantId), Vec<AreaId>> = FxHashMap::default();
        for &(action, account, area) in by_act.keys() {
            areas.entry((action, account)).or_default().push(area);
        }
        Self {
            by_act,
            areas,
            used: FxHashSet::default(),
        }
    }

    /// The areas in which principals of an account may do an action.
    pub(super) fn areas(&self, action: ActionId, account: TenantId) -> Vec<AreaId> {
        self.areas
            .get(&(action, account))
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn of(&self, action: ActionId, account: TenantId, area: AreaId) -> &[Holding] {
        self.by_act
            .get(&(action, account, area))
            .map_or(&[], Vec::as_slice)
    }

    /// The principals of an account that may do an action somewhere, in order.
    pub(super) fn principals_of(&self, action: ActionId, account: TenantId) -> Vec<PrincipalId> {
        let mut principals: Vec<PrincipalId> = self
            .areas(action, account)
            .into_iter()
            .flat_map(|area| self.of(action, account, area).iter().map(|h| h.principal))
            .collect();
        principals.sort_unstable();
        principals.dedup();
        principals
    }

    /// Whether this act is asked for the first time.
    pub(super) fn is_first_use(
        &mut self,
        action: ActionId,
        account: TenantId,
        area: AreaId,
    ) -> bool {
        self.used.insert((action, account, area))
    }

    /// How many principals may do an action anywhere.
    pub(super) fn holders_of(&self, action: ActionId) -> usize {
        let mut principals: Vec<PrincipalId> = self
            .by_act
            .iter()
            .filter(|((other, ..), _)| *other == action)
            .flat_map(|(_, holdings)| holdings.iter().map(|holding| holding.principal))
            .collect();
        principals.sort_unstable();
        principals.dedup();
        principals.len()
    }
}
