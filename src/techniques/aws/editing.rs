//! Techniques that change what a principal may do: its policies, its groups, its boundary.
//!
//! Whoever acts as a principal and has it given a policy may do whatever its Denies and its boundary leave. Both may be
//! done by different hands, so they are joined as an AND: acting as the principal, and the edit. Who may edit a principal
//! may edit what is made for one of its jobs.
//!
//! Source: IAM User Guide, "Policy evaluation logic": an added Allow grants nothing that an explicit Deny, a permissions
//! boundary or a service control policy keeps out.

use super::catalogue::{Entry, Gain, On};
use super::holders::{ClassId, Holder};
use super::sessions::signed;
use super::targets::Target;
use super::{Aws, and};
use crate::inventory::{CredentialKind, PrincipalId, PrincipalKind, ScopeId, TenantId};
use crate::platforms::aws::Change;
use crate::steps::{Control, Fact, NewStep, TechniqueId};
use std::collections::BTreeSet;

/// What can be edited so far.
#[derive(Debug, Default)]
pub(super) struct Edited {
    /// Principals that can be given any policy.
    pub(super) any: BTreeSet<PrincipalId>,
    /// Attachments, memberships and boundaries that can be taken off.
    pub(super) gone: BTreeSet<ScopeId>,
    /// Accounts in which users can be put into groups.
    pub(super) joined: BTreeSet<TenantId>,
}

