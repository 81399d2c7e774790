"""Calling back by AMI: what is originated, what is refused, and the answer to a dialplan that asks whether it may offer it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from acd.effects import DialBack, Effect, HangUpCall, RingAgent, StopRinging
from acd.events import CallbackUnreached, CallbackWanted, Event, ExchangeSeen, OfferMissed
from acd.model import AgentId, CallbackOrder, CallId, MissCause, OfferId, PhoneId, QueueId
from acd.news import NewsTold
from acd.ports import EffectFailed
from cti.ami import Ami, LineOut, Refused, UnsafeValue
from cti.names import DialPattern
from cti.seen import look
from tests.unit.cti_ami.fake_asterisk import Action, Answer, FakeAsterisk, channel, error, listed, message, success

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CALL, OFFER, QUEUE = CallId("main-1.1"), OfferId("main-1.1/o1"), QueueId("printers.L2")
DIAL = DialBack(
    OFFER, CALL, AgentId("ann"), PhoneId("1001"), 12.0, QUEUE, "13900001111", "main-1.1/b1", CallbackOrder.CUSTOMER_FIRST, 30.0, "zh"
)  # fmt: skip
ALONE = RingAgent(OFFER, CALL, AgentId("ann"), PhoneId("1001"), 12.0, QUEUE, alone=True)
LINE = LineOut("hotline-provider", "4008001234", "0")


class Engine:
    """Takes events down, and offers a callback to some calls only."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.came = asyncio.Event()

    async def submit(self, event: Event) -> Sequence[Effect]:
        self.events.append(event)
        if not hasattr(event, "reachable_phones"):
            self.came.set()
        return ()

    def may_call_back(self, call: CallId) -> bool:
        return {CALL: True, CallId("main-2.2"): False}[call]


@asynccontextmanager
async def connected(
    asterisk: FakeAsterisk, line: LineOut | None = LINE, heartbeat_seconds: float = 60
) -> AsyncIterator[tuple[Ami, Engine]]:
    engine = Engine()
    exchange = Ami(
        "main", "127.0.0.1", asterisk.port, "hotline", "sesame", "PJSIP/{phone}", engine.submit, lambda call, phone: None,
        lambda phone: None, clock=lambda: NOON, heartbeat_seconds=heartbeat_seconds, may_call_back=engine.may_call_back, line_out=line,
    )  # fmt: skip
    await exchange.start()
    try:
        async with asyncio.timeout(10):
            await exchange.seen.wait()
            yield exchange, engine
    finally:
        await exchange.stop()


async def test_the_customer_is_dialled_on_a_channel_of_the_same_id_with_the_attempt_as_its_key() -> None:
    answers = {"Originate": lambda action: success(action, "Originate successfully queued")}
    async with FakeAsterisk(**answers) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.dial_back(DIAL)
        assert dict(await asterisk.asked("Originate")) == {
            "Action": "Originate", "ActionID": "main-1.1/b1", "Channel": "PJSIP/013900001111@hotline-provider", "ChannelId": "1.1",
            "Context": "hotline-callback", "Exten": "s", "Priority": "1", "Timeout": "30000", "CallerID": "4008001234", "Async": "true",
            "Variable": "HOTLINE_ATTEMPT=main-1.1/b1,HOTLINE_QUEUE=printers.L2,CHANNEL(language)=zh,HOTLINE_GREETING=yes",
        }  # fmt: skip


async def test_how_it_ends_is_an_event_even_when_it_comes_with_the_answer() -> None:
    def answers(action: dict[str, str]) -> str:
        over = message(Event="OriginateResponse", ActionID=action["ActionID"], Response="Failure", Reason="3", Uniqueid="1.1")
        return success(action, "Originate successfully queued") + over

    async with FakeAsterisk(Originate=answers) as asterisk, connected(asterisk) as (exchange, engine):
        await exchange.dial_back(DIAL)
        await engine.came.wait()
        assert engine.events[-1] == CallbackUnreached(CALL, "main-1.1/b1", MissCause.NO_ANSWER)


