"""What has changed from one live view to the next, row by row, so that a console need not be sent what it knows.

Pure. A page that has ``before`` and puts ``changes(before, after)`` over it, has ``after``: rows are found by their keys, and come whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from acd.board import Board

KEYS: Final[Mapping[str, str]] = {
    "calls": "call", "agents": "agent", "queues": "queue", "promises": "call", "incidents": "incident", "messages": "message",
}  # fmt: skip
"""Part of the board -> the field that tells its rows apart."""


def changes(before: Board, after: Board) -> dict[str, Any] | None:
    """Part -> ``put``, the rows that are new or not as they were, and ``gone``, the keys of those that are not there any more.

    Parts that are as before are left out; None when all are.
    """
    if replace(before, at=after.at) == after:
        return None
    parts = ((part, _part(key, getattr(before, part), getattr(after, part))) for part, key in KEYS.items())
    return {part: change for part, change in parts if change is not None}


def _part(key: str, before: Iterable[Any], after: Iterable[Any]) -> dict[str, list[Any]] | None:
    old = {getattr(row, key): row for row in before}
    put = []
    for row in after:
        known = old.pop(getattr(row, key), None)
        if known is not row and known != row:  # most are the same object, see ``acd.view``
            put.append(row)
    return {"put": put, "gone": list(old)} if put or old else None
