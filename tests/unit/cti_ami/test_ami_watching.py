"""A supervisor's phone at a conversation, and a caller who comes to it: how it is ordered, what is heard of it, what a look finds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from acd.events import CallerLeft, Event
from acd.model import AgentId, CallId, OfferId, PhoneId
from acd.supervision import EndWatch, TakeOver, TakeOverFailed, WatchBegan, WatchCall, WatchEnded, WatchMode
from cti.ami import Refused
from cti.names import DialPattern, leg_of_watch, watch_of_leg
from cti.seen import look
from cti.translate import Translator
from tests.unit.cti_ami.fake_asterisk import FakeAsterisk, channel
from tests.unit.cti_ami.test_ami_consulting import orders, talk
from tests.unit.cti_ami.test_ami_exchange import connected

CALL, LI, OWN = CallId("main-1.1"), PhoneId("1001"), PhoneId("1900")
WATCH, LEG = "main-1.1/w1", "w1.1.1"
ASKED = WatchCall(WATCH, CALL, LI, OWN, WatchMode.LISTEN, 12.0)


def heard(event: Mapping[str, str]) -> list[Event]:
    def offer_at(call: CallId, phone: PhoneId) -> OfferId | None:
        return None

    def agent_at(phone: PhoneId) -> AgentId | None:
        return None

    return list(Translator("main", DialPattern("PJSIP/{phone}"), offer_at, agent_at).translate(event))


def of_leg(event: str, **more: str) -> dict[str, str]:
    return {"Event": event, "Uniqueid": LEG, "Linkedid": LEG, "Context": "hotline-watch", "ChannelState": "6", "Cause": "16", **more}


def test_a_channels_id_says_for_which_watch_it_is() -> None:
    assert leg_of_watch(WATCH) == LEG
    assert watch_of_leg("main", LEG) == (CALL, WATCH)
    assert watch_of_leg("main", "1.1") is None
    with pytest.raises(ValueError, match="not a watch"):
        leg_of_watch("main-1.1/o1")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (of_leg("UserEvent", UserEvent="HotlineWatching"), [WatchBegan(CALL, WATCH)]),
        (of_leg("HangupRequest"), []),
        (of_leg("Hangup"), [WatchEnded(CALL, WATCH)]),
        (
            {"Event": "OriginateResponse", "Response": "Failure", "ActionID": WATCH, "Reason": "5"},
            [WatchEnded(CALL, WATCH, "the phone was not answered")],
        ),
        ({"Event": "OriginateResponse", "Response": "Success", "ActionID": WATCH, "Reason": "4"}, []),
        ({"Event": "UserEvent", "UserEvent": "HotlineWatching", "Uniqueid": "1.1"}, []),
        ({"Event": "UserEvent", "UserEvent": "HotlineNotTaken", "Uniqueid": "1.1"}, [TakeOverFailed(CALL)]),
        (
            {"Event": "Hangup", "Uniqueid": "1.1", "Linkedid": "1.1", "Context": "hotline-takeover", "ChannelState": "6", "Cause": "16"},
            [CallerLeft(CALL)],
        ),
    ],
)
def test_what_is_heard(event: dict[str, str], told: list[Event]) -> None:
    assert heard(event) == told


def test_a_look_finds_who_listens_and_whom_a_supervisor_has() -> None:
    mine = channel(LEG, "hotline-watch", "listen", application="ChanSpy", name="PJSIP/1900-00000009")
    taken = channel("2.1", "hotline-takeover", "1900", application="Dial")
    found = look("main", DialPattern("PJSIP/{phone}"), [mine, taken], [], lambda call, phone: None, lambda phone: None).seen
    assert found.watches == (WATCH,)
    assert [(call.call, call.place) for call in found.calls] == [("main-2.1", "after")]


async def test_his_phone_is_originated_into_the_dialplan_with_the_agents_channel() -> None:
    async with FakeAsterisk(Status=talk) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.watch(ASKED)
        [order] = orders(asterisk, "Originate")
        assert order == {
            "Action": "Originate", "ActionID": WATCH, "Channel": "PJSIP/1900", "ChannelId": LEG, "Context": "hotline-watch",
            "Exten": "listen", "Priority": "1", "Timeout": "12000", "CallerID": "1001", "Variable": "HOTLINE_WATCHED=1.2", "Async": "true",
        }  # fmt: skip


async def test_an_agent_who_has_no_channel_is_not_listened_to() -> None:
    async with FakeAsterisk() as asterisk, connected(asterisk) as (exchange, _):
        with pytest.raises(Refused, match="1001 has no channel"):
            await exchange.watch(ASKED)
        assert orders(asterisk, "Originate") == []


async def test_another_mode_moves_his_channel_and_the_end_hangs_it_up() -> None:
    async with FakeAsterisk(Status=talk) as asterisk, connected(asterisk) as (exchange, _):
        await exchange.watch(WatchCall(WATCH, CALL, LI, OWN, WatchMode.BARGE, 12.0, switch=True))
        await exchange.end_watch(EndWatch(WATCH, CALL))
        await exchange.take_over(TakeOver(CALL, OWN, 12.0))
        told = [(one["Action"], one["Channel"], one.get("Context"), one.get("Exten")) for one in orders(asterisk, "Redirect", "Hangup")]
        assert told == [
            ("Redirect", LEG, "hotline-watch", "barge"), ("Hangup", LEG, None, None), ("Redirect", "1.1", "hotline-takeover", "1900"),
        ]  # fmt: skip
