"""What is asked of the scores that were given. Knows no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from acd.scope import Scope


class Superseded(Exception):
    """The score that was to be replaced is not the one that stands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scores; None: whichever. ``since`` and ``until``: of conversations in [since, until)."""

    scope: Scope
    scorer: str | None = None
    agent: str | None = None
    call: str | None = None
    recording: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    first: bool = False
    """What each scorer said first, not what stands."""
