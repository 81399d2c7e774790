"""Configurations made by chance: the shipped one with other menus, inputs, notices and numbers, always such as `hotline check` allows.

Every node leads only to later ones, so that nothing goes round in circles; every node is led to from an earlier one; and who keys
nothing always comes to a queue.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from config.loader.lines import read

SHIPPED = Path(__file__).parents[2] / "config" / "hotline.yaml"
KEYS = "0123456789*#"
PROMPTS = ("choose_language", "choose_product", "choose_level", "choose_service", "choose_question", "enter_case", "goodbye")
VALUES = ("digits:010", "number:21", "date:2026-12-31", "time:17:30", "hours:pcs.L1")
FACTS = {"language": ("zh", "en"), "product_line": ("servers", "pcs", "printers", "scanners"), "level": ("L1", "L2", "L3")}
DESTINATIONS = ("closed", "goodbye", "message")
RULES = (None, "luhn", "mod_11_10")


@cache
def _shipped() -> dict[str, Any]:
    rows: dict[str, Any] = read(SHIPPED.read_text(encoding="utf-8")).value
    return rows


def shipped_rows() -> dict[str, Any]:
    """The shipped configuration as plain values, to be changed."""
    return deepcopy(_shipped())


def with_random_menus(rows: dict[str, Any], chance: random.Random) -> None:
    """Change the rows: another voice menu, and other hints of the numbers."""
    kinds = ["menus", *(chance.choice(("menus", "menus", "inputs", "notices")) for _ in range(chance.randrange(8)))]
    nodes = [(f"{kind[:-1]}_{place}", kind) for place, kind in enumerate(kinds)]
    rows.update(menus={}, inputs={}, notices={})
    for place, (name, kind) in enumerate(nodes):
        later = [other for other, _ in nodes[place + 1 :]]
        must = later[0] if later else None
        rows[kind][name] = _MAKERS[kind](chance, later, must)
    rows["voice_menu"].update(start=nodes[0][0], most_keys=None, every_menu=_every_menu(chance))
    for entry in rows["entries"].values():
        entry["hints"] = _facts(chance)


def _menu(chance: random.Random, later: list[str], must: str | None) -> dict[str, Any]:
    keys = chance.sample(KEYS, chance.randint(1, 6))
    asks = chance.choice((None, *FACTS))
    branches = {key: _branch(chance, later, f"b{place}", asks) for place, key in enumerate(keys)}
    if must is not None:
        branches[keys[0]] = {"choice": "b0", "sets": _facts(chance), "next": must}
    default = {"choice": "default", **_onward(chance, later)}
    row = {"prompt": chance.choice(PROMPTS), "branches": branches, "default": default, **_patience(chance)}
    if asks is not None:
        row["asks"] = asks
    if len(keys) > 1 and chance.random() < 0.4:
        swapped = {keys[0]: keys[1], keys[1]: keys[0]}
        row["trial"] = {"prompt": chance.choice(PROMPTS), "keys": swapped, "share_percent": chance.randint(1, 99)}
    return row


def _branch(chance: random.Random, later: list[str], choice: str, asks: str | None) -> dict[str, Any]:
    ways: list[dict[str, Any]] = [{}, {"do": "back"}, {"do": "repeat"}, {"to": chance.choice(DESTINATIONS)}, _onward(chance, later)]
    way, sets = chance.choice(ways), {fact: value for fact, value in _facts(chance).items() if fact != asks}
    if asks is not None and "to" not in way and "do" not in way:  # else who is passed over would be sent out without a word
        sets[asks] = chance.choice(FACTS[asks])
    return {"choice": choice, "sets": sets, **way}


def _input(chance: random.Random, later: list[str], must: str | None) -> dict[str, Any]:
    shortest = chance.randint(1, 6)
    row = {
        "prompt": chance.choice(PROMPTS), "shortest": shortest, "longest": chance.randint(shortest, 8), "confirm": chance.random() < 0.5,
        "default": {"choice": "default", **_onward(chance, later)}, **_patience(chance),
    }  # fmt: skip
    return row | ({"check": rule} if (rule := chance.choice(RULES)) else {}) | ({"next": must} if must else {})


def _notice(chance: random.Random, _: list[str], must: str | None) -> dict[str, Any]:
    return {"prompts": chance.sample((*PROMPTS, *VALUES), chance.randint(1, 2)), **({"next": must} if must else {})}


def _every_menu(chance: random.Random) -> dict[str, Any]:
    some = {"0": {"choice": "operator"}, "*": {"choice": "back", "do": "back"}, "#": {"choice": "again", "do": "repeat"}}
    return {key: branch for key, branch in some.items() if chance.random() < 0.7}


def _onward(chance: random.Random, later: list[str]) -> dict[str, Any]:
    return {"next": chance.choice(later)} if later and chance.random() < 0.7 else {}


def _facts(chance: random.Random) -> dict[str, Any]:
    return {fact: chance.choice(values) for fact, values in FACTS.items() if chance.random() < 0.2}


def _patience(chance: random.Random) -> dict[str, Any]:
    return {"attempts": chance.randint(1, 2), "timeout_seconds": 1}


_MAKERS = {"menus": _menu, "inputs": _input, "notices": _notice}


def random_keys(chance: random.Random, most: int) -> Iterator[str]:
    """Keys as somebody presses them who does not listen."""
    return (chance.choice(KEYS) for _ in range(chance.randrange(most + 1)))
