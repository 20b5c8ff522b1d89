//! The master problem: fixes only, under all cuts.
//!
//! Two linear programs are asked where to look: what to choose, in parts, and how to weigh the cuts against each other.
//! Neither answer is believed. A choice is priced exactly by others, and any weighing, however bad, gives a true bound,
//! which is worked out here in integers: with weights `w_c >= 0` of sum 1, no choice gains more than the weighted mean
//! of the cuts, a linear function of the choice, and the most of that within the goal is bounded by Lagrange's
//! multiplier `m` for the budget: constant + `m` * budget + the sum of what is positive of slope - `m` * cost (Geoffrion
//! 1974, doi:10.1007/BFb0120690).

#![expect(
    clippy::indexing_slicing,
    reason = "labels are numbered by the problem, cuts by the search, and every array has one entry each"
)]

use super::model::Cut;
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

/// What is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// The most gain at no more than this cost.
    Gain(u64),
    /// The least cost at no less than this gain.
    Cost(u64),
}

/// What a case says of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Chosen,
    Left,
    Open,
}

/// The master problem of one case.
pub(super) struct Master<'a> {
    pub(super) aim: Aim,
    /// By label.
    pub(super) costs: &'a [u64],
    /// By label.
    pub(super) said: &'a [Said],
    pub(super) cuts: &'a [Cut],
    /// The cuts that are looked at.
    pub(super) active: &'a [usize],
}

/// The best choice in parts.
pub(super) struct Relaxed {
    /// By label.
    pub(super) parts: Vec<f64>,
    /// What the active cuts bound its gain by.
    pub(super) gain: f64,
}

/// A bound that is true whatever it was made from. Values are gains, or negative costs: more is better.
pub(super) struct Proof {
    /// No choice of the case has a greater value.
    pub(super) bound: i128,
    /// By label: no choice that says otherwise of an open label than the bound does has a greater value.
    pub(super) otherwise: Vec<i128>,
    /// By label: whether the bound chooses it.
    pub(super) chooses: Vec<bool>,
}

impl Proof {
    /// Says of open labels what the bound does, where no choice that says otherwise is better than `best`.
    pub(super) fn settle(&self, said: &mut [Said], best: i128) {
        for (label, said) in said.iter_mut().enumerate() {
            if *said == Said::Open && self.otherwise[label] <= best {
                *said = match self.chooses[label] {
                    true => Said::Chosen,
                    false => Said::Left,
                };
            }
        }
    }
}

/// Slopes so much smaller than the largest are nothing to a linear program, whose numbers should not lie far apart.
const SMALL: f64 = 1e-7;

/// Weights of cuts are counted in these parts.
const UNIT: i128 = 1 << 40;