@pytest.mark.parametrize("number", ["", "1", "139;0000", "1390000,1111", "boss@example.com", "139\r\nAction: Logoff", "${EXTEN}"])
async def test_what_is_no_number_is_not_dialled(number: str) -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        with pytest.raises(UnsafeValue):
            await exchange.dial_back(replace(DIAL, number=number))
        assert not [action for action in asterisk.actions if action["Action"] == "Originate"]


async def test_without_a_line_out_nobody_is_rung_and_it_says_so() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk, None) as (exchange, _):
        for act in (exchange.dial_back(DIAL), exchange.ring(ALONE)):
            with pytest.raises(EffectFailed, match="no line for callbacks"):
                await act


async def test_an_agent_is_rung_alone_on_a_channel_whose_id_says_for_which_offer() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.ring(ALONE)
        assert dict(await asterisk.asked("Originate")) == {
            "Action": "Originate", "ActionID": "main-1.1/o1", "Channel": "PJSIP/1001", "ChannelId": "o1.1.1",
            "Context": "hotline-agent", "Exten": "s", "Priority": "1", "Timeout": "12000", "CallerID": "4008001234", "Async": "true",
        }  # fmt: skip


def rung_alone(state: str, **more: str) -> dict[str, str]:
    context = "hotline-agent" if state == "6" else "phones"
    return {**channel("o1.1.1", context, name="PJSIP/1001-00000001"), "ChannelState": state, **more}


@pytest.mark.parametrize("state", ["5", "6"])
@pytest.mark.parametrize("refused", [True, False])
async def test_an_agent_who_is_alone_for_an_offer_that_is_over_is_let_go_when_the_connection_is_back(state: str, refused: bool) -> None:
    answers: dict[str, Answer] = {"Status": lambda action: listed(action, rung_alone(state))}
    if refused:
        answers["Hangup"] = lambda action: error(action, "No such channel")
    async with FakeAsterisk(**answers) as asterisk, connected(asterisk):
        assert dict(await asterisk.asked("Hangup"))["Channel"] == "o1.1.1"


def test_nobody_is_let_go_who_waits_for_his_customer_or_talks() -> None:
    over, now = OfferId("main-1.1/o1"), OfferId("main-1.1/o2")
    for state in ("5", "6"):
        assert forgotten(rung_alone(state), over) == ()
        assert forgotten(rung_alone(state), now) == forgotten(rung_alone(state), None) == ("o1.1.1",)
    assert forgotten(rung_alone("6", BridgeID="b-1"), None) == ()
    assert forgotten(rung_alone("6", Context="hotline-keeps"), None) == (), "his customer is on hold"


def forgotten(leg: dict[str, str], offer: OfferId | None) -> tuple[str, ...]:
    return look("main", DialPattern("PJSIP/{phone}"), [leg], [], lambda call, phone: offer, lambda phone: AgentId("ann")).forgotten


async def test_the_customer_of_an_agent_who_waits_is_told_whom_to_go_to_and_hears_no_greeting() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.dial_back(replace(DIAL, order=CallbackOrder.AGENT_FIRST))
        assert (await asterisk.asked("Originate"))["Variable"] == (
            "HOTLINE_ATTEMPT=main-1.1/b1,HOTLINE_QUEUE=printers.L2,CHANNEL(language)=zh,HOTLINE_AGENT=o1.1.1"
        )


async def test_an_agent_who_can_not_be_rung_at_all_has_missed_it() -> None:
    def answers(action: dict[str, str]) -> str:
        over = message(Event="OriginateResponse", ActionID=action["ActionID"], Response="Failure", Reason="0", Uniqueid="<null>")
        return success(action, "Originate successfully queued") + over

    async with FakeAsterisk(Originate=answers) as asterisk, connected(asterisk) as (exchange, engine):
        await exchange.ring(ALONE)
        await engine.came.wait()
        assert engine.events[-1] == OfferMissed(OFFER, MissCause.UNREGISTERED)


async def test_who_does_not_press_the_key_was_not_reached() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (_, engine):
        asterisk.say(message(Event="UserEvent", UserEvent="HotlineNotConfirmed", Uniqueid="1.1", Attempt="main-1.1/b1"))
        await engine.came.wait()
        assert engine.events[-1] == CallbackUnreached(CALL, "main-1.1/b1", MissCause.NO_ANSWER)


