"""What `generate-estate` wrote, and what a peer must be able to do with it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


class Peer(Protocol):
    """A library, or a program by hand. What is done before `reach` is called first is load time and not counted.

    `is_whole`: its cost does not grow with the scenarios one by one, so that a sample would say nothing.
    `has_threads`: it uses both cores by itself; others run in one process a core, each with half of the scenarios.
    """

    is_whole: bool
    has_threads: bool

    def __init__(self, facts: int, pairs: Numbers) -> None:
        """Loads a graph of so many nodes and these edges, one row each, sorted, none twice."""

    def reach(self, seeds: Numbers) -> Numbers:
        """How many nodes each seed leads to, itself among them."""

    def remove(self, places: Numbers) -> None:
        """Takes edges away, given by their places in `pairs`."""

    def restore(self) -> None:
        """Puts back what was taken away; not timed."""


@dataclass(frozen=True)
class Estate:
    """Edges of which several may join the same two facts, what leaks, and which edges each fix removes."""

    facts: int
    edges: Numbers
    seeds: Numbers
    fixes: list[Numbers]

    @classmethod
    def read(cls, folder: Path) -> "Estate":
        """Reads a folder."""
        about = json.loads((folder / "estate.json").read_text())
        edges = np.fromfile(folder / "edges.u32", "<u4").astype(np.int64).reshape(-1, 2)
        scenarios = _rows(folder / "scenarios.u32")
        if any(len(seeds) != 1 for seeds in scenarios):
            raise ValueError("peers begin from one fact each")
        seeds = np.concatenate(scenarios)
        return cls(about["facts"], edges, seeds, _rows(folder / "fixes.u32"))

    def once(self) -> tuple[Numbers, list[Numbers]]:
        """The edges without repetition, and which of them each fix removes: those of which no copy is left."""
        keys = self.edges[:, 0] * self.facts + self.edges[:, 1]
        kept, places, copies = np.unique(keys, return_inverse=True, return_counts=True)
        pairs = np.stack([kept // self.facts, kept % self.facts], axis=1)
        removed = []
        for fix in self.fixes:
            touched, lost = np.unique(places[fix], return_counts=True)
            removed.append(touched[lost == copies[touched]])
        return pairs, removed


def _rows(path: Path) -> list[Numbers]:
    numbers = np.fromfile(path, "<u4").astype(np.int64)
    count = int(numbers[0])
    starts, values = numbers[1 : count + 2], numbers[count + 2 :]
    return np.split(values, starts[1:-1])
