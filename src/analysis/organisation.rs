//! The organisation's score, and the labels on which most of it hangs: what all credentials do to each resource.

use super::{Analysis, Leak, Measure, ScenarioReach, Unaccepted, seeds};
use crate::inventory::{Access, Haunt, Inventory, ResourceId, Sensitivity, TenantId};
use crate::memory::{Memory, TooLittle};
use crate::progress::Progress;
use crate::reach::{self, Classes, Scales};
use crate::risk::{self, Band, Model, Points};
use crate::steps::{Fact, Steps};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How bad it is for the whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Organisation {
    /// What is lost on average by certain reach: no resource counts twice.
    pub certain: Points,
    /// The same by possible reach.
    pub possible: Points,
    /// Which of them, or what between them, is the score.
    pub measure: Measure,
    /// What all resources are worth.
    pub value: Points,
    /// The share of all points that the first tenth of credentials have.
    pub concentration: f64,
    /// Credentials whose reach is known, and all.
    pub coverage: (usize, usize),
    /// How many credentials are of each band, worst first.
    pub bands: Vec<(Band, usize)>,
    /// What points would be in all if thieves were faster or slower than is assumed.
    pub sensitivities: Vec<Sensitivities>,
    /// The same without what a policy accepts; `None` where nothing is.
    pub unaccepted: Option<Unaccepted>,
}

/// All points, certain and possible, under another assumption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensitivities {
    /// Where thieves are assumed to be faster or slower.
    pub haunt: Haunt,
    /// How long they take there from theft to use: `9 minutes`.
    pub delay: &'static str,
    /// Certain and possible points over all credentials.
    pub total: (Points, Points),
}

impl Organisation {
    /// The one number between certain and possible.
    pub fn score(&self) -> Points {
        Points::one((self.certain, self.possible), self.measure)
    }

    /// The share of credentials whose reach is known.
    pub fn covered(&self) -> f64 {
        let points = |number: usize| Points(number as u64);
        match self.coverage {
            (_, 0) => 1.0,
            (known, all) => points(known).share_of(points(all)),
        }
    }
}

/// Resources whose sensitivity is assumed, of one type in one tenant, and what hangs on that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlabelled {
    /// The type.
    pub kind: String,
    /// The tenant.
    pub tenant: Option<TenantId>,
    /// The sensitivity that is assumed.
    pub assumed: Sensitivity,
    /// The resources, in order of key.
    pub resources: Vec<ResourceId>,
    /// What all points of these would be at each level of [`Sensitivity::ALL`]: the one number between certain and possible.
    pub at: [Points; 5],
}

impl Unlabelled {
    /// By how much all points would change at most, if they were known to be of another level.
    pub fn swing(&self) -> Points {
        let level = Sensitivity::ALL
            .into_iter()
            .position(|one| one == self.assumed);
        let now = level
            .and_then(|at| self.at.get(at))
            .copied()
            .unwrap_or_default();
        let most = self.at.into_iter().max().unwrap_or_default();
        let least = self.at.into_iter().min().unwrap_or_default();
        (most - now).max(now - least)
    }
}

/// So many groups are listed of what to classify next.
const MOST_LABELS: usize = 10;

/// Each rung that some step reaches, as a class of its own.
struct Rungs {
    classes: Classes,
    /// By class.
    of: Vec<(ResourceId, Access)>,
}

impl Rungs {
    /// Those of the resources that are wanted.
    fn new(steps: &Steps, is_wanted: impl Fn(ResourceId) -> bool) -> Self {
        let mut of = Vec::new();
        let class = |fact: &Fact| match *fact {
            Fact::AtLeast(resource, access) if is_wanted(resource) => {
                of.push((resource, access));
                u32::try_from(of.len() - 1).unwrap_or(Classes::UNCOUNTED)
            }
            _ => Classes::UNCOUNTED,
        };
        let classes: Vec<u32> = steps.facts.iter().map(class).collect();
        Self {
            classes: Classes::new(classes.into(), of.len()),
            of,
        }
    }
}

