"""The demo makes callbacks, some of its callers want one, and none is left open when it ends."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from config.check import check
from config.loader import load
from config.schema.source import Severity
from hotline import demo_callbacks
from hotline.demo_callbacks import call_off, with_callbacks
from hotline.local_hotline import HotlinePorts, LocalHotline
from hotline.simulated_callers import MOST_KEYS, Visit
from hotline.simulated_day import wanting_callbacks

SHIPPED = Path(__file__).parents[3] / "config" / "hotline.yaml"


def test_the_demos_configuration_offers_callbacks_and_is_proven(tmp_path: Path) -> None:
    hotline = LocalHotline(tmp_path, SHIPPED, HotlinePorts(), with_callbacks)
    config = load(hotline.config_path)
    assert config.callbacks is not None and config.queues.defaults.callback is not None
    assert [problem for problem in check(config) if problem.severity is Severity.ERROR] == []


@pytest.mark.parametrize("change", [{"callbacks": {"trunk": "mine"}}, {"prompts": {}}], ids=["callbacks of its own", "no prompts for them"])
def test_other_configurations_are_left_as_they_are(change: dict[str, Any]) -> None:
    rows = YAML(typ="safe").load(SHIPPED.read_text(encoding="utf-8")) | change
    with_callbacks(rows)
    assert rows.get("callbacks") == change.get("callbacks")
    assert "callback" not in rows["queues"]["defaults"]


def test_some_patient_callers_press_one_after_a_while_in_hold() -> None:
    patient = Visit("400", "1391", "", ((2.0, "3"),), 80.0)
    others = [Visit("400", "1392", "", ((2.0, "3"),), 5.0), Visit("400", "1393", "", ((1.0, "1"),) * MOST_KEYS, 80.0)]
    visits = wanting_callbacks([patient] * 100 + others * 100, random.Random(1))
    pressing = [visit for visit in visits if len(visit.keys) == 2]
    assert 10 < len(pressing) < 60
    assert {visit.ani for visit in pressing} == {"1391"} and all(visit.keys[-1][1] == "1" for visit in pressing)
    assert all(visit in others for visit in visits[100:])


async def test_promises_are_called_off_until_none_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """One is being kept just now, and refuses; it is open again when everybody has hung up."""
    monkeypatch.setattr(demo_callbacks, "PAUSE_SECONDS", 0.0)
    is_open, busy = {"main-1", "main-2"}, {"main-2"}

    def answered(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/board":
            return httpx.Response(200, json={"promises": [{"call": call} for call in sorted(is_open)]})
        call = request.url.path.split("/")[3] if "cancel" in request.url.path else ""
        if call in busy:
            return httpx.Response(409)
        is_open.discard(call)
        return httpx.Response(204)

    async def let_go() -> None:
        busy.clear()

    async with httpx.AsyncClient(base_url="http://demo", transport=httpx.MockTransport(answered)) as house:
        await call_off(house, "supervisor", "demo", let_go, 10.0)
    assert is_open == set()
