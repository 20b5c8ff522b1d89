//! The order in which rows are computed: what each needs stands before it, wherever no AND closes a loop.
//!
//! Both layers are laid out at once. A *node* is a row of lanes: the facts of one component of the steps with one need
//! are reached together and share it. Where a component of the possible layer is no component of the certain one, its
//! facts have two nodes each: one for the whole in the possible layer, one for their part of it in the certain layer.
//! An *entry* leads from a node into another, in one layer or in both; entries of ANDs have several sources.
//!
//! Nodes that nothing enters and no scenario begins with are left out; a node that only one entry enters shares the
//! node that it comes from. A *loop* is a run of nodes that ANDs tie to a cycle.

#![expect(
    clippy::indexing_slicing,
    reason = "facts come from the step set, nodes from `Order::new`, and every array has one entry each"
)]

use super::components::components;
use super::tally::Classes;
use super::{ANYONE, count};
use crate::inventory::{Id, Table};
use crate::steps::{FactId, Rows, StepId, Steps};
use std::collections::BTreeMap;
use std::ops::Range;

/// In which layers an entry leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum In {
    /// In both.
    Both,
    /// In the possible one alone.
    Possible,
    /// In the certain one alone.
    Certain,
}

impl In {
    pub(super) const ALL: [Self; 3] = [Self::Both, Self::Possible, Self::Certain];
}

/// An entry that needs several nodes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Join {
    pub(super) gain: u32,
    pub(super) layers: In,
    /// Sorted, at least two.
    pub(super) needs: Box<[u32]>,
}

/// A run of nodes that ANDs tie to a cycle.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) nodes: Range<u32>,
    /// By place of a node in the loop: where its entries with one source lead within the loop.
    pub(super) onward: Rows<(u32, In)>,
    /// By place of a node in the loop: the joins within the loop that need it.
    pub(super) joins: Rows<u32>,
}

/// The nodes in order, with what enters them.
#[derive(Debug)]
pub(super) struct Order {
    /// The nodes of a fact in the certain and in the possible layer; [`NOWHERE`] when nobody reaches it.
    of: Table<FactId, (u32, u32)>,
    /// By node and kind of entry: where its sources end in `sources`.
    ends: Vec<[u32; 3]>,
    /// Places of source nodes.
    sources: Vec<u32>,
    /// Entries that need several nodes, in order of what they gain, and the first of each node.
    pub(super) joins: Vec<Join>,
    join_starts: Vec<u32>,
    /// By node: the place where its row is kept; [`NOWHERE`] when nothing needs it.
    places: Vec<u32>,
    /// How many rows are kept.
    pub(super) kept: usize,
    pub(super) loops: Vec<Loop>,
    /// By node: how many facts of which class.
    counts: Rows<(u32, u32)>,
    /// Whether some step is conditional: else both layers are one.
    pub(super) is_layered: bool,
}

/// No node, or no place.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The steps with one need, as edges: by need, what each gains.
struct Edges {
    /// Those of both layers.
    certain: Rows<u32>,
    /// Those of the possible layer alone.
    conditional: Rows<u32>,
}

impl Edges {
    /// Linear in facts and steps.
    fn new(steps: &Steps) -> Self {
        let is_layered = steps.ids().any(|id| steps.is_conditional(id));
        let some = |is_conditional: bool| {
            Rows::filled(steps.facts.len().max(1), |need, row: &mut Vec<u32>| {
                let need = FactId::from_index(need);
                let needless = if need == ANYONE {
                    steps.needless()
                } else {
                    &[]
                };
                let ids = steps.needing(need).iter().chain(needless);
                let ids = ids.filter(|&&id| {
                    steps.needs(id).len() <= 1
                        && steps.gain(id) != ANYONE
                        && (!is_layered || steps.is_conditional(id) == is_conditional)
                });
                row.extend(ids.map(|&id| steps.gain(id).0));
            })
        };
        Self {
            certain: some(false),
            conditional: if is_layered {
                some(true)
            } else {
                Rows::default()
            },
        }
    }

    fn is_layered(&self) -> bool {
        !self.conditional.is_empty()
    }

