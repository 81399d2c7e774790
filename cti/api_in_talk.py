"""What an agent does by click with his phone: answer, put the caller on hold and take him back, be silent and speak again; pause a
recording.

Decides when there is something to do it with. Whether a phone can answer by itself is the phone's matter.
"""

from __future__ import annotations

from collections.abc import Awaitable
from http import HTTPStatus

from fastapi import Response
from pydantic import Field

from acd.board import AgentView
from acd.model import AgentId, CallId, ConsultState, PhoneId
from acd.ports import EffectFailed
from acd.recording import RecordingPaused
from cti.api_cards import Phase
from cti.api_desk import json_response
from cti.api_parts import Body, OwnAgent, Parts, TheParts
from cti.api_problems import Refused
from cti.api_routes import SIGNED_IN, Route
from cti.api_transfer import call_of

_SETTLED = frozenset({ConsultState.COMPLETED, ConsultState.BACK, ConsultState.OVER})
"""A consultation that keeps nobody from putting the caller on hold."""


class Switch(Body):
    """Whether it is to be so, or no longer."""

    on: bool


class Ringing(Body):
    """The offer whose phone is to answer."""

    offer: str = Field(min_length=1, max_length=128)


async def hold(body: Switch, agent: OwnAgent, parts: TheParts) -> Response:
    """Put the caller on hold, who hears music then, or take him back."""
    call, phone = _talk(agent, parts)
    if parts.in_talk.in_talk(call).on_hold is not body.on:
        await _done((parts.in_talk.put_on_hold if body.on else parts.in_talk.take_back)(call, phone))
    return _told(agent, parts)


async def mute(body: Switch, agent: OwnAgent, parts: TheParts) -> Response:
    """Let the caller not hear the agent any more, or hear him again."""
    call, phone = _talk(agent, parts)
    await _done(parts.in_talk.mute(call, phone, body.on))
    return _told(agent, parts)


async def pause_recording(body: Switch, agent: OwnAgent, parts: TheParts) -> Response:
    """Record nothing while the caller says something that is nobody else's matter, or record again. Silence is kept in its place."""
    call, _ = _talk(agent, parts)
    now = parts.live.talk(call).recording
    if not now:
        raise Refused(HTTPStatus.CONFLICT, "not_recorded", f"the conversation of {agent} is not recorded")
    if (now == "paused") is not body.on:
        await _done(parts.in_talk.pause_recording(call, body.on))
        await parts.engine.submit(RecordingPaused(call, body.on, agent))
    return _told(agent, parts)


async def answer(body: Ringing, agent: OwnAgent, parts: TheParts) -> Response:
    """Let the ringing phone answer by itself: it is rung anew with the headers that ask for it.

    Most office phones can be set to heed them; one that is not goes on ringing.
    """
    card = parts.live.card(agent)
    if card is None or card.pop.offer != body.offer or card.phase is not Phase.RINGING or card.pop.phone is None:
        raise Refused(HTTPStatus.CONFLICT, "no_such_offer", f"the phone of {agent} does not ring for {body.offer}")
    if card.pop.consulted_by is not None or card.pop.callback:
        raise Refused(HTTPStatus.CONFLICT, "answer_by_phone", "the phone is rung by another phone, or alone: pick it up")
    await _done(parts.in_talk.answer(card.pop.call, card.pop.phone))
    return json_response(parts.agent_view(agent))


def _talk(agent: AgentId, parts: Parts) -> tuple[CallId, PhoneId]:
    call, view = call_of(agent, parts), parts.agent_view(agent)
    assert view is not None and view.phone is not None, "who talks sits at a phone"
    card = parts.live.card(agent)
    if card is not None and card.consult is not None and card.consult.state not in _SETTLED:
        raise Refused(HTTPStatus.CONFLICT, "consulting", f"{agent} asks somebody about the call")
    return call, view.phone


async def _done(deed: Awaitable[None]) -> None:
    try:
        await deed
    except EffectFailed as failed:
        raise Refused(HTTPStatus.BAD_GATEWAY, "phone_refused", str(failed)) from None


def _told(agent: AgentId, parts: Parts) -> Response:
    parts.live.talk_changed(agent)
    return json_response(parts.agent_view(agent))


ROUTES = (
    Route("POST", "/api/desk/answer", SIGNED_IN, answer, AgentView),
    Route("POST", "/api/desk/hold", SIGNED_IN, hold, AgentView),
    Route("POST", "/api/desk/mute", SIGNED_IN, mute, AgentView),
    Route("POST", "/api/desk/recording/pause", SIGNED_IN, pause_recording, AgentView),
)
