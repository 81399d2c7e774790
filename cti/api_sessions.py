"""Who is signed in: users, the signed session cookie, and how often a password may be tried.

Knows neither HTTP nor where users are kept: ``Users`` is the port, and whoever checks a password does so there. Sessions are
signed and carry all they say, so that a restart of the engine signs nobody out; only the ids of those that ended early are kept.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

from itsdangerous import BadSignature, URLSafeTimedSerializer

SUPERVISING_ROLES = frozenset({"supervisor", "admin"})
SESSION_SECONDS = 12 * 3600
"""A working day with its overtime; then the password is asked for again."""
MOST_ENDED_SESSIONS = 10_000
SMALLEST_SECRET = 16
"""Bytes."""


class User(Protocol):
    """Someone who may sign in. ``role`` is agent, supervisor or admin; ``agent`` is the agent he takes calls as, if any."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def language(self) -> str: ...


class Users(Protocol):
    """Who may sign in."""

    async def verify(self, name: str, password: str) -> User | None:
        """The user if the password is his; takes as long for a name that nobody has."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user, as the cookie says."""

    id: str
    name: str
    role: str
    agent: str | None
    language: str

    @property
    def supervises(self) -> bool:
        """Whether he may see everything and set others' states."""
        return self.role in SUPERVISING_ROLES


class Sessions:
    """Makes and reads session cookies."""

    def __init__(self, secret: bytes, lasts_seconds: int = SESSION_SECONDS) -> None:
        """Raise ValueError when the secret is too short to be one."""
        if len(secret) < SMALLEST_SECRET:
            raise ValueError(f"the session secret must have at least {SMALLEST_SECRET} bytes")
        self.lasts_seconds = lasts_seconds
        self._signer = URLSafeTimedSerializer(secret, salt="hotline session")
        self._ended: OrderedDict[str, None] = OrderedDict()

    def begin(self, user: User) -> tuple[str, Session]:
        """A new session and the cookie's value for it."""
        session = Session(secrets.token_urlsafe(12), user.name, user.role, user.agent, user.language)
        return self._signer.dumps(asdict(session)), session

    def read(self, cookie: str | None) -> Session | None:
        """The session that the cookie stands for; None when it is forged, too old or ended."""
        if not cookie:
            return None
        try:
            session = Session(**self._signer.loads(cookie, max_age=self.lasts_seconds))
        except (BadSignature, TypeError):  # TypeError: signed by us, with the fields of another release
            return None
        return None if session.id in self._ended else session

    def end(self, session: Session) -> None:
        """From now on the session's cookie is worth nothing."""
        self._ended[session.id] = None
        if len(self._ended) > MOST_ENDED_SESSIONS:
            self._ended.popitem(last=False)


class Attempts:
    """Lets each key try ``limit`` times at once and then once every ``seconds_each``; remembers so many keys and no more."""

    def __init__(self, limit: int, seconds_each: float, most_keys: int = 4096, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._seconds_each = seconds_each
        self._most_keys = most_keys
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()
        """Key -> when it will have all its tries back (the generic cell rate algorithm)."""

    def wait_seconds(self, key: str) -> float:
        """Count a try; 0 when it is allowed, else how long to wait, and it is not counted."""
        now = self._clock()
        full_at = max(now, self._full_at.get(key, now)) + self._seconds_each
        too_early = full_at - now - self._limit * self._seconds_each
        if too_early > 0:
            return too_early
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._most_keys:
            self._full_at.popitem(last=False)
        return 0.0

    def forgive(self, key: str) -> None:
        """The key proved to be right: it has all its tries back."""
        self._full_at.pop(key, None)