impl Aws<'_, '_, '_> {
    /// Whether a technique is one of these.
    pub(super) fn is_editing(gain: &Gain) -> bool {
        matches!(
            gain,
            Gain::AnyPolicy
                | Gain::NoBoundary
                | Gain::GroupRights
                | Gain::InactiveKey
                | Gain::Lifted { .. }
                | Gain::OlderVersion
        )
    }

    /// The fact that a holder's rights begin from.
    pub(super) fn fact_of(&mut self, holder: Holder) -> Fact {
        match holder {
            Holder::Principal(id) | Holder::Group(id) => Fact::Principal(id),
            Holder::Signed(id, signing) => signed(&mut self.derivation.steps, id, signing),
            Holder::Changed(id, state) => self.changed(id, state),
            Holder::Class(class) => {
                let words = self.class_words(class);
                let acts = Fact::Act(self.derivation.steps.subject("any action", &words));
                if let Some(account) = self.holders.class(class).map(|class| class.account) {
                    self.read_in(acts, account);
                }
                acts
            }
        }
    }

    /// The same for one principal, where the holder is that one or a class of which it is; else `None`.
    pub(super) fn fact_as(&mut self, holder: Holder, principal: PrincipalId) -> Option<Fact> {
        match holder {
            Holder::Principal(id) | Holder::Signed(id, _) | Holder::Changed(id, _)
                if id == principal =>
            {
                Some(self.fact_of(holder))
            }
            Holder::Class(id) if self.holders.class_of(principal) == Some(id) => {
                Some(self.any_policy(principal))
            }
            _ => None,
        }
    }

    /// A holder's right to do something.
    pub(super) fn right_of(&mut self, holder: Holder, action: &str, target: &str) -> Fact {
        let words = match holder {
            Holder::Principal(_) | Holder::Group(_) => target.to_owned(),
            Holder::Signed(_, signing) => format!("{target}, {}", signing.words()),
            Holder::Changed(_, state) => {
                let state = self.holders.states.get(state);
                let words = state.map(|state| self.change_words(&state.change));
                format!("{target}, {}", words.unwrap_or_default())
            }
            Holder::Class(class) => format!("{target}, {}", self.class_words(class)),
        };
        let subject = self.derivation.steps.subject(action, &words);
        match holder {
            Holder::Principal(id)
            | Holder::Signed(id, _)
            | Holder::Group(id)
            | Holder::Changed(id, _) => Fact::Right(id, subject),
            Holder::Class(_) => Fact::Act(subject),
        }
    }

    fn class_words(&self, class: ClassId) -> String {
        let Some(class) = self.holders.class(class) else {
            return String::new();
        };
        let account = &self.inventory.tenants[class.account].identifier;
        match class.limited_like {
            None => format!("as an administrator of {account}"),
            Some(like) => {
                let change = match class.change == Change::default() {
                    true => String::new(),
                    false => format!(", {}", self.change_words(&class.change)),
                };
                let key = &self.inventory.principals[like].key;
                format!("as an administrator of {account} within what limits `{key}`{change}")
            }
        }
    }

    pub(super) fn any_policy(&mut self, principal: PrincipalId) -> Fact {
        let steps = &mut self.derivation.steps;
        let subject = steps.subject("any action", "by a policy that the attacker writes");
        Fact::Right(principal, subject)
    }

    /// Acting as a principal that is edited; or as one of its jobs, as whoever may edit the principal edits these.
    pub(super) fn edited_as(&mut self, principal: PrincipalId) -> Fact {
        let inventory = self.inventory;
        let jobs = inventory.within.iter().filter(|job| job.of == principal);
        let jobs: Vec<PrincipalId> = jobs.map(|job| job.principal).collect();
        if jobs.is_empty() {
            return Fact::Principal(principal);
        }
        let words = "as it is, or as what is made for one of its jobs";
        let subject = self.derivation.steps.subject("any request", words);
        let either = Fact::Right(principal, subject);
        for one in jobs.into_iter().chain([principal]) {
            self.step(&[Fact::Principal(one)], either, self.hold, &[], None);
        }
        either
    }

    pub(super) fn unbound(&mut self, principal: PrincipalId) -> Fact {
        let steps = &mut self.derivation.steps;
        let subject = steps.subject(
            "any action",
            "that its policies allow, without its boundary",
        );
        Fact::Right(principal, subject)
    }

    pub(super) fn editing(&mut self, entry: &Entry, technique: TechniqueId) {
        let Some(need) = entry.requests.first().and_then(|request| request.first()) else {
            return;
        };
        let action = self.action(need, None);
        match &entry.gain {
            Gain::Lifted { binding } => return self.lifted(entry, technique, need, *binding),
            Gain::OlderVersion => return self.set_default(entry, technique, need),
            _ => {}
        }
        for target in self.targets.of(self.inventory, &need.on) {
            let Some(doubt) = self.doubt(entry, &target) else {
                continue;
            };
            for opening in self.openings(action, need, &target) {
                let condition = and(opening.condition, doubt.as_deref());
                match (&entry.gain, &need.on) {
                    (Gain::AnyPolicy, On::Group | On::Policy) | (Gain::GroupRights, _) => {
                        let done = self.done(entry, &target);
                        self.step_on(
                            Some(&target),
                            &[opening.need],
                            done,
                            self.request,
                            &opening.scopes,
                            condition.as_deref(),
                        );
                    }
                    (Gain::InactiveKey, _) => {
                        let condition = condition.as_deref();
                        self.revived(&target, opening.need, technique, &opening.scopes, condition);
                    }
                    (gain, _) => {
                        let Some(who) = target.who else { continue };
                        let acting = self.edited_as(who);
                        let gained = match gain {
                            Gain::NoBoundary => {
                                let bounding = self.rights.boundary(who);
                                self.edited.gone.extend(bounding.map(|(_, scope)| scope));
                                self.unbound(who)
                            }
                            _ => {
                                self.edited.any.insert(who);
                                self.any_policy(who)
                            }
                        };
                        if matches!(gain, Gain::AnyPolicy) && self.holders.states.is_leaving(who) {
                            let own = self.own_policy(who);
                            self.step_on(
                                Some(&target),
                                &[opening.need, acting],
                                own,
                                technique,
                                &opening.scopes,
                                condition.as_deref(),
                            );
                        }
                        self.step_on(
                            Some(&target),
                            &[opening.need, acting],
                            gained,
                            technique,
                            &opening.scopes,
                            condition.as_deref(),
                        );
                    }
                }
            }
            match (&entry.gain, &need.on) {
                (Gain::AnyPolicy, On::Group) => self.members_gain(entry, &target, technique),
                (Gain::AnyPolicy, On::Policy) => self.bound_gain(entry, &target, technique),
                (Gain::GroupRights, _) => self.joiners_gain(entry, &target, technique),
                _ => {}
            }
        }
    }

    /// On what a technique hangs on a target; `None` when the target is ruled out.
    pub(super) fn doubt(&self, entry: &Entry, target: &Target) -> Option<Option<String>> {
        use super::targets::Ruling;
        if matches!(entry.gain, Gain::NoBoundary) {
            self.rights.boundary(target.who?)?;
        }
        match entry.unless.map(|unless| self.ruling(unless, target)) {
            Some(Ruling::Out) => None,
            Some(Ruling::Open(reason)) => Some(and(entry.condition.clone(), Some(reason))),
            Some(Ruling::In) | None => Some(entry.condition.clone()),
        }
    }

    /// The edit of a group or a policy, whoever made it.
    pub(super) fn done(&mut self, entry: &Entry, target: &Target) -> Fact {
        let needs = entry.requests.iter().flatten();
        let actions: Vec<&str> = needs.map(|need| need.action.as_str()).collect();
        let steps = &mut self.derivation.steps;
        Fact::Act(steps.subject(&actions.join(" + "), &target.arn))
    }

    /// The members of a group gain by an edit of it.
    fn members_gain(&mut self, entry: &Entry, target: &Target, technique: TechniqueId) {
        let Some(group) = target.who else { return };
        let members = self.targets.members(group).to_vec();
        for (member, membership) in members {
            self.gained_by(entry, target, technique, member, &[membership]);
        }
    }

    /// Those to whom a policy is bound gain by an edit of it.
    fn bound_gain(&mut self, entry: &Entry, target: &Target, technique: TechniqueId) {
        let Some(policy) = target.policy else { return };
        let bound: Vec<(PrincipalId, Vec<ScopeId>)> = self
            .rights
            .bound_to(policy)
            .filter(|(id, _)| {
                let kind = self.inventory.principals[*id].kind;
                matches!(kind, PrincipalKind::User | PrincipalKind::Role)
            })
            .map(|(id, through)| (id, through.to_vec()))
            .collect();
        for (principal, through) in bound {
            self.gained_by(entry, target, technique, principal, &through);
        }
    }

    fn gained_by(
        &mut self,
        entry: &Entry,
        target: &Target,
        technique: TechniqueId,
        principal: PrincipalId,
        scopes: &[ScopeId],
    ) {
        let done = self.done(entry, target);
        let gained = self.any_policy(principal);
        self.edited.any.insert(principal);
        let needs = [done, self.edited_as(principal)];
        self.step_on(Some(target), &needs, gained, technique, scopes, None);
    }

    /// A user who is put into a group gains what the group may do.
    fn joiners_gain(&mut self, entry: &Entry, target: &Target, technique: TechniqueId) {
        let Some(group) = target.who else { return };
        self.edited.joined.insert(target.account);
        let done = self.done(entry, target);
        let some_user = self.some_user(target.account);
        self.step_on(
            Some(target),
            &[done, some_user],
            Fact::Principal(group),
            technique,
            &[],
            None,
        );
    }

    /// Acting as some user of an account.
    fn some_user(&mut self, account: TenantId) -> Fact {
        let words = format!(
            "as some user of {}",
            self.inventory.tenants[account].identifier
        );
        Fact::Act(self.derivation.steps.subject("any request", &words))
    }

    /// An inactive key that the attacker holds works again.
    fn revived(
        &mut self,
        target: &Target,
        need: Fact,
        technique: TechniqueId,
        scopes: &[ScopeId],
        condition: Option<&str>,
    ) {
        let Some(user) = target.who else { return };
        for id in self.targets.inactive_keys(user).to_vec() {
            let credential = &self.inventory.credentials[id];
            let gain = self
                .derivation
                .acting(user, Some(CredentialKind::AccessKey));
            let mut controls: Vec<Control> = scopes.iter().map(|&s| Control::Scope(s)).collect();
            controls.push(Control::Credential(id));
            let mut evidence = self.evidence(scopes);
            evidence.extend(&credential.evidence);
            self.derivation.steps.add(NewStep {
                needs: &[Fact::Credential(id), need],
                gain,
                technique,
                controls: &controls,
                evidence: &evidence,
                condition,
            });
        }
    }

    /// What edited principals may do: said once, after all techniques have been looked at.
    pub(super) fn settle_edits(&mut self) {
        let any = std::mem::take(&mut self.edited.any);
        for &principal in &any {
            let Some(class) = self.holders.class_of(principal) else {
                continue;
            };
            let acts = self.fact_of(Holder::Class(class));
            let needs = [self.any_policy(principal)];
            self.step(&needs, acts, self.hold, &[], None);
        }
        self.settle_changes(&any);
        for account in std::mem::take(&mut self.edited.joined) {
            let some_user = self.some_user(account);
            for (id, user) in self.inventory.principals.entries() {
                if user.kind != PrincipalKind::User || user.tenant != Some(account) {
                    continue;
                }
                let limits = self.rights.limits(id, &Change::default());
                let is_limited = !limits.denying.is_empty() || limits.boundary.is_some();
                let condition = is_limited.then(|| {
                    format!(
                        "what denies or bounds `{}` leaves it the group's rights",
                        user.name
                    )
                });
                let acting = self.edited_as(id);
                self.step(&[acting], some_user, self.hold, &[], condition.as_deref());
            }
        }
    }
}
