//! Fixes that make a leak less likely: how they are stated as fixes that remove steps.
//!
//! Let a credential leak with chance 900, and let shortening its life leave 300 of that, and federation 100. Then its
//! scenario is told in three parts, which reach the same: one of chance 100, which begins with the credential, and for
//! each *leftover*, 200 that federation alone takes away and 600 that either does, one that begins with a fact of its
//! own, from which a single step leads to the credential. That step is controlled by the fixes that take the part away.
//! So a set of fixes removes steps just where the credential's chance falls, by as much as it falls, and what that gains
//! together with all that is removed elsewhere comes out as exactly as everything else: prices, bounds and plans know of
//! no chances that change.
//!
//! Of several such fixes the one that leaves least counts: doing another as well changes nothing. And as no removal of
//! steps from a credential on takes away what anyone reaches, neither does this: a leak that is less likely makes less of
//! what the credential adds, not of what needs none.
//!
//! These steps are no moves of an attacker: no scenario that is shown begins with them, so no path has one.

use super::evaluator::Layers;
use super::weights::Weights;
use crate::inventory::{CredentialId, Table};
use crate::steps::{Control, Fact, FactId, Lowering, NewStep, Steps, StepsBuilder, Technique};
use rustc_hash::FxHashMap;

/// A credential whose chance to leak, or to be of use to who has it, fixes can lower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// Which one.
    pub credential: CredentialId,
    /// The chance of its scenario as it is: with certain reach, and with possible reach.
    pub chance: Layers,
    /// What is left of it by each fix; those that leave all of it, or more, are none.
    pub to: Vec<(Lowering, Layers)>,
}

/// A part of a chance that fixes take away.
struct Leftover {
    fact: Fact,
    chance: Layers,
    /// The fixes that do, one or the other.
    by: Vec<Control>,
    /// Whether it is the part of possible reach that most fixes take away.
    is_first: bool,
}

impl Lowered {
    /// The parts; in both layers together where the same fixes take them away.
    fn leftovers(&self) -> Vec<Leftover> {
        let certain = self.levels(|chance| chance.certain);
        let possible = self.levels(|chance| chance.possible);
        let mut all: Vec<Leftover> = Vec::with_capacity(certain.len() + possible.len());
        let mut add = |by: Vec<Control>, chance: Layers, is_first: bool| {
            if let Some(known) = all.iter_mut().find(|known| known.by == by) {
                known.chance.certain += chance.certain;
                known.chance.possible += chance.possible;
                return;
            }
            let number = u32::try_from(all.len()).unwrap_or(u32::MAX);
            all.push(Leftover {
                fact: Fact::Leftover(self.credential, number),
                chance,
                by,
                is_first,
            });
        };
        for (at, (by, possible)) in possible.into_iter().enumerate() {
            let certain = 0;
            add(by, Layers { certain, possible }, at == 0);
        }
        for (by, certain) in certain {
            let possible = 0;
            add(by, Layers { certain, possible }, false);
        }
        all
    }

    /// The parts in one layer, by which fixes take them away: the one that most do first.
    fn levels(&self, of: impl Fn(&Layers) -> u64) -> Vec<(Vec<Control>, u64)> {
        let mut before = of(&self.chance);
        let mut levels: Vec<u64> = self.to.iter().map(|(_, left)| of(left)).collect();
        levels.retain(|&level| level < before);
        levels.sort_unstable();
        levels.dedup();
        let levels = levels.into_iter().rev().map(|level| {
            let reaching = self.to.iter().filter(|(_, left)| of(left) <= level);
            let by = reaching.map(|&(lowering, _)| Control::Chance(self.credential, lowering));
            let part = std::mem::replace(&mut before, level) - level;
            (by.collect(), part)
        });
        levels.collect()
    }
}

/// The same steps, and after them those of leftovers. Credentials from which no step leads have none.
///
/// Takes time and memory linear in all steps.
pub fn with_leftovers(steps: Steps, lowered: &[Lowered]) -> Steps {
    let leads = |credential| {
        let fact = steps.fact_id(Fact::Credential(credential));
        fact.is_some_and(|fact| !steps.needing(fact).is_empty())
    };
    let lowered: Vec<&Lowered> = lowered.iter().filter(|one| leads(one.credential)).collect();
    if lowered.iter().all(|one| one.leftovers().is_empty()) {
        return steps;
    }
    let mut builder = StepsBuilder::from(steps);
    let technique = builder.technique(&Technique {
        id: "leftover".to_owned(),
        name: "leaks although it need not".to_owned(),
        attack: Vec::new(),
        source: String::new(),
    });
    for one in lowered {
        for leftover in one.leftovers() {
            builder.add(NewStep {
                needs: &[leftover.fact],
                gain: Fact::Credential(one.credential),
                technique,
                controls: &leftover.by,
                evidence: &[],
                condition: None,
            });
        }
    }
    builder.build()
}

/// Scenarios as they are priced: as they are told, but with the chance that no fix lowers; then their leftovers.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What each begins with.
    pub scenarios: Vec<Vec<FactId>>,
    /// The chance and the home of each.
    told: Vec<(Layers, u32)>,
    /// Whether each counts where it loses something: of the parts of one scenario one does, which loses where any does.
    is_counted: Vec<bool>,
}

impl Parts {
    /// Divides scenarios, which are told with chance and home, by what `lowered` says of the credentials that each
    /// begins with alone. `steps` are those of [`with_leftovers`].
    pub fn new(
        steps: &Steps,
        mut scenarios: Vec<Vec<FactId>>,
        mut told: Vec<(Layers, u32)>,
        lowered: &[Lowered],
    ) -> Self {
        debug_assert_eq!(scenarios.len(), told.len());
        let whole = scenarios.iter().enumerate();
        let of: FxHashMap<FactId, usize> = whole
            .filter_map(|(at, seeds)| match seeds[..] {
                [only] => Some((only, at)),
                _ => None,
            })
            .collect();
        let mut is_counted = vec![true; scenarios.len()];
        for one in lowered {
            let fact = steps.fact_id(Fact::Credential(one.credential));
            let Some(&at) = fact.and_then(|fact| of.get(&fact)) else {
                continue;
            };
            for leftover in one.leftovers() {
                let (Some(fact), Some((chance, home))) =
                    (steps.fact_id(leftover.fact), told.get_mut(at))
                else {
                    continue;
                };
                *chance = chance.minus(leftover.chance);
                let home = *home;
                told.push((leftover.chance, home));
                scenarios.push(vec![fact]);
                // What all of its fixes take away is lost by any of them, and by whatever the credential itself loses by.
                is_counted.push(leftover.is_first);
                if let Some(is_counted) = is_counted.get_mut(at) {
                    *is_counted &= !leftover.is_first;
                }
            }
        }
        Self {
            scenarios,
            told,
            is_counted,
        }
    }

    /// What they weigh: the arguments are those of [`Weights::new`]. Credentials must be worth nothing.
    pub fn weights(
        &self,
        facts: Table<FactId, u64>,
        places: Table<FactId, u32>,
        factor: impl Fn(u32, u32) -> u64,
    ) -> Weights {
        let weights = Weights::new(facts, places, &self.told, factor);
        weights.counting(|at| self.is_counted.get(at).copied().unwrap_or(true))
    }
}

#[cfg(test)]
mod tests;
