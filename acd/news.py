"""News that an incident is solved, for those who pressed the key to be told: what is ordered, what comes back, how it stands. No rules.

``key`` names one attempt at one number, as ``<call>/n<attempt>``, with the call in which he asked; so what is late or told twice is
recognised, and nobody is dialled twice for one attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from acd.model import CallId, Level, QueueId, Word


class NewsState(Word):
    """How far the news has come to one number."""

    NOTED = "noted"
    """He wants to be told; the incident runs, or was solved without telling anybody."""
    DUE = "due"
    """He will be rung."""
    RINGING = "ringing"
    TOLD = "told"
    ENGINEER = "engineer"
    """Told, and he wanted an engineer."""
    IN_VAIN = "in_vain"
    """Not reached in all attempts, or his number may not be dialled any more."""


@dataclass(slots=True)
class News:
    """One number that is to be told, and what is known of him from the call in which he asked."""

    number: str
    call: CallId
    queue: QueueId
    product_line: str
    level: Level
    language: str
    segment: str
    arrived_us: int
    """When he rang in: his place, should he want an engineer."""
    noted_at: datetime
    state: NewsState = NewsState.NOTED
    attempts: int = 0
    again_us: int = 0
    """Not rung before; while he is rung, when that counts as in vain."""

    @property
    def key(self) -> str:
        """The idempotency key of the last attempt."""
        return f"{self.call}/n{self.attempts}"


@dataclass(slots=True, eq=False)
class Teller:
    """When to look again whom to ring, as a deadline."""

    id: str = "teller"
    next_us: int | None = None


# ---- events --------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewsTold:
    """He has answered, and heard it."""

    call: CallId
    key: str


@dataclass(frozen=True, slots=True)
class NewsUntold:
    """He was not reached, or hung up before he had heard it."""

    call: CallId
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EngineerWanted:
    """He has heard it and wants an engineer: ``call`` is a new one, his telephone's now, and is queued next."""

    call: CallId
    key: str


NewsEvent = Union[NewsTold, NewsUntold, EngineerWanted]


# ---- effects -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TellSolved:
    """Ring a number and say that the fault with the product line is solved; done at most once for each ``key``."""

    call: CallId
    """In which he asked, and which is long over."""
    key: str
    number: str
    queue: QueueId
    product_line: str
    language: str
    segment: str
    ring_seconds: float


@dataclass(frozen=True, slots=True)
class NewsChanged:
    """How far the news has come to one number; told of the call in which he asked."""

    call: CallId
    incident: str
    number: str
    state: NewsState
    attempts: int
    detail: str = ""
