"""Callbacks in the demo: its queues offer them, and at the other end of its trunk there are customers' phones that answer.

Decides when they are offered, so that some demo callers meet one, and that no promise is left when the demo ends. A configuration that
makes callbacks of its own is left as it is. How a callback is made is the engine's; who presses the key is ``hotline.simulated_day``'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from config.schema import CALLBACK_PROMPTS

RULES = {"when_waited_seconds": 8.0, "when_ahead": 5, "most_attempts": 3, "retry_after_seconds": 5.0, "ring_seconds": 20}
NUMBERS = ("0", "1")
"""How the demo's customers' numbers begin."""
WAITING = {"music_seconds": 8, "comfort_every": 1}
"""The offer takes the place of a comforting text: it is to be heard before somebody is free."""
PAUSE_SECONDS = 0.5


def with_callbacks(rows: dict[str, Any]) -> None:
    """Change the configuration as read from YAML: customers are called back by the demo's trunk, where there are prompts for that."""
    if rows.get("callbacks") is not None or not set(CALLBACK_PROMPTS) <= set(rows["prompts"]):
        return
    rows["callbacks"] = {"trunk": "provider", "caller_id": str(next(iter(rows["entries"]))), "allowed": list(NUMBERS)}
    rows["queues"]["defaults"]["callback"] = dict(RULES)
    rows.setdefault("waiting", {}).update(WAITING)


async def call_off(house: httpx.AsyncClient, name: str, password: str, let_go: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Sign in at the ``house`` as a supervisor and call off every promise that is still open, so that each call has an outcome: ``let_go``
    hangs up whoever is being called back right now. After so many seconds it gives up; what is left then counts as lost.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    (await house.post("/api/login", json={"name": name, "password": password})).raise_for_status()
    while loop.time() < deadline and (promises := (await house.get("/api/board")).raise_for_status().json()["promises"]):
        for promise in promises:
            await house.post(f"/api/callbacks/{promise['call']}/cancel", json={"reason": "the demo ends"})
        await let_go()
        await asyncio.sleep(PAUSE_SECONDS)
