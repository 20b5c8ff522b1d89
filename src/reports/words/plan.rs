//! The wording of plans.

use super::{Words, count, count_of, counted, day, lost, percent, points};
use crate::analysis::{Analysis, Bound, Goal, Life, Measure, Plan, PlannedFix, Survivor};
use crate::risk::Points;
use crate::steps::{Control, Fact};
use indexmap::IndexMap;

/// The most names of one sort that a sentence holds.
const NAMED: usize = 3;

/// `a, b and 3 more`, of names that are whole.
fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let mut text = shown.join(", ");
    if let Some(rest) = names.len().checked_sub(NAMED).filter(|&rest| rest > 0) {
        text.push_str(&format!(" and {rest} more"));
    }
    text
}

/// `1 effort point`, `8 effort points`.
pub(crate) fn effort(of: u64) -> String {
    let plural = if of == 1 { "" } else { "s" };
    format!("{} effort point{plural}", count(of))
}

/// For what a plan was chosen: `the most for 8 effort points`.
pub(crate) fn goal(goal: Goal, measure: Measure) -> String {
    let of = match measure {
        Measure::Mean => "",
        Measure::Certain => "certain ",
        Measure::Possible => "possible ",
    };
    let most = match measure {
        Measure::Mean => "the most".to_owned(),
        _ => format!("the most {of}reach"),
    };
    match goal {
        Goal::Budget(budget) => format!("{most} for {}", effort(budget)),
        Goal::Until(share) => {
            let percent = share.0 / 100;
            let decimals = share.0 % 100;
            let decimals = match decimals {
                0 => String::new(),
                some => format!(".{some:02}"),
            };
            format!("the least effort that takes {percent}{decimals} % of all {of}reach away")
        }
        Goal::Top(top) => format!("{most} by {}", counted(top, "fix")),
    }
}

/// All reach by which a plan was chosen.
pub(crate) fn all_reach(measure: Measure) -> &'static str {
    match measure {
        Measure::Mean => "all reach",
        Measure::Certain => "all certain reach",
        Measure::Possible => "all possible reach",
    }
}

/// What part of that a gain is.
pub(crate) fn share_of(plan: &Plan, gain: (Points, Points)) -> f64 {
    let decisive = |points: (Points, Points)| Points(plan.measure.key(points.0.0, points.1.0).0);
    decisive(gain).share_of(decisive(plan.total))
}

/// What a plan takes away, in one sentence.
pub(crate) fn gain(plan: &Plan) -> String {
    let of = |gain: Points, total: Points| {
        let share = percent(gain.share_of(total));
        format!("{} of {} points ({share})", points(gain), points(total))
    };
    let doing = counted(plan.fixes.len(), "fix");
    let takes = if plan.fixes.len() == 1 {
        "takes"
    } else {
        "take"
    };
    format!(
        "{doing} for {} {takes} away {} of certain and {} of possible reach.",
        effort(plan.effort),
        of(plan.gain.0, plan.total.0),
        of(plan.gain.1, plan.total.1),
    )
}

/// What is lost on average of all value, before a plan and after it.
pub(crate) fn organisation(analysis: &Analysis, plan: &Plan) -> String {
    let whole = &analysis.organisation;
    format!(
        "The organisation's score falls from {} to {}.",
        lost((whole.certain, whole.possible), whole.measure, whole.value),
        lost(plan.lost, whole.measure, whole.value)
    )
}

/// How far a plan may be from the best one, in points or effort; `None` where no set reaches the goal.
pub(crate) fn gap(plan: &Plan) -> Option<u64> {
    match plan.bound {
        Bound::Gain(bound) => Some(bound.saturating_sub(plan.decisive_gain().0)),
        Bound::Effort(bound) => Some(plan.effort.saturating_sub(bound)),
        Bound::Unattainable => None,
    }
}

/// Of which reach the points of a bound are.
fn counting(measure: Measure) -> &'static str {
    match measure {
        Measure::Mean => "certain and possible together",
        Measure::Certain => "of certain reach",
        Measure::Possible => "of possible reach",
    }
}

