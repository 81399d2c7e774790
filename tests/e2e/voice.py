"""Telephones with a real voice: baresip says a tone and records what it hears; and a measure of which tones are in a recording.

The tone says who speaks. It is found by Goertzel's algorithm (G. Goertzel, 1958), which gives the power at one frequency.
"""

from __future__ import annotations

import math
import shutil
import struct
import wave
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from hotline import children

RATE = 8000
"""Samples a second of G.711."""
WINDOW_SECONDS = 0.2
HEADER_BYTES = 44
"""Of a plain WAV file."""
LOUD = 0.5
"""A window belongs to a tone that has at least this part of its power."""
QUIET = 200.0
"""Mean amplitude (of 32767) below which a window is silence."""

CONFIG = """
module_path {modules}
module account.so
module g711.so
module aufile.so
module sndfile.so
module_app menu.so
sip_listen 127.0.0.1:{port}
audio_source aufile,{says}
snd_path {directory}
net_interface 127.0.0.1
rtp_ports {first_rtp}-{last_rtp}
"""


class VoicePhone:
    """One baresip: says a tone of ``hertz`` and records what it hears. It answers by itself; with ``dials`` it calls at once."""

    def __init__(self, directory: Path, number: str, port: int, rtp_port: int, hertz: float, dials: str = "") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.log = directory / "log"
        self._directory = directory
        self._dials = dials
        self._process: Process | None = None
        write_tone(directory / "says.wav", hertz, seconds=60)
        values = {"modules": _modules(), "port": port, "says": directory / "says.wav", "directory": directory}
        config = CONFIG.format(**values, first_rtp=rtp_port, last_rtp=rtp_port + 8)
        (directory / "config").write_text(config, encoding="utf-8")
        account = f"<sip:{number}@127.0.0.1:{port}>;regint=0;answermode=auto;audio_codecs=PCMA\n"
        (directory / "accounts").write_text(account, encoding="utf-8")

    def heard(self) -> list[int]:
        """The samples of all that was heard until now; of the whole call once it has ended."""
        dumps = sorted(self._directory.glob("dump-*-dec.wav"))
        return recorded(dumps[-1]) if dumps else []

    async def __aenter__(self) -> Self:
        """Start; raises OSError when the program is missing."""
        dial = ["-e", f"d {self._dials}"] if self._dials else []
        self._process = await children.start(["baresip", "-f", str(self._directory), *dial], self.log)
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.ends()

    async def ends(self) -> None:
        """Say goodbye to whoever is there, and close the recording."""
        process, self._process = self._process, None
        if process is not None:
            await children.stop(process)


def _modules() -> Path:
    program = shutil.which("baresip")
    assert program, "baresip is missing: script/setup installs it (package baresip-core)"
    return Path(program).parents[1] / "lib" / "baresip" / "modules"


def write_tone(path: Path, hertz: float, seconds: float) -> None:
    """A sine of a third of full scale."""
    samples = (int(10_000 * math.sin(2 * math.pi * hertz * number / RATE)) for number in range(int(RATE * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


def recorded(path: Path) -> list[int]:
    """The samples of a recording, which may still grow: the length in its header is not trusted."""
    data = path.read_bytes() if path.exists() else b""
    if len(data) < HEADER_BYTES:
        return []
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, 20)
    assert (kind, channels, rate, bits) == (1, 1, RATE, 16), "plain mono of 16 bits"
    count = (len(data) - HEADER_BYTES) // 2
    return list(struct.unpack_from(f"<{count}h", data, HEADER_BYTES))


def share(samples: Sequence[int], hertz: float) -> float:
    """Part of the samples' power that is at ``hertz``: 1 for a pure tone of that frequency, 0 for silence."""
    coefficient = 2 * math.cos(2 * math.pi * hertz / RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = before * before + last * last - coefficient * before * last
    total = sum(sample * sample for sample in samples)
    return 2 * power / (len(samples) * total) if total else 0.0


def seconds_with(samples: Sequence[int], hertz: float, part: float = LOUD) -> float:
    """For how long the tone is heard, in seconds; ``part`` of the power is enough, where others speak at the same time."""
    return WINDOW_SECONDS * sum(share(window, hertz) > part for window in _loud(samples))


def seconds_of_sound(samples: Sequence[int]) -> float:
    """For how long anything is heard, in seconds."""
    return WINDOW_SECONDS * len(_loud(samples))


def _loud(samples: Sequence[int]) -> list[Sequence[int]]:
    size = int(RATE * WINDOW_SECONDS)
    windows = [samples[start : start + size] for start in range(0, len(samples) - size + 1, size)]
    return [window for window in windows if sum(map(abs, window)) / size > QUIET]


def likeness(sound: Sequence[int], recording: Sequence[int]) -> float:
    """How much of ``sound`` is somewhere in the ``recording``: 1 when it is there, whole and at one piece, whatever its volume.

    What is compared is how loud each fiftieth of a second is, at the best place (the correlation of the two).
    """
    wanted, heard = _loudnesses(sound), _loudnesses(recording)
    return max((_correlation(wanted, heard[at : at + len(wanted)]) for at in range(len(heard) - len(wanted) + 1)), default=0.0)


def _loudnesses(samples: Sequence[int]) -> list[float]:
    size = RATE // 50
    return [sum(map(abs, samples[start : start + size])) / size for start in range(0, len(samples) - size + 1, size)]


def _correlation(ones: Sequence[float], others: Sequence[float]) -> float:
    mean, other_mean = sum(ones) / len(ones), sum(others) / len(others)
    first, second = [one - mean for one in ones], [other - other_mean for other in others]
    power = math.sqrt(sum(one * one for one in first) * sum(other * other for other in second))
    return sum(one * other for one, other in zip(first, second, strict=True)) / power if power else 0.0
