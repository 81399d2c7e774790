"""What keeps the engine or a command from working is told in one line that names the thing and what to do; and the process ends."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from acd.journal import SqliteJournal
from hotline import places
from hotline.cli import main
from hotline.places import Refused
from hotline.records_database import opened
from hotline.sipp import free_ports

SHIPPED = Path(__file__).parents[3] / "config" / "hotline.yaml"
SECONDS = 60
"""A loaded machine starts the engine slowly; one that hangs is ended."""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state directory of whatever runs in this process."""
    path = tmp_path / "state"
    path.mkdir(mode=0o700)
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(path))
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shipped one, at ports of its own."""
    yaml, path = YAML(), tmp_path / "hotline.yaml"
    rows = yaml.load(SHIPPED.read_text(encoding="utf-8"))
    ami, fastagi, web = free_ports(3, first=25_000, last=32_700, step=10)
    exchange = next(iter(rows["exchanges"].values()))
    exchange["ami"]["port"], exchange["fastagi"]["port"], rows["web"]["port"] = ami, fastagi, web
    for calendar in rows.get("calendars", {}).values():
        if "file" in calendar:
            calendar["file"] = str(SHIPPED.parent / calendar["file"])
    rows["customers"]["file"] = str(SHIPPED.parent / rows["customers"].get("file", "customers.csv"))
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(rows, file)
    return path


def engine(config: Path, state: Path) -> tuple[int, str]:
    """Its exit status and errors."""
    environment = {**os.environ, "HOTLINE_STATE_DIR": str(state), "HOTLINE_AMI_SECRET": "of-the-tests"}
    command = [sys.executable, "-m", "hotline.cli", "run", "--config", str(config)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stderr


def from_the_future(state: Path) -> None:
    with sqlite3.connect(state / "records.sqlite3") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")


def no_journal(state: Path) -> None:
    (state / "journal.sqlite3").write_text("something else altogether " * 99)


@pytest.mark.parametrize(
    ("spoil", "named", "advice"),
    [
        (from_the_future, "records.sqlite3: a newer version of the program", "install that version again"),
        (no_journal, "journal.sqlite3: file is not a database", "restore it from a backup"),
    ],
)
def test_a_state_that_can_not_be_used_ends_the_start(
    config: Path, state: Path, spoil: Callable[[Path], None], named: str, advice: str
) -> None:
    spoil(state)
    code, errors = engine(config, state)
    [line] = [line for line in errors.splitlines() if not line.startswith("{")]
    assert (code, line.startswith(f"{state}/{named}")) == (1, True), errors
    assert advice in line


def test_a_port_that_is_taken_is_named_before_any_exchange_is_looked_at(config: Path, state: Path) -> None:
    port = YAML(typ="safe").load(config.read_text(encoding="utf-8"))["web"]["port"]
    with socket.create_server(("127.0.0.1", port)):
        code, errors = engine(config, state)
    assert (code, f"can't listen on 127.0.0.1:{port}: Address already in use" in errors) == (1, True), errors
    assert "exchange_away" not in errors
    assert list(state.glob("*.sqlite3")) == []


def test_half_a_key_signs_nothing(state: Path) -> None:
    (state / "session.key").touch(mode=0o600)
    with pytest.raises(Refused, match="found 0 bytes, expected 32; restore it"):
        places.session_secret()


def test_a_key_is_made_once_for_its_owner_only(state: Path) -> None:
    key = places.session_secret()
    assert (len(key), places.session_secret(), (state / "session.key").stat().st_mode & 0o777) == (32, key, 0o600)
    assert [path.name for path in state.iterdir()] == ["session.key"]


def test_a_state_directory_that_can_not_be_written_to_is_named(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (state / "engine.lock").mkdir()
    with pytest.raises(Refused, match=r"engine\.lock: Is a directory; HOTLINE_STATE_DIR must be"), places.only_engine():
        pass
    (state / "file").touch()
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(state / "file" / "state"))
    with pytest.raises(Refused, match=r"file/state: Not a directory; HOTLINE_STATE_DIR must be"):
        places.state_dir()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("oracle+oracledb_async://hotline:geheim@127.0.0.1/records", "the driver oracledb is not installed; install the Python package"),
        ("records", "HOTLINE_DATABASE_URL is no database's address"),
        ("nonsense://127.0.0.1/records", "HOTLINE_DATABASE_URL is no database's address"),
        ("sqlite+aiosqlite:////proc/nowhere/records.sqlite3", "/proc/nowhere/records.sqlite3: unable to open database file; "),
    ],
)
async def test_a_database_that_can_not_be_used_is_told_without_its_password(address: str, told: str) -> None:
    with pytest.raises(Refused) as refusal:
        await opened(address)
    assert told in str(refusal.value)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("words", [("report", "resolution"), ("user", "list"), ("sample", "--seed", "1", "--per-agent", "2")])
def test_who_asks_another_directory_than_the_engines_is_told_so_and_nothing_is_made_there(
    state: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main([*words, "--config", str(SHIPPED)]) == 1
    assert capsys.readouterr().err == f"{state}/records.sqlite3: no records here; is HOTLINE_STATE_DIR the engine's?\n"
    assert list(state.iterdir()) == []


def test_the_first_user_of_all_is_told_where_he_was_written_down(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_USER_PASSWORD", "long enough")
    assert main(["user", "add", "boss", "--role", "admin"]) == 0
    assert f"no records yet in {state}/records.sqlite3" in capsys.readouterr().err
    assert main(["user", "add", "chief", "--role", "admin"]) == 0
    assert capsys.readouterr().err == ""


def test_a_refusal_half_way_leaves_no_thread_that_keeps_the_process(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_USER_PASSWORD", "long enough")
    main(["user", "add", "boss", "--role", "admin"])
    before = set(threading.enumerate())
    assert main(["report", "performance", "--since", "2026-11-02", "--until", "2026-11-01"]) == 1
    left = [thread for thread in set(threading.enumerate()) - before if not thread.daemon]
    for thread in left:
        thread.join(SECONDS)
    assert [thread for thread in left if thread.is_alive()] == []


READING = (
    ["explain", "main-1.1"], ["report", "misroutes"], ["report", "performance"], ["sample", "--seed", "x"],
    ["user", "list"], ["user", "add", "mei", "--role", "supervisor"],
)  # fmt: skip


async def of_an_older_version(state: Path) -> None:
    """As the version before the last migration left it."""
    await (await opened(places.database_url())).dispose()
    with sqlite3.connect(state / "records.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '0016'")
        for column in ("pin_hash", "pin_wrong", "pin_locked_until"):
            database.execute(f"ALTER TABLE users DROP COLUMN {column}")


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_never_changes_an_older_versions_tables_beside_its_engine(
    command: list[str], state: Path, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_USER_PASSWORD", "long enough for anybody")
    asyncio.run(of_an_older_version(state))
    SqliteJournal(state / "journal.sqlite3").close()
    assert main([*command, "--config", str(config)]) == 1
    said = capsys.readouterr().err
    assert "an older version of the program has made its tables (0016)" in said and "the start of this version's engine" in said
    assert said.count("\n") == 1
    with sqlite3.connect(state / "records.sqlite3") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0016",)]
        assert "pin_hash" not in [row[1] for row in database.execute("PRAGMA table_info(users)")]


def test_the_engines_start_brings_them_up_to_date(state: Path) -> None:
    async def start() -> None:
        await of_an_older_version(state)
        await (await opened(places.database_url())).dispose()

    asyncio.run(start())
    with sqlite3.connect(state / "records.sqlite3") as database:
        assert "pin_hash" in [row[1] for row in database.execute("PRAGMA table_info(users)")]


def test_a_file_without_tables_is_no_records(state: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (state / "records.sqlite3").touch()
    assert main(["report", "misroutes", "--config", str(config)]) == 1
    assert "it has no tables yet" in capsys.readouterr().err
