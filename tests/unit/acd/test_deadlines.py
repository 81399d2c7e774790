from __future__ import annotations

from dataclasses import dataclass

from acd.deadlines import CATCH_UP_US, Deadlines, Due
from acd.instants import span


@dataclass
class Thing:
    id: str
    stage_ends_us: int | None = None
    wrap_ends_us: int | None = None
    overdue_us: int | None = None


def taken(deadlines: Deadlines, now_us: int) -> list[tuple[Due, str]]:
    return [(kind, thing.id) for kind, thing in deadlines.take_due(now_us)]


def test_what_is_due_comes_in_order_of_time_then_kind_then_id() -> None:
    deadlines, a, b = Deadlines(), Thing("a"), Thing("b")
    deadlines.set(Due.WRAP_UP_OVER, a, 5)
    deadlines.set(Due.STAGE_OVER, b, 5)
    deadlines.set(Due.STAGE_OVER, a, 5)
    deadlines.set(Due.WRAP_UP_OVER, b, 4)
    assert taken(deadlines, 5) == [(Due.WRAP_UP_OVER, "b"), (Due.STAGE_OVER, "a"), (Due.STAGE_OVER, "b"), (Due.WRAP_UP_OVER, "a")]
    assert deadlines.next() is None


def test_one_that_was_moved_or_cancelled_is_stale() -> None:
    deadlines, a = Deadlines(), Thing("a")
    deadlines.set(Due.STAGE_OVER, a, 5)
    deadlines.set(Due.STAGE_OVER, a, 7)
    assert deadlines.next() == 7
    a.stage_ends_us = None
    assert deadlines.next() is None


def test_asking_for_the_next_one_does_not_change_the_order() -> None:
    orders = []
    for asked in (True, False):
        deadlines, a, b = Deadlines(), Thing("a"), Thing("b")
        deadlines.set(Due.STAGE_OVER, a, 5)
        a.stage_ends_us = None
        deadlines.set(Due.STAGE_OVER, b, 5)
        if asked:
            deadlines.next()
        deadlines.set(Due.STAGE_OVER, a, 5)
        orders.append(taken(deadlines, 5))
    assert orders[0] == orders[1]


def test_what_awaits_news_is_looked_at_before_so_that_it_is_known_who_was_held_up() -> None:
    """The phone was answered, and then the engine stood still until its patience was just over: the news are there, unheard."""
    patience, before = span(16.0), span(14.0)
    heard, held_up = Deadlines(), Deadlines()
    for deadlines in (heard, held_up):
        deadlines.set(Due.OFFER_OVERDUE, Thing("a"), patience)
    assert taken(heard, before) == [] and heard.next() == patience
    assert taken(heard, patience) == [(Due.OFFER_OVERDUE, "a")], "who was not held up has heard what there was to hear"
    assert taken(held_up, patience) == [] and held_up.next() == patience + CATCH_UP_US
    assert taken(held_up, patience + CATCH_UP_US) == [(Due.OFFER_OVERDUE, "a")]
