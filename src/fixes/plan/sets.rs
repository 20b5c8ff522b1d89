//! Small sets of numbers, each stored once.

use rustc_hash::FxHashMap;

/// The empty set.
pub(super) const EMPTY: u32 = 0;

/// Sets by number: equal sets have equal numbers.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    numbers: FxHashMap<Box<[u32]>, u32>,
    members: Vec<Box<[u32]>>,
    joins: FxHashMap<(u32, u32), u32>,
}

impl Default for Sets {
    fn default() -> Self {
        let mut sets = Self {
            numbers: FxHashMap::default(),
            members: Vec::new(),
            joins: FxHashMap::default(),
        };
        sets.number(Box::default());
        sets
    }
}

impl Sets {
    /// The number of a set, given as sorted without repetition.
    pub(super) fn number(&mut self, members: Box<[u32]>) -> u32 {
        if let Some(&number) = self.numbers.get(&members) {
            return number;
        }
        let number = count(self.members.len());
        self.members.push(members.clone());
        self.numbers.insert(members, number);
        number
    }

    /// The union of two sets.
    pub(super) fn join(&mut self, a: u32, b: u32) -> u32 {
        if a == b || b == EMPTY {
            return a;
        }
        if a == EMPTY {
            return b;
        }
        let pair = (a.min(b), a.max(b));
        if let Some(&number) = self.joins.get(&pair) {
            return number;
        }
        let both = self.of(a).iter().chain(self.of(b)).copied();
        let both = sorted(both.collect());
        let number = self.number(both.into());
        self.joins.insert(pair, number);
        number
    }

    /// The members of a set, sorted.
    pub(super) fn of(&self, number: u32) -> &[u32] {
        self.members.get(number as usize).map_or(&[], |set| set)
    }

    /// How many sets there are.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The members of every set, in order of number.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.members.iter().map(|set| &**set)
    }
}

/// Sorted, without repetition.
pub(super) fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether all of `part`, which is sorted, is in `whole`, which is sorted.
pub(super) fn is_part<T: Ord>(part: &[T], whole: &[T]) -> bool {
    if part.len() > whole.len() {
        return false;
    }
    let mut rest = whole.iter();
    part.iter().all(|one| rest.any(|other| other == one))
}

/// A length as a 32-bit number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "facts, steps and candidates are numbered with 32 bits, and sets are made one a fact and scenario at most: memory ends before"
)]
pub(super) fn count(length: usize) -> u32 {
    length as u32
}
