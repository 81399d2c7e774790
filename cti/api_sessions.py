"""Who is signed in: users, the signed session cookie, and how often a password may be tried.

Knows neither HTTP nor where users are kept: ``Users`` is the port, and whoever checks a password does so there. Sessions are
signed and carry all they say, so that a restart of the engine signs nobody out; only the ids of those that ended early are kept.
Each has an id of its own, from the login or the change of rights that it began with; it ends when it is idle, and after a working day.
A user who was removed or changed is signed out within ``USERS_ASKED_EVERY_SECONDS``.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

import structlog
from itsdangerous import BadSignature, URLSafeTimedSerializer

log = structlog.get_logger()

SUPERVISING_ROLES = frozenset({"supervisor", "admin"})
WALL_ROLE = "wall"
SESSION_SECONDS = 12 * 3600
"""A working day with its overtime; then the password is asked for again."""
IDLE_SECONDS = 3600.0
"""A session that is not used for so long is over; an open page uses its own."""
MOST_ENDED_SESSIONS = 10_000
USERS_ASKED_EVERY_SECONDS = 5.0
"""So long a removed user, a new password or another role may go unnoticed."""
SMALLEST_SECRET = 16
"""Bytes."""


class User(Protocol):
    """Someone who may sign in. ``role`` is agent, supervisor, quality or admin; ``agent`` is the agent he takes calls as, if any."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def language(self) -> str: ...
    @property
    def teams(self) -> tuple[str, ...]:
        """Whose calls and agents he sees; none: everybody's."""

    @property
    def totp(self) -> bool:
        """Whether he has a second factor."""

    @property
    def totp_required(self) -> bool:
        """Whether he must have one."""


class Users(Protocol):
    """Who may sign in."""

    async def verify(self, name: str, password: str) -> User | None:
        """The user if the password is his; takes as long for a name that nobody has."""

    async def version(self, name: str) -> str | None:
        """A text that changes with the user's password and rights; None when there is no such user."""

    async def take_code(self, name: str, code: str) -> bool:
        """Whether it is a good code of his second factor, or a recovery code; none is good twice."""

    async def new_second_factor(self, name: str) -> tuple[str, str]:
        """A secret for him that is not kept yet, and the URI by which an authenticator app takes it over."""

    async def set_second_factor(self, name: str, secret: str, code: str) -> list[str] | None:
        """Keep it, if the code shows that his app has it: his recovery codes then, which can't be had again; None for a wrong code."""

    async def end_session(self, session: str) -> None:
        """Remember that the session of this id is over, for as long as a session may last, across restarts."""

    async def session_ended(self, session: str) -> bool:
        """Whether that was said of the session."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user, as the cookie says."""

    id: str
    name: str
    role: str
    agent: str | None
    language: str
    version: str
    """Of the user, when he signed in."""
    teams: tuple[str, ...] = ()
    """Whose calls and agents he sees; none: everybody's."""
    via: str = "session"
    """``session`` or ``token``."""

    @property
    def supervises(self) -> bool:
        """Whether he may see everything and set others' states."""
        return self.role in SUPERVISING_ROLES

    @property
    def is_wall(self) -> bool:
        """Whether it is a screen before which anybody may stand: it is shown figures alone."""
        return self.role == WALL_ROLE


class Sessions:
    """Makes and reads session cookies."""

    def __init__(
        self, secret: bytes, lasts_seconds: int = SESSION_SECONDS, idle_seconds: Callable[[], float] = lambda: IDLE_SECONDS
    ) -> None:
        """Raise ValueError when the secret is too short to be one."""
        if len(secret) < SMALLEST_SECRET:
            raise ValueError(f"the session secret must have at least {SMALLEST_SECRET} bytes")
        self.lasts_seconds = lasts_seconds
        self._signer = URLSafeTimedSerializer(secret, salt="hotline session")
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._not_ended_before: OrderedDict[str, None] = OrderedDict()
        self._versions: dict[str, tuple[str | None, float]] = {}
        """User -> his version, and until when it is not asked for again (monotonic seconds)."""
        self._idle_seconds = idle_seconds
        self._begun_at = time.monotonic()
        self._seen: OrderedDict[str, float] = OrderedDict()
        """Session -> when it was last used (monotonic seconds), the latest last. One that is not here was not used since the start."""

    async def begin(self, user: User, users: Users, seen: str | None = None) -> tuple[str, Session] | None:
        """A new session and the cookie's value for it; None when the user was removed meanwhile, or is not as he was ``seen`` any more.

        ``seen`` is his version from before ``user`` was read: rights that were taken from him since are not his to begin with.
        """
        version = await users.version(user.name)
        if version is None or seen not in (None, version):
            return None
        self._remember(user.name, version)
        session = Session(secrets.token_urlsafe(12), user.name, user.role, user.agent, user.language, version, tuple(user.teams))
        self._touch(session)
        return self.cookie(session), session

    def cookie(self, session: Session) -> str:
        """The cookie's value for a session."""
        return self._signer.dumps(asdict(session))

    async def current(self, cookie: str | None, users: Users) -> Session | None:
        """The session that the cookie stands for, if its user is still who he was then; None otherwise."""
        session = self.read(cookie)
        if session is None or await self._ended_before(session, users):
            return None
        if await self._version(session.name, users) != session.version:
            return None
        if session.id in self._ended or self._is_idle(session):  # it may have ended while we asked
            return None
        self._touch(session)
        return session

    def forget(self, name: str) -> None:
        """Ask for the user's version anew: something about him has changed."""
        self._versions.pop(name, None)

    def read(self, cookie: str | None) -> Session | None:
        """The session that the cookie stands for; None when it is forged, too old or ended. Does not ask about the user."""
        if not cookie:
            return None
        try:
            fields = self._signer.loads(cookie, max_age=self.lasts_seconds)
            session = Session(**{**fields, "teams": tuple(fields["teams"])})
        except (BadSignature, KeyError, TypeError):  # the others: signed by us, with the fields of another release
            return None
        return None if session.id in self._ended else session

    async def end(self, session: Session, users: Users) -> None:
        """From now on the session's cookie is worth nothing."""
        _add(self._ended, session.id)
        await users.end_session(session.id)

    def _is_idle(self, session: Session) -> bool:
        return time.monotonic() - self._seen.get(session.id, self._begun_at) > self._idle_seconds()

    def _touch(self, session: Session) -> None:
        self._seen[session.id] = time.monotonic()
        self._seen.move_to_end(session.id)
        if len(self._seen) > MOST_ENDED_SESSIONS:
            self._seen.popitem(last=False)

    async def _ended_before(self, session: Session, users: Users) -> bool:
        """Whether it ended before the engine was started anew; asked once, as since then we end them ourselves."""
        if session.id in self._not_ended_before:
            return False
        if await users.session_ended(session.id):
            _add(self._ended, session.id)
            return True
        _add(self._not_ended_before, session.id)
        return False

    async def _version(self, name: str, users: Users) -> str | None:
        known = self._versions.get(name)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        try:
            version = await users.version(name)
        except Exception:  # whatever keeps us from asking must not keep desks from working
            if known is None:
                raise
            log.exception("users_not_asked", user=name)
            version = known[0]
        self._remember(name, version)
        return version

    def _remember(self, name: str, version: str | None) -> None:
        self._versions[name] = (version, time.monotonic() + USERS_ASKED_EVERY_SECONDS)


def _add(ids: OrderedDict[str, None], session: str) -> None:
    ids[session] = None
    if len(ids) > MOST_ENDED_SESSIONS:
        ids.popitem(last=False)


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
