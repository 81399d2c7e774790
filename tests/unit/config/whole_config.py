"""A configuration that gives every key of the schema: the shipped one, with one or two rows of each kind, and all that it leaves out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from config.loader.lines import read
from config.schema import (
    CALLBACK_KEY_PROMPT,
    CALLBACK_PROMPTS,
    CODE_PROMPTS,
    CONFIRM_PROMPTS,
    INCIDENT_PROMPTS,
    RECORDING_PROMPT,
    REQUIRED_PROMPTS,
    RETURNING_PROMPTS,
    SURVEY_PROMPTS,
    WHEN_OPEN_PROMPT,
)
from ivr.menu import CODE_AS_PROMPTS, CODE_WRONG_PROMPT

SHIPPED = Path(__file__).parents[3] / "config" / "hotline.yaml"
Rows = dict[str | int, Any]
FEW = {
    "agents": ("li.wei", "wang.fang"), "phones": ("1001", "1002"), "entries": ("4008001234", "4008002003", "02188881002"),
    "handovers": ("8803",), "product_lines": ("pcs", "printers"), "menus": ("product", "level"),
    "inputs": ("case_number",), "notices": ("hours", "case_status", "case_not_found"), "segments": ("standard", "key_account"),
}  # fmt: skip
"""As many rows as are needed: one of a kind is enough."""
SAID = {
    *REQUIRED_PROMPTS, *CONFIRM_PROMPTS, *SURVEY_PROMPTS, *INCIDENT_PROMPTS, *CODE_PROMPTS, *CALLBACK_PROMPTS, *RETURNING_PROMPTS,
    *CODE_AS_PROMPTS, CODE_WRONG_PROMPT, CALLBACK_KEY_PROMPT, WHEN_OPEN_PROMPT, RECORDING_PROMPT, "ask_number", "queue_wait",
}  # fmt: skip
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALL_DAY = {"days": WEEK, "opens": "00:00", "closes": "24:00"}
LIMITS = {"warn": 60.0, "alarm": 120.0}
SECRET = {"env": "SOME_SECRET"}
CALLBACK = {
    "when_expected_seconds": 300.0, "when_ahead": 10, "when_waited_seconds": 120.0, "order": "agent_first", "most_attempts": 3,
    "retry_after_seconds": 600.0, "ring_seconds": 30, "hours": [{"days": WEEK[:5], "opens": "09:00", "closes": "20:00"}],
}  # fmt: skip
OVERFLOW = [
    {"name": "lunch", "during": [{"days": ["mon"], "opens": "12:00", "closes": "13:00"}], "also_waiting": True, "to_queue": "pcs.L2"},
    {"name": "called back", "when_closed": True, "also_waiting": True, "to_callback": True},
    {"name": "full", "when_waiting": 5, "when_expected_seconds": 900.0, "after_seconds": 600.0, "to_destination": "partner"},
    {"name": "closed", "when_closed": True, "to_destination": "closed"},
]  # fmt: skip
MORE: Rows = {
    "callbacks": {
        "trunk": "provider", "caller_id": "4008001234", "prefix": "0", "allowed": ["13"], "refused": ["00"], "shortest": 7, "longest": 12,
        "head_start_seconds": 30.0, "confirm": True,
    },
    "closed_days": ["2027-01-01"],
    "outside_numbers": {
        "trunk": "provider", "caller_id": "4008001234", "prefix": "0", "allowed": ["13"], "refused": ["+", "00"], "emergency": ["110"],
        "country_code": "86", "shortest": 5, "longest": 15,
    },
    "calendars": {"china": {"time_zone": "Asia/Shanghai", "days": {
        "2027-01-02": {"name": "swapped", "as": "fri"}, "2027-01-03": {"name": "eve", "hours": [{"opens": "09:00", "closes": "12:00"}]},
    }}},
    "music": {"calm": "moh"},
    "recording": {"refuse_key": "9", "folder": "/srv/recordings", "keep_days": 90},
    "survey": {"comment_seconds": 60, "returns_within_days": 7},
    "screen_pop": {
        "url": {"address": "https://crm.example/?number={ani}", "opens_by_itself": True}, "user_event": True,
        "webhook": {
            "url": "https://crm.example/pops", "secret": SECRET, "limit_seconds": 3.0, "attempts": 3, "waiting": 500,
            "failures_to_pause": 5, "pause_seconds": 30.0,
        },
    },
    "web": {
        "host": "127.0.0.1", "port": 8080, "trusted_proxies": ["10.0.0.0/24"], "origins": ["https://desk.example"], "idle_minutes": 60.0,
        "numbers_seen_by": ["admin"], "recordings_heard_by": ["quality"],
    },
    "customers": {
        "sql": {"url_from": SECRET, "query": "select 1"}, "limit_seconds": 0.3, "failures_to_pause": 3, "pause_seconds": 10.0,
        "country_code": "86", "case_states": {"received": "case_received"}, "ask_number": True,
    },
    "incident_texts": ["incident_outage"],
    "returning_head_start_seconds": 60.0, "personal_wait_seconds": 60.0, "ghost_after_seconds": 300.0, "short_abandon_seconds": 5.0,
    "supervision": {
        "listening": True, "service_level": "of_kept", "target": 0.8,
        "own_targets": {"within_three_rings": 0.9, "occupancy": 0.8, "first_call_resolution": 0.8, "aht": 300.0, "handled": 40},
        "thresholds": {
            "waiting": {"warn": 3, "alarm": 8}, "longest_wait_seconds": LIMITS, "expected_wait_seconds": LIMITS,
            "service_level": {"warn": 0.8, "alarm": 0.6}, "talk_seconds": LIMITS, "pause_seconds": LIMITS,
        },
    },
    "quality": {"per_agent": 3, "shortest_seconds": 20.0, "second_share": 0.1, "forms": {"talk": {
        "label": {"zh": "通话", "en": "Talk"}, "product_lines": ["pcs"], "queues": ["printers.L1"], "criteria": {
            "greets": {
                "label": {"zh": "问候", "en": "Greets"}, "hint": {"zh": "姓名和公司", "en": "Name and company"},
                "kind": "points", "most": 5, "weight": 2.0, "may_not_apply": False,
            },
        },
    }}},
}  # fmt: skip
"""What the shipped file leaves out, or says in another way."""


@cache
def whole_rows() -> Rows:
    """As plain values: copy before you change them."""
    rows: Rows = read(SHIPPED.read_text(encoding="utf-8")).value
    rows.update(MORE)
    for section, few in FEW.items():
        rows[section] = {name: row for name, row in rows[section].items() if name in few}
    _people(rows)
    _menus(rows)
    _queues(rows)
    _telephony(rows)
    rows["prompts"].setdefault(RECORDING_PROMPT, {"zh": "录音，拒绝请按九。", "en": "Recorded; nine refuses."})
    rest = json.dumps({name: section for name, section in rows.items() if name != "prompts"})
    rows["prompts"] = {name: texts for name, texts in rows["prompts"].items() if name in SAID or f'"{name}"' in rest}
    return rows


def _people(rows: Rows) -> None:
    work = [{"days": ["mon"], "opens": "08:00", "closes": "20:00"}]
    rows["agents"]["li.wei"].update(works=work, spoken={"en": "Lee"}, auto_answer=True)
    wang = rows["agents"]["wang.fang"]
    del wang["level"]
    wang.update(levels={"L1": 3, "L2": 4}, products={"pcs": 2, "printers": 5}, skills={"platform:linux": 4})
    rows["phones"] = {
        "1001": {"contact": "sip:1001@192.0.2.7", "codecs": ["alaw"], "qualify_seconds": 30}, "1002": {"secret": {"file": "1002.secret"}},
    }  # fmt: skip
    for line in rows["product_lines"].values():
        line["levels"] = ["L1", "L2", "L3"]


def _menus(rows: Rows) -> None:
    rows["voice_menu"].update(start="product", most_keys=20)
    product, level, number = rows["menus"]["product"], rows["menus"]["level"], rows["inputs"]["case_number"]
    product["branches"] = {
        "1": {"choice": "printers", "sets": {"product_line": "printers"}, "next": "level"}, "2": {"choice": "hours", "next": "hours"},
        "3": {"choice": "case", "next": "case_number"}, "4": {"choice": "helped", "to": "goodbye", "solves": True},
        "5": {"choice": "again", "do": "repeat"}, "6": {"choice": "call_me", "sets": {
            "language": "zh", "product_line": "pcs", "level": "L1", "urgent": True, "segment": "key_account", "preferred_agent": "li.wei",
            "callback": True,
        }},
    }  # fmt: skip
    product.update(attempts=3, timeout_seconds=4.0, asks=["product_line", "segment"])
    product["trial"] = {"prompt": "choose_product", "keys": {"1": "2", "2": "1"}, "share_percent": 30}
    level["default"] = {"choice": "no_level", "to": "goodbye", "solves": False}
    number.update(confirm=True, timeout_seconds=5.0, found="case_status")
    rows["notices"] = {
        "hours": {"prompts": ["hours:pcs.L1", "goodbye"], "to": "goodbye"}, "case_status": {"prompts": ["case:status"], "next": "level"},
        "case_not_found": {"prompts": ["case_not_found"]},
    }  # fmt: skip
    number["default"] = {"choice": "no_case", "next": "level"}
    rows["entries"]["4008001234"].update(welcome="welcome_promotion", valid_from="2026-01-01", valid_to="2027-12-31", outside="closed")
    rows["handovers"]["8803"].update(level="L2", language="zh", label="printers, level 2")


def _queues(rows: Rows) -> None:
    rules = rows["queues"]["defaults"]
    need = {"all": ["language:{language}", {"any": ["level:{level}", {"not": "platform:linux"}]}]}
    last = {"name": "anybody", "need": "anybody"}
    rules["steps"] = [{"name": "right", "need": need, "until_seconds": 20.0}, last]
    rules.update(
        wrap_up_mandatory=False, calendar="china", hours=[ALL_DAY], overflow=OVERFLOW, callback=CALLBACK, survey=True, record=10,
        keep_days=30, comfort=["comfort"], music="calm",
    )  # fmt: skip
    override = {name: value for name, value in rules.items() if name not in ("steps", "overflow", "callback", "announce", "hours")}
    rows["queues"]["overrides"] = {"printers.L1": {
        **override, "steps": [last], "overflow": OVERFLOW[-1:], "callback": {"when_ahead": 3}, "announce": {"tell": "nothing"}, "hours": [],
    }}  # fmt: skip


def _telephony(rows: Rows) -> None:
    exchange = rows["exchanges"]["main"]
    exchange["trunks"]["provider"]["contact"] = "sip:192.0.2.1"
    exchange["ami"]["permit"] = ["127.0.0.1"]
    exchange["music"] = "moh"
    rows["destinations"] = {
        "closed": {"say": "closed", "tells_opening": True}, "goodbye": {"say": "goodbye"},
        "message": {"voicemail": "100@default", "greeting": "leave_message"}, "partner": {"dial": "88001234", "trunk": "provider"},
    }  # fmt: skip
    rows["waiting"]["menu_limit_seconds"] = 180
    rows["offers"].update(answer_within_seconds=12.0, outside_ring_seconds=45)
