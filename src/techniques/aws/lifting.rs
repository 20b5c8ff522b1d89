//! Techniques that take off what holds a principal back, or bring an older version of a policy back.
//!
//! That something is gone is an act: whoever did it, all whom it bound may do more from then on. Which rights that
//! leaves is evaluated in the states of [`states`](super::states).

use super::Aws;
use super::catalogue::{Binding, Entry, Need, On};
use super::holders::Holder;
use super::states::StateId;
use super::targets::Target;
use crate::inventory::{PolicyId, PrincipalId, ScopeId, Terms};
use crate::platforms::aws::Change;
use crate::steps::{Fact, TechniqueId};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// What one changes to take something off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Owner {
    Principal(PrincipalId),
    Policy(PolicyId),
}

impl Aws<'_, '_, '_> {
    /// What has been changed, in words that no other change of the same principal has.
    pub(super) fn change_words(&self, change: &Change) -> String {
        if let Some((_, version)) = change.version {
            return format!("with `{}`", self.inventory.policies[version].key);
        }
        let gone = change.gone.iter();
        let gone = gone.map(|&scope| format!("`{}`", self.inventory.scopes[scope].key));
        format!("without {}", gone.collect::<Vec<String>>().join(" and "))
    }

    /// Acting as a principal after a change.
    pub(super) fn changed(&mut self, principal: PrincipalId, state: StateId) -> Fact {
        let Some(state) = self.holders.states.get(state) else {
            return Fact::Principal(principal);
        };
        let change = state.change.clone();
        if let ([one], None) = (change.gone.as_slice(), change.version)
            && self.is_boundary(*one)
        {
            return self.unbound(principal);
        }
        let words = self.change_words(&change);
        let steps = &mut self.derivation.steps;
        let target = format!("what its policies allow, {words}");
        Fact::Right(principal, steps.subject("any action", &target))
    }

    /// That a principal may do anything by a policy of its own, which it keeps when it leaves a group.
    pub(super) fn own_policy(&mut self, principal: PrincipalId) -> Fact {
        let steps = &mut self.derivation.steps;
        let subject = steps.subject(
            "any action",
            "by a policy of its own that the attacker writes",
        );
        Fact::Right(principal, subject)
    }

    fn is_boundary(&self, scope: ScopeId) -> bool {
        matches!(self.inventory.scopes[scope].terms, Terms::Boundary { .. })
    }

    /// That an attachment, a membership or the boundary of a principal is gone.
    fn gone(&mut self, scope: ScopeId, principal: PrincipalId) -> Fact {
        if self.is_boundary(scope) {
            return self.unbound(principal);
        }
        self.taken_off(scope)
    }

    fn taken_off(&mut self, scope: ScopeId) -> Fact {
        let words = format!("what `{}` alone denies", self.inventory.scopes[scope].key);
        Fact::Act(self.derivation.steps.subject("any action", &words))
    }

    /// What binds anybody whom its absence opens something, by the user, role, group or policy that one changes to take
    /// it off; with the principal of a boundary.
    fn bound_by(&self, binding: Binding) -> FxHashMap<Owner, Vec<(ScopeId, Option<PrincipalId>)>> {
        let mut bound: FxHashMap<Owner, Vec<_>> = FxHashMap::default();
        for scope in self.holders.states.gone() {
            let (owner, who) = match (&self.inventory.scopes[scope].terms, binding) {
                (
                    Terms::Attachment {
                        principal,
                        is_inline: true,
                        ..
                    },
                    Binding::Inline,
                )
                | (
                    Terms::Attachment {
                        principal,
                        is_inline: false,
                        ..
                    },
                    Binding::Attached,
                ) => (Owner::Principal(*principal), None),
                (Terms::Membership { group, .. }, Binding::Membership) => {
                    (Owner::Principal(*group), None)
                }
                (
                    Terms::Attachment {
                        policy,
                        is_inline: false,
                        ..
                    },
                    Binding::Content,
                ) => (Owner::Policy(*policy), None),
                (Terms::Boundary { policy, principal }, Binding::Content) => {
                    (Owner::Policy(*policy), Some(*principal))
                }
                _ => continue,
            };
            bound.entry(owner).or_default().push((scope, who));
        }
        bound
    }

    pub(super) fn lifted(
        &mut self,
        entry: &Entry,
        technique: TechniqueId,
        need: &Need,
        binding: Binding,
    ) {
        let action = self.action(need, None);
        let mut all = self.bound_by(binding);
        if all.is_empty() {
            return;
        }
        for target in self.targets.of(self.inventory, &need.on) {
            let of_policy = target.policy.map(Owner::Policy);
            let owner = target.who.map(Owner::Principal).or(of_policy);
            let Some(bound) = owner.and_then(|owner| all.remove(&owner)) else {
                continue;
            };
            let Some(doubt) = self.doubt(entry, &target) else {
                continue;
            };
            let done = self.done(entry, &target);
            if !self.made(action, need, &target, done, doubt.as_deref()) {
                continue;
            }
            for (scope, who) in bound {
                self.edited.gone.insert(scope);
                match who {
                    Some(who) => {
                        let gained = self.unbound(who);
                        let needs = [done, self.edited_as(who)];
                        self.step_on(Some(&target), &needs, gained, technique, &[], None);
                    }
                    None => {
                        let gained = self.taken_off(scope);
                        self.step_on(Some(&target), &[done], gained, technique, &[], None);
                    }
                }
            }
        }
    }

    pub(super) fn set_default(&mut self, entry: &Entry, technique: TechniqueId, need: &Need) {
        let action = self.action(need, None);
        for target in self.targets.of(self.inventory, &On::Policy) {
            let Some(policy) = target.policy else {
                continue;
            };
            let states = self.holders.states.with_version_of(policy);
            if states.is_empty() {
                continue;
            }
            let Some(doubt) = self.doubt(entry, &target) else {
                continue;
            };
            let done = self.done(entry, &target);
            if !self.made(action, need, &target, done, doubt.as_deref()) {
                continue;
            }
            for (id, state) in states {
                let version = state.change.version.map(|(_, version)| version);
                let kept = self.rights.versions_of(policy).iter();
                let kept = kept.filter(|(one, _)| Some(*one) == version);
                let kept: Vec<ScopeId> = kept.map(|&(_, scope)| scope).collect();
                let principal = state.principal;
                let gained = self.changed(principal, id);
                let needs = [done, self.edited_as(principal)];
                self.step_on(Some(&target), &needs, gained, technique, &kept, None);
            }
        }
    }

    /// Leads all ways to make a request to the act of having made it; `false` where there are none.
    fn made(
        &mut self,
        action: crate::platforms::aws::ActionId,
        need: &Need,
        target: &Target,
        done: Fact,
        doubt: Option<&str>,
    ) -> bool {
        let openings = self.openings(action, need, target);
        for opening in &openings {
            let condition = super::and(opening.condition.clone(), doubt);
            self.step_on(
                Some(target),
                &[opening.need],
                done,
                self.request,
                &opening.scopes,
                condition.as_deref(),
            );
        }
        !openings.is_empty()
    }

    /// What principals may do after the changes that can be made: said once, after all techniques.
    pub(super) fn settle_changes(&mut self, any: &BTreeSet<PrincipalId>) {
        let taken = std::mem::take(&mut self.edited.gone);
        let states = self.holders.states.entries();
        let reached: Vec<(StateId, super::states::State)> = states
            .filter(|(_, state)| {
                let mut gone = state.change.gone.iter();
                !state.change.gone.is_empty() && gone.all(|scope| taken.contains(scope))
            })
            .map(|(id, state)| (id, state.clone()))
            .collect();
        for (id, state) in reached {
            let principal = state.principal;
            let gone: Vec<Fact> = state
                .change
                .gone
                .iter()
                .map(|&scope| self.gone(scope, principal))
                .collect();
            let acting = self.fact_of(Holder::Changed(principal, id));
            // Of a boundary alone the fact is the same.
            if state.by_own_policies && gone != [acting] {
                let as_it_is = self.edited_as(principal);
                let needs: Vec<Fact> = gone.iter().copied().chain([as_it_is]).collect();
                self.step(&needs, acting, self.hold, &[], None);
            }
            if let Some(class) = state.class.filter(|_| any.contains(&principal)) {
                let acts = self.fact_of(Holder::Class(class));
                let any = match state.is_leaving {
                    true => self.own_policy(principal),
                    false => self.any_policy(principal),
                };
                let needs: Vec<Fact> = gone.into_iter().chain([any]).collect();
                self.step(&needs, acts, self.hold, &[], None);
            }
        }
    }
}
