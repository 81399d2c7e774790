"""What is spoken without being written in the configuration: digits, in the languages that they are known in.

Plain tables. A prompt of the same name in the configuration wins over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

DIGITS: Final = "0123456789"
SPOKEN_DIGITS: Final[Mapping[str, tuple[str, ...]]] = {
    "zh": tuple("零一二三四五六七八九"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "yue": tuple("零一二三四五六七八九"),
    "ja": ("ゼロ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"),
    "ko": ("공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"),
}
"""Language -> its words for 0 to 9, as one reads a long number aloud."""


OPENING_PREFIX: Final = "opens_"
"""With the day and the time, such as ``opens_mon_0830``, the name of a prompt that says when a queue opens again."""
_DAYS: Final = ("today", "tomorrow", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPOKEN_DAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "zh": ("今天", "明天", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "yue": ("今日", "聽日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "ja": ("きょうの", "あしたの", *(f"{day}ようびの" for day in ("げつ", "か", "すい", "もく", "きん", "ど", "にち"))),
    "ko": ("오늘", "내일", *(f"{day}요일" for day in "월화수목금토일")),
    "en": ("today", "tomorrow", *(f"on {day}" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))),
}
CLOCK: Final = " o'clock"
_SENTENCES: Final[Mapping[str, Callable[[str, int, int], str]]] = {
    "zh": lambda day, hour, minute: f"我们将于{day}{hour}点{f'{minute}分' if minute else ''}恢复服务。",
    "yue": lambda day, hour, minute: f"我哋將會喺{day}{hour}點{f'{minute}分' if minute else ''}恢復服務。",
    "ja": lambda day, hour, minute: f"うけつけは {day} {hour}じ {f'{minute}ふん' if minute else ''}から さいかい します。",
    "ko": lambda day, hour, minute: f"{day} {hour}시 {f'{minute}분' if minute else ''}에 상담을 다시 시작합니다.",
    "en": lambda day, hour, minute: f"We are open again {day} at {hour}{f':{minute:02}' if minute else CLOCK}.",
}
OPENING_LANGUAGES: Final = frozenset(_SENTENCES)
"""Languages in which an opening can be said."""


def opening_texts(times: Iterable[str], languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Prompt -> language -> text, for every day and each of ``times`` (``08:30``); languages that have no words here are left out."""
    spoken = [language for language in languages if language in OPENING_LANGUAGES]
    return {
        f"{OPENING_PREFIX}{day}_{time.replace(':', '')}": {
            language: _SENTENCES[language](_SPOKEN_DAYS[language][place], int(time[:2]), int(time[3:])) for language in spoken
        }
        for time in times
        for place, day in enumerate(_DAYS)
    }


SPOKEN_SOLVED: Final[Mapping[str, str]] = {
    "zh": "您好，这里是技术服务热线。您咨询的{product_line}故障现已排除。如仍需工程师协助，请按一；否则可以挂机。",
    "en": "Hello, this is the technical service hotline. The fault with your {product_line} is solved. If you still need an engineer, "
    "press one. Otherwise you may hang up.",
    "yue": "你好，呢度係技術服務熱線。你查詢嘅{product_line}故障已經解決。如果仲需要工程師協助，請按一；唔需要嘅話可以收線。",
    "ja": "こちらは サポートまどぐち です。おといあわせの {product_line} の しょうがいは かいけつ しました。"
    "ひきつづき エンジニアが ひつような かたは、いちを おして ください。",
    "ko": "안녕하세요, 기술 지원 센터입니다. 문의하신 {product_line} 장애가 해결되었습니다. 엔지니어와 통화하시려면 일번을 눌러 주십시오.",
}
"""Language -> what somebody hears who is rung when his incident is solved, unless the configuration has a prompt for that."""

SPOKEN_HANDOVER: Final[Mapping[str, str]] = {
    "zh": "请现在转接您的来电。",
    "en": "Please transfer your caller now.",
    "yue": "請而家轉駁你嘅來電。",
    "ja": "いま てんそう して ください。",
    "ko": "지금 전화를 돌려 주십시오.",
}
"""Language -> what an employee hears who dials a short code while his caller is on hold, unless the configuration has a prompt for that."""
