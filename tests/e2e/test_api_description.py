"""The API keeps to its own description: whatever a generator of requests thinks of, as every role and as nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from acd.archive import open_database
from acd.people import UserDirectory
from tests.e2e.conftest import opened
from tests.e2e.quick_config import quick
from tests.e2e.scene import PASSWORD, SUPERVISOR, House

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

ADMIN, AGENT, QUALITY = "root", "wang.fang", "mei"
HOOKS = Path(__file__).with_name("described_hooks.py")
SETTINGS = Path(__file__).with_name("described.toml")
SEED = "20"
SECONDS = {ADMIN: 14, SUPERVISOR: 7, AGENT: 6, QUALITY: 6, "nobody": 3}
"""For each user, how long requests are thought of …"""
MORE_SECONDS = (30, 90)
"""… and how long when the machine was too busy for a single one to be asked."""
NOTHING_ASKED = "No test cases were generated"
ENDS_THE_SESSION = (
    "/api/logout", "/api/users/{user}", "/api/users/{user}/active", "/api/users/{user}/password", "/api/users/{user}/second-factor/reset",
)  # fmt: skip
"""After it, everything is refused, and nothing more is learnt."""


WHAT_HE_DID = ("AgentLoggedIn", "AgentWentReady")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A hotline of its own: agents are logged out, incidents declared, whatever comes to mind."""
    async with opened(tmp_path_factory.mktemp("described"), quick) as house:
        database = await open_database(house.hotline.database_url)
        await UserDirectory(database).put(ADMIN, PASSWORD, "admin", AGENT, "en")
        await UserDirectory(database).put(QUALITY, PASSWORD, "quality", None, "en")
        await database.dispose()
        yield house


async def cookie(house: House, user: str) -> str:
    async with httpx.AsyncClient(base_url=house.hotline.address) as client:
        answer = await client.post("/api/login", json={"name": user, "password": PASSWORD})
        assert answer.status_code == httpx.codes.OK, answer.text
        return "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)


@pytest.mark.parametrize("user", SECONDS)
async def test_the_api_keeps_to_its_description(house: House, user: str, tmp_path: Path) -> None:
    """For each role, and for nobody: answers are of the described kinds, and what is described as wrong is refused."""
    options = [f"--seed={SEED}", "--max-examples=25", "--no-color"]
    if user != "nobody":
        options += ["--header", f"Cookie: {await cookie(house, user)}", "--exclude-checks=positive_data_acceptance,ignored_auth"]
        options += [option for path in ENDS_THE_SESSION for option in ("--exclude-path", path)]
    for seconds in (SECONDS[user], *MORE_SECONDS):
        code, said = await schemathesis(house, tmp_path, f"--max-time={seconds}", *options)
        if NOTHING_ASKED not in said:
            break
    assert code == 0, said
    assert NOTHING_ASKED not in said


async def schemathesis(house: House, folder: Path, *options: str) -> tuple[int | None, str]:
    """Its exit code, and what it said."""
    program = Path(sys.executable).with_name("schemathesis")
    child = await asyncio.create_subprocess_exec(
        str(program), "--config-file", str(SETTINGS), "run", f"{house.hotline.address}/api/openapi.json", *options, cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said = (await child.communicate())[0].decode()
    return child.returncode, said


async def test_what_was_answered_is_known_after_the_engine_died_and_sent_again_it_is_in_the_journal_once(house: House) -> None:
    """The engine is killed on answering. What was answered to an action that led to no command is given again, by the next engine, to who
    has its key, and readers of what happened are told of one action; an action without a key was done too.
    """
    who, key = {"Cookie": await cookie(house, AGENT)}, {"Idempotency-Key": "the-answer-was-lost"}
    async with httpx.AsyncClient(base_url=house.hotline.address, timeout=30) as client:
        await client.post("/api/desk/logout", headers=who)  # he may be at work, or not
        chief = {"Cookie": await cookie(house, SUPERVISOR)}
        begun = (await client.get("/api/events", params={"after": "latest"}, headers=chief)).json()["next"]
        first = await client.post("/api/desk/login", headers=who | key)
        assert (await client.post("/api/desk/ready", headers=who)).status_code == 200
        await house.hotline.stop_engine(signal.SIGKILL)
        await house.hotline.start_engine()
        again = await client.post("/api/desk/login", headers=who | key)
        assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
        assert again.headers["Idempotency-Replayed"] == "true"
        events = (await client.get("/api/events", params={"after": begun, "limit": "200"}, headers=chief)).json()["events"]
        done = [event["type"] for event in events if event["event"].get("agent") == AGENT and event["type"] in WHAT_HE_DID]
        assert done == list(WHAT_HE_DID)
