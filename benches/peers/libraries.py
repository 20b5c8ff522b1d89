"""The peers, each called in the way that was found to be its fastest for counting what many nodes lead to."""

import tempfile
from pathlib import Path

import numpy as np

from estate import Numbers


class Networkit:
    """Breadth-first search from many sources at once, on all cores; distances come back as one array."""

    is_whole = False
    has_threads = True
    # Distances are doubles: so many sources at a time take at most half a gigabyte.
    memory = 1 << 29

    def __init__(self, facts: int, pairs: Numbers) -> None:
        import networkit

        self.networkit, self.facts, self.pairs = networkit, facts, pairs
        ends = pairs.astype(np.uint64)
        self.graph = networkit.GraphFromCoo((ends[:, 0], ends[:, 1]), facts, directed=True)
        self.removed: list[list[int]] = []

    def reach(self, seeds: Numbers) -> Numbers:
        step = max(2, self.memory // (8 * self.facts))
        counts = []
        for start in range(0, len(seeds), step):
            some = seeds[start : start + step].tolist()
            search = self.networkit.distance.SPSP(self.graph, some).run()
            distances = search.getDistances(asarray=True)
            counts.append(np.count_nonzero(distances < self.facts, axis=1))
        return np.concatenate(counts)

    def remove(self, places: Numbers) -> None:
        self.removed = self.pairs[places].tolist()
        for need, gain in self.removed:
            self.graph.removeEdge(need, gain)

    def restore(self) -> None:
        for need, gain in self.removed:
            self.graph.addEdge(need, gain)


class NetworkitReachable(Networkit):
    """Its own algorithm for the number of reachable nodes: exact, on all cores, but always for all nodes."""

    is_whole = True

    def reach(self, seeds: Numbers) -> Numbers:
        search = self.networkit.reachability.ReachableNodes(self.graph, True).run()
        return np.array([search.numberOfReachableNodes(seed) for seed in seeds.tolist()])


class Scipy:
    """Breadth-first search by source over compressed rows."""

    is_whole = False
    has_threads = False

    def __init__(self, facts: int, pairs: Numbers) -> None:
        from scipy.sparse import csgraph, csr_array

        self.facts, self.pairs, self.search = facts, pairs, csgraph.breadth_first_order
        starts = np.searchsorted(pairs[:, 0], np.arange(facts + 1)).astype(np.int32)
        ones = np.ones(len(pairs))
        self.all = csr_array((ones, pairs[:, 1].astype(np.int32), starts), shape=(facts, facts))
        self.graph, self.matrix = self.all, csr_array

    def reach(self, seeds: Numbers) -> Numbers:
        found = (self.search(self.graph, seed, directed=True, return_predecessors=False) for seed in seeds.tolist())
        return np.array([len(order) for order in found])

    def remove(self, places: Numbers) -> None:
        lost = np.zeros(self.facts + 1, dtype=np.int32)
        np.add.at(lost, self.pairs[places, 0] + 1, 1)
        parts = (
            np.delete(self.all.data, places),
            np.delete(self.all.indices, places),
            self.all.indptr - np.cumsum(lost, dtype=np.int32),
        )
        self.graph = self.matrix(parts, shape=self.all.shape)

    def restore(self) -> None:
        self.graph = self.all


class Igraph:
    """The size of the neighbourhood of any order: counted in C, no list is made."""

    is_whole = False
    has_threads = False

    def __init__(self, facts: int, pairs: Numbers) -> None:
        import igraph

        self.facts = facts
        self.all = self.graph = igraph.Graph(n=facts, edges=pairs, directed=True)

    def reach(self, seeds: Numbers) -> Numbers:
        sizes = self.graph.neighborhood_size(seeds.tolist(), order=self.facts, mode="out")
        return np.array(sizes)

    def remove(self, places: Numbers) -> None:
        # Edges keep the order in which they were given, so that places are igraph's own ids.
        self.graph = self.all.copy()
        self.graph.delete_edges(places.tolist())

    def restore(self) -> None:
        self.graph = self.all


class Rustworkx:
    """The set of descendants by source."""

    is_whole = False
    has_threads = False

    def __init__(self, facts: int, pairs: Numbers) -> None:
        import rustworkx

        self.descendants, self.pairs = rustworkx.descendants, pairs
        self.graph = rustworkx.PyDiGraph(multigraph=False)
        self.graph.add_nodes_from(range(facts))
        self.graph.extend_from_edge_list(list(map(tuple, pairs.tolist())))
        self.removed: list[tuple[int, int]] = []

    def reach(self, seeds: Numbers) -> Numbers:
        return np.array([len(self.descendants(self.graph, seed)) + 1 for seed in seeds.tolist()])

    def remove(self, places: Numbers) -> None:
        self.removed = list(map(tuple, self.pairs[places].tolist()))
        self.graph.remove_edges_from(self.removed)

    def restore(self) -> None:
        self.graph.extend_from_edge_list(self.removed)


class Networkx:
    """The set of descendants by source."""

    is_whole = False
    has_threads = False

    def __init__(self, facts: int, pairs: Numbers) -> None:
        import networkx

        self.descendants, self.pairs = networkx.descendants, pairs
        self.graph = networkx.DiGraph()
        self.graph.add_nodes_from(range(facts))
        self.graph.add_edges_from(pairs.tolist())
        self.removed: list[list[int]] = []

    def reach(self, seeds: Numbers) -> Numbers:
        return np.array([len(self.descendants(self.graph, seed)) + 1 for seed in seeds.tolist()])

    def remove(self, places: Numbers) -> None:
        self.removed = self.pairs[places].tolist()
        self.graph.remove_edges_from(self.removed)

    def restore(self) -> None:
        self.graph.add_edges_from(self.removed)


class Ladybug:
    """Shortest paths of any length in Cypher, a query for each source; two threads of its own."""

    is_whole = False
    has_threads = True
    reached = "MATCH (a:Fact)-[:Step* SHORTEST 1..100000]->(b:Fact) WHERE a.id = $seed RETURN count(*)"

    def __init__(self, facts: int, pairs: Numbers) -> None:
        import ladybug

        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        np.savetxt(folder / "facts.csv", np.arange(facts), fmt="%d")
        np.savetxt(folder / "edges.csv", pairs, fmt="%d", delimiter=",")
        self.pairs = pairs
        self.database = ladybug.Database(str(folder / "estate"))
        self.connection = ladybug.Connection(self.database, num_threads=2)
        for query in (
            "CALL var_length_extend_max_depth=100000",
            "CREATE NODE TABLE Fact(id INT64, PRIMARY KEY(id))",
            "CREATE REL TABLE Step(FROM Fact TO Fact)",
            f"COPY Fact FROM '{folder / 'facts.csv'}' (HEADER=false)",
            f"COPY Step FROM '{folder / 'edges.csv'}' (HEADER=false)",
        ):
            self.connection.execute(query)
        self.removed: list[list[int]] = []

    def reach(self, seeds: Numbers) -> Numbers:
        answers = (self.connection.execute(self.reached, {"seed": seed}) for seed in seeds.tolist())
        # No shortest path leads back to where it begins.
        return np.array([answer.get_next()[0] + 1 for answer in answers])

    def remove(self, places: Numbers) -> None:
        self.removed = self.pairs[places].tolist()
        self.each("MATCH (a:Fact)-[s:Step]->(b:Fact) WHERE a.id = $need AND b.id = $gain DELETE s")

    def restore(self) -> None:
        self.each("MATCH (a:Fact), (b:Fact) WHERE a.id = $need AND b.id = $gain CREATE (a)-[:Step]->(b)")

    def each(self, query: str) -> None:
        """Runs a query for every edge that is taken away."""
        for need, gain in self.removed:
            self.connection.execute(query, {"need": need, "gain": gain})
