"""What a test plays with: callers, phones, desks, and what the records say of it afterwards.

A ``House`` is one whole hotline for all tests, a ``Scene`` what one test does in it. Each caller has a number of its own, so that
no test sees another's calls; at the end of a scene the house must be as empty as before.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Row
from acd.draw_rows import DrawRows
from acd.events import Event, Ticked
from acd.journal import SqliteJournal
from acd.model import CallId
from acd.records import agent_intervals, calls, offers
from acd.sampling import Conversation
from hotline.local_hotline import LocalHotline
from hotline.simulated_callers import SimulatedCallers, Visit
from hotline.simulated_phones import Habits, Manner, SimulatedPhones
from tests.e2e.desk import AgentAtDesk
from tests.e2e.manager_line import ManagerLine
from tests.e2e.quick_config import number_of
from tests.e2e.waiting import PATIENCE, until
from tests.unit.hook_service import HookService

PASSWORD = "e2e"
SUPERVISOR = "chief"
SUPERVISORS_PHONE = "1900"
"""Nobody takes calls at it; a test that wants one there runs it itself, at the house's ``own_phone_port``."""
Happened = TypeVar("Happened", bound=Event)
STAYS = 90.0
"""A caller's patience in seconds, unless the test says when he goes."""
AT_WORK = ("ready", "reserved", "talking")
"""What an agent can be who has just gone ready: a caller may be waiting for him."""
PATIENT = Habits(answers_after=(0.2, 0.25), talks=None)
"""Phones that answer soon and never hang up first."""
SETTLED_AFTER_SECONDS = 1.0
"""Phones that were away for a while can be relied on so long after they came back. Asterisk asks each second and takes one that does not
answer within 2 s for lost; it repeats what it asked after 0.5 and 1.5 s, so a question that nobody heard has failed 0.5 s later."""


class House:
    """One whole hotline, its records, and ports for callers."""

    def __init__(
        self, hotline: LocalHotline, manager_line: ManagerLine, database: AsyncEngine, caller_ports: Iterator[int], hooks: HookService,
        own_phone_port: int,
    ) -> None:
        self.hotline = hotline
        self.manager_line = manager_line
        self.caller_ports = caller_ports
        self.hooks = hooks
        """The service that pops are sent to."""
        self.own_phone_port = own_phone_port
        self.numbers = count(1)
        """Every caller of every test has the next one."""
        self._database = database
        self._phones: SimulatedPhones | None = None
        self._phones_were_away = False
        self._phones_settled_at = 0.0
        self.supervisor = httpx.AsyncClient(base_url=hotline.address, timeout=20, limits=httpx.Limits(max_keepalive_connections=0))

    async def open(self) -> None:
        """The supervisor signs in."""
        answer = await self.supervisor.post("/api/login", json={"name": SUPERVISOR, "password": PASSWORD})
        assert answer.status_code == httpx.codes.OK, answer.text

    async def close(self) -> None:
        """The supervisor goes, and so do the phones."""
        await self.remove_phones()
        await self.supervisor.aclose()

    async def install_phones(self, directory: Path, manners: Mapping[str, Manner] | None, habits: Habits) -> SimulatedPhones:
        """All phones, in the place of those that were there. They stay after the scene, so that the engine never takes them for lost."""
        ports, away_before = self.hotline.ports, self._phones_were_away or (self._phones is not None and not self._phones.sipp.running)
        await self.remove_phones()
        self._phones = SimulatedPhones(directory, ports.phones, ports.phones_voice, manners, habits)
        await self._phones.sipp.start()
        self._phones_were_away = Manner.ABSENT in (manners or {}).values()
        if away_before:
            self._phones_settled_at = asyncio.get_running_loop().time() + SETTLED_AFTER_SECONDS
        return self._phones

    async def remove_phones(self) -> None:
        """There is no phone until others are installed."""
        if self._phones is not None:
            await self._phones.sipp.stop()
            self._phones_were_away = True

    async def phones_settled(self) -> None:
        """Wait until no question that Asterisk asked of phones before they came back can fail any more."""
        await asyncio.sleep(self._phones_settled_at - asyncio.get_running_loop().time())

    async def board(self) -> dict[str, Any]:
        """Everything that is going on."""
        answer = await self.supervisor.get("/api/board")
        assert answer.status_code == httpx.codes.OK, answer.text
        board: dict[str, Any] = answer.json()
        return board

    async def orders(self, path: str, **body: Any) -> Any:
        """The supervisor gives an order; what the engine answers."""
        answer = await self.supervisor.post(f"/api/{path}", json=body)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    async def agent_view(self, agent: str) -> dict[str, Any]:
        """One agent, as the board has him."""
        return next(view for view in (await self.board())["agents"] if view["agent"] == agent)

    async def is_well(self) -> bool:
        """Whether the engine says so: it is connected to Asterisk, and has seen what is there."""
        return (await self.supervisor.get("/healthz")).status_code == httpx.codes.OK

    def said_since(self, line: int = 0) -> list[dict[str, Any]]:
        """What the engine logged, from a line of its log on."""
        lines = self.hotline.engine_log.read_text(encoding="utf-8").splitlines()[line:]
        return [json.loads(text) for text in lines]

    async def rows(self, query: Any) -> Sequence[Row]:
        """What the records answer."""
        async with self._database.connect() as connection:
            return [row._mapping for row in await connection.execute(query)]

    async def to_draw_from(self, start: datetime, end: datetime) -> Sequence[Conversation]:
        """The recorded conversations of that time that could be drawn for scoring, however short."""
        return await DrawRows(self._database).recorded(start, end, 0.0)

    async def channels(self) -> int:
        """Channels that Asterisk has."""
        answer = await self.hotline.asterisk.cli("core show channels count")
        return int(answer.split(" active channel")[0].split()[-1])

    def looked_at_the_clock(self, begin: datetime, end: datetime) -> list[datetime]:
        """When the engine took note of time alone, from ``begin`` on and before ``end``."""
        journal = SqliteJournal(self.hotline.state_dir / "journal.sqlite3")
        try:
            return [at for _, at, event in journal.read() if isinstance(event, Ticked) and begin <= at < end]
        finally:
            journal.close()

    def journal_of(self, call: str) -> list[tuple[datetime, Event]]:
        """Every event about a call, in order."""
        journal = SqliteJournal(self.hotline.state_dir / "journal.sqlite3")
        try:
            return [(at, event) for _, at, event in journal.of_call(CallId(call))]
        finally:
            journal.close()


