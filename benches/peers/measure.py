"""Times one peer in a process of its own: `measure.py PEER FOLDER reach|fixes SECONDS`.

Prints `loaded`, and one line of JSON. What would take longer than that many seconds is measured on a part:
`is_extrapolated`, and `seconds` is what all of it would take. `totals` are the facts reached by the first `scenarios`
scenarios together, or the same number after each of the first fixes.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import by_hand
import libraries
from cores import CORES, split
from estate import Estate, Numbers, Peer

PEERS: dict[str, type[Peer]] = {
    "networkit": libraries.Networkit,
    "networkit ReachableNodes": libraries.NetworkitReachable,
    "scipy": libraries.Scipy,
    "igraph": libraries.Igraph,
    "rustworkx": libraries.Rustworkx,
    "networkx": libraries.Networkx,
    "ladybug": libraries.Ladybug,
    "by hand: searches": by_hand.Searches,
    "by hand: sweep": by_hand.Sweep,
}


def reach(peer: Peer, seeds: Numbers) -> int:
    """All facts that the seeds lead to, added up."""
    if peer.has_threads or peer.is_whole:
        return int(peer.reach(seeds).sum())
    counts = split(lambda share: peer.reach(np.array(share)).tolist(), seeds.tolist())
    return sum(counts)


def timed(run: Callable[[], int]) -> tuple[float, int]:
    """Seconds, and what came of it."""
    begun = time.perf_counter()
    result = run()
    return time.perf_counter() - begun, result


def measure_reach(peer: Peer, seeds: Numbers, limit: float) -> dict:
    """Reach of every secret, or of as many as a third of the limit allows."""
    if not peer.is_whole:
        seconds, count = sample(peer, seeds, limit / 40)
        # What a run costs before the first search is in this: it is rather too slow than too fast.
        pace = seconds / count
        if pace * len(seeds) > limit:
            few = seeds[: max(count + 1, int(limit / 3 / pace))]
            longer, total = timed(lambda: reach(peer, few))
            further = max(longer - seconds, 0.0) / (len(few) - count) * (len(seeds) - len(few))
            return measured(longer + further, True, len(few), [total])
    seconds, total = timed(lambda: reach(peer, seeds))
    return measured(seconds, False, len(seeds), [total])


def measured(seconds: float, is_extrapolated: bool, scenarios: int, totals: list[int]) -> dict:
    """What is printed."""
    return {"seconds": seconds, "is_extrapolated": is_extrapolated, "scenarios": scenarios, "totals": totals}


def sample(peer: Peer, seeds: Numbers, least: float) -> tuple[float, int]:
    """How long some scenarios take, and how many they were: enough to take so long."""
    count = 4
    while True:
        count = min(count, len(seeds))
        seconds = timed(lambda: reach(peer, seeds[:count]))[0]  # noqa: B023
        if seconds > least or count == len(seeds):
            return seconds, count
        count *= 4


def measure_fixes(peer: Peer, seeds: Numbers, fixes: list[Numbers], limit: float) -> dict:
    """Reach after each fix, or after as many, and of as many secrets, as the limit allows."""
    if isinstance(peer, by_hand.Sweep):
        return measure_sweep(peer, seeds, fixes, limit)
    count, pace = len(seeds), 0.0
    if not peer.is_whole:
        seconds, count = sample(peer, seeds, limit / 40)
        pace = seconds / count
        if pace * len(seeds) < limit / 10:
            count = len(seeds)
    spent = 0.0
    totals: list[int] = []
    for fix in fixes:
        if spent > limit / 3:
            break
        seconds, total = timed(lambda: after(peer, seeds[:count], fix))  # noqa: B023
        peer.restore()
        spent += seconds
        totals.append(total)
    each = spent / len(totals) + pace * (len(seeds) - count)
    is_part = len(totals) < len(fixes) or count < len(seeds)
    return measured(each * len(fixes), is_part, count, totals)


def after(peer: Peer, seeds: Numbers, fix: Numbers) -> int:
    """All facts that the seeds lead to after a fix."""
    peer.remove(fix)
    return reach(peer, seeds)


def measure_sweep(peer: by_hand.Sweep, seeds: Numbers, fixes: list[Numbers], limit: float) -> dict:
    """The fixes go to one process a core; first none and a few, to see how many the limit allows."""

    def run(some: list[Numbers]) -> tuple[float, list[int]]:
        begun = time.perf_counter()
        totals = split(lambda share: peer.totals_after(share, seeds), some)
        return time.perf_counter() - begun, totals

    nothing = np.empty(0, dtype=np.int64)
    base, _ = run([nothing] * CORES)
    few = fixes[:CORES]
    seconds, totals = run(few)
    turns = int((limit / 3 - base) / max(seconds - base, 1e-3))
    if turns > 1:
        # All of them, where most would be run anyway.
        few = fixes if 3 * turns * CORES > len(fixes) else fixes[: turns * CORES]
        seconds, totals = run(few)
    whole = base + (seconds - base) * len(fixes) / len(few)
    is_part = len(few) < len(fixes)
    return measured(whole if is_part else seconds, is_part, len(seeds), totals)


def main() -> None:
    """Reads, loads, measures, prints."""
    name, folder, what, limit = sys.argv[1:]
    estate = Estate.read(Path(folder))
    pairs, fixes = estate.once()
    peer = PEERS[name](estate.facts, pairs)
    print("loaded", flush=True)
    seconds = float(limit)
    if what == "reach":
        result = measure_reach(peer, estate.seeds, seconds)
    else:
        result = measure_fixes(peer, estate.seeds, fixes, seconds)
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"peer": name, "what": what, **result, "bytes": kib * 1024}))


if __name__ == "__main__":
    main()
