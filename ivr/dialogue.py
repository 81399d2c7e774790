"""The menu's walk: what to say and ask next, given what the caller keyed.

``walk`` is a generator: it yields steps, is sent the digit that came of each ('' for none), and returns the Facts. It decides order,
re-prompts, defaults and skips. It does not know Asterisk, prompts' files, time, or the engine: whoever drives it plays the prompts and
reports what MenuTaken says.

Rules:

* The entry's welcome (or the plan's) comes first. A digit keyed during it, or during ``invalid`` or ``missing``, answers the menu that
  follows, which is then not spoken.
* A menu whose fact is known is not asked: the branch that sets this very value says what comes next, and adds what else it sets as far
  as that is not known yet.
* A wrong digit or silence costs one of the menu's ``attempts``; after the last one the menu's ``default`` is taken.
* The language that a branch sets holds from the next prompt on.
* The last key ends the walk: nothing more is said here, so that a free engineer is rung at once; who must wait is told so in hold.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final, Union

from acd.model import Level
from ivr.menu import Branch, Entry, Menu, MenuPlan

ALL_DIGITS: Final = "0123456789*#"
"""A prompt is interruptible by every key, so that a wrong one is noticed at once."""

MENUS_PER_CALL: Final = 32
"""So many menus are walked in one call; then the defaults are taken. Menus that lead to each other for ever keep nobody for ever."""


class MenuError(Exception):
    """The plan leads nowhere: a menu that does not exist, or a fact that has no meaning. A proven plan does not."""


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
class SetLanguage:
    """Everything said from now on is in ``language``. The answer is ignored."""

    language: str


@dataclass(frozen=True, slots=True)
class MenuTaken:
    """A branch was taken, to be reported; ``digits`` is '' when by default. The answer is ignored."""

    menu: str
    digits: str
    choice: str


Step = Union[Say, Ask, SetLanguage, MenuTaken]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the menu has understood."""

    language: str
    product_line: str
    level: Level
    urgent: bool
    path: tuple[MenuTaken, ...]
    known: Mapping[str, str]
    """All facts as gathered, these included."""


def entry_of(plan: MenuPlan, dnis: str) -> Entry:
    """The entry that a dialled number maps to; nobody is turned away."""
    return plan.entries.get(dnis, plan.default_entry)


def first_language(plan: MenuPlan, entry: Entry) -> str:
    """The language of the first prompt: the entry's, the default, or the plan's first."""
    return entry.hints.get("language") or plan.defaults.get("language") or plan.languages[0]


def walk(plan: MenuPlan, dnis: str) -> Generator[Step, str, Facts]:
    """Walk the plan for a caller who dialled ``dnis``. Send each step's digit back; the Facts are the return value.

    Raises MenuError for a plan that leads nowhere.
    """
    entry = entry_of(plan, dnis)
    known = dict(entry.hints)
    path: list[MenuTaken] = []
    language = first_language(plan, entry)
    yield SetLanguage(language)
    keyed = yield from _said(entry.welcome or plan.welcome)
    following: str | None = plan.start
    for _ in range(MENUS_PER_CALL):
        if following is None:
            break
        menu = _menu(plan, following)
        if menu.asks in known:
            branch = _branch_that_says(menu, known[menu.asks])
            known = {**branch.sets, **known}
        else:
            branch, digits = yield from _asked(plan, menu, keyed)
            keyed = ""
            known.update(branch.sets)
            taken = MenuTaken(menu.id, digits, branch.choice)
            path.append(taken)
            yield taken
        if known.get("language", language) != language:
            language = known["language"]
            yield SetLanguage(language)
        following = branch.next
    return _facts({**plan.defaults, **known}, language, tuple(path))


def _said(prompt: str) -> Generator[Step, str, str]:
    return (yield Say(prompt)) if prompt else ""


def _asked(plan: MenuPlan, menu: Menu, keyed: str) -> Generator[Step, str, tuple[Branch, str]]:
    """The branch taken, and the digit that took it ('' for the default). ``keyed`` is a digit that was keyed ahead."""
    branches = {branch.key: branch for branch in menu.branches}
    for attempt in range(menu.attempts):
        digit = keyed or (yield Ask(menu.prompt, ALL_DIGITS, menu.timeout_seconds))
        if digit in branches:
            return branches[digit], digit
        if attempt + 1 < menu.attempts:
            keyed = yield from _said(plan.invalid if digit else plan.missing)
    return menu.default, ""


def _menu(plan: MenuPlan, menu: str) -> Menu:
    try:
        return plan.menus[menu]
    except KeyError:
        raise MenuError(f"there is no menu {menu!r}") from None


def _branch_that_says(menu: Menu, value: str) -> Branch:
    return next((branch for branch in menu.branches if branch.sets.get(menu.asks) == value), menu.default)


def _facts(known: Mapping[str, str], language: str, path: tuple[MenuTaken, ...]) -> Facts:
    try:
        level = Level(known["level"])
        product_line = known["product_line"]
    except (KeyError, ValueError) as error:
        raise MenuError(f"the menu's facts do not say where the call belongs: {error}") from error
    return Facts(language, product_line, level, known.get("urgent") == "yes", path, known)
