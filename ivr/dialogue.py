"""The menu's walk: what to say and ask next, given what the caller keyed.

``walk`` is a generator: it yields steps (``ivr.steps``), is sent the digit that came of each ('' for none), and returns the Facts. It
decides order, skips, ways back and the end. It does not know Asterisk, prompts' files, time, or the engine: whoever drives it plays the
prompts and reports what MenuTaken says.

Rules:

* The entry's welcome (or the plan's) comes first. A digit keyed during it, or during ``invalid`` or ``missing``, answers the question
  that follows, which is then not spoken.
* A menu of whose facts one is known is not asked: the branch that sets this very value says what comes next, and adds what else it sets
  as far as that is not known yet (``Menu.answered``).
* A wrong digit or silence costs one of the question's ``attempts``; after the last one its ``default`` is taken.
* Who goes back is asked again what he was asked before, and what he had answered there is forgotten.
* Who is known from before is asked, before the first node that is not about the language, whether he goes on with an open case of his;
  then no menu is asked. Who keys during the welcome knows his way and is not asked: his keys mean what they always do.
* The language that a branch sets holds from the next prompt on.
* The last key ends the walk: nothing more is said here, so that a free engineer is rung at once; who must wait is told so in hold.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from acd.model import Level
from ivr.lookup import Hours, never_closed
from ivr.menu import Branch, Entry, Go, Input, Menu, MenuPlan, Node, Notice
from ivr.questions import Here, Taken, meet
from ivr.recognition import Callers, Recognition, nobody
from ivr.steps import ALL_DIGITS, Ask, Collect, MenuTaken, Say, SetLanguage, Step, StillHere, Walk, WhoCalls, said

MENUS_PER_CALL: Final = 32
"""So many nodes are met in one call; then the defaults are taken. Menus that lead to each other for ever keep nobody for ever."""
SIGN_EVERY: Final = 4
"""After so many nodes the dialplan is told that the caller is well. Ordinary calls are through by then, and pay nothing for it."""


class MenuError(Exception):
    """The plan leads nowhere: a node that does not exist, or a fact that has no meaning. A proven plan does not."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the menu has understood."""

    language: str
    product_line: str
    level: Level
    urgent: bool
    path: tuple[MenuTaken, ...]
    known: Mapping[str, str]
    """All facts as gathered, these included, and numbers that were keyed, by their input's name."""
    destination: str | None = None
    """Where the caller leaves the menu for, instead of the queue."""
    callback: bool = False
    """If nobody is free at once, the caller wants to be called back."""


def entry_of(plan: MenuPlan, dnis: str, day: str = "") -> Entry:
    """The entry that a dialled number maps to on ``day`` (ISO; '': whatever day it is); nobody is turned away.

    Outside a row's days it is the row all the same when that has a destination for them, else the default entry under the row's label.
    """
    entry = plan.entries.get(dnis, plan.default_entry)
    if not day or entry.counts_on(day) or entry.outside is not None:
        return entry
    return replace(plan.default_entry, dnis=entry.dnis, label=entry.label)


def unasked(plan: MenuPlan, entry: Entry, language: str, day: str = "") -> Facts | None:
    """The facts of a caller who is not asked anything: by a short code, or sent elsewhere on ``day``; None for who meets the menu.

    ``language`` is what he was served in so far; it means nothing when the plan does not have it.
    """
    sent_to = entry.outside if day and not entry.counts_on(day) else None
    if not entry.straight and sent_to is None:
        return None
    spoken = {"language": language} if entry.straight and language in plan.languages else {}
    known = {**plan.defaults, **spoken, **entry.hints}
    return _facts(known, known["language"], (), sent_to)


def first_language(plan: MenuPlan, entry: Entry) -> str:
    """The language of the first prompt: the entry's, the default, or the plan's first."""
    return entry.hints.get("language") or plan.defaults.get("language") or plan.languages[0]


