"""The adapter against an AMI server: connecting, looking, listening, commanding, and losing the connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acd.effects import Announce, CallChanged, Effect, HangUpCall, HoldCall, RingAgent, SendCall, StopRinging, TellIncident
from acd.events import CallerLeft, Event, ExchangeSeen, OfferAnswered, PhoneSeen, SeenCall, TalkEnded
from acd.model import AgentId, CallId, CallState, IllegalTransition, OfferId, PhoneId, QueueId
from acd.plan import Telling
from acd.ports import CallControl, EffectFailed
from cti.ami import Ami, Refused, Unavailable, UnsafeValue
from cti.ami import session as session_module
from cti.ami.exchange import delays
from cti.ami.wire import Wire
from cti.seen import Look, look
from tests.unit.cti_ami.fake_asterisk import Action, FakeAsterisk, channel, device, error, listed, message, success

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CALL = CallId("main-1.1")
QUEUE = QueueId("printers.L2")


class Engine:
    """Takes events down, in the order in which they come."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.at: list[float] = []
        self.fails: dict[type, Exception] = {}
        self.follows: dict[type, Sequence[Effect]] = {}
        self._came = asyncio.Event()

    async def submit(self, event: Event) -> Sequence[Effect]:
        self.events.append(event)
        self.at.append(asyncio.get_running_loop().time())
        self._came.set()
        if type(event) in self.fails:
            raise self.fails.pop(type(event))
        return self.follows.get(type(event), ())

    async def heard(self, count: int) -> list[Event]:
        while len(self.events) < count:
            self._came.clear()
            await self._came.wait()
        return self.events


def ami(asterisk: FakeAsterisk, engine: Engine, *, heartbeat_seconds: float = 60, first_delay_seconds: float = 0.01) -> Ami:
    return Ami(
        "main", "127.0.0.1", asterisk.port, "hotline", "sesame", "PJSIP/{phone}", engine.submit,
        lambda call, phone: OfferId(f"{call}/{phone}"), lambda phone: AgentId("ann"),
        clock=lambda: NOON, heartbeat_seconds=heartbeat_seconds, first_delay_seconds=first_delay_seconds,
    )  # fmt: skip


@asynccontextmanager
async def connected(asterisk: FakeAsterisk, heartbeat_seconds: float = 60) -> AsyncIterator[tuple[Ami, Engine]]:
    engine = Engine()
    exchange = ami(asterisk, engine, heartbeat_seconds=heartbeat_seconds)
    await exchange.start()
    try:
        async with asyncio.timeout(10):
            await exchange.seen.wait()
            yield exchange, engine
    finally:
        await exchange.stop()


def left(uniqueid: str) -> str:
    fields = {"Uniqueid": uniqueid, "Linkedid": uniqueid, "Context": "hotline-hold", "ChannelState": "6", "Cause": "16"}
    return message(Event="Hangup", **fields)


# ---- connecting and looking ----------------------------------------------------------------------------------------------


async def test_it_logs_in_looks_and_tells_what_is_there() -> None:
    lists = {
        "Status": lambda action: listed(action, channel("1.1", "hotline-hold", "printers.L2")),
        "DeviceStateList": lambda action: listed(action, device("PJSIP/1001", "NOT_INUSE"), device("PJSIP/1002", "UNAVAILABLE")),
    }
    async with FakeAsterisk(**lists) as asterisk, connected(asterisk) as (exchange, engine):
        [seen] = await engine.heard(1)
        assert isinstance(seen, ExchangeSeen)
        assert (seen.exchange, seen.calls, seen.reachable_phones) == ("main", (SeenCall(CALL, "hold"),), ("1001",))
        assert session_module.LOOK_MARGIN_SECONDS <= seen.age_seconds < 5
        assert exchange.connected
        login = asterisk.actions[0]
        assert (login["Action"], login["Username"], login["Secret"], login["Events"]) == ("Login", "hotline", "sesame", "on")


