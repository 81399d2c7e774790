"""One whole hotline for all tests of this folder that want one, and a scene in it for each."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from acd.archive import UserDirectory, open_database
from hotline.local_hotline import Change, HotlinePorts, LocalHotline
from hotline.sipp import is_free
from tests.e2e.manager_line import ManagerLine
from tests.e2e.quick_config import quick
from tests.e2e.scene import PASSWORD, SUPERVISOR, House, Scene

PROVOKED = {"AGI request for no exchange of ours", "config_refused"}
"""Errors in the engine's log that the tests themselves provoke."""
CONFIG = Path(__file__).parents[2] / "config" / "hotline.yaml"


def free_now(first: int, last: int) -> Iterator[int]:
    """Ports that are free at the moment each is asked for; below those that the kernel gives to whoever asks for any."""
    start = first + os.getpid() * 97 % (last - first)
    return (port for port in cycle((*range(start, last), *range(first, start))) if is_free(port))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A running hotline, with a user for every agent."""
    async with opened(tmp_path_factory.mktemp("hotline"), quick) as house:
        yield house


@asynccontextmanager
async def opened(folder: Path, change: Change) -> AsyncIterator[House]:
    """A hotline of the shipped configuration with ``change`` made to it, running until the end of the block."""
    ports, spare = HotlinePorts.free(), free_now(10_000, 20_000)
    line = ManagerLine(next(spare), ports.ami)

    def changed(rows: dict[str, Any]) -> None:
        change(rows)
        rows["exchanges"]["main"]["ami"]["port"] = line.port

    hotline = LocalHotline(folder, CONFIG, ports, changed)
    database = await open_database(hotline.database_url)
    directory = UserDirectory(database)
    await directory.put(SUPERVISOR, PASSWORD, "supervisor", None, "en")
    for agent in hotline.config.agents:
        await directory.put(agent, PASSWORD, "agent", agent, "zh")
    await line.mend()
    async with hotline:
        house = House(hotline, line, database, spare)
        await house.open()
        yield house
        await house.supervisor.aclose()
        faults = [line for line in house.said_since() if line["level"] in ("error", "critical") and line["event"] not in PROVOKED]
        assert faults == [], "faults in the engine's log"
    await line.cut()
    await database.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    """A test's own scene; after it the house is empty, or the test fails."""
    scene = Scene(house, tmp_path)
    yield scene
    await scene.close()
