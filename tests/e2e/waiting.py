"""Waiting for what nobody tells of: files, tables and consoles that can only be asked again, up to a limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
EVERY_SECONDS = 0.05


async def until(ask: Callable[[], Awaitable[T | None]], what: str, seconds: float = 15) -> T:
    """The first answer that is neither None nor False; AssertionError with the last answer when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not seen within {seconds:g} s: {what}"
        await asyncio.sleep(EVERY_SECONDS)
