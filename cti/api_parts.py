"""What every route may ask for: the parts that the composition root put together, and who is asking.

Holds no routes. A dependency here either gives what it says or refuses the request.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import Depends, Path, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator
from starlette.requests import HTTPConnection

from acd.board import AgentView
from acd.model import AgentId, CallId, PhoneId
from acd.plan import Plan
from acd.ports import EffectFailed, Engine, InTalk, TalkView
from acd.scope import Scope, scope_of
from cti.api_access import Access, address_of
from cti.api_bearer import Bearers, token_in
from cti.api_live import LiveDesks
from cti.api_messages import UiConfig, ui_config, watched_by
from cti.api_problems import Refused
from cti.api_sessions import Session, Sessions, Users
from cti.api_tries import Tries

COOKIE = "hotline_session"
WALL_COOKIE = "hotline_wall"
"""Holds a wall's token: such a screen has no keyboard to sign in with, and nobody who would."""
_DAY = "^2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
"""Of these two centuries: at the ends of the calendar there is no day before, or none after."""
LONGEST_ID = 128
"""Characters of a call's, an offer's or any other id."""

Id = Annotated[str, Path(min_length=1, max_length=LONGEST_ID)]
"""A part of a path that names something."""


def _iso(value: object) -> object:
    """Refuse whatever else can be read as a day, such as seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(_DAY, value):
        raise ValueError("expected a day such as 2026-03-31")
    return value


Day = Annotated[date, BeforeValidator(_iso), WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY})]
"""A day in a query."""


class Body(BaseModel):
    """What a request's body is: the fields that are described, of the kinds that are described, and no others.

    An enum's or a time's field needs ``Field(strict=False)``: JSON has texts for them.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _whole_numbers(cls, fields: object) -> object:
        """JSON has numbers of one kind only: 7.0 is an integer."""
        if not isinstance(fields, dict):
            return fields
        return {name: int(value) if isinstance(value, float) and value.is_integer() else value for name, value in fields.items()}


