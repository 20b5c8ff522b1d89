//! What holds a cell together, and what falls off it when steps inside it are removed.
//!
//! Each cell has a hub, a tree by which the hub leads to every other fact, and a tree by which every fact leads to the
//! hub. As long as no step of a tree is removed the cell is whole. Else only what hangs below the removed step is in
//! question, and a search from there, against the direction of the tree, ends at the first fact that still hangs on
//! the hub: what is met without finding one has fallen off. So a removal costs about as much as it breaks off.

#![expect(
    clippy::indexing_slicing,
    reason = "facts and steps come from one condensed step set, and every array has one entry each"
)]

use crate::inventory::{Id, Table};
use crate::reach::condensed::Condensed;
use crate::steps::{FactId, Rows, StepId, Steps};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Away from the hub, and towards it.
const DIRECTIONS: [usize; 2] = [0, 1];

/// The steps inside cells, and the trees among them.
pub(super) struct Ties {
    /// By fact: the steps inside its cell that need it.
    needing: Rows<StepId>,
    /// By fact: the steps inside its cell that gain it.
    gaining: Rows<StepId>,
    trees: [Tree; 2],
}

/// For every fact that is no hub the step that ties it to the hub, and where it stands in the tree.
struct Tree {
    step: Table<FactId, Option<StepId>>,
    /// The numbers of a fact and of all below it: `enter..exit`.
    below: Table<FactId, (u32, u32)>,
}

impl Ties {
    /// Linear in facts and steps.
    pub(super) fn new(condensed: &Condensed<'_>) -> Self {
        let steps = condensed.steps;
        let facts = condensed.cells.len();
        let inside = || steps.ids().filter(|&id| is_inside(condensed, id));
        let needing = Rows::group(facts, inside().map(|id| (first_need(steps, id), id)));
        let gaining = Rows::group(facts, inside().map(|id| (steps.gain(id).index(), id)));
        let hubs: Vec<FactId> = (0..condensed.blocks.len())
            .map(|cell| condensed.members.row(cell))
            .filter(|members| members.len() > 1)
            .filter_map(|members| {
                let ties = |fact: &FactId| {
                    needing.row(fact.index()).len() + gaining.row(fact.index()).len()
                };
                members.iter().rev().copied().max_by_key(ties)
            })
            .collect();
        let trees = DIRECTIONS.map(|direction| {
            let onward = [&needing, &gaining][direction];
            Tree::new(facts, &hubs, onward, |id| end(steps, id, direction))
        });
        Self {
            needing,
            gaining,
            trees,
        }
    }

    /// The facts that do not hang together with the hub of their cell any more without `removed`, sorted.
    ///
    /// What is left of a cell without them is strongly connected still.
    pub(super) fn fallen(
        &self,
        condensed: &Condensed<'_>,
        removed: &[StepId],
        is_removed: impl Fn(StepId) -> bool,
    ) -> Vec<FactId> {
        let steps = condensed.steps;
        let mut broken = Broken::default();
        for &id in removed {
            for direction in DIRECTIONS {
                let outer = end(steps, id, direction);
                if is_inside(condensed, id) && self.trees[direction].step[outer] == Some(id) {
                    broken.add(&self.trees[direction], direction, outer);
                }
            }
        }
        let mut fallen: FxHashSet<FactId> = FxHashSet::default();
        // In order: what falls off breaks the ties of others. A fact that was found to hang on the hub stays so. What
        // falls off because the hub does not lead to it any more was broken before and nobody's way; what falls off
        // because it does not lead to the hub takes all with it to which it leads.
        let mut at = 0;
        while let Some(&(direction, fact)) = broken.at.get(at) {
            at += 1;
            if fallen.contains(&fact) {
                continue;
            }
            let is_gone = |id, other: FactId| is_removed(id) || fallen.contains(&other);
            let Some(cut_off) = self.cut_off(steps, &broken, direction, fact, is_gone) else {
                continue;
            };
            fallen.extend(cut_off.iter().copied());
            for fact in cut_off {
                for direction in DIRECTIONS {
                    for &id in self.onward(direction).row(fact.index()) {
                        let outer = end(steps, id, direction);
                        let tree = &self.trees[direction];
                        if tree.step[outer] == Some(id) && !fallen.contains(&outer) {
                            broken.add(tree, direction, outer);
                        }
                    }
                }
            }
        }
        let mut fallen: Vec<FactId> = fallen.into_iter().collect();
        fallen.sort_unstable();
        fallen
    }

