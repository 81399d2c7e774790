"""What goes over the wire to the pages: each message of the WebSocket, and JSON that no caller's name can break.

Pure: values in, JSON text out. Every message has ``kind`` and ``now`` (the server's clock, UTC), by which a page corrects its
running clocks. It knows neither sockets nor sessions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

from acd.board import AgentView, Board, MessageView
from acd.model import AgentId, Level, OfferId, OfferState, QueueId
from acd.plan import Plan
from acd.ports import TalkView
from acd.scope import Scope
from cti.api_cards import Card

IN_TALK = TalkView()
EarlierCalls = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class QueueTarget:
    """A queue that calls can be handed on to; ``label`` is language -> its name there, and may lack languages."""

    queue: QueueId
    product_line: str
    level: Level
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgentTarget:
    """An agent whom calls can be handed on to."""

    agent: AgentId
    name: str
    team: str


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a call can be handed on to, as an agent asks for it: first the product line, then the level or the person."""

    queues: tuple[QueueTarget, ...]
    """By product line, then by level."""
    agents: tuple[AgentTarget, ...]
    destinations: tuple[str, ...]
    """Names of the ways out of the house."""
    outside: tuple[str, ...] = ()
    """Those of them where somebody can be asked first."""
    numbers: bool = False
    """Whether a number can be keyed: to ask somebody there first, or to hand the call on to it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a person may steer, look at and filter by: his teams' part of the house, or all of it."""

    queues: tuple[QueueId, ...] = ()
    agents: tuple[AgentId, ...] = ()
    product_lines: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    everything: bool = True
    """He is limited to no teams."""


@dataclass(frozen=True, slots=True)
class UiConfig:
    """What the pages need of the configuration."""

    reasons: tuple[str, ...]
    dispositions: tuple[str, ...]
    languages: tuple[str, ...]
    product_lines: Mapping[str, Mapping[str, str]]
    """Product line -> language -> how it is called there; may lack languages."""
    targets: Targets
    incident_texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Prepared text of an incident -> language -> what it says."""
    supervision: Mapping[str, Any] = field(default_factory=dict)
    """The configuration's ``supervision``: the service level's formula and target, thresholds, whether supervisors may listen."""
    phones: tuple[str, ...] = ()
    """Extensions that supervisors can listen at, or take callers over to."""
    calls_back: bool = True
    """Whether there is a line on which customers can be called."""
    watched: Watched = Watched()
    """Of the targets, what choosers on a supervisor's pages may offer this person."""


def ui_config(
    plan: Plan,
    languages: tuple[str, ...],
    labels: Mapping[str, Mapping[str, str]],
    destinations: tuple[str, ...] = (),
    incident_texts: Mapping[str, Mapping[str, str]] | None = None,
    supervision: Mapping[str, Any] | None = None,
    phones: Iterable[str] = (),
) -> UiConfig:
    """The pages' part of the plan in force."""
    lines = dict.fromkeys(queue.product_line for queue in plan.queues)
    named = {line: labels.get(line, {}) for line in lines}
    agents = tuple(AgentTarget(one.id, one.name, one.team) for one in plan.agents)
    targets = Targets(_queue_targets(plan, named), agents, destinations, plan.outside_lines, plan.outside_numbers is not None)
    return UiConfig(
        plan.not_ready_reasons, plan.dispositions, languages, named, targets, incident_texts or {}, supervision or {}, tuple(phones),
        plan.calls_back,
    )  # fmt: skip


def watched_by(ui: UiConfig, scope: Scope) -> UiConfig:
    """The same for a person who sees what is in ``scope``."""
    queues = tuple(row.queue for row in ui.targets.queues if scope.has_queue(row.queue))
    agents = tuple(row for row in ui.targets.agents if scope.has_agent(row.agent))
    lines = tuple(line for line in ui.product_lines if scope.has_product_line(line))
    teams = tuple(dict.fromkeys(row.team for row in agents if row.team))
    return replace(ui, watched=Watched(queues, tuple(row.agent for row in agents), lines, teams, not scope.limited))


def wall_config(ui: UiConfig) -> UiConfig:
    """What a wall needs of it: how the lines are called, and what is aimed at."""
    return UiConfig((), (), ui.languages, ui.product_lines, Targets((), (), ()), supervision=ui.supervision)


