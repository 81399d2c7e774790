"""Sound as numbers."""

from __future__ import annotations

import io
import math
import wave
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.sound import NotSound, Sound, levelled, loudness, read_wav, resampled, trimmed, wav_bytes


def tone(hertz: float, rate: int, seconds: float = 0.5, amplitude: float = 0.5) -> Sound:
    count = round(seconds * rate)
    return Sound(array("h", (round(32767 * amplitude * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count))), rate)


def level(sound: Sound) -> float:
    """In dB relative to full scale, of the middle, ungated."""
    middle = sound.samples[len(sound.samples) // 4 : -len(sound.samples) // 4]
    return 10 * math.log10(sum(sample * sample for sample in middle) / len(middle) / 32767**2 + 1e-12)


@pytest.mark.parametrize("rate", [22050, 16000, 44100, 11025])
@pytest.mark.parametrize("hertz", [300.0, 1000.0, 3000.0])
def test_resampling_keeps_what_a_telephone_carries(rate: int, hertz: float) -> None:
    before = tone(hertz, rate)
    after = resampled(before, 8000)
    assert after.seconds == pytest.approx(before.seconds, abs=0.001)
    assert level(after) == pytest.approx(level(before), abs=0.5)
    assert _nearest_frequency(after) == pytest.approx(hertz, abs=10)


@pytest.mark.parametrize("hertz", [4800.0, 6000.0, 9000.0])
def test_resampling_lets_nothing_alias(hertz: float) -> None:
    assert level(resampled(tone(hertz, 22050), 8000)) < level(tone(hertz, 22050)) - 40


def test_the_same_rate_is_the_same_sound() -> None:
    sound = tone(440, 8000)
    assert resampled(sound, 8000) is sound


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 0.9])
def test_levelling_brings_all_to_one_loudness(amplitude: float) -> None:
    assert loudness(levelled(tone(440, 8000, amplitude=amplitude))) == pytest.approx(-20, abs=0.1)


def test_levelling_never_clips() -> None:
    peaky = array("h", [300] * 8000)
    peaky[4000] = 30000
    assert max(levelled(Sound(peaky, 8000)).samples) <= 32767 * 10 ** (-1 / 20) + 1


def test_silence_stays_silence() -> None:
    silence = Sound(array("h", [0] * 800), 8000)
    assert levelled(silence) is silence
    assert trimmed(silence) is silence
    assert loudness(silence) == -math.inf


def test_trimming_takes_the_silence_at_both_ends_only() -> None:
    quiet = array("h", [0] * 8000)
    word = tone(440, 8000, seconds=0.5).samples
    after = trimmed(Sound(quiet + word + quiet[:4000] + word + quiet, 8000))
    assert after.seconds == pytest.approx(1.5 + 0.14, abs=0.05)


@given(st.lists(st.integers(-32768, 32767), max_size=200))
def test_a_wav_comes_back_as_it_was(samples: list[int]) -> None:
    sound = Sound(array("h", samples), 8000)
    assert read_wav(io.BytesIO(wav_bytes(sound))) == sound


def test_stereo_is_averaged() -> None:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setparams((2, 2, 8000, 0, "NONE", ""))
        writer.writeframes(array("h", [100, 300, -100, -300]).tobytes())
    buffer.seek(0)
    assert list(read_wav(buffer).samples) == [200, -200]


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_is_no_wav_is_refused(content: bytes) -> None:
    with pytest.raises(NotSound):
        read_wav(io.BytesIO(content))


def test_eight_bits_are_refused_by_name() -> None:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setparams((1, 1, 8000, 0, "NONE", ""))
        writer.writeframes(b"\x80" * 10)
    buffer.seek(0)
    with pytest.raises(NotSound, match="8 bits"):
        read_wav(buffer)


def _nearest_frequency(sound: Sound) -> float:
    """By counting rising zero crossings."""
    crossings = [n for n in range(1, len(sound.samples)) if sound.samples[n - 1] < 0 <= sound.samples[n]]
    return (len(crossings) - 1) * sound.rate / (crossings[-1] - crossings[0])
