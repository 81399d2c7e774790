"""The adapter on a real Asterisk, with real SIP phones and callers; least privileges and event filters as in production."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acd.effects import Effect, HangUpCall, HoldCall, RingAgent, SendCall, StopRinging
from acd.events import CallDiverted, CallerLeft, Event, ExchangeSeen, OfferAnswered, OfferMissed, OfferRinging, PhoneSeen, TalkEnded
from acd.model import AgentId, CallId, MissCause, OfferId, PhoneId, QueueId
from cti.ami import Ami, Refused
from cti.translate import EVENTS, READ_PRIVILEGES, WRITE_PRIVILEGES
from tests.transcripts.rig import Rig, answers, calls, from_environment, refuses, rings_for_ever

pytestmark = pytest.mark.e2e

QUEUE = QueueId("printers.L2")
OFFER = OfferId("o1")
ANN = AgentId("ann")
ANSWERS, RINGS, BUSY, AWAY, COMES = "1001", "1003", "1004", "1008", "1012"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("asterisk")
    rig = from_environment(folder, read=",".join(READ_PRIVILEGES), write=",".join(WRITE_PRIVILEGES), filters=EVENTS)
    rig.configure([ANSWERS, RINGS, BUSY], absent=[AWAY, COMES])
    try:
        rig.start()
        rig.phone(ANSWERS, answers())
        rig.phone(RINGS, rings_for_ever())
        rig.phone(BUSY, refuses("486 Busy Here"))
        yield rig
    finally:
        rig.stop()


class Desk:
    """One exchange, and what it told."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.events: list[Event] = []
        self._came = asyncio.Event()
        self.ami = Ami(
            "main", "127.0.0.1", rig.ami_port, rig.user, rig.secret, "PJSIP/{phone}", self.submit,
            lambda call, phone: OFFER, lambda phone: ANN, clock=lambda: datetime.now(UTC), first_delay_seconds=0.1,
        )  # fmt: skip

    async def submit(self, event: Event) -> Sequence[Effect]:
        self.events.append(event)
        self._came.set()
        return ()

    async def told(self, is_it: Callable[[Event], bool]) -> Event:
        async with asyncio.timeout(15):
            while not (found := [event for event in self.events if is_it(event)]):
                self._came.clear()
                await self._came.wait()
        return found[-1]

    async def told_of(self, call: CallId, *expected: Event) -> None:
        """Wait for the last of these; then nothing else may have been told of the call and its offer."""
        await self.told(lambda event: event == expected[-1])
        about = [event for event in self.events if getattr(event, "call", call) == call and not isinstance(event, ExchangeSeen | PhoneSeen)]
        assert about == list(expected)

    async def caller(self, talk_ms: int | None = None) -> CallId:
        """A caller in hold."""
        before = await self.channels()
        await asyncio.to_thread(self.rig.call, "4001", calls(talk_ms))
        async with asyncio.timeout(10):
            while not (new := await self.channels() - before):
                await asyncio.sleep(0.02)
        return CallId(f"main-{new.pop()}")

    async def channels(self) -> set[str]:
        """The Uniqueids of the callers in hold."""
        text = await asyncio.to_thread(self.rig.console, "core show channels concise")
        return {line.split("!")[-1].strip() for line in text.splitlines() if "!hotline-hold!" in line}

    def ring(self, call: CallId, phone: str) -> RingAgent:
        return RingAgent(OFFER, call, ANN, PhoneId(phone), 12, QUEUE)


@asynccontextmanager
async def desk_of(rig: Rig) -> AsyncIterator[Desk]:
    desk = Desk(rig)
    await desk.ami.start()
    try:
        async with asyncio.timeout(15):
            await desk.ami.seen.wait()
        yield desk
    finally:
        await desk.ami.stop()


