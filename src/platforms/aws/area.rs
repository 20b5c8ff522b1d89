//! Areas: the resources on which one Allow statement lets one principal do one action, after every Deny and within every
//! limit: the boundary, and the policies at each level of the organisation. Equal areas are one, so that principals who
//! share their policies and their account share what those open.

use crate::inventory::{Clause, Effect};
use crate::pattern::{Pattern, SEGMENT, is_literal, is_satisfiable, matches, overlap};
use crate::typed_id;
use rustc_hash::{FxHashMap, FxHashSet};

typed_id!(/** An area. */ AreaId);

/// A statement's resources and on what the statement hangs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    /// Allow or Deny.
    pub effect: Effect,
    /// The resources.
    pub resources: Clause,
    /// On what it hangs, in words; `None` when it surely applies.
    pub condition: Option<String>,
}

/// Who sets a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitKind {
    /// The principal's permissions boundary.
    Boundary,
    /// The policies of a role's session.
    Session,
    /// What a job uses.
    Job,
    /// The organisation, at one level: its root, a unit or the account itself.
    Organization,
}

/// Policies of which one must allow as well, and none may deny, for one action.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Limit {
    /// Who sets it.
    pub kind: LimitKind,
    /// The statements that match the action.
    pub parts: Vec<Part>,
    /// What of it is in no export, in words; `None` when all of it is known.
    pub open: Option<String>,
}

impl Limit {
    /// The verdict of the limit alone, given how each clause answers.
    fn decide(&self, holds: &dyn Fn(&Clause) -> bool, reasons: &mut Vec<String>) -> bool {
        let mut by = None;
        for part in self.parts.iter().filter(|part| holds(&part.resources)) {
            match (part.effect, &part.condition) {
                (Effect::Deny, None) => return false,
                (Effect::Deny, Some(reason)) => reasons.push(reason.clone()),
                (Effect::Allow, None) => by = Some(None),
                (Effect::Allow, Some(reason)) => {
                    by.get_or_insert_with(|| Some(reason.clone()));
                }
            }
        }
        if by.is_none() && self.open.is_none() {
            return false;
        }
        reasons.extend(by.flatten());
        reasons.extend(self.open.clone());
        true
    }
}

/// The resources on which one Allow statement lets its holder act.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Area {
    /// The Allow statement's resources.
    pub allow: Clause,
    /// The principal's Deny statements that match the action.
    pub denies: Vec<Part>,
    /// What must allow as well, each of them.
    pub limits: Vec<Limit>,
    /// Held by a service-linked role, which no policy of the organisation limits.
    pub is_service_linked: bool,
    /// An attached policy that is in no export, and so may deny: its name.
    pub missing_policy: Option<String>,
}

/// Whether a right is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Allowed,
    /// It is, unless what the text names decides otherwise.
    Conditional(String),
    /// It is not.
    Denied,
}

fn clause_matches(clause: &Clause, arn: &str) -> bool {
    clause.values.iter().any(|value| matches(value, arn)) != clause.is_negated
}

/// Whether some name of `template` is in all of the areas: the verdict on the best such name, which the caller picks.
fn common_name(areas: &[&Area], template: &str) -> Verdict {
    let mut at: FxHashMap<&str, usize> = FxHashMap::default();
    let mut patterns = vec![Pattern::new(template)];
    let mut disjoint: FxHashSet<&str> = FxHashSet::default();
    for value in areas
        .iter()
        .flat_map(|area| area.clauses())
        .flat_map(|c| &c.values)
    {
        if at.contains_key(value.as_str()) || disjoint.contains(value.as_str()) {
            continue;
        }
        // What no name of the template matches needs no part in the search.
        let pattern = Pattern::new(value);
        if patterns
            .first()
            .is_some_and(|template| !overlap(template, &pattern))
        {
            disjoint.insert(value.as_str());
            continue;
        }
        at.insert(value.as_str(), patterns.len());
        patterns.push(pattern);
    }
    // What each area names, where it names anything: two of them without a common name end it here.
    let named: Vec<Vec<&Pattern>> = areas
        .iter()
        .filter(|area| !area.allow.is_negated)
        .map(|area| {
            let values = area.allow.values.iter();
            let places = values.filter_map(|value| at.get(value.as_str()));
            places.filter_map(|&place| patterns.get(place)).collect()
        })
        .collect();
    let is_apart = |one: &Vec<&Pattern>, other: &Vec<&Pattern>| {
        !one.iter().any(|a| other.iter().any(|b| overlap(a, b)))
    };
    if named.iter().enumerate().any(|(n, one)| {
        one.is_empty() || named.iter().skip(n + 1).any(|other| is_apart(one, other))
    }) {
        return Verdict::Denied;
    }
    let search = |wanted: fn(&Verdict) -> bool| {
        is_satisfiable(&patterns, |matched| {
            let is_matched = |index: usize| matched.get(index).copied().unwrap_or(false);
            let holds = |clause: &Clause| {
                let is_in = |value: &String| at.get(value.as_str()).is_some_and(|&i| is_matched(i));
                clause.values.iter().any(is_in) != clause.is_negated
            };
            is_matched(0) && areas.iter().all(|area| wanted(&area.decide(&holds)))
        })
    };
    match search(|verdict| *verdict == Verdict::Allowed) {
        Some(true) => Verdict::Allowed,
        Some(false) if search(|verdict| *verdict != Verdict::Denied) == Some(false) => {
            Verdict::Denied
        }
        Some(false) => {
            let mut reasons: Vec<String> = areas.iter().map(|area| area.open_reasons()).collect();
            reasons.retain(|reason| !reason.is_empty());
            Verdict::Conditional(reasons.join("; "))
        }
        None => Verdict::Conditional("resource patterns too intricate to decide".to_owned()),
    }
}

