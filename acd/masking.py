"""Callers' numbers made unreadable, for logs and for people who may not see them: ``13800138000`` becomes ``138****8000``.

Decides what looks like a number of somebody's. Who may see it is decided elsewhere. Extensions, short codes and the like, of fewer than
seven digits, are left; so are ids of calls (``main-1795306614.9``), whose digits are a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

HIDDEN: Final = "****"
SHORTEST: Final = 7
"""Digits. What has fewer is nobody's number in a public network."""
_NUMBER: Final = re.compile(rf"(?<![0-9A-Za-z_.])\+?\d{{{SHORTEST},20}}(?![0-9A-Za-z_])(?!\.\d)", re.ASCII)
_NUMBER_KEYS: Final = frozenset({"ani", "number", "caller", "callback", "callback_number", "to_number"})
"""Fields that hold a number and nothing else, however it is written."""


def masked(number: str) -> str:
    """The number with its middle hidden; a shorter one keeps less. Whatever is in the field is taken for a number."""
    digits = sum(character.isdigit() for character in number)
    if digits < SHORTEST:
        return number
    head, tail = (3, 4) if digits >= 10 else (2, 2)
    if number.startswith("+"):
        head += 1
    return f"{number[:head]}{HIDDEN}{number[-tail:]}"


def masked_text(text: str) -> str:
    """A text with every number in it masked."""
    return _NUMBER.sub(lambda found: masked(found.group()), text)


def masked_fields(value: Any, key: str = "") -> Any:
    """Plain data with every number in its texts masked; numbers that are no texts are counts and ids, and stay."""
    if isinstance(value, str):
        return masked(value) if key in _NUMBER_KEYS else masked_text(value)
    if isinstance(value, Mapping):
        return {name: masked_fields(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked_fields(inner, key) for inner in value]
    return value
