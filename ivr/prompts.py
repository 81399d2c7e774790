"""Prompts' files: from texts (or studio recordings) to the WAV files that Asterisk plays.

Decides where a prompt's file is (``<sounds>/<language>/hotline/<name>.wav``, or ``.wav16`` at 16 kHz, which Asterisk finds as
``hotline/<name>`` by the channel's language), and what it is made of: a recording of that name wins over a spoken text. It does not know
menus, nor how a voice speaks (a ``Voice`` does).

A spoken text is kept in a cache under the hash of all that it depends on, so that a second run makes only what has changed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from ivr.menu import PROMPT_FOLDER
from ivr.sound import NotSound, Sound, levelled, loudness, read_wav, resampled, trimmed, wav_bytes

Texts = Mapping[str, Mapping[str, str]]
"""Prompt name -> language -> what is said."""

TELEPHONE_RATE: Final = 8000
SUFFIXES: Final = {TELEPHONE_RATE: ".wav", 16000: ".wav16"}
"""By rate: Asterisk (22.10) goes by the name alone, and plays nothing where that is not what is in the file."""
SILENT_DBFS: Final = -60.0
_TREATMENT: Final = "1"
"""Part of the cache's key: raise it when what happens to a voice's sound changes."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]+)*")


class PromptError(Exception):
    """A prompt can't be made; the message names it and says why."""


class Voice(Protocol):
    """Speaks texts."""

    @property
    def identity(self) -> str:
        """Changes when the same text would sound otherwise."""

    def speak(self, text: str, language: str) -> Sound:
        """The text, spoken. Raises PromptError when it can't be."""


class Source(StrEnum):
    """Where a prompt's sound came from."""

    RECORDED = "recorded"
    CACHED = "cached"
    SPOKEN = "spoken"
    NO_TEXT = "no text"
    """Neither a text nor a recording in this language: no file."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt in one language."""

    language: str
    name: str

    def file(self, sounds: Path, rate: int = TELEPHONE_RATE) -> Path:
        """Where Asterisk finds it."""
        return sounds / self.language / PROMPT_FOLDER / f"{self.name}{SUFFIXES[rate]}"

    def files(self, sounds: Path) -> Mapping[int, Path]:
        """Those that are there, by rate."""
        return {rate: path for rate in SUFFIXES if (path := self.file(sounds, rate)).is_file()}

    def recording(self, recordings: Path | None) -> Path | None:
        """``<recordings>/<language>/<name>.wav`` when there is one."""
        path = None if recordings is None else recordings / self.language / f"{self.name}.wav"
        return path if path is not None and path.is_file() else None


Progress = Callable[[int, int, Prompt, Source], None]
"""Called after each prompt: how many are done, of how many, which, and where it came from."""


def render(
    texts: Texts,
    languages: Sequence[str],
    out_dir: Path,
    voice: Voice,
    *,
    rate: int = TELEPHONE_RATE,
    recordings: Path | None = None,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
) -> Mapping[Prompt, Source]:
    """Make every prompt's file in every language, as 16-bit mono WAV at ``rate`` Hz; ``out_dir`` is Asterisk's sounds directory.

    The cache is ``<out_dir>/.cache`` unless ``cache_dir`` says otherwise. Files appear whole or not at all: Asterisk may be playing.
    Raises PromptError for a name that is no file name, a voice that fails or a recording that is no WAV; what was made stays.
    """
    wanted = tuple(_prompts(texts, languages))
    cache = out_dir / ".cache" if cache_dir is None else cache_dir
    made: dict[Prompt, Source] = {}
    for done, prompt in enumerate(wanted, start=1):
        made[prompt] = source = _make(prompt, texts, out_dir, voice, rate, recordings, cache)
        if progress is not None:
            progress(done, len(wanted), prompt, source)
    return made


def missing(texts: Texts, languages: Sequence[str], out_dir: Path) -> tuple[Prompt, ...]:
    """Prompts that have no file below ``out_dir``, in order of language and name."""
    return tuple(prompt for prompt in _prompts(texts, languages) if not prompt.files(out_dir))


def damaged(texts: Texts, languages: Sequence[str], out_dir: Path) -> Mapping[Path, str]:
    """Files that Asterisk would not play, or that have nothing in them, and why."""
    there = [(path, rate) for prompt in _prompts(texts, languages) for rate, path in prompt.files(out_dir).items()]
    return {path: fault for path, rate in there if (fault := _fault(path, rate))}


def _fault(path: Path, rate: int) -> str:
    try:
        sound = read_wav(path)
    except NotSound as error:
        return str(error)
    if sound.rate != rate:
        return f"expected {rate} samples a second in a {path.suffix}; this has {sound.rate}"
    return "silent" if loudness(sound) < SILENT_DBFS else ""


def unwritten(texts: Texts, languages: Sequence[str], recordings: Path | None = None) -> tuple[Prompt, ...]:
    """Prompts that can't be made: neither a text nor a recording in that language."""
    return tuple(
        prompt for prompt in _prompts(texts, languages) if not _text(texts, prompt) and prompt.recording(recordings) is None
    )


def _prompts(texts: Texts, languages: Sequence[str]) -> Iterator[Prompt]:
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise PromptError(f"language {language!r}: expected a code such as zh or en")
        for name in sorted(texts):
            if not _NAME.fullmatch(name):
                raise PromptError(f"prompt {name!r}: expected a name of small letters, digits, '_' and '-'")
            yield Prompt(language, name)


def _text(texts: Texts, prompt: Prompt) -> str:
    return texts[prompt.name].get(prompt.language, "").strip()


def _make(prompt: Prompt, texts: Texts, out_dir: Path, voice: Voice, rate: int, recordings: Path | None, cache: Path) -> Source:
    recording, text = prompt.recording(recordings), _text(texts, prompt)
    if recording is not None:
        _place(prompt, out_dir, rate, _treated(_read(recording), rate, prompt))
        return Source.RECORDED
    if not text:
        return Source.NO_TEXT
    kept = cache / f"{_key(text, prompt.language, voice.identity, rate)}.wav"
    source = Source.CACHED if kept.is_file() else Source.SPOKEN
    if source is Source.SPOKEN:
        _write(kept, _treated(_spoken(voice, text, prompt), rate, prompt))
    _place(prompt, out_dir, rate, kept.read_bytes())
    return source


def _place(prompt: Prompt, out_dir: Path, rate: int, content: bytes) -> None:
    """Where Asterisk finds it; what it was before at another rate would be played beside it, and goes."""
    _write(prompt.file(out_dir, rate), content)
    for other, path in prompt.files(out_dir).items():
        if other != rate:
            path.unlink()


def _read(recording: Path) -> Sound:
    try:
        return read_wav(recording)
    except NotSound as error:
        raise PromptError(f"{recording}: {error}") from error


def _spoken(voice: Voice, text: str, prompt: Prompt) -> Sound:
    try:
        return voice.speak(text, prompt.language)
    except PromptError as error:
        raise PromptError(f"prompt {prompt.name} in {prompt.language}: {error}") from error


def _treated(sound: Sound, rate: int, prompt: Prompt) -> bytes:
    ready = levelled(trimmed(resampled(sound, rate)))
    if loudness(ready) < SILENT_DBFS:
        raise PromptError(f"prompt {prompt.name} in {prompt.language} is silent")
    return wav_bytes(ready)


def _key(text: str, language: str, identity: str, rate: int) -> str:
    parts = "\0".join((_TREATMENT, identity, language, str(rate), text))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _write(path: Path, content: bytes) -> None:
    """Write unless it is there already; by renaming, so that nobody reads half a file."""
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(content)
    draft.replace(path)
