"""The records as a projection of what happens.

Turns events and notices into rows, and writes them in batches. The router never waits for it: ``follow`` only hears, the rows are
changed in memory for many events at once, and a task writes the changed ones once a second, together with how far it has come. What was
not written when the process died is written at the next start, when the journal is replayed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

import structlog
from sqlalchemy import Table, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.appointment import CallbackPromised
from acd.effects import (
    AgentChanged,
    Announce,
    CallbackChanged,
    CallChanged,
    CallOverflowed,
    CameBack,
    ConsultChanged,
    Effect,
    HandedOn,
    IncidentChanged,
    NumberNoted,
    OfferChanged,
    OfferMade,
    StepEntered,
    TellIncident,
)
from acd.encoding import kind_of, to_json
from acd.events import CallArrived, CallerRecognised, CallQueued, Event, MenuChosen, SurveyAnswered
from acd.model import AgentState, CallbackState, CallState, OfferState, queue_of
from acd.news import NewsChanged
from acd.plan import Telling
from acd.recorded import Recorded
from acd.records import agent_intervals, callbacks, calls, incidents, offers, progress, recordings, stays, story, working_time
from acd.stays import Stay, Stays
from acd.supervision import CallSteered, WatchChanged
from acd.upserting import Row, upsert
from acd.working_time import WorkingQuarter, WorkingTime, quarter_of

log = structlog.get_logger(__name__)

WRITE_EVERY_SECONDS = 1.0
MOST_UNWRITTEN_ROWS = 200_000
"""More than this and the projection stops taking rows: the next start catches up from the journal."""
MOST_HEARD = 256
"""Events whose rows are worked out together: that costs a third of what one costs by itself, when the processor has seen other things."""
_NAME = "records"
_TABLES = (calls, offers, agent_intervals, callbacks, incidents, stays, working_time, recordings)

Told = (
    CallChanged | OfferMade | OfferChanged | StepEntered | HandedOn | CallbackChanged | CallOverflowed | ConsultChanged | Announce
    | TellIncident | NumberNoted | NewsChanged | CallSteered | WatchChanged | CameBack
)  # fmt: skip


@dataclass(slots=True)
class OpenRows:
    """What is not over yet, and will be told more of."""

    calls: dict[str, Row] = field(default_factory=dict)
    offers: dict[str, Row] = field(default_factory=dict)
    intervals: dict[str, Row] = field(default_factory=dict)
    """By agent: the one he is in."""
    callbacks: dict[str, Row] = field(default_factory=dict)
    """By call: the latest promise to each live one."""
    promised: dict[str, Row] = field(default_factory=dict)
    """By call: what is known of those that agents have promised for later."""
    incidents: dict[str, Row] = field(default_factory=dict)
    stays: Stays = field(default_factory=Stays)
    working: WorkingTime = field(default_factory=WorkingTime)
    recorded: Recorded = field(default_factory=Recorded)


class Records:
    """Follows the engine (``acd.ports.Projection``) and keeps the tables of ``acd.records`` up to date."""

    def __init__(self, engine: AsyncEngine, make_durable: Callable[[], bool] = lambda: True) -> None:
        """``make_durable`` makes the journal durable and says whether it is: records never run ahead of it."""
        self._engine = engine
        self._make_durable = make_durable
        self._written = 0
        self._followed = 0
        self._open = OpenRows()
        self._changed: dict[tuple[str, str], tuple[Table, Row]] = {}
        self._story: list[Row] = []
        self._heard: list[tuple[int, datetime, Event, Sequence[Effect]]] = []
        self._behind = False
        self.are_well = True
        """Whether they were written when it was last tried, and follow on."""
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()

    # ---- life ------------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Find out how far the tables have followed (``written``); call before the journal is replayed."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(progress.c.sequence).where(progress.c.name == _NAME))).first()
        self._written = row[0] if row else 0

    @property
    def written(self) -> int:
        """The journal's sequence number up to which the tables have followed."""
        return self._written

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.get_running_loop().create_task(self._write_for_ever())

    async def stop(self) -> None:
        """Write what is left."""
        if self._task:
            async with self._writing:  # a transaction that is cancelled half-way keeps SQLite's file locked against the last one
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def flush(self) -> None:
        """Write what has changed since the last time. Whatever it raises, nothing is forgotten."""
        async with self._writing:
            await self._flush()

    async def _flush(self) -> None:
        if not self._make_durable():
            self._wake.set()
            return
        self._catch_up()
        changed, told, followed = self._changed, self._story, self._followed
        if followed <= self._written or self._behind:
            return
        self._changed, self._story = {}, []
        as_now = {table: [dict(row) for of, row in changed.values() if of is table] for table in _TABLES}  # rows go on changing
        try:
            async with self._engine.begin() as connection:
                for table, rows in as_now.items():
                    await upsert(connection, table, rows)
                await upsert(connection, story, told)
                await upsert(connection, progress, [{"name": _NAME, "sequence": followed}])
        except BaseException:  # cancelled too: what was not written stays to be written
            self._changed = changed | self._changed
            self._story = told + self._story
            raise
        self._written = followed

    async def _write_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(WRITE_EVERY_SECONDS)
            self._wake.clear()
            try:
                await self.flush()
            except Exception as failure:  # whatever it is: else it would end all records, and say nothing
                log.error(
                    "records_not_written", failure=f"{type(failure).__name__}: {failure}"[:400],
                    unwritten_rows=len(self._changed) + len(self._story),
                    exc_info=not isinstance(failure, (SQLAlchemyError, OSError)),  # asyncpg says a refused connection as OSError
                )  # fmt: skip
                self._wake.set()
                self.are_well = False
            else:
                self.are_well = not self._behind

    # ---- acd.ports.Projection --------------------------------------------------------------------------------------------

    def follow(self, sequence: int, at: datetime, event: Event, effects: Sequence[Effect]) -> None:
        """Hear of one event and what followed; see ``acd.ports.Projection``. What it means for the rows is worked out for many at once."""
        if self._behind:
            return
        self._heard.append((sequence, at, event, effects))
        if len(self._heard) >= MOST_HEARD:
            self._catch_up()
        self._wake.set()

    def _catch_up(self) -> None:
        heard, self._heard = self._heard, []
        for one in heard:
            try:
                self._take_note(*one)
            except Exception:  # a fault in one event's rows must not cost those of the others
                log.exception("record_not_noted", sequence=one[0], event_kind=type(one[2]).__name__)

    def _take_note(self, sequence: int, at: datetime, event: Event, effects: Sequence[Effect]) -> None:
        if self._behind:
            return
        new = sequence > self._written
        note = _OF_EVENT.get(type(event))
        if note is not None:
            note(self, at, event)
        for ordinal, effect in enumerate(effects):
            take = _OF_NOTICE.get(type(effect))
            if take is not None:
                take(self, sequence, ordinal, at, effect)
        for stay in self._open.stays.follow(at, event, effects):
            self._change(stays, _row_of_stay(stay))
        for quarter in self._open.working.follow(at, effects):
            self._change(working_time, _row_of_quarter(quarter))
        for recording in self._open.recorded.follow(at, event, effects):
            self._change(recordings, recording)
        if not new:
            self._changed.clear()
            self._story.clear()
            return
        self._followed = sequence
        if len(self._changed) + len(self._story) > MOST_UNWRITTEN_ROWS:
            self._fall_behind()

    @property
    def memory(self) -> OpenRows:
        """The rows that are still open."""
        self._catch_up()
        return self._open

    def recall(self, memory: OpenRows) -> None:
        """Go on from rows that were open: the tables must have followed so far (``written``), or what is not in them is lost."""
        self._open = memory

    def _fall_behind(self) -> None:
        log.error("records_behind", unwritten_rows=len(self._changed) + len(self._story), written_to=self._written)
        self._behind = True
        self._changed.clear()
        self._story.clear()

    def _change(self, table: Table, row: Row) -> None:
        self._changed[table.name, row["id"]] = (table, row)

    # ---- events ----------------------------------------------------------------------------------------------------------

    def _arrived(self, at: datetime, event: CallArrived) -> None:
        row = self._open.calls.setdefault(event.call, _new_call(event.call, at))
        if not (row["ani"] or row["dnis"]):
            row.update(ani=event.ani, ani_name=event.ani_name, dnis=event.dnis, entry=event.entry, bypass=event.bypass)

    def _recognised(self, at: datetime, event: CallerRecognised) -> None:
        if row := self._open.calls.get(event.call):
            row["customer"] = event.customers[0].id if len(event.customers) == 1 else None

    def _chose(self, at: datetime, event: MenuChosen) -> None:
        if row := self._open.calls.get(event.call):
            row["path"] = [*row["path"], [event.menu, event.digits, event.choice]]
            row["self_served"] = event.solves

    def _queued(self, at: datetime, event: CallQueued) -> None:
        if row := self._open.calls.get(event.call):
            row.update(
                product_line=event.product_line, level=str(event.level), language=event.language, segment=event.segment,
                urgent=event.urgent, customer=event.customer or None, customer_case=event.case or None, queued_at=row["queued_at"] or at,
            )  # fmt: skip
            row["first_queue"] = row["first_queue"] or queue_of(event.product_line, event.level)
            if event.handed_over_by is not None:
                row["handed_over_by"] = event.handed_over_by[:80]

    def _promised(self, at: datetime, event: CallbackPromised) -> None:
        self._open.promised[event.callback] = {
            "ani": event.number, "ani_name": event.ani_name, "dnis": event.dnis, "entry": event.entry, "product_line": event.product_line,
            "level": str(event.level), "language": event.language, "segment": event.segment, "urgent": event.urgent,
            "customer": event.customer or None, "customer_case": event.case or None,
            "first_queue": queue_of(event.product_line, event.level),
        }  # fmt: skip

    def _surveyed(self, at: datetime, event: SurveyAnswered) -> None:
        if row := self._open.calls.get(event.call):
            row[f"survey_{event.question}"] = _SURVEY_VALUES[event.question](event.answer)
            self._change(calls, row)

    # ---- notices ---------------------------------------------------------------------------------------------------------

    def _call_changed(self, sequence: int, ordinal: int, at: datetime, notice: CallChanged) -> None:
        row = self._open.calls.get(notice.call)
        if row is None:
            row = self._open.calls[notice.call] = _new_call(notice.call, at) | self._open.promised.pop(notice.call, {})
        previous = row["state"]
        row["state"] = str(notice.state)
        if notice.queue is not None and notice.queue != row["queue"]:
            row["queue"], row["settled_at"] = notice.queue, at
        if notice.state is CallState.TALKING:
            row["agent"] = row["resolver"] = notice.agent
            row["answered_at"] = row["answered_at"] or at
        elif previous in _SERVED and notice.state not in _SERVED:
            row["talk_ended_at"] = at
        if notice.cause is not None:
            row["end_cause"] = str(notice.cause)
        if notice.state is CallState.ENDED:
            row["ended_at"] = at
            del self._open.calls[notice.call]
            self._open.callbacks.pop(notice.call, None)
        self._change(calls, row)
        if notice.state in _TOLD_OF_CALL:
            self._tell(sequence, ordinal, at, notice)

    def _announced(self, sequence: int, ordinal: int, at: datetime, told: Announce) -> None:
        row = self._open.calls.get(told.call)
        if row is not None and told.tells is Telling.WAIT and row["announced_at"] is None and row["answered_at"] is None:
            row.update(announced_seconds=told.number * 60.0, announced_at=at)
            self._change(calls, row)
        self._tell(sequence, ordinal, at, told)

    def _agent_changed(self, sequence: int, ordinal: int, at: datetime, notice: AgentChanged) -> None:
        if open_one := self._open.intervals.pop(notice.agent, None):
            open_one["ended_at"] = at
            self._change(agent_intervals, open_one)
        if notice.state is AgentState.LOGGED_OUT:
            return
        row: Row = {
            "id": f"{notice.agent}@{sequence}.{ordinal}", "agent": notice.agent, "state": str(notice.state), "cause": notice.cause,
            "phone": notice.phone, "call": notice.call, "started_at": at, "ended_at": None,
        }  # fmt: skip
        self._open.intervals[notice.agent] = row
        self._change(agent_intervals, row)

    def _offer_made(self, sequence: int, ordinal: int, at: datetime, notice: OfferMade) -> None:
        free = self._open.intervals.get(notice.agent)
        row: Row = {
            "id": notice.offer, "call": notice.call, "agent": notice.agent, "queue": notice.queue, "attempt": notice.attempt,
            "step": notice.step, "rule": notice.rule, "waited_seconds": notice.waited_seconds, "made_at": at, "ringing_at": None,
            "answered_at": None, "ended_at": None, "state": str(OfferState.PENDING), "miss_cause": None, "detail": "",
            "agent_free_since": free["started_at"] if free and free["state"] == AgentState.READY else None,
        }  # fmt: skip
        self._open.offers[notice.offer] = row
        self._change(offers, row)
        if call := self._open.calls.get(notice.call):
            call["offers"] = notice.attempt
        self._tell(sequence, ordinal, at, notice)

    def _offer_changed(self, sequence: int, ordinal: int, at: datetime, notice: OfferChanged) -> None:
        row = self._open.offers.get(notice.offer)
        if row is None:
            return
        row["state"] = str(notice.state)
        row["miss_cause"] = str(notice.miss_cause) if notice.miss_cause else None
        row["detail"] = notice.detail
        moment = _MOMENT_OF_OFFER.get(notice.state)
        if moment:
            row[moment] = at
        if notice.state in _OVER:
            del self._open.offers[notice.offer]
        self._change(offers, row)
        if notice.state in _TOLD_OF_OFFER:
            self._tell(sequence, ordinal, at, notice)

    def _callback_changed(self, sequence: int, ordinal: int, at: datetime, notice: CallbackChanged) -> None:
        row = self._open.callbacks.get(notice.call)
        if row is None or row["id"] != notice.callback:
            row = self._open.callbacks[notice.call] = {"id": notice.callback, "call": notice.call, "promised_at": at, "cause": None}
        over = notice.state in _CALLBACK_OVER
        row.update(
            number=notice.number, queue=notice.queue, state=str(notice.state), attempts=notice.attempts, unreached=notice.unreached,
            cause=str(notice.cause) if notice.cause else row["cause"], changed_at=at, next_at=notice.next_at, ended_at=at if over else None,
            by=notice.by, reason=notice.reason,
        )  # fmt: skip
        self._change(callbacks, row)
        if over and self._open.promised.pop(notice.call, None) is not None:  # called off before it was due: no call will tell of its end
            del self._open.callbacks[notice.call]
        self._tell(sequence, ordinal, at, notice)

    def _handed_on(self, sequence: int, ordinal: int, at: datetime, notice: HandedOn) -> None:
        if row := self._open.calls.get(notice.call):
            row["transfers"] += 1
            row["resolver"], row["settled_at"] = None, at
        self._tell(sequence, ordinal, at, notice)

    def _incident_changed(self, sequence: int, ordinal: int, at: datetime, notice: IncidentChanged) -> None:
        row: Row = {
            "id": notice.incident, "product_line": notice.product_line, "text": notice.text, "declared_at": notice.declared_at,
            "declared_by": notice.declared_by, "solved_at": notice.solved_at, "solved_by": notice.solved_by,
            "numbers": list(notice.numbers),
        }  # fmt: skip
        self._open.incidents[notice.incident] = row
        self._change(incidents, row)

    def _number_noted(self, sequence: int, ordinal: int, at: datetime, notice: NumberNoted) -> None:
        if row := self._open.incidents.get(notice.incident):
            row["numbers"] = [*row["numbers"], notice.number]
            self._change(incidents, row)
        self._tell(sequence, ordinal, at, notice)

    def _tell(self, sequence: int, ordinal: int, at: datetime, notice: Told) -> None:
        self._story.append(
            {"sequence": sequence, "ordinal": ordinal, "call": notice.call, "at": at, "kind": kind_of(notice), "body": to_json(notice)}
        )


