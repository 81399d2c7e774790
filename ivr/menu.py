"""The menu as data: entries, menus, branches, and the facts they gather.

Holds the model only; ``ivr.dialogue`` walks it, ``config`` compiles it from YAML. It knows neither Asterisk nor prompts' files:
a prompt is a name, said in the caller's language.

A walk gathers *facts* (``language``, ``product_line``, ``level``, ``urgent`` …), each a string. A menu asks for one fact. When the
fact is known already (the dialled number says it: a legacy printers' line), the menu is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PROMPT_FOLDER: Final = "hotline"
"""A prompt's file is ``<language>/hotline/<name>.wav`` in Asterisk's sounds directory."""
POSITION_PROMPT: Final = "queue_position"
WAIT_PROMPT: Final = "queue_wait"
"""Prompts that have a file for each number: ``queue_position_3`` is said to the third in line, ``queue_wait_3`` to who waits 3 minutes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One dialled number. The hints travel with the call and may spare the caller a menu."""

    dnis: str
    label: str
    hints: Mapping[str, str] = field(default_factory=dict)
    """Facts known from the number alone, e.g. ``{"product_line": "printers", "language": "zh"}``."""
    welcome: str | None = None
    """Prompt said instead of the plan's welcome."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What one key leads to: ``sets`` is added to the facts, then ``next`` (a menu id) or, when None, the queue."""

    key: str
    choice: str
    """Stable name of the branch, for records and reports."""
    sets: Mapping[str, str] = field(default_factory=dict)
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """One question. A wrong or missing digit is re-prompted ``attempts - 1`` times, then ``default`` is taken."""

    id: str
    prompt: str
    asks: str
    branches: tuple[Branch, ...]
    default: Branch
    """Taken after the last attempt; its ``key`` is ''."""
    attempts: int = 3
    timeout_seconds: float = 4.0
    """Silence after the prompt's end that counts as a missing digit."""


@dataclass(frozen=True, slots=True)
class MenuPlan:
    """The whole menu: compiled, proven, frozen."""

    entries: Mapping[str, Entry]
    """Dnis -> entry."""
    default_entry: Entry
    """For a Dnis that no row maps: nobody is turned away."""
    start: str
    menus: Mapping[str, Menu]
    defaults: Mapping[str, str]
    """Facts that hold unless a branch or an entry says otherwise (``language``, ``product_line``, ``level``)."""
    welcome: str = "welcome"
    invalid: str = "invalid"
    """Said before a menu is repeated after a wrong digit."""
    missing: str = "missing"
    """Said before a menu is repeated after silence."""
    languages: tuple[str, ...] = ("zh", "en")
