"""One incident: a fault of a product line that many callers call about. Holds state; who hears of it is in ``acd.incidents``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from acd.news import News


@dataclass(slots=True, eq=False)
class Incident:
    """One fault, running or solved."""

    id: str
    """``<product line>-<number>``."""
    product_line: str
    text: str
    """Name of the prepared text."""
    declared_at: datetime
    declared_by: str
    heard: int = 0
    """Callers who heard of it."""
    numbers: dict[str, datetime] = field(default_factory=dict)
    """Number -> when it was noted."""
    news: dict[str, News] = field(default_factory=dict)
    """Number -> how far the news is that it is solved."""
    solved_at: datetime | None = None
    solved_by: str = ""
    tells: bool = False
    """Who asks to be told is rung: it is solved, and the supervisor said so."""
