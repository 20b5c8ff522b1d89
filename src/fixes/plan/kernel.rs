//! What is left of the steps of a layer when all that no fix decides is taken for granted.
//!
//! Facts that hang together by steps that no candidate removes are one *node*. A *way* is a step between nodes with its
//! *labels*: the candidates that remove it. A node with a single way into it is reached just when the needs of that way
//! are and none of its labels is chosen, so ways out of it begin before it instead. Nodes that lead nowhere and have the
//! same ways into them are one. All of this is exact: under any set of fixes the nodes weigh what the facts do.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes are numbered by `Kernel::new`, and every array has one entry each"
)]

use super::sets::{Sets, count, is_part, sorted};
use crate::fixes::weights::{Part, Weights, join};
use crate::inventory::Id;
use crate::reach::components::components;
use crate::reach::{Layer, reached, reached_without};
use crate::steps::{FactId, Rows, StepId, Steps};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A way into a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub(super) gain: u32,
    /// Sorted; empty when anyone can take it.
    pub(super) needs: Box<[u32]>,
    /// The set of labels.
    pub(super) labels: u32,
}

/// Scenarios that begin with the same nodes, at one home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) seeds: Vec<u32>,
    pub(super) home: u32,
    /// Their chances together; what weighs nothing is no class.
    pub(super) chance: u64,
}

/// The steps of a layer, reduced to what fixes decide.
#[derive(Debug, Clone)]
pub(super) struct Kernel {
    /// By node: what it is worth, by place.
    pub(super) worth: Vec<Vec<Part>>,
    /// By place and home.
    pub(super) factors: Vec<Vec<u64>>,
    pub(super) ways: Vec<Way>,
    pub(super) classes: Vec<Class>,
    /// By node: the ways that need it. Made by [`Kernel::finish`].
    pub(super) needing: Rows<u32>,
    /// The ways that need nothing.
    pub(super) needless: Vec<u32>,
}

impl Kernel {
    /// Reduces a layer. `labels` are by step. Linear but for sorting.
    pub(super) fn new(
        steps: &Steps,
        layer: Layer,
        scenarios: &[Vec<FactId>],
        weights: &Weights,
        labels: &Rows<u32>,
        sets: &mut Sets,
    ) -> Self {
        let facts = steps.facts.len().max(1);
        let seeds = sorted(scenarios.iter().flatten().copied().collect());
        let held = reached(steps, layer, &seeds, None);
        let is_possible = |id: StepId| {
            let mut needs = steps.needs(id).iter();
            layer.is_used(steps, id) && needs.all(|need| held[need.index()])
        };
        let has_label = |id: StepId| !labels.row(id.index()).is_empty();
        let labelled: Vec<StepId> = steps.ids().filter(|&id| has_label(id)).collect();
        let given = reached_without(steps, layer, &[], &labelled);

        // What leads to points.
        let mut is_useful = vec![false; facts];
        let weighing = weights.facts().entries();
        let weighing = weighing.filter(|(_, points)| **points > 0);
        let mut open: Vec<FactId> = weighing.map(|(fact, _)| fact).collect();
        open.retain(|fact| held[fact.index()] && !given[fact.index()]);
        for fact in &open {
            is_useful[fact.index()] = true;
        }
        while let Some(fact) = open.pop() {
            for &id in steps.gaining(fact).iter().filter(|&&id| is_possible(id)) {
                for &need in steps.needs(id) {
                    if !given[need.index()] && !is_useful[need.index()] {
                        is_useful[need.index()] = true;
                        open.push(need);
                    }
                }
            }
        }
        let live: Vec<StepId> = steps
            .ids()
            .filter(|&id| is_useful[steps.gain(id).index()] && is_possible(id))
            .collect();

        // What hangs together whatever is fixed.
        let ties = live.iter().filter_map(|&id| match *steps.needs(id) {
            [need] if !has_label(id) => Some((need.index(), count(steps.gain(id).index()))),
            _ => None,
        });
        let onward = Rows::group(facts, ties);
        let (cells, cell_count) = components(&[&onward]);
        let mut nodes: Vec<Option<u32>> = vec![None; cell_count];
        let mut worth: Vec<Vec<Part>> = Vec::new();
        for (fact, &points) in weights.facts().entries() {
            if is_useful[fact.index()] {
                let node = nodes[cells[fact.index()] as usize].get_or_insert_with(|| {
                    worth.push(Vec::new());
                    count(worth.len() - 1)
                });
                let place = weights.place(fact);
                add(&mut worth[*node as usize], Part { place, points });
            }
        }
        worth.iter_mut().for_each(join);
        let node = |fact: FactId| match given[fact.index()] || !is_useful[fact.index()] {
            true => None,
            false => nodes[cells[fact.index()] as usize],
        };
        let mut ways: Vec<Way> = Vec::new();
        for id in live {
            let Some(gain) = node(steps.gain(id)) else {
                continue;
            };
            let needs = steps.needs(id).iter().filter_map(|&need| node(need));
            let needs = sorted(needs.collect());
            if !needs.contains(&gain) {
                ways.push(Way {
                    gain,
                    needs: needs.into(),
                    labels: sets.number(labels.row(id.index()).into()),
                });
            }
        }
        let mut classes: BTreeMap<(Vec<u32>, u32), u64> = BTreeMap::new();
        for (at, scenario) in scenarios.iter().enumerate() {
            let lot = weights.lot(at);
            if lot.chance > 0 {
                let seeds = scenario.iter().filter_map(|&seed| node(seed));
                let key = (sorted(seeds.collect()), lot.home);
                let chance = classes.entry(key).or_default();
                *chance = chance.saturating_add(lot.chance);
            }
        }
        let classes = classes.into_iter().map(|((seeds, home), chance)| Class {
            seeds,
            home,
            chance,
        });
        let mut kernel = Self {
            worth,
            factors: weights.factors().to_vec(),
            ways,
            classes: classes.collect(),
            needing: Rows::default(),
            needless: Vec::new(),
        };
        kernel.reduce(sets);
        kernel
    }

