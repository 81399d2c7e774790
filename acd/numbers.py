"""Telephone numbers made comparable: one spelling for a number, however the network, a person or a customer file writes it.

Decides when two spellings are the same number. It does not know whether the number exists. The one spelling is E.164's (ITU-T
Recommendation E.164: ``+``, country code, national number); a short number, such as an extension or a service, stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_DIGITS: Final = 15
"""E.164: country code and national number together."""
LONGEST_SHORT_DIGITS: Final = 6
"""What is no longer is an extension or a short service number, and belongs to no country."""
NATIONAL_DIGITS: Final = 10
"""Who dials a country code without ``+`` or ``00`` has at least so many digits after it; a national number that begins alike has not."""

_SEPARATORS: Final = re.compile(r"[\s().\-/·]+")
_SPELLING: Final = re.compile(r"(\+?)([0-9]+)")
_DIALABLE: Final = re.compile(r"\+?[0-9]{3,20}")


def is_dialable(text: str) -> bool:
    """Whether it can be dialled as it stands: digits of ASCII, with at most a ``+`` before them."""
    return _DIALABLE.fullmatch(text) is not None


def as_keyed(text: str) -> str:
    """A number that a person typed or pasted, as it can be dialled: without blanks, hyphens, brackets; '' when it is none.

    Unlike ``e164`` it adds nothing: what is dialled is what he keyed.
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    return plain if is_dialable(plain) else ""


def e164(text: str, country_code: str = "86") -> str:
    """The number in its one spelling, or '' when ``text`` is none: withheld, ``anonymous``, a name.

    ``country_code`` (digits) is that of numbers which say none themselves; ``0`` is its trunk prefix, ``00`` the international one.
    """
    spelling = _SPELLING.fullmatch(_SEPARATORS.sub("", unicodedata.normalize("NFKC", text)))
    if spelling is None or not spelling[2].isascii():
        return ""
    international, digits = spelling[1] == "+", spelling[2]
    if not international and len(digits) <= LONGEST_SHORT_DIGITS:
        return digits
    if not international and digits.startswith("00"):
        international, digits = True, digits[2:]
    elif not international and digits.startswith(country_code) and len(digits) >= len(country_code) + NATIONAL_DIGITS:
        international = True
    if not international:
        digits = country_code + digits.removeprefix("0")
    elif digits.startswith(f"{country_code}0"):
        digits = country_code + digits[len(country_code) + 1 :]
    return f"+{digits}" if LONGEST_SHORT_DIGITS < len(digits) <= LONGEST_DIGITS else ""


def national(number: str, country_code: str = "86") -> str:
    """The number (in its one spelling) as it ends within its country, without trunk prefix: what any spelling of it ends in."""
    return number.removeprefix(f"+{country_code}").removeprefix("+")


def digits_of(text: str) -> str:
    """The digits of a customer's, a case's or a device's number, which is all that can be keyed of it."""
    return "".join(character for character in text if character in "0123456789")
