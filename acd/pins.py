"""PINs that agents key at a telephone: kept as argon2id hashes with the users, and tried three times at most.

A PIN is short, and a telephone asks no second question. So whoever keys a wrong one three times in a row is locked for a while, whatever he
keys then. Does not know what a good one is good for.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.hashing import hash_of_nobody, hashed, verify
from acd.records import users

MOST_WRONG: Final = 3
LOCKED_FOR: Final = timedelta(minutes=15)
SHORTEST: Final = 4
LONGEST: Final = 10
"""Digits."""


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
    """``user``: whose PIN it should have been; None for nobody's."""

    tried: Tried
    user: str | None = None


class Pins:
    """Everybody's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._trying = asyncio.Lock()

    async def set(self, user: str, pin: str) -> bool:
        """Give him this one, and let him key it at once. False when there is no such user; ValueError for what is no PIN."""
        if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
            raise ValueError(f"a PIN has {SHORTEST} to {LONGEST} digits")
        row = {"pin_hash": await hashed(pin), "pin_wrong": 0, "pin_locked_until": None}
        async with self._engine.begin() as connection:
            return bool((await connection.execute(users.update().where(users.c.name == user).values(**row))).rowcount)

    async def keyed(self, agent: str, pin: str, at: datetime) -> Trial:
        """Whether it is the PIN of who takes calls as ``agent``; it is counted. Takes as long for an agent who has none."""
        async with self._trying:  # one at a time, so that none is not counted: only the engine asks, and there is one
            return await self._tried(agent, pin, at)

    async def _tried(self, agent: str, pin: str, at: datetime) -> Trial:
        his = users.c.active & (users.c.agent == agent) & users.c.pin_hash.is_not(None)
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(users).where(his).order_by(users.c.name).limit(1))).first()
        is_right = await asyncio.to_thread(lambda: verify(row.pin_hash if row else hash_of_nobody(), pin))
        if row is None:
            return Trial(Tried.NOBODYS)
        if row.pin_locked_until is not None and at < row.pin_locked_until:
            return Trial(Tried.LOCKED, row.name)
        wrong = 0 if is_right else row.pin_wrong + 1
        locks = wrong >= MOST_WRONG
        left = {"pin_wrong": 0 if locks else wrong, "pin_locked_until": at + LOCKED_FOR if locks else None}
        async with self._engine.begin() as connection:
            await connection.execute(users.update().where(users.c.name == row.name).values(**left))
        return Trial(Tried.RIGHT if is_right else Tried.LOCKS if locks else Tried.WRONG, row.name)
