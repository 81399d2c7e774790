"""Cursors: where the next page of a list begins, in a text that says nothing to who carries it.

A cursor belongs to one list, and names the last row that was given, not a number of rows: rows that come or go in between are neither
given twice nor left out. Knows no list.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Query

from cti.api_problems import InvalidPart, Refused

MOST = 200
"""Rows of a page."""
LONGEST_CURSOR = 512

Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str, Query(min_length=1, max_length=LONGEST_CURSOR)]

Place = tuple[str | int, ...]


def cursor_of(what: str, *place: str | int) -> str:
    """The cursor of the list ``what`` that stands for the row at ``place``."""
    return base64.urlsafe_b64encode(json.dumps([what, *place], separators=(",", ":")).encode()).decode().rstrip("=")


def place_of(what: str, cursor: str, kinds: Sequence[type]) -> Place:
    """The place that ``cursor_of`` was given, whose parts are of these kinds. Refuses what is no cursor of this list."""
    try:
        told = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        told = None
    if not isinstance(told, list) or told[:1] != [what] or [type(part) for part in told[1:]] != list(kinds):
        raise unknown_cursor()
    return tuple(told[1:])


def aware(moment: str) -> datetime:
    """A time that stood in a cursor. Raises ValueError when it is none, or has no zone."""
    found = datetime.fromisoformat(moment)
    if found.tzinfo is None:
        raise ValueError(f"a time needs a zone, but got {moment}")
    return found


def moment_of(what: str, cursor: str) -> tuple[datetime, str]:
    """The moment, with its zone, and the row's id at which a list by time goes on. Refuses what is no cursor of this list."""
    moment, row_id = map(str, place_of(what, cursor, (str, str)))
    try:
        return aware(moment), row_id
    except ValueError:
        raise unknown_cursor() from None


def unknown_cursor(parameter: str = "cursor") -> Refused:
    """The refusal of a cursor that is none of ours, or another list's."""
    wrong = InvalidPart(detail="take it as it was given with a page of this list", parameter=parameter)
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_cursor", "this is no cursor of this list", errors=(wrong,))
