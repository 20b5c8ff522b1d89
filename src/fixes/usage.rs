//! What a fix would break, as far as exports tell: when what it takes away was last used, and by whom.
//!
//! Exports tell of principals and of services or actions, not of grants: a use that several grants allow is a use of
//! each of them. So "used" means that it may break something, and only "not used" is sure of what it says.
//!
//! Source: IAM User Guide, "Refine permissions using last accessed information" (read 2026-11): what resource policies
//! allow is not in it.

use crate::inventory::{
    CredentialId, Effect, EvidenceId, Inventory, Key, LastUse, PolicyId, PrincipalId,
    PrincipalKind, ScopeId, Statement, Terms, Usage, Used, UsedBy,
};
use crate::platforms::aws::matches;
use crate::steps::Control;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// When what a fix takes away was last used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastUsed {
    /// Then.
    On {
        /// The moment.
        at: Timestamp,
        /// Of what, where it is less than anything.
        of: Option<String>,
        /// The key or name of whoever it was, where known.
        by: Option<Key>,
        /// Where that was read.
        evidence: EvidenceId,
    },
    /// Not after that moment, when something was used of which it is a part.
    NotAfter {
        /// The moment.
        at: Timestamp,
        /// Of what that something is: a service; anything, if `None`.
        of: Option<String>,
        /// The key or name of whoever it was, where known.
        by: Option<Key>,
        /// Where that was read.
        evidence: EvidenceId,
    },
    /// Not as far back as exports look.
    Never {
        /// How many days that is at least, where they say.
        days: Option<u16>,
        /// When the oldest of them was made.
        observed: Option<Timestamp>,
        /// Where one of them was read.
        evidence: EvidenceId,
    },
    /// No export tells, or none of a part of it.
    Unknown,
}

