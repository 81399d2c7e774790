"""Prompts' files, with a voice that hums."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import pytest

from ivr.espeak import VOICES, EspeakVoice
from ivr.prompts import Prompt, PromptError, Source, damaged, missing, render, unwritten
from ivr.sound import FULL_SCALE, Sound, loudness, read_wav, trimmed, wav_bytes

TEXTS = {"welcome": {"zh": "您好", "en": "Hello"}, "invalid": {"zh": "输入有误"}}


def tone(seconds: float = 0.5, hertz: float = 440.0, rate: int = 22050, amplitude: float = 0.1) -> Sound:
    count = round(seconds * rate)
    return Sound(array("h", (round(32767 * amplitude * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count))), rate)


class HummingVoice:
    """Hums as long as the text is."""

    def __init__(self, identity: str = "hum 1") -> None:
        self.identity = identity
        self.spoken: list[tuple[str, str]] = []

    def speak(self, text: str, language: str) -> Sound:
        self.spoken.append((text, language))
        return tone(0.1 * len(text))


def test_every_prompt_is_where_asterisk_looks_for_it(tmp_path: Path) -> None:
    render(TEXTS, ["zh", "en"], tmp_path, HummingVoice())
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("??/**/*.wav")) == [
        "en/hotline/welcome.wav",
        "zh/hotline/invalid.wav",
        "zh/hotline/welcome.wav",
    ]


def test_a_prompt_is_telephone_sound_of_one_loudness(tmp_path: Path) -> None:
    render(TEXTS, ["zh"], tmp_path, HummingVoice())
    sound = read_wav(Prompt("zh", "welcome").file(tmp_path))
    assert sound.rate == 8000
    assert loudness(sound) == pytest.approx(-20, abs=0.5)


def test_a_second_run_says_nothing_anew(tmp_path: Path) -> None:
    voice = HummingVoice()
    render(TEXTS, ["zh", "en"], tmp_path, voice)
    made = render(TEXTS, ["zh", "en"], tmp_path, voice)
    assert len(voice.spoken) == 3
    assert made[Prompt("zh", "welcome")] is Source.CACHED


def test_a_changed_text_voice_or_rate_is_said_anew(tmp_path: Path) -> None:
    render(TEXTS, ["zh"], tmp_path, HummingVoice())
    changed = render({**TEXTS, "welcome": {"zh": "您好吗"}}, ["zh"], tmp_path, HummingVoice())
    assert changed == {Prompt("zh", "invalid"): Source.CACHED, Prompt("zh", "welcome"): Source.SPOKEN}
    assert set(render(TEXTS, ["zh"], tmp_path, HummingVoice("hum 2")).values()) == {Source.SPOKEN}
    assert set(render(TEXTS, ["zh"], tmp_path, HummingVoice(), rate=16000).values()) == {Source.SPOKEN}
    assert read_wav(Prompt("zh", "welcome").file(tmp_path, 16000)).rate == 16000
    assert list(Prompt("zh", "welcome").files(tmp_path)) == [16000], "of another rate, the old one would be played beside it"


def test_a_recording_wins_and_is_brought_to_the_telephones_form(tmp_path: Path) -> None:
    recordings, out = tmp_path / "recordings", tmp_path / "sounds"
    (recordings / "zh").mkdir(parents=True)
    (recordings / "zh" / "welcome.wav").write_bytes(wav_bytes(tone(1.0, rate=44100)))
    voice = HummingVoice()
    made = render(TEXTS, ["zh"], out, voice, recordings=recordings)
    assert made[Prompt("zh", "welcome")] is Source.RECORDED
    assert voice.spoken == [("输入有误", "zh")]
    sound = read_wav(Prompt("zh", "welcome").file(out))
    assert (sound.rate, sound.seconds) == (8000, pytest.approx(1.0, abs=0.2))


def test_a_recording_that_is_no_sound_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "welcome.wav").write_bytes(b"ID3 this is no wav")
    with pytest.raises(PromptError, match=r"welcome\.wav"):
        render(TEXTS, ["zh"], tmp_path / "out", HummingVoice(), recordings=tmp_path)


def test_what_is_missing_is_listed(tmp_path: Path) -> None:
    assert missing(TEXTS, ["en"], tmp_path) == (Prompt("en", "invalid"), Prompt("en", "welcome"))
    made = render(TEXTS, ["en"], tmp_path, HummingVoice())
    assert made[Prompt("en", "invalid")] is Source.NO_TEXT
    assert missing(TEXTS, ["en"], tmp_path) == (Prompt("en", "invalid"),)


def test_what_can_not_be_made_is_listed(tmp_path: Path) -> None:
    assert unwritten(TEXTS, ["zh", "en"]) == (Prompt("en", "invalid"),)
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "invalid.wav").write_bytes(wav_bytes(tone()))
    assert unwritten(TEXTS, ["zh", "en"], tmp_path) == ()


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int, str, Source]] = []
    render(TEXTS, ["zh"], tmp_path, HummingVoice(), progress=lambda done, of, prompt, source: told.append((done, of, prompt.name, source)))
    assert told == [(1, 2, "invalid", Source.SPOKEN), (2, 2, "welcome", Source.SPOKEN)]


def test_an_unchanged_file_is_not_touched(tmp_path: Path) -> None:
    render(TEXTS, ["zh"], tmp_path, HummingVoice())
    path = Prompt("zh", "welcome").file(tmp_path)
    before = path.stat().st_mtime_ns
    render(TEXTS, ["zh"], tmp_path, HummingVoice())
    assert path.stat().st_mtime_ns == before
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize(("name", "language"), [("../etc", "zh"), ("Welcome", "zh"), ("", "zh"), ("welcome", "../zh"), ("welcome", "")])
def test_names_are_names_and_no_paths(tmp_path: Path, name: str, language: str) -> None:
    with pytest.raises(PromptError):
        render({name: {language: "x"}}, [language], tmp_path, HummingVoice())


def test_a_voice_that_says_nothing_is_found_out(tmp_path: Path) -> None:
    voice = HummingVoice()
    voice.speak = lambda text, language: Sound(array("h", [0] * 8000), 8000)  # type: ignore[method-assign]
    with pytest.raises(PromptError, match="silent"):
        render(TEXTS, ["zh"], tmp_path, voice)


# ---- espeak-ng


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh", "打印机请按三"), ("en", "For printers, press 3"), ("yue", "你好"), ("ja", "こんにちは"), ("ko", "안녕하세요")],
)
def test_espeak_speaks_every_language(language: str, text: str) -> None:
    sound = EspeakVoice().speak(text, language)
    assert 0.4 < sound.seconds < 6
    assert loudness(sound) > -40


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "打印机请按三。"), ("en", "For printers, press three."), ("yue", "打印機請撳三。"),
        ("ja", "プリンターは さんを おしてください。"), ("ko", "프린터는 삼 번을 눌러 주십시오."),
    ],
)
def test_what_is_rendered_is_as_loud_in_every_language_and_not_clipped(language: str, text: str, tmp_path: Path) -> None:
    render({"printers": {language: text}}, [language], tmp_path, EspeakVoice())
    sound = read_wav(Prompt(language, "printers").file(tmp_path))
    assert -21.5 < loudness(sound) < -18.5
    assert 0.2 * FULL_SCALE < max(map(abs, sound.samples)) < FULL_SCALE
    assert 0.8 < sound.seconds < 6


@pytest.mark.parametrize("language", ["zh", "en", "ko"])
def test_each_part_of_the_question_for_the_language_is_spoken_in_its_own(language: str) -> None:
    """espeak-ng's English voice calls each Chinese character "Chinese letter", which takes half a second each."""
    voice = EspeakVoice()
    both = voice.speak("中文服务请按一。For English, press two.", language)
    apart = trimmed(voice.speak("中文服务请按一。", "zh")).seconds + trimmed(voice.speak("For English, press two.", "en")).seconds
    assert both.seconds == pytest.approx(apart, abs=0.4)


