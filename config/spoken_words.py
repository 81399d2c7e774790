"""The words that numbers, dates, times and opening hours are said with, in the languages in which they are known.

Plain tables: the name of a prompt, such as ``month_12`` or ``hundred_3``, and its text. In which order they are said is ``ivr.saying``'s. A
prompt of the same name in the configuration wins over them. Japanese is written in kana, which voices read reliably.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from config.spoken import SPOKEN_DIGITS

Words = Callable[[int], str]


def _from(words: str) -> Words:
    """Words from 1 on, separated by blanks; ``_`` stands for a blank within."""
    listed = words.split()
    return lambda number: listed[number - 1].replace("_", " ")


def _chinese(number: int) -> str:
    """0 to 99, as in Mandarin and Cantonese."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_HAN[tens]}十"
    return ten + (_HAN[ones] if ones or not tens else "")


def _english(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number < 20:
        return _ENGLISH[number]
    return _TENS[tens] + (f"-{_ENGLISH[ones]}" if ones else "")


def _japanese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "じゅう" if tens == 1 else f"{_KANA[tens]}じゅう"
    return ten + (_KANA[ones] if ones or not tens else "")


def _korean(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "십" if tens == 1 else f"{_HANGUL[tens]}십"
    return ten + (_HANGUL[ones] if ones or not tens else "")


def _japanese_minutes(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "じゅう" if tens == 1 else f"{_KANA[tens]}じゅう"
    if not ones:
        return ten.removesuffix("う") + "っぷん"
    return ten + ["", "いっぷん", "にふん", "さんぷん", "よんぷん", "ごふん", "ろっぷん", "ななふん", "はっぷん", "きゅうふん"][ones]


def _ordinal(number: int) -> str:
    return _ORDINALS[number - 1] if number <= 20 or number == 30 else f"{_TENS[number // 10]}-{_ORDINALS[number % 10 - 1]}"


_HAN: Final = "零一二三四五六七八九"
_KANA: Final = ["", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"]
_KANA[0] = "ゼロ"
_HANGUL: Final = "영일이삼사오육칠팔구"
_ENGLISH: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS: Final = (
    [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ]
    + [""] * 9
    + ["thirtieth"]
)
_MONTHS: Final = "January February March April May June July August September October November December"
_JAPANESE_DAYS: Final = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    17: "じゅうしちにち",
    19: "じゅうくにち",
    20: "はつか",
    24: "にじゅうよっか",
    27: "にじゅうしちにち",
    29: "にじゅうくにち",
}

COUNTED: Final[Mapping[str, Mapping[str, Words]]] = {
    "zh": {
        "number": _chinese,
        "hundred": lambda n: f"{'两' if n == 2 else _HAN[n]}百",
        "thousand": lambda n: f"{'两' if n == 2 else _HAN[n]}千",
        "scale": _from("万 亿"),
        "month": lambda n: f"{_chinese(n)}月",
        "day": lambda n: f"{_chinese(n)}日",
        "weekday": lambda n: f"星期{'一二三四五六日'[n]}",
        "hour": lambda n: f"{'两' if n == 2 else _chinese(n)}点",
        "minute": lambda n: f"{'零' if n < 10 else ''}{_chinese(n)}分",
    },
    "yue": {
        "number": _chinese,
        "hundred": lambda n: f"{_HAN[n]}百",
        "thousand": lambda n: f"{_HAN[n]}千",
        "scale": _from("萬 億"),
        "month": lambda n: f"{_chinese(n)}月",
        "day": lambda n: f"{_chinese(n)}號",
        "weekday": lambda n: f"星期{'一二三四五六日'[n]}",
        "hour": lambda n: f"{'兩' if n == 2 else _chinese(n)}點",
        "minute": lambda n: f"{'零' if n < 10 else ''}{_chinese(n)}分",
    },
    "en": {
        "number": _english,
        "hundred": lambda n: f"{_english(n)} hundred",
        "thousand": lambda n: f"{_english(n)} thousand",
        "scale": _from("thousand million"),
        "month": _from(_MONTHS),
        "day": _ordinal,
        "weekday": lambda n: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][n],
        "hour": _english,
        "minute": lambda n: f"oh {_english(n)}" if n < 10 else _english(n),
    },
    "ja": {
        "number": _japanese,
        "hundred": _from("ひゃく にひゃく さんびゃく よんひゃく ごひゃく ろっぴゃく ななひゃく はっぴゃく きゅうひゃく"),
        "thousand": _from("せん にせん さんぜん よんせん ごせん ろくせん ななせん はっせん きゅうせん"),
        "scale": _from("まん おく"),
        "month": _from("いちがつ にがつ さんがつ しがつ ごがつ ろくがつ しちがつ はちがつ くがつ じゅうがつ じゅういちがつ じゅうにがつ"),
        "day": lambda n: _JAPANESE_DAYS.get(n) or f"{_japanese(n)}にち",
        "weekday": lambda n: ["げつようび", "かようび", "すいようび", "もくようび", "きんようび", "どようび", "にちようび"][n],
        "hour": _from("いちじ にじ さんじ よじ ごじ ろくじ しちじ はちじ くじ じゅうじ じゅういちじ じゅうにじ"),
        "minute": _japanese_minutes,
    },
    "ko": {
        "number": _korean,
        "hundred": lambda n: f"{_HANGUL[n] if n > 1 else ''}백",
        "thousand": lambda n: f"{_HANGUL[n] if n > 1 else ''}천",
        "scale": _from("만 억"),
        "month": _from("일월 이월 삼월 사월 오월 유월 칠월 팔월 구월 시월 십일월 십이월"),
        "day": lambda n: f"{_korean(n)}일",
        "weekday": lambda n: f"{'월화수목금토일'[n]}요일",
        "hour": _from("한_시 두_시 세_시 네_시 다섯_시 여섯_시 일곱_시 여덟_시 아홉_시 열_시 열한_시 열두_시"),
        "minute": lambda n: f"{_korean(n)} 분",
    },
}
"""Language -> first part of a prompt's name -> the word for its number: ``month_12``; weekdays from Monday, 0."""
FIXED: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {
        "case_number": "您的服务单",
        "case_open": "我们正在处理。",
        "case_engineer": "负责工程师是",
        "case_due": "我们承诺解决的时间是",
        "day_today": "今天",
        "day_tomorrow": "明天",
        "time_am": "上午",
        "time_pm": "下午",
        "midnight": "午夜十二点",
        "hours_always": "电话服务全年每天二十四小时开放。",
        "hours_today": "今天的服务时间是",
        "hours_to": "到",
        "hours_closed": "现在是非服务时间。",
        "hours_next": "下次服务时间开始于",
    },
    "yue": {
        "case_number": "您嘅服務單",
        "case_open": "我哋正在處理。",
        "case_engineer": "負責工程師係",
        "case_due": "我哋承諾解決嘅時間係",
        "day_today": "今日",
        "day_tomorrow": "聽日",
        "time_am": "上晝",
        "time_pm": "下晝",
        "midnight": "半夜十二點",
        "hours_always": "電話服務全年每日二十四小時開放。",
        "hours_today": "今日嘅服務時間係",
        "hours_to": "到",
        "hours_closed": "而家係非服務時間。",
        "hours_next": "下次服務時間開始於",
    },
    "en": {
        "case_number": "Your case",
        "case_open": "is being worked on.",
        "case_engineer": "The engineer in charge is",
        "case_due": "We have promised to solve it by",
        "day_today": "today",
        "day_tomorrow": "tomorrow",
        "time_am": "A.M.",
        "time_pm": "P.M.",
        "midnight": "midnight",
        "hours_always": "Our engineers answer the phone every day, around the clock.",
        "hours_today": "Today we are open from",
        "hours_to": "to",
        "hours_closed": "We are closed now.",
        "hours_next": "We open again:",
    },
    "ja": {
        "case_number": "おきゃくさまの うけつけばんごう",
        "case_open": "ただいま たいおうちゅう です。",
        "case_engineer": "たんとうの エンジニアは",
        "case_due": "かいけつ よていは",
        "day_today": "きょう",
        "day_tomorrow": "あした",
        "time_am": "ごぜん",
        "time_pm": "ごご",
        "midnight": "よなかの じゅうにじ",
        "hours_always": "おでんわは まいにち にじゅうよじかん うけつけて おります。",
        "hours_today": "ほんじつの うけつけじかんは",
        "hours_to": "から",
        "hours_closed": "ただいまは うけつけじかんがい です。",
        "hours_next": "つぎの うけつけは",
    },
    "ko": {
        "case_number": "고객님의 접수 번호",
        "case_open": "지금 처리 중입니다.",
        "case_engineer": "담당 엔지니어는",
        "case_due": "해결 예정 시간은",
        "day_today": "오늘",
        "day_tomorrow": "내일",
        "time_am": "오전",
        "time_pm": "오후",
        "midnight": "자정",
        "hours_always": "전화 상담은 매일 이십사 시간 운영합니다.",
        "hours_today": "오늘 상담 시간은",
        "hours_to": "부터",
        "hours_closed": "지금은 상담 시간이 아닙니다.",
        "hours_next": "다음 상담 시작은",
    },
}
"""Language -> prompt -> text."""
WORD_LANGUAGES: Final = frozenset(FIXED)
"""Languages in which all of this can be said."""
ALL_DAYS: Final = (*(f"month_{n}" for n in range(1, 13)), *(f"day_{n}" for n in range(1, 32)), *(f"weekday_{n}" for n in range(7)))
ALL_NUMBERS: Final = (
    *(f"number_{n}" for n in range(100)),
    *(f"hundred_{n}" for n in range(1, 10)),
    *(f"thousand_{n}" for n in range(1, 10)),
    "scale_1",
    "scale_2",
)


def word(name: str, language: str) -> str:
    """The text of a prompt of ``ivr.saying``'s, or of a digit."""
    kind, _, which = name.rpartition("_")
    if kind == "digit":
        return SPOKEN_DIGITS[language][int(which)]
    return COUNTED[language][kind](int(which)) if which.isdecimal() else FIXED[language][name]


def word_texts(names: Iterable[str], languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Prompt -> language -> text; languages that have no words here are left out."""
    spoken = [language for language in languages if language in WORD_LANGUAGES]
    return {name: {language: word(name, language) for language in spoken} for name in names}
