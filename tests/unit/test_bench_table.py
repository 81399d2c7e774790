"""The benchmarks' table and file say what was measured, against which target, and with what."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bench.__main__ as bench_command
from bench.__main__ import TARGETS, lines, main, results, table

FIGURES = {
    "router_decision_us": {"waiting_100": {"p50_us": 9.5}, "waiting_10000": {"p50_us": 12.5, "p99_us": 1200.0}},
    "router_decision_growth": 2,
    "cpu_per_call_ratio": 1.25,
    "cpu_per_call_ratio_by_block": [1.2, 1.3],
    "offer_latency_ms": {"ours": {"p50": 21.0, "samples": 15000}},
}


def test_a_figure_within_its_target_has_met_it_and_one_beyond_has_missed_it() -> None:
    verdicts = {line.figure: line.verdict for line in lines(FIGURES)}
    assert verdicts == {
        "router_decision_us.waiting_100.p50_us": "",
        "router_decision_us.waiting_10000.p50_us": "met",
        "router_decision_us.waiting_10000.p99_us": "MISSED",
        "router_decision_growth": "met",
        "cpu_per_call_ratio": "MISSED",
        "offer_latency_ms.ours.p50": "met",
        "offer_latency_ms.ours.samples": "",
    }


def test_the_table_has_a_line_for_each_figure() -> None:
    head, *rows = table(FIGURES).splitlines()
    assert head.split() == ["figure", "value", "target"]
    assert [row.split() for row in rows] == [
        ["router_decision_us.waiting_100.p50_us", "9.5"],
        ["router_decision_us.waiting_10000.p50_us", "12.5", "<=", "50", "met"],
        ["router_decision_us.waiting_10000.p99_us", "1,200", "<=", "1000", "MISSED"],
        ["router_decision_growth", "2", "<=", "2", "met"],
        ["cpu_per_call_ratio", "1.25", "<=", "1.1", "MISSED"],
        ["offer_latency_ms.ours.p50", "21", "<=", "50", "met"],
        ["offer_latency_ms.ours.samples", "15,000"],
    ]


def test_figures_are_kept_with_what_they_were_measured_with() -> None:
    kept = results(FIGURES, datetime(2026, 3, 2, 8, tzinfo=UTC), "22.10.1", quick=True)
    assert json.loads(json.dumps(kept)) == kept
    assert (kept["figures"], kept["targets"]) == (FIGURES, TARGETS)
    assert (kept["measured_at"], kept["asterisk"], kept["quick"]) == ("2026-03-02T08:00:00+00:00", "22.10.1", True)
    assert {"python", "cpu_count"} <= set(kept)


def test_a_measurement_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        results(FIGURES, datetime(2026, 3, 2, 8), "22.10.1", quick=False)  # noqa: DTZ001  # that is the fault


def test_only_the_chosen_benchmark_is_run_and_what_it_gives_is_printed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, bool]] = []

    def bench(name: str) -> Callable[[bool], dict[str, float]]:
        def measure(quick: bool) -> dict[str, float]:
            asked.append((name, quick))
            return {"router_decision_growth": 1.5}

        return measure

    monkeypatch.setattr(bench_command, "BENCHES", {name: bench(name) for name in ("router", "calls")})
    monkeypatch.setattr(bench_command, "asterisk_version", lambda: "22.10.1")

    assert main(["--quick", "--only", "router", "--output", str(tmp_path / "results.json")]) == 0

    assert asked == [("router", True)]
    assert "router_decision_growth" in capsys.readouterr().out
    assert json.loads((tmp_path / "results.json").read_text())["figures"] == {"router_decision_growth": 1.5}
