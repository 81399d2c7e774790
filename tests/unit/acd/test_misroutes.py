"""The misroute ledger: what is wasted, what is counted together, what comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from acd.misroutes import Routed, ledger, wasted_seconds
from acd.model import Level

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PATH = (("language", "2", "english"), ("product", "2", "pcs"))
RIGHT = Routed("4001", "old PC line", PATH, "pcs.L1", "pcs.L1", "li.wei", 0, NOON, NOON)
WRONG = replace(RIGHT, queue="printers.L2", resolver="sun.li", transfers=1, settled_at=NOON + timedelta(minutes=4))
LEFT = replace(WRONG, resolver=None)


def test_a_call_that_was_solved_where_it_was_sent_wasted_nothing() -> None:
    assert wasted_seconds(RIGHT) == 0
    assert wasted_seconds(replace(RIGHT, settled_at=NOON + timedelta(minutes=1))) == 0


def test_a_call_wastes_the_time_until_it_comes_to_who_solves_it() -> None:
    assert wasted_seconds(WRONG) == 240
    same_queue = replace(RIGHT, transfers=1, settled_at=NOON + timedelta(minutes=2))
    assert wasted_seconds(same_queue) == 120, "handed to another person of the same queue"
    assert wasted_seconds(LEFT) == 0, "nobody solved it"


def test_calls_of_the_same_way_are_one_row_and_the_costliest_comes_first() -> None:
    worst, usual, left = ledger([RIGHT, WRONG, LEFT, WRONG, RIGHT, RIGHT])
    assert (worst.choices, worst.first_queue, worst.queue, worst.level) == ("english / pcs", "pcs.L1", "printers.L2", Level.L2)
    assert (worst.calls, worst.transfers, worst.wasted_seconds, worst.misrouted) == (2, 2, 480, True)
    assert (usual.calls, usual.resolver, usual.misrouted) == (3, "li.wei", False)
    assert (left.queue, left.level, left.resolver, left.misrouted) == ("", None, "", False)


def test_who_was_handed_on_and_came_back_is_told_apart_from_those_who_were_never_away() -> None:
    back = replace(RIGHT, transfers=2, settled_at=NOON + timedelta(minutes=2))
    assert [(row.calls, row.misrouted, row.wasted_seconds) for row in ledger([RIGHT, back, RIGHT])] == [(1, True, 120), (2, False, 0)]


def test_a_call_that_overflowed_by_itself_is_no_misroute() -> None:
    overflowed = replace(RIGHT, queue="printers.L1", settled_at=NOON + timedelta(minutes=2))
    assert [(row.misrouted, row.wasted_seconds) for row in ledger([overflowed])] == [(False, 0)]


def test_without_agents_a_queue_is_one_row() -> None:
    other = replace(WRONG, resolver="wu.ting")
    assert len(ledger([WRONG, other])) == 2
    assert [row.calls for row in ledger([WRONG, other], by_agent=False)] == [2]


def test_who_never_reached_a_queue_is_in_no_row() -> None:
    assert ledger([replace(LEFT, first_queue=None)]) == []
