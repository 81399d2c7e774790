"""A supervisor's orders stand in the audit log with who, when and why, and go no farther than his teams."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from acd.audit import AuditLog
from acd.deed import DeedFilter
from acd.model import Level, queue_of
from cti.api_audit import action_of
from cti.api_steering import ROUTES
from tests.unit.cti_api_house import LI, WANG, waiting_call
from tests.unit.test_cti_api_identity import Hotline, code_of
from tests.unit.test_cti_api_identity import hotline as hotline
from tests.unit.test_cti_api_identity import records as records

OWN = {"call": "main-1.1", "queue": "printers.L1", "other_queue": "printers.L2", "agent": LI, "team": "printers"}
"""What is the printers' team's …"""
OTHERS = {"call": "main-2.1", "queue": "servers.L1", "other_queue": "servers.L2", "agent": WANG, "team": "servers"}
"""… and what is not."""
ORDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "steering.assign": ("calls/{call}/assign", {"agent": "{agent}"}),
    "steering.move": ("calls/{call}/queue", {"queue": "{other_queue}"}),
    "steering.raise_or_lower": ("calls/{call}/head-start", {"seconds": 60}),
    "steering.hang_up": ("calls/{call}/hang-up", {}),
    "steering.take_over": ("calls/{call}/take-over", {"phone": "1900"}),
    "steering.watch": ("calls/{call}/watch", {"phone": "1900", "mode": "listen"}),
    "steering.stop_watching": ("calls/{call}/watch/end", {"phone": "1900"}),
    "steering.switch": ("queues/{queue}/switch", {"state": "open"}),
    "steering.send": ("messages", {"text": "Hello.", "team": "{team}"}),
    "console.force_state": ("agents/{agent}/state", {"state": "ready"}),
}
WITHOUT_WHY = "steering.send"
"""A message says itself why."""


def order(action: str, about: dict[str, str]) -> tuple[str, dict[str, Any]]:
    path, body = ORDERS[action]
    told = {key: value.format(**about) if isinstance(value, str) else value for key, value in body.items()}
    return f"/api/{path.format(**about)}", told if action == WITHOUT_WHY else {**told, "why": "evacuation"}


def calls_of_both(hotline: Hotline) -> None:
    hotline.house.engine.add_call(waiting_call(OWN["call"]))
    servers = replace(waiting_call(OTHERS["call"]), queue=queue_of("servers", Level.L1), product_line="servers")
    hotline.house.engine.add_call(servers)


def test_every_order_is_tried() -> None:
    acting = {action_of(row) for row in ROUTES if row.method == "POST" and not row.path.startswith("/api/desk/")}
    assert acting <= set(ORDERS)


@pytest.mark.parametrize("action", ORDERS)
async def test_an_order_stands_in_the_log_with_who_when_and_why(hotline: Hotline, action: str) -> None:
    calls_of_both(hotline)
    lead = await hotline.signed_in("lead")
    path, body = order(action, OWN)
    before = datetime.now(UTC)
    answer = await lead.post(path, json=body)
    assert answer.status_code == 200, answer.text
    [deed] = await AuditLog(hotline.database).deeds(DeedFilter(action=action), 9)
    assert (deed["who"], deed["role"], deed["outcome"]) == ("lead", "supervisor", "done")
    assert deed["why"] == ("" if action == WITHOUT_WHY else "evacuation")
    assert deed["target"] in {*OWN.values(), ""}
    assert before <= deed["at"] <= datetime.now(UTC)


@pytest.mark.parametrize("action", ORDERS)
async def test_an_order_about_others_is_refused_and_that_is_kept_too(hotline: Hotline, action: str) -> None:
    calls_of_both(hotline)
    lead = await hotline.signed_in("lead")
    path, body = order(action, OTHERS)
    assert code_of(await lead.post(path, json=body)) == (403, "not_your_team")
    assert hotline.house.engine.events == []
    [deed] = await AuditLog(hotline.database).deeds(DeedFilter(action=action), 9)
    assert (deed["who"], deed["outcome"]) == ("lead", "refused")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("calls/main-1.1/assign", {"agent": WANG}), ("calls/main-1.1/queue", {"queue": "servers.L1"}), ("messages", {"text": "Hello."}),
        ("messages", {"text": "Hello.", "agents": [LI, WANG]}),
    ],
)  # fmt: skip
async def test_his_own_call_goes_to_nobody_elses_agent_or_queue_and_his_words_to_no_other_desk(
    hotline: Hotline, path: str, body: dict[str, Any]
) -> None:
    calls_of_both(hotline)
    lead = await hotline.signed_in("lead")
    assert code_of(await lead.post(f"/api/{path}", json=body)) == (403, "not_your_team")
    assert hotline.house.engine.events == []
