"""Which bytes a request wants: the header ``Range`` of RFC 9110, as far as players use it. Pure.

One range of bytes is understood. Several, or another unit, are as if nothing had been asked: the whole is a right answer then.
"""

from __future__ import annotations

import re
from typing import Final

_ONE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class OutOfRange(Exception):
    """There are no such bytes."""


def wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None for the whole. Raises OutOfRange."""
    found = _ONE.fullmatch((header or "").strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= end:
        raise OutOfRange(f"{header} of {size} bytes")
    return start, end
