"""Customers from a CSV file (RFC 4180, UTF-8, a header of the columns in ``cti.customers.rows``), read again when it changes.

The file is read in another thread, so that a slow disk costs no caller anything; a lookup is a look into a table. A file that can't be read
any more, or makes no sense, is told once, and what was read before goes on.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Final, Protocol

from acd.customer import Customer
from acd.numbers import e164
from cti.customers.rows import COLUMNS, Row, RowError, known_of
from cti.customers.wanted import Wanted, digits_of

LOOK_EVERY_SECONDS: Final = 2.0
LARGEST_BYTES: Final = 50_000_000


class FileError(Exception):
    """The file can't be used; ``line`` is where, from 1, or None."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


class Log(Protocol):
    """As much of a structlog logger as is used here."""

    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...


def read_rows(path: Path) -> list[tuple[int, Row]]:
    """Every row with its line. Raises FileError."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise FileError(f"found more than {LARGEST_BYTES} bytes, expected a smaller file")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise FileError(f"found no readable file ({problem.strerror}), expected the customers") from None
    except UnicodeDecodeError as problem:
        raise FileError("found bytes that are not UTF-8, expected UTF-8 text", problem.object.count(b"\n", 0, problem.start) + 1) from None
    return list(_rows(csv.DictReader(io.StringIO(text, newline=""), strict=True)))


def _rows(reader: csv.DictReader[str]) -> Sequence[tuple[int, Row]]:
    try:
        unknown = [name for name in reader.fieldnames or () if name not in COLUMNS]
        if unknown or "id" not in (reader.fieldnames or ()):
            raise FileError(f"found columns {', '.join(unknown) or 'without id'}, expected some of {', '.join(COLUMNS)}, id at least", 1)
        found = []
        for row in reader:
            if None in row or None in row.values():
                raise FileError("found another number of values than the header has, expected as many", reader.line_num)
            found.append((reader.line_num, row))
        return found
    except csv.Error as problem:
        raise FileError(f"found what is no CSV ({problem}), expected values between commas", reader.reader.line_num) from None


class Table:
    """The customers of one file, by telephone number and by what can be keyed."""

    def __init__(self, path: Path, zone: tzinfo, country_code: str) -> None:
        """Read the file. Raises FileError."""
        self.rows = read_rows(path)
        """As they are written, with their lines."""
        try:
            known = known_of([row for _, row in self.rows], zone)
        except RowError as problem:
            raise FileError(str(problem), self.rows[problem.place][0]) from None
        self.customers = tuple(one.customer for one in known.values())
        self.by_number: dict[str, list[Customer]] = {}
        self.by_key: dict[str, list[Customer]] = {}
        for one, customer in zip(known.values(), self.customers, strict=True):
            for number in one.numbers:
                self.by_number.setdefault(e164(number, country_code), []).append(customer)
            for key in {digits_of(text) for text in (customer.id, *one.serials, *(case.id for case in customer.cases))}:
                self.by_key.setdefault(key, []).append(customer)
        self.by_number.pop("", None)
        self.by_key.pop("", None)


class CsvSource:
    """Implements ``CustomerSource``. ``start`` reads the file and keeps an eye on it."""

    def __init__(self, path: Path, zone: tzinfo, country_code: str, log: Log, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._path = path
        self._zone = zone
        self._country_code = country_code
        self._log = log
        self._look_every_seconds = look_every_seconds
        self._table: Table | None = None
        self._seen: tuple[int, int, int] | None = None
        self._told = ""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the file; one that can't be read yet is read when it can be."""
        await self.look()
        self._task = asyncio.get_running_loop().create_task(self._look_for_ever())

    async def find(self, wanted: Wanted) -> tuple[Customer, ...]:
        """Everybody whom it fits; what is keyed may be a telephone number as well."""
        table = self._table
        if table is None:
            return ()
        if wanted.number:
            return tuple(table.by_number.get(wanted.number, ()))
        by_number = table.by_number.get(e164(wanted.keyed, wanted.country_code), ())
        return tuple(table.by_key.get(wanted.keyed) or by_number)

    async def close(self) -> None:
        """Look at the file no more."""
        if self._task is not None:
            self._task.cancel()

    async def look(self) -> None:
        """Read the file again if it is another one than the last time."""
        try:
            found = await asyncio.to_thread(self._read_if_changed)
        except FileError as problem:
            self._tell(f"{self._path}:{problem.line}: {problem}" if problem.line else f"{self._path}: {problem}")
            return
        if found is not None:
            self._table, self._told = found, ""
            self._log.info("customers_read", file=str(self._path), customers=len(found.customers))

    def _read_if_changed(self) -> Table | None:
        try:
            status = os.stat(self._path)
        except OSError as problem:
            self._seen = None
            raise FileError(f"found no readable file ({problem.strerror}), expected the customers") from None
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen == self._seen:
            return None
        self._seen = seen
        return Table(self._path, self._zone, self._country_code)

    def _tell(self, problem: str) -> None:
        if problem != self._told:
            self._told = problem
            self._log.warning("customers_not_read", problem=problem)

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_seconds)
            await self.look()
