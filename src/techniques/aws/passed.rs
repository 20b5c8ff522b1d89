//! Techniques that pass a role to a service: the role and what is created are the caller's choice.

use super::blocks::{Block, WORTH_IT, count, cover};
use super::catalogue::{Entry, Gain, Need, On};
use super::naming::{Named, names};
use super::service_roles::Gained;
use super::{Aws, and, unless_denied};
use crate::inventory::TenantId;
use crate::platforms::aws::{AreaId, NameIndex};
use crate::steps::{Fact, TechniqueId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::ops::Range;

/// What of the roles in question may be passed in an area.
struct Passable {
    /// On what whole blocks hang.
    reason: Option<String>,
    whole: Vec<Block>,
    single: Vec<Gained>,
}

impl Aws<'_, '_, '_> {
    pub(super) fn passed(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        service: &str,
        needs_profile: bool,
    ) {
        for account in self.targets.accounts() {
            let creating = entry
                .requests
                .iter()
                .flatten()
                .find(|need| need.on == On::New);
            let mut roles = self.roles_trusting(service, account, needs_profile, creating);
            if matches!(entry.gain, Gain::RoleTrusting { assumes: true, .. }) {
                roles = roles
                    .into_iter()
                    .flat_map(|role| self.assumed_by(&role))
                    .collect();
            }
            if !roles.is_empty() {
                self.passed_in(entry, technique, service, account, &roles);
            }
        }
    }

    fn passed_in(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        service: &str,
        account: TenantId,
        roles: &[Gained],
    ) {
        let Some((first, later)) = entry.requests.split_first() else {
            return;
        };
        let Some(passing_need) = first.iter().find(|need| need.on == On::PassedRole) else {
            return;
        };
        let pass_action = self.action(passing_need, Some(service));
        let others: Vec<&Need> = first
            .iter()
            .filter(|need| need.on != On::PassedRole)
            .collect();
        let holders = self.holders.holders_in(pass_action, account);
        if holders.is_empty() {
            return;
        }
        let later = self.later(entry, &others, later, account);
        let arn = |role: &Gained| self.inventory.principals[role.passed].key.to_string();
        let role_names = NameIndex::new(roles.iter().map(arn).collect());
        let names = names(&others);
        let identifier = self.inventory.tenants[account].identifier.clone();
        let mut passable: FxHashMap<AreaId, Passable> = FxHashMap::default();
        let mut after: FxHashMap<Named, Option<Vec<Fact>>> = FxHashMap::default();
        let mut followed: FxHashSet<(Named, AreaId)> = FxHashSet::default();
        let mut settled: FxHashSet<AreaId> = FxHashSet::default();
        let mut blocks: BTreeSet<Block> = BTreeSet::new();
        for holder in holders {
            let bundles = self.bundles(&others, account, holder);
            if bundles.is_empty() {
                continue;
            }
            for (pass_area, pass) in self.holders.ways(pass_action, account, holder) {
                let passable = passable
                    .entry(pass_area)
                    .or_insert_with(|| self.passable(pass_area, roles, &role_names));
                if passable.whole.is_empty() && passable.single.is_empty() {
                    continue;
                }
                let (scopes, condition) = (&pass.scopes, pass.condition.as_deref());
                let pass_right =
                    self.named_right(passing_need, holder, pass_area, scopes, condition);
                let pass_words = self.rights.area(pass_area).describe();
                for bundle in &bundles {
                    let made_words = self.words(&others, account, &bundle.named);
                    let made = self.subject(
                        &format!("{names} with a passed role"),
                        &format!(
                            "{made_words} with any of {pass_words}, for {service}, in {identifier}"
                        ),
                    );
                    let needs: Vec<Fact> =
                        bundle.rights.iter().copied().chain([pass_right]).collect();
                    self.step(&needs, made, self.request, &[], bundle.condition.as_deref());
                    if !followed.insert((bundle.named.clone(), pass_area)) {
                        continue;
                    }
                    let after = after
                        .entry(bundle.named.clone())
                        .or_insert_with(|| self.after(entry, &later, account, &bundle.named));
                    let Some(after) = after else {
                        continue;
                    };
                    let done = self.subject(
                        &entry.id,
                        &format!("with any of {pass_words}, for {service}, in {identifier}"),
                    );
                    let needs: Vec<Fact> = [made].into_iter().chain(after.clone()).collect();
                    self.step(&needs, done, self.request, &[], None);
                    if !settled.insert(pass_area) {
                        continue;
                    }
                    self.roles_gained(entry, technique, done, &passable.single);
                    for &block in &passable.whole {
                        let reason = passable.reason.as_deref();
                        let fact = self.passing(entry, service, account, &role_names, block);
                        self.step(&[done], fact, self.request, &[], reason);
                        blocks.insert(block);
                    }
                }
            }
        }
        self.settle_passing(
            entry,
            technique,
            service,
            account,
            (&role_names, roles),
            blocks,
        );
    }

    /// Those of the roles that may be passed in an area.
    fn passable(&self, pass_area: AreaId, roles: &[Gained], names: &NameIndex) -> Passable {
        let area = self.rights.area(pass_area);
        let spread = names.spread(area);
        let mut passable = Passable {
            reason: None,
            whole: Vec::new(),
            single: Vec::new(),
        };
        let mut single = spread.exceptions.clone();
        if let Some(reason) = unless_denied(spread.verdict) {
            let free = |range: &Range<usize>| count(range, &spread.ranges, &spread.exceptions);
            let (whole, others) = cover(roles.len(), &free);
            single.extend(others);
            if roles.len() < WORTH_IT {
                single.extend(whole.iter().flat_map(|block| block.targets(roles.len())));
            } else {
                passable.whole = whole;
            }
            passable.reason = reason;
        }
        single.sort_unstable();
        for place in single {
            let Some(role) = roles.get(place) else {
                continue;
            };
            let arn = &self.inventory.principals[role.passed].key;
            if let Some(reason) = unless_denied(area.admits(arn)) {
                passable.single.push(Gained {
                    condition: and(reason, role.condition.as_deref()),
                    ..role.clone()
                });
            }
        }
        passable
    }

    /// Having passed any role of a block.
    fn passing(
        &mut self,
        entry: &Entry,
        service: &str,
        account: TenantId,
        names: &NameIndex,
        block: Block,
    ) -> Fact {
        let identifier = &self.inventory.tenants[account].identifier;
        let words = block.words(names.names());
        let target = format!("with {words} for {service}, in {identifier}");
        self.subject(&entry.id, &target)
    }

    /// What blocks of roles lead to: smaller blocks, at last the roles.
    fn settle_passing(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        service: &str,
        account: TenantId,
        (names, roles): (&NameIndex, &[Gained]),
        mut blocks: BTreeSet<Block>,
    ) {
        while let Some(block) = blocks.pop_last() {
            let fact = self.passing(entry, service, account, names, block);
            let parts = block.parts(roles.len());
            if parts.is_empty() {
                let gained = roles.get(block.targets(roles.len())).unwrap_or_default();
                self.roles_gained(entry, technique, fact, gained);
            }
            for part in parts {
                let smaller = self.passing(entry, service, account, names, part);
                self.step(&[fact], smaller, self.request, &[], None);
                blocks.insert(part);
            }
        }
    }

    fn roles_gained(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        done: Fact,
        gained: &[Gained],
    ) {
        for role in gained {
            let condition = and(role.condition.clone(), entry.condition.as_deref());
            self.step(
                &[done],
                Fact::Principal(role.gained),
                technique,
                &role.scopes,
                condition.as_deref(),
            );
        }
    }
}
