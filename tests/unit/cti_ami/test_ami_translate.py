"""What a real Asterisk said, translated: every recorded scenario has its story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from acd.events import (
    CallbackReached,
    CallbackUnreached,
    CallDiverted,
    CallerLeft,
    Event,
    OfferAnswered,
    OfferMissed,
    OfferRinging,
    PhoneSeen,
    SurveyAnswered,
    TalkEnded,
)
from acd.model import AgentId, CallId, MissCause, OfferId, PhoneId
from acd.recording import RecordingBegan
from cti.names import DialPattern
from cti.translate import EVENTS, MISS_BY_CAUSE, Translator
from tests.transcripts.ami_transcripts import NAMES, events_of, recorded

STORIES = {
    "answered_and_the_agent_hangs_up": ["ringing", "answered", "talk ended with ann", "caller left"],
    "answered_and_the_caller_hangs_up": ["ringing", "answered", "caller left"],
    "answered_elsewhere": ["ringing", "ringing", "answered", "caller left"],
    "busy_486": ["ringing", "missed: busy", "caller left"],
    "caller_hangs_up_in_hold": ["caller left"],
    "caller_hangs_up_while_ringing": ["ringing", "caller left"],
    "declined_603": ["ringing", "missed: rejected", "caller left"],
    "called_back": ["caller left", "customer reached", "caller left"],
    "called_back_and_busy": ["caller left", "caller left", "customer unreached: unregistered"],
    "called_back_in_vain": ["caller left", "customer unreached: no_answer", "caller left"],
    "dropped_by_a_wrong_redirect": ["caller left"],
    "never_registered": ["missed: unregistered", "caller left"],
    "nobody_at_the_phones_address": ["ringing", "missed: unregistered", "caller left"],
    "not_answered": ["ringing", "missed: no_answer", "caller left"],
    "not_found_404": ["ringing", "missed: unregistered", "caller left"],
    "overloaded_503": ["ringing", "missed: busy", "caller left"],
    "phone_comes_and_goes": ["1012 reachable", "1012 away"],
    "phone_does_not_answer_its_qualify": ["missed: unregistered", "caller left"],
    "phone_is_not_configured": ["missed: unregistered", "caller left"],
    "refused": [],
    "rung_alone": ["caller left", "ringing", "answered", "customer reached", "talk ended with ann", "caller left"],
    "rung_alone_and_busy": ["caller left", "ringing", "missed: busy"],
    "rung_alone_at_a_phone_that_is_not_there": ["caller left", "missed: unregistered"],
    "sent_to_a_closed_announcement": ["caller left"],
    "sent_to_a_destination_that_is_not_there": ["diverted to survival", "caller left"],
    "sent_to_survival": ["diverted to survival", "caller left"],
    "taken_back_while_ringing": ["ringing", "caller left"],
    "taken_back_while_talking": ["ringing", "answered", "talk ended with ann", "caller left"],
    "unavailable_480": ["ringing", "missed: no_answer", "caller left"],
}


class Desk:
    """Knows of one offer, open until it is over, whatever the call and the phone; and of Ann, who sits everywhere."""

    def __init__(self) -> None:
        self.offer: OfferId | None = OfferId("o1")
        self.asked: list[tuple[CallId, PhoneId]] = []

    def open_offer(self, call: CallId, phone: PhoneId) -> OfferId | None:
        self.asked.append((call, phone))
        return self.offer

    def agent_at(self, phone: PhoneId) -> AgentId | None:
        return AgentId("ann")

    def translator(self) -> Translator:
        return Translator("main", DialPattern("PJSIP/{phone}"), self.open_offer, self.agent_at)


def translated(events: Iterable[Mapping[str, str]], desk: Desk | None = None) -> list[Event]:
    desk = desk or Desk()
    translator = desk.translator()
    heard: list[Event] = []
    for fields in events:
        for event in translator.translate(fields):
            heard.append(event)
            if isinstance(event, OfferMissed):
                desk.offer = None
    return heard


def told(event: Event) -> str:
    match event:
        case OfferRinging():
            return "ringing"
        case OfferAnswered():
            return "answered"
        case OfferMissed(_, cause):
            return f"missed: {cause}"
        case TalkEnded(_, agent):
            return f"talk ended with {agent}"
        case CallerLeft():
            return "caller left"
        case CallbackReached(call, attempt) if attempt == f"{call}/b1":
            return "customer reached"
        case CallbackUnreached(call, attempt, cause) if attempt == f"{call}/b1":
            return f"customer unreached: {cause}"
        case CallDiverted(_, destination):
            return f"diverted to {destination}"
        case PhoneSeen(phone, reachable):
            return f"{phone} {'reachable' if reachable else 'away'}"
        case _:
            return repr(event)


def story(events: Iterable[Mapping[str, str]]) -> list[str]:
    return [told(event) for event in translated(events)]




def test_every_transcript_has_a_story() -> None:
    assert set(STORIES) | {"looked_at"} == set(NAMES)


@pytest.mark.parametrize("name", STORIES)
def test_a_scenario_is_told(name: str) -> None:
    assert story(events_of([recorded(name)])) == STORIES[name]


@pytest.mark.parametrize("name", STORIES)
def test_a_scenario_that_comes_byte_by_byte_is_told_the_same(name: str) -> None:
    data = recorded(name)
    assert story(events_of(data[at : at + 1] for at in range(len(data)))) == STORIES[name]


@pytest.mark.parametrize("name", STORIES)
def test_a_scenario_that_is_cut_off_is_told_as_far_as_it_came(name: str) -> None:
    data = recorded(name)
    for end in range(0, len(data), 61):
        heard = story(events_of([data[:end]]))
        assert heard == STORIES[name][: len(heard)]


def test_call_phone_and_agent_are_the_ones_of_the_event() -> None:
    """Given the recorded conversation, when it is translated, then all of it is about one call, and the offer is asked for by its phone."""
    events = events_of([recorded("answered_and_the_agent_hangs_up")])
    uniqueid = next(event["Uniqueid"] for event in events if event["Event"] == "DialBegin")
    desk = Desk()
    heard = translated(events, desk)
    call = CallId(f"main-{uniqueid}")
    assert desk.asked == [(call, "1002")]
    assert heard == [OfferRinging(OfferId("o1")), OfferAnswered(OfferId("o1")), TalkEnded(call, AgentId("ann")), CallerLeft(call)]


def test_the_phone_that_did_not_win_a_race_has_missed_nothing() -> None:
    assert "missed" not in " ".join(STORIES["answered_elsewhere"])


def test_a_leg_without_an_offer_is_rung_for_nobody() -> None:
    """Given that the engine has taken the offer back, when the phone still rings and is busy, then nobody is blamed."""
    desk = Desk()
    desk.offer = None
    heard = translated(events_of([recorded("busy_486")]), desk)
    assert [told(event) for event in heard] == ["caller left"]


def test_a_dial_that_is_not_the_hotlines_is_nothing() -> None:
    event = {"Event": "DialBegin", "Context": "phones", "Uniqueid": "1.1", "Exten": "1001", "DestUniqueid": "1.2"}
    assert translated([event]) == []


def hangup(uniqueid: str, linkedid: str, context: str) -> dict[str, str]:
    return {"Event": "Hangup", "Uniqueid": uniqueid, "Linkedid": linkedid, "Context": context, "ChannelState": "6", "Cause": "16"}


def test_a_caller_who_came_in_by_a_transfer_is_known_by_the_context() -> None:
    assert translated([hangup("1.2", "1.1", "hotline-hold")]) == [CallerLeft(CallId("main-1.2"))]


def test_a_caller_who_left_our_contexts_is_known_by_being_the_first_channel() -> None:
    assert translated([hangup("1.1", "1.1", "partner")]) == [CallerLeft(CallId("main-1.1"))]


def test_some_other_leg_that_is_hung_up_is_nothing() -> None:
    assert translated([hangup("1.2", "1.1", "phones")]) == []


def missed_without_leg(uniqueid: str) -> dict[str, str]:
    fields = {"UserEvent": "HotlineMissed", "Uniqueid": uniqueid, "Exten": "1001", "Status": "CHANUNAVAIL", "Context": "hotline-connect"}
    return {"Event": "UserEvent", **fields}


def test_a_second_dial_of_the_same_call_that_rings_nobody_is_told_too() -> None:
    """Given a caller who was not answered, when the next phone can't be dialled, then that offer is missed as well."""
    events = events_of([recorded("not_answered")])[:-1]
    uniqueid = next(event["Uniqueid"] for event in events if event["Event"] == "DialBegin")
    desk = Desk()
    translator = desk.translator()
    for event in events:
        list(translator.translate(event))
    desk.offer = OfferId("o2")
    assert list(translator.translate(missed_without_leg(uniqueid))) == [OfferMissed(OfferId("o2"), MissCause.UNREGISTERED)]


