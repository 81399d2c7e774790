"""What the doctor says of the place for recordings, on files and tables of sockets that the test has made."""

from __future__ import annotations

import os
from collections import namedtuple
from pathlib import Path

import pytest

from config.loader import load
from config.schema import Config
from hotline import recordings_spool
from hotline.recordings_spool import LEAST_FREE_BYTES, findings, listening_user, may_write
from tests.e2e.conftest import CONFIG

SOCKETS = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 6500760 1 0 100 0 0 10 0
   1: 0100007F:13AE 0100007F:A0F0 01 00000000:00000000 00:00000000 00000000  1001        0 6500533 1 0 100 0 0 10 0
   2: 0100007F:13AE 00000000:0000 0A 00000000:00000000 00:00000000 00000000   {user}        0 6500534 1 0 100 0 0 10 0
"""
AMI_PORT = 0x13AE
NOBODYS_USER = 64_321
Usage = namedtuple("Usage", "free")


@pytest.fixture
def sockets(tmp_path: Path) -> Path:
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "tcp").write_text(SOCKETS.format(user=NOBODYS_USER))
    return folder


def recording_in(folder: Path, share: int = 20) -> Config:
    config = load(CONFIG)
    rules, row = config.queues.defaults.model_copy(update={"record": share}), config.exchanges["main"]
    ami = row.ami.model_copy(update={"port": AMI_PORT})
    return config.model_copy(update={
        "recording": config.recording.model_copy(update={"folder": str(folder)}),
        "queues": config.queues.model_copy(update={"defaults": rules}),
        "exchanges": {"main": row.model_copy(update={"ami": ami})},
    })  # fmt: skip


def test_where_no_queue_records_nothing_is_said(tmp_path: Path, sockets: Path) -> None:
    assert list(findings(recording_in(tmp_path, 0), sockets)) == []


def test_a_place_that_is_not_there_is_the_only_finding(tmp_path: Path, sockets: Path) -> None:
    [missing] = findings(recording_in(tmp_path / "recordings"), sockets)
    assert (missing.well, missing.what) == (False, f"recordings: {tmp_path / 'recordings'} is there")


def test_a_place_where_asterisk_may_not_write_is_found_and_one_where_it_may(tmp_path: Path, sockets: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir(mode=0o755)
    said = {one.what.split(": ", 1)[1]: one.well for one in findings(recording_in(folder), sockets)}
    assert said[f"uid {NOBODYS_USER}, who runs main, may write in {folder}"] is False
    folder.chmod(0o777)
    assert [one.well for one in findings(recording_in(folder), sockets)][:3] == [True, True, True]


def test_of_an_asterisk_elsewhere_nothing_is_said(tmp_path: Path) -> None:
    assert [one.what for one in findings(recording_in(tmp_path), tmp_path) if "who runs" in one.what] == []
    assert listening_user(AMI_PORT, tmp_path) is None


def test_a_disk_that_is_nearly_full_is_found_in_time(tmp_path: Path, sockets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, well in ((LEAST_FREE_BYTES, True), (LEAST_FREE_BYTES - 1, False)):
        monkeypatch.setattr(recordings_spool.shutil, "disk_usage", lambda folder, free=free: Usage(free))
        last = list(findings(recording_in(tmp_path), sockets))[-1]
        assert (last.well, "2.0 GiB are free, for 18 hours" in last.what) == (well, True)


def test_owner_group_and_mode_say_who_may_write(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for mode, may in ((0o700, False), (0o755, False), (0o772, False), (0o773, True)):
        folder.chmod(mode)
        assert may_write(NOBODYS_USER, folder) is may
    folder.chmod(0o500)
    assert may_write(0, folder)
    if os.getuid() == 0:
        os.chown(folder, NOBODYS_USER, NOBODYS_USER)
        assert not may_write(NOBODYS_USER, folder)
        folder.chmod(0o700)
        assert may_write(NOBODYS_USER, folder)
