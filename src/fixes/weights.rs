//! What it weighs that a scenario reaches a fact: how likely the scenario is, times a factor of the borders between where
//! it begins and where the fact is, times what the fact is worth.
//!
//! The three are given apart and never multiplied out, as there are facts times scenarios of them. Homes and places that
//! decide nothing are made one: rows and columns of factors that are multiples of each other differ only by a number,
//! which moves into the chances of scenarios or the points of facts. So a model without borders has one home and one
//! place, and what is then left of all chances together, their greatest common divisor, is taken out too: integers stay
//! as small as they can be, and bounds, which are rounded to whole numbers, as sharp.

#![expect(
    clippy::indexing_slicing,
    reason = "homes and places are numbered here, and factors have one entry each"
)]

use super::batch::number;
use super::evaluator::Layers;
use super::measure::Measure;
use crate::inventory::Table;
use crate::reach::Layer;
use crate::reach::condensed::{LANES, NONE, Row};
use crate::reach::lanes::{and, lanes, or, set};
use crate::steps::FactId;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What it weighs that scenarios reach facts: chance of the scenario, times factor of its home and the place of the fact,
/// times points of the fact.
///
/// All are whole numbers in units of the caller's choice, so that sums do not depend on the order of adding; a sum that
/// would pass 64 bits stops there.
#[derive(Debug, Clone, Hash)]
pub struct Weights {
    /// Points by fact, times what all factors of its place have in common.
    facts: Table<FactId, u64>,
    /// By fact; nothing where there is one place.
    places: Option<Table<FactId, u32>>,
    /// Nothing where all weigh 1.
    scenarios: Option<Vec<Stake>>,
    /// By place and home; at least one of each.
    factors: Vec<Vec<u64>>,
    /// What all weights are multiples of. What is summed up inside of this room is divided by it.
    unit: u64,
    /// By what gains are compared.
    measure: Measure,
}

/// What a scenario weighs.
#[derive(Debug, Clone, Copy, Hash)]
struct Stake {
    /// Its chance by layer, times what all factors of its home have in common, in units.
    chance: Layers,
    home: u32,
    is_counted: bool,
}

/// What a scenario weighs in one layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lot {
    pub(super) chance: u64,
    pub(super) home: u32,
    /// Whether it counts as one that loses something.
    pub(super) is_counted: bool,
}

/// Points of facts of one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) place: u32,
    /// Times what all factors of the place have in common.
    pub(super) points: u64,
}

impl Weights {
    /// Every scenario weighs 1 wherever it is, so that points are what facts are worth. `facts` has one entry a fact.
    pub fn uniform(facts: Table<FactId, u64>) -> Self {
        Self {
            facts,
            places: None,
            scenarios: None,
            factors: vec![vec![1]],
            unit: 1,
            measure: Measure::default(),
        }
    }

    /// `facts` are points, and `places` where they are, with one entry a fact; `scenarios` are chance and home, one a
    /// scenario; `factor` is of a home and a place, in this order.
    ///
    /// A chance is one number, or one for what is reached for certain and one for what is possibly reached.
    ///
    /// Homes and places are any numbers. Takes time and memory in homes times places that are met.
    pub fn new<C: Copy + Into<Layers>>(
        mut facts: Table<FactId, u64>,
        mut places: Table<FactId, u32>,
        scenarios: &[(C, u32)],
        factor: impl Fn(u32, u32) -> u64,
    ) -> Self {
        let is_likely = |chance: Layers| chance.certain > 0 || chance.possible > 0;
        let scenarios = scenarios
            .iter()
            .map(|&(chance, home)| -> (Layers, u32) { (chance.into(), home) });
        let likely = scenarios.clone().filter(|(chance, _)| is_likely(*chance));
        let homes: BTreeSet<u32> = likely.map(|(_, home)| home).collect();
        let weighing = facts.iter().zip(places.iter());
        let weighing = weighing.filter(|(points, _)| **points > 0);
        let met: BTreeSet<u32> = weighing.map(|(_, &place)| place).collect();
        let of_home = |&home: &u32| met.iter().map(|&place| factor(home, place)).collect();
        let rows = merged(homes.iter().map(of_home).collect());
        let column = |at: usize| rows.all.iter().map(|row| row[at]).collect();
        let columns = merged((0..met.len()).map(column).collect());

        let number_of: FxHashMap<u32, usize> = homes.into_iter().zip(0..).collect();
        let mut stakes: Vec<Stake> = scenarios
            .map(|(chance, home)| {
                let (home, times) = match number_of.get(&home) {
                    Some(&at) if is_likely(chance) => rows.numbers[at],
                    _ => (0, 0),
                };
                Stake {
                    chance: chance.times(times),
                    home,
                    is_counted: true,
                }
            })
            .collect();
        let chances = stakes.iter().map(|stake| stake.chance);
        let unit = chances.fold(0, |unit, chance| {
            divisor(divisor(unit, chance.certain), chance.possible)
        });
        let unit = unit.max(1);
        for Stake { chance, .. } in &mut stakes {
            chance.certain /= unit;
            chance.possible /= unit;
        }
        let number_of: FxHashMap<u32, usize> = met.into_iter().zip(0..).collect();
        for (points, place) in facts.iter_mut().zip(places.iter_mut()) {
            let (number, times) = match number_of.get(place) {
                Some(&at) if *points > 0 => columns.numbers[at],
                _ => (0, 0),
            };
            *points = points.saturating_mul(times);
            *place = number;
        }
        let mut factors = columns.all;
        // Where nothing weighs anything there still are a place and a home.
        if factors.is_empty() {
            factors.push(Vec::new());
        }
        for column in &mut factors {
            if column.is_empty() {
                column.push(1);
            }
        }
        let is_one = factors.len() == 1;
        Self {
            facts,
            places: (!is_one).then_some(places),
            scenarios: Some(stakes),
            factors,
            unit,
            measure: Measure::default(),
        }
    }

