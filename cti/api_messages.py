"""What goes over the wire to the pages: each message of the WebSocket, and JSON that no caller's name can break.

Pure: values in, JSON text out. Every message has ``kind`` and ``now`` (the server's clock, UTC), by which a page corrects its
running clocks. It knows neither sockets nor sessions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

from acd.board import AgentView, Board
from acd.model import OfferId, OfferState
from acd.plan import Plan
from cti.api_cards import Card

EarlierCalls = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class UiConfig:
    """What the pages need of the configuration."""

    reasons: tuple[str, ...]
    dispositions: tuple[str, ...]
    languages: tuple[str, ...]
    product_lines: Mapping[str, Mapping[str, str]]
    """Product line -> language -> how it is called there; may lack languages."""


def ui_config(plan: Plan, languages: tuple[str, ...], labels: Mapping[str, Mapping[str, str]]) -> UiConfig:
    """The pages' part of the plan in force."""
    lines = dict.fromkeys(queue.product_line for queue in plan.queues)
    return UiConfig(plan.not_ready_reasons, plan.dispositions, languages, {line: labels.get(line, {}) for line in lines})


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


def pop(now: datetime, card: Card, earlier: EarlierCalls | None) -> str:
    """A screen pop, or the replay of one; ``earlier_calls`` is null while they are being looked up."""
    return encode({"kind": "pop", "now": now, **pop_fields(card), "earlier_calls": earlier})


def pop_fields(card: Card) -> dict[str, Any]:
    """The card as the page wants it."""
    fields = asdict(card.pop)
    fields["path"] = [{"menu": menu, "digits": digits, "choice": choice} for menu, digits, choice in card.pop.path]
    return {**fields, "phase": card.phase, "since": card.since, "answered_at": card.answered_at}


def earlier_calls(now: datetime, offer: OfferId, earlier: EarlierCalls | None) -> str:
    """Earlier calls that were found after their pop was sent; null when they could not be looked up."""
    return encode({"kind": "earlier_calls", "now": now, "offer": offer, "earlier_calls": earlier})


def pop_withdrawn(now: datetime, offer: OfferId, outcome: OfferState) -> str:
    """The offer behind a pop came to nothing."""
    return encode({"kind": "pop_withdrawn", "now": now, "offer": offer, "outcome": outcome})


def call(now: datetime, card: Card) -> str:
    """The call of a card went on: it rings, is answered, is over, is done with."""
    return encode(
        {
            "kind": "call", "now": now, "offer": card.pop.offer, "call": card.pop.call,
            "phase": card.phase, "since": card.since, "answered_at": card.answered_at,
        }
    )  # fmt: skip
