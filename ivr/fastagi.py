"""The FastAGI server: admits Asterisk's connections, makes a session of each, and hands waiting sessions their verdict.

Decides who is served: connections for a known exchange, up to a limit. It does not know the menu's order (``ivr.session``) nor how a
connection waits (``ivr.line``). Twisted's reactor and asyncio must share one loop (``asyncioreactor``); ``start`` sees to it that they do.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping, Set
from typing import Any, Final

import structlog
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory

from acd.model import CallId, QueueId
from acd.ports import Engine
from ivr.caller import NotACall, caller_of, exchange_of
from ivr.line import AgiLine
from ivr.lookup import Directory, Hours, Strangers, never_closed
from ivr.menu import MenuPlan
from ivr.seldom import SeldomLog
from ivr.session import Services, Session, Verdict

SESSION_LIMIT: Final = 2000
"""Callers in menus at once; beyond it a connection is closed as it comes, which sends its caller to the survival plan."""
LOOP_SECONDS: Final = 1.0
"""How long the reactor may take to show that it runs."""
STOP_SECONDS: Final = 3.0
"""How long ``stop`` waits for sessions that are in the engine's hands."""
LEAVE_SECONDS: Final = 1.0
"""How long a session that knows where its caller goes may take to say so to Asterisk, before he is moved all the same."""
QUIET_SECONDS: Final = 3
"""Who connects and says nothing is not accepted before: Asterisk speaks at once, and the loop is woken once for both. Source: tcp(7)."""
_NAMES_LOGGED: Final = 100


class Sessions:
    """The live sessions by call. The call control asks here first, before it moves a caller by AMI."""

    def __init__(self) -> None:
        self._by_call: dict[CallId, AgiLine] = {}

    def deliver(self, call: CallId, target: str, queue: QueueId | None, opens: str = "") -> bool:
        """Tell the call's session where its caller goes: a ``Goto`` target such as ``hotline-hold,printers.L2,1``.

        True when the session was waiting for this and has taken it; it then sets HOTLINE_QUEUE (unless ``queue`` is None) and
        HOTLINE_NEXT, and ends. False when there is no such session, or it is still in the menu, or has its answer, or its caller is gone.
        """
        line = self._by_call.get(call)
        return line is not None and line.take(Verdict(target, queue, opens))

    async def left(self, call: CallId) -> None:
        """Wait, at most LEAVE_SECONDS, until a session that has its answer has carried it out and is over; any other is not waited for.

        Asterisk drops a session whose channel is redirected, and with it the variables that the session was about to set.
        """
        line = self._by_call.get(call)
        if line is not None and line.has_verdict and line.task is not None:
            await asyncio.wait({line.task}, timeout=LEAVE_SECONDS)

    def __len__(self) -> int:
        return len(self._by_call)

    def enter(self, call: CallId, line: AgiLine) -> None:
        """A session begins. A call that comes through AGI() again is with its newer session."""
        self._by_call[call] = line

    def leave(self, call: CallId, line: AgiLine) -> None:
        """A session is over."""
        if self._by_call.get(call) is line:
            del self._by_call[call]