    /// The need, the gain, and whether the step is conditional.
    fn each(&self) -> impl Iterator<Item = (FactId, FactId, bool)> + Clone {
        let edges = |rows, is_conditional| {
            let rows: &Rows<u32> = rows;
            (0..rows.len()).flat_map(move |need| {
                let gains = rows.row(need).iter();
                gains.map(move |&gain| (FactId::from_index(need), FactId(gain), is_conditional))
            })
        };
        edges(&self.certain, false).chain(edges(&self.conditional, true))
    }
}

/// Facts by node, before nodes are joined and left out.
struct Nodes {
    of: Table<FactId, (u32, u32)>,
    len: usize,
    /// Whether some fact has two nodes.
    is_split: bool,
}

impl Nodes {
    /// Linear in facts and steps, but for sorting facts where parts of components are certain.
    fn new(edges: &Edges) -> Self {
        let (whole, wholes) = components(&[&edges.certain, &edges.conditional]);
        let whole: Table<FactId, u32> = whole.into();
        let is_split = edges.each().any(|(need, gain, is_conditional)| {
            is_conditional && need != gain && whole[need] == whole[gain]
        });
        if !is_split {
            let both = |&whole: &u32| (whole, whole);
            return Self {
                of: whole.iter().map(both).collect::<Vec<_>>().into(),
                len: wholes,
                is_split,
            };
        }
        let (part, _) = components(&[&edges.certain]);
        // In order of the whole, the whole before its parts, parts in order of theirs.
        let mut order: Vec<(u32, u32, FactId)> = whole
            .entries()
            .map(|(fact, &whole)| (whole, part[fact.index()], fact))
            .collect();
        order.sort_unstable();
        let mut of: Table<FactId, (u32, u32)> = Table::filled((NOWHERE, NOWHERE), whole.len());
        let mut next = 0;
        for same_whole in order.chunk_by(|a, b| a.0 == b.0) {
            let of_whole = next;
            next += 1;
            let mut parts = same_whole.chunk_by(|a, b| a.1 == b.1).peekable();
            let first = parts.next().into_iter();
            let is_one = parts.peek().is_none();
            for same_part in first.chain(parts) {
                let of_part = if is_one { of_whole } else { next };
                next += u32::from(!is_one);
                for &(.., fact) in same_part {
                    of[fact] = (of_part, of_whole);
                }
            }
        }
        Self {
            of,
            len: next as usize,
            is_split,
        }
    }

    /// The entries that an edge is, as gain, source and layers.
    fn entries(
        &self,
        (need, gain, is_conditional): (FactId, FactId, bool),
    ) -> [Option<(u32, u32, In)>; 2] {
        let (need, gain) = (self.of[need], self.of[gain]);
        if need.0 == need.1 && gain.0 == gain.1 {
            let layers = if is_conditional {
                In::Possible
            } else {
                In::Both
            };
            return [
                Some((gain.0, need.0, layers)).filter(|_| gain.0 != need.0),
                None,
            ];
        }
        [
            Some((gain.0, need.0, In::Certain)).filter(|_| !is_conditional && gain.0 != need.0),
            Some((gain.1, need.1, In::Possible)).filter(|_| gain.1 != need.1),
        ]
    }

    /// By node: the sources of its entries in just these layers, those of `extra` (gain, source, layers) among them.
    fn entered(&self, edges: &Edges, extra: &[(u32, u32, In)], layers: In) -> Rows<u32> {
        let extra = extra.iter().filter(|&&(.., of)| of == layers);
        let extra = extra.map(|&(gain, source, _)| (gain as usize, source));
        if self.is_split {
            let all = edges.each().flat_map(|edge| self.entries(edge)).flatten();
            let all = all.filter(|&(.., of)| of == layers);
            let all = all.map(|(gain, source, _)| (gain as usize, source));
            return Rows::group(self.len, all.chain(extra));
        }
        // Every fact has one node: what is conditional is in the possible layer alone, and nothing in the certain one.
        let rows = match layers {
            In::Both => Some(&edges.certain),
            In::Possible => Some(&edges.conditional),
            In::Certain => None,
        };
        let all = rows.into_iter().flat_map(|rows| {
            (0..rows.len()).flat_map(|need| {
                let source = self.of[FactId::from_index(need)].0;
                let gains = rows.row(need).iter().map(|&gain| self.of[FactId(gain)].0);
                let gains = gains.filter(move |&gain| gain != source);
                gains.map(move |gain| (gain as usize, source))
            })
        });
        Rows::group(self.len, all.chain(extra))
    }

