"""A FastAGI server without a network: the test is Asterisk, the engine, and the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from acd.board import Board
from acd.effects import Effect
from acd.events import Event
from acd.model import CallId
from acd.reason import Reason
from ivr.fastagi import FastAgiServer
from ivr.line import AgiLine
from ivr.menu import MenuPlan
from tests.unit.ivr.hotline_menu import PLAN

ENVIRONMENT = (
    b"agi_network: yes\nagi_network_script: main\nagi_uniqueid: 17.5\nagi_callerid: 55\nagi_calleridname: Bob\nagi_callingpres: 0\n"
    b"agi_dnid: 4001\nagi_context: hotline-entry\nagi_extension: 4001\nagi_priority: 2\n\n"
)
CALL = CallId("main-17.5")


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(30):
        await asyncio.sleep(0)


class FakeEngine:
    """Takes note of events; ``on_event`` may raise, wait, or do what an engine does."""

    def __init__(self, on_event: Callable[[Event], object] | None = None) -> None:
        self.events: list[Event] = []
        self.on_event = on_event
        self.gate = asyncio.Event()
        self.gate.set()

    async def submit(self, event: Event) -> Sequence[Effect]:
        await self.gate.wait()
        self.events.append(event)
        if self.on_event is not None:
            self.on_event(event)
        return ()

    def board(self) -> Board:
        raise NotImplementedError

    def reasons_waiting(self, call: CallId) -> Sequence[Reason]:
        raise NotImplementedError

    def explain_waiting(self, call: CallId) -> str:
        raise KeyError(call)

    def names(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


class Rig:
    """A server; ``connect`` gives Asterisk's end of a new connection."""

    def __init__(self, engine: FakeEngine | None = None, plan: MenuPlan = PLAN, **options: object) -> None:
        self.clock = Clock()
        self.engine = engine or FakeEngine()
        self.server = FastAgiServer(lambda: plan, self.engine, {"main"}, reactor=self.clock, **options)  # type: ignore[arg-type]
        self.sessions = self.server.sessions

    def connect(self) -> Asterisk:
        line = self.server.admit()
        assert line is not None
        return Asterisk(line)

    async def call(self, environment: bytes = ENVIRONMENT) -> Asterisk:
        asterisk = self.connect()
        await asterisk.says(environment)
        return asterisk

    async def passes(self, seconds: float) -> None:
        for _ in range(round(seconds * 2)):
            self.clock.advance(0.5)
            await settle()


class Asterisk:
    """The peer of one connection."""

    def __init__(self, line: AgiLine) -> None:
        self.line = line
        self.transport = StringTransport()
        line.makeConnection(self.transport)

    async def says(self, data: bytes) -> str:
        """Send bytes; what comes back, or was waiting to be read."""
        self.line.dataReceived(data)
        await settle()
        return self.hears()

    async def answers(self, *results: str) -> str:
        """Reply to so many commands in turn, each with ``200 result=…``."""
        heard = ""
        for result in results:
            heard = await self.says(f"200 result={result}\n".encode())
        return heard

    def hears(self) -> str:
        data = self.transport.value().decode()
        self.transport.clear()
        return data

    async def closes(self) -> None:
        self.line.connectionLost(Failure(ConnectionDone()))
        await settle()

    @property
    def was_dropped(self) -> bool:
        return bool(self.transport.disconnecting)
