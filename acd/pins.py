"""PINs that agents key at a telephone: kept as argon2id hashes with the users, and tried three times at most.

A PIN is short, and a telephone asks no second question. So whoever keys a wrong one three times in a row is locked for a while, whatever he
keys then. A telephone tells the agent, not the user: a wrong one counts against everybody who takes calls as this agent, a right one clears
its own user alone. Does not know what a good one is good for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.hashing import hash_of_nobody, hashed, verify
from acd.records import users

log = structlog.get_logger(__name__)

MOST_WRONG: Final = 3
MOST_OF_AGENT: Final = 3
"""Users who may have a PIN for the same agent. At each try as many hashes are compared, so that its time tells nothing of an agent."""
LOCKED_FOR: Final = timedelta(minutes=15)
SHORTEST: Final = 4
LONGEST: Final = 10
"""Digits."""


class TooManyPins(ValueError):
    """So many take calls as this agent, and have a PIN, that this one would not be looked at."""


class Tried(StrEnum):
    """What became of a PIN that was keyed."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKS = "locks"
    """Wrong, and once too often: nothing is right for a while."""
    LOCKED = "locked"
    """Not looked at."""
    NOBODYS = "nobodys"
    """There is nobody who takes calls as this agent and has a PIN."""


@dataclass(frozen=True, slots=True)
class Trial:
    """``user``: whose PIN it is or, of those who take calls as this agent, the first whose it should have been; None for nobody's."""

    tried: Tried
    user: str | None = None
    locked: tuple[str, ...] = ()
    """The users whom this one locked."""


class Pins:
    """Everybody's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._trying = asyncio.Lock()

    async def set(self, user: str, pin: str) -> bool:
        """Give him this one, and let him key it at once. False when there is no such user; ValueError for no PIN, or TooManyPins."""
        if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
            raise ValueError(f"a PIN has {SHORTEST} to {LONGEST} digits")
        row = {"pin_hash": await hashed(pin), "pin_wrong": 0, "pin_locked_until": None}
        async with self._engine.begin() as connection:
            agent = (await connection.execute(select(users.c.agent).where(users.c.name == user))).scalar()
            before = [] if agent is None else [name for name, _ in await connection.execute(_of(agent))]
            changed = bool((await connection.execute(users.update().where(users.c.name == user).values(**row))).rowcount)
            if user not in before and len(before) >= MOST_OF_AGENT:
                raise TooManyPins(f"{MOST_OF_AGENT} others who take calls as {agent} have a PIN; no more are looked at")  # and it is undone
        return changed

    async def keyed(self, agent: str, pin: str, at: datetime) -> Trial:
        """Whether it is the PIN of who takes calls as ``agent``; it is counted. Takes as long for an agent who has none."""
        async with self._trying:  # one at a time, so that nobody tries many at once before the first is counted
            return await self._tried(agent, pin, at)

    async def _tried(self, agent: str, pin: str, at: datetime) -> Trial:
        rows = await self._of_agent(agent)
        known = [*(pin_hash for _, pin_hash in rows), *(hash_of_nobody() for _ in range(MOST_OF_AGENT - len(rows)))]
        fits = await asyncio.to_thread(lambda: [verify(one, pin) for one in known])
        if not rows:
            return Trial(Tried.NOBODYS)
        names = [name for name, _ in rows]
        for name in (name for name, is_right in zip(names, fits, strict=False) if is_right):
            if await self._let_in(name, at):
                return Trial(Tried.RIGHT, name)
        return await self._count_wrong(names, at)

    async def _of_agent(self, agent: str) -> list[tuple[str, str]]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_of(agent))).all()
        if len(rows) > MOST_OF_AGENT:
            log.warning("too_many_pins_of_an_agent", agent=agent, not_looked_at=[name for name, _ in rows[MOST_OF_AGENT:]])
        return [(name, pin_hash) for name, pin_hash in rows[:MOST_OF_AGENT]]

    async def _let_in(self, user: str, at: datetime) -> bool:
        """His wrong ones are forgotten. False when he is locked."""
        right = users.update().where((users.c.name == user) & _is_open(at)).values(pin_wrong=0, pin_locked_until=None)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(right)).rowcount)

    async def _count_wrong(self, names: Sequence[str], at: datetime) -> Trial:
        """Added to in the database, which loses none whoever else counts there."""
        wrong = users.update().where(users.c.name.in_(names) & _is_open(at)).values(pin_wrong=users.c.pin_wrong + 1, pin_locked_until=None)
        async with self._engine.begin() as connection:
            counted = sorted((name, count) for name, count in await connection.execute(wrong.returning(users.c.name, users.c.pin_wrong)))
            locked = tuple(name for name, count in counted if count >= MOST_WRONG)
            lock = users.update().where(users.c.name.in_(locked)).values(pin_wrong=0, pin_locked_until=at + LOCKED_FOR)
            await connection.execute(lock)
        if not counted:
            return Trial(Tried.LOCKED, names[0])
        return Trial(Tried.LOCKS, locked[0], locked) if locked else Trial(Tried.WRONG, counted[0][0])


def _of(agent: str) -> Select[str, str]:
    """The users who have a PIN for this agent, and the hashes of these."""
    his = users.c.active & (users.c.agent == agent) & users.c.pin_hash.is_not(None)
    return select(users.c.name, users.c.pin_hash).where(his).order_by(users.c.name)


def _is_open(at: datetime) -> ColumnElement[bool]:
    return or_(users.c.pin_locked_until.is_(None), users.c.pin_locked_until <= at)
