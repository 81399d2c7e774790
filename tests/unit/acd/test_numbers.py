"""Telephone numbers have one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.numbers import as_keyed, e164, national

MOBILE, LANDLINE, SERVICE = "+8613800138000", "+862188880000", "+864008001234"
SPELLINGS = [
    ("13800138000", MOBILE),
    ("+8613800138000", MOBILE),
    ("008613800138000", MOBILE),
    ("8613800138000", MOBILE),
    ("013800138000", MOBILE),
    ("+86013800138000", MOBILE),
    ("+86 138-0013-8000", MOBILE),
    (" 138 0013 8000 ", MOBILE),
    ("＋８６１３８００１３８０００", MOBILE),
    ("02188880000", LANDLINE),
    ("021-8888 0000", LANDLINE),
    ("(021) 88880000", LANDLINE),
    ("2188880000", LANDLINE),
    ("+862188880000", LANDLINE),
    ("00862188880000", LANDLINE),
    ("862188880000", LANDLINE),
    ("+86 (0)21 8888 0000", LANDLINE),
    ("4008001234", SERVICE),
    ("400-800-1234", SERVICE),
    ("+864008001234", SERVICE),
    ("+81 3 1234 5678", "+81312345678"),
    ("0081312345678", "+81312345678"),
    ("+14155550123", "+14155550123"),
    ("86543210", "+8686543210"),
    ("1001", "1001"),
    ("95500", "95500"),
    ("110", "110"),
]
NOBODYS = [
    "", " ", "anonymous", "Anonymous", "unknown", "restricted", "unavailable", "-", "+", "sip:alice", "+86abc", "1" * 16, "+123",
    "٣٤٥٦٧٨٩٠",
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), SPELLINGS)
def test_every_spelling_is_the_same_number(text: str, number: str) -> None:
    assert e164(text) == number


@pytest.mark.parametrize("text", NOBODYS)
def test_what_is_no_number_is_nobodys(text: str) -> None:
    assert e164(text) == ""


@pytest.mark.parametrize(
    ("text", "country_code", "number"),
    [("030 12345678", "49", "+493012345678"), ("(415) 555-0123", "1", "+14155550123"), ("14155550123", "1", "+14155550123")],
)
def test_other_countries_have_their_own_code(text: str, country_code: str, number: str) -> None:
    assert e164(text, country_code) == number


@given(st.text(max_size=30))
def test_the_spelling_of_a_spelling_is_itself(text: str) -> None:
    once = e164(text)
    assert e164(once) == once


@pytest.mark.parametrize(("text", "_"), [row for row in SPELLINGS if row[1].startswith("+86")])
def test_every_spelling_ends_in_the_national_number(text: str, _: str) -> None:
    digits = "".join(str(int(character)) for character in text if character.isdecimal())
    assert digits.endswith(national(e164(text)))


@pytest.mark.parametrize(("typed", "dialled"), [
    ("138 0013-8000", "13800138000"), ("(021) 8888.0000", "02188880000"), ("95588", "95588"),
    ("＋８６１３８００１３８０００", "+8613800138000"),
    ("", ""), ("ab", ""), ("12", ""), ("13800138000;rm", ""), ("+", ""), ("1" * 21, ""), ("٠١٢٣٤٥", ""), ("138\n0013", "1380013"),
])  # fmt: skip
def test_what_a_person_keys_is_dialled_as_it_stands_without_what_separates_it(typed: str, dialled: str) -> None:
    assert as_keyed(typed) == dialled
