"""A mixed day of visits: which callers ring in, by which number, and how they behave.

Decides by chance, from a given generator, so that a day can be repeated. It walks the same menu as the engine to know what a
caller is asked; it places no calls.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from acd.customer import Customer
from hotline.simulated_callers import MOST_KEYS, Visit
from ivr.dialogue import ALL_DIGITS, Ask, walk
from ivr.menu import Branch, MenuPlan
from ivr.returning import NO, YES

SURNAMES = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "Smith", "O'Neill", "Müller", "Sato")
CALLS_AGAIN = 0.15
"""Share of callers who have called before, so that a desk has earlier calls to show."""
GIVES_UP_IN_MENU = 0.05
GIVES_UP_WAITING = 0.07
WRONG_KEY = 0.05
"""Share of keys that no branch has."""

IS_KNOWN = 0.15
"""Share of callers who are known customers, as far as there are any."""
GOES_ON = 0.8
"""Share of them who go on with their open case."""
WELCOME_SECONDS = (6.0, 8.0)
"""They hear the welcome out; who keys during it is asked nothing."""


LIKES_CALLBACKS = 0.3
"""Share of patient callers who press 1 in hold: they want to be called back, if that is offered there."""
PRESSES_ONE_AFTER = (14.0, 22.0)
"""Seconds after the last key of the menu: a stretch of music, and the offer."""


@dataclass(frozen=True, slots=True)
class Regular:
    """Somebody whom the customer source knows, with whoever else has his number."""

    number: str
    customers: tuple[Customer, ...]


def random_visits(menu: MenuPlan, count: int, chance: random.Random, regulars: Sequence[Regular] = ()) -> list[Visit]:
    """``count`` visits over all numbers of ``menu``, the first of them (the unified one) most often; ``regulars`` dial that one."""
    numbers = list(menu.entries)
    visits = []
    for number in range(count):
        dnis = chance.choice([numbers[0]] * len(numbers) + numbers)
        if regulars and chance.random() < IS_KNOWN:
            visits.append(_known_visit(menu, numbers[0], chance.choice(regulars), chance))
        else:
            visits.append(_visit(menu, dnis, number, chance))
    return visits


def wanting_callbacks(visits: Sequence[Visit], chance: random.Random) -> list[Visit]:
    """The same visits, in which some callers press 1 in hold, and wait on if that means nothing there."""
    return [_with_one(visit, chance) if chance.random() < LIKES_CALLBACKS else visit for visit in visits]


def _with_one(visit: Visit, chance: random.Random) -> Visit:
    after = round(chance.uniform(*PRESSES_ONE_AFTER), 2)
    if len(visit.keys) == MOST_KEYS or visit.patience_seconds < after:
        return visit
    return replace(visit, keys=(*visit.keys, (after, YES)))


def _known_visit(menu: MenuPlan, dnis: str, regular: Regular, chance: random.Random) -> Visit:
    keys = list(_keys(menu, dnis, chance, regular.customers))[:MOST_KEYS]
    pauses = [chance.uniform(*WELCOME_SECONDS), *(chance.uniform(1.5, 4.0) for _ in keys[1:])]
    timed = tuple((round(pause, 2), key) for pause, key in zip(pauses, keys, strict=False))
    return Visit(dnis, regular.number, "", timed, round(chance.uniform(60.0, 100.0), 2))


def _visit(menu: MenuPlan, dnis: str, number: int, chance: random.Random) -> Visit:
    who = chance.randrange(number) if number > 10 and chance.random() < CALLS_AGAIN else number
    keys = tuple((round(chance.uniform(1.5, 4.0), 2), key) for key in _keys(menu, dnis, chance))[:MOST_KEYS]
    mood = chance.random()
    if mood < GIVES_UP_IN_MENU:
        return Visit(dnis, _ani(who), _name(who), keys[:1], round(chance.uniform(0.5, 2.0), 2))
    patience = chance.uniform(4.0, 15.0) if mood < GIVES_UP_IN_MENU + GIVES_UP_WAITING else chance.uniform(60.0, 100.0)
    return Visit(dnis, _ani(who), _name(who), keys, round(patience, 2))


def _keys(menu: MenuPlan, dnis: str, chance: random.Random, customers: Sequence[Customer] = ()) -> Iterator[str]:
    """What the caller keys on one walk through the menu."""
    keys_of = {one.prompt: [branch.key for branch in one.branches if _leads_on(menu, branch)] for one in menu.menus.values()}
    wrong_keys = {
        one.prompt: [key for key in ALL_DIGITS if key not in {branch.key for branch in one.branches}] for one in menu.menus.values()
    }
    offers = set() if menu.returning is None else set(menu.returning.prompts.values())
    steps = walk(menu, dnis, callers=lambda: customers)
    step = next(steps)
    while True:
        key = ""
        if isinstance(step, Ask) and step.prompt in offers:
            key = YES if chance.random() < GOES_ON else NO
            yield key
        elif isinstance(step, Ask):
            right = keys_of[step.prompt]
            wrong = wrong_keys[step.prompt]  # a menu may have a branch for every key
            key = chance.choice(wrong if wrong and chance.random() < WRONG_KEY else right)
            yield key
        try:
            step = steps.send(key)
        except StopIteration:
            return


def _leads_on(menu: MenuPlan, branch: Branch) -> bool:
    """To the queue, or to a menu about the call itself; nobody strays into the services, or round and round."""
    following = menu.menus.get(branch.next or "")
    asks = following is not None and bool(following.asks)
    return branch.to is None and branch.go is None and (branch.next is None or asks)


def _ani(who: int) -> str:
    return f"139{who:08d}"


def _name(who: int) -> str:
    return f"{SURNAMES[who % len(SURNAMES)]} {who}"