/// What all credentials take from the organisation, for certain and possibly.
pub(super) fn lost(
    inventory: &Inventory,
    steps: &Steps,
    model: &Model,
    credentials: &[Leak],
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<(Points, Points), TooLittle> {
    let rungs = Rungs::new(steps, |_| true);
    // A column for each rung of the ladder.
    let column = |access: Access| Access::LADDER.into_iter().position(|one| one == access);
    let column_of: Vec<u32> = rungs
        .of
        .iter()
        .map(|&(_, access)| {
            column(access)
                .and_then(|at| u32::try_from(at).ok())
                .unwrap_or(0)
        })
        .collect();
    let logs: Vec<[[u64; 5]; 2]> = credentials
        .iter()
        .map(|leak| {
            let chance = leak.chance(model);
            [chance.certain, chance.possible].map(risk::log_rungs)
        })
        .collect();
    let weigh = |scenario: usize, column: u32| {
        let logs = logs.get(scenario).copied().unwrap_or_default();
        logs.map(|rungs| rungs.get(column as usize).copied().unwrap_or_default())
    };
    let scales = Scales {
        column_of: &column_of,
        columns: 5,
        weigh: &weigh,
    };
    let seeds = seeds(steps, credentials);
    let sums = reach::weigh_within(steps, &seeds, &rungs.classes, &scales, memory, progress)?;
    let mut of_resource: BTreeMap<ResourceId, [u64; 2]> = BTreeMap::new();
    for (&(resource, _), sum) in rungs.of.iter().zip(sums) {
        let all = of_resource.entry(resource).or_default();
        for (all, sum) in all.iter_mut().zip(sum) {
            *all = all.saturating_add(sum);
        }
    }
    let mut lost = (Points(0), Points(0));
    for (resource, [certain, possible]) in of_resource {
        let sensitivity = inventory.resources[resource].sensitivity;
        lost.0 += risk::lost(sensitivity, certain);
        lost.1 += risk::lost(sensitivity, possible);
    }
    Ok(lost)
}

/// What to classify next: the groups of resources of assumed sensitivity on which most points hang.
fn unlabelled(
    analysis: &Analysis,
    credentials: &[Leak],
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Vec<Unlabelled>, TooLittle> {
    let Analysis {
        inventory,
        steps,
        model,
        ..
    } = analysis;
    let is_assumed = |id: ResourceId| {
        let resource = &inventory.resources[id];
        resource.sensitivity_assumed.is_some() && !resource.is_class
    };
    let rungs = Rungs::new(steps, is_assumed);
    if rungs.of.is_empty() {
        return Ok(Vec::new());
    }
    // A column for each place: P · X of every credential.
    let column_of: Vec<u32> = rungs
        .of
        .iter()
        .map(|&(resource, _)| model.borders.place_of(resource))
        .collect();
    let columns = column_of.iter().max().map_or(0, |most| most + 1);
    let weigh = |scenario: usize, place: u32| {
        let Some(leak) = credentials.get(scenario) else {
            return [0, 0];
        };
        let factor = model.borders.factor(leak.home(model), place);
        let chance = leak.chance(model);
        [factor * chance.certain, factor * chance.possible]
    };
    let scales = Scales {
        column_of: &column_of,
        columns,
        weigh: &weigh,
    };
    let seeds = seeds(steps, credentials);
    let sums = reach::weigh_within(steps, &seeds, &rungs.classes, &scales, memory, progress)?;
    let mut groups: BTreeMap<(&str, Option<TenantId>, Sensitivity), Unlabelled> = BTreeMap::new();
    for (&(id, access), [certain, possible]) in rungs.of.iter().zip(sums) {
        let resource = &inventory.resources[id];
        let key = (
            resource.kind.as_str(),
            resource.tenant,
            resource.sensitivity,
        );
        let group = groups.entry(key).or_insert_with(|| Unlabelled {
            kind: resource.kind.clone(),
            tenant: resource.tenant,
            assumed: resource.sensitivity,
            resources: Vec::new(),
            at: [Points(0); 5],
        });
        if certain > 0 || possible > 0 {
            group.resources.push(id);
        }
        for (points, level) in group.at.iter_mut().zip(Sensitivity::ALL) {
            let weight = risk::weight(level, access);
            let of = |sum: u64| Points(sum.saturating_mul(weight));
            *points += Points::one((of(certain), of(possible)), model.measure);
        }
    }
    let mut groups: Vec<Unlabelled> = groups.into_values().collect();
    for group in &mut groups {
        group.resources.sort_unstable();
        group.resources.dedup();
    }
    groups.retain(|group| group.swing() > Points(0));
    // Stable: in order of type and tenant where the same hangs on them.
    groups.sort_by_key(|group| Reverse(group.swing()));
    groups.truncate(MOST_LABELS);
    Ok(groups)
}

/// Another delay for a sort of place, in seconds, as others saw it or as it may be.
const DELAYS: [(Haunt, u64, &str); 5] = [
    (Haunt::PublicCode, 60, "1 minute"),
    (Haunt::PublicCode, 120, "2 minutes"),
    (Haunt::PublicCode, 540, "9 minutes"),
    (Haunt::Private, 86_400, "1 day"),
    (Haunt::Private, 180 * 86_400, "180 days"),
];

/// What points would be in all under other delays; those that change nothing in this mode are left out.
fn sensitivities(analysis: &Analysis) -> Vec<Sensitivities> {
    let Analysis {
        inventory, model, ..
    } = analysis;
    let haunts_of_mode = |haunt| match model.mode {
        risk::Mode::BlastRadius => haunt == Haunt::PublicCode,
        risk::Mode::Risk => true,
    };
    let others = DELAYS
        .into_iter()
        .filter(|&(haunt, ..)| haunts_of_mode(haunt));
    others
        .map(|(haunt, seconds, shown)| {
            let rule = crate::inventory::RiskRule::Delay(haunt, seconds);
            let settings = model.settings.clone().with(&rule);
            let chances = risk::Chances::new(inventory, &settings, model.mode);
            let mut total = (Points(0), Points(0));
            for scenario in &analysis.credentials {
                let Leak::Credential(id) = scenario.leak else {
                    continue;
                };
                let mut vector = scenario.vector.clone();
                vector.chance = chances.credential(id);
                let (certain, possible) = vector.points();
                total.0 += certain;
                total.1 += possible;
            }
            Sensitivities {
                haunt,
                delay: shown,
                total,
            }
        })
        .collect()
}

/// How many credentials are of each band, worst first.
pub(super) fn bands(credentials: &[ScenarioReach]) -> Vec<(Band, usize)> {
    let of_band = |band: Band| {
        let of_it = credentials.iter().filter(|one| one.band == band);
        (band, of_it.count())
    };
    Band::ALL.map(of_band).to_vec()
}

/// What all resources are worth.
pub(super) fn value(inventory: &Inventory) -> Points {
    let resources = inventory.resources.iter();
    resources
        .map(|resource| risk::value(resource.sensitivity))
        .sum()
}

/// Fills in the organisation's score and what to classify next.
pub(super) fn add(
    analysis: &mut Analysis,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<(), TooLittle> {
    let credentials: Vec<Leak> = analysis.credentials.iter().map(|one| one.leak).collect();
    let Analysis {
        inventory,
        steps,
        model,
        ..
    } = &*analysis;
    let (certain, possible) = lost(inventory, steps, model, &credentials, memory, progress)?;
    let labels = unlabelled(analysis, &credentials, memory, progress)?;
    let points: Vec<Points> = analysis
        .credentials
        .iter()
        .map(|one| one.points(model.measure))
        .collect();
    let known = analysis
        .credentials
        .iter()
        .filter(|one| one.unknown.is_none());
    let organisation = Organisation {
        certain,
        possible,
        measure: model.measure,
        value: value(inventory),
        concentration: risk::concentration(&points),
        coverage: (known.count(), credentials.len()),
        bands: bands(&analysis.credentials),
        sensitivities: sensitivities(analysis),
        unaccepted: None,
    };
    analysis.organisation = organisation;
    analysis.unlabelled = labels;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_swings_to_the_far_end_of_the_levels() {
        let swing = |assumed| {
            let group = Unlabelled {
                kind: "table".to_owned(),
                tenant: None,
                assumed,
                resources: Vec::new(),
                at: [1, 10, 30, 100, 300].map(Points),
            };
            group.swing().0
        };
        // Up to a crown jewel, or down to public.
        assert_eq!(
            Sensitivity::ALL.map(swing),
            [299, 290, 270, 200, 299],
            "in order of level"
        );
    }
}
