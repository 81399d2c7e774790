"""Users, tokens and deeds of the records, as the pages want them. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Archive
from acd.audit import AuditLog
from acd.people import Row, UserDirectory
from acd.pins import Pins
from acd.second_factor import enrolment_uri, new_recovery_codes, new_secret, step_of
from acd.tokens import TokenDirectory
from config.schema import Web
from cti.api_access import Access, PastCall, Rules
from cti.api_sessions import SESSION_SECONDS


@dataclass(frozen=True, slots=True)
class User:
    """Fits ``cti.api.User``."""

    name: str
    role: str
    agent: str | None
    language: str
    teams: tuple[str, ...]
    totp: bool
    totp_required: bool


class Users:
    """``cti.api.Users`` over the records' users."""

    def __init__(self, directory: UserDirectory, hotline: str) -> None:
        """``hotline``: the name that authenticator apps show."""
        self._directory = directory
        self._hotline = hotline

    async def verify(self, name: str, password: str) -> User | None:
        """The user if the password is his."""
        row = await self._directory.matching(name, password)
        return _user(row) if row else None

    async def version(self, name: str) -> str | None:
        """Changes with the user."""
        return await self._directory.version(name)

    async def take_code(self, name: str, code: str) -> bool:
        """Whether it is good, once."""
        return await self._directory.take_code(name, code, datetime.now(UTC))

    async def new_second_factor(self, name: str) -> tuple[str, str]:
        """A secret, and the URI for an app."""
        secret = new_secret()
        return secret, enrolment_uri(secret, name, self._hotline)

    async def set_second_factor(self, name: str, secret: str, code: str) -> list[str] | None:
        """Keep it when the code is right; the recovery codes."""
        step = step_of(secret, code, datetime.now(UTC))
        if step is None:
            return None
        codes = list(new_recovery_codes())
        await self._directory.set_second_factor(name, secret, step, codes)
        return codes

    async def end_session(self, session: str) -> None:
        """It is over."""
        await self._directory.end_session(session, datetime.now(UTC), timedelta(seconds=SESSION_SECONDS))

    async def session_ended(self, session: str) -> bool:
        """Whether it is over."""
        return await self._directory.session_ended(session)


def access_of(database: AsyncEngine, web: Callable[[], Web]) -> Access:
    """Everything about people but who is signed in."""
    archive = Archive(database)

    async def past_call(call: str) -> PastCall | None:
        row = await archive.call(call)
        return None if row is None else ((row["first_queue"], row["queue"]), row["agent"])

    return Access(
        UserDirectory(database), TokenDirectory(database), AuditLog(database), lambda: rules_of(web()), past_call, Pins(database)
    )  # fmt: skip


def rules_of(web: Web) -> Rules:
    """What the configuration says of access."""
    return Rules(
        frozenset(web.numbers_seen_by), frozenset(web.recordings_heard_by), web.trusted_proxies, frozenset(web.origins),
        web.idle_minutes * 60,
    )  # fmt: skip


def _user(row: Row) -> User:
    return User(
        row["name"], row["role"], row["agent"], row["language"], tuple(row["teams"]), row["totp"], row["totp_required"]
    )  # fmt: skip
