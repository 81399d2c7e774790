"""The three sources give the same customers, and say so when they can't."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from acd.customer import Customer, OpenCase
from acd.model import AgentId
from cti.customers.csv_file import CsvSource, FileError, read_rows
from cti.customers.http import HttpSource
from cti.customers.sql import SqlSource
from cti.customers.wanted import SourceFailed, Wanted

ZONE = ZoneInfo("Asia/Shanghai")
MA = Customer("C-100", "Ma", "key_account", "zh", (), (OpenCase("T-7", "printers", "L2", AgentId("sun.li"), "streaks"),))
LIU = Customer("C-200", "Liu")
FILE = """id,name,tier,language,numbers,case_id,case_line,case_level,case_engineer,case_subject
C-100,Ma,key_account,zh,138 0013 8000;021-88880000,T-7,printers,L2,sun.li,streaks
C-200,Liu,,,+862188880000,,,,,
"""
MOBILE, SWITCHBOARD = Wanted(number="+8613800138000"), Wanted(number="+862188880000")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


async def csv_source(path: Path) -> CsvSource:
    source = CsvSource(path, ZONE, "86", structlog.get_logger())
    await source.look()
    return source


# ---- CSV


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (MOBILE, (MA,)),
        (SWITCHBOARD, (MA, LIU)),
        (Wanted(number="+8613900000000"), ()),
        (Wanted(keyed="100"), (MA,)),
        (Wanted(keyed="7"), (MA,)),
        (Wanted(keyed="02188880000"), (MA, LIU)),
        (Wanted(keyed="404"), ()),
    ],
)
async def test_a_file_knows_its_people_by_number_and_by_what_is_keyed(path: Path, wanted: Wanted, found: tuple[Customer, ...]) -> None:
    assert await (await csv_source(path)).find(wanted) == found


async def test_a_file_that_changed_is_read_again(path: Path) -> None:
    source = await csv_source(path)
    path.write_text("id,numbers\nC-300,13800138000\n", encoding="utf-8")
    await source.look()
    assert await source.find(MOBILE) == (Customer("C-300", ""),)


async def test_a_file_that_has_become_nonsense_is_told_once_and_the_old_one_goes_on(path: Path) -> None:
    with structlog.testing.capture_logs() as said:
        source = await csv_source(path)
        for round_ in range(3):
            path.write_text("id,name\n,nobody\n", encoding="utf-8")
            os.utime(path, (round_, round_))
            await source.look()
    assert [line["event"] for line in said] == ["customers_read", "customers_not_read"]
    assert said[1]["problem"] == f"{path}:2: found a row without id, expected the customer's"
    assert await source.find(MOBILE) == (MA,)


async def test_a_file_that_comes_later_is_read_then(tmp_path: Path) -> None:
    source = await csv_source(tmp_path / "customers.csv")
    assert await source.find(MOBILE) == ()
    (tmp_path / "customers.csv").write_text(FILE, encoding="utf-8")
    await source.look()
    assert await source.find(MOBILE) == (MA,)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"id,nmae\n", 1, "columns nmae"),
        (b"name\nMa\n", 1, "id at least"),
        (b"id,name\nC1,Ma\nC2,Liu,x\n", 3, "another number of values"),
        (b"id,name\nC1\n", 2, "another number of values"),
        (b'id,name\nC1,"Ma\n', 2, "no CSV"),
        (b"id,name\nC1,\xff\n", 2, "not UTF-8"),
        (b"", 1, "without id"),
    ],
)
def test_a_file_that_is_no_customers_file_is_refused_with_its_line(path: Path, content: bytes, line: int, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(FileError, match=said) as refusal:
        read_rows(path)
    assert refusal.value.line == line


# ---- SQL

QUERY = "select id, name, tier, language, case_id, case_line, case_level, case_engineer, case_subject from people where number = :number"


@pytest.fixture
async def url(tmp_path: Path) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path}/people.sqlite3"
    engine = create_async_engine(url)
    columns = "id, name, tier, language, number, case_id, case_line, case_level, case_engineer, case_subject"
    async with engine.begin() as connection:
        await connection.execute(text(f"create table people ({columns})"))
        await connection.execute(text(
            "insert into people values ('C-100', 'Ma', 'key_account', 'zh', '+8613800138000', 'T-7', 'printers', 'L2', 'sun.li', 'streaks')"
        ))  # fmt: skip
        await connection.execute(text("insert into people (id, name, number) values ('C-200', 'Liu', '13900001111')"))
    await engine.dispose()
    return url


async def test_a_query_knows_its_people(url: str) -> None:
    source = SqlSource(url, QUERY, ZONE)
    assert await source.find(MOBILE) == (MA,)
    assert await source.find(SWITCHBOARD) == ()
    await source.close()


async def test_a_query_may_use_the_national_number_and_what_was_keyed(url: str) -> None:
    query = "select id, name from people where number like '%' || :national or (:keyed <> '' and id = 'C-' || :keyed)"
    source = SqlSource(url, query, ZONE)
    assert await source.find(Wanted(number="+8613900001111")) == (LIU,)
    assert await source.find(Wanted(keyed="200")) == (LIU,)
    await source.close()


@pytest.mark.parametrize(
    "query", ["select nothing from nowhere", "select '' as id", "select 'C' as id, 'x' as promise, 'soon' as promise_due"]
)
async def test_a_query_that_fails_says_so_in_a_line(url: str, query: str) -> None:
    source = SqlSource(url, query, ZONE)
    with pytest.raises(SourceFailed, match=r"^.+$"):
        await source.find(MOBILE)
    await source.close()


def test_a_url_of_no_database_is_refused() -> None:
    with pytest.raises(SourceFailed):
        SqlSource("nonsense", QUERY, ZONE)


# ---- HTTP


def service(answer: Callable[[httpx.Request], httpx.Response], token: str | None = None) -> HttpSource:
    return HttpSource("http://crm.test/callers", token, ZONE, httpx.AsyncClient(transport=httpx.MockTransport(answer)))


async def test_a_service_is_asked_for_a_number_with_its_token() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        case = {"id": "T-7", "product_line": "printers", "level": "L2", "engineer": "sun.li", "subject": "streaks", "more": 1}
        customer = {"id": "C-100", "name": "Ma", "tier": "key_account", "language": "zh", "cases": [case]}
        return httpx.Response(200, json={"customers": [customer]})

    source = service(answer, token="sesame")
    assert await source.find(MOBILE) == (MA,)
    await source.find(Wanted(keyed="100"))
    assert [str(request.url.query, "ascii") for request in asked] == ["number=%2B8613800138000", "keyed=100"]
    assert asked[0].headers["Authorization"] == "Bearer sesame"


async def test_a_service_that_knows_nobody_says_404() -> None:
    assert await service(lambda _: httpx.Response(404)).find(MOBILE) == ()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, "", "status 500"),
        (302, "", "status 302"),
        (200, "<html>", "no sense"),
        (200, json.dumps({"customers": [{"name": "Ma"}]}), r"customers\.0\.id"),
        (200, json.dumps({"customers": [{"id": "C", "promises": [{"what": "x", "due_at": "soon"}]}]}), "'soon', expected when"),
    ],
)
async def test_a_service_that_fails_says_how(status: int, body: str, said: str) -> None:
    with pytest.raises(SourceFailed, match=said):
        await service(lambda _: httpx.Response(status, text=body)).find(MOBILE)


async def test_a_service_that_is_away_says_so() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(SourceFailed, match="ConnectError: refused"):
        await service(refuse).find(MOBILE)
