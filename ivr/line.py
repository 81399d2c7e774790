"""One connection from Asterisk, as the ``Line`` of its session: a Twisted protocol over the codec.

Decides how long to wait for whom, and turns what arrives into what the session awaits. It does not know the menu's order, nor which calls
are welcome: ``begin`` says who is served.

A connection that is closed without HOTLINE_NEXT sends the caller to the survival plan, since the dialplan looks at nothing else. So
closing is a safe answer to everything that goes wrong here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from twisted.internet.interfaces import IWriteDescriptor
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from ivr.codec import AgiConnection, Environment, Item, RemoteError, Reply, State
from ivr.seldom import SeldomLog
from ivr.session import LineLost, NoVerdict, Verdict

ENVIRONMENT_SECONDS: Final = 10.0
"""How long a connection may take to say who is calling."""
SILENCE_SECONDS: Final = 120.0
"""How long Asterisk may say nothing beyond the silence that a question allows: no prompt is as long."""
ENGINE_SECONDS: Final = 5.0
"""How long the engine may take over one event while Asterisk waits for us."""
VERDICT_SECONDS: Final = 3.0
"""How long a caller who is through the menu waits to be told where to go: two agents' pages may be waited for, one after the other."""
_LOOK_SECONDS: Final = 5.0
"""How often a line looks whether it has waited too long: a look is cheaper than a timer for each command."""

Begin = Callable[[Mapping[str, str], "AgiLine"], "Coroutine[Any, Any, None] | None"]
"""What is to be done for an environment; None to close the connection."""


class AgiLine(Protocol):
    """A connection. At most one awaiter at a time waits, for a reply or for the verdict."""

    # Any: Twisted declares ITransport | None, but it is a TCP transport from connectionMade on.
    transport: Any

    # clock: Any for IReactorTime, a zope interface.
    def __init__(self, clock: Any, log: SeldomLog, begin: Begin, over: Callable[[AgiLine], None]) -> None:
        self._clock = clock
        self._log = log
        self._begin = begin
        self._over = over
        self._agi = AgiConnection()
        self._reply: Reply | None = None
        self._verdict: Verdict | None = None
        self._expects_verdict = False
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._writes_at_once = False
        self._look: Any = None
        self.task: asyncio.Task[None] | None = None
        """The session's task, once the environment is there."""
        self.given_up = False

    # ---- from the network ------------------------------------------------------------------------------------------------------

    def connectionMade(self) -> None:
        """Asterisk, or somebody, has connected."""
        self._writes_at_once = IWriteDescriptor.providedBy(self.transport)
        self._allow(ENVIRONMENT_SECONDS)
        self._watch()

    def dataReceived(self, data: bytes) -> None:
        """Bytes, cut anywhere."""
        self._agi.receive(data)
        if not self._take_items():
            self.give_up()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The connection is over, whoever closed it."""
        if not self.given_up:
            self._agi.receive_end()
            self._take_items()
        self._deadline = 0.0
        if self._look is not None and self._look.active():
            self._look.cancel()
        self._wake()
        self._over(self)

    def _take_items(self) -> bool:
        """False when the bytes made no sense, which is said once."""
        try:
            while (item := self._agi.next_item()) is not None:
                self._take_item(item)
        except RemoteError as error:
            self._log.warning("AGI bytes that make no sense", error=str(error))
            return False
        return True

    def _take_item(self, item: Item) -> None:
        match item:
            case Environment(values):
                self._start(values)
            case Reply():
                self._reply = item
        self._wake()

    def _start(self, values: Mapping[str, str]) -> None:
        self._allow(ENGINE_SECONDS)
        session = self._begin(values, self)
        if session is None:
            self.give_up()
        else:
            self.task = asyncio.get_running_loop().create_task(session)

    # ---- for the session ---------------------------------------------------------------------------------------------------------

    @property
    def hung_up(self) -> bool:
        """Asterisk has said so, or the connection is closed."""
        return self.given_up or self._agi.hung_up

    @property
    def can_command(self) -> bool:
        """It is open, and no reply is owed."""
        return not self._closed and self._agi.can_command

    @property
    def has_verdict(self) -> bool:
        """The engine has said where the caller goes."""
        return self._verdict is not None

    @property
    def _closed(self) -> bool:
        return self.given_up or self._agi.state is State.CLOSED

    def send(self, verb: str, *arguments: str) -> None:
        """Send a command; raises LineLost when the connection is closed, codec.LocalError for what can't be sent."""
        if self._closed:
            raise LineLost
        self.transport.write(self._agi.command(verb, *arguments))
        if self._writes_at_once:
            self.transport.doWrite()  # not in the next turn: the caller waits, and the loop need not watch for it

    async def reply(self, patience_seconds: float = 0.0) -> Reply:
        """The reply to what was sent; raises LineLost when the connection closes before it."""
        self._allow(SILENCE_SECONDS + patience_seconds)
        while self._reply is None:
            if self._closed:
                raise LineLost
            await self._something()
        reply, self._reply = self._reply, None
        self._allow(ENGINE_SECONDS)
        return reply

    def expect_verdict(self) -> None:
        """From now on ``take`` takes one."""
        self._expects_verdict = True

    def take(self, verdict: Verdict) -> bool:
        """Where the caller goes; False when nobody waits for that, any more or yet."""
        if not self._expects_verdict or self._verdict is not None or self.hung_up:
            return False
        self._verdict = verdict
        self._wake()
        return True

    async def verdict(self) -> Verdict:
        """What ``take`` took; raises NoVerdict after VERDICT_SECONDS, LineLost on a hang-up before it."""
        self._allow(VERDICT_SECONDS + ENGINE_SECONDS)
        late = self._clock.seconds() + VERDICT_SECONDS
        alarm = self._clock.callLater(VERDICT_SECONDS, self._wake) if self._verdict is None else None
        try:
            while self._verdict is None:
                if self.hung_up:
                    raise LineLost
                if self._clock.seconds() >= late:
                    raise NoVerdict(f"no verdict within {VERDICT_SECONDS:g} s")
                await self._something()
        finally:
            self._expects_verdict = False
            if alarm is not None and alarm.active():
                alarm.cancel()
        return self._verdict

    def finish(self) -> None:
        """The session is over: close, once what was written is sent."""
        if not self.given_up:
            self.given_up = True
            self.transport.loseConnection()

    def give_up(self) -> None:
        """Close at once. Whether the caller is there is not known, and nothing is said about it."""
        if not self.given_up:
            self.given_up = True
            self.transport.abortConnection()
            self._wake()

    # ---- waiting -------------------------------------------------------------------------------------------------------------------

    async def _something(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _allow(self, seconds: float) -> None:
        self._deadline = self._clock.seconds() + seconds

    def _watch(self) -> None:
        left = self._deadline - self._clock.seconds()
        if left > 0:
            self._look = self._clock.callLater(min(left, _LOOK_SECONDS), self._watch)
        else:
            self._log.warning("AGI session given up after silence", state=self._agi.state.value)
            self.give_up()
