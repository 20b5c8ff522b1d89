//! Blocks of targets, so that what many may do to many is stored once: an area that holds a whole block leads to the
//! block, the block to its targets. What a Deny carves out of one principal's area breaks only the blocks that it is in.

use std::ops::Range;

/// How many targets or blocks make a block.
const WIDTH: usize = 16;

/// So many targets, at least, are put into blocks: fewer are told one by one, which is easier to follow.
#[cfg(not(test))]
pub(super) const WORTH_IT: usize = 512;
#[cfg(test)]
pub(super) const WORTH_IT: usize = 2;

/// Fewer areas than this are told target by target.
#[cfg(not(test))]
pub(super) const FEW: usize = 8;
#[cfg(test)]
pub(super) const FEW: usize = 1;

/// A block: at level 0 of targets, above of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Block {
    level: u32,
    at: usize,
}

impl Block {
    /// The lowest block of a target.
    pub(super) fn of(place: usize) -> Self {
        Self {
            level: 0,
            at: place / WIDTH,
        }
    }

    /// The one block of all.
    fn root(total: usize) -> Self {
        let mut level = 0;
        while WIDTH.pow(level + 1) < total {
            level += 1;
        }
        Self { level, at: 0 }
    }

    /// The targets of the block.
    pub(super) fn targets(self, total: usize) -> Range<usize> {
        let width = WIDTH.pow(self.level + 1);
        (self.at * width).min(total)..((self.at + 1) * width).min(total)
    }

    /// The block and all those that it is part of.
    pub(super) fn and_above(self, total: usize) -> impl Iterator<Item = Self> {
        let root = Self::root(total);
        std::iter::successors(Some(self), move |block| {
            let above = Self {
                level: block.level + 1,
                at: block.at / WIDTH,
            };
            (block.level < root.level).then_some(above)
        })
    }

    /// The targets in words: the first, the last, how many.
    pub(super) fn words(self, names: &[String]) -> String {
        let targets = self.targets(names.len());
        let count = targets.len();
        let targets = names.get(targets).unwrap_or_default();
        match (targets.first(), targets.last()) {
            (Some(first), Some(last)) if count > 1 => {
                format!("each of {count} targets in order, {first} to {last},")
            }
            (Some(only), _) => only.clone(),
            _ => String::new(),
        }
    }

    /// The blocks that the block is made of; none at level 0.
    pub(super) fn parts(self, total: usize) -> Vec<Self> {
        let Some(level) = self.level.checked_sub(1) else {
            return Vec::new();
        };
        let parts = (self.at * WIDTH..(self.at + 1) * WIDTH).map(|at| Self { level, at });
        parts
            .filter(|part| !part.targets(total).is_empty())
            .collect()
    }
}

/// The fewest blocks that make up some of `total` targets, and the targets that are in no whole block. `free` says how
/// many of a range are among them.
pub(super) fn cover(
    total: usize,
    free: &dyn Fn(&Range<usize>) -> usize,
) -> (Vec<Block>, Vec<usize>) {
    let mut whole = Vec::new();
    let mut single = Vec::new();
    let mut open = vec![Block::root(total)];
    while let Some(block) = open.pop() {
        let targets = block.targets(total);
        let count = free(&targets);
        if count == 0 {
            continue;
        }
        if count == targets.len() {
            whole.push(block);
        } else if block.level == 0 {
            single.extend(targets.filter(|&place| free(&(place..place + 1)) == 1));
        } else {
            open.extend(block.parts(total));
        }
    }
    whole.sort_unstable();
    single.sort_unstable();
    (whole, single)
}

/// How many places of `range` lie in sorted `ranges` and are not among sorted `exceptions`.
pub(super) fn count(range: &Range<usize>, ranges: &[Range<usize>], exceptions: &[usize]) -> usize {
    let from = ranges.partition_point(|one| one.end <= range.start);
    let mut count = 0;
    for one in ranges.iter().skip(from) {
        if one.start >= range.end {
            break;
        }
        let (start, end) = (one.start.max(range.start), one.end.min(range.end));
        let within = |place: usize| exceptions.partition_point(|&exception| exception < place);
        count += (end - start) - (within(end) - within(start));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn below(block: Block, total: usize) -> Vec<usize> {
        if block.level == 0 {
            return block.targets(total).collect();
        }
        let parts = block.parts(total).into_iter();
        parts.flat_map(|part| below(part, total)).collect()
    }

    proptest! {
        #[test]
        fn a_cover_holds_exactly_what_is_free_and_each_target_once(
            total in 1usize..700,
            carved in vec(0usize..700, 0..5),
            end in 0usize..700,
        ) {
            let ranges = [0..end.min(total) / 2, end.min(total) / 2 + 1..total];
            let mut carved = carved;
            carved.sort_unstable();
            carved.dedup();
            let is_free = |place: &usize| {
                ranges.iter().any(|range| range.contains(place)) && !carved.contains(place)
            };
            let free = |range: &Range<usize>| count(range, &ranges, &carved);
            let (whole, single) = cover(total, &free);
            let mut covered: Vec<usize> = whole.iter().flat_map(|&b| below(b, total)).collect();
            covered.extend(&single);
            covered.sort_unstable();
            prop_assert_eq!(covered, (0..total).filter(is_free).collect::<Vec<_>>());
            for &place in &single {
                prop_assert!(free(&Block::of(place).targets(total)) < Block::of(place).targets(total).len());
            }
        }
    }
}