async def test_a_customer_who_is_being_rung_is_let_off_and_not_held() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.stop_ringing(StopRinging(OFFER, CALL, QUEUE, "zh", hang_up=True))
        assert [action["Channel"] for action in asterisk.actions if action["Action"] == "Hangup"] == ["1.1", "o1.1.1"]
        assert not [action for action in asterisk.actions if action["Action"] == "Redirect"]


async def test_a_customer_who_is_not_rung_any_more_needs_no_letting_off() -> None:
    async with FakeAsterisk(Hangup=lambda action: error(action, "No such channel")) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.stop_ringing(StopRinging(OFFER, CALL, QUEUE, "zh", hang_up=True))
        assert (await asterisk.asked("Hangup", times=2))["Channel"] == "o1.1.1"
        with pytest.raises(Refused):
            await exchange.hang_up(HangUpCall(CALL))


@pytest.mark.parametrize(("uniqueid", "offered"), [("1.1", "yes"), ("2.2", "no")])
async def test_the_dialplan_that_asks_is_told_whether_to_offer_a_callback(uniqueid: str, offered: str) -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk):
        asterisk.say(message(Event="UserEvent", UserEvent="HotlineWaits", Uniqueid="9.9"))
        asterisk.say(message(Event="UserEvent", UserEvent="HotlineWaits", Uniqueid=uniqueid))
        told = await asterisk.asked("Setvar", times=2)
        assert (told["Channel"], told["Variable"], told["Value"]) == (uniqueid, "HOTLINE_CALLBACK", offered)


async def test_who_presses_the_key_wants_to_be_called_at_the_number_that_the_engine_knows() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (_, engine):
        asterisk.say(message(Event="UserEvent", UserEvent="HotlineCallback", Uniqueid="1.1", Number="0900666666"))
        await engine.came.wait()
        assert engine.events[-1] == CallbackWanted(CALL, "")


async def test_who_heard_the_news_while_the_engine_was_away_is_known_after_the_look() -> None:
    """Given attempts in Asterisk's memory, the last one cut off, and one of another exchange, then the whole ones are told."""
    kept = "main-1795306614.9/n2 main-1795306614.12/n1 other-1.1/n1 main-17953066"
    first, second = CallId("main-1795306614.9"), CallId("main-1795306614.12")

    def remembers(action: Action) -> str:
        return message(Response="Success", ActionID=action["ActionID"], Variable=action["Variable"], Value=kept)

    async with FakeAsterisk(Getvar=remembers) as asterisk, connected(asterisk) as (_, engine):
        await engine.came.wait()
        assert engine.events[1:] == [NewsTold(first, f"{first}/n2"), NewsTold(second, f"{second}/n1")]
        asked = await asterisk.asked("Getvar")
        assert (asked["Variable"], "Channel" in asked) == ("HOTLINE_TOLD", False)


async def test_the_heart_beats_though_nobody_knows_who_was_told() -> None:
    def refuses(action: Action) -> str:
        return error(action, "Permission denied")

    async with FakeAsterisk(Getvar=refuses) as asterisk, connected(asterisk, heartbeat_seconds=0.01) as (exchange, engine):
        await asterisk.asked("Getvar")
        assert (await asterisk.asked("Setvar", times=3))["Variable"] == "HOTLINE_ALIVE"
        assert exchange.connected
        assert [type(event) for event in engine.events] == [ExchangeSeen]


async def test_without_a_line_nobody_was_told_anything() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk, None, heartbeat_seconds=0.01):
        assert (await asterisk.asked("Setvar", times=3))["Variable"] == "HOTLINE_ALIVE"
        assert "Getvar" not in [action["Action"] for action in asterisk.actions]


async def test_a_line_that_comes_with_a_new_configuration_is_called_on() -> None:
    answers = {"Originate": lambda action: success(action, "Originate successfully queued")}
    async with FakeAsterisk(**answers) as asterisk, connected(asterisk, None) as (exchange, _):
        with pytest.raises(Refused, match="no line"):
            await exchange.dial_back(DIAL)
        exchange.use_line(LINE)
        await exchange.dial_back(DIAL)
        assert len([action for action in asterisk.actions if action["Action"] == "Originate"]) == 1
