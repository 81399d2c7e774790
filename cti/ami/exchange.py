"""One Asterisk, kept connected: its commands, its heartbeat, and its reconnecting.

Decides when to connect again and how a command of the engine is said in AMI. It does not decide who is rung or held.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import structlog

from acd.effects import (
    Announce,
    AskOutside,
    Confer,
    DialBack,
    HangUpCall,
    HangUpPhones,
    HoldCall,
    JoinCaller,
    RingAgent,
    SendCall,
    StartConsult,
    StopRinging,
    TellIncident,
)
from acd.model import CallbackOrder, CallId, OfferId, PhoneId, outside_of
from acd.news import TellSolved
from acd.plan import Telling
from acd.ports import EffectFailed, TalkView
from acd.supervision import EndWatch, TakeOver, WatchCall
from cti.ami import in_talk
from cti.ami.consultation import QUEUE, confer, let_go, prepare_join, release, start
from cti.ami.news import LineOut, ring_with_news, who_was_told
from cti.ami.safe import safe_name, safe_value
from cti.ami.session import Address, Dialled, Engine, MayCallBack, Session, Submit
from cti.ami.watching import let_hear, stop_hearing
from cti.ami.wire import NORMAL_CLEARING, Refused, Unavailable, UnsafeValue, Wire
from cti.names import Context, DialPattern, call_id, exchange_and_uniqueid, leg_of_offer
from cti.translate import AgentAt, OpenOffer
from ivr.menu import CODE_REFUSED_PROMPT, POSITION_PROMPT, WAIT_PROMPT

log = structlog.get_logger(__name__)

ALIVE: Final = "HOTLINE_ALIVE"
"""The dialplan's global variable that the heartbeat sets, to the epoch second."""
OPENS: Final = "HOTLINE_OPENS"
"""The channel variable with the opening that a destination tells, such as ``mon_0830``."""
SAY: Final = "HOTLINE_SAY"
"""The channel variable with the prompt that a held caller hears at the next pause of his music."""
NEWS: Final = "HOTLINE_NEWS"
"""The channel variable with the text of an incident that he hears then; MAY_ASK says whether he is listened to (yes or no)."""
MAY_ASK: Final = "HOTLINE_MAY_ASK"
_PROMPT_TOLD: Final = {Telling.POSITION: POSITION_PROMPT, Telling.WAIT: WAIT_PROMPT}
HEARTBEAT_SECONDS: Final = 5.0
FIRST_DELAY_SECONDS: Final = 0.5
LONGEST_DELAY_SECONDS: Final = 15.0
"""Below the 20 s after which the dialplan takes the engine for dead."""


async def _refused(phone: PhoneId, name: str, keyed: str, pin: str) -> str:
    return CODE_REFUSED_PROMPT


def _nobody(call: CallId) -> bool:
    return False


