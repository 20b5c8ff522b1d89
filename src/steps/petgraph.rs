//! Steps with one need as a graph of petgraph's: its algorithms and formats for what is small or judges the engine.
//!
//! The only file that names petgraph. An edge of petgraph's has one source, so steps with several needs are not in it.

use super::{FactId, StepId, Steps};
use crate::inventory::Id;
use petgraph::visit::{
    GraphBase, GraphRef, IntoNeighbors, IntoNodeIdentifiers, NodeCount, NodeIndexable, Visitable,
};
use rustc_hash::FxHashSet;

/// The facts, and an edge for every step with one need.
#[derive(Debug, Clone, Copy)]
pub struct SingleNeed<'a> {
    steps: &'a Steps,
    /// Whether conditional steps count.
    has_conditional: bool,
}

impl Steps {
    /// The steps with one need as a graph, with or without those that are conditional.
    pub fn single_need(&self, has_conditional: bool) -> SingleNeed<'_> {
        SingleNeed {
            steps: self,
            has_conditional,
        }
    }
}

impl GraphBase for SingleNeed<'_> {
    type NodeId = FactId;
    type EdgeId = StepId;
}

impl GraphRef for SingleNeed<'_> {}

impl NodeCount for SingleNeed<'_> {
    fn node_count(&self) -> usize {
        self.steps.facts.len()
    }
}

impl NodeIndexable for SingleNeed<'_> {
    fn node_bound(&self) -> usize {
        self.steps.facts.len()
    }

    fn to_index(&self, fact: FactId) -> usize {
        fact.index()
    }

    fn from_index(&self, index: usize) -> FactId {
        FactId::from_index(index)
    }
}

impl<'a> IntoNodeIdentifiers for SingleNeed<'a> {
    type NodeIdentifiers = Box<dyn Iterator<Item = FactId> + 'a>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        Box::new(self.steps.facts.ids())
    }
}

impl<'a> IntoNeighbors for SingleNeed<'a> {
    type Neighbors = Box<dyn Iterator<Item = FactId> + 'a>;

    fn neighbors(self, fact: FactId) -> Self::Neighbors {
        let on = self.steps.needing(fact).iter().copied().filter(move |&id| {
            self.steps.needs(id).len() == 1
                && (self.has_conditional || !self.steps.is_conditional(id))
        });
        Box::new(on.map(move |id| self.steps.gain(id)))
    }
}

impl Visitable for SingleNeed<'_> {
    type Map = FxHashSet<FactId>;

    fn visit_map(&self) -> Self::Map {
        FxHashSet::default()
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
    }
}
