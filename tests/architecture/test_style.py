"""What the tools and the eye can measure: types, lint, sizes, packaging."""

import ast
import configparser
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.floors import ROOT

LONGEST_FILE = 450
LONGEST_FUNCTION = 60
CODE = ("skills", "acd", "ivr", "cti", "config", "hotline", "bench")


def sources() -> Iterator[Path]:
    for room in CODE:
        yield from (path for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts)


def ran(*arguments: str) -> str:
    """The output of a tool of this environment; '' when it has nothing to say against us."""
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_everything_is_strictly_typed() -> None:
    assert ran("mypy") == ""


def test_ruff_is_content() -> None:
    assert ran("ruff", "check", "--output-format=concise", ".") == ""


def test_no_file_grows_past_what_one_sitting_reads() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in sources()}
    assert [f"{path.relative_to(ROOT)}: {lines}" for path, lines in lengths.items() if lines > LONGEST_FILE] == []


def test_no_function_grows_past_a_glance() -> None:
    """Migrations apart: they are lists of tables and columns, as Alembic wants them."""
    functions = (
        (path, node)
        for path in sources()
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_package_is_in_the_wheel() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = settings["options"]["packages"].split()
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in sources() if path.name == "__init__.py"} - {"bench"}
    assert sorted(listed) == sorted({*there, "asterisk_dialplan"})


def test_every_package_says_what_it_is() -> None:
    silent = [str(path.relative_to(ROOT)) for path in sources() if ast.get_docstring(ast.parse(path.read_text())) is None]
    assert silent == []
