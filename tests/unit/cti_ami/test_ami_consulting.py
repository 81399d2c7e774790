"""An agent's phone rings another one while the caller is held: how it is ordered, what is heard of it, and what a look finds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from acd.effects import AskOutside, Confer, HangUpPhones, HoldCall, JoinCaller, StartConsult
from acd.events import (
    CallerLeft,
    Event,
    ExchangeSeen,
    JoinFailed,
    OfferAnswered,
    OfferMissed,
    OfferRinging,
    SeenCall,
    TalkEnded,
)
from acd.model import AgentId, CallId, MissCause, OfferId, PhoneId, QueueId, line_to
from acd.outsiders import OutsideAnswered, OutsideLeft, OutsideMissed
from cti.ami import Refused
from cti.names import DialPattern
from cti.seen import Look, look
from cti.translate import Translator
from tests.unit.cti_ami.fake_asterisk import Action, FakeAsterisk, channel, error, listed, success
from tests.unit.cti_ami.test_ami_exchange import connected

CALL, LI, ZHAO = CallId("main-1.1"), PhoneId("1001"), PhoneId("1006")
START = StartConsult(OfferId("o2"), CALL, AgentId("at 1006"), ZHAO, 12, QueueId("pcs.L1"), LI, "zh")


def offer_at(call: CallId, phone: PhoneId) -> OfferId:
    return OfferId(f"o-{phone}")


def agent_at(phone: PhoneId) -> AgentId:
    return AgentId(f"at {phone}")


def began(uniqueid: str, other: str, phone: str, context: str) -> dict[str, str]:
    return {"Event": "DialBegin", "Uniqueid": uniqueid, "DestUniqueid": other, "Exten": phone, "Context": context}


def dialled(uniqueid: str, other: str, status: str = "ANSWER") -> dict[str, str]:
    return {"Event": "DialEnd", "Uniqueid": uniqueid, "DestUniqueid": other, "DialStatus": status}


def gone(uniqueid: str, event: str = "Hangup", cause: str = "16") -> dict[str, str]:
    state = "6" if cause == "16" else "5"
    return {"Event": event, "Uniqueid": uniqueid, "Linkedid": "1.1", "Context": "hotline-hold", "ChannelState": state, "Cause": cause}


TALK = [began("1.1", "1.2", "1001", "hotline-connect"), dialled("1.1", "1.2")]
"""The caller and Li."""
RINGS = began("1.2", "1.3", "1006", "hotline-consult")
ANSWERS = dialled("1.2", "1.3")


def heard(*events: Mapping[str, str]) -> list[Event]:
    """What is told after the talk has begun."""
    translator = Translator("main", DialPattern("PJSIP/{phone}"), offer_at, agent_at)
    told = [list(translator.translate(event)) for event in (*TALK, *events)]
    return [event for some in told[len(TALK) :] for event in some]


def test_the_other_phones_news_is_about_the_callers_call() -> None:
    assert heard(RINGS, ANSWERS) == [OfferRinging(OfferId("o-1006")), OfferAnswered(OfferId("o-1006"))]


@pytest.mark.parametrize(("leg", "who"), [("1.2", "at 1001"), ("1.3", "at 1006")])
def test_which_of_the_two_puts_the_phone_down_is_told_once(leg: str, who: str) -> None:
    goodbye = gone(leg, "HangupRequest")
    assert heard(RINGS, ANSWERS, goodbye, gone(leg))[2:] == [TalkEnded(CALL, AgentId(who))]


def test_a_caller_who_leaves_says_everything_about_both() -> None:
    assert heard(RINGS, ANSWERS, gone("1.1", "HangupRequest"), gone("1.3"), gone("1.2"), gone("1.1"))[2:] == [CallerLeft(CALL)]


def test_a_phone_that_refuses_is_missed_with_its_cause_and_only_once() -> None:
    after = {"Event": "UserEvent", "UserEvent": "HotlineMissed", "Uniqueid": "1.2", "Exten": "1006", "Status": "BUSY"}
    assert heard(RINGS, dialled("1.2", "1.3", "BUSY"), gone("1.3", cause="17"), after)[1:] == [
        OfferMissed(OfferId("o-1006"), MissCause.BUSY),
    ]  # fmt: skip


def test_a_phone_that_can_not_be_dialled_is_missed() -> None:
    after = {"Event": "UserEvent", "UserEvent": "HotlineMissed", "Uniqueid": "1.2", "Exten": "1006", "Status": "CHANUNAVAIL"}
    assert heard(after) == [OfferMissed(OfferId("o-1006"), MissCause.UNREGISTERED)]


def test_a_phone_that_is_taken_back_has_missed_nothing() -> None:
    assert heard(RINGS, dialled("1.2", "1.3", "CANCEL"), gone("1.3", cause="0"))[1:] == []


def test_a_caller_who_could_not_be_put_together_is_told() -> None:
    assert heard({"Event": "UserEvent", "UserEvent": "HotlineUnjoined", "Uniqueid": "1.1"}) == [JoinFailed(CALL)]


# ---- looking ---------------------------------------------------------------------------------------------------------------


def looked(*channels: dict[str, str]) -> Look:
    return look("main", DialPattern("PJSIP/{phone}"), channels, [], offer_at, agent_at)


HELD = channel("1.1", "hotline-hold", "pcs.L1", application="MusicOnHold")
ASKING = channel("1.2", "hotline-consult", "1006", linkedid="1.1", application="Dial", name="PJSIP/1001-00000001")
ASKED = channel("1.3", "hotline-entry", "", linkedid="1.1", application="AppDial", name="PJSIP/1006-00000002")


@pytest.mark.parametrize(
    ("channels", "other", "talks", "legs"),
    [
        ((HELD, ASKING, ASKED), ZHAO, True, {"1.2": True, "1.3": True}),
        ((HELD, ASKING, {**ASKED, "ChannelState": "5"}), ZHAO, False, {"1.2": True, "1.3": False}),
        ((HELD, {**ASKING, "Application": "Wait"}), None, False, {"1.2": True}),
    ],
)
def test_a_caller_held_beside_two_phones_is_in_consultation(
    channels: tuple[dict[str, str], ...], other: PhoneId | None, talks: bool, legs: dict[str, bool]
) -> None:
    found = looked(*channels)
    assert found.seen.calls == (SeenCall(CALL, "consult", LI, other, talks),)
    assert {uniqueid: leg.answered for uniqueid, leg in found.legs.items()} == legs


def test_a_caller_who_was_put_together_talks_to_that_phone() -> None:
    joined = channel("1.1", "hotline-join", "1006", application="Bridge")
    found = looked(joined, ASKED)
    assert found.seen.calls == (SeenCall(CALL, "talk", ZHAO),)
    assert found.legs["1.3"].agent == "at 1006"


def test_a_caller_who_is_alone_where_he_was_put_together_is_held_next() -> None:
    assert looked(channel("1.1", "hotline-join", "1006", application="Bridge")).seen.calls == (SeenCall(CALL, "hold"),)


# ---- orders ------------------------------------------------------------------------------------------------------------------


def talk(action: Action) -> str:
    """Li talks to the caller."""
    caller = channel("1.1", "hotline-connect", "1001", application="Dial")
    return listed(action, caller, channel("1.2", "phones", "", linkedid="1.1", application="AppDial", name="PJSIP/1001-00000001"))


def consultation(action: Action) -> str:
    return listed(action, HELD, ASKING, ASKED)


def orders(asterisk: FakeAsterisk, *names: str) -> list[dict[str, str]]:
    """The actions of these names about a channel, but for the heartbeat's."""
    return [action for action in asterisk.actions if action["Action"] in names and "Channel" in action]


