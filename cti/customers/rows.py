"""Customers as rows, the way a CSV file and an SQL query give them: one row for each open case or promise, by customer's id.

Decides what the columns mean and how rows become customers. What a customer is (name, tier, language, numbers, products) is taken from the
first of his rows that says it. It knows neither files nor databases, nor which tiers and product lines there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Final

from acd.customer import STANDARD_TIER, Customer, DuePromise, OpenCase
from acd.model import AgentId

COLUMNS: Final = (
    "id", "name", "tier", "language", "numbers", "products", "warranties", "serials", "case_id", "case_line", "case_level", "case_engineer",
    "case_subject", "case_state", "case_due", "promise", "promise_due",
)  # fmt: skip
"""Only ``id`` must have a value, and what belongs together: a case its line, a promise when it is due."""
_BETWEEN: Final = re.compile(r"\s*[;|]\s*")
"""Several numbers, or products, of one customer."""
UNKNOWN_DAY: Final = "-"

Row = Mapping[str, Any]
"""Column -> value; None and '' are the same."""


class RowError(Exception):
    """A row makes no sense; ``place`` counts the rows from 0."""

    def __init__(self, place: int, text: str) -> None:
        super().__init__(text)
        self.place = place


@dataclass(slots=True)
class Known:
    """A customer as far as the rows have told of him."""

    id: str
    said: dict[str, str] = field(default_factory=dict)
    cases: dict[str, OpenCase] = field(default_factory=dict)
    promises: list[DuePromise] = field(default_factory=list)

    @property
    def numbers(self) -> list[str]:
        """His telephone numbers, as they are written."""
        return _several(self.said.get("numbers", ""))

    @property
    def serials(self) -> list[str]:
        """The serial numbers of what he has, as they are written."""
        return _several(self.said.get("serials", ""))

    @property
    def customer(self) -> Customer:
        """All of it."""
        said = self.said
        return Customer(
            self.id, said.get("name", ""), said.get("tier", STANDARD_TIER), said.get("language", ""),
            tuple(_several(said.get("products", ""))), tuple(self.cases.values()), tuple(self.promises),
            warranties(_several(said.get("warranties", ""))),
        )  # fmt: skip


def known_of(rows: Iterable[Row], zone: tzinfo) -> dict[str, Known]:
    """Customer's id -> what the rows say of him, in their order. Times without a zone are in ``zone``. Raises RowError."""
    known: dict[str, Known] = {}
    for place, row in enumerate(rows):
        try:
            _take(known, {column: _text(row.get(column)) for column in COLUMNS}, zone)
        except ValueError as problem:
            raise RowError(place, str(problem)) from None
    return known


def _take(known: dict[str, Known], row: Mapping[str, str], zone: tzinfo) -> None:
    if not row["id"]:
        raise ValueError("found a row without id, expected the customer's")
    customer = known.setdefault(row["id"], Known(row["id"]))
    for column in ("name", "tier", "language", "numbers", "products", "warranties", "serials"):
        if row[column]:
            customer.said.setdefault(column, row[column])
    warranties(_several(row["warranties"]))
    if row["case_id"]:
        if not row["case_line"]:
            raise ValueError(f"found case {row['case_id']!r} without case_line, expected its product line")
        customer.cases[row["case_id"]] = _case(row, zone)
    if row["promise"]:
        promise = DuePromise(row["promise"], due_at(row["promise_due"], zone))
        if promise not in customer.promises:
            customer.promises.append(promise)


def _case(row: Mapping[str, str], zone: tzinfo) -> OpenCase:
    engineer = AgentId(row["case_engineer"]) if row["case_engineer"] else None
    due = due_at(row["case_due"], zone) if row["case_due"] else None
    return OpenCase(row["case_id"], row["case_line"], row["case_level"], engineer, row["case_subject"], row["case_state"], due)


def warranties(days: Iterable[str]) -> tuple[str, ...]:
    """The days on which warranties end, ISO 8601; ``-`` and '' for one that is not known. Raises ValueError."""
    known = [day if day not in ("", UNKNOWN_DAY) else "" for day in days]
    try:
        return tuple(day and date.fromisoformat(day).isoformat() for day in known)
    except ValueError:
        raise ValueError(f"found {'; '.join(known)!r}, expected the day each warranty ends, such as 2027-03-31, or -") from None


def due_at(text: str, zone: tzinfo) -> datetime:
    """An ISO 8601 time; without an offset, in ``zone``. Raises ValueError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"found {text!r}, expected when it is due, such as 2026-03-01T17:00") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _text(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return "" if value is None else str(value).strip()


def _several(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text) if part]
