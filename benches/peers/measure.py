"""Times one peer in a process of its own: `measure.py PEER FOLDER reach|fixes SECONDS`.

Prints `loaded`, and one line of JSON. What would take longer than that many seconds is measured on a part:
`is_extrapolated`, and `seconds` is what all of it would take. `totals` are the facts reached by the first `scenarios`
scenarios together, or the same number after each of the first fixes.
"""

import json
import math
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
        seconds, count, slope = sample(peer, seeds, limit / 10)
        if seconds + slope * (len(seeds) - count) > limit:
            few = seeds[: min(len(seeds) - 1, count + int(limit / 3 / slope))]
            longer, total = timed(lambda: reach(peer, few))
            slope = max(longer - seconds, 1e-9) / max(1, len(few) - count)
            longer += slope * (len(seeds) - len(few))
            return {
                "seconds": longer,
                "is_extrapolated": True,
                "scenarios": len(few),
                "totals": [total],
            }
    seconds, total = timed(lambda: reach(peer, seeds))
    return {
        "seconds": seconds,
        "is_extrapolated": False,
        "scenarios": len(seeds),
        "totals": [total],
    }


def sample(peer: Peer, seeds: Numbers, limit: float) -> tuple[float, int, float]:
    """How long a few scenarios take, how many they were, and how long a further one takes."""
    before, count = timed(lambda: reach(peer, seeds[:2]))[0], 4
    while True:
        count = min(count, len(seeds))
        seconds = timed(lambda: reach(peer, seeds[:count]))[0]  # noqa: B023
        if seconds > limit or count == len(seeds):
            return seconds, count, max(seconds - before, 1e-6) / max(1, count - 2)
        count *= 4


def measure_fixes(peer: Peer, seeds: Numbers, fixes: list[Numbers], limit: float) -> dict:
    """Reach after each fix, or after as many, and of as many secrets, as the limit allows."""
    if isinstance(peer, by_hand.Sweep):
        return measure_sweep(peer, seeds, fixes, limit)
    count, slope = len(seeds), 0.0
    if not peer.is_whole:
        _, count, slope = sample(peer, seeds, limit / 10)
        if slope * len(seeds) < limit / 10:
            count = len(seeds)
    spent = 0.0
    all_seconds = 0.0
    totals: list[int] = []
    for fix in fixes:
        if spent > limit / 2:
            break
        seconds, total = timed(lambda: after(peer, seeds[:count], fix))  # noqa: B023
        peer.restore()
        spent += seconds
        all_seconds += seconds + slope * (len(seeds) - count)
        totals.append(total)
    is_part = len(totals) < len(fixes) or count < len(seeds)
    return {
        "seconds": all_seconds * len(fixes) / len(totals),
        "is_extrapolated": is_part,
        "scenarios": count,
        "totals": totals,
    }


def after(peer: Peer, seeds: Numbers, fix: Numbers) -> int:
    """All facts that the seeds lead to after a fix."""
    peer.remove(fix)
    return reach(peer, seeds)


def measure_sweep(peer: by_hand.Sweep, seeds: Numbers, fixes: list[Numbers], limit: float) -> dict:
    """The fixes go to one process a core; first a few, to see how many the limit allows."""

    def run(some: list[Numbers]) -> tuple[float, list[int]]:
        begun = time.perf_counter()
        totals = split(lambda share: peer.totals_after(share, seeds), some)
        return time.perf_counter() - begun, totals

    few = fixes[: 8 * CORES]
    base, _ = run(few[:CORES])
    seconds, totals = run(few)
    slope = max(0.0, seconds - base) / max(1, len(few) - CORES)
    allowed = len(few) + (math.inf if slope == 0 else int((limit - seconds) / slope))
    if len(few) < len(fixes) <= allowed:
        few = fixes
        seconds, totals = run(few)
    return {
        "seconds": seconds + slope * (len(fixes) - len(few)),
        "is_extrapolated": len(few) < len(fixes),
        "scenarios": len(seeds),
        "totals": totals,
    }


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
