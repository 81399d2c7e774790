"""Sound as numbers: mono 16-bit samples, read from and written to WAV, resampled, trimmed, and brought to one loudness.

Knows nothing of prompts, voices or folders. Plain Python: a prompt is some seconds long and is worked on once.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import IO, Final

FULL_SCALE: Final = 32767
_CUTOFF: Final = 0.45
"""Of the lower rate: 3.6 kHz at 8 kHz, the telephone's band."""
_ZERO_CROSSINGS: Final = 12
"""Of the low-pass to each side: below -45 dB from 4.4 kHz on at 8 kHz."""
_FRAME_SECONDS: Final = 0.02


class NotSound(Exception):
    """The bytes are no WAV that is understood here; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples from -32768 to 32767, ``rate`` of them a second."""

    samples: array[int]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate


def read_wav(source: Path | IO[bytes]) -> Sound:
    """Read 16-bit PCM, mono or stereo (its channels are averaged). Raises NotSound."""
    try:
        with wave.open(str(source) if isinstance(source, Path) else source, "rb") as reader:
            channels, width, rate = reader.getnchannels(), reader.getsampwidth(), reader.getframerate()
            raw = reader.readframes(reader.getnframes())
    except (wave.Error, EOFError) as error:
        raise NotSound(f"expected a WAV file: {error}") from error
    if width != 2 or channels not in (1, 2) or rate <= 0:
        raise NotSound(f"expected 16-bit PCM, mono or stereo; this has {8 * width} bits and {channels} channels")
    samples = array("h", raw[: len(raw) // (2 * channels) * 2 * channels])
    return Sound(samples if channels == 1 else _averaged(samples), rate)


def _averaged(stereo: array[int]) -> array[int]:
    return array("h", ((left + right) // 2 for left, right in zip(stereo[::2], stereo[1::2], strict=True)))


def wav_bytes(sound: Sound) -> bytes:
    """The sound as a 16-bit mono WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(sound.rate)
        writer.writeframes(sound.samples.tobytes())
    return buffer.getvalue()


def resampled(sound: Sound, rate: int) -> Sound:
    """At another rate, by a windowed-sinc low-pass (Hann) evaluated at the new samples' places only."""
    if rate == sound.rate:
        return sound
    divisor = math.gcd(rate, sound.rate)
    up, down = rate // divisor, sound.rate // divisor
    cutoff = _CUTOFF * min(rate, sound.rate) / sound.rate
    reach = math.ceil(_ZERO_CROSSINGS / (2 * cutoff))
    phases = [_taps(phase / up, cutoff, reach) for phase in range(up)]
    padded = array("d", bytes(8 * reach)) + array("d", sound.samples) + array("d", bytes(8 * (reach + 1)))
    out = array("h")
    for index in range(len(sound.samples) * up // down):
        place, phase = divmod(index * down, up)
        out.append(_clipped(sum(map(mul, phases[phase], padded[place : place + 2 * reach + 1]))))
    return Sound(out, rate)


def _taps(fraction: float, cutoff: float, reach: int) -> tuple[float, ...]:
    """The filter for an output sample that lies ``fraction`` of an input sample after one; the taps sum to 1."""
    raw = [_windowed_sinc(offset - fraction, cutoff, reach) for offset in range(-reach, reach + 1)]
    total = sum(raw)
    return tuple(tap / total for tap in raw)


def _windowed_sinc(at: float, cutoff: float, reach: int) -> float:
    if abs(at) >= reach:
        return 0.0
    angle = 2 * math.pi * cutoff * at
    return (math.sin(angle) / angle if angle else 1.0) * (0.5 + 0.5 * math.cos(math.pi * at / reach))


def loudness(sound: Sound, gate_dbfs: float = -45.0) -> float:
    """Root mean square of the 20 ms frames louder than the gate, in dB relative to full scale; -inf when there are none."""
    powers = [power for power in _frame_powers(sound) if power > _power(gate_dbfs)]
    return 10 * math.log10(sum(powers) / len(powers)) if powers else -math.inf


def levelled(sound: Sound, target_dbfs: float = -20.0, peak_dbfs: float = -1.0) -> Sound:
    """At the target loudness, or as near to it as the peak allows."""
    loud = loudness(sound)
    peak = max((abs(sample) for sample in sound.samples), default=0)
    if loud == -math.inf or peak == 0:
        return sound
    gain = min(10 ** ((target_dbfs - loud) / 20), FULL_SCALE * 10 ** (peak_dbfs / 20) / peak)
    return Sound(array("h", (_clipped(sample * gain) for sample in sound.samples)), sound.rate)


def trimmed(sound: Sound, gate_dbfs: float = -50.0, lead_seconds: float = 0.04, tail_seconds: float = 0.1) -> Sound:
    """Without the silence at both ends, but for a breath: silence after a question counts as the caller's."""
    loud = [index for index, power in enumerate(_frame_powers(sound)) if power > _power(gate_dbfs)]
    if not loud:
        return sound
    frame = _frame_length(sound)
    start = max(0, loud[0] * frame - round(lead_seconds * sound.rate))
    end = (loud[-1] + 1) * frame + round(tail_seconds * sound.rate)
    return Sound(sound.samples[start:end], sound.rate)


def joined(sounds: Sequence[Sound], pause_seconds: float) -> Sound:
    """One after the other, all of one rate, each without the silence at its ends, with a pause in between."""
    rate = sounds[0].rate
    pause = array("h", bytes(2 * round(pause_seconds * rate)))
    samples = array("h")
    for sound in sounds:
        samples += (pause if samples else array("h")) + trimmed(sound, lead_seconds=0.0, tail_seconds=0.0).samples
    return Sound(samples, rate)


def _frame_powers(sound: Sound) -> list[float]:
    frame = _frame_length(sound)
    frames = (sound.samples[start : start + frame] for start in range(0, len(sound.samples), frame))
    return [sum(map(mul, part, part)) / len(part) / FULL_SCALE**2 for part in frames]


def _frame_length(sound: Sound) -> int:
    return max(1, round(_FRAME_SECONDS * sound.rate))


def _power(dbfs: float) -> float:
    return float(10 ** (dbfs / 10))


def _clipped(value: float) -> int:
    return max(-FULL_SCALE - 1, min(FULL_SCALE, round(value)))
