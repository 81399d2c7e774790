"""Another configuration for the running engine, and the old one again."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from config.dialplan import render, write
from config.loader import load, resolve_secrets
from tests.e2e.scene import House
from tests.e2e.waiting import until

RELOADS = ("dialplan reload", "queue reload all", "moh reload", "module reload res_pjsip.so")


@asynccontextmanager
async def configured(house: House, change: Callable[[dict[str, Any]], None]) -> AsyncIterator[None]:
    """The engine works after its configuration with ``change`` until the end of the block."""
    before = house.hotline.config_path.read_text(encoding="utf-8")
    try:
        said = await verdict(house, changed(before, change))
        assert said["event"] == "config_reloaded", said
        yield
    finally:
        assert await reloaded_with(house, before) == "config_reloaded"


@asynccontextmanager
async def loaded(house: House) -> AsyncIterator[None]:
    """Asterisk reads the files of the configuration as it stands now, and complains about nothing; the old ones again at the end."""
    folder = house.hotline.asterisk.directory / "etc" / "hotline"
    before = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    config = load(house.hotline.config_path)
    read = house.hotline.asterisk.log.stat().st_size
    write(render(config, resolve_secrets(config, "main", house.hotline.directory), "main"), folder)
    try:
        for command in RELOADS:
            await house.hotline.asterisk.cli(command)
        said = house.hotline.asterisk.log.read_bytes()[read:].decode(errors="replace").splitlines()
        assert [line for line in said if re.search(r"\] (WARNING|ERROR)\[", line)] == []
        yield
    finally:
        write(before, folder)
        for command in RELOADS:
            await house.hotline.asterisk.cli(command)


def changed(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    """The configuration's text with ``change`` made to what it says, without YAML's short forms for what stands there twice."""
    yaml, out = YAML(), StringIO()
    yaml.representer.ignore_aliases = lambda data: True
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
