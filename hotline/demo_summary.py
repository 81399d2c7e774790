"""What a demo's calls came to, read from the records and the journal: the figures, and whether a call was lost.

A call is lost when a caller placed it and the records do not have it exactly once with an outcome, when the journal has a call that
never ended, or when Asterisk had to take it over although the engine was meant to run. The figures' formulas are printed beside them.
Nothing here knows that callers were simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from acd.events import CallDiverted, Event, ExchangeSeen
from acd.model import CallbackState, CallId, EndCause
from acd.plan import Plan

Row = Mapping[str, Any]
ABANDONED = frozenset({EndCause.ABANDONED_WAITING, EndCause.ABANDONED_RINGING})


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a stretch of time."""

    placed: int
    offered: int
    """Calls that reached a queue."""
    answered: int
    abandoned: int
    in_menu: int
    """Calls that left before they reached a queue, the diverted apart."""
    diverted: int
    """Calls sent elsewhere for good: by an overflow rule, by an engineer, or by Asterisk itself."""
    answered_in_time: int
    latencies_seconds: tuple[float, ...]
    """Of each offer, sorted: from the moment at which agent and call were both there to the agent's INVITE."""
    lost: tuple[str, ...]
    """What was lost, a sentence each."""
    promised: int = 0
    """Callbacks that callers were promised."""
    reached: int = 0
    """Those in which the customer was reached."""

    @property
    def service_level(self) -> float | None:
        """Answered within the queue's time over offered; None when none was offered."""
        return self.answered_in_time / self.offered if self.offered else None

    def latency_ms(self, percent: float) -> float | None:
        """The nearest-rank percentile of the offers' latencies in milliseconds; None without offers."""
        if not self.latencies_seconds:
            return None
        return self.latencies_seconds[max(0, ceil(percent / 100 * len(self.latencies_seconds)) - 1)] * 1000


Steps = Mapping[tuple[str, str], datetime]
"""(call, step of its requirement) -> when the call's need relaxed to it."""


def summarize(
    placed: Sequence[str], calls: Sequence[Row], offers: Sequence[Row], steps: Steps, journaled: Iterable[str],
    survived: Iterable[str], plan: Plan, callbacks: Sequence[Row] = (),
) -> Summary:  # fmt: skip
    """The summary of what callers placed (the number of each), of the records' calls, offers and steps, and of the calls journaled.

    ``survived`` are those that Asterisk itself took over, because the engine did not do its part. Calls with ``callbacks`` have no latency:
    between agent and customer, somebody has to answer first.
    """
    called_back = {row["call"] for row in callbacks}
    queued = [call for call in calls if call["queued_at"] is not None]
    causes = Counter(call["end_cause"] for call in calls)
    return Summary(
        placed=len(placed),
        offered=len(queued),
        answered=sum(call["answered_at"] is not None for call in queued),
        abandoned=sum(causes[cause] for cause in ABANDONED),
        in_menu=sum(call["queued_at"] is None and call["end_cause"] != EndCause.DIVERTED for call in calls),
        diverted=causes[EndCause.DIVERTED],
        answered_in_time=sum(_answered_in_time(call, plan) for call in queued),
        latencies_seconds=tuple(sorted(_latencies([call for call in calls if call["id"] not in called_back], offers, steps))),
        lost=(*_lost(placed, calls, journaled), *(f"{call} was taken over by Asterisk's own queue" for call in sorted(set(survived)))),
        promised=len(callbacks),
        reached=sum(row["state"] == CallbackState.REACHED for row in callbacks),
    )


def _answered_in_time(call: Row, plan: Plan) -> bool:
    limit = next(queue.service_level_seconds for queue in plan.queues if queue.id == call["queue"])
    return call["answered_at"] is not None and call["answered_at"] - call["queued_at"] <= timedelta(seconds=limit)


def _latencies(calls: Sequence[Row], offers: Sequence[Row], steps: Steps) -> Iterator[float]:
    """First offers only: a later one follows a miss, whose own delays are configured."""
    by_id = {call["id"]: call for call in calls}
    for offer in offers:
        call = by_id.get(offer["call"])
        if call is not None and offer["attempt"] == 1 and offer["ringing_at"] is not None and offer["agent_free_since"] is not None:
            yield (offer["ringing_at"] - _possible_since(call, offer, steps)).total_seconds()


def _possible_since(call: Row, offer: Row, steps: Steps) -> datetime:
    """When both were there: the agent free, the call queued, and its requirement relaxed to the step that admitted the agent."""
    moments: list[datetime] = [call["queued_at"], offer["agent_free_since"]]
    relaxed = steps.get((offer["call"], offer["step"]))
    return max(moments if relaxed is None else [*moments, relaxed])


def _lost(placed: Sequence[str], calls: Sequence[Row], journaled: Iterable[str]) -> Iterator[str]:
    rung, recorded = Counter(placed), Counter(call["ani"] for call in calls)
    for ani in sorted(rung.keys() | recorded.keys()):
        if rung[ani] != recorded[ani]:
            yield f"{ani} called {rung[ani]} times, the records have {recorded[ani]} calls"
    for call in calls:
        if call["ended_at"] is None or not call["end_cause"]:
            yield f"{call['id']} of {call['ani']} has no outcome: it is {call['state']}"
    for unrecorded in sorted(set(journaled) - {call["id"] for call in calls}):
        yield f"{unrecorded} is in the journal and not in the records"


def taken_over(events: Iterable[Event]) -> Iterator[CallId]:
    """The calls that went to survival, of all that happened; one may come twice."""
    for event in events:
        if isinstance(event, CallDiverted):
            yield event.call
        elif isinstance(event, ExchangeSeen):
            yield from (seen.call for seen in event.calls if seen.place == "survival")


def printed(summary: Summary) -> str:
    """The summary as lines for a person."""
    level = summary.service_level
    lines = [
        f"calls placed    {summary.placed}",
        f"offered         {summary.offered}  (reached a queue; {summary.in_menu} left in the menu)",
        f"answered        {summary.answered}",
        f"abandoned       {summary.abandoned}  (while waiting or ringing)",
        f"diverted        {summary.diverted}  (sent elsewhere for good)",
        f"called back     {summary.reached}  (of {summary.promised} who were promised it)",
        f"service level   {'-' if level is None else f'{level:.0%}'}  (answered within the queue's time / offered)",
        f"offer latency   p50 {_ms(summary.latency_ms(50))}, p99 {_ms(summary.latency_ms(99))}  (agent free and call queued -> INVITE)",
        f"lost            {len(summary.lost)}",
    ]
    return "\n".join([*lines, *(f"  {sentence}" for sentence in summary.lost)])


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} ms"
