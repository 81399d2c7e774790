"""YAML text as plain values, remembering the line of each. A small and strict dialect.

Decides what YAML is taken: one document of mappings, lists and scalars, read as YAML 1.2 reads them (so ``no`` is a language,
and ``0100`` a telephone number that keeps its zero). Anchors, aliases and tags are refused: they can make a small file huge.
It does not know what the values mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from config.schema.source import Path, Problem

DEEPEST = 30
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class NotYaml(Exception):
    """The text can't be read as YAML at all; ``line`` is where (from 1)."""

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.line = line


@dataclass(slots=True)
class Document:
    """What was read: ``value``, the line of each value in it, and duplicate keys as problems."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(text: str) -> Document:
    """The text as a document. Raises NotYaml when it is none, or is more than the dialect allows."""
    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(f"found {_in_words(error)}, expected YAML", mark.line + 1 if mark else 1) from None
    except ReaderError as error:
        raise NotYaml("found a control character, expected printable text", text.count("\n", 0, error.position) + 1) from None


def _in_words(error: MarkedYAMLError) -> str:
    """ruamel's two half sentences as one."""
    parts = [part for part in (error.problem, error.context) if part]
    return " ".join(" ".join(parts).split()) or "something unreadable"


class _Builder:
    """Builds the value from the parser's events, one method per kind of node."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._document = Document()

    def document(self) -> Document:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                self._document.value = self._node(next(self._events), ())
                break
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                _refuse(event, "a second document (---)", "one document")
        return self._document

    def _node(self, event: Event, path: Path) -> Any:
        _refuse_fancy(event)
        self._document.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > DEEPEST:
            _refuse(event, "values nested too deeply", f"at most {DEEPEST} levels")
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            _refuse_fancy(event)
            if not isinstance(event, ScalarEvent):
                _refuse(event, "a key that is a mapping or a list", "a name")
            self._entry(values, event.value, event, path)
        return values

    def _entry(self, values: dict[str, Any], key: str, event: Event, path: Path) -> None:
        line = event.start_mark.line + 1
        inner = (*path, key)
        if key in values:
            first = self._document.lines[inner]
            problem = Problem(f"found {key!r} a second time, expected it once (first on line {first})", path, line=line)
            self._document.problems.append(problem)
        self._document.lines.setdefault(inner, line)
        value = self._node(next(self._events), inner)
        values.setdefault(key, value)

    def _sequence(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            values.append(self._node(event, (*path, len(values))))
        return values


def _refuse(event: Event, found: str, expected: str) -> NoReturn:
    raise NotYaml(f"found {found}, expected {expected}", event.start_mark.line + 1)


def _refuse_fancy(event: Event) -> None:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        _refuse(event, "an anchor or alias (& or *)", "plain values; text that starts with & or * needs quotes")
    tag = getattr(event, "tag", None)
    if tag is not None:
        _refuse(event, f"the tag {tag}", "plain values without tags")


def _scalar(event: Event) -> Any:
    assert isinstance(event, ScalarEvent)
    text = event.value
    if event.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
