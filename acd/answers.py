"""Answers to actions that came with a key, in the records' database: so that one that is sent again is not done again.

Implements ``cti.api_once.Answers`` without knowing what was asked or answered.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from acd.records import answers

Answer = tuple[str, int | None, str | None, bytes]
"""Fingerprint of the request; status, media type and body of the answer, without a status while there is none."""


class AnswerStore:
    """The answers that are kept."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, who: str, key: str, fingerprint: str, at: datetime, forget_before: datetime, most: int) -> Answer | None:
        """What is kept of the request; None when it is new, and is kept from now on.

        Forgets what began before ``forget_before``, and the oldest beyond ``most``.
        """
        try:
            async with self._engine.begin() as connection:
                await connection.execute(delete(answers).where(answers.c.begun_at < forget_before))
                kept = await _kept(connection, who, key)
                if kept is not None:
                    return kept
                await _make_room(connection, most)
                await connection.execute(answers.insert().values(who=who, key=key, fingerprint=fingerprint, begun_at=at, body=b""))
        except IntegrityError:  # another engine was asked the same at the same time
            async with self._engine.connect() as connection:
                return await _kept(connection, who, key)
        return None

    async def finish(self, who: str, key: str, status: int, media_type: str | None, body: bytes) -> None:
        """Keep how it ended."""
        async with self._engine.begin() as connection:
            change = answers.update().where(_of(who, key)).values(status=status, media_type=media_type, body=body)
            await connection.execute(change)

    async def forget(self, who: str, key: str) -> None:
        """It was refused: the next one is looked at anew."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(answers).where(_of(who, key)))


async def _make_room(connection: AsyncConnection, most: int) -> None:
    """For one more."""
    excess = (await connection.execute(select(func.count()).select_from(answers))).scalar_one() - most + 1
    if excess > 0:
        newest_to_go = select(answers.c.begun_at).order_by(answers.c.begun_at).offset(excess - 1).limit(1).scalar_subquery()
        await connection.execute(delete(answers).where(answers.c.begun_at <= newest_to_go))


async def _kept(connection: AsyncConnection, who: str, key: str) -> Answer | None:
    columns = (answers.c.fingerprint, answers.c.status, answers.c.media_type, answers.c.body)
    row = (await connection.execute(select(*columns).where(_of(who, key)))).first()
    return None if row is None else (row[0], row[1], row[2], row[3])


def _of(who: str, key: str) -> Any:
    return (answers.c.who == who) & (answers.c.key == key)
