//! What fixes could be: the removal of a control, and the narrowing of a statement to fewer actions.
//!
//! A narrowing drops whole entries of a statement's list of actions; what a pattern that is kept still matches stays
//! allowed. Where exports list whole which services are used, these come in the place of everything. It removes the steps that stand on the statement by an action that is not allowed any more. A step that may
//! stand on it by another action as well, so that nobody can tell, makes it no candidate: a gain is exact or not told.
//! Not narrowed are `NotAction` and trusts (they allow one thing); for resources and conditions see `tighten`.

use super::edit::Edits;
use super::usage::{LastUsed, PASS_ROLE, Usages};
use crate::inventory::{Effect, Inventory, ScopeId, Statement, Table, Terms};
use crate::platforms::aws::{action_matches, matches};
use crate::steps::{Control, ControlId, Fact, StepId, Steps, TechniqueId};
use crate::techniques::{self, Actions};
use jiff::{SignedDuration, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

/// After so many days without use an action counts as unused.
///
/// Source: IAM User Guide, "Findings for unused access": analyzers look back 90 days unless told otherwise.
pub(super) const UNUSED_DAYS: i64 = 90;

/// A change that a fix could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it removes or narrows.
    pub control: ControlId,
    /// To what it is narrowed; `None` when it is removed.
    pub narrowing: Option<Narrowing>,
}

/// An element of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// `Action`.
    Action,
    /// `Resource`.
    Resource,
    /// `Condition`: its entries are conditions in words.
    Condition,
}

/// What becomes of an element of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowing {
    /// Which one.
    pub element: Element,
    /// The entries that go.
    pub dropped: Vec<String>,
    /// The entries that come in their place: the services that are used.
    pub added: Vec<String>,
    /// The entries that the statement has then.
    pub kept: Vec<String>,
    /// Whether exports tell that none of what goes is used.
    pub is_unused: bool,
    /// When what goes was last used; `None` where that is no question.
    pub last_used: Option<LastUsed>,
    /// The steps that stand on what goes, in order; none where no set of steps is what goes.
    pub steps: Vec<StepId>,
}

impl Candidate {
    /// The removal of a control.
    pub fn removing(control: ControlId) -> Self {
        Self {
            control,
            narrowing: None,
        }
    }

    /// The steps that it removes, in order.
    pub fn steps<'a>(&'a self, steps: &'a Steps) -> &'a [StepId] {
        match &self.narrowing {
            Some(narrowing) => &narrowing.steps,
            None => steps.controlled_by(self.control),
        }
    }
}

/// All candidates: first the removals of every control, then the narrowings of statements, both in order of control.
///
/// Takes time linear in steps and their controls.
pub fn candidates(
    inventory: &Inventory,
    steps: &Steps,
    usages: &Usages<'_>,
    edits: &Edits<'_>,
) -> Vec<Candidate> {
    let controls = steps.controls.entries();
    // What splits a credential removes no step, and is weighed otherwise.
    let removals = controls.filter(|(_, of)| !matches!(of, Control::Split(_)));
    let mut all: Vec<Candidate> = removals.map(|(id, _)| Candidate::removing(id)).collect();
    let actions = steps.techniques.iter();
    let actions = actions.map(|technique| techniques::actions(&technique.id));
    let asked = Asked {
        inventory,
        steps,
        by_technique: actions.collect::<Vec<_>>().into(),
        outreached: techniques::outreached(),
    };
    for (control, of) in steps.controls.entries() {
        let &Control::Scope(scope) = of else { continue };
        let statement = match &inventory.scopes[scope].terms {
            Terms::Statement { statement, .. } | Terms::ResourcePolicy { statement, .. } => {
                statement
            }
            _ => continue,
        };
        let values = &statement.actions.values;
        let is_list = values.len() > 1 || values.iter().any(|entry| is_everything(entry));
        if is_list
            && !statement.actions.is_negated
            && statement.effect == Effect::Allow
            && edits.may_narrow(scope)
        {
            let narrowings = asked.narrowings(control, scope, statement, usages);
            all.extend(narrowings.into_iter().map(|narrowing| Candidate {
                control,
                narrowing: Some(narrowing),
            }));
        }
    }
    all
}

/// Every action, as an entry that only those match which mean everything too.
const EVERYTHING: &str = "*:*";

fn is_everything(entry: &str) -> bool {
    matches!(entry, "*" | "*:*")
}

/// Whether one of the entries matches an action; names compare without case.
fn has(entries: &[&str], action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    entries
        .iter()
        .any(|entry| matches(&entry.to_ascii_lowercase(), &action))
}

