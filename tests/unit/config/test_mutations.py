"""Hundreds of kinds of mistakes: every place of the configuration, wronged in every way that it can be; each is refused with its line.

The configuration is the shipped one, written out a line for each value, with what it leaves to defaults. A mistake carries a mark, and
the line that has the mark is the line that must be told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from config.loader import ConfigError, parse
from config.loader.lines import read
from config.loader.wording import keys_at

SHIPPED = Path(__file__).parents[3] / "config" / "hotline.yaml"
MARK = "zzz9"
LIST, MAPPING = "a list", "a mapping"
PART = 2
MARK_NUMBER = "-998877665544"
MORE = {
    "callbacks": {"trunk": "provider", "caller_id": "4008001234", "allowed": ["1"]},
    "closed_days": ["2027-01-01"],
    "outside_numbers": {"trunk": "provider", "caller_id": "4008001234", "refused": ["+", "00"], "emergency": ["110"]},
}  # fmt: skip
"""What the shipped file leaves out, for more places to be wrong in."""
FEW = {
    "agents": ("li.wei", "wang.fang"), "phones": ("1001", "1002"), "entries": ("4008001234", "4008002003", "02188881002"),
    "handovers": ("8801",),
}  # fmt: skip
"""As many rows as are needed: one of a kind is enough."""
FREE_TEXT = re.compile(r"customers\.file|prompts\.|\.also\.|\.label|\.name$|\.team$|\.choice$|calendars\..*name|\.address|\.(zh|en)$")
"""Places where any text will do."""
Rows = dict[str | int, Any]
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Mistake:
    """``operator`` made at ``place``."""

    operator: str
    place: Place

    @property
    def kind(self) -> str:
        """The same for like rows: ``misspelt key at agents.*.name``."""
        return f"{self.operator} at {'.'.join(generalized(self.place))}"


@cache
def base() -> Rows:
    rows: Rows = read(SHIPPED.read_text(encoding="utf-8")).value
    rows.update(MORE)
    for section, few in FEW.items():
        rows[section] = {name: row for name, row in rows[section].items() if name in few}
    rows["queues"]["defaults"]["steps"] = rows["queues"]["defaults"]["steps"][:2]
    del rows["queues"]["defaults"]["steps"][-1]["until_seconds"]
    rows["exchanges"]["main"]["trunks"]["provider"]["contact"] = "sip:192.0.2.1"
    rows["menus"]["product"]["trial"] = {"prompt": "choose_product", "keys": {"1": "2", "2": "1"}, "share_percent": 30}
    rows["agents"]["li.wei"]["works"] = [{"days": ["mon"], "opens": "08:00", "closes": "20:00"}]
    return rows


def generalized(place: Place) -> Iterator[str]:
    """Names that the administrator chose, and positions, are all alike."""
    for end, part in enumerate(place, start=1):
        chosen = isinstance(part, int) or not keys_at(place[: end - 1])
        yield "*" if chosen else str(part)


def places(value: Any, here: Place = ()) -> Iterator[tuple[Place, Any]]:
    if here:
        yield here, value
    children: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = iter(enumerate(value))
    for key, inner in children:
        yield from places(inner, (*here, key))


def is_free(place: Place) -> bool:
    return bool(FREE_TEXT.search(".".join(map(str, place))))


def mistakes() -> list[Mistake]:
    """One of each kind, of every second kind: some four hundred, in half the time."""
    found: dict[str, Mistake] = {}
    for place, value in places(base()):
        for operator, (applies, _) in OPERATORS.items():
            if applies(place, value):
                mistake = Mistake(operator, place)
                found.setdefault(mistake.kind, mistake)
    return [mistake for kind, mistake in found.items() if crc32(kind.encode()) % PART == 0]


# ---- the ways to be wrong --------------------------------------------------------------------------------------------------------


def at(rows: Any, place: Place) -> Any:
    for part in place:
        rows = rows[part]
    return rows


def replaced(new: Callable[[Any], Any]) -> Callable[[Rows, Place], None]:
    def change(rows: Rows, place: Place) -> None:
        at(rows, place[:-1])[place[-1]] = new(at(rows, place))

    return change


def renamed(rows: Rows, place: Place) -> None:
    """In its place in the row, so that the lines stay as they are."""
    row, old = at(rows, place[:-1]), place[-1]
    for key, value in [(key, row.pop(key)) for key in list(row)]:
        row[f"{key}_{MARK}" if key == old else key] = value


def misnamed(rows: Rows, place: Place) -> None:
    row, old = at(rows, place[:-1]), place[-1]
    for key, value in [(key, row.pop(key)) for key in list(row)]:
        row[f"{MARK} Bad!" if key == old else key] = value


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _in_model(place: Place) -> bool:
    return isinstance(place[-1], str) and bool(keys_at(place[:-1]))


OPERATORS: dict[str, tuple[Callable[[Place, Any], bool], Callable[[Rows, Place], None]]] = {
    "a list of nothing known for": (lambda place, value: True, replaced(lambda old: LIST)),
    "a mapping of nothing known for": (lambda place, value: True, replaced(lambda old: MAPPING)),
    "unknown text for": (lambda place, value: not is_free(place), replaced(lambda old: f"{MARK} ???")),
    "a number beyond all bounds for": (
        lambda place, value: isinstance(value, int | float) and not isinstance(value, bool), replaced(lambda old: int(MARK_NUMBER)),
    ),
    "a misspelt key": (lambda place, value: _in_model(place), renamed),
    "an impossible name": (lambda place, value: isinstance(place[-1], str) and not _in_model(place), misnamed),
}  # fmt: skip


def written(rows: Rows) -> str:
    """As JSON, which is YAML too, and is written fast; a list or mapping that is wrong stands on one line."""
    text = json.dumps(rows, indent=1, ensure_ascii=False)
    return text.replace(f'"{LIST}"', f'[["{MARK}"]]').replace(f'"{MAPPING}"', f'{{"{MARK}": []}}')


@pytest.fixture(scope="module")
def text() -> str:
    """The unharmed configuration is accepted."""
    parse(written(base()))
    return written(base())


ALL = mistakes()


def test_there_are_hundreds_of_kinds() -> None:
    assert len(ALL) > 350


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_mistake_is_refused_with_its_line(text: str, operator: str) -> None:
    wrong = []
    for mistake in (one for one in ALL if one.operator == operator):
        rows = deepcopy(base())
        OPERATORS[operator][1](rows, mistake.place)
        harmed = written(rows)
        line = next(number for number, said in enumerate(harmed.splitlines(), start=1) if MARK in said or MARK_NUMBER in said)
        try:
            parse(harmed)
        except ConfigError as refusal:
            told = {problem.line for problem in refusal.problems}
            if line not in told:
                wrong.append(f"{mistake.kind}: line {line} {harmed.splitlines()[line - 1].strip()!r}, told {refusal.problems[0]}")
        else:
            wrong.append(f"{mistake.kind}: accepted")
    assert wrong == []
