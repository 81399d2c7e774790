"""A guess at what was meant by a word that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` when one of the known words is close, else nothing."""
    words = list(known)
    close = difflib.get_close_matches(found, words, n=1) or [word for word in words if found and word.startswith(found)]
    return f"; did you mean {close[0]!r}?" if close else ""
