"""The customers' source as the configuration says; one that can't be used makes strangers, and a mistake in the file has its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config.loader import parse
from config.schema import Config
from config.schema.source import Severity
from hotline.customer_source import Customers, file_problems, people_in_file

CONFIG = Path(__file__).parents[3] / "config"
SHIPPED = (CONFIG / "hotline.yaml").read_text(encoding="utf-8")
SOURCE = (
    "{file: customers.csv, limit_seconds: 0.3, case_states: {received: case_received, waiting_parts: case_waiting_parts, "
    "solved: case_solved}}"
)


def config(source: str = SOURCE) -> Config:
    assert SOURCE in SHIPPED
    return parse(SHIPPED.replace(SOURCE, source))


@dataclass(frozen=True)
class Mistake:
    content: str
    line: int | None
    says: str
    severity: Severity


MISTAKES = [
    Mistake("id,tier\nC-1,key_acount\n", 2, "did you mean 'key_account'?", Severity.WARNING),
    Mistake("id,case_id,case_line\nC-1,,\nC-1,T-1,printer\n", 3, "did you mean 'printers'?", Severity.WARNING),
    Mistake("id,case_id,case_line,case_engineer\nC-1,T-1,pcs,gone\n", 2, "found case_engineer 'gone'", Severity.WARNING),
    Mistake("id,name\n,Ma\n", 2, "without id", Severity.ERROR),
]


def test_the_shipped_file_has_no_mistakes() -> None:
    assert file_problems(config(), CONFIG) == []
    assert len(people_in_file(config(), CONFIG)) >= 12


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.says)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, mistake: Mistake) -> None:
    (tmp_path / "customers.csv").write_text(mistake.content, encoding="utf-8")
    [problem] = file_problems(config(), tmp_path)
    assert mistake.says in problem.text
    assert (problem.line, problem.severity, problem.file) == (mistake.line, mistake.severity, str(tmp_path / "customers.csv"))


def test_a_file_that_is_not_there_is_an_error() -> None:
    [problem] = file_problems(config("{file: nobody.csv}"), CONFIG)
    assert "no readable file" in problem.text
    assert people_in_file(config("{file: nobody.csv}"), CONFIG) == {}


async def test_another_configuration_asks_another_source(tmp_path: Path) -> None:
    customers = Customers()
    assert await customers.of_number("13800010002").customers() == ()
    await customers.use(config(), CONFIG)
    [found] = await customers.of_number("+86 138 0001 0002").customers()
    assert found.id == "C-1002"
    assert [one.id for one in await customers.of_keys("203885").customers()] == ["C-1002"]
    (tmp_path / "other.csv").write_text("id,numbers\nC-9,13800010002\n", encoding="utf-8")
    await customers.use(config("{file: other.csv}"), tmp_path)
    assert [one.id for one in await customers.of_number("13800010002").customers()] == ["C-9"]
    await customers.close()
    assert await customers.of_number("13800010002").customers() == ()


@pytest.mark.parametrize(
    "source",
    ['{http: {url: "http://crm/x", token: {env: HOTLINE_NO_SUCH_SECRET}}}', '{sql: {url: "oracle+nodriver://x", query: select 1}}'],
)
async def test_a_source_that_cannot_be_set_up_is_told_and_everybody_is_a_stranger(tmp_path: Path, source: str) -> None:
    customers = Customers()
    with capture_logs() as said:
        await customers.use(config(source), tmp_path)
    assert [line["event"] for line in said] == ["customer_source_not_usable"]
    assert await customers.of_number("13800010002").customers() == ()
