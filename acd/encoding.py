"""Events, effects and plans as JSON text and back.

Decides the stored form: an object's fields by name, a union's member by its class's name under ``_type``, enums by value, times
in ISO 8601 with their zone. It does not know where the text is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Union, get_args

import orjson
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn
from cattrs.strategies import configure_tagged_union

from acd.effects import Effect
from acd.events import Event
from skills.expression import Expression


def _zoned(text: Any, _: type) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a time needs a zone, but got {text}")
    return moment


def _converter() -> Converter:
    converter = Converter(unstruct_collection_overrides={tuple: list})
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, _zoned)
    configure_tagged_union(Expression, converter, tag_name="_type")
    return converter


_CONVERTER = _converter()
_EVENTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Event)}
_EFFECTS: dict[str, type] = {kind.__name__: kind for union in get_args(Effect) for kind in (get_args(union) or (union,))}
_TO_PLAIN: dict[type, Callable[[Any], dict[str, Any]]] = {}


def to_plain(thing: Any) -> dict[str, Any]:
    """The event, effect or view as a dict that ``json.dumps`` takes."""
    kind = type(thing)
    encode = _TO_PLAIN.get(kind)
    if encode is None:
        encode = _TO_PLAIN[kind] = make_dict_unstructure_fn(kind, _CONVERTER)
    return encode(thing)


def to_json(thing: Any) -> str:
    """The event or effect as one line of JSON; equal things give equal text."""
    plain = to_plain(thing)
    try:
        return orjson.dumps(plain).decode()
    except orjson.JSONEncodeError:  # half of a surrogate pair, which no UTF-8 can carry, in a text that somebody typed: kept as an escape
        return json.dumps(plain, separators=(",", ":"))


def kind_of(thing: Event | Effect) -> str:
    """The name under which a thing of this kind is stored."""
    return type(thing).__name__


def _loaded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # the escape of a half pair again
        return json.loads(text)


def event_from_json(kind: str, text: str) -> Event:
    """The event that ``to_json`` wrote. Raises KeyError for an unknown kind, and cattrs' errors for fields that don't fit."""
    event: Event = _CONVERTER.structure(_loaded(text), _EVENTS[kind])
    return event


def effect_from_json(kind: str, text: str) -> Effect:
    """The effect that ``to_json`` wrote; raises as ``event_from_json`` does."""
    effect: Effect = _CONVERTER.structure(_loaded(text), _EFFECTS[kind])
    return effect


Storable = Union[Event, Effect]
