"""Call ids, phones and devices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.model import PhoneId
from cti.names import DialPattern, call_id, exchange_and_uniqueid

EXCHANGES = st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True)
UNIQUEIDS = st.from_regex(r"([a-z]{1,8}-)?[0-9]{10}\.[0-9]{1,6}", fullmatch=True)
PHONES = st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True).map(PhoneId)


@given(EXCHANGES, UNIQUEIDS)
def test_a_call_id_gives_back_the_exchange_and_the_uniqueid_even_with_a_system_name_in_it(exchange: str, uniqueid: str) -> None:
    assert exchange_and_uniqueid(call_id(exchange, uniqueid)) == (exchange, uniqueid)


@pytest.mark.parametrize("exchange", ["", "Main", "a-b", "a b", "ä", "a\n"])
def test_an_exchange_whose_name_could_not_be_told_from_the_uniqueid_is_refused(exchange: str) -> None:
    with pytest.raises(ValueError, match="only a-z and 0-9"):
        call_id(exchange, "1.1")


@pytest.mark.parametrize("text", ["", "main", "main-", "-1.1", "Main-1.1"])
def test_what_is_no_call_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a call id"):
        exchange_and_uniqueid(text)  # type: ignore[arg-type]  # that is the point


@given(PHONES)
def test_a_phone_is_found_again_in_its_device_and_in_its_channels(phone: PhoneId) -> None:
    dial = DialPattern("PJSIP/{phone}")
    assert dial.device(phone) == f"PJSIP/{phone}"
    assert dial.phone_of_device(dial.device(phone)) == phone
    assert dial.phone_of_channel(f"PJSIP/{phone}-0000000a") == phone


@pytest.mark.parametrize("channel", ["SIP/1001-0000000a", "Local/1001@agents-0000000a;1", "PJSIP/1001", "PJSIP/-0000000a", "", "-"])
def test_a_channel_of_another_kind_is_no_phone(channel: str) -> None:
    assert DialPattern("PJSIP/{phone}").phone_of_channel(channel) is None


@pytest.mark.parametrize("pattern", ["PJSIP/1001", "PJSIP/{phone}@trunk", "{phone}", "PJSIP/{phone}{phone}"])
def test_a_dial_pattern_that_hides_the_phone_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="dial pattern"):
        DialPattern(pattern)