class Caller:
    """One caller, from before he dials."""

    def __init__(self, callers: SimulatedCallers, ani: str, place: int = 0) -> None:
        self.callers = callers
        self.ani = ani
        self._place = place

    def did(self) -> list[str]:
        """What he did and met: placed, connected, keyed, left, ended."""
        return [line.what for line in self.callers.log() if line.ani == self.ani]

    async def meets(self, what: str, seconds: float = PATIENCE) -> None:
        """Wait until ``what`` is in his log."""

        async def seen() -> bool:
            return what in self.did()

        await until(seen, f"caller {self.ani} {what}; he {self.did()}", seconds)

    async def presses_the_next_key(self) -> None:
        """Of those that he was given ``WHEN_TOLD`` to press."""
        before = self.did().count("keyed")
        self.callers.press(self._place)

        async def keyed() -> bool:
            return self.did().count("keyed") > before

        await until(keyed, f"caller {self.ani} keyed; he {self.did()}")

    async def hangs_up(self) -> None:
        """He says goodbye now."""
        self.callers.hang_up(self._place)
        await self.meets("left")


class Scene:
    """What one test does."""

    def __init__(self, house: House, directory: Path) -> None:
        self.house = house
        self.hotline = house.hotline
        self._directory = directory
        self._callers = AsyncExitStack()
        self._rest = AsyncExitStack()
        self._groups: list[tuple[SimulatedCallers, int]] = []
        self.desks: dict[str, AgentAtDesk] = {}
        self.phones: SimulatedPhones | None = None
        self._phones_installed = 0
        self._log_began = house.hotline.asterisk.log.stat().st_size

    # ---- who takes part --------------------------------------------------------------------------------------------------

    def new_ani(self) -> str:
        """A number that nobody has called from."""
        return f"139{next(self.house.numbers):08d}"

    async def call(
        self, where: str, keys: str = "", *, name: str = "", stays: float = STAYS, key_every: float = 0.8, ani: str = ""
    ) -> Caller:
        """A caller dials ``where``, a number or a queue's id (``pcs.L1``: straight there), and keys ``keys``, one every so often.

        His number is a new one unless ``ani`` is that of an earlier caller.
        """
        dnis = number_of(where) if "." in where else where
        visit = Visit(dnis, ani or self.new_ani(), name, tuple((key_every, key) for key in keys), stays)
        return Caller(await self.calls([visit]), visit.ani)

    async def calls(self, visits: Sequence[Visit], per_minute: float = 600) -> SimulatedCallers:
        """Many callers at once."""
        directory = self._directory / f"callers-{len(self._groups)}"
        group = SimulatedCallers(directory, self.hotline.ports.sip, next(self.house.caller_ports), visits, per_minute)
        self._groups.append((group, len(visits)))
        return await self._callers.enter_async_context(group)

    async def install_phones(self, manners: Mapping[str, Manner] | None = None, habits: Habits = PATIENT) -> SimulatedPhones:
        """All phones, each in its manner."""
        self._phones_installed += 1
        directory = self._directory / f"phones-{self._phones_installed}"
        self.phones = await self.house.install_phones(directory, manners, habits)
        return self.phones

    async def agent(self, name: str, phone: str | None = None, ready: bool = True, has_phone: bool = False) -> AgentAtDesk:
        """An agent signs in, sits down and, once his phone can be rung, goes ready.

        Phones are installed first, unless they are already, or he ``has_phone``: one that the test runs itself.
        """
        if self.phones is None and not has_phone:
            await self.install_phones()
        desk = AgentAtDesk(self.hotline.address, name, PASSWORD)
        self.desks[name] = desk
        self._rest.push_async_callback(desk.close)
        await desk.open()
        await desk.sits_down(phone)
        if ready:
            await self.house.phones_settled()
            await self.phone_of(name, reachable=True)
            await desk.goes_ready()
            await desk.sees(lambda message: message["kind"] == "agent" and message["agent"]["state"] in AT_WORK, "being ready")
        return desk

    async def agent_page(self, name: str) -> AgentAtDesk:
        """An agent opens his page, and does nothing."""
        desk = self.desks[name] = AgentAtDesk(self.hotline.address, name, PASSWORD)
        self._rest.push_async_callback(desk.close)
        await desk.open()
        return desk

    async def phone_of(self, agent: str, reachable: bool, seconds: float = PATIENCE) -> None:
        """Wait until the engine knows that the agent's phone can (or can't) be rung."""

        async def known() -> bool:
            return (await self.house.agent_view(agent))["phone_reachable"] is reachable

        await until(known, f"phone of {agent} reachable: {reachable}", seconds)

    def phone_did(self, phone: str) -> list[str]:
        """What a phone did and met: invite, answered, cancelled, hung_up, ended."""
        assert self.phones is not None, "no phones are installed"
        return [line.what for line in self.phones.log() if line.phone == phone]

    async def phone_meets(self, phone: str, what: str, times: int = 1, seconds: float = PATIENCE) -> None:
        """Wait until ``what`` is so often in the phone's log."""

        async def seen() -> bool:
            return self.phone_did(phone).count(what) >= times

        await until(seen, f"phone {phone} {what} x{times}", seconds)

    async def hears(self, caller: Caller, prompt: str) -> None:
        """Wait until Asterisk has begun to play the prompt to the caller, in any language."""
        tag = await until(lambda: self._log_tag_of(caller), f"a channel of {caller.ani}")
        played = re.compile(rf"\[{tag}\] \S+ .*Playing '\S*hotline/{prompt}(\.\w+)?' ")

        async def has_begun() -> bool:
            return played.search(self._asterisk_said()) is not None

        await until(has_begun, f"{prompt} played to {caller.ani}")

    async def _log_tag_of(self, caller: Caller) -> str | None:
        """Asterisk's log calls each call something, as ``C-0000000a``; None as long as it has no channel."""
        rows = [line.split("!") for line in (await self.hotline.asterisk.cli("core show channels concise")).splitlines()]
        channel = next((row[0] for row in rows if len(row) > 7 and row[7] == caller.ani), None)
        found = channel and re.search(rf"\[(C-\w+)\] .*{channel}\b", self._asterisk_said())
        return found[1] if found else None

    def _asterisk_said(self) -> str:
        """Its log since the scene began."""
        return self.hotline.asterisk.log.read_bytes()[self._log_began :].decode(errors="replace")

    # ---- what the records say --------------------------------------------------------------------------------------------

    async def record(self, caller: Caller | str, seconds: float = PATIENCE, **wanted: Any) -> Row:
        """The caller's record, once it has the ``wanted`` values; that there is exactly one is asserted."""
        ani = caller if isinstance(caller, str) else caller.ani
        latest: list[Row] = []

        async def found() -> Row | None:
            latest[:] = await self.house.rows(select(calls).where(calls.c.ani == ani))
            assert len(latest) <= 1, f"{len(latest)} records of {ani}"
            row = latest[0] if latest else None
            return row if row and all(row[field] == value for field, value in wanted.items()) else None

        try:
            return await until(found, f"record of {ani} with {wanted}", seconds)
        except AssertionError as problem:
            raise AssertionError(f"{problem}; it is {[dict(row) for row in latest]}") from None

    async def ended(self, caller: Caller | str, seconds: float = PATIENCE) -> Row:
        """The caller's record, once the call is over."""
        return await self.record(caller, seconds, state="ended")

    async def offers_of(self, call: str) -> Sequence[Row]:
        """The call's offers, in order."""
        return await self.house.rows(select(offers).where(offers.c.call == call).order_by(offers.c.attempt))

    def was_made_when_due(self, offer: Row, due: datetime) -> None:
        """Assert that an offer was made at the engine's first look at its clock from ``due`` on, and not before: in its own steps, for on a
        busy machine that look may come late."""
        assert offer["made_at"] >= due, f"made at {offer['made_at']}, before {due}"
        missed = self.house.looked_at_the_clock(due, offer["made_at"])
        assert missed == [], f"due at {due} and made at {offer['made_at']}, though it looked at {missed}"

    async def intervals_of(self, agent: str, call: str) -> list[tuple[str, str]]:
        """The agent's (state, cause) that have to do with a call, in order."""
        table = agent_intervals
        query = select(table).where(table.c.agent == agent, table.c.call == call).order_by(table.c.started_at, table.c.id)
        return [(row["state"], row["cause"]) for row in await self.house.rows(query)]

    async def happened(self, caller: Caller, kind: type[Happened], seconds: float = PATIENCE) -> tuple[datetime, Happened]:
        """The first event of a kind about the caller's call, and when the engine took it."""
        rows = await self.record(caller, seconds)

        async def found() -> tuple[datetime, Happened] | None:
            entries = self.house.journal_of(rows["id"])
            return next(((at, event) for at, event in entries if isinstance(event, kind)), None)

        return await until(found, f"{kind.__name__} about {caller.ani}", seconds)

    async def live(self, caller: Caller) -> dict[str, Any] | None:
        """The caller's call on the board."""
        return next((view for view in (await self.house.board())["calls"] if view["ani"] == caller.ani), None)

    async def is_live(self, caller: Caller, state: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until the board has the caller's call in ``state``."""
        last: list[Any] = []

        async def there() -> dict[str, Any] | None:
            last[:] = [await self.live(caller)]
            return last[0] if last[0] and last[0]["state"] == state else None

        try:
            return await until(there, f"call of {caller.ani} {state}", seconds)
        except AssertionError as problem:
            raise AssertionError(f"{problem}; it is {last}; he {caller.did()}") from None

    # ---- the end -----------------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """All go home; AssertionError unless the house is empty then."""
        try:
            await self._all_hang_up()
            await self._nobody_left()
        finally:
            await self.hotline.asterisk.cli("channel request hangup all")
            await self._agents_go_home()
            await self._rest.aclose()

    async def _all_hang_up(self) -> None:
        try:
            for group, size in self._groups:
                for place in range(size):
                    group.hang_up(place)
            async with asyncio.timeout(10):
                await asyncio.gather(*(group.finished() for group, _ in self._groups))
        finally:
            await self._callers.aclose()

    async def _nobody_left(self) -> None:
        async def no_channels() -> bool:
            return await self.house.channels() == 0

        async def no_calls() -> bool:
            return not (await self.house.board())["calls"]

        await until(no_channels, "an Asterisk without channels")
        await until(no_calls, "a board without calls")

    async def _agents_go_home(self) -> None:
        async def home() -> bool:
            at_work = [view["agent"] for view in (await self.house.board())["agents"] if view["state"] != "logged_out"]
            for agent in at_work:
                await self.house.supervisor.post(f"/api/agents/{agent}/state", json={"state": "logged_out"})
            return not at_work

        await until(home, "all agents logged out")
