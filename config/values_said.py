"""Whether a value in a notice can be said: in words that each language has, of a day that there is, of a number that is not too long.

Pure. Whether the names in it exist is ``config.references``' matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.schema import Config
from config.schema.source import Path, Problem
from config.spoken_words import WORD_LANGUAGES
from ivr.saying import LARGEST_NUMBER

MOST_DIGITS = len(str(LARGEST_NUMBER))


def unsayable(config: Config, kind: str, value: str, path: Path) -> Iterator[Problem]:
    """What is wrong with ``kind:value``, such as ``date:2026-12-31``."""
    wordless = [language for language in config.languages if language not in WORD_LANGUAGES]
    if wordless:
        yield Problem(f"found {kind}:{value}, expected a prompt's name: there are no words for it in {', '.join(wordless)}", path)
    if kind == "case" and config.customers is None:
        yield Problem(f"found {kind}:{value}, expected `customers` too: where cases are known", path)
    if kind == "date" and not _is_day(value):
        yield Problem(f"found {value!r}, expected a day that is in the calendar", path)
    if kind == "number":
        yield from _too_long(config, value, path)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _too_long(config: Config, value: str, path: Path) -> Iterator[Problem]:
    """A number as it stands, or what may be keyed at an input."""
    row = config.inputs.get(value)
    if row is not None and row.longest > MOST_DIGITS:
        yield Problem(f"found number:{value}, expected digits:{value}: numbers of up to {MOST_DIGITS} digits can be said", path)
    elif value.isdecimal() and len(value) > MOST_DIGITS:
        yield Problem(f"found number:{value}, expected a number of up to {MOST_DIGITS} digits", path)
