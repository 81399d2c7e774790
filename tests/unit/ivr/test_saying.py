"""Numbers, dates, times and hours in words: the right words, in the order of each language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.hours import OpenHours
from config.spoken_words import ALL_DAYS, ALL_NUMBERS, WORD_LANGUAGES, word, word_texts
from ivr import saying


def text(names: tuple[str, ...], language: str, between: str = "") -> str:
    return between.join(word(name, language) for name in names)


@pytest.mark.parametrize(
    ("number", "language", "words"),
    [
        (0, "zh", "零"),
        (10, "zh", "十"),
        (12, "zh", "十二"),
        (105, "zh", "一百零五"),
        (110, "zh", "一百一十"),
        (1005, "zh", "一千零五"),
        (1015, "zh", "一千零一十五"),
        (1500, "zh", "一千五百"),
        (2222, "zh", "两千两百二十二"),
        (10_000, "zh", "一万"),
        (10_500, "zh", "一万零五百"),
        (120_034, "zh", "十二万零三十四"),
        (23_456_789, "zh", "两千三百四十五万六千七百八十九"),
        (2015, "yue", "二千零一十五"),
        (0, "en", "zero"),
        (21, "en", "twenty-one"),
        (312, "en", "three hundred twelve"),
        (40_007, "en", "forty thousand seven"),
        (1_000_000, "en", "one million"),
        (99_999_999, "en", "ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine"),
        (305, "ja", "さんびゃくご"),
        (8600, "ja", "はっせんろっぴゃく"),
        (11_010, "ja", "いちまんせんじゅう"),
        (105, "ko", "백오"),
        (1500, "ko", "천오백"),
        (20_000, "ko", "이만"),
    ],
)
def test_a_number_is_said_as_people_say_it(number: int, language: str, words: str) -> None:
    assert text(saying.number(number, language), language, " " if language == "en" else "") == words


@pytest.mark.parametrize("number", [-1, saying.LARGEST_NUMBER + 1])
def test_a_number_that_nobody_says_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="is not from 0"):
        saying.number(number, "zh")


CHINESE = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}


def read_chinese(words: str) -> int:
    """A foreign reading of the words, from the left."""
    whole, _, rest = words.rpartition("万")
    if whole:
        return read_chinese(whole) * 10_000 + read_chinese(rest)
    total, digit = 0, 0
    for one in words:
        if one in UNITS:
            total, digit = total + (digit or 1) * UNITS[one], 0
        else:
            digit = CHINESE[one]
    return total + digit


@given(st.integers(0, saying.LARGEST_NUMBER))
def test_the_words_read_back_are_the_number(number: int) -> None:
    words = text(saying.number(number, "zh"), "zh")
    assert read_chinese(words) == number
    assert not re.search("零零|零$", words) or number == 0


@pytest.mark.parametrize(
    ("language", "words", "tomorrow"),
    [
        ("zh", "十二月一日星期二", "明天"),
        ("en", "Tuesday December first", "tomorrow"),
        ("yue", "十二月一號星期二", "聽日"),
        ("ja", "じゅうにがつ ついたち かようび", "あした"),
        ("ko", "십이월 일일 화요일", "내일"),
    ],
)
def test_a_day_is_said_by_its_name_or_as_seen_from_today(language: str, words: str, tomorrow: str) -> None:
    between = "" if language in ("zh", "yue") else " "
    assert text(saying.day("2026-12-01", language), language, between) == words
    assert text(saying.day("2026-12-01", language, "2026-11-30"), language) == tomorrow
    assert saying.day("2026-12-01", language, "2026-12-01") == ("day_today",)
    assert text(saying.day("2026-12-01", language, "2026-12-02"), language, between) == words


@pytest.mark.parametrize(
    ("time", "language", "words"),
    [
        ("08:30", "zh", "上午 八点 三十分"),
        ("14:05", "zh", "下午 两点 零五分"),
        ("24:00", "zh", "午夜十二点"),
        ("00:00", "en", "midnight"),
        ("08:30", "en", "eight thirty A.M."),
        ("12:05", "en", "twelve oh five P.M."),
        ("18:00", "en", "six P.M."),
        ("00:30", "en", "twelve thirty A.M."),
        ("16:10", "ja", "ごご よじ じゅっぷん"),
        ("09:21", "ja", "ごぜん くじ にじゅういっぷん"),
        ("13:15", "ko", "오후 한 시 십오 분"),
        ("14:00", "yue", "下晝 兩點"),
    ],
)
def test_a_time_is_said_by_the_clock(time: str, language: str, words: str) -> None:
    assert text(saying.time(time, language), language, " ") == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (OpenHours("2026-11-30", always=True), "Our engineers answer the phone every day, around the clock."),
        (OpenHours("2026-11-30", today=(("08:30", "18:00"),)), "Today we are open from eight thirty A.M. to six P.M."),
        (OpenHours("2026-11-30", next_day="2026-12-01", next_time="09:00"), "We are closed now. We open again: tomorrow nine A.M."),
        (
            OpenHours("2026-11-30", next_day="2026-12-02", next_time="09:00"),
            "We are closed now. We open again: Wednesday December second nine A.M.",
        ),
        (OpenHours("2026-11-30"), "We are closed now."),
    ],
)
def test_hours_are_told_as_they_are_on_that_day(told: OpenHours, words: str) -> None:
    assert text(saying.hours(told, "en"), "en", " ") == words


@pytest.mark.parametrize("language", sorted(WORD_LANGUAGES))
def test_there_is_a_word_for_everything_in_every_language(language: str) -> None:
    minutes, hours = [f"minute_{n}" for n in range(1, 60)], [f"hour_{n}" for n in range(1, 13)]
    names = [*ALL_NUMBERS, *ALL_DAYS, *minutes, *hours, *saying.HOURS_PROMPTS, "digit_0", "digit_9", "time_am", "time_pm", "midnight"]
    texts = word_texts(names, [language, "de"])
    assert {tuple(text) for text in texts.values()} == {(language,)}
    assert all(text[language].strip() for text in texts.values())
    kinds = [[text[language] for name, text in texts.items() if name.startswith(kind)] for kind in ("number_", "day_", "minute_", "hour_")]
    assert all(len(set(words)) == len(words) for words in kinds)
