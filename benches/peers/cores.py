"""Work shared by all cores, for what uses one by itself."""

import os
from collections.abc import Callable
from multiprocessing import get_context

CORES = os.cpu_count() or 1


def split(work: Callable[[list], list], parts: list) -> list:
    """Does a part of the work in a forked process for each core: for peers that use one core."""
    context = get_context("fork")
    shares = [parts[core::CORES] for core in range(CORES)]
    with context.Pool(CORES, _keep, (work,)) as pool:
        done = pool.map(_do, shares, chunksize=1)
    results = [None] * len(parts)
    for core, share in enumerate(done):
        results[core::CORES] = share
    return results


_work: Callable[[list], list]


def _keep(work: Callable[[list], list]) -> None:
    global _work
    _work = work


def _do(share: list) -> list:
    return _work(share)
