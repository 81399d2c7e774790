"""The FastAGI server on a real socket, on both kinds of loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest
import uvloop
from twisted.internet import asyncioreactor
from twisted.internet.error import CannotListenError
from twisted.internet.task import Clock

from acd.events import CallQueued, Event
from acd.model import CallId, QueueId
from ivr.fastagi import FastAgiServer, Sessions
from tests.unit.ivr.agi_rig import ENVIRONMENT, FakeEngine
from tests.unit.ivr.hotline_menu import PLAN

Loop = Callable[[], asyncio.AbstractEventLoop]
on_both_loops = pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])


def run_on(loop: Loop, main: Callable[[], object]) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())  # type: ignore[arg-type]


def server(sessions: Sessions, port: int = 0) -> FastAgiServer:
    def decide(event: Event) -> None:
        if isinstance(event, CallQueued):
            asyncio.get_running_loop().call_soon(sessions.deliver, event.call, "hotline-hold,pcs.L1,1", QueueId("pcs.L1"))

    reactor = asyncioreactor.AsyncioSelectorReactor(asyncio.get_running_loop())
    return FastAgiServer(lambda: PLAN, FakeEngine(decide), {"main"}, sessions=sessions, port=port, reactor=reactor)


async def caller(port: int, number: int) -> str:
    """Walk through the menu, and say what the last command was."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ENVIRONMENT.replace(b"17.5", b"17.%d" % number))
    last = b""
    while command := await reader.readline():
        last = command
        writer.write(b"200 result=0\n" if command.startswith(b"EXEC") else b"200 result=49\n")
    writer.close()
    return last.decode()


@on_both_loops
def test_callers_are_served_side_by_side(loop: Loop) -> None:
    async def main() -> None:
        sessions = Sessions()
        serving = server(sessions)
        await serving.start()
        assert serving.port > 0
        words = await asyncio.gather(*(caller(serving.port, number) for number in range(50)))
        await serving.stop()
        assert all('HOTLINE_NEXT=\\"hotline-hold,pcs.L1,1\\"' in word for word in words)
        assert len(sessions) == 0

    run_on(loop, main)


@on_both_loops
def test_after_stop_nobody_listens(loop: Loop) -> None:
    async def main() -> None:
        serving = server(Sessions())
        await serving.start()
        port = serving.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"agi_network: yes\n")
        await serving.stop()
        with contextlib.suppress(ConnectionResetError):  # closed at once, with or without a FIN
            assert await reader.read() == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    run_on(loop, main)


def test_a_port_that_is_taken_is_an_error() -> None:
    async def main() -> None:
        first = server(Sessions())
        await first.start()
        with pytest.raises(CannotListenError):
            await server(Sessions(), first.port).start()
        await first.stop()

    run_on(asyncio.new_event_loop, main)


async def test_a_reactor_on_another_loop_is_refused() -> None:
    serving = FastAgiServer(lambda: PLAN, FakeEngine(), {"main"}, port=0, reactor=Clock())
    with pytest.raises(RuntimeError, match="asyncioreactor"):
        await serving.start()


async def test_a_server_that_never_started_stops() -> None:
    await FastAgiServer(lambda: PLAN, FakeEngine(), {"main"}, reactor=Clock()).stop()


def test_no_session_for_a_call_that_nobody_made() -> None:
    assert not Sessions().deliver(CallId("main-1"), "hotline-hold,a.L1,1", None)