async def test_a_look_is_as_old_as_its_first_question_and_hardly_older(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given lists that take long to be read, then that counts as age: who came meanwhile is not judged by them. Little is added to it: a
    caller who came within that margin before the question, and was gone by then, would be offered for ever."""
    loop, times, reading_seconds = asyncio.get_running_loop(), {}, 0.3

    def slowly(*lists: Any) -> Look:
        time.sleep(reading_seconds)
        return look(*lists)

    def login(action: Action) -> str:
        times["login"] = loop.time()
        return success(action) + message(Event="FullyBooted", Status="Fully Booted")

    def devices(action: Action) -> str:
        times["listed"] = loop.time()
        return listed(action)

    monkeypatch.setattr(session_module, "look", slowly)
    async with FakeAsterisk(Login=login, DeviceStateList=devices) as asterisk, connected(asterisk) as (_, engine):
        [seen] = await engine.heard(1)
        assert isinstance(seen, ExchangeSeen)
        submitted = engine.at[0]
        assert times["listed"] + reading_seconds <= submitted
        assert reading_seconds <= seen.age_seconds - 0.1 <= submitted - times["login"]


async def test_what_is_said_while_it_looks_is_told_after_the_look() -> None:
    """Given events between the login and the end of the lists, when the look is complete, then it is told first and they after it."""

    def status(action: Action) -> str:
        return left("1.7") + listed(action, channel("1.1", "hotline-hold")) + left("1.1")

    def devices(action: Action) -> str:
        gone = message(Event="PeerStatus", Peer="PJSIP/1001", PeerStatus="Unreachable")
        return listed(action, device("PJSIP/1001", "NOT_INUSE")) + gone

    async with FakeAsterisk(Status=status, DeviceStateList=devices) as asterisk, connected(asterisk) as (_, engine):
        seen, *after = await engine.heard(4)
        assert isinstance(seen, ExchangeSeen)
        assert after == [CallerLeft(CallId("main-1.7")), CallerLeft(CALL), PhoneSeen(PhoneId("1001"), False)]


async def test_a_conversation_that_was_found_goes_on_to_its_end() -> None:
    """Given a talk that the look found, when the agent's leg ends, then it is that talk that ended."""

    def status(action: Action) -> str:
        caller = channel("1.1", "hotline-connect", "1001", application="Dial")
        return listed(action, caller, channel("1.2", "phones", "", linkedid="1.1", application="AppDial"))

    async with FakeAsterisk(Status=status) as asterisk, connected(asterisk) as (_, engine):
        asterisk.say(message(Event="Hangup", Uniqueid="1.2", Linkedid="1.1", Context="phones", ChannelState="6", Cause="16"))
        seen, ended = await engine.heard(2)
        assert isinstance(seen, ExchangeSeen)
        assert (seen.calls, ended) == ((SeenCall(CALL, "talk", PhoneId("1001")),), TalkEnded(CALL, AgentId("ann")))


@pytest.mark.parametrize("state", [CallState.AFTER, CallState.WAITING])
async def test_the_dialplan_is_told_when_nobody_moves_the_caller_any_more(state: CallState) -> None:
    """Given a talk whose agent hangs up, when that is the call's end, then its channel is told so; not when he has handed it on."""

    def status(action: Action) -> str:
        caller = channel("1.1", "hotline-connect", "1001", application="Dial")
        return listed(action, caller, channel("1.2", "phones", "", linkedid="1.1", application="AppDial"))

    async with FakeAsterisk(Status=status) as asterisk, connected(asterisk) as (exchange, engine):
        engine.follows[TalkEnded] = (CallChanged(CALL, state, QUEUE, None),)
        asterisk.say(message(Event="Hangup", Uniqueid="1.2", Linkedid="1.1", Context="phones", ChannelState="6", Cause="16"))
        await engine.heard(2)
        await exchange.hang_up(HangUpCall(CALL))
    over = {"Action": "Setvar", "Channel": "1.1", "Variable": "HOTLINE_OVER", "Value": "yes"}
    told = [action for action in asterisk.actions if action.get("Variable") == "HOTLINE_OVER"]
    assert told == ([over] if state is CallState.AFTER else [])


async def test_a_conversation_of_asterisks_own_queue_that_was_found_goes_on_to_its_end() -> None:
    """Given a caller in survival who talks to an agent, when the agent's leg ends, then his talk has ended."""

    def status(action: Action) -> str:
        caller = channel("1.1", "hotline-survival", "s", application="Queue")
        return listed(action, caller, channel("1.2", "phones", "", linkedid="1.1", application="AppQueue", name="PJSIP/1001-0000000a"))

    async with FakeAsterisk(Status=status) as asterisk, connected(asterisk) as (_, engine):
        asterisk.say(message(Event="Hangup", Uniqueid="1.2", Linkedid="1.1", Context="phones", ChannelState="6", Cause="16"))
        seen, ended = await engine.heard(2)
        assert isinstance(seen, ExchangeSeen)
        assert (seen.calls, ended) == ((SeenCall(CALL, "talk", PhoneId("1001")),), TalkEnded(CALL, AgentId("ann")))


async def test_an_asterisk_that_is_still_booting_is_waited_for() -> None:
    async with FakeAsterisk(Login=success) as asterisk:
        engine = Engine()
        exchange = ami(asterisk, engine)
        await exchange.start()
        await asterisk.asked("Login")
        await asyncio.sleep(0.05)
        assert [action["Action"] for action in asterisk.actions] == ["Login"]
        assert not exchange.connected
        asterisk.say(message(Event="FullyBooted", Status="Fully Booted"))
        await engine.heard(1)
        await exchange.stop()


async def test_no_command_is_carried_out_before_the_look() -> None:
    async with FakeAsterisk(Status=lambda action: None) as asterisk:
        exchange = ami(asterisk, Engine())
        await exchange.start()
        await asterisk.asked("Status")
        with pytest.raises(Unavailable, match="not connected"):
            await exchange.hold(HoldCall(CALL, QUEUE, "zh"))
        await exchange.stop()


# ---- events ----------------------------------------------------------------------------------------------------------------


async def test_events_come_in_order_however_many_arrive_at_once() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (_, engine):
        asterisk.say(*(left(f"2.{number}") for number in range(2000)))
        heard = await engine.heard(2001)
        assert heard[1:] == [CallerLeft(CallId(f"main-2.{number}")) for number in range(2000)]


async def test_an_event_that_the_router_refuses_costs_only_itself() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, engine):
        engine.fails[CallerLeft] = IllegalTransition("no")
        asterisk.say(left("1.1"), left("1.2"))
        await engine.heard(3)
        assert exchange.connected
        assert asterisk.logins == 1