async def test_both_legs_are_moved_by_one_order() -> None:
    async with FakeAsterisk(Status=talk) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.consult(START)
        [order] = orders(asterisk, "Redirect")
        del order["ActionID"]
        assert order == {
            "Action": "Redirect", "Channel": "1.1", "Context": "hotline-hold", "Exten": "pcs.L1", "Priority": "1",
            "ExtraChannel": "1.2", "ExtraContext": "hotline-consult", "ExtraExten": "1006", "ExtraPriority": "1",
        }  # fmt: skip


async def test_a_phone_that_has_no_part_in_the_call_asks_nobody() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        with pytest.raises(Refused, match="1001 has no channel of main"):
            await exchange.consult(START)
        assert orders(asterisk, "Redirect") == []


@pytest.mark.parametrize(("parts", "done"), [(True, ["1.2", "1.3"]), (False, [])])
async def test_the_caller_is_put_together_with_one_phone_and_only_living_phones_are_told_that_it_is_over(
    parts: bool, done: list[str]
) -> None:
    async with FakeAsterisk(Status=consultation) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.join(JoinCaller(CALL, ZHAO, parts))
        told = [(order["Channel"], order["Variable"], order["Value"]) for order in orders(asterisk, "Setvar")]
        assert told == [*((leg, "HOTLINE_DONE", "yes") for leg in done), ("1.1", "HOTLINE_PEER", "1.3")]
        [order] = orders(asterisk, "Redirect")
        assert (order["Channel"], order["Context"], order["Exten"]) == ("1.1", "hotline-join", "1006")


