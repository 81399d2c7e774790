"""What an agent does by click, as it is ordered of Asterisk; and what a look finds of it."""

from __future__ import annotations

import asyncio

import pytest

from acd.effects import HoldCall
from acd.events import SeenCall
from acd.model import CallId, PhoneId, QueueId
from acd.ports import TalkView
from cti.ami import Refused
from tests.unit.cti_ami.fake_asterisk import FakeAsterisk, channel, listed, message
from tests.unit.cti_ami.test_ami_consulting import START, consultation, looked
from tests.unit.cti_ami.test_ami_exchange import connected

CALL, LI = CallId("main-1.1"), PhoneId("1001")
TALKS = (
    channel("1.1", "hotline-connect", "1001", application="Dial"),
    channel("1.2", "hotline-entry", "", linkedid="1.1", application="AppDial", name="PJSIP/1001-00000001"),
)
PARKED = (
    channel("1.1", "hotline-parked", "1001", application="MusicOnHold"),
    channel("1.2", "hotline-keeps", "s", linkedid="1.1", application="Wait", name="PJSIP/1001-00000001"),
)


def ordered(asterisk: FakeAsterisk) -> list[dict[str, str]]:
    """What was asked after the look, without ids and heartbeats."""
    wanted = ("Redirect", "Setvar", "Hangup")
    asked = [dict(action) for action in asterisk.actions if action["Action"] in wanted and action.get("Variable") != "HOTLINE_ALIVE"]
    return [{key: value for key, value in action.items() if key != "ActionID"} for action in asked]


async def test_caller_and_agent_are_put_apart_at_once_and_put_together_again() -> None:
    async with FakeAsterisk(Status=lambda action: listed(action, *TALKS)) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.put_on_hold(CALL, LI)
        assert exchange.in_talk(CALL) == TalkView(on_hold=True)
        await exchange.take_back(CALL, LI)
        assert exchange.in_talk(CALL) == TalkView()
    assert ordered(asterisk) == [
        {"Action": "Setvar", "Channel": "1.1", "Variable": "HOTLINE_PEER", "Value": "1.2"},
        {"Action": "Setvar", "Channel": "1.2", "Variable": "HOTLINE_PEER", "Value": "1.1"},
        {"Action": "Redirect", "Channel": "1.1", "Context": "hotline-parked", "Exten": "1001", "Priority": "1",
         "ExtraChannel": "1.2", "ExtraContext": "hotline-keeps", "ExtraExten": "s", "ExtraPriority": "1"},
        {"Action": "Redirect", "Channel": "1.1", "Context": "hotline-join", "Exten": "1001", "Priority": "1"},
    ]  # fmt: skip


async def test_of_a_caller_who_is_gone_nothing_is_kept() -> None:
    """A connection may last for months."""
    async with FakeAsterisk(Status=lambda action: listed(action, *TALKS)) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.put_on_hold(CALL, LI)
        await exchange.mute(CALL, LI, True)
        gone = {"Event": "Hangup", "ChannelState": "6", "Context": "hotline-parked", "Linkedid": "1.1", "Cause": "16"}
        asterisk.say(*(message(**gone, Uniqueid=uniqueid) for uniqueid in ("1.2", "1.1")))
        session = exchange._session
        assert session is not None
        async with asyncio.timeout(5):
            while session.parked or session.muted:
                await asyncio.sleep(0.01)


async def test_who_is_on_hold_is_found_so_and_his_agent_is_let_go_when_he_is_sent_elsewhere() -> None:
    async with FakeAsterisk(Status=lambda action: listed(action, *PARKED)) as asterisk, connected(asterisk) as (exchange, _):
        assert exchange.in_talk(CALL).on_hold
        await exchange.hold(HoldCall(CALL, QueueId("pcs.L2"), ""))
        assert not exchange.in_talk(CALL).on_hold
    assert [(action["Action"], action["Channel"]) for action in ordered(asterisk)][-2:] == [("Hangup", "1.2"), ("Redirect", "1.1")]


async def test_a_caller_beside_whom_somebody_is_asked_is_not_put_on_hold_found_so_by_a_look_or_not() -> None:
    async with FakeAsterisk(Status=consultation) as asterisk, connected(asterisk) as (exchange, _):
        with pytest.raises(Refused, match="not put on hold"):
            await exchange.put_on_hold(CALL, LI)
        assert ordered(asterisk) == []
    async with FakeAsterisk(Status=lambda action: listed(action, *TALKS)) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.consult(START)
        before = ordered(asterisk)
        with pytest.raises(Refused, match="not put on hold"):
            await exchange.put_on_hold(CALL, LI)
        assert ordered(asterisk) == before


async def test_a_recording_is_paused_on_the_callers_channel() -> None:
    async with FakeAsterisk(Status=lambda action: listed(action, *TALKS)) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.pause_recording(CALL, paused=True)
        await exchange.pause_recording(CALL, paused=False)
    told = [action for action in asterisk.actions if action["Action"] == "MixMonitorMute"]
    assert [(one["Channel"], one["Direction"], one["State"]) for one in told] == [("1.1", "both", "1"), ("1.1", "both", "0")]


async def test_an_agent_is_muted_on_his_own_channel() -> None:
    async with FakeAsterisk(Status=lambda action: listed(action, *TALKS)) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.mute(CALL, LI, silent=True)
        assert exchange.in_talk(CALL).muted
        await exchange.mute(CALL, LI, silent=False)
        assert not exchange.in_talk(CALL).muted
        with pytest.raises(Refused, match="1002 has no channel"):
            await exchange.mute(CALL, PhoneId("1002"), silent=True)
    assert [(action["Channel"], action["Variable"], action["Value"]) for action in ordered(asterisk)] == [
        ("1.2", "MUTEAUDIO(in)", "on"), ("1.2", "MUTEAUDIO(in)", "off"),
    ]  # fmt: skip


async def test_a_ringing_phone_is_rung_anew_as_one_that_answers_by_itself() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        await exchange.answer(CALL, LI)
    assert ordered(asterisk) == [
        {"Action": "Setvar", "Channel": "1.1", "Variable": "HOTLINE_ANSWER", "Value": "yes"},
        {"Action": "Redirect", "Channel": "1.1", "Context": "hotline-connect", "Exten": "1001", "Priority": "1"},
    ]


def test_a_caller_on_hold_counts_as_talking_unless_his_agent_is_gone() -> None:
    found = looked(*PARKED)
    assert (found.seen.calls, found.parked) == ((SeenCall(CALL, "talk", LI),), {CALL})
    assert found.legs["1.2"].answered
    assert looked(PARKED[0]).seen.calls == (SeenCall(CALL, "after"),)
