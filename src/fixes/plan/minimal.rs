//! All minimal derivations of what scenarios reach: the sets of labels every one of which a choice must hit.
//!
//! What a class of scenarios reaches is lost just when every derivation of it is cut, so only the labels of derivations
//! matter, and of these only sets without another one inside: a *family*, the prime implicants of a monotone function of
//! the labels. Families are swept as reach is, for 512 classes at a time: at each node the classes are parted by the
//! family that the node has for them, OR is the union of families, AND joins each set of the one with each of the other,
//! and labels join all of them. Much that is reached has the same family, so what is left of a whole estate is some
//! hundred or thousand families with a weight each, and what a choice of fixes gains is the weight of those all sets of
//! which it hits: exactly, without looking at the estate again.
//!
//! A family may be too large to be written down. The classes that meet one are told, and priced otherwise.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes and ways are those of one kernel, families are numbered here, and every array has one entry each"
)]

use super::kernel::Kernel;
use super::problem::Problem;
use super::sets::{EMPTY, Sets, is_part, sorted};
use super::sweep::{Batch, Sweep};
use crate::reach::condensed::{ALL, LANES, NONE, Row};
use crate::reach::lanes::{and, each, is_none, is_same, minus, or};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::time::Instant;

/// The family of what no choice takes away: nothing is needed.
const GIVEN: u32 = 1;

/// In place of a family that is too large.
const MANY: u32 = 2;

/// The most families that 512 classes may have between them, and the most parts of classes by family over all nodes.
const MOST: [usize; 2] = [1 << 18, 1 << 21];

/// How often nodes of a cycle may be looked at, each on average.
const ROUNDS: usize = 256;

/// Families with what they weigh.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Sets of labels.
    pub(super) sets: Sets,
    /// Sets of sets of labels.
    pub(super) families: Sets,
    /// By family: points by layer, certain and possible.
    pub(super) weights: Vec<[u64; 2]>,
}

impl Known {
    /// Derives all that the classes of a problem reach, and leaves only those classes in it of which some family has more
    /// than `most` sets, or for which there is no time `until` then.
    pub(super) fn of(problem: &mut Problem, most: usize, until: Option<Instant>) -> Self {
        let mut known = Self::default();
        known.weights.push([0, 0]);
        for layer in [0, 1] {
            let kernel = &problem.kernels[layer];
            let sweep = Sweep::new(kernel);
            let solved: Vec<Solved> = sweep
                .batches
                .par_iter()
                .map(|batch| Walk::new(kernel, &problem.sets, &sweep, batch, most, until).solve())
                .collect();
            let mut classes = Vec::new();
            for (batch, solved) in kernel.classes.chunks(LANES).zip(solved) {
                for (lane, class) in batch.iter().enumerate() {
                    if each(solved.left).any(|left| left == lane) {
                        classes.push(class.clone());
                    }
                }
                for (family, weight) in solved.weights {
                    let sets = solved.algebra.families.of(family).iter();
                    let sets = sets.map(|&set| solved.algebra.sets.of(set));
                    known.add(sets, layer, weight);
                }
            }
            problem.kernels[layer].classes = classes;
        }
        known
    }

