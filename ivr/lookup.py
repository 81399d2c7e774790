"""What the menu asks of whoever knows the customers, as protocols; and an answer for a house in which nobody is known."""

from __future__ import annotations

from typing import Protocol

from acd.customer import Customer


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
