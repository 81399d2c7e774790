"""What a console is sent of a board that it knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from acd.board import Board
from cti.api_board_changes import KEYS, changes
from tests.unit.cti_api_house import waiting_call

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def put_over(before: Board, changed: dict[str, Any]) -> dict[str, list[Any]]:
    """What the page does (cti/web/src/state.ts)."""
    after: dict[str, list[Any]] = {}
    for part, key in KEYS.items():
        change = changed.get(part, {"put": [], "gone": []})
        put = {getattr(row, key): row for row in change["put"]}
        rows = getattr(before, part)
        kept = [put.pop(getattr(row, key), row) for row in rows if getattr(row, key) not in change["gone"]]
        after[part] = [*kept, *put.values()]
    return after


CALLS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 3)).map(
    lambda drawn: tuple(
        replace(waiting_call(name), arrived_at=NOON, state_since=NOON, queued_at=NOON, step=str(step)) for name, step in drawn.items()
    )
)


@given(CALLS, CALLS)
def test_changes_over_what_was_known_are_what_is(before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
    old, new = Board(NOON, before, (), ()), Board(NOON, after, (), ())
    changed = changes(old, new) or {}
    assert {row.call: row for row in put_over(old, changed)["calls"]} == {row.call: row for row in after}


@given(CALLS)
def test_what_is_as_it_was_is_not_said_again(calls: tuple[Any, ...]) -> None:
    before = Board(NOON, calls, (), ())
    assert changes(before, replace(before, at=NOON.replace(hour=13))) is None
    more = replace(waiting_call("g"), arrived_at=NOON)
    assert changes(before, replace(before, calls=(*calls, more))) == {"calls": {"put": [more], "gone": []}}
