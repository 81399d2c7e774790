"""A recorded conversation's two files, put together as one stereo sound: the caller on the left, the agent on the right.

Made as it is asked for, piece by piece: nothing is written. It does not know who may hear it. The files are what the dialplan has Asterisk
write (22.10): plain WAV of 44 bytes and then 16-bit samples, 8000 a second; both are in step, for ``MixMonitor`` fills up with silence.
"""

from __future__ import annotations

import re
import struct
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

RATE: Final = 8000
HEADER: Final = 44
_FRAME: Final = 4
"""Bytes of a stereo sample."""
SIDES: Final = ("caller", "agent")
PIECE: Final = 1 << 14
"""Samples that are looked at in one go."""


_NAME = re.compile(r"(?P<call>[\w.-]+)-(?P<epoch>\d{9,11})-(?P<side>caller|agent)\.wav")


class NoFiles(Exception):
    """Neither side's file is there; the message names the recording."""


@dataclass(frozen=True, slots=True)
class Stereo:
    """One conversation. ``frames`` is the longer side's number of samples; the shorter one ends in silence."""

    caller: Path
    agent: Path
    frames: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / RATE

    @property
    def size(self) -> int:
        """Bytes of the whole WAV file."""
        return HEADER + self.frames * _FRAME

    def read(self, start: int, end: int) -> bytes:
        """Bytes ``start`` to ``end`` (not included) of that file."""
        head = self._head()[start:end]
        first, last = max(0, start - HEADER), max(0, end - HEADER)
        frame, after = first // _FRAME, -(-last // _FRAME)
        sound = bytearray((after - frame) * _FRAME)
        for path, offset in ((self.caller, 0), (self.agent, 2)):
            samples = _samples(path, frame, after)
            sound[offset::_FRAME], sound[offset + 1 :: _FRAME] = samples[0::2], samples[1::2]
        return head + bytes(sound[first - frame * _FRAME : last - frame * _FRAME])

    def peaks(self, points: int) -> dict[str, list[float]]:
        """Side -> the loudest of each of so many equal pieces, 0 to 1."""
        return {side: _peaks(path, self.frames, points) for side, path in zip(SIDES, (self.caller, self.agent), strict=True)}

    def _head(self) -> bytes:
        data = self.frames * _FRAME
        return struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", data + 36, b"WAVEfmt ", 16, 1, 2, RATE, RATE * _FRAME, _FRAME, 16, b"data", data)


def stereo(folder: Path, recording: str) -> Stereo:
    """The recording's files; ``recording`` is its id (the call's, a dash, the epoch second). Raises NoFiles."""
    stem = recording.partition("-")[2]
    caller, agent = (folder / f"{stem}-{side}.wav" for side in SIDES)
    frames = max(_count(caller), _count(agent))
    if not frames:
        raise NoFiles(f"no sound of {recording}")
    return Stereo(caller, agent, frames)


@dataclass(frozen=True, slots=True)
class SideFile:
    """One side of a conversation. ``call`` is the call's id without the exchange's name; ``at`` when the agent's phone was dialled."""

    path: Path
    call: str
    at: datetime
    side: str

    @property
    def stem(self) -> str:
        """What both sides' names begin with."""
        return self.path.stem.rpartition("-")[0]


def recordings(folder: Path) -> list[SideFile]:
    """All in the folder, oldest first; files of other names are nobody's business here."""
    names = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir() if path.is_file())
    found = [SideFile(path, name["call"], datetime.fromtimestamp(int(name["epoch"]), UTC), name["side"]) for path, name in names if name]
    return sorted(found, key=lambda one: (one.at, one.path.name))


def _count(path: Path) -> int:
    return max(0, path.stat().st_size - HEADER) // 2 if path.is_file() else 0


def _samples(path: Path, start: int, end: int) -> bytes:
    data = b""
    if path.is_file():
        with path.open("rb") as file:
            file.seek(HEADER + start * 2)
            data = file.read((end - start) * 2)
    return data.ljust((end - start) * 2, b"\0")


def _peaks(path: Path, frames: int, points: int) -> list[float]:
    edges = [frames * point // points for point in range(points + 1)]
    return [_peak(path, start, end) for start, end in pairwise(edges)]


def _peak(path: Path, start: int, end: int) -> float:
    """A piece at a time: what takes the whole of a long one would hold up every other thread for as long."""
    loudest = 0
    for at in range(start, end, PIECE):
        samples = array("h", _samples(path, at, min(at + PIECE, end)))
        loudest = max(loudest, max(samples), -min(samples))
    return round(loudest / 32768, 3)
