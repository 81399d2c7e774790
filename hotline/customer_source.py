"""The customers' directory, put together as the configuration says, and the check of a customer file against it.

Decides which source is asked. A source that can't be set up keeps nobody from starting: it is told, and everybody is a stranger.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from acd.customer import Customer
from config.loader import SecretMissing, resolve_secret
from config.schema import Config, CustomersRow
from config.schema.nearest import did_you_mean
from config.schema.source import Problem, Severity
from cti.breaker import Breaker
from cti.customers import CustomerDirectory
from cti.customers.csv_file import CsvSource, FileError, Table
from cti.customers.http import HttpSource
from cti.customers.sql import SqlSource
from cti.customers.wanted import CustomerSource, SourceFailed
from ivr.lookup import Lookup, Strangers

log = structlog.get_logger("customers")


class Customers:
    """The directory in force; it changes with the configuration. Implements ``ivr.lookup.Directory``."""

    def __init__(self) -> None:
        self._directory: CustomerDirectory | None = None

    def of_number(self, ani: str) -> Lookup:
        """See ``ivr.lookup.Directory``."""
        return Strangers() if self._directory is None else self._directory.of_number(ani)

    def of_keys(self, keyed: str) -> Lookup:
        """See ``ivr.lookup.Directory``."""
        return Strangers() if self._directory is None else self._directory.of_keys(keyed)

    async def use(self, config: Config, folder: Path) -> None:
        """Ask from now on whom the configuration says; ``folder`` is where it lies. What is under way comes to its end."""
        before, self._directory = self._directory, await _opened(config, folder)
        if before is not None:
            await before.close()

    async def close(self) -> None:
        """Nobody is known any more."""
        if self._directory is not None:
            directory, self._directory = self._directory, None
            await directory.close()


async def _opened(config: Config, folder: Path) -> CustomerDirectory | None:
    row = config.customers
    if row is None:
        return None
    try:
        source = await _source(row, folder, ZoneInfo(config.hotline.time_zone))
    except (SecretMissing, SourceFailed) as problem:
        log.error("customer_source_not_usable", problem=str(problem))
        return None
    breaker = Breaker(row.failures_to_pause, row.pause_seconds)
    return CustomerDirectory(source, breaker, log, limit_seconds=row.limit_seconds, country_code=row.country_code)


async def _source(row: CustomersRow, folder: Path, zone: ZoneInfo) -> CustomerSource:
    if row.sql is not None:
        url = resolve_secret(row.sql.url_from, folder) if row.sql.url_from is not None else row.sql.url
        assert url is not None, "the schema: exactly one of both"
        return SqlSource(url, row.sql.query, zone)
    if row.http is not None:
        return HttpSource(row.http.url, resolve_secret(row.http.token, folder) if row.http.token else None, zone)
    source = CsvSource(folder / row.file, zone, row.country_code, log)
    await source.start()
    return source


def people_in_file(config: Config, folder: Path) -> dict[str, tuple[Customer, ...]]:
    """Telephone number (E.164) -> those whose it is, as the customer file says; nobody when there is none that can be read."""
    row = config.customers
    if row is None or row.sql is not None or row.http is not None:
        return {}
    try:
        table = Table(folder / row.file, ZoneInfo(config.hotline.time_zone), row.country_code)
    except FileError as problem:
        log.warning("customers_not_read", problem=str(problem))
        return {}
    return {number: tuple(people) for number, people in table.by_number.items()}


def file_problems(config: Config, folder: Path) -> list[Problem]:
    """What is wrong with the customer file, with its lines; nothing when there is none to read."""
    row = config.customers
    if row is None or row.sql is not None or row.http is not None:
        return []
    path = folder / row.file
    try:
        table = Table(path, ZoneInfo(config.hotline.time_zone), row.country_code)
    except FileError as problem:
        if problem.line is None and config.source is not None:  # there is no file to look into
            return [config.source.placed(Problem(f"{path}: {problem}", ("customers", "file")))]
        return [Problem(str(problem), file=str(path), line=problem.line)]
    return [Problem(text, file=str(path), line=line, severity=Severity.WARNING) for line, text in _unknown_names(config, table)]


def _unknown_names(config: Config, table: Table) -> Iterator[tuple[int, str]]:
    """Names in the file that the configuration does not have: the customer is known all the same, but they have no effect."""
    known = {
        "tier": config.segments, "language": config.languages, "case_line": config.product_lines, "case_engineer": config.agents,
        "case_level": ("L1", "L2", "L3"),
    }  # fmt: skip
    for line, row in table.rows:
        for column, names in known.items():
            found = row.get(column)
            if found and found not in names:
                yield line, f"found {column} {found!r}, expected one of {', '.join(names)}{did_you_mean(found, names)}"