    /// The same, but only those scenarios count as ones that lose something of which `is_counted` says so: where several
    /// stand for one thing that may leak, one of them does.
    #[must_use]
    pub fn counting(mut self, is_counted: impl Fn(usize) -> bool) -> Self {
        for (at, stake) in self.scenarios.iter_mut().flatten().enumerate() {
            stake.is_counted = is_counted(at);
        }
        self
    }

    /// The same, but gains are compared by `measure`.
    #[must_use]
    pub fn compared_by(mut self, measure: Measure) -> Self {
        self.measure = measure;
        self
    }

    /// By what gains are compared.
    pub(super) fn measure(&self) -> Measure {
        self.measure
    }

    /// What the best set of fixes is sought with, for so many scenarios: where one layer decides, the other weighs nothing.
    pub(super) fn sought(&self, scenarios: usize) -> Cow<'_, Self> {
        if self.measure == Measure::Mean {
            return Cow::Borrowed(self);
        }
        let of = |layer, scenario| match self.measure.counts(layer) {
            true => self.lot(layer, scenario).chance,
            false => 0,
        };
        let stakes = (0..scenarios).map(|scenario| {
            let Lot {
                home, is_counted, ..
            } = self.lot(Layer::Possible, scenario);
            Stake {
                chance: Layers {
                    certain: of(Layer::Certain, scenario),
                    possible: of(Layer::Possible, scenario),
                },
                home,
                is_counted,
            }
        });
        Cow::Owned(Self {
            scenarios: Some(stakes.collect()),
            ..self.clone()
        })
    }

    /// What it weighs that a scenario reaches a fact in a layer.
    pub fn of(&self, layer: Layer, scenario: usize, fact: FactId) -> u64 {
        let lot = self.lot(layer, scenario);
        let factor = self.factor(self.place(fact), lot.home);
        let both = lot.chance.saturating_mul(factor);
        let all = both.saturating_mul(self.points(fact));
        all.saturating_mul(self.unit)
    }

    /// What a scenario weighs; one that is not named weighs nothing.
    pub(super) fn lot(&self, layer: Layer, scenario: usize) -> Lot {
        let one = |chance: u64| Stake {
            chance: chance.into(),
            home: 0,
            is_counted: true,
        };
        let stake = match &self.scenarios {
            None => one(1),
            Some(stakes) => stakes.get(scenario).copied().unwrap_or_else(|| one(0)),
        };
        Lot {
            chance: match layer {
                Layer::Certain => stake.chance.certain,
                Layer::Possible => stake.chance.possible,
            },
            home: stake.home,
            is_counted: stake.is_counted,
        }
    }

    /// Whether something weighs one thing for certain and another possibly.
    pub(super) fn are_layered(&self) -> bool {
        let mut stakes = self.scenarios.iter().flatten();
        stakes.any(|stake| stake.chance.certain != stake.chance.possible)
    }

    /// Whether there is one entry for each of so many scenarios.
    pub(super) fn are_of(&self, scenarios: usize) -> bool {
        self.scenarios
            .as_ref()
            .is_none_or(|lots| lots.len() == scenarios)
    }

    /// By fact: what it is worth.
    pub(super) fn facts(&self) -> &Table<FactId, u64> {
        &self.facts
    }

    pub(super) fn points(&self, fact: FactId) -> u64 {
        self.facts[fact]
    }

    pub(super) fn place(&self, fact: FactId) -> u32 {
        self.places.as_ref().map_or(0, |places| places[fact])
    }

    /// By place and home.
    pub(super) fn factors(&self) -> &[Vec<u64>] {
        &self.factors
    }

    pub(super) fn factor(&self, place: u32, home: u32) -> u64 {
        self.factors[place as usize][home as usize]
    }

    /// What all sums are to be multiplied by.
    pub(super) fn unit(&self) -> u64 {
        self.unit
    }

    /// The most bytes that the scales of a batch take.
    pub(super) fn bytes_of_scales(&self) -> usize {
        let stakes = self.scenarios.iter().flatten();
        let chances = stakes.flat_map(|stake| [stake.chance.certain, stake.chance.possible]);
        let chance = chances.max().unwrap_or(1);
        let factor = self.factors.iter().flatten().copied().max().unwrap_or(1);
        let most = chance.saturating_mul(factor);
        let numbers = LANES.min((u64::BITS - most.leading_zeros()) as usize);
        self.factors.len() * numbers * size_of::<(u64, Row)>()
    }
}

