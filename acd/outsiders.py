"""What the telephone of somebody outside the house tells, who is asked about a call: events as those of ``acd.events``.

``consult`` names the asking, as ``AskOutside`` does; so what is late or told twice is recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from acd.model import CallId, MissCause, OfferId


@dataclass(frozen=True, slots=True)
class OutsideAnswered:
    """He and the agent talk."""

    call: CallId
    consult: OfferId


@dataclass(frozen=True, slots=True)
class OutsideMissed:
    """He did not answer, is busy, refuses, or can't be rung."""

    call: CallId
    consult: OfferId
    cause: MissCause


@dataclass(frozen=True, slots=True)
class OutsideFailed:
    """He could not be rung, through a fault on our side or at the exchange."""

    call: CallId
    consult: OfferId
    detail: str


@dataclass(frozen=True, slots=True)
class OutsideLeft:
    """He has put his phone down."""

    call: CallId
    consult: OfferId


OutsideNews = Union[OutsideAnswered, OutsideMissed, OutsideFailed, OutsideLeft]
