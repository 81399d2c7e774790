"""Tokens by which other programs use the API: made once, shown once, kept as a digest.

A token is ``hl_<id>_<secret>``; the secret has 256 bits of chance, so a plain digest of it is as good as a slow one. What a token may do is
its role's and its teams' matter, decided where people's is.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.records import tokens

PREFIX = "hl"
"""So that scanners for leaked secrets, and people, know one."""
USE_NOTED_EVERY = timedelta(minutes=1)
Row = dict[str, Any]
_SHOWN = [column for column in tokens.columns if column.name != "secret_hash"]


class TokenDirectory:
    """All tokens, those that were taken back included."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self, name: str, role: str, teams: Sequence[str], created_by: str, at: datetime, expires_at: datetime | None
    ) -> tuple[str, str]:
        """A new token: its id, and the token itself, which can't be had again."""
        identity, secret = secrets.token_hex(8), secrets.token_hex(32)
        row = {"id": identity, "name": name, "secret_hash": _digest(secret), "role": role, "teams": list(teams)}
        async with self._engine.begin() as connection:
            await connection.execute(tokens.insert().values(**row, created_by=created_by, created_at=at, expires_at=expires_at))
        return identity, f"{PREFIX}_{identity}_{secret}"

    async def matching(self, token: str, at: datetime) -> Row | None:
        """The token's row, if it is one of ours and good now; its use is noted, once a minute."""
        prefix, _, rest = token.partition("_")
        identity, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret:
            return None
        async with self._engine.connect() as connection:
            found = (await connection.execute(select(tokens).where(tokens.c.id == identity))).first()
        row: Row | None = dict(found._mapping) if found else None
        if row is None or not hmac.compare_digest(row.pop("secret_hash"), _digest(secret)):
            return None
        if row["revoked_at"] is not None or (row["expires_at"] is not None and row["expires_at"] <= at):
            return None
        if row["last_used_at"] is None or at - row["last_used_at"] >= USE_NOTED_EVERY:
            async with self._engine.begin() as connection:
                await connection.execute(tokens.update().where(tokens.c.id == identity).values(last_used_at=at))
        return row

    async def revoke(self, identity: str, by: str, at: datetime) -> bool:
        """From now on it is worth nothing; False when there is no such token, or it was so before."""
        good = (tokens.c.id == identity) & tokens.c.revoked_at.is_(None)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(tokens.update().where(good).values(revoked_at=at, revoked_by=by))).rowcount)

    async def all(self) -> Sequence[Row]:
        """Every token, newest first, without the digests."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(*_SHOWN).order_by(tokens.c.created_at.desc(), tokens.c.id))
            return [dict(row._mapping) for row in rows]


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