    /// What it weighs that a class reaches a node.
    pub(super) fn weight(&self, node: u32, class: &Class) -> u64 {
        let parts = self.worth[node as usize].iter().map(|part| {
            let factor = self.factors[part.place as usize][class.home as usize];
            part.points.saturating_mul(factor)
        });
        let all = parts.fold(0, u64::saturating_add);
        all.saturating_mul(class.chance)
    }

    /// Leaves nothing: no class is left that anything is asked about.
    pub(super) fn clear(&mut self) {
        self.worth.clear();
        self.ways.clear();
        self.finish();
    }

    /// Reduces until nothing changes, or little.
    pub(super) fn reduce(&mut self, sets: &mut Sets) {
        let mut is_seed = vec![false; self.worth.len()];
        for &seed in self.classes.iter().flat_map(|class| &class.seeds) {
            is_seed[seed as usize] = true;
        }
        for _ in 0..8 {
            let before = self.ways.len();
            self.drop_needless_ways(sets);
            self.begin_before(&is_seed, sets);
            self.drop_needless_ways(sets);
            self.merge_ends(&is_seed);
            if self.ways.len() == before {
                break;
            }
        }
        self.finish();
    }

    /// Drops ways beside which another way needs the same and has no label that they have not.
    fn drop_needless_ways(&mut self, sets: &Sets) {
        // With fewer labels first, so that what is kept is never dropped for what comes later.
        self.ways.sort_unstable_by(|a, b| {
            let key = |way: &Way| (sets.of(way.labels).len(), way.labels);
            (a.gain, &a.needs)
                .cmp(&(b.gain, &b.needs))
                .then_with(|| key(a).cmp(&key(b)))
        });
        let mut kept: Vec<Way> = Vec::with_capacity(self.ways.len());
        let mut start = 0;
        for way in std::mem::take(&mut self.ways) {
            if let Some(last) = kept.last()
                && (last.gain, &last.needs) != (way.gain, &way.needs)
            {
                start = kept.len();
            }
            let labels = sets.of(way.labels);
            let mut others = kept[start..].iter().take(16);
            if !others.any(|other| is_part(sets.of(other.labels), labels)) {
                kept.push(way);
            }
        }
        self.ways = kept;
    }

