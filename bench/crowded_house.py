"""A hotline with a thousand callers in its queues, as a process: ``python -m bench.crowded_house DIRECTORY PORT``.

The engine as the composition root builds it (journal, router, records, pages), with a stand-in for the exchange that does at once as it is
told: callers' music is Asterisk's work, and is not what is measured with it. CALLS_PER_SECOND callers arrive, and as many talks end, evenly
spaced, so that WAITING callers go on waiting. It says ``ready`` on its output when they do, and stops when it is terminated.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from acd.archive import Archive, open_database
from acd.effects import Command, RingAgent
from acd.events import (
    AgentLoggedIn,
    AgentWentReady,
    CallArrived,
    CallerLeft,
    CallQueued,
    OfferAnswered,
    OfferRinging,
    PlanLoaded,
    TalkEnded,
    WrapUpEnded,
)
from acd.journal import SqliteJournal
from acd.model import AgentId, CallId
from acd.people import UserDirectory
from acd.projection import Records
from acd.router import Router
from acd.runner import Runner
from bench.router_bench import LANGUAGES, LEVELS, PRODUCTS, SEGMENTS, plan
from cti.api import create_app
from cti.api_live import LiveDesks
from cti.api_server import serve
from hotline.identity import Users

AGENTS = 200
WAITING = 1000
CALLS_PER_SECOND = 20.0
SUPERVISOR, PASSWORD = "supervisor", "only for a benchmark"  # of a hotline that lives for minutes


class StandIn:
    """Implements ``acd.ports.CallControl``: every phone that is rung is answered."""

    def __init__(self) -> None:
        self.engine: Runner | None = None
        self.talking: list[tuple[CallId, AgentId]] = []

    async def ring(self, command: RingAgent) -> None:
        """The agent answers at once."""
        assert self.engine is not None
        await self.engine.submit(OfferRinging(command.offer))
        await self.engine.submit(OfferAnswered(command.offer))
        self.talking.append((command.call, command.agent))

    def __getattr__(self, name: str) -> Callable[[Command], Awaitable[None]]:
        """Every other command is done already."""
        return _done


async def _done(command: Command) -> None:
    pass


class NoHistory:
    """Implements ``cti.api_live.History``: nobody has called before."""

    async def earlier_calls(self, ani: str, limit: int) -> list[Any]:
        return []


class Crowd:
    """The callers and the agents."""

    def __init__(self, engine: Runner, exchange: StandIn) -> None:
        self._engine = engine
        self._exchange = exchange
        self._chance = random.Random(11)
        self._calls = 0

    async def comes(self) -> None:
        """The agents sit down, and callers come until so many wait."""
        company = plan(AGENTS, self._chance)
        await self._engine.submit(PlanLoaded(company))
        for agent in company.agents:
            await self._engine.submit(AgentLoggedIn(agent.id, agent.phone))
            await self._engine.submit(AgentWentReady(agent.id))
        for _ in range(WAITING + AGENTS):
            await self.caller()
            await asyncio.sleep(0)

    async def caller(self) -> None:
        """One more."""
        self._calls += 1
        call, chance = CallId(f"main-{1_700_000_000 + self._calls}.{self._calls}"), self._chance
        await self._engine.submit(CallArrived(call, f"1390000{self._calls:05}", f"caller {self._calls}", "4008001234", "unified"))
        about = (chance.choice(PRODUCTS), chance.choice(LEVELS), chance.choice(LANGUAGES), chance.choice(SEGMENTS))
        await self._engine.submit(CallQueued(call, *about, urgent=chance.random() < 0.02))

    async def talk_ends(self) -> None:
        """Somebody's talk ends; he gets the next call."""
        talking = self._exchange.talking
        call, agent = talking.pop(self._chance.randrange(len(talking)))
        await self._engine.submit(TalkEnded(call, agent))
        await self._engine.submit(CallerLeft(call))
        await self._engine.submit(WrapUpEnded(agent, "solved"))

    async def go_on(self) -> None:
        """For ever."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await self.talk_ends()
            await self.caller()
            due += 1 / CALLS_PER_SECOND
            await asyncio.sleep(max(0.0, due - loop.time()))


async def main(directory: Path, port: int) -> None:
    """Build the house, fill it, and go on until terminated."""
    database = await open_database(f"sqlite+aiosqlite:///{directory}/records.sqlite3")
    await UserDirectory(database).put(SUPERVISOR, PASSWORD, "supervisor", None, "en")
    journal = SqliteJournal(directory / "journal.sqlite3")
    exchange = StandIn()
    desks = LiveDesks(NoHistory())
    records = Records(database, lambda: engine.make_durable())
    await records.open()
    engine = Runner(Router(), journal, (records, desks), lambda: datetime.now(UTC))
    exchange.engine = engine
    records.start()
    engine.start(exchange, desks)
    engine.keep_deadlines()
    crowd = Crowd(engine, exchange)
    await crowd.comes()
    company = plan(AGENTS, random.Random(11))
    users = Users(UserDirectory(database), "bench")
    app = create_app(engine, users, desks, b"of a benchmark's sessions", lambda: company, callbacks=Archive(database))
    server = await serve(app, port=port)
    print("ready", flush=True)
    going_on = asyncio.create_task(crowd.go_on())
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await asyncio.wait({going_on, asyncio.ensure_future(over.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if going_on.done():
        going_on.result()
    going_on.cancel()
    await server.stop()
    await engine.stop()
    await records.stop()
    journal.close()
    await database.dispose()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), int(sys.argv[2])))