class FastAgiServer:
    """Serves ``agi://host:port/<exchange>``.

    ``menu`` gives the plan in force; a session keeps the one it began with. ``directory`` knows the customers,
    ``hours`` when queues are open; whom it ``takes`` not is left to the survival plan.
    ``port`` 0 asks for a free one. ``reactor`` is the installed one unless given.
    """

    def __init__(
        self,
        menu: Callable[[], MenuPlan],
        engine: Engine,
        exchanges: Set[str],
        *,
        sessions: Sessions | None = None,
        today: Callable[[], str] = lambda: "",
        directory: Directory | None = None,
        hours: Hours = never_closed,
        takes: Callable[[CallId], bool] = lambda _: True,
        host: str = "127.0.0.1",
        port: int = 4573,
        session_limit: int = SESSION_LIMIT,
        reactor: Any = None,  # Any: Twisted's reactor is a module that implements zope interfaces
    ) -> None:
        self.sessions = Sessions() if sessions is None else sessions
        self._menu = menu
        self._exchanges = exchanges
        self._takes = takes
        self._host = host
        self._wanted_port = port
        self._session_limit = session_limit
        self._reactor = reactor
        self._listening: Any = None
        self._log = structlog.get_logger("ivr")
        self._seldom_log = SeldomLog(self._log, lambda: float(self._reactor.seconds()))
        self._services = Services(engine, self._log, today, directory or Strangers(), hours)
        self._lines: set[AgiLine] = set()
        self._named: set[str] = set()
        self._full = False

    @property
    def port(self) -> int:
        """The port listened on; the one asked for before ``start``."""
        return self._wanted_port if self._listening is None else int(self._listening.getHost().port)

    async def start(self) -> None:
        """Listen. Raises RuntimeError unless reactor and asyncio share a loop, twisted's CannotListenError when the port is taken."""
        if self._reactor is None:
            from twisted.internet import reactor  # importing it installs one, so not before it is wanted

            self._reactor = reactor
        await _shared_loop(self._reactor)
        self._listening = self._reactor.listenTCP(self._wanted_port, _Lines(self), backlog=512, interface=self._host)
        self._listening.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, QUIET_SECONDS)

    async def stop(self) -> None:
        """Listen no more and close the sessions; callers in menus go to the survival plan."""
        if self._listening is not None:
            listening, self._listening = self._listening, None
            await listening.stopListening().asFuture(asyncio.get_running_loop())
        tasks = [line.task for line in self._lines if line.task is not None]
        for line in tuple(self._lines):
            line.give_up()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()

    # ---- connections ---------------------------------------------------------------------------------------------------------------

    def admit(self) -> AgiLine | None:
        """A line for a new connection; None when there are too many, which is said once until there is room again."""
        if len(self._lines) >= self._session_limit:
            if not self._full:
                self._log.error("too many callers in menus", limit=self._session_limit)
            self._full = True
            return None
        self._full = False
        line = AgiLine(self._reactor, self._seldom_log, self._begin, self._lines.discard)
        self._lines.add(line)
        return line

    def _begin(self, environment: Mapping[str, str], line: AgiLine) -> Coroutine[Any, Any, None] | None:
        exchange = exchange_of(environment)
        if exchange not in self._exchanges:
            self._log_once(exchange)
            return None
        try:
            caller = caller_of(exchange, environment)
        except NotACall as error:
            self._seldom_log.warning("AGI request that is no call", exchange=exchange, error=str(error))
            return None
        if not self._takes(caller.call):
            return None
        session = Session(caller, self._menu(), line, self._services)
        self.sessions.enter(caller.call, line)
        return self._pass(session, caller.call, line)

    async def _pass(self, session: Session, call: CallId, line: AgiLine) -> None:
        try:
            await session.run()
        finally:
            self.sessions.leave(call, line)
            line.finish()

    def _log_once(self, exchange: str) -> None:
        if exchange not in self._named and len(self._named) < _NAMES_LOGGED:
            self._named.add(exchange)
            self._log.error("AGI request for no exchange of ours", exchange=exchange[:100], exchanges=sorted(self._exchanges))


class _Lines(Factory):
    noisy = False

    def __init__(self, server: FastAgiServer) -> None:
        self._server = server

    def buildProtocol(self, addr: IAddress | None) -> AgiLine | None:
        return self._server.admit()


async def _shared_loop(reactor: Any) -> None:
    """Raise RuntimeError unless the reactor's callbacks run in the asyncio loop that is running now."""
    loop = asyncio.get_running_loop()
    seen: asyncio.Future[bool] = loop.create_future()

    def look() -> None:
        if not seen.done():
            seen.set_result(asyncio.get_running_loop() is loop)

    reactor.callLater(0, look)
    try:
        shared = await asyncio.wait_for(seen, LOOP_SECONDS)
    except TimeoutError:
        shared = False
    if not shared:
        raise RuntimeError("Twisted's reactor does not run on this asyncio loop: install twisted.internet.asyncioreactor on it first")