_MOMENT_OF_OFFER = {
    OfferState.RINGING: "ringing_at", OfferState.ACCEPTED: "answered_at",
    OfferState.MISSED: "ended_at", OfferState.RESCINDED: "ended_at", OfferState.FAILED: "ended_at",
}  # fmt: skip
_SERVED = {CallState.TALKING, CallState.CONSULTING}
"""An agent has the caller in hand."""
_OVER = {OfferState.ACCEPTED, OfferState.MISSED, OfferState.RESCINDED, OfferState.FAILED}
_CALLBACK_OVER = {CallbackState.REACHED, CallbackState.GIVEN_UP, CallbackState.CANCELLED}
_TOLD_OF_CALL = {CallState.WAITING, CallState.DIVERTED, CallState.ENDED}
_TOLD_OF_OFFER = {OfferState.MISSED, OfferState.RESCINDED, OfferState.FAILED}
"""What the story tells of states; the rest follows from the journal's events, which stand beside it (``hotline explain``)."""
_SURVEY_VALUES: dict[str, Callable[[str], object]] = {"score": int, "solved": lambda answer: answer == "1", "comment": str}
_OF_EVENT: dict[type, Callable[..., None]] = {
    CallArrived: Records._arrived, CallerRecognised: Records._recognised, MenuChosen: Records._chose, CallQueued: Records._queued,
    SurveyAnswered: Records._surveyed, CallbackPromised: Records._promised,
}  # fmt: skip
_OF_NOTICE: dict[type, Callable[..., None]] = {
    CallChanged: Records._call_changed, AgentChanged: Records._agent_changed, OfferMade: Records._offer_made,
    OfferChanged: Records._offer_changed, StepEntered: Records._tell, HandedOn: Records._handed_on,
    CallbackChanged: Records._callback_changed, CallOverflowed: Records._tell, CameBack: Records._tell,
    Announce: Records._announced, TellIncident: Records._tell, NumberNoted: Records._number_noted,
    IncidentChanged: Records._incident_changed, NewsChanged: Records._tell,
    ConsultChanged: Records._tell, CallSteered: Records._tell, WatchChanged: Records._tell,
}  # fmt: skip


