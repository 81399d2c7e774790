"""The menu as data: entries, menus, inputs, notices, branches, and the facts they gather.

Holds the model only; ``ivr.dialogue`` walks it, ``config`` compiles it from YAML. It knows neither Asterisk nor prompts' files:
a prompt is a name, said in the caller's language.

A walk gathers *facts* (``language``, ``product_line``, ``level``, ``urgent`` …), each a string. A menu asks for some facts, or for none.
When one of them is known already (the dialled number says it: a legacy printers' line), the menu is skipped. A node is a menu, an input or
a notice; they share one space of names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Final, Union

PROMPT_FOLDER: Final = "hotline"
"""A prompt's file is ``<language>/hotline/<name>.wav`` in Asterisk's sounds directory."""
CODE_DONE_PROMPTS: Final = {
    "log_in": "code_logged_in", "log_in_as": "code_logged_in", "log_out": "code_logged_out", "ready": "code_ready",
    "not_ready": "code_not_ready", "end_wrap_up": "code_wrap_up_over",
}  # fmt: skip
"""Name of a feature code -> what an agent hears who has dialled it, when it is done."""
CODE_REFUSED_PROMPT: Final = "code_refused"
"""What he hears when it is not possible now, or the engine does not answer."""
LOG_IN_AS: Final = "log_in_as"
"""Name of the code by which he logs in at a phone that is not his own."""
CODE_AS_PROMPTS: Final = ("code_agent", "code_pin")
"""He is asked for the number of his usual phone, and for his PIN …"""
CODE_WRONG_PROMPT: Final = "code_wrong"
"""… and hears when that is not right."""

POSITION_PROMPT: Final = "queue_position"
WAIT_PROMPT: Final = "queue_wait"
"""Prompts that have a file for each number: ``queue_position_3`` is said to the third in line, ``queue_wait_3`` to who waits 3 minutes."""


def solved_prompt(product_line: str) -> str:
    """Name of the prompt that says that the fault with a product line is solved."""
    return f"incident_solved_{product_line}"


def digit_prompt(digit: str) -> str:
    """Name of the prompt that says a digit."""
    return f"digit_{digit}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One dialled number. The hints travel with the call and may spare the caller a menu."""

    dnis: str
    label: str
    hints: Mapping[str, str] = field(default_factory=dict)
    """Facts known from the number alone, e.g. ``{"product_line": "printers", "language": "zh"}``."""
    welcome: str | None = None
    """Prompt said instead of the plan's welcome."""
    bypass: bool = False
    """An engineer's direct number: whoever dials it would go round the hotline."""
    valid_from: str | None = None
    """First and last day (ISO, in the hotline's zone) on which the row counts; None: no such limit."""
    valid_to: str | None = None
    outside: str | None = None
    """Destination of who dials it on another day; None: he meets the menu as on a number without a row."""
    straight: bool = False
    """A short code: the hints say everything, and nothing is said or asked."""

    def counts_on(self, day: str) -> bool:
        """Whether the row counts on ``day`` (ISO)."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class Go(StrEnum):
    """Where a branch leads within what was asked already."""

    REPEAT = "repeat"
    """The same question again."""
    BACK = "back"
    """The question before, with what was known then; the first one is repeated."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What one key leads to: ``sets`` is added to the facts; then ``next`` (a node), ``to`` (a destination out of the menu), ``go``, or,
    when all are None, the queue.
    """

    key: str
    choice: str
    """Stable name of the branch, for records and reports."""
    sets: Mapping[str, str] = field(default_factory=dict)
    next: str | None = None
    to: str | None = None
    go: Go | None = None
    solves: bool = False
    """The caller's question is answered."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The other order of a menu, heard by ``share_percent`` of the callers; the same number always hears the same."""

    prompt: str
    branches: tuple[Branch, ...]
    share_percent: int = 50


@dataclass(frozen=True, slots=True)
class Menu:
    """One question. A wrong or missing digit is re-prompted ``attempts - 1`` times, then ``default`` is taken."""

    id: str
    prompt: str
    asks: tuple[str, ...]
    """The facts it is about; () for one that is always asked."""
    branches: tuple[Branch, ...]
    default: Branch
    """Taken after the last attempt; its ``key`` is ''."""
    attempts: int = 3
    timeout_seconds: float = 4.0
    """Silence after the prompt's end that counts as a missing digit."""
    trial: Trial | None = None

    def answered(self, known: Mapping[str, str]) -> Branch | None:
        """How the menu is passed over when one of its facts is known: None when it must be asked.

        Where several keys say the known fact (a line, in either language), the first of them says what comes next, and what it sets
        besides holds only as far as the others that lead there set it too.
        """
        fact = next((fact for fact in self.asks if fact in known), None)
        if fact is None:
            return None
        saying = [branch for branch in self.branches if branch.sets.get(fact) == known[fact]]
        if not saying:
            return self.default
        first = saying[0]
        alike = [branch.sets.items() for branch in saying if (branch.next, branch.to) == (first.next, first.to)]
        return replace(first, sets={name: value for name, value in first.sets.items() if all((name, value) in sets for sets in alike)})


