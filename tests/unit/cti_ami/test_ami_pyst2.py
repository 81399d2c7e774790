"""A foreign parser reads the recorded bytes as we do: pyst2's ``asterisk.manager``, which is written for blocking sockets and shares no
code with panoramisk."""

from __future__ import annotations

import pytest
from asterisk.manager import ManagerMsg

from cti.translate import EVENTS
from tests.transcripts.ami_transcripts import NAMES, events_of, recorded

GREETING = b"Asterisk Call Manager/11.0.0\r\n"


def read_by_pyst2(data: bytes) -> list[dict[str, str]]:
    """The events' headers; pyst2 is given each message as the list of lines that its reading loop makes."""
    assert data.startswith(GREETING)
    blocks = data[len(GREETING) :].decode().split("\r\n\r\n")[:-1]
    messages = (ManagerMsg([f"{line}\r\n" for line in block.split("\r\n")]) for block in blocks)
    return [dict(message.headers) for message in messages if message.has_header("Event")]


def stripped(fields: dict[str, str]) -> dict[str, str]:
    """panoramisk keeps the empty value of ``Exten: `` and pyst2 too; but pyst2 strips every value."""
    return {key: value.strip() for key, value in fields.items()}


@pytest.mark.parametrize("name", NAMES)
def test_pyst2_reads_the_same_events_with_the_same_headers(name: str) -> None:
    data = recorded(name)
    assert [stripped(dict(event)) for event in events_of([data])] == read_by_pyst2(data)


def test_the_transcripts_hold_every_event_that_is_asked_for() -> None:
    """Otherwise the comparison would say nothing about the ones that are missing."""
    seen = {event["Event"] for name in NAMES for event in events_of([recorded(name)])}
    assert set(EVENTS) <= seen