class Callbacks(Protocol):
    """Whoever keeps what was promised."""

    async def callbacks(
        self, open_only: bool, limit: int, before: tuple[datetime, str] | None = None, queues: Sequence[str] | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """Newest first, older than ``before`` (when it was promised, id); of these queues alone, when some are given."""


class NoPhones:
    """No phone obeys a click."""

    async def put_on_hold(self, call: CallId, phone: PhoneId) -> None:
        """Refused."""
        raise EffectFailed("no exchange is configured")

    async def take_back(self, call: CallId, phone: PhoneId) -> None:
        """Refused."""
        raise EffectFailed("no exchange is configured")

    async def mute(self, call: CallId, phone: PhoneId, silent: bool) -> None:
        """Refused."""
        raise EffectFailed("no exchange is configured")

    async def pause_recording(self, call: CallId, paused: bool) -> None:
        """Refused."""
        raise EffectFailed("no exchange is configured")

    async def answer(self, call: CallId, phone: PhoneId) -> None:
        """Refused."""
        raise EffectFailed("no exchange is configured")

    def in_talk(self, call: CallId) -> TalkView:
        """Nothing was done."""
        return TalkView()


class NoCallbacks:
    """Nothing was ever promised."""

    async def callbacks(
        self, open_only: bool, limit: int, before: tuple[datetime, str] | None = None, queues: Sequence[str] | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the routes need."""

    engine: Engine
    users: Users
    live: LiveDesks
    sessions: Sessions
    bearers: Bearers
    access: Access
    tries: Tries
    passwords_at_once: asyncio.Semaphore
    """Checking a password takes much memory and time, on purpose; so only so many are checked at a time."""
    plan: Callable[[], Plan]
    """The plan in force."""
    languages: tuple[str, ...]
    product_lines: Mapping[str, Mapping[str, str]]
    destinations: Callable[[], tuple[str, ...]]
    """Names of the ways out of the house that calls can be handed on to."""
    phones: Callable[[], Collection[str]]
    """Extensions of the configured phones."""
    callbacks: Callbacks
    """What was promised."""
    incident_texts: Callable[[], Mapping[str, Mapping[str, str]]]
    """Prepared text of an incident -> language -> what it says."""
    supervision: Callable[[], Mapping[str, Any]]
    """The configuration's ``supervision``."""
    in_talk: InTalk
    """What agents do by click with their phones."""
    also_called: Callable[[], Mapping[str, Sequence[str]]] = dict
    """Product line -> other words for it."""

    def ui(self) -> UiConfig:
        """The pages' part of the configuration in force."""
        return ui_config(
            self.plan(), self.languages, self.product_lines, self.destinations(), self.incident_texts(),
            self.supervision(), self.extensions(),
        )  # fmt: skip

    def ui_for(self, session: Session) -> UiConfig:
        """The same for this person."""
        return watched_by(self.ui(), self.scope(session))

    def extensions(self) -> tuple[str, ...]:
        """Every phone that is configured, or that an agent usually sits at."""
        return tuple(sorted({*self.phones(), *(agent.phone for agent in self.plan().agents)}))

    def scope(self, session: Session) -> Scope:
        """Whose calls and agents he may see and set."""
        return scope_of(self.plan(), session.teams)

    def sees_numbers(self, session: Session) -> bool:
        """Whether he is shown callers' numbers in full."""
        return session.role in self.access.rules().numbers_seen_by

    def sign_out(self, name: str) -> None:
        """Something about the user has changed: his sessions are over, and his pages are closed, now."""
        self.sessions.forget(name)
        self.live.end_user(name)

    def agent_view(self, agent: AgentId) -> AgentView | None:
        """How the agent is now; None for one that nobody configured."""
        return next((view for view in self.engine.board().agents if view.agent == agent), None)


def parts_of(connection: HTTPConnection) -> Parts:
    """The parts of the app that serves this request or socket."""
    parts = connection.app.state.parts
    assert isinstance(parts, Parts)
    return parts


def client_address(request: HTTPConnection) -> str:
    """Where the request comes from; behind a proxy that the configuration trusts, what that one says."""
    peer = request.client.host if request.client else "unknown"
    trusted = parts_of(request).access.rules().trusted_proxies
    return address_of(peer, request.headers.getlist("x-forwarded-for"), trusted)


TheParts = Annotated[Parts, Depends(parts_of)]


async def session_of(connection: HTTPConnection, parts: Parts) -> Session | None:
    """Whose request or socket it is: by its token when it has one, else by a person's cookie, else by a wall's. None for nobody's."""
    token = token_in(connection.headers.get("authorization"))
    if token is not None:
        return await parts.bearers.current(token)
    person = await parts.sessions.current(connection.cookies.get(COOKIE), parts.users)
    return person or await wall_session(connection.cookies.get(WALL_COOKIE), parts)


async def wall_session(token: str | None, parts: Parts) -> Session | None:
    """The session of a wall's token; None for every other one, however good: nothing else may come in a cookie."""
    session = await parts.bearers.current(token) if token else None
    return session if session is not None and session.is_wall else None


async def signed_in(request: Request, parts: TheParts) -> Session:
    """Who asks."""
    session = await session_of(request, parts)
    if session is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "signed_out", "sign in first, or send a token that is good")
    request.state.session = session
    return session


SignedIn = Annotated[Session, Depends(signed_in)]


def unlimited(session: SignedIn) -> Session:
    """Who asks, for what is of the whole house and can't be told apart by teams."""
    if session.teams:
        raise Refused(HTTPStatus.FORBIDDEN, "not_your_team", "only for those who are not limited to teams")
    return session


Unlimited = Annotated[Session, Depends(unlimited)]


def own_agent(session: SignedIn) -> AgentId:
    """The agent that the user takes calls as."""
    if not session.agent:
        raise Refused(HTTPStatus.FORBIDDEN, "no_agent", f"{session.name} takes no calls: the user is bound to no agent")
    return AgentId(session.agent)


OwnAgent = Annotated[AgentId, Depends(own_agent)]
