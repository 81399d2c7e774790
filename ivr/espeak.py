"""A voice for prompts: espeak-ng, run once per text.

Knows which of its voices speaks which language. It does not know prompts' names or files. It is a makeshift that understands
every text and needs no network; studio recordings sound better.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from ivr.prompts import PromptError
from ivr.scripts import kanji_of, parts_of
from ivr.sound import NotSound, Sound, joined, read_wav

VOICES: Final[Mapping[str, str]] = {"zh": "cmn-latn-pinyin", "en": "en-us", "yue": "yue", "ja": "ja", "ko": "ko"}
"""Language -> espeak-ng's voice. In 1.51, ``cmn`` reads the pinyin behind the characters as English words; ``cmn-latn-pinyin`` reads it
as Chinese. Its Japanese reads kana only, and calls other characters "Chinese letter"; so does its English."""
WORDS_PER_MINUTE: Final[Mapping[str, int]] = {"zh": 170, "yue": 160}
_OTHERWISE: Final = 155
_PATIENCE_SECONDS: Final = 60.0
_MANNER: Final = "2"
"""Part of the identity: raise it when a text is put to the voices in another way."""
_PAUSE_SECONDS: Final = 0.15
"""Between two parts that are spoken by different voices."""


class EspeakVoice:
    """Speaks with the installed espeak-ng; ``program`` is its name or path."""

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program

    @cached_property
    def identity(self) -> str:
        """The program's version, and how fast it speaks. Raises PromptError when it is not installed."""
        words = self._run("--version").decode("utf-8", "replace").split("Data at")[0]
        return f"{words.strip()} {_MANNER} {sorted(VOICES.items())} {sorted(WORDS_PER_MINUTE.items())} {_OTHERWISE}"

    def speak(self, text: str, language: str) -> Sound:
        """The text as espeak-ng says it, at its own rate, each part in its own language. Raises PromptError where it can't."""
        parts = [self._say(part, spoken) for spoken, part in parts_of(text, language)]
        return joined(parts, _PAUSE_SECONDS) if len(parts) > 1 else parts[0]

    def _say(self, text: str, language: str) -> Sound:
        voice = VOICES.get(language)
        if voice is None:
            raise PromptError(f"no voice speaks {language!r}: espeak-ng is set up for {', '.join(VOICES)}; record it in a studio")
        if language == "ja" and (kanji := kanji_of(text)):
            raise PromptError(f"espeak-ng reads Japanese in kana only, and not {kanji!r}: write it in kana, or record it in a studio")
        speed = str(WORDS_PER_MINUTE.get(language, _OTHERWISE))
        spoken = self._run("-v", voice, "-s", speed, "-b", "1", "--stdin", "--stdout", text=text)
        try:
            return read_wav(io.BytesIO(spoken))
        except NotSound as error:
            raise PromptError(f"espeak-ng said nothing for {text!r} ({voice}): {error}") from error

    def _run(self, *arguments: str, text: str = "") -> bytes:
        if shutil.which(self._program) is None:
            raise PromptError(f"{self._program} is not installed (Debian package espeak-ng)")
        try:
            command = [self._program, *arguments]
            done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_PATIENCE_SECONDS, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise PromptError(f"{self._program} failed: {error}; {(error.stderr or b'').decode('utf-8', 'replace').strip()}") from error
        return done.stdout
