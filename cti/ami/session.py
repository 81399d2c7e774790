"""The life of one AMI connection: log in, look at what is there, then translate events until it ends.

Decides the order in which the engine hears of things. It knows no commands (see ``cti.ami.exchange``), and does not reconnect.

**Looking and listening are never out of order.** Asterisk sends events from the login on, and the lists that are asked for then are
a picture of a later moment. Events are kept from the login on, until the picture is complete and handed to the engine as
``ExchangeSeen``; only then are they translated, in the order in which they came, against what the router knows by then. An event that
the picture already includes is told once more that way, which the router recognises by its ids; one that is later than the picture
can't be missed, nor be undone by it. No command can fall in between: the exchange counts as connected only from the picture on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from acd.effects import CallChanged, Effect
from acd.events import CallerLeft, Event, TalkEnded
from acd.model import CallId, CallState, IllegalTransition, PhoneId
from acd.ports import EffectFailed
from cti.ami.wire import NORMAL_CLEARING, Fields, Refused, Unavailable, Wire, connect
from cti.names import DialPattern, call_id, exchange_and_uniqueid
from cti.seen import look
from cti.translate import CODE, EVENTS, WAITS, AgentAt, OpenOffer, Translator
from ivr.menu import LOG_IN_AS

log = structlog.get_logger(__name__)

BOOT_LIMIT_SECONDS: Final = 60.0
"""How long a starting Asterisk may take to be fully booted; before that its lists are not complete."""
EVENTS_HIGH: Final = 5000
EVENTS_LOW: Final = 500
"""So many events waiting for the engine stop (and let go on) the reading from Asterisk. If that lasts, the connection times out,
and the next one starts with a fresh look: nothing is lost, and memory is bounded."""

LOOK_MARGIN_SECONDS: Final = 0.1
"""How much older than it is a look is called: on its way to the router another call may arrive, which must not be judged by it. As short
as that way: who arrives in this margin, and is gone before the lists were made, is not missed by anybody."""

Submit = Callable[[Event], Awaitable[Sequence[Effect]]]
MayCallBack = Callable[[CallId], bool]
"""Whether a waiting caller is to be offered a callback now; KeyError when there is no such call."""
Dialled = Callable[[PhoneId, str, str, str], Awaitable[str]]
"""Does what a feature code (phone, name, what was keyed behind it, PIN) stands for; the prompt to say."""
SAID: Final = "HOTLINE_SAID"
"""The channel variable with that prompt."""
PIN: Final = "HOTLINE_PIN"
"""The channel variable with a PIN that was keyed. It is asked for, as events are read, and logged, by others too."""
OVER: Final = "HOTLINE_OVER"
"""The channel variable that tells a caller's channel whose agent has left that the engine does not move him any more (yes)."""
OFFERED: Final = "HOTLINE_CALLBACK"
"""The channel variable that lets the dialplan offer a callback: yes or no."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an Asterisk's AMI is, and who we are there."""

    host: str
    port: int
    username: str
    secret: str


@dataclass(frozen=True, slots=True)
class Engine:
    """What a session asks of the engine."""

    submit: Submit
    open_offer: OpenOffer
    agent_at: AgentAt
    may_call_back: MayCallBack
    dialled: Dialled


