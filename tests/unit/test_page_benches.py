"""The pages' benchmarks: what they make of what was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bench.pop_bench import figures
from hotline.simulated_phones import PhoneHeard

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(milliseconds: float) -> datetime:
    return NOON + timedelta(milliseconds=milliseconds)


def invite(milliseconds: float) -> PhoneHeard:
    return PhoneHeard("invite", "2001", after(milliseconds), f"call at {milliseconds}")


def epoch_ms(milliseconds: float) -> float:
    return after(milliseconds).timestamp() * 1000


def test_a_pop_is_as_late_as_it_was_painted_and_an_invite_before_it_is_counted() -> None:
    made = {"li": [("c/o1", NOON), ("d/o1", after(1000)), ("e/o1", after(2000))]}
    painted = {"li": {"c/o1": epoch_ms(30), "d/o1": epoch_ms(1040), "e/o1": epoch_ms(2050)}}
    measured = figures(made, painted, {"li": "2001"}, [invite(35), invite(1039), invite(2060)])["screen_pop_ms"]
    assert (measured["p50"], measured["most"], measured["samples"], measured["invites_before_pop"]) == (40.0, 50.0, 3, 1)


def test_a_pop_that_was_never_seen_is_no_figure_but_a_failure() -> None:
    with pytest.raises(RuntimeError, match="li never saw the pop of c/o1"):
        figures({"li": [("c/o1", NOON)]}, {"li": {"c/o1": None}}, {"li": "2001"}, [invite(35)])


def test_a_phone_that_did_not_ring_for_each_offer_is_a_failure() -> None:
    with pytest.raises(RuntimeError, match="1 offers, but 0 INVITEs"):
        figures({"li": [("c/o1", NOON)]}, {"li": {"c/o1": epoch_ms(30)}}, {"li": "2001"}, [])
