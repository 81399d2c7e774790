"""What is told of recordings: events as those of ``acd.events``. They change nothing but what is on record (``acd.recorded``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from acd.model import CallId


@dataclass(frozen=True, slots=True)
class RecordingBegan:
    """The conversation that comes next is recorded, unless nobody answers."""

    call: CallId
    recording: str
    """Its id: the call's, and the epoch second of its begin."""


@dataclass(frozen=True, slots=True)
class RecordingPaused:
    """Nothing is recorded for a while, because of what is said; or again."""

    call: CallId
    paused: bool
    by: str


RecordingNews = Union[RecordingBegan, RecordingPaused]