    /// The entries that a step with several needs is; with one source each where the needs are reached together.
    fn joins(&self, steps: &Steps, id: StepId) -> impl Iterator<Item = Join> {
        let gain = steps.gain(id);
        let needs = steps.needs(id);
        let is_join = needs.len() > 1 && gain != ANYONE;
        let gain = self.of[gain];
        let is_conditional = steps.is_conditional(id);
        let is_plain =
            gain.0 == gain.1 && needs.iter().all(|&need| self.of[need].0 == self.of[need].1);
        let in_layers: &[In] = match (is_join, is_plain, is_conditional) {
            (false, ..) => &[],
            (_, true, false) => &[In::Both],
            (_, _, true) => &[In::Possible],
            (_, false, false) => &[In::Possible, In::Certain],
        };
        in_layers.iter().filter_map(move |&layers| {
            let node = |of: (u32, u32)| if layers == In::Certain { of.0 } else { of.1 };
            let mut nodes: Vec<u32> = needs.iter().map(|&need| node(self.of[need])).collect();
            nodes.sort_unstable();
            nodes.dedup();
            let gain = node(gain);
            (!nodes.contains(&gain)).then(|| Join {
                gain,
                layers,
                needs: nodes.into(),
            })
        })
    }
}

impl Order {
    /// Lays out the rows for scenarios that begin with some of the facts of `is_seed`.
    ///
    /// Linear in facts and steps, but for sorting ANDs, classes, and components of which parts are certain.
    pub(super) fn new(steps: &Steps, is_seed: &Table<FactId, bool>, classes: &Classes) -> Self {
        let edges = Edges::new(steps);
        let mut nodes = Nodes::new(&edges);
        let of_several = steps.ids().filter(|&id| steps.needs(id).len() > 1);
        let mut joins: Vec<Join> = of_several.flat_map(|id| nodes.joins(steps, id)).collect();
        let starts = match joins.is_empty() {
            true => Vec::new(),
            false => renumber(&mut nodes, &mut joins, &edges),
        };
        joins.sort_unstable();
        joins.dedup();
        // ANDs whose needs are reached together are entries with one source.
        let of_one = |join: &Join| join.needs.len() == 1;
        let extra: Vec<(u32, u32, In)> = joins
            .iter()
            .filter(|join| of_one(join))
            .map(|join| (join.gain, join.needs[0], join.layers))
            .collect();
        joins.retain(|join| !of_one(join));
        let entries = In::ALL.map(|layers| nodes.entered(&edges, &extra, layers));
        let is_layered = edges.is_layered();
        drop(edges);
        let mut order = Layout::new(&nodes, is_seed, starts).finish(&entries, joins);
        drop(entries);
        order.is_layered = is_layered;
        order.count(&nodes, classes);
        order
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The nodes of a fact: in the certain and in the possible layer.
    pub(super) fn nodes(&self, fact: FactId) -> (u32, u32) {
        self.of[fact]
    }

    /// The places of the rows that enter a node alone, by the layers in which they do, in order of [`In::ALL`].
    pub(super) fn sources(&self, node: u32) -> [&[u32]; 3] {
        let start = match node {
            0 => 0,
            _ => self.ends[node as usize - 1][2],
        };
        let [both, possible, certain] = self.ends[node as usize];
        let part = |from: u32, to: u32| &self.sources[from as usize..to as usize];
        [
            part(start, both),
            part(both, possible),
            part(possible, certain),
        ]
    }

    /// The joins that gain a node.
    pub(super) fn joins_of(&self, node: u32) -> &[Join] {
        match self.join_starts.get(node as usize..node as usize + 2) {
            Some(&[start, end]) => &self.joins[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Where the row of a node is kept, if anything needs it.
    pub(super) fn place(&self, node: u32) -> Option<usize> {
        let place = self.places[node as usize];
        (place != NOWHERE).then_some(place as usize)
    }

    /// How many facts of which class a node stands for.
    pub(super) fn counts(&self, node: u32) -> &[(u32, u32)] {
        self.counts.row(node as usize)
    }

    /// Counts classes by node.
    ///
    /// A fact of two nodes is counted at both: the certain one has no lanes of the possible layer and the other way
    /// round.
    fn count(&mut self, nodes: &Nodes, classes: &Classes) {
        let mut all: Vec<(u32, u32)> = Vec::new();
        for fact in nodes.of.ids().filter(|&fact| fact != ANYONE) {
            let Some(class) = classes.of(fact) else {
                continue;
            };
            let (certain, possible) = self.of[fact];
            if certain != NOWHERE {
                all.push((certain, class));
            }
            if possible != NOWHERE && possible != certain {
                all.push((possible, class));
            }
        }
        let by_node = Rows::group(
            self.len(),
            all.iter().map(|&(node, class)| (node as usize, class)),
        );
        drop(all);
        let mut row = Vec::new();
        for node in 0..self.len() {
            row.clear();
            row.extend_from_slice(by_node.row(node));
            row.sort_unstable();
            let same = row.chunk_by(|a, b| a == b);
            self.counts
                .push(same.map(|same| (same[0], count(same.len()))));
        }
    }
}

/// Numbers nodes anew so that those of a cycle through ANDs stand together. Gives the first node of each such run,
/// with its end.
fn renumber(nodes: &mut Nodes, joins: &mut [Join], edges: &Edges) -> Vec<Range<u32>> {
    let single = edges
        .each()
        .flat_map(|edge| nodes.entries(edge))
        .flatten()
        .map(|(gain, source, _)| (source as usize, gain));
    let joined = joins
        .iter()
        .flat_map(|join| join.needs.iter().map(|&need| (need as usize, join.gain)));
    let (blocks, block_count) = components(&[&Rows::group(nodes.len, single.chain(joined))]);
    let of_blocks = (0..).zip(&blocks);
    let of_blocks = Rows::group(
        block_count,
        of_blocks.map(|(node, &block): (u32, _)| (block as usize, node)),
    );
    let mut renumbered = vec![0; nodes.len];
    let mut runs = Vec::new();
    let mut end = 0;
    for block in 0..block_count {
        let start = end;
        for &node in of_blocks.row(block) {
            renumbered[node as usize] = end;
            end += 1;
        }
        if end - start > 1 {
            runs.push(start..end);
        }
    }
    for of in nodes.of.iter_mut() {
        *of = (renumbered[of.0 as usize], renumbered[of.1 as usize]);
    }
    for join in joins {
        join.gain = renumbered[join.gain as usize];
        for need in &mut join.needs {
            *need = renumbered[*need as usize];
        }
        join.needs.sort_unstable();
    }
    runs
}

/// Nodes as they are kept, while it is found out which.
struct Layout<'a> {
    nodes: &'a Nodes,
    is_seeded: Vec<bool>,
    /// Runs of nodes that are loops.
    runs: Vec<Range<u32>>,
    /// By node as numbered before: the one that it shares, as numbered from now on.
    kept: Vec<u32>,
}

impl<'a> Layout<'a> {
    fn new(nodes: &'a Nodes, is_seed: &Table<FactId, bool>, runs: Vec<Range<u32>>) -> Self {
        let mut is_seeded = vec![false; nodes.len];
        for (fact, _) in is_seed
            .entries()
            .filter(|&(fact, &is)| is || fact == ANYONE)
        {
            is_seeded[nodes.of[fact].0 as usize] = true;
            is_seeded[nodes.of[fact].1 as usize] = true;
        }
        Self {
            nodes,
            is_seeded,
            runs,
            kept: vec![NOWHERE; nodes.len],
        }
    }

    fn finish(mut self, entries: &[Rows<u32>; 3], joins: Vec<Join>) -> Order {
        let mut order = Order {
            of: Table::default(),
            ends: Vec::new(),
            sources: Vec::new(),
            joins: Vec::new(),
            join_starts: Vec::new(),
            places: Vec::new(),
            kept: 0,
            loops: Vec::new(),
            counts: Rows::default(),
            is_layered: false,
        };
        let has_joins = !joins.is_empty();
        let mut joins = joins.into_iter().peekable();
        let mut runs = std::mem::take(&mut self.runs).into_iter().peekable();
        // By node as numbered from now on: the last node that has it among its sources, and as which kind.
        let mut seen: Vec<(u32, In)> = Vec::new();
        let mut is_read: Vec<bool> = Vec::new();
        let mut node = 0;
        while (node as usize) < self.nodes.len {
            let run = match runs.next_if(|run| run.start == node) {
                Some(run) => run,
                None => node..node + 1,
            };
            let is_loop = run.len() > 1;
            let first = count(order.ends.len());
            if is_loop {
                for (new, old) in (first..).zip(run.clone()) {
                    self.kept[old as usize] = new;
                }
                seen.resize(first as usize + run.len(), (NOWHERE, In::Both));
                is_read.resize(first as usize + run.len(), true);
            }
            for old in run.clone() {
                let new = count(order.ends.len());
                let start = order.sources.len();
                let mut ends = [0; 3];
                for (layers, entries) in In::ALL.into_iter().zip(entries) {
                    for &source in entries.row(old as usize) {
                        let source = self.kept[source as usize];
                        // A source in both layers is none in the possible one alone.
                        if source != NOWHERE {
                            let last = &mut seen[source as usize];
                            if last.0 != old || (last.1 != layers && last.1 != In::Both) {
                                *last = (old, layers);
                                order.sources.push(source);
                            }
                        }
                    }
                    ends[layers as usize] = count(order.sources.len());
                }
                let first_join = order.joins.len();
                while let Some(mut join) = joins.next_if(|join| join.gain == old) {
                    for need in &mut join.needs {
                        *need = self.kept[*need as usize];
                    }
                    join.needs.sort_unstable();
                    if !join.needs.contains(&NOWHERE) {
                        join.gain = new;
                        order.joins.push(join);
                    }
                }
                let is_joined = order.joins.len() > first_join;
                if !is_loop && !is_joined && !self.is_seeded[old as usize] {
                    match order.sources[start..] {
                        [] => continue,
                        [source] if ends[0] as usize > start => {
                            self.kept[old as usize] = source;
                            order.sources.pop();
                            continue;
                        }
                        _ => {}
                    }
                }
                for &source in &order.sources[start..] {
                    is_read[source as usize] = true;
                }
                for join in &order.joins[first_join..] {
                    for &need in &join.needs {
                        is_read[need as usize] = true;
                    }
                }
                if !is_loop {
                    self.kept[old as usize] = new;
                    seen.push((NOWHERE, In::Both));
                    is_read.push(false);
                }
                if has_joins {
                    order.join_starts.push(count(first_join));
                }
                order.ends.push(ends);
            }
            if is_loop {
                let nodes = first..first + count(run.len());
                order.loops.push(Loop {
                    nodes,
                    onward: Rows::default(),
                    joins: Rows::default(),
                });
            }
            node = run.end;
        }
        if has_joins {
            order.join_starts.push(count(order.joins.len()));
        }
        let of = self.nodes.of.iter();
        let of = of.map(|of| (self.kept[of.0 as usize], self.kept[of.1 as usize]));
        order.of = of.collect::<Vec<_>>().into();
        order.tie();
        for is_read in is_read {
            let place = if is_read { count(order.kept) } else { NOWHERE };
            order.places.push(place);
            order.kept += usize::from(is_read);
        }
        for source in &mut order.sources {
            *source = order.places[*source as usize];
        }
        for need in order.joins.iter_mut().flat_map(|join| &mut join.needs) {
            *need = order.places[*need as usize];
        }
        order
    }
}

impl Order {
    /// Finds what leads on within loops.
    fn tie(&mut self) {
        let mut loops = std::mem::take(&mut self.loops);
        for one in &mut loops {
            let nodes = one.nodes.clone();
            let place = |node: u32| (node - nodes.start) as usize;
            let mut onward: Vec<(usize, (u32, In))> = Vec::new();
            let mut joins: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
            for node in nodes.clone() {
                for (layers, sources) in In::ALL.into_iter().zip(self.sources(node)) {
                    let inside = sources.iter().filter(|source| nodes.contains(source));
                    onward.extend(inside.map(|&source| (place(source), (node, layers))));
                }
                let first = self.join_starts.get(node as usize).copied().unwrap_or(0);
                for (id, join) in (first..).zip(self.joins_of(node)) {
                    for &need in join.needs.iter().filter(|need| nodes.contains(need)) {
                        joins.entry(place(need)).or_default().push(id);
                    }
                }
            }
            one.onward = Rows::group(nodes.len(), onward.iter().copied());
            let joins = joins.iter();
            let joins = joins.flat_map(|(&place, ids)| ids.iter().map(move |&id| (place, id)));
            one.joins = Rows::group(nodes.len(), joins);
        }
        self.loops = loops;
    }
}