impl Area {
    /// The area of an Allow on `*` that nothing limits.
    pub fn everything() -> Self {
        Self {
            allow: Clause {
                is_negated: false,
                values: vec!["*".to_owned()],
            },
            denies: Vec::new(),
            limits: Vec::new(),
            is_service_linked: false,
            missing_policy: None,
        }
    }

    /// Whether the area holds `target`: an ARN; or a pattern, of which one name is enough, because the caller chooses it.
    pub fn admits(&self, target: &str) -> Verdict {
        if is_literal(target) {
            self.decide(&|clause| clause_matches(clause, target))
        } else {
            self.admits_some(target)
        }
    }

    /// The verdict, given how each clause answers.
    pub(super) fn decide(&self, holds: &dyn Fn(&Clause) -> bool) -> Verdict {
        if !holds(&self.allow) {
            return Verdict::Denied;
        }
        let mut reasons: Vec<String> = Vec::new();
        for deny in self.denies.iter().filter(|deny| holds(&deny.resources)) {
            match &deny.condition {
                None => return Verdict::Denied,
                Some(reason) => reasons.push(reason.clone()),
            }
        }
        for limit in &self.limits {
            if !limit.decide(holds, &mut reasons) {
                return Verdict::Denied;
            }
        }
        if let Some(name) = &self.missing_policy {
            reasons.push(format!(
                "the attached policy `{name}`, which is in no export and may deny"
            ));
        }
        reasons.sort_unstable();
        reasons.dedup();
        if reasons.is_empty() {
            Verdict::Allowed
        } else {
            Verdict::Conditional(reasons.join("; "))
        }
    }

    /// The statements of every limit.
    fn limited(&self) -> impl Iterator<Item = &Part> {
        self.limits.iter().flat_map(|limit| &limit.parts)
    }

