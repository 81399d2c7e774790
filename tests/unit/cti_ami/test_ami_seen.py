"""What Asterisk really has, from its lists."""

from __future__ import annotations

from collections.abc import Mapping

from acd.events import SeenCall
from acd.model import AgentId, CallId, OfferId, PhoneId
from cti.names import DialPattern
from cti.seen import Look, look
from cti.translate import Leg
from tests.transcripts.ami_transcripts import events_of, recorded
from tests.unit.cti_ami.fake_asterisk import channel, device

Items = list[Mapping[str, str]]


def looked(channels: Items, devices: Items) -> Look:
    dial = DialPattern("PJSIP/{phone}")
    return look("main", dial, channels, devices, lambda call, phone: OfferId(f"o-{phone}"), lambda phone: AgentId("ann"))


def real() -> tuple[Items, Items]:
    """The two lists out of the recorded connection."""
    events = events_of([recorded("looked_at")])
    return [event for event in events if event["Event"] == "Status"], [event for event in events if event["Event"] == "DeviceStateChange"]


def place_of(channels: Items) -> list[tuple[str, PhoneId | None]]:
    return [(call.place, call.phone) for call in looked(channels, []).seen.calls]


def test_the_real_lists_give_every_callers_place() -> None:
    channels, devices = real()
    seen = looked(channels, devices).seen
    assert sorted((call.place, call.phone or "") for call in seen.calls) == [
        ("hold", ""), ("offer", "1003"), ("out", ""), ("survival", ""), ("talk", "1001"),
    ]  # fmt: skip
    assert {call.call for call in seen.calls} == {f"main-{item['Uniqueid']}" for item in channels if item["Uniqueid"] == item["Linkedid"]}


def test_the_real_lists_give_the_phones_that_can_be_rung() -> None:
    """1008 and 1012 are not registered, 1010 doesn't answer its qualify; nobody knows yet that 1009 is dead."""
    expected = ["1001", "1002", "1003", "1004", "1005", "1006", "1007", "1009", "1011", "trunk"]
    assert sorted(looked(*real()).seen.reachable_phones) == expected


def test_the_real_lists_give_the_legs_to_go_on_from() -> None:
    channels, devices = real()
    legs = {leg.phone: leg for leg in looked(channels, devices).legs.values()}
    assert (legs[PhoneId("1001")].answered, legs[PhoneId("1001")].agent) == (True, "ann")
    assert (legs[PhoneId("1003")].answered, legs[PhoneId("1003")].agent, legs[PhoneId("1003")].offer) == (False, None, "o-1003")
    assert len(legs) == 2


def test_nothing_is_there() -> None:
    empty = looked([], [])
    assert (empty.seen.calls, empty.seen.reachable_phones, empty.legs) == ((), (), {})


def test_a_caller_in_the_menu_is_in_the_menu() -> None:
    assert place_of([channel("1.1", "hotline-entry", "4001", application="AGI")]) == [("menu", None)]


def test_a_caller_who_was_sent_out_is_there() -> None:
    assert place_of([channel("1.1", "hotline-out", "voicemail", application="Record")]) == [("out", None)]


def test_a_caller_whose_phone_has_not_been_dialled_yet_is_offered() -> None:
    assert place_of([channel("1.1", "hotline-connect", "1001", application="Dial")]) == [("offer", "1001")]


def test_an_agents_leg_is_no_caller_even_when_agents_may_call_the_hotline() -> None:
    """The phones' own context may be the entry's; Dial's and Queue's legs are told by their application."""
    channels: Items = [
        channel("1.1", "hotline-survival", "s", application="Queue"),
        channel("1.2", "hotline-entry", "", linkedid="1.1", application="AppQueue", name="PJSIP/1001-0000000a"),
    ]
    assert place_of(channels) == [("talk", "1001")]


def served_by_asterisk(state: str = "6", phone: str = "1001") -> Items:
    leg = channel("1.2", "phones", "", linkedid="1.1", application="AppQueue", name=f"PJSIP/{phone}-0000000a")
    return [channel("1.1", "hotline-survival", "s", application="Queue"), {**leg, "ChannelState": state}]


def test_a_survival_caller_who_talks_to_an_agents_phone_is_in_talk_there() -> None:
    assert place_of(served_by_asterisk()) == [("talk", "1001")]


def test_the_leg_of_such_a_talk_is_known_with_its_agent() -> None:
    assert looked(served_by_asterisk(), []).legs == {"1.2": Leg(CallId("main-1.1"), PhoneId("1001"), None, AgentId("ann"), True)}


def test_a_survival_caller_whose_agents_phones_still_ring_is_in_survival() -> None:
    ringing = looked(served_by_asterisk(state="5"), [])
    assert (place_of(served_by_asterisk(state="5")), ringing.legs) == ([("survival", None)], {})


def test_a_survival_caller_at_a_phone_where_nobody_is_logged_in_stays_in_survivals_care() -> None:
    seen = look("main", DialPattern("PJSIP/{phone}"), served_by_asterisk(), [], lambda call, phone: None, lambda phone: None)
    assert (seen.seen.calls, seen.legs) == ((SeenCall(CallId("main-1.1"), "survival"),), {})


def test_an_agent_who_calls_the_hotline_himself_is_a_caller() -> None:
    assert place_of([channel("1.1", "hotline-hold", "printers.L2")]) == [("hold", None)]


def test_two_callers_that_one_transfer_brought_are_both_seen() -> None:
    channels: Items = [channel("1.2", "hotline-hold", linkedid="1.1"), channel("1.3", "hotline-hold", linkedid="1.1")]
    assert looked(channels, []).seen.calls == (SeenCall(CallId("main-1.2"), "hold"), SeenCall(CallId("main-1.3"), "hold"))


def test_other_peoples_calls_are_not_ours() -> None:
    assert place_of([channel("1.1", "office", "200"), channel("1.2", "office", linkedid="1.1", application="AppDial")]) == []


def test_a_phone_of_another_kind_or_in_no_state_to_be_rung_is_not_reachable() -> None:
    states = {"PJSIP/1": "BUSY", "PJSIP/2": "UNAVAILABLE", "PJSIP/3": "INVALID", "IAX2/4": "NOT_INUSE"}
    assert looked([], [device(name, state) for name, state in states.items()]).seen.reachable_phones == ("1",)
