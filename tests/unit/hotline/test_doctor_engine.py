"""What the doctor says of the engine: that it runs or does not, what of it is not well, and what is wrong with its state directory."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from acd.archive import open_database
from config.loader import load
from config.schema import Config
from hotline import doctor_engine
from hotline.places import database_url, session_secret
from tests.e2e.conftest import CONFIG

Usage = namedtuple("Usage", "free")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Of an engine that has been started and still holds it."""
    path = tmp_path / "state"
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(path))
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    session_secret()

    async def made() -> None:
        await (await open_database(database_url())).dispose()

    asyncio.run(made())
    with (path / "engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


class Answering:
    """Stands for the engine's pages."""

    def __init__(self) -> None:
        self.parts: object = {"journal": True, "records": True, "main": True}
        answering = self

        class Health(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert self.path == "/healthz"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"ok": True, "parts": answering.parts}).encode())

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Health)


@pytest.fixture
def engine() -> Iterator[Answering]:
    one = Answering()
    thread = threading.Thread(target=one.server.serve_forever)
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


def at(port: int) -> Config:
    config = load(CONFIG)
    return config.model_copy(update={"web": config.web.model_copy(update={"host": "0.0.0.0", "port": port})})


def bad(port: int) -> list[str]:
    return [f"{finding.what}; {finding.advice}" for finding in doctor_engine.findings(at(port)) if not finding.well]


def test_of_an_engine_that_is_well_nothing_is_said(engine: Answering, state: Path) -> None:
    found = list(doctor_engine.findings(at(engine.server.server_port)))
    assert [finding.what for finding in found if not finding.well] == []
    assert [finding.what.partition(":")[0] for finding in found][1:4] == ["engine"] * 3
    assert found[-1].what == f"records in {state}/records.sqlite3: followed to event 0"


def test_an_engine_that_does_not_run_is_said_first(engine: Answering, state: Path) -> None:
    engine.server.server_close()
    [said] = bad(engine.server.server_port)
    assert f"engine at http://127.0.0.1:{engine.server.server_port} does not answer" in said
    assert "is it started?" in said


def test_each_part_that_is_not_well_has_its_advice(engine: Answering, state: Path) -> None:
    engine.parts = {"journal": False, "records": False, "main": False}
    journal, records, main = bad(engine.server.server_port)
    assert journal.startswith("engine: journal: not well; is the state directory's disk full?")
    assert records.startswith("engine: records: not well; is the database there")
    assert main.startswith("engine: connection to main: not well; see what is said of it here")


def test_what_is_no_engine_is_not_taken_for_one(engine: Answering, state: Path) -> None:
    engine.parts = None
    [said] = bad(engine.server.server_port)
    assert "something else answers there; which program has this port?" in said


def test_a_state_directory_that_is_not_the_running_engines_is_noticed(
    engine: Answering, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(other))
    missing = [f"state directory {other} is not there", f"records: no file {other}/records.sqlite3"]
    assert [said.partition(";")[0] for said in bad(engine.server.server_port)] == missing
    assert not other.exists(), "looking changes nothing"
    shutil.copytree(state, other)
    assert [said.partition(";")[0] for said in bad(engine.server.server_port)] == [
        f"an engine runs, but not with the state directory {other}"
    ]


def test_who_may_read_the_state_and_how_full_its_disk_is(engine: Answering, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state.chmod(0o755)
    (state / "session.key").chmod(0o644)
    monkeypatch.setattr(doctor_engine.shutil, "disk_usage", lambda _: Usage(40_000_000))  # type: ignore[attr-defined]
    assert bad(engine.server.server_port) == [
        f"{state} has mode 0755: others may read it; chmod 700 {state}",
        f"{state}/session.key has mode 0644: others may read it; chmod 600 {state}/session.key",
        "disk of the state directory has 40 MB free; make room",
    ]


def test_records_that_can_not_be_read_are_told_without_a_password(
    engine: Answering, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (state / "records.sqlite3").write_text("something else altogether " * 99)
    [said] = bad(engine.server.server_port)
    assert said.startswith(f"records in {state}/records.sqlite3: file is not a database; does the database run")
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "oracle+oracledb_async://hotline:geheim@127.0.0.1/records")
    [said] = bad(engine.server.server_port)
    assert "No module named 'oracledb'" in said
    assert "geheim" not in said