impl Master<'_> {
    fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.said.len()).filter(|&label| self.said[label] == Said::Open)
    }

    fn chosen(&self) -> impl Iterator<Item = usize> {
        (0..self.said.len()).filter(|&label| self.said[label] == Said::Chosen)
    }

    /// What is left of the budget; `None` when too much is chosen.
    fn left(&self, budget: u64) -> Option<u64> {
        self.chosen()
            .try_fold(budget, |left, label| left.checked_sub(self.costs[label]))
    }

    /// What a cut bounds the gain by before any open label is chosen.
    fn constant(&self, cut: usize) -> i128 {
        let cut = &self.cuts[cut];
        let chosen = self.chosen().map(|label| i128::from(cut.slopes[label]));
        i128::from(cut.constant) + chosen.sum::<i128>()
    }

    /// By what gains are divided in linear programs.
    fn scale(&self) -> f64 {
        match self.aim {
            Aim::Cost(gain) => float(gain.into()).max(1.0),
            Aim::Gain(_) => {
                let most = |&cut: &usize| {
                    let slopes = self.open().map(|label| self.cuts[cut].slopes[label]);
                    float(self.constant(cut)).max(slopes.max().map_or(0.0, |s| float(s.into())))
                };
                self.active.iter().map(most).fold(1.0, f64::max)
            }
        }
    }

    /// The best choice in parts; `None` when there is none, or none is found.
    pub(super) fn relax(&self) -> Option<Relaxed> {
        let scale = self.scale();
        let direction = match self.aim {
            Aim::Gain(_) => OptimizationDirection::Maximize,
            Aim::Cost(_) => OptimizationDirection::Minimize,
        };
        let mut program = Problem::new(direction);
        let by_cost = |label: usize| match self.aim {
            Aim::Gain(_) => 0.0,
            Aim::Cost(_) => float(self.costs[label].into()),
        };
        let open: Vec<(usize, Variable)> = self
            .open()
            .map(|label| (label, program.add_var(by_cost(label), (0.0, 1.0))))
            .collect();
        let mut gain = None;
        if let Aim::Gain(budget) = self.aim {
            gain = Some(program.add_var(1.0, (0.0, 1e6)));
            let costs = open
                .iter()
                .map(|&(label, of)| (of, float(self.costs[label].into())));
            let costs: Vec<(Variable, f64)> = costs.collect();
            let left = float(self.left(budget)?.into());
            program.add_constraint(costs, ComparisonOp::Le, left);
        }
        for &cut in self.active {
            let slopes = open
                .iter()
                .map(|&(label, of)| (of, float(self.cuts[cut].slopes[label].into()) / scale));
            let mut terms: Vec<(Variable, f64)> = slopes.filter(|(_, s)| *s > SMALL).collect();
            let constant = float(self.constant(cut)) / scale;
            let least = match gain {
                Some(gain) => {
                    terms.push((gain, -1.0));
                    -constant
                }
                None => 1.0 - constant,
            };
            program.add_constraint(terms, ComparisonOp::Ge, least);
        }
        let solution = program.solve().ok()?.into_solution().ok()?;
        let mut parts = vec![0.0; self.said.len()];
        for label in self.chosen() {
            parts[label] = 1.0;
        }
        for (label, of) in open {
            parts[label] = solution.var_value(of).clamp(0.0, 1.0);
        }
        let gain = match gain {
            Some(gain) => solution.var_value(gain) * scale,
            None => scale,
        };
        Some(Relaxed { parts, gain })
    }

    /// How to weigh the `tight` cuts against each other.
    fn weights(&self, tight: &[usize]) -> Option<Vec<f64>> {
        let scale = self.scale();
        let mut program = Problem::new(OptimizationDirection::Minimize);
        let gap = |cut: usize| match self.aim {
            Aim::Gain(_) => float(self.constant(cut)) / scale,
            Aim::Cost(_) => float(self.constant(cut)) / scale - 1.0,
        };
        let most = match self.aim {
            Aim::Gain(_) => 1.0,
            Aim::Cost(_) => f64::INFINITY,
        };
        let weights: Vec<Variable> = tight
            .iter()
            .map(|&cut| program.add_var(gap(cut), (0.0, most)))
            .collect();
        let mut price = None;
        if let Aim::Gain(budget) = self.aim {
            let left = float(self.left(budget)?.into());
            price = Some(program.add_var(left, (0.0, f64::INFINITY)));
            let sum: Vec<(Variable, f64)> = weights.iter().map(|&weight| (weight, 1.0)).collect();
            program.add_constraint(sum, ComparisonOp::Eq, 1.0);
        }
        for label in self.open() {
            let over = program.add_var(1.0, (0.0, f64::INFINITY));
            let slopes = tight.iter().zip(&weights);
            let slopes = slopes.map(|(&cut, &weight)| {
                (weight, -float(self.cuts[cut].slopes[label].into()) / scale)
            });
            let mut terms: Vec<(Variable, f64)> = slopes.filter(|(_, s)| *s < -SMALL).collect();
            terms.push((over, 1.0));
            let cost = float(self.costs[label].into());
            let least = match price {
                Some(price) => {
                    terms.push((price, cost));
                    0.0
                }
                None => -cost,
            };
            program.add_constraint(terms, ComparisonOp::Ge, least);
        }
        let solution = program.solve().ok()?.into_solution().ok()?;
        let by_unit = match self.aim {
            Aim::Gain(_) => 1.0,
            Aim::Cost(_) => scale,
        };
        let weights = weights
            .iter()
            .map(|&weight| solution.var_value(weight) / by_unit);
        Some(weights.map(|weight| weight.max(0.0)).collect())
    }

    /// A true bound on the values of all choices of the case; `None` when there are none.
    ///
    /// `relaxed` tells at which choice it should be tight.
    pub(super) fn prove(&self, relaxed: Option<&Relaxed>) -> Option<Proof> {
        if let Aim::Gain(budget) = self.aim {
            self.left(budget)?;
        }
        if let Aim::Cost(least) = self.aim {
            let most = |&cut: &usize| {
                let slopes = self
                    .open()
                    .map(|label| i128::from(self.cuts[cut].slopes[label]));
                self.constant(cut) + slopes.sum::<i128>()
            };
            if self.active.iter().map(most).any(|most| most < least.into()) {
                return None;
            }
        }
        let mut best: Option<Proof> = None;
        let mut offer = |weights: &[(usize, i128)]| {
            let Some(proof) = self.bound(weights) else {
                return;
            };
            if best.as_ref().is_none_or(|best| proof.bound < best.bound) {
                best = Some(proof);
            }
        };
        if let Some(relaxed) = relaxed {
            let tight: Vec<usize> = self
                .active
                .iter()
                .copied()
                .filter(|&cut| self.value(cut, &relaxed.parts) <= relaxed.gain * (1.0 + 1e-6))
                .collect();
            if let Some(weights) = self.weights(&tight) {
                offer(&self.in_units(&tight, &weights));
            }
        }
        match self.aim {
            Aim::Gain(_) => {
                if let Some(&last) = self.active.last() {
                    offer(&[(last, UNIT)]);
                }
            }
            Aim::Cost(_) => offer(&[]),
        }
        best
    }

    /// What a cut bounds the gain of a choice in parts by.
    pub(super) fn value(&self, cut: usize, parts: &[f64]) -> f64 {
        let cut = &self.cuts[cut];
        let slopes = cut.slopes.iter().zip(parts);
        let slopes = slopes.filter(|(_, part)| **part > 0.0);
        slopes.fold(float(cut.constant.into()), |sum, (&slope, part)| {
            sum + float(slope.into()) * part
        })
    }

    /// Weights of cuts in whole units: of sum one for gains, as they are for costs.
    fn in_units(&self, cuts: &[usize], weights: &[f64]) -> Vec<(usize, i128)> {
        let (sum, unit) = match self.aim {
            Aim::Gain(_) => (weights.iter().sum::<f64>(), UNIT),
            Aim::Cost(_) => (1.0, UNIT * UNIT),
        };
        let mut all: Vec<(usize, i128)> = cuts
            .iter()
            .copied()
            .zip(weights.iter().map(|weight| units(weight / sum, unit)))
            .collect();
        if let Aim::Gain(_) = self.aim {
            let rest = UNIT - all.iter().map(|(_, weight)| weight).sum::<i128>();
            if let Some((_, most)) = all.iter_mut().max_by_key(|(_, weight)| *weight) {
                *most = (*most + rest).max(0);
            }
            // What still is not of sum one proves nothing: then one cut alone.
            if all.iter().map(|(_, weight)| weight).sum::<i128>() != UNIT {
                all = self
                    .active
                    .last()
                    .map(|&cut| (cut, UNIT))
                    .into_iter()
                    .collect();
            }
        }
        all
    }

    /// The bound that these weights give, in integers; `None` when they are too large to be sure.
    fn bound(&self, weights: &[(usize, i128)]) -> Option<Proof> {
        let labels = self.said.len();
        let least = match self.aim {
            Aim::Gain(_) => 0,
            Aim::Cost(least) => i128::from(least),
        };
        // Nothing below exceeds the sum of all terms, taken as if each were of the same sign.
        let mut room = i128::MAX / 4;
        for &(cut, weight) in weights {
            let slopes = self.cuts[cut].slopes.iter().map(|&slope| i128::from(slope));
            let all = slopes.sum::<i128>() + i128::from(self.cuts[cut].constant) + least;
            room = room.checked_sub(all.checked_mul(weight)?)?;
            if room < 0 {
                return None;
            }
        }
        let sum = |of: &dyn Fn(usize) -> i128| {
            let parts = weights.iter().map(|&(cut, weight)| of(cut) * weight);
            parts.sum::<i128>()
        };
        let slopes: Vec<i128> = (0..labels)
            .map(|label| sum(&|cut| self.cuts[cut].slopes[label].into()))
            .collect();
        let constant = sum(&|cut| self.constant(cut));
        let (unit, price, base) = match self.aim {
            Aim::Gain(budget) => {
                let left = self.left(budget).unwrap_or(0);
                let price = self.price(&slopes, left);
                (UNIT, price, constant + price.checked_mul(left.into())?)
            }
            Aim::Cost(least) => {
                let unit = UNIT * UNIT;
                let least = sum(&|_| least.into());
                let chosen = self.chosen().map(|label| i128::from(self.costs[label]));
                let base = constant - least - unit.checked_mul(chosen.sum())?;
                (unit, unit, base)
            }
        };
        let mut bound = base;
        let mut over = vec![0; labels];
        for label in self.open() {
            let cost = price.checked_mul(self.costs[label].into())?;
            over[label] = slopes[label].checked_sub(cost)?;
            bound = bound.checked_add(over[label].max(0))?;
        }
        let otherwise = over.iter().map(|over| {
            let bound = bound.saturating_sub(over.saturating_abs());
            bound.div_euclid(unit)
        });
        Some(Proof {
            otherwise: otherwise.collect(),
            chooses: over.iter().map(|&over| over > 0).collect(),
            bound: bound.div_euclid(unit),
        })
    }

    /// What a unit of the budget is worth: any answer is true, this one is best.
    fn price(&self, slopes: &[i128], left: u64) -> i128 {
        let worth = |label: usize| slopes[label] / i128::from(self.costs[label].max(1));
        let mut open: Vec<usize> = self.open().collect();
        open.sort_by_key(|&label| (std::cmp::Reverse(worth(label)), label));
        let mut left = left;
        for label in open {
            match left.checked_sub(self.costs[label]) {
                Some(rest) => left = rest,
                None => return worth(label),
            }
        }
        0
    }
}

