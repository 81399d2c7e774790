"""Promising a caller that he is called back: what is usual, what the agent has promised, and one more promise.

Translates requests to events; whether a promise can be made is the router's decision. Times without an offset are by the queue's clocks.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

from fastapi import Response
from pydantic import BaseModel, Field

from acd.appointment import CallbackPromised, NotPromised
from acd.board import PromiseView
from acd.effects import ScreenPop
from acd.hours import local_clock, moment_of
from acd.instants import instant, micros
from acd.model import AgentId, queue_of
from acd.plan import Plan, QueuePlan
from acd.promising import can_be_promised, usual_times
from cti.api_cards import ANSWERED
from cti.api_desk import json_response
from cti.api_parts import Body, OwnAgent, Parts, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import SIGNED_IN, Route
from cti.api_shown import shown_promise
from cti.names import call_id, exchange_and_uniqueid

SHORTEST_TIME = len("2026-03-02T09:00")


class Usual(BaseModel):
    """A time that is promised with one click, and what the queue's clocks show then."""

    name: str
    at: datetime
    local: str


class OwnPromise(BaseModel):
    """A callback that the agent has promised, and that is to come or is being made."""

    call: str
    number: str
    ani_name: str
    queue: str | None
    state: str
    due_at: datetime
    note: str


class OwnPromises(BaseModel):
    """What the agent has promised, by due time; and what he can promise the caller he has, if he has one."""

    promises: list[OwnPromise]
    possible: bool
    """Whether the call at hand can be promised anything."""
    usual: list[Usual]
    now: str
    """What its queue's clocks show."""


class Promise(Body):
    """When the caller at hand is called back, where, and what for."""

    at: str = Field(min_length=SHORTEST_TIME, max_length=40, description="ISO 8601; without an offset, by the clocks of the call's queue.")
    number: Annotated[str, Field(pattern=r"^\+?[0-9]{3,20}$")] | None = Field(None, description="Without it, the caller's.")
    note: str = Field("", max_length=500)


async def promises(agent: OwnAgent, session: SignedIn, parts: TheParts) -> Response:
    """What the agent has promised, and the usual times at which the caller at hand can be called back."""
    own = [view for view in parts.engine.board().promises if view.promised_by == agent]
    if not parts.sees_numbers(session):
        own = [shown_promise(view) for view in own]
    pop, plan, now_us = _pop_at_hand(agent, parts), parts.plan(), micros(datetime.now(UTC))
    queue = None if pop is None else _queue_of(plan, pop)
    listed = sorted((_own(view) for view in own), key=lambda one: one.due_at)
    if queue is None:
        return json_response(OwnPromises(promises=listed, possible=False, usual=[], now=""))
    times = usual_times(plan, queue, now_us).items()
    usual = [Usual(name=name, at=instant(at_us), local=_shown(plan, queue, at_us)) for name, at_us in times]
    return json_response(OwnPromises(promises=listed, possible=can_be_promised(plan), usual=usual, now=_shown(plan, queue, now_us)))


async def promise(body: Promise, agent: OwnAgent, parts: TheParts) -> Response:
    """Promise the caller, while the agent talks to him or does the after-call work, that he is called back. 409 with why it can't be."""
    pop = _pop_at_hand(agent, parts)
    if pop is None:
        raise Refused(HTTPStatus.CONFLICT, "no_call", f"{agent} has no caller to promise anything")
    due_at = _due_at(body.at, parts.plan(), pop)
    new = call_id(exchange_and_uniqueid(pop.call)[0], f"p{uuid4().hex[:16]}")
    event = CallbackPromised(
        pop.call, new, agent, due_at, body.number or pop.callback or pop.ani, pop.product_line, pop.level, pop.language, body.note.strip(),
        pop.segment, pop.urgent, pop.ani_name, pop.dnis, pop.entry, pop.customers, pop.customer, pop.case,
    )  # fmt: skip
    try:
        await parts.engine.submit(event)
    except NotPromised as refused:
        raise Refused(HTTPStatus.CONFLICT, refused.code, str(refused)) from None
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _pop_at_hand(agent: AgentId, parts: Parts) -> ScreenPop | None:
    """Of the call that the agent talks to, or has talked to and still has work with; None when it is not known what it is about."""
    card = parts.live.card(agent)
    return card.pop if card is not None and card.phase in ANSWERED and card.pop.product_line else None


def _queue_of(plan: Plan, pop: ScreenPop) -> QueuePlan | None:
    wanted = queue_of(pop.product_line, pop.level)
    return next((queue for queue in plan.queues if queue.id == wanted), None)


def _due_at(text: str, plan: Plan, pop: ScreenPop) -> datetime:
    try:
        due_at = datetime.fromisoformat(text)
        if due_at.tzinfo is not None:
            return due_at.astimezone(UTC)
        queue = _queue_of(plan, pop)
        local_us = micros(due_at.replace(tzinfo=UTC))
        return instant(local_us if queue is None else moment_of(plan, queue, local_us))
    except (ValueError, OverflowError):  # the year 1 in a zone east of Greenwich is no time
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_time", f"{text} is no time") from None


def _shown(plan: Plan, queue: QueuePlan, at_us: int) -> str:
    return local_clock(plan, queue, at_us).strftime("%Y-%m-%dT%H:%M")


def _own(view: PromiseView) -> OwnPromise:
    assert view.due_at is not None, "only what was promised for a time is an agent's own promise"
    return OwnPromise(
        call=view.call, number=view.number, ani_name=view.ani_name, queue=view.queue, state=view.state, due_at=view.due_at, note=view.note,
    )  # fmt: skip


ROUTES = (
    Route("GET", "/api/desk/callbacks", SIGNED_IN, promises, OwnPromises),
    Route("POST", "/api/desk/callbacks", SIGNED_IN, promise, status=HTTPStatus.NO_CONTENT),
)
