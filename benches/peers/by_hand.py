"""What a good Python programmer would write with scipy and numpy: cycles condensed, then searches, or rows of bits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph, csr_array

from cores import split
from estate import Numbers

Bits = NDArray[np.uint8]

# Searches times edges from which on a process for each core pays.
LARGE = 100_000_000


def _rows_of(heads: Numbers, count: int) -> Numbers:
    """Where the rows of sorted heads begin, and where the last ends."""
    return np.searchsorted(heads, np.arange(count + 1))


def _matrix(pairs: Numbers, count: int) -> csr_array:
    """Compressed rows of sorted pairs."""
    starts = _rows_of(pairs[:, 0], count).astype(np.int32)
    return csr_array((np.ones(len(pairs)), pairs[:, 1].astype(np.int32), starts), (count, count))


def _places(starts: Numbers, some: Numbers) -> Numbers:
    """The places of all that stands in some of the rows."""
    lengths = starts[some + 1] - starts[some]
    ends = np.cumsum(lengths)
    return np.arange(ends[-1]) + np.repeat(starts[some] - ends + lengths, lengths)


@dataclass(frozen=True)
class Condensed:
    """The components of a graph, and the edges between them, sorted, none twice."""

    component: Numbers
    sizes: Numbers
    pairs: Numbers

    @classmethod
    def of(cls, facts: int, pairs: Numbers, component: Numbers | None = None) -> "Condensed":
        """Condenses, unless the components are known."""
        if component is None:
            component = components(facts, pairs)
        sizes = np.bincount(component)
        needs, gains = component[pairs[:, 0]], component[pairs[:, 1]]
        is_between = needs != gains
        keys = np.sort(needs[is_between].astype(np.int64) * len(sizes) + gains[is_between])
        keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
        between = np.stack([keys // len(sizes), keys % len(sizes)], axis=1)
        return cls(component, sizes, between)


def components(facts: int, pairs: Numbers) -> Numbers:
    """The strong component of every fact."""
    matrix = _matrix(pairs, facts)
    return csgraph.connected_components(matrix, directed=True, connection="strong")[1]


class _ByHand:
    """Keeps which edges are there."""

    is_whole = True
    has_threads = False

    def __init__(self, facts: int, pairs: Numbers) -> None:
        self.facts, self.all, self.pairs = facts, pairs, pairs

    def remove(self, places: Numbers) -> None:
        self.pairs = np.delete(self.all, places, axis=0)

    def restore(self) -> None:
        self.pairs = self.all


class Searches(_ByHand):
    """Condensed, without repetition, then one breadth-first search for each component in which anything begins."""

    def reach(self, seeds: Numbers) -> Numbers:
        condensed = Condensed.of(self.facts, self.pairs)
        matrix = _matrix(condensed.pairs, len(condensed.sizes))
        begins, of_seed = np.unique(condensed.component[seeds], return_inverse=True)

        def search(some: list[int]) -> list[int]:
            orders = (csgraph.breadth_first_order(matrix, begin, return_predecessors=False) for begin in some)
            return [int(condensed.sizes[order].sum()) for order in orders]

        parts = begins.tolist()
        is_large = len(begins) * len(condensed.pairs) > LARGE
        counts = split(search, parts) if is_large else search(parts)
        return np.array(counts)[of_seed]


class Sweep(_ByHand):
    """Condensed, without repetition, then one row of bits for each component, level by level: a bit for each component
    in which anything begins. After a fix only what lies downstream of it is swept again."""

    # So many bytes are gathered at a time: they should stay in the cache.
    gathered = 1 << 22

    def reach(self, seeds: Numbers) -> Numbers:
        self.prepare(seeds)
        lanes = list(range(len(self.begins)))
        is_large = len(lanes) * len(self.gains) > LARGE
        counts = split(self.solve, lanes) if is_large else self.solve(lanes)
        return np.array(counts)[self.of_seed]

    def prepare(self, seeds: Numbers) -> None:
        """Condenses and orders, and finds where lanes begin."""
        self.condensed = Condensed.of(self.facts, self.pairs)
        self.order_by_level()
        self.begins, self.of_seed = np.unique(self.condensed.component[seeds], return_inverse=True)

    def solve(self, lanes: list[int]) -> list[int]:
        """The facts that some of the lanes lead to."""
        self.here = self.begins[lanes]
        self.rows = np.zeros((len(self.condensed.sizes), (len(lanes) + 63) // 64 * 8), dtype=np.uint8)
        self.begin(np.arange(len(lanes)))
        self.sweep(np.arange(len(self.gains)))
        return self.count(self.rows, self.condensed.sizes)[: len(lanes)].tolist()

    def begin(self, lanes: Numbers) -> None:
        """Sets the bits of lanes where they begin."""
        self.rows[self.here[lanes], lanes // 8] = 128 >> (lanes % 8)

    def order_by_level(self) -> None:
        """Sorts the edges between components by the length of the longest path to what they lead to."""
        pairs, count = self.condensed.pairs, len(self.condensed.sizes)
        starts = _rows_of(pairs[:, 0], count)
        gains = pairs[:, 1]
        left = np.bincount(gains, minlength=count)
        level = np.zeros(count, dtype=np.int64)
        front = np.flatnonzero(left == 0)
        depth = 0
        while len(front):
            level[front] = depth
            depth += 1
            met, times = np.unique(gains[_places(starts, front)], return_counts=True)
            left[met] -= times
            front = met[left[met] == 0]
        self.order = np.lexsort((gains, level[gains]))
        self.needs, self.gains = pairs[self.order, 0], gains[self.order]
        self.levels = level[self.gains]

    def sweep(self, edges: Numbers) -> None:
        """Adds to each row the rows that lead to it, along edges in order of level."""
        needs, gains, levels = self.needs[edges], self.gains[edges], self.levels[edges]
        rows = self.rows.view(np.uint64)
        firsts = np.flatnonzero(np.concatenate([[True], gains[1:] != gains[:-1]]))
        ends = np.append(firsts[1:], len(gains))
        most = max(1, self.gathered // max(1, self.rows.shape[1]))
        at = 0
        while at < len(firsts):
            # As many rows of one level as the cache holds.
            start = firsts[at]
            end = np.searchsorted(levels, levels[start], side="right")
            last = max(at + 1, np.searchsorted(ends, min(end, start + most), side="right"))
            brought = rows[needs[start : ends[last - 1]]]
            targets = gains[firsts[at:last]]
            rows[targets] |= np.bitwise_or.reduceat(brought, firsts[at:last] - start, axis=0)
            at = last

    def count(self, rows: Bits, sizes: Numbers) -> Numbers:
        """The facts in each lane."""
        counts = np.zeros(rows.shape[1] * 8, dtype=np.int64)
        is_one = sizes == 1
        # Sums of up to 255 bits fit a byte, which is the fastest way to add them.
        single = rows[is_one] if not is_one.all() else rows
        for start in range(0, len(single), 255):
            bits = np.unpackbits(single[start : start + 255], axis=1)
            counts += np.add.reduce(bits, axis=0, dtype=np.uint8)
        others = np.flatnonzero(~is_one)
        for start in range(0, len(others), 255):
            some = others[start : start + 255]
            counts += sizes[some] @ np.unpackbits(rows[some], axis=1).astype(np.int64)
        return counts

    def totals_after(self, fixes: list[Numbers], seeds: Numbers) -> list[int]:
        """The facts that all seeds lead to together after each fix. Each fix is given by places of edges."""
        before = self.total(seeds)
        count = len(self.condensed.sizes)
        self.starts = _rows_of(self.condensed.pairs[:, 0], count)
        self.keys = self.condensed.pairs @ [count, 1]
        self.ends = self.condensed.component[self.all].astype(np.int64)
        self.is_inside = self.ends[:, 0] == self.ends[:, 1]
        between = np.searchsorted(self.keys, self.ends[~self.is_inside] @ [count, 1])
        self.copies = np.bincount(between, minlength=len(self.keys))
        self.many = np.bincount(self.of_seed, minlength=self.rows.shape[1] * 8)
        return [before - self.lost(fix, seeds, before) for fix in fixes]

    def total(self, seeds: Numbers) -> int:
        """The facts that all seeds lead to together, on this core alone."""
        self.prepare(seeds)
        counts = self.solve(list(range(len(self.begins))))
        return int(np.array(counts)[self.of_seed].sum())

    def lost(self, fix: Numbers, seeds: Numbers, before: int) -> int:
        """How many facts fewer all seeds lead to together."""
        count = len(self.condensed.sizes)
        is_inside = self.is_inside[fix]
        if is_inside.any():
            left = np.delete(self.all, fix, axis=0)
            component = components(self.facts, left)
            if component.max() + 1 > count:
                anew = Sweep(self.facts, left)
                return before - anew.total(seeds)
        keys = self.ends[fix[~is_inside]] @ [count, 1]
        touched, times = np.unique(np.searchsorted(self.keys, keys), return_counts=True)
        gone = touched[times == self.copies[touched]]
        if len(gone) == 0:
            return 0
        below = self.below(self.condensed.pairs[gone, 1])
        is_below = np.zeros(count, dtype=bool)
        is_below[below] = True
        is_gone = np.zeros(len(self.keys), dtype=bool)
        is_gone[gone] = True
        old = self.rows[below].copy()
        self.rows[below] = 0
        self.begin(np.flatnonzero(is_below[self.here]))
        self.sweep(np.flatnonzero(is_below[self.gains] & ~is_gone[self.order]))
        lost = old & ~self.rows[below]
        self.rows[below] = old
        is_less = lost.any(axis=1)
        return int(self.count(lost[is_less], self.condensed.sizes[below[is_less]]) @ self.many)

    def below(self, from_: Numbers) -> Numbers:
        """All components that some lead to, and themselves."""
        is_met = np.zeros(len(self.condensed.sizes), dtype=bool)
        front = np.unique(from_)
        while len(front):
            is_met[front] = True
            met = self.condensed.pairs[_places(self.starts, front), 1]
            front = np.unique(met[~is_met[met]])
        return np.flatnonzero(is_met)
