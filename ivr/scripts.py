"""Which language a part of a text is to be read in: the question for the language itself is put in several.

Decides by script alone: Chinese characters, kana, Hangul, and English phrases within a text of another script. A single foreign word
stays with the text's own voice: names of products are read by any. Pure; it does not know voices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_HAN: Final = r"\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA: Final = r"\u3041-\u3096\u30a1-\u30fa\u30fc"
_HANGUL: Final = r"\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"
_BETWEEN: Final = r"\s\d，。！？、；：「」,.!?;:"
_RUNS: Final = {
    "ja": rf"[{_HAN}]*[{_KANA}][{_HAN}{_KANA}{_BETWEEN}]*",
    "ko": rf"[{_HANGUL}][{_HANGUL}{_BETWEEN}]*",
    "zh": rf"[{_HAN}][{_HAN}{_BETWEEN}]*",
    "en": r"[A-Za-z][A-Za-z']*(?:[ ,.;:]+[A-Za-z0-9'\"-]+)+[.!?,;:]*\s*",
}
_OWN: Final = {"zh": ("zh",), "yue": ("zh",), "ja": ("ja", "zh"), "ko": ("ko",)}
"""Language -> the runs that are its own; any other language has the Latin ones."""


def parts_of(text: str, language: str) -> list[tuple[str, str]]:
    """(language, part) in order; the parts together are the text."""
    foreign = {name: run for name, run in _RUNS.items() if name not in _OWN.get(language, ("en",))}
    return list(_joined(_split(text, language, re.compile("|".join(f"(?P<{name}>{run})" for name, run in foreign.items())))))


def kanji_of(text: str) -> str:
    """The Chinese characters in the text."""
    return "".join(re.findall(f"[{_HAN}]", text))


def _split(text: str, language: str, foreign: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    end = 0
    for found in foreign.finditer(text):
        yield language, text[end : found.start()]
        yield str(found.lastgroup), found[0]
        end = found.end()
    yield language, text[end:]


def _joined(parts: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Without parts that have nothing to say; what is between words belongs to the part before."""
    kept: list[tuple[str, str]] = []
    for language, part in parts:
        if kept and (kept[-1][0] == language or not re.search(r"\w", part)):
            kept[-1] = (kept[-1][0], kept[-1][1] + part)
        elif part:
            kept.append((language, part))
    yield from kept