/// The nearest float.
#[expect(
    clippy::cast_precision_loss,
    reason = "floats only choose where to look"
)]
pub(super) fn float(value: i128) -> f64 {
    value as f64
}

/// A float in units, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, and any weight gives a true bound"
)]
fn units(value: f64, unit: i128) -> i128 {
    (value * float(unit)).clamp(0.0, 1e30) as i128
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const LABELS: usize = 7;

    fn aims() -> impl Strategy<Value = Aim> {
        prop_oneof![
            (0..15u64).prop_map(Aim::Gain),
            (1..60u64).prop_map(Aim::Cost),
        ]
    }

    proptest! {
        #[test]
        fn no_better_choice_says_otherwise_of_a_settled_label(
            cuts in vec((0..20u64, vec(0..20u64, LABELS)), 1..6),
            costs in vec(1..6u64, LABELS),
            aim in aims(),
            worse in 0..8i128,
        ) {
            let cuts = cuts.into_iter().map(|(constant, slopes)| Cut { constant, slopes });
            let cuts: Vec<Cut> = cuts.collect();
            let said = [Said::Open; LABELS];
            let active: Vec<usize> = (0..cuts.len()).collect();
            let master = Master { aim, costs: &costs, said: &said, cuts: &cuts, active: &active };
            let value = |choice: u32| {
                let chosen = || (0..LABELS).filter(move |label| choice >> label & 1 == 1);
                let cost: u64 = chosen().map(|label| costs[label]).sum();
                let of = |cut: &Cut| cut.constant + chosen().map(|label| cut.slopes[label]).sum::<u64>();
                let gain = cuts.iter().map(of).min().unwrap();
                match aim {
                    Aim::Gain(budget) => (cost <= budget).then_some(i128::from(gain)),
                    Aim::Cost(least) => (gain >= least).then_some(-i128::from(cost)),
                }
            };
            let choices = || (0..1u32 << LABELS).filter_map(|choice| Some((choice, value(choice)?)));
            let Some(most) = choices().map(|(_, value)| value).max() else { return Ok(()) };
            let Some(proof) = master.prove(master.relax().as_ref()) else {
                return Err(TestCaseError::fail("there are choices"));
            };
            prop_assert!(most <= proof.bound);
            // As if nothing better had been found so far.
            let best = most - worse;
            let mut settled = said;
            proof.settle(&mut settled, best);
            for (choice, _) in choices().filter(|&(_, value)| value > best) {
                for (label, said) in settled.iter().enumerate() {
                    let is_chosen = choice >> label & 1 == 1;
                    prop_assert!(*said != Said::Chosen || is_chosen);
                    prop_assert!(*said != Said::Left || !is_chosen);
                }
            }
        }
    }
}