    /// Lets ways out of nodes with a single way into them begin where that begins.
    fn begin_before(&mut self, is_seed: &[bool], sets: &mut Sets) {
        self.finish();
        let mut only: Vec<Option<usize>> = vec![None; self.worth.len()];
        let mut is_passed: Vec<bool> = is_seed.iter().map(|is_seed| !is_seed).collect();
        for (at, way) in self.ways.iter().enumerate() {
            let gain = way.gain as usize;
            let is_narrow = way.needs.len() <= 1 || self.needing.row(gain).len() <= 1;
            is_passed[gain] &= only[gain].is_none() && is_narrow;
            only[gain] = Some(at);
        }
        // Ways are done when those are through which they pass.
        let passed = |way: &Way| {
            let passed = way.needs.iter().filter(|&&need| is_passed[need as usize]);
            passed.count()
        };
        let mut open: Vec<usize> = self.ways.iter().map(passed).collect();
        let mut ready: Vec<usize> = (0..open.len()).filter(|&at| open[at] == 0).collect();
        while let Some(at) = ready.pop() {
            let mut needs: Vec<u32> = Vec::new();
            let mut labels = self.ways[at].labels;
            for &need in &self.ways[at].needs {
                match only[need as usize].filter(|_| is_passed[need as usize]) {
                    Some(before) => {
                        needs.extend_from_slice(&self.ways[before].needs);
                        labels = sets.join(labels, self.ways[before].labels);
                    }
                    None => needs.push(need),
                }
            }
            let way = &mut self.ways[at];
            way.needs = sorted(needs).into();
            way.labels = labels;
            if is_passed[way.gain as usize] {
                for &next in self.needing.row(way.gain as usize) {
                    open[next as usize] -= 1;
                    if open[next as usize] == 0 {
                        ready.push(next as usize);
                    }
                }
            }
        }
        self.ways.retain(|way| !way.needs.contains(&way.gain));
        self.drop_useless();
    }

    /// Drops ways to nodes that neither weigh anything nor lead anywhere.
    fn drop_useless(&mut self) {
        let mut is_useful: Vec<bool> = self.worth.iter().map(|parts| !parts.is_empty()).collect();
        let into = Rows::group(
            self.worth.len(),
            (0..)
                .zip(&self.ways)
                .map(|(at, way)| (way.gain as usize, at)),
        );
        let mut open: Vec<usize> = (0..is_useful.len()).filter(|&n| is_useful[n]).collect();
        while let Some(node) = open.pop() {
            for &way in into.row(node) {
                let way: u32 = way;
                for &need in &self.ways[way as usize].needs {
                    if !std::mem::replace(&mut is_useful[need as usize], true) {
                        open.push(need as usize);
                    }
                }
            }
        }
        self.ways.retain(|way| is_useful[way.gain as usize]);
    }

    /// Makes one of nodes that lead nowhere and have the same ways into them.
    fn merge_ends(&mut self, is_seed: &[bool]) {
        let mut is_end: Vec<bool> = is_seed.iter().map(|is_seed| !is_seed).collect();
        for &need in self.ways.iter().flat_map(|way| &way.needs) {
            is_end[need as usize] = false;
        }
        let mut first: FxHashMap<Vec<(&[u32], u32)>, u32> = FxHashMap::default();
        let mut same: Vec<(u32, u32)> = Vec::new();
        for ways in self.ways.chunk_by(|a, b| a.gain == b.gain) {
            if let Some(gain) = ways.first().map(|way| way.gain)
                && is_end[gain as usize]
            {
                let key = ways.iter().map(|way| (&*way.needs, way.labels));
                let into = *first.entry(key.collect()).or_insert(gain);
                if into != gain {
                    same.push((gain, into));
                }
            }
        }
        for (node, into) in same {
            let parts = std::mem::take(&mut self.worth[node as usize]);
            let into = &mut self.worth[into as usize];
            for part in parts {
                add(into, part);
            }
        }
        self.worth.iter_mut().for_each(join);
        let worth = &self.worth;
        self.ways
            .retain(|way| !is_end[way.gain as usize] || !worth[way.gain as usize].is_empty());
    }

    /// Looks up ways by need.
    fn finish(&mut self) {
        let ways = || (0..).zip(&self.ways);
        let pairs = ways().flat_map(|(at, way)| way.needs.iter().map(move |&n| (n as usize, at)));
        self.needing = Rows::group(self.worth.len(), pairs);
        let needless = ways().filter(|(_, way)| way.needs.is_empty());
        self.needless = needless.map(|(at, _)| at).collect();
    }

    /// Leaves out labels that are not chosen any more: `keep` says which number a label has then.
    pub(super) fn relabel(&mut self, keep: &[Option<u32>], old: &Sets, sets: &mut Sets) {
        let mut new: FxHashMap<u32, u32> = FxHashMap::default();
        for way in &mut self.ways {
            way.labels = *new.entry(way.labels).or_insert_with(|| {
                let labels = old.of(way.labels).iter();
                let labels =
                    labels.filter_map(|&label| keep.get(label as usize).copied().flatten());
                sets.number(sorted(labels.collect()).into())
            });
        }
        self.reduce(sets);
    }
}

/// Adds what a fact or a node is worth. Parts of one place are joined later; runs of them are at once.
fn add(parts: &mut Vec<Part>, part: Part) {
    match parts.last_mut() {
        Some(last) if last.place == part.place => {
            last.points = last.points.saturating_add(part.points);
        }
        _ => parts.push(part),
    }
}
