"""What befalls callers in their queues, made by chance: hours, overflow, callbacks, announcements, surveys, incidents, destinations.

Always such as `hotline check` allows. The menus that lead there are ``random_menus``' part.
"""

from __future__ import annotations

import random
from typing import Any

CALLBACK_FACT: dict[str, tuple[Any, ...]] = {"callback": (True, False)}
"""What a branch may set where callbacks are made."""
QUEUES = ("servers.L2", "pcs.L1", "printers.L3", "scanners.L1")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIMES = ("00:00", "08:30", "12:00", "17:15", "24:00")
CLOSED = {"name": "closed", "when_closed": True, "to_destination": "closed_until"}


def with_random_queues(rows: dict[str, Any], chance: random.Random) -> bool:
    """Change the rows; whether customers are called back now."""
    for exchange in rows["exchanges"].values():
        exchange["trunks"]["provider"].setdefault("contact", "sip:192.0.2.1")
    rows["prompts"].setdefault("recording_notice", {"zh": "录音。", "en": "Recorded."})
    rows["destinations"].update(_destinations(chance))
    rows["customers"].update(ask_number=chance.random() < 0.3, limit_seconds=round(chance.uniform(0.1, 0.5), 2))
    rows["incident_texts"] = chance.choice(([], ["incident_outage"], ["incident_outage", "incident_delivery"]))
    rows["waiting"].update(music_seconds=5, comfort_every=chance.randint(1, 3))
    rows["survey"] = {"comment_seconds": chance.choice((0, 10))}
    rows["calendars"] = {"here": _calendar(chance)}
    rows["music"] = {"other": "moh"}
    promises = chance.random() < 0.6
    if promises:
        rows["callbacks"] = _callback_line(chance)
    else:
        rows.pop("callbacks", None)
    rows["queues"]["defaults"].update(_rules(chance, promises))
    rows["queues"]["overrides"] = {
        queue: _rules(chance, promises) | {"callback": _callback(chance, promises)} for queue in QUEUES if chance.random() < 0.5
    }
    return promises


def _rules(chance: random.Random, promises: bool) -> dict[str, Any]:
    rules: dict[str, Any] = {
        "hours": chance.choice(([], [], _week(chance))), "overflow": [*_overflow(chance, promises), dict(CLOSED)],
        "callback": _callback(chance, promises), "survey": chance.random() < 0.3, "announce": _announcement(chance),
        "record": chance.choice((0, 50, 100)), "comfort": chance.sample(["comfort", "connecting", "goodbye"], chance.randint(1, 2)),
    }  # fmt: skip
    rules |= {"wrap_up_mandatory": chance.random() < 0.3} | ({"keep_days": 30} if chance.random() < 0.3 else {})
    return rules | ({"calendar": "here"} if chance.random() < 0.5 else {}) | ({"music": "other"} if chance.random() < 0.3 else {})


def _week(chance: random.Random) -> list[dict[str, Any]]:
    return [{"days": chance.sample(WEEK, chance.randint(1, 7)), **_opening(chance)} for _ in range(chance.randint(1, 3))]


def _opening(chance: random.Random) -> dict[str, str]:
    opens, closes = sorted(chance.sample(TIMES, 2))
    return {"opens": opens, "closes": closes}


def _overflow(chance: random.Random, promises: bool) -> list[dict[str, Any]]:
    ways: list[dict[str, Any]] = [{"to_queue": chance.choice(QUEUES)}, {"to_destination": "message"}]
    ways += [{"to_callback": True}] if promises else []
    conditions: list[dict[str, Any]] = [
        {"when_waiting": chance.randint(1, 6)}, {"when_expected_seconds": 60}, {"after_seconds": chance.randint(1, 20)},
        {"during": _week(chance), "also_waiting": True}, {"when_closed": True},
    ]  # fmt: skip
    return [{"name": f"rule {number}", **chance.choice(ways), **chance.choice(conditions)} for number in range(chance.randrange(3))]


def _callback(chance: random.Random, promises: bool) -> dict[str, Any] | None:
    if not promises:
        return None
    when = chance.choice(({"when_expected_seconds": 30}, {"when_ahead": 2}, {"when_waited_seconds": 5}))
    hours = chance.choice(([], [{"days": list(WEEK), "opens": "09:00", "closes": "20:00"}]))
    return {
        **when, "order": chance.choice(("customer_first", "agent_first")), "most_attempts": chance.randint(1, 3), "hours": hours,
        "retry_after_seconds": 5, "ring_seconds": 5,
    }  # fmt: skip


def _callback_line(chance: random.Random) -> dict[str, Any]:
    return {
        "trunk": "provider", "caller_id": "4008001234", "prefix": chance.choice(("", "0")), "allowed": ["1"], "refused": ["00"],
        "shortest": 3, "longest": 15, "head_start_seconds": 30, "confirm": chance.random() < 0.5,
    }  # fmt: skip


def _announcement(chance: random.Random) -> dict[str, Any]:
    tell, step = chance.choice(("nothing", "position", "wait")), chance.randint(1, 2)
    return {"tell": tell, "every_seconds": chance.randint(15, 60), "step_minutes": step, "most": chance.randint(2, 9)}


def _calendar(chance: random.Random) -> dict[str, Any]:
    days = {"2026-12-31": {"name": "by chance"}, "2027-01-02": {"as": chance.choice(WEEK)}, "2027-01-03": {"hours": [_opening(chance)]}}
    return {"time_zone": chance.choice(("Asia/Shanghai", "Europe/London")), "days": days}


def _destinations(chance: random.Random) -> dict[str, Any]:
    return {
        "closed_until": {"say": "closed", "tells_opening": True}, "partner": {"dial": "88001234", "trunk": "provider"},
        "message": {"voicemail": "100@default"} | ({"greeting": "leave_message"} if chance.random() < 0.5 else {}),
    }  # fmt: skip
