"""Reports as files for spreadsheets: CSV and XLSX. Translates; decides what a cell looks like, not what is in the report.

A text that somebody outside may have chosen (a dialled number, a name) must not be calculated: CSV's get a quote before them, XLSX's are
written as texts. Times in CSV carry their offset, so that the hour that is told twice is told apart; XLSX has no zones: its times are those
of the report's zone, which its second sheet names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

from acd.measures import FIGURES, Unit, Value
from acd.performance import Performance, Row

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SECONDS_A_DAY = 86_400.0
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")
_FORMATS = {Unit.COUNT: "#,##0", Unit.SECONDS: "[h]:mm:ss", Unit.SHARE: "0.0%"}
_WIDTHS = {"group": 24, "from": 18, "to": 18}


def csv_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table for spreadsheets: UTF-8 with its mark, so that they know it."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(head)
    table.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value[:1] in _CALCULATED:
        return f"'{value}"
    return "" if value is None else value


def performance_csv(report: Performance) -> str:
    """The report's rows; seconds and shares (0 to 1) as numbers."""
    head = ["group", "from", "to", *(_named(name) for name in report.columns)]
    return csv_of(head, (_csv_row(row, report.columns) for row in report.rows))


def _csv_row(row: Row, columns: Sequence[str]) -> list[object]:
    return [row.group, row.start.isoformat(), row.end.isoformat(), *(_rounded(row.figures[name]) for name in columns)]


def _rounded(value: Value) -> object:
    return round(value, 4) if isinstance(value, float) else value


def _named(name: str) -> str:
    return f"{name}_seconds" if FIGURES[name].unit is Unit.SECONDS else name


def performance_xlsx(report: Performance) -> bytes:
    """The report's rows as a workbook, with its total; the second sheet has the definitions, the days and the zone."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        _write_figures(book, report)
        _write_definitions(book, report)
    return out.getvalue()


def _write_figures(book: xlsxwriter.Workbook, report: Performance) -> None:
    sheet, bold = book.add_worksheet("Report"), book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    formats = {unit: book.add_format({"num_format": shape}) for unit, shape in _FORMATS.items()}
    head = ["group", "from", "to", *report.columns]
    for place, name in enumerate(head):
        sheet.set_column(place, place, _WIDTHS.get(name, 13))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(1, len(report.rows)), len(head) - 1)
    for place, name in enumerate(head):
        sheet.write_string(0, place, name.replace("_", " "), bold)
    line = 0
    for line, row in enumerate(report.rows, start=1):
        sheet.write_string(line, 0, row.group)
        sheet.write_datetime(line, 1, _on_the_wall(row.start), moment)
        sheet.write_datetime(line, 2, _on_the_wall(row.end), moment)
        _write_values(sheet, line, report.columns, row.figures, formats)
    sheet.write_string(line + 2, 0, "total", bold)
    _write_values(sheet, line + 2, report.columns, report.total, formats)


def _write_values(sheet, line: int, columns, values, formats) -> None:  # type: ignore[no-untyped-def]  # xlsxwriter has no types
    for place, name in enumerate(columns, start=3):
        value, unit = values[name], FIGURES[name].unit
        if value is not None:
            sheet.write_number(line, place, value / _SECONDS_A_DAY if unit is Unit.SECONDS else value, formats[unit])


def _write_definitions(book: xlsxwriter.Workbook, report: Performance) -> None:
    sheet, question = book.add_worksheet("Definitions"), report.question
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 110)
    lines = [
        ("days", f"{question.since} to {question.until}"), ("time zone", question.zone), ("short abandons", question.short_abandons),
        ("a call counts", "in the period in which it was offered"), ("agents' time counts", "in the period in which it passed"), ("", ""),
        *((name.replace("_", " "), FIGURES[name].definition) for name in report.columns),
    ]  # fmt: skip
    for place, (name, definition) in enumerate(lines):
        sheet.write_string(place, 0, name)
        sheet.write_string(place, 1, definition)


def _on_the_wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