    /// Adds the weight of a family.
    fn add<'s>(&mut self, sets: impl Iterator<Item = &'s [u32]>, layer: usize, weight: u64) {
        let numbers: Vec<u32> = sets.map(|set| self.sets.number(set.into())).collect();
        let family = self.families.number(sorted(numbers).into());
        if self.weights.len() < self.families.len() {
            self.weights.push([0, 0]);
        }
        let of_family = &mut self.weights[family as usize][layer];
        *of_family = of_family.saturating_add(weight);
    }

    /// What a choice takes away in each layer.
    pub(super) fn gains(&self, chosen: &[u32]) -> [u64; 2] {
        let is_hit = |set: &[u32]| chosen.iter().any(|label| set.binary_search(label).is_ok());
        let is_hit: Vec<bool> = self.sets.iter().map(is_hit).collect();
        let mut gains = [0u64; 2];
        for (family, weights) in self.families.iter().zip(&self.weights) {
            if family.iter().all(|&set| is_hit[set as usize]) {
                for (gain, weight) in gains.iter_mut().zip(weights) {
                    *gain = gain.saturating_add(*weight);
                }
            }
        }
        gains
    }

    /// Leaves out labels that are not chosen any more: `keep` says which number a label has then.
    pub(super) fn relabel(&mut self, keep: &[Option<u32>]) {
        let old = std::mem::take(self);
        self.weights.push([0, 0]);
        let kept = |label: &u32| keep.get(*label as usize).copied().flatten();
        for (family, weights) in old.families.iter().zip(&old.weights) {
            let sets = family.iter().map(|&set| old.sets.of(set));
            let sets: Vec<Vec<u32>> = sets
                .map(|set| sorted(set.iter().filter_map(kept).collect()))
                .collect();
            // What nothing is left to cut is not lost.
            if *weights == [0, 0] || sets.iter().any(Vec::is_empty) {
                continue;
            }
            let least = minimal(sets);
            for layer in [0, 1] {
                self.add(least.iter().map(Vec::as_slice), layer, weights[layer]);
            }
        }
    }
}

/// The sets without those in which another one is.
fn minimal(mut sets: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    sets.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let mut least: Vec<Vec<u32>> = Vec::new();
    for set in sets {
        if !least.iter().any(|other| is_part(other, &set)) {
            least.push(set);
        }
    }
    least
}

/// Families and what is worked out of them, once each.
#[derive(Debug)]
struct Algebra {
    most: usize,
    sets: Sets,
    families: Sets,
    ors: FxHashMap<(u32, u32), u32>,
    ands: FxHashMap<(u32, u32), u32>,
}

impl Algebra {
    fn new(most: usize) -> Self {
        let mut families = Sets::default();
        families.number([EMPTY].into());
        // No set has this number.
        families.number([u32::MAX].into());
        Self {
            most,
            sets: Sets::default(),
            families,
            ors: FxHashMap::default(),
            ands: FxHashMap::default(),
        }
    }

    /// The family of a single set.
    fn only(&mut self, labels: &[u32]) -> u32 {
        let set = self.sets.number(labels.into());
        self.families.number([set].into())
    }

    fn or(&mut self, a: u32, b: u32) -> u32 {
        if a == b || b == EMPTY {
            return a;
        }
        match (a.min(b), a.max(b)) {
            (EMPTY, other) => other,
            (GIVEN, _) => GIVEN,
            (MANY, _) => MANY,
            pair => {
                if let Some(&family) = self.ors.get(&pair) {
                    return family;
                }
                let all = [self.families.of(pair.0), self.families.of(pair.1)].concat();
                let family = self.family(all);
                self.ors.insert(pair, family);
                family
            }
        }
    }

    fn and(&mut self, a: u32, b: u32) -> u32 {
        match (a.min(b), a.max(b)) {
            (EMPTY, _) => EMPTY,
            (GIVEN, other) => other,
            (MANY, _) => MANY,
            pair if a == b => pair.0,
            pair => {
                if let Some(&family) = self.ands.get(&pair) {
                    return family;
                }
                let (left, right) = (
                    self.families.of(pair.0).to_vec(),
                    self.families.of(pair.1).to_vec(),
                );
                let mut all = Vec::with_capacity(left.len() * right.len());
                for &a in &left {
                    for &b in &right {
                        all.push(self.sets.join(a, b));
                    }
                }
                let family = self.family(all);
                self.ands.insert(pair, family);
                family
            }
        }
    }

    /// The family of the least of these sets.
    fn family(&mut self, sets: Vec<u32>) -> u32 {
        let mut sets = sorted(sets);
        sets.sort_by_key(|&set| self.sets.of(set).len());
        let mut least: Vec<u32> = Vec::new();
        for set in sets {
            let labels = self.sets.of(set);
            if least
                .iter()
                .any(|&other| is_part(self.sets.of(other), labels))
            {
                continue;
            }
            if least.len() == self.most {
                return MANY;
            }
            least.push(set);
        }
        self.families.number(sorted(least).into())
    }
}

/// What a walk has found.
struct Solved {
    algebra: Algebra,
    /// By family, in order.
    weights: Vec<(u32, u64)>,
    /// The lanes of which a family is missing.
    left: Row,
}