class Session:
    """One connection to one exchange."""

    def __init__(self, exchange: str, dial: DialPattern, engine: Engine) -> None:
        self._exchange = exchange
        self._dial = dial
        self._engine = engine
        self._translator = Translator(exchange, dial, engine.open_offer, engine.agent_at)
        self._events: asyncio.Queue[Fields | None] = asyncio.Queue()
        self._booted = asyncio.Event()
        self._working = False
        self._paused = False
        self._wire: Wire | None = None
        self._answers: set[asyncio.Future[None]] = set()
        self.parked: set[CallId] = set()
        """Calls whose caller is on hold."""
        self.muted: set[str] = set()
        """Agents' channels that are not heard; forgotten with the connection."""
        self.apart: set[CallId] = set()
        """Calls whose caller is held while his agent's phone rings, or talks to, another one."""

    async def run(self, address: Address, ready: Callable[[Wire], None], beat: Callable[[Wire], Awaitable[None]]) -> None:
        """Live until the connection ends, then raise why (EffectFailed); ``ready`` is called, and ``beat`` runs, from the look on."""
        self._wire = wire = await connect(address.host, address.port, self._take)
        wire.lost.add_done_callback(self._over)
        try:
            await self._log_in(wire, address)
            await self._look(wire, ready)
            beating = asyncio.create_task(_beat(beat, wire))
            try:
                await self._work(wire)
            finally:
                beating.cancel()
        finally:
            wire.close()

    def legs_of(self, call: CallId) -> Mapping[str, PhoneId]:
        """The agents' channels that a call has: Uniqueid -> phone."""
        return self._translator.legs_of(call)

    def _over(self, _lost: asyncio.Future[str]) -> None:
        self._booted.set()
        self._events.put_nowait(None)

    # ---- the beginning -----------------------------------------------------------------------------------------------------

    async def _log_in(self, wire: Wire, address: Address) -> None:
        await wire.act("Login", {"Username": address.username, "Secret": address.secret, "Events": "on"})
        try:
            async with asyncio.timeout(BOOT_LIMIT_SECONDS):
                await self._booted.wait()
        except TimeoutError:
            raise Unavailable(f"Asterisk was not fully booted after {BOOT_LIMIT_SECONDS:g} s") from None

    async def _look(self, wire: Wire, ready: Callable[[Wire], None]) -> None:
        begun = asyncio.get_running_loop().time()
        channels = await wire.list("Status")
        devices = await wire.list("DeviceStateList")
        try:
            seen = look(self._exchange, self._dial, channels, devices, self._engine.open_offer, self._engine.agent_at)
        except KeyError as missing:
            raise Refused(f"an item of Asterisk's lists has no {missing}") from None
        self._translator.start_from(seen.legs)
        self.parked = set(seen.parked)
        self.apart = {call.call for call in seen.seen.calls if call.place in ("consult", "conference")}
        await self._let_go(wire, seen.forgotten)
        ready(wire)
        age_seconds = asyncio.get_running_loop().time() - begun + LOOK_MARGIN_SECONDS
        await self._engine.submit(replace(seen.seen, age_seconds=age_seconds))

    async def _let_go(self, wire: Wire, channels: Iterable[str]) -> None:
        """The order to stop ringing them was lost with the last connection."""
        for uniqueid in channels:
            try:
                await wire.act("Hangup", {"Channel": uniqueid, "Cause": NORMAL_CLEARING})
            except Refused as gone:  # he has hung up
                log.info("phone_gone", exchange=self._exchange, uniqueid=uniqueid, reason=str(gone))

    # ---- events ------------------------------------------------------------------------------------------------------------

    def _take(self, event: Fields) -> None:
        name = event["Event"]
        if name == "FullyBooted":
            self._booted.set()
        elif event.get("UserEvent") == WAITS:
            self._answer(self._say_whether, event)
        elif event.get("UserEvent") == CODE:
            self._answer(self._say_done, event)
        elif name in EVENTS:
            self._events.put_nowait(event)
            self._hold_back(self._working and self._events.qsize() > EVENTS_HIGH)

    def _answer(self, say: Callable[[Wire, Fields], Awaitable[None]], event: Fields) -> None:
        """Tell the dialplan what it waits for. The event itself is nothing that the engine journals."""
        if self._wire is not None:
            answer = asyncio.ensure_future(say(self._wire, event))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    async def _say_whether(self, wire: Wire, event: Fields) -> None:
        """Whether the caller is to be offered a callback."""
        uniqueid = event.get("Uniqueid", "")
        try:
            offered = self._engine.may_call_back(call_id(self._exchange, uniqueid))
        except KeyError:
            return
        await self._set(wire, uniqueid, OFFERED, "yes" if offered else "no")

    async def _say_done(self, wire: Wire, event: Fields) -> None:
        """Whether what an agent has dialled is done."""
        phone = self._dial.phone_of_channel(event.get("Channel", ""))
        if phone is not None:
            uniqueid, code = event.get("Uniqueid", ""), event.get("Code", "")
            pin = await self._pin(wire, uniqueid) if code == LOG_IN_AS else ""
            prompt = await self._engine.dialled(phone, code, event.get("Digit", ""), pin)
            await self._set(wire, uniqueid, SAID, prompt)

    async def _pin(self, wire: Wire, uniqueid: str) -> str:
        """What was keyed; '' when nothing was, or he has hung up."""
        try:
            return (await wire.act("Getvar", {"Channel": uniqueid, "Variable": PIN})).get("Value", "")
        except EffectFailed as failed:
            log.info("pin_not_told", exchange=self._exchange, uniqueid=uniqueid, reason=str(failed))
            return ""

    async def _set(self, wire: Wire, uniqueid: str, variable: str, value: str) -> None:
        try:
            await wire.act("Setvar", {"Channel": uniqueid, "Variable": variable, "Value": value})
        except EffectFailed as failed:  # he has left, or goes on without an answer
            log.info("dialplan_not_answered", exchange=self._exchange, uniqueid=uniqueid, variable=variable, reason=str(failed))

    def _hold_back(self, pause: bool) -> None:
        if pause and not self._paused and self._wire:
            self._paused = True
            self._wire.pause_reading(True)

    async def _work(self, wire: Wire) -> None:
        """Hand over events, those of a lost connection too; then raise Unavailable."""
        self._working = True
        while True:
            waiting = [await self._events.get()]
            while not self._events.empty() and len(waiting) < EVENTS_LOW:
                waiting.append(self._events.get_nowait())
            await self._hand_over(fields for fields in waiting if fields is not None)
            if None in waiting:
                raise Unavailable(f"the connection was lost ({wire.lost.result()})")
            if self._paused and self._events.qsize() < EVENTS_LOW:
                self._paused = False
                wire.pause_reading(False)

    async def _hand_over(self, waiting: Iterable[Fields]) -> None:
        """Submit in order."""
        for fields in waiting:
            for event in self._translator.translate(fields):
                await self._submit(event)
                if isinstance(event, CallerLeft):
                    self.parked.discard(event.call)
                    self.apart.discard(event.call)
            if fields["Event"] == "Hangup":
                self.muted.discard(fields.get("Uniqueid", ""))

    async def _submit(self, event: Event) -> None:
        try:
            effects = await self._engine.submit(event)
        except IllegalTransition as refused:
            log.warning("event_refused", exchange=self._exchange, seen=repr(event), reason=str(refused))
        else:
            if isinstance(event, TalkEnded) and any(isinstance(one, CallChanged) and one.state is CallState.AFTER for one in effects):
                self._say_over(event.call)

    def _say_over(self, call: CallId) -> None:
        """Nobody hands the caller on: the dialplan need not wait for that any longer. Unheard, it waits for its two seconds."""
        if self._wire is not None:
            self._wire.tell("Setvar", {"Channel": exchange_and_uniqueid(call)[1], "Variable": OVER, "Value": "yes"})


async def _beat(beat: Callable[[Wire], Awaitable[None]], wire: Wire) -> None:
    try:
        await beat(wire)
    except EffectFailed as failed:
        wire.close(str(failed))
