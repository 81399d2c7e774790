"""An Asterisk of our own starts, answers, plays from its own folder's sounds and leaves nothing behind."""

import os
from pathlib import Path

import pytest

from hotline.local_asterisk import AsteriskFailed, LocalAsterisk

pytestmark = pytest.mark.e2e

DIALPLAN = "[tone]\nexten => s,1,Answer()\n same => n,Echo()\n"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_starts_with_the_given_dialplan_and_stops(tmp_path: Path) -> None:
    async with LocalAsterisk(tmp_path, {"extensions.conf": DIALPLAN}) as asterisk:
        pid = asterisk.pid
        assert "Echo" in await asterisk.cli("dialplan show tone")
    assert not alive(pid)


async def test_sounds_and_music_of_the_runtime_are_found(tmp_path: Path) -> None:
    async with LocalAsterisk(tmp_path, {"extensions.conf": DIALPLAN}) as asterisk:
        assert list((asterisk.sounds / "en").glob("beep.*"))
        assert str(tmp_path / "data") in await asterisk.cli("core show settings")


async def test_a_folder_with_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    async with LocalAsterisk(tmp_path / ("long" * 25), {"extensions.conf": DIALPLAN}) as asterisk:
        assert "Echo" in await asterisk.cli("dialplan show tone")


async def test_a_configuration_that_asterisk_refuses_is_told_with_its_log(tmp_path: Path) -> None:
    broken = "[modules]\nautoload=no\nrequire = no_such_module.so\n"
    with pytest.raises(AsteriskFailed, match="no_such_module"):
        async with LocalAsterisk(tmp_path, {"modules.conf": broken}):
            pass
