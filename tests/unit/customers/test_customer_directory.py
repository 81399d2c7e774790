"""A source may be slow, broken or dead: a lookup answers in time all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import structlog
from structlog.testing import capture_logs

from acd.customer import Customer, OpenCase
from cti.breaker import Breaker
from cti.customers import CustomerDirectory
from cti.customers.directory import LONGEST_TEXT, MOST_CUSTOMERS, MOST_OF_EACH
from cti.customers.wanted import SourceFailed, Wanted

MA = Customer("C-100", "Ma")
ANI = "13800138000"


class Source:
    """Answers as it is told."""

    def __init__(self, answer: Callable[[], tuple[Customer, ...]] | None) -> None:
        self.answer = answer
        """None: never."""
        self.asked: list[Wanted] = []
        self.closed = False

    async def find(self, wanted: Wanted) -> tuple[Customer, ...]:
        self.asked.append(wanted)
        if self.answer is None:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")
        return self.answer()

    async def close(self) -> None:
        self.closed = True


def broken() -> tuple[Customer, ...]:
    raise SourceFailed("status 500")


def mad() -> tuple[Customer, ...]:
    raise KeyError("what")


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def directory(source: Source, time: Time | None = None, failures: int = 2, limit_seconds: float = 0.02) -> CustomerDirectory:
    return CustomerDirectory(source, Breaker(failures, 10.0), structlog.get_logger(), limit_seconds=limit_seconds, clock=time or Time())


async def test_the_source_is_asked_for_the_number_in_its_one_spelling() -> None:
    source = Source(lambda: (MA,))
    assert await directory(source).of_number("0086 138-0013-8000").customers() == (MA,)
    assert await directory(source).of_keys("100#").customers() == (MA,)
    assert [(wanted.number, wanted.keyed) for wanted in source.asked] == [("+8613800138000", ""), ("", "100")]


@pytest.mark.parametrize("ani", ["", "anonymous", "unknown"])
async def test_nobody_is_asked_about_a_withheld_number(ani: str) -> None:
    source = Source(broken)
    assert await directory(source).of_number(ani).customers() == ()
    assert source.asked == []


@pytest.mark.parametrize(("answer", "problem"), [(None, "no answer within 0.02 s"), (broken, "status 500"), (mad, "KeyError('what')")])
async def test_a_source_that_fails_makes_strangers_and_is_told_once(
    answer: Callable[[], tuple[Customer, ...]] | None, problem: str
) -> None:
    known = directory(Source(answer), failures=9)
    with capture_logs() as said:
        for _ in range(3):
            assert await known.of_number(ANI).customers() == ()
    assert said == [{"event": "customer_source_fails", "problem": problem, "log_level": "warning"}]


async def test_a_lookup_that_hangs_is_over_in_time() -> None:
    began = asyncio.get_running_loop().time()
    await directory(Source(None), limit_seconds=0.05).of_number(ANI).customers()
    assert 0.04 < asyncio.get_running_loop().time() - began < 1


async def test_the_question_is_under_way_before_anybody_waits_for_the_answer() -> None:
    source = Source(lambda: (MA,))
    directory(source).of_number(ANI)
    await asyncio.sleep(0)
    assert len(source.asked) == 1


async def test_a_dead_source_is_left_alone_and_tried_again_after_the_pause() -> None:
    source, time = Source(broken), Time()
    known = directory(source, time)
    with capture_logs() as said:
        for _ in range(5):
            await known.of_number(ANI).customers()
        assert len(source.asked) == 2
        time.now += 10.0
        first, second = known.of_number(ANI), known.of_number(ANI)
        await asyncio.gather(first.customers(), second.customers())
        assert len(source.asked) == 3, "one question is the try"
        time.now += 10.0
        source.answer = lambda: (MA,)
        assert await known.of_number(ANI).customers() == (MA,)
        assert await known.of_number(ANI).customers() == (MA,)
    assert [line["event"] for line in said] == ["customer_source_fails", "customer_source_answers"]


async def test_an_endless_answer_is_cut() -> None:
    cases = tuple(OpenCase(f"T-{number}", "pcs", subject="x" * 999) for number in range(99))
    source = Source(lambda: tuple(Customer(f"C-{number}", "y" * 999, cases=cases) for number in range(99)))
    found = await directory(source).of_number(ANI).customers()
    assert (len(found), len(found[0].cases)) == (MOST_CUSTOMERS, MOST_OF_EACH)
    assert (len(found[0].name), len(found[0].cases[0].subject)) == (LONGEST_TEXT, LONGEST_TEXT)


async def test_closing_lets_what_is_under_way_come_to_its_end() -> None:
    source = Source(None)
    known = directory(source)
    lookup = known.of_number(ANI)
    await known.close()
    assert source.closed
    assert await lookup.customers() == ()
