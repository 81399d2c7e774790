"""The pages word every code that the engine sends them, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acd.choice import RULES
from acd.explanation import BY_NAME, ENGLISH, ONLY

SOURCES = Path(__file__).parents[2] / "cti" / "web" / "src"
COUNTED_ONLY_ENGLISH = {"no_match"}
"""Told by ``hotline explain`` alone."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_has_words_on_the_pages(language: str) -> None:
    words = (SOURCES / f"words.{language}.ts").read_text(encoding="utf-8")
    part = words[words.index("  why: {") : words.index("  waitsNoMore")]
    worded = set(re.findall(r"^    (\w+): ", part, re.MULTILINE))
    assert {*ENGLISH, ONLY, BY_NAME, *(strategy.value for strategy in RULES)} - COUNTED_ONLY_ENGLISH <= worded
