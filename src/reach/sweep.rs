//! The sweep: many scenarios at a time, one bit lane each, every row once and in order.
//!
//! Rows that nothing reads are counted and forgotten. Where ANDs close a loop its rows are computed in order once as
//! well; after that only the lanes that are new go on from row to row until there are none.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes and places come from one order, and every array has one entry each"
)]

use super::lanes::{Lanes, and, is_none, minus, or, set};
use super::order::{In, Join, Loop, Order};
use super::tally::{Classes, Count, Counters};
use super::{ANYONE, count};
use crate::steps::FactId;

/// The scenarios of one batch, lane by lane.
pub(super) type Batch<'a> = &'a [Vec<FactId>];

/// Sweeps one batch after the other, in the same memory.
pub(super) struct Sweep<'a, const N: usize> {
    order: &'a Order,
    classes: &'a Classes,
    /// The lanes of an entry, by the layers in which it leads on.
    masks: [Lanes<N>; 3],
    rows: Vec<Lanes<N>>,
    counters: Counters<N>,
    /// By node of the current loop: lanes that are to go on from it.
    pending: Vec<Lanes<N>>,
}

/// How many facts of each class the scenarios of a batch hold, without what they begin with: by lane, then by class.
pub(super) struct Counted {
    pub(super) certain: Vec<u32>,
    pub(super) possible: Vec<u32>,
}

impl<'a, const N: usize> Sweep<'a, N> {
    pub(super) fn new(order: &'a Order, classes: &'a Classes) -> Self {
        let half = |is_upper: bool| {
            std::array::from_fn(|word| match (word >= N / 2) == is_upper {
                true => u64::MAX,
                false => 0,
            })
        };
        Self {
            order,
            classes,
            masks: [[u64::MAX; N], half(true), half(false)],
            rows: vec![[0; N]; order.kept],
            counters: Counters::new(classes.len()),
            pending: Vec::new(),
        }
    }

    /// The most bytes that one takes.
    pub(super) fn bytes(order: &Order, classes: &Classes) -> u64 {
        // A count has 32 planes at most, and when it is taken a number a lane, twice.
        let row = size_of::<Lanes<N>>();
        let counts = classes.len() * (32 * row + 2 * 64 * N * size_of::<u32>());
        Self::bytes_of_rows(order) + counts as u64
    }

    /// The same without what is counted.
    pub(super) fn bytes_of_rows(order: &Order) -> u64 {
        let row = size_of::<Lanes<N>>();
        let longest = order.loops.iter().map(|one| one.nodes.len()).max();
        ((order.kept + longest.unwrap_or(0)) * row) as u64
    }

    /// How many scenarios are swept at once: the lower half of a row is the certain layer, the upper half the possible
    /// one; where both are the same, all of it is for scenarios.
    pub(super) fn width(order: &Order) -> usize {
        match order.is_layered {
            true => 32 * N,
            false => 64 * N,
        }
    }

    /// Sweeps a batch of at most [`Sweep::width`] scenarios.
    pub(super) fn count(&mut self, batch: Batch<'_>) -> Counted {
        let mut counters = std::mem::replace(&mut self.counters, Counters::new(0));
        self.sweep(batch, &mut counters);
        self.counters = counters;
        self.counted(batch)
    }

    /// Sweeps a batch, and gives what its lanes hold to `counts`: what each begins with is among that.
    pub(super) fn sweep(&mut self, batch: Batch<'_>, counts: &mut impl Count<N>) {
        let seeds = self.seeds(batch);
        let mut seeds = seeds.iter().peekable();
        let mut loops = self.order.loops.iter().peekable();
        let mut node = 0;
        while node < count(self.order.len()) {
            if let Some(one) = loops.next_if(|one| one.nodes.start == node) {
                for node in one.nodes.clone() {
                    if let Some(place) = self.order.place(node) {
                        self.rows[place] = [0; N];
                    }
                }
                for &(node, lanes) in
                    std::iter::from_fn(|| seeds.next_if(|(node, _)| *node < one.nodes.end))
                {
                    if let Some(place) = self.order.place(node) {
                        self.rows[place] = lanes;
                    }
                }
                self.settle(one, counts);
                node = one.nodes.end;
                continue;
            }
            let begun = match seeds.next_if(|(at, _)| *at == node) {
                Some(&(_, lanes)) => lanes,
                None => [0; N],
            };
            let row = self.evaluate(node, begun);
            if let Some(place) = self.order.place(node) {
                self.rows[place] = row;
            }
            for &(class, times) in self.order.counts(node) {
                counts.add(class, times, row);
            }
            node += 1;
        }
    }

    /// The lanes with which nodes begin, in order of node.
    fn seeds(&self, batch: Batch<'_>) -> Vec<(u32, Lanes<N>)> {
        let half = Self::width(self.order);
        let mut of: Vec<(u32, u32)> = Vec::new();
        for (lane, seeds) in (0..).zip(batch) {
            for &seed in seeds {
                let (certain, possible) = self.order.nodes(seed);
                of.push((certain, lane));
                if self.order.is_layered {
                    of.push((possible, lane + count(half)));
                }
            }
        }
        of.sort_unstable();
        let anyone = self.order.nodes(ANYONE).0;
        let mut rows: Vec<(u32, Lanes<N>)> = Vec::new();
        for same in of.chunk_by(|a, b| a.0 == b.0) {
            let mut row = [0; N];
            for &(_, lane) in same {
                set(&mut row, lane as usize);
            }
            rows.push((same[0].0, row));
        }
        match rows.binary_search_by_key(&anyone, |row| row.0) {
            Ok(at) => rows[at].1 = [u64::MAX; N],
            Err(at) => rows.insert(at, (anyone, [u64::MAX; N])),
        }
        rows
    }

