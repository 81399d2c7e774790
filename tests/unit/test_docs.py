"""The documents say what is so: examples run, commands exist, links lead somewhere, generated pages are fresh."""

import re
import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from config import reference
from cti import api_reference
from hotline.cli import COMMANDS, main, parser

ROOT = Path(__file__).parents[2]
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "asterisk-dialplan" / "README.md"]
NEEDS_MORE = ("demo", "doctor", "run", "explain", "checkpoint", "prompts render", "prompts verify", "recordings")
"""Examples that need an Asterisk, a voice or an engine's journal; the end-to-end tests run these commands."""

FENCED = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4,}(?P<body>.+)$", re.MULTILINE)
SPAN = re.compile(r"`(?P<body>[^`\n]+)`")
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(?P<text>.+)$", re.MULTILINE)
MENTION = re.compile(r"(?:^|[ /$])hotline (?P<command>[a-z]+)")


def examples(page: Path) -> list[str]:
    """The command lines of a page's consoles, without their comments."""
    blocks = (match["body"] for match in FENCED.finditer(page.read_text()) if match["kind"] == "console")
    lines = chain.from_iterable(block.splitlines() for block in blocks)
    return [line.removeprefix("$ ").partition("  #")[0].strip() for line in lines if line.startswith("$ ")]


def code(page: Path) -> Iterator[str]:
    """Every line of a page that is code."""
    text = page.read_text()
    for match in chain(FENCED.finditer(text), INDENTED.finditer(text), SPAN.finditer(FENCED.sub("", text))):
        yield from match["body"].splitlines()


def anchors(page: Path) -> set[str]:
    """The page's headings as GitHub makes anchors of them."""
    headings = (match["text"].lower() for match in HEADING.finditer(FENCED.sub("", page.read_text())))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def ours(page: Path) -> list[str]:
    """The arguments of the page's examples that call ``hotline``, whatever folder it is in."""
    found = (re.search(r"(?:^|/)hotline (?P<arguments>.+)$", line) for line in examples(page) if not line.startswith("export"))
    return [match["arguments"] for match in found if match]


RUNNABLE = [example for example in ours(COMMANDS_PAGE) if not example.startswith(NEEDS_MORE)]


@pytest.fixture
def administrator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and an environment as the README sets it up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("HOTLINE_AMI_SECRET", "a-secret-of-the-tests")
    monkeypatch.setenv("HOTLINE_USER_PASSWORD", "a-password-of-the-tests")
    monkeypatch.setenv("HOTLINE_USER_PIN", "2468")
    for name in ("HOTLINE_CONFIG", "HOTLINE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_examples_that_need_no_asterisk_run(administrator: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = {example.split()[0] for example in RUNNABLE}
    assert run == {"check", "dialplan", "handover", "prompts", "report", "sample", "user", "simulate"}
    for example in RUNNABLE:
        assert main(shlex.split(example)) == 0, f"hotline {example}: {capsys.readouterr().err}"
    said = capsys.readouterr().out
    assert "0 errors" in said
    assert "boss\tsupervisor\t-\ten" in said
    assert re.search(r"offered [1-9]\d*, answered [1-9]", said)
    assert (administrator / "asterisk" / "hotline" / "extensions.conf").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_example_is_a_command_line_that_is_understood(page: Path) -> None:
    for example in ours(page):
        words = shlex.split(example)
        parser(words[0]).parse_args(words)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert f"usage: hotline {command}" in capsys.readouterr().out
    assert any(example.split()[0] == command for example in ours(COMMANDS_PAGE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_mentioned_exists(page: Path) -> None:
    mentioned = {match["command"] for line in code(page) for match in MENTION.finditer(line)}
    assert mentioned <= COMMANDS.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_house_leads_somewhere(page: Path) -> None:
    targets = [match["target"] for match in LINK.finditer(FENCED.sub("", page.read_text())) if "://" not in match["target"]]
    broken = []
    for target in targets:
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_every_script_that_is_mentioned_exists() -> None:
    mentioned = {match for page in PAGES for line in code(page) for match in re.findall(r"script/[a-z]+", line)}
    assert mentioned >= {"script/setup", "script/demo", "script/test", "script/bench", "script/server", "script/pictures"}
    assert [script for script in sorted(mentioned) if not (ROOT / script).is_file()] == []


def test_the_configurations_reference_is_fresh() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert page == reference.document(), "run: python -m config.reference > docs/configuration.md"


def test_the_apis_overview_is_fresh() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    assert page == api_reference.document(), "run: python -m cti.api_reference > docs/api.md"


def test_the_configurations_reference_describes_every_key() -> None:
    undescribed = [row for row in reference.document().splitlines() if re.match(r"\| `[^`]+` \|  \|", row)]
    assert undescribed == []
