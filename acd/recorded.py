"""Which conversations are recorded, from what Asterisk says of its recordings and the router of its calls.

Decides when a recording is one: somebody has answered; and when it is over: the call is in nobody's hands any more, or the next one
begins. It does not know whether there is a file, nor when that is deleted. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from acd.effects import CallChanged, Effect
from acd.events import Event
from acd.model import CallState
from acd.recording import RecordingBegan, RecordingPaused

Row = dict[str, Any]
_ON_THE_WAY = frozenset({CallState.OFFERED, CallState.CALLING_BACK})


@dataclass(slots=True)
class Recorded:
    """The recordings that go on."""

    awaited: dict[str, str] = field(default_factory=dict)
    """Call -> the recording that begins when somebody answers."""
    talks: dict[str, CallChanged] = field(default_factory=dict)
    """Who talks: of a callback whose agent was rung first, the recording begins after the talk."""
    going_on: dict[str, Row] = field(default_factory=dict)
    """By call."""

    def follow(self, at: datetime, event: Event, effects: Sequence[Effect]) -> Iterator[Row]:
        """Take note; the rows that are new or have changed."""
        match event:
            case RecordingBegan(call, recording):
                yield from self._end(call, at)
                self.awaited[call] = recording
                yield from self._begin(call, at)
            case RecordingPaused(call, paused, by) if call in self.going_on:
                row = self.going_on[call]
                row["pauses"] = _paused(row["pauses"], at, by) if paused else _resumed(row["pauses"], at)
                yield row
            case _:
                pass
        for effect in effects:
            if isinstance(effect, CallChanged):
                yield from self._changed(at, effect)

    def _changed(self, at: datetime, notice: CallChanged) -> Iterator[Row]:
        if notice.state is CallState.TALKING:
            self.talks[notice.call] = notice
            yield from self._begin(notice.call, at)
        elif notice.state is not CallState.CONSULTING:
            self.talks.pop(notice.call, None)
            yield from self._end(notice.call, at)
            if notice.state not in _ON_THE_WAY:
                self.awaited.pop(notice.call, None)

    def _begin(self, call: str, at: datetime) -> Iterator[Row]:
        talk = self.talks.get(call)
        if talk is not None and call in self.awaited:
            row = self.going_on[call] = {
                "id": self.awaited.pop(call), "call": call, "queue": talk.queue, "agent": talk.agent or "",
                "began_at": at, "ended_at": None, "pauses": [], "deleted_at": None,
            }  # fmt: skip
            yield row

    def _end(self, call: str, at: datetime) -> Iterator[Row]:
        row = self.going_on.pop(call, None)
        if row is not None:
            row.update(ended_at=at, pauses=_resumed(row["pauses"], at))
            yield row


def _paused(pauses: Sequence[Row], at: datetime, by: str) -> list[Row]:
    if pauses and pauses[-1]["to"] is None:
        return list(pauses)
    return [*pauses, {"from": at.isoformat(), "to": None, "by": by}]


def _resumed(pauses: Sequence[Row], at: datetime) -> list[Row]:
    if not pauses or pauses[-1]["to"] is not None:
        return list(pauses)
    return [*pauses[:-1], {**pauses[-1], "to": at.isoformat()}]