/// Whether this names one action, and does not say in words what is done.
fn is_name(action: &str) -> bool {
    let is_part = |part: &str| {
        let mut bytes = part.bytes();
        !part.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    action
        .split_once(':')
        .is_some_and(|(service, name)| is_part(service) && is_part(name))
}

/// For what steps ask.
struct Asked<'a> {
    inventory: &'a Inventory,
    steps: &'a Steps,
    by_technique: Table<TechniqueId, Actions>,
    outreached: Vec<(&'static str, &'static str)>,
}

/// By what a step tells the actions that it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Told<'a> {
    /// By its technique.
    Technique(TechniqueId),
    /// By the right or act that it gains.
    Gain(&'a str),
    /// By nothing.
    Nothing,
}

/// Steps that stand on one statement by the same actions.
struct Standing<'a> {
    steps: Vec<StepId>,
    /// Without any one of these they fall.
    surely: Vec<&'a str>,
    /// Of these nobody can tell which they need.
    perhaps: Vec<&'a str>,
}

impl<'a> Asked<'a> {
    fn told(&self, id: StepId) -> Told<'a> {
        let step = self.steps.step(id);
        if !self.by_technique[step.technique].always.is_empty() {
            return Told::Technique(step.technique);
        }
        match self.steps.facts[step.gain] {
            Fact::Act(subject) | Fact::Right(_, subject) => {
                Told::Gain(&self.steps.subjects[subject].action)
            }
            _ => Told::Nothing,
        }
    }

    /// How steps stand on a statement; `None` where that cannot be told of one of them.
    fn standing(
        &self,
        control: ControlId,
        scope: ScopeId,
        entries: &[&str],
    ) -> Option<Vec<Standing<'_>>> {
        let mut by_told: FxHashMap<Told<'a>, Vec<StepId>> = FxHashMap::default();
        for &id in self.steps.controlled_by(control) {
            by_told.entry(self.told(id)).or_default().push(id);
        }
        let mut all = Vec::new();
        for (told, steps) in by_told {
            // Whoever may do everything does not any more when an entry that means everything goes.
            if let Told::Technique(technique) = told
                && self.by_technique[technique].is_everything
                && entries.iter().any(|entry| is_everything(entry))
            {
                all.push(Standing {
                    steps,
                    surely: vec![EVERYTHING],
                    perhaps: Vec::new(),
                });
                continue;
            }
            let (mut actions, of_key): (Vec<&str>, Option<&str>) = match told {
                Told::Technique(technique) => {
                    let Actions { always, of_key, .. } = &self.by_technique[technique];
                    let always = always.iter().map(String::as_str);
                    (always.chain(of_key.as_deref()).collect(), of_key.as_deref())
                }
                Told::Gain(action) => (action.split(" + ").collect(), None),
                Told::Nothing => return None,
            };
            let is_one_enough = match told {
                Told::Technique(technique) => self.by_technique[technique].is_everything,
                _ => false,
            };
            if !actions.iter().all(|action| is_name(action)) {
                return None;
            }
            actions.retain(|action| has(entries, action));
            actions.sort_unstable();
            actions.dedup();
            if actions.is_empty() {
                return None;
            }
            if actions.len() == 1 {
                all.push(Standing {
                    steps,
                    surely: actions,
                    perhaps: Vec::new(),
                });
                continue;
            }
            for step in steps {
                // Only of some steps of a technique a key is asked, and where another statement of the step allows an
                // action too, it may be that one by which the step stands; as it may be another one where one is enough.
                let (perhaps, surely) = actions.iter().partition(|&&action| {
                    is_one_enough
                        || of_key == Some(action)
                        || self.is_elsewhere(step, scope, action)
                });
                all.push(Standing {
                    steps: vec![step],
                    surely,
                    perhaps,
                });
            }
        }
        Some(all)
    }

    /// Whether another statement of a step matches an action.
    fn is_elsewhere(&self, step: StepId, scope: ScopeId, action: &str) -> bool {
        let controls = self.steps.step(step).controls.iter();
        controls
            .filter_map(|&control| match self.steps.controls[control] {
                Control::Scope(other) if other != scope => Some(other),
                _ => None,
            })
            .any(|other| match &self.inventory.scopes[other].terms {
                Terms::Statement { statement, .. }
                | Terms::ResourcePolicy { statement, .. }
                | Terms::Trust { statement, .. } => action_matches(&statement.actions, action),
                _ => false,
            })
    }

    fn narrowings(
        &self,
        control: ControlId,
        scope: ScopeId,
        statement: &Statement,
        usages: &Usages<'_>,
    ) -> Vec<Narrowing> {
        let mut entries: Vec<&str> = Vec::new();
        for value in &statement.actions.values {
            if !entries.contains(&value.as_str()) {
                entries.push(value);
            }
        }
        let Some(all) = self.standing(control, scope, &entries) else {
            return Vec::new();
        };
        let unused: Vec<&str> = entries
            .iter()
            .copied()
            .filter(|entry| self.is_unused(usages, scope, entry))
            .collect();
        let mut actions: Vec<&str> = all
            .iter()
            .flat_map(|one| one.surely.iter().chain(&one.perhaps))
            .copied()
            .collect();
        actions.sort_unstable();
        actions.dedup();
        let leading: Vec<&str> = entries
            .iter()
            .copied()
            .filter(|entry| actions.iter().any(|action| has(&[entry], action)))
            .collect();
        let mut drops: Vec<Vec<&str>> = vec![unused.clone(), leading.clone()];
        drops.extend(leading.iter().map(|&entry| vec![entry]));
        let mut seen: FxHashSet<Vec<&str>> = FxHashSet::default();
        let owned = |entries: &[&str]| entries.iter().map(|&entry| entry.to_owned()).collect();
        let mut narrowings = Vec::new();
        let mut offer = |narrowing: Narrowing| {
            let kept: Vec<&str> = narrowing.kept.iter().map(String::as_str).collect();
            // With the action gone that reaches further, the other would open what has been left out.
            let is_uncovered = self.outreached.iter().any(|(action, further)| {
                has(&kept, action) && has(&entries, further) && !has(&kept, further)
            });
            if is_uncovered || kept.is_empty() {
                return;
            }
            let steps = fallen(&all, &kept).filter(|steps| !steps.is_empty());
            narrowings.extend(steps.map(|steps| Narrowing { steps, ..narrowing }));
        };
        let without = |dropped: &[&str]| -> Vec<String> {
            let kept = entries.iter().filter(|entry| !dropped.contains(entry));
            kept.map(|&entry| entry.to_owned()).collect()
        };
        for dropped in drops {
            if dropped.is_empty() || !seen.insert(dropped.clone()) {
                continue;
            }
            let kept = without(&dropped);
            let is_unused = dropped.iter().all(|entry| unused.contains(entry));
            let dropped: Vec<String> = owned(&dropped);
            offer(Narrowing {
                element: Element::Action,
                last_used: usages.of_actions(scope, &dropped),
                dropped,
                added: Vec::new(),
                kept,
                is_unused,
                steps: Vec::new(),
            });
        }
        let everything: Vec<&str> = entries
            .iter()
            .copied()
            .filter(|e| is_everything(e))
            .collect();
        if let Some((services, last)) = usages.services(scope, self.unused_since())
            && !everything.is_empty()
            && !services.is_empty()
        {
            let mut kept = without(&everything);
            let mut added: Vec<String> = services.iter().map(|name| format!("{name}:*")).collect();
            added.retain(|entry| !kept.contains(entry));
            let all: Vec<&str> = kept.iter().chain(&added).map(String::as_str).collect();
            if !has(&all, PASS_ROLE) {
                added.push(PASS_ROLE.to_owned());
            }
            kept.extend(added.iter().cloned());
            offer(Narrowing {
                element: Element::Action,
                dropped: owned(&everything),
                added,
                kept,
                is_unused: true,
                last_used: Some(last),
                steps: Vec::new(),
            });
        }
        narrowings
    }

    /// What was not used since then is unused.
    fn unused_since(&self) -> Timestamp {
        let days = SignedDuration::from_hours(24 * UNUSED_DAYS);
        self.inventory
            .as_of
            .saturating_sub(days)
            .unwrap_or(self.inventory.as_of)
    }

    fn is_unused(&self, usages: &Usages<'_>, scope: ScopeId, entry: &str) -> bool {
        match usages.of_actions(scope, &[entry.to_owned()]) {
            Some(LastUsed::Never { .. }) => true,
            Some(LastUsed::On { at, .. } | LastUsed::NotAfter { at, .. }) => {
                at < self.unused_since()
            }
            Some(LastUsed::Unknown) | None => false,
        }
    }
}

/// The steps that fall when only some entries are kept; `None` where of one of them that cannot be told.
fn fallen(all: &[Standing<'_>], kept: &[&str]) -> Option<Vec<StepId>> {
    let mut fallen = Vec::new();
    for one in all {
        let is_gone = |action: &&str| !has(kept, action);
        let mut of_it = one.surely.iter().chain(&one.perhaps);
        if one.surely.iter().any(is_gone) || of_it.all(is_gone) {
            fallen.extend(&one.steps);
        } else if one.perhaps.iter().any(is_gone) {
            return None;
        }
    }
    fallen.sort_unstable();
    Some(fallen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_action_although_a_pattern_matches_them() {
        assert!(is_name("ec2-instance-connect:SendSSHPublicKey"));
        for other in [
            "any action",
            "lambda:CreateFunction with a passed role",
            "a:*",
            "aws/x",
            ":",
        ] {
            assert!(!is_name(other), "{other}");
        }
        assert!(has(&["*"], "any action"));
    }
}
