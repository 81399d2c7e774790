"""Looks callers up: begins when the call arrives, and has an answer within the time limit, whatever becomes of the source.

Decides how long a source may take, when it is left alone, and how much of its answer is kept. It does not know how a source is asked, nor
what the menu makes of a customer. That a source fails is said once, and once that it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from acd.customer import Customer, DuePromise, OpenCase
from acd.numbers import e164
from cti.breaker import Breaker
from cti.customers.wanted import CustomerSource, SourceFailed, Wanted, digits_of

MOST_CUSTOMERS: Final = 8
"""So many people of one number are kept: they go into the journal and onto a card."""
MOST_OF_EACH: Final = 8
"""So many cases, promises and products of a customer."""
LONGEST_TEXT: Final = 200
LONGEST_ID: Final = 64
"""As long as the records' column."""


class Log(Protocol):
    """As much of a structlog logger as is used here."""

    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...


class Lookup:
    """A question that is under way."""

    def __init__(self, task: asyncio.Task[tuple[Customer, ...]]) -> None:
        self._task = task

    async def customers(self) -> tuple[Customer, ...]:
        """Who it is, as soon as that is known, or the time is over; () for a stranger. Raises nothing."""
        return await asyncio.shield(self._task)


class CustomerDirectory:
    """Asks one source. Use from the event loop's thread only."""

    def __init__(
        self, source: CustomerSource, breaker: Breaker, log: Log, *, limit_seconds: float = 0.3, country_code: str = "86",
        clock: Callable[[], float] | None = None,
    ) -> None:  # fmt: skip
        self._source = source
        self._breaker = breaker
        self._log = log
        self._limit_seconds = limit_seconds
        self._country_code = country_code
        self._clock = clock or asyncio.get_running_loop().time
        self._failing = False
        self._tasks: set[asyncio.Task[tuple[Customer, ...]]] = set()

    def of_number(self, ani: str) -> Lookup:
        """Begin to look for the people of a number, as the network gave it."""
        return self._begin(Wanted(number=e164(ani, self._country_code), country_code=self._country_code))

    def of_keys(self, keyed: str) -> Lookup:
        """Begin to look for whom a caller means who keyed a telephone number, a customer's, or a case's."""
        return self._begin(Wanted(keyed=digits_of(keyed), country_code=self._country_code))

    async def close(self) -> None:
        """Let what is under way come to its end, within the time limit, and nobody is looked up any more."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._source.close()

    def _begin(self, wanted: Wanted) -> Lookup:
        task = asyncio.get_running_loop().create_task(self._found(wanted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return Lookup(task)

    async def _found(self, wanted: Wanted) -> tuple[Customer, ...]:
        if not (wanted.number or wanted.keyed) or not self._breaker.allows(self._clock()):
            return ()
        try:
            async with asyncio.timeout(self._limit_seconds):
                found = await self._source.find(wanted)
        except TimeoutError:
            self._failed(f"no answer within {self._limit_seconds:g} s")
        except SourceFailed as problem:
            self._failed(str(problem))
        except Exception as problem:  # noqa: BLE001  whatever it is, it must not cost the caller more than being a stranger
            self._failed(repr(problem))
        else:
            self._answered()
            return bounded(found)
        return ()

    def _failed(self, problem: str) -> None:
        self._breaker.failed(self._clock())
        if not self._failing:
            self._failing = True
            self._log.warning("customer_source_fails", problem=problem[:400])

    def _answered(self) -> None:
        if self._failing:
            self._failing = False
            self._log.info("customer_source_answers", failures=self._breaker.failures)
        self._breaker.answered()


def bounded(found: tuple[Customer, ...]) -> tuple[Customer, ...]:
    """What of an answer is kept."""
    return tuple(_short(customer) for customer in found[:MOST_CUSTOMERS])


def _short(customer: Customer) -> Customer:
    return replace(
        customer, id=customer.id[:LONGEST_ID], name=customer.name[:LONGEST_TEXT], tier=customer.tier[:LONGEST_ID],
        language=customer.language[:LONGEST_ID], products=tuple(text[:LONGEST_TEXT] for text in customer.products[:MOST_OF_EACH]),
        warranties=customer.warranties[:MOST_OF_EACH],
        cases=tuple(_short_case(case) for case in customer.cases[:MOST_OF_EACH]),
        promises=tuple(DuePromise(one.what[:LONGEST_TEXT], one.due_at) for one in customer.promises[:MOST_OF_EACH]),
    )  # fmt: skip


def _short_case(case: OpenCase) -> OpenCase:
    return replace(case, id=case.id[:LONGEST_ID], subject=case.subject[:LONGEST_TEXT], state=case.state[:LONGEST_ID])
