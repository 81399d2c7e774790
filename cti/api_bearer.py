"""Programs that come with a token instead of a cookie: which session that is. Knows nothing of what it may do."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime

from cti.api_access import Row, Tokens
from cti.api_sessions import USERS_ASKED_EVERY_SECONDS, Session

SCHEME = "bearer"
TOKEN_NAME = "token:"
"""A token's name begins with it wherever a user's could stand; no user's does."""
MOST_REMEMBERED = 1024


def token_in(authorization: str | None) -> str | None:
    """The token of an ``Authorization`` header; None when it has none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME else None


class Bearers:
    """Tokens that were good a moment ago are not asked for again."""

    def __init__(self, tokens: Tokens | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._clock = clock
        self._known: OrderedDict[str, tuple[Session, float]] = OrderedDict()

    async def current(self, token: str) -> Session | None:
        """The session that a token stands for; None when it is worth nothing."""
        known = self._known.get(token)
        if known is not None and self._clock() < known[1]:
            return known[0]
        self._known.pop(token, None)
        row = await self._tokens.matching(token, datetime.now(UTC)) if self._tokens else None
        if row is None:
            return None
        session = _session(row)
        self._known[token] = session, self._clock() + USERS_ASKED_EVERY_SECONDS
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return session

    def forget(self, identity: str) -> None:
        """Ask for this token again: it was revoked."""
        self._known = OrderedDict((token, known) for token, known in self._known.items() if known[0].id != session_id(identity))


def session_id(identity: str) -> str:
    """The id of the session of a token."""
    return f"{TOKEN_NAME}{identity}"


def _session(row: Row) -> Session:
    name, teams = f"{TOKEN_NAME}{row['name']}", tuple(row["teams"])
    return Session(session_id(row["id"]), name, row["role"], None, "en", "", teams=teams, via="token")
