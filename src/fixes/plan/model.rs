//! What is known of derivations: an upper bound on the gain of every set of fixes.
//!
//! What one scenario reaches in one layer is lost only if every derivation of it is cut, so for every derivation that is
//! known and every choice `x` of fixes, with `D` the labels that it uses anywhere:
//!
//! > lost <= min(1, sum of `x_f` over `f` in `D`).
//!
//! Summed over all that is reached, by weight, this bounds the gain of every choice, and where all derivations that the
//! choice cuts are known it is the gain. With one derivation each and without the minimum with 1 it is the inequality
//! `reached(x) >= reached(S) - sum of below(f) * x_f`. Proof: a choice that takes no label of `D` leaves the derivation
//! whole, label by label, so nothing is lost; one that takes any has a right side of at least 1; and nothing is lost
//! more than once.
//!
//! Sources: Benders 1962 (doi:10.1007/BF01386316); Hooker and Ottosson 2003, logic-based Benders decomposition
//! (doi:10.1007/s10107-003-0375-9); Cordeau, Furini and Ljubić 2019, for the sum of minima
//! (doi:10.1016/j.ejor.2018.12.021).

#![expect(
    clippy::indexing_slicing,
    reason = "sets, families and labels are numbered here, and every array has one entry each"
)]

use super::derive::{WHOLE, cost, derive};
use super::problem::Problem;
use super::sets::{EMPTY, Sets, count, sorted};
use super::sweep::Sweeps;
use rustc_hash::FxHashMap;
use std::time::Instant;

/// The most derivations that are kept of one thing that is reached.
const KEPT: usize = 24;

/// How many classes are derived before it is asked whether there is room and time for more.
const SHARE: usize = 1 << 10;

/// After so many things that classes reach, some hundred megabytes, the rest counts as lost whatever is chosen.
const MOST: usize = 1 << 25;

/// A linear upper bound on the gain: `constant` and the `slopes` of the labels that are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) constant: u64,
    /// By label.
    pub(super) slopes: Vec<u64>,
}

/// Something that a class reaches, and the family of its known derivations.
#[derive(Debug, Clone, Copy)]
struct Reached {
    node: u32,
    family: u32,
}

/// All that is known of derivations.
pub(super) struct Model {
    /// Sets of labels.
    sets: Sets,
    /// Sets of sets of labels.
    families: Sets,
    /// By family.
    weights: Vec<u64>,
    /// What is not derived, for want of room or time, counts as lost whatever is chosen.
    beyond: u64,
    /// By layer and class, as far as they are derived, in order of node.
    reached: [Vec<Vec<Reached>>; 2],
    labels: usize,
}

impl Model {
    /// Begins with what is known entirely, and one derivation of each other thing that is reached.
    pub(super) fn new(problem: &Problem, sweeps: &Sweeps, until: Option<Instant>) -> Self {
        let labels = problem.labels.len();
        let costs = vec![0; labels];
        let mut model = Self {
            sets: problem.known.sets.clone(),
            families: problem.known.families.clone(),
            weights: problem
                .known
                .weights
                .iter()
                .map(|[certain, possible]| certain.saturating_add(*possible))
                .collect(),
            beyond: 0,
            reached: [Vec::new(), Vec::new()],
            labels,
        };
        let mut held = 0;
        let mut is_whole = true;
        for (layer, kernel) in problem.kernels.iter().enumerate() {
            for classes in kernel.classes.chunks(SHARE) {
                let (labels, sets) = (&problem.sets, &mut model.sets);
                let derived = match held < MOST {
                    true => derive(kernel, classes, labels, &costs, sets, until),
                    false => None,
                };
                let Some(derived) = derived else {
                    is_whole = false;
                    break;
                };
                for (class, derived) in classes.iter().zip(derived) {
                    let mut reached = Vec::new();
                    for (node, set) in derived.into_iter().filter(|&(_, set)| set != EMPTY) {
                        let family = model.families.number([set].into());
                        model.add(family, kernel.weight(node, class));
                        reached.push(Reached { node, family });
                    }
                    held += reached.len();
                    model.reached[layer].push(reached);
                }
            }
        }
        if !is_whole {
            let all: Vec<u32> = (0..count(labels)).collect();
            let most = sweeps.gains(problem, &[all]);
            let most = most.first().map_or(0, |gain| gain.sum());
            let known = model.weights.iter().copied();
            model.beyond = most.saturating_sub(known.fold(0, u64::saturating_add));
        }
        model
    }

    fn add(&mut self, family: u32, weight: u64) {
        if self.weights.len() < self.families.len() {
            self.weights.resize(self.families.len(), 0);
        }
        let of_family = &mut self.weights[family as usize];
        *of_family = of_family.saturating_add(weight);
    }

