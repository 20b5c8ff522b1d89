//! Where reach lies: by type of resource, access, environment and tenant.

use super::{ScenarioReach, seeds_of, worth};
use crate::inventory::{Access, Inventory, TenantId};
use crate::memory::{Memory, TooLittle};
use crate::progress::Silent;
use crate::reach::{self, Classes, Tally};
use crate::risk::{Model, PlaceNumber, Points};
use crate::steps::{Fact, Steps};
use indexmap::IndexSet;
use std::collections::BTreeMap;

/// What is reached of one sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Resources with any access for certain; by access: with that one or a graver one.
    pub certain: u64,
    /// The same, possibly.
    pub possible: u64,
    /// What certain reach of them weighs.
    pub certain_points: Points,
    /// What possible reach of them weighs.
    pub possible_points: Points,
}

/// Where the reach of a scenario lies. Each part adds up to the whole in points; nothing that is not reached is named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breakdown {
    /// By type of resource, in the platform's own words.
    pub kinds: BTreeMap<String, Share>,
    /// By access: each weighs what it adds to the one below it.
    pub accesses: BTreeMap<Access, Share>,
    /// By environment; empty where none is known.
    pub environments: BTreeMap<String, Share>,
    /// By tenant; `None` where no export says whose it is.
    pub tenants: BTreeMap<Option<TenantId>, Share>,
}

/// What is counted together: V · A in hundredths, access, type, environment, tenant, place.
type Class<'a> = (u64, Access, &'a str, &'a str, Option<TenantId>, PlaceNumber);

/// Fills in the breakdowns of some scenarios.
pub(super) fn add(
    inventory: &Inventory,
    steps: &Steps,
    model: &Model,
    scenarios: &mut [ScenarioReach],
    memory: &Memory,
) -> Result<(), TooLittle> {
    let mut classes: IndexSet<Class<'_>> = IndexSet::new();
    let (weights, places) = worth(inventory, steps, model);
    let of = steps.facts.entries().map(|(id, fact)| match *fact {
        Fact::AtLeast(resource, access) => {
            let resource = &inventory.resources[resource];
            let class = (
                weights[id],
                access,
                resource.kind.as_str(),
                resource.environment.value.as_str(),
                resource.tenant,
                places[id],
            );
            let (place, _) = classes.insert_full(class);
            u32::try_from(place).unwrap_or(Classes::UNCOUNTED)
        }
        _ => Classes::UNCOUNTED,
    });
    let of: Vec<u32> = of.collect();
    let counted = Classes::new(of.into(), classes.len());
    let seeds: Vec<_> = scenarios
        .iter()
        .map(|scenario| seeds_of(steps, scenario.leak))
        .collect();
    let leaks: Vec<_> = scenarios.iter().map(|scenario| scenario.leak).collect();
    let breakdown = |scenario: usize, tally: Tally<'_>| {
        let mut breakdown = Breakdown::default();
        let Some(leak) = leaks.get(scenario) else {
            return breakdown;
        };
        let (home, chance) = (leak.home(model), leak.chance(model));
        let counts = tally.certain.iter().zip(tally.possible);
        for (class, (&certain, &possible)) in classes.iter().zip(counts) {
            if possible > 0 {
                let factor = model.borders.factor(home, class.5);
                let weights = [chance.certain, chance.possible].map(|chance| chance * factor);
                breakdown.add(class, weights, [certain, possible].map(u64::from));
            }
        }
        breakdown
    };
    let all = reach::reach_within(steps, &seeds, &counted, memory, breakdown, &Silent)?;
    for (scenario, breakdown) in scenarios.iter_mut().zip(all) {
        scenario.breakdown = breakdown;
    }
    Ok(())
}

impl Breakdown {
    /// Adds so many rungs of a class, for certain and possibly, each of which weighs so much times what it is worth.
    fn add(&mut self, class: &Class<'_>, weights: [u64; 2], counts: [u64; 2]) {
        let &(worth, access, kind, environment, tenant, _) = class;
        let [certain, possible] = counts;
        let [certain_points, possible_points] = weights.map(|weight| weight * worth);
        // A resource stands on its lowest rung once.
        let is_first = u64::from(access == Access::List);
        let add = |share: &mut Share, times: u64| {
            share.certain += times * certain;
            share.possible += times * possible;
            share.certain_points += Points(certain_points * certain);
            share.possible_points += Points(possible_points * possible);
        };
        add(self.kinds.entry(kind.to_owned()).or_default(), is_first);
        add(self.accesses.entry(access).or_default(), 1);
        let environment = self.environments.entry(environment.to_owned());
        add(environment.or_default(), is_first);
        add(self.tenants.entry(tenant).or_default(), is_first);
    }
}
