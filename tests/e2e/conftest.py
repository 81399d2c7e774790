"""One whole hotline for all tests of this folder that want one, and a scene in it for each."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from xdist.scheduler import LoadScopeScheduling

from acd.archive import open_database
from acd.people import UserDirectory
from hotline.local_hotline import Change, HotlinePorts, LocalHotline
from hotline.sipp import take
from tests.e2e.manager_line import ManagerLine
from tests.e2e.quick_config import quick
from tests.e2e.scene import PASSWORD, PATIENT, SUPERVISOR, SUPERVISORS_PHONE, House, Scene
from tests.unit.hook_service import HookService

CALLERS_NUMBER = re.compile(r"\b139\d{8}\b")
"""As ``Scene`` gives them."""
PROVOKED = {"AGI request for no exchange of ours", "config_refused"}
"""Errors in the engine's log that the tests themselves provoke."""
ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config" / "hotline.yaml"


@cache
def shares_a_hotline(file: str) -> bool:
    """Whether the file's tests have fixtures in common, besides the house that every process has."""
    return 'scope="module"' in (ROOT / file).read_text(encoding="utf-8")


class OneTestAtATime(LoadScopeScheduling):
    """Gives each process the next test when it has done one; but files whose tests share a hotline go as a whole, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if shares_a_hotline(file) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneTestAtATime:
    """Instead of what ``--dist`` says."""
    return OneTestAtATime(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first: several run at a time, and none is to be waited for alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def spare_ports(first: int = 10_000, last: int = 20_000, step: int = 4) -> Iterator[int]:
    """Ports that nobody else takes, with some free ones after each; below those that the kernel gives to whoever asks."""
    start = first + os.getpid() * 97 % (last - first) // step * step
    return (port for port in (*range(start, last, step), *range(first, start, step)) if take(port))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A running hotline, with a user for every agent."""
    async with opened(tmp_path_factory.mktemp("hotline"), quick) as house:
        yield house


@asynccontextmanager
async def opened(folder: Path, change: Change, kind: type[LocalHotline] = LocalHotline) -> AsyncIterator[House]:
    """A hotline of the shipped configuration with ``change`` made to it, running until the end of the block; its phones answer."""
    ports, spare = HotlinePorts.free(), spare_ports()
    line = ManagerLine(next(spare), ports.ami)
    hook_port, own_phone_port = next(spare), next(spare)

    def changed(rows: dict[str, Any]) -> None:
        change(rows)
        rows["exchanges"]["main"]["ami"]["port"] = line.port
        rows["screen_pop"] = {
            "url": {"address": "https://crm.example/?number={ani}&name={ani_name}"}, "user_event": True,
            "webhook": {"url": f"http://127.0.0.1:{hook_port}/pops", "secret": {"file": "ami.secret"}, "failures_to_pause": 100},
        }  # fmt: skip
        rows["phones"][SUPERVISORS_PHONE] = {"contact": f"sip:{SUPERVISORS_PHONE}@127.0.0.1:{own_phone_port}", "qualify_seconds": 0}

    hotline = kind(folder, CONFIG, ports, changed)
    database = await open_database(hotline.database_url)
    directory = UserDirectory(database)
    await directory.put(SUPERVISOR, PASSWORD, "supervisor", None, "en")
    for agent in hotline.config.agents:
        await directory.put(agent, PASSWORD, "agent", agent, "zh")
    hooks = HookService(hook_port)
    house = House(hotline, line, database, spare, hooks, own_phone_port)
    await house.install_phones(folder / "phones", None, PATIENT)
    await line.mend()
    async with hooks, hotline:
        await house.open()
        yield house
        faults = [line for line in house.said_since() if line["level"] in ("error", "critical") and line["event"] not in PROVOKED]
        assert faults == [], "faults in the engine's log"
        assert not CALLERS_NUMBER.search(hotline.engine_log.read_text()), "a caller's number in the engine's log"
    await house.close()
    await line.cut()
    await database.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    """A test's own scene; after it the house is empty, or the test fails."""
    scene = Scene(house, tmp_path)
    yield scene
    await scene.close()
