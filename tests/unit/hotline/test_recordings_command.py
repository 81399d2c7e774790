"""Recordings are found by their names, and deleted when they were kept for long enough, with a note of each call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acd.deed import Deed
from hotline.recordings_command import delete, old, recordings

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DAYS = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for call, age in (("1795332945.0", 1), ("1795332945.7", 89), ("1795300000.12", 91)):
        for side in ("caller", "agent"):
            (tmp_path / f"{call}-{int((NOON - age * DAYS).timestamp())}-{side}.wav").write_bytes(b"RIFF")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "1795300000.12.wav").write_text("somebody else's")
    return tmp_path


def test_they_are_found_by_their_names_oldest_first(folder: Path) -> None:
    found = recordings(folder)
    assert [one.call for one in found] == ["1795300000.12"] * 2 + ["1795332945.7"] * 2 + ["1795332945.0"] * 2
    assert {one.side for one in found} == {"caller", "agent"}
    assert found[-1].at == NOON - DAYS


async def test_only_those_kept_for_long_enough_go_and_each_call_is_noted(folder: Path) -> None:
    noted: list[Deed] = []

    async def note(deed: Deed) -> None:
        noted.append(deed)

    assert await delete(old(recordings(folder), NOON, 90 * DAYS), 90 * DAYS, note) == 2
    assert [(deed.action, deed.target, deed.why) for deed in noted] == [("recordings.delete", "1795300000.12", "older than 90 days")]
    assert len(recordings(folder)) == 4
    assert (folder / "notes.txt").exists() and (folder / "1795300000.12.wav").exists()
    assert await delete(old(recordings(folder), NOON, 90 * DAYS), 90 * DAYS, note) == 0
