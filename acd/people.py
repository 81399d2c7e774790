"""Who may log in: users with their passwords, rights and second factors, and the sessions that ended early.

Keeps and compares; what a role may do is decided by the pages. Passwords are kept as argon2id hashes, recovery codes as digests; the
secret of a second factor, which whoever checks a code must be able to read, is kept sealed (``acd.sealing``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.hashing import hash_of_nobody, hashed, verify
from acd.records import ended_sessions, users
from acd.sealing import Seal, Unreadable, is_sealed
from acd.second_factor import recovery_digest, step_of

Row = dict[str, Any]
log = structlog.get_logger(__name__)

_OF_A_SESSION = ("name", "rights_epoch", "role", "agent", "language", "password_hash", "teams", "totp_required", "totp_secret")
"""Columns of which a change ends the user's sessions; ``rights_epoch``, which only grows, so that no way back brings them to life again."""
_NO_SECOND_FACTOR: Row = {"totp_secret": None, "totp_last_step": 0, "recovery_hashes": []}


class UserDirectory:
    """Who may log in."""

    def __init__(self, engine: AsyncEngine, seal: Seal | None = None) -> None:
        """Without ``seal`` there is no way to set up or check a second factor: RuntimeError."""
        self._engine = engine
        self._sealing = seal
        self._taking = asyncio.Lock()

    # ---- the users -------------------------------------------------------------------------------------------------------

    async def put(
        self, name: str, password: str, role: str, agent: str | None, language: str, teams: Sequence[str] = (), totp_required: bool = False
    ) -> None:
        """Add a user, or replace the one of that name."""
        password_hash = await hashed(password)
        async with self._engine.begin() as connection:
            await connection.execute(users.delete().where(users.c.name == name))
            await connection.execute(
                users.insert().values(
                    name=name, role=role, agent=agent, language=language, password_hash=password_hash, teams=list(teams),
                    totp_required=totp_required,
                )
            )  # fmt: skip

    async def change(self, name: str, **fields: object) -> bool:
        """Change columns of a user: role, agent, language, teams, active, totp_required. False when there is no such user."""
        return await self._update(name, fields)

    async def set_password(self, name: str, password: str) -> bool:
        """Give him another password. False when there is no such user."""
        return await self._update(name, {"password_hash": await hashed(password)})

    async def remove(self, name: str) -> bool:
        """Take a user away; False when there was none."""
        async with self._engine.begin() as connection:
            return bool((await connection.execute(users.delete().where(users.c.name == name))).rowcount)

    async def all(self) -> Sequence[Row]:
        """Every user, by name, without anything secret; ``totp``: whether he has a second factor."""
        async with self._engine.connect() as connection:
            return [_shown(row._mapping) for row in await connection.execute(select(users).order_by(users.c.name))]

    async def one(self, name: str) -> Row | None:
        """The user, without anything secret."""
        found = await self._found(name)
        return _shown(found) if found else None

    # ---- logging in ------------------------------------------------------------------------------------------------------

    async def matching(self, name: str, password: str) -> Row | None:
        """The user if the password is his and he is active. Takes as long for a name that nobody has."""
        found = await self._found(name)
        ok = await asyncio.to_thread(lambda: verify(found["password_hash"] if found else hash_of_nobody(), password))
        return _shown(found) if found and ok and found["active"] else None

    async def take_code(self, name: str, code: str, at: datetime) -> bool:
        """Whether it is a good code of his second factor, or one of his recovery codes; none is good twice."""
        # One at a time: PostgreSQL holds the row, with SQLite there is but one process that asks.
        async with self._taking, self._engine.begin() as connection:
            row = users.c.name == name
            found = (await connection.execute(select(users).where(row).with_for_update())).first()
            if found is None or found.totp_secret is None:
                return False
            secret = self._opened(name, found.totp_secret)
            step = None if secret is None else step_of(secret, code, at, found.totp_last_step)
            if step is not None:
                await connection.execute(users.update().where(row).values(totp_last_step=step))
                return True
            left = [digest for digest in found.recovery_hashes if digest != recovery_digest(code)]
            await connection.execute(users.update().where(row).values(recovery_hashes=left))
            return len(left) < len(found.recovery_hashes)

    async def set_second_factor(self, name: str, secret: str, last_step: int, recovery_codes: Sequence[str]) -> bool:
        """Give him a second factor; False when there is no such user."""
        digests = [recovery_digest(code) for code in recovery_codes]
        sealed = self._seal.seal(name, secret)
        return await self._update(name, {"totp_secret": sealed, "totp_last_step": last_step, "recovery_hashes": digests})

    async def seal_second_factors(self) -> int:
        """Seal the secrets that an earlier release has kept as they are; how many."""
        async with self._engine.begin() as connection:
            known = await connection.execute(select(users.c.name, users.c.totp_secret).where(users.c.totp_secret.is_not(None)))
            bare = [(name, secret) for name, secret in known if not is_sealed(secret)]
            for name, secret in bare:
                same = (users.c.name == name) & (users.c.totp_secret == secret)
                await connection.execute(users.update().where(same).values(totp_secret=self._seal.seal(name, secret)))
            return len(bare)

    async def reset_second_factor(self, name: str) -> bool:
        """Take his second factor away; who must have one sets it up anew at his next login. False when there is no such user."""
        return await self._update(name, _NO_SECOND_FACTOR)

    async def version(self, name: str) -> str | None:
        """A digest that another password, role, agent … makes another. None when there is no such user, or he is not active."""
        found = await self._found(name)
        if not found or not found["active"]:
            return None
        return sha256(repr([found[column] for column in _OF_A_SESSION]).encode()).hexdigest()[:16]

    # ---- sessions --------------------------------------------------------------------------------------------------------

    async def end_session(self, session: str, at: datetime, keep: timedelta) -> None:
        """Keep that the session is over, and forget those that ended longer than ``keep`` ago."""
        async with self._engine.begin() as connection:
            known = ended_sessions.c.id == session
            await connection.execute(ended_sessions.delete().where(known | (ended_sessions.c.ended_at < at - keep)))
            await connection.execute(ended_sessions.insert().values(id=session, ended_at=at))

    async def session_ended(self, session: str) -> bool:
        """Whether the session is kept as one that is over."""
        async with self._engine.connect() as connection:
            return (await connection.execute(select(ended_sessions.c.id).where(ended_sessions.c.id == session))).first() is not None

    # ---- inside ----------------------------------------------------------------------------------------------------------

    @property
    def _seal(self) -> Seal:
        if self._sealing is None:
            raise RuntimeError("second factors need the seal of their secrets")
        return self._sealing

    def _opened(self, name: str, kept: str) -> str | None:
        """The secret; None when the key that sealed it is gone: then a recovery code, or an administrator, helps."""
        try:
            return self._seal.open(name, kept)
        except Unreadable:
            log.error("second_factor_unreadable", user=name)
            return None

    async def _found(self, name: str) -> Row | None:
        async with self._engine.connect() as connection:
            found = (await connection.execute(select(users).where(users.c.name == name))).first()
        return dict(found._mapping) if found else None

    async def _update(self, name: str, fields: Row) -> bool:
        changed = {**fields, "rights_epoch": users.c.rights_epoch + 1}
        async with self._engine.begin() as connection:
            return bool((await connection.execute(users.update().where(users.c.name == name).values(**changed))).rowcount)


def _shown(row: Any) -> Row:
    """Without anything secret."""
    shown = {name: row[name] for name in ("name", "role", "agent", "language", "teams", "active", "totp_required")}
    return {**shown, "totp": row["totp_secret"] is not None, "recovery_codes": len(row["recovery_hashes"])}
