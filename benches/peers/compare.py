"""Runs the peers and leakreach in turn on one estate, and checks that all reach the same: `compare.py OURS FOLDER CSV`.

Every measurement is a process of its own, and ours is measured again beside every peer. What takes a few seconds only
is measured in three rounds. Ends with an error, before anything is written, when a total differs.
"""

import csv
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

from measure import PEERS

OURS = "leakreach"
ROUNDS = 3
# Seconds: what is expected to take longer is extrapolated from a part, what cannot be is stopped.
LIMIT = float(os.environ.get("LIMIT", "60"))
QUICK = 5.0


class Stopped(Exception):
    """It took longer than we wait."""


def machine() -> str:
    """Processor, cores, memory, system."""
    cpu = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in cpu if "model name" in line), "unknown")
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}; {os.cpu_count()} threads; {gib:.0f} GiB; Python {platform.python_version()}"


class Comparison:
    """One estate, and all that was measured on it."""

    def __init__(self, ours: str, folder: Path) -> None:
        """Takes the path of our binary and of the estate."""
        self.ours, self.folder = ours, folder
        self.about = json.loads((folder / "estate.json").read_text())
        self.rows: list[dict] = []
        self.expected: dict[tuple[str, int, int], list[int]] = {}

    def run_ours(self, what: str, scenarios: int, fixes: int, runs: int = 1) -> list[dict]:
        """Runs leakreach."""
        arguments = [self.ours, self.folder, what, scenarios, fixes, runs]
        command = [str(argument) for argument in arguments]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in output.splitlines()]

    def measure_ours(self, what: str, round_: int) -> float:
        """Measures leakreach, twice where it is quick: the first run finds caches cold."""
        before = [row["seconds"] for row in self.rows if (row["peer"], row["what"]) == (OURS, what)]
        runs = 2 if not before or before[-1] < QUICK else 1
        for result in self.run_ours(what, self.about["scenarios"], self.about["fixes"], runs):
            self.keep(OURS, what, round_, {**result, "is_extrapolated": False})
            of = (what, self.about["scenarios"], self.about["fixes"])
            self.check(OURS, self.expected.setdefault(of, result["numbers"]), result["numbers"])
        return result["seconds"]

    def measure_peer(self, name: str, what: str, round_: int) -> float:
        """Measures a peer, and checks what it says."""
        result = run_peer(name, self.folder, what)
        totals, scenarios = result["totals"], result["scenarios"]
        if what == "reach":
            counts = self.expected["reach", self.about["scenarios"], self.about["fixes"]]
            expected = [list(accumulate(counts))[scenarios - 1]]
        else:
            expected = self.after_fixes(scenarios, len(totals))
        self.check(name, expected, totals)
        self.keep(name, what, round_, result)
        return result["seconds"]

    def after_fixes(self, scenarios: int, fixes: int) -> list[int]:
        """What a part of the scenarios reaches after each of the first fixes."""
        for (what, of_scenarios, of_fixes), totals in self.expected.items():
            if what == "fixes" and of_scenarios == scenarios and of_fixes >= fixes:
                return totals[:fixes]
        # Some more than are asked for: the next peer may ask for them.
        some = min(self.about["fixes"], fixes + 20)
        totals = self.run_ours("fixes", scenarios, some)[0]["numbers"]
        self.expected["fixes", scenarios, some] = totals
        return totals[:fixes]

    def check(self, name: str, expected: list[int], totals: list[int]) -> None:
        """Ends everything when totals differ."""
        if expected != totals:
            pairs = [pair for pair in zip(expected, totals, strict=True) if pair[0] != pair[1]]
            sys.exit(f"{name} does not reach what {OURS} reaches: {pairs[:5]}")

    def keep(self, name: str, what: str, round_: int, result: dict) -> None:
        """Keeps a measurement, and tells it."""
        library = name.split(" ")[0]
        known = "numpy" if library == "by" else library
        row = {
            "peer": name,
            "version": "this" if name == OURS else version(known),
            "what": what,
            "round": round_,
            "seconds": result["seconds"],
            "is_extrapolated": result["is_extrapolated"],
            "is_stopped": result.get("is_stopped", False),
            "measured_scenarios": result.get("scenarios", self.about["scenarios"]),
            "bytes": result.get("bytes", 0),
        }
        self.rows.append(row)
        mark = " x" * row["is_extrapolated"] + " (stopped)" * row["is_stopped"]
        print(f"{what:6} {name:26} {row['seconds']:12.4f} s{mark}", flush=True)

    def run(self) -> None:
        """Measures everything."""
        for what in ("reach", "fixes"):
            stopped = {row["peer"]: row["seconds"] for row in self.rows if row["is_stopped"]}
            peers = list(PEERS)
            for round_ in range(1, ROUNDS + 1):
                quick = []
                for at, name in enumerate(peers):
                    if at == 0 or self.is_ours_quick(what):
                        self.measure_ours(what, round_)
                    if name in stopped:
                        # It would reach anew after every fix.
                        least = stopped[name] * self.about["fixes"]
                        self.stop(name, what, round_, least)
                        continue
                    try:
                        if self.measure_peer(name, what, round_) < QUICK:
                            quick.append(name)
                    except Stopped:
                        self.stop(name, what, round_, LIMIT)
                peers = quick

    def stop(self, name: str, what: str, round_: int, least: float) -> None:
        """Keeps that something takes longer than that."""
        result = {"seconds": least, "is_extrapolated": False, "is_stopped": True, "scenarios": 0}
        self.keep(name, what, round_, result)

    def is_ours_quick(self, what: str) -> bool:
        """Whether measuring ours again costs little."""
        times = [row["seconds"] for row in self.rows if (row["peer"], row["what"]) == (OURS, what)]
        return times[-1] < QUICK

    def write(self, path: Path, begun: str) -> None:
        """Writes all measurements with the machine that they were made on."""
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, text=True, check=False
        ).stdout.strip()
        about = {
            "machine": machine(),
            "date": begun,
            "commit": commit,
            **{key: self.about[key] for key in ("shape", "facts", "edges", "scenarios", "fixes")},
        }
        with path.open("w", newline="") as file:
            table = csv.DictWriter(file, [*about, *self.rows[0]], lineterminator="\n")
            table.writeheader()
            table.writerows({**about, **row} for row in self.rows)


def run_peer(name: str, folder: Path, what: str) -> dict:
    """Runs a peer in a process of its own, and stops it when it takes too long after it is loaded."""
    command = [sys.executable, str(Path(__file__).with_name("measure.py")), name, str(folder), what]
    process = subprocess.Popen([*command, str(LIMIT)], stdout=subprocess.PIPE, text=True, start_new_session=True)
    if process.stdout is None or process.stdout.readline() != "loaded\n":
        sys.exit(f"{name} could not be loaded")
    begun = time.monotonic()
    # Its own processes go with it.
    timer = threading.Timer(1.5 * LIMIT, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    output = process.stdout.read()
    timer.cancel()
    if process.wait() != 0:
        if time.monotonic() - begun < LIMIT:
            sys.exit(f"{name} failed")
        raise Stopped
    return json.loads(output)


def main() -> None:
    """Measures and writes."""
    ours, folder, path = sys.argv[1:]
    begun = datetime.now(tz=UTC).strftime("%Y-%m-%d")
    comparison = Comparison(ours, Path(folder))
    comparison.run()
    comparison.write(Path(path), begun)


if __name__ == "__main__":
    main()
