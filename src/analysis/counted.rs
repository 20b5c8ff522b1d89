//! What is counted of a scenario's reach: a few sorts of facts, and what they weigh from where it begins.

use super::{Leak, ReachSummary};
use crate::inventory::{Access, Inventory, Sensitivity, Table};
use crate::reach::{Classes, Tally};
use crate::risk::{self, Chance, HomeNumber, Model, PlaceNumber, Term, Terms, Vector};
use crate::steps::{Fact, FactId, Steps};
use indexmap::IndexSet;
use std::collections::BTreeMap;

/// What a fact counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Credential,
    Principal,
    /// A rung of the ladder, on a resource of that sensitivity in that place.
    Rung(Sensitivity, PlaceNumber, Access),
}

/// The facts that are counted together.
pub(super) struct Counted {
    pub(super) classes: Classes,
    sorts: IndexSet<Sort>,
}

/// What a scenario reaches, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums {
    /// For certain.
    pub certain: ReachSummary,
    /// Possibly.
    pub possible: ReachSummary,
    /// The terms of its score.
    pub vector: Vector,
}

impl Sums {
    /// The sums of a score's terms, with so many credentials and principals gained, for certain and possibly.
    pub fn new(vector: Vector, credentials: (u64, u64), principals: (u64, u64)) -> Self {
        let (certain, possible) = vector.points();
        let summary = |terms: &Terms, points, credentials, principals| ReachSummary {
            points,
            credentials,
            principals,
            resources: terms.count(),
            crowns: terms.crowns(),
        };
        Self {
            certain: summary(&vector.certain, certain, credentials.0, principals.0),
            possible: summary(&vector.possible, possible, credentials.1, principals.1),
            vector,
        }
    }
}

impl Counted {
    pub(super) fn new(inventory: &Inventory, steps: &Steps, model: &Model) -> Self {
        let mut sorts: IndexSet<Sort> = IndexSet::new();
        let class = |fact: &Fact| {
            let sort = match *fact {
                Fact::Credential(_) => Sort::Credential,
                Fact::Principal(_) => Sort::Principal,
                Fact::AtLeast(resource, access) => Sort::Rung(
                    inventory.resources[resource].sensitivity,
                    model.borders.place_of(resource),
                    access,
                ),
                _ => return Classes::UNCOUNTED,
            };
            u32::try_from(sorts.insert_full(sort).0).unwrap_or(Classes::UNCOUNTED)
        };
        let classes: Vec<u32> = steps.facts.iter().map(class).collect();
        Self {
            classes: Classes::new(classes.into(), sorts.len()),
            sorts,
        }
    }

    /// What was counted of a leak.
    pub(super) fn summed(&self, leak: Leak, model: &Model, tally: Tally<'_>) -> Sums {
        let home = leak.home(model);
        let layers = [tally.certain, tally.possible].map(|counts| self.layer(home, model, counts));
        let [certain, possible] = layers;
        let vector = Vector {
            chance: leak.chance(model),
            certain: certain.terms,
            possible: possible.terms,
        };
        Sums::new(
            vector,
            (certain.credentials, possible.credentials),
            (certain.principals, possible.principals),
        )
    }

    fn layer(&self, home: HomeNumber, model: &Model, counts: &[u32]) -> Layer {
        let mut layer = Layer::default();
        // How many resources stand on each rung or above it.
        let mut rungs: BTreeMap<(Sensitivity, PlaceNumber), BTreeMap<Access, u64>> =
            BTreeMap::new();
        for (&sort, &count) in self
            .sorts
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
        {
            let count = u64::from(count);
            match sort {
                Sort::Credential => layer.credentials += count,
                Sort::Principal => layer.principals += count,
                Sort::Rung(sensitivity, place, access) => {
                    let of = rungs.entry((sensitivity, place)).or_default();
                    of.insert(access, count);
                }
            }
        }
        for ((sensitivity, place), counts) in rungs {
            let factor = model.borders.factor(home, place);
            let mut above = 0;
            for (access, count) in counts.into_iter().rev() {
                let term = Term {
                    access,
                    sensitivity,
                    factor,
                };
                // Those on this rung and on none above it.
                layer.terms.add(term, count.saturating_sub(above));
                above = count;
            }
        }
        layer
    }
}

/// What was counted in one layer.
#[derive(Default)]
struct Layer {
    credentials: u64,
    principals: u64,
    terms: Terms,
}

impl Leak {
    /// P.
    pub fn chance(self, model: &Model) -> Chance {
        match self {
            Self::Credential(id) => model.chances.credential(id),
            Self::Exposure(id) => model.chances.exposure(id),
        }
    }

    /// Where it is at home.
    pub fn home(self, model: &Model) -> HomeNumber {
        match self {
            Self::Credential(id) => model.borders.home_of_credential(id),
            Self::Exposure(id) => model.borders.home_of_exposure(id),
        }
    }
}

/// V · A by fact, in hundredths, and where each fact is.
pub(super) fn worth(
    inventory: &Inventory,
    steps: &Steps,
    model: &Model,
) -> (Table<FactId, u64>, Table<FactId, PlaceNumber>) {
    let of = steps.facts.iter().map(|fact| match *fact {
        Fact::AtLeast(resource, access) => {
            let sensitivity = inventory.resources[resource].sensitivity;
            let weight = risk::weight(sensitivity, access);
            (weight, model.borders.place_of(resource))
        }
        _ => (0, 0),
    });
    let (points, places): (Vec<u64>, Vec<PlaceNumber>) = of.unzip();
    (points.into(), places.into())
}