def test_a_phone_that_the_dialplan_does_not_know_is_a_missed_call() -> None:
    """Given a caller sent to an extension that no phone has, when the dialplan says so, then the offer at that very phone is missed."""
    desk = Desk()
    heard = translated([missed_without_leg("1.1") | {"Exten": "i", "Status": "INVALID", "Phone": "77"}], desk)
    assert desk.asked == [(CallId("main-1.1"), "77")]
    assert heard == [OfferMissed(OfferId("o1"), MissCause.UNREGISTERED)]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_without_its_fields_is_nothing(name: str) -> None:
    assert translated([{"Event": name}]) == []


def test_an_event_that_was_not_asked_for_is_nothing() -> None:
    assert translated([{"Event": "VarSet"}, {}]) == []


def test_a_phone_of_another_kind_is_not_seen() -> None:
    assert translated([{"Event": "PeerStatus", "Peer": "IAX2/office", "PeerStatus": "Registered"}]) == []


def test_each_way_to_miss_a_call_that_the_table_names_is_one_of_a_person() -> None:
    """Whatever the table does not name is the phone's fault, not the agent's."""
    assert MissCause.UNREGISTERED not in MISS_BY_CAUSE.values()
    assert MissCause.PHONE_LOST not in MISS_BY_CAUSE.values()