async def test_a_phone_that_is_gone_by_then_needs_no_telling() -> None:
    def not_li(action: Action) -> str:
        return error(action, "No such channel") if action.get("Channel") == "1.2" else success(action)

    async with FakeAsterisk(Status=consultation, Setvar=not_li) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.join(JoinCaller(CALL, ZHAO, parts=True))
        assert len(orders(asterisk, "Redirect")) == 1


async def test_who_was_never_apart_is_not_put_together() -> None:
    async with FakeAsterisk(Status=talk) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.join(JoinCaller(CALL, LI))
        assert orders(asterisk, "Redirect", "Setvar") == []


async def test_an_order_for_a_phone_that_is_gone_fails() -> None:
    async with FakeAsterisk(Status=consultation) as asterisk, connected(asterisk) as (exchange, _):
        with pytest.raises(Refused, match="1009 has no channel"):
            await exchange.join(JoinCaller(CALL, PhoneId("1009")))


async def test_both_phones_are_let_go_though_one_is_gone() -> None:
    hangup = {"Hangup": lambda action: error(action, "No such channel")}
    async with FakeAsterisk(Status=consultation, **hangup) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.hang_up_phones(HangUpPhones(CALL))
        assert [(order["Channel"], order["Cause"]) for order in orders(asterisk, "Hangup")] == [("1.2", "16"), ("1.3", "16")]


async def test_who_was_held_alone_afterwards_is_apart_from_nobody() -> None:
    async with FakeAsterisk(Status=consultation) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.hold(HoldCall(CALL, QueueId("pcs.L1"), ""))
        await exchange.join(JoinCaller(CALL, LI))
        assert [order["Context"] for order in orders(asterisk, "Redirect")] == ["hotline-hold"]


async def test_when_it_is_not_known_whether_a_caller_was_put_together_it_is_looked_at_again() -> None:
    """Asterisk takes the order and says nothing: the connection is ended, and the next one begins with a look."""

    async with FakeAsterisk(Status=consultation, Redirect=lambda _: None) as asterisk, connected(asterisk) as (exchange, engine):
        joining = asyncio.create_task(exchange.join(JoinCaller(CALL, ZHAO)))
        await asterisk.asked("Redirect")
        joining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await joining
        looks = [event for event in await engine.heard(2) if isinstance(event, ExchangeSeen)]
        assert len(looks) == 2
        assert len(orders(asterisk, "Redirect")) == 1, "it is not repeated"


@pytest.mark.parametrize("order", [START, AskOutside(OfferId("x1"), CALL, "partner", QueueId("pcs.L1"), LI, "zh")])
async def test_when_it_is_not_known_whether_a_caller_was_held_it_is_looked_at_again(order: StartConsult | AskOutside) -> None:
    async with FakeAsterisk(Status=talk, Redirect=lambda _: None) as asterisk, connected(asterisk) as (exchange, engine):
        asking = asyncio.create_task(exchange.consult(order) if isinstance(order, StartConsult) else exchange.ask_outside(order))
        await asterisk.asked("Redirect")
        asterisk.answers["Status"] = consultation
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        first, second = [event for event in await engine.heard(2) if isinstance(event, ExchangeSeen)]
        assert ([call.place for call in first.calls], [call.place for call in second.calls]) == (["talk"], ["consult"])
        asterisk.answers["Redirect"] = success
        await exchange.join(JoinCaller(CALL, LI, parts=True))
        assert (await asterisk.asked("Redirect", times=2))["Context"] == "hotline-join", "they are known to be apart"


# ---- somebody outside the house ----------------------------------------------------------------------------------------------------------

PARTNER = line_to("partner")
RINGS_OUTSIDE = began("1.2", "1.4", "partner", "hotline-consult-outside")
ASKED_ID = OfferId("o-outside:partner")


def test_his_news_name_the_asking() -> None:
    assert heard(RINGS_OUTSIDE, dialled("1.2", "1.4"), gone("1.4", "HangupRequest"), gone("1.4")) == [
        OutsideAnswered(CALL, ASKED_ID), OutsideLeft(CALL, ASKED_ID),
    ]  # fmt: skip


def test_the_agent_who_puts_his_phone_down_ends_his_own_talk() -> None:
    assert heard(RINGS_OUTSIDE, dialled("1.2", "1.4"), gone("1.2", "HangupRequest"), gone("1.2"))[1:] == [
        TalkEnded(CALL, AgentId("at 1001")),
    ]  # fmt: skip