class Finds(StrEnum):
    """What a number that was keyed is looked up for. Who has it is the call's customer from then on."""

    CUSTOMER = "customer"
    """A customer's, a device's or a telephone number."""
    CASE = "case"
    """An open case's. Who is known and has a single open case need not key it."""


@dataclass(frozen=True, slots=True)
class Input:
    """A number to key in, ended by ``#``, by its length or by silence. What was keyed becomes the fact of the input's name."""

    id: str
    prompt: str
    shortest: int
    longest: int
    then: Branch
    default: Branch
    """Taken after the last attempt; its ``key`` is ''."""
    keys: tuple[Branch, ...] = ()
    """Taken when one such key is all that was keyed, and is no number that is wanted here."""
    check: str = ""
    """Name of the rule for its last digit, one of ``ivr.check_digit.RULES``; '' for none."""
    confirm: bool = True
    """Whether it is read back, and counts only when 1 is keyed then."""
    attempts: int = 3
    timeout_seconds: float = 5.0
    """Silence after the prompt, or after a digit, that ends the number."""
    finds: Finds | None = None
    found: Branch | None = None
    """Taken instead of ``then`` when the case is known."""


class Saying(StrEnum):
    """What can be said without a prompt of its own, in the words of the caller's language (``ivr.saying``)."""

    DIGITS = "digits"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    HOURS = "hours"
    """A queue's opening hours, as they are on that day."""
    CASE = "case"
    """The known case: its number, how far it is, who works on it, until when it is promised."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value that is said: as it stands here, or that of a fact of this name (digits and numbers that were keyed)."""

    kind: Saying
    value: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the caller is told, prompts and values; a key cuts it short and answers what follows."""

    id: str
    prompts: tuple[str | Said, ...]
    then: Branch


Node = Union[Menu, Input, Notice]


@dataclass(frozen=True, slots=True)
class Returning:
    """What is made of callers who are known. Names that are not among these mean nothing here: a source outside of the house says them."""

    queues: frozenset[str]
    """``<product line>.<level>``."""
    segments: frozenset[str]
    agents: frozenset[str]
    prompts: Mapping[str, str]
    """Product line -> prompt that offers to go on with a case of this line: 1 is yes, 2 is no."""
    timeout_seconds: float = 3.0
    case_states: Mapping[str, str] = field(default_factory=dict)
    """How far a case is, in the source's word -> the prompt that says so."""
    engineers: Mapping[str, str] = field(default_factory=dict)
    """Agent -> the prompt that says his name."""
    zone: tzinfo = UTC
    """In which times are told."""
    ask_number: str | None = None
    """Prompt that asks strangers for a number; None: they are not asked."""


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
    """Said before a question is repeated after a wrong digit."""
    missing: str = "missing"
    """Said before a question is repeated after silence."""
    languages: tuple[str, ...] = ("zh", "en")
    inputs: Mapping[str, Input] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    you_entered: str = "you_entered"
    """Said before what was keyed is read back, digit by digit."""
    confirm_entry: str = "confirm_entry"
    """Asks whether what was read back is right: 1, or again."""
    limit_seconds: int = 180
    """After so long without a sign of the engine the dialplan takes a caller out of the menu."""
    returning: Returning | None = None
    """None: nobody is known from before."""

    def node(self, name: str) -> Node | None:
        """The node of that name, if there is one."""
        return self.menus.get(name) or self.inputs.get(name) or self.notices.get(name)

    def nodes(self) -> tuple[Node, ...]:
        """All nodes: menus, inputs, notices, each in the order of the file."""
        return (*self.menus.values(), *self.inputs.values(), *self.notices.values())


def ways_on(node: Node) -> tuple[Branch, ...]:
    """Every branch that can be taken at a node, the default last; what is the same key in a menu's other order is left out."""
    match node:
        case Menu():
            return (*node.branches, node.default)
        case Input():
            return (node.then, *((node.found,) if node.found is not None else ()), *node.keys, node.default)
        case Notice():
            return (node.then,)