async def test_a_talk_that_the_caller_ends(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller(talk_ms=2500)
        await desk.ami.ring(desk.ring(call, ANSWERS))
        await desk.told_of(call, OfferRinging(OFFER), OfferAnswered(OFFER), CallerLeft(call))


async def test_a_busy_agent_leaves_the_caller_in_hold(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller()
        await desk.ami.ring(desk.ring(call, BUSY))
        await desk.told_of(call, OfferRinging(OFFER), OfferMissed(OFFER, MissCause.BUSY))
        await held(desk, call)
        await desk.ami.hang_up(HangUpCall(call))


async def test_a_caller_who_is_rung_for_from_another_queue_comes_back_there_when_the_agent_is_busy(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller()
        await desk.ami.ring(replace(desk.ring(call, BUSY), queue=QueueId("scanners.L1")))
        await desk.told(lambda event: event == OfferMissed(OFFER, MissCause.BUSY))
        await held(desk, call)
        assert "!hotline-hold!scanners.L1!" in await asyncio.to_thread(rig.console, "core show channels concise")
        await desk.ami.hang_up(HangUpCall(call))
        await desk.told(lambda event: event == CallerLeft(call))


async def test_a_phone_that_is_not_there_is_missed_at_once(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller()
        begun = time.monotonic()
        await desk.ami.ring(desk.ring(call, AWAY))
        await desk.told_of(call, OfferMissed(OFFER, MissCause.UNREGISTERED))
        assert time.monotonic() - begun < 1
        await desk.ami.hang_up(HangUpCall(call))
        await desk.told(lambda event: event == CallerLeft(call))


async def test_an_offer_that_is_taken_back_stops_the_ringing_and_holds_the_caller(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller()
        await desk.ami.ring(desk.ring(call, RINGS))
        await desk.told(lambda event: event == OfferRinging(OFFER))
        await desk.ami.stop_ringing(StopRinging(OFFER, call, QUEUE, "zh"))
        await held(desk, call)
        assert f"PJSIP/{RINGS}-" not in await asyncio.to_thread(rig.console, "core show channels concise")
        await desk.ami.hang_up(HangUpCall(call))
        await desk.told_of(call, OfferRinging(OFFER), CallerLeft(call))


async def test_a_talk_that_is_broken_off_by_a_redirect_ends_the_agents_leg(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller()
        await desk.ami.ring(desk.ring(call, ANSWERS))
        await desk.told(lambda event: event == OfferAnswered(OFFER))
        await desk.ami.hold(HoldCall(call, QUEUE, "zh"))
        await desk.told_of(call, OfferRinging(OFFER), OfferAnswered(OFFER), TalkEnded(call, ANN))
        await held(desk, call)
        await desk.ami.hang_up(HangUpCall(call))


async def held(desk: Desk, call: CallId) -> None:
    async with asyncio.timeout(5):
        while call.removeprefix("main-") not in await desk.channels():
            await asyncio.sleep(0.02)


async def test_a_destination_that_is_not_there_does_not_drop_the_caller(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller()
        await desk.ami.send(SendCall(call, "nowhere"))
        await desk.told_of(call, CallDiverted(call, "survival"))
        await desk.ami.hang_up(HangUpCall(call))


async def test_a_caller_who_is_gone_is_refused(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        with pytest.raises(Refused, match="No such channel"):
            await desk.ami.ring(desk.ring(CallId("main-1.1"), ANSWERS))


async def test_a_phone_that_registers_and_leaves_is_seen(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        await asyncio.to_thread(rig.register, COMES)
        await desk.told(lambda event: event == PhoneSeen(PhoneId(COMES), True))
        await asyncio.to_thread(rig.register, COMES, 0)
        await desk.told(lambda event: event == PhoneSeen(PhoneId(COMES), False))


async def test_a_second_connection_sees_what_the_first_one_left_and_tells_how_it_goes_on(rig: Rig) -> None:
    """Given a caller in hold and one in talk, when the engine comes back, then it sees both, and hears how the talk ends."""
    async with desk_of(rig) as first:
        waiting, talking = await first.caller(), await first.caller(talk_ms=4000)
        await first.ami.ring(first.ring(talking, ANSWERS))
        await first.told(lambda event: event == OfferAnswered(OFFER))
    async with desk_of(rig) as second:
        seen = second.events[0]
        assert isinstance(seen, ExchangeSeen)
        places = {call.call: (call.place, call.phone) for call in seen.calls}
        assert places[waiting] == ("hold", None)
        assert places[talking] == ("talk", ANSWERS)
        assert {ANSWERS, RINGS, BUSY} <= set(seen.reachable_phones)
        assert AWAY not in seen.reachable_phones
        await second.told_of(talking, CallerLeft(talking))
        await second.ami.hang_up(HangUpCall(waiting))


async def test_the_heartbeat_is_a_global_variable_of_the_dialplan(rig: Rig) -> None:
    async with desk_of(rig):
        text = ""
        async with asyncio.timeout(5):
            while "HOTLINE_ALIVE=" not in text:
                text = await asyncio.to_thread(rig.console, "dialplan show globals")
        alive = int(text.partition("HOTLINE_ALIVE=")[2].split()[0])
        assert abs(alive - time.time()) < 10


async def test_an_asterisk_that_was_restarted_is_looked_at_again(rig: Rig) -> None:
    async with desk_of(rig) as desk:
        call = await desk.caller()
        await asyncio.to_thread(rig.restart)
        seen = await desk.told(lambda event: isinstance(event, ExchangeSeen) and event is not desk.events[0])
        assert isinstance(seen, ExchangeSeen)
        assert call not in {there.call for there in seen.calls}
        assert desk.ami.connected
