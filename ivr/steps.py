"""The steps of a walk through the menu: what whoever drives it has to do next, and what to send back.

Plain values. They know neither the menu's order nor Asterisk.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, TypeVar, Union

ALL_DIGITS: Final = "0123456789*#"
"""A prompt is interruptible by every key, so that a wrong one is noticed at once."""


@dataclass(frozen=True, slots=True)
class Say:
    """Play a prompt; a key of ``digits`` ends it and is the answer."""

    prompt: str
    digits: str = ALL_DIGITS


@dataclass(frozen=True, slots=True)
class Ask:
    """Play a prompt as ``Say`` does, then wait up to ``timeout_seconds`` of silence for a key."""

    prompt: str
    digits: str
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Collect:
    """Play a prompt ('' for none) and take ``most`` keys; ``#``, or ``timeout_seconds`` of silence, ends them early. The answer has no
    ``#``.
    """

    prompt: str
    most: int
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Everything said from now on is in ``language``. The answer is ignored."""

    language: str


@dataclass(frozen=True, slots=True)
class MenuTaken:
    """A branch was taken, to be reported; ``digits`` is '' when by default. ``menu`` is the node's name, with ``/a`` or ``/b`` while
    a trial of two orders is on. The answer is ignored.
    """

    menu: str
    digits: str
    choice: str
    solves: bool = False


@dataclass(frozen=True, slots=True)
class StillHere:
    """The caller has been in the menu for a while, and is well: the dialplan need not take him for stuck. The answer is ignored."""


@dataclass(frozen=True, slots=True)
class WhoCalls:
    """It must be known now who calls, or whose number was ``keyed``. The answer is ignored: ``walk``'s ``callers`` tell."""

    keyed: str = ""


Step = Union[Say, Ask, Collect, SetLanguage, MenuTaken, StillHere, WhoCalls]
Answer = TypeVar("Answer")
Walk = Generator[Step, str, Answer]
"""Yields steps, is sent the key or keys that came of each ('' for none), returns an Answer."""


def said(prompt: str) -> Walk[str]:
    """Say it, unless there is nothing to say; the key that was pressed meanwhile."""
    return (yield Say(prompt)) if prompt else ""