def walk(
    plan: MenuPlan, dnis: str, ani: str = "", day: str = "", callers: Callers = nobody, hours: Hours = never_closed
) -> Generator[Step, str, Facts]:
    """Walk the plan for a caller from ``ani`` ('' when withheld) who dialled ``dnis`` on ``day`` (as for ``entry_of``). Send each step's
    digit back; the Facts are the return value. ``callers``: who it may be that calls, asked for after the step ``WhoCalls``; ``hours``: a
    queue's, asked for when they are told.

    Raises MenuError for a plan that leads nowhere.
    """
    entry = entry_of(plan, dnis, day)
    language = first_language(plan, entry)
    yield SetLanguage(language)
    keyed = yield from said(entry.welcome or plan.welcome)
    way = _Way(plan.start, dict(entry.hints))
    path: list[MenuTaken] = []
    recognition = Recognition(plan, callers)
    way.known.update((yield from recognition.begin(keyed, way.known)))
    language = yield from _spoken(way.known, language)
    for number in range(1, MENUS_PER_CALL + 1):
        if way.following is None:
            break
        node = _node(plan, way.following)
        if recognition.is_due(node, way.known):
            answered = yield from recognition.ask(way.known)
            for step in answered.taken:
                path.append(step)
                yield step
            way.known.update(answered.facts)
            keyed = answered.keyed
            if answered.goes_on:
                break
        passed_over = node.answered(way.known) if isinstance(node, Menu) else None
        if passed_over is not None:
            way.skip(passed_over)
        else:
            taken = yield from meet(plan, node, keyed, Here(ani, language, way.known, day, hours, callers))
            keyed = taken.keyed
            way.take(node, taken)
            path.append(MenuTaken(taken.name, taken.digits, taken.branch.choice, taken.branch.solves))
            yield path[-1]
        language = yield from _spoken(way.known, language)
        if number % SIGN_EVERY == 0 and way.following is not None:
            yield StillHere()
    return _facts({**plan.defaults, **way.known}, language, tuple(path), way.destination)


def _spoken(known: Mapping[str, str], language: str) -> Walk[str]:
    """The language that is spoken from now on; ``language`` was until now."""
    if known.get("language", language) != language:
        language = known["language"]
        yield SetLanguage(language)
    return language


@dataclass(slots=True)
class _Way:
    """Where a caller stands between two nodes."""

    following: str | None
    known: dict[str, str]
    destination: str | None = None
    trail: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Questions answered, each with what was known before it."""

    def skip(self, branch: Branch) -> None:
        """Pass a menu over whose answer, ``branch``, is known."""
        self.known = {**branch.sets, **self.known}
        self._leave_by(branch)

    def take(self, node: Node, taken: Taken) -> None:
        """Go where the branch says."""
        branch = taken.branch
        if branch.go is Go.BACK and self.trail:
            self.following, self.known = self.trail.pop()
        if branch.go is not None:
            return
        entered = isinstance(node, Input) and branch in (node.then, node.found)
        if not isinstance(node, Notice) and not (entered and not taken.digits):  # who need not key it was asked nothing
            self.trail.append((node.id, self.known))
        keyed = {node.id: taken.digits} if entered and taken.digits else {}
        self.known = {**self.known, **keyed, **taken.facts, **branch.sets}
        self._leave_by(branch)

    def _leave_by(self, branch: Branch) -> None:
        self.following, self.destination = branch.next, branch.to


def _node(plan: MenuPlan, name: str) -> Node:
    node = plan.node(name)
    if node is None:
        raise MenuError(f"there is no menu {name!r}")
    return node


def _facts(known: Mapping[str, str], language: str, path: tuple[MenuTaken, ...], destination: str | None) -> Facts:
    try:
        level = Level(known["level"])
        product_line = known["product_line"]
    except (KeyError, ValueError) as error:
        raise MenuError(f"the menu's facts do not say where the call belongs: {error}") from error
    urgent, callback = known.get("urgent") == "yes", known.get("callback") == "yes"
    return Facts(language, product_line, level, urgent, path, known, destination, callback)


__all__ = [
    "ALL_DIGITS",
    "MENUS_PER_CALL",
    "Ask",
    "Collect",
    "Facts",
    "MenuError",
    "MenuTaken",
    "Say",
    "SetLanguage",
    "Step",
    "StillHere",
    "WhoCalls",
    "entry_of",
    "first_language",
    "unasked",
    "walk",
]
