//! A report in short: which credential travels farthest, how bad it is for the whole, and what to do first.

use super::{Words, asked, count_of, counted, lost_of, percent, points};
use crate::analysis::{Analysis, Leak, Measure, Organisation, ScenarioReach, Sensitivities};
use crate::inventory::Haunt;
use crate::risk::Points;
use indexmap::IndexMap;

/// The credential that travels farthest.
pub(crate) struct Farthest {
    /// Which one.
    pub(crate) name: String,
    /// Whose it is.
    pub(crate) whose: String,
    /// Where it lies: the first place, and how many more.
    pub(crate) lies_in: String,
    /// What it reaches: `32 resources, 1 crown jewel`.
    pub(crate) reaches: String,
    /// Its points.
    pub(crate) points: String,
    /// Its band.
    pub(crate) band: &'static str,
    /// How many others travel as far; `None`: no other does.
    pub(crate) ties: Option<String>,
}

/// What to do first.
pub(crate) struct First {
    /// As an order.
    pub(crate) order: String,
    /// What it takes away of all reach.
    pub(crate) share: String,
    /// Of which reach that is: `possible`, `certain`.
    pub(crate) of: &'static str,
    /// Who can do it.
    pub(crate) who: Option<String>,
    /// How many others gain as much; `None`: no other does.
    pub(crate) ties: Option<String>,
}

/// How bad it is for the whole.
pub(crate) struct Whole {
    /// What is lost on average, as a share of the value of all resources.
    pub(crate) share: String,
    /// The same in points.
    pub(crate) points: String,
    /// What was asked: `if every credential leaks now`.
    pub(crate) asked: &'static str,
    /// How many credentials there are.
    pub(crate) credentials: String,
    /// How many of them reach a crown jewel, possibly and for certain.
    pub(crate) crowns: (String, String),
    /// Of how many the reach is unknown; `None`: of none.
    pub(crate) unknown: Option<String>,
}

impl Words<'_> {
    /// The credential that travels farthest; `None` where none reaches anything.
    pub(crate) fn farthest(&self, analysis: &Analysis) -> Option<Farthest> {
        let all = &analysis.credentials;
        let one = all.first()?;
        let reach = &one.possible;
        let Leak::Credential(id) = one.leak else {
            return None;
        };
        if reach.points == Points(0) {
            return None;
        }
        let whose = match self.owner(id) {
            Some(owner) => format!("{}, {owner}", self.authenticates(id)),
            None => self.authenticates(id),
        };
        let lies_in = match self.lying_places()[id].as_slice() {
            [] => "no place that an export shows".to_owned(),
            [place] => self.exposure(*place),
            [place, rest @ ..] => {
                format!(
                    "{} and {} more",
                    self.exposure(*place),
                    count_of(rest.len())
                )
            }
        };
        let number = |of: u64, one: &str| counted(usize::try_from(of).unwrap_or(usize::MAX), one);
        let mut reaches = number(reach.resources, "resource");
        if reach.crowns > 0 {
            reaches.push_str(&format!(", {}", number(reach.crowns, "crown jewel")));
        }
        let ties = all.iter().filter(|other| other.rank == one.rank).count() - 1;
        Some(Farthest {
            name: self.leak(one.leak),
            whose,
            lies_in,
            reaches,
            points: points(one.points(analysis.model.measure)),
            band: one.band.name(),
            ties: (ties > 0).then(|| counted(ties, "other")),
        })
    }

    /// The fix that gains most; `None` where none gains anything.
    pub(crate) fn first(&self, analysis: &Analysis) -> Option<First> {
        let best = analysis.fixes.first()?;
        let fixes = analysis.fixes.iter();
        let ties = fixes.filter(|fix| fix.rank == best.rank).count() - 1;
        Some(First {
            order: self.order(best),
            share: percent(self.share(best, analysis)),
            of: match analysis.model.measure {
                Measure::Certain => "certain",
                Measure::Mean | Measure::Possible => "possible",
            },
            who: self.fixed_by(best.control),
            ties: (ties > 0).then(|| counted(ties, "other fix")),
        })
    }
}

