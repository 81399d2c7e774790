"""An action that is sent again with its key is done once, whoever dies in between; another one with the same key is not done at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.answers import AnswerStore
from acd.archive import open_database
from acd.effects import Effect
from acd.events import AgentLoggedIn, Event, IncidentDeclared, PlanLoaded
from acd.journal import SqliteJournal
from acd.model import PhoneId
from acd.router import Router
from acd.runner import Runner
from cti.api import create_app
from cti.api_live import LiveDesks
from cti.api_once import Answers, AnswersInMemory, Keys
from cti.api_parts import COOKIE
from cti.api_sessions import Sessions
from tests.unit.cti_api_house import INCIDENT_TEXTS, LI, PEOPLE, SECRET, House, house, plan, session_of
from tests.unit.test_cti_api_http import ADDRESS, assert_problem
from tests.unit.test_cti_api_socket import cookie_of

INCIDENTS, OUTAGE, DELAY = "/api/incidents", {"product_line": "printers", "text": "outage"}, {"product_line": "printers", "text": "delay"}
KEY = {"Idempotency-Key": "5f2c-1"}
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def built() -> House:
    return house()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield engine
    await engine.dispose()


@pytest.fixture(params=["memory", "database"])
def answers(request: pytest.FixtureRequest, database: AsyncEngine) -> Answers:
    return AnswersInMemory() if request.param == "memory" else AnswerStore(database)


def asker(
    built: House, answers: Answers, folder: Path, name: str = "chen", durable: bool = True
) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    app = create_app(
        built.engine, built.users, built.live, SECRET, plan, keys=Keys(answers, lambda: durable),
        incident_texts=lambda: INCIDENT_TEXTS, dist=folder,
    )  # fmt: skip
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers={"Cookie": cookie_of(name)})


@pytest.fixture
async def chen(built: House, answers: Answers, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with asker(built, answers, tmp_path) as client:
        yield client


async def test_sent_again_an_action_is_answered_as_before_and_not_done_twice(chen: httpx.AsyncClient, built: House) -> None:
    first = await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)
    again = await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)
    assert (again.status_code, again.content, again.headers["content-type"]) == (200, first.content, first.headers["content-type"])
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert len(built.engine.events) == 1
    assert_problem(await chen.post(INCIDENTS, json=OUTAGE), 409, "illegal_transition")


async def test_two_at_the_same_time_are_one(chen: httpx.AsyncClient, built: House) -> None:
    answers = await asyncio.gather(*(chen.post(INCIDENTS, json=OUTAGE, headers=KEY) for _ in range(5)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert len(built.engine.events) == 1


async def test_a_key_stands_for_one_request_of_one_user(
    chen: httpx.AsyncClient, built: House, answers: Answers, tmp_path: Path
) -> None:
    await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)
    assert_problem(await chen.post(INCIDENTS, json=DELAY, headers=KEY), 422, "key_used")
    assert_problem(await chen.post("/api/agents/li.wei/state", json={"state": "ready"}, headers=KEY), 422, "key_used")
    assert len(built.engine.events) == 1
    async with asker(built, answers, tmp_path, "li") as li:
        assert (await li.post("/api/desk/login", headers=KEY)).status_code == 200


async def test_who_may_no_longer_ask_is_not_told_the_answer_either(
    chen: httpx.AsyncClient, built: House, answers: Answers, tmp_path: Path
) -> None:
    """He is an agent by now, or limited to a team whose matter it isn't."""
    await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)
    person = next(person for person in PEOPLE if person.name == "chen")
    for now, code in ((replace(person, role="agent"), "not_your_role"), (replace(person, teams=("nobody",)), "not_your_team")):
        async with asker(built, answers, tmp_path) as client:
            cookie = f"{COOKIE}={Sessions(SECRET).cookie(session_of(now))}"
            answer = await client.post(INCIDENTS, json=OUTAGE, headers={**KEY, "Cookie": cookie})
        assert_problem(answer, 403, code)
        assert "Idempotency-Replayed" not in answer.headers
    assert len(built.engine.events) == 1


async def test_a_refusal_is_not_kept(chen: httpx.AsyncClient, built: House) -> None:
    await chen.post(INCIDENTS, json=DELAY)
    assert_problem(await chen.post(INCIDENTS, json=OUTAGE, headers=KEY), 409, "illegal_transition")
    built.engine.incidents.clear()
    assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).status_code == 200


async def test_what_is_known_outlives_the_engine(built: House, database: AsyncEngine, tmp_path: Path) -> None:
    for _ in range(2):
        async with asker(built, AnswerStore(database), tmp_path) as chen:
            assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).status_code == 200
    assert len(built.engine.events) == 1


async def test_when_nobody_knows_how_it_ended_it_is_not_done_again(chen: httpx.AsyncClient, built: House) -> None:
    async def dies(event: Event) -> list[Effect]:
        built.engine.events.append(event)
        raise RuntimeError("in the middle of it")

    built.engine.submit = dies  # type: ignore[method-assign]
    assert_problem(await chen.post(INCIDENTS, json=OUTAGE, headers=KEY), 500, "fault")
    assert_problem(await chen.post(INCIDENTS, json=OUTAGE, headers=KEY), 409, "outcome_unknown")
    assert built.engine.events == [IncidentDeclared("printers", "outage", "chen")]


