"""The shipped configuration, changed as little as a quick test needs: shorter waits, shorter questions, numbers without a menu."""

from __future__ import annotations

from itertools import product
from typing import Any

LINES = ("servers", "pcs", "printers", "scanners")
LEVELS = ("L1", "L2", "L3")
PARTNER = "88001234"
"""Somebody outside the house, at the other end of the trunk."""
SHOWN_OUTSIDE = "4008001234"
"""The number that is shown to whom an engineer rings at a number that he keyed."""
RING_SECONDS = 3
WRAP_UP_SECONDS = 1.5
HEARTBEAT_SECONDS = 10
STEP_UNTIL_SECONDS = (8.0, 9.0, 10.0, 11.0, 12.0)
"""The first is the promised engineer's: the wait counts from the first ring, and the menu takes its time."""
SHORT_MENUS = ("choose_service", "choose_question", "choose_solved", "choose_about_case")
SHORT_QUESTIONS = {
    "hello": {"zh": "喂。", "en": "Hello."},
    "choose_first": {"zh": "请选择。", "en": "请选择。"},
    "choose_language": {"zh": "请选择。", "en": "请选择。"},
    "choose_product": {"zh": "请选择。", "en": "Choose, please."},
    "choose_level": {"zh": "请选择。", "en": "Choose, please."},
    **{name: {"zh": "请选择。", "en": "Choose, please."} for name in SHORT_MENUS},
    **{name: {"zh": "请照此做。", "en": "Do this."} for name in ("hours_always", "answer_paper_jam", "answer_no_start", "case_not_found")},
    "enter_serial": {"zh": "请输入。", "en": "Enter."},
    "enter_case": {"zh": "请输入。", "en": "Enter."},
    "confirm_entry": {"zh": "请确认。", "en": "Confirm."},
    "leave_message": {"zh": "请留言。", "en": "Speak."},
    "goodbye": {"zh": "再见。", "en": "Goodbye."},
    "invalid": {"zh": "有误。", "en": "Sorry."},
    "missing": {"zh": "没有收到。", "en": "Sorry."},
    "survey_score": {"zh": "请评分。", "en": "Rate it."},
    "survey_solved": {"zh": "解决了吗？", "en": "Solved?"},
    "survey_comment": {"zh": "请留言。", "en": "Speak."},
    "survey_thanks": {"zh": "再见。", "en": "Goodbye."},
    "recording_notice": {"zh": "录音。", "en": "Recorded."},
    "connecting": {"zh": "请稍候。", "en": "Please hold."},
}


WANG_FANGS_QUICK_LINE = "78"
"""As her direct number, but straight to printers, level 1."""
RECORDED = "scanners.L3"
"""The queue whose conversations are all recorded."""
SHORT_WELCOME = "79"
"""A number that says nothing, as the unified one, but whose welcome is a word."""


def number_of(queue: str, language: str = "zh", kind: str = "") -> str:
    """The number that leads straight to ``queue``; ``kind`` is '', 'urgent' or 'key_account'."""
    line, level = queue.split(".")
    return f"7{LINES.index(line)}{LEVELS.index(level)}{['zh', 'en'].index(language)}{('', 'urgent', 'key_account').index(kind)}"


def quick(rows: dict[str, Any]) -> None:
    """Change the configuration as read from YAML."""
    rows["prompts"].update(SHORT_QUESTIONS)
    for menu in rows["menus"].values():
        menu["timeout_seconds"] = 1
    for number in rows["inputs"].values():
        number["timeout_seconds"] = 2  # between two digits too, and on a busy machine the next is late
    rows["entries"].update(_straight_numbers())
    rules = rows["queues"]["defaults"]
    rules["wrap_up_seconds"] = WRAP_UP_SECONDS
    for step, until_seconds in zip(rules["steps"], STEP_UNTIL_SECONDS, strict=False):
        step["until_seconds"] = until_seconds
    rows["offers"].update(ring_seconds=RING_SECONDS, grace_seconds=2)
    rows["offers"]["rona"]["busy"]["retry_after_seconds"] = 1
    rows["offers"]["rona"]["rejected"]["retry_after_seconds"] = 1
    rows["waiting"].update(music_seconds=5, comfort_every=2)
    rows["queues"]["overrides"].setdefault(RECORDED, {})["record"] = 100
    rows["destinations"]["closed"]["tells_opening"] = True
    rows["supervision"] = {"listening": True}
    rows["destinations"]["partner"] = {"dial": PARTNER, "trunk": "provider"}
    rows["offers"]["outside_ring_seconds"] = 5
    rows["outside_numbers"] = {"trunk": "provider", "caller_id": SHOWN_OUTSIDE}
    rows["survival"].update(heartbeat_seconds=HEARTBEAT_SECONDS, ring_seconds=5)
    for phone in rows["phones"].values():
        phone["qualify_seconds"] = 1


def long_wrap_up(rows: dict[str, Any]) -> None:
    """After-call work that does not end by itself."""
    rows["queues"]["defaults"]["wrap_up_seconds"] = 300


def _straight_numbers() -> dict[str, Any]:
    numbers: dict[str, Any] = {SHORT_WELCOME: {"label": "short welcome", "welcome": "hello"}}
    hints: dict[str, Any] = {"product_line": "printers", "level": "L1", "language": "zh", "preferred_agent": "wang.fang"}
    numbers[WANG_FANGS_QUICK_LINE] = {"label": "straight to Wang Fang", "welcome": "hello", "hints": hints}
    for line, level, language, kind in product(LINES, LEVELS, ("zh", "en"), ("", "urgent", "key_account")):
        hints = {"product_line": line, "level": level, "language": language}
        if kind == "urgent":
            hints["urgent"] = True
        if kind == "key_account":
            hints["segment"] = "key_account"
        number = number_of(f"{line}.{level}", language, kind)
        numbers[number] = {"label": f"straight to {line}.{level} {language} {kind}".strip(), "welcome": "hello", "hints": hints}
    return numbers
