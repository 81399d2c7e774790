"""Who is calling, read off the environment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.records import calls
from ivr.caller import NAME_LIMIT, NUMBER_LIMIT, Caller, NotACall, caller_of, exchange_of
from tests.unit.ivr.agi_transcripts import environment, load, replay

REAL = environment(replay([load("menu-by-keys").received], 0))


def caller(**changes: str) -> Caller:
    return caller_of("main", {**REAL, **{f"agi_{name}": value for name, value in changes.items()}})


def test_a_real_environment() -> None:
    found = caller()
    assert found.call == f"main-{REAL['agi_uniqueid']}"
    assert (found.ani, found.ani_name, found.dnis, found.place) == ("13800001111", "Wang", "4001", "hotline-entry,4001,2")


def test_a_name_with_everything_stays_text() -> None:
    found = caller_of("main", environment(replay([load("name-with-everything").received], 0)))
    assert found.ani_name == 'O"Neil, \\ ${EXTEN} 王小明😀'


def test_what_asterisk_does_not_know_is_nothing() -> None:
    found = caller(callerid="unknown", calleridname="unknown")
    assert (found.ani, found.ani_name) == ("", "")


def test_a_withheld_number_is_withheld_with_its_name() -> None:
    found = caller(callingpres="32")
    assert (found.ani, found.ani_name) == ("", "")
    assert caller(callingpres="0").ani == "13800001111"
    assert caller(callingpres="what").ani == "13800001111"


@pytest.mark.parametrize("word", ["anonymous", "Anonymous", "Restricted", "unavailable", "private", "withheld"])
def test_a_word_in_place_of_a_number_is_a_withheld_number(word: str) -> None:
    assert (caller(callerid=word).ani, caller(callerid=word).ani_name) == ("", "")


def test_where_the_dialplan_uses_s_the_dialled_number_is_the_networks() -> None:
    assert caller(extension="s", dnid="4006").dnis == "4006"
    assert caller(extension="s", dnid="unknown").dnis == "s"


@pytest.mark.parametrize(("dnis", "extension"), [("4001", "4001"), ("+861", "+861"), ("4001,evil,1", "s"), ("4${X}", "s"), ("4 1", "s")])
def test_only_a_plain_number_goes_back_into_the_dialplan(dnis: str, extension: str) -> None:
    assert caller(extension=dnis).extension == extension


@given(st.text(max_size=300))
def test_a_name_holds_no_controls_and_has_an_end(name: str) -> None:
    shown = caller(calleridname=name).ani_name
    assert not any(ord(character) < 32 or character in "\x7f\x85\u202e\u2066" for character in shown)
    assert len(shown) <= NAME_LIMIT


def test_a_number_is_no_longer_than_its_place_in_the_records() -> None:
    found = caller(callerid="1" * 300, extension="2" * 300)
    assert (found.ani, found.dnis) == ("1" * NUMBER_LIMIT, "2" * NUMBER_LIMIT)
    assert str(calls.c.ani.type) == str(calls.c.dnis.type) == f"VARCHAR({NUMBER_LIMIT})"


def test_an_emoji_family_stays_together() -> None:
    assert caller(calleridname="👨‍👩‍👧").ani_name == "👨‍👩‍👧"


def test_the_exchange_is_the_path() -> None:
    assert exchange_of({"agi_network_script": "main"}) == "main"
    assert exchange_of({"agi_network_script": "main?x=1"}) == "main"
    assert exchange_of({"agi_request": "agi://127.0.0.1:4573/east"}) == "east"
    assert exchange_of({"agi_request": "agi://127.0.0.1:4573"}) == ""
    assert exchange_of({}) == ""


def test_without_a_uniqueid_there_is_no_call() -> None:
    with pytest.raises(NotACall):
        caller_of("main", {"agi_extension": "4001"})


@pytest.mark.parametrize(
    ("environment", "by"),
    [
        ({"arg_1": "PJSIP/1001-0000002a", "channel": "PJSIP/hotline-provider-00000001"}, "1001"),
        ({"channel": "PJSIP/1002-00000001"}, "1002"),
        ({"channel": "PJSIP/hotline-provider-00000001", "rdnis": "02188881005"}, "02188881005"),
        ({"arg_1": "", "channel": "PJSIP/hotline-provider-00000001", "rdnis": "unknown"}, ""),
        ({"arg_1": "Local/x@y-1;2", "rdnis": ""}, ""),
    ],
)
def test_who_transferred_a_caller_is_a_phone_else_the_number_he_was_diverted_from(environment: dict[str, str], by: str) -> None:
    assert caller(**environment).transferred_by == by
