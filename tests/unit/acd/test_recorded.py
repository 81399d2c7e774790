"""Which conversations are recorded: those that were answered, each by itself, with the stretches in which nothing was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from acd.effects import CallChanged, Effect
from acd.events import Event, Ticked
from acd.model import AgentId, CallId, CallState, QueueId
from acd.recorded import Recorded, Row
from acd.recording import RecordingBegan, RecordingPaused

CALL, QUEUE, LI = CallId("main-17.5"), QueueId("printers.L1"), AgentId("li.wei")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIRST, SECOND = "main-17.5-1795306620", "main-17.5-1795306720"


class Told:
    """What was told, a second after the other, and the rows of it."""

    def __init__(self) -> None:
        self.recorded = Recorded()
        self.rows: dict[str, Row] = {}
        self.at = START

    def event(self, event: Event, effects: Sequence[Effect] = ()) -> None:
        self.at += timedelta(seconds=1)
        self.rows |= {row["id"]: dict(row) for row in self.recorded.follow(self.at, event, effects)}

    def becomes(self, state: CallState) -> None:
        self.event(Ticked(), [CallChanged(CALL, state, QUEUE, LI if state is CallState.TALKING else None)])


def seconds(text: str) -> float:
    return (datetime.fromisoformat(text) - START).total_seconds()


def test_a_recording_is_one_from_the_answer_to_the_end_of_the_talk() -> None:
    told = Told()
    told.becomes(CallState.OFFERED)
    told.event(RecordingBegan(CALL, FIRST))
    assert told.rows == {}
    told.becomes(CallState.TALKING)
    told.becomes(CallState.CONSULTING)
    told.becomes(CallState.TALKING)
    told.becomes(CallState.AFTER)
    assert list(told.rows) == [FIRST]
    row = told.rows[FIRST]
    assert (row["call"], row["queue"], row["agent"], row["pauses"], row["deleted_at"]) == (CALL, QUEUE, LI, [], None)
    assert (row["began_at"], row["ended_at"]) == (START + timedelta(seconds=3), START + timedelta(seconds=6))


def test_who_is_not_answered_is_not_recorded_and_the_next_agents_conversation_is() -> None:
    told = Told()
    told.becomes(CallState.OFFERED)
    told.event(RecordingBegan(CALL, FIRST))
    told.becomes(CallState.WAITING)
    told.becomes(CallState.TALKING)
    assert told.rows == {}
    told.becomes(CallState.WAITING)
    told.becomes(CallState.OFFERED)
    told.event(RecordingBegan(CALL, SECOND))
    told.becomes(CallState.TALKING)
    assert list(told.rows) == [SECOND]


def test_a_callback_whose_agent_was_rung_first_is_recorded_from_when_the_customer_was_told() -> None:
    told = Told()
    told.becomes(CallState.CALLING_BACK)
    told.becomes(CallState.TALKING)
    told.event(RecordingBegan(CALL, FIRST))
    told.becomes(CallState.ENDED)
    assert (told.rows[FIRST]["began_at"] - START).total_seconds() == 3
    assert (told.rows[FIRST]["ended_at"] - START).total_seconds() == 4


def test_pauses_are_kept_and_the_last_one_ends_with_the_talk() -> None:
    told = Told()
    told.event(RecordingPaused(CALL, True, LI))
    told.event(RecordingBegan(CALL, FIRST))
    told.becomes(CallState.TALKING)
    for paused in (True, True, False, False, True):
        told.event(RecordingPaused(CALL, paused, LI))
    assert told.rows[FIRST]["pauses"][-1]["to"] is None
    told.becomes(CallState.ENDED)
    assert [(seconds(one["from"]), seconds(one["to"]), one["by"]) for one in told.rows[FIRST]["pauses"]] == [(4, 6, LI), (8, 9, LI)]