    /// What enters a node, and `row`.
    fn evaluate(&self, node: u32, mut row: Lanes<N>) -> Lanes<N> {
        let [both, possible, certain] = self.order.sources(node);
        for &source in both {
            let from = &self.rows[source as usize];
            for (word, from) in row.iter_mut().zip(from) {
                *word |= from;
            }
        }
        for (sources, layers) in [(possible, In::Possible), (certain, In::Certain)] {
            if !sources.is_empty() {
                let all = sources.iter();
                let all = all.fold([0; N], |all, &source| or(all, self.rows[source as usize]));
                row = or(row, and(all, self.masks[layers as usize]));
            }
        }
        for join in self.order.joins_of(node) {
            row = or(row, self.joined(join));
        }
        row
    }

    /// The lanes in which all that a join needs is held.
    fn joined(&self, join: &Join) -> Lanes<N> {
        let mask = self.masks[join.layers as usize];
        let needs = join.needs.iter();
        needs.fold(mask, |all, &need| and(all, self.rows[need as usize]))
    }

    /// Computes the rows of a loop.
    fn settle(&mut self, one: &Loop, counts: &mut impl Count<N>) {
        let nodes = one.nodes.clone();
        self.pending.clear();
        self.pending.resize(nodes.len(), [0; N]);
        let place = |node: u32| (node - nodes.start) as usize;
        // What a node reads that stands behind it was not known when it was computed: that is to go on still.
        let mut is_open = vec![0u64; nodes.len().div_ceil(64)];
        for node in nodes.clone() {
            let Some(at) = self.order.place(node) else {
                continue;
            };
            self.rows[at] = self.evaluate(node, self.rows[at]);
        }
        for node in nodes.clone() {
            let row = self.row(node);
            if is_none(row) {
                continue;
            }
            let leads_back = {
                let mut onward = one.onward.row(place(node)).iter();
                let mut joins = one.joins.row(place(node)).iter();
                onward.any(|&(next, _)| next <= node)
                    || joins.any(|&join| self.order.joins[join as usize].gain <= node)
            };
            if leads_back {
                self.send(one, node, row, &mut is_open, true);
            }
        }
        loop {
            let mut is_done = true;
            for word in 0..is_open.len() {
                while is_open[word] != 0 {
                    is_done = false;
                    let at = word * 64 + is_open[word].trailing_zeros() as usize;
                    is_open[word] &= is_open[word] - 1;
                    let lanes = std::mem::replace(&mut self.pending[at], [0; N]);
                    self.send(one, nodes.start + count(at), lanes, &mut is_open, false);
                }
            }
            if is_done {
                break;
            }
        }
        for node in nodes {
            let row = self.row(node);
            for &(class, times) in self.order.counts(node) {
                counts.add(class, times, row);
            }
        }
    }

    /// The row of a node that is kept.
    fn row(&self, node: u32) -> Lanes<N> {
        let place = self.order.place(node);
        place.map_or([0; N], |place| self.rows[place])
    }

    /// Lets lanes that a node holds go on within its loop; only to nodes before it, where it is the first time.
    fn send(
        &mut self,
        one: &Loop,
        node: u32,
        lanes: Lanes<N>,
        is_open: &mut [u64],
        is_back_only: bool,
    ) {
        let from = (node - one.nodes.start) as usize;
        for &(next, layers) in one.onward.row(from) {
            if !is_back_only || next <= node {
                let lanes = and(lanes, self.masks[layers as usize]);
                self.receive(one, next, lanes, is_open);
            }
        }
        for &join in one.joins.row(from) {
            let join = &self.order.joins[join as usize];
            if !is_back_only || join.gain <= node {
                let lanes = and(lanes, self.joined(join));
                self.receive(one, join.gain, lanes, is_open);
            }
        }
    }

    /// Adds lanes to a node of a loop.
    fn receive(&mut self, one: &Loop, node: u32, lanes: Lanes<N>, is_open: &mut [u64]) {
        let Some(place) = self.order.place(node) else {
            return;
        };
        let new = minus(lanes, self.rows[place]);
        if !is_none(new) {
            self.rows[place] = or(self.rows[place], new);
            let at = (node - one.nodes.start) as usize;
            self.pending[at] = or(self.pending[at], new);
            is_open[at / 64] |= 1 << (at % 64);
        }
    }

    /// The counts of both layers, without what each scenario begins with.
    fn counted(&mut self, batch: Batch<'_>) -> Counted {
        let width = Self::width(self.order);
        let classes = self.classes.len();
        let (mut certain, mut possible) = match self.order.is_layered {
            true => {
                let mut certain = self.counters.take(2 * width);
                let mut possible = certain.split_off(width * classes);
                certain.truncate(batch.len() * classes);
                possible.truncate(batch.len() * classes);
                (certain, possible)
            }
            false => (self.counters.take(batch.len()), Vec::new()),
        };
        for (lane, seeds) in batch.iter().enumerate() {
            let mut seeds: Vec<FactId> = seeds.clone();
            seeds.sort_unstable();
            seeds.dedup();
            for seed in seeds.into_iter().filter(|&seed| seed != ANYONE) {
                if let Some(class) = self.classes.of(seed) {
                    let at = lane * classes + class as usize;
                    certain[at] -= 1;
                    if self.order.is_layered {
                        possible[at] -= 1;
                    }
                }
            }
        }
        if !self.order.is_layered {
            possible.clone_from(&certain);
        }
        Counted { certain, possible }
    }
}
