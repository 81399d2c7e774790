"""The API's description: made of the table of routes, complete, and with a bound on everything that somebody can send."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from cti.api import create_app
from cti.api_parts import Body
from cti.api_routes import SUPERVISING
from cti.api_table import ROUTES
from tests.unit.cti_api_house import PEOPLE, SECRET, house, plan
from tests.unit.test_cti_api_http import ADDRESS


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A supervisor's."""
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        chen = next(person for person in PEOPLE if person.name == "chen")
        await client.post("/api/login", json={"name": chen.name, "password": chen.password})
        yield client


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    return (await client.get("/api/openapi.json")).json()  # type: ignore[no-any-return]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((f"{method.upper()} {path}", operation) for method, operation in methods.items())


async def test_every_row_is_described_as_its_row_says(document: dict[str, Any]) -> None:
    described = {name: operation["x-roles"] for name, operation in operations(document)}
    rows = {f"{row.method} {row.path}": sorted(row.roles) for row in ROUTES if not row.hidden and row.method != "WEBSOCKET"}
    assert described == rows
    assert described["GET /api/board"] == sorted(SUPERVISING)


async def test_every_way_to_fail_is_described_as_a_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        failures = {status: answer for status, answer in operation["responses"].items() if not status.startswith("2")}
        assert "default" in failures, name
        assert {kind for answer in failures.values() for kind in answer["content"]} == {"application/problem+json"}, name


async def test_a_problem_points_at_each_wrong_part_of_the_body(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/incidents", json={"product_line": "", "txt": "outage"})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert {error["pointer"] for error in answer.json()["errors"]} == {"#/product_line", "#/text", "#/txt"}
    assert all(error["detail"] for error in answer.json()["errors"])


async def test_a_pointer_is_escaped_and_a_body_that_is_no_json_is_wrong_as_a_whole(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/incidents", json={"product_line": "printers", "text": "outage", "a/b~c": 1})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/a~1b~0c"]
    answer = await client.post("/api/incidents", content=b"{", headers={"Content-Type": "application/json"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#"]


async def test_a_problem_names_each_wrong_parameter(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/callbacks", params={"limit": "0", "state": "lost"})
    assert {error["parameter"] for error in answer.json()["errors"]} == {"limit", "state"}


async def test_a_method_that_is_not_there_is_answered_with_those_that_are(client: httpx.AsyncClient) -> None:
    answer = await client.request("DELETE", "/api/incidents")
    assert answer.status_code == httpx.codes.METHOD_NOT_ALLOWED
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("day", ["0", "1774915200", "2026-3-1", "20260301", "0001-01-01", "9999-12-31"])
async def test_a_day_is_written_in_one_way_only(client: httpx.AsyncClient, day: str) -> None:
    answer = await client.get("/api/reports/bypass", params={"since": day})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "since")


def test_a_whole_number_is_an_integer_however_it_is_written_and_nothing_else_is() -> None:
    class Days(Body):
        days: int

    assert [Days.model_validate({"days": given}).days for given in (7, 7.0)] == [7, 7]
    for given in (7.5, "7", True, float("inf"), None):
        with pytest.raises(ValidationError):
            Days.model_validate({"days": given})
