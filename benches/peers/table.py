"""Writes the table of `docs/benchmarks.md` from the measurements: `table.py DOCUMENT CSV…`."""

import csv
import sys
from pathlib import Path
from statistics import median

OURS = "leakreach"
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
NAMES = {
    "by hand: searches": "scipy by hand: components, then a search from each",
    "by hand: sweep": "numpy by hand: components, then a sweep of bits",
}
TITLES = {
    "reach": "exact reach of every secret",
    "fixes": "100 fixes, exact total reach after each",
}

Rows = list[dict[str, str]]


def digits(value: float) -> str:
    """Two digits that count, or all before the point."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def cell(rows: Rows, ours: float) -> str:
    """The median of all rounds, and how many times ours that is."""
    if not rows:
        return "–"
    value = median(float(row["seconds"]) for row in rows)
    if rows[0]["is_stopped"] == "True":
        return f"> {digits(value)}"
    mark = " x" * (rows[0]["is_extrapolated"] == "True")
    times = "" if rows[0]["peer"] == OURS else f" ({digits(value / ours)} ×)"
    return f"{digits(value)}{mark}{times}"


def table(estates: list[Rows]) -> list[str]:
    """The lines of the table: a part for each thing measured, a column for each estate."""
    heads = [f"{int(rows[0]['scenarios']):,} secrets, {int(rows[0]['edges']):,} edges" for rows in estates]
    lines = ["| seconds | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for what, title in TITLES.items():
        lines.append(f"| **{title}** |" + " |" * len(heads))
        peers = dict.fromkeys(row["peer"] for rows in estates for row in rows)
        for peer in peers:
            cells = []
            for rows in estates:
                of_what = [row for row in rows if row["what"] == what]
                mine = [float(row["seconds"]) for row in of_what if row["peer"] == OURS]
                cells.append(cell([row for row in of_what if row["peer"] == peer], median(mine)))
            name = NAMES.get(peer, peer)
            lines.append(f"| {f'**{name}**' if peer == OURS else name} | " + " | ".join(cells) + " |")
    return lines


def legend(estates: list[Rows]) -> str:
    """When and on what this was measured."""
    machines = dict.fromkeys(f"{rows[0]['machine']}, {rows[0]['date']}" for rows in estates)
    versions = dict.fromkeys(
        f"{row['peer']} {row['version']}"
        for rows in estates
        for row in rows
        if row["peer"] in ("networkit", "scipy", "igraph", "rustworkx", "networkx", "ladybug")
    )
    return f"{'; '.join(machines)}. {', '.join(versions)}."


def main() -> None:
    """Replaces what stands between the marks."""
    document = Path(sys.argv[1])
    estates = []
    for name in sys.argv[2:]:
        with Path(name).open(newline="") as file:
            estates.append(list(csv.DictReader(file)))
    estates.sort(key=lambda rows: (rows[0]["shape"], int(rows[0]["edges"])))
    before, rest = document.read_text().split(BEGIN)
    after = rest.split(END)[1]
    lines = [BEGIN, "", *table(estates), "", legend(estates), "", END]
    document.write_text(before + "\n".join(lines) + after)


if __name__ == "__main__":
    main()