/// By how much another set may be better, in a few words.
pub(crate) fn better(plan: &Plan) -> String {
    match (plan.bound, gap(plan)) {
        (Bound::Unattainable, _) | (_, None) => "No set reaches that".to_owned(),
        (_, Some(0)) => "No".to_owned(),
        (Bound::Gain(_), Some(gap)) => format!("By {} points at most", points(Points(gap))),
        (Bound::Effort(_), Some(gap)) => format!("By {} at most", effort(gap)),
    }
}

/// What is proved of every other set, in one sentence.
pub(crate) fn bound(plan: &Plan) -> String {
    let own = plan.decisive_gain();
    let gap = gap(plan).unwrap_or(0);
    match (plan.bound, gap) {
        (Bound::Unattainable, _) => format!(
            "Proved: all {} together take less away than that share.",
            counted(
                usize::try_from(plan.candidates).unwrap_or(usize::MAX),
                "candidate fix"
            )
        ),
        (Bound::Gain(_), 0) => format!(
            "Proved best: no set within that takes more than {} points away, {}.",
            points(own),
            counting(plan.measure)
        ),
        (Bound::Gain(bound), gap) => format!(
            "Proved: no set within that takes more than {} points away, {}; this one takes {}: a gap of at most {} ({}).",
            points(Points(bound)),
            counting(plan.measure),
            points(own),
            points(Points(gap)),
            percent(Points(gap).share_of(Points(bound)))
        ),
        (Bound::Effort(_), 0) => {
            format!(
                "Proved best: no set of less than {} does that.",
                effort(plan.effort)
            )
        }
        (Bound::Effort(bound), gap) => format!(
            "Proved: no set of less than {} does that; this one takes {}: a gap of at most {}.",
            effort(bound),
            count(plan.effort),
            effort(gap)
        ),
    }
}

/// What works on, how long, and what ends it.
fn survived(survivor: &Survivor) -> String {
    let long = match survivor.most_hours {
        Some(hours) => format!("for at most {hours} hours"),
        None => "until they end by themselves".to_owned(),
    };
    format!("{long} by {}: {}", survivor.what, survivor.remedy)
}

/// More credentials that are left are only counted.
const KEPT: usize = 8;

