"""``hotline report misroutes|bypass|resolution|performance``: figures of the past, from the records."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

from acd.archive import Archive
from acd.measures import FIGURES, By, ShortAbandons, Unit, Value
from acd.performance import Performance
from acd.periods import Interval
from acd.tallies import Tallies
from config.loader import load
from cti.api_performance import MOST_ROWS, TooLarge
from cti.api_reports import misroutes_csv
from cti.api_spreadsheets import performance_csv, performance_xlsx
from hotline.past_reports import PastReports
from hotline.places import Refused
from hotline.records_database import records_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "report", choices=[*_REPORTS, "performance"],
        help="which: the misroute ledger, calls to direct numbers, first-call resolution, or how calls were served",
    )  # fmt: skip
    parser.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="first day, such as 2026-11-01 (default: a week ago)")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="last day (default: today)")
    parser.add_argument("--csv", action="store_true", help="for spreadsheets: the misroute ledger or the performance, whole")
    parser.add_argument("--xlsx", type=Path, metavar="FILE", help="performance: write it as a workbook")
    parser.add_argument("--by", choices=list(By), default=By.QUEUE, type=By, help="performance: one row each (default: queue)")
    parser.add_argument(
        "--interval", choices=list(Interval), default=Interval.WHOLE, type=Interval,
        help="performance: how long a period is; 15, 30 and 60 are minutes (default: all days together)",
    )  # fmt: skip
    parser.add_argument("--zone", choices=sorted(available_timezones()), metavar="ZONE", help="whose days (default: the hotline's)")
    parser.add_argument("--leave-out-short", action="store_true", help="performance: callers who gave up at once don't count")


def run(arguments: argparse.Namespace) -> int:
    """Print the report."""
    return asyncio.run(_report(arguments))


async def _report(arguments: argparse.Namespace) -> int:
    config = load(arguments.config)
    async with records_database() as database:
        await _print(PastReports(Archive(database), Tallies(database), lambda: config), arguments)
    return 0


async def _print(reports: PastReports, arguments: argparse.Namespace) -> None:
    since, until = reports.period(arguments.since, arguments.until)
    if arguments.report == "performance":
        await _performance(reports, arguments)
    elif arguments.csv:
        print(misroutes_csv(await reports.misroutes(since, until, True)), end="")
    else:
        print(f"{since} to {until}")
        for line in await _REPORTS[arguments.report](reports, since, until):
            print(line)


async def _performance(reports: PastReports, arguments: argparse.Namespace) -> None:
    question = reports.question(arguments.since, arguments.until, arguments.zone)
    short = ShortAbandons.LEFT_OUT if arguments.leave_out_short else ShortAbandons.COUNTED
    question = replace(question, by=arguments.by, interval=arguments.interval, short_abandons=short)
    if question.since > question.until:
        raise Refused("the first day must not be after the last")
    try:
        report = await reports.performance(question, MOST_ROWS)
    except TooLarge as reason:
        raise Refused(f"{reason}: ask for longer periods, or fewer days") from None
    if arguments.xlsx:
        arguments.xlsx.write_bytes(performance_xlsx(report))
    elif arguments.csv:
        print(performance_csv(report), end="")
    else:
        print("\n".join(lines_of(report)))


def lines_of(report: Performance) -> list[str]:
    """The report for a terminal: the figures that people ask for first."""
    names = [name for name in _FIRST if name in report.columns]
    head = f"{report.question.since} to {report.question.until}, {report.question.zone}"
    rows = [(f"{row.start:%Y-%m-%d %H:%M} {row.group}", row.figures) for row in report.rows]
    width = max(len(label) for label, _ in [*rows, ("total", None)])
    titles = "  ".join(name.removeprefix("service_level_").rjust(_WIDTH) for name in names)
    lines = [f"{label:{width}}  " + "  ".join(_shown(name, figures[name]).rjust(_WIDTH) for name in names) for label, figures in rows]
    total = f"{'total':{width}}  " + "  ".join(_shown(name, report.total[name]).rjust(_WIDTH) for name in names)
    return [head, " " * width + "  " + titles, *lines, total]


def _shown(name: str, value: Value) -> str:
    if value is None:
        return "-"
    unit = FIGURES[name].unit
    return f"{100 * value:.1f} %" if unit is Unit.SHARE else f"{value:.1f} s" if unit is Unit.SECONDS else f"{value:g}"


_FIRST = ("offered", "answered", "abandoned", "service_level_of_offered", "asa", "aht", "offers", "missed", "occupancy", "transfers")
_WIDTH = 11


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
