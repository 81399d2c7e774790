"""What is spoken without being written in the configuration: digits, in the languages that they are known in.

Plain tables. A prompt of the same name in the configuration wins over them.
"""

from __future__ import annotations

from collections.abc import Mapping
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
