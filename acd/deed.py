"""What a person did, as the audit log keeps it. A value; who writes and who reads it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what, when, to whom and why."""

    at: datetime
    who: str
    """The user's or token's name; at a failed login, the name that was given."""
    action: str
    """``login``, ``agents.state`` …: the part of the API that was asked, or the command's name."""
    role: str = ""
    via: str = "session"
    """``session``, ``token``, ``cli``, ``signal`` or ``phone``."""
    address: str = ""
    target: str = ""
    """The agent, call, user … it was done to."""
    why: str = ""
    """The reason that he gave."""
    outcome: str = "done"
    """``done``, ``failed`` (a login) or ``refused`` (it was not his to do)."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """What he asked for besides; no secret, and numbers masked."""


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """Which deeds are wanted; None and empty: all."""

    who: str | None = None
    action: str | None = None
    """This one, or all that begin with it and a dot."""
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    concerning: tuple[frozenset[str], frozenset[str]] | None = None
    """Only what one of these people did, or what was done to one of these targets."""
