"""The records follow what happens, in SQLite; what was not written before the end is written at the next start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import DateTime, Table, select
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from acd import projection
from acd.appointment import CallbackPromised
from acd.archive import Archive, open_database
from acd.customer import Customer
from acd.effects import AgentChanged, CallbackChanged, CallChanged, Effect, HandedOn, OfferChanged, OfferMade
from acd.events import (
    CallArrived,
    CallbackCancelled,
    CallerLeft,
    CallerRecognised,
    CallQueued,
    Event,
    MenuChosen,
    OfferAnswered,
    OfferRinging,
    SurveyAnswered,
    TalkEnded,
    Ticked,
    WrapUpEnded,
)
from acd.model import AgentId, AgentState, CallbackState, CallId, CallState, EndCause, Level, OfferId, OfferState, PhoneId, QueueId
from acd.people import UserDirectory
from acd.projection import Records
from acd.records import UtcDateTime, agent_intervals, offers
from hotline.app import App

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CALL, OFFER, ANNA, QUEUE = CallId("main-1.1"), OfferId("main-1.1/o1"), AgentId("anna"), QueueId("printers.L2")
PHONE = PhoneId("1001")


def call_changed(state: CallState, agent: AgentId | None = None, cause: EndCause | None = None) -> CallChanged:
    return CallChanged(CALL, state, QUEUE if state is not CallState.MENU else None, agent, cause)


def anna(state: AgentState, previous: AgentState, cause: str, call: CallId | None = None) -> AgentChanged:
    return AgentChanged(ANNA, state, cause, PHONE, previous, NOON, call)


STORY: list[tuple[float, Event, list[Effect]]] = [
    (0, Ticked(), [anna(AgentState.READY, AgentState.NOT_READY, "ready")]),
    (1, CallArrived(CALL, "138", 'Bob "x", ${Y}\r\n🖨', "4008", "Unified"), [call_changed(CallState.MENU)]),
    (3, MenuChosen(CALL, "product", "3", "printers"), []),
    (5, CallQueued(CALL, "printers", Level.L2, "zh"), [
        call_changed(CallState.WAITING),
        OfferMade(OFFER, CALL, ANNA, QUEUE, 1, "exact", "level:L2", "longest_idle", "idle longest", 4.0, (ANNA,), 1, (), 0),
        OfferChanged(OFFER, CALL, ANNA, OfferState.PENDING), call_changed(CallState.OFFERED, ANNA),
        anna(AgentState.RESERVED, AgentState.READY, "call", CALL),
    ]),
    (6, OfferRinging(OFFER), [OfferChanged(OFFER, CALL, ANNA, OfferState.RINGING)]),
    (9, OfferAnswered(OFFER), [
        OfferChanged(OFFER, CALL, ANNA, OfferState.ACCEPTED), call_changed(CallState.TALKING, ANNA),
        anna(AgentState.TALKING, AgentState.RESERVED, "call", CALL),
    ]),
    (60, TalkEnded(CALL, ANNA), [call_changed(CallState.AFTER), anna(AgentState.WRAP_UP, AgentState.TALKING, "call", CALL)]),
    (61, CallerLeft(CALL), [call_changed(CallState.ENDED, cause=EndCause.AGENT_HUNG_UP)]),
]  # fmt: skip


def tell(records: Records, upto: int = len(STORY)) -> None:
    for sequence, (seconds, event, effects) in enumerate(STORY[:upto], start=1):
        records.follow(sequence, NOON + timedelta(seconds=seconds), event, effects)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield engine
    await engine.dispose()


async def test_a_calls_whole_visit_is_one_row_with_its_times_and_its_path(database: AsyncEngine) -> None:
    records = Records(database)
    await records.open()
    tell(records)
    await records.flush()
    row = await Archive(database).call(CALL)
    assert row is not None
    assert row["ani_name"] == 'Bob "x", ${Y}\r\n🖨'
    assert row["path"] == [["product", "3", "printers"]]
    assert (row["queue"], row["agent"], row["offers"], row["state"], row["end_cause"]) == (QUEUE, ANNA, 1, "ended", "agent_hung_up")
    assert [row[moment] - NOON for moment in ("arrived_at", "queued_at", "answered_at", "talk_ended_at", "ended_at")] == [
        timedelta(seconds=seconds) for seconds in (1, 5, 9, 60, 61)
    ]


async def test_an_offer_keeps_its_moments_and_since_when_the_agent_was_free(database: AsyncEngine) -> None:
    records = Records(database)
    tell(records)
    await records.flush()
    async with database.connect() as connection:
        row = (await connection.execute(select(offers))).one()
    assert (row.made_at, row.ringing_at, row.answered_at) == tuple(NOON + timedelta(seconds=seconds) for seconds in (5, 6, 9))
    assert row.agent_free_since == NOON
    assert (row.state, row.ended_at) == ("accepted", None)


async def test_an_agents_states_are_intervals_without_gap_or_overlap(database: AsyncEngine) -> None:
    records = Records(database)
    tell(records)
    await records.flush()
    async with database.connect() as connection:
        rows = (await connection.execute(select(agent_intervals).order_by(agent_intervals.c.started_at))).all()
    assert [row.state for row in rows] == ["ready", "reserved", "talking", "wrap_up"]
    assert [row.ended_at for row in rows[:-1]] == [row.started_at for row in rows[1:]]
    assert rows[-1].ended_at is None


@pytest.mark.parametrize("written", range(len(STORY) + 1))
async def test_wherever_the_process_died_the_next_start_ends_with_the_same_records(database: AsyncEngine, written: int) -> None:
    first = Records(database)
    await first.open()
    tell(first, written)
    await first.flush()
    second = Records(database)
    await second.open()
    tell(second)
    await second.flush()
    archive = Archive(database)
    row = await archive.call(CALL)
    assert row is not None
    assert (row["state"], row["answered_at"]) == ("ended", NOON + timedelta(seconds=9))
    assert [line["kind"] for line in await archive.story(CALL)] == [
        "CallChanged", "OfferMade", "CallChanged",
    ]  # fmt: skip


async def test_earlier_calls_of_a_number_are_the_ended_ones_and_a_withheld_number_has_none(database: AsyncEngine) -> None:
    records = Records(database)
    tell(records, len(STORY) - 1)
    await records.flush()
    archive = Archive(database)
    assert await archive.earlier_calls("138", 5) == []
    sequence = len(STORY)
    records.follow(sequence, NOON + timedelta(seconds=61), STORY[-1][1], STORY[-1][2])
    await records.flush()
    assert [row["id"] for row in await archive.earlier_calls("138", 5)] == [CALL]
    assert await archive.earlier_calls("", 5) == []


async def test_only_the_right_password_matches_a_user(database: AsyncEngine) -> None:
    directory = UserDirectory(database)
    await directory.put("anna", "right", "agent", "anna", "zh")
    row = await directory.matching("anna", "right")
    assert row is not None
    assert row["agent"] == "anna"
    assert await directory.matching("anna", "wrong") is None
    assert await directory.matching("nobody", "right") is None
    assert "password_hash" not in (await directory.all())[0]


async def test_a_users_version_changes_with_all_that_is_kept_of_him(database: AsyncEngine) -> None:
    directory = UserDirectory(database)
    assert await directory.version("anna") is None
    await directory.put("anna", "right", "supervisor", "anna", "zh")
    versions = [await directory.version("anna"), await directory.version("anna")]
    await directory.put("anna", "right", "agent", "anna", "zh")
    versions.append(await directory.version("anna"))
    assert versions[0] == versions[1] != versions[2]
    await directory.remove("anna")
    assert await directory.version("anna") is None


async def test_an_ended_session_is_kept_as_long_as_its_cookie_would_be_good(database: AsyncEngine) -> None:
    directory, day = UserDirectory(database), timedelta(hours=12)
    await directory.end_session("one", NOON, day)
    await directory.end_session("one", NOON, day)
    assert (await directory.session_ended("one"), await directory.session_ended("two")) == (True, False)
    await directory.end_session("two", NOON + day * 2, day)
    assert (await directory.session_ended("one"), await directory.session_ended("two")) == (False, True)


async def test_records_never_run_ahead_of_the_journal(database: AsyncEngine) -> None:
    durable = False
    records = Records(database, lambda: durable)
    tell(records)
    await records.flush()
    assert records.written == 0
    assert await Archive(database).call(CALL) is None
    durable = True
    await records.flush()
    assert records.written == len(STORY)


async def test_a_call_that_went_round_the_hotline_and_whose_phone_handed_it_over_are_kept(database: AsyncEngine) -> None:
    records = Records(database)
    await records.open()
    records.follow(1, NOON, CallArrived(CALL, "138", "", "4008", "Wang", bypass=True), [call_changed(CallState.MENU)])
    queued = CallQueued(CALL, "printers", Level.L2, "zh", handed_over_by="1001")
    records.follow(2, NOON, queued, [call_changed(CallState.WAITING)])
    await records.flush()
    row = await Archive(database).call(CALL)
    assert row is not None
    assert (row["bypass"], row["handed_over_by"]) == (True, "1001")


async def test_whose_call_it_is_stands_in_its_record(database: AsyncEngine) -> None:
    told = [
        CallArrived(CALL, "138", "", "4008", "Unified"),
        CallerRecognised(CALL, (Customer("C-1", "Ma"),)),
        CallQueued(CALL, "printers", Level.L2, "zh", customer="C-1", case="T-7"),
    ]
    records = Records(database)
    for sequence, event in enumerate(told, start=1):
        records.follow(sequence, NOON, event, [call_changed(CallState.MENU)])
    await records.flush()
    call = await Archive(database).call(CALL)
    assert call is not None
    assert (call["customer"], call["customer_case"]) == ("C-1", "T-7")


async def test_one_of_several_people_of_a_number_is_nobody_yet(database: AsyncEngine) -> None:
    records = Records(database)
    records.follow(1, NOON, CallArrived(CALL, "138", "", "4008", "Unified"), [])
    records.follow(2, NOON, CallerRecognised(CALL, (Customer("C-1", "Ma"), Customer("C-2", "Liu"))), [call_changed(CallState.MENU)])
    await records.flush()
    call = await Archive(database).call(CALL)
    assert call is not None
    assert call["customer"] is None


async def test_what_a_caller_says_after_the_call_is_kept_and_changes_nothing_else(database: AsyncEngine) -> None:
    records = Records(database)
    await records.open()
    tell(records, upto=7)
    answers = [("score", "4"), ("solved", "2"), ("comment", "1.1.wav")]
    for sequence, (question, answer) in enumerate(answers, start=8):
        records.follow(sequence, NOON + timedelta(seconds=61), SurveyAnswered(CALL, question, answer), [])
    records.follow(11, NOON + timedelta(seconds=70), CallerLeft(CALL), [call_changed(CallState.ENDED, cause=EndCause.AGENT_HUNG_UP)])
    await records.flush()
    row = await Archive(database).call(CALL)
    assert row is not None
    assert (row["survey_score"], row["survey_solved"], row["survey_comment"]) == (4, False, "1.1.wav")
    assert (row["end_cause"], row["talk_ended_at"] - NOON) == ("agent_hung_up", timedelta(seconds=60))


async def test_a_call_knows_its_first_queue_its_transfers_and_who_solved_it_since_when(database: AsyncEngine) -> None:
    """Anna, in printers.L2, hands it on to pcs.L1, where Bob takes it."""
    records, bob, there = Records(database), AgentId("bob"), QueueId("pcs.L1")
    await records.open()
    tell(records, upto=6)
    handed = HandedOn(CALL, ANNA, QUEUE, there, None, None, None, False)
    records.follow(7, NOON + timedelta(seconds=60), Ticked(), [handed, CallChanged(CALL, CallState.WAITING, there, None)])
    await records.flush()
    row = await Archive(database).call(CALL)
    assert row is not None
    assert (row["agent"], row["resolver"], row["first_queue"], row["queue"]) == (ANNA, None, QUEUE, there)

    records.follow(8, NOON + timedelta(seconds=90), Ticked(), [CallChanged(CALL, CallState.TALKING, there, bob)])
    await records.flush()
    row = await Archive(database).call(CALL)
    assert row is not None
    assert (row["resolver"], row["transfers"], row["settled_at"] - row["queued_at"]) == (bob, 1, timedelta(seconds=55))


async def test_a_fault_in_one_events_rows_costs_no_others(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(records: Records, at: datetime, event: Event) -> None:
        raise ValueError("not a menu")

    monkeypatch.setitem(projection._OF_EVENT, MenuChosen, faulty)
    records = Records(database)
    await records.open()
    with capture_logs() as said:
        tell(records)
        await records.flush()
    row = await Archive(database).call(CALL)
    assert row is not None
    assert (row["state"], row["agent"], row["path"]) == ("ended", ANNA, [])
    assert [(line["event"], line["event_kind"]) for line in said] == [("record_not_noted", "MenuChosen")]


async def test_what_is_being_written_at_the_end_is_written_to_its_end(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on, ends = asyncio.Event(), asyncio.Event(), []
    upsert = projection.upsert

    async def slow(*of: Any) -> None:
        begun.set()
        try:
            await may_go_on.wait()
            await upsert(*of)
        except BaseException as end:
            ends.append(end)
            raise

    monkeypatch.setattr(projection, "upsert", slow)
    monkeypatch.setattr(projection, "WRITE_EVERY_SECONDS", 0)
    records = Records(database)
    await records.open()
    records.start()
    tell(records)
    async with asyncio.timeout(5):
        await begun.wait()
        stopping = asyncio.create_task(records.stop())
        await asyncio.sleep(0)
        may_go_on.set()
        await stopping
    assert (ends, records.written) == ([], len(STORY))


async def test_what_became_of_an_earlier_call_is_the_word_of_who_talked_last(database: AsyncEngine) -> None:
    records = Records(database)
    tell(records)
    ended = len(STORY) + 1
    records.follow(ended, NOON + timedelta(seconds=80), WrapUpEnded(ANNA, "solved"), [
        anna(AgentState.READY, AgentState.WRAP_UP, "solved", CALL)
    ])  # fmt: skip
    await records.flush()
    archive = Archive(database)
    rows = await archive.earlier_calls("138", 5)
    assert await archive.became(rows, ("solved", "escalated")) == {CALL: "solved"}
    assert await archive.became(rows, ("escalated",)) == {}
    assert await archive.became([], ("solved",)) == {}


async def test_a_promise_for_later_is_a_row_at_once_and_a_call_when_it_is_due(database: AsyncEngine) -> None:
    records, later = Records(database), CallId("main-p1")
    due_at = NOON + timedelta(hours=2)
    promised = CallbackPromised(CALL, later, ANNA, due_at, "138", "printers", Level.L2, "zh", "spare part", ani_name="Bob", entry="Unified")
    told = CallbackChanged(later, "138", CallbackState.PROMISED, 0, due_at, "main-p1/b", QUEUE, by=ANNA, reason="spare part")
    records.follow(1, NOON, promised, [told])
    await records.flush()
    archive = Archive(database)
    [row] = await archive.callbacks(True, 5)
    assert (row["call"], row["state"], row["next_at"], row["by"], row["reason"]) == (later, "promised", due_at, ANNA, "spare part")
    assert await archive.call(later) is None

    begun = [CallChanged(later, CallState.MENU, None, None), CallChanged(later, CallState.PROMISED, QUEUE, None)]
    records.follow(2, due_at, Ticked(), begun)
    await records.flush()
    call = await archive.call(later)
    assert call is not None
    assert (call["ani"], call["ani_name"], call["entry"]) == ("138", "Bob", "Unified")
    assert (call["first_queue"], call["arrived_at"]) == (QUEUE, due_at)


async def test_a_promise_that_is_called_off_before_it_is_due_is_over(database: AsyncEngine) -> None:
    records, later = Records(database), CallId("main-p1")
    promised = CallbackPromised(CALL, later, ANNA, NOON + timedelta(hours=2), "138", "printers", Level.L2, "zh")
    records.follow(1, NOON, promised, [CallbackChanged(later, "138", CallbackState.PROMISED, 0, None, "main-p1/b", QUEUE)])
    off = CallbackChanged(later, "138", CallbackState.CANCELLED, 0, None, "main-p1/b", QUEUE, by="chen", reason="solved")
    records.follow(2, NOON + timedelta(seconds=1), CallbackCancelled(later, "chen", "solved"), [off])
    await records.flush()
    archive = Archive(database)
    assert await archive.callbacks(True, 5) == []
    [row] = await archive.callbacks(False, 5)
    assert (row["state"], row["by"]) == ("cancelled", "chen")
    assert (records.memory.promised, records.memory.callbacks) == ({}, {})


async def test_what_happens_while_rows_are_written_is_not_in_them(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the records could be further than the journal is durable."""
    records = Records(database)
    ringing = next(place for place, (_, event, _) in enumerate(STORY, start=1) if isinstance(event, OfferRinging))
    tell(records, ringing)
    write, meanwhile = projection.upsert, [STORY[ringing]]

    async def answered_at_the_first_table(connection: Any, table: Table, rows: Any) -> None:
        while meanwhile:
            seconds, event, effects = meanwhile.pop()
            records.follow(ringing + 1, NOON + timedelta(seconds=seconds), event, effects)
            records._catch_up()
        await write(connection, table, rows)

    monkeypatch.setattr(projection, "upsert", answered_at_the_first_table)
    written = []
    for _ in range(2):
        await records.flush()
        async with database.connect() as connection:
            written.append((records.written, (await connection.execute(select(offers.c.state))).scalar_one()))
    assert written == [(ringing, "ringing"), (ringing + 1, "accepted")]


