"""Who calls, as a source outside of this house knows him: the customer, what he has, what is open, and what he was promised.

Holds value objects only. Where they come from is ``cti.customers``' matter, what the menu makes of them ``ivr.returning``'s. A customer
goes into the journal with ``CallerRecognised``, so that a replay needs no source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from acd.model import AgentId

STANDARD_TIER = "standard"
"""What a customer is of whom nothing else is said; a segment of the same name is in every configuration."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Something that is not solved yet."""

    id: str
    product_line: str
    level: str = ""
    """How deep it is (``L2``); '' when the source does not say."""
    engineer: AgentId | None = None
    """Who works on it."""
    subject: str = ""
    state: str = ""
    """How far it is, in the source's word; '' when it does not say."""
    due_at: datetime | None = None
    """Until when it is promised to be solved."""


@dataclass(frozen=True, slots=True)
class DuePromise:
    """What the customer was promised, and when it is due."""

    what: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. Texts are the source's own; '' for what it does not say."""

    id: str
    name: str
    tier: str = STANDARD_TIER
    """The segment that his calls are served as."""
    language: str = ""
    products: tuple[str, ...] = ()
    """What he has, as people read it: models, serial numbers."""
    cases: tuple[OpenCase, ...] = ()
    promises: tuple[DuePromise, ...] = ()
    warranties: tuple[str, ...] = ()
    """To each product, the day (``2027-03-31``) on which its warranty ends; '' where that is not known. May be shorter."""