def _queue_targets(plan: Plan, labels: Mapping[str, Mapping[str, str]]) -> tuple[QueueTarget, ...]:
    places = {line: place for place, line in enumerate(labels)}
    by_product = sorted(plan.queues, key=lambda queue: (places[queue.product_line], queue.level))
    return tuple(
        QueueTarget(row.id, row.product_line, row.level, {spoken: f"{name} {row.level}" for spoken, name in labels[line].items()})
        for row, line in ((queue, queue.product_line) for queue in by_product)
    )


def encode(message: object) -> str:
    """JSON of plain data, dataclasses, enums and times.

    Half a surrogate pair, which a network can put into a caller's name, is no valid UTF-8; it goes as an escape.
    """
    try:
        return to_json(message).decode()
    except PydanticSerializationError:
        return json.dumps(to_jsonable_python(message))


def hello(now: datetime, me: Mapping[str, object], ui: UiConfig) -> str:
    """The first message: who is signed in, and the page's configuration."""
    return encode({"kind": "hello", "now": now, "me": me, "ui": ui})


def pong(now: datetime) -> str:
    """The answer to a page's ping."""
    return encode({"kind": "pong", "now": now})


def agent(now: datetime, view: AgentView) -> str:
    """The agent's own state."""
    return encode({"kind": "agent", "now": now, "agent": view})


def board(now: datetime, everything: Board) -> str:
    """Everything that is going on."""
    return encode({"kind": "board", "now": now, "board": everything})


def board_changes(now: datetime, changed: Mapping[str, Any]) -> str:
    """What has changed since the last board, or since the last changes."""
    return encode({"kind": "board_changes", "now": now, "changes": changed})


def pop(
    now: datetime, card: Card, earlier: EarlierCalls | None, link: tuple[str, bool] | None = None, talk: TalkView = IN_TALK
) -> str:
    """A screen pop, or the replay of one; ``earlier_calls`` is null while they are being looked up.

    ``link`` is the company's own page about the caller, and whether it opens by itself.
    """
    page = None if link is None else {"address": link[0], "opens_by_itself": link[1]}
    return encode({"kind": "pop", "now": now, **pop_fields(card), "earlier_calls": earlier, "link": page, **asdict(talk)})


def pop_fields(card: Card) -> dict[str, Any]:
    """The card as the page wants it."""
    fields = asdict(card.pop)
    fields["path"] = [{"menu": menu, "digits": digits, "choice": choice} for menu, digits, choice in card.pop.path]
    return {**fields, "phase": card.phase, "since": card.since, "answered_at": card.answered_at, "consult": consult_fields(card)}


def consult_fields(card: Card) -> dict[str, Any] | None:
    """Who asks whom about the card's call, and how it goes; None when nobody does, or did."""
    consult = card.consult
    if consult is None:
        return None
    return {
        "agent": consult.agent, "consulted": consult.consulted, "outside": consult.outside, "state": consult.state, "why": consult.why,
    }  # fmt: skip


def earlier_calls(now: datetime, offer: OfferId, earlier: EarlierCalls | None) -> str:
    """Earlier calls that were found after their pop was sent; null when they could not be looked up."""
    return encode({"kind": "earlier_calls", "now": now, "offer": offer, "earlier_calls": earlier})


def pop_withdrawn(now: datetime, offer: OfferId, outcome: OfferState) -> str:
    """The offer behind a pop came to nothing."""
    return encode({"kind": "pop_withdrawn", "now": now, "offer": offer, "outcome": outcome})


def message(now: datetime, view: MessageView, to_read: bool) -> str:
    """A supervisor's message to the agent; ``to_read`` is false when he has read it, on this page or another."""
    return encode({
        "kind": "message", "now": now, "message": view.message, "text": view.text, "by": view.by, "at": view.at, "to_read": to_read,
    })  # fmt: skip


def call(now: datetime, card: Card, talk: TalkView = IN_TALK) -> str:
    """The call of a card went on: it rings, is answered, is over, is done with."""
    return encode(
        {
            "kind": "call", "now": now, "offer": card.pop.offer, "call": card.pop.call,
            "phase": card.phase, "since": card.since, "answered_at": card.answered_at, "consult": consult_fields(card),
            **asdict(talk),
        }
    )  # fmt: skip