class Ami:
    """Implements ``acd.ports.CallControl`` for the calls of one exchange.

    Every command raises EffectFailed: ``Unavailable`` (not connected, no answer in time, connection lost: whether it was done is not
    known, and it is never repeated), ``Refused`` (Asterisk's answer) or ``UnsafeValue`` (it was not sent).
    """

    def __init__(
        self,
        exchange: str,
        host: str,
        port: int,
        username: str,
        secret: str,
        dial: str,
        submit: Submit,
        open_offer: OpenOffer,
        agent_at: AgentAt,
        *,
        clock: Callable[[], datetime],
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        first_delay_seconds: float = FIRST_DELAY_SECONDS,
        may_call_back: MayCallBack = _nobody,
        line_out: LineOut | None = None,
        dialled: Dialled = _refused,
    ) -> None:
        """``clock`` gives aware datetimes, for the heartbeat. Without ``line_out`` nobody is called back.

        Raises ValueError when ``exchange`` or ``dial`` can't be used (see ``cti.names``).
        """
        call_id(exchange, "")
        self.exchange = exchange
        self._address = Address(host, port, username, secret)
        self._dial = DialPattern(dial)
        self._engine = Engine(submit, open_offer, agent_at, may_call_back, dialled)
        self._line_out = line_out
        self._clock = clock
        self._heartbeat_seconds = heartbeat_seconds
        self._first_delay_seconds = first_delay_seconds
        self._wire: Wire | None = None
        self._session: Session | None = None
        self.seen = asyncio.Event()
        """Set once the engine was told, for the first time, what Asterisk has."""
        self._task: asyncio.Task[None] | None = None

    # ---- life ------------------------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether commands can be carried out: logged in, and what Asterisk has was seen."""
        return self._wire is not None and not self._wire.closed

    def use_line(self, line_out: LineOut | None) -> None:
        """Call customers by this line from now on; None: nobody is called back."""
        self._line_out = line_out

    async def start(self) -> None:
        """Begin to connect, and to connect again whenever the connection is lost; does not wait for it."""
        self._task = asyncio.create_task(self._keep_connected(), name=f"ami-{self.exchange}")

    async def stop(self) -> None:
        """Disconnect and stay so. Outstanding commands fail."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _keep_connected(self) -> None:
        waits = delays(self._first_delay_seconds)
        while True:
            reason = await self._one_session()
            if self._wire is not None:
                waits = delays(self._first_delay_seconds)
            self._wire = None
            wait_seconds = next(waits)
            log.warning("ami_disconnected", exchange=self.exchange, reason=reason, again_in_seconds=wait_seconds)
            await asyncio.sleep(wait_seconds)

    async def _one_session(self) -> str:
        try:
            self._session = Session(self.exchange, self._dial, self._engine)
            await self._session.run(self._address, self._ready, self._beat)
        except EffectFailed as failed:
            return str(failed)
        except Exception as error:  # whatever kept the engine from taking an event: what it knows is unsure, so look afresh
            log.exception("ami_session_failed", exchange=self.exchange)
            return repr(error)
        return "ended"

    def _ready(self, wire: Wire) -> None:
        self._wire = wire
        log.info("ami_connected", exchange=self.exchange)

    async def _beat(self, wire: Wire) -> None:
        """Say that the engine is alive. As it has a time limit, it also notices a connection that is dead without having closed."""
        self.seen.set()
        await self._say_alive(wire)
        if self._line_out is not None:
            await self._hear_who_was_told(wire)
        while True:
            await asyncio.sleep(self._heartbeat_seconds)
            await self._say_alive(wire)

    async def _say_alive(self, wire: Wire) -> None:
        await wire.act("Setvar", {"Variable": ALIVE, "Value": str(int(self._clock().timestamp()))})

    async def _hear_who_was_told(self, wire: Wire) -> None:
        """Somebody may have heard the news to its end while the engine was away; said again, it changes nothing."""
        try:
            for told in await who_was_told(wire, self.exchange):
                await self._engine.submit(told)
        except Exception:  # whatever it is, the heart must beat; he may be rung once more then
            log.exception("not_known_who_was_told", exchange=self.exchange)

    # ---- acd.ports.CallControl -----------------------------------------------------------------------------------------------

    async def hold(self, command: HoldCall) -> None:
        """Let the caller wait, and come back to this very hold when an agent doesn't answer."""
        await self._set(command.call, QUEUE, safe_name(command.queue))
        if command.language:
            await self._set(command.call, "CHANNEL(language)", safe_name(command.language))
        await self.redirect(command.call, Context.HOLD, command.queue)

    async def ring(self, command: RingAgent) -> None:
        """Connect the caller to the agent's phone, or ring it alone. Returns when Asterisk has taken the order, before it rings."""
        if command.alone:
            await self._ring_alone(command)
            return
        await self._set(command.call, QUEUE, safe_name(command.queue))  # he may have been handed on, and the survey goes by it
        await self.redirect(command.call, Context.CONNECT, command.phone)

    async def dial_back(self, command: DialBack) -> None:
        """Ring the customer. Returns when Asterisk has taken the order, before it rings; how it ends is told by events.

        His channel gets the Uniqueid that the caller's channel had, which is gone: so it is the same call, here and for the engine. An
        Asterisk that still has a channel of that id does not dial (checked on 22.10).
        """
        line = self._line()
        alone = command.order is CallbackOrder.AGENT_FIRST
        variables = {
            "HOTLINE_ATTEMPT": command.attempt, QUEUE: command.queue, "CHANNEL(language)": command.language,
            "HOTLINE_GREETING": "" if alone else "yes", "HOTLINE_AGENT": self._alone(command.offer) if alone else "",
        }  # fmt: skip
        fields = {
            "Channel": line.to(command.number),
            "ChannelId": self._channel(command.call),
            "Context": Context.CALLBACK, "Exten": "s", "Priority": "1",
            "Timeout": str(round(command.customer_ring_seconds * 1000)),
            "CallerID": line.caller_id,
            "Variable": ",".join(f"{name}={safe_value(value)}" for name, value in variables.items() if value),
            "Async": "true",
        }  # fmt: skip
        await self._act("Originate", fields, command.attempt)

    async def _ring_alone(self, command: RingAgent) -> None:
        """Ring an agent who will wait on the line for the customer of a callback. His channel's Uniqueid says for which offer."""
        fields = {
            "Channel": self._dial.device(PhoneId(safe_name(command.phone))),
            "ChannelId": self._alone(command.offer),
            "Context": Context.AGENT, "Exten": "s", "Priority": "1",
            "Timeout": str(round(command.ring_seconds * 1000)),
            "CallerID": self._line().caller_id,
            "Async": "true",
        }  # fmt: skip
        await self._act("Originate", fields, command.offer)

    def _line(self) -> LineOut:
        if self._line_out is None:
            raise Refused(f"Originate: {self.exchange} has no line for callbacks")
        return self._line_out

    async def stop_ringing(self, command: StopRinging) -> None:
        """Take the caller back into hold; Asterisk cancels the ringing leg by itself (checked on 22.10).

        A customer who is being called back is let off instead, and so is an agent who was rung alone for him.
        """
        if not command.hang_up:
            await self.redirect(command.call, Context.HOLD, command.queue)
            return
        for channel in (self._channel(command.call), self._alone(command.offer)):
            try:
                await self._act("Hangup", {"Channel": channel, "Cause": NORMAL_CLEARING})
            except Refused as gone:  # no such channel: that phone does not ring, or not any more
                log.debug("nothing_rings", call=command.call, channel=channel, reason=str(gone))

    async def send(self, command: SendCall) -> None:
        """Send the caller to a destination of the dialplan."""
        if command.opens:
            await self._set(command.call, OPENS, safe_name(command.opens))
        await self.redirect(command.call, Context.OUT, command.destination)

    async def hang_up(self, command: HangUpCall) -> None:
        """End the caller's visit."""
        await self._act("Hangup", {"Channel": self._channel(command.call), "Cause": NORMAL_CLEARING})

    async def announce(self, command: Announce) -> None:
        """Tell a held caller about his wait. He is not moved: his music goes on until its next pause."""
        await self._set(command.call, SAY, safe_name(f"{_PROMPT_TOLD[command.tells]}_{command.number}"))

    async def consult(self, command: StartConsult) -> None:
        """Hold the caller and let his agent's phone ring the other one; without an answer it is looked at again, as for ``join``."""
        async with self._or_look():
            await start(self._act, self._connected_session("Redirect"), self._channel(command.call), command)

    async def ask_outside(self, command: AskOutside) -> None:
        """Hold the caller and let his agent's phone ring somebody outside the house; without an answer as above."""
        async with self._or_look():
            await start(self._act, self._connected_session("Redirect"), self._channel(command.call), command)

    async def confer(self, command: Confer) -> None:
        """Bring the held caller to the two who talk about his call; without an answer in time it is looked at again, as for ``join``."""
        async with self._or_look():
            await confer(self._act, self._connected_session("Redirect"), self._channel(command.call), command)

    async def join(self, command: JoinCaller) -> None:
        """Put the held caller together with one of the phones. Where the consultation never began, they are together already.

        When no answer comes in time, it is looked at again what is there, by connecting anew: done twice, it would part those who talk.
        """
        async with self._or_look():
            if await prepare_join(self._act, self._connected_session("Redirect"), self._channel(command.call), command):
                context, exten = (Context.JOIN_OUTSIDE, "s") if outside_of(command.phone) else (Context.JOIN, command.phone)
                await self.redirect(command.call, context, exten)

    @asynccontextmanager
    async def _or_look(self) -> AsyncIterator[None]:
        try:
            yield
        except (Unavailable, asyncio.CancelledError):
            if self._wire is not None:
                self._wire.close("it is not known with whom a caller was put together")
            raise

    async def hang_up_phones(self, command: HangUpPhones) -> None:
        """Let the phones go that ring or talk for this call."""
        await let_go(self._act, self._connected_session("Hangup"), command)

    async def tell_incident(self, command: TellIncident) -> None:
        """Tell a held caller of an incident, or tell him no more of it."""
        if command.text:
            await self._set(command.call, MAY_ASK, "yes" if command.may_ask else "no")
        await self._set(command.call, NEWS, safe_name(command.text) if command.text else "")

    async def tell_solved(self, command: TellSolved) -> None:
        """Ring somebody and tell him that his incident is solved. Returns when Asterisk has taken the order; events tell how it ends."""
        self._channel(command.call)
        await ring_with_news(self._act, self._line(), command)

    # ---- acd.ports.InTalk ----------------------------------------------------------------------------------------------------

    async def put_on_hold(self, call: CallId, phone: PhoneId) -> None:
        """Music for the caller, until his agent takes him back."""
        await in_talk.park(self._act, self._connected_session("Redirect"), self._channel(call), call, phone)

    async def take_back(self, call: CallId, phone: PhoneId) -> None:
        """Agent and caller talk again."""
        await in_talk.take_back(self._act, self._connected_session("Redirect"), self._channel(call), call, phone)

    async def mute(self, call: CallId, phone: PhoneId, silent: bool) -> None:
        """Whether the caller hears the agent."""
        await in_talk.mute(self._act, self._connected_session("Setvar"), call, phone, silent)

    async def pause_recording(self, call: CallId, paused: bool) -> None:
        """Whether what is said is recorded."""
        await in_talk.pause_recording(self._act, self._channel(call), paused)

    async def answer(self, call: CallId, phone: PhoneId) -> None:
        """Ring the agent's phone anew, as one that answers by itself."""
        await in_talk.answer(self._act, self._channel(call), phone)

    def in_talk(self, call: CallId) -> TalkView:
        """What is known of the talk besides that it goes on."""
        session = self._session
        if session is None:
            return TalkView()
        return TalkView(call in session.parked, any(leg in session.muted for leg in session.legs_of(call)))

    # ---- more ------------------------------------------------------------------------------------------------------------------

    async def redirect(self, call: CallId, context: str, exten: str) -> None:
        """Send the caller to a place in the dialplan. Asterisk answers Success even when there is no such place, and then drops the
        caller (checked on 22.10): the dialplan's contexts need an ``i`` extension.
        """
        place = {"Context": safe_name(context), "Exten": safe_name(exten), "Priority": "1"}
        session = self._session
        if session is not None:  # he is alone from now on, or with one agent
            session.apart.discard(call)
        if session is not None and call in session.parked:  # his agent, who waits for him, is let go
            session.parked.discard(call)
            await release(self._act, session, call)
        await self._act("Redirect", {"Channel": self._channel(call), **place})

    async def user_event(self, name: str, fields: Mapping[str, str]) -> None:
        """Send a UserEvent, for other programs at the same Asterisk."""
        await self._act("UserEvent", {"UserEvent": name, **fields})

    async def watch(self, command: WatchCall) -> None:
        """Let a supervisor's phone hear the agent's conversation. Returns when Asterisk has taken the order, before it rings."""
        self._channel(command.call)
        await let_hear(self._act, self._connected_session("Originate"), self._dial, command)

    async def end_watch(self, command: EndWatch) -> None:
        """Let it go."""
        self._channel(command.call)
        await stop_hearing(self._act, command)

    async def take_over(self, command: TakeOver) -> None:
        """Let the caller come to a supervisor's phone; without an answer in time it is looked at again, as for ``join``."""
        async with self._or_look():
            await self.redirect(command.call, Context.TAKEOVER, command.phone)

    def _connected_session(self, action: str) -> Session:
        if self._session is None or self._wire is None:
            raise Unavailable(f"{action}: {self.exchange} is not connected")
        return self._session

    async def _set(self, call: CallId, variable: str, value: str) -> None:
        await self._act("Setvar", {"Channel": self._channel(call), "Variable": variable, "Value": value})

    async def _act(self, name: str, fields: Mapping[str, str], action_id: str = "") -> None:
        if self._wire is None:
            raise Unavailable(f"{name}: {self.exchange} is not connected")
        await self._wire.act(name, fields, action_id=action_id)

    def _channel(self, call: CallId) -> str:
        """The caller's channel. Redirect, Hangup and Setvar take its Uniqueid for its name (checked on 22.10)."""
        try:
            exchange, uniqueid = exchange_and_uniqueid(call)
        except ValueError as error:
            raise UnsafeValue(str(error)) from None
        if exchange != self.exchange:
            raise UnsafeValue(f"{call} is not a call of {self.exchange}")
        return uniqueid

    def _alone(self, offer: OfferId) -> str:
        """The channel of an agent who is rung alone for this offer."""
        self._channel(CallId(offer.rpartition("/")[0]))
        try:
            return leg_of_offer(offer)
        except ValueError as error:
            raise UnsafeValue(str(error)) from None


def delays(first_seconds: float, longest_seconds: float = LONGEST_DELAY_SECONDS) -> Iterator[float]:
    """How long to wait before each further attempt: doubling, up to a bound."""
    delay = first_seconds
    while True:
        yield min(delay, longest_seconds)
        delay = min(delay * 2, longest_seconds)
