"""What the menu asks of whoever knows the customers and the hours; and answers for a house in which nobody is known, and none is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from acd.customer import Customer
from acd.hours import OpenHours


class Lookup(Protocol):
    """A question, who somebody is, that is under way."""

    async def customers(self) -> tuple[Customer, ...]:
        """Who it may be, within a short time that began when the question was put; () for a stranger. Raises nothing."""


class Directory(Protocol):
    """Knows customers. Neither question blocks."""

    def of_number(self, ani: str) -> Lookup:
        """Begin to look for the people of a telephone number, as the network gave it; '' when it was withheld."""

    def of_keys(self, keyed: str) -> Lookup:
        """Begin to look for whom a caller means who keyed a telephone number, a customer's, or a case's."""


Hours = Callable[[str], OpenHours]
"""A queue's id -> its opening hours as they are to be told now."""


def never_closed(_: str) -> OpenHours:
    """For a house that always answers."""
    return OpenHours("", always=True)


class Strangers:
    """A directory without anybody in it, and its every answer."""

    def of_number(self, ani: str) -> Lookup:
        """Nobody."""
        return self

    def of_keys(self, keyed: str) -> Lookup:
        """Nobody."""
        return self

    async def customers(self) -> tuple[Customer, ...]:
        """Nobody."""
        return ()
