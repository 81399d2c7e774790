"""Where in its file each value of a configuration stands, and what can be wrong with one.

Knows file names and lines only; the YAML itself is read by ``config.loader``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

Path = tuple[str | int, ...]
"""The way to a value: keys and positions in lists, e.g. ``("menus", "level", "branches", "1", "next")``."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the line (from 1) of each value in it."""

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    included: Mapping[Path, Source] = field(default_factory=dict)
    """Path -> the file that what is below it was read from, as far as it is not in this one."""

    def placed(self, problem: Problem) -> Problem:
        """The problem with its file and line, unless it knows its line already."""
        if problem.line is not None:
            return replace(problem, file=problem.file or self.file)
        for place, source in self.included.items():
            inner = problem.path[len(place) :]
            if problem.path[: len(place)] == place and inner and problem.path[: len(place) + 1] not in self.lines:
                return replace(problem, file=source.file, line=source.line_of((place[-1], *inner)))
        return replace(problem, file=self.file, line=self.line_of(problem.path))

    def line_of(self, path: Path) -> int | None:
        """The line of the deepest known value on ``path``; parts that are unknown are passed over. None when nothing is known."""
        known: Path = ()
        for part in path:
            if (*known, part) in self.lines:
                known = (*known, part)
        return self.lines.get(known)


class Severity(StrEnum):
    """An error keeps the configuration from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the configuration: where, and in words what was found and what was expected."""

    text: str
    path: Path = ()
    severity: Severity = Severity.ERROR
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place}: {self.text}" if place else self.text
