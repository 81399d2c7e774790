"""Another configuration for the running engine, and the old one again."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from tests.e2e.scene import House
from tests.e2e.waiting import until


@asynccontextmanager
async def configured(house: House, change: Callable[[dict[str, Any]], None]) -> AsyncIterator[None]:
    """The engine works after its configuration with ``change`` until the end of the block."""
    before = house.hotline.config_path.read_text(encoding="utf-8")
    try:
        assert await reloaded_with(house, changed(before, change)) == "config_reloaded"
        yield
    finally:
        assert await reloaded_with(house, before) == "config_reloaded"


def changed(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    """The configuration's text with ``change`` made to what it says."""
    yaml, out = YAML(), StringIO()
    rows = yaml.load(text)
    change(rows)
    yaml.dump(rows, out)
    return out.getvalue()


async def reloaded_with(house: House, text: str) -> str:
    """Tell the engine to read this configuration; what it says to it: ``config_reloaded`` or ``config_refused``."""
    return str((await verdict(house, text))["event"])


async def verdict(house: House, text: str) -> dict[str, Any]:
    """As ``reloaded_with``; all of the log's line."""
    line = len(house.said_since())
    house.hotline.config_path.write_text(text, encoding="utf-8")
    os.kill(house.hotline.engine_pid, signal.SIGHUP)

    async def told() -> dict[str, Any] | None:
        return next((said for said in house.said_since(line) if said["event"] in {"config_reloaded", "config_refused"}), None)

    return await until(told, "the engine's word on its configuration")
