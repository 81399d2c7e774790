"""Rows become customers."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from acd.customer import Customer, DuePromise, OpenCase
from acd.model import AgentId
from cti.customers.rows import Row, RowError, known_of

ZONE = ZoneInfo("Asia/Shanghai")


def customers(*rows: Row) -> list[Customer]:
    return [known.customer for known in known_of(rows, ZONE).values()]


def test_a_customer_is_told_of_in_as_many_rows_as_he_has_cases_and_promises() -> None:
    found = customers(
        {"id": "C1", "name": "Ma", "tier": "key_account", "products": "LP 400; LP 500", "case_id": "T1", "case_line": "printers"},
        {"id": "C1", "case_id": "T2", "case_line": "pcs", "case_level": "L2", "case_engineer": "zhao.lei", "case_subject": "blue"},
        {"id": "C2"},
        {"id": "C1", "promise": "call back", "promise_due": "2026-03-01T17:00"},
    )
    cases = (OpenCase("T1", "printers"), OpenCase("T2", "pcs", "L2", AgentId("zhao.lei"), "blue"))
    promise = DuePromise("call back", datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert found == [Customer("C1", "Ma", "key_account", "", ("LP 400", "LP 500"), cases, (promise,)), Customer("C2", "")]


def test_a_database_gives_numbers_and_times_as_such() -> None:
    due = datetime(2026, 3, 1, tzinfo=UTC)
    [found] = customers({"id": 7, "name": None, "promise": "a visit", "promise_due": due})
    assert (found.id, found.name, found.promises) == ("7", "", (DuePromise("a visit", due),))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"name": "Ma"}, "without id"),
        ({"id": "C1", "case_id": "T1"}, "'T1' without case_line"),
        ({"id": "C1", "promise": "x", "promise_due": "tomorrow"}, "'tomorrow', expected when"),
        ({"id": "C1", "promise": "x"}, "'', expected when"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_place(row: Row, said: str) -> None:
    with pytest.raises(RowError, match=said) as refusal:
        known_of([{"id": "C0"}, row], ZONE)
    assert refusal.value.place == 1


def test_warranties_go_with_the_products_that_they_are_of() -> None:
    [found] = customers({"id": "C1", "products": "LP 400; LP 500", "warranties": "-; 2027-03-31"})
    assert found.warranties == ("", "2027-03-31")
    with pytest.raises(RowError, match="expected the day each warranty ends"):
        customers({"id": "C1", "warranties": "next year"})
