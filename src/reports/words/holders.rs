//! Who holds what lies somewhere: the server, assistant or person that runs with it, and who drives those.

use super::{Words, counted};
use crate::inventory::{CredentialId, Inventory, PrincipalId, PrincipalKind, Table, Terms};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// More people than so many are counted, not named.
const MOST_PEOPLE: usize = 3;

/// Who holds and drives, of a whole inventory.
pub(crate) struct Holders<'i> {
    inventory: &'i Inventory,
    /// Who drives a principal.
    drivers: FxHashMap<PrincipalId, Vec<PrincipalId>>,
    /// Who holds a place where a credential lies.
    holders: Table<CredentialId, Vec<PrincipalId>>,
}

impl<'i> Holders<'i> {
    /// Takes time linear in the inventory.
    pub(crate) fn of(inventory: &'i Inventory) -> Self {
        let mut drivers: FxHashMap<PrincipalId, Vec<PrincipalId>> = FxHashMap::default();
        for scope in inventory.scopes.iter() {
            if let Terms::Drives { driver, driven } = scope.terms {
                drivers.entry(driven).or_default().push(driver);
            }
        }
        let mut holders = Table::filled(Vec::new(), inventory.credentials.len());
        for exposure in inventory.exposures.iter() {
            for lying in &exposure.lying {
                let of: &mut Vec<PrincipalId> = &mut holders[lying.credential];
                for &holder in &exposure.holders {
                    if !of.contains(&holder) {
                        of.push(holder);
                    }
                }
            }
        }
        Self {
            inventory,
            drivers,
            holders,
        }
    }

    /// Who drives a principal, and who drives those: the nearest first.
    pub(crate) fn drivers(&self, of: PrincipalId) -> Vec<PrincipalId> {
        let mut all: Vec<PrincipalId> = Vec::new();
        let mut at = of;
        let mut next = 0;
        loop {
            for &driver in self.drivers.get(&at).into_iter().flatten() {
                if driver != of && !all.contains(&driver) {
                    all.push(driver);
                }
            }
            match all.get(next) {
                Some(&driver) => at = driver,
                None => return all,
            }
            next += 1;
        }
    }

    /// Who holds a credential, servers of one name together: `MCP server github on 7 devices`; then the people.
    pub(crate) fn summed(&self, words: &Words<'_>, credential: CredentialId) -> Vec<String> {
        let is_person = |id: &PrincipalId| {
            let kind = self.inventory.principals[*id].kind;
            kind == PrincipalKind::Human
        };
        let (people, software): (Vec<PrincipalId>, Vec<PrincipalId>) = self.holders[credential]
            .iter()
            .partition(|id| is_person(id));
        let mut by_name: IndexMap<String, BTreeSet<PrincipalId>> = IndexMap::new();
        for holder in software {
            let of = by_name.entry(words.principal(holder)).or_default();
            // A person here is an account of one machine.
            of.extend(self.drivers(holder).into_iter().filter(is_person));
        }
        let software = by_name.into_iter().map(|(name, of)| match of.len() {
            0 => name,
            count => format!("{name} on {}", counted(count, "device")),
        });
        let people: Vec<String> = match people.len() {
            count if count > MOST_PEOPLE => vec![format!("{count} people")],
            _ => people.iter().map(|&id| words.principal(id)).collect(),
        };
        software.chain(people).collect()
    }
}
