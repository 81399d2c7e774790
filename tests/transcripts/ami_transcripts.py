"""The recorded AMI transcripts, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from cti.ami.wire import Wire

FOLDER = Path(__file__).parent / "ami"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def recorded(name: str) -> bytes:
    """The bytes that Asterisk sent; the comment with their provenance, up to the first empty line, is left out."""
    return (FOLDER / f"{name}.txt").read_bytes().partition(b"\n\n")[2]


class Line(asyncio.Transport):
    """The other end of a connection that a test holds in its hand: what was written to it, and whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def events_of(pieces: Iterable[bytes]) -> list[Mapping[str, str]]:
    """What a connection tells of, when it gets these pieces and is then cut off."""

    async def feed() -> list[Mapping[str, str]]:
        events: list[Mapping[str, str]] = []
        wire = Wire(events.append)
        wire.connection_made(Line())
        for piece in pieces:
            wire.data_received(piece)
        wire.connection_lost(None)
        return events

    return asyncio.run(feed())
