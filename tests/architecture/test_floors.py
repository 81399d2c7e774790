"""The house stands: imports point down, the core is pure, adapters do not know each other."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.floors import ROOT, adapters, contracts, floors, units


def test_imports_point_down_the_core_is_pure_and_adapters_are_strangers(tmp_path: Path) -> None:
    path = tmp_path / "contracts.ini"
    path.write_text(contracts(), encoding="utf-8")
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--config", path, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_is_on_one_floor() -> None:
    placed = [unit for floor in floors() for unit in floor]
    assert sorted(placed) == units()


def test_every_adapter_is_there() -> None:
    assert [name for name, modules in adapters().items() if not modules] == []