def test_japanese_is_spoken_in_kana_and_other_characters_are_refused_by_name(tmp_path: Path) -> None:
    assert EspeakVoice().speak("しょうしょうおまちください。LP400 です。", "ja").seconds > 1
    with pytest.raises(PromptError, match=r"prompt wait in ja: .*kana only, and not '少々待'.*record"):
        render({"wait": {"ja": "少々お待ちください"}}, ["ja"], tmp_path, EspeakVoice())


def test_a_studio_recording_makes_up_for_what_no_voice_says(tmp_path: Path) -> None:
    recording = tmp_path / "studio" / "ja" / "wait.wav"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(wav_bytes(EspeakVoice().speak("おまちください", "ja")))
    made = render({"wait": {"ja": "お待ちください"}}, ["ja"], tmp_path / "out", EspeakVoice(), recordings=tmp_path / "studio")
    assert set(made.values()) == {Source.RECORDED}


def test_files_that_are_no_sound_of_a_telephones_or_silent_are_found(tmp_path: Path) -> None:
    texts = {name: {"en": "Hello"} for name in ("good", "noise", "silent", "studio", "gone")}
    contents = {
        "good": wav_bytes(Sound(array("h", [9000, -9000] * 4000), 16000)), "noise": b"no sound",
        "silent": wav_bytes(Sound(array("h", [0] * 800), 8000)),
        "studio": wav_bytes(Sound(array("h", [9000, -9000] * 4000), 44100)),
    }  # fmt: skip
    for name, content in contents.items():
        path = Prompt("en", name).file(tmp_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    Prompt("en", "good").file(tmp_path).rename(Prompt("en", "good").file(tmp_path, 16000))
    found = {path.stem: why for path, why in damaged(texts, ["en"], tmp_path).items()}
    assert sorted(found) == ["noise", "silent", "studio"]
    assert "44100" in found["studio"]


def test_espeak_speaks_longer_texts_longer() -> None:
    voice = EspeakVoice()
    assert voice.speak("请按一，请按二，请按三", "zh").seconds > 2 * voice.speak("请按一", "zh").seconds


def test_a_text_is_no_option() -> None:
    assert EspeakVoice().speak("--version", "en").seconds > 0.4


def test_a_language_without_a_voice_is_named() -> None:
    with pytest.raises(PromptError, match="'tlh'"):
        EspeakVoice().speak("nuqneH", "tlh")


def test_a_voice_that_is_not_installed_is_named() -> None:
    with pytest.raises(PromptError, match="not installed"):
        EspeakVoice("espeak-that-is-not-there").speak("Hello", "en")


def test_the_voice_has_an_identity() -> None:
    assert "eSpeak NG" in EspeakVoice().identity
    assert all(name in EspeakVoice().identity for name in VOICES)
