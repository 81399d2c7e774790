"""First-call resolution, case by case, as its definition says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from acd.resolution import Resolution, Visit, first_call_resolution

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
LATER = MONDAY + timedelta(days=30)


def visit(day: float = 0, ani: str = "138", line: str = "printers", answered: bool = True, solved: bool | None = None) -> Visit:
    return Visit(ani, line, MONDAY + timedelta(days=day), answered, solved)


def of(*visits: Visit, until: datetime = LATER) -> Resolution:
    return first_call_resolution(visits, MONDAY, until, WEEK, until)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([visit()], Resolution(solved=1)),
        ([visit(), visit(3)], Resolution(unsolved=1)),
        ([visit(), visit(7)], Resolution(unsolved=1)),
        ([visit(), visit(8)], Resolution(solved=2)),
        ([visit(), visit(3, line="pcs")], Resolution(solved=2)),
        ([visit(), visit(3, ani="139")], Resolution(solved=2)),
        ([visit(solved=True), visit(3)], Resolution(solved=1)),
        ([visit(solved=False)], Resolution(unsolved=1)),
        ([visit(), visit(3, answered=False)], Resolution(unsolved=1)),
        ([visit(answered=False)], Resolution()),
        ([visit(answered=False), visit(1)], Resolution(solved=1)),
        ([visit(ani="")], Resolution(open=1)),
        ([visit(ani="", solved=True), visit(1, ani="", solved=False)], Resolution(solved=1, unsolved=1)),
        ([visit(-3), visit(0)], Resolution()),
        ([], Resolution()),
    ],
)
def test_cases(visits: list[Visit], expected: Resolution) -> None:
    assert of(*visits) == of(*reversed(visits)) == expected


def test_a_matter_stays_open_until_its_days_are_over() -> None:
    assert of(visit(), until=MONDAY + timedelta(days=7)) == Resolution(open=1)
    assert of(visit(), until=MONDAY + timedelta(days=7, seconds=1)) == Resolution(solved=1)


def test_who_called_again_is_no_failure_before_those_who_did_not_can_be_successes() -> None:
    """Else every new hotline would begin with a rate of 0 %."""
    third_day = MONDAY + timedelta(days=3)
    found = of(visit(), visit(1), visit(ani="139"), until=third_day)
    assert (found, found.rate) == (Resolution(open=2), None)
    assert of(visit(), visit(1), visit(ani="139"), until=MONDAY + timedelta(days=7, seconds=1)) == Resolution(solved=1, unsolved=1)


def test_what_the_caller_says_counts_at_once() -> None:
    assert of(visit(solved=False), visit(1, ani="139", solved=True), until=MONDAY + timedelta(days=2)) == Resolution(solved=1, unsolved=1)


def test_the_rate_leaves_out_what_is_open_and_is_none_when_nothing_is_known() -> None:
    assert Resolution(3, 1, 10).rate == 0.75
    assert Resolution(open=4).rate is None
