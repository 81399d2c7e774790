"""``hotline report misroutes|bypass|resolution``: figures of the past, from the records."""

from __future__ import annotations

import argparse
import asyncio
from datetime import date

from acd.archive import Archive, open_database
from config.loader import load
from cti.api_reports import misroutes_csv
from hotline import places
from hotline.past_reports import PastReports


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("report", choices=_REPORTS, help="which: the misroute ledger, calls to direct numbers, or first-call resolution")
    parser.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="first day, such as 2026-11-01 (default: a week ago)")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="last day (default: today)")
    parser.add_argument("--csv", action="store_true", help="the misroute ledger for spreadsheets, whole")


def run(arguments: argparse.Namespace) -> int:
    """Print the report."""
    return asyncio.run(_report(arguments))


async def _report(arguments: argparse.Namespace) -> int:
    config = load(arguments.config)
    database = await open_database(places.database_url())
    reports = PastReports(Archive(database), lambda: config)
    since, until = reports.period(arguments.since, arguments.until)
    if arguments.csv:
        print(misroutes_csv(await reports.misroutes(since, until, True)), end="")
    else:
        print(f"{since} to {until}")
        for line in await _REPORTS[arguments.report](reports, since, until):
            print(line)
    await database.dispose()
    return 0


async def _misroutes(reports: PastReports, since: date, until: date) -> list[str]:
    rows = [row for row in await reports.misroutes(since, until, True) if row.misrouted]
    lines = [
        f"{row.wasted_seconds / 60:8.1f}  {row.calls:5}  {row.transfers:9}  {row.dnis} ({row.entry}) · {row.choices or '-'}: "
        f"{row.first_queue} -> {row.queue} ({row.resolver})"
        for row in rows
    ]
    return [" minutes  calls  transfers  way", *lines] if lines else ["no misrouted calls"]


async def _bypass(reports: PastReports, since: date, until: date) -> list[str]:
    rows = await reports.bypasses(since, until)
    return [f"{row.calls:5} calls, {row.answered} answered: {row.dnis} ({row.entry})" for row in rows] or ["nobody went round the hotline"]


async def _resolution(reports: PastReports, since: date, until: date) -> list[str]:
    found = await reports.resolution(since, until)
    share = "not known yet" if found.rate is None else f"{100 * found.rate:.1f} %"
    return [f"solved by the first call: {share} (solved {found.solved}, unsolved {found.unsolved}, open {found.open})"]


_REPORTS = {"misroutes": _misroutes, "bypass": _bypass, "resolution": _resolution}