    /// Learns a derivation of everything that is not known entirely at these costs, where it is cheaper than those that
    /// are known.
    pub(super) fn learn(&mut self, problem: &Problem, costs: &[u32], until: Option<Instant>) {
        let mut reached = std::mem::take(&mut self.reached);
        for (kernel, reached) in problem.kernels.iter().zip(&mut reached) {
            let classes = kernel.classes.get(..reached.len()).unwrap_or(&[]);
            let (labels, sets) = (&problem.sets, &mut self.sets);
            let Some(derived) = derive(kernel, classes, labels, costs, sets, until) else {
                continue;
            };
            let set_costs: Vec<u32> = self.sets.iter().map(|set| cost(set, costs)).collect();
            for ((class, derived), reached) in kernel.classes.iter().zip(derived).zip(reached) {
                let mut derived = derived.into_iter().peekable();
                for one in reached {
                    while derived.next_if(|&(node, _)| node < one.node).is_some() {}
                    let Some((_, set)) = derived.next_if(|&(node, _)| node == one.node) else {
                        continue;
                    };
                    let weight = kernel.weight(one.node, class);
                    let known = self.families.of(one.family).iter();
                    let known = known.map(|&known| set_costs[known as usize]).min();
                    if known.is_none_or(|known| set_costs[set as usize] < known) {
                        let old = one.family;
                        one.family = self.joined(old, set);
                        self.add(old, 0);
                        let of_old = &mut self.weights[old as usize];
                        *of_old = of_old.saturating_sub(weight);
                        self.add(one.family, weight);
                    }
                }
            }
        }
        self.reached = reached;
    }

    /// A family with one more set, without those of which it is a part.
    fn joined(&mut self, family: u32, set: u32) -> u32 {
        let labels = self.sets.of(set);
        let others = self.families.of(family).iter().copied();
        let mut all: Vec<u32> = others
            .filter(|&other| !super::sets::is_part(labels, self.sets.of(other)))
            .collect();
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push(set);
        self.families.number(sorted(all).into())
    }

    /// The linear bound that is tightest at these costs, and its value there in points times [`WHOLE`].
    pub(super) fn cut(&self, costs: &[u32]) -> (Cut, u128) {
        let set_costs: Vec<u32> = self.sets.iter().map(|set| cost(set, costs)).collect();
        let mut by_set = vec![0u64; self.sets.len()];
        let mut cut = Cut {
            constant: self.beyond,
            slopes: vec![0; self.labels],
        };
        let mut value = u128::from(self.beyond) * u128::from(WHOLE);
        for (family, &weight) in self.families.iter().zip(&self.weights) {
            let cheapest = family
                .iter()
                .map(|&set| (set_costs[set as usize], self.sets.of(set).len(), set))
                .min();
            let Some((cost, _, set)) = cheapest.filter(|_| weight > 0) else {
                continue;
            };
            value += u128::from(weight) * u128::from(cost.min(WHOLE));
            match cost <= WHOLE {
                true => by_set[set as usize] = by_set[set as usize].saturating_add(weight),
                false => cut.constant = cut.constant.saturating_add(weight),
            }
        }
        for (set, weight) in self.sets.iter().zip(by_set) {
            if weight > 0 {
                for &label in set {
                    let slope = &mut cut.slopes[label as usize];
                    *slope = slope.saturating_add(weight);
                }
            }
        }
        (cut, value)
    }

    /// By label that is not chosen: the bound of what is gained by choosing it too, beyond the bound of the choice.
    pub(super) fn marginals(&self, is_chosen: &[bool]) -> Vec<u64> {
        let is_cut: Vec<bool> = self
            .sets
            .iter()
            .map(|set| set.iter().any(|&label| is_chosen[label as usize]))
            .collect();
        let mut gains = vec![0u64; self.labels];
        for (family, &weight) in self.families.iter().zip(&self.weights) {
            let mut whole = family.iter().filter(|&&set| !is_cut[set as usize]);
            let Some(&first) = whole.next().filter(|_| weight > 0) else {
                continue;
            };
            let mut all: Vec<u32> = self.sets.of(first).to_vec();
            for &set in whole {
                all.retain(|label| self.sets.of(set).binary_search(label).is_ok());
            }
            for label in all {
                gains[label as usize] = gains[label as usize].saturating_add(weight);
            }
        }
        gains
    }

    /// Pairs of labels that cut something only together, as far as is known, by weight: heaviest first.
    pub(super) fn pairs(&self, is_chosen: &[bool], most: usize) -> Vec<(u32, u32)> {
        let is_cut: Vec<bool> = self
            .sets
            .iter()
            .map(|set| set.iter().any(|&label| is_chosen[label as usize]))
            .collect();
        let mut pairs: FxHashMap<(u32, u32), u64> = FxHashMap::default();
        for (family, &weight) in self.families.iter().zip(&self.weights) {
            let whole = family.iter().filter(|&&set| !is_cut[set as usize]);
            let whole: Vec<&[u32]> = whole.map(|&set| self.sets.of(set)).collect();
            let [first, rest @ ..] = &whole[..] else {
                continue;
            };
            if weight == 0 || rest.is_empty() || first.len() > 8 {
                continue;
            }
            for &one in *first {
                // What the first one leaves must have a label in common.
                let mut left = rest.iter().filter(|set| set.binary_search(&one).is_err());
                let Some(second) = left.next() else { continue };
                let mut others: Vec<u32> = second.to_vec();
                for set in left {
                    others.retain(|label| set.binary_search(label).is_ok());
                }
                for other in others {
                    let pair = pairs.entry((one.min(other), one.max(other))).or_default();
                    *pair = pair.saturating_add(weight);
                }
            }
        }
        let mut pairs: Vec<((u32, u32), u64)> = pairs.into_iter().collect();
        pairs.sort_unstable_by_key(|&(pair, weight)| (std::cmp::Reverse(weight), pair));
        pairs.truncate(most);
        pairs.into_iter().map(|(pair, _)| pair).collect()
    }
}