    /// The steps that lead on in a direction.
    fn onward(&self, direction: usize) -> &Rows<StepId> {
        [&self.needing, &self.gaining][direction]
    }

    /// All that hangs together with `fact` against the direction, if none of it hangs on the hub.
    fn cut_off(
        &self,
        steps: &Steps,
        broken: &Broken,
        direction: usize,
        fact: FactId,
        is_gone: impl Fn(StepId, FactId) -> bool,
    ) -> Option<Vec<FactId>> {
        let back = 1 - direction;
        let mut seen: FxHashSet<FactId> = FxHashSet::default();
        seen.insert(fact);
        let mut met = vec![fact];
        let mut at = 0;
        while let Some(&fact) = met.get(at) {
            at += 1;
            for &id in self.onward(back).row(fact.index()) {
                let other = end(steps, id, back);
                if is_gone(id, other) {
                    continue;
                }
                if !broken.has(&self.trees[direction], direction, other) {
                    return None;
                }
                if seen.insert(other) {
                    met.push(other);
                }
            }
        }
        Some(met)
    }
}

/// Whether a step holds a cell together.
pub(super) fn is_inside(condensed: &Condensed<'_>, id: StepId) -> bool {
    let cell = |fact: FactId| condensed.cells[fact];
    match *condensed.steps.needs(id) {
        [need] => {
            cell(need) == cell(condensed.steps.gain(id))
                && condensed.layer.is_used(condensed.steps, id)
        }
        _ => false,
    }
}

fn first_need(steps: &Steps, id: StepId) -> usize {
    steps.needs(id).first().map_or(0, |need| need.index())
}

/// The fact that a step inside a cell leads to in a direction.
fn end(steps: &Steps, id: StepId, direction: usize) -> FactId {
    match direction {
        0 => steps.gain(id),
        _ => FactId::from_index(first_need(steps, id)),
    }
}

impl Tree {
    /// Breadth first, so that little hangs below a step.
    fn new(
        facts: usize,
        hubs: &[FactId],
        onward: &Rows<StepId>,
        end: impl Fn(StepId) -> FactId,
    ) -> Self {
        let mut step = Table::filled(None, facts);
        let mut parent: Table<FactId, Option<FactId>> = Table::filled(None, facts);
        let mut order: Vec<FactId> = Vec::new();
        for &hub in hubs {
            let mut at = order.len();
            order.push(hub);
            while let Some(&fact) = order.get(at) {
                at += 1;
                for &id in onward.row(fact.index()) {
                    let outer = end(id);
                    if outer != hub && step[outer].is_none() {
                        step[outer] = Some(id);
                        parent[outer] = Some(fact);
                        order.push(outer);
                    }
                }
            }
        }
        // How many facts are at and below each, then their numbers: a parent's, then those of its children in turn.
        let mut sizes: Table<FactId, u32> = Table::filled(1, facts);
        for &fact in order.iter().rev() {
            if let Some(parent) = parent[fact] {
                sizes[parent] += sizes[fact];
            }
        }
        let mut below = Table::filled((0, 0), facts);
        let mut next: Table<FactId, u32> = Table::filled(0, facts);
        let mut free = 0;
        for &fact in &order {
            let next_free = match parent[fact] {
                Some(parent) => &mut next[parent],
                None => &mut free,
            };
            let enter = *next_free;
            *next_free += sizes[fact];
            below[fact] = (enter, enter + sizes[fact]);
            next[fact] = enter + 1;
        }
        Self { step, below }
    }
}

/// Facts whose tie to the hub is gone, and so all that hangs below them.
#[derive(Default)]
struct Broken {
    at: Vec<(usize, FactId)>,
    /// By direction: the widest ranges of numbers, none within another.
    ranges: [BTreeMap<u32, u32>; 2],
}

impl Broken {
    fn add(&mut self, tree: &Tree, direction: usize, fact: FactId) {
        self.at.push((direction, fact));
        if self.has(tree, direction, fact) {
            return;
        }
        let (enter, exit) = tree.below[fact];
        let ranges = &mut self.ranges[direction];
        while let Some((&inner, _)) = ranges.range(enter..exit).next() {
            ranges.remove(&inner);
        }
        ranges.insert(enter, exit);
    }

    fn has(&self, tree: &Tree, direction: usize, fact: FactId) -> bool {
        let (enter, _) = tree.below[fact];
        let before = self.ranges[direction].range(..=enter).next_back();
        before.is_some_and(|(_, &exit)| exit > enter)
    }
}
