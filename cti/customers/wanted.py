"""What a source of customers is asked, and how it says that it can't answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from acd.customer import Customer
from acd.numbers import digits_of


class SourceFailed(Exception):
    """The source could not be asked, or its answer makes no sense; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to look for: those with this number, or those whom what the caller keyed belongs to. One of the two is ''."""

    number: str = ""
    """In its one spelling (``acd.numbers.e164``)."""
    keyed: str = ""
    """Digits: a customer's, a case's or a device's, whatever letters and signs the source writes between them."""
    country_code: str = "86"


class CustomerSource(Protocol):
    """Where customers are known."""

    async def find(self, wanted: Wanted) -> tuple[Customer, ...]:
        """Everybody whom it fits, in the source's order. Raises SourceFailed; may be cancelled at any time."""

    async def close(self) -> None:
        """Let go of files and connections."""


__all__ = ["CustomerSource", "SourceFailed", "Wanted", "digits_of"]
