"""Whoever runs a command as another user than the engine's is told so, and as whom to run it: never with a traceback."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import thread
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.loader import load
from config.schema import Config
from hotline import doctor_command, doctor_engine, explain_command, places, recordings_command, recordings_spool, user_command
from hotline.cli import main
from hotline.places import Refused
from hotline.records_database import opened
from tests.e2e.conftest import CONFIG

NOBODY = 65_534
CLOSED_PORT = 1
LOADED = (explain_command, user_command, thread)
"""What is else loaded when it is first used: the other user may perhaps not read the program's own files."""


@contextmanager
def other_user() -> Iterator[None]:
    """Root may look everywhere, so root becomes somebody else for a block; everybody else is kept out by mode 0000 himself."""
    if os.getuid() != 0:
        yield
        return
    groups = os.getgroups()
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, 0)
        os.setresuid(NOBODY, NOBODY, 0)
    except OSError as problem:
        pytest.skip(f"this root may not become another user: {problem}")
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """In which everybody may look: pytest's own are for their owner only."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    for one in path.iterdir():
        one.chmod(0o700)
    shutil.rmtree(path)


@pytest.fixture
def state(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The engine's, with what the commands look for; closed to all but root."""
    path = open_folder / "state"
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(path))
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    places.session_secret()
    for name in ("records.sqlite3", "journal.sqlite3", "engine.lock"):
        (path / name).touch(mode=0o600)
    return path


def configured(folder: Path) -> Config:
    """Recording into the folder, and with no engine that answers."""
    config = load(CONFIG)
    return config.model_copy(update={
        "web": config.web.model_copy(update={"host": "127.0.0.1", "port": CLOSED_PORT}),
        "recording": config.recording.model_copy(update={"folder": str(folder)}),
        "queues": config.queues.model_copy(update={"defaults": config.queues.defaults.model_copy(update={"record": 20})}),
        "exchanges": {}, "screen_pop": config.screen_pop.model_copy(update={"webhook": None}),
    })  # fmt: skip


def test_the_doctor_says_whose_the_state_is_and_goes_on(
    state: Path, open_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = open_folder / "spool" / "recordings"
    recordings.mkdir(parents=True)
    config = configured(recordings)
    monkeypatch.setattr(doctor_command, "proven", lambda _: config)
    arguments = argparse.Namespace(config=CONFIG, sounds=None)
    doctor_command.run(arguments)
    assert f"ok   state directory {state} can be written to" in capsys.readouterr().out
    state.chmod(0)
    (open_folder / "spool").chmod(0)
    with other_user():
        assert doctor_command.run(arguments) == 1
    engine, of_state, of_recordings = capsys.readouterr().out.splitlines()
    assert engine.startswith(f"BAD  engine at http://127.0.0.1:{CLOSED_PORT} does not answer")
    whose = f"it is {recordings_spool.name_of(os.getuid())}'s, with mode 0000; run this as the engine's user"
    assert of_state.startswith(f"BAD  state directory {state}: this user can't read it or can't write to it; {whose}")
    assert of_recordings.startswith(f"BAD  recordings: this user may not look at {recordings}; run this as the engine's user, and let")


def test_a_state_directory_that_can_not_even_be_looked_for_is_told(state: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deeper = state / "deeper"
    deeper.mkdir()
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(deeper))
    config = configured(open_folder)
    list(doctor_engine.findings(config))
    state.chmod(0)
    with other_user():
        _, finding = doctor_engine.findings(config)
    assert (finding.well, finding.what) == (False, f"state directory {deeper}: this user may not look there")


def test_records_elsewhere_that_may_not_be_read_are_told(state: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = open_folder / "elsewhere.sqlite3"
    file.touch(mode=0)
    url = f"sqlite+aiosqlite:///{file}"
    with other_user():
        [finding] = doctor_engine._records(url)
    assert finding.what.startswith(f"records in {file}: this user can't read it or can't write to it; it is ")
    assert not finding.well


@pytest.mark.parametrize(
    ("words", "file"),
    [(("explain", "last"), "journal.sqlite3"), (("user", "list"), "records.sqlite3"), (("user", "token", "wall"), "records.sqlite3")],
)
@pytest.mark.parametrize("closed", ["the directory", "the file"])
def test_a_command_is_refused_in_one_line(
    state: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], file: str, closed: str
) -> None:
    if closed == "the file":
        state.chmod(0o755)
    (state if closed == "the directory" else state / file).chmod(0)
    with other_user():
        code = main(words)
    said = capsys.readouterr()
    assert (code, said.out, said.err) == (1, "", f"{state / file}: may not be read; run this as the engine's user\n")


def test_recordings_that_may_not_be_listed_or_deleted_are_refused(open_folder: Path) -> None:
    folder = open_folder / "recordings"
    folder.mkdir()
    told = {0o000: "may not be read", 0o444: "its files may not be looked at"}
    for mode, words in told.items():
        folder.chmod(mode)
        with other_user(), pytest.raises(Refused, match=words):
            recordings_command.run(argparse.Namespace(folder=folder, delete_old=False))
    folder.chmod(0o555)
    with other_user(), pytest.raises(Refused, match="its files may not be deleted"):
        recordings_command.run(argparse.Namespace(folder=folder, delete_old=True))


async def test_who_can_not_open_the_database_is_not_told_to_move_it_away(state: Path) -> None:
    url = places.database_url(state)
    await (await opened(url)).dispose()  # so that the driver is loaded
    state.chmod(0)
    with other_user(), pytest.raises(Refused, match=r"unable to open database file; run this as the engine's user$"):
        await opened(url)