@pytest.mark.parametrize("failure", [ConnectionRefusedError("connection refused"), ValueError("a time needs a zone")], ids=repr)
async def test_what_fails_for_a_while_is_said_and_written_when_it_can_be(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    """asyncpg lets a refused connection through as OSError; a value that can't be converted raises anything."""
    monkeypatch.setattr(projection, "WRITE_EVERY_SECONDS", 0.0)
    records = Records(database)
    begin, tries = database.begin, 0

    def refused() -> Any:
        nonlocal tries
        tries += 1
        if tries <= 2:
            assert tries == 1 or not records.are_well
            raise failure
        return begin()

    monkeypatch.setattr(type(database), "begin", lambda _: refused())
    records.start()
    tell(records)
    async with asyncio.timeout(10):
        while records.written < len(STORY):  # it tells nobody
            await asyncio.sleep(0.01)
    await records.stop()
    assert (tries, records.are_well) == (3, True)


async def test_a_time_is_in_the_table_as_the_toolkit_would_put_it_there(database: AsyncEngine) -> None:
    shanghai = timezone(timedelta(hours=8))
    moment = datetime(2026, 1, 31, 7, 0, tzinfo=shanghai)
    as_toolkit = DateTime().dialect_impl(database.dialect).bind_processor(database.dialect)
    ours = UtcDateTime().dialect_impl(database.dialect).bind_processor(database.dialect)
    assert as_toolkit is not None and ours is not None
    for value in (moment, datetime(2026, 1, 31, 23, 59, 59, 1, tzinfo=UTC), None):
        assert ours(value) == as_toolkit(None if value is None else value.astimezone(UTC).replace(tzinfo=None))
    with pytest.raises(ValueError, match="a time needs a zone"):
        ours(moment.replace(tzinfo=None))


async def test_what_can_not_be_written_before_the_end_is_said_and_the_end_goes_on(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records(database)
    tell(records)

    async def refused(*_: Any) -> None:
        raise ValueError("a time needs a zone")

    monkeypatch.setattr(projection, "upsert", refused)
    with capture_logs() as said:
        await App._stop_records(records)
    assert [(line["event"], line["failure"]) for line in said] == [("records_not_written_before_the_end", "a time needs a zone")]
