"""A whole hotline of our own on this machine, for demo, tests and benchmark: a private Asterisk and the engine, as children.

Decides ports, files and the order of starting; everything lies in one folder and listens on 127.0.0.1 only. What it does with
calls is the configuration's, which is the given one with its addresses changed. It simulates nobody; see ``simulated_*``.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from ruamel.yaml import YAML

from config.dialplan import private_files
from config.dialplan.private import Ports as ExchangePorts
from config.loader import load, resolve_secrets
from config.schema import Config
from config.texts import prompt_texts
from hotline import children
from hotline.local_asterisk import LocalAsterisk
from hotline.runtime import private_folder
from hotline.sipp import free_ports, take
from ivr.espeak import EspeakVoice
from ivr.prompts import render

Change = Callable[[dict[str, Any]], None]
"""Changes the configuration as read from YAML, in place."""


@dataclass(frozen=True, slots=True)
class HotlinePorts:
    """Ports of 127.0.0.1. Those of phones, callers and voice are for simulations."""

    sip: int = 5060
    ami: int = 5038
    fastagi: int = 4573
    web: int = 8080
    phones: int = 5100
    phones_voice: int = 5110
    callers: int = 5080

    @classmethod
    def free(cls) -> HotlinePorts:
        """Ports that nobody uses."""
        return cls(*free_ports(len(fields(cls)), first=25_000, last=32_700, step=10))

    @classmethod
    def usual_or_free(cls) -> HotlinePorts:
        """Each port as usual, or another one where that is taken."""
        others = iter(astuple(cls.free()))
        return cls(*(port if take(port) else next(others) for port in astuple(cls())))


class HotlineFailed(Exception):
    """A part did not start; the message has the end of its log."""


class LocalHotline:
    """A hotline in ``directory`` that works after the configuration ``source``, changed by ``change``."""

    def __init__(self, directory: Path, source: Path, ports: HotlinePorts, change: Change | None = None) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory = directory
        self.ports = ports
        self.config_path = directory / "hotline.yaml"
        self.state_dir = directory / "state"
        self.state_dir.mkdir(mode=0o700, exist_ok=True)
        self.engine_log = directory / "engine.log"
        _write_secret(directory / "ami.secret")
        self.config = _rewritten(source, self.config_path, ports, change)
        self.exchange = next(iter(self.config.exchanges))
        self.asterisk = LocalAsterisk(directory / "asterisk", self._asterisk_files())
        self._engine: Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def database_url(self) -> str:
        """The records, as SQLAlchemy wants it."""
        return f"sqlite+aiosqlite:///{self.state_dir}/records.sqlite3"

    async def start(self) -> None:
        """Make the prompts, start Asterisk, then the engine; all stopped again when one fails."""
        try:
            await self.make_prompts()
            await self.asterisk.start()
            await self.start_engine()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop the engine, then Asterisk."""
        await self.stop_engine()
        await self.asterisk.stop()

    async def make_prompts(self) -> None:
        """Speak the prompts into Asterisk's sounds; those spoken before are taken from the cache. Raises ivr.prompts.PromptError."""
        texts, languages, sounds = prompt_texts(self.config), self.config.languages, self.asterisk.sounds
        cache = private_folder().parent / "prompts"
        await asyncio.to_thread(render, texts, languages, sounds, EspeakVoice(), cache_dir=cache)

    async def start_engine(self, ready_seconds: float = 60.0) -> None:
        """Start ``hotline run`` and return when it says that all is well. Raises HotlineFailed when it is not in time."""
        command = [sys.executable, "-m", "hotline.cli", "run", "--config", str(self.config_path)]
        environment = {"HOTLINE_STATE_DIR": str(self.state_dir), "HOTLINE_DATABASE_URL": self.database_url}
        self._engine = await children.start(command, self.engine_log, environment)
        try:
            async with asyncio.timeout(ready_seconds), httpx.AsyncClient() as client:
                while not await self._is_well(client):  # noqa: ASYNC110  # it tells nobody when it is ready; it can only be asked
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise HotlineFailed(f"the engine was not ready after {ready_seconds:g} s\n{self.engine_log_end()}") from None

    async def stop_engine(self, number: signal.Signals = signal.SIGTERM) -> int | None:
        """Stop the engine: in order, or at once with SIGKILL, as a crash would. Its exit status; None when it did not run."""
        engine, self._engine = self._engine, None
        if engine is None:
            return None
        return await children.stop(engine, ((number, 15.0), (signal.SIGKILL, 5.0)))

    @property
    def engine_pid(self) -> int:
        """The engine's process id; raises HotlineFailed when it does not run."""
        if self._engine is None or self._engine.returncode is not None:
            raise HotlineFailed(f"the engine does not run\n{self.engine_log_end()}")
        return self._engine.pid

    def engine_log_end(self, lines: int = 20) -> str:
        """The last lines of the engine's log."""
        if not self.engine_log.exists():
            return ""
        return "\n".join(self.engine_log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    # ---- inside ----------------------------------------------------------------------------------------------------------

    async def _is_well(self, client: httpx.AsyncClient) -> bool:
        _ = self.engine_pid
        try:
            answer = await client.get(f"{self.address}/healthz", timeout=5)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    def _asterisk_files(self) -> dict[str, str]:
        demo, ports = self.config.demo, self.ports
        exchange_ports = ExchangePorts(ports.sip, ports.ami, ports.fastagi, ports.phones, demo.rtp_first_port, demo.rtp_last_port)
        keys = resolve_secrets(self.config, self.exchange, self.directory)
        return private_files(self.config, keys, self.exchange, exchange_ports)


def _write_secret(path: Path) -> None:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(16))


def _rewritten(source: Path, target: Path, ports: HotlinePorts, change: Change | None) -> Config:
    """Write ``source`` to ``target`` with our addresses, one Asterisk only, and every phone at one port; return it loaded."""
    load(source)  # a broken file is told by its own name and lines
    yaml = YAML()
    rows = yaml.load(source.read_text(encoding="utf-8"))
    name, exchange = next(iter(rows["exchanges"].items()))
    exchange["ami"].update(host="127.0.0.1", port=ports.ami, secret={"file": "ami.secret"})
    exchange["ami"].pop("permit", None)
    exchange["fastagi"] = {"host": "127.0.0.1", "port": ports.fastagi}
    exchange["trunks"] = {
        "provider": {"match": ["127.0.0.1"], "codecs": ["alaw", "ulaw"], "contact": f"sip:127.0.0.1:{ports.callers}"}
    }  # fmt: skip
    rows["exchanges"] = {name: exchange}
    rows["web"] = {"host": "127.0.0.1", "port": ports.web}
    for phone in rows["phones"]:
        rows["phones"][phone] = {"contact": f"sip:{phone}@127.0.0.1:{ports.phones}", "qualify_seconds": 10}
    rows.setdefault("recording", {})["folder"] = str(target.parent.absolute() / "asterisk" / "spool" / "hotline" / "recordings")
    for calendar in rows.get("calendars", {}).values():
        if "file" in calendar:
            calendar["file"] = str(source.parent.absolute() / calendar["file"])
    if rows.get("customers") is not None:
        rows["customers"]["file"] = str(source.parent.absolute() / rows["customers"].get("file", "customers.csv"))
    if change is not None:
        change(rows)
    with target.open("w", encoding="utf-8") as file:
        yaml.dump(rows, file)
    return load(target)
