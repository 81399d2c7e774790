"""Reads the configuration file, and says everything that is wrong with it, each with file and line.

Decides what a readable file is (bounded size, UTF-8, strict YAML) and in which order it is judged: syntax; then the shape of
every value, with duplicate keys; then, when every row could be read, whether the names in it fit together. All problems of the
first of these that has any are reported at once. It does not read the environment, except for secrets (``resolve_secret``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.loader.lines import Document, NotYaml, read
from config.loader.secret import SecretMissing, resolve_secret, resolve_secrets
from config.loader.wording import problem_of
from config.references import broken_references
from config.schema import Config
from config.schema.source import Path as Places
from config.schema.source import Problem, Source

LARGEST_BYTES = 2_000_000
"""A configuration for thousands of agents is well below this."""


class ConfigError(Exception):
    """The configuration can't be used; ``problems`` says why, and the message is one line for each: ``file:line: …``."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def load(path: str | Path) -> Config:
    """The configuration in the file at ``path``. Raises ConfigError with every problem found."""
    return parse(_text(Path(path)), str(path))


def parse(text: str, file: str = "<text>") -> Config:
    """The configuration in ``text``, which came from ``file``. Raises ConfigError with every problem found."""
    try:
        document = read(text)
    except NotYaml as error:
        raise ConfigError([Problem(str(error), file=file, line=error.line)]) from None
    source = Source(file, document.lines, _included_days(document, Path(file)))
    config = _shaped(document, source).from_source(source)
    _raise_if_any(broken_references(config), source)
    return config


def _shaped(document: Document, source: Source) -> Config:
    """Strict, in pydantic's JSON mode: there a list may become a tuple, and text a member of an enumeration, but nothing else."""
    problems = list(document.problems)
    try:
        config = Config.model_validate_json(json.dumps(document.value))
    except ValidationError as error:
        problems += [problem_of(detail) for detail in error.errors()]
        _raise_if_any(problems, source)
        raise
    _raise_if_any(problems, source)
    return config


def _included_days(document: Document, file: Path) -> dict[Places, Source]:
    """Put the days of the calendars' files into the document, below those that are there already; where they were read from."""
    included: dict[Places, Source] = {}
    calendars = document.value.get("calendars") if isinstance(document.value, dict) else None
    for name, row in calendars.items() if isinstance(calendars, dict) else ():
        path = row.get("file") if isinstance(row, dict) else None
        if isinstance(path, str) and isinstance(row.get("days", {}), dict):
            source, days = _days(file.parent / path, Source(str(file), document.lines), ("calendars", name, "file"))
            row["days"] = {**days, **row.get("days", {})}
            included["calendars", name, "days"] = source
    return included


def _days(path: Path, by: Source, place: Places) -> tuple[Source, dict[str, Any]]:
    """The ``days`` of a calendar's file, which is named at a ``place`` of another."""
    if not path.is_file():
        raise ConfigError([by.placed(Problem(f"found no file {path}, expected the calendar's days", place))])
    try:
        document = read(_text(path))
    except NotYaml as error:
        raise ConfigError([Problem(str(error), file=str(path), line=error.line)]) from None
    source = Source(str(path), document.lines)
    _raise_if_any(document.problems, source)
    if not isinstance(document.value, dict) or list(document.value) != ["days"] or not isinstance(document.value["days"], dict):
        raise ConfigError([Problem("found something else, expected `days` and nothing more", file=str(path), line=1)])
    return source, document.value["days"]


def _raise_if_any(problems: Sequence[Problem], source: Source) -> None:
    if problems:
        placed = [source.placed(problem) for problem in problems]
        raise ConfigError(sorted(placed, key=lambda problem: problem.line or 0))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ConfigError([Problem(f"found no readable file ({error.strerror}), expected a configuration", file=str(path))]) from None
    if len(raw) > LARGEST_BYTES:
        raise ConfigError([Problem(f"found more than {LARGEST_BYTES} bytes, expected a smaller file", file=str(path))])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem("found bytes that are not UTF-8, expected UTF-8 text", file=str(path), line=line)]) from None


__all__ = ["ConfigError", "SecretMissing", "load", "parse", "resolve_secret", "resolve_secrets"]
