"""Rules for the last digit of a number, which show most mistakes in keying.

Decides only whether a number of decimal digits agrees with its last one. Sources: Luhn, ISO/IEC 7812-1 annex B; MOD 11,10, ISO/IEC 7064
(section on hybrid systems), as used in several countries' tax and product numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final


def luhn(number: str) -> bool:
    """Every second digit from the right, the last one not counted, is doubled; the digits of all add up to a multiple of 10."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def mod_11_10(number: str) -> bool:
    """ISO 7064 MOD 11,10: the recursion over all digits but the last, starting at 10, and the last one agree to 1 modulo 10."""
    product = 10
    for digit in number[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(number[-1])) % 10 == 1


RULES: Final[Mapping[str, Callable[[str], bool]]] = {"luhn": luhn, "mod_11_10": mod_11_10}
"""Name in the configuration -> whether a number (one digit or more) keeps the rule."""


def keeps(rule: str, number: str) -> bool:
    """Whether the number keeps the rule of that name; any number keeps the rule ''."""
    return not rule or RULES[rule](number)


def completed(rule: str, number: str) -> str:
    """``number`` with the last digit that the rule wants."""
    return next(number + digit for digit in "0123456789" if keeps(rule, number + digit))
