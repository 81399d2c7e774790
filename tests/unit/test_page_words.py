"""The pages word every code that the engine sends them, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acd.choice import RULES
from acd.explanation import BY_NAME, ENGLISH, ONLY
from cti.api_audit import action_of
from cti.api_routes import ASKING, Role
from cti.api_table import ROUTES
from hotline import hot_desking, user_command

SOURCES = Path(__file__).parents[2] / "cti" / "web" / "src"
COUNTED_ONLY_ENGLISH = {"no_match"}
"""Told by ``hotline explain`` alone."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_has_words_on_the_pages(language: str) -> None:
    words = (SOURCES / f"words.{language}.ts").read_text(encoding="utf-8")
    part = words[words.index("  why: {") : words.index("  waitsNoMore")]
    worded = set(re.findall(r"^    (\w+): ", part, re.MULTILINE))
    assert {*ENGLISH, ONLY, BY_NAME, *(strategy.value for strategy in RULES)} - COUNTED_ONLY_ENGLISH <= worded


ASKED_BY_ANYBODY = [row for row in ROUTES if row.method == "WEBSOCKET" or (row.method in ASKING and Role.NOBODY in row.roles)]
BY_COMMAND = {f"user.{action}" for action in user_command.ACTIONS.keys() - user_command.LISTS}
BESIDE_THE_ROUTES = {"config.reload", "recordings.delete", hot_desking.ACTION, hot_desking.LOCKING, *BY_COMMAND}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_deed_of_the_audit_log_has_words_on_its_page_and_no_others(language: str) -> None:
    """A request that was refused is kept too, whatever it asked for."""
    words = (SOURCES / f"people.{language}.ts").read_text(encoding="utf-8")
    worded = set(re.findall(r'"(\w+\.[\w-]+)": "', words[words.index("  actions: {") :]))
    assert worded == {action_of(row) for row in ROUTES if row not in ASKED_BY_ANYBODY} | BESIDE_THE_ROUTES
