"""Callers' numbers made unreadable, for logs and for people who may not see them: ``13800138000`` becomes ``138****8000``.

Decides what looks like a number of somebody's, written in one go or, as people write, in groups: ``+86 (411) 8888-1234``. Who may see it is
decided elsewhere. Extensions, short codes and the like, of fewer than seven digits, are left; so are days, times, and ids of calls
(``main-1795306614.9``), whose digits are a time. In doubt it is a number: a serial number in groups, two extensions side by side may be
hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

HIDDEN: Final = "****"
SHORTEST: Final = 7
"""Digits. What has fewer is nobody's number in a public network."""
LONGEST: Final = 20
"""Digits, with every prefix; what has more in one go is nobody's number either."""
_BEFORE: Final = r"(?<![0-9A-Za-z_.])"
_AFTER: Final = r"(?![0-9A-Za-z_])(?!\.\d)"
_ISO_DAY: Final = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
_GAP: Final = rf"[ ()\-\u00a0\u2009\u2010-\u2013]{{1,3}}(?!{_ISO_DAY})"
_ONE_GO: Final = re.compile(rf"{_BEFORE}\+?\d{{{SHORTEST},{LONGEST}}}{_AFTER}", re.ASCII)
_GROUPS: Final = re.compile(
    rf"(?P<day>(?<!\d){_ISO_DAY}(?:[T ]\d\d:[0-9:.]*\d)?)"
    rf"|{_BEFORE}[+(]{{0,2}}\d{{1,{LONGEST}}}(?:{_GAP}\d{{1,{LONGEST}}}){{1,7}}{_AFTER}",
    re.ASCII,
)
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
    return _ONE_GO.sub(lambda found: masked(found.group()), _GROUPS.sub(_without_groups, text))


def _without_groups(found: re.Match[str]) -> str:
    text = found.group()
    return masked(text) if found["day"] is None and _is_number(text) else text


def _is_number(text: str) -> bool:
    """Whether digits in groups are dialled as one: with a prefix, or in groups that people can remember, not in single digits."""
    groups = re.findall(r"\d+", text)
    memorable = max(map(len, groups)) >= 3 and min(map(len, groups[1:])) >= 2
    return sum(map(len, groups)) >= SHORTEST and (memorable or text[0] in "+(0")


def masked_fields(value: Any, key: str = "") -> Any:
    """Plain data with every number in its texts masked; numbers that are no texts are counts and ids, and stay."""
    if isinstance(value, str):
        return masked(value) if key in _NUMBER_KEYS else masked_text(value)
    if isinstance(value, Mapping):
        return {name: masked_fields(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked_fields(inner, key) for inner in value]
    return value
