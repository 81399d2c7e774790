"""``hotline handover``: which short code an employee dials."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.cli import main

SHIPPED = str(Path(__file__).parents[3] / "config" / "hotline.yaml")


@pytest.mark.parametrize("asked", ["printers", "Printers", "打印机"])
def test_a_product_is_asked_for_as_people_call_it(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handover", "--config", SHIPPED, asked]) == 0
    assert capsys.readouterr().out == "8803\tprinters.L1\t打印机 · Printers\n"


def test_without_a_product_every_code_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handover", "--config", SHIPPED]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["8801", "8802", "8803", "8804"]


def test_a_product_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handover", "--config", SHIPPED, "toasters"]) == 1
    assert "expected one of servers, pcs, printers, scanners" in capsys.readouterr().err
