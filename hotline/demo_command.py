"""``hotline demo``: a whole hotline with simulated agents and callers on this machine, until Ctrl-C or the end of the given time.

Decides the order of things: an Asterisk of its own (even if one is installed), the engine, the phones, the desks, then the
callers; and back again, so that no call is cut off. Exit status 0 only if no call was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from acd.archive import Archive, open_database
from acd.effects import StepEntered
from acd.events import CallArrived
from acd.journal import SqliteJournal
from acd.people import UserDirectory
from config.compile import compile_menu, compile_plan
from hotline.app_config import proven
from hotline.customer_source import people_in_file
from hotline.demo_callbacks import call_off, with_callbacks
from hotline.demo_summary import Summary, printed, summarize, taken_over
from hotline.local_asterisk import AsteriskFailed
from hotline.local_hotline import HotlineFailed, HotlinePorts, LocalHotline
from hotline.places import Refused
from hotline.runtime import NoAsterisk
from hotline.simulated_callers import SimulatedCallers
from hotline.simulated_day import Regular, random_visits, wanting_callbacks
from hotline.simulated_desks import DeskRefused, SimulatedDesk, SimulatedDesks
from hotline.simulated_phones import SimulatedPhones
from hotline.sipp import SippFailed, free_ports
from ivr.prompts import PromptError

PASSWORD = "demo"
"""Of every demo user. The demo listens on 127.0.0.1 only."""
SUPERVISOR = "supervisor"
MOST_PER_MINUTE = 600.0
LONGEST_SECONDS = 24 * 3600
MOST_VISITS = 2000
"""Then the same callers ring in again."""
LAST_CALLS_SECONDS = 45.0
RECORDS_SECONDS = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--calls-per-minute", type=_positive(MOST_PER_MINUTE), default=20.0, metavar="N", help="default: 20")
    parser.add_argument("--seconds", type=_positive(LONGEST_SECONDS), metavar="S", help="stop by itself after so long; default: at Ctrl-C")
    parser.add_argument(
        "--last-calls", type=_positive(LONGEST_SECONDS), default=LAST_CALLS_SECONDS, metavar="S",
        help=f"how long live calls may go on when no more callers ring in; default: {LAST_CALLS_SECONDS:g} s",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=None, help="for the same callers again")


def _positive(most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not 0 < value <= most:
            raise argparse.ArgumentTypeError(f"expected more than 0 and at most {most:g}, not {text}")
        return value

    number.__name__ = "number"  # argparse names the type so in its message
    return number


def run(arguments: argparse.Namespace) -> int:
    """Do it. Refused when a part is missing or fails."""
    proven(arguments.config)
    with _folder() as folder:
        demo = Demo(folder, arguments)
        try:
            summary = asyncio.run(demo.run())
        except (NoAsterisk, AsteriskFailed, HotlineFailed, SippFailed, PromptError, DeskRefused, TimeoutError) as problem:
            raise Refused(f"the demo failed: {problem}") from None
    print(printed(summary))
    return 1 if summary.lost else 0


@contextmanager
def _folder() -> Iterator[Path]:
    """``$HOTLINE_STATE_DIR/demo``, which stays; else a temporary folder."""
    if given := os.environ.get("HOTLINE_STATE_DIR"):
        yield Path(given).absolute() / "demo"
        return
    temporary = Path(tempfile.mkdtemp(prefix="hotline-demo-"))
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary)


class Demo:
    """One demo in ``folder``."""

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self._folder = folder
        self._per_minute: float = arguments.calls_per_minute
        self._seconds: float | None = arguments.seconds
        self._last_calls_seconds: float = arguments.last_calls
        self._chance = random.Random(arguments.seed)
        self._hotline = LocalHotline(folder, arguments.config, HotlinePorts.usual_or_free(), with_callbacks)
        self._callers_port, self._customers_voice = free_ports(2, first=24_000, last=25_000, step=4)
        self._told_to_stop = asyncio.Event()
        self._began = time.monotonic()

    async def run(self) -> Summary:
        """From nothing to nothing, and what came of it."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._told_to_stop.set)
        self._say(f"prompts, Asterisk {self._hotline.asterisk.runtime.version}, engine …")
        await self._add_users()
        since = datetime.now(UTC)
        async with self._hotline as hotline:
            async with self._phones(), self._customers(), self._desks():
                self._welcome()
                placed = await self._callers()
                await self._until_recorded(since)
            self._say("stopping the engine and Asterisk …")
            await hotline.stop()
        return await self._summary(since, placed)

    # ---- parts -----------------------------------------------------------------------------------------------------------

    async def _add_users(self) -> None:
        database = await open_database(self._hotline.database_url)
        directory = UserDirectory(database)
        await directory.put(SUPERVISOR, PASSWORD, "supervisor", None, "zh")
        for agent in self._hotline.config.agents:
            await directory.put(agent, PASSWORD, "agent", agent, "zh")
        await database.dispose()

    def _phones(self) -> SimulatedPhones:
        ports = self._hotline.ports
        return SimulatedPhones(self._folder / "phones", ports.phones, ports.phones_voice)

    def _customers(self) -> SimulatedPhones:
        """The telephones at the other end of the trunk, for who is called back."""
        return SimulatedPhones(self._folder / "customers", self._hotline.ports.callers, self._customers_voice)

    def _desks(self) -> SimulatedDesks:
        agents = self._hotline.config.agents
        self._say(f"{len(agents)} agents sit down …")
        return SimulatedDesks(SimulatedDesk(self._hotline.address, agent, PASSWORD) for agent in agents)

    def _welcome(self) -> None:
        agents = list(self._hotline.config.agents)
        self._say("ready")
        until = "until Ctrl-C" if self._seconds is None else f"for {self._seconds:g} s"
        lines = (
            f"  Console   {self._hotline.address}/   sign in as  {SUPERVISOR} / {PASSWORD}",
            f"  Desk      the same address, as an agent:  {agents[0]} / {PASSWORD}  (also {', '.join(agents[1:4])} …)",
            f"  Callers   {self._per_minute:g} a minute, {until}",
        )
        print("", *lines, "", sep="\n", file=sys.stderr, flush=True)

    async def _callers(self) -> list[str]:
        """Let callers ring in until it is time to stop, then their last calls end; the number of each call placed."""
        count = max(1, round(self._per_minute * (self._seconds or LONGEST_SECONDS) / 60))
        config = self._hotline.config
        regulars = [Regular(*one) for one in people_in_file(config, self._hotline.directory).items()]
        visits = random_visits(compile_menu(config), min(count, MOST_VISITS), self._chance, regulars)
        if config.callbacks is not None:
            visits = wanting_callbacks(visits, self._chance)
        ports = self._hotline.ports
        async with SimulatedCallers(self._folder / "callers", ports.sip, self._callers_port, visits, self._per_minute, count) as callers:
            ended = asyncio.create_task(callers.finished())
            await self._stopped_or(ended, self._seconds)
            self._say(f"no more callers; live calls may last {self._last_calls_seconds:g} s more …")
            callers.no_more()
            await asyncio.wait([ended], timeout=self._last_calls_seconds)
            await self._all_hang_up()
            async with asyncio.timeout(RECORDS_SECONDS):
                await ended
            async with httpx.AsyncClient(base_url=self._hotline.address, timeout=RECORDS_SECONDS) as house:
                await call_off(house, SUPERVISOR, PASSWORD, self._all_hang_up, RECORDS_SECONDS)
        return [line.ani for line in callers.log() if line.what == "placed"]

    async def _all_hang_up(self) -> None:
        await self._hotline.asterisk.cli("channel request hangup all")

    async def _stopped_or(self, ended: asyncio.Task[int], seconds: float | None) -> None:
        told = asyncio.create_task(self._told_to_stop.wait())
        await asyncio.wait([told, ended], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()

    async def _until_recorded(self, since: datetime) -> None:
        """The records follow the journal a moment later."""
        database = await open_database(self._hotline.database_url)
        deadline = time.monotonic() + RECORDS_SECONDS
        while time.monotonic() < deadline:
            calls = await Archive(database).calls_between(since, datetime.now(UTC))
            if all(call["ended_at"] is not None for call in calls):
                break
            await asyncio.sleep(0.1)
        await database.dispose()

    async def _summary(self, since: datetime, placed: list[str]) -> Summary:
        database = await open_database(self._hotline.database_url)
        archive, until = Archive(database), datetime.now(UTC)
        calls, offers = await archive.calls_between(since, until), await archive.offers_between(since, until)
        steps = {
            (row["call"], json.loads(row["body"])["step"]): row["at"]
            for call in calls
            for row in await archive.story(call["id"])
            if row["kind"] == StepEntered.__name__
        }
        callbacks = await archive.callbacks(False, MOST_VISITS)
        await database.dispose()
        journal = SqliteJournal(self._hotline.state_dir / "journal.sqlite3")
        events = [event for _, at, event in journal.read() if at >= since]
        journal.close()
        journaled = [event.call for event in events if isinstance(event, CallArrived)]
        plan = compile_plan(self._hotline.config)
        return summarize(placed, calls, offers, steps, journaled, taken_over(events), plan, callbacks)

    def _say(self, what: str) -> None:
        print(f"[{time.monotonic() - self._began:5.1f} s] {what}", file=sys.stderr, flush=True)