/// What lanes of these chances and homes weigh, by place; `factors` are by place and home.
pub(super) fn scales(
    lanes: &(impl Iterator<Item = (u64, u32)> + Clone),
    factors: &[Vec<u64>],
) -> Vec<Scale> {
    let scale = |column: &Vec<u64>| {
        let weights = lanes.clone();
        Scale::new(weights.map(|(chance, home)| chance.saturating_mul(column[home as usize])))
    };
    factors.iter().map(scale).collect()
}

/// Makes one of what is in one place, in order of place, and leaves out what is worth nothing.
pub(super) fn join(all: &mut Vec<Part>) {
    all.retain(|part| part.points > 0);
    all.sort_unstable_by_key(|part| part.place);
    all.dedup_by(|next, one| {
        let is_same = next.place == one.place;
        if is_same {
            one.points = one.points.saturating_add(next.points);
        }
        is_same
    });
}

/// What lanes weigh: numbers with the lanes that have them as a part of their weight.
///
/// Where lanes have few weights, each is a number with its lanes; where they have many, numbers are the powers of two of
/// which weights are sums. Either way a row weighs the sum of the numbers times the lanes that it shares with theirs.
#[derive(Debug, Clone, Default)]
pub(super) struct Scale {
    numbers: Vec<(u64, Row)>,
    /// The lanes that weigh anything.
    pub(super) lanes: Row,
}

impl Scale {
    /// The scale of lanes with these weights.
    pub(super) fn new(weights: impl Iterator<Item = u64> + Clone) -> Self {
        let mut distinct: Vec<u64> = weights.clone().filter(|&weight| weight > 0).collect();
        let bits = distinct.iter().fold(0, |all, weight| all | weight);
        distinct.sort_unstable();
        distinct.dedup();
        let is_few = distinct.len() <= bits.count_ones() as usize;
        let numbers: Vec<u64> = match is_few {
            true => distinct,
            false => (0..64)
                .map(|bit| 1u64 << bit)
                .filter(|number| bits & number > 0)
                .collect(),
        };
        let mut numbers: Vec<(u64, Row)> = numbers.into_iter().map(|one| (one, NONE)).collect();
        for (lane, weight) in weights.enumerate() {
            for (number, row) in &mut numbers {
                let has = match is_few {
                    true => weight == *number,
                    false => weight & *number > 0,
                };
                if has {
                    set(row, lane);
                }
            }
        }
        let lanes = numbers.iter().fold(NONE, |all, &(_, of)| or(all, of));
        Self { numbers, lanes }
    }

    /// What the lanes of a row weigh together.
    pub(super) fn of(&self, row: Row) -> u64 {
        let numbers = self.numbers.iter();
        let numbers = numbers.map(|&(number, of)| number.saturating_mul(lanes(and(row, of))));
        numbers.fold(0, u64::saturating_add)
    }
}

/// Vectors, those that are multiples of each other as one.
struct Merged {
    /// Each divided by what its entries have in common, once.
    all: Vec<Vec<u64>>,
    /// By vector: its number in `all`, and by what it was divided; 0 where it is nothing.
    numbers: Vec<(u32, u64)>,
}

fn merged(vectors: Vec<Vec<u64>>) -> Merged {
    let mut known: FxHashMap<Vec<u64>, u32> = FxHashMap::default();
    let mut merged = Merged {
        all: Vec::new(),
        numbers: Vec::with_capacity(vectors.len()),
    };
    for mut vector in vectors {
        let common = vector.iter().fold(0, |all, &one| divisor(all, one));
        for one in &mut vector {
            *one /= common.max(1);
        }
        let number = *known.entry(vector).or_insert_with_key(|vector| {
            merged.all.push(vector.clone());
            number(merged.all.len() - 1)
        });
        merged.numbers.push((number, common));
    }
    merged
}

/// The greatest common divisor; of 0 and a number that number.
fn divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests;
