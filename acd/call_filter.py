"""Which calls somebody looks for, and what became of one in a word. Values; who looks them up is decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from acd.model import EndCause
from acd.scope import EVERYTHING, Scope


class Outcome(StrEnum):
    """What became of a call."""

    LIVE = "live"
    """It is not over."""
    ANSWERED = "answered"
    """Somebody talked to the caller, whatever came then."""
    ABANDONED = "abandoned"
    """He left while he waited, or while a phone rang for him."""
    LEFT_MENU = "left_menu"
    SENT_ELSEWHERE = "sent_elsewhere"
    """To a destination out of the queues."""
    NOT_CALLED_BACK = "not_called_back"
    """Not reached, or called off."""
    ENDED_OTHERWISE = "ended_otherwise"


WITHOUT_ANSWER: Mapping[EndCause, Outcome] = {
    EndCause.ABANDONED_WAITING: Outcome.ABANDONED,
    EndCause.ABANDONED_RINGING: Outcome.ABANDONED,
    EndCause.ABANDONED_IN_MENU: Outcome.LEFT_MENU,
    EndCause.DIVERTED: Outcome.SENT_ELSEWHERE,
    EndCause.CALLBACK_GIVEN_UP: Outcome.NOT_CALLED_BACK,
    EndCause.CALLBACK_CANCELLED: Outcome.NOT_CALLED_BACK,
}
"""Of a call that is over and that nobody answered; with any other cause it ended otherwise."""


def outcome_of(answered_at: datetime | None, ended_at: datetime | None, end_cause: str | None) -> Outcome:
    """What became of a call with these fields in its record."""
    if ended_at is None:
        return Outcome.LIVE
    if answered_at is not None:
        return Outcome.ANSWERED
    return next((outcome for cause, outcome in WITHOUT_ANSWER.items() if cause == end_cause), Outcome.ENDED_OTHERWISE)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Calls that arrived in [``since``, ``until``), of ``scope``, and of which all the rest is true; None: whatever it is."""

    since: datetime
    until: datetime
    scope: Scope = EVERYTHING
    number_ending: str | None = None
    """Digits that the caller's number ends with."""
    customer: str | None = None
    agent: str | None = None
    """Who talked to the caller, first, last or in between."""
    queue: str | None = None
    """It was in this queue at some time."""
    product_line: str | None = None
    entry: str | None = None
    """The dialled number, or its label."""
    outcome: Outcome | None = None
