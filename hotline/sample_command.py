"""``hotline sample``: draws the conversations that are listened to for quality, so that anybody can draw them again and compare."""

from __future__ import annotations

import argparse
import asyncio
from datetime import date

from acd.archive import Archive, Row
from acd.draw_rows import DrawRows
from acd.sampling import Conversation, Drawn, Sample, draw
from acd.tallies import Tallies
from config.loader import load
from cti.api_spreadsheets import csv_of
from hotline.past_reports import PastReports
from hotline.places import Refused
from hotline.records_database import records_database

_HEAD = ("agent", "conversation", "queue", "at", "talk_seconds", "number", "of", "second_scorer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--seed", required=True, help="what the chance is made of: agreed on before, or thrown in everybody's sight")
    parser.add_argument("--per-agent", type=int, default=3, metavar="N", help="so many of each agent (default: 3)")
    parser.add_argument("--second-share", type=float, default=0.2, metavar="SHARE", help="go to a second scorer too, 0 to 1 (default: 0.2)")
    parser.add_argument("--shortest", type=float, default=20.0, metavar="SECONDS", help="conversations that were shorter don't count")
    parser.add_argument("--recorded", action="store_true", help="only conversations that were recorded, as the engine draws each week")
    parser.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="first day, such as 2026-11-01 (default: a week ago)")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="last day (default: today)")
    parser.add_argument("--csv", action="store_true", help="for spreadsheets")


def run(arguments: argparse.Namespace) -> int:
    """Draw, and print what was drawn."""
    if arguments.per_agent < 1 or not 0 <= arguments.second_share <= 1:
        raise Refused("--per-agent must be 1 or more, --second-share between 0 and 1")
    print("\n".join(asyncio.run(_sample(arguments))))
    return 0


async def _sample(arguments: argparse.Namespace) -> list[str]:
    config = load(arguments.config)
    async with records_database() as database:
        archive = Archive(database)
        reports = PastReports(archive, Tallies(database), lambda: config)
        since, until = reports.period(arguments.since, arguments.until)
        start, end = reports.moments(since, until)
        if arguments.recorded:
            found = await DrawRows(database).recorded(start, end, arguments.shortest)
        else:
            found = [_conversation(row) for row in await archive.conversations(start, end, arguments.shortest)]
    sample = draw(found, arguments.seed, arguments.per_agent, arguments.second_share)
    if arguments.csv:
        return [csv_of(_HEAD, map(_cells, sample.drawn)).rstrip()]
    return [f"{since} to {until}", *lines_of(sample)]


def _conversation(row: Row) -> Conversation:
    return Conversation(row["id"], row["call"], row["agent"], row["queue"], row["offered_at"], row["talk_seconds"])


def lines_of(sample: Sample) -> list[str]:
    """What was drawn, and what anybody needs to draw it again."""
    lines = ["  ".join(str(cell) for cell in _cells(one)) for one in sample.drawn]
    return [
        f"seed {sample.seed}, {len(sample.drawn)} of {sample.of} conversations; SHA-256 of their ids, sorted, a line each: {sample.digest}",
        "a conversation's number is SHA-256 of the seed, the word drawn, and its id, a line each; each agent's smallest are drawn",
        *(["  ".join(_HEAD), *lines] if lines else ["nothing to draw from"]),
    ]


def _cells(one: Drawn) -> list[object]:
    what = one.conversation
    second = "second" if one.second_scorer else ""
    at, talk = what.at.isoformat(timespec="seconds"), round(what.talk_seconds)
    return [what.agent, what.id, what.queue, at, talk, f"{one.number:.9f}", one.of, second]
