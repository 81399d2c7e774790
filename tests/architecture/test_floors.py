"""The house stands: imports point down, the core is pure, adapters do not know each other."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.architecture.floors import adapters, contracts, floors, units


def test_imports_point_down_the_core_is_pure_and_adapters_are_strangers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "contracts.ini"
    path.write_text(contracts(), encoding="utf-8")
    broken = lint_imports(config_filename=str(path), cache_dir=None)
    assert not broken, capsys.readouterr().out


def test_every_module_is_on_one_floor() -> None:
    placed = [unit for floor in floors() for unit in floor]
    assert sorted(placed) == units()


def test_every_adapter_is_there() -> None:
    assert [name for name, modules in adapters().items() if not modules] == []