async def test_an_event_that_could_not_be_taken_leads_to_a_fresh_look() -> None:
    """Given a journal whose disk is full for a moment, when an event is lost, then the exchange is asked what is really there."""
    async with FakeAsterisk() as asterisk, connected(asterisk) as (_, engine):
        engine.fails[CallerLeft] = OSError("no space left")
        asterisk.say(left("1.1"))
        heard = await engine.heard(3)
        assert [type(event) for event in heard] == [ExchangeSeen, CallerLeft, ExchangeSeen]
        assert asterisk.logins == 2


async def test_nonsense_costs_nothing() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, engine):
        asterisk.say_bytes(b"\xff\xfe\0garbage\r\n\r\nEvent: Hangup\r\nEvent: Hangup\r\n\r\nResponse: Success\r\nActionID: nobody\r\n\r\n")
        asterisk.say(left("1.1"))
        assert (await engine.heard(2))[1] == CallerLeft(CALL)
        assert exchange.connected


async def test_an_engine_that_lags_behind_makes_asterisk_wait_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "EVENTS_HIGH", 20)
    monkeypatch.setattr(session_module, "EVENTS_LOW", 5)
    pauses: list[bool] = []
    pausing = Wire.pause_reading
    monkeypatch.setattr(Wire, "pause_reading", lambda wire, pause: (pauses.append(pause), pausing(wire, pause)))
    async with FakeAsterisk() as asterisk, connected(asterisk) as (_, engine):
        for burst in range(20):
            asterisk.say(*(left(f"{burst}.{number}") for number in range(50)))
            await asyncio.sleep(0)
        heard = await engine.heard(1001)
        assert heard[1:] == [CallerLeft(CallId(f"main-{burst}.{number}")) for burst in range(20) for number in range(50)]
        assert pauses[:2] == [True, False]


