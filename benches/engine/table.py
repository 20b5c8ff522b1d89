"""Writes how the engine grows into `docs/benchmarks.md`, from measurements: `table.py DOCUMENT CSV`.

The CSV is what `cargo bench --bench engine` writes; of what was measured several times the last counts.
"""

import csv
import sys
from pathlib import Path
from statistics import median

BEGIN, END = "<!-- growth: begin -->", "<!-- growth: end -->"

# What a part of the table is called, and its steps: of two needs and conditional ones, in a thousand.
KINDS = {
    ("0", "0"): "steps of one need, all certain",
    ("0", "50"): "one step in twenty conditional: both bounds",
    ("20", "50"): "and one step in fifty with two needs",
}

Rows = list[dict[str, str]]


def digits(value: float) -> str:
    """Two digits that count, or all before the point."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


class Column:
    """One estate: what was measured on it, by name."""

    def __init__(self, rows: Rows, streaming: float) -> None:
        self.rows = {row["what"]: row for row in rows}
        self.streaming = streaming

    def seconds(self, what: str) -> str:
        """How long it took."""
        row = self.found(what)
        return digits(float(row["seconds"])) if row else "–"

    def found(self, what: str) -> dict[str, str] | None:
        """The measurement whose name begins so, the shortest of them."""
        names = [name for name in self.rows if name == what or name.startswith(what + " ")]
        return self.rows[min(names, key=len)] if names else None

    def shares(self) -> str:
        """What part of the machine's memory the sweep used; nothing where it ends before that can be told."""
        sweep, gathering = self.rows.get("sweep"), self.rows.get("machine gathering")
        if not sweep or not gathering or float(sweep["seconds"]) < 1e-3:
            return "–"
        rate = float(sweep["bytes"]) / float(sweep["seconds"])
        return f"{100 * rate / self.streaming:.0f} % / {100 * rate / float(gathering['bytes']):.0f} %"

    def gap(self) -> str:
        """How far the plan may be from the best."""
        gaps = [row for name, row in self.rows.items() if name.endswith("gap in millionths")]
        if not gaps:
            return ""
        gap = int(gaps[0]["bytes"])
        if gap == 1_000_000:
            return " (its minute ended before a first set)"
        return " (proved best)" if gap == 0 else f" (gap {gap / 1e4:.2g} %)"

    def memory(self) -> str:
        """The most memory held."""
        timed = ("reach", "price", "plan")
        held = [int(row["bytes"]) for name, row in self.rows.items() if name.startswith(timed) and "gap" not in name]
        return f"{max(held) / 2**20:,.0f}" if held else "–"


def part(name: str, columns: list[Column]) -> list[str]:
    """The lines of one kind of estate."""
    lines = {
        "reach of all": lambda column: column.seconds("reach"),
        "of that, before the sweep": lambda column: column.seconds("condense"),
        "sweep, of what the machine streams / gathers": Column.shares,
        "1,000 fixes, each exact": lambda column: column.seconds("price"),
        "best five of 100 fixes": lambda column: column.seconds("plan best 5") + column.gap(),
        "most memory, MiB": Column.memory,
    }
    head = [f"| **{name}** |" + " |" * len(columns)]
    return head + [f"| {title} | " + " | ".join(tell(column) for column in columns) + " |" for title, tell in lines.items()]


def table(rows: Rows, shape: str, streaming: float) -> list[str]:
    """The lines of one shape: a part for each kind, a column for each size."""
    sizes = sorted({int(row["steps"]) for row in rows})
    lines = [f"| {shape}, seconds | " + " | ".join(f"{size:,} steps" for size in sizes) + " |"]
    lines.append("| --- |" + " --- |" * len(sizes))
    for (ands, conditional), name in KINDS.items():
        columns = []
        for size in sizes:
            is_of = {"steps": str(size), "shape": shape, "ands": ands, "conditional": conditional}
            of = [row for row in rows if all(row[key] == value for key, value in is_of.items())]
            columns.append(Column(of, streaming))
        lines += part(name, columns)
    return lines


def main() -> None:
    """Replaces what stands between the marks."""
    document, measurements = Path(sys.argv[1]), Path(sys.argv[2])
    with measurements.open(newline="") as file:
        rows = list(csv.DictReader(file))
    streaming = median(float(row["bytes"]) for row in rows if row["what"] == "machine streaming")
    rows = [row for row in rows if row["steps"]]
    lines = [BEGIN, ""]
    for shape in dict.fromkeys(row["shape"] for row in rows):
        lines += [*table(rows, shape, streaming), ""]
    machine = f"{rows[-1]['machine']}, {rows[-1]['date']}; it streams {streaming / 1e9:.1f} GB/s."
    before, rest = document.read_text().split(BEGIN)
    document.write_text(before + "\n".join([*lines, machine, "", END]) + rest.split(END)[1])


if __name__ == "__main__":
    main()