/// One batch of a layer.
struct Walk<'a> {
    kernel: &'a Kernel,
    sweep: &'a Sweep,
    batch: &'a Batch,
    until: Option<Instant>,
    algebra: Algebra,
    /// By set of labels of the kernel: its family.
    own: Vec<Option<u32>>,
    /// By node: the lanes that reach it whatever is chosen.
    given: Vec<Row>,
    /// By node: the other lanes that reach it, by family.
    parts: Vec<Vec<(u32, Row)>>,
    /// How many parts there are.
    held: usize,
    labels: &'a Sets,
}

impl<'a> Walk<'a> {
    fn new(
        kernel: &'a Kernel,
        labels: &'a Sets,
        sweep: &'a Sweep,
        batch: &'a Batch,
        most: usize,
        until: Option<Instant>,
    ) -> Self {
        let nodes = kernel.worth.len();
        let mut given = vec![NONE; nodes];
        for &(node, row) in &batch.seeds {
            given[node as usize] = row;
        }
        Self {
            kernel,
            sweep,
            batch,
            until,
            algebra: Algebra::new(most),
            own: vec![None; labels.len()],
            given,
            parts: vec![Vec::new(); nodes],
            held: 0,
            labels,
        }
    }

    fn solve(mut self) -> Solved {
        let mut left = match self.sweep() {
            true => NONE,
            false => ALL,
        };
        let weighing = || self.parts.iter().zip(&self.kernel.worth);
        let weighing = || weighing().filter(|(_, worth)| !worth.is_empty());
        for (parts, _) in weighing() {
            let many = parts.iter().filter(|(family, _)| *family == MANY);
            left = many.fold(left, |left, &(_, row)| or(left, row));
        }
        let mut weights: FxHashMap<u32, u64> = FxHashMap::default();
        for (parts, worth) in weighing() {
            for &(family, row) in parts {
                let weight = self.batch.weight(worth, minus(row, left));
                if weight > 0 {
                    let of_family = weights.entry(family).or_default();
                    *of_family = of_family.saturating_add(weight);
                }
            }
        }
        let mut weights: Vec<(u32, u64)> = weights.into_iter().collect();
        weights.sort_unstable();
        Solved {
            algebra: self.algebra,
            weights,
            left,
        }
    }

    /// Works out every node; says whether it came to the end.
    fn sweep(&mut self) -> bool {
        let sweep = self.sweep;
        let mut is_open: Vec<bool> = Vec::new();
        for part in sweep.starts.windows(2) {
            let nodes = &sweep.order[part[0]..part[1]];
            if let [node] = *nodes {
                self.evaluate(node);
                if part[0] % 256 == 0 && self.is_over() {
                    return false;
                }
                continue;
            }
            is_open.clear();
            is_open.resize(nodes.len(), true);
            let mut rounds = 0;
            while is_open.contains(&true) {
                rounds += 1;
                if rounds > ROUNDS {
                    return false;
                }
                for (at, &node) in nodes.iter().enumerate() {
                    if !std::mem::take(&mut is_open[at]) || !self.evaluate(node) {
                        continue;
                    }
                    if at % 256 == 0 && self.is_over() {
                        return false;
                    }
                    for &next in sweep.onward.row(node as usize) {
                        let place = sweep.places[next as usize] as usize;
                        if (part[0]..part[1]).contains(&place) {
                            is_open[place - part[0]] = true;
                        }
                    }
                }
            }
        }
        !self.is_over()
    }