# ---- commands --------------------------------------------------------------------------------------------------------------

RING = RingAgent(OfferId("o1"), CALL, AgentId("ann"), PhoneId("1001"), 12, QUEUE)
COMMANDS: list[tuple[Callable[[CallControl], Awaitable[None]], dict[str, str]]] = [
    (lambda calls: calls.hold(HoldCall(CALL, QUEUE, "zh")), {"Context": "hotline-hold", "Exten": "printers.L2"}),
    (lambda calls: calls.ring(RING), {"Context": "hotline-connect", "Exten": "1001"}),
    (lambda calls: calls.stop_ringing(StopRinging(OfferId("o1"), CALL, QUEUE, "zh")), {"Context": "hotline-hold", "Exten": "printers.L2"}),
    (lambda calls: calls.send(SendCall(CALL, "closed")), {"Context": "hotline-out", "Exten": "closed"}),
    (lambda calls: calls.send(SendCall(CALL, "callback.promised")), {"Context": "hotline-out", "Exten": "callback.promised"}),
]


@pytest.mark.parametrize(("command", "place"), COMMANDS)
async def test_a_command_about_a_caller_is_a_redirect(command: Callable[[CallControl], Awaitable[None]], place: dict[str, str]) -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await command(exchange)
        action = dict(await asterisk.asked("Redirect"))
        del action["ActionID"]
        assert action == {"Action": "Redirect", "Channel": "1.1", "Priority": "1", **place}


@pytest.mark.parametrize(("tells", "prompt"), [(Telling.POSITION, "queue_position_3"), (Telling.WAIT, "queue_wait_3")])
async def test_an_announcement_is_left_for_the_next_pause_and_moves_nobody(tells: Telling, prompt: str) -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.announce(Announce(CALL, tells, 3))
        said = await asterisk.asked("Setvar", times=2)
        assert (said["Channel"], said["Variable"], said["Value"]) == ("1.1", "HOTLINE_SAY", prompt)
        assert not [action for action in asterisk.actions if action["Action"] == "Redirect"]


TOLD = [
    (TellIncident(CALL, "outage", True), [("HOTLINE_MAY_ASK", "yes"), ("HOTLINE_NEWS", "outage")]),
    (TellIncident(CALL, "outage", False), [("HOTLINE_MAY_ASK", "no"), ("HOTLINE_NEWS", "outage")]),
    (TellIncident(CALL, "", False), [("HOTLINE_NEWS", "")]),
]


@pytest.mark.parametrize(("command", "variables"), TOLD)
async def test_an_incident_is_left_for_the_next_pause_too(command: TellIncident, variables: list[tuple[str, str]]) -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.tell_incident(command)
        told = [action for action in asterisk.actions if action.get("Channel") == "1.1"]
        assert [(action["Variable"], action["Value"]) for action in told] == variables


async def test_a_caller_who_is_held_will_come_back_to_that_hold_in_that_language() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.hold(HoldCall(CALL, QUEUE, "zh"))
        told = [action for action in asterisk.actions if action.get("Channel") == "1.1"]
        assert [(action["Action"], action.get("Variable"), action.get("Value")) for action in told] == [
            ("Setvar", "HOTLINE_QUEUE", "printers.L2"), ("Setvar", "CHANNEL(language)", "zh"), ("Redirect", None, None),
        ]  # fmt: skip


async def test_a_caller_who_waited_is_told_at_the_destination_when_the_queue_opens_again() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.send(SendCall(CALL, "closed", "mon_0830"))
        told = [action for action in asterisk.actions if action.get("Channel") == "1.1"]
        assert [(action["Action"], action.get("Variable"), action.get("Value")) for action in told] == [
            ("Setvar", "HOTLINE_OPENS", "mon_0830"), ("Redirect", None, None),
        ]  # fmt: skip