impl Words<'_> {
    /// Which splits were not weighed, in one sentence; `None` where all were.
    pub(crate) fn left_out(&self, plan: &Plan) -> Option<String> {
        let names: Vec<String> = plan.left_out.iter().map(|&id| self.control(id)).collect();
        (!names.is_empty()).then(|| {
            format!(
                "Not weighed: splitting {}. What is proved is of sets without that; `leakreach simulate` tells what it gains.",
                listed(&names)
            )
        })
    }

    /// What a plan leaves in the hands of whoever had what it takes away, in a few sentences; `None`: nothing.
    pub(crate) fn kept(&self, plan: &Plan) -> Option<String> {
        let shown = plan.kept.iter().take(KEPT);
        let names: Vec<String> = shown.map(|&id| self.credential(id)).collect();
        let more = match plan.kept.len().saturating_sub(names.len()) {
            0 => String::new(),
            rest => format!(" and {} more", count_of(rest)),
        };
        (!names.is_empty()).then(|| {
            format!(
                "Whoever had what this plan takes away could have taken {} before: {}{more}. If a leak has happened, \
                 revoke that as well: no plan takes back what was read.",
                counted(plan.kept.len(), "more credential"),
                names.join(", ")
            )
        })
    }

    /// What is to be done, as an order; a credential that is in use is rotated, not only revoked.
    pub(crate) fn planned(&self, planned: &PlannedFix) -> String {
        match self.steps.controls[planned.fix.control] {
            Control::Credential(id) if planned.is_renewed => {
                format!("rotate {}", self.credential(id))
            }
            _ => self.order(&planned.fix),
        }
    }

    /// What must be known of a fix before it is done, in sentences.
    pub(crate) fn remarks(&self, at: usize, planned: &PlannedFix) -> Vec<String> {
        let mut remarks = self.conditions(at, planned);
        remarks.extend(self.life(planned));
        if let Some(survivor) = &planned.survivor {
            remarks.push(format!("outlived {}", survived(survivor)));
        }
        remarks
    }

    /// Why a fix stands where it does, and on what its gain hangs.
    pub(crate) fn conditions(&self, at: usize, planned: &PlannedFix) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(after) = planned.after {
            remarks.push(format!(
                "only after {}: before that, the new value can be read where it lies",
                after + 1
            ));
        }
        if !planned.together.is_empty() {
            let others: Vec<String> = planned
                .together
                .iter()
                .filter(|&&one| one != at)
                .map(|one| (one + 1).to_string())
                .collect();
            remarks.push(match others.as_slice() {
                [] => "what it opens reads where it lies: revoke the old value before the new one is stored there"
                    .to_owned(),
                _ => format!(
                    "no order holds between this and {}, each of which reads where another lies: revoke the old values \
                     of all of them before a new one is stored",
                    listed(&others)
                ),
            });
        }
        if !planned.read_by.is_empty() {
            let names: Vec<String> = planned
                .read_by
                .iter()
                .map(|&fact| self.held(fact))
                .collect();
            remarks.push(format!(
                "does not hold as it is: the new value is read by {}, which whoever has what this plan takes away may \
                 have; keep it elsewhere, or revoke that too",
                listed(&names)
            ));
        }
        if !planned.places.is_empty() {
            let names: Vec<String> = planned
                .places
                .iter()
                .map(|&place| self.exposure(place))
                .collect();
            let names = listed(&names);
            let control = self.steps.controls[planned.fix.control];
            remarks.push(match control {
                Control::Split(_) => {
                    format!("its new ones lie in {names}: the gain counts what whoever reads there has of them")
                }
                _ => format!(
                    "it lies in {names}: the gain counts as long as no leak opens where the new value lies"
                ),
            });
        }
        if !planned.left.is_empty() {
            let names: Vec<String> = planned.left.iter().map(|&id| self.credential(id)).collect();
            remarks.push(format!(
                "whoever took them from there keeps {}: this plan does not revoke that",
                listed(&names)
            ));
        }
        remarks
    }

    /// When the credential of a fix ends by itself.
    pub(crate) fn life(&self, planned: &PlannedFix) -> Option<String> {
        Some(match planned.life? {
            Life::Endless => "never ends by itself".to_owned(),
            Life::Job => "ends with its job".to_owned(),
            Life::Expires(Some(at)) if at <= self.inventory.as_of => {
                format!("ended by itself on {}", day(at))
            }
            Life::Expires(Some(at)) => format!("ends by itself on {}", day(at)),
            Life::Expires(None) => "ends by itself, no export says when".to_owned(),
            Life::Unknown => "no export says whether it ends by itself".to_owned(),
        })
    }

    /// What outlives the fixes of a plan: which fixes, what that is, where it is documented.
    pub(crate) fn survivors(&self, plan: &Plan) -> Vec<(String, String, &'static str)> {
        let mut by_survivor: IndexMap<(String, &'static str), Vec<String>> = IndexMap::new();
        for (at, planned) in plan.fixes.iter().enumerate() {
            if let Some(survivor) = &planned.survivor {
                let places = by_survivor.entry((survived(survivor), survivor.source));
                places.or_default().push((at + 1).to_string());
            }
        }
        let all = by_survivor.into_iter();
        all.map(|((text, source), places)| (places.join(", "), text, source))
            .collect()
    }

    /// What an attacker may hold, as a name.
    pub(crate) fn held(&self, fact: crate::steps::FactId) -> String {
        match self.steps.facts[fact] {
            Fact::Anyone => "anyone".to_owned(),
            Fact::Credential(id) => self.credential(id),
            Fact::Exposure(id) => self.exposure(id),
            _ => self.fact(fact),
        }
    }
}