@pytest.mark.parametrize(("cause", "why"), [("17", MissCause.BUSY), ("21", MissCause.REJECTED), ("19", MissCause.NO_ANSWER)])
def test_who_does_not_take_it_outside_is_missed_with_the_cause_and_only_once(cause: str, why: MissCause) -> None:
    after = {"Event": "UserEvent", "UserEvent": "HotlineMissed", "Uniqueid": "1.2", "Context": "hotline-consult-outside",
             "Exten": "partner", "Status": "BUSY"}  # fmt: skip
    assert heard(RINGS_OUTSIDE, dialled("1.2", "1.4", "BUSY"), gone("1.4", cause=cause), after) == [OutsideMissed(CALL, ASKED_ID, why)]


def test_a_trunk_that_can_not_be_dialled_is_missed() -> None:
    after = {"Event": "UserEvent", "UserEvent": "HotlineMissed", "Uniqueid": "1.2", "Context": "hotline-consult-outside",
             "Exten": "partner", "Status": "CHANUNAVAIL"}  # fmt: skip
    assert heard(after) == [OutsideMissed(CALL, ASKED_ID, MissCause.UNREGISTERED)]


ASKING_OUTSIDE = channel("1.2", "hotline-consult-outside", "partner", linkedid="1.1", application="Dial", name="PJSIP/1001-00000001")
OUTSIDE = channel("1.4", "hotline-entry", "", linkedid="1.1", application="AppDial", name="PJSIP/hotline-provider-00000009")


@pytest.mark.parametrize(("state", "talks"), [("6", True), ("5", False)])
def test_a_caller_held_beside_an_agent_and_somebody_outside_is_in_consultation(state: str, talks: bool) -> None:
    found = looked(HELD, ASKING_OUTSIDE, {**OUTSIDE, "ChannelState": state})
    assert found.seen.calls == (SeenCall(CALL, "consult", LI, PARTNER, talks),)
    assert [(leg.phone, leg.outside, leg.answered) for leg in found.legs.values()] == [(LI, False, True), (PARTNER, True, talks)]


IN_CONFERENCE = {**channel("1.1", "hotline-conference", application="BridgeAdd"), "BridgeID": "b"}


@pytest.mark.parametrize(("others", "seen"), [
    ((ASKING, ASKED), SeenCall(CALL, "conference", LI, ZHAO, True)),
    ((ASKING_OUTSIDE, OUTSIDE), SeenCall(CALL, "conference", LI, PARTNER, True)),
    (({**ASKED, "BridgeID": "b"},), SeenCall(CALL, "talk", ZHAO)),
    (({**ASKED, "BridgeID": "another"},), SeenCall(CALL, "offer")),
    ((), SeenCall(CALL, "offer")),
])  # fmt: skip
def test_who_is_in_conference_with_the_caller(others: tuple[dict[str, str], ...], seen: SeenCall) -> None:
    assert looked(IN_CONFERENCE, *others).seen.calls == (seen,)


async def test_somebody_outside_is_rung_by_the_destinations_name() -> None:
    async with FakeAsterisk(Status=talk) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.ask_outside(AskOutside(OfferId("x1"), CALL, "partner", QueueId("pcs.L1"), LI, "zh"))
        [order] = orders(asterisk, "Redirect")
        assert (order["ExtraChannel"], order["ExtraContext"], order["ExtraExten"]) == ("1.2", "hotline-consult-outside", "partner")
        assert (order["Channel"], order["Context"], order["Exten"]) == ("1.1", "hotline-hold", "pcs.L1")


async def test_the_caller_is_given_over_to_somebody_outside() -> None:
    def outside(action: Action) -> str:
        return listed(action, HELD, ASKING_OUTSIDE, OUTSIDE)

    async with FakeAsterisk(Status=outside) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.join(JoinCaller(CALL, PARTNER, parts=True))
        told = [(order["Channel"], order["Variable"]) for order in orders(asterisk, "Setvar")]
        assert told == [("1.2", "HOTLINE_DONE"), ("1.4", "HOTLINE_DONE"), ("1.1", "HOTLINE_PEER")]
        [order] = orders(asterisk, "Redirect")
        assert (order["Channel"], order["Context"], order["Exten"]) == ("1.1", "hotline-join-outside", "s")


async def test_the_caller_joins_the_two_and_can_be_put_together_with_one_of_them_afterwards() -> None:
    async with FakeAsterisk(Status=consultation) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.confer(Confer(CALL, LI))
        await exchange.join(JoinCaller(CALL, ZHAO))
        peers = [order["Value"] for order in orders(asterisk, "Setvar") if order["Variable"] == "HOTLINE_PEER"]
        assert peers == ["1.2", "1.3"]
        assert [(order["Channel"], order["Context"]) for order in orders(asterisk, "Redirect")] == [
            ("1.1", "hotline-conference"), ("1.1", "hotline-join"),
        ]  # fmt: skip
