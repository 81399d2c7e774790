"""``script/setup --engine`` on a machine that has nothing for tests: it wants none of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "cat", "chmod", "dirname", "env", "flock", "grep", "mkdir", "sed", "sha256sum", "tail", "tr")
PIP = '#!/bin/sh\necho "$@" >>"{log}"\n: >"{hotline}"\nchmod 755 "{hotline}"\n'


def program(path: Path, text: str = "#!/bin/sh\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout without pages, on a machine with a voice and a Python but no apt-get, sipp, baresip, browser or Asterisk."""
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "setup", tmp_path / "script")
    for name in ("setup.cfg", "pyproject.toml"):
        (tmp_path / name).touch()
    for there_already in ("espeak-ng", "python3"):
        program(tmp_path / "bin" / there_already)
    for tool in TOOLS:
        there = shutil.which(tool)
        assert there, tool
        (tmp_path / "bin" / tool).symlink_to(there)
    program(tmp_path / ".venv" / "bin" / "python")
    program(tmp_path / ".venv" / "bin" / "pip", PIP.format(log=tmp_path / "pip.log", hotline=tmp_path / ".venv" / "bin" / "hotline"))
    return tmp_path


def set_up(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": str(house / "bin"), "HOME": str(house), "LANG": "C.UTF-8"}
    return subprocess.run(
        [house / "script" / "setup", *arguments], env=surroundings, capture_output=True, text=True, timeout=30, check=False
    )  # fmt: skip


def test_the_engine_wants_no_test_tools_no_browser_and_no_private_asterisk(house: Path) -> None:
    done = set_up(house, "--engine")
    assert done.returncode == 0, done.stderr
    assert "[3/3] pages" in done.stderr
    assert (house / "pip.log").read_text().split()[-1] == ".[build]"


def test_what_is_there_is_left_alone(house: Path) -> None:
    set_up(house, "--engine")
    again = set_up(house, "--engine")
    assert "Python packages: all there" in again.stderr
    assert len((house / "pip.log").read_text().splitlines()) == 1


def test_all_of_it_wants_the_test_tools_too(house: Path) -> None:
    done = set_up(house)
    assert done.returncode == 1
    assert "sip-tester baresip-core" in done.stderr


def test_an_argument_that_means_nothing_is_refused_before_anything_is_done(house: Path) -> None:
    done = set_up(house, "--engines")
    assert (done.returncode, done.stderr) == (2, "usage: script/setup [--engine]\n")


def test_the_engine_in_production_is_set_up_as_the_engine() -> None:
    assert "\nscript/setup --engine\n" in (ROOT / "script" / "server").read_text()