    fn is_over(&self) -> bool {
        self.algebra.families.len() > MOST[0]
            || self.held > MOST[1]
            || self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Adds what comes to a node, and says whether anything did.
    fn evaluate(&mut self, node: u32) -> bool {
        let node = node as usize;
        let before = (self.given[node], self.parts[node].len());
        let ways = self.sweep.into.row(node);
        let mut given = before.0;
        for &way in ways {
            let way = &self.kernel.ways[way as usize];
            if way.labels == EMPTY {
                let needs = way.needs.iter();
                let all = needs.fold(ALL, |all, &need| and(all, self.given[need as usize]));
                given = or(given, all);
            }
        }
        let old = std::mem::take(&mut self.parts[node]);
        let mut parts: Vec<(u32, Row)> = Vec::with_capacity(old.len() + 1);
        for &(family, row) in &old {
            let row = minus(row, given);
            if !is_none(row) {
                parts.push((family, row));
            }
        }
        let mut come: Vec<(u32, Row)> = Vec::new();
        let mut more: Vec<(u32, Row)> = Vec::new();
        for &way in ways {
            let way = &self.kernel.ways[way as usize];
            let labels = match self.own[way.labels as usize] {
                Some(family) => family,
                None => {
                    let family = self.algebra.only(self.labels.of(way.labels));
                    self.own[way.labels as usize] = Some(family);
                    family
                }
            };
            come.clear();
            come.push((labels, minus(ALL, given)));
            for &need in &way.needs {
                more.clear();
                for &(family, row) in &come {
                    let both = and(row, self.given[need as usize]);
                    if !is_none(both) {
                        more.push((family, both));
                    }
                    for &(other, lanes) in &self.parts[need as usize] {
                        let both = and(row, lanes);
                        if !is_none(both) {
                            more.push((self.algebra.and(family, other), both));
                        }
                    }
                }
                std::mem::swap(&mut come, &mut more);
            }
            for &(family, row) in &come {
                self.algebra.add(&mut parts, family, row);
            }
        }
        let mut parts = joined(parts);
        parts.shrink_to_fit();
        let is_changed = !is_same(given, before.0)
            || parts.len() != before.1
            || parts
                .iter()
                .zip(&old)
                .any(|(new, old)| new.0 != old.0 || !is_same(new.1, old.1));
        self.held = self.held + parts.len() - before.1;
        self.given[node] = given;
        self.parts[node] = parts;
        is_changed
    }
}

impl Algebra {
    /// Adds to lanes that are parted by family that some of them have this family too.
    fn add(&mut self, parts: &mut Vec<(u32, Row)>, family: u32, row: Row) {
        let mut rest = row;
        for at in 0..parts.len() {
            if is_none(rest) {
                return;
            }
            let (other, lanes) = parts[at];
            let both = and(lanes, rest);
            if is_none(both) {
                continue;
            }
            rest = minus(rest, both);
            let all = self.or(other, family);
            if all == other {
                continue;
            }
            if is_same(both, lanes) {
                parts[at].0 = all;
            } else {
                parts[at].1 = minus(lanes, both);
                parts.push((all, both));
            }
        }
        if !is_none(rest) {
            parts.push((family, rest));
        }
    }
}

/// Lanes with the same family together, in order of family.
fn joined(mut parts: Vec<(u32, Row)>) -> Vec<(u32, Row)> {
    parts.sort_unstable_by_key(|&(family, _)| family);
    parts.dedup_by(|next, one| {
        let is_equal = next.0 == one.0;
        if is_equal {
            one.1 = or(one.1, next.1);
        }
        is_equal
    });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_keeps_only_sets_without_another_inside() {
        let mut algebra = Algebra::new(8);
        let [one, two, both] = [&[1][..], &[2], &[1, 2]].map(|set| algebra.only(set));
        assert_eq!(algebra.and(one, two), both);
        assert_eq!(algebra.or(one, both), one);
        let either = algebra.or(one, two);
        assert_eq!(algebra.families.of(either).len(), 2);
        assert_eq!(algebra.and(either, one), one);
        assert_eq!(algebra.or(either, GIVEN), GIVEN);
        assert_eq!(algebra.and(either, GIVEN), either);
        assert_eq!(algebra.and(either, EMPTY), EMPTY);
    }

    #[test]
    fn a_family_that_grows_too_large_is_given_up() {
        let mut algebra = Algebra::new(2);
        let sets = [&[1][..], &[2], &[3]].map(|set| algebra.only(set));
        let all = sets
            .into_iter()
            .fold(EMPTY, |all, set| algebra.or(all, set));
        assert_eq!(all, MANY);
        assert_eq!(algebra.and(MANY, EMPTY), EMPTY);
        assert_eq!(algebra.or(MANY, GIVEN), GIVEN);
    }
}
