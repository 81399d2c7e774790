"""Hundreds of kinds of mistakes: every place of the configuration, wronged in every way that it can be; each is refused with its line.

The configuration gives every key that the schema knows (``whole_config``), written out a line for each value. A mistake carries a mark, and
the line that has the mark is the line that must be told.
"""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from config.loader import ConfigError, parse
from config.loader.wording import keys_at
from config.schema import Config
from tests.unit.config.whole_config import Rows, whole_rows

MARK = "zzz9"
LIST, MAPPING = "a list", "a mapping"
MARK_NUMBER = "-998877665544"
NOT_HERE = {
    ("CalendarRow", "file"): "is a file beside the configuration", ("SqlCustomers", "url"): "is url_from otherwise",
    ("CustomersRow", "file"): "is replaced by sql", ("CustomersRow", "http"): "is replaced by sql",
    ("HttpCustomers", "url"): "is replaced by sql", ("HttpCustomers", "token"): "is replaced by sql",
    ("DefaultRow", "do"): "is refused wherever it stands",
    ("Combination", "any"): "is written, and read as an expression", ("Combination", "not_"): "is written, and read as an expression",
    ("Combination", "agent"): "is written in the shipped file, and read as an expression",
}  # fmt: skip
"""Keys that the whole configuration does not give, and why."""
FREE_TEXT = re.compile(
    r"customers\.file|customers\.sql\.query|secret\.file"
    r"|prompts\.|\.also\.|\.label|\.name$|\.team$|\.choice$|calendars\..*name|\.address|\.(zh|en)$"
)
"""Places where any text will do."""
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
    """One of each kind, of every third kind: some of each key's, in a third of the time."""
    found: dict[str, Mistake] = {}
    kinds: dict[str, int] = {}
    for place, value in places(whole_rows()):
        number = kinds.setdefault(".".join(generalized(place)), len(kinds))
        for way, (operator, (applies, _)) in enumerate(OPERATORS.items()):
            if applies(place, value) and (number + way) % 3 == 0:
                mistake = Mistake(operator, place)
                found.setdefault(mistake.kind, mistake)
    return list(found.values())


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
    parse(written(whole_rows()))
    return written(whole_rows())


ALL = mistakes()


def test_there_are_hundreds_of_kinds() -> None:
    assert len(ALL) > 550


def test_every_key_of_the_schema_is_given_and_so_can_be_wrong(text: str) -> None:
    missing = {(row.__name__, key) for row in rows_in(Config) for key in row.model_fields} - set(given(parse(text)))
    assert missing == set(NOT_HERE)


def rows_in(annotation: Any, known: set[type[BaseModel]] | None = None) -> set[type[BaseModel]]:
    """The schema's rows that a value of this type can hold."""
    known = set() if known is None else known
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel) and annotation not in known:
        known.add(annotation)
        for field in annotation.model_fields.values():
            rows_in(field.annotation, known)
    for part in typing.get_args(annotation):
        rows_in(part, known)
    return known


def given(value: Any) -> Iterator[tuple[str, str]]:
    """The keys that are written somewhere in it, by their row's kind."""
    if isinstance(value, BaseModel):
        yield from ((type(value).__name__, key) for key in value.model_fields_set)
        yield from (found for key in type(value).model_fields for found in given(getattr(value, key)))
    elif isinstance(value, dict | tuple):
        yield from (found for inner in (value.values() if isinstance(value, dict) else value) for found in given(inner))


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_mistake_is_refused_with_its_line(text: str, operator: str) -> None:
    wrong = []
    for mistake in (one for one in ALL if one.operator == operator):
        rows = deepcopy(whole_rows())
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