async def test_an_answer_is_kept_only_when_what_was_done_is_durable(built: House, answers: Answers, tmp_path: Path) -> None:
    """The disk is full: the engine goes on, and will know nothing of it when it dies."""
    async with asker(built, answers, tmp_path, durable=False) as chen:
        assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).status_code == 200
        assert_problem(await chen.post(INCIDENTS, json=OUTAGE, headers=KEY), 409, "outcome_unknown")


class Away(AnswersInMemory):
    """The database of the answers is away: from the beginning, or just when it is to be told how it ended."""

    def __init__(self, *away: str) -> None:
        super().__init__()
        self.away = away

    async def begin(self, *asked: Any) -> Any:
        if "begin" in self.away:
            raise OSError("connection refused")
        return await super().begin(*asked)

    async def finish(self, *ended: Any) -> None:
        if "finish" in self.away:
            raise OSError("connection refused")
        await super().finish(*ended)

    async def forget(self, *name: Any) -> None:
        if "forget" in self.away:
            raise OSError("connection refused")
        await super().forget(*name)


@pytest.mark.parametrize(
    "at_first", [("begin", "finish", "forget"), ("finish", "forget"), ()], ids=["from the beginning", "before it ended", "between the two"]
)
async def test_while_no_answer_can_be_kept_people_work_on_and_nothing_is_done_twice(
    built: House, tmp_path: Path, at_first: tuple[str, ...]
) -> None:
    answers = Away(*at_first)
    async with asker(built, answers, tmp_path) as chen:
        assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).status_code == 200
        answers.away = ("begin", "finish", "forget")
        assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).headers["Idempotency-Replayed"] == "true"
        answers.away = ()
        assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).headers["Idempotency-Replayed"] == "true", "nor when it is back"
    assert len(built.engine.events) == 1


async def test_what_was_refused_is_looked_at_anew_though_the_database_is_away_by_then(built: House, tmp_path: Path) -> None:
    answers = Away()
    async with asker(built, answers, tmp_path) as chen:
        await chen.post(INCIDENTS, json=DELAY)
        assert_problem(await chen.post(INCIDENTS, json=OUTAGE, headers=KEY), 409, "illegal_transition")
        answers.away = ("begin", "finish", "forget")
        built.engine.incidents.clear()
        assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).status_code == 200


async def test_what_is_done_or_refused_is_said_though_that_could_not_be_kept(built: House, tmp_path: Path) -> None:
    async with asker(built, Away("finish", "forget"), tmp_path) as chen:
        assert (await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)).status_code == 200
        refused = await chen.post(INCIDENTS, json=DELAY, headers={"Idempotency-Key": "another"})
        assert_problem(refused, 409, "illegal_transition")


@pytest.mark.parametrize("headers", [{}, KEY], ids=["without a key", "with one"])
async def test_what_is_answered_is_durable_whatever_comes_next(
    built: House, answers: Answers, tmp_path: Path, headers: dict[str, str]
) -> None:
    """What led to no command is in the journal's file when the answer comes, not up to 50 ms later."""
    journal, reader = SqliteJournal(tmp_path / "journal.sqlite3"), SqliteJournal(tmp_path / "journal.sqlite3")
    runner = Runner(Router(), journal, (), lambda: datetime.now(UTC))
    await runner.submit(PlanLoaded(plan()))
    app = create_app(runner, built.users, LiveDesks(built.history), SECRET, plan, keys=Keys(answers, runner.make_durable), dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS, headers={"Cookie": cookie_of("li")}) as li:
        assert (await li.post("/api/desk/login", headers=headers)).status_code == 200
        assert [event for _, _, event in reader.read()][1:] == [AgentLoggedIn(LI, PhoneId("1001"))]
        assert (await li.post("/api/desk/not-ready", json={"reason": "break"})).status_code == 200
        assert len(list(reader.read())) == 3


@pytest.mark.parametrize("key", ["", "two words", "k" * 129])
async def test_a_key_is_some_characters_without_spaces(chen: httpx.AsyncClient, built: House, key: str) -> None:
    answer = await chen.post(INCIDENTS, json=OUTAGE, headers={"Idempotency-Key": key})
    assert_problem(answer, 422, "invalid")
    assert answer.json()["errors"][0]["parameter"] == "Idempotency-Key"
    assert built.engine.events == []


async def test_without_a_session_a_key_opens_nothing(chen: httpx.AsyncClient) -> None:
    await chen.post(INCIDENTS, json=OUTAGE, headers=KEY)
    assert_problem(await chen.post(INCIDENTS, json=OUTAGE, headers={**KEY, "Cookie": ""}), 401, "signed_out")


async def test_answers_are_kept_for_a_while_and_so_many(answers: Answers) -> None:
    async def begun(key: str, at: datetime) -> bool:
        return await answers.begin("chen", key, "f", at, at - timedelta(hours=1), 3) is None

    assert [await begun(key, NOW + timedelta(minutes=place)) for place, key in enumerate("abcd")] == [True] * 4
    assert not await begun("b", NOW + timedelta(minutes=4))
    assert await begun("a", NOW + timedelta(minutes=5)), "the oldest was forgotten when the fourth came"
    assert await begun("d", NOW + timedelta(minutes=90))
