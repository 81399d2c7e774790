"""Waiting for what nobody tells of: files, tables and consoles that can only be asked again, up to a limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
EVERY_SECONDS = 0.05
PATIENCE = 40.0
"""Seconds for what takes moments: the machine may have much else to do, and only a failing test waits so long."""


async def until(ask: Callable[[], Awaitable[T | None]], what: str, seconds: float = PATIENCE) -> T:
    """The first answer that is neither None nor False; AssertionError with the last answer when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not seen within {seconds:g} s: {what}"
        await asyncio.sleep(EVERY_SECONDS)
