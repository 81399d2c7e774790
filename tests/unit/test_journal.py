"""The journal keeps what it was given, in order, for good."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acd.events import CallArrived, CallerLeft, Event, OfferAnswered, PlanLoaded, Ticked, WrapUpEnded
from acd.journal import SqliteJournal
from acd.model import AgentId, CallId, Level, MissCause, OfferId, QueueId
from acd.plan import AgentPlan, Plan, QueuePlan, Rona
from skills.expression import All, AnyOf, Has, IsAgent, Not
from skills.requirement import Requirement, Step

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CALL = CallId("main-1.1")
NEED = All((Has("product:printers", 3), AnyOf((Has("level:L2"), Not(IsAgent("anna"))))))
PLAN = Plan(
    queues=(QueuePlan(QueueId("printers.L2"), "printers", Level.L2, Requirement((Step("exact", NEED, 20.0), Step("any", All(())))), ),),
    agents=(AgentPlan("anna", "安娜", {"product:printers": 4}, "1001"),),  # type: ignore[arg-type]  # plain text serves as an id here
    rona={MissCause.BUSY: Rona(5.0, 2)},
)  # fmt: skip
EVENTS: list[Event] = [
    PlanLoaded(PLAN), CallArrived(CALL, "13800000000", 'Bob "${EVIL}", \r\n 🖨', "4008001234", "Unified"), Ticked(),
    OfferAnswered(OfferId(f"{CALL}/o1")), CallerLeft(CALL),
]  # fmt: skip


def written(path: Path | str = ":memory:") -> SqliteJournal:
    journal = SqliteJournal(path)
    journal.append([(NOON + timedelta(seconds=place), event) for place, event in enumerate(EVENTS)])
    journal.commit()
    return journal


def test_what_is_read_equals_what_was_written() -> None:
    entries = list(written().read())
    assert [event for _, _, event in entries] == EVENTS
    assert [sequence for sequence, _, _ in entries] == [1, 2, 3, 4, 5]
    assert entries[3][1] == NOON + timedelta(seconds=3)


def test_reading_goes_on_after_a_sequence_number() -> None:
    assert [sequence for sequence, _, _ in written().read(after=3)] == [4, 5]


def test_a_calls_events_are_found_through_its_offers_too() -> None:
    assert [event for _, _, event in written().of_call(CALL)] == [EVENTS[1], EVENTS[3], EVENTS[4]]


def test_numbering_goes_on_after_the_file_was_closed(tmp_path: Path) -> None:
    written(tmp_path / "journal").close()
    again = SqliteJournal(tmp_path / "journal")
    assert again.append([(NOON, Ticked())]) == 6


@pytest.mark.parametrize("change", ["DELETE FROM events", "UPDATE events SET body = '{}'"])
def test_nothing_in_the_journal_can_be_changed(tmp_path: Path, change: str) -> None:
    written(tmp_path / "journal").close()
    with sqlite3.connect(tmp_path / "journal") as database, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(change)


def test_a_failed_append_writes_nothing_and_the_next_one_takes_its_numbers(tmp_path: Path) -> None:
    journal = written(tmp_path / "journal")
    with sqlite3.connect(tmp_path / "journal") as other:
        other.execute("INSERT INTO events VALUES (7, '2026-03-02T12:00:00+00:00', 'Ticked', NULL, '{}')")
    with pytest.raises(sqlite3.IntegrityError):
        journal.append([(NOON, Ticked()), (NOON, Ticked())])
    assert [sequence for sequence, _, _ in journal.read(after=5) if sequence != 7] == []
    assert journal.append([(NOON, Ticked())]) == 6


def test_what_was_appended_is_durable_after_the_commit_and_not_before(tmp_path: Path) -> None:
    journal = written(tmp_path / "journal")
    journal.append([(NOON, Ticked())])
    with sqlite3.connect(tmp_path / "journal") as other:
        assert other.execute("SELECT max(sequence) FROM events").fetchone() == (5,)
        journal.commit()
        assert other.execute("SELECT max(sequence) FROM events").fetchone() == (6,)


def test_half_a_surrogate_pair_that_somebody_typed_comes_back_as_it_was() -> None:
    journal = SqliteJournal(":memory:")
    typed = WrapUpEnded(AgentId("anna"), "solved", "half a pair: \ud83d, a whole one: 🖨")
    journal.append([(NOON, typed)])
    assert [event for _, _, event in journal.read()] == [typed]


def test_an_entry_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    written(tmp_path / "journal").close()
    with sqlite3.connect(tmp_path / "journal") as other:
        other.execute("INSERT INTO events VALUES (6, '2026-03-02T12:00:00+00:00', 'OfTheFuture', NULL, '{}')")
    journal = SqliteJournal(tmp_path / "journal")
    assert journal.append([(NOON, Ticked())]) == 7
    assert [sequence for sequence, _, _ in journal.read()] == [1, 2, 3, 4, 5, 7]


def test_a_new_journal_goes_on_after_what_the_records_have_followed() -> None:
    journal = SqliteJournal(":memory:")
    journal.go_on_after(100)
    assert journal.append([(NOON, Ticked())]) == 101


@contextmanager
def no_room(path: Path) -> Iterator[None]:
    """No file of this process may grow beyond what the journal's log is by now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(f"{path.name}-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else writes to the journal's file."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.parametrize("trouble", [no_room, locked])
def test_what_was_appended_while_the_file_could_not_be_written_is_there_afterwards(
    tmp_path: Path, trouble: Callable[[Path], AbstractContextManager[None]]
) -> None:
    journal = written(tmp_path / "journal")
    with trouble(tmp_path / "journal"):
        for _ in range(3):
            journal.append([(NOON, Ticked()), (NOON, CallerLeft(CALL))])
            journal.note_refused(journal.last)
            with pytest.raises(sqlite3.OperationalError):
                journal.commit()
    journal.append([(NOON, Ticked())])
    journal.close()

    again = SqliteJournal(tmp_path / "journal")
    assert [sequence for sequence, _, _ in again.read()] == list(range(1, 13))
    assert [event for _, _, event in again.read(after=5)] == [Ticked(), CallerLeft(CALL)] * 3 + [Ticked()]
    with sqlite3.connect(tmp_path / "journal") as other:
        assert other.execute("SELECT sequence FROM refused").fetchall() == [(7,), (9,), (11,)]


def test_an_entry_that_can_not_be_written_leaves_no_transaction_open(tmp_path: Path) -> None:
    """Nobody else could write to the file any more, and each commit would begin in the middle of the last one."""
    journal = written(tmp_path / "journal")
    with locked(tmp_path / "journal"):
        journal.append([(NOON, Ticked())])
        journal.append([(NOON, CallerLeft(CallId("main-\ud800")))])
    for _ in range(2):
        with pytest.raises(UnicodeEncodeError):
            journal.commit()
        with locked(tmp_path / "journal"):
            pass
        assert [sequence for sequence, _, _ in journal.read()] == [1, 2, 3, 4, 5]


def test_what_could_never_be_written_is_said_when_the_journal_is_closed(tmp_path: Path) -> None:
    journal = written(tmp_path / "journal")
    journal.append([(NOON, Ticked())])
    with no_room(tmp_path / "journal"), pytest.raises(sqlite3.OperationalError):
        journal.close()
    assert [sequence for sequence, _, _ in SqliteJournal(tmp_path / "journal").read()] == [1, 2, 3, 4, 5]
