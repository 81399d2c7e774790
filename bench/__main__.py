"""``python -m bench``: every benchmark, one table, and the figures in ``bench/results.json``.

Decides how figures are shown and kept, and which of them have a target. What is measured, and how, is each benchmark's
own. A missed target is told, not an error: the machine may have been busy.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import calls_bench, console_bench, menu_bench, pop_bench, router_bench, start_bench
from hotline.runtime import find_runtime

RESULTS = Path(__file__).with_name("results.json")
BENCHES = {
    "router": router_bench.measure, "start": start_bench.measure, "menus": menu_bench.measure, "pops": pop_bench.measure,
    "console": console_bench.measure, "calls": calls_bench.measure,
}  # fmt: skip

TARGETS: Mapping[str, float] = {
    "cpu_per_call_ratio": 1.1,
    "offer_latency_ms.ours.p50": 50,
    "console_update_ms.page.p99": 500,
    "screen_pop_ms.p99": 200,
    "screen_pop_ms.invites_before_pop": 0,
    "menu_response_ms.callers_100.p99": 150,
    "menu_response_ms.callers_300.late": 0,
    "router_decision_us.waiting_10000.p50_us": 50,
    "router_decision_us.waiting_10000.p99_us": 1000,
    "router_decision_growth": 2,
}
"""Figure -> the most that it may be."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    figure: str
    value: float
    at_most: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the target was met; empty when there is none."""
        if self.at_most is None:
            return ""
        return "met" if self.value <= self.at_most else "MISSED"


def lines(figures: Mapping[str, Any], prefix: str = "") -> Iterator[Line]:
    """Every number of the nested ``figures`` under its dotted name; lists, which are for the JSON, are left out."""
    for name, value in figures.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from lines(value, f"{path}.")
        elif isinstance(value, int | float):
            yield Line(path, value, TARGETS.get(path))


def table(figures: Mapping[str, Any]) -> str:
    """Figure, value, target and whether it was met; a benchmark that was not run has no lines."""
    rows = [("figure", "value", "target", "")]
    for line in lines(figures):
        target = "" if line.at_most is None else f"<= {line.at_most:g}"
        rows.append((line.figure, f"{line.value:,.3f}".rstrip("0").rstrip("."), target, line.verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:<{widths[3]}}".rstrip() for row in rows)


def results(figures: Mapping[str, Any], at: datetime, asterisk: str, quick: bool) -> dict[str, Any]:
    """What is kept: the figures, and what they were measured with. ``at`` has a zone, or ValueError."""
    if at.tzinfo is None:
        raise ValueError("the time of a measurement has a zone")
    machine = {"asterisk": asterisk, "python": platform.python_version(), "cpu_count": os.cpu_count(), "system": platform.platform()}
    return {"measured_at": at.isoformat(timespec="seconds"), "quick": quick, **machine, "targets": dict(TARGETS), "figures": dict(figures)}


def asterisk_version() -> str:
    """What the Asterisk says that the benchmarks use."""
    asked = subprocess.run([*find_runtime().command, "-V"], capture_output=True, text=True, check=True)
    return asked.stdout.strip().removeprefix("Asterisk ")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="script/bench", description="Run the benchmarks; print a table and write their figures.")
    parser.add_argument("--quick", action="store_true", help="fewer calls and rounds: minutes less, and figures that scatter more")
    parser.add_argument("--only", choices=tuple(BENCHES), help="one benchmark only")
    parser.add_argument("--output", type=Path, default=RESULTS, metavar="FILE", help="where the figures go (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    figures: dict[str, Any] = {}
    for name in [chosen.only] if chosen.only else BENCHES:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        figures |= BENCHES[name](chosen.quick)
    kept = results(figures, datetime.now(UTC), asterisk_version(), chosen.quick)
    chosen.output.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