/// What is known of the use of one thing by one holder.
#[derive(Debug, Clone, Copy)]
enum Known<'i> {
    Used(&'i Usage, Timestamp),
    NotAfter(&'i Usage, Timestamp),
    Never(&'i Usage),
    Unknown,
}

/// The uses that an inventory tells of, by whose they are.
#[derive(Debug)]
pub struct Usages<'i> {
    inventory: &'i Inventory,
    holders: FxHashMap<PolicyId, Vec<PrincipalId>>,
    members: FxHashMap<PrincipalId, Vec<PrincipalId>>,
    policies: FxHashMap<PrincipalId, Vec<PolicyId>>,
    statements: FxHashMap<PolicyId, Vec<ScopeId>>,
}

impl<'i> Usages<'i> {
    /// Takes time linear in scopes.
    pub fn new(inventory: &'i Inventory) -> Self {
        let mut usages = Self {
            inventory,
            holders: FxHashMap::default(),
            members: FxHashMap::default(),
            policies: FxHashMap::default(),
            statements: FxHashMap::default(),
        };
        for (id, scope) in inventory.scopes.entries() {
            match &scope.terms {
                Terms::Statement { policy, .. } => {
                    usages.statements.entry(*policy).or_default().push(id);
                }
                Terms::Attachment {
                    policy, principal, ..
                } => {
                    usages.holders.entry(*policy).or_default().push(*principal);
                    usages.policies.entry(*principal).or_default().push(*policy);
                }
                Terms::Membership { member, group } => {
                    usages.members.entry(*group).or_default().push(*member);
                }
                _ => {}
            }
        }
        usages
    }

    /// When what `control` stands for was last used; `None` where removing it takes nothing from anybody.
    pub fn of(&self, control: Control) -> Option<LastUsed> {
        let known = match control {
            Control::Exposure(_) => return None,
            Control::Credential(id) | Control::Chance(id, _) | Control::Split(id) => {
                return Some(self.of_credential(id));
            }
            Control::Scope(scope) => match &self.inventory.scopes[scope].terms {
                Terms::Statement { policy, statement } => self.of_statement(*policy, statement),
                Terms::Attachment {
                    policy, principal, ..
                } => self.of_policies(&[*policy], *principal),
                Terms::Membership { member, group } => {
                    self.of_policies(self.policies.get(group).map_or(&[], Vec::as_slice), *member)
                }
                Terms::Trust { principal, .. }
                | Terms::RunsAs { principal, .. }
                | Terms::Session {
                    role: principal, ..
                } => {
                    return Some(self.of_anything(*principal));
                }
                Terms::ResourcePolicy { .. }
                | Terms::Deploys { .. }
                | Terms::Anchor { .. }
                | Terms::Rule { .. }
                | Terms::Binding { .. }
                | Terms::Mapping { .. }
                | Terms::Runs { .. }
                | Terms::Grant { .. }
                | Terms::Permission { .. }
                | Terms::Bears { .. } => vec![Known::Unknown],
                // What it grants is not granted now.
                Terms::Version { .. }
                | Terms::Boundary { .. }
                | Terms::Guardrail { .. }
                | Terms::Drives { .. }
                | Terms::Software { .. }
                | Terms::Approval { .. }
                | Terms::Stated => return None,
            },
        };
        Some(self.joined(&known))
    }

    /// When what a scope allows of these actions was last used; `None` where that is no question.
    pub fn of_actions(&self, scope: ScopeId, entries: &[String]) -> Option<LastUsed> {
        let known = match &self.inventory.scopes[scope].terms {
            Terms::Statement { policy, .. } => self.of_asked(
                *policy,
                entries.iter().map(|entry| Asked::entry(entry)).collect(),
            ),
            Terms::ResourcePolicy { .. } => vec![Known::Unknown],
            _ => return None,
        };
        Some(self.joined(&known))
    }

    /// The services that those used since a moment to whom a statement allows everything, and when the others were last
    /// used; `None` where exports do not list that whole.
    pub(super) fn services(
        &self,
        scope: ScopeId,
        since: Timestamp,
    ) -> Option<(Vec<String>, LastUsed)> {
        let Terms::Statement { policy, .. } = &self.inventory.scopes[scope].terms else {
            return None;
        };
        let rest = |told: &'i [Usage]| told.iter().find(|usage| usage.of == Used::Rest);
        let of_policy = self.told(UsedBy::Policy(*policy));
        let mut told = vec![of_policy];
        if rest(of_policy).is_none() {
            told.clear();
            for &holder in self.holders.get(policy).into_iter().flatten() {
                let own = self.told(UsedBy::Principal(holder));
                let is_group = self.inventory.principals[holder].kind == PrincipalKind::Group;
                if !is_group || rest(own).is_some() {
                    told.push(own);
                    continue;
                }
                let members = self.members.get(&holder).into_iter().flatten();
                told.extend(members.map(|&member| self.told(UsedBy::Principal(member))));
            }
        }
        let mut known: Vec<Known<'i>> = Vec::new();
        for told in &told {
            known.push(Known::Never(rest(told)?));
        }
        let mut used: BTreeMap<&str, (Timestamp, &'i Usage)> = BTreeMap::new();
        for usage in told.into_iter().flatten() {
            let (Some(service), LastUse::At(at)) = (service_of(&usage.of), usage.last) else {
                continue;
            };
            let last = used.entry(service).or_insert((at, usage));
            if last.0 < at {
                *last = (at, usage);
            }
        }
        let mut services = Vec::new();
        for (service, (at, usage)) in used {
            if at >= since {
                services.push(service.to_owned());
            } else {
                known.push(Known::Used(usage, at));
            }
        }
        (!known.is_empty()).then(|| (services, self.joined(&known)))
    }

    fn of_statement(&self, policy: PolicyId, statement: &Statement) -> Vec<Known<'i>> {
        self.of_asked(policy, Asked::all(statement))
    }

    fn of_asked(&self, policy: PolicyId, all: Vec<Asked<'_>>) -> Vec<Known<'i>> {
        let holders = self.holders.get(&policy).map_or(&[][..], Vec::as_slice);
        let of_policy = self.told(UsedBy::Policy(policy));
        let mut known = Vec::new();
        for asked in all {
            let whole = asked.known(of_policy);
            if !matches!(whole, Known::Unknown) {
                known.push(whole);
                continue;
            }
            for &holder in holders {
                known.extend(self.of_holder(holder, &asked));
            }
        }
        known
    }

    /// What one holder used of that, and of a group each member.
    fn of_holder(&self, holder: PrincipalId, asked: &Asked<'_>) -> Vec<Known<'i>> {
        let own = asked.known(self.told(UsedBy::Principal(holder)));
        let is_group = self.inventory.principals[holder].kind == PrincipalKind::Group;
        if !is_group || !matches!(own, Known::Unknown) {
            return vec![own];
        }
        let members = self.members.get(&holder).map_or(&[][..], Vec::as_slice);
        let of_member = |&member| asked.known(self.told(UsedBy::Principal(member)));
        members.iter().map(of_member).collect()
    }

    /// What a holder used of all that some policies allow.
    fn of_policies(&self, policies: &[PolicyId], holder: PrincipalId) -> Vec<Known<'i>> {
        let mut known = Vec::new();
        for policy in policies {
            if self.inventory.policies[*policy].is_missing {
                known.push(Known::Unknown);
            }
            for &scope in self.statements.get(policy).into_iter().flatten() {
                let Terms::Statement { statement, .. } = &self.inventory.scopes[scope].terms else {
                    continue;
                };
                if statement.effect == Effect::Allow {
                    for asked in Asked::all(statement) {
                        known.extend(self.of_holder(holder, &asked));
                    }
                }
            }
        }
        known
    }

    fn told(&self, by: UsedBy<PrincipalId, PolicyId, CredentialId>) -> &'i [Usage] {
        let all = &self.inventory.usages;
        let start = all.partition_point(|usage| usage.by < by);
        let end = all.partition_point(|usage| usage.by <= by);
        all.get(start..end).unwrap_or_default()
    }

    fn of_anything(&self, principal: PrincipalId) -> LastUsed {
        let told = self.told(UsedBy::Principal(principal));
        let known = Asked::Every.known(told);
        let row = &self.inventory.principals[principal];
        self.later(self.joined(&[known]), row.last_used, row.evidence.first())
    }

    fn of_credential(&self, id: CredentialId) -> LastUsed {
        let known = Asked::Every.known(self.told(UsedBy::Credential(id)));
        let row = &self.inventory.credentials[id];
        let last = self.later(self.joined(&[known]), row.last_used, row.evidence.first());
        match last {
            LastUsed::On {
                at, of, evidence, ..
            } => LastUsed::On {
                at,
                of,
                by: None,
                evidence,
            },
            other => other,
        }
    }

    /// What another export says, if it is later.
    fn later(
        &self,
        last: LastUsed,
        used: Option<Timestamp>,
        evidence: Option<&EvidenceId>,
    ) -> LastUsed {
        let (Some(used), Some(&evidence)) = (used, evidence) else {
            return last;
        };
        match last {
            LastUsed::On { at, .. } if at >= used => last,
            _ => LastUsed::On {
                at: used,
                of: None,
                by: None,
                evidence,
            },
        }
    }

    /// Who was last.
    fn user(&self, usage: &Usage) -> Option<Key> {
        usage.user.clone().or_else(|| match usage.by {
            UsedBy::Principal(id) if self.inventory.principals[id].kind != PrincipalKind::Group => {
                Some(self.inventory.principals[id].key.clone())
            }
            _ => None,
        })
    }

    fn joined(&self, known: &[Known<'i>]) -> LastUsed {
        let used = known.iter().filter_map(|known| match known {
            Known::Used(usage, at) => Some((*at, *usage)),
            _ => None,
        });
        if let Some((at, usage)) = used.max_by_key(|(at, _)| *at) {
            return LastUsed::On {
                at,
                of: words(&usage.of),
                by: self.user(usage),
                evidence: usage.evidence,
            };
        }
        if known.iter().any(|known| matches!(known, Known::Unknown)) {
            return LastUsed::Unknown;
        }
        let bounds = known.iter().filter_map(|known| match known {
            Known::NotAfter(usage, at) => Some((*at, *usage)),
            _ => None,
        });
        if let Some((at, usage)) = bounds.max_by_key(|(at, _)| *at) {
            return LastUsed::NotAfter {
                at,
                of: words(&usage.of),
                by: self.user(usage),
                evidence: usage.evidence,
            };
        }
        let never: Vec<&Usage> = known
            .iter()
            .filter_map(|known| match known {
                Known::Never(usage) => Some(*usage),
                _ => None,
            })
            .collect();
        // The shortest of several looks back, of which one may not say how long it is: then none is said.
        let days = |usage: &Usage| match usage.last {
            LastUse::NotWithin(days) => days,
            LastUse::At(_) => None,
        };
        match never.first() {
            None => LastUsed::Unknown,
            Some(first) => LastUsed::Never {
                days: never.iter().map(|usage| days(usage)).min().flatten(),
                observed: never.iter().map(|usage| usage.observed).min().flatten(),
                evidence: first.evidence,
            },
        }
    }
}

fn service_of(of: &Used) -> Option<&str> {
    match of {
        Used::Anything | Used::Rest => None,
        Used::Service(service) => Some(service),
        Used::Action(action) => action.split(':').next(),
    }
}

/// Whether a use of one is a use of the other.
fn is_within(part: &Used, whole: &Used) -> bool {
    match (part, whole) {
        (_, Used::Anything) => true,
        (Used::Action(_), Used::Service(service)) => service_of(part) == Some(service),
        (part, whole) => part == whole,
    }
}

fn words(of: &Used) -> Option<String> {
    match of {
        Used::Anything | Used::Rest => None,
        Used::Service(service) => Some(service.clone()),
        Used::Action(action) => Some(action.clone()),
    }
}

/// What no export tells the use of.
///
/// Source: IAM User Guide, "Things to know about last accessed information": passing a role is not tracked. It is no
/// request of its own: the service that is given the role asks whether it may be.
pub(super) const PASS_ROLE: &str = "iam:PassRole";

/// Of what the use is asked.
enum Asked<'s> {
    /// Of anything.
    Every,
    /// Of one entry of a statement's actions, in lower case.
    Entry(String),
    /// Of all but a statement's actions.
    But(&'s [String]),
}

impl<'s> Asked<'s> {
    fn all(statement: &'s Statement) -> Vec<Self> {
        if statement.actions.is_negated {
            return vec![Self::But(&statement.actions.values)];
        }
        let values = statement.actions.values.iter();
        values.map(|value| Self::entry(value)).collect()
    }

    fn entry(value: &str) -> Self {
        match value {
            "*" | "*:*" => Self::Every,
            _ => Self::Entry(value.to_ascii_lowercase()),
        }
    }

    /// Whether a use is one of what is asked.
    fn is_use(&self, of: &Used) -> bool {
        match (self, of) {
            (Self::Every, _) => true,
            (Self::Entry(entry), Used::Action(action)) => {
                matches(entry, &action.to_ascii_lowercase())
            }
            (Self::Entry(entry), Used::Service(service)) => {
                entry.strip_suffix(":*") == Some(service.as_str())
            }
            (Self::But(values), Used::Action(action)) => {
                let action = action.to_ascii_lowercase();
                let is_left_out = |value: &String| matches(&value.to_ascii_lowercase(), &action);
                !values.iter().any(is_left_out)
            }
            (Self::But(values), Used::Service(service)) => {
                let is_of_it = |value: &String| {
                    let value = value.to_ascii_lowercase();
                    let prefix = value.split(':').next().unwrap_or("");
                    matches(prefix, service)
                };
                !values.iter().any(is_of_it)
            }
            (Self::Entry(_) | Self::But(_), Used::Anything | Used::Rest) => false,
        }
    }

    /// Whether all that is asked is part of what a use is told of.
    fn is_part(&self, of: &Used) -> bool {
        match (self, of) {
            (_, Used::Anything) => true,
            (Self::Entry(entry), Used::Service(service)) => {
                entry.split(':').next() == Some(service.as_str())
            }
            (Self::Entry(entry), Used::Action(action)) => action.eq_ignore_ascii_case(entry),
            (Self::Entry(_), Used::Rest) | (Self::Every | Self::But(_), _) => false,
        }
    }

    /// Whether an action is one of what is asked.
    fn may_be(&self, action: &str) -> bool {
        match self {
            Self::Every => true,
            Self::Entry(entry) => matches(entry, &action.to_ascii_lowercase()),
            Self::But(_) => self.is_use(&Used::Action(action.to_owned())),
        }
    }

    /// Whether it is of one service of which nothing is told.
    fn is_untold(&self, told: &[Usage]) -> bool {
        let Self::Entry(entry) = self else {
            return false;
        };
        let service = entry.split(':').next().unwrap_or("");
        let is_one = !service.contains(['*', '?']);
        is_one
            && !told
                .iter()
                .any(|usage| service_of(&usage.of) == Some(service))
    }

    fn known<'i>(&self, told: &'i [Usage]) -> Known<'i> {
        let at = |usage: &Usage| match usage.last {
            LastUse::At(at) => Some(at),
            LastUse::NotWithin(_) => None,
        };
        let uses = told.iter().filter(|usage| self.is_use(&usage.of));
        let last = uses
            .filter_map(|usage| Some((usage, at(usage)?)))
            .max_by_key(|(_, at)| *at);
        if let Some((usage, at)) = last {
            return Known::Used(usage, at);
        }
        // Several exports may tell of one thing: the latest use counts; of several things, the one that was used least.
        let mut wholes: Vec<&Usage> = Vec::new();
        let is_untold = self.is_untold(told);
        // Passing a role is no request of its own: only who makes no request at all passes none.
        let is_tracked = !self.may_be(PASS_ROLE);
        let is_whole = |usage: &&Usage| match usage.of {
            Used::Anything => true,
            Used::Rest => is_untold && is_tracked,
            _ => self.is_part(&usage.of) && is_tracked,
        };
        for usage in told.iter().filter(is_whole) {
            match wholes.iter_mut().find(|whole| whole.of == usage.of) {
                Some(whole) if whole.last < usage.last => *whole = usage,
                Some(_) => {}
                None => wholes.push(usage),
            }
        }
        // What another export knows better was made too early, or of less.
        wholes.retain(|whole| {
            let mut parts = told.iter().filter(|part| is_within(&part.of, &whole.of));
            !parts.any(|part| part.last > whole.last)
        });
        match wholes
            .into_iter()
            .min_by_key(|usage| (usage.last, Reverse(&usage.of)))
        {
            None => Known::Unknown,
            Some(usage) => match at(usage) {
                Some(at) => Known::NotAfter(usage, at),
                None => Known::Never(usage),
            },
        }
    }
}