impl Whole {
    /// Of an analysis.
    pub(crate) fn of(analysis: &Analysis) -> Self {
        let number = |is: fn(&ScenarioReach) -> bool| {
            let all = analysis.credentials.iter();
            all.filter(|one| is(one)).count()
        };
        let whole = &analysis.organisation;
        let unknown = number(|one| one.unknown.is_some());
        Self {
            share: percent(whole.score().share_of(whole.value)),
            points: lost_of((whole.certain, whole.possible), whole.value),
            asked: asked(analysis.model.mode),
            credentials: count_of(analysis.credentials.len()),
            crowns: (
                count_of(number(|one| one.possible.crowns > 0)),
                count_of(number(|one| one.certain.crowns > 0)),
            ),
            unknown: (unknown > 0).then(|| count_of(unknown)),
        }
    }
}

/// By which reach things are ranked, where that is not the mean: `by certain reach`.
pub(crate) fn ranked_by(measure: Measure) -> Option<&'static str> {
    match measure {
        Measure::Mean => None,
        Measure::Certain => Some("by certain reach"),
        Measure::Possible => Some("by possible reach"),
    }
}

/// A sort of place, in a sentence.
fn haunt(haunt: Haunt) -> &'static str {
    match haunt {
        Haunt::PublicCode => "public code",
        Haunt::Job => "a job",
        Haunt::Endpoint => "somebody's machine",
        Haunt::PublicWeb => "public pages",
        Haunt::Vendor => "a vendor",
        Haunt::Private => "private storage",
    }
}

/// How long thieves take from theft to use, if not as long as is assumed: `9 minutes in public code`.
pub(crate) fn assumption(one: &Sensitivities) -> String {
    format!("{} in {}", one.delay, haunt(one.haunt))
}

/// What all points would be by those, in one line; `None` where the mode knows of none.
pub(crate) fn assumptions(organisation: &Organisation, total: (Points, Points)) -> Option<String> {
    let figure = |total| points(Points::one(total, organisation.measure));
    let mut by_place: IndexMap<&str, Vec<String>> = IndexMap::new();
    for one in &organisation.sensitivities {
        let told = format!("{} {}", one.delay, figure(one.total));
        by_place.entry(haunt(one.haunt)).or_default().push(told);
    }
    let told = by_place.into_iter();
    let told: Vec<String> = told
        .map(|(place, told)| format!("in {place} {}", told.join(", ")))
        .collect();
    (!told.is_empty()).then(|| {
        let assumed = figure(total);
        format!(
            "{assumed} points in all; by other times from theft to use, {}",
            told.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn what_is_first_is_told_with_those_that_are_as_bad() {
        let mut analysis = sample::analysis();
        let words = |analysis: &Analysis| {
            let words = Words::of(analysis);
            (words.farthest(analysis), words.first(analysis))
        };
        let (farthest, first) = words(&analysis);
        let (farthest, first) = (farthest.unwrap(), first.unwrap());
        assert_eq!(farthest.name, "access key AKIAEXAMPLEEXAMPLE01");
        assert!(farthest.ties.is_none());
        assert_eq!(first.ties.unwrap(), "1 other fix");
        analysis.credentials[1].rank = 1;
        assert_eq!(words(&analysis).0.unwrap().ties.unwrap(), "1 other");
        analysis.fixes.clear();
        analysis.credentials.clear();
        let (farthest, first) = words(&analysis);
        assert!(farthest.is_none() && first.is_none());
    }

    #[test]
    fn other_speeds_of_thieves_are_told_by_the_one_number() {
        let mut analysis = sample::analysis();
        let told = |analysis: &Analysis| assumptions(&analysis.organisation, analysis.total);
        assert_eq!(
            told(&analysis).unwrap(),
            "234.00 points in all; by other times from theft to use, in public code 9 minutes 234.10"
        );
        analysis.organisation.measure = Measure::Certain;
        assert!(told(&analysis).unwrap().ends_with("9 minutes 204.10"));
        analysis.organisation.sensitivities.clear();
        assert_eq!(told(&analysis), None);
    }
}