async def test_hanging_up_names_the_channel_and_a_normal_cause() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.hang_up(HangUpCall(CALL))
        action = await asterisk.asked("Hangup")
        assert (action["Channel"], action["Cause"]) == ("1.1", "16")


async def test_a_user_event_carries_its_fields() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.user_event("HotlineReady", {"Agent": "ann"})
        action = await asterisk.asked("UserEvent")
        assert (action["UserEvent"], action["Agent"]) == ("HotlineReady", "ann")


async def test_asterisks_refusal_is_an_effect_that_failed_with_its_words() -> None:
    gone = {"Redirect": lambda action: error(action, "Channel does not exist: 1.1")}
    async with FakeAsterisk(**gone) as asterisk, connected(asterisk) as (exchange, _):
        with pytest.raises(Refused, match="Channel does not exist"):
            await exchange.hold(HoldCall(CALL, QUEUE, "zh"))


@pytest.mark.parametrize(
    "bad",
    [
        lambda calls: calls.hold(HoldCall(CallId("main-1.1\r\nAction: Originate"), QUEUE, "zh")),
        lambda calls: calls.hold(HoldCall(CALL, QueueId("a\r\nAction: Originate"), "zh")),
        lambda calls: calls.hold(HoldCall(CallId("other-1.1"), QUEUE, "zh")),
        lambda calls: calls.hold(HoldCall(CALL, QUEUE, "zh\nx")),
        lambda calls: calls.hold(HoldCall(CallId("nonsense"), QUEUE, "zh")),
        lambda calls: calls.send(SendCall(CALL, "closed,2")),
        lambda calls: calls.send(SendCall(CALL, "${EXTEN}")),
        lambda calls: calls.send(SendCall(CALL, "")),
        lambda calls: calls.send(SendCall(CALL, "x" * 80)),
    ],
)
async def test_what_could_mean_something_else_is_not_sent(bad: Callable[[CallControl], Awaitable[None]]) -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        with pytest.raises(UnsafeValue):
            await bad(exchange)
        assert not [action for action in asterisk.actions if action["Action"] in {"Redirect", "Originate"}]


async def test_the_heartbeat_says_the_time_from_the_first_moment_on() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk, heartbeat_seconds=0.01):
        beat = await asterisk.asked("Setvar", times=3)
        assert (beat["Variable"], beat["Value"]) == ("HOTLINE_ALIVE", str(int(NOON.timestamp())))
        assert "Channel" not in beat


# ---- losing the connection -----------------------------------------------------------------------------------------------


async def test_after_a_loss_it_connects_again_and_looks_afresh() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, engine):
        asterisk.drop()
        heard = await engine.heard(2)
        assert [type(event) for event in heard] == [ExchangeSeen, ExchangeSeen]
        assert (asterisk.logins, exchange.connected) == (2, True)


async def test_what_was_said_before_the_loss_is_told_before_the_next_look() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (_, engine):
        asterisk.say(left("1.1"))
        asterisk.drop()
        heard = await engine.heard(3)
        assert [type(event) for event in heard] == [ExchangeSeen, CallerLeft, ExchangeSeen]


async def test_a_command_under_way_fails_with_the_connection_and_is_never_sent_again() -> None:
    """Given a Redirect without an answer, when the connection is lost and comes back, then it has failed, and was sent once."""
    async with FakeAsterisk(Redirect=lambda action: None) as asterisk, connected(asterisk) as (exchange, engine):
        ringing = asyncio.create_task(exchange.ring(RING))
        await asterisk.asked("Redirect")
        asterisk.drop()
        with pytest.raises(Unavailable, match="the connection was lost"):
            await ringing
        await engine.heard(2)
        await asterisk.asked("Setvar", times=2)
        assert [action["Action"] for action in asterisk.actions].count("Redirect") == 1


