"""Configurations made by chance: the shipped one with other menus, inputs, notices and numbers, always such as `hotline check` allows.

Every kind of node and every key of the schema's rows about them is made now and then (``test_random_menus_make_everything``). Every node
leads only to later ones, so that nothing goes round in circles; every node is led to from an earlier one; and who keys nothing comes to a
queue or a destination. What befalls a caller in his queue is ``random_queues``' part.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.loader.lines import read
from tests.property.random_queues import CALLBACK_FACT, with_random_queues

SHIPPED = Path(__file__).parents[2] / "config" / "hotline.yaml"
KEYS = "0123456789*#"
PROMPTS = ("choose_language", "choose_product", "choose_level", "choose_service", "choose_question", "enter_case", "goodbye")
VALUES = ("digits:010", "number:21", "number:30405060", "date:2026-12-31", "time:17:30", "hours:pcs.L1", "hours:printers.L3", "case:status")
FACTS: dict[str, tuple[Any, ...]] = {
    "language": ("zh", "en"), "product_line": ("servers", "pcs", "printers", "scanners"), "level": ("L1", "L2", "L3"),
    "urgent": (True, False), "segment": ("standard", "key_account", "complaint"),
}  # fmt: skip
"""What menus ask for."""
MORE_FACTS: dict[str, tuple[Any, ...]] = {"preferred_agent": ("wang.fang", "david.brown")}
DESTINATIONS = ("closed", "goodbye", "message", "partner", "closed_until")
RULES = (None, "luhn", "mod_11_10")
LONGEST = 8
"""Digits of a number that is keyed: more can't be said as one number."""
DAYS = ("2020-01-01", "2026-01-01", "2099-12-31")
KINDS = ("menus", "inputs", "notices")
FAREWELL = "farewell"
"""The notice that some ways end with."""


@dataclass(frozen=True)
class Place:
    """Where a node stands among the others: ``later`` may follow it; one of them, ``must``, is led to; and numbers ``keyed`` anywhere."""

    later: tuple[str, ...]
    must: str | None
    keyed: tuple[str, ...]
    facts: dict[str, tuple[Any, ...]]
    """What may become known: name -> values."""


@cache
def _shipped() -> dict[str, Any]:
    rows: dict[str, Any] = read(SHIPPED.read_text(encoding="utf-8")).value
    return rows


def shipped_rows() -> dict[str, Any]:
    """The shipped configuration as plain values, to be changed."""
    return deepcopy(_shipped())


def with_random_menus(rows: dict[str, Any], chance: random.Random) -> None:
    """Change the rows: another voice menu, other hints of the numbers, other rules of the queues."""
    promises = with_random_queues(rows, chance)
    facts = FACTS | MORE_FACTS | (CALLBACK_FACT if promises else {})
    kinds = [chance.choice(KINDS), "menus", *(chance.choice(("menus", *KINDS)) for _ in range(chance.randrange(8)))]
    nodes = [(f"{kind[:-1]}_{number}", kind) for number, kind in enumerate(kinds)]
    names = tuple(name for name, _ in nodes)
    keyed = tuple(name for name, kind in nodes if kind == "inputs")
    rows.update({kind: {} for kind in KINDS})
    for number, (name, kind) in enumerate(nodes):
        later = names[number + 1 :]
        rows[kind][name] = MAKERS[kind](chance, Place(later, later[0] if later else None, keyed, facts))
    if any(branch.get("next") == FAREWELL for branch in _branches(rows)):
        rows["notices"][FAREWELL] = {"prompts": ["goodbye"], "to": chance.choice(DESTINATIONS)}
    rows["voice_menu"].update(start=names[0], most_keys=None, every_menu=_every_menu(chance))
    rows["voice_menu"]["unknown_number"].update(_hints(chance, facts))
    rows["voice_menu"]["defaults"] = {fact: chance.choice(FACTS[fact]) for fact in ("language", "product_line", "level")}
    for number, entry in enumerate(rows["entries"].values()):
        entry.update(_hints(chance, facts), bypass=chance.random() < 0.3, **(_days(chance) if number % 3 == 2 else {}))
    for handover in rows.get("handovers", {}).values():
        handover.update({fact: chance.choice(FACTS[fact]) for fact in ("level", "language") if chance.random() < 0.5})
        handover.update({"label": "by chance"} if chance.random() < 0.5 else {})


