"""The composition root: one engine put together, started in its order, and stopped in the reverse.

Decides who is handed whom, and when each begins: the journal is replayed before anybody can submit an event, the exchanges are looked
at before deadlines are kept, and callers are served last. It decides nothing about calls.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.answers import AnswerStore
from acd.archive import Archive
from acd.audit import AuditLog
from acd.deed import Deed
from acd.events import DeskSeen
from acd.hours import OpenHours, open_hours
from acd.instants import micros
from acd.journal import SqliteJournal
from acd.journal_pages import JournalPages
from acd.model import PhoneId
from acd.people import UserDirectory
from acd.pins import Pins
from acd.projection import Records
from acd.recording_rows import RecordingRows
from acd.router import Router
from acd.runner import Runner
from acd.sealing import Seal
from acd.tallies import Tallies
from config.compile import compile_menu, compile_plan
from config.dialplan.extensions import trunk_endpoint
from config.loader import ConfigError, resolve_secret
from cti.ami import Ami, LineOut
from cti.api import create_app
from cti.api_live import LiveDesks
from cti.api_once import Keys
from cti.api_server import WebServer, listen, serve
from cti.feature_codes import FeatureCodes
from cti.pop_feed import Listener, PopFeed
from hotline.app_config import proven
from hotline.call_control import SessionFirst
from hotline.call_stories import CallStories
from hotline.checkpointing import Checkpointing
from hotline.clock_watch import ClockWatch
from hotline.customer_source import Customers
from hotline.hot_desking import HotDesking
from hotline.identity import Users, access_of
from hotline.in_talk import ByExchange
from hotline.kept_recordings import KeptRecordings, delete_every_night
from hotline.past_reports import PastReports
from hotline.places import Refused
from hotline.pop_targets import ManagerEvents, pop_link, webhook_of
from hotline.records_database import opened, said
from hotline.steady_clock import SteadyClock
from hotline.weekly_scoring import WeeklyScoring
from ivr.fastagi import FastAgiServer, Sessions
from ivr.lookup import never_closed

log = structlog.get_logger(__name__)

FIRST_LOOK_SECONDS = 5.0
"""How long the start waits for the exchanges; one that is away is looked at when it comes."""


class App:
    """One engine.

    ``start`` raises Refused, SecretMissing, OSError (a port is taken) or SQLAlchemyError; ``stop`` is safe at any time.
    """

    def __init__(self, config_path: Path, state_dir: Path, database_url: str, session_secret: bytes) -> None:
        self._path = config_path
        self._config = proven(config_path)
        self._menu = compile_menu(self._config)
        self._plan = compile_plan(self._config, datetime.now(UTC))
        self._state_dir = state_dir
        self._database_url = database_url
        self._session_secret = session_secret
        self._clock = SteadyClock()
        self._clock_watch: ClockWatch | None = None
        self._database: AsyncEngine | None = None
        self._journal: SqliteJournal | None = None
        self._recorded: JournalPages | None = None
        self._records: Records | None = None
        self._runner: Runner | None = None
        self._exchanges: dict[str, Ami] = {}
        self._menus: list[FastAgiServer] = []
        self._web: WebServer | None = None
        self._customers = Customers()
        self._pops = PopFeed()
        self._webhook = webhook_of(self._config, config_path.parent)
        self._checkpointing = Checkpointing(state_dir, config_path)
        self._at_times: list[asyncio.Task[None]] = []

    # ---- life ------------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start everything; when it returns, calls are taken."""
        self._require_free_ports()
        self._database = await opened(self._database_url)
        self._records = Records(self._database, self._make_durable)
        await self._records.open()
        self._journal = _journal(self._state_dir / "journal.sqlite3")
        if self._records.written > self._journal.last:
            log.error("journal_behind_the_records", journal=self._journal.last, records=self._records.written)
            self._journal.go_on_after(self._records.written)
        self._recorded = JournalPages(self._state_dir / "journal.sqlite3")
        history = _History(Archive(self._database), lambda: self._config.dispositions)
        desks = LiveDesks(history, pops=self._pops, link=lambda pop: pop_link(self._config, pop))
        router = Router()
        self._runner = Runner(router, self._journal, (self._records, desks), self._clock)
        replayed = self._checkpointing.recover(self._runner, self._journal, self._records)
        self._clock.not_before(self._runner.last_time)
        self._records.start()
        sessions = Sessions()
        log_in_as = self._hot_desking(self._runner, self._database).log_in_as  # one for all: it counts who tries, wherever he does
        self._exchanges = {name: self._exchange(name, router, log_in_as) for name in self._config.exchanges}
        self._runner.start(SessionFirst(sessions, self._exchanges), desks)
        await self._no_page_is_open(self._runner)
        self._clock_watch = ClockWatch(self._clock, router, self._runner)
        await self._clock_watch.use(self._plan)
        await asyncio.gather(*(self._first_look(exchange) for exchange in self._exchanges.values()))
        self._runner.keep_deadlines()
        self._tell_of_pops()
        await self._serve_pages(desks)
        await self._customers.use(self._config, self._path.parent)
        await self._serve_menus(sessions)
        self._checkpointing.start()
        at_times = (
            self._clock_watch.keep_looking(), self._delete_recordings(self._database),
            self._scoring(self._database).draw_every_night(self._records.flush),
        )  # fmt: skip
        self._at_times = [asyncio.create_task(work) for work in at_times]
        web = self._web
        log.info(
            "ready", replayed_events=replayed, web_port=web.port if web else None, fastagi_ports=[menu.port for menu in self._menus],
            exchanges={name: exchange.connected for name, exchange in self._exchanges.items()},
        )  # fmt: skip

    @staticmethod
    async def _no_page_is_open(runner: Runner) -> None:
        """Whatever was so when the engine ended: a handover would wait for pages that don't come back."""
        for agent in runner.open_desks():
            await runner.submit(DeskSeen(agent, False))

    async def stop(self) -> None:
        """Stop in the reverse order; callers in menus go to the survival plan, those in hold stay there."""
        await self._checkpointing.stop()
        for work in self._at_times:
            work.cancel()
        await asyncio.gather(*self._at_times, return_exceptions=True)
        await asyncio.gather(*(menu.stop() for menu in self._menus))
        await self._customers.close()
        if self._web:
            await self._web.stop()
        if self._runner:
            await self._runner.stop()
        if self._webhook:
            await self._webhook.stop()
        await asyncio.gather(*(exchange.stop() for exchange in self._exchanges.values()))
        if self._records:
            await self._stop_records(self._records)
        self._checkpointing.store()
        if self._recorded:
            self._recorded.close()
        if self._journal:
            self._close_journal(self._journal)
        if self._database:
            await self._database.dispose()

    @staticmethod
    async def _stop_records(records: Records) -> None:
        try:
            await records.stop()
        except Exception as failure:  # noqa: BLE001  whatever it is: the journal is still to be closed
            log.error("records_not_written_before_the_end", failure=said(failure), advice="they are written at the next start")

    @staticmethod
    def _close_journal(journal: SqliteJournal) -> None:
        try:
            journal.close()
        except sqlite3.Error as failure:
            log.error("journal_not_written_before_the_end", failure=str(failure), lost="what happened since journal_not_committed")

    async def reload(self) -> None:
        """Read the config again; one that can't be proven is refused, with its reasons in the log, and the old one goes on.

        Agents, skills, queues, menus, prompts' names and the customers' source change at once; exchanges, addresses, ports and labels at
        the next start.
        """
        try:
            config = proven(self._path)
        except ConfigError as refusal:
            log.error("config_refused", problems=str(refusal).splitlines())
            await self._note_reload("failed")
            return
        self._config = config
        self._menu = compile_menu(config)
        self._plan = compile_plan(config, datetime.now(UTC))
        for exchange in self._exchanges.values():
            exchange.use_line(self._line_out())
        if self._clock_watch:
            await self._clock_watch.use(self._plan)
        await self._customers.use(config, self._path.parent)
        log.info("config_reloaded")
        await self._note_reload("done")

    async def _note_reload(self, outcome: str) -> None:
        """Whoever sent the signal has no name here, but a time."""
        if self._database:
            await AuditLog(self._database).note(Deed(datetime.now(UTC), "administrator", "config.reload", via="signal", outcome=outcome))

    def _require_free_ports(self) -> None:
        """Before an exchange is looked at: an engine that can't serve anybody must not touch the calls of the one that has the ports."""
        addresses = {(row.fastagi.host, row.fastagi.port) for row in self._config.exchanges.values()}
        for host, port in sorted(addresses | {(self._config.web.host, self._config.web.port)}):
            listen(host, port).close()

    # ---- parts -----------------------------------------------------------------------------------------------------------

    def _exchange(self, name: str, router: Router, log_in_as: Callable[[PhoneId, str, str], Awaitable[str]]) -> Ami:
        assert self._runner is not None
        row = self._config.exchanges[name]
        secret = resolve_secret(row.ami.secret, self._path.parent)
        return Ami(
            name, row.ami.host, row.ami.port, row.ami.username, secret, row.dial, self._runner.submit,
            router.open_offer, router.agent_at, clock=lambda: datetime.now(UTC),
            may_call_back=lambda call: router.may_call_back(call, self._clock()), line_out=self._line_out(),
            dialled=FeatureCodes(lambda: self._plan, router.agent_at, self._runner.submit, log_in_as).dialled,
        )  # fmt: skip

    def _hot_desking(self, runner: Runner, database: AsyncEngine) -> HotDesking:
        return HotDesking(
            lambda: self._plan, lambda: self._config.phones, Pins(database), AuditLog(database), runner.submit,
            lambda: datetime.now(UTC),
        )  # fmt: skip

    async def _delete_recordings(self, database: AsyncEngine) -> None:
        await delete_every_night(RecordingRows(database), lambda: self._config, AuditLog(database), lambda: datetime.now(UTC))

    def _scoring(self, database: AsyncEngine) -> WeeklyScoring:
        return WeeklyScoring(database, lambda: self._config, lambda: self._plan)

    def _line_out(self) -> LineOut | None:
        row = self._config.callbacks
        return None if row is None else LineOut(trunk_endpoint(row.trunk), row.caller_id, row.prefix)

    def _tell_of_pops(self) -> None:
        listeners: list[Listener] = []
        if self._webhook:
            self._webhook.start()
            listeners.append(self._webhook.tell)
        if self._config.screen_pop.user_event:
            listeners.append(ManagerEvents(self._exchanges).tell)
        self._pops.begin(listeners)

    async def _first_look(self, exchange: Ami) -> None:
        await exchange.start()
        try:
            await asyncio.wait_for(exchange.seen.wait(), FIRST_LOOK_SECONDS)
        except TimeoutError:
            log.warning("exchange_away", exchange=exchange.exchange)

    async def _serve_menus(self, sessions: Sessions) -> None:
        assert self._runner is not None
        addresses = {(row.fastagi.host, row.fastagi.port) for row in self._config.exchanges.values()}
        for host, port in sorted(addresses):
            server = FastAgiServer(
                lambda: self._menu, self._runner, frozenset(self._config.exchanges), sessions=sessions, today=self._today,
                directory=self._customers, hours=self._hours, takes=self._runner.takes,
                host=host, port=port,
            )  # fmt: skip
            await server.start()
            self._menus.append(server)

    def _today(self) -> str:
        return datetime.now(self._zone()).date().isoformat()

    def _hours(self, queue: str) -> OpenHours:
        """Of a queue that a new configuration does not have any more, while a caller is in the old one's menu, nothing better is known."""
        found = next((one for one in self._plan.queues if one.id == queue), None)
        return never_closed(queue) if found is None else open_hours(self._plan, found, micros(datetime.now(UTC)))

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._config.hotline.time_zone)

    def _make_durable(self) -> bool:
        return self._runner is None or self._runner.make_durable()

    def _health(self) -> dict[str, bool]:
        assert self._runner is not None
        assert self._records is not None
        runner = self._runner
        parts = {"journal": runner.journal_is_well, "new callers": runner.takes_callers, "records": self._records.are_well}
        return {**parts, **{name: exchange.connected for name, exchange in self._exchanges.items()}}

    def _incident_texts(self) -> dict[str, dict[str, str]]:
        return {name: self._config.prompts[name] for name in self._config.incident_texts}

    async def _serve_pages(self, desks: LiveDesks) -> None:
        assert self._runner is not None
        assert self._database is not None
        people = UserDirectory(self._database, Seal(self._session_secret))
        await people.seal_second_factors()
        assert self._recorded is not None
        reports = PastReports(Archive(self._database), Tallies(self._database), lambda: self._config)
        app = create_app(
            self._runner, Users(people, self._config.hotline.name), desks, self._session_secret,
            lambda: self._plan, languages=self._config.languages,
            product_lines={name: line.label for name, line in self._config.product_lines.items()},
            destinations=lambda: tuple(self._config.destinations), health=self._health,
            phones=lambda: self._config.phones, callbacks=Archive(self._database),
            reports=reports, past_calls=CallStories(self._database, self._recorded, reports, lambda: self._config),
            incident_texts=self._incident_texts, recorded=self._recorded,
            keys=Keys(AnswerStore(self._database), self._make_durable),
            in_talk=ByExchange(self._exchanges),
            recordings=KeptRecordings(self._database, lambda: Path(self._config.recording.folder)),
            quality=self._scoring(self._database),
            delivery=lambda: self._webhook.delivery if self._webhook else None,
            supervision=lambda: self._config.supervision.model_dump(mode="json"),
            access=access_of(self._database, lambda: self._config.web),
            also_called=lambda: {name: line.also for name, line in self._config.product_lines.items()},
        )  # fmt: skip
        self._web = await serve(app, self._config.web.host, self._config.web.port)


def _journal(path: Path) -> SqliteJournal:
    try:
        return SqliteJournal(path)
    except sqlite3.Error as problem:
        advice = "restore it from a backup, or move it away: past calls keep their records, but the engine forgets what was going on"
        raise Refused(f"{path}: {problem}; {advice}") from problem


def _without_disposition(call: Mapping[str, Any]) -> str:
    return "answered" if call["answered_at"] else call["end_cause"] or ""


class _History:
    """``cti.api.History`` over the records."""

    def __init__(self, archive: Archive, dispositions: Callable[[], Collection[str]]) -> None:
        self._archive = archive
        self._dispositions = dispositions

    async def earlier_calls(self, ani: str, limit: int) -> Sequence[tuple[datetime, str | None, str | None, str]]:
        rows = await self._archive.earlier_calls(ani, limit)
        became = await self._archive.became(rows, self._dispositions())
        return [
            (row["arrived_at"], row["queue"], row["resolver"] or row["agent"], became.get(row["id"]) or _without_disposition(row))
            for row in rows
        ]