@pytest.mark.parametrize(("epoch", "told"), [("1795306620", True), ("../1795306620", False), ("", False)])
def test_a_recording_is_told_by_its_begin(epoch: str, told: bool) -> None:
    event = {"Event": "UserEvent", "UserEvent": "HotlineRecording", "Uniqueid": "17.5", "Epoch": epoch}
    translator = Translator("main", DialPattern("PJSIP/{phone}"), lambda call, phone: None, lambda phone: None)
    assert list(translator.translate(event)) == ([RecordingBegan(CallId("main-17.5"), f"main-17.5-{epoch}")] if told else [])


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [("score", "5", True), ("score", "6", False), ("solved", "2", True), ("comment", "17.5.wav", True), ("comment", "../17.wav", False),
     ("mood", "1", False)],
)  # fmt: skip
def test_what_a_caller_keys_after_the_call_is_told_if_it_is_an_answer(question: str, answer: str, told: bool) -> None:
    event = {"Event": "UserEvent", "UserEvent": "HotlineSurvey", "Uniqueid": "17.5", "Question": question, "Answer": answer}
    translator = Translator("main", DialPattern("PJSIP/{phone}"), lambda call, phone: None, lambda phone: None)
    assert list(translator.translate(event)) == ([SurveyAnswered(CallId("main-17.5"), question, answer)] if told else [])