async def test_while_asterisk_is_away_commands_fail_at_once() -> None:
    asterisk = FakeAsterisk()
    await asterisk.open()
    async with connected(asterisk) as (exchange, engine):
        await asterisk.shut()
        while exchange.connected:
            await asyncio.sleep(0)
        with pytest.raises(EffectFailed):
            await exchange.hold(HoldCall(CALL, QUEUE, "zh"))
        await asterisk.open(asterisk.port)
        await engine.heard(2)
        assert exchange.connected
    await asterisk.shut()


async def test_a_connection_that_is_dead_without_having_closed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an Asterisk that stops answering, when the heartbeat's time limit is over, then another connection is made."""
    patient = Wire.act

    async def act(self: Wire, name: str, fields: dict[str, str] | None = None) -> object:
        return await patient(self, name, fields, within_seconds=0.05)

    monkeypatch.setattr(Wire, "act", act)
    async with FakeAsterisk(Setvar=lambda action: None) as asterisk, connected(asterisk) as (_, engine):
        await engine.heard(2)
        assert asterisk.logins >= 2


async def test_a_wrong_password_is_tried_again_and_harms_nobody() -> None:
    async with FakeAsterisk(Login=lambda action: error(action, "Authentication failed")) as asterisk:
        exchange = ami(asterisk, Engine())
        await exchange.start()
        await asterisk.asked("Login", times=3)
        assert not exchange.connected
        assert not exchange.seen.is_set()
        await exchange.stop()


async def test_lists_that_lack_a_field_are_no_look() -> None:
    async with FakeAsterisk(Status=lambda action: listed(action, {"Event": "Status", "Uniqueid": "1.1"})) as asterisk:
        engine = Engine()
        exchange = ami(asterisk, engine)
        await exchange.start()
        await asterisk.asked("Status", times=2)
        assert engine.events == []
        await exchange.stop()


async def test_stopping_fails_what_is_under_way_and_connects_no_more() -> None:
    async with FakeAsterisk(Redirect=lambda action: None) as asterisk, connected(asterisk) as (exchange, _):
        holding = asyncio.create_task(exchange.hold(HoldCall(CALL, QUEUE, "zh")))
        await asterisk.asked("Redirect")
        await exchange.stop()
        with pytest.raises(Unavailable):
            await holding
        assert not exchange.connected
        await asyncio.sleep(0.05)
        assert asterisk.logins == 1


def test_the_delays_double_up_to_a_bound_and_are_always_the_same() -> None:
    first, again = delays(0.5), delays(0.5)
    ten = [next(first) for _ in range(10)]
    assert ten == [0.5, 1, 2, 4, 8, 15, 15, 15, 15, 15]
    assert ten == [next(again) for _ in range(10)]
    assert max(ten) < timedelta(seconds=20).total_seconds()


@pytest.mark.parametrize(("exchange", "dial"), [("Main", "PJSIP/{phone}"), ("main", "PJSIP/{phone}@trunk")])
def test_what_can_not_be_used_is_refused_at_the_start(exchange: str, dial: str) -> None:
    async def scenario() -> None:
        engine = Engine()
        Ami(exchange, "h", 1, "u", "s", dial, engine.submit, lambda c, p: None, lambda p: None, clock=lambda: NOON)

    with pytest.raises(ValueError):
        asyncio.run(scenario())


async def test_an_answer_is_told_for_the_offer_that_was_open_when_the_phone_began_to_ring() -> None:
    def dial(name: str, **more: str) -> str:
        fields = {"Uniqueid": "1.1", "Linkedid": "1.1", "Context": "hotline-connect", "Exten": "1001", "DestUniqueid": "1.2", **more}
        return message(Event=name, **fields)

    async with FakeAsterisk() as asterisk, connected(asterisk) as (_, engine):
        asterisk.say(dial("DialBegin"), dial("DialEnd", DialStatus="ANSWER"))
        heard = await engine.heard(3)
        assert heard[2] == OfferAnswered(OfferId("main-1.1/1001"))