    /// Every clause of the area, that of the Allow first.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &Clause> {
        std::iter::once(&self.allow)
            .chain(self.denies.iter().map(|part| &part.resources))
            .chain(self.limited().map(|part| &part.resources))
    }

    /// Whether some name of the pattern is allowed outright, or else conditionally.
    fn admits_some(&self, template: &str) -> Verdict {
        // A value that covers every name of the template answers the same for each: no search is needed then.
        let widest = template.replace(SEGMENT, "*");
        let covers = |value: &str| value == "*" || value == widest;
        let all_same = self
            .clauses()
            .all(|clause| clause.values.iter().all(|value| covers(value)));
        if all_same {
            return self.decide(&|clause| clause.values.is_empty() == clause.is_negated);
        }
        common_name(&[self], template)
    }

    fn open_reasons(&self) -> String {
        let mut reasons: Vec<String> = self
            .denies
            .iter()
            .chain(self.limited())
            .filter_map(|part| part.condition.clone())
            .collect();
        reasons.extend(self.limits.iter().filter_map(|limit| limit.open.clone()));
        if let Some(name) = &self.missing_policy {
            reasons.push(format!(
                "the attached policy `{name}`, which is in no export and may deny"
            ));
        }
        reasons.sort_unstable();
        reasons.dedup();
        reasons.join("; ")
    }

    /// Whether two areas share a name of `template`: what one creates there, the other may act on.
    pub fn meets(&self, other: &Self, template: &str) -> Verdict {
        Self::share(&[self, other], template)
    }

    /// Whether all of several areas share one name of `template`; pairs that do are not enough.
    pub fn share(areas: &[&Self], template: &str) -> Verdict {
        let widest = template.replace(SEGMENT, "*");
        let is_whole = |area: &Self| {
            area.denies.is_empty()
                && area.limits.is_empty()
                && area.missing_policy.is_none()
                && !area.allow.is_negated
                && area
                    .allow
                    .values
                    .iter()
                    .any(|value| value == "*" || *value == widest)
        };
        let mut narrow: Vec<&Self> = Vec::new();
        for area in areas {
            if !is_whole(area) && !narrow.contains(area) {
                narrow.push(area);
            }
        }
        match narrow.as_slice() {
            [] => Verdict::Allowed,
            [one] => one.admits(template),
            several => common_name(several, template),
        }
    }

    /// The area in words, for people; equal areas only have equal words.
    pub fn describe(&self) -> String {
        let list = |clause: &Clause| {
            let values = clause.values.join(", ");
            if clause.is_negated {
                format!("all but {values}")
            } else {
                values
            }
        };
        let mut text = list(&self.allow);
        for part in &self.denies {
            text += &format!(", not {}", list(&part.resources));
            if let Some(reason) = &part.condition {
                text += &format!(" if {reason}");
            }
        }
        for limit in &self.limits {
            text += match limit.kind {
                LimitKind::Boundary => ", within the boundary (",
                LimitKind::Session => ", within the session's (",
                LimitKind::Job => ", within the job's (",
                LimitKind::Organization => ", within the organisation's (",
            };
            for (at, part) in limit.parts.iter().enumerate() {
                if at > 0 {
                    text += "; ";
                }
                if part.effect == Effect::Deny {
                    text += "not ";
                }
                text += &list(&part.resources);
                if let Some(reason) = &part.condition {
                    text += &format!(" if {reason}");
                }
            }
            if let Some(open) = &limit.open {
                if !limit.parts.is_empty() {
                    text += "; ";
                }
                text += &format!("unknown: {open}");
            }
            text += ")";
        }
        if self.is_service_linked {
            text += ", by a service-linked role";
        }
        if let Some(name) = &self.missing_policy {
            text += &format!(", unless the unknown policy {name} denies it");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn clause() -> impl Strategy<Value = Clause> {
        let values = vec("[ab:*?]{1,3}", 1..3);
        (prop::bool::weighted(0.2), values)
            .prop_map(|(is_negated, values)| Clause { is_negated, values })
    }

    fn area() -> impl Strategy<Value = Area> {
        let deny = (clause(), prop::bool::weighted(0.3)).prop_map(|(resources, is_open)| Part {
            effect: Effect::Deny,
            resources,
            condition: is_open.then(|| "a condition".to_owned()),
        });
        (clause(), vec(deny, 0..3)).prop_map(|(allow, denies)| Area {
            allow,
            denies,
            ..Area::everything()
        })
    }

    /// All texts of up to six of the letters that patterns name, and one that they do not.
    fn texts() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut at = 0;
        while at < texts.len() {
            if texts[at].len() < 6 {
                for letter in ["a", "b", ":", "c"] {
                    let longer = format!("{}{letter}", texts[at]);
                    texts.push(longer);
                }
            }
            at += 1;
        }
        texts
    }

    #[test]
    fn three_areas_of_which_each_two_share_a_name_need_not_share_one() {
        let of = |values: &[&str]| Area {
            allow: Clause {
                is_negated: false,
                values: values.iter().map(|value| (*value).to_owned()).collect(),
            },
            ..Area::everything()
        };
        let (one, two, three) = (of(&["a", "b"]), of(&["b", "c"]), of(&["a", "c"]));
        for (first, second) in [(&one, &two), (&two, &three), (&one, &three)] {
            assert_eq!(first.meets(second, "\u{1}"), Verdict::Allowed);
        }
        let verdict = |last: &Area| Area::share(&[&one, &two, last], "\u{1}");
        assert_eq!(verdict(&three), Verdict::Denied);
        assert_eq!(verdict(&of(&["b"])), Verdict::Allowed);
        assert_eq!(verdict(&of(&["*"])), Verdict::Allowed);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_common_name_is_found_exactly_when_some_text_is_one(
            one in area(),
            other in area(),
            template in "[ab:\u{1}]{0,2}\u{1}",
        ) {
            let verdict = one.meets(&other, &template);
            let in_template = Pattern::new(&template);
            let names = texts().into_iter().filter(|text| overlap(&in_template, &Pattern::new(text)));
            let verdicts: Vec<[Verdict; 2]> =
                names.map(|name| [one.admits(&name), other.admits(&name)]).collect();
            let is_some = |wanted: fn(&Verdict) -> bool| {
                verdicts.iter().any(|both| both.iter().all(wanted))
            };
            prop_assert_eq!(verdict == Verdict::Allowed, is_some(|v| *v == Verdict::Allowed));
            prop_assert_eq!(verdict == Verdict::Denied, !is_some(|v| *v != Verdict::Denied));
        }
    }
}