def _branches(rows: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for menu in rows["menus"].values():
        yield from menu["branches"].values()
    yield from (node["default"] for kind in ("menus", "inputs") for node in rows[kind].values())


# ---- nodes ---------------------------------------------------------------------------------------------------------------------


def _menu(chance: random.Random, place: Place) -> dict[str, Any]:
    keys = chance.sample(KEYS, chance.randint(1, 6))
    asks = chance.choice((*[[]] * 3, *([fact] for fact in FACTS), ["language", "product_line"]))
    branches = {key: _branch(chance, place, f"b{number}", asks) for number, key in enumerate(keys)}
    if place.must is not None or not asks:
        branches[keys[0]] = {"choice": "b0", "sets": _facts(chance, place.facts), **({"next": place.must} if place.must else {})}
    default = {"choice": "default", "sets": _facts(chance, place.facts), **_onward(chance, place)}
    if not asks and chance.random() < 0.2:  # where a key leads on, silence may end the call
        default = {"choice": "default", **_out(chance)}
    row = {"prompt": chance.choice(PROMPTS), "branches": branches, "default": default, **_patience(chance)}
    if asks:
        row["asks"] = asks[0] if len(asks) == 1 else asks
    if len(keys) > 1 and chance.random() < 0.4:
        swapped = {keys[0]: keys[1], keys[1]: keys[0]}
        row["trial"] = {"prompt": chance.choice(PROMPTS), "keys": swapped, "share_percent": chance.randint(1, 99)}
    return row


def _branch(chance: random.Random, place: Place, choice: str, asks: list[str]) -> dict[str, Any]:
    ways: list[dict[str, Any]] = [{}, {"do": "back"}, {"do": "repeat"}, _out(chance), _onward(chance, place)]
    way, sets = chance.choice(ways), {fact: value for fact, value in _facts(chance, place.facts).items() if fact not in asks}
    if not {"to", "do"} & way.keys() and way.get("next") != FAREWELL:  # else who is passed over would be sent out without a word
        sets |= {fact: chance.choice(FACTS[fact]) for fact in asks}
    return {"choice": choice, "sets": sets, **way}


def _input(chance: random.Random, place: Place) -> dict[str, Any]:
    shortest, finds = chance.randint(1, 6), chance.choice((None, "customer", "case", "case"))
    default = {"choice": "default", **(_out(chance) if chance.random() < 0.2 else _onward(chance, place))}
    row = {
        "prompt": chance.choice(PROMPTS), "shortest": shortest, "longest": chance.randint(shortest, LONGEST),
        "confirm": chance.random() < 0.5, "default": default, **_patience(chance),
    }  # fmt: skip
    row |= ({"check": rule} if (rule := chance.choice(RULES)) else {}) | ({"next": place.must} if place.must else {})
    row |= {"finds": finds} if finds else {}
    return row | ({"found": chance.choice(place.later)} if finds == "case" and place.later and chance.random() < 0.7 else {})


def _notice(chance: random.Random, place: Place) -> dict[str, Any]:
    keyed = [f"{kind}:{name}" for name in place.keyed for kind in ("digits", "number")]
    return {"prompts": chance.sample((*PROMPTS, *VALUES, *keyed), chance.randint(1, 3)), **({"next": place.must} if place.must else {})}


def _every_menu(chance: random.Random) -> dict[str, Any]:
    some = {"0": {"choice": "operator"}, "*": {"choice": "back", "do": "back"}, "#": {"choice": "again", "do": "repeat"}}
    return {key: branch for key, branch in some.items() if chance.random() < 0.7}


def _onward(chance: random.Random, place: Place) -> dict[str, Any]:
    return {"next": chance.choice(place.later)} if place.later and chance.random() < 0.7 else {}


def _out(chance: random.Random) -> dict[str, Any]:
    return chance.choice(({"next": FAREWELL}, {"to": chance.choice(DESTINATIONS)}, {"to": chance.choice(DESTINATIONS), "solves": True}))


def _patience(chance: random.Random) -> dict[str, Any]:
    return {"attempts": chance.randint(1, 2), "timeout_seconds": 1}


MAKERS = {"menus": _menu, "inputs": _input, "notices": _notice}
"""Section of the configuration -> how a node in it is made."""


# ---- what is known -------------------------------------------------------------------------------------------------------------


def _facts(chance: random.Random, facts: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    return {fact: chance.choice(values) for fact, values in facts.items() if chance.random() < 0.15}


def _hints(chance: random.Random, facts: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    hints: dict[str, Any] = {"hints": _facts(chance, facts)}
    return hints | ({"welcome": "welcome_promotion"} if chance.random() < 0.2 else {})


def _days(chance: random.Random) -> dict[str, Any]:
    days = dict(zip(("valid_from", "valid_to"), sorted(chance.sample(DAYS, 2)), strict=True))
    if chance.random() < 0.3:
        del days[chance.choice(tuple(days))]
    return days | ({"outside": chance.choice(DESTINATIONS)} if chance.random() < 0.5 else {})


def random_keys(chance: random.Random, most: int) -> Iterator[str]:
    """Keys as somebody presses them who does not listen."""
    return (chance.choice(KEYS) for _ in range(chance.randrange(most + 1)))
