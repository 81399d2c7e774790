"""The engine's time goes on evenly, whatever is done to the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hotline.steady_clock import SteadyClock


class Hands:
    """A wall clock and a monotonic one, moved by the test."""

    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.steady = 50.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.steady)

    def pass_seconds(self, seconds: float) -> datetime:
        self.wall += seconds
        self.steady += seconds
        return self.clock()


def test_it_shows_the_wall_clocks_time_while_nobody_touches_that() -> None:
    hands = Hands()
    assert hands.pass_seconds(30).timestamp() == pytest.approx(hands.wall)
    assert hands.clock().tzinfo is UTC


@pytest.mark.parametrize("jump_seconds", [-600.0, 600.0])
def test_a_wall_clock_that_is_set_moves_it_by_a_tenth_of_the_time_that_passes(jump_seconds: float) -> None:
    hands = Hands()
    before = hands.clock()
    hands.wall += jump_seconds
    passed = (hands.pass_seconds(10) - before).total_seconds()
    assert passed == pytest.approx(10 + (1 if jump_seconds > 0 else -1))


def test_it_comes_to_agree_with_the_wall_clock_again() -> None:
    hands = Hands()
    hands.wall -= 5
    for _ in range(60):
        now = hands.pass_seconds(1)
    assert now.timestamp() == pytest.approx(hands.wall)


def test_it_never_runs_backwards() -> None:
    hands = Hands()
    hands.wall -= 3600
    times = [hands.pass_seconds(0.01) for _ in range(50)]
    assert times == sorted(set(times))


def test_it_begins_after_what_the_journal_has() -> None:
    hands = Hands()
    last = datetime.fromtimestamp(hands.wall + 100, UTC)
    hands.clock.not_before(last)
    assert hands.clock() > last
