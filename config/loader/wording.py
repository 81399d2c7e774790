"""What pydantic found wrong, in the words of the administrator: what was found, what was expected.

Knows pydantic's kinds of errors and the types of ``config.schema``; does not read files.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.schema import Config
from config.schema.nearest import did_you_mean
from config.schema.source import Path, Problem

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
}
"""Pydantic's kind of error -> what was expected, filled in from its context."""


def problem_of(error: ErrorDetails) -> Problem:
    """One of pydantic's errors as a problem."""
    path: Path = tuple(part for part in error["loc"] if part not in ("[key]", "text", "combination"))
    return Problem(_sentence(error, path), path)


def _sentence(error: ErrorDetails, path: Path) -> str:
    kind = error["type"]
    if kind == "missing":
        return f"found no {path[-1]!r}, expected it in {dotted(path[:-1])}"
    if kind == "extra_forbidden":
        known = keys_at(path[:-1])
        hint = did_you_mean(str(path[-1]), known)
        return f"found unknown key {path[-1]!r} in {dotted(path[:-1])}, expected one of {', '.join(known)}{hint}"
    if kind == "value_error":
        return f"found {shown(error['input'])}, {error['ctx']['error']}"
    expected = _EXPECTED.get(kind)
    if expected is None:
        return f"found {shown(error['input'])}, expected otherwise: {error['msg']}"
    return f"found {shown(error['input'])}, expected {expected.format_map(error.get('ctx', {}))}"


def shown(value: Any) -> str:
    """A value from the file, short, as a person would name it."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}...'"


def dotted(path: Path) -> str:
    """The path as people write it: ``queues.defaults.steps[0]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the file"


def keys_at(path: Path) -> list[str]:
    """The keys that the schema knows at ``path``, as they are written in YAML."""
    found: Any = Config
    for part in path:
        found = _inside(found, part)
    model = next((kind for kind in _alternatives(found) if _is_model(kind)), None)
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _inside(annotation: Any, part: str | int) -> Any:
    """The type that ``annotation`` has at a key or position."""
    for kind in _alternatives(annotation):
        if _is_model(kind):
            field = next((field for name, field in kind.model_fields.items() if part in (name, field.alias)), None)
            if field is not None:
                return field.annotation
        elif typing.get_origin(kind) in (dict, list, tuple):
            inner = [argument for argument in typing.get_args(kind) if argument is not Ellipsis]
            return inner[-1]
    return None


def _alternatives(annotation: Any) -> list[Any]:
    """The members of a union, without the wrappings of Annotated."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _alternatives(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [kind for member in typing.get_args(annotation) for kind in _alternatives(member)]
    return [annotation]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
