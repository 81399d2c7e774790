"""Objects of the house as bytes and back, whatever they are: for checkpoints of the router's state.

Decides what may be stored: values, and instances of classes in the rooms that ``unpack`` is told of. It knows none of them by name, so
that a new field or class needs nothing here. Where the bytes are kept, and whether they fit today's code, is ``acd.checkpoint``'s.

It is pickle, because the state is a web of objects that refer to each other and are told apart by identity, which no JSON keeps; with
two changes. **Reading creates instances of the house's own classes and of a few harmless values, and calls nothing else**: a changed file
can spoil the state, as a changed journal could, but run nothing. **Things are written one after another**, not one inside the other:
ten thousand calls that lead from one to the next would otherwise be as many nested calls of pickle.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Collection
from enum import Enum
from typing import Any

_PROTOCOL = 5
_VALUES = {
    ("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone"), ("collections", "OrderedDict"),
    ("collections", "deque"), ("collections", "defaultdict"), ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "list"),
    ("builtins", "dict"), ("builtins", "int"),
}  # fmt: skip
"""What may be in the state beside the house's own classes."""


class Unpackable(Exception):
    """The bytes hold what may not be made of them; the message says what."""


def pack(thing: Any, rooms: Collection[str]) -> bytes:
    """``thing`` as bytes; ``rooms`` are modules or packages whose instances are told apart by identity.

    Raises pickle.PicklingError, TypeError or AttributeError for what can't be stored: open files, lambdas.
    """
    buffer = io.BytesIO()
    packer = _Packer(buffer, rooms)
    packer.dump(thing)
    written = 0
    while written < len(packer.things):  # writing one may find others
        packer.dump(packer.things[written].__getstate__())
        written += 1
    return buffer.getvalue()


def unpack(data: bytes, rooms: Collection[str]) -> Any:
    """What ``pack`` was given. Raises Unpackable, or whatever pickle raises for bytes that are damaged."""
    unpacker = _Unpacker(io.BytesIO(data), rooms)
    thing = unpacker.load()
    filled = 0
    while filled < len(unpacker.things):
        _fill(unpacker.things[filled], unpacker.load())
        filled += 1
    return thing


def _fill(thing: Any, state: Any) -> None:
    plain, slots = state if isinstance(state, tuple) else (state, None)
    for name, value in {**(plain or {}), **(slots or {})}.items():
        object.__setattr__(thing, name, value)


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, rooms: Collection[str]) -> None:
        super().__init__(file, protocol=_PROTOCOL)
        self.things: list[Any] = []
        self._rooms = rooms
        self._by_identity: dict[type, bool] = {}

    def reducer_override(self, thing: Any) -> Any:
        """The first time that a thing is met it is written as an empty one of its class; pickle itself knows it again from then on.

        A member of an enumeration is written by its value: left alone, 3.11.2 and 3.11.7 do it in different ways.
        """
        if isinstance(thing, Enum):
            return type(thing), (thing.value,)
        kind = type(thing)
        by_identity = self._by_identity.get(kind)
        if by_identity is None:
            by_identity = self._by_identity[kind] = _is_told_by_identity(kind, self._rooms)
        if not by_identity:
            return NotImplemented
        self.things.append(thing)
        return empty, (kind,)


def empty(kind: type) -> Any:
    """A thing of this class, which is filled later."""
    return object.__new__(kind)


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, rooms: Collection[str]) -> None:
        super().__init__(file)
        self.things: list[Any] = []
        self._rooms = rooms

    def _empty(self, kind: type) -> Any:
        thing = empty(kind)
        self.things.append(thing)
        return thing

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):  # how pickle writes a bound method
            return self._method
        if (module, name) == (__name__, empty.__name__):
            return self._empty
        if (module, name) not in _VALUES and not _is_in(module, self._rooms):
            raise Unpackable(f"{module}.{name} has no place in a stored state")
        found = super().find_class(module, name)
        if not isinstance(found, type):
            raise Unpackable(f"{module}.{name} is no class")
        return found

    def _method(self, thing: Any, name: str) -> Callable[..., Any]:
        found = getattr(type(thing), name, None)
        if name.startswith("_") or found is None or not _is_in(getattr(found, "__module__", ""), self._rooms):
            raise Unpackable(f"{type(thing).__name__}.{name} is no method to be stored")
        method: Callable[..., Any] = found.__get__(thing)
        return method


def _is_in(module: str, rooms: Collection[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def _is_told_by_identity(kind: type, rooms: Collection[str]) -> bool:
    compared = any("__eq__" in base.__dict__ for base in kind.__mro__ if base is not object)
    return not compared and not issubclass(kind, Enum | type) and _is_in(kind.__module__, rooms)
