"""The configurations that are made by chance have, now and then, everything that the schema knows of menus and queues: a new kind of node,
or a new key of a row, that they never make is a failure here.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from config.schema import Config, CustomersRow, Destination, QueueRules, Strict, Survey, relief, voice
from ivr.menu import Saying
from tests.property.random_menus import MAKERS
from tests.property.test_random_menus import random_config

MOST_SEEDS = 200
Option = tuple[str, str, object]
"""Row, key, value; ``...`` is any value."""


def rows_of(module: Any) -> list[type[BaseModel]]:
    """The rows that a module of the schema defines."""
    classes = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]
    return [kind for kind in classes if issubclass(kind, Strict)]


ROWS = {*rows_of(voice), *rows_of(relief), Destination, QueueRules, Survey} - {voice.Hotline}
NEVER: dict[tuple[str, str], str] = {
    ("VoiceMenu", "most_keys"): "says how far queues may be, and changes nothing for callers",
    ("DefaultRow", "do"): "is refused: silence leads on",
    ("CalendarRow", "file"): "is a file beside the configuration",
    ("Survey", "returns_within_days"): "is what reports count by",
}
"""What need not be made, and why."""
ALSO: set[Option] = {(CustomersRow.__name__, "ask_number", True), (CustomersRow.__name__, "ask_number", False)}


def values_of(annotation: Any) -> list[object]:
    """What a key of this type can be, when that is one of a few words or true and false."""
    if annotation is bool:
        return [True, False]
    if typing.get_origin(annotation) is typing.Literal:
        return list(typing.get_args(annotation))
    if annotation is Ellipsis or typing.get_origin(annotation) is dict:
        return []
    return [value for part in typing.get_args(annotation) for value in values_of(part)]


def wanted() -> set[Option]:
    every = {
        (row.__name__, key, value)
        for row in ROWS
        for key, field in row.model_fields.items()
        for value in (values_of(field.annotation) or [...])
        if (row.__name__, key) not in NEVER
    }
    return every | ALSO


def made(value: Any) -> Iterator[Option]:
    """Each key that is given somewhere in a configuration, with its value, and for any value."""
    if isinstance(value, BaseModel):
        for key in type(value).model_fields:
            inner = getattr(value, key)
            yield from ((type(value).__name__, key, one) for one in (inner if isinstance(inner, tuple) else (inner,)) if _is_word(one))
            if inner not in (None, (), {}):
                yield type(value).__name__, key, ...
            yield from made(inner)
    elif isinstance(value, dict | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from made(inner)


def _is_word(value: object) -> bool:
    return isinstance(value, str | bool)


def said(config: Config) -> set[str]:
    return {item.partition(":")[0] for row in config.notices.values() for item in row.prompts if ":" in item}


def test_every_key_of_the_schema_s_rows_and_every_value_that_can_be_said_is_made() -> None:
    left, unsaid = wanted(), {kind.value for kind in Saying}
    for seed in range(MOST_SEEDS):
        config = random_config(seed)
        left -= set(made(config))
        unsaid -= said(config)
        if not left and not unsaid:
            break
    assert (sorted(map(str, left)), unsaid) == ([], set())


def test_what_need_not_be_made_is_there() -> None:
    keys = {(row.__name__, key) for row in ROWS for key in row.model_fields}
    assert set(NEVER) <= keys


def test_every_section_of_nodes_has_a_maker() -> None:
    """A node's row is one that a menu's key can lead to by its name."""
    nodes = {name for name, field in Config.model_fields.items() if _is_node_section(field.annotation)}
    assert nodes == set(MAKERS)


def _is_node_section(annotation: Any) -> bool:
    rows = [part for part in typing.get_args(annotation) if inspect.isclass(part) and part.__module__ == voice.__name__]
    return any("next" in row.model_fields or "branches" in row.model_fields for row in rows)
