"""The demo's summary counts what it says it counts, and finds every way in which a call can be lost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acd.events import CallArrived, CallDiverted, ExchangeSeen, SeenCall
from acd.model import CallId, Level, QueueId
from acd.plan import Plan, QueuePlan
from hotline.demo_summary import Summary, printed, summarize, taken_over
from skills.expression import EVERYBODY
from skills.requirement import Requirement, Step

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PLAN = Plan(queues=(QueuePlan(QueueId("pcs.L1"), "pcs", Level.L1, Requirement((Step("all", EVERYBODY),)), service_level_seconds=20.0),))


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


STEPS = {("main-1", "own line"): after(5), ("main-1", "anybody"): after(20)}


def call(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "id": f"main-{number}", "ani": f"139{number}", "queue": "pcs.L1", "state": "ended", "arrived_at": NOON, "queued_at": after(5),
        "answered_at": after(10), "ended_at": after(60), "end_cause": "agent_hung_up",
    }  # fmt: skip
    return {**row, **changes}


def offer(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "call": f"main-{number}", "queue": "pcs.L1", "attempt": 1, "step": "own line", "ringing_at": after(5.04),
        "agent_free_since": after(-100),
    }  # fmt: skip
    return {**row, **changes}


def summary(
    calls: list[dict[str, Any]], offers: list[dict[str, Any]] | None = None, placed: list[str] | None = None, survived: Sequence[str] = ()
) -> Summary:
    everybody = [one["ani"] for one in calls]
    return summarize(everybody if placed is None else placed, calls, offers or [], STEPS, [one["id"] for one in calls], survived, PLAN)


def test_calls_are_counted_by_what_became_of_them() -> None:
    in_menu = call(1, queue=None, queued_at=None, answered_at=None, end_cause="abandoned_in_menu")
    abandoned = call(2, answered_at=None, end_cause="abandoned_waiting")
    late = call(3, answered_at=after(25.1))
    figures = summary([in_menu, abandoned, late, call(4)])
    assert (figures.placed, figures.offered, figures.answered, figures.abandoned, figures.in_menu) == (4, 3, 2, 1, 1)
    assert figures.service_level == pytest.approx(1 / 3)
    assert figures.lost == ()


def test_a_diverted_call_did_not_leave_in_the_menu() -> None:
    by_rule = call(1, answered_at=None, end_cause="diverted")
    before_a_queue = call(2, queue=None, queued_at=None, answered_at=None, end_cause="diverted")
    figures = summary([by_rule, before_a_queue, call(3)])
    assert (figures.offered, figures.in_menu, figures.diverted, figures.lost) == (2, 0, 2, ())
    assert "diverted        2" in printed(figures)


def test_when_every_menu_fails_every_call_is_lost() -> None:
    failed = [call(number, queue=None, queued_at=None, answered_at=None, end_cause="diverted") for number in (1, 2)]
    figures = summary(failed, survived=["main-2", "main-1", "main-1"])
    assert figures.lost == ("main-1 was taken over by Asterisk's own queue", "main-2 was taken over by Asterisk's own queue")


def test_the_journal_tells_whom_asterisk_took_over() -> None:
    events = [
        CallArrived(CallId("main-1"), "1391", "", "4001", ""),
        CallDiverted(CallId("main-1"), "survival"),
        ExchangeSeen("main", (SeenCall(CallId("main-2"), "survival"), SeenCall(CallId("main-3"), "hold")), ()),
    ]
    assert set(taken_over(events)) == {"main-1", "main-2"}


@pytest.mark.parametrize(
    ("changes", "milliseconds"),
    [
        ({}, 40),
        ({"agent_free_since": after(8), "ringing_at": after(8.03)}, 30),
        ({"step": "anybody", "ringing_at": after(20.05)}, 50),
        ({"step": "anybody", "ringing_at": after(30.05), "agent_free_since": after(30)}, 50),
    ],
    ids=["free agent", "agent becomes free", "the requirement relaxes", "relaxed, then an agent becomes free"],
)
def test_latency_starts_when_agent_and_call_are_both_there(changes: dict[str, Any], milliseconds: float) -> None:
    assert summary([call(1)], [offer(1, **changes)]).latency_ms(50) == pytest.approx(milliseconds)


def test_who_was_called_back_is_counted_and_has_no_latency() -> None:
    rows = [{"call": "main-1", "state": "reached"}, {"call": "main-2", "state": "cancelled"}]
    calls, offers = [call(1), call(2), call(3)], [offer(1, ringing_at=after(50)), offer(3)]
    figures = summarize([one["ani"] for one in calls], calls, offers, STEPS, [one["id"] for one in calls], [], PLAN, rows)
    assert (figures.promised, figures.reached, len(figures.latencies_seconds)) == (2, 1, 1)
    assert "called back     1  (of 2 who were promised it)" in printed(figures)


def test_percentiles_are_those_of_the_nearest_rank() -> None:
    figures = summary([call(1)], [offer(1, ringing_at=after(5 + number / 1000)) for number in range(1, 101)])
    assert figures.latency_ms(50) == pytest.approx(50)
    assert figures.latency_ms(99) == pytest.approx(99)


def test_without_calls_there_are_no_figures_but_no_loss_either() -> None:
    figures = summary([])
    assert figures.service_level is None
    assert figures.latency_ms(99) is None
    assert "lost            0" in printed(figures)


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (summary([], placed=["1391"]), "1391 called 1 times, the records have 0 calls"),
        (summary([call(1), call(2, ani="1391")], placed=["1391"]), "1391 called 1 times, the records have 2 calls"),
        (summary([call(1, ended_at=None, end_cause=None, state="waiting")]), "main-1 of 1391 has no outcome: it is waiting"),
        (summarize([], [], [], {}, ["main-9"], [], PLAN), "main-9 is in the journal and not in the records"),
    ],
    ids=["not recorded", "recorded twice", "never ended", "journal only"],
)
def test_a_lost_call_is_told(figures: Summary, sentence: str) -> None:
    assert figures.lost == (sentence,)
    assert sentence in printed(figures)
