"""What ``hotline doctor`` says of one thing that it looked at. A value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``advice`` says what to do when it is not well."""

    well: bool
    what: str
    advice: str = ""