def _new_call(call: str, at: datetime) -> Row:
    return {
        "id": call, "ani": "", "ani_name": "", "dnis": "", "entry": "", "path": [], "product_line": None, "level": None,
        "language": None, "segment": None, "urgent": False, "customer": None,
        "customer_case": None, "queue": None, "state": str(CallState.MENU), "offers": 0, "agent": None,
        "arrived_at": at, "queued_at": None, "answered_at": None, "talk_ended_at": None, "ended_at": None, "end_cause": None,
        "announced_seconds": None, "announced_at": None,
        "bypass": False, "handed_over_by": None, "self_served": False,
        "first_queue": None, "settled_at": None, "resolver": None, "transfers": 0,
        "survey_score": None, "survey_solved": None, "survey_comment": None,
    }  # fmt: skip


def _row_of_stay(stay: Stay) -> Row:
    return {
        "id": stay.id, "call": stay.call, "queue": stay.queue, "product_line": stay.queue.rpartition(".")[0], "entry": stay.entry,
        "came_by": str(stay.came_by), "bounced": stay.bounced, "offered_at": stay.offered_at, "quarter": quarter_of(stay.offered_at),
        "became": str(stay.became), "waited_seconds": stay.waited_seconds, "agent": stay.agent, "ring_seconds": stay.ring_seconds,
        "talk_seconds": stay.talk_seconds, "hold_seconds": stay.hold_seconds, "wrap_up_seconds": stay.wrap_up_seconds,
        "handled": stay.handled, "handed_on": stay.handed_on,
    }  # fmt: skip


def _row_of_quarter(quarter: WorkingQuarter) -> Row:
    return {"id": f"{quarter.agent}@{quarter.quarter}", **{name: getattr(quarter, name) for name in _OF_QUARTER}}


_OF_QUARTER = tuple(field.name for field in fields(WorkingQuarter))
