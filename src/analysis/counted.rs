//! What is counted of a scenario's reach: a few sorts of facts, and what they weigh from where it begins.

use super::{Leak, ReachSummary};
use crate::inventory::{Access, Inventory, Sensitivity, Table, is_whole_tenant};
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
    /// A rung of the ladder, on a resource of that sensitivity in that place; and whether that is a whole tenant.
    Rung(Sensitivity, PlaceNumber, Access, bool),
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

/// What is gained that no term of a score tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gained {
    /// Credentials.
    pub credentials: u64,
    /// Principals.
    pub principals: u64,
    /// Whole tenants that are administered and no crown jewels.
    pub tenants: u64,
}

impl Sums {
    /// The sums of a score's terms, with what is gained besides, for certain and possibly.
    pub fn new(vector: Vector, certain: Gained, possible: Gained) -> Self {
        let points = vector.points();
        let summary = |terms: &Terms, points, gained: Gained| ReachSummary {
            points,
            credentials: gained.credentials,
            principals: gained.principals,
            resources: terms.count(),
            crowns: terms.crowns(),
            tenants: gained.tenants,
        };
        Self {
            certain: summary(&vector.certain, points.0, certain),
            possible: summary(&vector.possible, points.1, possible),
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
                    is_whole_tenant(&inventory.resources[resource].kind),
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
        Sums::new(vector, certain.gained, possible.gained)
    }

    fn layer(&self, home: HomeNumber, model: &Model, counts: &[u32]) -> Layer {
        let mut layer = Layer::default();
        // How many resources stand on each rung or above it.
        let mut rungs: BTreeMap<(Sensitivity, PlaceNumber, bool), BTreeMap<Access, u64>> =
            BTreeMap::new();
        for (&sort, &count) in self
            .sorts
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
        {
            let count = u64::from(count);
            match sort {
                Sort::Credential => layer.gained.credentials += count,
                Sort::Principal => layer.gained.principals += count,
                Sort::Rung(sensitivity, place, access, is_tenant) => {
                    let of = rungs.entry((sensitivity, place, is_tenant)).or_default();
                    of.insert(access, count);
                    let is_administered = is_tenant && access == Access::Admin;
                    if is_administered && sensitivity != Sensitivity::Crown {
                        layer.gained.tenants += count;
                    }
                }
            }
        }
        for ((sensitivity, place, _), counts) in rungs {
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
    gained: Gained,
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
