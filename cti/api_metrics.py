"""The live view as figures for Prometheus. Reads the board when it is asked; keeps nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from acd.board import QueueView
from acd.model import AgentState, CallState
from acd.ports import Engine

QUEUE_GAUGES = ("waiting", "ringing", "talking", "agents_ready")
QUEUE_COUNTERS = ("offered", "answered", "answered_in_time", "abandoned")


class BoardFigures(Collector):
    """Calls and agents by state, and the queues' figures."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not ask an engine that has not started."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The figures now."""
        board = self._engine.board()
        yield _by_state("hotline_calls", "Live calls by state", CallState, Counter(call.state for call in board.calls))
        yield _by_state("hotline_agents", "Agents by state", AgentState, Counter(agent.state for agent in board.agents))
        for field in QUEUE_GAUGES:
            yield _filled(GaugeMetricFamily(f"hotline_queue_{field}", f"{field} per queue", labels=["queue"]), board.queues, field)
        for field in QUEUE_COUNTERS:
            family = CounterMetricFamily(f"hotline_queue_{field}", f"Calls {field} today, per queue", labels=["queue"])
            yield _filled(family, board.queues, field)


def _by_state(name: str, text: str, states: Iterable[str], counts: Counter[str]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["state"])
    for state in states:
        family.add_metric([str(state)], counts[state])
    return family


def _filled(family: GaugeMetricFamily | CounterMetricFamily, queues: Iterable[QueueView], field: str) -> Metric:
    for queue in queues:
        family.add_metric([queue.queue], getattr(queue, field))
    return family
