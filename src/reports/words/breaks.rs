//! What a fix may break, of each kind of control, and when what it takes away was last used.

use super::{Words, count, counted, day, quoted, some_of, visible};
use crate::analysis::{Element, LastUsed, PricedFix};
use crate::inventory::{EvidenceId, Terms};
use crate::steps::{Control, ControlId, Lowering};
use jiff::Timestamp;

impl Words<'_> {
    /// What a fix may break, where the inventory tells.
    pub(crate) fn breaks(&self, fix: &PricedFix) -> Option<String> {
        let Some(narrowing) = &fix.narrowing else {
            return self.may_break(fix.control, None);
        };
        if narrowing.element == Element::Condition {
            let added = some_of(&narrowing.added, 8);
            return Some(format!("requests without {added} are refused then"));
        }
        let dropped = some_of(&narrowing.dropped, 8);
        if !narrowing.added.is_empty() {
            let others = format!(
                "what {dropped} allows beyond {}",
                some_of(&narrowing.kept, 8)
            );
            return self.may_break(fix.control, Some(&others));
        }
        let broken = self.may_break(fix.control, Some(&dropped))?;
        let kept = some_of(&narrowing.kept, 8);
        Some(format!("{broken}; {kept} stays"))
    }

    /// What the removal of a control may break, or of some actions that it allows.
    pub(crate) fn may_break(&self, id: ControlId, actions: Option<&str>) -> Option<String> {
        let scope = match self.steps.controls[id] {
            Control::Credential(_) => {
                return Some("whatever uses it stops until it has a new one".to_owned());
            }
            Control::Chance(_, lowering) => {
                let what = match lowering {
                    Lowering::Shorten { .. } => {
                        "whatever uses it stops when it has ended, unless it takes a new one in time"
                    }
                    Lowering::Federate => "whatever uses it stops until it asks for tokens",
                    Lowering::Move => "what reads it where it lies needs another way to get it",
                };
                return Some(what.to_owned());
            }
            Control::Split(credential) => {
                return Some(format!(
                    "whatever uses it for more than is stated of {} stops",
                    self.jobs(credential)
                ));
            }
            Control::Exposure(_) => {
                return Some("what reads them there needs another way to get them".to_owned());
            }
            Control::Scope(scope) => &self.inventory.scopes[scope],
        };
        match &scope.terms {
            Terms::Statement { policy, .. } => {
                let bound = self
                    .inventory
                    .scopes
                    .iter()
                    .filter(|scope| matches!(&scope.terms, Terms::Attachment { policy: of, .. } if of == policy))
                    .count();
                Some(format!(
                    "all that the policy is bound to ({}) lose {}",
                    counted(bound, "principal"),
                    actions.unwrap_or("what it allows")
                ))
            }
            Terms::Attachment { principal, .. } => Some(format!(
                "{} loses all that the policy grants",
                self.principal(*principal)
            )),
            Terms::Membership { member, group } => Some(format!(
                "{} loses all that {} holds",
                self.principal(*member),
                self.principal(*group)
            )),
            Terms::Trust { principal, .. } => Some(format!(
                "those it lets in can no longer become {}",
                self.principal(*principal)
            )),
            Terms::ResourcePolicy { resource, .. } => Some(format!(
                "those it lets in lose {} on {}",
                actions.unwrap_or("that access"),
                self.resource(*resource)
            )),
            Terms::RunsAs { resource, .. } => Some(format!(
                "{} must keep what it needs to work",
                self.resource(*resource)
            )),
            Terms::Deploys { resource, .. } => Some(format!(
                "what it leaves out gets no more deployments of {}",
                self.resource(*resource)
            )),
            Terms::Session { giver, role, .. } => Some(format!(
                "certificates no longer open {} through {}",
                self.principal(*role),
                self.resource(*giver)
            )),
            Terms::Anchor { .. } => Some("its certificates no longer open any role".to_owned()),
            Terms::Drives { driver, .. } => {
                Some(format!("{} can no longer use it", self.principal(*driver)))
            }
            Terms::Software { .. } => Some("it no longer gets newer versions by itself".to_owned()),
            Terms::Approval { .. } => Some("a person is asked before it acts".to_owned()),
            Terms::Grant {
                principal,
                resource,
                ..
            } => Some(format!(
                "{} loses that access to {}",
                self.principal(*principal),
                self.resource(*resource)
            )),
            Terms::Rule { .. } => {
                Some("all that the role is bound to lose what the rule allows".to_owned())
            }
            Terms::Binding { subject, .. } => Some(format!(
                "{} loses all that the role grants there",
                self.principal(*subject)
            )),
            Terms::Mapping { from, .. } => {
                Some(format!("{} is let in no longer", self.principal(*from)))
            }
            Terms::Runs { workload, .. } => Some(format!(
                "{} must keep what it needs to work",
                self.principal(*workload)
            )),
            Terms::Permission { holder, on, .. } => Some(format!(
                "{} loses that permission on {}",
                self.principal(*holder),
                self.permitted(*holder, *on)
            )),
            Terms::Bears { principal, .. } => Some(format!(
                "{} can no longer log in where such a token is trusted",
                self.principal(*principal)
            )),
            Terms::Version { .. } => Some("the policy cannot go back to it".to_owned()),
            Terms::Boundary { .. } | Terms::Guardrail { .. } | Terms::Stated => None,
        }
    }

    /// When what a fix takes away was last used; `None` where that is no question.
    pub(crate) fn last_used(&self, fix: &PricedFix) -> Option<String> {
        let ago = |at: Timestamp| {
            let seconds = self.inventory.as_of.as_second() - at.as_second();
            match u64::try_from(seconds / 86_400) {
                Ok(days) if days > 1 => format!(" ({} days ago)", count(days)),
                _ => String::new(),
            }
        };
        let by = |by: &Option<crate::inventory::Key>| {
            let name = |key: &str| match self.inventory.principal_by_key(key) {
                Some(id) => self.principal(id),
                None => visible(key),
            };
            by.as_deref()
                .map_or_else(String::new, |key| format!(" by {}", name(key)))
        };
        Some(match fix.last_used.as_ref()? {
            LastUsed::On {
                at,
                of: what,
                by: who,
                ..
            } => {
                let what = what.as_deref().map(|what| format!(": {}", quoted(what)));
                let what = what.unwrap_or_default();
                format!("used on {}{}{}{what}", day(*at), by(who), ago(*at))
            }
            LastUsed::NotAfter {
                at,
                of: what,
                by: who,
                ..
            } => {
                let what = what.as_deref();
                format!(
                    "not after {}{}, when {} was last used{}: no export tells more closely",
                    day(*at),
                    ago(*at),
                    what.map_or_else(|| "anything".to_owned(), quoted),
                    by(who)
                )
            }
            LastUsed::Never { days, observed, .. } => {
                let days = match days {
                    Some(days) => format!("the last {} days as tracked", count((*days).into())),
                    None => "the time that the export looks back on".to_owned(),
                };
                let until = observed.map(|at| format!(", until {}", day(at)));
                format!("not used in {days}{}", until.unwrap_or_default())
            }
            LastUsed::Unknown => "no usage data".to_owned(),
        })
    }

    /// The same in one or two words, for a column.
    pub(crate) fn last_used_briefly(&self, fix: &PricedFix) -> String {
        match &fix.last_used {
            Some(LastUsed::On { at, .. }) => day(*at),
            Some(LastUsed::NotAfter { at, .. }) => format!("not after {}", day(*at)),
            Some(LastUsed::Never { .. }) => "not used".to_owned(),
            Some(LastUsed::Unknown) => "no data".to_owned(),
            None => String::new(),
        }
    }

    /// The place where the last use was read.
    pub(crate) fn last_used_place(&self, fix: &PricedFix) -> Option<EvidenceId> {
        match fix.last_used.as_ref()? {
            LastUsed::On { evidence, .. }
            | LastUsed::NotAfter { evidence, .. }
            | LastUsed::Never { evidence, .. } => Some(*evidence),
            LastUsed::Unknown => None,
        }
    }
}
