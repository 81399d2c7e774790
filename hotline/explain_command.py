"""``hotline explain CALL``: a call's whole story, from the journal (what happened) and the records (what was decided)."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence

from acd.journal import SqliteJournal
from acd.journal_pages import JournalPages
from acd.model import CallId
from hotline import places
from hotline.call_stories import Told, story_of
from hotline.places import Refused
from hotline.records_database import records_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("call", metavar="CALL", help="the call's id, as the console shows it; 'last' for the latest")


def run(arguments: argparse.Namespace) -> int:
    """Print the story; refused when no such call is in the journal."""
    for line in asyncio.run(_story(arguments.call)):
        print(line)
    return 0


async def _story(name: str) -> list[str]:
    path = places.state_dir() / "journal.sqlite3"
    if not places.readable(path):
        raise Refused(f"{path}: no journal here; is HOTLINE_STATE_DIR the engine's?")
    call = (SqliteJournal(path).latest_call() if name == "last" else None) or CallId(name)
    async with records_database() as database:
        story = await story_of(call, JournalPages(path), database)
    if not story:
        raise Refused(f"no call {name} in {path}")
    return [f"call {call}", *lines_of(story)]


def lines_of(story: Sequence[Told]) -> Iterator[str]:
    """The story as it is printed."""
    for line in story:
        first, *rest = line.text
        mark, since = ">" if line.decided else " ", (line.at - story[0].at).total_seconds()
        yield f"{line.at.astimezone():%H:%M:%S.%f}"[:-3] + f" +{since:7.1f} s {line.sequence:>7} {mark} {first}"
        yield from (" " * 33 + "    " + more for more in rest)
